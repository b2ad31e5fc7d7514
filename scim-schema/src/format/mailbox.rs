//! E-mail addresses (RFC 7643 §4.1.2, RFC 5321 §4.1.2, RFC 6531 §3.3).

/// Whether a text is a mailbox: a local part, `@`, and a domain or an address in brackets.
pub(super) fn is_mailbox(text: &str) -> bool {
    const LONGEST_LOCAL: usize = 64;
    let Some(at) = text.bytes().rposition(|byte| byte == b'@') else { return false };
    let (Some(local), Some(domain)) = (text.get(..at), text.get(at + 1..)) else { return false };
    let quoted = local.strip_prefix('"').and_then(|local| local.strip_suffix('"'));
    let is_local = match quoted {
        Some(inside) => is_quoted(inside),
        None => {
            let mut atoms = local.as_bytes().split(|byte| *byte == b'.');
            atoms.all(|atom| !atom.is_empty() && atom.iter().copied().all(is_atom))
        }
    };
    is_local && local.len() <= LONGEST_LOCAL && is_domain(domain)
}

fn is_atom(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte) || !byte.is_ascii()
}

fn is_quoted(text: &str) -> bool {
    let mut escaped = false;
    for byte in text.bytes() {
        escaped = match byte {
            _ if escaped => false,
            b'\\' => true,
            b'"' => return false,
            _ => false,
        };
    }
    !escaped && !text.contains(|c: char| c.is_control())
}

fn is_domain(domain: &str) -> bool {
    const LONGEST: usize = 255;
    const LONGEST_LABEL: usize = 63;
    let literal = domain.strip_prefix('[').and_then(|domain| domain.strip_suffix(']'));
    if let Some(literal) = literal {
        return !literal.is_empty() && literal.bytes().all(|byte| byte.is_ascii_graphic());
    }
    let is_label = |label: &[u8]| {
        !label.is_empty()
            && label.len() <= LONGEST_LABEL
            && !label.starts_with(b"-")
            && !label.ends_with(b"-")
            && label
                .iter()
                .all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-' || !byte.is_ascii())
    };
    domain.len() <= LONGEST && domain.as_bytes().split(|byte| *byte == b'.').all(is_label)
}
