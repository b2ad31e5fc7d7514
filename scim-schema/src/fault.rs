//! Schemas that contradict themselves.

use std::{collections::HashSet, fmt};

use scim_core::{Attribute, Error, Kind, Mutability, Returned, Schema, SchemaUri, Uniqueness};
use scim_filter::Key;

/// Why schemas are refused: all their faults, each with the attribute it is found at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaError {
    schema: String,
    faults: Vec<SchemaFault>,
}

/// One fault of a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SchemaFault {
    /// The schema's URI; empty if it has none.
    pub schema: String,
    /// The attribute, such as `name.givenName`; empty for the schema itself.
    pub attribute: String,
    /// What is wrong with it.
    pub rule: &'static str,
}

impl SchemaError {
    /// An error to which the faults of a schema are added.
    pub(crate) fn new(schema: impl fmt::Display) -> Self {
        Self { schema: schema.to_string(), faults: Vec::new() }
    }

    pub(crate) fn push(&mut self, attribute: String, rule: &'static str) {
        self.faults.push(SchemaFault { schema: self.schema.clone(), attribute, rule });
    }

    pub(crate) fn append(&mut self, mut other: Self) {
        self.faults.append(&mut other.faults);
    }

    pub(crate) fn into_result(self) -> Result<(), Self> {
        if self.faults.is_empty() { Ok(()) } else { Err(self) }
    }

    /// The faults, those of one schema together.
    pub fn faults(&self) -> &[SchemaFault] {
        &self.faults
    }
}

impl fmt::Display for SchemaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut before: Option<&str> = None;
        for fault in &self.faults {
            if before == Some(fault.schema.as_str()) {
                f.write_str("; ")?;
            } else {
                f.write_str(if before.is_some() { "; " } else { "" })?;
                match fault.schema.as_str() {
                    "" => f.write_str("the schema cannot be used: ")?,
                    schema => write!(f, "the schema `{schema}` cannot be used: ")?,
                }
            }
            before = Some(&fault.schema);
            if !fault.attribute.is_empty() {
                write!(f, "`{}` ", fault.attribute)?;
            }
            f.write_str(fault.rule)?;
        }
        Ok(())
    }
}

impl std::error::Error for SchemaError {}

/// 500: a schema is the server's own affair.
impl From<SchemaError> for Error {
    fn from(_: SchemaError) -> Self {
        Self::internal()
    }
}

/// # Errors
/// All that contradicts RFC 7643 §2 and §7.
pub(crate) fn check(schema: &Schema) -> Result<(), SchemaError> {
    let mut faults = Faults {
        error: SchemaError::new(&schema.id),
        nested: schema.id == SchemaUri::SCHEMA,
        opaque: schema.opaque_names,
    };
    faults.attributes("", &schema.attributes);
    faults.error.into_result()
}

/// # Errors
/// When an extension cannot stand beside these schemas, because paths would be ambiguous.
pub(crate) fn check_beside<'a>(
    schema: &Schema,
    others: impl Iterator<Item = &'a Schema>,
) -> Result<(), SchemaError> {
    let mut error = SchemaError::new(&schema.id);
    for other in others {
        if other.id == schema.id {
            error.push(String::new(), "it is already part of the resource type");
        } else if is_path_in(&schema.id, other) || is_path_in(&other.id, schema) {
            error.push(String::new(), "its URI, or another's, reads as the path of an attribute");
        }
    }
    error.into_result()
}

fn is_path_in(uri: &SchemaUri, schema: &Schema) -> bool {
    let (uri, other) = (uri.as_str(), schema.id.as_str());
    let Some((start, rest)) = uri.split_at_checked(other.len()) else { return false };
    let name = rest.strip_prefix(':').filter(|_| start.eq_ignore_ascii_case(other));
    name.is_some_and(|name| schema.attributes.iter().any(|attribute| attribute.name == name))
}

/// What is wrong with the constraints of an attribute.
pub(crate) fn of_constraints(attribute: &Attribute) -> impl Iterator<Item = &'static str> {
    let constraints = attribute.constraints.as_deref().cloned().unwrap_or_default();
    let text = matches!(attribute.kind, Kind::String | Kind::Reference | Kind::Binary);
    let number = matches!(attribute.kind, Kind::Decimal | Kind::Integer);
    let ranged = constraints.min.is_some() || constraints.max.is_some();
    let bounds = constraints.min.as_ref().zip(constraints.max.as_ref());
    let empty = bounds.is_some_and(|(min, max)| Key::number(min) > Key::number(max));
    let rules = [
        (!text && constraints.max_length.is_some(), "is limited in length and is no text"),
        (!text && constraints.allowed.is_some(), "is limited to some texts and is no text"),
        (
            constraints.allowed.is_some_and(|allowed| allowed.values.is_empty()),
            "is limited to no text at all",
        ),
        (!text && constraints.format.is_some(), "has the format of a text and is no text"),
        (!number && ranged, "is limited to a range and is no number"),
        (empty, "is limited to a range that holds nothing"),
    ];
    rules.into_iter().filter(|(broken, _)| *broken).map(|(_, rule)| rule)
}

