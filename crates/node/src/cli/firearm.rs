//! `egnatia firearm …`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use egnatia_alerts::Reason;
use egnatia_firearms::{
    Category, Country, IncidentKind, MarkPlace, MarkState, ReturnKind, WeaponKind,
};
use egnatia_record::RecordId;
use jiff::civil::Date;

use super::Why;
use super::firearm_life::{Correction, Destruction, FirearmEvent, FirearmReport};
use super::firearm_register::{Describe, Photographs, ProgressOf, Register};
use super::incident::{IncidentAct, Returns};
use super::trace::Trace;

/// What to do with firearms.
#[derive(Subcommand)]
pub enum Firearm {
    /// Register a weapon. What is known already and agrees with it is shown first; then nothing is
    /// registered, unless you say that it is another weapon.
    Register(Box<Register>),
    /// Bring in a register that exists elsewhere, all of it or nothing.
    Import(Box<FirearmImport>),
    /// List weapons of the register, the newest first.
    List(Box<List>),
    /// Add a photograph to a weapon: JPEG, PNG or WebP. What a camera wrote into it is not kept.
    Photograph {
        /// The weapon.
        #[arg(value_name = "ID")]
        id: RecordId,
        /// The file.
        file: PathBuf,
        /// What it shows, for whoever does not see it.
        #[arg(long)]
        shows: String,
        #[command(flatten)]
        why: Why,
    },
    /// Write the label of a weapon into a file, for a label printer: SVG, 62 by 29 millimetres.
    Label {
        /// The weapon.
        #[arg(value_name = "ID")]
        id: RecordId,
        /// The file; it must not be there yet.
        #[arg(long)]
        out: PathBuf,
        #[command(flatten)]
        why: Why,
    },
    /// Write a photograph of a weapon into a file, or take one away.
    #[command(subcommand)]
    Photographs(Photographs),
    /// Show a weapon: its marks, and everything that happened to it.
    Show {
        /// The weapon.
        #[arg(value_name = "ID")]
        id: RecordId,
        #[command(flatten)]
        why: Why,
    },
    /// Record what happened to a weapon. What cannot follow is refused and says why.
    Event(Box<FirearmEvent>),
    /// Report a weapon lost or stolen: partners have an alert on it within seconds.
    Report(Box<FirearmReport>),
    /// Propose, sign or withdraw the destruction of a weapon.
    #[command(subcommand)]
    Destruction(Destruction),
    /// List weapons for which one officer has proposed what another one signs.
    Waiting {
        #[command(flatten)]
        why: Why,
    },
    /// Sign or withdraw the correction of what two officers signed.
    #[command(subcommand)]
    Correction(Correction),
    /// Correct what a weapon is; what is not stated stays.
    Describe(Box<Describe>),
    /// Trace a weapon over countries; answer partners' traces.
    #[command(subcommand)]
    Trace(Box<Trace>),
    /// Seizures, finds and surrenders.
    #[command(subcommand)]
    Incident(Box<IncidentAct>),
    /// Your own views of the register.
    #[command(subcommand)]
    View(Box<View>),
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
    /// Frozen returns: list them, show one, write it into a file.
    #[command(subcommand)]
    Returns(Returns),
    /// Put half-years of the regional report side by side.
    Progress(ProgressOf),
    /// Count incidents by month and kind.
    Series(Box<Figures>),
    /// Count incidents by place, each as exactly as its handling codes allow.
    Places(Box<Figures>),
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
    /// Read the columns as they were kept under this name; --columns comes on top of it.
    #[arg(long, value_name = "NAME")]
    pub mapping: Option<String>,
    /// Keep how the columns are read under this name, for the next file of the same system.
    #[arg(long, value_name = "NAME")]
    pub keep_mapping: Option<String>,
    /// The first row holds no headings but a weapon; needs --columns.
    #[arg(long, requires = "columns")]
    pub no_headings: bool,
    /// The kind of weapon where a row states none, such as pistol, rifle, assault-rifle.
    #[arg(long, value_parser = weapon_kind)]
    pub kind: Option<WeaponKind>,
    /// You looked at all rows that a dry run puts beside something: why they are other weapons.
    #[arg(long, value_name = "REASON", value_parser = super::alert::reason)]
    pub like_are_different: Option<Reason>,
    /// Rows that you looked at and that are other weapons than those they agree with: 7,19.
    #[arg(long, value_name = "ROW,…", value_delimiter = ',')]
    pub different: Vec<u64>,
    /// Rows that you looked at and that are the same weapon as one they agree with: they are left
    /// out.
    #[arg(long, value_name = "ROW,…", value_delimiter = ',')]
    pub leave_out: Vec<u64>,
    /// Check every row, say what would be registered, and register nothing.
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub why: Why,
}

