//! What is wrong with the text of a filter or path, and where.

use std::{
    fmt::{self, Display, Formatter},
    ops::Range,
};

use scim_core::{Error as ScimError, ScimType};
use thiserror::Error;

/// Why a text is no filter, or no path of a PATCH operation.
///
/// `{}` is one line that holds no literal, fit for logs and for the `detail` of a SCIM error;
/// `{:#}` shows the text with the culprit marked, for whoever wrote it.
///
/// ```
/// let error = r#"userName contains "smith""#.parse::<scim_filter::Filter>().unwrap_err();
/// assert_eq!(error.to_string(), "unknown operator `contains` at character 10; write `co`");
/// assert_eq!(format!("{error:#}"), r#"unknown operator `contains`
///   |
///   | userName contains "smith"
///   |          ^^^^^^^^
///   = expected `eq`, `ne`, `co`, `sw`, `ew`, `gt`, `ge`, `lt`, `le` or `pr`
///   = help: write `co`"#);
/// ```
#[derive(Clone, PartialEq, Eq, Error)]
pub struct ParseError {
    inner: Box<Inner>,
}

#[derive(Clone, PartialEq, Eq)]
struct Inner {
    /// The text, or as much of its beginning as is worth showing.
    text: String,
    span: Range<usize>,
    kind: ParseErrorKind,
    scim_type: ScimType,
}

/// The kinds of [`ParseError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ParseErrorKind {
    /// Nothing but blanks.
    Empty,
    /// Longer than [`Limits::max_len`](crate::Limits::max_len).
    TooLong,
    /// Deeper than [`Limits::max_depth`](crate::Limits::max_depth).
    TooDeep,
    /// More than [`Limits::max_terms`](crate::Limits::max_terms) tests.
    TooManyTerms,
    /// No attribute where one belongs.
    ExpectedAttribute,
    /// Characters that no attribute name or schema URI has.
    InvalidName,
    /// More than one step below an attribute, as in `a.b.c`.
    TooManySteps,
    /// No operator behind an attribute.
    ExpectedOperator,
    /// An operator that does not exist.
    UnknownOperator,
    /// `not` without parentheses.
    BareNot,
    /// No value behind an operator.
    ExpectedValue,
    /// A text without quotes.
    Unquoted,
    /// A text in single quotes.
    SingleQuotes,
    /// A text in the curly quotes of word processors.
    CurlyQuotes,
    /// A string that does not end.
    UnclosedQuote,
    /// A string that does not begin.
    UnopenedQuote,
    /// A backslash that begins no escape of JSON.
    InvalidEscape,
    /// Half a surrogate pair.
    LoneSurrogate,
    /// A control character, which JSON wants escaped.
    ControlCharacter,
    /// U+0000, escaped or not: 400 invalidValue.
    Nul,
    /// Neither `and` nor `or` nor the end behind a test.
    ExpectedConnective,
    /// A blank is missing.
    MissingBlank,
    /// `(` without `)`.
    UnclosedParenthesis,
    /// `)` or `]` without its opening.
    UnmatchedClose,
    /// `[` without `]`.
    UnclosedBracket,
    /// Brackets inside brackets.
    NestedBrackets,
    /// A comparison behind brackets.
    ComparedValuePath,
    /// The position of an element in a list.
    ArrayIndex,
    /// More text behind the end of a path.
    TrailingText,
}

/// What the parser knows of an error; the text is added once, at the end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fault<'a> {
    /// The rest of the text, from the culprit on.
    pub(crate) at: &'a str,
    /// How many bytes of it are to blame.
    pub(crate) len: usize,
    pub(crate) kind: ParseErrorKind,
}

impl<'a> Fault<'a> {
    pub(crate) fn new(at: &'a str, len: usize, kind: ParseErrorKind) -> Self {
        Self { at, len, kind }
    }
}

impl<'a> nom::error::ParseError<&'a str> for Fault<'a> {
    fn from_error_kind(input: &'a str, _: nom::error::ErrorKind) -> Self {
        Self::new(input, 0, ParseErrorKind::ExpectedAttribute)
    }

    fn append(_: &'a str, _: nom::error::ErrorKind, other: Self) -> Self {
        other
    }
}

