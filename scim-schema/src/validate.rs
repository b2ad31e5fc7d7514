//! Resources validated against their schema (RFC 7643 §2, §3).

use scim_core::{Attribute, Compat, Mutability};
use serde_json::{Map, Value};

use crate::{
    Canon, Place, ReadOnly, Report, ResourceSchema, Rule, Valid,
    canon::{Findings, Level},
    resource_schema::Container,
    same::same_value,
    schemas,
};

/// What a resource is validated for.
#[derive(Clone, Copy, Debug)]
pub enum Mode<'a> {
    /// To be created.
    Create,
    /// To replace this resource (RFC 7644 §3.5.1).
    Replace(&'a Map<String, Value>),
    /// It is what a patch made of this resource: only what differs is judged.
    Patched(&'a Map<String, Value>),
}

impl ResourceSchema {
    /// Brings a resource into canonical form and judges it.
    ///
    /// What clients cannot write is left out, what is never returned set apart
    /// ([`Valid::secrets`]), what no schema knows left out and named ([`Valid::dropped`]) or
    /// refused. A replacement keeps what the client could not have sent.
    ///
    /// # Errors
    /// All problems, as a [`Report`]; on the wire 400 with the keyword of the first.
    pub fn validate(
        &self,
        resource: Value,
        mode: Mode<'_>,
        compat: &Compat,
    ) -> Result<Valid, Report> {
        let read_only = match mode {
            Mode::Patched(_) => ReadOnly::Keep,
            _ => ReadOnly::Drop,
        };
        let mut canon = Canon::new(compat, read_only);
        let mut attributes = match resource {
            Value::Object(object) => object,
            _ => Map::new(),
        };
        let given: Vec<bool> =
            self.defaults().iter().map(|(name, _)| names(&attributes, name.as_str())).collect();
        if let Mode::Patched(before) = mode {
            attributes = self.judge_difference(&mut canon, attributes, before);
        } else {
            schemas::check(self, &mut canon, &mut attributes);
            self.root_object(&mut canon, &mut attributes);
        }
        self.fill_in(&mut attributes, &given, mode);
        if let Mode::Replace(existing) | Mode::Patched(existing) = mode {
            self.check_immutable(&mut canon, &mut attributes, existing);
        }
        self.check_required(&mut canon, &attributes);
        schemas::compute(self, &mut attributes);
        let Findings { report, dropped, secrets } = canon.into_findings();
        if report.is_empty() { Ok(Valid { attributes, secrets, dropped }) } else { Err(report) }
    }

    /// Brings a resource into canonical form without judging it: what a store holds stays
    /// readable, and can be switched off, even if today's rules are tighter.
    pub fn trust(&self, resource: Value) -> Valid {
        let mut attributes = match resource {
            Value::Object(object) => object,
            _ => Map::new(),
        };
        let mut canon = Canon::trusting();
        self.root_object(&mut canon, &mut attributes);
        schemas::compute(self, &mut attributes);
        let findings = canon.into_findings();
        Valid { attributes, secrets: findings.secrets, dropped: findings.dropped }
    }

    /// Extensions first, each in its own container; then the members of the base schema.
    fn root_object(&self, canon: &mut Canon<'_>, resource: &mut Map<String, Value>) {
        let mut extensions = Vec::new();
        let uris: Vec<String> =
            resource.keys().filter(|name| name.contains(':')).cloned().collect();
        for uri in uris {
            let Some(extension) = self.extension(&uri) else { continue };
            let canonical = extension.container.schema.id.as_str();
            let Some(mut value) = resource.remove(&uri) else { continue };
            if self.extension_object(canon, &extension.container, &mut value) {
                extensions.push((canonical.to_owned(), value));
            }
        }
        resource.remove("schemas");
        canon.object(&Base(self), resource, Place::ROOT);
        resource.extend(extensions);
    }

    fn extension_object(
        &self,
        canon: &mut Canon<'_>,
        container: &Container,
        value: &mut Value,
    ) -> bool {
        let root = Place::ROOT;
        let place = root.container(container.schema.id.as_str());
        match value {
            Value::Null => false,
            Value::Object(object) => {
                object.retain(|name, _| {
                    !name.eq_ignore_ascii_case("schemas") || container.get(name).is_some()
                });
                canon.object(container, object, place)
            }
            _ => canon.refuse(place, Rule::Type("an object")),
        }
    }

    /// What a patch left as it was is not judged again.
    fn judge_difference(
        &self,
        canon: &mut Canon<'_>,
        mut attributes: Map<String, Value>,
        before: &Map<String, Value>,
    ) -> Map<String, Value> {
        let mut same = Map::new();
        for (name, value) in before {
            if attributes.get(name).is_some_and(|now| now == value)
                && let Some(value) = attributes.remove(name)
            {
                same.insert(name.clone(), value);
            }
        }
        self.root_object(canon, &mut attributes);
        same.append(&mut attributes);
        same
    }

    /// Default values, and what a replacement keeps: what the client cannot write and what it
    /// left out of the attributes with a default (RFC 7644 §3.5.1).
    fn fill_in(&self, attributes: &mut Map<String, Value>, given: &[bool], mode: Mode<'_>) {
        for ((name, default), given) in self.defaults().iter().zip(given) {
            let kept = match mode {
                Mode::Create => Some(default),
                Mode::Replace(existing) => existing.get(name.as_str()),
                Mode::Patched(_) => None,
            };
            if let Some(value) = kept.filter(|_| !given) {
                attributes.insert(name.to_string(), value.clone());
            }
        }
        if let Mode::Replace(existing) = mode {
            self.keep(self.root(), existing, attributes);
            for extension in self.containers() {
                let uri = extension.container.schema.id.as_str();
                let Some(Value::Object(existing)) = existing.get(uri) else { continue };
                let mut kept = match attributes.remove(uri) {
                    Some(Value::Object(object)) => object,
                    _ => Map::new(),
                };
                self.keep(&extension.container, existing, &mut kept);
                if !kept.is_empty() {
                    attributes.insert(uri.to_owned(), Value::Object(kept));
                }
            }
        }
    }

    /// Keeps what a client cannot write, or cannot write any more.
    fn keep(
        &self,
        container: &Container,
        existing: &Map<String, Value>,
        attributes: &mut Map<String, Value>,
    ) {
        for attribute in container.attributes() {
            let name = attribute.name.as_str();
            let kept = matches!(attribute.mutability, Mutability::ReadOnly | Mutability::Immutable);
            if let Some(value) =
                existing.get(name).filter(|_| kept && !attributes.contains_key(name))
            {
                attributes.insert(name.to_owned(), value.clone());
            }
        }
    }

    fn check_immutable(
        &self,
        canon: &mut Canon<'_>,
        attributes: &mut Map<String, Value>,
        existing: &Map<String, Value>,
    ) {
        let root = Place::ROOT;
        immutable_in(canon, self.root().attributes(), attributes, existing, root);
        for extension in self.containers() {
            let uri = extension.container.schema.id.as_str();
            if let (Some(Value::Object(now)), Some(Value::Object(before))) =
                (attributes.get(uri), existing.get(uri))
            {
                immutable_in(
                    canon,
                    extension.container.attributes(),
                    now,
                    before,
                    root.container(uri),
                );
            }
        }
    }

    fn check_required(&self, canon: &mut Canon<'_>, attributes: &Map<String, Value>) {
        let root = Place::ROOT;
        required_in(canon, self.root().attributes(), attributes, root);
        for extension in self.containers() {
            let uri = extension.container.schema.id.as_str();
            match attributes.get(uri) {
                Some(Value::Object(object)) => {
                    required_in(
                        canon,
                        extension.container.attributes(),
                        object,
                        root.container(uri),
                    );
                }
                None if extension.required => {
                    canon.refuse(root.container(uri), Rule::Required);
                }
                _ => {}
            }
        }
    }
}

/// The top level of a resource.
struct Base<'a>(&'a ResourceSchema);

