//! What the server's own rules make of a resource that was judged before.

use scim_core::Compat;
use serde_json::{Map, Value};

use crate::{
    Canon, Mode, Place, ReadOnly, Report, ResourceSchema, Rule, Valid, canon::Findings, schemas,
};

impl ResourceSchema {
    /// Judges what the server itself has made of a resource since it was `judged`, and brings it
    /// into canonical form again; `stored` is what it replaces, if it is not new.
    ///
    /// Only what differs from `judged` is looked at, the parts of an attribute one by one, a list
    /// as a whole. What clients cannot write is the server's to write; `id` and `meta` stand
    /// elsewhere, and so do values that are never returned. No leniency is meant for a server.
    ///
    /// # Errors
    /// All problems, as a [`Report`]. What is left of the resource is of no use then.
    pub fn amend(
        &self,
        resource: &mut Valid,
        judged: &Map<String, Value>,
        stored: Option<&Map<String, Value>>,
    ) -> Result<(), Report> {
        let mut canon = Canon::new(&Compat::STRICT, ReadOnly::Keep);
        let attributes = &mut resource.attributes;
        for own in ["id", "meta"] {
            if attributes.keys().any(|name| name.eq_ignore_ascii_case(own)) {
                canon.refuse(Place::ROOT.name(own), Rule::ReadOnly);
            }
        }
        let same = Same::take(attributes, judged, Same::LEVELS);
        self.walk(&mut canon, attributes);
        same.put_back(&mut canon, attributes, Place::ROOT);
        if let Some(stored) = stored {
            self.check_immutable(&mut canon, attributes, stored);
        }
        self.check_required(&mut canon, attributes, Mode::Patched(judged), true);
        schemas::compute(self, attributes, None);
        let Findings { mut report, dropped, reported, secrets } = canon.into_findings();
        secrets.iter().for_each(|secret| report.push_secret(secret));
        if !report.is_empty() {
            return Err(report);
        }
        resource.add_findings(&dropped, &reported);
        Ok(())
    }
}

/// What is the same in two objects, taken out of one of them.
struct Same {
    whole: Map<String, Value>,
    /// What is the same inside of objects that differ.
    inside: Vec<(String, Same)>,
}

impl Same {
    /// Attributes of an extension, and the parts of these.
    const LEVELS: usize = 2;

    fn take(now: &mut Map<String, Value>, before: &Map<String, Value>, levels: usize) -> Self {
        let mut same = Self { whole: Map::new(), inside: Vec::new() };
        for (name, before) in before {
            match (now.get_mut(name), before) {
                (Some(now), before) if *now == *before => {}
                (Some(Value::Object(now)), Value::Object(before)) if levels > 0 => {
                    same.inside.push((name.clone(), Self::take(now, before, levels - 1)));
                    continue;
                }
                _ => continue,
            }
            if let Some((name, value)) = now.remove_entry(name) {
                same.whole.insert(name, value);
            }
        }
        same
    }

    fn put_back(self, canon: &mut Canon<'_>, now: &mut Map<String, Value>, place: Place<'_>) {
        for (name, value) in self.whole {
            if now.contains_key(&name) {
                canon.refuse(place.name(&name), Rule::Repeated);
            } else {
                now.insert(name, value);
            }
        }
        for (name, same) in self.inside {
            if same.is_empty() {
                continue;
            }
            let value = now.entry(name.as_str()).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(now) = value {
                let is_uri = place.is_root() && name.contains(':');
                let inside = if is_uri { place.container(&name) } else { place.name(&name) };
                same.put_back(canon, now, inside);
            }
        }
    }

    fn is_empty(&self) -> bool {
        self.whole.is_empty() && self.inside.iter().all(|(_, same)| same.is_empty())
    }
}
