//! The corpus, the limits, the laws and the messages.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops where it fails"
)]

mod allocation;
mod corpus;
mod element;
mod law;
mod limit;
mod message;
#[path = "../../../scim-core/tests/it/sections.rs"]
mod sections;
mod sql;
