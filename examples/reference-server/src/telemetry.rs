//! Logs and figures. Neither holds personal data: of a request they have the route, never the
//! query or the body.

mod metrics;

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use crate::cli::LogForm;

pub(crate) use metrics::{Figures, Metered, answered, limited};

/// Starts logging to standard error; `RUST_LOG` says how much.
pub(crate) fn start(form: LogForm) {
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("info,refinery_core=warn"));
    let colours = std::io::stderr().is_terminal();
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(colours)
        .with_writer(std::io::stderr);
    match form {
        LogForm::Text => builder.init(),
        LogForm::Json => builder.json().flatten_event(true).init(),
    }
}
