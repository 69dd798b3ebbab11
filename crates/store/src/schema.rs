//! The tables: their columns, and how rows are written. The migrations make them; a test compares.

pub mod stock;

/// The type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// A number, or microseconds UTC.
    Int,
    /// Text.
    Text,
    /// Bytes.
    Blob,
}

use Type::{Blob, Int, Text};

/// A table, as rows are written to it.
#[derive(Debug)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Its columns.
    pub columns: &'static [&'static str],
    /// Their types.
    pub types: &'static [Type],
    /// The order of a dump: its key.
    pub key: &'static str,
    /// What happens where a row with the same key is there; empty where there cannot be one.
    pub on_conflict: &'static str,
}

pub const RECORDS: Table = Table {
    name: "records",
    columns: &[
        "id",
        "version",
        "event",
        "envelope",
        "body",
        "salt",
        "commitment",
    ],
    types: &[Blob, Int, Int, Blob, Blob, Blob, Blob],
    key: "id, version",
    on_conflict: "",
};
pub const HEADS: Table = Table {
    name: "record_heads",
    columns: &[
        "id",
        "version",
        "kind",
        "state",
        "created_by",
        "updated_us",
        "review_us",
        "due_us",
    ],
    types: &[Blob, Int, Text, Text, Text, Int, Int, Int],
    key: "id",
    // Who wrote the first version stays.
    on_conflict: " ON CONFLICT (id) DO UPDATE SET version = excluded.version, \
                  kind = excluded.kind, state = excluded.state, \
                  updated_us = excluded.updated_us, review_us = excluded.review_us, \
                  due_us = excluded.due_us",
};
pub const LINKS: Table = Table {
    name: "links",
    columns: &["to_id", "relation", "from_id", "position"],
    types: &[Blob, Text, Blob, Int],
    key: "to_id, relation, from_id",
    on_conflict: " ON CONFLICT DO NOTHING",
};
pub const CLAIMS: Table = Table {
    name: "claims",
    columns: &["name", "record"],
    types: &[Text, Blob],
    key: "name",
    // Its holder repeats it: others were refused before.
    on_conflict: " ON CONFLICT DO NOTHING",
};
pub const KEYS: Table = Table {
    name: "match_keys",
    columns: &["record", "sequence", "version", "keys"],
    types: &[Blob, Int, Int, Blob],
    key: "record",
    on_conflict: " ON CONFLICT (record) DO UPDATE SET sequence = excluded.sequence, \
                  version = excluded.version, keys = excluded.keys",
};
pub const ENTRIES: Table = Table {
    name: "audit_entries",
    columns: &[
        "sequence",
        "at_us",
        "operation",
        "commitment",
        "leaf_hash",
        "tag",
        "salt",
        "detail",
        "actor",
        "object",
        "case_ref",
    ],
    types: &[
        Int, Int, Text, Blob, Blob, Blob, Blob, Blob, Text, Blob, Text,
    ],
    key: "sequence",
    on_conflict: "",
};
pub const NODES: Table = Table {
    name: "audit_nodes",
    columns: &["level", "place", "hash"],
    types: &[Int, Int, Blob],
    key: "level, place",
    on_conflict: "",
};
pub const CHECKPOINTS: Table = Table {
    name: "checkpoints",
    columns: &["size", "note"],
    types: &[Int, Text],
    key: "size",
    on_conflict: "",
};
pub const LISTS: Table = Table {
    name: "lists",
    columns: &[
        "list",
        "version",
        "source_version",
        "checksum",
        "imported_us",
        "imported_by",
        "added",
        "changed",
        "removed",
        "unchanged",
        "orphans",
        "orphan_count",
    ],
    types: &[
        Text, Int, Text, Text, Int, Text, Int, Int, Int, Int, Text, Int,
    ],
    key: "list, version",
    on_conflict: "",
};
pub const LIST_ENTRIES: Table = Table {
    name: "list_entries",
    columns: &[
        "list",
        "source_id",
        "record",
        "record_version",
        "content",
        "listed",
        "list_version",
        "change",
    ],
    types: &[Text, Text, Blob, Int, Blob, Int, Int, Text],
    key: "list, source_id",
    on_conflict: " ON CONFLICT (list, source_id) DO UPDATE SET record = excluded.record, \
                  record_version = excluded.record_version, content = excluded.content, \
                  listed = excluded.listed, list_version = excluded.list_version, \
                  change = excluded.change",
};
pub const LIST_CHANGES: Table = Table {
    name: "list_changes",
    columns: &[
        "list",
        "list_version",
        "source_id",
        "record",
        "record_version",
        "change",
    ],
    types: &[Text, Int, Text, Blob, Int, Text],
    key: "list, list_version, source_id",
    on_conflict: " ON CONFLICT (list, list_version, source_id) DO UPDATE SET \
                  record = excluded.record, record_version = excluded.record_version, \
                  change = excluded.change",
};
pub const ACCOUNTS: Table = Table {
    name: "accounts",
    columns: &[
        "login",
        "name",
        "role",
        "password",
        "state",
        "failures",
        "created_us",
        "signed_in_us",
        "revision",
        "os_user",
    ],
    types: &[Text, Text, Text, Text, Text, Int, Int, Int, Int, Text],
    key: "login",
    on_conflict: " ON CONFLICT (login) DO UPDATE SET name = excluded.name, \
                  role = excluded.role, password = excluded.password, state = excluded.state, \
                  failures = excluded.failures, created_us = excluded.created_us, \
                  signed_in_us = excluded.signed_in_us, revision = excluded.revision, \
                  os_user = excluded.os_user",
};
pub const SESSIONS: Table = Table {
    name: "sessions",
    columns: &[
        "id",
        "token",
        "previous",
        "rotated_us",
        "login",
        "created_us",
        "seen_us",
        "expires_us",
        "csrf",
        "purpose",
        "case_ref",
    ],
    types: &[Blob, Blob, Blob, Int, Text, Int, Int, Int, Text, Text, Text],
    key: "id",
    on_conflict: " ON CONFLICT (id) DO UPDATE SET token = excluded.token, \
                  previous = excluded.previous, rotated_us = excluded.rotated_us, \
                  login = excluded.login, created_us = excluded.created_us, \
                  seen_us = excluded.seen_us, expires_us = excluded.expires_us, \
                  csrf = excluded.csrf, purpose = excluded.purpose, \
                  case_ref = excluded.case_ref",
};
pub const PARTNERS: Table = Table {
    name: "partners",
    columns: &[
        "authority",
        "partner",
        "state",
        "card",
        "decided_by",
        "decided_us",
        "revision",
    ],
    types: &[Text, Text, Text, Blob, Text, Int, Int],
    key: "authority",
    on_conflict: " ON CONFLICT (authority) DO UPDATE SET partner = excluded.partner, \
                  state = excluded.state, card = excluded.card, \
                  decided_by = excluded.decided_by, decided_us = excluded.decided_us, \
                  revision = excluded.revision",
};
pub const DELIVERIES: Table = Table {
    name: "deliveries",
    columns: &[
        "position",
        "recipient",
        "kind",
        "record",
        "version",
        "payload",
        "ground",
        "queued_us",
        "state",
        "done_us",
        "reason",
        "receipt",
    ],
    types: &[
        Int, Text, Text, Blob, Int, Blob, Text, Int, Text, Int, Text, Blob,
    ],
    key: "position",
    // What happened to it first stays.
    on_conflict: " ON CONFLICT (position) DO UPDATE SET payload = excluded.payload, \
                  state = excluded.state, done_us = excluded.done_us, \
                  reason = excluded.reason, receipt = excluded.receipt \
                  WHERE deliveries.state = 'queued'",
};
pub const WITNESSES: Table = Table {
    name: "witnesses",
    columns: &[
        "log",
        "witness",
        "size",
        "root",
        "seen_us",
        "statement",
        "problem",
    ],
    types: &[Text, Text, Int, Blob, Int, Blob, Text],
    key: "log, witness, size, root",
    on_conflict: " ON CONFLICT (log, witness, size, root) DO UPDATE SET \
                  seen_us = excluded.seen_us, statement = excluded.statement, \
                  problem = CASE WHEN witnesses.problem IN ('unproved', 'proof-withheld', \
                  'awaited', 'silent', 'not-countersigned') \
                  THEN excluded.problem ELSE COALESCE(witnesses.problem, excluded.problem) END",
};
pub const FIREARMS: Table = Table {
    name: "firearms",
    columns: &[
        "record",
        "identity",
        "serial",
        "make",
        "calibre",
        "kind",
        "custody",
        "is_open",
        "name",
        "updated_us",
        "model",
        "category",
        "year",
    ],
    types: &[
        Blob, Text, Text, Text, Text, Text, Text, Int, Text, Int, Text, Text, Int,
    ],
    key: "record",
    on_conflict: " ON CONFLICT (record) DO UPDATE SET identity = excluded.identity, \
                  serial = excluded.serial, make = excluded.make, calibre = excluded.calibre, \
                  kind = excluded.kind, custody = excluded.custody, is_open = excluded.is_open, \
                  name = excluded.name, updated_us = excluded.updated_us, \
                  model = excluded.model, category = excluded.category, year = excluded.year",
};
pub const RECEIVED: Table = Table {
    name: "received",
    columns: &[
        "record",
        "version",
        "sender",
        "received_us",
        "digest",
        "statement",
        "keep_until_us",
    ],
    types: &[Blob, Int, Text, Int, Blob, Blob, Int],
    key: "record, version",
    on_conflict: "",
};
pub const HEAD: Table = Table {
    name: "head",
    columns: &["log_size", "position", "commits"],
    types: &[Int, Int, Int],
    key: "id",
    on_conflict: "",
};

