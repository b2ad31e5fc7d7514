//! The SCIM service embedded in an axum server.

use std::sync::Arc;

use axum::{
    Router,
    extract::Request,
    http::StatusCode,
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use scim_service::{Endpoint, ScimService, Tenant, schema::catalog};
use scim_store::SqliteStore;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let users = catalog::user().extend(catalog::enterprise())?;
    let scim = ScimService::builder(SqliteStore::open("scim.db")?)
        .base_url("http://127.0.0.1:3000/scim/v2")
        .endpoint(Endpoint::users(users))
        .endpoint(Endpoint::groups(catalog::group()))
        .build()?;
    let app = Router::new().fallback_service(scim).layer(middleware::from_fn(authenticate));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    Ok(axum::serve(listener, app).await?)
}

/// Your authentication: it decides whose data a request is about.
async fn authenticate(mut request: Request, next: Next) -> Response {
    if request.headers().get("authorization").is_none_or(|value| value != "Bearer secret") {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    request.extensions_mut().insert(Tenant(Arc::from("acme")));
    next.run(request).await
}
