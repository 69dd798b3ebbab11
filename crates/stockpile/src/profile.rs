//! Intervals, clocks and choices, as a named profile: data with a source, never code.

use jiff::Span;
use jiff::civil::Date;
use serde::Deserialize;

use crate::Signing;
use crate::distance::{Edges, Sums};

const DEFAULT: &str = include_str!("../data/default.toml");

/// Intervals, clocks and choices of a stockpile.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StockProfile {
    /// Its name.
    pub name: String,
    /// How many hours a movement waits for its second signature.
    pub second_signature_hours: u16,
    /// How many hours a hand-over waits for its receiver.
    pub receiver_hours: u16,
    /// Within how many hours a count that differs is counted again.
    pub recount_hours: u16,
    /// Within how many hours a loss or theft is reported.
    pub report_hours: u16,
    /// After how many days single weapons are counted again.
    pub serialised_days: u16,
    /// After how many days lots are counted again.
    pub lot_days: u16,
    /// Within how many days of a change of command everything is counted.
    pub command_days: u16,
    /// How many days before it is late a count is due.
    pub warn_days: u16,
    /// How many days before it expires stock is shown.
    pub expiry_warn_days: u16,
    /// After how many days explosive goods are looked at again.
    pub surveillance_days: u16,
    /// After how many days propellant (division 1.3.1) is tested again.
    pub propellant_days: u16,
    /// Within how many days propellant is treated of which nobody knows the lot.
    pub lost_lot_days: u16,
    /// How many days before it is late an inspection is due.
    pub surveillance_warn_days: u16,
    /// After how many hours without a reading a store with limits is shown.
    pub reading_hours: u16,
    /// After how many days counts, and cases that are closed, are erased.
    pub keep_counts_days: u16,
    /// What happens at the edges of functions of distance.
    pub edges: Edges,
    /// How several divisions in one store count.
    pub sums: Sums,
}

/// A profile that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the profile of the stockpile cannot be used: {0}")]
pub struct InvalidProfile(String);

impl StockProfile {
    /// The profile that comes with the program.
    ///
    /// # Errors
    /// [`InvalidProfile`]: a mistake in the program.
    pub fn shipped() -> Result<Self, InvalidProfile> {
        Self::parse(DEFAULT)
    }

    /// A profile in TOML.
    ///
    /// # Errors
    /// [`InvalidProfile`] where it does not parse, or where a clock has no time.
    pub fn parse(text: &str) -> Result<Self, InvalidProfile> {
        let profile: Self =
            toml::from_str(text).map_err(|error| InvalidProfile(error.to_string()))?;
        let clocks = [
            profile.second_signature_hours,
            profile.receiver_hours,
            profile.recount_hours,
            profile.report_hours,
            profile.serialised_days,
            profile.lot_days,
            profile.command_days,
            profile.surveillance_days,
            profile.propellant_days,
            profile.lost_lot_days,
            profile.reading_hours,
        ];
        match clocks.contains(&0) {
            true => Err(InvalidProfile("an interval of zero".to_owned())),
            false => Ok(profile),
        }
    }

    /// How many hours a movement waits for this signature.
    pub const fn waits_hours(&self, signing: Signing) -> u16 {
        match signing {
            Signing::Receiver => self.receiver_hours,
            Signing::One | Signing::Two => self.second_signature_hours,
        }
    }

    /// When a place is counted again: `last` is the day of the last count that ended, or of the
    /// opening; `serialised` says whether single weapons are in it.
    pub fn count_due_on(&self, last: Date, serialised: bool) -> Date {
        let days = if serialised {
            self.serialised_days
        } else {
            self.lot_days
        };
        last.saturating_add(Span::new().days(i64::from(days)))
    }

    /// From when a count that is due on this day is shown as due.
    pub fn warn_on(&self, due_on: Date) -> Date {
        due_on.saturating_sub(Span::new().days(i64::from(self.warn_days)))
    }
}
