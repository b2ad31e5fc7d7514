//! What a company has defined: an extension whose attributes have Peakon's four types.

use std::{fs, path::Path};

use scim_service::{
    core::{AttrName, AttrPath, Constraints, EnterpriseUser, Extension, Format, Kind, Schema},
    schema::{Overlay, catalog},
};
use serde_json::Value;

use crate::{Failure, setup::with_its_names};

/// Characters that a text can have.
const LONGEST: usize = 256;

/// The extension, and what its attributes are beyond what a schema can say.
pub(crate) struct Company {
    pub(crate) schema: Schema,
    pub(crate) limits: Overlay,
    /// The attributes that name an employee, by e-mail address or employee number.
    pub(crate) employees: Vec<String>,
}

impl Company {
    /// What is usual.
    pub(crate) fn usual() -> Self {
        let schema = catalog::peakon();
        let manager = format!("{}:Manager ID", schema.id);
        Self { schema, limits: Overlay::new(), employees: vec![manager, enterprise_manager()] }
    }

    /// Reads a schema whose attributes can have the types `date` and `employee` besides those of
    /// RFC 7643 §2.3; what is published of them are texts.
    pub(crate) fn load(file: &Path) -> Result<Self, Failure> {
        let read = |file: &Path| Self::read(serde_json::from_str(&fs::read_to_string(file)?)?);
        read(file).map_err(|error| format!("{}: {error}", file.display()).into())
    }

    fn read(mut document: Value) -> Result<Self, Failure> {
        let (mut days, mut employees) = (Vec::new(), Vec::new());
        let attributes = document.get_mut("attributes").and_then(Value::as_array_mut);
        for attribute in attributes.into_iter().flatten().filter_map(Value::as_object_mut) {
            let name = attribute.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
            match attribute.get("type").and_then(Value::as_str) {
                Some("date") => days.push(name),
                Some("employee") => employees.push(name),
                _ => continue,
            }
            attribute.insert("type".to_owned(), "string".into());
        }
        let schema = with_its_names(serde_json::from_value(document)?);
        let short = Constraints::new().max_length(LONGEST);
        let mut limits = Overlay::new().on_all(schema.id.clone(), Kind::String, short);
        for day in days {
            let path = AttrPath::new(AttrName::opaque(&day)?).in_schema(schema.id.clone());
            limits = limits.on(path, Constraints::new().format(Format::Date));
        }
        let mut employees: Vec<String> =
            employees.into_iter().map(|name| format!("{}:{name}", schema.id)).collect();
        employees.push(enterprise_manager());
        Ok(Self { schema, limits, employees })
    }
}

fn enterprise_manager() -> String {
    format!("{}:manager.value", EnterpriseUser::SCHEMA)
}
