//! Screening: each row is a check, none leaves the log out, an interrupted run goes on.

use std::io::Cursor;
use std::sync::Mutex;

use egnatia_alerts::{Outcome, RowOutcome, ScreenedRows};
use egnatia_app::{
    AppError, AuditQuery, Begun, Brief, Caller, Invalid, Role, RowRead, Running, ScreenError,
    Screened, ScreeningStart, Store, StoreError, Unfinished, checksum,
};
use egnatia_audit::{Hash, Operation};
use egnatia_formats::hits::{HitLine, HitsError};
use egnatia_formats::rows::{Layout, Reading, Rows};
use egnatia_record::{Purpose, RecordId};
use jiff::civil::date;

use crate::world::{World, admin, caller, entries, officer, supervisor, verifier};

const LISTED: &[(&str, &str)] = &[("1", "Dragoslav Perunčić"), ("2", "Burim Gjeravica")];

/// A table of these names, one a row.
fn table(names: &[&str]) -> String {
    format!("name\n{}\n", names.join("\n"))
}

/// A table of so many rows, with these names in these rows.
fn long(rows: usize, listed: &[(usize, &str)]) -> String {
    let mut names: Vec<String> = (0..rows)
        .map(|row| format!("Zqw{row} Nobodyson{row}"))
        .collect();
    for (row, name) in listed {
        names[*row] = (*name).to_owned();
    }
    table(&names.iter().map(String::as_str).collect::<Vec<_>>())
}

fn layout(text: &str) -> Layout {
    let reading = Reading {
        columns: Vec::new(),
        headings: true,
        today: date(2026, 11, 25),
    };
    Layout::recognise(&mut Cursor::new(text.as_bytes().to_vec()), reading).unwrap()
}

fn start(text: &str, unfinished: Unfinished) -> ScreeningStart {
    ScreeningStart {
        file: "people.csv".to_owned(),
        checksum: checksum(&mut text.as_bytes()).unwrap(),
        command: Hash::of(b"the command"),
        format: "csv".to_owned(),
        columns: vec!["name = 1".to_owned()],
        rows: layout(text).rows,
        unfinished,
    }
}

async fn run(
    world: &World,
    caller: &Caller,
    begun: &Begun,
    text: &str,
) -> Result<Screened, ScreenError> {
    let running = Running {
        found: None,
        workers: 2,
        progress: &|_| {},
    };
    world.app.screen(caller, begun, rows(text), running).await
}

/// Begins a screening and runs it to its end.
async fn screened(world: &World, caller: &Caller, text: &str) -> Screened {
    let begun = begin(world, caller, text).await;
    let screened = run(world, caller, &begun, text).await.unwrap();
    world
        .app
        .finish_screening(caller, begun.screening)
        .await
        .unwrap();
    screened
}

async fn begin(world: &World, caller: &Caller, text: &str) -> Begun {
    let start = start(text, Unfinished::GoOn);
    world.app.begin_screening(caller, start).await.unwrap()
}

async fn exported(world: &World, caller: &Caller, id: RecordId) -> Vec<RowRead<Brief>> {
    let mut export = world.app.export_screening(caller, id).await.unwrap();
    let mut all = Vec::new();
    while let Some(found) = export.next().await.unwrap() {
        all.extend(found);
    }
    all
}

fn rows(text: &str) -> Rows {
    layout(text)
        .rows(Box::new(Cursor::new(text.as_bytes().to_vec())))
        .unwrap()
}

fn row_of<B>(found: &RowRead<B>) -> u64 {
    match found {
        RowRead::Matched { row, .. } | RowRead::NotChecked { row, .. } => *row,
    }
}

async fn log_size(world: &World) -> u64 {
    world.store.audit_head().await.unwrap().size
}

/// All rows that the store says were asked, part after part.
async fn asked_rows(world: &World, id: RecordId) -> Vec<u64> {
    let mut rows = Vec::new();
    for part in world.store.linked(id, "screening").await.unwrap() {
        let stored = world.store.record(part).await.unwrap().unwrap();
        let part: ScreenedRows = serde_json::from_slice(&stored.body.unwrap().0).unwrap();
        rows.extend(part.rows.iter().map(|row| row.row));
    }
    rows
}

