//! The conformance kit for stores: about three hundred checks, each with a name, that any
//! [`Store`] can be held against.
//!
//! ```
//! use scim_service::{MemoryStore, testing::store::StoreCheck};
//!
//! #[tokio::main]
//! async fn main() {
//!     let handle = tokio::runtime::Handle::current();
//!     let check = StoreCheck::new().threads(move |work| handle.block_on(work));
//!     # let check = check.only("unique/");
//!     let report = check.run(async || MemoryStore::new()).await;
//!     report.assert_passed();
//! }
//! ```
//!
//! [`StoreCheck::run`] asks for a fresh and empty store for each check. It runs on any runtime:
//! it spawns nothing and sets no timers. Times that a store is given are whole seconds and 123
//! milliseconds, so that one that keeps milliseconds loses nothing.
//!
//! # What is checked
//! | area | what |
//! |---|---|
//! | `filter/` | filters over a sample full of traps find what [`Checked::matches`](scim_filter::Checked::matches) finds, in order and counted |
//! | `sort/` | orders are those of the comparison keys: missing values, lists, ties |
//! | `page/`, `cursor/` | pages by index and by position make the whole, also while rows come and go |
//! | `change/`, `fault/` | what is written is kept, what is refused leaves no trace, versions and times move once for each real change |
//! | `unique/` | one resource has a name: in another case, in a PUT, in a race, in its tenant |
//! | `guard/` | preconditions hold on every way to change or delete, on members too |
//! | `deletion/` | a policy sees the resource that is to be deleted, and can refuse |
//! | `invariant/` | what must hold across resources is judged after the write, in its transaction, and undoes it |
//! | `member/`, `large/` | memberships, however they are changed, and what is derived from them |
//! | `secret/` | what is never returned is kept apart, changed with the resource and gone with it |
//! | `tenant/` | no function lets one tenant reach another |
//! | `projection/` | what an answer leaves out may be missing, what it holds is right |
//! | `batch/`, `text/` | several writes; letters, numbers, ids and large resources given back as they were |
//!
//! # When a check is skipped
//! When [`Features`](crate::Features) says that the store does not filter, sort, page by position or
//! keep secrets; or when the embedder has said something about the store with a method of
//! [`StoreCheck`], such as [`StoreCheck::single_tenant`]. The report says why. Nothing else is
//! skipped: a filter that a store refuses fails its check, unless it names an attribute of
//! [`StoreCheck::unsearchable`].
//!
//! # Races
//! Contestants run at once, each on a thread of its own if [`StoreCheck::threads`] is set, else in
//! turns within one task, so that one goes on whenever another waits: that finds a store that
//! reads, awaits and writes, but not one that blocks. Nothing sleeps and nothing depends on luck to
//! pass: what is checked is true in whatever order things happen.
//!
//! Stores that make changes one by one, behind one lock or on one writer thread, are not held up.
//! One check alone, `change/a_change_waits_for_the_one_before_it`, stops a change inside the
//! store, in [`Policy::before`](crate::Policy::before), until another has been sent off on another
//! thread. It does not wait for the other to get anywhere.

use std::future::Future;

mod batch;
mod bench;
mod change;
mod check;
mod cursor;
mod deletion;
mod edit;
mod erased;
mod fault;
mod filter;
mod guard;
mod invariant;
mod large;
mod member;
mod page;
mod projection;
mod race;
mod report;
mod sample;
mod secret;
mod settings;
mod sort;
mod tenant;
#[cfg(feature = "memory")]
#[cfg(test)]
mod tests;
mod text;
mod unique;
mod world;

use http::Extensions;
use scim_schema::ResourceSchema;

use self::{bench::Bench, check::Check, settings::Settings};
use crate::{Endpoint, Store};

pub use self::report::{Finding, Report, Verdict};

/// Holds stores against every check, with nothing said about them: [`StoreCheck::run`].
pub async fn check_store<S, F>(make: impl Fn() -> F) -> Report
where
    S: Store,
    F: Future<Output = S>,
{
    StoreCheck::new().run(make).await
}

/// The checks, and what is to be said about a store before they run.
#[derive(Clone, Default)]
pub struct StoreCheck {
    settings: Settings,
    only: Option<String>,
}

