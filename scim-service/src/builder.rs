//! A service put together.

use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use http::Uri;
use scim_core::{AuthenticationScheme, Compat, Error, Pagination, PaginationMethod};
use scim_schema::Secret;
use uuid::Uuid;

use crate::{
    Context, CursorKey, Endpoint, Features, Limits, Policy, ScimService, Store, UnknownMembers,
    cursor::Sealer,
    discovery::Discovery,
    link::Links,
    policy::Permissive,
    route,
    service::{Me, Paging, Parts},
};

pub(crate) type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;
pub(crate) type Ids = Arc<dyn Fn() -> String + Send + Sync>;

pub(crate) type SecretHasher = Arc<dyn Fn(Context, Secret) -> Hashing + Send + Sync>;
pub(crate) type Hashing = Pin<Box<dyn Future<Output = Result<String, Error>> + Send>>;
pub(crate) type Subject = Arc<dyn Fn(&Context) -> Option<String> + Send + Sync>;

/// A [`ScimService`] being put together.
pub struct Builder<S> {
    store: S,
    base_url: String,
    endpoints: Vec<Endpoint>,
    policy: Arc<dyn Policy>,
    limits: Limits,
    compat: Compat,
    unknown_members: UnknownMembers,
    authentication_schemes: Vec<AuthenticationScheme>,
    clock: Clock,
    ids: Ids,
    default_pagination: PaginationMethod,
    cursor_key: CursorKey,
    cursor_timeout: Duration,
    secrets: Option<SecretHasher>,
    me: Option<Me>,
}

/// Why a service cannot be put together.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum BuildError {
    /// The base URL is missing, relative, or has a query (RFC 7644 §1.3).
    #[error("the base URL must be an absolute http or https URL without a query")]
    BaseUrl,
    /// The name of a resource type or the segment of its endpoint is empty, or holds more than
    /// ASCII letters, digits, `-` and `_`.
    #[error("`{0}` is no name or path of a resource type, which is one segment of a URL")]
    Name(String),
    /// There is no resource type.
    #[error("a service needs at least one resource type")]
    NoEndpoint,
    /// Two resource types have the same name or endpoint, or one of the protocol's own.
    #[error("the name or endpoint of the resource type `{0}` is taken")]
    Endpoint(String),
    /// A derived attribute, or one that it needs, is not the schema's, or clients can write it.
    #[error("the derived attribute `{0}` does not fit its schema, where it must be readOnly")]
    Derived(String),
}

impl<S: Store> Builder<S> {
    pub(crate) fn new(store: S) -> Self {
        Self {
            store,
            base_url: String::new(),
            endpoints: Vec::new(),
            policy: Arc::new(Permissive),
            limits: Limits::DEFAULT,
            compat: Compat::INTEROP,
            unknown_members: UnknownMembers::default(),
            authentication_schemes: vec![AuthenticationScheme::oauth_bearer_token()],
            clock: Arc::new(Utc::now),
            ids: Arc::new(|| Uuid::now_v7().to_string()),
            default_pagination: PaginationMethod::Index,
            cursor_key: CursorKey::random(),
            cursor_timeout: Duration::from_secs(3600),
            secrets: None,
            me: None,
        }
    }

