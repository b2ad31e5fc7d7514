//! Resources validated against their schema (RFC 7643 §2, §3).

use scim_core::{Attribute, Compat, Mutability};
use serde_json::{Map, Value};

use crate::{
    Canon, Place, ReadOnly, Report, ResourceSchema, Rule, Secrets, Valid,
    canon::{Fate, Findings, fate},
    container::{Container, is_demanded},
    is_secret,
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

impl Mode<'_> {
    fn before(&self) -> Option<&Map<String, Value>> {
        match self {
            Self::Create => None,
            Self::Replace(before) | Self::Patched(before) => Some(before),
        }
    }
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
        let Value::Object(mut attributes) = resource else {
            canon.refuse(Place::ROOT, Rule::NotAnObject);
            return Err(canon.into_findings().report);
        };
        let mut sent = None;
        match mode {
            Mode::Create => {
                sent = schemas::check(self, &mut canon, &mut attributes);
                self.fill_in(&mut attributes);
                self.walk(&mut canon, &mut attributes);
            }
            Mode::Replace(before) => {
                self.check_cleared(&mut canon, &attributes, before);
                sent = schemas::check(self, &mut canon, &mut attributes);
                self.walk(&mut canon, &mut attributes);
                self.keep(&mut attributes, before);
            }
            Mode::Patched(before) => self.walk_difference(&mut canon, &mut attributes, before),
        }
        if let Some(before) = mode.before() {
            self.check_immutable(&mut canon, &attributes, before);
        }
        self.check_required(&mut canon, &attributes, mode, false);
        schemas::compute(self, &mut attributes, sent);
        let Findings { report, dropped, reported, secrets } = canon.into_findings();
        if report.is_empty() {
            Ok(Valid { attributes, secrets, dropped, reported })
        } else {
            Err(report)
        }
    }

    /// The values that are never returned and that [`validate`](Self::validate) would set apart of
    /// a resource to be written, whether or not it has all that a new one must have.
    ///
    /// # Errors
    /// Problems for which it would be refused however it is written.
    pub fn secrets_of(&self, resource: Value, compat: &Compat) -> Result<Secrets, Report> {
        let mut canon = Canon::new(compat, ReadOnly::Drop);
        if let Value::Object(mut attributes) = resource {
            schemas::check(self, &mut canon, &mut attributes);
            self.walk(&mut canon, &mut attributes);
        } else {
            canon.refuse(Place::ROOT, Rule::NotAnObject);
        }
        let Findings { report, secrets, .. } = canon.into_findings();
        if report.is_empty() { Ok(secrets) } else { Err(report) }
    }

    /// Brings a resource into canonical form without judging it: what a store holds stays
    /// readable, and can be switched off, even if today's rules are tighter. `id` and `meta` are
    /// taken out.
    pub fn trust(&self, resource: Value) -> Valid {
        let mut attributes = match resource {
            Value::Object(object) => object,
            _ => Map::new(),
        };
        let kept = |name: &str| ["id", "meta"].iter().all(|own| !own.eq_ignore_ascii_case(name));
        attributes.retain(|name, _| kept(name));
        let mut canon = Canon::trusting();
        self.walk(&mut canon, &mut attributes);
        let sent = attributes.get_mut("schemas").map(Value::take);
        schemas::compute(self, &mut attributes, sent);
        let Findings { dropped, reported, secrets, .. } = canon.into_findings();
        Valid { attributes, secrets, dropped, reported }
    }

    /// Brings the attributes of the base schema and of the extensions into canonical form.
    pub(crate) fn walk(&self, canon: &mut Canon<'_>, resource: &mut Map<String, Value>) {
        let mut ahead = self.root().walk();
        canon.members(resource, Place::ROOT, |canon, name, value| {
            if let Some((node, spelt_so)) = ahead.spelt(name) {
                let attribute = &node.attribute;
                let canonical = attribute.name.as_str();
                let kept = canon.has_form(attribute, value)
                    || canonical == "schemas"
                    || canon.member(attribute, node.relation, value, Place::ROOT.name(canonical));
                return fate(kept, spelt_so, canonical);
            }
            match self.extension(name) {
                Some(extension) => {
                    let container = &extension.container;
                    let kept = self.walk_extension(canon, container, value);
                    let canonical = container.uri().as_str();
                    fate(kept, canonical == name, canonical)
                }
                None => canon.unknown(value, Place::ROOT.foreign(name)),
            }
        });
    }

    fn walk_extension(
        &self,
        canon: &mut Canon<'_>,
        container: &Container,
        value: &mut Value,
    ) -> bool {
        let root = Place::ROOT;
        let place = root.container(container.uri().as_str());
        let Value::Object(object) = value else {
            return !value.is_null() && canon.refuse(place, Rule::Type("an object"));
        };
        let mut ahead = container.walk();
        canon.members(object, place, |canon, name, value| match ahead.spelt(name) {
            Some((node, spelt_so)) => {
                let attribute = &node.attribute;
                let canonical = attribute.name.as_str();
                let kept = canon.has_form(attribute, value)
                    || canon.member(attribute, node.relation, value, place.name(canonical));
                fate(kept, spelt_so, canonical)
            }
            None if name.eq_ignore_ascii_case("schemas") => Fate::Remove,
            None => canon.unknown(value, place.foreign(name)),
        })
    }

    /// What a patch left as it was is not judged again.
    fn walk_difference(
        &self,
        canon: &mut Canon<'_>,
        attributes: &mut Map<String, Value>,
        before: &Map<String, Value>,
    ) {
        let mut same = take_same(attributes, before);
        let mut same_inside = Vec::new();
        for extension in self.extension_parts() {
            let uri = extension.container.uri().as_str();
            if let (Some(Value::Object(now)), Some(Value::Object(before))) =
                (attributes.get_mut(uri), before.get(uri))
            {
                same_inside.push((uri, take_same(now, before)));
            }
        }
        self.walk(canon, attributes);
        for (uri, mut same) in same_inside {
            match attributes.get_mut(uri) {
                Some(Value::Object(now)) => now.append(&mut same),
                _ if same.is_empty() => {}
                _ => {
                    attributes.insert(uri.to_owned(), Value::Object(same));
                }
            }
        }
        attributes.append(&mut same);
    }

    /// Values for what a new resource leaves unsaid; a client that says null wants none
    /// (RFC 7644 §3.3).
    fn fill_in(&self, attributes: &mut Map<String, Value>) {
        for (name, default) in self.defaults() {
            if !attributes.keys().any(|sent| name == sent.as_str()) {
                attributes.insert(name.to_string(), default.clone());
            }
        }
    }

    pub(crate) fn check_immutable(
        &self,
        canon: &mut Canon<'_>,
        attributes: &Map<String, Value>,
        before: &Map<String, Value>,
    ) {
        let root = Place::ROOT;
        immutable_in(canon, self.root().guarded(), attributes, before, root);
        for extension in self.extension_parts() {
            let container = &extension.container;
            let uri = container.uri().as_str();
            if let Some(Value::Object(before)) = before.get(uri) {
                let none = Map::new();
                let now = attributes.get(uri).and_then(Value::as_object).unwrap_or(&none);
                immutable_in(canon, container.guarded(), now, before, root.container(uri));
            }
        }
    }

    /// With `new_whole`, an extension that was not there must have all that it must.
    pub(crate) fn check_required(
        &self,
        canon: &mut Canon<'_>,
        attributes: &Map<String, Value>,
        mode: Mode<'_>,
        new_whole: bool,
    ) {
        let root = Place::ROOT;
        let before = match mode {
            Mode::Patched(before) => Some(before),
            _ => None,
        };
        required_in(canon, self.root().demanded(), attributes, before, root);
        if matches!(mode, Mode::Create) {
            required_secrets(canon, self.root(), root);
        }
        for extension in self.extension_parts() {
            let container = &extension.container;
            let uri = container.uri().as_str();
            let place = root.container(uri);
            let was = before.map(|before| before.get(uri));
            match attributes.get(uri) {
                Some(Value::Object(object)) => {
                    let none = Map::new();
                    let was = was.filter(|was| was.is_some() || !new_whole);
                    let was = was.map(|was| was.and_then(Value::as_object).unwrap_or(&none));
                    required_in(canon, container.demanded(), object, was, place);
                    if matches!(mode, Mode::Create) {
                        required_secrets(canon, container, place);
                    }
                }
                None if extension.required && was.is_none_or(|was| was.is_some()) => {
                    canon.refuse(place, Rule::Required);
                }
                _ => {}
            }
        }
    }
}

