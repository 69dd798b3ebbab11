//! What two officers signed is corrected by two; what a weapon is, is corrected; traces are closed.

use axum::http::{Method, StatusCode};
use egnatia_firearms::{
    IncidentRefused, LifeRefused, MarkPlace, MarkRefused, ParticularsRefused, TraceRefused,
};
use egnatia_testkit::TestNode;
use egnatia_web::Texts;
use jiff::SignedDuration;
use serde_json::json;

use crate::firearms::{PURPOSE, path_of, registered, weapon_but};
use crate::world::{Browser, World};

/// A weapon that two officers have destroyed, in the language of pages.
async fn destroyed(world: &World, first: &mut Browser) -> String {
    let path = registered(first).await;
    let taken = [
        ("on", "20.11.2026"),
        ("authority", "mk-mvr"),
        ("circumstances", "in a van"),
    ];
    path_of(&first.post(&format!("{path}/events/seizure"), &taken).await);
    let proposed = [("method", "melted"), ("evidence", "protocol 12/26")];
    path_of(
        &first
            .post(&format!("{path}/propose-destruction"), &proposed)
            .await,
    );
    let mut second = world.justified("f.second", PURPOSE).await;
    second.get(&path).await;
    let on = [("sign_on", "21.11.2026")];
    path_of(&second.post(&format!("{path}/sign-destruction"), &on).await);
    path
}

