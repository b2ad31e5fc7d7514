//! The service held against what RFC 7644 asks, and against recorded conversations.

mod client;
mod conversation;
mod protocol;
mod store;
