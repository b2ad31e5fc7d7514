//! What a server's own rules make of a resource.

use scim_core::{AttrName, Attribute, Compat, Kind, Mutability, Returned, Schema};
use scim_schema::{Mode, ResourceSchema};
use serde_json::{Value, json};

const CAR: &str = "urn:test:Car";
const DRIVER: &str = "urn:test:Driver";

fn text(name: &'static str) -> Attribute {
    Attribute::new(AttrName::from_static(name), Kind::String)
}

/// Drivers with a name they must have, a rank that is the server's, a badge that stays, a secret,
/// and a car with a plate it must have.
fn drivers() -> ResourceSchema {
    let size = Attribute::new(AttrName::from_static("size"), Kind::Integer);
    let base = [
        text("name").required(),
        text("rank").mutability(Mutability::ReadOnly),
        text("badge").mutability(Mutability::Immutable),
        text("pin").mutability(Mutability::WriteOnly).returned(Returned::Never),
        Attribute::complex(AttrName::from_static("home"), [text("street"), size.clone()]),
        Attribute::complex(AttrName::from_static("phones"), [text("value"), size]).multi_valued(),
    ];
    let car = Schema::new(CAR.parse().unwrap(), "Car", [text("plate").required(), text("colour")]);
    let base = Schema::new(DRIVER.parse().unwrap(), "Driver", base);
    ResourceSchema::new(base).unwrap().extend(car).unwrap()
}

/// What becomes of a resource that was one and is made another; without `schemas`, unless they are
/// other than those of the base.
#[track_caller]
fn check(judged: Value, made: Value, stored: Option<Value>, expected: Result<Value, &[&str]>) {
    let schema = drivers();
    let judged = schema.trust(judged).into_attributes();
    let mut resource = schema.trust(json!({}));
    *resource.attributes_mut() = made.as_object().unwrap().clone();
    let stored = stored.map(|stored| schema.trust(stored).into_attributes());
    let found = match schema.amend(&mut resource, &judged, stored.as_ref()) {
        Ok(()) => {
            let mut attributes = resource.into_attributes();
            if attributes.get("schemas") == Some(&json!([DRIVER])) {
                attributes.remove("schemas");
            }
            Ok(Value::Object(attributes))
        }
        Err(report) => Err(report.issues().iter().map(ToString::to_string).collect()),
    };
    assert_eq!(
        found,
        expected.map_err(|issues| issues.iter().map(ToString::to_string).collect::<Vec<_>>())
    );
}

/// RFC 7643 §2.2, RFC 7643 §2.3
#[test]
fn what_is_changed_must_fit_the_schema() {
    let was = || json!({"name": "a"});
    for (made, issue) in [
        (json!({"name": "a", "rank": 1}), "`rank` must be a string"),
        (json!({}), "`name` is required"),
        (json!({"name": "a", "odd": 1}), "`odd` is not an attribute of this resource type"),
        (json!({"name": "a", "home": {"size": "7"}}), "`home.size` must be a whole number"),
        (json!({"name": "a", "Id": "1"}), "`id` is read-only"),
        (json!({"name": "a", "meta": {}}), "`meta` is read-only"),
        (json!({"name": "a", "pin": "1"}), "`pin` is never returned and must be set apart"),
        (json!({"name": "a", "NAME": "b"}), "`name` is named twice, in different case"),
        (json!({"name": "a", CAR: {"colour": "red"}}), "`urn:test:Car:plate` is required"),
    ] {
        check(was(), made, None, Err(&[issue]));
    }
}

/// RFC 7643 §2.5, RFC 7643 §3
#[test]
fn what_is_changed_becomes_canonical() {
    let made = json!({
        "Name": "b", "home": {"street": null}, "phones": [{"VALUE": "1"}, {"value": "1"}],
        "urn:TEST:car": {"plate": "p"}, "schemas": ["urn:other"],
    });
    let expected = json!({
        "name": "b", "phones": [{"value": "1"}], CAR: {"plate": "p"}, "schemas": [DRIVER, CAR],
    });
    check(json!({"name": "a"}), made, None, Ok(expected));
    let car = json!({"name": "a", CAR: {"plate": "p"}});
    check(car, json!({"name": "a", CAR: {}}), None, Ok(json!({"name": "a"})));
}

/// RFC 7643 §7
#[test]
fn what_clients_cannot_write_is_the_servers_to_write_and_what_stays_stays() {
    let made = |badge: &str| json!({"name": "a", "rank": "captain", "badge": badge});
    let stored = || Some(made("1"));
    check(json!({"name": "a"}), made("1"), None, Ok(made("1")));
    check(made("1"), made("2"), None, Ok(made("2")));
    check(made("1"), made("2"), stored(), Err(&["`badge` cannot be changed"]));
    check(made("1"), json!({"name": "a"}), stored(), Err(&["`badge` cannot be changed"]));
    check(made("1"), made("2"), Some(json!({"name": "a"})), Ok(made("2")));
}

/// RFC 7644 §3.5.2
#[test]
fn what_was_wrong_before_and_is_left_alone_stays() {
    let old = json!({
        "odd": {"a": 1}, "home": {"street": 1, "size": "x"}, "phones": [{"size": "x"}],
        CAR: {"colour": 1, "odd": [null]},
    });
    let mut made = drivers().trust(old.clone()).into_attributes();
    made.insert("home".to_owned(), json!({"street": 1, "size": 7}));
    made.insert(CAR.to_owned(), json!({"colour": 1, "odd": [null], "plate": "p"}));
    check(old.clone(), Value::Object(made.clone()), None, Ok(Value::Object(made.clone())));
    made.insert("phones".to_owned(), json!([{"size": "x"}, {"value": "1"}]));
    let issues = ["`phones[0].size` must be a whole number"];
    check(old.clone(), Value::Object(made.clone()), None, Err(&issues));
    made.insert("phones".to_owned(), json!([]));
    made.insert("home".to_owned(), json!({"size": "x"}));
    let mut expected = made.clone();
    expected.remove("phones");
    check(old, Value::Object(made), None, Ok(Value::Object(expected)));
}

/// RFC 7644 §3.5.1
#[test]
fn secrets_are_found_in_what_is_no_whole_resource_and_not_in_what_is_wrong() {
    let found = |resource: Value, compat: &Compat| {
        let secrets = drivers().secrets_of(resource, compat).ok()?;
        let found = |secret: &scim_schema::Secret| secret.text().map(str::to_owned);
        Some(secrets.iter().map(found).collect::<Vec<_>>())
    };
    let one = || Some(vec![Some("1".to_owned())]);
    assert_eq!(found(json!({"PIN": "1"}), &Compat::INTEROP), one());
    assert_eq!(found(json!({"schemas": [DRIVER], "pin": "1"}), &Compat::STRICT), one());
    assert_eq!(found(json!({"pin": null}), &Compat::INTEROP), Some(vec![None]));
    assert_eq!(found(json!({"name": "a"}), &Compat::INTEROP), Some(vec![]));
    for wrong in [json!({"pin": 1}), json!({"pin": "1", "name": 1}), json!([])] {
        assert_eq!(found(wrong.clone(), &Compat::INTEROP), None, "{wrong}");
        let replaced = json!({"name": "a"});
        let mode = Mode::Replace(replaced.as_object().unwrap());
        assert!(drivers().validate(wrong, mode, &Compat::INTEROP).is_err());
    }
}
