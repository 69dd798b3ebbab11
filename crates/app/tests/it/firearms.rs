//! Firearms over one node and several: the register, losses, incidents, traces, returns.

use std::collections::BTreeSet;
use std::sync::Arc;

use egnatia_alerts::{AlertDraft, ObjectKind, Outcome as Decided, Reason};
use egnatia_app::{
    AppError, Caller, CheckRequest, FirearmSearch, MissingReport, NewAlert, NewFirearm, NewTrace,
    NewTraceAnswer, Role, Store,
};
use egnatia_firearms::{
    Country, Event, Holder, HolderKind, HopState, Incident, IncidentKind, Mark, MarkPlace, Outcome,
    Particulars, Personal, Refusal, Report, ReportStanding, ReturnKind, SeizedWeapon, Taken,
    UrgencyGround, WeaponKind,
};
use egnatia_matching::{Description, Identifier, IdentifierKind, Weapon};
use egnatia_record::{
    Category, Evaluation, Handling, HandlingCode, Justification, Kind, LegalBasis, Nature,
    OriginRegime, Overdue, Purpose, RecordId, ReleasableTo, SubjectCategory,
};
use egnatia_testkit::{
    MemoryFiles, MemoryStore, TestNode, administrator, arrangement_with, region, test_seal,
    verifier,
};
use jiff::SignedDuration;
use jiff::civil::{Date, date};

use crate::world::{World, officer};

pub(crate) fn caller(login: &str, role: Role) -> Caller {
    Caller {
        login: login.parse().unwrap(),
        role,
        justification: Some(Justification {
            purpose: Purpose::FirearmsTrafficking,
            case: "FFP 7/26".parse().unwrap(),
        }),
    }
}

pub(crate) fn focal() -> Caller {
    caller("f.focal", Role::FirearmsOfficer)
}

pub(crate) fn country(code: &str) -> Country {
    code.parse().unwrap()
}

pub(crate) fn reason(text: &str) -> Reason {
    Reason::try_from(text.to_owned()).unwrap()
}

pub(crate) fn zastava(number: &str) -> Particulars {
    Particulars {
        marks: vec![Mark::readable(MarkPlace::Receiver, number)],
        kind: WeaponKind::AssaultRifle,
        make: "Crvena Zastava".into(),
        model: "M70AB2".into(),
        calibre: "7,62×39 mm".into(),
        category: None,
        country: Some(country("RS")),
        year: Some(1987),
        distinguished_by: None,
        photographs: Vec::new(),
    }
}

const DAY: Date = date(2026, 11, 20);

fn made() -> (Event, Date) {
    let holder = Holder::known_as(HolderKind::Authority, "unit 7");
    (Event::Manufacture { holder }, DAY)
}

fn new(number: &str) -> NewFirearm {
    NewFirearm {
        particulars: zastava(number),
        reference: None,
        first: Some(made()),
        different_from: BTreeSet::new(),
    }
}

pub(crate) async fn register(node: &TestNode, number: &str) -> RecordId {
    let done = node.app.register_firearm(&focal(), new(number)).await;
    done.unwrap()
}

fn anybody() -> Handling {
    Handling::new(
        [HandlingCode::H0],
        None,
        ReleasableTo::Anybody,
        OriginRegime::National,
    )
    .unwrap()
}

pub(crate) fn theft() -> MissingReport {
    MissingReport {
        event: Event::Theft(Report {
            discovered_at: "2026-11-23T06:00:00Z".parse().unwrap(),
            circumstances: "the rack was found empty at the count".into(),
        }),
        on: date(2026, 11, 22),
        decision: "KU 44/26".into(),
        handling: anybody(),
    }
}

fn asked(number: &str, make: &str) -> CheckRequest {
    CheckRequest {
        query: Description {
            identifiers: vec![Identifier {
                kind: IdentifierKind::Serial,
                value: number.into(),
                country: None,
            }],
            weapon: Some(Box::new(Weapon {
                make: Some(make.into()),
                calibre: Some("7.62x39 M43".into()),
                ..Weapon::default()
            })),
            ..Description::default()
        },
        ..CheckRequest::default()
    }
}

async fn lists(node: &TestNode, number: &str, make: &str) -> Vec<(RecordId, String)> {
    let answer = node
        .app
        .check(&officer("o.border"), asked(number, make))
        .await;
    let candidates = answer.unwrap().candidates.into_iter();
    candidates
        .map(|found| (found.matched, found.entry.list))
        .collect()
}

