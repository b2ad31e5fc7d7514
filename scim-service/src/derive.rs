//! Attributes that are computed when a resource is shown.

use std::{borrow::Cow, fmt, sync::Arc};

use scim_core::{AttrPath, Attribute, Compat, Error, Mutability, SchemaUri};
use scim_filter::{Attributes, ResolvedPath};
use scim_schema::{Projection, ResourceSchema};
use serde_json::{Map, Value};

use crate::{Context, StoreError, Stored, link::Reference};

/// An attribute that is computed whenever a resource is shown, such as `roles` that follow from the
/// groups of a user: [`Endpoint::derive`](crate::Endpoint::derive).
///
/// It is never stored and no part of a version, which is why an answer that holds it is never
/// 304. Nobody can write it: the schema must declare it as readOnly. Nobody can filter or sort by
/// it: that is refused, for a store knows nothing of it.
///
/// ```
/// use scim_service::{
///     Derived, Endpoint, MemoryStore, ScimService,
///     core::{Mutability, Schema},
///     schema::catalog,
/// };
/// use serde_json::{Value, json};
///
/// let mut schema: Schema = catalog::user_schema();
/// for attribute in schema.attributes.iter_mut().filter(|attribute| attribute.name == "roles") {
///     attribute.mutability = Mutability::ReadOnly;
/// }
/// // A user has one role for each group.
/// let roles = Derived::new("roles".parse()?, ["groups".parse()?], |_, user| {
///     let groups = user.attributes.get("groups")?.as_array()?;
///     Some(groups.iter().map(|group| json!({"value": group["display"]})).collect())
/// });
/// let scim = ScimService::builder(MemoryStore::new())
///     .base_url("https://api.example.com/scim/v2")
///     .endpoint(Endpoint::users(catalog::user_of(schema)?).derive(roles))
///     .endpoint(Endpoint::groups(catalog::group()))
///     .build()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Derived {
    attribute: AttrPath,
    needs: Vec<AttrPath>,
    compute: Arc<Compute>,
}

type Compute = dyn Fn(&Context, &Stored) -> Option<Value> + Send + Sync;

/// Where a derived attribute stands: in an extension or not, and by what name.
type Place<'s> = (Option<&'s SchemaUri>, &'s Attribute);

impl Derived {
    /// An attribute, those that it follows from, and its value in canonical form; `None` for no
    /// value. What the attribute needs is among the attributes of what the function is shown;
    /// others may be missing.
    pub fn new(
        attribute: AttrPath,
        needs: impl Into<Vec<AttrPath>>,
        compute: impl Fn(&Context, &Stored) -> Option<Value> + Send + Sync + 'static,
    ) -> Self {
        Self { attribute, needs: needs.into(), compute: Arc::new(compute) }
    }

    /// Whether a schema has what the attribute is and needs, and keeps clients from writing it.
    pub(crate) fn fits(&self, schema: &ResourceSchema) -> bool {
        let known = |path: &AttrPath| schema.resolve(path, &Compat::STRICT).is_some();
        let own = self.place(schema);
        own.is_some_and(|(_, attribute)| attribute.mutability == Mutability::ReadOnly)
            && self.needs.iter().all(known)
    }

    /// The attribute, as messages name it.
    pub(crate) fn attribute(&self) -> &AttrPath {
        &self.attribute
    }

    fn place<'s>(&self, schema: &'s ResourceSchema) -> Option<Place<'s>> {
        let resolved = schema.resolve(&self.attribute, &Compat::STRICT)?;
        let attribute = resolved.attribute.filter(|_| resolved.sub.is_none())?;
        Some((resolved.container, attribute))
    }

    fn is_in(&self, schema: &ResourceSchema, want: &Projection) -> bool {
        self.place(schema).is_some_and(|(extension, attribute)| match extension {
            Some(uri) => want.includes_extension(uri.as_str()),
            None => want.includes(attribute.name.as_str()),
        })
    }
}

impl fmt::Debug for Derived {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Derived")
            .field("attribute", &self.attribute)
            .field("needs", &self.needs)
            .finish_non_exhaustive()
    }
}

/// The attributes that an answer can hold and no store has.
fn shown<'a>(cx: &'a Context, want: &'a Projection) -> impl Iterator<Item = &'a Derived> {
    cx.endpoint().derived().iter().filter(|derived| derived.is_in(cx.schema(), want))
}

/// Whether an answer can hold anything that is computed for it.
pub(crate) fn is_shown(cx: &Context, want: &Projection) -> bool {
    shown(cx, want).next().is_some()
}

