//! What incidents have in common: weapons and ways, never people.

use std::collections::{BTreeMap, BTreeSet};

use egnatia_matching::serial::Serial;
use egnatia_record::RecordId;

use crate::kind::words;
use crate::text::key;
use crate::{Incident, Profile, Reference};

words! {
    /// What the incidents of a cluster have in common.
    ClusterBy {
        /// The make and model of weapons.
        Make = "make",
        /// The lot of ammunition.
        Lot = "lot",
        /// Serial numbers that follow each other.
        Serials = "serials",
        /// The way.
        Route = "route",
    }
}

/// Incidents with something in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cluster {
    /// What it is.
    pub by: ClusterBy,
    /// Its name: `Zastava M70`, a lot, `M70B 451100–451190`, `BA > ME`.
    pub name: String,
    /// Which incidents, in order of their records.
    pub incidents: Vec<ClusterItem>,
}

/// An incident of a cluster.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClusterItem {
    /// The record.
    pub incident: RecordId,
    /// How many of its weapons or lots are in the cluster.
    pub count: usize,
}

/// A serial number in parts: what stands before the last run of digits, and that run.
fn parts(serial: &Serial) -> Option<(String, u64)> {
    let normal = serial.normal();
    let digits = normal.bytes().rev().take_while(u8::is_ascii_digit).count();
    // Three digits are shared by chance; eighteen do not fit.
    if !(4..=18).contains(&digits) {
        return None;
    }
    let (before, number) = normal.split_at(normal.len() - digits);
    Some((before.to_owned(), number.parse().ok()?))
}

/// Clusters of two incidents or more, the largest first.
pub fn clusters<'a>(
    incidents: impl IntoIterator<Item = (RecordId, &'a Incident)>,
    reference: &Reference,
    profile: &Profile,
) -> Vec<Cluster> {
    let mut groups: BTreeMap<(ClusterBy, String), BTreeMap<RecordId, usize>> = BTreeMap::new();
    let mut series: BTreeMap<(String, String), BTreeSet<(u64, RecordId)>> = BTreeMap::new();
    for (id, incident) in incidents {
        let mut add = |by, name: String| {
            let group = groups.entry((by, name)).or_default();
            *group.entry(id).or_default() += 1;
        };
        for weapon in &incident.weapons {
            let what = &weapon.particulars;
            let make = reference.make_name(&what.make);
            add(
                ClusterBy::Make,
                format!("{make} {}", what.model).trim().to_owned(),
            );
            let serial = what.unique_mark().and_then(crate::Mark::serial);
            if let Some((before, number)) = serial.as_ref().and_then(parts) {
                let series = series.entry((make, before)).or_default();
                series.insert((number, id));
            }
        }
        for rounds in &incident.ammunition {
            if let Some(lot) = &rounds.lot {
                let make = rounds.make.as_deref().unwrap_or_default();
                add(
                    ClusterBy::Lot,
                    format!("{} {}", key(make), key(lot)).trim().to_owned(),
                );
            }
        }
        if incident.route.countries.len() > 1 {
            add(ClusterBy::Route, incident.route.text());
        }
    }
    let mut found: Vec<Cluster> = groups
        .into_iter()
        .map(|((by, name), held)| Cluster {
            by,
            name,
            incidents: items(held),
        })
        .collect();
    for ((make, before), numbers) in series {
        found.extend(neighbours(
            &make,
            &before,
            numbers,
            u64::from(profile.neighbourhood),
        ));
    }
    found.retain(|cluster| cluster.incidents.len() > 1);
    found.sort_by(|a, b| {
        let by_size = b.incidents.len().cmp(&a.incidents.len());
        by_size.then(a.by.cmp(&b.by)).then(a.name.cmp(&b.name))
    });
    found
}

fn items(held: BTreeMap<RecordId, usize>) -> Vec<ClusterItem> {
    held.into_iter()
        .map(|(incident, count)| ClusterItem { incident, count })
        .collect()
}

/// Runs of numbers of which each is near the one before it.
fn neighbours(
    make: &str,
    before: &str,
    numbers: BTreeSet<(u64, RecordId)>,
    near: u64,
) -> Vec<Cluster> {
    let mut runs: Vec<Vec<(u64, RecordId)>> = Vec::new();
    for (number, id) in numbers {
        match runs.last_mut() {
            Some(run) if run.last().is_some_and(|(last, _)| number - last <= near) => {
                run.push((number, id));
            }
            _ => runs.push(vec![(number, id)]),
        }
    }
    runs.into_iter()
        .map(|run| {
            let ends = [run.first(), run.last()].map(|end| end.map_or(0, |(number, _)| *number));
            let mut held: BTreeMap<RecordId, usize> = BTreeMap::new();
            for (_, id) in run {
                *held.entry(id).or_default() += 1;
            }
            Cluster {
                by: ClusterBy::Serials,
                name: format!("{make} {before}{}–{}", ends[0], ends[1]),
                incidents: items(held),
            }
        })
        .collect()
}
