//! Hours and years of the law, as a named profile: data with a source, never code.

use jiff::civil::Date;
use jiff::{SignedDuration, Span, Timestamp};
use serde::Deserialize;

const SHIPPED: &str = include_str!("../data/profile.toml");

/// The numbers of a profile.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// Within how many hours of its discovery a loss or theft is reported.
    pub loss_report_hours: u16,
    /// So many hours before its end, a clock is near it.
    pub near_hours: u16,
    /// Within how many hours an urgent trace is answered.
    pub trace_urgent_hours: u16,
    /// Within how many hours another trace is answered.
    pub trace_hours: u16,
    /// So many days after an answer was due, whoever supervises is told.
    pub trace_escalation_days: u16,
    /// For how many years a weapon's record is kept after its destruction.
    pub keep_years_after_destruction: u16,
    /// After how many days the record of a weapon that is not destroyed is put to a reviewer.
    pub review_days: u16,
    /// For how many days incidents and traces are kept.
    pub keep_days: u16,
    /// Serial numbers of one make that are so near are neighbours.
    pub neighbourhood: u32,
    /// A seizure with so many weapons is significant.
    pub significant_weapons: u32,
    /// One with so many parts is.
    pub significant_parts: u32,
    /// One with so many rounds is.
    pub significant_rounds: u32,
    /// Where the numbers stand, and how far that was read.
    pub sources: Vec<String>,
}

/// A profile that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the profile of firearms cannot be used: {0}")]
pub struct InvalidProfile(String);

/// Where a report stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportStanding {
    /// There is time.
    InTime,
    /// There is little time.
    Soon,
    /// It came, in time.
    ReportedInTime,
    /// It is late, or came late.
    Late,
}

/// The clock of a report of loss or theft.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportClock {
    /// When it was discovered.
    pub from: Timestamp,
    /// Until when it is reported.
    pub due_at: Timestamp,
    /// When it was reported.
    pub reported_at: Option<Timestamp>,
}

impl Profile {
    /// The profile that comes with the program.
    ///
    /// # Errors
    /// [`InvalidProfile`]: a mistake in the program.
    pub fn shipped() -> Result<Self, InvalidProfile> {
        Self::parse(SHIPPED)
    }

    /// A profile in TOML.
    ///
    /// # Errors
    /// [`InvalidProfile`] where it does not parse, or has no source.
    pub fn parse(text: &str) -> Result<Self, InvalidProfile> {
        let profile: Self =
            toml::from_str(text).map_err(|error| InvalidProfile(error.to_string()))?;
        match profile.sources.is_empty() {
            true => Err(InvalidProfile("it names no source".to_owned())),
            false => Ok(profile),
        }
    }

    /// The clock of a report.
    pub fn report_clock(
        &self,
        discovered_at: Timestamp,
        reported_at: Option<Timestamp>,
    ) -> ReportClock {
        let hours = SignedDuration::from_hours(i64::from(self.loss_report_hours));
        ReportClock {
            from: discovered_at,
            due_at: discovered_at.checked_add(hours).unwrap_or(Timestamp::MAX),
            reported_at,
        }
    }

    /// Until when the record of a weapon is kept that was destroyed on this day.
    pub fn keep_until(&self, destroyed_on: Date) -> Date {
        let years = Span::new().years(i64::from(self.keep_years_after_destruction));
        destroyed_on.checked_add(years).unwrap_or(Date::MAX)
    }

    /// Within how many hours a trace is answered.
    pub const fn trace_hours(&self, urgent: bool) -> u16 {
        match urgent {
            true => self.trace_urgent_hours,
            false => self.trace_hours,
        }
    }
}

impl ReportClock {
    /// Where it stands.
    pub fn standing(&self, profile: &Profile, now: Timestamp) -> ReportStanding {
        let near = SignedDuration::from_hours(i64::from(profile.near_hours));
        match self.reported_at {
            Some(at) if at <= self.due_at => ReportStanding::ReportedInTime,
            Some(_) => ReportStanding::Late,
            None if now > self.due_at => ReportStanding::Late,
            None if self.due_at.duration_since(now) <= near => ReportStanding::Soon,
            None => ReportStanding::InTime,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_clock_starts_at_the_discovery_and_stops_at_the_report() {
        let profile = Profile::shipped().unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let found = at("2026-11-24T09:00:00Z");
        let open = profile.report_clock(found, None);
        assert_eq!(open.due_at, at("2026-11-26T09:00:00Z"));
        let standing = |clock: ReportClock, now| clock.standing(&profile, at(now));
        assert_eq!(
            standing(open, "2026-11-24T10:00:00Z"),
            ReportStanding::InTime
        );
        assert_eq!(standing(open, "2026-11-26T08:00:00Z"), ReportStanding::Soon);
        assert_eq!(standing(open, "2026-11-26T09:00:01Z"), ReportStanding::Late);
        let told = profile.report_clock(found, Some(at("2026-11-26T09:00:00Z")));
        assert_eq!(
            standing(told, "2026-12-24T09:00:00Z"),
            ReportStanding::ReportedInTime
        );
        let late = profile.report_clock(found, Some(at("2026-11-26T09:00:01Z")));
        assert_eq!(standing(late, "2026-11-26T09:00:01Z"), ReportStanding::Late);
    }

    #[test]
    fn a_record_is_kept_thirty_years_after_destruction() {
        let profile = Profile::shipped().unwrap();
        assert_eq!(profile.keep_until(date(2026, 2, 28)), date(2056, 2, 28));
    }

    #[test]
    fn a_profile_names_its_sources() {
        let start = SHIPPED.split("sources = [").next().unwrap();
        let none = format!("{start}sources = []");
        assert!(
            Profile::parse(&none)
                .unwrap_err()
                .to_string()
                .contains("source")
        );
    }
}
