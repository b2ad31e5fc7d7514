//! The attributes of the corpus laid out in tables, in four forms.

use std::sync::LazyLock;

use chrono::{DateTime, SecondsFormat};
use scim_core::{Attribute, Kind, SchemaUri, common_attributes};
use scim_filter::{
    Key, Resolved, ResolvedPath,
    sql::{Dialect, Holds},
    testing::Schema,
};
use serde_json::{Map, Value, json};

/// A table: the resources, or the elements of a list.
pub(super) struct Table {
    pub(super) name: String,
    pub(super) list: Option<ResolvedPath>,
    pub(super) fields: Vec<Field>,
}

/// Two columns: the values as such, and their keys.
pub(super) struct Field {
    pub(super) path: ResolvedPath,
    pub(super) name: String,
}

static ENTERPRISE: SchemaUri = SchemaUri::ENTERPRISE_USER;

/// The table of resources, and one for each list.
pub(super) static TABLES: LazyLock<Vec<Table>> = LazyLock::new(|| {
    let base = Schema.base().iter().chain(common_attributes()).map(|one| (None, one));
    let extension = Schema.extension().iter().map(|one| (Some(&ENTERPRISE), one));
    let mut tables = vec![Table { name: "resource".into(), list: None, fields: Vec::new() }];
    for (container, attribute) in base.chain(extension) {
        let at = |sub| Resolved { container, attribute: Some(attribute), sub };
        let list = ResolvedPath::of(&at(None)).unwrap();
        let (nested, parts): (Vec<&Attribute>, Vec<_>) =
            attribute.sub_attributes.iter().partition(|sub| sub.multi_valued);
        let mut fields: Vec<Field> = parts.iter().map(|sub| field(at(Some(*sub)))).collect();
        if attribute.kind != Kind::Complex {
            fields.push(field(at(None)));
        }
        if attribute.multi_valued {
            tables.push(Table { name: format!("t_{}", name(&list)), list: Some(list), fields });
        } else {
            tables[0].fields.extend(fields);
        }
        for sub in nested {
            let fields = vec![field(at(Some(sub)))];
            let path = fields[0].path.clone();
            tables.push(Table { name: format!("t_{}", name(&path)), list: Some(path), fields });
        }
    }
    tables
});

fn field(resolved: Resolved<'_>) -> Field {
    let path = ResolvedPath::of(&resolved).unwrap();
    Field { name: name(&path), path }
}

/// A name for SQL.
fn name(path: &ResolvedPath) -> String {
    let parts = [path.name.as_ref(), path.sub.as_ref()].into_iter().flatten();
    let parts: Vec<String> =
        parts.map(|part| part.as_str().replace('$', "").to_ascii_lowercase()).collect();
    let container = if path.container.is_some() { "x_" } else { "" };
    format!("{container}{}", parts.join("_"))
}

/// The statements that make the tables.
pub(super) fn definitions(dialect: Dialect) -> Vec<String> {
    let mut all = vec![
        "CREATE TEMP TABLE key (attr text, k text, id text)".to_owned(),
        "CREATE INDEX key_k ON key (attr, k, id)".to_owned(),
    ];
    for table in TABLES.iter() {
        let mut columns = match (&table.list, dialect) {
            (Some(_), _) => "owner text, place int".to_owned(),
            (None, Dialect::Sqlite) => "document text".to_owned(),
            (None, Dialect::Postgres) => "document jsonb".to_owned(),
        };
        for Field { name, path } in &table.fields {
            let plain = match (holds(path, dialect), dialect) {
                // Without a type SQLite leaves values as they are.
                (_, Dialect::Sqlite) => "",
                (Holds::Boolean, _) => "boolean",
                (Holds::Number, _) => "numeric",
                (Holds::Float, _) => "float8",
                (Holds::Integer | Holds::Millis, _) => "bigint",
                (Holds::Timestamp, _) => "timestamptz",
                _ => "text",
            };
            columns += &format!(", {name}_p {plain}, {name}_k text");
        }
        all.push(format!("CREATE TEMP TABLE {} ({columns})", table.name));
        if table.list.is_some() {
            all.push(format!("CREATE INDEX {0}_owner ON {0} (owner, place)", table.name));
        }
    }
    all
}

/// What a column of plain values holds.
pub(super) fn holds(path: &ResolvedPath, dialect: Dialect) -> Holds {
    let is_meta = path.name.as_ref().is_some_and(|name| *name == "meta");
    match path.kind {
        Kind::Boolean => Holds::Boolean,
        Kind::Decimal => Holds::Number,
        Kind::Integer => Holds::Integer,
        Kind::DateTime if dialect == Dialect::Postgres && !is_meta => Holds::Timestamp,
        Kind::DateTime => Holds::Millis,
        Kind::String | Kind::Reference if path.case_exact => Holds::Text,
        Kind::String | Kind::Reference => Holds::LowerCase,
        _ => Holds::Key,
    }
}

fn key(path: &ResolvedPath, value: &Value) -> Option<String> {
    Key::of(value, path.kind, path.case_exact).map(|key| key.as_str().to_owned())
}

