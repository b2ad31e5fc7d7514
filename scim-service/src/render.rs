//! Resources as they are sent: with their id, their `meta` and their references.

use std::{iter, sync::Arc};

use bytes::Bytes;
use http::{Response, StatusCode};
use scim_core::{Error, ListResponse, json};
use scim_schema::Projection;
use serde_json::{Map, Value, json};

use crate::{
    Body, Context, Endpoint, Store, StoreError, Stored, Values,
    answer::{self, Answer, Refusal, failed},
    derive,
    link::Links,
    meta::Meta,
    read::search::Search,
    service::Parts,
};

/// How many elements of a large attribute are rendered at once.
const TOGETHER: usize = 256;

/// Room for a resource of usual size.
const ROOM: usize = 2048;

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
        let large = stored.values.take().filter(|values| want.includes(&values.attribute));
        let mut text = Vec::with_capacity(ROOM);
        self.write(cx, &mut stored, &location, want, &mut text);
        let body = match large {
            None => Bytes::from(text).into(),
            Some(values) => {
                let elements = Elements {
                    links: self.links.clone(),
                    endpoint: cx.endpoint().clone(),
                    want: want.clone(),
                    values,
                };
                Body::stream(elements.around(text))
            }
        };
        let response = answer::body(status, body);
        Ok(answer::located(answer::tagged(response, &stored.version), location))
    }

    /// An answer that carries a list, by what stands around its resources.
    pub(crate) fn listed(
        &self,
        mut around: ListResponse<Value>,
        resources: Vec<Shown<'_>>,
    ) -> Answer {
        around.items_per_page = u64::try_from(resources.len()).ok();
        let mut text = serde_json::to_vec(&around).map_err(|_| Error::internal())?;
        text.truncate(text.len() - "]}".len());
        for (at, Shown { search, mut stored }) in resources.into_iter().enumerate() {
            if at > 0 {
                text.push(b',');
            }
            derive::add(&search.cx, &search.want, &mut stored).map_err(failed)?;
            let mut stored = with_values(stored)?;
            let location = self.location(search.cx.endpoint(), &stored.id);
            self.write(&search.cx, &mut stored, &location, &search.want, &mut text);
        }
        text.extend_from_slice(b"]}");
        Ok(answer::raw(StatusCode::OK, text.into()))
    }

    /// Writes a resource but for a large attribute. Nothing is copied unless something has to be
    /// changed.
    fn write(
        &self,
        cx: &Context,
        stored: &mut Stored,
        location: &str,
        want: &Projection,
        text: &mut Vec<u8>,
    ) {
        text.push(b'{');
        json::write_name("id", text);
        json::write_text(&stored.id, text);
        Meta::new(cx, stored, location).write(want, text);
        if self.links.refers(cx.endpoint(), &stored.attributes) {
            self.links.refer(cx.endpoint(), stored.attributes_mut());
        }
        let others = stored.attributes.iter().filter(|(name, _)| *name != "id" && *name != "meta");
        want.write(others, text);
        text.push(b'}');
    }

    /// The address of a resource.
    pub(crate) fn location(&self, endpoint: &Endpoint, id: &str) -> String {
        self.links.location(endpoint, id)
    }
}

/// A resource of a list, and the search that has found it.
pub(crate) struct Shown<'a> {
    pub(crate) search: &'a Search,
    pub(crate) stored: Stored,
}

/// The resource with the elements of a large attribute among its attributes.
pub(crate) fn with_values(mut stored: Stored) -> Result<Stored, Refusal> {
    if let Some(Values { attribute, elements }) = stored.values.take() {
        let elements: Result<Vec<Value>, _> = elements.collect();
        let elements = Value::Array(elements.map_err(failed)?);
        stored.attributes_mut().insert(attribute.into(), elements);
    }
    Ok(stored)
}

/// The elements of a large attribute on their way into a body.
struct Elements {
    links: Arc<Links>,
    endpoint: Endpoint,
    want: Projection,
    values: Values,
}

impl Elements {
    /// A resource in pieces: what stands before the elements, the elements, the end. Where no
    /// element has anything to show, the attribute is left out.
    fn around(
        mut self,
        mut resource: Vec<u8>,
    ) -> impl Iterator<Item = Result<Bytes, StoreError>> + Send + use<> {
        // Behind `id` there is always a comma.
        resource.pop();
        let name = format!("{}:[", json!(self.values.attribute));
        let (mut is_open, mut is_over) = (false, false);
        let pieces = iter::from_fn(move || {
            while !is_over {
                let some: Result<Vec<Value>, _> =
                    self.values.elements.by_ref().take(TOGETHER).collect();
                is_over = some.as_ref().map_or(true, Vec::is_empty);
                let text = match some {
                    Err(error) => return Some(Err(error)),
                    Ok(_) if is_over => return Some(Ok(if is_open { "]}" } else { "}" }.into())),
                    Ok(some) => self.written(some),
                };
                let inner =
                    text.strip_prefix(name.as_bytes()).and_then(|text| text.strip_suffix(b"]"));
                if let Some(inner) = inner {
                    let before = if is_open { "" } else { name.as_str() };
                    is_open = true;
                    return Some(Ok([b",", before.as_bytes(), inner].concat().into()));
                }
            }
            None
        });
        iter::once(Ok(Bytes::from(resource))).chain(pieces)
    }

    /// Some elements as the value of the attribute, behind its name; nothing, if they have nothing
    /// to show.
    fn written(&self, elements: Vec<Value>) -> Vec<u8> {
        let name = self.values.attribute.to_string();
        let mut part = Map::from_iter([(name, Value::Array(elements))]);
        self.links.refer(&self.endpoint, &mut part);
        let mut text = Vec::new();
        self.want.write(&part, &mut text);
        text
    }
}
