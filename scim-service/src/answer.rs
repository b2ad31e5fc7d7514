//! Answers, and refusals, as HTTP carries them.

use std::iter;

use bytes::Bytes;
use http::{HeaderValue, Method, Response, StatusCode, header};
use http_body::Body as _;
use scim_core::{Error, Version};
use serde::Serialize;

use crate::{Body, StoreError, route::Route};

/// What a request is answered.
pub(crate) type Answer = Result<Response<Body>, Refusal>;

/// An error, and the header that goes with it.
#[derive(Debug)]
pub(crate) struct Refusal {
    error: Error,
    hint: Hint,
}

/// What a client is told beside an error.
#[derive(Debug)]
enum Hint {
    None,
    /// The methods that are served.
    Allow(String),
    /// The seconds to wait.
    RetryAfter(u64),
}

impl Refusal {
    /// 405 with the methods that are served there.
    pub(crate) fn method(route: &Route<'_>) -> Self {
        let error = Error::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "the method is not allowed at this endpoint",
        );
        Self { error, hint: Hint::Allow(route.allowed().collect::<Vec<_>>().join(", ")) }
    }

    /// The error alone, for an operation of a bulk request.
    pub(crate) fn into_error(self) -> Error {
        self.error
    }
}

impl<E: Into<Error>> From<E> for Refusal {
    fn from(error: E) -> Self {
        Self { error: error.into(), hint: Hint::None }
    }
}

/// A store's failure, as a refusal.
pub(crate) fn failed(error: StoreError) -> Refusal {
    let (error, retry_after) = error.into_answer();
    Refusal { error, hint: retry_after.map_or(Hint::None, Hint::RetryAfter) }
}

/// An answer with a JSON body.
pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> Response<Body> {
    match serde_json::to_vec(body) {
        Ok(bytes) => raw(status, bytes.into()),
        Err(_) => empty(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

/// An answer with a JSON body that is written already.
pub(crate) fn raw(status: StatusCode, bytes: Bytes) -> Response<Body> {
    body(status, bytes.into())
}

/// An answer with a JSON body.
pub(crate) fn body(status: StatusCode, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/scim+json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

/// An answer without a body.
pub(crate) fn empty(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

/// An error response (RFC 7644 §3.12).
pub(crate) fn refusal(refusal: Refusal) -> Response<Body> {
    let mut response = json(refusal.error.status, &refusal.error);
    let header = match refusal.hint {
        Hint::None => return response,
        Hint::Allow(methods) => match HeaderValue::try_from(methods) {
            Ok(methods) => (header::ALLOW, methods),
            Err(_) => return response,
        },
        Hint::RetryAfter(seconds) => (header::RETRY_AFTER, seconds.into()),
    };
    response.headers_mut().insert(header.0, header.1);
    response
}

/// The entity tag of a resource.
pub(crate) fn tagged(mut response: Response<Body>, version: &Version) -> Response<Body> {
    response.headers_mut().insert(header::ETAG, version.to_header());
    response
}

/// The address of a resource, in `Location` and `Content-Location`.
pub(crate) fn located(mut response: Response<Body>, location: String) -> Response<Body> {
    if let Ok(value) = HeaderValue::try_from(location) {
        response.headers_mut().insert(header::LOCATION, value.clone());
        response.headers_mut().insert(header::CONTENT_LOCATION, value);
    }
    response
}

/// An answer to HEAD has the headers alone, with the length that the body would have had
/// (RFC 9110 §9.3.2, §8.6).
pub(crate) fn for_method(response: Response<Body>, method: &Method) -> Response<Body> {
    if method != Method::HEAD {
        return response;
    }
    let (mut head, body) = response.into_parts();
    let length = body.size_hint().exact();
    head.headers.extend(length.map(|length| (header::CONTENT_LENGTH, length.into())));
    let withheld = if length.is_some() { Body::empty() } else { Body::stream(iter::empty()) };
    Response::from_parts(head, withheld)
}
