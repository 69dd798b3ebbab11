//! What a checkpoint of a partner's log is, beside what this node saw of it.

use egnatia_audit::{Checkpoint, Hash, verify_consistency};
use egnatia_protocol::Checkpoint as CheckpointStatement;

use crate::port::WitnessRow;

/// What is written of a log of which a witness saw more entries before.
pub const SHORTENED: &str = "shortened";
/// What is written of a log whose entries are others than a witness saw before.
pub const REWRITTEN: &str = "rewritten";
/// What is written of a log of which two witnesses saw different versions.
pub const FORKED: &str = "forked";

/// What was shown.
#[derive(Clone, Copy)]
pub enum Shown {
    /// It goes on from there.
    Proved,
    /// It was seen before, and comes again.
    Repeated,
    /// Nothing says that it goes on from this size.
    Unproved(u64),
    /// It is another history.
    Wrong(&'static str),
}

/// What a checkpoint of a partner's own log is beside what this node saw of it: `mine`, and whether
/// just this one was seen before.
pub fn judge(
    told: &CheckpointStatement,
    checkpoint: &Checkpoint,
    (mine, is_known): (&[WitnessRow], bool),
) -> Shown {
    let Some(mark) = mine
        .iter()
        .find(|row| row.problem.is_none() && row.size > 0)
    else {
        return Shown::Proved;
    };
    let waiting = mine.iter().filter(|row| row.waits_for_proof());
    let most = waiting.map(|row| row.size).fold(mark.size, u64::max);
    if checkpoint.size < most {
        // An envelope that was held up on its way accuses nobody.
        return match is_known {
            true => Shown::Repeated,
            false => Shown::Wrong(SHORTENED),
        };
    }
    if checkpoint.size == mark.size {
        return Shown::Proved;
    }
    if told.old_size != mark.size {
        return Shown::Unproved(mark.size);
    }
    let path: Vec<Hash> = told
        .proof
        .iter()
        .map(|digest| Hash::from_bytes(*digest.as_bytes()))
        .collect();
    let proved = verify_consistency(
        (mark.size, &mark.root),
        (checkpoint.size, &checkpoint.root),
        &path,
    );
    match proved {
        Ok(()) => Shown::Proved,
        Err(_) => Shown::Wrong(REWRITTEN),
    }
}
