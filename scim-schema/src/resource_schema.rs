//! A resource's schema: a base, its extensions, and what a store has to know of them.

use std::{hash::Hash, sync::Arc};

use hashbrown::{Equivalent, HashMap};
use scim_core::{AttrName, AttrPath, Attribute, Compat, Schema, SchemaUri, common_attributes};
use scim_filter::{Attributes, Resolved};
use serde_json::Value;

use crate::{SchemaError, fault};

/// The schema of a resource type: its base schema, its extensions, its relations and its indexed
/// attributes (RFC 7643 §3, §6). Built once, cloned for the price of a pointer.
///
/// ```
/// use scim_schema::{ResourceSchema, catalog};
///
/// let user = catalog::user().extend(catalog::enterprise())?;
/// assert_eq!(user.schemas().count(), 2);
/// # Ok::<(), scim_schema::SchemaError>(())
/// ```
#[derive(Clone, Debug)]
pub struct ResourceSchema(Arc<Parts>);

#[derive(Clone, Debug)]
struct Parts {
    base: Container,
    extensions: Vec<Extension>,
    relations: Vec<AttrName>,
    indexed: Vec<AttrPath>,
    defaults: Vec<(AttrName, Value)>,
}

/// An extension of a resource type (RFC 7643 §6, `schemaExtensions`).
#[derive(Clone, Debug)]
pub(crate) struct Extension {
    pub(crate) container: Container,
    pub(crate) required: bool,
}

impl ResourceSchema {
    /// A resource type without extensions.
    ///
    /// # Errors
    /// When the schema contradicts itself; the error names all its faults.
    pub fn new(base: Schema) -> Result<Self, SchemaError> {
        fault::check(&base)?;
        Ok(Self(Arc::new(Parts {
            base: Container::new(base, common_attributes()),
            extensions: Vec::new(),
            relations: Vec::new(),
            indexed: vec![AttrPath::new(AttrName::from_static("externalId"))],
            defaults: Vec::new(),
        })))
    }

    /// Adds an extension that resources may have.
    ///
    /// # Errors
    /// When the schema contradicts itself, or is there already.
    pub fn extend(self, extension: Schema) -> Result<Self, SchemaError> {
        self.with_extension(extension, false)
    }

    /// Adds an extension that every resource must have.
    ///
    /// # Errors
    /// When the schema contradicts itself, or is there already.
    pub fn require(self, extension: Schema) -> Result<Self, SchemaError> {
        self.with_extension(extension, true)
    }

    fn with_extension(mut self, schema: Schema, required: bool) -> Result<Self, SchemaError> {
        fault::check(&schema)?;
        if self.schemas().any(|known| known.id == schema.id) {
            return Err(SchemaError::repeated(&schema.id));
        }
        let container = Container::new(schema, &[]);
        Arc::make_mut(&mut self.0).extensions.push(Extension { container, required });
        Ok(self)
    }

    /// Declares a multi-valued attribute as a relation: its elements are told apart by `value`
    /// alone and stores keep them as rows, so that a change costs what it changes.
    #[must_use]
    pub fn relation(mut self, attribute: AttrName) -> Self {
        Arc::make_mut(&mut self.0).relations.push(attribute);
        self
    }

    /// Asks stores to index an attribute.
    #[must_use]
    pub fn index(mut self, attribute: AttrPath) -> Self {
        Arc::make_mut(&mut self.0).indexed.push(attribute);
        self
    }

    /// Gives an attribute of the base schema a value when a resource is created without it. A
    /// replacement that leaves it out keeps what is stored (RFC 7644 §3.3, §3.5.1).
    #[must_use]
    pub fn default_value(mut self, attribute: AttrName, value: Value) -> Self {
        Arc::make_mut(&mut self.0).defaults.push((attribute, value));
        self
    }

    /// The base schema.
    pub fn base(&self) -> &Schema {
        &self.0.base.schema
    }

    /// The base schema, then the extensions in the order they were added.
    pub fn schemas(&self) -> impl Iterator<Item = &Schema> {
        let extensions = self.0.extensions.iter().map(|extension| &extension.container.schema);
        std::iter::once(&self.0.base.schema).chain(extensions)
    }

    /// The extensions, and whether a resource must have them.
    pub fn extensions(&self) -> impl Iterator<Item = (&Schema, bool)> {
        self.0.extensions.iter().map(|extension| (&extension.container.schema, extension.required))
    }

    /// The attributes that are relations.
    pub fn relations(&self) -> &[AttrName] {
        &self.0.relations
    }

    /// Whether an attribute is a relation.
    pub fn is_relation(&self, attribute: &str) -> bool {
        self.0.relations.iter().any(|relation| relation == attribute)
    }

