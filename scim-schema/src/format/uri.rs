//! URIs and relative references (RFC 7643 §2.3.7, RFC 3986 §4.1).

/// Whether a text is a URI or a relative reference, of the characters of RFC 3986 §2 or those
/// that RFC 3987 adds. An escape has two digits.
pub(super) fn is_reference(text: &str) -> bool {
    let bytes = text.as_bytes();
    let seen = bytes.iter().fold(0, |seen, byte| {
        seen | CHARACTERS.get(usize::from(*byte)).copied().unwrap_or_default()
    });
    seen & OTHER == 0 && (seen & ESCAPE == 0 || are_escapes(bytes)) && has_scheme_or_none(bytes)
}

const OTHER: u8 = 1;
const ESCAPE: u8 = 2;

/// The characters that stand in no URI, and the one that begins an escape.
const CHARACTERS: [u8; 256] = {
    let mut table = [0; 256];
    let mut at = 0;
    while at < table.len() {
        #[expect(clippy::indexing_slicing, reason = "checked by the compiler: this is a constant")]
        {
            table[at] = match at as u8 {
                b'%' => ESCAPE,
                b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}' => OTHER,
                0..=b' ' | 0x7f => OTHER,
                _ => 0,
            };
        }
        at += 1;
    }
    table
};

/// Whether two digits follow each percent sign.
fn are_escapes(text: &[u8]) -> bool {
    let mut bytes = text.iter();
    let is_digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_hexdigit);
    while let Some(byte) = bytes.next() {
        if *byte == b'%' && !(is_digit(bytes.next()) && is_digit(bytes.next())) {
            return false;
        }
    }
    true
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
