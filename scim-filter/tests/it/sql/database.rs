//! A database with the tables, and what it is asked.

use scim_filter::{
    Checked,
    sql::{Dialect, Order, Param, Position, Unsupported, compile},
};
use serde_json::Value;

use super::{
    layout::{Form, Layout},
    table::{self, TABLES, Table},
};

/// Two texts, either of which can be NULL.
pub(super) type Row = (Option<String>, Option<String>);

pub(super) trait Database {
    fn dialect(&self) -> Dialect;

    fn run(&mut self, statements: &str);

    /// What a statement that selects two texts gives.
    fn rows(&mut self, select: &str, params: &[Param]) -> Vec<Row>;

    /// Makes the tables.
    fn define(&mut self) {
        let definitions = table::definitions(self.dialect());
        self.run(&definitions.join(";"));
    }

    /// These resources, and no others.
    fn load(&mut self, resources: &[Value]) {
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
    fn find(&mut self, filter: &Checked, form: Form) -> Result<Vec<String>, Unsupported> {
        let found = compile(filter, &Layout(form, self.dialect()), self.dialect(), 1)?;
        let select = format!("SELECT r.id_k, NULL FROM resource r WHERE {}", found.text);
        let rows = self.rows(&select, &found.params);
        let mut ids: Vec<String> = rows.into_iter().filter_map(|(id, _)| id).collect();
        ids.sort();
        Ok(ids)
    }

    /// All ids in this order, page by page.
    fn walk(&mut self, order: &Order, size: usize) -> Vec<String> {
        let mut ids = Vec::new();
        let mut after = ("TRUE".to_owned(), Vec::new());
        loop {
            let (condition, params) = after;
            let (key, terms) = (order.key(), order.terms());
            let select = format!(
                "SELECT r.id_k, {key} FROM resource r WHERE {condition} ORDER BY {terms} LIMIT {size}"
            );
            let page = self.rows(&select, &params);
            ids.extend(page.iter().filter_map(|(id, _)| id.clone()));
            let Some((Some(id), key)) = page.into_iter().last() else { return ids };
            let next = order.after(&Position { key, id }, 1);
            after = (next.text, next.params);
        }
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
    if rows.is_empty() {
        return String::new();
    }
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
