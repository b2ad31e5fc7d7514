//! The command line.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::{
    command::{check, demo, export, import, log, tenant, token},
    database::Database,
    tenant::NewTenant,
    transport::Patience,
};

/// A SCIM 2.0 server on embedded SQLite.
///
/// Identity providers such as Okta and Microsoft Entra ID provision users and groups into it.
/// Every tenant has the same base URL, PUBLIC_URL/scim/v2; the bearer token decides which tenant
/// a request is about. Without arguments the server makes a database `scim.db` with one tenant
/// for each profile, and prints their tokens once.
///
/// Each option can also be given as an environment variable, or in a TOML file by its long name:
/// the command line goes before the environment, the environment before the file.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true, after_help = EXAMPLES)]
pub(crate) struct Cli {
    #[command(flatten)]
    serve: Serve,
    #[command(subcommand)]
    command: Option<Command>,
}

const EXAMPLES: &str = "\
Examples:
  reference-server                            serve http://127.0.0.1:8080/scim/v2
  reference-server demo                       a tenant `demo` with people and groups to look at
  reference-server tenant add acme            a tenant, and its token, shown this once
  reference-server token regenerate acme      a new token; the old one is worthless at once
  reference-server log acme --follow          what the identity provider does, as it does it
  reference-server export users acme --csv    who has an account
  reference-server --listen 0.0.0.0:443 --tls-cert cert.pem --tls-key key.pem \\
      --public-url https://scim.example.com   serve the world";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve requests; what the server does if no command is given.
    Serve(Serve),
    /// Add, list and remove tenants.
    #[command(subcommand)]
    Tenant(tenant::Command),
    /// Create, regenerate, revoke and list a tenant's tokens.
    #[command(subcommand)]
    Token(token::Command),
    /// Show a tenant's provisioning log.
    Log(log::Log),
    /// Write a tenant's users or groups to a file or to standard output.
    Export(export::Export),
    /// Create a tenant's users from a file.
    Import(import::Import),
    /// Look whether all that the database holds fits together.
    Check(check::Check),
    /// Fill a tenant with people and groups, to have something to look at.
    Demo(demo::Demo),
}

impl Cli {
    pub(crate) fn into_command(self) -> Command {
        self.command.unwrap_or(Command::Serve(self.serve))
    }

    /// The settings that every command has.
    pub(crate) fn place(&self) -> &Place {
        match &self.command {
            None => &self.serve.place,
            Some(Command::Serve(serve)) => &serve.place,
            Some(Command::Tenant(command)) => command.place(),
            Some(Command::Token(command)) => command.place(),
            Some(Command::Log(log)) => &log.place,
            Some(Command::Export(export)) => &export.place,
            Some(Command::Import(import)) => &import.place,
            Some(Command::Check(check)) => &check.place,
            Some(Command::Demo(demo)) => &demo.place,
        }
    }
}

/// Where things are: what every command has to know.
#[derive(Clone, Debug, Args)]
pub(crate) struct Place {
    /// A TOML file with settings, by the long names of the options.
    #[arg(long, env = "SCIM_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Where resources are kept: sqlite:FILE.
    #[arg(long, env = "SCIM_DATABASE", value_name = "URL", default_value = "sqlite:scim.db")]
    pub(crate) database: Database,
    /// In what form to log to standard error; RUST_LOG says how much.
    #[arg(long, env = "SCIM_LOG", value_name = "FORM", default_value = "text")]
    pub(crate) log: LogForm,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogForm {
    /// Lines for people.
    Text,
    /// One JSON object a line.
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    pub(crate) place: Place,
    /// The address to listen on.
    #[arg(long, env = "SCIM_LISTEN", value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub(crate) listen: SocketAddr,
    /// The server's address as clients see it, if it is not the one it listens on.
    #[arg(long, env = "SCIM_PUBLIC_URL", value_name = "URL")]
    pub(crate) public_url: Option<String>,
    /// A tenant to be there, made with this bearer token if it is missing; can be repeated.
    /// Profiles: generic, pendo, peakon, prendio.
    #[arg(
        long,
        env = "SCIM_TENANT",
        value_name = "NAME:PROFILE:TOKEN",
        value_delimiter = ',',
        hide_env_values = true,
        hide_default_value = true
    )]
    pub(crate) tenant: Vec<NewTenant>,
    /// The certificate chain, as PEM; with it the server speaks TLS alone.
    #[arg(long, env = "SCIM_TLS_CERT", value_name = "FILE", requires = "tls_key")]
    pub(crate) tls_cert: Option<PathBuf>,
    /// The certificate's private key, as PEM.
    #[arg(long, env = "SCIM_TLS_KEY", value_name = "FILE", requires = "tls_cert")]
    pub(crate) tls_key: Option<PathBuf>,
    /// Requests that a tenant may make in a second; 0 for any number.
    #[arg(long, env = "SCIM_RATE_LIMIT", value_name = "REQUESTS", default_value_t = 0)]
    pub(crate) rate_limit: u32,
    #[command(flatten)]
    pub(crate) patience: Patience,
}
