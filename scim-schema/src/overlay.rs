//! Limits laid over the schemas of a resource type.

use scim_core::{AttrPath, Attribute, Compat, Constraints, Kind, Schema, SchemaUri};
use scim_filter::Attributes;

use crate::{ResourceSchema, SchemaError, fault};

/// Constraints on attributes that a deployment lays over its schemas: lengths, allowed values,
/// ranges. What is published stays as it is.
///
/// ```
/// use scim_core::Constraints;
/// use scim_schema::{Overlay, catalog};
///
/// let limits = Overlay::new()
///     .on("title".parse()?, Constraints::new().max_length(128))
///     .on("userType".parse()?, Constraints::new().one_of(["Employee", "Contractor"]));
/// let user = catalog::user().overlay(&limits)?;
/// # let _ = user;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Overlay(Vec<(Target, Constraints)>);

#[derive(Clone, Debug)]
enum Target {
    Path(AttrPath),
    All(SchemaUri, Kind),
}

impl Overlay {
    /// An overlay without constraints.
    pub fn new() -> Self {
        Self::default()
    }

    /// Constrains an attribute or sub-attribute. What earlier constraints say and these do not
    /// stays.
    #[must_use]
    pub fn on(mut self, attribute: AttrPath, constraints: Constraints) -> Self {
        self.0.push((Target::Path(attribute), constraints));
        self
    }

    /// Constrains all attributes and sub-attributes of a type in a schema, whatever their names.
    #[must_use]
    pub fn on_all(mut self, schema: SchemaUri, kind: Kind, constraints: Constraints) -> Self {
        self.0.push((Target::All(schema, kind), constraints));
        self
    }

    /// Lays the constraints over the attributes of one schema. What they say of others is passed
    /// over.
    pub(crate) fn apply(&self, schema: &mut Schema) {
        let uri = schema.id.clone();
        for attribute in &mut schema.attributes {
            let name = AttrPath::new(attribute.name.clone()).in_schema(uri.clone());
            self.constrain(&name, &uri, attribute);
            for sub in &mut attribute.sub_attributes {
                self.constrain(&name.clone().with_sub(sub.name.clone()), &uri, sub);
            }
        }
    }

    fn constrain(&self, path: &AttrPath, schema: &SchemaUri, attribute: &mut Attribute) {
        for (target, constraints) in &self.0 {
            let meant = match target {
                Target::Path(target) => target == path,
                Target::All(uri, kind) => uri == schema && *kind == attribute.kind,
            };
            if meant {
                lay(constraints, attribute);
            }
        }
    }
}

impl ResourceSchema {
    /// Lays constraints over the attributes of the resource type.
    ///
    /// # Errors
    /// When a constraint names no attribute of the type, does not apply to the attribute's type,
    /// or lets nothing pass; the error names all such.
    pub fn overlay(mut self, overlay: &Overlay) -> Result<Self, SchemaError> {
        let mut error = SchemaError::new(&self.base().id);
        for (target, constraints) in &overlay.0 {
            match self.canonical(target) {
                Some(target) => self.lay(&target, constraints, &mut error),
                None => error.push(label(target), "is no attribute of the resource type"),
            }
        }
        let level = self.level();
        error.into_result().map(|()| self.formats(level))
    }

    fn canonical(&self, target: &Target) -> Option<Target> {
        match target {
            Target::Path(path) => {
                let resolved = self.resolve(path, &Compat::INTEROP)?;
                resolved.attribute?;
                Some(Target::Path(resolved.path()))
            }
            Target::All(uri, kind) => {
                let container = self.container(uri.as_str())?;
                Some(Target::All(container.uri().clone(), *kind))
            }
        }
    }

    fn lay(&mut self, target: &Target, constraints: &Constraints, error: &mut SchemaError) {
        let base = self.base().id.clone();
        for container in self.containers_mut() {
            let uri = container.uri().clone();
            container.edit(|name, sub, attribute| {
                let is_named = |path: &AttrPath| {
                    path.uri().unwrap_or(&base) == &uri
                        && path.name().is_some_and(|own| own.as_str() == name)
                        && path.sub().map(|own| own.as_str()) == sub
                };
                let meant = match target {
                    Target::Path(path) => is_named(path),
                    Target::All(schema, kind) => *schema == uri && *kind == attribute.kind,
                };
                if meant {
                    lay(constraints, attribute);
                    for rule in fault::of_constraints(attribute) {
                        error.push(label(target), rule);
                    }
                }
            });
        }
    }
}

fn label(target: &Target) -> String {
    match target {
        Target::Path(path) => path.to_string(),
        Target::All(schema, _) => schema.to_string(),
    }
}

fn lay(constraints: &Constraints, attribute: &mut Attribute) {
    let Constraints { max_length, allowed, min, max, breach, format, .. } = constraints.clone();
    let known = attribute.constraints.get_or_insert_default();
    known.max_length = max_length.or(known.max_length);
    known.allowed = allowed.or(known.allowed.take());
    known.min = min.or(known.min.take());
    known.max = max.or(known.max.take());
    known.format = format.or(known.format);
    known.breach = breach;
}
