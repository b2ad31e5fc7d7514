//! The SCIM service of each profile, for requests and for the command line's own work.

use std::collections::HashMap;

use axum::body::Body;
use http::{Extensions, Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use scim_service::{Context, Endpoint, Principal, ScimService, Store, Tenant};
use serde_json::Value;
use tower::ServiceExt;

use crate::{Failure, profile::Profile};

/// One service for each profile.
pub(crate) struct Services<S>(HashMap<Profile, Served<S>>);

/// A service, and what it serves.
#[derive(Clone)]
pub(crate) struct Served<S> {
    pub(crate) service: ScimService<S>,
    pub(crate) endpoints: Vec<Endpoint>,
}

impl<S: Store + Clone> Services<S> {
    pub(crate) fn new(store: S, base_url: &str) -> Result<Self, Failure> {
        let each = Profile::ALL
            .into_iter()
            .map(|profile| Ok((profile, Served::new(profile, store.clone(), base_url)?)));
        Ok(Self(each.collect::<Result<_, Failure>>()?))
    }

    pub(crate) fn of(&self, profile: Profile) -> Option<&Served<S>> {
        self.0.get(&profile)
    }
}

impl<S: Store> Served<S> {
    pub(crate) fn new(profile: Profile, store: S, base_url: &str) -> Result<Self, Failure> {
        let endpoints = profile.endpoints()?;
        let builder = ScimService::builder(store).base_url(base_url);
        let builder = endpoints.iter().cloned().fold(builder, |all, one| all.endpoint(one));
        Ok(Self { service: builder.build()?, endpoints })
    }
}

/// The base URL of work that is no request.
const NO_URL: &str = "http://localhost/scim/v2";

/// A tenant's service, used by the command line as a client would, without HTTP.
pub(crate) struct Desk<S> {
    pub(crate) served: Served<S>,
    extensions: Extensions,
}

impl<S: Store> Desk<S> {
    /// Work for a tenant, logged as that of this principal.
    pub(crate) fn new(
        profile: Profile,
        store: S,
        tenant: &str,
        principal: &str,
    ) -> Result<Self, Failure> {
        let served = Served::new(profile, store, NO_URL)?;
        let mut extensions = Extensions::new();
        extensions.insert(Tenant(tenant.into()));
        extensions.insert(Principal(principal.into()));
        Ok(Self { served, extensions })
    }

    /// The endpoint of a resource type, and the context of work on it.
    pub(crate) fn context(&self, resource_type: &str) -> Option<Context> {
        self.served.service.context(resource_type, self.extensions.clone())
    }

    /// Posts a resource, or a bulk request, by the rules that hold for requests.
    pub(crate) async fn post(
        &self,
        path: &str,
        body: &Value,
    ) -> Result<(StatusCode, Value), Failure> {
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(header::CONTENT_TYPE, "application/scim+json")
            .body(Body::from(body.to_string()))?;
        *request.extensions_mut() = self.extensions.clone();
        let response = match self.served.service.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        let status = response.status();
        let body = Body::new(response.into_body()).collect().await?.to_bytes();
        Ok((status, serde_json::from_slice(&body).unwrap_or_default()))
    }
}
