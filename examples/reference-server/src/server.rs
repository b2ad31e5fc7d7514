//! The HTTP server: authentication in front of one service for each profile.

use std::{collections::HashMap, sync::Arc, time::Instant};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    middleware::{self, Next},
    response::Response,
    routing::get,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use scim_service::{Principal, ScimService, core::Error};
use scim_store::SqliteStore;
use tower::ServiceExt;
use tracing::Instrument;
use uuid::Uuid;

use crate::{
    Failure,
    profile::Profile,
    registry::{Known, Registry},
    token::Token,
};

type Service = ScimService<Arc<SqliteStore>>;

struct Server {
    registry: Registry,
    services: HashMap<Profile, Service>,
}

/// The routes of the server.
pub(crate) fn app(
    base_url: &str,
    store: Arc<SqliteStore>,
    registry: Registry,
) -> Result<Router, Failure> {
    let mut services = HashMap::new();
    for profile in Profile::ALL {
        let builder = ScimService::builder(store.clone()).base_url(base_url);
        let service = profile
            .endpoints()?
            .into_iter()
            .fold(builder, |builder, endpoint| builder.endpoint(endpoint));
        services.insert(profile, service.build()?);
    }
    let server = Arc::new(Server { registry, services });
    Ok(Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .route("/scim", axum::routing::any(scim))
        .route("/scim/{*path}", axum::routing::any(scim))
        .fallback(|| async { refuse(&Error::not_found("the SCIM endpoint is /scim/v2")) })
        .layer(middleware::from_fn(log))
        .with_state(server))
}

/// Resolves when the process is asked to stop; requests that were accepted are finished.
pub(crate) async fn asked_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => drop(interrupt.await),
    }
    tracing::info!("stopping");
}

/// Finds the tenant by its token and hands the request to the tenant's service.
async fn scim(State(server): State<Arc<Server>>, mut request: Request) -> Response {
    let profile = match server.tenant_of(request.headers()) {
        Some(known) => {
            request.extensions_mut().insert(known.tenant.clone());
            request.extensions_mut().insert(Principal(known.tenant.0));
            known.profile
        }
        // How to authenticate can be read by those who cannot yet (RFC 7643 §5).
        None if is_public(&request) => Profile::Generic,
        None => return unauthorized(),
    };
    let Some(service) = server.services.get(&profile).cloned() else {
        return refuse(&Error::internal());
    };
    match service.oneshot(request).await {
        Ok(response) => response.map(Body::new),
        Err(never) => match never {},
    }
}

impl Server {
    fn tenant_of(&self, headers: &HeaderMap) -> Option<Known> {
        let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
        let (scheme, token) = value.split_once(' ')?;
        let bearer = scheme.eq_ignore_ascii_case("bearer");
        bearer.then(|| Token::new(token.trim())).and_then(|token| self.registry.tenant_of(&token))
    }
}

fn is_public(request: &Request) -> bool {
    request.method() == Method::GET
        && request.uri().path().trim_end_matches('/') == "/scim/v2/ServiceProviderConfig"
}

fn unauthorized() -> Response {
    let error = Error::new(StatusCode::UNAUTHORIZED, "a valid bearer token is needed");
    let mut response = refuse(&error);
    response
        .headers_mut()
        .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"scim\""));
    response
}

fn refuse(error: &Error) -> Response {
    let body = serde_json::to_vec(error).unwrap_or_default();
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = error.status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/scim+json"));
    response
}

/// Logs each request with an id of its own. Queries and bodies hold personal data: they are not
/// logged.
async fn log(request: Request, next: Next) -> Response {
    let id = Uuid::now_v7();
    let span = tracing::info_span!("request", %id, method = %request.method(), path = request.uri().path());
    let begun = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let micros = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
    span.in_scope(|| tracing::info!(status = response.status().as_u16(), micros, "answered"));
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        response.headers_mut().insert("x-request-id", value);
    }
    response
}
