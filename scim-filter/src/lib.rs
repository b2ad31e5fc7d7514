#![doc = include_str!("../README.md")]

mod ast;
mod attributes;
mod builder;
mod check;
mod checked;
mod display;
mod error;
mod eval;
mod key;
mod options;
mod parse;
mod patch_path;
mod resolved_path;
#[cfg(feature = "sql")]
pub mod sql;
#[cfg(feature = "testing")]
pub mod testing;
mod untyped;

pub use ast::{CompareOp, Expr, Filter, Literal, LiteralKind};
pub use attributes::{Attributes, Extended, Resolved};
pub use builder::BuildError;
pub use check::{CheckError, CheckErrorKind};
pub use checked::{Checked, Element, Node, Operand, ResolvedPath, Test, TestOp};
pub use error::{ParseError, ParseErrorKind};
pub use key::Key;
pub use options::{Limits, Options, Unknown};
pub use patch_path::PatchPath;
