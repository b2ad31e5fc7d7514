//! Filters over the sample, held against the evaluator (RFC 7644 §3.4.2.2).

mod group;
mod logic;
mod text;
mod typed;

use std::collections::BTreeSet;

use scim_core::ScimType;
use scim_filter::Filter;
use serde_json::json;

use super::{
    bench::{Bench, Listed, Miss, Outcome, Type, ensure, id, refused, whole},
    check::{Check, Run, checks},
    edit::Edit,
    world::World,
};
use crate::{Context, Query, Window};

/// All checks of filters.
pub(super) fn all() -> impl Iterator<Item = &'static Check> {
    [text::CHECKS, typed::CHECKS, logic::CHECKS, group::CHECKS, CHECKS].into_iter().flatten()
}

checks! { "filter":
    the_version_of_a_resource_can_be_asked_for,
    what_has_changed_is_found_by_its_new_value_alone,
    what_is_gone_is_not_found,
    many_terms_are_answered,
    a_filter_over_nothing_finds_nothing,
    projections_do_not_narrow_filters,
}

/// Filters over the sample of a type.
const fn over(kind: Type, name: &'static str, filters: &'static [&'static str]) -> Check {
    Check { name, run: Run::Filters(kind, filters) }
}

/// Whether the store finds what the evaluator finds.
pub(super) async fn hold(bench: Bench, kind: Type, filters: &[&str]) -> Outcome {
    if !bench.features().filter {
        return Err(Miss::Skipped("the store does not filter".to_owned()));
    }
    let world = World::load(&bench).await?;
    let cx = bench.of(kind, super::bench::FIRST)?;
    let (mut held, mut skipped) = (false, None);
    for filter in filters {
        match hold_one(&bench, &world, &cx, kind, filter).await {
            Ok(()) => held = true,
            Err(Miss::Skipped(why)) => skipped = Some(why),
            Err(failed) => return Err(failed),
        }
    }
    match skipped {
        Some(why) if !held => Err(Miss::Skipped(why)),
        _ => Ok(()),
    }
}

async fn hold_one(bench: &Bench, world: &World, cx: &Context, kind: Type, filter: &str) -> Outcome {
    let checked = Bench::filter(cx, filter)?;
    let expected = world.select(kind, Some(&checked), None);
    let found = ask(bench, cx, filter).await?;
    let (mut missed, mut added) = (names(world, &expected), names(world, &found.ids()));
    let both: BTreeSet<String> = missed.intersection(&added).cloned().collect();
    missed.retain(|name| !both.contains(name));
    added.retain(|name| !both.contains(name));
    ensure!(
        missed.is_empty() && added.is_empty(),
        "`{filter}` misses {missed:?} and finds {added:?} beside what it should"
    );
    ensure!(found.ids() == expected, "`{filter}` finds resources twice or not in the order of ids");
    let total = u64::try_from(expected.len()).ok();
    ensure!(
        found.total == total,
        "`{filter}` matches {} resources and the total is {:?}",
        expected.len(),
        found.total
    );
    Ok(())
}

/// What the store finds; skips where the embedder has said that it cannot search.
pub(super) async fn ask(bench: &Bench, cx: &Context, filter: &str) -> Outcome<Listed> {
    let mut query = whole(cx);
    query.filter = Some(Bench::filter(cx, filter)?);
    let unsearchable = &bench.settings().unsearchable;
    let named = || filter.parse::<Filter>().map(|filter| filter.attributes()).unwrap_or_default();
    let known =
        |path: &scim_core::AttrPath| unsearchable.contains(&path.to_string().to_lowercase());
    let excused = !unsearchable.is_empty() && named().iter().any(known);
    match bench.query(cx, &query).await {
        Err(error) if excused => {
            refused::<()>(Err(error), filter, 400, Some(&ScimType::InvalidFilter))?;
            Err(Miss::Skipped(format!("the store refuses `{filter}`, as announced")))
        }
        Err(error) => Err(Miss::Failed(format!("`{filter}` is not answered: {error:?}"))),
        Ok(_) => bench.page(cx, &query).await,
    }
}

fn names(world: &World, ids: &[String]) -> BTreeSet<String> {
    let name = |id: &String| {
        let kept = world.kept(id)?;
        Some(kept.text("userName").or(kept.text("displayName"))?.to_owned())
    };
    ids.iter().map(|id| name(id).unwrap_or_else(|| id.clone())).collect()
}

/// `meta.version` is the entity tag (RFC 7643 §3.1).
async fn the_version_of_a_resource_can_be_asked_for(bench: Bench) -> Outcome {
    searching(&bench)?;
    let kept = bench.user(1, json!({"userName": "a"})).await?;
    bench.user(2, json!({"userName": "b"})).await?;
    let cx = bench.users();
    let tag = kept.version.to_string().replace('"', "\\\"");
    let found =
        ask(&bench, &cx, &format!(r#"id eq "{}" and meta.version eq "{tag}""#, id(1))).await?;
    ensure!(found.ids() == [id(1)], "a resource is not found by its version");
    let found =
        ask(&bench, &cx, &format!(r#"id eq "{}" and not (meta.version eq "{tag}")"#, id(1)))
            .await?;
    ensure!(found.ids().is_empty(), "a resource is found by a version that it does not have");
    Ok(())
}

async fn what_has_changed_is_found_by_its_new_value_alone(bench: Bench) -> Outcome {
    searching(&bench)?;
    bench.user(1, json!({"userName": "before", "displayName": "Before"})).await?;
    let edit = Edit::put(bench.users(), json!({"userName": "after", "displayName": "After"}));
    bench.done(&id(1), edit).await?;
    let cx = bench.users();
    for name in ["userName", "displayName"] {
        let now = ask(&bench, &cx, &format!(r#"{name} eq "after""#)).await?;
        ensure!(now.ids() == [id(1)], "`{name}` is not found by the value that it has now");
        let before = ask(&bench, &cx, &format!(r#"{name} sw "before""#)).await?;
        ensure!(before.ids().is_empty(), "`{name}` is still found by the value that it had");
    }
    let edit = Edit::one(bench.users(), "remove", "displayName", json!(null))?;
    bench.done(&id(1), edit).await?;
    let found = ask(&bench, &cx, "displayName pr").await?;
    ensure!(found.ids().is_empty(), "an attribute is still found after it was removed");
    Ok(())
}

async fn what_is_gone_is_not_found(bench: Bench) -> Outcome {
    searching(&bench)?;
    for number in 1..=3 {
        bench.user(number, json!({"userName": format!("gone{number}")})).await?;
    }
    bench.drop(&bench.users(), &id(2)).await?;
    for filter in [r#"userName sw "gone""#, "userName pr", r#"not (userName eq "x")"#] {
        let found = ask(&bench, &bench.users(), filter).await?;
        ensure!(found.ids() == [id(1), id(3)], "`{filter}` does not find just what is left");
        ensure!(found.total == Some(2), "`{filter}` counts what is gone");
    }
    Ok(())
}

/// As many terms as a filter may have.
async fn many_terms_are_answered(bench: Bench) -> Outcome {
    searching(&bench)?;
    for number in 1..=4 {
        bench.user(number, json!({"userName": format!("u{number}")})).await?;
    }
    let terms =
        |join: &str, of: &dyn Fn(u32) -> String| (1..=250).map(of).collect::<Vec<_>>().join(join);
    let any = terms(" or ", &|n| format!(r#"userName eq "u{}""#, n * 2));
    let none = terms(" and ", &|n| format!(r#"userName ne "u{n}""#));
    for (filter, expected) in [(any, vec![id(2), id(4)]), (none, Vec::new())] {
        let found = ask(&bench, &bench.users(), &filter).await?;
        ensure!(found.ids() == expected, "a filter of 250 terms is answered wrongly");
    }
    Ok(())
}

async fn a_filter_over_nothing_finds_nothing(bench: Bench) -> Outcome {
    searching(&bench)?;
    for filter in [r#"userName eq "x""#, r#"not (userName eq "x")"#, "userName pr"] {
        let found = ask(&bench, &bench.users(), filter).await?;
        ensure!(found.ids().is_empty(), "`{filter}` finds something in an empty store");
        ensure!(found.total == Some(0), "the total of nothing is {:?}", found.total);
    }
    Ok(())
}

/// A filter reads attributes that the answer does not hold.
async fn projections_do_not_narrow_filters(bench: Bench) -> Outcome {
    searching(&bench)?;
    bench.user(1, json!({"userName": "a", "displayName": "A"})).await?;
    bench.user(2, json!({"userName": "b"})).await?;
    let cx = bench.users();
    let want = scim_schema::Projection::only(cx.schema(), ["active"], cx.compat())?;
    let mut query = Query::new(Window::Index { start: 1, count: 10 }, want);
    for (filter, expected) in [(r#"userName eq "b""#, id(2)), ("displayName pr", id(1))] {
        query.filter = Some(Bench::filter(&cx, filter)?);
        let found = bench.page(&cx, &query).await?;
        ensure!(
            found.ids() == [expected],
            "`{filter}` is answered wrongly if `active` alone is wanted"
        );
    }
    Ok(())
}

pub(super) fn searching(bench: &Bench) -> Outcome {
    match bench.features().filter {
        true => Ok(()),
        false => Err(Miss::Skipped("the store does not filter".to_owned())),
    }
}

#[cfg(feature = "memory")]
#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Endpoint, MemoryStore, testing::store::settings::Settings};

    #[tokio::test]
    async fn filters_tell_resources_of_the_sample_apart() {
        let settings = Settings::default();
        let users = Endpoint::users(settings.user_schema().unwrap());
        let bench = Bench::new(Box::new(MemoryStore::new()), &settings, &users);
        let world = World::load(&bench).await.unwrap();
        for check in all() {
            let Run::Filters(kind, filters) = check.run else { continue };
            let cx = bench.of(kind, "first").unwrap();
            let all = world.complete(kind).len();
            let tells = |filter: &&&str| {
                let checked = Bench::filter(&cx, filter).unwrap();
                let found = world.select(kind, Some(&checked), None).len();
                // The type of a resource is the same for all.
                (0 < found && found < all) || filter.contains("resourceType")
            };
            let telling = filters.iter().filter(tells).count();
            assert!(telling * 2 > filters.len(), "{}", check.name);
        }
    }
}
