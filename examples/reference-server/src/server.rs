//! The routes: authentication, the rate limit and the log in front of one service for each
//! profile.

mod answer;
mod limit;
mod refused;
mod route;
mod trace;

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    middleware,
    response::{IntoResponse, Response},
    routing::{any, get},
};
use http::{HeaderMap, Method, StatusCode, header};
use scim_service::core::Error;
use scim_store::SqliteStore;
use tower::ServiceExt;

use self::{
    answer::{refuse, too_many, unauthorized},
    limit::Limit,
};
use crate::{
    keyring::{Holder, Keyring},
    profile::Profile,
    registry::RegistryError,
    service::Services,
    telemetry::{Figures, Metered, limited},
    token::Token,
};

struct Server {
    services: Services<Metered>,
    keyring: Keyring,
    limit: Limit,
    figures: Figures,
    store: Arc<SqliteStore>,
}

/// The routes of the server; `rate` is the requests of a tenant in a second, 0 for any number.
pub(crate) fn app(
    services: Services<Metered>,
    keyring: Keyring,
    rate: u32,
    figures: Figures,
    store: Arc<SqliteStore>,
) -> Router {
    let limit = Limit::new(rate);
    let server = Arc::new(Server { services, keyring, limit, figures, store });
    Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .route("/scim", any(scim))
        .route("/scim/", any(scim))
        .route("/scim/{*path}", any(scim))
        .fallback(|| async { refuse(&Error::not_found("the SCIM endpoint is /scim/v2")) })
        .layer(middleware::from_fn(trace::request))
        .with_state(server)
}

/// Whether requests can be served: the database answers.
async fn ready(State(server): State<Arc<Server>>) -> Response {
    if server.keyring.is_ready() {
        "ready".into_response()
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer").into_response()
    }
}

async fn metrics(State(server): State<Arc<Server>>) -> Response {
    let text = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    (text, server.figures.render()).into_response()
}

/// Finds the tenant by its token and hands the request to the service of the tenant's profile.
async fn scim(State(server): State<Arc<Server>>, mut request: Request) -> Response {
    let holder = match server.holder(request.headers()) {
        Ok(Some(holder)) => holder,
        // How to authenticate can be read by those who cannot yet (RFC 7643 §5).
        Ok(None) if is_public(&request) => {
            return server.answer(Profile::Generic, request).await;
        }
        Ok(None) => return unauthorized(),
        Err(error) => {
            tracing::error!(%error, "the tokens cannot be read");
            return refuse(&Error::internal());
        }
    };
    trace::tenant(&holder.tenant);
    if let Err(seconds) = server.limit.check(&holder.tenant) {
        limited();
        return too_many(seconds);
    }
    let asked = refused::Asked::of(&request);
    request.extensions_mut().insert(holder.tenant.clone());
    request.extensions_mut().insert(holder.principal.clone());
    let response = server.answer(holder.profile, request).await;
    match asked {
        Some(asked) => server.note(&holder, asked, response).await,
        None => response,
    }
}

impl Server {
    fn holder(&self, headers: &HeaderMap) -> Result<Option<Holder>, RegistryError> {
        match bearer(headers) {
            Some(token) => self.keyring.holder(&token),
            None => Ok(None),
        }
    }

    async fn answer(&self, profile: Profile, request: Request) -> Response {
        let Some(served) = self.services.of(profile) else {
            return refuse(&Error::internal());
        };
        match served.service.clone().oneshot(request).await {
            Ok(response) => response.map(Body::new),
            Err(never) => match never {},
        }
    }

    /// Keeps in the tenant's provisioning log what of a write was refused.
    async fn note(&self, holder: &Holder, asked: refused::Asked, response: Response) -> Response {
        let endpoints = self.services.of(holder.profile).map(|served| &*served.endpoints);
        let (response, refused) =
            asked.refused(response, endpoints.unwrap_or_default(), &holder.principal).await;
        if !refused.is_empty()
            && let Err(error) = self.store.log_refused(&holder.tenant, refused).await
        {
            tracing::warn!(?error, "refusals were not kept in the log");
        }
        response
    }
}

/// The bearer token of a request (RFC 6750 §2.1).
fn bearer(headers: &HeaderMap) -> Option<Token> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| Token::new(token.trim()))
}

fn is_public(request: &Request) -> bool {
    matches!(*request.method(), Method::GET | Method::HEAD)
        && request.uri().path().trim_end_matches('/') == "/scim/v2/ServiceProviderConfig"
}
