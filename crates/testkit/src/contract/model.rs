//! Two stores that are given the same batches answer the same.

use egnatia_app::LedgerPart;
use egnatia_app::{
    AccountState, AuditFilter, Batch, Change, KeyChange, Link, ListChange, PutRecord, RecordFilter,
    Store,
};
use egnatia_record::{Envelope, Kind, RecordId};
use jiff::civil::date;

use super::exchange::{delivery, partner};
use super::firearms::firearm;
use super::lists::{entry, list};
use crate::{Maker, user};

const LISTS: [&str; 2] = ["un-sc", "eu-fsf"];
const LOGINS: [&str; 3] = ["ana", "boris", "vesna"];
const AUTHORITIES: [&str; 2] = ["rs-mup", "al-asp"];
const STATES: [&str; 3] = ["new", "waiting", "decided"];

/// Everything that can be seen of a store, as text, without its epoch and its sessions.
///
/// # Panics
/// Where the store does not answer.
pub async fn observe(store: &dyn Store) -> String {
    let mut seen = Vec::new();
    let head = store.audit_head().await.unwrap();
    seen.push(format!("{head:?}"));
    for row in store.audit_entries(0, 1000).await.unwrap() {
        seen.push(format!("{row:?}"));
    }
    for level in 0..12 {
        seen.push(format!(
            "{:?}",
            store.audit_nodes(level, 0, 1000).await.unwrap()
        ));
    }
    seen.push(format!("{:?}", store.checkpoints(0, 1000).await.unwrap()));
    let records = store.records_by_event(None, 10_000).await.unwrap();
    for record in &records {
        let id = record.envelope.id;
        seen.push(format!("{record:?}"));
        for relation in ["check", "entry"] {
            seen.push(format!("{:?}", store.linked(id, relation).await.unwrap()));
        }
    }
    for kind in Kind::ALL {
        for state in STATES.into_iter().map(Some).chain([None, Some("erased")]) {
            for author in [None, Some("a.officer"), Some("b.officer")] {
                let filter = RecordFilter {
                    kind: *kind,
                    state: state.map(Into::into),
                    created_by: author.map(user),
                    after: None,
                    limit: 1000,
                };
                let found = store.find(&filter).await.unwrap();
                let found: Vec<_> = found.iter().map(|r| r.envelope.id).collect();
                seen.push(format!("{kind} {state:?} {author:?} {found:?}"));
            }
            let count = store.count(*kind, state.unwrap_or_default()).await.unwrap();
            seen.push(format!("{count}"));
        }
    }
    seen.push(format!(
        "{:?}",
        store.due(date(2028, 1, 10), 20).await.unwrap()
    ));
    seen.push(format!("{:?}", store.keys_after(0, 1000).await.unwrap()));
    let names: Vec<_> = (0..20).map(|number| format!("name:{number}")).collect();
    let mut claims = store.claims(&names).await.unwrap();
    claims.sort();
    seen.push(format!("{claims:?}"));
    for name in LISTS {
        seen.push(format!("{:?}", store.list_versions(name).await.unwrap()));
        let mut entries = store.list_entries(name).await.unwrap();
        entries.sort_by(|a, b| a.source_id.cmp(&b.source_id));
        seen.push(format!("{entries:?}"));
        for version in 0..9 {
            let changes = store.list_changes(name, version, None, 1000).await.unwrap();
            seen.push(format!("{changes:?}"));
        }
    }
    seen.push(format!("{:?}", store.lists().await.unwrap()));
    for account in store.accounts().await.unwrap() {
        seen.push(format!(
            "{account:?} {:?} {}",
            account.state, account.revision
        ));
    }
    let filter = egnatia_app::FirearmFilter {
        limit: 1000,
        ..egnatia_app::FirearmFilter::default()
    };
    seen.push(format!("{:?}", store.firearms(&filter).await.unwrap()));
    seen.push(format!("{:?}", store.partners().await.unwrap()));
    seen.push(format!("{:?}", store.queues().await.unwrap()));
    for authority in AUTHORITIES {
        let to = authority.parse().unwrap();
        let waiting = store.waiting(&to, 1000).await.unwrap();
        seen.push(format!("{waiting:?}"));
        let all = store
            .deliveries_to(&to, LedgerPart::All.newest(1000))
            .await
            .unwrap();
        seen.push(format!("{all:?}"));
    }
    seen.extend(super::stock_model::observe(store, &[]).await);
    let filter = AuditFilter {
        actor: Some(user("a.officer")),
        limit: 5,
        ..AuditFilter::default()
    };
    seen.push(format!("{:?}", store.audit_find(&filter).await.unwrap()));
    seen.join("\n")
}

/// Makes random batches, some of which conflict, from a seed.
#[derive(Debug)]
pub struct Model {
    make: Maker,
    written: Vec<Envelope>,
    sessions: Vec<egnatia_app::Session>,
}

impl Model {
    /// The batches of this seed.
    pub fn new(seed: u64) -> Self {
        Self {
            make: Maker::new(seed),
            written: vec![],
            sessions: vec![],
        }
    }