#[tokio::test]
async fn a_weapon_is_registered_once_and_only_after_what_is_like_it_was_looked_at() {
    let node = TestNode::new("mk-mvr", "MK").await;
    let first = register(&node, "M70B-45123").await;
    let like = node
        .app
        .like_firearms(&focal(), &zastava("M70B45123"))
        .await;
    assert_eq!(like.unwrap()[0].record, first);
    let again = node
        .app
        .register_firearm(&focal(), new("m70 b 45123"))
        .await;
    assert!(
        matches!(&again, Err(AppError::Invalid(e)) if e.code == "duplicate"),
        "{again:?}"
    );
    // Looked at, and said to be another one: the register wants to know what tells them apart.
    let mut other = new("M70B 45123");
    other.different_from.insert(first);
    let unnamed = node.app.register_firearm(&focal(), other.clone()).await;
    assert!(
        matches!(&unnamed, Err(AppError::Invalid(e)) if e.field == "distinguished_by"),
        "{unnamed:?}"
    );
    other.particulars.distinguished_by = Some("folding stock, struck 1984".into());
    let second = node.app.register_firearm(&focal(), other).await.unwrap();
    assert_ne!(first, second);
    let search = FirearmSearch {
        text: "m70b".into(),
        make: "ZASTAVA".into(),
        ..FirearmSearch::default()
    };
    let page = node
        .app
        .firearms(&focal(), &search, None, 10)
        .await
        .unwrap();
    assert_eq!(page.items.len(), 2);
    let by_calibre = FirearmSearch {
        text: "7.62x39".into(),
        ..FirearmSearch::default()
    };
    let page = node
        .app
        .firearms(&focal(), &by_calibre, None, 10)
        .await
        .unwrap();
    assert_eq!(page.items.len(), 2);
}

#[tokio::test]
async fn roles_that_do_not_keep_the_register_are_refused() {
    let node = TestNode::new("mk-mvr", "MK").await;
    let id = register(&node, "M70B-45123").await;
    for (role, sees) in [
        (Role::Officer, false),
        (Role::VerifyingOfficer, true),
        (Role::Administrator, false),
        (Role::Supervisor, false),
    ] {
        let somebody = caller("s.body", role);
        let done = node.app.register_firearm(&somebody, new("M70B-1")).await;
        assert!(matches!(done, Err(AppError::Forbidden(_))), "{role}");
        assert_eq!(
            node.app.view_firearm(&somebody, id).await.is_ok(),
            sees,
            "{role}"
        );
    }
    let without = Caller {
        justification: None,
        ..focal()
    };
    let unsaid = node.app.view_firearm(&without, id).await;
    assert_eq!(unsaid.map(|_| ()), Err(AppError::NoJustification));
}

#[tokio::test]
async fn a_stolen_weapon_is_found_at_a_partners_border_by_half_its_number_and_the_owner_knows() {
    let (mk, al) = (
        TestNode::new("mk-mvr", "MK").await,
        TestNode::new("al-asp", "AL").await,
    );
    mk.trust(&al).await;
    al.trust(&mk).await;
    let id = register(&mk, "M70B-45123").await;
    let entered = mk.app.report_missing(&focal(), id, theft()).await.unwrap();
    let view = mk.app.view_firearm(&focal(), id).await.unwrap();
    assert_eq!(view.standing.custody.as_str(), "stolen");
    assert_eq!(view.firearm.alert, Some(entered.alert));
    let clock = view.clock.unwrap();
    assert_eq!(clock.due_at, "2026-11-25T06:00:00Z".parse().unwrap());
    let standing = clock.standing(mk.app.firearms_profile(), mk.app.now());
    assert_eq!(standing, ReportStanding::ReportedInTime);

    assert!(lists(&al, "M70?4512*", "Zastava").await.is_empty());
    assert_eq!(mk.deliver_to(&al).await.delivered, 1);
    let found = lists(&al, "M70?4512*", "Zastava").await;
    let [(matched, list)] = found.as_slice() else {
        panic!("{found:?}");
    };
    assert_eq!(list, "alerts:mk-mvr");
    assert!(
        lists(&al, "M70?4512*", "Norinco").await.is_empty()
            || lists(&al, "M70?99999*", "Zastava").await.is_empty()
    );
    let decided = al
        .app
        .decide(
            &verifier(),
            *matched,
            Decided::Confirmed,
            reason("all marks agree"),
        )
        .await
        .unwrap();
    assert!(decided.hit.is_some());
    al.deliver_to(&mk).await;
    let reports = mk.app.hit_reports(&focal(), None, 10).await.unwrap();
    assert_eq!(reports.items[0].body.alert, entered.alert);
    assert_eq!(reports.items[0].body.from, al.authority);

    // Found again: the alert ends with the event, and the partner erases it.
    let find = Event::Find(Taken {
        authority: "mk-mvr".parse().unwrap(),
        circumstances: "handed over by the partner".into(),
    });
    mk.app
        .record_event(&focal(), id, find, date(2026, 11, 24))
        .await
        .unwrap();
    let view = mk.app.view_firearm(&focal(), id).await.unwrap();
    assert_eq!(
        (view.firearm.alert, view.standing.custody.as_str()),
        (None, "authority")
    );
    mk.deliver_to(&al).await;
    assert!(lists(&al, "M70?4512*", "Zastava").await.is_empty());
    assert_eq!(
        al.store.record(entered.alert).await.unwrap().unwrap().body,
        None
    );
}

