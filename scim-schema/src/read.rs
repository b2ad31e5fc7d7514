//! Schemas as other servers publish them (RFC 7643 §7, RFC 7644 §4).

use scim_core::{AttrName, Attribute, Kind, Mutability, Returned, Schema, Uniqueness};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::SchemaError;

const KINDS: &[&str] =
    &["string", "boolean", "decimal", "integer", "dateTime", "binary", "reference", "complex"];
const MUTABILITIES: &[&str] = &["readOnly", "readWrite", "immutable", "writeOnly"];
const RETURNED: &[&str] = &["always", "never", "default", "request"];
const UNIQUENESSES: &[&str] = &["none", "server", "global"];

/// Reads schemas from what a server publishes: one schema, an array of them, or a ListResponse.
/// Names and keywords are read in any case, null is as good as absent, and what is left out has
/// the defaults of RFC 7643 §2.2.
///
/// ```
/// use serde_json::json;
///
/// let schemas = scim_schema::read_schemas(json!({
///     "Resources": [{
///         "id": "urn:example:badge:1.0:User",
///         "attributes": [{"name": "colour", "caseExact": true}],
///     }],
/// }))?;
/// assert_eq!(schemas[0].attributes[0].name, "colour");
/// # Ok::<(), scim_schema::SchemaError>(())
/// ```
///
/// # Errors
/// All that cannot be read, in all schemas. Whether a schema contradicts itself is found out when
/// it is used.
pub fn read_schemas(document: Value) -> Result<Vec<Schema>, SchemaError> {
    let documents = match document {
        Value::Array(documents) => documents,
        Value::Object(mut object) => match take(&mut object, "Resources") {
            Some(Value::Array(resources)) => resources,
            Some(_) => return Err(unreadable("`Resources` is no list of schemas")),
            None => vec![Value::Object(object)],
        },
        _ => return Err(unreadable("it is no JSON object")),
    };
    let mut error = SchemaError::new("");
    let mut schemas = Vec::with_capacity(documents.len());
    for document in documents {
        match schema(document) {
            Ok(schema) => schemas.push(schema),
            Err(faults) => error.append(faults),
        }
    }
    error.into_result().map(|()| schemas)
}

fn unreadable(rule: &'static str) -> SchemaError {
    let mut error = SchemaError::new("");
    error.push(String::new(), rule);
    error
}

fn schema(document: Value) -> Result<Schema, SchemaError> {
    let Value::Object(mut object) = document else {
        return Err(unreadable("it is no JSON object"));
    };
    let id = take(&mut object, "id");
    let id = id.as_ref().and_then(Value::as_str).unwrap_or_default();
    let mut reader = Reader(SchemaError::new(id));
    let uri = id.parse().map_err(|_| reader.fault("", "its `id` is no URI")).ok();
    let name = reader.text(&mut object, "name", "", "its `name` is no string");
    let description = reader.text(&mut object, "description", "", "its `description` is no string");
    let attributes = reader.attributes("", take(&mut object, "attributes"));
    reader.0.into_result()?;
    match uri {
        Some(uri) => Ok(Schema::new(uri, name, attributes).description(description)),
        None => Err(unreadable("its `id` is no URI")),
    }
}

/// What has been found wrong so far.
struct Reader(SchemaError);

impl Reader {
    fn fault(&mut self, path: &str, rule: &'static str) {
        self.0.push(path.to_owned(), rule);
    }

    fn attributes(&mut self, parent: &str, attributes: Option<Value>) -> Vec<Attribute> {
        match attributes {
            None => Vec::new(),
            Some(Value::Array(attributes)) => attributes
                .into_iter()
                .enumerate()
                .filter_map(|(at, attribute)| self.attribute(parent, at, attribute))
                .collect(),
            Some(_) => {
                self.fault(parent, "lists its attributes in what is no array");
                Vec::new()
            }
        }
    }

    fn attribute(&mut self, parent: &str, at: usize, attribute: Value) -> Option<Attribute> {
        let place = format!("{parent}[{at}]");
        let Value::Object(mut object) = attribute else {
            self.fault(&place, "is no JSON object");
            return None;
        };
        let name = take(&mut object, "name");
        let Some(name) = name.as_ref().and_then(Value::as_str) else {
            self.fault(&place, "has no name");
            return None;
        };
        let Ok(name) = AttrName::opaque(name) else {
            self.fault(
                &place,
                "has a name with quotes, brackets, colons, dots or control characters",
            );
            return None;
        };
        let path = match parent {
            "" => name.to_string(),
            parent => format!("{parent}.{name}"),
        };
        Some(self.characteristics(name, &path, object))
    }

    fn characteristics(
        &mut self,
        name: AttrName,
        path: &str,
        mut object: Map<String, Value>,
    ) -> Attribute {
        let object = &mut object;
        let kind: Kind = self.keyword(object, "type", KINDS, path, "has an unknown type");
        let mut attribute = Attribute::new(name, kind);
        attribute.multi_valued =
            self.flag(object, "multiValued", path, "has a `multiValued` that is no boolean");
        attribute.required =
            self.flag(object, "required", path, "has a `required` that is no boolean");
        attribute.case_exact |=
            self.flag(object, "caseExact", path, "has a `caseExact` that is no boolean");
        attribute.description =
            self.text(object, "description", path, "has a description that is no string");
        attribute.mutability = self.keyword::<Mutability>(
            object,
            "mutability",
            MUTABILITIES,
            path,
            "has an unknown mutability",
        );
        attribute.returned = self.keyword::<Returned>(
            object,
            "returned",
            RETURNED,
            path,
            "has an unknown `returned`",
        );
        attribute.uniqueness = self.keyword::<Uniqueness>(
            object,
            "uniqueness",
            UNIQUENESSES,
            path,
            "has an unknown uniqueness",
        );
        attribute.canonical_values =
            self.texts(object, "canonicalValues", path, "has canonical values that are no strings");
        attribute.reference_types =
            self.texts(object, "referenceTypes", path, "has reference types that are no strings");
        attribute.sub_attributes = self.attributes(path, take(object, "subAttributes"));
        attribute
    }

