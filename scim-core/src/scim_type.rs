//! Error keywords (RFC 7644 §3.12 Table 9, RFC 9865 §2.1).

use std::{fmt, str::FromStr};

use http::StatusCode;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! keywords {
    ($($(#[$doc:meta])* $variant:ident = $keyword:literal, $status:ident;)*) => {
        /// The keyword that says what kind of error it is (RFC 7644 §3.12).
        ///
        /// Open: a keyword that no RFC in use registers is kept in [`ScimType::Other`].
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ScimType {
            $($(#[$doc])* $variant,)*
            /// A keyword of another server's own.
            Other(Box<str>),
        }

        impl ScimType {
            /// The keyword as it stands in an error's body.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $keyword,)*
                    Self::Other(keyword) => keyword,
                }
            }

            /// The HTTP status that the keyword goes with.
            pub fn status(&self) -> StatusCode {
                match self {
                    $(Self::$variant => StatusCode::$status,)*
                    Self::Other(_) => StatusCode::BAD_REQUEST,
                }
            }
        }

        impl From<&str> for ScimType {
            fn from(keyword: &str) -> Self {
                match keyword {
                    $(_ if keyword.eq_ignore_ascii_case($keyword) => Self::$variant,)*
                    other => Self::Other(other.into()),
                }
            }
        }
    };
}

keywords! {
    /// The filter is malformed, or compares what cannot be compared.
    InvalidFilter = "invalidFilter", BAD_REQUEST;
    /// The query would yield more than the server is willing to return.
    TooMany = "tooMany", BAD_REQUEST;
    /// A value is taken that must be unique.
    Uniqueness = "uniqueness", CONFLICT;
    /// The attribute cannot be changed, or not to this value.
    Mutability = "mutability", BAD_REQUEST;
    /// The body is no JSON, or no message of the kind that was expected.
    InvalidSyntax = "invalidSyntax", BAD_REQUEST;
    /// The path of a PATCH operation is malformed or names no attribute.
    InvalidPath = "invalidPath", BAD_REQUEST;
    /// The path of a PATCH operation selects nothing that could be operated on.
    NoTarget = "noTarget", BAD_REQUEST;
    /// A value is missing, or is not of the attribute's type.
    InvalidValue = "invalidValue", BAD_REQUEST;
    /// The protocol version in the URL is not served.
    InvalidVers = "invalidVers", BAD_REQUEST;
    /// The request would carry sensitive information in its URL.
    Sensitive = "sensitive", FORBIDDEN;
    /// The cursor is not one that this server gave for this query.
    InvalidCursor = "invalidCursor", BAD_REQUEST;
    /// The cursor was given too long ago.
    ExpiredCursor = "expiredCursor", BAD_REQUEST;
    /// The page size is out of range, or differs from the first page's.
    InvalidCount = "invalidCount", BAD_REQUEST;
}

impl FromStr for ScimType {
    type Err = std::convert::Infallible;

    fn from_str(keyword: &str) -> Result<Self, Self::Err> {
        Ok(keyword.into())
    }
}

impl fmt::Display for ScimType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for ScimType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for ScimType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let keyword = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Ok(keyword.as_ref().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7644 §3.12, RFC 7644 §3.3, RFC 7644 §7.5.2, RFC 9865 §2.1
    #[test]
    fn every_registered_keyword_is_known_and_goes_with_its_status() {
        let registered = [
            ("invalidFilter", 400),
            ("tooMany", 400),
            ("uniqueness", 409),
            ("mutability", 400),
            ("invalidSyntax", 400),
            ("invalidPath", 400),
            ("noTarget", 400),
            ("invalidValue", 400),
            ("invalidVers", 400),
            ("sensitive", 403),
            ("invalidCursor", 400),
            ("expiredCursor", 400),
            ("invalidCount", 400),
        ];
        for (keyword, status) in registered {
            let known = ScimType::from(keyword);
            assert!(!matches!(known, ScimType::Other(_)), "{keyword}");
            assert_eq!((known.as_str(), known.status().as_u16()), (keyword, status));
            assert_eq!(ScimType::from(&*keyword.to_uppercase()), known);
            assert_eq!(serde_json::to_value(&known).unwrap(), keyword);
        }
        let other = ScimType::from("ownKeyword");
        assert_eq!((other.as_str(), other.status().as_u16()), ("ownKeyword", 400));
        assert_eq!(serde_json::from_str::<ScimType>("\"ownKeyword\"").unwrap(), other);
    }
}
