//! Schemas that can be used and are dubious.

use std::{collections::HashSet, fmt};

use scim_core::{AttrName, Attribute, Kind, Schema, SchemaUri, common_attributes};

use crate::ResourceSchema;

/// What is dubious about a schema and no reason to refuse it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SchemaWarning {
    /// The schema.
    pub schema: SchemaUri,
    /// The attribute, such as `emails.primary`.
    pub attribute: String,
    /// What is dubious about it.
    pub rule: &'static str,
}

impl fmt::Display for SchemaWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}:{}` {}", self.schema, self.attribute, self.rule)
    }
}

/// What is dubious about the schemas of a resource type, in their order.
pub(crate) fn all(schema: &ResourceSchema) -> Vec<SchemaWarning> {
    let mut warnings = Vec::new();
    let core: HashSet<&AttrName> = schema.root().attributes().map(|own| &own.name).collect();
    let mut extended: HashSet<&AttrName> = HashSet::new();
    for (at, own) in schema.schemas().enumerate() {
        for attribute in &own.attributes {
            let name = &attribute.name;
            let mut warn = |attribute: String, rule| {
                warnings.push(SchemaWarning { schema: own.id.clone(), attribute, rule });
            };
            if at == 0 && common_attributes().iter().any(|common| common.name == *name) {
                warn(name.to_string(), "is a common attribute, of which schemas say nothing");
            }
            if at > 0 && core.contains(name) {
                warn(name.to_string(), "has the name of a core attribute");
            } else if at > 0 && !extended.insert(name) {
                warn(name.to_string(), "is ambiguous without its URN: another extension has it");
            }
            redefined(own, attribute).for_each(|(sub, rule)| warn(format!("{name}.{sub}"), rule));
        }
    }
    warnings
}

/// The default sub-attributes of which a schema says something else than RFC 7643 §2.4.
fn redefined<'a>(
    schema: &Schema,
    attribute: &'a Attribute,
) -> impl Iterator<Item = (&'a AttrName, &'static str)> {
    // The schema of schemas has parts of such names with meanings of their own (RFC 7643 §7).
    let parts: &[Attribute] =
        if schema.id == SchemaUri::SCHEMA { &[] } else { &attribute.sub_attributes };
    let multi_valued = attribute.multi_valued;
    parts.iter().filter(move |_| multi_valued).filter_map(|sub| {
        let expected = match sub.name.as_str() {
            "primary" if sub.kind != Kind::Boolean => "is a default sub-attribute, a boolean",
            "type" | "display" if sub.kind != Kind::String => {
                "is a default sub-attribute, a string"
            }
            "$ref" if sub.kind != Kind::Reference => "is a default sub-attribute, a reference",
            _ => return None,
        };
        Some((&sub.name, expected))
    })
}

#[cfg(test)]
mod tests {
    use crate::catalog;

    use super::*;

    fn named(name: &'static str, kind: Kind) -> Attribute {
        Attribute::new(AttrName::from_static(name), kind)
    }

    /// RFC 7643 §2.4, RFC 7643 §3.3
    #[test]
    fn what_is_redefined_is_named() {
        let lists = Attribute::complex(
            AttrName::from_static("badges"),
            [named("value", Kind::Integer), named("primary", Kind::String)],
        );
        let parts = [named("userName", Kind::String), named("id", Kind::String)];
        let one = Schema::new(
            "urn:test:One".parse().unwrap(),
            "One",
            [lists.multi_valued(), named("x", Kind::String)],
        );
        let two = Schema::new(
            "urn:test:Two".parse().unwrap(),
            "Two",
            [parts.as_slice(), &[named("X", Kind::String)]].concat(),
        );
        let user = catalog::user().extend(one).unwrap().extend(two).unwrap();
        let warnings: Vec<String> = user.warnings().iter().map(ToString::to_string).collect();
        assert_eq!(
            warnings,
            [
                "`urn:test:One:badges.primary` is a default sub-attribute, a boolean",
                "`urn:test:Two:userName` has the name of a core attribute",
                "`urn:test:Two:id` has the name of a core attribute",
                "`urn:test:Two:X` is ambiguous without its URN: another extension has it",
            ]
        );
    }

    #[test]
    fn the_catalogue_is_beyond_doubt() {
        for schema in catalog::ALL {
            let schema = ResourceSchema::new(schema()).unwrap();
            assert_eq!(schema.warnings(), [], "{}", schema.base().id);
        }
        let user = catalog::user().extend(catalog::enterprise()).unwrap();
        assert_eq!(user.extend(catalog::prendio()).unwrap().warnings(), []);
    }
}
