//! What tests of a service and of a store need.

pub mod store;
pub mod transcript;
