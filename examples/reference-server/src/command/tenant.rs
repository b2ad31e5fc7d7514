//! Add, list and remove tenants.

use std::io::Write;

use clap::Subcommand;
use scim_service::Tenant;

use crate::{
    Failure,
    cli::Place,
    profile::Profile,
    tenant::{NewTenant, TenantName},
};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Add a tenant, and show its first token, this once.
    Add {
        /// The tenant: letters, digits, `-`, `_` and `.`.
        name: TenantName,
        /// What its endpoint looks like: generic, pendo, peakon or prendio.
        #[arg(long, default_value = "generic")]
        profile: Profile,
        #[command(flatten)]
        place: Place,
    },
    /// List the tenants.
    List {
        #[command(flatten)]
        place: Place,
    },
    /// Remove a tenant, its tokens and all its resources.
    Remove {
        /// The tenant.
        name: TenantName,
        /// Yes, with all that it has.
        #[arg(long)]
        yes: bool,
        #[command(flatten)]
        place: Place,
    },
}

impl Command {
    pub(crate) fn place(&self) -> &Place {
        match self {
            Self::Add { place, .. } | Self::List { place } | Self::Remove { place, .. } => place,
        }
    }

    pub(crate) async fn run(self) -> Result<(), Failure> {
        match self {
            Self::Add { name, profile, place } => add(name, profile, &place),
            Self::List { place } => list(&place),
            Self::Remove { name, yes, place } => remove(&name, yes, &place).await,
        }
    }
}

fn add(name: TenantName, profile: Profile, place: &Place) -> Result<(), Failure> {
    let tenant = NewTenant::with_fresh_token(name, profile)?;
    if !place.database.registry()?.add_tenant(&tenant)? {
        return Err(format!("there is a tenant `{}` already", tenant.name.as_str()).into());
    }
    Ok(writeln!(std::io::stdout(), "{}", tenant.token.reveal())?)
}

fn list(place: &Place) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{:<24} {:<10} {:<20} tokens", "tenant", "profile", "created")?;
    for tenant in place.database.registry()?.tenants()? {
        let created = tenant.created.format("%Y-%m-%dT%H:%M:%SZ");
        let profile = tenant.profile.name();
        writeln!(out, "{:<24} {profile:<10} {created:<20} {}", tenant.name, tenant.tokens)?;
    }
    Ok(())
}

async fn remove(name: &TenantName, yes: bool, place: &Place) -> Result<(), Failure> {
    let mut registry = place.database.registry()?;
    registry.profile(name.as_str())?;
    if !yes {
        return Err("this deletes the tenant's users and groups for good; say --yes".into());
    }
    // The tokens go first, so that nothing is written any more when the resources go; the tenant
    // goes last, so that this can be said again if it was broken off.
    registry.revoke_all(name.as_str())?;
    let tenant = Tenant(name.as_str().into());
    let forgotten = place.database.store()?.forget(&tenant).await;
    forgotten.map_err(|error| format!("the resources were not deleted: {error:?}"))?;
    registry.remove_tenant(name.as_str())?;
    Ok(())
}
