//! The grammar of filters and PATCH paths (RFC 7644 §3.4.2.2, Figure 1; §3.5.2, Figure 7), rule by
//! rule.
//!
//! ```abnf
//! FILTER    = orExp
//! orExp     = andExp *( SP "or" SP andExp )
//! andExp    = term *( SP "and" SP term )
//! term      = [ "not" *SP ] "(" FILTER ")" / valuePath / attrExp
//! valuePath = attrPath "[" FILTER "]"            ; no valuePath inside
//! attrExp   = attrPath SP ( "pr" / compareOp SP compValue )
//! attrPath  = [ URI ":" ] ATTRNAME [ "." ATTRNAME ] / URI
//! compValue = false / null / true / number / string
//! PATH      = attrPath / valuePath [ "." ATTRNAME ]
//! ```
//!
//! `SP` is any run of blanks and tabs, and may be missing before a quote; blanks may also stand at
//! both ends, and inside parentheses and brackets. Each rule decides by what comes next and never
//! goes back, so the time is linear in the length of the text. Rules with a node put it where it is
//! to stand: handing nodes up from rule to rule took longer than reading them.

use std::{
    cell::Cell,
    fmt::{self, Write},
};

use compact_str::CompactString;
use nom::{
    IResult, Parser,
    branch::alt,
    bytes::complete::tag,
    character::complete::{char, digit0, digit1, one_of},
    combinator::{all_consuming, opt, recognize},
    sequence::preceded,
};
use scim_core::{AttrName, AttrPath};

use crate::{
    CompareOp, Expr, Filter, Literal, LiteralKind, Options, ParseError, ParseErrorKind as Kind,
    PatchPath, error::Fault,
};

/// The deepest that any limit allows: what recursion over a tree can count on.
pub(crate) const DEEPEST: usize = 64;

type Parsed<'a, T> = IResult<&'a str, T, Fault<'a>>;
type Outcome<'a, T> = Result<T, nom::Err<Fault<'a>>>;

/// Reads a whole filter.
pub(crate) fn filter(text: &str, options: &Options) -> Result<Filter, ParseError> {
    let grammar = Grammar::new(text, options);
    let mut expr = Expr::VACANT;
    let read = grammar.check_length().and_then(|()| grammar.whole_filter(&mut expr));
    match read.and_then(|()| grammar.check_canonical_length(&expr)) {
        Ok(()) => Ok(Filter::from_expr(expr)),
        Err(error) => Err(ParseError::filter(text, fault(error))),
    }
}

/// Reads a whole path.
pub(crate) fn patch_path(text: &str, options: &Options) -> Result<PatchPath, ParseError> {
    let grammar = Grammar::new(text, options);
    let read = grammar.check_length().and_then(|()| grammar.path());
    let read = read.and_then(|path| grammar.check_canonical_length(&path).map(|()| path));
    read.map_err(|error| {
        let fault = fault(error);
        if grammar.is_in_filter(&fault) {
            ParseError::filter(text, fault)
        } else {
            ParseError::path(text, fault)
        }
    })
}

fn fault(error: nom::Err<Fault<'_>>) -> Fault<'_> {
    match error {
        nom::Err::Error(fault) | nom::Err::Failure(fault) => fault,
        nom::Err::Incomplete(_) => Fault::new("", 0, Kind::ExpectedAttribute),
    }
}

/// Reads an attribute's path and nothing else.
pub(crate) fn whole_attr_path(text: &str) -> Option<AttrPath> {
    all_consuming(attr_path).parse(text).ok().map(|(_, path)| path)
}

struct Grammar<'a> {
    text: &'a str,
    options: &'a Options,
    max_depth: usize,
    terms: Cell<usize>,
    /// The rest of the text behind the bracket of a path, and behind its closing one.
    bracket: Cell<Option<(usize, usize)>>,
}

/// How deep a rule stands, and whether in brackets.
#[derive(Clone, Copy)]
struct Place {
    depth: usize,
    bracket: bool,
}

