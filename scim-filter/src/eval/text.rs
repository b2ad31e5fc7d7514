//! Texts of a resource that are folded once, however many terms of a filter look at them.

use std::{cell::RefCell, collections::BTreeMap};

use crate::Key;

/// What texts of the resource that a filter is held against fold to.
///
/// Folding costs much more than finding what was folded before, so that without this, hostile
/// filters would cost the size of the resource times the number of their terms. Only texts that
/// have to be folded come here, which short ones of ASCII do not: those pay nothing.
#[derive(Default)]
pub(crate) struct Texts(RefCell<BTreeMap<*const u8, Key>>);

impl Texts {
    /// Calls with what a text of the resource, of which case does not count, folds to.
    pub(crate) fn folded<T>(&self, text: &str, call: impl FnOnce(&str) -> T) -> T {
        let mut known = self.0.borrow_mut();
        // No two texts of a resource lie in the same place, unless both are empty.
        call(known.entry(text.as_ptr()).or_insert_with(|| Key::text(text, false)).as_str())
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
