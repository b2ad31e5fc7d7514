//! The stores from outside.
#![cfg(feature = "sqlite")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests may fail by panicking"
)]

mod check;
mod conversation;
mod file;
mod kit;
mod law;
mod log;
mod member;
mod page;
mod reindex;
#[path = "../../../scim-service/tests/it/rule.rs"]
mod rule;
mod secret;
mod tenant;
mod write;
