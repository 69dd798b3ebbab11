//! The half-year of the region: the register, traces, and several half-years side by side.

use egnatia_firearms::{
    AnsweredTrace, Event, EventKind, Firearm, IncidentKind, Period, Profile, ProposedCorrection,
    ProposedDestruction, Recording, ReturnData, ReturnKind, ReturnRow, ReturnSection, TraceHop,
    TraceResult, count_return, progress, progress_table,
};
use jiff::SignedDuration;
use jiff::civil::{Date, date};

use crate::made::{at, seizure, user, zastava};

fn event(json: &str) -> Event {
    serde_json::from_str(json).unwrap()
}

fn lived(events: &[(&str, Date)]) -> Firearm {
    let mut firearm = Firearm::new(zastava("M70-1"), None).unwrap();
    for (json, on) in events {
        let recording = Recording {
            event: event(json),
            on: *on,
            by: user("a.officer"),
            at: at("2026-06-30T09:00:00Z"),
        };
        firearm = firearm.record(recording).unwrap();
    }
    firearm
}

const TAKEN: &str = r#"{"HOW":{"authority":"me-up","circumstances":"in a van"}}"#;

fn destroyed(how: &str, on: Date) -> Firearm {
    let firearm = lived(&[(&TAKEN.replace("HOW", how), date(2025, 1, 1))]);
    let proposed = firearm.propose_destruction(ProposedDestruction {
        by: user("a.officer"),
        at: at("2026-06-30T10:00:00Z"),
        method: "melted".into(),
        evidence: "protocol".into(),
    });
    let signed = proposed.unwrap();
    signed
        .sign_destruction(user("b.officer"), on, at("2026-06-30T11:00:00Z"))
        .unwrap()
}

fn rows(data: &ReturnData, half: u8) -> Vec<ReturnRow> {
    let period = Period::half(2026, half).unwrap();
    let profile = Profile::shipped().unwrap();
    count_return(ReturnKind::HalfYear, period, data, &profile).0
}

fn of(rows: &[ReturnRow], what: &str, at: &str) -> Option<u64> {
    let mine = |row: &&ReturnRow| row.group.is_none() && row.what == what && row.at == at;
    rows.iter().find(mine).map(|row| row.count)
}

