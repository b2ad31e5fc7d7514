//! Members of groups, and what follows from them (RFC 7643 §4.1.2, §4.2).

mod delta;
mod derived;

use serde_json::{Value, json};

use super::{
    bench::{Bench, Done, Kept, Outcome, elements, ensure, group, id, ids, refused},
    check::{Check, checks},
    edit::Edit,
    erased::Work,
};
use crate::Guard;

/// All checks of members.
pub(super) fn all() -> impl Iterator<Item = &'static Check> {
    [CHECKS, delta::CHECKS, derived::CHECKS].into_iter().flatten()
}

checks! { "member":
    a_group_is_created_with_its_members,
    a_put_replaces_members,
    a_put_without_members_removes_them,
    a_put_of_the_same_members_changes_nothing,
    an_unknown_member_is_left_out_of_a_new_group,
    an_unknown_member_is_left_out_of_a_put,
    an_unknown_member_is_left_out_of_a_patch,
    an_unknown_member_alone_changes_nothing,
    an_unknown_member_can_spoil_a_new_group,
    an_unknown_member_can_spoil_a_put,
    an_unknown_member_can_spoil_a_patch,
    a_member_is_there_once,
    a_group_can_be_a_member,
    a_group_can_hold_itself,
    a_deleted_user_is_a_member_no_more,
    a_deleted_user_moves_the_version_of_its_groups,
    a_deleted_user_leaves_other_groups_alone,
    a_deleted_group_is_a_member_no_more,
    a_deleted_group_leaves_its_members,
    a_group_loses_its_last_member,
    members_of_one_group_are_not_those_of_another,
    members_added_at_once_are_all_there,
    members_come_and_go_at_once,
    a_member_deleted_while_it_is_added_is_not_there,
}

/// Users 1 to 5.
async fn users(bench: &Bench) -> Outcome {
    bench.groups()?;
    for number in 1..=5 {
        bench.user(number, json!({"userName": format!("u{number}")})).await?;
    }
    Ok(())
}

/// The group of this number has these members.
async fn holds(bench: &Bench, number: u64, members: &[u64]) -> Outcome<Kept> {
    let kept = bench.seen(&bench.groups()?, &id(number)).await?;
    let list = kept.attributes.get("members").and_then(Value::as_array).map_or(0, Vec::len);
    ensure!(
        kept.values("members") == ids(members) && list == members.len(),
        "a group that should have {} members has {list}, or others",
        members.len()
    );
    Ok(kept)
}

async fn put(bench: &Bench, number: u64, name: &str, members: &[u64]) -> Outcome<Done> {
    bench.done(&id(number), Edit::put(bench.groups()?, group(name, members))).await
}

async fn add(bench: &Bench, number: u64, members: &[u64]) -> Outcome<Done> {
    let edit = Edit::one(bench.groups()?, "add", "members", elements(members))?;
    bench.done(&id(number), edit).await
}

