use serde_json::json;

use super::*;

fn problem(assertion: Value) -> Option<String> {
    let document = json!({
        "id": "7a", "name": "Rosa", "n": 2, "half": 2.5, "yes": true, "no": false,
        "none": null, "void": "", "list": [], "map": {},
        "tags": ["a", "b", 3], "deep": {"list": [{"n": 1.0}]},
        "emails": [{"type": "work", "value": "w"}, {"type": "home", "value": "h"}],
    });
    let mut scope = Scope::default();
    scope.set("a.id", "7a");
    Assertion::try_from(assertion).unwrap().check(&document, &mut scope).unwrap()
}

#[track_caller]
fn holds(assertion: Value) {
    assert_eq!(problem(assertion), None);
}

#[track_caller]
fn fails(assertion: Value) {
    assert!(problem(assertion.clone()).is_some(), "{assertion} holds");
}

#[test]
fn eq_wants_one_equal_value() {
    holds(json!(["$.id", "eq", "{{a.id}}"]));
    holds(json!(["$.emails[*].value", "eq", "h"]));
    fails(json!(["$.id", "eq", "7A"]));
    fails(json!(["$.nothing", "eq", "7a"]));
    fails(json!(["$.nothing", "eq", null]));
}

#[test]
fn eq_tells_types_apart() {
    holds(json!(["$.n", "eq", 2]));
    fails(json!(["$.n", "eq", "2"]));
    fails(json!(["$.yes", "eq", 1]));
    fails(json!(["$.yes", "eq", "true"]));
    holds(json!(["$.none", "eq", null]));
}

#[test]
fn eq_compares_numbers_by_value() {
    holds(json!(["$.n", "eq", 2.0]));
    holds(json!(["$.deep", "eq", {"list": [{"n": 1}]}]));
    fails(json!(["$.deep", "eq", {"list": [{"n": 2}]}]));
    fails(json!(["$.deep", "eq", {"list": [{"n": 1}, 2]}]));
    fails(json!(["$.deep", "eq", {"list": [{"n": 1}], "more": 1}]));
}

#[test]
fn ne_wants_no_equal_value() {
    holds(json!(["$.emails[*].value", "ne", "x"]));
    holds(json!(["$.nothing", "ne", "x"]));
    fails(json!(["$.emails[*].value", "ne", "h"]));
}

#[test]
fn ieq_ignores_case_in_strings() {
    holds(json!(["$.name", "ieq", "ROSA"]));
    fails(json!(["$.name", "ieq", "ROSE"]));
    fails(json!(["$.n", "ieq", "2"]));
}

#[test]
fn exists_and_absent_ask_for_presence_alone() {
    holds(json!(["$.none", "exists"]));
    fails(json!(["$.nothing", "exists"]));
    holds(json!(["$.nothing", "absent"]));
    fails(json!(["$.none", "absent"]));
}

#[test]
fn empty_takes_absent_null_and_void() {
    for path in ["$.nothing", "$.none", "$.void", "$.list", "$.map"] {
        holds(json!([path, "empty"]));
        fails(json!([path, "nonempty"]));
    }
    for path in ["$.id", "$.n", "$.no", "$.tags", "$.deep"] {
        fails(json!([path, "empty"]));
        holds(json!([path, "nonempty"]));
    }
}

#[test]
fn type_tells_the_kinds_apart() {
    let kinds = ["int", "str", "bool", "array", "object"];
    for (path, of) in [
        ("$.n", "int"),
        ("$.id", "str"),
        ("$.no", "bool"),
        ("$.tags", "array"),
        ("$.map", "object"),
    ] {
        for kind in kinds {
            if kind == of {
                holds(json!([path, "type", kind]));
            } else {
                fails(json!([path, "type", kind]));
            }
        }
    }
    fails(json!(["$.half", "type", "int"]));
    fails(json!(["$.none", "type", "str"]));
    fails(json!(["$.nothing", "type", "str"]));
    fails(json!(["$.tags[*]", "type", "str"]));
}

