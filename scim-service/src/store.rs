//! Where resources are kept.

use std::{future::Future, sync::Arc};

use chrono::{DateTime, Utc};
use scim_core::Version;
use scim_filter::{Checked, ResolvedPath};
use scim_schema::{Projection, Valid};
use serde_json::{Map, Value};

use crate::{Change, Context, Guard, Invariant, StoreError};

/// Where resources are kept: six functions over one's own tables. Each call is one transaction.
///
/// A store keeps what it is given and answers what it is asked; the protocol, validation and
/// policies are the service's. What [`Context::schema`] declares as a relation (`members` of a
/// group) a store may keep as rows and change by [`Change::split`].
///
/// A write can bring [`Invariant`]s: in [`New::invariants`], [`Change::invariants`] and
/// [`Guard::invariants`]. Between their judgement and the commit no other write may slip in, or two
/// that are sound alone would together not be: writes go one after the other, as on one thread or
/// under a lock of the tenant's, or the transaction is serializable.
///
/// [`Change`] and [`Guard`] show how a store uses them. This is one that adds something to another:
///
/// ```
/// use scim_service::{
///     Change, Context, Features, Guard, New, Page, Query, Store, StoreError, Stored, Updated,
///     schema::Projection,
/// };
///
/// /// A store that nobody can write to.
/// struct Frozen<S>(S);
///
/// fn frozen() -> StoreError {
///     StoreError::busy(std::time::Duration::from_secs(600))
/// }
///
/// impl<S: Store> Store for Frozen<S> {
///     async fn get(
///         &self,
///         cx: &Context,
///         id: &str,
///         want: &Projection,
///     ) -> Result<Option<Stored>, StoreError> {
///         self.0.get(cx, id, want).await
///     }
///
///     async fn query(&self, cx: &Context, query: &Query) -> Result<Page, StoreError> {
///         self.0.query(cx, query).await
///     }
///
///     async fn create(&self, _: &Context, _: New) -> Result<Stored, StoreError> {
///         Err(frozen())
///     }
///
///     async fn update(
///         &self,
///         _: &Context,
///         _: &str,
///         _: &Change,
///     ) -> Result<Option<Updated>, StoreError> {
///         Err(frozen())
///     }
///
///     async fn delete(&self, _: &Context, _: &str, _: &Guard) -> Result<bool, StoreError> {
///         Err(frozen())
///     }
///
///     fn features(&self) -> Features {
///         self.0.features()
///     }
/// }
/// ```
pub trait Store: Send + Sync + 'static {
    /// The resource with this id. What `want` does not include need not be loaded.
    fn get(
        &self,
        cx: &Context,
        id: &str,
        want: &Projection,
    ) -> impl Future<Output = Result<Option<Stored>, StoreError>> + Send;

    /// The resources of the type that match, in a stable order.
    ///
    /// # Errors
    /// [`StoreError::unsupported`] for a filter or order that the store cannot express: it must
    /// never answer a part of it.
    fn query(
        &self,
        cx: &Context,
        query: &Query,
    ) -> impl Future<Output = Result<Page, StoreError>> + Send;

    /// Keeps a new resource.
    ///
    /// # Errors
    /// [`StoreError::conflict`] if another resource has a value that must be unique; decided in
    /// the same transaction. What an invariant refuses, passed on.
    fn create(
        &self,
        cx: &Context,
        new: New,
    ) -> impl Future<Output = Result<Stored, StoreError>> + Send;

    /// Changes the resource with this id: loads its current state, calls [`Change::apply`] and
    /// writes what comes out, all in one transaction. `None` if there is no such resource.
    ///
    /// # Errors
    /// What the change or one of its invariants refuses, passed on; [`StoreError::conflict`] as in
    /// [`Store::create`].
    fn update(
        &self,
        cx: &Context,
        id: &str,
        change: &Change,
    ) -> impl Future<Output = Result<Option<Updated>, StoreError>> + Send;

    /// Deletes the resource with this id and its memberships; `false` if there is none.
    ///
    /// # Errors
    /// What [`Guard::check`], [`Guard::judge`] or an invariant refuses, passed on.
    fn delete(
        &self,
        cx: &Context,
        id: &str,
        guard: &Guard,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// What is kept of an attribute that is never returned, by its path, such as the hash of a
    /// `password`: for whoever checks it. `None` if there is none, or the store keeps none.
    ///
    /// A store that keeps them, as [`Features::secrets`] says, takes them from
    /// [`Valid::secrets`]: those of a new resource, and those that a change sets or removes. The
    /// others stay. They are written in the same transaction and go with the resource; a new one
    /// is a change, and moves the version. Never are they part of a [`Stored`].
    fn secret(
        &self,
        cx: &Context,
        id: &str,
        attribute: &str,
    ) -> impl Future<Output = Result<Option<String>, StoreError>> + Send {
        let _ = (cx, id, attribute);
        std::future::ready(Ok(None))
    }

    /// Several writes, in order; each succeeds or fails by itself. The provided function makes
    /// them one by one. Stops after `max_errors` writes that failed, or found no resource, and
    /// then answers fewer results.
    fn batch(
        &self,
        writes: Vec<Write>,
        max_errors: Option<usize>,
    ) -> impl Future<Output = Vec<Result<Written, StoreError>>> + Send {
        one_by_one(self, writes, max_errors)
    }

    /// What the store can do, for the service provider configuration.
    fn features(&self) -> Features {
        Features::default()
    }
}

