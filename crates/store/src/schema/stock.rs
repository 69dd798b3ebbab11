//! The tables of the books of the stockpile.

use super::Table;
use super::Type::{Blob, Int, Text};

pub const ACCOUNTS: Table = Table {
    name: "stock_accounts",
    columns: &["number", "id", "kind", "store", "outside"],
    types: &[Int, Blob, Text, Blob, Int],
    key: "number",
    on_conflict: "",
};
pub const GOODS: Table = Table {
    name: "stock_goods",
    columns: &["number", "id", "serialised", "explosive"],
    types: &[Int, Blob, Int, Int],
    key: "number",
    on_conflict: "",
};
pub const MOVEMENTS: Table = Table {
    name: "stock_movements",
    columns: &["position", "id", "digest", "body", "recorded_us"],
    types: &[Int, Blob, Blob, Blob, Int],
    key: "position",
    on_conflict: "",
};
pub const WAITING: Table = Table {
    name: "stock_waiting",
    columns: &["movement", "due_us", "ended_us", "resolution"],
    types: &[Int, Int, Int, Blob],
    key: "movement",
    // By when it was due stays; the database refuses a second end.
    on_conflict: " ON CONFLICT (movement) DO UPDATE SET ended_us = excluded.ended_us, \
                  resolution = excluded.resolution",
};
pub const REVERSALS: Table = Table {
    name: "stock_reversals",
    columns: &["reversed", "movement"],
    types: &[Int, Int],
    key: "reversed",
    on_conflict: "",
};
pub const POSTINGS: Table = Table {
    name: "stock_postings",
    columns: &[
        "goods",
        "account",
        "posted_us",
        "position",
        "movement",
        "line",
        "amount",
        "balance",
        "effective_us",
    ],
    types: &[Int, Int, Int, Int, Int, Int, Int, Int, Int],
    key: "goods, account, posted_us, position",
    on_conflict: "",
};
pub const BALANCES: Table = Table {
    name: "stock_balances",
    columns: &[
        "goods",
        "account",
        "quantity",
        "reserved",
        "serialised",
        "outside",
    ],
    types: &[Int, Int, Int, Int, Int, Int],
    key: "goods, account",
    on_conflict: " ON CONFLICT (goods, account) DO UPDATE SET quantity = excluded.quantity, \
                  reserved = excluded.reserved",
};
pub const STORES: Table = Table {
    name: "stock_stores",
    columns: &["store", "revision"],
    types: &[Int, Int],
    key: "store",
    on_conflict: " ON CONFLICT (store) DO UPDATE SET revision = excluded.revision",
};
pub const STATE: Table = Table {
    name: "stock_state",
    columns: &["id", "last_us", "closed_us"],
    types: &[Int, Int, Int],
    key: "id",
    on_conflict: " ON CONFLICT (id) DO UPDATE SET last_us = excluded.last_us, \
                  closed_us = excluded.closed_us",
};
