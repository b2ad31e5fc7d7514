//! The resources in the examples of RFC 7643 and RFC 7644.

use std::{fs, path::Path};

use scim_core::{Compat, SchemaUri};
use scim_schema::Mode;
use serde_json::{Map, Value};

use crate::sample;

fn resources(value: &Value, into: &mut Vec<Map<String, Value>>) {
    match value {
        Value::Array(elements) => elements.iter().for_each(|element| resources(element, into)),
        Value::Object(object) => {
            let schemas = object.get("schemas").and_then(Value::as_array);
            let names = |uri: SchemaUri| {
                let mut uris = schemas.into_iter().flatten().filter_map(Value::as_str);
                uris.any(|known| uri == *known)
            };
            if names(SchemaUri::USER) || names(SchemaUri::GROUP) {
                into.push(object.clone());
            }
            object.values().for_each(|value| resources(value, into));
        }
        _ => {}
    }
}

/// RFC 7643 §8
#[test]
fn every_user_and_group_of_the_rfcs_is_valid() {
    let mut found = Vec::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scim-core/tests/examples");
    for rfc in ["rfc7643", "rfc7644"] {
        for file in fs::read_dir(folder.join(rfc)).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|end| end == "json") {
                let text = fs::read_to_string(path).unwrap();
                resources(&serde_json::from_str(&text).unwrap(), &mut found);
            }
        }
    }
    assert!(found.len() >= 15, "{} resources", found.len());
    for resource in found {
        let is_group = resource["schemas"][0] == SchemaUri::GROUP.as_str();
        let schema = sample::schema(if is_group { "group" } else { "enterprise" });
        let whole = Value::Object(resource.clone());
        let compats = [Compat::INTEROP, Compat::STRICT];
        for compat in compats {
            match schema.validate(whole.clone(), Mode::Create, &compat) {
                Ok(valid) => assert_eq!(valid.dropped(), [], "{whole}"),
                // Figures leave out attributes, and so does what is answered to `attributes=`.
                Err(report) => {
                    let elided = is_group || !resource.contains_key("userName");
                    let texts: Vec<String> =
                        report.issues().iter().map(ToString::to_string).collect();
                    let expected = if is_group {
                        "`displayName` is required"
                    } else {
                        "`userName` is required"
                    };
                    assert!(elided && texts == [expected], "{whole}: {report}");
                }
            }
        }
    }
}
