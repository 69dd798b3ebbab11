//! Every page with invented content: long names, several scripts, empty states, errors.

use askama::Template;
use egnatia_alerts::{ListEntry, ListedName, NameQuality};
use egnatia_app::ListChange;
use egnatia_formats::mrz::Mrz;
use egnatia_matching::{
    Assessment, Band, Evidence, Feature, NameKind, Piece, TokenEvidence, Verdict,
};
use egnatia_record::{
    Envelope, Evaluation, Handling, HandlingCode, Kind, LegalBasis, Nature, OriginRegime, Purpose,
    RecordId, ReleasableTo, Retention, SubjectCategory, Version,
};
use egnatia_web::pages::audit::{AuditData, AuditEntryPage, AuditPage, VerificationPage};
use egnatia_web::pages::check::{CheckInput, CheckPage, CheckResultPage};
use egnatia_web::pages::hits::{HitPage, HitsPage};
use egnatia_web::pages::inbox::InboxPage;
use egnatia_web::pages::lists::{
    EntryPage, ListChangesPage, ListImportPage, ListPreviewPage, ListVersionsPage, ListsPage,
};
use egnatia_web::pages::matches::MatchPage;
use egnatia_web::pages::problem::ProblemPage;
use egnatia_web::pages::session::{
    JustificationInput, JustificationPage, PasswordPage, SignInPage,
};
use egnatia_web::pages::users::{Act, UserPage, UsersPage};
use egnatia_web::pages::witnesses::Witnesses;
use egnatia_web::parts::{
    Cell, Clock, Decision, Empty, EntryChange, EvidenceTable, Facts, Field, FieldChange, FieldKind,
    Form, HandlingBadge, Subject, Table, Tone, ZoneChoices, ZonePart,
};
use egnatia_web::words::Moment;
use egnatia_web::{Accent, Area, Frame, FrameUser, NodeFace, RailItem, Texts};
use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;

const NOW: &str = "2026-11-24T13:05:00Z";
const LONG: &str = "Muhammad Abd-al-Rahman ibn Yusuf al-Qahtani-Wolfeschlegelsteinhausen \
                    (also written Mohamed Abderrahmane ben Youssef el Kahtani)";

fn t() -> &'static Texts {
    Texts::default_language()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn moment(text: &str) -> Cell {
    Cell::Time(Moment::new(at(text), &TimeZone::UTC))
}

fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

fn number(text: &str) -> Cell {
    Cell::Number(text.to_owned())
}

fn node() -> NodeFace {
    NodeFace {
        authority: "Ministry of Internal Affairs — Border Police, Bogorodica".to_owned(),
        accent: Accent::Teal,
        demo: true,
        zone: TimeZone::UTC,
    }
}

fn bare(title: &str) -> Frame {
    Frame::bare(t(), node(), at(NOW), title.to_owned())
}

fn frame(title: &str, area: Area) -> Frame {
    let rail = Area::ALL
        .iter()
        .map(|area| RailItem {
            area: *area,
            waiting: match area {
                Area::Inbox => Some(3),
                Area::Hits => Some(0),
                _ => None,
            },
        })
        .collect();
    let user = FrameUser {
        name: "Ana Petrova".to_owned(),
        role: t().text("role-verifying-officer"),
        csrf: "token".to_owned(),
        justification: Some((t().text("purpose-border-check"), "КУ-12/2026".to_owned())),
        rail,
    };
    bare(title).of(user, Some(area), area.path())
}

fn envelope(handling: Handling) -> Envelope {
    Envelope {
        id: RecordId::from_bytes([7; 16]),
        kind: Kind::Match,
        version: Version::FIRST,
        originator: "mk-mvr".parse().unwrap(),
        author: "a.petrova".parse().unwrap(),
        recorded_at: at(NOW),
        purpose: Purpose::BorderCheck,
        legal_basis: LegalBasis::NationalLaw,
        handling,
        evaluation: Evaluation::OFFICIAL,
        subject: SubjectCategory::Undetermined,
        nature: Nature::Fact,
        retention: Retention::erase_on(date(2029, 11, 24), date(2026, 11, 24)).unwrap(),
    }
}

