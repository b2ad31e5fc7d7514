//! Values that a schema takes, and values that it does not.

use scim_core::{Attribute, Constraints, Format, Kind};
use serde_json::{Map, Value, json};

/// An object of the attributes that must be there.
pub(super) fn required(attributes: &[Attribute]) -> Map<String, Value> {
    let required = attributes.iter().filter(|attribute| attribute.required);
    required.map(|one| (one.name.to_string(), first(one))).collect()
}

/// Values that the attribute takes: one, or each of those that are named.
pub(super) fn right(attribute: &Attribute) -> Vec<Value> {
    let values = match attribute.kind {
        Kind::Complex => vec![Value::Object(required(&attribute.sub_attributes))],
        kind => simple(kind, attribute),
    };
    // An empty object says nothing, and nothing is left to be compared.
    let values = values.into_iter().filter(|value| *value != json!({}));
    values.map(|value| shaped(attribute, value)).collect()
}

/// Values of other types.
pub(super) fn wrong(attribute: &Attribute) -> Vec<Value> {
    let values = match attribute.kind {
        Kind::Boolean | Kind::Decimal => vec![json!("text")],
        Kind::Integer => vec![json!("text"), json!(12.5)],
        _ => vec![json!(7), json!(true)],
    };
    values.into_iter().map(|value| shaped(attribute, value)).collect()
}

/// A value, or a list of it.
pub(super) fn shaped(attribute: &Attribute, value: Value) -> Value {
    if attribute.multi_valued { Value::Array(vec![value]) } else { value }
}

/// An object without nulls, empty lists and empty objects (RFC 7643 §2.5).
pub(super) fn pruned(object: Map<String, Value>) -> Map<String, Value> {
    let says_something = |value: &Value| !matches!(value, Value::Null) && !is_empty(value);
    let members = object.into_iter().map(|(name, value)| (name, pruned_value(value)));
    members.filter(|(_, value)| says_something(value)).collect()
}

fn pruned_value(value: Value) -> Value {
    match value {
        Value::Array(elements) => elements.into_iter().map(pruned_value).collect(),
        Value::Object(object) => Value::Object(pruned(object)),
        value => value,
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Array(elements) => elements.is_empty(),
        Value::Object(object) => object.is_empty(),
        _ => false,
    }
}

fn first(attribute: &Attribute) -> Value {
    right(attribute).into_iter().next().unwrap_or_else(|| shaped(attribute, json!({})))
}

fn simple(kind: Kind, attribute: &Attribute) -> Vec<Value> {
    let none = Constraints::new();
    let constraints = attribute.constraints.as_deref().unwrap_or(&none);
    let lowest = constraints.min.clone().map(Value::Number);
    let value = match kind {
        Kind::Boolean => return vec![json!(true), json!(false)],
        Kind::Decimal => lowest.unwrap_or(json!(12.5)),
        Kind::Integer => lowest.unwrap_or(json!(7)),
        Kind::DateTime => json!("2011-05-13T04:42:34Z"),
        Kind::Binary => json!("TWFu"),
        Kind::Reference => json!("https://example.com/v2/Users/1"),
        _ if constraints.format == Some(Format::Date) => json!("2011-05-13"),
        _ => return texts(attribute, constraints),
    };
    vec![value]
}

fn texts(attribute: &Attribute, constraints: &Constraints) -> Vec<Value> {
    let canonical = attribute.canonical_values.iter().map(|text| json!(text));
    let allowed = constraints.allowed.iter().flat_map(|allowed| &allowed.values);
    let named: Vec<Value> = canonical.chain(allowed.map(|text| json!(text))).collect();
    if named.is_empty() { vec![json!("text")] } else { named }
}
