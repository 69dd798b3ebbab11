//! Incidents, returns, clusters.

use egnatia_firearms::{
    ClusterBy, Explosive, FrozenReturn, IncidentKind, IncidentRefused, Outcome, Part, Period,
    Profile, Reference, ReturnKind, ReturnSection, TraceResult, clusters, count_return,
};
use egnatia_record::RecordId;
use jiff::civil::date;

use crate::made::{at, holder, seizure};

fn count(rows: &[egnatia_firearms::ReturnRow], group: IncidentKind, what: &str, at: &str) -> u64 {
    let row = rows
        .iter()
        .find(|row| row.group == Some(group) && row.what == what && row.at == at);
    row.unwrap_or_else(|| panic!("{what} {at}")).count
}

#[test]
fn an_incident_says_what_came_and_when() {
    let today = date(2026, 11, 26);
    let good = seizure(&["M70-1234"], &["BA", "ME"], None);
    assert_eq!(good.validate(today), Ok(()));
    let mut empty = good.clone();
    empty.weapons.clear();
    empty.ammunition.clear();
    assert_eq!(empty.validate(today), Err(IncidentRefused::Empty));
    assert_eq!(
        good.validate(date(2026, 5, 3)),
        Err(IncidentRefused::InTheFuture)
    );
    let mut twice = seizure(&["M70-1234", "M70-1235"], &[], None);
    for weapon in &mut twice.weapons {
        weapon.firearm = Some(RecordId::from_bytes([7; 16]));
    }
    assert_eq!(twice.validate(today), Err(IncidentRefused::Twice));
    let mut nowhere = good.clone();
    nowhere.position = Some((91_000, 0));
    assert_eq!(nowhere.validate(today), Err(IncidentRefused::Position));
    let mut nothing = good.clone();
    nothing.parts.push(Part {
        what: "barrels".into(),
        count: 0,
    });
    assert_eq!(
        nothing.validate(today),
        Err(IncidentRefused::Count("parts"))
    );
    let mut unweighed = good;
    unweighed.explosives.push(Explosive {
        what: "TNT".into(),
        mass_g: 0,
        count: 0,
    });
    assert_eq!(
        unweighed.validate(today),
        Err(IncidentRefused::Count("explosives"))
    );
}

/// One of each result, and one of another year.
fn traces() -> Vec<TraceResult> {
    let on = date(2026, 3, 1);
    let trace = |asked_on, outcomes| TraceResult { asked_on, outcomes };
    let held = Outcome::HeldBy {
        holder: holder("H-1"),
        since: date(1990, 1, 1),
        standing: "held".to_owned(),
    };
    let gone = Outcome::ExportedTo {
        country: "BA".parse().unwrap(),
        on: date(1988, 2, 1),
        licence: None,
    };
    vec![
        trace(on, vec![gone.clone(), held]),
        trace(on, vec![gone, Outcome::NoRecord]),
        trace(on, vec![Outcome::NoRecord]),
        trace(on, Vec::new()),
        trace(date(2025, 3, 1), Vec::new()),
    ]
}

#[test]
fn a_return_with_sections_is_hashed_as_it_is_exported_and_an_older_one_keeps_its_table() {
    let year = Period::year(2026).unwrap();
    let all = [seizure(&["M70-1"], &[], None)];
    let (rows, incidents) = count_return(ReturnKind::Iafq, year, &all, &traces());
    let mut frozen = FrozenReturn {
        kind: ReturnKind::Iafq,
        period: year,
        rows,
        incidents,
        frozen_at: at("2027-01-05T09:00:00Z"),
        sha256: String::new(),
    };
    let csv = frozen.csv();
    for line in [
        "return,from,to,section,group,what,count",
        "unodc-iafq,2026-01-01,2026-12-31,weapons,seizure,rifle,1",
        "unodc-iafq,2026-01-01,2026-12-31,parts-and-ammunition,surrender,parts,0",
        "unodc-iafq,2026-01-01,2026-12-31,tracing,,requested,4",
    ] {
        assert!(csv.lines().any(|found| found == line), "{line}: {csv}");
    }
    // Every row and every cell is in what is hashed: whatever changes in it changes the table.
    let cells: usize = frozen.table().iter().map(Vec::len).sum();
    assert_eq!(cells, 7 * (frozen.rows.len() + 1));
    for place in 0..frozen.rows.len() {
        let mut other = frozen.clone();
        other.rows[place].count += 1;
        assert_ne!(other.csv(), csv);
    }
    for row in &mut frozen.rows {
        row.section = None;
    }
    assert!(
        frozen
            .csv()
            .starts_with("return,from,to,group,what,count\n")
    );
    // A body of before reads on.
    let old = r#"{"group":"seizure","what":"pistol","count":2}"#;
    let row: egnatia_firearms::ReturnRow = serde_json::from_str(old).unwrap();
    assert_eq!(
        (row.section, row.group),
        (None, Some(IncidentKind::Seizure))
    );
    assert_eq!(serde_json::to_string(&row).unwrap(), old);
}

