//! What stands in which table: everything that is about these tables and no others.

use scim_filter::{
    ResolvedPath,
    sql::{Column, Columns, Holds, Place, Rows},
};
use scim_service::Context;

/// A table of resources, which every statement here calls `r`.
pub(crate) struct Table {
    pub(crate) name: &'static str,
    resource_type: &'static str,
    /// The resource as JSON: what is stored, and what is derived from other tables. Nulls and
    /// empty lists need not be left out.
    pub(crate) select: &'static str,
    /// Inserts or updates the resource `?1` from the JSON `?2` at the time `?3`.
    pub(crate) write: &'static [&'static str],
    place: fn(&str) -> Option<Place>,
}

impl Table {
    pub(crate) fn of(cx: &Context) -> &'static Self {
        if cx.resource_type() == "Group" { &TEAMS } else { &USERS }
    }
}

impl Columns for Table {
    fn id(&self) -> &str {
        "r.id"
    }

    fn place(&self, path: &ResolvedPath) -> Option<Place> {
        let column = match path.to_string().as_str() {
            "id" => Column::text("r.id").required(),
            "externalId" => Column::text("r.external_id"),
            "meta.resourceType" => Column::text(self.resource_type).required(),
            "meta.created" => Column::new("r.created_at", Holds::Millis).required(),
            "meta.lastModified" => Column::new("r.updated_at", Holds::Millis).required(),
            other => return (self.place)(other),
        };
        Some(Place::Value(column))
    }
}

static USERS: Table = Table {
    name: "users",
    resource_type: "'User'",
    select: "
        json_object(
            'externalId', r.external_id, 'userName', r.user_name, 'displayName', r.display_name,
            'name', json_object(
                'formatted', r.full_name, 'givenName', r.given_name, 'familyName', r.family_name
            ),
            'title', r.title,
            'active', json(CASE r.active WHEN 1 THEN 'true' WHEN 0 THEN 'false' END),
            'emails', json((
                SELECT json_group_array(json_object('value', value, 'type', type, 'primary',
                    json(CASE is_primary WHEN 1 THEN 'true' WHEN 0 THEN 'false' END)))
                FROM (SELECT * FROM emails WHERE user_id = r.id ORDER BY position)
            ))
        ),
        json_object('groups', json((
            SELECT json_group_array(json_object('value', id, 'display', name, 'type', 'direct'))
            FROM (SELECT t.id, t.name FROM team_members m JOIN teams t ON t.id = m.team_id
                  WHERE m.member_id = r.id ORDER BY t.id)
        )))",
    write: &[
        "INSERT INTO users (
             id, external_id, user_name, display_name, full_name, given_name, family_name,
             title, active, created_at, updated_at
         ) VALUES (
             ?1, ?2 ->> 'externalId', ?2 ->> 'userName', ?2 ->> 'displayName',
             ?2 ->> '$.name.formatted', ?2 ->> '$.name.givenName', ?2 ->> '$.name.familyName',
             ?2 ->> 'title', ?2 ->> 'active', ?3, ?3
         ) ON CONFLICT (id) DO UPDATE SET
             (external_id, user_name, display_name, full_name, given_name, family_name,
              title, active, updated_at)
             = (excluded.external_id, excluded.user_name, excluded.display_name,
                excluded.full_name, excluded.given_name, excluded.family_name,
                excluded.title, excluded.active, excluded.updated_at)",
        "DELETE FROM emails WHERE user_id = ?1",
        "INSERT INTO emails (user_id, position, value, type, is_primary)
         SELECT ?1, e.key, e.value ->> 'value', e.value ->> 'type', e.value ->> 'primary'
         FROM json_each(?2, '$.emails') e",
    ],
    place: |path| {
        let column = match path {
            "userName" => Column::key("folded(r.user_name)").required(),
            "displayName" => Column::key("folded(r.display_name)"),
            "name" => Column::key("coalesce(r.full_name, r.given_name, r.family_name)"),
            "name.formatted" => Column::key("folded(r.full_name)"),
            "name.givenName" => Column::key("folded(r.given_name)"),
            "name.familyName" => Column::key("folded(r.family_name)"),
            "title" => Column::key("folded(r.title)"),
            "active" => Column::boolean("r.active"),
            "emails" => return Some(Place::Rows(emails())),
            "groups" => return Some(Place::Rows(groups())),
            _ => return None,
        };
        Some(Place::Value(column))
    },
};

static TEAMS: Table = Table {
    name: "teams",
    resource_type: "'Group'",
    select: "
        json_object('externalId', r.external_id, 'displayName', r.name, 'members', json((
            SELECT json_group_array(json_object('value', id, 'type', type))
            FROM (SELECT * FROM members WHERE team_id = r.id ORDER BY id)
        ))),
        json_object('members', json((
            SELECT json_group_array(json_object('value', id, 'type', type, 'display', name))
            FROM (SELECT * FROM members WHERE team_id = r.id ORDER BY id)
        )))",
    write: &[
        "INSERT INTO teams (id, external_id, name, created_at, updated_at)
         VALUES (?1, ?2 ->> 'externalId', ?2 ->> 'displayName', ?3, ?3)
         ON CONFLICT (id) DO UPDATE SET
             (external_id, name, updated_at)
             = (excluded.external_id, excluded.name, excluded.updated_at)",
        // Who stays is left alone, with all else that a membership may hold.
        "DELETE FROM team_members WHERE team_id = ?1 AND member_id NOT IN (
             SELECT m.value ->> 'value' FROM json_each(?2, '$.members') m
         )",
        "INSERT OR IGNORE INTO team_members (team_id, member_id)
         SELECT ?1, m.value ->> 'value' FROM json_each(?2, '$.members') m
         WHERE m.value ->> 'value' IN (SELECT id FROM users UNION ALL SELECT id FROM teams)",
    ],
    place: |path| match path {
        "displayName" => Some(Place::Value(Column::key("folded(r.name)").required())),
        "members" => Some(Place::Rows(members())),
        _ => None,
    },
};

fn emails() -> Rows {
    Rows::new("emails e", "r.id", "e.user_id")
        .column("value", Column::key("folded(e.value)").indexed())
        .column("type", Column::key("folded(e.type)"))
        .column("primary", Column::boolean("e.is_primary"))
        .position("e.position")
}

fn groups() -> Rows {
    Rows::new("team_members m JOIN teams t ON t.id = m.team_id", "r.id", "m.member_id")
        .column("value", Column::text("m.team_id").indexed())
        .column("display", Column::key("folded(t.name)"))
        .column("type", Column::key("'direct'"))
        .position("m.team_id")
}

fn members() -> Rows {
    Rows::new("members m", "r.id", "m.team_id")
        .column("value", Column::text("m.id").indexed())
        .column("display", Column::key("folded(m.name)"))
        .column("type", Column::key("folded(m.type)"))
        .position("m.id")
}
