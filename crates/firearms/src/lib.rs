//! Firearms: how they are marked, where they have been, how they are traced.
//!
//! A [`Firearm`] has [`Particulars`] (marks as they are read, make, model, calibre) and a life: a
//! list of events that is only added to. Where it is follows from the events and from nothing
//! else, so that it is never in two places. A [`Trace`] asks one country after the other; an
//! [`Incident`] is a seizure, a find or a surrender; a return is counted from incidents.
//!
//! Nothing here does I/O, and nothing is about persons but a holder, who stands in the register
//! and leaves it only by an answer at the last hop of a trace.
//!
//! Start at [`Firearm::record`]: which event may follow which.
//!
//! ```
//! use egnatia_firearms::Reference;
//!
//! let reference = Reference::shipped()?;
//! let m43 = reference.calibre("7,62×39 M43").map(|calibre| calibre.name());
//! assert_eq!(m43, reference.calibre("7.62x39mm").map(|calibre| calibre.name()));
//! # Ok::<(), egnatia_firearms::InvalidReference>(())
//! ```

mod clusters;
mod evidence;
mod figures;
mod firearm;
mod holder;
mod incident;
mod kind;
mod label;
mod life;
mod mark;
mod particulars;
mod profile;
mod reference;
mod refused;
mod returns;
mod text;
mod trace;

pub use clusters::{Cluster, ClusterBy, ClusterItem, clusters};
pub use evidence::{SerialQueries, assess, is_worn};
pub use figures::{Figures, IncidentFilter, MonthFigures, PlaceFigures, Precision, places, series};
pub use firearm::{
    Firearm, KeptPhotograph, Proposal, ProposedCorrection, ProposedDestruction, Recording,
};
pub use holder::{Holder, HolderKind, Personal};
pub use incident::{
    Ammunition, Context, Explosive, Incident, IncidentKind, IncidentRefused, InvalidItem,
    InvolvedPerson, Offence, Part, Proceedings, Route, SeizedWeapon, Transport, read_position,
};
pub use kind::{Category, WeaponKind};
pub use label::Label;
pub use life::{
    Custody, Entry, Event, EventDraft, EventField, EventKind, Form, Report, Standing, Stay, Taken,
};
pub use mark::{Doubt, InvalidMark, Mark, MarkPlace, MarkRefused, MarkState};
pub use particulars::{Country, InvalidCountry, Particulars, ParticularsRefused, Photograph};
pub use profile::{InvalidProfile, Profile, ReportClock, ReportStanding};
pub use reference::{Calibre, InvalidReference, Make, Model, Reference, SerialHint};
pub use refused::LifeRefused;
pub use returns::{
    AnsweredTrace, FrozenReturn, Period, ProgressRow, RegisterEvent, ReturnData, ReturnKind,
    ReturnRow, ReturnSection, TraceHop, TraceResult, count_return, progress, progress_table,
};
pub use trace::{
    AnswerState, Closed, Closing, Hop, HopState, LateHop, LateNews, LateTrace, Outcome,
    PartnerTimes, PassedOn, Priority, Refusal, Trace, TraceAnswer, TraceRefused, UrgencyGround,
    hops, median_days, partner_times,
};
