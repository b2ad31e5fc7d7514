//! Several writes (RFC 7644 §3.7).

use scim_core::Version;
use serde_json::{Value, json};

use super::{
    bench::{Bench, Miss, Outcome, conflicts, elements, ensure, group, id, ids},
    check::checks,
    edit::{Edit, only_for},
};
use crate::{Context, Guard, New, StoreError, Updated, Write, Written};

checks! { "batch":
    writes_are_made_in_order,
    results_stand_in_the_order_of_the_writes,
    a_write_that_fails_does_not_stop_the_others,
    a_write_that_fails_leaves_nothing,
    writes_after_too_many_errors_are_not_made,
    as_many_errors_as_are_allowed_are_answered,
    errors_within_bounds_stop_nothing,
    what_a_batch_creates_can_be_changed_in_it,
    a_batch_takes_users_and_groups,
    many_writes_are_all_made,
    a_precondition_in_a_batch_is_kept,
    writes_to_nobody_find_nobody,
    writes_to_nobody_count_as_errors,
    a_batch_of_nothing_does_nothing,
}

type Results = Vec<Result<Written, StoreError>>;

fn create(cx: Context, number: u64, body: Value) -> Outcome<Write> {
    let new = New::with_id(id(number), Bench::valid(&cx, body)?);
    Ok(Write::Create { cx, new })
}

fn user(bench: &Bench, number: u64, name: &str) -> Outcome<Write> {
    create(bench.users(), number, json!({"userName": name}))
}

fn delete(bench: &Bench, number: u64) -> Write {
    Write::Delete { cx: bench.users(), id: id(number), guard: Guard::default() }
}

fn rename(bench: &Bench, number: u64, name: &str) -> Outcome<Write> {
    Ok(Edit::one(bench.users(), "replace", "userName", json!(name))?.into_write(id(number)))
}

/// Which writes went well.
fn well(results: &Results) -> Vec<bool> {
    results.iter().map(Result::is_ok).collect()
}

async fn writes_are_made_in_order(bench: Bench) -> Outcome {
    // Each needs the one before it.
    let writes = vec![
        user(&bench, 1, "a")?,
        rename(&bench, 1, "b")?,
        user(&bench, 2, "a")?,
        delete(&bench, 1),
        user(&bench, 3, "b")?,
    ];
    let results = bench.batch(writes, None).await;
    ensure!(well(&results) == [true; 5], "of writes that build on each other, some fail");
    ensure!(
        bench.list(&bench.users()).await?.ids() == [id(2), id(3)],
        "writes are made in another order"
    );
    Ok(())
}

async fn results_stand_in_the_order_of_the_writes(bench: Bench) -> Outcome {
    bench.user(1, json!({"userName": "a"})).await?;
    bench.user(2, json!({"userName": "b"})).await?;
    let writes = vec![
        delete(&bench, 2),
        user(&bench, 3, "c")?,
        rename(&bench, 1, "d")?,
        user(&bench, 4, "e")?,
    ];
    let results = bench.batch(writes, None).await;
    let told: Vec<Told> = results.iter().map(told).collect();
    let [Told::Deleted(true), Told::Kept(third, _), Told::Kept(first, true), Told::Kept(fourth, _)] =
        told.as_slice()
    else {
        return Err(Miss::Failed("results are not those of the writes".to_owned()));
    };
    for ((told, version), number) in [first, third, fourth].into_iter().zip([1, 3, 4]) {
        ensure!(*told == id(number), "results are of other resources than the writes");
        let kept = bench.seen(&bench.users(), told).await?;
        ensure!(kept.version == *version, "a batch answers another version than a read");
    }
    Ok(())
}

/// What a result says.
#[derive(PartialEq)]
enum Told {
    /// Id and version, and whether anything changed.
    Kept((String, Version), bool),
    Deleted(bool),
    Nothing,
}

