//! Changes as a store makes them: of a whole group, or of one whose members it keeps as rows and
//! does not load (RFC 7644 §3.5).

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use chrono::DateTime;
use http::Extensions;
use scim_service::{
    Applied, Change, Context, Endpoint, Guard, Permissive, Policy, Proposal, Stored,
    core::{Compat, Error, SchemaUri, Version},
    patch::Patch,
    schema::catalog,
};
use serde_json::{Map, Value, json};

/// Bodies of PUT and PATCH, each with what it leaves of a group with the display name `A` and the
/// members `a` and `b`, and whether a policy is asked though the group is not loaded whole.
fn changes() -> Vec<(Value, Value, bool)> {
    let group = |name: &str, members: &[&str]| {
        let members: Vec<Value> = members.iter().map(|id| json!({"value": id})).collect();
        match members.is_empty() {
            true => json!({"schemas": [SchemaUri::GROUP], "displayName": name}),
            false => {
                json!({"schemas": [SchemaUri::GROUP], "displayName": name, "members": members})
            }
        }
    };
    let patch = |operation: Value| json!({"Operations": [operation]});
    let mut loud = group("A", &[]);
    loud["MEMBERS"] = json!([{"value": "c"}]);
    vec![
        (group("B", &["b", "c"]), group("B", &["b", "c"]), true),
        (group("A", &["a", "b"]), group("A", &["a", "b"]), true),
        (group("B", &[]), group("B", &[]), true),
        (loud, group("A", &["c"]), true),
        (
            patch(json!({"op": "add", "path": "members", "value": [{"value": "c"}]})),
            group("A", &["a", "b", "c"]),
            true,
        ),
        (
            patch(json!({"op": "remove", "path": "members[value eq \"a\"]"})),
            group("A", &["b"]),
            true,
        ),
        (
            patch(json!({"op": "replace", "path": "displayName", "value": "B"})),
            group("B", &["a", "b"]),
            true,
        ),
        (
            patch(json!({"op": "replace", "path": "displayName", "value": "A"})),
            group("A", &["a", "b"]),
            false,
        ),
    ]
}

fn change(body: &Value, policy: Arc<dyn Policy>) -> Change {
    let cx = Context::new(Endpoint::groups(catalog::group()), Extensions::new());
    if body.get("Operations").is_none() {
        return Change::replace(cx, Guard::default(), body.clone(), policy);
    }
    let plan = Patch::from_value(body.clone(), &Compat::INTEROP).unwrap().plan(cx.schema());
    Change::patch(cx, Guard::default(), plan.unwrap(), policy)
}

fn group() -> Map<String, Value> {
    let group = json!({
        "schemas": [SchemaUri::GROUP],
        "displayName": "A",
        "members": [{"value": "a"}, {"value": "b"}],
    });
    group.as_object().unwrap().clone()
}

fn stored(attributes: Map<String, Value>) -> Stored {
    Stored::new("1", Version::counter(1), DateTime::UNIX_EPOCH, attributes)
}

/// Whether a change comes to anything, and the attributes afterwards.
fn outcome(applied: Applied) -> (bool, Map<String, Value>) {
    match applied {
        Applied::Same(stored) => (false, Map::clone(&stored.attributes)),
        Applied::Next(valid) => (true, valid.into_attributes()),
    }
}

/// The same, of a change whose relation is changed by itself.
fn outcome_of_parts(change: &Change) -> (bool, Map<String, Value>) {
    let (rest, delta) = change.split("members").expect("members can be told apart");
    let mut head = group();
    let mut members = head.remove("members").unwrap().as_array().unwrap().clone();
    let (mut changed, mut after) = outcome(rest.apply_head(stored(head), &delta).unwrap());
    assert!(!after.contains_key("members"), "{rest:?}");
    changed |= delta.apply_to(&mut members);
    if !members.is_empty() {
        after.insert("members".to_owned(), members.into());
    }
    (changed, after)
}

/// RFC 7644 §3.5.1, RFC 7644 §3.5.2
#[test]
fn a_change_comes_to_the_same_whole_and_split_from_its_relation() {
    for (body, after, _) in changes() {
        let after = after.as_object().unwrap().clone();
        let expected = (after != group(), after);
        let change = change(&body, Arc::new(Permissive));
        let whole = outcome(change.apply(stored(group())).unwrap());
        assert_eq!(whole, expected, "{body}");
        assert_eq!(outcome_of_parts(&change), expected, "{body}");
    }
}

/// Counts what it is asked.
#[derive(Default)]
struct Counting(AtomicUsize);

impl Policy for Counting {
    fn before(&self, _: &Context, _: &mut Proposal<'_>) -> Result<(), Error> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

/// RFC 7644 §3.5.1, RFC 7644 §3.5.2
#[test]
fn a_policy_is_asked_of_every_change_of_a_relation() {
    for (body, _, is_asked) in changes() {
        let policy = Arc::new(Counting::default());
        outcome_of_parts(&change(&body, policy.clone()));
        assert_eq!(policy.0.load(Ordering::Relaxed), usize::from(is_asked), "{body}");
    }
}

/// Writes an attribute of whatever is about to be written.
struct Writing(&'static str, Value);

impl Policy for Writing {
    fn before(&self, _: &Context, proposal: &mut Proposal<'_>) -> Result<(), Error> {
        proposal.resource.attributes_mut().insert(self.0.to_owned(), self.1.clone());
        Ok(())
    }
}

/// RFC 7644 §3.5.2
#[test]
fn a_policy_writes_beside_a_relation_that_is_not_loaded_and_not_into_it() {
    let members = json!([{"value": "c"}]);
    let add = json!({"Operations": [{"op": "add", "path": "members", "value": members}]});
    let of_policy = |name, value| change(&add, Arc::new(Writing(name, value)));
    let (is_changed, after) = outcome_of_parts(&of_policy("displayName", json!("B")));
    assert!(is_changed);
    assert_eq!(
        (&after["displayName"], after["members"].as_array().unwrap().len()),
        (&json!("B"), 3)
    );
    let change = of_policy("members", members.clone());
    let (_, after) = outcome(change.apply(stored(group())).unwrap());
    assert_eq!(after["members"], members);
    let (rest, delta) = change.split("members").unwrap();
    let mut head = group();
    head.remove("members");
    assert!(rest.apply_head(stored(head), &delta).is_err());
}

/// RFC 7644 §3.5.2
#[test]
fn a_patch_names_what_it_leaves_out_with_its_relation_and_without() {
    let value = json!({"odd": 1, "members": [{"value": "c"}]});
    let body = json!({"Operations": [{"op": "add", "value": value}]});
    let whole = change(&body, Arc::new(Permissive));
    let (rest, _) = whole.split("members").unwrap();
    for change in [whole, rest] {
        let left_out: Vec<&str> = change.dropped().iter().map(|one| one.path.as_str()).collect();
        assert_eq!(left_out, ["odd"]);
    }
}
