//! A store in memory: the fake that use cases are tested with, and the model that databases are
//! compared with.

mod audit;
mod due;
mod exchange;
mod failing;
mod fuse;
mod records;
mod state;
mod stock;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use async_trait::async_trait;
use egnatia_app::{
    Account, AuditFilter, AuditHead, AuditRow, Batch, CommitError, Committed, DeliveryFilter,
    DeliveryRow, DueFilter, DueRecord, DumpRow, DumpValue, FirearmFilter, FirearmRow, KeyRow,
    ListChangeRow, ListEntryRow, ListVersionRow, PartnerRow, Queue, ReceivedRow, RecordFilter,
    Session, StockAccountRow, StockBalanceRow, StockMoment, StockMovementRow, StockOf,
    StockPostingRow, Store, StoreError, StoredCheckpoint, StoredRecord, TokenHash, WitnessRow,
};
use egnatia_audit::{Hash, Seal};
use egnatia_record::{AuthorityId, Kind, RecordId, UserId, Version};
use egnatia_stockpile::{AccountId, GoodsId, MovementId};
use jiff::Timestamp;
use jiff::civil::Date;
use tokio::sync::mpsc;

pub use self::failing::HeldUp;
use self::failing::{Failing, Holding};
pub use self::fuse::Fuse;
use self::state::State;
use self::stock::{Custody, Numbered};
use crate::test_seal;

/// Dumps of this process. A dump of the fake is only a number in this list.
static SNAPSHOTS: Mutex<Vec<State>> = Mutex::new(Vec::new());

/// A store in memory. It does all that [`Store`] asks for, and forgets everything at its end.
///
/// Its dumps can be restored only within the same process. Every commit copies what is stored, so
/// that a refused one leaves nothing: with tens of thousands of records, take a database.
#[derive(Debug)]
pub struct MemoryStore {
    seal: Arc<Seal>,
    state: Mutex<State>,
    restores: Mutex<u64>,
    failing: Failing,
    held_commit: Holding,
    held_answer: Holding,
    fuse: Mutex<Arc<Fuse>>,
    dead: Mutex<bool>,
}

impl Default for MemoryStore {
    /// An empty store under [`test_seal`].
    fn default() -> Self {
        Self::new(test_seal())
    }
}

impl MemoryStore {
    /// An empty store whose log is sealed with `seal`.
    pub fn new(seal: Seal) -> Self {
        Self::under(Arc::new(seal))
    }

    fn under(seal: Arc<Seal>) -> Self {
        Self {
            seal,
            state: Mutex::default(),
            restores: Mutex::default(),
            failing: Failing::default(),
            held_commit: Holding::default(),
            held_answer: Holding::default(),
            fuse: Mutex::default(),
            dead: Mutex::default(),
        }
    }

    /// Another store that holds the same at this moment, as a copy of a machine would.
    pub fn copy(&self) -> Self {
        let copy = Self::under(Arc::clone(&self.seal));
        *copy.state() = self.state().clone();
        copy
    }

    /// Puts back what `older` holds, as a backup is restored.
    pub fn put_back(&self, older: &Self) {
        let held = older.state().clone();
        *self.state() = held;
        *lock(&self.restores) += 1;
    }

    /// Lets the node die where this fuse burns down: before or after a commit or a send.
    pub fn put_fuse(&self, fuse: Arc<Fuse>) {
        *lock(&self.fuse) = fuse;
    }

    /// A point at which a node may die. Where the fuse burns down here, this never returns.
    pub async fn may_die(&self) {
        let fuse = Arc::clone(&lock(&self.fuse));
        if fuse.burns() {
            *lock(&self.dead) = true;
            std::future::pending::<()>().await;
        }
    }

    /// Waits for the death of the node. It is asked again whenever what the node does is.
    pub async fn died(&self) {
        std::future::poll_fn(|_| match self.is_dead() {
            true => Poll::Ready(()),
            false => Poll::Pending,
        })
        .await;
    }

    /// Whether the node has died. What was under way is to be dropped.
    pub fn is_dead(&self) -> bool {
        *lock(&self.dead)
    }

