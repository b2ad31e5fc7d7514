//! What a query means for one resource type.

use std::sync::Arc;

use http::StatusCode;
use scim_core::{AttrPath, Error, PaginationMethod, ScimType};
use scim_filter::{
    Attributes, Checked, Element, Filter, Node, Options, ResolvedPath, Test, Unknown,
};
use scim_schema::{Projection, is_secret};

use crate::{
    Context, Page, Query, Sort, Store, Stored, Target, Window,
    answer::{Refusal, failed},
    cursor::Cursor,
    derive, link,
    params::Params,
    render::Shown,
    service::Parts,
};

/// What a query means for one resource type.
pub(crate) struct Search {
    pub(crate) cx: Context,
    pub(crate) want: Projection,
    pub(super) filter: Option<Arc<Checked>>,
    pub(super) sort: Option<Sort>,
}

/// How a query is paged.
pub(super) enum Method<'a> {
    /// By index.
    Index { start: u64, count: usize },
    /// By cursor; the first page has none.
    Cursor { cursor: Option<&'a str>, count: Option<usize> },
}

impl Search {
    /// The query in a form that does not depend on how it was written.
    pub(super) fn canonical(&self, params: &Params) -> Vec<String> {
        let names = |list: &Option<Vec<String>>| {
            let mut names: Vec<String> =
                list.iter().flatten().map(|name| name.to_ascii_lowercase()).collect();
            names.sort();
            names.join(",")
        };
        let sort = self.sort.as_ref().map(|sort| (sort.path.to_string(), sort.descending));
        vec![
            self.filter.as_ref().map(|filter| written(filter.root())).unwrap_or_default(),
            format!("{sort:?}"),
            names(&params.attributes),
            names(&params.excluded_attributes),
        ]
    }

    /// What it asks for, as a policy is shown it.
    pub(super) fn target(&self, params: &Params) -> Target<'_> {
        let (filter, sort) = (self.filter.as_deref(), self.sort.as_ref());
        Target::Search { filter, sort, in_url: params.in_url }
    }

    /// What it has found, to be shown as it says.
    pub(super) fn shown(&self, found: Vec<Stored>) -> impl Iterator<Item = Shown<'_>> {
        found.into_iter().map(|stored| Shown { search: self, stored })
    }
}

impl<S: Store> Parts<S> {
    /// A search of one type: what no schema knows is refused.
    pub(super) fn search(&self, cx: Context, params: &Params) -> Result<Search, Error> {
        Ok(Search {
            want: params.projection(cx.schema(), cx.compat())?,
            filter: self.filter(&cx, params, Unknown::Refuse)?,
            sort: self.sort(&cx, params)?,
            cx,
        })
    }

    /// A search of one type among all: an attribute that the type has not has no value there.
    pub(super) fn search_among_all(&self, cx: Context, params: &Params) -> Result<Search, Error> {
        let mut loose = *cx.compat();
        loose.loose_projection = true;
        Ok(Search {
            want: params.projection(cx.schema(), &loose)?,
            filter: self.filter(&cx, params, Unknown::Absent)?,
            sort: self.sort(&cx, params).unwrap_or_default(),
            cx,
        })
    }

    /// A part of what a search finds.
    pub(super) async fn page(&self, search: &Search, window: Window) -> Result<Page, Refusal> {
        self.part(search, &search.want, window).await
    }

    /// The same, with at least this of each resource.
    pub(super) async fn part(
        &self,
        search: &Search,
        load: &Projection,
        window: Window,
    ) -> Result<Page, Refusal> {
        let Search { cx, want, filter, sort } = search;
        let want = derive::loaded(cx, want, load)?.into_owned();
        let query = Query { filter: filter.clone(), sort: sort.clone(), window, want };
        self.store.query(cx, &query).await.map_err(failed)
    }

