//! What goes between nodes, and why it can be believed.
//!
//! - A [`NodeCard`] says which keys and addresses a node has. It is signed by itself
//!   ([`SignedCard`]), compared by its [`Fingerprint`] at the first meeting, and followed by newer
//!   cards that a key of the one before has signed.
//! - A [`Statement`] is one thing that an authority says: here is a record, erase it, it is stored.
//!   It is [`Signed`], and keeps its bytes and its signature wherever it goes.
//! - A [`Parcel`] carries many statements from one authority to another. It is signed too.
//! - A [`SealedEnvelope`] hides a parcel from everybody but the recipient. A relay sees its
//!   [`Label`] and a rounded size.
//!
//! This crate never does I/O, never reads the clock and never takes chance by itself. It decides
//! whether bytes are what they claim to be, never whether a record may be shared.
//!
//! Start at [`seal_parcel`] and [`open_parcel`].
//!
//! ```
//! use egnatia_protocol::{Signed, SigningKey};
//!
//! let key = SigningKey::from_bytes(&[7; 32]);
//! let signed = Signed::sign("application/example", b"{}".to_vec(), &[&key])?;
//! let read = Signed::parse(&signed.to_bytes())?;
//! assert_eq!(read.verify([key.verifying_key()])?, key.id());
//! # Ok::<(), egnatia_protocol::SignedError>(())
//! ```

mod bounded_text;
mod card;
mod card_codes;
mod digest;
mod envelope;
mod fingerprint;
mod hex;
mod keys;
mod opening;
mod padding;
mod parcel;
mod signed;
mod signed_card;
mod statement;
mod wire;

pub use bounded_text::{BoundedText, Hint, NoteText, Text, TooLong};
pub use card::{CARD_TYPE, CLOCK_TOLERANCE, CardFieldError, CardFormat, CardKey, NodeCard, Pin};
pub use card_codes::{CARD_CODE_PREFIX, CardCodesError};
pub use digest::{Digest, InvalidDigest};
pub use envelope::{ENVELOPE_BYTES_MAX, EnvelopeError, Label, SealedEnvelope};
pub use fingerprint::{Fingerprint, InvalidFingerprint};
pub use keys::{InvalidKey, KeyId, OpeningKey, SealingKey, SigningKey, VerifyingKey};
pub use opening::{Refusal, SealError, open_parcel, seal_parcel};
pub use parcel::{ITEMS_MAX, Item, PARCEL_BYTES_MAX, PARCEL_TYPE, Parcel, ParcelError};
pub use signed::{
    KnownRoots, PAYLOAD_BYTES_MAX, SIGNATURES_MAX, Signature, Signed, SignedError, TOGETHER_MAX,
};
pub use signed_card::{CARD_BYTES_MAX, CardError, SignedCard};
pub use statement::{
    Answer, Body, Checkpoint, Cosignature, Decision, DeclineGround, Hit, InvalidBody, Matter,
    Outcome, Recall, RecallEffect, RecallReason, Receipt, RefusalGround, ReportField, Request,
    Resend, SharedRecord, Statement, StatementError, StatementKind, UnknownWord,
};
