//! The resources of all types (RFC 7644 §3.4.2.1).

mod cursor;

use std::cmp::Ordering;

use chrono::{DateTime, Utc};
use scim_core::{Error, ScimType};
use scim_filter::{Key, Resolved, ResolvedPath};
use scim_schema::Projection;
use serde_json::{Map, Value};

use super::{
    indexed,
    search::{Method, Search, unknown_sort},
};
use crate::{
    Action, Page, Store, Stored, Window,
    answer::{Answer, Refusal},
    cursor::scope,
    meta::Meta,
    params::Params,
    render::{Shown, with_values},
    service::{Head, Parts},
};

/// A resource among those of all types, and where it stands.
struct Found<'a> {
    /// The resource type, by its place among the searches.
    at: usize,
    key: Option<Key>,
    shown: Shown<'a>,
}

/// All searches of one request, and what its cursors are good for.
struct Searches {
    each: Vec<Search>,
    sorted: bool,
    descending: bool,
    scope: String,
    now: DateTime<Utc>,
}

impl<S: Store> Parts<S> {
    /// The resources of all types: one type after the other in the order of their registration,
    /// or merged if an order is asked for.
    pub(crate) async fn list_all(&self, head: &Head, params: &Params) -> Answer {
        let searches = self.searches(head, params)?;
        match (self.method(params)?, searches.sorted) {
            (Method::Index { start, count }, false) => self.in_turn(&searches, start, count).await,
            (Method::Index { start, count }, true) => self.merged(&searches, start, count).await,
            (Method::Cursor { cursor, count }, _) => {
                let opened = cursor
                    .map(|text| self.paging.sealer.open(text, &searches.scope, head.now))
                    .transpose()?;
                let count = self.cursor_count(opened.as_ref(), count)?;
                self.all_by_cursor(&searches, opened, count).await
            }
        }
    }

    fn searches(&self, head: &Head, params: &Params) -> Result<Searches, Error> {
        let mut each = Vec::with_capacity(self.links.endpoints.len());
        for endpoint in self.links.endpoints.iter().filter(|one| one.allows(Action::Read)) {
            let cx = self.request_context(endpoint, head);
            let search = self.search_among_all(cx, params)?;
            self.policy.authorize(&search.cx, Action::Read, &search.target(params))?;
            each.push(search);
        }
        let sorted = params.sort_by.is_some() && self.store.features().sort;
        if sorted && each.iter().all(|search| search.sort.is_none()) {
            return Err(unknown_sort());
        }
        let asked = |search: &Search| {
            let mut asked = search.canonical(params);
            asked.push(search.cx.resource_type().to_owned());
            asked
        };
        let canonical: Vec<String> = each.iter().flat_map(asked).collect();
        let scope =
            each.first().map(|search| scope(&search.cx, "/", &canonical)).unwrap_or_default();
        Ok(Searches { each, sorted, descending: params.descending, scope, now: head.now })
    }

    /// One type after the other, each from where the page has got to.
    async fn in_turn(&self, searches: &Searches, start: u64, count: usize) -> Answer {
        let (mut total, mut resources) = (0_u64, Vec::new());
        for search in &searches.each {
            let start = start.saturating_sub(total).max(1);
            let count = count.saturating_sub(resources.len());
            let page = self.page(search, Window::Index { start, count }).await?;
            total = total.saturating_add(page.total.unwrap_or_default());
            resources.extend(search.shown(page.resources));
        }
        self.listed(indexed(Some(total), start), resources)
    }

    /// All types merged by their sort keys, up to the end of the page.
    async fn merged(&self, searches: &Searches, start: u64, count: usize) -> Answer {
        let skipped = usize::try_from(start - 1).unwrap_or(usize::MAX);
        let end = skipped.saturating_add(count);
        if end > self.limits.max_merge {
            let detail =
                "a sorted page this far into all resource types is too much; page by cursor";
            return Err(Error::of(ScimType::TooMany, detail).into());
        }
        let (mut total, mut found) = (0_u64, Vec::new());
        for (at, search) in searches.each.iter().enumerate() {
            let page = self.unprojected(search, Window::Index { start: 1, count: end }).await?;
            total = total.saturating_add(page.total.unwrap_or_default());
            self.find(at, search, page, &mut found)?;
        }
        found.sort_by(|left, right| order(searches.descending, left, right));
        let page = found.into_iter().skip(skipped).take(count);
        self.listed(indexed(Some(total), start), page.map(|one| one.shown).collect())
    }

    /// What sorts a resource need not be what is asked for of it; both are loaded.
    async fn unprojected(&self, search: &Search, window: Window) -> Result<Page, Refusal> {
        let sort = search.sort.iter().filter_map(|sort| sort.path.to_string().parse().ok());
        let asked =
            search.want.selected().iter().map(Resolved::path).chain(sort).collect::<Vec<_>>();
        let load = Projection::default_of(search.cx.schema()).with_touched(asked);
        self.part(search, &load, window).await
    }

    fn find<'a>(
        &self,
        at: usize,
        search: &'a Search,
        page: Page,
        found: &mut Vec<Found<'a>>,
    ) -> Result<(), Refusal> {
        for stored in page.resources {
            let stored = with_values(stored)?;
            let key = search.sort.as_ref().and_then(|sort| self.key(search, &stored, &sort.path));
            found.push(Found { at, key, shown: Shown { search, stored } });
        }
        Ok(())
    }

    /// What a resource is sorted by.
    fn key(&self, search: &Search, stored: &Stored, path: &ResolvedPath) -> Option<Key> {
        path.sort_key(&stored.attributes).or_else(|| {
            let location = self.location(search.cx.endpoint(), &stored.id);
            let meta = Meta::new(&search.cx, stored, &location);
            let members = meta.members().into_iter();
            let meta: Map<_, _> =
                members.map(|(name, text)| (name.to_owned(), text.into())).collect();
            let id = Value::String(stored.id.clone());
            path.sort_key(&Map::from_iter([
                ("id".to_owned(), id),
                ("meta".to_owned(), meta.into()),
            ]))
        })
    }
}

/// Missing values last, or first if descending; ties by id.
fn order(descending: bool, left: &Found<'_>, right: &Found<'_>) -> Ordering {
    let by_key = (left.key.is_none(), &left.key).cmp(&(right.key.is_none(), &right.key));
    let by_key = if descending { by_key.reverse() } else { by_key };
    by_key.then_with(|| left.shown.stored.id.cmp(&right.shown.stored.id))
}
