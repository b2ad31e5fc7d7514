//! The stores from outside.
#![cfg(feature = "sqlite")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests may fail by panicking"
)]

mod conversation;
mod file;
mod kit;
mod law;
mod member;
mod page;
mod tenant;
mod write;
