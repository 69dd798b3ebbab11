//! The spine of Egnatia: what every record carries, whatever its domain.
//!
//! A [`Record`] is an [`Envelope`] and a body. The envelope says whose it is, why it is held, who
//! may have it, how reliable it is and when it must be looked at again. No constructor makes an
//! envelope that lacks one of these.
//!
//! This crate never does I/O and never reads the clock: time comes through [`Clock`], chance
//! through [`Entropy`].
//!
//! Start at [`Envelope`].
//!
//! ```
//! use egnatia_record::{Evaluation, Purpose};
//!
//! assert_eq!(Evaluation::MISSING.to_string(), "X4");
//! assert_eq!("terrorism".parse::<Purpose>()?, Purpose::Terrorism);
//! # Ok::<(), egnatia_record::UnknownTerm>(())
//! ```

mod ambient;
mod arrangement;
mod envelope;
mod evaluation;
mod handling;
mod ids;
mod justification;
mod release;
mod retention;
mod transfer;
mod visible;
mod vocabulary;

pub use ambient::{Clock, Entropy};
pub use arrangement::{Arrangement, Category, Gate, InvalidArrangement};
pub use envelope::{Envelope, Kind, Record, Version};
pub use evaluation::{Accuracy, Evaluation, InvalidEvaluation, Reliability};
pub use handling::{
    Handling, HandlingCode, HandlingError, OriginRegime, PartnerCode, ReleasableTo,
};
pub use ids::{AuthorityId, InvalidId, RecordId, UserId};
pub use justification::{CaseReference, InvalidCaseReference, Justification};
pub use release::{Crossing, Outgoing, Withheld};
pub use retention::{Overdue, Retention, RetentionError};
pub use transfer::{Derogation, InvalidTransfer, Told, Transfer, TransferGround};
pub use visible::{is_hidden_control, visible};
pub use vocabulary::{LegalBasis, Nature, Purpose, SubjectCategory, UnknownTerm};
