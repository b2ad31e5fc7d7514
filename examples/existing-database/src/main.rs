//! Serves the users and teams of a database at <http://127.0.0.1:3000/scim/v2>.

use axum::{
    Router,
    extract::Request,
    http::StatusCode,
    middleware::{self, Next},
    response::{IntoResponse, Response},
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let database = std::env::args().nth(1).unwrap_or_else(|| "directory.db".to_owned());
    let scim = existing_database::service(database, "http://127.0.0.1:3000/scim/v2")?;
    let app = Router::new().fallback_service(scim).layer(middleware::from_fn(authenticate));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    Ok(axum::serve(listener, app).await?)
}

/// Your authentication.
async fn authenticate(request: Request, next: Next) -> Response {
    if request.headers().get("authorization").is_none_or(|value| value != "Bearer secret") {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    next.run(request).await
}
