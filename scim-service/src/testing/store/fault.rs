//! Changes that come to nothing: everything is as it was.

use std::{future::poll_fn, task::Poll};

use http::StatusCode;
use scim_core::{Error, ScimType};
use serde_json::{Value, json};

use super::{
    bench::{Bench, Kept, Outcome, elements, ensure, group, id, ids, refused},
    check::checks,
    edit::Edit,
};
use crate::{Context, Policy, Proposal};

checks! { "fault":
    a_refused_put_leaves_a_user_as_it_was,
    a_refused_patch_leaves_a_user_as_it_was,
    a_refused_put_leaves_a_group_as_it_was,
    a_refused_addition_of_members_leaves_a_group_as_it_was,
    a_refused_removal_of_members_leaves_a_group_as_it_was,
    a_refused_change_of_name_and_members_leaves_both,
    a_refusal_reaches_the_client_as_it_is,
    an_invalid_put_leaves_a_user_as_it_was,
    a_removal_of_what_is_required_leaves_a_group_as_it_was,
    a_store_goes_on_after_a_refusal,
    a_change_that_was_refused_can_be_made_later,
    an_unchanged_resource_asks_no_policy,
    a_change_given_up_halfway_is_whole_or_nothing,
    a_change_of_members_given_up_halfway_is_whole_or_nothing,
}

/// Refuses everything.
struct No;

impl Policy for No {
    fn before(&self, _: &Context, _: &mut Proposal<'_>) -> Result<(), Error> {
        Err(Error::new(StatusCode::FORBIDDEN, "not like this"))
    }
}

async fn user(bench: &Bench) -> Outcome<Kept> {
    let body = json!({"userName": "a", "displayName": "Before", "title": "Before"});
    bench.user(1, body).await?;
    bench.seen(&bench.users(), &id(1)).await
}

async fn club(bench: &Bench) -> Outcome<Kept> {
    bench.groups()?;
    bench.user(1, json!({"userName": "a"})).await?;
    bench.user(2, json!({"userName": "b"})).await?;
    bench.group(10, "Before", &[1]).await?;
    bench.seen(&bench.groups()?, &id(10)).await
}

async fn forbidden(bench: &Bench, before: &Kept, cx: &Context, edit: Edit) -> Outcome {
    let outcome = bench.update(&before.id, edit.policy(No)).await;
    refused(outcome, "a change that a policy forbids", 403, None)?;
    as_it_was(bench, before, cx).await
}

async fn as_it_was(bench: &Bench, before: &Kept, cx: &Context) -> Outcome {
    let after = bench.seen(cx, &before.id).await?;
    ensure!(
        after.attributes == before.attributes,
        "a change that was refused has changed something"
    );
    ensure!(after.version == before.version, "a change that was refused has moved the version");
    ensure!(after.modified == before.modified, "a change that was refused has moved the time");
    Ok(())
}

async fn a_refused_put_leaves_a_user_as_it_was(bench: Bench) -> Outcome {
    let before = user(&bench).await?;
    let edit = Edit::put(bench.users(), json!({"userName": "b"}));
    forbidden(&bench, &before, &bench.users(), edit).await?;
    // Not even the name is taken.
    bench.user(2, json!({"userName": "b"})).await.map(drop)
}

async fn a_refused_patch_leaves_a_user_as_it_was(bench: Bench) -> Outcome {
    let before = user(&bench).await?;
    let edit = Edit::one(bench.users(), "replace", "displayName", json!("After"))?;
    forbidden(&bench, &before, &bench.users(), edit).await
}

async fn a_refused_put_leaves_a_group_as_it_was(bench: Bench) -> Outcome {
    let before = club(&bench).await?;
    for members in [&[2][..], &[1, 2], &[]] {
        let edit = Edit::put(bench.groups()?, group("After", members));
        forbidden(&bench, &before, &bench.groups()?, edit).await?;
    }
    Ok(())
}

async fn a_refused_addition_of_members_leaves_a_group_as_it_was(bench: Bench) -> Outcome {
    let before = club(&bench).await?;
    let edit = Edit::one(bench.groups()?, "add", "members", elements(&[2]))?;
    forbidden(&bench, &before, &bench.groups()?, edit).await
}

