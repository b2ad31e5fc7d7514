//! The paths of PATCH operations (RFC 7644 §3.5.2).

use std::str::FromStr;

use scim_core::{AttrName, AttrPath};

use crate::{Filter, Literal, Options, ParseError, parse};

/// The path of a PATCH operation: `attrPath / valuePath [subAttr]` (RFC 7644 §3.5.2), or the URI
/// of a schema for all that the schema holds.
///
/// ```
/// use scim_filter::PatchPath;
///
/// let path: PatchPath = r#"addresses[type eq "work"].streetAddress"#.parse()?;
/// assert_eq!(path.attr().to_string(), "addresses");
/// assert_eq!(path.filter().unwrap().to_string(), r#"type eq "work""#);
/// assert_eq!(path.sub().unwrap(), &"streetAddress");
/// # Ok::<(), scim_filter::ParseError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatchPath {
    attr: AttrPath,
    filter: Option<Filter>,
    sub: Option<AttrName>,
}

impl PatchPath {
    /// Reads a path in the grammar and within the limits that the options set.
    ///
    /// # Errors
    /// [`ParseError`]: 400 invalidPath; 400 invalidFilter if the filter in its brackets is wrong,
    /// 400 invalidValue for U+0000 there.
    pub fn parse_with(text: &str, options: &Options) -> Result<Self, ParseError> {
        parse::patch_path(text, options)
    }

    /// The attribute before the bracket, or the whole path; `name.givenName` is all here.
    pub fn attr(&self) -> &AttrPath {
        &self.attr
    }

    /// The filter in the brackets.
    pub fn filter(&self) -> Option<&Filter> {
        self.filter.as_ref()
    }

    /// The sub-attribute behind the brackets.
    pub fn sub(&self) -> Option<&AttrName> {
        self.sub.as_ref()
    }

    /// The same, with other literals in its filter: `other` is given each with the attribute that
    /// is compared, as it stands within the brackets, and says what comes in its place.
    ///
    /// ```
    /// use scim_filter::{Literal, PatchPath};
    ///
    /// let path: PatchPath = r#"members[value eq "new" or type eq "new"]"#.parse()?;
    /// let path = path.map_literals(|attribute, literal| {
    ///     let refers = attribute.to_string() == "value" && literal.text() == "new";
    ///     refers.then(|| Literal::from("2819c223"))
    /// });
    /// assert_eq!(path.to_string(), r#"members[value eq "2819c223" or type eq "new"]"#);
    /// # Ok::<(), scim_filter::ParseError>(())
    /// ```
    #[must_use]
    pub fn map_literals(
        mut self,
        other: impl FnMut(&AttrPath, &Literal) -> Option<Literal>,
    ) -> Self {
        if let Some(filter) = &mut self.filter {
            filter.map_literals(other);
        }
        self
    }

    pub(crate) fn from_parts(
        attr: AttrPath,
        filter: Option<Filter>,
        sub: Option<AttrName>,
    ) -> Self {
        Self { attr, filter, sub }
    }
}

/// Reads the strict grammar, within the default limits.
impl FromStr for PatchPath {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        Self::parse_with(text, &Options::STRICT)
    }
}

/// Reads the strict grammar, within the default limits.
impl FromStr for Filter {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        Self::parse_with(text, &Options::STRICT)
    }
}
