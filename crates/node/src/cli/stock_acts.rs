//! `egnatia stock rule`, `command`, `climate`, `disposal`.

use clap::{Args, Subcommand};
use egnatia_record::{RecordId, UserId};
use egnatia_stockpile::distance::Labelled;
use egnatia_stockpile::{Humidity, MovementId, Remark, Temperature, WeaponCategory};
use jiff::civil::Date;

use super::Why;

pub const SIGNS_AFTER: &str = "\
Whoever is at the machine signs for nobody: who signs names a login, and gives the password on standard
input.";

/// As whom; the password comes from standard input.
#[derive(Args)]
pub struct SignedIn {
    /// The login; the password comes from standard input.
    #[arg(long)]
    pub login: String,
    #[command(flatten)]
    pub why: Why,
}

/// Why something is given up or ended.
#[derive(Args)]
pub struct Ended {
    /// Its record.
    pub id: RecordId,
    /// Why.
    #[arg(long, value_parser = remark)]
    pub reason: Remark,
    #[command(flatten)]
    pub why: Why,
}

pub(super) fn remark(text: &str) -> Result<Remark, String> {
    Remark::try_from(text.to_owned()).map_err(|error| error.to_string())
}

/// What to do with the rules by which stores are counted more often.
#[derive(Subcommand)]
pub enum RuleAct {
    /// List the rules, those that hold first.
    List {
        #[command(flatten)]
        why: Why,
    },
    /// Set a rule about goods and stores.
    Set(Box<RuleSet>),
    /// End a rule.
    End(Ended),
}

/// A rule.
#[derive(Args)]
pub struct RuleSet {
    /// What it is called.
    #[arg(long)]
    pub name: String,
    /// Why.
    #[arg(long, value_parser = remark)]
    pub reason: Remark,
    /// After how many days such a store is counted again.
    #[arg(long, value_name = "DAYS")]
    pub every_days: u16,
    /// A store that it is about, by code or account; all of them where none is named. May be repeated.
    #[arg(long = "store", value_name = "STORE")]
    pub stores: Vec<String>,
    /// Only stores that hold something with this in its name.
    #[arg(long, value_name = "TEXT")]
    pub nomenclature: Option<String>,
    /// Only stores that hold weapons of this category: A, B, C. May be repeated.
    #[arg(long = "category", value_name = "CATEGORY")]
    pub categories: Vec<WeaponCategory>,
    /// Only stores that hold something of this hazard division; `1.2` and `1.3` mean each of their
    /// subdivisions. May be repeated.
    #[arg(long = "division", value_name = "DIVISION")]
    pub divisions: Vec<Labelled>,
    /// Only stores in which something differed within so many days.
    #[arg(long, value_name = "DAYS")]
    pub differed_within: Option<u16>,
    #[command(flatten)]
    pub why: Why,
}

/// What to do with hand-overs of command.
#[derive(Subcommand)]
pub enum CommandAct {
    /// List the hand-overs, newest first.
    List {
        #[command(flatten)]
        why: Why,
    },
    /// Show one: what is still to be counted, who has still to sign.
    Show {
        /// Its record.
        id: RecordId,
        #[command(flatten)]
        why: Why,
    },
    /// Begin one.
    Begin {
        /// The site.
        #[arg(long, value_name = "ID")]
        site: RecordId,
        /// The login of who leaves.
        #[arg(long, value_name = "LOGIN")]
        outgoing: UserId,
        /// The login of who comes.
        #[arg(long, value_name = "LOGIN")]
        incoming: UserId,
        /// The order by which it is handed over.
        #[arg(long)]
        order: String,
        #[command(flatten)]
        why: Why,
    },
    /// Sign what was counted, as one of the two commanders.
    Sign {
        /// Its record.
        id: RecordId,
        #[command(flatten)]
        who: SignedIn,
    },
    /// Give one up.
    Abandon(Ended),
}

