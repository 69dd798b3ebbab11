//! The annual questionnaire of the UNODC, section by section.

use std::collections::BTreeMap;

use super::{
    Counts, Period, ReturnData, ReturnKind, ReturnRow, ReturnSection, add, number, row, tracing,
};
use crate::{
    Context, Country, Incident, IncidentKind, Offence, Proceedings, Profile, Transport, WeaponKind,
};

/// What nobody stated.
pub(super) const NOT_STATED: &str = "not-stated";

/// The types of firearms of the questionnaire, in its order.
const IAFQ_TYPES: [&str; 7] = [
    "pistol",
    "revolver",
    "rifle",
    "shotgun",
    "sub-machine-gun",
    "machine-gun",
    "other",
];

/// The type of the questionnaire for a kind of weapon: a rifle is a long gun with a rifled barrel,
/// whether it fires on or not. What the questionnaire has no type for is `other`.
const fn iafq_type(kind: WeaponKind) -> &'static str {
    match kind {
        WeaponKind::Pistol => "pistol",
        WeaponKind::Revolver => "revolver",
        WeaponKind::Rifle | WeaponKind::AssaultRifle => "rifle",
        WeaponKind::Shotgun => "shotgun",
        WeaponKind::SubmachineGun => "sub-machine-gun",
        WeaponKind::MachineGun => "machine-gun",
        WeaponKind::Combination
        | WeaponKind::Launcher
        | WeaponKind::AlarmWeapon
        | WeaponKind::AirWeapon
        | WeaponKind::Craft
        | WeaponKind::Other => "other",
    }
}

/// Every row of the questionnaire, in the order of its sections.
pub(super) fn rows(
    period: Period,
    incidents: &[&Incident],
    data: &ReturnData,
    profile: &Profile,
) -> Vec<ReturnRow> {
    let mut rows = items(incidents);
    rows.extend(circumstances(incidents));
    rows.extend(routes(incidents));
    rows.extend(tracing::rows(ReturnKind::Iafq, period, &data.traces, &[]));
    rows.extend(significant(incidents, profile));
    rows.extend(justice(incidents));
    rows
}

fn parts(incident: &Incident) -> u64 {
    incident
        .parts
        .iter()
        .map(|part| u64::from(part.count))
        .sum()
}

fn rounds(incident: &Incident) -> u64 {
    let lots = incident.ammunition.iter();
    lots.map(|lot| u64::from(lot.rounds)).sum()
}

fn items(incidents: &[&Incident]) -> Vec<ReturnRow> {
    let mut counts = Counts::new();
    for incident in incidents {
        let mut add = |what, number| add(&mut counts, (incident.kind, what, ""), number);
        add("incidents", 1);
        for weapon in &incident.weapons {
            add(iafq_type(weapon.particulars.kind), 1);
        }
        add("parts", parts(incident));
        add("ammunition", rounds(incident));
    }
    let weapons: Vec<&'static str> = ["incidents"].into_iter().chain(IAFQ_TYPES).collect();
    let sections = [
        (ReturnSection::Weapons, weapons),
        (
            ReturnSection::PartsAndAmmunition,
            vec!["parts", "ammunition"],
        ),
    ];
    let mut rows = Vec::new();
    for (section, what) in sections {
        for group in IncidentKind::ALL {
            rows.extend(what.iter().map(|what| ReturnRow {
                group: Some(*group),
                ..row(
                    section,
                    what,
                    counts.get(&(*group, *what, "")).copied().unwrap_or(0),
                )
            }));
        }
    }
    rows
}

