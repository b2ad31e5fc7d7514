//! Resources read: one, those of a type, all (RFC 7644 §3.4).

mod all;
pub(crate) mod search;

use http::StatusCode;
use scim_core::{Error, ListResponse};
use serde_json::Value;

use crate::{
    Action, Context, Guard, Store, Target, Window,
    answer::{self, Answer, failed},
    cursor::{self, Cursor},
    derive,
    params::Params,
    read::search::{Method, Search},
    service::{Head, Parts},
};

impl<S: Store> Parts<S> {
    /// One resource (RFC 7644 §3.4.1).
    pub(crate) async fn get(&self, cx: &Context, id: &str, head: &Head, params: &Params) -> Answer {
        self.policy.authorize(cx, Action::Read, &Target::Resource(id))?;
        let want = params.projection(cx.schema(), cx.compat())?;
        let load = derive::loaded(cx, &want, &want)?;
        let found = self.store.get(cx, id, &load).await.map_err(failed)?;
        let stored = found.ok_or_else(|| missing(cx))?;
        let Guard { if_match, if_none_match, .. } = Guard::of(&head.headers);
        Guard { if_match, ..Guard::default() }.check(&stored.version)?;
        let unchanged = if_none_match.is_some_and(|tags| tags.matches(&stored.version));
        // The version covers what is stored: an answer with derived attributes may differ under it.
        if unchanged && !want.includes_derived() && !derive::is_shown(cx, &want) {
            let location = self.location(cx.endpoint(), id);
            let response = answer::empty(StatusCode::NOT_MODIFIED);
            return Ok(answer::located(answer::tagged(response, &stored.version), location));
        }
        self.resource(StatusCode::OK, cx, stored, &want)
    }

    /// The resources of a type, by index or by cursor (RFC 7644 §3.4.2, RFC 9865 §2).
    pub(crate) async fn list(&self, cx: &Context, params: &Params) -> Answer {
        let search = self.search(cx.clone(), params)?;
        self.policy.authorize(cx, Action::Read, &search.target(params))?;
        match self.method(params)? {
            Method::Index { start, count } => {
                let page = self.page(&search, Window::Index { start, count }).await?;
                self.listed(indexed(page.total, start), search.shown(page.resources).collect())
            }
            Method::Cursor { cursor, count } => {
                let scope = cursor::scope(cx, cx.resource_type(), &search.canonical(params));
                self.list_by_cursor(&search, &scope, cursor, count).await
            }
        }
    }

    async fn list_by_cursor(
        &self,
        search: &Search,
        scope: &str,
        cursor: Option<&str>,
        count: Option<usize>,
    ) -> Answer {
        let now = search.cx.now();
        let opened =
            cursor.map(|cursor| self.paging.sealer.open(cursor, scope, now)).transpose()?;
        let count = self.cursor_count(opened.as_ref(), count)?;
        let position = opened.as_ref().and_then(Cursor::position);
        let is_backwards = opened.is_some_and(|cursor| cursor.backwards);
        let page = self.page(search, cursor::window(is_backwards, position, count)).await?;
        let seal = |position, backwards| {
            let cursor = Cursor::new(0, Some(position), backwards, count, now);
            self.paging.sealer.seal(&cursor, scope)
        };
        let next = page.next.map(|position| seal(position, false)).transpose()?;
        let previous = page.previous.map(|position| seal(position, true)).transpose()?;
        let mut list = ListResponse::new([]);
        list.total_results = page.total;
        list.next_cursor = next;
        list.previous_cursor = previous;
        self.listed(list, search.shown(page.resources).collect())
    }
}

/// What stands around a page by index.
fn indexed(total: Option<u64>, start: u64) -> ListResponse<Value> {
    let mut list = ListResponse::new([]).start_index(start);
    list.total_results = total;
    list
}

/// 404 for a resource.
pub(crate) fn missing(cx: &Context) -> Error {
    Error::not_found(format!("there is no {} with this id", cx.resource_type()))
}
