//! Questions: filter, order and page as SQL.

use rusqlite::{Connection, params_from_iter, types};
use scim_filter::sql::{self, Dialect, Direction, Param};
use scim_service::{Context, Invariant, Page, Query, StoreError, Window, core::Error};

use crate::{row::loaded, table::Table};

/// Filter, order and page are the database's work.
pub(crate) fn page(database: &Connection, cx: &Context, query: &Query) -> Result<Page, StoreError> {
    let table = Table::of(cx);
    let Table { name, select, .. } = table;
    let unsupported = |error: sql::Unsupported| StoreError::unsupported(error.attribute());
    let filter = query.filter.as_ref();
    let found = filter.map(|filter| sql::compile(filter, table, Dialect::Sqlite, 1));
    let (condition, params) = match found.transpose().map_err(unsupported)? {
        Some(found) => (found.text, found.params),
        None => ("TRUE".to_owned(), Vec::new()),
    };
    let mut values: Vec<types::Value> = params.into_iter().map(bound).collect();
    let count = format!("SELECT count(*) FROM {name} r WHERE {condition}");
    let total: i64 = database.query_row(&count, params_from_iter(&values), |row| row.get(0))?;

    let path = query.sort.as_ref().map(|sort| &sort.path);
    let descending = query.sort.as_ref().is_some_and(|sort| sort.descending);
    let direction = if descending { Direction::Descending } else { Direction::Ascending };
    let order = sql::order(path, direction, table, Dialect::Sqlite).map_err(Error::from)?;
    let Window::Index { start, count } = query.window else {
        return Err(StoreError::unsupported("cursor"));
    };
    values.push(i64::try_from(count).unwrap_or(i64::MAX).into());
    values.push(i64::try_from(start.saturating_sub(1)).unwrap_or(i64::MAX).into());
    let select = format!(
        "SELECT r.id, r.created_at, r.updated_at, {select} FROM {name} r WHERE {condition}
         ORDER BY {} LIMIT ?{} OFFSET ?{}",
        order.terms(),
        values.len() - 1,
        values.len(),
    );
    let mut select = database.prepare_cached(&select)?;
    let rows = select.query_map(params_from_iter(&values), |row| loaded(cx, row))?;
    let resources = rows.map(|row| Ok(row?.shown())).collect::<Result<_, StoreError>>()?;
    Ok(Page::new(resources, total.unsigned_abs()))
}

/// What must hold once a write is made. Nobody else writes before it is committed.
pub(crate) fn judge(write: &Connection, invariants: &[Invariant]) -> Result<(), StoreError> {
    let mut invariants = invariants.iter();
    invariants.try_for_each(|one| one.check(|cx, query| page(write, cx, query)))
}

fn bound(param: Param) -> types::Value {
    match param {
        Param::Text(text) => text.into(),
        Param::Bool(truth) => truth.into(),
        Param::Integer(whole) => whole.into(),
        Param::Real(real) => real.into(),
        _ => types::Value::Null,
    }
}
