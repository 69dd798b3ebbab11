//! `egnatia alert …`.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use egnatia_alerts::Reason;
use egnatia_protocol::RecallReason;
use egnatia_record::{
    AuthorityId, CaseReference, Category, Derogation, Evaluation, HandlingCode, LegalBasis, Nature,
    OriginRegime, PartnerCode, Purpose, RecordId, ReleasableTo, SubjectCategory,
};
use jiff::civil::Date;

/// What to do with alerts.
#[derive(Subcommand)]
pub enum Alert {
    /// Enter the alerts of a table, CSV or Excel; all of them or none.
    Import(Box<AlertImport>),
    /// List alerts, what is due for review first. Those of this node, or those of partners.
    List {
        /// Those that partners shared.
        #[arg(long)]
        received: bool,
        /// Those of this node that partners have returned after a restore.
        #[arg(long, conflicts_with = "received")]
        returned: bool,
        /// At most so many, 1 to 10,000.
        #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=10_000))]
        limit: u32,
        #[command(flatten)]
        why: Why,
    },
    /// Show an alert: what it says, where it went.
    Show {
        /// The alert.
        #[arg(value_name = "ID")]
        id: RecordId,
        #[command(flatten)]
        why: Why,
    },
    /// Take an alert of this node over again that a partner has returned after a restore.
    Adopt {
        /// The alert.
        #[arg(value_name = "ID")]
        id: RecordId,
        #[command(flatten)]
        why: Why,
    },
    /// Justify that an alert goes to a partner by an own assessment of the safeguards or by a
    /// derogation. It leaves at once.
    Justify(Box<AlertJustify>),
    /// End an alert of this node. Everybody who ever received it is told to erase it.
    Withdraw {
        /// The alert.
        #[arg(value_name = "ID")]
        id: RecordId,
        /// Why, in words.
        #[arg(long, value_parser = reason)]
        reason: Reason,
        /// What partners are told.
        #[arg(long, value_name = "WHY", default_value = "withdrawn", value_parser = recall)]
        because: RecallReason,
        #[command(flatten)]
        why: Why,
    },
}

/// Which transfer is justified, and why.
#[derive(Args)]
pub struct AlertJustify {
    /// The alert.
    #[arg(value_name = "ID")]
    pub id: RecordId,
    /// To whom it goes.
    #[arg(long)]
    pub to: AuthorityId,
    /// By which derogation: vital-interests, legitimate-interests, immediate-threat,
    /// individual-case, legal-claim.
    #[arg(long, conflicts_with = "told")]
    pub derogation: Option<Derogation>,
    /// For an own assessment: the category of transfers of which the supervisory authority was told.
    #[arg(
        long,
        value_name = "CATEGORY",
        required_unless_present = "derogation",
        requires = "told_on"
    )]
    pub told: Option<String>,
    /// On which day it was told: 2026-11-26.
    #[arg(long, value_name = "DAY")]
    pub told_on: Option<Date>,
    /// Why it is necessary in this case, or which safeguards there are.
    #[arg(long)]
    pub justification: String,
    /// For an individual case or a legal claim: why the person's rights do not override it.
    #[arg(long)]
    pub rights: Option<String>,
    #[command(flatten)]
    pub why: Why,
}

/// Why somebody acts.
#[derive(Args, Clone)]
pub struct Why {
    /// For what: border-check, terrorism, firearms-trafficking, serious-crime, stockpile-security,
    /// sanctions, prevention, supervision, administration.
    #[arg(long)]
    pub purpose: Option<Purpose>,
    /// In which case: the number of the file, journey or operation.
    #[arg(long)]
    pub case: Option<CaseReference>,
}

const AFTER: &str = "\
Columns are recognised by their headings, in English and the languages of the region. Fields of
--columns: category, reason, decision, action, warnings, offence, characteristics, proportionality,
object, entered-on, reference, different, distinguished-by; and of the person or object: name, alias,
given-name, patronymic, family-name, birth-date, gender, nationality, place, document, passport,
identity-card, national-number, kind.

