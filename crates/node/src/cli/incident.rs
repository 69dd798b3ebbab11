//! `egnatia firearm incident …`, `egnatia firearm returns …`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use egnatia_firearms::{
    Ammunition, Context, Country, Explosive, IncidentKind, Offence, Part, Transport, read_position,
};
use egnatia_record::{CaseReference, HandlingCode, RecordId};
use jiff::civil::Date;

use super::Why;
use super::firearm::{among, incident_kind};

/// What to do with incidents.
#[derive(Subcommand)]
pub enum IncidentAct {
    /// Record one. It moves the weapons that are named, and ends the alerts that look for them.
    Record(Box<IncidentRecord>),
    /// List incidents, the newest first.
    List {
        /// At most so many, 1 to 100.
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=100))]
        limit: u32,
        #[command(flatten)]
        why: Why,
    },
    /// Show an incident.
    Show {
        /// The incident.
        #[arg(value_name = "ID")]
        id: RecordId,
        #[command(flatten)]
        why: Why,
    },
    /// Record what became of persons, by number only, in place of what was known before.
    Proceedings {
        /// The incident.
        #[arg(value_name = "ID")]
        id: RecordId,
        /// As it was known on this day: 2026-11-24.
        #[arg(long, value_name = "DAY")]
        on: Date,
        /// Brought into formal contact with the police for it.
        #[arg(long, default_value_t = 0)]
        suspected: u32,
        /// Of them, arrested.
        #[arg(long, default_value_t = 0)]
        arrested: u32,
        /// Of the suspected, prosecuted.
        #[arg(long, default_value_t = 0)]
        prosecuted: u32,
        /// Of the prosecuted, convicted.
        #[arg(long, default_value_t = 0)]
        convicted: u32,
        /// Of the prosecuted, acquitted.
        #[arg(long, default_value_t = 0)]
        acquitted: u32,
        #[command(flatten)]
        why: Why,
    },
}

impl IncidentAct {
    /// Why it is asked.
    pub const fn why(&self) -> &Why {
        match self {
            Self::Record(what) => &what.why,
            Self::List { why, .. } | Self::Show { why, .. } | Self::Proceedings { why, .. } => why,
        }
    }
}

/// Where, when, what.
#[derive(Args)]
pub struct IncidentRecord {
    /// seizure, find or surrender.
    #[arg(value_parser = incident_kind)]
    pub kind: IncidentKind,
    /// When: 2026-11-24.
    #[arg(long, value_name = "DAY")]
    pub on: Date,
    /// In which country: two letters.
    #[arg(long)]
    pub country: Country,
    /// Town or crossing point.
    #[arg(long)]
    pub place: String,
    /// Latitude and longitude in degrees: '42.137, 21.431'. Others see it as exactly as the handling
    /// codes allow.
    #[arg(long, value_name = "DEGREES", value_parser = position, allow_hyphen_values = true)]
    pub position: Option<(i32, i32)>,
    /// It was at a border, and not inland.
    #[arg(long)]
    pub at_border: bool,
    /// Countries of the way, in their order: BA,ME,AL.
    #[arg(long, value_name = "COUNTRY,…", value_delimiter = ',')]
    pub route: Vec<Country>,
    /// What led to it: border-control, patrol, search, investigation, campaign, chance, other.
    #[arg(long, value_parser = context)]
    pub context: Option<Context>,
    /// How they were carried: road, rail, water, air, post, person, stored, other.
    #[arg(long, value_parser = transport)]
    pub transport: Option<Transport>,
    /// For which offence: manufacturing, trafficking, marking, possession, drugs, organised-group,
    /// terrorism, violence, other.
    #[arg(long, value_parser = offence)]
    pub offence: Option<Offence>,
    /// How they were hidden.
    #[arg(long, default_value = "")]
    pub concealment: String,
    /// A weapon of the register. May be given several times.
    #[arg(long, value_name = "ID")]
    pub weapon: Vec<RecordId>,
    /// Parts of one kind: '12 barrels'. May be given several times.
    #[arg(long, value_name = "COUNT WHAT")]
    pub part: Vec<Part>,
    /// Ammunition of one kind: '120 7.62x39; maker; lot'. May be given several times.
    #[arg(long, value_name = "COUNT CALIBRE")]
    pub rounds: Vec<Ammunition>,
    /// Explosives of one kind: '500 g TNT', '4 hand grenades'. May be given several times.
    #[arg(long, value_name = "AMOUNT WHAT")]
    pub explosive: Vec<Explosive>,
    /// A person, by the reference of their file. No names. May be given several times.
    #[arg(long, value_name = "FILE")]
    pub person: Vec<CaseReference>,
    /// What else is to be said. No names.
    #[arg(long, default_value = "")]
    pub note: String,
    /// Handling codes besides H0: H1, H2, H3.
    #[arg(long, value_delimiter = ',')]
    pub handling: Vec<HandlingCode>,
    /// The text of the restriction, with H3.
    #[arg(long)]
    pub restriction: Option<String>,
    #[command(flatten)]
    pub why: Why,
}

/// What to do with frozen returns.
#[derive(Subcommand)]
pub enum Returns {
    /// List them, the newest first.
    List {
        /// At most so many, 1 to 100.
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=100))]
        limit: u32,
        #[command(flatten)]
        why: Why,
    },
    /// Show one, and whether its table still has the hash that it was frozen with.
    Show {
        /// The return.
        #[arg(value_name = "ID")]
        id: RecordId,
        /// Write the table into this file instead: .csv, which the hash is of, or .xlsx. It must not
        /// exist.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        #[command(flatten)]
        why: Why,
    },
}

impl Returns {
    /// Why it is asked.
    pub const fn why(&self) -> &Why {
        match self {
            Self::List { why, .. } | Self::Show { why, .. } => why,
        }
    }
}

fn position(text: &str) -> Result<(i32, i32), String> {
    read_position(text).ok_or_else(|| "write latitude and longitude: 42.137, 21.431".to_owned())
}

fn context(text: &str) -> Result<Context, String> {
    let all: Vec<&str> = Context::ALL.iter().map(|word| word.as_str()).collect();
    among(Context::parse(text), &all)
}

fn transport(text: &str) -> Result<Transport, String> {
    let all: Vec<&str> = Transport::ALL.iter().map(|word| word.as_str()).collect();
    among(Transport::parse(text), &all)
}

fn offence(text: &str) -> Result<Offence, String> {
    let all: Vec<&str> = Offence::ALL.iter().map(|word| word.as_str()).collect();
    among(Offence::parse(text), &all)
}
