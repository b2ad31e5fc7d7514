//! Error responses (RFC 7644 §3.12).

use std::fmt;

use http::StatusCode;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser::SerializeStruct};
use serde_json::Value;

use crate::{SchemaUri, ScimType, ShapeError, object::Object};

/// What a request is refused with: the HTTP status, the SCIM keyword and one line of text
/// (RFC 7644 §3.12).
///
/// The errors of all crates of this workspace convert into it, so that `?` carries the right
/// answer to the wire. The detail names attributes, operators and rules, never values.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Error {
    /// The HTTP status, repeated in the body as a string.
    pub status: StatusCode,
    /// The keyword, for the errors that have one.
    pub scim_type: Option<ScimType>,
    /// What is wrong, in one line, for a person.
    pub detail: String,
}

impl Error {
    /// An error without a keyword.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, scim_type: None, detail: detail.into() }
    }

    /// An error with a keyword and the status that goes with it.
    pub fn of(scim_type: ScimType, detail: impl Into<String>) -> Self {
        Self { status: scim_type.status(), scim_type: Some(scim_type), detail: detail.into() }
    }

    /// 400 invalidSyntax.
    pub fn invalid_syntax(detail: impl Into<String>) -> Self {
        Self::of(ScimType::InvalidSyntax, detail)
    }

    /// 400 invalidValue.
    pub fn invalid_value(detail: impl Into<String>) -> Self {
        Self::of(ScimType::InvalidValue, detail)
    }

    /// 400 invalidFilter.
    pub fn invalid_filter(detail: impl Into<String>) -> Self {
        Self::of(ScimType::InvalidFilter, detail)
    }

    /// 400 invalidPath.
    pub fn invalid_path(detail: impl Into<String>) -> Self {
        Self::of(ScimType::InvalidPath, detail)
    }

    /// 400 mutability.
    pub fn mutability(detail: impl Into<String>) -> Self {
        Self::of(ScimType::Mutability, detail)
    }

    /// 409 uniqueness.
    pub fn uniqueness(detail: impl Into<String>) -> Self {
        Self::of(ScimType::Uniqueness, detail)
    }

    /// 404.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    /// 412.
    pub fn precondition_failed(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::PRECONDITION_FAILED, detail)
    }

    /// 500, with a text that tells nothing of the inside.
    pub fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "the server could not complete the request")
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.status.as_str())?;
        if let Some(scim_type) = &self.scim_type {
            write!(f, " {scim_type}")?;
        }
        write!(f, ": {}", self.detail)
    }
}

impl std::error::Error for Error {}

impl Serialize for Error {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut body = serializer.serialize_struct("Error", 4)?;
        body.serialize_field("schemas", &[SchemaUri::ERROR])?;
        body.serialize_field("status", self.status.as_str())?;
        match &self.scim_type {
            Some(scim_type) => body.serialize_field("scimType", scim_type)?,
            None => body.skip_field("scimType")?,
        }
        body.serialize_field("detail", &self.detail)?;
        body.end()
    }
}

/// Reads what other servers send: the status as a string or a number, members missing.
impl TryFrom<Value> for Error {
    type Error = ShapeError;

    fn try_from(value: Value) -> Result<Self, ShapeError> {
        let mut object = Object::try_from(value)?;
        Ok(Self {
            status: object.required("status")?,
            scim_type: object.optional::<String>("scimType")?.map(|keyword| (*keyword).into()),
            detail: object.optional("detail")?.unwrap_or_default(),
        })
    }
}

impl<'de> Deserialize<'de> for Error {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer)?.try_into().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// RFC 7644 §3.12
    #[test]
    fn the_status_is_written_as_a_string() {
        let body = serde_json::to_value(Error::uniqueness("`userName` is taken")).unwrap();
        assert_eq!(
            body,
            json!({
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
                "status": "409",
                "scimType": "uniqueness",
                "detail": "`userName` is taken",
            })
        );
        assert_eq!(
            serde_json::from_value::<Error>(body).unwrap(),
            Error::uniqueness("`userName` is taken")
        );
    }

    /// RFC 7644 §3.12
    #[test]
    fn a_numeric_status_and_missing_fields_are_read() {
        let error: Error = serde_json::from_str("{\"Status\": 404, \"detail\": null}").unwrap();
        assert_eq!(error, Error::not_found(""));
        let other: Error =
            serde_json::from_value(json!({"status": "400", "scimType": "odd"})).unwrap();
        assert_eq!(other.scim_type, Some(ScimType::Other("odd".into())));
    }
}
