//! What tests of a service need.

pub mod transcript;
