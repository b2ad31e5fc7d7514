//! Versions and times: they move once for each real change, and for nothing else
//! (RFC 7644 §3.14, RFC 7643 §3.1).

use serde_json::{Value, json};

use super::{put, replace, rich};
use crate::testing::store::{
    bench::{Bench, Done, Kept, Outcome, ensure, id},
    check::checks,
    edit::Edit,
};

checks! { "change":
    a_change_moves_version_and_time,
    a_change_of_any_attribute_moves_the_version,
    each_change_gives_another_version,
    a_put_of_the_same_changes_nothing,
    a_patch_to_the_same_changes_nothing,
    the_same_number_in_another_notation_is_no_change,
    the_same_text_in_another_case_is_a_change,
    reading_moves_no_version,
    a_change_leaves_others_alone,
    the_time_of_creation_stays,
}

async fn a_change_moves_version_and_time(bench: Bench) -> Outcome {
    let before = bench.user(1, rich()).await?;
    let cx = bench.users();
    let body = json!({"userName": "bjensen", "displayName": "New"});
    bench.done(&id(1), Edit::put(cx.clone(), body)).await?;
    let after = bench.seen(&bench.users(), &id(1)).await?;
    ensure!(after.version != before.version, "a PUT leaves the version");
    ensure!(after.modified == cx.now(), "a PUT does not set the time of the last change");
    let cx = bench.users();
    bench.done(&id(1), Edit::one(cx.clone(), "replace", "displayName", json!("Newer"))?).await?;
    let last = bench.seen(&bench.users(), &id(1)).await?;
    ensure!(last.version != after.version, "a PATCH leaves the version");
    ensure!(last.modified == cx.now(), "a PATCH does not set the time of the last change");
    Ok(())
}

async fn a_change_of_any_attribute_moves_the_version(bench: Bench) -> Outcome {
    let mut before = bench.user(1, rich()).await?;
    let changes = [
        ("userName", json!("other")),
        ("active", json!(false)),
        ("title", json!("Boss")),
        ("externalId", json!("x")),
        ("name.familyName", json!("Jensen")),
        ("emails[type eq \"work\"].value", json!("c@example.com")),
        ("creditLimit", json!(100.5)),
        ("tags", json!(["c"])),
    ];
    for (path, value) in changes {
        let Ok(edit) = replace(&bench, path, value) else { continue };
        let done = bench.done(&id(1), edit).await?;
        let after = bench.seen(&bench.users(), &id(1)).await?;
        ensure!(done.changed, "a change of `{path}` counts as none");
        ensure!(after.version != before.version, "a change of `{path}` leaves the version");
        before = after;
    }
    Ok(())
}

async fn each_change_gives_another_version(bench: Bench) -> Outcome {
    let mut last = bench.user(1, rich()).await?.version;
    for round in 0..10 {
        let done = bench.done(&id(1), put(&bench, &format!("Name {round}"))).await?;
        ensure!(done.kept.version != last, "two changes in a row give the same version");
        last = done.kept.version;
    }
    Ok(())
}

/// Nothing has changed, whatever the store has done.
async fn unmoved(bench: &Bench, before: &Kept, done: &Done, what: &str) -> Outcome {
    let after = bench.seen(&bench.users(), &before.id).await?;
    ensure!(!done.changed, "{what} counts as a change");
    ensure!(after.version == before.version, "{what} moves the version");
    ensure!(done.kept.version == before.version, "{what} answers another version");
    ensure!(after.modified == before.modified, "{what} moves the time of the last change");
    ensure!(after.attributes == before.attributes, "{what} changes attributes");
    Ok(())
}

async fn a_put_of_the_same_changes_nothing(bench: Bench) -> Outcome {
    bench.user(1, rich()).await?;
    let before = bench.seen(&bench.users(), &id(1)).await?;
    let done = bench.done(&id(1), Edit::put(bench.users(), rich())).await?;
    unmoved(&bench, &before, &done, "a PUT of what is there").await
}

async fn a_patch_to_the_same_changes_nothing(bench: Bench) -> Outcome {
    bench.needs(&["nickName", "emails"])?;
    bench.user(1, rich()).await?;
    let before = bench.seen(&bench.users(), &id(1)).await?;
    for edit in [
        replace(&bench, "displayName", json!("Babs"))?,
        replace(&bench, "active", json!(true))?,
        Edit::one(bench.users(), "remove", "nickName", Value::Null)?,
        Edit::one(
            bench.users(),
            "add",
            "emails",
            json!([{"value": "b@example.com", "type": "work"}]),
        )?,
    ] {
        let done = bench.done(&id(1), edit).await?;
        unmoved(&bench, &before, &done, "a PATCH to what is there").await?;
    }
    Ok(())
}

async fn the_same_number_in_another_notation_is_no_change(bench: Bench) -> Outcome {
    bench.needs(&["creditLimit"])?;
    bench.user(1, rich()).await?;
    let before = bench.seen(&bench.users(), &id(1)).await?;
    let done = bench.done(&id(1), replace(&bench, "creditLimit", json!(100.0))?).await?;
    unmoved(&bench, &before, &done, "a number in another notation").await
}

async fn the_same_text_in_another_case_is_a_change(bench: Bench) -> Outcome {
    let before = bench.user(1, rich()).await?;
    let done = bench.done(&id(1), replace(&bench, "displayName", json!("BABS"))?).await?;
    let after = bench.seen(&bench.users(), &id(1)).await?;
    ensure!(done.changed && after.version != before.version, "another case counts as no change");
    ensure!(after.text("displayName") == Some("BABS"), "another case is not kept");
    Ok(())
}

async fn reading_moves_no_version(bench: Bench) -> Outcome {
    let before = bench.user(1, rich()).await?;
    for _ in 0..3 {
        bench.list(&bench.users()).await?;
        let kept = bench.seen(&bench.users(), &id(1)).await?;
        ensure!(kept.version == before.version, "reading moves the version");
        ensure!(kept.modified == before.modified, "reading moves the time of the last change");
    }
    Ok(())
}

async fn a_change_leaves_others_alone(bench: Bench) -> Outcome {
    bench.user(1, rich()).await?;
    bench.user(2, json!({"userName": "other", "displayName": "Babs"})).await?;
    let before = bench.seen(&bench.users(), &id(2)).await?;
    bench.done(&id(1), put(&bench, "New")).await?;
    bench.drop(&bench.users(), &id(1)).await?;
    let after = bench.seen(&bench.users(), &id(2)).await?;
    ensure!(after.attributes == before.attributes, "a change of one resource changes another");
    ensure!(after.version == before.version, "a change of one resource moves another's version");
    ensure!(after.modified == before.modified, "a change of one resource moves another's time");
    Ok(())
}

async fn the_time_of_creation_stays(bench: Bench) -> Outcome {
    let made = bench.user(1, rich()).await?;
    bench.done(&id(1), put(&bench, "New")).await?;
    bench.done(&id(1), replace(&bench, "active", json!(false))?).await?;
    let kept = bench.seen(&bench.users(), &id(1)).await?;
    ensure!(kept.created == made.created, "a change moves the time of creation");
    Ok(())
}
