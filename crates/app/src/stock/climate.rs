//! Temperature and humidity of stores, and the surveillance of what is in them.

use egnatia_audit::{Hash, Operation};
use egnatia_record::{Kind, RecordId};
use egnatia_stockpile::{
    AccountId, Climate, ClimateLimits, Condition, Goods, GoodsId, Inspection, Reading, Readings,
    Remark, Site, SurveillanceWhy, surveillance_due,
};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};
use serde_json::json;

use super::{OPEN, REVIEW_DAYS, invalid, terms};
use crate::port::{StockBalanceRow, StoredRecord};
use crate::writing::{Beside, EventAbout, Keep};
use crate::{Action, App, AppError, Caller, Invalid, read_body};

/// Readings that one page shows.
const SHOWN_MAX: usize = 500;
/// Readings of one record.
const PORTION: usize = 10_000;
/// Batches of readings that are looked through for them.
const BATCHES_MAX: usize = 200;

/// The climate of a store.
#[derive(Debug, Clone, PartialEq)]
pub struct ClimateView {
    /// What the site and the store are called.
    pub name: String,
    /// Its limits and how it stands; nothing where nobody has set any.
    pub climate: Option<Climate>,
    /// The newest readings, newest first.
    pub readings: Vec<Reading>,
}

/// What readings do, or would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadingsReport {
    /// How many there are.
    pub readings: u64,
    /// How many of them are out of the limits.
    pub out: u64,
    /// The earliest.
    pub first_at: Option<Timestamp>,
    /// The latest.
    pub last_at: Option<Timestamp>,
}

/// A store of which temperature or humidity need a person.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClimateDue {
    /// The store.
    pub store: AccountId,
    /// What is out of the limits, and nobody has settled.
    pub out: Option<egnatia_stockpile::OutOfLimits>,
    /// The newest reading, where a further one is missing.
    pub unread_since: Option<Option<Timestamp>>,
}

/// Goods that are due to be looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct SurveillanceDue {
    /// Where, of what, how many.
    pub row: StockBalanceRow,
    /// What it is.
    pub goods: Goods,
    /// By when.
    pub due_on: Date,
    /// Why.
    pub why: SurveillanceWhy,
}

fn claim_of(store: AccountId) -> String {
    format!("stock-climate:{store}")
}

impl App {
    /// A store by its account, with its site.
    async fn store_of_site(&self, store: AccountId) -> Result<(StoredRecord, Site), AppError> {
        let sites = self.stock_sites_stored().await?;
        let mut sites = sites.into_iter();
        let found = sites.find(|(_, site)| site.store_of(store) == Some(store));
        found.ok_or(AppError::NotFound("store"))
    }

    async fn stored_climate(
        &self,
        store: AccountId,
    ) -> Result<Option<(StoredRecord, Climate)>, AppError> {
        match self.store().claims(&[claim_of(store)]).await?.pop() {
            None => Ok(None),
            Some((_, id)) => self.load::<Climate>(id, Kind::StockClimate).await.map(Some),
        }
    }

    /// Sets within what the temperature and humidity of a store are to stay.
    ///
    /// # Errors
    /// [`AppError::Invalid`], [`AppError::NotFound`], [`AppError::NoJustification`],
    /// [`AppError::Forbidden`].
    pub async fn set_climate_limits(
        &self,
        caller: &Caller,
        store: AccountId,
        limits: ClimateLimits,
    ) -> Result<(), AppError> {
        self.authorise(caller, Action::ManageStock, None)?;
        limits
            .validate()
            .map_err(|error| invalid(error.field(), &error))?;
        let (site, _) = self.store_of_site(store).await?;
        let mut writing = self.writing(caller);
        match self.stored_climate(store).await? {
            Some((stored, climate)) => {
                let beside = Beside::new(OPEN, Operation::Alteration);
                let climate = Climate { limits, ..climate };
                writing.change(&stored, None, &climate, beside)?;
            }
            None => {
                let id = writing.new_id();
                let climate = Climate {
                    site: site.envelope.id,
                    store,
                    limits,
                    last: None,
                    out: None,
                    settled: None,
                };
                let beside = Beside::new(OPEN, Operation::Collection).claims(vec![claim_of(store)]);
                let terms = terms(Kind::StockClimate, Keep::Review(REVIEW_DAYS));
                writing.create(id, terms, &climate, beside)?;
            }
        }
        self.store().commit(writing.batch).await?;
        Ok(())
    }

    /// What readings of a store would do, without keeping them.
    ///
    /// # Errors
    /// As [`App::enter_readings`].
    pub async fn check_readings(
        &self,
        caller: &Caller,
        store: AccountId,
        readings: Vec<Reading>,
    ) -> Result<ReadingsReport, AppError> {
        let (_, _, report) = self.read_climate(caller, store, readings).await?;
        Ok(report)
    }

