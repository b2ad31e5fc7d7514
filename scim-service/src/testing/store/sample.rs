//! Resources on which wrong filters and orders show.

use serde_json::{Value, json};

use super::{bench::elements, settings::EXTENSION};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// A user with attributes of the base schema and of the extension.
fn user(mut base: Value, extension: Value) -> Value {
    if let Value::Object(base) = &mut base {
        base.insert(EXTENSION.as_str().to_owned(), extension);
    }
    base
}

/// Users; the number of each is its place.
pub(super) fn users() -> Vec<Value> {
    let mut users = ordinary();
    users.extend(letters());
    users.extend(signs());
    users.extend(values());
    users
}

/// Users whose attributes are like those of others, but not quite.
fn ordinary() -> Vec<Value> {
    vec![
        user(
            json!({
                "userName": "bjensen", "externalId": "701984", "displayName": "Babs Jensen",
                "name": {"familyName": "Jensen", "givenName": "Barbara"},
                "title": "Tour Guide", "nickName": "Babs", "active": true,
                "emails": [
                    {"value": "bjensen@example.com", "type": "work", "primary": true},
                    {"value": "babs@jensen.org", "type": "home"},
                ],
                "phoneNumbers": [{"value": "555-555-8377", "type": "work"}],
                "addresses": [
                    {"type": "work", "locality": "Hollywood", "country": "US"},
                    {"type": "home", "locality": "Paris", "country": "FR"},
                ],
                ENTERPRISE: {
                    "employeeNumber": "701984", "department": "Tour Operations",
                    "manager": {"value": "26118915", "displayName": "John Smith"},
                },
            }),
            json!({
                "creditLimit": 100, "rank": 1, "since": "2011-05-13T04:42:34Z", "checked": true,
                "code": "AbC", "badge": "B-1", "site": "https://example.com/A", "token": "TQ==",
                "tags": ["red", "blue"],
                "stays": [
                    {"place": "Rome", "nights": 2, "arrival": "2024-02-29T23:30:00Z"},
                    {"place": "Oslo", "nights": 5, "arrival": "2024-03-02T00:00:00Z"},
                ],
            }),
        ),
        // Nothing but a name: not even active.
        json!({"userName": "zoe", "active": null}),
        // The same as the first in another case, and in other notations.
        user(
            json!({
                "userName": "MJENSEN", "externalId": "701984a", "displayName": "BABS JENSEN",
                "name": {"familyName": "JENSEN"}, "title": "TOUR GUIDE", "active": false,
                "emails": [{"value": "BJENSEN@EXAMPLE.COM", "type": "home", "primary": false}],
                ENTERPRISE: {"department": "TOUR OPERATIONS"},
            }),
            json!({
                "creditLimit": 100.0, "rank": 10, "since": "2011-05-13T06:42:34+02:00",
                "checked": false, "code": "abc", "site": "https://example.com/a", "token": "TQ",
                "tags": ["RED"], "stays": [{"place": "Rome", "nights": 5, "arrival": "2024-02-29T22:59:59Z"}],
            }),
        ),
        // The first's values, each in the other's element.
        user(
            json!({
                "userName": "swapped", "title": "Tour", "displayName": "Jensen Babs",
                "name": {"givenName": "Jensen", "familyName": "Barbara"},
                "emails": [
                    {"value": "bjensen@example.com", "type": "home"},
                    {"value": "other@example.com", "type": "work", "primary": true},
                ],
                "addresses": [{"type": "work", "locality": "Paris", "country": "FR"}],
            }),
            json!({"tags": ["blue", "green"], "stays": [{"place": "Oslo", "nights": 2}]}),
        ),
        // An e-mail without a type, and one without more.
        json!({
            "userName": "untyped", "title": "guide", "active": false,
            "emails": [{"value": "untyped@example.com"}, {"value": "second@example.net", "type": "other"}],
            "phoneNumbers": [{"value": "555-555-8377", "type": "home"}],
        }),
        json!({"userName": "only.name", "name": {"formatted": "Only Name"}, ENTERPRISE: {"costCenter": "4130"}}),
    ]
}

/// Letters that are equal, or not, in unusual ways.
fn letters() -> Vec<Value> {
    let shown = |name: &str, display: &str| json!({"userName": name, "displayName": display});
    vec![
        shown("sharp", "Straße"),
        shown("double", "STRASSE"),
        shown("long", "Strasse 5"),
        shown("dotted", "\u{130}zmir"),
        shown("dotless", "\u{131}zmir"),
        shown("plain", "IZMIR"),
        shown("composed", "Ren\u{e9}e"),
        shown("combined", "Rene\u{301}e"),
        shown("bare", "Renee"),
        shown("wide", "\u{ff21}\u{ff22}\u{ff23}"),
        shown("narrow", "abc"),
        shown("ligature", "o\u{fb03}ce"),
        shown("apart", "OFFICE"),
        shown("sigma", "\u{3c3}\u{3bf}\u{3c6}\u{3cc}\u{3c2}"),
        shown("capital", "\u{3a3}\u{39f}\u{3a6}\u{38c}\u{3a3}"),
        shown("face", "\u{1f600} smile"),
        shown("cyrillic", "\u{416}\u{430}\u{43d}\u{43d}\u{430}"),
    ]
}

