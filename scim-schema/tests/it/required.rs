//! What must be there and what must not, where the catalogue has no example of it.

use scim_core::{AttrName, Attribute, Compat, Kind, Mutability, Returned, Schema};
use scim_schema::{Mode, ResourceSchema};
use serde_json::{Map, Value, json};

const CAR: &str = "urn:test:Car";

fn named(name: &'static str) -> Attribute {
    Attribute::new(AttrName::from_static(name), Kind::String).required()
}

fn secret(name: &'static str) -> Attribute {
    named(name).mutability(Mutability::WriteOnly).returned(Returned::Never)
}

/// A resource type with a required secret, and an extension with a required attribute and one.
fn driver() -> ResourceSchema {
    let base = Schema::new("urn:test:Driver".parse().unwrap(), "Driver", [secret("pin")]);
    let colour = Attribute::new(AttrName::from_static("colour"), Kind::String);
    let car = Schema::new(CAR.parse().unwrap(), "Car", [named("plate"), secret("key"), colour]);
    ResourceSchema::new(base).unwrap().extend(car).unwrap()
}

#[track_caller]
fn check(resource: Value, mode: Mode<'_>, issues: &[&str]) {
    let found = match driver().validate(resource, mode, &Compat::INTEROP) {
        Ok(_) => Vec::new(),
        Err(report) => report.issues().iter().map(ToString::to_string).collect(),
    };
    assert_eq!(found, issues);
}

/// RFC 7643 §6, RFC 7643 §7
#[test]
fn an_extension_that_is_there_has_what_it_must_have() {
    check(json!({"pin": "1"}), Mode::Create, &[]);
    check(json!({"pin": "1", CAR: {"plate": "p", "key": "k"}}), Mode::Create, &[]);
    check(
        json!({"pin": "1", CAR: {"key": "k", "colour": "red"}}),
        Mode::Create,
        &["`urn:test:Car:plate` is required"],
    );
    check(
        json!({"pin": "1", CAR: {"plate": "p"}}),
        Mode::Create,
        &["`urn:test:Car:key` is required"],
    );
    let before = json!({CAR: {"plate": "p"}});
    let before = before.as_object().unwrap();
    check(json!({CAR: {"plate": null}}), Mode::Patched(before), &[]);
    check(
        json!({CAR: {"plate": null, "colour": "red"}}),
        Mode::Patched(before),
        &["`urn:test:Car:plate` is required"],
    );
    check(json!({CAR: {"plate": ""}}), Mode::Replace(before), &[]);
}

/// RFC 7643 §7
#[test]
fn a_required_secret_is_asked_for_once() {
    check(json!({}), Mode::Create, &["`pin` is required"]);
    check(json!({"pin": null}), Mode::Create, &["`pin` is required"]);
    check(json!({"pin": "1"}), Mode::Create, &[]);
    check(json!({}), Mode::Replace(&Map::new()), &[]);
    check(json!({}), Mode::Patched(&Map::new()), &[]);
}

/// RFC 7643 §7
#[test]
fn what_is_never_returned_is_set_apart_whoever_can_write_it() {
    for mutability in [Mutability::ReadWrite, Mutability::Immutable, Mutability::WriteOnly] {
        let hidden = named("hint").mutability(mutability).returned(Returned::Never);
        let schema = Schema::new("urn:test:Door".parse().unwrap(), "Door", [hidden]);
        let door = ResourceSchema::new(schema).unwrap();
        for compat in [Compat::STRICT, Compat::INTEROP] {
            let sent = json!({"schemas": ["urn:test:Door"], "hint": "it is blue"});
            let valid = door.validate(sent.clone(), Mode::Create, &compat).unwrap();
            for valid in [valid, door.trust(sent)] {
                assert!(!valid.attributes().contains_key("hint"), "{mutability:?}");
                let secrets: Vec<_> = valid.secrets().iter().map(|one| one.text()).collect();
                assert_eq!(secrets, [Some("it is blue")]);
            }
        }
    }
}
