//! Answers that need not hold everything (RFC 7644 §3.9).

use scim_core::Error;
use scim_schema::Projection;
use serde_json::{Map, Value};

use super::{
    bench::{Bench, FIRST, Kept, Outcome, Type, ensure, id, whole},
    check::checks,
    sample::GROUPS,
    world::World,
};
use crate::Context;

checks! { "projection":
    what_is_wanted_is_loaded,
    what_is_not_wanted_is_missing_or_right,
    parts_of_attributes_can_be_wanted,
    extensions_can_be_wanted_or_not,
    members_are_loaded_if_wanted,
    members_that_are_not_wanted_are_missing_or_right,
    groups_of_users_are_loaded_if_wanted,
    lists_hold_what_is_wanted,
    id_version_and_times_are_always_there,
}

/// What a request asks for: `attributes`, or `excludedAttributes`.
enum Ask {
    Only(&'static [&'static str]),
    Except(&'static [&'static str]),
}

impl Ask {
    fn want(&self, cx: &Context) -> Result<Projection, Error> {
        let (schema, compat) = (cx.schema(), cx.compat());
        match self {
            Self::Only(names) => Projection::only(schema, names.iter().copied(), compat),
            Self::Except(names) => Projection::except(schema, names.iter().copied(), compat),
        }
    }
}

/// What a client would be sent of a resource.
fn sent(want: &Projection, attributes: &Map<String, Value>) -> Map<String, Value> {
    let mut sent = attributes.clone();
    want.apply(&mut sent);
    if let Some(Value::Array(members)) = sent.get_mut("members") {
        members.sort_by_cached_key(|member| member.to_string());
    }
    if let Some(Value::Array(groups)) = sent.get_mut("groups") {
        groups.sort_by_cached_key(|group| group.to_string());
    }
    sent
}

/// A resource that is answered is as it is kept, so far as it is sent.
fn right(cx: &Context, want: &Projection, kept: &Kept, answer: &Kept) -> Outcome {
    let (expected, found) = (sent(want, &kept.attributes), sent(want, &answer.attributes));
    let names = |map: &Map<String, Value>| map.keys().cloned().collect::<Vec<_>>();
    ensure!(
        cx.schema().same(&expected, &found),
        "an answer that should hold {:?} holds {:?}, or other values",
        names(&expected),
        names(&found)
    );
    Ok(())
}

async fn hold(bench: &Bench, kind: Type, numbers: &[u64], asks: &[Ask]) -> Outcome {
    World::load(bench).await?;
    let cx = bench.of(kind, FIRST)?;
    for number in numbers {
        let kept = bench.seen(&cx, &id(*number)).await?;
        for ask in asks {
            let want = ask.want(&cx)?;
            match bench.get(&cx, &id(*number), &want).await? {
                Some(answer) => right(&cx, &want, &kept, &answer)?,
                None => ensure!(false, "a resource is not found if not all of it is wanted"),
            }
        }
    }
    Ok(())
}

async fn what_is_wanted_is_loaded(bench: Bench) -> Outcome {
    let asks = [
        Ask::Only(&["userName"]),
        Ask::Only(&["emails", "displayName"]),
        Ask::Only(&["name", "active", "title"]),
        Ask::Only(&["externalId", "meta"]),
    ];
    hold(&bench, Type::User, &[0, 1, 2, 4], &asks).await
}

async fn what_is_not_wanted_is_missing_or_right(bench: Bench) -> Outcome {
    let asks = [
        Ask::Except(&["userName"]),
        Ask::Except(&["emails", "groups"]),
        Ask::Except(&["name", "title", "active", "displayName"]),
    ];
    hold(&bench, Type::User, &[0, 1, 2, 4], &asks).await
}

async fn parts_of_attributes_can_be_wanted(bench: Bench) -> Outcome {
    let asks = [
        Ask::Only(&["name.familyName"]),
        Ask::Only(&["emails.value", "addresses.country"]),
        Ask::Except(&["emails.type", "name.givenName"]),
        Ask::Only(&["groups.display"]),
    ];
    hold(&bench, Type::User, &[0, 2, 3], &asks).await
}