struct Faults {
    error: SchemaError,
    /// The schema of schemas alone may nest complex attributes (RFC 7643 §2.3.8).
    nested: bool,
    /// Names may lie outside the grammar (RFC 7643 §2.1).
    opaque: bool,
}

impl Faults {
    fn attributes(&mut self, parent: &str, attributes: &[Attribute]) {
        let mut names = HashSet::new();
        for attribute in attributes {
            let path = match parent {
                "" => attribute.name.to_string(),
                parent => format!("{parent}.{}", attribute.name),
            };
            self.when(&path, !names.insert(&attribute.name), "is there twice");
            self.attribute(&path, attribute);
            let too_deep = attribute.kind == Kind::Complex && !parent.is_empty() && !self.nested;
            self.when(&path, too_deep, "is complex inside a complex attribute");
            self.attributes(&path, &attribute.sub_attributes);
        }
    }

    fn attribute(&mut self, path: &str, attribute: &Attribute) {
        let complex = attribute.kind == Kind::Complex;
        let unique = attribute.uniqueness != Uniqueness::None;
        let rules = [
            (
                !self.opaque && !attribute.name.is_standard(),
                "has a name outside the grammar, which the schema does not allow for",
            ),
            (!complex && !attribute.sub_attributes.is_empty(), "is simple and has sub-attributes"),
            (
                complex && attribute.sub_attributes.is_empty(),
                "is complex and has no sub-attributes",
            ),
            (complex && attribute.case_exact, "is complex and says that case counts"),
            (complex && unique, "is complex and says that it is unique"),
            (
                matches!(attribute.kind, Kind::Boolean | Kind::Binary) && unique,
                "is of a type that cannot be unique",
            ),
            (
                attribute.kind != Kind::Reference && !attribute.reference_types.is_empty(),
                "names reference types and is no reference",
            ),
            (
                attribute.mutability == Mutability::WriteOnly
                    && attribute.returned != Returned::Never,
                "can only be written and is returned",
            ),
        ];
        for (broken, rule) in rules {
            self.when(path, broken, rule);
        }
        for rule in of_constraints(attribute) {
            self.when(path, true, rule);
        }
    }

    fn when(&mut self, path: &str, broken: bool, rule: &'static str) {
        if broken {
            self.error.push(path.to_owned(), rule);
        }
    }
}

#[cfg(test)]
mod tests {
    use scim_core::{AttrName, Constraints};

    use super::*;

    fn named(name: &'static str, kind: Kind) -> Attribute {
        Attribute::new(AttrName::from_static(name), kind)
    }

    /// RFC 7643 §1.2, RFC 7643 §2.3.8, RFC 7643 §7
    #[test]
    fn all_faults_of_a_schema_are_named_at_once() {
        let mut simple = named("simple", Kind::String);
        simple.sub_attributes.push(named("part", Kind::String));
        let inner = Attribute::complex(AttrName::from_static("inner"), [named("x", Kind::String)]);
        let schema = Schema::new(
            "urn:test:Faulty".parse().unwrap(),
            "Faulty",
            [
                simple,
                named("bare", Kind::Complex),
                Attribute::complex(AttrName::from_static("outer"), [inner]).case_exact(),
                named("secret", Kind::String).mutability(Mutability::WriteOnly),
                named("SECRET", Kind::String).reference_types(["User"]),
                named("flag", Kind::Boolean).uniqueness(Uniqueness::Server),
                Attribute::new(AttrName::opaque("Date of birth").unwrap(), Kind::String),
                named("limit", Kind::Decimal)
                    .constrained(Constraints::new().at_least(2).at_most(1).max_length(3)),
            ],
        );
        let error = check(&schema).unwrap_err();
        insta::assert_snapshot!(error, @"the schema `urn:test:Faulty` cannot be used: `simple` is simple and has sub-attributes; `bare` is complex and has no sub-attributes; `outer` is complex and says that case counts; `outer.inner` is complex inside a complex attribute; `secret` can only be written and is returned; `SECRET` is there twice; `SECRET` names reference types and is no reference; `flag` is of a type that cannot be unique; `Date of birth` has a name outside the grammar, which the schema does not allow for; `limit` is limited in length and is no text; `limit` is limited to a range that holds nothing");
    }

    /// RFC 7643 §10.2.1
    #[test]
    fn a_uri_that_reads_as_an_attribute_of_another_schema_is_refused() {
        let uri = |text: &str| text.parse::<SchemaUri>().unwrap();
        let schema = Schema::new(uri("urn:test:A"), "A", [named("name", Kind::String)]);
        let other = Schema::new(uri("URN:test:a:Name"), "B", []);
        assert!(check_beside(&schema, [&other].into_iter()).is_err());
        assert!(check_beside(&other, [&schema].into_iter()).is_err());
        let beside = Schema::new(uri("urn:test:A:other"), "C", []);
        assert!(check_beside(&beside, [&schema, &other].into_iter()).is_ok());
    }
}
