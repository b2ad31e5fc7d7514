//! The six functions of a store, over whatever [`Table`] a request is about.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::DateTime;
use rusqlite::{
    Connection, OptionalExtension, Row, ToSql, functions::FunctionFlags, params, params_from_iter,
    types,
};
use scim_filter::{
    Key,
    sql::{self, Dialect, Direction, Param},
};
use scim_service::{
    Applied, Change, Context, Guard, Invariant, New, Page, Query, Store, StoreError, Stored,
    UnknownMembers, Updated, Window,
    core::{Error, Kind, Version},
    schema::{Projection, Valid},
};
use serde_json::{Map, Value};

use crate::table::Table;

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

/// A resource, and what is derived from other tables, which no version covers.
struct Loaded {
    stored: Stored,
    derived: Map<String, Value>,
}

impl Loaded {
    fn shown(mut self) -> Stored {
        self.stored.attributes_mut().extend(self.derived);
        self.stored
    }
}

fn load(database: &Connection, cx: &Context, id: &str) -> Result<Option<Loaded>, StoreError> {
    let Table { name, select, .. } = Table::of(cx);
    let select =
        format!("SELECT r.id, r.created_at, r.updated_at, {select} FROM {name} r WHERE r.id = ?1");
    let mut select = database.prepare_cached(&select)?;
    Ok(select.query_row([id], |row| loaded(cx, row)).optional()?)
}

/// There is no column for a version: it is the hash of what the row holds.
fn loaded(cx: &Context, row: &Row<'_>) -> rusqlite::Result<Loaded> {
    let (attributes, derived): (String, String) = (row.get(3)?, row.get(4)?);
    let version = Version::of(attributes.as_bytes());
    let canonical = |json: &str| {
        let mut value: Value = serde_json::from_str(json).unwrap_or_default();
        value.as_object_mut().into_iter().for_each(|all| all.retain(|_, one| !is_empty_list(one)));
        cx.schema().trust(value).into_attributes()
    };
    let [created, modified] = [row.get(1)?, row.get(2)?]
        .map(|at| DateTime::from_timestamp_millis(at).unwrap_or_default());
    let stored = Stored::new(row.get::<_, String>(0)?, version, created, canonical(&attributes));
    let mut derived = canonical(&derived);
    derived.remove("schemas");
    Ok(Loaded { stored: stored.modified(modified), derived })
}

fn is_empty_list(value: &Value) -> bool {
    value.as_array().is_some_and(Vec::is_empty)
}

/// Writes all of a resource, and reads what has come of it.
fn save(
    database: &Connection,
    cx: &Context,
    id: &str,
    resource: Valid,
) -> Result<Loaded, StoreError> {
    let attributes = resource.into_attributes();
    let members =
        |of: &Map<String, Value>| of.get("members").and_then(Value::as_array).map(Vec::len);
    let wanted = members(&attributes);
    let (json, now) = (Value::Object(attributes).to_string(), cx.now().timestamp_millis());
    let values: [&dyn ToSql; 3] = [&id, &json, &now];
    for statement in Table::of(cx).write {
        let mut write = database.prepare_cached(statement)?;
        let count = write.parameter_count();
        write.execute(values.get(..count).unwrap_or(&values)).map_err(refused)?;
    }
    let saved = load(database, cx, id)?.ok_or_else(StoreError::stale)?;
    let is_short = members(&saved.stored.attributes) < wanted;
    if is_short && cx.unknown_members() == UnknownMembers::Refuse {
        return Err(Error::invalid_value("`members` names a resource that does not exist").into());
    }
    Ok(saved)
}

/// What must hold once a write is made. Nobody else writes before it is committed.
fn judge(write: &Connection, invariants: &[Invariant]) -> Result<(), StoreError> {
    let mut invariants = invariants.iter();
    invariants.try_for_each(|one| one.check(|cx, query| page(write, cx, query)))
}

fn refused(error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::ConstraintViolation) => StoreError::conflict("userName"),
        _ => error.into(),
    }
}

/// Filter, order and page are the database's work.
fn page(database: &Connection, cx: &Context, query: &Query) -> Result<Page, StoreError> {
    let table = Table::of(cx);
    let Table { name, select, .. } = table;
    let unsupported = |error: sql::Unsupported| StoreError::unsupported(error.attribute());
    let filter = query.filter.as_ref();
    let found = filter.map(|filter| sql::compile(filter, table, Dialect::Sqlite, 1));
    let (condition, params) = match found.transpose().map_err(unsupported)? {
        Some(found) => (found.text, found.params),
        None => ("TRUE".to_owned(), Vec::new()),
    };
    let mut values: Vec<types::Value> = params.into_iter().map(bound).collect();
    let count = format!("SELECT count(*) FROM {name} r WHERE {condition}");
    let total: i64 = database.query_row(&count, params_from_iter(&values), |row| row.get(0))?;

    let path = query.sort.as_ref().map(|sort| &sort.path);
    let descending = query.sort.as_ref().is_some_and(|sort| sort.descending);
    let direction = if descending { Direction::Descending } else { Direction::Ascending };
    let order = sql::order(path, direction, table, Dialect::Sqlite).map_err(unsupported)?;
    let Window::Index { start, count } = query.window else {
        return Err(StoreError::unsupported("cursor"));
    };
    values.push(i64::try_from(count).unwrap_or(i64::MAX).into());
    values.push(i64::try_from(start.saturating_sub(1)).unwrap_or(i64::MAX).into());
    let select = format!(
        "SELECT r.id, r.created_at, r.updated_at, {select} FROM {name} r WHERE {condition}
         ORDER BY {} LIMIT ?{} OFFSET ?{}",
        order.terms(),
        values.len() - 1,
        values.len(),
    );
    let mut select = database.prepare_cached(&select)?;
    let rows = select.query_map(params_from_iter(&values), |row| loaded(cx, row))?;
    let resources = rows.map(|row| Ok(row?.shown())).collect::<Result<_, StoreError>>()?;
    Ok(Page::new(resources, total.unsigned_abs()))
}

fn bound(param: Param) -> types::Value {
    match param {
        Param::Text(text) => text.into(),
        Param::Bool(truth) => truth.into(),
        Param::Integer(whole) => whole.into(),
        Param::Real(real) => real.into(),
        _ => types::Value::Null,
    }
}
