//! What is returned of each attribute, decided beforehand.

use scim_core::{Attribute, Returned};
use scim_filter::Resolved;
use serde_json::Value;

use crate::{
    ResourceSchema,
    container::{Container, Node},
};

/// What a request says about what to return.
#[derive(Clone, Debug)]
pub(crate) enum Pick {
    Default,
    Only(Named),
    Except(Named),
}

/// The attributes that a request has named: of the base schema, then of each extension.
#[derive(Clone, Debug)]
pub(crate) struct Named(Vec<Names>);

#[derive(Clone, Debug, Default)]
struct Names {
    /// The schema as a whole.
    all: bool,
    /// By the position of the attribute.
    attributes: Vec<Name>,
}

#[derive(Clone, Debug, Default)]
struct Name {
    whole: bool,
    /// The positions of sub-attributes.
    parts: Vec<usize>,
}

impl Named {
    pub(crate) fn none(schema: &ResourceSchema) -> Self {
        let of = |container: &Container| Names {
            all: false,
            attributes: vec![Name::default(); container.nodes().len()],
        };
        Self(containers(schema).map(of).collect())
    }

    pub(crate) fn add(&mut self, schema: &ResourceSchema, resolved: &Resolved<'_>) {
        let at = match resolved.container {
            None => Some(0),
            Some(uri) => schema.extension_position(uri.as_str()).map(|at| at + 1),
        };
        let Some((at, names)) = at.and_then(|at| Some((at, self.0.get_mut(at)?))) else { return };
        let Some(attribute) = resolved.attribute else {
            names.all = true;
            return;
        };
        let Some(container) = containers(schema).nth(at) else { return };
        let name = attribute.name.as_str();
        let (Some(node), Some(position)) = (container.node(name), container.position(name)) else {
            return;
        };
        let Some(name) = names.attributes.get_mut(position) else { return };
        match resolved.sub {
            None => name.whole = true,
            Some(sub) => name.parts.extend(node.part_position(sub.name.as_str())),
        }
    }

    fn get(&self, container: usize) -> &Names {
        static NONE: Names = Names { all: false, attributes: Vec::new() };
        self.0.get(container).unwrap_or(&NONE)
    }
}

impl Names {
    fn get(&self, attribute: usize) -> &Name {
        static NONE: Name = Name { whole: false, parts: Vec::new() };
        self.attributes.get(attribute).unwrap_or(&NONE)
    }
}

/// What is returned, by the positions of attributes.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    base: Vec<Choice>,
    extensions: Vec<Vec<Choice>>,
}

/// How much of an attribute is returned.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Choice {
    Drop,
    Whole,
    /// By the position of the sub-attribute.
    Parts(Box<[bool]>),
}

impl Plan {
    pub(crate) fn default_of(schema: &ResourceSchema) -> Self {
        Self::new(schema, &Pick::Default, None)
    }

    pub(crate) fn new(schema: &ResourceSchema, pick: &Pick, touched: Option<&Named>) -> Self {
        let mut choices = containers(schema).enumerate().map(|(container, of)| {
            let nodes = of.nodes().iter().enumerate();
            nodes
                .map(|(at, node)| {
                    let touched = touched.map(|touched| touched.get(container).get(at));
                    decide(&node.attribute, Request::of(pick, container, at), touched)
                })
                .collect()
        });
        Self { base: choices.next().unwrap_or_default(), extensions: choices.collect() }
    }

    /// Whether any attribute is returned on request only.
    pub(crate) fn has_requested(schema: &ResourceSchema) -> bool {
        let mut attributes = containers(schema).flat_map(Container::attributes);
        attributes.any(|attribute| {
            let mut all = std::iter::once(attribute).chain(&attribute.sub_attributes);
            all.any(|one| one.returned == Returned::Request)
        })
    }

    pub(crate) fn base(&self, at: usize) -> &Choice {
        self.base.get(at).unwrap_or(&Choice::Drop)
    }

    pub(crate) fn extended(&self, extension: usize, at: usize) -> &Choice {
        self.extensions.get(extension).and_then(|choices| choices.get(at)).unwrap_or(&Choice::Drop)
    }

    pub(crate) fn has_extension(&self, extension: usize) -> bool {
        let choices = self.extensions.get(extension);
        choices.is_some_and(|choices| choices.iter().any(|choice| *choice != Choice::Drop))
    }

