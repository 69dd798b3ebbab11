//! The store's port.

use async_trait::async_trait;
use egnatia_audit::Hash;
use egnatia_record::{AuthorityId, Kind, RecordId, UserId, Version};
use egnatia_stockpile::{AccountId, GoodsId, LedgerRefused, MovementId};
use jiff::Timestamp;
use jiff::civil::Date;
use tokio::sync::mpsc;

use super::{
    Account, AuditFilter, AuditHead, AuditRow, Batch, DeliveryFilter, DeliveryRow, DueFilter,
    DueRecord, FirearmFilter, FirearmRow, KeyRow, ListChangeRow, ListEntryRow, ListVersionRow,
    PartnerRow, Queue, ReceivedRow, RecordFilter, Session, StockAccountRow, StockBalanceRow,
    StockMoment, StockMovementRow, StockOf, StockPostingRow, StoredCheckpoint, StoredRecord,
    TokenHash, WitnessRow,
};

/// What a commit did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// The sequence number of the batch's first event.
    pub first_event: u64,
    /// The number of entries of the log afterwards.
    pub log_size: u64,
}

/// Somebody else was faster, or the same thing is there already.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Conflict {
    /// The record is not in the version before the one that was to be written.
    #[error("the record {0} has changed in the meantime")]
    RecordVersion(RecordId),
    /// Another record holds the name.
    #[error("another record holds `{0}`")]
    Claim(String),
    /// The list is not in the version before the one that was to be written.
    #[error("the list `{0}` has changed in the meantime")]
    ListVersion(String),
    /// The partner is not in the revision before the one that was to be written.
    #[error("the partner `{0}` has changed in the meantime")]
    Partner(AuthorityId),
    /// Somebody in this country has a weapon of the same identity already: double custody.
    #[error("another weapon of the same make and number is in somebody's hands: {0}")]
    Custody(RecordId),
    /// The account is not in the revision before the one that was to be written.
    #[error("the account `{0}` has changed in the meantime")]
    Account(UserId),
    /// The books of the stockpile do not take it.
    #[error(transparent)]
    Ledger(#[from] LedgerRefused),
}

impl Conflict {
    /// Whether it is only that something has changed meanwhile: the same may be tried again, by
    /// what is there now.
    pub const fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::RecordVersion(_) | Self::Ledger(LedgerRefused::StoreChanged(_))
        )
    }
}

/// Why nothing was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommitError {
    /// The batch does not fit what is stored.
    #[error(transparent)]
    Conflict(#[from] Conflict),
    /// The store cannot write.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why the store cannot answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// No room on the disk.
    #[error("the disk is full: nothing was written; free some space and try again")]
    Full,
    /// It does not answer.
    #[error("the store is not available: {0}")]
    Unavailable(String),
    /// It answers, and does not take this: nothing of it was written, and repetition does not help.
    #[error("the store does not take it: {0}")]
    Rejected(String),
    /// What it holds cannot be read.
    #[error("the store holds something unreadable: {0}")]
    Corrupt(String),
}

/// A row of a backup, whatever store it comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct DumpRow {
    /// The table.
    pub table: &'static str,
    /// The values in the order of [`Store::dump_columns`].
    pub values: Vec<DumpValue>,
}

/// A value of a backup.
#[derive(Debug, Clone, PartialEq)]
pub enum DumpValue {
    /// Nothing.
    Null,
    /// A number, or microseconds UTC.
    Int(i64),
    /// Text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

/// Keeps records and all that belongs to them. Implemented on SQLite, on PostgreSQL, and in memory
/// for tests; one suite of the test kit holds all three to the same behaviour.
#[async_trait]
pub trait Store: Send + Sync {
    /// Writes the batch durably, or nothing of it. Returns once it survives a crash.
    ///
    /// # Errors
    /// [`CommitError::Conflict`] where it does not fit what is stored; [`CommitError::Store`]
    /// where the store cannot write.
    async fn commit(&self, batch: Batch) -> Result<Committed, CommitError>;

    /// The newest version of a record.
    async fn record(&self, id: RecordId) -> Result<Option<StoredRecord>, StoreError>;

    /// The newest versions of these records, in no order; unknown ones are left out.
    async fn records(&self, ids: &[RecordId]) -> Result<Vec<StoredRecord>, StoreError>;