/// Which weapons are listed.
#[derive(Args)]
pub struct List {
    /// Those of the view that you keep under this name; what else is stated comes in place of it.
    #[arg(long, value_name = "NAME")]
    pub view: Option<String>,
    #[command(flatten)]
    pub filter: Filter,
    /// At most so many, 1 to 10,000.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub limit: u32,
    #[command(flatten)]
    pub why: Why,
}

/// By what the register is filtered.
#[derive(Args)]
pub struct Filter {
    /// How a number begins; or a maker, or a calibre.
    #[arg(value_name = "TEXT")]
    pub text: Option<String>,
    /// Only those that are there: held, authority, lost, stolen, transit, abroad, nowhere,
    /// destroyed.
    #[arg(long)]
    pub custody: Option<String>,
    /// Only of this maker.
    #[arg(long)]
    pub make: Option<String>,
    /// Only of this model.
    #[arg(long)]
    pub model: Option<String>,
    /// Only of this calibre.
    #[arg(long)]
    pub calibre: Option<String>,
    /// Only of this kind, such as pistol.
    #[arg(long)]
    pub kind: Option<String>,
    /// Only of this category: A, B or C.
    #[arg(long)]
    pub category: Option<String>,
    /// Only those made in this year, or from one to another: 1987, 1980-1989.
    #[arg(long)]
    pub year: Option<String>,
    /// Those that were written first come first.
    #[arg(long)]
    pub oldest_first: bool,
}

/// What to do with views of the register.
#[derive(Subcommand)]
pub enum View {
    /// List your views.
    List {
        #[command(flatten)]
        why: Why,
    },
    /// Keep a view under a name, in place of what was kept under it. `firearm list --view` uses it.
    Add {
        /// The name.
        name: String,
        #[command(flatten)]
        filter: Filter,
        #[command(flatten)]
        why: Why,
    },
    /// Forget a view.
    Delete {
        /// The name.
        name: String,
        #[command(flatten)]
        why: Why,
    },
}

/// Which incidents are counted.
#[derive(Args)]
pub struct Figures {
    /// Only these: seizure, find, surrender.
    #[arg(long, value_parser = incident_kind)]
    pub kind: Option<IncidentKind>,
    /// Only those with a weapon of this kind, and such weapons.
    #[arg(long, value_parser = weapon_kind)]
    pub weapon: Option<WeaponKind>,
    /// Only those in this country: two letters.
    #[arg(long)]
    pub country: Option<Country>,
    /// Not before this day, such as 2026-01-01.
    #[arg(long)]
    pub from: Option<Date>,
    /// Not after this day.
    #[arg(long)]
    pub to: Option<Date>,
    /// Print CSV.
    #[arg(long, conflicts_with = "json")]
    pub csv: bool,
    #[command(flatten)]
    pub why: Why,
}

pub(super) fn among<T>(found: Option<T>, all: &[&str]) -> Result<T, String> {
    found.ok_or_else(|| format!("expected one of {}", all.join(", ")))
}

fn return_kind(text: &str) -> Result<ReturnKind, String> {
    let all: Vec<&str> = ReturnKind::ALL.iter().map(|word| word.as_str()).collect();
    among(ReturnKind::parse(text), &all)
}

pub(super) fn incident_kind(text: &str) -> Result<IncidentKind, String> {
    let all: Vec<&str> = IncidentKind::ALL.iter().map(|word| word.as_str()).collect();
    among(IncidentKind::parse(text), &all)
}

pub(super) fn mark_place(text: &str) -> Result<MarkPlace, String> {
    let place = MarkPlace::parse(text).filter(|place| place.is_unique());
    among(place, &["frame", "receiver"])
}

pub(super) fn mark_state(text: &str) -> Result<MarkState, String> {
    let all: Vec<&str> = MarkState::ALL.iter().map(|word| word.as_str()).collect();
    among(MarkState::parse(text), &all)
}

pub(super) fn weapon_kind(text: &str) -> Result<WeaponKind, String> {
    let all: Vec<&str> = WeaponKind::ALL.iter().map(|word| word.as_str()).collect();
    among(WeaponKind::parse(text), &all)
}

pub(super) fn category(text: &str) -> Result<Category, String> {
    among(Category::parse(text), &["A", "B", "C"])
}
