//! Four ways of keeping the same resources in SQLite, and filters run on them.

use chrono::DateTime;
use rusqlite::{Connection, params_from_iter, types::Value as Sql};
use scim_core::{AttrName, AttrPath, Attribute, Compat, Kind, SchemaUri, common_attributes};
use serde_json::{Map, Value, json};

use crate::{
    Attributes, Checked, Key, Node, Operand, Resolved, ResolvedPath, Test, TestOp,
    sql::{
        Column, Columns, Dialect, Direction, Holds, Index, Param, Place, Position, Rows, compile,
        order,
    },
};

const EXT: SchemaUri = SchemaUri::from_static("urn:x:Ext");

/// How the attributes are kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Form {
    /// All in a document of keys.
    Document,
    /// In a document, with a table of keys beside it.
    Indexed,
    /// Single values in columns of their own types, lists in tables.
    Rows,
    /// The same, as columns of keys.
    Keys,
}

pub(super) const FORMS: [Form; 4] = [Form::Document, Form::Indexed, Form::Rows, Form::Keys];

/// The attributes of the base schema and of an extension.
pub(super) struct Schema;

fn string(name: &str) -> Attribute {
    of(name, Kind::String)
}

fn of(name: &str, kind: Kind) -> Attribute {
    Attribute::new(name.parse().unwrap(), kind)
}

pub(super) fn base() -> &'static [Attribute] {
    static BASE: std::sync::LazyLock<Vec<Attribute>> = std::sync::LazyLock::new(|| {
        let complex = |name: &str, parts: Vec<Attribute>| {
            Attribute::complex(name.parse::<AttrName>().unwrap(), parts)
        };
        vec![
            string("userName"),
            string("code").case_exact(),
            of("active", Kind::Boolean),
            of("level", Kind::Integer),
            of("since", Kind::DateTime),
            complex("name", vec![string("familyName"), string("givenName")]),
            complex("emails", vec![string("value"), string("type"), of("primary", Kind::Boolean)])
                .multi_valued(),
            string("tags").multi_valued(),
            string("secret"),
        ]
    });
    &BASE
}

pub(super) fn extension() -> &'static [Attribute] {
    static PARTS: std::sync::LazyLock<Vec<Attribute>> =
        std::sync::LazyLock::new(|| vec![string("department")]);
    &PARTS
}

impl Attributes for Schema {
    fn resolve(&self, path: &AttrPath, compat: &Compat) -> Option<Resolved<'_>> {
        static URI: SchemaUri = EXT;
        match path.uri() {
            Some(uri) if *uri == EXT => {
                Some(Resolved { container: Some(&URI), ..extension().resolve(path, compat)? })
            }
            _ => base().resolve(path, compat),
        }
    }
}

pub(super) fn path(text: &str) -> ResolvedPath {
    let path: AttrPath = text.parse().unwrap();
    ResolvedPath::new(&Schema.resolve(&path, &Compat::STRICT).unwrap())
}

/// A test of an attribute.
pub(super) fn test(name: &str, op: &str, literal: Value) -> Node {
    let path = path(name);
    let op = operator(&path, op, literal);
    Node::Test(Test { path, op })
}

pub(super) fn eq(name: &str, literal: impl Into<Value>) -> Node {
    test(name, "eq", literal.into())
}

/// A test of a part of an element; of the element itself if the name is empty.
pub(super) fn part(list: &str, name: &str, literal: impl Into<Value>) -> Node {
    let literal = literal.into();
    let path = relative(list, name);
    let op = operator(&path, "eq", literal);
    Node::Test(Test { path, op })
}

pub(super) fn relative(list: &str, name: &str) -> ResolvedPath {
    if name.is_empty() {
        return ResolvedPath { name: None, multi_valued: false, ..path(list) };
    }
    let whole = path(&format!("{list}.{name}"));
    ResolvedPath {
        container: None,
        name: whole.sub,
        sub: None,
        multi_valued: whole.sub_multi_valued,
        sub_multi_valued: false,
        ..whole
    }
}

pub(super) fn operator(path: &ResolvedPath, op: &str, value: Value) -> TestOp {
    let operand = || {
        let key = Key::of(&value, path.kind, path.case_exact).unwrap();
        Operand { value: value.clone(), key }
    };
    match op {
        "pr" => TestOp::Present,
        "eq" => TestOp::Eq(operand()),
        "co" => TestOp::Contains(operand()),
        "sw" => TestOp::StartsWith(operand()),
        "ew" => TestOp::EndsWith(operand()),
        "gt" => TestOp::Gt(operand()),
        "ge" => TestOp::Ge(operand()),
        "lt" => TestOp::Lt(operand()),
        "le" => TestOp::Le(operand()),
        other => panic!("{other}"),
    }
}

