//! What a store may hold: distances to what it would hurt, groups that may lie together, and its
//! capacity. A movement that breaks it is refused before it is posted, and what would fit is said.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::distance::{Barricade, Distance, DistanceRefused, Edges, Sums, Tables};
use crate::mixing::{Mixing, Verdict};
use crate::{Division, Goods, GoodsId, Group, Mass};

/// Exposed sites that a licence takes.
pub(crate) const EXPOSURES_MAX: usize = 64;

/// What a store may hold given its neighbours.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Licence {
    /// Its number at the authority that gave it.
    pub number: String,
    /// Until when it holds, this day included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Date>,
    /// The most of each division, whatever the distances.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub mass_max: BTreeMap<Division, Mass>,
    /// The most in all, whatever the distances.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_max: Option<Mass>,
    /// What lies around it, and how far.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exposures: Vec<Exposure>,
    /// Conditions of mixing that are met in it, by name.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub conditions_met: BTreeSet<String>,
}

/// Something that the store would hurt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exposure {
    /// What it is called.
    pub name: String,
    /// What it is, as the tables name it.
    pub exposed: String,
    /// How far it is, m.
    pub distance_m: u32,
    /// Whether a barricade stands between.
    pub barricade: Barricade,
}

/// By which tables a licence is read.
#[derive(Debug, Clone)]
pub struct LicenceRules {
    /// Distances.
    pub tables: Tables,
    /// Mixing.
    pub mixing: Mixing,
    /// What happens at the edges of pieces.
    pub edges: Edges,
    /// How several divisions count.
    pub sums: Sums,
}

/// What is in a store.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Contents {
    goods: BTreeMap<GoodsId, (Goods, u64)>,
}

/// What is to come into a store.
#[derive(Debug, Clone, Copy)]
pub struct Planned<'a> {
    /// Under which id it is registered.
    pub id: GoodsId,
    /// What.
    pub goods: &'a Goods,
    /// How many.
    pub quantity: u64,
}

/// What a plan breaks.
#[derive(Debug, Clone, PartialEq)]
pub enum Breach {
    /// The store has no licence.
    NoLicence,
    /// It does not hold any more.
    Expired(Date),
    /// Something would be too near.
    TooNear {
        /// What is around.
        exposure: Exposure,
        /// How far it would have to be.
        needed: Box<Distance>,
    },
    /// The tables have no answer, so that the plan is not shown to be safe.
    NoDistance {
        /// What is around.
        exposure: Exposure,
        /// Why there is no answer.
        why: DistanceRefused,
    },
    /// Two groups may not lie together.
    Mixing {
        /// The one.
        incoming: Group,
        /// The other.
        there: Group,
        /// The condition under which they might, where there is one.
        condition: Option<String>,
        /// The table.
        table: String,
    },
    /// More than the licence says.
    Capacity {
        /// Of which division; nothing for all of them.
        division: Option<Division>,
        /// The most.
        limit: Mass,
        /// What there would be.
        would_be: Mass,
    },
}

impl Breach {
    /// A stable word for it.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoLicence => "no-licence",
            Self::Expired(_) => "licence-expired",
            Self::TooNear { .. } => "too-near",
            Self::NoDistance { .. } => "no-distance",
            Self::Mixing { .. } => "mixing",
            Self::Capacity { .. } => "capacity",
        }
    }
}

impl Breach {
    /// Whether both say of the same two groups that they may not lie together.
    fn is_same_pair(&self, other: &Self) -> bool {
        let pair = |of: &Self| match of {
            Self::Mixing {
                incoming, there, ..
            } => Some((*incoming.min(there), *incoming.max(there))),
            _ => None,
        };
        pair(self).is_some() && pair(self) == pair(other)
    }
}

impl std::fmt::Display for Breach {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoLicence => write!(f, "the store has no licence for explosives"),
            Self::Expired(day) => write!(f, "the licence of the store ended on {day}"),
            Self::TooNear { exposure, needed } => {
                write!(
                    f,
                    "`{}` is {} m away, and {} m are needed for {} kg as division {} ({})",
                    exposure.name,
                    exposure.distance_m,
                    needed.metres,
                    needed.quantity,
                    needed.division,
                    needed.rule()
                )?;
                match needed.from_memory.is_empty() {
                    true => Ok(()),
                    false => write!(f, ", from memory"),
                }
            }
            Self::NoDistance { exposure, why } => write!(f, "`{}`: {why}", exposure.name),
            Self::Mixing {
                incoming,
                there,
                condition,
                table,
            } => match condition {
                None => write!(
                    f,
                    "group {incoming} may not lie with group {there} ({table})"
                ),
                Some(condition) => write!(
                    f,
                    "group {incoming} may lie with group {there} {condition} ({table}); the \
                     licence does not say that this is met"
                ),
            },
            Self::Capacity {
                division,
                limit,
                would_be,
            } => match division {
                Some(division) => write!(
                    f,
                    "{would_be} kg of division {division} are more than the licence's {limit} kg"
                ),
                None => write!(f, "{would_be} kg are more than the licence's {limit} kg"),
            },
        }
    }
}

