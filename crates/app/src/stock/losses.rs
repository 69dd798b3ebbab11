//! What a loss leads to beside the books, and what ends it: the life of the weapon in the register,
//! the alert that partners have, the case. All of it is in the transaction of the movement.

use std::collections::{BTreeMap, BTreeSet};

use egnatia_alerts::{Alert, AlertDraft, ObjectKind, Reason};
use egnatia_firearms::{Event, EventKind, Firearm, Recording, Report, Taken};
use egnatia_matching::{Description, Identifier, IdentifierKind, Name, Schema};
use egnatia_protocol::RecallReason;
use egnatia_record::{
    Category, Evaluation, Handling, HandlingCode, Kind, LegalBasis, Nature, OriginRegime, Purpose,
    RecordId, ReleasableTo, SubjectCategory,
};
use egnatia_stockpile::{
    AccountId, CaseState, Difference, Goods, GoodsId, LossKind, Movement, MovementId, MovementKind,
    Remark, Sought, StockCase,
};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{cases, invalid};
use crate::alerts::Entering;
use crate::exchange::Recipient;
use crate::port::{StockOf, StoredRecord};
use crate::writing::Writing;
use crate::{App, AppError, Caller, Entered, Invalid, NewAlert, read_body};

/// What became of a movement.
#[derive(Clone, Copy)]
pub(super) enum Became<'a> {
    /// It is posted; with what the receiver counted.
    Posted(Option<&'a [u64]>),
    /// It was given up, or nobody signed it in time.
    Ended,
}

/// Why nobody looks for something any more.
pub(super) enum Ending {
    /// It is there again.
    Found(String),
    /// It was never gone.
    Mistake(String),
}

/// A weapon that is missing.
pub(super) struct Missing<'a> {
    pub case: RecordId,
    pub body: &'a StockCase,
    pub goods: &'a Goods,
    pub kind: LossKind,
    pub reason: &'a Remark,
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

/// The name under which an alert of a case is entered: twice at the same moment is refused.
fn claim_of(case: RecordId, nth: u32) -> String {
    match nth {
        1 => format!("theft-of:{case}"),
        nth => format!("theft-of:{case}:{nth}"),
    }
}

/// What an alert says of goods of which the register says nothing.
fn described(goods: &Goods) -> Description {
    Description {
        schema: Schema::Unknown,
        // With the number: lists of hits show the name alone.
        names: vec![Name::new(format!(
            "{}, {}",
            goods.nomenclature,
            goods.number()
        ))],
        identifiers: vec![Identifier {
            kind: IdentifierKind::Serial,
            value: goods.number().to_owned(),
            country: None,
        }],
        ..Description::default()
    }
}

/// The same with what the register knows of it: other marks, make, model, calibre.
fn described_by(goods: &Goods, firearm: Option<&Firearm>) -> Description {
    let from_goods = described(goods);
    let Some(firearm) = firearm else {
        return from_goods;
    };
    let mut known = firearm.particulars.description();
    let of_goods = from_goods.identifiers.iter();
    let is_known = |number: &Identifier| {
        let key = Goods::key_of(&number.value);
        let mut held = known.identifiers.iter();
        held.any(|held| Goods::key_of(&held.value) == key)
    };
    let further: Vec<Identifier> = of_goods
        .filter(|number| !is_known(number))
        .cloned()
        .collect();
    known.identifiers.extend(further);
    known.names = from_goods.names;
    known
}

