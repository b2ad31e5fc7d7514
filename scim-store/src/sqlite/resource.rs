//! One resource: its row, its keys, and what is read from other tables into it.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, params};
use scim_core::Version;
use scim_service::{StoreError, Stored};
use serde_json::{Map, Value};

use super::{
    error::SqliteError,
    member,
    scope::{Scope, Wanted},
};

/// The row of a resource.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) num: i64,
    pub(super) id: String,
    pub(super) version: u64,
    pub(super) created: DateTime<Utc>,
    pub(super) modified: DateTime<Utc>,
    /// The attributes that are not kept as rows.
    pub(super) attributes: Map<String, Value>,
}

impl Head {
    pub(super) fn version(&self) -> Version {
        Version::counter(self.version)
    }

    pub(super) fn stored(self) -> Stored {
        let version = self.version();
        Stored::new(self.id, version, self.created, self.attributes).modified(self.modified)
    }

    /// Marks a change at this moment; the row is written by [`rewrite`] or [`touch`].
    pub(super) fn moved(mut self, now: DateTime<Utc>) -> Self {
        self.version += 1;
        self.modified = instant(now.timestamp_millis());
        self
    }
}

/// Milliseconds since 1970 as they are kept.
pub(super) fn instant(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(millis).unwrap_or_default()
}

const HEAD: &str = "SELECT num, id, version, created, modified, doc FROM resource \
    WHERE tenant = ?1 AND type = ?2 AND id = ?3";

/// The resource's row.
pub(super) fn head(
    connection: &Connection,
    scope: &Scope,
    id: &str,
) -> Result<Option<Head>, SqliteError> {
    let mut statement = connection.prepare_cached(HEAD)?;
    let found = statement.query_row(params![&*scope.tenant, scope.kind(), id], read).optional()?;
    found.transpose()
}

fn read(row: &Row<'_>) -> rusqlite::Result<Result<Head, SqliteError>> {
    let doc = row.get_ref(5)?.as_bytes()?;
    let attributes = match serde_json::from_slice(doc) {
        Ok(attributes) => attributes,
        Err(error) => return Ok(Err(error.into())),
    };
    Ok(Ok(Head {
        num: row.get(0)?,
        id: row.get(1)?,
        version: row.get::<_, i64>(2)?.unsigned_abs(),
        created: instant(row.get(3)?),
        modified: instant(row.get(4)?),
        attributes,
    }))
}

/// The resource, with the rows that are wanted.
pub(super) fn get(
    connection: &Connection,
    scope: &Scope,
    id: &str,
    wanted: &Wanted,
) -> Result<Option<Stored>, StoreError> {
    let Some(head) = head(connection, scope, id)? else { return Ok(None) };
    let mut stored = head.stored();
    member::complete(connection, scope, &mut stored, wanted)?;
    Ok(Some(stored))
}

/// Writes a new resource and its keys.
pub(super) fn insert(
    connection: &Connection,
    scope: &Scope,
    id: &str,
    attributes: &Map<String, Value>,
) -> Result<(), StoreError> {
    let now = scope.cx.now().timestamp_millis();
    let doc = serde_json::to_string(attributes)?;
    let mut statement = connection
        .prepare_cached(
            "INSERT INTO resource (tenant, type, id, version, created, modified, display, doc) \
             VALUES (?1, ?2, ?3, 1, ?4, ?4, ?5, ?6)",
        )
        .map_err(SqliteError::from)?;
    statement
        .execute(params![&*scope.tenant, scope.kind(), id, now, display(attributes), doc])
        .map_err(SqliteError::from)?;
    let num = connection.last_insert_rowid();
    count(connection, scope, 1)?;
    shadow(connection, scope, num, attributes)?;
    claim(connection, scope, id, &Keys::of(scope, attributes))
}

/// Writes a changed resource, and of its keys what differs.
pub(super) fn rewrite(
    connection: &Connection,
    scope: &Scope,
    head: &Head,
    before: &Keys,
) -> Result<(), StoreError> {
    let doc = serde_json::to_string(&head.attributes)?;
    let mut statement = connection
        .prepare_cached(
            "UPDATE resource SET version = ?2, modified = ?3, display = ?4, doc = ?5 WHERE num = ?1",
        )
        .map_err(SqliteError::from)?;
    let version = i64::try_from(head.version)?;
    let modified = head.modified.timestamp_millis();
    statement
        .execute(params![head.num, version, modified, display(&head.attributes), doc])
        .map_err(SqliteError::from)?;
    shadow(connection, scope, head.num, &head.attributes)?;
    let after = Keys::of(scope, &head.attributes);
    remove_keys(connection, scope, &head.id, &before.without(&after))?;
    claim(connection, scope, &head.id, &after.without(before))
}

/// Writes version and time of change alone.
pub(super) fn touch(connection: &Connection, head: &Head) -> Result<(), StoreError> {
    let mut statement = connection
        .prepare_cached("UPDATE resource SET version = ?2, modified = ?3 WHERE num = ?1")
        .map_err(SqliteError::from)?;
    let modified = head.modified.timestamp_millis();
    let version = i64::try_from(head.version)?;
    statement.execute(params![head.num, version, modified]).map_err(SqliteError::from)?;
    Ok(())
}

