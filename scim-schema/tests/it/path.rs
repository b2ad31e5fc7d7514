//! Paths resolved, attributes indexed.

use scim_core::{AttrName, AttrPath, Attribute, Compat, Kind, Schema};
use scim_filter::{Attributes, Key};
use scim_schema::{Mode, ResourceSchema};
use serde_json::{Value, json};

use crate::sample;

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

fn resolved(schema: &ResourceSchema, path: &str, compat: &Compat) -> Option<String> {
    let path: AttrPath = path.parse().unwrap();
    schema.resolve(&path, compat).map(|resolved| resolved.path().to_string())
}

/// RFC 7644 §3.10
#[test]
fn paths_are_found_in_any_case_with_and_without_their_urn() {
    let user = sample::schema("enterprise");
    let manager = format!("{ENTERPRISE}:manager.value");
    let core = "urn:ietf:params:scim:schemas:core:2.0:User:name.givenName";
    let cases = [
        ("USERNAME", "userName".to_owned()),
        ("name.GIVENNAME", "name.givenName".to_owned()),
        ("meta.lastModified", "meta.lastModified".to_owned()),
        (core, "name.givenName".to_owned()),
        (&core.to_uppercase(), "name.givenName".to_owned()),
        (&manager.to_uppercase(), manager.clone()),
        (ENTERPRISE, ENTERPRISE.to_owned()),
    ];
    for (path, expected) in cases {
        assert_eq!(resolved(&user, path, &Compat::STRICT), Some(expected), "{path}");
    }
    for unknown in ["nick", "name.nick", "urn:x:Y:userName", "manager", "userName.value"] {
        assert_eq!(resolved(&user, unknown, &Compat::STRICT), None, "{unknown}");
    }
}

/// RFC 7644 §3.10
#[test]
fn leniently_an_extension_needs_no_urn_and_a_dot_will_do() {
    let user = sample::schema("enterprise");
    let manager = format!("{ENTERPRISE}:manager.value");
    let dotted = [
        "manager.value".to_owned(),
        format!("{ENTERPRISE}.manager.value"),
        format!("{}.MANAGER.value", ENTERPRISE.to_lowercase()),
    ];
    for path in dotted {
        assert_eq!(resolved(&user, &path, &Compat::STRICT), None, "{path}");
        assert_eq!(resolved(&user, &path, &Compat::INTEROP).as_ref(), Some(&manager), "{path}");
    }
    let department = format!("{ENTERPRISE}.department");
    let expected = format!("{ENTERPRISE}:department");
    assert_eq!(resolved(&user, &department, &Compat::INTEROP), Some(expected));
}

/// RFC 7644 §3.10
#[test]
fn what_two_extensions_have_is_found_by_its_urn_alone() {
    let other = Schema::new(
        "urn:test:Other".parse().unwrap(),
        "Other",
        [Attribute::new(AttrName::from_static("Department"), Kind::String)],
    );
    let user = sample::schema("enterprise").extend(other).unwrap();
    assert_eq!(resolved(&user, "department", &Compat::INTEROP), None);
    assert!(resolved(&user, "urn:test:Other:department", &Compat::STRICT).is_some());
}

#[test]
fn opaque_names_are_found_where_a_path_can_be_made() {
    let user = sample::schema("peakon");
    let name = AttrName::opaque("date of BIRTH").unwrap();
    let found = user.resolve(&AttrPath::new(name), &Compat::INTEROP).unwrap();
    assert_eq!(found.attribute.unwrap().name.as_str(), "Date of birth");
}

/// RFC 7643 §3.1
#[test]
fn common_attributes_are_what_the_rfc_says_whatever_a_schema_says() {
    let mut schema = sample::thing_schema();
    schema.attributes.push(Attribute::new(AttrName::from_static("id"), Kind::Integer));
    let thing = ResourceSchema::new(schema).unwrap();
    let id = thing.resolve(&"id".parse().unwrap(), &Compat::STRICT).unwrap().attribute.unwrap();
    assert_eq!((id.kind, id.case_exact), (Kind::String, true));
}

