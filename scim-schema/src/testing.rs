//! Proof, for tests, that a type and a schema agree.

mod probe;
mod sample;

use std::fmt;

use scim_core::{Attribute, Extension, Schema};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

/// What a type and a schema disagree on: everything, one line each.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Disagreements(Vec<String>);

/// Holds a typed extension and its schema against each other: every attribute and sub-attribute of
/// the schema is read and written by a field of the type, as a value of its type and no other;
/// the type demands nothing that the schema does not; and it has no field that the schema does not
/// know.
///
/// ```
/// use scim_core::{AttrName, Attribute, Extension, Kind, Schema, SchemaUri};
/// use scim_schema::testing::covers;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize)]
/// struct Badge {
///     colour: String,
///     #[serde(default)]
///     doors: Vec<u32>,
/// }
///
/// impl Extension for Badge {
///     const SCHEMA: SchemaUri = SchemaUri::from_static("urn:example:badge:1.0:User");
/// }
///
/// let colour = Attribute::new(AttrName::from_static("colour"), Kind::String);
/// let doors = Attribute::new(AttrName::from_static("doors"), Kind::Integer).multi_valued();
/// let badge = Schema::new(Badge::SCHEMA, "Badge", [colour.clone().required(), doors.clone()]);
/// assert_eq!(covers::<Badge>(&badge), Ok(()));
///
/// let other = Schema::new(Badge::SCHEMA, "Badge", [colour, doors]);
/// let disagreements = covers::<Badge>(&other).unwrap_err();
/// assert_eq!(disagreements.to_string(), "the type asks for more than the schema requires");
/// ```
///
/// # Errors
/// All disagreements. The fields of a type are known from [`Extension::NAMES`], or by way of serde's
/// derive; those of a type that flattens another into itself are not.
pub fn covers<E: Extension>(schema: &Schema) -> Result<(), Disagreements> {
    let mut found = Disagreements::default();
    if schema.id != E::SCHEMA {
        found.add(format!("the type is `{}`, the schema `{}`", E::SCHEMA, schema.id));
    }
    found.compare::<E>(&schema.attributes, E::NAMES);
    found.into_result()
}

/// Holds any type against the attributes that it stands for, as [`covers`] does: a resource, or
/// the parts of a complex attribute. Without names, the fields of the type are found by way of
/// serde's derive.
///
/// # Errors
/// All disagreements.
pub fn agrees<T: Serialize + DeserializeOwned>(
    attributes: &[Attribute],
    names: &[&str],
) -> Result<(), Disagreements> {
    let mut found = Disagreements::default();
    found.compare::<T>(attributes, names);
    found.into_result()
}

impl Disagreements {
    fn add(&mut self, line: String) {
        self.0.push(line);
    }

    fn into_result(self) -> Result<(), Self> {
        if self.0.is_empty() { Ok(()) } else { Err(self) }
    }

    fn compare<T: Serialize + DeserializeOwned>(
        &mut self,
        attributes: &[Attribute],
        names: &[&str],
    ) {
        self.compare_names::<T>(attributes, names);
        let least = sample::required(attributes);
        if written::<T>(&least).is_none() {
            return self.add("the type asks for more than the schema requires".to_owned());
        }
        for attribute in attributes {
            self.compare_values::<T>(attribute, attribute.name.as_str(), &|value| {
                with(&least, attribute, value)
            });
            for sub in &attribute.sub_attributes {
                let path = format!("{}.{}", attribute.name, sub.name);
                self.compare_values::<T>(sub, &path, &|value| {
                    let parts = with(&sample::required(&attribute.sub_attributes), sub, value);
                    with(&least, attribute, sample::shaped(attribute, Value::Object(parts)))
                });
            }
        }
    }

    fn compare_names<T: DeserializeOwned>(&mut self, attributes: &[Attribute], names: &[&str]) {
        let by_serde = probe::names::<T>(None);
        let own = if names.is_empty() { by_serde.as_slice() } else { names };
        self.unknown(attributes, own, "");
        for attribute in attributes.iter().filter(|one| !one.sub_attributes.is_empty()) {
            let parts = probe::names::<T>(Some(attribute.name.as_str()));
            self.unknown(&attribute.sub_attributes, &parts, &format!("{}.", attribute.name));
        }
    }

    fn unknown(&mut self, attributes: &[Attribute], names: &[&str], parent: &str) {
        let is_known = |name: &str| attributes.iter().any(|known| known.name.as_str() == name);
        for name in names.iter().filter(|name| **name != "schemas" && !is_known(name)) {
            self.add(format!("`{parent}{name}` is a field of the type and not in the schema"));
        }
    }

    /// Whether the type takes, and gives back, the values that the schema takes, and no others.
    fn compare_values<T: Serialize + DeserializeOwned>(
        &mut self,
        attribute: &Attribute,
        path: &str,
        document: &dyn Fn(Value) -> Map<String, Value>,
    ) {
        for value in sample::right(attribute) {
            let document = document(value);
            match written::<T>(&document) {
                None => self.add(format!("`{path}` is not read as the schema has it")),
                Some(written) if written == document => continue,
                Some(_) => self.add(format!("`{path}` is not written as it was read")),
            }
            return;
        }
        if sample::wrong(attribute)
            .into_iter()
            .any(|value| written::<T>(&document(value)).is_some())
        {
            self.add(format!("`{path}` has no field, or one that takes values of another type"));
        }
    }
}

/// The document as the type writes it once it has read it, without what says nothing and `schemas`.
fn written<T: Serialize + DeserializeOwned>(
    document: &Map<String, Value>,
) -> Option<Map<String, Value>> {
    let read: T = serde_json::from_value(Value::Object(document.clone())).ok()?;
    let Value::Object(written) = serde_json::to_value(read).ok()? else { return None };
    let mut written = sample::pruned(written);
    written.remove("schemas");
    Some(written)
}

fn with(object: &Map<String, Value>, attribute: &Attribute, value: Value) -> Map<String, Value> {
    let mut object = object.clone();
    object.insert(attribute.name.to_string(), value);
    object
}

impl fmt::Display for Disagreements {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

/// As it is shown, since tests show what they unwrap.
impl fmt::Debug for Disagreements {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Disagreements {}
