//! Firearms as they stand in requests and answers.

use std::collections::BTreeSet;

use egnatia_app::FirearmRow;
use egnatia_firearms::{
    Closing, Country, Custody, Event, Firearm, FrozenReturn, Incident, LateHop, Outcome,
    Particulars, ReturnKind, Trace, TraceAnswer, UrgencyGround,
};
use egnatia_record::{AuthorityId, Envelope, Handling, PartnerCode, RecordId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Which weapons are wanted.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WantedFirearms {
    /// How a number begins; or a maker, or a calibre.
    pub text: Option<String>,
    /// Of this maker.
    pub make: Option<String>,
    /// Of this calibre.
    pub calibre: Option<String>,
    /// Of this kind, such as `pistol`.
    pub kind: Option<String>,
    /// That are there: `held`, `authority`, `lost`, `stolen` and so on.
    pub custody: Option<String>,
    /// Of this model.
    pub model: Option<String>,
    /// Of this category: `A`, `B`, `C`.
    pub category: Option<String>,
    /// Made in this year, or from one to another: `1987`, `1980-1989`.
    pub year: Option<String>,
    /// Whether those that were written first come first.
    #[serde(default)]
    pub oldest_first: bool,
    /// The view that the caller keeps under this name. What else is stated comes in place of what it
    /// says.
    pub view: Option<String>,
    /// `next` of the page before.
    pub after: Option<String>,
    /// At most so many items, 1 to 100.
    pub limit: Option<u32>,
}

/// Which page of a list is wanted.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WantedPage {
    /// `next` of the page before.
    pub after: Option<String>,
    /// At most so many items, 1 to 100.
    pub limit: Option<u32>,
}

/// A line of the register.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FirearmLine {
    /// The record of the weapon.
    #[schema(value_type = String)]
    pub firearm: RecordId,
    /// The name under which it is shown.
    pub name: String,
    /// Its number in capitals, without separators.
    pub serial: String,
    /// Who made it.
    pub make: String,
    /// Calibre.
    pub calibre: String,
    /// What kind of weapon.
    pub kind: String,
    /// Where it is.
    pub custody: String,
    /// Model, as it is compared.
    pub model: String,
    /// Category of the directive; empty where it is not determined.
    pub category: String,
    /// Year of manufacture.
    pub year: Option<i16>,
    /// When it was last written.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

impl FirearmLine {
    pub fn of(row: FirearmRow) -> Self {
        Self {
            firearm: row.record,
            name: row.name,
            serial: row.serial,
            make: row.make,
            calibre: row.calibre,
            kind: row.kind,
            custody: row.custody,
            model: row.model,
            category: row.category,
            year: row.year,
            updated_at: row.updated_at,
        }
    }
}

/// A weapon that is to be registered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewFirearmBody {
    /// Marks, kind, make, model, calibre and so on.
    #[schema(value_type = Object)]
    pub particulars: Particulars,
    /// Under which number it stands in a register of before.
    pub reference: Option<String>,
    /// How it came here.
    pub first: Option<EventBody>,
    /// Like weapons and alerts that were looked at and are other ones.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub different_from: BTreeSet<RecordId>,
}

/// What is compared with the register.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LikeFirearmsBody {
    /// Marks, kind, make, model, calibre and so on.
    #[schema(value_type = Object)]
    pub particulars: Particulars,
}

/// Something that agrees with a weapon.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LikeFirearmBody {
    /// The record.
    #[schema(value_type = String)]
    pub record: RecordId,
    /// `firearms`, `alerts`, or `alerts:` with its issuer.
    pub list: String,
    /// The name under which it is shown.
    pub name: String,
    /// How far it agrees, and why.
    #[schema(value_type = Object)]
    pub assessment: egnatia_matching::Assessment,
}

/// Something that happened, and when.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EventBody {
    /// What: `{"transfer": {…}}`, `{"find": {…}}` and so on.
    #[schema(value_type = Object)]
    pub event: Event,
    /// When.
    #[schema(value_type = String, format = Date)]
    pub on: Date,
}

/// A loss or theft, with what the alert about it needs.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MissingBody {
    /// `{"loss": {…}}` or `{"theft": {…}}`.
    #[schema(value_type = Object)]
    pub event: Event,
    /// When it happened, as far as is known.
    #[schema(value_type = String, format = Date)]
    pub on: Date,
    /// The decision that gives rise to the alert.
    pub decision: String,
    /// Codes, restriction, releasability, origin of the alert.
    #[schema(value_type = Object)]
    pub handling: Handling,
}

/// A destruction that is proposed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProposalBody {
    /// How.
    pub method: String,
    /// The evidence.
    pub evidence: String,
}

/// A destruction that is signed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignatureBody {
    /// When it was destroyed.
    #[schema(value_type = String, format = Date)]
    pub on: Date,
}

/// A weapon with its life.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FirearmBody {
    /// Whose record it is, why, until when.
    #[schema(value_type = Object)]
    pub envelope: Envelope,
    /// What it says.
    #[schema(value_type = Object)]
    pub firearm: Firearm,
    /// Where it is.
    #[schema(value_type = Object)]
    pub custody: Custody,
    /// When the report of an open loss or theft was due.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub report_due_at: Option<Timestamp>,
    /// What the form of its number says.
    pub hints: Vec<String>,
    /// Incidents in which it is.
    #[schema(value_type = Vec<String>)]
    pub incidents: Vec<RecordId>,
}

