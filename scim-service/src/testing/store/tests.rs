//! The kit held against stores that are broken on purpose: each is caught, and by the check that
//! is meant to.

mod broken;
mod judging;
mod reading;
mod secret;
mod writing;

use self::broken::{Broken, Fault};
use super::{Report, StoreCheck, Verdict};

/// Each fault, and checks that must find it.
const FAULTS: &[(Fault, &[&str])] = &[
    (
        Fault::DropsMember,
        &[
            "member/a_group_is_created_with_its_members",
            "member/a_patch_adds_members",
            "large/a_large_group_holds_all_its_members",
        ],
    ),
    (
        Fault::ForgetsPartOfFilter,
        &["filter/conjunctions_ask_for_every_part", "filter/parts_of_different_types_go_together"],
    ),
    (Fault::FiltersAfterPaging, &["page/the_total_is_of_all_that_matches"]),
    (Fault::HeedsCaseInFilters, &["filter/equality_ignores_case"]),
    (Fault::TakesWildcards, &["filter/wildcards_of_databases_are_ordinary_characters"]),
    (Fault::MixesElements, &["filter/value_paths_are_about_one_element"]),
    (
        Fault::NegatesOnlyWhatIsThere,
        &[
            "filter/negation_of_what_is_missing_holds",
            "filter/inequality_holds_where_there_is_no_value",
        ],
    ),
    (Fault::FindsOldValues, &["filter/what_has_changed_is_found_by_its_new_value_alone"]),
    (
        Fault::PutsMissingFirst,
        &["sort/what_is_missing_comes_last", "sort/what_is_missing_comes_first_if_descending"],
    ),
    (Fault::TiesDescend, &["sort/ties_go_by_id_in_either_direction"]),
    (
        Fault::IgnoresSort,
        &[
            "sort/text_ignores_case_and_width",
            "sort/what_matches_is_sorted",
            "sort/memberships_are_an_order",
        ],
    ),
    (Fault::SortsByFirstElement, &["sort/the_primary_element_counts"]),
    (Fault::ChangesOrder, &["page/the_same_question_has_the_same_answer"]),
    (
        Fault::TotalsPage,
        &["page/a_page_beyond_the_end_is_empty", "page/the_total_is_of_all_that_matches"],
    ),
    (
        Fault::IgnoresCount,
        &[
            "page/a_page_holds_no_more_than_its_count",
            "page/a_count_of_zero_asks_for_the_total_alone",
        ],
    ),
    (Fault::CountsFromZero, &["page/pages_together_are_the_whole"]),
    (Fault::TakesEndForBeginning, &["cursor/the_end_has_the_last_before_it"]),
    (
        Fault::PagesByOffset,
        &[
            "cursor/what_was_met_is_not_met_again_though_others_go",
            "cursor/what_comes_before_a_position_is_not_met",
        ],
    ),
    (Fault::RepeatsPosition, &["cursor/a_walk_meets_everything_once_in_order"]),
    (Fault::LosesPlaceWithoutRow, &["cursor/a_walk_goes_on_where_a_row_has_gone"]),
    (Fault::LeaksOnGet, &["tenant/another_tenants_resource_cannot_be_read"]),
    (
        Fault::LeaksOnQuery,
        &[
            "tenant/another_tenants_resources_are_not_listed",
            "tenant/another_tenants_resources_are_not_found",
        ],
    ),
    (Fault::LeaksOnUpdate, &["tenant/another_tenants_resource_cannot_be_changed"]),
    (Fault::LeaksOnDelete, &["tenant/another_tenants_resource_cannot_be_deleted"]),
    (Fault::CountsAllTenants, &["tenant/another_tenants_resources_are_not_counted"]),
    (Fault::ServesNobody, &["tenant/a_request_of_nobody_sees_nothing"]),
    (Fault::ShowsDeleted, &["change/what_is_deleted_is_gone"]),
    (
        Fault::ListsDeleted,
        &["filter/what_is_gone_is_not_found", "page/the_total_follows_what_comes_and_goes"],
    ),
    (
        Fault::ForgetsExtensions,
        &["text/the_whole_sample_is_given_back", "change/what_is_created_can_be_read"],
    ),
    (Fault::TrimsText, &["text/letters_are_given_back_as_they_were"]),
    (Fault::RoundsNumbers, &["text/numbers_are_given_back_exactly"]),
    (Fault::IgnoresCaseOfIds, &["text/ids_are_told_apart_by_case"]),
    (Fault::CutsWhatIsNotWanted, &["projection/members_that_are_not_wanted_are_missing_or_right"]),
    (Fault::ForgetsGroups, &["member/a_user_shows_the_groups_that_hold_it"]),
    (Fault::TellsSecrets, &["change/no_password_is_answered"]),
    (Fault::OverwritesIds, &["unique/an_id_in_use_is_not_written_over"]),
    (Fault::HeedsCaseOfNames, &["unique/a_name_in_another_case_is_refused"]),
    (
        Fault::ForgetsUniquenessOnUpdate,
        &["unique/a_put_to_a_taken_name_is_refused", "unique/a_patch_to_a_taken_name_is_refused"],
    ),
    (Fault::LooksBeforeItTakes, &["unique/of_many_creations_at_once_one_succeeds"]),
    (
        Fault::SkipsWhatShouldBeRefused,
        &[
            "member/an_unknown_member_can_spoil_a_put",
            "member/an_unknown_member_can_spoil_a_new_group",
        ],
    ),
    (Fault::RefusesWhatShouldBeSkipped, &["member/an_unknown_member_is_left_out_of_a_patch"]),
    (
        Fault::IgnoresIfMatch,
        &[
            "guard/a_put_for_another_version_is_refused",
            "guard/a_change_of_members_for_another_version_is_refused",
            "guard/a_version_can_be_excluded",
        ],
    ),
    (Fault::IgnoresIfMatchOnDelete, &["guard/a_delete_for_another_version_is_refused"]),
    (
        Fault::WritesBeforeItChecks,
        &[
            "fault/a_refused_addition_of_members_leaves_a_group_as_it_was",
            "guard/a_change_of_members_for_another_version_is_refused",
            "member/an_unknown_member_can_spoil_a_patch",
        ],
    ),
    (Fault::ForgetsPolicies, &["fault/a_refused_patch_leaves_a_user_as_it_was"]),
    (
        Fault::ForgetsMembersOfPut,
        &["member/a_put_replaces_members", "member/a_put_without_members_removes_them"],
    ),
    (
        Fault::ForgetsDeltas,
        &["member/a_patch_adds_members", "member/every_way_to_change_members_comes_to_the_same"],
    ),
    (Fault::MergesPut, &["change/a_put_replaces_what_was_there"]),
    (
        Fault::MovesWithoutChange,
        &["change/a_put_of_the_same_changes_nothing", "change/a_patch_to_the_same_changes_nothing"],
    ),
    (Fault::AlwaysSaysChanged, &["change/a_patch_to_the_same_changes_nothing"]),
    (Fault::LeavesVersionOfGroups, &["member/a_change_of_members_moves_version_and_time"]),
    (Fault::LeavesTimeOfChange, &["change/a_change_moves_version_and_time"]),
    (
        Fault::LosesUpdates,
        &[
            "change/many_changes_at_once_are_all_kept",
            "change/counting_with_preconditions_loses_nothing",
            "member/members_added_at_once_are_all_there",
        ],
    ),
    (Fault::WritesInHalves, &["fault/a_change_given_up_halfway_is_whole_or_nothing"]),
    (Fault::KeepsMemberships, &["member/a_deleted_user_is_a_member_no_more"]),
    (Fault::LeavesVersionOnDelete, &["member/a_deleted_user_moves_the_version_of_its_groups"]),
    (Fault::DeletesNobody, &["change/nobody_is_found_changed_or_deleted"]),
    (
        Fault::IgnoresMaxErrors,
        &[
            "batch/writes_after_too_many_errors_are_not_made",
            "batch/writes_to_nobody_count_as_errors",
        ],
    ),
    (Fault::StopsAtFirstError, &["batch/a_write_that_fails_does_not_stop_the_others"]),
    (Fault::ReversesBatches, &["batch/writes_are_made_in_order"]),
    (
        Fault::IgnoresInvariants,
        &[
            "invariant/the_last_of_a_kind_is_not_patched_away",
            "invariant/the_last_of_a_kind_is_not_replaced",
            "invariant/the_last_of_a_kind_is_not_deleted",
            "invariant/a_new_resource_is_counted",
            "invariant/a_group_does_not_lose_its_last_member",
            "invariant/in_a_batch_the_refused_write_alone_is_undone",
        ],
    ),
    (Fault::JudgesOneInvariant, &["invariant/every_invariant_is_judged"]),
    (
        Fault::AsksBeforeItWrites,
        &[
            "invariant/the_last_of_a_kind_is_not_patched_away",
            "invariant/the_last_of_a_kind_is_not_deleted",
            "invariant/a_new_resource_is_counted",
        ],
    ),
    (Fault::AsksAfterItCommits, &["invariant/what_is_refused_is_never_seen"]),
    (
        Fault::KeepsWhatIsRefused,
        &[
            "invariant/the_last_of_a_kind_is_not_patched_away",
            "invariant/the_last_of_a_kind_is_not_deleted",
            "invariant/a_new_resource_is_counted",
            "invariant/in_a_batch_the_refused_write_alone_is_undone",
        ],
    ),
    (
        Fault::LetsWritesSlipIn,
        &["invariant/of_two_writes_at_once_that_are_sound_alone_one_is_made"],
    ),
    (
        Fault::ForgetsInvariantsOfDeletions,
        &[
            "invariant/the_last_of_a_kind_is_not_deleted",
            "invariant/a_group_does_not_lose_its_last_member_by_deletion",
            "invariant/a_group_that_must_be_there_is_not_deleted",
            "invariant/of_many_deletions_at_once_one_resource_is_left",
        ],
    ),
    (
        Fault::DeletesWithoutPolicy,
        &[
            "deletion/a_policy_can_refuse_it",
            "deletion/a_policy_is_shown_what_is_deleted",
            "deletion/a_policy_is_asked_in_a_batch",
        ],
    ),
    (Fault::ShowsPoliciesNoMembers, &["deletion/a_policy_is_shown_the_members_of_a_group"]),
    (Fault::AsksPoliciesFirst, &["deletion/a_policy_is_not_asked_about_another_version"]),
    (
        Fault::ForgetsSecrets,
        &[
            "secret/what_is_created_with_a_secret_has_it",
            "secret/a_new_secret_takes_the_place_of_the_old",
            "secret/a_batch_keeps_it",
        ],
    ),
    (Fault::LosesSecretsOnPut, &["secret/a_put_that_does_not_send_it_keeps_it"]),
    (Fault::KeepsSecretsOfTheDead, &["secret/it_goes_with_its_resource"]),
    (Fault::LeaksSecrets, &["secret/another_tenant_cannot_read_it"]),
    (Fault::LeavesVersionOfSecrets, &["secret/a_new_secret_moves_the_version"]),
    (Fault::KeepsSecretsOfRefused, &["secret/a_refused_change_leaves_it"]),
    (Fault::Panics, &["change/what_is_created_can_be_read"]),
];

