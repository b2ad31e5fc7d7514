//! A store in memory that is watched, and can be made to fail.

use std::fmt;

use scim_service::{
    Change, Context, Features, Guard, MemoryStore, New, Page, Query, Store, StoreError, Stored,
    Updated, Values, Write, Written, one_by_one, schema::Projection,
};
use serde_json::Value;

/// A store in memory with the features that it says it has. It is never asked for others, and
/// resources are handed over with nothing in them that was not asked for, after a change without
/// members.
pub(crate) struct Wrapped {
    store: MemoryStore,
    features: Features,
    before: Before,
    /// How many members of a group are handed over one by one before that fails.
    members: Option<usize>,
}

/// Sees what each call of the store is given, as `Debug` shows it; an error is the call's.
type Before = Box<dyn Fn(&str) -> Result<(), StoreError> + Send + Sync>;

impl Wrapped {
    pub(crate) fn new(
        features: Features,
        before: impl Fn(&str) -> Result<(), StoreError> + Send + Sync + 'static,
    ) -> Self {
        Self { store: MemoryStore::new(), features, before: Box::new(before), members: None }
    }

    /// The same, handing over the members of groups one by one, so many before that fails.
    pub(crate) fn streaming(mut self, members: usize) -> Self {
        self.members = Some(members);
        self
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
        let mut found = self.store.get(cx, id, want).await?;
        if let Some(stored) = &mut found {
            want.apply(stored.attributes_mut());
        }
        if let Some((most, stored)) = self.members.zip(found.as_mut())
            && let Some(Value::Array(members)) = stored.attributes_mut().remove("members")
        {
            let elements = members.into_iter().enumerate().map(move |(at, member)| {
                if at < most { Ok(member) } else { Err(StoreError::from(fmt::Error)) }
            });
            let attribute = "members".into();
            stored.values = Some(Values { attribute, elements: Box::new(elements) });
        }
        Ok(found)
    }

    async fn query(&self, cx: &Context, query: &Query) -> Result<Page, StoreError> {
        assert!(self.features.filter || query.filter.is_none(), "asked for a filter");
        assert!(self.features.sort || query.sort.is_none(), "asked for an order");
        (self.before)(&format!("{cx:?} {query:?}"))?;
        let mut page = self.store.query(cx, query).await?;
        for stored in &mut page.resources {
            query.want.apply(stored.attributes_mut());
        }
        Ok(page)
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
        let mut updated = self.store.update(cx, id, change).await?;
        if let Some(updated) = &mut updated {
            updated.stored.attributes_mut().remove("members");
        }
        Ok(updated)
    }

    async fn delete(&self, cx: &Context, id: &str, guard: &Guard) -> Result<bool, StoreError> {
        (self.before)(&format!("{cx:?} {guard:?}"))?;
        self.store.delete(cx, id, guard).await
    }

    async fn batch(
        &self,
        writes: Vec<Write>,
        max_errors: Option<usize>,
    ) -> Vec<Result<Written, StoreError>> {
        if let Err(error) = (self.before)(&format!("{} writes", writes.len())) {
            return vec![Err(error)];
        }
        one_by_one(self, writes, max_errors).await
    }

    fn features(&self) -> Features {
        self.features
    }
}
