//! The store in memory held against the conformance kit.

use scim_service::{MemoryStore, testing::store::StoreCheck};

/// Races for a name or a version end with one winner: RFC 7644 §3.3, RFC 7644 §3.14.
#[tokio::test(flavor = "multi_thread")]
async fn the_store_in_memory_passes_every_check_on_threads() {
    let handle = tokio::runtime::Handle::current();
    let check = StoreCheck::new().threads(move |work| handle.block_on(work));
    let report = check.run(async || MemoryStore::new()).await;
    report.assert_passed();
    assert_eq!(report.skipped().count(), 0, "{report}");
}

/// RFC 7644 §3.3, RFC 7644 §3.4.2, RFC 7644 §3.14
#[tokio::test]
async fn the_store_in_memory_passes_every_check_in_one_task() {
    let report = StoreCheck::new().large_group(500).run(async || MemoryStore::new()).await;
    report.assert_passed();
    assert_eq!(report.skipped().count(), 1, "{report}");
}

#[test]
fn checks_have_names_of_their_own() {
    let mut names: Vec<_> = StoreCheck::names().collect();
    let all = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), all);
    assert!(all > 250, "{all}");
}
