//! The port on top of a database.

use std::sync::Arc;

use async_trait::async_trait;
use egnatia_app::{
    Account, AuditFilter, AuditHead, AuditRow, Batch, CommitError, Committed, DeliveryFilter,
    DeliveryRow, DueFilter, DueRecord, DumpRow, FirearmFilter, FirearmRow, KeyRow, ListChangeRow,
    ListEntryRow, ListVersionRow, PartnerRow, Queue, ReceivedRow, RecordFilter, Session,
    StockAccountRow, StockBalanceRow, StockMoment, StockMovementRow, StockOf, StockPostingRow,
    Store, StoreError, StoredCheckpoint, StoredRecord, TokenHash, WitnessRow,
};
use egnatia_audit::{Hash, Seal};
use egnatia_record::{AuthorityId, Kind, RecordId, UserId, Version};
use egnatia_stockpile::{AccountId, GoodsId, MovementId};
use jiff::Timestamp;
use jiff::civil::Date;
use tokio::sync::mpsc;

use crate::ask::sql;
use crate::backend::{Backend, Link, store_error};
use crate::read::{READ_HEAD, audit, exchange, firearms, head, lists, people, records, stock};
use crate::writer::{WriterHandle, roll_back};
use crate::{backup, schema};

/// The store on a database of SQL: see [`SqliteStore`](crate::SqliteStore) and
/// [`PostgresStore`](crate::PostgresStore).
///
/// Commits that wait at the same time are written in one transaction. What was sent is written
/// even where the sender, or the store, goes away before the answer.
#[derive(Debug)]
pub struct SqlStore<B> {
    backend: Arc<B>,
    writer: WriterHandle,
}

impl<B: Backend> SqlStore<B> {
    /// The store on this database, whose schema is up to date.
    pub(crate) fn start(backend: B, seal: Seal) -> Self {
        let backend = Arc::new(backend);
        let writer = WriterHandle::start(Arc::<B>::clone(&backend), seal);
        Self { backend, writer }
    }

    /// The database, to be disturbed by tests.
    #[cfg(test)]
    pub(crate) fn backend(&self) -> &B {
        &self.backend
    }

    /// Writes what was sent, and closes all connections. The store answers nothing afterwards.
    pub async fn close(&self) {
        self.writer.close().await;
        self.backend.close().await;
    }

    /// Begins to read one moment.
    async fn moment(&self) -> Result<Box<dyn Link>, StoreError> {
        let mut link = self.backend.reader().await?;
        let begun = link
            .run(sql(self.backend.dialect().begin_reading), vec![])
            .await;
        begun.map_err(|error| store_error(&error))?;
        Ok(link)
    }
}

#[async_trait]
impl<B: Backend> Store for SqlStore<B> {
    async fn commit(&self, batch: Batch) -> Result<Committed, CommitError> {
        self.writer.commit(batch).await
    }

    async fn record(&self, id: RecordId) -> Result<Option<StoredRecord>, StoreError> {
        let mut link = self.backend.reader().await?;
        Ok(records::newest(&mut *link, &[id]).await?.pop())
    }

    async fn records(&self, ids: &[RecordId]) -> Result<Vec<StoredRecord>, StoreError> {
        records::newest(&mut *self.backend.reader().await?, ids).await
    }

    async fn history(&self, id: RecordId) -> Result<Vec<StoredRecord>, StoreError> {
        records::history(&mut *self.backend.reader().await?, id).await
    }

    async fn find_due(&self, filter: &DueFilter) -> Result<Vec<DueRecord>, StoreError> {
        records::find_due(&mut *self.backend.reader().await?, filter).await
    }

    async fn find(&self, filter: &RecordFilter) -> Result<Vec<StoredRecord>, StoreError> {
        records::find(&mut *self.backend.reader().await?, filter).await
    }

    async fn count(&self, kind: Kind, state: &str) -> Result<u64, StoreError> {
        records::count(&mut *self.backend.reader().await?, kind, state).await
    }

    async fn linked(&self, to: RecordId, relation: &str) -> Result<Vec<RecordId>, StoreError> {
        records::linked(&mut *self.backend.reader().await?, to, relation).await
    }

    async fn claims(&self, names: &[String]) -> Result<Vec<(String, RecordId)>, StoreError> {
        records::claims(&mut *self.backend.reader().await?, names).await
    }

