//! Preconditions (RFC 7644 §3.14).

use scim_core::{EntityTags, Version};
use serde_json::{Value, json};

use super::{
    bench::{Bench, Outcome, elements, ensure, id, ids, stale},
    check::checks,
    edit::{Edit, only_for},
};
use crate::Guard;

checks! { "guard":
    a_put_for_the_version_is_made,
    a_put_for_another_version_is_refused,
    a_patch_for_another_version_is_refused,
    a_change_that_would_change_nothing_is_refused_too,
    a_delete_for_another_version_is_refused,
    a_delete_for_the_version_is_made,
    any_version_is_one,
    one_of_several_versions_is_enough,
    a_version_can_be_excluded,
    a_precondition_on_nobody_finds_nobody,
    a_change_of_members_for_another_version_is_refused,
    a_removal_of_members_for_another_version_is_refused,
    a_replacement_of_members_for_another_version_is_refused,
    a_put_of_a_group_for_another_version_is_refused,
    a_change_of_members_for_the_version_is_made,
    a_delete_of_a_group_for_another_version_is_refused,
    a_member_that_goes_makes_the_version_another,
}

fn another() -> Guard {
    only_for(&Version::token("another-version-than-any"))
}

fn excluding(version: &Version) -> Guard {
    Guard { if_none_match: Some(EntityTags::List(vec![version.clone()])), ..Guard::default() }
}

fn put(bench: &Bench, display: &str) -> Edit {
    Edit::put(bench.users(), json!({"userName": "a", "displayName": display}))
}

async fn user(bench: &Bench) -> Outcome<Version> {
    let body = json!({"userName": "a", "displayName": "Before"});
    Ok(bench.user(1, body).await?.version)
}

async fn untouched(bench: &Bench, version: &Version) -> Outcome {
    let kept = bench.seen(&bench.users(), &id(1)).await?;
    ensure!(kept.text("displayName") == Some("Before"), "what is refused is written");
    ensure!(kept.version == *version, "what is refused moves the version");
    Ok(())
}

async fn a_put_for_the_version_is_made(bench: Bench) -> Outcome {
    let version = user(&bench).await?;
    let done = bench.done(&id(1), put(&bench, "After").only_for(&version)).await?;
    ensure!(done.changed, "a PUT for the version that is there changes nothing");
    let done = bench.done(&id(1), put(&bench, "Last").only_for(&done.kept.version)).await?;
    ensure!(done.changed, "a PUT for the version that the last one gave changes nothing");
    Ok(())
}

async fn a_put_for_another_version_is_refused(bench: Bench) -> Outcome {
    let version = user(&bench).await?;
    stale(
        bench.update(&id(1), put(&bench, "After").guard(another())).await,
        "a PUT for another version",
    )?;
    untouched(&bench, &version).await?;
    bench.done(&id(1), put(&bench, "Between")).await?;
    stale(
        bench.update(&id(1), put(&bench, "After").only_for(&version)).await,
        "a PUT for an old version",
    )
}

async fn a_patch_for_another_version_is_refused(bench: Bench) -> Outcome {
    let version = user(&bench).await?;
    let edit = Edit::one(bench.users(), "replace", "displayName", json!("After"))?;
    stale(bench.update(&id(1), edit.guard(another())).await, "a PATCH for another version")?;
    untouched(&bench, &version).await
}

async fn a_change_that_would_change_nothing_is_refused_too(bench: Bench) -> Outcome {
    user(&bench).await?;
    let same = put(&bench, "Before").guard(another());
    stale(bench.update(&id(1), same).await, "a PUT of the same for another version")?;
    let same = Edit::one(bench.users(), "replace", "displayName", json!("Before"))?;
    stale(
        bench.update(&id(1), same.guard(another())).await,
        "a PATCH to the same for another version",
    )
}

async fn a_delete_for_another_version_is_refused(bench: Bench) -> Outcome {
    let version = user(&bench).await?;
    stale(bench.delete(&bench.users(), &id(1), &another()).await, "a DELETE for another version")?;
    untouched(&bench, &version).await?;
    stale(
        bench.delete(&bench.users(), &id(1), &excluding(&version)).await,
        "a DELETE of an excluded version",
    )?;
    untouched(&bench, &version).await
}

async fn a_delete_for_the_version_is_made(bench: Bench) -> Outcome {
    let version = user(&bench).await?;
    let done = bench.delete(&bench.users(), &id(1), &only_for(&version)).await?;
    ensure!(done, "a DELETE for the version that is there finds nothing");
    ensure!(bench.find(&bench.users(), &id(1)).await?.is_none(), "what is deleted can be read");
    Ok(())
}

async fn any_version_is_one(bench: Bench) -> Outcome {
    user(&bench).await?;
    let any = Guard { if_match: Some(EntityTags::Any), ..Guard::default() };
    bench.done(&id(1), put(&bench, "After").guard(any.clone())).await?;
    let none = Guard { if_none_match: Some(EntityTags::Any), ..Guard::default() };
    stale(
        bench.update(&id(1), put(&bench, "Last").guard(none)).await,
        "a PUT where nothing should be",
    )?;
    ensure!(
        bench.delete(&bench.users(), &id(1), &any).await?,
        "a DELETE of any version finds nothing"
    );
    Ok(())
}

