//! Write a tenant's users or groups.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::PathBuf,
    sync::Arc,
};

use clap::{Args, ValueEnum};
use scim_service::{Context, Query, Store, Stored, Window, schema::Projection};
use serde_json::{Map, Value};

use crate::{
    Failure,
    cli::Place,
    profile::{Profile, pendo},
    service::Desk,
    setup::Setup,
    table::{self, Column},
    tenant::TenantName,
};

/// Write a tenant's users or groups to a file or to standard output: as JSON Lines, or as CSV with
/// one column for each attribute that anybody has.
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// What to write.
    what: What,
    /// The tenant.
    tenant: TenantName,
    /// Write CSV; a user's groups stand there by their names.
    #[arg(long)]
    csv: bool,
    /// Where to, if not to standard output.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) place: Place,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum What {
    /// People.
    Users,
    /// Groups and their members.
    Groups,
}

/// Resources read at once.
const PAGE: usize = 500;

impl Export {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        let setup = Setup::load(&self.place.profiles)?;
        let tenant = self.tenant.as_str();
        let profile = self.place.database.registry()?.profile(tenant)?;
        let store = self.place.database.store_without_time_limit()?;
        let desk = Desk::new(&setup, profile, store, tenant, "export")?;
        let kind = match self.what {
            What::Users => "User",
            What::Groups => "Group",
        };
        let cx = desk.context(kind).ok_or("the tenant's profile has no groups")?;
        let walk = Walk { store: desk.served.service.store(), cx, profile };
        let out: Box<dyn Write> = match &self.output {
            Some(path) => Box::new(BufWriter::new(File::create(path)?)),
            None => Box::new(BufWriter::new(io::stdout().lock())),
        };
        if self.csv { csv(&walk, out).await } else { json_lines(&walk, out).await }
    }
}

/// All resources of a type, page by page.
pub(super) struct Walk<'a, S> {
    pub(super) store: &'a S,
    pub(super) cx: Context,
    pub(super) profile: Profile,
}

impl<S: Store> Walk<'_, S> {
    pub(super) async fn each(
        &self,
        mut visit: impl FnMut(Map<String, Value>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let mut position = None;
        loop {
            let window = Window::After { position, count: PAGE };
            let query = Query::new(window, Projection::default_of(self.cx.schema()));
            let page = self.store.query(&self.cx, &query).await;
            let page = page.map_err(|error| format!("the resources cannot be read: {error:?}"))?;
            for stored in page.resources {
                let roles = pendo::roles(&stored).filter(|_| self.profile == Profile::Pendo);
                let mut resource = whole(stored)?;
                resource.extend(roles.map(|roles| ("roles".to_owned(), roles)));
                visit(resource)?;
            }
            match page.next {
                Some(next) => position = Some(next),
                None => return Ok(()),
            }
        }
    }
}

/// The attributes of a resource, with its id and all its members.
fn whole(stored: Stored) -> Result<Map<String, Value>, Failure> {
    let Stored { id, attributes, values, .. } = stored;
    let mut attributes = Arc::unwrap_or_clone(attributes);
    if let Some(values) = values {
        let elements: Result<Vec<Value>, _> = values.elements.collect();
        let elements = elements.map_err(|error| format!("members cannot be read: {error:?}"))?;
        attributes.insert(values.attribute.into(), Value::Array(elements));
    }
    attributes.insert("id".to_owned(), Value::String(id));
    Ok(attributes)
}

async fn json_lines<S: Store>(walk: &Walk<'_, S>, mut out: Box<dyn Write>) -> Result<(), Failure> {
    walk.each(|resource| Ok(writeln!(out, "{}", Value::Object(resource))?)).await?;
    Ok(out.flush()?)
}

/// Two walks: the first finds out which columns have anything in them.
async fn csv<S: Store>(walk: &Walk<'_, S>, out: Box<dyn Write>) -> Result<(), Failure> {
    let mut unused = table::columns(walk.cx.schema());
    let all = unused.clone();
    walk.each(|resource| {
        unused.retain(|column| column.cell(&resource).is_empty());
        Ok(())
    })
    .await?;
    let used = |column: &Column| unused.iter().all(|other| other.name != column.name);
    let columns: Vec<Column> = all.into_iter().filter(used).collect();
    let mut writer = csv::Writer::from_writer(out);
    if columns.is_empty() {
        return Ok(());
    }
    writer.write_record(columns.iter().map(|column| &column.name))?;
    walk.each(|resource| {
        Ok(writer.write_record(columns.iter().map(|column| column.cell(&resource)))?)
    })
    .await?;
    Ok(writer.flush()?)
}
