//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use egnatia_app::Role;
use egnatia_matching::{BirthDate, Gender, Schema};
use egnatia_record::{CaseReference, Purpose, UserId};

const AFTER: &str = "\
Exit codes: 0 done; 1 the log is not whole; 2 the input cannot be used, nothing was stored;
3 refused; 4 somebody else was faster; 5 store, disk or network failed.

Everything that a command does is in the audit log under your name at the operating system.";

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
    /// Run a node for trying things out: lists, users, passwords, all made for you.
    Demo(Listen),
    /// Import a version of a list; all of it or nothing.
    #[command(subcommand)]
    Import(Import),
    /// Check somebody or something against the lists.
    Check(Box<Check>),
    /// Show which lists there are, in which versions.
    Lists,
    /// The audit log.
    #[command(subcommand)]
    Audit(Audit),
    /// Accounts.
    #[command(subcommand)]
    User(User),
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
    /// Birth date: 1971-03-05, 1971-03, 1971, 1960..1965, ~1971.
    #[arg(long)]
    pub birth_date: Option<BirthDate>,
    /// Nationality: a code or a name.
    #[arg(long)]
    pub nationality: Vec<String>,
    /// Number of a passport, identity card or another document.
    #[arg(long)]
    pub document: Vec<String>,
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

/// What to do with the log.
#[derive(Subcommand)]
pub enum Audit {
    /// Recompute the whole log and compare every record with it. Exit code 1 where something was
    /// altered, removed or inserted; the first such entry is named.
    Verify,
    /// Print the public key under which the log's checkpoints are signed.
    Key,
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
        /// officer, verifying-officer, supervisor, data-protection-officer or administrator.
        #[arg(long)]
        role: Role,
        /// Read the password from standard input.
        #[arg(long)]
        password_stdin: bool,
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

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