fn published() -> HandlingBadge {
    HandlingBadge::new(&envelope(Handling::published()), t())
}

fn restricted() -> HandlingBadge {
    let handling = Handling::new(
        [HandlingCode::H1, HandlingCode::H3],
        Some("not before the arrest in Operation Vardar".to_owned()),
        ReleasableTo::Partners(["MK", "RS", "AL"].map(|code| code.parse().unwrap()).into()),
        OriginRegime::Partner,
    );
    HandlingBadge::new(&envelope(handling.unwrap()), t())
}

fn pieces(word: &str) -> Vec<Piece> {
    // `|` changes between letters that are the same and letters that differ.
    word.split('|')
        .enumerate()
        .filter(|(_, text)| !text.is_empty())
        .map(|(index, text)| Piece {
            text: text.to_owned(),
            same: index % 2 == 0,
        })
        .collect()
}

fn token(query: &str, entry: &str, verdict: Verdict, weight: f64) -> TokenEvidence {
    TokenEvidence {
        query: pieces(query),
        entry: pieces(entry),
        verdict,
        weight,
    }
}

fn line(feature: Feature, verdict: Verdict, weight: f64, sides: (&str, &str)) -> Evidence {
    let side = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Evidence {
        feature,
        verdict,
        weight,
        query: side(sides.0),
        entry: side(sides.1),
        tokens: Vec::new(),
    }
}

/// An assessment of an invented person with every verdict in it.
pub fn assessment() -> Assessment {
    let mut name = line(
        Feature::Name,
        Verdict::Similar,
        7.9,
        ("Драгољуб Ђорђевић", "Dragoljub Miroslav Djordjevich"),
    );
    name.tokens = vec![
        token("Драгољуб", "Dragoljub", Verdict::Agrees, 4.6),
        token("Ђорђевић", "Djordjevi|ch|", Verdict::Similar, 3.9),
        token("", "|Miroslav|", Verdict::Absent, -0.6),
    ];
    Assessment {
        probability: 0.934,
        band: Band::Match,
        evidence: vec![
            name,
            line(
                Feature::BirthDate,
                Verdict::Similar,
                2.1,
                ("1971-03-05", "1971"),
            ),
            line(
                Feature::Identifier,
                Verdict::Agrees,
                9.4,
                ("O0I1l8B5S", "00118B5S"),
            ),
            line(
                Feature::Nationality,
                Verdict::Agrees,
                0.8,
                ("SRB", "Serbia"),
            ),
            line(
                Feature::Place,
                Verdict::Contradicts,
                -1.2,
                ("Niš", "Novi Pazar, Serbia"),
            ),
            line(Feature::Gender, Verdict::Absent, 0.0, ("male", "")),
            line(Feature::Schema, Verdict::Agrees, 0.1, ("person", "person")),
        ],
    }
}

fn listed() -> ListEntry {
    ListEntry {
        names: vec![ListedName {
            text: "Dragoljub Miroslav Djordjevich".to_owned(),
            kind: NameKind::Former,
            quality: NameQuality::Unstated,
            parts: None,
            note: None,
        }],
        ..ListEntry::default()
    }
}

fn subject(name: &str) -> Subject {
    Subject {
        t: t(),
        schema: t().text("schema-person"),
        name: name.to_owned(),
        others: vec![
            "Драгољуб Мирослав Ђорђевић".to_owned(),
            "Dragoljub Miroslav Đorđević".to_owned(),
        ],
        born: Some("05.03.1971".to_owned()),
        numbers: vec![
            ("Passport".to_owned(), "O0I1l8B5S".to_owned()),
            ("Identity card".to_owned(), "0O1IlQ".to_owned()),
        ],
    }
}

fn empty(key: &str) -> Empty {
    Empty {
        what: t().text(&format!("{key}-empty")),
        how: t().text(&format!("{key}-empty-how")),
    }
}

