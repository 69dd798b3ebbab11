-- Instants are microseconds UTC; ids and hashes are bytes; texts of closed vocabularies are stored
-- as they are written everywhere else.

-- One row: what the writer has to know before it appends. `position` numbers links, keys and
-- outbox rows in the order in which they were written.
CREATE TABLE head (
    id        BIGINT PRIMARY KEY CHECK (id = 1),
    epoch     TEXT NOT NULL,
    log_size  BIGINT NOT NULL,
    position  BIGINT NOT NULL,
    commits   BIGINT NOT NULL
);
INSERT INTO head VALUES (1, replace(gen_random_uuid()::text, '-', ''), 0, 0, 0);

-- Every version of every record. Erasure empties body and salt.
CREATE TABLE records (
    id         BYTEA NOT NULL,
    version    BIGINT NOT NULL,
    event      BIGINT NOT NULL,
    envelope   BYTEA NOT NULL,
    body       BYTEA,
    salt       BYTEA,
    commitment BYTEA NOT NULL,
    PRIMARY KEY (id, version)
);
CREATE INDEX records_by_event ON records (event, id, version);

-- The newest version of every record, and by what it is found. An erased one has no review date.
CREATE TABLE record_heads (
    id         BYTEA PRIMARY KEY NOT NULL,
    version    BIGINT NOT NULL,
    kind       TEXT COLLATE "C" NOT NULL,
    state      TEXT COLLATE "C" NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL,
    updated_us BIGINT NOT NULL,
    review_us  BIGINT
);
CREATE INDEX record_heads_by_kind ON record_heads (kind, updated_us, id);
CREATE INDEX record_heads_by_state ON record_heads (kind, state, updated_us, id);
CREATE INDEX record_heads_by_author ON record_heads (kind, created_by, updated_us, id);
CREATE INDEX record_heads_by_review ON record_heads (review_us, id) WHERE review_us IS NOT NULL;

CREATE TABLE links (
    to_id    BYTEA NOT NULL,
    relation TEXT NOT NULL,
    from_id  BYTEA NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (to_id, relation, from_id)
);

CREATE TABLE claims (
    name   TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    record BYTEA NOT NULL
);
CREATE INDEX claims_by_record ON claims (record);

CREATE TABLE match_keys (
    record   BYTEA PRIMARY KEY NOT NULL,
    sequence BIGINT NOT NULL,
    version  BIGINT NOT NULL,
    keys     BYTEA
);
CREATE UNIQUE INDEX match_keys_by_sequence ON match_keys (sequence);

-- The log. What stands before `actor` is what verification reads; the rest is taken from the
-- detail so that entries are found.
CREATE TABLE audit_entries (
    sequence   BIGINT PRIMARY KEY NOT NULL,
    at_us      BIGINT NOT NULL,
    operation  TEXT NOT NULL,
    commitment BYTEA NOT NULL,
    leaf_hash  BYTEA NOT NULL,
    tag        BYTEA NOT NULL,
    salt       BYTEA,
    detail     BYTEA,
    actor      TEXT,
    object     BYTEA,
    case_ref   TEXT
);
CREATE INDEX audit_entries_by_time ON audit_entries (at_us, sequence);
CREATE INDEX audit_entries_by_operation ON audit_entries (operation, sequence);
CREATE INDEX audit_entries_by_actor ON audit_entries (actor, sequence);
CREATE INDEX audit_entries_by_object ON audit_entries (object, sequence) WHERE object IS NOT NULL;
CREATE INDEX audit_entries_by_case ON audit_entries (case_ref, sequence)
    WHERE case_ref IS NOT NULL;

-- Complete nodes above the leaves.
CREATE TABLE audit_nodes (
    level BIGINT NOT NULL,
    place BIGINT NOT NULL,
    hash  BYTEA NOT NULL,
    PRIMARY KEY (level, place)
);

CREATE TABLE checkpoints (
    size BIGINT PRIMARY KEY NOT NULL,
    note TEXT NOT NULL
);

CREATE TABLE lists (
    list           TEXT COLLATE "C" NOT NULL,
    version        BIGINT NOT NULL,
    source_version TEXT NOT NULL,
    checksum       TEXT NOT NULL,
    imported_us    BIGINT NOT NULL,
    imported_by    TEXT NOT NULL,
    added          BIGINT NOT NULL,
    changed        BIGINT NOT NULL,
    removed        BIGINT NOT NULL,
    unchanged      BIGINT NOT NULL,
    orphans        TEXT NOT NULL,
    orphan_count   BIGINT NOT NULL,
    PRIMARY KEY (list, version)
);

CREATE TABLE list_entries (
    list           TEXT COLLATE "C" NOT NULL,
    source_id      TEXT COLLATE "C" NOT NULL,
    record         BYTEA NOT NULL,
    record_version BIGINT NOT NULL,
    content        BYTEA NOT NULL,
    listed         BIGINT NOT NULL,
    list_version   BIGINT NOT NULL,
    change         TEXT NOT NULL,
    PRIMARY KEY (list, source_id)
);

CREATE TABLE list_changes (
    list           TEXT COLLATE "C" NOT NULL,
    list_version   BIGINT NOT NULL,
    source_id      TEXT COLLATE "C" NOT NULL,
    record         BYTEA NOT NULL,
    record_version BIGINT NOT NULL,
    change         TEXT NOT NULL,
    PRIMARY KEY (list, list_version, source_id)
);

CREATE TABLE accounts (
    login        TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    name         TEXT COLLATE "C" NOT NULL,
    role         TEXT NOT NULL,
    password     TEXT NOT NULL,
    state        TEXT COLLATE "C" NOT NULL,
    failures     BIGINT NOT NULL,
    created_us   BIGINT NOT NULL,
    signed_in_us BIGINT,
    revision     BIGINT NOT NULL
);

CREATE TABLE sessions (
    id         BYTEA PRIMARY KEY NOT NULL,
    token      BYTEA NOT NULL,
    previous   BYTEA,
    rotated_us BIGINT NOT NULL,
    login      TEXT COLLATE "C" NOT NULL,
    created_us BIGINT NOT NULL,
    seen_us    BIGINT NOT NULL,
    expires_us BIGINT NOT NULL,
    csrf       TEXT NOT NULL,
    purpose    TEXT,
    case_ref   TEXT
);
CREATE INDEX sessions_by_token ON sessions (token);
CREATE INDEX sessions_by_previous ON sessions (previous);
CREATE INDEX sessions_by_login ON sessions (login);

CREATE TABLE outbox (
    position  BIGINT PRIMARY KEY NOT NULL,
    partner   TEXT NOT NULL,
    record    BYTEA NOT NULL,
    version   BIGINT NOT NULL,
    queued_us BIGINT NOT NULL
);