/// What comes behind a term.
#[derive(Clone, Copy)]
enum Next<'a> {
    /// `and`, and the text behind it.
    And(&'a str),
    /// `or`, and the text behind it.
    Or(&'a str),
    /// A closing bracket or nothing.
    End(&'a str),
}

impl<'a> Next<'a> {
    fn rest(self) -> &'a str {
        let (Self::And(rest) | Self::Or(rest) | Self::End(rest)) = self;
        rest
    }
}

impl<'a> Grammar<'a> {
    fn new(text: &'a str, options: &'a Options) -> Self {
        Self {
            text,
            options,
            max_depth: options.limits.max_depth.min(DEEPEST),
            terms: Cell::new(0),
            bracket: Cell::new(None),
        }
    }

    fn check_length(&self) -> Outcome<'a, ()> {
        if self.text.len() > self.options.limits.max_len {
            return fail("", 0, Kind::TooLong);
        }
        Ok(())
    }

    /// What is read can be printed and read again: the canonical form is within the limit too,
    /// although leniency and blanks that may be missing make it longer than the text.
    fn check_canonical_length(&self, canonical: &impl fmt::Display) -> Outcome<'a, ()> {
        /// Bytes that may yet be printed.
        struct Room(usize);
        impl fmt::Write for Room {
            fn write_str(&mut self, text: &str) -> fmt::Result {
                self.0 = self.0.checked_sub(text.len()).ok_or(fmt::Error)?;
                Ok(())
            }
        }
        const BRACKETS: usize = "[value ]".len();
        let limit = self.options.limits.max_len;
        // No test becomes twice as long, not even `a eq x`; a path may gain brackets besides.
        let most = self.text.len().saturating_mul(2).saturating_add(BRACKETS);
        if most > limit && write!(Room(limit), "{canonical}").is_err() {
            return fail("", 0, Kind::TooLong);
        }
        Ok(())
    }

    fn whole_filter(&self, expr: &mut Expr) -> Outcome<'a, ()> {
        let (input, _) = blanks(self.text)?;
        if input.is_empty() {
            return fail(self.text, self.text.len(), Kind::Empty);
        }
        match self.filter(input, Place { depth: 0, bracket: false }, expr)? {
            "" => Ok(()),
            rest => fail(rest, 1, Kind::UnmatchedClose),
        }
    }

    /// `FILTER = orExp`, up to the end or a closing bracket.
    fn filter(&self, input: &'a str, place: Place, expr: &mut Expr) -> Outcome<'a, &'a str> {
        let mut next = self.and_exp(input, place, expr)?;
        while let Next::Or(rest) = next {
            let mut right = Expr::VACANT;
            next = self.and_exp(rest, place, &mut right)?;
            expr.or(right);
        }
        Ok(next.rest())
    }

    /// `andExp = term *( SP "and" SP term )`, and what comes behind it.
    fn and_exp(&self, input: &'a str, place: Place, expr: &mut Expr) -> Outcome<'a, Next<'a>> {
        let rest = self.term(input, place, expr)?;
        let mut next = self.connective(rest)?;
        while let Next::And(rest) = next {
            let mut right = Expr::VACANT;
            let rest = self.term(rest, place, &mut right)?;
            expr.and(right);
            next = self.connective(rest)?;
        }
        Ok(next)
    }

    /// What follows a term and the blanks behind it.
    #[inline]
    fn connective(&self, input: &'a str) -> Outcome<'a, Next<'a>> {
        if matches!(input.as_bytes().first(), None | Some(b')' | b']')) {
            return Ok(Next::End(input));
        }
        let (rest, word) = run(|byte| byte.is_ascii_alphabetic())(input)?;
        let is_and = word.eq_ignore_ascii_case("and");
        if !is_and && !word.eq_ignore_ascii_case("or") {
            return fail(input, token(input), Kind::ExpectedConnective);
        }
        if !self.has_blank_before(input) {
            return fail(input, 0, Kind::MissingBlank);
        }
        match blanks(rest)? {
            (after, "") if !matches!(after.as_bytes().first(), None | Some(b')' | b']')) => {
                fail(after, 0, Kind::MissingBlank)
            }
            (after, _) if is_and => Ok(Next::And(after)),
            (after, _) => Ok(Next::Or(after)),
        }
    }

    fn has_blank_before(&self, input: &str) -> bool {
        let before = self.text.len().checked_sub(input.len() + 1);
        let byte = before.and_then(|index| self.text.as_bytes().get(index));
        matches!(byte, Some(b' ' | b'\t'))
    }

    /// `term = [ "not" *SP ] "(" FILTER ")" / valuePath / attrExp`, and the blanks behind it.
    fn term(&self, input: &'a str, place: Place, expr: &mut Expr) -> Outcome<'a, &'a str> {
        let rest = if input.starts_with('(') {
            self.group(input, place, expr)?
        } else if let Some(group) = negation(input) {
            let mut inner = Expr::VACANT;
            let rest = self.group(group, place, &mut inner)?;
            *expr = Expr::Not(Box::new(inner));
            rest
        } else {
            let (rest, path) = attr_path(input)?;
            match rest.as_bytes().first() {
                Some(b'[') => self.value_path(rest, path, place, expr)?,
                _ => self.attr_exp(rest, path, expr)?,
            }
        };
        blanks(rest).map(|(rest, _)| rest)
    }

    /// `"(" FILTER ")"`
    fn group(&self, input: &'a str, place: Place, expr: &mut Expr) -> Outcome<'a, &'a str> {
        let inside = self.below(input, place)?;
        let (start, _) = preceded(char('('), blanks).parse(input)?;
        match self.filter(start, inside, expr)?.strip_prefix(')') {
            Some(rest) => Ok(rest),
            None => fail(input, 1, Kind::UnclosedParenthesis),
        }
    }

    /// One level deeper, if there may be one.
    fn below(&self, input: &'a str, place: Place) -> Outcome<'a, Place> {
        if place.depth >= self.max_depth {
            return fail(input, 1, Kind::TooDeep);
        }
        Ok(Place { depth: place.depth + 1, ..place })
    }

    /// `valuePath = attrPath "[" FILTER "]"`, and the comparison that may stand behind it.
    fn value_path(
        &self,
        input: &'a str,
        path: AttrPath,
        place: Place,
        expr: &mut Expr,
    ) -> Outcome<'a, &'a str> {
        if place.bracket {
            return fail(input, 1, Kind::NestedBrackets);
        }
        let mut filter = Expr::VACANT;
        let mut rest = self.bracket(input, place, &mut filter)?;
        if let Some(sub) = rest.strip_prefix('.') {
            if !self.options.compat.compare_value_path {
                return fail(rest, token(rest), Kind::ComparedValuePath);
            }
            let (behind, name) = attr_name(sub)?;
            let mut test = Expr::VACANT;
            rest = self.attr_exp(behind, AttrPath::new(name), &mut test)?;
            filter.and(test);
            if place.depth + 1 + filter.depth() > self.max_depth {
                return fail(input, 1, Kind::TooDeep);
            }
        }
        *expr = Expr::Element { path, filter: Box::new(filter) };
        Ok(rest)
    }

    /// `"[" FILTER "]"`
    fn bracket(&self, input: &'a str, place: Place, expr: &mut Expr) -> Outcome<'a, &'a str> {
        let inside = Place { bracket: true, ..self.below(input, place)? };
        let (start, _) = preceded(char('['), blanks).parse(input)?;
        let rest = self.filter(start, inside, expr)?;
        match rest.strip_prefix(']') {
            Some(rest) => Ok(rest),
            None if rest.is_empty() => fail(input, 1, Kind::UnclosedBracket),
            None => fail(rest, 1, Kind::UnmatchedClose),
        }
    }

    /// `attrExp = attrPath SP ( "pr" / compareOp SP compValue )`, behind the path.
    fn attr_exp(&self, input: &'a str, path: AttrPath, expr: &mut Expr) -> Outcome<'a, &'a str> {
        let (rest, blank) = blanks(input)?;
        let (after, word) = run(is_word)(rest)?;
        if word.is_empty() {
            return fail(rest, token(rest), Kind::ExpectedOperator);
        }
        if blank.is_empty() {
            return fail(rest, 0, Kind::MissingBlank);
        }
        self.count_term(rest)?;
        if word.eq_ignore_ascii_case("pr") {
            end_of_term(after)?;
            *expr = Expr::Present { path };
            return Ok(after);
        }
        let Some(op) = compare_op(word) else {
            let bare_not = path.uri().is_none() && path.name().is_some_and(|name| *name == "not");
            let kind = if bare_not { Kind::BareNot } else { Kind::UnknownOperator };
            return fail(rest, word.len(), kind);
        };
        let (after, literal) = self.comp_value(after)?;
        end_of_term(after)?;
        *expr = Expr::Compare { path, op, literal };
        Ok(after)
    }

    #[inline]
    fn count_term(&self, input: &'a str) -> Outcome<'a, ()> {
        if self.terms.get() >= self.options.limits.max_terms {
            return fail(input, 0, Kind::TooManyTerms);
        }
        self.terms.set(self.terms.get() + 1);
        Ok(())
    }

    /// `compValue = false / null / true / number / string`, with the blanks before it.
    fn comp_value(&self, input: &'a str) -> Parsed<'a, Literal> {
        let (input, _) = blanks(input)?;
        if input.starts_with('"') {
            let (rest, text) = string(input)?;
            return Ok((rest, Literal::new(LiteralKind::String, text)));
        }
        if input.starts_with('\'') {
            let len = input.get(1..).and_then(|rest| rest.find('\'')).map_or(1, |end| end + 2);
            return fail(input, len, Kind::SingleQuotes);
        }
        let (rest, word) = run(is_word)(input)?;
        if word.is_empty() {
            return fail(input, token(input).min(1), Kind::ExpectedValue);
        }
        if let Some(len) = curly(input, word) {
            return fail(input, len, Kind::CurlyQuotes);
        }
        if rest.strip_prefix('"').is_some_and(|rest| end_of_term(rest).is_ok()) {
            return fail(input, word.len() + 1, Kind::UnopenedQuote);
        }
        if let Some((kind, keyword)) = self.keyword(word) {
            return Ok((rest, Literal::new(kind, keyword)));
        }
        if all_consuming(number).parse(word).is_ok() {
            return Ok((rest, Literal::new(LiteralKind::Number, word)));
        }
        if self.options.compat.barewords {
            return Ok((rest, Literal::new(LiteralKind::String, word)));
        }
        fail(input, word.len(), Kind::Unquoted)
    }

    /// `false / null / true`, as JSON spells them.
    fn keyword(&self, word: &str) -> Option<(LiteralKind, &'static str)> {
        let is = |keyword: &str| {
            word == keyword
                || self.options.compat.literal_case && word.eq_ignore_ascii_case(keyword)
        };
        match word.len() {
            4 if is("true") => Some((LiteralKind::Boolean, "true")),
            4 if is("null") => Some((LiteralKind::Null, "null")),
            5 if is("false") => Some((LiteralKind::Boolean, "false")),
            _ => None,
        }
    }

    /// `PATH = attrPath / valuePath [ "." ATTRNAME ]`
    fn path(&self) -> Outcome<'a, PatchPath> {
        let (input, _) = blanks(self.text)?;
        if input.is_empty() {
            return fail(self.text, self.text.len(), Kind::Empty);
        }
        let (rest, attr) = attr_path(input)?;
        let (rest, path) = match rest.as_bytes().first() {
            Some(b'[') => self.selected(rest, attr)?,
            Some(b' ' | b'\t') => self.compared(rest, attr)?,
            _ => (rest, PatchPath::from_parts(attr, None, None)),
        };
        match blanks(rest)? {
            ("", _) => Ok(path),
            (rest, _) => fail(rest, token(rest), Kind::TrailingText),
        }
    }

    /// `"[" FILTER "]" [ "." ATTRNAME ]`
    fn selected(&self, input: &'a str, attr: AttrPath) -> Parsed<'a, PatchPath> {
        let (inside, index) = preceded(char('['), run(is_index)).parse(input)?;
        if !index.is_empty() && inside.starts_with(']') {
            return fail(input, index.len() + 2, Kind::ArrayIndex);
        }
        self.bracket.set(Some((input.len(), 0)));
        let place = Place { depth: 0, bracket: false };
        let mut filter = Expr::VACANT;
        let rest = self.bracket(input, place, &mut filter).map_err(|error| match error {
            // What is missing at the end is, first of all, the bracket.
            nom::Err::Failure(fault) if fault.at.is_empty() => {
                nom::Err::Failure(Fault::new(input, 1, Kind::UnclosedBracket))
            }
            error => error,
        })?;
        self.bracket.set(Some((input.len(), rest.len())));
        let (rest, sub) = match rest.strip_prefix('.') {
            Some(sub) => attr_name(sub).map(|(rest, name)| (rest, Some(name)))?,
            None => (rest, None),
        };
        Ok((rest, PatchPath::from_parts(attr, Some(Filter::from_expr(filter)), sub)))
    }

    /// `attrExp` as a path: the elements that fulfil it.
    fn compared(&self, input: &'a str, attr: AttrPath) -> Parsed<'a, PatchPath> {
        let (start, _) = blanks(input)?;
        if start.is_empty() || attr.sub().is_some() || !self.options.compat.compare_value_path {
            return Ok((input, PatchPath::from_parts(attr, None, None)));
        }
        let value = AttrPath::new(AttrName::from_static("value"));
        let mut test = Expr::VACANT;
        let rest = self.attr_exp(input, value, &mut test)?;
        Ok((rest, PatchPath::from_parts(attr, Some(Filter::from_expr(test)), None)))
    }

    /// Whether a fault of a path lies in the filter in its brackets, and not in brackets that do
    /// not end.
    fn is_in_filter(&self, fault: &Fault<'_>) -> bool {
        self.bracket.get().is_some_and(|(open, close)| {
            let at = fault.at.len();
            at < open && at > close && fault.kind != Kind::UnclosedBracket
        })
    }
}

/// `"not" *SP`, if a parenthesis follows.
#[inline]
fn negation(input: &str) -> Option<&str> {
    let (word, rest) = input.split_at_checked(3)?;
    let group = rest.trim_start_matches([' ', '\t']);
    (word.eq_ignore_ascii_case("not") && group.starts_with('(')).then_some(group)
}

/// `compareOp`
fn compare_op(word: &str) -> Option<CompareOp> {
    let [first, second] = word.as_bytes() else { return None };
    match (first.to_ascii_lowercase(), second.to_ascii_lowercase()) {
        (b'e', b'q') => Some(CompareOp::Eq),
        (b'n', b'e') => Some(CompareOp::Ne),
        (b'c', b'o') => Some(CompareOp::Co),
        (b's', b'w') => Some(CompareOp::Sw),
        (b'e', b'w') => Some(CompareOp::Ew),
        (b'g', b't') => Some(CompareOp::Gt),
        (b'g', b'e') => Some(CompareOp::Ge),
        (b'l', b't') => Some(CompareOp::Lt),
        (b'l', b'e') => Some(CompareOp::Le),
        _ => None,
    }
}

/// `attrPath = [ URI ":" ] ATTRNAME [ "." ATTRNAME ] / URI`; a URN ends at its last colon.
fn attr_path(input: &str) -> Parsed<'_, AttrPath> {
    let (rest, path) = run(is_word)(input)?;
    match path.parse() {
        Ok(path) => Ok((rest, path)),
        Err(_) => invalid_name(input, path),
    }
}

/// `ATTRNAME`
fn attr_name(input: &str) -> Parsed<'_, AttrName> {
    let (rest, name) = run(is_word)(input)?;
    match name.parse() {
        Ok(name) => Ok((rest, name)),
        Err(_) => invalid_name(input, name),
    }
}

/// Points at what keeps a word from being a path.
#[cold]
fn invalid_name<'a, T>(input: &'a str, path: &'a str) -> Outcome<'a, T> {
    if path.is_empty() {
        return fail(input, token(input).min(1), Kind::ExpectedAttribute);
    }
    let is_part =
        |c: char| c.is_ascii() && AttrName::is_continued_by(c as u8) || c == '.' || c == ':';
    let bad = path.trim_start_matches(is_part);
    if !bad.is_empty() {
        let signs = bad.find(is_part).unwrap_or(bad.len());
        return fail(at(input, path, bad), signs, Kind::InvalidName);
    }
    if path.starts_with(['.', ':']) {
        return fail(input, 0, Kind::ExpectedAttribute);
    }
    if path.ends_with(['.', ':']) {
        return fail(at(input, path, ""), 0, Kind::ExpectedAttribute);
    }
    let steps = path.rsplit(':').next().unwrap_or(path);
    match steps.match_indices('.').nth(1) {
        Some((dot, _)) => {
            let extra = steps.get(dot..).unwrap_or_default();
            fail(at(input, path, extra), extra.len(), Kind::TooManySteps)
        }
        None => fail(input, path.len(), Kind::InvalidName),
    }
}

/// The rest of the input from a suffix of its first word on.
fn at<'a>(input: &'a str, word: &str, suffix: &str) -> &'a str {
    input.get(word.len() - suffix.len()..).unwrap_or(input)
}

