//! A parcel into an envelope, and out of it, with every check on the way.

use egnatia_record::{AuthorityId, Entropy};
use jiff::Timestamp;

use crate::{
    EnvelopeError, Label, NodeCard, OpeningKey, Parcel, ParcelError, SealedEnvelope, SignedError,
    SigningKey,
};

/// Why a parcel cannot be sealed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The card is that of another authority than the recipient of the parcel.
    #[error("the card is that of `{card}`, the parcel is for `{to}`")]
    OtherRecipient {
        /// Whose card it is.
        card: AuthorityId,
        /// Whom the parcel is for.
        to: AuthorityId,
    },
    /// The recipient's card has no key that is valid when the parcel is sent.
    #[error("no key on the card of `{0}` is valid now: fetch its newest card")]
    NoSealingKey(AuthorityId),
    /// The parcel is out of bounds.
    #[error(transparent)]
    Parcel(#[from] ParcelError),
    /// The envelope is.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
}

/// Why an envelope is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// For another authority.
    #[error("the envelope is for `{to}`: send it there")]
    NotForUs {
        /// Whom it is for.
        to: AuthorityId,
    },
    /// The card that was given is not the sender's.
    #[error("the envelope says it is from `{from}`, the card is that of `{card}`")]
    OtherSender {
        /// Who sent it, it says.
        from: AuthorityId,
        /// Whose card was given.
        card: AuthorityId,
    },
    /// What is signed inside names others, or another time, than the outside.
    #[error(
        "sender, recipient or time inside the envelope differ from those outside: make it anew"
    )]
    LabelDiffers,
    /// No key that is valid on the sender's card has signed the parcel.
    #[error("no valid key of the sender has signed the parcel: send your newest card first")]
    WrongSigner,
    /// A valid key is named, but the signature does not fit.
    #[error("the signature of the parcel does not fit: make it anew")]
    BadSignature,
    /// The envelope cannot be read or opened.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// What is inside is not a parcel.
    #[error(transparent)]
    Parcel(#[from] ParcelError),
}

impl Refusal {
    /// A word for the wire and for tests; it stays the same when the sentence changes.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotForUs { .. } => "not-for-us",
            Self::OtherSender { .. } => "other-sender",
            Self::LabelDiffers => "label-differs",
            Self::WrongSigner => "wrong-signer",
            Self::BadSignature => "bad-signature",
            Self::Parcel(_) => "not-a-parcel",
            Self::Envelope(error) => error.code(),
        }
    }
}

impl EnvelopeError {
    /// A word for the wire and for tests; it stays the same when the sentence changes.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotAnEnvelope => "not-an-envelope",
            Self::UnknownVersion { .. } => "unknown-version",
            Self::TooLarge { .. } => "too-large",
            Self::Truncated => "truncated",
            Self::TrailingBytes => "trailing-bytes",
            Self::Label => "bad-label",
            Self::UnknownKey(_) => "unknown-key",
            Self::NotOpened => "not-opened",
            Self::Padding => "bad-padding",
            Self::Signed(_) => "not-signed",
        }
    }
}

/// Signs `parcel` with `keys` of the sender and seals it to the newest key that is valid on the
/// recipient's card when the parcel is sent. 64 bytes are taken from `entropy`.
///
/// # Errors
/// [`SealError`].
pub fn seal_parcel(
    parcel: &Parcel,
    keys: &[&SigningKey],
    recipient: &NodeCard,
    entropy: &dyn Entropy,
) -> Result<Vec<u8>, SealError> {
    if recipient.authority != parcel.to {
        return Err(SealError::OtherRecipient {
            card: recipient.authority.clone(),
            to: parcel.to.clone(),
        });
    }
    let key = recipient
        .sealing_key_at(parcel.sent_at)
        .ok_or_else(|| SealError::NoSealingKey(parcel.to.clone()))?;
    let label = Label {
        from: parcel.from.clone(),
        to: parcel.to.clone(),
        sent_at: parcel.sent_at,
    };
    let signed = parcel.sign(keys)?;
    Ok(SealedEnvelope::seal(&signed, &label, key, entropy)?)
}

/// Opens an envelope and checks that it is for `own`, that the outside says what the inside says,
/// and that a key that is valid at `now` on the sender's card has signed the parcel.
///
/// The statements inside are not verified: each may have been said by somebody else.
/// [`SealedEnvelope::parse`] tells whose card is needed.
///
/// # Errors
/// [`Refusal`], to be told to the sender.
pub fn open_parcel(
    bytes: &[u8],
    own: &AuthorityId,
    keys: &[OpeningKey],
    sender: &NodeCard,
    now: Timestamp,
) -> Result<Parcel, Refusal> {
    let envelope = SealedEnvelope::parse(bytes)?;
    let label = envelope.label();
    if label.to != *own {
        return Err(Refusal::NotForUs {
            to: label.to.clone(),
        });
    }
    if label.from != sender.authority {
        return Err(Refusal::OtherSender {
            from: label.from.clone(),
            card: sender.authority.clone(),
        });
    }
    let signed = envelope.open(keys)?;
    signed
        .verify(sender.signing_keys_at(now))
        .map_err(|error| match error {
            SignedError::BadSignature(_) => Refusal::BadSignature,
            _ => Refusal::WrongSigner,
        })?;
    let parcel = Parcel::read(&signed)?;
    let same_time = parcel.sent_at.as_second() == label.sent_at.as_second();
    if parcel.from != label.from || parcel.to != label.to || !same_time {
        return Err(Refusal::LabelDiffers);
    }
    Ok(parcel)
}