impl ParseError {
    /// Of a filter, or of one in the brackets of a path.
    pub(crate) fn filter(text: &str, fault: Fault<'_>) -> Self {
        Self::new(text, fault, ScimType::InvalidFilter)
    }

    /// Of a path.
    pub(crate) fn path(text: &str, fault: Fault<'_>) -> Self {
        Self::new(text, fault, ScimType::InvalidPath)
    }

    fn new(text: &str, fault: Fault<'_>, scim_type: ScimType) -> Self {
        let start = text.len().saturating_sub(fault.at.len());
        let mut span = start..start.saturating_add(fault.len).min(text.len());
        let mut text = text;
        if fault.kind == ParseErrorKind::TooLong {
            text = head(text, WINDOW);
            span = text.len()..text.len();
        }
        let scim_type =
            if fault.kind == ParseErrorKind::Nul { ScimType::InvalidValue } else { scim_type };
        Self { inner: Box::new(Inner { text: text.to_owned(), span, kind: fault.kind, scim_type }) }
    }

    /// The culprit, in bytes of the text; empty where something is missing.
    pub fn span(&self) -> Range<usize> {
        self.inner.span.clone()
    }

    /// What is wrong.
    pub fn kind(&self) -> ParseErrorKind {
        self.inner.kind
    }

    /// The keyword of the SCIM error: invalidFilter, invalidPath or invalidValue.
    pub fn scim_type(&self) -> &ScimType {
        &self.inner.scim_type
    }

    fn culprit(&self) -> &str {
        self.inner.text.get(self.span()).unwrap_or_default()
    }

    /// The characters before the culprit.
    fn column(&self) -> usize {
        self.inner.text.get(..self.inner.span.start).unwrap_or_default().chars().count()
    }

    fn message(&self, f: &mut Formatter<'_>) -> fmt::Result {
        use ParseErrorKind as Kind;
        let subject = match self.inner.scim_type {
            ScimType::InvalidPath => "path",
            _ => "filter",
        };
        match self.inner.kind {
            Kind::Empty => write!(f, "the {subject} is empty"),
            Kind::TooLong => write!(f, "the {subject} is too long"),
            Kind::TooDeep => write!(f, "the {subject} is nested too deeply"),
            Kind::TooManyTerms => write!(f, "the {subject} has too many comparisons"),
            Kind::UnknownOperator => match self.named_operator() {
                Some(operator) => write!(f, "unknown operator `{operator}`"),
                None => f.write_str("unknown operator"),
            },
            kind => f.write_str(kind.message()),
        }
    }

    /// The culprit, if it is an operator of another language; any other word may be a value that
    /// lacks its operator, and values are not shown.
    fn named_operator(&self) -> Option<&str> {
        let word = self.culprit();
        (operator_meant(word).is_some() || is_among(&FOREIGN, word)).then_some(word)
    }

    fn expected(&self) -> Option<&'static str> {
        use ParseErrorKind as Kind;
        match self.inner.kind {
            Kind::Empty | Kind::ExpectedAttribute
                if self.inner.scim_type == ScimType::InvalidPath =>
            {
                Some("an attribute")
            }
            kind => kind.expected(),
        }
    }

    fn help(&self) -> Option<&'static str> {
        use ParseErrorKind as Kind;
        match self.inner.kind {
            Kind::UnknownOperator if self.culprit().ends_with([',', ';']) => Some("write `and`"),
            Kind::InvalidName if self.culprit() == "!" => {
                Some("write `not (…)` around what is negated")
            }
            Kind::UnknownOperator | Kind::InvalidName => operator_meant(self.culprit()),
            Kind::Unquoted if is_keyword(self.culprit()) => Some("write it in lower case"),
            Kind::ExpectedOperator if self.culprit() == "[" => {
                Some("leave out the blank before `[`")
            }
            Kind::Unquoted | Kind::SingleQuotes => Some("put the text in double quotes"),
            Kind::CurlyQuotes => Some("put the text in straight double quotes"),
            Kind::UnclosedQuote => Some("end the text with a double quote"),
            Kind::UnopenedQuote => Some("begin the text with a double quote"),
            Kind::BareNot => Some("put what is negated in parentheses, as in `not (title pr)`"),
            Kind::InvalidEscape => Some("write a backslash as `\\\\`"),
            Kind::ArrayIndex => {
                Some("select elements by a filter, as in `emails[type eq \"work\"]`")
            }
            Kind::ComparedValuePath => Some("move the comparison into the brackets"),
            Kind::NestedBrackets => Some("name a sub-attribute directly"),
            Kind::TooManySteps => Some("name one attribute and at most one of its sub-attributes"),
            Kind::ExpectedConnective if self.is_behind_presence() => Some("`pr` takes no value"),
            // The comma went with a value without quotes.
            Kind::ExpectedConnective if self.before().ends_with(',') => Some("write `and`"),
            Kind::ExpectedConnective => connective_meant(self.culprit()),
            _ => None,
        }
    }

    /// The text before the culprit and the blanks there.
    fn before(&self) -> &str {
        self.inner.text.get(..self.inner.span.start).unwrap_or_default().trim_end()
    }

    fn is_behind_presence(&self) -> bool {
        let before = self.before();
        let value = self.culprit().starts_with(|c: char| c == '"' || c.is_ascii_digit());
        let mut words = before.rsplit([' ', '\t']);
        value && words.next().is_some_and(|word| word.eq_ignore_ascii_case("pr"))
    }
}

