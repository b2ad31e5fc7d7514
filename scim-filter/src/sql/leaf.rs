//! One comparison of one column.

use std::borrow::Cow;

use chrono::{DateTime, SecondsFormat, SubsecRound, Utc};
use scim_core::Kind;

use super::{
    Column, Dialect, Holds, Param,
    form::is_default,
    number::{self, below},
};
use crate::{Key, Operand, ResolvedPath, TestOp};

/// What a statement in the making has bound.
pub(super) struct Sink {
    pub(super) dialect: Dialect,
    pub(super) params: Vec<Param>,
    first: usize,
}

impl Sink {
    pub(super) fn new(dialect: Dialect, first: usize) -> Self {
        Self { dialect, params: Vec::new(), first }
    }

    /// A new placeholder for this value.
    pub(super) fn bind(&mut self, param: Param) -> String {
        let number = self.first + self.params.len();
        self.params.push(param);
        match self.dialect {
            Dialect::Sqlite => format!("?{number}"),
            Dialect::Postgres => format!("${number}"),
        }
    }

    pub(super) fn bind_text(&mut self, text: &str) -> String {
        self.bind(Param::Text(text.to_owned()))
    }
}

/// The SQL of a column as an operand: in parentheses unless it is a plain name.
pub(super) fn operand(sql: &str) -> Cow<'_, str> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'"');
    if sql.bytes().all(plain) { sql.into() } else { ["(", sql, ")"].concat().into() }
}

/// The operand as text that is ordered byte by byte.
pub(super) fn bytewise(sql: &str, dialect: Dialect) -> String {
    match dialect {
        Dialect::Sqlite => sql.to_owned(),
        Dialect::Postgres => format!("{sql} COLLATE \"C\""),
    }
}

impl Holds {
    pub(super) fn is_text(self) -> bool {
        matches!(self, Self::Key | Self::Text | Self::LowerCase)
    }

    /// Whether comparing what the column holds is comparing the attribute's values.
    pub(super) fn fits(self, path: &ResolvedPath, dialect: Dialect) -> bool {
        let text = matches!(path.kind, Kind::String | Kind::Reference);
        match self {
            Self::Key => true,
            Self::Text => text && path.case_exact,
            Self::LowerCase => text && !path.case_exact,
            Self::Boolean => path.kind == Kind::Boolean,
            Self::Number | Self::Integer | Self::Float => {
                matches!(path.kind, Kind::Decimal | Kind::Integer)
            }
            Self::Millis => path.kind == Kind::DateTime,
            Self::Timestamp => path.kind == Kind::DateTime && dialect == Dialect::Postgres,
        }
    }
}

/// The test as text, or its negation if `holds` is false; `None` if the column cannot answer it.
/// NULL is a missing value. A document's values are costly to get at, so they are read once.
pub(super) fn write(
    sink: &mut Sink,
    column: &Column,
    path: &ResolvedPath,
    op: &TestOp,
    holds: bool,
) -> Option<String> {
    let sql = operand(&column.sql);
    if is_default(path, op) {
        let is_true = match column.holds {
            Holds::Boolean => format!("{sql} = TRUE"),
            Holds::Key => format!("{sql} = 'true'"),
            _ => return None,
        };
        return Some(negated(is_true, holds));
    }
    let condition = match op {
        TestOp::Present if column.holds.is_text() => [&sql, " <> ''"].concat(),
        TestOp::Present => format!("{sql} IS NOT NULL"),
        _ if !column.holds.fits(path, sink.dialect) => return None,
        _ if column.holds.is_text() => textual(sink, &sql, column, op)?,
        _ => native(sink, &sql, column.holds, op)?,
    };
    Some(negated(condition, !holds))
}

/// The condition, or its opposite in which NULL counts as false.
pub(super) fn negated(condition: String, negate: bool) -> String {
    if negate { format!("({condition}) IS NOT TRUE") } else { condition }
}

fn textual(sink: &mut Sink, sql: &str, column: &Column, op: &TestOp) -> Option<String> {
    let literal = |operand: &Operand| match column.holds {
        Holds::Key => Some(operand.key.as_str().to_owned()),
        Holds::LowerCase => operand.value.as_str().and_then(|text| lowered(text, &operand.key)),
        _ => operand.value.as_str().map(str::to_owned),
    };
    Some(match op {
        TestOp::Present => return None,
        TestOp::Eq(operand) => match literal(operand)? {
            empty if empty.is_empty() => "FALSE".to_owned(),
            text => [sql, " = ", &sink.bind(Param::Text(text))].concat(),
        },
        TestOp::Gt(operand) => ordered(sink, sql, column, '>', "", &literal(operand)?),
        TestOp::Ge(operand) => ordered(sink, sql, column, '>', "=", &literal(operand)?),
        TestOp::Lt(operand) => ordered(sink, sql, column, '<', "", &literal(operand)?),
        TestOp::Le(operand) => ordered(sink, sql, column, '<', "=", &literal(operand)?),
        TestOp::Contains(operand) | TestOp::StartsWith(operand) | TestOp::EndsWith(operand) => {
            match literal(operand)? {
                // Every value begins and ends with nothing and holds it; an empty one is no value.
                empty if empty.is_empty() => format!("{sql} <> ''"),
                part => substring(sink, sql, column, op, &part),
            }
        }
    })
}

/// The literal in lower case, if that is its key, which is what values are compared by, and if
/// everybody lowers it alike: some write a sigma at the end of a word in another way.
fn lowered(text: &str, key: &Key) -> Option<String> {
    let lowered: String = text.chars().flat_map(char::to_lowercase).collect();
    (lowered == key.as_str() && !lowered.contains('σ')).then_some(lowered)
}

