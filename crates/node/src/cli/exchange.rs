//! `egnatia question …`, `egnatia hit …`: what authorities ask and tell each other.

use clap::{Args, Subcommand};
use egnatia_alerts::Reason;
use egnatia_protocol::{DeclineGround, Matter, ReportField};
use egnatia_record::{AuthorityId, RecordId};

use super::Why;
use super::alert::reason;

/// What to do with questions between authorities.
#[derive(Subcommand)]
pub enum Question {
    /// List questions to this node and its own, what is due first first; answered ones follow.
    List {
        /// At most so many, 1 to 1,000.
        #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1_000))]
        limit: u32,
        #[command(flatten)]
        why: Why,
    },
    /// Show a question with its answer.
    Show {
        /// The question.
        #[arg(value_name = "ID")]
        id: RecordId,
        #[command(flatten)]
        why: Why,
    },
    /// Ask whoever issued an alert. The clock starts when they get it: 12 hours, or at once.
    Ask(Box<Ask>),
    /// Answer a partner's question.
    Answer(Box<AnswerQuestion>),
}

/// What is asked.
#[derive(Args)]
pub struct Ask {
    /// The alert of a partner.
    #[arg(value_name = "ALERT")]
    pub about: RecordId,
    /// supplementary-information, duplicate-question, onward-transfer, flag or correction.
    #[arg(long, value_parser = matter)]
    pub matter: Matter,
    /// With onward-transfer: who would get the alert. Where its issuer has permitted it, it leaves at
    /// once.
    #[arg(long, required_if_eq("matter", "onward-transfer"))]
    pub to: Option<AuthorityId>,
    /// The question, in words.
    #[arg(long, value_parser = reason)]
    pub text: Reason,
    /// Why it is urgent: a danger to life, or terrorism.
    #[arg(long, value_name = "REASON")]
    pub urgent: Option<String>,
    #[command(flatten)]
    pub why: Why,
}

/// What is answered.
#[derive(Args)]
pub struct AnswerQuestion {
    /// The question.
    #[arg(value_name = "ID")]
    pub id: RecordId,
    /// granted or refused; same or different for a duplicate. Without it, words are enough.
    #[arg(long)]
    pub decision: Option<DecisionWord>,
    /// With refused: one of the grounds of Directive (EU) 2023/977 Art. 6(1), such as not-available.
    #[arg(long, required_if_eq("decision", "refused"), value_parser = ground)]
    pub ground: Option<DeclineGround>,
    /// The answer, in words.
    #[arg(long, value_parser = reason)]
    pub text: Reason,
    #[command(flatten)]
    pub why: Why,
}

/// What is decided on a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum DecisionWord {
    /// Yes.
    Granted,
    /// No.
    Refused,
    /// The same person or object.
    Same,
    /// Another one.
    Different,
}

/// What to do with hits. A match is confirmed on its page, with the evidence in front of a named
/// officer, never here.
#[derive(Subcommand)]
pub enum Hit {
    /// List hits that were confirmed here, what is due first first.
    List {
        /// Instead those that partners have reported on alerts of this node.
        #[arg(long)]
        reported: bool,
        /// At most so many, 1 to 1,000.
        #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1_000))]
        limit: u32,
        #[command(flatten)]
        why: Why,
    },
    /// Show a hit.
    Show {
        /// The hit.
        #[arg(value_name = "ID")]
        id: RecordId,
        /// One that a partner has reported.
        #[arg(long)]
        reported: bool,
        #[command(flatten)]
        why: Why,
    },
    /// Close the follow-up of a hit that was confirmed here. Where it is on a partner's alert, its
    /// issuer gets this as supplementary information.
    Report {
        /// The hit.
        #[arg(value_name = "ID")]
        id: RecordId,
        /// What was done.
        #[arg(long, value_parser = reason)]
        text: Reason,
        /// The report on the check, field by field: located, place-time-reason, route, companions,
        /// identity-revealed, objects-used, objects-carried, circumstances, other-requested.
        #[arg(long = "field", value_name = "FIELD=TEXT", value_parser = field)]
        fields: Vec<(ReportField, String)>,
        #[command(flatten)]
        why: Why,
    },
    /// State what was done about a hit that a partner has reported.
    FollowUp {
        /// The report.
        #[arg(value_name = "ID")]
        id: RecordId,
        /// What was done.
        #[arg(long, value_parser = reason)]
        text: Reason,
        /// The purpose of the alert is achieved: whoever issues alerts here is told to end it.
        #[arg(long)]
        achieved: bool,
        #[command(flatten)]
        why: Why,
    },
}

fn one_of<'a>(words: impl Iterator<Item = &'a str>) -> String {
    format!("expected one of {}", words.collect::<Vec<_>>().join(", "))
}

fn matter(text: &str) -> Result<Matter, String> {
    let words = Matter::ALL.iter().map(|word| word.as_str());
    text.parse().map_err(|_| one_of(words))
}

fn ground(text: &str) -> Result<DeclineGround, String> {
    let words = DeclineGround::ALL.iter().map(|word| word.as_str());
    text.parse().map_err(|_| one_of(words))
}

fn field(text: &str) -> Result<(ReportField, String), String> {
    let words = ReportField::ALL.iter().map(|word| word.as_str());
    let (name, value) = text
        .split_once('=')
        .ok_or("expected FIELD=TEXT, such as located=\"at the border\"")?;
    let name = name.trim().parse().map_err(|_| one_of(words))?;
    Ok((name, value.trim().to_owned()))
}
