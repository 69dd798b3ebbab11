//! What a signed payload says.
//!
//! Each kind has a payload type, `application/vnd.egnatia.KIND+json; v=VERSION`. A node that does
//! not know a kind or a version says so by name, and the sender learns what to do.

mod bodies;
mod kind;
mod record;
mod terms;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Signed, SignedError, SigningKey};

pub use bodies::{
    Answer, Checkpoint, Cosignature, Decision, Hit, Outcome, Recall, Receipt, Request, Resend,
};
pub use kind::StatementKind;
pub use record::{Body, InvalidBody, SharedRecord};
pub use terms::{
    DeclineGround, Matter, RecallEffect, RecallReason, RefusalGround, ReportField, UnknownWord,
};

/// One thing that an authority says to another.
///
/// Reading a statement verifies no signature; [`Signed::verify`] does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Statement {
    /// Here is a record, or a newer version of it.
    Record(Box<SharedRecord>),
    /// Versions of a record must not be used any more.
    Recall(Recall),
    /// What became of a statement.
    Receipt(Receipt),
    /// An alert of the recipient was hit.
    Hit(Hit),
    /// A question about a record.
    Request(Request),
    /// What is answered to a request.
    Answer(Answer),
    /// The sender's new card, with the signatures of its own keys. To be read with
    /// [`crate::SignedCard::from_signed`], which needs the time.
    Card(Signed),
    /// The state of the sender's audit log, to be witnessed.
    Checkpoint(Checkpoint),
    /// What a witness says to a checkpoint.
    Cosignature(Cosignature),
    /// What was sent since a moment is needed again.
    Resend(Resend),
}

/// Why a payload is not a statement that this node understands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StatementError {
    /// Nothing that version 1 of this protocol knows.
    #[error("`{kind}` is not a kind of statement that this node knows: it needs a newer release")]
    UnknownKind {
        /// As written, or the whole type where it is none of Egnatia's; at most 64 characters.
        kind: String,
    },
    /// A known kind in another version.
    #[error("`{kind}` has version {version}; this node reads version {supported}: send that one")]
    UnknownVersion {
        /// The kind.
        kind: StatementKind,
        /// As written.
        version: u32,
        /// What this node reads.
        supported: u32,
    },
    /// A record of a kind that this node does not keep.
    #[error("`{kind}` is not a kind of record that this node knows: it needs a newer release")]
    UnknownRecordKind {
        /// As written, at most 64 characters.
        kind: String,
    },
    /// The JSON does not have the fields of the kind. Says where, not what: the text may name people.
    #[error("the statement `{kind}` cannot be read at line {line}, column {column}")]
    NotValid {
        /// The kind.
        kind: StatementKind,
        /// Line of the payload, from 1.
        line: usize,
        /// Column of the payload, from 1.
        column: usize,
    },
    /// The payload cannot be signed.
    #[error(transparent)]
    Signed(#[from] SignedError),
}

impl StatementError {
    /// What a receipt says about it.
    pub fn ground(&self) -> RefusalGround {
        match self {
            Self::UnknownKind { .. } | Self::UnknownRecordKind { .. } => RefusalGround::UnknownKind,
            Self::UnknownVersion { .. } => RefusalGround::UnknownVersion,
            Self::Signed(SignedError::TooLarge { .. }) => RefusalGround::TooLarge,
            Self::NotValid { .. } | Self::Signed(_) => RefusalGround::NotValid,
        }
    }
}

