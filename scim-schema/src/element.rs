//! Elements of multi-valued attributes (RFC 7643 §2.4).

use std::collections::{HashMap, HashSet};

use scim_core::{Attribute, Kind};
use scim_filter::Key;
use serde_json::{Map, Value};

use crate::names;

/// What tells the elements of an attribute apart: `value` and `type`; `value` alone in a relation;
/// everything, in an element without `value`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Identity(String);

impl Identity {
    /// The identity of an element in canonical form.
    pub fn of(attribute: &Attribute, relation: bool, element: &Value) -> Self {
        let Value::Object(object) = element else {
            return Self(key(attribute, element));
        };
        let part = |name: &str| {
            let found = attribute.sub_attribute(name).zip(object.get(name));
            found.map(|(sub, value)| key(sub, value))
        };
        match (part("value"), part("type")) {
            (Some(value), _) if relation => Self(value),
            (Some(value), kind) => Self(format!("{value}\u{0}{}", kind.unwrap_or_default())),
            (None, _) => Self(all_parts(attribute, object)),
        }
    }
}

/// Whether two elements of an attribute, in canonical form, have the same [`Identity`], found out
/// without building it.
pub fn same_element(attribute: &Attribute, relation: bool, left: &Value, right: &Value) -> bool {
    let (Value::Object(one), Value::Object(other)) = (left, right) else {
        return same_key(attribute, left, right);
    };
    let same = |sub: &Attribute| {
        let name = sub.name.as_str();
        match (one.get(name), other.get(name)) {
            (Some(left), Some(right)) => same_key(sub, left, right),
            (None, None) => true,
            _ => false,
        }
    };
    let same_part = |name: &str| attribute.sub_attribute(name).is_none_or(same);
    match (one.get("value"), other.get("value")) {
        (Some(left), Some(right)) => {
            let value = attribute.sub_attribute("value");
            value.is_none_or(|value| same_key(value, left, right))
                && (relation || same_part("type"))
        }
        (None, None) => attribute.sub_attributes.iter().all(same),
        _ => false,
    }
}

fn same_key(attribute: &Attribute, left: &Value, right: &Value) -> bool {
    let is_text = matches!(attribute.kind, Kind::String | Kind::Reference);
    match (left, right) {
        (Value::String(left), Value::String(right)) if left == right => true,
        (Value::String(_), Value::String(_)) if is_text && attribute.case_exact => false,
        (Value::String(left), Value::String(right))
            if is_text && left.is_ascii() && right.is_ascii() =>
        {
            left.eq_ignore_ascii_case(right)
        }
        _ => key(attribute, left) == key(attribute, right),
    }
}

fn key(attribute: &Attribute, value: &Value) -> String {
    match Key::of(value, attribute.kind, attribute.case_exact) {
        Some(key) => key.as_str().to_owned(),
        None => value.to_string(),
    }
}

fn all_parts(attribute: &Attribute, object: &Map<String, Value>) -> String {
    let mut text = String::from("\u{0}\u{0}");
    for sub in &attribute.sub_attributes {
        if let Some(value) = object.get(sub.name.as_str()) {
            text.push_str(sub.name.as_str());
            text.push('\u{0}');
            text.push_str(&key(sub, value));
            text.push('\u{0}');
        }
    }
    text
}

/// Makes one element of those that are equal: the first stays and takes over what it lacks.
pub fn merge_equal(attribute: &Attribute, relation: bool, elements: &mut Vec<Value>) {
    if are_distinct(attribute, relation, elements) {
        return;
    }
    let mut first: HashMap<Identity, usize> = HashMap::with_capacity(elements.len());
    let mut merged: Vec<Value> = Vec::with_capacity(elements.len());
    for element in elements.drain(..) {
        let identity = Identity::of(attribute, relation, &element);
        let known = first.get(&identity).and_then(|at| merged.get_mut(*at));
        match known {
            Some(known) => fill(known, element),
            None => {
                first.insert(identity, merged.len());
                merged.push(element);
            }
        }
    }
    *elements = merged;
}