/// How far an exposed site is from where it may not be nearer.
#[derive(Debug, Clone, PartialEq)]
pub struct Margin {
    /// What is around.
    pub exposure: Exposure,
    /// The distance that is needed; nothing where there is nothing explosive.
    pub needed: Option<Distance>,
    /// Metres to spare; below zero where it is too near.
    pub margin_m: i64,
}

/// What would fit of what does not fit as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fits {
    /// So many would.
    pub quantity: u64,
}

impl Contents {
    /// Adds so many.
    pub fn add(&mut self, id: GoodsId, goods: &Goods, quantity: u64) {
        let entry = self.goods.entry(id).or_insert_with(|| (goods.clone(), 0));
        entry.1 = entry.1.saturating_add(quantity);
    }

    /// The explosive mass of each division.
    pub fn masses(&self) -> BTreeMap<Division, Mass> {
        let mut masses = BTreeMap::new();
        let greatest = Mass::from_milligrams(u64::MAX);
        for (goods, quantity) in self.goods.values().filter(|(_, quantity)| *quantity > 0) {
            if let Some(explosive) = goods.explosive {
                let mass = goods.mass_of(*quantity).unwrap_or(greatest);
                let sum: &mut Mass = masses.entry(explosive.division).or_default();
                *sum = sum.plus(mass).unwrap_or(greatest);
            }
        }
        masses
    }

    /// What is explosive, and how many of it.
    pub fn explosives(&self) -> impl Iterator<Item = (GoodsId, u64)> {
        let explosive = |(goods, quantity): &(Goods, u64)| goods.explosive.map(|_| *quantity);
        let all = self.goods.iter();
        all.filter_map(move |(id, held)| Some((*id, explosive(held)?)).filter(|(_, n)| *n > 0))
    }

    fn with(&self, planned: Planned<'_>) -> Self {
        let mut contents = self.clone();
        contents.add(planned.id, planned.goods, planned.quantity);
        contents
    }

    /// Everything explosive, once.
    fn explosive(&self) -> impl Iterator<Item = (&GoodsId, &Goods, Group)> {
        self.goods.iter().filter_map(|(id, (goods, quantity))| {
            let explosive = goods.explosive.filter(|_| *quantity > 0)?;
            Some((id, goods, explosive.group))
        })
    }
}