    /// Enters readings of a store: one by hand, or a table of them; all of them or none. Says how many
    /// are out of its limits.
    ///
    /// # Errors
    /// [`AppError::Invalid`] where a reading cannot be, where the store has no limits yet, or where the
    /// same table was entered before; [`AppError::NotFound`], [`AppError::NoJustification`],
    /// [`AppError::Forbidden`].
    pub async fn enter_readings(
        &self,
        caller: &Caller,
        store: AccountId,
        readings: Vec<Reading>,
    ) -> Result<ReadingsReport, AppError> {
        let (before, portions, report) = self.read_climate(caller, store, readings).await?;
        let (before, mut climate) = before;
        let mut writing = self.writing(caller);
        let days = self.inner.stock.profile.keep_counts_days;
        for (portion, claim) in portions {
            climate = climate.read(&portion.readings);
            let id = writing.new_id();
            let data = json!({ "readings": portion.readings.len() });
            let beside = Beside::new("kept", Operation::Collection)
                .links([("climate", before.envelope.id)])
                .claims(vec![claim])
                .data(data);
            let terms = terms(Kind::StockReadings, Keep::Erase(days));
            writing.create(id, terms, &portion, beside)?;
        }
        let data = json!({ "readings": report.readings, "out": report.out });
        let beside = Beside::new(OPEN, Operation::Alteration).data(data);
        writing.change(&before, None, &climate, beside)?;
        self.store().commit(writing.batch).await?;
        Ok(report)
    }

    /// The climate of a store before readings are entered, and the readings in portions that each are a
    /// record, with the names that say that they were entered.
    async fn read_climate(
        &self,
        caller: &Caller,
        store: AccountId,
        readings: Vec<Reading>,
    ) -> Result<
        (
            (StoredRecord, Climate),
            Vec<(Readings, String)>,
            ReadingsReport,
        ),
        AppError,
    > {
        // Who sets limits may bring the table of a logger, also at the command line.
        if self.authorise(caller, Action::CountStock, None).is_err() {
            self.authorise(caller, Action::ManageStock, None)?;
        }
        self.store_of_site(store).await?;
        let Some((stored, climate)) = self.stored_climate(store).await? else {
            let text = "set the limits of the store first";
            return Err(Invalid::new("readings", "missing", text).into());
        };
        let all = Readings {
            store,
            readings,
            by: caller.login.clone(),
        };
        let all = all
            .ordered(self.now())
            .map_err(|error| invalid(error.field(), &error))?;
        let readings = all.readings.iter();
        let out = readings.filter(|reading| climate.limits.is_out(reading));
        let report = ReadingsReport {
            readings: u64::try_from(all.readings.len()).unwrap_or(u64::MAX),
            out: u64::try_from(out.count()).unwrap_or(u64::MAX),
            first_at: all.readings.first().map(|reading| reading.at),
            last_at: all.readings.last().map(|reading| reading.at),
        };
        let mut portions = Vec::new();
        for readings in all.readings.chunks(PORTION) {
            let bytes = serde_json::to_vec(readings)
                .map_err(|error| AppError::Internal(error.to_string()))?;
            let claim = format!("stock-readings:{store}:{}", Hash::of(&bytes));
            let portion = Readings {
                store,
                readings: readings.to_vec(),
                by: all.by.clone(),
            };
            portions.push((portion, claim));
        }
        let claims: Vec<String> = portions.iter().map(|(_, claim)| claim.clone()).collect();
        if !self.store().claims(&claims).await?.is_empty() {
            let text = "these readings were entered before";
            return Err(Invalid::new("readings", "duplicate", text).into());
        }
        Ok(((stored, climate), portions, report))
    }

    /// Says what was done about readings that were out of the limits.
    ///
    /// # Errors
    /// [`AppError::Conflict`] where nothing is out; [`AppError::NotFound`],
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn settle_climate(
        &self,
        caller: &Caller,
        store: AccountId,
        done: Remark,
    ) -> Result<(), AppError> {
        self.authorise(caller, Action::CountStock, None)?;
        let found = self.stored_climate(store).await?;
        let (stored, climate) = found.ok_or(AppError::NotFound("climate"))?;
        let mut writing = self.writing(caller);
        let climate = climate
            .settle(done, caller.login.clone(), writing.at)
            .map_err(|error| AppError::Conflict(error.to_string()))?;
        let beside = Beside::new(OPEN, Operation::Alteration);
        writing.change(&stored, None, &climate, beside)?;
        self.store().commit(writing.batch).await?;
        Ok(())
    }

