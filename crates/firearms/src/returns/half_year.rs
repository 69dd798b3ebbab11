//! The half-yearly report of the region: what the indicators of its roadmap are counted from.

use std::collections::BTreeMap;

use super::iafq::NOT_STATED;
use super::{
    Counts, Period, ReturnData, ReturnKind, ReturnRow, ReturnSection, add, number, register, row,
    tracing,
};
use crate::{Country, Incident, IncidentKind, WeaponKind};

pub(super) fn rows(period: Period, incidents: &[&Incident], data: &ReturnData) -> Vec<ReturnRow> {
    let mut rows = items(incidents);
    rows.extend(origins(incidents));
    rows.extend(register::rows(period, &data.register));
    let kind = ReturnKind::HalfYear;
    rows.extend(tracing::rows(kind, period, &data.traces, &data.answered));
    rows
}

fn items(incidents: &[&Incident]) -> Vec<ReturnRow> {
    let mut counts = Counts::new();
    for incident in incidents {
        let at = match incident.at_border {
            true => "border",
            false => "inland",
        };
        let mut add = |what, number| add(&mut counts, (incident.kind, what, at), number);
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
    let weapons = WeaponKind::ALL.iter().map(|kind| kind.as_str());
    let weapons: Vec<&'static str> = ["incidents"].into_iter().chain(weapons).collect();
    let others = vec!["parts", "ammunition", "explosives-g", "explosives"];
    let sections = [
        (ReturnSection::Weapons, weapons),
        (ReturnSection::PartsAndAmmunition, others),
    ];
    let mut rows = Vec::new();
    for (section, what) in sections {
        for group in IncidentKind::ALL {
            for what in &what {
                for at in ["border", "inland"] {
                    let count = counts.get(&(*group, *what, at)).copied().unwrap_or(0);
                    rows.push(ReturnRow {
                        group: Some(*group),
                        at: at.to_owned(),
                        ..row(section, what, count)
                    });
                }
            }
        }
    }
    rows
}

/// Weapons by where they were made, and those of which nobody knows: together they are all weapons.
fn origins(incidents: &[&Incident]) -> Vec<ReturnRow> {
    let mut counts: BTreeMap<(IncidentKind, &str), usize> = BTreeMap::new();
    for incident in incidents {
        for weapon in &incident.weapons {
            let country = weapon.particulars.country.as_ref();
            let country = country.map_or(NOT_STATED, Country::as_str);
            *counts.entry((incident.kind, country)).or_default() += 1;
        }
    }
    let rows = counts
        .into_iter()
        .map(|((group, country), count)| ReturnRow {
            group: Some(group),
            at: format!("made: {country}"),
            ..row(ReturnSection::Origins, "weapons", number(count))
        });
    rows.collect()
}