impl Licence {
    /// Checks a licence before it is kept: the tables know every exposed site.
    ///
    /// # Errors
    /// The name of the first exposed site that they do not know.
    pub fn unknown_site<'a>(&'a self, tables: &Tables) -> Option<&'a str> {
        let known = tables.exposed_sites();
        let sites = self
            .exposures
            .iter()
            .map(|exposure| exposure.exposed.as_str());
        sites.into_iter().find(|site| !known.contains(site))
    }

    /// Everything that a plan would break; nothing where it may be done. What is not explosive
    /// breaks nothing.
    pub fn breaches(
        licence: Option<&Self>,
        contents: &Contents,
        planned: Planned<'_>,
        (rules, today): (&LicenceRules, Date),
    ) -> Vec<Breach> {
        let Some(explosive) = planned.goods.explosive else {
            return Vec::new();
        };
        let Some(licence) = licence else {
            return vec![Breach::NoLicence];
        };
        let mut breaches = Vec::new();
        if let Some(day) = licence.valid_until.filter(|day| *day < today) {
            breaches.push(Breach::Expired(day));
        }
        let would_be = contents.with(planned);
        licence.mixing(
            &mut breaches,
            &would_be,
            (planned, explosive.group),
            &rules.mixing,
        );
        let masses = would_be.masses();
        licence.capacity(&mut breaches, &masses);
        licence.distances(&mut breaches, &masses, rules);
        breaches
    }

    /// Everything that is broken by what lies in a store, as it lies there: after a ledger was taken
    /// over, a licence was narrowed, or where the tables have no answer.
    pub fn broken(
        licence: Option<&Self>,
        contents: &Contents,
        by: (&LicenceRules, Date),
    ) -> Vec<Breach> {
        let mut kinds = BTreeSet::new();
        let mut found: Vec<Breach> = Vec::new();
        // In an order that does not hang on ids.
        let mut all: Vec<_> = contents.explosive().collect();
        all.sort_by(|a, b| (a.2, &a.1.nomenclature).cmp(&(b.2, &b.1.nomenclature)));
        for (id, goods, group) in all {
            if !kinds.insert((group, goods.nomenclature.as_str())) {
                continue;
            }
            // As if nothing more of it came.
            let planned = Planned {
                id: *id,
                goods,
                quantity: 0,
            };
            match licence.filter(|_| kinds.len() > 1) {
                None => found = Self::breaches(licence, contents, planned, by),
                Some(licence) => {
                    let mut more = Vec::new();
                    licence.mixing(&mut more, contents, (planned, group), &by.0.mixing);
                    more.retain(|breach| !found.iter().any(|known| known.is_same_pair(breach)));
                    found.extend(more);
                }
            }
            if licence.is_none() {
                break;
            }
        }
        found
    }

    fn mixing(
        &self,
        breaches: &mut Vec<Breach>,
        contents: &Contents,
        (planned, group): (Planned<'_>, Group),
        mixing: &Mixing,
    ) {
        let mut seen = BTreeSet::new();
        for (id, there, other) in contents.explosive() {
            let is_identical =
                *id == planned.id || there.nomenclature == planned.goods.nomenclature;
            let condition = match mixing.verdict(group, other) {
                Verdict::Permitted => continue,
                // The same thing lies with itself, whatever its group.
                _ if is_identical && group == other => continue,
                Verdict::Under(condition) if self.conditions_met.contains(&condition.name) => {
                    continue;
                }
                Verdict::Under(condition) => Some(condition.text.clone()),
                Verdict::Prohibited => None,
            };
            if seen.insert(other) {
                breaches.push(Breach::Mixing {
                    incoming: group,
                    there: other,
                    condition,
                    table: mixing.source.clone(),
                });
            }
        }
    }

    fn capacity(&self, breaches: &mut Vec<Breach>, masses: &BTreeMap<Division, Mass>) {
        for (division, limit) in &self.mass_max {
            let would_be = masses.get(division).copied().unwrap_or_default();
            if would_be > *limit {
                breaches.push(Breach::Capacity {
                    division: Some(*division),
                    limit: *limit,
                    would_be,
                });
            }
        }
        if let Some(limit) = self.total_max {
            let greatest = Mass::from_milligrams(u64::MAX);
            let sum = |a: Mass, b: &Mass| a.plus(*b).unwrap_or(greatest);
            let would_be = masses.values().fold(Mass::default(), sum);
            if would_be > limit {
                breaches.push(Breach::Capacity {
                    division: None,
                    limit,
                    would_be,
                });
            }
        }
    }

    fn distances(
        &self,
        breaches: &mut Vec<Breach>,
        masses: &BTreeMap<Division, Mass>,
        rules: &LicenceRules,
    ) {
        for exposure in &self.exposures {
            let to = (exposure.exposed.as_str(), exposure.barricade);
            let choice = (rules.edges, rules.sums);
            match rules.tables.distance_of(masses, to, choice) {
                Ok(Some(needed)) if needed.metres > exposure.distance_m => {
                    breaches.push(Breach::TooNear {
                        exposure: exposure.clone(),
                        needed: Box::new(needed),
                    });
                }
                Ok(_) => {}
                Err(why) => breaches.push(Breach::NoDistance {
                    exposure: exposure.clone(),
                    why,
                }),
            }
        }
    }

    /// How far each exposed site is from where it may not be nearer, m, for what is in the store;
    /// below zero where it is too near. Those for which the tables have no answer are left out.
    pub fn margins(&self, contents: &Contents, rules: &LicenceRules) -> Vec<Margin> {
        let masses = contents.masses();
        let margin = |exposure: &Exposure| {
            let to = (exposure.exposed.as_str(), exposure.barricade);
            let needed = rules
                .tables
                .distance_of(&masses, to, (rules.edges, rules.sums));
            let needed = needed.ok()?;
            let metres = needed.as_ref().map_or(0, |needed| needed.metres);
            Some(Margin {
                exposure: exposure.clone(),
                margin_m: i64::from(exposure.distance_m) - i64::from(metres),
                needed,
            })
        };
        self.exposures.iter().filter_map(margin).collect()
    }

    /// The most of a plan that would break nothing.
    pub fn fits(
        licence: Option<&Self>,
        contents: &Contents,
        planned: Planned<'_>,
        by: (&LicenceRules, Date),
    ) -> Fits {
        let breaks = |quantity: u64| {
            let smaller = Planned {
                quantity,
                ..planned
            };
            quantity > 0 && !Self::breaches(licence, contents, smaller, by).is_empty()
        };
        // INVARIANT: `low` fits, and more than `high` was not asked for.
        let (mut low, mut high) = (0, planned.quantity);
        while low < high {
            let middle = low + (high - low).div_ceil(2);
            match breaks(middle) {
                true => high = middle - 1,
                false => low = middle,
            }
        }
        Fits { quantity: low }
    }
}
