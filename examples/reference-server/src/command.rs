//! What the program can be told to do.

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
    }
    Ok(ExitCode::SUCCESS)
}
