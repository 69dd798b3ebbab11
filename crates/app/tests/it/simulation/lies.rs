//! A node that lies about its audit log, in signed checkpoints: whatever the lie, its witness reports
//! it. The lies come last, so that what is reported of honest nodes was seen before.

use std::collections::BTreeMap;

use egnatia_app::{Caller, PROOF_WITHIN, Role, Store, WitnessRow};
use egnatia_audit::{Frontier, Hash, Operation};
use egnatia_protocol::{Checkpoint, Digest, NoteText, SigningKey, Statement};
use egnatia_testkit::{send_as, test_identity, test_seal_of};
use jiff::SignedDuration;

use super::world::World;

#[derive(Debug, Clone, Copy)]
enum Lie {
    Shorter,
    AnotherOfTheSameSize,
    RewrittenWithAFalseProof,
    NeverProved,
}

impl World {
    /// Somebody lies to somebody; in the end the audit page there says so, and its log as well.
    pub async fn lies_are_seen(&mut self) {
        // Of those who were put back something is reported already.
        let honest: Vec<usize> = (0..self.nodes.len())
            .filter(|index| !self.put_back.contains(index))
            .collect();
        let Some(liar) = honest.get(self.chance.below(honest.len().max(1))).copied() else {
            return;
        };
        let witness = self.other_than(liar);
        let mark = self.mark(liar, witness).await;
        if mark.is_none() && self.chance.below(3) == 0 {
            return self.two_versions_are_seen(liar, witness).await;
        }
        let known = match mark {
            Some(row) => row.size,
            None => self.shows_its_log(liar, witness).await,
        };
        let lies = [
            Lie::Shorter,
            Lie::AnotherOfTheSameSize,
            Lie::RewrittenWithAFalseProof,
            Lie::NeverProved,
        ];
        let lie = lies[self.chance.below(lies.len())];
        self.say(format!("{liar} lies to {witness}: {lie:?}"));
        let problem = match lie {
            Lie::Shorter => {
                self.present(liar, witness, (known - 1, 0)).await;
                "shortened"
            }
            Lie::AnotherOfTheSameSize => {
                self.present(liar, witness, (known, 0)).await;
                "forked"
            }
            Lie::RewrittenWithAFalseProof => {
                self.present(liar, witness, (known + 9, known)).await;
                "rewritten"
            }
            Lie::NeverProved => {
                self.present(liar, witness, (known + 9, 0)).await;
                let hours = i64::try_from(self.chance.below(30)).unwrap();
                let clock = std::sync::Arc::clone(&self.nodes[witness].clock);
                clock.advance(SignedDuration::from_hours(hours));
                let is_late = SignedDuration::from_hours(hours) >= PROOF_WITHIN;
                self.nodes[witness].app.ask_witnesses().await.unwrap();
                if !is_late {
                    if let Some(row) = self.alarms(liar, witness).await.first() {
                        self.fail(&format!("{witness} cries too early: {row:?}"));
                    }
                    clock.advance(PROOF_WITHIN);
                    self.nodes[witness].app.ask_witnesses().await.unwrap();
                }
                "proof-withheld"
            }
        };
        let told = self.alarms(liar, witness).await;
        self.done.lies += 1;
        if !told
            .iter()
            .any(|row| row.problem.as_deref() == Some(problem))
        {
            self.fail(&format!(
                "{liar} lied to {witness} ({lie:?}), which does not report `{problem}`: {told:?}"
            ));
        }
        self.is_in_its_log(witness, liar, problem).await;
    }

    /// Somebody tells two witnesses different histories, each of which is whole by itself. The
    /// witnesses tell each other.
    async fn two_versions_are_seen(&mut self, liar: usize, witness: usize) {
        let other = (0..self.nodes.len()).find(|index| ![liar, witness].contains(index));
        let other = other.unwrap();
        if self.mark(liar, other).await.is_some() {
            return;
        }
        self.say(format!(
            "{liar} tells {witness} and {other} different things"
        ));
        for (to, kind) in [(witness, 7), (other, 8)] {
            let note = self.invented(liar, 30, kind);
            self.show(liar, to, (note, 0, Vec::new())).await;
        }
        while self.deliver(witness, other, super::wire::Fault::None).await {}
        while self.deliver(other, witness, super::wire::Fault::None).await {}
        let log = self.nodes[liar].authority.clone();
        for at in [witness, other] {
            let seen = self.nodes[at].store.witnesses().await.unwrap();
            let is_seen =
                |row: &WitnessRow| row.log == log && row.problem.as_deref() == Some("forked");
            if !seen.iter().any(is_seen) {
                self.fail(&format!("{at} does not see that {liar} tells two versions"));
            }
            self.is_in_its_log(at, liar, "forked").await;
        }
        self.done.lies += 1;
    }

