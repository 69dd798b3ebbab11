//! Scans of a count: each portion is one transaction, and looks at what it names, never at the whole
//! count. That a scan was taken, and that a weapon was seen in a place, are names in the store:
//! each has one holder, the portion that brought it first.

use std::collections::{BTreeMap, BTreeSet};

use egnatia_audit::Operation;
use egnatia_record::{Envelope, Kind, RecordId};
use egnatia_stockpile::{
    AccountId, Goods, GoodsId, Scan, ScanOutcome, Site, Stocktake, StocktakeEnded, within,
};
use jiff::Timestamp;

use super::counts::Scans;
use super::terms;
use crate::port::{CommitError, StockOf};
use crate::writing::{Beside, EventAbout, Keep};
use crate::{Action, App, AppError, Caller, Invalid};

/// Scans of one portion.
const SCANS_MAX: usize = 500;
/// Scans of one count.
const TAKE_SCANS_MAX: u64 = 100_000;
/// Scans that are shown while a count goes on.
const SHOWN: usize = 50;
/// How often a portion is put together anew where somebody else scanned meanwhile.
const TRIES: usize = 5;

/// A scan as a device sends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewScan {
    /// Chosen by the device: the same one once more is the same scan.
    pub id: RecordId,
    /// Where.
    pub place: AccountId,
    /// What was read: a label, a serial number, a lot.
    pub code: String,
    /// How many.
    pub quantity: u64,
    /// When, by the clock of the device.
    pub at: Timestamp,
}

/// A count that goes on, as those see it who count: the last scans, and never how many there should
/// be.
#[derive(Debug, Clone, PartialEq)]
pub struct CountingView {
    /// Whose it is, in which version.
    pub envelope: Envelope,
    /// What is counted, why, where it stands.
    pub take: Stocktake,
    /// The last scans, newest last, with what became of each.
    pub scans: Vec<(Scan, ScanOutcome)>,
    /// What the scanned goods are.
    pub goods: BTreeMap<GoodsId, Goods>,
}

/// A scan, and the portion that it came with.
struct Brought {
    portion: RecordId,
    scan: Scan,
}

/// The name of a scan.
fn scan_name(take: RecordId, scan: RecordId) -> String {
    format!("stock-scan:{take}:{scan}")
}

/// The name of a weapon that was seen in a place.
fn seen_name(take: RecordId, place: AccountId, goods: GoodsId) -> String {
    format!("stock-seen:{take}:{place}:{goods}")
}

/// What a scan says of a weapon.
fn seen_by(
    take: RecordId,
    scan: &Scan,
    booked: &BTreeMap<GoodsId, AccountId>,
) -> Option<(String, AccountId)> {
    let goods = scan.goods?;
    let stands = booked.get(&goods)?;
    Some((seen_name(take, scan.place, goods), *stands))
}

/// What each scan turned out to be; `seen` says which portion saw a weapon first.
fn outcomes_of(
    take: RecordId,
    brought: &[Brought],
    (booked, seen): (&BTreeMap<GoodsId, AccountId>, &BTreeMap<String, RecordId>),
    (started_at, now): (Timestamp, Timestamp),
) -> Vec<ScanOutcome> {
    let moment = |brought: &Brought| within(brought.scan.at, started_at, now);
    let (mut ids, mut told) = (BTreeSet::new(), BTreeSet::new());
    // Of several lines on the same lot in the same place the one that was scanned last counts.
    let mut last: BTreeMap<(AccountId, GoodsId), usize> = BTreeMap::new();
    let mut outcomes: Vec<ScanOutcome> = Vec::with_capacity(brought.len());
    for (number, of) in brought.iter().enumerate() {
        let Brought { portion, scan } = of;
        let outcome = match (scan.goods, seen_by(take, scan, booked)) {
            _ if !ids.insert(scan.id) => ScanOutcome::Repeated,
            (None, _) => ScanOutcome::Unknown,
            (Some(_), Some((name, stands))) => {
                let is_first = seen.get(&name).is_none_or(|first| first == portion);
                match is_first && told.insert(name) {
                    false => ScanOutcome::Repeated,
                    true if stands == scan.place => ScanOutcome::Counted,
                    true => ScanOutcome::WrongPlace { booked: stands },
                }
            }
            (Some(goods), None) => {
                let lot = (scan.place, goods);
                let before = last.get(&lot).and_then(|before| brought.get(*before));
                if before.is_some_and(|before| moment(before) > moment(of)) {
                    ScanOutcome::Repeated
                } else {
                    let before = last.insert(lot, number);
                    if let Some(replaced) = before.and_then(|before| outcomes.get_mut(before)) {
                        *replaced = ScanOutcome::Repeated;
                    }
                    ScanOutcome::Counted
                }
            }
        };
        outcomes.push(outcome);
    }
    outcomes
}

