//! Schemas that contradict themselves.

use std::{collections::HashSet, fmt};

use scim_core::{Attribute, Error, Kind, Mutability, Returned, Schema, SchemaUri, Uniqueness};

/// Why a schema is refused: all its faults, each with the attribute it is found at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaError {
    schema: SchemaUri,
    faults: Vec<SchemaFault>,
}

/// One fault of a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SchemaFault {
    /// The attribute, such as `name.givenName`; empty for the schema itself.
    pub attribute: String,
    /// What is wrong with it.
    pub rule: &'static str,
}

impl SchemaError {
    pub(crate) fn repeated(schema: &SchemaUri) -> Self {
        let fault = SchemaFault {
            attribute: String::new(),
            rule: "the schema is already part of the resource type",
        };
        Self { schema: schema.clone(), faults: vec![fault] }
    }

    /// The schema's URI.
    pub fn schema(&self) -> &SchemaUri {
        &self.schema
    }

    /// Its faults.
    pub fn faults(&self) -> &[SchemaFault] {
        &self.faults
    }
}

impl fmt::Display for SchemaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the schema `{}` cannot be used", self.schema)?;
        for (position, fault) in self.faults.iter().enumerate() {
            f.write_str(if position == 0 { ": " } else { "; " })?;
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
    let mut faults = Faults { found: Vec::new(), nested: schema.id == SchemaUri::SCHEMA };
    faults.attributes("", &schema.attributes);
    if faults.found.is_empty() {
        Ok(())
    } else {
        Err(SchemaError { schema: schema.id.clone(), faults: faults.found })
    }
}

struct Faults {
    found: Vec<SchemaFault>,
    /// The schema of schemas alone may nest complex attributes (RFC 7643 §2.3.8).
    nested: bool,
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
        let rules = [
            (!complex && !attribute.sub_attributes.is_empty(), "is simple and has sub-attributes"),
            (
                complex && attribute.sub_attributes.is_empty(),
                "is complex and has no sub-attributes",
            ),
            (complex && attribute.case_exact, "is complex and says that case counts"),
            (
                complex && attribute.uniqueness != Uniqueness::None,
                "is complex and says that it is unique",
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
    }

    fn when(&mut self, path: &str, broken: bool, rule: &'static str) {
        if broken {
            self.found.push(SchemaFault { attribute: path.to_owned(), rule });
        }
    }
}

#[cfg(test)]
mod tests {
    use scim_core::AttrName;

    use super::*;

    fn named(name: &'static str, kind: Kind) -> Attribute {
        Attribute::new(AttrName::from_static(name), kind)
    }

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
            ],
        );
        let error = check(&schema).unwrap_err();
        let found: Vec<_> = error.faults().iter().map(|fault| fault.attribute.as_str()).collect();
        assert_eq!(found, ["simple", "bare", "outer", "outer.inner", "secret", "SECRET", "SECRET"]);
        insta::assert_snapshot!(error, @"the schema `urn:test:Faulty` cannot be used: `simple` is simple and has sub-attributes; `bare` is complex and has no sub-attributes; `outer` is complex and says that case counts; `outer.inner` is complex inside a complex attribute; `secret` can only be written and is returned; `SECRET` is there twice; `SECRET` names reference types and is no reference");
    }
}
