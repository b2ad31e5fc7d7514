//! Resources that are known to fit their schema.

use std::fmt;

use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::{Issue, Report};

/// The attributes of a resource in canonical form: canonical names, no nulls, nothing empty,
/// `schemas` computed, extensions under their URN. What the server itself adds, `id` and `meta`,
/// is not among them, and neither are attributes that are never returned.
#[derive(Clone, PartialEq)]
pub struct Valid {
    pub(crate) attributes: Map<String, Value>,
    pub(crate) secrets: Secrets,
    pub(crate) dropped: Vec<Issue>,
    pub(crate) reported: Vec<Issue>,
}

impl Valid {
    /// The attributes.
    pub fn attributes(&self) -> &Map<String, Value> {
        &self.attributes
    }

    /// The attributes, to be changed by code that keeps them canonical.
    pub fn attributes_mut(&mut self) -> &mut Map<String, Value> {
        &mut self.attributes
    }

    /// The attributes, taken out.
    pub fn into_attributes(self) -> Map<String, Value> {
        self.attributes
    }

    /// The values that are never returned.
    pub fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// Takes the values that are never returned out of the resource.
    pub fn take_secrets(&mut self) -> Secrets {
        std::mem::take(&mut self.secrets)
    }

    /// Sets a value that is never returned.
    pub fn set_secret(&mut self, path: &str, value: Value) {
        self.secrets.set(path, value);
    }

    /// Sets or removes all these values that are never returned.
    pub fn add_secrets(&mut self, secrets: &Secrets) {
        self.secrets.merge(secrets);
    }

    /// What was left out because no schema knows it; at most [`Report::KEPT`] of it.
    pub fn dropped(&self) -> &[Issue] {
        &self.dropped
    }

    /// What was stored as sent though it lacks the form of its attribute, or left unset because it
    /// breaks a constraint that allows for that; at most [`Report::KEPT`].
    pub fn reported(&self) -> &[Issue] {
        &self.reported
    }

    /// Adds what was left out, and what was reported, while a change of the resource was planned.
    pub fn add_findings(&mut self, dropped: &[Issue], reported: &[Issue]) {
        let add = |known: &mut Vec<Issue>, more: &[Issue]| {
            known.extend(more.iter().take(Report::KEPT.saturating_sub(known.len())).cloned());
        };
        add(&mut self.dropped, dropped);
        add(&mut self.reported, reported);
    }
}

impl fmt::Debug for Valid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Valid")
            .field("attributes", &self.attributes.keys().collect::<Vec<_>>())
            .field("secrets", &self.secrets)
            .finish_non_exhaustive()
    }
}

/// The values of attributes that are never returned, such as `password`; wiped from memory when
/// dropped.
#[derive(Clone, Default, PartialEq)]
pub struct Secrets(Vec<Secret>);

/// One value that is never returned, or its removal.
#[derive(Clone, PartialEq)]
pub struct Secret {
    path: String,
    text: Option<Zeroizing<String>>,
}

impl Secret {
    /// The attribute.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// A string's text, or any other value as JSON; `None` if the attribute is to have no value.
    pub fn text(&self) -> Option<&str> {
        self.text.as_ref().map(|text| text.as_str())
    }
}

impl Secrets {
    /// The values, one an attribute.
    pub fn iter(&self) -> impl Iterator<Item = &Secret> {
        self.0.iter()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Takes over all these values; they win over those of the same attributes.
    pub fn merge(&mut self, later: &Self) {
        self.0.retain(|secret| later.0.iter().all(|other| other.path != secret.path));
        self.0.extend(later.0.iter().cloned());
    }

    /// Sets the value of an attribute; null removes it.
    pub fn set(&mut self, path: &str, value: Value) {
        let text = match value {
            Value::Null => None,
            Value::String(text) => Some(Zeroizing::new(text)),
            other => Some(Zeroizing::new(other.to_string())),
        };
        self.0.retain(|secret| secret.path != path);
        self.0.push(Secret { path: path.to_owned(), text });
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.iter().map(Secret::path)).finish()
    }
}
