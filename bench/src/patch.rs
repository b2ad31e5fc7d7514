//! Patches: applied in place, and as changes of a relation.

use std::{cell::RefCell, hint::black_box};

use scim_core::Compat;
use scim_kit::PatchOp;
use scim_patch::{Outcome, Patch, Plan};
use scim_schema::{ResourceSchema, Valid};
use serde_json::{Value, json};

use crate::{
    measure::{Work, each},
    sample,
    table::{Budget, Table},
};

pub(crate) fn rows(table: &mut Table) {
    let work = r#"emails[type eq "work"].value"#;
    singles(table, "name.familyName", json!("Smith"), json!("Jones"), 187.0);
    singles(table, work, json!("smith@example.com"), json!("jones@example.com"), 500.0);
    for (size, name) in [(100, "100"), (10_000, "10,000"), (100_000, "100,000")] {
        members(table, size, name);
    }
    hostile(table);
}

/// As much work as a patch may make of 10,000 elements: it is done or refused within 50 ms.
fn hostile(table: &mut Table) {
    if !table.wants(&["hostile"]) {
        return;
    }
    let most = Budget::Nanoseconds(50e6);
    let operations =
        |operation: &dyn Fn(usize) -> Value| sample::message((0..2_000).map(operation).collect());
    let group = sample::valid_group(10_000);
    let one_by_one = operations(&|at| {
        let id = sample::member_id(at * 5);
        json!({"op": "remove", "path": format!("members[value eq \"{id}\"]")})
    });
    let by_filters = operations(
        &|at| json!({"op": "remove", "path": format!("members[value co \"{at}x\" or type sw \"{at}\"]")}),
    );
    let typed = operations(&|at| {
        let id = sample::member_id(at * 5);
        json!({"op": "add", "path": format!("members[value eq \"{id}\"].type"), "value": "User"})
    });
    for (what, message) in [
        ("2,000 members leave, one by one", one_by_one),
        ("2,000 filters over members", by_filters),
        ("2,000 changes of members", typed),
    ] {
        let what = format!("hostile: {what}, read, planned and applied to 10,000");
        table.alone(&what, tried(&sample::GROUPS, group.clone(), message), most);
    }
    let user = |emails: Vec<Value>| sample::USERS.trust(json!({"userName": "u", "emails": emails}));
    let short =
        user((0..10_000).map(|at| json!({"value": format!("u{at}@example.com")})).collect());
    let long = user(
        (0..100).map(|at| json!({"display": format!("{at}{}", "Ünïcödé ".repeat(900))})).collect(),
    );
    let selected = operations(
        &|at| json!({"op": "replace", "path": "emails[value ew \"com\"].display", "value": at.to_string()}),
    );
    let folded = operations(
        &|at| json!({"op": "remove", "path": format!("emails[display co \"Ü{at}\" or display ew \"{at}\"]")}),
    );
    let all = operations(
        &|at| json!({"op": "replace", "path": "emails.display", "value": at.to_string()}),
    );
    for (what, user, message) in [
        ("2,000 filters over short texts", &short, &selected),
        ("2,000 filters over long texts", &long, &folded),
        ("2,000 changes of all elements", &short, &all),
    ] {
        let what = format!("hostile: {what}, read, planned and applied");
        table.alone(&what, tried(&sample::USERS, user.clone(), message.clone()), most);
    }
}

/// A message read, planned, and applied to a copy, whether or not it is refused.
fn tried(schema: &ResourceSchema, resource: Valid, message: Value) -> Work<'_> {
    each(move || {
        let patch = Patch::from_value(black_box(&message).clone(), &Compat::INTEROP);
        let plan = patch.and_then(|patch| patch.plan(schema)).expect("a patch that fits");
        let mut resource = resource.clone();
        plan.apply(&mut resource).is_ok()
    })
}

