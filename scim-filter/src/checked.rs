//! Filters that are known to fit a schema.

use std::{collections::BTreeSet, fmt};

use scim_core::{AttrName, AttrPath, Kind, SchemaUri};
use serde_json::Value;

use crate::Key;

/// A filter that fits a schema: names canonical, literals of the attribute's type, comparison
/// keys computed. It owns what it needs, and is a public tree for those who translate it.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    pub(crate) root: Node,
}

impl Checked {
    /// The tree.
    pub fn root(&self) -> &Node {
        &self.root
    }

    /// The attributes that matching reads, each by its one canonical path, whatever spelling or URN
    /// the filter has: what rules of access are to be held against. `emails co "x"` reads
    /// `emails.value`, and so does `emails[value co "x"]`. Unknown attributes, which have no value,
    /// are not read, and a resource as a whole (the URI of its base schema) is not an attribute.
    ///
    /// For a filter of [`Filter::check_element`](crate::Filter::check_element) the paths are
    /// relative to the element; one that is a simple value is `value`.
    ///
    /// ```
    /// use scim_core::{AttrName, Attribute, Kind};
    /// use scim_filter::{Filter, Options};
    ///
    /// let name = AttrName::from_static;
    /// let value = Attribute::new(name("value"), Kind::String);
    /// let schema = vec![
    ///     Attribute::new(name("userName"), Kind::String),
    ///     Attribute::complex(name("emails"), [value]).multi_valued(),
    /// ];
    /// let core = "urn:ietf:params:scim:schemas:core:2.0:User";
    /// let text = format!(r#"USERNAME eq "a" or {core}:userName eq "b" or emails[value pr]"#);
    /// let checked = text.parse::<Filter>()?.check(&schema, &Options::STRICT)?;
    /// let read: Vec<String> = checked.attributes().iter().map(ToString::to_string).collect();
    /// assert_eq!(read, ["emails.value", "userName"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn attributes(&self) -> BTreeSet<AttrPath> {
        let mut paths = BTreeSet::new();
        self.root.collect_paths(None, &mut paths);
        paths
    }
}

/// A node of a [`Checked`] filter. Its depth is bounded by the limits the filter was read with.
///
/// There are no nodes for `ne` and for comparisons with `null`: `a ne v` is `not (a eq v)`,
/// `a eq null` is `not (a pr)`.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// What is decided without looking at a resource: a test of an unknown attribute.
    Constant(bool),
    /// All of these; at least two.
    And(Vec<Node>),
    /// Any of these; at least two.
    Or(Vec<Node>),
    /// Not this.
    Not(Box<Node>),
    /// A test of an attribute: of any of its values, if there are several.
    Test(Test),
    /// A test of one and the same element of an attribute (RFC 7644 §3.4.2.2, value path).
    Element(Element),
}

/// A test of an attribute's values.
#[derive(Clone, Debug, PartialEq)]
pub struct Test {
    /// The attribute; inside an [`Element`], relative to the element.
    pub path: ResolvedPath,
    /// The test.
    pub op: TestOp,
}

/// A value path: some element of the attribute fulfils the filter.
#[derive(Clone, Debug, PartialEq)]
pub struct Element {
    /// The attribute.
    pub path: ResolvedPath,
    /// The filter. Its paths name sub-attributes; in a list of simple values, the value itself
    /// has a path without a name.
    pub filter: Box<Node>,
}

/// Where an attribute stands in a resource of canonical form, and how its values compare.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ResolvedPath {
    /// The extension that holds it.
    pub container: Option<SchemaUri>,
    /// Its canonical name; `None` for the container, or the element, itself.
    pub name: Option<AttrName>,
    /// The canonical name of the sub-attribute.
    pub sub: Option<AttrName>,
    /// The type of the values that are compared.
    pub kind: Kind,
    /// Whether case counts.
    pub case_exact: bool,
    /// Whether the attribute holds a list.
    pub multi_valued: bool,
    /// Whether the sub-attribute holds a list.
    pub sub_multi_valued: bool,
    /// Whether a missing value counts as `false` (RFC 7643 §2.4: `primary`).
    pub default_false: bool,
}

