//! The command line, and what is printed on it.

use std::{net::SocketAddr, path::PathBuf, str::FromStr};

use clap::{Args, Parser, Subcommand};

use crate::{profile::Profile, token::Token};

/// A SCIM 2.0 server on embedded SQLite.
///
/// Identity providers such as Okta and Microsoft Entra ID provision users and groups into it.
/// Every tenant has the same base URL, PUBLIC_URL/scim/v2; the bearer token decides which tenant
/// a request is about. Without arguments the server makes a database `scim.db` with one tenant
/// for each profile, and prints their tokens once.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = false)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) serve: Serve,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve requests; what the server does if no command is given.
    Serve,
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// The address to listen on.
    #[arg(long, global = true, env = "SCIM_LISTEN", default_value = "127.0.0.1:8080")]
    pub(crate) listen: SocketAddr,
    /// Where resources are kept: sqlite:FILE.
    #[arg(long, global = true, env = "SCIM_DATABASE", default_value = "sqlite:scim.db")]
    pub(crate) database: Database,
    /// The server's address as clients see it, if it is not the one it listens on.
    #[arg(long, global = true, env = "SCIM_PUBLIC_URL", value_name = "URL")]
    pub(crate) public_url: Option<String>,
    /// A tenant to be there, made with this bearer token if it is missing; can be repeated.
    /// Profiles: generic, pendo, peakon, prendio.
    #[arg(
        long,
        global = true,
        env = "SCIM_TENANT",
        value_name = "NAME:PROFILE:TOKEN",
        value_delimiter = ',',
        hide_env_values = true
    )]
    pub(crate) tenant: Vec<Tenant>,
}

#[derive(Clone, Debug)]
pub(crate) enum Database {
    Sqlite(PathBuf),
}

impl FromStr for Database {
    type Err = &'static str;

    fn from_str(url: &str) -> Result<Self, Self::Err> {
        match url.strip_prefix("sqlite:") {
            Some("") => Err("a file name is missing behind sqlite:"),
            Some(path) => Ok(Self::Sqlite(path.strip_prefix("//").unwrap_or(path).into())),
            None => Err("only sqlite:FILE can be served so far"),
        }
    }
}

/// A tenant of the command line.
#[derive(Clone, Debug)]
pub(crate) struct Tenant {
    pub(crate) name: String,
    pub(crate) profile: Profile,
    pub(crate) token: Token,
}

impl FromStr for Tenant {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.splitn(3, ':');
        let (Some(name), Some(profile), Some(token)) = (parts.next(), parts.next(), parts.next())
        else {
            return Err("a tenant is NAME:PROFILE:TOKEN");
        };
        if name.is_empty() || token.is_empty() {
            return Err("a tenant needs a name and a token");
        }
        Ok(Self { name: name.to_owned(), profile: profile.parse()?, token: Token::new(token) })
    }
}

/// Says where the server is and, of new tenants, their tokens.
#[expect(clippy::print_stdout, reason = "it is the one place where the program speaks to its user")]
pub(crate) fn welcome(base_url: &str, fresh: &[(String, Profile, Token)]) {
    println!("SCIM base URL: {base_url}");
    let Some((_, _, token)) = fresh.first() else {
        println!(
            "The tenants and their tokens are as before; tokens are shown once, when they are made."
        );
        return;
    };
    println!("\n{:<12} {:<10} token, shown this once", "tenant", "profile");
    for (name, profile, token) in fresh {
        println!("{name:<12} {:<10} {}", profile.name(), token.reveal());
    }
    println!("\nTry it:\n  curl -H 'Authorization: Bearer {}' {base_url}/Users\n", token.reveal());
}
