//! What a store holds stays readable, whatever it is.

use scim_core::SchemaUri;
use serde_json::{Map, Value, json};

use crate::sample;

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

fn trusted(document: Value) -> Map<String, Value> {
    let schema = sample::schema("enterprise");
    let once = schema.trust(document).into_attributes();
    let twice = schema.trust(Value::Object(once.clone()));
    assert_eq!(twice.attributes(), &once);
    once
}

#[track_caller]
fn check(document: Value, expected: Value) {
    let mut attributes = trusted(document);
    attributes.remove("schemas");
    assert_eq!(Value::Object(attributes), expected);
}

/// RFC 7643 §3.1
#[test]
fn what_the_server_adds_is_taken_out_under_any_spelling_and_of_any_type() {
    check(json!({"mEta": ""}), json!({}));
    check(json!({"ID": 7, "id": null, "META": [], "Meta": {"version": 1}}), json!({}));
    check(json!({"userName": "a", "meta": {"created": "yesterday"}}), json!({"userName": "a"}));
}

/// RFC 7643 §3
#[test]
fn schemas_are_computed_whatever_stands_there() {
    let user = json!([SchemaUri::USER]);
    for schemas in [json!(null), json!(7), json!(""), json!([]), json!([null, {}]), json!({"a": 1})]
    {
        assert_eq!(trusted(json!({"schemas": schemas}))["schemas"], user);
        assert_eq!(trusted(json!({"SCHEMAS": schemas}))["schemas"], user);
    }
    let both = json!([SchemaUri::USER, ENTERPRISE]);
    let extended = json!({"schemas": [ENTERPRISE, "urn:x:Y"], ENTERPRISE: {"department": "D"}});
    assert_eq!(trusted(extended)["schemas"], both);
}

#[test]
fn what_is_no_object_is_an_empty_resource() {
    for document in [json!(null), json!([]), json!([{"userName": "a"}]), json!("a"), json!(0)] {
        check(document, json!({}));
    }
}

/// RFC 7643 §2.1, RFC 7643 §2.5
#[test]
fn what_fits_no_rule_is_kept_and_what_says_nothing_is_not() {
    check(
        json!({"USERNAME": 7, "userNAME": "b", "emails": [[], {}, null, [[]]], "x": null, "y": [{}]}),
        json!({"userName": 7, "emails": [[[]]], "x": null, "y": [{}]}),
    );
    check(
        json!({"active": "False", "emails": {"value": "a"}, "title": ["x"], "name": "n"}),
        json!({"active": false, "emails": [{"value": "a"}], "title": "x", "name": "n"}),
    );
    check(
        json!({ENTERPRISE.to_lowercase(): "none", "title": {"a": 1}, "locale": "", "roles": ["r"]}),
        json!({ENTERPRISE: "none", "title": {"a": 1}, "locale": "", "roles": [{"value": "r"}]}),
    );
    let two = json!([{"value": "a", "primary": true}, {"value": "b", "primary": true}]);
    let one = json!([{"value": "a", "primary": true}, {"value": "b", "primary": false}]);
    check(json!({"emails": two}), json!({"emails": one}));
}

/// RFC 7643 §7
#[test]
fn a_secret_that_a_store_holds_is_set_apart() {
    let valid = sample::schema("user").trust(json!({"PASSWORD": ["t1meMa$heen"], "userName": "a"}));
    assert!(!valid.attributes().contains_key("PASSWORD"));
    let secrets: Vec<_> = valid.secrets().iter().map(|one| (one.path(), one.text())).collect();
    assert_eq!(secrets, [("password", Some("t1meMa$heen"))]);
}

#[test]
fn depth_is_no_danger() {
    let mut nested = json!({"value": "a"});
    for _ in 0..60 {
        nested = json!([nested]);
    }
    check(json!({"title": nested, "emails": "a@x.org"}), {
        json!({"title": {"value": "a"}, "emails": [{"value": "a@x.org"}]})
    });
}
