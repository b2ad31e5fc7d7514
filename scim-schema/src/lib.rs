#![doc = include_str!("../README.md")]

mod amend;
mod attributes;
mod canon;
pub mod catalog;
mod constraint;
mod container;
mod element;
mod fault;
mod format;
mod index;
mod names;
mod overlay;
mod place;
mod projection;
mod read;
mod replace;
mod report;
mod resource_schema;
mod same;
mod scalar;
mod schemas;
#[cfg(feature = "testing")]
pub mod testing;
mod valid;
mod validate;
mod warning;

pub use canon::{Canon, Findings, ReadOnly, is_secret, wrap_bare};
pub use element::{Identity, is_hollow, keep_one_primary, merge_equal, same_element};
pub use fault::{SchemaError, SchemaFault};
pub use index::Indexed;
pub use overlay::Overlay;
pub use place::Place;
pub use projection::Projection;
pub use read::read_schemas;
pub use report::{Issue, Report, Rule};
pub use resource_schema::ResourceSchema;
pub use same::{same_elements, same_value};
pub use valid::{Secret, Secrets, Valid};
pub use validate::Mode;
pub use warning::SchemaWarning;
