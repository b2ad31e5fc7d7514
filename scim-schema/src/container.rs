//! The attributes of one schema, ready to be looked up and walked.

use std::cmp::Ordering;

use scim_core::{AttrName, Attribute, Formats, Kind, Mutability, Schema, SchemaUri};

use crate::{format, is_secret, names::Names};

/// One schema of a resource type.
#[derive(Clone, Debug)]
pub(crate) struct Container {
    /// The schema as it is published.
    pub(crate) schema: Schema,
    /// The common attributes for a base schema, then its own.
    nodes: Vec<Node>,
    names: Names,
    /// The names in their order, and the positions of their attributes.
    sorted: Vec<(AttrName, usize)>,
    demanded: Vec<usize>,
    guarded: Vec<usize>,
}

/// An attribute and what is known of it beforehand.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) attribute: Attribute,
    pub(crate) relation: bool,
    parts: Names,
}

impl Container {
    pub(crate) fn new(schema: Schema, common: &[Attribute]) -> Self {
        // What a schema says of a common attribute does not count (RFC 7643 §3.1).
        let own = schema
            .attributes
            .iter()
            .filter(|own| common.iter().all(|known| known.name != own.name));
        let nodes: Vec<Node> = common.iter().chain(own).map(Node::new).collect();
        let names: Vec<&AttrName> = nodes.iter().map(|node| &node.attribute.name).collect();
        let names = Names::of(&names);
        let mut container = Self {
            schema,
            nodes,
            names,
            sorted: Vec::new(),
            demanded: Vec::new(),
            guarded: Vec::new(),
        };
        container.sorted = container.sorted();
        container.demanded = container.positions(|attribute| {
            is_demanded(attribute) || attribute.sub_attributes.iter().any(is_demanded)
        });
        container.guarded = container.positions(|attribute| {
            is_guarded(attribute) || attribute.sub_attributes.iter().any(is_guarded)
        });
        container
    }

    fn positions(&self, wanted: impl Fn(&Attribute) -> bool) -> Vec<usize> {
        let nodes = self.nodes.iter().enumerate();
        nodes.filter(|(_, node)| wanted(&node.attribute)).map(|(at, _)| at).collect()
    }

    fn sorted(&self) -> Vec<(AttrName, usize)> {
        let found = |attribute: &Attribute| {
            Some((attribute.name.clone(), self.position(attribute.name.as_str())?))
        };
        let mut sorted: Vec<_> = self.attributes().filter_map(found).collect();
        sorted.sort_unstable_by(|(one, _), (other, _)| one.as_str().cmp(other.as_str()));
        sorted
    }

    pub(crate) fn uri(&self) -> &SchemaUri {
        &self.schema.id
    }

    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        self.names.find(name, |at| self.nodes.get(at).map(|node| node.attribute.name.as_str()))
    }

    /// The positions of names that come one after the other, mostly in order.
    pub(crate) fn walk(&self) -> Walk<'_> {
        Walk { container: self, ahead: &self.sorted }
    }

    /// The attribute of a name, and whether it is spelt so.
    pub(crate) fn spelt(&self, name: &str) -> Option<(&Node, bool)> {
        let name_at = |at: usize| self.nodes.get(at).map(|node| node.attribute.name.as_str());
        let (at, spelt_so) = self.names.find_spelt(name, name_at)?;
        Some((self.nodes.get(at)?, spelt_so))
    }

    pub(crate) fn node(&self, name: &str) -> Option<&Node> {
        self.nodes.get(self.position(name)?)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Attribute> {
        self.node(name).map(|node| &node.attribute)
    }

    pub(crate) fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    pub(crate) fn attributes(&self) -> impl Iterator<Item = &Attribute> {
        self.nodes.iter().map(|node| &node.attribute)
    }

    /// The attributes that a resource must have, and those with such parts.
    pub(crate) fn demanded(&self) -> impl Iterator<Item = &Attribute> {
        self.demanded.iter().filter_map(|at| self.nodes.get(*at)).map(|node| &node.attribute)
    }

    /// The attributes that clients cannot write or cannot change, and those with such parts.
    pub(crate) fn guarded(&self) -> impl Iterator<Item = &Attribute> {
        let nodes = self.guarded.iter().filter_map(|at| self.nodes.get(*at));
        // Elements of relations come and go as a whole.
        let nodes = nodes.filter(|node| !node.relation || is_guarded(&node.attribute));
        nodes.map(|node| &node.attribute)
    }

    pub(crate) fn relate(&mut self, name: &AttrName) {
        for node in self.nodes.iter_mut().filter(|node| node.attribute.name == *name) {
            node.relation = true;
        }
    }

    /// Changes every attribute and sub-attribute; the change is given the attribute's path.
    pub(crate) fn edit(&mut self, mut change: impl FnMut(&str, Option<&str>, &mut Attribute)) {
        for Node { attribute, .. } in &mut self.nodes {
            let name = attribute.name.clone();
            change(name.as_str(), None, attribute);
            for sub in &mut attribute.sub_attributes {
                let part = sub.name.clone();
                change(name.as_str(), Some(part.as_str()), sub);
            }
        }
    }

    /// Says what becomes of values outside their format.
    pub(crate) fn judge_formats(&mut self, formats: Formats) {
        let uri = self.schema.id.clone();
        self.edit(|name, sub, attribute| {
            let format = format::of(&uri, name, sub, attribute.kind);
            let judged = format.is_some() || !attribute.canonical_values.is_empty();
            if attribute.constraints.is_none() && (formats == Formats::Accept || !judged) {
                return;
            }
            let constraints = attribute.constraints.get_or_insert_default();
            constraints.formats = formats;
            constraints.format = constraints.format.or(format);
        });
    }
}

