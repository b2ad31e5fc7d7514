//! The real server, started as its users start it, on a database of its own.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "tests may fail by panicking, and say what they leave out"
)]

mod check;
mod cli;
mod conversation;
mod durability;
mod flood;
mod foreign;
mod hostile;
mod http;
mod large;
mod log;
mod parallel;
mod profile;
#[path = "../../../../scim-core/tests/it/sections.rs"]
mod sections;
mod server;
mod telemetry;
mod tenancy;
mod transfer;
mod transport;
