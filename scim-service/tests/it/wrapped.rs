//! A store in memory that is watched, and can be made to fail.

use scim_service::{
    Change, Context, Features, Guard, MemoryStore, New, Page, Query, Store, StoreError, Stored,
    Updated, schema::Projection,
};

/// A store in memory with the features that it says it has. It is never asked for others.
pub(crate) struct Wrapped {
    store: MemoryStore,
    features: Features,
    before: Before,
}

/// Sees what each call of the store is given, as `Debug` shows it; an error is the call's.
type Before = Box<dyn Fn(&str) -> Result<(), StoreError> + Send + Sync>;

impl Wrapped {
    pub(crate) fn new(
        features: Features,
        before: impl Fn(&str) -> Result<(), StoreError> + Send + Sync + 'static,
    ) -> Self {
        Self { store: MemoryStore::new(), features, before: Box::new(before) }
    }
}

impl Store for Wrapped {
    async fn get(
        &self,
        cx: &Context,
        id: &str,
        want: &Projection,
    ) -> Result<Option<Stored>, StoreError> {
        (self.before)(&format!("{cx:?} {want:?}"))?;
        self.store.get(cx, id, want).await
    }

    async fn query(&self, cx: &Context, query: &Query) -> Result<Page, StoreError> {
        assert!(self.features.filter || query.filter.is_none(), "asked for a filter");
        assert!(self.features.sort || query.sort.is_none(), "asked for an order");
        (self.before)(&format!("{cx:?} {query:?}"))?;
        self.store.query(cx, query).await
    }

    async fn create(&self, cx: &Context, new: New) -> Result<Stored, StoreError> {
        (self.before)(&format!("{cx:?} {new:?}"))?;
        self.store.create(cx, new).await
    }

    async fn update(
        &self,
        cx: &Context,
        id: &str,
        change: &Change,
    ) -> Result<Option<Updated>, StoreError> {
        (self.before)(&format!("{cx:?} {change:?} {:?}", change.split("members")))?;
        self.store.update(cx, id, change).await
    }

    async fn delete(&self, cx: &Context, id: &str, guard: &Guard) -> Result<bool, StoreError> {
        (self.before)(&format!("{cx:?} {guard:?}"))?;
        self.store.delete(cx, id, guard).await
    }

    fn features(&self) -> Features {
        self.features
    }
}
