//! The store, and the application beside it.
#![expect(clippy::unwrap_used, reason = "tests may fail by panicking")]

mod beside;
mod kit;
