//! What is wrong with a filter that is well formed.

use std::fmt::{self, Display, Formatter};

use scim_core::{AttrPath, Error as ScimError, Kind};
use thiserror::Error;

use crate::CompareOp;

/// Why a filter does not fit a schema. The message names attributes, operators and types, never
/// literals.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub struct CheckError {
    inner: Box<Inner>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Inner {
    path: AttrPath,
    parent: Option<AttrPath>,
    op: Option<CompareOp>,
    kind: CheckErrorKind,
}

/// The kinds of [`CheckError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CheckErrorKind {
    /// No schema knows the attribute.
    Unknown,
    /// Nobody can read the attribute: it is `returned: never` or `writeOnly`.
    Hidden,
    /// A complex attribute without a sub-attribute.
    Complex,
    /// The operator is not one of the type.
    Operator(Kind),
    /// The literal is not of the type.
    Literal(Kind),
    /// `null` with an operator other than `eq` and `ne`.
    OrderedNull,
    /// A text that is no date and time.
    Instant,
    /// A number that JSON numbers cannot hold.
    Range,
    /// Brackets behind an attribute that has neither elements nor sub-attributes.
    NoElements,
    /// Brackets in brackets.
    NestedBrackets,
}

impl CheckError {
    pub(crate) fn new(path: AttrPath, kind: CheckErrorKind) -> Self {
        Self { inner: Box::new(Inner { path, parent: None, op: None, kind }) }
    }

    pub(crate) fn unknown(path: &AttrPath, parent: Option<&AttrPath>) -> Self {
        let mut error = Self::new(path.clone(), CheckErrorKind::Unknown);
        error.inner.parent = parent.cloned();
        error
    }

    pub(crate) fn op(mut self, op: CompareOp) -> Self {
        self.inner.op = Some(op);
        self
    }

    /// What is wrong.
    pub fn kind(&self) -> CheckErrorKind {
        self.inner.kind
    }

    /// The attribute, as the filter names it.
    pub fn path(&self) -> &AttrPath {
        &self.inner.path
    }
}

impl Display for CheckError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        use CheckErrorKind as Kinds;
        let Inner { path, parent, op, kind } = &*self.inner;
        let op = op.map_or("", CompareOp::as_str);
        match (kind, parent) {
            (Kinds::Unknown, Some(parent)) => {
                write!(f, "`{path}` is not a sub-attribute of `{parent}`")
            }
            (Kinds::Unknown, None) => write!(f, "`{path}` is not a known attribute"),
            (Kinds::Hidden, _) => write!(f, "`{path}` cannot be read, so it cannot be filtered on"),
            (Kinds::Complex, _) => {
                write!(f, "`{path}` is complex: `{op}` needs one of its sub-attributes")
            }
            (Kinds::Operator(kind), _) => {
                write!(f, "`{op}` does not apply to `{path}`, which is {}", noun(*kind))
            }
            (Kinds::Literal(kind), _) => {
                write!(f, "`{path}` is {}, but compared with something else", noun(*kind))
            }
            (Kinds::OrderedNull, _) => {
                write!(f, "`{op}` does not apply to `null`, with which `{path}` is compared")
            }
            (Kinds::Instant, _) => {
                write!(f, "`{path}` is compared with something other than a date and time")
            }
            (Kinds::Range, _) => {
                write!(f, "`{path}` is compared with a number that is out of range")
            }
            (Kinds::NoElements, _) => {
                write!(f, "`{path}` has neither elements nor sub-attributes to filter")
            }
            (Kinds::NestedBrackets, _) => write!(f, "brackets behind `{path}` inside brackets"),
        }
    }
}

fn noun(kind: Kind) -> &'static str {
    match kind {
        Kind::String => "a string",
        Kind::Boolean => "a boolean",
        Kind::Decimal => "a decimal",
        Kind::Integer => "an integer",
        Kind::DateTime => "a date and time",
        Kind::Binary => "binary",
        Kind::Reference => "a reference",
        _ => "complex",
    }
}

/// 400 invalidFilter.
impl From<CheckError> for ScimError {
    fn from(error: CheckError) -> Self {
        Self::invalid_filter(error.to_string())
    }
}