fn check_lists(rows: bool) -> Table {
    let table = Table::new(
        t(),
        t().text("check-lists"),
        &[
            "column-list",
            "column-list-version",
            "column-entries",
            "column-imported",
        ],
        empty("check-lists"),
    );
    if !rows {
        return table;
    }
    table.rows(vec![
        vec![
            Cell::link_with(
                "/lists/ofac-sdn",
                "OFAC SDN (ofac-sdn)",
                "United States OFAC list of specially designated nationals".to_owned(),
            ),
            number("4"),
            number("17 204"),
            moment("2026-11-24T05:00:00Z"),
        ],
        vec![
            Cell::link("/lists/un-sc", "un-sc"),
            number("2"),
            number("1 003"),
            moment("2026-11-23T05:00:00Z"),
        ],
    ])
}

fn candidates(rows: bool) -> Table {
    let table = Table::new(
        t(),
        t().text("check-candidates"),
        &[
            "column-name",
            "column-born",
            "column-nationality",
            "column-document",
            "column-likelihood",
            "column-list",
            "column-state",
        ],
        Empty::default(),
    );
    if !rows {
        return table;
    }
    let row = |name: &str, likelihood: &str| {
        vec![
            Cell::link("/matches/07070707070707070707070707070707", name),
            text("05.03.1971; 1972"),
            text("Serbia"),
            Cell::Exact("O0I1l8B5S".to_owned()),
            text(likelihood),
            Cell::Lines("OFAC SDN".to_owned(), "ofac-sdn, version 4".to_owned()),
            Cell::tag(Tone::Caution, "Waits for a decision"),
        ]
    };
    table.rows(vec![
        row("Dragoljub Miroslav Djordjevich", "93 %, likely the same"),
        row(LONG, "71 %, likely the same"),
    ])
}

fn settled() -> Table {
    Table::new(
        t(),
        t().text("check-settled"),
        &[
            "column-name",
            "column-likelihood",
            "column-by",
            "column-at",
            "column-reason",
        ],
        Empty::default(),
    )
    .rows(vec![vec![
        Cell::link(
            "/matches/08080808080808080808080808080808",
            "Dragan Đorđević",
        ),
        text("55 %, possibly the same"),
        text("a.petrova"),
        moment("2026-11-20T08:00:00Z"),
        text("Another face, born 1990; passport seen."),
    ]])
}

fn asked() -> Facts {
    Facts::new()
        .with("Name".to_owned(), text("Драгољуб Ђорђевић"))
        .with("Birth date".to_owned(), text("05.03.1971"))
        .with(
            "Document number".to_owned(),
            Cell::Exact("O0I1l8B5S".to_owned()),
        )
        .with("Purpose".to_owned(), text("Border check"))
        .with("Case".to_owned(), text("КУ-12/2026"))
        .with("By".to_owned(), text("a.petrova"))
        .with("At".to_owned(), moment(NOW))
}

fn clock(due: &str) -> Clock {
    Clock::new(
        t(),
        &TimeZone::UTC,
        (at("2026-11-23T13:05:00Z"), at(due), at(NOW)),
        Some(t().text("hit-then")),
    )
}

/// A specimen of Doc 9303, misread in one place.
const MISREAD: &str =
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO74O8122F1204159ZE184226B<<<<<10";

fn zone() -> ZonePart {
    let zone = Mrz::read(MISREAD, date(2026, 11, 24)).unwrap();
    ZonePart::new(t(), &zone, ZoneChoices::Proposals)
}