/// `string` of JSON (RFC 8259 §7), without its quotes and escapes.
#[inline]
fn string(input: &str) -> Parsed<'_, CompactString> {
    let (start, _) = char('"').parse(input)?;
    let (rest, plain) = run(is_unescaped)(start)?;
    if let Some(rest) = rest.strip_prefix('"') {
        return Ok((rest, plain.into()));
    }
    let mut text = CompactString::from(plain);
    let mut rest = rest;
    loop {
        rest = match rest.as_bytes().first() {
            Some(b'"') => return Ok((rest.get(1..).unwrap_or_default(), text)),
            Some(b'\\') => {
                let (after, c) = escape(rest)?;
                text.push(c);
                after
            }
            Some(0) => return fail(rest, 1, Kind::Nul),
            Some(_) => return fail(rest, 1, Kind::ControlCharacter),
            None => return fail(input, 1, Kind::UnclosedQuote),
        };
        let (after, plain) = run(is_unescaped)(rest)?;
        text.push_str(plain);
        rest = after;
    }
}

/// `escape` of JSON; a pair of surrogates is one character.
fn escape(input: &str) -> Parsed<'_, char> {
    let mut chars = input.chars();
    let c = match (chars.next(), chars.next()) {
        (_, Some(c @ ('"' | '\\' | '/'))) => c,
        (_, Some('b')) => '\u{8}',
        (_, Some('f')) => '\u{c}',
        (_, Some('n')) => '\n',
        (_, Some('r')) => '\r',
        (_, Some('t')) => '\t',
        (_, Some('u')) => return unicode(input),
        (_, c) => return fail(input, 1 + c.map_or(0, char::len_utf8), Kind::InvalidEscape),
    };
    Ok((chars.as_str(), c))
}