/// Goes through a container along with an object, whose names mostly stand in order.
pub(crate) struct Walk<'a> {
    container: &'a Container,
    ahead: &'a [(AttrName, usize)],
}

impl<'a> Walk<'a> {
    /// The position of a name: the next, else found by hash.
    pub(crate) fn position(&mut self, name: &str) -> Option<usize> {
        self.next(name).or_else(|| self.container.position(name))
    }

    /// The attribute of a name, and whether it is spelt so.
    pub(crate) fn spelt(&mut self, name: &str) -> Option<(&'a Node, bool)> {
        match self.next(name) {
            Some(at) => Some((self.container.nodes.get(at)?, true)),
            None => self.container.spelt(name),
        }
    }

    fn next(&mut self, name: &str) -> Option<usize> {
        while let [(next, at), ahead @ ..] = self.ahead {
            match next.as_str().cmp(name) {
                Ordering::Less => self.ahead = ahead,
                Ordering::Equal => {
                    self.ahead = ahead;
                    return Some(*at);
                }
                Ordering::Greater => break,
            }
        }
        None
    }
}

impl Node {
    fn new(attribute: &Attribute) -> Self {
        let mut attribute = attribute.clone();
        normalise(&mut attribute);
        let parts: Vec<&AttrName> = attribute.sub_attributes.iter().map(|sub| &sub.name).collect();
        let parts = Names::of(&parts);
        Self { attribute, relation: false, parts }
    }

    pub(crate) fn part_position(&self, name: &str) -> Option<usize> {
        let subs = &self.attribute.sub_attributes;
        self.parts.find(name, |at| subs.get(at).map(|sub| sub.name.as_str()))
    }

    pub(crate) fn part(&self, name: &str) -> Option<&Attribute> {
        self.attribute.sub_attributes.get(self.part_position(name)?)
    }
}

/// The case of references and base64 counts whatever a schema says (RFC 7643 §2.3.6, §2.3.7),
/// but not that of schema URIs (RFC 7644 §3.10).
fn normalise(attribute: &mut Attribute) {
    if matches!(attribute.kind, Kind::Reference | Kind::Binary) {
        attribute.case_exact = attribute.name != "schemas";
    }
    attribute.sub_attributes.iter_mut().for_each(normalise);
}

/// The server computes `schemas` and sees to what it alone writes; secrets stand elsewhere.
pub(crate) fn is_demanded(attribute: &Attribute) -> bool {
    attribute.required
        && attribute.mutability != Mutability::ReadOnly
        && !is_secret(attribute)
        && attribute.name != "schemas"
}

/// `id` and `meta` are the server's, and no part of what is stored.
fn is_guarded(attribute: &Attribute) -> bool {
    matches!(attribute.mutability, Mutability::ReadOnly | Mutability::Immutable)
        && attribute.name != "id"
        && attribute.name != "meta"
}
