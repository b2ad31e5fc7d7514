//! What a server asks of values beyond what a schema can say.

use std::collections::BTreeSet;

use serde_json::Number;

/// What a server asks of an attribute's values beyond the characteristics that a schema can state
/// (RFC 7643 §2.2). It is not published with the schema, and never read from one.
///
/// ```
/// use scim_core::{AttrName, Attribute, Constraints, Kind};
///
/// let limit = Attribute::new(AttrName::from_static("spendLimit"), Kind::Decimal)
///     .constrained(Constraints::new().at_least(0));
/// # let _ = limit;
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Constraints {
    /// The most characters that a text can have.
    pub max_length: Option<usize>,
    /// The only texts that are taken.
    pub allowed: Option<Allowed>,
    /// The lowest number that is taken.
    pub min: Option<Number>,
    /// The highest number that is taken.
    pub max: Option<Number>,
    /// What becomes of a value outside all these.
    pub breach: Breach,
    /// The form that the values have.
    pub format: Option<Format>,
    /// What becomes of a value of another form, or of one that is not among the attribute's
    /// `canonicalValues`.
    pub formats: Formats,
}

/// The only texts that an attribute takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Allowed {
    /// The texts.
    pub values: BTreeSet<String>,
    /// Whether case counts, whatever the schema says of it.
    pub case_exact: bool,
}

/// What becomes of a value outside the constraints of its attribute.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Breach {
    /// The resource is refused.
    #[default]
    Refuse,
    /// The attribute is left unset, and the caller is told.
    Unset,
}

/// What becomes of values that are of the right type and not of the form that a RFC gives them,
/// such as a `country` that is none (RFC 7643 §4.1), or that are not among the `canonicalValues`
/// (RFC 7643 §2.3.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Formats {
    /// Nothing: nobody looks.
    Accept,
    /// They are stored as sent, and the caller is told.
    #[default]
    Report,
    /// The resource is refused.
    Refuse,
}

/// The forms that values of some attributes have (RFC 7643 §4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// A language tag of BCP 47, `_` for `-` tolerated.
    Language,
    /// A list of language ranges with weights (RFC 9110 §12.5.4).
    AcceptLanguage,
    /// The name of a zone of the IANA time zone database.
    TimeZone,
    /// A telephone number, as a `tel` URI (RFC 3966) or as people write it.
    Phone,
    /// A mailbox (RFC 5321 §4.1.2).
    Email,
    /// A country code of ISO 3166-1 alpha-2.
    Country,
    /// One X.509 certificate in DER.
    Certificate,
    /// A URI or a relative reference (RFC 3986 §4.1).
    Uri,
    /// A day, as `YYYY-MM-DD`.
    Date,
}

impl Constraints {
    /// No constraint.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes no text of more characters than this.
    #[must_use]
    pub fn max_length(mut self, characters: usize) -> Self {
        self.max_length = Some(characters);
        self
    }

    /// Takes these texts alone, to the letter.
    #[must_use]
    pub fn one_of<T: Into<String>>(self, values: impl IntoIterator<Item = T>) -> Self {
        self.allowed(values, true)
    }

    /// Takes these texts alone, in any case.
    #[must_use]
    pub fn one_of_any_case<T: Into<String>>(self, values: impl IntoIterator<Item = T>) -> Self {
        self.allowed(values, false)
    }

    fn allowed<T: Into<String>>(
        mut self,
        values: impl IntoIterator<Item = T>,
        case_exact: bool,
    ) -> Self {
        let values = values.into_iter().map(Into::into).collect();
        self.allowed = Some(Allowed { values, case_exact });
        self
    }

    /// Takes no number below this.
    #[must_use]
    pub fn at_least(mut self, min: impl Into<Number>) -> Self {
        self.min = Some(min.into());
        self
    }

    /// Takes no number above this.
    #[must_use]
    pub fn at_most(mut self, max: impl Into<Number>) -> Self {
        self.max = Some(max.into());
        self
    }

    /// Leaves the attribute unset where a value does not fit, in place of refusing the resource.
    #[must_use]
    pub fn or_unset(mut self) -> Self {
        self.breach = Breach::Unset;
        self
    }

    /// Says which form the values have.
    #[must_use]
    pub fn format(mut self, format: Format) -> Self {
        self.format = Some(format);
        self
    }
}
