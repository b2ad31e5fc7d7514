//! What holds for any patch of any resource.

use proptest::{collection::vec, prelude::*, sample::select};
use scim_core::Compat;
use scim_patch::{Outcome, Patch, PatchError, Plan};
use scim_schema::{Mode, ResourceSchema, Valid};
use serde_json::{Map, Value, json};

use crate::{
    made::{compat, fitting, gadget_operation, operation, path, value},
    schema,
};

/// A text that stands in values and must stand in no error.
const PRIVATE: &str = "zq7";

fn plan(
    schema: &ResourceSchema,
    operations: &[Value],
    compat: &Compat,
) -> Result<Plan, PatchError> {
    let message = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": operations,
    });
    Patch::from_value(message, compat)?.plan(schema)
}

fn apply(
    schema: &ResourceSchema,
    operations: &[Value],
    compat: &Compat,
    resource: &mut Valid,
) -> Result<Outcome, PatchError> {
    plan(schema, operations, compat)?.apply(resource)
}

/// A user in canonical form.
fn user() -> impl Strategy<Value = Valid> {
    vec(fitting(), 0..10).prop_map(|operations| {
        let schema = schema::named("User");
        let bare = json!({"userName": "u", "active": true});
        let mut user = schema.validate(bare, Mode::Create, &Compat::INTEROP).unwrap();
        for operation in operations {
            // Some are refused; what is not makes the user a richer one.
            drop(apply(&schema, &[operation], &Compat::INTEROP, &mut user));
        }
        user.take_secrets();
        user
    })
}

/// A text that is the same for two resources if they are, lists taken as sets.
fn fingerprint(value: &Value) -> String {
    match value {
        Value::Array(elements) => {
            let mut all: Vec<String> = elements.iter().map(fingerprint).collect();
            all.sort();
            format!("[{}]", all.join(","))
        }
        Value::Object(members) => {
            let mut all: Vec<String> = members
                .iter()
                .map(|(name, value)| format!("{name}:{}", fingerprint(value)))
                .collect();
            all.sort();
            format!("{{{}}}", all.join(","))
        }
        simple => simple.to_string(),
    }
}

fn fingerprint_of(resource: &Valid) -> String {
    fingerprint(&Value::Object(resource.attributes().clone()))
}

/// How many elements the lists of a resource have.
fn elements(resource: &Valid) -> usize {
    resource.attributes().values().filter_map(Value::as_array).map(Vec::len).sum()
}

/// Whether an operation may have made elements equal, which become one at the end of a message.
fn may_have_joined(
    schema: &ResourceSchema,
    operation: &Value,
    before: &Valid,
    elements_after: usize,
) -> bool {
    let paths: Vec<&str> = match &operation["path"] {
        Value::String(path) => vec![path],
        _ => {
            operation["value"].as_object().into_iter().flatten().map(|(name, _)| &**name).collect()
        }
    };
    let removes = operation["op"] == "remove";
    let reaches_into_elements = |path: &&str| {
        let of_all = ["emails.", "roles.", "addresses."].iter().any(|list| path.starts_with(list));
        of_all || path.contains('[') && !(removes && path.ends_with(']'))
    };
    if !paths.iter().any(reaches_into_elements) {
        return false;
    }
    let [path] = paths[..] else { return true };
    let removal = [json!({"op": "remove", "path": path})];
    let selects = apply(schema, &removal, &Compat::INTEROP, &mut before.clone());
    // What selects nothing may make an element.
    let made = usize::from(!removes && selects != Ok(Outcome::Changed));
    elements_after < elements(before) + made
}

