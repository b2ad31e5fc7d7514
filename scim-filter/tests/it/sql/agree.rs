//! What a database finds, held against what the evaluator does.

use scim_filter::{
    Checked, Key, ResolvedPath,
    sql::{Direction, Unsupported, order},
};
use serde_json::Value;

use super::{
    database::Database,
    layout::{Form, Layout, is_secret},
    table::{self, TABLES},
};

/// The ids of the resources that match, in order.
pub(super) fn ids(resources: &[Value], filter: &Checked) -> Vec<String> {
    let matching = resources.iter().filter(|resource| filter.matches(resource));
    let mut ids: Vec<String> =
        matching.map(|resource| resource["id"].as_str().unwrap().to_owned()).collect();
    ids.sort();
    ids
}

/// Lists in lists are out of the reach of a table of elements.
pub(super) fn is_out_of_reach(form: Form, error: &Unsupported) -> bool {
    matches!(form, Form::Plain | Form::Keys) && error.attribute() == "roles.primaryFor"
}

/// In every form of the tables, which hold these resources, the filter of this text finds those
/// that match.
pub(super) fn filter_agrees(
    database: &mut impl Database,
    resources: &[Value],
    filter: &Checked,
    text: &str,
) -> Result<(), String> {
    let expected = ids(resources, filter);
    let plain = resources.iter().all(table::is_exact_in_columns);
    for form in Form::ALL {
        match database.find(filter, form) {
            _ if form == Form::Plain && !plain => {}
            Err(error) if is_out_of_reach(form, &error) => {}
            // Refused, but never answered in another way.
            Err(_) if form == Form::Plain && !table::is_lowered_alike(text) => {}
            Err(error) if error.attribute().starts_with("secrets") => {}
            Ok(found) if found == expected => {}
            other => {
                let dialect = database.dialect();
                return Err(format!("{form:?} on {dialect:?}: {other:?} is not {expected:?}"));
            }
        }
    }
    Ok(())
}

/// What resources can be sorted by.
pub(super) fn sortable() -> Vec<&'static ResolvedPath> {
    let paths = TABLES.iter().flat_map(|table| &table.fields).map(|field| &field.path);
    paths.filter(|path| !is_secret(path)).collect()
}

/// In this form of the tables, which hold these resources, pages of this size meet without gap or
/// overlap in the order of the keys, in either direction and back.
pub(super) fn order_agrees(
    database: &mut impl Database,
    form: Form,
    resources: &[Value],
    by: Option<&ResolvedPath>,
    size: usize,
) -> Result<(), String> {
    let dialect = database.dialect();
    let layout = Layout(form, dialect);
    for direction in [Direction::Ascending, Direction::Descending] {
        let order = match order(by, direction, &layout, dialect) {
            Ok(order) => order,
            Err(error) if error.attribute() == "roles.primaryFor" => continue,
            Err(error) => return Err(format!("{form:?} on {dialect:?}: {error}")),
        };
        let expected = sorted(resources, by, direction);
        let walked = database.walk(&order, size);
        let mut back = database.walk(&order.reversed(), size);
        back.reverse();
        if walked != expected || back != expected {
            let by = by.map(ToString::to_string);
            return Err(format!(
                "{by:?} {direction:?} in {form:?} on {dialect:?}: {walked:?}, and back {back:?}, \
                 is not {expected:?}"
            ));
        }
    }
    Ok(())
}

/// Missing values last, ids in ascending order where the keys are equal; all the other way round
/// for the other direction, but for the ids (RFC 7644 §3.4.2.3).
fn sorted(resources: &[Value], by: Option<&ResolvedPath>, direction: Direction) -> Vec<String> {
    let mut keyed: Vec<(Option<Key>, &str)> = resources
        .iter()
        .map(|one| {
            let canonical = table::canonical(one).unwrap();
            let key = by.and_then(|by| by.sort_key(canonical.as_object().unwrap()));
            (key, one["id"].as_str().unwrap())
        })
        .collect();
    keyed.sort_by(|(left, left_id), (right, right_id)| {
        let order = (left.is_none(), left).cmp(&(right.is_none(), right));
        let order = if direction == Direction::Descending { order.reverse() } else { order };
        order.then(left_id.cmp(right_id))
    });
    keyed.into_iter().map(|(_, id)| id.to_owned()).collect()
}
