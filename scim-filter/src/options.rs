//! How filters are read and checked.

use scim_core::Compat;

/// How large a filter may be (RFC 7644 §3.4.2.2 sets no bounds). Larger ones are refused with 400
/// invalidFilter before memory or stack grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of the text, and of the canonical form, which the same limit is to read again: a
    /// filter of `not(` or of texts without quotes prints longer than it was sent.
    pub max_len: usize,
    /// Parentheses, `not` and brackets inside one another; never more than 64.
    pub max_depth: usize,
    /// Comparisons and presence tests.
    pub max_terms: usize,
}

impl Limits {
    /// 8 KiB, 64 deep, 256 terms.
    pub const DEFAULT: Self = Self { max_len: 8192, max_depth: 64, max_terms: 256 };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// What a filter over an attribute that no schema knows means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unknown {
    /// It is refused: at an endpoint of one resource type, a misspelt name should surface.
    #[default]
    Refuse,
    /// The attribute has no value: at an endpoint of several types (RFC 7644 §3.4.2.1).
    Absent,
}

/// How filters and PATCH paths are read and checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// How large they may be.
    pub limits: Limits,
    /// Which departures from the grammar and from the types of literals are accepted.
    pub compat: Compat,
    /// What unknown attributes mean.
    pub unknown: Unknown,
}

impl Options {
    /// The grammar of RFC 7644 and the default limits.
    pub const STRICT: Self =
        Self { limits: Limits::DEFAULT, compat: Compat::STRICT, unknown: Unknown::Refuse };

    /// What identity providers send, and the default limits.
    pub const INTEROP: Self = Self { compat: Compat::INTEROP, ..Self::STRICT };

    /// The same, for these departures.
    #[must_use]
    pub const fn compat(mut self, compat: Compat) -> Self {
        self.compat = compat;
        self
    }

    /// The same, within these limits.
    #[must_use]
    pub const fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The same, with unknown attributes refused or absent.
    #[must_use]
    pub const fn unknown(mut self, unknown: Unknown) -> Self {
        self.unknown = unknown;
        self
    }
}
