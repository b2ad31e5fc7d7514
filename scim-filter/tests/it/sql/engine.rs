//! SQLite and PostgreSQL with the same tables.

use std::fmt;

use postgres::{NoTls, types::ToSql};
use rusqlite::{params_from_iter, types::Value as Sql};
use scim_filter::{
    Checked,
    sql::{Dialect, Param, Unsupported, compile},
    testing::postgres as server,
};
use serde_json::Value;

use super::{
    layout::{Form, Layout},
    table::{self, TABLES, Table},
};

/// A connection whose tables go with it.
pub(super) enum Engine {
    Sqlite(rusqlite::Connection),
    Postgres(Box<postgres::Client>),
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.dialect().fmt(f)
    }
}

impl Engine {
    /// SQLite, and PostgreSQL if there is one.
    pub(super) fn all() -> Vec<Self> {
        let sqlite = rusqlite::Connection::open_in_memory().unwrap();
        let postgres =
            postgres::Client::connect(&server::address(), NoTls).or_else(server::without);
        let postgres = postgres.map(|client| Self::Postgres(Box::new(client)));
        let mut all: Vec<Self> = [Self::Sqlite(sqlite)].into_iter().chain(postgres).collect();
        for engine in &mut all {
            let definitions = table::definitions(engine.dialect());
            engine.run(&definitions.join(";"));
        }
        all
    }

    pub(super) fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite(_) => Dialect::Sqlite,
            Self::Postgres(_) => Dialect::Postgres,
        }
    }

    pub(super) fn run(&mut self, statements: &str) {
        match self {
            Self::Sqlite(connection) => connection.execute_batch(statements).unwrap(),
            Self::Postgres(client) => client.batch_execute(statements).unwrap(),
        }
    }

    /// These resources, and no others.
    pub(super) fn load(&mut self, resources: &[Value]) {
        let dialect = self.dialect();
        let resources = || resources.iter().map(|resource| resource.as_object().unwrap());
        let mut statements = "DELETE FROM key;".to_owned();
        let rows: Vec<Value> = resources().flat_map(table::keys).collect();
        statements += &insert("key", &["attr".into(), "k".into(), "id".into()], rows, dialect);
        for table in TABLES.iter() {
            let rows = resources().flat_map(|one| table::rows(table, one, dialect)).collect();
            statements += &format!("DELETE FROM {};", table.name);
            statements += &insert(&table.name, &columns(table), rows, dialect);
        }
        self.run(&statements);
    }

    /// The ids that the filter finds, in order.
    pub(super) fn find(
        &mut self,
        filter: &Checked,
        form: Form,
    ) -> Result<Vec<String>, Unsupported> {
        let found = compile(filter, &Layout(form, self.dialect()), self.dialect(), 1)?;
        let select = format!("SELECT r.id_k, NULL FROM resource r WHERE {}", found.text);
        let rows = self.rows(&select, &found.params);
        let mut ids: Vec<String> = rows.into_iter().filter_map(|(id, _)| id).collect();
        ids.sort();
        Ok(ids)
    }

    /// What a statement that selects two texts gives.
    pub(super) fn rows(
        &mut self,
        select: &str,
        params: &[Param],
    ) -> Vec<(Option<String>, Option<String>)> {
        match self {
            Self::Sqlite(connection) => {
                let mut statement =
                    connection.prepare(select).unwrap_or_else(|e| panic!("{e}: {select}"));
                let params = params_from_iter(params.iter().cloned().map(sqlite));
                let rows = statement.query_map(params, |row| Ok((row.get(0)?, row.get(1)?)));
                rows.unwrap().map(|row| row.unwrap_or_else(|e| panic!("{e}: {select}"))).collect()
            }
            Self::Postgres(client) => {
                let params: Vec<Box<dyn ToSql + Sync>> =
                    params.iter().cloned().map(typed).collect();
                let params: Vec<&(dyn ToSql + Sync)> = params.iter().map(|one| &**one).collect();
                let rows = client.query(select, &params);
                let rows = rows.unwrap_or_else(|e| panic!("{e:?}: {select}"));
                rows.iter().map(|row| (row.get(0), row.get(1))).collect()
            }
        }
    }
}

pub(super) fn sqlite(param: Param) -> Sql {
    match param {
        Param::Text(text) => text.into(),
        Param::Bool(truth) => truth.into(),
        Param::Integer(whole) => whole.into(),
        Param::Real(real) => real.into(),
        other => panic!("{other:?}"),
    }
}

pub(super) fn typed(param: Param) -> Box<dyn ToSql + Sync> {
    match param {
        Param::Text(text) => Box::new(text),
        Param::Bool(truth) => Box::new(truth),
        Param::Integer(whole) => Box::new(whole),
        other => panic!("{other:?}"),
    }
}

fn columns(table: &Table) -> Vec<String> {
    let first: &[&str] = if table.list.is_some() { &["owner", "place"] } else { &["document"] };
    let fields = table.fields.iter();
    let fields = fields.flat_map(|one| [format!("{}_p", one.name), format!("{}_k", one.name)]);
    first.iter().map(ToString::to_string).chain(fields).collect()
}

/// The rows as one statement.
fn insert(table: &str, columns: &[String], rows: Vec<Value>, dialect: Dialect) -> String {
    let rows = Value::Array(rows).to_string().replace('\'', "''");
    match dialect {
        Dialect::Postgres => format!(
            "INSERT INTO {table} SELECT * FROM json_populate_recordset(NULL::{table}, '{rows}');"
        ),
        Dialect::Sqlite => {
            let members: Vec<String> =
                columns.iter().map(|column| format!("value ->> '$.{column}'")).collect();
            format!("INSERT INTO {table} SELECT {} FROM json_each('{rows}');", members.join(", "))
        }
    }
}
