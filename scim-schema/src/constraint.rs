//! Values held against what a server asks of them beyond their type.

use scim_core::{Allowed, Attribute, Breach, Constraints, Formats};
use scim_filter::Key;
use serde_json::Value;

use crate::{Rule, format};

/// What becomes of a value.
pub(crate) enum Verdict {
    Fits,
    /// It stays, and the caller is told.
    Report(Rule),
    /// It goes, and the caller is told.
    Unset(Rule),
    Refuse(Rule),
}

/// Judges a value of its attribute's type.
pub(crate) fn judge(attribute: &Attribute, constraints: &Constraints, value: &Value) -> Verdict {
    if let Some(rule) = breach(attribute, constraints, value) {
        return match constraints.breach {
            Breach::Unset => Verdict::Unset(rule),
            _ => Verdict::Refuse(rule),
        };
    }
    let Value::String(text) = value else { return Verdict::Fits };
    if constraints.formats == Formats::Accept {
        return Verdict::Fits;
    }
    match misfit(attribute, constraints, text) {
        None => Verdict::Fits,
        Some(rule) if constraints.formats == Formats::Refuse => Verdict::Refuse(rule),
        Some(rule) => Verdict::Report(rule),
    }
}

fn breach(attribute: &Attribute, constraints: &Constraints, value: &Value) -> Option<Rule> {
    match value {
        Value::String(text) => {
            if let Some(most) = constraints.max_length
                && text.len() > most
                && text.chars().count() > most
            {
                return Some(Rule::TooLong(most));
            }
            let allowed = constraints.allowed.as_ref();
            allowed.is_some_and(|allowed| !is_allowed(allowed, text)).then_some(Rule::NotAllowed)
        }
        Value::Number(_) => {
            let key = Key::of(value, attribute.kind, false);
            let bound = |bound: &Option<_>| bound.as_ref().and_then(Key::number);
            if bound(&constraints.min).is_some_and(|min| key < Some(min)) {
                Some(Rule::TooLow)
            } else if bound(&constraints.max).is_some_and(|max| key > Some(max)) {
                Some(Rule::TooHigh)
            } else {
                None
            }
        }
        _ => None,
    }
}

fn is_allowed(allowed: &Allowed, text: &str) -> bool {
    let folds_to = |key: &Key| allowed.values.iter().any(|value| Key::text(value, false) == *key);
    allowed.values.contains(text) || !allowed.case_exact && folds_to(&Key::text(text, false))
}

/// What is wrong with the form of a text.
fn misfit(attribute: &Attribute, constraints: &Constraints, text: &str) -> Option<Rule> {
    let listed = &attribute.canonical_values;
    let is_listed = listed.is_empty()
        || listed.iter().any(|value| value == text)
        || !attribute.case_exact && listed.iter().any(|value| value.eq_ignore_ascii_case(text));
    if !is_listed {
        return Some(Rule::NotCanonical);
    }
    let format = constraints.format?;
    (!format::fits(format, text)).then(|| Rule::Format(format::description(format)))
}
