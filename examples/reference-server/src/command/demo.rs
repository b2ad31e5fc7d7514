//! Fill a tenant with people and groups.

use std::{io::Write, process::ExitCode};

use clap::Args;
use scim_service::{Query, Store, Window, schema::Projection};
use serde_json::{Value, json};

use crate::{
    Failure,
    cli::Place,
    profile::Profile,
    service::Desk,
    setup::Setup,
    tenant::{NewTenant, TenantName},
};

/// Fill a tenant with people and groups, to have something to look at. The same people each time:
/// those who are there already stay as they are.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// The tenant; made if it is missing.
    #[arg(default_value = "demo")]
    tenant: TenantName,
    /// The profile of a tenant that is made.
    #[arg(long, default_value = "generic")]
    profile: Profile,
    /// How many people.
    #[arg(long, value_name = "COUNT", default_value_t = 60)]
    people: usize,
    #[command(flatten)]
    pub(crate) place: Place,
}

const GIVEN: [&str; 12] = [
    "Aisha",
    "Bruno",
    "Chloé",
    "Dmitri",
    "Élodie",
    "Farid",
    "Grace",
    "Hiroshi",
    "Ingrid",
    "João",
    "Katarzyna",
    "Liam",
];
const FAMILY: [&str; 11] = [
    "Ångström",
    "Bianchi",
    "Chen",
    "Dubois",
    "Eriksen",
    "Fernández",
    "García",
    "Haddad",
    "Ito",
    "Jensen",
    "Kowalski",
];
const DEPARTMENTS: [&str; 5] = ["Engineering", "Finance", "Marketing", "People", "Sales"];
/// Groups of the profile `pendo`, where they are roles.
const ROLES: [&str; 5] = ["Admin", "Viewer", "Guide Creator", "Analyst", "Guest"];
const TITLES: [&str; 4] = ["Specialist", "Engineer", "Manager", "Director"];

impl Demo {
    pub(crate) async fn run(self) -> Result<ExitCode, Failure> {
        let setup = Setup::load(&self.place.profiles)?;
        let mut registry = self.place.database.registry()?;
        let new = NewTenant::with_fresh_token(self.tenant.clone(), self.profile)?;
        let fresh = registry.add_tenant(&new)?;
        let profile = registry.check_writable(self.tenant.as_str())?;
        let store = self.place.database.store()?;
        let desk = Desk::new(&setup, profile, store, self.tenant.as_str(), "demo")?;
        let mut people = Vec::new();
        for at in 0..self.people {
            people.extend(add(&desk, "/Users", &person(at)).await?);
        }
        let mut groups = 0;
        if has_no_groups(&desk).await? {
            let names = if profile == Profile::Pendo { ROLES } else { DEPARTMENTS };
            for (at, name) in names.into_iter().enumerate() {
                let ids = people.iter().skip(at).step_by(DEPARTMENTS.len());
                let members: Vec<Value> = ids.map(|id| json!({"value": id})).collect();
                let group = json!({"displayName": name, "members": members});
                groups += usize::from(add(&desk, "/Groups", &group).await?.is_some());
            }
        }
        self.tell(fresh.then_some(&new), people.len(), groups)?;
        Ok(ExitCode::SUCCESS)
    }

    fn tell(&self, fresh: Option<&NewTenant>, people: usize, groups: usize) -> Result<(), Failure> {
        let mut out = std::io::stdout().lock();
        let tenant = self.tenant.as_str();
        writeln!(out, "{people} people and {groups} groups are new in the tenant `{tenant}`.")?;
        let Some(NewTenant { token, .. }) = fresh else { return Ok(()) };
        let token = token.reveal();
        writeln!(out, "Its token, shown this once: {token}\n\nStart the server, and look:")?;
        writeln!(
            out,
            "  curl -H 'Authorization: Bearer {token}' \
             'http://127.0.0.1:8080/scim/v2/Users?count=3&sortBy=name.familyName'"
        )?;
        Ok(())
    }
}

/// Whether the tenant can have groups and has none yet.
async fn has_no_groups<S: Store>(desk: &Desk<S>) -> Result<bool, Failure> {
    let Some(cx) = desk.context("Group") else { return Ok(false) };
    let window = Window::Index { start: 1, count: 0 };
    let query = Query::new(window, Projection::default_of(cx.schema()));
    let page = desk.served.service.store().query(&cx, &query).await;
    Ok(page.map_err(|error| format!("the groups cannot be read: {error:?}"))?.total == Some(0))
}

/// Creates a resource and gives its id; none if it is there already.
async fn add<S: Store>(
    desk: &Desk<S>,
    path: &str,
    resource: &Value,
) -> Result<Option<String>, Failure> {
    let (status, body) = desk.post(path, resource).await?;
    let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
    match status.as_u16() {
        201 => Ok(text("id")),
        409 => Ok(None),
        _ => Err(format!("{status}: {}", text("detail").unwrap_or_default()).into()),
    }
}

/// One of many people, always the same.
fn person(at: usize) -> Value {
    let pick = |from: &[&'static str], at: usize| from.get(at % from.len()).copied().unwrap_or("");
    let (given, family) = (pick(&GIVEN, at), pick(&FAMILY, at));
    let name = format!("user{:04}@example.com", at + 1);
    json!({
        "userName": name,
        "externalId": format!("hr-{}", 1000 + at),
        "active": at % 12 != 11,
        "displayName": format!("{given} {family}"),
        "name": {"givenName": given, "familyName": family},
        "title": pick(&TITLES, at / 3),
        "emails": [{"value": name, "type": "work", "primary": true}],
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {
            "employeeNumber": (1000 + at).to_string(),
            "department": pick(&DEPARTMENTS, at),
        },
    })
}
