//! The members of objects: names in any case, unknown ones, secrets.

use scim_core::{Attribute, Kind, Mutability};
use serde_json::{Map, Value};

use super::{Canon, ReadOnly, is_secret};
use crate::{
    Place, Rule,
    constraint::{self, Verdict},
    scalar,
};

/// How much has been found so far.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Tally {
    problems: usize,
    dropped: usize,
    reported: usize,
    secrets: usize,
}

/// What becomes of a member of an object.
pub(crate) enum Fate {
    Keep,
    Rename(String),
    Remove,
}

impl Canon<'_> {
    /// Brings the members of an object into canonical form; whether there are any.
    pub(super) fn object(
        &mut self,
        attribute: &Attribute,
        object: &mut Map<String, Value>,
        place: Place<'_>,
    ) -> bool {
        self.members(object, place, |walk, name, value| {
            // Most names are spelt as the schema spells them.
            let mut parts = attribute.sub_attributes.iter();
            if let Some(sub) = parts.find(|sub| sub.name.as_str() == name) {
                let kept =
                    walk.has_form(sub, value) || walk.member(sub, false, value, place.name(name));
                return if kept { Fate::Keep } else { Fate::Remove };
            }
            match attribute.sub_attribute(name) {
                Some(sub) => {
                    let kept = walk.member(sub, false, value, place.name(sub.name.as_str()));
                    fate(kept, false, sub.name.as_str())
                }
                None => walk.unknown(value, place.foreign(name)),
            }
        })
    }

    /// Walks the members of an object; whether any are left. An object that held something must
    /// not be emptied by leaving out what is unknown.
    pub(crate) fn members(
        &mut self,
        object: &mut Map<String, Value>,
        place: Place<'_>,
        mut decide: impl FnMut(&mut Self, &str, &mut Value) -> Fate,
    ) -> bool {
        let before = self.tally();
        // Most objects stay as they are, and need not be rebuilt.
        let mut changed: Vec<(usize, Option<String>)> = Vec::new();
        for (at, (name, value)) in object.iter_mut().enumerate() {
            match decide(self, name, value) {
                Fate::Keep => {}
                Fate::Remove => changed.push((at, None)),
                Fate::Rename(canonical) => changed.push((at, Some(canonical))),
            }
        }
        if !changed.is_empty() {
            self.change(object, changed, place);
        }
        if self.dropped.count() > before.dropped && self.is_emptied(object, place, before) {
            return self.refuse(place, Rule::NothingKnown);
        }
        !object.is_empty()
    }

    /// Removes and renames members, by their positions.
    fn change(
        &mut self,
        object: &mut Map<String, Value>,
        changed: Vec<(usize, Option<String>)>,
        place: Place<'_>,
    ) {
        let mut renamed: Vec<(String, Value)> = Vec::new();
        let mut changed = changed.into_iter().peekable();
        let mut at = 0;
        object.retain(|_, value| {
            let change = changed.next_if(|(position, _)| *position == at);
            at += 1;
            let is_kept = change.is_none();
            if let Some((_, Some(canonical))) = change {
                renamed.push((canonical, value.take()));
            }
            is_kept
        });
        for (name, value) in renamed {
            if object.contains_key(&name) {
                self.refuse(place.name(&name), Rule::Repeated);
            } else {
                object.insert(name, value);
            }
        }
    }

    /// Whether nothing is left, and nothing but unknown members was there. `schemas` says nothing
    /// of the resource itself.
    fn is_emptied(&self, object: &Map<String, Value>, place: Place<'_>, before: Tally) -> bool {
        let is_silent = |name: &String| place.is_root() && name == "schemas";
        let unsaid = Tally { dropped: self.dropped.count(), ..before } == self.tally();
        unsaid && object.keys().all(is_silent)
    }

    pub(super) fn tally(&self) -> Tally {
        Tally {
            problems: self.report.count(),
            dropped: self.dropped.count(),
            reported: self.reported.count(),
            secrets: self.secrets.len(),
        }
    }

    /// Whether a value is in canonical form as it stands, and nothing is to be said of it. Most are:
    /// it answers for a text or a boolean, and for the rest there is [`Canon::member`].
    #[inline]
    pub(crate) fn has_form(&self, attribute: &Attribute, value: &Value) -> bool {
        let is_typed = match value {
            Value::String(text) => {
                matches!(attribute.kind, Kind::String | Kind::Reference)
                    && !text.is_empty()
                    && !scalar::has_nul(text)
            }
            Value::Bool(_) => attribute.kind == Kind::Boolean,
            _ => false,
        };
        is_typed
            && !attribute.multi_valued
            && attribute.mutability != Mutability::ReadOnly
            && !is_secret(attribute)
            && attribute.constraints.as_ref().is_none_or(|constraints| {
                matches!(constraint::judge(attribute, constraints, value), Verdict::Fits)
            })
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

    /// A member that no schema knows.
    pub(crate) fn unknown(&mut self, value: &Value, place: Place<'_>) -> Fate {
        if !self.judging {
            return Fate::Keep;
        }
        if !self.compat.drop_unknown {
            self.refuse(place, Rule::Unknown);
        } else if !self.is_unassigned(value) {
            self.drop_unknown(place);
        }
        Fate::Remove
    }
}

/// A member that stays gets its canonical name, if it is not spelt so already.
pub(crate) fn fate(kept: bool, spelt_so: bool, canonical: &str) -> Fate {
    match (kept, spelt_so) {
        (false, _) => Fate::Remove,
        (true, true) => Fate::Keep,
        (true, false) => Fate::Rename(canonical.to_owned()),
    }
}
