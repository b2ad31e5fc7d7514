//! Where the values of attributes lie in an embedder's tables.

use std::borrow::Cow;

use scim_core::Kind;

use crate::ResolvedPath;

/// Where the attributes of a resource type lie: the rows that are searched, and what hangs on them.
///
/// All texts that it gives are SQL and go into the statement as they are; none may come from a
/// request.
pub trait Columns {
    /// The column of the searched row that holds the resource's `id`: text that compares byte by
    /// byte, never NULL.
    fn id(&self) -> &str;

    /// The place of an attribute; `None` if it cannot be searched.
    ///
    /// For a sub-attribute (`emails.value`) without a place of its own, the place of the attribute
    /// (`emails`) is asked for. A value path asks for the attribute.
    fn place(&self, path: &ResolvedPath) -> Option<Place>;

    /// An index of the attribute's values, used where it is faster than the place: by `eq`, `sw`
    /// and the operators of order, and by all operators if the attribute has no place.
    ///
    /// The searched table can be an index too, under another alias (`users x`, `u.id`, `x.id`),
    /// which lets `or` of several indexed attributes be looked up on SQLite.
    fn index(&self, path: &ResolvedPath) -> Option<Index> {
        let _ = path;
        None
    }
}

impl<C: Columns + ?Sized> Columns for &C {
    fn id(&self) -> &str {
        (**self).id()
    }

    fn place(&self, path: &ResolvedPath) -> Option<Place> {
        (**self).place(path)
    }

    fn index(&self, path: &ResolvedPath) -> Option<Index> {
        (**self).index(path)
    }
}

/// The place of an attribute's values.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// One value in the row. A list can have such a place too, if it never holds more than one.
    Value(Column),
    /// An expression for a JSON document (on PostgreSQL: `jsonb`) of the resource in canonical
    /// form, with the comparison key ([`Key`](crate::Key)) in place of each value, and without
    /// empty ones.
    Document(Cow<'static, str>),
    /// The elements of a list as rows of a table of their own.
    Rows(Rows),
}

/// A column, or an expression over columns, and what it holds. NULL is a missing value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    pub(super) sql: Cow<'static, str>,
    pub(super) holds: Holds,
    pub(super) required: bool,
    pub(super) indexed: bool,
    pub(super) costly: bool,
}

/// What a column holds.
///
/// Text compares byte by byte: on SQLite the column has the collation BINARY, which is the default;
/// on PostgreSQL an index that is to serve `sw`, order and sorting has the collation `"C"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Holds {
    /// The comparison key ([`Key`](crate::Key)) as text: fit for every test of every type.
    Key,
    /// The value itself as text: fit for strings and references in which case counts.
    Text,
    /// The value in lower case: fit for strings in which case does not count.
    ///
    /// Unicode's lower case is meant, as `str::to_lowercase` and PostgreSQL's `lower` give it in
    /// most locales. SQLite's `lower` knows ASCII alone, so a column with other letters is filled by
    /// the application. Values whose [key](crate::Key) is not their lower case, such as `Straße` or
    /// fullwidth letters, are found by their lower case only; where that matters, keep keys.
    ///
    /// A literal whose key is not its lower case is refused, and so is one with a sigma (`Σ`, `σ`,
    /// `ς`), which some write in another way at the end of a word.
    LowerCase,
    /// A truth value; on SQLite 0 and 1.
    Boolean,
    /// A number, exact: on PostgreSQL `numeric` or an integer, on SQLite an integer, or a real where
    /// it has a fraction. A whole literal can use an index of integers, one with a fraction only an
    /// index of `numeric`.
    Number,
    /// A whole number of at most 64 bits; any literal can use an index.
    Integer,
    /// A floating-point number: on PostgreSQL `double precision` or `real`. It counts as what JSON
    /// shows of it, the shortest decimal that reads back as the same `double precision`; a `real`
    /// is made one first.
    Float,
    /// An instant as a whole number of milliseconds since 1970-01-01T00:00:00Z.
    Millis,
    /// An instant as `timestamptz`; PostgreSQL only.
    Timestamp,
}

impl Column {
    /// A column that holds this.
    pub fn new(sql: impl Into<Cow<'static, str>>, holds: Holds) -> Self {
        Self { sql: sql.into(), holds, required: false, indexed: false, costly: false }
    }

    /// A column of comparison keys.
    pub fn key(sql: impl Into<Cow<'static, str>>) -> Self {
        Self::new(sql, Holds::Key)
    }

    /// A column of values as text.
    pub fn text(sql: impl Into<Cow<'static, str>>) -> Self {
        Self::new(sql, Holds::Text)
    }

    /// A column of values in lower case.
    pub fn lower_case(sql: impl Into<Cow<'static, str>>) -> Self {
        Self::new(sql, Holds::LowerCase)
    }

    /// A column of truth values.
    pub fn boolean(sql: impl Into<Cow<'static, str>>) -> Self {
        Self::new(sql, Holds::Boolean)
    }

