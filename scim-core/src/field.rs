//! How the values of typed structs are read from JSON and written to it.

use chrono::{DateTime, NaiveDateTime, SecondsFormat, Utc};
use http::StatusCode;
use serde::{Serialize, Serializer};
use serde_json::{Number, Value};

use crate::{SchemaUri, ShapeError, object::Object};

/// A type that can stand behind a name of a struct made by `record!`.
pub(crate) trait Field: Sized {
    /// Reads a value that is not null.
    fn read(value: Value) -> Result<Self, ShapeError>;

    /// Writes it.
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;

    /// Whether it is as good as unassigned, so that its name is not written (RFC 7643 §2.5).
    fn is_empty(&self) -> bool {
        false
    }

    /// Reads a value that may be null or empty, which is as good as none (RFC 7643 §2.5).
    fn assigned(value: Value) -> Result<Option<Self>, ShapeError> {
        match value {
            Value::Null => Ok(None),
            value => Self::read(value).map(|read| Some(read).filter(|read| !read.is_empty())),
        }
    }

    /// Reads what stands alone where a list belongs.
    fn alone(value: Value) -> Result<Vec<Self>, ShapeError> {
        Ok(Self::assigned(value)?.into_iter().collect())
    }
}

/// Lets serde write a field.
pub(crate) struct Written<'a, T>(pub(crate) &'a T);

impl<T: Field> Serialize for Written<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.write(serializer)
    }
}

macro_rules! simple {
    ($($type:ty, $expected:literal, $read:expr;)*) => {$(
        impl Field for $type {
            fn read(value: Value) -> Result<Self, ShapeError> {
                let read: fn(Value) -> Option<Self> = $read;
                read(value).ok_or(ShapeError::expected($expected))
            }

            fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.serialize(serializer)
            }
        }
    )*};
}

simple! {
    bool, "a boolean", |value| value.as_bool();
    i64, "a whole number", |value| value.as_i64();
    u64, "a whole number of zero or more", |value| value.as_u64();
    SchemaUri, "the URI of a schema", |value| value.as_str()?.parse().ok();
    Number, "a number", |value| match value {
        Value::Number(number) => Some(number),
        _ => None,
    };
}

impl Field for String {
    fn read(value: Value) -> Result<Self, ShapeError> {
        match value {
            Value::String(text) => Ok(text),
            _ => Err(ShapeError::expected("a string")),
        }
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }

    /// A list of names in one string, as in a query (RFC 7644 §3.9).
    fn alone(value: Value) -> Result<Vec<Self>, ShapeError> {
        Ok(split_names(&Self::read(value)?).map(ToOwned::to_owned).collect())
    }
}

/// Splits at the commas that stand neither in quotes nor in brackets.
pub(crate) fn split_names(list: &str) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped, mut depth) = (false, false, 0_usize);
    list.split(move |c| {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '[' if !quoted => depth += 1,
            ']' if !quoted => depth = depth.saturating_sub(1),
            ',' => return !quoted && depth == 0,
            _ => {}
        }
        false
    })
    .map(str::trim)
    .filter(|name| !name.is_empty())
}

/// Any value; here null is a value too, since `replace` with null is not `replace` without value.
impl Field for Value {
    fn read(value: Value) -> Result<Self, ShapeError> {
        Ok(value)
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.serialize(serializer)
    }

    fn assigned(value: Value) -> Result<Option<Self>, ShapeError> {
        Ok(Some(value))
    }
}

/// An instant (RFC 7643 §2.3.5). One without a zone is taken as UTC.
impl Field for DateTime<Utc> {
    fn read(value: Value) -> Result<Self, ShapeError> {
        let instant = |text: &str| match DateTime::parse_from_rfc3339(text) {
            Ok(instant) => Some(instant.to_utc()),
            Err(_) => NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f")
                .ok()
                .map(|local| local.and_utc()),
        };
        value.as_str().and_then(instant).ok_or(ShapeError::expected("a date with a time"))
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

/// Written as a string; read also as a number, or as an object with `code` (RFC 7644 §3.7.2
/// and §3.7.3 show both).
impl Field for StatusCode {
    fn read(value: Value) -> Result<Self, ShapeError> {
        if value.is_object() {
            return Object::try_from(value)?.required("code");
        }
        let status = match &value {
            Value::String(text) => Self::from_bytes(text.as_bytes()).ok(),
            Value::Number(number) => number
                .as_u64()
                .and_then(|number| u16::try_from(number).ok())
                .and_then(|number| Self::from_u16(number).ok()),
            _ => None,
        };
        status.ok_or(ShapeError::expected("an HTTP status"))
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<T: Field> Field for Option<T> {
    fn read(value: Value) -> Result<Self, ShapeError> {
        T::assigned(value)
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Some(value) => value.write(serializer),
            None => serializer.serialize_none(),
        }
    }

    fn is_empty(&self) -> bool {
        self.as_ref().is_none_or(T::is_empty)
    }
}

/// A list without its empty elements; a single value counts as a list of one.
impl<T: Field> Field for Vec<T> {
    fn read(value: Value) -> Result<Self, ShapeError> {
        match value {
            Value::Array(items) => {
                items.into_iter().filter_map(|item| T::assigned(item).transpose()).collect()
            }
            value => T::alone(value),
        }
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().filter(|item| !item.is_empty()).map(Written))
    }

    fn is_empty(&self) -> bool {
        self.iter().all(T::is_empty)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn instant(text: &str) -> Option<String> {
        let read = DateTime::<Utc>::read(json!(text)).ok()?;
        Some(read.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }

    /// RFC 7643 §2.3.5
    #[test]
    fn instants_have_any_zone_or_none_and_any_fraction() {
        assert_eq!(instant("2011-05-13T04:42:34Z").unwrap(), "2011-05-13T04:42:34Z");
        assert_eq!(instant("2011-05-13T04:42:34.5+02:00").unwrap(), "2011-05-13T02:42:34.500Z");
        assert_eq!(instant("2011-05-13T04:42:34").unwrap(), "2011-05-13T04:42:34Z");
        assert!(instant("2011-05-13T04:42:34.123456789012Z").is_some());
        assert_eq!(instant("2011-05-13"), None);
    }

    /// RFC 7644 §3.7.3, RFC 7644 §3.12
    #[test]
    fn a_status_is_read_in_each_form_that_servers_write() {
        for value in [json!("201"), json!(201), json!({"code": "201"}), json!({"Code": 201})] {
            assert_eq!(StatusCode::read(value).unwrap(), StatusCode::CREATED);
        }
        for value in [json!("x"), json!(99), json!(70_000), json!({}), json!(true)] {
            assert!(StatusCode::read(value).is_err());
        }
    }

    /// RFC 7644 §3.9
    #[test]
    fn commas_in_quotes_and_brackets_split_no_names() {
        let names = |list| split_names(list).collect::<Vec<_>>();
        assert_eq!(names("userName, name.givenName,"), ["userName", "name.givenName"]);
        assert_eq!(
            names(r#"emails[type eq "a,]b\",c" or x in (1,2)].value,id"#),
            [r#"emails[type eq "a,]b\",c" or x in (1,2)].value"#, "id"]
        );
    }
}
