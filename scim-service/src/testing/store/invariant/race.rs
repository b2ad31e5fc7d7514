//! Writes at once, each of which alone would be sound.

use serde_json::{Value, json};

use super::{active, deactivation, no, not_made, populated, user};
use crate::{
    Guard, StoreError,
    testing::store::{
        bench::{Bench, Outcome, ensure, id},
        check::checks,
        edit::Edit,
        erased::Work,
    },
};

checks! { "invariant":
    of_two_writes_at_once_that_are_sound_alone_one_is_made,
    of_many_deletions_at_once_one_resource_is_left,
    of_members_removed_at_once_one_is_left,
    what_is_refused_is_never_seen,
}

/// One succeeds for each outcome but one.
fn all_but_one<T>(outcomes: Vec<Result<T, StoreError>>) -> Outcome {
    let count = outcomes.len();
    let (made, others): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
    ensure!(
        made.len() + 1 == count,
        "of {count} writes at once {} are made, where one must be refused",
        made.len()
    );
    others.into_iter().try_for_each(|other| {
        let (error, _) = other.err().map(StoreError::into_answer).unwrap_or((no(), None));
        ensure!(error == no(), "a write is refused with {error}, where an invariant does");
        Ok(())
    })
}

async fn of_two_writes_at_once_that_are_sound_alone_one_is_made(bench: Bench) -> Outcome {
    for round in 0..8 {
        let pair = [2 * round + 1, 2 * round + 2];
        for number in pair {
            user(&bench, number, true).await?;
        }
        let works = pair.map(|number| -> Work<'static, Outcome<_>> {
            let bench = bench.clone();
            Box::pin(async move {
                let edit = deactivation(&bench)?.under(active(&bench, 1, 99));
                Ok(bench.update(&id(number), edit).await)
            })
        });
        let outcomes = bench.together(works.into()).await?;
        all_but_one(outcomes.into_iter().collect::<Outcome<_>>()?)?;
        for number in pair {
            bench.drop(&bench.users(), &id(number)).await?;
        }
    }
    Ok(())
}

async fn of_many_deletions_at_once_one_resource_is_left(bench: Bench) -> Outcome {
    for number in 1..=4 {
        user(&bench, number, true).await?;
    }
    let works = (1..=4).map(|number| -> Work<'static, _> {
        let bench = bench.clone();
        Box::pin(async move {
            let guard = Guard::default().under(active(&bench, 1, 99));
            bench.delete(&bench.users(), &id(number), &guard).await
        })
    });
    all_but_one(bench.together(works.collect()).await?)?;
    let left = bench.list(&bench.users()).await?.resources.len();
    ensure!(left == 1, "of four users, {left} are left");
    Ok(())
}

async fn of_members_removed_at_once_one_is_left(bench: Bench) -> Outcome {
    bench.groups()?;
    for number in 1..=4 {
        user(&bench, number, true).await?;
    }
    bench.group(10, "Club", &[1, 2, 3, 4]).await?;
    let works = (1..=4).map(|number| -> Work<'static, Outcome<_>> {
        let bench = bench.clone();
        Box::pin(async move {
            let path = format!(r#"members[value eq "{}"]"#, id(number));
            let edit = Edit::one(bench.groups()?, "remove", &path, Value::Null)?;
            Ok(bench.update(&id(10), edit.under(populated(&bench, 1)?)).await)
        })
    });
    let outcomes = bench.together(works.collect()).await?;
    all_but_one(outcomes.into_iter().collect::<Outcome<_>>()?)?;
    let kept = bench.seen(&bench.groups()?, &id(10)).await?;
    ensure!(kept.values("members").len() == 1, "a group loses its last member in a race");
    Ok(())
}

/// While refused writes are under way, others read.
async fn what_is_refused_is_never_seen(bench: Bench) -> Outcome {
    let before = user(&bench, 1, true).await?;
    let mut works: Vec<Work<'static, Outcome>> = Vec::new();
    for _ in 0..4 {
        let writing = bench.clone();
        works.push(Box::pin(async move {
            for _ in 0..4 {
                let edit = deactivation(&writing)?.under(active(&writing, 1, 9));
                not_made(writing.update(&id(1), edit).await, "the last active one's deactivation")?;
            }
            Ok(())
        }));
        let (reading, before) = (bench.clone(), before.clone());
        works.push(Box::pin(async move {
            for _ in 0..8 {
                let seen = reading.seen(&reading.users(), &id(1)).await?;
                ensure!(seen.attributes == before.attributes, "a refused write is seen");
                ensure!(seen.version == before.version, "the version of a refused write is seen");
            }
            Ok(())
        }));
    }
    for outcome in bench.together(works).await? {
        outcome?;
    }
    let edit = Edit::one(bench.users(), "replace", "displayName", json!("Last"))?;
    bench.done(&id(1), edit).await.map(drop)
}
