-- By which rules the keys of a tenant's resources of a type were computed: what is not known is
-- computed anew. It takes the place of the facts about the file, which were of all tenants alike.
CREATE TABLE indexed (
    tenant TEXT NOT NULL,
    type   TEXT NOT NULL,
    rules  TEXT NOT NULL,
    PRIMARY KEY (tenant, type)
) WITHOUT ROWID;
DROP TABLE meta;
