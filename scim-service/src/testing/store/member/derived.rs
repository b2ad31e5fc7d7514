//! What follows from memberships: `User.groups`, and the names and types of members
//! (RFC 7643 §4.1.2, §4.2).

use serde_json::{Value, json};

use super::{add, put, removal, users};
use crate::testing::store::{
    bench::{Bench, Kept, Outcome, ensure, group, id, ids},
    check::checks,
    edit::Edit,
};

checks! { "member":
    a_user_shows_the_groups_that_hold_it,
    a_user_shows_groups_of_a_put,
    a_user_shows_no_group_that_has_let_it_go,
    a_user_shows_the_names_of_its_groups,
    a_group_shows_the_types_of_its_members,
    a_group_shows_the_names_of_its_members,
    a_user_in_a_list_shows_its_groups,
    a_group_in_a_list_shows_its_members,
    groups_do_not_move_the_version_of_a_user,
    a_renamed_user_leaves_the_version_of_its_groups,
    groups_cannot_be_written_on_a_user,
    an_inner_group_is_shown_as_such,
}

/// Of an element of a list: this part of the one with this value.
fn part<'a>(kept: &'a Kept, list: &str, value: u64, name: &str) -> Option<&'a str> {
    let elements = kept.attributes.get(list)?.as_array()?;
    let element = elements.iter().find(|one| one.get("value") == Some(&json!(id(value))))?;
    element.get(name)?.as_str()
}

/// The groups that hold the user themselves; those that hold it through others may be shown too.
fn direct(kept: &Kept) -> std::collections::BTreeSet<String> {
    let groups = kept.attributes.get("groups").and_then(Value::as_array);
    let direct = |one: &&Value| one.get("type") != Some(&json!("indirect"));
    let value = |one: &Value| one.get("value")?.as_str().map(str::to_owned);
    groups.into_iter().flatten().filter(direct).filter_map(value).collect()
}

async fn shows(bench: &Bench, user: u64, groups: &[u64]) -> Outcome<Kept> {
    let kept = bench.seen(&bench.users(), &id(user)).await?;
    ensure!(direct(&kept) == ids(groups), "a user shows other groups than those that hold it");
    Ok(kept)
}

async fn a_user_shows_the_groups_that_hold_it(bench: Bench) -> Outcome {
    users(&bench).await?;
    bench.group(10, "One", &[1, 2]).await?;
    bench.group(11, "Two", &[1]).await?;
    let kept = shows(&bench, 1, &[10, 11]).await?;
    ensure!(
        part(&kept, "groups", 10, "type") == Some("direct"),
        "a group that holds a user is not shown as direct"
    );
    shows(&bench, 2, &[10]).await?;
    let kept = shows(&bench, 3, &[]).await?;
    ensure!(
        !kept.attributes.contains_key("groups"),
        "a user in no group has an empty list of groups"
    );
    Ok(())
}

async fn a_user_shows_groups_of_a_put(bench: Bench) -> Outcome {
    users(&bench).await?;
    bench.group(10, "One", &[1]).await?;
    put(&bench, 10, "One", &[2, 3]).await?;
    shows(&bench, 1, &[]).await?;
    shows(&bench, 2, &[10]).await?;
    add(&bench, 10, &[1]).await?;
    shows(&bench, 1, &[10]).await.map(drop)
}

async fn a_user_shows_no_group_that_has_let_it_go(bench: Bench) -> Outcome {
    users(&bench).await?;
    bench.group(10, "One", &[1, 2]).await?;
    bench.group(11, "Two", &[1, 2]).await?;
    bench.done(&id(10), removal(&bench, 1)?).await?;
    shows(&bench, 1, &[11]).await?;
    bench.drop(&bench.groups()?, &id(11)).await?;
    shows(&bench, 1, &[]).await?;
    shows(&bench, 2, &[10]).await.map(drop)
}

async fn a_user_shows_the_names_of_its_groups(bench: Bench) -> Outcome {
    users(&bench).await?;
    bench.group(10, "Before", &[1]).await?;
    let kept = shows(&bench, 1, &[10]).await?;
    ensure!(
        part(&kept, "groups", 10, "display") == Some("Before"),
        "a user does not show the name of its group"
    );
    put(&bench, 10, "After", &[1]).await?;
    let kept = shows(&bench, 1, &[10]).await?;
    ensure!(
        part(&kept, "groups", 10, "display") == Some("After"),
        "a user shows the name that its group had"
    );
    Ok(())
}

async fn a_group_shows_the_types_of_its_members(bench: Bench) -> Outcome {
    users(&bench).await?;
    bench.group(10, "Inner", &[]).await?;
    bench.group(11, "Outer", &[1]).await?;
    add(&bench, 11, &[2, 10]).await?;
    let kept = bench.seen(&bench.groups()?, &id(11)).await?;
    for (member, kind) in [(1, "User"), (2, "User"), (10, "Group")] {
        ensure!(
            part(&kept, "members", member, "type") == Some(kind),
            "a member that is a {kind} is not shown as one"
        );
    }
    Ok(())
}