async fn extensions_can_be_wanted_or_not(bench: Bench) -> Outcome {
    bench.needs(&["creditLimit", "department"])?;
    let asks = [
        Ask::Only(&["creditLimit"]),
        Ask::Only(&["urn:example:scim:schemas:extension:conformance:1.0:User"]),
        Ask::Except(&["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]),
        Ask::Except(&["stays.place", "department"]),
    ];
    hold(&bench, Type::User, &[0, 1, 2], &asks).await
}

async fn members_are_loaded_if_wanted(bench: Bench) -> Outcome {
    bench.groups()?;
    let asks = [
        Ask::Only(&["members"]),
        Ask::Only(&["members.value"]),
        Ask::Only(&["members.display", "displayName"]),
        Ask::Except(&["displayName"]),
        Ask::Except(&["members.display"]),
    ];
    hold(&bench, Type::Group, &[GROUPS, GROUPS + 2, GROUPS + 3, GROUPS + 4], &asks).await
}

async fn members_that_are_not_wanted_are_missing_or_right(bench: Bench) -> Outcome {
    bench.groups()?;
    World::load(&bench).await?;
    let cx = bench.groups()?;
    for number in [GROUPS, GROUPS + 2, GROUPS + 3] {
        let kept = bench.seen(&cx, &id(number)).await?;
        for ask in [Ask::Except(&["members"]), Ask::Only(&["displayName"])] {
            let Some(answer) = bench.get(&cx, &id(number), &ask.want(&cx)?).await? else {
                continue;
            };
            let missing = !answer.attributes.contains_key("members");
            let right = answer.values("members") == kept.values("members");
            ensure!(missing || right, "members that are not wanted are some of the members");
            ensure!(answer.version == kept.version, "without members a group has another version");
            ensure!(
                answer.text("displayName") == kept.text("displayName"),
                "without members a group has another name"
            );
        }
    }
    Ok(())
}

async fn groups_of_users_are_loaded_if_wanted(bench: Bench) -> Outcome {
    bench.groups()?;
    let asks = [
        Ask::Only(&["groups"]),
        Ask::Only(&["groups.value", "userName"]),
        Ask::Except(&["groups"]),
    ];
    hold(&bench, Type::User, &[0, 1, 7], &asks).await
}

async fn lists_hold_what_is_wanted(bench: Bench) -> Outcome {
    World::load(&bench).await?;
    let mut types = vec![Type::User];
    types.extend(bench.groups().is_ok().then_some(Type::Group));
    for kind in types {
        let cx = bench.of(kind, FIRST)?;
        let kept = bench.list(&cx).await?.resources;
        for ask in [
            Ask::Only(&["displayName"]),
            Ask::Only(&["members", "groups", "emails"]),
            Ask::Except(&["members", "groups", "name"]),
        ] {
            let mut query = whole(&cx);
            query.want = ask.want(&cx)?;
            let found = bench.page(&cx, &query).await?.resources;
            ensure!(found.len() == kept.len(), "a list is shorter if not all is wanted");
            for (kept, answer) in kept.iter().zip(&found) {
                right(&cx, &query.want, kept, answer)?;
            }
        }
    }
    Ok(())
}

async fn id_version_and_times_are_always_there(bench: Bench) -> Outcome {
    World::load(&bench).await?;
    let cx = bench.users();
    let kept = bench.seen(&cx, &id(0)).await?;
    for ask in [Ask::Only(&["displayName"]), Ask::Except(&["meta", "emails"]), Ask::Only(&[])] {
        let Some(answer) = bench.get(&cx, &id(0), &ask.want(&cx)?).await? else {
            ensure!(false, "a resource is not found if not all of it is wanted");
            continue;
        };
        let same = answer.id == kept.id && answer.version == kept.version;
        ensure!(same, "id or version depend on what is wanted");
        let times = (answer.created, answer.modified) == (kept.created, kept.modified);
        ensure!(times, "times depend on what is wanted");
    }
    Ok(())
}
