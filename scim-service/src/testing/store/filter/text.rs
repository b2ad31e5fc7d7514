//! Filters over text.

use super::over;
use crate::testing::store::{bench::Type, check::Check};

const fn users(name: &'static str, filters: &'static [&'static str]) -> Check {
    over(Type::User, name, filters)
}

pub(super) const CHECKS: &[Check] = &[
    users(
        "filter/equality_ignores_case",
        &[
            r#"userName eq "SWAPPED""#,
            r#"userName eq "mjensen""#,
            r#"title eq "tour guide""#,
            r#"displayName eq "babs jensen""#,
        ],
    ),
    users(
        "filter/equality_is_of_the_whole_value",
        &[
            r#"title eq "tour""#,
            r#"title eq "tour guide ""#,
            r#"title eq " tour guide""#,
            r#"title eq "guide""#,
            r#"title eq "100""#,
        ],
    ),
    users(
        "filter/equality_heeds_case_where_the_schema_says_so",
        &[
            r#"code eq "AbC""#,
            r#"code eq "abc""#,
            r#"code eq "ABC""#,
            r#"externalId eq "701984a""#,
            r#"externalId eq "701984A""#,
            r#"not (code eq "abc")"#,
        ],
    ),
    users(
        "filter/inequality_holds_where_there_is_no_value",
        &[
            r#"title ne "tour guide""#,
            r#"nickName ne "babs""#,
            r#"code ne "AbC""#,
            r#"creditLimit ne 100"#,
            r#"emails.type ne "work""#,
        ],
    ),
    users(
        "filter/presence_is_of_a_value",
        &[
            "title pr",
            "nickName pr",
            "externalId pr",
            "not (title pr)",
            "not (nickName pr)",
            "name.familyName pr",
            "not (name.givenName pr)",
        ],
    ),
    users(
        "filter/null_is_no_value",
        &[
            "title eq null",
            "title ne null",
            "emails eq null",
            "emails.type ne null",
            "creditLimit eq null",
            "not (nickName eq null)",
        ],
    ),
    users(
        "filter/empty_text_is_no_value",
        &[
            r#"nickName eq """#,
            r#"nickName co """#,
            r#"title sw """#,
            r#"title ew """#,
            r#"displayName ne """#,
            "displayName pr",
            r#"emails.value co """#,
        ],
    ),
    users(
        "filter/text_holds_a_part",
        &[
            r#"title co "guide""#,
            r#"userName co "JENSEN""#,
            r#"displayName co "s j""#,
            r#"code co "b""#,
            r#"code co "bC""#,
            r#"not (title co "o")"#,
        ],
    ),
    users(
        "filter/text_begins_with_a_part",
        &[
            r#"userName sw "B""#,
            r#"title sw "tour""#,
            r#"title sw "guide""#,
            r#"code sw "a""#,
            r#"code sw "A""#,
            r#"not (title sw "T")"#,
        ],
    ),
    users(
        "filter/text_ends_with_a_part",
        &[
            r#"userName ew "D""#,
            r#"title ew "guide""#,
            r#"title ew "tour""#,
            r#"code ew "C""#,
            r#"not (title ew "E")"#,
        ],
    ),
    users(
        "filter/wildcards_of_databases_are_ordinary_characters",
        &[
            r#"title co "%""#,
            r#"title eq "100%""#,
            r#"title sw "100%""#,
            r#"title ew "%""#,
            r#"title co "_""#,
            r#"title eq "a_b""#,
            r#"title sw "a_""#,
            r#"title ew "_b""#,
            r#"title co "*""#,
            r#"title co "?""#,
            r#"title co "[a-z]""#,
            r#"title sw "[""#,
        ],
    ),
    users(
        "filter/backslashes_are_ordinary_characters",
        &[
            r#"title co "\\""#,
            r#"title eq "a\\b""#,
            r#"title sw "a\\""#,
            r#"title ew "\\b""#,
            r#"title co "\\%""#,
            r#"title co "\\_""#,
        ],
    ),
    users(
        "filter/quotes_are_ordinary_characters",
        &[
            r#"title eq "O'Brien""#,
            r#"title co "'""#,
            r#"title sw "'""#,
            r#"title co "''""#,
            r#"title co "\"""#,
            r#"title eq "say \"hi\"""#,
            r#"title eq "'; DROP TABLE users; --""#,
        ],
    ),
    users(
        "filter/what_looks_like_a_query_is_text",
        &[
            r#"title co "$1""#,
            r#"title co "?1""#,
            r#"title co "{}""#,
            r#"title co "$.title""#,
            r#"title eq "true""#,
            r#"title eq "null""#,
            r#"title eq "0100""#,
            r#"title eq "100""#,
            r#"title ne "' OR '1'='1""#,
        ],
    ),
    users(
        "filter/blanks_and_line_breaks_count",
        &[
            r#"title sw " ""#,
            r#"title co "\n""#,
            r#"title eq "Tour\nGuide\t""#,
            r#"title eq "tour guide""#,
            r#"title ew "\t""#,
        ],
    ),
    users(
        "filter/sharp_s_is_two_letters",
        &[
            r#"displayName eq "strasse""#,
            r#"displayName eq "STRAẞE""#,
            r#"displayName co "ss""#,
            r#"displayName sw "straß""#,
            r#"displayName ew "sse""#,
            r#"displayName co "ßE 5""#,
        ],
    ),
    users(
        "filter/turkish_letters_are_others",
        &[
            r#"displayName eq "izmir""#,
            r#"displayName eq "IZMIR""#,
            r#"displayName eq "İzmir""#,
            r#"displayName eq "ızmir""#,
            r#"displayName ew "zmir""#,
            r#"displayName sw "i""#,
        ],
    ),
    users(
        "filter/combining_marks_belong_to_their_letter",
        &[
            "displayName eq \"ren\u{e9}e\"",
            "displayName eq \"RENE\u{301}E\"",
            r#"displayName eq "renee""#,
            "displayName co \"\u{c9}\"",
            r#"displayName sw "rene""#,
        ],
    ),
    users(
        "filter/wide_forms_are_the_same_letters",
        &[
            r#"displayName eq "ABC""#,
            "displayName eq \"\u{ff41}\u{ff42}\u{ff43}\"",
            r#"displayName co "bc""#,
            "displayName sw \"\u{ff21}\"",
        ],
    ),
    users(
        "filter/ligatures_are_several_letters",
        &[
            r#"displayName eq "office""#,
            r#"displayName co "ffi""#,
            "displayName eq \"O\u{fb03}CE\"",
        ],
    ),
    users(
        "filter/final_sigma_is_sigma",
        &[
            "displayName eq \"\u{3a3}\u{39f}\u{3a6}\u{38c}\u{3a3}\"",
            "displayName ew \"\u{3c2}\"",
            "displayName ew \"\u{3c3}\"",
            "displayName eq \"\u{416}\u{410}\u{41d}\u{41d}\u{410}\"",
        ],
    ),
    users(
        "filter/characters_beyond_the_basic_plane_are_one",
        &[
            "displayName sw \"\u{1f600}\"",
            "displayName co \"\u{1f600} s\"",
            "code eq \"\u{1f600}\"",
            "code gt \"\u{e000}\"",
            "code ge \"\u{1f600}\"",
            "code lt \"\u{1f600}\"",
        ],
    ),
    users(
        "filter/text_is_ordered_by_its_folded_characters",
        &[
            r#"userName gt "m""#,
            r#"userName ge "MJENSEN""#,
            r#"userName lt "Bjensen""#,
            r#"userName le "bjensen""#,
            r#"title gt "tour""#,
            r#"not (title gt "a")"#,
            r#"displayName lt "b""#,
        ],
    ),
    users(
        "filter/exact_text_is_ordered_by_its_characters",
        &[r#"code gt "Z""#, r#"code lt "a""#, r#"code ge "abc""#, r#"code le "AbC""#],
    ),
];
