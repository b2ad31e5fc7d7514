//! Orders of the sample, held against comparison keys (RFC 7644 §3.4.2.3).

use serde_json::json;

use super::{
    bench::{Bench, FIRST, Miss, Outcome, Type, ensure, id, whole},
    check::{Check, Run, checks},
    edit::Edit,
    world::World,
};
use crate::Context;

/// All checks of orders.
pub(super) fn all() -> impl Iterator<Item = &'static Check> {
    ORDERS.iter().chain(CHECKS)
}

const fn users(name: &'static str, orders: &'static [(&'static str, bool)]) -> Check {
    Check { name, run: Run::Orders(Type::User, orders) }
}

const ORDERS: &[Check] = &[
    users("sort/text_ignores_case_and_width", &[("userName", false), ("displayName", false)]),
    users("sort/text_can_descend", &[("userName", true), ("displayName", true)]),
    users("sort/exact_text_heeds_case", &[("code", false), ("code", true)]),
    users(
        "sort/what_is_missing_comes_last",
        &[("title", false), ("nickName", false), ("externalId", false)],
    ),
    users(
        "sort/what_is_missing_comes_first_if_descending",
        &[("title", true), ("nickName", true), ("externalId", true)],
    ),
    users(
        "sort/booleans_go_from_false_to_true",
        &[("active", false), ("active", true), ("checked", false), ("checked", true)],
    ),
    users("sort/decimals_go_by_value", &[("creditLimit", false), ("creditLimit", true)]),
    users("sort/large_integers_go_by_value", &[("rank", false), ("rank", true)]),
    users("sort/instants_go_by_time", &[("since", false), ("since", true)]),
    users(
        "sort/references_and_binary_values_are_exact",
        &[("site", false), ("site", true), ("token", false)],
    ),
    users(
        "sort/parts_of_names_are_orders",
        &[("name.familyName", false), ("name.familyName", true), ("name.givenName", false)],
    ),
    users(
        "sort/the_primary_element_counts",
        &[("emails", false), ("emails.value", true), ("emails.type", false)],
    ),
    users(
        "sort/the_first_element_counts_if_none_is_primary",
        &[("tags", false), ("tags", true), ("phoneNumbers", false), ("stays.nights", false)],
    ),
    users(
        "sort/attributes_of_extensions_are_orders",
        &[
            ("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", false),
            ("department", true),
            ("manager", false),
        ],
    ),
    users(
        "sort/times_of_the_server_are_orders",
        &[
            ("meta.created", false),
            ("meta.created", true),
            ("meta.lastModified", false),
            ("meta.lastModified", true),
        ],
    ),
    users("sort/ids_are_an_order", &[("id", false), ("id", true)]),
    Check {
        name: "sort/groups_have_an_order",
        run: Run::Orders(
            Type::Group,
            &[
                ("displayName", false),
                ("displayName", true),
                ("externalId", false),
                ("meta.lastModified", true),
            ],
        ),
    },
];

checks! { "sort":
    ties_go_by_id_in_either_direction,
    what_matches_is_sorted,
    a_changed_value_changes_the_place,
    projections_do_not_disturb_orders,
    memberships_are_an_order,
    without_an_order_ids_are_the_order,
}

/// Whether the store answers in the right order.
pub(super) async fn hold(bench: Bench, kind: Type, orders: &[(&str, bool)]) -> Outcome {
    sorting(&bench)?;
    let world = World::load(&bench).await?;
    let cx = bench.of(kind, FIRST)?;
    let mut held = false;
    for (by, descending) in orders {
        let Some(sort) = bench.sort(&cx, by, *descending) else { continue };
        let expected = world.select(kind, None, Some(&sort));
        let mut query = whole(&cx);
        query.sort = Some(sort);
        if bench.settings().unsearchable.contains(&by.to_lowercase()) {
            continue;
        }
        let found = bench.page(&cx, &query).await?.ids();
        same_order(by, *descending, &expected, &found)?;
        held = true;
    }
    if held { Ok(()) } else { Err(Miss::Skipped("users have no such attribute".to_owned())) }
}

fn same_order(by: &str, descending: bool, expected: &[String], found: &[String]) -> Outcome {
    ensure!(
        expected.len() == found.len(),
        "sorted by `{by}`, {} of {} resources are answered",
        found.len(),
        expected.len()
    );
    let differs = expected.iter().zip(found).position(|(left, right)| left != right);
    ensure!(
        differs.is_none(),
        "sorted by `{by}`{}, another resource stands at place {} than should",
        if descending { ", descending" } else { "" },
        differs.unwrap_or_default() + 1
    );
    Ok(())
}

async fn sorted(bench: &Bench, cx: &Context, by: &str, descending: bool) -> Outcome<Vec<String>> {
    let mut query = whole(cx);
    query.sort = bench.sort(cx, by, descending);
    Ok(bench.page(cx, &query).await?.ids())
}

async fn ties_go_by_id_in_either_direction(bench: Bench) -> Outcome {
    sorting(&bench)?;
    for (number, display) in [(4, "a"), (2, "A"), (9, "b"), (1, "B"), (7, "a")] {
        let body = json!({"userName": format!("u{number}"), "displayName": display});
        bench.user(number, body).await?;
    }
    let cx = bench.users();
    for (descending, expected) in [(false, [2, 4, 7, 1, 9]), (true, [1, 9, 2, 4, 7])] {
        let found = sorted(&bench, &cx, "displayName", descending).await?;
        same_order("displayName", descending, &expected.map(id), &found)?;
    }
    Ok(())
}

async fn what_matches_is_sorted(bench: Bench) -> Outcome {
    sorting(&bench)?;
    super::filter::searching(&bench)?;
    let world = World::load(&bench).await?;
    let cx = bench.users();
    for (filter, by) in [("displayName pr", "displayName"), (r#"userName lt "p""#, "userName")] {
        let mut query = whole(&cx);
        query.filter = Some(Bench::filter(&cx, filter)?);
        query.sort = bench.sort(&cx, by, true);
        let expected = world.select(Type::User, query.filter.as_deref(), query.sort.as_ref());
        let found = bench.page(&cx, &query).await?.ids();
        ensure!(found == expected, "`{filter}`, sorted by `{by}`, is answered wrongly");
    }
    Ok(())
}

async fn a_changed_value_changes_the_place(bench: Bench) -> Outcome {
    sorting(&bench)?;
    for (number, display) in [(1, "a"), (2, "b"), (3, "c")] {
        let body = json!({"userName": format!("u{number}"), "displayName": display});
        bench.user(number, body).await?;
    }
    let edit = Edit::one(bench.users(), "replace", "displayName", json!("z"))?;
    bench.done(&id(1), edit).await?;
    let edit = Edit::one(bench.users(), "remove", "displayName", json!(null))?;
    bench.done(&id(2), edit).await?;
    let found = sorted(&bench, &bench.users(), "displayName", false).await?;
    same_order("displayName", false, &[3, 1, 2].map(id), &found)
}

async fn projections_do_not_disturb_orders(bench: Bench) -> Outcome {
    sorting(&bench)?;
    for (number, display) in [(1, "b"), (2, "a"), (3, "c")] {
        let body = json!({"userName": format!("u{number}"), "displayName": display});
        bench.user(number, body).await?;
    }
    let cx = bench.users();
    let mut query = whole(&cx);
    query.sort = bench.sort(&cx, "displayName", false);
    query.want = scim_schema::Projection::only(cx.schema(), ["userName"], cx.compat())?;
    let found = bench.page(&cx, &query).await?.ids();
    same_order("displayName", false, &[2, 1, 3].map(id), &found)
}

async fn memberships_are_an_order(bench: Bench) -> Outcome {
    sorting(&bench)?;
    for (number, display) in [(1, "c"), (2, "a"), (3, "b"), (4, "d")] {
        let body = json!({"userName": format!("u{number}"), "displayName": display});
        bench.user(number, body).await?;
    }
    for (number, display, member) in [(10, "Zeta", 1), (11, "alpha", 3), (12, "Mu", 2)] {
        bench.group(number, display, &[member]).await?;
    }
    let (users, groups) = (bench.users(), bench.groups()?);
    for (cx, by, expected) in [
        (&users, "groups.display", &[3, 2, 1, 4][..]),
        (&users, "groups.value", &[1, 3, 2, 4]),
        (&groups, "members.display", &[12, 11, 10]),
        (&groups, "members.value", &[10, 12, 11]),
    ] {
        let known = bench.sort(cx, by, false).is_some();
        if !known || bench.settings().unsearchable.contains(by) {
            continue;
        }
        let mut expected: Vec<String> = expected.iter().map(|number| id(*number)).collect();
        same_order(by, false, &expected, &sorted(&bench, cx, by, false).await?)?;
        expected.reverse();
        same_order(by, true, &expected, &sorted(&bench, cx, by, true).await?)?;
    }
    Ok(())
}

async fn without_an_order_ids_are_the_order(bench: Bench) -> Outcome {
    for number in [5, 3, 30, 4, 1] {
        bench.user(number, json!({"userName": format!("u{}", 100 - number)})).await?;
    }
    let found = bench.list(&bench.users()).await?.ids();
    ensure!(
        found == [1, 3, 4, 5, 30].map(id),
        "without an order, resources do not come by their ids"
    );
    Ok(())
}

pub(super) fn sorting(bench: &Bench) -> Outcome {
    match bench.features().sort {
        true => Ok(()),
        false => Err(Miss::Skipped("the store does not sort".to_owned())),
    }
}
