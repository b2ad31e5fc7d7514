#![doc = include_str!("../README.md")]

mod attributes;
mod checked;
mod key;
mod options;
mod resolved_path;
#[cfg(feature = "sql")]
pub mod sql;

pub use attributes::{Attributes, Resolved};
pub use checked::{Checked, Element, Node, Operand, ResolvedPath, Test, TestOp};
pub use key::Key;
pub use options::{Limits, Options, Unknown};
