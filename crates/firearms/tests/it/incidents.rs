//! Incidents, returns, clusters.

use egnatia_firearms::{
    ClusterBy, Context, Explosive, FrozenReturn, Incident, IncidentKind, IncidentRefused, Offence,
    Outcome, Part, Period, Proceedings, Profile, Reference, ReturnData, ReturnKind, ReturnRow,
    ReturnSection, TraceResult, Transport, clusters, count_return,
};
use egnatia_record::RecordId;
use jiff::civil::date;

use crate::made::{at, holder, seizure};

fn count(rows: &[ReturnRow], group: IncidentKind, what: &str, at: &str) -> u64 {
    let row = rows
        .iter()
        .find(|row| row.group == Some(group) && row.what == what && row.at == at);
    row.unwrap_or_else(|| panic!("{what} {at}")).count
}

fn counted(
    kind: ReturnKind,
    period: Period,
    incidents: &[Incident],
    traces: &[TraceResult],
) -> (Vec<ReturnRow>, u64) {
    let data = ReturnData {
        incidents: incidents.to_vec(),
        traces: traces.to_vec(),
        ..ReturnData::default()
    };
    count_return(kind, period, &data, &Profile::shipped().unwrap())
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
    let trace = |asked_on, outcomes| TraceResult {
        asked_on,
        outcomes,
        is_closed: false,
        hops: Vec::new(),
    };
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
    let (rows, incidents) = counted(ReturnKind::Iafq, year, &all, &traces());
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
        "return,from,to,section,group,what,by,count",
        "unodc-iafq,2026-01-01,2026-12-31,weapons,seizure,rifle,,1",
        "unodc-iafq,2026-01-01,2026-12-31,parts-and-ammunition,surrender,parts,,0",
        "unodc-iafq,2026-01-01,2026-12-31,tracing,,requested,,4",
        "unodc-iafq,2026-01-01,2026-12-31,circumstances,seizure,weapons,place: border,1",
        "unodc-iafq,2026-01-01,2026-12-31,criminal-justice,,convicted,offence: trafficking,0",
    ] {
        assert!(csv.lines().any(|found| found == line), "{line}: {csv}");
    }
    // Every row and every cell is in what is hashed: whatever changes in it changes the table.
    let cells: usize = frozen.table().iter().map(Vec::len).sum();
    assert_eq!(cells, 8 * (frozen.rows.len() + 1));
    for place in 0..frozen.rows.len() {
        let mut other = frozen.clone();
        other.rows[place].count += 1;
        assert_ne!(other.csv(), csv);
    }
    // As it was frozen before rows were told apart by anything, and before there were sections.
    frozen.rows.retain(|row| row.at.is_empty());
    assert!(
        frozen
            .csv()
            .starts_with("return,from,to,section,group,what,count\n")
    );
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
    let row: ReturnRow = serde_json::from_str(old).unwrap();
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
    let (rows, incidents) = counted(ReturnKind::Iafq, year, &all, &traces());
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
    let (rows, incidents) = counted(ReturnKind::HalfYear, half, &all, &traces());
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

/// The count of a row by its section, what it counts, and what it is told apart by.
fn by(rows: &[ReturnRow], section: ReturnSection, what: &str, at: &str) -> u64 {
    let found = rows
        .iter()
        .filter(|row| row.section == Some(section) && row.what == what && row.at == at);
    let found: Vec<u64> = found.map(|row| row.count).collect();
    assert_eq!(found.len(), 1, "{section} {what} {at}");
    found.into_iter().sum()
}

