//! Checked filters and sort orders as SQL (RFC 7644 §3.4.2.2, §3.4.2.3).
//!
//! [`compile`] turns a [`Checked`] filter into the condition of a `WHERE` clause. It finds exactly
//! the rows whose resources [`Checked::matches`] finds; what the tables cannot answer is refused,
//! never left out. Names of tables and columns come from the embedder's [`Columns`] alone, and every
//! literal of the filter is a bound parameter.
//!
//! ```
//! use scim_core::{AttrName, Attribute, Compat, Kind};
//! use scim_filter::{Filter, Options, ResolvedPath, sql::{self, Column, Columns, Dialect, Place, Rows}};
//!
//! /// `users(id, user_name, active)`, `emails(user_id, value, type)`; mail in lower case.
//! struct Users;
//!
//! impl Columns for Users {
//!     fn id(&self) -> &str {
//!         "u.id"
//!     }
//!
//!     fn place(&self, path: &ResolvedPath) -> Option<Place> {
//!         Some(match path.to_string().as_str() {
//!             "userName" => Place::Value(Column::lower_case("u.user_name")),
//!             "active" => Place::Value(Column::boolean("u.active")),
//!             "emails" => Place::Rows(
//!                 Rows::new("emails e", "u.id", "e.user_id")
//!                     .column("value", Column::lower_case("e.value").indexed())
//!                     .column("type", Column::lower_case("e.type")),
//!             ),
//!             _ => return None,
//!         })
//!     }
//! }
//!
//! # let name = AttrName::from_static;
//! # let emails = Attribute::complex(
//! #     name("emails"),
//! #     [Attribute::new(name("value"), Kind::String), Attribute::new(name("type"), Kind::String)],
//! # );
//! # let schema = vec![Attribute::new(name("active"), Kind::Boolean), emails.multi_valued()];
//! let filter: Filter = r#"active eq true and not (emails[type eq "work" and value pr])"#.parse()?;
//! let checked = filter.check(&schema, &Options::INTEROP)?;
//! // `?1` is left for the tenant.
//! let found = sql::compile(&checked, &Users, Dialect::Sqlite, 2)?;
//! assert_eq!(
//!     found.text,
//!     "u.active = ?2 AND NOT EXISTS (SELECT 1 FROM emails e \
//!      WHERE e.user_id = u.id AND e.type = ?3 AND e.value <> '')"
//! );
//! assert_eq!(found.params, [sql::Param::Bool(true), sql::Param::Text("work".into())]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod clause;
mod column;
mod condition;
mod document;
mod form;
mod gather;
mod leaf;
mod lookup;
mod number;
mod order;

use std::fmt;

use thiserror::Error;

use crate::Checked;

pub use column::{Column, Columns, Holds, Index, Place, Rows};
pub use order::{Direction, Order, Position, order};

/// The SQL that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// SQLite 3.39 and later; placeholders are `?1`, `?2` …
    Sqlite,
    /// PostgreSQL 14 and later; placeholders are `$1`, `$2` … The types of parameters follow from
    /// the text.
    Postgres,
}

/// A condition, and what its placeholders stand for, in their order.
#[derive(Clone, Debug, PartialEq)]
pub struct Where {
    /// The condition, for use behind `WHERE`; put it into parentheses to join it with others.
    pub text: String,
    /// The values of the placeholders.
    pub params: Vec<Param>,
}

/// The value of a placeholder.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum Param {
    /// Text.
    Text(String),
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction; SQLite only.
    Real(f64),
}

/// Literals are personal data as often as not, so they are not shown.
impl fmt::Debug for Param {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "Text(_)",
            Self::Bool(_) => "Bool(_)",
            Self::Integer(_) => "Integer(_)",
            Self::Real(_) => "Real(_)",
        })
    }
}

/// The tables cannot answer a test of this attribute, 400 invalidFilter, or cannot be sorted by it,
/// 400 invalidValue (RFC 7644 §3.4.2.2, §3.4.2.3).
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("`{attribute}` cannot be {}", if *.sorted { "sorted by" } else { "searched in this way" })]
pub struct Unsupported {
    attribute: String,
    sorted: bool,
}

impl Unsupported {
    /// A test of this attribute cannot be answered.
    pub fn new(attribute: impl Into<String>) -> Self {
        Self { attribute: attribute.into(), sorted: false }
    }

    /// Resources cannot be sorted by this attribute.
    pub fn sorted(attribute: impl Into<String>) -> Self {
        Self { attribute: attribute.into(), sorted: true }
    }

    /// The attribute, as its canonical path.
    pub fn attribute(&self) -> &str {
        &self.attribute
    }
}

/// 400 invalidFilter; invalidValue for an attribute to sort by.
impl From<Unsupported> for scim_core::Error {
    fn from(error: Unsupported) -> Self {
        if error.sorted {
            Self::invalid_value(error.to_string())
        } else {
            Self::invalid_filter(error.to_string())
        }
    }
}

/// The filter as a condition on the rows that `columns` describes. Its first placeholder has this
/// number, 1 at least, so that those before it are free for the statement around it.
///
/// A filter within [`Limits::DEFAULT`](crate::Limits::DEFAULT) is within what both databases read.
/// With more terms than that SQLite may refuse the statement: its expressions are 1000 levels deep
/// at most, and each further operand of `AND` or `OR` is a level.
///
/// # Errors
/// [`Unsupported`], which is 400 invalidFilter, when `columns` has no place for an attribute, or
/// none that can answer the test.
pub fn compile(
    filter: &Checked,
    columns: &impl Columns,
    dialect: Dialect,
    first_placeholder: usize,
) -> Result<Where, Unsupported> {
    clause::compile(filter.root(), columns, dialect, first_placeholder)
}
