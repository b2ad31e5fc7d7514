//! Where resources are kept.

mod batch;
mod query;
mod stored;

use std::{future::Future, sync::Arc};

use scim_schema::Projection;

use crate::{Change, Context, Guard, StoreError};

pub(crate) use batch::{TRIES, delete, update};
pub use batch::{Write, Written, one_by_one};
pub use query::{Page, Position, Query, Sort, Window};
pub use stored::{New, Stored, Updated, Values};

/// Where resources are kept: six functions over one's own tables. Each call is one transaction.
///
/// A store keeps what it is given and answers what it is asked; the protocol, validation and
/// policies are the service's. What [`Context::schema`] declares as a relation (`members` of a
/// group) a store may keep as rows and change by [`Change::split`].
///
/// A write can bring [invariants](crate::Invariant): in [`New::invariants`], [`Change::invariants`] and
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
    /// [`Valid::secrets`](scim_schema::Valid::secrets): those of a new resource, and those that a change sets or removes. The
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
    /// them [`one_by_one`]. Stops after `max_errors` writes that failed, or found no resource, and
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
    /// It answers pages by index. One that answers by position need not: then it is asked by index
    /// for the first page alone, and for totals.
    pub index: bool,
    /// It keeps the values of attributes that are never returned: [`Store::secret`].
    pub secrets: bool,
}

impl Default for Features {
    fn default() -> Self {
        Self { filter: true, sort: true, cursor: false, index: true, secrets: false }
    }
}

impl Features {
    /// Whether clients can page by cursor alone (RFC 9865 §2.3).
    pub(crate) fn is_cursor_only(&self) -> bool {
        self.cursor && !self.index
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
