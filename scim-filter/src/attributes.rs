//! What a filter asks of a schema.

use scim_core::{AttrPath, Attribute, Compat, SchemaUri, common_attributes};

/// The attributes that filters and paths can name: a schema, or a list of one's own.
///
/// Ready-made are `[Attribute]`, for one schema, [`Extended`], for one with extensions, and the
/// `ResourceSchema` of `scim-schema`.
pub trait Attributes {
    /// The attribute that a path names, in whatever case and with or without its URN; `None` if
    /// there is no such attribute. The common attributes (RFC 7643 §3.1) are among them.
    ///
    /// A path ends its URN at the last colon, so the URI of an extension alone arrives as URI,
    /// name and perhaps sub-attribute (`urn:…:enterprise:2.0` and `User`); [`AttrPath::whole`] puts
    /// it together again.
    ///
    /// Of the fields of [`Compat`], two are for implementors:
    /// - `unqualified_extensions`: a path without a URN that names no attribute of the base schema
    ///   may name one of an extension, if no other extension has it;
    /// - `dot_after_urn`: a path whose beginning, up to a dot, is the URI of an extension names the
    ///   attribute behind the dot (`urn:…:enterprise:2.0:User.department`).
    fn resolve(&self, path: &AttrPath, compat: &Compat) -> Option<Resolved<'_>>;
}

/// What a path names.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Resolved<'a> {
    /// The extension that holds the attribute; `None` for the base schema and common attributes.
    pub container: Option<&'a SchemaUri>,
    /// The attribute; `None` if the path is the URI of an extension alone.
    pub attribute: Option<&'a Attribute>,
    /// The sub-attribute.
    pub sub: Option<&'a Attribute>,
}

/// A base schema and extensions, of which nothing but the attributes is known.
///
/// ```
/// use scim_core::{AttrName, Attribute, Kind, SchemaUri};
/// use scim_filter::{Extended, Filter, Options};
///
/// let name = AttrName::from_static;
/// let users = Extended::new(SchemaUri::USER, [Attribute::new(name("userName"), Kind::String)])
///     .extend(
///         SchemaUri::ENTERPRISE_USER,
///         [Attribute::new(name("department"), Kind::String)],
///     );
/// let filter: Filter = r#"userName pr and department eq "R&D""#.parse()?;
/// assert!(filter.check(&users, &Options::STRICT).is_err());
/// let checked = filter.check(&users, &Options::INTEROP)?;
/// let read: Vec<String> = checked.attributes().iter().map(ToString::to_string).collect();
/// assert_eq!(
///     read,
///     ["userName", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department"],
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Extended {
    base: (SchemaUri, Vec<Attribute>),
    extensions: Vec<(SchemaUri, Vec<Attribute>)>,
}

impl Extended {
    /// The attributes of a base schema.
    pub fn new(base: SchemaUri, attributes: impl IntoIterator<Item = Attribute>) -> Self {
        Self { base: (base, attributes.into_iter().collect()), extensions: Vec::new() }
    }

    /// The same, and the attributes of an extension.
    #[must_use]
    pub fn extend(
        mut self,
        extension: SchemaUri,
        attributes: impl IntoIterator<Item = Attribute>,
    ) -> Self {
        self.extensions.push((extension, attributes.into_iter().collect()));
        self
    }

    fn extension(&self, named: &str) -> Option<&(SchemaUri, Vec<Attribute>)> {
        self.extensions.iter().find(|(uri, _)| *uri == named)
    }
}

impl Attributes for Extended {
    fn resolve(&self, path: &AttrPath, compat: &Compat) -> Option<Resolved<'_>> {
        let Some(uri) = path.uri() else {
            let core = self.base.1.resolve(path, compat);
            if core.is_some() || !compat.unqualified_extensions {
                return core;
            }
            let mut found = self.extensions.iter().filter_map(|one| within(one, path));
            let first = found.next()?;
            return found.next().is_none().then_some(first);
        };
        if *uri == self.base.0 {
            return self.base.1.resolve(path, compat);
        }
        if let Some(extension) = self.extension(uri.as_str()).filter(|_| path.name().is_some()) {
            return within(extension, path);
        }
        let whole = path.whole()?;
        if let Some((uri, _)) = self.extension(whole.as_str()) {
            return Some(Resolved { container: Some(uri), attribute: None, sub: None });
        }
        let dots = whole.as_str().match_indices('.').filter(|_| compat.dot_after_urn);
        let mut dotted = dots.filter_map(|(at, _)| {
            let (uri, steps) = whole.as_str().split_at_checked(at)?;
            let path: AttrPath = steps.get(1..)?.parse().ok()?;
            within(self.extension(uri)?, &path).filter(|_| path.uri().is_none())
        });
        dotted.next()
    }
}

/// An attribute of an extension, whatever URN the path has.
fn within<'a>(
    (uri, attributes): &'a (SchemaUri, Vec<Attribute>),
    path: &AttrPath,
) -> Option<Resolved<'a>> {
    named(attributes.iter(), path).map(|found| Resolved { container: Some(uri), ..found })
}

fn named<'a>(
    mut attributes: impl Iterator<Item = &'a Attribute>,
    path: &AttrPath,
) -> Option<Resolved<'a>> {
    let name = path.name()?.as_str();
    let attribute = attributes.find(|known| known.name == name)?;
    let sub = match path.sub() {
        Some(sub) => Some(attribute.sub_attribute(sub.as_str())?),
        None => None,
    };
    Some(Resolved { container: None, attribute: Some(attribute), sub })
}

/// A list of attributes without extensions, and the common attributes. URNs in paths are not
/// looked at.
impl Attributes for [Attribute] {
    fn resolve(&self, path: &AttrPath, _: &Compat) -> Option<Resolved<'_>> {
        named(self.iter().chain(common_attributes()), path)
    }
}

impl Attributes for Vec<Attribute> {
    fn resolve(&self, path: &AttrPath, compat: &Compat) -> Option<Resolved<'_>> {
        self.as_slice().resolve(path, compat)
    }
}

impl<A: Attributes + ?Sized> Attributes for &A {
    fn resolve(&self, path: &AttrPath, compat: &Compat) -> Option<Resolved<'_>> {
        (**self).resolve(path, compat)
    }
}
