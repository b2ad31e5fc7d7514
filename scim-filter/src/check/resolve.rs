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
        self.default_false = self
            .name
            .as_ref()
            .and_then(|name| parent.sub_attribute(name.as_str()))
            .is_some_and(|sub| defaults(parent, sub));
        self
    }

    /// The element of a list of simple values.
    pub(crate) fn of_element(self) -> Self {
        Self { container: None, name: None, sub: None, multi_valued: false, ..self }
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
