//! SQLite as the database.

use rusqlite::{Connection, params_from_iter, types::Value};
use scim_filter::sql::{Dialect, Param};

use super::database::{Database, Row};

impl Database for Connection {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn run(&mut self, statements: &str) {
        self.execute_batch(statements).unwrap();
    }

    fn rows(&mut self, select: &str, params: &[Param]) -> Vec<Row> {
        let mut statement = self.prepare(select).unwrap_or_else(|e| panic!("{e}: {select}"));
        let params = params_from_iter(params.iter().cloned().map(value));
        let rows = statement.query_map(params, |row| Ok((row.get(0)?, row.get(1)?)));
        rows.unwrap().map(|row| row.unwrap_or_else(|e| panic!("{e}: {select}"))).collect()
    }
}

pub(super) fn value(param: Param) -> Value {
    match param {
        Param::Text(text) => text.into(),
        Param::Bool(truth) => truth.into(),
        Param::Integer(whole) => whole.into(),
        Param::Real(real) => real.into(),
        other => panic!("{other:?}"),
    }
}
