//! The real server, started as its users start it, on a database of its own.

mod conversation;
mod durability;
mod hostile;
mod http;
mod large;
mod parallel;
mod server;
mod tenancy;
