//! The tree of a filter (RFC 7644 §3.4.2.2).

use std::{collections::BTreeSet, fmt};

use compact_str::CompactString;
use scim_core::AttrPath;
use serde_json::{Number, Value};

use crate::{Options, ParseError, parse};

/// A filter as it was written, not yet held against a schema (RFC 7644 §3.4.2.2).
///
/// Every filter is within the grammar and within bounds, whether it was parsed or built, so that
/// nothing done with it can run deep or long. Chains of `and` and of `or` are flat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    expr: Expr,
}

impl Filter {
    /// Reads a filter in the grammar and within the limits that the options set.
    ///
    /// # Errors
    /// [`ParseError`], 400 invalidFilter; 400 invalidValue for U+0000 in a literal.
    pub fn parse_with(text: &str, options: &Options) -> Result<Self, ParseError> {
        parse::filter(text, options)
    }

    /// The tree.
    pub fn expr(&self) -> &Expr {
        &self.expr
    }

    /// The attributes that the filter names, as it spells them; those inside brackets as
    /// sub-attributes of the one before the bracket.
    ///
    /// One attribute can have several spellings: `userName`, the same with the URN of its schema,
    /// `emails` for `emails.value`. Rules of access need [`Checked::attributes`], which knows each
    /// by one.
    ///
    /// [`Checked::attributes`]: crate::Checked::attributes
    pub fn attributes(&self) -> BTreeSet<AttrPath> {
        let mut paths = BTreeSet::new();
        self.expr.collect_paths(None, &mut paths);
        paths
    }

    pub(crate) fn map_literals(
        &mut self,
        mut other: impl FnMut(&AttrPath, &Literal) -> Option<Literal>,
    ) {
        self.expr.map_literals(&mut other);
    }

    pub(crate) fn from_expr(expr: Expr) -> Self {
        Self { expr }
    }

    pub(crate) fn into_expr(self) -> Expr {
        self.expr
    }
}

/// A node of a [`Filter`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expr {
    /// `a and b and c`: at least two, none of them an `And`.
    And(Vec<Expr>),
    /// `a or b or c`: at least two, none of them an `Or`.
    Or(Vec<Expr>),
    /// `not (a)`.
    Not(Box<Expr>),
    /// `path op literal`.
    Compare {
        /// The attribute.
        path: AttrPath,
        /// The operator.
        op: CompareOp,
        /// What it is compared with.
        literal: Literal,
    },
    /// `path pr`.
    Present {
        /// The attribute.
        path: AttrPath,
    },
    /// `path[filter]`: one and the same element fulfils the filter.
    Element {
        /// The attribute.
        path: AttrPath,
        /// The filter; it holds no `Element`.
        filter: Box<Expr>,
    },
}

impl Expr {
    /// What stands in the place of a node that is yet to come.
    pub(crate) const VACANT: Self = Self::Or(Vec::new());

    /// Both; chains stay flat.
    pub(crate) fn and(&mut self, right: Self) {
        match (self, right) {
            (Self::And(left), Self::And(mut right)) => left.append(&mut right),
            (Self::And(left), right) => left.push(right),
            (left, Self::And(right)) => *left = Self::And(behind(left, right)),
            (left, right) => *left = Self::And(behind(left, [right])),
        }
    }

    /// Either; chains stay flat.
    pub(crate) fn or(&mut self, right: Self) {
        match (self, right) {
            (Self::Or(left), Self::Or(mut right)) => left.append(&mut right),
            (Self::Or(left), right) => left.push(right),
            (left, Self::Or(right)) => *left = Self::Or(behind(left, right)),
            (left, right) => *left = Self::Or(behind(left, [right])),
        }
    }

    /// How deep parentheses, `not` and brackets stand inside one another in canonical form.
    pub(crate) fn depth(&self) -> usize {
        match self {
            Self::And(all) => deepest(all, |part| matches!(part, Self::Or(_))),
            Self::Or(any) => deepest(any, |_| false),
            Self::Not(inner) => 1 + inner.depth(),
            Self::Element { filter, .. } => 1 + filter.depth(),
            Self::Compare { .. } | Self::Present { .. } => 0,
        }
    }

    /// How many comparisons and presence tests there are.
    pub(crate) fn terms(&self) -> usize {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().map(Self::terms).sum(),
            Self::Not(inner) => inner.terms(),
            Self::Element { filter, .. } => filter.terms(),
            Self::Compare { .. } | Self::Present { .. } => 1,
        }
    }

    pub(crate) fn has_brackets(&self) -> bool {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().any(Self::has_brackets),
            Self::Not(inner) => inner.has_brackets(),
            Self::Element { .. } => true,
            Self::Compare { .. } | Self::Present { .. } => false,
        }
    }

    /// Puts other literals in the place of those that `other` gives others for.
    pub(crate) fn map_literals(
        &mut self,
        other: &mut impl FnMut(&AttrPath, &Literal) -> Option<Literal>,
    ) {
        match self {
            Self::And(parts) | Self::Or(parts) => {
                parts.iter_mut().for_each(|part| part.map_literals(other));
            }
            Self::Not(inner) => inner.map_literals(other),
            Self::Element { filter, .. } => filter.map_literals(other),
            Self::Compare { path, literal, .. } => {
                if let Some(other) = other(path, literal) {
                    *literal = other;
                }
            }
            Self::Present { .. } => {}
        }
    }

    fn collect_paths(&self, parent: Option<&AttrPath>, paths: &mut BTreeSet<AttrPath>) {
        match self {
            Self::And(parts) | Self::Or(parts) => {
                parts.iter().for_each(|part| part.collect_paths(parent, paths));
            }
            Self::Not(inner) => inner.collect_paths(parent, paths),
            Self::Element { path, filter } => filter.collect_paths(Some(path), paths),
            Self::Compare { path, .. } | Self::Present { path } => {
                paths.insert(match (parent, path.name()) {
                    (Some(parent), Some(name)) if parent.sub().is_none() => {
                        parent.clone().with_sub(name.clone())
                    }
                    (Some(parent), _) => parent.clone(),
                    (None, _) => path.clone(),
                });
            }
        }
    }
}

