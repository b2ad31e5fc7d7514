//! A resource's schema: a base, its extensions, and what a store has to know of them.

use std::sync::{Arc, OnceLock};

use scim_core::{AttrName, AttrPath, Formats, Schema, common_attributes};
use serde_json::Value;

use crate::{
    Indexed, SchemaError, SchemaWarning, container::Container, fault, names::Names,
    projection::Plan, warning,
};

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
    /// The URIs of the extensions.
    uris: Names,
    relations: Vec<AttrName>,
    indexed: Vec<AttrPath>,
    defaults: Vec<(AttrName, Value)>,
    formats: Formats,
    keeps_extensions: bool,
    passed_over: Vec<AttrName>,
    default_plan: OnceLock<Arc<Plan>>,
    returns_on_request: OnceLock<bool>,
    index: OnceLock<Vec<Indexed>>,
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
        let mut base = Container::new(base, common_attributes());
        base.judge_formats(Formats::default());
        Ok(Self(Arc::new(Parts {
            base,
            extensions: Vec::new(),
            uris: Names::default(),
            relations: Vec::new(),
            indexed: vec![AttrPath::new(AttrName::from_static("externalId"))],
            defaults: Vec::new(),
            formats: Formats::default(),
            keeps_extensions: false,
            passed_over: Vec::new(),
            default_plan: OnceLock::new(),
            returns_on_request: OnceLock::new(),
            index: OnceLock::new(),
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
        fault::check_beside(&schema, self.schemas())?;
        let mut container = Container::new(schema, &[]);
        container.judge_formats(self.0.formats);
        let parts = self.edit();
        parts.extensions.push(Extension { container, required });
        let uris: Vec<_> = parts.extensions.iter().map(|known| known.container.uri()).collect();
        parts.uris = Names::of(&uris);
        Ok(self)
    }

    /// Declares a multi-valued attribute as a relation: its elements are told apart by `value`
    /// alone and stores keep them as rows, so that a change costs what it changes.
    #[must_use]
    pub fn relation(mut self, attribute: AttrName) -> Self {
        let parts = self.edit();
        parts.base.relate(&attribute);
        parts.relations.push(attribute);
        self
    }

    /// Asks stores to index an attribute.
    #[must_use]
    pub fn index(mut self, attribute: AttrPath) -> Self {
        self.edit().indexed.push(attribute);
        self
    }

    /// Gives an attribute of the base schema a value when a resource is created without it. A
    /// replacement that leaves it out keeps what is stored (RFC 7644 §3.3, §3.5.1).
    #[must_use]
    pub fn default_value(mut self, attribute: AttrName, value: Value) -> Self {
        self.edit().defaults.push((attribute, value));
        self
    }

    /// Says what becomes of values that are not of the form a RFC gives them, or not among the
    /// `canonicalValues`; they are reported unless said otherwise.
    #[must_use]
    pub fn formats(mut self, formats: Formats) -> Self {
        let parts = self.edit();
        parts.formats = formats;
        parts.base.judge_formats(formats);
        for extension in &mut parts.extensions {
            extension.container.judge_formats(formats);
        }
        self
    }

    /// Lets a replacement keep the extensions of which it says nothing. Without this it clears
    /// them (RFC 7644 §3.5.1 leaves the choice to the server).
    #[must_use]
    pub fn keep_extensions(mut self) -> Self {
        self.edit().keeps_extensions = true;
        self
    }

    /// Lets a PATCH pass over a readOnly attribute of the base schema instead of refusing whatever
    /// names it (RFC 7644 §3.5.2), so that the rest of the request takes effect.
    #[must_use]
    pub fn pass_over(mut self, attribute: AttrName) -> Self {
        self.edit().passed_over.push(attribute);
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

    /// What is dubious about the schemas and no reason to refuse them.
    pub fn warnings(&self) -> Vec<SchemaWarning> {
        warning::all(self)
    }

    /// The attributes that are relations.
    pub fn relations(&self) -> &[AttrName] {
        &self.0.relations
    }

    /// Whether a PATCH passes over an attribute that it cannot write.
    pub fn passes_over(&self, attribute: &str) -> bool {
        self.0.passed_over.iter().any(|passed_over| passed_over == attribute)
    }

    /// Whether an attribute is a relation.
    pub fn is_relation(&self, attribute: &str) -> bool {
        self.0.relations.iter().any(|relation| relation == attribute)
    }

    /// The resource types that the elements of a relation can name, the likeliest first: the
    /// `referenceTypes` of its `$ref` (RFC 7643 §7). None if the schema does not say.
    pub fn related_types(&self, relation: &str) -> &[String] {
        let reference = self.root().get(relation).and_then(|one| one.sub_attribute("$ref"));
        reference.map_or(&[], |reference| reference.reference_types.as_slice())
    }

    /// Every change goes through here, since what is derived from all parts is to be derived anew.
    fn edit(&mut self) -> &mut Parts {
        let parts = Arc::make_mut(&mut self.0);
        parts.default_plan = OnceLock::new();
        parts.returns_on_request = OnceLock::new();
        parts.index = OnceLock::new();
        parts
    }

    pub(crate) fn containers_mut(&mut self) -> impl Iterator<Item = &mut Container> {
        let parts = self.edit();
        let extensions = parts.extensions.iter_mut().map(|extension| &mut extension.container);
        std::iter::once(&mut parts.base).chain(extensions)
    }

    pub(crate) fn defaults(&self) -> &[(AttrName, Value)] {
        &self.0.defaults
    }

    pub(crate) fn indexed_paths(&self) -> &[AttrPath] {
        &self.0.indexed
    }

    pub(crate) fn level(&self) -> Formats {
        self.0.formats
    }

    pub(crate) fn keeps_extensions(&self) -> bool {
        self.0.keeps_extensions
    }

    /// What [`ResourceSchema::indexed`] gives, found when it is first asked for.
    pub(crate) fn indexed_once(&self, find: impl FnOnce() -> Vec<Indexed>) -> &[Indexed] {
        self.0.index.get_or_init(find)
    }

    pub(crate) fn default_plan(&self) -> Arc<Plan> {
        self.0.default_plan.get_or_init(|| Arc::new(Plan::default_of(self))).clone()
    }

    /// Whether any attribute is returned on request only.
    pub(crate) fn returns_on_request(&self) -> bool {
        *self.0.returns_on_request.get_or_init(|| Plan::has_requested(self))
    }

    pub(crate) fn root(&self) -> &Container {
        &self.0.base
    }

    pub(crate) fn extension_parts(&self) -> &[Extension] {
        &self.0.extensions
    }

    pub(crate) fn extension_position(&self, uri: &str) -> Option<usize> {
        let known = &self.0.extensions;
        self.0.uris.find(uri, |at| known.get(at).map(|known| known.container.uri().as_str()))
    }

    pub(crate) fn extension(&self, uri: &str) -> Option<&Extension> {
        self.0.extensions.get(self.extension_position(uri)?)
    }

    /// The schema with this URI.
    pub(crate) fn container(&self, uri: &str) -> Option<&Container> {
        if *self.0.base.uri() == *uri {
            return Some(&self.0.base);
        }
        self.extension(uri).map(|extension| &extension.container)
    }

    pub(crate) fn is_base(&self, container: &Container) -> bool {
        std::ptr::eq(container, &self.0.base)
    }
}
