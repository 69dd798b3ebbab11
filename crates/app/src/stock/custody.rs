//! A weapon that stands in the books and in the register of firearms: what a movement means for its
//! life. Both are in one transaction, so that the two say the same.
//!
//! The register says which authority has a weapon; where in it, the books say. A store and a unit to
//! which something was issued are therefore the same to the register.

mod taken_back;

use std::collections::BTreeMap;

use egnatia_firearms::{
    Custody, Event, Firearm, Holder, HolderKind, LifeRefused, ProposedDestruction, Recording,
};
use egnatia_record::{AuthorityId, Envelope, RecordId, UserId};
use egnatia_stockpile::{AccountId, AccountKind, Goods, GoodsId, Line, Movement, MovementKind};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::firearms::{Keeping, changed, refused};
use crate::port::{Change, StoredRecord};
use crate::writing::Writing;
use crate::{App, AppError, Caller, Invalid};
use taken_back::{correct, is_destruction_by, restored};

/// The number under which a weapon is taken into the register that somebody says lies in a store.
pub(super) const BOOKS: &str = "books of the stockpile";

/// What a movement as a whole does with a weapon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// It comes into the books.
    Comes,
    /// It comes back: from a holder, or from where it was lost.
    Returns,
    /// It never came: its receipt is taken back.
    NeverCame,
    /// It is used up.
    UsedUp,
    /// It is destroyed.
    Destroyed,
    /// It was not destroyed: that is taken back.
    Restored,
}

impl Step {
    const fn of(from: AccountKind, to: AccountKind) -> Option<Self> {
        use AccountKind::{Destroyed, Expended, Holder, Lost, Outside, Place};
        Some(match (from, to) {
            (_, Destroyed) => Self::Destroyed,
            (Destroyed, _) => Self::Restored,
            (_, Expended) => Self::UsedUp,
            (Outside | Expended, Place { .. } | Holder) => Self::Comes,
            (Place { .. } | Holder, Outside) => Self::NeverCame,
            (Holder | Lost, Place { .. }) | (Lost, Holder) => Self::Returns,
            _ => return None,
        })
    }
}

/// A weapon of the register that is moved.
struct MovedWeapon {
    goods: Goods,
    step: Step,
    stored: StoredRecord,
    firearm: Firearm,
}

/// A movement as it becomes an event of a life.
struct Moving<'a> {
    movement: &'a Movement,
    /// How it is destroyed, where a plan says so.
    method: Option<String>,
    by: &'a UserId,
    at: Timestamp,
    is_posted: bool,
}

impl Moving<'_> {
    fn day(&self) -> Date {
        day_of(self.movement.effective_at.unwrap_or(self.at))
    }

    /// What stands in the life as the evidence of a destruction.
    fn evidence(&self) -> String {
        let Movement { id, reference, .. } = self.movement;
        format!("{}, {reference}", evidence_of(*id))
    }
}

fn evidence_of(movement: egnatia_stockpile::MovementId) -> String {
    format!("stock movement {movement}")
}

fn day_of(at: Timestamp) -> Date {
    at.to_zoned_datetime(TimeZone::UTC).date()
}

/// The day of an event: that on which it happened, or that of the last one where the register has a
/// later one.
pub(super) fn day_in(firearm: &Firearm, day: Date) -> Date {
    let last = firearm.life.iter().map(|entry| entry.on).max();
    last.map_or(day, |last| last.max(day))
}

/// From where to where each weapon goes that comes, comes back, or is there no more.
fn journeys(lines: &[Line]) -> BTreeMap<GoodsId, (AccountId, AccountId)> {
    use MovementKind as Kind;
    let matters = |line: &Line| !matches!(line.kind, Kind::Transfer | Kind::Issue | Kind::Loss);
    let mut journeys: BTreeMap<GoodsId, (AccountId, AccountId)> = BTreeMap::new();
    for line in lines {
        let journey = journeys.entry(line.goods);
        journey
            .and_modify(|(_, to)| *to = line.to)
            .or_insert((line.from, line.to));
    }
    journeys.retain(|goods, _| {
        let mut of = lines.iter().filter(|line| line.goods == *goods);
        of.any(matters)
    });
    journeys
}

