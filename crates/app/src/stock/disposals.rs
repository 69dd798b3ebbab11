//! Surplus that is to be destroyed: plans, what of them is done, by whom, and what is left.

use egnatia_audit::Operation;
use egnatia_record::{Envelope, Kind, RecordId, UserId};
use egnatia_stockpile::{
    AccountKind, Disposal, DisposalLine, DisposalRefused, DisposalState, Goods, GoodsId,
    LineProgress, Movement, MovementId, MovementStanding, Remark, Resolution, progress,
};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;

use super::movements::put_movement;
use super::{REVIEW_DAYS, invalid, terms};
use crate::port::{StockMovementRow, StockOf};
use crate::writing::{Beside, EventAbout, Keep, Writing};
use crate::{Action, App, AppError, Caller, Invalid};

/// The relation of a plan to the movements that carry it out.
const CARRIES: &str = "disposal-of";

/// A plan as somebody makes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewDisposal {
    /// What it is called.
    pub name: String,
    /// Why it is surplus.
    pub reason: Remark,
    /// How and where it is destroyed.
    pub method: String,
    /// By when.
    pub due_on: Date,
    /// What.
    pub lines: Vec<DisposalLine>,
}

/// A plan, with how far it is.
#[derive(Debug, Clone, PartialEq)]
pub struct DisposalView {
    /// Whose record it is, in which version.
    pub envelope: Envelope,
    /// What it says.
    pub disposal: Disposal,
    /// How far each line is.
    pub progress: Vec<LineProgress>,
    /// The destructions, oldest first.
    pub carried: Vec<CarriedOut>,
    /// What the goods are.
    pub goods: BTreeMap<GoodsId, Goods>,
}

/// A destruction of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarriedOut {
    /// The movement.
    pub movement: MovementId,
    /// How many pieces.
    pub pieces: u64,
    /// Who entered it.
    pub first: UserId,
    /// Who signed it, where it is signed.
    pub second: Option<UserId>,
    /// When it was entered.
    pub at: Timestamp,
    /// When it was posted, where it was.
    pub posted_at: Option<Timestamp>,
    /// Whether it waits for the second signature.
    pub waits: bool,
    /// Whether it was taken back.
    pub is_reversed: bool,
}

impl DisposalView {
    /// All lines together.
    pub fn total(&self) -> LineProgress {
        let add = |sum: LineProgress, line: &LineProgress| LineProgress {
            planned: sum.planned.saturating_add(line.planned),
            done: sum.done.saturating_add(line.done),
            waiting: sum.waiting.saturating_add(line.waiting),
        };
        self.progress.iter().fold(LineProgress::default(), add)
    }
}

fn standing(row: &StockMovementRow) -> MovementStanding {
    let posted = match &row.end {
        None => row.due_at.is_none(),
        Some(end) => matches!(end.resolving.what, Resolution::Post { .. }),
    };
    match posted {
        true if row.is_reversed => MovementStanding::Void,
        true => MovementStanding::Posted,
        false if row.waits() => MovementStanding::Waits,
        false => MovementStanding::Void,
    }
}

fn progress_of(disposal: &Disposal, rows: &[StockMovementRow]) -> Vec<LineProgress> {
    let movements = rows
        .iter()
        .map(|row| (standing(row), row.movement.lines.as_slice()));
    progress(&disposal.lines, movements)
}

fn carried(row: StockMovementRow) -> CarriedOut {
    let waits = row.waits();
    let posted = row
        .end
        .filter(|end| matches!(end.resolving.what, Resolution::Post { .. }));
    let pieces = row.movement.lines.iter().map(|line| line.quantity.get());
    CarriedOut {
        pieces: pieces.fold(0, u64::saturating_add),
        movement: row.movement.id,
        first: row.movement.by,
        second: posted.as_ref().map(|end| end.resolving.by.clone()),
        at: row.recorded_at,
        posted_at: posted.map(|end| end.at),
        waits,
        is_reversed: row.is_reversed,
    }
}

fn refused(error: &DisposalRefused) -> AppError {
    match error {
        DisposalRefused::Ended | DisposalRefused::Waits => AppError::Conflict(error.to_string()),
        _ => invalid(error.field(), error),
    }
}

