//! Traces over several countries.

use std::collections::BTreeSet;

use egnatia_firearms::{
    AnswerState, Closing, Holder, HolderKind, HopState, MarkState, Outcome, PassedOn, Personal,
    Priority, Refusal, Trace, TraceAnswer, TraceRefused, UrgencyGround, hops, median_days,
    partner_times,
};
use egnatia_record::{AuthorityId, RecordId};
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::made::{at, country, zastava};

fn trace() -> Trace {
    Trace {
        weapon: zastava("M70-451233"),
        recovered_in: country("ME"),
        recovered_on: date(2026, 11, 20),
        offence: "illicit possession of firearms".into(),
        priority: Priority::Routine,
        urgency: None,
        urgency_reason: String::new(),
        question: String::new(),
        may_pass_to: BTreeSet::from(["BA".parse().unwrap()]),
        asked_at: at("2026-11-21T08:00:00Z"),
        circumstances: "in a car that was stopped".into(),
        intended_use: "the investigation KU 12/26".into(),
        reminded_at: None,
        closed: None,
    }
}

fn authority(text: &str) -> AuthorityId {
    text.parse().unwrap()
}

fn open(received: &str) -> TraceAnswer {
    TraceAnswer {
        trace: RecordId::from_bytes([1; 16]),
        asker: authority("me-up"),
        via: authority("me-up"),
        received_at: at(received),
        due_at: at("2026-11-28T08:00:00Z"),
        state: AnswerState::Open,
    }
}

fn exported() -> Outcome {
    Outcome::ExportedTo {
        country: country("BA"),
        on: date(1988, 2, 1),
        licence: None,
    }
}

fn passed(to: &str, partner: &str, when: Timestamp) -> PassedOn {
    PassedOn {
        to: authority(to),
        partner: partner.parse().unwrap(),
        at: when,
    }
}

#[test]
fn a_trace_needs_number_country_offence_and_a_ground_where_it_is_urgent() {
    let today = date(2026, 11, 26);
    let refused = |change: &dyn Fn(&mut Trace)| {
        let mut trace = trace();
        change(&mut trace);
        trace.validate(today).unwrap_err()
    };
    assert_eq!(trace().validate(today), Ok(()));
    let no_use = Trace {
        intended_use: " ".into(),
        ..trace()
    };
    assert_eq!(no_use.validate(today), Ok(()), "a trace of before is taken");
    assert_eq!(
        no_use.validate_new(today),
        Err(TraceRefused::Text("intended_use"))
    );
    assert_eq!(
        refused(&|t| t.weapon.country = None),
        TraceRefused::NoCountry
    );
    assert_eq!(
        refused(&|t| t.offence.clear()),
        TraceRefused::Text("offence")
    );
    assert_eq!(
        refused(&|t| {
            t.weapon.marks[0].text.clear();
            t.weapon.marks[0].state = MarkState::Obliterated;
        }),
        TraceRefused::NoNumber
    );
    assert_eq!(
        refused(&|t| t.priority = Priority::Urgent),
        TraceRefused::NoUrgencyGround
    );
    assert_eq!(
        refused(&|t| {
            t.priority = Priority::Urgent;
            t.urgency = Some(UrgencyGround::Life);
        }),
        TraceRefused::NoUrgencyGround,
        "the ground is stated, but not what it is here"
    );
    assert_eq!(
        refused(&|t| t.urgency = Some(UrgencyGround::Life)),
        TraceRefused::NotUrgent
    );
    assert_eq!(
        refused(&|t| t.recovered_on = date(2026, 11, 27)),
        TraceRefused::InTheFuture
    );
}

#[test]
fn a_trace_is_closed_once_and_nothing_is_asked_after_that() {
    let when = at("2026-11-22T08:00:00Z");
    let closed = trace().close(Closing::NotNeeded, when).unwrap();
    assert_eq!(
        closed.clone().close(Closing::Traced, when),
        Err(TraceRefused::Closed)
    );
    assert_eq!(closed.remind(when), Err(TraceRefused::Closed));
    let waiting = open("2026-11-21T08:00:00Z").close(when).unwrap();
    assert_eq!(waiting.state_word(), "closed");
    assert_eq!(waiting.clone().close(when), None);
    let late = waiting.answer(&trace(), Outcome::NoRecord, None, when);
    assert_eq!(late, Err(TraceRefused::Closed));
    // An answer that is given stays given.
    let given = open("2026-11-21T08:00:00Z").answer(&trace(), Outcome::NoRecord, None, when);
    assert_eq!(given.unwrap().close(when), None);
}

