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
    /// Beyond the limits, which are [`Limits::DEFAULT`] unless others are given.
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
                /// 400 invalidFilter: [`BuildError::Path`] if the path names no attribute,
                /// [`BuildError::TooLarge`]. 400 invalidValue: [`BuildError::Nul`].
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
    /// 400 invalidFilter: [`BuildError::Path`] if the path names no attribute,
    /// [`BuildError::TooLarge`]. 400 invalidValue: [`BuildError::Nul`].
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
    /// 400 invalidFilter: [`BuildError::Path`] if the path names no attribute,
    /// [`BuildError::TooLarge`].
    pub fn present(path: &str) -> Result<Self, BuildError> {
        bounded(Expr::Present { path: parse::whole_attr_path(path).ok_or(BuildError::Path)? })
    }

    /// `path[filter]`.
    ///
    /// # Errors
    /// 400 invalidFilter: [`BuildError::Path`] if the path names no attribute,
    /// [`BuildError::NestedBrackets`] if the filter holds brackets itself,
    /// [`BuildError::TooLarge`].
    pub fn element(path: &str, filter: Self) -> Result<Self, BuildError> {
        let path = parse::whole_attr_path(path).ok_or(BuildError::Path)?;
        if filter.expr().has_brackets() {
            return Err(BuildError::NestedBrackets);
        }
        bounded(Expr::Element { path, filter: Box::new(filter.into_expr()) })
    }

    /// Both, within the default limits; see [`Filter::all_within`] for joining a client's filter.
    ///
    /// # Errors
    /// [`BuildError::TooLarge`], 400 invalidFilter.
    pub fn and(self, other: Self) -> Result<Self, BuildError> {
        Self::all([self, other])
    }

    /// Either, within the default limits; see [`Filter::any_within`] for joining a client's filter.
    ///
    /// # Errors
    /// [`BuildError::TooLarge`], 400 invalidFilter.
    pub fn or(self, other: Self) -> Result<Self, BuildError> {
        Self::any([self, other])
    }

    /// The contrary: `not (filter)`.
    ///
    /// # Errors
    /// [`BuildError::TooLarge`], 400 invalidFilter.
    pub fn negate(self) -> Result<Self, BuildError> {
        bounded(Expr::Not(Box::new(self.into_expr())))
    }

    /// All of these, joined by `and`.
    ///
    /// # Errors
    /// [`BuildError::Empty`], [`BuildError::TooLarge`]: 400 invalidFilter.
    pub fn all(filters: impl IntoIterator<Item = Self>) -> Result<Self, BuildError> {
        Self::all_within(&Limits::DEFAULT, filters)
    }

    /// Any of these, joined by `or`.
    ///
    /// # Errors
    /// [`BuildError::Empty`], [`BuildError::TooLarge`]: 400 invalidFilter.
    pub fn any(filters: impl IntoIterator<Item = Self>) -> Result<Self, BuildError> {
        Self::any_within(&Limits::DEFAULT, filters)
    }

    /// All of these, joined by `and`, within limits of one's own: those of clients and as much
    /// more as what is joined to their filters needs. The text of the outcome can be read within
    /// the same limits.
    ///
    /// ```
    /// use scim_filter::{BuildError, Filter, Limits};
    ///
    /// let chain = vec!["title pr"; 256].join(" or ");
    /// let of_client: Filter = chain.parse()?;
    /// let only_users = Filter::eq("meta.resourceType", "User")?;
    /// let joined = of_client.clone().and(only_users.clone());
    /// assert_eq!(joined, Err(BuildError::TooLarge));
    ///
    /// let mut limits = Limits::DEFAULT;
    /// limits.max_len += 100;
    /// limits.max_terms += 1;
    /// let joined = Filter::all_within(&limits, [of_client, only_users])?;
    /// assert!(joined.to_string().ends_with(r#"title pr) and meta.resourceType eq "User""#));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`BuildError::Empty`], [`BuildError::TooLarge`]: 400 invalidFilter.
    pub fn all_within(
        limits: &Limits,
        filters: impl IntoIterator<Item = Self>,
    ) -> Result<Self, BuildError> {
        join(limits, filters, Expr::and)
    }

    /// Any of these, joined by `or`, within limits of one's own, as [`Filter::all_within`].
    ///
    /// # Errors
    /// [`BuildError::Empty`], [`BuildError::TooLarge`]: 400 invalidFilter.
    pub fn any_within(
        limits: &Limits,
        filters: impl IntoIterator<Item = Self>,
    ) -> Result<Self, BuildError> {
        join(limits, filters, Expr::or)
    }
}

fn join(
    limits: &Limits,
    filters: impl IntoIterator<Item = Filter>,
    two: fn(&mut Expr, Expr),
) -> Result<Filter, BuildError> {
    let mut filters = filters.into_iter().map(Filter::into_expr);
    let mut joined = filters.next().ok_or(BuildError::Empty)?;
    // One more than the limit is enough to tell that there are too many.
    filters.take(limits.max_terms).for_each(|filter| two(&mut joined, filter));
    within(limits, joined)
}

fn bounded(expr: Expr) -> Result<Filter, BuildError> {
    within(&Limits::DEFAULT, expr)
}

/// The filter, if its text is within the limits that it will be read with.
fn within(limits: &Limits, expr: Expr) -> Result<Filter, BuildError> {
    let Limits { max_len, max_depth, max_terms } = *limits;
    let is_too_deep = expr.depth() > max_depth.min(parse::DEEPEST);
    if expr.terms() > max_terms || is_too_deep || expr.to_string().len() > max_len {
        return Err(BuildError::TooLarge);
    }
    Ok(Filter::from_expr(expr))
}
