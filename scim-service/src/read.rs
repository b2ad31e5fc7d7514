//! Resources read: one, those of a type, all (RFC 7644 §3.4).

use std::sync::Arc;

use http::{StatusCode, header, request};
use scim_core::{AttrPath, Compat, EntityTags, Error, ListResponse, ScimType};
use scim_filter::{Attributes, Checked, Filter, Options, ResolvedPath, Unknown};
use scim_schema::Projection;
use serde_json::{Map, Value};

use crate::{
    Action, Context, Query, Sort, Store, Window,
    answer::{self, Answer, Refusal, failed},
    params::Params,
    service::Parts,
};

impl<S: Store> Parts<S> {
    /// One resource (RFC 7644 §3.4.1).
    pub(crate) async fn get(
        &self,
        cx: &Context,
        id: &str,
        head: &request::Parts,
        params: &Params,
    ) -> Answer {
        self.policy.authorize(cx, Action::Read)?;
        let want = params.projection(cx.schema(), cx.compat())?;
        let found = self.store.get(cx, id, &want).await.map_err(failed)?;
        let stored = found.ok_or_else(|| missing(cx))?;
        let known = head.headers.get(header::IF_NONE_MATCH).and_then(|tags| tags.to_str().ok());
        let unchanged = known.is_some_and(|tags| EntityTags::parse(tags).matches(&stored.version));
        // The version covers what is stored: an answer with derived attributes may differ under it.
        if unchanged && !want.includes_derived() {
            let location = self.location(cx.endpoint(), id);
            let response = answer::empty(StatusCode::NOT_MODIFIED);
            return Ok(answer::located(answer::tagged(response, &stored.version), &location));
        }
        self.resource(StatusCode::OK, cx, stored, &want)
    }

    /// The resources of a type (RFC 7644 §3.4.2).
    pub(crate) async fn list(&self, cx: &Context, params: &Params) -> Answer {
        self.policy.authorize(cx, Action::Read)?;
        params.refuse_cursor()?;
        let want = params.projection(cx.schema(), cx.compat())?;
        let window = self.window(params);
        let query = Query {
            filter: self.filter(cx, params, Unknown::Refuse)?,
            sort: self.sort(cx, params)?,
            window: Window::Index { start: window.start, count: window.count },
            want: want.clone(),
        };
        let page = self.store.query(cx, &query).await.map_err(failed)?;
        let total = page.total;
        let resources = page.resources.into_iter().map(|stored| self.render(cx, stored, &want));
        let resources: Vec<Map<String, Value>> = resources.collect::<Result<_, Refusal>>()?;
        Ok(listed(resources, total, window.start))
    }

    /// The resources of all types, in the order of their registration (RFC 7644 §3.4.2.1).
    pub(crate) async fn list_all(
        &self,
        head: &request::Parts,
        params: &Params,
        compat: Compat,
    ) -> Answer {
        params.refuse_cursor()?;
        let window = self.window(params);
        let mut types = Vec::with_capacity(self.endpoints.len());
        // A name is unknown only if no type has it.
        let mut loose = compat;
        loose.loose_projection = true;
        for endpoint in &self.endpoints {
            let cx = self.request_context(endpoint, head, compat);
            self.policy.authorize(&cx, Action::Read)?;
            types.push(TypeQuery {
                want: params.projection(cx.schema(), &loose)?,
                filter: self.filter(&cx, params, Unknown::Absent)?,
                sort: self.sort_at_root(&cx, params)?,
                cx,
            });
        }
        let known = |sorted: &TypeQuery| sorted.sort.is_some();
        if params.sort_by.is_some() {
            if !types.iter().any(known) {
                return Err(unknown_sort().into());
            }
            return self.list_sorted(types, params, window).await;
        }
        self.list_in_turn(types, window).await
    }

    /// One type after the other, each from where the page has got to.
    async fn list_in_turn(&self, types: Vec<TypeQuery>, window: IndexWindow) -> Answer {
        let (mut total, mut resources) = (0_u64, Vec::new());
        for one in types {
            let start = window.start.saturating_sub(total).max(1);
            let count = window.count.saturating_sub(resources.len());
            let page = self.page(&one, start, count, one.want.clone()).await?;
            total = total.saturating_add(page.total.unwrap_or_default());
            for stored in page.resources {
                resources.push(self.render(&one.cx, stored, &one.want)?);
            }
        }
        Ok(listed(resources, Some(total), window.start))
    }

