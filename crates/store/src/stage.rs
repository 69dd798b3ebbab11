//! Turns batches into rows, and writes them.

mod rows;

use egnatia_app::{Batch, Change, Event, KeyChange, PutRecord, Session, StoreError};
use egnatia_audit::{Frontier, Leaf, Seal, commit};
use egnatia_record::RecordId;
use egnatia_stockpile::Entered;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::ask::sql;
use crate::backend::{Argument, Link, store_error};
use crate::insert::{Rows, Statements};
use crate::schema;
use crate::stock::StockRows;
use crate::view::View;

/// The counters of the store, as the writer finds and leaves them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Changes with a restore.
    pub epoch: String,
    /// Entries of the log.
    pub log_size: u64,
    /// The number of the last link, key or delivery.
    pub position: u64,
    /// Transactions so far.
    pub commits: u64,
}

/// A statement that is run at once, with its arguments.
type AtOnce = (&'static str, Vec<Argument>);

/// Rows of one transaction, before they are written.
#[derive(Debug)]
pub struct Stage<'s> {
    seal: &'s Seal,
    /// The counters, as they will be.
    pub head: Head,
    /// The tree, as it will be.
    pub frontier: Frontier,
    records: Rows,
    heads: Rows,
    links: Rows,
    claims: Rows,
    keys: Rows,
    entries: Rows,
    nodes: Rows,
    checkpoints: Rows,
    lists: Rows,
    list_entries: Rows,
    list_changes: Rows,
    accounts: Rows,
    sessions: Rows,
    partners: Rows,
    deliveries: Rows,
    received: Rows,
    witnesses: Rows,
    firearms: Rows,
    stock: StockRows,
}

/// Microseconds UTC of the beginning of the day.
pub fn day_us(day: Date) -> i64 {
    let midnight = jiff::tz::TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0));
    midnight.map_or(i64::MAX, Timestamp::as_microsecond)
}

fn time(at: Timestamp) -> Argument {
    at.as_microsecond().into()
}

fn id(id: &RecordId) -> Argument {
    id.as_bytes().as_slice().into()
}

/// A key of several parts, each with its length, so that no other parts make the same key.
fn key(parts: &[&str]) -> Vec<u8> {
    let with_length = |part: &&str| [&part.len().to_be_bytes(), part.as_bytes()].concat();
    parts.iter().flat_map(with_length).collect()
}

impl<'s> Stage<'s> {
    /// Nothing yet, on top of what is stored.
    pub fn new(seal: &'s Seal, head: Head, frontier: Frontier) -> Self {
        Self {
            seal,
            head,
            frontier,
            records: Rows::of(&schema::RECORDS),
            heads: Rows::of(&schema::HEADS),
            links: Rows::of(&schema::LINKS),
            claims: Rows::of(&schema::CLAIMS),
            keys: Rows::of(&schema::KEYS),
            entries: Rows::of(&schema::ENTRIES),
            nodes: Rows::of(&schema::NODES),
            checkpoints: Rows::of(&schema::CHECKPOINTS),
            lists: Rows::of(&schema::LISTS),
            list_entries: Rows::of(&schema::LIST_ENTRIES),
            list_changes: Rows::of(&schema::LIST_CHANGES),
            accounts: Rows::of(&schema::ACCOUNTS),
            sessions: Rows::of(&schema::SESSIONS),
            partners: Rows::of(&schema::PARTNERS),
            deliveries: Rows::of(&schema::DELIVERIES),
            received: Rows::of(&schema::RECEIVED),
            witnesses: Rows::of(&schema::WITNESSES),
            firearms: Rows::of(&schema::FIREARMS),
            stock: StockRows::new(),
        }
    }