/// Deletes a resource and its keys.
pub(super) fn remove(
    connection: &Connection,
    scope: &Scope,
    head: &Head,
) -> Result<(), SqliteError> {
    remove_keys(connection, scope, &head.id, &Keys::of(scope, &head.attributes))?;
    let mut statement = connection.prepare_cached("DELETE FROM resource WHERE num = ?1")?;
    statement.execute([head.num])?;
    count(connection, scope, -1)
}

fn count(connection: &Connection, scope: &Scope, more: i64) -> Result<(), SqliteError> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO tally (tenant, type, count) VALUES (?1, ?2, ?3) \
         ON CONFLICT (tenant, type) DO UPDATE SET count = count + ?3",
    )?;
    statement.execute(params![&*scope.tenant, scope.kind(), more])?;
    Ok(())
}

/// How many resources of the type there are.
pub(super) fn counted(connection: &Connection, scope: &Scope) -> Result<u64, SqliteError> {
    let mut statement =
        connection.prepare_cached("SELECT count FROM tally WHERE tenant = ?1 AND type = ?2")?;
    let count = statement.query_row(params![&*scope.tenant, scope.kind()], |row| row.get(0));
    Ok(count.optional()?.map_or(0, i64::unsigned_abs))
}

fn display(attributes: &Map<String, Value>) -> Option<&str> {
    attributes.get("displayName").and_then(Value::as_str)
}

/// Writes the document of keys.
pub(super) fn shadow(
    connection: &Connection,
    scope: &Scope,
    num: i64,
    attributes: &Map<String, Value>,
) -> Result<(), SqliteError> {
    let keys = serde_json::to_string(&scope.schema().shadow(attributes))?;
    let mut statement = connection.prepare_cached(
        "INSERT INTO search (num, keys) VALUES (?1, jsonb(?2)) \
         ON CONFLICT (num) DO UPDATE SET keys = excluded.keys",
    )?;
    statement.execute(params![num, keys])?;
    Ok(())
}

/// The keys of a resource that are looked up by value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Keys(Vec<Entry>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    attribute: String,
    key: String,
    sole: bool,
}

impl Keys {
    pub(super) fn of(scope: &Scope, attributes: &Map<String, Value>) -> Self {
        let mut entries = Vec::new();
        for indexed in scope.schema().indexed() {
            for key in indexed.keys(attributes) {
                entries.push(Entry {
                    attribute: indexed.label.clone(),
                    key: key.as_str().to_owned(),
                    sole: indexed.unique,
                });
            }
        }
        Self(entries)
    }

    pub(super) fn count(&self) -> u64 {
        u64::try_from(self.0.len()).unwrap_or(u64::MAX)
    }

    fn without(&self, others: &Self) -> Self {
        Self(self.0.iter().filter(|entry| !others.0.contains(entry)).cloned().collect())
    }
}

/// Adds the keys that nobody else has, and gives the attribute of one that must be unique and is
/// taken.
pub(super) fn add_keys<'k>(
    connection: &Connection,
    scope: &Scope,
    id: &str,
    keys: &'k Keys,
) -> Result<Option<&'k str>, SqliteError> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO key (tenant, type, attr, k, id, sole) VALUES (?1, ?2, ?3, ?4, ?5, ?6) \
         ON CONFLICT DO NOTHING",
    )?;
    let mut taken = None;
    for Entry { attribute, key, sole } in &keys.0 {
        let row = params![&*scope.tenant, scope.kind(), attribute, key, id, sole];
        if statement.execute(row)? == 0 && *sole {
            taken = Some(attribute.as_str());
        }
    }
    Ok(taken)
}

/// The attribute of a key that is not there as it should be.
pub(super) fn missing_key<'k>(
    connection: &Connection,
    scope: &Scope,
    id: &str,
    keys: &'k Keys,
) -> Result<Option<&'k str>, SqliteError> {
    let mut statement = connection.prepare_cached(
        "SELECT 1 FROM key WHERE tenant = ?1 AND type = ?2 AND attr = ?3 AND k = ?4 AND id = ?5 \
         AND sole = ?6",
    )?;
    for Entry { attribute, key, sole } in &keys.0 {
        if !statement.exists(params![&*scope.tenant, scope.kind(), attribute, key, id, sole])? {
            return Ok(Some(attribute));
        }
    }
    Ok(None)
}

/// # Errors
/// 409 if another resource has a key that must be unique.
fn claim(connection: &Connection, scope: &Scope, id: &str, keys: &Keys) -> Result<(), StoreError> {
    match add_keys(connection, scope, id, keys)? {
        Some(attribute) => Err(StoreError::conflict(attribute)),
        None => Ok(()),
    }
}

fn remove_keys(
    connection: &Connection,
    scope: &Scope,
    id: &str,
    keys: &Keys,
) -> Result<(), SqliteError> {
    let mut statement = connection.prepare_cached(
        "DELETE FROM key WHERE tenant = ?1 AND type = ?2 AND attr = ?3 AND k = ?4 AND id = ?5",
    )?;
    for Entry { attribute, key, .. } in &keys.0 {
        statement.execute(params![&*scope.tenant, scope.kind(), attribute, key, id])?;
    }
    Ok(())
}
