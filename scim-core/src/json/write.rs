//! Values as JSON text (RFC 8259): what serde_json writes, at less than half of its cost.

use std::io::Write;

use serde_json::Value;

use super::scan;

/// Appends a value. As deep as the value, which has been read within [`Limits`](super::Limits).
///
/// ```
/// use scim_core::json;
///
/// let mut text = Vec::new();
/// json::write(&serde_json::json!({"displayName": "\"Babs\"", "roles": [1, true]}), &mut text);
/// assert_eq!(text, br#"{"displayName":"\"Babs\"","roles":[1,true]}"#);
/// ```
pub fn write(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        // A Vec takes whatever is written to it.
        Value::Number(number) => drop(write!(out, "{number}")),
        Value::String(text) => write_text(text, out),
        Value::Array(values) => {
            out.push(b'[');
            for (at, value) in values.iter().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                write(value, out);
            }
            out.push(b']');
        }
        Value::Object(object) => {
            out.push(b'{');
            for (name, value) in object {
                member(name, value, out);
            }
            out.push(b'}');
        }
    }
}

/// Appends a member to an object that is being written.
pub fn write_member(name: &str, value: &Value, out: &mut Vec<u8>) {
    member(name, value, out);
}

/// Appends the name of a member to an object that is being written, behind a comma unless it is
/// the first.
pub fn write_name(name: &str, out: &mut Vec<u8>) {
    named(name, out);
}

/// Appends a string, quoted.
pub fn write_text(text: &str, out: &mut Vec<u8>) {
    quoted(text, out);
}

// Each of these waits for the length that the one before has left. All in one function, it need not
// go through memory, which takes a quarter off.

#[inline(always)]
fn member(name: &str, value: &Value, out: &mut Vec<u8>) {
    named(name, out);
    match value {
        Value::String(text) => quoted(text, out),
        value => write(value, out),
    }
}

#[inline(always)]
fn named(name: &str, out: &mut Vec<u8>) {
    if out.last().is_some_and(|last| *last != b'{') {
        out.push(b',');
    }
    quoted(name, out);
    out.push(b':');
}

#[inline(always)]
fn quoted(text: &str, out: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    out.reserve(bytes.len() + 2);
    out.push(b'"');
    let is_written = match bytes.len() {
        4..8 => plain_ends::<4>(bytes, out),
        8..16 => plain_ends::<8>(bytes, out),
        16..=32 => plain_ends::<16>(bytes, out),
        _ => plain(bytes, out),
    };
    if !is_written {
        write_escaped(text, out);
    }
    out.push(b'"');
}

/// Appends a text if all of it can stand there by itself.
fn plain(bytes: &[u8], out: &mut Vec<u8>) -> bool {
    let is_plain = scan::are_plain(bytes);
    if is_plain {
        out.extend_from_slice(bytes);
    }
    is_plain
}

/// The same for `N` to `2 * N` bytes, in two pieces that may share some.
#[inline(always)]
fn plain_ends<const N: usize>(bytes: &[u8], out: &mut Vec<u8>) -> bool {
    let (Some(first), Some(last)) = (bytes.first_chunk::<N>(), bytes.last_chunk::<N>()) else {
        return false;
    };
    let is_plain = scan::is_plain_piece(first) && scan::is_plain_piece(last);
    if is_plain {
        let end = out.len() + bytes.len();
        out.extend_from_slice(first);
        out.truncate(end - N);
        out.extend_from_slice(last);
    }
    is_plain
}

#[cold]
fn write_escaped(text: &str, out: &mut Vec<u8>) {
    let mut rest = text.as_bytes();
    loop {
        let (plain, special) = rest.split_at(scan::plain_prefix(rest));
        out.extend_from_slice(plain);
        let Some((byte, behind)) = special.split_first() else { return };
        match escape(*byte) {
            b'u' => drop(write!(out, "\\u{byte:04x}")),
            short => out.extend_from_slice(&[b'\\', short]),
        }
        rest = behind;
    }
}

/// What stands behind the backslash in the place of a character that cannot stand by itself.
fn escape(byte: u8) -> u8 {
    match byte {
        b'"' | b'\\' => byte,
        0x08 => b'b',
        b'\t' => b't',
        b'\n' => b'n',
        0x0c => b'f',
        b'\r' => b'r',
        _ => b'u',
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn written(value: &Value) -> String {
        let mut out = Vec::new();
        write(value, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn every_character_is_written_as_by_serde_json_wherever_it_stands() {
        for c in ('\0'..='\u{ff}').chain(['\u{2028}', '\u{fffd}', '\u{1f600}']) {
            for before in (0..18).chain([31, 32, 33]) {
                for after in (0..18).chain([31, 32, 33]) {
                    let text = json!(format!("{}{c}{}", "a".repeat(before), "z".repeat(after)));
                    assert_eq!(written(&text), text.to_string());
                }
            }
        }
    }

    proptest! {
        #[test]
        fn every_value_is_written_as_by_serde_json(value in value()) {
            prop_assert_eq!(written(&value), value.to_string());
        }
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(any::<String>(), inner, 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }
}