impl App {
    /// Plans what is to be destroyed.
    ///
    /// # Errors
    /// [`AppError::Invalid`] where a place does not hold so many; [`AppError::NoJustification`],
    /// [`AppError::Forbidden`].
    pub async fn plan_disposal(
        &self,
        caller: &Caller,
        new: NewDisposal,
    ) -> Result<RecordId, AppError> {
        self.authorise(caller, Action::ManageStock, None)?;
        let mut writing = self.writing(caller);
        let disposal = Disposal {
            name: new.name.trim().to_owned(),
            reason: new.reason,
            method: new.method.trim().to_owned(),
            due_on: new.due_on,
            lines: new.lines,
            planned_by: caller.login.clone(),
            planned_at: writing.at,
            movements: Vec::new(),
            state: DisposalState::Open,
        };
        disposal.validate().map_err(|error| refused(&error))?;
        if disposal.due_on < self.today() {
            let text = "a day that has passed";
            return Err(Invalid::new("due_on", "invalid", text).into());
        }
        let kinds = self.stock_kinds().await?;
        for (number, line) in (1_usize..).zip(&disposal.lines) {
            let is_place = matches!(kinds.get(&line.from), Some(AccountKind::Place { .. }));
            let rows = match is_place {
                true => {
                    self.store()
                        .stock_balances(StockOf::Account(line.from))
                        .await?
                }
                false => Vec::new(),
            };
            let held = rows.iter().find(|row| row.goods == line.goods);
            let held = held.and_then(|row| u64::try_from(row.quantity).ok());
            if held.unwrap_or_default() < line.quantity.get() {
                let text = format!("line {number}: the place does not hold so many of it");
                return Err(Invalid::new("quantity", "refused", text).into());
            }
        }
        let id = writing.new_id();
        let beside = Beside::new(disposal.state.as_str(), Operation::Collection);
        let terms = terms(Kind::StockDisposal, Keep::Review(REVIEW_DAYS));
        writing.create(id, terms, &disposal, beside)?;
        self.store().commit(writing.batch).await?;
        Ok(id)
    }

    /// Destroys so many of each line of a plan, in its order: a movement that waits for the second
    /// signature. `movement` is chosen by whoever enters it: the same one once more changes nothing.
    ///
    /// # Errors
    /// [`AppError::Invalid`] where it is more than is left in the plan; [`AppError::Conflict`] where
    /// it has ended, or the books refuse it; [`AppError::NotFound`], [`AppError::NoJustification`],
    /// [`AppError::Forbidden`].
    pub async fn carry_out_disposal(
        &self,
        caller: &Caller,
        id: RecordId,
        movement: Option<MovementId>,
        quantities: &[u64],
    ) -> Result<MovementId, AppError> {
        self.authorise(caller, Action::MoveStock, None)?;
        let (stored, mut disposal) = self.load::<Disposal>(id, Kind::StockDisposal).await?;
        let mut writing = self.writing(caller);
        let movement = movement.unwrap_or(MovementId(writing.new_id()));
        if disposal.movements.contains(&movement) {
            return Ok(movement);
        }
        if quantities.len() != disposal.lines.len() {
            let text = "state a number for each line of the plan";
            return Err(Invalid::new("quantity", "missing", text).into());
        }
        let rows = self.store().stock_movements(&disposal.movements).await?;
        let now = progress_of(&disposal, &rows);
        let lines = disposal
            .destroy(&now, quantities)
            .map_err(|error| refused(&error))?;
        let destruction = Movement {
            id: movement,
            lines,
            effective_at: None,
            reference: disposal.name.clone(),
            remark: Some(disposal.reason.clone()),
            reverses: None,
            by: caller.login.clone(),
        };
        self.lives_allow(&destruction, Some(disposal.method.clone()))
            .await?;
        let hours = self.inner.stock.profile.second_signature_hours;
        put_movement(&mut writing, destruction, hours, Vec::new())?;
        disposal.movements.push(movement);
        let beside = Beside::new(disposal.state.as_str(), Operation::Alteration)
            .links([(CARRIES, movement.0)])
            .data(json!({ "movement": movement }));
        writing.change(&stored, None, &disposal, beside)?;
        self.store().commit(writing.batch).await?;
        Ok(movement)
    }