fn unicode(input: &str) -> Parsed<'_, char> {
    let Some((rest, unit)) = code_unit(input) else {
        return fail(input, 2, Kind::InvalidEscape);
    };
    let (rest, code) = match unit {
        0xd800..=0xdbff => match code_unit(rest) {
            Some((rest, low @ 0xdc00..=0xdfff)) => {
                (rest, 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00))
            }
            _ => return fail(input, 6, Kind::LoneSurrogate),
        },
        _ => (rest, unit),
    };
    match char::from_u32(code) {
        Some('\0') => fail(input, 6, Kind::Nul),
        Some(c) => Ok((rest, c)),
        None => fail(input, 6, Kind::LoneSurrogate),
    }
}

/// `\uXXXX`
fn code_unit(input: &str) -> Option<(&str, u32)> {
    let (digits, rest) = input.strip_prefix("\\u")?.split_at_checked(4)?;
    let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    u32::from_str_radix(digits, 16).ok().filter(|_| is_hex).map(|unit| (rest, unit))
}

/// `number` of JSON (RFC 8259 §6).
pub(crate) fn number(input: &str) -> IResult<&str, &str> {
    let int = alt((tag("0"), recognize((one_of("123456789"), digit0))));
    let exp = (one_of("eE"), opt(one_of("+-")), digit1);
    recognize((opt(char('-')), int, opt((char('.'), digit1)), opt(exp))).parse(input)
}