/// Takes out what is the same in both.
fn take_same(now: &mut Map<String, Value>, before: &Map<String, Value>) -> Map<String, Value> {
    let mut same = Map::new();
    for (name, value) in before {
        if now.get(name).is_some_and(|now| now == value)
            && let Some((name, value)) = now.remove_entry(name)
        {
            same.insert(name, value);
        }
    }
    same
}

/// An attribute that lacked a value before a patch may go on lacking it.
fn required_in<'a>(
    canon: &mut Canon<'_>,
    attributes: impl IntoIterator<Item = &'a Attribute>,
    object: &Map<String, Value>,
    before: Option<&Map<String, Value>>,
    place: Place<'_>,
) {
    for attribute in attributes {
        let name = attribute.name.as_str();
        let was = before.map(|before| before.get(name));
        let place = place.name(name);
        match object.get(name).filter(|value| !is_empty(value)) {
            None if is_demanded(attribute) && was.is_none_or(|was| was.is_some()) => {
                canon.refuse(place, Rule::Required);
            }
            Some(value) if was.flatten() != Some(value) => {
                required_parts(canon, attribute, value, place);
            }
            _ => {}
        }
    }
}

/// An empty text is a value, but not one that a required attribute can have (RFC 7643 §4.1.1).
fn is_empty(value: &Value) -> bool {
    value.as_str().is_some_and(str::is_empty)
}

fn required_parts(canon: &mut Canon<'_>, attribute: &Attribute, value: &Value, place: Place<'_>) {
    let parts = &attribute.sub_attributes;
    match value {
        Value::Object(object) => required_in(canon, parts, object, None, place),
        Value::Array(elements) if parts.iter().any(is_demanded) => {
            for (at, element) in elements.iter().enumerate() {
                if let Value::Object(object) = element {
                    required_in(canon, parts, object, None, place.index(at));
                }
            }
        }
        _ => {}
    }
}

/// What is never returned and must be there when a resource is created.
fn required_secrets(canon: &mut Canon<'_>, container: &Container, place: Place<'_>) {
    for attribute in container.attributes().filter(|one| one.required && is_secret(one)) {
        let place = place.name(attribute.name.as_str());
        if !canon.has_secret(place) {
            canon.refuse(place, Rule::Required);
        }
    }
}

/// Immutable attributes stay what they were; in a list, elements can come and go.
fn immutable_in<'a>(
    canon: &mut Canon<'_>,
    attributes: impl IntoIterator<Item = &'a Attribute>,
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