fn check_pages() -> Vec<(&'static str, String)> {
    let filled = CheckInput {
        query: "Драгољуб Ђорђевић".to_owned(),
        birth_date: "31.2.1971".to_owned(),
        birth_date_error: Some(t().text("birth-date-invalid")),
        justification: Some(JustificationInput {
            case_error: Some(t().text("case-invalid")),
            ..JustificationInput::default()
        }),
        ..CheckInput::default()
    };
    let result = |waiting, settled| {
        CheckResultPage {
            frame: frame("Answer to the check", Area::Check),
            waiting,
            asked: asked(),
            zone: (waiting > 0).then(zone),
            candidates: candidates(waiting > 0).focus_first(),
            settled,
            lists: check_lists(true),
            may_check: true,
            may_decide: waiting > 0,
        }
        .render()
        .unwrap()
    };
    let none = Table::new(t(), String::new(), &[], Empty::default());
    vec![
        (
            "check",
            CheckPage::new(
                frame("Check", Area::Check),
                &CheckInput::default(),
                check_lists(true),
            )
            .render()
            .unwrap(),
        ),
        (
            "check-refused",
            CheckPage::new(frame("Check", Area::Check), &filled, check_lists(false))
                .render()
                .unwrap(),
        ),
        (
            "check-zone-refused",
            CheckPage::new(
                frame("Check", Area::Check),
                &CheckInput {
                    query: MISREAD.replace('\n', ""),
                    query_error: Some(t().text("mrz-alphabet")),
                    ..CheckInput::default()
                },
                check_lists(true),
            )
            .render()
            .unwrap(),
        ),
        ("check-result", result(2, settled())),
        ("check-result-none", result(0, none)),
    ]
}

fn match_pages() -> Vec<(&'static str, String)> {
    let page = |decision, decided, no_form, handling| {
        MatchPage {
            covert: false,
            frame: frame("Match: Dragoljub Miroslav Djordjevich", Area::Inbox),
            subject: subject("Dragoljub Miroslav Djordjevich"),
            handling,
            asked: asked(),
            facts: Facts::new()
                .with(
                    "What the list asks".to_owned(),
                    text("Freeze assets; inform the financial intelligence unit"),
                )
                .with("List".to_owned(), text("OFAC SDN (ofac-sdn), version 4"))
                .with("Check".to_owned(), Cell::link("/checks/x", "See the check"))
                .with(
                    "Entry".to_owned(),
                    Cell::link("/entries/x", "See the entry as it is listed"),
                ),
            evidence: EvidenceTable::new(&assessment(), Some(&listed()), t()),
            decision,
            decided,
            no_form,
        }
        .render()
        .unwrap()
    };
    let form = |error| {
        Decision::new(
            t(),
            ("/matches/07070707070707070707070707070707", "token"),
            (
                "Freeze assets; inform the financial intelligence unit",
                "Report due within 24 hours.",
            ),
            ("", error),
        )
    };
    let decided = Facts::new()
        .with(
            "Found".to_owned(),
            Cell::tag(Tone::Against, "Confirmed: hit"),
        )
        .with(
            "Why".to_owned(),
            text("Passport and face agree; he confirmed the place of birth."),
        )
        .with("By".to_owned(), text("a.petrova"));
    vec![
        ("match", page(Some(form(None)), None, None, published())),
        (
            "match-refused",
            page(
                Some(form(Some(t().text("decision-reason-invalid")))),
                None,
                None,
                restricted(),
            ),
        ),
        (
            "match-decided",
            page(None, Some(decided), None, published()),
        ),
        (
            "match-may-not",
            page(None, None, Some(t().text("match-may-not")), published()),
        ),
    ]
}

