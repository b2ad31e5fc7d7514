//! Queries over all resources of a type.

use std::cmp::Ordering;

use scim_filter::Key;
use serde_json::{Map, Value, json};

use super::data::Data;
use crate::{Context, Page, Position, Query, Sort, Stored, Window};

/// A resource that matches, and where it stands in the order.
struct Found {
    key: Option<Key>,
    stored: Stored,
}

/// Looks at every resource of the type.
pub(super) fn run(data: &Data, cx: &Context, query: &Query) -> Page {
    let mut found: Vec<Found> =
        data.all(cx).filter_map(|stored| matching(cx, query, stored)).collect();
    let order = |left: &Found, right: &Found| {
        order(
            query.sort.as_ref(),
            (left.key.as_ref(), &left.stored.id),
            (right.key.as_ref(), &right.stored.id),
        )
    };
    found.sort_by(order);
    window(found, query)
}

fn matching(cx: &Context, query: &Query, stored: Stored) -> Option<Found> {
    if query.filter.is_none() && query.sort.is_none() {
        return Some(Found { key: None, stored });
    }
    let resource = Value::Object(complete(cx, &stored));
    if query.filter.as_ref().is_some_and(|filter| !filter.matches(&resource)) {
        return None;
    }
    let key = match (&query.sort, &resource) {
        (Some(sort), Value::Object(resource)) => sort.path.sort_key(resource),
        _ => None,
    };
    Some(Found { key, stored })
}

/// The resource with all that a filter or an order can name.
fn complete(cx: &Context, stored: &Stored) -> Map<String, Value> {
    let mut resource = Map::clone(&stored.attributes);
    resource.insert("id".to_owned(), Value::String(stored.id.clone()));
    let meta = json!({
        "resourceType": cx.resource_type(),
        "created": stored.created.to_rfc3339(),
        "lastModified": stored.modified.to_rfc3339(),
        "version": stored.version.to_string(),
    });
    resource.insert("meta".to_owned(), meta);
    resource
}

/// Missing values last, or first if descending; ties by id.
fn order(sort: Option<&Sort>, left: (Option<&Key>, &str), right: (Option<&Key>, &str)) -> Ordering {
    let by_key = (left.0.is_none(), left.0).cmp(&(right.0.is_none(), right.0));
    let by_key = if sort.is_some_and(|sort| sort.descending) { by_key.reverse() } else { by_key };
    by_key.then_with(|| left.1.cmp(right.1))
}

fn window(found: Vec<Found>, query: &Query) -> Page {
    let total = u64::try_from(found.len()).unwrap_or(u64::MAX);
    let place = |one: &Found, position: &Position| {
        let key = position.key.as_deref();
        let own = one.key.as_ref().map(Key::as_str);
        let by_key = (own.is_none(), own).cmp(&(key.is_none(), key));
        let descending = query.sort.as_ref().is_some_and(|sort| sort.descending);
        let by_key = if descending { by_key.reverse() } else { by_key };
        by_key.then_with(|| one.stored.id.as_str().cmp(&position.id))
    };
    let (skipped, count) = match &query.window {
        Window::Index { start, count } => {
            (usize::try_from(start.saturating_sub(1)).unwrap_or(usize::MAX), *count)
        }
        Window::After { position: None, count } => (0, *count),
        Window::After { position: Some(position), count } => {
            (found.partition_point(|one| place(one, position) != Ordering::Greater), *count)
        }
        Window::Before { position, count } => {
            let is_before = |one: &Found| {
                position.as_ref().is_none_or(|position| place(one, position) == Ordering::Less)
            };
            let end = found.partition_point(is_before);
            (end.saturating_sub(*count), end.min(*count))
        }
    };
    let more = found.len() > skipped.saturating_add(count);
    let part: Vec<Found> = found.into_iter().skip(skipped).take(count).collect();
    let position = |one: &Found| Position {
        key: one.key.as_ref().map(|key| key.as_str().to_owned()),
        id: one.stored.id.clone(),
    };
    let next = part.last().filter(|_| more).map(position);
    let previous = part.first().filter(|_| skipped > 0).map(position);
    let resources = part.into_iter().map(|one| one.stored).collect();
    Page { resources, total: Some(total), next, previous }
}