proptest! {
    /// RFC 7644 §3.5.2
    #[test]
    fn a_patch_is_done_as_a_whole_or_not_at_all(
        before in user(),
        operations in vec(operation(), 1..6),
        compat in compat(),
    ) {
        let schema = schema::named("User");
        let mut after = before.clone();
        match apply(&schema, &operations, &compat, &mut after) {
            Err(error) => {
                prop_assert_eq!(&after, &before);
                let line = error.to_string().replace("zq7Unknown", "").replace("`zq7`", "");
                prop_assert!(!line.contains(PRIVATE) && !line.contains('\n'), "{}", line);
            }
            Ok(Outcome::Unchanged) => {
                prop_assert_eq!(after.attributes(), before.attributes());
                prop_assert!(after.secrets().is_empty());
            }
            Ok(Outcome::Changed) => {
                let changed = !schema.same(after.attributes(), before.attributes());
                prop_assert!(changed || !after.secrets().is_empty());
            }
        }
    }

    /// RFC 7644 §3.5.2
    #[test]
    fn what_a_patch_makes_of_a_valid_resource_is_valid_and_canonical(
        before in user(),
        operations in vec(operation(), 1..6),
        compat in compat(),
    ) {
        let schema = schema::named("User");
        let mut after = before.clone();
        if apply(&schema, &operations, &compat, &mut after).is_ok() {
            let value = Value::Object(after.attributes().clone());
            let judged = schema.validate(value, Mode::Patched(before.attributes()), &compat);
            let judged = judged.unwrap();
            prop_assert_eq!(judged.attributes(), after.attributes());
        }
    }

    #[test]
    fn a_plan_can_be_used_again(
        before in user(),
        operations in vec(operation(), 1..4),
        compat in compat(),
    ) {
        let schema = schema::named("User");
        if let Ok(plan) = plan(&schema, &operations, &compat) {
            let (mut one, mut other) = (before.clone(), before);
            prop_assert_eq!(plan.apply(&mut one), plan.apply(&mut other));
            prop_assert_eq!(one, other);
        }
    }

    /// RFC 7644 §3.5.2.3
    #[test]
    fn to_replace_twice_is_to_replace_once(
        before in user(),
        path in path().prop_filter("what a filter selects can change", |path| !path.contains('[')),
        value in value(),
        compat in compat(),
    ) {
        let schema = schema::named("User");
        let operation = [json!({"op": "replace", "path": path, "value": value})];
        let mut once = before;
        if apply(&schema, &operation, &compat, &mut once).is_ok() && once.take_secrets().is_empty() {
            let mut twice = once.clone();
            prop_assert_eq!(apply(&schema, &operation, &compat, &mut twice), Ok(Outcome::Unchanged));
            prop_assert_eq!(twice.attributes(), once.attributes());
        }
    }

    /// RFC 7644 §3.5.2
    #[test]
    fn operations_in_one_message_are_those_of_several(
        before in user(),
        first in operation(),
        second in operation(),
        compat in compat(),
    ) {
        let schema = schema::named("User");
        // An address stays with a manager who goes and comes back in one message.
        let manages = |operation: &Value| operation.to_string().contains("manager");
        if manages(&first) && manages(&second) {
            return Ok(());
        }
        // Entries that are only beginning to hold something may stay between messages here.
        let compat = { let mut compat = compat; compat.drop_empty_entries = false; compat };
        let mut one_by_one = before.clone();
        let mut between = 0;
        let apart = apply(&schema, std::slice::from_ref(&first), &compat, &mut one_by_one)
            .and_then(|_| {
                between = elements(&one_by_one);
                apply(&schema, std::slice::from_ref(&second), &compat, &mut one_by_one)
            });
        if apart.is_ok() && may_have_joined(&schema, &first, &before, between) {
            return Ok(());
        }
        let mut together = before;
        if apart.is_ok() && apply(&schema, &[first, second], &compat, &mut together).is_ok() {
            prop_assert_eq!(fingerprint_of(&together), fingerprint_of(&one_by_one));
        }
    }

    /// RFC 7644 §3.5.2.1, RFC 7644 §3.5.2.2
    #[test]
    fn an_added_element_that_is_removed_leaves_nothing(before in user(), compat in compat()) {
        let schema = schema::named("User");
        let operations = [
            json!({"op": "add", "path": "emails", "value": [{"value": "new", "type": "new"}]}),
            json!({"op": "remove", "path": "emails[value eq \"new\"]"}),
        ];
        let mut after = before.clone();
        prop_assert_eq!(apply(&schema, &operations, &compat, &mut after), Ok(Outcome::Unchanged));
        prop_assert_eq!(after.attributes(), before.attributes());
    }

    /// RFC 7644 §3.1
    #[test]
    fn to_drop_all_that_is_given_is_an_error(
        names in vec("[a-z]{1,6}", 1..4),
        op in select(vec!["add", "replace"]),
        within in select(vec!["", "name", "emails", "manager", "emails[type eq \"work\"]"]),
    ) {
        let schema = schema::named("User");
        let unknown: Map<String, Value> =
            names.into_iter().map(|name| (format!("x{name}x"), json!("zq7"))).collect();
        let mut operation = json!({"op": op, "value": unknown});
        if !within.is_empty() {
            operation["path"] = json!(within);
        }
        let error = plan(&schema, &[operation], &Compat::INTEROP).expect_err("nothing is known");
        prop_assert_eq!(scim_core::Error::from(error).scim_type, Some(scim_core::ScimType::InvalidValue));
    }

    /// RFC 7644 §3.5.2
    #[test]
    fn lists_of_texts_parts_that_stay_and_extensions_that_must_be_keep_the_laws(
        first in vec(gadget_operation(), 0..12),
        operations in vec(gadget_operation(), 1..5),
        compat in compat(),
    ) {
        let schema = schema::named("Gadget");
        let mut before = schema.trust(json!({
            "serial": "s", "label": "L", "owners": ["o"], "urn:test:ext:Place": {"site": "north"},
        }));
        for operation in first {
            // Some are refused; what is not makes the gadget a richer one.
            drop(apply(&schema, &[operation], &Compat::INTEROP, &mut before));
        }
        before.take_secrets();
        let mut after = before.clone();
        let outcome = apply(&schema, &operations, &compat, &mut after);
        let Ok(outcome) = outcome else {
            prop_assert_eq!(after, before);
            return Ok(());
        };
        let same = schema.same(before.attributes(), after.attributes());
        prop_assert_eq!(outcome == Outcome::Unchanged, same && after.secrets().is_empty());
        prop_assert!(!same || after.attributes() == before.attributes());
        let value = Value::Object(after.attributes().clone());
        let judged = schema.validate(value, Mode::Patched(before.attributes()), &compat);
        let judged = judged.unwrap();
        prop_assert_eq!(judged.attributes(), after.attributes());
    }
}
