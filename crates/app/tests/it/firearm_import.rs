//! A register of weapons that comes in as a file: all or none, nothing twice, nothing overlooked.

use egnatia_alerts::Reason;
use egnatia_app::{
    AppError, AuditQuery, Caller, FirearmImportReport, FirearmImporting, FirearmSearch, ImportStep,
    LikeState, PresetArea, Role, RowDecision, Store, StoreError,
};
use egnatia_audit::Hash;
use egnatia_firearms::WeaponKind;
use egnatia_formats::rows::firearms::{FirearmField, FirearmReading, FirearmTable, OtherColumns};
use egnatia_record::{Justification, Kind, Purpose};
use egnatia_testkit::TestNode;

use crate::world::{officer, supervisor};

const HEADING: &str =
    "serial,make,model,calibre,reference,holder,licence,held since,different,distinguished by\n";
const THREE: &str = "\
M70-45123,Crvena Zastava,M70,7.62x39,R 1,H-1,L 1,2019-03-05,,\n\
CZ 9001,Zastava,CZ 99,9x19,R 2,H-2,,2020-01-02,,\n\
A-77,Beretta,92,9x19,,,,,,\n";

fn focal() -> Caller {
    Caller {
        login: "f.focal".parse().unwrap(),
        role: Role::FirearmsOfficer,
        justification: Some(Justification {
            purpose: Purpose::FirearmsTrafficking,
            case: "IMP 1/26".parse().unwrap(),
        }),
    }
}

fn table(rows: &str) -> FirearmTable {
    let reading = FirearmReading {
        columns: Vec::new(),
        headings: true,
        others: OtherColumns::Recognise,
        kind: Some(WeaponKind::Pistol),
    };
    FirearmTable::read(format!("{HEADING}{rows}").into_bytes(), &reading).unwrap()
}

fn importing(rows: &str) -> FirearmImporting<'static> {
    FirearmImporting {
        checksum: Hash::of(rows.as_bytes()),
        like_are_different: None,
        decisions: std::collections::BTreeMap::new(),
        dry_run: false,
        progress: &|_, _| {},
    }
}

async fn run(
    node: &TestNode,
    rows: &str,
    importing: FirearmImporting<'_>,
) -> Result<FirearmImportReport, AppError> {
    node.app
        .import_firearms(&focal(), &table(rows), &importing)
        .await
}

async fn import(node: &TestNode, rows: &str) -> FirearmImportReport {
    run(node, rows, importing(rows)).await.unwrap()
}

async fn node() -> TestNode {
    TestNode::new("mk-mvr", "MK").await
}

async fn registered(node: &TestNode) -> u64 {
    let mut count = 0;
    for custody in ["held", "nowhere"] {
        count += node.store.count(Kind::Firearm, custody).await.unwrap();
    }
    count
}

/// The newest entries of the log.
async fn log(node: &TestNode, count: u32) -> String {
    let (query, reader) = (AuditQuery::default(), supervisor());
    let log = node.app.audit_search(&reader, &query, count);
    format!("{:?}", log.await.unwrap())
}

fn wrong(report: &FirearmImportReport) -> Vec<(u64, &str)> {
    let errors = report.errors.iter();
    errors
        .map(|error| (error.row, error.field.as_deref().unwrap()))
        .collect()
}

#[tokio::test]
async fn a_register_comes_in_with_its_holders_and_is_found_by_number() {
    let node = node().await;
    let report = import(&node, THREE).await;
    assert_eq!((report.errors.as_slice(), report.registered), (&[][..], 3));
    assert_eq!((report.rows, report.already, report.like_count), (3, 0, 0));
    let search = FirearmSearch {
        text: "m70-45123".into(),
        ..FirearmSearch::default()
    };
    let page = node.app.firearms(&focal(), &search, None, 10).await;
    let row = &page.unwrap().items[0];
    assert_eq!(row.custody, "held");
    let view = node.app.view_firearm(&focal(), row.record).await.unwrap();
    assert_eq!(view.firearm.reference.as_deref(), Some("R 1"));
    assert_eq!(view.stays[0].from.to_string(), "2019-03-05");
    let life = view.firearm.life.iter();
    let life: Vec<&str> = life.map(|entry| entry.event.kind().as_str()).collect();
    assert_eq!(life, ["re-registration", "licence"]);
}

