//! The protocol as one service (RFC 7644 §3).

use std::{
    convert::Infallible,
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context as TaskContext, Poll},
};

use chrono::{DateTime, Utc};
use http::{Extensions, HeaderMap, Method, Request, Response, StatusCode, Uri};
use scim_core::{Compat, Error, PaginationMethod};
use tower_service::Service;

use crate::{
    Body, Context, Endpoint, Limits, Policy, Store, UnknownMembers,
    answer::{self, Answer, Refusal},
    body::{self, Json},
    builder::{Builder, Clock, Ids, SecretHasher, Subject},
    context,
    cursor::Sealer,
    discovery::Discovery,
    link::Links,
    params::Params,
    route::{self, Route},
};

/// A SCIM server as one tower service over any [`Store`]. Cheap to clone.
///
/// Authentication and tenancy come before it: a layer checks the token and puts a
/// [`Tenant`](crate::Tenant) and whatever else a store or policy wants to know into the request's
/// extensions.
pub struct ScimService<S>(Arc<Parts<S>>);

pub(crate) struct Parts<S> {
    pub(crate) store: S,
    pub(crate) links: Arc<Links>,
    /// The path of the base URL.
    pub(crate) base_path: String,
    pub(crate) discovery: Discovery,
    pub(crate) policy: Arc<dyn Policy>,
    pub(crate) limits: Limits,
    pub(crate) compat: Compat,
    pub(crate) unknown_members: UnknownMembers,
    pub(crate) clock: Clock,
    pub(crate) ids: Ids,
    pub(crate) paging: Paging,
    pub(crate) secrets: Option<SecretHasher>,
    pub(crate) me: Option<Me>,
}

/// Whom `/Me` means.
pub(crate) struct Me {
    pub(crate) resource_type: String,
    pub(crate) subject: Subject,
}

/// How results are paged.
pub(crate) struct Paging {
    pub(crate) default: PaginationMethod,
    pub(crate) sealer: Sealer,
}

impl<S: Store> ScimService<S> {
    /// A service over this store, to be told its base URL and its resource types.
    pub fn builder(store: S) -> Builder<S> {
        Builder::new(store)
    }

    /// A context as a request about this resource type would have it, for work on the store that
    /// is no request; `None` if there is no such resource type.
    pub fn context(&self, resource_type: &str, extensions: Extensions) -> Option<Context> {
        let endpoint =
            self.0.links.endpoints.iter().find(|endpoint| endpoint.name() == resource_type)?;
        let (compat, now) = (self.0.compat, (self.0.clock)());
        Some(self.0.context(endpoint, extensions.into(), compat, now))
    }

    /// The store.
    pub fn store(&self) -> &S {
        &self.0.store
    }
}

impl<S: Store> From<Parts<S>> for ScimService<S> {
    fn from(parts: Parts<S>) -> Self {
        Self(Arc::new(parts))
    }
}

impl<S> Clone for ScimService<S> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<S> fmt::Debug for ScimService<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScimService").field("base_url", &self.0.links.base).finish_non_exhaustive()
    }
}

impl<S, B> Service<Request<B>> for ScimService<S>
where
    S: Store,
    B: http_body::Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut TaskContext<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let parts = self.0.clone();
        let (head, body) = parts.head(request);
        Box::pin(async move {
            let answer = parts.answer(&head, body).await.unwrap_or_else(answer::refusal);
            Ok(answer::for_method(answer, &head.method))
        })
    }
}

/// A request without its body.
pub(crate) struct Head {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) extensions: Arc<Extensions>,
    pub(crate) compat: Compat,
    pub(crate) now: DateTime<Utc>,
}

impl<S: Store> Parts<S> {
    fn head<B>(&self, request: Request<B>) -> (Head, B) {
        let (head, body) = request.into_parts();
        let compat = head.extensions.get::<Compat>().copied().unwrap_or(self.compat);
        let head = Head {
            method: head.method,
            uri: head.uri,
            headers: head.headers,
            extensions: head.extensions.into(),
            compat,
            now: (self.clock)(),
        };
        (head, body)
    }

