//! Filters and the resources they match, as data: for this crate's tests, and for whoever runs
//! filters on an engine of their own.
//!
//! ```
//! use scim_filter::{Filter, testing};
//!
//! for case in testing::cases() {
//!     let filter = Filter::parse_with(&case.filter, &case.options()).unwrap();
//!     let checked = filter.check(&testing::Schema, &case.options()).unwrap();
//!     let matched = testing::resources().into_iter().filter(|resource| checked.matches(resource));
//!     let ids: Vec<_> = matched.map(|resource| resource["id"].as_str().unwrap().to_owned()).collect();
//!     assert_eq!(ids, case.matches, "{}", case.comment);
//! }
//! ```

pub mod postgres;

use std::sync::LazyLock;

use scim_core::{AttrPath, Attribute, Compat, SchemaUri};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{Attributes, Extended, Options, Resolved};

/// A filter and the resources that it matches.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct Case {
    /// What the case is about.
    pub comment: String,
    /// The section of the RFC that it follows from.
    pub section: String,
    /// The filter.
    pub filter: String,
    /// The `id`s of the resources, in the order of [`resources`].
    pub matches: Vec<String>,
    /// Whether the filter departs from the grammar, or from the types of its literals.
    #[serde(default)]
    pub lenient: bool,
    /// Whether a schema is needed to come to this outcome.
    #[serde(default)]
    pub typed_only: bool,
}

impl Case {
    /// What the filter is to be read and checked with.
    pub fn options(&self) -> Options {
        if self.lenient { Options::INTEROP } else { Options::STRICT }
    }
}

/// A filter and its canonical form.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct Valid {
    /// What the case is about.
    pub comment: String,
    /// The section of the RFC that it follows from.
    pub section: String,
    /// The filter.
    pub filter: String,
    /// The same in canonical form.
    pub canonical: String,
    /// The fields of [`Compat`] that it needs; without any of them it is refused.
    #[serde(default)]
    pub compat: Vec<String>,
}

/// A text that is no filter, or a filter that does not fit [`Schema`].
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct Invalid {
    /// What the case is about.
    pub comment: String,
    /// The section of the RFC that it follows from.
    pub section: String,
    /// The text.
    pub filter: String,
    /// The name of the [`ParseErrorKind`](crate::ParseErrorKind) or
    /// [`CheckErrorKind`](crate::CheckErrorKind).
    pub kind: String,
    /// The field of [`Compat`] that lets it be checked.
    #[serde(default)]
    pub compat: Option<String>,
}

/// The path of a PATCH operation: its parts, or why it is refused.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct Path {
    /// What the case is about.
    pub comment: String,
    /// The section of the RFC that it follows from.
    pub section: String,
    /// The path.
    pub path: String,
    /// The attribute.
    #[serde(default)]
    pub attr: Option<String>,
    /// The filter in brackets.
    #[serde(default)]
    pub filter: Option<String>,
    /// The sub-attribute behind the brackets.
    #[serde(default)]
    pub sub: Option<String>,
    /// The path in canonical form.
    #[serde(default)]
    pub canonical: Option<String>,
    /// The field of [`Compat`] that it needs.
    #[serde(default)]
    pub compat: Option<String>,
    /// The name of the [`ParseErrorKind`](crate::ParseErrorKind).
    #[serde(default)]
    pub kind: Option<String>,
    /// The keyword of the SCIM error.
    #[serde(default)]
    pub scim_type: Option<String>,
}

/// Filters and the resources that they match.
pub fn cases() -> Vec<Case> {
    read(include_str!("testing/corpus/match.json"))
}

/// The resources that the cases are held against: users and a group full of traps.
pub fn resources() -> Vec<Value> {
    read(include_str!("testing/corpus/resources.json"))
}

/// Filters of the strict grammar.
pub fn valid() -> Vec<Valid> {
    read(include_str!("testing/corpus/valid.json"))
}

/// Filters outside the strict grammar that identity providers send.
pub fn lenient() -> Vec<Valid> {
    read(include_str!("testing/corpus/lenient.json"))
}

/// Texts that the strict grammar refuses.
pub fn invalid() -> Vec<Invalid> {
    read(include_str!("testing/corpus/invalid.json"))
}

/// Filters of the strict grammar that do not fit [`Schema`].
pub fn refused() -> Vec<Invalid> {
    read(include_str!("testing/corpus/refused.json"))
}

/// Paths of PATCH operations.
pub fn paths() -> Vec<Path> {
    read(include_str!("testing/corpus/paths.json"))
}

/// [`Compat::STRICT`] with one field switched on.
///
/// # Panics
/// If no filter depends on a field of that name.
#[expect(clippy::panic, reason = "a misspelt name in a test should stop it")]
pub fn compat(field: &str) -> Compat {
    let mut compat = Compat::STRICT;
    *match field {
        "barewords" => &mut compat.barewords,
        "literal_case" => &mut compat.literal_case,
        "compare_value_path" => &mut compat.compare_value_path,
        "boolean_strings" => &mut compat.boolean_strings,
        "numeric_strings" => &mut compat.numeric_strings,
        "dot_after_urn" => &mut compat.dot_after_urn,
        "unqualified_extensions" => &mut compat.unqualified_extensions,
        other => panic!("filters do not depend on `{other}`"),
    } = true;
    compat
}

/// The attributes of the [`resources`]: a base schema that knows users and groups, and the
/// enterprise extension.
#[derive(Clone, Copy, Debug)]
pub struct Schema;

#[derive(Deserialize)]
struct Lists {
    base: Vec<Attribute>,
    extension: Vec<Attribute>,
}

static LISTS: LazyLock<Lists> =
    LazyLock::new(|| read(include_str!("testing/corpus/attributes.json")));
static EXTENDED: LazyLock<Extended> = LazyLock::new(|| {
    Extended::new(SchemaUri::USER, LISTS.base.clone())
        .extend(SchemaUri::ENTERPRISE_USER, LISTS.extension.clone())
});

impl Schema {
    /// The attributes of the base schema.
    pub fn base(&self) -> &'static [Attribute] {
        &LISTS.base
    }

    /// The attributes of [`SchemaUri::ENTERPRISE_USER`].
    pub fn extension(&self) -> &'static [Attribute] {
        &LISTS.extension
    }
}

impl Attributes for Schema {
    fn resolve(&self, path: &AttrPath, compat: &Compat) -> Option<Resolved<'_>> {
        EXTENDED.resolve(path, compat)
    }
}

#[expect(clippy::expect_used, reason = "the corpus is part of the crate, and tested")]
fn read<T: DeserializeOwned>(text: &str) -> T {
    serde_json::from_str(text).expect("the corpus is JSON of these types")
}
