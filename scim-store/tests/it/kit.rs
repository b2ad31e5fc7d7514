//! The store on SQLite held against the conformance kit.

use std::cell::RefCell;

use futures_executor::block_on;
use scim_service::testing::store::StoreCheck;

use crate::file::File;

#[test]
fn the_store_on_sqlite_passes_every_check() {
    let files = RefCell::new(Vec::new());
    let check = StoreCheck::new().threads(block_on);
    let report = block_on(check.run(async || {
        let file = File::new();
        let store = file.open();
        files.borrow_mut().push(file);
        store
    }));
    report.assert_passed();
}