fn plain(path: &ResolvedPath, value: &Value, dialect: Dialect) -> Option<Value> {
    let key = key(path, value)?;
    let instant = || DateTime::parse_from_rfc3339(&format!("{key}Z")).unwrap();
    Some(match holds(path, dialect) {
        Holds::Key => key.into(),
        Holds::LowerCase => value.as_str()?.to_lowercase().into(),
        Holds::Millis => instant().timestamp_millis().into(),
        // Without a year 0, the year before 1 is 1 BC.
        Holds::Timestamp => match instant().to_rfc3339_opts(SecondsFormat::Micros, true) {
            text if text.starts_with("0000") => (text.replacen("0000", "0001", 1) + " BC").into(),
            text => text.into(),
        },
        _ => value.clone(),
    })
}

/// Whether lower case tells what folding does, whoever lowers it.
pub(super) fn is_lowered_alike(text: &str) -> bool {
    let lowered = text.to_lowercase();
    Key::text(text, false).as_str() == lowered && !lowered.contains('σ')
}

/// Whether columns of plain values tell what keys do: lower case is not folding, and instants have
/// a precision.
pub(super) fn is_exact_in_columns(resource: &Value) -> bool {
    let instants = TABLES.iter().flat_map(|table| &table.fields);
    let mut instants = instants.filter(|field| field.path.kind == Kind::DateTime);
    let level = resource.as_object().unwrap();
    let is_coarse = |field: &Field| {
        field.path.values(level).all(|value| {
            key(&field.path, value).is_none_or(|key| key.len() <= "2024-01-01T00:00:00.000".len())
        })
    };
    is_lowered_alike(&resource.to_string()) && instants.all(is_coarse)
}

/// The rows of a resource in this table.
pub(super) fn rows(table: &Table, resource: &Map<String, Value>, dialect: Dialect) -> Vec<Value> {
    let row = |values: &mut dyn FnMut(&Field) -> Option<Value>, first: Value| {
        let Value::Object(mut row) = first else { return Value::Null };
        for field in &table.fields {
            let Some(value) = values(field) else { continue };
            row.insert(format!("{}_p", field.name), plain(&field.path, &value, dialect).into());
            row.insert(format!("{}_k", field.name), key(&field.path, &value).into());
        }
        Value::Object(row)
    };
    let Some(list) = &table.list else {
        let first = json!({ "document": document(resource) });
        return vec![row(&mut |field| field.path.values(resource).next().cloned(), first)];
    };
    let elements = list.values(resource).filter(|element| canonical(element).is_some());
    let elements = elements.enumerate().map(|(place, element)| {
        let first = json!({ "owner": resource["id"], "place": place });
        let value = |field: &Field| match (element, &field.path.sub) {
            (Value::Object(parts), Some(sub)) => parts.get(sub.as_str()).cloned(),
            (element, _) => Some(element.clone()),
        };
        row(&mut |field| value(field), first)
    });
    elements.collect()
}

/// The rows of a resource in the table of keys.
pub(super) fn keys(resource: &Map<String, Value>) -> Vec<Value> {
    let fields = TABLES.iter().flat_map(|table| &table.fields);
    let of_field = |field: &Field| -> Vec<Value> {
        let keys = field.path.values(resource).filter_map(|value| key(&field.path, value));
        let keys = keys.filter(|key| !key.is_empty());
        keys.map(|key| json!({ "attr": field.path.to_string(), "k": key, "id": resource["id"] }))
            .collect()
    };
    fields.flat_map(of_field).collect()
}

/// The resource in canonical form, with its keys in place of its values.
fn document(resource: &Map<String, Value>) -> Value {
    let mut document = canonical(&Value::Object(resource.clone())).unwrap();
    for table in TABLES.iter() {
        for Field { path, .. } in &table.fields {
            let container = path.container.as_ref().map(ToString::to_string);
            let name = path.name.as_ref().map(ToString::to_string);
            let sub = path.sub.as_ref().map(ToString::to_string);
            replace(&mut document, &[container, name, sub].map(Option::unwrap_or_default), path);
        }
    }
    document
}

fn replace(value: &mut Value, steps: &[String], path: &ResolvedPath) {
    match (value, steps) {
        (Value::Array(elements), _) => {
            elements.iter_mut().for_each(|element| replace(element, steps, path));
        }
        (value, [step, rest @ ..]) if step.is_empty() => replace(value, rest, path),
        (value, [step, rest @ ..]) => {
            if let Some(value) = value.get_mut(step) {
                replace(value, rest, path);
            }
        }
        (value, []) => *value = key(path, value).into(),
    }
}

/// The value without what is none.
pub(super) fn canonical(value: &Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::String(text) if text.is_empty() => None,
        Value::Array(elements) => {
            let elements: Vec<Value> = elements.iter().filter_map(canonical).collect();
            (!elements.is_empty()).then_some(Value::Array(elements))
        }
        Value::Object(members) => {
            let members = members.iter();
            let members: Map<String, Value> = members
                .filter_map(|(name, value)| Some((name.clone(), canonical(value)?)))
                .collect();
            (!members.is_empty()).then_some(Value::Object(members))
        }
        value => Some(value.clone()),
    }
}