/// The tables of a backup, the head last: a dump that was cut off has none. Sessions are not
/// among them: nobody stays signed in through a restore.
pub const DUMPED: &[&Table] = &[
    &RECORDS,
    &HEADS,
    &LINKS,
    &CLAIMS,
    &KEYS,
    &ENTRIES,
    &NODES,
    &CHECKPOINTS,
    &LISTS,
    &LIST_ENTRIES,
    &LIST_CHANGES,
    &ACCOUNTS,
    &PARTNERS,
    &DELIVERIES,
    &RECEIVED,
    &WITNESSES,
    &FIREARMS,
    &stock::ACCOUNTS,
    &stock::GOODS,
    &stock::MOVEMENTS,
    &stock::WAITING,
    &stock::REVERSALS,
    &stock::POSTINGS,
    &stock::BALANCES,
    &stock::STORES,
    &stock::STATE,
    &HEAD,
];

/// The same, as the port shows them.
pub const DUMP_COLUMNS: &[(&str, &[&str])] = &[
    (RECORDS.name, RECORDS.columns),
    (HEADS.name, HEADS.columns),
    (LINKS.name, LINKS.columns),
    (CLAIMS.name, CLAIMS.columns),
    (KEYS.name, KEYS.columns),
    (ENTRIES.name, ENTRIES.columns),
    (NODES.name, NODES.columns),
    (CHECKPOINTS.name, CHECKPOINTS.columns),
    (LISTS.name, LISTS.columns),
    (LIST_ENTRIES.name, LIST_ENTRIES.columns),
    (LIST_CHANGES.name, LIST_CHANGES.columns),
    (ACCOUNTS.name, ACCOUNTS.columns),
    (PARTNERS.name, PARTNERS.columns),
    (DELIVERIES.name, DELIVERIES.columns),
    (RECEIVED.name, RECEIVED.columns),
    (WITNESSES.name, WITNESSES.columns),
    (FIREARMS.name, FIREARMS.columns),
    (stock::ACCOUNTS.name, stock::ACCOUNTS.columns),
    (stock::GOODS.name, stock::GOODS.columns),
    (stock::MOVEMENTS.name, stock::MOVEMENTS.columns),
    (stock::WAITING.name, stock::WAITING.columns),
    (stock::REVERSALS.name, stock::REVERSALS.columns),
    (stock::POSTINGS.name, stock::POSTINGS.columns),
    (stock::BALANCES.name, stock::BALANCES.columns),
    (stock::STORES.name, stock::STORES.columns),
    (stock::STATE.name, stock::STATE.columns),
    (HEAD.name, HEAD.columns),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_has_a_type_and_every_dumped_table_is_shown() {
        for table in DUMPED.iter().chain([&&SESSIONS]) {
            assert_eq!(table.columns.len(), table.types.len(), "{}", table.name);
        }
        let shown = DUMPED.iter().map(|table| (table.name, table.columns));
        assert!(shown.eq(DUMP_COLUMNS.iter().copied()));
    }
}
