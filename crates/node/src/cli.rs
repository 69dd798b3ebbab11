//! The command line.

mod alert;
mod exchange;
mod firearm;
mod firearm_life;
mod firearm_register;
mod incident;
mod partner;
mod stock;
mod stock_acts;
mod stock_moves;
mod trace;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use egnatia_app::Role;
use egnatia_firearms::Doubt;
use egnatia_matching::{BirthDate, Gender, Schema};
use egnatia_record::{CaseReference, Purpose, UserId};

pub use alert::{Alert, AlertImport, AlertJustify, Why};
pub use exchange::{AnswerQuestion, Ask, DecisionWord, Hit, Question};
pub use firearm::{Figures, Filter, Firearm, FirearmImport, List, View};
pub use firearm_life::{Correction, Destruction, FirearmEvent, FirearmReport, Officer};
pub use firearm_register::{Describe, Photographs, ProgressOf, Register};
pub use incident::{IncidentAct, IncidentRecord, Returns};
pub use partner::{Card, Partner, RotateKeys};
pub use stock::{PlanAct, Qd, Stock};
pub use stock_acts::{
    ClimateAct, CommandAct, DisposalAct, DisposalPlan, Ended, RuleAct, RuleSet, SignedIn,
    StatedLine,
};
pub use stock_moves::{MovementAct, MovementEntry};
pub use trace::{Trace, TraceAsk, TraceReply};

const AFTER: &str = "\
Exit codes: 0 done; 1 the log is not whole; 2 the input cannot be used, nothing was stored;
3 refused; 4 somebody else was faster; 5 store, disk or network failed.

Everything that a command does is in the audit log under your name at the operating system; `match`,
`qd` and `eval` see only what you give them, no data of the node, and leave no entry.";

/// Checks against public lists; a named officer decides; an audit log that cannot be rewritten
/// unseen.
#[derive(Parser)]
#[command(name = "egnatia", version, after_help = AFTER, max_term_width = 100)]
pub struct Cli {
    /// The node's data folder.
    #[arg(
        long,
        global = true,
        env = "EGNATIA_DATA",
        default_value = "egnatia-data",
        value_name = "DIR"
    )]
    pub data: PathBuf,
    /// The configuration file; without it, DIR/egnatia.toml if there is one, else the defaults.
    #[arg(long, global = true, env = "EGNATIA_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Print JSON for programs instead of text for people.
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Subcommand)]
pub enum Command {
    /// Run the node: pages and API.
    Serve(Listen),
    /// Run the region for trying things out: seven nodes that exchange, with lists, users and
    /// passwords, all made for you.
    Demo(Demo),
    /// Import a version of a list; all of it or nothing.
    #[command(subcommand)]
    Import(Import),
    /// Check somebody or something against the lists.
    Check(Box<Check>),
    /// Check every row of a file: CSV, Excel, FollowTheMoney lines or a PAXLST passenger list.
    Screen(Box<Screen>),
    /// Compare two names and show why: probability, features, word by word. Only what you write is
    /// compared; no data of the node is touched, so that nothing is logged and no purpose is asked.
    Match(Pair),
    /// Measure the matching on your own examples, to choose thresholds. Only the files that you
    /// name are read; no data folder is needed and nothing is logged.
    #[command(subcommand)]
    Eval(Eval),
    /// Say how far a store has to be from what it would hurt: quantity and distance of explosives.
    /// The tables come with the program; no data of the node is touched.
    Qd(Qd),
    /// The stockpile: what is where, what waits for a signature; import of a ledger.
    #[command(subcommand)]
    Stock(Stock),
    /// Show which lists there are, in which versions.
    Lists,
    /// The audit log.
    #[command(subcommand)]
    Audit(Audit),
    /// Accounts.
    #[command(subcommand)]
    User(User),
    /// Alerts: enter those of a file, list, show, withdraw.
    #[command(subcommand)]
    Alert(Alert),
    /// Questions between authorities: list, ask, answer.
    #[command(subcommand)]
    Question(Question),
    /// Hits: list, report what was done to whoever issued the alert, follow up what partners report.
    #[command(subcommand)]
    Hit(Hit),
    /// Firearms: the register, what happens to a weapon, traces, incidents, returns.
    #[command(subcommand)]
    Firearm(Firearm),
    /// Partners' nodes: cards, trust, arrangements, what is delivered, keys.
    #[command(subcommand)]
    Partner(Partner),
    /// Write everything into a file, also while the node runs. The file holds personal data and
    /// the node's keys: guard it as the node itself.
    Backup {
        /// The file; it must not exist.
        file: PathBuf,
    },
    /// Replace everything by a backup, all of it or nothing.
    Restore {
        /// The file.
        file: PathBuf,
        /// Confirm that what the node holds now is given up.
        #[arg(long)]
        replace: bool,
    },
    /// The configuration.
    #[command(subcommand)]
    Config(Config),
}

