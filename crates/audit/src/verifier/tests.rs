use super::*;
use crate::{Operation, Seal, Signer};

/// A stored entry that can be tampered with.
#[derive(Clone)]
struct Stored {
    leaf: Leaf,
    leaf_hash: Hash,
    tag: Hash,
    detail: Option<(Salt, Vec<u8>)>,
}

struct Log {
    seal: Seal,
    entries: Vec<Stored>,
    nodes: Vec<Node>,
    checkpoints: Vec<(u64, String)>,
}

fn stored(seal: &Seal, sequence: u64, text: &str) -> Stored {
    let salt = Salt::from_bytes([u8::try_from(sequence % 251).unwrap(); 32]);
    let leaf = Leaf {
        sequence,
        at: jiff::Timestamp::from_microsecond(1_000_000 + i64::try_from(sequence).unwrap())
            .unwrap(),
        operation: Operation::Consultation,
        commitment: commit(&salt, text.as_bytes()),
    };
    Stored {
        leaf_hash: leaf.hash(),
        tag: seal.tags.tag(sequence, &leaf.hash()),
        leaf,
        detail: Some((salt, text.as_bytes().to_vec())),
    }
}

/// A log of 20 entries with a checkpoint after every fifth.
fn log() -> Log {
    let seal = Seal {
        signer: Signer::new("egnatia/test", &[1; 32]).unwrap(),
        tags: TagKey::new(&[2; 32]),
    };
    let mut log = Log {
        entries: (0..20)
            .map(|sequence| stored(&seal, sequence, &format!("entry {sequence}")))
            .collect(),
        seal,
        nodes: vec![],
        checkpoints: vec![],
    };
    let mut frontier = Frontier::default();
    for entry in &log.entries {
        log.nodes
            .extend(frontier.append(entry.leaf_hash).split_off(1));
        if frontier.size() % 5 == 0 {
            let note = log.seal.checkpoint(&frontier);
            log.checkpoints.push((frontier.size(), note));
        }
    }
    log
}

impl Log {
    fn verify_with(&self, tags: Option<TagKey>) -> Result<Verified, Finding> {
        let mut verifier = Verifier::new(self.seal.signer.log_key(), tags);
        for (size, note) in &self.checkpoints {
            verifier.checkpoint(*size, note)?;
        }
        for entry in &self.entries {
            verifier.entry(&Entry {
                leaf: &entry.leaf,
                leaf_hash: entry.leaf_hash,
                tag: entry.tag,
                detail: entry
                    .detail
                    .as_ref()
                    .map(|(salt, bytes)| (salt, &bytes[..])),
            })?;
            for span in verifier.wanted_nodes() {
                let level = self
                    .nodes
                    .iter()
                    .filter(|node| node.id.level == span.first.level);
                for node in level
                    .filter(|node| node.id.index >= span.first.index)
                    .take(span.count)
                {
                    verifier.node(node)?;
                }
            }
        }
        verifier.finish()
    }

    fn verify(&self) -> Result<Verified, Finding> {
        self.verify_with(Some(self.seal.tags.clone()))
    }

    /// Writes consecutive numbers again, as somebody would who hides a gap.
    fn renumber(&mut self) {
        for (sequence, entry) in self.entries.iter_mut().enumerate() {
            entry.leaf.sequence = u64::try_from(sequence).unwrap();
        }
    }

    /// Hashes again what was rewritten. The tags need the key, and stay.
    fn rehash(&mut self) {
        for entry in &mut self.entries {
            entry.leaf_hash = entry.leaf.hash();
        }
    }
}

#[test]
fn an_honest_log_verifies_with_and_without_the_key() {
    let log = log();
    let verified = log.verify().unwrap();
    assert_eq!(
        (verified.size, verified.checkpoints, verified.erased),
        (20, 4, 0)
    );
    assert_eq!(log.verify_with(None), Ok(verified));
}

#[test]
fn an_empty_log_verifies() {
    let mut log = log();
    log.entries.clear();
    log.checkpoints.clear();
    assert_eq!(log.verify().unwrap().size, 0);
}

#[test]
fn an_erased_detail_is_in_order() {
    let mut log = log();
    log.entries[7].detail = None;
    assert_eq!(log.verify().unwrap().erased, 1);
}

#[test]
fn every_altered_part_is_located() {
    let altered = |sequence, part| Err(Finding::Altered { sequence, part });
    let change = |tamper: fn(&mut Stored)| {
        let mut log = log();
        tamper(&mut log.entries[7]);
        log.verify()
    };
    assert_eq!(
        change(|entry| entry.leaf.operation = Operation::Erasure),
        altered(7, AlteredPart::Leaf)
    );
    assert_eq!(
        change(|entry| entry.leaf.commitment = Hash::of(b"another")),
        altered(7, AlteredPart::Leaf)
    );
    assert_eq!(
        change(|entry| entry.leaf_hash = Hash::of(b"another")),
        altered(7, AlteredPart::StoredHash)
    );
    assert_eq!(
        change(|entry| entry.tag = Hash::of(b"another")),
        altered(7, AlteredPart::Leaf)
    );
    assert_eq!(
        change(|entry| entry.detail.as_mut().unwrap().1.push(b' ')),
        altered(7, AlteredPart::Detail)
    );
    assert_eq!(
        change(|entry| entry.detail.as_mut().unwrap().0 = Salt::from_bytes([9; 32])),
        altered(7, AlteredPart::Detail)
    );
}

