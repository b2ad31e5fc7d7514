//! Resources as they are sent: with their id, their `meta` and their references.

use std::{iter, sync::Arc};

use bytes::Bytes;
use chrono::{DateTime, SecondsFormat, Utc};
use http::{Response, StatusCode};
use scim_schema::{Projection, ResourceSchema};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use crate::{
    Body, Context, Endpoint, Store, StoreError, Stored, Values,
    answer::{self, Refusal, failed},
    derive,
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
        derive::add(cx, want, &mut stored).map_err(failed)?;
        let location = self.location(cx.endpoint(), &stored.id);
        let version = stored.version.clone();
        let large = stored.values.take().filter(|values| want.includes(&values.attribute));
        let rendered = self.render(cx, stored, want)?;
        let response = match large {
            None => answer::json(status, &rendered),
            Some(values) => {
                let elements = Elements {
                    links: self.links.clone(),
                    schema: cx.schema().clone(),
                    want: want.clone(),
                    values,
                };
                answer::body(status, Body::stream(elements.around(&rendered)))
            }
        };
        Ok(answer::located(answer::tagged(response, &version), &location))
    }

    /// A resource as it is sent. Nothing is copied unless something has to be changed.
    pub(crate) fn render(
        &self,
        cx: &Context,
        stored: Stored,
        want: &Projection,
    ) -> Result<Rendered, Refusal> {
        let mut head = self.head(cx, &stored);
        want.apply(&mut head);
        let mut attributes = with_values(stored.attributes, stored.values)?;
        if self.links.refers(cx.schema(), &attributes) {
            self.links.refer(cx.schema(), Arc::make_mut(&mut attributes));
        }
        if !want.keeps(&attributes) {
            want.apply(Arc::make_mut(&mut attributes));
        }
        Ok(Rendered { head, attributes })
    }

    /// A resource with all that filters and sort orders can name.
    pub(crate) fn complete(
        &self,
        cx: &Context,
        stored: Stored,
    ) -> Result<Map<String, Value>, Refusal> {
        let mut head = self.head(cx, &stored);
        let mut resource = Arc::unwrap_or_clone(with_values(stored.attributes, stored.values)?);
        resource.append(&mut head);
        Ok(resource)
    }

    /// What the service adds to a resource: `id` and `meta` (RFC 7643 §3.1).
    fn head(&self, cx: &Context, stored: &Stored) -> Map<String, Value> {
        let meta = json!({
            "resourceType": cx.resource_type(),
            "created": instant(stored.created),
            "lastModified": instant(stored.modified),
            "location": self.location(cx.endpoint(), &stored.id),
            "version": stored.version.to_string(),
        });
        Map::from_iter([
            ("id".to_owned(), Value::String(stored.id.clone())),
            ("meta".to_owned(), meta),
        ])
    }

    /// The address of a resource.
    pub(crate) fn location(&self, endpoint: &Endpoint, id: &str) -> String {
        self.links.location(endpoint, id)
    }
}

/// A resource as it is sent.
#[derive(Debug, Default)]
pub(crate) struct Rendered {
    head: Map<String, Value>,
    attributes: Arc<Map<String, Value>>,
}

impl Serialize for Rendered {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let own = self.attributes.iter().filter(|(name, _)| !self.head.contains_key(*name));
        serializer.collect_map(self.head.iter().chain(own))
    }
}

impl From<Map<String, Value>> for Rendered {
    fn from(resource: Map<String, Value>) -> Self {
        Self { head: resource, ..Self::default() }
    }
}

/// The attributes with the elements of the large one among them.
fn with_values(
    mut attributes: Arc<Map<String, Value>>,
    values: Option<Values>,
) -> Result<Arc<Map<String, Value>>, Refusal> {
    if let Some(Values { attribute, elements }) = values {
        let elements: Result<Vec<Value>, _> = elements.collect();
        let elements = Value::Array(elements.map_err(failed)?);
        Arc::make_mut(&mut attributes).insert(attribute.into(), elements);
    }
    Ok(attributes)
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
    /// Where no element has anything to show, the attribute is left out.
    fn around(
        mut self,
        rendered: &Rendered,
    ) -> impl Iterator<Item = Result<Bytes, StoreError>> + Send + use<> {
        let mut begin = serde_json::to_string(rendered).unwrap_or_default();
        begin.pop();
        let comma = if begin == "{" { "" } else { "," };
        let name = format!("{comma}{}:[", json!(self.values.attribute));
        let (mut is_open, mut is_over) = (false, false);
        let pieces = iter::from_fn(move || {
            while !is_over {
                let some: Result<Vec<Value>, _> =
                    self.values.elements.by_ref().take(TOGETHER).collect();
                is_over = some.as_ref().map_or(true, Vec::is_empty);
                let inner = match some {
                    Err(error) => return Some(Err(error)),
                    Ok(_) if is_over => return Some(Ok(if is_open { "]}" } else { "}" }.into())),
                    Ok(some) => self.render(some),
                };
                if !inner.is_empty() {
                    let before = if is_open { "," } else { name.as_str() };
                    is_open = true;
                    return Some(Ok(format!("{before}{inner}").into()));
                }
            }
            None
        });
        iter::once(Ok(Bytes::from(begin))).chain(pieces)
    }

    /// Some elements without the brackets around them; nothing, if they have nothing to show.
    fn render(&self, elements: Vec<Value>) -> String {
        let name = self.values.attribute.to_string();
        let mut part = Map::from_iter([(name.clone(), Value::Array(elements))]);
        self.links.refer(&self.schema, &mut part);
        self.want.apply(&mut part);
        let json = part.get(&name).unwrap_or(&Value::Null).to_string();
        let inner = json.strip_prefix('[').and_then(|json| json.strip_suffix(']'));
        inner.unwrap_or_default().to_owned()
    }
}

/// An instant as it stands in `meta`: in UTC, to the millisecond.
fn instant(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}
