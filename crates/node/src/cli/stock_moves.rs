//! `egnatia stock movement`.

use std::num::NonZeroU64;

use clap::{Args, Subcommand};
use egnatia_stockpile::{MovementId, MovementKind, Remark};

use super::Why;
use super::stock_acts::{SignedIn, remark};

pub const MOVES_AFTER: &str = "\
What two persons sign waits for the second one, who signs with a login and the password on
standard input: whoever is at the machine signs for nobody. A loss follows from a case, and a
ledger brings its opening balances: neither is entered here.";

/// What to do with a movement of stock.
#[derive(Subcommand)]
pub enum MovementAct {
    /// Show one: its lines, who entered it, and who has to sign.
    Show {
        /// Its id.
        id: MovementId,
        #[command(flatten)]
        why: Why,
    },
    /// Enter one.
    Enter(Box<MovementEntry>),
    /// Sign one that somebody else has entered, as a storekeeper or stock inspector.
    Sign {
        /// Its id.
        id: MovementId,
        /// What came, line by line, where the receiving store counts: `100,1`.
        #[arg(long, value_delimiter = ',', value_name = "N,…")]
        counted: Option<Vec<u64>>,
        #[command(flatten)]
        who: SignedIn,
    },
    /// Give one up that waits for a signature.
    Void {
        /// Its id.
        id: MovementId,
        /// Why.
        #[arg(long, value_parser = remark)]
        reason: Remark,
        #[command(flatten)]
        who: SignedIn,
    },
    /// List from where and to where things are moved: places, holders, and what is outside.
    Accounts {
        #[command(flatten)]
        why: Why,
    },
}

/// A movement.
#[derive(Args)]
pub struct MovementEntry {
    /// receipt, issue, return, transfer, expenditure, recovery, destruction.
    #[arg(long)]
    pub kind: MovementKind,
    /// What: a serial number, lot or id, from where, to where, and how many: `L-7,M1-A,outside,100`.
    /// A place by its code or account, a holder by name, or outside, expended, destroyed. May be
    /// repeated: all lines are posted together or none is.
    #[arg(long = "line", required = true, value_name = "NUMBER,FROM,TO,QUANTITY", value_parser = line)]
    pub lines: Vec<StatedMove>,
    /// The paper that goes with it.
    #[arg(long)]
    pub reference: String,
    /// Why, where that is not plain.
    #[arg(long, value_parser = remark)]
    pub remark: Option<Remark>,
    /// An id for the movement: the same one once more changes nothing.
    #[arg(long, value_name = "ID")]
    pub id: Option<MovementId>,
    #[command(flatten)]
    pub why: Why,
}

/// A line of a movement as it is stated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatedMove {
    /// A serial number, a lot, or the id of goods.
    pub number: String,
    /// From where.
    pub from: String,
    /// To where.
    pub to: String,
    /// How many pieces.
    pub quantity: NonZeroU64,
}

fn line(text: &str) -> Result<StatedMove, String> {
    // From the end: a number may have commas in it.
    let mut parts = text.rsplitn(4, ',').map(str::trim);
    let wrong =
        || "write a number, from where, to where and how many: L-7,M1-A,M1-B,100".to_owned();
    let quantity = parts.next().ok_or_else(wrong)?;
    let mut next = || {
        let part = parts.next().filter(|part| !part.is_empty());
        part.map(str::to_owned).ok_or_else(wrong)
    };
    let (to, from, number) = (next()?, next()?, next()?);
    Ok(StatedMove {
        number,
        from,
        to,
        quantity: quantity.parse().map_err(|_| wrong())?,
    })
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn a_line_is_a_number_two_accounts_and_how_many() {
        let read = line("lot 7, second, M1-A , 3rd company, 100").unwrap();
        assert_eq!(
            (&*read.number, &*read.from, &*read.to, read.quantity.get()),
            ("lot 7, second", "M1-A", "3rd company", 100)
        );
        for wrong in [
            "",
            "L-7",
            "L-7,M1,M2",
            ",M1,M2,1",
            "L-7,,M2,1",
            "L-7,M1,,1",
            "L-7,M1,M2,0",
        ] {
            assert!(line(wrong).is_err(), "{wrong}");
        }
    }
}
