//! Resources: validated, and cut to what an answer holds.

use std::hint::black_box;

use scim_core::{Compat, json};
use scim_schema::{Mode, Projection};
use serde_json::{Map, Value};

use crate::{
    measure::consuming,
    sample,
    table::{Budget, Table},
};

pub(crate) fn rows(table: &mut Table) {
    let text = sample::user_text();
    let user = sample::user(0);
    let schema = &*sample::USERS;
    let parse = || {
        let text = text.clone();
        consuming(32, || (), move |()| serde_json::from_slice::<Value>(&text))
    };
    for (what, compat) in [
        ("validate a user of 1.7 kB", Compat::INTEROP),
        ("validate a user of 1.7 kB, strictly", Compat::STRICT),
    ] {
        let ours = consuming(
            32,
            || user.clone(),
            move |user| schema.validate(user, Mode::Create, &compat),
        );
        table.beside(what, ours, "serde_json parses it", parse(), Budget::AtMost(0.5));
    }
    pipelines(table);
    table.beside(
        "`json::from_slice` of it",
        consuming(32, || (), |()| json::from_slice(&text, &json::Limits::DEFAULT)),
        "serde_json parses it",
        parse(),
        Budget::Any,
    );
    projections(table);
}

/// As it happens to a request: what was just read is validated, while it is at hand.
fn pipelines(table: &mut Table) {
    let schema = &*sample::USERS;
    let printed = include_bytes!("../../scim-core/tests/examples/rfc7643/04-user-enterprise.json");
    let printed: Value = serde_json::from_slice(printed).expect("JSON");
    let printed = serde_json::to_vec(&printed).expect("JSON");
    let users = [("a user of 1.7 kB", sample::user_text()), ("the user of RFC 7643 §8.3", printed)];
    for (what, text) in &users {
        let compat = Compat::INTEROP;
        let parse = || serde_json::from_slice::<Value>(text).expect("JSON");
        let read = || json::from_slice(text, &json::Limits::DEFAULT).expect("JSON");
        let ours = move |()| schema.validate(read(), Mode::Create, &compat);
        table.beside(
            &format!("read and validate {what}"),
            consuming(32, || (), ours),
            "serde_json parses it",
            consuming(32, || (), move |()| parse()),
            Budget::AtMost(1.5),
        );
    }
}

fn projections(table: &mut Table) {
    if !table.wants(&["project "]) {
        return;
    }
    let schema = &*sample::USERS;
    let page: Vec<Map<String, Value>> = (0..1_000).map(sample::stored_user).collect();
    let names = ["userName", "emails.value", "name"];
    let compat = Compat::INTEROP;
    let projections = [
        ("by default", Projection::default_of(schema)),
        ("to 3 attributes", Projection::only(schema, names, &compat).expect("known names")),
        ("without 3 attributes", Projection::except(schema, names, &compat).expect("known names")),
    ];
    for (what, projection) in &projections {
        let ours = consuming(
            1,
            || page.clone(),
            |mut page| {
                page.iter_mut().for_each(|user| projection.apply(user));
                page
            },
        );
        let render = consuming(1, || (), |()| serde_json::to_vec(black_box(&page)));
        let what = format!("project a page of 1,000 users {what}");
        table.beside(&what, ours, "serde_json renders it", render, Budget::Any);
    }
}
