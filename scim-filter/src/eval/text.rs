//! Texts of a resource that are folded once, however many terms of a filter look at them.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
};

use scim_core::Kind;
use serde_json::Value;

use crate::Key;

/// The texts of the resource that a filter is held against.
///
/// Terms compare texts as they are until they have looked at a few; from then on, each text that
/// has to be folded is folded once and kept. So the cost is bounded by the size of the resource,
/// not by that times the number of terms, and small resources pay for no look-ups.
pub(crate) struct Texts {
    /// How many more bytes of text terms may look at before texts are kept.
    left: Cell<usize>,
    folded: RefCell<BTreeMap<*const u8, Value>>,
}

impl Default for Texts {
    fn default() -> Self {
        Self { left: Cell::new(Self::FEW), folded: RefCell::default() }
    }
}

impl Texts {
    /// Up to here, folding anew for each term is as fast as keeping.
    const FEW: usize = 1024;

    /// Whether a value, which a term is about to look at, is such a text, whatever its attribute.
    #[inline]
    pub(crate) fn keep(&self, value: &Value) -> bool {
        let Value::String(text) = value else { return false };
        match self.left.get().checked_sub(text.len()) {
            Some(left) => {
                self.left.set(left);
                false
            }
            None => {
                self.left.set(0);
                text.len() >= Self::FEW || !text.is_ascii()
            }
        }
    }

    /// Compares a value of the resource that is kept: as its key, of which case counts, or as it
    /// is if it has no other.
    pub(crate) fn compare<T>(
        &self,
        value: &Value,
        kind: Kind,
        case_exact: bool,
        compare: impl FnOnce(&Value, bool) -> T,
    ) -> T {
        match (kind, value) {
            (Kind::String | Kind::Reference, Value::String(text)) if !case_exact => {
                let mut known = self.folded.borrow_mut();
                let folded = known
                    .entry(text.as_ptr())
                    .or_insert_with(|| Value::from(Key::text(text, false).as_str()));
                compare(folded, true)
            }
            _ => compare(value, case_exact),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{Filter, Options, testing::Schema};

    #[test]
    fn long_texts_compare_as_short_ones_do() {
        for (text, terms) in [
            (
                "ÄRGER".repeat(300),
                ["co \"ÄRGERär\"", "sw \"ärgeR\"", "ew \"äRger\"", "gt \"ärge\""],
            ),
            ("Ab".repeat(600), ["co \"aBAb\"", "sw \"aBab\"", "ew \"BAB\"", "lt \"aC\""]),
        ] {
            let user = json!({"id": text, "title": text});
            let own = format!("eq \"{}\"", text.to_lowercase());
            for term in terms.into_iter().chain([own.as_str()]) {
                for (filter, found) in [
                    (format!("title {term}"), true),
                    (format!("title {term} and title {term}"), true),
                    (format!("not (title {term})"), false),
                    // The case of an id counts.
                    (format!("not (id {term})"), !term.starts_with("lt")),
                ] {
                    let filter: Filter = filter.parse().unwrap();
                    assert_eq!(filter.matches(&user), found, "{term}");
                    let checked = filter.check(&Schema, &Options::STRICT).unwrap();
                    assert_eq!(checked.matches(&user), found, "{term}");
                }
            }
        }
    }
}
