//! `egnatia qd`, `egnatia stock …`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use egnatia_formats::rows::DateOrder;
use egnatia_record::RecordId;
use egnatia_stockpile::distance::{Edges, Labelled, Sums};
use egnatia_stockpile::{Division, Mass};

use super::Why;
use super::stock_acts::{ClimateAct, CommandAct, DisposalAct, RuleAct, SIGNS_AFTER};
use super::stock_moves::{MOVES_AFTER, MovementAct};

const AFTER: &str = "\
Exposed sites: inhabited-building, public-road, vulnerable-construction, magazine, workshop,
covered-side-to-side, covered-front-to-rear, covered-front-to-side, covered-side-to-front,
covered-front-to-front (earth-covered magazines, the exploding one first). IBD, PTRD and IMD are
understood too.

The numbers are those of AASTP-1 as two public transcriptions have them; what is from memory is said
so. Compare with the published tables before a store is licensed by them.";

/// Which distance.
#[derive(Args)]
#[command(after_help = AFTER)]
pub struct Qd {
    /// Hazard division: 1.1, 1.2.1, 1.2.2, 1.2.3, 1.3.1, 1.3.2, 1.4, 1.5, 1.6. `1.2` and `1.3` are
    /// taken as the subdivision that needs the most.
    #[arg(long, value_name = "DIVISION", required_unless_present = "rule")]
    pub hd: Option<Labelled>,
    /// Net explosive quantity, kg: digits, with up to six decimals after a point.
    #[arg(long, value_name = "KG", allow_hyphen_values = true)]
    pub neq: Mass,
    /// What else lies in the same store: division and kg, such as `1.3.1=400`. May be repeated.
    #[arg(long = "and", value_name = "DIVISION=KG", value_parser = share,
        conflicts_with_all = ["rule", "mce"])]
    pub also: Vec<(Division, Mass)>,
    /// How several divisions in one store count: `total-as-each` takes the whole quantity as each
    /// division that is there, `blast-total` sums 1.1 and 1.5 alone. The greatest result holds.
    #[arg(long, default_value = "total-as-each")]
    pub sums: Sums,
    /// What would be hurt.
    #[arg(long, value_name = "SITE", required_unless_present = "rule")]
    pub exposed: Option<String>,
    /// A barricade stands between.
    #[arg(long)]
    pub barricaded: bool,
    /// Maximum credible event, kg: what explodes at once, where the rule asks for it. The whole
    /// quantity where it is left out.
    #[arg(
        long,
        value_name = "KG",
        conflicts_with = "rule",
        allow_hyphen_values = true
    )]
    pub mce: Option<Mass>,
    /// What happens where a result drops at the edge of two pieces of a function: `safe` never lets
    /// a distance shrink as the quantity grows, `literal` takes the table as printed. `monotone` and
    /// `table-literal` are the same two.
    #[arg(long, default_value = "safe", value_parser = edges)]
    pub edges: Edges,
    /// Evaluate this function, such as BD31, whatever it is for.
    #[arg(long, value_name = "FUNCTION", conflicts_with_all = ["hd", "exposed", "barricaded"])]
    pub rule: Option<String>,
}

fn edges(text: &str) -> Result<Edges, String> {
    match text {
        "monotone" => Ok(Edges::Safe),
        "table-literal" => Ok(Edges::Literal),
        other => other
            .parse()
            .map_err(|error: egnatia_stockpile::UnknownGoodsTerm| error.to_string()),
    }
}

/// So much of a division: `1.3.1=400`.
fn share(text: &str) -> Result<(Division, Mass), String> {
    let (division, mass) = text
        .split_once('=')
        .ok_or("write a division and kg, such as 1.3.1=400")?;
    let text = |error: egnatia_stockpile::UnknownGoodsTerm| error.to_string();
    Ok((division.parse().map_err(text)?, mass.parse().map_err(text)?))
}

const IMPORT_AFTER: &str = "\
The first row holds the headings, in English or a language of the region: place, nomenclature, serial,
lot, quantity, condition, and where it is explosive division, group, mass-each (kg of one piece);
made-on, expires-on where known. A row has a serial or a lot. `place` is the code of a store, bay or
rack of the site. Rows are counted as a spreadsheet counts them, from 1 with the headings.

Every row is checked before anything is written; where one is wrong, nothing is, and the exit code is
2. The same file once more is refused: a serial and a lot are registered once.";

const READINGS_AFTER: &str = "\
Columns are told by their headings, in English or a language of the region, which may come after lines
about the logger: date and time in one column or two, temperature in °C or °F, relative humidity in %.
Without headings they are the moment, °C, %. Decimal comma or point. A heading such as `Date Time,
GMT+01:00` names the clock; else it is that of the configuration.

Every line is checked before anything is kept; where one is wrong, nothing is, and the exit code is 2.
The same file once more is refused.";