/// Where to listen.
#[derive(Args)]
pub struct Listen {
    /// Address and port; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
}

/// What is shown.
#[derive(Args)]
pub struct Demo {
    /// Address and port of the first node; the others take the ports after it. Port 0 takes free
    /// ones.
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
    /// One node that exchanges nothing.
    #[arg(long, conflicts_with = "tour")]
    pub single: bool,
    /// Play the flow on seven nodes in a temporary folder, say what happens, and end: an alert is
    /// written, shared, matched at a border elsewhere, confirmed, told to its owner and recalled,
    /// and the audit logs are verified. Exit code 1 where a step fails.
    #[arg(long, conflicts_with = "listen")]
    pub tour: bool,
}

/// Which kind of list.
#[derive(Subcommand)]
pub enum Import {
    /// The SDN list of OFAC: a folder with sdn.csv, alt.csv, add.csv.
    Ofac {
        /// The folder.
        dir: PathBuf,
        #[command(flatten)]
        how: How,
    },
    /// The consolidated list of the UN Security Council, XML.
    Un {
        /// The file.
        file: PathBuf,
        #[command(flatten)]
        how: How,
    },
    /// FollowTheMoney entities, one JSON object a line.
    Ftm {
        /// The file.
        file: PathBuf,
        /// The list's name; without it, the file's name up to the first dot.
        #[arg(long)]
        list: Option<String>,
        #[command(flatten)]
        how: How,
    },
}

/// How to import.
#[derive(Args, Clone, Copy)]
pub struct How {
    /// Say what would change, and write nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// List the rows that join no entry, not only their number.
    #[arg(long)]
    pub orphans: bool,
}

/// Whom or what to check, and why.
#[derive(Args)]
pub struct Check {
    /// A name, in any script; may be given several times.
    #[arg(long)]
    pub name: Vec<String>,
    /// The lines of a machine-readable zone, one after another, with a space, a line break or `\n`
    /// between them. Put it in quotation marks: the shell reads `<` otherwise.
    #[arg(long, value_name = "LINES")]
    pub mrz: Option<String>,
    /// Check although check digits of the zone are wrong, as on a forged or damaged document.
    #[arg(long, requires = "mrz")]
    pub mrz_as_read: bool,
    /// Birth date: 1971-03-05, 1971-03, 1971, 1960..1965, ~1971.
    #[arg(long)]
    pub birth_date: Option<BirthDate>,
    /// Nationality: a code or a name.
    #[arg(long)]
    pub nationality: Vec<String>,
    /// Number of a passport, identity card or another document.
    #[arg(long)]
    pub document: Vec<String>,
    /// Serial number of a weapon, as far as it can be read: `?` is one place that cannot be,
    /// `*` any number of them. May be given several times; the first is that of the frame or
    /// receiver.
    #[arg(long)]
    pub serial: Vec<String>,
    /// How sure a place of the first serial number is, and what else it may be: place from 1,
    /// percent, another character, such as 4=60 or 4=60/8.
    #[arg(long, value_name = "PLACE=PERCENT", requires = "serial", value_parser = sure)]
    pub sure: Vec<Doubt>,
    /// Who made the weapon.
    #[arg(long, requires = "serial")]
    pub make: Option<String>,
    /// Model of the weapon.
    #[arg(long, requires = "serial")]
    pub model: Option<String>,
    /// Calibre of the weapon.
    #[arg(long, requires = "serial")]
    pub calibre: Option<String>,
    /// Place of birth or residence.
    #[arg(long)]
    pub place: Vec<String>,
    /// Gender: male, female, other.
    #[arg(long, value_parser = gender)]
    pub gender: Option<Gender>,
    /// Kind: person, organization, vessel, aircraft.
    #[arg(long, value_parser = schema)]
    pub schema: Option<Schema>,
    /// For what, such as border-check, terrorism, firearms-trafficking, serious-crime, sanctions.
    #[arg(long)]
    pub purpose: Option<Purpose>,
    /// In which case: the number of the file, journey or operation.
    #[arg(long)]
    pub case: Option<CaseReference>,
    /// At most so many candidates.
    #[arg(long)]
    pub limit: Option<u16>,
}

