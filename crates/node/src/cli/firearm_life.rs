//! `egnatia firearm event`, `report`, `destruction`.

use clap::{Args, Subcommand};
use egnatia_firearms::{Country, EventKind, HolderKind};
use egnatia_record::{AuthorityId, RecordId, ReleasableTo};
use jiff::Timestamp;
use jiff::civil::Date;

use super::Why;
use super::alert::release;
use super::firearm::among;

const AFTER: &str = "\
What each kind needs beside --on:
  manufacture          --holder
  import               --from-country --number --holder
  export               --to-country --number [--consignee]
  transit              --from-country --to-country --number
  licence              --number --holder [--until]
  transfer             --holder [--from-holder]
  find, surrender, seizure
                       --authority --circumstances
  legalisation         --number --holder
  conversion           --circumstances
  deactivation         --number
  re-registration      --number [--holder]
  correction           --corrects --reason: the event did not happen
With --corrects and --reason any other kind comes in the place of an earlier event. A correction of what two
officers signed is proposed: `egnatia firearm correction sign ID`, by another officer, corrects it.";

/// What happened.
#[derive(Args)]
#[command(after_help = AFTER)]
pub struct FirearmEvent {
    /// The weapon.
    #[arg(value_name = "ID")]
    pub id: RecordId,
    /// What happened.
    #[arg(value_parser = event_kind)]
    pub kind: EventKind,
    /// When: 2026-11-24.
    #[arg(long, value_name = "DAY", required_unless_present = "corrects")]
    pub on: Option<Date>,
    /// Who has it then, by their number in the register of holders.
    #[arg(long, value_name = "NUMBER")]
    pub holder: Option<String>,
    /// What kind of holder: person, dealer, manufacturer, club, collector, authority, security.
    #[arg(long, default_value = "person", value_parser = holder_kind)]
    pub holder_kind: HolderKind,
    /// Their name.
    #[arg(long, value_name = "NAME", requires = "holder")]
    pub holder_name: Option<String>,
    /// Their address.
    #[arg(long, value_name = "ADDRESS", requires = "holder")]
    pub holder_address: Option<String>,
    /// Who had it before, by their number; without it, its holder in the register.
    #[arg(long, value_name = "NUMBER")]
    pub from_holder: Option<String>,
    /// From which country: two letters.
    #[arg(long, value_name = "COUNTRY")]
    pub from_country: Option<Country>,
    /// To which country.
    #[arg(long, value_name = "COUNTRY")]
    pub to_country: Option<Country>,
    /// Number of the licence, the certificate, or in the register.
    #[arg(long, default_value = "")]
    pub number: String,
    /// Until when the licence holds; without it, it has no end.
    #[arg(long, value_name = "DAY")]
    pub until: Option<Date>,
    /// Which body received it abroad.
    #[arg(long, value_name = "NAME")]
    pub consignee: Option<String>,
    /// Which authority has it then.
    #[arg(long)]
    pub authority: Option<AuthorityId>,
    /// Where, and how; of a conversion: from what to what. No names.
    #[arg(long, default_value = "")]
    pub circumstances: String,
    /// The number of an earlier event that was recorded wrongly.
    #[arg(long, value_name = "NUMBER", requires = "reason")]
    pub corrects: Option<u32>,
    /// Why it was recorded wrongly.
    #[arg(long, requires = "corrects")]
    pub reason: Option<String>,
    #[command(flatten)]
    pub why: Why,
}

/// A loss or theft, with what the alert on the weapon needs.
#[derive(Args)]
pub struct FirearmReport {
    /// The weapon.
    #[arg(value_name = "ID")]
    pub id: RecordId,
    /// theft or loss.
    #[arg(value_parser = missing)]
    pub how: EventKind,
    /// When it was discovered: 2026-11-24T08:30:00Z. The clock of the report starts there.
    #[arg(long, value_name = "TIME")]
    pub discovered: Timestamp,
    /// When it happened, as far as is known: 2026-11-22.
    #[arg(long, value_name = "DAY")]
    pub on: Date,
    /// Where, and how. No names.
    #[arg(long)]
    pub circumstances: String,
    /// The decision that gives rise to the alert: its authority, number or date.
    #[arg(long)]
    pub decision: String,
    /// Who may have the alert: anybody, nobody, or codes of partners, such as AL,MK.
    #[arg(long, default_value = "anybody", value_name = "WHO", value_parser = release)]
    pub release_to: ReleasableTo,
    #[command(flatten)]
    pub why: Why,
}

/// Who signs, where it is not whoever is at the command line.
#[derive(Args)]
pub struct Officer {
    /// Sign as the officer with this account: the second one of two can be at the same command line. The
    /// password comes from standard input.
    #[arg(long)]
    pub login: Option<String>,
}

/// What to do about a correction of what two officers signed. `firearm event ID correction` proposes it.
#[derive(Subcommand)]
pub enum Correction {
    /// Sign it, as another officer than the one who proposed it.
    Sign {
        /// The weapon.
        #[arg(value_name = "ID")]
        id: RecordId,
        #[command(flatten)]
        officer: Officer,
        #[command(flatten)]
        why: Why,
    },
    /// Take the proposal back.
    Withdraw {
        /// The weapon.
        #[arg(value_name = "ID")]
        id: RecordId,
        #[command(flatten)]
        why: Why,
    },
}

/// What to do about the destruction of a weapon that an authority has. Two officers sign it.
#[derive(Subcommand)]
pub enum Destruction {
    /// Propose it, with the evidence.
    Propose {
        /// The weapon.
        #[arg(value_name = "ID")]
        id: RecordId,
        /// How it is destroyed.
        #[arg(long)]
        method: String,
        /// The evidence: protocol, photographs, witnesses.
        #[arg(long)]
        evidence: String,
        #[command(flatten)]
        why: Why,
    },
    /// Sign it, as another officer than the one who proposed it.
    Sign {
        /// The weapon.
        #[arg(value_name = "ID")]
        id: RecordId,
        /// When it was destroyed: 2026-11-24.
        #[arg(long, value_name = "DAY")]
        on: Date,
        #[command(flatten)]
        officer: Officer,
        #[command(flatten)]
        why: Why,
    },
    /// Take the proposal back.
    Withdraw {
        /// The weapon.
        #[arg(value_name = "ID")]
        id: RecordId,
        #[command(flatten)]
        why: Why,
    },
}

fn event_kind(text: &str) -> Result<EventKind, String> {
    let own = [EventKind::Correction];
    let all = EventKind::PLAIN.iter().chain(&own);
    let all: Vec<&str> = all.map(|kind| kind.as_str()).collect();
    among(
        EventKind::parse(text).filter(|kind| all.contains(&kind.as_str())),
        &all,
    )
}

fn missing(text: &str) -> Result<EventKind, String> {
    let kind = EventKind::parse(text);
    among(
        kind.filter(|kind| matches!(kind, EventKind::Theft | EventKind::Loss)),
        &["theft", "loss"],
    )
}

pub(super) fn holder_kind(text: &str) -> Result<HolderKind, String> {
    let all: Vec<&str> = HolderKind::ALL.iter().map(|kind| kind.as_str()).collect();
    among(HolderKind::parse(text), &all)
}
