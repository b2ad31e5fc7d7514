//! Resources as they are sent: with their id, their `meta` and their references.

use chrono::{DateTime, SecondsFormat, Utc};
use http::{Response, StatusCode};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use scim_core::{Attribute, Mutability};
use scim_schema::Projection;
use serde_json::{Map, Value, json};

use crate::{
    Body, Context, Endpoint, Store, Stored,
    answer::{self, Refusal, failed},
    service::Parts,
};

/// What an id may hold unescaped in a URL.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

impl<S: Store> Parts<S> {
    /// An answer that carries one resource.
    pub(crate) fn resource(
        &self,
        status: StatusCode,
        cx: &Context,
        stored: Stored,
        want: &Projection,
    ) -> Result<Response<Body>, Refusal> {
        let location = self.location(cx.endpoint(), &stored.id);
        let version = stored.version.clone();
        let body = self.render(cx, stored, want)?;
        Ok(answer::located(answer::tagged(answer::json(status, &body), &version), &location))
    }

    /// A resource as it is sent.
    pub(crate) fn render(
        &self,
        cx: &Context,
        stored: Stored,
        want: &Projection,
    ) -> Result<Map<String, Value>, Refusal> {
        let mut resource = self.complete(cx, stored)?;
        self.refer(cx, &mut resource);
        want.apply(&mut resource);
        Ok(resource)
    }

    /// A resource with all that filters and sort orders can name.
    pub(crate) fn complete(
        &self,
        cx: &Context,
        stored: Stored,
    ) -> Result<Map<String, Value>, Refusal> {
        let location = self.location(cx.endpoint(), &stored.id);
        let mut resource = stored.attributes;
        if let Some(values) = stored.values {
            let elements: Result<Vec<Value>, _> = values.elements.collect();
            resource.insert(values.attribute.into(), Value::Array(elements.map_err(failed)?));
        }
        resource.insert(
            "meta".to_owned(),
            json!({
                "resourceType": cx.resource_type(),
                "created": instant(stored.created),
                "lastModified": instant(stored.modified),
                "location": location,
                "version": stored.version.to_string(),
            }),
        );
        resource.insert("id".to_owned(), Value::String(stored.id));
        Ok(resource)
    }

    /// The address of a resource.
    pub(crate) fn location(&self, endpoint: &Endpoint, id: &str) -> String {
        format!("{}/{}/{}", self.base.url, endpoint.segment(), utf8_percent_encode(id, SEGMENT))
    }

    /// Fills in the references that are the server's: those of relations and of what clients
    /// cannot write (RFC 7643 §4.1.2, §4.2).
    pub(crate) fn refer(&self, cx: &Context, resource: &mut Map<String, Value>) {
        for attribute in &cx.schema().base().attributes {
            let Some(reference) = attribute.sub_attribute("$ref") else { continue };
            let own = attribute.mutability == Mutability::ReadOnly
                || cx.schema().is_relation(attribute.name.as_str());
            let Some(Value::Array(elements)) =
                resource.get_mut(attribute.name.as_str()).filter(|_| own)
            else {
                continue;
            };
            for element in elements.iter_mut().filter_map(Value::as_object_mut) {
                let endpoint = self.referred(reference, element);
                let id = element.get("value").and_then(Value::as_str);
                if let Some((endpoint, id)) = endpoint.zip(id) {
                    let location = self.location(endpoint, id);
                    element.insert("$ref".to_owned(), Value::String(location));
                }
            }
        }
    }

    /// The endpoint of what an element refers to: of its type, else of the first type that the
    /// schema allows.
    fn referred(&self, reference: &Attribute, element: &Map<String, Value>) -> Option<&Endpoint> {
        let kind = element.get("type").and_then(Value::as_str);
        let named = |name: &str| self.endpoints.iter().find(|endpoint| endpoint.name() == name);
        kind.and_then(named)
            .or_else(|| reference.reference_types.iter().find_map(|name| named(name)))
    }
}

/// An instant as it stands in `meta`: in UTC, to the millisecond.
fn instant(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}
