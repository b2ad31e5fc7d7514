//! Resources and operations made at random.

use proptest::{collection::vec, prelude::*, sample::select};
use scim_core::Compat;
use serde_json::{Value, json};

pub(crate) fn compat() -> impl Strategy<Value = Compat> {
    select(vec![Compat::STRICT, Compat::INTEROP])
}

fn text() -> impl Strategy<Value = &'static str> {
    select(vec!["a", "A", "b", "zq7@example.com", "work", "home", "ß", ""])
}

fn element() -> impl Strategy<Value = Value> {
    let part = |name: &'static str| {
        prop_oneof![Just(None), text().prop_map(move |text| Some((name.to_owned(), json!(text))))]
    };
    let primary = prop_oneof![
        3 => Just(None),
        1 => any::<bool>().prop_map(|flag| Some(("primary".to_owned(), json!(flag)))),
    ];
    let unknown = prop_oneof![
        9 => Just(None),
        1 => Just(Some(("zq7Unknown".to_owned(), json!(1)))),
    ];
    (part("value"), part("type"), part("display"), primary, unknown)
        .prop_map(|(a, b, c, d, e)| Value::Object([a, b, c, d, e].into_iter().flatten().collect()))
}

pub(crate) fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        2 => Just(Value::Null),
        4 => text().prop_map(Value::from),
        2 => any::<bool>().prop_map(Value::from),
        1 => Just(json!("True")),
        1 => Just(json!(17)),
        4 => element(),
        4 => vec(element(), 0..3).prop_map(Value::from),
        1 => Just(json!([null])),
        2 => (text(), text()).prop_map(|(a, b)| json!({"givenName": a, "familyName": b})),
        2 => text().prop_map(|a| json!({"givenName": a, "middleName": null})),
        1 => text().prop_map(|a| json!([{"value": a, "$ref": "../Users/zq7"}])),
    ]
}

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

pub(crate) fn path() -> impl Strategy<Value = String> {
    let attribute = select(vec![
        "userName",
        "nickName",
        "active",
        "name",
        "name.givenName",
        "NAME.familyname",
        "emails",
        "emails[type eq \"work\"]",
        "emails[type eq \"home\"].value",
        "emails.display",
        "emails[value eq \"a\"].type",
        "emails[value eq \"a\" and type eq \"work\"].primary",
        "emails[primary eq true]",
        "emails[not (type pr)]",
        "emails.primary",
        "emails.type",
        "emails[type eq \"work\"].display",
        "roles",
        "roles[primary eq \"True\"].value",
        "addresses",
        "addresses[type eq \"home\"].locality",
        "groups",
        "id",
        "meta.created",
        "password",
        "schemas",
        "zq7",
        "manager",
        "externalId",
    ]);
    let extended =
        select(vec!["", ":department", ":manager", ":manager.value", ":manager.$ref", ":nosuch"]);
    prop_oneof![
        5 => attribute.prop_map(str::to_owned),
        2 => extended.prop_map(|tail| format!("{ENTERPRISE}{tail}")),
    ]
}

fn members() -> impl Strategy<Value = Value> {
    vec((path(), value()), 0..4).prop_map(|members| Value::Object(members.into_iter().collect()))
}

/// An operation with a value that is likely to fit its path.
pub(crate) fn fitting() -> impl Strategy<Value = Value> {
    let simple = select(vec![
        "userName",
        "nickName",
        "name.givenName",
        "name.familyName",
        "externalId",
        "displayName",
        "emails[type eq \"work\"].value",
        "emails[type eq \"home\"].display",
        "emails.display",
        "emails[value eq \"a\"].type",
        "emails[type eq \"home\"].value",
        "roles[value eq \"b\"].type",
        "addresses[type eq \"work\"].locality",
        "addresses[type eq \"home\"].locality",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.$ref",
    ]);
    let flag = select(vec![
        "active",
        "emails[type eq \"work\"].primary",
        "emails[value eq \"a\"].primary",
        "roles[value eq \"b\"].primary",
        "addresses[type eq \"home\"].primary",
    ]);
    let list = select(vec!["emails", "roles", "phoneNumbers"]);
    let selected = select(vec![
        "emails[type eq \"work\"]",
        "emails[value eq \"a\"]",
        "emails[not (type pr)]",
        "emails[primary eq true]",
        "roles[value eq \"b\" and type eq \"home\"]",
    ]);
    let gone = select(vec![
        "nickName",
        "name",
        "name.givenName",
        "emails",
        "emails[type eq \"work\"]",
        "emails.type",
        "emails[value eq \"a\" or value eq \"b\"].display",
        "emails[primary eq false]",
        "roles",
        "addresses[type eq \"home\"].locality",
        "emails.value",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager",
    ]);
    let text = || select(vec!["a", "A", "b", "zq7@example.com", "work", "home", "ß"]);
    let known = || {
        element().prop_map(|mut element| {
            element
                .as_object_mut()
                .unwrap()
                .retain(|name, value| name != "zq7Unknown" && value != "");
            element.as_object_mut().unwrap().entry("value").or_insert(json!("b"));
            element
        })
    };
    let op = || select(vec!["add", "replace"]);
    let write =
        |(op, path, value): (&str, &str, Value)| json!({"op": op, "path": path, "value": value});
    prop_oneof![
        4 => (op(), simple, text().prop_map(Value::from)).prop_map(write),
        2 => (op(), flag, any::<bool>().prop_map(Value::from)).prop_map(write),
        3 => (op(), list, vec(known(), 0..3).prop_map(Value::from)).prop_map(write),
        2 => (op(), selected, known()).prop_map(write),
        3 => gone.prop_map(|path| json!({"op": "remove", "path": path})),
        1 => (op(), text(), text()).prop_map(|(op, a, b)| {
            json!({"op": op, "value": {"name": {"givenName": a, "middleName": null}, "title": b}})
        }),
    ]
}