    async fn due(&self, today: Date, limit: u32) -> Result<Vec<RecordId>, StoreError> {
        records::due(&mut *self.backend.reader().await?, today, limit).await
    }

    async fn keys_after(&self, sequence: u64, limit: u32) -> Result<Vec<KeyRow>, StoreError> {
        records::keys_after(&mut *self.backend.reader().await?, sequence, limit).await
    }

    async fn epoch(&self) -> Result<String, StoreError> {
        Ok(head(&mut *self.backend.reader().await?, READ_HEAD)
            .await?
            .epoch)
    }

    async fn lists(&self) -> Result<Vec<ListVersionRow>, StoreError> {
        lists::newest(&mut *self.backend.reader().await?).await
    }

    async fn list_versions(&self, list: &str) -> Result<Vec<ListVersionRow>, StoreError> {
        lists::versions(&mut *self.backend.reader().await?, list).await
    }

    async fn list_entries(&self, list: &str) -> Result<Vec<ListEntryRow>, StoreError> {
        lists::entries(&mut *self.backend.reader().await?, list).await
    }

    async fn list_changes(
        &self,
        list: &str,
        version: u64,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<ListChangeRow>, StoreError> {
        let mut link = self.backend.reader().await?;
        lists::changes(&mut *link, (list, version), after, limit).await
    }

    async fn account(&self, login: &UserId) -> Result<Option<Account>, StoreError> {
        people::one(&mut *self.backend.reader().await?, login).await
    }

    async fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        people::accounts(&mut *self.backend.reader().await?).await
    }

    async fn session(&self, token: TokenHash) -> Result<Option<Session>, StoreError> {
        people::session(&mut *self.backend.reader().await?, token).await
    }

    async fn partners(&self) -> Result<Vec<PartnerRow>, StoreError> {
        exchange::partners(&mut *self.backend.reader().await?).await
    }

    async fn waiting(&self, to: &AuthorityId, limit: u32) -> Result<Vec<DeliveryRow>, StoreError> {
        exchange::waiting(&mut *self.backend.reader().await?, to, limit).await
    }

    async fn queues(&self) -> Result<Vec<Queue>, StoreError> {
        exchange::queues(&mut *self.backend.reader().await?).await
    }

    async fn deliveries_of(&self, record: RecordId) -> Result<Vec<DeliveryRow>, StoreError> {
        exchange::deliveries_of(&mut *self.backend.reader().await?, record).await
    }

    async fn deliveries_to(
        &self,
        to: &AuthorityId,
        wanted: DeliveryFilter,
    ) -> Result<Vec<DeliveryRow>, StoreError> {
        exchange::deliveries_to(&mut *self.backend.reader().await?, to, wanted).await
    }

    async fn witnesses(&self) -> Result<Vec<WitnessRow>, StoreError> {
        exchange::witnesses(&mut *self.backend.reader().await?).await
    }

    async fn witnessed_at(
        &self,
        log: &AuthorityId,
        size: u64,
    ) -> Result<Vec<WitnessRow>, StoreError> {
        exchange::witnessed_at(&mut *self.backend.reader().await?, log, size).await
    }

    async fn firearms(&self, filter: &FirearmFilter) -> Result<Vec<FirearmRow>, StoreError> {
        firearms::find(&mut *self.backend.reader().await?, filter).await
    }

    async fn firearm_in_custody(&self, identity: &str) -> Result<Option<RecordId>, StoreError> {
        firearms::in_custody(&mut *self.backend.reader().await?, identity).await
    }

    async fn received(&self, records: &[RecordId]) -> Result<Vec<ReceivedRow>, StoreError> {
        exchange::received(&mut *self.backend.reader().await?, records).await
    }

    async fn stock_numbered(
        &self,
        numbers: &[String],
    ) -> Result<Vec<(String, GoodsId)>, StoreError> {
        stock::numbered(&mut *self.backend.reader().await?, numbers).await
    }

    async fn stock_custody(
        &self,
        goods: &[GoodsId],
    ) -> Result<Vec<(GoodsId, AccountId)>, StoreError> {
        stock::custody(&mut *self.backend.reader().await?, goods).await
    }