/// What has to be done before the register can say that the authority has a weapon; nothing where
/// it says so.
const fn to_be_done(custody: &Custody) -> Option<&'static str> {
    Some(match custody {
        Custody::Nowhere => return None,
        custody if custody.is_with_authority() => return None,
        Custody::With(_) | Custody::Authority(_) => {
            "says that somebody else has it; record there how it came here: a transfer, a surrender \
             or a seizure"
        }
        Custody::Transit { .. } => {
            "says that it passes through the country; record there how it came here: an import or a \
             seizure"
        }
        Custody::Abroad(_) => {
            "says that it is abroad; record there how it came here: an import, a find or a seizure"
        }
        Custody::Lost | Custody::Stolen => "misses it; record there that it was found",
        Custody::Destroyed => "says that it is destroyed; that is corrected there first",
    })
}

/// Lets a transaction fail where a record has changed meanwhile, unless it writes the record itself.
fn expect(writing: &mut Writing<'_>, envelope: &Envelope) {
    let changes = &mut writing.batch.changes;
    let writes =
        |change: &Change| matches!(change, Change::Put(put) if put.envelope.id == envelope.id);
    if !changes.iter().any(writes) {
        changes.push(Change::Expect(envelope.id, envelope.version));
    }
}

fn told(goods: &Goods, what: &str) -> AppError {
    let text = format!(
        "{} {}: the register of firearms {what}",
        goods.nomenclature,
        goods.number()
    );
    Invalid::new("lines", "register", text).into()
}

fn said(goods: &Goods, error: &LifeRefused) -> AppError {
    told(goods, &format!("says no: {error}"))
}

impl App {
    /// Whether the register takes what a movement means for the lives of its weapons, before it is
    /// entered.
    pub(super) async fn lives_allow(
        &self,
        movement: &Movement,
        method: Option<String>,
    ) -> Result<(), AppError> {
        let moving = Moving {
            method,
            by: &movement.by,
            at: self.now(),
            is_posted: false,
            movement,
        };
        for weapon in self.moved_weapons(&movement.lines).await? {
            self.life_after(&weapon, &moving)?;
        }
        Ok(())
    }

    /// Puts into a transaction what a posted movement means for the lives of its weapons. Returns
    /// whether the register changed.
    pub(super) async fn put_lives(
        &self,
        writing: &mut Writing<'_>,
        caller: &Caller,
        movement: &Movement,
        lines: &[Line],
    ) -> Result<bool, AppError> {
        let weapons = self.moved_weapons(lines).await?;
        let mut moving = Moving {
            method: None,
            by: &caller.login,
            at: writing.at,
            is_posted: true,
            movement,
        };
        if weapons.iter().any(|weapon| weapon.step == Step::Destroyed) {
            moving.method = self.method_of(movement.id).await?;
        }
        let mut is_changed = false;
        for weapon in weapons {
            match self.life_after(&weapon, &moving)? {
                Some(firearm) => {
                    self.put_kept(writing, &weapon.stored, &firearm)?;
                    is_changed = true;
                }
                // What the register allows now it must still allow when this is written.
                None => expect(writing, &weapon.stored.envelope),
            }
        }
        Ok(is_changed)
    }

    async fn moved_weapons(&self, lines: &[Line]) -> Result<Vec<MovedWeapon>, AppError> {
        let journeys = journeys(lines);
        let goods = self.goods_of(journeys.keys().copied()).await?;
        let mut linked = goods.into_iter().filter_map(|(id, goods)| {
            let record = goods.register_record()?;
            let journey = journeys.get(&id)?;
            Some((goods, record, *journey))
        });
        let mut weapons = Vec::new();
        let Some(first) = linked.next() else {
            return Ok(weapons);
        };
        let kinds = self.stock_kinds().await?;
        for (goods, record, (from, to)) in std::iter::once(first).chain(linked) {
            let step = match (kinds.get(&from), kinds.get(&to)) {
                (Some(from), Some(to)) => Step::of(*from, *to),
                _ => None,
            };
            if let Some(step) = step
                && let Some((stored, firearm)) = self.firearm_of(record).await?
            {
                weapons.push(MovedWeapon {
                    goods,
                    step,
                    stored,
                    firearm,
                });
            }
        }
        Ok(weapons)
    }