#[test]
fn seizures_are_counted_by_what_led_to_them_how_they_were_carried_for_which_offence_and_by_their_way()
 {
    let mut lorry = seizure(&["M70-1", "M70-2"], &["BA", "ME", "AL"], None);
    lorry.context = Some(Context::BorderControl);
    lorry.transport = Some(Transport::Road);
    lorry.offence = Some(Offence::Trafficking);
    let mut cellar = seizure(&["M70-3"], &["BA"], None);
    cellar.at_border = false;
    cellar.context = Some(Context::Search);
    cellar.offence = Some(Offence::Possession);
    let unknown = seizure(&["M70-4"], &[], None);
    // A find is no seizure, whatever is said of it.
    let mut found = lorry.clone();
    found.kind = IncidentKind::Find;
    let all = [lorry, cellar, unknown, found];
    let year = Period::year(2026).unwrap();
    let (rows, _) = counted(ReturnKind::Iafq, year, &all, &[]);
    for (what, at, count) in [
        ("weapons", "place: border", 3),
        ("weapons", "place: inland", 1),
        ("seizures", "context: border-control", 1),
        ("weapons", "context: search", 1),
        ("weapons", "context: not-stated", 1),
        ("weapons", "transport: road", 2),
        ("seizures", "transport: not-stated", 2),
        ("weapons", "transport: air", 0),
        ("weapons", "offence: trafficking", 2),
        ("seizures", "offence: possession", 1),
        ("seizures", "offence: not-stated", 1),
    ] {
        let section = ReturnSection::Circumstances;
        assert_eq!(by(&rows, section, what, at), count, "{what} {at}");
    }
    for question in ["place", "context", "transport", "offence"] {
        let mine = rows.iter().filter(|row| {
            row.section == Some(ReturnSection::Circumstances)
                && row.what == "weapons"
                && row.at.starts_with(question)
        });
        let sum: u64 = mine.map(|row| row.count).sum();
        assert_eq!(sum, 4, "each weapon is in one answer to {question}");
    }
    for (what, at, count) in [
        ("seizures", "departure: BA", 2),
        ("weapons", "departure: BA", 3),
        ("weapons", "departure: not-stated", 1),
        ("weapons", "destination: AL", 2),
        ("seizures", "destination: not-stated", 2),
    ] {
        assert_eq!(by(&rows, ReturnSection::Routes, what, at), count, "{at}");
    }
}

#[test]
fn a_significant_seizure_stands_by_itself_from_the_size_that_the_profile_says() {
    let numbers: Vec<String> = (0..10).map(|n| format!("M70-{n}")).collect();
    let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
    let mut small = seizure(&numbers[..9], &[], None);
    small.ammunition[0].rounds = 999;
    let mut weapons = seizure(&numbers, &["BA", "ME"], None);
    weapons.on = date(2026, 7, 1);
    weapons.place = "Debeli Brijeg, kuća 7".into();
    weapons.transport = Some(Transport::Road);
    let mut rounds = seizure(&[], &[], None);
    rounds.ammunition[0].rounds = 1_000;
    let year = Period::year(2026).unwrap();
    let of = |all: &[Incident]| counted(ReturnKind::Iafq, year, all, &[]).0;
    let rows = of(&[small.clone(), weapons.clone(), rounds]);
    let section = ReturnSection::Significant;
    assert_eq!(by(&rows, section, "seizures", ""), 2);
    assert_eq!(by(&rows, section, "weapons", "threshold"), 10);
    // In the order of their days, not in that of the list.
    let first = "1: 2026-05-04; ME; border; context not-stated; transport not-stated; \
                 offence not-stated; route not-stated";
    assert_eq!(by(&rows, section, "ammunition", first), 1_000);
    let second = "2: 2026-07-01; ME; border; context not-stated; transport road; \
                  offence not-stated; route BA > ME";
    assert_eq!(by(&rows, section, "weapons", second), 10);
    assert!(
        !rows.iter().any(|row| row.at.contains("Brijeg")),
        "the place may not be told"
    );
    let rows = of(&[small]);
    assert_eq!(by(&rows, section, "seizures", ""), 0);
    weapons.kind = IncidentKind::Surrender;
    assert_eq!(by(&of(&[weapons]), section, "seizures", ""), 0);
}

