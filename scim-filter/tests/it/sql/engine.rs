//! SQLite and PostgreSQL with the same tables.

use std::fmt;

use postgres::{NoTls, types::ToSql};
use scim_filter::{
    sql::{Dialect, Param},
    testing::postgres as server,
};

use super::database::{Database, Row};

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
        all.iter_mut().for_each(Database::define);
        all
    }
}

impl Database for Engine {
    fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite(connection) => connection.dialect(),
            Self::Postgres(_) => Dialect::Postgres,
        }
    }

    fn run(&mut self, statements: &str) {
        match self {
            Self::Sqlite(connection) => connection.run(statements),
            Self::Postgres(client) => client.batch_execute(statements).unwrap(),
        }
    }

    fn rows(&mut self, select: &str, params: &[Param]) -> Vec<Row> {
        match self {
            Self::Sqlite(connection) => connection.rows(select, params),
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

pub(super) fn typed(param: Param) -> Box<dyn ToSql + Sync> {
    match param {
        Param::Text(text) => Box::new(text),
        Param::Bool(truth) => Box::new(truth),
        Param::Integer(whole) => Box::new(whole),
        other => panic!("{other:?}"),
    }
}
