//! Every JSON example of RFC 7643, 7644 and 9865 that is a resource or a message.

use std::{collections::BTreeSet, fs, path::PathBuf};

use scim_core::{
    BulkRequest, BulkResponse, EnterpriseUser, Error, Group, ListResponse, PatchOp, ResourceType,
    SearchRequest, ServiceProviderConfig, ShapeError, User,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

type Check = fn(Value);

/// Each file, and how it is read and written. Figures whose resources are elided hold `{}`.
const EXAMPLES: &[(&str, Check)] = &[
    ("rfc7643/01-user-structure", user),
    ("rfc7643/02-user-minimal", user),
    ("rfc7643/03-user-full", user),
    ("rfc7643/04-user-enterprise", user),
    ("rfc7643/05-group", check::<Group>),
    ("rfc7643/06-service-provider-config", check::<ServiceProviderConfig>),
    ("rfc7643/07-resource-types", resource_types),
    ("rfc7644/01-post-user-request", user),
    ("rfc7644/02-post-user-response", user),
    ("rfc7644/03-get-user-response", user),
    ("rfc7644/04-list-attributes-username-response", users_without_schemas),
    ("rfc7644/05-list-paged-response", list_of_anything),
    ("rfc7644/06-search-request", check::<SearchRequest>),
    ("rfc7644/07-search-response", list_of_anything),
    ("rfc7644/08-put-user-request", user),
    ("rfc7644/09-put-user-response", user),
    ("rfc7644/10-patch-skeleton", patch),
    ("rfc7644/11-patch-add-member-request", patch),
    ("rfc7644/12-patch-add-no-path-request", patch),
    ("rfc7644/13-patch-remove-one-member-request", patch),
    ("rfc7644/14-patch-remove-all-members-request", patch),
    ("rfc7644/15-patch-remove-valuepath-and", patch),
    ("rfc7644/16-patch-remove-add-member-request", patch),
    ("rfc7644/17-patch-remove-all-then-add-request", patch),
    ("rfc7644/18-patch-replace-members-request", patch),
    ("rfc7644/19-patch-replace-valuepath-object-request", patch),
    ("rfc7644/20-patch-replace-valuepath-subattr-request", patch),
    ("rfc7644/21-patch-replace-no-path-request", patch),
    ("rfc7644/22-error-404-deleted", check::<Error>),
    ("rfc7644/23-bulk-circular-request", bulk),
    ("rfc7644/24-bulk-circular-list-response", check::<ListResponse<Group>>),
    ("rfc7644/25-bulk-bulkid-request", bulk),
    ("rfc7644/26-bulk-bulkid-response", bulk_response_with_codes),
    ("rfc7644/27-bulk-bulkid-group-get-response", check::<Group>),
    ("rfc7644/28-bulk-enterprise-manager-request", bulk),
    ("rfc7644/29-bulk-failed-status-fragment", bulk_result),
    ("rfc7644/30-bulk-mixed-request", bulk),
    ("rfc7644/31-bulk-mixed-response", bulk_response),
    ("rfc7644/32-bulk-failonerrors-response", bulk_response),
    ("rfc7644/33-bulk-all-failed-response", bulk_response),
    ("rfc7644/34-error-413-bulk", check::<Error>),
    ("rfc7644/35-get-attributes-username-response", user),
    ("rfc7644/36-error-404", check::<Error>),
    ("rfc7644/37-error-put-mutability", check::<Error>),
    ("rfc7644/38-etag-post-request", user),
    ("rfc7644/39-etag-post-response", user),
    ("rfc7644/40-resourcetypes-list-response", check::<ListResponse<ResourceType>>),
    ("rfc7644/41-error-403-sensitive", check::<Error>),
    ("rfc9865/01-list-first-page", list_of_anything),
    ("rfc9865/02-list-middle-page", list_of_anything),
    ("rfc9865/03-list-cursor-only-default", list_of_anything),
    ("rfc9865/04-search-request", check::<SearchRequest>),
    ("rfc9865/05-search-response", list_of_anything),
    ("rfc9865/06-spc-pagination", elided_config),
];

/// RFC 7643 §8, RFC 7643 §5, RFC 7643 §6, RFC 7644 §3.4.2, RFC 7644 §3.4.3, RFC 7644 §3.5.2,
/// RFC 7644 §3.7, RFC 9865 §2, RFC 9865 §3, RFC 9865 §4
#[test]
fn every_example_is_written_as_it_was_read() {
    for (name, check) in EXAMPLES {
        println!("{name}");
        let text = fs::read_to_string(folder().join(format!("{name}.json"))).unwrap();
        check(serde_json::from_str(&text).unwrap());
    }
}

#[test]
fn no_example_is_left_out() {
    let mut files = BTreeSet::new();
    for rfc in fs::read_dir(folder()).unwrap() {
        for file in fs::read_dir(rfc.unwrap().path()).unwrap() {
            let path = file.unwrap().path().with_extension("");
            let name = path.strip_prefix(folder()).unwrap().to_str().unwrap();
            files.insert(name.replace('\\', "/"));
        }
    }
    assert_eq!(files, EXAMPLES.iter().map(|(name, _)| (*name).to_owned()).collect());
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/examples")
}

/// A type that examples are read as.
trait Example: TryFrom<Value, Error = ShapeError> + Serialize + DeserializeOwned {
    /// Names of members whose inside is kept as it is read.
    const OPAQUE: &'static [&'static str] = &[];

    /// Brings what the type knows by request only into canonical form.
    fn settle(&mut self) {}
}

