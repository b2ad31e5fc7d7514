//! Pages by index, and totals (RFC 7644 §3.4.2.4).

use serde_json::json;

use super::{
    bench::{ALL, Bench, Listed, Miss, Outcome, ensure, id, whole},
    check::checks,
    filter::searching,
    sort::sorting,
};
use crate::{Context, Query, Window};

checks! { "page":
    pages_together_are_the_whole,
    sorted_pages_together_are_the_whole,
    a_count_of_zero_asks_for_the_total_alone,
    a_page_holds_no_more_than_its_count,
    the_total_is_of_all_that_matches,
    a_page_beyond_the_end_is_empty,
    the_greatest_start_and_count_are_no_trouble,
    the_same_question_has_the_same_answer,
    the_total_follows_what_comes_and_goes,
    pages_go_on_while_rows_come_behind,
    a_page_holds_resources_as_they_are,
    nothing_has_no_pages,
}

const COUNT: u64 = 23;

/// Users whose display names repeat and are sometimes missing.
pub(super) async fn crowd(bench: &Bench) -> Outcome {
    for number in 1..=COUNT {
        let mut body = json!({"userName": format!("user{number}")});
        if let Some(object) = body.as_object_mut().filter(|_| number % 4 != 0) {
            object.insert("displayName".to_owned(), json!(format!("Name {}", number % 5)));
        }
        bench.user(number, body).await?;
    }
    Ok(())
}

/// Everything in every order: whole queries by the name of what they sort by.
pub(super) fn orders(bench: &Bench, cx: &Context) -> Vec<Query> {
    let orders = [
        None,
        Some(("displayName", false)),
        Some(("displayName", true)),
        Some(("userName", false)),
    ];
    let sorts = bench.features().sort;
    let orders = orders.into_iter().filter(|order| sorts || order.is_none());
    orders
        .map(|order| {
            let mut query = whole(cx);
            query.sort = order.and_then(|(by, descending)| bench.sort(cx, by, descending));
            query
        })
        .collect()
}

async fn at(
    bench: &Bench,
    cx: &Context,
    query: &Query,
    start: u64,
    count: usize,
) -> Outcome<Listed> {
    if start > 1 && !bench.features().index {
        return Err(Miss::Skipped("the store does not page by index".to_owned()));
    }
    let mut query = query.clone();
    query.window = Window::Index { start, count };
    bench.page(cx, &query).await
}

async fn walk(bench: &Bench, cx: &Context, query: &Query, count: usize) -> Outcome<Vec<String>> {
    let mut found = Vec::new();
    for page in 0..COUNT + 2 {
        let start = 1 + page * u64::try_from(count).unwrap_or(1);
        let ids = at(bench, cx, query, start, count).await?.ids();
        if ids.is_empty() {
            return Ok(found);
        }
        found.extend(ids);
    }
    Ok(found)
}

async fn pages_together_are_the_whole(bench: Bench) -> Outcome {
    crowd(&bench).await?;
    let cx = bench.users();
    let expected: Vec<String> = (1..=COUNT).map(id).collect();
    for count in [1, 2, 7, 22, 23, 24] {
        let found = walk(&bench, &cx, &whole(&cx), count).await?;
        ensure!(found == expected, "pages of {count} do not make the whole, each resource once");
    }
    Ok(())
}

async fn sorted_pages_together_are_the_whole(bench: Bench) -> Outcome {
    sorting(&bench)?;
    crowd(&bench).await?;
    let cx = bench.users();
    for query in orders(&bench, &cx) {
        let expected = bench.page(&cx, &query).await?.ids();
        ensure!(expected.len() == 23, "an order leaves resources out");
        for count in [1, 2, 5, 23] {
            let found = walk(&bench, &cx, &query, count).await?;
            ensure!(found == expected, "sorted pages of {count} differ from the sorted whole");
        }
    }
    Ok(())
}

async fn a_count_of_zero_asks_for_the_total_alone(bench: Bench) -> Outcome {
    crowd(&bench).await?;
    let cx = bench.users();
    for start in [1, 5, 100] {
        let page = at(&bench, &cx, &whole(&cx), start, 0).await?;
        ensure!(page.resources.is_empty(), "a page of none holds {}", page.resources.len());
        ensure!(page.total == Some(COUNT), "beside a page of none, the total is {:?}", page.total);
    }
    Ok(())
}

async fn a_page_holds_no_more_than_its_count(bench: Bench) -> Outcome {
    crowd(&bench).await?;
    let cx = bench.users();
    for (start, count, expected) in [(1, 1, 1), (1, 10, 10), (20, 10, 4), (23, 5, 1)] {
        let found = at(&bench, &cx, &whole(&cx), start, count).await?.resources.len();
        ensure!(found == expected, "a page of {count} from {start} of 23 holds {found}");
    }
    Ok(())
}

