//! `egnatia partner …`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use egnatia_record::AuthorityId;

/// What to do with partners' nodes.
#[derive(Subcommand)]
pub enum Partner {
    /// Print this node's card, to be given to partners. Keys are made where there are none yet.
    Card(Card),
    /// Show what a partner's card says. Nothing is stored.
    Read {
        /// The card: JSON, or the texts of its codes, one a line.
        file: PathBuf,
    },
    /// Accept a partner by its card, or take a new card of one. Have its administrator read the
    /// fingerprint out to you, by telephone or face to face.
    Accept {
        /// The card: JSON, or the texts of its codes, one a line.
        file: PathBuf,
        /// The fingerprint as the partner's administrator read it out; lower case and missing
        /// dashes do no harm.
        #[arg(long)]
        fingerprint: String,
    },
    /// List partners, with what waits for them.
    List,
    /// End the trust in a partner's node: nothing goes there, nothing is taken from there.
    Revoke {
        /// Whose node.
        authority: AuthorityId,
    },
    /// List what was agreed with whom.
    Arrangements {
        /// First adopt those of the shipped matrix that this node does not have yet. They are to be
        /// confirmed by a lawyer.
        #[arg(long)]
        adopt: bool,
    },
    /// List what was told to a partner and what became of it, newest first.
    Deliveries {
        /// Whose node.
        authority: AuthorityId,
        /// `shared`: records, recalls, hits, questions and answers; `upkeep`: keys, checkpoints and
        /// receipts, which keep the exchange going; `all`: both.
        #[arg(long, default_value = "shared", value_name = "PART",
              value_parser = clap::builder::PossibleValuesParser::new(["shared", "upkeep", "all"]))]
        part: String,
        /// Those before this number: the last one of the page before.
        #[arg(long, value_name = "NUMBER")]
        before: Option<u64>,
        /// At most so many, 1 to 200.
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=200))]
        limit: u32,
    },
    /// Make new keys to sign, to open and for the wire, and tell all partners of the new card. A
    /// node that serves takes them over by itself.
    RotateKeys(RotateKeys),
}

/// In which form.
#[derive(Args)]
pub struct Card {
    /// Write the card into this file instead; it must not exist.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Print fingerprint and address for people instead, with a QR code of both.
    #[arg(long)]
    pub qr: bool,
}

/// How the old keys go.
#[derive(Args)]
pub struct RotateKeys {
    /// For so many days the old keys are valid beside the new ones. A partner whose node is away
    /// for longer has to be met again.
    #[arg(long, value_name = "DAYS", default_value_t = 30,
          value_parser = clap::value_parser!(u16).range(1..=3650))]
    pub overlap_days: u16,
    /// The old keys may be in wrong hands: the new card says at once that they are not valid.
    #[arg(long)]
    pub revoke: bool,
}
