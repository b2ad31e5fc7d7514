//! What of a resource is returned (RFC 7643 §7 `returned`, RFC 7644 §3.9).

use std::collections::HashSet;

use scim_core::{AttrPath, Attribute, Compat, Error, Mutability, Returned};
use scim_filter::{Attributes, Resolved};
use serde_json::{Map, Value};

use crate::{ResourceSchema, resource_schema::Container};

/// The attributes that an answer holds, and that a store must load for it.
#[derive(Clone, Debug)]
pub struct Projection {
    schema: ResourceSchema,
    pick: Pick,
    touched: HashSet<Name>,
}

#[derive(Clone, Debug)]
enum Pick {
    Default,
    Only(HashSet<Name>),
    Except(HashSet<Name>),
}

/// Canonical names: of an extension, an attribute, a sub-attribute; empty for "all below".
type Name = (String, String, String);

impl Projection {
    /// What is returned when the request does not say: attributes returned `always` and `default`.
    pub fn default_of(schema: &ResourceSchema) -> Self {
        Self { schema: schema.clone(), pick: Pick::Default, touched: HashSet::new() }
    }

    /// The attributes named, and those returned always (`attributes`).
    ///
    /// # Errors
    /// 400 invalidValue for a name that the type does not have, unless [`Compat`] lets it pass.
    pub fn only<'a>(
        schema: &ResourceSchema,
        names: impl IntoIterator<Item = &'a str>,
        compat: &Compat,
    ) -> Result<Self, Error> {
        let pick = Pick::Only(resolve_all(schema, names, compat)?);
        Ok(Self { pick, ..Self::default_of(schema) })
    }

    /// What is returned by default but the attributes named (`excludedAttributes`).
    ///
    /// # Errors
    /// 400 invalidValue for a name that the type does not have, unless [`Compat`] lets it pass.
    pub fn except<'a>(
        schema: &ResourceSchema,
        names: impl IntoIterator<Item = &'a str>,
        compat: &Compat,
    ) -> Result<Self, Error> {
        let pick = Pick::Except(resolve_all(schema, names, compat)?);
        Ok(Self { pick, ..Self::default_of(schema) })
    }

    /// The same, and attributes returned on request that a request has written.
    #[must_use]
    pub fn with_touched<'a>(mut self, paths: impl IntoIterator<Item = &'a AttrPath>) -> Self {
        if matches!(self.pick, Pick::Default) {
            let paths = paths.into_iter();
            self.touched =
                paths.filter_map(|path| resolve(&self.schema, path, &Compat::INTEROP)).collect();
        }
        self
    }

    /// Whether the request says what to return.
    pub fn is_default(&self) -> bool {
        matches!(self.pick, Pick::Default)
    }

    /// Whether an answer can hold an attribute of the base schema, so that a store must load it.
    pub fn includes(&self, attribute: &str) -> bool {
        let Some(attribute) = self.schema.root().get(attribute) else { return false };
        self.choice("", attribute).is_some()
    }

    /// Whether an answer can hold what the server derives from other resources: a relation, or
    /// an attribute that clients cannot write. A version does not cover these.
    pub fn includes_derived(&self) -> bool {
        let own = self.schema.base().attributes.iter().map(|attribute| attribute.name.as_str());
        let derived = |name: &&str| {
            let read_only = self
                .schema
                .root()
                .get(name)
                .is_some_and(|one| one.mutability == Mutability::ReadOnly);
            read_only || self.schema.is_relation(name)
        };
        own.filter(derived).any(|name| self.includes(name))
    }

    /// Leaves of a resource what is to be returned.
    pub fn apply(&self, resource: &mut Map<String, Value>) {
        let extensions: Vec<_> =
            self.schema.containers().iter().map(|one| &one.container).collect();
        resource.retain(|name, value| {
            let extension = extensions.iter().find(|known| known.schema.id.as_str() == name);
            match (extension, value) {
                (Some(container), Value::Object(object)) => {
                    self.members(name, container, object);
                    !object.is_empty()
                }
                (_, value) => self.member("", self.schema.root(), name, value),
            }
        });
    }

    fn members(&self, uri: &str, container: &Container, object: &mut Map<String, Value>) {
        object.retain(|name, value| self.member(uri, container, name, value));
    }

    fn member(&self, uri: &str, container: &Container, name: &str, value: &mut Value) -> bool {
        let Some(attribute) = container.get(name) else { return false };
        match self.choice(uri, attribute) {
            None => false,
            Some(Choice::Whole)
                if attribute.sub_attributes.iter().all(|sub| sub.returned == Returned::Default) =>
            {
                true
            }
            Some(choice) => self.parts(uri, attribute, choice, value),
        }
    }

    fn parts(&self, uri: &str, attribute: &Attribute, choice: Choice, value: &mut Value) -> bool {
        match value {
            Value::Array(elements) => {
                elements.retain_mut(|element| self.parts(uri, attribute, choice, element));
                !elements.is_empty()
            }
            Value::Object(object) => {
                object.retain(|name, _| match attribute.sub_attribute(name) {
                    Some(sub) => self.keeps_part(uri, attribute, sub, choice),
                    None => false,
                });
                !object.is_empty()
            }
            _ => true,
        }
    }

    fn keeps_part(
        &self,
        uri: &str,
        attribute: &Attribute,
        sub: &Attribute,
        choice: Choice,
    ) -> bool {
        let named = |names: &HashSet<Name>| {
            names.contains(&name(uri, attribute.name.as_str(), sub.name.as_str()))
        };
        let asked = match &self.pick {
            Pick::Only(names) => named(names),
            Pick::Except(names) => {
                return !(named(names) && sub.returned == Returned::Default)
                    && returned_by_default(sub);
            }
            Pick::Default => named(&self.touched),
        };
        match sub.returned {
            Returned::Always => true,
            Returned::Default => asked || choice == Choice::Whole,
            Returned::Request => asked,
            _ => false,
        }
    }

    /// How much of an attribute is returned.
    fn choice(&self, uri: &str, attribute: &Attribute) -> Option<Choice> {
        let own = attribute.name.as_str();
        let whole = |names: &HashSet<Name>| names.contains(&name(uri, own, ""));
        let all_below = |names: &HashSet<Name>| names.contains(&name(uri, "", ""));
        let parts = |names: &HashSet<Name>| {
            attribute
                .sub_attributes
                .iter()
                .any(|sub| names.contains(&name(uri, own, sub.name.as_str())))
        };
        match (&self.pick, attribute.returned) {
            (_, Returned::Never) => None,
            (_, Returned::Always) => Some(Choice::Whole),
            (Pick::Only(names), returned) => {
                let below = all_below(names) && returned == Returned::Default;
                match () {
                    () if whole(names) || below => Some(Choice::Whole),
                    () if parts(names) => Some(Choice::Parts),
                    () => None,
                }
            }
            (Pick::Except(names), Returned::Default) if whole(names) || all_below(names) => None,
            (_, Returned::Default) => Some(Choice::Whole),
            (Pick::Default, _) if whole(&self.touched) || parts(&self.touched) => {
                Some(Choice::Whole)
            }
            _ => None,
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Choice {
    Whole,
    Parts,
}

fn returned_by_default(attribute: &Attribute) -> bool {
    matches!(attribute.returned, Returned::Always | Returned::Default)
}

fn name(uri: &str, attribute: &str, sub: &str) -> Name {
    (uri.to_owned(), attribute.to_owned(), sub.to_owned())
}

fn resolve_all<'a>(
    schema: &ResourceSchema,
    names: impl IntoIterator<Item = &'a str>,
    compat: &Compat,
) -> Result<HashSet<Name>, Error> {
    let mut resolved = HashSet::new();
    for text in names {
        let text = text.trim();
        let plain =
            if compat.loose_projection { text.split('[').next().unwrap_or(text) } else { text };
        let path = plain.parse::<AttrPath>().ok();
        match path.and_then(|path| resolve(schema, &path, compat)) {
            Some(name) => {
                resolved.insert(name);
            }
            None if compat.loose_projection || text.is_empty() => {}
            None => {
                return Err(Error::invalid_value(
                    "`attributes` or `excludedAttributes` names an unknown attribute",
                ));
            }
        }
    }
    Ok(resolved)
}

fn resolve(schema: &ResourceSchema, path: &AttrPath, compat: &Compat) -> Option<Name> {
    let Resolved { container, attribute, sub } = schema.resolve(path, compat)?;
    let uri = container.map(|uri| uri.as_str()).unwrap_or_default();
    let attribute = attribute.map(|attribute| attribute.name.as_str()).unwrap_or_default();
    Some(name(uri, attribute, sub.map(|sub| sub.name.as_str()).unwrap_or_default()))
}
