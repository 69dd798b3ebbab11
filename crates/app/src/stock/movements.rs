//! Movements: entered, signed, given up, taken back. What would make a store unsafe is refused
//! before it is posted.

use std::collections::BTreeMap;

use egnatia_audit::{Hash, Operation};
use egnatia_stockpile::{
    AccountId, AccountKind, Expectation, LedgerRefused, Line, Movement, MovementId, MovementKind,
    Remark, Resolution, Resolving, Signing, signing,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::holding::Plan;
use super::losses::Became;
use super::{cases, invalid};
use crate::port::{
    Change, CommitError, Conflict, EnterMovement, ResolveMovement, StockChange, StockMovementRow,
};
use crate::writing::{EventAbout, Writing};
use crate::{Action, App, AppError, Caller, Invalid};

/// How often a plan is looked at anew where the store changed meanwhile.
const TRIES: usize = 5;
/// Movements that one turn lets lapse.
const LAPSE_MAX: u32 = 200;

/// A movement as somebody enters it.
#[derive(Debug, Clone)]
pub struct NewMovement {
    /// Chosen by whoever enters it, so that a repetition is harmless; else a new one is made.
    pub id: Option<MovementId>,
    /// What is moved.
    pub lines: Vec<Line>,
    /// From when it counts; nothing for the moment at which it is posted.
    pub effective_at: Option<Timestamp>,
    /// The paper that goes with it.
    pub reference: String,
    /// Why, where that is not plain.
    pub remark: Option<Remark>,
}

/// A movement, and who has to sign it.
#[derive(Debug, Clone, PartialEq)]
pub struct MovementView {
    /// What is known of it.
    pub row: StockMovementRow,
    /// Who had to sign it.
    pub signing: Signing,
}

/// The hash of what a movement says: the audit log holds it.
pub(super) fn digest(movement: &Movement) -> Result<Hash, AppError> {
    let bytes = serde_json::to_vec(movement)
        .map_err(|error| AppError::Internal(format!("a movement cannot be written: {error}")))?;
    Ok(Hash::of(&bytes))
}

/// Who has to sign a movement: the strictest of its lines decides. Lines that cannot be are left to
/// the books.
pub(super) fn signing_of(movement: &Movement, kinds: &BTreeMap<AccountId, AccountKind>) -> Signing {
    let of = |line: &Line| signing(line.kind, *kinds.get(&line.from)?, *kinds.get(&line.to)?);
    let strictest = movement.lines.iter().filter_map(of).max();
    strictest.unwrap_or(Signing::One)
}

/// Puts a movement into a transaction.
pub(super) fn put_movement(
    writing: &mut Writing<'_>,
    movement: Movement,
    hours: u16,
    expects: Vec<Expectation>,
) -> Result<(), AppError> {
    movement
        .validate()
        .map_err(|error| invalid(error.field(), &error))?;
    let digest = digest(&movement)?;
    let about = EventAbout::subject(format!("stock-movement:{}", movement.id)).data(json!({
        "digest": digest, "reference": movement.reference, "lines": movement.lines.len(),
    }));
    writing.log(Operation::Alteration, about);
    let due_at = writing
        .at
        .checked_add(SignedDuration::from_hours(hours.into()));
    let enter = EnterMovement {
        digest,
        recorded_at: writing.at,
        due_at: due_at.unwrap_or(Timestamp::MAX),
        expects,
        movement,
    };
    let change = Change::Stock(StockChange::Enter(Box::new(enter)));
    writing.batch.changes.push(change);
    Ok(())
}

impl App {
    /// Enters a movement: it is posted, or waits for a second person or its receiver. The same id
    /// with the same content once more changes nothing.
    ///
    /// # Errors
    /// [`AppError::Invalid`] where a store could not hold it, with what would fit; where the books
    /// refuse it, [`AppError::Conflict`]; [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn enter_movement(
        &self,
        caller: &Caller,
        new: NewMovement,
    ) -> Result<MovementView, AppError> {
        self.authorise(caller, Action::MoveStock, None)?;
        for line in &new.lines {
            // INVARIANT: what is missing is a case first; what was there comes from a ledger.
            let text = match line.kind {
                MovementKind::Loss => "a loss follows from a case: say what is missing first",
                MovementKind::Opening => "an opening balance comes with a ledger: take it over",
                _ => continue,
            };
            return Err(Invalid::new("kind", "refused", text).into());
        }
        let fresh = MovementId(self.writing(caller).new_id());
        let movement = Movement {
            id: new.id.unwrap_or(fresh),
            lines: new.lines,
            effective_at: new.effective_at,
            reference: new.reference.trim().to_owned(),
            remark: new.remark,
            reverses: None,
            by: caller.login.clone(),
        };
        self.enter(caller, movement).await
    }

    /// Takes back a posted movement as a whole, by another one that two persons sign.
    ///
    /// # Errors
    /// As [`App::enter_movement`]; [`AppError::NotFound`].
    pub async fn reverse_movement(
        &self,
        caller: &Caller,
        original: MovementId,
        id: Option<MovementId>,
        why: Remark,
    ) -> Result<MovementView, AppError> {
        self.authorise(caller, Action::MoveStock, None)?;
        let row = self.movement_row(original).await?;
        let counted = match row.end.as_ref().map(|end| &end.resolving.what) {
            Some(Resolution::Post { counted }) => counted.clone(),
            _ => None,
        };
        let fresh = MovementId(self.writing(caller).new_id());
        let by = caller.login.clone();
        let id = id.unwrap_or(fresh);
        let movement = row.movement.reversal(id, counted.as_deref(), by, why);
        self.enter(caller, movement).await
    }

    async fn enter(&self, caller: &Caller, movement: Movement) -> Result<MovementView, AppError> {
        movement
            .validate()
            .map_err(|error| invalid(error.field(), &error))?;
        let kinds = self.stock_kinds().await?;
        let signing = signing_of(&movement, &kinds);
        let id = movement.id;
        if let Some(row) = self.store().stock_movements(&[id]).await?.pop() {
            if row.digest == digest(&movement)? {
                return Ok(MovementView { row, signing });
            }
            return Err(Conflict::Ledger(LedgerRefused::OtherContent(id)).into());
        }
        self.lives_allow(&movement, None).await?;
        let hours = self.inner.stock.profile.waits_hours(signing);
        let mut tries = 0..TRIES;
        while tries.next().is_some() {
            let plan = Plan::entered(&movement);
            let expects = self.may_hold(&plan, &kinds).await?;
            let mut writing = self.writing(caller);
            let mut is_told = false;
            if signing == Signing::One {
                let became = Became::Posted(None);
                is_told = self
                    .put_consequences(&mut writing, caller, &movement, became)
                    .await?;
            }
            put_movement(&mut writing, movement.clone(), hours, expects)?;
            match self.store().commit(writing.batch).await {
                Ok(_) => {
                    self.told(is_told).await?;
                    let row = self.movement_row(id).await?;
                    return Ok(MovementView { row, signing });
                }
                Err(CommitError::Conflict(conflict)) if conflict.is_passing() => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(AppError::Conflict(
            "the store changes all the time; enter it again".to_owned(),
        ))
    }

    /// Signs a movement that waits: a second person, or the receiver with what they counted, line by
    /// line. What is short stays with the sender, and opens a case.
    ///
    /// # Errors
    /// [`AppError::Conflict`] where the books refuse it; [`AppError::Invalid`] where the store cannot
    /// hold it any more; [`AppError::NotFound`], [`AppError::NoJustification`],
    /// [`AppError::Forbidden`].
    pub async fn sign_movement(
        &self,
        caller: &Caller,
        id: MovementId,
        counted: Option<Vec<u64>>,
    ) -> Result<MovementView, AppError> {
        self.authorise(caller, Action::SignStock, None)?;
        let row = self.movement_row(id).await?;
        // A user of the operating system who entered it, and has since been bound to this account.
        let first = self.person_of(&row.movement.by).await?;
        if row.waits() && first == self.person_of(&caller.login).await? {
            return Err(Conflict::Ledger(LedgerRefused::SamePerson).into());
        }
        let kinds = self.stock_kinds().await?;
        let mut tries = 0..TRIES;
        while tries.next().is_some() {
            let plan = Plan::signed(&row.movement, counted.as_deref());
            let expects = self.may_hold(&plan, &kinds).await?;
            let mut writing = self.writing(caller);
            if let Some(counted) = &counted {
                let short = cases::short(&row.movement, counted);
                let profile = &self.inner.stock.profile;
                cases::put_short(&mut writing, (profile, caller), id, &short)?;
            }
            let what = Resolution::Post {
                counted: counted.clone(),
            };
            let became = Became::Posted(counted.as_deref());
            let is_told = self
                .put_consequences(&mut writing, caller, &row.movement, became)
                .await?;
            self.put_end(&mut writing, (caller, id), what, expects);
            match self.store().commit(writing.batch).await {
                Ok(_) => {
                    self.told(is_told).await?;
                    return self.view_movement_row(id, &kinds).await;
                }
                Err(CommitError::Conflict(conflict)) if conflict.is_passing() => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(AppError::Conflict(
            "the store changes all the time; sign it again".to_owned(),
        ))
    }

    /// Gives up a movement that waits.
    ///
    /// # Errors
    /// As [`App::sign_movement`].
    pub async fn void_movement(
        &self,
        caller: &Caller,
        id: MovementId,
        reason: Remark,
    ) -> Result<MovementView, AppError> {
        self.authorise(caller, Action::SignStock, None)?;
        let row = self.movement_row(id).await?;
        let mut writing = self.writing(caller);
        let what = Resolution::Void { reason };
        let is_told = self
            .put_consequences(&mut writing, caller, &row.movement, Became::Ended)
            .await?;
        self.put_end(&mut writing, (caller, id), what, Vec::new());
        self.store().commit(writing.batch).await?;
        self.told(is_told).await?;
        let kinds = self.stock_kinds().await?;
        self.view_movement_row(id, &kinds).await
    }

    /// Lets movements lapse that nobody signed in time. The node does it by itself, as `caller`.
    ///
    /// # Errors
    /// [`AppError::Store`] where the store does not answer.
    pub async fn lapse_movements(&self, caller: &Caller) -> Result<u64, AppError> {
        let now = self.now();
        let waiting = self.store().stock_waiting(LAPSE_MAX).await?;
        let late = waiting.into_iter();
        let late = late.take_while(|row| row.due_at.is_some_and(|due_at| due_at <= now));
        let mut lapsed = 0;
        for row in late {
            let mut writing = self.writing(caller);
            let id = row.movement.id;
            self.put_consequences(&mut writing, caller, &row.movement, Became::Ended)
                .await?;
            self.put_end(&mut writing, (caller, id), Resolution::TimeOut, Vec::new());
            match self.store().commit(writing.batch).await {
                Ok(_) => lapsed += 1,
                // Somebody voided it in between.
                Err(CommitError::Conflict(_)) => {}
                Err(CommitError::Store(error)) => return Err(error.into()),
            }
        }
        Ok(lapsed)
    }

    /// Wakes whoever tells partners, where something is to be told.
    async fn told(&self, is_told: bool) -> Result<(), AppError> {
        match is_told {
            true => self.after_change().await,
            false => Ok(()),
        }
    }

    fn put_end(
        &self,
        writing: &mut Writing<'_>,
        (caller, movement): (&Caller, MovementId),
        what: Resolution,
        expects: Vec<Expectation>,
    ) {
        let about = EventAbout::subject(format!("stock-movement:{movement}"))
            .data(json!({ "end": what.as_str() }));
        writing.log(Operation::Alteration, about);
        let resolve = ResolveMovement {
            resolving: Resolving {
                movement,
                by: caller.login.clone(),
                what,
            },
            at: writing.at,
            expects,
        };
        let change = Change::Stock(StockChange::Resolve(Box::new(resolve)));
        writing.batch.changes.push(change);
    }

    pub(super) async fn movement_row(&self, id: MovementId) -> Result<StockMovementRow, AppError> {
        let row = self.store().stock_movements(&[id]).await?.pop();
        row.ok_or(AppError::NotFound("movement"))
    }

    async fn view_movement_row(
        &self,
        id: MovementId,
        kinds: &BTreeMap<AccountId, AccountKind>,
    ) -> Result<MovementView, AppError> {
        let row = self.movement_row(id).await?;
        let signing = signing_of(&row.movement, kinds);
        Ok(MovementView { row, signing })
    }

    /// A movement.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn view_movement(
        &self,
        caller: &Caller,
        id: MovementId,
    ) -> Result<MovementView, AppError> {
        self.authorise(caller, Action::ViewStock, None)?;
        let kinds = self.stock_kinds().await?;
        let view = self.view_movement_row(id, &kinds).await?;
        let about = EventAbout::subject(format!("stock-movement:{id}"));
        self.log_consultation(caller, about).await?;
        Ok(view)
    }

    /// Movements that wait for a signature, what is due first first.
    ///
    /// # Errors
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn waiting_movements(&self, caller: &Caller) -> Result<Vec<MovementView>, AppError> {
        self.authorise(caller, Action::ViewStock, None)?;
        let kinds = self.stock_kinds().await?;
        let rows = self.store().stock_waiting(LAPSE_MAX).await?;
        let view = |row: StockMovementRow| MovementView {
            signing: signing_of(&row.movement, &kinds),
            row,
        };
        let about = EventAbout::subject("stock-waiting");
        self.log_consultation(caller, about).await?;
        Ok(rows.into_iter().map(view).collect())
    }
}
