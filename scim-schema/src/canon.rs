//! Values in canonical form (RFC 7643 §2.3–§2.5).

mod member;

use scim_core::{Attribute, Compat, Kind, Mutability, Returned};
use serde_json::{Map, Value};

use crate::{
    Issue, Place, Report, Rule, Secrets,
    constraint::{self, Verdict},
    element::{is_hollow, keep_one_primary, merge_equal},
    scalar,
};

pub(crate) use member::{Fate, fate};

/// A walk that brings values into the canonical form of their attributes: types coerced where
/// [`Compat`] says so, canonical names, nothing null or empty, equal elements merged. It goes on
/// after a problem, so that its report names all of them.
#[derive(Debug)]
pub struct Canon<'a> {
    compat: &'a Compat,
    read_only: ReadOnly,
    judging: bool,
    report: Report,
    dropped: Report,
    reported: Report,
    secrets: Secrets,
}

/// What becomes of values that clients cannot write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadOnly {
    /// They are left out (RFC 7644 §3.3, §3.5.1).
    Drop,
    /// They are a problem (RFC 7644 §3.5.2).
    Refuse,
    /// They stay.
    Keep,
}

/// What a walk found beside the values themselves.
#[derive(Debug, Default)]
pub struct Findings {
    /// All problems.
    pub report: Report,
    /// What was left out because no schema knows it; at most [`Report::KEPT`] of it.
    pub dropped: Vec<Issue>,
    /// What was kept though it lacks the form of its attribute, or left unset because it breaks a
    /// constraint that allows for that; at most [`Report::KEPT`].
    pub reported: Vec<Issue>,
    /// The values of attributes that are never returned.
    pub secrets: Secrets,
}

impl<'a> Canon<'a> {
    /// A walk that judges what it sees.
    pub fn new(compat: &'a Compat, read_only: ReadOnly) -> Self {
        Self {
            compat,
            read_only,
            judging: true,
            report: Report::default(),
            dropped: Report::default(),
            reported: Report::default(),
            secrets: Secrets::default(),
        }
    }

    /// A walk that keeps what it cannot bring into form. What a strict server has taken in, it
    /// does not touch: empty strings, and entries with nothing but a type.
    pub(crate) fn trusting() -> Self {
        const COMPAT: Compat = {
            let mut compat = Compat::INTEROP;
            compat.empty_strings_clear = false;
            compat.drop_empty_entries = false;
            compat
        };
        Self { judging: false, ..Self::new(&COMPAT, ReadOnly::Keep) }
    }

    /// What was found.
    pub fn into_findings(self) -> Findings {
        Findings {
            report: self.report,
            dropped: self.dropped.into_issues(),
            reported: self.reported.into_issues(),
            secrets: self.secrets,
        }
    }

    /// Reports a problem. Whether the value stays: it does when nobody judges.
    pub fn refuse(&mut self, place: Place<'_>, rule: Rule) -> bool {
        if self.judging {
            self.report.push(place, rule);
        }
        !self.judging
    }

    /// Brings all values of an attribute into canonical form; whether there are any. The elements
    /// of a relation are told apart by `value` alone.
    pub fn values(
        &mut self,
        attribute: &Attribute,
        relation: bool,
        value: &mut Value,
        place: Place<'_>,
    ) -> bool {
        if self.is_unassigned(value) {
            return false;
        }
        if attribute.multi_valued {
            return self.list(attribute, relation, value, place);
        }
        self.shape_single(attribute, value);
        self.value(attribute, value, place)
    }

    /// Takes the value of a singular attribute out of a list of one, and puts a bare value where
    /// an object belongs.
    #[inline]
    pub fn shape_single(&self, attribute: &Attribute, value: &mut Value) {
        let is_complex = attribute.kind == Kind::Complex;
        if (value.is_array() || is_complex && !value.is_object()) && self.compat.bare_complex_values
        {
            self.reshape(attribute, value);
        }
    }

    fn reshape(&self, attribute: &Attribute, value: &mut Value) {
        unwrap_single(value);
        while !self.judging && value.as_array().is_some_and(|elements| elements.len() < 2) {
            unwrap_single(value);
        }
        wrap_bare(attribute, value);
    }