    /// The next batch. Batches of models with the same seed are equal.
    pub fn batch(&mut self) -> Batch {
        let count = 1 + self.make.entropy.below(5);
        let mut batch = self.make.changes(vec![]);
        for _ in 0..count {
            let change = self.change();
            if let Change::Put(put) = &change {
                self.written.push(put.envelope.clone());
            }
            batch.changes.push(change);
        }
        for _ in 0..self.make.entropy.below(4) {
            let operation = egnatia_audit::Operation::Alteration;
            batch.events.push(self.make.event(operation, None));
        }
        batch
    }

    fn below(&self, limit: usize) -> usize {
        self.make.entropy.below(limit)
    }

    fn any_id(&self) -> RecordId {
        match self.written.get(self.below(self.written.len() + 1)) {
            Some(envelope) => envelope.id,
            None => self.make.id(),
        }
    }

    fn put(&self) -> PutRecord {
        let kind = Kind::ALL[self.below(3)];
        let mut put = match self.written.get(self.below(self.written.len() * 2 + 1)) {
            Some(envelope) => self.make.next_version(envelope, r#"{"again":true}"#),
            None => self.make.new_record(kind),
        };
        put.state = STATES[self.below(3)].into();
        put.envelope.retention.review_on = date(2028, 1, 1 + i8::try_from(self.below(20)).unwrap());
        for _ in 0..self.below(3) {
            put.claims.push(format!("name:{}", self.below(20)));
            put.links.push(Link {
                relation: ["check", "entry"][self.below(2)],
                to: self.any_id(),
            });
        }
        put.keys = match self.below(3) {
            0 => KeyChange::Keep,
            1 => KeyChange::Remove,
            _ => KeyChange::Set(vec![b'k'; 1 + self.below(9)]),
        };
        put
    }

    fn change(&mut self) -> Change {
        match self.below(30) {
            0..14 => Change::Put(Box::new(self.put())),
            14..16 => Change::Erase(self.any_id()),
            16 => {
                let version = 1 + u64::try_from(self.below(3)).unwrap();
                Change::PutList(list(&self.make, LISTS[self.below(2)], version))
            }
            17..19 => {
                let name = LISTS[self.below(2)];
                let mut rows = Vec::new();
                for _ in 0..self.below(6) {
                    let mut row = entry(&self.make, name, &format!("e{}", self.below(5)));
                    row.list_version = u64::try_from(self.below(4)).unwrap();
                    row.change = [ListChange::Added, ListChange::Changed][self.below(2)];
                    rows.push(row);
                }
                Change::PutListEntries(rows)
            }
            19 => {
                let mut account = self.make.account(LOGINS[self.below(3)]);
                account.revision = 1 + u64::try_from(self.below(2)).unwrap();
                account.state = [AccountState::Active, AccountState::Locked][self.below(2)];
                Change::PutAccount(account)
            }
            20..22 => {
                let session = self.make.session(LOGINS[self.below(3)]);
                self.sessions.push(session.clone());
                Change::PutSession(session)
            }
            22 => match self.sessions.get(self.below(self.sessions.len() + 1)) {
                Some(session) => Change::DropSession(session.token),
                None => Change::DropSessionsOf(user(LOGINS[self.below(3)])),
            },
            23 => {
                let mut row = partner(&self.make, AUTHORITIES[self.below(2)]);
                row.revision = u64::try_from(self.below(3)).unwrap();
                Change::PutPartner(row)
            }
            24..27 => {
                let mut row = firearm(&self.make, ["M701", "M702"][self.below(2)]);
                row.record = self.any_id();
                row.is_open = self.below(2) == 0;
                Change::PutFirearm(row)
            }
            _ => Change::Enqueue(delivery(&self.make, AUTHORITIES[self.below(2)])),
        }
    }
}

/// Gives both stores the same random batches; they have to answer the same, and to show the same
/// afterwards. Returns how many batches were written and how many were refused.
///
/// # Panics
/// Where the stores differ; the seed is in the message.
pub async fn agree(one: &dyn Store, other: &dyn Store, seed: u64, batches: u32) -> (u32, u32) {
    let (mut mine, mut theirs) = (Model::new(seed), Model::new(seed));
    let (mut written, mut refused) = (0, 0);
    for number in 0..batches {
        let (a, b) = (
            one.commit(mine.batch()).await,
            other.commit(theirs.batch()).await,
        );
        assert_eq!(a, b, "seed {seed}, batch {number}");
        match a {
            Ok(_) => written += 1,
            Err(_) => refused += 1,
        }
    }
    for session in &mine.sessions {
        let (a, b) = (
            one.session(session.token).await.unwrap(),
            other.session(session.token).await.unwrap(),
        );
        assert_eq!(a, b, "seed {seed}");
    }
    let (a, b) = (observe(one).await, observe(other).await);
    for (mine, theirs) in a.lines().zip(b.lines()) {
        assert_eq!(mine, theirs, "seed {seed}");
    }
    assert_eq!(a.lines().count(), b.lines().count(), "seed {seed}");
    super::audit::verify(one).await;
    super::audit::verify(other).await;
    (written, refused)
}
