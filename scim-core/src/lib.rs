#![doc = include_str!("../README.md")]

mod attr_name;
mod attr_path;
mod common;
mod compat;
mod error;
pub mod json;
mod schema;
mod schema_uri;
mod scim_type;
mod version;

pub use attr_name::{AttrName, InvalidName};
pub use attr_path::{AttrPath, InvalidPath};
pub use common::common_attributes;
pub use compat::Compat;
pub use error::Error;
pub use json::{JsonError, JsonErrorKind};
pub use schema::{Attribute, Kind, Mutability, Returned, Schema, Uniqueness};
pub use schema_uri::{InvalidUri, SchemaUri};
pub use scim_type::ScimType;
pub use version::{EntityTags, Version};