/// A record that was written.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RecordedBody {
    /// The record.
    #[schema(value_type = String)]
    pub id: RecordId,
}

/// An incident.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct IncidentBody {
    /// The record.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// Whose it is.
    #[schema(value_type = Object)]
    pub envelope: Envelope,
    /// What it says.
    #[schema(value_type = Object)]
    pub incident: Incident,
}

/// Incidents with something in common.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClusterBody {
    /// `make`, `lot`, `serials` or `route`.
    pub by: String,
    /// Its name.
    pub name: String,
    /// The incidents.
    #[schema(value_type = Vec<String>)]
    pub incidents: Vec<RecordId>,
}

/// A trace that is to be asked.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewTraceBody {
    /// The weapon.
    #[schema(value_type = Object)]
    pub weapon: Particulars,
    /// The weapon's record here, where it has one.
    #[schema(value_type = Option<String>)]
    pub firearm: Option<RecordId>,
    /// Where it turned up: two letters.
    #[schema(value_type = String)]
    pub recovered_in: Country,
    /// When.
    #[schema(value_type = String, format = Date)]
    pub recovered_on: Date,
    /// Offence.
    pub offence: String,
    /// `public-security`, `life`, `liberty` or `relevance`, where it is urgent.
    #[schema(value_type = Option<String>)]
    pub urgency: Option<UrgencyGround>,
    /// What the ground is here.
    #[serde(default)]
    pub urgency_reason: String,
    /// How it turned up.
    #[serde(default)]
    pub circumstances: String,
    /// What the answer is used for.
    pub intended_use: String,
    /// What else is asked.
    #[serde(default)]
    pub question: String,
    /// Who is asked first.
    #[schema(value_type = String)]
    pub to: AuthorityId,
    /// To which countries it may be passed on.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub may_pass_to: BTreeSet<PartnerCode>,
}

/// A country of the chain.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HopBody {
    /// Who was asked.
    #[schema(value_type = String)]
    pub authority: AuthorityId,
    /// Who handed the question over.
    #[schema(value_type = String)]
    pub via: AuthorityId,
    /// How far it is from whoever asks, from 1.
    pub depth: usize,
    /// Since when it has it.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    /// When the answer is due.
    #[schema(value_type = String, format = DateTime)]
    pub due_at: Timestamp,
    /// `not-delivered`, `silent` or `answered`.
    pub state: &'static str,
    /// The answer.
    #[schema(value_type = Option<Object>)]
    pub answer: Option<Outcome>,
    /// When it was given.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub answered_at: Option<Timestamp>,
}

/// A trace with its chain.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TraceBody {
    /// Whose it is.
    #[schema(value_type = Object)]
    pub envelope: Envelope,
    /// What is asked.
    #[schema(value_type = Object)]
    pub trace: Trace,
    /// Whether it is this node's own.
    pub is_own: bool,
    /// `waiting`, `late`, `answered`, `traced` or `closed`.
    pub standing: &'static str,
    /// The chain; empty for a partner's trace.
    pub hops: Vec<HopBody>,
    /// Median time of the answers, in tenths of a day.
    pub median_tenths_of_a_day: Option<i64>,
}

/// A trace to which somebody is late.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LateTraceBody {
    /// The trace.
    #[schema(value_type = String)]
    pub trace: RecordId,
    /// The weapon.
    pub name: String,
    /// Who is late: `authority`, `since`, `due_at`, `noted_at`, `escalated_at`.
    #[schema(value_type = Vec<Object>)]
    pub hops: Vec<LateHop>,
    /// When they were reminded last.
    #[schema(value_type = Option<String>)]
    pub reminded_at: Option<Timestamp>,
    /// Whether they may be reminded now: once a day.
    pub may_remind: bool,
}

/// A line in the list of traces.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TraceLine {
    /// The record.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// `waiting`, `late`, `answered`, `traced` or `closed`.
    pub standing: &'static str,
    /// What is asked.
    #[schema(value_type = Object)]
    pub trace: Trace,
}

/// An answer, or its clock, with the question.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TraceAnswerBody {
    /// The record.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// The answer.
    #[schema(value_type = Object)]
    pub answer: TraceAnswer,
    /// What is asked.
    #[schema(value_type = Object)]
    pub trace: Trace,
}

/// What is answered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewAnswerBody {
    /// `{"exported-to": {…}}`, `"no-record"` and so on.
    #[schema(value_type = Object)]
    pub outcome: Outcome,
    /// To whom the question goes on.
    #[schema(value_type = Option<String>)]
    pub pass_to: Option<AuthorityId>,
}

/// A partner's node.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ToBody {
    /// Whose.
    #[schema(value_type = String)]
    pub to: AuthorityId,
}

/// A country.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConsentBody {
    /// Its code.
    #[schema(value_type = String)]
    pub country: PartnerCode,
}

/// Why a trace is closed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClosingBody {
    /// `traced`, `led-nowhere` or `not-needed`.
    #[schema(value_type = String)]
    pub why: Closing,
}

/// Which return, about which time.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewReturnBody {
    /// `unodc-iafq` or `regional-half-year`.
    #[schema(value_type = String)]
    pub kind: ReturnKind,
    /// `2026`, or `2026-H1`.
    pub period: String,
}

/// A frozen return.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReturnBody {
    /// The record.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// What it says.
    #[schema(value_type = Object)]
    pub body: FrozenReturn,
    /// Whether its table has the hash that it was frozen with.
    pub is_whole: bool,
}
