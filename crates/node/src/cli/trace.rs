//! `egnatia firearm trace …`.

use clap::{Args, Subcommand};
use egnatia_firearms::{Closing, Country, HolderKind, Refusal, UrgencyGround, WeaponKind};
use egnatia_record::{AuthorityId, PartnerCode, RecordId};
use jiff::civil::Date;

use super::Why;
use super::firearm::{among, weapon_kind};
use super::firearm_life::holder_kind;

/// What to do with traces.
#[derive(Subcommand)]
pub enum Trace {
    /// Ask the country of manufacture, or of the last import, after a weapon.
    Ask(TraceAsk),
    /// List traces of this node, the newest first.
    List {
        /// At most so many, 1 to 100.
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=100))]
        limit: u32,
        #[command(flatten)]
        why: Why,
    },
    /// Show where one's own trace stands, country by country.
    Show {
        /// The trace.
        #[arg(value_name = "ID")]
        id: RecordId,
        #[command(flatten)]
        why: Why,
    },
    /// Ask a further country after the same weapon.
    Further {
        /// The trace.
        #[arg(value_name = "ID")]
        id: RecordId,
        /// Whom.
        #[arg(long)]
        to: AuthorityId,
        #[command(flatten)]
        why: Why,
    },
    /// Consent that whoever has the trace passes it on to a country.
    Consent {
        /// The trace.
        #[arg(value_name = "ID")]
        id: RecordId,
        /// Which country.
        #[arg(long)]
        country: PartnerCode,
        #[command(flatten)]
        why: Why,
    },
    /// Remind everybody who is late with the answer, once a day at most.
    Remind {
        /// The trace.
        #[arg(value_name = "ID")]
        id: RecordId,
        #[command(flatten)]
        why: Why,
    },
    /// Close a trace: whoever has it and has not answered need not any more.
    Close {
        /// The trace.
        #[arg(value_name = "ID")]
        id: RecordId,
        /// Why: traced, led-nowhere, not-needed.
        #[arg(value_parser = closing)]
        because: Closing,
        #[command(flatten)]
        why: Why,
    },
    /// List traces of this node to which somebody is late: the node notes it by itself, and proposes
    /// to remind them.
    Late {
        #[command(flatten)]
        why: Why,
    },
    /// Show how each partner answers: how often, and the median in days.
    Partners {
        #[command(flatten)]
        why: Why,
    },
    /// List partners' traces, what is due first first; answered ones follow.
    Inbox {
        /// At most so many, 1 to 100.
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=100))]
        limit: u32,
        #[command(flatten)]
        why: Why,
    },
    /// Answer a partner's trace, and pass it on where the weapon was exported.
    Answer(TraceReply),
    /// Pass a trace on that was answered before the asker consented.
    PassOn {
        /// The answer.
        #[arg(value_name = "ID")]
        id: RecordId,
        /// To whom.
        #[arg(long)]
        to: AuthorityId,
        #[command(flatten)]
        why: Why,
    },
}

impl Trace {
    /// Why it is asked.
    pub const fn why(&self) -> &Why {
        match self {
            Self::Ask(what) => &what.why,
            Self::Answer(what) => &what.why,
            Self::List { why, .. }
            | Self::Show { why, .. }
            | Self::Further { why, .. }
            | Self::Consent { why, .. }
            | Self::Remind { why, .. }
            | Self::Close { why, .. }
            | Self::Late { why }
            | Self::Partners { why }
            | Self::Inbox { why, .. }
            | Self::PassOn { why, .. } => why,
        }
    }
}

