//! How far a store has to be from what it would hurt: functions of the net explosive quantity, which
//! function holds for what, and sums over divisions.
//!
//! The numbers are data files with their source. Some of them are from memory: every [`Distance`]
//! says so.

mod class;
mod function;
mod uses;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::goods::{UnknownGoodsTerm, terms};
use crate::{Division, Mass};
use std::fmt;
use std::str::FromStr;
use std::sync::OnceLock;

pub use class::Labelled;
pub use function::{Function, Value};
pub use uses::{BarricadeRule, Use};

const FUNCTIONS: &str = include_str!("../data/quantity_distance.toml");
const USES: &str = include_str!("../data/exposed_sites.toml");

terms! {
    /// What happens where a result drops at the edge of two pieces of a function.
    Edges, "a choice at the edges: safe, literal", {
        /// The distance never shrinks as the quantity grows.
        Safe = "safe",
        /// As the table is printed.
        Literal = "literal",
    }
}

terms! {
    /// Whether a barricade stands between.
    Barricade, "a barricade: with, without", {
        /// It does.
        With = "with",
        /// It does not.
        Without = "without",
    }
}

terms! {
    /// How several divisions in one store count.
    Sums, "a rule for sums: total-as-each, blast-total", {
        /// The whole quantity as each division that is there; the greatest result. Division 1.4
        /// counts by itself.
        TotalAsEach = "total-as-each",
        /// Divisions 1.1 and 1.5 summed, each other one by itself; the greatest result.
        BlastTotal = "blast-total",
    }
}

/// The functions, and what each of them is for.
#[derive(Debug, Clone)]
pub struct Tables {
    edition: String,
    functions: BTreeMap<String, Function>,
    uses: Vec<Use>,
    short: uses::ShortNames,
}

/// Tables that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the tables of distances cannot be used: {0}")]
pub struct InvalidTables(pub(crate) String);

/// Which distance is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// Hazard division of what is stored.
    pub division: Division,
    /// Net explosive quantity.
    pub quantity: Mass,
    /// What would be hurt: one of [`Tables::exposed_sites`].
    pub exposed: &'a str,
    /// Whether a barricade stands between.
    pub barricade: Barricade,
    /// What happens at the edges of pieces.
    pub edges: Edges,
}

/// A distance, and how it came about.
#[derive(Debug, Clone, PartialEq)]
pub struct Distance {
    /// Metres, rounded up.
    pub metres: u32,
    /// The quantity that was put in.
    pub quantity: Mass,
    /// As which division.
    pub division: Division,
    /// What happened at the edges of pieces.
    pub edges: Edges,
    /// The functions that were used, with their results; the greatest holds. None where the table says
    /// that there is no quantity-distance.
    pub terms: Vec<Value>,
    /// Where the functions, and what they are for, stand.
    pub source: String,
    /// What of it is from memory; empty where all was seen.
    pub from_memory: Vec<String>,
}

/// Why there is no distance.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DistanceRefused {
    /// No such site.
    #[error("`{found}` is not an exposed site; expected one of {expected}")]
    UnknownSite {
        /// What was asked for.
        found: String,
        /// What there is.
        expected: String,
    },
    /// No such function.
    #[error(
        "there is no function `{0}`; expected BD01 to BD36, P1D1 to P1D4, P2D1 to P2D4, TD01 to TD04, DFD01 to DFD08, FD10, FD25, FD60"
    )]
    UnknownFunction(String),
    /// The table says nothing.
    #[error(
        "the tables at hand do not say which function holds for division {division} and `{exposed}`, \
         {barricade} a barricade{known}: ask the competent authority"
    )]
    NoRule {
        /// Of which division.
        division: Division,
        /// To what.
        exposed: String,
        /// With or without barricade.
        barricade: Barricade,
        /// To what they have one.
        known: String,
    },
    /// Outside the range of the function.
    #[error("{function} holds for {range}, not for {quantity} kg")]
    OutOfRange {
        /// Which function.
        function: String,
        /// For which quantities it holds.
        range: String,
        /// What was asked.
        quantity: String,
    },
    /// An event that cannot be.
    #[error("the maximum credible event is more than nothing, and at most the whole quantity")]
    Event,
}

impl Distance {
    /// The functions as they are named: `BD31`, `max(BD18, DFD08)`; `none` where the table says that
    /// there is no quantity-distance.
    pub fn rule(&self) -> String {
        match self.terms.as_slice() {
            [] => "none".to_owned(),
            [one] => one.function.clone(),
            several => {
                let names: Vec<&str> = several.iter().map(|term| term.function.as_str()).collect();
                format!("max({})", names.join(", "))
            }
        }
    }
}

impl Tables {
    /// The tables that come with the program.
    ///
    /// # Errors
    /// [`InvalidTables`]: a mistake in the program.
    pub fn shipped() -> Result<Self, InvalidTables> {
        static SHIPPED: OnceLock<Result<Tables, InvalidTables>> = OnceLock::new();
        SHIPPED.get_or_init(|| Self::parse(FUNCTIONS, USES)).clone()
    }