    /// The life of a weapon after a movement; nothing where it stays as it is.
    fn life_after(
        &self,
        weapon: &MovedWeapon,
        moving: &Moving<'_>,
    ) -> Result<Option<Firearm>, AppError> {
        let goods = &weapon.goods;
        let standing = weapon.firearm.standing();
        let custody = standing.map_err(|error| said(goods, &error))?.custody;
        match weapon.step {
            Step::UsedUp => {
                let text = "knows it: a weapon is not used up; enter its destruction, or its issue";
                Err(told(goods, text))
            }
            // Its case says that the register misses it, and ends when somebody counts it.
            Step::Returns if custody.is_missing() => Ok(None),
            Step::Comes | Step::Returns => match to_be_done(&custody) {
                Some(what) => Err(told(goods, what)),
                None if custody == Custody::Nowhere => {
                    let number = &moving.movement.reference;
                    let begun = self.begun(&weapon.firearm, number, (moving, moving.day()));
                    begun.map(Some).map_err(|error| said(goods, &error))
                }
                None => Ok(None),
            },
            Step::NeverCame => self.never_came(weapon, moving),
            Step::Destroyed => self.destroyed(weapon, moving, &custody),
            Step::Restored => restored(weapon, moving, &custody),
        }
    }

    /// The first event of a life: this authority has the weapon, and has entered it under a number.
    fn begun(
        &self,
        firearm: &Firearm,
        number: &str,
        (moving, day): (&Moving<'_>, Date),
    ) -> Result<Firearm, LifeRefused> {
        firearm.clone().record(Recording {
            event: begins(&self.inner.settings.authority, number),
            on: day,
            by: moving.by.clone(),
            at: moving.at,
        })
    }

    /// The weapon with a first event, where it has none: it lies in a store of this authority.
    pub(super) fn begun_in_books(
        &self,
        firearm: Firearm,
        caller: &Caller,
        number: &str,
        (day, at): (Timestamp, Timestamp),
    ) -> Firearm {
        let nowhere = firearm
            .standing()
            .is_ok_and(|standing| standing.custody == Custody::Nowhere);
        if !nowhere {
            return firearm;
        }
        let recording = Recording {
            event: begins(&self.inner.settings.authority, number),
            on: day_of(day),
            by: caller.login.clone(),
            at,
        };
        firearm.clone().record(recording).unwrap_or(firearm)
    }

    fn never_came(
        &self,
        weapon: &MovedWeapon,
        moving: &Moving<'_>,
    ) -> Result<Option<Firearm>, AppError> {
        let came = begins(&self.inner.settings.authority, &moving.movement.reference);
        correct(weapon, moving, |event| *event == came)
    }

    fn destroyed(
        &self,
        weapon: &MovedWeapon,
        moving: &Moving<'_>,
        custody: &Custody,
    ) -> Result<Option<Firearm>, AppError> {
        let goods = &weapon.goods;
        let by_this = |event: &Event| is_destruction_by(event, moving.movement.id);
        // INVARIANT: one person for both signatures, and a second posting, are refused by the books.
        if (moving.is_posted && *moving.by == moving.movement.by)
            || weapon
                .firearm
                .life
                .iter()
                .any(|entry| by_this(&entry.event))
        {
            return Ok(None);
        }
        let remark = moving.movement.remark.as_ref();
        let method = moving.method.clone();
        let method = method.or_else(|| remark.map(|remark| remark.as_str().to_owned()));
        let Some(method) = method else {
            let text = format!(
                "{} {}: say how and where it is destroyed: the register of firearms keeps it",
                goods.nomenclature,
                goods.number()
            );
            return Err(Invalid::new("remark", "missing", text).into());
        };
        let said = |error: LifeRefused| said(goods, &error);
        let mut firearm = match custody {
            Custody::Nowhere => self
                .begun(&weapon.firearm, BOOKS, (moving, moving.day()))
                .map_err(said)?,
            _ => weapon.firearm.clone(),
        };
        // What somebody proposed in the register is done by this.
        firearm.proposed = None;
        let proposed = ProposedDestruction {
            by: moving.movement.by.clone(),
            at: moving.at,
            method,
            evidence: moving.evidence(),
        };
        let firearm = firearm.propose_destruction(proposed).map_err(said)?;
        if !moving.is_posted {
            return Ok(None);
        }
        let on = day_in(&firearm, moving.day());
        let signed = firearm.sign_destruction(moving.by.clone(), on, moving.at);
        signed.map(Some).map_err(said)
    }

    /// Writes what became of a weapon.
    fn put_kept(
        &self,
        writing: &mut Writing<'_>,
        stored: &StoredRecord,
        firearm: &Firearm,
    ) -> Result<(), AppError> {
        let keeping = Keeping {
            stored: Some(stored),
            id: stored.envelope.id,
            purpose: stored.envelope.purpose,
            firearm,
        };
        let what = firearm.life.last().map(|entry| entry.event.kind());
        let beside = changed("event")
            .data(serde_json::json!({ "change": "event", "event": what, "by": "stock" }));
        self.put_firearm(writing, &keeping, beside)
    }

    /// What the register says against that goods lie in a store; nothing where they may.
    ///
    /// # Errors
    /// [`AppError::Store`] where the store does not answer.
    pub(super) async fn register_objects(
        &self,
        goods: &Goods,
    ) -> Result<Option<&'static str>, AppError> {
        let Some(record) = goods.register_record() else {
            return Ok(None);
        };
        let Some((_, firearm)) = self.firearm_of(record).await? else {
            return Ok(None);
        };
        let standing = firearm.standing().map_err(|error| refused(&error))?;
        Ok(to_be_done(&standing.custody))
    }