fn removal(bench: &Bench, member: u64) -> Outcome<Edit> {
    let path = format!(r#"members[value eq "{}"]"#, id(member));
    Edit::one(bench.groups()?, "remove", &path, Value::Null)
}

async fn a_group_is_created_with_its_members(bench: Bench) -> Outcome {
    users(&bench).await?;
    bench.group(10, "Group", &[1, 3, 5]).await?;
    holds(&bench, 10, &[1, 3, 5]).await?;
    bench.group(11, "Empty", &[]).await?;
    holds(&bench, 11, &[]).await.map(drop)
}

async fn a_put_replaces_members(bench: Bench) -> Outcome {
    users(&bench).await?;
    let before = bench.group(10, "Group", &[1, 2, 3]).await?;
    let done = put(&bench, 10, "Group", &[3, 4]).await?;
    ensure!(done.changed, "a PUT of other members counts as no change");
    let kept = holds(&bench, 10, &[3, 4]).await?;
    ensure!(kept.version != before.version, "a PUT of other members leaves the version");
    ensure!(kept.version == done.kept.version, "a PUT answers another version than a read");
    Ok(())
}

async fn a_put_without_members_removes_them(bench: Bench) -> Outcome {
    users(&bench).await?;
    let before = bench.group(10, "Group", &[1, 2]).await?;
    let edit = Edit::put(bench.groups()?, json!({"displayName": "Group"}));
    ensure!(bench.done(&id(10), edit).await?.changed, "a PUT without members counts as no change");
    let kept = holds(&bench, 10, &[]).await?;
    ensure!(kept.version != before.version, "a PUT without members leaves the version");
    Ok(())
}

async fn a_put_of_the_same_members_changes_nothing(bench: Bench) -> Outcome {
    users(&bench).await?;
    bench.group(10, "Group", &[1, 2, 3]).await?;
    let before = holds(&bench, 10, &[1, 2, 3]).await?;
    for members in [[1, 2, 3], [3, 1, 2]] {
        let done = put(&bench, 10, "Group", &members).await?;
        let after = holds(&bench, 10, &[1, 2, 3]).await?;
        ensure!(!done.changed, "a PUT of the same members counts as a change");
        ensure!(after.version == before.version, "a PUT of the same members moves the version");
        ensure!(after.modified == before.modified, "a PUT of the same members moves the time");
    }
    Ok(())
}

async fn an_unknown_member_is_left_out_of_a_new_group(bench: Bench) -> Outcome {
    users(&bench).await?;
    bench.group(10, "Group", &[1, 77, 2]).await?;
    holds(&bench, 10, &[1, 2]).await?;
    bench.group(11, "Strangers", &[77, 78]).await?;
    holds(&bench, 11, &[]).await.map(drop)
}

async fn an_unknown_member_is_left_out_of_a_put(bench: Bench) -> Outcome {
    users(&bench).await?;
    bench.group(10, "Group", &[1]).await?;
    put(&bench, 10, "Group", &[2, 77]).await?;
    holds(&bench, 10, &[2]).await.map(drop)
}

async fn an_unknown_member_is_left_out_of_a_patch(bench: Bench) -> Outcome {
    users(&bench).await?;
    bench.group(10, "Group", &[1]).await?;
    add(&bench, 10, &[77, 2, 78]).await?;
    holds(&bench, 10, &[1, 2]).await.map(drop)
}

async fn an_unknown_member_alone_changes_nothing(bench: Bench) -> Outcome {
    users(&bench).await?;
    bench.group(10, "Group", &[1]).await?;
    let before = holds(&bench, 10, &[1]).await?;
    for done in [add(&bench, 10, &[77]).await?, put(&bench, 10, "Group", &[1, 77]).await?] {
        let after = holds(&bench, 10, &[1]).await?;
        ensure!(!done.changed, "an unknown member that is left out counts as a change");
        ensure!(
            after.version == before.version,
            "an unknown member that is left out moves the version"
        );
    }
    Ok(())
}

const INVALID: scim_core::ScimType = scim_core::ScimType::InvalidValue;

async fn an_unknown_member_can_spoil_a_new_group(bench: Bench) -> Outcome {
    users(&bench).await?;
    let outcome = bench.create(&bench.refusing()?, &id(10), group("Group", &[1, 77])).await?;
    refused(outcome, "a group with an unknown member", 400, Some(&INVALID))?;
    let cx = bench.groups()?;
    ensure!(bench.find(&cx, &id(10)).await?.is_none(), "a refused group is there");
    ensure!(bench.list(&cx).await?.total == Some(0), "a refused group is counted");
    let known = bench.make(&bench.refusing()?, &id(11), group("Group", &[1, 2])).await?;
    ensure!(known.id == id(11), "a new group has another id");
    holds(&bench, 11, &[1, 2]).await.map(drop)
}

async fn an_unknown_member_can_spoil_a_put(bench: Bench) -> Outcome {
    users(&bench).await?;
    bench.group(10, "Before", &[1]).await?;
    let before = holds(&bench, 10, &[1]).await?;
    let edit = Edit::put(bench.refusing()?, group("After", &[2, 77]));
    refused(
        bench.update(&id(10), edit).await,
        "a PUT with an unknown member",
        400,
        Some(&INVALID),
    )?;
    same(&before, &holds(&bench, 10, &[1]).await?)
}

async fn an_unknown_member_can_spoil_a_patch(bench: Bench) -> Outcome {
    users(&bench).await?;
    bench.group(10, "Before", &[1]).await?;
    let before = holds(&bench, 10, &[1]).await?;
    let operations = json!([
        {"op": "replace", "path": "displayName", "value": "After"},
        {"op": "remove", "path": format!(r#"members[value eq "{}"]"#, id(1))},
        {"op": "add", "path": "members", "value": elements(&[2, 77])},
    ]);
    let edit = Edit::patch(bench.refusing()?, operations)?;
    refused(
        bench.update(&id(10), edit).await,
        "a PATCH with an unknown member",
        400,
        Some(&INVALID),
    )?;
    same(&before, &holds(&bench, 10, &[1]).await?)
}

fn same(before: &Kept, after: &Kept) -> Outcome {
    ensure!(after.attributes == before.attributes, "a refused change has changed a group");
    ensure!(after.version == before.version, "a refused change has moved the version of a group");
    ensure!(after.modified == before.modified, "a refused change has moved the time of a group");
    Ok(())
}

async fn a_member_is_there_once(bench: Bench) -> Outcome {
    users(&bench).await?;
    bench.group(10, "Group", &[1, 1, 2]).await?;
    holds(&bench, 10, &[1, 2]).await?;
    let before = holds(&bench, 10, &[1, 2]).await?;
    let done = add(&bench, 10, &[2, 2, 1]).await?;
    let after = holds(&bench, 10, &[1, 2]).await?;
    ensure!(
        !done.changed && after.version == before.version,
        "members that are there already count as new"
    );
    Ok(())
}

async fn a_group_can_be_a_member(bench: Bench) -> Outcome {
    users(&bench).await?;
    bench.group(10, "Inner", &[1]).await?;
    bench.group(11, "Outer", &[2, 10]).await?;
    let outer = holds(&bench, 11, &[2, 10]).await?;
    let kinds = |kept: &Kept, member: u64| -> Option<String> {
        let members = kept.attributes.get("members")?.as_array()?;
        let member = members.iter().find(|one| one.get("value") == Some(&json!(id(member))))?;
        Some(member.get("type")?.as_str()?.to_owned())
    };
    ensure!(
        kinds(&outer, 10).as_deref() == Some("Group"),
        "a group that is a member has another type"
    );
    ensure!(
        kinds(&outer, 2).as_deref() == Some("User"),
        "a user that is a member has another type"
    );
    holds(&bench, 10, &[1]).await.map(drop)
}

async fn a_group_can_hold_itself(bench: Bench) -> Outcome {
    users(&bench).await?;
    bench.group(10, "Ring", &[1]).await?;
    bench.group(11, "Ring too", &[10]).await?;
    add(&bench, 10, &[10, 11]).await?;
    holds(&bench, 10, &[1, 10, 11]).await?;
    bench.drop(&bench.groups()?, &id(10)).await?;
    holds(&bench, 11, &[]).await.map(drop)
}

async fn a_deleted_user_is_a_member_no_more(bench: Bench) -> Outcome {
    users(&bench).await?;
    bench.group(10, "One", &[1, 2]).await?;
    bench.group(11, "Two", &[2, 3]).await?;
    bench.drop(&bench.users(), &id(2)).await?;
    holds(&bench, 10, &[1]).await?;
    holds(&bench, 11, &[3]).await?;
    if bench.features().filter {
        let filter = format!(r#"members.value eq "{}""#, id(2));
        let found = bench.search(&bench.groups()?, &filter).await?;
        ensure!(found.ids().is_empty(), "a group is found by a member that was deleted");
    }
    Ok(())
}

async fn a_deleted_user_moves_the_version_of_its_groups(bench: Bench) -> Outcome {
    users(&bench).await?;
    let before = bench.group(10, "Group", &[1, 2]).await?;
    let cx = bench.users();
    bench.drop(&cx, &id(2)).await?;
    let after = holds(&bench, 10, &[1]).await?;
    ensure!(
        after.version != before.version,
        "a group that loses a deleted member keeps its version"
    );
    ensure!(
        after.modified == cx.now(),
        "a group that loses a deleted member keeps the time of its last change"
    );
    Ok(())
}

async fn a_deleted_user_leaves_other_groups_alone(bench: Bench) -> Outcome {
    users(&bench).await?;
    bench.group(10, "Group", &[1, 2]).await?;
    bench.group(11, "Other", &[1, 3]).await?;
    let before = holds(&bench, 11, &[1, 3]).await?;
    bench.drop(&bench.users(), &id(2)).await?;
    same(&before, &holds(&bench, 11, &[1, 3]).await?)
}

async fn a_deleted_group_is_a_member_no_more(bench: Bench) -> Outcome {
    users(&bench).await?;
    bench.group(10, "Inner", &[1]).await?;
    let before = bench.group(11, "Outer", &[2, 10]).await?;
    bench.drop(&bench.groups()?, &id(10)).await?;
    let after = holds(&bench, 11, &[2]).await?;
    ensure!(
        after.version != before.version,
        "a group that loses a deleted group keeps its version"
    );
    Ok(())
}

async fn a_deleted_group_leaves_its_members(bench: Bench) -> Outcome {
    users(&bench).await?;
    bench.group(10, "Group", &[1]).await?;
    let cx = bench.users();
    let before = bench.seen(&cx, &id(1)).await?;
    bench.drop(&bench.groups()?, &id(10)).await?;
    let after = bench.seen(&cx, &id(1)).await?;
    ensure!(after.version == before.version, "a user's version moves because its group goes");
    ensure!(after.values("groups").is_empty(), "a user is in a group that was deleted");
    // Whoever comes next under the same name has none of its members.
    bench.group(11, "Group", &[]).await?;
    holds(&bench, 11, &[]).await.map(drop)
}

async fn a_group_loses_its_last_member(bench: Bench) -> Outcome {
    users(&bench).await?;
    bench.group(10, "Group", &[1]).await?;
    bench.drop(&bench.users(), &id(1)).await?;
    let kept = holds(&bench, 10, &[]).await?;
    ensure!(
        !kept.attributes.contains_key("members"),
        "a group without members has an empty list of them"
    );
    add(&bench, 10, &[2]).await?;
    holds(&bench, 10, &[2]).await.map(drop)
}

async fn members_of_one_group_are_not_those_of_another(bench: Bench) -> Outcome {
    users(&bench).await?;
    bench.group(10, "Same", &[1, 2]).await?;
    bench.group(11, "Same", &[2, 3]).await?;
    add(&bench, 10, &[4]).await?;
    bench.done(&id(11), removal(&bench, 2)?).await?;
    holds(&bench, 10, &[1, 2, 4]).await?;
    holds(&bench, 11, &[3]).await?;
    put(&bench, 10, "Same", &[]).await?;
    holds(&bench, 11, &[3]).await.map(drop)
}

/// Many writers add a member each.
async fn members_added_at_once_are_all_there(bench: Bench) -> Outcome {
    bench.groups()?;
    let numbers: Vec<u64> = (1..=24).collect();
    for number in &numbers {
        bench.user(*number, json!({"userName": format!("u{number}")})).await?;
    }
    bench.group(100, "Group", &[]).await?;
    let works = numbers.iter().map(|number| -> Work<'static, Outcome<bool>> {
        let (bench, number) = (bench.clone(), *number);
        Box::pin(async move { Ok(add(&bench, 100, &[number]).await?.changed) })
    });
    for changed in bench.together(works.collect()).await? {
        ensure!(changed?, "a member that is added beside others counts as no change");
    }
    holds(&bench, 100, &numbers).await.map(drop)
}

/// Each of many writers adds and removes a member of its own, again and again.
async fn members_come_and_go_at_once(bench: Bench) -> Outcome {
    users(&bench).await?;
    bench.group(10, "Group", &[]).await?;
    let works = (1..=5_u64).map(|number| -> Work<'static, Outcome> {
        let bench = bench.clone();
        Box::pin(async move {
            for _ in 0..6 {
                let added = add(&bench, 10, &[number]).await?;
                let removed = bench.done(&id(10), removal(&bench, number)?).await?;
                ensure!(
                    added.changed && removed.changed,
                    "a member comes or goes without a change"
                );
            }
            add(&bench, 10, &[number]).await.map(drop)
        })
    });
    for outcome in bench.together(works.collect()).await? {
        outcome?;
    }
    holds(&bench, 10, &[1, 2, 3, 4, 5]).await.map(drop)
}

/// Whichever comes first, nobody who is gone is a member.
async fn a_member_deleted_while_it_is_added_is_not_there(bench: Bench) -> Outcome {
    bench.groups()?;
    bench.group(1, "Group", &[]).await?;
    for number in 2..12_u64 {
        bench.user(number, json!({"userName": format!("u{number}")})).await?;
        let (adding, deleting) = (bench.clone(), bench.clone());
        let works: Vec<Work<'static, Outcome>> = vec![
            Box::pin(async move { add(&adding, 1, &[number]).await.map(drop) }),
            Box::pin(async move {
                deleting.delete(&deleting.users(), &id(number), &Guard::default()).await?;
                Ok(())
            }),
        ];
        for outcome in bench.together(works).await? {
            outcome?;
        }
        holds(&bench, 1, &[]).await?;
    }
    Ok(())
}
