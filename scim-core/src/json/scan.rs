//! Strings, several bytes at a time.

const ONES: u64 = u64::from_le_bytes([1; 8]);
const HIGHS: u64 = ONES << 7;
/// Plain bytes in the upper half.
const FILLER: u64 = u64::from_be_bytes([b' ', b' ', b' ', b' ', 0, 0, 0, 0]);

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
pub(super) fn are_plain(bytes: &[u8]) -> bool {
    // The last piece may share some bytes with the one before.
    match bytes.last_chunk::<16>() {
        Some(last) => bytes.as_chunks::<16>().0.iter().chain([last]).all(is_plain_piece),
        None => bytes.iter().all(|byte| is_plain(*byte)),
    }
}

/// The same of 4 bytes, or of 8 or 16.
#[inline(always)]
pub(super) fn is_plain_piece<const N: usize>(piece: &[u8; N]) -> bool {
    let (words, rest) = piece.as_chunks::<8>();
    let half =
        rest.first_chunk().map_or(0, |half| marks(u64::from(u32::from_le_bytes(*half)) | FILLER));
    words.iter().fold(half, |found, word| found | marks(u64::from_le_bytes(*word))) == 0
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
                    assert_eq!(are_plain(&bytes), is_plain(byte), "{byte} at {at} of {length}");
                }
            }
        }
        assert!(are_plain(b""));
    }
}
