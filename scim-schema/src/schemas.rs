//! The `schemas` of a resource (RFC 7643 §3).

use std::collections::HashSet;

use serde_json::{Map, Value};

use crate::{Canon, Place, ResourceSchema, Rule};

/// Judges what a client says the schemas are. Data under the URI of an unknown schema is left
/// out with it.
pub(crate) fn check(
    schema: &ResourceSchema,
    canon: &mut Canon<'_>,
    resource: &mut Map<String, Value>,
) {
    if !canon.is_judging() {
        return;
    }
    let name = resource.keys().find(|name| name.eq_ignore_ascii_case("schemas")).cloned();
    let listed = name.and_then(|name| resource.remove(&name));
    let infer = canon.compat().infer_schemas;
    let root = Place::ROOT;
    let place = root.name("schemas");
    let uris = match &listed {
        Some(Value::Array(uris)) if !uris.is_empty() => uris.as_slice(),
        _ if infer => &[],
        _ => {
            canon.refuse(place, Rule::SchemasMissing);
            return;
        }
    };
    let mut seen = HashSet::new();
    let mut base = false;
    for (at, uri) in uris.iter().enumerate() {
        let place = place.index(at);
        let Some(uri) = uri.as_str() else {
            canon.refuse(place, Rule::Type("a string"));
            continue;
        };
        base |= schema.base().id == uri;
        let known = schema.schemas().any(|known| known.id == uri);
        if infer {
            if !known {
                resource.retain(|name, _| !name.eq_ignore_ascii_case(uri));
                canon.drop_unknown(place);
            }
        } else if !known {
            canon.refuse(place, Rule::UnknownSchema);
        } else if !seen.insert(uri.to_ascii_lowercase()) {
            canon.refuse(place, Rule::RepeatedSchema);
        }
    }
    if !base && !infer {
        canon.refuse(place, Rule::BaseSchemaMissing);
    }
}

/// Sets `schemas` to the base schema and the extensions that hold something.
pub(crate) fn compute(schema: &ResourceSchema, resource: &mut Map<String, Value>) {
    let present = schema
        .schemas()
        .enumerate()
        .filter(|(at, known)| *at == 0 || resource.contains_key(known.id.as_str()));
    let uris = present.map(|(_, known)| Value::String(known.id.to_string())).collect();
    resource.insert("schemas".to_owned(), Value::Array(uris));
}

impl ResourceSchema {
    /// Recomputes the `schemas` of a resource in canonical form.
    pub fn compute_schemas(&self, resource: &mut Map<String, Value>) {
        compute(self, resource);
    }
}