/// RFC 7643 §7
#[test]
fn unique_and_asked_for_attributes_are_indexed() {
    let user = sample::schema("enterprise");
    let indexed = user.indexed();
    let labels: Vec<_> = indexed.iter().map(|one| (one.label.as_str(), one.unique)).collect();
    let expected = [
        ("userName", true),
        ("externalId", false),
        ("displayName", false),
        ("active", false),
        ("emails.value", false),
    ];
    assert_eq!(labels, expected);
    let resource = json!({
        "userName": "BJensen",
        "emails": [{"value": "A@x.org"}, {"value": "a@X.org", "type": "home"}, {"type": "work"}],
    });
    let keys = |label: &str| {
        let one = indexed.iter().find(|one| one.label == label).unwrap();
        one.keys(resource.as_object().unwrap())
    };
    assert_eq!(keys("userName"), [Key::text("bjensen", false)]);
    assert_eq!(keys("emails.value"), [Key::text("a@x.org", false)]);
    assert_eq!(keys("active"), []);
}

#[test]
fn a_shadow_holds_keys_where_the_resource_holds_values() {
    let user = sample::schema("enterprise");
    let resource = json!({
        "userName": "BJensen",
        "active": true,
        "profileUrl": "HTTPS://A",
        "emails": [{"value": "A@x.org", "primary": true}],
        ENTERPRISE: {"manager": {"value": "X"}},
    });
    let valid = user.validate(resource, Mode::Create, &Compat::INTEROP).unwrap();
    let expected = json!({
        "schemas": [
            "urn:ietf:params:scim:schemas:core:2.0:user",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:user",
        ],
        "userName": "bjensen",
        "active": "true",
        "profileUrl": "HTTPS://A",
        "emails": [{"value": "a@x.org", "primary": "true"}],
        ENTERPRISE: {"manager": {"value": "X"}},
    });
    assert_eq!(Value::Object(user.shadow(valid.attributes())), expected);
}

/// RFC 7643 §2.3.6, RFC 7643 §2.3.7
#[test]
fn references_keep_their_case_whatever_a_schema_says() {
    let mut schema = sample::thing_schema();
    schema.attributes.iter_mut().for_each(|attribute| attribute.case_exact = false);
    schema.attributes.retain(|attribute| attribute.kind != Kind::Complex);
    let thing = ResourceSchema::new(schema).unwrap();
    let shadow =
        thing.shadow(json!({"link": "A", "bytes": "QQ==", "text": "A"}).as_object().unwrap());
    assert_eq!(Value::Object(shadow), json!({"link": "A", "bytes": "QQ", "text": "a"}));
}

/// RFC 7644 §5, RFC 7644 §7.8, RFC 7643 §4.1.1
#[test]
fn names_in_other_widths_cases_and_compositions_have_one_key() {
    let user = sample::schema("user");
    let keys = |name: &str| {
        let resource = json!({"userName": name});
        user.indexed()[0].keys(resource.as_object().unwrap())
    };
    assert_eq!(user.indexed()[0].label, "userName");
    for (one, other) in
        [("bjensen", "BJENSEN"), ("Zo\u{eb}", "zoe\u{308}"), ("bj", "\u{ff22}\u{ff4a}")]
    {
        assert_eq!(keys(one), keys(other), "{one} {other}");
    }
    assert_ne!(keys("zoe"), keys("zo\u{eb}"));
}

/// RFC 7643 §3, RFC 7643 §3.1, RFC 7643 §3.2
#[test]
fn a_new_resource_type_has_the_common_attributes_and_only_unique_ones_of_its_own() {
    let thing = sample::thing();
    for common in ["schemas", "id", "externalId", "meta.created", "meta.location"] {
        assert!(resolved(&thing, common, &Compat::STRICT).is_some(), "{common}");
    }
    let labels: Vec<_> = thing.indexed().iter().map(|one| (&*one.label, one.unique)).collect();
    assert_eq!(labels, [("externalId", false)]);
}

/// RFC 7643 §3
#[test]
fn schemas_are_computed_anew_when_an_extension_comes_or_goes() {
    let user = sample::schema("enterprise");
    let mut resource = json!({"schemas": [ENTERPRISE], "userName": "a"});
    user.compute_schemas(resource.as_object_mut().unwrap());
    assert_eq!(resource["schemas"], json!(["urn:ietf:params:scim:schemas:core:2.0:User"]));
    resource[ENTERPRISE] = json!({"department": "D"});
    user.compute_schemas(resource.as_object_mut().unwrap());
    assert_eq!(
        resource["schemas"],
        json!(["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE])
    );
}