    /// All versions of a record, oldest first.
    async fn history(&self, id: RecordId) -> Result<Vec<StoredRecord>, StoreError>;

    /// The newest versions of the records that the filter asks for, newest first.
    async fn find(&self, filter: &RecordFilter) -> Result<Vec<StoredRecord>, StoreError>;

    /// The newest versions of the records that the filter asks for: the open ones, what is due
    /// first first, then the others, newest first.
    async fn find_due(&self, filter: &DueFilter) -> Result<Vec<DueRecord>, StoreError>;

    /// How many records of this kind are in this state.
    async fn count(&self, kind: Kind, state: &str) -> Result<u64, StoreError>;

    /// The records that refer to `to` by this relation, oldest first.
    async fn linked(&self, to: RecordId, relation: &str) -> Result<Vec<RecordId>, StoreError>;

    /// Who holds these names; those that nobody holds are left out.
    async fn claims(&self, names: &[String]) -> Result<Vec<(String, RecordId)>, StoreError>;

    /// Records whose review date has come, not erased yet, oldest first, at most `limit`.
    async fn due(&self, today: Date, limit: u32) -> Result<Vec<RecordId>, StoreError>;

    /// The feed of match keys after this sequence number, at most `limit` lines, in order.
    async fn keys_after(&self, sequence: u64, limit: u32) -> Result<Vec<KeyRow>, StoreError>;

    /// A value that changes when a restore replaced everything: the index starts anew.
    async fn epoch(&self) -> Result<String, StoreError>;

    /// The newest version of every list, by name.
    async fn lists(&self) -> Result<Vec<ListVersionRow>, StoreError>;

    /// All versions of a list, newest first.
    async fn list_versions(&self, list: &str) -> Result<Vec<ListVersionRow>, StoreError>;

    /// The present line of every entry that the list holds or ever held.
    async fn list_entries(&self, list: &str) -> Result<Vec<ListEntryRow>, StoreError>;