#[test]
fn len_is_that_of_the_value() {
    holds(json!(["$.tags", "len", 3]));
    holds(json!(["$.name", "len", 4]));
    holds(json!(["$.deep", "len", 1]));
    holds(json!(["$.nothing", "len", 0]));
    fails(json!(["$.tags", "len", 2]));
}

#[test]
fn len_counts_the_matches_of_a_path_that_spreads() {
    holds(json!(["$.emails[*]", "len", 2]));
    holds(json!(["$.emails[*].value", "len", 2]));
    holds(json!(["$.emails[?(@.type=='work')]", "len", 1]));
    fails(json!(["$.emails[?(@.type=='fax')]", "len", 1]));
}

#[test]
fn minlen_and_maxlen_include_their_bound() {
    holds(json!(["$.tags", "minlen", 3]));
    fails(json!(["$.tags", "minlen", 4]));
    holds(json!(["$.tags", "maxlen", 3]));
    fails(json!(["$.tags", "maxlen", 2]));
}

#[test]
fn contains_looks_into_arrays_and_strings() {
    holds(json!(["$.tags", "contains", 3]));
    holds(json!(["$.name", "contains", "os"]));
    holds(json!(["$.id", "contains", "{{a.id}}"]));
    fails(json!(["$.tags", "contains", "3"]));
    fails(json!(["$.name", "contains", "x"]));
    fails(json!(["$.map", "contains", "x"]));
    fails(json!(["$.nothing", "contains", "x"]));
}

#[test]
fn not_contains_is_the_reverse() {
    holds(json!(["$.tags", "not_contains", "c"]));
    holds(json!(["$.nothing", "not_contains", "c"]));
    fails(json!(["$.tags", "not_contains", "a"]));
    fails(json!(["$.name", "not_contains", "os"]));
}

#[test]
fn re_searches_strings() {
    holds(json!(["$.name", "re", "^R.*a$"]));
    holds(json!(["$.emails[*].type", "re", "^h"]));
    holds(json!(["$.id", "re", "^{{a.id}}$"]));
    fails(json!(["$.name", "re", "^o"]));
    fails(json!(["$.n", "re", "2"]));
}

#[test]
fn in_wants_every_value_among_the_given() {
    holds(json!(["$.emails[*].type", "in", ["home", "work", "other"]]));
    holds(json!(["$.none", "in", [0, null]]));
    holds(json!(["$.id", "in", ["{{a.id}}"]]));
    fails(json!(["$.emails[*].type", "in", ["home"]]));
    fails(json!(["$.nothing", "in", ["home"]]));
}

#[test]
fn a_problem_names_the_assertion_and_what_was_found() {
    let shown = |assertion| problem(assertion).unwrap();
    assert_eq!(shown(json!(["$.n", "eq", 3])), "$.n eq 3; found 2");
    assert_eq!(shown(json!(["$.nothing", "exists"])), "$.nothing exists; found nothing");
    assert_eq!(
        shown(json!(["$.emails[*].value", "eq", "x"])),
        r#"$.emails[*].value eq "x"; found 2 values: ["w","h"]"#
    );
}

#[test]
fn a_variable_that_was_never_set_is_missing() {
    let assertion = Assertion::try_from(json!(["$.id", "eq", "{{b.id}}"])).unwrap();
    let result = assertion.check(&json!({"id": 1}), &mut Scope::default());
    assert_eq!(result.unwrap_err(), Missing("b.id".to_owned()));
}

#[test]
fn malformed_assertions_are_refused() {
    for assertion in [
        json!("$.a exists"),
        json!(["$.a"]),
        json!(["$.a", "exists", 1]),
        json!(["$.a", "eq"]),
        json!(["$.a", "eq", 1, 2]),
        json!(["$.a", "gt", 1]),
        json!(["$.a", "type", "float"]),
        json!(["$.a", "len", -1]),
        json!(["$.a", "len", "1"]),
        json!(["$.a", "in", "abc"]),
        json!(["$.a", "re", "("]),
        json!(["$.a", "eq", "{{a|b}}"]),
        json!(["a", "exists"]),
    ] {
        assert!(Assertion::try_from(assertion.clone()).is_err(), "{assertion}");
    }
}