    /// Gives a plan up; what was destroyed is.
    ///
    /// # Errors
    /// [`AppError::Conflict`] where it has ended, or where a destruction waits for its signature; as
    /// [`App::carry_out_disposal`].
    pub async fn abandon_disposal(
        &self,
        caller: &Caller,
        id: RecordId,
        reason: Remark,
    ) -> Result<(), AppError> {
        self.authorise(caller, Action::ManageStock, None)?;
        let (stored, disposal) = self.load::<Disposal>(id, Kind::StockDisposal).await?;
        let rows = self.store().stock_movements(&disposal.movements).await?;
        let now = progress_of(&disposal, &rows);
        let mut writing = self.writing(caller);
        let by = (caller.login.clone(), writing.at);
        let disposal = disposal
            .abandon(&now, reason, by)
            .map_err(|error| refused(&error))?;
        let beside = Beside::new(disposal.state.as_str(), Operation::Alteration);
        writing.change(&stored, None, &disposal, beside)?;
        self.store().commit(writing.batch).await?;
        Ok(())
    }

    /// How a movement destroys what it moves, as the plan says that it carries out.
    pub(super) async fn method_of(&self, movement: MovementId) -> Result<Option<String>, AppError> {
        let linked = self.store().linked(movement.0, CARRIES).await?;
        match linked.first() {
            Some(id) => {
                let (_, plan) = self.load::<Disposal>(*id, Kind::StockDisposal).await?;
                Ok(Some(plan.method))
            }
            None => Ok(None),
        }
    }

    /// Puts into a transaction what the end of a movement, or that it is taken back, means for the plan
    /// that it carries out.
    pub(super) async fn put_progress(
        &self,
        writing: &mut Writing<'_>,
        movement: &Movement,
        posted: bool,
    ) -> Result<(), AppError> {
        let carries = movement.reverses.unwrap_or(movement.id);
        let is_of_plan = |line: &egnatia_stockpile::Line| {
            [line.from, line.to].contains(&egnatia_stockpile::AccountId::DESTROYED)
        };
        if !posted || !movement.lines.iter().any(is_of_plan) {
            return Ok(());
        }
        let linked = self.store().linked(carries.0, CARRIES).await?;
        for id in linked {
            let (stored, disposal) = self.load::<Disposal>(id, Kind::StockDisposal).await?;
            let rows = self.store().stock_movements(&disposal.movements).await?;
            // As the books will have it when this is written.
            let after = rows.iter().map(|row| {
                let standing = match row.movement.id == carries {
                    true if movement.reverses.is_some() => MovementStanding::Void,
                    true => MovementStanding::Posted,
                    false => standing(row),
                };
                (standing, row.movement.lines.as_slice())
            });
            let after = progress(&disposal.lines, after);
            let settled = disposal.clone().settled(&after, writing.at);
            if settled.state != disposal.state {
                let beside = Beside::new(settled.state.as_str(), Operation::Alteration);
                writing.change(&stored, None, &settled, beside)?;
            }
        }
        Ok(())
    }

    /// A plan, with how far it is.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn view_disposal(
        &self,
        caller: &Caller,
        id: RecordId,
    ) -> Result<DisposalView, AppError> {
        self.authorise(caller, Action::ViewStock, None)?;
        let (stored, disposal) = self.load::<Disposal>(id, Kind::StockDisposal).await?;
        let about = EventAbout::seen(id, stored.envelope.version);
        self.log_consultation(caller, about).await?;
        self.disposal_view(stored.envelope, disposal).await
    }

    /// Plans, newest first; with `open` only those of which something is left.
    ///
    /// # Errors
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn disposals(
        &self,
        caller: &Caller,
        open: bool,
    ) -> Result<Vec<DisposalView>, AppError> {
        self.authorise(caller, Action::ViewStock, None)?;
        let state = open.then_some(DisposalState::Open.as_str());
        let found = self
            .stock_records::<Disposal>(Kind::StockDisposal, state)
            .await?;
        let about = EventAbout::subject("stock-disposals");
        self.log_consultation(caller, about).await?;
        let mut views = Vec::with_capacity(found.len());
        for (stored, disposal) in found {
            views.push(self.disposal_view(stored.envelope, disposal).await?);
        }
        Ok(views)
    }

    async fn disposal_view(
        &self,
        envelope: Envelope,
        disposal: Disposal,
    ) -> Result<DisposalView, AppError> {
        let mut rows = self.store().stock_movements(&disposal.movements).await?;
        rows.sort_by_key(|row| row.recorded_at);
        let goods = self
            .goods_of(disposal.lines.iter().map(|line| line.goods))
            .await?;
        Ok(DisposalView {
            envelope,
            progress: progress_of(&disposal, &rows),
            carried: rows.into_iter().map(carried).collect(),
            goods,
            disposal,
        })
    }
}
