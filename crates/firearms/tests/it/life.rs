//! Which event may follow which.

use egnatia_firearms::{
    Custody, Event, EventDraft, EventField, EventKind, Firearm, Form, LifeRefused, Profile,
    Proposal, ProposedCorrection, ProposedDestruction, Recording,
};
use jiff::civil::{Date, date};
use proptest::prelude::*;

use crate::made::{at, country, holder, user, zastava};

fn new() -> Firearm {
    Firearm::new(zastava("M70-451233"), None).unwrap()
}

fn event(json: &str) -> Event {
    serde_json::from_str(json).unwrap()
}

fn manufacture() -> Event {
    Event::Manufacture {
        holder: holder("zastava"),
    }
}

fn theft() -> Event {
    event(
        r#"{"theft":{"discovered_at":"2026-11-01T06:00:00Z","circumstances":"rack found empty"}}"#,
    )
}

fn taken(how: &str) -> Event {
    event(&format!(
        r#"{{"{how}":{{"authority":"me-up","circumstances":"in a van"}}}}"#
    ))
}

fn record(firearm: Firearm, event: Event, on: Date) -> Result<Firearm, LifeRefused> {
    firearm.record(Recording {
        event,
        on,
        by: user("a.officer"),
        at: at("2026-11-26T09:00:00Z"),
    })
}

fn lived(events: &[Event]) -> Result<Firearm, LifeRefused> {
    let mut firearm = new();
    for (day, event) in (1_i8..).zip(events) {
        firearm = record(firearm, event.clone(), date(2026, 11, day))?;
    }
    Ok(firearm)
}

fn proposal(by: &str) -> ProposedDestruction {
    ProposedDestruction {
        by: user(by),
        at: at("2026-11-26T10:00:00Z"),
        method: "melted".into(),
        evidence: "protocol 12/26, photographs".into(),
    }
}

#[test]
fn a_stolen_weapon_that_is_seized_is_with_the_authority_and_nowhere_else() {
    let firearm = lived(&[
        manufacture(),
        Event::Transfer {
            from: Some(holder("zastava")),
            to: holder("unit-7"),
        },
        theft(),
        taken("seizure"),
    ]);
    let firearm = firearm.unwrap();
    let standing = firearm.standing().unwrap();
    assert_eq!(
        standing.custody,
        Custody::Authority("me-up".parse().unwrap())
    );
    assert_eq!(standing.since, Some(date(2026, 11, 4)));
    let stays = firearm.stays().unwrap();
    let words: Vec<&str> = stays.iter().map(|stay| stay.custody.as_str()).collect();
    assert_eq!(words, ["held", "held", "stolen", "authority"]);
    assert_eq!(stays.iter().filter(|stay| stay.to.is_none()).count(), 1);
    assert_eq!(firearm.open_report(), None);
}

