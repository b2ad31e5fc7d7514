//! What is known about a request, and handed to stores and policies.

use std::{fmt, sync::Arc};

use chrono::{DateTime, Utc};
use http::Extensions;
use scim_core::{Compat, Error};
use scim_schema::ResourceSchema;

use crate::{Endpoint, UnknownMembers};

/// What is known about a request: who sends it, what it is about, and how it is read. Cheap to
/// clone, and owned, so that it can move into another thread.
///
/// What a layer before the service puts into the request's extensions is found here again: a
/// [`Tenant`], a [`Principal`], or anything of one's own.
///
/// ```
/// use http::Extensions;
/// use scim_service::{Context, Endpoint, Tenant, schema::catalog};
///
/// /// What a layer knows about the customer.
/// #[derive(Clone)]
/// struct Plan {
///     seats: u32,
/// }
///
/// let mut extensions = Extensions::new();
/// extensions.insert(Tenant("acme".into()));
/// extensions.insert(Plan { seats: 50 });
/// let cx = Context::new(Endpoint::users(catalog::user()), extensions);
/// assert_eq!(cx.require::<Tenant>()?.0.as_ref(), "acme");
/// assert_eq!(cx.get::<Plan>().map(|plan| plan.seats), Some(50));
/// # Ok::<(), scim_service::core::Error>(())
/// ```
#[derive(Clone)]
pub struct Context(Arc<Parts>);

#[derive(Clone)]
pub(crate) struct Parts {
    pub(crate) extensions: Arc<Extensions>,
    pub(crate) endpoint: Endpoint,
    pub(crate) compat: Compat,
    pub(crate) now: DateTime<Utc>,
    pub(crate) unknown_members: UnknownMembers,
    /// All resource types that are served.
    pub(crate) peers: Option<Arc<[Endpoint]>>,
}

/// The customer whose data a request is about. Stores never let one tenant see another's.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tenant(pub Arc<str>);

/// Who sends a request, for logs: the name of a token or client, not of a person.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Principal(pub Arc<str>);

impl Context {
    /// A context for requests about one resource type, at this moment.
    pub fn new(endpoint: Endpoint, extensions: Extensions) -> Self {
        Self::from(Parts {
            extensions: extensions.into(),
            endpoint,
            compat: Compat::INTEROP,
            now: Utc::now(),
            unknown_members: UnknownMembers::default(),
            peers: None,
        })
    }

    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn with(
        mut self,
        compat: Compat,
        now: DateTime<Utc>,
        unknown_members: UnknownMembers,
    ) -> Self {
        let parts = Arc::make_mut(&mut self.0);
        parts.compat = compat;
        parts.now = now;
        parts.unknown_members = unknown_members;
        self
    }

    /// The same request, about another resource type, for questions beside the request's own.
    ///
    /// # Errors
    /// 500 if the service has no such type: what asks for it must not be left out in silence.
    pub fn of_type(&self, resource_type: &str) -> Result<Self, Error> {
        if resource_type == self.resource_type() {
            return Ok(self.clone());
        }
        let mut peers = self.0.peers.iter().flat_map(|peers| peers.iter());
        let endpoint =
            peers.find(|endpoint| endpoint.name() == resource_type).ok_or_else(|| {
                tracing::error!(resource_type, "no such resource type is served");
                Error::internal()
            })?;
        let mut other = self.clone();
        Arc::make_mut(&mut other.0).endpoint = endpoint.clone();
        Ok(other)
    }

    /// The same request, about each resource type that is served.
    pub fn types(&self) -> impl Iterator<Item = Self> {
        let own = std::slice::from_ref(&self.0.endpoint);
        let all = self.0.peers.as_deref().unwrap_or(own);
        all.iter().map(|endpoint| {
            let mut other = self.clone();
            Arc::make_mut(&mut other.0).endpoint = endpoint.clone();
            other
        })
    }

    /// What a layer has said about the request.
    pub fn get<T: Send + Sync + 'static>(&self) -> Option<&T> {
        self.0.extensions.get()
    }

    /// What a layer must have said about the request.
    ///
    /// # Errors
    /// 500 if it has not: a request without a tenant is never about all tenants.
    pub fn require<T: Send + Sync + 'static>(&self) -> Result<&T, Error> {
        self.get().ok_or_else(|| {
            tracing::error!(
                missing = std::any::type_name::<T>(),
                "no layer has set a required extension"
            );
            Error::internal()
        })
    }

    /// The resource type that the request is about.
    pub fn endpoint(&self) -> &Endpoint {
        &self.0.endpoint
    }

    /// The name of the resource type.
    pub fn resource_type(&self) -> &str {
        self.0.endpoint.name()
    }

    /// The schema of the resource type.
    pub fn schema(&self) -> &ResourceSchema {
        self.0.endpoint.schema()
    }

    /// Which departures from the letter of the RFCs are accepted.
    pub fn compat(&self) -> &Compat {
        &self.0.compat
    }

    /// When the request came; changes bear this time.
    pub fn now(&self) -> DateTime<Utc> {
        self.0.now
    }

    /// What becomes of group members that do not exist.
    pub fn unknown_members(&self) -> UnknownMembers {
        self.0.unknown_members
    }
}

impl From<Parts> for Context {
    fn from(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("resource_type", &self.resource_type())
            .finish_non_exhaustive()
    }
}