impl App {
    /// Puts into a transaction that a weapon is missing: the alert, and the event in the life of the
    /// weapon of the register. What is looked for already stays looked for.
    pub(super) async fn put_missing(
        &self,
        writing: &mut Writing<'_>,
        caller: &Caller,
        missing: &Missing<'_>,
        nth: u32,
    ) -> Result<(Sought, Vec<Recipient>), AppError> {
        if let Some(sought) = &missing.body.sought {
            return Ok((sought.clone(), Vec::new()));
        }
        let (goods, kind) = (missing.goods, missing.kind);
        let linked = match goods.register_record() {
            Some(id) => self.firearm_of(id).await?,
            None => None,
        };
        let Some((stored, firearm)) = linked else {
            let entered = self.put_theft(writing, missing, None, nth)?;
            let sought = Sought {
                alert: Some(entered.alert),
                ..Sought::default()
            };
            return Ok((sought, entered.recipients));
        };
        let id = Some(stored.envelope.id);
        let standing = firearm.standing();
        if standing.is_ok_and(|standing| standing.custody.is_missing())
            && let Some(alert) = firearm.alert
        {
            // The register knew before: its alert looks for it.
            let sought = Sought {
                alert: Some(alert),
                firearm: id,
                register_refused: None,
            };
            return Ok((sought, Vec::new()));
        }
        let report = Report {
            discovered_at: missing.body.opened_at,
            circumstances: missing.reason.as_str().to_owned(),
        };
        let event = match kind {
            LossKind::Lost => Event::Loss(report),
            LossKind::Stolen => Event::Theft(report),
        };
        let recording = recording(
            &firearm,
            event,
            caller,
            (missing.body.opened_at, writing.at),
        );
        let entered = self.put_theft(writing, missing, Some(&firearm), nth)?;
        let mut sought = Sought {
            alert: Some(entered.alert),
            firearm: id,
            register_refused: None,
        };
        let stored = (&stored, firearm);
        match self.put_missed(writing, stored, recording, entered.alert) {
            Ok(()) => {}
            // A theft is told to partners whatever an older mistake in the register says.
            Err(AppError::Invalid(refused)) => {
                sought.firearm = None;
                sought.register_refused = Some(refused.to_string());
            }
            Err(error) => return Err(error),
        }
        Ok((sought, entered.recipients))
    }

