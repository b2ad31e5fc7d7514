//! The catalogue, attribute by attribute, beside what the RFCs and their errata say.
//!
//! `characteristics.txt` has a line for each attribute: its path, its type (`[]` for a list), and
//! what differs from the defaults of RFC 7643 §2.2. Where the printed schemas contradict the text
//! or an erratum repairs them, it follows these:
//!
//! - `displayName` of groups is required (RFC 7643 §4.2);
//! - what holds an id or a URI counts its case: `groups.value`, `members.value`, `manager.value`,
//!   all references (RFC 7643 §2.3.7, §3.1);
//! - no complex attribute is unique (RFC 7643 §2.3.8);
//! - certificates are binary, so their case counts (RFC 7643 §2.3.6);
//! - `ims.type` can be `other`, and `addresses` has `primary` (RFC 7643 §2.4, §4.1.2);
//! - `schemaExtensions` may be left out (RFC 7643 §6);
//! - `id` and `meta` stand in no schema (RFC 7643 §3.1).

use std::collections::BTreeMap;

use scim_core::{Attribute, Mutability, Returned, Uniqueness, common_attributes};
use scim_schema::catalog;
use serde::Serialize;

const KNOWN: &str = include_str!("../characteristics.txt");

/// RFC 7643 §2.2, RFC 7643 §2.3.8, RFC 7643 §3.1, RFC 7643 §4.1, RFC 7643 §4.1.1, RFC 7643 §4.1.2,
/// RFC 7643 §4.2, RFC 7643 §4.3, RFC 7643 §5, RFC 7643 §6, RFC 7643 §7, RFC 7643 §8.7,
/// RFC 9865 §4
#[test]
fn every_attribute_has_the_characteristics_that_the_rfcs_give_it() {
    let known: BTreeMap<&str, Vec<&str>> = KNOWN
        .split("\n\n")
        .filter_map(|schema| schema.trim().strip_prefix('[')?.split_once("]\n"))
        .map(|(name, lines)| (name, lines.lines().collect()))
        .collect();
    let schemas = [
        catalog::user_schema(),
        catalog::group_schema(),
        catalog::enterprise(),
        catalog::service_provider_config(),
        catalog::resource_type(),
        catalog::schema(),
    ];
    let schemas = schemas.iter().map(|schema| (schema.id.as_str(), schema.attributes.as_slice()));
    let all: Vec<_> = schemas.chain([("common", common_attributes())]).collect();
    assert_eq!(all.len(), known.len());
    for (name, attributes) in all {
        let mut lines = Vec::new();
        describe("", attributes, &mut lines);
        assert_eq!(lines, known[name], "{name}");
    }
}

/// RFC 7643 §1.1, RFC 7643 §2.1
#[test]
fn names_and_words_have_no_quotes() {
    for schema in [catalog::user_schema(), catalog::enterprise(), catalog::group_schema()] {
        let written = serde_json::to_string(&schema.attributes).unwrap();
        let words = schema.attributes.iter().flat_map(|one| {
            let parts = one.sub_attributes.iter().flat_map(|sub| &sub.canonical_values);
            one.canonical_values.iter().chain(parts)
        });
        assert!(words.into_iter().all(|word| word.chars().all(|c| c.is_ascii_alphanumeric())));
        assert!(!written.contains("\\\""), "{}", schema.id);
    }
}

fn describe(parent: &str, attributes: &[Attribute], lines: &mut Vec<String>) {
    for attribute in attributes {
        let path = format!("{parent}{}", attribute.name);
        lines.push(line(&path, attribute));
        describe(&format!("{path}."), &attribute.sub_attributes, lines);
    }
}

fn line(path: &str, attribute: &Attribute) -> String {
    let list = if attribute.multi_valued { "[]" } else { "" };
    let mut words = vec![path.to_owned(), format!("{}{list}", word(&attribute.kind))];
    let mut add = |differs: bool, word: String| words.extend(differs.then_some(word));
    add(attribute.required, "required".to_owned());
    add(attribute.case_exact, "exact".to_owned());
    add(attribute.mutability != Mutability::ReadWrite, word(&attribute.mutability));
    let returned = word(&attribute.returned);
    add(attribute.returned != Returned::Default, format!("returned={returned}"));
    let uniqueness = word(&attribute.uniqueness);
    add(attribute.uniqueness != Uniqueness::None, format!("unique={uniqueness}"));
    let (canonical, refers) = (&attribute.canonical_values, &attribute.reference_types);
    add(!canonical.is_empty(), format!("canonical={}", canonical.join(",")));
    add(!refers.is_empty(), format!("refers={}", refers.join(",")));
    words.join(" ")
}

/// A keyword as it is published.
fn word(keyword: &impl Serialize) -> String {
    serde_json::to_value(keyword).unwrap().as_str().unwrap().to_owned()
}
