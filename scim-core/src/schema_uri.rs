//! Schema URIs (RFC 7643 §3.3, §10.2.1).

use std::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    str::FromStr,
};

use compact_str::CompactString;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use thiserror::Error;

use crate::attr_name::hash_folded;

/// The URI of a schema or message, such as `urn:ietf:params:scim:schemas:core:2.0:User`.
///
/// Compared without the case of ASCII letters, wherever it occurs. It is never cut at a dot.
#[derive(Clone, Debug)]
pub struct SchemaUri(CompactString);

/// A text that cannot be the URI of a schema.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("a schema URI has a colon and neither blanks, quotes, brackets nor control characters")]
pub struct InvalidUri;

macro_rules! standard {
    ($($(#[$doc:meta])* $name:ident = $uri:literal;)*) => {
        impl SchemaUri {
            $($(#[$doc])* pub const $name: Self = Self::from_static($uri);)*
        }
    };
}

standard! {
    /// User (RFC 7643 §4.1).
    USER = "urn:ietf:params:scim:schemas:core:2.0:User";
    /// Group (RFC 7643 §4.2).
    GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group";
    /// Enterprise User extension (RFC 7643 §4.3).
    ENTERPRISE_USER = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    /// Service provider configuration (RFC 7643 §5).
    SERVICE_PROVIDER_CONFIG = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig";
    /// Resource type (RFC 7643 §6).
    RESOURCE_TYPE = "urn:ietf:params:scim:schemas:core:2.0:ResourceType";
    /// Schema (RFC 7643 §7).
    SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:Schema";
    /// List response (RFC 7644 §3.4.2).
    LIST_RESPONSE = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
    /// Search request (RFC 7644 §3.4.3).
    SEARCH_REQUEST = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";
    /// PATCH request (RFC 7644 §3.5.2).
    PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
    /// Bulk request (RFC 7644 §3.7).
    BULK_REQUEST = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
    /// Bulk response (RFC 7644 §3.7).
    BULK_RESPONSE = "urn:ietf:params:scim:api:messages:2.0:BulkResponse";
    /// Error (RFC 7644 §3.12).
    ERROR = "urn:ietf:params:scim:api:messages:2.0:Error";
}

impl SchemaUri {
    /// A URI that is known to be well formed.
    ///
    /// # Panics
    /// At compile time, when the text is no schema URI.
    pub const fn from_static(uri: &'static str) -> Self {
        assert!(is_uri(uri.as_bytes()), "not a schema URI");
        Self(CompactString::const_new(uri))
    }

    /// The URI as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Loose on purpose: identity providers send `urn:` names and `http:` addresses of their own.
const fn is_uri(bytes: &[u8]) -> bool {
    let mut colon = false;
    let mut rest = bytes;
    while let [byte, tail @ ..] = rest {
        match byte {
            b':' => colon = true,
            b'"' | b'\'' | b'\\' | b'[' | b']' | b'(' | b')' | 0..=b' ' | 0x7f.. => return false,
            _ => {}
        }
        rest = tail;
    }
    colon && !matches!(bytes, [b':', ..] | [.., b':'])
}

impl FromStr for SchemaUri {
    type Err = InvalidUri;

    fn from_str(text: &str) -> Result<Self, InvalidUri> {
        if is_uri(text.as_bytes()) { Ok(Self(text.into())) } else { Err(InvalidUri) }
    }
}

impl fmt::Display for SchemaUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl PartialEq for SchemaUri {
    fn eq(&self, other: &Self) -> bool {
        self == other.as_str()
    }
}

impl Eq for SchemaUri {}

impl PartialEq<str> for SchemaUri {
    fn eq(&self, other: &str) -> bool {
        self.0 == other || self.0.eq_ignore_ascii_case(other)
    }
}

impl PartialEq<&str> for SchemaUri {
    fn eq(&self, other: &&str) -> bool {
        self == *other
    }
}

impl Hash for SchemaUri {
    fn hash<H: Hasher>(&self, state: &mut H) {
        hash_folded(&self.0, state);
    }
}

impl PartialOrd for SchemaUri {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for SchemaUri {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.to_ascii_lowercase().cmp(&other.0.to_ascii_lowercase())
    }
}

impl AsRef<str> for SchemaUri {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Serialize for SchemaUri {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for SchemaUri {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        CompactString::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7644 §3.10, RFC 7643 §10.2.1
    #[test]
    fn uris_compare_without_case() {
        let upper: SchemaUri = "URN:IETF:PARAMS:SCIM:SCHEMAS:CORE:2.0:USER".parse().unwrap();
        assert_eq!(upper, SchemaUri::USER);
        assert_ne!(upper, SchemaUri::GROUP);
    }

    /// RFC 7643 §10.2.1
    #[test]
    fn what_would_break_a_filter_is_no_uri() {
        for bad in ["", "User", ":a", "a:", "urn: a", "urn:\"a", "urn:a]", "urn:a(", "urn:ä"] {
            assert!(bad.parse::<SchemaUri>().is_err(), "{bad}");
        }
        assert!("http://schemas.example.com/2006/11/Group".parse::<SchemaUri>().is_ok());
    }
}