#[tokio::test]
async fn checks_meet_the_own_register_and_make_and_calibre_are_evidence() {
    let node = TestNode::new("mk-mvr", "MK").await;
    register(&node, "M70B-45123").await;
    let found = lists(&node, "M7OB45123", "Застава").await;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].1, "firearms");
    let other_make = node
        .app
        .check(&officer("o.border"), asked("M70B45123", "Norinco"))
        .await;
    let other_make = other_make.unwrap();
    assert!(
        other_make
            .candidates
            .iter()
            .all(|found| found.assessment.probability < 0.6),
        "{:?}",
        other_make.candidates
    );
    let open = node
        .app
        .check(&officer("o.border"), asked("*1*", "Zastava"))
        .await;
    assert!(
        matches!(&open, Err(AppError::Invalid(e)) if e.field == "serial"),
        "{open:?}"
    );
}

#[tokio::test]
async fn an_alert_on_a_firearm_that_was_entered_by_hand_is_found_by_part_of_its_number() {
    let node = TestNode::new("mk-mvr", "MK").await;
    let new = NewAlert {
        draft: AlertDraft {
            category: Category::ObjectSeizure,
            subject: Description {
                identifiers: vec![Identifier {
                    kind: IdentifierKind::Other,
                    value: "M70B-45123".into(),
                    country: None,
                }],
                ..Description::default()
            },
            object: Some(ObjectKind::Firearm),
            reason: reason("stolen from a store"),
            action: String::new(),
            decision: "KU 45/26".into(),
            proportionality: None,
            warnings: BTreeSet::new(),
            offence: None,
            characteristics: None,
            distinguished_by: None,
            links: BTreeSet::new(),
        },
        handling: anybody(),
        legal_basis: LegalBasis::NationalLaw,
        evaluation: Evaluation::OFFICIAL,
        subject: SubjectCategory::NoPerson,
        nature: Nature::Fact,
        different_from: BTreeSet::new(),
    };
    node.app.enter_alert(&focal(), new).await.unwrap();
    let found = lists(&node, "M70?45123", "Zastava").await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].1, "alerts");
}

#[tokio::test]
async fn weapons_are_found_after_a_start_from_saved_files() {
    let files = MemoryFiles::new();
    let store = Arc::new(MemoryStore::new(test_seal()));
    let world = World::started(store.clone(), Arc::new(files.clone()), 0).await;
    let id = world
        .app
        .register_firearm(&focal(), new("M70B-45123"))
        .await
        .unwrap();
    let app = world.app.clone();
    let tended = tokio::task::spawn_blocking(move || app.tend_index()).await;
    assert!(tended.unwrap().unwrap());
    let again = World::started(store, Arc::new(files), 0).await;
    let answer = again
        .app
        .check(&officer("o.one"), asked("M70B4??23", "Zastava"))
        .await;
    let answer = answer.unwrap();
    assert_eq!(answer.candidates[0].entry.record, id);
    assert!(answer.lists.iter().any(|list| list.list == "firearms"));
}

