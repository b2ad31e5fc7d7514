//! Days.

use scim_filter::Key;

/// Whether a text is a day, written `YYYY-MM-DD`.
pub(super) fn is_date(text: &str) -> bool {
    const DAY: usize = "YYYY-MM-DD".len();
    text.len() == DAY && Key::instant(&format!("{text}T00:00:00Z")).is_some()
}