#[test]
fn every_event_that_cannot_follow_is_refused_by_its_name() {
    let refused = |events: &[Event]| lived(events).map(|_| ()).unwrap_err();
    let import = event(
        r#"{"import":{"from":"RS","holder":{"kind":"dealer","reference":"D-1"},"licence":"L 1"}}"#,
    );
    let export = event(r#"{"export":{"to":"BA","licence":"L 2"}}"#);
    let transfer = |from: Option<&str>, to: &str| Event::Transfer {
        from: from.map(holder),
        to: holder(to),
    };
    let deactivation = event(r#"{"deactivation":{"certificate":"C 1"}}"#);
    let licence = |to: &str| Event::Licence {
        holder: holder(to),
        number: "O-1".into(),
        until: None,
    };
    for (events, expected) in [
        (vec![taken("find"), manufacture()], LifeRefused::NotFirst),
        (
            vec![manufacture(), import.clone()],
            LifeRefused::AlreadyHere,
        ),
        (vec![transfer(Some("a"), "b")], LifeRefused::NotHere),
        (vec![export.clone()], LifeRefused::NotHere),
        (
            vec![manufacture(), export.clone(), export],
            LifeRefused::NotHere,
        ),
        (
            vec![manufacture(), transfer(Some("b"), "c")],
            LifeRefused::NotTheHolder,
        ),
        (
            vec![manufacture(), transfer(None, "c")],
            LifeRefused::NotTheHolder,
        ),
        (
            vec![manufacture(), transfer(Some("zastava"), "zastava")],
            LifeRefused::SameHolder,
        ),
        (
            vec![manufacture(), theft(), transfer(Some("zastava"), "b")],
            LifeRefused::Missing,
        ),
        (vec![manufacture(), theft(), theft()], LifeRefused::Missing),
        (vec![manufacture(), taken("find")], LifeRefused::StillHeld),
        (
            vec![taken("surrender"), taken("seizure")],
            LifeRefused::AlreadyHere,
        ),
        (vec![taken("seizure"), licence("b")], LifeRefused::NoHolder),
        (vec![manufacture(), licence("b")], LifeRefused::NotTheHolder),
        (
            vec![manufacture(), deactivation.clone(), deactivation],
            LifeRefused::Deactivated,
        ),
        (
            vec![event(r#"{"conversion":{"change":" "}}"#)],
            LifeRefused::Text("change"),
        ),
    ] {
        assert_eq!(refused(&events), expected, "{events:?}");
    }
}

#[test]
fn a_weapon_of_a_register_of_before_is_with_its_holder_and_only_as_the_first_event() {
    let with = |holder: &str| {
        event(&format!(
            r#"{{"re-registration":{{"number":"R 7","holder":{{"kind":"person","reference":"{holder}"}}}}}}"#
        ))
    };
    let firearm = lived(&[with("H-1")]).unwrap();
    assert!(firearm.is_personal());
    assert_eq!(firearm.standing().unwrap().custody.as_str(), "held");
    assert!(lived(&[with("H-1"), with("H-1")]).is_ok());
    let refused = |events: &[Event]| lived(events).map(|_| ()).unwrap_err();
    assert_eq!(
        refused(&[with("H-1"), with("H-2")]),
        LifeRefused::NotTheHolder
    );
    assert_eq!(
        refused(&[taken("seizure"), with("H-1")]),
        LifeRefused::NotFirst
    );
    assert_eq!(
        refused(&[with("H-1"), theft(), with("H-1")]),
        LifeRefused::NotFirst
    );
    let bare = event(r#"{"re-registration":{"number":"R 7"}}"#);
    assert_eq!(refused(&[bare]), LifeRefused::NotHere);
}

#[test]
fn dates_follow_each_other_and_do_not_lie_in_the_future() {
    let firearm = record(new(), manufacture(), date(2026, 11, 20)).unwrap();
    let before = record(firearm.clone(), theft(), date(2026, 11, 19));
    assert_eq!(before, Err(LifeRefused::BeforeLast));
    let future = record(firearm.clone(), theft(), date(2026, 11, 27));
    assert_eq!(future, Err(LifeRefused::InTheFuture));
    let early =
        event(r#"{"loss":{"discovered_at":"2026-11-26T09:00:01Z","circumstances":"not yet"}}"#);
    let not_yet = record(firearm, early, date(2026, 11, 26));
    assert_eq!(not_yet, Err(LifeRefused::InTheFuture));
}

#[test]
fn two_different_officers_sign_a_destruction_and_nothing_follows_it() {
    let held = lived(&[manufacture()]).unwrap();
    assert_eq!(
        held.propose_destruction(proposal("a.officer")),
        Err(LifeRefused::NotWithAnAuthority)
    );
    let seized = lived(&[taken("seizure")]).unwrap();
    let no_evidence = ProposedDestruction {
        evidence: " ".into(),
        ..proposal("a.officer")
    };
    assert_eq!(
        seized.clone().propose_destruction(no_evidence),
        Err(LifeRefused::NoEvidence)
    );
    let (on, when) = (date(2026, 11, 26), at("2026-11-26T11:00:00Z"));
    assert_eq!(
        seized.clone().sign_destruction(user("b.officer"), on, when),
        Err(LifeRefused::NotProposed)
    );
    let proposed = seized.propose_destruction(proposal("a.officer")).unwrap();
    assert_eq!(
        proposed.clone().propose_destruction(proposal("b.officer")),
        Err(LifeRefused::ProposedAlready)
    );
    assert_eq!(
        proposed
            .clone()
            .sign_destruction(user("a.officer"), on, when),
        Err(LifeRefused::SameOfficer)
    );
    let gone = proposed
        .sign_destruction(user("b.officer"), on, when)
        .unwrap();
    let standing = gone.standing().unwrap();
    assert_eq!(
        (standing.custody, standing.destroyed_on),
        (Custody::Destroyed, Some(on))
    );
    assert_eq!(record(gone, taken("find"), on), Err(LifeRefused::Destroyed));
}

#[test]
fn a_destruction_cannot_be_recorded_past_the_second_officer() {
    let seized = lived(&[taken("seizure")]).unwrap();
    let destruction = event(
        r#"{"destruction":{"first":"a.officer","second":"b.officer","method":"melted","evidence":"p"}}"#,
    );
    let on = date(2026, 11, 20);
    let direct = record(seized.clone(), destruction.clone(), on);
    assert_eq!(direct, Err(LifeRefused::NotProposed));
    let correction = Event::Correction {
        of: 1,
        instead: Some(Box::new(destruction)),
        on,
        reason: "a slip".into(),
        first: None,
    };
    assert_eq!(
        record(seized, correction, on),
        Err(LifeRefused::NotProposed)
    );
}

fn struck(by: &str, of: u32) -> ProposedCorrection {
    ProposedCorrection {
        by: user(by),
        at: at("2026-11-26T12:00:00Z"),
        of,
        instead: None,
        on: date(2026, 11, 26),
        reason: "another weapon was in the furnace".into(),
    }
}

fn gone() -> Firearm {
    let seized = lived(&[taken("seizure")]).unwrap();
    destroyed(seized, date(2026, 11, 20))
}

#[test]
fn what_two_officers_signed_one_alone_does_not_lift() {
    let (on, when) = (date(2026, 11, 26), at("2026-11-26T13:00:00Z"));
    let strike = |first: Option<&str>| Event::Correction {
        of: 2,
        instead: None,
        on,
        reason: "it was another weapon".into(),
        first: first.map(user),
    };
    let alone = record(gone(), strike(None), on);
    assert_eq!(alone, Err(LifeRefused::SignedByTwo));
    // A name that somebody writes down has signed nothing.
    let invented = record(gone(), strike(Some("b.officer")), on);
    assert_eq!(invented, Err(LifeRefused::NotProposed));
    let anew = gone().describe_anew(zastava("M70-9"));
    assert_eq!(anew, Err(LifeRefused::Destroyed));

    let proposed = gone().propose_correction(struck("a.officer", 2)).unwrap();
    assert_eq!(proposed.standing().unwrap().custody, Custody::Destroyed);
    assert_eq!(proposed.proposed.as_ref().unwrap().by(), &user("a.officer"));
    let same = proposed.clone().sign_correction(user("a.officer"), when);
    assert_eq!(same, Err(LifeRefused::SameOfficer));
    let otherwise = proposed
        .clone()
        .sign_destruction(user("b.officer"), on, when);
    assert_eq!(otherwise, Err(LifeRefused::NotProposed));
    let twice = proposed.clone().propose_correction(struck("b.officer", 2));
    assert_eq!(twice, Err(LifeRefused::ProposedAlready));
    let withdrawn = proposed.clone().withdraw_proposal().unwrap();
    let unsigned = withdrawn.sign_correction(user("b.officer"), when);
    assert_eq!(unsigned, Err(LifeRefused::NotProposed));

    let back = proposed.sign_correction(user("b.officer"), when).unwrap();
    assert_eq!(back.standing().unwrap().custody.as_str(), "authority");
    let last = back.life.last().unwrap();
    let Event::Correction { first, .. } = &last.event else {
        panic!("{last:?}");
    };
    assert_eq!(
        (first.as_ref(), &last.by),
        (Some(&user("a.officer")), &user("b.officer"))
    );
    assert_eq!(back.life.len(), 3, "nothing is taken away");
    // It can be destroyed in truth afterwards, by two again.
    assert!(back.propose_destruction(proposal("b.officer")).is_ok());
}

#[test]
fn only_what_two_signed_and_what_can_be_is_proposed_as_a_correction() {
    let refused = |of| {
        gone()
            .propose_correction(struck("a.officer", of))
            .unwrap_err()
    };
    assert_eq!(refused(1), LifeRefused::SignedByOne);
    assert_eq!(refused(0), LifeRefused::NoSuchEvent);
    assert_eq!(refused(3), LifeRefused::NoSuchEvent);
    let no_reason = ProposedCorrection {
        reason: " ".into(),
        ..struck("a.officer", 2)
    };
    let refused = gone().propose_correction(no_reason);
    assert_eq!(refused, Err(LifeRefused::Text("reason")));
    let early = ProposedCorrection {
        instead: Some(Box::new(event(r#"{"export":{"to":"BA","licence":"L"}}"#))),
        on: date(2020, 1, 1),
        ..struck("a.officer", 2)
    };
    let refused = gone().propose_correction(early);
    assert_eq!(refused, Err(LifeRefused::BeforeLast));
}

#[test]
fn the_photographs_that_two_officers_saw_stay() {
    let kept = |id: &str, when: &str| egnatia_firearms::KeptPhotograph {
        record: id.parse().unwrap(),
        shows: "in the furnace".into(),
        by: user("a.officer"),
        at: at(when),
    };
    let (seen, later) = (
        "0123456789abcdef0123456789abcdef",
        "fedcba9876543210fedcba9876543210",
    );
    let seized = lived(&[taken("seizure")]).unwrap();
    let seized = seized
        .with_photograph(kept(seen, "2026-11-21T08:00:00Z"))
        .unwrap();
    let free = seized
        .clone()
        .without_photograph(seen.parse().unwrap())
        .unwrap();
    assert_eq!(free.unwrap().photographs.len(), 0);
    let gone = destroyed(seized, date(2026, 11, 20));
    let gone = gone
        .with_photograph(kept(later, "2026-11-26T10:00:00Z"))
        .unwrap();
    let refused = gone.clone().without_photograph(seen.parse().unwrap());
    assert_eq!(refused, Err(LifeRefused::Evidence));
    assert!(
        gone.without_photograph(later.parse().unwrap())
            .unwrap()
            .is_some()
    );
}

#[test]
fn a_proposal_of_before_is_read_as_it_was_written() {
    let mut seized = serde_json::to_value(lived(&[taken("seizure")]).unwrap()).unwrap();
    seized["proposed"] = serde_json::json!({
        "by": "a.officer", "at": "2026-11-26T10:00:00Z", "method": "melted", "evidence": "p",
    });
    let read: Firearm = serde_json::from_value(seized).unwrap();
    assert!(matches!(read.proposed, Some(Proposal::Destruction(_))));
}

#[test]
fn a_correction_is_a_further_event_and_changes_what_follows() {
    let wrong = Event::Transfer {
        from: Some(holder("zastava")),
        to: holder("unit-8"),
    };
    let firearm = lived(&[manufacture(), wrong, theft()]).unwrap();
    let right = Event::Correction {
        of: 2,
        instead: Some(Box::new(Event::Transfer {
            from: Some(holder("zastava")),
            to: holder("unit-7"),
        })),
        on: date(2026, 11, 2),
        reason: "the number of the unit was misread".into(),
        first: None,
    };
    let on = date(2026, 11, 26);
    let corrected = record(firearm.clone(), right, on).unwrap();
    assert_eq!(corrected.life.len(), 4, "nothing is taken away");
    assert_eq!(
        corrected.stays().unwrap()[1].custody,
        Custody::With(holder("unit-7"))
    );
    let struck = |of| Event::Correction {
        of,
        instead: None,
        on,
        reason: "it did not happen".into(),
        first: None,
    };
    let found_again = record(corrected.clone(), struck(3), on).unwrap();
    assert_eq!(
        found_again.standing().unwrap().custody,
        Custody::With(holder("unit-7"))
    );
    // Without its manufacture the transfer cannot have been.
    assert_eq!(record(firearm, struck(1), on), Err(LifeRefused::NotHere));
    for of in [0, 4, 9] {
        let nothing = record(corrected.clone(), struck(of), on);
        assert_eq!(nothing, Err(LifeRefused::NoSuchEvent), "{of}");
    }
}

#[test]
fn whoever_is_named_makes_the_record_personal_and_debug_does_not_show_them() {
    let mut named = holder("K-1");
    named.name = Some(egnatia_firearms::Personal::new("Ana Izmišljena"));
    let firearm = lived(&[Event::Manufacture { holder: named }]).unwrap();
    assert!(firearm.is_personal());
    assert!(!format!("{firearm:?}").contains("Ana"));
    let dealer = event(r#"{"manufacture":{"holder":{"kind":"manufacturer","reference":"Z"}}}"#);
    assert!(!lived(&[dealer]).unwrap().is_personal());
}

#[test]
fn an_event_is_read_field_by_field_and_what_is_missing_is_named() {
    let with = Custody::With(holder("zastava"));
    let all = EventDraft {
        holder: Some(holder("H-2")),
        from_holder: None,
        from: Some(country("RS")),
        to: Some(country("MK")),
        number: "L 7".into(),
        until: Some(date(2030, 1, 1)),
        consignee: Some("Depot".into()),
        authority: Some("me-up".parse().unwrap()),
        circumstances: "in a van".into(),
    };
    for kind in EventKind::ALL {
        let plain = EventKind::PLAIN.contains(kind);
        match all.clone().read(*kind, &with) {
            Ok(event) => assert!(plain && event.kind() == *kind, "{kind}"),
            Err(refused) => assert!(!plain && refused == LifeRefused::NotPlain, "{kind}"),
        }
        assert_eq!(plain, !kind.fields().is_empty(), "{kind}");
        // Without a field that it needs it cannot be; without another one it can.
        for field in kind.fields() {
            let mut draft = all.clone();
            match field {
                EventField::Holder => draft.holder = None,
                EventField::HolderBefore => draft.from_holder = None,
                EventField::From => draft.from = None,
                EventField::To => draft.to = None,
                EventField::Number => draft.number.clear(),
                EventField::Until => draft.until = None,
                EventField::Consignee => draft.consignee = None,
                EventField::Authority => draft.authority = None,
                EventField::Circumstances => draft.circumstances.clear(),
            }
            // As the first event where it can be one: the fields are looked at before what follows what.
            let read = draft.read(*kind, &with);
            let recorded = read.and_then(|event| record(new(), event, date(2026, 11, 1)));
            let is_text = matches!(recorded, Err(LifeRefused::Text(_)));
            assert_eq!(is_text, kind.needs(*field), "{kind} {field}: {recorded:?}");
        }
    }
    let given = |from: Option<&str>, custody: &Custody| {
        let draft = EventDraft {
            from_holder: from.map(str::to_owned),
            ..all.clone()
        };
        match draft.read(EventKind::Transfer, custody).unwrap() {
            Event::Transfer { from, .. } => from.map(|from| from.reference),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(given(None, &with).as_deref(), Some("zastava"));
    assert_eq!(given(Some("H-9"), &with).as_deref(), Some("H-9"));
    let authority = Custody::Authority("me-up".parse().unwrap());
    assert_eq!(given(None, &authority), None);
}

fn any_event() -> impl Strategy<Value = Event> {
    let someone = prop::sample::select(vec!["a", "b", "c"]).prop_map(holder);
    let report = prop_oneof![Just("loss"), Just("theft")].prop_map(|how| {
        event(&format!(
            r#"{{"{how}":{{"discovered_at":"2026-01-01T00:00:00Z","circumstances":"x"}}}}"#
        ))
    });
    let take = prop::sample::select(vec!["find", "surrender", "seizure"]).prop_map(taken);
    let plain = prop_oneof![
        someone
            .clone()
            .prop_map(|holder| Event::Manufacture { holder }),
        someone.clone().prop_map(|holder| Event::Import {
            from: country("BA"),
            holder,
            licence: "L".into(),
        }),
        Just(event(r#"{"export":{"to":"AL","licence":"L"}}"#)),
        Just(event(
            r#"{"transit":{"from":"BA","to":"AL","licence":"L"}}"#
        )),
        (prop::option::of(someone.clone()), someone.clone())
            .prop_map(|(from, to)| Event::Transfer { from, to }),
        someone.clone().prop_map(|holder| Event::Licence {
            holder,
            number: "1".into(),
            until: None
        }),
        someone.prop_map(|holder| Event::Legalisation {
            holder,
            number: "1".into()
        }),
        Just(event(r#"{"conversion":{"change":"to 9 mm"}}"#)),
        Just(event(r#"{"deactivation":{"certificate":"C"}}"#)),
        Just(event(r#"{"re-registration":{"number":"7"}}"#)),
        report,
        take,
    ];
    let correction =
        (0_u32..12, prop::option::of(plain.clone())).prop_map(|(of, instead)| Event::Correction {
            of,
            instead: instead.map(Box::new),
            on: date(2026, 1, 1),
            reason: "a slip".into(),
            first: None,
        });
    prop_oneof![8 => plain, 1 => correction]
}

#[derive(Debug, Clone)]
enum Step {
    Record(Event),
    Propose(&'static str),
    Sign(&'static str),
    /// Proposes to strike the last event.
    ProposeCorrection(&'static str),
    SignCorrection(&'static str),
    Withdraw,
}

fn any_step() -> impl Strategy<Value = Step> {
    let officer = prop::sample::select(vec!["a.officer", "b.officer"]);
    prop_oneof![
        10 => any_event().prop_map(Step::Record),
        1 => officer.clone().prop_map(Step::Propose),
        1 => officer.clone().prop_map(Step::Sign),
        1 => officer.clone().prop_map(Step::ProposeCorrection),
        1 => officer.prop_map(Step::SignCorrection),
        1 => Just(Step::Withdraw),
    ]
}

/// What takes a weapon from one place to another, written down apart from the code: whoever has it
/// loses it by an event that says so.
fn may_move(was: &Custody, by: EventKind, is: &Custody) -> bool {
    use EventKind as K;
    let (was, is) = (was.as_str(), is.as_str());
    match by {
        // It says what was true all along.
        K::Correction => true,
        K::Manufacture | K::Reregistration => (was, is) == ("nowhere", "held"),
        K::Import => ["nowhere", "abroad", "transit"].contains(&was) && is == "held",
        K::Export => ["held", "authority", "transit"].contains(&was) && is == "abroad",
        K::Transit => ["nowhere", "abroad"].contains(&was) && is == "transit",
        K::Transfer => ["held", "authority"].contains(&was) && is == "held",
        K::Loss => ["held", "authority", "transit"].contains(&was) && is == "lost",
        K::Theft => ["held", "authority", "transit"].contains(&was) && is == "stolen",
        K::Find => ["nowhere", "abroad", "lost", "stolen"].contains(&was) && is == "authority",
        K::Surrender | K::Seizure => {
            !["authority", "destroyed"].contains(&was) && is == "authority"
        }
        K::Legalisation => ["nowhere", "authority"].contains(&was) && is == "held",
        K::Destruction => (was, is) == ("authority", "destroyed"),
        K::Licence | K::Conversion | K::Deactivation => false,
    }
}

fn take(firearm: Firearm, step: Step, on: Date) -> Result<Firearm, LifeRefused> {
    let now = at("2026-11-26T09:00:00Z");
    match step {
        Step::Record(event) => record(firearm, event, on),
        Step::Propose(by) => firearm.propose_destruction(proposal(by)),
        Step::Sign(by) => firearm.sign_destruction(user(by), on, now),
        Step::ProposeCorrection(by) => {
            let numbered = (1_u32..).zip(&firearm.life);
            let signed = numbered.filter(|(_, entry)| entry.event.kind() == EventKind::Destruction);
            let of = signed.map(|(of, _)| of).last().unwrap_or(0);
            let proposed = ProposedCorrection {
                on,
                ..struck(by, of)
            };
            firearm.propose_correction(proposed)
        }
        Step::SignCorrection(by) => firearm.sign_correction(user(by), now),
        Step::Withdraw => firearm.withdraw_proposal(),
    }
}

/// Wherever it is, an authority takes it, and two officers destroy it.
fn destroyed(firearm: Firearm, on: Date) -> Firearm {
    let held = record(firearm.clone(), taken("seizure"), on).unwrap_or(firearm);
    let held = held.clone().withdraw_proposal().unwrap_or(held);
    let proposed = held.propose_destruction(proposal("a.officer")).unwrap();
    let now = at("2026-11-26T09:00:00Z");
    let signed = proposed.sign_destruction(user("b.officer"), on, now);
    signed.unwrap()
}

proptest! {
    /// No sequence of events breaks custody: a weapon goes from one place to another by an event that
    /// says so, its stays follow each other without a gap or an overlap, and one at most is open.
    #[test]
    fn custody_is_never_in_two_places(steps in prop::collection::vec(any_step(), 0..24)) {
        let mut firearm = new();
        let on = date(2026, 1, 1);
        for step in steps {
            let was = firearm.standing().unwrap().custody;
            let Ok(next) = take(firearm.clone(), step, on) else { continue };
            let is = next.standing().unwrap().custody;
            if is != was {
                let by = next.life.last().unwrap().event.kind();
                prop_assert!(may_move(&was, by, &is), "{:?} by {} to {:?}", was, by, is);
            }
            firearm = next;
        }
        let stays = firearm.stays().unwrap();
        for (number, pair) in stays.windows(2).enumerate() {
            prop_assert_eq!(pair[0].to, Some(pair[1].from), "stay {}", number);
            prop_assert!(pair[0].custody != pair[1].custody);
        }
        let open: Vec<_> = stays.iter().filter(|stay| stay.to.is_none()).collect();
        prop_assert!(open.len() <= 1);
        let custody = firearm.standing().unwrap().custody;
        prop_assert_eq!(open.first().map_or(&Custody::Nowhere, |stay| &stay.custody), &custody);
        let json = serde_json::to_string(&firearm).unwrap();
        prop_assert_eq!(serde_json::from_str::<Firearm>(&json).unwrap(), firearm);
    }

    /// A correction is a further event: what was recorded is never changed and never taken away, and a
    /// step that is taken adds one event at most.
    #[test]
    fn what_was_recorded_stays_and_a_correction_is_added(
        steps in prop::collection::vec(any_step(), 0..24),
    ) {
        let mut firearm = new();
        for step in steps {
            let is_event =
                matches!(step, Step::Record(_) | Step::Sign(_) | Step::SignCorrection(_));
            let Ok(next) = take(firearm.clone(), step, date(2026, 1, 1)) else { continue };
            let recorded = firearm.life.len();
            prop_assert_eq!(next.life.len(), recorded + usize::from(is_event));
            prop_assert_eq!(&next.life[..recorded], &firearm.life[..]);
            firearm = next;
        }
    }

    /// Whatever came before, two officers and evidence destroy a weapon. Then it stays destroyed, and
    /// its record thirty years, until two officers again say that it was not.
    #[test]
    fn what_is_destroyed_stays_destroyed(
        before in prop::collection::vec(any_step(), 0..12),
        after in prop::collection::vec(any_step(), 1..12),
    ) {
        let mut firearm = new();
        let on = date(2026, 1, 1);
        // Signed below, and once only.
        for step in before.into_iter().filter(|step| !matches!(step, Step::Sign(_))) {
            firearm = take(firearm.clone(), step, on).unwrap_or(firearm);
        }
        let mut firearm = destroyed(firearm, on);
        let last = firearm.life.last().unwrap().event.clone();
        let Event::Destruction { first, second, evidence, .. } = last else {
            return Err(TestCaseError::fail(format!("{last:?}")));
        };
        prop_assert!(first != second && !evidence.is_empty());
        let keep = |firearm: &Firearm| {
            let on = firearm.standing().unwrap().destroyed_on;
            on.map(|on| Profile::shipped().unwrap().keep_until(on))
        };
        prop_assert_eq!(keep(&firearm), Some(date(2056, 1, 1)));
        let later = date(2026, 11, 1);
        for step in after {
            let corrects = matches!(
                &step,
                Step::Record(Event::Correction { .. }) | Step::SignCorrection(_)
            );
            let proposes = matches!(&step, Step::ProposeCorrection(_) | Step::Withdraw);
            let proposer = firearm.proposed.as_ref().map(|proposed| proposed.by().clone());
            let Ok(next) = take(firearm.clone(), step.clone(), later) else { continue };
            prop_assert!(corrects || proposes, "{:?}", next.life.last());
            if next.standing().unwrap().custody != Custody::Destroyed {
                // INVARIANT: one officer proposed it, and another one signed.
                let last = next.life.last().unwrap();
                let Event::Correction { first, .. } = &last.event else {
                    return Err(TestCaseError::fail(format!("{last:?}")));
                };
                prop_assert_eq!(first.as_ref(), proposer.as_ref());
                prop_assert!(first.is_some() && first.as_ref() != Some(&last.by));
                prop_assert!(matches!(step, Step::SignCorrection(_)));
                break;
            }
            firearm = next;
            prop_assert_eq!(keep(&firearm), Some(date(2056, 1, 1)));
        }
    }

    /// A weapon that is deactivated stays so; nothing but a correction says otherwise.
    #[test]
    fn what_is_deactivated_stays_so(steps in prop::collection::vec(any_step(), 0..24)) {
        let mut firearm = new();
        for step in steps {
            let was = firearm.standing().unwrap().form;
            let Ok(next) = take(firearm.clone(), step, date(2026, 1, 1)) else { continue };
            if was == Form::Deactivated && next.standing().unwrap().form != was {
                let by = next.life.last().unwrap().event.kind();
                prop_assert_eq!(by, EventKind::Correction);
            }
            firearm = next;
        }
    }
}
