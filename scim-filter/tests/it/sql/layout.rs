//! Where filters find the attributes, in four forms.

use scim_core::{AttrPath, Compat, Kind};
use scim_filter::{
    Attributes, ResolvedPath,
    sql::{Column, Columns, Dialect, Index, Place, Rows},
    testing::Schema,
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
        assert_known(path);
        let is = |other: &ResolvedPath| other.to_string() == path.to_string();
        if is_secret(path) {
            return None;
        }
        if matches!(self.0, Form::Document | Form::Indexed) {
            // A part is found where the whole is.
            return path.sub.is_none().then(|| Place::Document("r.document".into()));
        }
        if let Some(table) = TABLES.iter().find(|table| table.list.as_ref().is_some_and(is)) {
            return Some(Place::Rows(self.rows(table)));
        }
        if let Some(field) = TABLES[0].fields.iter().find(|field| is(&field.path)) {
            return Some(Place::Value(self.column("r", field)));
        }
        let parts = self.parts(path);
        let whole = path.sub.is_none() && path.kind == Kind::Complex && !parts.is_empty();
        whole.then(|| Place::Value(Column::key(format!("coalesce({})", parts.join(", ")))))
    }

    fn index(&self, path: &ResolvedPath) -> Option<Index> {
        assert_known(path);
        let indexed = self.0 == Form::Indexed && path.kind != Kind::Complex && !is_secret(path);
        indexed.then(|| {
            Index::new("key k", "r.id_k", "k.id", Column::key("k.k"))
                .scope(format!("k.attr = '{path}'"))
        })
    }
}

/// Places are asked for by the paths that the schema gives, whatever they were derived from.
fn assert_known(path: &ResolvedPath) {
    let name: AttrPath = path.to_string().parse().unwrap();
    let mut known = ResolvedPath::new(&Schema.resolve(&name, &Compat::STRICT).unwrap());
    if path.kind == Kind::Complex {
        known.case_exact = path.case_exact;
    }
    assert_eq!(known, *path);
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

    /// The keys of what an attribute of one value, or an extension, is made of.
    fn parts(&self, path: &ResolvedPath) -> Vec<String> {
        let is_inside = |part: &ResolvedPath| {
            part.container == path.container && (path.name.is_none() || part.name == path.name)
        };
        let columns = TABLES[0].fields.iter().filter(|field| is_inside(&field.path));
        let columns = columns.map(|field| format!("nullif(r.{}_k, '')", field.name));
        let lists = TABLES.iter().filter(|table| table.list.as_ref().is_some_and(is_inside));
        let lists = lists.flat_map(|table| table.fields.iter().map(move |field| (table, field)));
        let lists = lists.map(|(Table { name, .. }, field)| {
            format!("(SELECT max({}_k) FROM {name} WHERE owner = r.id_k)", field.name)
        });
        columns.chain(lists).collect()
    }

    fn rows(&self, table: &Table) -> Rows {
        let rows = Rows::new(format!("{} e", table.name), "r.id_k", "e.owner").position("e.place");
        table.fields.iter().fold(rows, |rows, field| {
            let name = field.path.sub.as_ref().map_or("", |sub| sub.as_str());
            let column = self.column("e", field);
            let is_simple = table.list.as_ref() == Some(&field.path) && !name.is_empty();
            let rows = if is_simple { rows.column("", column.clone()) } else { rows };
            // Whether there really is an index changes no answer.
            rows.column(name.to_owned(), if name == "value" { column.indexed() } else { column })
        })
    }
}
