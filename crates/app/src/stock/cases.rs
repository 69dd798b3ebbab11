//! Discrepancies: each is a case with a clock, and ends as explained by a movement or as a loss or
//! theft, of which partners learn.

use std::num::NonZeroU64;

use egnatia_alerts::HitReport;
use egnatia_audit::Operation;
use egnatia_record::{AuthorityId, Envelope, Kind, RecordId};
use egnatia_stockpile::{
    AccountId, AccountKind, CaseState, Difference, Goods, GoodsId, Line, LossKind, Movement,
    MovementId, MovementKind, Remark, Short, Sought, StockCase, StockProfile,
};
use jiff::{SignedDuration, Timestamp};

use super::movements::put_movement;
use super::sought::{Ending, Missing};
use super::terms;
use crate::exchange::Recipient;
use crate::port::{DueFilter, DuePlace, StoredRecord};
use crate::writing::{Beside, EventAbout, Keep, Writing};
use crate::{Action, App, AppError, Caller, Invalid, Page, read_body};

/// The state of a case that is open, whatever the next step: it is found by its clock.
pub(super) const OPEN_CASE: &str = "open";
/// The state of one that is closed.
const CLOSED: &str = "closed";
/// The state of one about something that is found, and in no store yet.
const AWAY: &str = "away";

/// A line in the list of cases.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseSummary {
    /// Whose it is, in which version.
    pub envelope: Envelope,
    /// What it says.
    pub case: StockCase,
    /// What it is about; nothing where that was erased.
    pub goods: Option<Goods>,
    /// Where partners found it, oldest first; not in lists.
    pub found: Vec<FoundAgain>,
}

/// A partner found what was lost or stolen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundAgain {
    /// The report.
    pub report: RecordId,
    /// Who found it.
    pub from: AuthorityId,
    /// When an officer there confirmed it.
    pub at: Timestamp,
}

/// What a loss or theft led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LossReport {
    /// The movement that takes it out of the place; it waits for a second signature.
    pub movement: MovementId,
    /// What looks for it: of a single weapon.
    pub sought: Sought,
    /// Where the alert goes, and where it does not, and why.
    pub recipients: Vec<Recipient>,
}

/// What the receiver did not find.
pub(super) fn short(movement: &Movement, counted: &[u64]) -> Vec<Short> {
    let lines = movement.lines.iter().zip(counted);
    lines
        .filter_map(|(line, counted)| {
            let missing = line.quantity.get().checked_sub(*counted)?;
            (missing > 0).then_some(Short {
                account: line.from,
                goods: line.goods,
                missing,
            })
        })
        .collect()
}

/// Whether what is in such an account can be found to be missing.
pub(super) const fn may_be_missing(kind: AccountKind) -> bool {
    matches!(kind, AccountKind::Place { .. } | AccountKind::Holder)
}

/// So many hours later.
pub(super) fn after(at: Timestamp, hours: u16) -> Timestamp {
    let later = at.checked_add(SignedDuration::from_hours(hours.into()));
    later.unwrap_or(Timestamp::MAX)
}

/// A new case.
pub(super) fn opened(
    profile: &StockProfile,
    caller: &Caller,
    (place, goods, difference): (AccountId, GoodsId, Difference),
    at: Timestamp,
) -> StockCase {
    StockCase {
        place,
        goods,
        difference,
        stocktake: None,
        movement: None,
        counted_by: caller.login.clone(),
        said: None,
        opened_at: at,
        sought: None,
        recovered: 0,
        alert_end: None,
        recount_due_at: after(at, profile.recount_hours),
        report_due_at: after(at, profile.report_hours),
        state: CaseState::Open,
    }
}

/// Puts a new case into a transaction.
pub(super) fn put_case(
    writing: &mut Writing<'_>,
    profile: &StockProfile,
    case: &StockCase,
) -> Result<RecordId, AppError> {
    let id = writing.new_id();
    let about = case.stocktake.map(|take| ("stocktake", take));
    let goods = ("goods", case.goods.0);
    let beside = Beside::new(OPEN_CASE, Operation::Collection)
        .links(about.into_iter().chain([goods]))
        .due(case.due_at());
    let terms = terms(Kind::StockCase, Keep::Erase(profile.keep_counts_days));
    writing.create(id, terms, case, beside)?;
    Ok(id)
}