    /// The weapon of the register; nothing where there is none, or where it was erased.
    async fn firearm_of(&self, id: RecordId) -> Result<Option<(StoredRecord, Firearm)>, AppError> {
        match self.load_firearm(id).await {
            Ok(found) => Ok(Some(found)),
            Err(AppError::NotFound(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Puts an alert on a missing weapon into a transaction, by the use case of alerts.
    fn put_theft(
        &self,
        writing: &mut Writing<'_>,
        missing: &Missing<'_>,
        firearm: Option<&Firearm>,
        nth: u32,
    ) -> Result<Entered, AppError> {
        let (case, kind) = (missing.case, missing.kind);
        let reason = Reason::try_from(missing.reason.as_str().to_owned())
            .map_err(|error| invalid("reason", &error))?;
        let subject = described_by(missing.goods, firearm);
        let like = self.find_like(&subject)?;
        if let Some(own) = like.iter().find(|like| like.issuer.is_none()) {
            let text = format!("there is an alert on it already: {}", own.alert);
            return Err(Invalid::new("case", "duplicate", text).into());
        }
        let distinguished_by =
            firearm.and_then(|firearm| firearm.particulars.distinguished_by.clone());
        let new = NewAlert {
            draft: AlertDraft {
                category: Category::ObjectSeizure,
                subject,
                object: Some(ObjectKind::Firearm),
                reason,
                action: String::new(),
                decision: format!("stock case {case}, {}", kind.as_str()),
                proportionality: None,
                warnings: BTreeSet::new(),
                offence: (kind == LossKind::Stolen).then(|| "theft of a firearm".to_owned()),
                characteristics: firearm.map(crate::firearms::characteristics),
                distinguished_by,
                links: BTreeSet::new(),
            },
            // Every partner with an arrangement about it may have it.
            handling: Handling::new(
                [HandlingCode::H0],
                None,
                ReleasableTo::Anybody,
                OriginRegime::National,
            )
            .map_err(|error| invalid("handling", &error))?,
            legal_basis: LegalBasis::NationalLaw,
            evaluation: Evaluation::OFFICIAL,
            subject: SubjectCategory::NoPerson,
            nature: Nature::Fact,
            different_from: BTreeSet::new(),
        };
        let alert: Alert = self.draft(writing, &new)?;
        // Partners look for it to stop traffic in firearms, whatever it was kept for here.
        let terms = crate::alerts::terms(&new, Purpose::FirearmsTrafficking, &alert);
        let entering = Entering {
            alert: &alert,
            terms,
            claims: vec![claim_of(case, nth)],
            like: &like,
        };
        self.put_alert(writing, entering)
    }

    /// Puts the end of the search into a transaction: the event in the life of the weapon, and the
    /// end of the alert.
    pub(super) async fn put_sought_end(
        &self,
        writing: &mut Writing<'_>,
        caller: &Caller,
        sought: &Sought,
        ending: &Ending,
    ) -> Result<(), AppError> {
        let mut alert = sought.alert;
        let linked = match sought.firearm {
            Some(id) => self.firearm_of(id).await?,
            None => None,
        };
        if let Some((stored, firearm)) = linked
            && let Ok(standing) = firearm.standing()
            && standing.custody.is_missing()
        {
            if firearm.alert == alert {
                // It ends with the event.
                alert = None;
            }
            let event = ended_event(&firearm, ending, self.inner.settings.authority.clone());
            let times = (writing.at, writing.at);
            let recording = recording(&firearm, event, caller, times);
            self.put_life(writing, caller, (&stored, firearm), recording)
                .await?;
        }
        let Some(alert) = alert else {
            return Ok(());
        };
        let (Ending::Found(why) | Ending::Mistake(why)) = ending;
        let why =
            Reason::try_from(why.clone()).map_err(|error| AppError::Internal(error.to_string()))?;
        let ended = self.put_end_of_own(writing, caller, (alert, why), RecallReason::Withdrawn);
        match ended.await {
            // It has ended before, by itself or by hand.
            Ok(()) | Err(AppError::NotFound(_) | AppError::Conflict(_)) => Ok(()),
            Err(error) => Err(error),
        }
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
        self.put_touched(writing, caller, touched).await
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
    async fn goods_of_firearm(
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

    fn take_back(&mut self, reversal: &Movement, by: (egnatia_record::UserId, Timestamp)) {
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
        by: (egnatia_record::UserId, Timestamp),
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

    fn lose_again(
        &mut self,
        reversal: &Movement,
        quantity: u64,
        by: (egnatia_record::UserId, Timestamp),
    ) -> u64 {
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

/// An event, on the day on which it happened, or on that of the last one where the register has a later
/// one.
fn recording(
    firearm: &Firearm,
    event: Event,
    caller: &Caller,
    (happened_at, at): (Timestamp, Timestamp),
) -> Recording {
    let day = happened_at.to_zoned_datetime(TimeZone::UTC).date();
    let last = firearm.life.iter().map(|entry| entry.on).max();
    Recording {
        event,
        on: last.map_or(day, |last| last.max(day)),
        by: caller.login.clone(),
        at,
    }
}

/// The event that ends that a weapon is missed.
fn ended_event(
    firearm: &Firearm,
    ending: &Ending,
    authority: egnatia_record::AuthorityId,
) -> Event {
    let missed = |kind: EventKind| matches!(kind, EventKind::Loss | EventKind::Theft);
    match ending {
        Ending::Found(how) => Event::Find(Taken {
            authority,
            circumstances: how.clone(),
        }),
        Ending::Mistake(why) => {
            let numbered = (1_u32..).zip(&firearm.life);
            let last = numbered
                .filter(|(_, entry)| missed(entry.event.kind()))
                .last();
            match last {
                Some((of, entry)) => Event::Correction {
                    of,
                    instead: None,
                    on: entry.on,
                    reason: why.clone(),
                },
                // What made it missed is itself a correction: a find says what is true.
                None => Event::Find(Taken {
                    authority,
                    circumstances: why.clone(),
                }),
            }
        }
    }
}