    /// Stages a batch that `view` has accepted, with what it did to the books.
    pub async fn batch(
        &mut self,
        link: &mut dyn Link,
        statements: &mut Statements,
        view: &View,
        (batch, entered): (&Batch, &[Option<Entered>]),
    ) -> Result<(), StoreError> {
        let mut entered = entered.iter();
        for change in &batch.changes {
            if let Change::PutFirearm(row) = change
                && self.firearms.holds(row.record.as_bytes())
            {
                // Weapons change hands in the order of the batch: what another one leaves is free
                // only once it has left.
                self.flush(link, statements).await?;
            }
            if let Change::Stock(change) = change {
                let entered = entered.next().and_then(Option::as_ref);
                self.stock
                    .change(view.stock(), &mut self.head, change, entered)?;
                continue;
            }
            if let Some(at_once) = self.change(view, change)? {
                // What removes or rewrites rows has to find those that were put before it.
                self.flush(link, statements).await?;
                for (text, arguments) in at_once {
                    let done = link.run(sql(text), arguments).await;
                    done.map_err(|error| store_error(&error))?;
                }
            }
        }
        for event in &batch.events {
            self.event(event)?;
        }
        self.head.commits += 1;
        Ok(())
    }

    /// Signs the log as it will be, writes everything that waits, and the counters.
    pub async fn finish(
        &mut self,
        link: &mut dyn Link,
        statements: &mut Statements,
        view: &View,
    ) -> Result<(), StoreError> {
        self.stock.settle(view.stock())?;
        if self.frontier.size() != self.head.log_size {
            self.head.log_size = self.frontier.size();
            let note = self.seal.checkpoint(&self.frontier);
            self.checkpoints
                .push(vec![self.head.log_size.into(), note.into()]);
        }
        self.flush(link, statements).await?;
        let text = "UPDATE head SET log_size = $1, position = $2, commits = $3 WHERE id = 1";
        let head = &self.head;
        let arguments = vec![
            head.log_size.into(),
            head.position.into(),
            head.commits.into(),
        ];
        let done = link.run(sql(text), arguments).await;
        done.map_err(|error| store_error(&error))
    }

    async fn flush(
        &mut self,
        link: &mut dyn Link,
        statements: &mut Statements,
    ) -> Result<(), StoreError> {
        for rows in [
            &mut self.records,
            &mut self.heads,
            &mut self.links,
            &mut self.claims,
            &mut self.keys,
            &mut self.entries,
            &mut self.nodes,
            &mut self.checkpoints,
            &mut self.lists,
            &mut self.list_entries,
            &mut self.list_changes,
            &mut self.accounts,
            &mut self.sessions,
            &mut self.partners,
            &mut self.deliveries,
            &mut self.received,
            &mut self.witnesses,
            &mut self.firearms,
        ] {
            let flushed = rows.flush(link, statements).await;
            flushed.map_err(|error| store_error(&error))?;
        }
        let flushed = self.stock.flush(link, statements).await;
        flushed.map_err(|error| store_error(&error))
    }

    fn next_position(&mut self) -> u64 {
        self.head.position += 1;
        self.head.position
    }

