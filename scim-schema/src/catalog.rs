//! The schemas of RFC 7643 and of known vendors, as data.

use std::sync::LazyLock;

use scim_core::{
    AttrName, AttrPath, Constraints, Extension, Format, Kind, PeakonUser, PrendioUser, Schema,
    SchemaUri,
};
use serde_json::Value;

use crate::{Overlay, ResourceSchema, SchemaError};

macro_rules! schemas {
    ($($(#[$doc:meta])* $name:ident = $file:literal;)*) => {
        $(
            $(#[$doc])*
            pub fn $name() -> Schema {
                static SCHEMA: LazyLock<Schema> = LazyLock::new(|| read(include_str!(concat!("../data/", $file))));
                SCHEMA.clone()
            }
        )*

        #[cfg(test)]
        pub(crate) const ALL: &[fn() -> Schema] = &[$($name),*, peakon, prendio];
    };
}

schemas! {
    /// The schema of users (RFC 7643 §4.1).
    user_schema = "user.json";
    /// The schema of groups (RFC 7643 §4.2).
    group_schema = "group.json";
    /// The enterprise extension of users (RFC 7643 §4.3).
    enterprise = "enterprise_user.json";
    /// The schema of the service provider configuration (RFC 7643 §5).
    service_provider_config = "service_provider_config.json";
    /// The schema of resource types (RFC 7643 §6).
    resource_type = "resource_type.json";
    /// The schema of schemas (RFC 7643 §7).
    schema = "schema.json";
}

/// Peakon's extension of users, with a usual set of a company's attributes and
/// [`peakon_limits`]. A company that defines others has a schema of its own, which lets attributes
/// have names with blanks ([`Schema::opaque_names`]).
pub fn peakon() -> Schema {
    static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
        let day = |name| {
            let name = AttrName::opaque(name).ok()?;
            Some(AttrPath::new(name).in_schema(PeakonUser::SCHEMA))
        };
        let days = ["Date of birth", "Hire date"].into_iter().filter_map(day);
        let limits = days.fold(peakon_limits(), |limits, day| {
            limits.on(day, Constraints::new().format(Format::Date))
        });
        limited(include_str!("../data/peakon_user.json"), &limits).opaque_names()
    });
    SCHEMA.clone()
}

/// What Peakon takes: texts of up to 256 characters, whatever attributes a company defines.
pub fn peakon_limits() -> Overlay {
    let short = Constraints::new().max_length(256);
    Overlay::new().on_all(PeakonUser::SCHEMA, Kind::String, short)
}

/// Prendio's extension of users: approval and spend limit, with [`prendio_limits`].
pub fn prendio() -> Schema {
    static SCHEMA: LazyLock<Schema> =
        LazyLock::new(|| limited(include_str!("../data/prendio_user.json"), &prendio_limits()));
    SCHEMA.clone()
}

/// The same under another URI, with other names: no URN of Prendio's is public, so that a company's
/// identity provider may have its own.
pub fn prendio_as(uri: SchemaUri, approval_limit: AttrName, spend_limit: AttrName) -> Schema {
    let mut schema = prendio();
    schema.id = uri;
    for (attribute, name) in schema.attributes.iter_mut().zip([approval_limit, spend_limit]) {
        attribute.name = name;
    }
    schema
}

/// What Prendio takes: amounts of zero or more.
pub fn prendio_limits() -> Overlay {
    Overlay::new().on_all(PrendioUser::SCHEMA, Kind::Decimal, Constraints::new().at_least(0))
}

/// Users without extensions: `active` is true unless said otherwise; names, e-mails and `active`
/// are indexed.
#[expect(clippy::expect_used, reason = "the schema is part of the crate, and a test builds it")]
pub fn user() -> ResourceSchema {
    user_of(user_schema()).expect("a schema of the catalogue")
}

/// Users as [`user`] has them, but with a schema of one's own: an edited [`user_schema`].
///
/// # Errors
/// When the schema contradicts itself; the error names all its faults.
///
/// ```
/// use scim_schema::catalog;
///
/// let mut schema = catalog::user_schema();
/// for attribute in schema.attributes.iter_mut().filter(|one| one.name == "displayName") {
///     attribute.required = true;
/// }
/// let user = catalog::user_of(schema)?;
/// # Ok::<(), scim_schema::SchemaError>(())
/// ```
pub fn user_of(schema: Schema) -> Result<ResourceSchema, SchemaError> {
    let [display_name, active, emails, value] =
        ["displayName", "active", "emails", "value"].map(AttrName::from_static);
    Ok(ResourceSchema::new(schema)?
        .index(AttrPath::new(display_name))
        .index(AttrPath::new(active.clone()))
        .index(AttrPath::new(emails).with_sub(value))
        .default_value(active, Value::Bool(true)))
}

/// Groups: `members` is a relation, names are indexed.
#[expect(clippy::expect_used, reason = "the schema is part of the crate, and a test builds it")]
pub fn group() -> ResourceSchema {
    let [display_name, members] = ["displayName", "members"].map(AttrName::from_static);
    let group = ResourceSchema::new(group_schema()).expect("a schema of the catalogue");
    group.index(AttrPath::new(display_name)).relation(members)
}

#[expect(clippy::expect_used, reason = "the files are part of the crate, and a test reads each")]
fn read(json: &str) -> Schema {
    serde_json::from_str(json).expect("a schema file of the catalogue")
}

fn limited(json: &str, limits: &Overlay) -> Schema {
    let mut schema = read(json);
    limits.apply(&mut schema);
    schema
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_schema_of_the_catalogue_can_be_used_and_is_described() {
        for schema in ALL.iter().map(|schema| schema()) {
            assert!(ResourceSchema::new(schema.clone()).is_ok(), "{}", schema.id);
            assert!(!schema.description.is_empty() && !schema.name.is_empty(), "{}", schema.id);
            let parts = schema
                .attributes
                .iter()
                .flat_map(|one| std::iter::once(one).chain(&one.sub_attributes));
            for part in parts {
                assert!(!part.description.is_empty(), "{} {}", schema.id, part.name);
            }
        }
    }

    #[test]
    fn the_limits_of_prendio_can_have_other_names() {
        use scim_core::Compat;
        use serde_json::json;

        use crate::Mode;

        let name = AttrName::from_static;
        let uri = SchemaUri::from_static("urn:example:purchasing:1.0:User");
        let schema = prendio_as(uri, name("mayApprove"), name("maySpend"));
        let user = user().extend(schema).unwrap();
        let sent =
            |limits: Value| json!({"userName": "a", "urn:example:purchasing:1.0:User": limits});
        let judged = |limits| user.validate(sent(limits), Mode::Create, &Compat::INTEROP);
        assert!(judged(json!({"mayApprove": "2500.50", "maySpend": 0})).is_ok());
        assert!(judged(json!({"mayApprove": 1, "maySpend": -1})).is_err());
        assert!(judged(json!({"approvalLimit": 1})).is_err());
    }

    #[test]
    fn what_is_published_is_the_file() {
        let written = serde_json::to_value(user_schema()).unwrap();
        let file: Value = serde_json::from_str(include_str!("../data/user.json")).unwrap();
        assert_eq!(written, file);
    }
}
