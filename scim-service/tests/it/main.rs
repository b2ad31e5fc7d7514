//! The service held against what RFC 7644 asks, and against recorded conversations.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may fail by panicking"
)]

mod access;
mod bulk;
mod change;
mod client;
mod conversation;
mod cursor;
mod derive;
mod embedding;
mod feature;
mod invariant;
mod law;
mod method;
mod mount;
mod password;
mod policy;
mod protocol;
mod rule;
mod secret;
#[path = "../../../scim-core/tests/it/sections.rs"]
mod sections;
mod store;
mod story;
mod stream;
mod wire;
mod wrapped;
