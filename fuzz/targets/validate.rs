//! Resources: what is valid stays as it is when validated again, in whatever order; projection adds
//! nothing and never returns what is never returned; reports keep values to themselves.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scim_core::{Compat, Error, json};
use scim_fuzz::sample;
use scim_schema::{Mode, Projection, Report, ResourceSchema};
use serde_json::{Map, Value};

fuzz_target!(|bytes: &[u8]| {
    let Ok(document) = json::from_slice(bytes, &json::Limits::DEFAULT) else { return };
    for compat in sample::COMPATS {
        for schema in [&sample::USERS, &sample::GROUPS] {
            let existing = if schema.is_relation("members") {
                sample::GROUP.attributes()
            } else {
                sample::USER.attributes()
            };
            for mode in [Mode::Create, Mode::Replace(existing), Mode::Patched(existing)] {
                match schema.validate(document.clone(), mode, &compat) {
                    Ok(valid) => {
                        let own = Value::Object(valid.attributes().clone());
                        // A new resource can be without a default that the client wanted none of.
                        let again = match mode {
                            Mode::Create => Mode::Replace(valid.attributes()),
                            other => other,
                        };
                        let twice = schema
                            .validate(own, again, &compat)
                            .unwrap_or_else(|report| panic!("valid once, {mode:?}: {report}"));
                        assert_eq!(valid.attributes(), twice.attributes(), "{mode:?}");
                        assert!(schema.same(valid.attributes(), twice.attributes()));
                        check_projections(schema, valid.attributes(), &document);
                        // A patch may leave what was wrong before.
                        if !matches!(mode, Mode::Patched(_)) {
                            check_canonical(schema, valid.attributes());
                        }
                    }
                    Err(report) => assert_discreet(report, &document),
                }
            }
            let trusted = schema.trust(document.clone());
            let twice = schema.trust(Value::Object(trusted.attributes().clone()));
            assert_eq!(trusted.attributes(), twice.attributes(), "trusted twice, not the same");
        }
    }
});

/// Nothing is left to be brought into form, and the order of elements says nothing.
fn check_canonical(schema: &ResourceSchema, attributes: &Map<String, Value>) {
    let trusted = schema.trust(Value::Object(attributes.clone()));
    assert_eq!(trusted.attributes(), attributes, "valid, and not canonical");
    let mut turned = attributes.clone();
    for value in turned.values_mut() {
        if let Value::Array(elements) = value {
            elements.reverse();
        }
    }
    assert!(schema.same(attributes, &turned), "another order is another resource");
}

/// What is returned was there, and is nothing that is never returned.
fn check_projections(schema: &ResourceSchema, attributes: &Map<String, Value>, document: &Value) {
    let compat = Compat::INTEROP;
    let names: Vec<&str> =
        document.as_object().into_iter().flat_map(Map::keys).map(String::as_str).take(3).collect();
    let asked = [
        Ok(Projection::default_of(schema)),
        Projection::only(schema, names.iter().copied(), &compat),
        Projection::except(schema, names.iter().copied(), &compat),
    ];
    for projection in asked.into_iter().flatten() {
        let mut after = attributes.clone();
        projection.apply(&mut after);
        let mut text = b"{".to_vec();
        projection.write(attributes, &mut text);
        text.push(b'}');
        let written: Value = serde_json::from_slice(&text).expect("what is written is JSON");
        assert_eq!(written.as_object(), Some(&after), "written and applied differ");
        let hidden = |name: &String| name.eq_ignore_ascii_case("password");
        assert!(!after.keys().any(hidden), "a secret is returned");
        let (after, before) = (Value::Object(after), Value::Object(attributes.clone()));
        assert!(is_within(&after, &before), "projection adds");
    }
}

fn is_within(part: &Value, whole: &Value) -> bool {
    match (part, whole) {
        (Value::Object(part), Value::Object(whole)) => part
            .iter()
            .all(|(name, part)| whole.get(name).is_some_and(|whole| is_within(part, whole))),
        (Value::Array(part), Value::Array(whole)) => {
            let mut rest = whole.iter();
            part.iter().all(|part| rest.any(|whole| is_within(part, whole)))
        }
        (part, whole) => part == whole,
    }
}

/// No long string of the document stands in the report, unless it is a name there too.
fn assert_discreet(report: Report, document: &Value) {
    let mut names = String::new();
    let mut texts = Vec::new();
    collect(document, &mut names, &mut texts);
    let shown = format!("{report} {report:?} {:?}", Error::from(report.clone()));
    let names = names.to_lowercase();
    // Names stand in backticks; a text may begin or end with one.
    let texts = texts.into_iter().map(|text| text.trim_matches('`'));
    for text in texts.filter(|text| text.chars().count() >= 12) {
        let known = names.contains(&text.to_lowercase()) || PROSE.contains(text);
        assert!(known || !shown.contains(text), "a value shows in the report");
    }
}

/// What reports say of themselves.
const PROSE: &str = "invalidValue invalidSyntax mutability NothingKnown EmptyElement \
    SchemasMissing BaseSchemaMissing UnknownSchema RepeatedSchema";

fn collect<'a>(value: &'a Value, names: &mut String, texts: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => texts.push(text),
        Value::Array(elements) => {
            elements.iter().for_each(|element| collect(element, names, texts));
        }
        Value::Object(object) => object.iter().for_each(|(name, value)| {
            names.push_str(name);
            names.push(' ');
            collect(value, names, texts);
        }),
        _ => {}
    }
}
