//! Filters held against a schema (RFC 7644 §3.4.2.2; RFC 7643 §2.3).

mod error;
mod literal;
mod resolve;

use scim_core::{AttrName, AttrPath, Attribute, Compat, Kind};

use crate::{
    Attributes, Checked, CompareOp, Element, Expr, Filter, Literal, LiteralKind, Node, Options,
    Resolved, ResolvedPath, Test, TestOp, Unknown,
};

pub use self::error::{CheckError, CheckErrorKind};

impl Filter {
    /// Holds the filter against a schema: names are resolved, literals read as values of the
    /// attributes' types, comparison keys computed.
    ///
    /// # Errors
    /// [`CheckError`], 400 invalidFilter: an attribute that no schema knows (unless
    /// [`Options::unknown`] says it is absent) or that cannot be read, an operator that the type
    /// does not have, a literal of another type, a complex attribute without a sub-attribute.
    pub fn check<A: Attributes + ?Sized>(
        &self,
        attributes: &A,
        options: &Options,
    ) -> Result<Checked, CheckError> {
        let checker = Checker { scope: Scope::Resource(&attributes), options };
        Ok(Checked { root: checker.node(self.expr())? })
    }

    /// Holds a filter that stands in the brackets of an attribute against that attribute. The
    /// outcome is matched against one element: an object, or a simple value, which the filter
    /// calls `value`.
    ///
    /// # Errors
    /// [`CheckError`], 400 invalidFilter, as [`Filter::check`].
    pub fn check_element(
        &self,
        parent: &Resolved<'_>,
        options: &Options,
    ) -> Result<Checked, CheckError> {
        let scope = Scope::element(parent)
            .ok_or_else(|| CheckError::new(parent.path(), CheckErrorKind::NoElements))?;
        Ok(Checked { root: Checker { scope, options }.node(self.expr())? })
    }
}

/// What the names in a filter name.
enum Scope<'a> {
    Resource(&'a dyn Attributes),
    /// Sub-attributes of a complex attribute.
    Part {
        parent: &'a Attribute,
        path: AttrPath,
    },
    /// The elements of a list of simple values.
    Value {
        parent: Resolved<'a>,
        path: AttrPath,
    },
}

impl<'a> Scope<'a> {
    /// Inside the brackets of an attribute.
    fn element(parent: &Resolved<'a>) -> Option<Self> {
        let path = parent.path();
        match parent.innermost()? {
            parent if parent.kind == Kind::Complex => Some(Self::Part { parent, path }),
            list if list.multi_valued => Some(Self::Value { parent: *parent, path }),
            _ => None,
        }
    }

    fn resolve(&self, path: &AttrPath, compat: &Compat) -> Option<Resolved<'a>> {
        match *self {
            Self::Resource(attributes) => attributes.resolve(path, compat),
            Self::Part { parent, .. } => {
                let name = local_name(path)?;
                let attribute = Some(parent.sub_attribute(name.as_str())?);
                Some(Resolved { container: None, attribute, sub: None })
            }
            Self::Value { parent, .. } => (*local_name(path)? == "value").then_some(parent),
        }
    }

    fn resolved_path(&self, resolved: &Resolved<'_>) -> ResolvedPath {
        let path = ResolvedPath::new(resolved);
        match self {
            Self::Resource(_) => path,
            Self::Part { parent, .. } => path.part_of(parent),
            Self::Value { .. } => path.of_element(),
        }
    }

    fn parent(&self) -> Option<&AttrPath> {
        match self {
            Self::Resource(_) => None,
            Self::Part { path, .. } | Self::Value { path, .. } => Some(path),
        }
    }
}

/// A name that stands alone, as those in brackets do.
fn local_name(path: &AttrPath) -> Option<&AttrName> {
    if path.uri().is_some() || path.sub().is_some() { None } else { path.name() }
}

struct Checker<'a> {
    scope: Scope<'a>,
    options: &'a Options,
}

