//! The text of conditions, in both dialects.

use serde_json::json;

use super::{
    all, any, element,
    engine::{Form, Tables, eq, part, path, test},
    not, present,
};
use crate::{
    Checked, Node,
    sql::{Dialect, Direction, Position, compile, order},
};

/// The condition in both dialects; the first placeholder is the third.
fn both(filter: Node, form: Form) -> String {
    let checked = Checked { root: filter };
    let text = |dialect| compile(&checked, &Tables(form), dialect, 3).unwrap().text;
    format!("{}\n{}", text(Dialect::Sqlite), text(Dialect::Postgres))
}

#[test]
fn values_in_a_document_are_read_by_canonical_names() {
    let filter = all([
        eq("userName", "ann"),
        not(test("name.familyName", "sw", json!("o"))),
        any([test("urn:x:Ext:department", "ew", json!("s")), test("code", "gt", json!("a"))]),
        eq("emails.value", "a"),
        present("name"),
        not(element(
            "emails",
            all([part("emails", "type", "work"), not(part("emails", "primary", true))]),
        )),
        element("tags", part("tags", "", "red")),
    ]);
    insta::assert_snapshot!(both(filter, Form::Document));
}

#[test]
fn indexed_values_are_looked_up_in_a_list_or_an_array() {
    let work =
        element("emails", all([part("emails", "type", "work"), part("emails", "value", "b")]));
    let filter = all([
        eq("userName", "ann"),
        not(eq("code", "x")),
        test("code", "sw", json!("a")),
        test("userName", "co", json!("n")),
        work,
    ]);
    insta::assert_snapshot!(both(filter, Form::Indexed));
}

#[test]
fn columns_are_compared_as_what_they_hold() {
    let filter = all([
        test("level", "ge", json!(2)),
        test("since", "gt", json!("2024-01-01T00:00:00.0005Z")),
        not(eq("since", "2024-01-01T00:00:00.0005Z")),
        eq("active", true),
        test("userName", "sw", json!("A")),
        test("userName", "ew", json!("A")),
        test("userName", "co", json!("A")),
        element("emails", all([part("emails", "value", "b"), part("emails", "primary", false)])),
        not(eq("emails.type", "home")),
        element("name", not(part("name", "familyName", "x"))),
    ]);
    insta::assert_snapshot!(both(filter, Form::Rows));
}

#[test]
fn orders_and_positions_are_written_for_both_dialects() {
    let mut lines = Vec::new();
    for (by, form) in [
        (None, Form::Rows),
        (Some("userName"), Form::Rows),
        (Some("level"), Form::Rows),
        (Some("code"), Form::Document),
        (Some("emails.value"), Form::Document),
        (Some("emails.value"), Form::Rows),
    ] {
        for dialect in [Dialect::Sqlite, Dialect::Postgres] {
            for direction in [Direction::Ascending, Direction::Descending] {
                let by = by.map(path);
                let order = order(by.as_ref(), direction, &Tables(form), dialect).unwrap();
                lines.push(format!("{} ORDER BY {}", order.key(), order.terms()));
                for key in [Some("7".to_owned()), None] {
                    let position = Position { key, id: "ann".into() };
                    lines.push(format!("    {}", order.after(&position, 2).text));
                }
            }
        }
    }
    insta::assert_snapshot!(lines.join("\n"));
}