#[tokio::test]
async fn an_event_that_cannot_follow_is_refused_and_a_report_goes_its_own_way() {
    let node = TestNode::new("mk-mvr", "MK").await;
    let id = register(&node, "M70B-45123").await;
    let event = theft().event;
    let direct = node.app.record_event(&focal(), id, event, DAY).await;
    assert!(
        matches!(&direct, Err(AppError::Invalid(e)) if e.code == "report"),
        "{direct:?}"
    );
    let import = Event::Import {
        from: country("BA"),
        holder: Holder::known_as(HolderKind::Dealer, "D 1"),
        licence: "L 1".into(),
    };
    let import = node
        .app
        .record_event(&focal(), id, import, date(2026, 11, 24))
        .await;
    assert!(
        matches!(&import, Err(AppError::Invalid(e)) if e.field == "event"),
        "{import:?}"
    );
    node.app
        .report_missing(&focal(), id, theft())
        .await
        .unwrap();
    let twice = node.app.report_missing(&focal(), id, theft()).await;
    assert!(matches!(twice, Err(AppError::Invalid(_))), "{twice:?}");
}

#[tokio::test]
async fn an_alert_that_cannot_be_leaves_the_weapon_as_it_was() {
    let node = TestNode::new("mk-mvr", "MK").await;
    let id = register(&node, "M70B-45123").await;
    let undecided = MissingReport {
        decision: " ".into(),
        ..theft()
    };
    let refused = node.app.report_missing(&focal(), id, undecided).await;
    assert!(
        matches!(&refused, Err(AppError::Invalid(e)) if e.field == "decision"),
        "{refused:?}"
    );
    let view = node.app.view_firearm(&focal(), id).await.unwrap();
    assert_eq!(view.standing.custody.as_str(), "held");
    assert_eq!(view.versions.len(), 1);
}

pub(crate) fn seizure(firearm: RecordId, number: &str) -> Incident {
    Incident {
        kind: IncidentKind::Seizure,
        on: date(2026, 11, 24),
        country: country("MK"),
        place: "Blace".into(),
        position: None,
        at_border: true,
        route: egnatia_firearms::Route {
            countries: vec![country("BA"), country("MK")],
        },
        concealment: "under the seat".into(),
        context: None,
        transport: None,
        offence: None,
        weapons: vec![SeizedWeapon {
            particulars: zastava(number),
            firearm: Some(firearm),
        }],
        parts: Vec::new(),
        ammunition: Vec::new(),
        explosives: Vec::new(),
        persons: Vec::new(),
        proceedings: None,
        note: String::new(),
    }
}

#[tokio::test]
async fn a_seizure_moves_its_weapons_ends_their_alerts_and_is_counted_once_for_good() {
    let node = TestNode::new("mk-mvr", "MK").await;
    let id = register(&node, "M70B-45123").await;
    let alert = node
        .app
        .report_missing(&focal(), id, theft())
        .await
        .unwrap()
        .alert;
    let incident = node
        .app
        .record_incident(&focal(), seizure(id, "M70B-45123"), Handling::national())
        .await;
    let incident = incident.unwrap();
    let view = node.app.view_firearm(&focal(), id).await.unwrap();
    assert_eq!(view.standing.custody.as_str(), "authority");
    assert_eq!(view.incidents, [incident]);
    let stored = node.store.record(alert).await.unwrap().unwrap();
    assert_eq!(stored.state, "withdrawn");

    let early = node
        .app
        .freeze_return(&focal(), ReturnKind::Iafq, "2026")
        .await;
    assert!(
        matches!(&early, Err(AppError::Invalid(e)) if e.code == "not-over"),
        "{early:?}"
    );
    node.clock.advance(SignedDuration::from_hours(24 * 60));
    let frozen = node
        .app
        .freeze_return(&focal(), ReturnKind::Iafq, "2026")
        .await
        .unwrap();
    let twice = node
        .app
        .freeze_return(&focal(), ReturnKind::Iafq, "2026")
        .await;
    assert!(matches!(twice, Err(AppError::Clash { .. })), "{twice:?}");
    // What is recorded later changes what is counted, and not what is frozen.
    let mut late = seizure(id, "M70B-45123");
    late.weapons[0].firearm = None;
    node.app
        .record_incident(&focal(), late, Handling::national())
        .await
        .unwrap();
    let view = node.app.view_return(&focal(), frozen).await.unwrap();
    assert!(view.is_whole);
    assert_eq!((view.body.incidents, view.body.sha256.len()), (1, 64));
    let counted = node
        .app
        .count_firearms_return(&focal(), ReturnKind::Iafq, "2026")
        .await;
    assert_eq!(counted.unwrap().2, 2);
    let clusters = node.app.incident_clusters(&focal()).await.unwrap();
    assert!(
        clusters.iter().any(|cluster| cluster.name == "BA > MK"),
        "{clusters:?}"
    );
}

