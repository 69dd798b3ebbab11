//! When what is counted: by intervals, and by rules that somebody sets with a reason.

use std::collections::{BTreeMap, BTreeSet};

use egnatia_audit::Operation;
use egnatia_record::{Kind, RecordId};
use egnatia_stockpile::{
    AccountId, CommandHandOver, CountRule, CountWhy, EndedCount, Goods, Holding, Remark, Site,
    StockCase, Stocktake, StocktakeState, StoreFacts, count_due,
};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::commands::GOING;
use super::{REVIEW_DAYS, invalid, terms};
use crate::port::StoredRecord;
use crate::writing::{Beside, EventAbout, Keep};
use crate::{Action, App, AppError, Caller, Invalid};

/// The state of a rule that holds.
const HOLDS: &str = "holds";
/// The state of one that has ended.
const ENDED: &str = "ended";

/// A rule as somebody sets it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewCountRule {
    /// What it is called.
    pub name: String,
    /// Why.
    pub reason: Remark,
    /// After how many days such a store is counted again.
    pub every_days: u16,
    /// The stores that it is about; all of them where none is named.
    #[serde(default)]
    pub stores: BTreeSet<AccountId>,
    /// Only stores that hold something like this.
    #[serde(default)]
    pub holding: Option<Holding>,
    /// Only stores in which something differed within so many days.
    #[serde(default)]
    pub discrepancy_days: Option<u16>,
}

/// A store that is due to be counted, or will be.
#[derive(Debug, Clone, PartialEq)]
pub struct CountDue {
    /// The site.
    pub site: RecordId,
    /// The store.
    pub store: AccountId,
    /// When it was last counted as a whole; nothing where it never was.
    pub last_on: Option<Date>,
    /// From when the clock runs: the last count, or the day on which the site was set up.
    pub since: Date,
    /// By when it is to be counted.
    pub due_on: Date,
    /// Whether that day has passed.
    pub is_late: bool,
    /// Why then.
    pub why: CountWhy,
    /// What the rule is called, where one asks for it.
    pub rule: Option<String>,
}

/// What decides when the stores of all sites are counted.
pub(super) struct Planned {
    pub takes: Vec<(RecordId, Stocktake)>,
    pub rules: Vec<(RecordId, CountRule)>,
    pub commands: Vec<(RecordId, CommandHandOver)>,
    /// The day on which something last differed, by place.
    pub differed: BTreeMap<AccountId, Date>,
}

fn day(at: Timestamp) -> Date {
    at.to_zoned_datetime(TimeZone::UTC).date()
}

/// Counts of a site that have ended.
pub(super) fn ended_counts(
    takes: &[(RecordId, Stocktake)],
    site: RecordId,
) -> impl Iterator<Item = EndedCount<'_>> {
    let ended = takes.iter().filter(move |(_, take)| {
        take.site == site && matches!(take.state, StocktakeState::Finished { .. })
    });
    ended.map(|(id, take)| EndedCount {
        id: *id,
        started_at: take.started_at,
        places: &take.places,
    })
}

