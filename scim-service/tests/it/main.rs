//! The service held against what RFC 7644 asks, and against recorded conversations.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests may fail by panicking"
)]

mod bulk;
mod client;
mod conversation;
mod cursor;
mod embedding;
mod invariant;
mod protocol;
mod store;
