//! Writes a register of invented persons and queries against it, to compare how engines search.
//!
//! `write` makes `corpus.ftm.json` and `queries.jsonl` in the form that `egnatia eval search` reads.
//! `search` asks those queries of the matching index alone, without a node and without the reader
//! of lists, and so without the limit of a list's size. `pairs` takes real persons from public lists.

mod lists;
mod pairs;
mod scale;
mod search;
mod serials;
mod write;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// As in the node.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Registers of invented persons, and queries against them.
#[derive(Parser)]
#[command(name = "egnatia-corpus", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Writes `corpus.ftm.json` and `queries.jsonl`.
    Write(Writing),
    /// Asks queries of the matching index, and writes times and ids as JSON.
    Search(Searching),
    /// Builds a segment of the matching index, opens it as a mapped file, asks queries on several
    /// threads, and writes what it measured as JSON.
    Scale(Scaling),
    /// Writes pairs of persons that stand on the lists of both OFAC and the UN, and of others that
    /// share words of their names, for `egnatia eval pairs`.
    Pairs(Pairing),
    /// Asks whole and masked serial numbers of weapons, and writes what it measured as JSON.
    Serials(Numbering),
}

#[derive(clap::Args)]
struct Numbering {
    /// How many weapons, each with one number.
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(1..=50_000_000))]
    weapons: u32,
    /// How many whole numbers are asked; half of them belong to no weapon.
    #[arg(long, default_value_t = 1_000_000)]
    questions: u32,
    /// How many numbers with two unknown places are asked.
    #[arg(long, default_value_t = 2_000)]
    masked: u32,
    /// The same seed gives the same numbers.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where numbers and questions are written, for other engines.
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

#[derive(clap::Args)]
struct Pairing {
    /// A folder of lists, as for `write`.
    #[arg(long, env = "EGNATIA_LISTS", value_name = "FOLDER")]
    lists: PathBuf,
    /// Where the pairs are written, one a line; it should end in `.jsonl`.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

#[derive(clap::Args)]
struct Scaling {
    /// How many persons; they have about twice as many names.
    #[arg(long, default_value_t = 500_000, value_parser = clap::value_parser!(u64).range(1..=100_000_000))]
    persons: u64,
    /// How many queries of each of the 22 categories.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    queries: u32,
    /// Threads that prepare entries and that ask.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=64))]
    threads: u16,
    /// After how many seconds of asking the rest of the queries is left out.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=3600))]
    seconds_max: u32,
    /// The same seed and the same lists give the same register.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// A folder of lists, as for `write`.
    #[arg(long, env = "EGNATIA_LISTS", value_name = "FOLDER")]
    lists: Option<PathBuf>,
    /// Where the segment is written.
    #[arg(long, value_name = "FILE")]
    segment: PathBuf,
    /// Uses the segment that is there from an earlier run with the same options.
    #[arg(long)]
    keep: bool,
}

#[derive(clap::Args)]
struct Writing {
    /// How many persons.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..=100_000_000))]
    persons: u64,
    /// How many queries of each of the 22 categories.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    queries: u32,
    /// The same seed and the same lists give the same files.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// A folder with `ofac/sdn.csv`, `ofac/alt.csv` and `un/*.xml`, whose words the names are made
    /// of, beside those of the region.
    #[arg(long, env = "EGNATIA_LISTS", value_name = "FOLDER")]
    lists: Option<PathBuf>,
    /// Where the files are written; existing ones are replaced.
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
}

#[derive(clap::Args)]
struct Searching {
    /// A corpus of FollowTheMoney entities, one a line.
    #[arg(long, value_name = "FILE")]
    corpus: PathBuf,
    /// Queries, one a line.
    #[arg(long, value_name = "FILE")]
    queries: PathBuf,
    /// After how many seconds of asking the rest of the queries is left out.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=3600))]
    seconds_max: u32,
}

/// Why nothing was written or measured.
#[derive(Debug, thiserror::Error)]
enum CorpusError {
    #[error("cannot read `{0}`: {1}")]
    Read(PathBuf, #[source] std::io::Error),
    #[error("cannot write `{0}`: {1}")]
    Write(PathBuf, #[source] std::io::Error),
    #[error("in `{0}`: {1}")]
    List(PathBuf, #[source] egnatia_formats::ListError),
    #[error("`{0}`, line {1}: {2}")]
    Line(PathBuf, u64, String),
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Write(writing) => write::run(&writing),
        Command::Search(searching) => search::run(&searching),
        Command::Scale(scaling) => scale::run(&scaling),
        Command::Pairs(pairing) => pairs::run(&pairing),
        Command::Serials(numbering) => serials::run(&numbering),
    };
    match done {
        Ok(report) => {
            println!("{report}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}
