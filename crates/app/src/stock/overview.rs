//! What needs a person today.

use std::collections::BTreeMap;

use egnatia_record::{Kind, RecordId};
use egnatia_stockpile::{AccountId, Goods, GoodsId, Margin, Stocktake};
use jiff::civil::Date;

use super::cases::CaseSummary;
use super::climate::{ClimateDue, SurveillanceDue};
use super::commands::CommandView;
use super::disposals::DisposalView;
use super::movements::MovementView;
use super::plans::CountDue;
use crate::port::{StockBalanceRow, StockOf};
use crate::writing::EventAbout;
use crate::{Action, App, AppError, Caller};

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
    /// Hand-overs of command that go on.
    pub commands: Vec<CommandView>,
    /// Cases of what is found, and in no store yet.
    pub away: Vec<CaseSummary>,
    /// Stores of which temperature or humidity need a person.
    pub climates: Vec<ClimateDue>,
    /// What is to be looked at, what is due first first.
    pub surveillance: Vec<SurveillanceDue>,
    /// Plans of destruction of which something is left.
    pub disposals: Vec<DisposalView>,
    /// What has expired or soon will.
    pub expiring: Vec<Expiring>,
    /// Stores with a licence, and how much room there is; the least room first.
    pub margins: Vec<StoreMargin>,
    /// What accounts are called.
    pub names: BTreeMap<AccountId, String>,
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
    /// Everything that what lies there breaks, in words; nothing where the caller counts there.
    pub breaches: Vec<String>,
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
        let planned = self.planned().await?;
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
            commands: self.commands(caller, true).await?,
            away: self.cases_away().await?,
            climates: self.climates_due().await?,
            surveillance: Vec::new(),
            disposals: self.disposals(caller, true).await?,
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
                let held: Vec<Goods> = inside.goods.values().cloned().collect();
                let due = self.count_due((stored, site), store.account, &held, &planned);
                let profile = &self.inner.stock.profile;
                let soon = due.filter(|due| profile.warn_on(due.due_on) <= self.today());
                overview.counts_due.extend(soon);
                let is_blind = inside.rows.iter().any(|row| blind.contains(&row.account));
                let margin = self.margin(store, &inside, is_blind).await?;
                overview.margins.extend(margin);
                inside.rows.retain(|row| !blind.contains(&row.account));
                overview.expiring.extend(self.expiring(&inside));
                let seen = inside.rows.iter().filter_map(|row| {
                    let goods = inside.goods.get(&row.goods)?;
                    Some((*row, goods.clone()))
                });
                let seen: Vec<_> = seen.collect();
                let due = self.surveillance_of(&seen).await?;
                overview.surveillance.extend(due);
            }
        }
        overview.counts_due.sort_by_key(|due| due.due_on);
        overview.surveillance.sort_by_key(|due| due.due_on);
        overview.expiring.sort_by_key(|expiring| expiring.on);
        overview.margins.sort_by_key(|margin| {
            let least = margin
                .least
                .as_ref()
                .map_or(i64::MAX, |least| least.margin_m);
            (
                !margin.is_missing,
                !margin.is_expired,
                margin.breaches.is_empty(),
                least,
            )
        });
        self.log_consultation(caller, EventAbout::subject("stock-overview"))
            .await?;
        Ok(overview)
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
        is_blind: bool,
    ) -> Result<Option<StoreMargin>, AppError> {
        let Some(licence) = &store.licence else {
            let is_missing = inside.goods.values().any(|goods| goods.explosive.is_some());
            return Ok(is_missing.then_some(StoreMargin {
                store: store.account,
                least: None,
                is_expired: false,
                is_missing,
                breaches: Vec::new(),
            }));
        };
        let contents = self.contents_of(store.account).await?;
        let margins = licence.margins(&contents, &self.inner.stock.rules);
        Ok(Some(StoreMargin {
            store: store.account,
            least: margins.into_iter().min_by_key(|margin| margin.margin_m),
            is_expired: licence.valid_until.is_some_and(|day| day < self.today()),
            is_missing: false,
            breaches: match is_blind {
                true => Vec::new(),
                false => self.breaks(store, &contents),
            },
        }))
    }
}
