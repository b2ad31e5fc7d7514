//! The forms that RFC 7643 §4.1 gives to values.

mod certificate;
mod country;
mod date;
mod language;
mod mailbox;
mod phone;
mod uri;
mod zone;

use scim_core::{Format, Kind, SchemaUri};

/// The format that an attribute has by its name and type.
pub(crate) fn of(schema: &SchemaUri, name: &str, sub: Option<&str>, kind: Kind) -> Option<Format> {
    if kind == Kind::Reference {
        return Some(Format::Uri);
    }
    if *schema != SchemaUri::USER {
        return None;
    }
    match (name, sub, kind) {
        ("preferredLanguage", None, Kind::String) => Some(Format::AcceptLanguage),
        ("locale", None, Kind::String) => Some(Format::Language),
        ("timezone", None, Kind::String) => Some(Format::TimeZone),
        ("emails", Some("value"), Kind::String) => Some(Format::Email),
        ("phoneNumbers", Some("value"), Kind::String) => Some(Format::Phone),
        ("addresses", Some("country"), Kind::String) => Some(Format::Country),
        ("x509Certificates", Some("value"), Kind::Binary) => Some(Format::Certificate),
        _ => None,
    }
}

/// Whether a text has a format.
pub(crate) fn fits(format: Format, text: &str) -> bool {
    match format {
        Format::Language => language::is_tag(text),
        Format::AcceptLanguage => language::is_accepted(text),
        Format::TimeZone => zone::is_zone(text),
        Format::Phone => phone::is_phone(text),
        Format::Email => mailbox::is_mailbox(text),
        Format::Country => country::is_country(text),
        Format::Certificate => certificate::is_certificate(text),
        Format::Uri => uri::is_reference(text),
        Format::Date => date::is_date(text),
        _ => true,
    }
}

/// What a format is called.
pub(crate) fn description(format: Format) -> &'static str {
    match format {
        Format::Language => "a language tag",
        Format::AcceptLanguage => "a list of languages as in `Accept-Language`",
        Format::TimeZone => "the name of an IANA time zone",
        Format::Phone => "a telephone number",
        Format::Email => "an e-mail address",
        Format::Country => "a country code of two letters",
        Format::Certificate => "one certificate in DER",
        Format::Uri => "a URI",
        Format::Date => "a day as YYYY-MM-DD",
        _ => "of another form",
    }
}

#[cfg(test)]
mod tests;
