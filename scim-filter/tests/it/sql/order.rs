//! Sort orders and pages (RFC 7644 §3.4.2.3, RFC 9865 §2).

use std::iter;

use scim_filter::testing;
use serde_json::Value;

use super::{agree, database::Database, engine::Engine, layout::Form, table};

/// RFC 7644 §3.4.2.3, RFC 9865 §2
#[test]
fn pages_meet_without_gap_or_overlap_in_every_order_and_form() {
    let all = testing::resources();
    let exact: Vec<Value> =
        all.iter().filter(|one| table::is_exact_in_columns(one)).cloned().collect();
    for mut engine in Engine::all() {
        for form in Form::ALL {
            let resources = if form == Form::Plain { &exact } else { &all };
            engine.load(resources);
            let orders = iter::once(None).chain(agree::sortable().into_iter().map(Some));
            for (by, size) in orders.zip([3, 7, 100, 20].into_iter().cycle()) {
                agree::order_agrees(&mut engine, form, resources, by, size).unwrap();
            }
        }
    }
}