#[tokio::test]
async fn a_seizure_of_a_weapon_that_an_authority_has_is_refused_as_a_whole() {
    let node = TestNode::new("mk-mvr", "MK").await;
    let id = register(&node, "M70B-45123").await;
    node.app
        .record_incident(&focal(), seizure(id, "M70B-45123"), Handling::national())
        .await
        .unwrap();
    let again = node
        .app
        .record_incident(&focal(), seizure(id, "M70B-45123"), Handling::national())
        .await;
    assert!(matches!(again, Err(AppError::Invalid(_))), "{again:?}");
    let page = node.app.incidents(&focal(), None, 10).await.unwrap();
    assert_eq!(page.items.len(), 1);
}

#[tokio::test]
async fn two_officers_sign_a_destruction_and_the_record_stays_thirty_years() {
    let node = TestNode::new("mk-mvr", "MK").await;
    let id = register(&node, "M70B-45123").await;
    node.app
        .record_incident(&focal(), seizure(id, "M70B-45123"), Handling::national())
        .await
        .unwrap();
    let (method, evidence) = ("melted".to_owned(), "protocol 3/26".to_owned());
    node.app
        .propose_destruction(&focal(), id, method, evidence)
        .await
        .unwrap();
    let on = date(2026, 11, 24);
    let alone = node.app.sign_destruction(&focal(), id, on).await;
    assert!(
        matches!(&alone, Err(AppError::Invalid(e)) if e.field == "officer"),
        "{alone:?}"
    );
    let other = caller("g.focal", Role::FirearmsOfficer);
    node.app.sign_destruction(&other, id, on).await.unwrap();
    let view = node.app.view_firearm(&focal(), id).await.unwrap();
    let retention = view.envelope.retention;
    assert_eq!(
        (retention.review_on, retention.overdue),
        (date(2056, 11, 24), Overdue::Erase)
    );
    // The same number is free again: a new weapon may be registered, after a look at the old one.
    let mut next = new("M70B-45123");
    next.different_from.insert(id);
    node.app.register_firearm(&focal(), next).await.unwrap();
}

#[tokio::test]
async fn retention_puts_a_weapon_that_is_not_destroyed_to_a_reviewer() {
    let node = TestNode::new("mk-mvr", "MK").await;
    let id = register(&node, "M70B-45123").await;
    node.clock.advance(SignedDuration::from_hours(24 * 3_651));
    let expired = node.app.act_on_retention(&administrator()).await.unwrap();
    assert_eq!((expired.erased, expired.to_review), (0, 1));
    assert!(node.store.record(id).await.unwrap().unwrap().body.is_some());
}

pub(crate) fn trace_to(to: &str, may_pass_to: &[&str]) -> NewTrace {
    NewTrace {
        weapon: zastava("M70B-45123"),
        firearm: None,
        recovered_in: country("ME"),
        recovered_on: date(2026, 11, 20),
        offence: "illicit possession of firearms".into(),
        urgent: None,
        question: String::new(),
        circumstances: String::new(),
        intended_use: "the investigation KU 12/26".into(),
        to: to.parse().unwrap(),
        may_pass_to: may_pass_to
            .iter()
            .map(|code| code.parse().unwrap())
            .collect(),
    }
}

pub(crate) fn node<'a>(nodes: &'a [TestNode], authority: &str) -> &'a TestNode {
    nodes
        .iter()
        .find(|node| node.authority.as_str() == authority)
        .unwrap()
}

pub(crate) async fn open_answer(node: &TestNode) -> RecordId {
    let waiting = node.app.traces_to_answer(&focal(), None, 10).await.unwrap();
    assert_eq!(waiting.items.len(), 1, "{}", node.authority);
    waiting.items[0].0
}

pub(crate) async fn answer(
    node: &TestNode,
    outcome: Outcome,
    pass_to: Option<&str>,
) -> Result<(), AppError> {
    let new = NewTraceAnswer {
        outcome,
        pass_to: pass_to.map(|to| to.parse().unwrap()),
    };
    node.app
        .answer_trace(&focal(), open_answer(node).await, new)
        .await
}

pub(crate) fn exported() -> Outcome {
    Outcome::ExportedTo {
        country: country("BA"),
        on: date(1988, 2, 1),
        licence: Some("IZ 7/88".into()),
    }
}

