//! What a patch may cost.

use std::time::{Duration, Instant};

use scim_core::Compat;
use scim_patch::{Limits, Outcome, Patch, PatchErrorKind, SyntaxFault};
use serde_json::{Value, json};

use crate::schema;

fn group(members: usize) -> Value {
    let members: Vec<Value> = (0..members)
        .map(|at| json!({"value": format!("member-{at:06}"), "type": "User"}))
        .collect();
    json!({"displayName": "G", "members": members})
}

#[test]
fn more_operations_than_allowed_are_refused() {
    let operation = json!({"op": "replace", "path": "displayName", "value": "G"});
    let message = |count| json!({"Operations": vec![operation.clone(); count]});
    assert!(Patch::from_value(message(2_000), &Compat::INTEROP).is_ok());
    let error = Patch::from_value(message(2_001), &Compat::INTEROP).unwrap_err();
    assert_eq!(error.kind(), &PatchErrorKind::Syntax(SyntaxFault::TooManyOperations(2_000)));
    assert_eq!(error.operation(), None);
    let mut limits = Limits::DEFAULT;
    limits.max_operations = 1;
    assert!(Patch::from_value_within(message(2), &Compat::INTEROP, &limits).is_err());
}

#[test]
fn filters_that_look_at_too_much_are_refused_and_nothing_is_changed() {
    let schema = schema::named("Gadget");
    let rows: Vec<Value> = (0..2_000).map(|at| json!({"shelf": at.to_string()})).collect();
    let gadget = schema.trust(json!({"serial": "s", "label": "L", "owners": ["o"], "rows": rows}));
    let mut limits = Limits::DEFAULT;
    limits.max_work = 1_000_000;
    for (count, allowed) in [(100, true), (1_000, false)] {
        let operations: Vec<Value> = (0..count)
            .map(|at| json!({"op": "replace", "path": "rows[shelf ew \"9\"].note", "value": at.to_string()}))
            .collect();
        let patch =
            Patch::from_value_within(json!({"Operations": operations}), &Compat::INTEROP, &limits);
        let plan = patch.unwrap().plan(&schema).unwrap();
        let mut after = gadget.clone();
        match plan.apply(&mut after) {
            Ok(outcome) => assert!(allowed && outcome == Outcome::Changed),
            Err(error) => {
                assert!(!allowed);
                assert_eq!(error.kind(), &PatchErrorKind::TooMuchWork);
                assert_eq!(after, gadget);
            }
        }
    }
}

#[test]
fn many_operations_on_a_long_list_cost_their_sum_and_not_their_product() {
    let schema = schema::named("Group");
    let gadget = schema::named("Gadget");
    let many = 20_000;
    let removals: Vec<Value> = (0..1_000)
        .map(|at| json!({"op": "remove", "path": format!("members[value eq \"member-{:06}\"]", at * 7)}))
        .collect();
    let parts: Vec<Value> = (0..many).map(|at| json!({"value": format!("p{at}")})).collect();
    let changes: Vec<Value> = (0..1_000)
        .map(|at| json!({"op": "replace", "path": format!("parts[value eq \"p{}\"].note", at * 7), "value": "n"}))
        .collect();
    let cases = [
        (&schema, group(many), removals),
        (&gadget, json!({"serial": "s", "label": "L", "owners": ["o"], "parts": parts}), changes),
    ];
    for (schema, resource, operations) in cases {
        let plan = Patch::from_value(json!({"Operations": operations}), &Compat::INTEROP)
            .unwrap()
            .plan(schema)
            .unwrap();
        let mut resource = schema.trust(resource);
        let start = Instant::now();
        assert_eq!(plan.apply(&mut resource), Ok(Outcome::Changed));
        // The product, 20 million, would take many times as long.
        assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    }
}

#[test]
fn long_values_cost_their_length() {
    let gadget = schema::named("Gadget");
    let many: Vec<String> = (0..30_000).map(|at| format!("tag {at}")).collect();
    let reversed: Vec<&String> = many.iter().rev().collect();
    let operations = json!([
        {"op": "replace", "path": "tags", "value": many},
        {"op": "add", "path": "tags", "value": reversed},
        {"op": "add", "path": "box", "value": {"size": "L", "stickers": many}},
        {"op": "add", "path": "box.stickers", "value": reversed},
        {"op": "remove", "path": "box.stickers", "value": reversed},
    ]);
    let start = Instant::now();
    let plan = Patch::from_value(json!({"Operations": operations}), &Compat::INTEROP)
        .unwrap()
        .plan(&gadget)
        .unwrap();
    let mut resource = gadget.trust(json!({"serial": "s", "label": "L", "owners": ["o"]}));
    assert_eq!(plan.apply(&mut resource), Ok(Outcome::Changed));
    assert_eq!(resource.attributes()["tags"].as_array().unwrap().len(), many.len());
    assert_eq!(resource.attributes()["box"], json!({"size": "L"}));
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

/// Times for the eye; `cargo test --release -- --nocapture times` shows them.
#[test]
fn times() {
    let user = schema::named("User");
    let group_schema = schema::named("Group");
    let resource = json!({
        "userName": "bjensen", "name": {"givenName": "Barbara", "familyName": "Jensen"}, "active": true,
        "emails": [{"type": "work", "value": "b@example.com", "primary": true}, {"type": "home", "value": "h@example.com"}],
    });
    let cases = [
        (
            &user,
            resource.clone(),
            json!({"op": "replace", "path": "name.familyName", "value": "X"}),
            json!({"op": "replace", "path": "name.familyName", "value": "Y"}),
        ),
        (
            &user,
            resource,
            json!({"op": "replace", "path": "emails[type eq \"work\"].value", "value": "x@example.com"}),
            json!({"op": "replace", "path": "emails[type eq \"work\"].value", "value": "y@example.com"}),
        ),
        (
            &group_schema,
            group(10_000),
            json!({"op": "add", "path": "members", "value": [{"value": "new"}]}),
            json!({"op": "remove", "path": "members[value eq \"new\"]"}),
        ),
    ];
    for (schema, resource, one, other) in cases {
        let plan = |operation: &Value| {
            Patch::from_value(json!({"Operations": [operation]}), &Compat::INTEROP)
                .unwrap()
                .plan(schema)
                .unwrap()
        };
        let (first, second) = (plan(&one), plan(&other));
        let mut resource = schema.trust(resource);
        let rounds = if resource.attributes().contains_key("members") { 50 } else { 20_000 };
        let start = Instant::now();
        for _ in 0..rounds {
            assert_eq!(first.apply(&mut resource), Ok(Outcome::Changed));
            assert_eq!(second.apply(&mut resource), Ok(Outcome::Changed));
        }
        println!("{}: {:?}", one["path"], start.elapsed() / (2 * rounds));
        let start = Instant::now();
        for _ in 0..1_000 {
            plan(&one);
        }
        println!("  planned in {:?}", start.elapsed() / 1_000);
    }
}
