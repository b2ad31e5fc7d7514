//! What a replacement keeps of the resource it replaces (RFC 7644 §3.5.1).

use std::collections::HashMap;

use scim_core::{Attribute, Mutability};
use serde_json::{Map, Value};

use crate::{Canon, Identity, Place, ResourceSchema, Rule, container::Container, same::same_value};

impl ResourceSchema {
    /// Keeps what the client could not write or cannot write any more, and what it left out of
    /// the attributes with a default: a leaver is not switched on because nobody says otherwise.
    pub(crate) fn keep(&self, now: &mut Map<String, Value>, before: &Map<String, Value>) {
        for (name, _) in self.defaults() {
            if let Some(value) = before.get(name.as_str())
                && !now.contains_key(name.as_str())
            {
                now.insert(name.to_string(), value.clone());
            }
        }
        keep_in(self.root(), now, before);
        for extension in self.extension_parts() {
            let uri = extension.container.uri().as_str();
            let Some(Value::Object(before)) = before.get(uri) else { continue };
            match now.get_mut(uri) {
                Some(Value::Object(now)) => keep_in(&extension.container, now, before),
                None if self.keeps_extensions() => {
                    now.insert(uri.to_owned(), Value::Object(before.clone()));
                }
                _ => {
                    let mut kept = Map::new();
                    keep_in(&extension.container, &mut kept, before);
                    if !kept.is_empty() {
                        now.insert(uri.to_owned(), Value::Object(kept));
                    }
                }
            }
        }
    }

    /// An immutable attribute may be left out of a replacement, but not be given as null.
    pub(crate) fn check_cleared(
        &self,
        canon: &mut Canon<'_>,
        now: &Map<String, Value>,
        before: &Map<String, Value>,
    ) {
        let root = Place::ROOT;
        cleared_in(canon, self.root(), now, before, root);
        for extension in self.extension_parts() {
            let uri = extension.container.uri().as_str();
            if let (Some(Value::Object(now)), Some(Value::Object(before))) =
                (sent(now, uri), before.get(uri))
            {
                cleared_in(canon, &extension.container, now, before, root.container(uri));
            }
        }
    }
}

fn cleared_in(
    canon: &mut Canon<'_>,
    container: &Container,
    now: &Map<String, Value>,
    before: &Map<String, Value>,
    place: Place<'_>,
) {
    for attribute in container.guarded() {
        let name = attribute.name.as_str();
        let fixed = attribute.mutability == Mutability::Immutable && before.contains_key(name);
        if let Some(value) = sent(now, name).filter(|_| fixed)
            && (canon.is_unassigned(value) || value.as_array().is_some_and(Vec::is_empty))
        {
            canon.refuse(place.name(name), Rule::Immutable);
        }
    }
}

/// What a client has sent under a name, in any case.
fn sent<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    object.get(name).or_else(|| {
        let mut members = object.iter();
        members.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    })
}

fn keep_in(container: &Container, now: &mut Map<String, Value>, before: &Map<String, Value>) {
    for attribute in container.guarded() {
        let name = attribute.name.as_str();
        let Some(was) = before.get(name) else { continue };
        if is_fixed(attribute) {
            keep_one(now, name, was);
            continue;
        }
        match (now.get_mut(name), was) {
            (Some(Value::Object(now)), Value::Object(was)) => {
                let about_the_same = has_same_value(attribute, now, was);
                keep_parts(attribute, now, was, about_the_same);
            }
            (None, Value::Object(was)) => {
                let kept = immutable_parts(attribute, was);
                if !kept.is_empty() {
                    now.insert(name.to_owned(), Value::Object(kept));
                }
            }
            (Some(Value::Array(now)), Value::Array(was)) => keep_elements(attribute, now, was),
            _ => {}
        }
    }
}

/// What the server alone knows of an element stays with the element.
fn keep_elements(attribute: &Attribute, now: &mut [Value], was: &[Value]) {
    let identity = |element: &Value| Identity::of(attribute, false, element);
    let was: HashMap<Identity, &Value> =
        was.iter().map(|element| (identity(element), element)).collect();
    for element in now {
        let was = was.get(&identity(element)).copied();
        if let (Value::Object(now), Some(Value::Object(was))) = (element, was) {
            keep_parts(attribute, now, was, true);
        }
    }
}

/// What the server alone writes is about the `value` that it was written beside.
fn has_same_value(
    attribute: &Attribute,
    now: &Map<String, Value>,
    was: &Map<String, Value>,
) -> bool {
    match (attribute.sub_attribute("value"), now.get("value"), was.get("value")) {
        (Some(sub), Some(now), Some(was)) => same_value(sub, now, was),
        (_, now, was) => now.is_none() && was.is_none(),
    }
}

fn keep_parts(
    attribute: &Attribute,
    now: &mut Map<String, Value>,
    was: &Map<String, Value>,
    about_the_same: bool,
) {
    for sub in attribute.sub_attributes.iter().filter(|sub| is_fixed(sub)) {
        if let Some(value) = was.get(sub.name.as_str())
            && (about_the_same || sub.mutability == Mutability::Immutable)
        {
            keep_one(now, sub.name.as_str(), value);
        }
    }
}

fn keep_one(now: &mut Map<String, Value>, name: &str, was: &Value) {
    if !now.contains_key(name) {
        now.insert(name.to_owned(), was.clone());
    }
}

/// The immutable parts of an object and, if there are any, the parts that it must have.
fn immutable_parts(attribute: &Attribute, was: &Map<String, Value>) -> Map<String, Value> {
    let is_immutable = |sub: &Attribute| sub.mutability == Mutability::Immutable;
    let parts = attribute.sub_attributes.iter();
    let set = parts.filter_map(|sub| Some((sub, was.get(sub.name.as_str())?)));
    if !set.clone().any(|(sub, _)| is_immutable(sub)) {
        return Map::new();
    }
    let kept = set.filter(|(sub, _)| is_immutable(sub) || sub.required);
    kept.map(|(sub, value)| (sub.name.to_string(), value.clone())).collect()
}

fn is_fixed(attribute: &Attribute) -> bool {
    matches!(attribute.mutability, Mutability::ReadOnly | Mutability::Immutable)
}
