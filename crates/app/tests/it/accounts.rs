//! Signing in, sessions, lock-out.

use egnatia_app::{AppError, AuditQuery, NewAccount, Password, Role, SessionKind, SignInError};
use egnatia_audit::Operation;
use egnatia_record::Purpose;
use jiff::SignedDuration;

use crate::world::{PASSWORD, World, admin, caller, officer};

async fn sign_in(world: &World, password: &str) -> Result<String, SignInError> {
    let signed_in = world
        .app
        .sign_in("o.one", Password::new(password), "203.0.113.9")
        .await?;
    Ok(signed_in.token.reveal().to_owned())
}

async fn world() -> World {
    let world = World::new().await;
    world.account("o.one", Role::Officer).await;
    world
}

#[tokio::test]
async fn the_right_password_opens_a_session_and_signing_out_ends_it() {
    let world = world().await;
    let token = sign_in(&world, PASSWORD).await.unwrap();
    let who = world
        .app
        .authenticate(&token, SessionKind::Browser)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (who.caller.login.as_str(), who.caller.role),
        ("o.one", Role::Officer)
    );
    assert!(
        who.caller.justification.is_none(),
        "a purpose is stated anew in every session"
    );
    world.app.sign_out(&who).await.unwrap();
    assert!(
        world
            .app
            .authenticate(&token, SessionKind::Browser)
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_login_are_refused_alike() {
    let world = world().await;
    assert_eq!(
        sign_in(&world, "wrong horse battery").await,
        Err(SignInError::Refused)
    );
    let stranger = world
        .app
        .sign_in("nobody", Password::new(PASSWORD), "203.0.113.9")
        .await;
    assert_eq!(stranger.unwrap_err(), SignInError::Refused);
    assert!(
        world
            .app
            .authenticate("made-up", SessionKind::Bearer)
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn too_many_wrong_passwords_lock_the_account_until_an_administrator_lifts_it() {
    let world = world().await;
    let token = sign_in(&world, PASSWORD).await.unwrap();
    for _ in 0..8 {
        assert_eq!(
            sign_in(&world, "wrong horse battery").await,
            Err(SignInError::Refused)
        );
    }
    assert_eq!(sign_in(&world, PASSWORD).await, Err(SignInError::Locked));
    assert!(
        world
            .app
            .authenticate(&token, SessionKind::Bearer)
            .await
            .unwrap()
            .is_none()
    );
    let login = "o.one".parse().unwrap();
    let refused = world.app.unlock_account(&officer("o.two"), &login).await;
    assert!(matches!(refused, Err(AppError::Forbidden(_))));
    world.app.unlock_account(&admin(), &login).await.unwrap();
    world.clock.advance(SignedDuration::from_mins(2));
    assert!(sign_in(&world, PASSWORD).await.is_ok());
}

#[tokio::test]
async fn attempts_are_limited_and_the_wait_is_told() {
    let world = world().await;
    let mut limited = None;
    for attempt in 0..30 {
        let client = format!("203.0.113.{attempt}");
        let tried = world
            .app
            .sign_in("o.none", Password::new("x"), &client)
            .await;
        if let Err(SignInError::TooMany { retry_after_s }) = tried {
            limited = Some((attempt, retry_after_s));
            break;
        }
    }
    let (attempt, wait) = limited.expect("thirty attempts for one login were let through");
    assert!(
        (20..25).contains(&attempt) && (1..=60).contains(&wait),
        "{attempt} {wait}"
    );
    world.clock.advance(SignedDuration::from_mins(2));
    let after = world
        .app
        .sign_in("o.none", Password::new("x"), "203.0.113.9")
        .await;
    assert_eq!(after.unwrap_err(), SignInError::Refused);
}

#[tokio::test]
async fn a_browsers_token_rotates_and_the_old_one_works_for_a_moment() {
    let world = world().await;
    let old = sign_in(&world, PASSWORD).await.unwrap();
    world.clock.advance(SignedDuration::from_mins(16));
    let who = world
        .app
        .authenticate(&old, SessionKind::Browser)
        .await
        .unwrap()
        .unwrap();
    let new = who
        .rotated
        .expect("due after fifteen minutes")
        .reveal()
        .to_owned();
    let late = world
        .app
        .authenticate(&old, SessionKind::Browser)
        .await
        .unwrap()
        .unwrap();
    assert!(
        late.rotated.is_none(),
        "a request under way does not rotate again"
    );
    world.clock.advance(SignedDuration::from_mins(2));
    assert!(
        world
            .app
            .authenticate(&old, SessionKind::Browser)
            .await
            .unwrap()
            .is_none()
    );
    assert!(
        world
            .app
            .authenticate(&new, SessionKind::Browser)
            .await
            .unwrap()
            .is_some()
    );
}

#[tokio::test]
async fn a_session_ends_when_idle_and_at_the_end_of_the_day() {
    let world = world().await;
    let token = sign_in(&world, PASSWORD).await.unwrap();
    world.clock.advance(SignedDuration::from_mins(31));
    assert!(
        world
            .app
            .authenticate(&token, SessionKind::Bearer)
            .await
            .unwrap()
            .is_none()
    );
    let token = sign_in(&world, PASSWORD).await.unwrap();
    for _ in 0..29 {
        world.clock.advance(SignedDuration::from_mins(20));
        let alive = world
            .app
            .authenticate(&token, SessionKind::Bearer)
            .await
            .unwrap();
        assert!(alive.is_some());
    }
    world.clock.advance(SignedDuration::from_mins(21));
    assert!(
        world
            .app
            .authenticate(&token, SessionKind::Bearer)
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn closing_an_account_ends_its_sessions_and_its_login_is_never_given_again() {
    let world = world().await;
    let token = sign_in(&world, PASSWORD).await.unwrap();
    world
        .app
        .close_account(&admin(), &"o.one".parse().unwrap())
        .await
        .unwrap();
    assert!(
        world
            .app
            .authenticate(&token, SessionKind::Bearer)
            .await
            .unwrap()
            .is_none()
    );
    assert_eq!(sign_in(&world, PASSWORD).await, Err(SignInError::Refused));
    let again = NewAccount {
        login: "o.one".to_owned(),
        name: "Somebody Else".to_owned(),
        role: Role::Officer,
        password: Password::new(PASSWORD),
    };
    let taken = world.app.create_account(&admin(), again).await;
    assert!(matches!(taken, Err(AppError::Invalid(invalid)) if invalid.code == "taken"));
}

#[tokio::test]
async fn a_password_is_changed_with_the_present_one_and_ends_all_sessions() {
    let world = world().await;
    let token = sign_in(&world, PASSWORD).await.unwrap();
    let me = officer("o.one");
    let wrong =
        world
            .app
            .change_own_password(&me, Password::new("x"), Password::new("another good one"));
    assert!(matches!(wrong.await, Err(AppError::Invalid(invalid)) if invalid.code == "wrong"));
    let weak = world
        .app
        .change_own_password(&me, Password::new(PASSWORD), Password::new("short"));
    assert!(matches!(weak.await, Err(AppError::Invalid(invalid)) if invalid.code == "weak"));
    world
        .app
        .change_own_password(
            &me,
            Password::new(PASSWORD),
            Password::new("another good one"),
        )
        .await
        .unwrap();
    assert!(
        world
            .app
            .authenticate(&token, SessionKind::Bearer)
            .await
            .unwrap()
            .is_none()
    );
    assert!(sign_in(&world, "another good one").await.is_ok());
}

#[tokio::test]
async fn only_administrators_manage_accounts() {
    let world = world().await;
    let refused = world.app.accounts(&officer("o.one")).await;
    assert!(matches!(refused, Err(AppError::Forbidden(_))));
    assert_eq!(world.app.accounts(&admin()).await.unwrap().len(), 1);
    let own = world
        .app
        .close_account(&admin(), &"a.admin".parse().unwrap())
        .await;
    assert!(own.is_err());
}

#[tokio::test]
async fn another_role_ends_the_sessions_and_is_in_the_log() {
    let world = world().await;
    let token = sign_in(&world, PASSWORD).await.unwrap();
    let login = "o.one".parse().unwrap();
    let app = &world.app;
    let refused = app
        .change_role(&officer("o.two"), &login, Role::Supervisor)
        .await;
    assert!(matches!(refused, Err(AppError::Forbidden(_))));
    let refused = app.change_role(&admin(), &login, Role::Operator).await;
    assert!(matches!(refused, Err(AppError::Invalid(_))));
    let refused = app.change_role(&admin(), &login, Role::Officer).await;
    assert!(
        matches!(refused, Err(AppError::Conflict(_))),
        "it has it already"
    );
    let who = app
        .authenticate(&token, SessionKind::Browser)
        .await
        .unwrap();
    assert!(who.is_some(), "what is refused ends nothing");

    app.change_role(&admin(), &login, Role::Supervisor)
        .await
        .unwrap();
    let who = app
        .authenticate(&token, SessionKind::Browser)
        .await
        .unwrap();
    assert!(who.is_none());
    let token = sign_in(&world, PASSWORD).await.unwrap();
    let who = app
        .authenticate(&token, SessionKind::Browser)
        .await
        .unwrap();
    assert_eq!(who.unwrap().caller.role, Role::Supervisor);
    let dpo = caller("d.one", Role::DataProtectionOfficer, Purpose::Supervision);
    let query = AuditQuery {
        operation: Some(Operation::Administration),
        ..AuditQuery::default()
    };
    let newest = app.audit_search(&dpo, &query, 1).await.unwrap().remove(0);
    let data = newest.detail.unwrap().data.unwrap();
    assert_eq!(
        data,
        serde_json::json!({ "account": "role-changed", "role": "supervisor", "before": "officer" })
    );
}

#[tokio::test]
async fn nobody_changes_their_own_role_or_that_of_a_closed_account() {
    let world = world().await;
    let app = &world.app;
    world
        .account(admin().login.as_str(), Role::Administrator)
        .await;
    let own = app
        .change_role(&admin(), &admin().login, Role::Officer)
        .await;
    assert!(matches!(own, Err(AppError::Conflict(_))));
    let login = "o.one".parse().unwrap();
    app.close_account(&admin(), &login).await.unwrap();
    let closed = app.change_role(&admin(), &login, Role::Supervisor).await;
    assert!(matches!(closed, Err(AppError::Conflict(_))));
}