/// `*SP`, where SP is a blank or a tab.
#[inline]
fn blanks(input: &str) -> Parsed<'_, &str> {
    run(|byte| matches!(byte, b' ' | b'\t'))(input)
}

/// Behind a term come a blank, a closing bracket or the end.
fn end_of_term(input: &str) -> Outcome<'_, ()> {
    match input.as_bytes().first() {
        None | Some(b' ' | b'\t' | b')' | b']') => Ok(()),
        Some(b'\'') => fail(input, 1, Kind::SingleQuotes),
        Some(b',' | b';' | b'&' | b'|') => fail(input, signs(input), Kind::ExpectedConnective),
        Some(_) => fail(input, 0, Kind::MissingBlank),
    }
}

/// The bytes of the signs that other languages join tests with.
fn signs(input: &str) -> usize {
    input.len() - input.trim_start_matches([',', ';', '&', '|']).len()
}

/// The bytes of a text in the quotes that word processors make of `"` and `'`, if a value without
/// straight quotes is, or ends as, one.
fn curly(input: &str, word: &str) -> Option<usize> {
    const QUOTES: [char; 8] = ['‘', '’', '‚', '‛', '“', '”', '„', '‟'];
    match input.strip_prefix(QUOTES) {
        Some(text) => {
            let behind = text.find(QUOTES).and_then(|end| text.get(end..));
            let rest = behind.and_then(|behind| behind.strip_prefix(QUOTES));
            Some(rest.map_or(word.len(), |rest| input.len() - rest.len()))
        }
        None => word.ends_with(QUOTES).then_some(word.len()),
    }
}

