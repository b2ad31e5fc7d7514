//! What the profile `peakon` can report.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use clap::Subcommand;

use super::export::Walk;
use crate::{Failure, cli::Place, service::Desk, setup::Setup, table, tenant::TenantName};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Count people by an attribute: those of one segment of a survey.
    Segments {
        /// The tenant.
        tenant: TenantName,
        /// The attribute, such as `Department`.
        attribute: String,
        #[command(flatten)]
        place: Place,
    },
}

impl Command {
    pub(crate) fn place(&self) -> &Place {
        let Self::Segments { place, .. } = self;
        place
    }

    pub(crate) async fn run(self) -> Result<(), Failure> {
        let Self::Segments { tenant, attribute, place } = self;
        let profile = place.database.registry()?.profile(tenant.as_str())?;
        let store = place.database.store_without_time_limit()?;
        let desk =
            Desk::new(&Setup::load(&place.profiles)?, profile, store, tenant.as_str(), "segments")?;
        let cx = desk.context("User").ok_or("the tenant's profile has no users")?;
        // An attribute of an extension goes before one of the same name that all users have.
        let columns = table::columns(cx.schema()).into_iter().rev();
        let mut named = columns.filter(|column| {
            column.name == attribute || column.name.ends_with(&format!(":{attribute}"))
        });
        let column =
            named.next().ok_or_else(|| format!("users have no attribute `{attribute}`"))?;
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        let walk = Walk { store: desk.served.service.store(), cx };
        walk.each(|user| {
            *counts.entry(column.cell(&user)).or_default() += 1;
            Ok(())
        })
        .await?;
        let mut counts: Vec<(String, u64)> = counts.into_iter().collect();
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let mut out = io::stdout().lock();
        for (value, count) in counts {
            let value = if value.is_empty() { "(none)" } else { &value };
            writeln!(out, "{count:>6}  {value}")?;
        }
        Ok(())
    }
}
