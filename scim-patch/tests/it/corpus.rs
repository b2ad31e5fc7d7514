//! Cases as data: `tests/corpus/*.json`.

use std::{collections::BTreeMap, fs, path::Path};

use scim_core::{AttrName, AttrPath, Compat, Error};
use scim_patch::{Outcome, Patch, PatchError};
use scim_schema::{Issue, Mode, ResourceSchema, Valid};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::schema;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// The resource type.
    r#type: String,
    /// Resources by name, for the cases to start from.
    resources: BTreeMap<String, Value>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    comment: String,
    /// Where the rule stands; "field" for what clients send without the RFC's leave.
    section: String,
    /// A name among the resources, or a resource.
    resource: Value,
    /// The operations, or the whole message.
    patch: Value,
    #[serde(default)]
    compat: Settings,
    /// The attributes that are other than before, null for those that are gone; `{}` if nothing
    /// changes.
    expected: Option<Map<String, Value>>,
    error: Option<Refusal>,
    /// The secrets that are set.
    #[serde(default)]
    secrets: Map<String, Value>,
    /// What was left out.
    #[serde(default)]
    dropped: Vec<String>,
    /// What was kept, or left unset, though it lacks its form.
    #[serde(default)]
    reported: Vec<String>,
    /// The `id` that the resource is taken to have.
    id: Option<String>,
    /// What is written.
    touched: Option<Vec<String>>,
    /// Whether the resource breaks rules that the patch does not touch.
    #[serde(default)]
    legacy: bool,
    /// Whether the relation can be split off; if not said, it does not matter.
    delta: Option<bool>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Settings {
    #[default]
    Both,
    Strict,
    Interop,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Refusal {
    status: u16,
    scim_type: String,
    /// The line that is shown, where it is worth pinning.
    detail: Option<String>,
}

#[test]
fn every_case_of_the_corpus_comes_out_as_it_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    let (mut count, mut failures) = (0, Vec::new());
    for name in names {
        let file: File = serde_json::from_slice(&fs::read(&name).unwrap())
            .unwrap_or_else(|error| panic!("{}: {error}", name.display()));
        let schema = schema::named(&file.r#type);
        for case in &file.cases {
            for compat in case.compat.all() {
                count += 1;
                if let Err(failure) = check(&schema, &file, case, &compat) {
                    let mode = if compat == Compat::STRICT { "strict" } else { "interop" };
                    let stem = name.file_stem().unwrap().to_string_lossy();
                    failures.push(format!(
                        "{stem}, {mode}: {} ({}): {failure}",
                        case.comment, case.section
                    ));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{} of {count} failed\n{}", failures.len(), failures.join("\n"));
    assert!(count >= 800, "{count} cases");
}

impl Settings {
    fn all(self) -> Vec<Compat> {
        match self {
            Self::Both => vec![Compat::STRICT, Compat::INTEROP],
            Self::Strict => vec![Compat::STRICT],
            Self::Interop => vec![Compat::INTEROP],
        }
    }
}

fn check(schema: &ResourceSchema, file: &File, case: &Case, compat: &Compat) -> Result<(), String> {
    let resource = match &case.resource {
        Value::String(name) => file.resources.get(name).ok_or("no such resource")?,
        resource => resource,
    };
    let before = schema.trust(resource.clone());
    let message = match &case.patch {
        Value::Array(operations) => json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": operations,
        }),
        message => message.clone(),
    };
    let planned = Patch::from_value(message, compat).and_then(|patch| patch.plan(schema));
    let plan = match planned {
        Ok(plan) => plan,
        Err(error) => return refused(case, error),
    };
    let mut after = before.clone();
    let outcome = match plan.apply(&mut after) {
        Ok(outcome) => outcome,
        Err(error) => {
            same("the untouched resource", &after, &before)?;
            return refused(case, error);
        }
    };
    let Some(changes) = &case.expected else { return Err(format!("was accepted: {after:?}")) };
    let expected = overlay(schema, &before, changes);
    if after.attributes() != &expected {
        return Err(format!(
            "became {}\n   instead of {}",
            shown(after.attributes()),
            shown(&expected)
        ));
    }
    let changed = after.attributes() != before.attributes() || !case.secrets.is_empty();
    if (outcome == Outcome::Changed) != changed {
        return Err(format!("said {outcome:?}"));
    }
    let secrets: Map<String, Value> = after
        .secrets()
        .iter()
        .map(|secret| (secret.path().to_owned(), secret.text().map_or(Value::Null, Value::from)))
        .collect();
    same("secrets", &secrets, &case.secrets)?;
    same("dropped", &paths(plan.dropped()), &sorted(case.dropped.clone()))?;
    same("reported", &paths(plan.reported()), &sorted(case.reported.clone()))?;
    same("dropped from the resource", after.dropped(), plan.dropped())?;
    same("reported of the resource", after.reported(), plan.reported())?;
    same("id", &plan.expected_id(), &case.id.as_deref())?;
    if let Some(expected) = &case.touched {
        let touched: Vec<String> = plan.touched().map(AttrPath::to_string).collect();
        same("touched", &touched, expected)?;
    }
    let mut again = before.clone();
    same("the second outcome", &plan.apply(&mut again), &Ok(outcome))?;
    same("the second result", &again, &after)?;
    if !case.legacy {
        let mode = Mode::Patched(before.attributes());
        let judged = schema.validate(Value::Object(after.attributes().clone()), mode, compat);
        let judged = judged.map_err(|report| format!("is not valid: {report}"))?;
        same("the canonical form", judged.attributes(), after.attributes())?;
    }
    for relation in schema.relations() {
        check_delta(case, &plan, relation, &before, &after, outcome)?;
    }
    Ok(())
}

/// What is left once a relation is split off, and the change of the relation, come to the same.
fn check_delta(
    case: &Case,
    plan: &scim_patch::Plan,
    relation: &AttrName,
    before: &Valid,
    after: &Valid,
    outcome: Outcome,
) -> Result<(), String> {
    let split = plan.delta(relation.as_str());
    if let Some(expected) = case.delta {
        same("the split", &split.is_some(), &expected)?;
    }
    let Some((rest, delta)) = split else { return Ok(()) };
    let mut head = before.clone();
    let first = rest.apply(&mut head).map_err(|error| error.to_string())?;
    let members = head.attributes_mut().remove(relation.as_str()).unwrap_or(json!([]));
    let mut members = members.as_array().cloned().unwrap();
    let changed = delta.apply_to(&mut members);
    if !members.is_empty() {
        head.attributes_mut().insert(relation.to_string(), Value::Array(members));
    }
    same("the state by delta", &head, after)?;
    same(
        "a change by delta",
        &(changed || first == Outcome::Changed),
        &(outcome == Outcome::Changed),
    )
}

/// In alphabetical order: that of an object's members is not significant.
fn paths(issues: &[Issue]) -> Vec<String> {
    sorted(issues.iter().map(|issue| issue.path.clone()))
}

fn sorted(paths: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut paths: Vec<String> = paths.into_iter().collect();
    paths.sort();
    paths
}

fn refused(case: &Case, error: PatchError) -> Result<(), String> {
    let line = error.to_string();
    let error = Error::from(error);
    let Some(expected) = &case.error else { return Err(format!("was refused: {error}")) };
    same("the detail", &error.detail, &line)?;
    same("the status", &error.status.as_u16(), &expected.status)?;
    let keyword = error.scim_type.as_ref().map_or("", |keyword| keyword.as_str());
    same("the keyword", &keyword, &expected.scim_type.as_str())
        .map_err(|failure| format!("{failure} ({line})"))?;
    if line.contains('\n') || line.to_lowercase().contains("secret") {
        return Err(format!("shows too much: {line}"));
    }
    match &expected.detail {
        Some(detail) => same("the detail", &line, detail),
        None => Ok(()),
    }
}

fn same<T: PartialEq + std::fmt::Debug + ?Sized>(
    what: &str,
    found: &T,
    expected: &T,
) -> Result<(), String> {
    if found == expected {
        Ok(())
    } else {
        Err(format!("{what}: {found:?} instead of {expected:?}"))
    }
}

fn overlay(
    schema: &ResourceSchema,
    before: &Valid,
    changes: &Map<String, Value>,
) -> Map<String, Value> {
    let mut expected = before.attributes().clone();
    for (name, value) in changes {
        match value {
            Value::Null => expected.remove(name),
            value => expected.insert(name.clone(), value.clone()),
        };
    }
    schema.compute_schemas(&mut expected);
    expected
}

fn shown(attributes: &Map<String, Value>) -> String {
    serde_json::to_string(attributes).unwrap()
}
