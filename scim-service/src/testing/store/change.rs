//! Resources that come, change and go (RFC 7644 §3.3, §3.5, §3.6).

mod race;
mod version;

use scim_core::Error;
use serde_json::{Value, json};

use super::{
    bench::{Bench, Kept, Outcome, Type, ensure, id},
    check::{Check, checks},
    edit::Edit,
    settings::EXTENSION,
};
use crate::{Context, Guard, Policy, Proposal};

/// All checks of changes.
pub(super) fn all() -> impl Iterator<Item = &'static Check> {
    [CHECKS, version::CHECKS, race::CHECKS].into_iter().flatten()
}

checks! { "change":
    what_is_created_can_be_read,
    a_creation_answers_what_is_kept,
    nobody_is_found_changed_or_deleted,
    another_types_resource_is_not_found,
    what_is_deleted_is_gone,
    a_put_replaces_what_was_there,
    a_patch_leaves_the_rest,
    a_change_answers_what_is_kept,
    an_extension_comes_and_goes,
    a_switched_off_user_keeps_the_rest,
    what_a_policy_adds_is_kept,
    a_policy_sees_what_is_there,
    no_password_is_answered,
}

fn rich() -> Value {
    json!({
        "userName": "bjensen", "displayName": "Babs", "title": "Guide", "active": true,
        "emails": [{"value": "b@example.com", "type": "work"}],
        EXTENSION.as_str(): {"creditLimit": 100, "tags": ["a", "b"]},
    })
}

fn put(bench: &Bench, display: &str) -> Edit {
    Edit::put(bench.users(), json!({"userName": "bjensen", "displayName": display}))
}

fn replace(bench: &Bench, path: &str, value: Value) -> Outcome<Edit> {
    Edit::one(bench.users(), "replace", path, value)
}

/// Whether the store now answers just these attributes.
fn holds(cx: &Context, kept: &Kept, body: Value) -> Outcome {
    let expected = Bench::valid(cx, body)?.into_attributes();
    ensure!(
        cx.schema().same(&kept.attributes, &expected),
        "a resource is answered with other attributes than it should have"
    );
    Ok(())
}

async fn what_is_created_can_be_read(bench: Bench) -> Outcome {
    let cx = bench.users();
    bench.make(&cx, &id(1), rich()).await?;
    let kept = bench.seen(&bench.users(), &id(1)).await?;
    ensure!(kept.id == id(1), "a resource is answered with another id");
    holds(&cx, &kept, rich())?;
    ensure!(kept.created == cx.now(), "a resource does not bear the time of its creation");
    ensure!(
        kept.modified == cx.now(),
        "a new resource does not bear the time of its creation as that of its last change"
    );
    Ok(())
}

async fn a_creation_answers_what_is_kept(bench: Bench) -> Outcome {
    let cx = bench.users();
    let made = bench.make(&cx, &id(1), rich()).await?;
    let kept = bench.seen(&bench.users(), &id(1)).await?;
    holds(&cx, &made, rich())?;
    ensure!(made.version == kept.version, "a creation answers another version than a read");
    let times = (made.created, made.modified) == (kept.created, kept.modified);
    ensure!(times, "a creation answers other times than a read");
    Ok(())
}

async fn nobody_is_found_changed_or_deleted(bench: Bench) -> Outcome {
    bench.user(1, rich()).await?;
    let cx = bench.users();
    for nobody in [id(2), "nobody".to_owned(), String::new(), "%".to_owned(), format!("{} ", id(1))]
    {
        ensure!(bench.find(&cx, &nobody).await?.is_none(), "`get` finds nobody");
        let found = bench.update(&nobody, put(&bench, "x")).await?;
        ensure!(found.is_none(), "`update` finds nobody");
        let found = bench.delete(&cx, &nobody, &Guard::default()).await?;
        ensure!(!found, "`delete` finds nobody");
    }
    ensure!(bench.list(&cx).await?.ids() == [id(1)], "what is done to nobody is done to somebody");
    Ok(())
}

async fn another_types_resource_is_not_found(bench: Bench) -> Outcome {
    bench.user(1, rich()).await?;
    bench.group(2, "Group", &[]).await?;
    for (kind, other) in [(Type::Group, 1), (Type::User, 2)] {
        let cx = bench.of(kind, super::bench::FIRST)?;
        ensure!(
            bench.find(&cx, &id(other)).await?.is_none(),
            "`get` finds a resource of another type"
        );
        let edit = Edit::one(cx.clone(), "replace", "displayName", json!("x"))?;
        ensure!(
            bench.update(&id(other), edit).await?.is_none(),
            "`update` finds a resource of another type"
        );
        let deleted = bench.delete(&cx, &id(other), &Guard::default()).await?;
        ensure!(!deleted, "`delete` finds a resource of another type");
        ensure!(
            !bench.list(&cx).await?.ids().contains(&id(other)),
            "`query` finds a resource of another type"
        );
    }
    Ok(())
}

async fn what_is_deleted_is_gone(bench: Bench) -> Outcome {
    bench.user(1, rich()).await?;
    bench.user(2, json!({"userName": "other"})).await?;
    let cx = bench.users();
    bench.drop(&cx, &id(1)).await?;
    ensure!(bench.find(&cx, &id(1)).await?.is_none(), "what is deleted can be read");
    let listed = bench.list(&cx).await?;
    ensure!(listed.ids() == [id(2)], "what is deleted is listed");
    ensure!(listed.total == Some(1), "what is deleted is counted");
    ensure!(
        bench.update(&id(1), put(&bench, "x")).await?.is_none(),
        "what is deleted can be changed"
    );
    let again = bench.delete(&cx, &id(1), &Guard::default()).await?;
    ensure!(!again, "what is deleted can be deleted again");
    Ok(())
}

