//! What the fake holds, and what a batch does to it. Written for plainness, not speed.

use std::collections::BTreeMap;
use std::sync::Arc;

use egnatia_app::{
    Account, AuditRow, Batch, Change, CommitError, Committed, Conflict, DeliveryRow, DeliveryState,
    Event, FirearmFilter, FirearmOrder, FirearmRow, KeyChange, KeyRow, ListChangeRow, ListEntryRow,
    ListVersionRow, PartnerRow, PutRecord, ReceivedRow, Session, StoreError, StoredRecord,
    WitnessRow,
};
use egnatia_audit::{Frontier, Hash, Leaf, NodeId, Salt, Seal, commit};
use egnatia_record::{AuthorityId, Envelope, Kind, RecordId, UserId, Version};
use jiff::Timestamp;
use jiff::civil::Date;

#[derive(Debug)]
pub(super) struct Row {
    pub envelope: Envelope,
    pub envelope_json: Vec<u8>,
    pub body: Option<(Vec<u8>, Salt)>,
    pub commitment: Hash,
    pub event: u64,
}

#[derive(Debug, Clone)]
pub(super) struct Head {
    pub version: Version,
    pub kind: Kind,
    pub state: String,
    pub created_by: UserId,
    pub updated_us: i64,
    pub due_us: i64,
    /// Absent once erased.
    pub review_on: Option<Date>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct State {
    pub commits: u64,
    /// Grows with every change of a key.
    pub position: u64,
    pub records: BTreeMap<(RecordId, Version), Arc<Row>>,
    pub heads: BTreeMap<RecordId, Head>,
    /// (to, relation, from), oldest first.
    pub links: Vec<(RecordId, &'static str, RecordId)>,
    pub claims: BTreeMap<String, RecordId>,
    pub keys: BTreeMap<RecordId, Arc<KeyRow>>,
    pub lists: BTreeMap<(String, u64), ListVersionRow>,
    pub entries: BTreeMap<(String, String), ListEntryRow>,
    pub changes: BTreeMap<(String, u64, String), ListChangeRow>,
    pub accounts: BTreeMap<UserId, Account>,
    pub sessions: BTreeMap<[u8; 16], Session>,
    pub partners: BTreeMap<AuthorityId, PartnerRow>,
    pub deliveries: BTreeMap<u64, Arc<DeliveryRow>>,
    pub received: BTreeMap<(RecordId, Version), Arc<ReceivedRow>>,
    pub firearms: BTreeMap<RecordId, FirearmRow>,
    pub witnesses: BTreeMap<(AuthorityId, AuthorityId, u64, [u8; 32]), WitnessRow>,
    pub audit: Vec<Arc<AuditRow>>,
    pub nodes: BTreeMap<NodeId, Hash>,
    pub frontier: Frontier,
    pub checkpoints: BTreeMap<u64, String>,
    pub stock: super::stock::StockState,
}

/// To the microsecond, as a database has it.
fn to_microsecond(at: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at)
}

impl State {
    pub fn commit(&mut self, batch: Batch, seal: &Seal) -> Result<Committed, CommitError> {
        let first_event = self.frontier.size();
        for change in batch.changes {
            self.change(change, first_event, batch.events.len())?;
        }
        for event in &batch.events {
            self.append(event, seal)?;
        }
        if !batch.events.is_empty() {
            let note = seal.checkpoint(&self.frontier);
            self.checkpoints.insert(self.frontier.size(), note);
        }
        self.commits += 1;
        Ok(Committed {
            first_event,
            log_size: self.frontier.size(),
        })
    }

