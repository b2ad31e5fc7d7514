//! Resources that come, change and go; versions and times (RFC 7644 §3.3, §3.5, §3.6, §3.14).

use scim_core::Error;
use serde_json::{Value, json};

use super::{
    bench::{Bench, Done, Kept, Outcome, Type, ensure, id, refused},
    check::checks,
    edit::Edit,
    erased::Work,
    settings::EXTENSION,
};
use crate::{Context, Guard, Policy, Proposal};

checks! { "change":
    what_is_created_can_be_read,
    a_creation_answers_what_is_kept,
    nobody_is_found_changed_or_deleted,
    another_types_resource_is_not_found,
    what_is_deleted_is_gone,
    a_put_replaces_what_was_there,
    a_patch_leaves_the_rest,
    a_change_answers_what_is_kept,
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
    an_extension_comes_and_goes,
    a_switched_off_user_keeps_the_rest,
    what_a_policy_adds_is_kept,
    a_policy_sees_what_is_there,
    no_password_is_answered,
    many_changes_at_once_are_all_kept,
    counting_with_preconditions_loses_nothing,
    a_change_waits_for_the_one_before_it,
    what_is_deleted_meanwhile_does_not_come_back,
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

/// Each of many writers changes something of its own: nothing is lost.
async fn many_changes_at_once_are_all_kept(bench: Bench) -> Outcome {
    bench.user(1, json!({"userName": "a"})).await?;
    let paths = [
        "displayName",
        "title",
        "nickName",
        "externalId",
        "name.familyName",
        "name.givenName",
        "userType",
        "locale",
    ];
    let known: Vec<&str> = paths.into_iter().filter(|path| bench.needs(&[path]).is_ok()).collect();
    for round in 0..6 {
        let writers = known.iter().map(|path| -> Work<'static, Outcome> {
            let (bench, path) = (bench.clone(), (*path).to_owned());
            Box::pin(async move {
                let value = json!(format!("{round}"));
                bench.done(&id(1), replace(&bench, &path, value)?).await.map(drop)
            })
        });
        for outcome in bench.together(writers.collect()).await? {
            outcome?;
        }
        let kept = Value::Object(bench.seen(&bench.users(), &id(1)).await?.attributes);
        for path in &known {
            let value = kept.pointer(&format!("/{}", path.replace('.', "/")));
            ensure!(
                value == Some(&json!(format!("{round}"))),
                "of changes made at once, that of `{path}` is lost"
            );
        }
    }
    Ok(())
}

/// Writers read a number, and put the next one on condition that nobody else has: none is lost.
async fn counting_with_preconditions_loses_nothing(bench: Bench) -> Outcome {
    bench.user(1, json!({"userName": "a", "displayName": "0"})).await?;
    let (writers, each) = (4, 6);
    let work = (0..writers).map(|_| -> Work<'static, Outcome> {
        let bench = bench.clone();
        Box::pin(async move {
            for _ in 0..each {
                add_one(&bench).await?;
            }
            Ok(())
        })
    });
    for outcome in bench.together(work.collect()).await? {
        outcome?;
    }
    let kept = bench.seen(&bench.users(), &id(1)).await?;
    let expected = (writers * each).to_string();
    ensure!(
        kept.text("displayName") == Some(expected.as_str()),
        "of changes under preconditions, some are lost"
    );
    Ok(())
}

/// Somebody succeeds in each round, so that this ends.
async fn add_one(bench: &Bench) -> Outcome {
    loop {
        let kept = bench.seen(&bench.users(), &id(1)).await?;
        let count: u32 =
            kept.text("displayName").and_then(|text| text.parse().ok()).unwrap_or_default();
        let edit = replace(bench, "displayName", json!((count + 1).to_string()))?;
        match bench.update(&id(1), edit.only_for(&kept.version)).await {
            Ok(_) => return Ok(()),
            Err(error) => refused::<()>(Err(error), "a change under a precondition", 412, None)?,
        };
    }
}

/// One change is held up in the middle while another is sent off: the second builds on the first.
async fn a_change_waits_for_the_one_before_it(bench: Bench) -> Outcome {
    use super::race::{Event, Held};
    bench.needs_threads()?;
    bench.user(1, json!({"userName": "a"})).await?;
    let before = bench.seen(&bench.users(), &id(1)).await?;
    for (round, guarded) in [(1, false), (2, true)] {
        let (inside, sent) = (Event::default(), Event::default());
        let version = bench.seen(&bench.users(), &id(1)).await?.version;
        let under = |edit: Edit| if guarded { edit.only_for(&version) } else { edit };
        let first = under(replace(&bench, "displayName", json!(format!("First {round}")))?);
        let first = first.policy(Held { inside: inside.clone(), sent: sent.clone() });
        let second = under(replace(&bench, "externalId", json!(format!("second {round}")))?);
        let works: Vec<Work<'static, _>> = vec![
            {
                let (bench, inside) = (bench.clone(), inside.clone());
                Box::pin(async move {
                    // A store that never asks the policy must not keep the other waiting.
                    let _inside = inside.at_the_latest();
                    bench.update(&id(1), first).await
                })
            },
            {
                let bench = bench.clone();
                Box::pin(async move {
                    inside.wait();
                    sent.happen();
                    bench.update(&id(1), second).await
                })
            },
        ];
        let outcomes = bench.together(works).await?;
        let done = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        let kept = bench.seen(&bench.users(), &id(1)).await?;
        let both = kept.text("displayName") == Some(format!("First {round}").as_str())
            && kept.text("externalId") == Some(format!("second {round}").as_str());
        if guarded {
            ensure!(done == 1, "of two changes for the same version, {done} succeed");
        } else {
            ensure!(done == 2 && both, "a change that was sent off during another undoes it");
        }
        ensure!(kept.version != before.version, "changes leave the version");
    }
    Ok(())
}

/// Changes and a deletion at once: in the end there is nothing.
async fn what_is_deleted_meanwhile_does_not_come_back(bench: Bench) -> Outcome {
    for round in 1..=8_u64 {
        bench.user(round, json!({"userName": format!("u{round}")})).await?;
        let mut works: Vec<Work<'static, Outcome>> = Vec::new();
        for number in 0..4 {
            let bench = bench.clone();
            works.push(Box::pin(async move {
                let edit = replace(&bench, "displayName", json!(format!("{number}")))?;
                Ok(bench.update(&id(round), edit).await.map(drop)?)
            }));
        }
        let deleting = bench.clone();
        works.push(Box::pin(async move { deleting.drop(&deleting.users(), &id(round)).await }));
        for outcome in bench.together(works).await? {
            outcome?;
        }
        let cx = bench.users();
        ensure!(
            bench.find(&cx, &id(round)).await?.is_none(),
            "a change brings back what was deleted"
        );
        ensure!(
            bench.list(&cx).await?.total == Some(0),
            "a change leaves traces of what was deleted"
        );
    }
    Ok(())
}
