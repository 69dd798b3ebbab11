//! Invariant 2: a match is not a hit.

use egnatia_alerts::{FollowUpState, ListEntry, ListedBirth, MatchState, Outcome, Reason};
use egnatia_app::{AppError, Caller};
use jiff::SignedDuration;

use crate::world::{World, admin, entry, officer, supervisor, verifier};

const LISTED: &[(&str, &str)] = &[("1", "Dragoslav Perunčić"), ("2", "Burim Gjeravica")];

fn reason(text: &str) -> Reason {
    Reason::try_from(text.to_owned()).unwrap()
}

#[tokio::test]
async fn a_confirmed_match_is_a_hit_and_opens_a_follow_up() {
    let world = World::with_list(LISTED).await;
    let answer = world.check(&officer("o.one"), "Burim Gjeravica").await;
    let id = answer.candidates[0].matched;
    let before = world.app.view_match(&verifier(), id).await.unwrap();
    assert_eq!(before.matched.state, MatchState::Waiting);
    assert!(before.may_decide && before.hit.is_none());
    let decided = world
        .app
        .decide(
            &verifier(),
            id,
            Outcome::Confirmed,
            reason("same birthmark and document"),
        )
        .await
        .unwrap();
    let hit = world
        .app
        .hit(&verifier(), decided.hit.unwrap())
        .await
        .unwrap();
    assert_eq!(hit.hit.confirmed_by.as_str(), "v.verifier");
    let follow_up = hit.follow_up.unwrap();
    assert_eq!(follow_up.state, FollowUpState::Open);
    let hours = follow_up.due_at.duration_since(hit.hit.confirmed_at);
    assert_eq!(
        hours,
        SignedDuration::from_hours(12),
        "from the list's terms"
    );
    // The officer who checked sees the hit; another officer does not.
    assert_eq!(
        world
            .app
            .hits(&officer("o.one"), None, 10)
            .await
            .unwrap()
            .items
            .len(),
        1
    );
    assert_eq!(
        world
            .app
            .hits(&officer("o.two"), None, 10)
            .await
            .unwrap()
            .items
            .len(),
        0
    );
    let after = world.app.view_match(&officer("o.one"), id).await.unwrap();
    assert_eq!(after.hit, decided.hit);
}

#[tokio::test]
async fn nothing_becomes_a_hit_by_itself() {
    let world = World::with_list(LISTED).await;
    world.check(&officer("o.one"), "Burim Gjeravica").await;
    assert!(
        world
            .app
            .hits(&verifier(), None, 10)
            .await
            .unwrap()
            .items
            .is_empty()
    );
    let waiting = world
        .app
        .matches(&verifier(), "waiting", None, 10)
        .await
        .unwrap();
    assert_eq!(waiting.items.len(), 1);
}

#[tokio::test]
async fn only_a_verifying_officer_decides() {
    let world = World::with_list(LISTED).await;
    let answer = world.check(&officer("o.one"), "Burim Gjeravica").await;
    let id = answer.candidates[0].matched;
    let try_as = async |caller: Caller| {
        world
            .app
            .decide(&caller, id, Outcome::Confirmed, reason("because I say so"))
            .await
    };
    assert!(matches!(
        try_as(officer("o.one")).await,
        Err(AppError::Forbidden(_))
    ));
    assert_eq!(
        try_as(officer("o.two")).await,
        Err(AppError::NotFound("match"))
    );
    assert_eq!(try_as(admin()).await, Err(AppError::NoJustification));
    assert_eq!(try_as(supervisor()).await, Err(AppError::NotFound("match")));
    let waiting = world
        .app
        .matches(&verifier(), "waiting", None, 10)
        .await
        .unwrap();
    assert_eq!(waiting.items.len(), 1, "nothing was decided");
}

