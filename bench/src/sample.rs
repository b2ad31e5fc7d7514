//! What is worked on.

use std::sync::LazyLock;

use scim_core::Compat;
use scim_schema::{Mode, ResourceSchema, Valid, catalog};
use serde_json::{Map, Value, json};

/// Filters, from simple to nested.
pub(crate) const EQ: &str = r#"userName eq "bjensen""#;
pub(crate) const VALUE_PATHS: &str = r#"emails[type eq "work" and value co "@example.com"] or ims[type eq "xmpp" and value co "@foo.com"]"#;
pub(crate) const NESTED: &str = r#"(userName sw "a" or userName sw "b") and ((title pr and userType eq "Employee") or (nickName co "x" and not (active eq false))) and ((emails.value ew "example.com" or emails.type eq "work") and (name.familyName eq "Jensen" or (name.givenName eq "Barbara" and (displayName pr or locale eq "en-US")))) and meta.lastModified gt "2011-05-13T04:42:34Z""#;

/// Users with the enterprise extension.
pub(crate) static USERS: LazyLock<ResourceSchema> =
    LazyLock::new(|| catalog::user().extend(catalog::enterprise()).expect("two schemas that fit"));

/// Groups.
pub(crate) static GROUPS: LazyLock<ResourceSchema> = LazyLock::new(catalog::group);

/// A user of 1.7 kB, as text.
pub(crate) fn user_text() -> Vec<u8> {
    let text = serde_json::to_vec(&user(0)).expect("JSON");
    assert!((1_600..1_800).contains(&text.len()), "{} bytes", text.len());
    text
}

/// A user with this number.
pub(crate) fn user(number: usize) -> Value {
    json!({
        "schemas": [
            "urn:ietf:params:scim:schemas:core:2.0:User",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
        ],
        "externalId": format!("ext-{number}"),
        "userName": format!("user{number}@example.com"),
        "name": {
            "formatted": "Ms. Barbara J Jensen, III",
            "familyName": "Jensen",
            "givenName": "Barbara",
            "middleName": "Jane",
            "honorificPrefix": "Ms.",
            "honorificSuffix": "III"
        },
        "displayName": "Babs Jensen",
        "nickName": "Babs",
        "profileUrl": "https://login.example.com/bjensen",
        "emails": [
            {"value": format!("user{number}@example.com"), "type": "work", "primary": true},
            {"value": "babs@jensen.example", "type": "home"}
        ],
        "addresses": [{
            "type": "work",
            "streetAddress": "100 Universal City Plaza",
            "locality": "Hollywood",
            "region": "CA",
            "postalCode": "91608",
            "country": "US",
            "formatted": "100 Universal City Plaza\nHollywood, CA 91608 US",
            "primary": true
        }],
        "phoneNumbers": [
            {"value": "tel:+1-201-555-0123", "type": "work"},
            {"value": "tel:+1-201-555-0124", "type": "mobile"}
        ],
        "ims": [{"value": "someaimhandle", "type": "aim"}],
        "photos": [
            {"value": "https://photos.example.com/profilephoto/72930000000Ccne/F", "type": "photo"},
            {"value": "https://photos.example.com/profilephoto/72930000000Ccne/T", "type": "thumbnail"}
        ],
        "entitlements": [{"value": "https://entitlements.example.com/travel-desk"}],
        "userType": "Employee",
        "title": "Tour Guide",
        "preferredLanguage": "en-US",
        "locale": "en-US",
        "timezone": "America/Los_Angeles",
        "active": true,
        "roles": [{"value": "buyer", "primary": true}],
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {
            "employeeNumber": format!("{number}"),
            "costCenter": "4130",
            "organization": "Universal Studios",
            "division": "Theme Park",
            "department": "Tour Operations",
            "manager": {
                "value": "26118915-6090-4610-87e4-49d8ca9f808d",
                "$ref": "https://scim.example.com/v2/Users/26118915-6090-4610-87e4-49d8ca9f808d"
            }
        }
    })
}

/// The same, valid.
pub(crate) fn valid_user(number: usize) -> Valid {
    USERS.validate(user(number), Mode::Create, &Compat::INTEROP).expect("a valid user")
}

/// The same, with what the server adds.
pub(crate) fn stored_user(number: usize) -> Map<String, Value> {
    let mut user = valid_user(number).into_attributes();
    let id = member_id(number);
    user.insert(
        "meta".to_owned(),
        json!({
            "resourceType": "User",
            "created": "2010-01-23T04:56:22Z",
            "lastModified": "2011-05-13T04:42:34Z",
            "location": format!("https://scim.example.com/v2/Users/{id}"),
            "version": "W/\"1\""
        }),
    );
    user.insert("id".to_owned(), Value::String(id));
    user
}

/// A group of so many members.
pub(crate) fn valid_group(members: usize) -> Valid {
    let members: Vec<Value> =
        (0..members).map(|number| json!({"value": member_id(number), "type": "User"})).collect();
    let group = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
        "displayName": "Tour Guides",
        "members": members,
    });
    GROUPS.validate(group, Mode::Create, &Compat::INTEROP).expect("a valid group")
}

/// An id of the length of a UUID.
pub(crate) fn member_id(number: usize) -> String {
    format!("{number:08x}-6090-4610-87e4-49d8ca9f808d")
}

/// A PATCH message.
pub(crate) fn message(operations: Value) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": operations,
    })
}