fn told(result: &Result<Written, StoreError>) -> Told {
    match result {
        Ok(Written::Created(stored)) => {
            Told::Kept((stored.id.clone(), stored.version.clone()), true)
        }
        Ok(Written::Updated(Some(Updated { stored, changed }))) => {
            Told::Kept((stored.id.clone(), stored.version.clone()), *changed)
        }
        Ok(Written::Deleted(deleted)) => Told::Deleted(*deleted),
        Ok(Written::Updated(None)) | Err(_) => Told::Nothing,
    }
}

async fn a_write_that_fails_does_not_stop_the_others(bench: Bench) -> Outcome {
    bench.user(1, json!({"userName": "a"})).await?;
    let writes = vec![user(&bench, 2, "b")?, user(&bench, 3, "A")?, user(&bench, 4, "c")?];
    let mut results = bench.batch(writes, None).await;
    ensure!(well(&results) == [true, false, true], "a write that fails takes others with it");
    conflicts(results.swap_remove(1), "a second `userName` in a batch")?;
    ensure!(
        bench.list(&bench.users()).await?.ids() == [1, 2, 4].map(id),
        "writes beside one that fails are not made"
    );
    Ok(())
}

async fn a_write_that_fails_leaves_nothing(bench: Bench) -> Outcome {
    bench.user(1, json!({"userName": "a"})).await?;
    bench.user(2, json!({"userName": "b", "displayName": "Before"})).await?;
    let before = bench.seen(&bench.users(), &id(2)).await?;
    let put = Edit::put(bench.users(), json!({"userName": "a", "displayName": "After"}));
    let writes = vec![user(&bench, 3, "c")?, put.into_write(id(2)), user(&bench, 4, "d")?];
    ensure!(
        well(&bench.batch(writes, None).await) == [true, false, true],
        "a write that fails takes others with it"
    );
    let after = bench.seen(&bench.users(), &id(2)).await?;
    ensure!(
        after.attributes == before.attributes,
        "a write that fails in a batch changes something"
    );
    ensure!(after.version == before.version, "a write that fails in a batch moves the version");
    Ok(())
}

async fn writes_after_too_many_errors_are_not_made(bench: Bench) -> Outcome {
    bench.user(1, json!({"userName": "a"})).await?;
    let writes = vec![
        user(&bench, 2, "b")?,
        user(&bench, 3, "a")?,
        user(&bench, 4, "c")?,
        delete(&bench, 1),
    ];
    let results = bench.batch(writes, Some(1)).await;
    ensure!(
        well(&results) == [true, false],
        "after as many errors as are allowed, {} results are answered",
        results.len()
    );
    ensure!(
        bench.list(&bench.users()).await?.ids() == [id(1), id(2)],
        "writes are made after too many errors"
    );
    Ok(())
}

async fn as_many_errors_as_are_allowed_are_answered(bench: Bench) -> Outcome {
    bench.user(1, json!({"userName": "a"})).await?;
    let writes = vec![
        user(&bench, 2, "a")?,
        user(&bench, 3, "b")?,
        user(&bench, 4, "A")?,
        user(&bench, 5, "c")?,
    ];
    let results = bench.batch(writes, Some(2)).await;
    ensure!(
        well(&results) == [false, true, false],
        "a batch that may fail twice does not stop at the second error"
    );
    ensure!(
        bench.list(&bench.users()).await?.ids() == [id(1), id(3)],
        "writes are made after too many errors"
    );
    Ok(())
}

async fn errors_within_bounds_stop_nothing(bench: Bench) -> Outcome {
    bench.user(1, json!({"userName": "a"})).await?;
    let writes = vec![
        user(&bench, 2, "a")?,
        user(&bench, 3, "b")?,
        user(&bench, 4, "a")?,
        user(&bench, 5, "c")?,
    ];
    let results = bench.batch(writes, Some(3)).await;
    ensure!(
        well(&results) == [false, true, false, true],
        "a batch stops before there are too many errors"
    );
    Ok(())
}