#[tokio::test]
async fn a_row_that_agrees_waits_for_a_decision_as_a_single_check_does() {
    let world = World::with_list(LISTED).await;
    let me = officer("o.one");
    let text = table(&["Zqw Nobodyson", "Burim Gjeravica"]);
    let done = screened(&world, &me, &text).await;
    assert_eq!((done.so_far.rows, done.so_far.matches), (2, 1));
    let found = exported(&world, &me, done.screening).await;
    let [
        RowRead::Matched {
            row, matched, body, ..
        },
    ] = found.as_slice()
    else {
        panic!("{found:#?}")
    };
    assert_eq!((*row, body.entry.name.as_str()), (3, "Burim Gjeravica"));
    let line = found[0].line();
    assert!(
        line.evidence.starts_with("name agrees"),
        "{}",
        line.evidence
    );
    // The same pages and the same decision as after a single check.
    let single = world.app.view_check(&me, body.check).await.unwrap();
    assert_eq!(single.answer.candidates[0].matched, *matched);
    assert_eq!(world.app.waiting().await.unwrap(), 1);
    let decided = world
        .app
        .decide(
            &verifier(),
            *matched,
            Outcome::Confirmed,
            "the same face".to_owned().try_into().unwrap(),
        )
        .await
        .unwrap();
    assert!(decided.hit.is_some());
}

#[tokio::test]
async fn the_log_says_which_rows_were_asked_by_whom_and_why() {
    let world = World::with_list(LISTED).await;
    let me = officer("o.one");
    let text = long(1_203, &[(700, "Burim Gjeravica")]);
    let done = screened(&world, &me, &text).await;
    let parts = world
        .store
        .linked(done.screening, "screening")
        .await
        .unwrap();
    assert_eq!(parts.len(), 3, "500 rows a part");
    assert_eq!(
        asked_rows(&world, done.screening).await,
        (2..1_205).collect::<Vec<u64>>()
    );
    for part in &parts {
        let query = AuditQuery {
            object: Some(*part),
            ..AuditQuery::default()
        };
        let entries = world
            .app
            .audit_search(&supervisor(), &query, 10)
            .await
            .unwrap();
        let [entry] = entries.as_slice() else {
            panic!("{entries:#?}")
        };
        assert_eq!(entry.leaf.operation, Operation::Consultation);
        let detail = entry.detail.as_ref().unwrap();
        assert_eq!(detail.actor.as_str(), "o.one");
        assert_eq!(
            detail.justification.as_ref().unwrap().case.as_str(),
            "CASE-1"
        );
        assert!(
            detail.object.as_ref().unwrap().commitment.is_some(),
            "the rows are committed to"
        );
    }
    let stored = world.store.record(parts[1]).await.unwrap().unwrap();
    let part: ScreenedRows = serde_json::from_slice(&stored.body.unwrap().0).unwrap();
    let matched: Vec<u64> = part
        .rows
        .iter()
        .filter(|row| matches!(row.outcome, RowOutcome::Checked(_)))
        .map(|row| row.row)
        .collect();
    assert_eq!(matched, [702]);
    assert_eq!(part.rows[0].query.names[0].text, "Zqw500 Nobodyson500");
}

#[tokio::test]
async fn a_screening_without_purpose_and_case_leaves_nothing() {
    let world = World::with_list(LISTED).await;
    let size = log_size(&world).await;
    let nobody = Caller {
        justification: None,
        ..officer("o.one")
    };
    let text = table(&["Burim Gjeravica"]);
    let refused = world
        .app
        .begin_screening(&nobody, start(&text, Unfinished::GoOn))
        .await;
    assert_eq!(refused.unwrap_err(), AppError::NoJustification);
    for (role, purpose) in [
        (Role::Officer, Purpose::Supervision),
        (Role::Supervisor, Purpose::Supervision),
        (Role::Administrator, Purpose::BorderCheck),
    ] {
        let me = caller("x.y", role, purpose);
        let refused = world
            .app
            .begin_screening(&me, start(&text, Unfinished::GoOn))
            .await;
        assert!(
            matches!(refused, Err(AppError::Forbidden(_))),
            "{role} {purpose}"
        );
    }
    assert_eq!(log_size(&world).await, size);
}

