//! Typed structs held against their schemas.

use scim_core::{
    Address, AttrName, Attribute, Email, EnterpriseUser, Entitlement, Extension, Group, Im, Kind,
    Manager, Member, Meta, Name, PeakonUser, PhoneNumber, Photo, PrendioUser, Role, Schema,
    SchemaUri, User, UserGroup, X509Certificate, common_attributes,
};
use scim_schema::{
    catalog,
    testing::{Disagreements, agrees, covers},
};
use serde::{Deserialize, Serialize};

fn sub_attributes<'a>(attributes: &'a [Attribute], name: &str) -> &'a [Attribute] {
    &attributes.iter().find(|attribute| attribute.name == name).unwrap().sub_attributes
}

/// RFC 7643 §4.3, RFC 7643 §3.3
#[test]
fn the_typed_extensions_agree_with_their_schemas() {
    let enterprise = catalog::enterprise();
    assert_eq!(covers::<EnterpriseUser>(&enterprise), Ok(()));
    let manager = sub_attributes(&enterprise.attributes, "manager");
    assert_eq!(agrees::<Manager>(manager, Manager::NAMES), Ok(()));
    assert_eq!(covers::<PeakonUser>(&catalog::peakon()), Ok(()));
    assert_eq!(covers::<PrendioUser>(&catalog::prendio()), Ok(()));
}

fn resource(schema: Schema) -> Vec<Attribute> {
    let common = common_attributes().iter().filter(|common| common.name != "schemas").cloned();
    common.chain(schema.attributes).collect()
}

/// RFC 7643 §4.1, RFC 7643 §3.1
#[test]
fn the_typed_user_agrees_with_its_schema() {
    let user = resource(catalog::user_schema());
    assert_eq!(agrees::<User>(&user, User::NAMES), Ok(()));
    let part = |name| sub_attributes(&user, name);
    let parts = [
        agrees::<Name>(part("name"), Name::NAMES),
        agrees::<Meta>(part("meta"), Meta::NAMES),
        agrees::<Email>(part("emails"), Email::NAMES),
        agrees::<PhoneNumber>(part("phoneNumbers"), PhoneNumber::NAMES),
        agrees::<Im>(part("ims"), Im::NAMES),
        agrees::<Photo>(part("photos"), Photo::NAMES),
        agrees::<Address>(part("addresses"), Address::NAMES),
        agrees::<UserGroup>(part("groups"), UserGroup::NAMES),
        agrees::<Entitlement>(part("entitlements"), Entitlement::NAMES),
        agrees::<Role>(part("roles"), Role::NAMES),
        agrees::<X509Certificate>(part("x509Certificates"), X509Certificate::NAMES),
    ];
    assert_eq!(parts.into_iter().collect::<Result<(), _>>(), Ok(()));
}

/// RFC 7643 §4.2
#[test]
fn the_typed_group_agrees_with_its_schema() {
    let group = resource(catalog::group_schema());
    assert_eq!(agrees::<Group>(&group, Group::NAMES), Ok(()));
    assert_eq!(agrees::<Member>(sub_attributes(&group, "members"), Member::NAMES), Ok(()));
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Badge {
    number: i64,
    #[serde(default)]
    doors: Vec<Door>,
    maker: Option<Maker>,
    colour: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Door {
    value: String,
    primary: Option<bool>,
}

#[derive(Serialize, Deserialize)]
struct Maker {
    name: Option<String>,
}

impl Extension for Badge {
    const SCHEMA: SchemaUri = SchemaUri::from_static("urn:example:badge:1.0:User");
}

fn named(name: &'static str, kind: Kind) -> Attribute {
    Attribute::new(AttrName::from_static(name), kind)
}

fn complex(name: &'static str, parts: impl Into<Vec<Attribute>>) -> Attribute {
    Attribute::complex(AttrName::from_static(name), parts)
}

fn badge() -> Vec<Attribute> {
    let door = [named("value", Kind::String).required(), named("primary", Kind::Boolean)];
    vec![
        named("number", Kind::Integer).required(),
        complex("doors", door).multi_valued(),
        complex("maker", [named("name", Kind::String)]),
        named("colour", Kind::String).canonical_values(["red", "blue"]),
    ]
}

fn held(attributes: impl Into<Vec<Attribute>>) -> Result<(), Disagreements> {
    covers::<Badge>(&Schema::new(Badge::SCHEMA, "Badge", attributes))
}

#[track_caller]
fn check(change: impl FnOnce(&mut Vec<Attribute>), disagreements: &[&str]) {
    let mut attributes = badge();
    change(&mut attributes);
    assert_eq!(held(attributes).unwrap_err().to_string(), disagreements.join("\n"));
}

#[test]
fn a_type_with_derives_is_held_against_its_schema_by_its_fields() {
    assert_eq!(held(badge()), Ok(()));
    check(|all| all.truncate(3), &["`colour` is a field of the type and not in the schema"]);
    check(
        |all| all[1].sub_attributes.truncate(1),
        &["`doors.primary` is a field of the type and not in the schema"],
    );
    check(
        |all| all[2].sub_attributes[0] = named("title", Kind::String),
        &[
            "`maker.name` is a field of the type and not in the schema",
            "`maker.title` is not written as it was read",
        ],
    );
    check(|all| all.push(named("shape", Kind::String)), &["`shape` is not written as it was read"]);
}

#[test]
fn what_is_of_another_type_or_shape_is_named() {
    check(
        |all| all[3] = named("colour", Kind::Boolean),
        &["`colour` is not read as the schema has it"],
    );
    check(
        |all| all[3] = named("colour", Kind::String).multi_valued(),
        &["`colour` is not read as the schema has it"],
    );
    check(
        |all| all[1].multi_valued = false,
        &[
            "`doors` is not read as the schema has it",
            "`doors.value` is not read as the schema has it",
            "`doors.primary` is not read as the schema has it",
        ],
    );
    check(
        |all| all[1].sub_attributes[1] = named("primary", Kind::String),
        &["`doors.primary` is not read as the schema has it"],
    );
    check(|all| all[0].required = false, &["the type asks for more than the schema requires"]);
    check(
        |all| all[0] = named("number", Kind::Decimal).required(),
        &["the type asks for more than the schema requires"],
    );
}

#[derive(Serialize, Deserialize)]
struct Loose {
    colour: Option<serde_json::Value>,
}

#[test]
fn a_field_that_takes_anything_agrees_with_no_type() {
    let found = agrees::<Loose>(&[named("colour", Kind::String)], &[]).unwrap_err();
    assert_eq!(
        format!("{found:?}"),
        "`colour` has no field, or one that takes values of another type"
    );
    let maker = [named("maker", Kind::String)];
    let found = agrees::<EnterpriseUser>(&maker, &["maker"]).unwrap_err();
    assert_eq!(found.to_string(), "`maker` has no field, or one that takes values of another type");
}

#[test]
fn a_schema_of_another_name_is_no_schema_of_the_type() {
    let found = covers::<Badge>(&catalog::prendio()).unwrap_err().to_string();
    assert!(found.starts_with("the type is `urn:example:badge:1.0:User`, the schema `urn:ietf:"));
}
