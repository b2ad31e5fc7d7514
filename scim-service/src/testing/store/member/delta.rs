//! Changes of members alone, and together with others (RFC 7644 §3.5.2).

use std::collections::BTreeSet;

use scim_core::Error;
use scim_patch::Patch;
use serde_json::{Map, Value, json};

use super::{add, holds, removal, users};
use crate::testing::store::{
    bench::{Bench, Outcome, elements, ensure, group, id},
    check::checks,
    edit::Edit,
};

checks! { "member":
    a_patch_adds_members,
    a_patch_removes_one_member,
    a_patch_removes_all_members,
    a_patch_replaces_members,
    a_patch_removes_members_that_it_lists,
    a_patch_removes_members_by_type,
    a_patch_that_adds_and_removes_is_made_in_order,
    a_patch_without_effect_on_members_changes_nothing,
    a_change_of_members_moves_version_and_time,
    a_change_of_members_answers_the_version_that_is_kept,
    a_patch_changes_name_and_members_together,
    a_change_of_the_name_leaves_members,
    every_way_to_change_members_comes_to_the_same,
}

async fn patch(bench: &Bench, operations: Value) -> Outcome<bool> {
    Ok(bench.done(&id(10), Edit::patch(bench.groups()?, operations)?).await?.changed)
}

async fn made(bench: &Bench, members: &[u64]) -> Outcome {
    users(bench).await?;
    bench.group(10, "Group", members).await.map(drop)
}

async fn a_patch_adds_members(bench: Bench) -> Outcome {
    made(&bench, &[1]).await?;
    ensure!(add(&bench, 10, &[2]).await?.changed, "a new member counts as no change");
    holds(&bench, 10, &[1, 2]).await?;
    ensure!(add(&bench, 10, &[2, 3, 4]).await?.changed, "new members count as no change");
    holds(&bench, 10, &[1, 2, 3, 4]).await.map(drop)
}

async fn a_patch_removes_one_member(bench: Bench) -> Outcome {
    made(&bench, &[1, 2, 3]).await?;
    let done = bench.done(&id(10), removal(&bench, 2)?).await?;
    ensure!(done.changed, "a removed member counts as no change");
    holds(&bench, 10, &[1, 3]).await.map(drop)
}

async fn a_patch_removes_all_members(bench: Bench) -> Outcome {
    made(&bench, &[1, 2, 3]).await?;
    let changed = patch(&bench, json!([{"op": "remove", "path": "members"}])).await?;
    ensure!(changed, "members that are removed count as no change");
    let kept = holds(&bench, 10, &[]).await?;
    ensure!(
        !kept.attributes.contains_key("members"),
        "a group without members has an empty list of them"
    );
    Ok(())
}

async fn a_patch_replaces_members(bench: Bench) -> Outcome {
    made(&bench, &[1, 2]).await?;
    let replace =
        |members: &[u64]| json!([{"op": "replace", "path": "members", "value": elements(members)}]);
    ensure!(patch(&bench, replace(&[2, 3])).await?, "members that are replaced count as no change");
    holds(&bench, 10, &[2, 3]).await?;
    ensure!(
        !patch(&bench, replace(&[3, 2])).await?,
        "members replaced by the same count as a change"
    );
    holds(&bench, 10, &[2, 3]).await.map(drop)
}

async fn a_patch_removes_members_that_it_lists(bench: Bench) -> Outcome {
    made(&bench, &[1, 2, 3, 4]).await?;
    let operation = json!([{"op": "remove", "path": "members", "value": elements(&[2, 4, 5])}]);
    ensure!(patch(&bench, operation).await?, "members that are listed for removal stay");
    holds(&bench, 10, &[1, 3]).await.map(drop)
}