    fn change(&mut self, change: Change, first: u64, events: usize) -> Result<(), CommitError> {
        match change {
            Change::Put(put) => self.put(*put, first, events)?,
            Change::Erase(id) => self.erase(id)?,
            Change::PutList(row) => {
                let newest = self.newest_list(&row.list).map_or(0, |row| row.version);
                if row.version != newest + 1 {
                    return Err(Conflict::ListVersion(row.list).into());
                }
                self.lists.insert((row.list.clone(), row.version), row);
            }
            Change::PutListEntries(rows) => rows.into_iter().for_each(|row| self.list_entry(row)),
            Change::PutAccount(account) => {
                let stored = self.accounts.get(&account.login).map_or(0, |a| a.revision);
                if account.revision != stored + 1 {
                    return Err(Conflict::Account(account.login).into());
                }
                self.accounts.insert(account.login.clone(), account);
            }
            Change::PutSession(session) => {
                self.sessions.insert(session.id, session);
            }
            Change::DropSession(token) => self.sessions.retain(|_, s| s.token != token),
            Change::DropSessionsOf(login) => self.sessions.retain(|_, s| s.login != login),
            Change::DropSessionsEnded(at) => self.sessions.retain(|_, s| s.expires_at > at),
            Change::PutPartner(row) => {
                let stored = self.partners.get(&row.authority).map_or(0, |p| p.revision);
                if row.revision != stored + 1 {
                    return Err(Conflict::Partner(row.authority).into());
                }
                self.partners.insert(row.authority.clone(), row);
            }
            Change::Enqueue(mut row) => {
                self.position += 1;
                row.position = self.position;
                self.deliveries.insert(row.position, Arc::new(row));
            }
            Change::Settle(rows) => {
                for row in rows {
                    let waits = self.deliveries.get_mut(&row.position);
                    if let Some(held) = waits.filter(|held| held.state == DeliveryState::Queued) {
                        *held = Arc::new(row);
                    }
                }
            }
            Change::PutWitness(mut row) => {
                let key = (
                    row.log.clone(),
                    row.witness.clone(),
                    row.size,
                    *row.root.as_bytes(),
                );
                let held = self.witnesses.get(&key);
                if let Some(held) = held.filter(|held| !held.may_end()) {
                    row.problem = held.problem.clone().or(row.problem);
                }
                self.witnesses.insert(key, row);
            }
            Change::ForgetUpkeep(until) => self.forget_upkeep(until),
            Change::Expect(id, version) => {
                let newest = self.heads.get(&id).map(|head| head.version);
                if newest != Some(version) {
                    return Err(Conflict::RecordVersion(id).into());
                }
            }
            Change::PutFirearm(row) => self.firearm(row)?,
            Change::Stock(change) => {
                let done = self.stock.change(change, &mut self.position);
                done.map_err(Conflict::Ledger)?;
            }
            Change::PutReceived(row) => {
                self.received
                    .insert((row.record, row.version), Arc::new(row));
            }
        }
        Ok(())
    }

    fn put(&mut self, put: PutRecord, first: u64, events: usize) -> Result<(), CommitError> {
        let (id, version) = (put.envelope.id, put.envelope.version);
        let expected = match self.heads.get(&id) {
            None if put.foreign => Some(version),
            None => Some(Version::FIRST),
            Some(head) if put.foreign && head.version < version => Some(version),
            Some(_) if put.foreign => None,
            Some(head) if head.review_on.is_none() => None,
            Some(head) => head.version.next(),
        };
        if expected != Some(version) {
            return Err(Conflict::RecordVersion(id).into());
        }
        for name in &put.claims {
            match self.claims.get(name) {
                Some(holder) if *holder != id => return Err(Conflict::Claim(name.clone()).into()),
                _ => self.claims.insert(name.clone(), id),
            };
        }
        if put.event >= events {
            return Err(StoreError::Corrupt("a record without its event".into()).into());
        }
        let event = first + u64::try_from(put.event).unwrap_or(0);
        let unreadable = |error: serde_json::Error| StoreError::Corrupt(error.to_string());
        let envelope_json = serde_json::to_vec(&put.envelope).map_err(unreadable)?;
        self.position += 1;
        let keys = match put.keys {
            KeyChange::Keep => None,
            KeyChange::Set(keys) => Some(Some(keys)),
            KeyChange::Remove => Some(None),
        };
        if let Some(keys) = keys {
            let sequence = self.position;
            let row = KeyRow {
                sequence,
                record: id,
                version,
                keys,
            };
            self.keys.insert(id, Arc::new(row));
        }
        for link in put.links {
            let link = (link.to, link.relation, id);
            if !self.links.contains(&link) {
                self.links.push(link);
            }
        }
        let author = put.envelope.author.clone();
        let created_by = self.heads.get(&id).map(|head| head.created_by.clone());
        let head = Head {
            version,
            kind: put.envelope.kind,
            state: put.state,
            created_by: created_by.unwrap_or(author),
            updated_us: put.envelope.recorded_at.as_microsecond(),
            due_us: put.due_at.map_or(i64::MAX, Timestamp::as_microsecond),
            review_on: Some(put.envelope.retention.review_on),
        };
        self.heads.insert(id, head);
        let row = Row {
            envelope: put.envelope,
            envelope_json,
            body: Some((put.body, put.salt)),
            commitment: put.commitment,
            event,
        };
        self.records.insert((id, version), Arc::new(row));
        Ok(())
    }

