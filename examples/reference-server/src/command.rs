//! What the program can be told to do.

pub(crate) mod check;
pub(crate) mod demo;
pub(crate) mod export;
pub(crate) mod import;
pub(crate) mod log;
mod serve;
pub(crate) mod tenant;
pub(crate) mod token;

use std::process::ExitCode;

use crate::{Failure, cli::Command};

/// Runs a command. A failure exit code without an error has been explained already.
pub(crate) async fn run(command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Serve(serve) => serve::run(serve).await?,
        Command::Tenant(command) => command.run().await?,
        Command::Token(command) => command.run()?,
        Command::Log(log) => log.run().await?,
        Command::Export(export) => export.run().await?,
        Command::Import(import) => return import.run().await,
        Command::Check(check) => return check.run().await,
        Command::Demo(demo) => return demo.run().await,
    }
    Ok(ExitCode::SUCCESS)
}