impl App {
    /// Takes a portion of scans. The same scan once more changes nothing; one that nobody knows is
    /// kept. Says what became of each, and never how many there should be.
    ///
    /// # Errors
    /// [`AppError::Invalid`] where there are too many, or where a place is not counted;
    /// [`AppError::Conflict`] where the count has ended; [`AppError::NotFound`],
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn add_scans(
        &self,
        caller: &Caller,
        id: RecordId,
        new: Vec<NewScan>,
    ) -> Result<Vec<(Scan, ScanOutcome)>, AppError> {
        self.authorise(caller, Action::CountStock, None)?;
        if !(1..=SCANS_MAX).contains(&new.len()) {
            let text = format!("send 1 to {SCANS_MAX} scans at a time");
            return Err(Invalid::new("scans", "too-many", text).into());
        }
        let mut tries = 1..TRIES;
        loop {
            match self.add_portion(caller, id, &new).await? {
                Ok(taken) => return Ok(taken),
                // Somebody else scans in the same count.
                Err(CommitError::Conflict(_)) if tries.next().is_some() => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    async fn add_portion(
        &self,
        caller: &Caller,
        id: RecordId,
        new: &[NewScan],
    ) -> Result<Result<Vec<(Scan, ScanOutcome)>, CommitError>, AppError> {
        let (stored, take) = self.load::<Stocktake>(id, Kind::Stocktake).await?;
        let ended = |error: StocktakeEnded| AppError::Conflict(error.to_string());
        let take = take.scanned(caller.login.clone(), 0).map_err(ended)?;
        if new.iter().any(|scan| !take.places.contains(&scan.place)) {
            return Err(Invalid::new("place", "refused", "this place is not counted").into());
        }
        let mut writing = self.writing(caller);
        let portion = writing.new_id();
        let known = self.scans_taken(id, new).await?;
        let fresh = self.read_scans(caller, take.site, new, &known).await?;
        let count = u64::try_from(fresh.len()).unwrap_or(u64::MAX);
        if take.scans.saturating_add(count) > TAKE_SCANS_MAX {
            let text = "this count has too many scans: finish it and begin another one";
            return Err(Invalid::new("scans", "too-many", text).into());
        }
        let brought: Vec<Brought> = known
            .into_iter()
            .chain(fresh.iter().map(|scan| Brought {
                portion,
                scan: scan.clone(),
            }))
            .collect();
        let (booked, seen) = self.seen(id, &brought).await?;
        let since = (take.started_at, writing.at);
        let outcomes = outcomes_of(id, &brought, (&booked, &seen), since);
        if !fresh.is_empty() {
            let named = fresh.iter().filter_map(|scan| seen_by(id, scan, &booked));
            let named = named.map(|(name, _)| name);
            let mut claims: BTreeSet<String> =
                named.filter(|name| !seen.contains_key(name)).collect();
            claims.extend(fresh.iter().map(|scan| scan_name(id, scan.id)));
            let keep = Keep::Erase(self.inner.stock.profile.keep_counts_days);
            let beside = Beside::new("kept", Operation::Collection)
                .links([("stocktake", id)])
                .claims(claims.into_iter().collect());
            let scans = Scans { scans: fresh };
            writing.create(portion, terms(Kind::StockScans, keep), &scans, beside)?;
            // The count changes with it, so that none is taken while it ends.
            let beside = Beside::new("counting", Operation::Alteration);
            let take = take.scanned(caller.login.clone(), count).map_err(ended)?;
            writing.change(&stored, None, &take, beside)?;
            if let Err(error) = self.store().commit(writing.batch).await {
                return Ok(Err(error));
            }
        }
        let scans = brought.into_iter().map(|brought| brought.scan);
        Ok(Ok(scans.zip(outcomes).collect()))
    }

    /// Those of these scans that were taken before.
    async fn scans_taken(&self, take: RecordId, new: &[NewScan]) -> Result<Vec<Brought>, AppError> {
        let names: Vec<String> = new.iter().map(|scan| scan_name(take, scan.id)).collect();
        let held = self.store().claims(&names).await?;
        let portions: BTreeSet<RecordId> = held.into_iter().map(|(_, portion)| portion).collect();
        let wanted: BTreeSet<RecordId> = new.iter().map(|scan| scan.id).collect();
        let portions: Vec<RecordId> = portions.into_iter().collect();
        let brought = self.scans_of(&portions).await?.into_iter();
        Ok(brought
            .filter(|brought| wanted.contains(&brought.scan.id))
            .collect())
    }

    /// The scans of these portions, in their order.
    async fn scans_of(&self, portions: &[RecordId]) -> Result<Vec<Brought>, AppError> {
        let records = self.store().records(portions).await?;
        let mut by_id = BTreeMap::new();
        for record in &records {
            if record.envelope.kind == Kind::StockScans
                && let Some(body) = crate::read_body::<Scans>(record)?
            {
                by_id.insert(record.envelope.id, body.scans);
            }
        }
        let of = |portion: &RecordId| by_id.remove(portion).map(|scans| (*portion, scans));
        let found = portions.iter().filter_map(of);
        Ok(found
            .flat_map(|(portion, scans)| {
                scans.into_iter().map(move |scan| Brought { portion, scan })
            })
            .collect())
    }

    /// New scans with what their codes mean.
    async fn read_scans(
        &self,
        caller: &Caller,
        site: RecordId,
        new: &[NewScan],
        known: &[Brought],
    ) -> Result<Vec<Scan>, AppError> {
        let mut ids: BTreeSet<RecordId> = known.iter().map(|brought| brought.scan.id).collect();
        let fresh = new.iter().filter(|scan| ids.insert(scan.id));
        let mut scans: Vec<Scan> = fresh
            .map(|scan| Scan {
                id: scan.id,
                place: scan.place,
                code: scan.code.trim().chars().take(200).collect(),
                goods: None,
                quantity: scan.quantity,
                by: caller.login.clone(),
                at: crate::writing::to_the_microsecond(scan.at),
            })
            .collect();
        let (_, site) = self.load::<Site>(site, Kind::StockSite).await?;
        let codes = scans.iter().map(|scan| scan.code.as_str());
        let meant = self.goods_meant(&site, codes).await?;
        for scan in &mut scans {
            scan.goods = meant.get(&scan.code).copied();
        }
        Ok(scans)
    }

    /// What is meant by codes that were scanned in a site: labels, serial numbers, lots. What is
    /// nowhere, or stands for two things, is left out.
    async fn goods_meant<'c>(
        &self,
        site: &Site,
        codes: impl Iterator<Item = &'c str>,
    ) -> Result<BTreeMap<String, GoodsId>, AppError> {
        let codes: BTreeSet<&str> = codes.collect();
        let labels = codes.iter().filter_map(|code| code.parse::<GoodsId>().ok());
        let labelled = self.goods_of(labels).await?;
        let numbers: Vec<String> = codes.iter().map(|code| Goods::key_of(code)).collect();
        let mut by_number: BTreeMap<String, Vec<GoodsId>> = BTreeMap::new();
        for (number, goods) in self.store().stock_numbered(&numbers).await? {
            by_number.entry(number).or_default().push(goods);
        }
        let mut meant = BTreeMap::new();
        for (code, number) in codes.into_iter().zip(&numbers) {
            let label = code.parse::<GoodsId>().ok();
            let label = label.filter(|id| labelled.contains_key(id));
            let found = match (label, by_number.get(number).map(Vec::as_slice)) {
                (Some(label), _) => Some(label),
                (None, Some([only])) => Some(*only),
                (None, Some(several)) => self.one_here(site, several).await?,
                (None, None) => None,
            };
            meant.extend(found.map(|id| (code.to_owned(), id)));
        }
        Ok(meant)
    }

    /// The one of several goods that is in a site; nothing where it is not one.
    async fn one_here(
        &self,
        site: &Site,
        several: &[GoodsId],
    ) -> Result<Option<GoodsId>, AppError> {
        let mut here = Vec::new();
        for id in several {
            let rows = self.store().stock_balances(StockOf::Goods(*id)).await?;
            let mut held = rows.iter().filter(|row| row.quantity > 0);
            if held.any(|row| site.place(row.account).is_some()) {
                here.push(*id);
            }
        }
        Ok(match here.as_slice() {
            [only] => Some(*only),
            _ => None,
        })
    }

    /// Where the weapons among these stand, and which portion saw each first.
    async fn seen(
        &self,
        take: RecordId,
        brought: &[Brought],
    ) -> Result<(BTreeMap<GoodsId, AccountId>, BTreeMap<String, RecordId>), AppError> {
        let goods = brought.iter().filter_map(|brought| brought.scan.goods);
        let booked = self.booked(goods).await?;
        let names = brought
            .iter()
            .filter_map(|brought| seen_by(take, &brought.scan, &booked));
        let names: Vec<String> = names.map(|(name, _)| name).collect();
        let seen = self.store().claims(&names).await?;
        Ok((booked, seen.into_iter().collect()))
    }

    /// A count that goes on, with the last scans.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn view_counting(
        &self,
        caller: &Caller,
        id: RecordId,
    ) -> Result<CountingView, AppError> {
        self.authorise(caller, Action::ViewStock, None)?;
        let (stored, take) = self.load::<Stocktake>(id, Kind::Stocktake).await?;
        let mut portions = self.store().linked(id, "stocktake").await?;
        let last = portions.split_off(portions.len().saturating_sub(SHOWN));
        let mut brought = self.scans_of(&last).await?;
        brought.drain(..brought.len().saturating_sub(SHOWN));
        let (booked, seen) = self.seen(id, &brought).await?;
        let since = (take.started_at, self.now());
        let outcomes = outcomes_of(id, &brought, (&booked, &seen), since);
        let goods = brought.iter().filter_map(|brought| brought.scan.goods);
        let goods = self.goods_of(goods).await?;
        let about = EventAbout::seen(id, stored.envelope.version);
        self.log_consultation(caller, about).await?;
        let scans = brought.into_iter().map(|brought| brought.scan);
        Ok(CountingView {
            envelope: stored.envelope,
            take,
            scans: scans.zip(outcomes).collect(),
            goods,
        })
    }
}
