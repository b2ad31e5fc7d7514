//! Telephone numbers (RFC 7643 §4.1.2, RFC 3966 §3).

/// Whether a text is a number as a `tel` URI or as people write it: digits, an optional `+`,
/// visual separators, and parameters or an extension behind it.
pub(super) fn is_phone(text: &str) -> bool {
    const FEWEST_DIGITS: usize = 2;
    let number = match text.split_at_checked("tel:".len()) {
        Some((scheme, number)) if scheme.eq_ignore_ascii_case("tel:") => number,
        _ => text,
    };
    let (number, parameters) = number.split_once(';').unwrap_or((number, ""));
    let lower = number.trim_start().strip_prefix('+').unwrap_or(number).to_ascii_lowercase();
    let (number, extension) = ["ext", "x"]
        .iter()
        .find_map(|mark| lower.split_once(mark))
        .unwrap_or((lower.as_str(), "0"));
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    let is_separated = |byte: u8| byte.is_ascii_digit() || b" -.()/*#".contains(&byte);
    digits >= FEWEST_DIGITS
        && number.bytes().all(is_separated)
        && extension
            .trim_start_matches(['.', ' '])
            .trim_end()
            .bytes()
            .all(|byte| byte.is_ascii_digit())
        && extension.bytes().any(|byte| byte.is_ascii_digit())
        && parameters.bytes().all(|byte| byte.is_ascii_graphic())
}
