//! What needs a person today.

use std::collections::BTreeMap;

use egnatia_record::{Kind, RecordId};
use egnatia_stockpile::{AccountId, Goods, GoodsId, Margin, Site, Stocktake, StocktakeState};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::cases::CaseSummary;
use super::movements::MovementView;
use crate::port::{StockBalanceRow, StockOf};
use crate::writing::EventAbout;
use crate::{Action, App, AppError, Caller, StoredRecord};

/// Cases that the overview shows.
const CASES_MAX: u32 = 50;

/// What needs a person today.
#[derive(Debug, Clone, PartialEq)]
pub struct Overview {
    /// Movements that wait for a signature, what is due first first.
    pub waiting: Vec<MovementView>,
    /// Cases that are open, what is due first first.
    pub cases: Vec<CaseSummary>,
    /// Counts that go on.
    pub counting: Vec<(RecordId, Stocktake)>,
    /// Stores that are due to be counted, or late.
    pub counts_due: Vec<CountDue>,
    /// What has expired or soon will.
    pub expiring: Vec<Expiring>,
    /// Stores with a licence, and how much room there is; the least room first.
    pub margins: Vec<StoreMargin>,
    /// What accounts are called.
    pub names: BTreeMap<AccountId, String>,
}

/// A store that is due to be counted.
#[derive(Debug, Clone, PartialEq)]
pub struct CountDue {
    /// The site.
    pub site: RecordId,
    /// The store.
    pub store: AccountId,
    /// When it was last counted as a whole; nothing where it never was.
    pub last_on: Option<Date>,
    /// By when it is to be counted.
    pub due_on: Date,
    /// Whether that day has passed.
    pub is_late: bool,
}

/// Something that has expired or soon will.
#[derive(Debug, Clone, PartialEq)]
pub struct Expiring {
    /// Where, of what, how many.
    pub row: StockBalanceRow,
    /// What it is.
    pub goods: Goods,
    /// When.
    pub on: Date,
}

/// How much room the licence of a store leaves.
#[derive(Debug, Clone, PartialEq)]
pub struct StoreMargin {
    /// The store.
    pub store: AccountId,
    /// The exposed site with the least room; nothing where the licence names none.
    pub least: Option<Margin>,
    /// Whether the licence has ended.
    pub is_expired: bool,
    /// Whether something explosive is in a store without a licence.
    pub is_missing: bool,
}

/// What is in a store.
struct Inside {
    rows: Vec<StockBalanceRow>,
    goods: BTreeMap<GoodsId, Goods>,
}

impl App {
    /// What needs a person today: signatures, counts, cases, expiries, margins of licences.
    ///
    /// # Errors
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn stock_overview(&self, caller: &Caller) -> Result<Overview, AppError> {
        self.authorise(caller, Action::ViewStock, None)?;
        let sites = self.stock_sites_stored().await?;
        let takes = self
            .stock_records::<Stocktake>(Kind::Stocktake, "finished")
            .await?;
        let counting = self
            .stock_records::<Stocktake>(Kind::Stocktake, "counting")
            .await?;
        let mut overview = Overview {
            waiting: self.waiting_movements(caller).await?,
            cases: self.stock_cases(caller, None, CASES_MAX).await?.items,
            counting: counting
                .into_iter()
                .map(|(stored, take)| (stored.envelope.id, take))
                .collect(),
            counts_due: Vec::new(),
            expiring: Vec::new(),
            margins: Vec::new(),
            names: BTreeMap::new(),
        };
        overview.cases.retain(|case| case.case.is_open());
        let names = self.stock_names(caller).await?;
        overview.names = names
            .into_iter()
            .map(|(id, (_, name))| (id, name))
            .collect();
        let blind = self.blind_places(caller).await?;
        for (stored, site) in &sites {
            for store in site.stores() {
                let rows = self
                    .store()
                    .stock_balances(StockOf::Store(store.account))
                    .await?;
                let goods = self.goods_of(rows.iter().map(|row| row.goods)).await?;
                let mut inside = Inside { rows, goods };
                overview.counts_due.extend(self.count_due(
                    stored,
                    (site, store.account),
                    &takes,
                    &inside,
                ));
                overview.margins.extend(self.margin(store, &inside).await?);
                inside.rows.retain(|row| !blind.contains(&row.account));
                overview.expiring.extend(self.expiring(&inside));
            }
        }
        overview.counts_due.sort_by_key(|due| due.due_on);
        overview.expiring.sort_by_key(|expiring| expiring.on);
        overview.margins.sort_by_key(|margin| {
            let least = margin
                .least
                .as_ref()
                .map_or(i64::MAX, |least| least.margin_m);
            (!margin.is_missing, !margin.is_expired, least)
        });
        self.log_consultation(caller, EventAbout::subject("stock-overview"))
            .await?;
        Ok(overview)
    }

    fn count_due(
        &self,
        stored: &StoredRecord,
        (site, store): (&Site, AccountId),
        takes: &[(StoredRecord, Stocktake)],
        inside: &Inside,
    ) -> Option<CountDue> {
        let within = |place: &AccountId| site.store_of(*place) == Some(store);
        let whole = |take: &Stocktake| {
            let places = site.places.iter().map(|place| place.account);
            places
                .filter(within)
                .all(|place| take.places.contains(&place))
        };
        let day = |at: jiff::Timestamp| at.to_zoned_datetime(TimeZone::UTC).date();
        let ended = takes.iter().filter_map(|(_, take)| match take.state {
            StocktakeState::Finished { at, .. } if whole(take) => Some(day(at)),
            _ => None,
        });
        let last_on = ended.max();
        let profile = &self.inner.stock.profile;
        let serialised = inside.goods.values().any(Goods::is_serialised);
        let since = last_on.unwrap_or_else(|| day(stored.envelope.recorded_at));
        let due_on = profile.count_due_on(since, serialised);
        let today = self.today();
        (!inside.rows.is_empty() && profile.warn_on(due_on) <= today).then_some(CountDue {
            site: stored.envelope.id,
            store,
            last_on,
            due_on,
            is_late: due_on < today,
        })
    }

    fn expiring(&self, inside: &Inside) -> Vec<Expiring> {
        let days = jiff::Span::new().days(i64::from(self.inner.stock.profile.expiry_warn_days));
        let until = self.today().saturating_add(days);
        let expiring = inside.rows.iter().filter_map(|row| {
            let goods = inside.goods.get(&row.goods)?;
            let on = goods.expires_on.filter(|on| *on <= until)?;
            (row.quantity > 0).then(|| Expiring {
                row: *row,
                goods: goods.clone(),
                on,
            })
        });
        expiring.collect()
    }

    async fn margin(
        &self,
        store: &egnatia_stockpile::Place,
        inside: &Inside,
    ) -> Result<Option<StoreMargin>, AppError> {
        let Some(licence) = &store.licence else {
            let is_missing = inside.goods.values().any(|goods| goods.explosive.is_some());
            return Ok(is_missing.then_some(StoreMargin {
                store: store.account,
                least: None,
                is_expired: false,
                is_missing,
            }));
        };
        let contents = self.contents_of(store.account).await?;
        let margins = licence.margins(&contents, &self.inner.stock.rules);
        Ok(Some(StoreMargin {
            store: store.account,
            least: margins.into_iter().min_by_key(|margin| margin.margin_m),
            is_expired: licence.valid_until.is_some_and(|day| day < self.today()),
            is_missing: false,
        }))
    }
}
