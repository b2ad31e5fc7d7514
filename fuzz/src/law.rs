//! What must hold of every patch.

use std::sync::LazyLock;

use scim_core::{Compat, Error};
use scim_patch::{Outcome, Patch};
use scim_schema::{Mode, ResourceSchema, Valid};
use serde_json::Value;

/// Whether each patch and what it is applied to are shown first, to look into a finding.
static SHOW: LazyLock<bool> = LazyLock::new(|| std::env::var_os("SHOW").is_some());

/// Applies a patch to a resource and holds the outcome against the laws; what the resource is
/// then.
///
/// # Panics
/// If a law is broken.
pub fn patch(schema: &ResourceSchema, before: &Valid, message: Value, compat: &Compat) -> Valid {
    if *SHOW {
        let leniency = if *compat == Compat::STRICT { "strict" } else { "interop" };
        eprintln!("{leniency}\n{}\n{message}", Value::Object(before.attributes().clone()));
    }
    let Ok(patch) = Patch::from_value(message, compat).map_err(refused) else {
        return before.clone();
    };
    let Ok(plan) = patch.plan(schema).map_err(refused) else {
        return before.clone();
    };
    let mut after = before.clone();
    let outcome = plan.apply(&mut after);
    let mut again = before.clone();
    let repeated = patch.plan(schema).expect("planned before").apply(&mut again);
    assert_eq!(outcome.is_ok(), repeated.is_ok(), "planned twice, the outcomes differ");
    assert!(after == again, "planned twice, the resources differ");

    for relation in schema.relations() {
        let relation = relation.as_str();
        let Some((rest, delta)) = plan.delta(relation) else { continue };
        let mut head = before.clone();
        let mut members = take(&mut head, relation);
        let split = rest.apply(&mut head);
        assert_eq!(outcome.is_ok(), split.is_ok(), "the split plan and the whole one disagree");
        if let (Ok(whole), Ok(head_outcome)) = (&outcome, split) {
            let moved = delta.apply_to(&mut members);
            let mut rest_of_whole = after.clone();
            let of_whole = take(&mut rest_of_whole, relation);
            assert_eq!(rest_of_whole.attributes(), head.attributes(), "the heads differ");
            assert_eq!(values(&of_whole), values(&members), "the relations differ");
            assert_eq!(
                *whole == Outcome::Changed,
                moved || head_outcome == Outcome::Changed,
                "the split plan and the whole one disagree on whether anything changed"
            );
        }
    }

    match outcome {
        Err(error) => {
            refused(error);
            assert!(after == *before, "refused, but the resource is another one");
        }
        Ok(outcome) => {
            let same = schema.same(before.attributes(), after.attributes());
            if outcome == Outcome::Unchanged {
                let untouched = after.attributes() == before.attributes();
                assert!(same && untouched, "unchanged, but the resource is another one");
            } else {
                let secret = !after.secrets().is_empty();
                assert!(!same || secret, "changed, but the resource is the same");
            }
            valid(schema, &after, compat);
        }
    }
    after
}

/// What a patch leaves is valid and canonical: it stays as it is when it is validated.
fn valid(schema: &ResourceSchema, after: &Valid, compat: &Compat) {
    let document = Value::Object(after.attributes().clone());
    let judged = match schema.validate(document, Mode::Create, compat) {
        Ok(judged) => judged,
        Err(report) => panic!("patched, and not valid any more: {report}"),
    };
    let mut attributes = judged.into_attributes();
    if !after.attributes().contains_key("active") {
        attributes.remove("active");
    }
    assert_eq!(&attributes, after.attributes(), "patched, and not canonical any more");
}

/// An error is one line and a status of its own.
pub fn refused(error: impl Into<Error>) {
    let error = error.into();
    let shown = error.to_string();
    assert!(!shown.contains('\n'), "an error of several lines");
    assert!(error.status.is_client_error(), "a client's mistake is not the server's");
}

fn take(resource: &mut Valid, relation: &str) -> Vec<Value> {
    match resource.attributes_mut().remove(relation) {
        Some(Value::Array(elements)) => elements,
        _ => Vec::new(),
    }
}

fn values(members: &[Value]) -> Vec<&str> {
    let mut values: Vec<&str> =
        members.iter().filter_map(|member| member.get("value")?.as_str()).collect();
    values.sort_unstable();
    values
}
