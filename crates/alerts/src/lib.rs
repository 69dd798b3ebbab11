//! Who is looked for, who was checked, and what came of it.
//!
//! A [`Check`] yields [`Match`]es; a match waits for a named officer; a confirmed match is a
//! [`Hit`] and opens a [`FollowUp`]. Nothing here decides by itself, and nothing does I/O.
//!
//! Start at [`Match::decide`]: the line between a match and a hit.

mod alert;
mod check;
mod decision;
mod entry;
mod follow_up;
mod inquiry;
mod profile;
mod screening;
mod warning;

pub use alert::{Alert, AlertDraft, AlertRefused, AlertState, Extension, Flag, ObjectKind};
pub use check::{Check, ConsultedList, EntryRef, ScannedZone, Settled};
pub use decision::{
    Decided, Decision, DecisionRefused, Hit, InvalidReason, Match, MatchState, Outcome, Reason,
};
pub use entry::{Document, ListEntry, ListedBirth, ListedName, NameQuality, Place, SourceText};
pub use follow_up::{FollowUp, FollowUpRefused, FollowUpState};
pub use inquiry::{
    AnsweredAlready, Direction, FollowedUp, HitReport, Inquiry, InquiryAnswer, InquiryState,
    PURPOSE_ACHIEVED,
};
pub use profile::{About, CategoryTerms, InvalidProfile, Profile};
pub use screening::{
    RowOutcome, ScreenedRow, ScreenedRows, Screening, ScreeningCounts, ScreeningState,
};
pub use warning::Warning;