    async fn answer<B>(&self, head: &Head, body: B) -> Answer
    where
        B: http_body::Body,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let route = route::find(head.uri.path(), &self.base_path, &self.links.endpoints)?;
        let route = self.mapped(route, head)?;
        if !route.allows(&head.method) {
            if matches!(route, Route::Resource(..)) && head.method == Method::PATCH {
                self.check_patch()?;
            }
            return Err(Refusal::method(&route));
        }
        body::check_accept(&head.headers, &head.compat)?;
        let body = match head.method {
            Method::POST | Method::PUT | Method::PATCH => {
                let bulk = matches!(route, Route::Bulk);
                let max = if bulk { self.limits.max_bulk_body } else { self.limits.max_body };
                body::read(&head.headers, body, max, &self.limits).await?
            }
            _ => Json::default(),
        };
        // Futures stay so small that an allocator hands their memory out again at once: each kind of
        // request has one of its own.
        Box::pin(self.dispatch(route, head, body)).await
    }

    /// # Errors
    /// 501 if nothing can be patched (RFC 7644 §3.12).
    pub(crate) fn check_patch(&self) -> Result<(), Error> {
        if self.discovery.has_patch() {
            return Ok(());
        }
        Err(Error::new(StatusCode::NOT_IMPLEMENTED, "this server does not serve PATCH"))
    }

    async fn dispatch(&self, route: Route<'_>, head: &Head, body: Json) -> Answer {
        let query = head.uri.query().unwrap_or_default();
        match route {
            Route::ServiceProviderConfig => Ok(self.discovery.service_provider_config()),
            Route::ResourceTypes(id) => self.discovery.resource_types(id.as_deref(), query),
            Route::Schemas(id) => self.discovery.schemas(id.as_deref(), query),
            Route::Root => {
                let params = Params::from_query(query)?;
                Box::pin(self.list_all(head, &params)).await
            }
            Route::RootSearch => {
                let params = Params::from_body(body.value, &head.compat)?;
                Box::pin(self.list_all(head, &params)).await
            }
            Route::Bulk if !self.discovery.has_bulk() => Err(not_served().into()),
            Route::Bulk => Box::pin(self.bulk(head, body.value)).await,
            Route::Type(endpoint) => {
                let cx = self.request_context(endpoint, head);
                let params = Params::from_query(query)?;
                match head.method {
                    Method::POST => Box::pin(self.create(&cx, &params, body)).await,
                    _ => Box::pin(self.list(&cx, &params)).await,
                }
            }
            Route::TypeSearch(endpoint) => {
                let cx = self.request_context(endpoint, head);
                let params = Params::from_body(body.value, &head.compat)?;
                Box::pin(self.list(&cx, &params)).await
            }
            Route::Resource(endpoint, id) => {
                let cx = self.request_context(endpoint, head);
                let params = Params::from_query(query)?;
                match head.method {
                    Method::PUT => {
                        Box::pin(self.replace(&cx, &id, head, &params, body.value)).await
                    }
                    Method::PATCH => {
                        Box::pin(self.patch(&cx, &id, head, &params, body.value)).await
                    }
                    Method::DELETE => self.delete(&cx, &id, head).await,
                    _ => self.get(&cx, &id, head, &params).await,
                }
            }
            Route::Me => Err(not_served().into()),
        }
    }

    /// `/Me` as the resource of whoever sends the request (RFC 7644 §3.11).
    ///
    /// # Errors
    /// 501 if nobody has said which that is, or for a POST.
    fn mapped<'a>(&'a self, route: Route<'a>, head: &Head) -> Result<Route<'a>, Error> {
        if !matches!(route, Route::Me) {
            return Ok(route);
        }
        let me = self.me.as_ref().filter(|_| head.method != Method::POST).ok_or_else(not_served)?;
        let endpoint =
            self.links.endpoints.iter().find(|endpoint| endpoint.name() == me.resource_type);
        let endpoint = endpoint.ok_or_else(not_served)?;
        let id = (me.subject)(&self.request_context(endpoint, head)).ok_or_else(not_served)?;
        Ok(Route::Resource(endpoint, id.into()))
    }

    pub(crate) fn request_context(&self, endpoint: &Endpoint, head: &Head) -> Context {
        self.context(endpoint, head.extensions.clone(), head.compat, head.now)
    }

    fn context(
        &self,
        endpoint: &Endpoint,
        extensions: Arc<Extensions>,
        compat: Compat,
        now: DateTime<Utc>,
    ) -> Context {
        Context::from(context::Parts {
            extensions,
            endpoint: endpoint.clone(),
            compat,
            now,
            unknown_members: self.unknown_members,
            peers: Some(self.links.endpoints.clone()),
        })
    }
}

fn not_served() -> Error {
    Error::new(StatusCode::NOT_IMPLEMENTED, "this server does not serve this endpoint")
}
