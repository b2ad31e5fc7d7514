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
    slow(table, "value co", |_| None);
    slow(table, "display co", |number| Some(format!("Zoë Größenwahn-Ångström {number}")));
}

/// The slowest that a message can ask for: as many operations as are allowed, each with a filter
/// that looks at every member of a group of 10,000.
fn slow(table: &mut Table, test: &str, display: impl Fn(usize) -> Option<String>) {
    let what = format!("2,000 operations `members[{test} …]` on 10,000 members, refused");
    if !table.wants(&[&what]) {
        return;
    }
    let mut group = sample::valid_group(10_000);
    let members = group.attributes_mut().get_mut("members").and_then(Value::as_array_mut);
    for (number, member) in members.into_iter().flatten().enumerate() {
        if let Some(display) = display(number) {
            member["display"] = json!(display);
        }
    }
    let operations: Vec<Value> = (0..2_000)
        .map(|at| json!({"op": "remove", "path": format!("members[{test} \"Ößx{at}\"]")}))
        .collect();
    let message = sample::message(Value::Array(operations));
    let work = each(move || {
        let plan = plan(&sample::GROUPS, message.clone());
        assert!(plan.apply(&mut group).is_err());
    });
    table.alone(&what, work, Budget::Nanoseconds(50e6));
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
