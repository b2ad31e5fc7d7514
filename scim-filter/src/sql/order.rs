//! Sorting and the places of pages (RFC 7644 §3.4.2.3, RFC 9865 §2).

use super::{
    Column, Columns, Dialect, Holds, Param, Place, Rows, Unsupported, Where,
    column::locate,
    document::{self, Step},
    leaf::{Sink, bytewise, operand, typed},
};
use crate::ResolvedPath;

/// Which way to sort.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Direction {
    /// The least value first, missing values last.
    #[default]
    Ascending,
    /// The greatest value first, missing values before all.
    Descending,
}

/// A total order of the resources: by an attribute, and where that is equal or missing by `id`,
/// which ascends in either direction. A list counts as its primary element, or as its first if
/// none is primary (RFC 7644 §3.4.2.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    key: Option<Sorted>,
    id: String,
    /// Which way the keys go.
    keys: Direction,
    /// Which way ids go among equal keys.
    ids: Direction,
    dialect: Dialect,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Sorted {
    sql: String,
    holds: Holds,
    required: bool,
}

/// Where a resource stands in an [`Order`]: what its row gave for [`Order::key`], and its `id`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// The sort key, in the form that [`Order::key`] has given it; `None` if it is missing, or nothing is sorted by but `id`.
    pub key: Option<String>,
    /// The `id`.
    pub id: String,
}

/// The order by this attribute, or by `id` alone.
///
/// ```
/// use scim_core::{Attribute, AttrName, Kind};
/// use scim_filter::{Filter, Node, Options, ResolvedPath};
/// use scim_filter::sql::{Column, Columns, Dialect, Direction, Param, Place, Position, order};
///
/// /// `users(id, user_name)`.
/// struct Users;
///
/// impl Columns for Users {
///     fn id(&self) -> &str {
///         "u.id"
///     }
///
///     fn place(&self, path: &ResolvedPath) -> Option<Place> {
///         let is_name = path.to_string() == "userName";
///         is_name.then(|| Place::Value(Column::lower_case("u.user_name").required()))
///     }
/// }
///
/// # let schema = vec![Attribute::new(AttrName::from_static("userName"), Kind::String)];
/// # let checked = Filter::present("userName")?.check(&schema, &Options::STRICT)?;
/// # let Node::Test(test) = checked.root() else { unreachable!() };
/// # let path = &test.path;
/// let order = order(Some(path), Direction::Ascending, &Users, Dialect::Sqlite)?;
/// // SELECT u.id, {key}, … FROM users u WHERE … ORDER BY {terms} LIMIT 100
/// assert_eq!(order.key(), "u.user_name");
/// assert_eq!(order.terms(), "u.user_name ASC, u.id ASC");
///
/// // The next page begins behind the last row of this one.
/// let last = Position { key: Some("jane".into()), id: "42".into() };
/// let after = order.after(&last, 1);
/// assert_eq!(after.text, "(u.user_name, u.id) > (?1, ?2)");
/// assert_eq!(after.params, [Param::Text("jane".into()), Param::Text("42".into())]);
///
/// // The page before a row is read backwards.
/// let before = order.reversed();
/// assert_eq!(before.after(&last, 1).text, "(u.user_name, u.id) < (?1, ?2)");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`Unsupported`], which is 400 invalidValue, when `columns` has no place for the attribute, or one
/// that cannot be sorted by.
pub fn order(
    path: Option<&ResolvedPath>,
    direction: Direction,
    columns: &impl Columns,
    dialect: Dialect,
) -> Result<Order, Unsupported> {
    let refused = |path: &ResolvedPath| Unsupported::sorted(path.to_string());
    let key = path.map(|path| sorted(path, columns, dialect).map_err(|_| refused(path)));
    let key = key.transpose()?;
    let id = bytewise(&operand(columns.id()), dialect);
    Ok(Order { key, id, keys: direction, ids: Direction::Ascending, dialect })
}

impl Order {
    /// The terms of `ORDER BY`.
    pub fn terms(&self) -> String {
        let nulls = match self.keys {
            Direction::Ascending => " NULLS LAST",
            Direction::Descending => " NULLS FIRST",
        };
        let (keys, ids) = (self.keys.word(), self.ids.word());
        match &self.key {
            Some(Sorted { sql, required: true, .. }) => format!("{sql} {keys}, {} {ids}", self.id),
            Some(Sorted { sql, .. }) => format!("{sql} {keys}{nulls}, {} {ids}", self.id),
            None => format!("{} {ids}", self.id),
        }
    }