const SCREEN_AFTER: &str = "\
Columns are recognised by their headings, in English and the languages of the region. They are shown
before the run; --dry-run stops there. Fields of --columns: name, alias, given-name, patronymic,
family-name, birth-date, gender, nationality, place, document, passport, identity-card,
national-number, kind.

A run that was interrupted goes on where it ended: give the same command again. HITS appears once all
rows are checked; every row is in the audit log before.";

/// Which rows to check, and why.
#[derive(Args)]
#[command(after_help = SCREEN_AFTER)]
pub struct Screen {
    /// The file with the rows.
    pub file: PathBuf,
    /// Where to write what was found: a name that ends in .csv, .jsonl or .xlsx.
    #[arg(long, value_name = "HITS", required_unless_present = "dry_run")]
    pub out: Option<PathBuf>,
    /// For what, such as border-check, terrorism, firearms-trafficking, serious-crime, sanctions.
    #[arg(long)]
    pub purpose: Option<Purpose>,
    /// In which case: the number of the file, journey or operation.
    #[arg(long)]
    pub case: Option<CaseReference>,
    /// Which columns hold what, by number or heading: name=2,birth-date=DOB.
    #[arg(long, value_name = "FIELD=COLUMN,…")]
    pub columns: Option<String>,
    /// The first row holds no headings but is checked like the others; needs --columns.
    #[arg(long, requires = "columns")]
    pub no_headings: bool,
    /// Show how the columns are read and the first rows, and stop.
    #[arg(long)]
    pub dry_run: bool,
    /// Give up an interrupted run of this command and begin anew.
    #[arg(long)]
    pub restart: bool,
}

/// Two names.
#[derive(Args)]
pub struct Pair {
    /// The one name, in any script.
    #[arg(value_name = "NAME1")]
    pub left: String,
    /// The other name.
    #[arg(value_name = "NAME2")]
    pub right: String,
    /// What both name: person, organization, vessel, aircraft; without it, anything.
    #[arg(long, value_parser = schema)]
    pub schema: Option<Schema>,
}

/// What to measure.
#[derive(Subcommand)]
pub enum Eval {
    /// Whether pairs are told apart: precision, recall, F1, pairs a second.
    Pairs {
        /// CSV with the columns schema, name1, name2, is_match; or JSON lines with left, right
        /// (FollowTheMoney entities) and is_match.
        file: PathBuf,
        /// From this probability on a pair counts as a match; without it, the configured `matched`.
        #[arg(long, value_parser = probability)]
        threshold: Option<f64>,
        /// Write line, is_match and probability of every pair into this CSV file.
        #[arg(long, value_name = "OUT.csv")]
        scores: Option<PathBuf>,
    },
    /// Whether searches find what they should: recall, alerts, time.
    Search {
        /// FollowTheMoney entities, one JSON object a line: what is searched.
        #[arg(long, value_name = "FILE")]
        corpus: PathBuf,
        /// JSON lines with query (a FollowTheMoney entity), gold (ids in the corpus; empty where
        /// nothing should be found) and, where wanted, category.
        #[arg(long, value_name = "FILE")]
        queries: PathBuf,
        /// From this probability on a candidate is an alert; without it, the configured `matched`.
        #[arg(long, value_parser = probability)]
        threshold: Option<f64>,
    },
    /// How fast seven nodes on this machine exchange alerts, over TLS, in a temporary folder.
    Exchange {
        /// So many alerts one after the other, for the time of one.
        #[arg(long, default_value_t = 100)]
        single: u64,
        /// So many as fast as they can be written, for the rate.
        #[arg(long, default_value_t = 2_000)]
        many: u64,
        /// So many that were written while no partner could be reached.
        #[arg(long, default_value_t = 2_000)]
        missed: u64,
        /// So many partners
        #[arg(long, default_value_t = 6, value_parser = clap::value_parser!(u8).range(1..=6))]
        recipients: u8,
    },
}

