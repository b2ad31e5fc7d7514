//! What is decided in the profile `prendio` and not in the directory: roles and approval paths.

use std::{
    io::{self, Write},
    sync::Arc,
};

use clap::Subcommand;
use scim_service::{
    Change, Context, Guard, Permissive, Query, Store, Stored, Window,
    core::Error,
    filter::{Filter, Options},
    patch::Patch,
    schema::Projection,
};
use scim_store::SqliteStore;
use serde_json::{Value, json};

use crate::{
    Failure,
    cli::Place,
    profile::{
        Profile,
        prendio::{self, approval::Approvals},
    },
    service::Desk,
    setup::Setup,
    tenant::TenantName,
};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Give a user a role, which no sync takes back.
    SetRole {
        /// The tenant.
        tenant: TenantName,
        /// The user, by `userName`.
        user: String,
        /// The role, such as Approver.
        role: String,
        #[command(flatten)]
        place: Place,
    },
    /// Say who approves what, one after the other.
    SetPath {
        /// The tenant.
        tenant: TenantName,
        /// The approval path.
        path: String,
        /// The approvers, by `userName`, in order; without any, the path is removed.
        users: Vec<String>,
        #[command(flatten)]
        place: Place,
    },
    /// List the approval paths.
    Paths {
        /// The tenant.
        tenant: TenantName,
        #[command(flatten)]
        place: Place,
    },
}

impl Command {
    pub(crate) fn place(&self) -> &Place {
        match self {
            Self::SetRole { place, .. }
            | Self::SetPath { place, .. }
            | Self::Paths { place, .. } => place,
        }
    }

    pub(crate) async fn run(self) -> Result<(), Failure> {
        match self {
            Self::SetRole { tenant, user, role, place } => {
                Office::open(&tenant, &place)?.set_role(&user, &role).await
            }
            Self::SetPath { tenant, path, users, place } => {
                Office::open(&tenant, &place)?.set_path(&path, &users).await
            }
            Self::Paths { tenant, place } => Office::open(&tenant, &place)?.list().await,
        }
    }
}

/// A tenant, and what is needed to work on it.
struct Office {
    tenant: String,
    store: Arc<SqliteStore>,
    approvals: Approvals,
    cx: Context,
}

impl Office {
    fn open(tenant: &TenantName, place: &Place) -> Result<Self, Failure> {
        let profile = place.database.registry()?.profile(tenant.as_str())?;
        if profile != Profile::Prendio {
            return Err("the tenant's profile is not prendio".into());
        }
        let store = place.database.store()?;
        let approvals = place.database.approvals()?;
        let setup = Setup::load(&place.profiles)?;
        let desk = Desk::new(&setup, profile, store.clone(), tenant.as_str(), "prendio")?;
        let cx = desk.context("User").ok_or("the tenant's profile has no users")?;
        Ok(Self { tenant: tenant.as_str().to_owned(), store, approvals, cx })
    }

    /// The user of this name.
    async fn user(&self, name: &str) -> Result<Stored, Failure> {
        let filter = Filter::eq("userName", name)?;
        let filter = filter.check(self.cx.schema(), &Options::STRICT)?;
        let window = Window::Index { start: 1, count: 1 };
        let mut query = Query::new(window, Projection::default_of(self.cx.schema()));
        query.filter = Some(Arc::new(filter));
        let page = self.store.query(&self.cx, &query).await.map_err(failed)?;
        page.resources.into_iter().next().ok_or_else(|| "there is no user of this name".into())
    }

    /// The change is made beside the rules that keep the directory from making it.
    async fn set_role(&self, user: &str, role: &str) -> Result<(), Failure> {
        let id = self.user(user).await?.id;
        let message = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [{"op": "replace", "path": "roles", "value": prendio::roles(role)}],
        });
        let plan = Patch::from_value(message, self.cx.compat())
            .and_then(|patch| patch.plan(self.cx.schema()))
            .map_err(Error::from)?;
        let change = Change::patch(self.cx.clone(), Guard::default(), plan, Arc::new(Permissive));
        self.store.update(&self.cx, &id, &change).await.map_err(failed)?;
        Ok(())
    }

    async fn set_path(mut self, path: &str, users: &[String]) -> Result<(), Failure> {
        let mut ids = Vec::new();
        for name in users {
            let user = self.user(name).await?;
            if user.attributes.get("active") != Some(&Value::Bool(true)) {
                return Err(format!("`{name}` is not active").into());
            }
            ids.push(user.id);
        }
        Ok(self.approvals.set(&self.tenant, path, &ids)?)
    }

    async fn list(mut self) -> Result<(), Failure> {
        self.approvals.catch_up(&self.store, &self.cx).await?;
        let mut out = io::stdout().lock();
        for (path, ids) in self.approvals.paths(&self.tenant)? {
            let mut names = Vec::new();
            for id in ids {
                let want = Projection::default_of(self.cx.schema());
                let user = self.store.get(&self.cx, &id, &want).await.map_err(failed)?;
                let name = user
                    .and_then(|user| Some(user.attributes.get("userName")?.as_str()?.to_owned()));
                names.extend(name);
            }
            let names = if names.is_empty() { "nobody".to_owned() } else { names.join(", ") };
            writeln!(out, "{path}: {names}")?;
        }
        Ok(())
    }
}

fn failed(error: scim_service::StoreError) -> Failure {
    format!("the users cannot be read or written: {error:?}").into()
}
