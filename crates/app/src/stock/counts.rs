//! Counts: begun with a snapshot of the books, taken blind, compared once. What differs opens cases.

use std::collections::{BTreeMap, BTreeSet};

use egnatia_audit::Operation;
use egnatia_record::{Envelope, Kind, RecordId};
use egnatia_stockpile::{
    AccountId, Compared, Difference, Goods, GoodsId, Moved, Occasion, Remark, Scan, ScanOutcome,
    Site, SnapshotLine, StockCase, Stocktake, TakeResult, compare, outcomes,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{cases, terms};
use crate::port::StockOf;
use crate::writing::{Beside, EventAbout, Keep};
use crate::{Action, App, AppError, Caller, Invalid, StoredRecord};

/// Places of one count.
const PLACES_MAX: usize = 1_000;

/// The body of a record of kind `stock-snapshot`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Snapshot {
    lines: Vec<SnapshotLine>,
}

/// The body of a record of kind `stock-scans`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Scans {
    pub scans: Vec<Scan>,
}

/// A count. While it goes on nobody sees how many there should be.
#[derive(Debug, Clone, PartialEq)]
pub struct TakeView {
    /// Whose it is, in which version.
    pub envelope: Envelope,
    /// What is counted, why, where it stands.
    pub take: Stocktake,
    /// What was scanned, with what became of each scan.
    pub scans: Vec<(Scan, ScanOutcome)>,
    /// What the scanned goods are.
    pub goods: BTreeMap<GoodsId, Goods>,
    /// What it led to; nothing while it goes on.
    pub result: Option<TakeResult>,
    /// The cases that it opened.
    pub cases: Vec<RecordId>,
}

/// What is read of a count before it is compared.
struct Read {
    snapshot: Vec<SnapshotLine>,
    moved: Vec<Moved>,
    booked: BTreeMap<GoodsId, AccountId>,
    scans: Vec<Scan>,
}

