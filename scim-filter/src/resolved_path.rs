//! Attributes of a schema found again in a resource.

use std::fmt;

use serde_json::{Map, Value};

use crate::{Key, Resolved, ResolvedPath};

impl ResolvedPath {
    /// The place of an attribute; `None` for an extension as a whole.
    pub fn of(resolved: &Resolved<'_>) -> Option<Self> {
        resolved.attribute.map(|_| Self::new(resolved))
    }

    /// The values that a resource in canonical form has for the attribute.
    pub fn values<'a>(&self, resource: &'a Map<String, Value>) -> impl Iterator<Item = &'a Value> {
        let level = match &self.container {
            Some(uri) => resource.get(uri.as_str()).and_then(Value::as_object),
            None => Some(resource),
        };
        let name = self.name.as_ref().map(|name| name.as_str());
        let value = level.zip(name).and_then(|(level, name)| level.get(name));
        let sub = self.sub.clone();
        value.into_iter().flat_map(each).flat_map(move |value| match &sub {
            Some(sub) => value.get(sub.as_str()).into_iter().flat_map(each).collect::<Vec<_>>(),
            None => vec![value],
        })
    }

    /// The key that a resource in canonical form is sorted by: that of its value; of a list, that
    /// of the primary element, else of the first (RFC 7644 §3.4.2.3).
    pub fn sort_key(&self, resource: &Map<String, Value>) -> Option<Key> {
        let whole = Self { sub: None, ..self.clone() };
        let elements: Vec<&Value> = whole.values(resource).collect();
        let is_primary = |element: &&&Value| element.get("primary") == Some(&Value::Bool(true));
        let element = elements.iter().find(is_primary).or(elements.first())?;
        let value = match &self.sub {
            Some(sub) => element.get(sub.as_str())?,
            None => element,
        };
        let key = Key::of(each(value).next()?, self.kind, self.case_exact);
        // An empty text is no value (RFC 7643 §2.5).
        key.filter(|key| !key.as_str().is_empty())
    }
}

fn each(value: &Value) -> std::slice::Iter<'_, Value> {
    match value {
        Value::Array(elements) => elements.iter(),
        single => std::slice::from_ref(single).iter(),
    }
}

/// The attribute's canonical path.
impl fmt::Display for ResolvedPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        if let Some(uri) = &self.container {
            write!(f, "{uri}")?;
            separator = ":";
        }
        if let Some(name) = &self.name {
            write!(f, "{separator}{name}")?;
            separator = ".";
        }
        if let Some(sub) = &self.sub {
            write!(f, "{separator}{sub}")?;
        }
        Ok(())
    }
}
