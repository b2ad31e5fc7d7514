//! Values that only one resource can have (RFC 7643 §2.2, RFC 7644 §3.3).

use serde_json::{Value, json};

use super::{
    bench::{Bench, Kept, Miss, Outcome, conflicts, ensure, id},
    check::checks,
    edit::Edit,
    erased::Work,
    settings::EXTENSION,
};
use crate::StoreError;

checks! { "unique":
    a_second_name_is_refused,
    a_name_in_another_case_is_refused,
    a_name_that_folds_to_another_is_refused,
    a_refused_resource_is_not_there,
    a_put_to_a_taken_name_is_refused,
    a_patch_to_a_taken_name_is_refused,
    a_taken_name_in_another_case_is_refused_on_change,
    a_refused_change_leaves_both_as_they_were,
    ones_own_name_can_change_its_case,
    ones_own_name_can_be_sent_again,
    a_given_up_name_is_free,
    a_new_name_is_taken,
    the_name_of_what_is_gone_is_free,
    attributes_of_extensions_can_be_unique,
    what_is_missing_is_not_a_value,
    other_attributes_can_repeat,
    an_id_in_use_is_not_written_over,
    of_many_creations_at_once_one_succeeds,
    of_many_renamings_at_once_one_succeeds,
    a_name_goes_from_hand_to_hand,
}

async fn two(bench: &Bench) -> Outcome {
    bench.user(1, json!({"userName": "first", "displayName": "One"})).await?;
    bench.user(2, json!({"userName": "second", "displayName": "Two"})).await?;
    Ok(())
}

async fn another(bench: &Bench, number: u64, body: Value) -> Outcome<Result<Kept, StoreError>> {
    bench.create(&bench.users(), &id(number), body).await
}

async fn a_second_name_is_refused(bench: Bench) -> Outcome {
    two(&bench).await?;
    conflicts(another(&bench, 3, json!({"userName": "first"})).await?, "a second `userName`")
}

async fn a_name_in_another_case_is_refused(bench: Bench) -> Outcome {
    two(&bench).await?;
    for name in ["FIRST", "First", "SECOND"] {
        conflicts(
            another(&bench, 3, json!({"userName": name})).await?,
            "a `userName` in another case",
        )?;
    }
    Ok(())
}

async fn a_name_that_folds_to_another_is_refused(bench: Bench) -> Outcome {
    bench.user(1, json!({"userName": "stra\u{df}e"})).await?;
    bench.user(2, json!({"userName": "ren\u{e9}e"})).await?;
    bench.user(3, json!({"userName": "abc"})).await?;
    for name in ["STRASSE", "Rene\u{301}e", "\u{ff21}\u{ff22}\u{ff23}"] {
        conflicts(
            another(&bench, 4, json!({"userName": name})).await?,
            "a `userName` in another form",
        )?;
    }
    bench.user(5, json!({"userName": "renee"})).await.map(drop)
}

async fn a_refused_resource_is_not_there(bench: Bench) -> Outcome {
    two(&bench).await?;
    conflicts(
        another(&bench, 3, json!({"userName": "first", "displayName": "Three"})).await?,
        "a second `userName`",
    )?;
    let cx = bench.users();
    ensure!(bench.find(&cx, &id(3)).await?.is_none(), "a refused resource can be read");
    let listed = bench.list(&cx).await?;
    ensure!(
        listed.ids() == [id(1), id(2)] && listed.total == Some(2),
        "a refused resource is listed"
    );
    bench.user(3, json!({"userName": "third"})).await.map(drop)
}

async fn a_put_to_a_taken_name_is_refused(bench: Bench) -> Outcome {
    two(&bench).await?;
    let edit = Edit::put(bench.users(), json!({"userName": "second"}));
    conflicts(bench.update(&id(1), edit).await, "a PUT of a taken `userName`")
}

async fn a_patch_to_a_taken_name_is_refused(bench: Bench) -> Outcome {
    two(&bench).await?;
    let edit = Edit::one(bench.users(), "replace", "userName", json!("second"))?;
    conflicts(bench.update(&id(1), edit).await, "a PATCH to a taken `userName`")
}