impl StoreCheck {
    /// Every check, and nothing said about the store.
    pub fn new() -> Self {
        Self::default()
    }

    /// Users have this schema. Of the sample, what it does not know is left out, and checks that
    /// need it are skipped. It must have `userName`, `displayName` and `active`, and require no
    /// more than `userName`.
    #[must_use]
    pub fn users(mut self, schema: ResourceSchema) -> Self {
        self.settings.users = Some(schema);
        self
    }

    /// There are no groups: their checks are skipped.
    #[must_use]
    pub fn without_groups(mut self) -> Self {
        self.settings.groups = None;
        self
    }

    /// The store cannot search or sort by these attributes: such filters may be refused, with
    /// [`StoreError::unsupported`](crate::StoreError::unsupported), but never be answered wrongly.
    #[must_use]
    pub fn unsearchable<'a>(mut self, attributes: impl IntoIterator<Item = &'a str>) -> Self {
        self.settings.unsearchable.extend(attributes.into_iter().map(str::to_lowercase));
        self
    }

    /// How a layer would tell the store whose data a request is about. If not set, it is a
    /// [`Tenant`](crate::Tenant).
    #[must_use]
    pub fn tenancy(mut self, tell: impl Fn(&str, &mut Extensions) + Send + Sync + 'static) -> Self {
        self.settings.tenancy = std::sync::Arc::new(tell);
        self
    }

    /// The store serves one customer: the checks of tenants are skipped.
    #[must_use]
    pub fn single_tenant(mut self) -> Self {
        self.settings.many_tenants = false;
        self
    }

    /// Ids are always UUIDs: the checks of others are skipped.
    #[must_use]
    pub fn only_uuids(mut self) -> Self {
        self.settings.any_id = false;
        self
    }

    /// How many members a large group has; 10,000 if not set.
    #[must_use]
    pub fn large_group(mut self, members: usize) -> Self {
        self.settings.large = members;
        self
    }

    /// Races on threads. `block_on` is called on a thread of its own for each contestant, and
    /// must run the future to its end there; with tokio:
    /// `move |work| handle.block_on(work)`, where `handle` is a `tokio::runtime::Handle`.
    #[must_use]
    pub fn threads(
        mut self,
        block_on: impl Fn(std::pin::Pin<Box<dyn Future<Output = ()> + Send>>) + Send + Sync + 'static,
    ) -> Self {
        self.settings.runner = Some(std::sync::Arc::new(block_on));
        self
    }

    /// Only checks whose name begins so, such as `member/`.
    #[must_use]
    pub fn only(mut self, prefix: impl Into<String>) -> Self {
        self.only = Some(prefix.into());
        self
    }

    /// The names of all checks.
    pub fn names() -> impl Iterator<Item = &'static str> {
        all().map(|check| check.name)
    }

    /// Runs the checks, one after the other. `make` gives a fresh and empty store for each.
    pub async fn run<S, F>(&self, make: impl Fn() -> F) -> Report
    where
        S: Store,
        F: Future<Output = S>,
    {
        let mut report = Report::default();
        let schema = match self.settings.user_schema() {
            Ok(schema) => schema,
            Err(error) => {
                let verdict = Verdict::Failed(error.to_string());
                report.findings.push(Finding { check: "the schema of users", verdict });
                return report;
            }
        };
        let users = Endpoint::users(schema);
        let is_asked = |check: &&Check| {
            self.only.as_ref().is_none_or(|prefix| check.name.starts_with(prefix.as_str()))
        };
        for check in all().filter(is_asked) {
            let bench = Bench::new(Box::new(make().await), &self.settings, &users);
            let verdict = check.judge(bench).await;
            report.findings.push(Finding { check: check.name, verdict });
        }
        report
    }
}

fn all() -> impl Iterator<Item = &'static Check> {
    let plain = [
        unique::CHECKS,
        guard::CHECKS,
        deletion::CHECKS,
        fault::CHECKS,
        tenant::CHECKS,
        page::CHECKS,
        cursor::CHECKS,
        projection::CHECKS,
        batch::CHECKS,
        text::CHECKS,
        secret::CHECKS,
        large::CHECKS,
    ];
    filter::all()
        .chain(sort::all())
        .chain(change::all())
        .chain(member::all())
        .chain(invariant::all())
        .chain(plain.into_iter().flatten())
}
