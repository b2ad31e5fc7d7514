//! Filters and paths as text, in canonical form: operators in lower case, one blank between words,
//! no parentheses that precedence makes needless, names in the case they were written in.

use std::fmt::{self, Display, Formatter, Write};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{CompareOp, Expr, Filter, Literal, LiteralKind, PatchPath};

impl Display for Filter {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.expr().fmt(f)
    }
}

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::And(parts) => chain(f, parts, " and "),
            Self::Or(parts) => chain(f, parts, " or "),
            Self::Not(inner) => write!(f, "not ({inner})"),
            Self::Compare { path, op, literal } => write!(f, "{path} {op} {literal}"),
            Self::Present { path } => write!(f, "{path} pr"),
            Self::Element { path, filter } => write!(f, "{path}[{filter}]"),
        }
    }
}

/// `and` binds tighter than `or`, so only an `or` inside an `and` needs parentheses.
fn chain(f: &mut Formatter<'_>, parts: &[Expr], word: &str) -> fmt::Result {
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            f.write_str(word)?;
        }
        match part {
            Expr::Or(_) => write!(f, "({part})")?,
            _ => part.fmt(f)?,
        }
    }
    Ok(())
}

impl Display for CompareOp {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Display for Literal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.kind() {
            LiteralKind::String => quoted(f, self.text()),
            _ => f.write_str(self.text()),
        }
    }
}

/// A JSON string with as few escapes as JSON allows (RFC 8259 §7).
fn quoted(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('"')?;
    for c in text.chars() {
        match c {
            '"' | '\\' => write!(f, "\\{c}")?,
            '\u{8}' => f.write_str("\\b")?,
            '\t' => f.write_str("\\t")?,
            '\n' => f.write_str("\\n")?,
            '\u{c}' => f.write_str("\\f")?,
            '\r' => f.write_str("\\r")?,
            '\0'..='\u{1f}' => write!(f, "\\u{:04x}", u32::from(c))?,
            _ => f.write_char(c)?,
        }
    }
    f.write_char('"')
}

impl Display for PatchPath {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.attr().fmt(f)?;
        if let Some(filter) = self.filter() {
            write!(f, "[{filter}]")?;
        }
        if let Some(sub) = self.sub() {
            write!(f, ".{sub}")?;
        }
        Ok(())
    }
}

macro_rules! as_string {
    ($($type:ty),*) => {$(
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        /// Reads the strict grammar, within the default limits: whatever was read within them, and
        /// of what was read or built within wider ones, what does not exceed them.
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(de::Error::custom)
            }
        }
    )*};
}

as_string!(Filter, PatchPath);
