//! Changes of a relation that do not need the relation.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    fmt,
};

use scim_filter::Checked;
use serde_json::Value;

use crate::budget::terms;

/// A change of a relation's members, told apart by their `value`:
/// (`clear` ? ∅ : members ∖ `remove` ∖ those that `remove_where` selects) ∪ `add`.
///
/// Members are one and the same if their `value` is: a member of `add` that is there already
/// stays, with all that it holds, also if it would have gone otherwise. So a list that is replaced
/// by its own members does not change.
///
/// ```
/// use scim_patch::Delta;
/// use serde_json::json;
///
/// let mut members = vec![json!({"value": "a"}), json!({"value": "b"})];
/// assert!(Delta::replace([json!({"value": "b"}), json!({"value": "c"})]).apply_to(&mut members));
/// assert_eq!(members, [json!({"value": "b"}), json!({"value": "c"})]);
/// ```
#[derive(Clone, Default, PartialEq)]
pub struct Delta {
    /// Whether all earlier members go.
    pub clear: bool,
    /// Filters over single members; those that fulfil one of them go.
    pub remove_where: Vec<Checked>,
    /// The `value` of members that go.
    pub remove: BTreeSet<String>,
    /// The members that are there in the end, by their `value`.
    pub add: BTreeMap<String, Value>,
}

impl Delta {
    /// All members become these. Elements without `value` are left out.
    pub fn replace(elements: impl IntoIterator<Item = Value>) -> Self {
        let mut delta = Self { clear: true, ..Self::default() };
        elements.into_iter().for_each(|element| delta.add(element));
        delta
    }

    /// Whether it changes nothing, whatever the members are.
    pub fn is_empty(&self) -> bool {
        !self.clear && self.remove_where.is_empty() && self.remove.is_empty() && self.add.is_empty()
    }

    /// Changes the members of a document; whether any came or went. Members that stay keep their
    /// order and all that they hold.
    pub fn apply_to(&self, members: &mut Vec<Value>) -> bool {
        let (gone, fresh) = self.outcome(members);
        if gone.is_empty() && fresh.is_empty() {
            return false;
        }
        remove_all(members, &gone);
        members.extend(fresh.into_iter().cloned());
        true
    }

    /// How many terms the filters have.
    pub(crate) fn terms(&self) -> usize {
        self.remove_where.iter().map(terms).sum()
    }

    /// What comes of it: the positions of the members that go, in order, and the members that come.
    /// One look at each member.
    pub(crate) fn outcome(&self, members: &[Value]) -> (Vec<usize>, Vec<&Value>) {
        let (removed, added) = (self.remove.iter(), self.add.keys());
        let named = Texts::new(removed.clone().chain(added.clone()));
        let (removed, added) = (Texts::new(removed), Texts::new(added));
        let all = self.clear || !self.remove_where.is_empty();
        let mut gone = Vec::new();
        let mut there: HashSet<&str> = HashSet::new();
        for (at, member) in members.iter().enumerate() {
            let value = value_of(member);
            // Of most members nothing is said.
            if !all && !value.is_some_and(|value| named.contains(value)) {
                continue;
            }
            if let Some(value) = value.filter(|value| added.contains(value)) {
                there.insert(value);
            } else if self.clear
                || value.is_some_and(|value| removed.contains(value))
                || self.is_selected(member)
            {
                gone.push(at);
            }
        }
        let fresh = self.add.iter().filter(|(value, _)| !there.contains(value.as_str()));
        (gone, fresh.map(|(_, member)| member).collect())
    }

    fn is_selected(&self, member: &Value) -> bool {
        self.remove_where.iter().any(|filter| filter.matches(member))
    }

    /// Adds a member, unless it is among those added already.
    pub(crate) fn add(&mut self, member: Value) {
        let Some(value) = value_of(&member).map(str::to_owned) else { return };
        self.remove.remove(&value);
        self.add.entry(value).or_insert(member);
    }

    /// Removes a member.
    pub(crate) fn remove(&mut self, value: &str) {
        self.add.remove(value);
        if !self.clear {
            self.remove.insert(value.to_owned());
        }
    }

    /// Removes the members that fulfil a filter, which decides alike for members in the relation
    /// and for those in `add`.
    pub(crate) fn remove_where(&mut self, filter: &Checked) {
        self.add.retain(|_, member| !filter.matches(member));
        if !self.clear {
            self.remove_where.push(filter.clone());
        }
    }
}

/// Texts to be recognised: a few are held against each, many are hashed.
enum Texts<'d> {
    Few(Vec<&'d str>),
    Many(HashSet<&'d str>),
}

impl<'d> Texts<'d> {
    fn new(texts: impl Iterator<Item = &'d String>) -> Self {
        const FEW: usize = 4;
        let texts: Vec<&str> = texts.map(String::as_str).collect();
        if texts.len() > FEW { Self::Many(texts.into_iter().collect()) } else { Self::Few(texts) }
    }

    #[inline]
    fn contains(&self, text: &str) -> bool {
        match self {
            Self::Few(texts) => texts.iter().any(|known| same(known, text)),
            Self::Many(texts) => texts.contains(text),
        }
    }
}

/// Most texts differ in their first bytes, which is seen sooner than by comparing all.
fn same(one: &str, other: &str) -> bool {
    one.as_bytes().first_chunk::<8>() == other.as_bytes().first_chunk::<8>() && one == other
}

/// The text that tells a member from others.
pub(crate) fn value_of(member: &Value) -> Option<&str> {
    let object = member.as_object()?;
    // Where names are in order it is the last, and found without a search.
    let value = match object.iter().next_back() {
        Some((name, value)) if name == "value" => value,
        _ => object.get("value")?,
    };
    value.as_str()
}

fn remove_all(members: &mut Vec<Value>, gone: &[usize]) {
    let mut gone = gone.iter().peekable();
    let mut at = 0;
    members.retain(|_| {
        let goes = gone.next_if(|gone| **gone == at).is_some();
        at += 1;
        !goes
    });
}

/// Without the members.
impl fmt::Debug for Delta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delta")
            .field("clear", &self.clear)
            .field("remove_where", &self.remove_where.len())
            .field("remove", &self.remove.len())
            .field("add", &self.add.len())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::value_of;

    #[test]
    fn members_are_told_apart_by_their_value_wherever_it_stands() {
        for (member, value) in [
            (json!({"type": "User", "value": "a"}), Some("a")),
            (json!({"value": "a", "zone": "b"}), Some("a")),
            (json!({"type": "User"}), None),
            (json!({"value": 1}), None),
            (json!("a"), None),
        ] {
            assert_eq!(value_of(&member), value);
        }
    }
}
