//! When what is counted: rules that somebody sets with a reason, and hand-overs of command.

use std::collections::{BTreeMap, BTreeSet};

use egnatia_audit::Operation;
use egnatia_record::{Envelope, Kind, RecordId, UserId};
use egnatia_stockpile::{
    AccountId, CommandHandOver, CommandRefused, CommandState, CountRule, CountWhy, Covered,
    EndedCount, Goods, Holding, Remark, Site, StockCase, Stocktake, StocktakeState, StoreFacts,
    count_due,
};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{REVIEW_DAYS, invalid, terms};
use crate::port::StoredRecord;
use crate::writing::{Beside, EventAbout, Keep};
use crate::{AccountState, Action, App, AppError, Caller, Invalid, Role};

/// The state of a rule that holds.
const HOLDS: &str = "holds";
/// The state of one that has ended.
const ENDED: &str = "ended";
/// The state of a hand-over of command that goes on.
const GOING: &str = "open";

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

/// A hand-over of command as somebody begins it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewCommand {
    /// The site.
    pub site: RecordId,
    /// Who hands it over.
    pub outgoing: UserId,
    /// Who takes it over.
    pub incoming: UserId,
    /// The order by which it is handed over.
    pub order: String,
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

/// A hand-over of command.
#[derive(Debug, Clone, PartialEq)]
pub struct CommandView {
    /// Whose record it is, in which version.
    pub envelope: Envelope,
    /// What it says.
    pub command: CommandHandOver,
    /// What the site is called.
    pub site_name: String,
    /// What is counted for it, and what is not.
    pub covered: Covered,
    /// Who has to sign still, where it goes on.
    pub waits_for: Vec<UserId>,
    /// How many cases are open at the site: both sign knowing that.
    pub cases_open: u64,
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
fn ended_counts(
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

    /// Begins the hand-over of a site from one commander to another.
    ///
    /// # Errors
    /// [`AppError::Invalid`] where one of them cannot sign, or where one goes on already;
    /// [`AppError::NotFound`], [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn begin_command(
        &self,
        caller: &Caller,
        new: NewCommand,
    ) -> Result<RecordId, AppError> {
        self.authorise(caller, Action::ManageStock, None)?;
        self.load::<Site>(new.site, Kind::StockSite).await?;
        let mut writing = self.writing(caller);
        let profile = &self.inner.stock.profile;
        let days = Span::new().days(i64::from(profile.command_days));
        let command = CommandHandOver {
            site: new.site,
            outgoing: new.outgoing,
            incoming: new.incoming,
            order: new.order.trim().to_owned(),
            began_at: writing.at,
            began_by: caller.login.clone(),
            due_on: self.today().saturating_add(days),
            signatures: Vec::new(),
            state: CommandState::Open,
        };
        command
            .validate()
            .map_err(|error| invalid(error.field(), &error))?;
        for (field, login) in [
            ("outgoing", &command.outgoing),
            ("incoming", &command.incoming),
        ] {
            let account = self.store().account(login).await?;
            let signs = account.is_some_and(|account| {
                account.state != AccountState::Closed
                    && matches!(account.role, Role::Storekeeper | Role::StockInspector)
            });
            if !signs {
                let text =
                    "name the account of a storekeeper or stock inspector: a commander signs";
                return Err(Invalid::new(field, "unknown", text).into());
            }
        }
        let before = self.store().linked(new.site, "command-of").await?;
        for stored in self.store().records(&before).await? {
            if stored.state == GOING {
                let id = stored.envelope.id;
                let text = format!("a hand-over of this site goes on already: {id}");
                return Err(Invalid::new("site", "duplicate", text).into());
            }
        }
        let id = writing.new_id();
        // Two that begin at the same moment claim the same name: one of them is refused.
        let claim = format!("stock-command:{}:{}", new.site, before.len());
        let beside = Beside::new(GOING, Operation::Collection)
            .links([("command-of", new.site)])
            .claims(vec![claim]);
        let terms = terms(Kind::StockCommand, Keep::Review(REVIEW_DAYS));
        writing.create(id, terms, &command, beside)?;
        self.store().commit(writing.batch).await?;
        Ok(id)
    }

