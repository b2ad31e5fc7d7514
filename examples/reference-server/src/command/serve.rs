//! Serve requests.

use std::{io::Write, net::SocketAddr};

use scim_service::{Context, Endpoint, Store};
use scim_store::SqliteStore;
use tokio::net::TcpListener;

use crate::{
    Failure,
    cli::Serve,
    keyring::Keyring,
    profile::{Profile, prendio::approval},
    registry::Registry,
    server,
    service::{Services, extensions},
    setup::Setup,
    telemetry::{self, Figures, Metered},
    tenant::NewTenant,
    transport,
};

pub(super) async fn run(options: Serve) -> Result<(), Failure> {
    telemetry::start(options.place.log);
    let public_url = options.public_url.as_deref();
    if options.tls_cert.is_none() && !is_behind_tls(options.listen, public_url) {
        tracing::warn!(listen = %options.listen, "{IN_THE_CLEAR}");
    }
    let setup = Setup::load(&options.place.profiles)?;
    let store = options.place.database.store()?;
    let mut registry = options.place.database.registry()?;
    let fresh = make_tenants(&options, &mut registry)?;
    let tls = match (&options.tls_cert, &options.tls_key) {
        (Some(chain), Some(key)) => Some(transport::acceptor(chain, key)?),
        _ => None,
    };
    let listener = TcpListener::bind(options.listen).await?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    let address = listener.local_addr()?;
    let public_url = options.public_url.unwrap_or_else(|| format!("{scheme}://{address}"));
    let base_url = format!("{}/scim/v2", public_url.trim_end_matches('/'));
    let figures = Figures::install()?;
    let services = Services::new(&setup, Metered(store.clone()), &base_url)?;
    reindex(&registry, &services, &store).await?;
    let keyring = Keyring::new(registry, options.place.database.registry()?)?;
    let tenants = prendio_tenants(options.place.database.registry()?, &services);
    tokio::spawn(approval::follow(options.place.database.approvals()?, store.clone(), tenants));
    let app = server::app(services, keyring, options.rate_limit, figures, store);
    welcome(&base_url, &fresh)?;
    transport::serve(listener, tls, app, options.patience, asked_to_stop()).await;
    Ok(())
}

const IN_THE_CLEAR: &str = "tokens travel in the clear beyond this machine: set --tls-cert and \
    --tls-key or, where TLS ends before the server, a --public-url of https";

/// Whether tokens travel under TLS, or not beyond this machine (RFC 7644 §7.2, §7.4).
fn is_behind_tls(listen: SocketAddr, public_url: Option<&str>) -> bool {
    listen.ip().is_loopback() || public_url.is_some_and(|url| url.starts_with("https://"))
}

/// Brings what resources are found by up to date, before the first request has to wait for it.
async fn reindex<S: Store + Clone>(
    registry: &Registry,
    services: &Services<S>,
    store: &SqliteStore,
) -> Result<(), Failure> {
    for tenant in registry.tenants()? {
        let Some(served) = services.of(tenant.profile) else { continue };
        let first = served.endpoints.first().map(Endpoint::name).unwrap_or_default();
        let extensions = extensions(&tenant.name, "server");
        let Some(cx) = served.service.context(first, extensions) else { continue };
        store.reindex(&cx).await.map_err(|_| "the resources could not be indexed anew")?;
    }
    Ok(())
}

/// The tenants of the command line; without any, and on a new database, one for each profile.
fn make_tenants(options: &Serve, registry: &mut Registry) -> Result<Vec<NewTenant>, Failure> {
    let mut wanted = options.tenant.clone();
    if wanted.is_empty() && registry.tenants()?.is_empty() {
        for profile in Profile::ALL {
            wanted.push(NewTenant::with_fresh_token(profile.name().parse()?, profile)?);
        }
    }
    let mut fresh = Vec::new();
    for tenant in wanted {
        if registry.add_tenant(&tenant)? {
            fresh.push(tenant);
        }
    }
    Ok(fresh)
}

/// The users of each tenant of the profile `prendio` that there is at the time.
fn prendio_tenants(
    registry: Registry,
    services: &Services<Metered>,
) -> impl Fn() -> Result<Vec<Context>, Failure> + Send + use<> {
    let service = services.of(Profile::Prendio).map(|served| served.service.clone());
    move || {
        let tenants = registry.tenants()?.into_iter();
        let prendio = tenants.filter(|tenant| tenant.profile == Profile::Prendio);
        let context = |name: &str| service.as_ref()?.context("User", extensions(name, "approval"));
        Ok(prendio.filter_map(|tenant| context(&tenant.name)).collect())
    }
}

/// A user whom every profile takes.
const SOMEBODY: &str =
    r#"{"userName": "ada", "name": {"givenName": "Ada", "familyName": "Lovelace"}}"#;

/// Says where the server is and, of new tenants, their tokens.
fn welcome(base_url: &str, fresh: &[NewTenant]) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "SCIM base URL: {base_url}")?;
    let Some(NewTenant { token, .. }) = fresh.first() else {
        return writeln!(
            out,
            "The tenants and their tokens are as before; tokens are shown once, when they are made."
        );
    };
    writeln!(out, "\n{:<12} {:<10} token, shown this once", "tenant", "profile")?;
    for NewTenant { name, profile, token } in fresh {
        writeln!(out, "{:<12} {:<10} {}", name.as_str(), profile.name(), token.reveal())?;
    }
    let curl = format!("curl -H 'Authorization: Bearer {}' {base_url}/Users", token.reveal());
    writeln!(out, "\nProvision somebody, and look:\n  {curl} --json '{SOMEBODY}'\n  {curl}\n")
}

/// Resolves when the process is asked to stop.
async fn asked_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => drop(interrupt.await),
    }
    tracing::info!("stopping");
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7644 §7.2, RFC 7644 §7.4
    #[test]
    fn in_the_clear_the_server_listens_to_its_own_machine_or_to_what_ends_tls() {
        for (listen, public_url, expected) in [
            ("127.0.0.1:80", None, true),
            ("[::1]:80", Some("http://localhost"), true),
            ("0.0.0.0:80", None, false),
            ("10.0.0.7:80", Some("http://scim.example.com"), false),
            ("[::]:80", Some("https://scim.example.com"), true),
        ] {
            let found = is_behind_tls(listen.parse().unwrap(), public_url);
            assert_eq!(found, expected, "{listen} {public_url:?}");
        }
    }
}
