//! Deletions that a policy judges.

use std::sync::{Arc, Mutex};

use http::StatusCode;
use scim_core::Error;
use scim_schema::Valid;
use serde_json::{Map, Value, json};

use super::{
    bench::{Bench, Outcome, ensure, id, ids, refused, stale},
    check::checks,
    edit::only_for,
    race::lock,
};
use crate::{Context, Guard, Policy, Write};

checks! { "deletion":
    a_policy_can_refuse_it,
    a_policy_is_shown_what_is_deleted,
    a_policy_is_shown_the_members_of_a_group,
    a_policy_is_shown_what_is_there_by_now,
    a_policy_is_not_asked_about_another_version,
    a_policy_is_not_asked_about_nobody,
    a_policy_that_does_not_mind_lets_it_happen,
    a_policy_is_asked_in_a_batch,
}

/// Remembers what it is shown, and refuses to have anybody deleted that is active.
#[derive(Clone, Default)]
struct Watch(Arc<Mutex<Vec<Shown>>>);

/// An id and attributes.
type Shown = (String, Map<String, Value>);

impl Watch {
    fn guard(&self, cx: &Context) -> Guard {
        Guard::default().policy(cx.clone(), Arc::new(self.clone()))
    }

    fn shown(&self) -> Vec<Shown> {
        std::mem::take(&mut lock(&self.0))
    }
}

impl Policy for Watch {
    fn before_delete(&self, _: &Context, id: &str, resource: &Valid) -> Result<(), Error> {
        let attributes = resource.attributes();
        lock(&self.0).push((id.to_owned(), attributes.clone()));
        if attributes.get("active") == Some(&Value::Bool(true)) {
            return Err(Error::new(StatusCode::FORBIDDEN, "deactivate first"));
        }
        Ok(())
    }
}

fn body(active: bool) -> Value {
    json!({
        "userName": "a", "displayName": "A", "active": active,
        "emails": [{"value": "a@example.com", "type": "work"}],
    })
}

async fn a_policy_can_refuse_it(bench: Bench) -> Outcome {
    bench.user(1, body(true)).await?;
    let cx = bench.users();
    let before = bench.seen(&cx, &id(1)).await?;
    let outcome = bench.delete(&cx, &id(1), &Watch::default().guard(&cx)).await;
    let error = refused(outcome, "a deletion that a policy forbids", 403, None)?;
    ensure!(error.detail == "deactivate first", "what a policy says does not reach the client");
    let after = bench.seen(&cx, &id(1)).await?;
    ensure!(
        after.attributes == before.attributes && after.version == before.version,
        "a refused deletion changes something"
    );
    Ok(())
}

async fn a_policy_is_shown_what_is_deleted(bench: Bench) -> Outcome {
    bench.user(1, body(false)).await?;
    let (cx, watch) = (bench.users(), Watch::default());
    let expected = Bench::valid(&cx, body(false))?.into_attributes();
    ensure!(bench.delete(&cx, &id(1), &watch.guard(&cx)).await?, "`delete` finds no User");
    let shown = watch.shown();
    ensure!(!shown.is_empty(), "a policy is not asked about a deletion");
    ensure!(
        shown.iter().all(|(shown, attributes)| *shown == id(1) && *attributes == expected),
        "a policy is shown something else than what is deleted"
    );
    ensure!(bench.find(&cx, &id(1)).await?.is_none(), "what is deleted is there");
    Ok(())
}

async fn a_policy_is_shown_the_members_of_a_group(bench: Bench) -> Outcome {
    bench.groups()?;
    bench.user(1, body(true)).await?;
    bench.group(10, "Club", &[1]).await?;
    let (cx, watch) = (bench.groups()?, Watch::default());
    ensure!(bench.delete(&cx, &id(10), &watch.guard(&cx)).await?, "`delete` finds no Group");
    let members = watch.shown().into_iter().map(|(_, attributes)| {
        let elements = attributes.get("members").and_then(Value::as_array).cloned();
        let value = |element: &Value| element.get("value")?.as_str().map(str::to_owned);
        elements.iter().flatten().filter_map(value).collect()
    });
    let members: Vec<std::collections::BTreeSet<String>> = members.collect();
    ensure!(
        !members.is_empty() && members.iter().all(|members| *members == ids(&[1])),
        "a policy is not shown the members of a group that is deleted"
    );
    Ok(())
}

async fn a_policy_is_shown_what_is_there_by_now(bench: Bench) -> Outcome {
    bench.user(1, body(true)).await?;
    let cx = bench.users();
    let guard = Watch::default().guard(&cx);
    let off = super::edit::Edit::one(bench.users(), "replace", "active", json!(false))?;
    bench.done(&id(1), off).await?;
    ensure!(bench.delete(&cx, &id(1), &guard).await?, "`delete` finds no User");
    Ok(())
}

async fn a_policy_is_not_asked_about_another_version(bench: Bench) -> Outcome {
    bench.user(1, body(true)).await?;
    let (cx, watch) = (bench.users(), Watch::default());
    let another = only_for(&scim_core::Version::token("another-version-than-any"));
    let guard = another.policy(cx.clone(), Arc::new(watch.clone()));
    stale(bench.delete(&cx, &id(1), &guard).await, "a DELETE for another version")?;
    ensure!(watch.shown().is_empty(), "a policy is asked before the precondition");
    Ok(())
}

async fn a_policy_is_not_asked_about_nobody(bench: Bench) -> Outcome {
    let (cx, watch) = (bench.users(), Watch::default());
    ensure!(!bench.delete(&cx, &id(1), &watch.guard(&cx)).await?, "`delete` finds nobody");
    ensure!(watch.shown().is_empty(), "a policy is asked about nobody");
    Ok(())
}

async fn a_policy_that_does_not_mind_lets_it_happen(bench: Bench) -> Outcome {
    bench.user(1, body(true)).await?;
    let cx = bench.users();
    let guard = Guard::default().policy(cx.clone(), Arc::new(crate::Permissive));
    ensure!(!guard.judges(), "a policy that does not judge must be shown something");
    ensure!(bench.delete(&cx, &id(1), &guard).await?, "`delete` finds no User");
    Ok(())
}

async fn a_policy_is_asked_in_a_batch(bench: Bench) -> Outcome {
    bench.user(1, body(true)).await?;
    bench.user(2, json!({"userName": "b", "active": false})).await?;
    let (cx, watch) = (bench.users(), Watch::default());
    let delete =
        |number: u64| Write::Delete { cx: cx.clone(), id: id(number), guard: watch.guard(&cx) };
    let results = bench.batch(vec![delete(1), delete(2)], None).await;
    let made: Vec<bool> = results.iter().map(Result::is_ok).collect();
    ensure!(made == [false, true], "a policy is not asked about each deletion of a batch");
    ensure!(bench.list(&cx).await?.ids() == [id(1)], "a refused deletion of a batch is made");
    Ok(())
}