#[test]
fn whoever_is_late_is_reminded_once_a_day() {
    let once = trace().remind(at("2026-11-29T08:00:00Z")).unwrap();
    let soon = once.clone().remind(at("2026-11-30T07:59:59Z"));
    assert_eq!(soon, Err(TraceRefused::RemindedToday));
    let again = once.remind(at("2026-11-30T08:00:00Z")).unwrap();
    assert_eq!(again.reminded_at, Some(at("2026-11-30T08:00:00Z")));
}

#[test]
fn partners_are_counted_over_all_traces() {
    let (me, rs, ba, al) = ("me-up", "rs-mup", "ba-dkpt", "al-asp");
    let sent = at("2026-11-01T08:00:00Z");
    let week = SignedDuration::from_hours(168);
    let answered = |outcome, when: &str| {
        let open = TraceAnswer {
            due_at: at("2026-11-08T08:00:00Z"),
            ..open("2026-11-01T08:00:00Z")
        };
        open.answer(&trace(), outcome, None, at(when)).unwrap()
    };
    let refusal = Outcome::Refused {
        reason: Refusal::MinorOffence,
    };
    let chain = |answers: &[(AuthorityId, TraceAnswer)]| {
        let asked = [
            (authority(rs), sent, true),
            (authority(ba), sent, true),
            (authority(al), sent, false),
        ];
        hops(&authority(me), &asked, answers, week)
    };
    let first = chain(&[(authority(rs), answered(exported(), "2026-11-02T08:00:00Z"))]);
    let second = chain(&[
        (authority(rs), answered(refusal, "2026-11-10T08:00:00Z")),
        (
            authority(ba),
            answered(Outcome::NoRecord, "2026-11-04T08:00:00Z"),
        ),
    ]);
    let times = partner_times(&[first, second], at("2026-11-20T08:00:00Z"));
    assert_eq!(
        times.len(),
        2,
        "what did not arrive was not asked: {times:?}"
    );
    let (bosnia, serbia) = (&times[0], &times[1]);
    assert_eq!((bosnia.asked, bosnia.answered, bosnia.overdue), (2, 1, 1));
    assert_eq!(
        (bosnia.no_record, bosnia.median_tenths_of_a_day),
        (1, Some(30))
    );
    assert_eq!((serbia.asked, serbia.answered, serbia.overdue), (2, 2, 0));
    assert_eq!((serbia.refused, serbia.answered_late), (1, 1));
    // One day and nine days.
    assert_eq!(serbia.median_tenths_of_a_day, Some(50));
}

#[test]
fn nobody_passes_a_trace_on_without_the_consent_of_whoever_asks() {
    let when = at("2026-11-22T08:00:00Z");
    let answer = |outcome, to| open("2026-11-21T08:00:00Z").answer(&trace(), outcome, to, when);
    let bosnia = Some(passed("ba-dkpt", "BA", when));
    assert!(answer(exported(), bosnia.clone()).is_ok());
    assert_eq!(
        answer(exported(), Some(passed("al-asp", "AL", when))).unwrap_err(),
        TraceRefused::NoConsent("AL".parse().unwrap())
    );
    let refusal = Outcome::Refused {
        reason: Refusal::NationalSecurity,
    };
    assert_eq!(
        answer(refusal, bosnia.clone()).unwrap_err(),
        TraceRefused::NothingToPassOn
    );
    let once = answer(exported(), None).unwrap();
    let again = once.clone().answer(&trace(), Outcome::NoRecord, None, when);
    assert_eq!(again.unwrap_err(), TraceRefused::AnsweredAlready);
    // Consent that comes later.
    let albania = passed("al-asp", "AL", when);
    let without = once.clone().pass_on(&trace(), albania.clone());
    assert_eq!(
        without.unwrap_err(),
        TraceRefused::NoConsent("AL".parse().unwrap())
    );
    let consented = trace().consent("AL".parse().unwrap());
    assert!(once.pass_on(&consented, albania).is_ok());
}

#[test]
fn only_an_answer_that_names_a_holder_is_personal() {
    let mut holder = Holder::known_as(HolderKind::Dealer, "D-7");
    let held = |holder: &Holder| Outcome::HeldBy {
        holder: holder.clone(),
        since: date(1990, 1, 1),
        standing: "held".into(),
    };
    assert!(!held(&holder).is_personal());
    holder.name = Some(Personal::new("Ana Izmišljena"));
    assert!(held(&holder).is_personal());
    assert!(!held(&holder.without_personal_data()).is_personal());
    assert!(!exported().is_personal() && !exported().is_last_hop());
}

