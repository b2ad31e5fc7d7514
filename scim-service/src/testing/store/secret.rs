//! What is never returned, such as hashes of passwords (RFC 7643 §7 `returned`).

use http::StatusCode;
use scim_core::Error;
use scim_schema::Projection;
use serde_json::{Value, json};

use super::{
    bench::{Bench, Miss, Outcome, SECOND, Type, ensure, id, refused, whole},
    check::checks,
    edit::Edit,
};
use crate::{Context, Invariant, New, Policy, Proposal, Write};

checks! { "secret":
    what_is_created_with_a_secret_has_it,
    a_new_secret_takes_the_place_of_the_old,
    a_new_secret_moves_the_version,
    a_removed_secret_is_gone,
    the_removal_of_no_secret_changes_nothing,
    a_put_that_does_not_send_it_keeps_it,
    changes_of_other_attributes_keep_it,
    several_are_told_apart,
    it_goes_with_its_resource,
    it_is_its_resources_alone,
    it_is_never_answered,
    another_tenant_cannot_read_it,
    a_refused_change_leaves_it,
    a_batch_keeps_it,
}

const PASSWORD: &str = "password";
const HASH: &str = "$argon2id$kept-apart";
const OTHER: &str = "$argon2id$another";

fn new(cx: &Context, number: u64, body: Value, hash: &str) -> Outcome<New> {
    let mut valid = Bench::valid(cx, body)?;
    valid.set_secret(PASSWORD, json!(hash));
    Ok(New::with_id(id(number), valid))
}

/// A user with a password.
async fn user(bench: &Bench, number: u64) -> Outcome {
    if !bench.features().secrets {
        return Err(Miss::Skipped("the store keeps no secrets".to_owned()));
    }
    let cx = bench.users();
    let body = json!({"userName": format!("u{number}"), "displayName": "Before"});
    bench.add(&cx, new(&cx, number, body, HASH)?).await?;
    Ok(())
}

async fn kept(bench: &Bench, number: u64) -> Outcome<Option<String>> {
    Ok(bench.secret(&bench.users(), &id(number), PASSWORD).await?)
}

async fn has(bench: &Bench, number: u64, hash: Option<&str>, what: &str) -> Outcome {
    let kept = kept(bench, number).await?;
    ensure!(kept.as_deref() == hash, "{what}");
    Ok(())
}

/// A PATCH that changes nothing else.
fn patch(bench: &Bench, hash: Option<&str>) -> Outcome<Edit> {
    let same = Edit::one(bench.users(), "replace", "displayName", json!("Before"))?;
    Ok(same.secret(PASSWORD, hash))
}

async fn what_is_created_with_a_secret_has_it(bench: Bench) -> Outcome {
    user(&bench, 1).await?;
    bench.user(2, json!({"userName": "b"})).await?;
    has(&bench, 1, Some(HASH), "the secret of a new resource is not kept").await?;
    has(&bench, 2, None, "a resource without a secret has one").await?;
    has(&bench, 3, None, "nobody has a secret").await
}

async fn a_new_secret_takes_the_place_of_the_old(bench: Bench) -> Outcome {
    user(&bench, 1).await?;
    bench.done(&id(1), patch(&bench, Some(OTHER))?).await?;
    has(&bench, 1, Some(OTHER), "a PATCH does not set a secret").await?;
    let put = Edit::put(bench.users(), json!({"userName": "u1", "displayName": "Before"}));
    bench.done(&id(1), put.secret(PASSWORD, Some(HASH))).await?;
    has(&bench, 1, Some(HASH), "a PUT does not set a secret").await
}