    /// Tables in TOML, in the form of the files that come with the program.
    ///
    /// # Errors
    /// [`InvalidTables`] where they do not parse, have gaps, or name a function that is not there.
    pub fn parse(functions: &str, uses: &str) -> Result<Self, InvalidTables> {
        let (edition, functions) = function::parse(functions)?;
        let (uses, short) = uses::parse(uses)?;
        let missing = uses
            .iter()
            .flat_map(|of| of.functions.iter().chain(&of.by_event));
        if let Some(name) = missing
            .into_iter()
            .find(|name| !functions.contains_key(*name))
        {
            return Err(InvalidTables(format!("there is no function `{name}`")));
        }
        Ok(Self {
            edition,
            functions,
            uses,
            short,
        })
    }

    /// The edition that the functions are of.
    pub fn edition(&self) -> &str {
        &self.edition
    }

    /// Every function, by name.
    pub fn functions(&self) -> impl Iterator<Item = &Function> {
        self.functions.values()
    }

    /// A function by its name here, `BD09`, or as the table prints it, `BD9`.
    pub fn function(&self, name: &str) -> Option<&Function> {
        let name = name.trim().to_uppercase();
        let padded = || {
            let digits = name.trim_start_matches(|c: char| c.is_ascii_alphabetic());
            let letters = name.strip_suffix(digits)?;
            let is_single = digits.len() == 1 && digits.chars().all(|c| c.is_ascii_digit());
            is_single.then(|| format!("{letters}0{digits}"))
        };
        let found = self.functions.get(&name);
        found.or_else(|| self.functions.get(&padded()?))
    }

    /// What a distance can be asked to.
    pub fn exposed_sites(&self) -> Vec<&str> {
        let mut sites: Vec<&str> = self.uses.iter().map(|of| of.exposed.as_str()).collect();
        sites.sort_unstable();
        sites.dedup();
        sites
    }

    /// The name here of an exposed site that is called by another one, such as `IBD`; a name that is
    /// none stays as it is, and is refused where a distance is asked for.
    pub fn site_named<'a>(&'a self, name: &'a str) -> &'a str {
        let short = self.short.get(&name.trim().to_lowercase());
        short.map_or(name.trim(), String::as_str)
    }

    /// The result of one function by its name, whatever it is for.
    ///
    /// # Errors
    /// [`DistanceRefused::UnknownFunction`], [`DistanceRefused::OutOfRange`].
    pub fn value(
        &self,
        name: &str,
        quantity: Mass,
        edges: Edges,
    ) -> Result<Value, DistanceRefused> {
        let unknown = || DistanceRefused::UnknownFunction(name.chars().take(32).collect());
        let function = self.function(name).ok_or_else(unknown)?;
        function
            .value(quantity.kilograms(), edges)
            .ok_or_else(|| DistanceRefused::OutOfRange {
                function: function.name.clone(),
                range: function.range(),
                quantity: quantity.to_string(),
            })
    }

    /// The distance that is asked for. Where it depends on what explodes at once, the whole quantity
    /// is taken for that: see [`Tables::distance_by_event`].
    ///
    /// # Errors
    /// [`DistanceRefused`].
    pub fn distance(&self, ask: &Ask<'_>) -> Result<Distance, DistanceRefused> {
        self.distance_by_event(ask, None)
    }

    /// The distance that is asked for; `event` is the maximum credible event, which explodes at once.
    /// Without one the whole quantity is taken, on the safe side.
    ///
    /// # Errors
    /// [`DistanceRefused`]; [`DistanceRefused::Event`] where the event is more than there is.
    pub fn distance_by_event(
        &self,
        ask: &Ask<'_>,
        event: Option<Mass>,
    ) -> Result<Distance, DistanceRefused> {
        if event.is_some_and(|event| event > ask.quantity || event == Mass::default()) {
            return Err(DistanceRefused::Event);
        }
        let sites = self.exposed_sites();
        if !sites.contains(&ask.exposed) {
            return Err(DistanceRefused::UnknownSite {
                found: ask.exposed.chars().take(64).collect(),
                expected: sites.join(", "),
            });
        }
        let of = self.uses.iter().find(|of| {
            of.exposed == ask.exposed
                && of.divisions.contains(&ask.division)
                && of.barricade.holds(ask.barricade)
        });
        let of = of.ok_or_else(|| DistanceRefused::NoRule {
            division: ask.division,
            exposed: ask.exposed.to_owned(),
            barricade: ask.barricade,
            known: self.known_of(ask),
        })?;
        let mut terms = Vec::with_capacity(of.functions.len());
        for name in &of.functions {
            terms.push(self.value(name, ask.quantity, ask.edges)?);
        }
        for name in &of.by_event {
            terms.push(self.value(name, event.unwrap_or(ask.quantity), ask.edges)?);
        }
        // Without a term the table says that there is no quantity-distance.
        let metres = terms.iter().map(|term| term.metres).max().unwrap_or(0);
        let mut from_memory = Vec::new();
        if of.is_from_memory {
            from_memory.push(format!(
                "that {} is the function of division {} for `{}`",
                [of.functions.as_slice(), &of.by_event]
                    .concat()
                    .join(" and "),
                ask.division,
                of.exposed
            ));
        }
        if !of.by_event.is_empty() && event.is_none() {
            from_memory.push("that all of it may explode at once: no event is stated".to_owned());
        }
        if ask.division == Division::D1_5 {
            from_memory.push("that division 1.5 counts as 1.1".to_owned());
        }
        Ok(Distance {
            metres,
            quantity: ask.quantity,
            division: ask.division,
            edges: ask.edges,
            source: format!("{}; {}", self.edition, of.source),
            terms,
            from_memory,
        })
    }

