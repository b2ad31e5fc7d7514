//! The resources of all types by cursor (RFC 9865 §2).

use scim_core::ListResponse;

use super::{Found, Searches, order};
use crate::{
    Position, Store, Window,
    answer::{Answer, Refusal},
    cursor::{Cursor, window},
    read::search::Search,
    render::Shown,
    service::Parts,
};

/// A place among all types: the type, and where in it. Without a position it is the beginning of
/// the type, or on the way back its end.
type Place = (usize, Option<Position>);

/// Where a page begins, and how far it goes.
struct Walk {
    from: Option<Place>,
    backwards: bool,
    count: usize,
}

impl<S: Store> Parts<S> {
    pub(super) async fn all_by_cursor(
        &self,
        searches: &Searches,
        cursor: Option<Cursor>,
        count: usize,
    ) -> Answer {
        if count == 0 {
            return self.counted(searches).await;
        }
        let from = cursor.as_ref().map(|cursor| (cursor.endpoint, cursor.position()));
        let walk = Walk { from, backwards: cursor.is_some_and(|cursor| cursor.backwards), count };
        let (found, beyond) = match searches.sorted {
            true => self.merged_from(searches, &walk).await?,
            false => self.in_turn_from(searches, &walk).await?,
        };
        // What a page was led to from stands on its other side.
        let (first, last) = (found.first().map(place), found.last().map(place));
        let (previous, next) = match walk.backwards {
            true => (beyond, last),
            false => (walk.from.and(first), beyond),
        };
        let seal = |(endpoint, position), backwards| {
            let cursor = Cursor::new(endpoint, position, backwards, count, searches.now);
            self.paging.sealer.seal(&cursor, &searches.scope)
        };
        let mut list = ListResponse::new([]);
        list.next_cursor = next.map(|place| seal(place, false)).transpose()?;
        list.previous_cursor = previous.map(|place| seal(place, true)).transpose()?;
        self.listed(list, found.into_iter().map(|one| one.shown).collect())
    }

    /// A page of one type after the other, and where the next one in this direction begins.
    async fn in_turn_from<'a>(
        &self,
        searches: &'a Searches,
        walk: &Walk,
    ) -> Result<(Vec<Found<'a>>, Option<Place>), Refusal> {
        let (first, mut position) = walk.from.clone().unwrap_or_default();
        let mut found: Vec<Found<'a>> = Vec::new();
        for at in types(searches.each.len(), first, walk.backwards) {
            let Some(search) = searches.each.get(at) else { continue };
            let left = walk.count.saturating_sub(found.len());
            if left == 0 && self.total(search).await? == Some(0) {
                continue;
            }
            if left == 0 {
                return Ok((found, Some((at, None))));
            }
            let page = self.page(search, window(walk.backwards, position.take(), left)).await?;
            let shown = page.resources.into_iter().map(|stored| Shown { search, stored });
            let part = shown.map(|shown| Found { at, key: None, shown });
            let end = if walk.backwards { 0 } else { found.len() };
            found.splice(end..end, part);
            let onward = if walk.backwards { page.previous } else { page.next };
            if let Some(position) = onward {
                return Ok((found, Some((at, Some(position)))));
            }
        }
        Ok((found, None))
    }

    /// A page of all types merged by their sort keys, and where the next one in this direction
    /// begins.
    async fn merged_from<'a>(
        &self,
        searches: &'a Searches,
        walk: &Walk,
    ) -> Result<(Vec<Found<'a>>, Option<Place>), Refusal> {
        let Walk { backwards, count, .. } = *walk;
        let position = walk.from.as_ref().and_then(|(_, position)| position.clone());
        let (mut found, mut more) = (Vec::new(), false);
        for (at, search) in searches.each.iter().enumerate() {
            let is_ahead = searches.descending == backwards;
            let Some(position) = begin(search, position.clone(), is_ahead) else { continue };
            let page = self.unprojected(search, window(backwards, position, count)).await?;
            let onward = if backwards { &page.previous } else { &page.next };
            more |= onward.is_some();
            self.find(at, search, page, &mut found)?;
        }
        found.sort_by(|left, right| order(searches.descending, left, right));
        let surplus = found.len().saturating_sub(count);
        let kept = if backwards { surplus..found.len() } else { 0..found.len() - surplus };
        found = found.drain(kept).collect();
        let end = if backwards { found.first() } else { found.last() };
        let beyond = end.filter(|_| more || surplus > 0).map(place);
        Ok((found, beyond))
    }

    /// No resource, and how many there are.
    async fn counted(&self, searches: &Searches) -> Answer {
        let mut total = Some(0_u64);
        for search in &searches.each {
            let of_type = self.total(search).await?;
            total = total.zip(of_type).map(|(known, more)| known.saturating_add(more));
        }
        let mut list = ListResponse::new([]);
        list.total_results = total;
        self.listed(list, Vec::new())
    }

    async fn total(&self, search: &Search) -> Result<Option<u64>, Refusal> {
        Ok(self.page(search, Window::Index { start: 1, count: 0 }).await?.total)
    }
}

/// The types that a walk comes to, from the first on.
fn types(all: usize, first: usize, backwards: bool) -> Vec<usize> {
    match backwards {
        true => (0..=first).rev().collect(),
        false => (first..all).collect(),
    }
}

/// Where a type begins at a position among all types; `None` if nothing of it is ahead. A type
/// without the attribute that is sorted by has no key anywhere: all of it is on one side of what
/// has a key, and `is_ahead` says whether of the two it is the one that the walk comes to.
fn begin(search: &Search, position: Option<Position>, is_ahead: bool) -> Option<Option<Position>> {
    match position {
        Some(Position { key: Some(_), .. }) if search.sort.is_none() => is_ahead.then_some(None),
        position => Some(position),
    }
}

/// Where a resource stands.
fn place(one: &Found<'_>) -> Place {
    let key = one.key.as_ref().map(|key| key.as_str().to_owned());
    (one.at, Some(Position { key, id: one.shown.stored.id.clone() }))
}