    fn list(
        &mut self,
        attribute: &Attribute,
        relation: bool,
        value: &mut Value,
        place: Place<'_>,
    ) -> bool {
        if !value.is_array() && self.compat.wrap_single_values {
            *value = Value::Array(vec![value.take()]);
        }
        let Value::Array(elements) = value else {
            return self.refuse(place, Rule::Type("an array"));
        };
        let mut at = 0;
        elements.retain_mut(|element| {
            let place = place.index(at);
            at += 1;
            self.element(attribute, element, place) && (!relation || self.related(element, place))
        });
        if !keep_one_primary(elements, self.compat.first_primary_wins) {
            self.refuse(place, Rule::Primary);
        }
        merge_equal(attribute, relation, elements);
        !elements.is_empty()
    }

    /// What an element of a relation refers to is its `value`; the address is the server's to say.
    fn related(&mut self, element: &mut Value, place: Place<'_>) -> bool {
        let Value::Object(object) = element else { return true };
        if self.judging {
            object.remove("$ref");
        }
        object.contains_key("value") || self.refuse(place.name("value"), Rule::Required)
    }

    /// Brings one element of a list into canonical form; whether it holds anything.
    pub fn element(
        &mut self,
        attribute: &Attribute,
        element: &mut Value,
        place: Place<'_>,
    ) -> bool {
        if self.compat.wrap_single_values {
            wrap_bare(attribute, element);
        }
        let before = self.tally();
        let held = self.value(attribute, element, place);
        let is_refused = self.judging && !self.compat.drop_empty_entries;
        if !held && is_refused && self.tally() == before {
            return self.refuse(place, Rule::EmptyElement);
        }
        held && !(self.compat.drop_empty_entries && is_hollow(attribute, element))
    }

    /// Brings a single value into canonical form; whether it holds anything.
    pub fn value(&mut self, attribute: &Attribute, value: &mut Value, place: Place<'_>) -> bool {
        if self.is_unassigned(value) {
            return false;
        }
        if attribute.kind == Kind::Complex {
            return match value {
                Value::Object(object) => self.object(attribute, object, place),
                _ => self.refuse(place, Rule::Type("an object")),
            };
        }
        match scalar::canonical(attribute.kind, value, self.compat) {
            Ok(()) => match &attribute.constraints {
                Some(constraints) if self.judging => {
                    let verdict = constraint::judge(attribute, constraints, value);
                    self.carry_out(verdict, place)
                }
                _ => true,
            },
            Err(rule) => self.refuse(place, rule),
        }
    }

    /// Whether the value stays.
    fn carry_out(&mut self, verdict: Verdict, place: Place<'_>) -> bool {
        match verdict {
            Verdict::Fits => true,
            Verdict::Report(rule) => {
                self.reported.push(place, rule);
                true
            }
            Verdict::Unset(rule) => {
                self.reported.push(place, rule);
                false
            }
            Verdict::Refuse(rule) => self.refuse(place, rule),
        }
    }

    /// Whether a value means that there is none (RFC 7643 §2.5).
    pub fn is_unassigned(&self, value: &Value) -> bool {
        match value {
            Value::Null => true,
            Value::String(text) => text.is_empty() && self.compat.empty_strings_clear,
            Value::Array(elements) => !self.judging && elements.is_empty(),
            Value::Object(object) => !self.judging && object.is_empty(),
            _ => false,
        }
    }

    /// Remembers that something was left out.
    pub fn drop_unknown(&mut self, place: Place<'_>) {
        self.dropped.push(place, Rule::Unknown);
    }

    pub(crate) fn has_secret(&self, place: Place<'_>) -> bool {
        let path = place.to_string();
        self.secrets.iter().any(|secret| secret.path() == path && secret.text().is_some())
    }

    pub(crate) fn compat(&self) -> &'a Compat {
        self.compat
    }
}

/// Whether an attribute is kept apart from all that can be returned.
pub fn is_secret(attribute: &Attribute) -> bool {
    attribute.returned == Returned::Never || attribute.mutability == Mutability::WriteOnly
}

fn unwrap_single(value: &mut Value) {
    if let Value::Array(elements) = value
        && elements.len() <= 1
    {
        *value = elements.pop().unwrap_or(Value::Null);
    }
}

/// Puts a bare value where an object belongs under `value`.
#[inline]
pub fn wrap_bare(attribute: &Attribute, value: &mut Value) {
    if attribute.kind == Kind::Complex && !value.is_object() {
        wrap(attribute, value);
    }
}

fn wrap(attribute: &Attribute, value: &mut Value) {
    let bare = matches!(value, Value::String(text) if !text.is_empty())
        || value.is_number()
        || value.is_boolean();
    if bare && attribute.sub_attribute("value").is_some() {
        let object = Map::from_iter([("value".to_owned(), value.take())]);
        *value = Value::Object(object);
    }
}