    /// To what there is a distance of a division, in words for a refusal.
    fn known_of(&self, ask: &Ask<'_>) -> String {
        let of = |of: &&Use| of.divisions.contains(&ask.division);
        let rows = || self.uses.iter().filter(of);
        if rows().any(|row| row.exposed == ask.exposed) {
            let other = match ask.barricade {
                Barricade::With => Barricade::Without,
                Barricade::Without => Barricade::With,
            };
            return format!(" (they do {other} one)");
        }
        let mut sites: Vec<&str> = rows().map(|row| row.exposed.as_str()).collect();
        sites.sort_unstable();
        sites.dedup();
        match sites.as_slice() {
            [] => " (they say nothing of this division)".to_owned(),
            sites => format!(" (of this division they do for {})", sites.join(", ")),
        }
    }

    /// The distance of a store with several divisions, by the stated rule; nothing where there is
    /// nothing explosive in it.
    ///
    /// # Errors
    /// [`DistanceRefused`]: also where the total is more than can be said, as out of range.
    pub fn distance_of(
        &self,
        contents: &BTreeMap<Division, Mass>,
        exposure: (&str, Barricade),
        choice: (Edges, Sums),
    ) -> Result<Option<Distance>, DistanceRefused> {
        let mut greatest: Option<Distance> = None;
        for (division, quantity) in summed(contents, choice.1)? {
            let ask = Ask {
                division,
                quantity,
                exposed: exposure.0,
                barricade: exposure.1,
                edges: choice.0,
            };
            let distance = self.distance(&ask)?;
            if greatest
                .as_ref()
                .is_none_or(|most| distance.metres > most.metres)
            {
                greatest = Some(distance);
            }
        }
        let several = contents.values().filter(|mass| **mass > Mass::default());
        if choice.1 == Sums::BlastTotal
            && several.count() > 1
            && let Some(distance) = &mut greatest
        {
            let note = "that only divisions 1.1 and 1.5 are summed, and 1.4 left out";
            distance.from_memory.push(note.to_owned());
        }
        Ok(greatest)
    }
}

/// As which divisions, with which quantities, a store counts.
fn summed(
    contents: &BTreeMap<Division, Mass>,
    sums: Sums,
) -> Result<Vec<(Division, Mass)>, DistanceRefused> {
    let present = || contents.iter().filter(|(_, mass)| **mass > Mass::default());
    let is_minor = |division: Division| division == Division::D1_4;
    let is_blast = |division: Division| matches!(division, Division::D1_1 | Division::D1_5);
    let total = |of: &dyn Fn(Division) -> bool| {
        let mut total = Mass::default();
        for (division, mass) in present().filter(|(division, _)| of(**division)) {
            total = total
                .plus(*mass)
                .ok_or_else(|| DistanceRefused::OutOfRange {
                    function: format!("the sum over division {division}"),
                    range: "less".to_owned(),
                    quantity: mass.to_string(),
                })?;
        }
        Ok::<Mass, DistanceRefused>(total)
    };
    let mut counted = Vec::new();
    match sums {
        Sums::TotalAsEach => {
            let whole = total(&|division| !is_minor(division))?;
            for (division, mass) in present() {
                let quantity = if is_minor(*division) { *mass } else { whole };
                counted.push((*division, quantity));
            }
        }
        Sums::BlastTotal => {
            let blast = total(&is_blast)?;
            let only_insensitive = present().all(|(division, _)| *division != Division::D1_1);
            if blast > Mass::default() {
                let division = match only_insensitive {
                    true => Division::D1_5,
                    false => Division::D1_1,
                };
                counted.push((division, blast));
            }
            let only_minor = present().all(|(division, _)| is_minor(*division));
            let others = present().filter(|(division, _)| {
                !is_blast(**division) && (only_minor || !is_minor(**division))
            });
            counted.extend(others.map(|(division, mass)| (*division, *mass)));
        }
    }
    Ok(counted)
}
