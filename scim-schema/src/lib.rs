#![doc = include_str!("../README.md")]

mod canon;
pub mod catalog;
mod element;
mod fault;
mod index;
mod place;
mod projection;
mod report;
mod resource_schema;
mod same;
mod scalar;
mod schemas;
mod valid;
mod validate;

pub use canon::{Canon, Findings, ReadOnly, is_secret, wrap_bare};
pub use element::{Identity, is_hollow, keep_one_primary, merge_equal, same_element};
pub use fault::{SchemaError, SchemaFault};
pub use index::Indexed;
pub use place::Place;
pub use projection::Projection;
pub use report::{Issue, Report, Rule};
pub use resource_schema::ResourceSchema;
pub use same::{same_elements, same_value};
pub use valid::{Secret, Secrets, Valid};
pub use validate::Mode;
