-- What is never returned, such as hashes of passwords, apart from what is searched and shown.
CREATE TABLE secret (
    tenant    TEXT NOT NULL,
    type      TEXT NOT NULL,
    id        TEXT NOT NULL,
    attribute TEXT NOT NULL,
    value     TEXT NOT NULL,
    PRIMARY KEY (tenant, type, id, attribute)
) WITHOUT ROWID;
