//! A tenant as a whole.

use rusqlite::Connection;

use super::error::SqliteError;

/// Every table whose rows belong to a tenant; what hangs on a resource goes with it.
const TABLES: [&str; 7] = ["member", "key", "secret", "resource", "tally", "change", "indexed"];

/// Deletes all that a tenant has.
pub(super) fn forget(connection: &Connection, tenant: &str) -> Result<(), SqliteError> {
    for table in TABLES {
        connection.execute(&format!("DELETE FROM {table} WHERE tenant = ?1"), [tenant])?;
    }
    Ok(())
}
