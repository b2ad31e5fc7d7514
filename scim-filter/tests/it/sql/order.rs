//! Sort orders and pages (RFC 7644 §3.4.2.3, RFC 9865 §2).

use scim_filter::{
    Key, ResolvedPath,
    sql::{Direction, Order, Position, order},
    testing,
};
use serde_json::Value;

use super::{
    engine::Engine,
    layout::{Form, Layout},
    table::{self, TABLES},
};

/// Missing values last, ids in ascending order where the keys are equal; all the other way round
/// for the other direction, but for the ids (RFC 7644 §3.4.2.3).
fn expected(resources: &[Value], by: Option<&ResolvedPath>, direction: Direction) -> Vec<String> {
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

/// All ids, page by page.
fn walk(engine: &mut Engine, order: &Order, size: usize) -> Vec<String> {
    let mut ids = Vec::new();
    let mut after = ("TRUE".to_owned(), Vec::new());
    loop {
        let (condition, params) = after;
        let (key, terms) = (order.key(), order.terms());
        let select = format!(
            "SELECT r.id_k, {key} FROM resource r WHERE {condition} ORDER BY {terms} LIMIT {size}"
        );
        let page = engine.rows(&select, &params);
        ids.extend(page.iter().filter_map(|(id, _)| id.clone()));
        let Some((Some(id), key)) = page.into_iter().last() else { return ids };
        let next = order.after(&Position { key, id }, 1);
        after = (next.text, next.params);
    }
}

/// RFC 7644 §3.4.2.3, RFC 9865 §2
#[test]
fn pages_meet_without_gap_or_overlap_in_every_order_and_form() {
    let all = testing::resources();
    let exact: Vec<Value> =
        all.iter().filter(|one| table::is_exact_in_columns(one)).cloned().collect();
    let paths = TABLES.iter().flat_map(|table| &table.fields).map(|field| &field.path);
    let paths: Vec<&ResolvedPath> =
        paths.filter(|path| path.name.as_ref().is_some_and(|name| *name != "secrets")).collect();
    for mut engine in Engine::all() {
        for form in Form::ALL {
            let resources = if form == Form::Plain { &exact } else { &all };
            engine.load(resources);
            for (n, by) in std::iter::once(None).chain(paths.iter().copied().map(Some)).enumerate()
            {
                let size = [3, 7, 100, 20][n % 4];
                for direction in [Direction::Ascending, Direction::Descending] {
                    let layout = Layout(form, engine.dialect());
                    let order = match order(by, direction, &layout, engine.dialect()) {
                        Ok(order) => order,
                        Err(error) => {
                            assert_eq!(error.attribute(), "roles.primaryFor", "{form:?}");
                            continue;
                        }
                    };
                    let by_name = by.map(ToString::to_string);
                    let expected = expected(resources, by, direction);
                    let walked = walk(&mut engine, &order, size);
                    assert_eq!(walked, expected, "{by_name:?} {direction:?} {form:?} {engine:?}");
                    let mut back = walk(&mut engine, &order.reversed(), size);
                    back.reverse();
                    assert_eq!(
                        back, expected,
                        "{by_name:?} {direction:?} {form:?} {engine:?} back"
                    );
                }
            }
        }
    }
}