#[tokio::test]
async fn one_wrong_row_keeps_all_out_and_every_error_is_told() {
    let node = node().await;
    let rows = format!(
        "{THREE}\
         A?7,Beretta,92,9x19,,,,,,\n\
         ,Beretta,92,9x19,,,,,,\n\
         B-1,,92,9x19,,,,,,\n\
         B-2,Beretta,92,9x19,,H-9,,,,\n\
         B-3,Beretta,92,9x19,R 9,H-9,,2027-01-01,,\n\
         B-4,Beretta,92,9x19,R 9,,,,perhaps,\n"
    );
    let report = import(&node, &rows).await;
    assert_eq!(
        wrong(&report),
        [
            (5, "serial"),
            (6, "serial"),
            (7, "make"),
            (8, "reference"),
            (9, "held-since"),
            (10, "different"),
        ]
    );
    assert_eq!((report.error_count, report.registered), (6, 0));
    assert_eq!(report.errors[2].column, Some(2));
    assert_eq!(registered(&node).await, 0);
    for error in &report.errors {
        assert!(!error.problem.contains("Beretta"), "{error:?}");
    }
}

#[tokio::test]
async fn a_dry_run_registers_nothing_says_the_same_and_is_in_the_log() {
    let node = node().await;
    let dry = FirearmImporting {
        dry_run: true,
        ..importing(THREE)
    };
    let dry = run(&node, THREE, dry).await.unwrap();
    assert!(dry.dry_run);
    assert_eq!((dry.registered, registered(&node).await), (3, 0));
    let entry = log(&node, 1).await;
    assert!(entry.contains("firearm-import:"), "{entry}");
    let report = import(&node, THREE).await;
    let dry_run = false;
    assert_eq!(FirearmImportReport { dry_run, ..dry }, report);
}

#[tokio::test]
async fn what_agrees_with_the_register_or_another_row_is_put_side_by_side_and_decided_by_a_person()
{
    let node = node().await;
    import(&node, THREE).await;
    let rows = "\
M 70 45123,Zastava,M70,\"7,62×39 M43\",R 8,,,,,\n\
CZ 9001,Norinco,CZ 99,9x19,R 9,,,,,\n\
D-5,Glock,17,9x19,R 10,,,,,\n\
D5,GLOCK,19,9x19,R 11,,,,,\n";
    let report = import(&node, rows).await;
    // The same number of another maker is another weapon.
    assert_eq!(wrong(&report), [(2, "different"), (5, "different")]);
    let [known, earlier] = report.like.as_slice() else {
        panic!("{:?}", report.like);
    };
    assert_eq!(known.name, "Zastava M70, M 70 45123");
    assert_eq!(known.known[0].name, "Crvena Zastava M70, M70-45123");
    assert_eq!(known.known[0].list, "firearms");
    let first = earlier.earlier.as_ref().unwrap();
    assert_eq!((first.row, first.name.as_str()), (4, "Glock 17, D-5"));
    assert_eq!(registered(&node).await, 3);

    let decided = rows
        .replace("R 8,,,,,", "R 8,,,,yes,")
        .replace("R 11,,,,,", "R 11,,,,da,");
    let report = import(&node, &decided).await;
    assert_eq!((report.registered, report.like_count), (4, 2));
    assert!(
        report
            .like
            .iter()
            .all(|like| like.state == LikeState::Different)
    );
    assert_eq!(registered(&node).await, 7);
}

