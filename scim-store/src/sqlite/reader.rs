//! Threads that read, each with a connection of its own.

use std::{path::Path, thread::JoinHandle, time::Duration};

use crossbeam_channel::{Receiver, Sender, bounded};
use futures_channel::oneshot;
use rusqlite::Connection;
use scim_service::StoreError;

use super::{connection, error::SqliteError};

/// Reads that wait; further ones are refused with 503.
const QUEUE: usize = 4096;

type Job = Box<dyn FnOnce(&Connection) + Send>;

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
            let connection = connection::reader(path, busy)?;
            let jobs = jobs.clone();
            let name = format!("scim-store-reader-{number}");
            let thread =
                std::thread::Builder::new().name(name).spawn(move || work(&connection, &jobs))?;
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
        let job: Job = Box::new(move |connection| {
            if !sender.is_canceled() {
                let result = connection::within(connection, limit, |it| snapshot(it, read));
                let _ = sender.send(result);
            }
        });
        let queue = self.queue.as_ref().ok_or(SqliteError::Closed)?;
        if queue.try_send(job).is_err() {
            return Err(StoreError::busy(Duration::from_secs(1)));
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

fn work(connection: &Connection, jobs: &Receiver<Job>) {
    while let Ok(job) = jobs.recv() {
        let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| job(connection)));
    }
}