    pub(crate) fn select<'a>(&self, schema: &'a ResourceSchema, into: &mut Vec<Resolved<'a>>) {
        let plans = std::iter::once(&self.base).chain(&self.extensions);
        for (container, choices) in containers(schema).zip(plans) {
            let uri = (!schema.is_base(container)).then_some(container.uri());
            for (attribute, choice) in container.attributes().zip(choices) {
                let whole = Resolved { container: uri, attribute: Some(attribute), sub: None };
                match choice {
                    Choice::Drop => {}
                    Choice::Whole => into.push(whole),
                    Choice::Parts(kept) => {
                        let parts = attribute.sub_attributes.iter().zip(kept);
                        let parts = parts.filter(|(_, kept)| **kept);
                        into.extend(parts.map(|(sub, _)| Resolved { sub: Some(sub), ..whole }));
                    }
                }
            }
        }
    }
}

impl Choice {
    /// Leaves of a value what is to be returned; whether anything is left.
    pub(crate) fn keep(&self, node: &Node, value: &mut Value) -> bool {
        match self {
            Self::Drop => false,
            Self::Whole => true,
            Self::Parts(kept) => keep_parts(node, kept, value),
        }
    }
}

fn keep_parts(node: &Node, kept: &[bool], value: &mut Value) -> bool {
    match value {
        Value::Array(elements) => {
            elements.retain_mut(|element| keep_parts(node, kept, element));
            !elements.is_empty()
        }
        Value::Object(object) => {
            object.retain(|name, _| {
                let at = node.part_position(name);
                at.and_then(|at| kept.get(at)).is_some_and(|kept| *kept)
            });
            !object.is_empty()
        }
        _ => true,
    }
}

/// What the request says about one attribute.
enum Request<'a> {
    Default,
    Only { all: bool, name: &'a Name },
    Except { all: bool, name: &'a Name },
}

impl<'a> Request<'a> {
    fn of(pick: &'a Pick, container: usize, at: usize) -> Self {
        match pick {
            Pick::Default => Self::Default,
            Pick::Only(named) => {
                let names = named.get(container);
                Self::Only { all: names.all, name: names.get(at) }
            }
            Pick::Except(named) => {
                let names = named.get(container);
                Self::Except { all: names.all, name: names.get(at) }
            }
        }
    }
}

/// How much of an attribute is returned: what `returned` says, then what the request says.
fn decide(attribute: &Attribute, request: Request<'_>, touched: Option<&Name>) -> Choice {
    let touch = touched.is_some_and(|touched| touched.whole || !touched.parts.is_empty());
    // Whether the attribute is returned, and whether with all that it returns by default.
    let (some, whole) = match (&request, attribute.returned) {
        (_, Returned::Never) => (false, false),
        (_, Returned::Always) => (true, true),
        (Request::Only { all, name }, returned) => {
            let whole = name.whole || *all && returned == Returned::Default;
            (whole || !name.parts.is_empty(), whole)
        }
        (Request::Except { all, name }, _) if *all || name.whole => (false, false),
        (_, Returned::Default) => (true, true),
        _ => (touch, touch),
    };
    if !some {
        return Choice::Drop;
    }
    let keeps = |(at, sub): (usize, &Attribute)| {
        let (asked, excluded) = match &request {
            Request::Only { name, .. } => (name.parts.contains(&at), false),
            Request::Except { name, .. } => (false, name.parts.contains(&at)),
            Request::Default => (false, false),
        };
        let touched = touched.is_some_and(|touched| touched.parts.contains(&at));
        match sub.returned {
            Returned::Always => true,
            Returned::Default => (whole || asked) && !excluded,
            Returned::Request => asked || touched && !excluded,
            _ => false,
        }
    };
    let kept: Box<[bool]> = attribute.sub_attributes.iter().enumerate().map(keeps).collect();
    if kept.iter().all(|kept| *kept) {
        Choice::Whole
    } else if kept.contains(&true) {
        Choice::Parts(kept)
    } else {
        Choice::Drop
    }
}

fn containers(schema: &ResourceSchema) -> impl Iterator<Item = &Container> {
    let extensions = schema.extension_parts().iter().map(|extension| &extension.container);
    std::iter::once(schema.root()).chain(extensions)
}
