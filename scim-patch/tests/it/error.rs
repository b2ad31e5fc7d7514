//! What errors look like.

use scim_core::Compat;
use scim_patch::Patch;
use serde_json::json;

use crate::schema;

fn lines(schema: &str, operations: &[serde_json::Value], compat: &Compat) -> String {
    let schema = schema::named(schema);
    let lines = operations.iter().map(|operation| {
        let plan = Patch::from_value(
            json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [operation]}),
            compat,
        )
        .and_then(|patch| patch.plan(&schema));
        let mut resource = schema.trust(json!({
            "userName": "ada",
            "emails": [{"type": "work", "value": "w@example.com"}, {"type": "work", "value": "x@example.com"}],
        }));
        let error = plan.and_then(|plan| plan.apply(&mut resource)).unwrap_err();
        scim_core::Error::from(error).to_string()
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// RFC 7644 §3.12
#[test]
fn errors_name_the_operation_and_the_attribute_and_never_a_value() {
    let operations = [
        json!({"op": "append", "path": "title", "value": "secret"}),
        json!({"op": "add", "path": "title", "value": 5}),
        json!({"op": "add", "path": "emails", "value": [{"value": 5}, {"value": "secret", "primary": "secret"}]}),
        json!({"op": "add", "path": "emails[type eq secret", "value": "x"}),
        json!({"op": "add", "path": "emails[type sounds \"secret\"]", "value": "x"}),
        json!({"op": "add", "path": "emails[primary gt true]", "value": "x"}),
        json!({"op": "add", "path": "emails[0].value", "value": "x"}),
        json!({"op": "add", "path": "shoeSize", "value": "secret"}),
        json!({"op": "add", "value": {"shoeSize": "secret"}}),
        json!({"op": "add", "value": {"id": "secret"}}),
        json!({"op": "replace", "path": "emails[type eq \"home\"].value", "value": "secret"}),
        json!({"op": "replace", "path": "emails[type eq \"work\"].primary", "value": true}),
        json!({"op": "replace", "path": "meta.version", "value": "secret"}),
        json!({"op": "remove", "path": "userName"}),
        json!({"op": "remove", "path": "emails", "value": [{"value": "secret"}]}),
    ];
    insta::assert_snapshot!(lines("User", &operations, &Compat::STRICT), @r#"
    400 invalidSyntax: operation 1: `op` must be `add`, `remove` or `replace`
    400 invalidValue: operation 1: `title` must be a string
    400 invalidValue: operation 1: `emails[0].value` must be a string; `emails[1].primary` must be a boolean
    400 invalidFilter: operation 1: a text without quotes at character 16; put the text in double quotes
    400 invalidFilter: operation 1: unknown operator `sounds` at character 13
    400 invalidFilter: operation 1: `gt` does not apply to `primary`, which is a boolean
    400 invalidPath: operation 1: the position of an element in brackets at character 7; select elements by a filter, as in `emails[type eq "work"]`
    400 invalidPath: operation 1: `shoeSize` is not an attribute of this resource type
    400 invalidSyntax: operation 1: `shoeSize` is not an attribute of this resource type
    400 mutability: operation 1: `id` is read-only
    400 noTarget: operation 1: no element of `emails` is selected
    400 invalidValue: operation 1: more than one element of `emails` would be primary
    400 mutability: operation 1: `meta.version` is read-only
    400 mutability: operation 1: `userName` is required
    400 invalidSyntax: operation 1: to remove takes no value
    "#);
}

#[test]
fn debug_shows_no_value() {
    let schema = schema::named("Group");
    let message = json!({"Operations": [
        {"op": "add", "path": "members", "value": [{"value": "secret"}]},
        {"op": "replace", "value": {"id": "secret", "displayName": "secret"}},
    ]});
    let patch = Patch::from_value(message, &Compat::INTEROP).unwrap();
    let plan = patch.plan(&schema).unwrap();
    let (rest, delta) = plan.delta("members").unwrap();
    let shown = format!("{patch:?} {plan:?} {rest:?} {delta:?}");
    assert!(!shown.contains("secret"), "{shown}");
    assert!(shown.contains("members") && shown.contains("add: 1"), "{shown}");
}

/// RFC 7643 §3.1
#[test]
fn another_id_than_the_resources_is_refused() {
    let schema = schema::named("Group");
    let message = json!({"Operations": [
        {"op": "replace", "value": {"displayName": "B"}},
        {"op": "replace", "value": {"id": "g1", "displayName": "C"}},
    ]});
    let plan = Patch::from_value(message, &Compat::INTEROP).unwrap().plan(&schema).unwrap();
    assert_eq!(plan.check_id("g1"), Ok(()));
    let error = plan.check_id("g2").unwrap_err();
    assert_eq!(
        (error.operation(), error.to_string().as_str()),
        (Some(1), "operation 2: `id` is not that of the resource")
    );
}
