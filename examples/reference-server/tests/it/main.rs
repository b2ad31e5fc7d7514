//! The real server, started as its users start it, on a database of its own.

mod cli;
mod conversation;
mod durability;
mod hostile;
mod http;
mod parallel;
mod server;
mod telemetry;
mod tenancy;
mod transport;
