//! What stood in the books before a change that may still be refused.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::facts::{Balance, Known};
use crate::{AccountId, GoodsId, MovementId};

/// A moment of the books to which they can be taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark(pub(super) usize);

/// One thing that was changed, and what was there before.
#[derive(Debug, Clone)]
pub(super) enum Undo {
    Balance((AccountId, GoodsId), Option<Balance>),
    Movement(MovementId, Option<Known>),
    Account(AccountId),
    Goods(GoodsId),
    Past((AccountId, GoodsId)),
    Revision(AccountId, Option<u64>),
    Last(Option<Timestamp>),
    Closed(Option<Timestamp>),
}

/// Puts back what was there before.
pub(super) fn put_back<K: Ord, V>(map: &mut BTreeMap<K, V>, key: K, value: Option<V>) {
    match value {
        Some(value) => map.insert(key, value),
        None => map.remove(&key),
    };
}
