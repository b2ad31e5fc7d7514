//! Logs.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

/// Starts logging to standard error; `RUST_LOG` says how much, `SCIM_LOG=json` in which form.
pub(crate) fn start() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let colours = std::io::stderr().is_terminal();
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(colours)
        .with_writer(std::io::stderr);
    if std::env::var("SCIM_LOG").is_ok_and(|form| form == "json") {
        builder.json().init();
    } else {
        builder.init();
    }
}