    /// How a query is paged: as it says, else as the service does by default.
    ///
    /// # Errors
    /// 400 invalidValue for an index and a cursor at once, and for an index beyond the first where
    /// there are cursors alone; invalidCursor for a cursor where there are none: a client that
    /// follows it must not be given the first page again and again.
    pub(super) fn method<'a>(&self, params: &'a Params) -> Result<Method<'a>, Error> {
        let given = params.cursor.as_deref();
        let cursor = given.filter(|cursor| !cursor.is_empty());
        let features = self.store.features();
        let (cursors, cursors_alone) = (features.cursor, features.is_cursor_only());
        if params.start_index.is_some() && (cursor.is_some() || (given.is_some() && cursors)) {
            return Err(Error::invalid_value("`cursor` and `startIndex` exclude each other"));
        }
        if cursor.is_some() && !cursors {
            return Err(Error::of(ScimType::InvalidCursor, "this server does not page by cursor"));
        }
        let is_first = params.start_index.is_none_or(|start| start <= 1);
        if cursors_alone && !is_first {
            return Err(Error::invalid_value("this server pages by cursor alone"));
        }
        let by_default = self.paging.default == PaginationMethod::Cursor
            && (cursors_alone || params.start_index.is_none());
        if cursors && (given.is_some() || by_default) {
            return Ok(Method::Cursor {
                cursor,
                count: params.count.map(|count| self.capped(count)),
            });
        }
        let start = params.start_index.unwrap_or(1).max(1).unsigned_abs();
        Ok(Method::Index {
            start,
            count: params.count.map_or(self.limits.page, |count| self.capped(count)),
        })
    }

    /// A negative count is none (RFC 7644 §3.4.2.4), a larger one than the maximum is that.
    fn capped(&self, count: i64) -> usize {
        usize::try_from(count.max(0)).unwrap_or(usize::MAX).min(self.limits.max_page)
    }

    /// The size of a page by cursor, which is the same for all pages (RFC 9865 §2).
    ///
    /// # Errors
    /// 400 invalidCount if it is not.
    pub(super) fn cursor_count(
        &self,
        cursor: Option<&Cursor>,
        count: Option<usize>,
    ) -> Result<usize, Error> {
        match (cursor, count) {
            (None, count) => Ok(count.unwrap_or(self.limits.page)),
            (Some(cursor), Some(count)) if count != cursor.count => {
                Err(Error::of(ScimType::InvalidCount, "`count` must be the same for all pages"))
            }
            (Some(cursor), _) => Ok(cursor.count.min(self.limits.max_page)),
        }
    }

    fn filter(
        &self,
        cx: &Context,
        params: &Params,
        unknown: Unknown,
    ) -> Result<Option<Arc<Checked>>, Error> {
        let Some(text) = &params.filter else { return Ok(None) };
        if !self.store.features().filter {
            return Err(Error::new(StatusCode::NOT_IMPLEMENTED, "this server does not filter"));
        }
        let options =
            Options::STRICT.compat(*cx.compat()).limits(self.limits.filter).unknown(unknown);
        let filter = Filter::parse_with(text, &options)?;
        if filter.attributes().iter().any(|path| is_computed(cx, path)) {
            return Err(Error::invalid_filter(
                "an attribute that is computed cannot be searched by",
            ));
        }
        Ok(Some(Arc::new(filter.check(cx.schema(), &options)?)))
    }

    fn sort(&self, cx: &Context, params: &Params) -> Result<Option<Sort>, Error> {
        let Some(text) = params.sort_by.as_ref().filter(|_| self.store.features().sort) else {
            return Ok(None);
        };
        let path: AttrPath = text.parse().map_err(|_| unknown_sort())?;
        let known = sortable(cx, &path).filter(|_| !is_computed(cx, &path));
        let path = known.ok_or_else(unknown_sort)?;
        Ok(Some(Sort { path, descending: params.descending }))
    }
}

/// A filter in a form that does not depend on how it was written: canonical names, comparison
/// keys in place of literals. As deep as the filter, whose depth is bounded.
fn written(node: &Node) -> String {
    let all = |parts: &[Node]| parts.iter().map(written).collect::<Vec<_>>().join(",");
    match node {
        Node::Constant(outcome) => outcome.to_string(),
        Node::And(parts) => format!("and({})", all(parts)),
        Node::Or(parts) => format!("or({})", all(parts)),
        Node::Not(inner) => format!("not({})", written(inner)),
        Node::Test(Test { path, op }) => {
            let key = op.operand().map_or("", |operand| operand.key.as_str());
            format!("{path} {op:?} {}:{key}", key.len())
        }
        Node::Element(Element { path, filter }) => format!("{path}[{}]", written(filter)),
    }
}

/// An attribute to sort by: a simple one, or a complex one's `value` (RFC 7644 §3.4.2.3).
fn sortable(cx: &Context, path: &AttrPath) -> Option<ResolvedPath> {
    let mut resolved = cx.schema().resolve(path, cx.compat())?;
    let attribute = resolved.attribute?;
    if !attribute.sub_attributes.is_empty() && resolved.sub.is_none() {
        resolved.sub = Some(attribute.sub_attribute("value")?);
    }
    let hidden = is_secret(attribute) || resolved.sub.is_some_and(is_secret);
    ResolvedPath::of(&resolved).filter(|_| !hidden)
}

/// Whether a path leads to what no store has, because the service makes it.
fn is_computed(cx: &Context, path: &AttrPath) -> bool {
    derive::names(cx, path) || link::names(cx, path)
}

/// 400 for an order by what nothing can be sorted by.
pub(super) fn unknown_sort() -> Error {
    Error::invalid_value("`sortBy` names no attribute to sort by")
}
