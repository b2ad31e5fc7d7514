//! Paths resolved among the schemas of a resource type (RFC 7644 §3.10).

use scim_core::{AttrName, AttrPath, Compat, SchemaUri};
use scim_filter::{Attributes, Resolved};

use crate::{ResourceSchema, container::Container};

/// Core attributes first, then those of extensions by their URN (RFC 7644 §3.10). A URN ends
/// where a registered schema's does.
impl Attributes for ResourceSchema {
    fn resolve(&self, path: &AttrPath, compat: &Compat) -> Option<Resolved<'_>> {
        let (Some(name), sub) = (path.name(), path.sub()) else {
            return self.schema_or_dotted(path.uri()?, compat);
        };
        let Some(uri) = path.uri() else {
            let core = self.within(self.root(), name, sub);
            return match core {
                None if compat.unqualified_extensions => self.unqualified(name, sub),
                found => found,
            };
        };
        if let Some(container) = self.container(uri.as_str()) {
            return self.within(container, name, sub);
        }
        let whole = path.whole()?;
        self.schema_or_dotted(&whole, compat)
    }
}

impl ResourceSchema {
    /// A whole schema; leniently also an attribute of one, behind a dot in place of a colon.
    fn schema_or_dotted(&self, uri: &SchemaUri, compat: &Compat) -> Option<Resolved<'_>> {
        if let Some(container) = self.container(uri.as_str()) {
            let uri = (!self.is_base(container)).then_some(container.uri());
            return Some(Resolved { container: uri, attribute: None, sub: None });
        }
        if !compat.dot_after_urn {
            return None;
        }
        let dots = uri.as_str().match_indices('.').map(|(at, _)| uri.as_str().split_at(at));
        let mut parts = dots.filter_map(|(schema, rest)| {
            let container = self.container(schema)?;
            let path: AttrPath = rest.strip_prefix('.')?.parse().ok()?;
            self.within(container, path.name().filter(|_| path.uri().is_none())?, path.sub())
        });
        parts.next()
    }

    fn within<'a>(
        &'a self,
        container: &'a Container,
        name: &AttrName,
        sub: Option<&AttrName>,
    ) -> Option<Resolved<'a>> {
        let node = container.node(name.as_str())?;
        let sub = match sub {
            Some(sub) => Some(node.part(sub.as_str())?),
            None => None,
        };
        let container = (!self.is_base(container)).then_some(container.uri());
        Some(Resolved { container, attribute: Some(&node.attribute), sub })
    }

    /// An attribute of an extension, named without its URN, if exactly one extension has it.
    fn unqualified<'a>(&'a self, name: &AttrName, sub: Option<&AttrName>) -> Option<Resolved<'a>> {
        let mut found = self
            .extension_parts()
            .iter()
            .filter_map(|extension| self.within(&extension.container, name, sub));
        let first = found.next()?;
        found.next().is_none().then_some(first)
    }
}