async fn held(fault: Option<Fault>, check: &str) -> Report {
    let check = StoreCheck::new().large_group(200).only(check);
    check.run(async || Broken::new(fault)).await
}

#[tokio::test]
async fn each_broken_store_is_caught_by_the_check_that_is_meant_to() {
    let mut missed = Vec::new();
    for (fault, checks) in FAULTS {
        for check in *checks {
            let sound = held(None, check).await;
            assert_eq!(sound.verdict(check), Some(&Verdict::Passed), "{check}");
            let report = held(Some(*fault), check).await;
            if !matches!(report.verdict(check), Some(Verdict::Failed(_))) {
                missed.push((fault, check));
            }
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

#[tokio::test]
async fn a_store_that_does_not_filter_sort_or_page_is_held_to_the_rest() {
    let report =
        StoreCheck::new().large_group(200).run(async || Broken::new(Some(Fault::DoesLittle))).await;
    assert_eq!(report.failed().count(), 0, "{report}");
    for check in [
        "filter/presence_is_of_a_value",
        "sort/ids_are_an_order",
        "cursor/nothing_has_no_positions",
    ] {
        assert!(matches!(report.verdict(check), Some(Verdict::Skipped(_))), "{check}");
    }
    assert!(report.passed() > 150, "{report}");
}

#[tokio::test]
async fn what_is_announced_may_be_refused_and_nothing_else() {
    let name = "filter/conjunctions_ask_for_every_part";
    let refusing = async || Broken::new(Some(Fault::RefusesFilters));
    let report = StoreCheck::new().only(name).run(refusing).await;
    assert!(matches!(report.verdict(name), Some(Verdict::Failed(_))), "{report}");
    let all = ["title", "active", "userName", "emails", "displayName"];
    let report = StoreCheck::new().only(name).unsearchable(all).run(refusing).await;
    assert!(matches!(report.verdict(name), Some(Verdict::Skipped(_))), "{report}");
}

#[tokio::test]
async fn a_smaller_schema_skips_what_it_lacks() {
    use scim_core::AttrName;
    use scim_schema::{ResourceSchema, catalog};

    let mut schema = catalog::user_schema();
    let kept = ["userName", "displayName", "active", "groups", "emails"];
    schema.attributes.retain(|attribute| kept.iter().any(|name| attribute.name == *name));
    let schema = ResourceSchema::new(schema)
        .unwrap()
        .default_value(AttrName::from_static("active"), serde_json::Value::Bool(true));
    let check = StoreCheck::new().users(schema).large_group(200);
    let report = check.run(async || Broken::new(None)).await;
    assert_eq!(report.failed().count(), 0, "{report}");
    let name = "filter/decimals_are_ordered_by_value";
    assert!(matches!(report.verdict(name), Some(Verdict::Skipped(_))), "{report}");
    assert!(report.passed() > 220, "{report}");
}

#[tokio::test]
async fn users_alone_are_held_to_what_concerns_them() {
    let check = StoreCheck::new().without_groups().single_tenant().only_uuids();
    let report = check.run(async || Broken::new(None)).await;
    assert_eq!(report.failed().count(), 0, "{report}");
    for area in ["member/", "large/", "tenant/"] {
        let names = StoreCheck::names().filter(|name| name.starts_with(area));
        for name in names.filter(|name| !name.starts_with("member/") || name.contains("group")) {
            assert!(matches!(report.verdict(name), Some(Verdict::Skipped(_))), "{name}");
        }
    }
}

#[test]
#[should_panic(expected = "FAILED  unique/a_second_name_is_refused")]
fn a_report_of_failures_fails_a_test() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let report = runtime.block_on(async {
        let check = StoreCheck::new().only("unique/a_second_name");
        check.run(async || Broken::new(Some(Fault::ForgetsUniqueness))).await
    });
    report.assert_passed();
}

#[test]
#[should_panic(expected = "0 checks passed")]
fn a_report_of_nothing_fails_a_test() {
    Report::default().assert_passed();
}
