//! The typed vocabulary against the examples of the RFCs, and its laws.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may panic as tests may"
)]

mod debug;
mod examples;
mod extensions;
mod round_trip;
mod sections;
mod tolerance;
