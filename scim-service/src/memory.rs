//! A store in memory, for tests and demonstrations.

mod data;
mod member;
mod query;

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use scim_schema::Projection;

use self::data::{Data, Row};
use crate::{
    Applied, Change, Context, Features, Guard, Invariant, New, Page, Query, Store, StoreError,
    Stored, Tenant, Updated,
};

/// A store in memory: whole resources in maps, one lock around them all.
///
/// Requests without a [`Tenant`] share one space of their own, which no tenant sees.
#[derive(Debug, Default)]
pub struct MemoryStore {
    tenants: Mutex<BTreeMap<Option<Tenant>, Data>>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes a write, or leaves everything as it was.
    fn attempt<T>(
        &self,
        cx: &Context,
        write: impl FnOnce(&mut Data) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.with(cx, |data| data.attempt(write))
    }

    fn with<T>(&self, cx: &Context, work: impl FnOnce(&mut Data) -> T) -> T {
        let mut tenants: MutexGuard<'_, _> =
            self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        work(tenants.entry(cx.get::<Tenant>().cloned()).or_default())
    }
}

/// What must hold after a write.
fn judge(data: &Data, invariants: &[Invariant]) -> Result<(), StoreError> {
    let mut invariants = invariants.iter();
    invariants.try_for_each(|one| one.check(|cx, query| Ok(query::run(data, cx, query))))
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
        let New { id, mut resource, invariants } = new;
        let secrets = resource.take_secrets();
        self.attempt(cx, |data| {
            if data.row(cx.resource_type(), &id).is_some() {
                return Err(StoreError::conflict("id"));
            }
            let attributes = member::known(data, cx, resource.into_attributes())?;
            let row = Row::new(cx, attributes, secrets);
            let stored = row.stored(&id);
            data.put(cx.resource_type(), &id, Some(row))?;
            judge(data, &invariants)?;
            Ok(stored)
        })
    }

    async fn update(
        &self,
        cx: &Context,
        id: &str,
        change: &Change,
    ) -> Result<Option<Updated>, StoreError> {
        self.attempt(cx, |data| {
            let Some(current) = data.stored(cx, id) else { return Ok(None) };
            let mut valid = match change.apply(current)? {
                Applied::Same(stored) => return Ok(Some(Updated::unchanged(stored))),
                Applied::Next(valid) => valid,
            };
            let secrets = valid.take_secrets();
            let next = member::known(data, cx, valid.into_attributes())?;
            let Some(row) = data.row(cx.resource_type(), id) else { return Ok(None) };
            let changed = row.is_moved_by(&secrets) || !cx.schema().same(&row.attributes, &next);
            if changed {
                let row = row.next(cx, next, &secrets);
                data.put(cx.resource_type(), id, Some(row))?;
                judge(data, change.invariants())?;
            }
            let Some(stored) = data.stored(cx, id) else { return Ok(None) };
            Ok(Some(if changed { Updated::changed(stored) } else { Updated::unchanged(stored) }))
        })
    }

    async fn delete(&self, cx: &Context, id: &str, guard: &Guard) -> Result<bool, StoreError> {
        self.attempt(cx, |data| {
            let Some(stored) = data.stored(cx, id) else { return Ok(false) };
            guard.check(&stored.version)?;
            guard.judge(stored)?;
            data.put(cx.resource_type(), id, None)?;
            member::forget(data, id, cx.now())?;
            judge(data, &guard.invariants)?;
            Ok(true)
        })
    }

    async fn secret(
        &self,
        cx: &Context,
        id: &str,
        attribute: &str,
    ) -> Result<Option<String>, StoreError> {
        Ok(self.with(cx, |data| {
            let text = data.row(cx.resource_type(), id)?.secret(attribute)?;
            Some(text.to_owned())
        }))
    }

    fn features(&self) -> Features {
        Features { cursor: true, secrets: true, ..Features::default() }
    }
}
