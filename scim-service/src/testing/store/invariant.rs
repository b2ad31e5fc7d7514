//! What must hold across resources once a write is made.

mod batch;
mod race;

use http::StatusCode;
use scim_core::Error;
use serde_json::{Value, json};

use super::{
    bench::{Bench, Kept, Miss, Outcome, ensure, group, id, ids, refused, whole},
    check::{Check, checks},
    edit::Edit,
    filter,
};
use crate::{Guard, Invariant, New, Page, Question, Stored};

checks! { "invariant":
    the_last_of_a_kind_is_not_patched_away,
    the_last_of_a_kind_is_not_replaced,
    the_last_of_a_kind_is_not_deleted,
    a_new_resource_is_counted,
    a_group_does_not_lose_its_last_member,
    a_group_does_not_lose_its_last_member_by_deletion,
    a_group_that_must_be_there_is_not_deleted,
    members_and_their_groups_are_looked_at_together,
    what_is_derived_can_be_asked_for,
    what_keeps_to_it_is_made,
    every_question_is_answered_in_order,
    every_invariant_is_judged,
    only_the_tenants_own_resources_count,
    a_refusal_reaches_the_client_as_it_is,
    a_store_goes_on_after_a_refusal,
}

pub(super) fn all() -> impl Iterator<Item = &'static Check> {
    [CHECKS, batch::CHECKS, race::CHECKS].into_iter().flatten()
}

fn no() -> Error {
    Error::new(StatusCode::FORBIDDEN, "somebody must be left")
}

fn is_active(user: &Stored) -> bool {
    user.attributes.get("active") == Some(&Value::Bool(true))
}

fn has_members(group: &Stored) -> bool {
    group.attributes.contains_key("members")
}

/// Between so many users are active.
fn active(bench: &Bench, least: usize, most: usize) -> Vec<Invariant> {
    let cx = bench.users();
    let query = whole(&cx);
    vec![Invariant::new([Question::new(cx, query)], move |answers| {
        let active = answers.iter().flat_map(|page| &page.resources).filter(|one| is_active(one));
        if (least..=most).contains(&active.count()) { Ok(()) } else { Err(no()) }
    })]
}

/// So many groups, at least, have members.
fn populated(bench: &Bench, least: usize) -> Outcome<Vec<Invariant>> {
    let cx = bench.groups()?;
    let query = whole(&cx);
    Ok(vec![Invariant::new([Question::new(cx, query)], move |answers| {
        let groups = answers.iter().flat_map(|page| &page.resources);
        if groups.filter(|one| has_members(one)).count() >= least { Ok(()) } else { Err(no()) }
    })])
}

async fn user(bench: &Bench, number: u64, active: bool) -> Outcome<Kept> {
    let body = json!({"userName": format!("u{number}"), "displayName": "Before", "active": active});
    bench.user(number, body).await?;
    bench.seen(&bench.users(), &id(number)).await
}

fn deactivation(bench: &Bench) -> Outcome<Edit> {
    Edit::patch(
        bench.users(),
        json!([
            {"op": "replace", "path": "active", "value": false},
            {"op": "replace", "path": "displayName", "value": "After"},
        ]),
    )
}

fn not_made<T>(outcome: Result<T, crate::StoreError>, what: &str) -> Outcome<Error> {
    refused(outcome, what, 403, None)
}

async fn user_as_it_was(bench: &Bench, before: &Kept) -> Outcome {
    as_it_was(before, &bench.seen(&bench.users(), &before.id).await?)?;
    let listed = bench.list(&bench.users()).await?;
    let listed = listed.resources.iter().find(|one| one.id == before.id);
    ensure!(
        listed.is_some_and(|listed| listed.attributes == before.attributes),
        "what an invariant refuses is listed"
    );
    Ok(())
}

async fn group_as_it_was(bench: &Bench, before: &Kept) -> Outcome {
    as_it_was(before, &bench.seen(&bench.groups()?, &before.id).await?)
}

fn as_it_was(before: &Kept, after: &Kept) -> Outcome {
    ensure!(after.attributes == before.attributes, "what an invariant refuses changes something");
    ensure!(after.version == before.version, "what an invariant refuses moves the version");
    ensure!(after.modified == before.modified, "what an invariant refuses moves the time");
    Ok(())
}