async fn the_total_is_of_all_that_matches(bench: Bench) -> Outcome {
    searching(&bench)?;
    crowd(&bench).await?;
    let cx = bench.users();
    let mut query = whole(&cx);
    for (filter, total) in [
        (r#"displayName eq "name 1""#, 4),
        (r#"userName sw "user2""#, 5),
        (r#"not (displayName pr)"#, 5),
    ] {
        query.filter = Some(Bench::filter(&cx, filter)?);
        for (start, count) in [(1, 1), (2, 2), (5, 1), (6, 3), (1, 0), (1, 5)] {
            let found = at(&bench, &cx, &query, start, count).await?.total;
            ensure!(
                found == Some(total),
                "`{filter}` matches {total}; a page of {count} from {start} says {found:?}"
            );
        }
    }
    Ok(())
}

async fn a_page_beyond_the_end_is_empty(bench: Bench) -> Outcome {
    crowd(&bench).await?;
    let cx = bench.users();
    for start in [24, 25, 1_000_000] {
        let page = at(&bench, &cx, &whole(&cx), start, 10).await?;
        ensure!(page.resources.is_empty(), "a page from {start} of 23 holds something");
        ensure!(page.total == Some(COUNT), "beyond the end the total is {:?}", page.total);
    }
    Ok(())
}

async fn the_greatest_start_and_count_are_no_trouble(bench: Bench) -> Outcome {
    crowd(&bench).await?;
    let cx = bench.users();
    let page = at(&bench, &cx, &whole(&cx), u64::MAX, usize::MAX).await?;
    ensure!(page.resources.is_empty(), "a page from the greatest number holds something");
    let page = at(&bench, &cx, &whole(&cx), 3, usize::MAX).await?;
    ensure!(page.resources.len() == 21, "a page of as many as there are is short");
    Ok(())
}

async fn the_same_question_has_the_same_answer(bench: Bench) -> Outcome {
    crowd(&bench).await?;
    let cx = bench.users();
    for query in orders(&bench, &cx) {
        let first = bench.page(&cx, &query).await?.ids();
        for _ in 0..5 {
            ensure!(bench.page(&cx, &query).await?.ids() == first, "the order changes by itself");
        }
    }
    Ok(())
}

async fn the_total_follows_what_comes_and_goes(bench: Bench) -> Outcome {
    crowd(&bench).await?;
    let totals = async |expected: u64| {
        let cx = bench.users();
        for (start, count) in [(1, 1), (1, ALL), (1, 0), (10, 2)] {
            let total = at(&bench, &cx, &whole(&cx), start, count).await?.total;
            ensure!(total == Some(expected), "of {expected} resources a page counts {total:?}");
        }
        Ok(())
    };
    totals(23).await?;
    bench.drop(&bench.users(), &id(5)).await?;
    bench.drop(&bench.users(), &id(6)).await?;
    totals(21).await?;
    bench.user(100, json!({"userName": "late"})).await?;
    totals(22).await
}

/// What comes behind the page does not disturb those before.
async fn pages_go_on_while_rows_come_behind(bench: Bench) -> Outcome {
    crowd(&bench).await?;
    let cx = bench.users();
    let mut found = at(&bench, &cx, &whole(&cx), 1, 10).await?.ids();
    bench.user(100, json!({"userName": "late"})).await?;
    bench.drop(&bench.users(), &id(22)).await?;
    found.extend(at(&bench, &cx, &whole(&cx), 11, 20).await?.ids());
    let expected: Vec<String> =
        (1..=COUNT).chain([100]).filter(|number| *number != 22).map(id).collect();
    ensure!(found == expected, "pages by index do not show what there is");
    Ok(())
}

async fn a_page_holds_resources_as_they_are(bench: Bench) -> Outcome {
    crowd(&bench).await?;
    let cx = bench.users();
    for listed in bench.list(&cx).await?.resources {
        let kept = bench.seen(&cx, &listed.id).await?;
        ensure!(listed.version == kept.version, "`query` and `get` give different versions");
        ensure!(
            (listed.created, listed.modified) == (kept.created, kept.modified),
            "`query` and `get` give different times"
        );
        ensure!(
            cx.schema().same(&listed.attributes, &kept.attributes),
            "`query` and `get` give different attributes"
        );
    }
    Ok(())
}

async fn nothing_has_no_pages(bench: Bench) -> Outcome {
    let cx = bench.users();
    for (start, count) in [(1, 10), (1, 0), (5, 5)] {
        let page = at(&bench, &cx, &whole(&cx), start, count).await?;
        ensure!(page.resources.is_empty(), "an empty store answers resources");
        ensure!(page.total == Some(0), "an empty store counts {:?}", page.total);
    }
    Ok(())
}
