//! A node dies once, at every point there is: before and after each commit and each send of a run in
//! which an alert is entered, found, reported, passed on, corrected, restricted and withdrawn, and a
//! weapon is traced. Whoever was told nothing does it again; in the end all is as if nobody had died.

use std::collections::BTreeSet;
use std::sync::Arc;

use egnatia_alerts::{Alert, Outcome};
use egnatia_app::{AppError, CheckRequest, NewAlert, NewTraceAnswer, Store};
use egnatia_firearms::Outcome as Traced;
use egnatia_protocol::{Decision, RecallReason};
use egnatia_record::{
    Evaluation, Handling, HandlingCode, Kind, LegalBasis, Nature, OriginRegime, RecordId,
    ReleasableTo, SubjectCategory,
};
use egnatia_testkit::{Fuse, TestNode};

use super::steps::{focal, trace_to};
use super::wire::{of_kind, or_death};
use super::world::{NAMES, World, administration, draft, officer, reason};

/// Tirana enters, Sarajevo finds and passes on to Skopje, Podgorica holds.
const ISSUER: usize = 0;
const FINDER: usize = 1;
const HOLDER: usize = 3;
const THIRD: usize = 4;

/// Somebody does something until the node has said what became of it. Where it was done although
/// nothing was said, the node says so the next time.
async fn insist<T>(
    world: &mut World,
    at: usize,
    doing: impl AsyncFn(&TestNode) -> Result<T, AppError>,
) -> Option<T> {
    loop {
        let node = &world.nodes[at];
        match or_death(&node.store, doing(node)).await {
            Some(Ok(done)) => return Some(done),
            Some(Err(AppError::Conflict(_) | AppError::Clash { .. })) => return None,
            Some(Err(error)) => world.fail(&format!("{at}: {error}")),
            None => {
                world.done.deaths += 1;
                world.restart(at).await;
            }
        }
    }
}

fn new_alert(world: &World) -> NewAlert {
    let partners = [FINDER, HOLDER, THIRD].map(|index| world.nodes[index].partner);
    let released = ReleasableTo::Partners(partners.into());
    let codes = [HandlingCode::H0];
    NewAlert {
        draft: draft(NAMES[0]),
        handling: Handling::new(codes, None, released, OriginRegime::National).unwrap(),
        legal_basis: LegalBasis::NationalLaw,
        evaluation: Evaluation::OFFICIAL,
        subject: SubjectCategory::Suspect,
        nature: Nature::Fact,
        different_from: BTreeSet::new(),
    }
}

/// All that is done, with a fuse that burns down at this point. Returns how many points there were.
async fn play(point: u64) -> (u64, World) {
    let mut world = World::new(0).await;
    // The third one gets nothing from the issuer itself.
    let third = world.nodes[THIRD].partner;
    let agreed = world.nodes[ISSUER].app.arrangements(administration());
    for (id, arrangement) in agreed.unwrap() {
        if arrangement.partner == third {
            let app = &world.nodes[ISSUER].app;
            app.end_arrangement(administration(), id).await.unwrap();
        }
    }
    let fuse = Arc::new(Fuse::at(point));
    for node in &world.nodes {
        node.store.put_fuse(Arc::clone(&fuse));
    }
    let new = new_alert(&world);
    let entered = insist(&mut world, ISSUER, async |node| {
        let key = Some("entered-once");
        node.app.enter_alert_once(officer(), new.clone(), key).await
    })
    .await;
    let id = entered.unwrap().alert;
    world.deliver_everything().await;
    insist(&mut world, FINDER, async |node| confirm(node).await).await;
    world.deliver_everything().await;
    insist(&mut world, FINDER, async |node| report(node).await).await;
    world.deliver_everything().await;
    let to = world.nodes[THIRD].authority.clone();
    insist(&mut world, FINDER, async |node| {
        let why = reason("they are concerned");
        node.app.pass_on(officer(), id, &to, why).await
    })
    .await;
    world.deliver_everything().await;
    world.granted.lock().unwrap().insert((id, to.clone()));
    insist(&mut world, ISSUER, async |node| grant(node).await).await;
    world.deliver_everything().await;
    holds(&world, THIRD, id, NAMES[0]).await;
    insist(&mut world, ISSUER, async |node| {
        node.app.correct_alert(officer(), id, draft(NAMES[2])).await
    })
    .await;
    world.deliver_everything().await;
    for index in [FINDER, HOLDER, THIRD] {
        holds(&world, index, id, NAMES[2]).await;
    }
    insist(&mut world, ISSUER, async |node| {
        let why = reason("contested");
        node.app.restrict_alert(officer(), id, why).await
    })
    .await;
    world.deliver_everything().await;
    insist(&mut world, ISSUER, async |node| {
        node.app.lift_restriction(officer(), id).await
    })
    .await;
    world.deliver_everything().await;
    for index in [FINDER, HOLDER, THIRD] {
        let held = world.nodes[index].store.record(id).await.unwrap().unwrap();
        assert_eq!(held.state, "received", "at {point}, {index}");
    }
    insist(&mut world, ISSUER, async |node| {
        let why = RecallReason::Withdrawn;
        node.app
            .withdraw_alert(officer(), id, reason("found"), why)
            .await
    })
    .await;
    let to = world.nodes[FINDER].authority.clone();
    insist(&mut world, ISSUER, async |node| {
        let open = node.store.find(&of_kind(Kind::Trace, None)).await?;
        match open.is_empty() {
            true => node
                .app
                .start_trace(focal(), trace_to(&to))
                .await
                .map(|_| ()),
            false => Ok(()),
        }
    })
    .await;
    world.deliver_everything().await;
    insist(&mut world, FINDER, async |node| answer_trace(node).await).await;
    world.deliver_everything().await;
    let points = fuse.passed();
    (points, world)
}

