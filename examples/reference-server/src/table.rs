//! Resources as rows of a table, for CSV: one column for each attribute that fits into a cell.

use scim_service::{
    core::{Attribute, Kind, Mutability},
    schema::ResourceSchema,
};
use serde_json::{Map, Value, json};

/// What stands between several values in one cell.
const BETWEEN: char = ';';

/// A column: an attribute, or a part of one.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    /// The path of the attribute, as filters write it.
    pub(crate) name: String,
    uri: Option<String>,
    attribute: String,
    sub: Option<String>,
    many: bool,
    kind: Kind,
    /// Whether clients may write it.
    pub(crate) writable: bool,
}

/// The columns of a resource type, the id before all.
pub(crate) fn columns(schema: &ResourceSchema) -> Vec<Column> {
    let id = Column {
        name: "id".to_owned(),
        uri: None,
        attribute: "id".to_owned(),
        sub: None,
        many: false,
        kind: Kind::String,
        writable: false,
    };
    let external = Column {
        name: "externalId".to_owned(),
        attribute: "externalId".to_owned(),
        writable: true,
        ..id.clone()
    };
    let base = schema.base().attributes.iter().flat_map(|one| of(None, one));
    let extensions = schema.extensions().flat_map(|(extension, _)| {
        extension.attributes.iter().flat_map(|one| of(Some(extension.id.as_str()), one))
    });
    [id, external].into_iter().chain(base).chain(extensions).collect()
}

/// The columns of an attribute: one, or one for each part of it. An attribute with several values
/// has one if its values have a name to go by.
fn of(uri: Option<&str>, attribute: &Attribute) -> Vec<Column> {
    let prefix = uri.map(|uri| format!("{uri}:")).unwrap_or_default();
    let column = |sub: Option<&Attribute>| Column {
        name: match sub {
            Some(sub) if !attribute.multi_valued => {
                format!("{prefix}{}.{}", attribute.name, sub.name)
            }
            _ => format!("{prefix}{}", attribute.name),
        },
        uri: uri.map(str::to_owned),
        attribute: attribute.name.to_string(),
        sub: sub.map(|sub| sub.name.to_string()),
        many: attribute.multi_valued,
        kind: sub.unwrap_or(attribute).kind,
        writable: attribute.mutability != Mutability::ReadOnly
            && sub.is_none_or(|sub| sub.mutability != Mutability::ReadOnly),
    };
    if attribute.kind != Kind::Complex {
        return vec![column(None)];
    }
    if !attribute.multi_valued {
        let parts = attribute.sub_attributes.iter().filter(|sub| sub.kind != Kind::Complex);
        return parts.map(|sub| column(Some(sub))).collect();
    }
    // Groups are better known by their names; what people write has its value.
    let read_only = attribute.mutability == Mutability::ReadOnly;
    let order = if read_only { ["display", "value"] } else { ["value", "formatted"] };
    let named = order.into_iter().find_map(|name| attribute.sub_attribute(name));
    named.map(|sub| column(Some(sub))).into_iter().collect()
}

impl Column {
    /// The cell of a resource; empty if it has no value.
    pub(crate) fn cell(&self, resource: &Map<String, Value>) -> String {
        let holder = match &self.uri {
            Some(uri) => resource.get(uri).and_then(Value::as_object),
            None => Some(resource),
        };
        let Some(value) = holder.and_then(|holder| holder.get(&self.attribute)) else {
            return String::new();
        };
        let part = |value: &Value| match &self.sub {
            Some(sub) => {
                value.get(sub).or_else(|| value.get("value").filter(|_| self.many)).map(text)
            }
            None => Some(text(value)),
        };
        match value {
            Value::Array(values) => {
                let texts: Vec<String> = values.iter().filter_map(part).collect();
                texts.join(&BETWEEN.to_string())
            }
            value => part(value).unwrap_or_default(),
        }
    }

    /// Puts a cell into a resource; an empty one is no value.
    pub(crate) fn fill(&self, resource: &mut Map<String, Value>, cell: &str) {
        if cell.is_empty() {
            return;
        }
        match &self.uri {
            Some(uri) => within(resource, uri, |holder| self.put(holder, cell)),
            None => self.put(resource, cell),
        }
    }

    fn put(&self, holder: &mut Map<String, Value>, cell: &str) {
        let parts = || cell.split(BETWEEN).map(str::trim).filter(|part| !part.is_empty());
        let value = match (&self.sub, self.many) {
            (Some(sub), true) => {
                parts().map(|part| json!({sub.as_str(): self.value(part)})).collect()
            }
            (None, true) => parts().map(|part| self.value(part)).collect(),
            (Some(sub), false) => {
                return within(holder, &self.attribute, |object| {
                    object.insert(sub.clone(), self.value(cell));
                });
            }
            (None, false) => self.value(cell),
        };
        holder.insert(self.attribute.clone(), value);
    }

    /// The text as a value of the column's type; what is none of it is left to be refused.
    fn value(&self, text: &str) -> Value {
        let as_json = || serde_json::from_str(text).unwrap_or_else(|_| Value::from(text));
        match self.kind {
            Kind::Boolean => match text.to_ascii_lowercase().as_str() {
                "true" => Value::Bool(true),
                "false" => Value::Bool(false),
                _ => Value::from(text),
            },
            Kind::Integer | Kind::Decimal => match as_json() {
                number @ Value::Number(_) => number,
                _ => Value::from(text),
            },
            _ => Value::from(text),
        }
    }
}

/// Fills the object at a name, which is made if it is missing.
fn within(holder: &mut Map<String, Value>, name: &str, fill: impl FnOnce(&mut Map<String, Value>)) {
    let value = holder.entry(name).or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(object) = value {
        fill(object);
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use scim_service::schema::catalog;

    use super::*;

    #[test]
    fn what_is_written_into_cells_is_read_back() {
        let schema = catalog::user().extend(catalog::enterprise()).unwrap();
        let schema = schema.extend(catalog::prendio()).unwrap();
        let enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
        let prendio = "urn:ietf:params:scim:schemas:extension:prendio:2.0:User";
        let resource = json!({
            "userName": "ann", "active": false, "name": {"givenName": "Ann"}, "externalId": "7",
            "emails": [{"value": "a@x"}, {"value": "b@x"}],
            enterprise: {"department": "R;D", "manager": {"value": "42"}},
            prendio: {"spendLimit": 10.25},
        });
        let mut read = Map::new();
        for column in columns(&schema) {
            column.fill(&mut read, &column.cell(resource.as_object().unwrap()));
        }
        assert_eq!(Value::Object(read), resource);
    }

    #[test]
    fn each_column_has_a_name_of_its_own_and_groups_are_shown_by_theirs() {
        let columns = columns(&catalog::user());
        let mut names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names.first(), Some(&"id"));
        let resource = json!({"groups": [{"value": "1", "display": "Staff"}, {"value": "2"}]});
        let groups = columns.iter().find(|column| column.name == "groups").unwrap();
        assert_eq!(groups.cell(resource.as_object().unwrap()), "Staff;2");
        assert!(!groups.writable);
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), columns.len());
    }
}
