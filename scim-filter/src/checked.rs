//! Filters that are known to fit a schema.

use std::fmt;

use scim_core::{AttrName, Kind, SchemaUri};
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

    /// What it looks at, in order and as often as it does; of a value path the list alone.
    ///
    /// ```
    /// use scim_core::{AttrName, Attribute, Kind};
    /// use scim_filter::{Filter, Options};
    ///
    /// let name = |name| Attribute::new(AttrName::from_static(name), Kind::String);
    /// let emails = Attribute::complex(AttrName::from_static("emails"), [name("value")]);
    /// let filter: Filter = r#"TITLE pr and not (emails[value ew "x.org"])"#.parse()?;
    /// let checked = filter.check(&[name("title"), emails.multi_valued()][..], &Options::STRICT)?;
    /// let paths: Vec<String> = checked.paths().iter().map(|path| path.to_string()).collect();
    /// assert_eq!(paths, ["title", "emails"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn paths(&self) -> Vec<&ResolvedPath> {
        let (mut paths, mut nodes) = (Vec::new(), vec![&self.root]);
        while let Some(node) = nodes.pop() {
            match node {
                Node::Constant(_) => {}
                Node::And(parts) | Node::Or(parts) => nodes.extend(parts.iter().rev()),
                Node::Not(inner) => nodes.push(inner),
                Node::Test(test) => paths.push(&test.path),
                Node::Element(element) => paths.push(&element.path),
            }
        }
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
