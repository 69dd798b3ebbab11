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
    #[error("two different officers sign this: whoever proposed it does not sign it")]
    SameOfficer,
    /// Two officers signed what one would correct.
    #[error("two officers signed this event: propose its correction, and another officer signs it")]
    SignedByTwo,
    /// One officer corrects it.
    #[error("nobody but the one who recorded this event signed it: correct it as it is")]
    SignedByOne,
    /// No evidence of the destruction.
    #[error("state the evidence of the destruction: protocol, photographs, witnesses")]
    NoEvidence,
    /// As many photographs as a weapon may have.
    #[error("a weapon has at most 24 photographs; take one away first")]
    TooManyPhotographs,
    /// Nobody has proposed it.
    #[error("nobody has proposed this: one officer proposes it, and another one signs")]
    NotProposed,
    /// Proposed, and not signed.
    #[error("something is proposed already; sign it as another officer, or withdraw it")]
    ProposedAlready,
    /// A photograph of a weapon that two officers saw destroyed.
    #[error(
        "two officers signed the destruction with this photograph; it stays until two correct that"
    )]
    Evidence,
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
    /// Its name: it does not change, and words of other languages stand under it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::NotFirst => "not-first",
            Self::AlreadyHere => "already-here",
            Self::NotHere => "not-here",
            Self::NotTheHolder => "not-the-holder",
            Self::SameHolder => "same-holder",
            Self::Missing => "missing",
            Self::StillHeld => "still-held",
            Self::NotWithAnAuthority => "not-with-an-authority",
            Self::NoHolder => "no-holder",
            Self::Deactivated => "deactivated",
            Self::Destroyed => "destroyed",
            Self::SameOfficer => "same-officer",
            Self::SignedByTwo => "signed-by-two",
            Self::SignedByOne => "signed-by-one",
            Self::NoEvidence => "no-evidence",
            Self::Evidence => "evidence",
            Self::TooManyPhotographs => "too-many-photographs",
            Self::NotProposed => "not-proposed",
            Self::ProposedAlready => "proposed-already",
            Self::NotPlain => "not-plain",
            Self::BeforeLast => "before-last",
            Self::InTheFuture => "in-the-future",
            Self::NoSuchEvent => "no-such-event",
            Self::Text(_) => "text",
            Self::TooMany => "too-many",
            Self::Particulars(error) => error.name(),
        }
    }

    /// The field that is wrong, as forms and the API name it.
    pub const fn field(&self) -> &'static str {
        match self {
            Self::BeforeLast | Self::InTheFuture => "on",
            Self::NotTheHolder | Self::SameHolder | Self::NoHolder => "holder",
            Self::SameOfficer => "officer",
            Self::NoEvidence => "evidence",
            Self::NoSuchEvent | Self::SignedByTwo | Self::SignedByOne => "number",
            Self::Evidence => "photograph",
            Self::Text(field) => field,
            Self::Particulars(error) => error.field(),
            _ => "event",
        }
    }
}
