//! Traces: who is late and reminded, what is closed, how partners answer; half-years side by side.

use egnatia_app::{AppError, Role, TraceStanding};
use egnatia_firearms::{Closing, Outcome, ReturnSection};
use egnatia_record::RecordId;
use egnatia_testkit::{TestNode, region};
use jiff::SignedDuration;

use crate::firearms::{answer, caller, exported, focal, node, open_answer, trace_to};

fn code<T: std::fmt::Debug>(refused: Result<T, AppError>) -> &'static str {
    match refused.unwrap_err() {
        AppError::Invalid(error) => error.code,
        _ => "not invalid",
    }
}

/// Podgorica asks Belgrade after a weapon, and Skopje too.
async fn ask_both(me: &TestNode, (rs, mk): (&TestNode, &TestNode)) -> RecordId {
    let trace = me.app.start_trace(&focal(), trace_to("rs-mup", &[])).await;
    let trace = trace.unwrap();
    let further = me.app.ask_further(&focal(), trace, &mk.authority).await;
    further.unwrap();
    for to in [rs, mk] {
        me.deliver_to(to).await;
    }
    trace
}

#[tokio::test]
async fn whoever_is_late_is_reminded_and_nobody_else() {
    let nodes = region().await;
    let [me, rs, mk] = ["me-up", "rs-mup", "mk-mvr"].map(|name| node(&nodes, name));
    let trace = ask_both(me, (rs, mk)).await;
    answer(rs, Outcome::NoRecord, None).await.unwrap();
    rs.deliver_to(me).await;
    let early = me.app.remind_late(&focal(), trace).await;
    assert_eq!(code(early), "nobody-late");
    for node in [me, rs, mk] {
        node.clock.advance(SignedDuration::from_hours(24 * 8));
    }
    let listed = me.app.traces(&focal(), None, 10).await.unwrap();
    assert_eq!(listed.items[0].standing, TraceStanding::Late(1));
    let focal = focal();
    let due = mk.app.view_trace_answer(&focal, open_answer(mk).await);
    let due = due.await.unwrap().answer.due_at;

    let late = me.app.remind_late(&focal, trace).await.unwrap();
    assert_eq!(
        late,
        std::slice::from_ref(&mk.authority),
        "Serbia has answered"
    );
    assert_eq!(me.deliver_to(mk).await.delivered, 1);
    assert_eq!(me.deliver_to(rs).await.delivered, 0);
    let view = mk.app.view_trace_answer(&focal, open_answer(mk).await);
    let view = view.await.unwrap();
    assert!(view.trace.reminded_at.is_some());
    assert_eq!(view.answer.due_at, due, "the clock does not start anew");
    let again = me.app.remind_late(&focal, trace).await;
    assert_eq!(code(again), "reminded-today");
    me.clock.advance(SignedDuration::from_hours(24));
    me.app.remind_late(&focal, trace).await.unwrap();

    let times = me.app.trace_partners(&focal).await.unwrap();
    let counts: Vec<(&str, u32, u32, u32)> = times
        .iter()
        .map(|one| (one.authority.as_str(), one.asked, one.answered, one.overdue))
        .collect();
    assert_eq!(counts, [("mk-mvr", 1, 0, 1), ("rs-mup", 1, 1, 0)]);
}