#[tokio::test]
async fn a_part_that_cannot_be_written_ends_the_run_and_nothing_of_it_leaves() {
    let world = World::with_list(LISTED).await;
    let me = officer("o.one");
    let text = long(
        1_200,
        &[(3, "Burim Gjeravica"), (1_100, "Dragoslav Perunčić")],
    );
    let begun = begin(&world, &me, &text).await;
    world.store.fail_next_commit(StoreError::Full);
    let failed = run(&world, &me, &begun, &text).await.unwrap_err();
    assert_eq!(failed, ScreenError::App(AppError::Store(StoreError::Full)));
    assert!(exported(&world, &me, begun.screening).await.is_empty());
    assert_eq!(world.app.waiting().await.unwrap(), 0);
}

#[tokio::test]
async fn an_interrupted_run_goes_on_behind_its_last_durable_part() {
    let world = World::with_list(LISTED).await;
    let me = officer("o.one");
    let text = long(
        1_700,
        &[(3, "Burim Gjeravica"), (1_600, "Dragoslav Perunčić")],
    );
    let begun = begin(&world, &me, &text).await;
    // The second part cannot be written: the first is durable.
    let seen = Mutex::new(0);
    let running = Running {
        found: None,
        workers: 2,
        progress: &|counts| {
            *seen.lock().unwrap() = counts.rows;
            world.store.fail_next_commit(StoreError::Full);
        },
    };
    assert!(
        world
            .app
            .screen(&me, &begun, rows(&text), running)
            .await
            .is_err()
    );
    assert_eq!(*seen.lock().unwrap(), 500);
    let again = begin(&world, &me, &text).await;
    assert_eq!((again.screening, again.resumed), (begun.screening, true));
    assert_eq!((again.after_row, again.parts), (Some(501), 1));
    let done = run(&world, &me, &again, &text).await.unwrap();
    assert_eq!((done.so_far.rows, done.so_far.matched_rows), (1_700, 2));
    assert_eq!(
        asked_rows(&world, done.screening).await,
        (2..1_702).collect::<Vec<u64>>()
    );
    let found = exported(&world, &me, done.screening).await;
    assert_eq!(found.iter().map(row_of).collect::<Vec<_>>(), [5, 1_602]);
    // The one who is done begins anew the next time.
    world
        .app
        .finish_screening(&me, done.screening)
        .await
        .unwrap();
    let next = begin(&world, &me, &text).await;
    assert!(!next.resumed && next.screening != done.screening);
}

#[tokio::test]
async fn an_interrupted_run_refuses_another_file_unless_it_is_given_up() {
    let world = World::with_list(LISTED).await;
    let me = officer("o.one");
    let begun = begin(&world, &me, &table(&["A Bcd"])).await;
    let other = table(&["A Bce"]);
    let refused = world
        .app
        .begin_screening(&me, start(&other, Unfinished::GoOn))
        .await;
    let code = |error| match error {
        AppError::Invalid(Invalid { field, code, .. }) => (field, code),
        other => panic!("{other}"),
    };
    assert_eq!(code(refused.unwrap_err()), ("file", "changed"));
    let columns = ScreeningStart {
        columns: vec!["name = 2".to_owned()],
        ..start(&table(&["A Bcd"]), Unfinished::GoOn)
    };
    let refused = world.app.begin_screening(&me, columns).await;
    assert_eq!(code(refused.unwrap_err()), ("columns", "changed"));
    // Another officer, and another case, have nothing to do with it.
    assert!(!begin(&world, &officer("o.two"), &other).await.resumed);
    let anew = world
        .app
        .begin_screening(&me, start(&other, Unfinished::GiveUp))
        .await
        .unwrap();
    assert!(!anew.resumed && anew.screening != begun.screening);
    let again = world
        .app
        .begin_screening(&me, start(&other, Unfinished::GoOnOnly))
        .await
        .unwrap();
    assert_eq!(again.screening, anew.screening);
    world
        .app
        .finish_screening(&me, anew.screening)
        .await
        .unwrap();
    let refused = world
        .app
        .begin_screening(&me, start(&other, Unfinished::GoOnOnly))
        .await;
    assert_eq!(code(refused.unwrap_err()), ("out", "exists"));
    let twice = world.app.finish_screening(&me, anew.screening).await;
    assert!(matches!(twice, Err(AppError::Conflict(_))));
}

