//! The six functions of a store, over whatever [`Table`] a request is about.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use rusqlite::{Connection, functions::FunctionFlags, params};
use scim_filter::Key;
use scim_service::{
    Applied, Change, Context, Guard, New, Page, Query, Store, StoreError, Stored, Updated,
    core::Kind, schema::Projection,
};
use serde_json::Value;

use crate::{
    page::{judge, page},
    row::{Loaded, load, save},
    table::Table,
};

/// The users and teams of one customer, in tables that were there before SCIM came.
#[derive(Clone)]
pub struct TeamStore(Arc<Mutex<Connection>>);

impl TeamStore {
    /// Opens the database.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(path: impl AsRef<Path>) -> rusqlite::Result<Self> {
        let database = Connection::open(path)?;
        let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
        database.create_scalar_function("folded", 1, flags, |call| {
            Ok(call.get::<Option<String>>(0)?.and_then(folded))
        })?;
        database.execute_batch("PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON;")?;
        database.execute_batch(include_str!("../schema.sql"))?;
        Ok(Self(Arc::new(Mutex::new(database))))
    }

    /// Does the work in a transaction, on a thread that may wait. Unless it is committed, nothing
    /// has happened.
    async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(rusqlite::Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let database = self.0.clone();
        let work = move || {
            let mut database = database.lock().unwrap_or_else(PoisonError::into_inner);
            work(database.transaction()?)
        };
        tokio::task::spawn_blocking(work).await?
    }
}

/// How names compare, with and without SQL.
fn folded(text: String) -> Option<String> {
    Key::of(&Value::String(text), Kind::String, false).map(|key| key.as_str().to_owned())
}

impl Store for TeamStore {
    async fn get(
        &self,
        cx: &Context,
        id: &str,
        _: &Projection,
    ) -> Result<Option<Stored>, StoreError> {
        let (cx, id) = (cx.clone(), id.to_owned());
        self.with(move |read| Ok(load(&read, &cx, &id)?.map(Loaded::shown))).await
    }

    async fn query(&self, cx: &Context, query: &Query) -> Result<Page, StoreError> {
        let (cx, query) = (cx.clone(), query.clone());
        self.with(move |read| page(&read, &cx, &query)).await
    }

    async fn create(&self, cx: &Context, new: New) -> Result<Stored, StoreError> {
        let cx = cx.clone();
        self.with(move |write| {
            let New { id, resource, invariants, .. } = new;
            if load(&write, &cx, &id)?.is_some() {
                return Err(StoreError::conflict("id"));
            }
            let created = save(&write, &cx, &id, resource)?;
            judge(&write, &invariants)?;
            write.commit()?;
            Ok(created.shown())
        })
        .await
    }

    async fn update(
        &self,
        cx: &Context,
        id: &str,
        change: &Change,
    ) -> Result<Option<Updated>, StoreError> {
        let (cx, id, change) = (cx.clone(), id.to_owned(), change.clone());
        self.with(move |write| {
            let Some(before) = load(&write, &cx, &id)? else { return Ok(None) };
            let version = before.stored.version.clone();
            let valid = match change.apply(before.stored)? {
                Applied::Same(stored) => return Ok(Some(Updated::unchanged(stored))),
                Applied::Next(valid) => valid,
            };
            let after = save(&write, &cx, &id, valid)?;
            if after.stored.version == version {
                write.rollback()?;
                return Ok(Some(Updated::unchanged(after.shown())));
            }
            judge(&write, change.invariants())?;
            write.commit()?;
            Ok(Some(Updated::changed(after.shown())))
        })
        .await
    }

    async fn delete(&self, cx: &Context, id: &str, guard: &Guard) -> Result<bool, StoreError> {
        let (cx, id, guard) = (cx.clone(), id.to_owned(), guard.clone());
        self.with(move |write| {
            let Some(before) = load(&write, &cx, &id)? else { return Ok(false) };
            guard.check(&before.stored.version)?;
            guard.judge(before.stored)?;
            write.execute(
                "UPDATE teams SET updated_at = ?2
                 WHERE id IN (SELECT team_id FROM team_members WHERE member_id = ?1)",
                params![id, cx.now().timestamp_millis()],
            )?;
            write.execute("DELETE FROM team_members WHERE member_id = ?1", [&id])?;
            let delete = format!("DELETE FROM {} WHERE id = ?1", Table::of(&cx).name);
            write.execute(&delete, [&id])?;
            judge(&write, &guard.invariants)?;
            write.commit()?;
            Ok(true)
        })
        .await
    }
}
