//! The schemas of RFC 7643 and of known vendors, as data.

use std::sync::LazyLock;

use scim_core::{AttrName, AttrPath, Schema};
use serde_json::Value;

use crate::ResourceSchema;

macro_rules! schemas {
    ($($(#[$doc:meta])* $name:ident = $file:literal;)*) => {
        $(
            $(#[$doc])*
            pub fn $name() -> Schema {
                static SCHEMA: LazyLock<Schema> = LazyLock::new(|| read(include_str!(concat!("../data/", $file))));
                SCHEMA.clone()
            }
        )*

        #[cfg(test)]
        const ALL: &[fn() -> Schema] = &[$($name),*];
    };
}

schemas! {
    /// The schema of users (RFC 7643 §4.1).
    user_schema = "user.json";
    /// The schema of groups (RFC 7643 §4.2).
    group_schema = "group.json";
    /// The enterprise extension of users (RFC 7643 §4.3).
    enterprise = "enterprise_user.json";
    /// The schema of the service provider configuration (RFC 7643 §5).
    service_provider_config = "service_provider_config.json";
    /// The schema of resource types (RFC 7643 §6).
    resource_type = "resource_type.json";
    /// The schema of schemas (RFC 7643 §7).
    schema = "schema.json";
    /// Peakon's extension of users, with a usual set of a company's attributes.
    peakon = "peakon_user.json";
    /// Prendio's extension of users: approval and spend limit.
    prendio = "prendio_user.json";
}

/// Users without extensions: `active` is true unless said otherwise; names, e-mails and `active`
/// are indexed.
pub fn user() -> ResourceSchema {
    let indexed = ["displayName", "active", "emails.value"];
    build(user_schema(), &indexed).default_value(AttrName::from_static("active"), Value::Bool(true))
}

/// Groups: `members` is a relation, names are indexed.
pub fn group() -> ResourceSchema {
    build(group_schema(), &["displayName"]).relation(AttrName::from_static("members"))
}

#[expect(clippy::expect_used, reason = "the schemas are part of the crate, and a test builds each")]
fn build(schema: Schema, indexed: &[&str]) -> ResourceSchema {
    let built = ResourceSchema::new(schema).expect("a schema of the catalogue");
    let paths = indexed.iter().map(|path| path.parse::<AttrPath>().expect("an attribute path"));
    paths.fold(built, ResourceSchema::index)
}

#[expect(clippy::expect_used, reason = "the files are part of the crate, and a test reads each")]
fn read(json: &str) -> Schema {
    serde_json::from_str(json).expect("a schema file of the catalogue")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_schema_of_the_catalogue_can_be_used_and_is_described() {
        for schema in ALL.iter().map(|schema| schema()) {
            assert!(ResourceSchema::new(schema.clone()).is_ok(), "{}", schema.id);
            assert!(!schema.description.is_empty() && !schema.name.is_empty(), "{}", schema.id);
            let parts = schema
                .attributes
                .iter()
                .flat_map(|one| std::iter::once(one).chain(&one.sub_attributes));
            for part in parts {
                assert!(!part.description.is_empty(), "{} {}", schema.id, part.name);
            }
        }
    }

    #[test]
    fn what_is_published_is_the_file() {
        let written = serde_json::to_value(user_schema()).unwrap();
        let file: Value = serde_json::from_str(include_str!("../data/user.json")).unwrap();
        assert_eq!(written, file);
    }
}
