//! Strings, several bytes at a time.

const ONES: u64 = u64::from_le_bytes([1; 8]);
const HIGHS: u64 = ONES << 7;

/// The high bits of those of eight bytes, the first lowest, that cannot stand in a JSON string by
/// themselves: control characters, quotes and backslashes. Only the lowest bit is exact.
fn marks(word: u64) -> u64 {
    // Swaps the quote and the blank, so that the quote is next to the control characters.
    let quotes_and_controls = (word ^ (ONES * 2)).wrapping_sub(ONES * 0x21);
    let backslashes = (word ^ (ONES * u64::from(b'\\'))).wrapping_sub(ONES);
    (quotes_and_controls | backslashes) & !word & HIGHS
}

/// How many bytes come before the first that cannot stand in a JSON string by itself.
pub(super) fn plain_prefix(bytes: &[u8]) -> usize {
    let (words, rest) = bytes.as_chunks::<8>();
    for (at, word) in words.iter().enumerate() {
        let marks = marks(u64::from_le_bytes(*word));
        if marks != 0 {
            return at * 8 + marks.trailing_zeros() as usize / 8;
        }
    }
    let in_rest = rest.iter().position(|byte| !is_plain(*byte));
    words.len() * 8 + in_rest.unwrap_or(rest.len())
}

/// Whether all these bytes can stand in a JSON string by themselves.
pub(super) fn is_all_plain(bytes: &[u8]) -> bool {
    // The last piece may share some bytes with the one before.
    if let Some(last) = bytes.last_chunk::<16>() {
        let mut found = [0; 16];
        let mut look = |piece: &[u8; 16]| {
            for (found, byte) in found.iter_mut().zip(piece) {
                *found |= u8::from(!is_plain(*byte));
            }
        };
        bytes.as_chunks::<16>().0.iter().for_each(&mut look);
        look(last);
        return u128::from_le_bytes(found) == 0;
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        return marks(u64::from_le_bytes(*first)) | marks(u64::from_le_bytes(*last)) == 0;
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        let [first, last] = [*first, *last].map(|half| u64::from(u32::from_le_bytes(half)));
        return marks(first << 32 | last) == 0;
    }
    bytes.iter().all(|byte| is_plain(*byte))
}

/// Whether a byte can stand in a JSON string by itself.
pub(super) fn is_plain(byte: u8) -> bool {
    !matches!(byte, ..b' ' | b'"' | b'\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_special_byte_is_found_wherever_it_stands() {
        for byte in 0..=u8::MAX {
            for before in 0..20 {
                for filler in [b'a', b'!', 0x7f, 0x80, 0xff] {
                    let mut bytes = vec![filler; before];
                    bytes.push(byte);
                    bytes.extend([filler, b'"', filler]);
                    let expected = bytes.iter().position(|byte| !is_plain(*byte)).unwrap();
                    assert_eq!(plain_prefix(&bytes), expected, "{byte} behind {before}");
                    assert_eq!(plain_prefix(&bytes[..before]), before);
                }
            }
        }
    }

    #[test]
    fn one_special_byte_anywhere_is_noticed() {
        for byte in 0..=u8::MAX {
            for (length, at) in (1..40).flat_map(|length| (0..length).map(move |at| (length, at))) {
                for filler in [b'a', 0xff] {
                    let mut bytes = vec![filler; length];
                    bytes[at] = byte;
                    assert_eq!(is_all_plain(&bytes), is_plain(byte), "{byte} at {at} of {length}");
                }
            }
        }
        assert!(is_all_plain(b""));
    }
}
