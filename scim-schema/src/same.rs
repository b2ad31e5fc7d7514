//! Equality of values as their attribute compares them.

use std::{
    borrow::Borrow,
    collections::{HashMap, HashSet},
};

use scim_core::{Attribute, Kind};
use scim_filter::Key;
use serde_json::{Map, Value};

use crate::{Identity, ResourceSchema};

impl ResourceSchema {
    /// Whether two resources in canonical form are equal: numbers by value, strings to the letter,
    /// lists in whatever order, since none has a meaning (RFC 7643 §2.4); in lists every
    /// sub-attribute counts, in relations `value` alone.
    pub fn same(&self, left: &Map<String, Value>, right: &Map<String, Value>) -> bool {
        left.len() == right.len()
            && left.iter().all(|(name, value)| {
                right.get(name).is_some_and(|other| self.same_member(name, value, other))
            })
    }

    fn same_member(&self, name: &str, left: &Value, right: &Value) -> bool {
        if let (Some(extension), Value::Object(left), Value::Object(right)) =
            (self.extension(name), left, right)
        {
            return same_members(|name| extension.container.get(name), left, right);
        }
        match self.root().node(name) {
            Some(node) if node.relation => same_set(&node.attribute, left, right),
            Some(node) => same_value(&node.attribute, left, right),
            None => left == right,
        }
    }
}

/// Whether two values of an attribute, in canonical form, are equal: numbers by value, strings to
/// the letter, lists in whatever order.
pub fn same_value(attribute: &Attribute, left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Array(left), Value::Array(right)) => same_elements(attribute, left, right),
        _ => same_single(attribute, left, right),
    }
}

/// Whether two lists of an attribute's values hold the same elements, each as often as the other,
/// in whatever order.
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
    // By way of identities, so that the work grows with the lists and not with their product.
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

fn same_set(attribute: &Attribute, left: &Value, right: &Value) -> bool {
    let (Value::Array(left), Value::Array(right)) = (left, right) else { return left == right };
    let identities = |elements: &[Value]| -> HashSet<Identity> {
        elements.iter().map(|element| Identity::of(attribute, true, element)).collect()
    };
    left.len() == right.len() && identities(left) == identities(right)
}

fn same_single(attribute: &Attribute, left: &Value, right: &Value) -> bool {
    if let (Value::Object(left), Value::Object(right)) = (left, right) {
        return same_members(|name| attribute.sub_attribute(name), left, right);
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

fn same_members<'a>(
    attribute: impl Fn(&str) -> Option<&'a Attribute>,
    left: &Map<String, Value>,
    right: &Map<String, Value>,
) -> bool {
    left.len() == right.len()
        && left.iter().all(|(name, value)| match (attribute(name), right.get(name)) {
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

    /// RFC 7643 §2.4
    #[test]
    fn elements_are_compared_in_whatever_order_and_numbers_by_value() {
        let numbers =
            Attribute::new(AttrName::from_static("numbers"), Kind::Decimal).multi_valued();
        let same = |left: &[Value], right: &[Value]| same_elements(&numbers, left, right);
        assert!(same(&[json!(1), json!(2.0)], &[json!(2), json!(1.0)]));
        assert!(!same(&[json!(1), json!(1), json!(2)], &[json!(1), json!(2), json!(2)]));
        assert!(!same(&[json!(1)], &[json!(1), json!(2)]));
    }

    /// RFC 7643 §2.4
    #[test]
    fn resources_are_the_same_whatever_the_order_of_their_lists() {
        let user = crate::catalog::user();
        let object = |value: Value| value.as_object().unwrap().clone();
        let same = |left: &Value, right: Value| user.same(&object(left.clone()), &object(right));
        let one = json!({"emails": [
            {"value": "a@x.org", "type": "work", "primary": true},
            {"value": "a@x.org", "type": "home"},
            {"display": "b"},
        ]});
        assert!(same(
            &one,
            json!({"emails": [
                {"display": "b"},
                {"type": "home", "value": "a@x.org"},
                {"value": "a@x.org", "primary": true, "type": "work"},
            ]})
        ));
        for other in [
            json!([{"value": "a@x.org", "type": "work", "primary": true}, {"value": "a@x.org", "type": "home"}]),
            json!([{"value": "a@x.org", "type": "work"}, {"value": "a@x.org", "type": "home", "primary": true}, {"display": "b"}]),
            json!([{"value": "a@x.org", "type": "work", "primary": true}, {"value": "a@x.org", "type": "home"}, {"display": "B"}]),
            json!([{"value": "a@x.org", "type": "work", "primary": true}, {"display": "b"}, {"display": "b"}]),
        ] {
            assert!(!same(&one, json!({"emails": other})), "{other}");
        }
        assert!(!same(&json!({"emails": [{"value": "a"}]}), json!({"emails": {"value": "a"}})));
    }

    /// RFC 7643 §4.2
    #[test]
    fn relations_are_the_same_if_they_refer_to_the_same() {
        let group = crate::catalog::group();
        let object = |value: Value| value.as_object().unwrap().clone();
        let same = |left: Value, right: Value| {
            group.same(&object(json!({"members": left})), &object(json!({"members": right})))
        };
        let two = || json!([{"value": "1", "type": "User"}, {"value": "2"}]);
        assert!(same(two(), json!([{"value": "2", "display": "B"}, {"value": "1"}])));
        for other in [
            json!([{"value": "1"}]),
            json!([{"value": "1"}, {"value": "3"}]),
            json!([{"value": "1"}, {"value": "2"}, {"value": "2"}]),
            json!({"value": "1"}),
        ] {
            assert!(!same(two(), other.clone()) && !same(other.clone(), two()), "{other}");
        }
        let stranger = |value: i32| object(json!({"nosuch": value}));
        assert!(group.same(&stranger(1), &stranger(1)) && !group.same(&stranger(1), &stranger(2)));
    }

    /// RFC 7643 §7
    #[test]
    fn case_makes_a_difference_to_what_is_stored_even_where_it_does_not_to_filters() {
        let text = Attribute::new(AttrName::from_static("text"), Kind::String);
        assert!(!same_value(&text, &json!("a"), &json!("A")));
    }
}
