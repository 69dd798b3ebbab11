//! Batches that are committed together answer as if each came alone.

use egnatia_app::Store;
use egnatia_testkit::{MemoryStore, Model, observe, verify_log};
use futures_util::future::join_all;

/// Sends random batches to `store` a dozen at a time, so that most share a transaction, and one
/// after the other to the store in memory. Answers and outcome have to be the same.
pub async fn answer_as_single_batches(store: &dyn Store, seed: u64) {
    let memory = MemoryStore::default();
    let (mut mine, mut theirs) = (Model::new(seed), Model::new(seed));
    let (mut written, mut refused) = (0, 0);
    for round in 0..10 {
        // The batches enter the writer's queue in this order.
        let group: Vec<_> = (0..12).map(|_| store.commit(mine.batch())).collect();
        for answer in join_all(group).await {
            assert_eq!(
                memory.commit(theirs.batch()).await,
                answer,
                "seed {seed}, round {round}"
            );
            match answer {
                Ok(_) => written += 1,
                Err(_) => refused += 1,
            }
        }
    }
    assert!(
        written > 10 && refused > 10,
        "{written} written, {refused} refused"
    );
    // A group has one checkpoint, where single batches have one each.
    let comparable = |text: String| {
        let lines = text
            .lines()
            .filter(|line| !line.starts_with("[StoredCheckpoint"));
        lines.map(ToOwned::to_owned).collect::<Vec<_>>()
    };
    let (a, b) = (
        comparable(observe(&memory).await),
        comparable(observe(store).await),
    );
    for (mine, theirs) in a.iter().zip(&b) {
        assert_eq!(mine, theirs, "seed {seed}");
    }
    assert_eq!(a.len(), b.len());
    let checkpoints = verify_log(store).await.checkpoints;
    let single = verify_log(&memory).await.checkpoints;
    assert!(
        checkpoints < single,
        "{checkpoints} of {single}: nothing was grouped"
    );
}