#[tokio::test]
async fn of_two_officers_who_decide_at_once_one_wins() {
    let world = World::with_list(LISTED).await;
    let answer = world.check(&officer("o.one"), "Burim Gjeravica").await;
    let id = answer.candidates[0].matched;
    let me = verifier();
    let (first, second) = tokio::join!(
        world
            .app
            .decide(&me, id, Outcome::Confirmed, reason("the same person")),
        world
            .app
            .decide(&me, id, Outcome::Rejected, reason("another person")),
    );
    assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
    let refused = first.err().or(second.err()).unwrap();
    assert!(matches!(refused, AppError::Conflict(_)), "{refused:?}");
}

#[tokio::test]
async fn a_rejected_pair_is_not_put_again_until_the_entry_changes() {
    let world = World::with_list(LISTED).await;
    let answer = world.check(&officer("o.one"), "Burim Gjeravica").await;
    let id = answer.candidates[0].matched;
    world
        .app
        .decide(
            &verifier(),
            id,
            Outcome::Rejected,
            reason("born in another year"),
        )
        .await
        .unwrap();

    let again = world.check(&officer("o.two"), "  burim   GJERAVICA ").await;
    assert!(again.candidates.is_empty(), "{:#?}", again.candidates);
    let [settled] = again.settled.as_slice() else {
        panic!("{again:#?}")
    };
    assert_eq!(settled.reason, "born in another year");
    assert_eq!(settled.by.as_str(), "v.verifier");

    let other = world
        .check(&officer("o.one"), "Burim Gjeravica Tahiri")
        .await;
    assert!(
        other.settled.is_empty(),
        "another question is another question"
    );

    let mut changed = entry("2", "Burim Gjeravica");
    changed.remarks = Some("further identified".to_owned());
    world
        .import(vec![entry("1", "Dragoslav Perunčić"), changed])
        .await;
    let third = world.check(&officer("o.one"), "Burim Gjeravica").await;
    assert_eq!((third.candidates.len(), third.settled.len()), (1, 0));
}

