#![doc = include_str!("../README.md")]

mod apply;
mod budget;
mod delta;
mod error;
mod message;
mod plan;

pub use apply::Outcome;
pub use delta::Delta;
pub use error::{PatchError, PatchErrorKind, SyntaxFault};
pub use message::{Limits, Patch};
pub use plan::Plan;