Every row is checked before anything is written; where one is wrong, nothing is, and the exit code is
2. The same file once more enters nothing twice, and goes on where it was interrupted.";

/// Which alerts to enter, and how.
#[derive(Args)]
#[command(after_help = AFTER)]
pub struct AlertImport {
    /// The table: CSV or Excel, one alert a row.
    pub file: PathBuf,
    /// Which columns hold what, by number or heading: category=3,reason=Povod. May be given several
    /// times.
    #[arg(long, visible_alias = "column", value_name = "FIELD=COLUMN,…")]
    pub columns: Vec<String>,
    /// The first row holds no headings but an alert; needs --columns.
    #[arg(long, requires = "columns")]
    pub no_headings: bool,
    /// The category where a row states none, and which one of Article 36 its number means.
    #[arg(long)]
    pub category: Option<Category>,
    /// The decision, where a row states none.
    #[arg(long)]
    pub decision: Option<String>,
    /// Why, where a row does not say.
    #[arg(long, value_parser = reason)]
    pub reason: Option<Reason>,
    /// Why the case is adequate, relevant and important enough, where a row does not say.
    #[arg(long, value_parser = reason)]
    pub proportionality: Option<Reason>,
    /// Handling codes of all alerts: H0, H1, H2, H3.
    #[arg(long, value_delimiter = ',', default_value = "H0")]
    pub handling: Vec<HandlingCode>,
    /// The text of the restriction, with H3.
    #[arg(long)]
    pub restriction: Option<String>,
    /// Who may have them: anybody, nobody, or codes of partners, such as AL,MK. Arrangements still
    /// decide.
    #[arg(long, default_value = "nobody", value_name = "WHO", value_parser = release)]
    pub release_to: ReleasableTo,
    /// Under which regime the data came here, such as national, sis, interpol, partner.
    #[arg(long, default_value = "national")]
    pub origin: OriginRegime,
    /// On what ground they are held, such as national-law, sis-police, agreement.
    #[arg(long, default_value = "national-law")]
    pub legal_basis: LegalBasis,
    /// Reliability of the source and accuracy of the information; X4 where nobody assessed it.
    #[arg(long, default_value = "X4")]
    pub evaluation: Evaluation,
    /// Whom those on persons are about: suspect, convicted, victim, other-party, undetermined.
    #[arg(long, default_value = "undetermined")]
    pub subject: SubjectCategory,
    /// Fact or assessment.
    #[arg(long, default_value = "fact")]
    pub nature: Nature,
    /// You looked at all like alerts that a dry run names: why they are about somebody else.
    #[arg(long, value_name = "REASON", value_parser = reason)]
    pub like_are_different: Option<Reason>,
    /// Check every row, say what would be entered and to whom it would go, and enter nothing.
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub why: Why,
}

pub(super) fn reason(text: &str) -> Result<Reason, String> {
    Reason::try_from(text.to_owned()).map_err(|error| error.to_string())
}

fn recall(text: &str) -> Result<RecallReason, String> {
    let words = RecallReason::ALL.iter().map(|word| word.as_str());
    let words: Vec<&str> = words.collect();
    text.parse()
        .map_err(|_| format!("expected one of {}", words.join(", ")))
}

pub(super) fn release(text: &str) -> Result<ReleasableTo, String> {
    match text {
        "anybody" => Ok(ReleasableTo::Anybody),
        "nobody" => Ok(ReleasableTo::NobodyElse),
        codes => {
            let codes: Result<BTreeSet<PartnerCode>, _> =
                codes.split(',').map(|code| code.trim().parse()).collect();
            codes.map(ReleasableTo::Partners).map_err(|_| {
                "expected anybody, nobody, or codes of two capital letters with commas between"
                    .to_owned()
            })
        }
    }
}
