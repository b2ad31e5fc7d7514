//! Queries: filter, order and page in SQL.

use rusqlite::{Connection, params_from_iter, types::Value};
use scim_filter::sql::{self, Dialect, Direction, Order, Param};
use scim_service::{Page, Position, Query, StoreError, Window};

use super::{
    columns::{FIRST_FREE, Tables},
    error::SqliteError,
    member, resource,
    scope::Scope,
};

/// A row of the page, without what is loaded only for the rows that are sent.
struct Found {
    num: i64,
    position: Position,
}

/// A statement's text and the values of its placeholders.
struct Statement {
    condition: String,
    values: Vec<Value>,
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
    let order = order(query, &tables)?;
    let matching = matching(scope, query, &tables)?;
    let (mut rows, more, skipped) = match &query.window {
        Window::Index { start, count } => {
            let skip = start.saturating_sub(1);
            let (rows, more) = select(connection, &order, &matching, None, *count, skip)?;
            (rows, more, skip)
        }
        Window::After { position, count } => {
            let (rows, more) = select(connection, &order, &matching, position.as_ref(), *count, 0)?;
            (rows, more, u64::from(position.is_some()))
        }
        Window::Before { position, count } => {
            let back = order.clone().reversed();
            let (mut rows, more) = select(connection, &back, &matching, Some(position), *count, 0)?;
            rows.reverse();
            // What is asked for lies before a resource, so something follows.
            (rows, true, u64::from(more))
        }
    };
    let mut page = Page::default();
    page.total = total(connection, query, &matching, rows.len(), more)?;
    page.next = rows.last().filter(|_| more).map(|found| found.position.clone());
    page.previous = rows.first().filter(|_| skipped > 0).map(|found| found.position.clone());
    let wanted = scope.wanted(&query.want);
    for found in rows.drain(..) {
        let Some(head) = resource::by_num(connection, found.num)? else { continue };
        let mut stored = head.stored();
        member::complete(connection, scope, &mut stored, &wanted)?;
        page.resources.push(stored);
    }
    Ok(page)
}

fn order(query: &Query, tables: &Tables) -> Result<Order, StoreError> {
    let direction = match &query.sort {
        Some(sort) if sort.descending => Direction::Descending,
        _ => Direction::Ascending,
    };
    let path = query.sort.as_ref().map(|sort| &sort.path);
    sql::order(path, direction, tables, Dialect::Sqlite)
        .map_err(|error| StoreError::unsupported(error.attribute()))
}

fn matching(scope: &Scope, query: &Query, tables: &Tables) -> Result<Statement, StoreError> {
    let mut values = vec![scope.tenant.to_string().into(), scope.kind().to_owned().into()];
    let Some(filter) = &query.filter else {
        return Ok(Statement { condition: FROM.to_owned(), values });
    };
    let found = sql::compile(filter, tables, Dialect::Sqlite, FIRST_FREE)
        .map_err(|error| StoreError::unsupported(error.attribute()))?;
    values.extend(found.params.into_iter().map(bound));
    Ok(Statement { condition: format!("{FROM} AND ({})", found.text), values })
}

/// The rows behind the position, and whether there are more.
fn select(
    connection: &Connection,
    order: &Order,
    matching: &Statement,
    position: Option<&Position>,
    count: usize,
    skip: u64,
) -> Result<(Vec<Found>, bool), StoreError> {
    if count == 0 {
        return Ok((Vec::new(), false));
    }
    let mut values = matching.values.clone();
    let mut after = String::new();
    if let Some(Position { key, id }) = position {
        let position = sql::Position { key: key.clone(), id: id.clone() };
        let condition = order.after(&position, values.len() + 1);
        after = format!(" AND {}", condition.text);
        values.extend(condition.params.into_iter().map(bound));
    }
    let limit = values.len() + 1;
    values.push(Value::Integer(i64::try_from(count)?.saturating_add(1)));
    values.push(Value::Integer(i64::try_from(skip).unwrap_or(i64::MAX)));
    let select = format!(
        "SELECT r.num, r.id, {} {}{after} ORDER BY {} LIMIT ?{limit} OFFSET ?{}",
        order.key(),
        matching.condition,
        order.terms(),
        limit + 1,
    );
    let mut rows = run(connection, &select, values)?;
    let more = rows.len() > count;
    rows.truncate(count);
    Ok((rows, more))
}

fn run(
    connection: &Connection,
    select: &str,
    values: Vec<Value>,
) -> Result<Vec<Found>, SqliteError> {
    let mut statement = connection.prepare_cached(select)?;
    let rows = statement.query_map(params_from_iter(values), |row| {
        let position = Position { key: row.get(2)?, id: row.get(1)? };
        Ok(Found { num: row.get(0)?, position })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How many resources match; counted unless the page shows it. Pages behind a position do without,
/// since the first page has told it.
fn total(
    connection: &Connection,
    query: &Query,
    matching: &Statement,
    rows: usize,
    more: bool,
) -> Result<Option<u64>, StoreError> {
    let rows = u64::try_from(rows)?;
    match &query.window {
        Window::Index { start, count } if !more && *count > 0 && (rows > 0 || *start <= 1) => {
            return Ok(Some(start.saturating_sub(1) + rows));
        }
        Window::After { position: None, count } if !more && *count > 0 => return Ok(Some(rows)),
        Window::After { position: Some(_), .. } | Window::Before { .. } => return Ok(None),
        _ => {}
    }
    let count = format!("SELECT count(*) {}", matching.condition);
    let mut statement = connection.prepare_cached(&count).map_err(SqliteError::from)?;
    let total: i64 = statement
        .query_row(params_from_iter(&matching.values), |row| row.get(0))
        .map_err(SqliteError::from)?;
    Ok(Some(total.unsigned_abs()))
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
