//! What a batch has to fit: the stored state of all that it names, and of the batches before it
//! in the same transaction.

use std::collections::{BTreeMap, BTreeSet};

use egnatia_app::{Batch, Change, CommitError, Conflict, FirearmRow, PutRecord, StoreError};
use egnatia_record::{AuthorityId, RecordId, UserId};
use egnatia_stockpile::Entered;

use crate::ask::{rows_of, sql};
use crate::backend::{Argument, Link, store_error};
use crate::stock::StockView;

/// The newest version of a record.
#[derive(Debug, Clone)]
struct Newest {
    version: u32,
    erased: bool,
    /// Who wrote the first version, where this transaction writes it.
    created_by: Option<UserId>,
}

/// The stored state of what some batches name.
#[derive(Debug, Default)]
pub struct View {
    records: BTreeMap<RecordId, Newest>,
    claims: BTreeMap<String, RecordId>,
    lists: BTreeMap<String, u64>,
    accounts: BTreeMap<UserId, u64>,
    partners: BTreeMap<AuthorityId, u64>,
    custody: Custody,
    stock: StockView,
    undo: Vec<Undo>,
}

/// Which weapons somebody has, by identity and by record: an import asks for each of thousands.
#[derive(Debug, Default)]
struct Custody {
    holders: BTreeMap<String, RecordId>,
    identities: BTreeMap<RecordId, String>,
}

impl Custody {
    fn insert(&mut self, identity: String, holder: RecordId) {
        self.identities.insert(holder, identity.clone());
        self.holders.insert(identity, holder);
    }

    /// Takes the identity of a record out, and gives it back.
    fn leave(&mut self, holder: RecordId) -> Option<String> {
        let identity = self.identities.remove(&holder)?;
        self.holders.remove(&identity);
        Some(identity)
    }

    fn put_back(&mut self, identity: String, holder: Option<RecordId>) {
        match holder {
            Some(holder) => self.insert(identity, holder),
            None => {
                if let Some(holder) = self.holders.remove(&identity) {
                    self.identities.remove(&holder);
                }
            }
        }
    }
}

/// What stood there before a batch that may still be refused.
#[derive(Debug)]
enum Undo {
    Record(RecordId, Option<Newest>),
    Claim(String, Option<RecordId>),
    List(String, Option<u64>),
    Account(UserId, Option<u64>),
    Partner(AuthorityId, Option<u64>),
    Custody(String, Option<RecordId>),
}

fn put_back<K: Ord, V>(map: &mut BTreeMap<K, V>, key: K, value: Option<V>) {
    match value {
        Some(value) => map.insert(key, value),
        None => map.remove(&key),
    };
}

impl View {
    /// Reads what the batches name.
    pub async fn load(link: &mut dyn Link, batches: &[Batch]) -> Result<Self, StoreError> {
        let (mut ids, mut names) = (BTreeSet::new(), BTreeSet::new());
        let (mut lists, mut logins) = (BTreeSet::new(), BTreeSet::new());
        let mut authorities = BTreeSet::new();
        let (mut weapons, mut identities) = (BTreeSet::new(), BTreeSet::new());
        for change in batches.iter().flat_map(|batch| &batch.changes) {
            match change {
                Change::Put(put) => {
                    ids.insert(put.envelope.id);
                    names.extend(&put.claims);
                }
                Change::Expect(id, _) => {
                    ids.insert(*id);
                }
                Change::Erase(id) => {
                    ids.insert(*id);
                    weapons.insert(*id);
                }
                Change::PutFirearm(row) => {
                    weapons.insert(row.record);
                    identities.insert(&row.identity);
                }
                Change::PutList(row) => {
                    lists.insert(&row.list);
                }
                Change::PutAccount(account) => {
                    logins.insert(&account.login);
                }
                Change::PutPartner(row) => {
                    authorities.insert(&row.authority);
                }
                _ => {}
            }
        }
        let mut view = Self {
            stock: StockView::load(link, batches).await?,
            ..Self::default()
        };
        view.load_records(link, &ids).await?;
        let keys = names.into_iter().map(|name| name.as_str().into()).collect();
        let select = "SELECT name, record FROM claims WHERE name";
        for mut row in read(link, select, keys).await? {
            view.claims.insert(row.text()?, row.id()?);
        }
        for list in lists {
            let newest = "SELECT COALESCE(MAX(version), 0) FROM lists WHERE list = $1";
            let rows = link.rows(sql(newest), vec![list.as_str().into()]).await;
            for mut row in rows.map_err(|error| store_error(&error))? {
                view.lists.insert(list.clone(), row.count()?);
            }
        }
        let keys = logins
            .into_iter()
            .map(|login| login.as_str().into())
            .collect();
        let select = "SELECT login, revision FROM accounts WHERE login";
        for mut row in read(link, select, keys).await? {
            view.accounts.insert(row.parsed()?, row.count()?);
        }
        let keys = authorities
            .into_iter()
            .map(|authority| authority.as_str().into())
            .collect();
        let select = "SELECT authority, revision FROM partners WHERE authority";
        for mut row in read(link, select, keys).await? {
            view.partners.insert(row.parsed()?, row.count()?);
        }
        let keys = identities
            .into_iter()
            .map(|identity| identity.as_str().into());
        view.load_custody(link, "identity", keys.collect()).await?;
        let keys = weapons.iter().map(|id| id.as_bytes().as_slice().into());
        view.load_custody(link, "record", keys.collect()).await?;
        Ok(view)
    }

