//! An import is a diff against the version before, all or nothing.

use egnatia_app::{AppError, Caller, ChangesQuery, ListChange, StoreError};
use egnatia_record::Purpose;

use crate::world::{World, admin, caller, entries, entry, importing, list, officer};

#[tokio::test]
async fn an_import_counts_what_is_added_changed_removed_and_the_same() {
    let world =
        World::with_list(&[("1", "Ana Prva"), ("2", "Vera Druga"), ("3", "Iva Treća")]).await;
    let mut changed = entry("2", "Vera Druga");
    changed.positions = vec!["treasurer".to_owned()];
    let report = world
        .import(vec![
            entry("1", "Ana Prva"),
            changed,
            entry("4", "Eva Četvrta"),
        ])
        .await;
    assert_eq!(
        (
            report.added,
            report.changed,
            report.removed,
            report.unchanged
        ),
        (1, 1, 1, 1)
    );
    assert_eq!(report.version, 2);
    assert_eq!(
        world
            .check(&officer("o.one"), "Iva Treća")
            .await
            .candidates
            .len(),
        0
    );
    assert_eq!(
        world
            .check(&officer("o.one"), "Eva Četvrta")
            .await
            .candidates
            .len(),
        1
    );

    let query = ChangesQuery {
        list: "test-list",
        version: 2,
        after: None,
        limit: 50,
    };
    let changes = world
        .app
        .list_changes(&officer("o.one"), query)
        .await
        .unwrap();
    let what: Vec<_> = changes
        .iter()
        .map(|c| (c.source_id.as_str(), c.change))
        .collect();
    assert_eq!(
        what,
        [
            ("2", ListChange::Changed),
            ("3", ListChange::Removed),
            ("4", ListChange::Added)
        ]
    );
    assert!(changes[0].before.as_ref().unwrap().positions.is_empty());
    assert_eq!(changes[0].after.as_ref().unwrap().positions, ["treasurer"]);
    let removed = world
        .app
        .entry(&officer("o.one"), changes[1].record)
        .await
        .unwrap();
    assert_eq!(
        (removed.state.as_str(), removed.versions.len()),
        ("removed", 2),
        "history stays"
    );
}

#[tokio::test]
async fn repeating_an_import_changes_nothing() {
    let names = [("1", "Ana Prva"), ("2", "Vera Druga")];
    let world = World::with_list(&names).await;
    let before = world.app.index_contents().unwrap();
    let report = world.import(entries(&names)).await;
    assert_eq!((report.version, report.unchanged), (1, 2));
    assert_eq!(report.added + report.changed + report.removed, 0);
    assert_eq!(world.app.index_contents().unwrap(), before);
    assert_eq!(
        world
            .app
            .list_versions(&admin(), "test-list")
            .await
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn one_who_comes_back_is_the_same_record() {
    let world = World::with_list(&[("1", "Ana Prva"), ("2", "Vera Druga")]).await;
    let record = world
        .check(&officer("o.one"), "Vera Druga")
        .await
        .candidates[0]
        .entry
        .record;
    world.import(entries(&[("1", "Ana Prva")])).await;
    assert!(
        world
            .check(&officer("o.one"), "Vera Druga")
            .await
            .candidates
            .is_empty()
    );
    world
        .import(entries(&[("1", "Ana Prva"), ("2", "Vera Druga")]))
        .await;
    let again = world.check(&officer("o.one"), "Vera Druga").await;
    assert_eq!(again.candidates[0].entry.record, record);
    assert_eq!(again.candidates[0].entry.version.number(), 3);
}

#[tokio::test]
async fn a_dry_run_counts_and_writes_nothing() {
    let world = World::with_list(&[("1", "Ana Prva")]).await;
    let next = list(entries(&[("2", "Vera Druga")]));
    let report = world
        .app
        .import(&admin(), next, importing(true))
        .await
        .unwrap();
    assert_eq!((report.added, report.removed, report.version), (1, 1, 2));
    assert_eq!(
        world
            .app
            .list_versions(&admin(), "test-list")
            .await
            .unwrap()
            .len(),
        1
    );
    assert_eq!(
        world
            .check(&officer("o.one"), "Ana Prva")
            .await
            .candidates
            .len(),
        1
    );
}

#[tokio::test]
async fn an_import_that_cannot_be_written_leaves_the_version_before() {
    let world = World::with_list(&[("1", "Ana Prva")]).await;
    world.store.fail_next_commit(StoreError::Full);
    let next = list(entries(&[("2", "Vera Druga")]));
    let refused = world.app.import(&admin(), next, importing(false)).await;
    assert_eq!(refused.unwrap_err(), AppError::Store(StoreError::Full));
    assert_eq!(
        world
            .check(&officer("o.one"), "Ana Prva")
            .await
            .candidates
            .len(),
        1
    );
    assert_eq!(
        world
            .check(&officer("o.one"), "Vera Druga")
            .await
            .candidates
            .len(),
        0
    );
}

#[tokio::test]
async fn an_empty_list_removes_nobody() {
    let world = World::with_list(&[("1", "Ana Prva")]).await;
    let refused = world
        .app
        .import(&admin(), list(Vec::new()), importing(false))
        .await;
    assert!(matches!(refused, Err(AppError::Invalid(invalid)) if invalid.code == "empty"));
    assert_eq!(
        world
            .check(&officer("o.one"), "Ana Prva")
            .await
            .candidates
            .len(),
        1
    );
}

#[tokio::test]
async fn administrators_import_and_see_no_names() {
    let world = World::with_list(&[("1", "Ana Prva")]).await;
    let record = world.check(&officer("o.one"), "Ana Prva").await.candidates[0]
        .entry
        .record;
    let admin = Caller {
        ..caller(
            "a.admin",
            egnatia_app::Role::Administrator,
            Purpose::Administration,
        )
    };
    let query = ChangesQuery {
        list: "test-list",
        version: 1,
        after: None,
        limit: 50,
    };
    assert!(matches!(
        world.app.list_changes(&admin, query).await,
        Err(AppError::Forbidden(_))
    ));
    assert!(matches!(
        world.app.entry(&admin, record).await,
        Err(AppError::Forbidden(_))
    ));
    let me = officer("o.one");
    let refused = world
        .app
        .import(&me, list(entries(&[("9", "X Y")])), importing(false));
    assert!(matches!(refused.await, Err(AppError::Forbidden(_))));
}