fn work_pages() -> Vec<(&'static str, String)> {
    let inbox = |rows| {
        let columns = &[
            "column-name",
            "column-born",
            "column-nationality",
            "column-document",
            "column-likelihood",
            "column-asked",
            "column-list",
            "column-case-by",
            "column-since",
        ];
        let table = Table::new(t(), String::new(), columns, empty("inbox"))
            .rows(rows)
            .next(Some("/inbox?after=x".to_owned()));
        InboxPage {
            late_traces: None,
            frame: frame("Inbox", Area::Inbox),
            tabs: vec![("/inbox", "To do".to_owned(), true)],
            late: None,
            due: None,
            table,
        }
        .render()
        .unwrap()
    };
    let row = |name: &str| {
        vec![
            Cell::link("/matches/x", name),
            text(""),
            text("Serbia"),
            Cell::Exact("O0I1l8B5S".to_owned()),
            Cell::Lines("93 %".to_owned(), "likely the same".to_owned()),
            text("Драгољуб Ђорђевић"),
            Cell::Lines("OFAC SDN".to_owned(), "ofac-sdn".to_owned()),
            Cell::Lines("КУ-12/2026".to_owned(), "a.petrova".to_owned()),
            moment("2026-11-24T09:00:00Z"),
        ]
    };
    let hits = |rows| {
        let columns = &["column-name", "column-due", "column-asked", "column-case"];
        let table = Table::new(t(), String::new(), columns, empty("hits")).rows(rows);
        HitsPage {
            frame: frame("Hits", Area::Hits),
            table,
        }
        .render()
        .unwrap()
    };
    let hit_row = |due: &str| {
        vec![
            Cell::link("/hits/x", "Dragoljub Miroslav Djordjevich"),
            Cell::Clock(Box::new(clock(due))),
            text("Freeze assets; inform the financial intelligence unit"),
            text("КУ-12/2026"),
        ]
    };
    let report = Field::new("report", t().text("hit-report"))
        .kind(FieldKind::Area)
        .hint(t().text("hit-report-hint"))
        .required();
    let hit = HitPage {
        covert: false,
        frame: frame("Hit: Dragoljub Miroslav Djordjevich", Area::Hits),
        subject: subject("Драгољуб Мирослав Ђорђевић"),
        handling: restricted(),
        asked: Some(asked()),
        facts: version_facts(),
        action: "Freeze assets; inform the financial intelligence unit".to_owned(),
        clock: Some(clock("2026-11-24T14:00:00Z")),
        means: None,
        report: Some(
            Form::new(
                t(),
                "/hits/x/follow-up",
                vec![report],
                t().text("hit-report-submit"),
                None,
            )
            .csrf("token"),
        ),
        done: None,
    };
    vec![
        (
            "inbox",
            inbox(vec![row("Dragoljub Miroslav Djordjevich"), row(LONG)]),
        ),
        ("inbox-empty", inbox(Vec::new())),
        (
            "hits",
            hits(vec![
                hit_row("2026-11-24T10:00:00Z"),
                hit_row("2026-11-24T14:00:00Z"),
                hit_row("2026-11-26T14:00:00Z"),
            ]),
        ),
        ("hits-empty", hits(Vec::new())),
        ("hit", hit.render().unwrap()),
    ]
}

fn version_facts() -> Facts {
    Facts::new()
        .with("Version of the source".to_owned(), text("11/21/2026"))
        .with(
            "SHA-256 of the files".to_owned(),
            Cell::Exact(
                "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned(),
            ),
        )
        .with("Imported".to_owned(), moment(NOW))
        .with("By".to_owned(), text("k.admin"))
}

fn orphans(rows: bool) -> Table {
    let table = Table::new(
        t(),
        t().text("list-orphans"),
        &["column-row"],
        Empty::default(),
    );
    if rows {
        table.rows(vec![vec![Cell::Exact(
            "99999,\"aka\",\"NOBODY, Nil\"".to_owned(),
        )]])
    } else {
        table
    }
}

