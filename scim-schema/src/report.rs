//! What is wrong with a resource: everything, at once.

use std::fmt;

use scim_core::{Error, ScimType};
use thiserror::Error as ThisError;

use crate::{Place, Secret};

/// All problems of a resource, each with its place and the rule it breaks. Values are not shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    issues: Vec<Issue>,
    count: usize,
}

/// One problem of a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Issue {
    /// Where: a path such as `emails[1].type`; empty for the resource itself.
    pub path: String,
    /// What is wrong there.
    pub rule: Rule,
}

/// The rules that a resource can break (RFC 7643 §2).
#[derive(Clone, Copy, Debug, ThisError, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Rule {
    /// The resource is no JSON object.
    #[error("must be a JSON object")]
    NotAnObject,
    /// A required attribute has no value (RFC 7643 §2.2).
    #[error("is required")]
    Required,
    /// Not the JSON type that the attribute's type asks for (RFC 7643 §2.3).
    #[error("must be {0}")]
    Type(&'static str),
    /// A decimal with more digits than can be kept exactly.
    #[error("has more than 15 significant digits")]
    Precision,
    /// U+0000 in a string.
    #[error("holds the character U+0000")]
    Nul,
    /// An empty or null element in a list (RFC 7643 §2.5).
    #[error("is an element without a value")]
    EmptyElement,
    /// A text longer than the server takes, in characters.
    #[error("is longer than {0} characters")]
    TooLong(usize),
    /// A text other than those the server takes.
    #[error("is none of the allowed values")]
    NotAllowed,
    /// A number below the range that the server takes.
    #[error("is below the lowest allowed number")]
    TooLow,
    /// A number above the range that the server takes.
    #[error("is above the highest allowed number")]
    TooHigh,
    /// A text outside the format of its attribute (RFC 7643 §4.1).
    #[error("is not {0}")]
    Format(&'static str),
    /// A text that is not among the `canonicalValues` (RFC 7643 §2.3.1).
    #[error("is none of the canonical values")]
    NotCanonical,
    /// Two names that differ in case alone (RFC 7643 §2.1).
    #[error("is named twice, in different case")]
    Repeated,
    /// More than one element is primary (RFC 7643 §2.4).
    #[error("has more than one primary element")]
    Primary,
    /// No schema of the resource type has the attribute.
    #[error("is not an attribute of this resource type")]
    Unknown,
    /// Nothing was left once unknown attributes were dropped.
    #[error("holds no known attribute")]
    NothingKnown,
    /// The attribute cannot be written by clients (RFC 7643 §7).
    #[error("is read-only")]
    ReadOnly,
    /// A value that is never returned stands among those that are (RFC 7643 §7).
    #[error("is never returned and must be set apart")]
    SetApart,
    /// The attribute cannot be changed once it is set (RFC 7643 §7).
    #[error("cannot be changed")]
    Immutable,
    /// `schemas` is missing or empty (RFC 7643 §3).
    #[error("must name the schemas of the resource")]
    SchemasMissing,
    /// `schemas` lacks the base schema (RFC 7643 §3).
    #[error("lacks the base schema of the resource type")]
    BaseSchemaMissing,
    /// `schemas` names a schema that is not of this resource type (RFC 7643 §3).
    #[error("names a schema that is not of this resource type")]
    UnknownSchema,
    /// `schemas` names a schema twice (RFC 7643 §3).
    #[error("names a schema twice")]
    RepeatedSchema,
}

impl Rule {
    /// The keyword of the error that a broken rule becomes; the status is 400.
    pub fn scim_type(self) -> ScimType {
        match self {
            Self::NotAnObject
            | Self::Unknown
            | Self::Repeated
            | Self::SchemasMissing
            | Self::BaseSchemaMissing => ScimType::InvalidSyntax,
            Self::ReadOnly | Self::Immutable => ScimType::Mutability,
            _ => ScimType::InvalidValue,
        }
    }
}

impl Report {
    /// How many problems are kept; of more there is only the number.
    pub const KEPT: usize = 100;

    /// The problems, in the order of the document; at most [`Report::KEPT`].
    pub fn issues(&self) -> &[Issue] {
        &self.issues
    }

    /// How many problems there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Whether there is no problem.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    pub(crate) fn push(&mut self, place: Place<'_>, rule: Rule) {
        self.count += 1;
        if self.issues.len() < Self::KEPT {
            self.issues.push(Issue { path: place.to_string(), rule });
        }
    }

    pub(crate) fn push_secret(&mut self, secret: &Secret) {
        self.count += 1;
        if self.issues.len() < Self::KEPT {
            self.issues.push(Issue { path: secret.path().to_owned(), rule: Rule::SetApart });
        }
    }

    pub(crate) fn into_issues(self) -> Vec<Issue> {
        self.issues
    }
}

impl fmt::Display for Issue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            write!(f, "the resource {}", self.rule)
        } else {
            write!(f, "`{}` {}", self.path, self.rule)
        }
    }
}

/// One line; of a long list the first problems and how many more there are.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 8;
        for (position, issue) in self.issues.iter().take(SHOWN).enumerate() {
            write!(f, "{}{issue}", if position == 0 { "" } else { "; " })?;
        }
        match self.count.saturating_sub(SHOWN) {
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
    }
}

impl std::error::Error for Report {}

/// 400 with the keyword of the first problem.
impl From<Report> for Error {
    fn from(report: Report) -> Self {
        let scim_type =
            report.issues.first().map_or(ScimType::InvalidValue, |issue| issue.rule.scim_type());
        Self::of(scim_type, report.to_string())
    }
}
