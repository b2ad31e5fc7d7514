//! Filters made by programs.

use scim_core::Error as ScimError;
use thiserror::Error;

use crate::{CompareOp, Expr, Filter, Limits, Literal, LiteralKind, parse};

/// Why a filter cannot be built.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum BuildError {
    /// The text names no attribute.
    #[error("a filter can only name attributes, as `attribute` or `attribute.subAttribute`")]
    Path,
    /// U+0000 in a literal.
    #[error("a literal of a filter holds the character U+0000")]
    Nul,
    /// Nothing to join.
    #[error("a filter of no parts")]
    Empty,
    /// Brackets in brackets.
    #[error("a filter in brackets cannot hold brackets")]
    NestedBrackets,
    /// Beyond [`Limits::DEFAULT`].
    #[error("the filter is longer, deeper or has more comparisons than a filter may")]
    TooLarge,
}

/// 400 invalidFilter; invalidValue for U+0000.
impl From<BuildError> for ScimError {
    fn from(error: BuildError) -> Self {
        match error {
            BuildError::Nul => Self::invalid_value(error.to_string()),
            _ => Self::invalid_filter(error.to_string()),
        }
    }
}

macro_rules! comparisons {
    ($($name:ident $op:ident $sign:literal;)*) => {
        /// Filters made by programs; none that the parser would refuse.
        ///
        /// ```
        /// use scim_filter::{BuildError, Filter};
        ///
        /// let filter = Filter::eq("userName", "bjensen")?.and(Filter::present("title")?)?;
        /// assert_eq!(filter.to_string(), r#"userName eq "bjensen" and title pr"#);
        /// assert_eq!(Filter::eq("user name", "x"), Err(BuildError::Path));
        /// # Ok::<(), BuildError>(())
        /// ```
        impl Filter {
            $(
                #[doc = concat!("`path ", $sign, " literal`.")]
                ///
                /// # Errors
                /// [`BuildError`] if the path names no attribute or the literal cannot be written.
                pub fn $name(path: &str, literal: impl Into<Literal>) -> Result<Self, BuildError> {
                    Self::compare(path, CompareOp::$op, literal)
                }
            )*
        }
    };
}

comparisons! {
    eq Eq "eq";
    ne Ne "ne";
    co Co "co";
    sw Sw "sw";
    ew Ew "ew";
    gt Gt "gt";
    ge Ge "ge";
    lt Lt "lt";
    le Le "le";
}

impl Filter {
    /// `path op literal`.
    ///
    /// # Errors
    /// [`BuildError`] if the path names no attribute or the literal cannot be written.
    pub fn compare(
        path: &str,
        op: CompareOp,
        literal: impl Into<Literal>,
    ) -> Result<Self, BuildError> {
        let path = parse::whole_attr_path(path).ok_or(BuildError::Path)?;
        let literal = literal.into();
        if literal.kind() == LiteralKind::String && literal.text().contains('\0') {
            return Err(BuildError::Nul);
        }
        bounded(Expr::Compare { path, op, literal })
    }

    /// `path pr`.
    ///
    /// # Errors
    /// [`BuildError`] if the path names no attribute.
    pub fn present(path: &str) -> Result<Self, BuildError> {
        bounded(Expr::Present { path: parse::whole_attr_path(path).ok_or(BuildError::Path)? })
    }

    /// `path[filter]`.
    ///
    /// # Errors
    /// [`BuildError`] if the path names no attribute, or the filter holds brackets itself.
    pub fn element(path: &str, filter: Self) -> Result<Self, BuildError> {
        let path = parse::whole_attr_path(path).ok_or(BuildError::Path)?;
        if filter.expr().has_brackets() {
            return Err(BuildError::NestedBrackets);
        }
        bounded(Expr::Element { path, filter: Box::new(filter.into_expr()) })
    }

    /// Both.
    ///
    /// # Errors
    /// [`BuildError::TooLarge`].
    pub fn and(self, other: Self) -> Result<Self, BuildError> {
        join([self, other], Expr::and)
    }

    /// Either.
    ///
    /// # Errors
    /// [`BuildError::TooLarge`].
    pub fn or(self, other: Self) -> Result<Self, BuildError> {
        join([self, other], Expr::or)
    }

    /// The contrary: `not (filter)`.
    ///
    /// # Errors
    /// [`BuildError::TooLarge`].
    pub fn negate(self) -> Result<Self, BuildError> {
        bounded(Expr::Not(Box::new(self.into_expr())))
    }

    /// All of these, joined by `and`.
    ///
    /// # Errors
    /// [`BuildError::Empty`], [`BuildError::TooLarge`].
    pub fn all(filters: impl IntoIterator<Item = Self>) -> Result<Self, BuildError> {
        join(filters, Expr::and)
    }

    /// Any of these, joined by `or`.
    ///
    /// # Errors
    /// [`BuildError::Empty`], [`BuildError::TooLarge`].
    pub fn any(filters: impl IntoIterator<Item = Self>) -> Result<Self, BuildError> {
        join(filters, Expr::or)
    }
}

fn join(
    filters: impl IntoIterator<Item = Filter>,
    two: fn(&mut Expr, Expr),
) -> Result<Filter, BuildError> {
    let mut filters = filters.into_iter().map(Filter::into_expr);
    let mut joined = filters.next().ok_or(BuildError::Empty)?;
    // One more than the limit is enough to tell that there are too many.
    filters.take(Limits::DEFAULT.max_terms).for_each(|filter| two(&mut joined, filter));
    bounded(joined)
}

/// The filter, if its text is within the limits that it will be read with.
fn bounded(expr: Expr) -> Result<Filter, BuildError> {
    let Limits { max_len, max_depth, max_terms } = Limits::DEFAULT;
    if expr.terms() > max_terms || expr.depth() > max_depth || expr.to_string().len() > max_len {
        return Err(BuildError::TooLarge);
    }
    Ok(Filter::from_expr(expr))
}