#[tokio::test]
async fn a_destruction_is_corrected_on_the_page_by_two_officers_only() {
    let world = World::new().await;
    let mut first = world.justified("f.firearms", PURPOSE).await;
    let path = destroyed(&world, &mut first).await;
    let form = format!("{path}/events/correction");
    let page = first.get(&format!("{form}?corrects=2")).await.body;
    for text in ["Two officers signed this", "Propose the correction"] {
        assert!(page.contains(text), "{text}: {page}");
    }
    let strike = [
        ("corrects", "2"),
        ("reason", "another weapon was in the furnace"),
    ];
    path_of(&first.post(&form, &strike).await);
    let page = first.get(&path).await.body;
    for text in [
        "A correction is proposed",
        "another weapon was in the furnace",
        "f.firearms",
        "Destroyed",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert!(
        first
            .get("/firearms")
            .await
            .body
            .contains("One waits for a signature")
    );
    let waiting = first.get("/firearms/waiting").await.body;
    assert!(
        waiting.contains(&path) && waiting.contains("f.firearms"),
        "{waiting}"
    );
    let sign = format!("{path}/sign-correction");
    let alone = first.post(&sign, &[]).await;
    assert_eq!(alone.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        alone.body.contains("Two different officers sign this"),
        "{}",
        alone.body
    );
    let mut second = world.justified("f.second", PURPOSE).await;
    second.get(&path).await;
    path_of(&second.post(&sign, &[]).await);
    assert!(!second.get("/firearms/waiting").await.body.contains(&path));
    let page = second.get(&path).await.body;
    assert!(page.contains("With an authority"), "{page}");
    assert!(page.contains("(proposed by f.firearms)"), "{page}");
}

#[tokio::test]
async fn programs_correct_what_two_signed_by_two_accounts() {
    let world = World::new().await;
    let mut first = world.justified("f.firearms", PURPOSE).await;
    let path = destroyed(&world, &mut first).await;
    let one = world.token("f.firearms", PURPOSE).await;
    let other = world.token("f.second", PURPOSE).await;
    let post = |path: String, token: String, body: serde_json::Value| {
        let (world, body) = (&world, body.to_string());
        async move { world.api(Method::POST, &path, Some(&token), &body).await }
    };
    let strike = json!({ "of": 2, "on": "2026-11-21", "reason": "another weapon" });
    let event = json!({ "event": { "correction": strike }, "on": "2026-11-23" });
    let alone = post(format!("{path}/events"), one.clone(), event).await;
    assert_eq!(
        alone.json()["errors"][0]["code"],
        "signed-by-two",
        "{}",
        alone.body
    );
    let correction = format!("{path}/correction");
    let proposed = post(correction.clone(), one.clone(), strike).await;
    assert_eq!(proposed.status, StatusCode::NO_CONTENT, "{}", proposed.body);
    let sign = format!("{correction}/signature");
    let same = post(sign.clone(), one.clone(), json!({})).await;
    assert_eq!(
        same.json()["errors"][0]["code"],
        "same-officer",
        "{}",
        same.body
    );
    let withdrawn = world
        .api(Method::DELETE, &correction, Some(&other), "")
        .await;
    assert_eq!(
        withdrawn.status,
        StatusCode::NO_CONTENT,
        "{}",
        withdrawn.body
    );
    let nothing = post(sign.clone(), other.clone(), json!({})).await;
    assert_eq!(nothing.json()["errors"][0]["code"], "not-proposed");
    let strike = json!({ "of": 2, "on": "2026-11-21", "reason": "another weapon" });
    post(correction, one.clone(), strike).await;
    let waiting = world
        .api(Method::GET, "/firearms/waiting", Some(&other), "")
        .await;
    assert_eq!(waiting.json()[0]["proposed"]["of"], 2, "{}", waiting.body);
    let signed = post(sign, other, json!({})).await;
    assert_eq!(signed.status, StatusCode::NO_CONTENT, "{}", signed.body);
    let seen = world.api(Method::GET, &path, Some(&one), "").await;
    assert_eq!(
        seen.json()["custody"]["authority"],
        "mk-mvr",
        "{}",
        seen.body
    );
}

#[tokio::test]
async fn what_a_weapon_is_is_corrected_on_the_page_and_by_programs() {
    let world = World::new().await;
    let mut browser = world.justified("f.firearms", PURPOSE).await;
    let path = registered(&mut browser).await;
    let form = format!("{path}/description");
    assert!(browser.get(&path).await.body.contains(&form));
    let page = browser.get(&form).await.body;
    for text in ["M70B-45123", "bolt: AB ?7 (altered)", "Crvena Zastava"] {
        assert!(page.contains(text), "{text} is filled in: {page}");
    }
    let changed = weapon_but(&[("unique_mark", "M70B-45128")]);
    let unreasoned = browser.post(&form, &changed).await;
    assert!(unreasoned.body.contains("why-error"), "{}", unreasoned.body);
    let changed = weapon_but(&[("unique_mark", "M70B-45128"), ("why", "an eight")]);
    path_of(&browser.post(&form, &changed).await);
    assert!(browser.get(&path).await.body.contains("M70B-45128"));
    // Another one with this number is shown before anything is written.
    browser.get("/firearms/new").await;
    let another = weapon_but(&[("unique_mark", "XY-9001"), ("marks", "")]);
    let other = path_of(&browser.post("/firearms", &another).await);
    let like = browser
        .post(&format!("{other}/description"), &changed)
        .await;
    assert_eq!(like.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(like.body.contains(&path) && like.body.contains("different_from"));
    let token = world.token("f.firearms", PURPOSE).await;
    let body = json!({ "why": "read again", "particulars": {
        "marks": [{ "place": "receiver", "text": "M70B-77777", "state": "readable" }],
        "kind": "assault-rifle", "make": "Zastava", "model": "M70", "calibre": "7.62x39",
    } });
    let body = body.to_string();
    let done = world.api(Method::PUT, &path, Some(&token), &body);
    assert_eq!(done.await.status, StatusCode::NO_CONTENT);
    assert!(browser.get(&path).await.body.contains("M70B-77777"));
    // A trace starts from the weapon.
    let id = path.rsplit('/').next().unwrap();
    let page = browser.get(&format!("/traces/new?firearm={id}")).await.body;
    assert!(page.contains("M70B-77777"), "{page}");
}

#[tokio::test]
async fn a_trace_is_reminded_and_closed_and_partners_are_counted() {
    let node = TestNode::new("mk-mvr", "MK").await;
    let belgrade = TestNode::new("rs-mup", "RS").await;
    node.trust(&belgrade).await;
    belgrade.trust(&node).await;
    let skopje = World::of(node, false, None).await;
    let belgrade = World::of(belgrade, false, None).await;
    let mut browser = skopje.justified("f.firearms", PURPOSE).await;
    browser.get("/traces/new").await;
    let asked = weapon_but(&[
        ("to", "rs-mup"),
        ("recovered_in", "MK"),
        ("recovered_on", "20.11.2026"),
        ("circumstances", "under the seat of a car"),
        ("offence", "illicit possession"),
    ]);
    let unused = browser.post("/traces", &asked).await;
    assert!(
        unused.body.contains("intended_use-error"),
        "{}",
        unused.body
    );
    let use_of = [("intended_use", "the investigation KU 12/26")];
    let asked: Vec<_> = asked.into_iter().chain(use_of).collect();
    let trace = path_of(&browser.post("/traces", &asked).await);
    skopje.node.deliver_to(&belgrade.node).await;
    let list = browser.get("/traces").await.body;
    assert!(list.contains("0 of 1 answered"), "{list}");
    let page = browser.get(&trace).await.body;
    assert!(
        !page.contains(&format!("{trace}/remind")),
        "nobody is late yet"
    );
    let early = browser.post(&format!("{trace}/remind"), &[]).await;
    assert!(
        early.body.contains("Nobody who was asked is late"),
        "{}",
        early.body
    );
    for world in [&skopje, &belgrade] {
        world.node.clock.advance(SignedDuration::from_hours(24 * 8));
    }
    // The node itself, when it looks at its clocks.
    let clock = egnatia_app::Caller {
        login: "node:clock".parse().unwrap(),
        role: egnatia_app::Role::Operator,
        justification: Some(egnatia_record::Justification {
            purpose: egnatia_record::Purpose::FirearmsTrafficking,
            case: "LATE ANSWERS".parse().unwrap(),
        }),
    };
    let app = &skopje.node.app;
    app.note_late_traces(&clock).await.unwrap();
    let mut browser = skopje.justified("f.firearms", PURPOSE).await;
    let list = browser.get("/traces").await.body;
    assert!(list.contains("One answer is late"), "{list}");
    let remind = format!("action=\"{trace}/remind\"");
    let inbox = browser.get("/inbox").await.body;
    assert!(inbox.contains("An answer to a trace is late"), "{inbox}");
    for page in [&inbox, &list, &browser.get(&trace).await.body] {
        assert!(page.contains(&remind), "one click sends it: {page}");
    }
    // A verifying officer sees it, and is not offered what they may not do.
    let mut reader = skopje.justified("v.verifier", PURPOSE).await;
    let inbox = reader.get("/inbox").await.body;
    assert!(inbox.contains("An answer to a trace is late") && !inbox.contains(&remind));
    path_of(&browser.post(&format!("{trace}/remind"), &[]).await);
    let inbox = browser.get("/inbox").await.body;
    assert!(
        inbox.contains("once a day at most") && !inbox.contains(&remind),
        "{inbox}"
    );
    // The supervisor is told after a week, of the trace and not of the weapon.
    let mut supervisor = skopje.justified("s.supervisor", "supervision").await;
    let told = "Traces of this authority that partners have not answered";
    assert!(!supervisor.get("/audit").await.body.contains(told));
    for world in [&skopje, &belgrade] {
        world.node.clock.advance(SignedDuration::from_hours(24 * 6));
    }
    app.note_late_traces(&clock).await.unwrap();
    let mut supervisor = skopje.justified("s.supervisor", "supervision").await;
    let page = supervisor.get("/audit").await.body;
    assert!(
        page.contains(told) && page.contains("/audit?object="),
        "{page}"
    );
    assert!(!page.contains("M70B"), "{page}");
    let mut browser = skopje.justified("f.firearms", PURPOSE).await;
    assert!(
        browser
            .get("/inbox")
            .await
            .body
            .contains("Put to the supervisor")
    );
    let token = skopje.token("f.firearms", PURPOSE).await;
    let late = skopje
        .api(Method::GET, "/traces/late", Some(&token), "")
        .await;
    assert_eq!(
        late.json()[0]["hops"][0]["authority"],
        "rs-mup",
        "{}",
        late.body
    );
    let refused = skopje
        .api(Method::GET, "/traces/escalated", Some(&token), "")
        .await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    skopje.node.deliver_to(&belgrade.node).await;
    let mut other = belgrade.justified("f.firearms", PURPOSE).await;
    let list = other.get("/traces").await.body;
    assert!(list.contains("reminds"), "{list}");
    let partners = browser.get("/traces/partners").await.body;
    assert!(
        partners.contains("rs-mup") || partners.contains("Serbia"),
        "{partners}"
    );
    let token = skopje.token("f.firearms", PURPOSE).await;
    let counted = skopje
        .api(Method::GET, "/traces/partners", Some(&token), "")
        .await;
    assert_eq!(counted.json()[0]["overdue"], 1, "{}", counted.body);

    let unsaid = browser.post(&format!("{trace}/close"), &[]).await;
    assert!(unsaid.body.contains("why-error"), "{}", unsaid.body);
    path_of(
        &browser
            .post(&format!("{trace}/close"), &[("why", "not-needed")])
            .await,
    );
    let page = browser.get(&trace).await.body;
    assert!(page.contains("Closed: No longer needed"), "{page}");
    assert!(
        !page.contains(&format!("{trace}/ask")),
        "nothing more is asked"
    );
    skopje.node.deliver_to(&belgrade.node).await;
    let list = other.get("/traces").await.body;
    assert!(list.contains("No answer needed"), "{list}");
    let close = format!("{trace}/close");
    let again = skopje.api(Method::POST, &close, Some(&token), r#"{"why":"traced"}"#);
    assert_eq!(again.await.json()["errors"][0]["code"], "closed");
}

#[tokio::test]
async fn half_years_stand_side_by_side_on_the_page_in_a_file_and_for_programs() {
    let world = World::new().await;
    let mut browser = world.justified("f.firearms", PURPOSE).await;
    destroyed(&world, &mut browser).await;
    let page = browser.get("/returns/progress").await.body;
    for text in [
        "2026-H2",
        "2024-H1",
        "Not over yet",
        "Destroyed, Came by: seizure",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    let csv = browser
        .get("/returns/progress.csv?until=2026-H2&count=2")
        .await
        .body;
    assert!(
        csv.contains("\"register\",\"\",\"destroyed\",\"came: seizure\",\"0\",\"1\""),
        "{csv}"
    );
    let wrong = browser.get("/returns/progress?until=2026").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("until-error"), "{}", wrong.body);
    let token = world.token("f.firearms", PURPOSE).await;
    let path = "/returns/progress?until=2026-H2&count=1";
    let body = world.api(Method::GET, path, Some(&token), "").await.json();
    assert_eq!(body["periods"], json!(["2026-H2"]));
    let rows = body["rows"].as_array().unwrap().iter();
    let gone = rows.filter(|row| row["what"] == "destroyed" && row["at"] == "came: seizure");
    assert_eq!(
        gone.map(|row| row["counts"][0].clone()).collect::<Vec<_>>(),
        [json!(1)]
    );
}

#[test]
fn every_refusal_has_words_in_the_language_of_the_reader() {
    use {LifeRefused as L, MarkRefused as M, ParticularsRefused as P};
    let life = [
        L::NotFirst,
        L::AlreadyHere,
        L::NotHere,
        L::NotTheHolder,
        L::SameHolder,
        L::Missing,
        L::StillHeld,
        L::NotWithAnAuthority,
        L::NoHolder,
        L::Deactivated,
        L::Destroyed,
        L::SameOfficer,
        L::SignedByTwo,
        L::SignedByOne,
        L::NoEvidence,
        L::Evidence,
        L::TooManyPhotographs,
        L::NotProposed,
        L::ProposedAlready,
        L::NotPlain,
        L::BeforeLast,
        L::InTheFuture,
        L::NoSuchEvent,
        L::Text("method"),
        L::TooMany,
    ];
    let what = [
        P::NoUniqueMark,
        P::TwoUniqueMarks,
        P::Missing("make"),
        P::TooLong("make"),
        P::Year,
        P::Mark(M::MissingWithText),
        P::Mark(M::Empty(MarkPlace::Slide)),
        P::Mark(M::NotReadable),
        P::Mark(M::TooLong(MarkPlace::Slide)),
        P::Mark(M::Doubt),
    ];
    let traces = [
        TraceRefused::NoNumber,
        TraceRefused::NoCountry,
        TraceRefused::Text("offence"),
        TraceRefused::NoUrgencyGround,
        TraceRefused::NotUrgent,
        TraceRefused::InTheFuture,
        TraceRefused::NoConsent("AL".parse().unwrap()),
        TraceRefused::Closed,
        TraceRefused::NobodyLate,
        TraceRefused::RemindedToday,
        TraceRefused::NothingToPassOn,
    ];
    let incidents = [
        IncidentRefused::Empty,
        IncidentRefused::InTheFuture,
        IncidentRefused::Text("place"),
        IncidentRefused::Count("parts"),
        IncidentRefused::TooMany("parts"),
        IncidentRefused::Position,
        IncidentRefused::Twice,
    ];
    let names = life.iter().map(L::name);
    let names = names.chain(what.iter().map(P::name));
    let names = names.chain(traces.iter().map(TraceRefused::name));
    let names = names.chain(incidents.iter().map(IncidentRefused::name));
    let t = Texts::default_language();
    for name in names.chain(["more-than-there-are", "mark-number"]) {
        assert!(t.has(&format!("firearm-refused-{name}")), "{name}");
    }
}
