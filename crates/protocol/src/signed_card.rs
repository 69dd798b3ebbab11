//! Cards as nodes give them to each other: signed by themselves.

use egnatia_record::AuthorityId;
use jiff::Timestamp;

use crate::card::later;
use crate::{CARD_TYPE, CardFieldError, Fingerprint, NodeCard, Signed, SignedError, SigningKey};

/// The largest card, as JSON, in bytes: 64 KiB.
pub const CARD_BYTES_MAX: usize = 64 * 1024;
/// The largest payload of a card, so that the JSON around it stays within [`CARD_BYTES_MAX`].
const CARD_PAYLOAD_BYTES_MAX: usize = 47 * 1024;

/// A card that one of its own valid keys has signed.
///
/// That shows that whoever made the card holds the key. It does not show who they are: that is
/// for two people who compare the [`Fingerprint`], or for [`SignedCard::succeeds`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCard {
    card: NodeCard,
    signed: Signed,
}

/// Why a card is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CardError {
    /// Larger than a card may be.
    #[error(
        "the card has {found} bytes; at most {CARD_BYTES_MAX} of JSON are taken, 47 KiB of payload"
    )]
    TooLarge {
        /// How many bytes it has.
        found: usize,
    },
    /// Signed, but something else.
    #[error("this is not a card of version 1: ask the other node for `egnatia-card/1`")]
    NotACard,
    /// The JSON does not have the fields of a card.
    #[error(
        "the card cannot be read at line {line}, column {column}: ask the node to make it anew"
    )]
    NotValid {
        /// Line of the payload, from 1.
        line: usize,
        /// Column of the payload, from 1.
        column: usize,
    },
    /// A field is out of bounds.
    #[error(transparent)]
    Field(#[from] CardFieldError),
    /// Not in the form of a signed payload, or the signature does not fit.
    #[error(transparent)]
    Signed(#[from] SignedError),
    /// None of its own valid keys has signed it.
    #[error("none of the card's own valid keys has signed it: ask the node for its newest card")]
    NotSelfSigned,
    /// Made later than now.
    #[error("the card was issued at {issued_at}, which is still to come: compare the clocks")]
    IssuedLater {
        /// When it says it was made.
        issued_at: Timestamp,
    },
    /// Of another authority or partner.
    #[error("the card is that of `{found}`, not of `{expected}`")]
    OtherNode {
        /// Whose card was held.
        expected: AuthorityId,
        /// Whose card this is.
        found: AuthorityId,
    },
    /// Not newer than the card that is held.
    #[error(
        "the card has the serial {found}; the one that is held has {held}, and a new one a greater"
    )]
    NotNewer {
        /// Of the card that is held.
        held: u64,
        /// Of this card.
        found: u64,
    },
    /// No key of the card before vouches for it.
    #[error(
        "no valid key of the card before has signed this one: compare the fingerprint with a person \
         of the authority, as at the first meeting"
    )]
    NotVouched,
}

impl SignedCard {
    /// Signs `card`. While keys rotate, sign with the old and the new one.
    ///
    /// # Errors
    /// [`CardError::Field`] where the card is out of bounds, [`CardError::NotSelfSigned`] where
    /// none of `keys` is valid on it when it is issued, [`CardError::Signed`] for the number of keys.
    pub fn sign(card: &NodeCard, keys: &[&SigningKey]) -> Result<Self, CardError> {
        card.check()?;
        let payload = serde_json::to_vec(card).map_err(|error| not_valid(&error))?;
        let signed = Signed::sign(CARD_TYPE, payload, keys)?;
        Self::from_signed(signed, card.issued_at)
    }

    /// Reads the JSON of [`SignedCard::to_json`].
    ///
    /// A card whose keys have all run out is refused. A node that reads a card from its own store
    /// gives the time at which it took it.
    ///
    /// # Errors
    /// [`CardError`], but none of those about the card before.
    pub fn parse(json: &[u8], now: Timestamp) -> Result<Self, CardError> {
        if json.len() > CARD_BYTES_MAX {
            return Err(CardError::TooLarge { found: json.len() });
        }
        Self::from_signed(Signed::from_json(json)?, now)
    }

    /// The card in a signed payload, such as one that came in a parcel.
    ///
    /// # Errors
    /// As [`SignedCard::parse`].
    pub fn from_signed(signed: Signed, now: Timestamp) -> Result<Self, CardError> {
        if signed.payload_type() != CARD_TYPE {
            return Err(CardError::NotACard);
        }
        let found = signed.payload().len();
        if found > CARD_PAYLOAD_BYTES_MAX {
            return Err(CardError::TooLarge { found });
        }
        let card: NodeCard =
            serde_json::from_slice(signed.payload()).map_err(|error| not_valid(&error))?;
        card.check()?;
        match signed.verify(card.signing_keys_at(now)) {
            Ok(_) => {}
            Err(SignedError::UnknownSigner) => return Err(CardError::NotSelfSigned),
            Err(error) => return Err(error.into()),
        }
        if card.issued_at > later(now) {
            return Err(CardError::IssuedLater {
                issued_at: card.issued_at,
            });
        }
        Ok(Self { card, signed })
    }

    /// Whether this card follows `previous` without a new meeting: the same authority and partner,
    /// a greater serial, signed by a key that `previous` lists and that is valid at `now`.
    ///
    /// # Errors
    /// [`CardError::OtherNode`], [`CardError::NotNewer`], [`CardError::NotVouched`],
    /// [`CardError::Signed`] where a listed key's signature does not fit.
    pub fn succeeds(&self, previous: &NodeCard, now: Timestamp) -> Result<(), CardError> {
        let card = &self.card;
        if card.authority != previous.authority || card.partner != previous.partner {
            return Err(CardError::OtherNode {
                expected: previous.authority.clone(),
                found: card.authority.clone(),
            });
        }
        if card.serial <= previous.serial {
            return Err(CardError::NotNewer {
                held: previous.serial,
                found: card.serial,
            });
        }
        match self.signed.verify(previous.signing_keys_at(now)) {
            Ok(_) => Ok(()),
            Err(SignedError::UnknownSigner) => Err(CardError::NotVouched),
            Err(error) => Err(error.into()),
        }
    }

    /// What the card says.
    pub fn card(&self) -> &NodeCard {
        &self.card
    }

    /// The signed payload, to be put in a parcel as it is.
    pub fn signed(&self) -> &Signed {
        &self.signed
    }

    /// The JSON to be given away: DSSE around the card.
    pub fn to_json(&self) -> String {
        self.signed.to_json()
    }

    /// What two people compare.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(self.signed.payload())
    }
}

fn not_valid(error: &serde_json::Error) -> CardError {
    CardError::NotValid {
        line: error.line(),
        column: error.column(),
    }
}
