//! What a movement means for cases of loss: given up it opens them again, brought back it ends them. All
//! of it is in the transaction of the movement. And cases that open without a count.

use std::collections::BTreeMap;
use std::num::NonZeroU64;

use egnatia_record::{Kind, RecordId, UserId};
use egnatia_stockpile::{
    AccountId, CaseState, Difference, Goods, GoodsId, Movement, MovementId, MovementKind, Remark,
    Sought, StockCase,
};
use jiff::Timestamp;

use super::cases;
use super::sought::{Ending, Missing};
use crate::port::{StockOf, StoredRecord};
use crate::writing::Writing;
use crate::{Action, App, AppError, Caller, Invalid, read_body};

/// What became of a movement.
#[derive(Clone, Copy)]
pub(super) enum Became<'a> {
    /// It is posted; with what the receiver counted.
    Posted(Option<&'a [u64]>),
    /// It was given up, or nobody signed it in time.
    Ended,
}

/// A case that a movement touches.
struct Touched {
    stored: StoredRecord,
    case: StockCase,
    ending: Option<(Sought, Ending)>,
    /// It is lost again, for this reason.
    again: Option<Remark>,
    is_changed: bool,
}

impl App {
    /// Opens a case without a count: somebody sees that something is not where the books have it, in
    /// a store or with a holder. Another person looks again.
    ///
    /// # Errors
    /// [`AppError::Invalid`] where the books do not have so many there, or where a case about it is
    /// open; [`AppError::NotFound`], [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn report_stock_missing(
        &self,
        caller: &Caller,
        (place, goods): (AccountId, GoodsId),
        missing: NonZeroU64,
        said: Remark,
    ) -> Result<RecordId, AppError> {
        self.authorise(caller, Action::CountStock, None)?;
        self.load::<Goods>(goods.0, Kind::StockGoods).await?;
        let kind = self.stock_kinds().await?.get(&place).copied();
        let kind = kind.ok_or(AppError::NotFound("account"))?;
        let of = StockOf::Account(place);
        let rows = self.store().stock_balances(of).await?;
        let held = rows.iter().find(|row| row.goods == goods);
        let held = held.and_then(|row| u64::try_from(row.quantity).ok());
        if !cases::may_be_missing(kind) || held.unwrap_or_default() < missing.get() {
            let text = "the books do not have so many of it there";
            return Err(Invalid::new("quantity", "refused", text).into());
        }
        if let Some(open) = self.open_case_on(place, goods).await? {
            let text = format!("there is a case about it already: {open}");
            return Err(Invalid::new("goods", "duplicate", text).into());
        }
        let mut writing = self.writing(caller);
        let profile = &self.inner.stock.profile;
        let about = (place, goods, Difference::Missing(missing.get()));
        let case = StockCase {
            said: Some(said),
            ..cases::opened(profile, caller, about, writing.at)
        };
        let id = cases::put_case(&mut writing, profile, &case)?;
        self.store().commit(writing.batch).await?;
        Ok(id)
    }

    /// The open case about goods in an account.
    pub(super) async fn open_case_on(
        &self,
        place: AccountId,
        goods: GoodsId,
    ) -> Result<Option<RecordId>, AppError> {
        let linked = self.store().linked(goods.0, "goods").await?;
        for stored in self.store().records(&linked).await? {
            if stored.envelope.kind == Kind::StockCase
                && let Some(case) = read_body::<StockCase>(&stored)?
                && case.is_open()
                && case.place == place
            {
                return Ok(Some(stored.envelope.id));
            }
        }
        Ok(None)
    }

    /// Puts into a transaction what a movement means for cases of loss. Returns whether an alert or
    /// the register changed.
    pub(super) async fn put_consequences(
        &self,
        writing: &mut Writing<'_>,
        caller: &Caller,
        movement: &Movement,
        became: Became<'_>,
    ) -> Result<bool, AppError> {
        let posted = matches!(became, Became::Posted(_));
        self.put_progress(writing, movement, posted).await?;
        let lines = match became {
            Became::Posted(counted) => movement.posted_lines(counted),
            Became::Ended => movement.lines.clone(),
        };
        let of_losses = |id: AccountId| id == AccountId::LOST;
        let mut touched: BTreeMap<RecordId, Touched> = BTreeMap::new();
        let by = || (caller.login.clone(), writing.at);
        let lost = lines
            .into_iter()
            .filter(|line| of_losses(line.from) || of_losses(line.to));
        for line in lost {
            self.touch(&mut touched, line.goods).await?;
            let mut cases: Vec<&mut Touched> = touched.values_mut().collect();
            cases.retain(|touched| touched.case.goods == line.goods);
            cases.sort_by_key(|touched| touched.case.opened_at);
            match (became, line.kind) {
                (Became::Ended, MovementKind::Loss) => {
                    let hours = self.inner.stock.profile.recount_hours;
                    let due = cases::after(writing.at, hours);
                    for touched in cases {
                        touched.reopen(movement.id, due);
                    }
                }
                (Became::Ended, _) | (Became::Posted(_), MovementKind::Loss) => {}
                (Became::Posted(_), MovementKind::Reversal) if of_losses(line.from) => {
                    for touched in cases {
                        touched.take_back(movement, by());
                    }
                }
                (Became::Posted(_), _) if of_losses(line.from) => {
                    let mut left = line.quantity.get();
                    for touched in cases {
                        let found = touched.find(Some(movement.id), left, by());
                        left = left.saturating_sub(found);
                    }
                }
                (Became::Posted(_), _) => {
                    let mut left = line.quantity.get();
                    for touched in cases {
                        let lost = touched.lose_again(movement, left, by());
                        left = left.saturating_sub(lost);
                    }
                }
            }
        }
        let of_life = match became {
            Became::Posted(counted) => {
                let lines = movement.posted_lines(counted);
                self.put_lives(writing, caller, movement, &lines).await?
            }
            Became::Ended => false,
        };
        Ok(self.put_touched(writing, caller, touched).await? || of_life)
    }

    /// Reads the cases about goods that are not read yet.
    async fn touch(
        &self,
        touched: &mut BTreeMap<RecordId, Touched>,
        goods: GoodsId,
    ) -> Result<(), AppError> {
        let mut linked = self.store().linked(goods.0, "goods").await?;
        linked.retain(|id| !touched.contains_key(id));
        for stored in self.store().records(&linked).await? {
            if stored.envelope.kind == Kind::StockCase
                && let Some(case) = read_body::<StockCase>(&stored)?
            {
                let id = stored.envelope.id;
                touched.insert(
                    id,
                    Touched {
                        stored,
                        case,
                        ending: None,
                        again: None,
                        is_changed: false,
                    },
                );
            }
        }
        Ok(())
    }

    async fn put_touched(
        &self,
        writing: &mut Writing<'_>,
        caller: &Caller,
        touched: BTreeMap<RecordId, Touched>,
    ) -> Result<bool, AppError> {
        let mut is_told = false;
        for (id, mut touched) in touched.into_iter().filter(|(_, case)| case.is_changed) {
            if let Some((sought, ending)) = &touched.ending {
                self.put_sought_end(writing, caller, sought, ending).await?;
                is_told = true;
            }
            if let (Some(reason), CaseState::Lost { kind, .. }) =
                (&touched.again, &touched.case.state)
            {
                let (_, goods) = self
                    .load::<Goods>(touched.case.goods.0, Kind::StockGoods)
                    .await?;
                if goods.is_serialised() {
                    let missing = Missing {
                        case: id,
                        body: &touched.case,
                        goods: &goods,
                        kind: *kind,
                        reason,
                    };
                    let nth = touched.stored.envelope.version.number();
                    let sought = self.put_missing(writing, caller, &missing, nth).await?.0;
                    touched.case.tell(sought);
                    is_told = true;
                }
            }
            self.put_changed(writing, &touched.stored, &touched.case)?;
        }
        Ok(is_told)
    }

    /// Puts into a transaction that a weapon of the register is missed no longer: the cases about it
    /// end, and say that it is in no store yet.
    pub(crate) async fn put_found_by_register(
        &self,
        writing: &mut Writing<'_>,
        caller: &Caller,
        firearm: RecordId,
    ) -> Result<(), AppError> {
        let mut touched = BTreeMap::new();
        for (goods, _) in self.goods_of_firearm(firearm).await? {
            self.touch(&mut touched, goods).await?;
        }
        let by = (caller.login.clone(), writing.at);
        for touched in touched.values_mut() {
            // Alert and register have ended it themselves.
            touched.find(None, 1, by.clone());
            touched.ending = None;
        }
        self.put_touched(writing, caller, touched).await?;
        Ok(())
    }

    /// Puts into a transaction that the register misses a weapon that the books have: a case opens,
    /// so that somebody looks.
    pub(crate) async fn put_missed_by_register(
        &self,
        writing: &mut Writing<'_>,
        caller: &Caller,
        (firearm, alert): (RecordId, RecordId),
    ) -> Result<(), AppError> {
        for (id, _) in self.goods_of_firearm(firearm).await? {
            let kinds = self.stock_kinds().await?;
            let rows = self.store().stock_balances(StockOf::Goods(id)).await?;
            let held = rows.into_iter().find(|row| {
                let kind = kinds.get(&row.account);
                row.quantity > 0 && kind.is_some_and(|kind| cases::may_be_missing(*kind))
            });
            let Some(held) = held else { continue };
            if self.open_case_on(held.account, id).await?.is_some() {
                continue;
            }
            let profile = &self.inner.stock.profile;
            let about = (held.account, id, Difference::Missing(1));
            let case = StockCase {
                sought: Some(Sought {
                    alert: Some(alert),
                    firearm: Some(firearm),
                    register_refused: None,
                }),
                ..cases::opened(profile, caller, about, writing.at)
            };
            cases::put_case(writing, profile, &case)?;
        }
        Ok(())
    }

    /// What the stockpile keeps of a weapon of the register.
    pub(super) async fn goods_of_firearm(
        &self,
        firearm: RecordId,
    ) -> Result<BTreeMap<GoodsId, Goods>, AppError> {
        let linked = self.store().linked(firearm, super::FIREARM).await?;
        let mut goods = self.goods_of(linked.into_iter().map(GoodsId)).await?;
        // A link that was put right points elsewhere now.
        goods.retain(|_, goods| goods.register_record() == Some(firearm));
        Ok(goods)
    }
}

