//! Addresses of resources, and references from one to another.

use std::sync::Arc;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use scim_core::{AttrName, AttrPath, Attribute, Mutability};
use scim_filter::Attributes;
use scim_schema::{Projection, ResourceSchema};
use serde_json::{Map, Value};

use crate::{Context, Endpoint};

/// What an id may hold unescaped in a URL.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The address of the service, and what is served there.
#[derive(Clone, Debug)]
pub(crate) struct Links {
    /// The base URL, without a slash at its end.
    pub(crate) base: String,
    pub(crate) endpoints: Arc<[Endpoint]>,
}

/// An attribute whose elements name other resources, and whose `$ref` is the server's (RFC 7643
/// §4.1.2, §4.2).
#[derive(Clone, Debug)]
pub(crate) struct Reference {
    attribute: AttrName,
    /// The resource types that its elements can have.
    types: Vec<String>,
}

impl Reference {
    /// Whether an answer can hold its `$ref`.
    pub(crate) fn is_in(&self, want: &Projection) -> bool {
        want.includes_in(self.attribute.as_str())("$ref")
    }

    /// What its `$ref` follows from.
    pub(crate) fn needs(&self) -> [AttrPath; 2] {
        let parts = ["value", "type"].map(AttrName::from_static);
        parts.map(|part| AttrPath::new(self.attribute.clone()).with_sub(part))
    }
}

/// The references of a resource type: its relations, and what clients cannot write.
pub(crate) fn references(schema: &ResourceSchema) -> Vec<Reference> {
    let of = |attribute: &Attribute| {
        let reference = attribute.sub_attribute("$ref")?;
        let derived = attribute.mutability == Mutability::ReadOnly
            || schema.is_relation(attribute.name.as_str());
        derived.then(|| Reference {
            attribute: attribute.name.clone(),
            types: reference.reference_types.clone(),
        })
    };
    schema.base().attributes.iter().filter_map(of).collect()
}

/// Whether a path leads to an address, which the service makes.
pub(crate) fn names(cx: &Context, path: &AttrPath) -> bool {
    let Some(resolved) = cx.schema().resolve(path, cx.compat()) else { return false };
    let (Some(attribute), Some(sub)) = (resolved.attribute, resolved.sub) else { return false };
    let mut references = cx.endpoint().references().iter();
    resolved.container.is_none()
        && (attribute.name == "meta" && sub.name == "location"
            || sub.name == "$ref" && references.any(|one| one.attribute == attribute.name))
}

impl Links {
    /// The address of a resource.
    pub(crate) fn location(&self, endpoint: &Endpoint, id: &str) -> String {
        let parts = [&self.base, "/", endpoint.segment(), "/"];
        let length = parts.iter().chain([&id]).map(|part| part.len()).sum();
        let mut location = String::with_capacity(length);
        location.extend(parts);
        location.extend(utf8_percent_encode(id, SEGMENT));
        location
    }

    /// Fills in the references.
    pub(crate) fn refer(&self, endpoint: &Endpoint, resource: &mut Map<String, Value>) {
        for reference in endpoint.references() {
            if let Some(Value::Array(elements)) = resource.get_mut(reference.attribute.as_str()) {
                for element in elements.iter_mut().filter_map(Value::as_object_mut) {
                    self.refer_element(reference, element);
                }
            }
        }
    }

    /// Whether [`Links::refer`] would change anything.
    pub(crate) fn refers(&self, endpoint: &Endpoint, resource: &Map<String, Value>) -> bool {
        let mut references = endpoint.references().iter();
        references.any(|reference| resource.contains_key(reference.attribute.as_str()))
    }

    fn refer_element(&self, reference: &Reference, element: &mut Map<String, Value>) {
        let endpoint = self.referred(reference, element);
        let id = element.get("value").and_then(Value::as_str);
        if let Some((endpoint, id)) = endpoint.zip(id) {
            let location = self.location(endpoint, id);
            element.insert("$ref".to_owned(), Value::String(location));
        }
    }

    /// The endpoint of what an element refers to: of its type, else of the first type that the
    /// schema allows.
    fn referred(&self, reference: &Reference, element: &Map<String, Value>) -> Option<&Endpoint> {
        let named = |name: &str| self.endpoints.iter().find(|endpoint| endpoint.name() == name);
        let kind = element.get("type").and_then(Value::as_str);
        kind.and_then(named).or_else(|| reference.types.iter().find_map(|name| named(name)))
    }
}
