//! Where in a document a walk stands, without a text until somebody asks for it.

use std::fmt::{self, Write};

/// A place: a chain of steps on the stack of the walk.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    parent: Option<&'a Self>,
    step: Step<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Step<'a> {
    Root,
    Container(&'a str),
    Name(&'a str),
    Foreign(&'a str),
    Index(usize),
}

impl<'a> Place<'a> {
    /// The resource itself.
    pub const ROOT: Place<'static> = Place { parent: None, step: Step::Root };

    /// An extension.
    pub fn container(&'a self, uri: &'a str) -> Self {
        Self { parent: Some(self), step: Step::Container(uri) }
    }

    /// An attribute or sub-attribute.
    pub fn name(&'a self, name: &'a str) -> Self {
        Self { parent: Some(self), step: Step::Name(name) }
    }

    /// A name that no schema has. It is shown without control characters, and cut if it is long.
    pub fn foreign(&'a self, name: &'a str) -> Self {
        Self { parent: Some(self), step: Step::Foreign(name) }
    }

    /// An element of a list, counted from 0.
    pub fn index(&'a self, index: usize) -> Self {
        Self { parent: Some(self), step: Step::Index(index) }
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(f)?;
        }
        let before = match self.parent.map(|parent| parent.step) {
            Some(Step::Container(_)) => ":",
            Some(Step::Name(_) | Step::Foreign(_) | Step::Index(_)) => ".",
            Some(Step::Root) | None => "",
        };
        match self.step {
            Step::Root => Ok(()),
            Step::Container(uri) => f.write_str(uri),
            Step::Name(name) => write!(f, "{before}{name}"),
            Step::Foreign(name) => {
                f.write_str(before)?;
                foreign(name, f)
            }
            Step::Index(index) => write!(f, "[{index}]"),
        }
    }
}

impl Place<'_> {
    pub(crate) fn is_root(&self) -> bool {
        self.parent.is_none()
    }
}

fn foreign(name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    const SHOWN: usize = 80;
    let mut chars = name.chars();
    for c in chars.by_ref().take(SHOWN) {
        let shown = if c.is_control() || c == '`' { char::REPLACEMENT_CHARACTER } else { c };
        f.write_char(shown)?;
    }
    if chars.next().is_some() { f.write_char('…') } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_reads_as_a_path() {
        let root = Place::ROOT;
        let (uri, emails) = (root.container("urn:x:User"), root.name("emails"));
        assert_eq!(emails.index(1).name("type").to_string(), "emails[1].type");
        assert_eq!(uri.name("manager").name("value").to_string(), "urn:x:User:manager.value");
        assert_eq!(root.to_string(), "");
    }

    #[test]
    fn names_of_strangers_are_cut_and_without_controls() {
        let root = Place::ROOT;
        assert_eq!(root.foreign("a\nb`c").to_string(), "a\u{fffd}b\u{fffd}c");
        assert_eq!(root.foreign(&"é".repeat(1000)).to_string().chars().count(), 81);
    }
}
