//! Several writes, each under invariants of its own (RFC 7644 §3.7).

use serde_json::json;

use super::{active, deactivation, populated, user};
use crate::{
    Guard, New, Write,
    testing::store::{
        bench::{Bench, Outcome, ensure, group, id},
        check::checks,
    },
};

checks! { "invariant":
    in_a_batch_the_refused_write_alone_is_undone,
    in_a_batch_a_write_is_judged_by_those_before_it,
    in_a_batch_a_refusal_counts_as_an_error,
}

async fn in_a_batch_the_refused_write_alone_is_undone(bench: Bench) -> Outcome {
    user(&bench, 1, true).await?;
    bench.groups()?;
    bench.group(10, "Club", &[1]).await?;
    let before = bench.seen(&bench.users(), &id(1)).await?;
    let cx = bench.users();
    let new = |number: u64, name: &str| -> Outcome<New> {
        let body = json!({"userName": name, "active": false});
        Ok(New::with_id(id(number), Bench::valid(&cx, body)?))
    };
    let writes = vec![
        Write::Create { cx: cx.clone(), new: new(2, "b")? },
        deactivation(&bench)?.under(active(&bench, 1, 9)).into_write(id(1)),
        Write::Delete {
            cx: cx.clone(),
            id: id(1),
            guard: Guard::default().under(populated(&bench, 1)?),
        },
        Write::Create { cx: cx.clone(), new: new(3, "c")?.under(active(&bench, 2, 9)) },
        Write::Create { cx: cx.clone(), new: new(4, "d")? },
    ];
    let results = bench.batch(writes, None).await;
    let made: Vec<bool> = results.iter().map(Result::is_ok).collect();
    ensure!(
        made == [true, false, false, false, true],
        "of writes under invariants, others are refused than should be: {made:?}"
    );
    let ids = bench.list(&cx).await?.ids();
    ensure!(ids == [1, 2, 4].map(id), "a refused write of a batch takes others with it, or stays");
    let after = bench.seen(&cx, &id(1)).await?;
    ensure!(
        after.attributes == before.attributes && after.version == before.version,
        "a refused write of a batch changes something"
    );
    Ok(())
}

async fn in_a_batch_a_write_is_judged_by_those_before_it(bench: Bench) -> Outcome {
    bench.groups()?;
    user(&bench, 1, true).await?;
    user(&bench, 2, true).await?;
    let club = New::with_id(id(10), Bench::valid(&bench.groups()?, group("Club", &[1]))?);
    let writes = vec![
        deactivation(&bench)?.under(active(&bench, 1, 9)).into_write(id(1)),
        deactivation(&bench)?.under(active(&bench, 1, 9)).into_write(id(2)),
        Write::Create { cx: bench.groups()?, new: club.under(populated(&bench, 1)?) },
    ];
    let results = bench.batch(writes, None).await;
    let made: Vec<bool> = results.iter().map(Result::is_ok).collect();
    ensure!(made == [true, false, true], "writes of a batch are not judged in order: {made:?}");
    Ok(())
}

async fn in_a_batch_a_refusal_counts_as_an_error(bench: Bench) -> Outcome {
    user(&bench, 1, true).await?;
    user(&bench, 2, false).await?;
    let writes = vec![
        deactivation(&bench)?.under(active(&bench, 1, 9)).into_write(id(1)),
        deactivation(&bench)?.into_write(id(2)),
    ];
    let results = bench.batch(writes, Some(1)).await;
    ensure!(results.len() == 1, "a batch goes on after a write that an invariant refuses");
    let kept = bench.seen(&bench.users(), &id(2)).await?;
    ensure!(kept.text("displayName") == Some("Before"), "a write after too many errors is made");
    Ok(())
}
