//! Where filters find the attributes, in four forms.

use scim_core::Kind;
use scim_filter::{
    ResolvedPath,
    sql::{Column, Columns, Dialect, Index, Place, Rows},
};

use super::table::{Field, TABLES, Table, holds};

/// How the attributes are kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Form {
    /// All in a document of keys.
    Document,
    /// In a document, with a table of keys beside it.
    Indexed,
    /// Single values in columns of their own types, lists in tables.
    Plain,
    /// The same, as columns of keys.
    Keys,
}

impl Form {
    pub(super) const ALL: [Self; 4] = [Self::Document, Self::Indexed, Self::Plain, Self::Keys];
}

/// The tables in one of the forms.
pub(super) struct Layout(pub(super) Form, pub(super) Dialect);

impl Columns for Layout {
    fn id(&self) -> &str {
        "r.id_k"
    }

    fn place(&self, path: &ResolvedPath) -> Option<Place> {
        let is = |other: &ResolvedPath| other.to_string() == path.to_string();
        if is_secret(path) {
            return None;
        }
        if matches!(self.0, Form::Document | Form::Indexed) {
            return Some(Place::Document("r.document".into()));
        }
        if let Some(table) = TABLES.iter().find(|table| table.list.as_ref().is_some_and(is)) {
            return Some(Place::Rows(self.rows(table)));
        }
        if let Some(field) = TABLES[0].fields.iter().find(|field| is(&field.path)) {
            return Some(Place::Value(self.column("r", field)));
        }
        let inside = |field: &&Field| match &path.name {
            Some(_) => field.path.container == path.container && field.path.name == path.name,
            None => field.path.container == path.container,
        };
        let parts = TABLES[0].fields.iter().filter(inside);
        let parts: Vec<String> =
            parts.map(|part| format!("nullif(r.{}_k, '')", part.name)).collect();
        let whole = path.sub.is_none() && path.kind == Kind::Complex && !parts.is_empty();
        whole.then(|| Place::Value(Column::key(format!("coalesce({})", parts.join(", ")))))
    }

    fn index(&self, path: &ResolvedPath) -> Option<Index> {
        let indexed = self.0 == Form::Indexed && path.kind != Kind::Complex && !is_secret(path);
        indexed.then(|| {
            Index::new("key k", "r.id_k", "k.id", Column::key("k.k"))
                .scope(format!("k.attr = '{path}'"))
        })
    }
}

/// What has no place in any form.
pub(super) fn is_secret(path: &ResolvedPath) -> bool {
    path.name.as_ref().is_some_and(|name| *name == "secrets")
}

impl Layout {
    fn column(&self, alias: &str, field: &Field) -> Column {
        let Field { name, path } = field;
        match self.0 {
            Form::Plain => Column::new(format!("{alias}.{name}_p"), holds(path, self.1)),
            _ => Column::key(format!("{alias}.{name}_k")),
        }
    }

    fn rows(&self, table: &Table) -> Rows {
        let rows = Rows::new(format!("{} e", table.name), "r.id_k", "e.owner").position("e.place");
        table.fields.iter().fold(rows, |rows, field| {
            let name = field.path.sub.as_ref().map_or("", |sub| sub.as_str());
            let column = self.column("e", field);
            // Whether there really is an index changes no answer.
            rows.column(name.to_owned(), if name == "value" { column.indexed() } else { column })
        })
    }
}
