-- Partners' nodes; what waits for them, or went to them; what came from them.
CREATE TABLE partners (
    authority  TEXT PRIMARY KEY NOT NULL,
    partner    TEXT NOT NULL,
    state      TEXT NOT NULL,
    card       BYTEA NOT NULL,
    decided_by TEXT NOT NULL,
    decided_us BIGINT NOT NULL,
    revision   BIGINT NOT NULL
);

-- Nothing was ever queued in the table of before.
DROP TABLE outbox;
CREATE TABLE deliveries (
    position  BIGINT PRIMARY KEY NOT NULL,
    recipient TEXT NOT NULL,
    kind      TEXT NOT NULL,
    record    BYTEA,
    version   BIGINT,
    payload   BYTEA,
    ground    TEXT NOT NULL,
    queued_us BIGINT NOT NULL,
    state     TEXT NOT NULL,
    done_us   BIGINT,
    reason    TEXT,
    receipt   BYTEA
);
-- Few of very many wait: with the state in front, no search passes the others.
CREATE INDEX deliveries_waiting ON deliveries (state, recipient, position);
CREATE INDEX deliveries_by_record ON deliveries (record, position) WHERE record IS NOT NULL;
CREATE INDEX deliveries_by_recipient ON deliveries (recipient, position);

CREATE TABLE received (
    record        BYTEA NOT NULL,
    version       BIGINT NOT NULL,
    sender        TEXT NOT NULL,
    received_us   BIGINT NOT NULL,
    digest        BYTEA NOT NULL,
    statement     BYTEA,
    keep_until_us BIGINT,
    PRIMARY KEY (record, version)
);