/// `gt`, `ge`, `lt`, `le`. An empty text is no value (RFC 7643 §2.5), though it is less than others.
fn ordered(
    sink: &mut Sink,
    sql: &str,
    column: &Column,
    sign: char,
    equal: &str,
    literal: &str,
) -> String {
    let bytes = bytewise(sql, sink.dialect);
    let bound = sink.bind_text(literal);
    match sign {
        '>' if !literal.is_empty() => format!("{bytes} {sign}{equal} {bound}"),
        _ if column.costly => {
            let some = bytewise(&format!("nullif({sql}, '')"), sink.dialect);
            format!("{some} {sign}{equal} {bound}")
        }
        _ => format!("{bytes} {sign}{equal} {bound} AND {sql} <> ''"),
    }
}

/// `co`, `sw`, `ew`; without `LIKE`, whose wildcards a literal could hold.
fn substring(sink: &mut Sink, sql: &str, column: &Column, op: &TestOp, part: &str) -> String {
    let bytes = bytewise(sql, sink.dialect);
    if matches!(op, TestOp::StartsWith(_)) && !column.costly {
        let from = sink.bind_text(part);
        return match successor(part) {
            Some(to) => format!("{bytes} >= {from} AND {bytes} < {}", sink.bind_text(&to)),
            None => format!("{bytes} >= {from}"),
        };
    }
    let part = sink.bind_text(part);
    match (op, sink.dialect) {
        (TestOp::StartsWith(_), Dialect::Sqlite) => format!("instr({sql}, {part}) = 1"),
        (TestOp::StartsWith(_), Dialect::Postgres) => format!("starts_with({bytes}, {part})"),
        (TestOp::EndsWith(_), Dialect::Sqlite) => {
            format!("substr({sql}, -length({part})) = {part}")
        }
        (TestOp::EndsWith(_), Dialect::Postgres) => {
            format!("right({sql}, length(CAST({part} AS text))) = {part}")
        }
        (_, Dialect::Sqlite) => format!("instr({sql}, {part}) > 0"),
        (_, Dialect::Postgres) => format!("strpos({bytes}, {part}) > 0"),
    }
}

/// The least text that is greater than every text with this prefix; `None` if there is none. The
/// byte order of UTF-8 is the order of code points.
fn successor(prefix: &str) -> Option<String> {
    let mut chars: Vec<char> = prefix.chars().collect();
    while let Some(last) = chars.pop() {
        let next = match last {
            '\u{d7ff}' => Some('\u{e000}'),
            _ => char::from_u32(u32::from(last) + 1),
        };
        if let Some(next) = next {
            chars.push(next);
            return Some(chars.into_iter().collect());
        }
    }
    None
}

fn native(sink: &mut Sink, sql: &str, holds: Holds, op: &TestOp) -> Option<String> {
    let (sign, operand) = match op {
        TestOp::Eq(operand) => ("=", operand),
        TestOp::Gt(operand) => (">", operand),
        TestOp::Ge(operand) => (">=", operand),
        TestOp::Lt(operand) => ("<", operand),
        TestOp::Le(operand) => ("<=", operand),
        TestOp::Present | TestOp::Contains(_) | TestOp::StartsWith(_) | TestOp::EndsWith(_) => {
            return None;
        }
    };
    match holds {
        Holds::Boolean => {
            let placeholder = sink.bind(Param::Bool(operand.value.as_bool()?));
            Some(format!("{sql} {sign} {placeholder}"))
        }
        Holds::Number | Holds::Integer | Holds::Float => {
            number::compare(sink, sql, holds, sign, &operand.key)
        }
        Holds::Millis => {
            let instant = instant(operand)?;
            let exact = instant.timestamp_subsec_nanos() % 1_000_000 == 0;
            let placeholder = |sink: &mut Sink| {
                let param = sink.bind(Param::Integer(instant.timestamp_millis()));
                typed(sink.dialect, &param, "bigint")
            };
            Some(match rounded(sign, exact) {
                Some(sign) => format!("{sql} {sign} {}", placeholder(sink)),
                None => "FALSE".to_owned(),
            })
        }
        Holds::Timestamp => {
            let instant = instant(operand)?;
            let micros = instant.trunc_subsecs(6);
            Some(match rounded(sign, micros == instant) {
                Some(sign) => {
                    let param = sink.bind_text(&timestamp(micros));
                    let param =
                        typed(sink.dialect, &typed(sink.dialect, &param, "text"), "timestamptz");
                    format!("{sql} {sign} {param}")
                }
                None => "FALSE".to_owned(),
            })
        }
        _ => None,
    }
}

/// The comparison with an instant cut to the column's precision that equals the one with the whole
/// instant; `None` if nothing is equal to it.
fn rounded(sign: &'static str, exact: bool) -> Option<&'static str> {
    if exact { Some(sign) } else { below(sign) }
}

/// As PostgreSQL reads it, for which the year before 1 is called 1 BC.
fn timestamp(instant: DateTime<Utc>) -> String {
    let text = instant.to_rfc3339_opts(SecondsFormat::Micros, true);
    match text.strip_prefix("0000-") {
        Some(rest) => format!("0001-{rest} BC"),
        None => text,
    }
}

/// The key of an instant is its time in UTC, without a zone.
fn instant(operand: &Operand) -> Option<DateTime<Utc>> {
    let text = format!("{}Z", operand.key.as_str());
    DateTime::parse_from_rfc3339(&text).ok().map(|instant| instant.to_utc())
}

/// The expression as this type of PostgreSQL's.
pub(super) fn typed(dialect: Dialect, expression: &str, name: &str) -> String {
    match dialect {
        Dialect::Sqlite => expression.to_owned(),
        Dialect::Postgres => format!("CAST({expression} AS {name})"),
    }
}