async fn what_a_batch_creates_can_be_changed_in_it(bench: Bench) -> Outcome {
    let mut writes = vec![user(&bench, 1, "a")?];
    for name in ["b", "c", "c", "d"] {
        writes.push(rename(&bench, 1, name)?);
    }
    let results = bench.batch(writes, None).await;
    let changed = results.iter().skip(1).map(|result| matches!(told(result), Told::Kept(_, true)));
    let changed: Vec<bool> = changed.collect();
    ensure!(
        changed == [true, true, false, true],
        "changes of what a batch has created come to something else"
    );
    let kept = bench.seen(&bench.users(), &id(1)).await?;
    ensure!(
        kept.text("userName") == Some("d"),
        "of several changes in a batch the last does not count"
    );
    Ok(())
}

async fn a_batch_takes_users_and_groups(bench: Bench) -> Outcome {
    let groups = || bench.groups();
    let add = Edit::one(groups()?, "add", "members", elements(&[2]))?;
    let writes = vec![
        user(&bench, 1, "a")?,
        create(groups()?, 10, group("Group", &[1, 2]))?,
        user(&bench, 2, "b")?,
        add.into_write(id(10)),
        delete(&bench, 1),
    ];
    ensure!(
        well(&bench.batch(writes, None).await) == [true; 5],
        "of writes to users and groups, some fail"
    );
    let kept = bench.seen(&groups()?, &id(10)).await?;
    ensure!(kept.values("members") == ids(&[2]), "after a batch a group has other members");
    Ok(())
}

async fn many_writes_are_all_made(bench: Bench) -> Outcome {
    let mut writes = Vec::new();
    for number in 0..240_u64 {
        // Every tenth has the name of the one before it.
        let name = if number % 10 == 9 { number - 1 } else { number };
        writes.push(user(&bench, number, &format!("u{name}"))?);
    }
    let results = bench.batch(writes, None).await;
    let expected: Vec<bool> = (0..240).map(|number| number % 10 != 9).collect();
    ensure!(well(&results) == expected, "of many writes, others fail than should");
    let total = bench.list(&bench.users()).await?.resources.len();
    ensure!(total == 216, "of 216 writes that went well, {total} are kept");
    Ok(())
}

async fn a_precondition_in_a_batch_is_kept(bench: Bench) -> Outcome {
    let made = bench.user(1, json!({"userName": "a"})).await?;
    let guarded = |name: &str| -> Outcome<Write> {
        let edit = Edit::one(bench.users(), "replace", "userName", json!(name))?;
        Ok(edit.only_for(&made.version).into_write(id(1)))
    };
    let deletion = Write::Delete { cx: bench.users(), id: id(1), guard: only_for(&made.version) };
    let results = bench.batch(vec![guarded("b")?, guarded("c")?, deletion], None).await;
    ensure!(well(&results) == [true, false, false], "preconditions in a batch are not kept");
    let kept = bench.seen(&bench.users(), &id(1)).await?;
    ensure!(kept.text("userName") == Some("b"), "a write against its precondition is made");
    Ok(())
}

async fn writes_to_nobody_find_nobody(bench: Bench) -> Outcome {
    let writes = vec![rename(&bench, 1, "a")?, delete(&bench, 1), user(&bench, 2, "b")?];
    let results = bench.batch(writes, None).await;
    ensure!(
        matches!(
            results.as_slice(),
            [Ok(Written::Updated(None)), Ok(Written::Deleted(false)), Ok(Written::Created(_))]
        ),
        "writes to nobody come to something else than nothing"
    );
    Ok(())
}

async fn writes_to_nobody_count_as_errors(bench: Bench) -> Outcome {
    let writes = vec![
        rename(&bench, 1, "a")?,
        user(&bench, 2, "b")?,
        delete(&bench, 1),
        user(&bench, 3, "c")?,
    ];
    let results = bench.batch(writes, Some(2)).await;
    ensure!(results.len() == 3, "writes that find nobody do not count as errors");
    ensure!(
        bench.list(&bench.users()).await?.ids() == [id(2)],
        "writes are made after too many errors"
    );
    Ok(())
}

async fn a_batch_of_nothing_does_nothing(bench: Bench) -> Outcome {
    ensure!(bench.batch(Vec::new(), None).await.is_empty(), "a batch of nothing has results");
    ensure!(bench.batch(Vec::new(), Some(1)).await.is_empty(), "a batch of nothing has results");
    Ok(())
}