async fn a_patch_removes_members_by_type(bench: Bench) -> Outcome {
    made(&bench, &[1, 2]).await?;
    bench.group(11, "Other", &[]).await?;
    add(&bench, 10, &[11]).await?;
    let changed =
        patch(&bench, json!([{"op": "remove", "path": r#"members[type eq "user"]"#}])).await?;
    ensure!(changed, "members of a type that are removed stay");
    holds(&bench, 10, &[11]).await.map(drop)
}

async fn a_patch_that_adds_and_removes_is_made_in_order(bench: Bench) -> Outcome {
    made(&bench, &[1, 2]).await?;
    let one = |number: u64| format!(r#"members[value eq "{}"]"#, id(number));
    let operations = json!([
        {"op": "remove", "path": one(1)},
        {"op": "add", "path": "members", "value": elements(&[1, 3])},
        {"op": "add", "path": "members", "value": elements(&[4])},
        {"op": "remove", "path": one(4)},
        {"op": "remove", "path": one(2)},
    ]);
    ensure!(patch(&bench, operations).await?, "several operations on members count as no change");
    holds(&bench, 10, &[1, 3]).await.map(drop)
}

async fn a_patch_without_effect_on_members_changes_nothing(bench: Bench) -> Outcome {
    made(&bench, &[1, 2]).await?;
    let before = holds(&bench, 10, &[1, 2]).await?;
    let one = |number: u64| format!(r#"members[value eq "{}"]"#, id(number));
    for operations in [
        json!([{"op": "add", "path": "members", "value": elements(&[1])}]),
        json!([{"op": "remove", "path": one(3)}]),
        json!([{"op": "remove", "path": one(1)}, {"op": "add", "path": "members", "value": elements(&[1])}]),
        json!([{"op": "add", "path": "members", "value": elements(&[3])}, {"op": "remove", "path": one(3)}]),
        json!([{"op": "remove", "path": r#"members[type eq "Group"]"#}]),
    ] {
        ensure!(
            !patch(&bench, operations).await?,
            "a PATCH without effect on members counts as a change"
        );
        let after = holds(&bench, 10, &[1, 2]).await?;
        ensure!(
            after.version == before.version,
            "a PATCH without effect on members moves the version"
        );
        ensure!(
            after.modified == before.modified,
            "a PATCH without effect on members moves the time"
        );
    }
    Ok(())
}

async fn a_change_of_members_moves_version_and_time(bench: Bench) -> Outcome {
    made(&bench, &[1]).await?;
    let mut before = holds(&bench, 10, &[1]).await?;
    for (operations, members) in [
        (json!([{"op": "add", "path": "members", "value": elements(&[2])}]), vec![1, 2]),
        (json!([{"op": "remove", "path": format!(r#"members[value eq "{}"]"#, id(1))}]), vec![2]),
        (json!([{"op": "replace", "path": "members", "value": elements(&[3])}]), vec![3]),
        (json!([{"op": "remove", "path": "members"}]), vec![]),
    ] {
        let cx = bench.groups()?;
        bench.done(&id(10), Edit::patch(cx.clone(), operations)?).await?;
        let after = holds(&bench, 10, &members).await?;
        ensure!(after.version != before.version, "a change of members leaves the version");
        ensure!(
            after.modified == cx.now(),
            "a change of members does not set the time of the last change"
        );
        ensure!(after.created == before.created, "a change of members moves the time of creation");
        before = after;
    }
    Ok(())
}

async fn a_change_of_members_answers_the_version_that_is_kept(bench: Bench) -> Outcome {
    made(&bench, &[1]).await?;
    for members in [[2], [2], [3]] {
        let done = add(&bench, 10, &members).await?;
        let kept = bench.seen(&bench.groups()?, &id(10)).await?;
        ensure!(
            done.kept.version == kept.version,
            "a change of members answers another version than a read"
        );
        ensure!(
            done.kept.modified == kept.modified,
            "a change of members answers another time than a read"
        );
        ensure!(
            done.kept.text("displayName") == Some("Group"),
            "a change of members answers no name"
        );
    }
    Ok(())
}

async fn a_patch_changes_name_and_members_together(bench: Bench) -> Outcome {
    made(&bench, &[1, 2]).await?;
    let operations = json!([
        {"op": "replace", "path": "displayName", "value": "Renamed"},
        {"op": "add", "path": "members", "value": elements(&[3])},
        {"op": "remove", "path": format!(r#"members[value eq "{}"]"#, id(1))},
    ]);
    ensure!(patch(&bench, operations).await?, "a change of name and members counts as none");
    let kept = holds(&bench, 10, &[2, 3]).await?;
    ensure!(
        kept.text("displayName") == Some("Renamed"),
        "beside a change of members the name stays"
    );
    Ok(())
}

async fn a_change_of_the_name_leaves_members(bench: Bench) -> Outcome {
    made(&bench, &[1, 2]).await?;
    let before = holds(&bench, 10, &[1, 2]).await?;
    patch(&bench, json!([{"op": "replace", "path": "displayName", "value": "Renamed"}])).await?;
    let after = holds(&bench, 10, &[1, 2]).await?;
    ensure!(after.version != before.version, "a new name leaves the version of a group");
    ensure!(after.text("displayName") == Some("Renamed"), "a new name is not kept");
    Ok(())
}

/// A long run of all kinds of changes; after each the group is what the document, changed by
/// itself, would be: a version moves if the set of members has become another, or the name.
async fn every_way_to_change_members_comes_to_the_same(bench: Bench) -> Outcome {
    made(&bench, &[]).await?;
    bench.group(11, "Inner", &[1]).await?;
    let mut dice = Dice(0x5eed);
    let mut expected: (BTreeSet<u64>, String) = (BTreeSet::new(), "Group".to_owned());
    let mut version = bench.seen(&bench.groups()?, &id(10)).await?.version;
    for step in 0..120 {
        let (edit, next) = dice.step(&bench, &expected)?;
        let done = bench.done(&id(10), edit).await?;
        let members: Vec<u64> = next.0.iter().copied().collect();
        let kept = holds(&bench, 10, &members).await?;
        ensure!(
            kept.text("displayName") == Some(next.1.as_str()),
            "after change {step} a group has another name"
        );
        let differs = next != expected;
        ensure!(
            done.changed == differs,
            "change {step} says that it is {}one",
            if differs { "n" } else { "" }
        );
        ensure!((kept.version != version) == differs, "change {step} moves the version wrongly");
        (expected, version) = (next, kept.version);
    }
    Ok(())
}

/// The same changes in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    /// Users 1 to 5, the group inside, and somebody unknown.
    fn some(&mut self) -> Vec<u64> {
        EVERYBODY.into_iter().filter(|_| self.roll(3) == 0).collect()
    }

    fn operation(&mut self) -> Value {
        let number = 1 + self.roll(5);
        match self.roll(8) {
            0 | 1 => json!({"op": "add", "path": "members", "value": elements(&self.some())}),
            2 | 3 => {
                json!({"op": "remove", "path": format!(r#"members[value eq "{}"]"#, id(number))})
            }
            4 => json!({"op": "remove", "path": "members", "value": elements(&self.some())}),
            5 => json!({"op": "replace", "path": "members", "value": elements(&self.some())}),
            6 => json!({"op": "remove", "path": r#"members[type eq "Group"]"#}),
            _ => {
                json!({"op": "replace", "path": "displayName", "value": format!("Name {}", self.roll(3))})
            }
        }
    }

    /// A change, and what it makes of a group.
    fn step(
        &mut self,
        bench: &Bench,
        before: &(BTreeSet<u64>, String),
    ) -> Outcome<(Edit, (BTreeSet<u64>, String))> {
        let cx = bench.groups()?;
        if self.roll(6) == 0 {
            let (members, name) = (self.some(), format!("Name {}", self.roll(3)));
            let edit = Edit::put(cx, group(&name, &members));
            return Ok((edit, (known(members), name)));
        }
        let operations: Vec<Value> = (0..=self.roll(3)).map(|_| self.operation()).collect();
        let message = json!({"Operations": operations});
        let patch = Patch::from_value(message, cx.compat()).map_err(Error::from)?;
        let plan = patch.plan(cx.schema()).map_err(Error::from)?;
        let mut document = cx.schema().trust(document(before));
        plan.apply(&mut document).map_err(Error::from)?;
        let after = read(document.attributes());
        Ok((Edit::patch(cx, Value::Array(operations))?, after))
    }
}

/// The group as a document.
fn document((members, name): &(BTreeSet<u64>, String)) -> Value {
    let kind = |number: u64| if number == INNER { "Group" } else { "User" };
    let members: Vec<Value> =
        members.iter().map(|number| json!({"value": id(*number), "type": kind(*number)})).collect();
    json!({"displayName": name, "members": members})
}

/// What a document says of the group, without members that do not exist.
fn read(document: &Map<String, Value>) -> (BTreeSet<u64>, String) {
    let value = |member: &Value| member.get("value").and_then(Value::as_str).map(str::to_owned);
    let members = document.get("members").and_then(Value::as_array);
    let members: Vec<String> = members.into_iter().flatten().filter_map(value).collect();
    let numbers = EVERYBODY.into_iter().filter(|number| members.contains(&id(*number)));
    let name = document.get("displayName").and_then(Value::as_str).unwrap_or_default();
    (known(numbers), name.to_owned())
}

fn known(numbers: impl IntoIterator<Item = u64>) -> BTreeSet<u64> {
    numbers.into_iter().filter(|number| *number != NOBODY).collect()
}

const INNER: u64 = 11;
const NOBODY: u64 = 77;
const EVERYBODY: [u64; 7] = [1, 2, 3, 4, 5, INNER, NOBODY];
