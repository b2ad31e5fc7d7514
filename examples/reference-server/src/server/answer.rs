//! What the server answers by itself.

use axum::{body::Body, response::Response};
use http::{HeaderValue, StatusCode, header};
use scim_service::core::Error;

/// An error response (RFC 7644 §3.12).
pub(super) fn refuse(error: &Error) -> Response {
    let body = serde_json::to_vec(error).unwrap_or_default();
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = error.status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/scim+json"));
    response
}

/// 401 with the challenge (RFC 6750 §3).
pub(super) fn unauthorized() -> Response {
    let error = Error::new(StatusCode::UNAUTHORIZED, "a valid bearer token is needed");
    let mut response = refuse(&error);
    response
        .headers_mut()
        .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"scim\""));
    response
}

/// 429 with the seconds to wait (RFC 6585 §4).
pub(super) fn too_many(seconds: u64) -> Response {
    let error = Error::new(StatusCode::TOO_MANY_REQUESTS, "too many requests; try again later");
    let mut response = refuse(&error);
    response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    response
}