fn list_pages() -> Vec<(&'static str, String)> {
    let columns = &[
        "column-list",
        "column-list-version",
        "column-source-version",
        "column-imported",
        "column-entries",
        "column-added",
        "column-changed",
        "column-removed",
        "column-unchanged",
        "list-orphans",
    ];
    let row = |name: &str| {
        vec![
            Cell::link("/lists/x", name),
            number("4"),
            text("11/21/2026"),
            moment(NOW),
            number("17 203"),
            number("+12"),
            number("3"),
            number("−1"),
            number("17 188"),
            number("1"),
        ]
    };
    let lists = |rows| {
        ListsPage {
            frame: frame("Lists", Area::Lists),
            table: Table::new(t(), String::new(), columns, empty("lists")).rows(rows),
            may_import: true,
        }
        .render()
        .unwrap()
    };
    let versions = ListVersionsPage {
        frame: frame("List ofac-sdn", Area::Lists),
        facts: version_facts(),
        table: Table::new(
            t(),
            t().text("list-versions"),
            columns,
            empty("list-versions"),
        )
        .rows(vec![row("Version 4"), row("Version 3")]),
    };
    let change = |change, fields| EntryChange {
        t: t(),
        what: EntryChange::tag(change, t()),
        name: "Dragoljub Miroslav Djordjevich".to_owned(),
        source_id: "36".to_owned(),
        href: "/entries/x".to_owned(),
        fields,
    };
    let field = |label: &str, before: &[&str], after: &[&str]| FieldChange {
        label: label.to_owned(),
        before: before.iter().map(|text| (*text).to_owned()).collect(),
        after: after.iter().map(|text| (*text).to_owned()).collect(),
    };
    let changes = ListChangesPage {
        frame: frame("ofac-sdn, version 4", Area::Lists),
        list_href: "/lists/ofac-sdn".to_owned(),
        facts: version_facts(),
        changes: vec![
            change(ListChange::Added, Vec::new()),
            change(
                ListChange::Changed,
                vec![
                    field("Birth date", &["1971"], &["05.03.1971", "06.03.1971"]),
                    field("Remarks", &[], &["Linked to the invented group."]),
                ],
            ),
            change(ListChange::Removed, Vec::new()),
        ],
        next: Some("/lists/x".to_owned()),
        orphans: orphans(true),
    };
    let preview = |form| {
        ListPreviewPage {
            frame: frame("What an import of ofac-sdn would change", Area::Lists),
            lede: t().text("preview-lede"),
            facts: version_facts(),
            form,
            orphans: orphans(false),
        }
        .render()
        .unwrap()
    };
    let write = Form::new(
        t(),
        "/lists/import",
        Vec::new(),
        "Import: write 16 changes as version 5".to_owned(),
        None,
    )
    .csrf("token");
    vec![
        ("lists", lists(vec![row("ofac-sdn"), row("un-sc")])),
        ("lists-empty", lists(Vec::new())),
        ("list-versions", versions.render().unwrap()),
        ("list-changes", changes.render().unwrap()),
        (
            "list-import",
            ListImportPage::new(
                frame("Import a list", Area::Lists),
                Some("line 17 has 9 columns; expected 12".to_owned()),
            )
            .render()
            .unwrap(),
        ),
        ("list-preview", preview(Some(write))),
        ("list-preview-nothing", preview(None)),
        ("entry", entry_page()),
    ]
}

fn entry_page() -> String {
    EntryPage {
        frame: frame("Entry: Dragoljub Miroslav Djordjevich", Area::Lists),
        subject: subject(LONG),
        handling: published(),
        gone: true,
        names: Table::new(
            t(),
            t().text("entry-names"),
            &[
                "column-name",
                "column-kind",
                "column-quality",
                "column-note",
            ],
            empty("entry-names"),
        )
        .rows(vec![
            vec![
                text("Dragoljub Miroslav Djordjevich"),
                text("Main name"),
                text(""),
                text(""),
            ],
            vec![
                text("Драгољуб Ђорђевић"),
                text("Also known as"),
                text("good"),
                text("as in the court's file"),
            ],
        ]),
        documents: Table::new(
            t(),
            t().text("entry-documents"),
            &[
                "column-number",
                "column-kind",
                "column-country",
                "column-note",
            ],
            empty("entry-documents"),
        )
        .rows(vec![vec![
            Cell::Exact("O0I1l8B5S".to_owned()),
            text("Passport"),
            text("Serbia"),
            text("expired 2019"),
        ]]),
        facts: Facts::new()
            .with_all(
                "Address".to_owned(),
                vec![
                    text("Bulevar Nemanjića 1, 18000 Niš, Serbia"),
                    text("Novi Pazar, Serbia"),
                ],
            )
            .with(
                "Remarks".to_owned(),
                text("An invented person.\nSecond line of the source."),
            ),
        versions: Table::new(
            t(),
            t().text("entry-versions"),
            &[],
            empty("entry-versions"),
        ),
    }
    .render()
    .unwrap()
}

