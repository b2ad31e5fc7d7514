//! Versions of resources (RFC 7644 §3.14, RFC 9110 §8.8.3).

use std::fmt;

use compact_str::{CompactString, ToCompactString, format_compact};
use http::HeaderValue;

/// The version of a stored resource: an opaque token without quotes, written as a weak entity
/// tag, `W/"3f2a"`, in the `ETag` header and in `meta.version` (RFC 7644 §3.14).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Version {
    tag: CompactString,
}

const BEFORE: &str = "W/\"";
const AFTER: &str = "\"";

impl Version {
    /// A version from a counter that moves with each change.
    pub fn counter(count: u64) -> Self {
        Self::tagged(&count.to_compact_string())
    }

    /// A version from the bytes of a stored state: the same on every machine and in every
    /// release (64-bit FNV-1a).
    pub fn of(state: &[u8]) -> Self {
        let hash = state.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        Self::tagged(&format_compact!("{hash:016x}"))
    }

    /// A version from a token of one's own. Characters that an entity tag cannot hold are left out.
    pub fn token(token: &str) -> Self {
        let allowed = |c: &char| matches!(c, '!' | '#'..='~');
        Self::tagged(&token.chars().filter(allowed).collect::<CompactString>())
    }

    fn tagged(token: &str) -> Self {
        Self { tag: [BEFORE, token, AFTER].into_iter().collect() }
    }

    /// The bare token.
    pub fn as_str(&self) -> &str {
        let token = self.tag.strip_prefix(BEFORE).and_then(|tag| tag.strip_suffix(AFTER));
        token.unwrap_or_default()
    }

    /// The entity tag, `W/"3f2a"`.
    pub fn as_tag(&self) -> &str {
        &self.tag
    }

    /// The entity tag as a header.
    pub fn to_header(&self) -> HeaderValue {
        HeaderValue::from_str(&self.tag).unwrap_or(HeaderValue::from_static("W/\"\""))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.tag)
    }
}

/// The value of an `If-Match` or `If-None-Match` header (RFC 9110 §13.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntityTags {
    /// `*`: any version of an existing resource.
    Any,
    /// One of these versions; tags are compared weakly.
    List(Vec<Version>),
}

impl EntityTags {
    /// Reads a header. What is no entity tag is taken as a bare token, so that `a330` names the
    /// same version as `W/"a330"`; an unreadable header matches nothing.
    pub fn parse(header: &str) -> Self {
        if header.trim() == "*" {
            return Self::Any;
        }
        let mut versions = Vec::new();
        let mut rest = header.trim_start_matches([' ', '\t', ',']);
        while !rest.is_empty() {
            let opaque = rest.strip_prefix("W/").unwrap_or(rest);
            let (token, tail) = match opaque.strip_prefix('"') {
                Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
                None => opaque.split_once(',').unwrap_or((opaque, "")),
            };
            versions.push(Version::token(token.trim()));
            rest = tail.trim_start_matches([' ', '\t', ',']);
        }
        Self::List(versions)
    }

    /// Whether an existing resource of this version is meant.
    pub fn matches(&self, version: &Version) -> bool {
        match self {
            Self::Any => true,
            Self::List(versions) => versions.contains(version),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7644 §3.14
    #[test]
    fn tags_compare_weakly_and_in_lists() {
        let version = Version::token("a330");
        for header in ["W/\"a330\"", "\"a330\"", "a330", "*", "\"x\", W/\"a330\"", "x,a330"] {
            assert!(EntityTags::parse(header).matches(&version), "{header}");
        }
        for header in ["", "\"a33\"", "W/\"A330\"", "\"a330x\"", "\"", ","] {
            assert!(!EntityTags::parse(header).matches(&version), "{header}");
        }
    }

    /// RFC 7644 §3.14
    #[test]
    fn a_tag_can_hold_a_comma() {
        let tags = EntityTags::parse("\"a,b\", \"c\"");
        assert!(tags.matches(&Version::token("a,b")) && tags.matches(&Version::token("c")));
    }

    /// RFC 7644 §3.14
    #[test]
    fn the_hash_of_a_state_never_changes() {
        assert_eq!(Version::of(b"").to_string(), "W/\"cbf29ce484222325\"");
        assert_eq!(Version::of(b"a").as_str(), "af63dc4c8601ec8c");
    }

    /// RFC 7644 §3.14
    #[test]
    fn a_token_holds_only_what_an_entity_tag_may() {
        assert_eq!(Version::token("a\"b\r\nc d").as_str(), "abcd");
    }
}