#[tokio::test]
async fn a_person_decides_on_single_rows_and_one_that_is_left_out_is_not_registered() {
    let node = node().await;
    import(&node, THREE).await;
    let rows = "\
M 70 45123,Zastava,M70,\"7,62×39 M43\",R 8,H-5,,,,\n\
D-5,Glock,17,9x19,R 10,,,,,\n\
D5,GLOCK,19,9x19,R 11,,,,,\n";
    let decided = |decision: RowDecision| FirearmImporting {
        decisions: [(2, decision), (4, RowDecision::LeaveOut)].into(),
        ..importing(rows)
    };
    // Make, model, calibre and number are the same, and somebody has the other one.
    let bare = RowDecision::Different {
        distinguished_by: None,
    };
    let report = run(&node, rows, decided(bare)).await.unwrap();
    assert_eq!(wrong(&report), [(2, "distinguished-by")]);
    assert_eq!(registered(&node).await, 3);
    let told = RowDecision::Different {
        distinguished_by: Some("a star below the number".to_owned()),
    };
    let report = run(&node, rows, decided(told)).await.unwrap();
    assert_eq!((report.registered, report.left_out), (2, 1));
    let states: Vec<LikeState> = report.like.iter().map(|like| like.state).collect();
    assert_eq!(states, [LikeState::Different, LikeState::LeftOut]);
    assert_eq!(registered(&node).await, 5);
    let log = log(&node, 3).await;
    assert!(log.contains("left_out"), "{log}");
}

#[tokio::test]
async fn a_file_of_which_all_rows_are_left_out_registers_nothing() {
    let node = node().await;
    import(&node, THREE).await;
    let rows = "M 70 45123,Zastava,M70,7.62x39,R 8,,,,,\n";
    let out = FirearmImporting {
        decisions: [(2, RowDecision::LeaveOut)].into(),
        ..importing(rows)
    };
    let report = run(&node, rows, out).await.unwrap();
    assert_eq!((report.registered, report.left_out), (0, 1));
    assert_eq!(registered(&node).await, 3);
}

#[tokio::test]
async fn columns_are_kept_under_a_name_and_read_the_next_file_of_the_same_system() {
    let node = node().await;
    let (app, who) = (&node.app, focal());
    let first = "Broj,Fabrika,Kal.,Napomena\nA-1,Glock,9x19,x\n";
    let stated = FirearmReading {
        columns: egnatia_formats::rows::firearms::stated_firearm_columns(
            "serial=Broj,make=Fabrika,calibre=Kal.",
        )
        .unwrap(),
        headings: true,
        others: OtherColumns::Ignore,
        kind: Some(WeaponKind::Pistol),
    };
    let table = FirearmTable::read(first.as_bytes().to_vec(), &stated).unwrap();
    app.keep_firearm_mapping(&who, " Old  register ", (&table, &stated))
        .await
        .unwrap();
    let kept = app.firearm_mapping(&who, "Old register").await.unwrap();
    // The columns stand in another order, and one of them looks like something else.
    let second = "Kal.,Fabrika,Model,Broj\n9x19,Beretta,x,B-2\n";
    let table = FirearmTable::read(second.as_bytes().to_vec(), &kept).unwrap();
    let columns: Vec<_> = table.columns.iter().map(|c| (c.field, c.number)).collect();
    assert_eq!(
        columns,
        [
            (FirearmField::Calibre, 1),
            (FirearmField::Make, 2),
            (FirearmField::Serial, 4)
        ]
    );
    assert_eq!(kept.kind, Some(WeaponKind::Pistol));
    // Once more under the same name replaces it; anybody who keeps firearms may use it.
    app.keep_firearm_mapping(&who, "Old register", (&table, &kept))
        .await
        .unwrap();
    let other = Caller {
        login: "g.focal".parse().unwrap(),
        ..focal()
    };
    let all = app
        .presets(&other, PresetArea::FirearmColumns)
        .await
        .unwrap();
    assert_eq!(all.len(), 1);
    let refused = app.firearm_mapping(&other, "Nothing").await;
    assert!(matches!(refused, Err(AppError::NotFound(_))), "{refused:?}");
    app.drop_preset(&other, PresetArea::FirearmColumns, "Old register")
        .await
        .unwrap();
    let gone = app.firearm_mapping(&who, "Old register").await;
    assert!(matches!(gone, Err(AppError::NotFound(_))), "{gone:?}");
    // The name is free again.
    app.keep_firearm_mapping(&who, "Old register", (&table, &kept))
        .await
        .unwrap();
}