/// What to do with the temperature and humidity of a store.
#[derive(Subcommand)]
pub enum ClimateAct {
    /// Show limits, state, and the newest readings.
    Show {
        /// The code of the store, or its account.
        #[arg(long)]
        store: String,
        #[command(flatten)]
        why: Why,
    },
    /// Set within what a store is to stay; what is left out has no limit.
    Limits {
        /// The code of the store, or its account.
        #[arg(long)]
        store: String,
        /// Not colder than this, °C.
        #[arg(long, value_name = "°C", allow_hyphen_values = true)]
        temperature_min: Option<Temperature>,
        /// Not warmer than this, °C.
        #[arg(long, value_name = "°C", allow_hyphen_values = true)]
        temperature_max: Option<Temperature>,
        /// Not drier than this, %.
        #[arg(long, value_name = "%")]
        humidity_min: Option<Humidity>,
        /// Not damper than this, %.
        #[arg(long, value_name = "%")]
        humidity_max: Option<Humidity>,
        #[command(flatten)]
        why: Why,
    },
    /// Say what was done about readings out of the limits, as a storekeeper or stock inspector.
    Settle {
        /// The code of the store, or its account.
        #[arg(long)]
        store: String,
        /// What was done.
        #[arg(long, value_parser = remark)]
        done: Remark,
        #[command(flatten)]
        who: SignedIn,
    },
}

/// What to do with a plan of destruction.
#[derive(Subcommand)]
pub enum DisposalAct {
    /// Show one, line by line, with who entered and who signed.
    Show {
        /// Its record.
        id: RecordId,
        #[command(flatten)]
        why: Why,
    },
    /// Plan what is to be destroyed.
    Plan(Box<DisposalPlan>),
    /// Destroy some of it: a movement that waits for a second signature.
    Destroy {
        /// Its record.
        id: RecordId,
        /// How many of each line, in the order of the plan: `100,0,1`.
        #[arg(long, value_delimiter = ',', required = true, value_name = "N,…")]
        quantities: Vec<u64>,
        /// An id for the movement: the same one once more changes nothing.
        #[arg(long, value_name = "ID")]
        movement: Option<MovementId>,
        #[command(flatten)]
        why: Why,
    },
    /// Give one up; what was destroyed is.
    Abandon(Ended),
}

/// A plan of destruction.
#[derive(Args)]
pub struct DisposalPlan {
    /// What it is called.
    #[arg(long)]
    pub name: String,
    /// Why it is surplus.
    #[arg(long, value_parser = remark)]
    pub reason: Remark,
    /// How and where it is destroyed.
    #[arg(long)]
    pub method: String,
    /// By when, YYYY-MM-DD.
    #[arg(long, value_name = "DAY")]
    pub due_on: Date,
    /// What: a serial number, lot or id, the code of its place, and how many: `L-7,M1-A,100`. May be
    /// repeated.
    #[arg(long = "line", required = true, value_name = "NUMBER,PLACE,QUANTITY", value_parser = line)]
    pub lines: Vec<StatedLine>,
    #[command(flatten)]
    pub why: Why,
}

/// A line of a plan as it is stated.
#[derive(Clone)]
pub struct StatedLine {
    /// A serial number, a lot, or the id of goods.
    pub number: String,
    /// The code of a place, or its account.
    pub place: String,
    /// How many pieces.
    pub quantity: std::num::NonZeroU64,
}

fn line(text: &str) -> Result<StatedLine, String> {
    // From the end: a number may have commas in it.
    let mut parts = text.rsplitn(3, ',').map(str::trim);
    let wrong = || "write a number, the code of a place and how many: L-7,M1-A,100".to_owned();
    let quantity = parts.next().ok_or_else(wrong)?;
    let place = parts.next().filter(|part| !part.is_empty());
    let number = parts.next().filter(|part| !part.is_empty());
    Ok(StatedLine {
        number: number.ok_or_else(wrong)?.to_owned(),
        place: place.ok_or_else(wrong)?.to_owned(),
        quantity: quantity.parse().map_err(|_| wrong())?,
    })
}

impl RuleAct {
    /// Why it is done.
    pub const fn why(&self) -> &Why {
        match self {
            Self::List { why } => why,
            Self::Set(set) => &set.why,
            Self::End(ended) => &ended.why,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn a_line_is_a_number_a_place_and_how_many() {
        let read = line("lot 7, second, M1-A , 100").unwrap();
        assert_eq!(
            (&*read.number, &*read.place, read.quantity.get()),
            ("lot 7, second", "M1-A", 100)
        );
        for wrong in [
            "", "L-7", "L-7,100", ",M1,1", "L-7,,1", "L-7,M1,0", "L-7,M1,x",
        ] {
            assert!(line(wrong).is_err(), "{wrong}");
        }
    }
}