/// Opens a case for each line of a hand-over that is short.
pub(super) fn put_short(
    writing: &mut Writing<'_>,
    (profile, caller): (&StockProfile, &Caller),
    movement: MovementId,
    short: &[Short],
) -> Result<(), AppError> {
    for line in short {
        let missing = Difference::Missing(line.missing);
        let about = (line.account, line.goods, missing);
        let case = StockCase {
            movement: Some(movement),
            ..opened(profile, caller, about, writing.at)
        };
        put_case(writing, profile, &case)?;
    }
    Ok(())
}

impl App {
    /// Cases: open ones by their clock, then closed ones, newest first.
    ///
    /// # Errors
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn stock_cases(
        &self,
        caller: &Caller,
        after: Option<DuePlace>,
        limit: u32,
    ) -> Result<Page<CaseSummary, DuePlace>, AppError> {
        self.authorise(caller, Action::ViewStock, None)?;
        let filter = DueFilter {
            kind: Kind::StockCase,
            open: OPEN_CASE,
            about: None,
            after,
            limit: limit.clamp(1, 100),
        };
        let found = self.store().find_due(&filter).await?;
        let is_full = u32::try_from(found.len()).is_ok_and(|count| count == filter.limit);
        let next = found.last().filter(|_| is_full).map(|last| last.place);
        let mut cases = Vec::with_capacity(found.len());
        for due in found {
            if let Some(case) = read_body::<StockCase>(&due.record)? {
                cases.push((due.record.envelope, case));
            }
        }
        let goods = self
            .goods_of(cases.iter().map(|(_, case)| case.goods))
            .await?;
        let items = cases.into_iter().map(|(envelope, case)| CaseSummary {
            goods: goods.get(&case.goods).cloned(),
            envelope,
            case,
            found: Vec::new(),
        });
        let items = items.collect();
        self.log_consultation(caller, EventAbout::subject("stock-cases"))
            .await?;
        Ok(Page { items, next })
    }