impl ResolvedPath {
    /// The canonical path of an attribute, or of a part of the elements of `outer`; `None` for a
    /// resource as a whole.
    fn attr_path(&self, outer: Option<&Self>) -> Option<AttrPath> {
        let (place, sub) = match outer {
            Some(outer) => (outer, outer.sub.as_ref().or(self.name.as_ref())),
            None => (self, self.sub.as_ref()),
        };
        match (&place.container, &place.name) {
            (container, Some(name)) => {
                Some(AttrPath::from_parts(container.clone(), name.clone(), sub.cloned()))
            }
            (Some(container), None) => Some(AttrPath::schema(container.clone())),
            (None, None) if self.kind == Kind::Complex => None,
            (None, None) => Some(AttrPath::new(AttrName::from_static("value"))),
        }
    }
}

/// The kinds of [`Test`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum TestOp {
    /// There is a value: not null, not empty.
    Present,
    /// Equal.
    Eq(Operand),
    /// Holds.
    Contains(Operand),
    /// Begins with.
    StartsWith(Operand),
    /// Ends with.
    EndsWith(Operand),
    /// Greater.
    Gt(Operand),
    /// Greater or equal.
    Ge(Operand),
    /// Less.
    Lt(Operand),
    /// Less or equal.
    Le(Operand),
}

impl TestOp {
    /// What the values are compared with.
    pub fn operand(&self) -> Option<&Operand> {
        match self {
            Self::Present => None,
            Self::Eq(operand)
            | Self::Contains(operand)
            | Self::StartsWith(operand)
            | Self::EndsWith(operand)
            | Self::Gt(operand)
            | Self::Ge(operand)
            | Self::Lt(operand)
            | Self::Le(operand) => Some(operand),
        }
    }
}

/// What values are compared with.
#[derive(Clone, PartialEq)]
pub struct Operand {
    /// The literal, as a value of the attribute's type.
    pub value: Value,
    /// Its comparison key.
    pub key: Key,
}

/// Literals are personal data as often as not, so they are not shown.
impl fmt::Debug for Operand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("_")
    }
}

impl Node {
    fn collect_paths(&self, outer: Option<&ResolvedPath>, paths: &mut BTreeSet<AttrPath>) {
        match self {
            // In an element, it is left to whether there are elements.
            Self::Constant(_) => paths.extend(outer.and_then(|outer| outer.attr_path(None))),
            Self::And(parts) | Self::Or(parts) => {
                parts.iter().for_each(|part| part.collect_paths(outer, paths));
            }
            Self::Not(inner) => inner.collect_paths(outer, paths),
            Self::Element(element) => element.filter.collect_paths(Some(&element.path), paths),
            Self::Test(test) => {
                paths.extend(test.path.attr_path(outer));
            }
        }
    }

    /// All of these: flat, without what is decided already.
    pub(crate) fn all(parts: Vec<Self>) -> Self {
        join(parts, true)
    }

    /// Any of these: flat, without what is decided already.
    pub(crate) fn any(parts: Vec<Self>) -> Self {
        join(parts, false)
    }

    /// The contrary.
    pub(crate) fn negated(self) -> Self {
        match self {
            Self::Constant(outcome) => Self::Constant(!outcome),
            Self::Not(inner) => *inner,
            node => Self::Not(Box::new(node)),
        }
    }
}

/// Joins by `and`, to which `true` adds nothing, or by `or`, to which `false` adds nothing.
fn join(parts: Vec<Node>, neutral: bool) -> Node {
    let mut joined = Vec::with_capacity(parts.len());
    for part in parts {
        match part {
            Node::Constant(outcome) if outcome == neutral => {}
            Node::Constant(outcome) => return Node::Constant(outcome),
            Node::And(mut inner) if neutral => joined.append(&mut inner),
            Node::Or(mut inner) if !neutral => joined.append(&mut inner),
            part => joined.push(part),
        }
    }
    match (joined.pop(), joined.is_empty()) {
        (None, _) => Node::Constant(neutral),
        (Some(only), true) => only,
        (Some(last), false) => {
            joined.push(last);
            if neutral { Node::And(joined) } else { Node::Or(joined) }
        }
    }
}
