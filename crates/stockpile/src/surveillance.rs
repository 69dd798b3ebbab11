//! When explosive goods are looked at again. Intervals are of the profile; what is due is shown, and a
//! person looks.

use jiff::Span;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{Division, Goods, StockProfile};

/// Lots that nobody knows: they are written as such (SB 742-1).
const LOST_LOTS: [&str; 3] = ["NONE", "MIXED", "UNKNOWN"];

/// Why something is to be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SurveillanceWhy {
    /// Its interval is over.
    Interval,
    /// Propellant is tested for deterioration.
    Propellant,
    /// Propellant of which nobody knows the lot.
    LostLot,
}

impl SurveillanceWhy {
    /// The reason as it is shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Interval => "interval",
            Self::Propellant => "propellant",
            Self::LostLot => "lost-lot",
        }
    }
}

/// By when goods are to be looked at, and why; nothing for what is not explosive. `since` is the day on
/// which they were registered: it counts where nobody has looked yet.
///
/// Propellant is division 1.3.1. One of which the lot is `none`, `mixed` or `unknown` is not kept: the
/// day does not move by looking at it.
pub fn surveillance_due(
    goods: &Goods,
    since: Date,
    profile: &StockProfile,
) -> Option<(Date, SurveillanceWhy)> {
    let explosive = goods.explosive?;
    let is_propellant = explosive.division == Division::D1_3_1;
    let lot = Goods::key_of(goods.number());
    let after = |from: Date, days: u16| from.saturating_add(Span::new().days(i64::from(days)));
    if is_propellant && !goods.is_serialised() && LOST_LOTS.contains(&lot.as_str()) {
        return Some((
            after(since, profile.lost_lot_days),
            SurveillanceWhy::LostLot,
        ));
    }
    let last = goods.inspected.as_ref().map_or(since, |seen| seen.on);
    Some(match is_propellant {
        true => (
            after(last, profile.propellant_days),
            SurveillanceWhy::Propellant,
        ),
        false => (
            after(last, profile.surveillance_days),
            SurveillanceWhy::Interval,
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Condition, Explosive, Group, Inspection, Mass, Tracking};
    use jiff::civil::date;

    fn goods(division: Division, lot: &str) -> Goods {
        Goods {
            nomenclature: "propellant".into(),
            tracking: Tracking::Lot { lot: lot.into() },
            explosive: Some(Explosive {
                division,
                group: Group::C,
                mass_each: Mass::from_kilograms(1),
            }),
            category: None,
            made_on: None,
            expires_on: None,
            inspected: None,
            condition: Condition::Serviceable,
        }
    }

    #[test]
    fn the_day_follows_from_the_last_look_and_from_what_it_is() {
        let profile = StockProfile::shipped().unwrap();
        let since = date(2026, 1, 1);
        let due = |goods: &Goods| surveillance_due(goods, since, &profile);
        let mut propellant = goods(Division::D1_3_1, "PB-12");
        let other = goods(Division::D1_1, "unknown");
        let day = |year, month, day| date(year, month, day);
        assert_eq!(
            due(&other),
            Some((day(2027, 1, 1), SurveillanceWhy::Interval))
        );
        assert_eq!(
            due(&propellant),
            Some((day(2028, 1, 1), SurveillanceWhy::Propellant))
        );
        propellant.inspected = Some(Inspection {
            on: date(2026, 7, 1),
            by: "ana".parse().unwrap(),
            found: "no change of colour".to_owned().try_into().unwrap(),
        });
        assert_eq!(
            due(&propellant),
            Some((day(2028, 6, 30), SurveillanceWhy::Propellant))
        );
    }

    #[test]
    fn propellant_of_an_unknown_lot_is_not_kept_by_looking_at_it() {
        let profile = StockProfile::shipped().unwrap();
        for lot in ["none", "Mixed", "UNKNOWN", "un-known"] {
            let mut lost = goods(Division::D1_3_1, lot);
            let due = Some((date(2026, 3, 2), SurveillanceWhy::LostLot));
            assert_eq!(surveillance_due(&lost, date(2026, 1, 1), &profile), due);
            lost.inspected = Some(Inspection {
                on: date(2026, 2, 1),
                by: "ana".parse().unwrap(),
                found: "looked at it".to_owned().try_into().unwrap(),
            });
            assert_eq!(surveillance_due(&lost, date(2026, 1, 1), &profile), due);
        }
    }

    #[test]
    fn what_does_not_explode_is_not_looked_at() {
        let profile = StockProfile::shipped().unwrap();
        let mut rifle = goods(Division::D1_4, "x");
        rifle.explosive = None;
        assert_eq!(surveillance_due(&rifle, date(2026, 1, 1), &profile), None);
    }
}