    /// All types merged by their sort keys, up to the end of the page.
    async fn list_sorted(
        &self,
        types: Vec<TypeQuery>,
        params: &Params,
        window: IndexWindow,
    ) -> Answer {
        let end = window.start.saturating_sub(1).saturating_add(window.count as u64);
        let end = usize::try_from(end).unwrap_or(usize::MAX);
        if end > self.limits.max_merge {
            let detail = "a sorted page this far into all resource types is too much";
            return Err(Error::of(ScimType::TooMany, detail).into());
        }
        let (mut total, mut found) = (0_u64, Vec::new());
        for one in &types {
            let page = self.page(one, 1, end, Projection::default_of(one.cx.schema())).await?;
            total = total.saturating_add(page.total.unwrap_or_default());
            for stored in page.resources {
                let id = stored.id.clone();
                let mut resource = self.complete(&one.cx, stored)?;
                let key = one.sort.as_ref().and_then(|sort| sort.path.sort_key(&resource));
                self.refer(&one.cx, &mut resource);
                one.want.apply(&mut resource);
                found.push(((key.is_none(), key, id), resource));
            }
        }
        found.sort_by(|(left, _), (right, _)| {
            let by_key = (left.0, &left.1).cmp(&(right.0, &right.1));
            let by_key = if params.descending { by_key.reverse() } else { by_key };
            by_key.then_with(|| left.2.cmp(&right.2))
        });
        let skipped = usize::try_from(window.start - 1).unwrap_or(usize::MAX);
        let resources = found
            .into_iter()
            .skip(skipped)
            .take(window.count)
            .map(|(_, resource)| resource)
            .collect();
        Ok(listed(resources, Some(total), window.start))
    }

    async fn page(
        &self,
        one: &TypeQuery,
        start: u64,
        count: usize,
        want: Projection,
    ) -> Result<crate::Page, Refusal> {
        let window = Window::Index { start, count };
        let query = Query { filter: one.filter.clone(), sort: one.sort.clone(), window, want };
        self.store.query(&one.cx, &query).await.map_err(failed)
    }

    /// Which part is asked for: what is less than 1 counts as 1, a negative count as 0
    /// (RFC 7644 §3.4.2.4).
    fn window(&self, params: &Params) -> IndexWindow {
        let start = params.start_index.unwrap_or(1).max(1).unsigned_abs();
        let count = params
            .count
            .map_or(self.limits.page, |count| usize::try_from(count.max(0)).unwrap_or(usize::MAX));
        IndexWindow { start, count: count.min(self.limits.max_page) }
    }

    fn filter(
        &self,
        cx: &Context,
        params: &Params,
        unknown: Unknown,
    ) -> Result<Option<Arc<Checked>>, Error> {
        let Some(text) = &params.filter else { return Ok(None) };
        let options =
            Options::STRICT.compat(*cx.compat()).limits(self.limits.filter).unknown(unknown);
        let filter = Filter::parse_with(text, &options)?;
        Ok(Some(Arc::new(filter.check(cx.schema(), &options)?)))
    }

    fn sort(&self, cx: &Context, params: &Params) -> Result<Option<Sort>, Error> {
        let Some(text) = params.sort_by.as_ref().filter(|_| self.store.features().sort) else {
            return Ok(None);
        };
        let path: AttrPath = text.parse().map_err(|_| unknown_sort())?;
        let path = sortable(cx, &path).ok_or_else(unknown_sort)?;
        Ok(Some(Sort { path, descending: params.descending }))
    }

    /// At the root, a type that lacks the attribute is sorted as if it had no value.
    fn sort_at_root(&self, cx: &Context, params: &Params) -> Result<Option<Sort>, Error> {
        match self.sort(cx, params) {
            Err(error) if error.scim_type == Some(ScimType::InvalidValue) => Ok(None),
            other => other,
        }
    }
}

/// A page by index.
#[derive(Clone, Copy)]
struct IndexWindow {
    start: u64,
    count: usize,
}

/// A search over all types, as it concerns one of them.
struct TypeQuery {
    cx: Context,
    want: Projection,
    filter: Option<Arc<Checked>>,
    sort: Option<Sort>,
}

/// An attribute to sort by: a simple one, or a complex one's `value` (RFC 7644 §3.4.2.3).
fn sortable(cx: &Context, path: &AttrPath) -> Option<ResolvedPath> {
    let mut resolved = cx.schema().resolve(path, cx.compat())?;
    let attribute = resolved.attribute?;
    if !attribute.sub_attributes.is_empty() && resolved.sub.is_none() {
        resolved.sub = Some(attribute.sub_attribute("value")?);
    }
    let hidden =
        scim_schema::is_secret(attribute) || resolved.sub.is_some_and(scim_schema::is_secret);
    ResolvedPath::of(&resolved).filter(|_| !hidden)
}

fn unknown_sort() -> Error {
    Error::invalid_value("`sortBy` names no attribute to sort by")
}

pub(crate) fn missing(cx: &Context) -> Error {
    Error::not_found(format!("there is no {} with this id", cx.resource_type()))
}

fn listed(
    resources: Vec<Map<String, Value>>,
    total: Option<u64>,
    start: u64,
) -> http::Response<crate::Body> {
    let resources: Vec<Value> = resources.into_iter().map(Value::Object).collect();
    let mut list = ListResponse::new(resources).start_index(start);
    list.total_results = total;
    answer::json(StatusCode::OK, &list)
}