/// Which weapon, and whom to ask.
#[derive(Args)]
pub struct TraceAsk {
    /// Whom.
    #[arg(long)]
    pub to: AuthorityId,
    /// The weapon of the register; without it, what was read.
    #[arg(long, value_name = "ID", conflicts_with = "serial")]
    pub firearm: Option<RecordId>,
    /// The number of the frame or receiver; `?` is one place that cannot be read, `*` any number.
    #[arg(long, default_value = "")]
    pub serial: String,
    /// Who made it.
    #[arg(long, default_value = "", required_unless_present = "firearm")]
    pub make: String,
    /// Model.
    #[arg(long, default_value = "")]
    pub model: String,
    /// Calibre.
    #[arg(long, default_value = "", required_unless_present = "firearm")]
    pub calibre: String,
    /// Kind, such as pistol, rifle, assault-rifle.
    #[arg(long, default_value = "other", value_parser = weapon_kind)]
    pub kind: WeaponKind,
    /// Where it was made, or imported last: two letters.
    #[arg(long)]
    pub country: Option<Country>,
    /// When it was made.
    #[arg(long)]
    pub year: Option<i16>,
    /// Where it turned up.
    #[arg(long, value_name = "COUNTRY")]
    pub recovered_in: Country,
    /// When: 2026-11-20.
    #[arg(long, value_name = "DAY")]
    pub recovered_on: Date,
    /// How it turned up. No names.
    #[arg(long, default_value = "")]
    pub circumstances: String,
    /// What the answer is for: the investigation and its reference.
    #[arg(long, value_name = "TEXT")]
    pub intended_use: String,
    /// The offence, as your law names it.
    #[arg(long)]
    pub offence: String,
    /// Why it is urgent: public-security, life, liberty, relevance.
    #[arg(long, requires = "urgency_reason", value_parser = ground)]
    pub urgency: Option<UrgencyGround>,
    /// What the ground is here.
    #[arg(long, default_value = "", requires = "urgency")]
    pub urgency_reason: String,
    /// What else is asked.
    #[arg(long, default_value = "")]
    pub question: String,
    /// To which countries it may be passed on: BA,AL.
    #[arg(long, value_name = "COUNTRY,…", value_delimiter = ',')]
    pub may_pass_to: Vec<PartnerCode>,
    #[command(flatten)]
    pub why: Why,
}

/// What is answered.
#[derive(Args)]
pub struct TraceReply {
    /// The answer, as `inbox` names it.
    #[arg(value_name = "ID")]
    pub id: RecordId,
    /// held-by, sold-to, exported-to, no-record or refused.
    #[arg(value_parser = ["held-by", "sold-to", "exported-to", "no-record", "refused"])]
    pub outcome: String,
    /// Since when it is held; when it was sold or exported.
    #[arg(long, value_name = "DAY")]
    pub on: Option<Date>,
    /// By whom or to whom, by their number in the register of holders.
    #[arg(long, value_name = "NUMBER")]
    pub holder: Option<String>,
    /// What kind of holder.
    #[arg(long, default_value = "person", value_parser = holder_kind)]
    pub holder_kind: HolderKind,
    /// Their name; it leaves only where the arrangement allows personal data.
    #[arg(long, value_name = "NAME", requires = "holder")]
    pub holder_name: Option<String>,
    /// Their address.
    #[arg(long, value_name = "ADDRESS", requires = "holder")]
    pub holder_address: Option<String>,
    /// What became of it since: held, authority, lost, stolen, destroyed.
    #[arg(long, default_value = "held", value_parser = ["held", "authority", "lost", "stolen", "destroyed"])]
    pub standing: String,
    /// To which country it was exported.
    #[arg(long)]
    pub country: Option<Country>,
    /// Number of the licence.
    #[arg(long)]
    pub number: Option<String>,
    /// Why it is refused: one of the closed list, such as investigation-or-safety.
    #[arg(long, value_parser = refusal)]
    pub reason: Option<Refusal>,
    /// To whom the question goes on, where the asker has consented.
    #[arg(long, value_name = "AUTHORITY")]
    pub pass_to: Option<AuthorityId>,
    #[command(flatten)]
    pub why: Why,
}

fn closing(text: &str) -> Result<Closing, String> {
    let all: Vec<&str> = Closing::ALL.iter().map(|word| word.as_str()).collect();
    among(Closing::parse(text), &all)
}

fn ground(text: &str) -> Result<UrgencyGround, String> {
    let all: Vec<&str> = UrgencyGround::ALL
        .iter()
        .map(|word| word.as_str())
        .collect();
    among(UrgencyGround::parse(text), &all)
}

fn refusal(text: &str) -> Result<Refusal, String> {
    let all: Vec<&str> = Refusal::ALL.iter().map(|word| word.as_str()).collect();
    among(Refusal::parse(text), &all)
}
