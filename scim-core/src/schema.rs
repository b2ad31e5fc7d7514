//! Schemas and the characteristics of attributes (RFC 7643 §2.2, §7).

use serde::{Deserialize, Serialize, Serializer, ser::SerializeMap};
use serde_json::Value;

use crate::{AttrName, Constraints, SchemaUri, ShapeError, extensions::pruned};

/// A schema: what attributes a resource or an extension has (RFC 7643 §7).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Schema {
    /// Always the schema of schemas; other servers leave it out.
    #[serde(default = "schemas_of_a_schema")]
    pub schemas: Vec<SchemaUri>,
    /// The URI that names the schema.
    pub id: SchemaUri,
    /// A name for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// What the schema describes.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Its attributes.
    #[serde(default)]
    pub attributes: Vec<Attribute>,
    /// Whether its attributes can have names outside the grammar of RFC 7643 §2.1, such as
    /// `Date of birth`. It is not published, and never read.
    #[serde(skip)]
    pub opaque_names: bool,
}

impl Schema {
    /// A schema of these attributes.
    pub fn new(
        id: SchemaUri,
        name: impl Into<String>,
        attributes: impl Into<Vec<Attribute>>,
    ) -> Self {
        Self {
            schemas: schemas_of_a_schema(),
            id,
            name: name.into(),
            description: String::new(),
            attributes: attributes.into(),
            opaque_names: false,
        }
    }

    /// Lets its attributes have names outside the grammar of RFC 7643 §2.1. Filters and paths
    /// cannot name them.
    #[must_use]
    pub fn opaque_names(mut self) -> Self {
        self.opaque_names = true;
        self
    }

    /// Says what the schema describes.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }
}

/// Reads what other servers send, nulls and all.
impl TryFrom<Value> for Schema {
    type Error = ShapeError;

    fn try_from(value: Value) -> Result<Self, ShapeError> {
        let value = pruned(value).unwrap_or_default();
        serde_json::from_value(value).map_err(|_| ShapeError::expected("a schema"))
    }
}

fn schemas_of_a_schema() -> Vec<SchemaUri> {
    vec![SchemaUri::SCHEMA]
}

/// An attribute or sub-attribute and its characteristics (RFC 7643 §2.2, §7).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Attribute {
    /// Its name.
    pub name: AttrName,
    /// The type of its values.
    #[serde(default, rename = "type")]
    pub kind: Kind,
    /// Whether it holds a list.
    #[serde(default)]
    pub multi_valued: bool,
    /// What it means.
    #[serde(default)]
    pub description: String,
    /// Whether a resource must have it.
    #[serde(default)]
    pub required: bool,
    /// The values that are expected, where there are such.
    #[serde(default)]
    pub canonical_values: Vec<String>,
    /// Whether case counts when values are compared.
    #[serde(default)]
    pub case_exact: bool,
    /// Who can write it, and when.
    #[serde(default)]
    pub mutability: Mutability,
    /// When it is returned.
    #[serde(default)]
    pub returned: Returned,
    /// Among which resources a value can occur once only.
    #[serde(default)]
    pub uniqueness: Uniqueness,
    /// What a reference can refer to: names of resource types, `external` or `uri`.
    #[serde(default)]
    pub reference_types: Vec<String>,
    /// The parts of a complex attribute.
    #[serde(default)]
    pub sub_attributes: Vec<Attribute>,
    /// What the server asks of its values beyond all this; not published, and never read.
    #[serde(skip)]
    pub constraints: Option<Box<Constraints>>,
}

/// The type of an attribute's values (RFC 7643 §2.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Kind {
    /// Unicode text.
    #[default]
    String,
    /// `true` or `false`.
    Boolean,
    /// A number with a fraction.
    Decimal,
    /// A whole number.
    Integer,
    /// A date with a time, as xsd:dateTime.
    DateTime,
    /// Bytes in base64.
    Binary,
    /// A URI.
    Reference,
    /// An object of sub-attributes.
    Complex,
}

/// Who can write an attribute, and when (RFC 7643 §7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Mutability {
    /// The server alone.
    ReadOnly,
    /// Any client, at any time.
    #[default]
    ReadWrite,
    /// A client, once.
    Immutable,
    /// A client, and nobody can read it.
    WriteOnly,
}

/// When an attribute is returned (RFC 7643 §7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Returned {
    /// In every answer.
    Always,
    /// In no answer.
    Never,
    /// Unless the request names other attributes.
    #[default]
    Default,
    /// If the request names it, or has written it.
    Request,
}

/// Among which resources a value can occur once only (RFC 7643 §7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Uniqueness {
    /// Any number of resources can have it.
    #[default]
    None,
    /// One resource of the type and tenant.
    Server,
    /// One resource anywhere.
    Global,
}

impl Attribute {
    /// An attribute with the default characteristics (RFC 7643 §2.2).
    pub fn new(name: AttrName, kind: Kind) -> Self {
        Self {
            name,
            kind,
            multi_valued: false,
            description: String::new(),
            required: false,
            canonical_values: Vec::new(),
            case_exact: matches!(kind, Kind::Binary | Kind::Reference),
            mutability: Mutability::default(),
            returned: Returned::default(),
            uniqueness: Uniqueness::default(),
            reference_types: Vec::new(),
            sub_attributes: Vec::new(),
            constraints: None,
        }
    }