impl Level for Base<'_> {
    fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.0.root().get(name)
    }

    fn is_relation(&self, attribute: &Attribute) -> bool {
        self.0.is_relation(attribute.name.as_str())
    }
}

impl Level for Container {
    fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.get(name)
    }

    fn is_relation(&self, _: &Attribute) -> bool {
        false
    }
}

fn names(object: &Map<String, Value>, name: &str) -> bool {
    object.contains_key(name) || object.keys().any(|known| known.eq_ignore_ascii_case(name))
}

fn required_in(
    canon: &mut Canon<'_>,
    attributes: &[Attribute],
    object: &Map<String, Value>,
    place: Place<'_>,
) {
    for attribute in attributes {
        let place = place.name(attribute.name.as_str());
        match object.get(attribute.name.as_str()) {
            None if is_demanded(attribute) => {
                canon.refuse(place, Rule::Required);
            }
            Some(value) => required_parts(canon, attribute, value, place),
            None => {}
        }
    }
}

/// The server computes `schemas` and sees to what it alone writes; secrets stand elsewhere.
fn is_demanded(attribute: &Attribute) -> bool {
    attribute.required
        && attribute.mutability != Mutability::ReadOnly
        && !crate::is_secret(attribute)
        && attribute.name != "schemas"
}

fn required_parts(canon: &mut Canon<'_>, attribute: &Attribute, value: &Value, place: Place<'_>) {
    if !attribute.sub_attributes.iter().any(is_demanded) {
        return;
    }
    match value {
        Value::Object(object) => required_in(canon, &attribute.sub_attributes, object, place),
        Value::Array(elements) => {
            for (at, element) in elements.iter().enumerate() {
                if let Value::Object(object) = element {
                    required_in(canon, &attribute.sub_attributes, object, place.index(at));
                }
            }
        }
        _ => {}
    }
}

/// Immutable attributes stay what they were; in a list, elements can come and go.
fn immutable_in(
    canon: &mut Canon<'_>,
    attributes: &[Attribute],
    now: &Map<String, Value>,
    before: &Map<String, Value>,
    place: Place<'_>,
) {
    for attribute in attributes {
        let name = attribute.name.as_str();
        let Some(before) = before.get(name) else { continue };
        let place = place.name(name);
        if attribute.mutability == Mutability::Immutable {
            if !now.get(name).is_some_and(|now| same_value(attribute, now, before)) {
                canon.refuse(place, Rule::Immutable);
            }
        } else if let (Some(Value::Object(now)), Value::Object(before)) = (now.get(name), before) {
            immutable_in(canon, &attribute.sub_attributes, now, before, place);
        }
    }
}
