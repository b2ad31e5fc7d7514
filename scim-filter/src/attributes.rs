//! What a filter asks of a schema.

use scim_core::{AttrPath, Attribute, Compat, SchemaUri, common_attributes};

/// The attributes that filters and paths can name: a schema, or a list of one's own.
pub trait Attributes {
    /// The attribute that a path names, in whatever case and with or without its URN; `None` if
    /// there is no such attribute. The common attributes (RFC 7643 §3.1) are among them.
    fn resolve(&self, path: &AttrPath, compat: &Compat) -> Option<Resolved<'_>>;
}

/// What a path names.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Resolved<'a> {
    /// The extension that holds the attribute; `None` for the base schema and common attributes.
    pub container: Option<&'a SchemaUri>,
    /// The attribute; `None` if the path is the URI of an extension alone.
    pub attribute: Option<&'a Attribute>,
    /// The sub-attribute.
    pub sub: Option<&'a Attribute>,
}

/// A list of attributes without extensions, and the common attributes. URNs in paths are not
/// looked at.
impl Attributes for [Attribute] {
    fn resolve(&self, path: &AttrPath, _: &Compat) -> Option<Resolved<'_>> {
        let name = path.name()?.as_str();
        let attribute = self.iter().chain(common_attributes()).find(|known| known.name == name)?;
        let sub = match path.sub() {
            Some(sub) => Some(attribute.sub_attribute(sub.as_str())?),
            None => None,
        };
        Some(Resolved { container: None, attribute: Some(attribute), sub })
    }
}

impl Attributes for Vec<Attribute> {
    fn resolve(&self, path: &AttrPath, compat: &Compat) -> Option<Resolved<'_>> {
        self.as_slice().resolve(path, compat)
    }
}

impl<A: Attributes + ?Sized> Attributes for &A {
    fn resolve(&self, path: &AttrPath, compat: &Compat) -> Option<Resolved<'_>> {
        (**self).resolve(path, compat)
    }
}
