//! Approval paths: who approves what, one after the other. Whoever leaves is taken out, and the
//! next approver is in.

use std::{path::Path, sync::Arc, time::Duration};

use rusqlite::{Connection, OptionalExtension, params};
use scim_service::{Context, Store, Tenant, schema::Projection};
use scim_store::SqliteStore;
use serde_json::Value;

use crate::{Failure, registry::RegistryError};

/// The approval paths, beside the resources. Leavers are found in the log of changes; how far it
/// has been read is kept together with what came of it, so that a crash loses nothing.
pub(crate) struct Approvals(Connection);

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS approval_path (
        tenant TEXT NOT NULL REFERENCES tenant (name) ON DELETE CASCADE,
        path   TEXT NOT NULL,
        PRIMARY KEY (tenant, path)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS approver (
        tenant TEXT    NOT NULL,
        path   TEXT    NOT NULL,
        place  INTEGER NOT NULL,
        id     TEXT    NOT NULL,
        PRIMARY KEY (tenant, path, place),
        FOREIGN KEY (tenant, path) REFERENCES approval_path (tenant, path) ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS approval_seen (
        tenant TEXT    NOT NULL PRIMARY KEY REFERENCES tenant (name) ON DELETE CASCADE,
        seq    INTEGER NOT NULL -- of the last change that was looked at
    ) STRICT, WITHOUT ROWID;
";

/// Changes looked at together.
const BATCH: usize = 500;

/// How often the log is looked at.
const PAUSE: Duration = Duration::from_millis(250);

impl Approvals {
    pub(crate) fn open(path: &Path) -> Result<Self, RegistryError> {
        let database = Connection::open(path)?;
        database.busy_timeout(Duration::from_secs(5))?;
        database.pragma_update(None, "foreign_keys", true)?;
        database.execute_batch(TABLES)?;
        Ok(Self(database))
    }

    /// Makes these the approvers of a path; without any, there is no such path.
    pub(crate) fn set(
        &mut self,
        tenant: &str,
        path: &str,
        ids: &[String],
    ) -> Result<(), RegistryError> {
        let write = self.0.transaction()?;
        let whose = params![tenant, path];
        write.execute("DELETE FROM approval_path WHERE tenant = ?1 AND path = ?2", whose)?;
        if !ids.is_empty() {
            write.execute("INSERT INTO approval_path (tenant, path) VALUES (?1, ?2)", whose)?;
        }
        for (place, id) in ids.iter().enumerate() {
            write.execute(
                "INSERT INTO approver (tenant, path, place, id) VALUES (?1, ?2, ?3, ?4)",
                params![tenant, path, i64::try_from(place).unwrap_or(i64::MAX), id],
            )?;
        }
        Ok(write.commit()?)
    }

    /// The paths, and the ids of their approvers in order.
    pub(crate) fn paths(&self, tenant: &str) -> Result<Vec<(String, Vec<String>)>, RegistryError> {
        let mut select = self.0.prepare_cached(
            "SELECT p.path, a.id FROM approval_path p LEFT JOIN approver a USING (tenant, path) \
             WHERE p.tenant = ?1 ORDER BY p.path, a.place",
        )?;
        let rows = select.query_map([tenant], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, Option<String>>(1)?))
        })?;
        let mut paths: Vec<(String, Vec<String>)> = Vec::new();
        for row in rows {
            let (path, id) = row?;
            if paths.last().is_none_or(|(last, _)| *last != path) {
                paths.push((path, Vec::new()));
            }
            if let Some((_, ids)) = paths.last_mut() {
                ids.extend(id);
            }
        }
        Ok(paths)
    }

    /// Reads what has changed in the users of a tenant, and takes leavers out of its paths.
    pub(crate) async fn catch_up(
        &mut self,
        store: &SqliteStore,
        cx: &Context,
    ) -> Result<(), Failure> {
        let tenant = cx.require::<Tenant>()?.clone();
        loop {
            let seen = self.seen(&tenant.0)?;
            let entries = store.log_after(&tenant, seen, BATCH).await.map_err(unreadable)?;
            let Some(last) = entries.last().map(|entry| entry.seq) else { return Ok(()) };
            let mut leavers = Vec::new();
            for entry in entries {
                let is_write = entry.status.is_none() && entry.operation != "create";
                if is_write
                    && entry.resource_type == "User"
                    && has_left(store, cx, &entry.id).await?
                {
                    leavers.push(entry.id);
                }
            }
            self.take_out(&tenant.0, &leavers, last)?;
        }
    }

    fn seen(&self, tenant: &str) -> Result<u64, RegistryError> {
        let mut select =
            self.0.prepare_cached("SELECT seq FROM approval_seen WHERE tenant = ?1")?;
        let seq = select.query_row([tenant], |row| row.get::<_, i64>(0)).optional()?;
        Ok(seq.map_or(0, i64::unsigned_abs))
    }

    fn take_out(
        &mut self,
        tenant: &str,
        leavers: &[String],
        seen: u64,
    ) -> Result<(), RegistryError> {
        let write = self.0.transaction()?;
        for id in leavers {
            write.execute(
                "DELETE FROM approver WHERE tenant = ?1 AND id = ?2",
                params![tenant, id],
            )?;
        }
        write.execute(
            "INSERT INTO approval_seen (tenant, seq) VALUES (?1, ?2) \
             ON CONFLICT (tenant) DO UPDATE SET seq = max(seq, excluded.seq)",
            params![tenant, i64::try_from(seen).unwrap_or(i64::MAX)],
        )?;
        Ok(write.commit()?)
    }
}

/// Whether a user is gone or not active. The user's present state counts: what the log says may
/// have been undone since.
async fn has_left(store: &SqliteStore, cx: &Context, id: &str) -> Result<bool, Failure> {
    let want = Projection::default_of(cx.schema());
    let user = store.get(cx, id, &want).await.map_err(unreadable)?;
    Ok(user.is_none_or(|user| user.attributes.get("active") == Some(&Value::Bool(false))))
}

fn unreadable(error: scim_service::StoreError) -> Failure {
    format!("the changes cannot be read: {error:?}").into()
}

/// Catches up for ever, for all tenants that there are at the time.
pub(crate) async fn follow(
    mut approvals: Approvals,
    store: Arc<SqliteStore>,
    tenants: impl Fn() -> Result<Vec<Context>, Failure> + Send,
) {
    loop {
        let caught_up = match tenants() {
            Ok(all) => each(&mut approvals, &store, all).await,
            Err(error) => Err(error),
        };
        if let Err(error) = caught_up {
            tracing::warn!(%error, "the approval paths were not brought up to date");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn each(
    approvals: &mut Approvals,
    store: &SqliteStore,
    tenants: Vec<Context>,
) -> Result<(), Failure> {
    for cx in tenants {
        approvals.catch_up(store, &cx).await?;
    }
    Ok(())
}
