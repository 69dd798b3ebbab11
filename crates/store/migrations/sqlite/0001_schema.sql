-- Instants are microseconds UTC; ids and hashes are bytes; texts of closed vocabularies are stored
-- as they are written everywhere else.

-- One row: what the writer has to know before it appends. `position` numbers links, keys and
-- outbox rows in the order in which they were written.
CREATE TABLE head (
    id        INTEGER PRIMARY KEY CHECK (id = 1),
    epoch     TEXT NOT NULL,
    log_size  INTEGER NOT NULL,
    position  INTEGER NOT NULL,
    commits   INTEGER NOT NULL
) STRICT;
INSERT INTO head VALUES (1, lower(hex(randomblob(16))), 0, 0, 0);

-- Every version of every record. Erasure empties body and salt.
CREATE TABLE records (
    id         BLOB NOT NULL,
    version    INTEGER NOT NULL,
    event      INTEGER NOT NULL,
    envelope   BLOB NOT NULL,
    body       BLOB,
    salt       BLOB,
    commitment BLOB NOT NULL,
    PRIMARY KEY (id, version)
) STRICT;
CREATE INDEX records_by_event ON records (event, id, version);

-- The newest version of every record, and by what it is found. An erased one has no review date.
CREATE TABLE record_heads (
    id         BLOB PRIMARY KEY NOT NULL,
    version    INTEGER NOT NULL,
    kind       TEXT NOT NULL,
    state      TEXT NOT NULL,
    created_by TEXT NOT NULL,
    updated_us INTEGER NOT NULL,
    review_us  INTEGER
) STRICT;
CREATE INDEX record_heads_by_kind ON record_heads (kind, updated_us, id);
CREATE INDEX record_heads_by_state ON record_heads (kind, state, updated_us, id);
CREATE INDEX record_heads_by_author ON record_heads (kind, created_by, updated_us, id);
CREATE INDEX record_heads_by_review ON record_heads (review_us, id) WHERE review_us IS NOT NULL;

CREATE TABLE links (
    to_id    BLOB NOT NULL,
    relation TEXT NOT NULL,
    from_id  BLOB NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (to_id, relation, from_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE claims (
    name   TEXT PRIMARY KEY NOT NULL,
    record BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX claims_by_record ON claims (record);

CREATE TABLE match_keys (
    record   BLOB PRIMARY KEY NOT NULL,
    sequence INTEGER NOT NULL,
    version  INTEGER NOT NULL,
    keys     BLOB
) STRICT;
CREATE UNIQUE INDEX match_keys_by_sequence ON match_keys (sequence);

-- The log. What stands before `actor` is what verification reads; the rest is taken from the
-- detail so that entries are found.
CREATE TABLE audit_entries (
    sequence   INTEGER PRIMARY KEY NOT NULL,
    at_us      INTEGER NOT NULL,
    operation  TEXT NOT NULL,
    commitment BLOB NOT NULL,
    leaf_hash  BLOB NOT NULL,
    tag        BLOB NOT NULL,
    salt       BLOB,
    detail     BLOB,
    actor      TEXT,
    object     BLOB,
    case_ref   TEXT
) STRICT;
CREATE INDEX audit_entries_by_time ON audit_entries (at_us, sequence);
CREATE INDEX audit_entries_by_operation ON audit_entries (operation, sequence);
CREATE INDEX audit_entries_by_actor ON audit_entries (actor, sequence);
CREATE INDEX audit_entries_by_object ON audit_entries (object, sequence) WHERE object IS NOT NULL;
CREATE INDEX audit_entries_by_case ON audit_entries (case_ref, sequence)
    WHERE case_ref IS NOT NULL;

-- Complete nodes above the leaves.
CREATE TABLE audit_nodes (
    level INTEGER NOT NULL,
    place INTEGER NOT NULL,
    hash  BLOB NOT NULL,
    PRIMARY KEY (level, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE checkpoints (
    size INTEGER PRIMARY KEY NOT NULL,
    note TEXT NOT NULL
) STRICT;

CREATE TABLE lists (
    list           TEXT NOT NULL,
    version        INTEGER NOT NULL,
    source_version TEXT NOT NULL,
    checksum       TEXT NOT NULL,
    imported_us    INTEGER NOT NULL,
    imported_by    TEXT NOT NULL,
    added          INTEGER NOT NULL,
    changed        INTEGER NOT NULL,
    removed        INTEGER NOT NULL,
    unchanged      INTEGER NOT NULL,
    orphans        TEXT NOT NULL,
    orphan_count   INTEGER NOT NULL,
    PRIMARY KEY (list, version)
) STRICT;

CREATE TABLE list_entries (
    list           TEXT NOT NULL,
    source_id      TEXT NOT NULL,
    record         BLOB NOT NULL,
    record_version INTEGER NOT NULL,
    content        BLOB NOT NULL,
    listed         INTEGER NOT NULL,
    list_version   INTEGER NOT NULL,
    change         TEXT NOT NULL,
    PRIMARY KEY (list, source_id)
) STRICT;

CREATE TABLE list_changes (
    list           TEXT NOT NULL,
    list_version   INTEGER NOT NULL,
    source_id      TEXT NOT NULL,
    record         BLOB NOT NULL,
    record_version INTEGER NOT NULL,
    change         TEXT NOT NULL,
    PRIMARY KEY (list, list_version, source_id)
) STRICT;

CREATE TABLE accounts (
    login        TEXT PRIMARY KEY NOT NULL,
    name         TEXT NOT NULL,
    role         TEXT NOT NULL,
    password     TEXT NOT NULL,
    state        TEXT NOT NULL,
    failures     INTEGER NOT NULL,
    created_us   INTEGER NOT NULL,
    signed_in_us INTEGER,
    revision     INTEGER NOT NULL
) STRICT;

CREATE TABLE sessions (
    id         BLOB PRIMARY KEY NOT NULL,
    token      BLOB NOT NULL,
    previous   BLOB,
    rotated_us INTEGER NOT NULL,
    login      TEXT NOT NULL,
    created_us INTEGER NOT NULL,
    seen_us    INTEGER NOT NULL,
    expires_us INTEGER NOT NULL,
    csrf       TEXT NOT NULL,
    purpose    TEXT,
    case_ref   TEXT
) STRICT;
CREATE INDEX sessions_by_token ON sessions (token);
CREATE INDEX sessions_by_previous ON sessions (previous);
CREATE INDEX sessions_by_login ON sessions (login);

CREATE TABLE outbox (
    position  INTEGER PRIMARY KEY NOT NULL,
    partner   TEXT NOT NULL,
    record    BLOB NOT NULL,
    version   INTEGER NOT NULL,
    queued_us INTEGER NOT NULL
) STRICT;
