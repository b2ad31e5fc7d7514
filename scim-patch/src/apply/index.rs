//! Elements of long lists found by their value.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
};

use scim_core::Attribute;
use scim_filter::Key;
use scim_schema::Identity;
use serde_json::Value;

use crate::plan::Slot;

/// Positions of elements by the key of their `value`. Entries can be out of date: whoever looks
/// one up holds it against the element.
pub(super) struct Index {
    buckets: HashMap<u64, Vec<usize>>,
}

impl Index {
    pub(super) fn new<'v>(slot: &Slot, elements: impl Iterator<Item = (usize, &'v Value)>) -> Self {
        let mut index = Self { buckets: HashMap::new() };
        for (at, element) in elements {
            index.insert(slot, at, element);
        }
        index
    }

    pub(super) fn insert(&mut self, slot: &Slot, at: usize, element: &Value) {
        let bucket = self.buckets.entry(bucket(slot, element)).or_default();
        if bucket.last() != Some(&at) {
            bucket.push(at);
        }
    }

    /// Where an element with the same `value` could be, in order.
    pub(super) fn like(&self, slot: &Slot, element: &Value) -> Vec<usize> {
        self.at(bucket(slot, element))
    }

    /// Where an element could be whose `value` has this key.
    pub(super) fn of_key(&self, key: &Key) -> Vec<usize> {
        self.at(hash(key.as_str()))
    }

    fn at(&self, bucket: u64) -> Vec<usize> {
        let mut found = self.buckets.get(&bucket).cloned().unwrap_or_default();
        found.sort_unstable();
        found.dedup();
        found
    }
}

fn bucket(slot: &Slot, element: &Value) -> u64 {
    let attribute = &slot.attribute;
    let own: Option<(&Attribute, &Value)> = match element {
        Value::Object(object) => attribute.sub_attribute("value").zip(object.get("value")),
        simple => Some((attribute, simple)),
    };
    let key =
        own.and_then(|(attribute, value)| Key::of(value, attribute.kind, attribute.case_exact));
    match key {
        Some(key) => hash(key.as_str()),
        None => hash(Identity::of(attribute, slot.relation, element)),
    }
}

fn hash(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