#[tokio::test]
async fn views_are_of_one_person_and_names_and_texts_are_bounded() {
    let node = node().await;
    let (app, who, area) = (&node.app, focal(), PresetArea::FirearmsView);
    app.keep_preset(&who, area, ("Stolen", "custody=stolen"))
        .await
        .unwrap();
    let other = Caller {
        login: "g.focal".parse().unwrap(),
        ..focal()
    };
    assert_eq!(app.presets(&other, area).await.unwrap(), []);
    let not_theirs = app.drop_preset(&other, area, "Stolen").await;
    assert!(matches!(not_theirs, Err(AppError::NotFound(_))));
    assert_eq!(
        app.preset(&who, area, "Stolen").await.unwrap().text,
        "custody=stolen"
    );
    let (long_name, long_text) = ("n".repeat(61), "t".repeat(4_001));
    for (name, text, field) in [
        (" ", "x", "name"),
        (long_name.as_str(), "x", "name"),
        ("x", long_text.as_str(), "text"),
    ] {
        let refused = app.keep_preset(&who, area, (name, text)).await;
        let Err(AppError::Invalid(invalid)) = refused else {
            panic!("{refused:?}");
        };
        assert_eq!(invalid.field, field);
    }
    let without = Caller {
        justification: None,
        ..focal()
    };
    assert_eq!(
        app.presets(&without, area).await,
        Err(AppError::NoJustification)
    );
    let forbidden = app.presets(&officer("an.officer"), area).await;
    assert!(matches!(forbidden, Err(AppError::Forbidden(_))));
}

#[tokio::test]
async fn two_weapons_of_one_identity_in_somebodys_hands_need_what_tells_them_apart() {
    let node = node().await;
    import(&node, THREE).await;
    let twice = "\
M70-45123,Zastava,M70,7.62x39,R 5,H-5,,,yes,\n\
E-1,Glock,17,9x19,R 6,H-6,,,,\n\
E-1,Glock,17,9x19,R 7,H-7,,,yes,\n\
E-1,Glock,17,9x19,R 8,,,,yes,\n";
    let report = import(&node, twice).await;
    assert_eq!(
        wrong(&report),
        [(2, "distinguished-by"), (4, "distinguished-by")]
    );
    assert_eq!(registered(&node).await, 3);
    let apart = twice
        .replace("R 5,H-5,,,yes,", "R 5,H-5,,,yes,star below the number")
        .replace("R 7,H-7,,,yes,", "R 7,H-7,,,yes,longer barrel");
    let report = import(&node, &apart).await;
    assert_eq!((report.errors.as_slice(), report.registered), (&[][..], 4));
}

#[tokio::test]
async fn a_reason_for_the_whole_file_stands_in_the_log() {
    let node = node().await;
    import(&node, THREE).await;
    let rows = "A-77,Beretta,92,9x19,R 20,,,,,\n";
    assert_eq!(wrong(&import(&node, rows).await), [(2, "different")]);
    let why = "a second series of the maker".to_owned();
    let told = FirearmImporting {
        like_are_different: Some(Reason::try_from(why.clone()).unwrap()),
        ..importing(rows)
    };
    assert_eq!(run(&node, rows, told).await.unwrap().registered, 1);
    let log = log(&node, 5).await;
    assert!(log.contains(&why), "{log}");
}

#[tokio::test]
async fn the_same_file_registers_nothing_twice_and_a_failed_commit_leaves_nothing() {
    let node = node().await;
    node.store.fail_next_commit(StoreError::Full);
    let failed = run(&node, THREE, importing(THREE)).await;
    assert_eq!(failed, Err(AppError::Store(StoreError::Full)));
    assert_eq!(registered(&node).await, 0);
    assert_eq!(import(&node, THREE).await.registered, 3);
    let again = import(&node, THREE).await;
    assert_eq!((again.already, again.registered), (3, 0));
    assert_eq!((again.like, again.errors), (Vec::new(), Vec::new()));
    assert_eq!(registered(&node).await, 3);
}