async fn the_last_of_a_kind_is_not_patched_away(bench: Bench) -> Outcome {
    let before = user(&bench, 1, true).await?;
    user(&bench, 2, false).await?;
    let edit = deactivation(&bench)?.under(active(&bench, 1, 9));
    not_made(bench.update(&id(1), edit).await, "the last active user's deactivation")?;
    user_as_it_was(&bench, &before).await
}

async fn the_last_of_a_kind_is_not_replaced(bench: Bench) -> Outcome {
    let before = user(&bench, 1, true).await?;
    let put = Edit::put(bench.users(), json!({"userName": "free", "active": false}));
    let outcome = bench.update(&id(1), put.under(active(&bench, 1, 9))).await;
    not_made(outcome, "a PUT that takes the last active user")?;
    user_as_it_was(&bench, &before).await?;
    // Not even the name is taken.
    bench.user(2, json!({"userName": "free"})).await.map(drop)
}

async fn the_last_of_a_kind_is_not_deleted(bench: Bench) -> Outcome {
    let before = user(&bench, 1, true).await?;
    let guard = Guard::default().under(active(&bench, 1, 9));
    let outcome = bench.delete(&bench.users(), &id(1), &guard).await;
    not_made(outcome, "the last active user's deletion")?;
    user_as_it_was(&bench, &before).await?;
    let again = bench.create(&bench.users(), &id(2), json!({"userName": "u1"})).await?;
    super::bench::conflicts(again, "the name of a user whose deletion was refused")
}

async fn a_new_resource_is_counted(bench: Bench) -> Outcome {
    user(&bench, 1, true).await?;
    let create = async |number: u64| -> Outcome<_> {
        let cx = bench.users();
        let valid = Bench::valid(&cx, json!({"userName": format!("n{number}"), "active": true}))?;
        let new = New::with_id(id(number), valid).under(active(&bench, 0, 2));
        Ok(bench.add(&cx, new).await)
    };
    create(2).await??;
    not_made(create(3).await?, "a creation beyond what may be")?;
    ensure!(
        bench.list(&bench.users()).await?.ids() == [id(1), id(2)],
        "a creation that an invariant refuses is made"
    );
    ensure!(
        bench.find(&bench.users(), &id(3)).await?.is_none(),
        "a creation that an invariant refuses can be read"
    );
    // Neither the id nor the name is taken.
    bench.user(3, json!({"userName": "n3", "active": false})).await.map(drop)
}

/// A group of two, and both.
async fn club(bench: &Bench) -> Outcome<Kept> {
    bench.groups()?;
    user(bench, 1, true).await?;
    user(bench, 2, true).await?;
    bench.group(10, "Club", &[1, 2]).await?;
    bench.seen(&bench.groups()?, &id(10)).await
}