    async fn load_records(
        &mut self,
        link: &mut dyn Link,
        ids: &BTreeSet<RecordId>,
    ) -> Result<(), StoreError> {
        let keys = ids
            .iter()
            .map(|id| id.as_bytes().as_slice().into())
            .collect();
        let select = "SELECT id, version, review_us FROM record_heads WHERE id";
        for mut row in read(link, select, keys).await? {
            let newest = (row.id()?, row.version()?, row.maybe_int()?);
            self.records.insert(
                newest.0,
                Newest {
                    version: newest.1.number(),
                    erased: newest.2.is_none(),
                    created_by: None,
                },
            );
        }
        Ok(())
    }

    async fn load_custody(
        &mut self,
        link: &mut dyn Link,
        by: &str,
        keys: Vec<Argument>,
    ) -> Result<(), StoreError> {
        let select = format!("SELECT identity, record FROM firearms WHERE is_open = 1 AND {by}");
        for mut row in read(link, &select, keys).await? {
            self.custody.insert(row.text()?, row.id()?);
        }
        Ok(())
    }

    /// What the batches name of the books of the stockpile.
    pub const fn stock(&self) -> &StockView {
        &self.stock
    }

    /// Takes the batch into the view, or refuses it and leaves the view as it was. Says what each
    /// change of the books did.
    pub fn accept(&mut self, batch: &Batch) -> Result<Vec<Option<Entered>>, CommitError> {
        self.undo.clear();
        let books = self.stock.mark();
        let events = batch.events.len();
        let mut entered = Vec::new();
        let fits = batch.changes.iter().try_for_each(|change| match change {
            Change::Stock(change) => {
                let done = self.stock.change(change);
                entered.push(done.map_err(Conflict::Ledger)?);
                Ok(())
            }
            change => self.change(change, events),
        });
        if fits.is_err() {
            self.stock.rewind(books);
            while let Some(undo) = self.undo.pop() {
                match undo {
                    Undo::Record(key, value) => put_back(&mut self.records, key, value),
                    Undo::Claim(key, value) => put_back(&mut self.claims, key, value),
                    Undo::List(key, value) => put_back(&mut self.lists, key, value),
                    Undo::Account(key, value) => put_back(&mut self.accounts, key, value),
                    Undo::Partner(key, value) => put_back(&mut self.partners, key, value),
                    Undo::Custody(key, value) => self.custody.put_back(key, value),
                }
            }
        }
        fits.map(|()| entered)
    }

    /// Who wrote the first version of the record, if this transaction did write it.
    pub fn created_by(&self, id: RecordId) -> Option<&UserId> {
        self.records.get(&id)?.created_by.as_ref()
    }

