-- What nodes vouch for of each other's audit logs.
CREATE TABLE witnesses (
    log       TEXT NOT NULL,
    witness   TEXT NOT NULL,
    size      BIGINT NOT NULL,
    root      BYTEA NOT NULL,
    seen_us   BIGINT NOT NULL,
    statement BYTEA,
    problem   TEXT,
    PRIMARY KEY (log, witness, size, root)
);
CREATE INDEX witnesses_by_size ON witnesses (log, size);