async fn a_group_does_not_lose_its_last_member(bench: Bench) -> Outcome {
    let before = club(&bench).await?;
    let one = |number: u64| format!(r#"members[value eq "{}"]"#, id(number));
    let both = json!([
        {"op": "remove", "path": one(1)},
        {"op": "remove", "path": one(2)},
    ]);
    let edits = [
        Edit::one(bench.groups()?, "remove", "members", Value::Null)?,
        Edit::one(bench.groups()?, "remove", r#"members[type eq "User"]"#, Value::Null)?,
        Edit::patch(bench.groups()?, both)?,
        Edit::put(bench.groups()?, json!({"displayName": "After"})),
        Edit::put(bench.groups()?, group("After", &[99])),
    ];
    for edit in edits {
        let outcome = bench.update(&id(10), edit.under(populated(&bench, 1)?)).await;
        not_made(outcome, "the removal of a group's last members")?;
        group_as_it_was(&bench, &before).await?;
    }
    let edit = Edit::one(bench.groups()?, "remove", &one(1), Value::Null)?;
    bench.done(&id(10), edit.under(populated(&bench, 1)?)).await?;
    let kept = bench.seen(&bench.groups()?, &id(10)).await?;
    ensure!(kept.values("members") == ids(&[2]), "what keeps to an invariant is not made");
    Ok(())
}

async fn a_group_does_not_lose_its_last_member_by_deletion(bench: Bench) -> Outcome {
    club(&bench).await?;
    bench.drop(&bench.users(), &id(2)).await?;
    let group = bench.seen(&bench.groups()?, &id(10)).await?;
    let guard = Guard::default().under(populated(&bench, 1)?);
    let outcome = bench.delete(&bench.users(), &id(1), &guard).await;
    not_made(outcome, "the deletion of a group's last member")?;
    group_as_it_was(&bench, &group).await?;
    let member = bench.seen(&bench.users(), &id(1)).await?;
    ensure!(member.values("groups") == ids(&[10]), "a refused deletion takes memberships");
    Ok(())
}

async fn a_group_that_must_be_there_is_not_deleted(bench: Bench) -> Outcome {
    let before = club(&bench).await?;
    let guard = Guard::default().under(populated(&bench, 1)?);
    let outcome = bench.delete(&bench.groups()?, &id(10), &guard).await;
    not_made(outcome, "the deletion of the last group with members")?;
    group_as_it_was(&bench, &before).await?;
    bench.group(11, "Another", &[1]).await?;
    ensure!(
        bench.delete(&bench.groups()?, &id(10), &guard).await?,
        "the deletion of a group that need not be there finds none"
    );
    Ok(())
}

/// One judgement over the answers about users and groups: a group has an active member.
async fn members_and_their_groups_are_looked_at_together(bench: Bench) -> Outcome {
    club(&bench).await?;
    let invariant = || -> Outcome<Invariant> {
        let questions = [bench.groups()?, bench.users()].map(|cx| {
            let query = whole(&cx);
            Question::new(cx, query)
        });
        Ok(Invariant::new(questions, |answers| {
            let [groups, users] = answers else { return Err(Error::internal()) };
            let is_member =
                |user: &&Stored| groups.resources.iter().any(|one| holds(one, &user.id));
            let left = users.resources.iter().filter(|user| is_active(user)).filter(is_member);
            if left.count() > 0 { Ok(()) } else { Err(no()) }
        }))
    };
    bench.done(&id(1), deactivation(&bench)?.under(vec![invariant()?])).await?;
    let before = bench.seen(&bench.groups()?, &id(10)).await?;
    let edit = deactivation(&bench)?.under(vec![invariant()?]);
    not_made(bench.update(&id(2), edit).await, "the last active member's deactivation")?;
    let path = format!(r#"members[value eq "{}"]"#, id(2));
    let edit = Edit::one(bench.groups()?, "remove", &path, Value::Null)?;
    let outcome = bench.update(&id(10), edit.under(vec![invariant()?])).await;
    not_made(outcome, "the last active member's removal")?;
    group_as_it_was(&bench, &before).await
}

fn holds(group: &Stored, member: &str) -> bool {
    let members = group.attributes.get("members").and_then(Value::as_array);
    members.is_some_and(|all| all.iter().any(|one| one.get("value") == Some(&json!(member))))
}

async fn what_is_derived_can_be_asked_for(bench: Bench) -> Outcome {
    let filter = r#"groups.display eq "Club" and active eq true"#;
    filter::searching(&bench)?;
    filter::ask(&bench, &bench.users(), filter).await?;
    club(&bench).await?;
    let invariant = || -> Outcome<Vec<Invariant>> {
        let question = Question::count(&bench.users(), filter)?;
        Ok(vec![Invariant::new([question], |answers| {
            if answers.iter().all(|page| page.total > Some(0)) { Ok(()) } else { Err(no()) }
        })])
    };
    bench.done(&id(1), deactivation(&bench)?.under(invariant()?)).await?;
    let edit = deactivation(&bench)?.under(invariant()?);
    not_made(bench.update(&id(2), edit).await, "the last active member's deactivation")?;
    let edit = Edit::one(bench.groups()?, "remove", "members", Value::Null)?;
    let outcome = bench.update(&id(10), edit.under(invariant()?)).await;
    not_made(outcome, "the removal of a group's members")?;
    let edit = Edit::one(bench.groups()?, "replace", "displayName", json!("Another"))?;
    let outcome = bench.update(&id(10), edit.under(invariant()?)).await;
    not_made(outcome, "another name of the group that must have members")?;
    let guard = Guard::default().under(invariant()?);
    let outcome = bench.delete(&bench.users(), &id(2), &guard).await;
    not_made(outcome, "the last active member's deletion").map(drop)
}

async fn what_keeps_to_it_is_made(bench: Bench) -> Outcome {
    user(&bench, 1, true).await?;
    user(&bench, 2, true).await?;
    let done = bench.done(&id(1), deactivation(&bench)?.under(active(&bench, 1, 9))).await?;
    ensure!(done.changed, "a change that keeps to an invariant counts as none");
    let kept = bench.seen(&bench.users(), &id(1)).await?;
    ensure!(kept.text("displayName") == Some("After"), "what keeps to an invariant is not made");
    let guard = Guard::default().under(active(&bench, 1, 9));
    ensure!(
        bench.delete(&bench.users(), &id(1), &guard).await?,
        "a deletion that keeps to an invariant finds nobody"
    );
    ensure!(bench.find(&bench.users(), &id(1)).await?.is_none(), "what is deleted is there");
    Ok(())
}

async fn every_question_is_answered_in_order(bench: Bench) -> Outcome {
    user(&bench, 1, true).await?;
    user(&bench, 2, false).await?;
    let (cx, mut first) = (bench.users(), whole(&bench.users()));
    first.window = crate::Window::Index { start: 1, count: 1 };
    let mut second = first.clone();
    second.window = crate::Window::Index { start: 2, count: 1 };
    let questions = [first, second].map(|query| Question::new(cx.clone(), query));
    let invariant = Invariant::new(questions, |answers| {
        let ids: Vec<Vec<&str>> = answers.iter().map(ids_of).collect();
        if ids == [[id(1)], [id(2)]] { Ok(()) } else { Err(no()) }
    });
    let edit = deactivation(&bench)?.under(vec![invariant]);
    bench.done(&id(1), edit).await.map(drop)
}

fn ids_of(page: &Page) -> Vec<&str> {
    page.resources.iter().map(|one| one.id.as_str()).collect()
}

async fn every_invariant_is_judged(bench: Bench) -> Outcome {
    let before = user(&bench, 1, true).await?;
    let (easy, hard) = (active(&bench, 0, 9), active(&bench, 1, 9));
    for invariants in [[easy.clone(), hard.clone()], [hard, easy]] {
        let edit = deactivation(&bench)?.under(invariants.concat());
        not_made(bench.update(&id(1), edit).await, "a change against one of two invariants")?;
        user_as_it_was(&bench, &before).await?;
    }
    Ok(())
}

async fn only_the_tenants_own_resources_count(bench: Bench) -> Outcome {
    if !bench.settings().many_tenants {
        return Err(Miss::Skipped("the store serves one customer".to_owned()));
    }
    let second = bench.of(super::bench::Type::User, super::bench::SECOND)?;
    bench.make(&second, &id(5), json!({"userName": "other", "active": true})).await?;
    let before = user(&bench, 1, true).await?;
    let edit = deactivation(&bench)?.under(active(&bench, 1, 9));
    not_made(bench.update(&id(1), edit).await, "the deactivation of a tenant's last active user")?;
    user_as_it_was(&bench, &before).await
}

async fn a_refusal_reaches_the_client_as_it_is(bench: Bench) -> Outcome {
    user(&bench, 1, true).await?;
    let edit = deactivation(&bench)?.under(active(&bench, 1, 9));
    let error = not_made(bench.update(&id(1), edit).await, "the last active user's deactivation")?;
    ensure!(error == no(), "what an invariant says does not reach the client");
    Ok(())
}

async fn a_store_goes_on_after_a_refusal(bench: Bench) -> Outcome {
    user(&bench, 1, true).await?;
    for round in 0..10 {
        let edit = deactivation(&bench)?.under(active(&bench, 1, 9));
        not_made(bench.update(&id(1), edit).await, "the last active user's deactivation")?;
        let name = json!(format!("Name {round}"));
        let edit = Edit::one(bench.users(), "replace", "displayName", name)?;
        let done = bench.done(&id(1), edit.under(active(&bench, 1, 9))).await?;
        ensure!(done.changed, "after a refusal, a change counts as none");
    }
    Ok(())
}
