//! Where filters and orders find the attributes.

use scim_core::{AttrName, Kind};
use scim_filter::{
    ResolvedPath,
    sql::{Column, Columns, Holds, Index, Place, Rows},
};
use scim_schema::{Indexed, ResourceSchema};
use scim_service::Context;

use super::scope::Scope;

/// The tables: `r` is the resource, `s` its document of keys; `?1` is the tenant, `?2` the type.
pub(super) struct Tables {
    members: Option<String>,
    groups: Option<String>,
    /// The types of groups, as SQL text, if the keys of all their display names are indexed.
    owners: Option<String>,
    schema: ResourceSchema,
}

/// Placeholders that all statements over [`Tables`] have in common.
pub(super) const FIRST_FREE: usize = 3;

/// The key of the display name of the resource at the other end of a membership.
pub(super) const MEMBER_DISPLAY: &str = "SELECT y.keys ->> '$.displayName' FROM resource x \
    JOIN search y ON y.num = x.num \
    WHERE x.tenant = ?1 AND x.type = m.type AND x.id = m.member";
const OWNER_DISPLAY: &str = "SELECT y.keys ->> '$.displayName' FROM resource x \
    JOIN search y ON y.num = x.num \
    WHERE x.tenant = ?1 AND x.type = m.owner_type AND x.id = m.owner";

const DISPLAY_NAME: &str = "displayName";

/// The types whose members resources can be.
fn owners(scope: &Scope) -> Option<String> {
    let owners: Vec<_> =
        scope.cx.types().filter(|cx| !cx.endpoint().relations().is_empty()).collect();
    let is_indexed =
        |cx: &Context| cx.schema().indexed().iter().any(|indexed| indexed.label == DISPLAY_NAME);
    let quoted = |cx: &Context| format!("'{}'", cx.resource_type().replace('\'', "''"));
    let names: Vec<String> = owners.iter().map(quoted).collect();
    (!owners.is_empty() && owners.iter().all(is_indexed)).then(|| names.join(", "))
}

impl Tables {
    pub(super) fn of(scope: &Scope) -> Self {
        Self {
            members: scope.relation().map(|name| name.as_str().to_owned()),
            groups: scope.derived().map(|attribute| attribute.name.as_str().to_owned()),
            owners: owners(scope),
            schema: scope.schema().clone(),
        }
    }

    /// The index of an attribute.
    pub(super) fn indexed(&self, path: &ResolvedPath) -> Option<&Indexed> {
        self.schema.indexed().iter().find(|known| known.path == *path)
    }

    fn is_group_name(&self, path: &ResolvedPath) -> bool {
        let is = |name: &Option<AttrName>, known: &str| name.as_ref().is_some_and(|n| n == known);
        let groups = self.groups.as_deref().is_some_and(|groups| is(&path.name, groups));
        groups && path.container.is_none() && is(&path.sub, "display")
    }

    fn relation(&self, path: &ResolvedPath) -> Option<Place> {
        let name = path.name.as_ref().filter(|_| path.container.is_none())?;
        let is =
            |known: &Option<String>| known.as_ref().is_some_and(|known| name == known.as_str());
        let rows = if is(&self.members) {
            Rows::new("member m", "r.id", "m.owner")
                .column("value", Column::text("m.member").indexed())
                .column("type", Column::key("lower(m.type)"))
                .column("display", Column::key(MEMBER_DISPLAY))
                .position("m.member")
        } else if is(&self.groups) {
            Rows::new("member m", "r.id", "m.member")
                .column("value", Column::text("m.owner").indexed())
                .column("type", Column::key("'direct'"))
                .column("display", Column::key(OWNER_DISPLAY))
                .position("m.owner")
        } else {
            return None;
        };
        Some(Place::Rows(rows.scope("m.tenant = ?1")))
    }

    fn common(path: &ResolvedPath) -> Option<Option<Place>> {
        if path.container.is_some() {
            return None;
        }
        let name = path.name.as_ref()?.as_str();
        let column = match (name, path.sub.as_ref().map(|sub| sub.as_str())) {
            ("id", None) => Column::text("r.id").required(),
            ("meta", None) => Column::text("r.type").required(),
            ("meta", Some("resourceType")) => Column::text("r.type").required(),
            ("meta", Some("created")) => Column::new("r.created", Holds::Millis).required(),
            ("meta", Some("lastModified")) => Column::new("r.modified", Holds::Millis).required(),
            ("meta", Some("version")) => Column::text("'W/\"' || r.version || '\"'").required(),
            // Where a resource is served is not the store's to know.
            ("meta", _) => return Some(None),
            _ => return None,
        };
        Some(Some(Place::Value(column)))
    }
}

impl Columns for Tables {
    fn id(&self) -> &str {
        "r.id"
    }

    fn place(&self, path: &ResolvedPath) -> Option<Place> {
        if let Some(common) = Self::common(path) {
            return common;
        }
        let relation = [&self.members, &self.groups].into_iter().flatten();
        let mut relation = relation.filter(|known| {
            path.container.is_none()
                && path.name.as_ref().is_some_and(|name| name == known.as_str())
        });
        match relation.next() {
            // A sub-attribute is found through the relation itself.
            Some(_) if path.sub.is_some() => None,
            Some(_) => self.relation(path),
            None => Some(Place::Document("s.keys".into())),
        }
    }

    fn index(&self, path: &ResolvedPath) -> Option<Index> {
        if let Some(owners) = self.owners.as_ref().filter(|_| self.is_group_name(path)) {
            let scope =
                format!("k.tenant = ?1 AND k.type IN ({owners}) AND k.attr = '{DISPLAY_NAME}'");
            // CROSS: SQLite would begin with all memberships of the tenant.
            let members = "key k CROSS JOIN member m \
                ON m.tenant = k.tenant AND m.owner = k.id AND m.owner_type = k.type";
            return Some(Index::new(members, "r.id", "m.member", Column::key("k.k")).scope(scope));
        }
        let indexed = self.indexed(path)?;
        // Half of all resources have either value.
        if path.kind == Kind::Boolean {
            return None;
        }
        let label = indexed.label.replace('\'', "''");
        let scope = format!("k.tenant = ?1 AND k.type = ?2 AND k.attr = '{label}'");
        Some(Index::new("key k", "r.id", "k.id", Column::key("k.k")).scope(scope))
    }
}
