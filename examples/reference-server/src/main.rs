//! A SCIM 2.0 server on embedded SQLite, and an example of how to embed the service: the command
//! line, tokens, profiles, wiring. All else is in the crates.

mod cli;
mod profile;
mod registry;
mod server;
mod telemetry;
mod token;

use std::{process::ExitCode, sync::Arc};

use clap::Parser;
use scim_store::SqliteStore;

use crate::{
    cli::{Cli, Database, Serve},
    profile::Profile,
    registry::Registry,
    token::Token,
};

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    telemetry::start();
    match run(&cli.serve).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the server stopped");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: &Serve) -> Result<(), Failure> {
    let Database::Sqlite(path) = &options.database;
    let store = Arc::new(SqliteStore::open(path)?);
    let registry = Registry::open(path)?;
    let fresh = make_tenants(options, &registry)?;
    let listener = tokio::net::TcpListener::bind(options.listen).await?;
    let address = listener.local_addr()?;
    let public_url = options.public_url.clone().unwrap_or_else(|| format!("http://{address}"));
    let base_url = format!("{}/scim/v2", public_url.trim_end_matches('/'));
    let app = server::app(&base_url, store, registry)?;
    cli::welcome(&base_url, &fresh);
    axum::serve(listener, app).with_graceful_shutdown(server::asked_to_stop()).await?;
    Ok(())
}

/// The tenants of the command line; without any, and on a new database, one for each profile.
fn make_tenants(
    options: &Serve,
    registry: &Registry,
) -> Result<Vec<(String, Profile, Token)>, Failure> {
    let mut fresh = Vec::new();
    for tenant in &options.tenant {
        if registry.ensure(&tenant.name, tenant.profile, &tenant.token)? {
            fresh.push((tenant.name.clone(), tenant.profile, tenant.token.clone()));
        }
    }
    if options.tenant.is_empty() && registry.is_empty()? {
        for profile in Profile::ALL {
            let token = Token::generate()?;
            registry.ensure(profile.name(), profile, &token)?;
            fresh.push((profile.name().to_owned(), profile, token));
        }
    }
    Ok(fresh)
}