pub(crate) async fn one_by_one<S: Store + ?Sized>(
    store: &S,
    writes: Vec<Write>,
    max_errors: Option<usize>,
) -> Vec<Result<Written, StoreError>> {
    let mut results = Vec::with_capacity(writes.len());
    let mut errors = 0;
    for write in writes {
        let result = match write {
            Write::Create { cx, new } => store.create(&cx, new).await.map(Written::Created),
            Write::Update { cx, id, change } => {
                store.update(&cx, &id, &change).await.map(Written::Updated)
            }
            Write::Delete { cx, id, guard } => {
                store.delete(&cx, &id, &guard).await.map(Written::Deleted)
            }
        };
        errors += usize::from(Written::is_failure(&result));
        results.push(result);
        if max_errors.is_some_and(|max| errors >= max) {
            break;
        }
    }
    results
}

/// What a store can do (RFC 7643 §5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Features {
    /// It answers filters.
    pub filter: bool,
    /// It answers in a given order.
    pub sort: bool,
    /// It answers pages by position, so that cursors can be given (RFC 9865).
    pub cursor: bool,
    /// It keeps the values of attributes that are never returned: [`Store::secret`].
    pub secrets: bool,
}

impl Default for Features {
    fn default() -> Self {
        Self { filter: true, sort: true, cursor: false, secrets: false }
    }
}

/// A resource as a store keeps it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Stored {
    /// Its id.
    pub id: String,
    /// Its version, which moves with every change of what is stored.
    pub version: Version,
    /// When it was created.
    pub created: DateTime<Utc>,
    /// When it last changed.
    pub modified: DateTime<Utc>,
    /// Its attributes in canonical form, without `id` and `meta`. Attributes that the projection
    /// leaves out may be missing. Shared, so that a store that keeps them in memory need not copy
    /// them.
    pub attributes: Arc<Map<String, Value>>,
    /// One large attribute, element by element, that is not among the attributes.
    pub values: Option<Values>,
}

/// The elements of one large attribute, read while the answer is sent.
pub struct Values {
    /// The attribute, such as `members`.
    pub attribute: Box<str>,
    /// Its elements in canonical form.
    pub elements: Box<dyn Iterator<Item = Result<Value, StoreError>> + Send>,
}

impl std::fmt::Debug for Values {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Values").field("attribute", &self.attribute).finish_non_exhaustive()
    }
}

impl Stored {
    /// A resource of these attributes that was created at this time and has not changed since.
    pub fn new(
        id: impl Into<String>,
        version: Version,
        created: DateTime<Utc>,
        attributes: impl Into<Arc<Map<String, Value>>>,
    ) -> Self {
        let attributes = attributes.into();
        Self { id: id.into(), version, created, modified: created, attributes, values: None }
    }

    /// The attributes, to be changed; copied if they are shared.
    pub fn attributes_mut(&mut self) -> &mut Map<String, Value> {
        Arc::make_mut(&mut self.attributes)
    }

    /// The same, last changed at this time.
    #[must_use]
    pub fn modified(mut self, modified: DateTime<Utc>) -> Self {
        self.modified = modified;
        self
    }

    /// The same, with one large attribute read while the answer is sent.
    #[must_use]
    pub fn values(mut self, values: Values) -> Self {
        self.values = Some(values);
        self
    }
}

/// A resource to be created. Its secrets are hashed, or not there at all.
#[derive(Debug)]
#[non_exhaustive]
pub struct New {
    /// The id that the service has chosen.
    pub id: String,
    /// The resource.
    pub resource: Valid,
    /// What must hold once it is there.
    pub invariants: Vec<Invariant>,
}

impl New {
    /// A resource with this id.
    pub fn with_id(id: impl Into<String>, resource: Valid) -> Self {
        Self { id: id.into(), resource, invariants: Vec::new() }
    }

    /// The same, with what must hold once it is there.
    #[must_use]
    pub fn under(mut self, invariants: Vec<Invariant>) -> Self {
        self.invariants = invariants;
        self
    }
}

/// What an update came to.
#[derive(Debug)]
#[non_exhaustive]
pub struct Updated {
    /// The resource afterwards. What is kept as rows may be missing.
    pub stored: Stored,
    /// Whether anything changed. If not, version and time of change are what they were.
    pub changed: bool,
}

impl Updated {
    /// The resource after a change.
    pub fn changed(stored: Stored) -> Self {
        Self { stored, changed: true }
    }

    /// The resource that the update left as it was.
    pub fn unchanged(stored: Stored) -> Self {
        Self { stored, changed: false }
    }
}