/// A chain, with room for one more; nothing stays where `first` was.
fn behind(first: &mut Expr, rest: impl IntoIterator<Item = Expr>) -> Vec<Expr> {
    let rest = rest.into_iter();
    let mut chain = Vec::with_capacity(rest.size_hint().0 + 2);
    chain.push(std::mem::replace(first, Expr::VACANT));
    chain.extend(rest);
    chain
}

fn deepest(parts: &[Expr], grouped: impl Fn(&Expr) -> bool) -> usize {
    parts.iter().map(|part| part.depth() + usize::from(grouped(part))).max().unwrap_or(0)
}

/// The comparison operators (RFC 7644 §3.4.2.2, Table 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CompareOp {
    /// Equal.
    Eq,
    /// Not equal: the complement of `eq`.
    Ne,
    /// Contains.
    Co,
    /// Starts with.
    Sw,
    /// Ends with.
    Ew,
    /// Greater than.
    Gt,
    /// Greater than or equal to.
    Ge,
    /// Less than.
    Lt,
    /// Less than or equal to.
    Le,
}

impl CompareOp {
    /// The operator as it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Ne => "ne",
            Self::Co => "co",
            Self::Sw => "sw",
            Self::Ew => "ew",
            Self::Gt => "gt",
            Self::Ge => "ge",
            Self::Lt => "lt",
            Self::Le => "le",
        }
    }
}

/// What an attribute is compared with: a JSON value other than an array or object.
///
/// Numbers keep the text they were written in, for an attribute that turns out to be a string, so
/// that `1` and `1.0` differ. Keywords are spelt as in JSON, in whatever case they were written.
#[derive(Clone, PartialEq, Eq)]
pub struct Literal {
    kind: LiteralKind,
    text: CompactString,
}

/// Literals are personal data as often as not, so they are not shown.
impl fmt::Debug for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}(_)", self.kind)
    }
}

/// The kinds of [`Literal`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LiteralKind {
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean,
    /// A JSON number.
    Number,
    /// A JSON string.
    String,
}

impl Literal {
    /// What it is.
    pub fn kind(&self) -> LiteralKind {
        self.kind
    }

    /// The string, without quotes and escapes; a number as it was written; a keyword.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// `true` or `false`.
    pub fn as_bool(&self) -> Option<bool> {
        (self.kind == LiteralKind::Boolean).then(|| self.text == "true")
    }

    /// The literal as JSON; a number beyond the range of JSON numbers is `null`.
    pub fn to_value(&self) -> Value {
        match self.kind {
            LiteralKind::Null => Value::Null,
            LiteralKind::Boolean => Value::Bool(self.text == "true"),
            LiteralKind::Number => number(&self.text).map_or(Value::Null, Value::Number),
            LiteralKind::String => Value::String(self.text.to_string()),
        }
    }

    pub(crate) fn new(kind: LiteralKind, text: impl Into<CompactString>) -> Self {
        Self { kind, text: text.into() }
    }
}

/// A number within the range of a 64-bit float, whatever features serde_json has.
pub(crate) fn number(text: &str) -> Option<Number> {
    text.parse::<f64>().ok().filter(|float| float.is_finite())?;
    text.parse().ok()
}

impl From<&str> for Literal {
    fn from(text: &str) -> Self {
        Self::new(LiteralKind::String, text)
    }
}

impl From<String> for Literal {
    fn from(text: String) -> Self {
        Self::new(LiteralKind::String, text)
    }
}

impl From<bool> for Literal {
    fn from(value: bool) -> Self {
        Self::new(LiteralKind::Boolean, if value { "true" } else { "false" })
    }
}

impl From<i64> for Literal {
    fn from(value: i64) -> Self {
        Self::from(Number::from(value))
    }
}

impl From<Number> for Literal {
    fn from(value: Number) -> Self {
        Self::new(LiteralKind::Number, value.to_string())
    }
}

/// `null`.
impl From<()> for Literal {
    fn from((): ()) -> Self {
        Self::new(LiteralKind::Null, "null")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_element_of_a_part_reads_that_part() {
        let filter: Filter =
            r#"name.middleNames[value sw "j"] and emails[type pr or value pr] and title pr"#
                .parse()
                .unwrap();
        let read: Vec<String> = filter.attributes().iter().map(ToString::to_string).collect();
        assert_eq!(read, ["emails.type", "emails.value", "name.middleNames", "title"]);
    }

    #[test]
    fn a_literal_is_the_json_that_it_is_written_as() {
        for (text, value, debug) in [
            ("true", json!(true), "Boolean(_)"),
            ("false", json!(false), "Boolean(_)"),
            ("null", json!(null), "Null(_)"),
            ("-15", json!(-15), "Number(_)"),
            ("1e999", json!(null), "Number(_)"),
            (r#""a\tb""#, json!("a\tb"), "String(_)"),
        ] {
            let filter: Filter = format!("a eq {text}").parse().unwrap();
            let Expr::Compare { literal, .. } = filter.expr() else { panic!("{text}") };
            assert_eq!(literal.to_value(), value, "{text}");
            assert_eq!(format!("{literal:?}"), debug, "{text}");
        }
    }
}
