-- Facts about the whole file, such as the version of the comparison keys.
CREATE TABLE meta (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

-- The head of each resource and its attributes, without relations.
CREATE TABLE resource (
    num      INTEGER PRIMARY KEY,
    tenant   TEXT    NOT NULL,
    type     TEXT    NOT NULL,
    id       TEXT    NOT NULL,
    version  INTEGER NOT NULL,
    created  INTEGER NOT NULL, -- milliseconds since 1970-01-01T00:00:00Z
    modified INTEGER NOT NULL,
    display  TEXT,             -- displayName, for those who refer to the resource
    doc      TEXT    NOT NULL
);
CREATE UNIQUE INDEX resource_id ON resource (tenant, type, id);
-- For clients that ask what has changed since they last asked.
CREATE INDEX resource_modified ON resource (tenant, type, modified, id);

-- How many resources of a type there are: counting them costs more than a page of them.
CREATE TABLE tally (
    tenant TEXT    NOT NULL,
    type   TEXT    NOT NULL,
    count  INTEGER NOT NULL,
    PRIMARY KEY (tenant, type)
) WITHOUT ROWID;

-- The comparison keys of all attributes, as a document of the same shape, in SQLite's binary form.
CREATE TABLE search (
    num  INTEGER PRIMARY KEY REFERENCES resource (num) ON DELETE CASCADE,
    keys BLOB NOT NULL
);

-- The comparison keys of the attributes that are looked up by value.
CREATE TABLE key (
    tenant TEXT    NOT NULL,
    type   TEXT    NOT NULL,
    attr   TEXT    NOT NULL,
    k      TEXT    NOT NULL,
    id     TEXT    NOT NULL,
    sole   INTEGER NOT NULL, -- whether no other resource may have it
    PRIMARY KEY (tenant, type, attr, k, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX key_sole ON key (tenant, type, attr, k) WHERE sole;

-- The elements of relations: who is a member of which group.
CREATE TABLE member (
    tenant     TEXT NOT NULL,
    owner_type TEXT NOT NULL,
    owner      TEXT NOT NULL,
    member     TEXT NOT NULL,
    type       TEXT NOT NULL, -- the member's resource type
    PRIMARY KEY (tenant, owner, member)
) WITHOUT ROWID;
CREATE INDEX member_of ON member (tenant, member, owner, owner_type);

-- One row for each change, in the order they were made.
CREATE TABLE change (
    tenant    TEXT    NOT NULL,
    seq       INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    type      TEXT    NOT NULL,
    id        TEXT    NOT NULL,
    operation TEXT    NOT NULL,
    principal TEXT,
    PRIMARY KEY (tenant, seq)
) WITHOUT ROWID;