impl Example for User {
    fn settle(&mut self) {
        if let Some(enterprise) = self.extensions.get::<EnterpriseUser>().unwrap() {
            self.extensions.set(&enterprise).unwrap();
        }
    }
}

impl Example for PatchOp {
    const OPAQUE: &'static [&'static str] = &["value"];
}

impl Example for BulkRequest {
    const OPAQUE: &'static [&'static str] = &["data"];
}

impl Example for BulkResponse {
    const OPAQUE: &'static [&'static str] = &["response"];
}

impl Example for ListResponse<Value> {
    const OPAQUE: &'static [&'static str] = &["Resources"];
}

impl Example for Group {}
impl Example for ResourceType {}
impl Example for ServiceProviderConfig {}
impl Example for SearchRequest {}
impl Example for Error {}
impl Example for ListResponse<User> {}
impl Example for ListResponse<Group> {}
impl Example for ListResponse<ResourceType> {}

fn check<T: Example>(original: Value) {
    check_against::<T>(original.clone(), original);
}

/// Reads the original by value, by text and with its names in another case.
fn check_against<T: Example>(original: Value, expected: Value) {
    let mut expected = pruned(expected, T::OPAQUE);
    sort_schemas(&mut expected);
    let text = original.to_string();
    let other_case = renamed(original.clone(), T::OPAQUE);
    assert_ne!(other_case, original);
    let readings = [
        T::try_from(original).unwrap(),
        serde_json::from_str(&text).unwrap(),
        T::try_from(other_case).unwrap(),
    ];
    for mut read in readings {
        read.settle();
        let mut written = serde_json::to_value(&read).unwrap();
        sort_schemas(&mut written);
        assert_eq!(written, expected);
        let text = serde_json::to_string(&read).unwrap();
        let mut written: Value = serde_json::from_str(&text).unwrap();
        sort_schemas(&mut written);
        assert_eq!(written, expected);
    }
}

fn user(original: Value) {
    check::<User>(original);
}

fn patch(original: Value) {
    check::<PatchOp>(original);
}

fn bulk(original: Value) {
    check::<BulkRequest>(original);
}

fn bulk_response(original: Value) {
    check::<BulkResponse>(original);
}

fn list_of_anything(original: Value) {
    check::<ListResponse<Value>>(original);
}

/// RFC 7643 §8.6 shows a bare list.
fn resource_types(original: Value) {
    for one in original.as_array().unwrap() {
        check::<ResourceType>(one.clone());
    }
}

fn users_without_schemas(original: Value) {
    let mut expected = original.clone();
    for resource in expected["Resources"].as_array_mut().unwrap() {
        resource["schemas"] = json!(["urn:ietf:params:scim:schemas:core:2.0:User"]);
    }
    check_against::<ListResponse<User>>(original, expected);
}

/// RFC 7644 §3.7.2 has the status in an object, §3.7.3 as a string.
fn bulk_response_with_codes(original: Value) {
    let mut expected = original.clone();
    for operation in expected["Operations"].as_array_mut().unwrap() {
        operation["status"] = operation["status"]["code"].take();
    }
    check_against::<BulkResponse>(original, expected);
}

/// RFC 7644 §3.7.3 shows the end of an operation only.
fn bulk_result(mut original: Value) {
    original["method"] = json!("POST");
    check::<BulkResponse>(json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkResponse"],
        "Operations": [original],
    }));
}

/// RFC 9865 §4 leaves out all but `pagination`; what is left out counts as not supported.
fn elided_config(original: Value) {
    let mut expected = original.clone();
    for name in ["patch", "changePassword", "sort", "etag"] {
        expected[name] = json!({"supported": false});
    }
    expected["bulk"] = json!({"supported": false, "maxOperations": 0, "maxPayloadSize": 0});
    expected["filter"] = json!({"supported": false, "maxResults": 0});
    let mut config = serde_json::to_value(ServiceProviderConfig::try_from(original).unwrap());
    let schemes = config.as_mut().unwrap().as_object_mut().unwrap().remove("authenticationSchemes");
    assert_eq!(schemes, Some(json!([])));
    assert_eq!(config.unwrap(), expected);
}

fn mapped(
    value: Value,
    opaque: &[&str],
    map: &dyn Fn((String, Value)) -> Option<(String, Value)>,
) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(|item| mapped(item, opaque, map)).collect(),
        Value::Object(object) => {
            let inside = |(name, value): (String, Value)| match opaque.contains(&name.as_str()) {
                true => (name, value),
                false => (name, mapped(value, opaque, map)),
            };
            object.into_iter().map(inside).filter_map(map).collect::<Map<_, _>>().into()
        }
        value => value,
    }
}

/// Without null and empty members, outside of what is opaque.
fn pruned(value: Value, opaque: &[&str]) -> Value {
    mapped(value, opaque, &|(name, value)| {
        let empty = value.is_null() || value == json!([]) || value == json!({});
        (!empty || opaque.contains(&name.as_str())).then_some((name, value))
    })
}

/// With the case of all letters in names turned over, outside of what is opaque.
fn renamed(value: Value, opaque: &[&str]) -> Value {
    let turned = |c: char| match c.is_ascii_lowercase() {
        true => c.to_ascii_uppercase(),
        false => c.to_ascii_lowercase(),
    };
    mapped(value, opaque, &|(name, value)| Some((name.chars().map(turned).collect(), value)))
}

/// `schemas` is a set.
fn sort_schemas(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(sort_schemas),
        Value::Object(map) => {
            if let Some(Value::Array(schemas)) = map.get_mut("schemas") {
                schemas.sort_by_key(ToString::to_string);
            }
            map.values_mut().for_each(sort_schemas);
        }
        _ => {}
    }
}
