//! Look whether all that the database holds fits together.

use std::{io::Write, process::ExitCode};

use clap::Args;
use scim_service::StoreError;

use crate::{Failure, cli::Place, service::Desk};

/// Look whether all that the database holds fits together: the file, and each tenant's documents
/// with their search keys and memberships.
#[derive(Debug, Args)]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) place: Place,
}

impl Check {
    pub(crate) async fn run(self) -> Result<ExitCode, Failure> {
        let tenants = self.place.database.registry()?.tenants()?;
        let store = self.place.database.store_without_time_limit()?;
        let mut out = std::io::stdout().lock();
        let mut count = 0;
        for fault in store.check_file().await.map_err(broken_off)? {
            count += 1;
            writeln!(out, "{fault}")?;
        }
        for tenant in &tenants {
            let desk = Desk::new(tenant.profile, store.clone(), &tenant.name, "check")?;
            let names = desk.served.endpoints.iter().map(|endpoint| endpoint.name());
            for cx in names.filter_map(|name| desk.context(name)) {
                for fault in store.check(&cx).await.map_err(broken_off)? {
                    count += 1;
                    writeln!(out, "{}: {fault}", tenant.name)?;
                }
            }
        }
        if count == 0 {
            writeln!(out, "all fits together: {} tenants", tenants.len())?;
            return Ok(ExitCode::SUCCESS);
        }
        writeln!(out, "{count} faults")?;
        Ok(ExitCode::FAILURE)
    }
}

fn broken_off(error: StoreError) -> Failure {
    format!("the check was broken off: {error:?}").into()
}
