//! One thread that writes: what is queued meanwhile is committed together.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    thread::JoinHandle,
    time::Duration,
};

use crossbeam_channel::{Receiver, Sender, bounded};
use futures_channel::oneshot;
use rusqlite::{Connection, TransactionBehavior};
use scim_service::StoreError;

use super::error::SqliteError;

/// Most writes that one transaction holds.
const TOGETHER: usize = 50;

/// Writes that wait; further ones are refused with 503 rather than piling up.
const QUEUE: usize = 1024;

/// When a refused write may be tried again.
const RETRY: Duration = Duration::from_secs(1);

/// A queued write: it runs inside the transaction and gives back how its outcome is told once the
/// transaction is on disk, or failed.
type Job = Box<dyn FnOnce(&Connection) -> Tell + Send>;
type Tell = Box<dyn FnOnce(Result<(), ()>) + Send>;

/// The way to the thread. The thread ends when the last one is dropped.
#[derive(Debug)]
pub(super) struct Writer {
    queue: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(super) fn start(connection: Connection) -> Result<Self, SqliteError> {
        let (queue, jobs) = bounded::<Job>(QUEUE);
        let thread = std::thread::Builder::new()
            .name("scim-store-writer".to_owned())
            .spawn(move || work(connection, &jobs))?;
        Ok(Self { queue: Some(queue), thread: Some(thread) })
    }

    /// Runs the write in a savepoint of its own. What it gives is acknowledged once it is on disk;
    /// if it fails, nothing of it remains, and the other writes are not touched.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        write: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (sender, outcome) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            let result = savepoint(connection, write);
            Box::new(move |committed| {
                let result = match (result, committed) {
                    (Ok(_), Err(())) => Err(StoreError::from(SqliteError::NotCommitted)),
                    (result, _) => result,
                };
                // Nobody waits any more; the write stands all the same.
                let _ = sender.send(result);
            })
        });
        let queue = self.queue.as_ref().ok_or(SqliteError::Closed)?;
        if queue.try_send(job).is_err() {
            return Err(StoreError::busy(RETRY));
        }
        // The transaction could not begin, such as when another process holds the file.
        outcome.await.map_err(|_| StoreError::busy(RETRY))?
    }
}

/// Waits until what was queued is written.
impl Drop for Writer {
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

pub(super) fn savepoint<T>(
    connection: &Connection,
    write: impl FnOnce(&Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let statement = |sql| connection.execute_batch(sql).map_err(SqliteError::from);
    statement("SAVEPOINT one")?;
    let result = catch_unwind(AssertUnwindSafe(|| write(connection)))
        .unwrap_or_else(|_| Err(SqliteError::Panic.into()));
    match &result {
        Ok(_) => statement("RELEASE one")?,
        Err(_) => statement("ROLLBACK TO one; RELEASE one")?,
    }
    result
}

fn work(mut connection: Connection, jobs: &Receiver<Job>) {
    while let Ok(first) = jobs.recv() {
        let mut tells = Vec::new();
        let committed = transaction(&mut connection, first, jobs, &mut tells);
        if let Err(error) = &committed {
            tracing::error!(%error, "a transaction was not committed");
        }
        for tell in tells {
            tell(committed.as_ref().map(|_| ()).map_err(|_| ()));
        }
    }
}

/// Runs the first write and those that are queued, and commits them.
fn transaction(
    connection: &mut Connection,
    first: Job,
    jobs: &Receiver<Job>,
    tells: &mut Vec<Tell>,
) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    tells.push(first(&transaction));
    while tells.len() < TOGETHER
        && let Ok(job) = jobs.try_recv()
    {
        tells.push(job(&transaction));
    }
    transaction.commit()
}