    /// Stages a change, or says which statements do it at once.
    fn change(&mut self, view: &View, change: &Change) -> Result<Option<Vec<AtOnce>>, StoreError> {
        match change {
            Change::Put(put) => self.put(view, put)?,
            Change::Erase(record) => return Ok(Some(self.erase(record))),
            Change::PutList(row) => self.lists.push(vec![
                row.list.as_str().into(),
                row.version.into(),
                row.source_version.as_str().into(),
                row.checksum.as_str().into(),
                time(row.imported_at),
                row.imported_by.as_str().into(),
                row.added.into(),
                row.changed.into(),
                row.removed.into(),
                row.unchanged.into(),
                row.orphans.as_str().into(),
                row.orphan_count.into(),
            ]),
            Change::PutListEntries(rows) => rows.iter().for_each(|row| self.list_entry(row)),
            Change::PutAccount(account) => self.accounts.replace(
                key(&[account.login.as_str()]),
                vec![
                    account.login.as_str().into(),
                    account.name.as_str().into(),
                    account.role.as_str().into(),
                    account.password.as_str().into(),
                    account.state.as_str().into(),
                    account.failures.into(),
                    time(account.created_at),
                    Argument::Int(account.signed_in_at.map(Timestamp::as_microsecond)),
                    account.revision.into(),
                    Argument::Text(account.os_user.clone()),
                ],
            ),
            Change::PutSession(session) => self.session(session),
            Change::DropSession(token) => {
                let text = "DELETE FROM sessions WHERE token = $1";
                return Ok(Some(vec![(text, vec![token.0.as_slice().into()])]));
            }
            Change::DropSessionsOf(login) => {
                let text = "DELETE FROM sessions WHERE login = $1";
                return Ok(Some(vec![(text, vec![login.as_str().into()])]));
            }
            Change::DropSessionsEnded(at) => {
                let text = "DELETE FROM sessions WHERE expires_us <= $1";
                return Ok(Some(vec![(text, vec![time(*at)])]));
            }
            Change::ForgetUpkeep(until) => {
                let delivered = "DELETE FROM deliveries WHERE kind IN ('checkpoint', 'cosignature') \
                     AND state = 'delivered' AND done_us <= $1";
                let seen = "DELETE FROM witnesses WHERE problem IS NULL AND seen_us <= $1 \
                     AND size < (SELECT MAX(n.size) FROM witnesses n WHERE n.log = witnesses.log \
                     AND n.witness = witnesses.witness AND n.problem IS NULL)";
                return Ok(Some(vec![
                    (delivered, vec![time(*until)]),
                    (seen, vec![time(*until)]),
                ]));
            }
            Change::PutPartner(row) => self.partners.replace(
                key(&[row.authority.as_str()]),
                vec![
                    row.authority.as_str().into(),
                    row.partner.as_str().into(),
                    row.state.as_str().into(),
                    row.card.as_slice().into(),
                    row.decided_by.as_str().into(),
                    time(row.decided_at),
                    row.revision.into(),
                ],
            ),
            Change::Enqueue(row) => {
                let position = self.next_position();
                self.delivery(position, row);
            }
            Change::Settle(rows) => {
                for row in rows {
                    self.delivery(row.position, row);
                }
            }
            Change::PutWitness(row) => self.witnesses.replace(
                key(&[
                    row.log.as_str(),
                    row.witness.as_str(),
                    &row.size.to_string(),
                    &row.root.to_string(),
                ]),
                vec![
                    row.log.as_str().into(),
                    row.witness.as_str().into(),
                    row.size.into(),
                    row.root.as_bytes().as_slice().into(),
                    time(row.seen_at),
                    Argument::Blob(row.statement.clone()),
                    Argument::Text(row.problem.clone()),
                ],
            ),
            Change::PutFirearm(row) => self.firearm(row),
            // Done by `batch`, and by the view.
            Change::Stock(_) | Change::Expect(..) => {}
            Change::PutReceived(row) => self.received.push(vec![
                id(&row.record),
                row.version.number().into(),
                row.from.as_str().into(),
                time(row.received_at),
                row.digest.as_bytes().as_slice().into(),
                Argument::Blob(row.statement.clone()),
                Argument::Int(row.keep_until.map(day_us)),
            ]),
        }
        Ok(None)
    }

    fn put(&mut self, view: &View, put: &PutRecord) -> Result<(), StoreError> {
        let envelope = &put.envelope;
        let (record, version) = (envelope.id, envelope.version.number());
        let position = self.next_position();
        let json =
            serde_json::to_vec(envelope).map_err(|error| StoreError::Corrupt(error.to_string()))?;
        let event = self.frontier.size() + u64::try_from(put.event).unwrap_or(0);
        self.records.push(vec![
            id(&record),
            version.into(),
            event.into(),
            json.into(),
            put.body.as_slice().into(),
            put.salt.as_bytes().as_slice().into(),
            put.commitment.as_bytes().as_slice().into(),
        ]);
        let created_by = view.created_by(record).unwrap_or(&envelope.author);
        let head = vec![
            id(&record),
            version.into(),
            envelope.kind.as_str().into(),
            put.state.as_str().into(),
            created_by.as_str().into(),
            time(envelope.recorded_at),
            day_us(envelope.retention.review_on).into(),
            put.due_at
                .map_or(i64::MAX, Timestamp::as_microsecond)
                .into(),
        ];
        self.heads.replace(record.as_bytes().to_vec(), head);
        for link in &put.links {
            let row = vec![
                id(&link.to),
                link.relation.into(),
                id(&record),
                position.into(),
            ];
            self.links.push(row);
        }
        for name in &put.claims {
            self.claims.push(vec![name.as_str().into(), id(&record)]);
        }
        let keys = match &put.keys {
            KeyChange::Keep => return Ok(()),
            KeyChange::Set(keys) => Some(keys.clone()),
            KeyChange::Remove => None,
        };
        self.keys.replace(
            record.as_bytes().to_vec(),
            vec![
                id(&record),
                position.into(),
                version.into(),
                Argument::Blob(keys),
            ],
        );
        Ok(())
    }