fn witnesses() -> Witnesses {
    let own = &[
        "column-partner",
        "column-countersigned",
        "column-seen",
        "column-state",
    ];
    let others = &[
        "column-log",
        "column-witness",
        "column-entries",
        "column-seen",
        "column-state",
    ];
    let tirana = || Cell::Lines("Invented Police of Albania".to_owned(), "al-asp".to_owned());
    let values = [
        ("log", "Invented Police of Albania".to_owned()),
        ("witness", "This authority".to_owned()),
        ("size", "1 204".to_owned()),
    ];
    let signed = Cell::tag(Tone::Agree, t().text("witness-signed"));
    let rewritten = Cell::tag(Tone::Against, t().text("witness-is-rewritten"));
    let seen = vec![
        tirana(),
        text("This authority"),
        number("1 204"),
        moment(NOW),
        rewritten,
    ];
    let table = |key: &str, columns: &[&str], row| {
        Table::new(t(), t().text(key), columns, empty(key)).rows(vec![row])
    };
    Witnesses {
        alarms: vec![t().with_all("witness-alarm-rewritten", &values)],
        sign: Tone::Against.sign(),
        own: table(
            "witness-own",
            own,
            vec![tirana(), number("812"), moment(NOW), signed],
        ),
        others: table("witness-others", others, seen),
    }
}

fn audit_pages() -> Vec<(&'static str, String)> {
    let any = vec![
        (String::new(), t().text("audit-any")),
        (
            "consultation".to_owned(),
            t().text("operation-consultation"),
        ),
    ];
    let filters = || {
        vec![
            Field::new("actor", t().text("audit-actor")).value("a.petrova"),
            Field::new("operation", t().text("audit-operation"))
                .kind(FieldKind::Choice(any.clone())),
            Field::new("case", t().text("audit-case")),
            Field::new("object", t().text("audit-object"))
                .hint(t().text("audit-object-hint"))
                .kind(FieldKind::Exact),
            Field::new("from", t().text("audit-from")).hint(t().text("audit-date-hint")),
            Field::new("until", t().text("audit-until")).hint(t().text("audit-date-hint")),
        ]
    };
    let columns = &[
        "column-sequence",
        "column-at",
        "column-operation",
        "column-actor",
        "column-case",
        "column-object",
    ];
    let page = |rows| {
        AuditPage {
            escalated: None,
            frame: frame("Audit", Area::Audit),
            filters: filters(),
            table: Table::new(t(), String::new(), columns, empty("audit"))
                .rows(rows)
                .next(Some("/audit?before=12".to_owned())),
            may_verify: true,
            witnesses: Some(witnesses()),
        }
        .render()
        .unwrap()
    };
    let row = |sequence: &str| {
        vec![
            Cell::link("/audit/12", sequence),
            moment(NOW),
            text("Consultation"),
            text("a.petrova"),
            text("КУ-12/2026"),
            text("match 07070707"),
        ]
    };
    let entry = AuditEntryPage {
        frame: frame("Entry 1204 of the log", Area::Audit),
        facts: asked(),
        data: Some(AuditData {
            facts: Facts::new().with(
                "Matches".to_owned(),
                Cell::Exact("07070707070707070707070707070707".to_owned()),
            ),
            json: "{\n  \"names\": [\"Драгољуб Ђорђевић\"]\n}".to_owned(),
        }),
        proof_href: "/audit/1204/proof".to_owned(),
    };
    let verification = |whole| {
        VerificationPage {
            frame: frame("Verification of the log", Area::Audit),
            whole,
            facts: Facts::new()
                .with("Entries".to_owned(), number("1 204"))
                .with(
                    "Root of the tree".to_owned(),
                    Cell::Exact(
                        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
                            .to_owned(),
                    ),
                ),
            findings: Table::new(
                t(),
                t().text("verification-findings"),
                &["column-place", "column-finding"],
                empty("verification-findings"),
            )
            .rows(vec![vec![
                text("entry 17"),
                text("the detail does not open the commitment"),
            ]]),
        }
        .render()
        .unwrap()
    };
    vec![
        ("audit", page(vec![row("1204"), row("1203")])),
        ("audit-empty", page(Vec::new())),
        ("audit-entry", entry.render().unwrap()),
        ("audit-verification", verification(true)),
        ("audit-verification-broken", verification(false)),
    ]
}

