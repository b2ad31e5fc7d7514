//! Where attributes stand and how they compare.

use scim_core::{AttrPath, Attribute, Kind};

use crate::{Resolved, ResolvedPath};

impl<'a> Resolved<'a> {
    /// The sub-attribute, or else the attribute; `None` for an extension as a whole.
    pub fn innermost(&self) -> Option<&'a Attribute> {
        self.sub.or(self.attribute)
    }

    /// What comparing and sorting by this attribute is about: the attribute if its values are
    /// simple, the sub-attribute `value` if they are complex; `None` if there is no such
    /// (RFC 7644 §3.4.2.2 compares `emails` so; §3.4.2.3).
    pub fn comparable(self) -> Option<Self> {
        let inner = self.innermost()?;
        match inner.kind {
            Kind::Complex if self.sub.is_some() => None,
            Kind::Complex => Some(Self { sub: Some(inner.sub_attribute("value")?), ..self }),
            _ => Some(self),
        }
    }

    /// The path, in canonical spelling.
    pub fn path(&self) -> AttrPath {
        match (self.container, self.attribute) {
            (container, Some(attribute)) => AttrPath::from_parts(
                container.cloned(),
                attribute.name.clone(),
                self.sub.map(|sub| sub.name.clone()),
            ),
            (Some(container), None) => AttrPath::schema(container.clone()),
            (None, None) => AttrPath::schema(scim_core::SchemaUri::SCHEMA),
        }
    }
}

impl ResolvedPath {
    /// Where an attribute stands, and how its values compare.
    pub fn new(resolved: &Resolved<'_>) -> Self {
        let inner = resolved.innermost();
        let kind = inner.map_or(Kind::Complex, |inner| inner.kind);
        let parent = resolved.attribute.filter(|_| resolved.sub.is_some());
        Self {
            container: resolved.container.cloned(),
            name: resolved.attribute.map(|attribute| attribute.name.clone()),
            sub: resolved.sub.map(|sub| sub.name.clone()),
            kind,
            case_exact: match kind {
                // URIs of schemas are the same in any case (RFC 7644 §3.10), other references
                // and base64 are not (RFC 7643 §2.3.6, §2.3.7).
                Kind::Reference if is_schemas(resolved) => false,
                Kind::Reference | Kind::Binary => true,
                _ => inner.is_some_and(|inner| inner.case_exact),
            },
            multi_valued: resolved.attribute.is_some_and(|attribute| attribute.multi_valued),
            sub_multi_valued: resolved.sub.is_some_and(|sub| sub.multi_valued),
            default_false: parent
                .zip(resolved.sub)
                .is_some_and(|(parent, sub)| defaults(parent, sub)),
        }
    }

    /// The same, in an element of the attribute that it is a part of.
    pub(crate) fn part_of(mut self, parent: &Attribute) -> Self {
        // No part of an element is the list of a resource's schemas.
        self.case_exact |= self.kind == Kind::Reference;
        self.default_false = self
            .name
            .as_ref()
            .and_then(|name| parent.sub_attribute(name.as_str()))
            .is_some_and(|sub| defaults(parent, sub));
        self
    }

    /// The element of a list of simple values.
    pub(crate) fn of_element(self) -> Self {
        Self {
            container: None,
            name: None,
            sub: None,
            multi_valued: false,
            sub_multi_valued: false,
            default_false: false,
            ..self
        }
    }
}

fn is_schemas(resolved: &Resolved<'_>) -> bool {
    resolved.container.is_none()
        && resolved.sub.is_none()
        && resolved.attribute.is_some_and(|attribute| attribute.name == "schemas")
}

/// Elements that do not say whether they are primary are not (RFC 7643 §2.4).
fn defaults(parent: &Attribute, sub: &Attribute) -> bool {
    parent.multi_valued && sub.kind == Kind::Boolean && sub.name == "primary"
}

#[cfg(test)]
mod tests {
    use scim_core::{AttrName, SchemaUri};

    use super::*;

    fn named(name: &'static str, kind: Kind) -> Attribute {
        Attribute::new(AttrName::from_static(name), kind)
    }

    #[test]
    fn case_counts_in_every_reference_but_the_schemas_of_a_resource() {
        let schemas = named("schemas", Kind::Reference);
        let extension = SchemaUri::ENTERPRISE_USER;
        let is_exact = |container, sub| {
            ResolvedPath::new(&Resolved { container, attribute: Some(&schemas), sub }).case_exact
        };
        assert!(!is_exact(None, None));
        assert!(is_exact(Some(&extension), None));
        assert!(is_exact(None, Some(&named("schemas", Kind::Reference))));
    }

    #[test]
    fn elements_that_do_not_say_whether_they_are_primary_are_not() {
        let list = |part: Attribute| {
            Attribute::complex(AttrName::from_static("list"), [part]).multi_valued()
        };
        let single = |part| Attribute::complex(AttrName::from_static("single"), [part]);
        let primary = || named("primary", Kind::Boolean);
        for (attribute, outcome) in [
            (list(primary()), true),
            (single(primary()), false),
            (list(named("primary", Kind::String)), false),
            (list(named("shown", Kind::Boolean)), false),
        ] {
            let whole = Resolved { container: None, attribute: Some(&attribute), sub: None };
            let sub = attribute.sub_attributes.first();
            let path = ResolvedPath::new(&Resolved { sub, ..whole });
            assert_eq!(path.default_false, outcome, "{path}");
            let inside = Resolved { container: None, attribute: sub, sub: None };
            let inside = ResolvedPath::new(&inside).part_of(&attribute);
            assert_eq!(inside.default_false, outcome, "{path} in brackets");
        }
    }

    #[test]
    fn an_element_of_a_list_in_an_element_is_one_value_without_a_default() {
        let part = named("primary", Kind::Boolean).multi_valued();
        let list = Attribute::complex(AttrName::from_static("list"), [part.clone()]).multi_valued();
        let whole = Resolved { container: None, attribute: Some(&list), sub: Some(&part) };
        let element = ResolvedPath::new(&whole).of_element();
        assert_eq!((element.name.as_ref(), element.sub.as_ref()), (None, None));
        assert!(!element.multi_valued && !element.sub_multi_valued && !element.default_false);
    }

    #[test]
    fn a_complex_part_of_a_complex_attribute_is_not_compared_by_its_value() {
        let inner =
            Attribute::complex(AttrName::from_static("inner"), [named("value", Kind::String)]);
        let outer = Attribute::complex(AttrName::from_static("outer"), [inner.clone()]);
        let whole = Resolved { container: None, attribute: Some(&outer), sub: Some(&inner) };
        assert_eq!(whole.comparable(), None);
        let alone = Resolved { container: None, attribute: Some(&inner), sub: None };
        assert_eq!(alone.comparable().and_then(|found| found.sub), inner.sub_attribute("value"));
    }
}