async fn a_refused_removal_of_members_leaves_a_group_as_it_was(bench: Bench) -> Outcome {
    let before = club(&bench).await?;
    for path in [
        "members".to_owned(),
        format!(r#"members[value eq "{}"]"#, id(1)),
        r#"members[type eq "User"]"#.to_owned(),
    ] {
        let edit = Edit::one(bench.groups()?, "remove", &path, Value::Null)?;
        forbidden(&bench, &before, &bench.groups()?, edit).await?;
    }
    Ok(())
}

async fn a_refused_change_of_name_and_members_leaves_both(bench: Bench) -> Outcome {
    let before = club(&bench).await?;
    let operations = json!([
        {"op": "replace", "path": "displayName", "value": "After"},
        {"op": "replace", "path": "members", "value": elements(&[2])},
    ]);
    let edit = Edit::patch(bench.groups()?, operations)?;
    forbidden(&bench, &before, &bench.groups()?, edit).await
}

async fn a_refusal_reaches_the_client_as_it_is(bench: Bench) -> Outcome {
    user(&bench).await?;
    let edit = Edit::put(bench.users(), json!({"userName": "b"})).policy(No);
    let error =
        refused(bench.update(&id(1), edit).await, "a change that a policy forbids", 403, None)?;
    ensure!(error.detail == "not like this", "what a policy says does not reach the client");
    Ok(())
}

async fn an_invalid_put_leaves_a_user_as_it_was(bench: Bench) -> Outcome {
    let before = user(&bench).await?;
    for body in [
        json!({"displayName": "After"}),
        json!({"userName": 5}),
        json!({"userName": "b", "active": "perhaps"}),
    ] {
        let outcome = bench.update(&id(1), Edit::put(bench.users(), body)).await;
        refused(outcome, "an invalid PUT", 400, Some(&ScimType::InvalidValue))?;
        as_it_was(&bench, &before, &bench.users()).await?;
    }
    Ok(())
}

async fn a_removal_of_what_is_required_leaves_a_group_as_it_was(bench: Bench) -> Outcome {
    let before = club(&bench).await?;
    let operations = json!([
        {"op": "add", "path": "members", "value": elements(&[2])},
        {"op": "remove", "path": "displayName"},
    ]);
    let outcome = bench.update(&id(10), Edit::patch(bench.groups()?, operations)?).await;
    refused(outcome, "the removal of a required attribute", 400, Some(&ScimType::Mutability))?;
    as_it_was(&bench, &before, &bench.groups()?).await
}

async fn a_store_goes_on_after_a_refusal(bench: Bench) -> Outcome {
    user(&bench).await?;
    for round in 0..20 {
        let edit =
            || Edit::one(bench.users(), "replace", "displayName", json!(format!("Name {round}")));
        refused(
            bench.update(&id(1), edit()?.policy(No)).await,
            "a change that a policy forbids",
            403,
            None,
        )?;
        ensure!(
            bench.done(&id(1), edit()?).await?.changed,
            "after a refusal, a change counts as none"
        );
    }
    Ok(())
}

async fn a_change_that_was_refused_can_be_made_later(bench: Bench) -> Outcome {
    let before = club(&bench).await?;
    let edit = Edit::one(bench.groups()?, "add", "members", elements(&[2]))?;
    forbidden(&bench, &before, &bench.groups()?, edit.clone()).await?;
    ensure!(
        bench.done(&id(10), edit).await?.changed,
        "a change that was refused before counts as none"
    );
    let kept = bench.seen(&bench.groups()?, &id(10)).await?;
    ensure!(kept.values("members") == ids(&[1, 2]), "a change that was refused before is not made");
    Ok(())
}

async fn an_unchanged_resource_asks_no_policy(bench: Bench) -> Outcome {
    user(&bench).await?;
    let edit = Edit::one(bench.users(), "replace", "displayName", json!("Before"))?.policy(No);
    ensure!(
        !bench.done(&id(1), edit).await?.changed,
        "a PATCH to what is there counts as a change"
    );
    Ok(())
}

/// Begins a change, and forgets about it before it is done.
async fn give_up(bench: &Bench, id: &str, edit: Edit) {
    let mut work = bench.start(id.to_owned(), edit);
    poll_fn(|task| {
        let _ = work.as_mut().poll(task);
        Poll::Ready(())
    })
    .await;
}

async fn a_change_given_up_halfway_is_whole_or_nothing(bench: Bench) -> Outcome {
    bench.needs(&["title"])?;
    let before = user(&bench).await?;
    for _ in 0..10 {
        let edit = Edit::put(
            bench.users(),
            json!({"userName": "a", "displayName": "After", "title": "After"}),
        );
        give_up(&bench, &id(1), edit).await;
        let after = bench.seen(&bench.users(), &id(1)).await?;
        let halves =
            [after.text("displayName"), after.text("title")].map(|text| text == Some("After"));
        ensure!(
            halves == [true; 2] || halves == [false; 2],
            "half of a change that was given up is made"
        );
        let moved = after.version != before.version;
        ensure!(
            moved == (halves == [true; 2]),
            "the version tells nothing of a change that was given up"
        );
    }
    // The store goes on, and what was under way does not come later than what follows.
    let edit = Edit::put(bench.users(), json!({"userName": "a", "displayName": "Last"}));
    bench.done(&id(1), edit).await?;
    let last = bench.seen(&bench.users(), &id(1)).await?;
    ensure!(
        last.text("displayName") == Some("Last"),
        "a change that was given up undoes a later one"
    );
    Ok(())
}

async fn a_change_of_members_given_up_halfway_is_whole_or_nothing(bench: Bench) -> Outcome {
    club(&bench).await?;
    let operations = json!([
        {"op": "replace", "path": "displayName", "value": "After"},
        {"op": "replace", "path": "members", "value": elements(&[2])},
    ]);
    give_up(&bench, &id(10), Edit::patch(bench.groups()?, operations)?).await;
    let after = bench.seen(&bench.groups()?, &id(10)).await?;
    let name = after.text("displayName") == Some("After");
    let members = after.values("members") == ids(&[2]);
    ensure!(name == members, "half of a change of name and members that was given up is made");
    Ok(())
}
