//! A node that falls silent altogether, once everything else is well: its partners report it, and
//! nobody else, until something comes of it again.

use egnatia_app::{SILENT, Store};
use jiff::SignedDuration;

use super::wire::Fault;
use super::world::World;

/// Shows follow each other at this distance, so that nobody else is silent.
const EVERY: SignedDuration = SignedDuration::from_hours(6);

impl World {
    /// Three nodes watch each other; one of them dies for more than a day.
    pub async fn silence_is_seen(&mut self) {
        let silent = self.any();
        let count = self.nodes.len();
        let watching = [(silent + 1) % count, (silent + 2) % count];
        let all = [silent, watching[0], watching[1]];
        for at in all {
            if self.put_back.contains(&at) {
                return;
            }
        }
        self.say(format!("{silent} is to fall silent before {watching:?}"));
        self.show_logs(&all).await;
        let hours = 24 + i64::try_from(self.chance.below(30)).unwrap();
        let mut passed = SignedDuration::ZERO;
        while passed < SignedDuration::from_hours(hours) {
            passed += EVERY;
            for node in &self.nodes {
                node.clock.advance(EVERY);
            }
            let is_late = passed >= SignedDuration::from_hours(24);
            self.show_logs(&watching).await;
            for at in watching {
                let told = self.silent_at(at).await;
                let wanted: &[usize] = if is_late { &[silent] } else { &[] };
                let told: Vec<usize> = told.into_iter().filter(|log| all.contains(log)).collect();
                if told != wanted {
                    self.fail(&format!("after {passed:?} {at} calls {told:?} silent"));
                }
            }
        }
        self.done.silences += 1;
        // It comes back; in some seeds from the dead.
        if self.chance.below(2) == 0 {
            self.restart(silent).await;
        }
        self.show_logs(&all).await;
        for at in watching {
            let told = self.silent_at(at).await;
            if told.iter().any(|log| all.contains(log)) {
                self.fail(&format!("{at} still calls {told:?} silent"));
            }
        }
    }

    /// These show each other their logs, and everything between them arrives.
    async fn show_logs(&mut self, among: &[usize]) {
        for at in among {
            self.nodes[*at].app.ask_witnesses().await.unwrap();
        }
        for _ in 0..3 {
            for from in among {
                for to in among.iter().filter(|to| *to != from) {
                    while self.deliver(*from, *to, Fault::None).await {}
                }
            }
        }
    }

    /// Whose logs a node calls silent.
    async fn silent_at(&self, at: usize) -> Vec<usize> {
        let rows = self.nodes[at].store.witnesses().await.unwrap();
        let silent = rows
            .iter()
            .filter(|row| row.problem.as_deref() == Some(SILENT));
        let log = |row: &egnatia_app::WitnessRow| {
            self.nodes.iter().position(|node| node.authority == row.log)
        };
        silent.filter_map(log).collect()
    }
}
