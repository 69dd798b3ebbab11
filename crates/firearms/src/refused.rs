//! Why an event cannot follow.

use crate::ParticularsRefused;
use crate::text::TEXT_MAX;

/// Why an event is not recorded. The weapon stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LifeRefused {
    /// What begins a life, after something else.
    #[error(
        "manufacture, or a registration anew with a holder, is the first event of a life; correct the event before it"
    )]
    NotFirst,
    /// Something already has it here.
    #[error(
        "the weapon is in this country's custody already; end that first, by a loss, an export or a seizure"
    )]
    AlreadyHere,
    /// Nobody here has it.
    #[error(
        "nobody in this country has the weapon; record how it came: import, find, surrender, seizure"
    )]
    NotHere,
    /// It is somebody else who has it.
    #[error(
        "somebody else has the weapon according to the register; record the transfer to them first"
    )]
    NotTheHolder,
    /// It goes to whoever has it.
    #[error("the weapon is with this holder already")]
    SameHolder,
    /// It is reported lost or stolen.
    #[error(
        "the weapon is reported lost or stolen; record that it was found, surrendered or seized"
    )]
    Missing,
    /// It is held by somebody who has not missed it.
    #[error(
        "a holder has the weapon according to the register; record the loss or the seizure first"
    )]
    StillHeld,
    /// Only an authority that has it may do so.
    #[error("only an authority that has the weapon can do this; record how it came to one")]
    NotWithAnAuthority,
    /// An authority that has it gave it to nobody.
    #[error("a licence is for the weapon of a holder; record a transfer or a legalisation first")]
    NoHolder,
    /// Deactivated before.
    #[error("the weapon is deactivated already")]
    Deactivated,
    /// There is nothing more of it.
    #[error("the weapon is destroyed; only a correction can follow")]
    Destroyed,
    /// One person for both signatures.
    #[error("two different officers sign a destruction")]
    SameOfficer,
    /// No evidence of the destruction.
    #[error("state the evidence of the destruction: protocol, photographs, witnesses")]
    NoEvidence,
    /// As many photographs as a weapon may have.
    #[error("a weapon has at most 24 photographs; take one away first")]
    TooManyPhotographs,
    /// Nobody has proposed it.
    #[error("nobody has proposed the destruction of this weapon")]
    NotProposed,
    /// Proposed, and not signed.
    #[error("a destruction is proposed already; sign it or withdraw it")]
    ProposedAlready,
    /// Reported, signed or corrected, and not recorded as it is.
    #[error(
        "a loss or theft is reported, a destruction is proposed and signed, a correction names another event"
    )]
    NotPlain,
    /// Before the event before it.
    #[error(
        "the event lies before the one that is recorded before it; correct the earlier date first"
    )]
    BeforeLast,
    /// After today.
    #[error("the event lies in the future")]
    InTheFuture,
    /// Nothing to correct.
    #[error("there is no event with this number that can be corrected")]
    NoSuchEvent,
    /// A text is missing or too long.
    #[error("`{0}` is missing, or has more than {TEXT_MAX} characters")]
    Text(&'static str),
    /// Full.
    #[error("the life of this weapon has too many events")]
    TooMany,
    /// The particulars cannot be.
    #[error(transparent)]
    Particulars(#[from] ParticularsRefused),
}

impl LifeRefused {
    /// The field that is wrong, as forms and the API name it.
    pub const fn field(&self) -> &'static str {
        match self {
            Self::BeforeLast | Self::InTheFuture => "on",
            Self::NotTheHolder | Self::SameHolder | Self::NoHolder => "holder",
            Self::SameOfficer => "officer",
            Self::NoEvidence => "evidence",
            Self::NoSuchEvent => "number",
            Self::Text(field) => field,
            Self::Particulars(error) => error.field(),
            _ => "event",
        }
    }
}
