//! Resource types as they are served (RFC 7643 §6).

use std::sync::Arc;

use scim_core::{AttrName, Error};
use scim_schema::ResourceSchema;

use crate::{
    Action, Derived, OnConflict,
    link::{self, Reference},
};

/// A resource type: its name, the endpoint it is served at, its schema and its settings.
#[derive(Clone, Debug)]
pub struct Endpoint(Arc<Parts>);

#[derive(Clone, Debug)]
struct Parts {
    name: Box<str>,
    path: Box<str>,
    description: String,
    schema: ResourceSchema,
    references: Vec<Reference>,
    patch_answers_body: bool,
    on_conflict: OnConflict,
    derived: Vec<Derived>,
    /// What is served; everything, if it is not said.
    only: Option<Vec<Action>>,
}

/// What becomes of members of a group that do not exist (RFC 7643 §2.3.7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UnknownMembers {
    /// They are left out, and the rest of the change is made: identity providers take a refusal
    /// for final, and one stale member would cost the whole change.
    #[default]
    Skip,
    /// The change is refused with 400 invalidValue.
    Refuse,
}

impl Endpoint {
    /// A resource type; `path` is its endpoint, such as `/Devices`.
    ///
    /// # Errors
    /// 500 if the name is empty or the path is not one segment.
    pub fn new(name: &str, path: &str, schema: ResourceSchema) -> Result<Self, Error> {
        let segment = path.strip_prefix('/').unwrap_or(path);
        let plain = |text: &str| {
            !text.is_empty()
                && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
        };
        if !plain(name) || !plain(segment) {
            return Err(Error::internal());
        }
        Ok(Self::of(name, segment, "", schema))
    }

    /// Users at `/Users`.
    pub fn users(schema: ResourceSchema) -> Self {
        Self::of("User", "Users", "An account of a person.", schema)
    }

    /// Groups at `/Groups`. A successful PATCH is answered with 204, since a body would cost the
    /// whole membership (RFC 7644 §3.5.2).
    pub fn groups(schema: ResourceSchema) -> Self {
        Self::of("Group", "Groups", "A set of users and groups.", schema).patch_answers_body(false)
    }

    fn of(name: &str, path: &str, description: &str, schema: ResourceSchema) -> Self {
        Self(Arc::new(Parts {
            name: name.into(),
            path: path.into(),
            description: description.to_owned(),
            references: link::references(&schema),
            schema,
            patch_answers_body: true,
            on_conflict: OnConflict::Refuse,
            derived: Vec::new(),
            only: None,
        }))
    }

    /// Says what the resource type is, for people.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        Arc::make_mut(&mut self.0).description = description.into();
        self
    }

    /// Whether a successful PATCH is answered with the resource, or with 204 and its entity tag
    /// (RFC 7644 §3.5.2). A request that names attributes is always answered with the resource.
    #[must_use]
    pub fn patch_answers_body(mut self, answers: bool) -> Self {
        Arc::make_mut(&mut self.0).patch_answers_body = answers;
        self
    }

    /// What becomes of a create whose unique attributes, or `externalId`, another resource has.
    #[must_use]
    pub fn on_conflict(mut self, rule: OnConflict) -> Self {
        Arc::make_mut(&mut self.0).on_conflict = rule;
        self
    }

    /// Serves these alone, such as reading; everything unless set. The rest is answered with 405
    /// (RFC 9110 §15.5.6), also where it is an operation of a bulk request. PATCH that no endpoint
    /// serves is answered with 501 (RFC 7644 §3.12), and not announced in the service provider
    /// configuration; nor are bulk requests where nothing is written.
    ///
    /// ```
    /// use scim_service::{Action, Endpoint, schema::catalog};
    ///
    /// let read_only = Endpoint::groups(catalog::group()).only([Action::Read]);
    /// assert!(read_only.allows(Action::Read) && !read_only.allows(Action::Delete));
    /// ```
    #[must_use]
    pub fn only(mut self, actions: impl Into<Vec<Action>>) -> Self {
        Arc::make_mut(&mut self.0).only = Some(actions.into());
        self
    }

    /// Computes an attribute whenever a resource is shown.
    #[must_use]
    pub fn derive(mut self, derived: Derived) -> Self {
        Arc::make_mut(&mut self.0).derived.push(derived);
        self
    }

    /// Whether this is served.
    pub fn allows(&self, action: Action) -> bool {
        self.0.only.as_ref().is_none_or(|only| only.contains(&action))
    }

    /// The name of the resource type, such as `User`.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The segment of its URLs, such as `Users`.
    pub fn segment(&self) -> &str {
        &self.0.path
    }

    /// What it is.
    pub fn describe(&self) -> &str {
        &self.0.description
    }

    /// The schema of its resources.
    pub fn schema(&self) -> &ResourceSchema {
        &self.0.schema
    }

    /// The attributes that stores keep as rows of their own.
    pub fn relations(&self) -> &[AttrName] {
        self.0.schema.relations()
    }

    /// The attributes whose elements name other resources.
    pub(crate) fn references(&self) -> &[Reference] {
        &self.0.references
    }

    pub(crate) fn derived(&self) -> &[Derived] {
        &self.0.derived
    }

    pub(crate) fn on_conflict_rule(&self) -> &OnConflict {
        &self.0.on_conflict
    }

    pub(crate) fn does_patch_answer_body(&self) -> bool {
        self.0.patch_answers_body
    }
}
