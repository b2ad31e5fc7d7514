mod engine;
mod law;
mod text;

use serde_json::{Value, json};

use self::engine::{Engine, FORMS, eq, part, people, test};
use crate::{Element, Node, TestOp, sql::Direction};

fn all(nodes: impl Into<Vec<Node>>) -> Node {
    Node::And(nodes.into())
}

fn any(nodes: impl Into<Vec<Node>>) -> Node {
    Node::Or(nodes.into())
}

fn not(node: Node) -> Node {
    Node::Not(Box::new(node))
}

fn present(path: &str) -> Node {
    test(path, "pr", Value::Null)
}

fn element(path: &str, filter: Node) -> Node {
    Node::Element(Element { path: engine::path(path), filter: Box::new(filter) })
}

/// Runs the filter in each form of tables and expects these people.
#[track_caller]
fn finds(filter: Node, expected: &[&str]) {
    let engine = Engine::new(&people());
    for form in FORMS {
        let found = engine.find(&filter, form);
        assert_eq!(found, Ok(expected.iter().map(ToString::to_string).collect()), "{form:?}");
    }
}

#[test]
fn a_missing_value_equals_nothing_and_differs_from_everything() {
    finds(eq("code", "A-1"), &["ann"]);
    finds(not(eq("code", "A-1")), &["bob", "cyd", "dan"]);
    finds(eq("code", "a-1"), &[]);
    finds(present("code"), &["ann", "bob"]);
    finds(not(present("code")), &["cyd", "dan"]);
}

#[test]
fn case_counts_only_where_the_schema_says_so() {
    finds(eq("userName", "BOB"), &["bob"]);
    finds(test("userName", "co", json!("N")), &["ann", "dan"]);
    finds(test("code", "co", json!("a")), &[]);
}

#[test]
fn wildcards_of_like_are_plain_characters() {
    finds(test("name.familyName", "co", json!("%")), &["dan"]);
    finds(test("name.familyName", "co", json!("_")), &["dan"]);
    finds(test("name.familyName", "sw", json!("100%")), &["dan"]);
    finds(test("name.familyName", "ew", json!("_'\\")), &["dan"]);
    finds(test("name.familyName", "sw", json!("%")), &[]);
    finds(test("name.familyName", "ew", json!("longer than any of the names")), &[]);
}

#[test]
fn an_empty_part_is_in_every_value() {
    for op in ["co", "sw", "ew"] {
        finds(test("name.familyName", op, json!("")), &["ann", "dan"]);
        finds(not(test("name.familyName", op, json!(""))), &["bob", "cyd"]);
    }
}

#[test]
fn a_prefix_is_a_range_that_ends_before_its_successor() {
    finds(test("userName", "sw", json!("a")), &["ann"]);
    finds(test("code", "sw", json!("A")), &["ann"]);
    finds(test("emails.value", "sw", json!("b")), &["bob", "cyd"]);
    finds(not(test("emails.value", "sw", json!("b"))), &["ann", "dan"]);
    finds(test("name.familyName", "sw", json!("\u{10ffff}")), &[]);
}

#[test]
fn numbers_instants_and_booleans_compare_as_such() {
    finds(test("level", "gt", json!(9)), &["ann"]);
    finds(test("level", "ge", json!(9)), &["ann", "bob"]);
    finds(eq("active", false), &["bob"]);
    finds(not(eq("active", false)), &["ann", "cyd", "dan"]);
    finds(test("since", "lt", json!("2024-01-01T00:00:00Z")), &["ann"]);
    finds(not(test("since", "lt", json!("2024-01-01T00:00:00Z"))), &["bob", "cyd", "dan"]);
}

#[test]
fn a_test_of_a_list_asks_for_any_of_its_values() {
    finds(eq("emails.value", "b@x"), &["bob", "cyd"]);
    finds(not(eq("emails.value", "b@x")), &["ann", "dan"]);
    finds(eq("tags", "red"), &["ann", "cyd"]);
    finds(not(eq("tags", "red")), &["bob", "dan"]);
    finds(present("emails"), &["ann", "bob", "cyd"]);
    finds(not(present("tags")), &["bob", "dan"]);
}

#[test]
fn a_value_path_holds_all_its_tests_against_one_element() {
    let work_and_b = all([eq("emails.type", "work"), eq("emails.value", "b@x")]);
    finds(work_and_b, &["bob", "cyd"]);
    let same =
        || element("emails", all([part("emails", "type", "work"), part("emails", "value", "b@x")]));
    finds(same(), &["bob"]);
    finds(not(same()), &["ann", "cyd", "dan"]);
    let other = element("emails", not(part("emails", "type", "work")));
    finds(other, &["ann", "cyd"]);
    finds(element("emails", Node::Constant(true)), &["ann", "bob", "cyd"]);
    finds(element("tags", not(part("tags", "", "red"))), &["ann"]);
    finds(element("name", part("name", "familyName", "öl")), &["ann"]);
    finds(element("name", not(part("name", "familyName", "öl"))), &["bob", "dan"]);
}

#[test]
fn what_is_not_primary_is_primary_eq_false() {
    finds(eq("emails.primary", true), &["ann"]);
    finds(eq("emails.primary", false), &["ann", "bob", "cyd"]);
    finds(not(eq("emails.primary", false)), &["dan"]);
    finds(element("emails", not(part("emails", "primary", false))), &["ann"]);
    finds(element("emails", part("emails", "primary", false)), &["ann", "bob", "cyd"]);
}

