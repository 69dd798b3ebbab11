//! Invariant 8: retention acts by itself.

use egnatia_app::{AppError, Caller, Role};
use egnatia_record::Purpose;
use jiff::SignedDuration;

use crate::world::{World, caller, officer, supervisor};

fn node() -> Caller {
    caller("node:retention", Role::Operator, Purpose::Supervision)
}

#[tokio::test]
async fn a_check_is_erased_after_three_years_and_the_log_still_verifies() {
    let world = World::with_list(&[("1", "Ana Prva")]).await;
    let answer = world.check(&officer("o.one"), "Ana Prva").await;
    assert_eq!(
        world.app.act_on_retention(&node()).await.unwrap(),
        Default::default()
    );

    world.clock.advance(SignedDuration::from_hours(24 * 1_096));
    let expired = world.app.act_on_retention(&node()).await.unwrap();
    assert_eq!(
        (expired.erased, expired.to_review),
        (2, 1),
        "check and match; the entry is reviewed"
    );
    let gone = world.app.view_check(&officer("o.one"), answer.check).await;
    assert_eq!(gone.unwrap_err(), AppError::NotFound("check"));
    let whole = world
        .app
        .audit_verify(&supervisor(), &|_, _| {})
        .await
        .unwrap();
    assert!(whole.is_ok(), "{whole:?}");
    assert_eq!(
        world.app.act_on_retention(&node()).await.unwrap(),
        Default::default()
    );
}

#[tokio::test]
async fn an_entry_under_review_is_still_found() {
    let world = World::with_list(&[("1", "Ana Prva")]).await;
    world.clock.advance(SignedDuration::from_hours(24 * 366));
    assert_eq!(
        world.app.act_on_retention(&node()).await.unwrap().to_review,
        1
    );
    world.app.follow().await.unwrap();
    assert_eq!(
        world
            .check(&officer("o.one"), "Ana Prva")
            .await
            .candidates
            .len(),
        1
    );
    let report = world
        .import(crate::world::entries(&[("1", "Ana Prva")]))
        .await;
    assert_eq!(report.unchanged, 1);
}

#[tokio::test]
async fn one_who_was_removed_is_erased_later_and_comes_back_as_a_new_record() {
    let both = crate::world::entries(&[("1", "Ana Prva"), ("2", "Vera Druga")]);
    let world = World::new().await;
    world.import(both.clone()).await;
    let before = world.check(&officer("o.one"), "Vera Druga").await;
    let record = before.candidates[0].entry.record;
    world
        .import(crate::world::entries(&[("1", "Ana Prva")]))
        .await;
    world.clock.advance(SignedDuration::from_hours(24 * 1_096));
    assert!(world.app.act_on_retention(&node()).await.unwrap().erased >= 1);
    assert!(
        world
            .app
            .entry(&officer("o.one"), record)
            .await
            .unwrap()
            .versions
            .iter()
            .all(|v| v.entry.is_none())
    );
    world.import(both).await;
    let after = world.check(&officer("o.one"), "Vera Druga").await;
    assert_ne!(after.candidates[0].entry.record, record);
    let whole = world
        .app
        .audit_verify(&supervisor(), &|_, _| {})
        .await
        .unwrap();
    assert!(whole.is_ok(), "{whole:?}");
}
