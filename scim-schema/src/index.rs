//! What stores keep beside a resource to find it again: comparison keys.

use scim_core::{Attribute, Kind, Uniqueness};
use scim_filter::{Attributes, Key, ResolvedPath};
use serde_json::{Map, Value};

use crate::{ResourceSchema, is_secret};

/// An attribute whose keys a store keeps in an index.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Indexed {
    /// The attribute's canonical path, as a label: `userName`, `emails.value`, `urn:…:manager.value`.
    pub label: String,
    /// The attribute.
    pub path: ResolvedPath,
    /// Whether a key can belong to one resource only, in a tenant and resource type.
    pub unique: bool,
}

impl Indexed {
    /// The keys that a resource has for the attribute, without repetition.
    pub fn keys(&self, attributes: &Map<String, Value>) -> Vec<Key> {
        let mut keys = Vec::new();
        for value in self.path.values(attributes) {
            if let Some(key) = key(value, self.path.kind, self.path.case_exact)
                && !keys.contains(&key)
            {
                keys.push(key);
            }
        }
        keys
    }
}

impl ResourceSchema {
    /// The attributes to index: the unique ones, and those asked for with
    /// [`ResourceSchema::index`].
    pub fn indexed(&self) -> &[Indexed] {
        self.indexed_once(|| self.find_indexed())
    }

    fn find_indexed(&self) -> Vec<Indexed> {
        let compat = scim_core::Compat::STRICT;
        let mut indexed: Vec<Indexed> = Vec::new();
        let asked = self.indexed_paths().iter().filter_map(|path| self.resolve(path, &compat));
        for (resolved, unique) in
            self.unique().map(|one| (one, true)).chain(asked.map(|one| (one, false)))
        {
            let Some(path) = ResolvedPath::of(&resolved) else { continue };
            let label = path.to_string();
            if indexed.iter().all(|known| known.label != label) {
                indexed.push(Indexed { label, path, unique });
            }
        }
        indexed
    }

    fn unique(&self) -> impl Iterator<Item = scim_filter::Resolved<'_>> {
        let base = self.root().attributes().map(|one| (None, one));
        let extensions = self.extension_parts().iter().flat_map(|extension| {
            let container = &extension.container;
            container.attributes().map(|one| (Some(container.uri()), one))
        });
        let is_unique = |one: &Attribute| one.uniqueness != Uniqueness::None && !is_secret(one);
        base.chain(extensions).flat_map(move |(container, attribute)| {
            let own = is_unique(attribute).then_some(None);
            let parts = attribute.sub_attributes.iter().filter(move |sub| is_unique(sub)).map(Some);
            own.into_iter().chain(parts).map(move |sub| scim_filter::Resolved {
                container,
                attribute: Some(attribute),
                sub,
            })
        })
    }

    /// The shadow of a resource: the same tree with the comparison key of each value in its place,
    /// so that a store can filter by comparing bytes.
    pub fn shadow(&self, attributes: &Map<String, Value>) -> Map<String, Value> {
        let mut shadow = Map::new();
        for (name, value) in attributes {
            if let Some(attribute) = self.root().get(name) {
                shadow.extend(shadow_of(attribute, value).map(|keys| (name.clone(), keys)));
            } else if let (Some(extension), Value::Object(object)) = (self.extension(name), value) {
                let inner: Map<String, Value> = object
                    .iter()
                    .filter_map(|(name, value)| {
                        let attribute = extension.container.get(name)?;
                        Some((name.clone(), shadow_of(attribute, value)?))
                    })
                    .collect();
                shadow.insert(name.clone(), Value::Object(inner));
            }
        }
        shadow
    }
}

fn shadow_of(attribute: &Attribute, value: &Value) -> Option<Value> {
    match value {
        Value::Array(elements) => {
            let keys: Vec<Value> =
                elements.iter().filter_map(|one| shadow_of(attribute, one)).collect();
            (!keys.is_empty()).then_some(Value::Array(keys))
        }
        Value::Object(object) => {
            let keys: Map<String, Value> = object
                .iter()
                .filter_map(|(name, value)| {
                    let sub = attribute.sub_attribute(name)?;
                    Some((name.clone(), shadow_of(sub, value)?))
                })
                .collect();
            (!keys.is_empty()).then_some(Value::Object(keys))
        }
        value => {
            let key = key(value, attribute.kind, attribute.case_exact)?;
            Some(Value::String(key.as_str().to_owned()))
        }
    }
}

/// The key of a value; an empty text is none (RFC 7643 §2.5).
fn key(value: &Value, kind: Kind, case_exact: bool) -> Option<Key> {
    Key::of(value, kind, case_exact).filter(|key| !key.as_str().is_empty())
}
