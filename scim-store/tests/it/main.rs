//! The stores from outside.
#![cfg(feature = "sqlite")]

mod file;
mod law;
mod member;
mod page;
mod write;
