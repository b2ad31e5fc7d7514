//! Relations held against a model that does one operation after the other to a set.

use std::collections::BTreeMap;

use proptest::{collection::vec, prelude::*, sample::select};
use scim_core::Compat;
use scim_patch::{Outcome, Patch};
use serde_json::{Value, json};

use crate::{made::compat, schema};

#[derive(Clone, Debug)]
enum Step {
    Add(Vec<&'static str>),
    Replace(Vec<&'static str>),
    RemoveAll,
    RemoveOne(&'static str),
    RemoveEither(&'static str, &'static str),
    RemoveListed(Vec<&'static str>),
    RemoveBut(&'static str),
    RemoveFrom(&'static str),
    RemoveType(&'static str),
}

fn name() -> impl Strategy<Value = &'static str> {
    select(vec!["a", "b", "c", "d", "e", "f", "g", "h"])
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => vec(name(), 0..4).prop_map(Step::Add),
        1 => vec(name(), 0..4).prop_map(Step::Replace),
        1 => Just(Step::RemoveAll),
        4 => name().prop_map(Step::RemoveOne),
        1 => (name(), name()).prop_map(|(a, b)| Step::RemoveEither(a, b)),
        2 => vec(name(), 0..3).prop_map(Step::RemoveListed),
        1 => name().prop_map(Step::RemoveBut),
        1 => name().prop_map(Step::RemoveFrom),
        1 => select(vec!["User", "Group"]).prop_map(Step::RemoveType),
    ]
}

/// The type is that of the resource which the name names.
fn kind(name: &str) -> &'static str {
    if name < "e" { "User" } else { "Group" }
}

fn member(name: &str) -> Value {
    json!({"value": name, "type": kind(name)})
}

impl Step {
    fn operation(&self) -> Value {
        let members =
            |names: &[&str]| -> Vec<Value> { names.iter().map(|name| member(name)).collect() };
        let remove = |filter: String| json!({"op": "remove", "path": format!("members[{filter}]")});
        match self {
            Self::Add(names) => json!({"op": "add", "path": "members", "value": members(names)}),
            Self::Replace(names) => {
                json!({"op": "replace", "path": "members", "value": members(names)})
            }
            Self::RemoveAll => json!({"op": "remove", "path": "members"}),
            Self::RemoveOne(name) => remove(format!("value eq \"{name}\"")),
            Self::RemoveEither(a, b) => remove(format!("value eq \"{a}\" or value eq \"{b}\"")),
            Self::RemoveListed(names) => {
                json!({"op": "remove", "path": "members", "value": members(names)})
            }
            Self::RemoveBut(name) => remove(format!("not (value eq \"{name}\")")),
            Self::RemoveFrom(name) => remove(format!("value ge \"{name}\"")),
            Self::RemoveType(kind) => remove(format!("type eq \"{kind}\"")),
        }
    }

    fn model(&self, members: &mut BTreeMap<&'static str, ()>) {
        match self {
            Self::Add(names) => members.extend(names.iter().map(|name| (*name, ()))),
            Self::Replace(names) => *members = names.iter().map(|name| (*name, ())).collect(),
            Self::RemoveAll => members.clear(),
            Self::RemoveOne(name) => members.retain(|member, ()| member != name),
            Self::RemoveEither(a, b) => members.retain(|member, ()| member != a && member != b),
            Self::RemoveListed(names) => members.retain(|member, ()| !names.contains(member)),
            Self::RemoveBut(name) => members.retain(|member, ()| member == name),
            Self::RemoveFrom(name) => members.retain(|member, ()| *member < *name),
            Self::RemoveType(meant) => members.retain(|member, ()| kind(member) != *meant),
        }
    }
}

fn names(members: &[Value]) -> Vec<&str> {
    let mut names: Vec<&str> = members.iter().map(|one| one["value"].as_str().unwrap()).collect();
    names.sort_unstable();
    names
}

proptest! {
    /// RFC 7644 §3.5.2
    #[test]
    fn a_delta_does_what_the_operations_do_one_by_one(
        before in proptest::collection::btree_set(name(), 0..6),
        steps in vec(step(), 1..8),
    ) {
        let schema = schema::named("Group");
        let operations: Vec<Value> = steps.iter().map(Step::operation).collect();
        let plan = Patch::from_value(json!({"Operations": operations}), &Compat::INTEROP)
            .unwrap()
            .plan(&schema)
            .unwrap();
        let mut expected: BTreeMap<&str, ()> = before.iter().map(|name| (*name, ())).collect();
        steps.iter().for_each(|step| step.model(&mut expected));
        let expected: Vec<&str> = expected.into_keys().collect();
        let changed = expected != before.iter().copied().collect::<Vec<_>>();

        let members: Vec<Value> = before.iter().map(|name| member(name)).collect();
        let mut group = schema.trust(json!({"displayName": "G", "members": members}));
        let outcome = plan.apply(&mut group).unwrap();
        let found = group.attributes().get("members").and_then(Value::as_array).cloned().unwrap_or_default();
        prop_assert_eq!(names(&found), expected.clone());
        prop_assert_eq!(outcome == Outcome::Changed, changed);

        if let Some((rest, delta)) = plan.delta("members") {
            let mut rows = members;
            prop_assert_eq!(delta.apply_to(&mut rows), changed);
            prop_assert_eq!(names(&rows), expected);
            let mut head = schema.trust(json!({"displayName": "G"}));
            prop_assert_eq!(rest.apply(&mut head), Ok(Outcome::Unchanged));
        } else {
            let types = steps.iter().filter(|step| matches!(step, Step::RemoveType(_)));
            prop_assert!(types.count() > 0, "only a filter over more than `value` is in the way");
        }
    }
}

/// Whether an element says of which type it is differs.
fn element() -> impl Strategy<Value = Value> {
    (name(), 0..4).prop_map(|(name, says)| match says {
        0 => json!({"value": name}),
        1 => json!({"value": name, "display": name, "$ref": name}),
        _ => member(name),
    })
}

/// Anything that can be done to the members of a group.
fn operation() -> impl Strategy<Value = Value> {
    let selected = prop_oneof![
        name().prop_map(|name| format!("members[value eq \"{name}\"]")),
        Just("members[type eq \"User\"]".to_owned()),
        Just("members[not (type pr)]".to_owned()),
    ];
    let path = prop_oneof![selected, Just("members".to_owned())];
    let op = || select(vec!["add", "replace"]);
    prop_oneof![
        3 => (op(), path, prop_oneof![element(), vec(element(), 0..3).prop_map(Value::from)])
            .prop_map(|(op, path, value)| json!({"op": op, "path": path, "value": value})),
        1 => (op(), name()).prop_map(|(op, name)| {
            json!({"op": op, "path": format!("members[value eq \"{name}\"].type"), "value": kind(name)})
        }),
        1 => op().prop_map(|op| json!({"op": op, "path": "members.type", "value": "User"})),
        2 => step().prop_map(|step| step.operation()),
        1 => name().prop_map(|name| json!({"op": "replace", "path": "displayName", "value": name})),
    ]
}

proptest! {
    /// RFC 7643 §4.2, RFC 7644 §3.5.2.1
    #[test]
    fn a_group_changes_if_its_members_do(
        before in vec(element(), 0..6),
        operations in vec(operation(), 1..5),
        compat in compat(),
    ) {
        let schema = schema::named("Group");
        let before = schema.trust(json!({"displayName": "G", "members": before}));
        let message = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": operations,
        });
        let planned = Patch::from_value(message, &compat).and_then(|patch| patch.plan(&schema));
        let Ok(plan) = planned else { return Ok(()) };
        let mut after = before.clone();
        let outcome = plan.apply(&mut after);
        let Ok(outcome) = outcome else {
            prop_assert_eq!(&after, &before);
            prop_assert!(plan.delta("members").is_none(), "a split cannot be refused");
            return Ok(());
        };
        let same = schema.same(before.attributes(), after.attributes());
        prop_assert_eq!(outcome == Outcome::Unchanged, same);
        prop_assert!(!same || before.attributes() == after.attributes());

        let Some((rest, delta)) = plan.delta("members") else { return Ok(()) };
        let mut head = before;
        let members = head.attributes_mut().remove("members");
        let mut rows = members.map_or_else(Vec::new, |members| members.as_array().unwrap().clone());
        let first = rest.apply(&mut head).unwrap();
        let moved = delta.apply_to(&mut rows);
        prop_assert_eq!(moved || first == Outcome::Changed, !same);
        let whole = after.attributes_mut().remove("members");
        prop_assert_eq!(whole.unwrap_or(json!([])), Value::Array(rows));
        prop_assert_eq!(head.attributes(), after.attributes());
    }
}

#[test]
fn a_delta_is_empty_if_nothing_can_come_or_go() {
    let schema = schema::named("Group");
    for (operation, empty) in [
        (json!({"op": "replace", "path": "displayName", "value": "G"}), true),
        (json!({"op": "add", "path": "members", "value": []}), true),
        (json!({"op": "add", "path": "members", "value": [{"value": "a"}]}), false),
        (json!({"op": "remove", "path": "members[value eq \"a\"]"}), false),
        (json!({"op": "remove", "path": "members[type eq \"User\"]"}), false),
        (json!({"op": "remove", "path": "members"}), false),
    ] {
        let message = json!({"Operations": [operation]});
        let patch = Patch::from_value(message, &Compat::INTEROP).unwrap();
        let (_, delta) = patch.plan(&schema).unwrap().delta("members").unwrap();
        assert_eq!(delta.is_empty(), empty, "{operation}");
    }
}
