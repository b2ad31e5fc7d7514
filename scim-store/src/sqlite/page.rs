//! Queries: filter, order and page in SQL.

use rusqlite::{Connection, params_from_iter, types::Value};
use scim_filter::{
    ResolvedPath,
    sql::{self, Column, Columns, Dialect, Direction, Order, Param, Place},
};
use scim_schema::Indexed;
use scim_service::{Page, Position, Query, Sort, StoreError, Window};

use super::{
    columns::{FIRST_FREE, Tables},
    error::SqliteError,
    resource,
    scope::Scope,
};

/// The tables that are searched, with a condition, and the values of its placeholders.
struct Matching {
    from: String,
    values: Vec<Value>,
}

/// What of the rows of an order is asked for.
#[derive(Clone, Copy)]
struct Part<'a> {
    behind: Option<&'a Position>,
    skip: u64,
    count: usize,
}

const FROM: &str = "FROM resource r LEFT JOIN search s ON s.num = r.num \
    WHERE r.tenant = ?1 AND r.type = ?2";

/// The part of the result that the query asks for.
pub(super) fn query(
    connection: &Connection,
    scope: &Scope,
    query: &Query,
) -> Result<Page, StoreError> {
    let tables = Tables::of(scope);
    let (rows, more, begun) = match &query.window {
        Window::Index { start, count } => {
            let skip = start.saturating_sub(1);
            let part = Part { behind: None, skip, count: *count };
            let (rows, more) = cut(connection, scope, query, &tables, false, part)?;
            (rows, more, skip > 0)
        }
        Window::After { position, count } => {
            let part = Part { behind: position.as_ref(), skip: 0, count: *count };
            let (rows, more) = cut(connection, scope, query, &tables, false, part)?;
            (rows, more, position.is_some())
        }
        Window::Before { position, count } => {
            let part = Part { behind: position.as_ref(), skip: 0, count: *count };
            let (mut rows, more) = cut(connection, scope, query, &tables, true, part)?;
            rows.reverse();
            // What is asked for lies before a resource, so something follows.
            (rows, position.is_some(), more)
        }
    };
    let mut page = Page::default();
    page.total = total(connection, scope, query, &tables, rows.len(), more)?;
    page.next = rows.last().filter(|_| more).cloned();
    page.previous = rows.first().filter(|_| begun).cloned();
    let wanted = scope.wanted(&query.want);
    for Position { id, .. } in rows {
        page.resources.extend(resource::get(connection, scope, &id, &wanted)?);
    }
    Ok(page)
}

/// The rows of the part, and whether more follow.
fn cut(
    connection: &Connection,
    scope: &Scope,
    query: &Query,
    tables: &Tables,
    back: bool,
    part: Part<'_>,
) -> Result<(Vec<Position>, bool), StoreError> {
    if part.count == 0 {
        return Ok((Vec::new(), false));
    }
    let sorted = query.sort.as_ref().filter(|_| query.filter.is_none());
    let ascends = sorted.filter(|sort| sort.descending == back).map(|sort| &sort.path);
    let indexed = ascends.filter(|path| !path.multi_valued && !path.sub_multi_valued);
    let one_more = Part { count: part.count.saturating_add(1), ..part };
    let mut rows = match indexed.and_then(|path| tables.indexed(path)) {
        Some(indexed) => walk(connection, scope, indexed, back, one_more)?,
        None => {
            let order = order(query.sort.as_ref(), tables)?;
            let order = if back { order.reversed() } else { order };
            let matching = matching(scope, query, tables)?;
            select(connection, &order, &matching, "r.id", one_more)?
        }
    };
    let more = rows.len() > part.count;
    rows.truncate(part.count);
    Ok((rows, more))
}

/// Rows in the order of an index, which ascends: first those that have a key, then those that do
/// not. So only the rows of the page are read, where sorting would read all.
fn walk(
    connection: &Connection,
    scope: &Scope,
    indexed: &Indexed,
    back: bool,
    part: Part<'_>,
) -> Result<Vec<Position>, StoreError> {
    let values = vec![
        Value::from(scope.tenant.to_string()),
        scope.kind().to_owned().into(),
        indexed.label.clone().into(),
    ];
    let (mut rows, mut skip) = (Vec::new(), part.skip);
    if part.behind.is_none_or(|position| position.key.is_some()) {
        let with_key = Matching { from: WITH_KEY.to_owned(), values: values.clone() };
        let order = Walk { key: true }.order(&indexed.path, back)?;
        rows = select(connection, &order, &with_key, "o.id", part)?;
        if rows.is_empty() && skip > 0 {
            skip = skip.saturating_sub(count(connection, &with_key)?);
        } else {
            skip = 0;
        }
    }
    if rows.len() < part.count {
        let without = Matching { from: WITHOUT_KEY.to_owned(), values };
        let order = Walk { key: false }.order(&indexed.path, back)?;
        let behind = part.behind.filter(|position| position.key.is_none());
        let rest = Part { behind, skip, count: part.count - rows.len() };
        rows.extend(select(connection, &order, &without, "r.id", rest)?);
    }
    Ok(rows)
}