    async fn stock_accounts(&self) -> Result<Vec<StockAccountRow>, StoreError> {
        stock::accounts(&mut *self.backend.reader().await?).await
    }

    async fn stock_balances(&self, of: StockOf) -> Result<Vec<StockBalanceRow>, StoreError> {
        stock::balances(&mut *self.backend.reader().await?, of).await
    }

    async fn stock_balance_at(
        &self,
        of: (AccountId, GoodsId),
        at: StockMoment,
    ) -> Result<i64, StoreError> {
        let mut link = self.moment().await?;
        let balance = stock::balance_at(&mut *link, of, at).await;
        roll_back(link).await;
        balance
    }

    async fn stock_revision(&self, store: AccountId) -> Result<u64, StoreError> {
        stock::revision(&mut *self.backend.reader().await?, store).await
    }

    async fn stock_closed_until(&self) -> Result<Option<Timestamp>, StoreError> {
        stock::closed_until(&mut *self.backend.reader().await?).await
    }

    async fn stock_movements(
        &self,
        ids: &[MovementId],
    ) -> Result<Vec<StockMovementRow>, StoreError> {
        stock::movements(&mut *self.backend.reader().await?, ids).await
    }

    async fn stock_movement_count(&self) -> Result<u64, StoreError> {
        stock::movement_count(&mut *self.backend.reader().await?).await
    }

    async fn stock_waiting(&self, limit: u32) -> Result<Vec<StockMovementRow>, StoreError> {
        stock::waiting(&mut *self.backend.reader().await?, limit).await
    }

    async fn stock_ledger(
        &self,
        account: AccountId,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<StockPostingRow>, StoreError> {
        stock::ledger(&mut *self.backend.reader().await?, account, before, limit).await
    }

    async fn stock_history(
        &self,
        goods: GoodsId,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<StockPostingRow>, StoreError> {
        stock::history(&mut *self.backend.reader().await?, goods, before, limit).await
    }

    async fn stock_since(
        &self,
        account: AccountId,
        after: Timestamp,
    ) -> Result<Vec<StockPostingRow>, StoreError> {
        let mut link = self.moment().await?;
        let found = stock::since(&mut *link, account, after).await;
        roll_back(link).await;
        found
    }

    async fn audit_head(&self) -> Result<AuditHead, StoreError> {
        let mut link = self.moment().await?;
        let end = audit::end(&mut *link).await;
        roll_back(link).await;
        end
    }

    async fn audit_find(&self, filter: &AuditFilter) -> Result<Vec<AuditRow>, StoreError> {
        audit::find(&mut *self.backend.reader().await?, filter).await
    }

    async fn audit_entries(&self, first: u64, limit: u32) -> Result<Vec<AuditRow>, StoreError> {
        audit::entries(&mut *self.backend.reader().await?, first, limit).await
    }

    async fn audit_nodes(
        &self,
        level: u8,
        first: u64,
        limit: u32,
    ) -> Result<Vec<(u64, Hash)>, StoreError> {
        audit::nodes(&mut *self.backend.reader().await?, level, first, limit).await
    }

    async fn checkpoints(
        &self,
        size: u64,
        limit: u32,
    ) -> Result<Vec<StoredCheckpoint>, StoreError> {
        audit::checkpoints(&mut *self.backend.reader().await?, size, limit).await
    }

    async fn records_by_event(
        &self,
        after: Option<(u64, RecordId, Version)>,
        limit: u32,
    ) -> Result<Vec<StoredRecord>, StoreError> {
        records::by_event(&mut *self.backend.reader().await?, after, limit).await
    }

    fn dump_columns(&self) -> &'static [(&'static str, &'static [&'static str])] {
        schema::DUMP_COLUMNS
    }

    async fn dump(&self, rows: mpsc::Sender<DumpRow>) -> Result<(), StoreError> {
        let mut link = self.moment().await?;
        let dumped = backup::dump(&mut *link, &rows).await;
        roll_back(link).await;
        dumped
    }

    async fn restore(&self, rows: mpsc::Receiver<DumpRow>) -> Result<u64, StoreError> {
        self.writer.restore(rows).await
    }

    async fn is_empty(&self) -> Result<bool, StoreError> {
        Ok(head(&mut *self.backend.reader().await?, READ_HEAD)
            .await?
            .commits
            == 0)
    }
}
