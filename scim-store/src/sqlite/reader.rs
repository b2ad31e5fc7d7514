//! Threads that read, each with a connection of its own.

use std::{path::Path, thread::JoinHandle, time::Duration};

use crossbeam_channel::{Receiver, Sender, bounded};
use futures_channel::oneshot;
use rusqlite::Connection;
use scim_service::StoreError;

use super::{
    connection::{self, Deadline},
    error::SqliteError,
};

/// Reads that wait; further ones are refused with 503.
const QUEUE: usize = 4096;

type Job = Box<dyn FnOnce(&Connection, &Deadline) + Send>;

/// When a refused read may be tried again.
const RETRY: Duration = Duration::from_secs(1);

/// The way to the threads, which end when it is dropped.
#[derive(Debug)]
pub(super) struct Readers {
    queue: Option<Sender<Job>>,
    threads: Vec<JoinHandle<()>>,
    limit: Duration,
}

impl Readers {
    pub(super) fn start(
        path: &Path,
        count: usize,
        busy: Duration,
        limit: Duration,
    ) -> Result<Self, SqliteError> {
        let (queue, jobs) = bounded::<Job>(QUEUE);
        let mut threads = Vec::with_capacity(count);
        for number in 0..count.max(1) {
            let mut connection = connection::reader(path, busy)?;
            let deadline = Deadline::on(&mut connection);
            let jobs = jobs.clone();
            let name = format!("scim-store-reader-{number}");
            let thread = std::thread::Builder::new()
                .name(name)
                .spawn(move || work(&connection, &deadline, &jobs))?;
            threads.push(thread);
        }
        Ok(Self { queue: Some(queue), threads, limit })
    }

    /// Runs the read on one state of the database; a read whose caller is gone is not run.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (sender, outcome) = oneshot::channel();
        let limit = self.limit;
        let job: Job = Box::new(move |connection, deadline| {
            if sender.is_canceled() {
                return;
            }
            deadline.set(limit);
            let result = match snapshot(connection, read) {
                Err(_) if deadline.is_over() => Err(StoreError::busy(RETRY)),
                result => result,
            };
            let _ = sender.send(result);
        });
        let queue = self.queue.as_ref().ok_or(SqliteError::Closed)?;
        if queue.try_send(job).is_err() {
            return Err(StoreError::busy(RETRY));
        }
        outcome.await.map_err(|_| SqliteError::Closed)?
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.queue = None;
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

/// Several statements that see the same state.
fn snapshot<T>(
    connection: &Connection,
    read: impl FnOnce(&Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let transaction = connection.unchecked_transaction().map_err(SqliteError::from)?;
    read(&transaction)
}

fn work(connection: &Connection, deadline: &Deadline, jobs: &Receiver<Job>) {
    while let Ok(job) = jobs.recv() {
        let _ =
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| job(connection, deadline)));
    }
}