#[tokio::test]
async fn a_large_file_that_was_interrupted_goes_on_where_it_ended() {
    let node = node().await;
    let rows: String = (0..10_002)
        .map(|number| format!("L{number:05},Glock,17,9x19,R {number},,,,,\n"))
        .collect();
    let store = &node.store;
    let interrupt = |step, done| {
        if step == ImportStep::Writing && done == 10_000 {
            store.fail_next_commit(StoreError::Full);
        }
    };
    let interrupted = FirearmImporting {
        progress: &interrupt,
        ..importing(&rows)
    };
    let failed = run(&node, &rows, interrupted).await;
    assert_eq!(failed, Err(AppError::Store(StoreError::Full)));
    assert_eq!(registered(&node).await, 10_000);
    let report = import(&node, &rows).await;
    assert_eq!((report.already, report.registered), (10_000, 2));
    assert_eq!(registered(&node).await, 10_002);
}

#[tokio::test]
async fn two_clerks_who_import_at_once_register_nothing_twice() {
    // The same file, twice: one of them is told, and the other one's weapons are there once.
    let node = node().await;
    let (one, other) = tokio::join!(
        run(&node, THREE, importing(THREE)),
        run(&node, THREE, importing(THREE))
    );
    let clash = |done: &Result<FirearmImportReport, AppError>| match done {
        Err(AppError::Clash { code, .. }) => Some(*code),
        _ => None,
    };
    let clashes: Vec<&str> = [&one, &other].into_iter().filter_map(clash).collect();
    assert!(
        clashes.len() <= 1 && clashes.iter().all(|code| *code == "same-file"),
        "{clashes:?}"
    );
    let reports = [&one, &other]
        .into_iter()
        .filter_map(|done| done.as_ref().ok());
    assert_eq!(reports.map(|report| report.registered).sum::<u64>(), 3);
    assert_eq!(registered(&node).await, 3);

    // Two files with one weapon in both: one comes in whole, of the other nothing.
    let files = [
        "L1,Glock,17,9x19,R 1,H-1,,,,\nL2,Glock,17,9x19,R 2,H-1,,,,\n",
        "L3,Glock,17,9x19,R 3,H-2,,,,\nL2,Glock,17,9x19,R 9,H-2,,,,\n",
    ];
    let (one, other) = tokio::join!(
        run(&node, files[0], importing(files[0])),
        run(&node, files[1], importing(files[1]))
    );
    let mut came = Vec::new();
    for done in [one, other] {
        match done {
            Ok(report) => came.push(report.registered),
            Err(AppError::Clash {
                code: "registered-since",
                ..
            }) => came.push(0),
            Err(error) => panic!("{error:?}"),
        }
    }
    came.sort_unstable();
    assert_eq!(came, [0, 2]);
    assert_eq!(registered(&node).await, 5);
    // Whoever was refused gives the file again, and sees beside what it stands.
    let mut again = Vec::new();
    for file in files {
        again.push(import(&node, file).await);
    }
    let like = again.iter().map(|report| report.like_count).sum::<u64>();
    assert_eq!(like, 1, "{again:?}");
}

#[tokio::test]
async fn a_number_whose_zeros_a_spreadsheet_ate_is_put_beside_the_one_that_has_them() {
    let node = node().await;
    assert_eq!(
        import(&node, "0045123,Zastava,M57,7.62x25,,,,,,\n")
            .await
            .registered,
        1
    );
    let report = import(&node, "45123,Zastava,M57,7.62x25,,,,,,\n").await;
    assert_eq!((report.registered, report.like_count), (0, 1));
    let error = &report.errors[0];
    assert_eq!(
        (error.code, error.field.as_deref()),
        ("agrees", Some("different"))
    );
}

#[tokio::test]
async fn only_those_who_keep_firearms_import_them_and_with_a_reason() {
    let node = node().await;
    let without = Caller {
        justification: None,
        ..focal()
    };
    for (who, expected) in [
        (without, AppError::NoJustification),
        (
            officer("an.officer"),
            AppError::Forbidden(egnatia_app::Action::KeepFirearms),
        ),
    ] {
        let (table, importing) = (table(THREE), importing(THREE));
        let done = node.app.import_firearms(&who, &table, &importing).await;
        assert_eq!(done, Err(expected));
    }
    assert_eq!(registered(&node).await, 0);
}