    /// The expression to select for [`Position::key`]; its type is text.
    pub fn key(&self) -> String {
        match &self.key {
            None => "NULL".to_owned(),
            Some(key) => key.as_text(self.dialect),
        }
    }

    /// The opposite order: its first page behind a position is the last page before it.
    #[must_use]
    pub fn reversed(mut self) -> Self {
        self.keys = self.keys.reversed();
        self.ids = self.ids.reversed();
        self
    }

    /// The condition that a resource stands behind this position, which need not be taken by a
    /// resource any more. Its first placeholder has this number, 1 at least.
    pub fn after(&self, position: &Position, first_placeholder: usize) -> Where {
        let mut sink = Sink::new(self.dialect, first_placeholder);
        let text = match (&self.key, &position.key) {
            (None, _) => self.id_behind(&mut sink, position),
            (Some(key), Some(value)) => {
                let value = key.bind(&mut sink, value);
                let behind = self.behind(&mut sink, &key.sql, &value, position);
                match self.keys {
                    Direction::Ascending if !key.required => {
                        format!("({behind} OR {} IS NULL)", key.sql)
                    }
                    _ => behind,
                }
            }
            (Some(key), None) => {
                let behind = self.id_behind(&mut sink, position);
                match self.keys {
                    Direction::Ascending => format!("({} IS NULL AND {behind})", key.sql),
                    Direction::Descending => format!("({} IS NOT NULL OR {behind})", key.sql),
                }
            }
        };
        Where { text, params: sink.params }
    }

    fn id_behind(&self, sink: &mut Sink, position: &Position) -> String {
        format!("{} {} {}", self.id, self.ids.sign(), sink.bind_text(&position.id))
    }

    /// Behind a position that has a key. Both forms let an index by the key be used.
    fn behind(&self, sink: &mut Sink, key: &str, value: &str, position: &Position) -> String {
        let (sign, id) = (self.keys.sign(), &self.id);
        if self.keys == self.ids {
            let bound = sink.bind_text(&position.id);
            return format!("({key}, {id}) {sign} ({value}, {bound})");
        }
        let ids = self.id_behind(sink, position);
        format!("({key} {sign}= {value} AND ({key} {sign} {value} OR {ids}))")
    }
}

impl Direction {
    fn reversed(self) -> Self {
        match self {
            Self::Ascending => Self::Descending,
            Self::Descending => Self::Ascending,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Ascending => "ASC",
            Self::Descending => "DESC",
        }
    }

    fn sign(self) -> char {
        match self {
            Self::Ascending => '>',
            Self::Descending => '<',
        }
    }
}

impl Sorted {
    /// What it holds as text that is read back as the same value.
    fn as_text(&self, dialect: Dialect) -> String {
        let sql = &self.sql;
        match (self.holds, dialect) {
            (Holds::Key | Holds::Text | Holds::LowerCase, _) => sql.clone(),
            // Fifteen digits are what SQLite shows of a real unasked.
            (Holds::Number | Holds::Float, Dialect::Sqlite) => format!(
                "CASE typeof({sql}) WHEN 'real' THEN format('%!.17g', {sql}) \
                 ELSE CAST({sql} AS text) END"
            ),
            // How many digits PostgreSQL shows of a float is a setting of the session.
            (Holds::Float, Dialect::Postgres) => {
                format!("encode(float8send(CAST({sql} AS float8)), 'hex')")
            }
            // The sum is a `double precision` if this is a `real`, which is not what it shows.
            (Holds::Number, Dialect::Postgres) => {
                format!("CAST({sql} + CAST(0 AS numeric) AS text)")
            }
            _ => format!("CAST({sql} AS text)"),
        }
    }