async fn a_taken_name_in_another_case_is_refused_on_change(bench: Bench) -> Outcome {
    two(&bench).await?;
    let edit = Edit::one(bench.users(), "replace", "userName", json!("SECOND"))?;
    conflicts(bench.update(&id(1), edit).await, "a PATCH to a taken `userName` in another case")?;
    let edit = Edit::put(bench.users(), json!({"userName": "First"}));
    conflicts(bench.update(&id(2), edit).await, "a PUT of a taken `userName` in another case")
}

async fn a_refused_change_leaves_both_as_they_were(bench: Bench) -> Outcome {
    two(&bench).await?;
    let cx = bench.users();
    let before = [bench.seen(&cx, &id(1)).await?, bench.seen(&cx, &id(2)).await?];
    let edit = Edit::put(bench.users(), json!({"userName": "second", "displayName": "Other"}));
    conflicts(bench.update(&id(1), edit).await, "a PUT of a taken `userName`")?;
    for before in before {
        let after = bench.seen(&cx, &before.id).await?;
        ensure!(after.attributes == before.attributes, "a refused change has changed something");
        ensure!(after.version == before.version, "a refused change has moved a version");
    }
    // Both names are still taken, and both can be given up.
    conflicts(another(&bench, 3, json!({"userName": "first"})).await?, "a second `userName`")?;
    conflicts(another(&bench, 3, json!({"userName": "second"})).await?, "a second `userName`")
}

async fn ones_own_name_can_change_its_case(bench: Bench) -> Outcome {
    two(&bench).await?;
    let edit = Edit::one(bench.users(), "replace", "userName", json!("FIRST"))?;
    let done = bench.done(&id(1), edit).await?;
    ensure!(done.changed, "another case of one's own `userName` counts as no change");
    let kept = bench.seen(&bench.users(), &id(1)).await?;
    ensure!(kept.text("userName") == Some("FIRST"), "the new case is not kept");
    Ok(())
}

async fn ones_own_name_can_be_sent_again(bench: Bench) -> Outcome {
    two(&bench).await?;
    let edit = Edit::put(bench.users(), json!({"userName": "first", "displayName": "Other"}));
    ensure!(
        bench.done(&id(1), edit).await?.changed,
        "a PUT with one's own `userName` changes nothing"
    );
    Ok(())
}

async fn a_given_up_name_is_free(bench: Bench) -> Outcome {
    two(&bench).await?;
    let edit = Edit::one(bench.users(), "replace", "userName", json!("third"))?;
    bench.done(&id(1), edit).await?;
    bench.user(4, json!({"userName": "first"})).await.map(drop)
}

async fn a_new_name_is_taken(bench: Bench) -> Outcome {
    two(&bench).await?;
    let edit = Edit::put(bench.users(), json!({"userName": "third"}));
    bench.done(&id(1), edit).await?;
    conflicts(another(&bench, 4, json!({"userName": "Third"})).await?, "a second `userName`")
}

async fn the_name_of_what_is_gone_is_free(bench: Bench) -> Outcome {
    two(&bench).await?;
    bench.drop(&bench.users(), &id(1)).await?;
    bench.user(4, json!({"userName": "FIRST"})).await.map(drop)
}

fn badge(name: &str, badge: &str) -> Value {
    json!({"userName": name, EXTENSION.as_str(): {"badge": badge}})
}

async fn attributes_of_extensions_can_be_unique(bench: Bench) -> Outcome {
    bench.needs(&["badge"])?;
    bench.user(1, badge("a", "B-1")).await?;
    bench.user(2, badge("b", "B-2")).await?;
    conflicts(another(&bench, 3, badge("c", "b-1")).await?, "a second `badge`")?;
    let edit = Edit::one(bench.users(), "replace", "badge", json!("b-2"))?;
    conflicts(bench.update(&id(1), edit).await, "a PATCH to a taken `badge`")?;
    bench.done(&id(2), Edit::one(bench.users(), "remove", "badge", Value::Null)?).await?;
    bench.user(4, badge("d", "B-2")).await.map(drop)
}

async fn what_is_missing_is_not_a_value(bench: Bench) -> Outcome {
    bench.needs(&["badge"])?;
    for number in 1..=3 {
        bench.user(number, json!({"userName": format!("u{number}")})).await?;
    }
    Ok(())
}

