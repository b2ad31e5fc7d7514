//! Create, regenerate, revoke and list tokens.

use std::io::Write;

use chrono::{DateTime, TimeDelta, Utc};
use clap::{Args, Subcommand};

use crate::{Failure, cli::Place, registry::FIRST_TOKEN, tenant::TenantName, token::Token};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make one more token for a tenant, and show it, this once.
    Create(Made),
    /// Put a new token in the place of an old one, which is worthless at once, and show it, this
    /// once.
    Regenerate(Made),
    /// Take a token away. Users and groups stay as they are.
    Revoke(Named),
    /// List tokens: their names, not their texts, which nobody knows any more.
    List {
        /// The tenant; without it, the tokens of all.
        tenant: Option<TenantName>,
        #[command(flatten)]
        place: Place,
    },
}

/// A token by its name.
#[derive(Debug, Args)]
pub(crate) struct Named {
    /// The tenant.
    tenant: TenantName,
    /// What the token is called in lists and logs.
    #[arg(default_value = FIRST_TOKEN)]
    token: TenantName,
    #[command(flatten)]
    place: Place,
}

/// A token to be made.
#[derive(Debug, Args)]
pub(crate) struct Made {
    #[command(flatten)]
    named: Named,
    /// Days after which the token is worthless; never, unless given.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    days: Option<u16>,
}

impl Made {
    fn lifetime(&self) -> Option<TimeDelta> {
        self.days.map(|days| TimeDelta::days(days.into()))
    }
}

impl Command {
    pub(crate) fn place(&self) -> &Place {
        match self {
            Self::Create(made) | Self::Regenerate(made) => &made.named.place,
            Self::Revoke(named) => &named.place,
            Self::List { place, .. } => place,
        }
    }

    pub(crate) fn run(self) -> Result<(), Failure> {
        let mut registry = self.place().database.registry()?;
        let fresh = Token::generate()?;
        match &self {
            Self::Create(made) => {
                let (tenant, token) = (made.named.tenant.as_str(), made.named.token.as_str());
                registry.add_token(tenant, token, &fresh, made.lifetime())?;
            }
            Self::Regenerate(made) => {
                let (tenant, token) = (made.named.tenant.as_str(), made.named.token.as_str());
                registry.regenerate(tenant, token, &fresh, made.lifetime())?;
            }
            Self::Revoke(Named { tenant, token, .. }) => {
                return Ok(registry.revoke(tenant.as_str(), token.as_str())?);
            }
            Self::List { tenant, place } => {
                return list(tenant.as_ref().map(TenantName::as_str), place);
            }
        }
        Ok(writeln!(std::io::stdout(), "{}", fresh.reveal())?)
    }
}

fn list(tenant: Option<&str>, place: &Place) -> Result<(), Failure> {
    let registry = place.database.registry()?;
    if let Some(tenant) = tenant {
        registry.profile(tenant)?;
    }
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "{:<24} {:<16} {:<20} {:<20} last used",
        "tenant", "token", "created", "expires"
    )?;
    for token in registry.tokens(tenant)? {
        let used = token.used.map_or_else(|| "never".to_owned(), shown);
        let expires = token.expires.map_or_else(|| "-".to_owned(), shown);
        let (tenant, name, created) = (token.tenant, token.name, shown(token.created));
        writeln!(out, "{tenant:<24} {name:<16} {created:<20} {expires:<20} {used}")?;
    }
    Ok(())
}

fn shown(instant: DateTime<Utc>) -> String {
    instant.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}
