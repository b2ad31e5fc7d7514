//! Answers, and refusals, as HTTP carries them.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Response, StatusCode, header};
use scim_core::{Error, Version};
use serde::Serialize;

use crate::{Body, StoreError, route::Route};

/// What a request is answered.
pub(crate) type Answer = Result<Response<Body>, Refusal>;

/// An error, and the headers that go with it.
#[derive(Debug)]
pub(crate) struct Refusal {
    error: Error,
    header: Option<(HeaderName, HeaderValue)>,
}

impl Refusal {
    /// 405 with the methods that are served there.
    pub(crate) fn method(route: &Route<'_>) -> Self {
        let error = Error::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "the method is not allowed at this endpoint",
        );
        Self { error, header: Some((header::ALLOW, HeaderValue::from_static(route.allowed()))) }
    }
}

impl<E: Into<Error>> From<E> for Refusal {
    fn from(error: E) -> Self {
        Self { error: error.into(), header: None }
    }
}

/// A store's failure, as a refusal.
pub(crate) fn failed(error: StoreError) -> Refusal {
    let (error, retry_after) = error.into_answer();
    Refusal { error, header: retry_after.map(|seconds| (header::RETRY_AFTER, seconds.into())) }
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
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/scim+json"));
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
    if let Some((name, value)) = refusal.header {
        response.headers_mut().insert(name, value);
    }
    response
}

/// The entity tag of a resource.
pub(crate) fn tagged(mut response: Response<Body>, version: &Version) -> Response<Body> {
    response.headers_mut().insert(header::ETAG, version.to_header());
    response
}

/// The address of a resource, in `Location` and `Content-Location`.
pub(crate) fn located(mut response: Response<Body>, location: &str) -> Response<Body> {
    if let Ok(value) = HeaderValue::from_str(location) {
        response.headers_mut().insert(header::LOCATION, value.clone());
        response.headers_mut().insert(header::CONTENT_LOCATION, value);
    }
    response
}

/// An answer to HEAD has the headers alone.
pub(crate) fn for_method(response: Response<Body>, method: &Method) -> Response<Body> {
    if method == Method::HEAD { response.map(|_| Body::empty()) } else { response }
}
