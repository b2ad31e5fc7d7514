//! Telephone numbers (RFC 7643 §4.1.2, RFC 3966 §3).

/// Whether a text is a number as a `tel` URI or as people write it: digits, an optional `+`,
/// visual separators, and parameters or an extension behind it.
pub(super) fn is_phone(text: &str) -> bool {
    const FEWEST_DIGITS: usize = 2;
    let number = match text.as_bytes() {
        [b't' | b'T', b'e' | b'E', b'l' | b'L', b':', number @ ..] => number,
        number => number,
    };
    let number = number.trim_ascii_start();
    let number = number.strip_prefix(b"+").unwrap_or(number);
    let digits_and_marks = |byte: &u8| byte.is_ascii_digit() || b" -.()/*#".contains(byte);
    let end = number.iter().position(|byte| !digits_and_marks(byte)).unwrap_or(number.len());
    let (number, rest) = number.split_at(end);
    let digits = number.iter().filter(|byte| byte.is_ascii_digit()).count();
    digits >= FEWEST_DIGITS
        && match rest {
            [] => true,
            [b';', parameters @ ..] => parameters.iter().all(u8::is_ascii_graphic),
            [b'e' | b'E', b'x' | b'X', b't' | b'T', extension @ ..]
            | [b'x' | b'X', extension @ ..] => is_extension(extension),
            _ => false,
        }
}

fn is_extension(text: &[u8]) -> bool {
    let text = text.strip_prefix(b".").unwrap_or(text).trim_ascii();
    !text.is_empty() && text.iter().all(u8::is_ascii_digit)
}