    /// A complex attribute of these parts.
    pub fn complex(name: AttrName, sub_attributes: impl Into<Vec<Self>>) -> Self {
        Self { sub_attributes: sub_attributes.into(), ..Self::new(name, Kind::Complex) }
    }

    /// Says what it means.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// Lets it hold a list.
    #[must_use]
    pub fn multi_valued(mut self) -> Self {
        self.multi_valued = true;
        self
    }

    /// Makes resources without it invalid.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// Lets case count when values are compared.
    #[must_use]
    pub fn case_exact(mut self) -> Self {
        self.case_exact = true;
        self
    }

    /// Names the values that are expected.
    #[must_use]
    pub fn canonical_values<T: Into<String>>(
        mut self,
        values: impl IntoIterator<Item = T>,
    ) -> Self {
        self.canonical_values = values.into_iter().map(Into::into).collect();
        self
    }

    /// Sets who can write it.
    #[must_use]
    pub fn mutability(mut self, mutability: Mutability) -> Self {
        self.mutability = mutability;
        self
    }

    /// Sets when it is returned.
    #[must_use]
    pub fn returned(mut self, returned: Returned) -> Self {
        self.returned = returned;
        self
    }

    /// Sets among which resources a value can occur once only.
    #[must_use]
    pub fn uniqueness(mut self, uniqueness: Uniqueness) -> Self {
        self.uniqueness = uniqueness;
        self
    }

    /// Says what a reference can refer to.
    #[must_use]
    pub fn reference_types<T: Into<String>>(mut self, types: impl IntoIterator<Item = T>) -> Self {
        self.reference_types = types.into_iter().map(Into::into).collect();
        self
    }

    /// Says what the server asks of its values beyond its characteristics.
    #[must_use]
    pub fn constrained(mut self, constraints: Constraints) -> Self {
        self.constraints = Some(Box::new(constraints));
        self
    }

    /// The sub-attribute of this name.
    pub fn sub_attribute(&self, name: &str) -> Option<&Self> {
        self.sub_attributes.iter().find(|sub| sub.name == name)
    }
}

/// Writes the characteristics that the type has: no `caseExact` for booleans and numbers, none of
/// both and no `uniqueness` for complex attributes (RFC 7643 §2.3.2, §2.3.8), no empty lists.
impl Serialize for Attribute {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", &self.name)?;
        map.serialize_entry("type", &self.kind)?;
        if !self.sub_attributes.is_empty() {
            map.serialize_entry("subAttributes", &self.sub_attributes)?;
        }
        map.serialize_entry("multiValued", &self.multi_valued)?;
        map.serialize_entry("description", &self.description)?;
        map.serialize_entry("required", &self.required)?;
        if !self.canonical_values.is_empty() {
            map.serialize_entry("canonicalValues", &self.canonical_values)?;
        }
        if matches!(self.kind, Kind::String | Kind::Reference | Kind::Binary) {
            map.serialize_entry("caseExact", &self.case_exact)?;
        }
        map.serialize_entry("mutability", &self.mutability)?;
        map.serialize_entry("returned", &self.returned)?;
        if !matches!(self.kind, Kind::Complex | Kind::Boolean | Kind::Binary) {
            map.serialize_entry("uniqueness", &self.uniqueness)?;
        }
        if !self.reference_types.is_empty() {
            map.serialize_entry("referenceTypes", &self.reference_types)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// RFC 7643 §2.2
    #[test]
    fn an_attribute_of_which_only_the_name_is_said_has_the_defaults() {
        let read: Attribute = serde_json::from_value(json!({"name": "x"})).unwrap();
        assert_eq!(read, Attribute::new(AttrName::from_static("x"), Kind::String));
        let written = serde_json::to_value(&read).unwrap();
        let expected = json!({
            "name": "x", "type": "string", "multiValued": false, "description": "", "required": false,
            "caseExact": false, "mutability": "readWrite", "returned": "default", "uniqueness": "none",
        });
        assert_eq!(written, expected);
    }

    /// RFC 7643 §2.3.8, RFC 7643 §2.3.2
    #[test]
    fn a_complex_attribute_has_neither_case_nor_uniqueness() {
        let value = Attribute::new(AttrName::from_static("value"), Kind::Boolean);
        let written =
            serde_json::to_value(Attribute::complex(AttrName::from_static("x"), [value])).unwrap();
        for part in [&written, &written["subAttributes"][0]] {
            assert!(part.get("caseExact").is_none() && part.get("uniqueness").is_none(), "{part}");
        }
    }

    /// RFC 7643 §7
    #[test]
    fn what_only_the_server_knows_is_not_published() {
        let name = AttrName::from_static("x");
        let constrained = Attribute::new(name.clone(), Kind::String)
            .constrained(Constraints::new().max_length(3));
        let plain = Attribute::new(name, Kind::String);
        let publish = |attribute: Attribute| {
            let schema = Schema::new("urn:test:X".parse().unwrap(), "X", [attribute]);
            serde_json::to_value(schema.opaque_names()).unwrap()
        };
        assert_eq!(publish(constrained), publish(plain));
    }

    /// RFC 7643 §2.3
    #[test]
    fn a_type_that_no_rfc_knows_is_refused() {
        assert!(serde_json::from_value::<Attribute>(json!({"name": "x", "type": "uuid"})).is_err());
    }
}
