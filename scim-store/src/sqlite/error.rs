//! What can go wrong inside; it is logged, never sent.

use thiserror::Error;

/// The database did not do what was asked.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SqliteError {
    /// SQLite refused a statement.
    #[error("SQLite refused a statement")]
    Statement(#[from] rusqlite::Error),
    /// The tables could not be created or brought up to date.
    #[error("the tables could not be brought up to date")]
    Migration(#[from] refinery::Error),
    /// A stored document is no JSON.
    #[error("a stored document cannot be read")]
    Document(#[from] serde_json::Error),
    /// A thread of the store could not be started.
    #[error("a thread could not be started")]
    Thread(#[from] std::io::Error),
    /// The transaction was not committed; nothing of it was kept.
    #[error("the transaction was not committed")]
    NotCommitted,
    /// The thread that was to do the work is gone.
    #[error("the store is closed")]
    Closed,
    /// A change panicked; nothing of it was kept.
    #[error("a change panicked")]
    Panic,
}