    pub(crate) fn defaults(&self) -> &[(AttrName, Value)] {
        &self.0.defaults
    }

    pub(crate) fn indexed_paths(&self) -> &[AttrPath] {
        &self.0.indexed
    }

    pub(crate) fn root(&self) -> &Container {
        &self.0.base
    }

    pub(crate) fn containers(&self) -> &[Extension] {
        &self.0.extensions
    }

    pub(crate) fn extension(&self, uri: &str) -> Option<&Extension> {
        self.0.extensions.iter().find(|extension| extension.container.schema.id == uri)
    }

    /// The container of a schema; the outer `None` if no schema of this type has the URI.
    fn container(&self, uri: &SchemaUri) -> Option<&Container> {
        if self.0.base.schema.id == *uri {
            return Some(&self.0.base);
        }
        self.extension(uri.as_str()).map(|extension| &extension.container)
    }

    fn is_base(&self, container: &Container) -> bool {
        std::ptr::eq(container, &self.0.base)
    }

    fn within<'a>(
        &'a self,
        container: &'a Container,
        name: &AttrName,
        sub: Option<&AttrName>,
    ) -> Option<Resolved<'a>> {
        let attribute = container.get(name.as_str())?;
        let sub = match sub {
            Some(sub) => Some(attribute.sub_attribute(sub.as_str())?),
            None => None,
        };
        let container = (!self.is_base(container)).then_some(&container.schema.id);
        Some(Resolved { container, attribute: Some(attribute), sub })
    }

    fn whole<'a>(&'a self, container: &'a Container) -> Resolved<'a> {
        let uri = (!self.is_base(container)).then_some(&container.schema.id);
        Resolved { container: uri, attribute: None, sub: None }
    }

    /// An attribute of an extension, named without its URN, if exactly one extension has it.
    fn unqualified<'a>(&'a self, name: &AttrName, sub: Option<&AttrName>) -> Option<Resolved<'a>> {
        let mut found = self
            .0
            .extensions
            .iter()
            .filter_map(|extension| self.within(&extension.container, name, sub));
        let first = found.next()?;
        found.next().is_none().then_some(first)
    }
}

/// Core attributes first, then those of extensions by their URN (RFC 7644 §3.10). A URN ends
/// where a registered schema's does.
impl Attributes for ResourceSchema {
    fn resolve(&self, path: &AttrPath, compat: &Compat) -> Option<Resolved<'_>> {
        let (Some(name), sub) = (path.name(), path.sub()) else {
            return path.uri().and_then(|uri| self.container(uri)).map(|found| self.whole(found));
        };
        let Some(uri) = path.uri() else {
            let core = self.within(&self.0.base, name, sub);
            return match core {
                None if compat.unqualified_extensions => self.unqualified(name, sub),
                found => found,
            };
        };
        if let Some(container) = self.container(uri) {
            return self.within(container, name, sub);
        }
        if let Some(container) = path.whole().and_then(|uri| self.container(&uri)) {
            return Some(self.whole(container));
        }
        if !compat.dot_after_urn {
            return None;
        }
        let schema: SchemaUri = format!("{uri}:{name}").parse().ok()?;
        self.within(self.container(&schema)?, sub?, None)
    }
}

/// The attributes of one schema by name, without case.
#[derive(Clone, Debug)]
pub(crate) struct Container {
    pub(crate) schema: Schema,
    /// The common attributes for a base schema, then its own.
    attributes: Vec<Attribute>,
    by_name: HashMap<AttrName, usize>,
}

impl Container {
    fn new(schema: Schema, common: &[Attribute]) -> Self {
        // What a schema says of a common attribute does not count (RFC 7643 §3.1).
        let own = schema
            .attributes
            .iter()
            .filter(|own| common.iter().all(|known| known.name != own.name));
        let attributes: Vec<Attribute> = common.iter().chain(own).cloned().collect();
        let by_name =
            attributes.iter().enumerate().map(|(at, known)| (known.name.clone(), at)).collect();
        Self { schema, attributes, by_name }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Attribute> {
        self.by_name.get(&Folded(name)).and_then(|at| self.attributes.get(*at))
    }

    pub(crate) fn attributes(&self) -> &[Attribute] {
        &self.attributes
    }
}

/// A name as it stands in a document, to be looked up among [`AttrName`]s.
struct Folded<'a>(&'a str);

impl Hash for Folded<'_> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        AttrName::hash_text(self.0, state);
    }
}

impl Equivalent<AttrName> for Folded<'_> {
    fn equivalent(&self, name: &AttrName) -> bool {
        name == self.0
    }
}
