use egnatia_matching::{Identifier, IdentifierKind, Name};
use jiff::civil::date;
use proptest::prelude::*;

use super::*;

fn profile() -> Profile {
    Profile::sis_like().unwrap()
}

fn reason(text: &str) -> Reason {
    Reason::try_from(text.to_owned()).unwrap()
}

fn person() -> AlertDraft {
    AlertDraft {
        category: Category::DiscreetCheck,
        subject: Description {
            schema: Schema::Person,
            names: vec![Name::new("Zoran Izmišljeni")],
            births: vec!["1985".parse().unwrap()],
            ..Description::default()
        },
        object: None,
        reason: reason("suspected of preparing an offence"),
        action: String::new(),
        decision: "KO 12/26".into(),
        proportionality: Some(reason("serious, current, no milder means")),
        warnings: BTreeSet::from([Warning::Armed]),
        offence: None,
        characteristics: None,
        distinguished_by: None,
        links: BTreeSet::new(),
    }
}

fn weapon() -> AlertDraft {
    AlertDraft {
        category: Category::ObjectSeizure,
        subject: Description {
            identifiers: vec![Identifier {
                kind: IdentifierKind::Other,
                value: "M70-451233".into(),
                country: None,
            }],
            ..Description::default()
        },
        object: Some(ObjectKind::Firearm),
        proportionality: None,
        ..person()
    }
}

const DAY: Date = date(2026, 11, 26);

#[test]
fn an_alert_takes_the_action_and_the_review_date_of_its_category() {
    let alert = Alert::enter(person(), &profile(), DAY).unwrap();
    assert_eq!(alert.review_on, date(2027, 11, 26));
    assert!(
        alert.action.starts_with("Discreet check"),
        "{}",
        alert.action
    );
    assert_eq!(alert.display_name(), "Zoran Izmišljeni");
    let weapon = Alert::enter(weapon(), &profile(), DAY).unwrap();
    assert_eq!(weapon.review_on, date(2036, 11, 26));
    assert_eq!(weapon.display_name(), "M70-451233");
}

#[test]
fn the_minimum_of_data_is_asked_for_by_field() {
    let enter = |change: &dyn Fn(&mut AlertDraft)| {
        let mut draft = person();
        change(&mut draft);
        Alert::enter(draft, &profile(), DAY)
            .map(|_| ())
            .unwrap_err()
    };
    assert_eq!(
        enter(&|draft| draft.subject.names.clear()),
        AlertRefused::NameMissing
    );
    assert_eq!(
        enter(&|draft| draft.subject.births.clear()),
        AlertRefused::BirthMissing
    );
    assert_eq!(
        enter(&|draft| draft.decision = " ".into()),
        AlertRefused::DecisionMissing
    );
    assert_eq!(
        enter(&|draft| draft.proportionality = None),
        AlertRefused::ProportionalityMissing
    );
    assert_eq!(
        enter(&|draft| draft.category = Category::ObjectSeizure),
        AlertRefused::KindMissing
    );
    assert_eq!(
        enter(&|draft| draft.subject.schema = Schema::Vessel),
        AlertRefused::KindMissing
    );
    assert_eq!(
        enter(&|draft| draft.offence = Some("x".repeat(2_001))),
        AlertRefused::TooLong("offence")
    );
    let mut nameless = weapon();
    nameless.subject.identifiers.clear();
    assert_eq!(
        Alert::enter(nameless, &profile(), DAY),
        Err(AlertRefused::NumberMissing)
    );
    let mut arrested = weapon();
    arrested.category = Category::Arrest;
    assert_eq!(
        Alert::enter(arrested, &profile(), DAY),
        Err(AlertRefused::NotAbout("persons"))
    );
}

#[test]
fn terrorism_counts_as_adequate_without_a_note() {
    let mut draft = person();
    draft.category = Category::ForeignTerroristFighter;
    draft.proportionality = None;
    assert!(Alert::enter(draft, &profile(), DAY).is_ok());
}

#[test]
fn an_extension_counts_from_the_day_of_the_assessment() {
    let alert = Alert::enter(person(), &profile(), DAY).unwrap();
    let at = "2027-10-01T08:00:00Z".parse().unwrap();
    let by: UserId = "a.officer".parse().unwrap();
    let extended = alert
        .extend(reason("still needed: new lead"), by, at, &profile())
        .unwrap();
    assert_eq!(extended.review_on, date(2028, 10, 1));
    assert_eq!(extended.extensions.len(), 1);
    assert_eq!(extended.validate(&profile()), Ok(()));
}

#[test]
fn a_withdrawn_alert_takes_nothing_more() {
    let by: UserId = "a.officer".parse().unwrap();
    let at: Timestamp = "2026-12-01T08:00:00Z".parse().unwrap();
    let alert = Alert::enter(person(), &profile(), DAY).unwrap();
    let ended = alert.withdraw(reason("found"), by.clone(), at).unwrap();
    assert_eq!(ended.state.as_str(), "withdrawn");
    let again = ended.clone().withdraw(reason("found"), by.clone(), at);
    assert_eq!(again, Err(AlertRefused::NotActive));
    let extended = ended.clone().extend(reason("why not"), by, at, &profile());
    assert_eq!(extended, Err(AlertRefused::NotActive));
    assert_eq!(
        ended.correct(person(), &profile()),
        Err(AlertRefused::NotActive)
    );
}