#[test]
fn an_entry_that_was_altered_with_its_hash_is_located_by_its_tag() {
    let mut log = log();
    log.entries[7].leaf.commitment = Hash::of(b"another");
    log.entries[7].detail = None;
    log.rehash();
    let finding = Finding::Altered {
        sequence: 7,
        part: AlteredPart::Leaf,
    };
    assert_eq!(log.verify(), Err(finding));
    // Without the key, the next checkpoint and the last good one enclose it.
    log.nodes.clear();
    let mut blind = Verifier::new(log.seal.signer.log_key(), None);
    for (size, note) in &log.checkpoints {
        blind.checkpoint(*size, note).unwrap();
    }
    let finding = log.entries.iter().find_map(|entry| {
        let entry = Entry {
            leaf: &entry.leaf,
            leaf_hash: entry.leaf_hash,
            tag: entry.tag,
            detail: None,
        };
        blind.entry(&entry).err()
    });
    assert_eq!(
        finding,
        Some(Finding::Checkpoint {
            size: 10,
            good: 5,
            problem: CheckpointProblem::OtherRoot,
        })
    );
}

#[test]
fn removed_entries_are_found_also_when_the_gap_is_closed() {
    let removed = |count| {
        Err(Finding::Removed {
            first: 7,
            count: Some(count),
        })
    };
    let mut log = log();
    log.entries.drain(7..9);
    assert_eq!(log.verify(), removed(2));
    log.renumber();
    assert_eq!(log.verify(), removed(2));
    log.rehash();
    assert_eq!(log.verify(), removed(2));
}

#[test]
fn a_truncated_end_is_found_by_the_checkpoint() {
    let mut log = log();
    log.entries.truncate(17);
    assert_eq!(
        log.verify(),
        Err(Finding::Removed {
            first: 17,
            count: Some(3),
        })
    );
    // Cut together with its checkpoint, the log is whole up to an older one…
    log.entries.truncate(15);
    let kept = log.checkpoints.pop().unwrap();
    assert_eq!(log.verify().unwrap().size, 15);
    // … until somebody shows the checkpoint that they kept.
    log.checkpoints.push(kept);
    assert_eq!(
        log.verify(),
        Err(Finding::Removed {
            first: 15,
            count: Some(5),
        })
    );
}

#[test]
fn an_inserted_entry_is_found_with_and_without_rewritten_hashes() {
    let inserted = Err(Finding::Inserted { sequence: 7 });
    let other = TagKey::new(&[9; 32]);
    let mut log = log();
    let mut forged = stored(&log.seal, 7, "forged");
    forged.tag = other.tag(7, &forged.leaf_hash);
    log.entries.insert(7, forged);
    log.renumber();
    assert_eq!(log.verify(), inserted);
    log.rehash();
    assert_eq!(log.verify(), inserted);
}

#[test]
fn a_copy_of_an_entry_is_an_inserted_one() {
    let mut log = log();
    let copy = log.entries[3].clone();
    log.entries.insert(7, copy);
    log.renumber();
    log.rehash();
    assert_eq!(log.verify(), Err(Finding::Inserted { sequence: 7 }));
}

#[test]
fn an_entry_that_is_appended_by_somebody_else_is_an_inserted_one() {
    let mut log = log();
    let mut forged = stored(&log.seal, 20, "forged");
    forged.tag = Hash::of(b"guess");
    log.entries.push(forged);
    assert_eq!(log.verify(), Err(Finding::Inserted { sequence: 20 }));
    log.entries[20] = stored(&log.seal, 20, "by the key, without a checkpoint");
    assert_eq!(log.verify(), Err(Finding::Unsigned { first: 20 }));
}

#[test]
fn swapped_entries_are_reordered_ones() {
    let mut log = log();
    log.entries.swap(7, 12);
    assert_eq!(
        log.verify(),
        Err(Finding::Removed {
            first: 7,
            count: Some(5),
        }),
        "a store that hands out entries out of order has a gap there",
    );
    log.renumber();
    assert_eq!(log.verify(), Err(Finding::Reordered { sequence: 7 }));
    log.rehash();
    assert_eq!(log.verify(), Err(Finding::Reordered { sequence: 7 }));
}

#[test]
fn wrong_and_missing_nodes_are_named() {
    let mut log = log();
    log.nodes[3].hash = Hash::of(b"another");
    let NodeId { level, index } = log.nodes[3].id;
    assert_eq!(log.verify(), Err(Finding::Node { level, index }));
    log.nodes.remove(3);
    assert_eq!(log.verify(), Err(Finding::Node { level, index }));
    log.nodes.clear();
    assert_eq!(log.verify(), Err(Finding::Node { level: 1, index: 0 }));
}

#[test]
fn checkpoints_that_do_not_verify_are_named() {
    let change = |tamper: fn(&mut Log)| {
        let mut log = log();
        tamper(&mut log);
        log.verify().unwrap_err()
    };
    let finding = |problem| Finding::Checkpoint {
        size: 10,
        good: 5,
        problem,
    };
    assert_eq!(
        change(|log| log.checkpoints[1].1 = "nothing".into()),
        finding(CheckpointProblem::Malformed)
    );
    assert_eq!(
        change(|log| log.checkpoints[1].1 = log.checkpoints[0].1.clone()),
        finding(CheckpointProblem::OtherSize)
    );
    assert_eq!(
        change(|log| {
            let stranger = Signer::new("egnatia/test", &[5; 32]).unwrap();
            let read = log
                .seal
                .signer
                .log_key()
                .open(&log.checkpoints[1].1)
                .unwrap();
            log.checkpoints[1].1 = stranger.sign(&read);
        }),
        finding(CheckpointProblem::NotSigned)
    );
}
