//! A store in memory, for tests and demonstrations.

mod data;
mod member;
mod query;

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use scim_schema::Projection;

use self::data::Data;
use crate::{
    Applied, Change, Context, Features, Guard, New, Page, Query, Store, StoreError, Stored, Tenant,
    Updated,
};

/// A store in memory: whole resources in maps, one lock around them all.
///
/// Requests without a [`Tenant`] share one space of their own, which no tenant sees.
#[derive(Debug, Default)]
pub struct MemoryStore {
    tenants: Mutex<HashMap<Option<Tenant>, Data>>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    fn with<T>(&self, cx: &Context, work: impl FnOnce(&mut Data) -> T) -> T {
        let mut tenants: MutexGuard<'_, _> =
            self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        work(tenants.entry(cx.get::<Tenant>().cloned()).or_default())
    }
}

impl Store for MemoryStore {
    async fn get(
        &self,
        cx: &Context,
        id: &str,
        want: &Projection,
    ) -> Result<Option<Stored>, StoreError> {
        Ok(self.with(cx, |data| data.get(cx, id, want)))
    }

    async fn query(&self, cx: &Context, query: &Query) -> Result<Page, StoreError> {
        Ok(self.with(cx, |data| query::run(data, cx, query)))
    }

    async fn create(&self, cx: &Context, new: New) -> Result<Stored, StoreError> {
        self.with(cx, |data| {
            let attributes = member::known(data, cx, new.resource.into_attributes())?;
            data.insert(cx, &new.id, attributes)?;
            data.stored(cx, &new.id).ok_or_else(StoreError::stale)
        })
    }

    async fn update(
        &self,
        cx: &Context,
        id: &str,
        change: &Change,
    ) -> Result<Option<Updated>, StoreError> {
        self.with(cx, |data| {
            let Some(current) = data.stored(cx, id) else { return Ok(None) };
            let before = current.attributes.clone();
            let next = match change.apply(current)? {
                Applied::Same(stored) => return Ok(Some(Updated::unchanged(stored))),
                Applied::Next(valid) => member::known(data, cx, valid.into_attributes())?,
            };
            let changed = !cx.schema().same(&before, &next);
            if changed {
                data.replace(cx, id, next)?;
            }
            let Some(stored) = data.stored(cx, id) else { return Ok(None) };
            Ok(Some(if changed { Updated::changed(stored) } else { Updated::unchanged(stored) }))
        })
    }

    async fn delete(&self, cx: &Context, id: &str, guard: &Guard) -> Result<bool, StoreError> {
        self.with(cx, |data| {
            let Some(stored) = data.stored(cx, id) else { return Ok(false) };
            guard.check(&stored.version)?;
            data.remove(cx, id);
            member::forget(data, id, cx.now());
            Ok(true)
        })
    }

    fn features(&self) -> Features {
        Features { cursor: true, ..Features::default() }
    }
}
