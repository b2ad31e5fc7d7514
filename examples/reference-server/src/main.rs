//! A SCIM 2.0 server on embedded SQLite, and an example of how to embed the service: the command
//! line, tokens, profiles, wiring. All else is in the crates.

mod cli;
mod command;
mod database;
mod keyring;
mod profile;
mod registry;
mod server;
mod service;
mod settings;
mod table;
mod telemetry;
mod tenant;
mod token;
mod transport;

use std::{
    io::{self, Write},
    process::ExitCode,
};

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> ExitCode {
    let result = match settings::parse() {
        Ok(cli) => command::run(cli.into_command()).await,
        Err(error) => Err(error),
    };
    match result {
        Ok(code) => code,
        // Whoever read the output has seen enough, as `head` does.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {}", with_causes(&*error));
            ExitCode::FAILURE
        }
    }
}

fn is_broken_pipe(error: &Failure) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

fn with_causes(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    let mut texts: Vec<String> = causes.map(ToString::to_string).collect();
    texts.dedup();
    texts.join(": ")
}
