//! A large group.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{
    bench::{Bench, Kept, Outcome, elements, ensure, group, id},
    check::checks,
    edit::Edit,
};
use crate::{New, Write};

checks! { "large":
    a_large_group_holds_all_its_members,
    a_large_group_changes_by_what_changes,
}

/// As many users as the group has members, and one more; gives their numbers.
async fn crowd(bench: &Bench) -> Outcome<Vec<u64>> {
    bench.groups()?;
    let count = u64::try_from(bench.settings().large).unwrap_or(10_000);
    let cx = bench.users();
    for first in (0..=count).step_by(500) {
        let mut writes = Vec::new();
        for number in first..(first + 500).min(count + 1) {
            let valid = Bench::valid(&cx, json!({"userName": format!("user{number}")}))?;
            writes.push(Write::Create { cx: cx.clone(), new: New::with_id(id(number), valid) });
        }
        for written in bench.batch(writes, None).await {
            written?;
        }
    }
    Ok((0..count).collect())
}

const GROUP: u64 = 0xffff_ffff;

async fn holds(bench: &Bench, count: usize) -> Outcome<Kept> {
    let kept = bench.seen(&bench.groups()?, &id(GROUP)).await?;
    let list = kept.attributes.get("members").and_then(Value::as_array).map_or(0, Vec::len);
    let different: BTreeSet<String> = kept.values("members");
    ensure!(
        list == count && different.len() == count,
        "a group of {count} members has {list}, {} of them different",
        different.len()
    );
    Ok(kept)
}

async fn a_large_group_holds_all_its_members(bench: Bench) -> Outcome {
    let members = crowd(&bench).await?;
    bench.group(GROUP, "Large", &members).await?;
    let kept = holds(&bench, members.len()).await?;
    let half: Vec<u64> = members.iter().copied().filter(|number| number % 2 == 0).collect();
    let put = Edit::put(bench.groups()?, group("Large", &half));
    ensure!(
        bench.done(&id(GROUP), put).await?.changed,
        "half of a large group counts as all of it"
    );
    let after = holds(&bench, half.len()).await?;
    ensure!(after.version != kept.version, "half of a large group has the version of the whole");
    let listed = bench.list(&bench.groups()?).await?.resources;
    let values: Vec<usize> = listed.iter().map(|kept| kept.values("members").len()).collect();
    ensure!(values == [half.len()], "in a list, a large group has other members");
    Ok(())
}

async fn a_large_group_changes_by_what_changes(bench: Bench) -> Outcome {
    let members = crowd(&bench).await?;
    let count = members.len();
    bench.group(GROUP, "Large", &members).await?;
    let mut version = holds(&bench, count).await?.version;
    let extra = u64::try_from(count).unwrap_or_default();
    let one = |number: u64| format!(r#"members[value eq "{}"]"#, id(number));
    for (operation, count, changes) in [
        (json!([{"op": "add", "path": "members", "value": elements(&[extra])}]), count + 1, true),
        (
            json!([{"op": "add", "path": "members", "value": elements(&[1, extra])}]),
            count + 1,
            false,
        ),
        (json!([{"op": "remove", "path": one(1)}]), count, true),
        (json!([{"op": "remove", "path": one(1)}]), count, false),
    ] {
        let done = bench.done(&id(GROUP), Edit::patch(bench.groups()?, operation)?).await?;
        ensure!(
            done.changed == changes,
            "a change of a large group says the contrary of what it does"
        );
        let after = holds(&bench, count).await?;
        ensure!(
            (after.version != version) == changes,
            "a change of a large group moves the version wrongly"
        );
        version = after.version;
    }
    bench.drop(&bench.users(), &id(2)).await?;
    let after = holds(&bench, count - 1).await?;
    ensure!(
        after.version != version,
        "a large group that loses a deleted member keeps its version"
    );
    let user = bench.seen(&bench.users(), &id(3)).await?;
    ensure!(user.values("groups").len() == 1, "a member of a large group does not show it");
    bench.done(&id(GROUP), Edit::one(bench.groups()?, "remove", "members", Value::Null)?).await?;
    holds(&bench, 0).await.map(drop)
}
