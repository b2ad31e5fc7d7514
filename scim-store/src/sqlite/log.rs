//! The log of changes: what was done to a tenant's resources, and what was refused.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, Row, params};
use scim_service::{Principal, StoreError};

use super::{error::SqliteError, resource::instant, scope::Scope};

/// A line of a tenant's log. It holds no values: reasons name attributes and rules.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogEntry {
    /// Its place in the tenant's log, from 1.
    pub seq: u64,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// Who asked for it.
    pub principal: Option<String>,
    /// What was done, or asked for: `create`, `update`, `delete`.
    pub operation: String,
    /// The type of the resource; empty if it is not known.
    pub resource_type: String,
    /// The id of the resource; empty if it has none.
    pub id: String,
    /// The HTTP status that it was refused with; `None` if it was done.
    pub status: Option<u16>,
    /// Why it was refused, or what of it was left out.
    pub reason: Option<String>,
}

/// A write that was refused, for the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Who asked for it.
    pub principal: Option<String>,
    /// What was asked for: `create`, `update`, `delete`.
    pub operation: &'static str,
    /// The type of the resource; empty if it is not known.
    pub resource_type: String,
    /// The id of the resource; empty if it has none.
    pub id: String,
    /// The HTTP status.
    pub status: u16,
    /// Why: without values, as all that is logged.
    pub reason: String,
}

const INSERT: &str = "INSERT INTO change (tenant, seq, at, type, id, operation, principal, status, \
    reason) SELECT ?1, 1 + coalesce(max(seq), 0), ?2, ?3, ?4, ?5, ?6, ?7, ?8 \
    FROM change WHERE tenant = ?1";

/// Keeps that a change was made.
pub(super) fn done(
    connection: &Connection,
    scope: &Scope,
    kind: &str,
    id: &str,
    operation: &str,
    left_out: Option<&str>,
) -> Result<(), SqliteError> {
    let now = scope.cx.now().timestamp_millis();
    let principal = scope.cx.get::<Principal>().map(|principal| &*principal.0);
    let none = None::<u16>;
    let row = params![&*scope.tenant, now, kind, id, operation, principal, none, left_out];
    connection.prepare_cached(INSERT)?.execute(row)?;
    Ok(())
}

/// Keeps that changes were refused.
pub(super) fn refused(
    connection: &Connection,
    tenant: &str,
    refused: &[Refused],
) -> Result<(), StoreError> {
    let now = Utc::now().timestamp_millis();
    let mut insert = connection.prepare_cached(INSERT).map_err(SqliteError::from)?;
    for Refused { principal, operation, resource_type, id, status, reason } in refused {
        let row = params![tenant, now, resource_type, id, operation, principal, status, reason];
        insert.execute(row).map_err(SqliteError::from)?;
    }
    Ok(())
}

const COLUMNS: &str =
    "SELECT seq, at, principal, operation, type, id, status, reason FROM change WHERE tenant = ?1";

/// What follows an entry, in order.
pub(super) fn after(
    connection: &Connection,
    tenant: &str,
    seq: u64,
    count: usize,
) -> Result<Vec<LogEntry>, StoreError> {
    let select = format!("{COLUMNS} AND seq > ?2 ORDER BY seq LIMIT ?3");
    let seq = i64::try_from(seq).unwrap_or(i64::MAX);
    read(connection, &select, params![tenant, seq, i64::try_from(count).unwrap_or(i64::MAX)])
}

/// The last entries, in order.
pub(super) fn last(
    connection: &Connection,
    tenant: &str,
    count: usize,
) -> Result<Vec<LogEntry>, StoreError> {
    let select = format!("{COLUMNS} ORDER BY seq DESC LIMIT ?2");
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let mut entries = read(connection, &select, params![tenant, count])?;
    entries.reverse();
    Ok(entries)
}

fn read(
    connection: &Connection,
    select: &str,
    values: &[&dyn rusqlite::ToSql],
) -> Result<Vec<LogEntry>, StoreError> {
    let mut statement = connection.prepare_cached(select).map_err(SqliteError::from)?;
    let rows = statement.query_map(values, entry).map_err(SqliteError::from)?;
    Ok(rows.collect::<Result<_, _>>().map_err(SqliteError::from)?)
}

fn entry(row: &Row<'_>) -> rusqlite::Result<LogEntry> {
    Ok(LogEntry {
        seq: row.get::<_, i64>(0)?.unsigned_abs(),
        at: instant(row.get(1)?),
        principal: row.get(2)?,
        operation: row.get(3)?,
        resource_type: row.get(4)?,
        id: row.get(5)?,
        status: row.get(6)?,
        reason: row.get(7)?,
    })
}