#[test]
fn persons_before_courts_are_numbers_by_stage_and_offence_and_add_up() {
    let known = Proceedings {
        on: date(2026, 11, 1),
        suspected: 5,
        arrested: 4,
        prosecuted: 3,
        convicted: 2,
        acquitted: 1,
    };
    let mut first = seizure(&["M70-1"], &[], None);
    first.offence = Some(Offence::Trafficking);
    first.proceedings = Some(known);
    first.persons = vec![egnatia_firearms::InvolvedPerson {
        file: "KU-12/2026".parse().unwrap(),
    }];
    let mut second = first.clone();
    second.kind = IncidentKind::Find;
    let mut other = first.clone();
    other.offence = None;
    let year = Period::year(2026).unwrap();
    let (rows, _) = counted(ReturnKind::Iafq, year, &[first.clone(), second, other], &[]);
    let of = |what, offence: &str| {
        let at = format!("offence: {offence}");
        by(&rows, ReturnSection::Justice, what, &at)
    };
    assert_eq!(of("suspected", "trafficking"), 10);
    assert_eq!(of("convicted", "trafficking"), 4);
    assert_eq!(of("acquitted", "not-stated"), 1);
    assert_eq!(of("arrested", "drugs"), 0);
    let text = serde_json::to_string(&rows).unwrap();
    assert!(
        !text.contains("KU-12"),
        "no file of a person is in a return"
    );

    let today = date(2026, 11, 26);
    let refused = |known| {
        let incident = Incident {
            proceedings: Some(known),
            ..first.clone()
        };
        incident.validate(today).unwrap_err()
    };
    let part = |more, most| IncidentRefused::Proceedings { more, most };
    for (wrong, expected) in [
        (
            Proceedings {
                arrested: 6,
                ..known
            },
            part("arrested", "suspected"),
        ),
        (
            Proceedings {
                prosecuted: 6,
                ..known
            },
            part("prosecuted", "suspected"),
        ),
        (
            Proceedings {
                convicted: 4,
                ..known
            },
            part("convicted", "prosecuted"),
        ),
        (
            Proceedings {
                acquitted: 2,
                ..known
            },
            part("acquitted", "prosecuted"),
        ),
        (
            Proceedings {
                on: date(2026, 11, 27),
                ..known
            },
            IncidentRefused::InTheFuture,
        ),
    ] {
        assert_eq!(refused(wrong), expected);
    }
    assert_eq!(first.validate(today), Ok(()));
}

#[test]
fn an_incident_that_was_written_before_these_questions_reads_on() {
    let incident = seizure(&["M70-1"], &[], None);
    let json = serde_json::to_value(&incident).unwrap();
    for field in ["context", "transport", "offence", "proceedings"] {
        assert!(json.get(field).is_none(), "{field} was not there before");
    }
    assert_eq!(serde_json::from_value::<Incident>(json).unwrap(), incident);
}

#[test]
fn a_frozen_return_is_a_table_that_any_sheet_reads() {
    let period = Period::half(2026, 2).unwrap();
    let (rows, incidents) = counted(ReturnKind::HalfYear, period, &[], &[]);
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
            "return,from,to,section,group,what,by,count",
            "regional-half-year,2026-07-01,2026-12-31,weapons,seizure,incidents,border,0"
        ]
    );
    // A half-year that was frozen before it had sections keeps its table, and so its hash.
    let mut before = frozen.clone();
    for row in &mut before.rows {
        row.section = None;
    }
    let csv_before = before.csv();
    let first: Vec<&str> = csv_before.lines().take(2).collect();
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

