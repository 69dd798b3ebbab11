//! Alerts as they stand in requests and answers.

use std::collections::BTreeSet;

use egnatia_alerts::{Alert, AlertDraft, Inquiry, ObjectKind, Warning};
use egnatia_app::{AlertSummary, DeliveryRow, LikeAlert, NewAlert, PassedOn, Recipient};
use egnatia_matching::Description;
use egnatia_protocol::RecallReason;
use egnatia_record::{
    AuthorityId, Category, Envelope, Evaluation, Handling, LegalBasis, Nature, PartnerCode,
    RecordId, SubjectCategory, Version,
};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::matches::reason_of;
use crate::problem::Problem;

/// A line in the list of alerts.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AlertLine {
    /// The record of the alert.
    #[schema(value_type = String)]
    pub alert: RecordId,
    /// Its name or number.
    pub name: String,
    /// `arrest`, `discreet-check`, `foreign-terrorist-fighter` and so on.
    #[schema(value_type = String)]
    pub category: Category,
    /// The authority that issued it.
    #[schema(value_type = String)]
    pub issuer: AuthorityId,
    /// `active`, `received`, `withdrawn` or `restricted`.
    pub state: String,
    /// On this day it is erased unless somebody extends it.
    #[schema(value_type = String, format = Date)]
    pub review_on: Date,
}

/// Whom or what, why, and how it is handled.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewAlertBody {
    /// What it says.
    #[serde(flatten)]
    pub draft: DraftBody,
    /// Codes, restriction, releasability, origin.
    #[schema(value_type = Object)]
    pub handling: Handling,
    /// On what ground it is held.
    #[schema(value_type = String, example = "national-law")]
    pub legal_basis: LegalBasis,
    /// `A1` to `X4`.
    #[schema(value_type = String, example = "A1")]
    pub evaluation: Evaluation,
    /// Whom it is about; for an object `no-person`.
    #[schema(value_type = String, example = "suspect")]
    pub subject: SubjectCategory,
    /// `fact` or `assessment`.
    #[schema(value_type = String, example = "fact")]
    pub nature: Nature,
    /// Like alerts that were looked at and are about somebody else.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub different_from: BTreeSet<RecordId>,
}

/// What an alert says.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct DraftBody {
    /// The category decides what is done and until when it is kept.
    #[schema(value_type = String, example = "arrest")]
    pub category: Category,
    /// Names, births, numbers and so on, as checks have them.
    #[schema(value_type = Object)]
    pub description: Description,
    /// What kind of object, where it is about one.
    #[schema(value_type = Option<String>, example = "firearm")]
    pub object: Option<ObjectKind>,
    /// Why, 3 to 2,000 characters.
    pub reason: String,
    /// What is done; without it, what the category says.
    #[serde(default)]
    pub action: String,
    /// The decision that gives rise to it.
    pub decision: String,
    /// Why the case is adequate; needed for persons, except for terrorism.
    pub proportionality: Option<String>,
    /// `armed`, `violent` and so on.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub warnings: BTreeSet<Warning>,
    /// Type of offence.
    pub offence: Option<String>,
    /// Physical characteristics.
    pub characteristics: Option<String>,
    /// What tells it from a like alert.
    pub distinguished_by: Option<String>,
    /// Other alerts of this authority.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub links: BTreeSet<RecordId>,
}

/// What a corrected alert says.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CorrectionBody {
    #[serde(flatten)]
    pub draft: DraftBody,
}

/// A partner, and whether an alert goes there.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RecipientBody {
    /// Whose node.
    #[schema(value_type = String)]
    pub authority: AuthorityId,
    /// Of which side.
    #[schema(value_type = String)]
    pub partner: PartnerCode,
    /// Gate and instrument, where it goes there.
    pub ground: Option<String>,
    /// Why it does not go there, where it does not.
    pub withheld: Option<&'static str>,
}

