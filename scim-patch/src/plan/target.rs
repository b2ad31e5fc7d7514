//! What paths and names in values refer to.

use scim_core::{AttrName, AttrPath, Attribute, Mutability, SchemaUri};
use scim_filter::{Attributes, Filter, Options, PatchPath, Resolved};
use scim_schema::{Place, ResourceSchema};

use super::build::Builder;

/// An attribute or sub-attribute that is written.
#[derive(Clone, Copy)]
pub(super) struct Target<'s> {
    pub(super) container: Option<&'s SchemaUri>,
    pub(super) attribute: &'s Attribute,
    pub(super) sub: Option<&'s Attribute>,
}

impl<'s> Target<'s> {
    pub(super) fn path(&self) -> AttrPath {
        AttrPath::from_parts(
            self.container.cloned(),
            self.attribute.name.clone(),
            self.sub.map(|sub| sub.name.clone()),
        )
    }

    pub(super) fn of_sub(self, sub: &'s Attribute) -> Self {
        Self { sub: Some(sub), ..self }
    }

    /// The attribute without its sub-attribute.
    pub(super) fn whole(self) -> Self {
        Self { sub: None, ..self }
    }

    pub(super) fn resolved(&self) -> Resolved<'s> {
        Resolved { container: self.container, attribute: Some(self.attribute), sub: self.sub }
    }

    /// Whether it is a common attribute of this name.
    pub(super) fn is_common(&self, name: &str) -> bool {
        self.container.is_none() && self.sub.is_none() && self.attribute.name == name
    }

    pub(super) fn is_read_only(&self) -> bool {
        let parts = [Some(self.attribute), self.sub];
        parts.into_iter().flatten().any(|part| part.mutability == Mutability::ReadOnly)
    }

    /// The place of the target, for as long as a walk needs it.
    pub(super) fn at<R>(&self, walk: impl FnOnce(Place<'_>) -> R) -> R {
        let root = Place::ROOT;
        let container = self.container.map(|uri| root.container(uri.as_str()));
        let attribute = container.as_ref().unwrap_or(&root).name(self.attribute.name.as_str());
        match self.sub {
            Some(sub) => walk(attribute.name(sub.name.as_str())),
            None => walk(attribute),
        }
    }
}

/// What a path or name refers to.
pub(super) enum Found<'s> {
    /// The resource itself.
    Root,
    /// An extension.
    Container(&'s SchemaUri),
    /// An attribute, and what stands behind it.
    Attribute(Target<'s>, Option<Filter>),
}

impl<'s> Builder<'s> {
    /// What a path refers to.
    pub(super) fn find(&self, path: &PatchPath) -> Option<Found<'s>> {
        self.find_parts(path.attr(), path.filter(), path.sub())
    }

    fn find_parts(
        &self,
        attr: &AttrPath,
        filter: Option<&Filter>,
        sub: Option<&AttrName>,
    ) -> Option<Found<'s>> {
        let schema: &'s ResourceSchema = self.schema;
        let Resolved { container, attribute, sub: first } = schema.resolve(attr, &self.compat)?;
        let Some(attribute) = attribute else {
            return Some(container.map_or(Found::Root, Found::Container));
        };
        let sub = match (first, sub) {
            (Some(_), Some(_)) => return None,
            (None, Some(sub)) => Some(attribute.sub_attribute(sub.as_str())?),
            (first, None) => first,
        };
        Some(Found::Attribute(Target { container, attribute, sub }, filter.cloned()))
    }

    /// What a name in a value refers to: an attribute, an extension, or a path written as a name.
    pub(super) fn find_name(&self, container: Option<&SchemaUri>, name: &str) -> Option<Found<'s>> {
        let within = |path: AttrPath| match container {
            Some(uri) if path.uri().is_none() => path.in_schema(uri.clone()),
            _ => path,
        };
        if let Ok(plain) = AttrName::opaque(name) {
            let found = self.find_parts(&within(AttrPath::new(plain)), None, None);
            if found.is_some() {
                return found;
            }
        }
        if container.is_none()
            && let Ok(uri) = name.parse::<SchemaUri>()
            && let Some(found) = self.find_parts(&AttrPath::schema(uri), None, None)
        {
            return Some(found);
        }
        if !self.compat.paths_as_names {
            return None;
        }
        let path = PatchPath::parse_with(name, &Options::STRICT.compat(self.compat)).ok()?;
        self.find_parts(&within(path.attr().clone()), path.filter(), path.sub())
    }

    /// Whether a path or name stands under the URI of a schema that is none of this type's.
    pub(super) fn is_foreign(&self, text: &str) -> bool {
        let outer = text.split(['[', '"']).next().unwrap_or_default();
        let under = |uri: &SchemaUri| {
            let head = outer.get(..uri.as_str().len()).unwrap_or_default();
            let tail = outer.get(uri.as_str().len()..).unwrap_or_default();
            *uri == head && (tail.is_empty() || tail.starts_with([':', '.']))
        };
        outer.contains(':') && !self.schema.schemas().any(|schema| under(&schema.id))
    }
}
