//! What of a resource is returned (RFC 7643 §7 `returned`, RFC 7644 §3.9).

mod plan;
mod write;

use std::{borrow::Borrow, sync::Arc};

use scim_core::{AttrPath, Compat, Error, Mutability};
use scim_filter::{Attributes, Resolved};
use serde_json::{Map, Value};

use crate::ResourceSchema;

pub(crate) use plan::Plan;
use plan::{Choice, Named, Pick};

/// The attributes that an answer holds, and that a store must load for it.
///
/// Everything is decided when it is made, so that it costs little to apply it to many resources.
///
/// ```
/// use scim_core::Compat;
/// use scim_schema::{Projection, catalog};
/// use serde_json::json;
///
/// let user = catalog::user();
/// let names = Projection::only(&user, ["name.givenName"], &Compat::STRICT)?;
/// let mut resource = json!({"id": "1", "userName": "a", "name": {"givenName": "A", "familyName": "B"}});
/// names.apply(resource.as_object_mut().unwrap());
/// assert_eq!(resource, json!({"id": "1", "name": {"givenName": "A"}}));
/// # Ok::<(), scim_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Projection {
    schema: ResourceSchema,
    pick: Pick,
    touched: Option<Named>,
    plan: Arc<Plan>,
}

impl Projection {
    /// What is returned when the request does not say: attributes returned `always` and `default`.
    pub fn default_of(schema: &ResourceSchema) -> Self {
        let plan = schema.default_plan();
        Self { schema: schema.clone(), pick: Pick::Default, touched: None, plan }
    }

    /// The attributes named, and those returned always (`attributes`).
    ///
    /// # Errors
    /// 400 invalidValue for a name that the type does not have, unless [`Compat`] lets it pass.
    pub fn only<'a>(
        schema: &ResourceSchema,
        names: impl IntoIterator<Item = &'a str>,
        compat: &Compat,
    ) -> Result<Self, Error> {
        Ok(Self::of(schema, Pick::Only(resolve_all(schema, names, compat)?)))
    }

    /// What is returned by default but the attributes named (`excludedAttributes`).
    ///
    /// # Errors
    /// 400 invalidValue for a name that the type does not have, unless [`Compat`] lets it pass.
    pub fn except<'a>(
        schema: &ResourceSchema,
        names: impl IntoIterator<Item = &'a str>,
        compat: &Compat,
    ) -> Result<Self, Error> {
        Ok(Self::of(schema, Pick::Except(resolve_all(schema, names, compat)?)))
    }

    fn of(schema: &ResourceSchema, pick: Pick) -> Self {
        let plan = Arc::new(Plan::new(schema, &pick, None));
        Self { schema: schema.clone(), pick, touched: None, plan }
    }

    /// The same, and attributes returned on request that a request has written. It makes no
    /// difference where the request names the attributes to return.
    #[must_use]
    pub fn with_touched<P: Borrow<AttrPath>>(mut self, paths: impl IntoIterator<Item = P>) -> Self {
        if matches!(self.pick, Pick::Only(_)) || !self.schema.returns_on_request() {
            return self;
        }
        let mut touched = self.touched.take().unwrap_or_else(|| Named::none(&self.schema));
        for path in paths {
            if let Some(resolved) = self.schema.resolve(path.borrow(), &Compat::INTEROP) {
                touched.add(&self.schema, &resolved);
            }
        }
        self.plan = Arc::new(Plan::new(&self.schema, &self.pick, Some(&touched)));
        self.touched = Some(touched);
        self
    }

    /// Whether the request says what to return.
    pub fn is_default(&self) -> bool {
        matches!(self.pick, Pick::Default)
    }

    /// Whether an answer can hold an attribute of the base schema, so that a store must load it.
    pub fn includes(&self, attribute: &str) -> bool {
        let at = self.schema.root().position(attribute);
        at.is_some_and(|at| *self.plan.base(at) != Choice::Drop)
    }

    /// Which sub-attributes of an attribute of the base schema an answer can hold.
    pub fn includes_in<'s>(&'s self, attribute: &str) -> impl Fn(&str) -> bool + use<'s> {
        let root = self.schema.root();
        let found = root.position(attribute).and_then(|at| Some((at, root.nodes().get(at)?)));
        let choice = found.map(|(at, node)| (self.plan.base(at), node));
        move |sub| match choice {
            None | Some((Choice::Drop, _)) => false,
            Some((Choice::Whole, _)) => true,
            Some((Choice::Parts(kept), node)) => {
                node.part_position(sub).and_then(|at| kept.get(at)).is_some_and(|kept| *kept)
            }
        }
    }

    /// Whether an answer can hold anything of an extension.
    pub fn includes_extension(&self, uri: &str) -> bool {
        let at = self.schema.extension_position(uri);
        at.is_some_and(|at| self.plan.has_extension(at))
    }

    /// What a store must load: attributes as a whole, or those of their sub-attributes that an
    /// answer can hold.
    pub fn selected(&self) -> Vec<Resolved<'_>> {
        let mut selected = Vec::new();
        self.plan.select(&self.schema, &mut selected);
        selected
    }

    /// Whether an answer can hold what the server derives from other resources: a relation, or
    /// an attribute that clients cannot write. A version does not cover these.
    pub fn includes_derived(&self) -> bool {
        let own = self.schema.base().attributes.iter();
        own.map(|attribute| attribute.name.as_str()).any(|name| {
            let node = self.schema.root().node(name);
            let derived = node.is_some_and(|node| {
                node.relation || node.attribute.mutability == Mutability::ReadOnly
            });
            derived && self.includes(name)
        })
    }

    /// Leaves of a resource what is to be returned.
    pub fn apply(&self, resource: &mut Map<String, Value>) {
        let root = self.schema.root();
        resource.retain(|name, value| {
            if let Some(at) = root.position(name) {
                return root
                    .nodes()
                    .get(at)
                    .is_some_and(|node| self.plan.base(at).keep(node, value));
            }
            let Some(at) = self.schema.extension_position(name) else { return false };
            let extension = self.schema.extension_parts().get(at);
            match (extension, value) {
                (Some(extension), Value::Object(object)) => {
                    let container = &extension.container;
                    object.retain(|name, value| match container.position(name) {
                        Some(inner) => container
                            .nodes()
                            .get(inner)
                            .is_some_and(|node| self.plan.extended(at, inner).keep(node, value)),
                        None => false,
                    });
                    !object.is_empty()
                }
                _ => false,
            }
        });
    }
}

fn resolve_all<'a>(
    schema: &ResourceSchema,
    names: impl IntoIterator<Item = &'a str>,
    compat: &Compat,
) -> Result<Named, Error> {
    let mut named = Named::none(schema);
    for text in names {
        let text = text.trim();
        let plain =
            if compat.loose_projection { text.split('[').next().unwrap_or(text) } else { text };
        let path = plain.parse::<AttrPath>().ok();
        match path.and_then(|path| schema.resolve(&path, compat)) {
            Some(resolved) => named.add(schema, &resolved),
            None if compat.loose_projection || text.is_empty() => {}
            None => {
                return Err(Error::invalid_value(
                    "`attributes` or `excludedAttributes` names an unknown attribute",
                ));
            }
        }
    }
    Ok(named)
}
