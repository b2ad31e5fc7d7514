use super::*;

#[track_caller]
fn check(format: Format, good: &[&str], bad: &[&str]) {
    for text in good {
        assert!(fits(format, text), "{text:?} is {}", description(format));
    }
    for text in bad {
        assert!(!fits(format, text), "{text:?} is not {}", description(format));
    }
}

/// RFC 7643 §4.1.1
#[test]
fn a_locale_is_a_language_tag_and_may_have_underscores() {
    let good = [
        "en",
        "en-US",
        "en_US",
        "fr-FR",
        "zh-Hant-TW",
        "de-CH-1996",
        "sl-rozaj-biske",
        "de-DE-u-co-phonebk",
        "x-whatever",
        "i-klingon",
        "es-419",
    ];
    let bad = [
        "",
        "english us",
        "e",
        "en-",
        "-en",
        "en--US",
        "en-u",
        "x",
        "en-toolongsubtag",
        "en-a-b",
        "12",
        "en US",
        "en-ÜS",
    ];
    check(Format::Language, &good, &bad);
}

/// RFC 7643 §4.1.1
#[test]
fn a_preferred_language_is_written_as_in_accept_language() {
    let good = ["en-US", "en-US,fr;q=0.5", "*", "da, en-gb;q=0.8, en;q=0.7", "en ; q=1.000"];
    let bad = ["", "en_US", "en;q=2", "en;q=0.1234", "en;q", "en;w=1", "en,,fr", "en;q=1.5"];
    check(Format::AcceptLanguage, &good, &bad);
}

/// RFC 7643 §4.1.1
#[test]
fn a_time_zone_is_one_of_the_database() {
    let good = ["America/Los_Angeles", "UTC", "Etc/GMT+8", "america/los_angeles", "Asia/Kolkata"];
    check(Format::TimeZone, &good, &["", "PST8 foo", "Pacific Standard Time", "Mars/Olympus"]);
}

/// RFC 7643 §4.1.2
#[test]
fn a_telephone_number_may_be_a_uri_or_what_people_write() {
    let good = [
        "tel:+1-201-555-0123",
        "555-555-5555",
        "+1 (201) 555 0123",
        "TEL:112",
        "tel:7042;phone-context=example.com",
        "201.555.0123 x42",
        "2015550123 ext. 7",
        "+49/30/1",
    ];
    let bad = ["", "call me", "tel:", "1", "555 x", "555-CALL", "+", "five"];
    check(Format::Phone, &good, &bad);
}

/// RFC 7643 §4.1.2
#[test]
fn an_e_mail_address_is_a_mailbox() {
    let good = [
        "bjensen@example.com",
        "a.b+c@x",
        "\"two words\"@example.com",
        "a@[192.0.2.1]",
        "jürgen@exämple.de",
        "o'neil@example.com",
    ];
    let long = format!("{}@example.com", "a".repeat(65));
    let bad = [
        "",
        "not an email",
        "a@",
        "@b",
        "a@b@",
        "a..b@c",
        "a b@c",
        "a@-b",
        "a@b..c",
        "\"a\"b\"@c",
        "a@[]",
        &long,
    ];
    check(Format::Email, &good, &bad);
}

/// RFC 7643 §4.1.2
#[test]
fn a_country_is_a_code_of_two_capital_letters() {
    check(
        Format::Country,
        &["US", "DE", "AX", "ZW", "AD", "GB"],
        &["", "USA", "us", "ZZ", "UK", "U"],
    );
}

/// RFC 7643 §4.1.2
#[test]
fn a_certificate_is_one_sequence_that_fills_its_text() {
    // A sequence of one byte, of 128 bytes, and of 256 bytes.
    let long = format!("MIGA{}", "A".repeat(171));
    let longer = format!("MIIBAA{}", "A".repeat(341));
    let chain = "MAEAMAEA";
    check(
        Format::Certificate,
        &["MAEA", "MAA=", "MAA", &long, &longer],
        &["", "AAAA", chain, "MAEB", "TQ=="].map(|text| if text == "MAEB" { "MAIB" } else { text }),
    );
}

/// RFC 7643 §2.3.7
#[test]
fn a_reference_is_a_uri_or_relative() {
    let good = [
        "https://example.com/a?b#c",
        "../Users/1",
        "Users/1",
        "urn:a:b",
        "",
        "//h/p",
        "a%20b",
        "mailto:a@b",
        "https://exämple.com/",
        "a/b:c",
        "?x:y",
        "http://[::1]/",
    ];
    let bad = ["http://exa mple", "a\"b", "100%", "%zz", "<a>", "1:a", ":a", "a\\b", "a\nb", "{x}"];
    check(Format::Uri, &good, &bad);
}

#[test]
fn a_day_is_one_of_the_calendar() {
    check(
        Format::Date,
        &["2011-05-13", "2024-02-29"],
        &["", "2011-5-13", "2023-02-29", "13.05.2011", "2011-05-13T00:00:00Z", "2011-05-1é"],
    );
}