    /// A case.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn stock_case(&self, caller: &Caller, id: RecordId) -> Result<CaseSummary, AppError> {
        self.authorise(caller, Action::ViewStock, None)?;
        let (stored, case) = self.load::<StockCase>(id, Kind::StockCase).await?;
        let goods = self.goods_of([case.goods]).await?.remove(&case.goods);
        let about = EventAbout::seen(id, stored.envelope.version);
        self.log_consultation(caller, about).await?;
        Ok(CaseSummary {
            envelope: stored.envelope,
            found: self.found_again(&case).await?,
            case,
            goods,
        })
    }

    /// Cases of what is found, and in no store yet: somebody brings it back.
    pub(super) async fn cases_away(&self) -> Result<Vec<CaseSummary>, AppError> {
        let found = self
            .stock_records::<StockCase>(Kind::StockCase, AWAY)
            .await?;
        let goods = self
            .goods_of(found.iter().map(|(_, case)| case.goods))
            .await?;
        let away = found.into_iter().map(|(stored, case)| CaseSummary {
            goods: goods.get(&case.goods).cloned(),
            envelope: stored.envelope,
            case,
            found: Vec::new(),
        });
        Ok(away.collect())
    }

    /// Which partners found what a case says is lost or stolen.
    async fn found_again(&self, case: &StockCase) -> Result<Vec<FoundAgain>, AppError> {
        let of_loss = match case.state {
            CaseState::Lost { alert, .. } => alert,
            _ => None,
        };
        let sought = case.sought.as_ref().and_then(|sought| sought.alert);
        let Some(alert) = of_loss.or(sought) else {
            return Ok(Vec::new());
        };
        let linked = self.store().linked(alert, "alert").await?;
        let mut found = Vec::new();
        for stored in self.store().records(&linked).await? {
            if stored.envelope.kind == Kind::HitReport
                && let Some(report) = read_body::<HitReport>(&stored)?
            {
                found.push(FoundAgain {
                    report: stored.envelope.id,
                    from: report.from,
                    at: report.confirmed_at,
                });
            }
        }
        found.sort_by_key(|found| found.at);
        Ok(found)
    }

    pub(super) fn put_changed(
        &self,
        writing: &mut Writing<'_>,
        stored: &StoredRecord,
        case: &StockCase,
    ) -> Result<(), AppError> {
        let state = match case.state {
            CaseState::Found { movement: None, .. } => AWAY,
            _ if case.is_open() => OPEN_CASE,
            _ => CLOSED,
        };
        let mut beside = Beside::new(state, Operation::Alteration);
        if case.is_open() {
            beside = beside.due(case.due_at());
        }
        let beside = beside.data(serde_json::json!({ "case": case.state.as_str() }));
        let keep = Keep::Erase(self.inner.stock.profile.keep_counts_days);
        writing.change(stored, Some(keep), case, beside)
    }

    /// Counts again what a case is about, by another person: how many there are in that place. The
    /// books say how many there should be. Where partners look for it, a stock inspector does.
    ///
    /// # Errors
    /// [`AppError::Conflict`] where it was counted again, or is closed, or where the same person
    /// counts; [`AppError::NotFound`], [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn recount_stock_case(
        &self,
        caller: &Caller,
        id: RecordId,
        counted: u64,
    ) -> Result<(), AppError> {
        self.authorise(caller, Action::CountStock, None)?;
        let (stored, case) = self.load::<StockCase>(id, Kind::StockCase).await?;
        // INVARIANT: an alert is ended by who may raise it, by an officer of the register, or by two.
        if case.is_open()
            && case.sought.is_some()
            && self
                .authorise(caller, Action::DecideStockCase, None)
                .is_err()
        {
            let text = "partners look for it, and what is counted may end that: a stock inspector \
                        counts again";
            return Err(AppError::Conflict(text.to_owned()));
        }
        let of = crate::port::StockOf::Account(case.place);
        let rows = self.store().stock_balances(of).await?;
        let held = rows.iter().find(|row| row.goods == case.goods);
        let expected = held.map_or(0, |row| row.quantity);
        let by = i128::from(counted) - i128::from(expected);
        let pieces = u64::try_from(by.unsigned_abs()).unwrap_or(u64::MAX);
        let difference = match by {
            0 => None,
            ..0 => Some(Difference::Missing(pieces)),
            _ => Some(Difference::Surplus(pieces)),
        };
        let mut writing = self.writing(caller);
        let sought = case.sought.clone();
        let case = case
            .recount(difference, caller.login.clone(), writing.at)
            .map_err(|error| AppError::Conflict(error.to_string()))?;
        self.put_changed(&mut writing, &stored, &case)?;
        let ending = Ending::Mistake("counted again: it is all there".to_owned());
        self.commit_settled(writing, caller, (sought, &case), ending)
            .await
    }

    /// Commits a change of a case; where the case is settled, what was looked for ends with it.
    async fn commit_settled(
        &self,
        mut writing: Writing<'_>,
        caller: &Caller,
        (sought, case): (Option<Sought>, &StockCase),
        ending: Ending,
    ) -> Result<(), AppError> {
        let ended = sought.filter(|_| case.sought.is_none());
        if let Some(sought) = &ended {
            self.put_sought_end(&mut writing, caller, sought, &ending)
                .await?;
        }
        self.store().commit(writing.batch).await?;
        match ended {
            Some(_) => self.after_change().await,
            None => Ok(()),
        }
    }

    /// Says which posted movement explains a case.
    ///
    /// # Errors
    /// [`AppError::Invalid`] where the movement does not touch the place and the goods;
    /// [`AppError::Conflict`] where it was not counted again, or is closed; as
    /// [`App::recount_stock_case`].
    pub async fn explain_stock_case(
        &self,
        caller: &Caller,
        id: RecordId,
        movement: MovementId,
        reason: Remark,
    ) -> Result<(), AppError> {
        self.authorise(caller, Action::DecideStockCase, None)?;
        let (stored, case) = self.load::<StockCase>(id, Kind::StockCase).await?;
        let row = self.movement_row(movement).await?;
        let touches = row
            .movement
            .sides()
            .any(|side| side == (case.place, case.goods));
        let is_posted = row.due_at.is_none()
            || matches!(
                row.end.as_ref().map(|end| &end.resolving.what),
                Some(egnatia_stockpile::Resolution::Post { .. })
            );
        if !touches || !is_posted {
            let text = "name a posted movement of these goods from or to this place";
            return Err(Invalid::new("movement", "refused", text).into());
        }
        let mut writing = self.writing(caller);
        let sought = case.sought.clone();
        let ending = Ending::Mistake(format!("explained by a movement: {reason}"));
        let case = case
            .explain(movement, reason, (caller.login.clone(), writing.at))
            .map_err(|error| AppError::Conflict(error.to_string()))?;
        self.put_changed(&mut writing, &stored, &case)?;
        self.commit_settled(writing, caller, (sought, &case), ending)
            .await
    }

    /// Says that what a case is about is lost or stolen. In one transaction the case is closed, the
    /// movement is entered that takes it out of the place, and where it is a single weapon the alert
    /// goes to all partners who may have it, and its life in the register gets the event. The
    /// movement waits for a second signature; given up or lapsed, the case is open again.
    ///
    /// # Errors
    /// As [`App::explain_stock_case`]; [`AppError::Invalid`] where there is such an alert already.
    pub async fn lose_stock(
        &self,
        caller: &Caller,
        id: RecordId,
        kind: LossKind,
        reason: Remark,
    ) -> Result<LossReport, AppError> {
        self.authorise(caller, Action::DecideStockCase, None)?;
        let (stored, case) = self.load::<StockCase>(id, Kind::StockCase).await?;
        let (_, goods) = self.load::<Goods>(case.goods.0, Kind::StockGoods).await?;
        let mut writing = self.writing(caller);
        let movement = MovementId(writing.new_id());
        let (by, at) = (caller.login.clone(), writing.at);
        let missing = NonZeroU64::new(case.missing());
        let (place, goods_id) = (case.place, case.goods);
        // Without an alert first: what the case refuses is refused before anything is made.
        let refused = |error: egnatia_stockpile::CaseRefused| AppError::Conflict(error.to_string());
        case.clone()
            .lose((kind, movement, None), reason.clone(), (by.clone(), at))
            .map_err(refused)?;
        let quantity = missing.ok_or(AppError::Conflict("nothing is missing".to_owned()))?;
        let mut report = LossReport {
            movement,
            sought: Sought::default(),
            recipients: Vec::new(),
        };
        if goods.is_serialised() {
            let missing = Missing {
                case: id,
                body: &case,
                goods: &goods,
                kind,
                reason: &reason,
            };
            let told = self.put_missing(&mut writing, caller, &missing, 1).await?;
            (report.sought, report.recipients) = told;
        }
        let loss = Movement {
            id: movement,
            lines: vec![Line {
                kind: MovementKind::Loss,
                goods: goods_id,
                from: place,
                to: AccountId::LOST,
                quantity,
            }],
            effective_at: None,
            reference: format!("case {id}"),
            remark: Some(reason.clone()),
            reverses: None,
            by: by.clone(),
        };
        let hours = self.inner.stock.profile.second_signature_hours;
        put_movement(&mut writing, loss, hours, Vec::new())?;
        let mut case = case
            .lose((kind, movement, None), reason, (by, at))
            .map_err(refused)?;
        if goods.is_serialised() {
            case.tell(report.sought.clone());
        }
        self.put_changed(&mut writing, &stored, &case)?;
        self.store().commit(writing.batch).await?;
        self.after_change().await?;
        Ok(report)
    }
}