    fn keyword<T: DeserializeOwned + Default>(
        &mut self,
        object: &mut Map<String, Value>,
        name: &str,
        words: &[&str],
        path: &str,
        rule: &'static str,
    ) -> T {
        let Some(value) = take(object, name) else { return T::default() };
        let text = value.as_str().unwrap_or_default();
        let word = words.iter().find(|word| word.eq_ignore_ascii_case(text));
        let read = word.and_then(|word| serde_json::from_value(Value::from(*word)).ok());
        read.unwrap_or_else(|| {
            self.fault(path, rule);
            T::default()
        })
    }

    fn flag(
        &mut self,
        object: &mut Map<String, Value>,
        name: &str,
        path: &str,
        rule: &'static str,
    ) -> bool {
        match take(object, name) {
            None => false,
            Some(Value::Bool(flag)) => flag,
            Some(_) => {
                self.fault(path, rule);
                false
            }
        }
    }

    fn text(
        &mut self,
        object: &mut Map<String, Value>,
        name: &str,
        path: &str,
        rule: &'static str,
    ) -> String {
        match take(object, name) {
            None => String::new(),
            Some(Value::String(text)) => text,
            Some(_) => {
                self.fault(path, rule);
                String::new()
            }
        }
    }

    fn texts(
        &mut self,
        object: &mut Map<String, Value>,
        name: &str,
        path: &str,
        rule: &'static str,
    ) -> Vec<String> {
        let texts = match take(object, name) {
            None => Some(Vec::new()),
            Some(Value::Array(values)) => {
                values.iter().map(|value| value.as_str().map(str::to_owned)).collect()
            }
            Some(_) => None,
        };
        texts.unwrap_or_else(|| {
            self.fault(path, rule);
            Vec::new()
        })
    }
}

/// The value under a name in any case; null is none.
fn take(object: &mut Map<String, Value>, name: &str) -> Option<Value> {
    let (_, value) = object.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name))?;
    Some(value.take()).filter(|value| !value.is_null())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{ResourceSchema, catalog};

    use super::*;

    /// RFC 7643 §7
    #[test]
    fn what_the_catalogue_publishes_is_read_again() {
        let schemas: Vec<Schema> = catalog::ALL.iter().map(|schema| schema()).collect();
        let list = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
            "totalResults": schemas.len(),
            "Resources": schemas,
        });
        let read = read_schemas(list).unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), serde_json::to_value(&schemas).unwrap());
        assert_eq!(read_schemas(json!(catalog::user_schema())).unwrap(), [catalog::user_schema()]);
    }

    /// RFC 7643 §2.1, RFC 7643 §7
    #[test]
    fn nulls_and_names_in_another_case_are_read() {
        let read = read_schemas(json!({
            "ID": "urn:test:A",
            "name": null,
            "Attributes": [{"NAME": "a", "Type": "DATETIME", "required": null, "multivalued": true}],
        }));
        let expected = Attribute::new(AttrName::from_static("a"), Kind::DateTime).multi_valued();
        assert_eq!(read.unwrap()[0].attributes, [expected]);
    }

    /// RFC 7643 §2.3, RFC 7643 §7
    #[test]
    fn all_that_cannot_be_read_is_named_at_once() {
        let error = read_schemas(json!([
            {"id": "urn:test:A", "attributes": [
                {"name": "a", "type": "uuid", "required": "yes", "returned": "often"},
                {"type": "string"},
                {"name": "quo\"te"},
                {"name": "b", "type": "complex", "subAttributes": [
                    {"name": "c", "mutability": 1, "canonicalValues": [1]}, 7,
                ]},
            ]},
            {"id": "here", "name": 1, "attributes": {}},
            "x",
        ]))
        .unwrap_err();
        insta::assert_snapshot!(error, @r#"the schema `urn:test:A` cannot be used: `a` has an unknown type; `a` has a `required` that is no boolean; `a` has an unknown `returned`; `[1]` has no name; `[2]` has a name with quotes, brackets, colons, dots or control characters; `b.c` has an unknown mutability; `b.c` has canonical values that are no strings; `b[1]` is no JSON object; the schema `here` cannot be used: its `id` is no URI; its `name` is no string; lists its attributes in what is no array; the schema cannot be used: it is no JSON object"#);
        assert!(read_schemas(json!({"Resources": 1})).is_err());
        assert!(read_schemas(json!(1)).is_err());
    }

    /// RFC 7643 §2.1
    #[test]
    fn names_with_blanks_are_read_and_used_only_where_the_schema_says_so() {
        let schema = json!({"id": "urn:test:A", "attributes": [{"name": "Date of birth"}]});
        let [schema] = &read_schemas(schema).unwrap()[..] else { panic!("one schema") };
        assert!(ResourceSchema::new(schema.clone()).is_err());
        assert!(ResourceSchema::new(schema.clone().opaque_names()).is_ok());
    }
}