/// Counted by hand, on paper: four incidents of 2026 and one of 2025.
///
/// | | 10.1. seizure, border | 2.3. seizure, inland | 5.7. find | 30.6. surrender | 31.12.2025 |
/// |---|---|---|---|---|---|
/// | weapons | 12 (RS 10, unknown 2) | 1 (BG) | 2 (RS) | 3 (RS) | 1 |
/// | rounds | 999 | 1000 | 40 | 0 | 0 |
/// | parts | 49 | 0 | 0 | 50 | 0 |
#[test]
fn the_returns_are_what_was_counted_by_hand() {
    let made = |kind, on, numbers: &[&str], rounds, parts| {
        let mut incident = seizure(numbers, &["BA", "ME"], Some("lot 1"));
        incident.kind = kind;
        incident.on = on;
        incident.ammunition.truncate(1);
        incident.ammunition[0].rounds = rounds;
        if rounds == 0 {
            incident.ammunition.clear();
        }
        incident.parts = match parts {
            0 => Vec::new(),
            count => vec![Part {
                what: "slides".into(),
                count,
            }],
        };
        incident
    };
    let (seized, found, given) = (
        IncidentKind::Seizure,
        IncidentKind::Find,
        IncidentKind::Surrender,
    );
    let numbers: Vec<String> = (0..12).map(|number| format!("M70-{number:05}")).collect();
    let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
    let mut border = made(seized, date(2026, 1, 10), &numbers, 999, 49);
    border.at_border = true;
    for weapon in border.weapons.iter_mut().take(2) {
        weapon.particulars.country = None;
    }
    let mut inland = made(seized, date(2026, 3, 2), &["A-1"], 1_000, 0);
    inland.at_border = false;
    inland.weapons[0].particulars.country = Some(crate::made::country("BG"));
    let incidents = [
        border,
        inland,
        made(found, date(2026, 7, 5), &["B-1", "B-2"], 40, 0),
        made(given, date(2026, 6, 30), &["C-1", "C-2", "C-3"], 0, 50),
        made(seized, date(2025, 12, 31), &["D-1"], 0, 0),
    ];
    let year = Period::year(2026).unwrap();
    let (rows, used) = counted(ReturnKind::Iafq, year, &incidents, &[]);
    assert_eq!(used, 4, "that of the year before is not in it");
    let weapons = |group| {
        let rows = rows.iter().filter(|row| {
            row.section == Some(ReturnSection::Weapons)
                && row.group == Some(group)
                && row.what != "incidents"
        });
        rows.map(|row| row.count).sum::<u64>()
    };
    assert_eq!(
        [weapons(seized), weapons(found), weapons(given)],
        [13, 2, 3]
    );
    assert_eq!(count(&rows, seized, "incidents", ""), 2);
    assert_eq!(count(&rows, seized, "ammunition", ""), 1_999);
    assert_eq!(count(&rows, found, "ammunition", ""), 40);
    assert_eq!(count(&rows, seized, "parts", ""), 49);
    assert_eq!(count(&rows, given, "parts", ""), 50);
    // Twelve weapons, or a thousand rounds, are significant; 999 rounds and 49 parts are not. What was
    // surrendered never is.
    let significant = rows
        .iter()
        .filter(|row| row.section == Some(ReturnSection::Significant) && row.what == "seizures");
    assert_eq!(significant.map(|row| row.count).collect::<Vec<_>>(), [2]);
    // Each question about seizures has each of them once.
    for question in ["place", "context", "transport", "offence"] {
        let of = |what: &str| {
            let rows = rows.iter().filter(|row| {
                row.section == Some(ReturnSection::Circumstances)
                    && row.what == what
                    && row.at.starts_with(&format!("{question}: "))
            });
            rows.map(|row| row.count).sum::<u64>()
        };
        assert_eq!((of("seizures"), of("weapons")), (2, 13), "{question}");
    }

    let half = Period::half(2026, 1).unwrap();
    let (rows, used) = counted(ReturnKind::HalfYear, half, &incidents, &[]);
    assert_eq!(used, 3, "the find is of the second half");
    let made = |group, country: &str| count(&rows, group, "weapons", &format!("made: {country}"));
    assert_eq!(made(seized, "RS"), 10);
    assert_eq!(made(seized, "BG"), 1);
    assert_eq!(made(seized, "not-stated"), 2);
    assert_eq!(made(given, "RS"), 3);
    assert_eq!(count(&rows, seized, "ammunition", "border"), 999);
    assert_eq!(count(&rows, seized, "ammunition", "inland"), 1_000);
    assert_eq!(count(&rows, found, "incidents", "inland"), 0);
}
