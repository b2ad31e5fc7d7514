//! Names that mean the same (RFC 7643 §2.1).

use std::collections::HashSet;

use serde_json::{Map, Value};

/// The names of one object, compared without case: a scan while they are few, a set after that.
#[derive(Default)]
pub(super) struct Names {
    /// A bit for each name: where it is not set, there is no such name.
    marks: u128,
    folded: HashSet<String>,
}

impl Names {
    pub(super) const FEW: usize = 32;

    /// Whether the name is new.
    pub(super) fn insert(&mut self, name: &str, object: &Map<String, Value>) -> bool {
        if object.len() < Self::FEW {
            let mark = mark(name);
            let marked = self.marks & mark != 0;
            self.marks |= mark;
            return !marked || !object.keys().any(|known| known.eq_ignore_ascii_case(name));
        }
        if self.folded.is_empty() {
            self.folded = object.keys().map(|known| known.to_ascii_lowercase()).collect();
        }
        self.folded.insert(name.to_ascii_lowercase())
    }
}

/// A bit that names which differ in case alone share.
fn mark(name: &str) -> u128 {
    let folded = |byte: Option<&u8>| byte.map_or(0, |byte| usize::from(byte | 0x20));
    let bytes = name.as_bytes();
    let middle = folded(bytes.get(bytes.len() / 2));
    let sum = folded(bytes.first()) * 5 + middle * 3 + folded(bytes.last());
    1 << (sum.wrapping_add(bytes.len()) % 128)
}