pub(super) fn people() -> Vec<Value> {
    vec![
        json!({
            "id": "ann", "userName": "Ann", "code": "A-1", "active": true, "level": 10,
            "since": "2023-05-01T10:00:00Z", "name": {"familyName": "Öl"},
            "emails": [
                {"value": "A@x", "type": "home"},
                {"value": "z@x", "type": "work", "primary": true},
            ],
            "tags": ["red", "blue"],
        }),
        json!({
            "id": "bob", "userName": "bob", "code": "b-2", "active": false, "level": 9,
            "since": "2024-05-01T10:00:00Z", "name": {"givenName": "Bob"},
            "emails": [{"value": "b@x", "type": "work"}],
            "urn:x:Ext": {"department": "Sales"},
        }),
        json!({
            "id": "cyd", "userName": "cyd",
            "emails": [
                {"value": "b@x", "type": "home"},
                {"value": "c@x", "type": "work", "primary": false},
            ],
            "tags": ["red"],
        }),
        json!({
            "id": "dan", "userName": "dan", "active": true,
            "name": {"familyName": "100%_'\\", "givenName": "Dan"},
        }),
    ]
}

/// The resources in tables of all forms.
pub(super) struct Engine(Connection);

const TABLES: &str = "
    CREATE TABLE resource (
        id TEXT PRIMARY KEY, keys TEXT, user_name TEXT, code TEXT, active INTEGER, level REAL,
        since INTEGER, family TEXT, given TEXT, department TEXT,
        user_name_k TEXT, code_k TEXT, active_k TEXT, level_k TEXT, since_k TEXT, family_k TEXT,
        given_k TEXT, department_k TEXT
    ) WITHOUT ROWID;
    CREATE TABLE email (owner TEXT, place INTEGER, value TEXT, type TEXT, is_primary INTEGER,
        value_k TEXT, type_k TEXT, primary_k TEXT, PRIMARY KEY (owner, place)) WITHOUT ROWID;
    CREATE INDEX email_value ON email (value, owner);
    CREATE TABLE tag (owner TEXT, place INTEGER, value TEXT, PRIMARY KEY (owner, place)) WITHOUT ROWID;
    CREATE TABLE key (attr TEXT, k TEXT, id TEXT, PRIMARY KEY (attr, k, id)) WITHOUT ROWID;
";

impl Engine {
    pub(super) fn new(resources: &[Value]) -> Self {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(TABLES).unwrap();
        let engine = Self(connection);
        for resource in resources {
            engine.insert(resource.as_object().unwrap());
        }
        engine
    }

    fn insert(&self, resource: &Map<String, Value>) {
        let id = resource["id"].as_str().unwrap();
        let value = |name: &str| path(name).values(resource).next().cloned();
        let lower = |name: &str| value(name).map(|one| one.as_str().unwrap().to_lowercase());
        let key = |name: &str| value(name).map(|one| key_of(name, &one));
        let since = value("since").map(|one| {
            DateTime::parse_from_rfc3339(one.as_str().unwrap()).unwrap().timestamp_millis()
        });
        let singles: Vec<Sql> = vec![
            id.to_owned().into(),
            shadow(resource).to_string().into(),
            lower("userName").into(),
            value("code").map(|one| one.as_str().unwrap().to_owned()).into(),
            value("active").and_then(|one| one.as_bool()).into(),
            value("level").and_then(|one| one.as_f64()).into(),
            since.into(),
            lower("name.familyName").into(),
            lower("name.givenName").into(),
            lower("urn:x:Ext:department").into(),
            key("userName").into(),
            key("code").into(),
            key("active").into(),
            key("level").into(),
            key("since").into(),
            key("name.familyName").into(),
            key("name.givenName").into(),
            key("urn:x:Ext:department").into(),
        ];
        let marks = vec!["?"; singles.len()].join(",");
        let insert = format!("INSERT INTO resource VALUES ({marks})");
        self.0.execute(&insert, params_from_iter(singles)).unwrap();
        self.insert_lists(id, resource);
        for name in ["userName", "code", "emails.value", "tags", "level"] {
            for one in path(name).values(resource) {
                let key = key_of(name, one);
                if key.is_empty() {
                    continue;
                }
                let row = (name, key, id);
                self.0.execute("INSERT OR IGNORE INTO key VALUES (?, ?, ?)", row).unwrap();
            }
        }
    }

