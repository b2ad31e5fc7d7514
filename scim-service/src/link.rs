//! Addresses of resources, and references from one to another.

use std::sync::Arc;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use scim_core::{Attribute, Mutability};
use scim_schema::ResourceSchema;
use serde_json::{Map, Value};

use crate::Endpoint;

/// What an id may hold unescaped in a URL.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The address of the service, and what is served there.
#[derive(Clone, Debug)]
pub(crate) struct Links {
    /// The base URL, without a slash at its end.
    pub(crate) base: String,
    pub(crate) endpoints: Arc<[Endpoint]>,
}

impl Links {
    /// The address of a resource.
    pub(crate) fn location(&self, endpoint: &Endpoint, id: &str) -> String {
        format!("{}/{}/{}", self.base, endpoint.segment(), utf8_percent_encode(id, SEGMENT))
    }

    /// Fills in the references that are the server's: those of relations and of what clients
    /// cannot write (RFC 7643 §4.1.2, §4.2).
    pub(crate) fn refer(&self, schema: &ResourceSchema, resource: &mut Map<String, Value>) {
        for (name, reference) in referring(schema) {
            if let Some(Value::Array(elements)) = resource.get_mut(name) {
                for element in elements.iter_mut().filter_map(Value::as_object_mut) {
                    self.refer_element(reference, element);
                }
            }
        }
    }

    /// Whether [`Links::refer`] would change anything.
    pub(crate) fn refers(&self, schema: &ResourceSchema, resource: &Map<String, Value>) -> bool {
        referring(schema).any(|(name, _)| resource.contains_key(name))
    }

    fn refer_element(&self, reference: &Attribute, element: &mut Map<String, Value>) {
        let endpoint = self.referred(reference, element);
        let id = element.get("value").and_then(Value::as_str);
        if let Some((endpoint, id)) = endpoint.zip(id) {
            let location = self.location(endpoint, id);
            element.insert("$ref".to_owned(), Value::String(location));
        }
    }

    /// The endpoint of what an element refers to: of its type, else of the first type that the
    /// schema allows.
    fn referred(&self, reference: &Attribute, element: &Map<String, Value>) -> Option<&Endpoint> {
        let named = |name: &str| self.endpoints.iter().find(|endpoint| endpoint.name() == name);
        let kind = element.get("type").and_then(Value::as_str);
        kind.and_then(named)
            .or_else(|| reference.reference_types.iter().find_map(|name| named(name)))
    }
}

/// The attributes whose elements name other resources, each with its `$ref`.
fn referring(schema: &ResourceSchema) -> impl Iterator<Item = (&str, &Attribute)> {
    schema.base().attributes.iter().filter_map(|attribute| {
        let name = attribute.name.as_str();
        let reference = attribute.sub_attribute("$ref")?;
        let derived = attribute.mutability == Mutability::ReadOnly || schema.is_relation(name);
        derived.then_some((name, reference))
    })
}
