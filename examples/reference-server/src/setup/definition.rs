//! Schemas and resource types from JSON files (RFC 7643 §6, §7).

use std::{
    fs,
    path::{Path, PathBuf},
};

use scim_service::{
    core::{ResourceType, Schema},
    schema::read_schemas,
};
use serde_json::Value;

use crate::Failure;

/// What was found in the files.
#[derive(Default)]
pub(crate) struct Definitions {
    pub(crate) schemas: Vec<Schema>,
    pub(crate) types: Vec<ResourceType>,
}

impl Definitions {
    pub(super) fn load(schemas: &[PathBuf], types: &[PathBuf]) -> Result<Self, Failure> {
        let mut found = Self::default();
        each(schemas, |document| {
            found.schemas.extend(read_schemas(document)?.into_iter().map(with_its_names));
            Ok(())
        })?;
        each(types, |document| {
            for one in listed(document) {
                found.types.push(serde_json::from_value(one)?);
            }
            Ok(())
        })?;
        Ok(found)
    }
}

/// Names may hold blanks, as those of a company's own attributes do.
pub(crate) fn with_its_names(schema: Schema) -> Schema {
    if schema.attributes.iter().all(|attribute| attribute.name.is_standard()) {
        return schema;
    }
    schema.opaque_names()
}

/// Reads each file, and each JSON file of a folder.
fn each(
    paths: &[PathBuf],
    mut read: impl FnMut(Value) -> Result<(), Failure>,
) -> Result<(), Failure> {
    for path in paths {
        for file in files(path).map_err(|error| format!("{}: {error}", path.display()))? {
            let text = fs::read_to_string(&file);
            let read = text.map_err(Failure::from).and_then(|text| {
                let document = serde_json::from_str(&text)?;
                read(document)
            });
            read.map_err(|error| format!("{}: {error}", file.display()))?;
        }
    }
    Ok(())
}

fn files(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let entries = fs::read_dir(path)?.map(|entry| Ok(entry?.path()));
    let mut files: Vec<PathBuf> = entries.collect::<Result<_, Failure>>()?;
    files.retain(|file| file.extension().is_some_and(|end| end == "json"));
    files.sort();
    Ok(files)
}

/// One, an array, or a ListResponse.
fn listed(document: Value) -> Vec<Value> {
    match document {
        Value::Array(all) => all,
        Value::Object(mut object) => match object.remove("Resources") {
            Some(Value::Array(all)) => all,
            _ => vec![Value::Object(object)],
        },
        other => vec![other],
    }
}
