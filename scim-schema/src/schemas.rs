//! The `schemas` of a resource (RFC 7643 §3).

use std::collections::HashSet;

use serde_json::{Map, Value};

use crate::{Canon, Place, ResourceSchema, Rule};

/// Judges what a client says the schemas are, and takes it out. Leniently, data under the URI of
/// an unknown schema is left out with it.
pub(crate) fn check(
    schema: &ResourceSchema,
    canon: &mut Canon<'_>,
    resource: &mut Map<String, Value>,
) -> Option<Value> {
    let sent = take(resource).filter(|sent| !sent.is_null());
    let infer = canon.compat().infer_schemas;
    let root = Place::ROOT;
    let place = root.name("schemas");
    let uris = match &sent {
        Some(Value::Array(uris)) if !uris.is_empty() => uris.as_slice(),
        _ if infer => &[],
        None | Some(Value::Array(_)) => {
            canon.refuse(place, Rule::SchemasMissing);
            return None;
        }
        Some(_) => {
            canon.refuse(place, Rule::Type("an array"));
            return None;
        }
    };
    let mut unknown = Vec::new();
    let mut seen = vec![false; 1 + schema.extension_parts().len()];
    for (at, uri) in uris.iter().enumerate() {
        let place = place.index(at);
        let Some(uri) = uri.as_str() else {
            canon.refuse(place, Rule::Type("a string"));
            continue;
        };
        match position(schema, uri).and_then(|known| seen.get_mut(known)) {
            None if infer => {
                unknown.push(uri.to_ascii_lowercase());
                canon.drop_unknown(place);
            }
            None => {
                canon.refuse(place, Rule::UnknownSchema);
            }
            Some(seen) => {
                if std::mem::replace(seen, true) && !infer {
                    canon.refuse(place, Rule::RepeatedSchema);
                }
            }
        }
    }
    if !infer && seen.first() != Some(&true) {
        canon.refuse(place, Rule::BaseSchemaMissing);
    }
    if !unknown.is_empty() {
        let unknown: HashSet<String> = unknown.into_iter().collect();
        resource.retain(|name, _| !unknown.contains(&name.to_ascii_lowercase()));
    }
    sent
}

/// Leaves the name where it is, so that the list need not be put in again.
fn take(resource: &mut Map<String, Value>) -> Option<Value> {
    if let Some(sent) = resource.get_mut("schemas") {
        return Some(sent.take());
    }
    let mut members = resource.iter_mut();
    let (_, sent) = members.find(|(name, _)| name.eq_ignore_ascii_case("schemas"))?;
    Some(sent.take())
}

/// 0 for the base schema, from 1 the extensions.
fn position(schema: &ResourceSchema, uri: &str) -> Option<usize> {
    if schema.base().id == uri {
        return Some(0);
    }
    schema.extension_position(uri).map(|at| at + 1)
}

/// Sets `schemas` to the base schema and the extensions that hold something. What was sent is
/// taken if it says just that.
pub(crate) fn compute(
    schema: &ResourceSchema,
    resource: &mut Map<String, Value>,
    sent: Option<Value>,
) {
    let matches = match &sent {
        Some(Value::Array(sent)) => {
            sent.iter().map(Value::as_str).eq(present(schema, resource).map(Some))
        }
        _ => false,
    };
    let right = match sent.filter(|_| matches) {
        Some(sent) => sent,
        None => present(schema, resource).map(Value::from).collect(),
    };
    match resource.get_mut("schemas") {
        Some(schemas) => *schemas = right,
        None => {
            resource.insert("schemas".to_owned(), right);
        }
    }
}

/// The base schema and the extensions that hold something.
fn present<'a>(
    schema: &'a ResourceSchema,
    resource: &Map<String, Value>,
) -> impl Iterator<Item = &'a str> {
    let extensions = schema.extension_parts().iter().map(|one| one.container.uri().as_str());
    let extensions = extensions.filter(|uri| resource.contains_key(*uri));
    std::iter::once(schema.base().id.as_str()).chain(extensions)
}

impl ResourceSchema {
    /// Recomputes the `schemas` of a resource in canonical form.
    pub fn compute_schemas(&self, resource: &mut Map<String, Value>) {
        let sent = resource.get_mut("schemas").map(Value::take);
        compute(self, resource, sent);
    }
}
