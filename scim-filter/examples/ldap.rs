//! A checked filter as a search filter of LDAP (RFC 4515), for a directory of `inetOrgPerson`s:
//! `cargo run -p scim-filter --example ldap -- 'userName sw "b" and not (title pr)'`
//!
//! It shows what translating [`Checked`] takes: each kind of node is written or refused, and no
//! literal gets out of its place.

use std::{env, fmt::Write, process::ExitCode};

use scim_filter::{Checked, Filter, Node, Options, ResolvedPath, Test, TestOp, testing::Schema};

/// What LDAP cannot tell, or this directory does not hold.
#[derive(Debug, PartialEq)]
pub enum Untranslatable {
    /// The directory has no such attribute.
    Attribute(String),
    /// The values of an entry's attribute have no parts, so that no two tests are of one element.
    Element(String),
    /// LDAP has no `>` and `<`; and its order is that of the directory, which may be another.
    Order(String),
}

/// The filter in the string representation of RFC 4515 §3.
///
/// # Errors
/// [`Untranslatable`]; nothing is ever left out.
pub fn ldap(filter: &Checked) -> Result<String, Untranslatable> {
    let mut text = String::new();
    node(&mut text, filter.root())?;
    Ok(text)
}

/// Its depth is that of the filter, which is bounded.
fn node(text: &mut String, filter: &Node) -> Result<(), Untranslatable> {
    match filter {
        // The absolute true and false filters of RFC 4526.
        Node::Constant(outcome) => text.push_str(if *outcome { "(&)" } else { "(|)" }),
        Node::And(parts) => joined(text, '&', parts)?,
        Node::Or(parts) => joined(text, '|', parts)?,
        // LDAP's third outcome, undefined, does not arise: each attribute is in the directory's
        // schema, and a missing value of one that is makes a test false (RFC 4511 §4.5.1.7).
        Node::Not(inner) => joined(text, '!', std::slice::from_ref(inner))?,
        Node::Test(test) => comparison(text, test)?,
        Node::Element(element) => return Err(Untranslatable::Element(element.path.to_string())),
    }
    Ok(())
}

fn joined(text: &mut String, sign: char, parts: &[Node]) -> Result<(), Untranslatable> {
    text.push('(');
    text.push(sign);
    parts.iter().try_for_each(|part| node(text, part))?;
    text.push(')');
    Ok(())
}

fn comparison(text: &mut String, test: &Test) -> Result<(), Untranslatable> {
    let (name, operand) = (attribute(&test.path)?, test.op.operand());
    // An empty part is in every value; an empty value is none.
    let literal = operand.map(|operand| &operand.value);
    let value = match literal {
        None => String::new(),
        Some(serde_json::Value::String(value)) => escaped(value),
        Some(serde_json::Value::Bool(value)) => value.to_string().to_uppercase(),
        Some(value) => value.to_string(),
    };
    let parts =
        matches!(test.op, TestOp::Contains(_) | TestOp::StartsWith(_) | TestOp::EndsWith(_));
    let assertion = match &test.op {
        TestOp::Present => "*".to_owned(),
        _ if value.is_empty() && parts => "*".to_owned(),
        TestOp::Eq(_) if value.is_empty() => {
            text.push_str("(|)");
            return Ok(());
        }
        TestOp::Eq(_) => value,
        TestOp::Contains(_) => format!("*{value}*"),
        TestOp::StartsWith(_) => format!("{value}*"),
        TestOp::EndsWith(_) => format!("*{value}"),
        _ => return Err(Untranslatable::Order(test.path.to_string())),
    };
    text.push_str(&format!("({name}={assertion})"));
    Ok(())
}

/// Where the directory keeps an attribute.
fn attribute(path: &ResolvedPath) -> Result<&'static str, Untranslatable> {
    Ok(match path.to_string().as_str() {
        "userName" => "uid",
        "displayName" => "displayName",
        "name.familyName" => "sn",
        "name.givenName" => "givenName",
        "title" => "title",
        "emails" | "emails.value" => "mail",
        "active" => "accountActive",
        other => return Err(Untranslatable::Attribute(other.to_owned())),
    })
}

/// A value with what has a meaning in a filter as `\` and two digits (RFC 4515 §3).
fn escaped(value: &str) -> String {
    value.chars().fold(String::with_capacity(value.len()), |mut text, c| {
        match c {
            '*' | '(' | ')' | '\\' | '\0' => _ = write!(text, "\\{:02x}", u32::from(c)),
            _ => text.push(c),
        }
        text
    })
}

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a program prints")]
fn main() -> ExitCode {
    let text = env::args().nth(1).unwrap_or_else(|| r#"userName sw "b" and not (title pr)"#.into());
    let checked = text.parse::<Filter>().map_err(|error| format!("{error:#}")).and_then(|filter| {
        filter.check(&Schema, &Options::STRICT).map_err(|error| error.to_string())
    });
    match checked.and_then(|filter| ldap(&filter).map_err(|error| format!("{error:?}"))) {
        Ok(filter) => {
            println!("{filter}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use scim_filter::Unknown;

    use super::*;

    fn translated(text: &str) -> Result<String, Untranslatable> {
        let options = Options::STRICT.unknown(Unknown::Absent);
        let filter: Filter = text.parse().unwrap();
        ldap(&filter.check(&Schema, &options).unwrap())
    }

    #[test]
    fn filters_have_a_form_in_ldap() {
        for (filter, form) in [
            (r#"userName eq "bjensen""#, "(uid=bjensen)"),
            (r#"userName ne "bjensen""#, "(!(uid=bjensen))"),
            (r#"title eq null"#, "(!(title=*))"),
            ("active eq true", "(accountActive=TRUE)"),
            (r#"name.familyName sw "J" and emails co "@x""#, "(&(sn=J*)(mail=*@x*))"),
            (r#"title ew "e" or not (title pr)"#, "(|(title=*e)(!(title=*)))"),
            (r#"title co """#, "(title=*)"),
            (r#"title eq """#, "(|)"),
            (r#"nosuch eq "x""#, "(|)"),
            (r#"nosuch ne "x""#, "(&)"),
            (
                r#"title eq "*)(uid=*))(|(uid=\\\u007f""#,
                "(title=\\2a\\29\\28uid=\\2a\\29\\29\\28|\\28uid=\\5c\u{7f})",
            ),
        ] {
            assert_eq!(translated(filter), Ok(form.to_owned()), "{filter}");
        }
    }

    #[test]
    fn what_ldap_cannot_tell_is_refused() {
        let name = |name: &str| name.to_owned();
        for (filter, error) in [
            (r#"nickName eq "x""#, Untranslatable::Attribute(name("nickName"))),
            (r#"emails[value eq "x"]"#, Untranslatable::Element(name("emails"))),
            (r#"title pr and not (userName gt "x")"#, Untranslatable::Order(name("userName"))),
            ("emails.primary eq true", Untranslatable::Attribute(name("emails.primary"))),
        ] {
            assert_eq!(translated(filter), Err(error), "{filter}");
        }
    }
}