/// What to do with the log.
#[derive(Subcommand)]
pub enum Audit {
    /// Recompute the whole log and compare every record with it. Exit code 1 where something was
    /// altered, removed or inserted; the first such entry is named.
    Verify,
    /// Print the public key under which the log's checkpoints are signed.
    Key,
    /// Show how far partners have countersigned this log, and how far theirs were seen. Exit code 1
    /// where a log was rewritten, shortened or forked, or is not proved.
    Witnesses,
    /// Verify a proof that somebody downloaded, without the node's data.
    CheckProof {
        /// The proof, JSON.
        file: PathBuf,
        /// The log's public key, as `audit key` prints it.
        #[arg(long)]
        key: String,
    },
}

/// What to do with accounts.
#[derive(Subcommand)]
pub enum User {
    /// List them.
    List,
    /// Make one. The password is read from standard input, or made and printed.
    Add {
        /// The login.
        login: String,
        /// The person's name.
        #[arg(long)]
        name: String,
        /// officer, verifying-officer, firearms-officer, storekeeper, stock-inspector, supervisor,
        /// data-protection-officer or administrator.
        #[arg(long)]
        role: Role,
        /// Read the password from standard input.
        #[arg(long)]
        password_stdin: bool,
    },
    /// Bind a user of the operating system to an account: both are one person, work at the command
    /// line stands under the name of the account, and where two sign they count once.
    Bind {
        /// The login.
        login: UserId,
        /// The name at the operating system.
        os_user: String,
    },
    /// Take such a binding away.
    Release {
        /// The login.
        login: UserId,
    },
    /// Lift a lock-out.
    Unlock {
        /// The login.
        login: UserId,
    },
    /// Close an account for good.
    Close {
        /// The login.
        login: UserId,
    },
    /// Set a new password, read from standard input, or made and printed.
    ResetPassword {
        /// The login.
        login: UserId,
        /// Read the password from standard input.
        #[arg(long)]
        password_stdin: bool,
    },
}

/// What to do with the configuration.
#[derive(Subcommand)]
pub enum Config {
    /// Print a commented sample with all defaults.
    Sample,
    /// Read and validate the configuration, and print it as it is understood.
    Check,
}

fn gender(text: &str) -> Result<Gender, String> {
    match text {
        "male" | "m" | "M" => Ok(Gender::Male),
        "female" | "f" | "F" => Ok(Gender::Female),
        "other" | "x" | "X" => Ok(Gender::Other),
        _ => Err("expected male, female or other".to_owned()),
    }
}

fn schema(text: &str) -> Result<Schema, String> {
    match text {
        "person" => Ok(Schema::Person),
        "organization" => Ok(Schema::Organization),
        "vessel" => Ok(Schema::Vessel),
        "aircraft" => Ok(Schema::Aircraft),
        _ => Err("expected person, organization, vessel or aircraft".to_owned()),
    }
}

fn sure(text: &str) -> Result<Doubt, String> {
    let read = Doubt::read_all(text).ok();
    read.and_then(|doubts| <[Doubt; 1]>::try_from(doubts).ok())
        .map(|[doubt]| doubt)
        .filter(|doubt| doubt.place > 0 && doubt.percent <= 100)
        .ok_or_else(|| {
            "expected a place from 1 and a percentage, such as 4=60, or 4=60/8 where it may be an 8"
                .to_owned()
        })
}

fn probability(text: &str) -> Result<f64, String> {
    let number: Option<f64> = text.parse().ok();
    number
        .filter(|number| (0.0..=1.0).contains(number))
        .ok_or_else(|| "expected a number from 0 to 1, such as 0.7".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