    /// A value that was read as text, as what the column holds.
    fn bind(&self, sink: &mut Sink, value: &str) -> String {
        let name = match (self.holds, sink.dialect) {
            (Holds::Key | Holds::Text | Holds::LowerCase, _) => return sink.bind_text(value),
            (_, Dialect::Sqlite) => {
                return match value.parse() {
                    Ok(whole) => sink.bind(Param::Integer(whole)),
                    Err(_) => sink.bind(Param::Real(value.parse().unwrap_or_default())),
                };
            }
            (Holds::Boolean, _) => "boolean",
            (Holds::Number | Holds::Integer, _) => match value.parse() {
                Ok(whole) => {
                    let whole = sink.bind(Param::Integer(whole));
                    return typed(sink.dialect, &whole, "bigint");
                }
                Err(_) => "numeric",
            },
            (Holds::Float, _) => {
                let bits = u64::from_str_radix(value, 16).unwrap_or_default();
                let value = sink.bind_text(&format!("{:e}", f64::from_bits(bits)));
                return typed(sink.dialect, &typed(sink.dialect, &value, "text"), "float8");
            }
            (Holds::Millis, _) => "bigint",
            (Holds::Timestamp, _) => "timestamptz",
        };
        let value = sink.bind_text(value);
        typed(sink.dialect, &typed(sink.dialect, &value, "text"), name)
    }
}

fn sorted(
    path: &ResolvedPath,
    columns: &impl Columns,
    dialect: Dialect,
) -> Result<Sorted, Unsupported> {
    let column = match locate(columns, path) {
        Some(Place::Value(column)) => Some(without_empty(column)),
        Some(Place::Document(base)) => Some(member(&operand(&base), path, dialect)?),
        // The rows of a list in a list do not tell which element is the primary one, or the first.
        Some(Place::Rows(rows)) if !(path.multi_valued && path.sub_multi_valued) => {
            first_row(&rows, path)
        }
        Some(Place::Rows(_)) | None => None,
    };
    let column = column.filter(|column| column.holds.fits(path, dialect));
    let Column { sql, holds, required, .. } =
        column.ok_or_else(|| Unsupported::new(path.to_string()))?;
    let sql = operand(&sql);
    let sql = if holds.is_text() { bytewise(&sql, dialect) } else { sql.into_owned() };
    Ok(Sorted { sql, holds, required })
}

/// An empty text is no value (RFC 7643 §2.5), so it is sorted as one that is missing.
fn without_empty(column: Column) -> Column {
    if !column.holds.is_text() || column.required {
        return column;
    }
    Column { sql: format!("nullif({}, '')", operand(&column.sql)).into(), ..column }
}

fn member(base: &str, path: &ResolvedPath, dialect: Dialect) -> Result<Column, Unsupported> {
    let steps = document::steps(path);
    let Some(list) = steps.iter().position(|step| step.list) else {
        return Ok(Column::key(document::text(base, &steps, dialect)?));
    };
    let way = steps.get(..=list).unwrap_or_default();
    let rest = steps.get(list + 1..).unwrap_or_default();
    if rest.iter().any(|step| step.list) {
        return Err(Unsupported::new(path.to_string()));
    }
    let value = document::text("e.value", rest, dialect)?;
    let primary = [Step { name: "primary", list: false }];
    let primary = document::text("e.value", &primary, dialect)?;
    let primary_first = format!("(({primary}) = 'true') IS NOT TRUE, ");
    let first = if rest.is_empty() { "" } else { &primary_first };
    let (elements, position) = match dialect {
        Dialect::Sqlite => (document::elements(base, way, "e", dialect)?, "e.key"),
        Dialect::Postgres => {
            let list = document::node(base, way, dialect)?;
            let from = "WITH ORDINALITY AS e(value, position)";
            (format!("jsonb_array_elements({list}) {from}"), "e.position")
        }
    };
    Ok(Column::key(format!("SELECT {value} FROM {elements} ORDER BY {first}{position} LIMIT 1")))
}

fn first_row(rows: &Rows, path: &ResolvedPath) -> Option<Column> {
    let value = rows.find(path.sub.as_ref().map_or("", |sub| sub.as_str()))?;
    let value = without_empty(value.clone());
    let primary = rows.find("primary").and_then(|column| {
        let sql = operand(&column.sql);
        match column.holds {
            Holds::Boolean => Some(format!("({sql} = TRUE) IS NOT TRUE, ")),
            Holds::Key => Some(format!("({sql} = 'true') IS NOT TRUE, ")),
            _ => None,
        }
    });
    let primary = primary.unwrap_or_default();
    let position = rows.position.as_ref()?;
    let link = &rows.link;
    let scope = link.scope.as_ref().map(|scope| format!(" AND {scope}")).unwrap_or_default();
    let sql = format!(
        "SELECT {} FROM {} WHERE {} = {}{scope} ORDER BY {primary}{position} LIMIT 1",
        operand(&value.sql),
        link.from,
        link.inner,
        link.outer,
    );
    Some(Column::new(sql, value.holds))
}
