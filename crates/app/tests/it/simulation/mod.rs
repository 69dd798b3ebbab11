//! Seven nodes with a seed: messages are lost, repeated, delayed and altered, nodes die before and
//! after commits and sends, disks are full, clocks differ, backups are restored, arrangements end,
//! alerts are corrected, restricted, handed on at the worst moment and withdrawn, weapons are traced
//! and answered again, some things cannot be stored. Once everything is well again, everybody has what
//! they may have, and nobody has anything else. In the end somebody falls silent altogether, and
//! somebody lies about an audit log.
//!
//! `SIMULATION_SEED=17 cargo test -p egnatia-app --test it simulation` replays one seed;
//! `SIMULATION_SEEDS=5000` runs more of them.

#![expect(clippy::panic, reason = "a failing seed says how to replay it")]

mod every_point;
mod invariants;
mod lies;
mod onward;
mod silence;
mod steps;
mod wire;
mod world;

use std::sync::atomic::{AtomicU64, Ordering};

pub use self::steps::{focal, trace_to};
pub use self::wire::of_kind;
use self::world::World;

/// Without a wish, so many seeds run.
const SEEDS: u64 = 2_000;
const STEPS: usize = 44;

async fn run(seed: u64) -> Done {
    let mut world = World::new(seed).await;
    for step in 1..=STEPS {
        world.step().await;
        if step % 11 == 0 {
            world.nothing_leaks_meanwhile().await;
            world.nobody_has_what_was_never_granted().await;
        }
    }
    world.heal().await;
    world.hold().await;
    // It takes many messages: in some seeds only.
    if seed % 20 == 3 {
        world.silence_is_seen().await;
    }
    world.lies_are_seen().await;
    world.done()
}

/// What a seed has done: so that it is seen that seeds do something.
#[derive(Debug, Default)]
pub struct Done {
    pub alerts: usize,
    pub delivered: u64,
    pub deaths: u64,
    pub put_back: usize,
    pub hits: usize,
    pub looked_at: u64,
    /// What partners' alerts were handed on to somebody else, opened on the way.
    pub handed_on: usize,
    /// Traces that somebody tried to answer again.
    pub again: usize,
    /// Statements that a node could not store.
    pub not_stored: usize,
    /// Lies about audit logs.
    pub lies: usize,
    /// Nodes that fell silent, and were seen to.
    pub silences: usize,
}

impl Done {
    fn add(&mut self, other: &Self) {
        self.alerts += other.alerts;
        self.delivered += other.delivered;
        self.deaths += other.deaths;
        self.put_back += other.put_back;
        self.hits += other.hits;
        self.looked_at += other.looked_at;
        self.handed_on += other.handed_on;
        self.again += other.again;
        self.not_stored += other.not_stored;
        self.lies += other.lies;
        self.silences += other.silences;
    }
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn nodes_agree_after_any_sequence_of_faults() {
    let (first, last) = match number("SIMULATION_SEED") {
        Some(seed) => (seed, seed),
        None => (1, number("SIMULATION_SEEDS").unwrap_or(SEEDS)),
    };
    let next = AtomicU64::new(first);
    let work = || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let mut all = Done::default();
        loop {
            let seed = next.fetch_add(1, Ordering::SeqCst);
            if seed > last {
                return all;
            }
            all.add(&runtime.block_on(run(seed)));
        }
    };
    let all = std::thread::scope(|scope| {
        let running: Vec<_> = (0..cores()).map(|_| scope.spawn(work)).collect();
        let mut all = Done::default();
        for one in running {
            match one.join() {
                Ok(done) => all.add(&done),
                Err(failed) => std::panic::resume_unwind(failed),
            }
        }
        all
    });
    // The seeds do something.
    let seeds = last - first + 1;
    let count = usize::try_from(seeds).unwrap();
    println!("{seeds} seeds: {all:?}");
    assert!(all.alerts >= count * 2, "{all:?}");
    if seeds >= 100 {
        assert!(all.delivered >= seeds * 8, "{all:?}");
        assert!(all.deaths * 2 >= seeds, "{all:?}");
        assert!(all.looked_at >= seeds * 3, "{all:?}");
        assert!(
            all.put_back * 5 >= count && all.hits * 10 >= count,
            "{all:?}"
        );
        assert!(
            all.handed_on * 4 >= count && all.again * 20 >= count && all.lies * 2 >= count,
            "{all:?}"
        );
        assert!(all.not_stored > 0 && all.silences * 50 >= count, "{all:?}");
    }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(2, usize::from)
}
