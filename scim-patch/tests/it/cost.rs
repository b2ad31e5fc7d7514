//! What a patch may cost.

use scim_core::Compat;
use scim_patch::{Limits, Outcome, Patch, PatchErrorKind, Plan, SyntaxFault};
use scim_schema::{ResourceSchema, Valid, catalog};
use serde_json::{Value, json};

use crate::schema;

/// A plan that may be so much work.
fn plan(schema: &ResourceSchema, operations: impl Iterator<Item = Value>, work: usize) -> Plan {
    let mut limits = Limits::DEFAULT;
    limits.max_work = work;
    let message = json!({"Operations": operations.collect::<Vec<_>>()});
    let patch = Patch::from_value_within(message, &Compat::INTEROP, &limits);
    patch.unwrap().plan(schema).unwrap()
}

/// Whether a plan is done; if it is refused, it is for its work, and nothing is changed.
fn is_done(plan: &Plan, resource: &Valid) -> bool {
    let mut after = resource.clone();
    let Err(error) = plan.apply(&mut after) else { return true };
    assert_eq!(error.kind(), &PatchErrorKind::TooMuchWork);
    assert_eq!(&after, resource);
    false
}

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
    let operation = |at: usize| {
        let path = "rows[shelf ew \"9\"].note";
        json!({"op": "replace", "path": path, "value": at.to_string()})
    };
    assert!(is_done(&plan(&schema, (0..100).map(operation), 1_000_000), &gadget));
    assert!(!is_done(&plan(&schema, (0..1_000).map(operation), 1_000_000), &gadget));
}

#[test]
fn long_texts_count_for_more_and_those_that_have_to_be_folded_for_most() {
    let schema = catalog::user();
    let is_done = |text: String, count: usize, work: usize| {
        let emails: Vec<Value> =
            (0..10).map(|at| json!({"value": at.to_string(), "display": text})).collect();
        let user = schema.trust(json!({"userName": "u", "emails": emails}));
        let filter =
            |at: usize| json!({"op": "remove", "path": format!("emails[display co \"{at}\"]")});
        is_done(&plan(&schema, (0..count).map(filter), work), &user)
    };
    for (text, weight) in [
        ("short".to_owned(), 1),
        ("x".repeat(63), 1),
        ("x".repeat(64), 2),
        ("x".repeat(64 * 10), 11),
        ("ö".repeat(32 * 10), 321),
    ] {
        assert!(is_done(text.clone(), 5, 5 * 10 * weight));
        assert!(!is_done(text, 5, 5 * 10 * weight - 1));
    }
}

#[test]
fn a_long_text_is_not_copied_into_any_number_of_elements() {
    let schema = catalog::user();
    let emails: Vec<Value> = (0..10_000).map(|at| json!({"value": at.to_string()})).collect();
    let user = schema.trust(json!({"userName": "u", "emails": emails}));
    let all = |text: &str| {
        [json!({"op": "replace", "path": "emails.display", "value": text})].into_iter()
    };
    assert!(is_done(&plan(&schema, all("x"), Limits::DEFAULT.max_work), &user));
    assert!(!is_done(&plan(&schema, all(&"x".repeat(100_000)), Limits::DEFAULT.max_work), &user));
}

#[test]
fn a_list_that_is_replaced_again_and_again_costs_what_the_last_costs() {
    let schema = catalog::user();
    let emails: Vec<Value> = (0..10_000).map(|at| json!({"value": at.to_string()})).collect();
    let user = schema.trust(json!({"userName": "u", "emails": emails}));
    let replace = |at: usize| {
        let value = json!([{"value": format!("new {at}")}]);
        json!({"op": "replace", "path": "emails", "value": value})
    };
    assert!(is_done(&plan(&schema, (0..2_000).map(replace), 1), &user));
}

