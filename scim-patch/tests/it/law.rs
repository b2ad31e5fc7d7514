//! What holds for any patch of any resource.

use proptest::{collection::vec, prelude::*, sample::select};
use scim_core::Compat;
use scim_patch::{Outcome, Patch, PatchError, Plan};
use scim_schema::{Mode, ResourceSchema, Valid};
use serde_json::{Map, Value, json};

use crate::schema;

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

fn compat() -> impl Strategy<Value = Compat> {
    select(vec![Compat::STRICT, Compat::INTEROP])
}

fn text() -> impl Strategy<Value = &'static str> {
    select(vec!["a", "A", "b", "zq7@example.com", "work", "home", "ß", ""])
}

fn element() -> impl Strategy<Value = Value> {
    let part = |name: &'static str| {
        prop_oneof![Just(None), text().prop_map(move |text| Some((name.to_owned(), json!(text))))]
    };
    let primary = prop_oneof![
        3 => Just(None),
        1 => any::<bool>().prop_map(|flag| Some(("primary".to_owned(), json!(flag)))),
    ];
    let unknown = prop_oneof![
        9 => Just(None),
        1 => Just(Some(("zq7Unknown".to_owned(), json!(1)))),
    ];
    (part("value"), part("type"), part("display"), primary, unknown)
        .prop_map(|(a, b, c, d, e)| Value::Object([a, b, c, d, e].into_iter().flatten().collect()))
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        2 => Just(Value::Null),
        4 => text().prop_map(Value::from),
        2 => any::<bool>().prop_map(Value::from),
        1 => Just(json!("True")),
        1 => Just(json!(17)),
        4 => element(),
        4 => vec(element(), 0..3).prop_map(Value::from),
        1 => Just(json!([null])),
        2 => (text(), text()).prop_map(|(a, b)| json!({"givenName": a, "familyName": b})),
        2 => text().prop_map(|a| json!({"givenName": a, "middleName": null})),
        1 => text().prop_map(|a| json!([{"value": a, "$ref": "../Users/zq7"}])),
    ]
}

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

fn path() -> impl Strategy<Value = String> {
    let attribute = select(vec![
        "userName",
        "nickName",
        "active",
        "name",
        "name.givenName",
        "NAME.familyname",
        "emails",
        "emails[type eq \"work\"]",
        "emails[type eq \"home\"].value",
        "emails.display",
        "emails[value eq \"a\"].type",
        "emails[value eq \"a\" and type eq \"work\"].primary",
        "emails[primary eq true]",
        "emails[not (type pr)]",
        "emails.primary",
        "emails.type",
        "emails[type eq \"work\"].display",
        "roles",
        "roles[primary eq \"True\"].value",
        "addresses",
        "addresses[type eq \"home\"].locality",
        "groups",
        "id",
        "meta.created",
        "password",
        "schemas",
        "zq7",
        "manager",
        "externalId",
    ]);
    let extended =
        select(vec!["", ":department", ":manager", ":manager.value", ":manager.$ref", ":nosuch"]);
    prop_oneof![
        5 => attribute.prop_map(str::to_owned),
        2 => extended.prop_map(|tail| format!("{ENTERPRISE}{tail}")),
    ]
}

fn members() -> impl Strategy<Value = Value> {
    vec((path(), value()), 0..4).prop_map(|members| Value::Object(members.into_iter().collect()))
}

/// An operation with a value that is likely to fit its path.
fn fitting() -> impl Strategy<Value = Value> {
    let simple = select(vec![
        "userName",
        "nickName",
        "name.givenName",
        "name.familyName",
        "externalId",
        "displayName",
        "emails[type eq \"work\"].value",
        "emails[type eq \"home\"].display",
        "emails.display",
        "emails[value eq \"a\"].type",
        "emails[type eq \"home\"].value",
        "roles[value eq \"b\"].type",
        "addresses[type eq \"work\"].locality",
        "addresses[type eq \"home\"].locality",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.$ref",
    ]);
    let flag = select(vec![
        "active",
        "emails[type eq \"work\"].primary",
        "emails[value eq \"a\"].primary",
        "roles[value eq \"b\"].primary",
        "addresses[type eq \"home\"].primary",
    ]);
    let list = select(vec!["emails", "roles", "phoneNumbers"]);
    let selected = select(vec![
        "emails[type eq \"work\"]",
        "emails[value eq \"a\"]",
        "emails[not (type pr)]",
        "emails[primary eq true]",
        "roles[value eq \"b\" and type eq \"home\"]",
    ]);
    let gone = select(vec![
        "nickName",
        "name",
        "name.givenName",
        "emails",
        "emails[type eq \"work\"]",
        "emails.type",
        "emails[value eq \"a\" or value eq \"b\"].display",
        "emails[primary eq false]",
        "roles",
        "addresses[type eq \"home\"].locality",
        "emails.value",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager",
    ]);
    let text = || select(vec!["a", "A", "b", "zq7@example.com", "work", "home", "ß"]);
    let known = || {
        element().prop_map(|mut element| {
            element
                .as_object_mut()
                .unwrap()
                .retain(|name, value| name != "zq7Unknown" && value != "");
            element.as_object_mut().unwrap().entry("value").or_insert(json!("b"));
            element
        })
    };
    let op = || select(vec!["add", "replace"]);
    let write =
        |(op, path, value): (&str, &str, Value)| json!({"op": op, "path": path, "value": value});
    prop_oneof![
        4 => (op(), simple, text().prop_map(Value::from)).prop_map(write),
        2 => (op(), flag, any::<bool>().prop_map(Value::from)).prop_map(write),
        3 => (op(), list, vec(known(), 0..3).prop_map(Value::from)).prop_map(write),
        2 => (op(), selected, known()).prop_map(write),
        3 => gone.prop_map(|path| json!({"op": "remove", "path": path})),
        1 => (op(), text(), text()).prop_map(|(op, a, b)| {
            json!({"op": op, "value": {"name": {"givenName": a, "middleName": null}, "title": b}})
        }),
    ]
}

/// Any operation: one that fits, or one that may be anything.
fn operation() -> impl Strategy<Value = Value> {
    prop_oneof![4 => fitting(), 1 => wild()]
}

fn wild() -> impl Strategy<Value = Value> {
    let op = || select(vec!["add", "remove", "replace"]);
    prop_oneof![
        6 => (op(), path(), value())
            .prop_map(|(op, path, value)| json!({"op": op, "path": path, "value": value})),
        2 => path().prop_map(|path| json!({"op": "remove", "path": path})),
        2 => (op(), members()).prop_map(|(op, value)| json!({"op": op, "value": value})),
    ]
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

proptest! {
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
            Ok(Outcome::Unchanged) => prop_assert_eq!(after.attributes(), before.attributes()),
            Ok(Outcome::Changed) => {
                let same = schema.same(after.attributes(), before.attributes());
                prop_assert!(!same || !after.secrets().is_empty());
            }
        }
    }

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
        // Elements that become equal are made one at the end of a message.
        if first["op"] != "remove" && between < elements(&before) {
            return Ok(());
        }
        let mut together = before;
        if apart.is_ok() && apply(&schema, &[first, second], &compat, &mut together).is_ok() {
            prop_assert_eq!(fingerprint_of(&together), fingerprint_of(&one_by_one));
        }
    }

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
}