const WITH_KEY: &str = "FROM key o WHERE o.tenant = ?1 AND o.type = ?2 AND o.attr = ?3";
const WITHOUT_KEY: &str = "FROM resource r WHERE r.tenant = ?1 AND r.type = ?2 AND r.id NOT IN \
    (SELECT o.id FROM key o WHERE o.tenant = ?1 AND o.type = ?2 AND o.attr = ?3)";

/// The columns of a walk along an index.
struct Walk {
    key: bool,
}

impl Walk {
    /// Keys ascend, and so do ids, unless the whole order is walked backwards.
    fn order(&self, path: &ResolvedPath, back: bool) -> Result<Order, StoreError> {
        let direction = if back { Direction::Descending } else { Direction::Ascending };
        let order = sql::order(self.key.then_some(path), direction, self, Dialect::Sqlite)
            .map_err(scim_core::Error::from)?;
        Ok(if back { order.reversed() } else { order })
    }
}

impl Columns for Walk {
    fn id(&self) -> &str {
        if self.key { "o.id" } else { "r.id" }
    }

    fn place(&self, _: &ResolvedPath) -> Option<Place> {
        Some(Place::Value(Column::key("o.k").required()))
    }
}
fn order(sort: Option<&Sort>, tables: &Tables) -> Result<Order, StoreError> {
    let direction = match sort {
        Some(sort) if sort.descending => Direction::Descending,
        _ => Direction::Ascending,
    };
    let order = sql::order(sort.map(|sort| &sort.path), direction, tables, Dialect::Sqlite);
    Ok(order.map_err(scim_core::Error::from)?)
}

fn matching(scope: &Scope, query: &Query, tables: &Tables) -> Result<Matching, StoreError> {
    let mut values = vec![scope.tenant.to_string().into(), scope.kind().to_owned().into()];
    let Some(filter) = &query.filter else {
        return Ok(Matching { from: FROM.to_owned(), values });
    };
    let found = sql::compile(filter, tables, Dialect::Sqlite, FIRST_FREE)
        .map_err(|error| StoreError::unsupported(error.attribute()))?;
    values.extend(found.params.into_iter().map(bound));
    Ok(Matching { from: format!("{FROM} AND ({})", found.text), values })
}

/// Rows in an order.
fn select(
    connection: &Connection,
    order: &Order,
    matching: &Matching,
    id: &str,
    part: Part<'_>,
) -> Result<Vec<Position>, StoreError> {
    let mut values = matching.values.clone();
    let mut after = String::new();
    if let Some(Position { key, id }) = part.behind {
        let position = sql::Position { key: key.clone(), id: id.clone() };
        let condition = order.after(&position, values.len() + 1);
        after = format!(" AND {}", condition.text);
        values.extend(condition.params.into_iter().map(bound));
    }
    let limit = values.len() + 1;
    values.push(Value::Integer(i64::try_from(part.count).unwrap_or(i64::MAX)));
    values.push(Value::Integer(i64::try_from(part.skip).unwrap_or(i64::MAX)));
    let select = format!(
        "SELECT {id}, {} {}{after} ORDER BY {} LIMIT ?{limit} OFFSET ?{}",
        order.key(),
        matching.from,
        order.terms(),
        limit + 1,
    );
    Ok(run(connection, &select, values)?)
}

fn run(
    connection: &Connection,
    select: &str,
    values: Vec<Value>,
) -> Result<Vec<Position>, SqliteError> {
    let mut statement = connection.prepare_cached(select)?;
    let rows = statement.query_map(params_from_iter(values), |row| {
        Ok(Position { id: row.get(0)?, key: row.get(1)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How many resources match; counted unless the page shows it. Pages behind a position do without,
/// since the first page has told it.
fn total(
    connection: &Connection,
    scope: &Scope,
    query: &Query,
    tables: &Tables,
    rows: usize,
    more: bool,
) -> Result<Option<u64>, StoreError> {
    let rows = u64::try_from(rows)?;
    match &query.window {
        Window::Index { start, count } if !more && *count > 0 && (rows > 0 || *start <= 1) => {
            Ok(Some(start.saturating_sub(1) + rows))
        }
        Window::After { position: None, count } if !more && *count > 0 => Ok(Some(rows)),
        Window::After { position: Some(_), .. } | Window::Before { .. } => Ok(None),
        _ if query.filter.is_none() => Ok(Some(resource::counted(connection, scope)?)),
        _ => Ok(Some(count(connection, &matching(scope, query, tables)?)?)),
    }
}

fn count(connection: &Connection, matching: &Matching) -> Result<u64, SqliteError> {
    let count = format!("SELECT count(*) {}", matching.from);
    let mut statement = connection.prepare_cached(&count)?;
    let total = statement.query_row(params_from_iter(&matching.values), |row| row.get(0));
    Ok(total.map(i64::unsigned_abs)?)
}

/// A parameter of a condition as SQLite takes it.
pub(super) fn bound(param: Param) -> Value {
    match param {
        Param::Text(text) => text.into(),
        Param::Bool(truth) => truth.into(),
        Param::Integer(whole) => whole.into(),
        Param::Real(real) => real.into(),
        _ => Value::Null,
    }
}
