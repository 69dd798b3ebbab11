//! Returns: what is counted from incidents, the same whenever it is counted.
//!
//! Rows follow the sections of the statistical data file of the UNODC Illicit Arms Flows
//! Questionnaire (IAFQ, launched on 14 June 2018; its parts as UNODC names them under "Development of
//! tools"): seized, found and surrendered weapons; parts, components and ammunition; tracing results;
//! significant seizures; criminal justice. Its codebook was not obtained: what each row counts is
//! written in our own, `returns-codebook.md`. The half-year of the region asks, moreover, whether it
//! was at a border, what became of weapons, and how long traces take.

mod half_year;
mod iafq;
mod progress;
mod register;
mod tracing;

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};

use crate::kind::words;
use crate::{Incident, IncidentKind, Profile};
pub use progress::{ProgressRow, progress, progress_table};
pub use register::RegisterEvent;
pub use tracing::{AnsweredTrace, TraceHop, TraceResult};

words! {
    /// Which return.
    ReturnKind {
        /// The annual questionnaire on illicit arms flows of the UNODC.
        Iafq = "unodc-iafq",
        /// The half-yearly report of the roadmap of the Western Balkans.
        HalfYear = "regional-half-year",
    }
}

/// The time that a return is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
}

impl Period {
    /// A year.
    pub fn year(year: i16) -> Option<Self> {
        (1900..=2200).contains(&year).then(|| Self {
            from: date(year, 1, 1),
            to: date(year, 12, 31),
        })
    }

    /// The first or second half of a year.
    pub fn half(year: i16, half: u8) -> Option<Self> {
        let Self { from, to } = Self::year(year)?;
        match half {
            1 => Some(Self {
                from,
                to: date(year, 6, 30),
            }),
            2 => Some(Self {
                from: date(year, 7, 1),
                to,
            }),
            _ => None,
        }
    }

    /// The period that `text` names for a return of this kind: `2026`, `2026-H1`.
    pub fn parse(kind: ReturnKind, text: &str) -> Option<Self> {
        let text = text.trim();
        match kind {
            ReturnKind::Iafq => Self::year(text.parse().ok()?),
            ReturnKind::HalfYear => {
                let (year, half) = text.split_once("-H")?;
                Self::half(year.parse().ok()?, half.parse().ok()?)
            }
        }
    }

    /// The half-year before.
    pub fn half_before(&self) -> Option<Self> {
        match self.from.month() {
            7 => Self::half(self.from.year(), 1),
            _ => Self::half(self.from.year().checked_sub(1)?, 2),
        }
    }

    /// The half-year of a day.
    pub fn half_of(day: Date) -> Option<Self> {
        Self::half(day.year(), if day.month() < 7 { 1 } else { 2 })
    }

    /// The name of a half-year: `2026-H1`.
    pub fn half_name(&self) -> String {
        let half = if self.from.month() < 7 { 1 } else { 2 };
        format!("{}-H{half}", self.from.year())
    }

    /// Whether a day is in it.
    pub fn holds(&self, day: Date) -> bool {
        self.from <= day && day <= self.to
    }
}

words! {
    /// A section of the questionnaire.
    ReturnSection {
        /// Seized, found and surrendered weapons.
        Weapons = "weapons",
        /// Parts, components and ammunition.
        PartsAndAmmunition = "parts-and-ammunition",
        /// Seizures by what led to them, means of transport, offence.
        Circumstances = "circumstances",
        /// Weapons of seizures by the first and the last country of their way.
        Routes = "routes",
        /// Weapons by where they were made.
        Origins = "origins",
        /// What happened in the register: destroyed, legalised, lost.
        Register = "register",
        /// Tracing results.
        Tracing = "tracing",
        /// Seizures of many items, one by one.
        Significant = "significant-seizures",
        /// Persons before police and courts, by number only.
        Justice = "criminal-justice",
    }
}

/// What returns are counted from.
#[derive(Debug, Clone, Default)]
pub struct ReturnData {
    /// All incidents.
    pub incidents: Vec<Incident>,
    /// All traces of the authority's own.
    pub traces: Vec<TraceResult>,
    /// All traces of partners that it had to answer.
    pub answered: Vec<AnsweredTrace>,
    /// What happened in the register within the periods that are asked for, or more.
    pub register: Vec<RegisterEvent>,
}

/// A line of a return.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReturnRow {
    /// In which section of the questionnaire; absent where the return has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section: Option<ReturnSection>,
    /// Seized, found, surrendered; absent where it makes no difference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<IncidentKind>,
    /// What: a kind of weapon, `parts`, `ammunition`, `explosives-g`, `explosives`, `incidents`.
    pub what: String,
    /// At a border or inland; in sections, what it is told apart by; empty where the return does not
    /// ask.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub at: String,
    /// How many.
    pub count: u64,
}