#[test]
fn the_chain_shows_who_answered_who_refused_and_who_is_silent() {
    let asker = authority("me-up");
    let asked = [
        (authority("rs-mup"), at("2026-11-21T08:00:00Z"), true),
        (authority("mk-mvr"), at("2026-11-21T08:00:00Z"), true),
        (authority("xk-kp"), at("2026-11-21T08:00:00Z"), false),
    ];
    let serbia = open("2026-11-21T09:00:00Z").answer(
        &trace(),
        exported(),
        Some(passed("ba-dkpt", "BA", at("2026-11-22T09:00:00Z"))),
        at("2026-11-22T09:00:00Z"),
    );
    let macedonia = open("2026-11-21T09:00:00Z").answer(
        &trace(),
        Outcome::Refused {
            reason: Refusal::InvestigationOrSafety,
        },
        None,
        at("2026-11-24T09:00:00Z"),
    );
    let answers = [
        (authority("rs-mup"), serbia.unwrap()),
        (authority("mk-mvr"), macedonia.unwrap()),
    ];
    let chain = hops(&asker, &asked, &answers, SignedDuration::from_hours(168));
    let seen: Vec<(&str, usize)> = chain
        .iter()
        .map(|hop| (hop.authority.as_str(), hop.depth))
        .collect();
    assert_eq!(
        seen,
        [("rs-mup", 1), ("ba-dkpt", 2), ("mk-mvr", 1), ("xk-kp", 1)]
    );
    assert_eq!(chain[1].state, HopState::Silent);
    assert_eq!(chain[1].via, authority("rs-mup"));
    assert_eq!(chain[1].due_at, at("2026-11-29T09:00:00Z"));
    assert!(chain[1].is_overdue(at("2026-11-29T09:00:01Z")));
    assert!(!chain[0].is_overdue(at("2027-11-29T09:00:01Z")));
    assert_eq!(chain[3].state, HopState::NotDelivered);
    // One day and three days.
    assert_eq!(median_days(&chain), Some(20));
    assert_eq!(median_days(&chain[1..2]), None);
}

fn some_outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        Just(Outcome::NoRecord),
        Just(exported()),
        Just(Outcome::Refused {
            reason: Refusal::NotAvailable
        }),
        Just(Outcome::HeldBy {
            holder: Holder::known_as(HolderKind::Authority, "store 1"),
            since: date(1990, 1, 1),
            standing: "held".into(),
        }),
    ]
}

proptest! {
    /// Whoever answers what, and passes the question to whom, also in circles: the chain names
    /// everybody who was asked once, ends, and each stands behind whoever handed the question over.
    #[test]
    fn the_chain_ends_and_names_everybody_once(
        steps in prop::collection::vec((some_outcome(), 0_usize..5, any::<bool>()), 5),
        asked in prop::collection::vec(0_usize..5, 1..4),
    ) {
        let names = ["aa-one", "bb-two", "cc-three", "dd-four", "ee-five"];
        let when = at("2026-11-22T09:00:00Z");
        let mut consented = trace();
        for code in ["AA", "BB", "CC", "DD", "EE"] {
            consented = consented.consent(code.parse().unwrap());
        }
        let mut answers = Vec::new();
        for (name, (outcome, to, silent)) in names.iter().zip(&steps) {
            let code = names[*to][..2].to_uppercase();
            let on = matches!(outcome, Outcome::ExportedTo { .. })
                .then(|| passed(names[*to], &code, when));
            let answer = match silent {
                true => Ok(open("2026-11-21T09:00:00Z")),
                false => open("2026-11-21T09:00:00Z").answer(&consented, outcome.clone(), on, when),
            };
            answers.push((authority(name), answer.unwrap()));
        }
        let asked: Vec<_> = asked.iter().map(|to| (authority(names[*to]), when, true)).collect();
        let asker = authority("me-up");
        let chain = hops(&asker, &asked, &answers, SignedDuration::from_hours(8));
        prop_assert!(chain.len() <= names.len());
        for (to, ..) in &asked {
            prop_assert_eq!(chain.iter().filter(|hop| hop.authority == *to).count(), 1);
        }
        for (place, hop) in chain.iter().enumerate() {
            if hop.depth == 1 {
                prop_assert_eq!(&hop.via, &asker);
                continue;
            }
            let before = chain[..place].iter().find(|other| other.authority == hop.via);
            prop_assert_eq!(before.map(|other| other.depth + 1), Some(hop.depth));
            let exported = before.is_some_and(|other| matches!(
                &other.state,
                HopState::Answered { outcome: Outcome::ExportedTo { .. }, .. }
            ));
            prop_assert!(exported);
        }
    }
}