    fn change(&mut self, change: &Change, events: usize) -> Result<(), CommitError> {
        match change {
            Change::Put(put) => self.put(put, events),
            Change::Expect(id, version) => {
                let newest = self.records.get(id).map(|newest| newest.version);
                (newest == Some(version.number()))
                    .then_some(())
                    .ok_or_else(|| Conflict::RecordVersion(*id).into())
            }
            Change::Erase(id) => self.erase(*id),
            Change::PutList(row) => {
                let before = self.lists.insert(row.list.clone(), row.version);
                self.undo.push(Undo::List(row.list.clone(), before));
                follows(row.version, before)
                    .then_some(())
                    .ok_or_else(|| Conflict::ListVersion(row.list.clone()).into())
            }
            Change::PutAccount(account) => {
                let before = self
                    .accounts
                    .insert(account.login.clone(), account.revision);
                self.undo.push(Undo::Account(account.login.clone(), before));
                follows(account.revision, before)
                    .then_some(())
                    .ok_or_else(|| Conflict::Account(account.login.clone()).into())
            }
            Change::PutPartner(row) => {
                let before = self.partners.insert(row.authority.clone(), row.revision);
                self.undo.push(Undo::Partner(row.authority.clone(), before));
                follows(row.revision, before)
                    .then_some(())
                    .ok_or_else(|| Conflict::Partner(row.authority.clone()).into())
            }
            Change::PutFirearm(row) => self.firearm(row),
            _ => Ok(()),
        }
    }

    fn firearm(&mut self, row: &FirearmRow) -> Result<(), CommitError> {
        self.leave_custody(row.record);
        if !row.is_open {
            return Ok(());
        }
        match self.custody.holders.get(&row.identity) {
            Some(holder) => Err(Conflict::Custody(*holder).into()),
            None => {
                self.custody.insert(row.identity.clone(), row.record);
                self.undo.push(Undo::Custody(row.identity.clone(), None));
                Ok(())
            }
        }
    }

    fn leave_custody(&mut self, id: RecordId) {
        let left = self.custody.leave(id);
        self.undo
            .extend(left.map(|identity| Undo::Custody(identity, Some(id))));
    }

    fn put(&mut self, put: &PutRecord, events: usize) -> Result<(), CommitError> {
        let (id, version) = (put.envelope.id, put.envelope.version.number());
        let before = self.records.get(&id).cloned();
        let fits = match &before {
            None => version == 1 || put.foreign,
            Some(newest) if put.foreign => newest.version < version,
            Some(newest) => !newest.erased && newest.version.checked_add(1) == Some(version),
        };
        if !fits {
            return Err(Conflict::RecordVersion(id).into());
        }
        if put.event >= events {
            return Err(StoreError::Corrupt("a record without its event".into()).into());
        }
        let created_by = match &before {
            None => Some(put.envelope.author.clone()),
            Some(newest) => newest.created_by.clone(),
        };
        let newest = Newest {
            version,
            erased: false,
            created_by,
        };
        self.records.insert(id, newest);
        self.undo.push(Undo::Record(id, before));
        for name in &put.claims {
            match self.claims.get(name) {
                Some(holder) if *holder != id => return Err(Conflict::Claim(name.clone()).into()),
                Some(_) => {}
                None => {
                    self.claims.insert(name.clone(), id);
                    self.undo.push(Undo::Claim(name.clone(), None));
                }
            }
        }
        Ok(())
    }

    fn erase(&mut self, id: RecordId) -> Result<(), CommitError> {
        let newest = self
            .records
            .get_mut(&id)
            .ok_or(Conflict::RecordVersion(id))?;
        self.undo.push(Undo::Record(id, Some(newest.clone())));
        newest.erased = true;
        self.leave_custody(id);
        let freed = self.claims.extract_if(.., |_, holder| *holder == id);
        self.undo
            .extend(freed.map(|(name, holder)| Undo::Claim(name, Some(holder))));
        Ok(())
    }
}

/// Whether `number` follows what is stored; the first is 1.
fn follows(number: u64, stored: Option<u64>) -> bool {
    stored.unwrap_or(0).checked_add(1) == Some(number)
}

async fn read(
    link: &mut dyn Link,
    select: &str,
    keys: Vec<Argument>,
) -> Result<Vec<crate::row::Row>, StoreError> {
    let rows = rows_of(link, select, keys).await;
    rows.map_err(|error| store_error(&error))
}
