//! Typed access to extensions, and what survives.

use scim_core::{
    EnterpriseUser, Extension, Manager, PeakonUser, PrendioUser, SchemaUri, ShapeErrorKind, User,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const PEAKON: &str = "urn:ietf:params:scim:schemas:extension:peakon:2.0:User";
const PRENDIO: &str = "urn:ietf:params:scim:schemas:extension:prendio:2.0:User";

fn read(extension: (&str, Value)) -> User {
    let mut body = json!({"userName": "bjensen"});
    body[extension.0] = extension.1;
    User::try_from(body).unwrap()
}

fn written(user: &User) -> Value {
    serde_json::to_value(user).unwrap()
}

/// RFC 7643 §3.3, RFC 7643 §4.3
#[test]
fn an_extension_is_found_and_replaced_under_its_uri_in_any_case() {
    let mut user = read((&ENTERPRISE.to_uppercase(), json!({"DEPARTMENT": "Tours"})));
    let enterprise = user.extensions.get::<EnterpriseUser>().unwrap().unwrap();
    assert_eq!(enterprise.department.as_deref(), Some("Tours"));

    user.extensions.set(&enterprise.manager(Manager::new("26118915"))).unwrap();
    let written = written(&user);
    assert_eq!(
        written[ENTERPRISE],
        json!({"department": "Tours", "manager": {"value": "26118915"}})
    );
    assert_eq!(written["schemas"], json!([SchemaUri::USER, ENTERPRISE]));
    assert_eq!(written.as_object().unwrap().len(), 3);
}

/// RFC 7643 §3.3
#[test]
fn an_extension_that_is_not_there_is_none() {
    let mut user = User::new("bjensen");
    assert_eq!(user.extensions.get::<EnterpriseUser>(), Ok(None));
    assert_eq!(user.extensions.remove::<EnterpriseUser>(), None);
    user.extensions.set(&EnterpriseUser::default()).unwrap();
    assert!(user.extensions.is_empty());
}

/// RFC 7643 §3.3, RFC 7643 §3
#[test]
fn an_extension_can_be_removed_and_takes_its_uri_along() {
    let mut user = read((ENTERPRISE, json!({"department": "Tours"})));
    assert_eq!(user.extensions.remove::<EnterpriseUser>(), Some(json!({"department": "Tours"})));
    assert_eq!(written(&user), json!({"schemas": [SchemaUri::USER], "userName": "bjensen"}));
}

/// RFC 7643 §3.3
#[test]
fn an_extension_of_another_shape_is_refused_with_its_path() {
    let user = read((ENTERPRISE, json!({"manager": {"value": 1}})));
    let error = user.extensions.get::<EnterpriseUser>().unwrap_err();
    assert_eq!(error.path(), format!("{ENTERPRISE}:manager.value"));
    assert_eq!(error.kind(), ShapeErrorKind::Expected("a string"));
}

#[test]
fn an_extension_of_the_embedder_needs_serde_alone_and_its_errors_repeat_no_value() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Badge {
        number: u32,
    }
    impl Extension for Badge {
        const SCHEMA: SchemaUri = SchemaUri::from_static("urn:example:badge:1.0:User");
    }
    let mut user = User::new("bjensen");
    user.extensions.set(&Badge { number: 7 }).unwrap();
    assert_eq!(user.extensions.get::<Badge>(), Ok(Some(Badge { number: 7 })));
    let other = read(("urn:example:badge:1.0:User", json!({"number": "s3cret"})));
    let error = other.extensions.get::<Badge>().unwrap_err();
    assert_eq!(error.to_string(), "`urn:example:badge:1.0:User` has to be an object of its schema");
}

/// RFC 7643 §3.3, RFC 7643 §2.5
#[test]
fn what_no_struct_knows_survives_but_for_what_says_nothing() {
    let body = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", "urn:example:gone:1.0"],
        "userName": "bjensen",
        "favouriteNumber": 7,
        "name": {"familyName": "Jensen", "maidenName": "Smith", "x": null},
        "emails": [{"value": "b@example.com", "verified": true}],
        "urn:example:odd:1.0:User": {"deep": {"list": [{"a": 1, "b": null}, {}], "none": []}},
    });
    let expected = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", "urn:example:odd:1.0:User"],
        "userName": "bjensen",
        "favouriteNumber": 7,
        "name": {"familyName": "Jensen", "maidenName": "Smith"},
        "emails": [{"value": "b@example.com", "verified": true}],
        "urn:example:odd:1.0:User": {"deep": {"list": [{"a": 1}]}},
    });
    let user = User::try_from(body).unwrap();
    assert_eq!(written(&user), expected);
    let names: Vec<_> = user.extensions.iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["favouriteNumber", "urn:example:odd:1.0:User"]);
}

/// RFC 7643 §2.1
#[test]
fn no_name_is_written_twice_whatever_is_set_beside_the_fields() {
    let mut user = User::new("bjensen").title("Guide");
    user.extensions.set_raw("USERNAME", "other");
    user.extensions.set_raw("Title", "other");
    user.extensions.set_raw("schemas", json!(["urn:x:y"]));
    assert_eq!(
        written(&user),
        json!({"schemas": [SchemaUri::USER], "userName": "bjensen", "title": "Guide"})
    );
}

#[test]
fn peakon_attributes_of_the_company_stand_beside_the_usual_ones() {
    let user = read((
        PEAKON,
        json!({"Department": "Tours", "hire date": "2021-03-01", "Coffee club": "Espresso", "Desk": 4}),
    ));
    let mut peakon = user.extensions.get::<PeakonUser>().unwrap().unwrap();
    assert_eq!(peakon.hire_date.as_deref(), Some("2021-03-01"));
    assert_eq!(peakon.attributes.raw("coffee CLUB"), Some(&json!("Espresso")));
    peakon.attributes.set_raw("Desk", 5);
    assert_eq!(
        serde_json::to_value(&peakon).unwrap(),
        json!({"Department": "Tours", "Hire date": "2021-03-01", "Coffee club": "Espresso", "Desk": 5})
    );
}

/// RFC 7643 §2.3.3
#[test]
fn prendio_limits_keep_their_digits() {
    for digits in ["0", "2500", "2500.5", "999999999999.999", "0.1", "123456789012345"] {
        let text = format!(
            "{{\"userName\":\"b\",\"{PRENDIO}\":{{\"approvalLimit\":{digits},\"spendLimit\":null}}}}"
        );
        let mut user: User = serde_json::from_str(&text).unwrap();
        let prendio = user.extensions.get::<PrendioUser>().unwrap().unwrap();
        assert_eq!(prendio.approval_limit.as_ref().unwrap().to_string(), digits);
        assert_eq!(prendio.spend_limit, None);
        user.extensions.set(&prendio).unwrap();
        let text = serde_json::to_string(&user).unwrap();
        assert!(text.contains(&format!("\"approvalLimit\":{digits}")), "{text}");
    }
}