impl Checker<'_> {
    fn node(&self, expr: &Expr) -> Result<Node, CheckError> {
        match expr {
            Expr::And(parts) => self.nodes(parts).map(Node::all),
            Expr::Or(parts) => self.nodes(parts).map(Node::any),
            Expr::Not(inner) => self.node(inner).map(Node::negated),
            Expr::Present { path } => self.presence(path),
            Expr::Compare { path, op, literal } => self.comparison(path, *op, literal),
            Expr::Element { path, filter } => self.element(path, filter),
        }
    }

    fn nodes(&self, parts: &[Expr]) -> Result<Vec<Node>, CheckError> {
        parts.iter().map(|part| self.node(part)).collect()
    }

    /// `pr`, which any attribute has.
    fn presence(&self, path: &AttrPath) -> Result<Node, CheckError> {
        Ok(match self.resolve(path)? {
            Some(resolved) => self.test(&resolved, TestOp::Present),
            None => Node::Constant(false),
        })
    }

    fn comparison(
        &self,
        path: &AttrPath,
        op: CompareOp,
        literal: &Literal,
    ) -> Result<Node, CheckError> {
        if literal.kind() == LiteralKind::Null {
            return match op {
                CompareOp::Eq => self.presence(path).map(Node::negated),
                CompareOp::Ne => self.presence(path),
                _ => Err(CheckError::new(path.clone(), CheckErrorKind::OrderedNull).op(op)),
            };
        }
        let Some(resolved) = self.resolve(path)? else {
            return Ok(Node::Constant(op == CompareOp::Ne));
        };
        let refuse = |kind| CheckError::new(path.clone(), kind).op(op);
        let comparable = resolved.comparable();
        let (resolved, attribute) = comparable
            .and_then(|resolved| Some((resolved, resolved.innermost()?)))
            .ok_or_else(|| refuse(CheckErrorKind::Complex))?;
        if is_hidden(attribute) {
            return Err(refuse(CheckErrorKind::Hidden));
        }
        if !has_operator(attribute.kind, op) {
            return Err(refuse(CheckErrorKind::Operator(attribute.kind)));
        }
        let place = self.scope.resolved_path(&resolved);
        let operand = literal::operand(literal, place.kind, place.case_exact, self.options)
            .map_err(refuse)?;
        let test = match op {
            CompareOp::Eq | CompareOp::Ne => TestOp::Eq(operand),
            CompareOp::Co => TestOp::Contains(operand),
            CompareOp::Sw => TestOp::StartsWith(operand),
            CompareOp::Ew => TestOp::EndsWith(operand),
            CompareOp::Gt => TestOp::Gt(operand),
            CompareOp::Ge => TestOp::Ge(operand),
            CompareOp::Lt => TestOp::Lt(operand),
            CompareOp::Le => TestOp::Le(operand),
        };
        let test = Node::Test(Test { path: place, op: test });
        Ok(if op == CompareOp::Ne { test.negated() } else { test })
    }

    fn element(&self, path: &AttrPath, filter: &Expr) -> Result<Node, CheckError> {
        if self.scope.parent().is_some() {
            return Err(CheckError::new(path.clone(), CheckErrorKind::NestedBrackets));
        }
        let Some(resolved) = self.resolve(path)? else { return Ok(Node::Constant(false)) };
        let scope = Scope::element(&resolved)
            .ok_or_else(|| CheckError::new(path.clone(), CheckErrorKind::NoElements))?;
        let inside = Checker { scope, options: self.options };
        Ok(match inside.node(filter)? {
            Node::Constant(false) => Node::Constant(false),
            filter => Node::Element(Element {
                path: self.scope.resolved_path(&resolved),
                filter: Box::new(filter),
            }),
        })
    }

    fn test(&self, resolved: &Resolved<'_>, op: TestOp) -> Node {
        Node::Test(Test { path: self.scope.resolved_path(resolved), op })
    }

    /// What a path names; `None` if that is nothing, and nothing is wrong with it.
    fn resolve(&self, path: &AttrPath) -> Result<Option<Resolved<'_>>, CheckError> {
        match self.scope.resolve(path, &self.options.compat) {
            Some(resolved) => {
                let parts = [resolved.attribute, resolved.sub];
                if parts.into_iter().flatten().any(is_hidden) {
                    return Err(CheckError::new(path.clone(), CheckErrorKind::Hidden));
                }
                Ok(Some(resolved))
            }
            None if self.options.unknown == Unknown::Absent => Ok(None),
            None => Err(CheckError::unknown(path, self.scope.parent())),
        }
    }
}

/// Values that nobody can read must not be found out by comparing (RFC 7643 §7, `returned`).
fn is_hidden(attribute: &Attribute) -> bool {
    use scim_core::{Mutability, Returned};
    attribute.returned == Returned::Never || attribute.mutability == Mutability::WriteOnly
}

/// Which operators the types have (RFC 7644 §3.4.2.2, Table 3).
fn has_operator(kind: Kind, op: CompareOp) -> bool {
    use CompareOp::{Co, Eq, Ew, Ne, Sw};
    match kind {
        Kind::String | Kind::Reference => true,
        Kind::Decimal | Kind::Integer | Kind::DateTime => !matches!(op, Co | Sw | Ew),
        _ => matches!(op, Eq | Ne),
    }
}