/// Whether no two elements are equal: compared in pairs while they are few, else by a hash. By
/// the hash, `false` can be wrong.
fn are_distinct(attribute: &Attribute, relation: bool, elements: &[Value]) -> bool {
    const FEW: usize = 8;
    if elements.len() <= FEW {
        let mut rest = elements;
        while let [first, tail @ ..] = rest {
            if tail.iter().any(|other| same_element(attribute, relation, first, other)) {
                return false;
            }
            rest = tail;
        }
        return true;
    }
    let mut seen = HashSet::with_capacity(elements.len());
    elements.iter().all(|element| seen.insert(digest(attribute, relation, element)))
}

/// A hash that is the same for elements of the same [`Identity`].
fn digest(attribute: &Attribute, relation: bool, element: &Value) -> u64 {
    let Value::Object(object) = element else { return digest_of(attribute, element) };
    let part =
        |sub: &Attribute| object.get(sub.name.as_str()).map_or(0, |value| digest_of(sub, value));
    let named = |name: &str| attribute.sub_attribute(name).map_or(0, part);
    match object.contains_key("value") {
        true if relation => named("value"),
        true => mix(named("value"), named("type")),
        false => attribute.sub_attributes.iter().map(part).fold(0, mix),
    }
}

fn digest_of(attribute: &Attribute, value: &Value) -> u64 {
    match (attribute.kind, value) {
        (Kind::String | Kind::Reference, Value::String(text))
            if attribute.case_exact || text.is_ascii() =>
        {
            names::hash(text)
        }
        _ => names::hash(&key(attribute, value)),
    }
}

fn mix(left: u64, right: u64) -> u64 {
    left.rotate_left(7).wrapping_mul(3) ^ right
}

fn fill(known: &mut Value, later: Value) {
    if let (Value::Object(known), Value::Object(later)) = (known, later) {
        for (name, value) in later {
            known.entry(name).or_insert(value);
        }
    }
}

/// Whether at most one element is primary; if not and `mend` is set, the first keeps it.
pub fn keep_one_primary(elements: &mut [Value], mend: bool) -> bool {
    if elements.len() < 2 {
        return true;
    }
    let mut more = elements.iter_mut().filter_map(|element| {
        element.get_mut("primary").filter(|primary| **primary == Value::Bool(true))
    });
    let Some(_first) = more.next() else { return true };
    let mut single = true;
    for primary in more {
        single = false;
        if mend {
            *primary = Value::Bool(false);
        }
    }
    single || mend
}

/// Whether an element says nothing but its `type` and whether it is primary.
pub fn is_hollow(attribute: &Attribute, element: &Value) -> bool {
    let Value::Object(object) = element else { return false };
    let is_named = |name: &str| name == "type" || name == "primary";
    object.len() <= 2
        && object.keys().all(|name| is_named(name))
        && attribute.kind == Kind::Complex
        && object.keys().all(|name| attribute.sub_attribute(name).is_some())
}

#[cfg(test)]
mod tests {
    use scim_core::AttrName;
    use serde_json::json;

    use super::*;

    /// RFC 7643 §2.2, RFC 7643 §2.4
    #[test]
    fn elements_are_told_apart_as_their_identities_are() {
        let exact = Attribute::new(AttrName::from_static("codes"), Kind::String).case_exact();
        let text = Attribute::new(AttrName::from_static("texts"), Kind::String);
        for (attribute, left, right, same) in [
            (&exact, "a", "A", false),
            (&exact, "a", "a", true),
            (&text, "a", "A", true),
            (&text, "a", "b", false),
            (&text, "\u{e9}", "E\u{301}", true),
        ] {
            let (left, right) = (json!(left), json!(right));
            let identity = |element| Identity::of(attribute, false, element);
            assert_eq!(same_element(attribute, false, &left, &right), same, "{left} {right}");
            assert_eq!(identity(&left) == identity(&right), same, "{left} {right}");
        }
    }
}
