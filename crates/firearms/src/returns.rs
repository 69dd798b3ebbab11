//! Returns: what is counted from incidents, the same whenever it is counted.
//!
//! Rows follow the groups of the UNODC Illicit Arms Flows Questionnaire (seized, found,
//! surrendered; firearms by kind, parts, ammunition) and, for the half-year of the region, whether
//! it was at a border. The codebook of the questionnaire was not obtained: names of rows are ours.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};

use crate::kind::words;
use crate::{Incident, IncidentKind, WeaponKind};

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

    /// Whether a day is in it.
    pub fn holds(&self, day: Date) -> bool {
        self.from <= day && day <= self.to
    }
}

/// A line of a return.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReturnRow {
    /// Seized, found, surrendered.
    pub group: IncidentKind,
    /// What: a kind of weapon, `parts`, `ammunition`, `explosives-g`, `explosives`, `incidents`.
    pub what: String,
    /// At a border or inland; empty where the return does not ask.
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
    let mut table = vec![HEADINGS.iter().map(|text| (*text).to_owned()).collect()];
    table.extend(rows.iter().map(|row| {
        let what = match row.at.is_empty() {
            true => row.what.clone(),
            false => format!("{}, {}", row.what, row.at),
        };
        vec![
            kind.to_string(),
            period.from.to_string(),
            period.to.to_string(),
            row.group.to_string(),
            what,
            row.count.to_string(),
        ]
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

/// Counts the incidents of a period. Every row is there, also where its count is 0, so that two
/// returns can be compared line by line.
pub fn count_return<'a>(
    kind: ReturnKind,
    period: Period,
    incidents: impl IntoIterator<Item = &'a Incident>,
) -> (Vec<ReturnRow>, u64) {
    let places: &[&str] = match kind {
        ReturnKind::Iafq => &[""],
        ReturnKind::HalfYear => &["border", "inland"],
    };
    let others = ["parts", "ammunition", "explosives-g", "explosives"];
    let weapons = WeaponKind::ALL.iter().map(|kind| kind.as_str());
    let what: Vec<&str> = ["incidents"]
        .into_iter()
        .chain(weapons)
        .chain(others)
        .collect();
    let mut counts: BTreeMap<(IncidentKind, &str, &str), u64> = BTreeMap::new();
    let mut counted = 0_u64;
    for incident in incidents {
        if !period.holds(incident.on) {
            continue;
        }
        counted = counted.saturating_add(1);
        let at = match (kind, incident.at_border) {
            (ReturnKind::Iafq, _) => "",
            (ReturnKind::HalfYear, true) => "border",
            (ReturnKind::HalfYear, false) => "inland",
        };
        let mut add = |what: &'static str, number: u64| {
            let held = counts.entry((incident.kind, what, at)).or_default();
            *held = held.saturating_add(number);
        };
        add("incidents", 1);
        for weapon in &incident.weapons {
            add(weapon.particulars.kind.as_str(), 1);
        }
        for part in &incident.parts {
            add("parts", u64::from(part.count));
        }
        for rounds in &incident.ammunition {
            add("ammunition", u64::from(rounds.rounds));
        }
        for explosive in &incident.explosives {
            add("explosives-g", explosive.mass_g);
            add("explosives", u64::from(explosive.count));
        }
    }
    let mut rows = Vec::new();
    for group in IncidentKind::ALL {
        for what in &what {
            for at in places {
                rows.push(ReturnRow {
                    group: *group,
                    what: (*what).to_owned(),
                    at: (*at).to_owned(),
                    count: counts.get(&(*group, *what, *at)).copied().unwrap_or(0),
                });
            }
        }
    }
    (rows, counted)
}