async fn a_put_replaces_what_was_there(bench: Bench) -> Outcome {
    bench.user(1, rich()).await?;
    let body = json!({"userName": "bjensen", "displayName": "New", "active": false});
    let cx = bench.users();
    let done = bench.done(&id(1), Edit::put(cx.clone(), body.clone())).await?;
    ensure!(done.changed, "a PUT of something else changes nothing");
    holds(&cx, &bench.seen(&cx, &id(1)).await?, body)
}

async fn a_patch_leaves_the_rest(bench: Bench) -> Outcome {
    bench.user(1, rich()).await?;
    bench.done(&id(1), replace(&bench, "displayName", json!("New"))?).await?;
    let mut body = rich();
    if let Some(body) = body.as_object_mut() {
        body.insert("displayName".to_owned(), json!("New"));
    }
    let cx = bench.users();
    holds(&cx, &bench.seen(&cx, &id(1)).await?, body)
}

async fn a_change_answers_what_is_kept(bench: Bench) -> Outcome {
    bench.user(1, rich()).await?;
    for edit in
        [replace(&bench, "displayName", json!("New"))?, put(&bench, "Other"), put(&bench, "Other")]
    {
        let done = bench.done(&id(1), edit).await?;
        let kept = bench.seen(&bench.users(), &id(1)).await?;
        ensure!(done.kept.id == kept.id, "a change answers another id than a read");
        ensure!(done.kept.version == kept.version, "a change answers another version than a read");
        let times = (done.kept.created, done.kept.modified) == (kept.created, kept.modified);
        ensure!(times, "a change answers other times than a read");
        let same = bench.users().schema().same(&done.kept.attributes, &kept.attributes);
        ensure!(same, "a change answers other attributes than a read");
    }
    Ok(())
}

async fn an_extension_comes_and_goes(bench: Bench) -> Outcome {
    bench.needs(&["creditLimit"])?;
    bench.user(1, json!({"userName": "a"})).await?;
    let uri = EXTENSION.as_str();
    bench
        .done(&id(1), Edit::one(bench.users(), "add", &format!("{uri}:creditLimit"), json!(5))?)
        .await?;
    let cx = bench.users();
    let body = json!({"userName": "a", uri: {"creditLimit": 5}});
    holds(&cx, &bench.seen(&cx, &id(1)).await?, body)?;
    bench.done(&id(1), Edit::one(bench.users(), "remove", uri, Value::Null)?).await?;
    holds(&cx, &bench.seen(&cx, &id(1)).await?, json!({"userName": "a"}))
}

async fn a_switched_off_user_keeps_the_rest(bench: Bench) -> Outcome {
    bench.user(1, rich()).await?;
    let before = bench.seen(&bench.users(), &id(1)).await?;
    bench.done(&id(1), replace(&bench, "active", json!(false))?).await?;
    let mut after = bench.seen(&bench.users(), &id(1)).await?;
    ensure!(after.attributes.get("active") == Some(&json!(false)), "a user is not switched off");
    after.attributes.insert("active".to_owned(), json!(true));
    let same = bench.users().schema().same(&after.attributes, &before.attributes);
    ensure!(same, "a user loses attributes by being switched off");
    Ok(())
}

/// Adds a display name.
struct Names;

impl Policy for Names {
    fn before(&self, _: &Context, proposal: &mut Proposal<'_>) -> Result<(), Error> {
        proposal.resource.attributes_mut().insert("displayName".to_owned(), json!("By policy"));
        Ok(())
    }
}

async fn what_a_policy_adds_is_kept(bench: Bench) -> Outcome {
    bench.user(1, rich()).await?;
    bench.done(&id(1), replace(&bench, "active", json!(false))?.policy(Names)).await?;
    let kept = bench.seen(&bench.users(), &id(1)).await?;
    ensure!(kept.text("displayName") == Some("By policy"), "what a policy adds is lost");
    Ok(())
}

/// Refuses unless what is there is what it should be.
struct Sees(Value);

impl Policy for Sees {
    fn before(&self, cx: &Context, proposal: &mut Proposal<'_>) -> Result<(), Error> {
        let Some(before) = proposal.before else { return Err(Error::internal()) };
        let expected = cx.schema().trust(self.0.clone());
        match cx.schema().same(before.attributes(), expected.attributes()) {
            true => Ok(()),
            false => Err(Error::internal()),
        }
    }
}

async fn a_policy_sees_what_is_there(bench: Bench) -> Outcome {
    let kept = bench.user(1, rich()).await?;
    let sees = Sees(Value::Object(kept.attributes));
    let edit = replace(&bench, "displayName", json!("New"))?.policy(sees);
    let shown = bench.update(&id(1), edit).await.is_ok();
    ensure!(shown, "a change is shown another state than the one that is kept");
    Ok(())
}

/// What is never returned is not answered, whatever a resource was created with (RFC 7643 §7).
async fn no_password_is_answered(bench: Bench) -> Outcome {
    bench.needs(&["password"])?;
    let body = json!({"userName": "a", "password": "correct horse"});
    let mut answers = vec![bench.user(1, body.clone()).await?];
    answers.push(bench.seen(&bench.users(), &id(1)).await?);
    answers.push(bench.done(&id(1), Edit::put(bench.users(), body)).await?.kept);
    answers.push(bench.done(&id(1), replace(&bench, "password", json!("battery"))?).await?.kept);
    answers.extend(bench.list(&bench.users()).await?.resources);
    for answer in answers {
        let text = Value::Object(answer.attributes).to_string();
        let told = ["password", "correct horse", "battery"].iter().any(|word| text.contains(word));
        ensure!(!told, "a password is answered");
    }
    Ok(())
}
