//! Sites, and what is in them: stores, bays, racks. Where they are on the ground stands in a record
//! of its own, which fewer may see.

use std::collections::{BTreeMap, BTreeSet};

use egnatia_record::RecordId;
use serde::{Deserialize, Serialize};

use crate::AccountId;
use crate::distance::Tables;
use crate::licence::{EXPOSURES_MAX, Licence};
use crate::words::is_short;

/// Places of one site.
const PLACES_MAX: usize = 5_000;
/// Store, bay, rack.
const DEPTH_MAX: usize = 3;
/// Points of one plan.
const POINTS_MAX: usize = 2_000;
/// How far from its origin a point of a plan may be, m.
const PLAN_SIZE_M: i32 = 100_000;

/// The body of a record of kind `stock-site`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Site {
    /// What it is called.
    pub name: String,
    /// Its stores, bays and racks; what holds others comes first.
    pub places: Vec<Place>,
}

/// A store, a bay or a rack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Its account in the books.
    pub account: AccountId,
    /// What its label says, such as `A1-03`.
    pub code: String,
    /// What it is called.
    pub name: String,
    /// What it is in; nothing for a store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inside: Option<AccountId>,
    /// What a store may hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<Licence>,
}

/// Why a site is not kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSite {
    /// No name.
    #[error("state what the site is called, 1 to 100 characters")]
    Name,
    /// A code that cannot be.
    #[error("`{0}`: a code has 1 to 40 characters and stands there once")]
    Code(String),
    /// Too many places, or none.
    #[error("a site has 1 to {PLACES_MAX} places")]
    Places,
    /// Inside something that is not there.
    #[error("`{0}` is in a place that does not stand before it, or too deep: store, bay, rack")]
    Inside(String),
    /// A licence that cannot be.
    #[error(
        "`{0}`: only a store has a licence; it has a number and at most {EXPOSURES_MAX} exposed sites that the tables know"
    )]
    Licence(String),
    /// A plan that cannot be.
    #[error("a plan has 1 to {POINTS_MAX} points with names, within {PLAN_SIZE_M} m")]
    Plan,
}

impl InvalidSite {
    /// The field that is wrong, as forms and the API name it.
    pub const fn field(&self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Code(_) | Self::Places => "places",
            Self::Inside(_) => "inside",
            Self::Licence(_) => "licence",
            Self::Plan => "points",
        }
    }
}

impl Site {
    /// Checks a site before it is kept.
    ///
    /// # Errors
    /// [`InvalidSite`], by the first thing that is wrong.
    pub fn validate(&self, tables: &Tables) -> Result<(), InvalidSite> {
        if !is_short(&self.name, 100) {
            return Err(InvalidSite::Name);
        }
        if !(1..=PLACES_MAX).contains(&self.places.len()) {
            return Err(InvalidSite::Places);
        }
        let mut codes = BTreeSet::new();
        let mut depths: BTreeMap<AccountId, usize> = BTreeMap::new();
        for place in &self.places {
            let code = || InvalidSite::Code(place.code.clone());
            let new = codes.insert(place.code.to_lowercase());
            if !new || !is_short(&place.code, 40) || !is_short(&place.name, 100) {
                return Err(code());
            }
            let depth = match place.inside {
                None => Some(1),
                Some(inside) => depths.get(&inside).map(|depth| depth + 1),
            };
            let depth = depth.filter(|depth| *depth <= DEPTH_MAX);
            let depth = depth.ok_or_else(|| InvalidSite::Inside(place.code.clone()))?;
            if depths.insert(place.account, depth).is_some() {
                return Err(code());
            }
            if let Some(licence) = &place.licence {
                let is_readable = is_short(&licence.number, 100)
                    && licence.exposures.len() <= EXPOSURES_MAX
                    && licence.exposures.iter().all(|e| is_short(&e.name, 100))
                    && licence.unknown_site(tables).is_none();
                if place.inside.is_some() || !is_readable {
                    return Err(InvalidSite::Licence(place.code.clone()));
                }
            }
        }
        Ok(())
    }

    /// A place by its account.
    pub fn place(&self, account: AccountId) -> Option<&Place> {
        self.places.iter().find(|place| place.account == account)
    }

    /// The store that a place is, or is in.
    pub fn store_of(&self, account: AccountId) -> Option<AccountId> {
        let mut place = self.place(account)?;
        for _ in 0..DEPTH_MAX {
            match place.inside {
                None => return Some(place.account),
                Some(inside) => place = self.place(inside)?,
            }
        }
        None
    }

    /// The stores.
    pub fn stores(&self) -> impl Iterator<Item = &Place> {
        self.places.iter().filter(|place| place.inside.is_none())
    }
}

/// The body of a record of kind `stock-plan`: where things are on the ground of a site. Who sees it
/// is an authorisation of its own, and it never leaves the node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SitePlan {
    /// Of which site.
    pub site: RecordId,
    /// Stores and what is around them.
    pub points: Vec<PlanPoint>,
}

/// Something on a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanPoint {
    /// What it is called; for what is around, as licences call it.
    pub name: String,
    /// The store that it is; nothing for what is around.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store: Option<AccountId>,
    /// Metres to the east of the plan's origin.
    pub east_m: i32,
    /// Metres to the north of the plan's origin.
    pub north_m: i32,
}

impl PlanPoint {
    /// How far another point is, in whole metres, rounded down: on the safe side.
    pub fn distance_m(&self, other: &Self) -> u32 {
        let across = u64::from(self.east_m.abs_diff(other.east_m));
        let along = u64::from(self.north_m.abs_diff(other.north_m));
        let square = across
            .checked_mul(across)
            .and_then(|x| x.checked_add(along.checked_mul(along)?));
        square.map_or(u32::MAX, |square| {
            u32::try_from(square.isqrt()).unwrap_or(u32::MAX)
        })
    }
}

impl SitePlan {
    /// The point of a store.
    pub fn of_store(&self, store: AccountId) -> Option<&PlanPoint> {
        self.points.iter().find(|point| point.store == Some(store))
    }

    /// Checks a plan before it is kept.
    ///
    /// # Errors
    /// [`InvalidSite::Plan`].
    pub fn validate(&self) -> Result<(), InvalidSite> {
        let near = -PLAN_SIZE_M..=PLAN_SIZE_M;
        let readable = |point: &PlanPoint| {
            is_short(&point.name, 100)
                && near.contains(&point.east_m)
                && near.contains(&point.north_m)
        };
        let fits =
            (1..=POINTS_MAX).contains(&self.points.len()) && self.points.iter().all(readable);
        fits.then_some(()).ok_or(InvalidSite::Plan)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_distance_on_a_plan_is_never_said_to_be_longer_than_it_is() {
        let point = |east_m, north_m| PlanPoint {
            name: "x".into(),
            store: None,
            east_m,
            north_m,
        };
        assert_eq!(point(0, 0).distance_m(&point(3, -4)), 5);
        assert_eq!(point(0, 0).distance_m(&point(1, 1)), 1);
        let ends = (point(i32::MIN, i32::MIN), point(i32::MAX, i32::MAX));
        assert_eq!(ends.0.distance_m(&ends.1), u32::MAX);
    }
}