fn held_by_somebody() -> Outcome {
    let mut holder = Holder::known_as(HolderKind::Person, "OL 443");
    holder.name = Some(Personal::new("Ana Izmišljena"));
    Outcome::HeldBy {
        holder,
        since: date(1992, 4, 6),
        standing: "held".into(),
    }
}

#[tokio::test]
async fn a_trace_over_three_countries_with_one_silent_one_refusing_and_one_passing_on() {
    let nodes = region().await;
    let [me, rs, ba, mk, al] =
        ["me-up", "rs-mup", "ba-dkpt", "mk-mvr", "al-asp"].map(|name| node(&nodes, name));
    let trace = me
        .app
        .start_trace(&focal(), trace_to("rs-mup", &["BA"]))
        .await
        .unwrap();
    for further in ["mk-mvr", "al-asp"] {
        me.app
            .ask_further(&focal(), trace, &further.parse().unwrap())
            .await
            .unwrap();
    }
    for to in [rs, mk, al] {
        assert_eq!(me.deliver_to(to).await.refused, 0);
    }
    // Serbia exported it, and passes the question on with the consent of Montenegro.
    let astray = answer(rs, exported(), Some("al-asp")).await;
    assert!(
        matches!(&astray, Err(AppError::Invalid(e)) if e.field == "pass_to"),
        "{astray:?}"
    );
    answer(rs, exported(), Some("ba-dkpt")).await.unwrap();
    assert_eq!(rs.deliver_to(ba).await.delivered, 1);
    rs.deliver_to(me).await;
    let refusal = Outcome::Refused {
        reason: Refusal::InvestigationOrSafety,
    };
    answer(mk, refusal, None).await.unwrap();
    mk.deliver_to(me).await;

    let halfway = me.app.view_trace(&focal(), trace).await.unwrap();
    let state = |view: &egnatia_app::TraceView, of: &str| {
        let hop = view
            .hops
            .iter()
            .find(|hop| hop.authority.as_str() == of)
            .unwrap();
        (hop.state.clone(), hop.depth, hop.via.to_string())
    };
    assert_eq!(
        state(&halfway, "ba-dkpt"),
        (HopState::Silent, 2, "rs-mup".into())
    );
    assert_eq!(
        state(&halfway, "al-asp"),
        (HopState::Silent, 1, "me-up".into())
    );
    assert!(halfway.last_holder().is_none());

    // Bosnia answers Montenegro, by name; Serbia in between never sees it.
    answer(ba, held_by_somebody(), None).await.unwrap();
    assert_eq!(ba.deliver_to(me).await.refused, 0);
    assert_eq!(ba.deliver_to(rs).await.delivered, 0);
    let view = me.app.view_trace(&focal(), trace).await.unwrap();
    let HopState::Answered { outcome, .. } = state(&view, "ba-dkpt").0 else {
        panic!("{:?}", view.hops);
    };
    assert_eq!(outcome, held_by_somebody());
    assert_eq!(view.last_holder().unwrap().authority, ba.authority);
    let HopState::Answered { outcome, .. } = state(&view, "mk-mvr").0 else {
        panic!("{:?}", view.hops);
    };
    assert_eq!(outcome.as_str(), "refused");
    assert_eq!(view.median_tenths, Some(0));
    // Albania stays silent beyond its seven days.
    me.clock.advance(SignedDuration::from_hours(24 * 8));
    let late = me.app.view_trace(&focal(), trace).await.unwrap();
    let silent = late
        .hops
        .iter()
        .find(|hop| hop.authority == al.authority)
        .unwrap();
    assert!(silent.is_overdue(me.app.now()));
    for stranger in [rs, al, mk] {
        let linked = stranger.store.linked(trace, "trace").await.unwrap();
        for stored in stranger.store.records(&linked).await.unwrap() {
            let body = String::from_utf8(stored.body.unwrap().0).unwrap();
            assert!(!body.contains("Izmišljena"), "{}", stranger.authority);
        }
    }
    // Answered once.
    let again = ba.app.traces_to_answer(&focal(), None, 10).await.unwrap();
    let new = NewTraceAnswer {
        outcome: Outcome::NoRecord,
        pass_to: None,
    };
    let twice = ba.app.answer_trace(&focal(), again.items[0].0, new).await;
    assert!(matches!(twice, Err(AppError::Clash { .. })), "{twice:?}");
}

