//! 200,000 resources of two tenants: what an index serves is found without looking at others.

use std::collections::BTreeMap;

use scim_filter::{
    ResolvedPath,
    sql::{
        Column, Columns, Dialect, Direction, Holds, Index, Param, Place, Position, Rows, compile,
        order,
    },
};
use serde_json::Value;

use super::{
    checked,
    database::Database,
    engine::{self, Engine},
    sqlite,
};

/// `resource`, `email` and `key`, all of which begin with the tenant, `?1`.
#[derive(Clone, Copy, Debug)]
enum Layout {
    /// Documents, and rows of keys.
    Keys,
    /// A column, and a table of addresses.
    Tables,
}

impl Columns for Layout {
    fn id(&self) -> &str {
        "r.id"
    }

    fn place(&self, path: &ResolvedPath) -> Option<Place> {
        let tenant = self.tenant();
        Some(match (self, path.to_string().as_str()) {
            (_, "level") => Place::Value(Column::new("r.level", Holds::Integer).required()),
            (_, "score") => Place::Value(Column::number("r.level").required()),
            (_, "active") => Place::Value(Column::boolean("r.active")),
            (Self::Keys, _) => Place::Document("r.document".into()),
            (Self::Tables, "userName") => Place::Value(Column::key("r.user_name").required()),
            (Self::Tables, "emails") => Place::Rows(
                Rows::new("email e", "r.id", "e.owner")
                    .scope(format!("e.tenant = {tenant}"))
                    .column("value", Column::key("e.value").indexed())
                    .column("type", Column::key("e.type")),
            ),
            _ => return None,
        })
    }

    fn index(&self, path: &ResolvedPath) -> Option<Index> {
        let (name, tenant) = (path.to_string(), self.tenant());
        match (self, name.as_str()) {
            (Self::Keys, "userName" | "emails.value") => Some(
                Index::new("key k", "r.id", "k.id", Column::key("k.k"))
                    .scope(format!("k.tenant = {tenant} AND k.attr = '{name}'")),
            ),
            (Self::Tables, "userName") => Some(
                Index::new("resource x", "r.id", "x.id", Column::key("x.user_name"))
                    .scope(format!("x.tenant = {tenant}")),
            ),
            _ => None,
        }
    }
}

impl Layout {
    /// Both databases know a parameter by this name.
    fn tenant(self) -> &'static str {
        "$1"
    }
}

const TENANTS: usize = 2;
const EACH: usize = 100_000;

/// Statements that make and fill the tables; `number` gives the numbers below a bound.
fn fill(dialect: Dialect) -> String {
    let (numbers, json, object, array, c, analyze) = match dialect {
        Dialect::Sqlite => (
            format!(
                "(WITH RECURSIVE c(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM c WHERE n < {}) SELECT n FROM c)",
                EACH - 1
            ),
            "text",
            "json_object",
            "json_array",
            "",
            "ANALYZE",
        ),
        Dialect::Postgres => (
            format!("(SELECT generate_series(0, {}) AS n)", EACH - 1),
            "jsonb",
            "jsonb_build_object",
            "jsonb_build_array",
            "COLLATE \"C\"",
            "ANALYZE resource; ANALYZE email; ANALYZE key",
        ),
    };
    let tenants: Vec<String> = (0..TENANTS).map(|t| format!("SELECT 't{t}' AS tenant")).collect();
    let source = format!("({}) t, {numbers} n", tenants.join(" UNION ALL "));
    let id = "tenant || '-' || (n * 7919 % 100003) || '-' || n";
    let user = "'user' || n || '@example.com'";
    let email = "'user' || n || '@mail.example'";
    format!(
        "CREATE TEMP TABLE resource (tenant text {c}, id text {c}, user_name text {c}, active boolean,
            level int, document {json}, PRIMARY KEY (tenant, id));
         CREATE TEMP TABLE email (tenant text {c}, owner text {c}, value text {c}, type text {c});
         CREATE TEMP TABLE key (tenant text {c}, attr text {c}, k text {c}, id text {c});
         INSERT INTO resource SELECT tenant, {id}, {user}, n % 2 = 0, n, {object}('userName', {user},
            'emails', {array}({object}('value', {email}, 'type', 'work'))) FROM {source};
         INSERT INTO email SELECT tenant, id, replace(user_name, '@example.com', '@mail.example'),
            'work' FROM resource;
         INSERT INTO key SELECT tenant, 'userName', user_name, id FROM resource;
         INSERT INTO key SELECT tenant, 'emails.value', value, owner FROM email;
         CREATE INDEX resource_user ON resource (tenant, user_name);
         CREATE INDEX resource_level ON resource (tenant, level, id);
         CREATE INDEX email_value ON email (tenant, value, owner);
         CREATE INDEX email_owner ON email (tenant, owner);
         CREATE INDEX key_k ON key (tenant, attr, k, id);
         {analyze};"
    )
}