    fn erase(&mut self, id: RecordId) -> Result<(), CommitError> {
        let head = self.heads.get_mut(&id);
        let head = head.ok_or(Conflict::RecordVersion(id))?;
        head.state = "erased".into();
        head.review_on = None;
        for row in self.records.values_mut().filter(|r| r.envelope.id == id) {
            *row = Arc::new(Row {
                envelope: row.envelope.clone(),
                envelope_json: row.envelope_json.clone(),
                body: None,
                ..**row
            });
        }
        self.claims.retain(|_, holder| *holder != id);
        self.firearms.remove(&id);
        for row in self.received.values_mut().filter(|row| row.record == id) {
            Arc::make_mut(row).statement = None;
        }
        self.position += 1;
        if let Some(row) = self.keys.get_mut(&id).filter(|row| row.keys.is_some()) {
            let row = Arc::make_mut(row);
            row.sequence = self.position;
            row.version = head.version;
            row.keys = None;
        }
        Ok(())
    }

    fn firearm(&mut self, row: FirearmRow) -> Result<(), CommitError> {
        let mut others = self.firearms.values().filter(|held| {
            held.record != row.record && held.is_open && held.identity == row.identity
        });
        if let Some(other) = others.next().filter(|_| row.is_open) {
            return Err(Conflict::Custody(other.record).into());
        }
        self.firearms.insert(row.record, row);
        Ok(())
    }

    /// The register of firearms, in the order of the filter.
    pub fn find_firearms(&self, filter: &FirearmFilter) -> Vec<FirearmRow> {
        let place = |row: &FirearmRow| (row.updated_at.as_microsecond(), row.record);
        let is = |asked: &Option<String>, held: &str| asked.as_ref().is_none_or(|a| a == held);
        let mut found: Vec<FirearmRow> = self
            .firearms
            .values()
            .filter(|row| {
                is(&filter.make, &row.make)
                    && is(&filter.calibre, &row.calibre)
                    && is(&filter.kind, &row.kind)
                    && is(&filter.custody, &row.custody)
                    && is(&filter.model, &row.model)
                    && is(&filter.category, &row.category)
                    && filter.years.is_none_or(|(first, last)| {
                        row.year.is_some_and(|year| first <= year && year <= last)
                    })
                    && filter
                        .serial
                        .as_ref()
                        .is_none_or(|serial| row.serial.starts_with(serial.as_str()))
                    && filter.after.is_none_or(|after| {
                        let after = (after.at_us, after.id);
                        match filter.order {
                            FirearmOrder::Newest => place(row) < after,
                            FirearmOrder::Oldest => place(row) > after,
                        }
                    })
            })
            .cloned()
            .collect();
        found.sort_unstable_by_key(&place);
        if filter.order == FirearmOrder::Newest {
            found.reverse();
        }
        found
    }

    fn list_entry(&mut self, row: ListEntryRow) {
        let change = ListChangeRow {
            source_id: row.source_id.clone(),
            record: row.record,
            record_version: row.record_version,
            change: row.change,
        };
        let key = (row.list.clone(), row.list_version, row.source_id.clone());
        self.changes.insert(key, change);
        self.entries
            .insert((row.list.clone(), row.source_id.clone()), row);
    }

    fn append(&mut self, event: &Event, seal: &Seal) -> Result<(), StoreError> {
        let unreadable = |error: serde_json::Error| StoreError::Corrupt(error.to_string());
        let detail = serde_json::to_vec(&event.detail).map_err(unreadable)?;
        let leaf = Leaf {
            sequence: self.frontier.size(),
            at: to_microsecond(event.at),
            operation: event.operation,
            commitment: commit(&event.salt, &detail),
        };
        let leaf_hash = leaf.hash();
        for node in self.frontier.append(leaf_hash) {
            self.nodes.insert(node.id, node.hash);
        }
        self.audit.push(Arc::new(AuditRow {
            tag: seal.tags.tag(leaf.sequence, &leaf_hash),
            leaf,
            leaf_hash,
            detail: Some((event.salt, detail)),
        }));
        Ok(())
    }

    pub fn newest_list(&self, list: &str) -> Option<&ListVersionRow> {
        self.lists.values().rev().find(|row| row.list == list)
    }

    pub fn stored(&self, row: &Row) -> StoredRecord {
        let head = self.heads.get(&row.envelope.id);
        StoredRecord {
            envelope: row.envelope.clone(),
            envelope_json: row.envelope_json.clone(),
            body: row.body.clone(),
            commitment: row.commitment,
            state: head.map(|head| head.state.clone()).unwrap_or_default(),
            event: row.event,
        }
    }

    pub fn newest(&self, id: RecordId) -> Option<StoredRecord> {
        let head = self.heads.get(&id)?;
        let row = self.records.get(&(id, head.version))?;
        Some(self.stored(row))
    }
}
