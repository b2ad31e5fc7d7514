//! A store behind a pointer, so that the checks are compiled once and not for each store.

use std::{future::Future, pin::Pin};

use scim_schema::Projection;

use crate::{
    Change, Context, Features, Guard, New, Page, Query, Store, StoreError, Stored, Updated, Write,
    Written,
};

/// Work under way.
pub(super) type Work<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// [`Store`], dyn-safe.
pub(super) trait Erased: Send + Sync {
    fn get<'a>(
        &'a self,
        cx: &'a Context,
        id: &'a str,
        want: &'a Projection,
    ) -> Work<'a, Result<Option<Stored>, StoreError>>;

    fn query<'a>(&'a self, cx: &'a Context, query: &'a Query)
    -> Work<'a, Result<Page, StoreError>>;

    fn create<'a>(&'a self, cx: &'a Context, new: New) -> Work<'a, Result<Stored, StoreError>>;

    fn update<'a>(
        &'a self,
        cx: &'a Context,
        id: &'a str,
        change: &'a Change,
    ) -> Work<'a, Result<Option<Updated>, StoreError>>;

    fn delete<'a>(
        &'a self,
        cx: &'a Context,
        id: &'a str,
        guard: &'a Guard,
    ) -> Work<'a, Result<bool, StoreError>>;

    fn secret<'a>(
        &'a self,
        cx: &'a Context,
        id: &'a str,
        attribute: &'a str,
    ) -> Work<'a, Result<Option<String>, StoreError>>;

    fn batch(
        &self,
        writes: Vec<Write>,
        max_errors: Option<usize>,
    ) -> Work<'_, Vec<Result<Written, StoreError>>>;

    fn features(&self) -> Features;
}

impl<S: Store> Erased for S {
    fn get<'a>(
        &'a self,
        cx: &'a Context,
        id: &'a str,
        want: &'a Projection,
    ) -> Work<'a, Result<Option<Stored>, StoreError>> {
        Box::pin(Store::get(self, cx, id, want))
    }

    fn query<'a>(
        &'a self,
        cx: &'a Context,
        query: &'a Query,
    ) -> Work<'a, Result<Page, StoreError>> {
        Box::pin(Store::query(self, cx, query))
    }

    fn create<'a>(&'a self, cx: &'a Context, new: New) -> Work<'a, Result<Stored, StoreError>> {
        Box::pin(Store::create(self, cx, new))
    }

    fn update<'a>(
        &'a self,
        cx: &'a Context,
        id: &'a str,
        change: &'a Change,
    ) -> Work<'a, Result<Option<Updated>, StoreError>> {
        Box::pin(Store::update(self, cx, id, change))
    }

    fn delete<'a>(
        &'a self,
        cx: &'a Context,
        id: &'a str,
        guard: &'a Guard,
    ) -> Work<'a, Result<bool, StoreError>> {
        Box::pin(Store::delete(self, cx, id, guard))
    }

    fn secret<'a>(
        &'a self,
        cx: &'a Context,
        id: &'a str,
        attribute: &'a str,
    ) -> Work<'a, Result<Option<String>, StoreError>> {
        Box::pin(Store::secret(self, cx, id, attribute))
    }

    fn batch(
        &self,
        writes: Vec<Write>,
        max_errors: Option<usize>,
    ) -> Work<'_, Vec<Result<Written, StoreError>>> {
        Box::pin(Store::batch(self, writes, max_errors))
    }

    fn features(&self) -> Features {
        Store::features(self)
    }
}
