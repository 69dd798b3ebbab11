//! The lives of weapons after a movement that was taken back.

use egnatia_firearms::{Custody, Event, Firearm, LifeRefused, ProposedCorrection, Recording};

use super::{MovedWeapon, Moving, day_in, day_of, evidence_of, said};
use crate::AppError;

pub(super) fn is_destruction_by(event: &Event, movement: egnatia_stockpile::MovementId) -> bool {
    let named = evidence_of(movement);
    matches!(event, Event::Destruction { evidence, .. } if evidence.starts_with(&named))
}

/// The life without its destruction, which two persons take back.
pub(super) fn restored(
    weapon: &MovedWeapon,
    moving: &Moving<'_>,
    custody: &Custody,
) -> Result<Option<Firearm>, AppError> {
    match moving.movement.reverses {
        Some(reversed) if *custody == Custody::Destroyed => {
            correct(weapon, moving, |event| is_destruction_by(event, reversed))
        }
        _ => Ok(None),
    }
}

/// The life without the last event of which this holds; nothing where there is none.
pub(super) fn correct(
    weapon: &MovedWeapon,
    moving: &Moving<'_>,
    holds: impl Fn(&Event) -> bool,
) -> Result<Option<Firearm>, AppError> {
    let numbered = (1_u32..).zip(&weapon.firearm.life);
    let wrong = numbered.filter(|(_, entry)| holds(&entry.event)).last();
    let Some((of, entry)) = wrong else {
        return Ok(None);
    };
    let said = |error: LifeRefused| said(&weapon.goods, &error);
    let why = moving.movement.remark.as_ref();
    let reason = why.map_or_else(String::new, ToString::to_string);
    let mut firearm = weapon.firearm.clone();
    if firearm.needs_two(of) {
        // What somebody proposed in the register is done by this.
        firearm.proposed = None;
        let proposed = ProposedCorrection {
            by: moving.movement.by.clone(),
            at: moving.at,
            of,
            instead: None,
            on: entry.on,
            reason,
        };
        let firearm = firearm.propose_correction(proposed).map_err(said)?;
        // INVARIANT: one person for both signatures is refused by the books.
        if !moving.is_posted || *moving.by == moving.movement.by {
            return Ok(None);
        }
        let signed = firearm.sign_correction(moving.by.clone(), moving.at);
        return signed.map(Some).map_err(said);
    }
    let recording = Recording {
        event: Event::Correction {
            of,
            instead: None,
            on: entry.on,
            reason,
            first: None,
        },
        on: day_in(&weapon.firearm, day_of(moving.at)),
        by: moving.by.clone(),
        at: moving.at,
    };
    firearm.record(recording).map(Some).map_err(said)
}