    /// The machine is there again, with room on its disk; nothing is lost that was committed.
    pub fn revive(&self) {
        *lock(&self.dead) = false;
        self.failing.end();
        self.put_fuse(Arc::default());
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn size(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// The limit of a page: 1 to 1,000.
fn page(limit: u32) -> usize {
    size(limit.clamp(1, 1000))
}

#[async_trait]
impl Store for MemoryStore {
    async fn commit(&self, batch: Batch) -> Result<Committed, CommitError> {
        self.held_commit.pass(None).await;
        if let Some(error) = self.failing.of(&batch) {
            return Err(error.into());
        }
        self.may_die().await;
        let committed = {
            let mut state = self.state();
            let mut changed = state.clone();
            let committed = changed.commit(batch, &self.seal)?;
            *state = changed;
            committed
        };
        self.may_die().await;
        Ok(committed)
    }

    async fn record(&self, id: RecordId) -> Result<Option<StoredRecord>, StoreError> {
        Ok(self.state().newest(id))
    }

    async fn records(&self, ids: &[RecordId]) -> Result<Vec<StoredRecord>, StoreError> {
        let state = self.state();
        let unique: std::collections::BTreeSet<_> = ids.iter().collect();
        Ok(unique
            .into_iter()
            .filter_map(|id| state.newest(*id))
            .collect())
    }

    async fn history(&self, id: RecordId) -> Result<Vec<StoredRecord>, StoreError> {
        Ok(self.state().history(id))
    }

    async fn find(&self, filter: &RecordFilter) -> Result<Vec<StoredRecord>, StoreError> {
        let found = self.state().find(filter);
        self.held_answer.pass(Some(filter.kind)).await;
        Ok(found)
    }

    async fn find_due(&self, filter: &DueFilter) -> Result<Vec<DueRecord>, StoreError> {
        Ok(self.state().find_due(filter))
    }

    async fn count(&self, kind: Kind, wanted: &str) -> Result<u64, StoreError> {
        Ok(self.state().count(kind, wanted))
    }

    async fn linked(&self, to: RecordId, relation: &str) -> Result<Vec<RecordId>, StoreError> {
        Ok(self.state().linked(to, relation))
    }

    async fn claims(&self, names: &[String]) -> Result<Vec<(String, RecordId)>, StoreError> {
        let state = self.state();
        let held = state.claims.iter().filter(|(name, _)| names.contains(name));
        Ok(held.map(|(name, holder)| (name.clone(), *holder)).collect())
    }

    async fn due(&self, today: Date, limit: u32) -> Result<Vec<RecordId>, StoreError> {
        Ok(self.state().due(today, limit))
    }

    async fn keys_after(&self, sequence: u64, limit: u32) -> Result<Vec<KeyRow>, StoreError> {
        Ok(self.state().keys_after(sequence, limit))
    }

    async fn epoch(&self) -> Result<String, StoreError> {
        Ok(format!("memory-{}", lock(&self.restores)))
    }

    async fn lists(&self) -> Result<Vec<ListVersionRow>, StoreError> {
        let state = self.state();
        let names: std::collections::BTreeSet<_> = state.lists.keys().map(|(l, _)| l).collect();
        Ok(names
            .into_iter()
            .filter_map(|list| state.newest_list(list).cloned())
            .collect())
    }

    async fn list_versions(&self, list: &str) -> Result<Vec<ListVersionRow>, StoreError> {
        let state = self.state();
        let versions = state.lists.values().rev().filter(|row| row.list == list);
        Ok(versions.cloned().collect())
    }

    async fn list_entries(&self, list: &str) -> Result<Vec<ListEntryRow>, StoreError> {
        let state = self.state();
        let entries = state.entries.values().filter(|row| row.list == list);
        Ok(entries.cloned().collect())
    }

    async fn list_changes(
        &self,
        list: &str,
        version: u64,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<ListChangeRow>, StoreError> {
        Ok(self
            .state()
            .list_changes((list, version), after, size(limit)))
    }

    async fn account(&self, login: &UserId) -> Result<Option<Account>, StoreError> {
        Ok(self.state().accounts.get(login).cloned())
    }

    async fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        Ok(self.state().accounts.values().cloned().collect())
    }

    async fn session(&self, token: TokenHash) -> Result<Option<Session>, StoreError> {
        let state = self.state();
        let mut sessions = state.sessions.values();
        Ok(sessions
            .find(|s| s.token == token || s.previous == Some(token))
            .cloned())
    }

    async fn partners(&self) -> Result<Vec<PartnerRow>, StoreError> {
        Ok(self.state().partners())
    }

    async fn waiting(&self, to: &AuthorityId, limit: u32) -> Result<Vec<DeliveryRow>, StoreError> {
        Ok(self.state().waiting(to, limit))
    }

    async fn queues(&self) -> Result<Vec<Queue>, StoreError> {
        Ok(self.state().queues())
    }

    async fn deliveries_of(&self, record: RecordId) -> Result<Vec<DeliveryRow>, StoreError> {
        Ok(self.state().deliveries_of(record))
    }

    async fn deliveries_to(
        &self,
        to: &AuthorityId,
        wanted: DeliveryFilter,
    ) -> Result<Vec<DeliveryRow>, StoreError> {
        Ok(self.state().deliveries_to(to, wanted))
    }

    async fn witnesses(&self) -> Result<Vec<WitnessRow>, StoreError> {
        Ok(self.state().witnesses())
    }

    async fn witnessed_at(
        &self,
        log: &AuthorityId,
        size: u64,
    ) -> Result<Vec<WitnessRow>, StoreError> {
        Ok(self.state().witnessed_at(log, size))
    }

    async fn firearms(&self, filter: &FirearmFilter) -> Result<Vec<FirearmRow>, StoreError> {
        let mut found = self.state().find_firearms(filter);
        found.truncate(page(filter.limit));
        Ok(found)
    }

    async fn firearm_in_custody(&self, identity: &str) -> Result<Option<RecordId>, StoreError> {
        let state = self.state();
        let mut held = state.firearms.values();
        let held = held.find(|row| row.is_open && row.identity == identity);
        Ok(held.map(|row| row.record))
    }

    async fn received(&self, records: &[RecordId]) -> Result<Vec<ReceivedRow>, StoreError> {
        Ok(self.state().received(records))
    }

    async fn stock_numbered(&self, numbers: &[String]) -> Result<Numbered, StoreError> {
        Ok(stock::numbered(&self.state().claims, numbers))
    }

    async fn stock_custody(&self, goods: &[GoodsId]) -> Result<Custody, StoreError> {
        Ok(self.state().stock.custody(goods))
    }

    async fn stock_accounts(&self) -> Result<Vec<StockAccountRow>, StoreError> {
        Ok(self.state().stock.accounts.clone())
    }

    async fn stock_balances(&self, of: StockOf) -> Result<Vec<StockBalanceRow>, StoreError> {
        Ok(self.state().stock.balances(of))
    }

    async fn stock_balance_at(
        &self,
        of: (AccountId, GoodsId),
        at: StockMoment,
    ) -> Result<i64, StoreError> {
        Ok(self.state().stock.balance_at(of, at))
    }

    async fn stock_revision(&self, store: AccountId) -> Result<u64, StoreError> {
        Ok(self.state().stock.books.revision(store))
    }

    async fn stock_closed_until(&self) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.state().stock.books.closed_until())
    }

    async fn stock_movements(
        &self,
        ids: &[MovementId],
    ) -> Result<Vec<StockMovementRow>, StoreError> {
        Ok(self.state().stock.movements(ids))
    }

    async fn stock_movement_count(&self) -> Result<u64, StoreError> {
        Ok(self.state().stock.movement_count())
    }

    async fn stock_waiting(&self, limit: u32) -> Result<Vec<StockMovementRow>, StoreError> {
        Ok(self.state().stock.waiting(size(limit)))
    }

    async fn stock_ledger(
        &self,
        account: AccountId,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<StockPostingRow>, StoreError> {
        let wanted = |row: &StockPostingRow| row.account == account;
        Ok(self.state().stock.newest(wanted, before, size(limit)))
    }

    async fn stock_history(
        &self,
        goods: GoodsId,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<StockPostingRow>, StoreError> {
        let wanted = |row: &StockPostingRow| row.goods == goods;
        Ok(self.state().stock.newest(wanted, before, size(limit)))
    }

    async fn stock_since(
        &self,
        account: AccountId,
        after: Timestamp,
    ) -> Result<Vec<StockPostingRow>, StoreError> {
        Ok(self.state().stock.since(account, after))
    }

    async fn audit_head(&self) -> Result<AuditHead, StoreError> {
        let state = self.state();
        Ok(AuditHead {
            size: state.frontier.size(),
            root: state.frontier.root(),
            checkpoint: state
                .checkpoints
                .last_key_value()
                .map(|(_, note)| note.clone()),
        })
    }

    async fn audit_find(&self, filter: &AuditFilter) -> Result<Vec<AuditRow>, StoreError> {
        Ok(self.state().find_entries(filter))
    }

    async fn audit_entries(&self, first: u64, limit: u32) -> Result<Vec<AuditRow>, StoreError> {
        let state = self.state();
        let rows = state.audit.iter().filter(|row| row.leaf.sequence >= first);
        Ok(rows.take(size(limit)).map(|row| (**row).clone()).collect())
    }

    async fn audit_nodes(
        &self,
        level: u8,
        first: u64,
        limit: u32,
    ) -> Result<Vec<(u64, Hash)>, StoreError> {
        Ok(self.state().tree_nodes(level, first, size(limit)))
    }

    async fn checkpoints(
        &self,
        above: u64,
        limit: u32,
    ) -> Result<Vec<StoredCheckpoint>, StoreError> {
        let state = self.state();
        let notes = state.checkpoints.iter().filter(|(size, _)| **size > above);
        Ok(notes
            .take(size(limit))
            .map(|(size, note)| StoredCheckpoint {
                size: *size,
                note: note.clone(),
            })
            .collect())
    }

    async fn records_by_event(
        &self,
        after: Option<(u64, RecordId, Version)>,
        limit: u32,
    ) -> Result<Vec<StoredRecord>, StoreError> {
        Ok(self.state().records_by_event(after, size(limit)))
    }

    fn dump_columns(&self) -> &'static [(&'static str, &'static [&'static str])] {
        &[("snapshot", &["number"])]
    }

