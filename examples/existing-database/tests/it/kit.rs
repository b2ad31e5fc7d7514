//! The store held against the conformance kit.

use existing_database::{TeamStore, users};
use scim_service::testing::store::StoreCheck;

#[tokio::test(flavor = "multi_thread")]
async fn the_store_passes_every_check() {
    let handle = tokio::runtime::Handle::current();
    let report = StoreCheck::new()
        .users(users().unwrap())
        .unsearchable(["schemas", "meta.version"])
        .single_tenant()
        .large_group(1000)
        .threads(move |work| handle.block_on(work))
        .run(async || TeamStore::open(":memory:").unwrap())
        .await;
    report.assert_passed();
    assert!(report.passed() > 200, "{report}");
}
