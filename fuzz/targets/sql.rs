//! Filters on SQLite: a line of text is the filter, and what stands behind it decides on the
//! resources and their order; with no text it decides on the filter, too.
#![no_main]

use std::cell::RefCell;

use libfuzzer_sys::fuzz_target;
use scim_fuzz::sql::Tables;

thread_local! {
    static TABLES: RefCell<Tables> = RefCell::default();
}

fuzz_target!(|bytes: &[u8]| {
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let (line, seed) = bytes.split_at(end);
    let Ok(text) = std::str::from_utf8(line) else { return };
    TABLES.with_borrow_mut(|tables| tables.hold(text, seed));
});