/// What paths, operators and values without quotes consist of.
fn is_word(byte: u8) -> bool {
    !matches!(byte, 0..=b' ' | b'"' | b'\'' | b'(' | b')' | b'[' | b'\\' | b']' | 0x7f)
}

fn is_unescaped(byte: u8) -> bool {
    byte >= b' ' && byte != b'"' && byte != b'\\'
}

fn is_index(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b'-' | b'*' | b'#' | b':')
}

/// The bytes up to the first that is not one of these. What stops a run is always ASCII, so that
/// runs end between characters.
#[inline]
fn run(is_part: impl Fn(u8) -> bool) -> impl Fn(&str) -> Parsed<'_, &str> {
    move |input| {
        let end = input.bytes().position(|byte| !is_part(byte)).unwrap_or(input.len());
        let (run, rest) = input.split_at_checked(end).unwrap_or((input, ""));
        Ok((rest, run))
    }
}

/// The bytes of the word, or of the one character, that the input begins with.
fn token(input: &str) -> usize {
    match input.bytes().position(|byte| !is_word(byte)).unwrap_or(input.len()) {
        0 => input.chars().next().map_or(0, char::len_utf8),
        len => len,
    }
}

#[cold]
fn fail<'a, T>(at: &'a str, len: usize, kind: Kind) -> Outcome<'a, T> {
    Err(nom::Err::Failure(Fault::new(at, len, kind)))
}
