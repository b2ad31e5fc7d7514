//! Filters over numbers, dates, booleans, references and what a server adds.

use super::over;
use crate::testing::store::{bench::Type, check::Check};

const fn users(name: &'static str, filters: &'static [&'static str]) -> Check {
    over(Type::User, name, filters)
}

pub(super) const CHECKS: &[Check] = &[
    users(
        "filter/booleans_are_true_or_false_or_missing",
        &[
            "active eq true",
            "active eq false",
            "active ne true",
            "active ne false",
            "not (active eq false)",
            "active pr",
            "not (active pr)",
            "checked eq true",
            "checked eq false",
            "not (checked eq true)",
        ],
    ),
    users(
        "filter/what_is_not_primary_is_primary_false",
        &[
            "emails.primary eq true",
            "emails.primary eq false",
            "emails[primary eq true]",
            "emails[primary eq false]",
            r#"emails[primary eq false and type eq "home"]"#,
            r#"emails[type eq "work" and not (primary eq true)]"#,
            "emails.primary pr",
            "not (emails.primary eq false)",
        ],
    ),
    users(
        "filter/decimals_are_equal_by_value",
        &[
            "creditLimit eq 100",
            "creditLimit eq 100.0",
            "creditLimit eq 1e2",
            "creditLimit eq 99.99",
            "creditLimit eq -0.50",
            "creditLimit eq 0",
            "creditLimit eq -0",
            "creditLimit eq 1000000",
            "creditLimit eq 0.0000001",
            "creditLimit ne 100",
        ],
    ),
    users(
        "filter/decimals_are_ordered_by_value",
        &[
            "creditLimit gt 9",
            "creditLimit ge 100",
            "creditLimit lt 0",
            "creditLimit le -5",
            "creditLimit gt -1",
            "creditLimit lt 0.2",
            "creditLimit gt 99.99",
            "creditLimit gt 1e5",
            "creditLimit lt 1e-6",
            "not (creditLimit gt 0)",
        ],
    ),
    users(
        "filter/large_integers_are_exact",
        &[
            "rank eq 9007199254740993",
            "rank eq 9007199254740992",
            "rank gt 9007199254740992",
            "rank gt 9",
            "rank lt 0",
            "rank le -10",
            "rank eq 2",
        ],
    ),
    users(
        "filter/instants_are_equal_in_every_zone",
        &[
            r#"since eq "2011-05-13T04:42:34Z""#,
            r#"since eq "2011-05-13T00:42:34-04:00""#,
            r#"since eq "2011-05-13T04:42:34.000Z""#,
            r#"since eq "2011-05-13T04:42:34""#,
            r#"since eq "2011-05-13T04:59:59Z""#,
            r#"since ne "2011-05-13T04:42:34Z""#,
        ],
    ),
    users(
        "filter/fractions_of_seconds_count",
        &[
            r#"since eq "2011-05-13T04:42:34.5Z""#,
            r#"since eq "2011-05-13T04:42:34.500000Z""#,
            r#"since gt "2011-05-13T04:42:34Z""#,
            r#"since lt "2011-05-13T04:42:34.5Z""#,
            r#"since ge "2011-05-13T04:42:34.5Z""#,
            r#"since le "2011-05-13T04:42:34.4999Z""#,
        ],
    ),
    users(
        "filter/instants_are_ordered_in_time",
        &[
            r#"since lt "2011-05-13T00:00:00Z""#,
            r#"since gt "2011-05-13T04:00:00Z""#,
            r#"since ge "2011-05-13T07:42:34+03:00""#,
            r#"since lt "1000-01-01T00:00:00Z""#,
            r#"since gt "9000-01-01T00:00:00Z""#,
            r#"not (since lt "2011-05-13T00:00:00Z")"#,
            r#"stays.arrival ge "2024-02-28T23:00:00Z""#,
            r#"stays[arrival lt "2024-03-01T00:00:00+01:00" and nights gt 2]"#,
        ],
    ),
    users(
        "filter/references_are_exact",
        &[
            r#"site eq "https://example.com/A""#,
            r#"site eq "https://example.com/a""#,
            r#"site sw "https://example.com/""#,
            r#"site co "e.com/A""#,
            r#"site ew "a""#,
            "site pr",
        ],
    ),
    users(
        "filter/binary_values_are_exact_but_for_padding",
        &[
            r#"token eq "TQ==""#,
            r#"token eq "TQ""#,
            r#"token eq "tq==""#,
            "token pr",
            r#"token ne "TQ==""#,
        ],
    ),
    users(
        "filter/elements_of_simple_lists_match_one_by_one",
        &[
            r#"tags eq "red""#,
            r#"tags ne "red""#,
            r#"tags co "d""#,
            r#"tags sw "g""#,
            r#"tags ew "ish""#,
            r#"tags eq "red" and tags eq "blue""#,
            r#"tags[value eq "blue"]"#,
            r#"tags[value sw "re" and value ew "sh"]"#,
            r#"not (tags eq "blue")"#,
            "tags pr",
            "not (tags pr)",
        ],
    ),
    users(
        "filter/ids_are_exact",
        &[
            r#"id eq "018e0e2a-0000-7000-8000-000000000002""#,
            r#"id eq "018E0E2A-0000-7000-8000-000000000002""#,
            r#"id ne "018e0e2a-0000-7000-8000-000000000002""#,
            r#"id sw "018e0e2a-0000-7000-8000-00000000000""#,
            r#"id ew "1""#,
            r#"id gt "018e0e2a-0000-7000-8000-000000000009""#,
            r#"id eq "nobody""#,
            "id pr",
        ],
    ),
    users(
        "filter/times_of_the_server_are_instants",
        &[
            r#"meta.created gt "2024-03-05T10:00:09.123Z""#,
            r#"meta.created le "2024-03-05T12:00:09.123+02:00""#,
            r#"meta.lastModified gt "2024-03-05T10:00:50Z""#,
            r#"meta.created eq "2024-03-05T10:00:05.123Z""#,
            r#"meta.created lt "2024-03-05T10:00:05.1231Z""#,
            r#"not (meta.lastModified lt "2024-03-05T10:00:30Z")"#,
            "meta.created pr",
        ],
    ),
    users(
        "filter/resource_types_are_what_they_are",
        &[
            r#"meta.resourceType eq "User""#,
            r#"meta.resourceType eq "user""#,
            r#"meta.resourceType eq "Group""#,
            r#"meta.resourceType ne "Group""#,
        ],
    ),
    users(
        "filter/schemas_are_known_in_any_case",
        &[
            r#"schemas eq "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User""#,
            r#"schemas eq "URN:ietf:params:scim:schemas:extension:ENTERPRISE:2.0:user""#,
            r#"not (schemas eq "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User")"#,
            r#"schemas eq "urn:ietf:params:scim:schemas:core:2.0:User""#,
            r#"schemas eq "urn:ietf:params:scim:schemas:core:2.0:Group""#,
        ],
    ),
    users(
        "filter/attributes_of_extensions_are_found_by_their_urn",
        &[
            r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "tour operations""#,
            r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq "26118915""#,
            r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.displayName co "smith""#,
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:costCenter pr",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User pr",
            "not (urn:ietf:params:scim:schemas:extension:enterprise:2.0:User pr)",
            "urn:example:scim:schemas:extension:conformance:1.0:User:creditLimit gt 50",
        ],
    ),
];
