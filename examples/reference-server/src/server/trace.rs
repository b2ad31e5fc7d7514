//! A line of the log, and figures, for each request.

use std::time::Instant;

use axum::{extract::Request, middleware::Next, response::Response};
use http::HeaderValue;
use scim_service::Tenant;
use tracing::{Instrument, Span, field::Empty};
use uuid::Uuid;

use super::route;
use crate::telemetry::answered;

/// Logs and counts a request, which gets an id of its own.
pub(super) async fn request(request: Request, next: Next) -> Response {
    let id = Uuid::now_v7();
    let method = route::method(request.method());
    let route = route::of(request.uri().path());
    let span = tracing::info_span!("request", %id, method, route, subject = Empty, tenant = Empty);
    if let Some(subject) = route::subject(request.uri().path()) {
        span.record("subject", tracing::field::display(subject));
    }
    let begun = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let took = begun.elapsed();
    let status = response.status().as_u16();
    answered(method, route, status, took);
    let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    span.in_scope(|| tracing::info!(status, micros, "answered"));
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        response.headers_mut().insert("x-request-id", value);
    }
    response
}

/// Says whose request it is.
pub(super) fn tenant(tenant: &Tenant) {
    Span::current().record("tenant", &*tenant.0);
}