/// An alert that describes the same.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LikeBody {
    /// The record of the alert.
    #[schema(value_type = String)]
    pub alert: RecordId,
    /// Its name.
    pub name: String,
    /// Its issuer, where it is a partner's.
    #[schema(value_type = Option<String>)]
    pub issuer: Option<AuthorityId>,
    /// How likely it is the same.
    pub probability: f64,
}

/// What would be, before anything is entered.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PreviewBody {
    /// Alerts that describe the same: `different_from` has to name each.
    pub like: Vec<LikeBody>,
    /// Where it would go, and where not.
    pub recipients: Vec<RecipientBody>,
}

/// An alert was entered.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EnteredBody {
    /// The record of the alert.
    #[schema(value_type = String)]
    pub alert: RecordId,
    /// Where it goes, and where not.
    pub recipients: Vec<RecipientBody>,
}

/// An alert with what came of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AlertViewBody {
    /// Who, when, why, and what may be done with it.
    #[schema(value_type = Object)]
    pub envelope: Envelope,
    /// What it says.
    #[schema(value_type = Object)]
    pub alert: Alert,
    /// `active`, `received`, `withdrawn` or `restricted`.
    pub state: String,
    /// Whether this authority issued it.
    pub is_own: bool,
    /// Where it may go today; empty for a partner's.
    pub recipients: Vec<RecipientBody>,
    /// Whether the person must not learn of it.
    pub covert: bool,
    /// Matches that it led to.
    #[schema(value_type = Vec<String>)]
    pub matches: Vec<RecordId>,
    /// Hits of this authority's own officers.
    #[schema(value_type = Vec<String>)]
    pub hits: Vec<RecordId>,
    /// That its purpose is achieved, where nobody has answered.
    pub notice: Option<NoticeBody>,
    /// Questions about it.
    #[schema(value_type = Vec<String>)]
    pub inquiries: Vec<RecordId>,
    /// Reports of hits.
    #[schema(value_type = Vec<String>)]
    pub hit_reports: Vec<RecordId>,
    /// From this day on it is marked as due for review.
    #[schema(value_type = String, format = Date)]
    pub warn_on: Date,
    /// Whether the caller may change it.
    pub may_change: bool,
}

/// Something that was queued for a partner.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeliveryBody {
    /// The order in which things were queued.
    pub position: u64,
    /// For whom.
    #[schema(value_type = String)]
    pub to: AuthorityId,
    /// `record`, `recall`, `hit`, `request`, `answer` or `card`.
    pub kind: String,
    /// In which version.
    pub version: Option<u32>,
    /// Gate and instrument.
    pub ground: String,
    /// `queued`, `delivered`, `refused` or `withheld`.
    pub state: &'static str,
    /// Why it was refused or withheld.
    pub reason: Option<String>,
    /// When it was queued, UTC.
    #[schema(value_type = String, format = DateTime)]
    pub queued_at: Timestamp,
    /// When it was done, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub done_at: Option<Timestamp>,
}

/// Why an alert is kept beyond its review date.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExtensionBody {
    /// 3 to 2,000 characters that say something.
    pub assessment: String,
}

/// A flag that another party asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FlagBody {
    /// On whose territory the action is not carried out.
    #[schema(value_type = String)]
    pub authority: AuthorityId,
    /// 3 to 2,000 characters that say something.
    pub reason: String,
    /// What is done instead.
    pub alternative_action: Option<String>,
}

/// Why an alert is withdrawn.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WithdrawalBody {
    /// `withdrawn`, `inaccurate` or `unlawful`.
    #[schema(value_type = String, example = "withdrawn")]
    pub why: RecallReason,
    /// 3 to 2,000 characters that say something.
    pub reason: String,
}

/// How an alert is handled from now on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct HandlingBody {
    /// Codes and to whom it is released; the origin stays as it is.
    #[schema(value_type = Object)]
    pub handling: Handling,
    /// 3 to 2,000 characters that say something.
    pub why: String,
}

