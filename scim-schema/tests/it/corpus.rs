//! The corpus: resources, and what becomes of them.

use std::{fs, path::PathBuf};

use scim_core::{Compat, Formats};
use scim_filter::Key;
use scim_schema::{Issue, Mode, ResourceSchema, Valid};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::sample;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) comment: String,
    /// The sections it proves, or `field` for what identity providers do.
    section: String,
    pub(crate) schema: String,
    mode: String,
    compat: String,
    #[serde(default)]
    existing: Map<String, Value>,
    #[serde(default)]
    formats: Option<String>,
    pub(crate) resource: Value,
    /// The attributes; without `schemas`, these are not compared.
    expected: Option<Map<String, Value>>,
    issues: Option<Vec<String>>,
    dropped: Option<Vec<String>>,
    reported: Option<Vec<String>>,
    secrets: Option<Map<String, Value>>,
}

pub(crate) fn cases() -> Vec<Case> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus"));
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let json = files.iter().filter(|file| file.extension().is_some_and(|end| end == "json"));
    json.flat_map(|file| {
        let text = fs::read_to_string(file).unwrap();
        serde_json::from_str::<Vec<Case>>(&text)
            .unwrap_or_else(|error| panic!("{}: {error}", file.display()))
    })
    .collect()
}

impl Case {
    pub(crate) fn compats(&self) -> &'static [Compat] {
        match self.compat.as_str() {
            "strict" => &[Compat::STRICT],
            "interop" => &[Compat::INTEROP],
            "both" => &[Compat::STRICT, Compat::INTEROP],
            other => panic!("{}: no compat `{other}`", self.comment),
        }
    }

    pub(crate) fn mode(&self) -> Mode<'_> {
        match self.mode.as_str() {
            "create" => Mode::Create,
            "replace" => Mode::Replace(&self.existing),
            "patched" => Mode::Patched(&self.existing),
            other => panic!("{}: no mode `{other}`", self.comment),
        }
    }

    pub(crate) fn resource_schema(&self) -> ResourceSchema {
        let schema = sample::schema(&self.schema);
        match self.formats.as_deref() {
            None => schema,
            Some("accept") => schema.formats(Formats::Accept),
            Some("report") => schema.formats(Formats::Report),
            Some("refuse") => schema.formats(Formats::Refuse),
            Some(other) => panic!("{}: no formats `{other}`", self.comment),
        }
    }

    fn check_valid(&self, valid: &Valid) {
        let comment = &self.comment;
        let Some(expected) = &self.expected else { panic!("{comment}: not refused") };
        let mut attributes = valid.attributes().clone();
        if !expected.contains_key("schemas") {
            attributes.remove("schemas");
        }
        assert_eq!(plain(&Value::Object(attributes)), plain(&json!(expected)), "{comment}");
        let paths = |issues: &[Issue]| -> Vec<String> {
            issues.iter().map(|issue| issue.path.clone()).collect()
        };
        if let Some(dropped) = &self.dropped {
            assert_eq!(sorted(paths(valid.dropped())), sorted(dropped.clone()), "{comment}");
        }
        if let Some(reported) = &self.reported {
            assert_eq!(texts(valid.reported()), sorted(reported.clone()), "{comment}");
        }
        if let Some(secrets) = &self.secrets {
            let found: Map<String, Value> = valid
                .secrets()
                .iter()
                .map(|secret| (secret.path().to_owned(), Value::from(secret.text())))
                .collect();
            assert_eq!(&found, secrets, "{comment}");
        }
    }
}

/// The value with comparison keys for numbers, which a feature of serde_json keeps as written.
fn plain(value: &Value) -> Value {
    match value {
        Value::Number(number) => Value::from(Key::number(number).unwrap().as_str()),
        Value::Array(elements) => elements.iter().map(plain).collect(),
        Value::Object(object) => {
            object.iter().map(|(name, value)| (name.clone(), plain(value))).collect()
        }
        other => other.clone(),
    }
}

fn texts(issues: &[Issue]) -> Vec<String> {
    sorted(issues.iter().map(ToString::to_string).collect())
}

/// Documents are walked in the order of their members, which a feature of serde_json changes.
fn sorted(mut texts: Vec<String>) -> Vec<String> {
    texts.sort();
    texts
}

#[test]
fn every_case_comes_out_as_it_says() {
    let cases = cases();
    assert!(cases.len() >= 250, "{} cases", cases.len());
    for case in &cases {
        let schema = case.resource_schema();
        for compat in case.compats() {
            match schema.validate(case.resource.clone(), case.mode(), compat) {
                Ok(valid) => case.check_valid(&valid),
                Err(report) => {
                    let issues = case.issues.clone().unwrap_or_default();
                    assert_eq!(texts(report.issues()), sorted(issues), "{}", case.comment);
                }
            }
        }
    }
}

#[test]
fn every_case_has_a_comment_of_its_own() {
    let mut comments: Vec<String> = cases().into_iter().map(|case| case.comment).collect();
    comments.sort();
    for pair in comments.windows(2) {
        assert_ne!(pair[0], pair[1]);
    }
}

#[test]
fn every_case_says_what_it_proves() {
    for case in cases() {
        assert!(case.section == "field" || case.section.starts_with("RFC "), "{}", case.comment);
    }
}

#[test]
fn what_is_valid_stays_as_it_is_when_it_is_validated_or_trusted_again() {
    for case in &cases() {
        let schema = case.resource_schema();
        for compat in case.compats() {
            let Ok(valid) = schema.validate(case.resource.clone(), case.mode(), compat) else {
                continue;
            };
            let attributes = valid.attributes();
            let document = Value::Object(attributes.clone());
            // A patch may leave what was wrong before.
            if !matches!(case.mode(), Mode::Patched(_)) {
                let trusted = schema.trust(document.clone());
                assert_eq!(trusted.attributes(), attributes, "{}", case.comment);
                assert!(schema.same(trusted.attributes(), attributes), "{}", case.comment);
                let again = schema.validate(document.clone(), Mode::Replace(attributes), compat);
                assert_eq!(again.unwrap().attributes(), attributes, "{}", case.comment);
            }
            let patched = schema.validate(document, Mode::Patched(attributes), compat).unwrap();
            assert_eq!(patched.attributes(), attributes, "{}", case.comment);
        }
    }
}