impl ParseErrorKind {
    fn message(self) -> &'static str {
        match self {
            Self::Empty => "there is no text",
            Self::TooLong => "the text is too long",
            Self::TooDeep => "the text is nested too deeply",
            Self::TooManyTerms => "there are too many comparisons",
            Self::ExpectedAttribute => "an attribute name is missing",
            Self::InvalidName => "not an attribute name",
            Self::TooManySteps => "a path of more than two steps",
            Self::ExpectedOperator => "an operator is missing",
            Self::UnknownOperator => "unknown operator",
            Self::BareNot => "`not` without parentheses",
            Self::ExpectedValue => "a value is missing",
            Self::Unquoted => "a text without quotes",
            Self::SingleQuotes => "a text in single quotes",
            Self::CurlyQuotes => "a text in curly quotes",
            Self::UnclosedQuote => "a text without its closing quote",
            Self::UnopenedQuote => "a text without its opening quote",
            Self::InvalidEscape => "a backslash that begins no escape",
            Self::LoneSurrogate => "an escape that is half a surrogate pair",
            Self::ControlCharacter => "a control character that is not escaped",
            Self::Nul => "a text that holds the character U+0000",
            Self::ExpectedConnective => "a comparison followed by neither `and` nor `or`",
            Self::MissingBlank => "a blank is missing",
            Self::UnclosedParenthesis => "a parenthesis that is not closed",
            Self::UnmatchedClose => "a closing bracket without its opening one",
            Self::UnclosedBracket => "a bracket that is not closed",
            Self::NestedBrackets => "brackets inside brackets",
            Self::ComparedValuePath => "a comparison behind brackets",
            Self::ArrayIndex => "the position of an element in brackets",
            Self::TrailingText => "text behind the end of the path",
        }
    }

    fn expected(self) -> Option<&'static str> {
        match self {
            Self::Empty | Self::ExpectedAttribute => Some("an attribute, `not (` or `(`"),
            Self::InvalidName => Some("a letter, then letters, digits, `-`, `_` or `$`"),
            Self::ExpectedOperator | Self::UnknownOperator => {
                Some("`eq`, `ne`, `co`, `sw`, `ew`, `gt`, `ge`, `lt`, `le` or `pr`")
            }
            Self::ExpectedValue | Self::Unquoted | Self::SingleQuotes | Self::CurlyQuotes => {
                Some("a text in double quotes, a number, `true`, `false` or `null`")
            }
            Self::ExpectedConnective => Some("`and`, `or` or the end"),
            Self::UnclosedParenthesis => Some("`)`"),
            Self::UnclosedBracket => Some("`]`"),
            _ => None,
        }
    }
}

