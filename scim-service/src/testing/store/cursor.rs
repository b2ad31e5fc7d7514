//! Pages by position (RFC 9865).

use serde_json::json;

use super::{
    bench::{Bench, Listed, Miss, Outcome, ensure, id, whole},
    check::checks,
    filter::searching,
    page::{crowd, orders},
    sort::sorting,
};
use crate::{Context, Position, Query, Window};

checks! { "cursor":
    a_walk_meets_everything_once_in_order,
    a_walk_meets_what_matches,
    a_walk_back_meets_everything_once,
    pages_lead_back_to_where_they_came_from,
    the_first_page_has_none_before_it,
    the_last_page_has_none_behind_it,
    the_end_has_the_last_before_it,
    a_page_that_ends_with_the_last_is_the_last,
    a_walk_goes_on_where_a_row_has_gone,
    a_walk_goes_on_where_all_around_has_gone,
    what_comes_behind_a_position_is_met,
    what_comes_before_a_position_is_not_met,
    what_was_met_is_not_met_again_though_others_go,
    a_walk_over_missing_values_meets_them,
    a_position_of_nobody_is_a_place_too,
    positions_hold_key_and_id,
    a_count_of_zero_leads_nowhere,
    nothing_has_no_positions,
    totals_that_are_given_are_right,
}

fn paging(bench: &Bench) -> Outcome {
    match bench.features().cursor {
        true => Ok(()),
        false => Err(Miss::Skipped("the store does not page by position".to_owned())),
    }
}

async fn after(
    bench: &Bench,
    cx: &Context,
    query: &Query,
    position: Option<Position>,
    count: usize,
) -> Outcome<Listed> {
    let mut query = query.clone();
    query.window = Window::After { position, count };
    bench.page(cx, &query).await
}

async fn before(
    bench: &Bench,
    cx: &Context,
    query: &Query,
    position: impl Into<Option<Position>>,
    count: usize,
) -> Outcome<Listed> {
    let (mut query, position) = (query.clone(), position.into());
    query.window = Window::Before { position, count };
    bench.page(cx, &query).await
}

fn next(page: &Listed) -> Outcome<Position> {
    let none = || Miss::Failed("a page that others follow leads to none".to_owned());
    page.next.clone().ok_or_else(none)
}

fn previous(page: &Listed) -> Outcome<Position> {
    let none = || Miss::Failed("a page that others precede leads back to none".to_owned());
    page.previous.clone().ok_or_else(none)
}

/// All pages from the beginning to the end.
async fn walk(bench: &Bench, cx: &Context, query: &Query, count: usize) -> Outcome<Vec<Listed>> {
    let mut pages = Vec::new();
    let mut position = None;
    for _ in 0..100 {
        let page = after(bench, cx, query, position, count).await?;
        ensure!(page.resources.len() <= count, "a page holds more than its count");
        position = page.next.clone();
        pages.push(page);
        if position.is_none() {
            return Ok(pages);
        }
    }
    Err(Miss::Failed("a walk does not end".to_owned()))
}

fn met(pages: &[Listed]) -> Vec<String> {
    pages.iter().flat_map(Listed::ids).collect()
}

async fn a_walk_meets_everything_once_in_order(bench: Bench) -> Outcome {
    paging(&bench)?;
    crowd(&bench).await?;
    let cx = bench.users();
    for query in orders(&bench, &cx) {
        let expected = bench.page(&cx, &query).await?.ids();
        for count in [1, 2, 5, 22, 23, 24] {
            let found = met(&walk(&bench, &cx, &query, count).await?);
            ensure!(found == expected, "a walk by {count} differs from the whole");
        }
    }
    Ok(())
}