#[tokio::test]
async fn two_runs_of_one_screening_do_not_ask_a_row_twice() {
    let world = World::with_list(LISTED).await;
    let me = officer("o.one");
    let text = long(600, &[(3, "Burim Gjeravica")]);
    let begun = begin(&world, &me, &text).await;
    run(&world, &me, &begun, &text).await.unwrap();
    // As if another process had begun before the first part was written.
    let late = run(&world, &me, &begun, &text).await.unwrap_err();
    assert!(late.to_string().contains("another process"), "{late}");
    assert_eq!(asked_rows(&world, begun.screening).await.len(), 600);
    assert_eq!(world.app.waiting().await.unwrap(), 1);
}

#[tokio::test]
async fn a_rejected_candidate_is_not_put_again() {
    let world = World::with_list(LISTED).await;
    let me = officer("o.one");
    let text = table(&["Burim Gjeravica"]);
    let first = screened(&world, &me, &text).await;
    let matched = exported(&world, &me, first.screening).await[0]
        .matched()
        .unwrap();
    let reason = "another date of birth".to_owned().try_into().unwrap();
    world
        .app
        .decide(&verifier(), matched, Outcome::Rejected, reason)
        .await
        .unwrap();
    let second = screened(&world, &me, &text).await;
    assert_eq!((second.so_far.matches, second.so_far.settled), (0, 1));
    assert!(exported(&world, &me, second.screening).await.is_empty());
}

#[tokio::test]
async fn a_row_that_says_nothing_is_told_and_counted() {
    let world = World::with_list(LISTED).await;
    let me = officer("o.one");
    let text = format!(
        "name;dob\n;1.1.1970\nBurim Gjeravica;\n{};\n",
        "x".repeat(400)
    );
    let done = screened(&world, &me, &text).await;
    assert_eq!(
        (
            done.so_far.rows,
            done.so_far.not_checked,
            done.so_far.matches
        ),
        (3, 2, 1)
    );
    let found = exported(&world, &me, done.screening).await;
    let told: Vec<String> = found.iter().map(|f| f.line().band).collect();
    assert_eq!(told, ["not-checked", "match", "not-checked"]);
    assert!(
        found[0]
            .line()
            .evidence
            .contains("name or a document number")
    );
}

#[tokio::test]
async fn officers_see_their_own_screenings_and_nobody_elses() {
    let world = World::with_list(LISTED).await;
    let me = officer("o.one");
    let done = screened(&world, &me, &table(&["Burim Gjeravica"])).await;
    let view = world
        .app
        .view_screening(&me, done.screening, 0)
        .await
        .unwrap();
    assert_eq!(
        (view.found.len(), view.next, view.so_far.rows),
        (1, None, 1)
    );
    assert_eq!(view.screening.state.as_str(), "done");
    let other = officer("o.two");
    let refused = world.app.view_screening(&other, done.screening, 0).await;
    assert_eq!(refused.unwrap_err(), AppError::NotFound("screening"));
    assert!(
        world
            .app
            .export_screening(&other, done.screening)
            .await
            .is_err()
    );
    assert!(
        world
            .app
            .view_screening(&verifier(), done.screening, 0)
            .await
            .is_ok()
    );
    assert!(
        world
            .app
            .view_screening(&supervisor(), done.screening, 0)
            .await
            .is_err()
    );
    let own = world.app.own_screenings(&me, None, 50).await.unwrap();
    assert_eq!(own.items.len(), 1);
    assert!(
        world
            .app
            .own_screenings(&other, None, 50)
            .await
            .unwrap()
            .items
            .is_empty()
    );
}