async fn a_new_secret_moves_the_version(bench: Bench) -> Outcome {
    user(&bench, 1).await?;
    let before = bench.seen(&bench.users(), &id(1)).await?;
    let done = bench.done(&id(1), patch(&bench, Some(OTHER))?).await?;
    ensure!(done.changed, "a new secret counts as no change");
    let after = bench.seen(&bench.users(), &id(1)).await?;
    ensure!(after.version != before.version, "a new secret leaves the version");
    ensure!(after.modified > before.modified, "a new secret leaves the time of change");
    ensure!(done.kept.version == after.version, "a change answers another version than a read");
    Ok(())
}

async fn a_removed_secret_is_gone(bench: Bench) -> Outcome {
    user(&bench, 1).await?;
    ensure!(
        bench.done(&id(1), patch(&bench, None)?).await?.changed,
        "the removal of a secret counts as no change"
    );
    has(&bench, 1, None, "a secret that was removed is there").await
}

async fn the_removal_of_no_secret_changes_nothing(bench: Bench) -> Outcome {
    user(&bench, 1).await?;
    bench.done(&id(1), patch(&bench, None)?).await?;
    let before = bench.seen(&bench.users(), &id(1)).await?;
    let done = bench.done(&id(1), patch(&bench, None)?).await?;
    ensure!(!done.changed, "the removal of a secret that is not there counts as a change");
    let after = bench.seen(&bench.users(), &id(1)).await?;
    ensure!(after.version == before.version, "a removal of nothing moves the version");
    Ok(())
}

async fn a_put_that_does_not_send_it_keeps_it(bench: Bench) -> Outcome {
    user(&bench, 1).await?;
    bench.done(&id(1), Edit::put(bench.users(), json!({"userName": "u1"}))).await?;
    has(&bench, 1, Some(HASH), "a PUT takes a secret that it does not send").await
}

async fn changes_of_other_attributes_keep_it(bench: Bench) -> Outcome {
    user(&bench, 1).await?;
    let edit = Edit::one(bench.users(), "replace", "displayName", json!("After"))?;
    bench.done(&id(1), edit).await?;
    has(&bench, 1, Some(HASH), "a PATCH of something else takes a secret").await
}

async fn several_are_told_apart(bench: Bench) -> Outcome {
    user(&bench, 1).await?;
    let pin = "urn:example:scim:schemas:extension:conformance:1.0:User:pin";
    bench.done(&id(1), patch(&bench, Some(OTHER))?.secret(pin, Some(HASH))).await?;
    has(&bench, 1, Some(OTHER), "of two secrets that are set, one is not").await?;
    let found = bench.secret(&bench.users(), &id(1), pin).await?;
    ensure!(found.as_deref() == Some(HASH), "of two secrets that are set, one is not");
    bench.done(&id(1), patch(&bench, None)?).await?;
    let found = bench.secret(&bench.users(), &id(1), pin).await?;
    ensure!(found.as_deref() == Some(HASH), "the removal of a secret takes another");
    Ok(())
}

async fn it_goes_with_its_resource(bench: Bench) -> Outcome {
    user(&bench, 1).await?;
    bench.drop(&bench.users(), &id(1)).await?;
    has(&bench, 1, None, "a secret of what was deleted is there").await?;
    bench.user(1, json!({"userName": "b"})).await?;
    has(&bench, 1, None, "a resource has the secret of one that was deleted").await
}

async fn it_is_its_resources_alone(bench: Bench) -> Outcome {
    user(&bench, 1).await?;
    user(&bench, 2).await?;
    bench.done(&id(2), patch(&bench, Some(OTHER))?).await?;
    has(&bench, 1, Some(HASH), "another's new secret takes its place").await?;
    bench.drop(&bench.users(), &id(2)).await?;
    has(&bench, 1, Some(HASH), "a secret goes with another's resource").await?;
    let Ok(groups) = bench.groups() else { return Ok(()) };
    bench.group(1, "Of the same id", &[]).await?;
    let found = bench.secret(&groups, &id(1), PASSWORD).await?;
    ensure!(found.is_none(), "a group has the secret of a user of the same id");
    Ok(())
}

