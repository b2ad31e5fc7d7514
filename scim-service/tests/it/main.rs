//! The service held against what RFC 7644 asks, and against recorded conversations.

mod bulk;
mod client;
mod conversation;
mod cursor;
mod embedding;
mod protocol;