    fn erase(&mut self, record: &RecordId) -> Vec<AtOnce> {
        let position = self.next_position();
        vec![
            (
                "UPDATE records SET body = NULL, salt = NULL WHERE id = $1",
                vec![id(record)],
            ),
            (
                "UPDATE record_heads SET state = 'erased', review_us = NULL WHERE id = $1",
                vec![id(record)],
            ),
            ("DELETE FROM claims WHERE record = $1", vec![id(record)]),
            ("DELETE FROM firearms WHERE record = $1", vec![id(record)]),
            (
                "UPDATE received SET statement = NULL WHERE record = $1",
                vec![id(record)],
            ),
            (
                "UPDATE match_keys SET keys = NULL, sequence = $2, version = \
                 (SELECT version FROM record_heads WHERE id = $1) \
                 WHERE record = $1 AND keys IS NOT NULL",
                vec![id(record), position.into()],
            ),
        ]
    }

    fn list_entry(&mut self, row: &egnatia_app::ListEntryRow) {
        let version = row.record_version.number();
        self.list_entries.replace(
            key(&[&row.list, &row.source_id]),
            vec![
                row.list.as_str().into(),
                row.source_id.as_str().into(),
                id(&row.record),
                version.into(),
                row.content.as_bytes().as_slice().into(),
                i64::from(row.listed).into(),
                row.list_version.into(),
                row.change.as_str().into(),
            ],
        );
        self.list_changes.replace(
            key(&[&row.list, &row.list_version.to_string(), &row.source_id]),
            vec![
                row.list.as_str().into(),
                row.list_version.into(),
                row.source_id.as_str().into(),
                id(&row.record),
                version.into(),
                row.change.as_str().into(),
            ],
        );
    }

    fn session(&mut self, session: &Session) {
        let why = session.justification.as_ref();
        self.sessions.replace(
            session.id.to_vec(),
            vec![
                session.id.as_slice().into(),
                session.token.0.as_slice().into(),
                Argument::Blob(session.previous.map(|token| token.0.to_vec())),
                time(session.rotated_at),
                session.login.as_str().into(),
                time(session.created_at),
                time(session.seen_at),
                time(session.expires_at),
                session.csrf.as_str().into(),
                Argument::Text(why.map(|why| why.purpose.as_str().to_owned())),
                Argument::Text(why.map(|why| why.case.as_str().to_owned())),
            ],
        );
    }

    fn event(&mut self, event: &Event) -> Result<(), StoreError> {
        let detail = serde_json::to_vec(&event.detail)
            .map_err(|error| StoreError::Corrupt(error.to_string()))?;
        let leaf = Leaf {
            sequence: self.frontier.size(),
            at: event.at,
            operation: event.operation,
            commitment: commit(&event.salt, &detail),
        };
        let hash = leaf.hash();
        for node in self.frontier.append(hash).into_iter().skip(1) {
            self.nodes.push(vec![
                u32::from(node.id.level).into(),
                node.id.index.into(),
                node.hash.as_bytes().as_slice().into(),
            ]);
        }
        let object = event.detail.object.as_ref().map(|object| object.record);
        let why = event.detail.justification.as_ref();
        self.entries.push(vec![
            leaf.sequence.into(),
            time(leaf.at),
            leaf.operation.as_str().into(),
            leaf.commitment.as_bytes().as_slice().into(),
            hash.as_bytes().as_slice().into(),
            self.seal
                .tags
                .tag(leaf.sequence, &hash)
                .as_bytes()
                .as_slice()
                .into(),
            event.salt.as_bytes().as_slice().into(),
            detail.into(),
            event.detail.actor.as_str().into(),
            Argument::Blob(object.map(|object| object.as_bytes().to_vec())),
            Argument::Text(why.map(|why| why.case.as_str().to_owned())),
        ]);
        Ok(())
    }
}