/// Filters, how many resources fulfil them, and how many have to be looked at.
const FILTERS: &[(&str, usize, usize)] = &[
    (r#"userName eq "USER4711@example.com""#, 1, 1),
    (r#"userName eq "nobody""#, 0, 0),
    (r#"userName sw "user4712""#, 11, 11),
    (r#"emails.value eq "user4711@mail.example""#, 1, 1),
    (r#"emails eq "user4711@mail.example" and active eq false"#, 1, 1),
    (r#"userName sw "user4712" and active eq true"#, 6, 11),
    (r#"userName eq "user4711@example.com" or emails.value eq "user12@mail.example""#, 2, 2),
    (
        r#"userName eq "user1@example.com" or userName eq "user2@example.com" or userName eq "x""#,
        2,
        2,
    ),
    (r#"userName sw "user4712" or emails.value eq "user12@mail.example""#, 12, 12),
    (
        r#"(userName eq "user1@example.com" or userName eq "user2@example.com") and active eq true"#,
        1,
        2,
    ),
    (r#"emails[type eq "work" and value eq "user4711@mail.example"]"#, 1, 1),
    (r#"emails[type eq "work" and value sw "user4712"]"#, 11, 11),
    (r#"not (userName ne "user4711@example.com")"#, 1, 1),
    (r#"userName ge "user4712" and active eq true and userName lt "user4713""#, 6, 11),
    (
        r#"userName gt "user4712" and userName lt "user4713" or emails.value eq "user12@mail.example""#,
        12,
        12,
    ),
    ("level eq 4711", 1, 1),
    ("level gt 99990.5 and level lt 99995.5", 5, 5),
    ("level ge 99990 and active eq true and level le 1e6", 5, 10),
    ("score eq 4711.0", 1, 1),
    ("score ge 99990 and score lt 99995", 5, 5),
    (r#"emails[value ge "user4712" and type eq "work" and value lt "user4713"]"#, 11, 11),
];

#[test]
fn what_an_index_serves_is_found_without_looking_at_others() {
    for mut engine in Engine::all() {
        engine.run("DROP TABLE resource; DROP TABLE key");
        engine.run(&fill(engine.dialect()));
        for layout in [Layout::Keys, Layout::Tables] {
            for (filter, found, looked_at) in FILTERS {
                let condition = compile(&checked(filter), &layout, engine.dialect(), 2).unwrap();
                let select = format!(
                    "SELECT r.id, NULL FROM resource r WHERE r.tenant = $1 AND ({})",
                    condition.text
                );
                let mut params = vec![Param::Text("t1".to_owned())];
                params.extend(condition.params);
                let rows = engine.rows(&select, &params);
                let what = format!("{filter} in {layout:?} on {engine:?}");
                assert_eq!(rows.len(), *found, "{what}");
                assert!(rows.iter().all(|(id, _)| id.as_ref().unwrap().starts_with("t1")));
                looks_at(&mut engine, &select, &params, *looked_at, &what);
            }
        }
        for name in ["level", "score"] {
            let path = match checked(&format!("{name} pr")).root() {
                scim_filter::Node::Test(test) => test.path.clone(),
                other => panic!("{other:?}"),
            };
            for direction in [Direction::Ascending, Direction::Descending] {
                let order =
                    order(Some(&path), direction, &Layout::Tables, engine.dialect()).unwrap();
                let position = Position { key: Some("50000".into()), id: "t1".into() };
                let after = order.after(&position, 2);
                // An index in one direction does not give the order of ids within the other.
                let terms =
                    if direction == Direction::Ascending { order.terms() } else { "1".into() };
                let bounds =
                    if direction == Direction::Ascending { "" } else { " AND r.level > 49990" };
                let select = format!(
                    "SELECT r.id, NULL FROM resource r WHERE r.tenant = $1 AND ({}){bounds} \
                     ORDER BY {terms} LIMIT 10",
                    after.text
                );
                let params = [vec![Param::Text("t1".to_owned())], after.params].concat();
                let what = format!("{direction:?} by {name} on {engine:?}");
                assert_eq!(engine.rows(&select, &params).len(), 10, "{what}");
                looks_at(&mut engine, &select, &params, 11, &what);
            }
        }
    }
}

/// An index is searched, and no more resources are looked at.
fn looks_at(engine: &mut Engine, select: &str, params: &[Param], looked_at: usize, what: &str) {
    match engine {
        Engine::Sqlite(connection) => {
            searches(connection, select, params, what);
            steps(connection, select, params, looked_at, what);
        }
        Engine::Postgres(client) => reads(client, select, params, looked_at, what),
    }
}

/// SQLite's plan holds searches of an index alone.
fn searches(connection: &rusqlite::Connection, select: &str, params: &[Param], what: &str) {
    let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {select}")).unwrap();
    let params = rusqlite::params_from_iter(params.iter().cloned().map(sqlite::value));
    let rows = statement.query_map(params, |row| row.get::<_, String>(3)).unwrap();
    let plan: Vec<String> = rows.map(Result::unwrap).collect();
    let is_scan = |line: &&String| line.starts_with("SCAN ") && !line.contains("VIRTUAL TABLE");
    assert_eq!(plan.iter().find(is_scan), None, "{what}: {select} {plan:#?}");
    let by_tenant_alone = |line: &&String| line.ends_with("(tenant=?)");
    assert_eq!(plan.iter().find(by_tenant_alone), None, "{what}: {select} {plan:#?}");
}

/// SQLite works no longer than for the resources that have to be looked at.
fn steps(
    connection: &rusqlite::Connection,
    select: &str,
    params: &[Param],
    looked_at: usize,
    what: &str,
) {
    let mut statement = connection.prepare(select).unwrap();
    let params = rusqlite::params_from_iter(params.iter().cloned().map(sqlite::value));
    statement.query_map(params, |_| Ok(())).unwrap().for_each(drop);
    let steps = statement.get_status(rusqlite::StatementStatus::VmStep);
    assert!(steps as usize <= 50 + 50 * looked_at, "{what}: {steps} steps\n{select}");
}

/// PostgreSQL reads no more of the resources than have to be looked at, and few pages.
fn reads(
    client: &mut postgres::Client,
    select: &str,
    params: &[Param],
    looked_at: usize,
    what: &str,
) {
    let params: Vec<_> = params.iter().cloned().map(engine::typed).collect();
    let params: Vec<_> = params.iter().map(|one| &**one).collect();
    let explain = format!("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {select}");
    let plan = client.query_one(&explain, &params).unwrap();
    let plan: Value = serde_json::from_str(&plan.get::<_, postgres_text::Json>(0).0).unwrap();
    let mut rows = BTreeMap::new();
    fetched(&plan[0]["Plan"], &mut rows);
    let pages: f64 = ["Hit", "Read"]
        .iter()
        .flat_map(|how| ["Shared", "Local"].map(|kind| format!("{kind} {how} Blocks")))
        .filter_map(|name| plan[0]["Plan"][name].as_f64())
        .sum();
    let resources = rows.get("r").copied().unwrap_or_default();
    assert!(resources <= looked_at as f64, "{what}: {resources} rows\n{select}\n{plan:#}");
    assert!(pages <= 20.0 + 8.0 * looked_at as f64, "{what}: {pages} pages\n{select}\n{plan:#}");
}

/// How many rows of each table, by alias, are looked at, whether they are kept or not.
fn fetched(plan: &Value, rows: &mut BTreeMap<String, f64>) {
    let number = |name: &str| plan[name].as_f64().unwrap_or_default();
    if let Some(table) = plan["Alias"].as_str().filter(|_| plan["Relation Name"].is_string()) {
        let each = number("Actual Rows") + number("Rows Removed by Filter");
        *rows.entry(table.to_owned()).or_default() += each * number("Actual Loops");
    }
    plan["Plans"].as_array().into_iter().flatten().for_each(|part| fetched(part, rows));
}

mod postgres_text {
    use postgres::types::{FromSql, Type};

    /// JSON as text.
    pub(super) struct Json(pub(super) String);

    impl<'a> FromSql<'a> for Json {
        fn from_sql(
            _: &Type,
            raw: &'a [u8],
        ) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
            Ok(Self(String::from_utf8(raw.to_vec())?))
        }

        fn accepts(kind: &Type) -> bool {
            *kind == Type::JSON
        }
    }
}
