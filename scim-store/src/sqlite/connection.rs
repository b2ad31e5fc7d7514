//! Opening the file: settings of a connection, tables, time limits.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use rusqlite::{Connection, OpenFlags};

use super::error::SqliteError;

mod embedded {
    refinery::embed_migrations!("src/sqlite/migrations");
}

/// How many prepared statements a connection keeps; filters make a new one for each form.
const STATEMENTS: usize = 256;

/// Rows of SQLite's virtual machine between two looks at the clock.
const STEPS_BETWEEN_LOOKS: i32 = 10_000;

/// Creates or updates the tables, and opens the connection that writes.
pub(super) fn writer(path: &Path, busy: Duration) -> Result<Connection, SqliteError> {
    let mut connection = Connection::open(path)?;
    connection.busy_timeout(busy)?;
    // A page of 8 KiB holds most resources as a whole; it counts for new files only.
    connection.pragma_update(None, "page_size", 8192)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    embedded::migrations::runner().run(&mut connection)?;
    shared(&connection)?;
    Ok(connection)
}

/// Opens a connection that reads; the tables are there already.
pub(super) fn reader(path: &Path, busy: Duration) -> Result<Connection, SqliteError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(busy)?;
    shared(&connection)?;
    Ok(connection)
}

fn shared(connection: &Connection) -> Result<(), SqliteError> {
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "cache_size", -32_768)?;
    connection.pragma_update(None, "mmap_size", 268_435_456)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(())
}

/// When the running statement is to be broken off.
#[derive(Clone, Debug)]
pub(super) struct Deadline {
    base: Instant,
    /// Milliseconds behind the base; 0 for no limit.
    millis: Arc<AtomicU64>,
}

impl Deadline {
    /// Lets statements of this connection be broken off.
    pub(super) fn on(connection: &mut Connection) -> Self {
        let deadline = Self { base: Instant::now(), millis: Arc::default() };
        let clock = deadline.clone();
        // Should it not be set, statements end all the same, only later.
        let _ = connection.progress_handler(STEPS_BETWEEN_LOOKS, Some(move || clock.is_over()));
        deadline
    }

    /// Breaks off what runs longer than this from now on.
    pub(super) fn set(&self, limit: Duration) {
        let end = self.base.elapsed() + limit;
        let millis = u64::try_from(end.as_millis()).unwrap_or(u64::MAX).max(1);
        self.millis.store(millis, Ordering::Relaxed);
    }

    pub(super) fn is_over(&self) -> bool {
        let millis = self.millis.load(Ordering::Relaxed);
        millis > 0 && self.base.elapsed() > Duration::from_millis(millis)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FULL is 2: each commit is synced before it is acknowledged.
    #[test]
    fn the_writer_syncs_each_commit_to_its_log() {
        let folder = tempfile::tempdir().unwrap();
        let connection = writer(&folder.path().join("scim.db"), Duration::ZERO).unwrap();
        let read = |pragma| connection.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
        assert_eq!(read("synchronous").unwrap(), 2);
        let mode: String =
            connection.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
        assert_eq!(mode, "wal");
    }
}
