//! The half-yearly report of the region.

use super::{Counts, ReturnRow, add};
use crate::{Incident, IncidentKind, WeaponKind};

pub(super) fn rows(incidents: &[&Incident]) -> Vec<ReturnRow> {
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
    let others = ["parts", "ammunition", "explosives-g", "explosives"];
    let weapons = WeaponKind::ALL.iter().map(|kind| kind.as_str());
    let what: Vec<&'static str> = ["incidents"]
        .into_iter()
        .chain(weapons)
        .chain(others)
        .collect();
    let mut rows = Vec::new();
    for group in IncidentKind::ALL {
        for what in &what {
            for at in ["border", "inland"] {
                rows.push(ReturnRow {
                    section: None,
                    group: Some(*group),
                    what: (*what).to_owned(),
                    at: at.to_owned(),
                    count: counts.get(&(*group, *what, at)).copied().unwrap_or(0),
                });
            }
        }
    }
    rows
}
