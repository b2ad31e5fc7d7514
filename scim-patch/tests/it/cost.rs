//! What a patch may cost.

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
fn many_operations_on_a_long_list_come_to_their_sum_and_not_to_their_product() {
    let schema = schema::named("Gadget");
    let parts: Vec<Value> = (0..20_000).map(|at| json!({"value": format!("p{at}")})).collect();
    let mut gadget =
        schema.trust(json!({"serial": "s", "label": "L", "owners": ["o"], "parts": parts}));
    let path = |at| format!("parts[value eq \"p{at}\"]");
    let operations: Vec<Value> = (0..1_000)
        .map(|at| json!({"op": "replace", "path": format!("{}.note", path(at * 7)), "value": "n"}))
        .chain((0..900).map(|at| json!({"op": "remove", "path": path(at * 11)})))
        .chain([json!({"op": "add", "path": "parts", "value": parts})])
        .collect();
    let mut limits = Limits::DEFAULT;
    // The product is 40 million.
    limits.max_work = 25_000;
    let patch =
        Patch::from_value_within(json!({"Operations": operations}), &Compat::INTEROP, &limits);
    let plan = patch.unwrap().plan(&schema).unwrap();
    assert_eq!(plan.apply(&mut gadget), Ok(Outcome::Changed));
    assert_eq!(gadget.attributes()["parts"].as_array().unwrap().len(), parts.len());
}

#[test]
fn many_changes_of_a_large_group_are_one_change() {
    let schema = schema::named("Group");
    let mut group = schema.trust(group(20_000));
    let operations: Vec<Value> = (0..1_000)
        .map(|at| json!({"op": "remove", "path": format!("members[value eq \"member-{at:06}\"]")}))
        .chain((0..900).map(
            |at| json!({"op": "add", "path": "members", "value": [{"value": at.to_string()}]}),
        ))
        .collect();
    let mut limits = Limits::DEFAULT;
    limits.max_work = 0;
    let patch =
        Patch::from_value_within(json!({"Operations": operations}), &Compat::INTEROP, &limits);
    let plan = patch.unwrap().plan(&schema).unwrap();
    assert_eq!(plan.apply(&mut group), Ok(Outcome::Changed));
    assert_eq!(group.attributes()["members"].as_array().unwrap().len(), 19_900);
}

#[test]
fn long_values_are_within_the_limits() {
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
    let patch = Patch::from_value(json!({"Operations": operations}), &Compat::INTEROP);
    let plan = patch.unwrap().plan(&gadget).unwrap();
    let mut resource = gadget.trust(json!({"serial": "s", "label": "L", "owners": ["o"]}));
    assert_eq!(plan.apply(&mut resource), Ok(Outcome::Changed));
    assert_eq!(resource.attributes()["tags"].as_array().unwrap().len(), many.len());
    assert_eq!(resource.attributes()["box"], json!({"size": "L"}));
}

/// The outcome of operations on a resource, within limits; refused, nothing changes.
fn bounded(schema: &str, resource: Value, operations: &[Value]) -> Result<Outcome, PatchErrorKind> {
    let schema = schema::named(schema);
    let before = schema.trust(resource);
    let mut limits = Limits::DEFAULT;
    limits.max_work = 200_000;
    let patch =
        Patch::from_value_within(json!({"Operations": operations}), &Compat::INTEROP, &limits);
    let patch = patch.unwrap();
    let mut after = before.clone();
    let outcome = patch.plan(&schema).and_then(|plan| plan.apply(&mut after));
    if outcome.is_err() {
        assert_eq!(after, before);
    }
    outcome.map_err(|error| error.kind().clone())
}

/// RFC 7644 §3.12
#[test]
fn long_texts_in_filters_and_copies_count_as_work() {
    let long = "é".repeat(5_000);
    let parts: Vec<Value> =
        (0..20).map(|at| json!({"value": at.to_string(), "note": long})).collect();
    let gadget = json!({"serial": "s", "label": "L", "owners": ["o"], "parts": parts});
    let many = |count: usize, operation: &dyn Fn(usize) -> Value| -> Vec<Value> {
        (0..count).map(operation).collect()
    };
    let filters = |count| {
        many(count, &|at| json!({"op": "remove", "path": format!("parts[note co \"É{at}\"]")}))
    };
    assert_eq!(bounded("Gadget", gadget.clone(), &filters(3)), Ok(Outcome::Unchanged));
    let refused = Err(PatchErrorKind::TooMuchWork);
    assert_eq!(bounded("Gadget", gadget, &filters(2_000)), refused);

    let small: Vec<Value> = (0..2_000).map(|at| json!({"value": at.to_string()})).collect();
    let gadget = json!({"serial": "s", "label": "L", "owners": ["o"], "parts": small});
    let copies = [json!({"op": "replace", "path": "parts.note", "value": long})];
    assert_eq!(bounded("Gadget", gadget.clone(), &copies), refused);
    let whole = [json!({"op": "replace", "path": "parts[value pr]", "value": {"value": long}})];
    assert_eq!(bounded("Gadget", gadget, &whole), refused);
}

/// RFC 7644 §3.12
#[test]
fn filters_among_members_that_are_added_are_no_free_work() {
    let added: Vec<Value> = (0..2_000).map(|at| json!({"value": format!("m{at}")})).collect();
    let operations: Vec<Value> = [json!({"op": "add", "path": "members", "value": added})]
        .into_iter()
        .chain(
            (0..1_900)
                .map(|at| json!({"op": "remove", "path": format!("members[value ew \"x{at}\"]")})),
        )
        .collect();
    let schema = schema::named("Group");
    let patch = Patch::from_value(json!({"Operations": operations}), &Compat::INTEROP).unwrap();
    let plan = patch.plan(&schema).unwrap();
    assert!(plan.delta("members").is_none(), "a store is not given so many filters");
    let outcome = bounded("Group", group(10), &operations);
    assert_eq!(outcome, Err(PatchErrorKind::TooMuchWork));
}