#[test]
fn the_register_is_counted_by_what_happened_in_truth() {
    let profile = Profile::shipped().unwrap();
    let theft = |discovered: &str| {
        format!(r#"{{"theft":{{"discovered_at":"{discovered}","circumstances":"x"}}}}"#)
    };
    let made = r#"{"manufacture":{"holder":{"kind":"person","reference":"z"}}}"#;
    let find = TAKEN.replace("HOW", "find");
    let on_time = lived(&[
        (made, date(2020, 1, 1)),
        (&theft("2026-06-29T09:00:00Z"), date(2026, 6, 28)),
        (&find, date(2026, 6, 30)),
    ]);
    let late = lived(&[
        (made, date(2020, 1, 1)),
        (&theft("2026-06-01T09:00:00Z"), date(2026, 5, 30)),
    ]);
    // It was not destroyed: two officers said so.
    let mistaken = destroyed("seizure", date(2026, 3, 1)).propose_correction(ProposedCorrection {
        by: user("a.officer"),
        at: at("2026-06-30T12:00:00Z"),
        of: 2,
        instead: None,
        on: date(2026, 3, 1),
        reason: "another weapon".into(),
    });
    let mistaken = mistaken.unwrap();
    let mistaken = mistaken.sign_correction(user("b.officer"), at("2026-06-30T13:00:00Z"));
    let weapons = [
        on_time,
        late,
        mistaken.unwrap(),
        destroyed("seizure", date(2026, 3, 1)),
        destroyed("surrender", date(2026, 4, 1)),
        destroyed("surrender", date(2025, 4, 1)),
        lived(&[
            (&TAKEN.replace("HOW", "surrender"), date(2026, 2, 1)),
            (
                r#"{"legalisation":{"holder":{"kind":"person","reference":"h"},"number":"1"}}"#,
                date(2026, 2, 2),
            ),
            (r#"{"deactivation":{"certificate":"C"}}"#, date(2026, 2, 3)),
        ]),
    ];
    let mut register = Vec::new();
    for weapon in &weapons {
        register.extend(weapon.register_events(&profile).unwrap());
    }
    let destructions = register.iter();
    let destructions = destructions.filter(|event| event.kind == EventKind::Destruction);
    assert_eq!(destructions.count(), 3, "the struck one did not happen");
    let data = ReturnData {
        register,
        ..ReturnData::default()
    };
    let rows = rows(&data, 1);
    for (what, at, expected) in [
        ("legalised", "", 1),
        ("deactivated", "", 1),
        ("converted", "", 0),
        ("destroyed", "came: seizure", 1),
        ("destroyed", "came: surrender", 1),
        ("destroyed", "came: find", 0),
        ("destroyed", "came: otherwise", 0),
        ("stolen", "", 2),
        ("lost", "", 0),
        ("reported-in-time", "", 1),
        ("reported-late", "", 1),
        ("found-again", "", 1),
    ] {
        assert_eq!(of(&rows, what, at), Some(expected), "{what} {at}");
    }
}

#[test]
fn traces_are_counted_with_how_long_each_partner_takes() {
    let days = |days: i64| Some(SignedDuration::from_hours(24 * days));
    let hop = |partner: &str, took: Option<SignedDuration>, in_time| TraceHop {
        partner: partner.into(),
        took,
        in_time,
    };
    let trace = |on, hops| TraceResult {
        asked_on: on,
        outcomes: Vec::new(),
        is_closed: false,
        hops,
    };
    let closed = TraceResult {
        is_closed: true,
        ..trace(date(2026, 2, 1), vec![hop("BA", None, false)])
    };
    let answered = |on, took: Option<SignedDuration>, in_time| AnsweredTrace {
        received_on: on,
        took,
        in_time,
    };
    let data = ReturnData {
        traces: vec![
            trace(
                date(2026, 1, 1),
                vec![hop("RS", days(2), true), hop("BA", days(10), false)],
            ),
            trace(date(2026, 6, 30), vec![hop("RS", days(4), true)]),
            closed,
            trace(date(2026, 7, 1), vec![hop("RS", days(90), false)]),
        ],
        answered: vec![
            answered(date(2026, 1, 5), days(3), true),
            answered(date(2026, 1, 6), None, false),
        ],
        ..ReturnData::default()
    };
    let first = rows(&data, 1);
    for (what, at, expected) in [
        ("requested", "", Some(3)),
        ("waiting", "", Some(2)),
        ("not-traced", "", Some(1)),
        ("questions", "", Some(4)),
        ("answers", "", Some(3)),
        ("answers-in-time", "", Some(2)),
        ("median-tenths-of-a-day", "", Some(40)),
        ("median-tenths-of-a-day", "partner: RS", Some(30)),
        ("median-tenths-of-a-day", "partner: BA", Some(100)),
        ("median-tenths-of-a-day", "partner: MK", None),
        ("asked-of-us", "", Some(2)),
        ("answered-by-us", "", Some(1)),
        ("answered-by-us-in-time", "", Some(1)),
        ("our-median-tenths-of-a-day", "", Some(30)),
    ] {
        assert_eq!(of(&first, what, at), expected, "{what} {at}");
    }
    // The annual questionnaire asks for results only.
    let year = Period::year(2026).unwrap();
    let profile = Profile::shipped().unwrap();
    let (annual, _) = count_return(ReturnKind::Iafq, year, &data, &profile);
    assert_eq!(of(&annual, "requested", ""), Some(4));
    assert_eq!(of(&annual, "questions", ""), None);
}

#[test]
fn half_years_stand_side_by_side_and_a_row_that_one_lacks_is_empty_there() {
    let mut spring = seizure(&["M70-1", "M70-2"], &[], None);
    spring.on = date(2026, 3, 1);
    let mut autumn = seizure(&["M70-3"], &[], None);
    autumn.on = date(2026, 10, 1);
    autumn.weapons[0].particulars.country = Some("BG".parse().unwrap());
    let data = ReturnData {
        incidents: vec![spring, autumn],
        ..ReturnData::default()
    };
    let periods = [1, 2].map(|half| Period::half(2026, half).unwrap());
    let returns = [(periods[0], rows(&data, 1)), (periods[1], rows(&data, 2))];
    let rows = progress(&returns);
    let counts = |section, what: &str, at: &str| {
        let found = rows.iter().find(|row| {
            row.section == Some(section)
                && row.group == Some(IncidentKind::Seizure)
                && row.what == what
                && row.at == at
        });
        found
            .unwrap_or_else(|| panic!("{what} {at}"))
            .counts
            .clone()
    };
    let weapons = ReturnSection::Weapons;
    assert_eq!(
        counts(weapons, "assault-rifle", "border"),
        [Some(2), Some(1)]
    );
    let origins = ReturnSection::Origins;
    assert_eq!(counts(origins, "weapons", "made: RS"), [Some(2), None]);
    assert_eq!(counts(origins, "weapons", "made: BG"), [None, Some(1)]);
    let table = progress_table(&periods, &rows);
    assert_eq!(
        table[0],
        ["section", "group", "what", "by", "2026-H1", "2026-H2"]
    );
    assert_eq!(table.len(), rows.len() + 1);
    assert_eq!(periods[0].half_before(), Period::half(2025, 2));
    assert_eq!(periods[1].half_before(), Some(periods[0]));
    assert_eq!(Period::half_of(date(2026, 7, 1)), Some(periods[1]));
}
