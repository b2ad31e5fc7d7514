//! URIs and relative references (RFC 7643 §2.3.7, RFC 3986 §4.1).

/// Whether a text is a URI or a relative reference, of the characters of RFC 3986 §2 or those
/// that RFC 3987 adds. An escape has two digits.
pub(super) fn is_reference(text: &str) -> bool {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let good = match byte {
            b'%' => {
                let mut digit = || bytes.next().is_some_and(|digit| digit.is_ascii_hexdigit());
                digit() && digit()
            }
            b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}' | 0..=b' ' | 0x7f => {
                false
            }
            _ => true,
        };
        if !good {
            return false;
        }
    }
    has_scheme_or_none(text.as_bytes())
}

/// What stands before the first colon is a scheme, unless a slash, a question mark or a number
/// sign comes first (RFC 3986 §4.2).
fn has_scheme_or_none(text: &[u8]) -> bool {
    let first = text.iter().position(|byte| matches!(byte, b':' | b'/' | b'?' | b'#'));
    match first.map(|at| text.split_at(at)) {
        Some((scheme, [b':', ..])) => {
            let is_part =
                |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
            scheme.first().is_some_and(u8::is_ascii_alphabetic) && scheme.iter().all(is_part)
        }
        _ => true,
    }
}