    /// Puts the first event of the life of a weapon into a transaction that somebody says is the one
    /// that lies in a store, where it has none. Returns whether it did.
    pub(super) async fn put_begun(
        &self,
        writing: &mut Writing<'_>,
        caller: &Caller,
        (record, number): (RecordId, &str),
    ) -> Result<bool, AppError> {
        let Some((stored, firearm)) = self.firearm_of(record).await? else {
            return Ok(false);
        };
        let events = firearm.life.len();
        let begun = self.begun_in_books(firearm, caller, number, (writing.at, writing.at));
        if begun.life.len() == events {
            return Ok(false);
        }
        self.put_kept(writing, &stored, &begun)?;
        Ok(true)
    }
}

/// That this authority has a weapon, entered under a number.
fn begins(authority: &AuthorityId, number: &str) -> Event {
    let holder = Holder::known_as(HolderKind::Authority, &authority.to_string());
    Event::Reregistration {
        number: number.to_owned(),
        holder: Some(holder),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_movement_counts_as_a_whole() {
        let account = |byte| AccountId::from_bytes([byte; 16]);
        let line = |kind, from, to| Line {
            kind,
            goods: GoodsId::from_bytes([1; 16]),
            from,
            to,
            quantity: 1.try_into().unwrap(),
        };
        let received = line(MovementKind::Receipt, AccountId::OUTSIDE, account(8));
        let issued = line(MovementKind::Issue, account(8), account(9));
        let journey = journeys(&[received, issued.clone()]);
        let (from, to) = journey[&issued.goods];
        assert_eq!((from, to), (AccountId::OUTSIDE, account(9)));
        assert!(journeys(&[issued]).is_empty(), "the authority still has it");
    }
}
