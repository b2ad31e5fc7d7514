//! The SCIM service on hyper, without a framework.

use std::{
    io::{self, Write},
    sync::Arc,
};

use http::{Request, Response, StatusCode};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
    service::TowerToHyperService,
};
use scim_service::{Body, Endpoint, MemoryStore, ScimService, Tenant, schema::catalog};
use tower::{ServiceExt, service_fn};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:3000".to_owned());
    let listener = tokio::net::TcpListener::bind(address).await?;
    let base_url = format!("http://{}/scim/v2", listener.local_addr()?);
    let scim = ScimService::builder(MemoryStore::new())
        .base_url(&base_url)
        .endpoint(Endpoint::users(catalog::user().extend(catalog::enterprise())?))
        .endpoint(Endpoint::groups(catalog::group()))
        .build()?;
    writeln!(io::stdout(), "{base_url}")?;

    let service = TowerToHyperService::new(service_fn(move |mut request: Request<_>| {
        let scim = scim.clone();
        async move {
            match tenant(&request) {
                Some(tenant) => {
                    request.extensions_mut().insert(tenant);
                    scim.oneshot(request).await
                }
                None => Ok(unauthorized()),
            }
        }
    }));
    loop {
        let (stream, _) = listener.accept().await?;
        let service = service.clone();
        tokio::spawn(async move {
            let connection = auto::Builder::new(TokioExecutor::new());
            // Whatever a client does to its connection is its own affair.
            let _ = connection.serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

/// Your authentication: it decides whose data a request is about.
fn tenant<B>(request: &Request<B>) -> Option<Tenant> {
    let token = request.headers().get("authorization")?;
    (token == "Bearer secret").then(|| Tenant(Arc::from("acme")))
}

fn unauthorized() -> Response<Body> {
    let mut response = Response::new(Body::default());
    *response.status_mut() = StatusCode::UNAUTHORIZED;
    response
}