/// What other query languages write for the operators.
fn operator_meant(word: &str) -> Option<&'static str> {
    const MEANT: [(&str, &[&str]); 11] = [
        ("write `eq`", &["=", "==", "===", "is", "equals", "equal"]),
        ("write `ne`", &["!=", "<>", "neq", "isnot", "notequals"]),
        ("write `co`", &["contains", "like", "includes", "has", "~", "=~", "matches"]),
        ("write `sw`", &["startswith", "starts_with", "beginswith", "starts"]),
        ("write `ew`", &["endswith", "ends_with", "ends"]),
        ("write `gt`", &[">", "after"]),
        ("write `ge`", &[">=", "gte"]),
        ("write `lt`", &["<", "before"]),
        ("write `le`", &["<=", "lte"]),
        ("write `pr`", &["present", "exists"]),
        ("compare with each value by `eq`, joined by `or`", &["in"]),
    ];
    MEANT.iter().find(|(_, words)| is_among(words, word)).map(|(help, _)| *help)
}

/// Operators of other languages that nothing can be written for.
const FOREIGN: [&str; 8] =
    ["regex", "regexp", "match", "ilike", "between", "within", "not", "sounds"];

fn is_among(words: &[&str], word: &str) -> bool {
    words.iter().any(|known| known.eq_ignore_ascii_case(word))
}

fn is_keyword(word: &str) -> bool {
    is_among(&["true", "false", "null"], word)
}

fn connective_meant(word: &str) -> Option<&'static str> {
    match word {
        "&" | "&&" | "," | ";" => Some("write `and`"),
        "|" | "||" => Some("write `or`"),
        _ => None,
    }
}

impl Display for ParseError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.message(f)?;
        if !f.alternate() {
            if !matches!(self.inner.kind, ParseErrorKind::Empty | ParseErrorKind::TooLong) {
                write!(f, " at character {}", self.column() + 1)?;
            }
            return match self.help() {
                Some(help) => write!(f, "; {help}"),
                None => Ok(()),
            };
        }
        let (line, column, width) = self.excerpt();
        let marks = "^".repeat(width);
        write!(f, "\n  |\n  | {line}\n  | {:column$}{marks}", "")?;
        if let Some(expected) = self.expected() {
            write!(f, "\n  = expected {expected}")?;
        }
        match self.help() {
            Some(help) => write!(f, "\n  = help: {help}"),
            None => Ok(()),
        }
    }
}

/// How many characters are shown on either side of the culprit.
const WINDOW: usize = 60;

impl ParseError {
    /// The part of the text around the culprit, on one line; the characters before the culprit in
    /// it, and the characters to mark.
    fn excerpt(&self) -> (String, usize, usize) {
        let text = self.inner.text.as_str();
        let (before, rest) = text.split_at_checked(self.inner.span.start).unwrap_or((text, ""));
        let culprit = self.culprit();
        let behind = rest.get(culprit.len()..).unwrap_or_default();
        let skipped = before.chars().count().saturating_sub(WINDOW);
        let mut line = String::new();
        line.extend((skipped > 0).then_some('…'));
        line.extend(before.chars().skip(skipped).map(printable));
        let column = line.chars().count();
        let shown = head(culprit, WINDOW);
        line.extend(shown.chars().map(printable));
        let width = shown.chars().count().max(1);
        let cut = shown.len() < culprit.len() || head(behind, WINDOW).len() < behind.len();
        if shown.len() == culprit.len() {
            line.extend(head(behind, WINDOW).chars().map(printable));
        }
        line.extend((cut || self.inner.kind == ParseErrorKind::TooLong).then_some('…'));
        (line.trim_end().to_owned(), column, width)
    }
}

/// The first characters of a text.
fn head(text: &str, chars: usize) -> &str {
    let end = text.char_indices().nth(chars).map_or(text.len(), |(index, _)| index);
    text.get(..end).unwrap_or_default()
}

fn printable(c: char) -> char {
    if c.is_control() { '\u{fffd}' } else { c }
}

/// Without the text, which holds literals.
impl fmt::Debug for ParseError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("ParseError")
            .field("kind", &self.inner.kind)
            .field("span", &self.inner.span)
            .field("scim_type", &self.inner.scim_type)
            .finish()
    }
}

/// 400 invalidFilter, invalidPath or, for U+0000, invalidValue.
impl From<ParseError> for ScimError {
    fn from(error: ParseError) -> Self {
        Self::of(error.inner.scim_type.clone(), error.to_string())
    }
}