fn date_order(text: &str) -> Result<DateOrder, String> {
    DateOrder::parse(text).ok_or_else(|| "write day-first or month-first".to_owned())
}

const PLAN_AFTER: &str = "\
Who may see a plan is an authorisation of its own: whoever is at the machine signs in as one of them.
The password comes from standard input.";

/// What to do with the plan of a site.
#[derive(Subcommand)]
pub enum PlanAct {
    /// Show where things are, and how much room there is.
    Show {
        #[command(flatten)]
        of: PlanOf,
    },
    /// Keep a plan from a file of GeoJSON; it replaces the one before.
    Import {
        /// The file.
        file: PathBuf,
        #[command(flatten)]
        of: PlanOf,
    },
    /// Write the plan to a new file of GeoJSON, in metres. The audit log says who took it.
    Export {
        /// The file; one that is there is left alone.
        file: PathBuf,
        #[command(flatten)]
        of: PlanOf,
    },
}

/// Which plan, and as whom.
#[derive(Args)]
pub struct PlanOf {
    /// The site.
    #[arg(long, value_name = "ID")]
    pub site: RecordId,
    /// The login of somebody who may see plans; the password comes from standard input.
    #[arg(long)]
    pub login: String,
    #[command(flatten)]
    pub why: Why,
}

impl PlanAct {
    /// Which plan, and as whom.
    pub const fn of(&self) -> &PlanOf {
        match self {
            Self::Show { of } | Self::Import { of, .. } | Self::Export { of, .. } => of,
        }
    }
}

/// What to do with the stockpile.
#[derive(Subcommand)]
pub enum Stock {
    /// List the sites with their places and what is in them.
    List {
        #[command(flatten)]
        why: Why,
    },
    /// Set up a site from a JSON file: its name, and its places with code, name, what each is
    /// inside, and the licence of a store.
    Site {
        /// The file.
        file: PathBuf,
        #[command(flatten)]
        why: Why,
    },
    /// Take over a ledger from CSV or Excel with its opening balances; all of it or nothing.
    #[command(after_help = IMPORT_AFTER)]
    Import {
        /// The file.
        file: PathBuf,
        /// The site.
        #[arg(long, value_name = "ID")]
        site: RecordId,
        /// Columns that are not recognised by their headings, such as `lot=3,place=Regal`.
        #[arg(long, value_name = "FIELD=COLUMN,…")]
        columns: Option<String>,
        /// The paper that the balances stand on.
        #[arg(long)]
        reference: String,
        /// Check every row, and write nothing.
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        why: Why,
    },
    /// Print an empty table of the compatibility groups that may lie together in a store, to be filled
    /// in and named in the configuration.
    Mixing,
    /// Close all periods up to the end of a day, in UTC: nothing that counts from then or before
    /// changes any more.
    Close {
        /// The last day, YYYY-MM-DD.
        #[arg(long, value_name = "DAY")]
        until: jiff::civil::Date,
        #[command(flatten)]
        why: Why,
    },
    /// Count the return of a year or a half-year: 2026, 2026-H1.
    Return {
        /// The period.
        #[arg(long)]
        period: String,
        #[command(flatten)]
        why: Why,
    },
    /// Show by when each store is to be counted, and why.
    Counts {
        #[command(flatten)]
        why: Why,
    },
    /// Enter readings of temperature and humidity from the CSV of a logger: all of it or nothing.
    #[command(after_help = READINGS_AFTER)]
    Readings {
        /// The file.
        file: PathBuf,
        /// The code of the store, or its account.
        #[arg(long)]
        store: String,
        /// Whether the day or the month stands first in dates such as 03/04/2026; found out where it
        /// can be.
        #[arg(long, value_name = "day-first|month-first", value_parser = date_order)]
        dates: Option<DateOrder>,
        /// Check every line, and keep nothing.
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        why: Why,
    },
    /// List, set and end rules by which stores are counted more often.
    #[command(subcommand)]
    Rule(RuleAct),
    /// Hand over the command of a site.
    #[command(subcommand, after_help = SIGNS_AFTER)]
    Command(CommandAct),
    /// Temperature and humidity of a store: limits, state, what was done.
    #[command(subcommand, after_help = SIGNS_AFTER)]
    Climate(ClimateAct),
    /// Enter, sign and give up movements: receipt, issue, return, transfer, destruction.
    #[command(subcommand, after_help = MOVES_AFTER)]
    Movement(MovementAct),
    /// Plan a destruction, and carry it out.
    #[command(subcommand)]
    Disposal(DisposalAct),
    /// Show plans of destruction: planned, done, left.
    Disposals {
        #[command(flatten)]
        why: Why,
    },
    /// Show, import or export the plan of a site, as somebody who may see it.
    #[command(subcommand, after_help = PLAN_AFTER)]
    Plan(PlanAct),
    /// Show the movements that wait for a signature.
    Waiting {
        #[command(flatten)]
        why: Why,
    },
}
