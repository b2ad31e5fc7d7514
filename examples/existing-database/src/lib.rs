#![doc = include_str!("../README.md")]

mod page;
mod row;
mod store;
mod table;

use std::path::Path;

use scim_service::{
    Endpoint, ScimService,
    core::AttrName,
    schema::{ResourceSchema, SchemaError, catalog},
};
use serde_json::Value;

pub use store::TeamStore;

/// The service over a database.
///
/// # Errors
/// When the database cannot be opened.
pub fn service(
    database: impl AsRef<Path>,
    base_url: &str,
) -> Result<ScimService<TeamStore>, Box<dyn std::error::Error + Send + Sync>> {
    let service = ScimService::builder(TeamStore::open(database)?)
        .base_url(base_url)
        .endpoint(Endpoint::users(users()?))
        .endpoint(Endpoint::groups(catalog::group()))
        .build()?;
    Ok(service)
}

/// Users as the tables hold them: what they have no column for is not in the schema, so clients
/// are not told that it would be kept.
///
/// # Errors
/// Never with this schema.
pub fn users() -> Result<ResourceSchema, SchemaError> {
    let mut schema = catalog::user_schema();
    let kept = ["userName", "displayName", "name", "title", "active", "emails", "groups"];
    schema.attributes.retain(|attribute| kept.iter().any(|name| attribute.name == *name));
    for attribute in &mut schema.attributes {
        let kept: &[&str] = match attribute.name.as_str() {
            "name" => &["formatted", "givenName", "familyName"],
            "emails" => &["value", "type", "primary"],
            _ => continue,
        };
        attribute.sub_attributes.retain(|sub| kept.iter().any(|name| sub.name == *name));
    }
    let active = AttrName::from_static("active");
    Ok(ResourceSchema::new(schema)?.default_value(active, Value::Bool(true)))
}
