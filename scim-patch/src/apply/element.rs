//! What can be told of single elements.

use scim_core::Mutability;
use scim_schema::same_element;
use serde_json::Value;

use crate::plan::{Part, PartChange, Slot};

pub(super) fn is_primary(element: &Value) -> bool {
    element.get("primary") == Some(&Value::Bool(true))
}

pub(super) fn sets_primary(slot: &Slot, parts: &[Part]) -> bool {
    parts.iter().any(|part| {
        matches!(part.change, PartChange::Set(Value::Bool(true)))
            && slot.sub(part.sub).is_some_and(|sub| sub.name == "primary")
    })
}

pub(super) fn has_value(element: &Value) -> bool {
    !element.is_object() || element.get("value").is_some()
}

/// Whether an element is the one that is listed: the same `value`, and the same `type` where that
/// is given; where elements have no `value`, the same in all that is given.
pub(super) fn is_listed(slot: &Slot, known: &Value, listed: &Value) -> bool {
    let (Value::Object(known), Value::Object(listed)) = (known, listed) else {
        return same_element(&slot.attribute, slot.relation, known, listed);
    };
    let has_value = listed.contains_key("value");
    listed.iter().all(|(name, value)| {
        let counts = match name.as_str() {
            "value" => true,
            "type" => !has_value || !slot.relation,
            _ => !has_value,
        };
        !counts
            || slot
                .attribute
                .sub_attribute(name)
                .zip(known.get(name))
                .is_some_and(|(sub, known)| same_element(sub, false, known, value))
    })
}

/// The parts of an element that another in its place takes over: what the server knows, unless
/// that is of what another `value` referred to.
pub(super) fn kept_parts(slot: &Slot, known: &Value, element: &Value) -> Value {
    let moved = known.get("value") != element.get("value");
    let kept = |name: &str| {
        let sub = slot.attribute.sub_attribute(name);
        sub.is_some_and(|sub| {
            sub.mutability == Mutability::ReadOnly
                && !(moved && slot.attribute.sub_attribute("$ref").is_some())
        })
    };
    match known {
        Value::Object(known) => {
            let parts = known.iter().filter(|(name, _)| kept(name));
            Value::Object(parts.map(|(name, value)| (name.clone(), value.clone())).collect())
        }
        _ => Value::Null,
    }
}

/// An element, and what it does not say itself.
pub(super) fn laid_over(under: Value, element: &Value) -> Value {
    match (under, element) {
        (Value::Object(mut under), Value::Object(element)) => {
            under.extend(element.iter().map(|(name, value)| (name.clone(), value.clone())));
            Value::Object(under)
        }
        (_, element) => element.clone(),
    }
}
