//! The attributes that every resource has and no schema lists (RFC 7643 §3.1).

use std::sync::LazyLock;

use crate::{AttrName, Attribute, Kind, Mutability, Returned};

/// `schemas`, `id`, `externalId` and `meta`, with the characteristics that no schema can change
/// (RFC 7643 §3, §3.1).
pub fn common_attributes() -> &'static [Attribute] {
    static COMMON: LazyLock<[Attribute; 4]> = LazyLock::new(|| {
        [
            named("schemas", Kind::Reference)
                .description("The URIs of the schemas that the resource follows.")
                .multi_valued()
                .required()
                .returned(Returned::Always)
                .reference_types(["uri"]),
            named("id", Kind::String)
                .description("The name the server gave the resource; it never changes.")
                .case_exact()
                .mutability(Mutability::ReadOnly)
                .returned(Returned::Always),
            named("externalId", Kind::String)
                .description("The name the client knows the resource by.")
                .case_exact(),
            meta(),
        ]
    });
    COMMON.as_slice()
}

fn meta() -> Attribute {
    let part = |name, kind| named(name, kind).mutability(Mutability::ReadOnly);
    Attribute::complex(
        AttrName::from_static("meta"),
        [
            part("resourceType", Kind::String)
                .description("The name of the resource's type.")
                .case_exact(),
            part("created", Kind::DateTime).description("When the resource was made."),
            part("lastModified", Kind::DateTime).description("When the resource last changed."),
            part("location", Kind::Reference)
                .description("The address of the resource.")
                .reference_types(["uri"]),
            part("version", Kind::String)
                .description("The version of the resource, as in its entity tag.")
                .case_exact(),
        ],
    )
    .description("What the server knows about the resource.")
    .mutability(Mutability::ReadOnly)
}

fn named(name: &'static str, kind: Kind) -> Attribute {
    Attribute::new(AttrName::from_static(name), kind)
}