    /// A commander signs what was counted; with both signatures the hand-over is complete.
    ///
    /// # Errors
    /// [`AppError::Conflict`] where something is not counted, where it has ended, where they have
    /// signed, or where they are none of the two; [`AppError::NotFound`],
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn sign_command(
        &self,
        caller: &Caller,
        id: RecordId,
    ) -> Result<CommandState, AppError> {
        self.authorise(caller, Action::SignStock, None)?;
        let (stored, command) = self.load::<CommandHandOver>(id, Kind::StockCommand).await?;
        let (_, covered) = self.covered(&command).await?;
        let mut writing = self.writing(caller);
        let command = command
            .sign(&covered, caller.login.clone(), writing.at)
            .map_err(|error| refused(&error))?;
        let data = json!({ "command": command.state.as_str(), "counts": covered.counts });
        let beside = Beside::new(command.state.as_str(), Operation::Alteration).data(data);
        let keep = self.kept_command(&command);
        writing.change(&stored, keep, &command, beside)?;
        self.store().commit(writing.batch).await?;
        Ok(command.state)
    }

    /// Gives a hand-over of command up: who leaves stays responsible.
    ///
    /// # Errors
    /// As [`App::sign_command`].
    pub async fn abandon_command(
        &self,
        caller: &Caller,
        id: RecordId,
        reason: Remark,
    ) -> Result<(), AppError> {
        self.authorise(caller, Action::ManageStock, None)?;
        let (stored, command) = self.load::<CommandHandOver>(id, Kind::StockCommand).await?;
        let mut writing = self.writing(caller);
        let command = command
            .abandon(reason, caller.login.clone(), writing.at)
            .map_err(|error| refused(&error))?;
        let beside = Beside::new(command.state.as_str(), Operation::Alteration);
        let keep = self.kept_command(&command);
        writing.change(&stored, keep, &command, beside)?;
        self.store().commit(writing.batch).await?;
        Ok(())
    }

    /// One that has ended is kept as counts are.
    fn kept_command(&self, command: &CommandHandOver) -> Option<Keep> {
        let days = self.inner.stock.profile.keep_counts_days;
        (command.state != CommandState::Open).then_some(Keep::Erase(days))
    }

    /// A hand-over of command, with what is counted for it.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn view_command(
        &self,
        caller: &Caller,
        id: RecordId,
    ) -> Result<CommandView, AppError> {
        self.authorise(caller, Action::ViewStock, None)?;
        let (stored, command) = self.load::<CommandHandOver>(id, Kind::StockCommand).await?;
        let about = EventAbout::seen(id, stored.envelope.version);
        self.log_consultation(caller, about).await?;
        self.command_view(stored.envelope, command).await
    }

    /// Hand-overs of command, newest first; with `going` only those that go on.
    ///
    /// # Errors
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn commands(
        &self,
        caller: &Caller,
        going: bool,
    ) -> Result<Vec<CommandView>, AppError> {
        self.authorise(caller, Action::ViewStock, None)?;
        let state = going.then_some(GOING);
        let found = self
            .stock_records::<CommandHandOver>(Kind::StockCommand, state)
            .await?;
        let about = EventAbout::subject("stock-commands");
        self.log_consultation(caller, about).await?;
        let mut views = Vec::with_capacity(found.len());
        for (stored, command) in found {
            views.push(self.command_view(stored.envelope, command).await?);
        }
        Ok(views)
    }

    async fn command_view(
        &self,
        envelope: Envelope,
        command: CommandHandOver,
    ) -> Result<CommandView, AppError> {
        let (site, covered) = self.covered(&command).await?;
        let waits_for = match command.state {
            CommandState::Open => command.waits_for(&covered.counts),
            _ => Vec::new(),
        };
        let cases = self
            .stock_records::<StockCase>(Kind::StockCase, super::cases::OPEN_CASE)
            .await?;
        let at_site = cases
            .iter()
            .filter(|(_, case)| site.place(case.place).is_some());
        Ok(CommandView {
            site_name: site.name.clone(),
            waits_for: waits_for.into_iter().cloned().collect(),
            cases_open: u64::try_from(at_site.count()).unwrap_or(u64::MAX),
            envelope,
            covered,
            command,
        })
    }

    /// The site of a hand-over, and what of it is counted.
    async fn covered(&self, command: &CommandHandOver) -> Result<(Site, Covered), AppError> {
        let (_, site) = self.load::<Site>(command.site, Kind::StockSite).await?;
        let linked = self.store().linked(command.site, "site").await?;
        let mut takes = Vec::new();
        for stored in self.store().records(&linked).await? {
            if stored.envelope.kind == Kind::Stocktake
                && let Some(take) = crate::read_body::<Stocktake>(&stored)?
            {
                takes.push((stored.envelope.id, take));
            }
        }
        let places = site.places.iter().map(|place| place.account);
        let covered = command.covered(places, ended_counts(&takes, command.site));
        Ok((site, covered))
    }
}

fn refused(error: &CommandRefused) -> AppError {
    AppError::Conflict(error.to_string())
}
