-- The tables of a backend that has never heard of SCIM. Times are milliseconds since 1970.
CREATE TABLE IF NOT EXISTS users (
    id           TEXT PRIMARY KEY,
    user_name    TEXT NOT NULL,
    display_name TEXT,
    full_name    TEXT,
    given_name   TEXT,
    family_name  TEXT,
    title        TEXT,
    active       INTEGER,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    external_id  TEXT -- the one column that was added: the directory's name for the user
) STRICT;

CREATE TABLE IF NOT EXISTS emails (
    user_id    TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
    position   INTEGER NOT NULL,
    value      TEXT,
    type       TEXT,
    is_primary INTEGER,
    PRIMARY KEY (user_id, position)
) STRICT;

CREATE TABLE IF NOT EXISTS teams (
    id          TEXT PRIMARY KEY,
    name        TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    external_id TEXT -- added
) STRICT;

-- A member is a user, or another team.
CREATE TABLE IF NOT EXISTS team_members (
    team_id   TEXT NOT NULL REFERENCES teams ON DELETE CASCADE,
    member_id TEXT NOT NULL,
    PRIMARY KEY (team_id, member_id)
) STRICT;

CREATE VIEW IF NOT EXISTS members AS
    SELECT m.team_id, m.member_id AS id, coalesce(t.name, u.display_name) AS name,
           iif(t.id IS NULL, 'User', 'Group') AS type
    FROM team_members m
    LEFT JOIN users u ON u.id = m.member_id
    LEFT JOIN teams t ON t.id = m.member_id;

-- Added: `folded` is the function of `store.rs` by which names are equal.
CREATE UNIQUE INDEX IF NOT EXISTS users_by_name ON users (folded(user_name));
CREATE INDEX IF NOT EXISTS emails_by_value ON emails (folded(value));
CREATE INDEX IF NOT EXISTS teams_by_member ON team_members (member_id);