    async fn dump(&self, rows: mpsc::Sender<DumpRow>) -> Result<(), StoreError> {
        let number = {
            let mut snapshots = lock(&SNAPSHOTS);
            let mut snapshot = self.state().clone();
            snapshot.sessions.clear();
            snapshots.push(snapshot);
            i64::try_from(snapshots.len()).unwrap_or(i64::MAX)
        };
        let row = DumpRow {
            table: "snapshot",
            values: vec![DumpValue::Int(number)],
        };
        let gone = |_| StoreError::Unavailable("nobody takes the dump".into());
        rows.send(row).await.map_err(gone)
    }

    async fn restore(&self, mut rows: mpsc::Receiver<DumpRow>) -> Result<u64, StoreError> {
        let mut restored = None;
        let mut count = 0;
        while let Some(row) = rows.recv().await {
            count += 1;
            let number = match row.values.as_slice() {
                [DumpValue::Int(number)] => usize::try_from(*number).unwrap_or(0),
                _ => 0,
            };
            let snapshots = lock(&SNAPSHOTS);
            restored = number
                .checked_sub(1)
                .and_then(|n| snapshots.get(n).cloned());
        }
        let unreadable = || StoreError::Corrupt("no dump of a store in memory".into());
        *self.state() = restored.ok_or_else(unreadable)?;
        *lock(&self.restores) += 1;
        Ok(count)
    }

    async fn is_empty(&self) -> Result<bool, StoreError> {
        Ok(self.state().commits == 0)
    }
}
