//! Equality of values as their attribute compares them.

use std::{borrow::Borrow, collections::HashMap};

use scim_core::{Attribute, Kind};
use scim_filter::Key;
use serde_json::{Map, Value};

use crate::Identity;

/// Whether two values of an attribute, in canonical form, are equal: numbers by value, strings by
/// case where it counts, lists as sets.
pub fn same_value(attribute: &Attribute, left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Array(left), Value::Array(right)) => same_elements(attribute, left, right),
        _ => same_single(attribute, left, right),
    }
}

/// Whether two lists hold the same elements, in whatever order. The work grows with the lists, not
/// with their product.
pub fn same_elements<T: Borrow<Value>, U: Borrow<Value>>(
    attribute: &Attribute,
    left: &[T],
    right: &[U],
) -> bool {
    if left.len() != right.len() {
        return false;
    }
    let mut pairs = left.iter().zip(right);
    if pairs.all(|(left, right)| same_single(attribute, left.borrow(), right.borrow())) {
        return true;
    }
    let identity = |element: &Value| Identity::of(attribute, false, element);
    let mut known: HashMap<Identity, Vec<&Value>> = HashMap::with_capacity(left.len());
    for element in left.iter().map(Borrow::borrow) {
        known.entry(identity(element)).or_default().push(element);
    }
    right.iter().map(Borrow::borrow).all(|element| {
        let Some(alike) = known.get_mut(&identity(element)) else { return false };
        let same = alike.iter().position(|other| same_single(attribute, other, element));
        same.map(|at| alike.swap_remove(at)).is_some()
    })
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

#[cfg(test)]
mod tests {
    use scim_core::AttrName;
    use serde_json::json;

    use super::*;

    #[test]
    fn lists_are_compared_as_sets_and_numbers_by_value() {
        let numbers =
            Attribute::new(AttrName::from_static("numbers"), Kind::Decimal).multi_valued();
        assert!(same_value(&numbers, &json!([1, 2.0]), &json!([2, 1.0])));
        assert!(!same_value(&numbers, &json!([1, 1, 2]), &json!([1, 2, 2])));
        assert!(!same_value(&numbers, &json!([1]), &json!([1, 2])));
    }

    #[test]
    fn case_makes_a_difference_to_what_is_stored_even_where_it_does_not_to_filters() {
        let text = Attribute::new(AttrName::from_static("text"), Kind::String).multi_valued();
        assert!(!same_value(&text, &json!(["a"]), &json!(["A"])));
    }
}