/// What a query asks for.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Query {
    /// Which resources; all, if there is none.
    pub filter: Option<Arc<Checked>>,
    /// In what order; that of the ids, if there is none.
    pub sort: Option<Sort>,
    /// Which of them.
    pub window: Window,
    /// What of each.
    pub want: Projection,
}

impl Query {
    /// The first resources of the type.
    pub fn new(window: Window, want: Projection) -> Self {
        Self { filter: None, sort: None, window, want }
    }
}

/// An order (RFC 7644 §3.4.2.3). Resources without a value come last, or first if descending;
/// ties are ordered by id.
#[derive(Clone, Debug, PartialEq)]
pub struct Sort {
    /// The attribute; of a list the primary element counts, else the first.
    pub path: ResolvedPath,
    /// From the greatest to the least.
    pub descending: bool,
}

/// A part of the result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Window {
    /// By index (RFC 7644 §3.4.2.4).
    Index {
        /// The first resource, counted from 1.
        start: u64,
        /// How many; 0 asks for the total alone.
        count: usize,
    },
    /// What follows a position (RFC 9865).
    After {
        /// The position; `None` for the beginning.
        position: Option<Position>,
        /// How many.
        count: usize,
    },
    /// What comes before a position (RFC 9865).
    Before {
        /// The position.
        position: Position,
        /// How many.
        count: usize,
    },
}

/// A resource's place in an order: its sort key and its id. The service seals it into a cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// The comparison key of the value sorted by; `None` if it has none, or nothing is sorted by.
    pub key: Option<String>,
    /// The id.
    pub id: String,
}

/// A part of a result.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Page {
    /// The resources.
    pub resources: Vec<Stored>,
    /// How many match in all, where that is known.
    pub total: Option<u64>,
    /// Where the next page begins.
    pub next: Option<Position>,
    /// Where this page begins, for the page before it.
    pub previous: Option<Position>,
}

impl Page {
    /// A page, and how many resources match in all.
    pub fn new(resources: Vec<Stored>, total: u64) -> Self {
        Self { resources, total: Some(total), next: None, previous: None }
    }
}

/// One write of a batch.
#[derive(Debug)]
pub enum Write {
    /// [`Store::create`].
    Create {
        /// What is known about the request.
        cx: Context,
        /// The resource.
        new: New,
    },
    /// [`Store::update`].
    Update {
        /// What is known about the request.
        cx: Context,
        /// The resource's id.
        id: String,
        /// The change.
        change: Change,
    },
    /// [`Store::delete`].
    Delete {
        /// What is known about the request.
        cx: Context,
        /// The resource's id.
        id: String,
        /// Under which conditions it is made.
        guard: Guard,
    },
}

impl Write {
    /// What is known about the request.
    pub fn context(&self) -> &Context {
        match self {
            Self::Create { cx, .. } | Self::Update { cx, .. } | Self::Delete { cx, .. } => cx,
        }
    }

    /// What must hold once it is made.
    pub fn invariants(&self) -> &[Invariant] {
        match self {
            Self::Create { new, .. } => &new.invariants,
            Self::Update { change, .. } => change.invariants(),
            Self::Delete { guard, .. } => &guard.invariants,
        }
    }
}

/// What one write of a batch came to.
#[derive(Debug)]
pub enum Written {
    /// The resource that was created.
    Created(Stored),
    /// The resource that was changed; `None` if there is none.
    Updated(Option<Updated>),
    /// Whether there was a resource to delete.
    Deleted(bool),
}

impl Written {
    /// Whether a write of a batch counts as failed: it was refused, or there was no resource.
    pub fn is_failure(result: &Result<Self, StoreError>) -> bool {
        matches!(result, Err(_) | Ok(Self::Updated(None) | Self::Deleted(false)))
    }
}

impl<S: Store> Store for Arc<S> {
    async fn get(
        &self,
        cx: &Context,
        id: &str,
        want: &Projection,
    ) -> Result<Option<Stored>, StoreError> {
        S::get(self, cx, id, want).await
    }

    async fn query(&self, cx: &Context, query: &Query) -> Result<Page, StoreError> {
        S::query(self, cx, query).await
    }

    async fn create(&self, cx: &Context, new: New) -> Result<Stored, StoreError> {
        S::create(self, cx, new).await
    }

    async fn update(
        &self,
        cx: &Context,
        id: &str,
        change: &Change,
    ) -> Result<Option<Updated>, StoreError> {
        S::update(self, cx, id, change).await
    }

    async fn delete(&self, cx: &Context, id: &str, guard: &Guard) -> Result<bool, StoreError> {
        S::delete(self, cx, id, guard).await
    }

    async fn batch(
        &self,
        writes: Vec<Write>,
        max_errors: Option<usize>,
    ) -> Vec<Result<Written, StoreError>> {
        S::batch(self, writes, max_errors).await
    }

    async fn secret(
        &self,
        cx: &Context,
        id: &str,
        attribute: &str,
    ) -> Result<Option<String>, StoreError> {
        S::secret(self, cx, id, attribute).await
    }

    fn features(&self) -> Features {
        S::features(self)
    }
}
