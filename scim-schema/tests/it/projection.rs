//! What is returned.

use scim_core::{AttrPath, Compat};
use scim_schema::{Projection, ResourceSchema};
use serde_json::{Value, json};

use crate::sample;

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

fn user() -> Value {
    json!({
        "schemas": [USER, ENTERPRISE],
        "id": "1",
        "meta": {"resourceType": "User", "version": "W/\"1\""},
        "userName": "a",
        "name": {"givenName": "A", "familyName": "B"},
        "emails": [{"value": "a@x.org", "type": "work"}, {"type": "home"}],
        "password": "never",
        "stranger": 1,
        ENTERPRISE: {"department": "R", "manager": {"value": "1", "displayName": "Boss"}},
    })
}

fn applied(projection: &Projection, mut resource: Value) -> Value {
    let written = sample::written(projection, resource.as_object().unwrap());
    projection.apply(resource.as_object_mut().unwrap());
    assert_eq!(written, resource);
    resource
}

fn only(schema: &ResourceSchema, names: &[&str]) -> Projection {
    Projection::only(schema, names.iter().copied(), &Compat::STRICT).unwrap()
}

fn except(schema: &ResourceSchema, names: &[&str]) -> Projection {
    Projection::except(schema, names.iter().copied(), &Compat::STRICT).unwrap()
}

#[track_caller]
fn check_only(names: &[&str], expected: Value) {
    let mut whole = json!({"schemas": [USER, ENTERPRISE], "id": "1"});
    whole.as_object_mut().unwrap().extend(expected.as_object().unwrap().clone());
    assert_eq!(applied(&only(&sample::schema("enterprise"), names), user()), whole);
}

/// RFC 7643 §7, RFC 7644 §3.4
#[test]
fn by_default_all_but_secrets_and_strangers_is_returned() {
    let schema = sample::schema("enterprise");
    let mut expected = user();
    expected.as_object_mut().unwrap().retain(|name, _| name != "password" && name != "stranger");
    assert_eq!(applied(&Projection::default_of(&schema), user()), expected);
}

/// RFC 7644 §3.9, RFC 7644 §3.4.2.5, RFC 7644 §3.10
#[test]
fn attributes_select_and_id_and_schemas_stay() {
    check_only(&["userName"], json!({"userName": "a"}));
    check_only(&["USERNAME", "meta"], json!({"userName": "a", "meta": user()["meta"]}));
    check_only(&["name.givenName"], json!({"name": {"givenName": "A"}}));
    check_only(&["name.givenName", "name"], json!({"name": user()["name"]}));
    check_only(&["emails.value"], json!({"emails": [{"value": "a@x.org"}]}));
    check_only(&["name.middleName"], json!({}));
    check_only(&["password"], json!({}));
    check_only(&[ENTERPRISE], json!({ENTERPRISE: user()[ENTERPRISE]}));
    check_only(&[USER, "id"], {
        let user = user();
        json!({"meta": user["meta"], "userName": "a", "name": user["name"], "emails": user["emails"]})
    });
    let manager = format!("{ENTERPRISE}:manager.displayName");
    check_only(&[&manager], json!({ENTERPRISE: {"manager": {"displayName": "Boss"}}}));
    check_only(
        &["name.formatted", &manager.to_uppercase()],
        json!({ENTERPRISE: {"manager": {"displayName": "Boss"}}}),
    );
    check_only(&[], json!({}));
}

/// RFC 7644 §3.9, RFC 7644 §3.4.2.5, RFC 7643 §7
#[test]
fn excluded_attributes_are_left_out_unless_they_are_always_returned() {
    let schema = sample::schema("enterprise");
    let names = ["id", "schemas", "emails", "name.givenName", ENTERPRISE, "meta"];
    let expected = json!({
        "schemas": [USER, ENTERPRISE],
        "id": "1",
        "userName": "a",
        "name": {"familyName": "B"},
    });
    assert_eq!(applied(&except(&schema, &names), user()), expected);
    let parts = ["name.givenName", "name.familyName"];
    let rest = applied(&except(&schema, &parts), user());
    assert!(rest.get("name").is_none() && rest.get("userName").is_some());
}

/// RFC 7644 §3.9
#[test]
fn unknown_names_are_refused_strictly_and_ignored_leniently() {
    let schema = sample::schema("enterprise");
    for name in ["nosuch", "name.nosuch", "emails[type eq \"work\"].value", "a b"] {
        assert!(Projection::only(&schema, [name], &Compat::STRICT).is_err(), "{name}");
        assert!(Projection::except(&schema, [name], &Compat::STRICT).is_err(), "{name}");
    }
    let names = ["nosuch", "emails[type eq \"work\"].value"];
    let lenient = Projection::only(&schema, names, &Compat::INTEROP).unwrap();
    let expected = json!({"schemas": [USER, ENTERPRISE], "id": "1", "emails": user()["emails"]});
    assert_eq!(applied(&lenient, user()), expected);
    assert!(Projection::only(&schema, ["", "userName"], &Compat::STRICT).is_ok());
}