impl Statement {
    /// What the payload says. Unknown fields are refused.
    ///
    /// # Errors
    /// [`StatementError`], which [`StatementError::ground`] turns into the ground of a receipt.
    pub fn read(signed: &Signed) -> Result<Self, StatementError> {
        let kind = StatementKind::of(signed.payload_type())?;
        let payload = signed.payload();
        Ok(match kind {
            StatementKind::Record => Self::Record(Box::new(record::read(payload)?)),
            StatementKind::Recall => Self::Recall(read(kind, payload)?),
            StatementKind::Receipt => Self::Receipt(read(kind, payload)?),
            StatementKind::Hit => Self::Hit(read(kind, payload)?),
            StatementKind::Request => Self::Request(read(kind, payload)?),
            StatementKind::Answer => Self::Answer(read(kind, payload)?),
            StatementKind::Card => Self::Card(signed.clone()),
            StatementKind::Checkpoint => Self::Checkpoint(read(kind, payload)?),
            StatementKind::Cosignature => Self::Cosignature(read(kind, payload)?),
            StatementKind::Resend => Self::Resend(read(kind, payload)?),
        })
    }

    /// Its kind.
    pub fn kind(&self) -> StatementKind {
        match self {
            Self::Record(_) => StatementKind::Record,
            Self::Recall(_) => StatementKind::Recall,
            Self::Receipt(_) => StatementKind::Receipt,
            Self::Hit(_) => StatementKind::Hit,
            Self::Request(_) => StatementKind::Request,
            Self::Answer(_) => StatementKind::Answer,
            Self::Card(_) => StatementKind::Card,
            Self::Checkpoint(_) => StatementKind::Checkpoint,
            Self::Cosignature(_) => StatementKind::Cosignature,
            Self::Resend(_) => StatementKind::Resend,
        }
    }

    /// Payload type and payload, to be signed.
    ///
    /// # Errors
    /// [`StatementError::NotValid`] where the value cannot be written; none is known.
    pub fn to_payload(&self) -> Result<(String, Vec<u8>), StatementError> {
        let kind = self.kind();
        let payload = match self {
            Self::Record(record) => write(kind, record),
            Self::Recall(recall) => write(kind, recall),
            Self::Receipt(receipt) => write(kind, receipt),
            Self::Hit(hit) => write(kind, hit),
            Self::Request(request) => write(kind, request),
            Self::Answer(answer) => write(kind, answer),
            Self::Card(signed) => Ok(signed.payload().to_vec()),
            Self::Checkpoint(checkpoint) => write(kind, checkpoint),
            Self::Cosignature(cosignature) => write(kind, cosignature),
            Self::Resend(resend) => write(kind, resend),
        }?;
        Ok((kind.payload_type(), payload))
    }

    /// The statement, signed by `keys`. A card keeps the signatures that it has.
    ///
    /// # Errors
    /// [`StatementError::Signed`] where it is too large, or the number of keys is wrong.
    pub fn sign(&self, keys: &[&SigningKey]) -> Result<Signed, StatementError> {
        if let Self::Card(signed) = self {
            return Ok(signed.clone());
        }
        let (payload_type, payload) = self.to_payload()?;
        Ok(Signed::sign(&payload_type, payload, keys)?)
    }

    /// All of these statements under one signature of each of `keys`, in their order. None of them
    /// may be a card, which has signatures of its own.
    ///
    /// # Errors
    /// As [`Statement::sign`].
    pub fn sign_together(
        statements: &[Self],
        keys: &[&SigningKey],
    ) -> Result<Vec<Signed>, StatementError> {
        let payloads: Result<Vec<_>, _> = statements.iter().map(Self::to_payload).collect();
        Ok(Signed::sign_together(payloads?, keys)?)
    }
}

fn read<T: DeserializeOwned>(kind: StatementKind, payload: &[u8]) -> Result<T, StatementError> {
    serde_json::from_slice(payload).map_err(|error| not_valid(kind, &error))
}

fn write<T: Serialize>(kind: StatementKind, value: &T) -> Result<Vec<u8>, StatementError> {
    serde_json::to_vec(value).map_err(|error| not_valid(kind, &error))
}

fn not_valid(kind: StatementKind, error: &serde_json::Error) -> StatementError {
    StatementError::NotValid {
        kind,
        line: error.line(),
        column: error.column(),
    }
}