/// Two patches in turns, so that each changes something.
fn singles(table: &mut Table, path: &str, one: Value, other: Value, budget: f64) {
    let messages = [one, other]
        .map(|value| sample::message(json!([{"op": "replace", "path": path, "value": value}])));
    let plans = messages.clone().map(|message| plan(&sample::USERS, message));
    let budget = Budget::Nanoseconds(budget);
    let what = format!("apply `{path}`, planned");
    let user = sample::valid_user(0);
    match kit_works(user.attributes(), &messages) {
        Some(kit) => table.beside(&what, applied(user, &plans), "scim-kit", kit, budget),
        None => table.alone(&what, applied(user, &plans), budget),
    }
    table.beside(
        &format!("read and plan `{path}`"),
        each(|| plan(&sample::USERS, black_box(&messages[0]).clone())),
        "cloning the message",
        each(|| black_box(&messages[0]).clone()),
        Budget::Any,
    );
}

fn members(table: &mut Table, size: usize, name: &str) {
    if !table.wants(&["±"]) {
        return;
    }
    let id = sample::member_id(size);
    let add = |ids: &[String]| {
        let members: Vec<Value> = ids.iter().map(|id| json!({"value": id})).collect();
        plan(
            &sample::GROUPS,
            sample::message(json!([{"op": "add", "path": "members", "value": members}])),
        )
    };
    let remove = |ids: &[String]| {
        let paths = ids
            .iter()
            .map(|id| json!({"op": "remove", "path": format!("members[value eq \"{id}\"]")}))
            .collect();
        plan(&sample::GROUPS, sample::message(Value::Array(paths)))
    };
    let ten_thousand = size == 10_000;
    let budget = |most: f64| if ten_thousand { Budget::Nanoseconds(most) } else { Budget::Any };
    let one = [add(std::slice::from_ref(&id)), remove(std::slice::from_ref(&id))];
    table.beside(
        &format!("±1 of {name} members, as a delta"),
        split(sample::valid_group(0), &one),
        "on the document",
        applied(sample::valid_group(size), &one),
        budget(1_000.0),
    );
    table.alone(
        &format!("±1 of {name} members, on the document"),
        applied(sample::valid_group(size), &one),
        budget(50_000.0),
    );
    let ids: Vec<String> = (size..size + 1_000).map(sample::member_id).collect();
    let many = [add(&ids), remove(&ids)];
    table.beside(
        &format!("±1,000 of {name} members, as a delta"),
        split(sample::valid_group(0), &many),
        "on the document",
        applied(sample::valid_group(size), &many),
        Budget::Any,
    );
}

fn plan(schema: &ResourceSchema, message: Value) -> Plan {
    Patch::from_value(message, &Compat::INTEROP)
        .and_then(|patch| patch.plan(schema))
        .expect("a patch that fits")
}

/// Both plans applied in turns.
fn applied(mut resource: Valid, plans: &[Plan; 2]) -> Work<'_> {
    let mut turn = false;
    each(move || {
        turn = !turn;
        let outcome = plans[usize::from(!turn)].apply(&mut resource);
        assert!(matches!(outcome, Ok(Outcome::Changed)));
    })
}

/// Both plans split in turns, and what is left applied to the head: what happens before a store
/// writes rows.
fn split(mut head: Valid, plans: &[Plan; 2]) -> Work<'_> {
    let mut turn = false;
    each(move || {
        turn = !turn;
        let (rest, delta) = plans[usize::from(!turn)].delta("members").expect("a delta");
        assert!(matches!(rest.apply(&mut head), Ok(Outcome::Unchanged)));
        delta
    })
}

/// The same by scim-kit, if it can.
fn kit_works<'a>(user: &serde_json::Map<String, Value>, messages: &[Value; 2]) -> Option<Work<'a>> {
    let patches: Vec<PatchOp> = messages
        .iter()
        .map(|message| serde_json::from_value(message.clone()))
        .collect::<Result<_, _>>()
        .ok()?;
    let user = RefCell::new(Value::Object(user.clone()));
    let before = user.borrow().clone();
    if patches[0].apply_to(&mut user.borrow_mut()).is_err() || *user.borrow() == before {
        return None;
    }
    let mut turn = false;
    Some(each(move || {
        turn = !turn;
        assert!(patches[usize::from(turn)].apply_to(&mut user.borrow_mut()).is_ok());
    }))
}