#[test]
fn a_party_has_one_flag_and_only_where_the_category_takes_one() {
    let flag = |why: &str| Flag {
        authority: "al-asp".parse().unwrap(),
        reason: reason(why),
        alternative_action: None,
        since: "2026-12-01T08:00:00Z".parse().unwrap(),
    };
    let alert = Alert::enter(person(), &profile(), DAY).unwrap();
    let once = alert.flag(flag("national law"), &profile()).unwrap();
    let twice = once.flag(flag("another law"), &profile()).unwrap();
    assert_eq!(twice.flags.len(), 1);
    assert_eq!(twice.flags[0].reason.as_str(), "another law");
    let weapon = Alert::enter(weapon(), &profile(), DAY).unwrap();
    assert_eq!(
        weapon.flag(flag("law"), &profile()),
        Err(AlertRefused::NotFlaggable)
    );
}

#[test]
fn an_alert_of_a_partner_may_not_outlive_the_profile() {
    let mut alert = Alert::enter(person(), &profile(), DAY).unwrap();
    alert.review_on = date(2036, 1, 1);
    assert_eq!(alert.validate(&profile()), Err(AlertRefused::ReviewDate));
    alert.review_on = DAY;
    assert_eq!(alert.validate(&profile()), Err(AlertRefused::ReviewDate));
}

#[test]
fn the_issuers_own_number_stays_over_a_correction_and_is_left_out_where_there_is_none() {
    let alert = Alert::enter(person(), &profile(), DAY).unwrap();
    let json = serde_json::to_value(&alert).unwrap();
    assert!(json.get("reference").is_none(), "{json}");
    let own = alert
        .clone()
        .with_reference(Some("EV-7/26".into()), &profile());
    let own = own.unwrap();
    let json = serde_json::to_value(&own).unwrap();
    assert_eq!(serde_json::from_value::<Alert>(json).unwrap(), own);
    let corrected = own.correct(person(), &profile()).unwrap();
    assert_eq!(corrected.reference.as_deref(), Some("EV-7/26"));
    assert_eq!(
        alert.with_reference(Some("x".repeat(2_001)), &profile()),
        Err(AlertRefused::TooLong("reference"))
    );
}

#[test]
fn unknown_fields_are_refused() {
    let alert = Alert::enter(person(), &profile(), DAY).unwrap();
    let mut json = serde_json::to_value(&alert).unwrap();
    assert_eq!(
        serde_json::from_value::<Alert>(json.clone()).unwrap(),
        alert
    );
    json.as_object_mut()
        .unwrap()
        .insert("ethnicity".into(), "x".into());
    assert!(serde_json::from_value::<Alert>(json).is_err());
}

fn noon(day: Date) -> Timestamp {
    day.at(12, 0, 0, 0).in_tz("UTC").unwrap().timestamp()
}

#[derive(Debug, Clone)]
enum Step {
    Extend,
    Withdraw,
    Flag,
    Correct,
}

proptest! {
    /// Whatever is done to an alert, it stays one that a partner takes, and a withdrawn one does
    /// not come back.
    #[test]
    fn every_sequence_of_changes_leaves_a_valid_alert(
        steps in prop::collection::vec(
            prop_oneof![
                Just(Step::Extend), Just(Step::Withdraw), Just(Step::Flag), Just(Step::Correct)
            ],
            0..12,
        ),
    ) {
        let profile = profile();
        let by: UserId = "a.officer".parse().unwrap();
        let at: Timestamp = "2026-12-01T08:00:00Z".parse().unwrap();
        let mut alert = Alert::enter(person(), &profile, DAY).unwrap();
        let mut day = DAY;
        for step in steps {
            day = day.tomorrow().unwrap();
            let was_active = alert.is_active();
            let changed = match step {
                Step::Extend => alert.clone().extend(
                    reason("still needed"), by.clone(), noon(day), &profile,
                ),
                Step::Withdraw => alert.clone().withdraw(reason("found"), by.clone(), at),
                Step::Flag => alert.clone().flag(
                    Flag {
                        authority: "al-asp".parse().unwrap(),
                        reason: reason("national law"),
                        alternative_action: None,
                        since: at,
                    },
                    &profile,
                ),
                Step::Correct => alert.clone().correct(person(), &profile),
            };
            prop_assert_eq!(changed.is_ok(), was_active);
            if let Ok(changed) = changed {
                prop_assert_eq!(changed.validate(&profile), Ok(()));
                prop_assert!(changed.flags.len() >= alert.flags.len());
                prop_assert!(changed.extensions.len() >= alert.extensions.len());
                alert = changed;
            }
        }
    }
}
