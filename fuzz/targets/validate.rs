//! Resources: what is valid stays as it is when validated again, and reports keep values to
//! themselves.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scim_core::{Error, json};
use scim_fuzz::sample;
use scim_schema::{Mode, Report};
use serde_json::Value;

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
                        let twice = schema
                            .validate(own, mode, &compat)
                            .unwrap_or_else(|report| panic!("valid once, {mode:?}: {report}"));
                        assert_eq!(valid.attributes(), twice.attributes(), "{mode:?}");
                        assert!(schema.same(valid.attributes(), twice.attributes()));
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

/// No long string of the document stands in the report, unless it is a name there too.
fn assert_discreet(report: Report, document: &Value) {
    let mut names = String::new();
    let mut texts = Vec::new();
    collect(document, &mut names, &mut texts);
    let shown = format!("{report} {report:?} {:?}", Error::from(report.clone()));
    let names = names.to_lowercase();
    for text in texts.into_iter().filter(|text| text.chars().count() >= 12) {
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
