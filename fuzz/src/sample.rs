//! Schemas, resources and settings to fuzz against.

use std::sync::LazyLock;

use scim_core::Compat;
use scim_filter::{Limits, Options};
use scim_schema::{Mode, ResourceSchema, Valid, catalog};
use serde_json::{Value, json};

/// Both ends of leniency.
pub const COMPATS: [Compat; 2] = [Compat::STRICT, Compat::INTEROP];

/// Users with the enterprise extension.
pub static USERS: LazyLock<ResourceSchema> =
    LazyLock::new(|| catalog::user().extend(catalog::enterprise()).unwrap());

/// Groups.
pub static GROUPS: LazyLock<ResourceSchema> = LazyLock::new(catalog::group);

/// The user, valid.
pub static USER: LazyLock<Valid> = LazyLock::new(|| valid(&USERS, user()));

/// The group, valid.
pub static GROUP: LazyLock<Valid> = LazyLock::new(|| valid(&GROUPS, group()));

fn valid(schema: &ResourceSchema, resource: Value) -> Valid {
    schema.validate(resource, Mode::Create, &Compat::INTEROP).unwrap()
}

/// A user with something in every kind of attribute.
pub fn user() -> Value {
    json!({
        "schemas": [
            "urn:ietf:params:scim:schemas:core:2.0:User",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
        ],
        "externalId": "701984",
        "userName": "bjensen@example.com",
        "name": {"formatted": "Ms. Barbara J Jensen", "familyName": "Jensen", "givenName": "Barbara"},
        "displayName": "Babs Jensen",
        "emails": [
            {"value": "bjensen@example.com", "type": "work", "primary": true},
            {"value": "babs@jensen.example", "type": "home"}
        ],
        "addresses": [{"type": "work", "locality": "Hollywood", "country": "US"}],
        "phoneNumbers": [{"value": "tel:+1-201-555-0123", "type": "work"}],
        "roles": [{"value": "buyer"}, {"value": "approver", "primary": true}],
        "x509Certificates": [{"value": "MIIDQzCCAqygAwIBAgICEAAwDQYJKoZIhvcNAQEF"}],
        "title": "Tour Guide",
        "preferredLanguage": "en-US",
        "active": true,
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {
            "employeeNumber": "701984",
            "department": "Tour Operations",
            "manager": {"value": "26118915", "displayName": "John Smith"}
        }
    })
}

/// A group of three.
pub fn group() -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
        "displayName": "Tour Guides",
        "externalId": "g1",
        "members": [
            {"value": "a", "type": "User"},
            {"value": "b", "type": "User", "display": "Bea"},
            {"value": "c", "type": "Group"}
        ]
    })
}

/// The user as a store hands it out, with what the server adds.
pub static STORED_USER: LazyLock<Value> = LazyLock::new(|| {
    let mut user = USER.attributes().clone();
    user.insert("id".to_owned(), json!("2819c223"));
    user.insert(
        "meta".to_owned(),
        json!({
            "resourceType": "User",
            "created": "2010-01-23T04:56:22Z",
            "lastModified": "2011-05-13T04:42:34Z",
            "version": "W/\"1\""
        }),
    );
    Value::Object(user)
});

/// Options under which all that is printed can be read again: text may get longer when it is
/// printed in full.
pub fn roomy(compat: Compat) -> Options {
    let mut limits = Limits::DEFAULT;
    limits.max_len *= 8;
    limits.max_depth += 1;
    Options::STRICT.compat(compat).limits(limits)
}