/// Characters that mean something to databases.
fn signs() -> Vec<Value> {
    let titled = |name: &str, title: &str| json!({"userName": name, "title": title});
    vec![
        titled("percent", "100%"),
        titled("hundred", "100 per cent"),
        titled("underscore", "a_b"),
        titled("letter", "axb"),
        titled("backslash", r"a\b"),
        titled("escape", r"a\%b"),
        titled("apostrophe", "O'Brien"),
        titled("quote", r#"say "hi""#),
        titled("star", "a*b?"),
        titled("range", "[a-z]"),
        titled("statement", "'; DROP TABLE users; --"),
        titled("blank", " Tour Guide"),
        titled("lines", "Tour\nGuide\t"),
        titled("placeholder", "$1 ?1 :a {} {{x}}"),
        titled("json", r#"{"title": "$.title"}"#),
        titled("word-true", "true"),
        titled("word-null", "null"),
        titled("number", "0100"),
    ]
}

/// Numbers, dates, booleans and empty values.
fn values() -> Vec<Value> {
    let with = |name: &str, extension: Value| user(json!({"userName": name}), extension);
    vec![
        with("n1", json!({"creditLimit": 99.99, "rank": 9, "since": "2011-05-13T04:42:34.5Z"})),
        with("n2", json!({"creditLimit": -5, "rank": -1, "since": "2011-05-13T04:42:34.50"})),
        with("n3", json!({"creditLimit": 0, "rank": 0, "since": "2011-05-12T23:59:59-05:00"})),
        with("n4", json!({"creditLimit": -0.5, "rank": 2, "since": "2011-05-12T23:59:59Z"})),
        with(
            "n5",
            json!({"creditLimit": 0.1, "rank": 9_007_199_254_740_993_i64, "since": "2011-05-13T04:42:34.4999Z"}),
        ),
        with(
            "n6",
            json!({"creditLimit": 1e6, "rank": 9_007_199_254_740_992_i64, "since": "0001-01-01T00:00:00Z"}),
        ),
        with("n7", json!({"creditLimit": 9, "rank": -10, "since": "9999-12-31T23:59:59Z"})),
        with("n8", json!({"creditLimit": 1e-7, "since": "2011-05-13T04:42:34"})),
        with("b1", json!({"checked": true, "code": "\u{1f600}", "tags": ["green"]})),
        with("b2", json!({"checked": false, "code": "\u{e000}", "tags": ["reddish", "Red"]})),
        with("b3", json!({"code": "Zulu", "token": "-_8="})),
        with("b4", json!({"code": "alpha", "token": "tq=="})),
        // Primary in the middle.
        json!({"userName": "p1", "emails": [
            {"value": "z@example.com", "type": "work"},
            {"value": "a@example.com", "type": "home", "primary": true},
        ]}),
        json!({"userName": "p2", "emails": [
            {"value": "m@example.com", "type": "work"},
            {"value": "b@example.com", "type": "home"},
        ]}),
        json!({"userName": "p3", "emails": [{"value": "n@example.com", "type": "work", "primary": true}]}),
    ]
}

/// A user whose empty values are kept, as the letter of the RFCs has it.
pub(super) fn hollow() -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": "hollow", "title": "", "nickName": "", "displayName": "", "externalId": "",
        "emails": [{"value": "", "type": "work"}],
    })
}

/// The number of the first group.
pub(super) const GROUPS: u64 = 500;

/// Groups over the users, numbered from [`GROUPS`]: each is made before those that hold it.
pub(super) fn groups() -> Vec<Value> {
    let group =
        |name: &str, members: &[u64]| json!({"displayName": name, "members": elements(members)});
    let mut all = vec![
        group("Tour Guides", &[0, 2, 4]),
        group("tour guides", &[0]),
        group("Employees", &[0, 1, 2, 3, 4, GROUPS]),
        group("Empty", &[]),
        group("Nested", &[GROUPS, GROUPS + 3]),
        group("Straße", &[6]),
        group("100%", &[7, GROUPS + 4]),
    ];
    if let Some(Value::Object(first)) = all.first_mut() {
        first.insert("externalId".to_owned(), json!("G-1"));
    }
    all
}
