#![doc = include_str!("../README.md")]

#[cfg(feature = "sqlite")]
mod sqlite;

#[cfg(feature = "sqlite")]
pub use sqlite::{Fault, LogEntry, Refused, SqliteBuilder, SqliteError, SqliteStore};
