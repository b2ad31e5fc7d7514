//! Elements of long lists found by their value.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
};

use scim_core::{Attribute, Kind};
use scim_filter::Key;
use scim_schema::Identity;
use serde_json::Value;

use crate::plan::Slot;

/// Positions of elements by the key of their `value`, of those that will be looked for. Entries
/// can be out of date: whoever looks one up holds it against the element.
pub(super) struct Index {
    buckets: HashMap<u64, Vec<usize>>,
}

impl Index {
    /// An index that will be asked for these buckets alone.
    pub(super) fn new(buckets: impl Iterator<Item = u64>) -> Self {
        Self { buckets: buckets.map(|bucket| (bucket, Vec::new())).collect() }
    }

    pub(super) fn insert(&mut self, slot: &Slot, at: usize, element: &Value) {
        if let Some(positions) = self.buckets.get_mut(&Self::bucket(slot, element)) {
            positions.push(at);
        }
    }

    /// Where an element with the same `value` could be, in order.
    pub(super) fn like(&self, slot: &Slot, element: &Value) -> Vec<usize> {
        self.at(Self::bucket(slot, element))
    }

    /// Where an element could be whose `value` has this key.
    pub(super) fn of_key(&self, key: &Key) -> Vec<usize> {
        self.at(Self::bucket_of_key(key))
    }

    fn at(&self, bucket: u64) -> Vec<usize> {
        let mut found = self.buckets.get(&bucket).cloned().unwrap_or_default();
        found.sort_unstable();
        found.dedup();
        found
    }

    pub(super) fn bucket_of_key(key: &Key) -> u64 {
        hash(key.as_str())
    }

    /// The bucket of the key that the `value` of an element has.
    pub(super) fn bucket(slot: &Slot, element: &Value) -> u64 {
        let attribute = &slot.attribute;
        let own = match element {
            Value::Object(object) => attribute.sub_attribute("value").zip(object.get("value")),
            simple => Some((attribute, simple)),
        };
        let own = own.and_then(|(attribute, value)| bucket_of(attribute, value));
        own.unwrap_or_else(|| hash(Identity::of(attribute, slot.relation, element)))
    }
}

/// The bucket of a value's key, which is not made where the value is its own.
fn bucket_of(attribute: &Attribute, value: &Value) -> Option<u64> {
    let is_folded = |text: &str| text.bytes().all(|b| b.is_ascii() && !b.is_ascii_uppercase());
    match (attribute.kind, value) {
        (Kind::String | Kind::Reference, Value::String(text))
            if attribute.case_exact || is_folded(text) =>
        {
            Some(hash(text.as_str()))
        }
        (kind, value) => Key::of(value, kind, attribute.case_exact).map(|key| hash(key.as_str())),
    }
}

fn hash(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