    fn insert_lists(&self, id: &str, resource: &Map<String, Value>) {
        let list = |name: &str| resource.get(name).and_then(Value::as_array).cloned();
        for (place, email) in (0_i64..).zip(list("emails").into_iter().flatten()) {
            let text = |name: &str| email.get(name).map(|one| one.as_str().unwrap().to_lowercase());
            let key =
                |name: &str| email.get(name).map(|one| key_of(&format!("emails.{name}"), one));
            let primary = email.get("primary").and_then(Value::as_bool);
            let row = (
                id,
                place,
                text("value"),
                text("type"),
                primary,
                key("value"),
                key("type"),
                key("primary"),
            );
            self.0.execute("INSERT INTO email VALUES (?,?,?,?,?,?,?,?)", row).unwrap();
        }
        for (place, tag) in (0_i64..).zip(list("tags").into_iter().flatten()) {
            let row = (id, place, key_of("tags", &tag));
            self.0.execute("INSERT INTO tag VALUES (?, ?, ?)", row).unwrap();
        }
    }

    fn statement(&self, filter: &Node, form: Form) -> Result<(String, Vec<Sql>), String> {
        let checked = Checked { root: filter.clone() };
        let found = compile(&checked, &Tables(form), Dialect::Sqlite, 1)
            .map_err(|error| scim_core::Error::from(error).to_string())?;
        Ok((found.text, found.params.into_iter().map(bound).collect()))
    }

    /// The ids that the filter finds.
    pub(super) fn find(&self, filter: &Node, form: Form) -> Result<Vec<String>, String> {
        let (text, params) = self.statement(filter, form)?;
        let select = format!("SELECT r.id FROM resource r WHERE {text} ORDER BY r.id");
        Ok(self.strings(&select, params))
    }

    pub(super) fn plan(&self, filter: &Node, form: Form) -> String {
        let (text, params) = self.statement(filter, form).unwrap();
        let explain = format!("EXPLAIN QUERY PLAN SELECT r.id FROM resource r WHERE {text}");
        let mut statement = self.0.prepare(&explain).unwrap();
        let rows = statement.query_map(params_from_iter(params), |row| row.get::<_, String>(3));
        rows.unwrap().map(Result::unwrap).collect::<Vec<_>>().join("\n")
    }

    fn strings(&self, select: &str, params: Vec<Sql>) -> Vec<String> {
        let mut statement =
            self.0.prepare(select).unwrap_or_else(|error| panic!("{error}: {select}"));
        let rows = statement.query_map(params_from_iter(params), |row| row.get::<_, String>(0));
        rows.unwrap().map(Result::unwrap).collect()
    }

    /// All ids in an order, or backwards, page by page.
    pub(super) fn walk(
        &self,
        by: Option<&str>,
        direction: Direction,
        back: bool,
        size: usize,
        form: Form,
    ) -> Vec<String> {
        let by = by.map(path);
        let order = order(by.as_ref(), direction, &Tables(form), Dialect::Sqlite).unwrap();
        let order = if back { order.reversed() } else { order };
        let mut ids = Vec::new();
        let mut position: Option<Position> = None;
        loop {
            let (condition, params) = match &position {
                Some(position) => {
                    let after = order.after(position, 1);
                    (after.text, after.params.into_iter().map(bound).collect())
                }
                None => ("TRUE".to_owned(), Vec::new()),
            };
            let select = format!(
                "SELECT {}, r.id FROM resource r WHERE {condition} ORDER BY {} LIMIT {size}",
                order.key(),
                order.terms()
            );
            let mut statement = self.0.prepare(&select).unwrap();
            let rows = statement.query_map(params_from_iter(params), |row| {
                Ok(Position { key: row.get(0)?, id: row.get(1)? })
            });
            let page: Vec<Position> = rows.unwrap().map(Result::unwrap).collect();
            ids.extend(page.iter().map(|position| position.id.clone()));
            position = match page.into_iter().last() {
                Some(last) => Some(last),
                None => return ids,
            };
        }
    }
}