/// The body of a record of kind `firearms-return`: it does not change any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrozenReturn {
    /// Which return.
    pub kind: ReturnKind,
    /// About which time.
    pub period: Period,
    /// Its rows.
    pub rows: Vec<ReturnRow>,
    /// From how many incidents.
    pub incidents: u64,
    /// When it was frozen.
    pub frozen_at: Timestamp,
    /// SHA-256 of [`FrozenReturn::csv`], hexadecimal.
    pub sha256: String,
}

/// What stands over the columns of a return.
const HEADINGS: [&str; 6] = ["return", "from", "to", "group", "what", "count"];
/// The same of one with sections.
const HEADINGS_OF_SECTIONS: [&str; 7] =
    ["return", "from", "to", "section", "group", "what", "count"];
/// The same where rows of a section are told apart by something.
const HEADINGS_WITH_BY: [&str; 8] = [
    "return", "from", "to", "section", "group", "what", "by", "count",
];

impl FrozenReturn {
    /// The table that the hash is of: CSV of RFC 4180 with lines that end in LF.
    pub fn csv(&self) -> String {
        csv(self.kind, self.period, &self.rows)
    }

    /// Its cells, headings first.
    pub fn table(&self) -> Vec<Vec<String>> {
        table(self.kind, self.period, &self.rows)
    }
}

fn table(kind: ReturnKind, period: Period, rows: &[ReturnRow]) -> Vec<Vec<String>> {
    // Returns that were frozen before there were sections, or before rows were told apart, keep their
    // table, and so their hash.
    let sections = rows.iter().any(|row| row.section.is_some());
    let by = sections && rows.iter().any(|row| !row.at.is_empty());
    let headings = match (sections, by) {
        (true, true) => HEADINGS_WITH_BY.as_slice(),
        (true, false) => HEADINGS_OF_SECTIONS.as_slice(),
        (false, _) => HEADINGS.as_slice(),
    };
    let mut table = vec![headings.iter().map(|text| (*text).to_owned()).collect()];
    table.extend(rows.iter().map(|row| {
        let what = match row.at.is_empty() || by {
            true => row.what.clone(),
            false => format!("{}, {}", row.what, row.at),
        };
        let mut cells = vec![
            kind.to_string(),
            period.from.to_string(),
            period.to.to_string(),
        ];
        if sections {
            cells.push(row.section.map_or("", ReturnSection::as_str).to_owned());
        }
        cells.push(row.group.map_or("", IncidentKind::as_str).to_owned());
        cells.push(what);
        if by {
            cells.push(row.at.clone());
        }
        cells.push(row.count.to_string());
        cells
    }));
    table
}

/// The CSV of rows that are not frozen yet.
pub(crate) fn csv(kind: ReturnKind, period: Period, rows: &[ReturnRow]) -> String {
    let mut text = String::new();
    for row in table(kind, period, rows) {
        let cells: Vec<String> = row.iter().map(|cell| quoted(cell)).collect();
        text.push_str(&cells.join(","));
        text.push('\n');
    }
    text
}

fn quoted(cell: &str) -> String {
    match cell.contains([',', '"', '\n']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell.to_owned(),
    }
}

/// Counts a period. Every row is there, also where its count is 0, so that two returns can be compared
/// line by line; countries, partners and significant seizures are there as far as there are any. From
/// which size a seizure is significant, the profile says.
pub fn count_return(
    kind: ReturnKind,
    period: Period,
    data: &ReturnData,
    profile: &Profile,
) -> (Vec<ReturnRow>, u64) {
    let incidents = data.incidents.iter();
    let incidents: Vec<&Incident> = incidents.filter(|one| period.holds(one.on)).collect();
    let rows = match kind {
        ReturnKind::Iafq => iafq::rows(period, &incidents, data, profile),
        ReturnKind::HalfYear => half_year::rows(period, &incidents, data),
    };
    (rows, number(incidents.len()))
}

fn row(section: ReturnSection, what: &str, count: u64) -> ReturnRow {
    ReturnRow {
        section: Some(section),
        group: None,
        what: what.to_owned(),
        at: String::new(),
        count,
    }
}

fn number(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// What is counted of incidents, by how they came, what, and where.
type Counts = BTreeMap<(IncidentKind, &'static str, &'static str), u64>;

fn add(counts: &mut Counts, place: (IncidentKind, &'static str, &'static str), number: u64) {
    let held = counts.entry(place).or_default();
    *held = held.saturating_add(number);
}
