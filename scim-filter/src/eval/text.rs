//! Long texts of a resource, of which case does not count.

use std::{cell::RefCell, collections::BTreeMap};

use scim_core::Kind;
use serde_json::Value;

use crate::Key;

/// Long texts of the resource that a filter is held against, each folded once, however many terms
/// of the filter look at it.
#[derive(Default)]
pub(crate) struct LongTexts(RefCell<BTreeMap<*const u8, Value>>);

impl LongTexts {
    /// From how many bytes on a text is long.
    const LONG: usize = 1024;

    /// Whether a value is such a text, whatever its attribute.
    #[inline]
    pub(crate) fn is_long(value: &Value) -> bool {
        matches!(value, Value::String(text) if text.len() >= Self::LONG)
    }

    /// Compares a value of the resource: as it is or, if it is long, as its key, of which case
    /// counts.
    pub(crate) fn compare<T>(
        &self,
        value: &Value,
        kind: Kind,
        case_exact: bool,
        compare: impl FnOnce(&Value, bool) -> T,
    ) -> T {
        match (kind, value) {
            (Kind::String | Kind::Reference, Value::String(text))
                if Self::is_long(value) && !case_exact =>
            {
                let mut known = self.0.borrow_mut();
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
