-- What nodes vouch for of each other's audit logs.
CREATE TABLE witnesses (
    log       TEXT NOT NULL,
    witness   TEXT NOT NULL,
    size      INTEGER NOT NULL,
    root      BLOB NOT NULL,
    seen_us   INTEGER NOT NULL,
    statement BLOB,
    problem   TEXT,
    PRIMARY KEY (log, witness, size, root)
) STRICT;
CREATE INDEX witnesses_by_size ON witnesses (log, size);
