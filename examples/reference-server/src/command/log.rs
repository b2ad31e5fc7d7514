//! Show a tenant's provisioning log.

use std::{io::Write, time::Duration};

use chrono::SecondsFormat;
use clap::Args;
use scim_service::{StoreError, Tenant};
use scim_store::{LogEntry, SqliteStore};
use serde_json::json;

use crate::{Failure, cli::Place, tenant::TenantName};

/// Show what was done to a tenant's resources, by whom, and what was refused or left out and why.
#[derive(Debug, Args)]
pub(crate) struct Log {
    /// The tenant.
    tenant: TenantName,
    /// How many of the last entries to begin with.
    #[arg(long, value_name = "COUNT", default_value_t = 100)]
    last: usize,
    /// Go on with new entries as they come.
    #[arg(long, short)]
    follow: bool,
    /// Write each entry as a JSON object.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    pub(crate) place: Place,
}

/// How often to look for new entries, and how many to take at once.
const PAUSE: Duration = Duration::from_millis(250);
const BATCH: usize = 1000;

impl Log {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        self.place.database.registry()?.profile(self.tenant.as_str())?;
        let store = self.place.database.store()?;
        let tenant = Tenant(self.tenant.as_str().into());
        let entries = store.log_last(&tenant, self.last).await.map_err(unreadable)?;
        let seen = entries.last().map_or(0, |entry| entry.seq);
        self.print(&entries)?;
        if self.follow { self.follow(&store, &tenant, seen).await } else { Ok(()) }
    }

    async fn follow(
        &self,
        store: &SqliteStore,
        tenant: &Tenant,
        mut seen: u64,
    ) -> Result<(), Failure> {
        loop {
            let entries = store.log_after(tenant, seen, BATCH).await.map_err(unreadable)?;
            self.print(&entries)?;
            match entries.last() {
                Some(last) => seen = last.seq,
                None => tokio::time::sleep(PAUSE).await,
            }
        }
    }

    fn print(&self, entries: &[LogEntry]) -> std::io::Result<()> {
        let mut out = std::io::stdout().lock();
        for entry in entries {
            if self.json {
                writeln!(out, "{}", as_json(entry))?;
            } else {
                writeln!(out, "{}", as_text(entry))?;
            }
        }
        out.flush()
    }
}

fn as_text(entry: &LogEntry) -> String {
    let at = entry.at.to_rfc3339_opts(SecondsFormat::Millis, true);
    let LogEntry { operation, resource_type, .. } = entry;
    let principal = entry.principal.as_deref().unwrap_or("-");
    let id = if entry.id.is_empty() { "-" } else { &entry.id };
    let result = match (entry.status, &entry.reason) {
        (None, None) => "done".to_owned(),
        (None, Some(reason)) => format!("done, leaving out: {reason}"),
        (Some(status), reason) => {
            format!("refused {status}: {}", reason.as_deref().unwrap_or_default())
        }
    };
    format!("{at}  {principal:<10} {operation:<6} {resource_type:<6} {id:<36} {result}")
}

fn as_json(entry: &LogEntry) -> serde_json::Value {
    json!({
        "seq": entry.seq,
        "time": entry.at.to_rfc3339_opts(SecondsFormat::Millis, true),
        "principal": entry.principal,
        "operation": entry.operation,
        "resourceType": entry.resource_type,
        "id": entry.id,
        "result": if entry.status.is_none() { "done" } else { "refused" },
        "status": entry.status,
        "reason": entry.reason,
    })
}

fn unreadable(error: StoreError) -> Failure {
    format!("the log cannot be read: {error:?}").into()
}
