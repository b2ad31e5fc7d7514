//! Where references stand in what an operation sends: where the schema says so (RFC 7643 §2.3.7,
//! RFC 7644 §3.7.2).

use scim_core::{AttrName, AttrPath, Attribute, Compat, Kind, Mutability, SchemaUri};
use scim_filter::{Attributes, Literal, Options, PatchPath, Resolved};
use scim_schema::ResourceSchema;
use serde_json::{Map, Value};

/// What a reference names a resource by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Its id, as `value` does.
    Id,
    /// Its address, as attributes of the type `reference` do.
    Location,
}

/// A walk over the references of a message, each of which is shown as text, to be replaced. What
/// is answered says whether it stays; the attribute or element whose reference does not goes.
pub(super) struct Places<'a, F> {
    pub(super) schema: &'a ResourceSchema,
    pub(super) compat: Compat,
    pub(super) found: F,
}

impl<F: FnMut(&mut String, Form) -> bool> Places<'_, F> {
    /// The body of a POST or PUT.
    pub(super) fn resource(&mut self, body: &mut Value) {
        if let Value::Object(members) = body {
            self.members(None, members);
        }
    }

    /// A PATCH message.
    pub(super) fn patch(&mut self, message: &mut Value) {
        let Some(Value::Array(operations)) = member(message, "Operations") else { return };
        for operation in operations {
            let path = match member(operation, "path") {
                Some(Value::String(path)) => {
                    let Some(parsed) = self.path(path) else { continue };
                    Some(self.selected(path, parsed))
                }
                _ => None,
            };
            let Some(value) = member(operation, "value") else { continue };
            match path {
                None => self.resource(value),
                Some(path) => {
                    self.behind(path.attr(), path.sub().map(|sub| sub.as_str()), value);
                }
            }
        }
    }

    fn members(&mut self, container: Option<&SchemaUri>, members: &mut Map<String, Value>) {
        let within = |path: AttrPath| match container {
            Some(uri) if path.uri().is_none() => path.in_schema(uri.clone()),
            _ => path,
        };
        for (mut name, mut value) in std::mem::take(members) {
            // Names that are no paths are opaque ones.
            let plain = AttrName::opaque(&name).ok().map(|name| within(AttrPath::new(name)));
            let plain = plain.filter(|path| self.schema.resolve(path, &self.compat).is_some());
            let stays = if let Some(attr) = plain {
                self.behind(&attr, None, &mut value)
            } else if let Some(path) = self.path(&name) {
                let path = self.selected(&mut name, path);
                let sub = path.sub().map(|sub| sub.as_str());
                self.behind(&within(path.attr().clone()), sub, &mut value)
            } else {
                true
            };
            if stays {
                members.insert(name, value);
            }
        }
    }

    fn path(&self, text: &str) -> Option<PatchPath> {
        PatchPath::parse_with(text, &Options::STRICT.compat(self.compat)).ok()
    }

    /// A value behind a path, or behind a name.
    fn behind(&mut self, attr: &AttrPath, sub: Option<&str>, value: &mut Value) -> bool {
        let schema = self.schema;
        let resolved = schema.resolve(attr, &self.compat);
        let Some(Resolved { container, attribute, sub: first }) = resolved else { return true };
        let Some(attribute) = attribute else {
            if let Value::Object(members) = value {
                self.members(container, members);
            }
            return true;
        };
        let sub = first.or_else(|| attribute.sub_attribute(sub?));
        match sub {
            _ if is_read_only(attribute) => true,
            Some(sub) => self.part(attribute, sub, value),
            None => self.attribute(attribute, value),
        }
    }

    fn attribute(&mut self, attribute: &Attribute, value: &mut Value) -> bool {
        match value {
            Value::Array(elements) => {
                elements.retain_mut(|element| self.element(attribute, element));
                true
            }
            value => self.element(attribute, value),
        }
    }

    fn element(&mut self, attribute: &Attribute, value: &mut Value) -> bool {
        match value {
            Value::String(text) => match form_of(attribute) {
                Some(form) => (self.found)(text, form),
                None => true,
            },
            Value::Object(parts) => {
                let mut stays = true;
                for (name, value) in parts {
                    stays &= match attribute.sub_attribute(name) {
                        Some(sub) => self.part(attribute, sub, value),
                        // `{"members": […]}` beside the path `members`.
                        None if attribute.name == name.as_str() => self.attribute(attribute, value),
                        None => true,
                    };
                }
                stays
            }
            _ => true,
        }
    }

    fn part(&mut self, parent: &Attribute, sub: &Attribute, value: &mut Value) -> bool {
        let Some(form) = form_of_part(parent, sub) else { return true };
        match value {
            Value::String(text) => (self.found)(text, form),
            Value::Array(elements) => {
                elements.retain_mut(|element| match element {
                    Value::String(text) => (self.found)(text, form),
                    _ => true,
                });
                true
            }
            _ => true,
        }
    }

    /// A path with the references in its filter replaced, and so its text.
    fn selected(&mut self, text: &mut String, path: PatchPath) -> PatchPath {
        let (schema, found) = (self.schema, &mut self.found);
        let resolved = schema.resolve(path.attr(), &self.compat);
        let Some(attribute) = resolved.and_then(|resolved| resolved.attribute) else { return path };
        let mut changed = false;
        let path = path.map_literals(|compared, literal| {
            let form = match attribute.sub_attribute(compared.name()?.as_str()) {
                Some(sub) => form_of_part(attribute, sub),
                None => form_of(attribute),
            };
            let mut text = literal.to_value().as_str()?.to_owned();
            found(&mut text, form?);
            let other = (text != literal.text()).then(|| Literal::from(text));
            changed |= other.is_some();
            other
        });
        if changed {
            *text = path.to_string();
        }
        path
    }
}

/// What stands in an attribute, or in an element of it, that is a text: a reference, or the
/// `value` of a complex one by itself.
fn form_of(attribute: &Attribute) -> Option<Form> {
    match attribute.kind {
        Kind::Complex => form_of_part(attribute, attribute.sub_attribute("value")?),
        _ => refers(attribute).then_some(Form::Location),
    }
}

/// `value` is an id beside `$ref`, and wherever it could be one; what is of the type `reference`
/// is an address.
fn form_of_part(parent: &Attribute, sub: &Attribute) -> Option<Form> {
    let is_id =
        sub.name == "value" && (sub.kind == Kind::String || parent.sub_attribute("$ref").is_some());
    match is_id {
        _ if is_read_only(sub) => None,
        true => Some(Form::Id),
        false => refers(sub).then_some(Form::Location),
    }
}

/// Whether an attribute refers to resources, and not to what lies outside (RFC 7643 §7).
fn refers(attribute: &Attribute) -> bool {
    let outside = |kind: &String| matches!(kind.as_str(), "external" | "uri");
    let types = &attribute.reference_types;
    attribute.kind == Kind::Reference && (types.is_empty() || !types.iter().all(outside))
}

fn is_read_only(attribute: &Attribute) -> bool {
    attribute.mutability == Mutability::ReadOnly
}

/// A member by its name in any case.
fn member<'v>(value: &'v mut Value, name: &str) -> Option<&'v mut Value> {
    let mut members = value.as_object_mut()?.iter_mut();
    members.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}