fn seizures<'a>(incidents: &'a [&'a Incident]) -> impl Iterator<Item = &'a Incident> {
    let incidents = incidents.iter().copied();
    incidents.filter(|incident| incident.kind == IncidentKind::Seizure)
}

/// Seizures and their weapons by each answer, and by none.
fn circumstances(incidents: &[&Incident]) -> Vec<ReturnRow> {
    type Answer = fn(&Incident) -> Option<&'static str>;
    let asked: [(&str, Vec<&'static str>, Answer); 4] = [
        ("place", vec!["border", "inland"], |incident| {
            Some(if incident.at_border {
                "border"
            } else {
                "inland"
            })
        }),
        (
            "context",
            Context::ALL.iter().map(|word| word.as_str()).collect(),
            |incident| incident.context.map(Context::as_str),
        ),
        (
            "transport",
            Transport::ALL.iter().map(|word| word.as_str()).collect(),
            |incident| incident.transport.map(Transport::as_str),
        ),
        (
            "offence",
            Offence::ALL.iter().map(|word| word.as_str()).collect(),
            |incident| incident.offence.map(Offence::as_str),
        ),
    ];
    let mut rows = Vec::new();
    for (question, mut answers, answer) in asked {
        if question != "place" {
            answers.push(NOT_STATED);
        }
        for stated in answers {
            let mine = || {
                seizures(incidents)
                    .filter(|incident| answer(incident).unwrap_or(NOT_STATED) == stated)
            };
            let weapons = mine().map(|incident| number(incident.weapons.len())).sum();
            for (what, count) in [("seizures", number(mine().count())), ("weapons", weapons)] {
                rows.push(ReturnRow {
                    group: Some(IncidentKind::Seizure),
                    at: format!("{question}: {stated}"),
                    ..row(ReturnSection::Circumstances, what, count)
                });
            }
        }
    }
    rows
}

/// Seizures and their weapons by the countries in which their way began and was to end, as far as that
/// is known; and those of which nothing is.
fn routes(incidents: &[&Incident]) -> Vec<ReturnRow> {
    let mut ends: BTreeMap<(&str, String), (u64, u64)> = BTreeMap::new();
    for incident in seizures(incidents) {
        let countries = &incident.route.countries;
        let name = |country: Option<&Country>| {
            country.map_or_else(|| NOT_STATED.to_owned(), ToString::to_string)
        };
        // Of one country alone nobody knows whether the way was to end there.
        let last = countries.last().filter(|_| countries.len() > 1);
        for end in [
            ("departure", name(countries.first())),
            ("destination", name(last)),
        ] {
            let held = ends.entry(end).or_default();
            held.0 = held.0.saturating_add(1);
            held.1 = held.1.saturating_add(number(incident.weapons.len()));
        }
    }
    let mut rows = Vec::new();
    for ((end, country), (seizures, weapons)) in ends {
        for (what, count) in [("seizures", seizures), ("weapons", weapons)] {
            rows.push(ReturnRow {
                group: Some(IncidentKind::Seizure),
                at: format!("{end}: {country}"),
                ..row(ReturnSection::Routes, what, count)
            });
        }
    }
    rows
}

/// From which size a seizure is significant, how many were, and each of them in the order of their days:
/// the country without the place, which the handling of an incident may not allow to be told.
fn significant(incidents: &[&Incident], profile: &Profile) -> Vec<ReturnRow> {
    let section = ReturnSection::Significant;
    let sizes = [
        ("weapons", u64::from(profile.significant_weapons)),
        ("parts", u64::from(profile.significant_parts)),
        ("ammunition", u64::from(profile.significant_rounds)),
    ];
    let items = |incident: &Incident| {
        let weapons = number(incident.weapons.len());
        [weapons, parts(incident), rounds(incident)]
    };
    let is_significant = |incident: &&Incident| {
        let mut items = items(incident).into_iter().zip(sizes);
        items.any(|(count, (_, size))| count >= size)
    };
    let mut found: Vec<&Incident> = seizures(incidents).filter(is_significant).collect();
    found.sort_by_key(|incident| incident.on);
    let mut rows: Vec<ReturnRow> = sizes
        .iter()
        .map(|(what, size)| ReturnRow {
            at: "threshold".to_owned(),
            ..row(section, what, *size)
        })
        .collect();
    rows.push(row(section, "seizures", number(found.len())));
    for (place, incident) in (1_usize..).zip(found) {
        let facts = facts(incident);
        for (count, (what, _)) in items(incident).into_iter().zip(sizes) {
            rows.push(ReturnRow {
                group: Some(incident.kind),
                at: format!("{place}: {facts}"),
                ..row(section, what, count)
            });
        }
    }
    rows
}

/// What is asked of a significant seizure beside its items.
fn facts(incident: &Incident) -> String {
    let border = match incident.at_border {
        true => "border",
        false => "inland",
    };
    let route = match incident.route.is_empty() {
        true => NOT_STATED.to_owned(),
        false => incident.route.text(),
    };
    format!(
        "{}; {}; {border}; context {}; transport {}; offence {}; route {route}",
        incident.on,
        incident.country,
        incident.context.map_or(NOT_STATED, Context::as_str),
        incident.transport.map_or(NOT_STATED, Transport::as_str),
        incident.offence.map_or(NOT_STATED, Offence::as_str),
    )
}

/// Persons, by number only, by how far it came and for which offence: as it was known when the return
/// was counted.
fn justice(incidents: &[&Incident]) -> Vec<ReturnRow> {
    let mut counts: BTreeMap<(&'static str, &'static str), u64> = BTreeMap::new();
    let offences = || {
        let words = Offence::ALL.iter().map(|word| word.as_str());
        words.chain([NOT_STATED])
    };
    const STAGES: [&str; 5] = [
        "suspected",
        "arrested",
        "prosecuted",
        "convicted",
        "acquitted",
    ];
    for incident in incidents {
        let offence = incident.offence.map_or(NOT_STATED, Offence::as_str);
        for (stage, count) in incident.proceedings.iter().flat_map(Proceedings::stages) {
            let held = counts.entry((stage, offence)).or_default();
            *held = held.saturating_add(u64::from(count));
        }
    }
    let mut rows = Vec::new();
    for stage in STAGES {
        rows.extend(offences().map(|offence| ReturnRow {
            at: format!("offence: {offence}"),
            ..row(
                ReturnSection::Justice,
                stage,
                counts.get(&(stage, offence)).copied().unwrap_or(0),
            )
        }));
    }
    rows
}