    /// The climate of a store, with its newest readings.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn store_climate(
        &self,
        caller: &Caller,
        store: AccountId,
    ) -> Result<ClimateView, AppError> {
        self.authorise(caller, Action::ViewStock, None)?;
        let (_, site) = self.store_of_site(store).await?;
        let code = site.place(store).map_or("", |place| place.code.as_str());
        let found = self.stored_climate(store).await?;
        let mut readings = Vec::new();
        if let Some((stored, _)) = &found {
            let linked = self.store().linked(stored.envelope.id, "climate").await?;
            let newest: Vec<RecordId> = linked.into_iter().rev().take(BATCHES_MAX).collect();
            for record in self.store().records(&newest).await? {
                if let Some(batch) = read_body::<Readings>(&record)? {
                    readings.extend(batch.readings);
                }
            }
            readings.sort_by_key(|reading| std::cmp::Reverse(reading.at));
            readings.truncate(SHOWN_MAX);
        }
        let about = EventAbout::subject(claim_of(store));
        self.log_consultation(caller, about).await?;
        Ok(ClimateView {
            name: format!("{} / {code}", site.name),
            climate: found.map(|(_, climate)| climate),
            readings,
        })
    }

    /// Stores of which temperature or humidity need a person.
    pub(super) async fn climates_due(&self) -> Result<Vec<ClimateDue>, AppError> {
        let hours = i64::from(self.inner.stock.profile.reading_hours);
        let now = self.now();
        let stale = |at: Timestamp| {
            let next = at.checked_add(SignedDuration::from_hours(hours));
            next.is_ok_and(|next| next < now)
        };
        let found = self
            .stock_records::<Climate>(Kind::StockClimate, OPEN)
            .await?;
        let due = found.into_iter().filter_map(|(stored, climate)| {
            let last = climate.last.map(|last| last.at);
            let since = last.unwrap_or(stored.envelope.recorded_at);
            let due = ClimateDue {
                store: climate.store,
                out: climate.out,
                unread_since: stale(since).then_some(last),
            };
            (due.out.is_some() || due.unread_since.is_some()).then_some(due)
        });
        Ok(due.collect())
    }

    /// Says that somebody looked at goods: what they found, and in what state they are.
    ///
    /// # Errors
    /// [`AppError::Invalid`] where the day lies ahead; [`AppError::NotFound`],
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn inspect_goods(
        &self,
        caller: &Caller,
        id: GoodsId,
        (on, condition): (Date, Condition),
        found: Remark,
    ) -> Result<(), AppError> {
        self.authorise(caller, Action::CountStock, None)?;
        let (stored, goods) = self.load::<Goods>(id.0, Kind::StockGoods).await?;
        if on > self.today() {
            let text = "a day that lies ahead";
            return Err(Invalid::new("on", "invalid", text).into());
        }
        let by = caller.login.clone();
        let goods = Goods {
            inspected: Some(Inspection { on, by, found }),
            condition,
            ..goods
        };
        let mut writing = self.writing(caller);
        let beside =
            Beside::new(OPEN, Operation::Alteration).data(json!({ "change": "inspected" }));
        writing.change(&stored, None, &goods, beside)?;
        self.store().commit(writing.batch).await?;
        Ok(())
    }

    /// What of these is due to be looked at by the end of the time of warning.
    pub(super) async fn surveillance_of(
        &self,
        rows: &[(StockBalanceRow, Goods)],
    ) -> Result<Vec<SurveillanceDue>, AppError> {
        let profile = &self.inner.stock.profile;
        let warn = Span::new().days(i64::from(profile.surveillance_warn_days));
        let until = self.today().saturating_add(warn);
        let mut due = Vec::new();
        for (row, goods) in rows.iter().filter(|(row, _)| row.quantity > 0) {
            // Whether it can be due at all, before its first version is read.
            let Some(earliest) = surveillance_due(goods, Date::MIN, profile) else {
                continue;
            };
            if earliest.0 > until {
                continue;
            }
            let registered = self.registered_on(row.goods).await?;
            if let Some((due_on, why)) = surveillance_due(goods, registered, profile)
                && due_on <= until
            {
                due.push(SurveillanceDue {
                    row: *row,
                    goods: goods.clone(),
                    due_on,
                    why,
                });
            }
        }
        Ok(due)
    }

    /// The day on which goods were registered.
    async fn registered_on(&self, id: GoodsId) -> Result<Date, AppError> {
        let history = self.store().history(id.0).await?;
        let first = history.iter().map(|stored| stored.envelope.recorded_at);
        let first = first.min().unwrap_or_else(|| self.now());
        Ok(first.to_zoned_datetime(TimeZone::UTC).date())
    }
}
