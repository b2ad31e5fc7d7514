//! Filters of several parts.

use super::over;
use crate::testing::store::{bench::Type, check::Check};

const fn users(name: &'static str, filters: &'static [&'static str]) -> Check {
    over(Type::User, name, filters)
}

pub(super) const CHECKS: &[Check] = &[
    users(
        "filter/conjunctions_ask_for_every_part",
        &[
            r#"title pr and active eq false"#,
            r#"active eq true and userName sw "s""#,
            r#"userName sw "s" and active eq true"#,
            r#"title co "guide" and active eq true and emails pr"#,
            r#"emails pr and name pr and active eq false"#,
            r#"userName pr and displayName eq "office" and userName sw "lig""#,
        ],
    ),
    users(
        "filter/disjunctions_ask_for_any_part",
        &[
            r#"userName eq "zoe" or userName eq "swapped""#,
            r#"active eq false or title co "100""#,
            r#"nickName pr or creditLimit lt 0 or tags eq "green""#,
            r#"userName eq "nobody" or displayName eq "renee""#,
        ],
    ),
    users(
        "filter/and_binds_closer_than_or",
        &[
            r#"active eq false or title pr and emails pr"#,
            r#"title pr and emails pr or active eq false"#,
            r#"(active eq false or title pr) and emails pr"#,
            r#"title pr and (emails pr or active eq false)"#,
        ],
    ),
    users(
        "filter/negation_turns_everything_round",
        &[
            r#"not (title pr)"#,
            r#"not (title pr and active eq true)"#,
            r#"not (title pr or active eq true)"#,
            r#"not (not (title pr))"#,
            r#"not (not (active eq true and not (emails pr)))"#,
            r#"not (creditLimit gt 5) and creditLimit pr"#,
        ],
    ),
    users(
        "filter/negation_of_what_is_missing_holds",
        &[
            r#"not (nickName eq "babs") and not (title sw "t")"#,
            r#"not (emails.value co "example")"#,
            r#"not (manager.value eq "26118915")"#,
            r#"not (name.familyName eq "jensen" or name.givenName eq "jensen")"#,
            r#"not (rank gt 5 or rank le 5)"#,
            r#"not (stays[nights gt 3])"#,
        ],
    ),
    users(
        "filter/parentheses_can_stand_deep",
        &[
            r#"((((((((((title pr))))))))))"#,
            r#"(title pr and (active eq true or (emails pr and (nickName pr or (tags eq "red")))))"#,
            r#"not (title pr and not (active eq true or not (emails pr and not (tags eq "red"))))"#,
        ],
    ),
    users(
        "filter/value_paths_are_about_one_element",
        &[
            r#"emails[type eq "work" and value eq "bjensen@example.com"]"#,
            r#"emails[type eq "home" and value eq "bjensen@example.com"]"#,
            r#"emails.type eq "work" and emails.value eq "bjensen@example.com""#,
            r#"addresses[type eq "work" and locality eq "Paris"]"#,
            r#"stays[place eq "rome" and nights gt 2]"#,
            r#"stays.place eq "rome" and stays.nights gt 2"#,
            r#"emails[type eq "work" and value co "@other"] or emails[type eq "home" and primary eq true]"#,
        ],
    ),
    users(
        "filter/value_paths_can_hold_any_filter",
        &[
            r#"emails[type eq "work" or type eq "home"]"#,
            r#"emails[not (type eq "work")]"#,
            r#"emails[type ne "work"]"#,
            r#"emails[value pr and not (type pr)]"#,
            r#"emails[(type eq "work" or type eq "home") and not (value co "jensen")]"#,
            r#"stays[nights ge 2 and nights lt 5]"#,
            r#"name[familyName eq "jensen" and givenName sw "bar"]"#,
        ],
    ),
    users(
        "filter/value_paths_can_be_negated_as_a_whole",
        &[
            r#"not (emails[type eq "work"])"#,
            r#"not (emails[not (type eq "work")])"#,
            r#"emails pr and not (emails[type eq "home" and primary eq false])"#,
            r#"not (stays[place eq "rome" and nights gt 2])"#,
        ],
    ),
    users(
        "filter/several_values_match_one_by_one",
        &[
            r#"emails.value eq "BABS@jensen.org""#,
            r#"emails co "jensen""#,
            r#"emails.value ew ".org""#,
            r#"emails.type eq "home""#,
            r#"emails.type eq "home" and emails.type eq "work""#,
            r#"emails.value sw "b" and phoneNumbers.type eq "work""#,
            r#"phoneNumbers.value eq "555-555-8377""#,
        ],
    ),
    users(
        "filter/complex_attributes_are_there_if_a_part_is",
        &[
            "name pr",
            "not (name pr)",
            "emails pr",
            "emails.type pr",
            "addresses pr",
            "addresses.region pr",
            "manager pr",
        ],
    ),
    users(
        "filter/parts_of_names_are_told_apart",
        &[
            r#"name.familyName eq "Jensen""#,
            r#"name.givenName eq "Jensen""#,
            r#"name.familyName co "bar""#,
            r#"name.formatted pr"#,
            r#"name.familyName ne "Jensen""#,
        ],
    ),
    users(
        "filter/parts_of_different_types_go_together",
        &[
            r#"creditLimit ge 100 and since le "2011-05-13T04:42:34Z" and checked eq true"#,
            r#"rank gt 5 or checked eq false and code pr"#,
            r#"active eq true and not (creditLimit gt 50 or emails pr) and userName lt "n""#,
            r#"emails[type eq "work"] and not (department sw "tour") or rank eq 1"#,
        ],
    ),
];
