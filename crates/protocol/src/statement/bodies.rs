//! The bodies of the statements that are not records or cards.

use std::collections::BTreeMap;

use egnatia_record::{AuthorityId, RecordId, Version};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{DeclineGround, Matter, RecallEffect, RecallReason, RefusalGround, ReportField};
use crate::{Digest, Hint, NoteText, Text};

/// Versions of a record must not be used any more. Whoever received them acts and says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recall {
    /// The record.
    pub record: RecordId,
    /// This version and all before it.
    pub through: Version,
    /// What the recipient does.
    pub effect: RecallEffect,
    /// Why.
    pub reason: RecallReason,
    /// When the originator decided.
    pub at: Timestamp,
}

/// What became of a statement at the recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// [`crate::Signed::digest`] of the statement.
    pub statement: Digest,
    /// The record that it was about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<RecordId>,
    /// The version that it was about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Version>,
    /// What became of it.
    pub outcome: Outcome,
    /// When.
    pub at: Timestamp,
}

/// What a recipient did with a statement. Written as a word, or as `{"refused": {…}}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Outcome {
    /// It is stored, durably.
    Stored,
    /// It is not taken.
    Refused {
        /// Why.
        ground: RefusalGround,
        /// What may help beside the ground's own sentence. No personal data.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hint: Option<Hint>,
    },
    /// The record was erased, as the recall asked.
    Erased,
    /// The record is shown to nobody but those who decide on it.
    Restricted,
}

/// An alert of the recipient agreed with what a border or an officer saw, and a person confirmed it
/// (Regulation (EU) 2018/1862 Art. 3(7); rule SIS-09).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hit {
    /// The alert.
    pub alert: RecordId,
    /// The version of the alert that was hit.
    pub version: Version,
    /// The hit, as the finder's record.
    pub hit: RecordId,
    /// When the officer confirmed it.
    pub confirmed_at: Timestamp,
    /// What was done.
    pub action_taken: Text,
    /// The check report (Regulation (EU) 2018/1862 Art. 37(1); rule SIS-17).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub report: BTreeMap<ReportField, Text>,
    /// To be answered at once (rule SIS-08).
    #[serde(default)]
    pub urgent: bool,
}

/// A question about a record (Regulation (EU) 2018/1862 Art. 8; rule SIS-08).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The request, as the asker's record.
    pub id: RecordId,
    /// The record that it is about.
    pub about: RecordId,
    /// What is asked.
    pub matter: Matter,
    /// To whom the record would be given, where that is what is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient: Option<AuthorityId>,
    /// In words.
    pub text: Text,
    /// Why it is urgent, where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urgent: Option<Hint>,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// When the answer is due.
    pub due_at: Timestamp,
}

/// What is answered to a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The request.
    pub to: RecordId,
    /// What was decided, where there was something to decide.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
    /// In words.
    pub text: Text,
    /// When.
    pub at: Timestamp,
}

/// What was decided on a request. Written as a word, or as `{"refused": {"ground": …}}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Decision {
    /// What was asked for is given or allowed.
    Granted,
    /// It is not.
    Refused {
        /// One of the closed list.
        ground: DeclineGround,
    },
    /// Both descriptions mean the same person or thing (rule SIS-07).
    Same,
    /// They do not.
    Different,
}

/// The state of the sender's audit log, to be witnessed
/// (<https://c2sp.org/tlog-witness>, `add-checkpoint`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    /// The signed note.
    pub note: NoteText,
    /// The size that the witness has signed last, as far as the sender knows; 0 for none.
    pub old_size: u64,
    /// Hashes that lead from the old size to the new one (RFC 6962 section 2.1.2).
    #[serde(deserialize_with = "few_hashes")]
    pub proof: Vec<Digest>,
}

/// The sender was put back to an older state: it lacks what was sent to it since then, though it
/// has signed for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resend {
    /// Since when.
    pub since: Timestamp,
}

/// What a witness says to a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cosignature {
    /// The log, as the note names it.
    pub origin: Hint,
    /// The size that the witness vouches for now. Where it did not sign, the size from which it
    /// needs a proof.
    pub size: u64,
    /// The witness's line for the note; without it, the witness did not sign.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<Hint>,
}

/// A proof between two sizes of 64 bits has at most 65 hashes.
const PROOF_HASHES_MAX: usize = 65;

fn few_hashes<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<Digest>, D::Error> {
    let hashes = Vec::deserialize(from)?;
    if hashes.len() > PROOF_HASHES_MAX {
        return Err(serde::de::Error::custom("too many hashes"));
    }
    Ok(hashes)
}