fn bound(param: Param) -> Sql {
    match param {
        Param::Text(text) => text.into(),
        Param::Bool(truth) => truth.into(),
        Param::Integer(whole) => whole.into(),
        Param::Real(real) => real.into(),
    }
}

fn key_of(name: &str, value: &Value) -> String {
    let path = path(name);
    Key::of(value, path.kind, path.case_exact).unwrap().as_str().to_owned()
}

/// The resource with its keys in place of its values.
fn shadow(resource: &Map<String, Value>) -> Value {
    fn of(attribute: &Attribute, value: &Value) -> Option<Value> {
        match value {
            Value::Array(list) => Some(list.iter().filter_map(|one| of(attribute, one)).collect()),
            Value::Object(parts) => {
                let part = |name: &str, one| of(attribute.sub_attribute(name).unwrap(), one);
                let parts = parts.iter();
                let keys: Map<_, _> = parts
                    .filter_map(|(name, one)| Some((name.clone(), part(name, one)?)))
                    .collect();
                Some(keys.into())
            }
            value => {
                let key = Key::of(value, attribute.kind, attribute.case_exact).unwrap();
                (!key.as_str().is_empty()).then(|| key.as_str().into())
            }
        }
    }
    let level = |known: &[Attribute], object: &Map<String, Value>| -> Map<String, Value> {
        let find = |name: &str| {
            known.iter().chain(common_attributes()).find(|one| one.name == name).cloned()
        };
        let known =
            object.iter().filter_map(|(name, one)| Some((name.clone(), of(&find(name)?, one)?)));
        known.collect()
    };
    let mut shadow = level(base(), resource);
    if let Some(Value::Object(inner)) = resource.get(EXT.as_str()) {
        shadow.insert(EXT.to_string(), level(extension(), inner).into());
    }
    shadow.into()
}

/// The tables in one of the forms.
pub(super) struct Tables(pub(super) Form);

impl Columns for Tables {
    fn id(&self) -> &str {
        "r.id"
    }

    fn place(&self, path: &ResolvedPath) -> Option<Place> {
        let name = path.to_string();
        match (self.0, name.as_str()) {
            (_, "secret") => None,
            (Form::Document | Form::Indexed, _) => Some(Place::Document("r.keys".into())),
            (form, name) => place(form, name),
        }
    }

    fn index(&self, path: &ResolvedPath) -> Option<Index> {
        let name = path.to_string();
        let known = ["userName", "code", "emails.value", "tags", "level"].contains(&name.as_str());
        (known && self.0 == Form::Indexed).then(|| {
            Index::new("key k", "r.id", "k.id", Column::key("k.k"))
                .scope(format!("k.attr = '{name}'"))
        })
    }
}

fn place(form: Form, name: &str) -> Option<Place> {
    let keys = form == Form::Keys;
    let lower = |plain: &'static str, key: &'static str| {
        if keys { Column::key(key) } else { Column::lower_case(plain) }
    };
    let typed = |plain: &'static str, holds: Holds, key: &'static str| {
        if keys { Column::key(key) } else { Column::new(plain, holds) }
    };
    let column = match name {
        "id" => Column::text("r.id").required(),
        "userName" => lower("r.user_name", "r.user_name_k").required(),
        "code" => typed("r.code", Holds::Text, "r.code_k"),
        "active" => typed("r.active", Holds::Boolean, "r.active_k"),
        "level" => typed("r.level", Holds::Number, "r.level_k"),
        "since" => typed("r.since", Holds::Millis, "r.since_k"),
        "name" => Column::text("coalesce(r.family, r.given)"),
        "name.familyName" => lower("r.family", "r.family_k"),
        "name.givenName" => lower("r.given", "r.given_k"),
        "urn:x:Ext" | "urn:x:Ext:department" => lower("r.department", "r.department_k"),
        "emails" => {
            let rows = Rows::new("email e", "r.id", "e.owner")
                .column("value", lower("e.value", "e.value_k").indexed())
                .column("type", lower("e.type", "e.type_k"))
                .column("primary", typed("e.is_primary", Holds::Boolean, "e.primary_k"))
                .position("e.place");
            return Some(Place::Rows(rows));
        }
        "tags" => {
            let rows = Rows::new("tag t", "r.id", "t.owner").column("", Column::key("t.value"));
            return Some(Place::Rows(rows.position("t.place")));
        }
        _ => return None,
    };
    Some(Place::Value(column))
}