/// Why the purpose of an alert is achieved, or why the alert stays all the same.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AchievedBody {
    /// 3 to 2,000 characters that say something.
    pub why: String,
}

/// The issuer is told that the purpose of an alert is achieved.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ToldBody {
    /// The record of the notice.
    #[schema(value_type = String)]
    pub notice: RecordId,
}

/// That the purpose of an alert is achieved, and that nobody has answered.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NoticeBody {
    /// The record of the notice.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// Who told it, why, and until when it is answered.
    #[schema(value_type = Object)]
    pub notice: Inquiry,
}

/// Why an alert is restricted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RestrictionBody {
    /// 3 to 2,000 characters that say something.
    pub reason: String,
}

/// To whom a partner's alert is passed on, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PassOnBody {
    /// An accepted partner.
    #[schema(value_type = String)]
    pub to: AuthorityId,
    /// 3 to 2,000 characters that say something; the issuer reads it.
    pub why: String,
}

/// What passing on led to.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PassedOnBody {
    /// `queued`: the issuer has permitted it; `asked`: the issuer is asked; `waits`: it was asked
    /// before and has not answered.
    pub outcome: &'static str,
    /// The question to the issuer, where there is no answer yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub inquiry: Option<RecordId>,
}

impl PassedOnBody {
    pub fn of(passed: PassedOn) -> Self {
        let (outcome, inquiry) = match passed {
            PassedOn::Queued => ("queued", None),
            PassedOn::Asked(inquiry) => ("asked", Some(inquiry)),
            PassedOn::Waits(inquiry) => ("waits", Some(inquiry)),
        };
        Self { outcome, inquiry }
    }
}

impl NewAlertBody {
    pub fn read(self) -> Result<NewAlert, Problem> {
        Ok(NewAlert {
            draft: self.draft.read()?,
            handling: self.handling,
            legal_basis: self.legal_basis,
            evaluation: self.evaluation,
            subject: self.subject,
            nature: self.nature,
            different_from: self.different_from,
        })
    }
}

impl DraftBody {
    pub fn read(self) -> Result<AlertDraft, Problem> {
        let note = self.proportionality;
        let note = note.map(|text| reason_of(text, "proportionality"));
        Ok(AlertDraft {
            category: self.category,
            subject: self.description,
            object: self.object,
            reason: reason_of(self.reason, "reason")?,
            action: self.action,
            decision: self.decision,
            proportionality: note.transpose()?,
            warnings: self.warnings,
            offence: self.offence,
            characteristics: self.characteristics,
            distinguished_by: self.distinguished_by,
            links: self.links,
        })
    }
}

impl AlertLine {
    pub fn of(item: AlertSummary) -> Self {
        Self {
            alert: item.alert,
            name: item.body.display_name().to_owned(),
            category: item.body.category,
            issuer: item.envelope.originator,
            state: item.state,
            review_on: item.body.review_on,
        }
    }
}

impl RecipientBody {
    pub fn of(recipient: Recipient) -> Self {
        let (ground, withheld) = match recipient.outcome {
            Ok(ground) => (Some(ground), None),
            Err(withheld) => (None, Some(withheld.as_str())),
        };
        Self {
            authority: recipient.authority,
            partner: recipient.partner,
            ground,
            withheld,
        }
    }
}

impl LikeBody {
    pub fn of(like: LikeAlert) -> Self {
        Self {
            alert: like.alert,
            name: like.name,
            issuer: like.issuer,
            probability: like.probability,
        }
    }
}

impl DeliveryBody {
    pub fn of(row: DeliveryRow) -> Self {
        Self {
            position: row.position,
            to: row.to,
            kind: row.kind,
            version: row.version.map(Version::number),
            ground: row.ground,
            state: row.state.as_str(),
            reason: row.reason,
            queued_at: row.queued_at,
            done_at: row.done_at,
        }
    }
}
