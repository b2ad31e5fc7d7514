//! Literals as values of an attribute's type (RFC 7643 §2.3).

use scim_core::Kind;
use serde_json::Value;

use crate::{CheckErrorKind, Key, Literal, LiteralKind, Operand, Options, ast::number};

/// The value and key that an attribute of this type is compared with.
pub(super) fn operand(
    literal: &Literal,
    kind: Kind,
    case_exact: bool,
    options: &Options,
) -> Result<Operand, CheckErrorKind> {
    let text = literal.text();
    let is_text = literal.kind() == LiteralKind::String;
    let compat = options.compat;
    let (value, key) = match kind {
        Kind::String | Kind::Reference if is_text || compat.barewords => {
            (Value::String(text.to_owned()), Key::text(text, case_exact))
        }
        Kind::Binary if is_text || compat.barewords => {
            (Value::String(text.to_owned()), Key::binary(text))
        }
        Kind::DateTime if is_text => {
            let key = Key::instant(text).ok_or(CheckErrorKind::Instant)?;
            (Value::String(text.to_owned()), key)
        }
        Kind::Boolean if !is_text || compat.boolean_strings => {
            let value = boolean(literal).ok_or(CheckErrorKind::Literal(kind))?;
            (Value::Bool(value), Key::boolean(value))
        }
        Kind::Decimal | Kind::Integer
            if literal.kind() == LiteralKind::Number || is_text && compat.numeric_strings =>
        {
            if !is_json_number(text) {
                return Err(CheckErrorKind::Literal(kind));
            }
            let key = Key::decimal(text).ok_or(CheckErrorKind::Range)?;
            (Value::Number(number(text).ok_or(CheckErrorKind::Range)?), key)
        }
        _ => return Err(CheckErrorKind::Literal(kind)),
    };
    Ok(Operand { value, key })
}

fn boolean(literal: &Literal) -> Option<bool> {
    match literal.kind() {
        LiteralKind::Boolean => literal.as_bool(),
        LiteralKind::String if literal.text().eq_ignore_ascii_case("true") => Some(true),
        LiteralKind::String if literal.text().eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

fn is_json_number(text: &str) -> bool {
    matches!(crate::parse::number(text), Ok(("", _)))
}

#[cfg(test)]
mod tests {
    use scim_core::{AttrName, Attribute};

    use super::*;

    #[test]
    fn a_text_that_is_no_number_is_of_another_type_and_a_number_too_large_is_out_of_range() {
        for (text, kind) in [
            (r#"level eq "nine""#, CheckErrorKind::Literal(Kind::Integer)),
            (r#"level eq "09""#, CheckErrorKind::Literal(Kind::Integer)),
            (r#"level eq """#, CheckErrorKind::Literal(Kind::Integer)),
            (r#"score eq "1.""#, CheckErrorKind::Literal(Kind::Decimal)),
            (r#"score eq "1e400""#, CheckErrorKind::Range),
        ] {
            let filter = crate::Filter::parse_with(text, &Options::INTEROP).unwrap();
            let error = filter.check(&attributes(), &Options::INTEROP).unwrap_err();
            assert_eq!(error.kind(), kind, "{text}");
        }
    }

    fn attributes() -> Vec<Attribute> {
        let level = Attribute::new(AttrName::from_static("level"), Kind::Integer);
        vec![level, Attribute::new(AttrName::from_static("score"), Kind::Decimal)]
    }
}
