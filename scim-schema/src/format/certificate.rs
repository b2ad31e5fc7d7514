//! X.509 certificates (RFC 7643 §4.1.2, RFC 5280 §4.1).

/// Whether base64 text holds one sequence in DER that fills it: the outer form of a certificate,
/// told from PEM and from a chain.
pub(super) fn is_certificate(text: &str) -> bool {
    let text = text.trim_end_matches('=');
    let len = text.len() / 4 * 3 + [0, 0, 1, 2].get(text.len() % 4).copied().unwrap_or_default();
    let mut head = [0_u8; 6];
    for (quad, out) in text.as_bytes().chunks(4).zip(head.chunks_mut(3)) {
        let bits = quad.iter().try_fold(0_u32, |bits, byte| Some(bits << 6 | sextet(*byte)?));
        let Some(bits) = bits else { return false };
        let missing = u32::try_from(4 - quad.len()).unwrap_or_default();
        let [_, first, second, third] = (bits << (6 * missing)).to_be_bytes();
        out.copy_from_slice(&[first, second, third]);
    }
    let content = match head {
        [0x30, short @ ..=0x7f, ..] => Some(2 + usize::from(short)),
        [0x30, 0x81, one, ..] => Some(3 + usize::from(one)),
        [0x30, 0x82, one, two, ..] => Some(4 + usize::from(u16::from_be_bytes([one, two]))),
        [0x30, 0x83, one, two, three, ..] => {
            usize::try_from(u32::from_be_bytes([0, one, two, three])).ok().map(|len| len + 5)
        }
        _ => None,
    };
    content == Some(len)
}

fn sextet(byte: u8) -> Option<u32> {
    let value = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}