fn thing() -> Value {
    json!({
        "id": "1",
        "text": "t",
        "rare": "r",
        "constant": "c",
        "secret": "s",
        "badge": {"number": 1, "colour": "red", "rare": "r", "constant": "c"},
    })
}

/// RFC 7643 §7
#[test]
fn what_is_returned_on_request_is_returned_when_it_is_named() {
    let schema = sample::thing();
    let badge = json!({"number": 1, "colour": "red", "constant": "c"});
    let expected = json!({"id": "1", "text": "t", "constant": "c", "badge": badge});
    assert_eq!(applied(&Projection::default_of(&schema), thing()), expected);
    let expected =
        json!({"id": "1", "rare": "r", "constant": "c", "badge": {"rare": "r", "constant": "c"}});
    assert_eq!(applied(&only(&schema, &["rare", "badge.rare"]), thing()), expected);
    let whole = json!({"id": "1", "constant": "c", "badge": badge});
    assert_eq!(applied(&only(&schema, &["badge"]), thing()), whole);
    let excluded =
        json!({"id": "1", "text": "t", "constant": "c", "badge": {"number": 1, "constant": "c"}});
    assert_eq!(
        applied(&except(&schema, &["constant", "badge.constant", "badge.colour"]), thing()),
        excluded
    );
}

/// RFC 7643 §7
#[test]
fn what_a_request_has_written_is_returned_unless_it_names_attributes() {
    let schema = sample::thing();
    let touched: Vec<AttrPath> =
        ["RARE", "badge.rare", "nosuch"].iter().map(|path| path.parse().unwrap()).collect();
    let holds = |projection: Projection| {
        let rest = applied(&projection.with_touched(&touched), thing());
        (rest.get("rare").is_some(), rest["badge"].get("rare").is_some())
    };
    assert_eq!(holds(Projection::default_of(&schema)), (true, true));
    assert_eq!(holds(except(&schema, &["text"])), (true, true));
    assert_eq!(holds(except(&schema, &["rare", "badge.rare"])), (false, false));
    assert_eq!(holds(only(&schema, &["badge"])), (false, false));
    let only_inside = Projection::default_of(&schema).with_touched(&touched[1..]);
    let rest = applied(&only_inside, thing());
    assert_eq!(rest["badge"]["rare"], "r");
    assert!(rest.get("rare").is_none());
}

/// RFC 7644 §3.9
#[test]
fn what_has_nothing_to_return_is_not_there() {
    let schema = sample::schema("enterprise");
    let all = Projection::default_of(&schema);
    for nothing in [
        json!({"password": "p"}),
        json!({"nosuch": 1}),
        json!({ENTERPRISE: {"nosuch": 1}}),
        json!({ENTERPRISE: {}}),
        json!({ENTERPRISE: 1}),
    ] {
        assert_eq!(applied(&all, nothing), json!({}));
    }
    let given = only(&schema, &["name.givenName", "emails.type"]);
    for nothing in [json!({"name": {"familyName": "J"}}), json!({"emails": [{"value": "a@x.org"}]})]
    {
        assert_eq!(applied(&given, nothing), json!({}));
    }
    let emails =
        json!([{"value": "a@x.org"}, {"value": "b@x.org", "type": "work"}, {"value": "c"}]);
    assert_eq!(
        applied(&given, json!({"emails": emails, "name": {"givenName": "B"}})),
        json!({"emails": [{"type": "work"}], "name": {"givenName": "B"}})
    );
}

#[test]
fn a_store_is_told_what_to_load() {
    let schema = sample::schema("enterprise");
    let manager = format!("{ENTERPRISE}:manager.value");
    let few = only(&schema, &["userName", "name.givenName", &manager]);
    let selected: Vec<String> =
        few.selected().iter().map(|resolved| resolved.path().to_string()).collect();
    assert_eq!(selected, ["schemas", "id", "userName", "name.givenName", manager.as_str()]);
    assert!(few.includes("USERNAME") && few.includes("name") && !few.includes("emails"));
    let name = few.includes_in("name");
    assert!(name("GIVENNAME") && !name("familyName") && !name("nosuch"));
    assert!(Projection::default_of(&schema).includes_in("name")("familyName"));
    assert!(!few.includes_in("emails")("value") && !few.includes_in("nosuch")("value"));
    assert!(few.includes_extension(ENTERPRISE) && !few.includes_extension("urn:x:Y"));
    assert!(!only(&schema, &["userName"]).includes_extension(ENTERPRISE));
    assert!(!few.includes("nosuch") && !few.is_default());
    assert!(Projection::default_of(&schema).is_default());
    assert!(!except(&schema, &["name"]).is_default());
}

#[test]
fn what_is_derived_is_known() {
    let group = sample::schema("group");
    assert!(Projection::default_of(&group).includes_derived());
    assert!(!except(&group, &["members"]).includes_derived());
    assert!(!only(&sample::schema("user"), &["userName"]).includes_derived());
    assert!(Projection::default_of(&sample::schema("user")).includes_derived());
}