async fn a_group_shows_the_names_of_its_members(bench: Bench) -> Outcome {
    users(&bench).await?;
    bench.user(6, json!({"userName": "six", "displayName": "Before"})).await?;
    bench.group(10, "Group", &[1, 6]).await?;
    let edit = Edit::one(
        bench.groups()?,
        "add",
        "members",
        json!([{"value": id(2), "display": "By the client"}]),
    )?;
    bench.done(&id(10), edit).await?;
    let kept = bench.seen(&bench.groups()?, &id(10)).await?;
    ensure!(
        part(&kept, "members", 6, "display") == Some("Before"),
        "a member is not shown with its name"
    );
    for nameless in [1, 2] {
        let name = part(&kept, "members", nameless, "display");
        ensure!(name.is_none(), "a member without `displayName` is shown with one");
    }
    let edit = Edit::one(bench.users(), "replace", "displayName", json!("After"))?;
    bench.done(&id(6), edit).await?;
    let kept = bench.seen(&bench.groups()?, &id(10)).await?;
    ensure!(
        part(&kept, "members", 6, "display") == Some("After"),
        "a member is shown with the name that it had"
    );
    Ok(())
}

async fn a_user_in_a_list_shows_its_groups(bench: Bench) -> Outcome {
    users(&bench).await?;
    bench.group(10, "One", &[1, 2]).await?;
    bench.group(11, "Two", &[2]).await?;
    for kept in bench.list(&bench.users()).await?.resources {
        let alone = bench.seen(&bench.users(), &kept.id).await?;
        ensure!(
            direct(&kept) == direct(&alone),
            "a user in a list shows other groups than by itself"
        );
    }
    Ok(())
}

async fn a_group_in_a_list_shows_its_members(bench: Bench) -> Outcome {
    users(&bench).await?;
    bench.group(10, "One", &[1, 2]).await?;
    bench.group(11, "Two", &[2, 3]).await?;
    bench.group(12, "None", &[]).await?;
    let listed = bench.list(&bench.groups()?).await?.resources;
    for (kept, members) in listed.iter().zip([ids(&[1, 2]), ids(&[2, 3]), ids(&[])]) {
        ensure!(
            kept.values("members") == members,
            "a group in a list shows other members than it has"
        );
    }
    Ok(())
}

async fn groups_do_not_move_the_version_of_a_user(bench: Bench) -> Outcome {
    users(&bench).await?;
    let before = bench.seen(&bench.users(), &id(1)).await?;
    bench.group(10, "One", &[1]).await?;
    put(&bench, 10, "Renamed", &[1, 2]).await?;
    bench.drop(&bench.groups()?, &id(10)).await?;
    let after = bench.seen(&bench.users(), &id(1)).await?;
    ensure!(after.version == before.version, "a user's version moves because its groups change");
    ensure!(after.modified == before.modified, "a user's time moves because its groups change");
    Ok(())
}

async fn a_renamed_user_leaves_the_version_of_its_groups(bench: Bench) -> Outcome {
    users(&bench).await?;
    bench.group(10, "One", &[1]).await?;
    let before = bench.seen(&bench.groups()?, &id(10)).await?;
    let edit = Edit::one(bench.users(), "replace", "displayName", json!("Renamed"))?;
    bench.done(&id(1), edit).await?;
    let after = bench.seen(&bench.groups()?, &id(10)).await?;
    ensure!(
        after.version == before.version,
        "a group's version moves because a member has another name"
    );
    Ok(())
}

/// `groups` is read-only: what a client sends is left out, and what is shown stays derived.
async fn groups_cannot_be_written_on_a_user(bench: Bench) -> Outcome {
    users(&bench).await?;
    bench.group(10, "One", &[1]).await?;
    bench.group(11, "Two", &[2]).await?;
    let body = json!({"userName": "u1", "groups": [{"value": id(11)}], "displayName": "Put"});
    bench.done(&id(1), Edit::put(bench.users(), body)).await?;
    shows(&bench, 1, &[10]).await?;
    bench.drop(&bench.groups()?, &id(10)).await?;
    shows(&bench, 1, &[]).await.map(drop)
}

async fn an_inner_group_is_shown_as_such(bench: Bench) -> Outcome {
    users(&bench).await?;
    bench.group(10, "Inner", &[1]).await?;
    let edit = Edit::put(bench.groups()?, group("Inner", &[1, 2]));
    bench.done(&id(10), edit).await?;
    bench.group(11, "Outer", &[10]).await?;
    // Membership is direct: what the inner group holds, the outer does not list.
    let outer = bench.seen(&bench.groups()?, &id(11)).await?;
    ensure!(
        outer.values("members") == ids(&[10]),
        "a group lists the members of a group that it holds"
    );
    shows(&bench, 1, &[10]).await.map(drop)
}
