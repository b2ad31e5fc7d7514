//! Patches made of bytes: words that mean something, put together at random.

use arbitrary::{Result, Unstructured};
use serde_json::{Map, Value, json};

const OPS: &[&str] = &["add", "remove", "replace", "Add", "REPLACE"];

const USER_PATHS: &[&str] = &[
    "userName",
    "displayName",
    "externalId",
    "title",
    "active",
    "password",
    "name",
    "name.familyName",
    "name.givenName",
    "NAME.formatted",
    "emails",
    "emails.value",
    "emails.primary",
    "emails.type",
    "emails[type eq \"work\"]",
    "emails[type eq \"work\"].value",
    "emails[type eq \"home\"].primary",
    "emails[primary eq true].value",
    "emails[value ew \"example.com\"]",
    "emails[not (type eq \"work\")]",
    "emails[type eq \"other\"].value",
    "emails[type eq \"other\" and primary eq true].display",
    "addresses",
    "addresses[type eq \"work\"].locality",
    "addresses[type eq \"home\"]",
    "addresses.country",
    "phoneNumbers[type eq \"mobile\"].value",
    "roles",
    "roles[value eq \"buyer\"]",
    "roles[primary eq \"True\"].value",
    "roles.value",
    "x509Certificates",
    "groups",
    "id",
    "meta.created",
    "schemas",
    "schemas[value eq \"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\"]",
    "nickName",
    "nosuch",
    "department",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User.employeeNumber",
    "urn:ietf:params:scim:schemas:core:2.0:User:name.givenName",
];

const GROUP_PATHS: &[&str] = &[
    "members",
    "members.value",
    "members[value eq \"a\"]",
    "members[value eq \"b\" or value eq \"c\"]",
    "members[type eq \"User\"]",
    "members[value sw \"a\"]",
    "members[not (value eq \"a\")]",
    "members[value eq \"z\"]",
    "members[value eq \"a\"].display",
    "displayName",
    "externalId",
    "id",
    "nosuch",
];

const NAMES: &[&str] = &[
    "value",
    "type",
    "primary",
    "display",
    "$ref",
    "name",
    "name.familyName",
    "familyName",
    "givenName",
    "userName",
    "displayName",
    "DISPLAYNAME",
    "title",
    "active",
    "password",
    "emails",
    "emails[type eq \"work\"].value",
    "addresses",
    "locality",
    "country",
    "roles",
    "members",
    "schemas",
    "id",
    "externalId",
    "meta",
    "department",
    "manager",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
    "nosuch",
];

const TEXTS: &[&str] = &[
    "",
    "a",
    "b",
    "c",
    "z",
    "A",
    "work",
    "Work",
    "home",
    "other",
    "buyer",
    "approver",
    "True",
    "false",
    "bjensen@example.com",
    "BJENSEN@example.com",
    "babs@jensen.example",
    "Jensen",
    "Straße",
    "STRASSE",
    "e\u{301}",
    "26118915",
    "2010-01-23T04:56:22Z",
    "tel:+1-201-555-0123",
    "MIIDQzCC",
    "User",
    "urn:ietf:params:scim:schemas:core:2.0:User",
    "urn:ietf:params:scim:schemas:core:2.0:Group",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
];

/// A PATCH message, for a user or for a group.
pub fn message(u: &mut Unstructured<'_>, group: bool) -> Result<Value> {
    let mut operations = Vec::new();
    for _ in 0..u.int_in_range(1..=4)? {
        operations.push(operation(u, group)?);
    }
    Ok(json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": operations,
    }))
}

fn operation(u: &mut Unstructured<'_>, group: bool) -> Result<Value> {
    let mut operation = Map::new();
    operation.insert("op".to_owned(), json!(u.choose(OPS)?));
    if u.ratio(5, 6)? {
        let paths = if group { GROUP_PATHS } else { USER_PATHS };
        operation.insert("path".to_owned(), json!(u.choose(paths)?));
    }
    if u.ratio(7, 8)? {
        operation.insert("value".to_owned(), value(u, 0)?);
    }
    Ok(Value::Object(operation))
}

/// Some JSON value made of words that mean something.
fn value(u: &mut Unstructured<'_>, depth: usize) -> Result<Value> {
    let kinds = if depth < 3 { 6 } else { 4 };
    Ok(match u.int_in_range(0..=kinds)? {
        0 => Value::Null,
        1 => Value::Bool(u.arbitrary()?),
        2 => json!(u.int_in_range(-2..=2)?),
        3 | 4 => json!(u.choose(TEXTS)?),
        5 => {
            let mut elements = Vec::new();
            for _ in 0..u.int_in_range(0..=3)? {
                elements.push(value(u, depth + 1)?);
            }
            Value::Array(elements)
        }
        _ => {
            let mut object = Map::new();
            for _ in 0..u.int_in_range(0..=4)? {
                object.insert((*u.choose(NAMES)?).to_owned(), value(u, depth + 1)?);
            }
            Value::Object(object)
        }
    })
}