#[tokio::test]
async fn what_leaves_is_in_the_log_first() {
    let world = World::with_list(LISTED).await;
    let me = officer("o.one");
    let done = screened(&world, &me, &table(&["Burim Gjeravica"])).await;
    let size = log_size(&world).await;
    world.store.fail_next_commit(StoreError::Full);
    let refused = world.app.export_screening(&me, done.screening).await;
    assert!(refused.is_err(), "what cannot be logged does not leave");
    world
        .app
        .export_screening(&me, done.screening)
        .await
        .unwrap();
    assert_eq!(log_size(&world).await, size + 1);
}

#[tokio::test]
async fn what_is_given_while_rows_are_checked_is_what_is_read_back() {
    let world = World::with_list(LISTED).await;
    let me = officer("o.one");
    let mut names = vec!["Zqw Nobodyson"; 1_200];
    names[3] = "Burim Gjeravica";
    names[700] = "...";
    names[1_100] = "Burim Gjeravica";
    let text = table(&names);
    let begun = begin(&world, &me, &text).await;
    let given = Mutex::new(Vec::new());
    let take = |lines: &[HitLine]| {
        given.lock().unwrap().extend_from_slice(lines);
        Ok(())
    };
    let running = Running {
        workers: 3,
        progress: &|_| {},
        found: Some(&take),
    };
    let done = world.app.screen(&me, &begun, rows(&text), running).await;
    let done = done.unwrap();
    let given = given.lock().unwrap().clone();
    let read = exported(&world, &me, done.screening).await;
    let read: Vec<HitLine> = read.iter().map(RowRead::line).collect();
    assert_eq!((given.len(), &given), (3, &read));

    // An output that takes nothing ends the run; what is durable stays.
    world
        .app
        .finish_screening(&me, begun.screening)
        .await
        .unwrap();
    let text = table(&["Burim Gjeravica", "Zqw Nobodyson"]);
    let begun = begin(&world, &me, &text).await;
    let full = HitsError::Write("no space left".to_owned());
    let refuse = |_: &[HitLine]| Err(full.clone());
    let running = Running {
        found: Some(&refuse),
        ..running
    };
    let ended = world.app.screen(&me, &begun, rows(&text), running).await;
    assert_eq!(ended.unwrap_err(), ScreenError::Output(full.clone()));
    assert_eq!(asked_rows(&world, begun.screening).await, [2, 3]);
}

#[tokio::test]
async fn without_a_list_a_screening_is_refused() {
    let world = World::new().await;
    let text = table(&["Burim Gjeravica"]);
    let start = start(&text, Unfinished::GoOn);
    let refused = world
        .app
        .begin_screening(&officer("o.one"), start)
        .await
        .unwrap_err();
    assert!(refused.to_string().contains("no list"), "{refused}");
}

#[tokio::test]
async fn a_part_names_the_lists_that_its_rows_were_compared_with() {
    let world = World::with_list(LISTED).await;
    let me = officer("o.one");
    let text = table(&["Zqw Nobodyson"]);
    let first = screened(&world, &me, &text).await;
    let importing = crate::world::importing(false);
    let list = crate::world::list(entries(&[("3", "Someone Newly Listed")]));
    world.app.import(&admin(), list, importing).await.unwrap();
    let second = screened(&world, &me, &text).await;
    let mut versions = Vec::new();
    for run in [first, second] {
        let parts = world
            .store
            .linked(run.screening, "screening")
            .await
            .unwrap();
        let stored = world.store.record(parts[0]).await.unwrap().unwrap();
        let part: ScreenedRows = serde_json::from_slice(&stored.body.unwrap().0).unwrap();
        versions.push(part.lists[0].version);
    }
    assert_eq!(versions, [1, 2]);
}