    /// What a version of a list changed, ordered by source id, from after `after`.
    async fn list_changes(
        &self,
        list: &str,
        version: u64,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<ListChangeRow>, StoreError>;

    /// The account with this login.
    async fn account(&self, login: &UserId) -> Result<Option<Account>, StoreError>;

    /// All accounts, by login.
    async fn accounts(&self) -> Result<Vec<Account>, StoreError>;

    /// The session whose present or previous token has this hash.
    async fn session(&self, token: TokenHash) -> Result<Option<Session>, StoreError>;

    /// All partners' nodes, by authority.
    async fn partners(&self) -> Result<Vec<PartnerRow>, StoreError>;

    /// What waits for a partner, oldest first, at most `limit`.
    async fn waiting(&self, to: &AuthorityId, limit: u32) -> Result<Vec<DeliveryRow>, StoreError>;

    /// How much waits for whom, by authority.
    async fn queues(&self) -> Result<Vec<Queue>, StoreError>;

    /// All that was ever queued about a record, oldest first.
    async fn deliveries_of(&self, record: RecordId) -> Result<Vec<DeliveryRow>, StoreError>;

    /// What was ever queued for a partner, newest first.
    async fn deliveries_to(
        &self,
        to: &AuthorityId,
        wanted: DeliveryFilter,
    ) -> Result<Vec<DeliveryRow>, StoreError>;

    /// Of every log and witness, what was seen last, and whatever is wrong; by log and witness.
    async fn witnesses(&self) -> Result<Vec<WitnessRow>, StoreError>;

    /// Everything that was ever seen of a log at a size.
    async fn witnessed_at(
        &self,
        log: &AuthorityId,
        size: u64,
    ) -> Result<Vec<WitnessRow>, StoreError>;

    /// The register of firearms: the lines that the filter asks for, newest first.
    async fn firearms(&self, filter: &FirearmFilter) -> Result<Vec<FirearmRow>, StoreError>;

    /// The weapon of this identity that somebody in this country has.
    async fn firearm_in_custody(&self, identity: &str) -> Result<Option<RecordId>, StoreError>;

    /// The newest received version of each of these records, in no order; others are left out.
    async fn received(&self, records: &[RecordId]) -> Result<Vec<ReceivedRow>, StoreError>;

    /// Goods with one of these numbers, as [`egnatia_stockpile::Goods::key_of`] writes them, with
    /// the number; in no order.
    async fn stock_numbered(
        &self,
        numbers: &[String],
    ) -> Result<Vec<(String, GoodsId)>, StoreError>;

    /// Where each of these stands, of those of which there is one and which have not left for the
    /// outside; in no order.
    async fn stock_custody(
        &self,
        goods: &[GoodsId],
    ) -> Result<Vec<(GoodsId, AccountId)>, StoreError>;

    /// All accounts of the stockpile, oldest first.
    async fn stock_accounts(&self) -> Result<Vec<StockAccountRow>, StoreError>;

    /// What is where now, without what is zero, by account and goods.
    async fn stock_balances(&self, of: StockOf) -> Result<Vec<StockBalanceRow>, StoreError>;

    /// How much was in an account at a moment that has passed.
    async fn stock_balance_at(
        &self,
        of: (AccountId, GoodsId),
        at: StockMoment,
    ) -> Result<i64, StoreError>;

    /// How often what is explosive in a store has changed. Read it before the balances: whatever
    /// changes afterwards is then found out.
    async fn stock_revision(&self, store: AccountId) -> Result<u64, StoreError>;

    /// Up to when all periods are closed.
    async fn stock_closed_until(&self) -> Result<Option<Timestamp>, StoreError>;

    /// These movements, in no order; unknown ones are left out.
    async fn stock_movements(
        &self,
        ids: &[MovementId],
    ) -> Result<Vec<StockMovementRow>, StoreError>;

    /// How many movements the books hold.
    async fn stock_movement_count(&self) -> Result<u64, StoreError>;

    /// The movements that wait for a signature, what is due first first, at most `limit`.
    async fn stock_waiting(&self, limit: u32) -> Result<Vec<StockMovementRow>, StoreError>;

    /// Postings of an account, newest first, before a position, at most `limit`.
    async fn stock_ledger(
        &self,
        account: AccountId,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<StockPostingRow>, StoreError>;

    /// Postings of one weapon or lot, newest first, before a position, at most `limit`.
    async fn stock_history(
        &self,
        goods: GoodsId,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<StockPostingRow>, StoreError>;

    /// Postings of an account after a moment, oldest first.
    async fn stock_since(
        &self,
        account: AccountId,
        after: Timestamp,
    ) -> Result<Vec<StockPostingRow>, StoreError>;

    /// The end of the audit log.
    async fn audit_head(&self) -> Result<AuditHead, StoreError>;

    /// Audit entries that the filter asks for, newest first.
    async fn audit_find(&self, filter: &AuditFilter) -> Result<Vec<AuditRow>, StoreError>;

    /// Audit entries from `first` on, in order, at most `limit`.
    async fn audit_entries(&self, first: u64, limit: u32) -> Result<Vec<AuditRow>, StoreError>;

    /// Stored nodes of the tree of a level from `first` on, in order, at most `limit`. Level 0 are
    /// the stored hashes of the leaves.
    async fn audit_nodes(
        &self,
        level: u8,
        first: u64,
        limit: u32,
    ) -> Result<Vec<(u64, Hash)>, StoreError>;

    /// Checkpoints of more than `size` entries, in order, at most `limit`.
    async fn checkpoints(&self, size: u64, limit: u32)
    -> Result<Vec<StoredCheckpoint>, StoreError>;

    /// Versions of records in the order of `event` (the audit entry that states them), from after
    /// (`event`, `id`), at most `limit`: what verification compares with the log.
    async fn records_by_event(
        &self,
        after: Option<(u64, RecordId, Version)>,
        limit: u32,
    ) -> Result<Vec<StoredRecord>, StoreError>;

    /// The tables of a backup, and the columns of each, in the order of a dump. Sessions are not
    /// part of it: nobody stays signed in through a restore.
    fn dump_columns(&self) -> &'static [(&'static str, &'static [&'static str])];

    /// Sends every row of one consistent moment, table after table.
    async fn dump(&self, rows: mpsc::Sender<DumpRow>) -> Result<(), StoreError>;

    /// Replaces everything by these rows, in one transaction, and changes the epoch. Returns how
    /// many rows were written.
    async fn restore(&self, rows: mpsc::Receiver<DumpRow>) -> Result<u64, StoreError>;

    /// Whether nothing was ever written.
    async fn is_empty(&self) -> Result<bool, StoreError>;
}