    /// The address of the service as clients see it, such as `https://api.example.com/scim/v2`.
    /// Locations and references begin with it; `Host` headers are not looked at.
    #[must_use]
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = url.into();
        self
    }

    /// Serves a resource type. Searches over all types go in the order of these calls.
    #[must_use]
    pub fn endpoint(mut self, endpoint: Endpoint) -> Self {
        self.endpoints.push(endpoint);
        self
    }

    /// Rules of one's own.
    #[must_use]
    pub fn policy(mut self, policy: impl Policy) -> Self {
        self.policy = Arc::new(policy);
        self
    }

    /// How much of a request is read, and how much is answered.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Which departures from the letter of the RFCs are accepted, unless the request's extensions
    /// hold a [`Compat`] of their own.
    ///
    /// ```
    /// use scim_service::core::Compat;
    ///
    /// /// In a layer before the service: the letter of the RFCs, for one client alone.
    /// fn strict_for_the_validator<B>(request: &mut http::Request<B>) {
    ///     let agent = request.headers().get(http::header::USER_AGENT);
    ///     if agent.is_some_and(|agent| agent.as_bytes().starts_with(b"scim-validator")) {
    ///         request.extensions_mut().insert(Compat::STRICT);
    ///     }
    /// }
    /// # strict_for_the_validator(&mut http::Request::new(()));
    /// ```
    #[must_use]
    pub fn compat(mut self, compat: Compat) -> Self {
        self.compat = compat;
        self
    }

    /// What becomes of group members that do not exist, or that are of a type which the schema does
    /// not name ([`ResourceSchema::related_types`](scim_schema::ResourceSchema::related_types)).
    #[must_use]
    pub fn unknown_members(mut self, unknown_members: UnknownMembers) -> Self {
        self.unknown_members = unknown_members;
        self
    }

    /// How clients authenticate, for the service provider configuration (RFC 7643 §5).
    #[must_use]
    pub fn authentication_schemes(mut self, schemes: impl Into<Vec<AuthenticationScheme>>) -> Self {
        self.authentication_schemes = schemes.into();
        self
    }

    /// A clock of one's own, such as for tests.
    ///
    /// ```
    /// # use scim_service::{Endpoint, MemoryStore, ScimService, schema::catalog};
    /// use chrono::DateTime;
    ///
    /// let scim = ScimService::builder(MemoryStore::new())
    ///     .clock(|| DateTime::from_timestamp_millis(1_709_632_800_123).unwrap_or_default())
    /// #     .base_url("https://api.example.com/scim/v2")
    /// #     .endpoint(Endpoint::users(catalog::user()))
    ///     .build()?;
    /// # Ok::<(), scim_service::BuildError>(())
    /// ```
    #[must_use]
    pub fn clock(mut self, clock: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Ids of one's own, in place of UUIDs in order of time. They must never repeat, in no
    /// resource type, and must not hold `bulkId` (RFC 7643 §3.1).
    ///
    /// ```
    /// # use scim_service::{Endpoint, MemoryStore, ScimService, schema::catalog};
    /// use std::sync::atomic::{AtomicU64, Ordering};
    ///
    /// let last = AtomicU64::new(0);
    /// let scim = ScimService::builder(MemoryStore::new())
    ///     .ids(move || format!("acme-{}", last.fetch_add(1, Ordering::Relaxed)))
    /// #     .base_url("https://api.example.com/scim/v2")
    /// #     .endpoint(Endpoint::users(catalog::user()))
    ///     .build()?;
    /// # Ok::<(), scim_service::BuildError>(())
    /// ```
    #[must_use]
    pub fn ids(mut self, ids: impl Fn() -> String + Send + Sync + 'static) -> Self {
        self.ids = Arc::new(ids);
        self
    }

    /// How results are paged if the request does not say (RFC 9865 §2.3); by index unless set. It
    /// makes no difference to a store that can do one of the two only ([`Features`]).
    #[must_use]
    pub fn default_pagination(mut self, method: PaginationMethod) -> Self {
        self.default_pagination = method;
        self
    }

    /// The key that cursors are sealed with, for several processes that serve the same clients.
    /// Unless set, a cursor is good in the process that gave it.
    #[must_use]
    pub fn cursor_key(mut self, key: CursorKey) -> Self {
        self.cursor_key = key;
        self
    }

    /// How long a cursor is good; an hour unless set.
    #[must_use]
    pub fn cursor_timeout(mut self, timeout: Duration) -> Self {
        self.cursor_timeout = timeout;
        self
    }

    /// How secrets such as passwords are hashed before they are kept (RFC 7643 §4.1.1), for a
    /// store that keeps them: [`Store::secret`] gives the hash again. Unless set, they are dropped.
    /// Called before the store's transaction begins, once for each write that sets a secret: for
    /// each operation of a bulk request, one after the other, and again where a write is made
    /// anew. A good hash takes long on purpose, so it belongs on a thread that may be held up: the
    /// future is polled on those that serve other requests.
    ///
    /// ```
    /// # use scim_service::{Endpoint, MemoryStore, ScimService, schema::catalog};
    /// use scim_service::core::Error;
    ///
    /// # fn argon2id(password: &str) -> String { password.len().to_string() }
    /// let scim = ScimService::builder(MemoryStore::new())
    ///     .secrets(|_, secret| async move {
    ///         let hash = tokio::task::spawn_blocking(move || match secret.text() {
    ///             Some(password) if password.len() >= 12 => Ok(argon2id(password)),
    ///             _ => Err(Error::invalid_value("`password` must have 12 letters")),
    ///         });
    ///         hash.await.map_err(|_| Error::internal())?
    ///     })
    /// #     .base_url("https://api.example.com/scim/v2")
    /// #     .endpoint(Endpoint::users(catalog::user()))
    ///     .build()?;
    /// # Ok::<(), scim_service::BuildError>(())
    /// ```
    #[must_use]
    pub fn secrets<F>(mut self, hash: impl Fn(Context, Secret) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<String, Error>> + Send + 'static,
    {
        self.secrets = Some(Arc::new(move |cx, secret| Box::pin(hash(cx, secret))));
        self
    }

    /// Serves `/Me` (RFC 7644 §3.11): the id of the resource, of this type, that whoever sends
    /// the request is. Where there is none, and unless set, it is answered with 501.
    #[must_use]
    pub fn me(
        mut self,
        resource_type: impl Into<String>,
        subject: impl Fn(&Context) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.me = Some(Me { resource_type: resource_type.into(), subject: Arc::new(subject) });
        self
    }

    /// The service.
    ///
    /// # Errors
    /// [`BuildError`] if something is missing or contradicts itself.
    pub fn build(mut self) -> Result<ScimService<S>, BuildError> {
        self.limits.page = self.limits.page.min(self.limits.max_page);
        let base_path = base_path(&self.base_url)?;
        check_endpoints(&self.endpoints)?;
        let base = self.base_url.trim_end_matches('/').to_owned();
        let links = Links { base, endpoints: self.endpoints.into() };
        let features = self.store.features();
        let default = default_method(features, self.default_pagination);
        let pagination = pagination(features, &self.limits, default, self.cursor_timeout);
        let discovery = Discovery::new(
            &links,
            features,
            &self.limits,
            pagination,
            self.secrets.is_some() && features.secrets,
            self.authentication_schemes,
        );
        Ok(Parts {
            store: self.store,
            links: Arc::new(links),
            base_path,
            discovery,
            policy: self.policy,
            limits: self.limits,
            compat: self.compat,
            unknown_members: self.unknown_members,
            clock: self.clock,
            ids: self.ids,
            secrets: self.secrets,
            me: self.me,
            paging: Paging { default, sealer: Sealer::new(&self.cursor_key, self.cursor_timeout) },
        }
        .into())
    }
}

/// How results are paged, for clients (RFC 9865 §4).
fn pagination(
    features: Features,
    limits: &Limits,
    default: PaginationMethod,
    timeout: Duration,
) -> Pagination {
    let size = |size: usize| u64::try_from(size).unwrap_or(u64::MAX);
    let pagination = Pagination::default()
        .cursor(features.cursor)
        .index(!features.is_cursor_only())
        .default_page_size(size(limits.page))
        .max_page_size(size(limits.max_page));
    let pagination = pagination.default_pagination_method(default);
    if features.cursor { pagination.cursor_timeout(timeout.as_secs()) } else { pagination }
}

/// How results are paged if the request does not say.
fn default_method(features: Features, asked: PaginationMethod) -> PaginationMethod {
    match (features.cursor, features.is_cursor_only()) {
        (false, _) => PaginationMethod::Index,
        (true, false) => asked,
        (true, true) => PaginationMethod::Cursor,
    }
}

/// The path of an absolute URL, without a slash at its end.
fn base_path(url: &str) -> Result<String, BuildError> {
    let parsed: Uri = url.parse().map_err(|_| BuildError::BaseUrl)?;
    let web = matches!(parsed.scheme_str(), Some("http" | "https"));
    let plain = parsed.authority().is_some_and(|authority| !authority.as_str().contains('@'));
    if !web || !plain || url.contains(['?', '#']) {
        return Err(BuildError::BaseUrl);
    }
    Ok(parsed.path().trim_end_matches('/').to_owned())
}

fn check_endpoints(endpoints: &[Endpoint]) -> Result<(), BuildError> {
    if endpoints.is_empty() {
        return Err(BuildError::NoEndpoint);
    }
    for (at, endpoint) in endpoints.iter().enumerate() {
        let same = |other: &&Endpoint| {
            other.name() == endpoint.name() || other.segment() == endpoint.segment()
        };
        if route::is_taken(endpoint.segment())
            || endpoints.iter().take(at).any(|other| same(&other))
        {
            return Err(BuildError::Endpoint(endpoint.name().to_owned()));
        }
        let unfit = endpoint.derived().iter().find(|derived| !derived.fits(endpoint.schema()));
        if let Some(derived) = unfit {
            return Err(BuildError::Derived(derived.attribute().to_string()));
        }
    }
    Ok(())
}