impl App {
    /// Begins a count of places of a site: what the books say now is kept, and shown to nobody until
    /// the count has ended.
    ///
    /// # Errors
    /// [`AppError::Invalid`] where a place is not in the site, or is being counted already;
    /// [`AppError::NotFound`], [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn begin_stocktake(
        &self,
        caller: &Caller,
        site: RecordId,
        places: BTreeSet<AccountId>,
        occasion: Occasion,
    ) -> Result<RecordId, AppError> {
        self.authorise(caller, Action::CountStock, None)?;
        let (_, body) = self.load::<Site>(site, Kind::StockSite).await?;
        let known = |id: &AccountId| body.place(*id).is_some();
        if places.is_empty() || places.len() > PLACES_MAX || !places.iter().all(known) {
            let text = format!("choose 1 to {PLACES_MAX} places of the site");
            return Err(Invalid::new("places", "missing", text).into());
        }
        let going = self
            .stock_records::<Stocktake>(Kind::Stocktake, "counting")
            .await?;
        if let Some((other, _)) = going
            .iter()
            .find(|(_, take)| !take.places.is_disjoint(&places))
        {
            let id = other.envelope.id;
            let text = format!("one of the places is being counted already: {id}");
            return Err(Invalid::new("places", "duplicate", text).into());
        }
        let mut writing = self.writing(caller);
        let mut lines = Vec::new();
        for place in &places {
            for row in self
                .store()
                .stock_balances(StockOf::Account(*place))
                .await?
            {
                if let Ok(quantity @ 1..) = u64::try_from(row.quantity) {
                    lines.push(SnapshotLine {
                        place: *place,
                        goods: row.goods,
                        quantity,
                    });
                }
            }
        }
        let keep = || Keep::Erase(self.inner.stock.profile.keep_counts_days);
        let take = Stocktake {
            site,
            places,
            occasion,
            started_at: writing.at,
            started_by: caller.login.clone(),
            counters: BTreeSet::new(),
            scans: 0,
            state: egnatia_stockpile::StocktakeState::Counting,
        };
        let id = writing.new_id();
        let beside = Beside::new("counting", Operation::Collection).links([("site", site)]);
        writing.create(id, terms(Kind::Stocktake, keep()), &take, beside)?;
        let snapshot = writing.new_id();
        let beside = Beside::new("kept", Operation::Collection).links([("stocktake", id)]);
        let terms = terms(Kind::StockSnapshot, keep());
        writing.create(snapshot, terms, &Snapshot { lines }, beside)?;
        self.store().commit(writing.batch).await?;
        Ok(id)
    }

    /// Ends a count: it is compared with the balance when it began, once and for all, and what
    /// differs opens a case each.
    ///
    /// # Errors
    /// [`AppError::Conflict`] where it has ended, or where somebody still scans; as
    /// [`App::add_scans`].
    pub async fn finish_stocktake(
        &self,
        caller: &Caller,
        id: RecordId,
    ) -> Result<TakeResult, AppError> {
        self.authorise(caller, Action::CountStock, None)?;
        let (stored, take) = self.load::<Stocktake>(id, Kind::Stocktake).await?;
        let mut writing = self.writing(caller);
        let ended = take
            .clone()
            .finish(caller.login.clone(), writing.at)
            .map_err(|error| AppError::Conflict(error.to_string()))?;
        let read = self.read_take(id, &take, true).await?;
        let compared = Compared {
            finished_at: writing.at,
            ..self.compared(&take, &read)
        };
        let result = compare(&compared, &read.scans);
        let profile = &self.inner.stock.profile;
        let keep = Keep::Erase(profile.keep_counts_days);
        let data = json!({ "differ": result.lines.len(), "misplaced": result.misplaced.len() });
        let beside = Beside::new("finished", Operation::Alteration).data(data);
        writing.change(&stored, None, &ended, beside)?;
        let differences = writing.new_id();
        let beside = Beside::new("kept", Operation::Collection).links([("stocktake", id)]);
        writing.create(
            differences,
            terms(Kind::StockDifference, keep),
            &result,
            beside,
        )?;
        for line in &result.lines {
            let about = (line.place, line.goods, line.difference);
            let case = StockCase {
                stocktake: Some(id),
                ..cases::opened(profile, caller, about, writing.at)
            };
            cases::put_case(&mut writing, profile, &case)?;
        }
        self.store().commit(writing.batch).await?;
        Ok(result)
    }

    /// Gives a count up.
    ///
    /// # Errors
    /// As [`App::finish_stocktake`].
    pub async fn abandon_stocktake(
        &self,
        caller: &Caller,
        id: RecordId,
        reason: Remark,
    ) -> Result<(), AppError> {
        self.authorise(caller, Action::CountStock, None)?;
        let (stored, take) = self.load::<Stocktake>(id, Kind::Stocktake).await?;
        let mut writing = self.writing(caller);
        let ended = take
            .abandon(reason, caller.login.clone(), writing.at)
            .map_err(|error| AppError::Conflict(error.to_string()))?;
        let beside = Beside::new("abandoned", Operation::Alteration);
        writing.change(&stored, None, &ended, beside)?;
        self.store().commit(writing.batch).await?;
        Ok(())
    }

    /// Counts, newest first.
    ///
    /// # Errors
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn stocktakes(
        &self,
        caller: &Caller,
    ) -> Result<Vec<(RecordId, Stocktake)>, AppError> {
        self.authorise(caller, Action::ViewStock, None)?;
        let found = self.stock_records(Kind::Stocktake, None).await?;
        let about = EventAbout::subject("stocktakes");
        self.log_consultation(caller, about).await?;
        let takes = found.into_iter();
        Ok(takes
            .map(|(stored, take)| (stored.envelope.id, take))
            .collect())
    }

    /// A count with its scans; what it led to only once it has ended.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn view_stocktake(
        &self,
        caller: &Caller,
        id: RecordId,
    ) -> Result<TakeView, AppError> {
        self.authorise(caller, Action::ViewStock, None)?;
        let (stored, take) = self.load::<Stocktake>(id, Kind::Stocktake).await?;
        let read = self.read_take(id, &take, false).await?;
        let lines = read.snapshot.iter().map(|line| line.goods);
        let scanned = read.scans.iter().filter_map(|scan| scan.goods);
        let goods = self.goods_of(lines.chain(scanned)).await?;
        let found = outcomes(&self.compared(&take, &read), &read.scans);
        let mut result = None;
        let mut cases = Vec::new();
        let linked = self.store().linked(id, "stocktake").await?;
        for record in self.store().records(&linked).await? {
            match record.envelope.kind {
                Kind::StockDifference => result = crate::read_body::<TakeResult>(&record)?,
                Kind::StockCase => cases.push(record.envelope.id),
                _ => {}
            }
        }
        let about = EventAbout::seen(id, stored.envelope.version);
        self.log_consultation(caller, about).await?;
        Ok(TakeView {
            envelope: stored.envelope,
            scans: read.scans.iter().cloned().zip(found).collect(),
            goods,
            result,
            cases,
            take,
        })
    }

    fn compared<'a>(&self, take: &'a Stocktake, read: &'a Read) -> Compared<'a> {
        Compared {
            places: &take.places,
            started_at: take.started_at,
            finished_at: self.now(),
            snapshot: &read.snapshot,
            moved: &read.moved,
            booked: &read.booked,
        }
    }

    /// What was kept of a count; with what was moved since, where it is compared.
    async fn read_take(
        &self,
        id: RecordId,
        take: &Stocktake,
        with_moved: bool,
    ) -> Result<Read, AppError> {
        let linked = self.store().linked(id, "stocktake").await?;
        let records = self.store().records(&linked).await?;
        let by_id: BTreeMap<RecordId, StoredRecord> = records
            .into_iter()
            .map(|record| (record.envelope.id, record))
            .collect();
        let (mut snapshot, mut scans) = (Vec::new(), Vec::new());
        // In the order in which they came.
        for record in linked.iter().filter_map(|id| by_id.get(id)) {
            match record.envelope.kind {
                Kind::StockSnapshot => {
                    let body = crate::read_body::<Snapshot>(record)?;
                    snapshot = body.map(|body| body.lines).unwrap_or_default();
                }
                Kind::StockScans => {
                    let body = crate::read_body::<Scans>(record)?;
                    scans.extend(body.map(|body| body.scans).unwrap_or_default());
                }
                _ => {}
            }
        }
        let mut moved = Vec::new();
        if with_moved {
            for place in &take.places {
                let rows = self.store().stock_since(*place, take.started_at).await?;
                moved.extend(rows.into_iter().map(|row| Moved {
                    place: row.account,
                    goods: row.goods,
                    amount: row.amount,
                    at: row.posted_at,
                }));
            }
        }
        let lines = snapshot.iter().map(|line: &SnapshotLine| line.goods);
        let scanned = scans.iter().filter_map(|scan: &Scan| scan.goods);
        let named: BTreeSet<GoodsId> = lines.chain(scanned).collect();
        Ok(Read {
            booked: self.booked(named.into_iter()).await?,
            snapshot,
            moved,
            scans,
        })
    }

    /// Where each of these stands in the books, of those of which there is one.
    pub(super) async fn booked(
        &self,
        goods: impl Iterator<Item = GoodsId>,
    ) -> Result<BTreeMap<GoodsId, AccountId>, AppError> {
        let unique: BTreeSet<GoodsId> = goods.collect();
        let goods: Vec<GoodsId> = unique.into_iter().collect();
        Ok(self
            .store()
            .stock_custody(&goods)
            .await?
            .into_iter()
            .collect())
    }

    /// What the difference of a case is in words that the API shows.
    pub fn pieces_of(difference: Difference) -> i64 {
        match difference {
            Difference::Missing(count) => i64::try_from(count).map_or(i64::MIN, |count| -count),
            Difference::Surplus(count) => i64::try_from(count).unwrap_or(i64::MAX),
        }
    }
}
