//! Values in canonical form (RFC 7643 §2.3–§2.5).

use scim_core::{Attribute, Compat, Kind, Mutability, Returned};
use serde_json::{Map, Value};

use crate::{
    Issue, Place, Report, Rule, Secrets,
    element::{is_hollow, keep_one_primary, merge_equal},
    scalar,
};

/// A walk that brings values into the canonical form of their attributes: types coerced where
/// [`Compat`] says so, canonical names, nothing null or empty, equal elements merged. It goes on
/// after a problem, so that its report names all of them.
#[derive(Debug)]
pub struct Canon<'a> {
    compat: &'a Compat,
    read_only: ReadOnly,
    judging: bool,
    report: Report,
    dropped: Vec<Issue>,
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
    /// What was left out because no schema knows it.
    pub dropped: Vec<Issue>,
    /// The values of attributes that are never returned.
    pub secrets: Secrets,
}

/// The attributes that the members of an object can name.
pub(crate) trait Level {
    fn attribute(&self, name: &str) -> Option<&Attribute>;
    fn is_relation(&self, attribute: &Attribute) -> bool;
}

impl Level for Attribute {
    fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.sub_attribute(name)
    }

    fn is_relation(&self, _: &Attribute) -> bool {
        false
    }
}

/// What becomes of a member of an object.
enum Fate {
    Keep,
    Rename(String),
    Remove,
}

impl<'a> Canon<'a> {
    /// A walk that judges what it sees.
    pub fn new(compat: &'a Compat, read_only: ReadOnly) -> Self {
        Self {
            compat,
            read_only,
            judging: true,
            report: Report::default(),
            dropped: Vec::new(),
            secrets: Secrets::default(),
        }
    }

    /// A walk that keeps what it cannot bring into form.
    pub(crate) fn trusting() -> Self {
        Self { judging: false, ..Self::new(&Compat::INTEROP, ReadOnly::Keep) }
    }

    /// What was found.
    pub fn into_findings(self) -> Findings {
        Findings { report: self.report, dropped: self.dropped, secrets: self.secrets }
    }

    /// Reports a problem. Whether the value stays: it does when nobody judges.
    pub fn refuse(&mut self, place: Place<'_>, rule: Rule) -> bool {
        if self.judging {
            self.report.push(place.to_string(), rule);
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
    pub fn shape_single(&self, attribute: &Attribute, value: &mut Value) {
        if self.compat.bare_complex_values {
            unwrap_single(value);
            wrap_bare(attribute, value);
        }
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
        let problems = self.report.issues().len();
        let held = self.value(attribute, element, place);
        if !held && self.report.issues().len() == problems && !self.compat.drop_empty_entries {
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
            Ok(()) => true,
            Err(rule) => self.refuse(place, rule),
        }
    }

    /// Brings the members of an object into canonical form; whether there are any.
    pub(crate) fn object<L: Level>(
        &mut self,
        level: &L,
        object: &mut Map<String, Value>,
        place: Place<'_>,
    ) -> bool {
        let held = object.values().any(|value| !value.is_null());
        let (problems, unknown) = (self.report.issues().len(), self.dropped.len());
        self.members(object, |walk, name, value| match level.attribute(name) {
            Some(attribute) => {
                let kept = walk.member(
                    attribute,
                    level.is_relation(attribute),
                    value,
                    place.name(attribute.name.as_str()),
                );
                fate(kept, attribute, name)
            }
            None => walk.unknown(place.name(name)),
        });
        let emptied = held && object.is_empty() && self.dropped.len() > unknown;
        if emptied && self.report.issues().len() == problems {
            return self.refuse(place, Rule::NothingKnown);
        }
        !object.is_empty()
    }

    fn members(
        &mut self,
        object: &mut Map<String, Value>,
        mut decide: impl FnMut(&mut Self, &str, &mut Value) -> Fate,
    ) {
        let mut changes = Vec::new();
        for (name, value) in object.iter_mut() {
            match decide(self, name, value) {
                Fate::Keep => {}
                change => changes.push((name.clone(), change)),
            }
        }
        for (name, change) in changes {
            let value = object.remove(&name);
            if let (Fate::Rename(canonical), Some(value)) = (change, value) {
                object.insert(canonical, value);
            }
        }
    }

    /// A member that a schema knows; whether it stays in the object.
    pub(crate) fn member(
        &mut self,
        attribute: &Attribute,
        relation: bool,
        value: &mut Value,
        place: Place<'_>,
    ) -> bool {
        if attribute.mutability == Mutability::ReadOnly {
            match self.read_only {
                ReadOnly::Drop => return false,
                ReadOnly::Refuse => return self.refuse(place, Rule::ReadOnly),
                ReadOnly::Keep => {}
            }
        }
        let held = self.values(attribute, relation, value, place);
        if is_secret(attribute) {
            let secret = if held { value.take() } else { Value::Null };
            self.secrets.set(&place.to_string(), secret);
            return false;
        }
        held
    }

    fn unknown(&mut self, place: Place<'_>) -> Fate {
        if !self.judging {
            return Fate::Keep;
        }
        if self.compat.drop_unknown {
            self.drop_unknown(place);
        } else {
            self.refuse(place, Rule::Unknown);
        }
        Fate::Remove
    }

    /// Whether a value means that there is none (RFC 7643 §2.5).
    pub fn is_unassigned(&self, value: &Value) -> bool {
        match value {
            Value::Null => true,
            Value::String(text) => text.is_empty() && self.compat.empty_strings_clear,
            _ => false,
        }
    }

    /// Remembers that something was left out.
    pub fn drop_unknown(&mut self, place: Place<'_>) {
        self.dropped.push(Issue { path: place.to_string(), rule: Rule::Unknown });
    }

    pub(crate) fn is_judging(&self) -> bool {
        self.judging
    }

    pub(crate) fn compat(&self) -> &'a Compat {
        self.compat
    }
}

fn fate(kept: bool, attribute: &Attribute, name: &str) -> Fate {
    match kept {
        false => Fate::Remove,
        true if attribute.name.as_str() == name => Fate::Keep,
        true => Fate::Rename(attribute.name.to_string()),
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
pub fn wrap_bare(attribute: &Attribute, value: &mut Value) {
    let bare = matches!(value, Value::String(text) if !text.is_empty())
        || value.is_number()
        || value.is_boolean();
    if bare && attribute.kind == Kind::Complex && attribute.sub_attribute("value").is_some() {
        let object = Map::from_iter([("value".to_owned(), value.take())]);
        *value = Value::Object(object);
    }
}