async fn a_walk_meets_what_matches(bench: Bench) -> Outcome {
    paging(&bench)?;
    searching(&bench)?;
    crowd(&bench).await?;
    let cx = bench.users();
    for mut query in orders(&bench, &cx) {
        query.filter = Some(Bench::filter(&cx, r#"userName sw "user1" or not (displayName pr)"#)?);
        let expected = bench.page(&cx, &query).await?.ids();
        ensure!(expected.len() == 14, "the filter of the walk finds {} of 14", expected.len());
        for count in [1, 3, 14] {
            let found = met(&walk(&bench, &cx, &query, count).await?);
            ensure!(found == expected, "a walk by {count} does not meet what matches, once each");
        }
    }
    Ok(())
}

async fn a_walk_back_meets_everything_once(bench: Bench) -> Outcome {
    paging(&bench)?;
    crowd(&bench).await?;
    let cx = bench.users();
    for query in orders(&bench, &cx) {
        let expected = bench.page(&cx, &query).await?.ids();
        for count in [1, 2, 5, 22] {
            let pages = walk(&bench, &cx, &query, count).await?;
            let Some(last) = pages.last() else { continue };
            let mut found = last.ids();
            let mut position = Some(previous(last)?);
            while let Some(place) = position.take().filter(|_| found.len() < 30) {
                let page = before(&bench, &cx, &query, place, count).await?;
                found.splice(0..0, page.ids());
                position = page.previous.filter(|_| !page.resources.is_empty());
            }
            ensure!(found == expected, "a walk back by {count} differs from the whole");
        }
    }
    Ok(())
}

async fn pages_lead_back_to_where_they_came_from(bench: Bench) -> Outcome {
    paging(&bench)?;
    crowd(&bench).await?;
    let cx = bench.users();
    for query in orders(&bench, &cx) {
        let first = after(&bench, &cx, &query, None, 5).await?;
        let second = after(&bench, &cx, &query, Some(next(&first)?), 5).await?;
        let third = after(&bench, &cx, &query, Some(next(&second)?), 5).await?;
        let back = before(&bench, &cx, &query, previous(&third)?, 5).await?;
        ensure!(back.ids() == second.ids(), "back from the third page is not the second");
        let forth = after(&bench, &cx, &query, Some(next(&back)?), 5).await?;
        ensure!(forth.ids() == third.ids(), "there and back again is another page");
        let back = before(&bench, &cx, &query, previous(&back)?, 5).await?;
        ensure!(back.ids() == first.ids(), "back from the second page is not the first");
    }
    Ok(())
}

async fn the_first_page_has_none_before_it(bench: Bench) -> Outcome {
    paging(&bench)?;
    crowd(&bench).await?;
    let cx = bench.users();
    for count in [1, 5, 30] {
        let page = after(&bench, &cx, &whole(&cx), None, count).await?;
        ensure!(page.previous.is_none(), "the first page of {count} has one before it");
    }
    let second =
        after(&bench, &cx, &whole(&cx), Some(Position { key: None, id: id(3) }), 5).await?;
    let first = before(&bench, &cx, &whole(&cx), previous(&second)?, 5).await?;
    ensure!(first.ids() == [1, 2, 3].map(id), "the page before the fourth is not the first three");
    ensure!(first.previous.is_none(), "the beginning, come back to, has a page before it");
    Ok(())
}

async fn the_last_page_has_none_behind_it(bench: Bench) -> Outcome {
    paging(&bench)?;
    crowd(&bench).await?;
    let cx = bench.users();
    for count in [4, 23, 30] {
        let pages = walk(&bench, &cx, &whole(&cx), count).await?;
        ensure!(
            pages.len() == 23_usize.div_ceil(count),
            "a walk by {count} has {} pages",
            pages.len()
        );
    }
    Ok(())
}

async fn the_end_has_the_last_before_it(bench: Bench) -> Outcome {
    paging(&bench)?;
    crowd(&bench).await?;
    let cx = bench.users();
    for query in orders(&bench, &cx) {
        let all = bench.page(&cx, &query).await?.ids();
        for count in [1, 5, 23, 30] {
            let page = before(&bench, &cx, &query, None, count).await?;
            let first = all.len().saturating_sub(count);
            ensure!(
                page.ids().iter().eq(all.iter().skip(first)),
                "before the end are not the last"
            );
            ensure!(page.next.is_none(), "the end has a page behind it");
            ensure!(page.previous.is_some() == (first > 0), "the way back ends at the wrong place");
        }
    }
    Ok(())
}

async fn a_page_that_ends_with_the_last_is_the_last(bench: Bench) -> Outcome {
    paging(&bench)?;
    for number in 1..=6 {
        bench.user(number, json!({"userName": format!("u{number}")})).await?;
    }
    let cx = bench.users();
    let pages = walk(&bench, &cx, &whole(&cx), 3).await?;
    ensure!(pages.len() == 2, "six resources make {} pages of three", pages.len());
    Ok(())
}

async fn a_walk_goes_on_where_a_row_has_gone(bench: Bench) -> Outcome {
    paging(&bench)?;
    crowd(&bench).await?;
    let cx = bench.users();
    for (query, gone) in orders(&bench, &cx).into_iter().zip(0..) {
        let expected = bench.page(&cx, &query).await?.ids();
        let first = after(&bench, &cx, &query, None, 5 + gone).await?;
        let Some(last) = first.ids().pop() else { continue };
        bench.drop(&bench.users(), &last).await?;
        let second = after(&bench, &cx, &query, Some(next(&first)?), 5).await?;
        let mut rest = expected.into_iter().skip_while(|id| *id != last).skip(1);
        let expected: Vec<String> = rest.by_ref().take(5).collect();
        ensure!(second.ids() == expected, "behind a place whose resource is gone, others are met");
    }
    Ok(())
}

async fn a_walk_goes_on_where_all_around_has_gone(bench: Bench) -> Outcome {
    paging(&bench)?;
    crowd(&bench).await?;
    let cx = bench.users();
    let first = after(&bench, &cx, &whole(&cx), None, 8).await?;
    for number in 3..=20 {
        bench.drop(&bench.users(), &id(number)).await?;
    }
    let second = after(&bench, &cx, &whole(&cx), Some(next(&first)?), 10).await?;
    ensure!(second.ids() == [21, 22, 23].map(id), "behind a gap, what is left is not met");
    ensure!(second.next.is_none(), "the end has a page behind it");
    let back = before(&bench, &cx, &whole(&cx), previous(&second)?, 10).await?;
    ensure!(back.ids() == [1, 2].map(id), "before a gap, what is left is not met");
    Ok(())
}

async fn what_comes_behind_a_position_is_met(bench: Bench) -> Outcome {
    paging(&bench)?;
    for number in [10, 20, 30, 40] {
        bench.user(number, json!({"userName": format!("u{number}")})).await?;
    }
    let cx = bench.users();
    let first = after(&bench, &cx, &whole(&cx), None, 2).await?;
    bench.user(25, json!({"userName": "u25"})).await?;
    bench.user(50, json!({"userName": "u50"})).await?;
    let second = after(&bench, &cx, &whole(&cx), Some(next(&first)?), 10).await?;
    ensure!(second.ids() == [25, 30, 40, 50].map(id), "what came behind the page is not met");
    Ok(())
}

async fn what_comes_before_a_position_is_not_met(bench: Bench) -> Outcome {
    paging(&bench)?;
    for number in [10, 20, 30, 40] {
        bench.user(number, json!({"userName": format!("u{number}")})).await?;
    }
    let cx = bench.users();
    let first = after(&bench, &cx, &whole(&cx), None, 2).await?;
    for number in [1, 2, 15] {
        bench.user(number, json!({"userName": format!("u{number}")})).await?;
    }
    let second = after(&bench, &cx, &whole(&cx), Some(next(&first)?), 10).await?;
    ensure!(second.ids() == [30, 40].map(id), "what came before the page moves what is behind it");
    Ok(())
}

async fn what_was_met_is_not_met_again_though_others_go(bench: Bench) -> Outcome {
    paging(&bench)?;
    crowd(&bench).await?;
    let cx = bench.users();
    let mut position = None;
    let mut found = Vec::new();
    for number in 1..=30 {
        let page = after(&bench, &cx, &whole(&cx), position, 4).await?;
        found.extend(page.ids());
        position = page.next;
        if position.is_none() {
            break;
        }
        // One that was met goes, and one that was not comes.
        bench.drop(&bench.users(), &id(number)).await?;
        bench.user(100 + number, json!({"userName": format!("late{number}")})).await?;
    }
    let mut once = found.clone();
    once.sort();
    once.dedup();
    ensure!(once == found, "a walk meets a resource twice, or out of order");
    let stayed = (7..=23).map(id).all(|id| found.contains(&id));
    ensure!(stayed, "a walk misses a resource that was there all the time");
    Ok(())
}

async fn a_walk_over_missing_values_meets_them(bench: Bench) -> Outcome {
    paging(&bench)?;
    sorting(&bench)?;
    for (number, name) in [(1, None), (2, Some("b")), (3, None), (4, Some("a")), (5, None)] {
        let mut body = json!({"userName": format!("u{number}")});
        if let (Some(body), Some(name)) = (body.as_object_mut(), name) {
            body.insert("displayName".to_owned(), json!(name));
        }
        bench.user(number, body).await?;
    }
    let cx = bench.users();
    for (descending, expected) in [(false, [4, 2, 1, 3, 5]), (true, [1, 3, 5, 2, 4])] {
        let mut query = whole(&cx);
        query.sort = bench.sort(&cx, "displayName", descending);
        for count in [1, 2, 3] {
            let found = met(&walk(&bench, &cx, &query, count).await?);
            ensure!(
                found == expected.map(id),
                "a walk by {count} loses its way where values are missing"
            );
        }
    }
    Ok(())
}

async fn a_position_of_nobody_is_a_place_too(bench: Bench) -> Outcome {
    paging(&bench)?;
    for number in [10, 20, 30] {
        bench.user(number, json!({"userName": format!("u{number}")})).await?;
    }
    let cx = bench.users();
    let place = |number| Position { key: None, id: id(number) };
    for (number, behind, ahead) in [(5, 3, 0), (15, 2, 1), (25, 1, 2), (35, 0, 3)] {
        let page = after(&bench, &cx, &whole(&cx), Some(place(number)), 10).await?;
        ensure!(page.resources.len() == behind, "behind a place between resources stand others");
        let page = before(&bench, &cx, &whole(&cx), place(number), 10).await?;
        ensure!(page.resources.len() == ahead, "before a place between resources stand others");
    }
    Ok(())
}

/// The key is that of the value sorted by, so that a walk can be continued by another store.
async fn positions_hold_key_and_id(bench: Bench) -> Outcome {
    paging(&bench)?;
    sorting(&bench)?;
    bench.user(1, json!({"userName": "u1", "displayName": "Straße"})).await?;
    bench.user(2, json!({"userName": "u2"})).await?;
    bench.user(3, json!({"userName": "u3"})).await?;
    let cx = bench.users();
    let mut query = whole(&cx);
    query.sort = bench.sort(&cx, "displayName", false);
    let first = after(&bench, &cx, &query, None, 1).await?;
    let expected = Position { key: Some("strasse".to_owned()), id: id(1) };
    ensure!(next(&first)? == expected, "a position is not the key and the id of the last resource");
    let second = after(&bench, &cx, &query, first.next, 1).await?;
    let expected = Position { key: None, id: id(2) };
    ensure!(next(&second)? == expected, "the position of a resource without a value has a key");
    Ok(())
}

async fn a_count_of_zero_leads_nowhere(bench: Bench) -> Outcome {
    paging(&bench)?;
    crowd(&bench).await?;
    let cx = bench.users();
    let page = after(&bench, &cx, &whole(&cx), None, 0).await?;
    ensure!(page.resources.is_empty(), "a page of none holds something");
    ensure!(page.next.is_none() && page.previous.is_none(), "a page of none leads on");
    Ok(())
}

async fn nothing_has_no_positions(bench: Bench) -> Outcome {
    paging(&bench)?;
    let cx = bench.users();
    let page = after(&bench, &cx, &whole(&cx), None, 5).await?;
    let leads = page.next.is_some() || page.previous.is_some();
    ensure!(page.resources.is_empty() && !leads, "an empty store has pages by position");
    Ok(())
}

async fn totals_that_are_given_are_right(bench: Bench) -> Outcome {
    paging(&bench)?;
    crowd(&bench).await?;
    let cx = bench.users();
    for page in walk(&bench, &cx, &whole(&cx), 4).await? {
        ensure!(page.total.is_none_or(|total| total == 23), "of 23 a page counts {:?}", page.total);
    }
    Ok(())
}
