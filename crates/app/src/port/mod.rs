//! Ports: what the use cases need of the outside, and nobody's implementation of it.
//!
//! A [`Batch`] is one transaction: records, audit entries, match keys, list rows, accounts,
//! sessions, deliveries commit together or not at all (invariant 4).

mod account;
mod batch;
mod event;
mod exchange;
mod firearm;
mod index_files;
mod list;
mod rows;
mod stock;
mod store;

pub use account::{Account, AccountState, Session, TokenHash};
pub use batch::{Batch, Change, KeyChange, Link, PutRecord};
pub use event::{AuditRow, Event, EventDetail, ObjectRef};
pub use exchange::{
    AWAITED, DeliveryFilter, DeliveryRow, DeliveryState, LedgerPart, NOT_COUNTERSIGNED, PartnerRow,
    PartnerState, Queue, ReceivedRow, SHARED_KINDS, SILENT, UNPROVED, WITHHELD, WitnessRow,
};
pub use firearm::{FirearmFilter, FirearmOrder, FirearmRow};
pub use index_files::{IndexFiles, NoIndexFiles, SegmentBytes, SegmentFile};
pub use list::{ListChange, ListChangeRow, ListEntryRow, ListVersionRow};
pub use rows::{
    AuditFilter, AuditHead, Cursor, DueFilter, DuePlace, DueRecord, KeyRow, RecordFilter,
    ReferredTo, StoredCheckpoint, StoredRecord,
};
pub use stock::{
    EnterMovement, ResolveMovement, StockAccountRow, StockBalanceRow, StockChange, StockEnd,
    StockGoodsRow, StockMoment, StockMovementRow, StockOf, StockPostingRow,
};
pub use store::{CommitError, Committed, Conflict, DumpRow, DumpValue, Store, StoreError};
