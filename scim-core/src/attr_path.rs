//! Attribute paths (RFC 7644 §3.10).

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use thiserror::Error;

use crate::{AttrName, SchemaUri};

/// An attribute as a filter, a PATCH path or a query parameter names it: `userName`,
/// `name.givenName`, `urn:…:enterprise:2.0:User:manager.value`, or a schema's URI alone for all
/// that the schema holds (RFC 7644 §3.10).
///
/// Only the schemas in use tell where a URN ends. Read without them, the last segment counts as
/// the attribute if it could be one: `urn:…:enterprise:2.0:User` reads as the attribute `User` of
/// `urn:…:enterprise:2.0`, and [`AttrPath::whole`] gives back the URI that may have been meant.
///
/// ```
/// use scim_core::AttrPath;
///
/// let path: AttrPath = "urn:ietf:params:scim:schemas:core:2.0:User:name.givenName".parse()?;
/// assert_eq!(path.uri().unwrap().as_str(), "urn:ietf:params:scim:schemas:core:2.0:User");
/// assert_eq!(path.name().unwrap(), &"name");
/// assert_eq!(path.sub().unwrap(), &"givenName");
/// # Ok::<(), scim_core::InvalidPath>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AttrPath {
    uri: Option<SchemaUri>,
    name: Option<AttrName>,
    sub: Option<AttrName>,
}

/// A text that names no attribute.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error(
    "an attribute path is `attribute`, `attribute.subAttribute`, each behind a schema URI and a colon, or a schema URI"
)]
pub struct InvalidPath;

impl AttrPath {
    /// An attribute of the base schema.
    pub const fn new(name: AttrName) -> Self {
        Self { uri: None, name: Some(name), sub: None }
    }

    /// An attribute of the schema `uri`, or of the base schema, and its sub-attribute.
    pub const fn from_parts(uri: Option<SchemaUri>, name: AttrName, sub: Option<AttrName>) -> Self {
        Self { uri, name: Some(name), sub }
    }

    /// All that a schema holds.
    pub const fn schema(uri: SchemaUri) -> Self {
        Self { uri: Some(uri), name: None, sub: None }
    }

    /// The same path, qualified by a schema.
    #[must_use]
    pub fn in_schema(mut self, uri: SchemaUri) -> Self {
        self.uri = Some(uri);
        self
    }

    /// A sub-attribute of this attribute.
    #[must_use]
    pub fn with_sub(mut self, sub: AttrName) -> Self {
        self.sub = Some(sub);
        self
    }

    /// The schema that qualifies the attribute.
    pub fn uri(&self) -> Option<&SchemaUri> {
        self.uri.as_ref()
    }

    /// The attribute; `None` if the path is a schema's URI alone.
    pub fn name(&self) -> Option<&AttrName> {
        self.name.as_ref()
    }

    /// The sub-attribute.
    pub fn sub(&self) -> Option<&AttrName> {
        self.sub.as_ref()
    }

    /// The whole path as the URI of a schema, if it could be one.
    pub fn whole(&self) -> Option<SchemaUri> {
        self.uri.as_ref()?;
        self.to_string().parse().ok()
    }

    #[inline]
    fn found(uri: Option<SchemaUri>, (name, sub): (&str, Option<&str>)) -> Self {
        Self { uri, name: Some(AttrName::found(name)), sub: sub.map(AttrName::found) }
    }
}

impl FromStr for AttrPath {
    type Err = InvalidPath;

    #[inline]
    fn from_str(text: &str) -> Result<Self, InvalidPath> {
        // Most paths are of the base schema.
        match steps(text) {
            Some(steps) => Ok(Self::found(None, steps)),
            None => qualified(text),
        }
    }
}

/// `URI ":" ATTRNAME [ "." ATTRNAME ] / URI`
fn qualified(text: &str) -> Result<AttrPath, InvalidPath> {
    let (uri, tail) = text.rsplit_once(':').ok_or(InvalidPath)?;
    match (uri.parse(), steps(tail)) {
        (Ok(uri), Some(steps)) => Ok(AttrPath::found(Some(uri), steps)),
        _ => text.parse().map(AttrPath::schema).map_err(|_| InvalidPath),
    }
}

/// `ATTRNAME [ "." ATTRNAME ]`
#[inline]
fn steps(text: &str) -> Option<(&str, Option<&str>)> {
    match AttrName::split(text)? {
        (name, "") => Some((name, None)),
        (name, rest) => match AttrName::split(rest.strip_prefix('.')?)? {
            (sub, "") => Some((name, Some(sub))),
            _ => None,
        },
    }
}

impl From<AttrName> for AttrPath {
    fn from(name: AttrName) -> Self {
        Self::new(name)
    }
}

impl fmt::Display for AttrPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(uri) = &self.uri {
            write!(f, "{uri}")?;
        }
        if let Some(name) = &self.name {
            let colon = if self.uri.is_some() { ":" } else { "" };
            write!(f, "{colon}{name}")?;
        }
        if let Some(sub) = &self.sub {
            write!(f, ".{sub}")?;
        }
        Ok(())
    }
}

impl Serialize for AttrPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for AttrPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> (Option<String>, Option<String>, Option<String>) {
        let path: AttrPath = text.parse().unwrap();
        assert_eq!(path.to_string(), text);
        let own = |part: Option<&dyn fmt::Display>| part.map(ToString::to_string);
        (
            own(path.uri().map(|p| p as _)),
            own(path.name().map(|p| p as _)),
            own(path.sub().map(|p| p as _)),
        )
    }

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    /// RFC 7644 §3.10, RFC 7643 §10.2.1
    #[test]
    fn a_urn_is_cut_at_its_last_colon_and_never_at_a_dot() {
        assert_eq!(parts("userName"), (None, some("userName"), None));
        assert_eq!(parts("name.$ref"), (None, some("name"), some("$ref")));
        assert_eq!(
            parts("urn:a:2.0:User:userName"),
            (some("urn:a:2.0:User"), some("userName"), None)
        );
        assert_eq!(parts("urn:a:2.0:User:a.b"), (some("urn:a:2.0:User"), some("a"), some("b")));
        assert_eq!(parts("urn:a:ext:2.0"), (some("urn:a:ext:2.0"), None, None));
    }

    /// RFC 7644 §3.10
    #[test]
    fn the_uri_that_may_have_been_meant_is_kept_whole() {
        let path: AttrPath = "urn:a:2.0:User".parse().unwrap();
        assert_eq!(path.whole().unwrap(), "URN:a:2.0:user");
        assert_eq!("userName".parse::<AttrPath>().unwrap().whole(), None);
    }

    /// RFC 7644 §3.10
    #[test]
    fn what_is_no_path_is_refused() {
        for bad in
            ["", ".", "a.", ".a", "a.b.c", "a b", "a[0]", "emails[0]", "1", ":a", "urn:a b:c"]
        {
            assert!(bad.parse::<AttrPath>().is_err(), "{bad}");
        }
    }
}
