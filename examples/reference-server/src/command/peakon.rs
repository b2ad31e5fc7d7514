//! What the profile `peakon` can report.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use clap::Subcommand;
use scim_service::{Context, Store};

use super::export::Walk;
use crate::{
    Failure,
    cli::Place,
    profile::peakon::employee::{Employees, Match},
    service::Desk,
    setup::Setup,
    table::{self, Column},
    tenant::TenantName,
};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Count people by an attribute: those of one segment of a survey. Whoever is named by e-mail
    /// address in one place and by employee number in another is one segment.
    Segments {
        /// The tenant.
        tenant: TenantName,
        /// The attribute, such as `Department`.
        attribute: String,
        #[command(flatten)]
        place: Place,
    },
    /// List who names whom, as a manager for example, and who is named that has not arrived yet.
    References {
        /// The tenant.
        tenant: TenantName,
        #[command(flatten)]
        place: Place,
    },
}

impl Command {
    pub(crate) fn place(&self) -> &Place {
        let (Self::Segments { place, .. } | Self::References { place, .. }) = self;
        place
    }

    fn tenant(&self) -> &str {
        let (Self::Segments { tenant, .. } | Self::References { tenant, .. }) = self;
        tenant.as_str()
    }

    pub(crate) async fn run(self) -> Result<(), Failure> {
        let (place, tenant) = (self.place(), self.tenant());
        let setup = Setup::load(&place.profiles)?;
        let profile = place.database.registry()?.profile(tenant)?;
        let store = place.database.store_without_time_limit()?;
        let desk = Desk::new(&setup, profile, store, tenant, "report")?;
        let cx = desk.context("User").ok_or("the tenant's profile has no users")?;
        let walk = Walk { store: desk.served.service.store(), cx, profile };
        match &self {
            Self::Segments { attribute, .. } => segments(&walk, &setup, attribute).await,
            Self::References { .. } => references(&walk, &setup).await,
        }
    }
}

async fn segments<S: Store>(
    walk: &Walk<'_, S>,
    setup: &Setup,
    attribute: &str,
) -> Result<(), Failure> {
    let column = column(&walk.cx, attribute)?;
    let is_employee = setup.company.employees.contains(&column.name);
    let employees = if is_employee { employees(walk, setup).await? } else { Employees::default() };
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    walk.each(|user| {
        let cell = column.cell(&user);
        let segment = match employees.find(&cell) {
            Some(Match::One(name)) => name.clone(),
            _ => cell,
        };
        *counts.entry(segment).or_default() += 1;
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

/// An attribute of an extension goes before one of the same name that all users have.
fn column(cx: &Context, attribute: &str) -> Result<Column, Failure> {
    let columns = table::columns(cx.schema()).into_iter().rev();
    let mut named = columns.filter(|column| {
        column.name == attribute || column.name.ends_with(&format!(":{attribute}"))
    });
    Ok(named.next().ok_or_else(|| format!("users have no attribute `{attribute}`"))?)
}

async fn references<S: Store>(walk: &Walk<'_, S>, setup: &Setup) -> Result<(), Failure> {
    let employees = employees(walk, setup).await?;
    let mut columns = table::columns(walk.cx.schema());
    columns.retain(|column| setup.company.employees.contains(&column.name));
    let mut out = io::stdout().lock();
    walk.each(|user| {
        let name = user.get("userName").and_then(|name| name.as_str()).unwrap_or_default();
        for column in &columns {
            let reference = column.cell(&user);
            let means = match employees.find(&reference) {
                _ if reference.is_empty() => continue,
                Some(Match::One(name)) => name,
                Some(Match::Several) => "(several)",
                None => "(nobody yet)",
            };
            let attribute = column.name.rsplit(':').next().unwrap_or_default();
            writeln!(out, "{name}: {attribute} {reference} is {means}")?;
        }
        Ok(())
    })
    .await
}

async fn employees<S: Store>(walk: &Walk<'_, S>, setup: &Setup) -> Result<Employees, Failure> {
    let mut employees = Employees::default();
    walk.each(|user| {
        employees.add(&user, &setup.company);
        Ok(())
    })
    .await?;
    Ok(employees)
}