async fn it_is_never_answered(bench: Bench) -> Outcome {
    user(&bench, 1).await?;
    let done = bench.done(&id(1), patch(&bench, Some(OTHER))?).await?;
    let cx = bench.users();
    let only = Projection::only(cx.schema(), ["userName", "displayName"], cx.compat())?;
    let mut answers = vec![done.kept, bench.seen(&cx, &id(1)).await?];
    answers.extend(bench.get(&cx, &id(1), &only).await?);
    answers.extend(bench.page(&cx, &whole(&cx)).await?.resources);
    for kept in answers {
        let text = Value::Object(kept.attributes).to_string();
        ensure!(!text.contains("argon2id"), "a secret is answered");
    }
    Ok(())
}

async fn another_tenant_cannot_read_it(bench: Bench) -> Outcome {
    if !bench.settings().many_tenants {
        return Err(Miss::Skipped("the store serves one customer".to_owned()));
    }
    user(&bench, 1).await?;
    let second = bench.of(Type::User, SECOND)?;
    let found = bench.secret(&second, &id(1), PASSWORD).await?;
    ensure!(found.is_none(), "a tenant reads the secret of another's user");
    bench.make(&second, &id(1), json!({"userName": "a"})).await?;
    let found = bench.secret(&second, &id(1), PASSWORD).await?;
    ensure!(found.is_none(), "a user has the secret of another tenant's user of the same id");
    bench.drop(&second, &id(1)).await?;
    has(&bench, 1, Some(HASH), "a secret goes with another tenant's user").await
}

/// Refuses everything.
struct No;

impl Policy for No {
    fn before(&self, _: &Context, _: &mut Proposal<'_>) -> Result<(), Error> {
        Err(no())
    }
}

fn no() -> Error {
    Error::new(StatusCode::FORBIDDEN, "not like this")
}

async fn a_refused_change_leaves_it(bench: Bench) -> Outcome {
    user(&bench, 1).await?;
    let changed = || -> Outcome<Edit> {
        let edit = Edit::one(bench.users(), "replace", "displayName", json!("After"))?;
        Ok(edit.secret(PASSWORD, Some(OTHER)))
    };
    let outcome = bench.update(&id(1), changed()?.policy(No)).await;
    refused(outcome, "a change that a policy forbids", 403, None)?;
    has(&bench, 1, Some(HASH), "a refused change sets a secret").await?;
    let never = Invariant::new([], |_| Err(no()));
    let outcome = bench.update(&id(1), changed()?.under(vec![never])).await;
    refused(outcome, "a change that an invariant forbids", 403, None)?;
    has(&bench, 1, Some(HASH), "a change that an invariant refuses sets a secret").await?;
    bench.user(2, json!({"userName": "b"})).await?;
    let taken = Edit::one(bench.users(), "replace", "userName", json!("b"))?;
    let outcome = bench.update(&id(1), taken.secret(PASSWORD, Some(OTHER))).await;
    super::bench::conflicts(outcome, "a PATCH to a taken name")?;
    has(&bench, 1, Some(HASH), "a change that is a conflict sets a secret").await
}

async fn a_batch_keeps_it(bench: Bench) -> Outcome {
    user(&bench, 1).await?;
    let cx = bench.users();
    let writes = vec![
        Write::Create { cx: cx.clone(), new: new(&cx, 2, json!({"userName": "b"}), HASH)? },
        patch(&bench, Some(OTHER))?.into_write(id(1)),
        Write::Create { cx: cx.clone(), new: new(&cx, 3, json!({"userName": "b"}), HASH)? },
    ];
    bench.batch(writes, None).await;
    has(&bench, 1, Some(OTHER), "a change in a batch does not set a secret").await?;
    has(&bench, 2, Some(HASH), "a creation in a batch does not keep a secret").await?;
    has(&bench, 3, None, "a refused creation in a batch keeps a secret").await
}
