//! Equality of values as their attribute compares them.

use scim_core::{Attribute, Kind};
use scim_filter::Key;
use serde_json::{Map, Value};

/// Whether two values of an attribute, in canonical form, are equal: numbers by value, strings by
/// case where it counts, lists as sets.
pub fn same_value(attribute: &Attribute, left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .all(|value| right.iter().any(|other| same_single(attribute, value, other)))
        }
        _ => same_single(attribute, left, right),
    }
}

fn same_single(attribute: &Attribute, left: &Value, right: &Value) -> bool {
    if let (Value::Object(left), Value::Object(right)) = (left, right) {
        return same_object(attribute, left, right);
    }
    if attribute.kind == Kind::String && !attribute.case_exact {
        return left == right;
    }
    let key = |value| Key::of(value, attribute.kind, attribute.case_exact);
    match (key(left), key(right)) {
        (Some(left), Some(right)) => left == right,
        _ => left == right,
    }
}

fn same_object(
    attribute: &Attribute,
    left: &Map<String, Value>,
    right: &Map<String, Value>,
) -> bool {
    left.len() == right.len()
        && left.iter().all(|(name, value)| match (attribute.sub_attribute(name), right.get(name)) {
            (Some(sub), Some(other)) => same_value(sub, value, other),
            (None, Some(other)) => value == other,
            (_, None) => false,
        })
}
