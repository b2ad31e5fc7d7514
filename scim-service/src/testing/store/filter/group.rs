//! Filters over memberships (RFC 7643 §4.1.2, §4.2).

use super::over;
use crate::testing::store::{bench::Type, check::Check};

const fn groups(name: &'static str, filters: &'static [&'static str]) -> Check {
    over(Type::Group, name, filters)
}

const fn users(name: &'static str, filters: &'static [&'static str]) -> Check {
    over(Type::User, name, filters)
}

pub(super) const CHECKS: &[Check] = &[
    groups(
        "filter/groups_are_found_by_name",
        &[
            r#"displayName eq "TOUR GUIDES""#,
            r#"displayName sw "e""#,
            r#"displayName eq "strasse""#,
            r#"displayName co "%""#,
            r#"externalId eq "G-1""#,
            r#"externalId eq "g-1""#,
            "not (externalId pr)",
        ],
    ),
    groups(
        "filter/groups_are_found_by_member",
        &[
            r#"members.value eq "018e0e2a-0000-7000-8000-000000000000""#,
            r#"members eq "018e0e2a-0000-7000-8000-000000000001""#,
            r#"members.value eq "018E0E2A-0000-7000-8000-00000000000A""#,
            r#"members[value eq "018e0e2a-0000-7000-8000-000000000002"]"#,
            r#"members.value eq "nobody""#,
            r#"not (members.value eq "018e0e2a-0000-7000-8000-000000000000")"#,
            r#"members.value eq "018e0e2a-0000-7000-8000-000000000000" and members.value eq "018e0e2a-0000-7000-8000-000000000002""#,
        ],
    ),
    groups(
        "filter/groups_are_found_by_having_members",
        &[
            "members pr",
            "not (members pr)",
            "members eq null",
            r#"members pr and displayName sw "t""#,
        ],
    ),
    groups(
        "filter/groups_are_found_by_the_type_of_members",
        &[
            r#"members.type eq "Group""#,
            r#"members.type eq "user""#,
            r#"members[type eq "User" and value eq "018e0e2a-0000-7000-8000-000000000007"]"#,
            r#"members[type eq "Group" and value eq "018e0e2a-0000-7000-8000-000000000007"]"#,
            r#"not (members[type eq "User"])"#,
        ],
    ),
    groups(
        "filter/groups_are_found_by_the_names_of_members",
        &[
            r#"members.display eq "babs jensen""#,
            r#"members.display sw "tour""#,
            r#"members[display co "JENSEN" and type eq "User"]"#,
            r#"not (members.display pr)"#,
        ],
    ),
    groups(
        "filter/groups_are_found_by_negated_value_paths",
        &[
            r#"members[not (type eq "User")]"#,
            r#"members[value ne "018e0e2a-0000-7000-8000-000000000000"]"#,
            r#"not (members[value ne "018e0e2a-0000-7000-8000-000000000000"])"#,
        ],
    ),
    users(
        "filter/users_are_found_by_group",
        &[
            r#"groups.value eq "018e0e2a-0000-7000-8000-0000000001f4""#,
            r#"groups eq "018e0e2a-0000-7000-8000-0000000001f6""#,
            r#"groups.value eq "018e0e2a-0000-7000-8000-0000000001f8""#,
            "groups pr",
            "not (groups pr)",
            r#"groups.display eq "TOUR guides""#,
            r#"groups[display sw "emp" and type eq "direct"]"#,
            r#"not (groups.display sw "t")"#,
            r#"groups pr and active eq false"#,
        ],
    ),
];