#[test]
fn negation_goes_inwards() {
    let filter = not(any([eq("active", true), all([present("code"), eq("tags", "red")])]));
    finds(filter, &["bob", "cyd"]);
    let filter = not(not(all([present("code"), not(eq("userName", "ann"))])));
    finds(filter, &["bob"]);
}

#[test]
fn constants_decide_or_drop_out() {
    let (yes, no) = (|| Node::Constant(true), || Node::Constant(false));
    finds(all([yes(), eq("userName", "ann")]), &["ann"]);
    finds(any([no(), not(yes()), eq("userName", "ann")]), &["ann"]);
    finds(any([yes(), eq("userName", "ann")]), &["ann", "bob", "cyd", "dan"]);
    finds(not(any([no(), yes()])), &[]);
}

#[test]
fn extensions_are_found_in_their_containers() {
    finds(eq("urn:x:Ext:department", "sales"), &["bob"]);
    finds(not(present("urn:x:Ext:department")), &["ann", "cyd", "dan"]);
}

#[test]
fn a_chain_of_all_terms_and_the_deepest_nesting_run() {
    let engine = Engine::new(&people());
    let terms: Vec<Node> = (0..255).map(|n| eq("userName", format!("user{n}"))).collect();
    let mut filter = any([eq("userName", "ann"), any(terms)]);
    for _ in 0..32 {
        filter = not(all([not(filter), present("userName")]));
    }
    for form in FORMS {
        assert!(engine.find(&filter, form).is_ok_and(|found| found.contains(&"ann".into())));
    }
}

#[test]
fn what_has_no_place_is_refused_by_name_and_never_left_out() {
    let engine = Engine::new(&people());
    for filter in
        [eq("secret", "x"), not(eq("secret", "x")), any([present("userName"), eq("secret", "x")])]
    {
        for form in FORMS {
            let error = engine.find(&filter, form).unwrap_err();
            assert_eq!(error, "400 invalidFilter: `secret` cannot be searched in this way");
        }
    }
}

#[test]
fn no_literal_is_shown_by_debug() {
    let shown = format!("{:?}", super::Param::Text("jane@example.com".into()));
    assert_eq!(shown, "Text(_)");
}

#[test]
fn sorting_puts_missing_values_last_and_pages_meet_without_gap_or_overlap() {
    let engine = Engine::new(&people());
    for form in FORMS {
        for (by, expected, descending) in [
            (None, ["ann", "bob", "cyd", "dan"], ["ann", "bob", "cyd", "dan"]),
            (Some("userName"), ["ann", "bob", "cyd", "dan"], ["dan", "cyd", "bob", "ann"]),
            (Some("level"), ["bob", "ann", "cyd", "dan"], ["cyd", "dan", "ann", "bob"]),
            (Some("code"), ["ann", "bob", "cyd", "dan"], ["cyd", "dan", "bob", "ann"]),
            (Some("since"), ["ann", "bob", "cyd", "dan"], ["cyd", "dan", "bob", "ann"]),
            (Some("active"), ["bob", "ann", "dan", "cyd"], ["cyd", "ann", "dan", "bob"]),
            (Some("name.familyName"), ["dan", "ann", "bob", "cyd"], ["bob", "cyd", "ann", "dan"]),
            // The primary address counts, or else the first.
            (Some("emails.value"), ["bob", "cyd", "ann", "dan"], ["dan", "ann", "bob", "cyd"]),
            (Some("tags"), ["ann", "cyd", "bob", "dan"], ["bob", "dan", "ann", "cyd"]),
        ] {
            for size in 1..=3 {
                let orders =
                    [(Direction::Ascending, expected), (Direction::Descending, descending)];
                for (direction, expected) in orders {
                    let walked = engine.walk(by, direction, false, size, form);
                    assert_eq!(walked, expected, "{by:?} {direction:?} {form:?}");
                    let mut back = engine.walk(by, direction, true, size, form);
                    back.reverse();
                    assert_eq!(back, expected, "{by:?} {direction:?} back {form:?}");
                }
            }
        }
    }
}

#[test]
fn an_indexed_value_is_looked_up() {
    let engine = Engine::new(&people());
    let plan = engine.plan(&eq("userName", "ann"), engine::Form::Indexed);
    assert!(plan.contains("SEARCH r USING") && plan.contains("LIST SUBQUERY"), "{plan}");
    assert!(plan.contains("SEARCH k USING") && plan.contains("attr=? AND k=?"), "{plan}");
    let plan = engine.plan(&test("userName", "sw", json!("a")), engine::Form::Indexed);
    assert!(plan.contains("attr=? AND k>? AND k<?"), "{plan}");
    let plan = engine.plan(&eq("emails.value", "b@x"), engine::Form::Rows);
    assert!(plan.contains("SEARCH e USING"), "{plan}");
}

#[test]
fn operators_that_no_column_can_answer_are_refused() {
    let engine = Engine::new(&people());
    let mut filter = eq("userName", "ann");
    if let Node::Test(test) = &mut filter {
        test.path.case_exact = true;
    }
    assert!(engine.find(&filter, engine::Form::Rows).is_err(), "lower case cannot be exact");
    let TestOp::Eq(operand) = (match eq("code", "x") {
        Node::Test(test) => test.op,
        _ => unreachable!(),
    }) else {
        unreachable!()
    };
    let mut filter = present("active");
    if let Node::Test(test) = &mut filter {
        test.op = TestOp::Contains(operand);
    }
    assert!(engine.find(&filter, engine::Form::Rows).is_err());
}
