//! JSON as a hostile client may send it, and as it is sent back (RFC 7643 §2.1, RFC 8259).

mod names;
mod read;
mod scan;
mod write;

pub use read::{JsonError, JsonErrorKind, Limits, from_slice};
pub use write::{write, write_member, write_name, write_text};