#[tokio::test]
async fn consent_that_comes_later_lets_an_answered_trace_go_on() {
    let nodes = region().await;
    let [me, rs, ba] = ["me-up", "rs-mup", "ba-dkpt"].map(|name| node(&nodes, name));
    let trace = me
        .app
        .start_trace(&focal(), trace_to("rs-mup", &[]))
        .await
        .unwrap();
    me.deliver_to(rs).await;
    let early = answer(rs, exported(), Some("ba-dkpt")).await;
    assert!(
        matches!(&early, Err(AppError::Invalid(e)) if e.field == "pass_to"),
        "{early:?}"
    );
    answer(rs, exported(), None).await.unwrap();
    rs.deliver_to(me).await;
    let view = me.app.view_trace(&focal(), trace).await.unwrap();
    assert_eq!(view.leads(), [&country("BA")]);
    me.app
        .consent_to_pass_on(&focal(), trace, "BA".parse().unwrap())
        .await
        .unwrap();
    me.deliver_to(rs).await;
    let answered = rs
        .app
        .traces_to_answer(&focal(), None, 10)
        .await
        .unwrap()
        .items[0]
        .0;
    rs.app
        .pass_trace_on(&focal(), answered, &ba.authority)
        .await
        .unwrap();
    assert_eq!(rs.deliver_to(ba).await.delivered, 1);
    rs.deliver_to(me).await;
    answer(ba, Outcome::NoRecord, None).await.unwrap();
    ba.deliver_to(me).await;
    let view = me.app.view_trace(&focal(), trace).await.unwrap();
    let depths: Vec<(&str, usize)> = view
        .hops
        .iter()
        .map(|hop| (hop.authority.as_str(), hop.depth))
        .collect();
    assert_eq!(depths, [("rs-mup", 1), ("ba-dkpt", 2)]);
    assert!(view.leads().is_empty());
}

#[tokio::test]
async fn whoever_got_a_trace_from_somebody_else_learns_of_a_consent_that_comes_later() {
    let nodes = region().await;
    let [me, rs, ba, al] = ["me-up", "rs-mup", "ba-dkpt", "al-asp"].map(|name| node(&nodes, name));
    let officer = focal();
    let trace = me.app.start_trace(&officer, trace_to("rs-mup", &["BA"]));
    let trace = trace.await.unwrap();
    me.deliver_to(rs).await;
    answer(rs, exported(), Some("ba-dkpt")).await.unwrap();
    rs.deliver_to(ba).await;
    rs.deliver_to(me).await;
    let further = Outcome::ExportedTo {
        country: country("AL"),
        on: date(1997, 3, 13),
        licence: None,
    };
    answer(ba, further, None).await.unwrap();
    ba.deliver_to(me).await;
    let consent = me
        .app
        .consent_to_pass_on(&officer, trace, "AL".parse().unwrap());
    consent.await.unwrap();
    assert_eq!(me.deliver_to(ba).await.delivered, 1);
    assert_eq!(me.deliver_to(al).await.delivered, 0, "consent asks nobody");
    let answered = open_answer(ba).await;
    ba.app
        .pass_trace_on(&focal(), answered, &al.authority)
        .await
        .unwrap();
    assert_eq!(ba.deliver_to(al).await.delivered, 1);
    ba.deliver_to(me).await;
    answer(al, held_by_somebody(), None).await.unwrap();
    al.deliver_to(me).await;
    let view = me.app.view_trace(&focal(), trace).await.unwrap();
    let chain: Vec<(&str, &str, usize)> = view
        .hops
        .iter()
        .map(|hop| (hop.authority.as_str(), hop.via.as_str(), hop.depth))
        .collect();
    let expected = [
        ("rs-mup", "me-up", 1),
        ("ba-dkpt", "rs-mup", 2),
        ("al-asp", "ba-dkpt", 3),
    ];
    assert_eq!(chain, expected);
    assert!(view.last_holder().is_some() && view.leads().is_empty());
}