/// Any operation: one that fits, or one that may be anything.
pub(crate) fn operation() -> impl Strategy<Value = Value> {
    prop_oneof![4 => fitting(), 1 => wild()]
}

fn wild() -> impl Strategy<Value = Value> {
    let op = || select(vec!["add", "remove", "replace"]);
    prop_oneof![
        6 => (op(), path(), value())
            .prop_map(|(op, path, value)| json!({"op": op, "path": path, "value": value})),
        2 => path().prop_map(|path| json!({"op": "remove", "path": path})),
        2 => (op(), members()).prop_map(|(op, value)| json!({"op": op, "value": value})),
    ]
}

/// Any operation on a gadget.
pub(crate) fn gadget_operation() -> impl Strategy<Value = Value> {
    let path = select(vec![
        "label",
        "serial",
        "seal",
        "marks",
        "weight",
        "tags",
        "tags[value eq \"red\"]",
        "codes",
        "ports",
        "owners",
        "owners[value eq \"o\"]",
        "box",
        "box.colour",
        "box.maker",
        "box.size",
        "box.stickers",
        "parts",
        "parts[value eq \"p1\"]",
        "parts[type eq \"a\"].value",
        "parts[value eq \"p1\"].batch",
        "parts[value eq \"p2\"].colours",
        "parts[primary eq true].primary",
        "parts.type",
        "parts.note",
        "rows",
        "rows[shelf eq \"1\"]",
        "rows[note pr].shelf",
        "links",
        "links[value eq \"a\"].primary",
        "links.type",
        "urn:test:ext:Place",
        "urn:test:ext:Place:site",
        "urn:test:ext:Care",
        "urn:test:ext:Care:plan",
        "urn:test:ext:Care:codes",
        "urn:test:ext:Care:codes[value eq \"red\"]",
        "urn:test:ext:Care:lock",
        "urn:test:ext:Care:vendor",
        "urn:test:ext:Care:vendor.value",
    ]);
    let text = || select(vec!["red", "Red", "blue", "p1", "p2", "a", "o", "1"]);
    let element = prop_oneof![
        (text(), text()).prop_map(|(value, kind)| json!({"value": value, "type": kind})),
        (text(), any::<bool>()).prop_map(|(value, flag)| json!({"value": value, "primary": flag})),
        (text(), text()).prop_map(|(value, batch)| json!({"value": value, "batch": batch})),
        (text(), text()).prop_map(|(shelf, note)| json!({"shelf": shelf, "note": note})),
        (text(), text()).prop_map(|(maker, size)| json!({"maker": maker, "size": size})),
        text().prop_map(|colour| json!({"colour": colour, "stickers": [colour, "one"]})),
        text().prop_map(|code| json!({"plan": "gold", "codes": [code], "lock": code})),
        text().prop_map(|site| json!({"site": site, "floor": null})),
    ];
    let value = prop_oneof![
        4 => text().prop_map(Value::from),
        1 => Just(json!(2.0)),
        1 => any::<bool>().prop_map(Value::from),
        2 => vec(text(), 0..3).prop_map(|texts| json!(texts)),
        1 => vec(0..3, 0..3).prop_map(|numbers| json!(numbers)),
        5 => element.clone(),
        3 => vec(element, 0..3).prop_map(Value::from),
        1 => Just(Value::Null),
    ];
    let op = select(vec!["add", "replace"]);
    prop_oneof![
        4 => (op, path.clone(), value)
            .prop_map(|(op, path, value)| json!({"op": op, "path": path, "value": value})),
        1 => path.prop_map(|path| json!({"op": "remove", "path": path})),
    ]
}
