//! Resources as they stand in the tables.

use chrono::DateTime;
use rusqlite::{Connection, OptionalExtension, Row, ToSql};
use scim_service::{
    Context, StoreError, Stored, UnknownMembers,
    core::{Error, Version},
    schema::Valid,
};
use serde_json::{Map, Value};

use crate::table::Table;

/// A resource, and what is derived from other tables, which no version covers.
pub(crate) struct Loaded {
    pub(crate) stored: Stored,
    derived: Map<String, Value>,
}

impl Loaded {
    pub(crate) fn shown(mut self) -> Stored {
        self.stored.attributes_mut().extend(self.derived);
        self.stored
    }
}

/// The resource of the context's type with this id.
pub(crate) fn load(
    database: &Connection,
    cx: &Context,
    id: &str,
) -> Result<Option<Loaded>, StoreError> {
    let Table { name, select, .. } = Table::of(cx);
    let select =
        format!("SELECT r.id, r.created_at, r.updated_at, {select} FROM {name} r WHERE r.id = ?1");
    let mut select = database.prepare_cached(&select)?;
    Ok(select.query_row([id], |row| loaded(cx, row)).optional()?)
}

/// There is no column for a version: it is the hash of what the row holds.
pub(crate) fn loaded(cx: &Context, row: &Row<'_>) -> rusqlite::Result<Loaded> {
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
pub(crate) fn save(
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

fn refused(error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::ConstraintViolation) => StoreError::conflict("userName"),
        _ => error.into(),
    }
}
