//! Expressions over a JSON document.

use super::{Dialect, Unsupported};
use crate::ResolvedPath;

/// A member of a document on the way to a value, and whether it is a list.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step<'a> {
    pub(super) name: &'a str,
    pub(super) list: bool,
}

/// The way from a document, or from an element of a list, to the values of a path.
pub(super) fn steps(path: &ResolvedPath) -> Vec<Step<'_>> {
    let container = path.container.as_ref().map(|uri| Step { name: uri.as_str(), list: false });
    let name = path.name.as_ref();
    let name = name.map(|name| Step { name: name.as_str(), list: path.multi_valued });
    let sub = path.sub.as_ref();
    let sub = sub.map(|sub| Step { name: sub.as_str(), list: path.sub_multi_valued });
    [container, name, sub].into_iter().flatten().collect()
}

/// The text of the member at the end of the way.
pub(super) fn text(base: &str, way: &[Step<'_>], dialect: Dialect) -> Result<String, Unsupported> {
    match (dialect, way) {
        (Dialect::Sqlite, []) => Ok(base.to_owned()),
        (Dialect::Sqlite, _) => Ok([base, " ->> ", &json_path(way)?].concat()),
        (Dialect::Postgres, []) => Ok(format!("{base} #>> '{{}}'")),
        (Dialect::Postgres, [way @ .., last]) => {
            Ok([&node(base, way, dialect)?, " ->> '", escaped(last)?, "'"].concat())
        }
    }
}

/// The member at the end of the way, as JSON; NULL if there is none.
pub(super) fn node(base: &str, way: &[Step<'_>], dialect: Dialect) -> Result<String, Unsupported> {
    match (dialect, way) {
        (_, []) => Ok(base.to_owned()),
        (Dialect::Sqlite, _) => Ok(format!("{base} -> {}", json_path(way)?)),
        (Dialect::Postgres, _) => way.iter().try_fold(base.to_owned(), |text, step| {
            Ok([&text, " -> '", escaped(step)?, "'"].concat())
        }),
    }
}

/// The elements of the list at the end of the way, as rows with a column `value`.
pub(super) fn elements(
    base: &str,
    way: &[Step<'_>],
    alias: &str,
    dialect: Dialect,
) -> Result<String, Unsupported> {
    match (dialect, way) {
        (Dialect::Sqlite, []) => Ok(format!("json_each({base}) {alias}")),
        (Dialect::Sqlite, _) => Ok(format!("json_each({base}, {}) {alias}", json_path(way)?)),
        (Dialect::Postgres, _) => {
            let list = node(base, way, dialect)?;
            Ok(format!("jsonb_array_elements({list}) AS {alias}(value)"))
        }
    }
}

fn json_path(way: &[Step<'_>]) -> Result<String, Unsupported> {
    let mut path = String::from("'$");
    for step in way {
        path.push_str(".\"");
        path.push_str(escaped(step)?);
        path.push('"');
    }
    path.push('\'');
    Ok(path)
}

/// The name for use inside a string of SQL and of a JSON path. The schema's names hold nothing
/// that would have to be escaped; should one, it is refused.
fn escaped<'a>(step: &Step<'a>) -> Result<&'a str, Unsupported> {
    let harmful = |c: char| c.is_control() || matches!(c, '"' | '\'' | '\\');
    if step.name.contains(harmful) { Err(Unsupported::new(step.name)) } else { Ok(step.name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_would_have_to_be_escaped_is_refused() {
        for name in ["it's", "\"", "a\\", "\0", "a\nb"] {
            let way = [Step { name, list: false }];
            for dialect in [Dialect::Sqlite, Dialect::Postgres] {
                let refused = Err(Unsupported::new(name));
                assert_eq!(text("d", &way, dialect), refused);
                assert_eq!(node("d", &way, dialect), refused);
                assert_eq!(elements("d", &way, "e", dialect), refused);
            }
        }
    }
}