async fn holds(world: &World, at: usize, id: RecordId, name: &str) {
    let held = world.nodes[at].store.record(id).await.unwrap();
    let held = held.and_then(|held| held.body);
    let Some((body, _)) = held else {
        world.fail(&format!("{at} does not hold {id}"));
    };
    let alert: Alert = serde_json::from_slice(&body).unwrap();
    if alert.display_name() != name {
        world.fail(&format!("{at} holds another version of {id}"));
    }
}

async fn confirm(node: &TestNode) -> Result<(), AppError> {
    let request = CheckRequest {
        query: draft(NAMES[0]).subject,
        ..CheckRequest::default()
    };
    // Who finds the hit when the node is there again does not confirm it once more.
    if !node.store.find(&of_kind(Kind::Hit, None)).await?.is_empty() {
        return Ok(());
    }
    let answer = node.app.check(officer(), request).await?;
    let Some(first) = answer.candidates.first() else {
        return Ok(());
    };
    let why = reason("the same papers");
    let outcome = Outcome::Confirmed;
    let decided = node
        .app
        .decide(officer(), first.matched, outcome, why)
        .await;
    decided.map(|_| ())
}

async fn report(node: &TestNode) -> Result<(), AppError> {
    let hits = node.store.find(&of_kind(Kind::Hit, None)).await?;
    let hit = hits[0].envelope.id;
    let why = reason("handed over");
    node.app.finish_follow_up(officer(), hit, why).await
}

async fn grant(node: &TestNode) -> Result<(), AppError> {
    let filter = of_kind(Kind::Inquiry, Some("open"));
    let open = node.store.find(&filter).await?;
    let Some(open) = open.first() else {
        return Ok(());
    };
    let (id, why) = (open.envelope.id, reason("they may"));
    let granted = Some(Decision::Granted);
    node.app.answer(officer(), id, granted, &why).await
}

async fn answer_trace(node: &TestNode) -> Result<(), AppError> {
    let filter = of_kind(Kind::TraceAnswer, Some("open"));
    let open = node.store.find(&filter).await?;
    let Some(open) = open.first() else {
        return Ok(());
    };
    let new = NewTraceAnswer {
        outcome: Traced::NoRecord,
        pass_to: None,
    };
    node.app.answer_trace(focal(), open.envelope.id, new).await
}

#[tokio::test]
async fn a_node_may_die_before_and_after_every_commit_and_every_send() {
    let (points, _) = play(0).await;
    assert!(points > 100, "{points} points");
    for point in 0..=points {
        let (_, mut world) = play(point).await;
        world.log.push(format!("the fuse burnt down at {point}"));
        assert_eq!(world.done.deaths, u64::from(point > 0), "at {point}");
        let issuer = &world.nodes[ISSUER].store;
        let alerts = issuer.find(&of_kind(Kind::Alert, None)).await.unwrap();
        assert_eq!(alerts.len(), 1, "at {point}");
        let id = alerts[0].envelope.id;
        let hits = issuer.find(&of_kind(Kind::HitReport, None)).await.unwrap();
        assert_eq!(hits.len(), 1, "at {point}");
        let answers = of_kind(Kind::TraceAnswer, Some("answered"));
        assert_eq!(issuer.find(&answers).await.unwrap().len(), 1, "at {point}");
        for index in [FINDER, HOLDER, THIRD] {
            let held = world.nodes[index].store.record(id).await.unwrap().unwrap();
            assert!(held.body.is_none(), "at {point}, {index}");
        }
        world.heal().await;
        world.hold().await;
    }
}
