//! The resource types of the tests.

use scim_core::{AttrName, Attribute, Constraints, Kind, Mutability, Returned, Schema, SchemaUri};
use scim_schema::{Overlay, ResourceSchema, catalog};

pub(crate) fn named(name: &str) -> ResourceSchema {
    match name {
        "User" => user(),
        "Group" => catalog::group(),
        "Gadget" => gadget(),
        "Limited" => limited(),
        "Peers" => relation(complex("peers", [text("value"), text("type")])),
        "Sizes" => relation(complex("sizes", [attribute("value", Kind::Integer)])),
        "Makers" => relation(
            complex("makers", [text("value").case_exact()]).mutability(Mutability::Immutable),
        ),
        "Keepers" => relation(complex("keepers", [text("value").case_exact()]).required()),
        other => panic!("no schema {other}"),
    }
}

fn user() -> ResourceSchema {
    let built = catalog::user().extend(catalog::enterprise()).unwrap();
    built.extend(catalog::prendio()).unwrap().extend(catalog::peakon()).unwrap()
}

/// Users of a deployment that asks for more than the RFCs do.
fn limited() -> ResourceSchema {
    let department = SchemaUri::ENTERPRISE_USER.to_string() + ":department";
    let limits = Overlay::new()
        .on("title".parse().unwrap(), Constraints::new().max_length(8))
        .on("nickName".parse().unwrap(), Constraints::new().max_length(5).or_unset())
        .on("userType".parse().unwrap(), Constraints::new().one_of(["Employee", "Contractor"]))
        .on(department.parse().unwrap(), Constraints::new().one_of(["Sales"]));
    catalog::user().extend(catalog::enterprise()).unwrap().overlay(&limits).unwrap()
}

fn attribute(name: &'static str, kind: Kind) -> Attribute {
    Attribute::new(AttrName::from_static(name), kind)
}

fn text(name: &'static str) -> Attribute {
    attribute(name, Kind::String)
}

/// A resource of which nothing is known but a relation.
fn relation(attribute: Attribute) -> ResourceSchema {
    let (name, attributes) = (attribute.name.clone(), [attribute.multi_valued()]);
    let schema = Schema::new("urn:test:Relation".parse().unwrap(), "Relation", attributes);
    ResourceSchema::new(schema).unwrap().relation(name)
}

fn complex(name: &'static str, parts: impl Into<Vec<Attribute>>) -> Attribute {
    Attribute::complex(AttrName::from_static(name), parts)
}

/// What no schema of the RFCs has: lists of simple values, lists in complex values, immutable and
/// required parts, a required extension, a relation told apart without case.
fn gadget() -> ResourceSchema {
    let base = [
        text("serial").required().case_exact().mutability(Mutability::Immutable),
        text("label").required(),
        text("tags").multi_valued(),
        text("codes").multi_valued().case_exact(),
        attribute("ports", Kind::Integer).multi_valued(),
        text("seal").mutability(Mutability::Immutable),
        text("marks").multi_valued().mutability(Mutability::Immutable),
        text("owners").multi_valued().required(),
        attribute("weight", Kind::Decimal),
        attribute("count", Kind::Integer),
        attribute("built", Kind::DateTime),
        attribute("key", Kind::Binary),
        text("pin").mutability(Mutability::WriteOnly).returned(Returned::Never),
        text("state").mutability(Mutability::ReadOnly),
        complex(
            "box",
            [
                text("colour"),
                text("maker").mutability(Mutability::Immutable),
                text("size").required(),
                text("stickers").multi_valued(),
                text("stamp").mutability(Mutability::ReadOnly),
                text("code").mutability(Mutability::WriteOnly).returned(Returned::Never),
            ],
        ),
        complex(
            "parts",
            [
                text("value").case_exact(),
                text("type"),
                attribute("primary", Kind::Boolean),
                text("note"),
                text("batch").mutability(Mutability::Immutable),
                text("colours").multi_valued(),
                attribute("weight", Kind::Decimal),
                text("checked").mutability(Mutability::ReadOnly),
            ],
        )
        .multi_valued(),
        complex(
            "deputies",
            [text("value"), text("$ref"), text("display").mutability(Mutability::ReadOnly)],
        )
        .multi_valued(),
        complex("rows", [text("shelf").required(), text("note")]).multi_valued(),
        complex(
            "links",
            [text("value"), text("$ref"), text("type"), attribute("primary", Kind::Boolean)],
        )
        .multi_valued(),
    ];
    let required = [text("site").required(), text("floor")];
    let optional = [
        text("plan").required(),
        text("until"),
        text("grade").mutability(Mutability::ReadOnly),
        text("lock").mutability(Mutability::Immutable),
        complex("vendor", [text("value"), text("$ref")]),
        text("codes").multi_valued(),
        text("token").mutability(Mutability::WriteOnly).returned(Returned::Never),
    ];
    ResourceSchema::new(Schema::new("urn:test:Gadget".parse().unwrap(), "Gadget", base))
        .unwrap()
        .require(Schema::new("urn:test:ext:Place".parse().unwrap(), "Place", required))
        .unwrap()
        .extend(Schema::new("urn:test:ext:Care".parse().unwrap(), "Care", optional))
        .unwrap()
        .relation(AttrName::from_static("links"))
}
