-- Partners' nodes; what waits for them, or went to them; what came from them.
CREATE TABLE partners (
    authority  TEXT PRIMARY KEY NOT NULL,
    partner    TEXT NOT NULL,
    state      TEXT NOT NULL,
    card       BLOB NOT NULL,
    decided_by TEXT NOT NULL,
    decided_us INTEGER NOT NULL,
    revision   INTEGER NOT NULL
) STRICT;

-- Nothing was ever queued in the table of before.
DROP TABLE outbox;
CREATE TABLE deliveries (
    position  INTEGER PRIMARY KEY NOT NULL,
    recipient TEXT NOT NULL,
    kind      TEXT NOT NULL,
    record    BLOB,
    version   INTEGER,
    payload   BLOB,
    ground    TEXT NOT NULL,
    queued_us INTEGER NOT NULL,
    state     TEXT NOT NULL,
    done_us   INTEGER,
    reason    TEXT,
    receipt   BLOB
) STRICT;
-- Few of very many wait: with the state in front, no search passes the others.
CREATE INDEX deliveries_waiting ON deliveries (state, recipient, position);
CREATE INDEX deliveries_by_record ON deliveries (record, position) WHERE record IS NOT NULL;
CREATE INDEX deliveries_by_recipient ON deliveries (recipient, position);

CREATE TABLE received (
    record        BLOB NOT NULL,
    version       INTEGER NOT NULL,
    sender        TEXT NOT NULL,
    received_us   INTEGER NOT NULL,
    digest        BLOB NOT NULL,
    statement     BLOB,
    keep_until_us INTEGER,
    PRIMARY KEY (record, version)
) STRICT;