async fn other_attributes_can_repeat(bench: Bench) -> Outcome {
    let same = |name: &str| json!({"userName": name, "displayName": "Same", "externalId": "same"});
    bench.user(1, same("a")).await?;
    bench.user(2, same("b")).await?;
    let listed = bench.list(&bench.users()).await?;
    ensure!(listed.resources.len() == 2, "a second resource with the same `displayName` is lost");
    Ok(())
}

async fn an_id_in_use_is_not_written_over(bench: Bench) -> Outcome {
    two(&bench).await?;
    let again = another(&bench, 1, json!({"userName": "usurper"})).await?;
    ensure!(again.is_err(), "a resource can be created with an id in use");
    let kept = bench.seen(&bench.users(), &id(1)).await?;
    ensure!(kept.text("userName") == Some("first"), "a creation has written over a resource");
    bench.user(3, json!({"userName": "usurper"})).await.map(drop)
}

/// Contestants in a race.
const MANY: u64 = 12;

async fn of_many_creations_at_once_one_succeeds(bench: Bench) -> Outcome {
    for round in 0..8_u64 {
        let contestants = (0..MANY).map(|number| -> Work<'static, _> {
            let bench = bench.clone();
            let name =
                if number % 2 == 0 { format!("Wanted{round}") } else { format!("wanted{round}") };
            let number = 1 + round * MANY + number;
            Box::pin(async move { another(&bench, number, json!({"userName": name})).await })
        });
        let outcomes = bench.together(contestants.collect()).await?;
        one_succeeds(outcomes, "creations with one `userName`")?;
    }
    let total = bench.list(&bench.users()).await?.resources.len();
    ensure!(total == 8, "eight names have gone to {total} resources");
    Ok(())
}

async fn of_many_renamings_at_once_one_succeeds(bench: Bench) -> Outcome {
    for number in 1..=MANY {
        bench.user(number, json!({"userName": format!("u{number}")})).await?;
    }
    for round in 0..8_u64 {
        let contestants = (1..=MANY).map(|number| -> Work<'static, _> {
            let (bench, name) = (bench.clone(), format!("wanted{round}"));
            Box::pin(async move {
                let edit = Edit::one(bench.users(), "replace", "userName", json!(name))?;
                Ok(bench.update(&id(number), edit).await)
            })
        });
        let outcomes = bench.together(contestants.collect()).await?;
        one_succeeds(outcomes, "renamings to one `userName`")?;
    }
    Ok(())
}

fn one_succeeds<T>(outcomes: Vec<Outcome<Result<T, StoreError>>>, what: &str) -> Outcome {
    let mut won = 0;
    for outcome in outcomes {
        match outcome? {
            Ok(_) => won += 1,
            Err(refused) => conflicts::<T>(Err(refused), what)?,
        }
    }
    ensure!(won == 1, "of {MANY} {what}, {won} succeed");
    Ok(())
}

/// Names are taken and given up again and again: in the end none is held by two, or by nobody.
async fn a_name_goes_from_hand_to_hand(bench: Bench) -> Outcome {
    for number in 1..=4 {
        bench.user(number, json!({"userName": format!("own{number}")})).await?;
    }
    let hands = (1..=4_u64).map(|number| -> Work<'static, Outcome> {
        let bench = bench.clone();
        Box::pin(async move {
            for _ in 0..10 {
                let take = Edit::one(bench.users(), "replace", "userName", json!("shared"))?;
                match bench.update(&id(number), take).await {
                    Ok(Some(_)) => {}
                    Ok(None) => return Err(Miss::Failed("`update` finds nothing".to_owned())),
                    Err(refused) => conflicts::<()>(Err(refused), "a taken name")?,
                }
                let give = json!(format!("own{number}"));
                bench
                    .done(&id(number), Edit::one(bench.users(), "replace", "userName", give)?)
                    .await?;
            }
            Ok(())
        })
    });
    for outcome in bench.together(hands.collect()).await? {
        outcome?;
    }
    bench.user(5, json!({"userName": "shared"})).await.map(drop)
}
