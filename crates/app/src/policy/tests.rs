//! Every permit and every forbid: the whole table of roles, actions and purposes.

use super::*;
use egnatia_record::Justification;

const CRIME: &[Purpose] = &[
    Purpose::BorderCheck,
    Purpose::Terrorism,
    Purpose::FirearmsTrafficking,
    Purpose::SeriousCrime,
    Purpose::Sanctions,
];

/// What a role may do, written down a second time, by hand.
fn expected(role: Role, action: Action, purpose: Option<Purpose>, own: bool) -> bool {
    let crime = purpose.is_some_and(|purpose| CRIME.contains(&purpose));
    let supervision = purpose == Some(Purpose::Supervision);
    let arms = matches!(
        purpose,
        Some(Purpose::FirearmsTrafficking | Purpose::Terrorism | Purpose::SeriousCrime)
    );
    match (role, action) {
        (
            Role::FirearmsOfficer,
            Action::ViewFirearms
            | Action::KeepFirearms
            | Action::TraceFirearms
            | Action::Check
            | Action::ViewAlert
            | Action::ListAlerts
            | Action::EnterAlert
            | Action::Exchange
            | Action::ListMatches
            | Action::ListHits,
        )
        | (Role::Operator, Action::ViewFirearms | Action::KeepFirearms | Action::TraceFirearms) => {
            arms
        }
        (
            Role::FirearmsOfficer,
            Action::ViewCheck
            | Action::ViewMatch
            | Action::ViewHit
            | Action::FinishFollowUp
            | Action::ViewEntry,
        ) => arms && own,
        (Role::VerifyingOfficer, Action::ViewFirearms) => {
            crime && purpose != Some(Purpose::Sanctions)
        }
        (Role::DataProtectionOfficer, Action::ViewFirearms) => supervision,
        (Role::Officer | Role::VerifyingOfficer | Role::Operator, Action::Check) => crime,
        (
            Role::Officer,
            Action::ViewCheck | Action::ViewMatch | Action::ViewHit | Action::FinishFollowUp,
        ) => crime && own,
        (
            Role::VerifyingOfficer,
            Action::ViewCheck
            | Action::ViewMatch
            | Action::Decide
            | Action::ViewHit
            | Action::FinishFollowUp,
        ) => crime,
        (
            Role::Officer | Role::VerifyingOfficer,
            Action::ListMatches | Action::ListHits | Action::ViewEntry | Action::ListChanges,
        ) => crime,
        (Role::Officer | Role::VerifyingOfficer, Action::ViewAlert | Action::ListAlerts) => crime,
        (Role::VerifyingOfficer | Role::Operator, Action::EnterAlert | Action::Exchange)
        | (
            Role::Operator,
            Action::ViewAlert
            | Action::ListAlerts
            | Action::ListHits
            | Action::ViewHit
            | Action::FinishFollowUp,
        ) => crime && purpose != Some(Purpose::Sanctions),
        (Role::DataProtectionOfficer, Action::ViewAlert | Action::ListAlerts) => supervision,
        (
            Role::Storekeeper,
            Action::ViewStock | Action::MoveStock | Action::SignStock | Action::CountStock,
        )
        | (
            Role::StockInspector,
            Action::ViewStock
            | Action::SignStock
            | Action::CountStock
            | Action::ManageStock
            | Action::DecideStockCase
            | Action::ViewSitePlan,
        )
        | (Role::Operator, Action::ViewStock | Action::MoveStock | Action::ManageStock) => {
            purpose == Some(Purpose::StockpileSecurity)
        }
        (Role::DataProtectionOfficer, Action::ViewStock) => supervision,
        (role, Action::ListPartners) => role != Role::Supervisor,
        (Role::Administrator | Role::Operator, Action::ManagePartners) => true,
        (Role::Operator, Action::ViewCheck) => own && purpose.is_some(),
        (
            Role::DataProtectionOfficer,
            Action::ViewCheck
            | Action::ViewMatch
            | Action::ViewHit
            | Action::ViewEntry
            | Action::ListMatches
            | Action::ListHits
            | Action::ListChanges
            | Action::SearchAudit,
        ) => supervision,
        (Role::Supervisor, Action::SearchAudit) => supervision,
        (Role::Supervisor | Role::DataProtectionOfficer | Role::Operator, Action::VerifyAudit) => {
            true
        }
        (role, Action::ListLists) => role != Role::Supervisor,
        (Role::Administrator | Role::Operator, Action::ImportList | Action::ManageAccounts) => true,
        (Role::Operator, Action::BackUp) => true,
        (role, Action::ChangeOwnPassword) => role != Role::Operator,
        _ => false,
    }
}

fn roles() -> impl Iterator<Item = Role> {
    Role::OF_ACCOUNTS.iter().copied().chain([Role::Operator])
}

fn purposes() -> impl Iterator<Item = Option<Purpose>> {
    Purpose::ALL.iter().copied().map(Some).chain([None])
}

#[test]
fn permits_and_forbids_exactly_what_the_table_says() {
    let policy = Policy::load().unwrap();
    let me: UserId = "a.officer".parse().unwrap();
    let other: UserId = "b.officer".parse().unwrap();
    let (mut permits, mut forbids) = (0, 0);
    for role in roles() {
        for &action in Action::ALL {
            for purpose in purposes() {
                for own in [true, false] {
                    let caller = Caller {
                        login: me.clone(),
                        role,
                        justification: purpose.map(|purpose| Justification {
                            purpose,
                            case: "CASE-1".parse().unwrap(),
                        }),
                    };
                    let owner = if own { &me } else { &other };
                    let permitted = policy.permits(&caller, action, Some(owner));
                    let wanted = expected(role, action, purpose, own);
                    assert_eq!(permitted, wanted, "{role} {action} {purpose:?} own: {own}");
                    if wanted { permits += 1 } else { forbids += 1 }
                }
            }
        }
    }
    assert!(
        permits > 100 && forbids > 1_000,
        "{permits} permits, {forbids} forbids"
    );
}

#[test]
fn no_personal_data_without_a_purpose() {
    let policy = Policy::load().unwrap();
    for role in roles() {
        for &action in Action::ALL
            .iter()
            .filter(|action| action.touches_personal_data())
        {
            let login: UserId = "a.officer".parse().unwrap();
            let caller = Caller {
                login: login.clone(),
                role,
                justification: None,
            };
            assert!(
                !policy.permits(&caller, action, Some(&login)),
                "{role} {action}"
            );
        }
    }
}

#[test]
fn an_action_on_a_record_without_an_owner_is_refused() {
    let policy = Policy::load().unwrap();
    let caller = Caller {
        login: "a.officer".parse().unwrap(),
        role: Role::VerifyingOfficer,
        justification: Some(Justification {
            purpose: Purpose::BorderCheck,
            case: "CASE-1".parse().unwrap(),
        }),
    };
    assert!(!policy.permits(&caller, Action::Decide, None));
}

#[test]
fn supervisors_are_offered_the_log_and_nothing_else() {
    let policy = Policy::load().unwrap();
    let offered: Vec<Action> = Action::ALL
        .iter()
        .copied()
        .filter(|&action| policy.offers(Role::Supervisor, action))
        .collect();
    assert_eq!(
        offered,
        [
            Action::SearchAudit,
            Action::VerifyAudit,
            Action::ChangeOwnPassword
        ]
    );
}

#[test]
fn administrators_are_offered_nothing_that_touches_personal_data() {
    let policy = Policy::load().unwrap();
    for &action in Action::ALL {
        if policy.offers(Role::Administrator, action) {
            assert!(!action.touches_personal_data(), "{action}");
        }
    }
}
