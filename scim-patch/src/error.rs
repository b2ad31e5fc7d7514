//! Why a patch is refused.

use scim_core::{AttrPath, Error as ScimError};
use scim_filter::{CheckError, ParseError};
use scim_schema::Report;
use thiserror::Error;

/// Why a patch is refused: what is wrong, and with which operation (RFC 7644 §3.5.2, §3.12).
///
/// `{}` is one line that names the operation by its number and attributes by their names, never a
/// value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatchError {
    operation: Option<usize>,
    kind: Box<PatchErrorKind>,
}

/// The kinds of [`PatchError`].
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum PatchErrorKind {
    /// Not a PATCH message, or not an operation: 400 invalidSyntax.
    #[error("{0}")]
    Syntax(SyntaxFault),
    /// The path is outside the grammar: 400 invalidPath; 400 invalidFilter if the filter in its
    /// brackets is.
    #[error("{0}")]
    Path(ParseError),
    /// The path names no attribute: 400 invalidPath.
    #[error("`{0}` is not an attribute of this resource type")]
    UnknownPath(AttrPath),
    /// The path selects elements of what is no list: 400 invalidPath.
    #[error("`{0}` is no list, so there is nothing to select by a filter")]
    NoList(AttrPath),
    /// `schemas` cannot be changed this way: 400 invalidPath.
    #[error("elements of `schemas` can be selected only to remove them")]
    SelectedSchema,
    /// A name in a value is no attribute: 400 invalidSyntax.
    #[error("`{0}` is not an attribute of this resource type")]
    UnknownName(Box<str>),
    /// The filter in the path does not fit the schema: 400 invalidFilter.
    #[error("{0}")]
    Filter(CheckError),
    /// The paths would have to look at too many elements: 400 invalidFilter.
    #[error("the paths of the operations select among too many values")]
    TooMuchWork,
    /// The value does not fit the attribute: the keyword of the first problem.
    #[error("{0}")]
    Value(Report),
    /// There is no value: 400 invalidValue.
    #[error("the operation needs a value")]
    ValueMissing,
    /// Without a path, the value is no object: 400 invalidValue.
    #[error("without a path the value must be an object of attributes")]
    NotAnObject,
    /// Null is added: 400 invalidValue.
    #[error("null cannot be added to `{0}`")]
    NullAdded(AttrPath),
    /// The value held something, but nothing that is known: 400 invalidValue.
    #[error("the value holds no known attribute")]
    NothingKnown,
    /// `schemas` names a schema that is not of this resource type: 400 invalidValue.
    #[error("`schemas` names a schema that is not of this resource type")]
    UnknownSchema,
    /// More than one element would be primary: 400 invalidValue.
    #[error("more than one element of `{0}` would be primary")]
    Primary(AttrPath),
    /// A required attribute would be left without a value: 400 mutability if it was removed,
    /// else 400 invalidValue.
    #[error("`{path}` is required")]
    Required {
        /// The attribute.
        path: AttrPath,
        /// Whether an operation removed it.
        removed: bool,
    },
    /// To remove, without a path: 400 noTarget.
    #[error("to remove needs a path")]
    NoPath,
    /// The filter in the path selects nothing: 400 noTarget.
    #[error("no element of `{0}` is selected")]
    NoTarget(AttrPath),
    /// The attribute cannot be written: 400 mutability.
    #[error("`{0}` is read-only")]
    ReadOnly(AttrPath),
    /// The attribute has a value and cannot get another: 400 mutability.
    #[error("`{0}` cannot be changed")]
    Immutable(AttrPath),
    /// The value names another resource's `id`: 400 mutability.
    #[error("`id` is not that of the resource")]
    OtherId,
    /// The base schema would be taken out of `schemas`: 400 mutability if it was removed, else
    /// 400 invalidValue.
    #[error("the base schema cannot be taken out of `schemas`")]
    BaseSchema {
        /// Whether an operation removed it.
        removed: bool,
    },
}

/// What is wrong with the form of a message.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum SyntaxFault {
    /// The body is no object.
    #[error("the body must be an object")]
    Body,
    /// `schemas` is missing.
    #[error("`schemas` must hold the URI of the PATCH message")]
    SchemaMissing,
    /// `schemas` is that of another message.
    #[error("`schemas` does not hold the URI of the PATCH message")]
    OtherSchema,
    /// `Operations` is missing or no list.
    #[error("`Operations` must be a list of operations")]
    Operations,
    /// `Operations` is empty.
    #[error("`Operations` holds no operation")]
    NoOperations,
    /// More operations than [`Limits::max_operations`](crate::Limits::max_operations).
    #[error("`Operations` holds more than {0} operations")]
    TooManyOperations(usize),
    /// An operation is no object.
    #[error("an operation must be an object")]
    Operation,
    /// `op` is missing or no string.
    #[error("`op` must be `add`, `remove` or `replace`")]
    Op,
    /// `path` is no string.
    #[error("`path` must be a string")]
    Path,
    /// A name twice, in different case.
    #[error("a name is there twice")]
    Repeated,
    /// A value beside a path to remove.
    #[error("to remove takes no value")]
    RemovedValue,
}

impl PatchError {
    pub(crate) fn new(kind: PatchErrorKind) -> Self {
        Self { operation: None, kind: Box::new(kind) }
    }

    pub(crate) fn at(operation: usize, kind: PatchErrorKind) -> Self {
        Self { operation: Some(operation), kind: Box::new(kind) }
    }

    /// The operation, counted from 0; `None` if it is the message as a whole.
    pub fn operation(&self) -> Option<usize> {
        self.operation
    }

    /// What is wrong.
    pub fn kind(&self) -> &PatchErrorKind {
        &self.kind
    }
}

impl std::fmt::Display for PatchError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.operation {
            Some(operation) => write!(f, "operation {}: {}", operation + 1, self.kind),
            None => self.kind.fmt(f),
        }
    }
}

impl std::error::Error for PatchError {}

/// 400 with the keyword that the kind names.
impl From<PatchError> for ScimError {
    fn from(error: PatchError) -> Self {
        use PatchErrorKind as Kind;
        let detail = error.to_string();
        match *error.kind {
            Kind::Syntax(_) | Kind::UnknownName(_) => Self::invalid_syntax(detail),
            Kind::Path(inner) => with_detail(inner.into(), detail),
            Kind::Filter(inner) => with_detail(inner.into(), detail),
            Kind::Value(report) => with_detail(report.into(), detail),
            Kind::UnknownPath(_) | Kind::NoList(_) | Kind::SelectedSchema => {
                Self::invalid_path(detail)
            }
            Kind::TooMuchWork => Self::invalid_filter(detail),
            Kind::NoPath | Kind::NoTarget(_) => Self::of(scim_core::ScimType::NoTarget, detail),
            Kind::ReadOnly(_)
            | Kind::Immutable(_)
            | Kind::OtherId
            | Kind::Required { removed: true, .. }
            | Kind::BaseSchema { removed: true } => Self::mutability(detail),
            Kind::ValueMissing
            | Kind::NotAnObject
            | Kind::NullAdded(_)
            | Kind::NothingKnown
            | Kind::UnknownSchema
            | Kind::Primary(_)
            | Kind::Required { removed: false, .. }
            | Kind::BaseSchema { removed: false } => Self::invalid_value(detail),
        }
    }
}

fn with_detail(mut error: ScimError, detail: String) -> ScimError {
    error.detail = detail;
    error
}
