//! What the index saves beside the store, and that it never knows better than the store.

use std::sync::Arc;

use egnatia_app::{NoIndexFiles, Store};
use egnatia_testkit::{MemoryFiles, MemoryStore, test_seal};

use crate::world::{World, entries, officer};

const PEOPLE: [(&str, &str); 4] = [
    ("1", "Ana Prva"),
    ("2", "Vera Druga"),
    ("3", "Ilija Treći"),
    ("4", "Зоран Четврти"),
];

async fn tend(world: &World) -> bool {
    let app = world.app.clone();
    let tended = tokio::task::spawn_blocking(move || app.tend_index());
    tended.await.unwrap().unwrap()
}

async fn found(world: &World, name: &str) -> usize {
    let answer = world.check(&officer("o.one"), name).await;
    answer.candidates.len()
}

/// A node whose entries all stand in segments.
async fn saved(files: &MemoryFiles) -> Arc<MemoryStore> {
    let store = Arc::new(MemoryStore::new(test_seal()));
    let world = World::started(store.clone(), Arc::new(files.clone()), 0).await;
    world.import(entries(&PEOPLE)).await;
    assert!(tend(&world).await);
    assert!(!tend(&world).await, "nothing is left to do");
    assert_eq!(files.segments().len(), 1);
    assert_eq!(found(&world, "Ana Prva").await, 1);
    store
}

#[tokio::test]
async fn a_start_goes_on_from_what_was_saved() {
    let files = MemoryFiles::new();
    let store = saved(&files).await;
    let before = files.segments();
    let world = World::started(store, Arc::new(files.clone()), 0).await;
    for (_, name) in PEOPLE {
        assert_eq!(found(&world, name).await, 1, "{name}");
    }
    assert_eq!(world.app.index_contents().unwrap().len(), PEOPLE.len());
    assert_eq!(files.segments(), before, "nothing was written anew");
}

#[tokio::test]
async fn what_changed_after_saving_is_taken_from_the_store() {
    let files = MemoryFiles::new();
    let store = saved(&files).await;
    {
        // Never tended: only the store knows of this import.
        let world = World::started(store.clone(), Arc::new(files.clone()), 1_000).await;
        let changed = [("1", "Ana Prva"), ("2", "Milica Nova"), ("5", "Petar Peti")];
        world.import(entries(&changed)).await;
    }
    let world = World::started(store, Arc::new(files.clone()), 1_000).await;
    for (name, count) in [
        ("Ana Prva", 1),
        ("Vera Druga", 0),
        ("Milica Nova", 1),
        ("Ilija Treći", 0),
        ("Зоран Четврти", 0),
        ("Petar Peti", 1),
    ] {
        assert_eq!(found(&world, name).await, count, "{name}");
    }
}

#[tokio::test]
async fn a_damaged_segment_is_made_anew_from_the_store() {
    let files = MemoryFiles::new();
    let store = saved(&files).await;
    files.damage();
    let world = World::started(store, Arc::new(files.clone()), 0).await;
    for (_, name) in PEOPLE {
        assert_eq!(found(&world, name).await, 1, "{name}");
    }
    let again = World::started(world.store.clone(), Arc::new(files.clone()), 0).await;
    assert_eq!(again.app.index_contents().unwrap().len(), PEOPLE.len());
}

#[tokio::test]
async fn files_of_another_store_are_not_used_and_not_kept() {
    let files = MemoryFiles::new();
    let store = saved(&files).await;
    // A backup was restored: the store counts its changes anew.
    files.change_epoch(&store.epoch().await.unwrap());
    let world = World::started(store, Arc::new(files.clone()), 1_000).await;
    assert_eq!(found(&world, "Ana Prva").await, 1);
    assert!(files.segments().is_empty());
}

#[tokio::test]
async fn files_that_know_more_than_the_store_are_not_used() {
    let files = MemoryFiles::new();
    saved(&files).await;
    // The same epoch, but an older copy of the database: here an empty one.
    let older = Arc::new(MemoryStore::new(test_seal()));
    let world = World::started(older, Arc::new(files.clone()), 1_000).await;
    assert_eq!(found(&world, "Ana Prva").await, 0);
    assert!(world.app.index_contents().unwrap().is_empty());
    assert!(files.segments().is_empty());
}

#[tokio::test]
async fn who_was_removed_leaves_the_files_too() {
    let files = MemoryFiles::new();
    let store = saved(&files).await;
    assert!(files.hold("Vera Druga"));
    let world = World::started(store, Arc::new(files.clone()), 1_000).await;
    world
        .import(entries(&[PEOPLE[0], PEOPLE[2], PEOPLE[3]]))
        .await;
    assert!(tend(&world).await);
    assert!(!files.hold("Vera Druga") && files.hold("Ana Prva"));
    assert_eq!(found(&world, "Vera Druga").await, 0);
    assert_eq!(found(&world, "Ana Prva").await, 1);
}

#[tokio::test]
async fn an_index_that_is_made_anew_ends_as_one_segment() {
    let store = Arc::new(MemoryStore::new(test_seal()));
    let names: Vec<(String, String)> = (0..4_500)
        .map(|number| (number.to_string(), format!("Ana{number} Prva{number}")))
        .collect();
    let names: Vec<(&str, &str)> = names.iter().map(|(id, name)| (&**id, &**name)).collect();
    World::started(store.clone(), Arc::new(NoIndexFiles), 1_000)
        .await
        .import(entries(&names))
        .await;
    // Two pages of the feed do not fit into memory, the third does.
    let files = MemoryFiles::new();
    let world = World::started(store, Arc::new(files.clone()), 1_000).await;
    assert_eq!(files.segments().len(), 1);
    assert_eq!(world.app.index_contents().unwrap().len(), names.len());
    assert!(!tend(&world).await, "nothing is left to do");
}
