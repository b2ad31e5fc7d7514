//! What is never returned, such as hashes of passwords.

use rusqlite::{Connection, OptionalExtension, params};
use scim_schema::Secrets;

use super::{error::SqliteError, scope::Scope};

/// Sets what is given, removes what is to have no value, and leaves the rest. Gives the number of
/// values that are others than before.
pub(super) fn keep(
    connection: &Connection,
    scope: &Scope,
    id: &str,
    secrets: &Secrets,
) -> Result<usize, SqliteError> {
    let mut count = 0;
    for secret in secrets.iter() {
        let (whose, kind, attribute) = (&*scope.tenant, scope.kind(), secret.path());
        count += match secret.text() {
            Some(text) => connection
                .prepare_cached(
                    "INSERT INTO secret (tenant, type, id, attribute, value) \
                     VALUES (?1, ?2, ?3, ?4, ?5) \
                     ON CONFLICT DO UPDATE SET value = excluded.value",
                )?
                .execute(params![whose, kind, id, attribute, text])?,
            None => connection
                .prepare_cached(
                    "DELETE FROM secret \
                     WHERE tenant = ?1 AND type = ?2 AND id = ?3 AND attribute = ?4",
                )?
                .execute(params![whose, kind, id, attribute])?,
        };
    }
    Ok(count)
}

/// The value that is kept of an attribute.
pub(super) fn get(
    connection: &Connection,
    scope: &Scope,
    id: &str,
    attribute: &str,
) -> Result<Option<String>, SqliteError> {
    let mut statement = connection.prepare_cached(
        "SELECT value FROM secret \
         WHERE tenant = ?1 AND type = ?2 AND id = ?3 AND attribute = ?4",
    )?;
    let row = params![&*scope.tenant, scope.kind(), id, attribute];
    Ok(statement.query_row(row, |row| row.get(0)).optional()?)
}

/// Removes all that is kept of a resource.
pub(super) fn forget(connection: &Connection, scope: &Scope, id: &str) -> Result<(), SqliteError> {
    let mut statement = connection
        .prepare_cached("DELETE FROM secret WHERE tenant = ?1 AND type = ?2 AND id = ?3")?;
    statement.execute(params![&*scope.tenant, scope.kind(), id])?;
    Ok(())
}
