//! `egnatia firearm …`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use egnatia_alerts::Reason;
use egnatia_firearms::{Category, Country, MarkPlace, MarkState, ReturnKind, WeaponKind};
use egnatia_record::RecordId;

use super::Why;

/// What to do with firearms.
#[derive(Subcommand)]
pub enum Firearm {
    /// Register a weapon. What is known already and agrees with it is shown first; then nothing is
    /// registered, unless you say that it is another weapon.
    Register(Box<Register>),
    /// Bring in a register that exists elsewhere, all of it or nothing.
    Import(Box<FirearmImport>),
    /// List weapons of the register, the newest first.
    List {
        /// How a number begins; or a maker, or a calibre.
        #[arg(value_name = "TEXT", default_value = "")]
        text: String,
        /// Only those that are there: held, authority, lost, stolen, transit, abroad, nowhere,
        /// destroyed.
        #[arg(long, default_value = "")]
        custody: String,
        /// At most so many, 1 to 10,000.
        #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=10_000))]
        limit: u32,
        #[command(flatten)]
        why: Why,
    },
    /// Show a weapon: its marks, and everything that happened to it.
    Show {
        /// The weapon.
        #[arg(value_name = "ID")]
        id: RecordId,
        #[command(flatten)]
        why: Why,
    },
    /// Show where one's own trace stands, country by country.
    Trace {
        /// The trace.
        #[arg(value_name = "ID")]
        id: RecordId,
        #[command(flatten)]
        why: Why,
    },
    /// Count a return from the incidents, and freeze it where told.
    Return {
        /// unodc-iafq or regional-half-year.
        #[arg(value_parser = return_kind)]
        kind: ReturnKind,
        /// The year (2026), or the half-year (2026-H1).
        period: String,
        /// Freeze it: it stays as it is from then on.
        #[arg(long)]
        freeze: bool,
        #[command(flatten)]
        why: Why,
    },
    /// Show which incidents have weapons, lots, serial numbers or routes in common.
    Clusters {
        #[command(flatten)]
        why: Why,
    },
}

const AFTER: &str = "\
Columns are recognised by their headings, in English and the languages of the region. Fields of
--columns: serial, place, state, kind, make, model, calibre, category, country, year; slide, barrel,
cylinder, bolt (their numbers); reference, holder, holder-kind, holder-name, holder-address, licence,
licensed-until, held-since; different, distinguished-by.

Every row is checked before anything is written; where one is wrong, nothing is, and the exit code is
2. The same file once more registers nothing twice, and goes on where it was interrupted.";

/// Which weapons to register, and how.
#[derive(Args)]
#[command(after_help = AFTER)]
pub struct FirearmImport {
    /// The table: CSV or Excel, one weapon a row.
    pub file: PathBuf,
    /// Which columns hold what, by number or heading: serial=3,make=Marka. May be given several
    /// times.
    #[arg(long, visible_alias = "column", value_name = "FIELD=COLUMN,…")]
    pub columns: Vec<String>,
    /// The first row holds no headings but a weapon; needs --columns.
    #[arg(long, requires = "columns")]
    pub no_headings: bool,
    /// The kind of weapon where a row states none, such as pistol, rifle, assault-rifle.
    #[arg(long, value_parser = weapon_kind)]
    pub kind: Option<WeaponKind>,
    /// You looked at all rows that a dry run puts beside something: why they are other weapons.
    #[arg(long, value_name = "REASON", value_parser = super::alert::reason)]
    pub like_are_different: Option<Reason>,
    /// Check every row, say what would be registered, and register nothing.
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub why: Why,
}

/// A weapon, as it is read.
#[derive(Args)]
pub struct Register {
    /// The number of the frame or receiver; `?` is one place that cannot be read, `*` any number.
    #[arg(long, default_value = "")]
    pub serial: String,
    /// Where it stands: frame or receiver.
    #[arg(long, default_value = "receiver", value_parser = mark_place)]
    pub place: MarkPlace,
    /// In what state it is: readable, doubted, altered, obliterated, missing.
    #[arg(long, default_value = "readable", value_parser = mark_state)]
    pub state: MarkState,
    /// Who made it.
    #[arg(long)]
    pub make: String,
    /// Model.
    #[arg(long, default_value = "")]
    pub model: String,
    /// Calibre.
    #[arg(long)]
    pub calibre: String,
    /// Kind, such as pistol, rifle, assault-rifle.
    #[arg(long, value_parser = weapon_kind)]
    pub kind: WeaponKind,
    /// Category of Directive (EU) 2021/555: A, B or C.
    #[arg(long, value_parser = category)]
    pub category: Option<Category>,
    /// Where it was made: two letters.
    #[arg(long)]
    pub country: Option<Country>,
    /// When it was made.
    #[arg(long)]
    pub year: Option<i16>,
    /// A weapon or alert that you looked at and that is another one. May be given several times.
    #[arg(long, value_name = "ID")]
    pub different_from: Vec<RecordId>,
    /// What tells it from one with the same number.
    #[arg(long)]
    pub distinguished_by: Option<String>,
    /// Show what agrees with it, and register nothing.
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub why: Why,
}

fn among<T>(found: Option<T>, all: &[&str]) -> Result<T, String> {
    found.ok_or_else(|| format!("expected one of {}", all.join(", ")))
}

fn return_kind(text: &str) -> Result<ReturnKind, String> {
    let all: Vec<&str> = ReturnKind::ALL.iter().map(|word| word.as_str()).collect();
    among(ReturnKind::parse(text), &all)
}

fn mark_place(text: &str) -> Result<MarkPlace, String> {
    let place = MarkPlace::parse(text).filter(|place| place.is_unique());
    among(place, &["frame", "receiver"])
}

fn mark_state(text: &str) -> Result<MarkState, String> {
    let all: Vec<&str> = MarkState::ALL.iter().map(|word| word.as_str()).collect();
    among(MarkState::parse(text), &all)
}

fn weapon_kind(text: &str) -> Result<WeaponKind, String> {
    let all: Vec<&str> = WeaponKind::ALL.iter().map(|word| word.as_str()).collect();
    among(WeaponKind::parse(text), &all)
}

fn category(text: &str) -> Result<Category, String> {
    among(Category::parse(text), &["A", "B", "C"])
}