#[tokio::test]
async fn a_holder_is_named_only_where_the_arrangement_allows_personal_data() {
    let me = TestNode::new("me-up", "ME").await;
    let ba = TestNode::new("ba-dkpt", "BA").await;
    me.trust(&ba).await;
    ba.accept(&me).await;
    let things_only = egnatia_record::Arrangement {
        personal_data: false,
        ..arrangement_with(me.partner)
    };
    ba.app
        .put_arrangement(&administrator(), None, things_only)
        .await
        .unwrap();
    let trace = me
        .app
        .start_trace(&focal(), trace_to("ba-dkpt", &[]))
        .await
        .unwrap();
    assert_eq!(me.deliver_to(&ba).await.delivered, 1);
    let named = answer(&ba, held_by_somebody(), None).await;
    assert!(
        matches!(&named, Err(AppError::Invalid(e)) if (e.field, e.code) == ("holder", "personal-data")),
        "{named:?}"
    );
    let unnamed = Outcome::HeldBy {
        holder: Holder::known_as(HolderKind::Club, "club"),
        since: date(1992, 4, 6),
        standing: "held".into(),
    };
    answer(&ba, unnamed.clone(), None).await.unwrap();
    ba.deliver_to(&me).await;
    let view = me.app.view_trace(&focal(), trace).await.unwrap();
    let HopState::Answered { outcome, .. } = &view.hops[0].state else {
        panic!("{:?}", view.hops);
    };
    assert_eq!(*outcome, unnamed);
}

#[tokio::test]
async fn a_trace_without_its_required_fields_is_not_asked() {
    let nodes = region().await;
    let me = node(&nodes, "me-up");
    let refused = async |change: &dyn Fn(&mut NewTrace)| {
        let mut new = trace_to("rs-mup", &[]);
        change(&mut new);
        match me.app.start_trace(&focal(), new).await {
            Err(AppError::Invalid(error)) => error.field,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(refused(&|new| new.weapon.country = None).await, "country");
    assert_eq!(refused(&|new| new.offence.clear()).await, "offence");
    assert_eq!(
        refused(&|new| new.urgent = Some((UrgencyGround::Life, String::new()))).await,
        "urgency"
    );
    assert_eq!(
        refused(&|new| new.to = "xx-none".parse().unwrap()).await,
        "to"
    );
    let urgent = NewTrace {
        urgent: Some((UrgencyGround::Life, "a threat to a witness".into())),
        ..trace_to("rs-mup", &[])
    };
    me.app.start_trace(&focal(), urgent).await.unwrap();
    let rs = node(&nodes, "rs-mup");
    me.deliver_to(rs).await;
    let waiting = rs.app.traces_to_answer(&focal(), None, 10).await.unwrap();
    let due = waiting.items[0].1.due_at.duration_since(rs.app.now());
    assert_eq!(due, SignedDuration::from_hours(8));
    assert_eq!(rs.app.traces_open().await.unwrap(), 1);
}

#[tokio::test]
async fn nobody_answers_a_trace_that_they_were_not_asked() {
    let nodes = region().await;
    let [me, rs, al] = ["me-up", "rs-mup", "al-asp"].map(|name| node(&nodes, name));
    let trace = me
        .app
        .start_trace(&focal(), trace_to("rs-mup", &[]))
        .await
        .unwrap();
    me.deliver_to(rs).await;
    answer(rs, Outcome::NoRecord, None).await.unwrap();
    // The same answer from somebody who was never asked.
    let stored = rs.store.linked(trace, "trace").await.unwrap();
    let stored = rs.store.record(stored[0]).await.unwrap().unwrap();
    let mut envelope = stored.envelope.clone();
    envelope.id = RecordId::from_bytes([9; 16]);
    envelope.originator = al.authority.clone();
    assert_eq!(envelope.kind, Kind::TraceAnswer);
    let body = String::from_utf8(stored.body.unwrap().0).unwrap();
    let shared = egnatia_protocol::SharedRecord {
        envelope,
        body: egnatia_protocol::Body::from_json(body).unwrap(),
        keep_until: None,
    };
    let statement = egnatia_protocol::Statement::Record(Box::new(shared));
    let identity = egnatia_testkit::test_identity(
        "al-asp",
        "AL",
        1,
        egnatia_record::Clock::now(&egnatia_testkit::FixedClock::default()),
    );
    let keys: Vec<_> = identity.signing.iter().collect();
    let signed = statement.sign(&keys).unwrap();
    let receipts = egnatia_testkit::send_as(al, me, vec![signed])
        .await
        .unwrap();
    assert!(
        matches!(
            receipts[0].outcome,
            egnatia_protocol::Outcome::Refused { .. }
        ),
        "{receipts:?}"
    );
}

#[test]
fn the_reasons_of_a_refusal_are_those_of_the_exchange() {
    let ours: Vec<&str> = Refusal::ALL.iter().map(|word| word.as_str()).collect();
    let theirs = egnatia_protocol::DeclineGround::ALL;
    let theirs: Vec<&str> = theirs.iter().map(|word| word.as_str()).collect();
    assert_eq!(ours, theirs);
}