/// What a store must load, so that beside this the answer can hold what is computed for it.
pub(crate) fn loaded<'a>(
    cx: &Context,
    want: &Projection,
    load: &'a Projection,
) -> Result<Cow<'a, Projection>, Error> {
    let needs = || {
        let derived = shown(cx, want).flat_map(|derived| derived.needs.iter().map(Cow::Borrowed));
        // By default references are loaded whole.
        let references = cx.endpoint().references().iter();
        let references = references.filter(|one| !want.is_default() && one.is_in(want));
        derived.chain(references.flat_map(Reference::needs).map(Cow::Owned))
    };
    // So are all attributes.
    let is_loaded = |path: Cow<'_, AttrPath>| {
        let plain = path.name().filter(|_| path.uri().is_none());
        load.is_default() && plain.is_some_and(|name| load.includes(name.as_str()))
    };
    if needs().all(is_loaded) {
        return Ok(Cow::Borrowed(load));
    }
    let selected = load.selected();
    let selected = selected.iter().filter_map(ResolvedPath::of).map(|path| path.to_string());
    let names: Vec<String> = selected.chain(needs().map(|path| path.to_string())).collect();
    let names = names.iter().map(String::as_str);
    Ok(Cow::Owned(Projection::only(cx.schema(), names, &Compat::INTEROP)?))
}

/// Adds to a resource what is computed for the answer.
pub(crate) fn add(cx: &Context, want: &Projection, stored: &mut Stored) -> Result<(), StoreError> {
    for derived in shown(cx, want) {
        let large = stored.values.take_if(|values| {
            derived
                .needs
                .iter()
                .any(|path| path.name().is_some_and(|name| name == &*values.attribute))
        });
        if let Some(values) = large {
            let elements = values.elements.collect::<Result<Vec<_>, _>>()?;
            stored.attributes_mut().insert(values.attribute.into(), elements.into());
        }
        let value = (derived.compute)(cx, stored);
        if let Some(place) = derived.place(cx.schema()) {
            set(stored.attributes_mut(), place, value);
        }
    }
    Ok(())
}

/// Whether a path leads to or into an attribute that is computed.
pub(crate) fn names(cx: &Context, path: &AttrPath) -> bool {
    let Some(resolved) = cx.schema().resolve(path, cx.compat()) else { return false };
    let mut places = cx.endpoint().derived().iter().filter_map(|one| one.place(cx.schema()));
    places.any(|(extension, attribute)| {
        resolved.container == extension
            && resolved.attribute.is_none_or(|named| named.name == attribute.name)
    })
}

fn set(resource: &mut Map<String, Value>, place: Place<'_>, value: Option<Value>) {
    let (extension, attribute) = place;
    let name = attribute.name.as_str();
    match (extension, value) {
        (None, None) => drop(resource.remove(name)),
        (None, Some(value)) => drop(resource.insert(name.to_owned(), value)),
        (Some(uri), value) => {
            let mut inner = match resource.remove(uri.as_str()) {
                Some(Value::Object(inner)) => inner,
                _ => Map::new(),
            };
            inner.remove(name);
            inner.extend(value.map(|value| (name.to_owned(), value)));
            if !inner.is_empty() {
                resource.insert(uri.as_str().to_owned(), Value::Object(inner));
                declare(resource, uri);
            }
        }
    }
}

/// What stands in a resource stands in its `schemas` (RFC 7643 §3).
fn declare(resource: &mut Map<String, Value>, uri: &SchemaUri) {
    if let Some(Value::Array(schemas)) = resource.get_mut("schemas")
        && !schemas.iter().any(|known| known == uri.as_str())
    {
        schemas.push(uri.as_str().into());
    }
}

#[cfg(test)]
mod tests {
    use http::Extensions;
    use scim_schema::catalog;

    use super::*;
    use crate::Endpoint;

    #[test]
    fn what_is_derived_shows_what_it_is_and_what_it_needs() {
        let [roles, groups] = ["roles", "groups"].map(|path| path.parse().unwrap());
        let shown = format!("{:?}", Derived::new(roles, [groups], |_, _| None));
        assert!(shown.contains("roles") && shown.contains("groups"), "{shown}");
    }

    /// RFC 7644 §3.9
    #[test]
    fn what_references_follow_from_is_loaded_only_where_they_are_shown_without_it() {
        let cx = Context::new(Endpoint::groups(catalog::group()), Extensions::new());
        let only = |names: &[&str]| {
            Projection::only(cx.schema(), names.iter().copied(), &Compat::STRICT).unwrap()
        };
        for (want, is_enough) in [
            (Projection::default_of(cx.schema()), true),
            (only(&["displayName"]), true),
            (only(&["members.value"]), true),
            (only(&["members.$ref"]), false),
        ] {
            let loaded = loaded(&cx, &want, &want).unwrap();
            assert_eq!(matches!(loaded, Cow::Borrowed(_)), is_enough, "{want:?}");
            assert_eq!(loaded.includes("members"), want.includes("members"), "{want:?}");
        }
    }
}
