//! Whose resources, and of which type, a request is about.

use std::sync::Arc;

use scim_core::{AttrName, Attribute, Kind, Mutability};
use scim_schema::{Projection, ResourceSchema};
use scim_service::{Context, StoreError, Tenant};

/// What every statement of a request needs.
#[derive(Clone)]
pub(super) struct Scope {
    pub(super) cx: Context,
    pub(super) tenant: Arc<str>,
}

/// What is kept as rows and put into resources when they are read.
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted {
    /// The attribute that lists the members of a resource.
    pub(super) members: Option<AttrName>,
    /// The attribute that lists the groups that a resource is a member of.
    pub(super) groups: Option<AttrName>,
}

const GROUPS: AttrName = AttrName::from_static("groups");

impl Scope {
    /// # Errors
    /// 500 if no layer has said who the tenant is.
    pub(super) fn of(cx: &Context) -> Result<Self, StoreError> {
        let tenant = cx.require::<Tenant>()?.0.clone();
        Ok(Self { cx: cx.clone(), tenant })
    }

    pub(super) fn kind(&self) -> &str {
        self.cx.resource_type()
    }

    pub(super) fn schema(&self) -> &ResourceSchema {
        self.cx.schema()
    }

    /// The attribute that is kept as rows; a type has one at most.
    pub(super) fn relation(&self) -> Option<&AttrName> {
        self.schema().relations().first()
    }

    /// The attribute that is derived from the relations of others (RFC 7643 §4.1.2).
    pub(super) fn derived(&self) -> Option<&Attribute> {
        self.schema().base().attributes.iter().find(|attribute| {
            attribute.name == GROUPS
                && attribute.kind == Kind::Complex
                && attribute.multi_valued
                && attribute.mutability == Mutability::ReadOnly
        })
    }

    /// All that is kept as rows.
    pub(super) fn all(&self) -> Wanted {
        Wanted {
            members: self.relation().cloned(),
            groups: self.derived().map(|attribute| attribute.name.clone()),
        }
    }

    /// What of that an answer can hold.
    pub(super) fn wanted(&self, want: &Projection) -> Wanted {
        let Wanted { members, groups } = self.all();
        let included = |name: &AttrName| want.includes(name.as_str());
        Wanted { members: members.filter(included), groups: groups.filter(included) }
    }

    /// The types that members can have, the likeliest first.
    pub(super) fn member_types(&self) -> Vec<String> {
        let relation = self.relation().map(AttrName::as_str).unwrap_or_default();
        match self.schema().related_types(relation) {
            [] => self.cx.types().map(|cx| cx.resource_type().to_owned()).collect(),
            types => types.to_vec(),
        }
    }
}