fn user_pages() -> Vec<(&'static str, String)> {
    let create = vec![
        Field::new("login", t().text("field-new-login"))
            .hint(t().text("field-new-login-hint"))
            .error(Some(t().text("login-taken")))
            .required(),
        Field::new("name", t().text("field-name")).required(),
    ];
    let row = |login: &str, tone, state: &str| {
        vec![
            Cell::link("/users/x", login),
            text("Ana Petrova"),
            text("Verifying officer"),
            Cell::tag(tone, state),
            moment(NOW),
        ]
    };
    let users = UsersPage {
        frame: frame("Users", Area::Users),
        table: Table::new(
            t(),
            String::new(),
            &[
                "column-login",
                "column-name",
                "column-role",
                "column-state",
                "column-signed-in",
            ],
            empty("users"),
        )
        .rows(vec![
            row("a.petrova", Tone::Agree, "Active"),
            row("b.kola", Tone::Caution, "Locked out"),
            row("c.left", Tone::Silent, "Closed"),
        ]),
        create: Form::new(t(), "/users", create, t().text("users-create-submit"), None)
            .csrf("token"),
        open: true,
    };
    let act = |id: &'static str| Act {
        id,
        heading: t().text(&format!("act-{id}")),
        means: t().text(&format!("act-{id}-means")),
        form: Form::new(
            t(),
            "/users/x",
            if id == "close" {
                vec![Field::new(
                    "confirmation",
                    t().with("field-close-confirmation", "login", "b.kola"),
                )]
            } else {
                Vec::new()
            },
            t().text(&format!("act-{id}-submit")),
            None,
        )
        .csrf("token"),
    };
    let user = UserPage {
        frame: frame("User b.kola", Area::Users),
        facts: Facts::new().with("State".to_owned(), Cell::tag(Tone::Caution, "Locked out")),
        acts: vec![act("unlock"), act("reset"), act("close")],
    };
    vec![
        ("users", users.render().unwrap()),
        ("user", user.render().unwrap()),
    ]
}

fn session_pages() -> Vec<(&'static str, String)> {
    let sign_in = |login, wrong| {
        SignInPage::new(bare("Sign in"), login, "/check".to_owned(), wrong)
            .render()
            .unwrap()
    };
    let given = JustificationInput {
        purpose: "border-check".to_owned(),
        case: "КУ-12/2026".to_owned(),
        ..JustificationInput::default()
    };
    vec![
        ("sign-in", sign_in("", None)),
        (
            "sign-in-refused",
            sign_in("a.petrova", Some(t().text("problem-wrong-credentials"))),
        ),
        (
            "justification",
            JustificationPage::new(
                frame("Why do you act?", Area::Check),
                &given,
                "/check".to_owned(),
            )
            .render()
            .unwrap(),
        ),
        (
            "password",
            PasswordPage::new(
                frame("Change your password", Area::Check),
                Some(t().text("password-wrong")),
                None,
            )
            .render()
            .unwrap(),
        ),
        (
            "problem",
            ProblemPage::new(
                frame("Problem", Area::Check),
                "internal",
                vec!["what the node said".to_owned()],
            )
            .render()
            .unwrap(),
        ),
        (
            "problem-bare",
            ProblemPage::new(bare("Problem"), "not-found", Vec::new())
                .render()
                .unwrap(),
        ),
    ]
}

/// Every page by its name.
pub fn all() -> Vec<(&'static str, String)> {
    let mut pages = session_pages();
    pages.extend(check_pages());
    pages.extend(match_pages());
    pages.extend(work_pages());
    pages.extend(list_pages());
    pages.extend(audit_pages());
    pages.extend(user_pages());
    pages
}