async fn one_of_several_versions_is_enough(bench: Bench) -> Outcome {
    let version = user(&bench).await?;
    let tags = vec![Version::token("other"), version, Version::token("more")];
    let guard = Guard { if_match: Some(EntityTags::List(tags)), ..Guard::default() };
    bench.done(&id(1), put(&bench, "After").guard(guard)).await.map(drop)
}

async fn a_version_can_be_excluded(bench: Bench) -> Outcome {
    let version = user(&bench).await?;
    let edit = put(&bench, "After").guard(excluding(&version));
    stale(bench.update(&id(1), edit).await, "a PUT of an excluded version")?;
    untouched(&bench, &version).await?;
    let edit = put(&bench, "After").guard(excluding(&Version::token("other")));
    bench.done(&id(1), edit).await.map(drop)
}

async fn a_precondition_on_nobody_finds_nobody(bench: Bench) -> Outcome {
    user(&bench).await?;
    let found = bench.update(&id(2), put(&bench, "After").guard(another())).await?;
    ensure!(found.is_none(), "a PUT under a precondition finds nobody");
    let found = bench.delete(&bench.users(), &id(2), &another()).await?;
    ensure!(!found, "a DELETE under a precondition finds nobody");
    Ok(())
}

/// Two users, and a group that holds the first.
async fn group(bench: &Bench) -> Outcome<Version> {
    bench.groups()?;
    bench.user(1, json!({"userName": "a"})).await?;
    bench.user(2, json!({"userName": "b"})).await?;
    Ok(bench.group(3, "Before", &[1]).await?.version)
}

async fn group_untouched(bench: &Bench, version: &Version) -> Outcome {
    let kept = bench.seen(&bench.groups()?, &id(3)).await?;
    ensure!(kept.values("members") == ids(&[1]), "what is refused changes members");
    ensure!(
        kept.text("displayName") == Some("Before"),
        "what is refused changes the name of a group"
    );
    ensure!(kept.version == *version, "what is refused moves the version of a group");
    Ok(())
}

async fn refused_on_members(bench: &Bench, op: &str, path: &str, value: Value) -> Outcome {
    let version = group(bench).await?;
    let edit = Edit::one(bench.groups()?, op, path, value)?;
    stale(
        bench.update(&id(3), edit.guard(another())).await,
        "a PATCH of members for another version",
    )?;
    group_untouched(bench, &version).await
}

async fn a_change_of_members_for_another_version_is_refused(bench: Bench) -> Outcome {
    refused_on_members(&bench, "add", "members", elements(&[2])).await
}

async fn a_removal_of_members_for_another_version_is_refused(bench: Bench) -> Outcome {
    let path = format!(r#"members[value eq "{}"]"#, id(1));
    refused_on_members(&bench, "remove", &path, Value::Null).await
}

async fn a_replacement_of_members_for_another_version_is_refused(bench: Bench) -> Outcome {
    refused_on_members(&bench, "replace", "members", elements(&[2])).await
}

async fn a_put_of_a_group_for_another_version_is_refused(bench: Bench) -> Outcome {
    let version = group(&bench).await?;
    let put = Edit::put(bench.groups()?, super::bench::group("After", &[2]));
    stale(
        bench.update(&id(3), put.guard(another())).await,
        "a PUT of a group for another version",
    )?;
    group_untouched(&bench, &version).await
}

async fn a_change_of_members_for_the_version_is_made(bench: Bench) -> Outcome {
    let version = group(&bench).await?;
    let add = Edit::one(bench.groups()?, "add", "members", elements(&[2]))?;
    let done = bench.done(&id(3), add.clone().only_for(&version)).await?;
    ensure!(done.changed, "a PATCH of members for the version that is there changes nothing");
    let again = bench.update(&id(3), add.only_for(&version)).await;
    stale(again, "a PATCH of members for the version before the last")?;
    let remove = Edit::one(bench.groups()?, "remove", "members", Value::Null)?;
    bench.done(&id(3), remove.only_for(&done.kept.version)).await.map(drop)
}

async fn a_delete_of_a_group_for_another_version_is_refused(bench: Bench) -> Outcome {
    let version = group(&bench).await?;
    stale(
        bench.delete(&bench.groups()?, &id(3), &another()).await,
        "a DELETE of a group for another version",
    )?;
    group_untouched(&bench, &version).await?;
    stale(
        bench.delete(&bench.users(), &id(1), &another()).await,
        "a DELETE of a member for another version",
    )?;
    group_untouched(&bench, &version).await
}

async fn a_member_that_goes_makes_the_version_another(bench: Bench) -> Outcome {
    let version = group(&bench).await?;
    bench.drop(&bench.users(), &id(1)).await?;
    let edit = Edit::one(bench.groups()?, "replace", "displayName", json!("After"))?;
    stale(
        bench.update(&id(3), edit.only_for(&version)).await,
        "a PATCH for the version before a member went",
    )
}
