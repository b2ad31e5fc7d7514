//! Create a tenant's users from a file.

mod row;

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use clap::{Args, ValueEnum};
use http::StatusCode;
use indicatif::{ProgressBar, ProgressStyle};
use scim_service::core::SchemaUri;
use scim_store::SqliteStore;
use serde_json::{Value, json};

use self::row::{Row, Rows};
use crate::{Failure, cli::Place, service::Desk, tenant::TenantName};

/// Create a tenant's users from a file, by the rules that hold for requests. The first line of a
/// CSV file names the attributes, as `export users --csv` does; several values in a cell are
/// separated by `;`. A line of a JSON Lines file is a user.
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// The tenant.
    tenant: TenantName,
    /// The file.
    file: PathBuf,
    /// The form of the file, if its name does not end in .csv or .jsonl.
    #[arg(long)]
    format: Option<Format>,
    /// Where to report the rows that were refused, as CSV; on standard output if it is not given.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) place: Place,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Format {
    /// Comma-separated values with a header.
    Csv,
    /// One JSON object a line.
    Jsonl,
}

/// Rows that go to the database together, in their order.
const TOGETHER: usize = 200;

impl Import {
    pub(crate) async fn run(self) -> Result<ExitCode, Failure> {
        let tenant = self.tenant.as_str();
        let profile = self.place.database.registry()?.profile(tenant)?;
        let desk = Desk::new(profile, self.place.database.store()?, tenant, "import")?;
        let cx = desk.context("User").ok_or("the tenant's profile has no users")?;
        let format = self.format.or_else(|| by_name(&self.file));
        let format = format.ok_or("say with --format what the file is")?;
        let rows = Rows::open(&self.file, format, cx.schema())?;
        let out: Box<dyn Write> = match &self.report {
            Some(path) => Box::new(File::create(path)?),
            None => Box::new(io::stdout()),
        };
        let mut job = Job {
            desk,
            report: csv::Writer::from_writer(out),
            progress: progress(fs::metadata(&self.file)?.len()),
            created: 0,
            refused: 0,
        };
        job.run(rows).await?;
        let Job { created, refused, .. } = job;
        writeln!(io::stderr(), "{created} users created, {refused} rows refused")?;
        Ok(if refused == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

struct Job {
    desk: Desk<Arc<SqliteStore>>,
    report: csv::Writer<Box<dyn Write>>,
    progress: ProgressBar,
    created: u64,
    refused: u64,
}

/// A row that is a resource.
type Numbered = (u64, Value);

impl Job {
    async fn run(&mut self, rows: Rows) -> Result<(), Failure> {
        let mut together = Vec::new();
        for Row { number, end, resource } in rows {
            match resource {
                Ok(resource) => together.push((number, resource)),
                Err(reason) => self.refuse(number, "", "", &reason)?,
            }
            if together.len() >= TOGETHER {
                self.create(std::mem::take(&mut together)).await?;
                self.progress.set_position(end);
            }
        }
        self.create(together).await?;
        self.progress.finish_and_clear();
        Ok(self.report.flush()?)
    }

    /// Creates users with one bulk request; one by one if a row makes the request itself unfit.
    async fn create(&mut self, rows: Vec<Numbered>) -> Result<(), Failure> {
        let operations: Vec<Value> = rows
            .iter()
            .map(|(number, user)| {
                let number = number.to_string();
                json!({"method": "POST", "path": "/Users", "bulkId": number, "data": user})
            })
            .collect();
        let request = json!({"schemas": [SchemaUri::BULK_REQUEST], "Operations": operations});
        let (status, body) = self.desk.post("/Bulk", &request).await?;
        if status != StatusCode::OK {
            return self.create_one_by_one(rows).await;
        }
        let outcomes = body.get("Operations").and_then(Value::as_array);
        for outcome in outcomes.into_iter().flatten() {
            let number = text(outcome, "bulkId").parse().unwrap_or_default();
            self.count(number, text(outcome, "status"), outcome.get("response"))?;
        }
        Ok(())
    }

    async fn create_one_by_one(&mut self, rows: Vec<Numbered>) -> Result<(), Failure> {
        for (number, user) in rows {
            let (status, body) = self.desk.post("/Users", &user).await?;
            self.count(number, status.as_str(), Some(&body))?;
        }
        Ok(())
    }

    fn count(&mut self, number: u64, status: &str, body: Option<&Value>) -> Result<(), Failure> {
        if status.starts_with('2') {
            self.created += 1;
            return Ok(());
        }
        let body = body.unwrap_or(&Value::Null);
        self.refuse(number, status, text(body, "scimType"), text(body, "detail"))
    }

    fn refuse(
        &mut self,
        number: u64,
        status: &str,
        kind: &str,
        reason: &str,
    ) -> Result<(), Failure> {
        if self.refused == 0 {
            self.report.write_record(["line", "status", "scimType", "reason"])?;
        }
        self.refused += 1;
        Ok(self.report.write_record([&number.to_string(), status, kind, reason])?)
    }
}

fn text<'a>(object: &'a Value, name: &str) -> &'a str {
    object.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn by_name(file: &Path) -> Option<Format> {
    match file.extension()?.to_str()?.to_ascii_lowercase().as_str() {
        "csv" => Some(Format::Csv),
        "jsonl" | "ndjson" => Some(Format::Jsonl),
        _ => None,
    }
}

/// A bar over the bytes of the file; drawn on a terminal alone.
fn progress(bytes: u64) -> ProgressBar {
    let bar = ProgressBar::new(bytes);
    match ProgressStyle::with_template("{wide_bar} {bytes}/{total_bytes}, {eta} to go") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