impl Touched {
    fn put(&mut self, case: StockCase) {
        self.case = case;
        self.is_changed = true;
    }

    fn end(&mut self, case: StockCase, ending: Ending) {
        if case.sought.is_none()
            && let Some(sought) = self.case.sought.take()
        {
            self.ending = Some((sought, ending));
        }
        self.put(case);
    }

    fn reopen(&mut self, loss: MovementId, due: Timestamp) {
        if let Ok(case) = self.case.clone().reopen(loss, due) {
            self.put(case);
        }
    }

    fn take_back(&mut self, reversal: &Movement, by: (UserId, Timestamp)) {
        let (Some(loss), Some(why)) = (reversal.reverses, reversal.remark.clone()) else {
            return;
        };
        let why_text = format!("the loss is taken back: {why}");
        if let Ok(case) = self.case.clone().take_back((loss, reversal.id), why, by) {
            self.end(case, Ending::Mistake(why_text));
        }
    }

    fn find(
        &mut self,
        movement: Option<MovementId>,
        quantity: u64,
        by: (UserId, Timestamp),
    ) -> u64 {
        match self.case.clone().find(movement, quantity, by) {
            Ok((case, taken)) if quantity > 0 && taken > 0 => {
                let how = match movement {
                    Some(movement) => format!("brought back into a store, movement {movement}"),
                    None => "the register has it".to_owned(),
                };
                self.end(case, Ending::Found(how));
                taken
            }
            _ => 0,
        }
    }

    fn lose_again(&mut self, reversal: &Movement, quantity: u64, by: (UserId, Timestamp)) -> u64 {
        let (Some(reversed), Some(why)) = (reversal.reverses, reversal.remark.clone()) else {
            return 0;
        };
        let (belongs, held) = match &self.case.state {
            CaseState::Found { movement, .. } => (*movement == Some(reversed), self.case.missing()),
            CaseState::Lost { .. } => (self.case.recovered > 0, self.case.recovered),
            _ => (false, 0),
        };
        let lost = quantity.min(held);
        if !belongs || lost == 0 {
            return 0;
        }
        match self.case.clone().lose_again(lost, why.clone(), by) {
            Ok(case) => {
                self.put(case);
                self.again = Some(why);
                lost
            }
            Err(_) => 0,
        }
    }
}
