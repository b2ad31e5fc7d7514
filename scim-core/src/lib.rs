#![doc = include_str!("../README.md")]

mod attr_name;
mod attr_path;
mod bulk;
mod common;
mod compat;
mod constraints;
mod enterprise_user;
mod error;
mod extensions;
mod field;
mod group;
pub mod json;
mod keyword;
mod list_response;
mod meta;
mod multi_valued;
mod object;
mod patch_op;
mod peakon_user;
mod prendio_user;
mod record;
mod resource_type;
mod schema;
mod schema_uri;
mod scim_type;
mod search_request;
mod secret;
mod service_provider_config;
mod shape_error;
mod user;
mod version;

pub use attr_name::{AttrName, InvalidName};
pub use attr_path::{AttrPath, InvalidPath};
pub use bulk::{BulkMethod, BulkOperation, BulkRequest, BulkResponse, BulkResult};
pub use common::common_attributes;
pub use compat::Compat;
pub use constraints::{Allowed, Breach, Constraints, Format, Formats};
pub use enterprise_user::{EnterpriseUser, Manager};
pub use error::Error;
pub use extensions::{Extension, Extensions};
pub use group::{Group, Member};
pub use json::{JsonError, JsonErrorKind};
pub use list_response::ListResponse;
pub use meta::Meta;
pub use multi_valued::{
    Address, Email, Entitlement, Im, PhoneNumber, Photo, Role, UserGroup, X509Certificate,
};
pub use patch_op::{PatchOp, PatchOperation, PatchVerb};
pub use peakon_user::PeakonUser;
pub use prendio_user::PrendioUser;
pub use resource_type::{ResourceType, SchemaExtension};
pub use schema::{Attribute, Kind, Mutability, Returned, Schema, Uniqueness};
pub use schema_uri::{InvalidUri, SchemaUri};
pub use scim_type::ScimType;
pub use search_request::{SearchRequest, SortOrder};
pub use secret::Secret;
pub use service_provider_config::{
    AuthenticationScheme, BulkSupport, FilterSupport, Pagination, PaginationMethod,
    ServiceProviderConfig, Supported,
};
pub use shape_error::{ShapeError, ShapeErrorKind};
pub use user::{Name, User};
pub use version::{EntityTags, Version};
