//! Languages (RFC 7643 §4.1.1).

/// Whether a text is a language tag (RFC 5646 §2.1), `_` for `-` tolerated.
pub(super) fn is_tag(text: &str) -> bool {
    let mut subtags = text.split(['-', '_']);
    let Some(language) = subtags.next() else { return false };
    match language.len() {
        1 => matches!(language, "x" | "X" | "i" | "I") && are_subtags(subtags, 1),
        2..=8 => is_alphabetic(language) && are_subtags(subtags, 0),
        _ => false,
    }
}

/// Whether these are subtags, at least so many. After a singleton another subtag has to come.
fn are_subtags<'a>(subtags: impl Iterator<Item = &'a str>, at_least: usize) -> bool {
    let (mut count, mut open) = (0, false);
    for subtag in subtags {
        let is_singleton = subtag.len() == 1;
        let is_subtag = matches!(subtag.len(), 1..=8) && is_alphanumeric(subtag);
        if !is_subtag || open && is_singleton {
            return false;
        }
        open = is_singleton;
        count += 1;
    }
    !open && count >= at_least
}

/// Whether a text is a list of language ranges with weights (RFC 9110 §12.5.4, erratum to
/// RFC 7643 §4.1.1: no `_` here).
pub(super) fn is_accepted(text: &str) -> bool {
    text.split(',').map(|range| range.trim_matches([' ', '\t'])).all(|range| {
        let (range, weight) = match range.split_once(';') {
            Some((range, weight)) => (range.trim_end(), Some(weight.trim_start())),
            None => (range, None),
        };
        is_range(range) && weight.is_none_or(is_weight)
    })
}

/// `language-range` (RFC 4647 §2.1).
fn is_range(range: &str) -> bool {
    let mut subtags = range.split('-');
    let is_first = |first: &str| matches!(first.len(), 1..=8) && is_alphabetic(first);
    range == "*"
        || subtags.next().is_some_and(is_first)
            && subtags.all(|subtag| matches!(subtag.len(), 1..=8) && is_alphanumeric(subtag))
}

/// `weight` (RFC 9110 §12.4.2).
fn is_weight(weight: &str) -> bool {
    let Some(("q" | "Q", value)) = weight.split_once('=') else { return false };
    let (whole, decimals) = value.split_once('.').unwrap_or((value, ""));
    let digit = match whole {
        "0" => |byte: u8| byte.is_ascii_digit(),
        "1" => |byte: u8| byte == b'0',
        _ => return false,
    };
    decimals.len() <= 3 && decimals.bytes().all(digit)
}

fn is_alphabetic(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphabetic())
}

fn is_alphanumeric(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}