    /// A column of exact numbers.
    pub fn number(sql: impl Into<Cow<'static, str>>) -> Self {
        Self::new(sql, Holds::Number)
    }

    /// Values in a document: keys that are costly to get at.
    pub(super) fn costly(sql: String) -> Self {
        Self { costly: true, ..Self::key(sql) }
    }

    /// Says that it is never NULL and never empty text, so that an index can be sorted by.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// Says that its table ([`Rows`]) has an index that begins with it, behind what the table's
    /// scope fixes: rows are then looked up by value instead of resource by resource.
    #[must_use]
    pub fn indexed(mut self) -> Self {
        self.indexed = true;
        self
    }
}

/// A table that holds one row for each element of a list.
///
/// Every row within the scope counts as an element with a value, for `pr` of the attribute and for a
/// negation in a value path (`emails[not (type eq "work")]`), even if all its columns are NULL. A row
/// that may hold nothing is kept out by the [scope](Self::scope), as in `e.value <> ''`.
///
/// Where several columns join the tables, one pair is given to [`Rows::new`] and the others to the
/// scope, which may name the searched row: `Rows::new("members m", "g.no", "m.no")` with
/// `.scope("m.company = g.company")`. Such columns are better not said to be
/// [indexed](Column::indexed): what is looked up anew for each row is no faster for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rows {
    pub(super) link: Link,
    pub(super) columns: Vec<(Cow<'static, str>, Column)>,
    pub(super) position: Option<Cow<'static, str>>,
}

/// How rows of another table belong to the searched row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) from: Cow<'static, str>,
    pub(super) outer: Cow<'static, str>,
    pub(super) inner: Cow<'static, str>,
    pub(super) scope: Option<Cow<'static, str>>,
}

impl Rows {
    /// A table with an alias (`emails e`), the searched row's column (`u.id`), and the table's
    /// column that equals it (`e.user_id`).
    pub fn new(
        from: impl Into<Cow<'static, str>>,
        outer: impl Into<Cow<'static, str>>,
        inner: impl Into<Cow<'static, str>>,
    ) -> Self {
        let link =
            Link { from: from.into(), outer: outer.into(), inner: inner.into(), scope: None };
        Self { link, columns: Vec::new(), position: None }
    }

    /// A condition that all its rows fulfil, such as `e.tenant = ?1`.
    #[must_use]
    pub fn scope(mut self, condition: impl Into<Cow<'static, str>>) -> Self {
        self.link.scope = Some(condition.into());
        self
    }

    /// The column of a sub-attribute; of the element itself, in a list of simple values, if the
    /// name is empty.
    #[must_use]
    pub fn column(mut self, sub_attribute: impl Into<Cow<'static, str>>, column: Column) -> Self {
        self.columns.push((sub_attribute.into(), column));
        self
    }

    /// The column that says where in the list an element stands; needed for sorting only.
    #[must_use]
    pub fn position(mut self, column: impl Into<Cow<'static, str>>) -> Self {
        self.position = Some(column.into());
        self
    }

    pub(super) fn find(&self, sub_attribute: &str) -> Option<&Column> {
        let found = self.columns.iter().find(|(name, _)| name.eq_ignore_ascii_case(sub_attribute));
        found.map(|(_, column)| column)
    }
}

/// A table that holds one row for each value of an attribute, with an index that begins with the
/// value, behind what the scope fixes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index {
    pub(super) link: Link,
    pub(super) column: Column,
}

impl Index {
    /// A table with an alias (`key k`), the searched row's column (`r.id`), the table's column that
    /// equals it (`k.id`), and the column of the values.
    pub fn new(
        from: impl Into<Cow<'static, str>>,
        outer: impl Into<Cow<'static, str>>,
        inner: impl Into<Cow<'static, str>>,
        column: Column,
    ) -> Self {
        Self { link: Rows::new(from, outer, inner).link, column }
    }

    /// A condition that all its rows fulfil, such as `k.tenant = ?1 AND k.attr = 'userName'`.
    #[must_use]
    pub fn scope(mut self, condition: impl Into<Cow<'static, str>>) -> Self {
        self.link.scope = Some(condition.into());
        self
    }
}

/// The place of an attribute, or of the attribute that it is a part of.
pub(super) fn locate(columns: &impl Columns, path: &ResolvedPath) -> Option<Place> {
    let own = columns.place(path);
    if own.is_some() || path.sub.is_none() {
        return own;
    }
    columns.place(&parent(path)).filter(|place| !matches!(place, Place::Value(_)))
}

/// The complex attribute that a sub-attribute belongs to.
pub(super) fn parent(path: &ResolvedPath) -> ResolvedPath {
    ResolvedPath {
        sub: None,
        kind: Kind::Complex,
        sub_multi_valued: false,
        default_false: false,
        ..path.clone()
    }
}
