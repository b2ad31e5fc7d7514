//! Resources as they are sent: with their id, their `meta` and their references.

use std::{iter, sync::Arc};

use bytes::Bytes;
use chrono::{DateTime, SecondsFormat, Utc};
use http::{Response, StatusCode};
use scim_schema::{Projection, ResourceSchema};
use serde_json::{Map, Value, json};

use crate::{
    Body, Context, Endpoint, Store, StoreError, Stored, Values,
    answer::{self, Refusal, failed},
    link::Links,
    service::Parts,
};

/// How many elements of a large attribute are rendered at once.
const TOGETHER: usize = 256;

impl<S: Store> Parts<S> {
    /// An answer that carries one resource; a large attribute is rendered while it is sent.
    pub(crate) fn resource(
        &self,
        status: StatusCode,
        cx: &Context,
        mut stored: Stored,
        want: &Projection,
    ) -> Result<Response<Body>, Refusal> {
        let location = self.location(cx.endpoint(), &stored.id);
        let version = stored.version.clone();
        let large = stored.values.take().filter(|values| want.includes(&values.attribute));
        let head = self.render(cx, stored, want)?;
        let response = match large {
            None => answer::json(status, &head),
            Some(values) => {
                let elements = Elements {
                    links: self.links.clone(),
                    schema: cx.schema().clone(),
                    want: want.clone(),
                    values,
                };
                answer::body(status, Body::stream(elements.around(&head)))
            }
        };
        Ok(answer::located(answer::tagged(response, &version), &location))
    }

    /// A resource as it is sent.
    pub(crate) fn render(
        &self,
        cx: &Context,
        stored: Stored,
        want: &Projection,
    ) -> Result<Map<String, Value>, Refusal> {
        let mut resource = self.complete(cx, stored)?;
        self.links.refer(cx.schema(), &mut resource);
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
        self.links.location(endpoint, id)
    }
}

/// The elements of a large attribute on their way into a body.
struct Elements {
    links: Arc<Links>,
    schema: ResourceSchema,
    want: Projection,
    values: Values,
}

impl Elements {
    /// The JSON of a resource in pieces: what stands before the elements, the elements, the end.
    fn around(
        mut self,
        head: &Map<String, Value>,
    ) -> impl Iterator<Item = Result<Bytes, StoreError>> + Send + use<> {
        let mut begin = json!(head).to_string();
        begin.pop();
        let comma = if head.is_empty() { "" } else { "," };
        begin.push_str(&format!("{comma}{}:[", json!(self.values.attribute)));
        let mut first = true;
        let pieces = iter::from_fn(move || {
            let some: Result<Vec<Value>, _> =
                self.values.elements.by_ref().take(TOGETHER).collect();
            let piece = match some {
                Ok(some) if some.is_empty() => return None,
                some => some.map(|some| self.render(some, std::mem::take(&mut first))),
            };
            Some(piece)
        });
        let end = iter::once(Ok(Bytes::from_static(b"]}")));
        iter::once(Ok(Bytes::from(begin))).chain(pieces).chain(end)
    }

    /// Some elements without the brackets around them.
    fn render(&self, elements: Vec<Value>, first: bool) -> Bytes {
        let name = self.values.attribute.to_string();
        let mut part = Map::from_iter([(name.clone(), Value::Array(elements))]);
        self.links.refer(&self.schema, &mut part);
        self.want.apply(&mut part);
        let json = part.get(&name).unwrap_or(&Value::Null).to_string();
        let inner = json.strip_prefix('[').and_then(|json| json.strip_suffix(']'));
        let inner = inner.unwrap_or_default();
        let comma = if first || inner.is_empty() { "" } else { "," };
        format!("{comma}{inner}").into()
    }
}

/// An instant as it stands in `meta`: in UTC, to the millisecond.
fn instant(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}
