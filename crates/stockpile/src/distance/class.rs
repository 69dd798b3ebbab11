//! A hazard division as a label says it: `1.2` and `1.3` stand there without the subdivision that
//! the tables ask for.

use std::fmt;
use std::str::FromStr;

use super::{Ask, Distance, DistanceRefused, Tables};
use crate::goods::UnknownGoodsTerm;
use crate::{Division, Mass};

/// A division, or one of which the subdivision is not said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labelled {
    text: String,
    divisions: Vec<Division>,
}

impl Labelled {
    /// What it may be: one division, or every subdivision of it.
    pub fn divisions(&self) -> &[Division] {
        &self.divisions
    }
}

impl fmt::Display for Labelled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for Labelled {
    type Err = UnknownGoodsTerm;

    /// Reads `1.1`, `1.2.1`, and `1.2` and `1.3` without their subdivision.
    fn from_str(text: &str) -> Result<Self, UnknownGoodsTerm> {
        let text = text.trim();
        let of_it = |division: &Division| {
            let rest = division.as_str().strip_prefix(text);
            matches!(text, "1.2" | "1.3") && rest.is_some_and(|rest| rest.starts_with('.'))
        };
        let all: Vec<Division> = Division::ALL.iter().copied().filter(of_it).collect();
        let divisions = match all.is_empty() {
            true => vec![text.parse()?],
            false => all,
        };
        Ok(Self {
            text: text.to_owned(),
            divisions,
        })
    }
}

impl Tables {
    /// The distance of a division as a label says it: without its subdivision the greatest of those that
    /// the tables have, which the answer says. The division of `ask` does not count.
    ///
    /// # Errors
    /// As [`Tables::distance_by_event`]; [`DistanceRefused::NoRule`] where the tables have none of them.
    pub fn distance_as_labelled(
        &self,
        label: &Labelled,
        ask: &Ask<'_>,
        event: Option<Mass>,
    ) -> Result<Distance, DistanceRefused> {
        let (mut found, mut unsaid) = (Vec::new(), Vec::new());
        let mut refused = None;
        for division in &label.divisions {
            let asked = Ask {
                division: *division,
                ..*ask
            };
            match self.distance_by_event(&asked, event) {
                Ok(distance) => found.push(distance),
                Err(error @ DistanceRefused::NoRule { .. }) => {
                    unsaid.push(division.as_str());
                    refused.get_or_insert(error);
                }
                Err(error) => return Err(error),
            }
        }
        let told: Vec<String> = found
            .iter()
            .map(|of| format!("{} ({} m)", of.division, of.metres))
            .collect();
        // The first of the greatest: `max_by_key` would take the last.
        let greatest = found.into_iter().rev().max_by_key(|of| of.metres);
        let Some(mut distance) = greatest else {
            // A label has a division: without an answer there is a refusal.
            return Err(refused.unwrap_or(DistanceRefused::Event));
        };
        if label.divisions.len() > 1 {
            let rest = match unsaid.as_slice() {
                [] => String::new(),
                unsaid => format!("; the tables say nothing of {} here", unsaid.join(", ")),
            };
            let note = format!(
                "that {label}, without its subdivision, counts as the greatest of {}{rest}",
                told.join(", ")
            );
            distance.from_memory.push(note);
        }
        Ok(distance)
    }
}