impl App {
    /// Sets a rule by which stores are counted more often.
    ///
    /// # Errors
    /// [`AppError::Invalid`], [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn set_count_rule(
        &self,
        caller: &Caller,
        new: NewCountRule,
    ) -> Result<RecordId, AppError> {
        self.authorise(caller, Action::ManageStock, None)?;
        let mut writing = self.writing(caller);
        let rule = CountRule {
            name: new.name.trim().to_owned(),
            reason: new.reason,
            every_days: new.every_days,
            stores: new.stores,
            holding: new.holding,
            discrepancy_days: new.discrepancy_days,
            set_by: caller.login.clone(),
            set_at: writing.at,
            ended: None,
        };
        rule.validate()
            .map_err(|error| invalid(error.field(), &error))?;
        let sites = self.stock_sites_stored().await?;
        let is_store = |store: &AccountId| {
            let mut sites = sites.iter();
            sites.any(|(_, site)| site.store_of(*store) == Some(*store))
        };
        if !rule.stores.iter().all(is_store) {
            let text = "a rule names stores, not bays or racks";
            return Err(Invalid::new("stores", "unknown", text).into());
        }
        let id = writing.new_id();
        let terms = terms(Kind::StockCountRule, Keep::Review(REVIEW_DAYS));
        let beside = Beside::new(HOLDS, Operation::Collection);
        writing.create(id, terms, &rule, beside)?;
        self.store().commit(writing.batch).await?;
        Ok(id)
    }

    /// Ends a rule.
    ///
    /// # Errors
    /// [`AppError::Conflict`] where it has ended; [`AppError::NotFound`],
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn end_count_rule(
        &self,
        caller: &Caller,
        id: RecordId,
        reason: Remark,
    ) -> Result<(), AppError> {
        self.authorise(caller, Action::ManageStock, None)?;
        let (stored, rule) = self.load::<CountRule>(id, Kind::StockCountRule).await?;
        let mut writing = self.writing(caller);
        let rule = rule
            .end(reason, caller.login.clone(), writing.at)
            .map_err(|error| AppError::Conflict(error.to_string()))?;
        let keep = Keep::Erase(self.inner.stock.profile.keep_counts_days);
        let beside = Beside::new(ENDED, Operation::Alteration);
        writing.change(&stored, Some(keep), &rule, beside)?;
        self.store().commit(writing.batch).await?;
        Ok(())
    }

    /// Rules by which stores are counted more often: those that hold, then those that have ended.
    ///
    /// # Errors
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn count_rules(
        &self,
        caller: &Caller,
    ) -> Result<Vec<(RecordId, CountRule)>, AppError> {
        self.authorise(caller, Action::ViewStock, None)?;
        let found = self
            .stock_records::<CountRule>(Kind::StockCountRule, None)
            .await?;
        let about = EventAbout::subject("stock-count-rules");
        self.log_consultation(caller, about).await?;
        let rules = found.into_iter();
        let mut rules: Vec<(RecordId, CountRule)> = rules
            .map(|(stored, rule)| (stored.envelope.id, rule))
            .collect();
        rules.sort_by_key(|(_, rule)| rule.ended.is_some());
        Ok(rules)
    }

    /// By when each store is to be counted, and why; what is due first first.
    ///
    /// # Errors
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn count_plan(&self, caller: &Caller) -> Result<Vec<CountDue>, AppError> {
        self.authorise(caller, Action::ViewStock, None)?;
        let planned = self.planned().await?;
        let mut plan = Vec::new();
        for (stored, site) in &self.stock_sites_stored().await? {
            for store in site.stores() {
                let goods = self.goods_in(store.account).await?;
                plan.extend(self.count_due((stored, site), store.account, &goods, &planned));
            }
        }
        plan.sort_by_key(|due| (due.due_on, due.store));
        let about = EventAbout::subject("stock-count-plan");
        self.log_consultation(caller, about).await?;
        Ok(plan)
    }

    /// What is in a store.
    pub(super) async fn goods_in(&self, store: AccountId) -> Result<Vec<Goods>, AppError> {
        let of = crate::port::StockOf::Store(store);
        let rows = self.store().stock_balances(of).await?;
        let held = rows.iter().filter(|row| row.quantity > 0);
        let goods = self.goods_of(held.map(|row| row.goods)).await?;
        Ok(goods.into_values().collect())
    }

    pub(super) async fn planned(&self) -> Result<Planned, AppError> {
        let ids = |(stored, take): (StoredRecord, Stocktake)| (stored.envelope.id, take);
        let takes = self
            .stock_records::<Stocktake>(Kind::Stocktake, "finished")
            .await?;
        let rules = self
            .stock_records::<CountRule>(Kind::StockCountRule, HOLDS)
            .await?;
        let commands = self
            .stock_records::<CommandHandOver>(Kind::StockCommand, GOING)
            .await?;
        let cases = self
            .stock_records::<StockCase>(Kind::StockCase, None)
            .await?;
        let mut differed: BTreeMap<AccountId, Date> = BTreeMap::new();
        for (_, case) in cases {
            // What the second count found was no discrepancy.
            if case.state.as_str() != "counted" {
                let on = day(case.opened_at);
                let last = differed.entry(case.place).or_insert(on);
                *last = on.max(*last);
            }
        }
        Ok(Planned {
            takes: takes.into_iter().map(ids).collect(),
            rules: rules
                .into_iter()
                .map(|(stored, rule)| (stored.envelope.id, rule))
                .collect(),
            commands: commands
                .into_iter()
                .map(|(stored, command)| (stored.envelope.id, command))
                .collect(),
            differed,
        })
    }

    /// By when a store is to be counted; nothing where nothing is in it.
    pub(super) fn count_due(
        &self,
        (stored, site): (&StoredRecord, &Site),
        store: AccountId,
        goods: &[Goods],
        planned: &Planned,
    ) -> Option<CountDue> {
        let id = stored.envelope.id;
        let within: BTreeSet<AccountId> = site
            .places
            .iter()
            .map(|place| place.account)
            .filter(|place| site.store_of(*place) == Some(store))
            .collect();
        let ended = planned
            .takes
            .iter()
            .filter_map(|(_, take)| match take.state {
                StocktakeState::Finished { at, .. } if within.is_subset(&take.places) => {
                    Some(day(at))
                }
                _ => None,
            });
        let last_on = ended.max();
        let opened = day(stored.envelope.recorded_at);
        let differed = within
            .iter()
            .filter_map(|place| planned.differed.get(place));
        let facts = StoreFacts {
            store,
            since: opened,
            last_on,
            discrepancy_on: differed.max().copied(),
            goods: goods.iter().collect(),
        };
        let profile = &self.inner.stock.profile;
        let today = self.today();
        let (mut due_on, mut why) = count_due(&facts, &planned.rules, profile, today);
        let mut commands = planned.commands.iter();
        let command = commands.find(|(_, command)| command.site == id);
        let mut for_command = false;
        if let Some((record, command)) = command {
            let covered = command.covered(within.iter().copied(), ended_counts(&planned.takes, id));
            for_command = !covered.open.is_empty();
            if for_command && command.due_on < due_on {
                (due_on, why) = (command.due_on, CountWhy::Command(*record));
            }
        }
        if goods.is_empty() && !for_command {
            return None;
        }
        let rule = match why {
            CountWhy::Rule(asks) => planned.rules.iter().find(|(id, _)| *id == asks),
            _ => None,
        };
        Some(CountDue {
            site: id,
            store,
            last_on,
            since: last_on.unwrap_or(opened),
            due_on,
            is_late: due_on < today,
            why,
            rule: rule.map(|(_, rule)| rule.name.clone()),
        })
    }
}
