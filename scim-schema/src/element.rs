//! Elements of multi-valued attributes (RFC 7643 §2.4).

use std::collections::HashMap;

use scim_core::{Attribute, Kind};
use scim_filter::Key;
use serde_json::{Map, Value};

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
/// without building it where they have a `value`.
pub fn same_element(attribute: &Attribute, relation: bool, left: &Value, right: &Value) -> bool {
    let (Value::Object(one), Value::Object(other)) = (left, right) else {
        return same_key(attribute, left, right);
    };
    let same = |name: &str| match (one.get(name), other.get(name)) {
        (Some(left), Some(right)) => {
            attribute.sub_attribute(name).is_some_and(|sub| same_key(sub, left, right))
        }
        (None, None) => true,
        _ => false,
    };
    match (one.contains_key("value"), other.contains_key("value")) {
        (true, true) => same("value") && (relation || same("type")),
        (false, false) => {
            Identity::of(attribute, relation, left) == Identity::of(attribute, relation, right)
        }
        _ => false,
    }
}

fn same_key(attribute: &Attribute, left: &Value, right: &Value) -> bool {
    if let (Value::String(left), Value::String(right), Kind::String | Kind::Reference) =
        (left, right, attribute.kind)
    {
        if left == right {
            return true;
        }
        if attribute.case_exact {
            return false;
        }
        if left.is_ascii() && right.is_ascii() {
            return left.eq_ignore_ascii_case(right);
        }
    }
    key(attribute, left) == key(attribute, right)
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
    if elements.len() < 2 {
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

fn fill(known: &mut Value, later: Value) {
    if let (Value::Object(known), Value::Object(later)) = (known, later) {
        for (name, value) in later {
            known.entry(name).or_insert(value);
        }
    }
}

/// Whether at most one element is primary; if not and `mend` is set, the first keeps it.
pub fn keep_one_primary(elements: &mut [Value], mend: bool) -> bool {
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
    let known =
        |name: &str| attribute.kind == Kind::Complex && attribute.sub_attribute(name).is_some();
    object.keys().all(|name| (name == "type" || name == "primary") && known(name))
}
