//! What is wrong with a JSON value that should become a typed one.

use std::{convert::Infallible, fmt};

use thiserror::Error;

use crate::Error as ScimError;

/// Why a JSON value is no such resource, part or message, and at which attribute.
///
/// It names attributes and types, never the values that were found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShapeError {
    path: Box<str>,
    kind: ShapeErrorKind,
}

/// The kinds of [`ShapeError`].
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ShapeErrorKind {
    /// A required attribute has no value.
    #[error("is missing")]
    Missing,
    /// The value is not what is named here, such as `a string`.
    #[error("has to be {0}")]
    Expected(&'static str),
    /// The object has the attribute twice, in different case.
    #[error("stands there twice")]
    Twice,
    /// The message is none, or another than was expected.
    #[error("has to name the schema of this message")]
    Schemas,
}

impl ShapeError {
    /// An error at the value itself.
    pub fn new(kind: ShapeErrorKind) -> Self {
        Self { path: "".into(), kind }
    }

    /// The value should have been this, such as `a string`.
    pub fn expected(what: &'static str) -> Self {
        Self::new(ShapeErrorKind::Expected(what))
    }

    /// The same error, seen from the object that has the value under this name.
    #[must_use]
    pub fn within(self, name: &str) -> Self {
        let separator = match (self.path.is_empty(), name.contains(':')) {
            (true, _) => "",
            (false, true) => ":",
            (false, false) => ".",
        };
        Self { path: [name, separator, &self.path].concat().into(), ..self }
    }

    /// The path of the attribute, such as `emails.value`; empty for the whole value.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong.
    pub fn kind(&self) -> ShapeErrorKind {
        self.kind
    }
}

impl fmt::Display for ShapeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.path {
            "" => write!(f, "the value {}", self.kind),
            path => write!(f, "`{path}` {}", self.kind),
        }
    }
}

impl std::error::Error for ShapeError {}

/// So that what takes any shape, such as `serde_json::Value`, can stand where shapes are read.
impl From<Infallible> for ShapeError {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

/// 400 invalidSyntax for what is no object, names an attribute twice or is another message, else
/// invalidValue (RFC 7644 §3.12).
impl From<ShapeError> for ScimError {
    fn from(error: ShapeError) -> Self {
        match error.kind {
            ShapeErrorKind::Twice | ShapeErrorKind::Schemas => {
                Self::invalid_syntax(error.to_string())
            }
            _ if error.path.is_empty() => Self::invalid_syntax(error.to_string()),
            _ => Self::invalid_value(error.to_string()),
        }
    }
}