#[test]
fn filters_over_a_relation_are_counted_wherever_they_are_evaluated() {
    let schema = schema::named("Group");
    let filter = |at: usize| json!({"op": "remove", "path": format!("members[value co \"x{at}\" or type eq \"x{at}\"]")});
    let resource = schema.trust(group(1_000));
    assert!(is_done(&plan(&schema, (0..8).map(filter), 16_000), &resource));
    assert!(!is_done(&plan(&schema, (0..8).map(filter), 15_999), &resource));
    assert!(plan(&schema, (0..8).map(filter), 0).delta("members").is_some());
    // A store that has the relation alone knows no limit.
    assert!(plan(&schema, (0..9).map(filter), usize::MAX).delta("members").is_none());

    // Members that are added are held against later filters while the plan is made.
    let members: Vec<Value> = (0..1_000).map(|at| json!({"value": format!("new {at}")})).collect();
    let add = json!({"op": "add", "path": "members", "value": members});
    let remove =
        |at: usize| json!({"op": "remove", "path": format!("members[value co \"x{at}\"]")});
    let operations = || [add.clone()].into_iter().chain((0..10).map(remove));
    assert!(plan(&schema, operations(), 10_000).delta("members").is_some());
    let unfolded = plan(&schema, operations(), 9_999);
    assert!(unfolded.delta("members").is_none() && !is_done(&unfolded, &resource));
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
    limits.max_work = 30_000;
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

/// RFC 7644 §3.1
#[test]
fn of_what_is_left_out_and_reported_the_first_hundred_are_named() {
    let schema = catalog::user();
    let operations = |count: usize| {
        (0..count).map(|at| {
            json!({"op": "add", "value": {"title": "T", "locale": "no such", format!("x{at}"): 1}})
        })
    };
    let mut user = schema.trust(json!({"userName": "u"}));
    let few = plan(&schema, operations(60), 1_000);
    assert_eq!(few.apply(&mut user), Ok(Outcome::Changed));
    assert_eq!((user.dropped().len(), user.reported().len()), (60, 60));
    assert_eq!(few.apply(&mut user), Ok(Outcome::Unchanged));
    assert_eq!((user.dropped().len(), user.reported().len()), (100, 100));
    let many = plan(&schema, operations(150), 1_000);
    assert_eq!((many.dropped().len(), many.reported().len()), (100, 100));
}

#[test]
fn what_is_looked_at_and_what_is_copied_is_counted() {
    let schema = schema::named("Gadget");
    let rows: Vec<Value> =
        (0..10).map(|at| json!({"value": at.to_string(), "type": "t"})).collect();
    let gadget = schema.trust(json!({"serial": "s", "label": "L", "owners": ["o"], "parts": rows}));
    let long = "x".repeat(64 * 10);
    let look = json!({"op": "remove", "path": "parts[note co \"q\"]"});
    for (work, operations) in [
        (10, json!([look])),
        (20, json!([{"op": "remove", "path": "parts[note co \"q\" and not (type co \"q\")]"}])),
        (10, json!([{"op": "remove", "path": "parts", "value": [{"value": "3"}]}])),
        // An element that comes, with all that it holds.
        (11, json!([{"op": "add", "path": "parts", "value": [{"value": "new", "note": long}]}])),
        (
            3,
            json!([{"op": "add", "path": "parts", "value": [{"value": "new", "colours": ["a", "b"]}]}]),
        ),
        // A part: what it becomes, and five for each element that changes.
        (10 + 10 * 6, json!([{"op": "replace", "path": "parts.note", "value": "n"}])),
        (
            10 + 11 + 15,
            json!([{"op": "replace", "path": "parts[value eq \"3\"].note", "value": long}]),
        ),
        (
            15,
            json!([{"op": "add", "path": "parts", "value": [{"value": "3", "type": "t", "note": long}]}]),
        ),
        (
            10 + 5,
            json!([{"op": "replace", "path": "parts[value eq \"3\"]", "value": {"value": "n"}}]),
        ),
        // What has come is looked at by later filters.
        (
            10 + 11 + 21,
            json!([look, {"op": "add", "path": "parts", "value": [{"value": "new", "note": long}]}, look]),
        ),
        (
            10 + 10 + 26 + 20,
            json!([look, {"op": "replace", "path": "parts[value eq \"3\"].note", "value": long}, look]),
        ),
        // Lists in complex values are hashed.
        (4 * 2, json!([{"op": "add", "path": "box.stickers", "value": ["a", "b"]}])),
        (1, json!([{"op": "replace", "path": "box.colour", "value": "red"}])),
    ] {
        let mut operations: Vec<Value> = operations.as_array().unwrap().clone();
        let size = json!({"op": "add", "path": "box.size", "value": "L"});
        let work = work + 1;
        operations.push(size);
        let plan = |work| plan(&schema, operations.iter().cloned(), work);
        assert!(is_done(&plan(work), &gadget), "{operations:?}");
        assert!(!is_done(&plan(work - 1), &gadget), "{operations:?}");
    }
}

/// RFC 7644 §3.5.2.2
#[test]
fn elements_without_value_are_found_among_many_by_what_is_listed() {
    let schema = schema::named("Gadget");
    let rows: Vec<Value> =
        (0..400).map(|at| json!({"shelf": at.to_string(), "note": "n"})).collect();
    let mut gadget =
        schema.trust(json!({"serial": "s", "label": "L", "owners": ["o"], "rows": rows}));
    let listed: Vec<Value> = (0..10).map(|at| json!({"shelf": at.to_string()})).collect();
    let operation = json!({"op": "remove", "path": "rows", "value": listed});
    let plan = plan(&schema, [operation].into_iter(), Limits::DEFAULT.max_work);
    assert_eq!(plan.apply(&mut gadget), Ok(Outcome::Changed));
    assert_eq!(gadget.attributes()["rows"].as_array().unwrap()[..], rows[10..]);
}