#[tokio::test]
async fn two_waiting_matches_of_the_same_pair_can_both_be_rejected() {
    let world = World::with_list(LISTED).await;
    let first = world.check(&officer("o.one"), "Burim Gjeravica").await;
    let second = world.check(&officer("o.two"), "Burim Gjeravica").await;
    for answer in [first, second] {
        let id = answer.candidates[0].matched;
        world
            .app
            .decide(&verifier(), id, Outcome::Rejected, reason("not the same"))
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn a_follow_up_is_closed_once_with_a_report() {
    let world = World::with_list(LISTED).await;
    let answer = world.check(&officer("o.one"), "Burim Gjeravica").await;
    let id = answer.candidates[0].matched;
    let decided = world
        .app
        .decide(&verifier(), id, Outcome::Confirmed, reason("same person"))
        .await
        .unwrap();
    let hit = decided.hit.unwrap();
    let report = reason("handed over to the single point of contact");
    assert!(
        world
            .app
            .finish_follow_up(&officer("o.two"), hit, report.clone())
            .await
            .is_err()
    );
    world
        .app
        .finish_follow_up(&officer("o.one"), hit, report.clone())
        .await
        .unwrap();
    let again = world.app.finish_follow_up(&verifier(), hit, report).await;
    assert!(matches!(again, Err(AppError::Conflict(_))));
    assert!(world.app.hits(&verifier(), None, 10).await.unwrap().items[0].done);
}

#[tokio::test]
async fn hits_come_by_what_is_due_over_all_pages_and_those_followed_up_come_last() {
    let world = World::with_list(LISTED).await;
    let mut hits = Vec::new();
    for officer_of in ["o.one", "o.two", "o.one", "o.one"] {
        let answer = world.check(&officer(officer_of), "Burim Gjeravica").await;
        let id = answer.candidates[0].matched;
        let why = reason("same birthmark");
        let by = verifier();
        let decided = world.app.decide(&by, id, Outcome::Confirmed, why).await;
        hits.push(decided.unwrap().hit.unwrap());
        world.clock.advance(SignedDuration::from_mins(10));
    }
    let pages = async |caller: Caller| {
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = world.app.hits(&caller, after, 1).await.unwrap();
            seen.extend(page.items.iter().map(|hit| hit.hit));
            after = page.next;
            if after.is_none() {
                return seen;
            }
        }
    };
    assert_eq!(
        pages(verifier()).await,
        hits,
        "what is due first stands first"
    );
    let report = reason("handed over");
    let by = verifier();
    let done = world.app.finish_follow_up(&by, hits[0], report).await;
    done.unwrap();
    let order = [hits[1], hits[2], hits[3], hits[0]];
    assert_eq!(pages(verifier()).await, order);
    assert_eq!(pages(officer("o.one")).await, [hits[2], hits[3], hits[0]]);
    assert_eq!(pages(officer("o.two")).await, [hits[1]]);
}

#[tokio::test]
async fn pages_of_waiting_matches_follow_one_another_without_gap_or_repetition() {
    let world = World::with_list(LISTED).await;
    for _ in 0..7 {
        world.check(&officer("o.one"), "Burim Gjeravica").await;
        world.clock.advance(SignedDuration::from_secs(1));
    }
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let page = world
            .app
            .matches(&verifier(), "waiting", after, 3)
            .await
            .unwrap();
        seen.extend(page.items.iter().map(|item| item.matched));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let mut unique = seen.clone();
    unique.sort();
    unique.dedup();
    assert_eq!((seen.len(), unique.len()), (7, 7));
}

#[tokio::test]
async fn what_tells_entries_of_one_name_apart_is_shown_and_named_in_the_log() {
    let world = World::new().await;
    let born = |id: &str, date: &str| {
        let birth = ListedBirth {
            date: date.parse().ok(),
            text: date.to_owned(),
            note: None,
        };
        ListEntry {
            births: vec![birth],
            ..entry(id, "Burim Gjeravica")
        }
    };
    world
        .import(vec![born("1", "1971-03-05"), born("2", "1988")])
        .await;
    let answer = world.check(&officer("o.one"), "Burim Gjeravica").await;
    let view = world
        .app
        .view_check(&officer("o.one"), answer.check)
        .await
        .unwrap();
    let births = |entry: &ListEntry| entry.births[0].text.clone();
    let mut shown: Vec<String> = view.entries.values().map(births).collect();
    shown.sort();
    assert_eq!(shown, ["1971-03-05", "1988"]);
    let waiting = world
        .app
        .matches(&verifier(), "waiting", None, 10)
        .await
        .unwrap();
    let listed = waiting.items.iter().filter_map(|item| item.listed.as_ref());
    assert_eq!(listed.count(), 2);

    let entries = world
        .app
        .audit_search(&supervisor(), &egnatia_app::AuditQuery::default(), 2)
        .await
        .unwrap();
    for entry in entries {
        let logged = entry.detail.unwrap().data.unwrap()["entries"].clone();
        let logged: Vec<String> = serde_json::from_value(logged).unwrap();
        for record in view.entries.keys() {
            assert!(logged.contains(&record.to_string()));
        }
    }
}

#[tokio::test]
async fn a_hit_shows_the_entry_that_was_confirmed() {
    let world = World::with_list(LISTED).await;
    let answer = world.check(&officer("o.one"), "Burim Gjeravica").await;
    let id = answer.candidates[0].matched;
    let outcome = Outcome::Confirmed;
    let decided = world
        .app
        .decide(&verifier(), id, outcome, reason("the same document"))
        .await
        .unwrap();
    let hit = decided.hit.unwrap();
    let view = world.app.hit(&verifier(), hit).await.unwrap();
    assert_eq!(view.entry.unwrap().display_name(), "Burim Gjeravica");
    let query = egnatia_app::AuditQuery {
        object: Some(hit),
        ..Default::default()
    };
    let entries = world
        .app
        .audit_search(&supervisor(), &query, 1)
        .await
        .unwrap();
    assert_eq!(entries[0].kind, Some(egnatia_record::Kind::Hit));
    let data = entries[0].detail.clone().unwrap().data.unwrap();
    assert_eq!(data["entry"], view.hit.entry.record.to_string());
}