#[tokio::test]
async fn the_node_notes_by_itself_who_is_late_and_tells_the_supervisor_after_a_week() {
    let nodes = region().await;
    let [me, rs, mk] = ["me-up", "rs-mup", "mk-mvr"].map(|name| node(&nodes, name));
    let trace = ask_both(me, (rs, mk)).await;
    let clock = caller("node:clock", Role::Operator);
    let listed = me.app.traces(&focal(), None, 10).await.unwrap();
    let (since, due_at) = listed.items[0].due.unwrap();
    assert_eq!(
        due_at.duration_since(since),
        SignedDuration::from_hours(168)
    );
    assert_eq!(me.app.note_late_traces(&clock).await.unwrap(), 0);
    let later = |by: SignedDuration| {
        for node in [me, rs, mk] {
            node.clock.advance(by);
        }
    };
    later(SignedDuration::from_hours(168) + SignedDuration::from_secs(1));
    let before = log_of(me).await.len();
    assert_eq!(me.app.note_late_traces(&clock).await.unwrap(), 1);
    assert_eq!(
        me.app.note_late_traces(&clock).await.unwrap(),
        0,
        "noted once"
    );
    assert_eq!(log_of(me).await.len(), before + 1, "and logged once");

    let late = me.app.late_traces(&focal()).await.unwrap();
    assert_eq!(
        (late.len(), late[0].trace, late[0].hops.len()),
        (1, trace, 2)
    );
    assert!(late[0].may_remind && !late[0].is_escalated());
    // Who may see it and may not ask is shown it without the button.
    let reader = caller("v.verifying", Role::VerifyingOfficer);
    assert!(!me.app.late_traces(&reader).await.unwrap()[0].may_remind);
    let refused = me.app.late_traces(&supervisor()).await;
    assert!(
        matches!(refused, Err(AppError::Forbidden(_))),
        "{refused:?}"
    );
    me.app.remind_late(&focal(), trace).await.unwrap();
    let late = me.app.late_traces(&focal()).await.unwrap();
    assert!(!late[0].may_remind, "once a day at most");
    assert!(late[0].reminded_at.is_some());

    // Serbia answers: it is late no more, before and after the node has looked.
    answer(rs, Outcome::NoRecord, None).await.unwrap();
    rs.deliver_to(me).await;
    let still = |late: &[egnatia_app::LateTraceView]| -> Vec<String> {
        let hops = late.iter().flat_map(|view| &view.hops);
        hops.map(|hop| hop.authority.to_string()).collect()
    };
    let late = me.app.late_traces(&focal()).await.unwrap();
    assert_eq!(still(&late), ["mk-mvr"]);
    assert_eq!(me.app.note_late_traces(&clock).await.unwrap(), 1);
    assert!(
        me.app
            .escalated_traces(&supervisor())
            .await
            .unwrap()
            .is_empty()
    );

    later(SignedDuration::from_hours(24 * 7));
    assert_eq!(me.app.note_late_traces(&clock).await.unwrap(), 1);
    assert_eq!(me.app.note_late_traces(&clock).await.unwrap(), 0);
    let told = me.app.escalated_traces(&supervisor()).await.unwrap();
    let [told] = told.as_slice() else {
        panic!("{told:?}");
    };
    let open: Vec<&str> = told.open().map(|hop| hop.authority.as_str()).collect();
    assert_eq!((told.trace, open), (trace, vec!["mk-mvr"]));
    let refused = me.app.escalated_traces(&focal()).await;
    assert!(
        matches!(refused, Err(AppError::Forbidden(_))),
        "{refused:?}"
    );
    let last = log_of(me).await;
    let escalated: Vec<_> = last
        .iter()
        .filter(|data| data["escalated"] == serde_json::json!(["mk-mvr"]))
        .collect();
    assert_eq!(escalated.len(), 1, "logged once");

    // Whoever closes the trace waits for nobody.
    let focal = focal();
    me.app
        .close_trace(&focal, trace, Closing::NotNeeded)
        .await
        .unwrap();
    assert!(me.app.late_traces(&focal).await.unwrap().is_empty());
    assert_eq!(me.app.note_late_traces(&clock).await.unwrap(), 1);
    assert!(
        me.app
            .escalated_traces(&supervisor())
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(me.app.note_late_traces(&clock).await.unwrap(), 0);
}

fn supervisor() -> egnatia_app::Caller {
    let mut supervisor = caller("s.supervisor", Role::Supervisor);
    if let Some(why) = &mut supervisor.justification {
        why.purpose = egnatia_record::Purpose::Supervision;
    }
    supervisor
}

/// What the node itself wrote into the log.
async fn log_of(node: &TestNode) -> Vec<serde_json::Value> {
    let query = egnatia_app::AuditQuery {
        actor: Some("node:clock".parse().unwrap()),
        ..Default::default()
    };
    let entries = node
        .app
        .audit_search(&supervisor(), &query, 100)
        .await
        .unwrap();
    let details = entries.into_iter().filter_map(|entry| entry.detail?.data);
    details.collect()
}

#[tokio::test]
async fn a_closed_trace_takes_the_clock_away_from_whoever_was_silent() {
    let nodes = region().await;
    let [me, rs, ba] = ["me-up", "rs-mup", "ba-dkpt"].map(|name| node(&nodes, name));
    let trace = me
        .app
        .start_trace(&focal(), trace_to("rs-mup", &["BA"]))
        .await;
    let trace = trace.unwrap();
    me.deliver_to(rs).await;
    // Bosnia has it from Serbia, and is told all the same.
    answer(rs, exported(), Some("ba-dkpt")).await.unwrap();
    rs.deliver_to(ba).await;
    rs.deliver_to(me).await;
    let open = open_answer(ba).await;
    assert_eq!(ba.app.traces_open().await.unwrap(), 1);
    me.app
        .close_trace(&focal(), trace, Closing::NotNeeded)
        .await
        .unwrap();
    assert_eq!(me.deliver_to(ba).await.delivered, 1);
    assert_eq!(ba.app.traces_open().await.unwrap(), 0);
    let view = ba.app.view_trace_answer(&focal(), open).await.unwrap();
    assert_eq!(view.answer.state_word(), "closed");
    let refused = answer_now(ba, open).await;
    assert_eq!(code(refused), "closed");
    // What was answered stays, and nothing more is asked.
    let view = me.app.view_trace(&focal(), trace).await.unwrap();
    assert_eq!(view.standing, TraceStanding::Closed(Closing::NotNeeded));
    assert_eq!(view.hops.len(), 2);
    let again = me.app.close_trace(&focal(), trace, Closing::Traced).await;
    assert_eq!(code(again), "closed");
    let (focal, albania) = (focal(), "al-asp".parse().unwrap());
    let further = me.app.ask_further(&focal, trace, &albania);
    assert_eq!(code(further.await), "closed");
    let consent = me
        .app
        .consent_to_pass_on(&focal, trace, "AL".parse().unwrap());
    assert_eq!(code(consent.await), "closed");
}

async fn answer_now(node: &TestNode, id: RecordId) -> Result<(), AppError> {
    let new = egnatia_app::NewTraceAnswer {
        outcome: Outcome::NoRecord,
        pass_to: None,
    };
    node.app.answer_trace(&focal(), id, new).await
}

#[tokio::test]
async fn half_years_are_counted_as_they_are_and_a_frozen_one_stays() {
    let nodes = region().await;
    let [me, rs] = ["me-up", "rs-mup"].map(|name| node(&nodes, name));
    let trace = me.app.start_trace(&focal(), trace_to("rs-mup", &[])).await;
    trace.unwrap();
    me.deliver_to(rs).await;
    for node in [me, rs] {
        node.clock.advance(SignedDuration::from_hours(48));
    }
    answer(rs, Outcome::NoRecord, None).await.unwrap();
    rs.deliver_to(me).await;
    let kind = egnatia_firearms::ReturnKind::HalfYear;
    let frozen = me
        .app
        .freeze_return(&focal(), kind, "2026-H1")
        .await
        .unwrap();
    let view = me
        .app
        .firearms_progress(&focal(), "2026-H2", 3)
        .await
        .unwrap();
    let names: Vec<(String, bool)> = view
        .periods
        .iter()
        .map(|(period, id)| (period.half_name(), *id == Some(frozen)))
        .collect();
    let expected = [("2025-H2", false), ("2026-H1", true), ("2026-H2", false)];
    assert_eq!(names, expected.map(|(name, is)| (name.to_owned(), is)));
    let counts = |what: &str, at: &str| {
        let mut rows = view.rows.iter();
        let row = rows.find(|row| {
            row.section == Some(ReturnSection::Tracing) && row.what == what && row.at == at
        });
        row.unwrap_or_else(|| panic!("{what} {at}")).counts.clone()
    };
    assert_eq!(counts("requested", ""), [Some(0), Some(0), Some(1)]);
    assert_eq!(counts("not-traced", ""), [Some(0), Some(0), Some(1)]);
    let median = counts("median-tenths-of-a-day", "partner: RS");
    assert_eq!(median, [None, None, Some(20)]);
    // Serbia counts its own answer.
    let view = rs.app.firearms_progress(&focal(), "", 1).await.unwrap();
    let ours = view
        .rows
        .iter()
        .find(|row| row.what == "answered-by-us-in-time");
    assert_eq!(ours.unwrap().counts, [Some(1)]);
    for (until, count) in [("2026", 3), ("2026-H2", 0)] {
        let refused = me.app.firearms_progress(&focal(), until, count).await;
        assert_eq!(code(refused), "invalid");
    }
}