    /// What the audit page of a witness says of the log of somebody, by its own eyes.
    async fn alarms(&self, liar: usize, witness: usize) -> Vec<WitnessRow> {
        let supervisor = Caller {
            login: "a.supervisor".parse().unwrap(),
            role: Role::Supervisor,
            justification: None,
        };
        let log = &self.nodes[liar].authority;
        let own = &self.nodes[witness].authority;
        let rows = self.nodes[witness].app.witnesses(&supervisor).await;
        let rows = rows.unwrap().into_iter().map(|witnessed| witnessed.row);
        let is_said = |row: &WitnessRow| row.is_alarm() && !row.is_silence();
        rows.filter(|row| row.log == *log && row.witness == *own && is_said(row))
            .collect()
    }

    /// How far a witness has seen a log.
    async fn mark(&self, log: usize, witness: usize) -> Option<WitnessRow> {
        let (log, witness) = (&self.nodes[log].authority, &self.nodes[witness]);
        let rows = witness.store.witnesses().await.unwrap();
        rows.into_iter().find(|row| {
            row.log == *log && row.witness == witness.authority && row.problem.is_none()
        })
    }

    /// A node shows what its log is: the first thing that this witness sees of it.
    async fn shows_its_log(&self, node: usize, witness: usize) -> u64 {
        let head = self.nodes[node].store.audit_head().await.unwrap();
        let note = head.checkpoint.unwrap();
        self.show(node, witness, (note, 0, Vec::new())).await;
        head.size
    }

    /// Presents a history of so many entries that nobody has written, as if it went on from a size.
    async fn present(&self, liar: usize, witness: usize, (size, old_size): (u64, u64)) {
        let proof = match old_size {
            0 => Vec::new(),
            _ => vec![Digest::of(b"no proof"); 3],
        };
        let note = self.invented(liar, size, 7);
        self.show(liar, witness, (note, old_size, proof)).await;
    }

    fn invented(&self, liar: usize, size: u64, kind: u8) -> String {
        let seal = test_seal_of(&self.nodes[liar].authority);
        let mut frontier = Frontier::default();
        for number in 0..size {
            frontier.append(Hash::of(&[kind, u8::try_from(number % 251).unwrap()]));
        }
        seal.checkpoint(&frontier)
    }

    async fn show(
        &self,
        from: usize,
        to: usize,
        (note, old_size, proof): (String, u64, Vec<Digest>),
    ) {
        let (from, to) = (&self.nodes[from], &self.nodes[to]);
        let issued_at = egnatia_record::Clock::now(&egnatia_testkit::FixedClock::default());
        let (authority, partner) = (from.authority.as_str(), from.partner.as_str());
        let identity = test_identity(authority, partner, 1, issued_at);
        let keys: Vec<&SigningKey> = identity.signing.iter().collect();
        let statement = Statement::Checkpoint(Checkpoint {
            note: NoteText::new(note).unwrap(),
            old_size,
            proof,
        });
        let signed = statement.sign(&keys).unwrap();
        send_as(from, to, vec![signed]).await.unwrap();
    }

    async fn is_in_its_log(&self, witness: usize, liar: usize, problem: &str) {
        let filter = egnatia_app::AuditFilter {
            operation: Some(Operation::Administration),
            limit: 1_000,
            ..Default::default()
        };
        let subject = format!("log:{}", self.nodes[liar].authority);
        let entries = self.nodes[witness].store.audit_find(&filter).await.unwrap();
        let details = entries.iter().filter_map(egnatia_app::AuditRow::read);
        let mut about: BTreeMap<String, usize> = BTreeMap::new();
        for detail in details.filter(|detail| detail.subject.as_deref() == Some(&subject)) {
            let data = detail.data.unwrap_or_default();
            let word = data["problem"].as_str().unwrap_or_default().to_owned();
            *about.entry(word).or_default() += 1;
        }
        if about.get(problem) != Some(&1) {
            self.fail(&format!(
                "the log of {witness} does not say once that {liar} lied: {about:?}"
            ));
        }
    }
}
