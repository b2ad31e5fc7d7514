//! Changes at once: none is lost.

use serde_json::{Value, json};

use super::replace;
use crate::testing::store::{
    bench::{Bench, Outcome, ensure, id, refused},
    check::checks,
    edit::Edit,
    erased::Work,
    race::{Event, Held},
};

checks! { "change":
    many_changes_at_once_are_all_kept,
    counting_with_preconditions_loses_nothing,
    a_change_waits_for_the_one_before_it,
    what_is_deleted_meanwhile_does_not_come_back,
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