#[test]
fn a_return_counts_what_lies_in_its_period_and_shows_every_row() {
    let mut inland = seizure(&["M70-1", "M70-2"], &[], None);
    inland.at_border = false;
    inland.on = date(2026, 6, 30);
    let mut found = seizure(&["M70-3"], &[], None);
    found.kind = IncidentKind::Find;
    found.on = date(2026, 7, 1);
    let border = seizure(&["M70-4"], &[], None);
    let all = [inland, found, border];
    let year = Period::parse(ReturnKind::Iafq, "2026").unwrap();
    let (rows, incidents) = count_return(ReturnKind::Iafq, year, &all, &traces());
    assert_eq!(incidents, 3);
    assert_eq!(count(&rows, IncidentKind::Seizure, "rifle", ""), 3);
    assert_eq!(count(&rows, IncidentKind::Find, "rifle", ""), 1);
    assert_eq!(count(&rows, IncidentKind::Surrender, "rifle", ""), 0);
    let tracing: Vec<(&str, u64)> = rows
        .iter()
        .filter(|row| row.section == Some(ReturnSection::Tracing))
        .map(|row| (row.what.as_str(), row.count))
        .collect();
    assert_eq!(
        tracing,
        [
            ("requested", 4),
            ("traced", 1),
            ("traced-in-part", 1),
            ("not-traced", 1),
            ("waiting", 1)
        ]
    );
    assert_eq!(count(&rows, IncidentKind::Surrender, "pistol", ""), 0);
    assert_eq!(count(&rows, IncidentKind::Seizure, "ammunition", ""), 240);
    let half = Period::parse(ReturnKind::HalfYear, "2026-H1").unwrap();
    let (rows, incidents) = count_return(ReturnKind::HalfYear, half, &all, &traces());
    assert_eq!(incidents, 2);
    assert_eq!(
        count(&rows, IncidentKind::Seizure, "assault-rifle", "border"),
        1
    );
    assert_eq!(
        count(&rows, IncidentKind::Seizure, "assault-rifle", "inland"),
        2
    );
    assert_eq!(count(&rows, IncidentKind::Find, "incidents", "inland"), 0);
    for text in ["2026-H3", "2026", "H1", ""] {
        assert_eq!(Period::parse(ReturnKind::HalfYear, text), None, "{text}");
    }
}

#[test]
fn a_frozen_return_is_a_table_that_any_sheet_reads() {
    let period = Period::half(2026, 2).unwrap();
    let (rows, incidents) = count_return(ReturnKind::HalfYear, period, &[], &[]);
    let frozen = FrozenReturn {
        kind: ReturnKind::HalfYear,
        period,
        rows,
        incidents,
        frozen_at: at("2027-01-05T09:00:00Z"),
        sha256: String::new(),
    };
    let csv = frozen.csv();
    let first: Vec<&str> = csv.lines().take(2).collect();
    assert_eq!(
        first,
        [
            "return,from,to,group,what,count",
            "regional-half-year,2026-07-01,2026-12-31,seizure,\"incidents, border\",0"
        ]
    );
    assert_eq!(frozen.table().len(), csv.lines().count());
}

#[test]
fn incidents_with_neighbouring_numbers_a_lot_or_a_way_in_common_are_brought_together() {
    let id = |number: u8| RecordId::from_bytes([number; 16]);
    let incidents = [
        (
            id(1),
            seizure(&["M70B 451100"], &["BA", "ME", "AL"], Some("PPU 84-12")),
        ),
        (
            id(2),
            seizure(&["M70B-451190"], &["BA", "ME", "AL"], Some("ppu 84/12")),
        ),
        (
            id(3),
            seizure(&["M70B 451390", "M70B 451391"], &["RS", "MK"], None),
        ),
        (id(4), seizure(&["M70B 499999"], &["MK"], None)),
    ];
    let reference = Reference::shipped().unwrap();
    let profile = Profile::shipped().unwrap();
    let all = || incidents.iter().map(|(id, incident)| (*id, incident));
    let found = clusters(all(), &reference, &profile);
    let of = |by| -> Vec<(&str, usize)> {
        let mine = found.iter().filter(|cluster| cluster.by == by);
        mine.map(|cluster| (cluster.name.as_str(), cluster.incidents.len()))
            .collect()
    };
    assert_eq!(of(ClusterBy::Make), [("Zastava M70AB2", 4)]);
    assert_eq!(of(ClusterBy::Route), [("BA > ME > AL", 2)]);
    assert_eq!(of(ClusterBy::Lot), [("ppu ppu8412", 2)]);
    assert_eq!(of(ClusterBy::Serials), [("Zastava M70B451100–451391", 3)]);
    let one = clusters(all().take(1), &reference, &profile);
    assert!(
        one.is_empty(),
        "one incident has nothing in common with itself"
    );
}
