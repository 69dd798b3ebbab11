//! `egnatia firearm register`, `describe`, `photographs`, `progress`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use egnatia_alerts::Reason;
use egnatia_firearms::{Category, Country, Mark, MarkPlace, MarkState, WeaponKind};
use egnatia_record::RecordId;

use super::Why;
use super::firearm::{category, mark_place, mark_state, weapon_kind};

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
    /// Places in doubt: place from 1, how sure in percent, what else it may be: 4=60/8.
    #[arg(long, default_value = "", value_name = "PLACE=PERCENT/CHARACTER,…")]
    pub doubts: String,
    /// A further mark: 'slide: AB 123', 'barrel: AB ?23 (altered)'. May be given several times.
    #[arg(long, value_name = "PLACE: MARK")]
    pub mark: Vec<Mark>,
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
    /// Under which number it stands in a register of before.
    #[arg(long)]
    pub reference: Option<String>,
    /// Show what agrees with it, and register nothing.
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub why: Why,
}

/// What a weapon is in truth; what is not stated stays as it is recorded.
#[derive(Args)]
pub struct Describe {
    /// The weapon.
    #[arg(value_name = "ID")]
    pub id: RecordId,
    /// Why it was recorded otherwise.
    #[arg(long, value_parser = super::alert::reason)]
    pub reason: Reason,
    /// The number of the frame or receiver, as it is read.
    #[arg(long)]
    pub serial: Option<String>,
    /// Where it stands: frame or receiver.
    #[arg(long, value_parser = mark_place)]
    pub place: Option<MarkPlace>,
    /// In what state it is: readable, doubted, altered, obliterated, missing.
    #[arg(long, value_parser = mark_state)]
    pub state: Option<MarkState>,
    /// Places in doubt, in place of those that are recorded: 4=60/8.
    #[arg(long, value_name = "PLACE=PERCENT/CHARACTER,…")]
    pub doubts: Option<String>,
    /// All further marks, in place of those that are recorded. May be given several times.
    #[arg(long, value_name = "PLACE: MARK")]
    pub mark: Vec<Mark>,
    /// Who made it.
    #[arg(long)]
    pub make: Option<String>,
    /// Model.
    #[arg(long)]
    pub model: Option<String>,
    /// Calibre.
    #[arg(long)]
    pub calibre: Option<String>,
    /// Kind, such as pistol, rifle, assault-rifle.
    #[arg(long, value_parser = weapon_kind)]
    pub kind: Option<WeaponKind>,
    /// Category of Directive (EU) 2021/555: A, B or C.
    #[arg(long, value_parser = category)]
    pub category: Option<Category>,
    /// Where it was made: two letters.
    #[arg(long)]
    pub country: Option<Country>,
    /// When it was made.
    #[arg(long)]
    pub year: Option<i16>,
    /// What tells it from one with the same number.
    #[arg(long)]
    pub distinguished_by: Option<String>,
    /// A weapon or alert that you looked at and that is another one. May be given several times.
    #[arg(long, value_name = "ID")]
    pub different_from: Vec<RecordId>,
    #[command(flatten)]
    pub why: Why,
}

/// What to do with photographs that are kept.
#[derive(Subcommand)]
pub enum Photographs {
    /// Write one into a file, JPEG. It must not exist.
    Show {
        /// The weapon.
        #[arg(value_name = "ID")]
        id: RecordId,
        /// The photograph, as `firearm show` names it.
        #[arg(value_name = "PHOTOGRAPH")]
        photograph: RecordId,
        /// The file.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        #[command(flatten)]
        why: Why,
    },
    /// Take one away: the picture is erased.
    Remove {
        /// The weapon.
        #[arg(value_name = "ID")]
        id: RecordId,
        /// The photograph.
        #[arg(value_name = "PHOTOGRAPH")]
        photograph: RecordId,
        #[command(flatten)]
        why: Why,
    },
}

/// Which half-years.
#[derive(Args)]
pub struct ProgressOf {
    /// Up to this one: 2026-H2; without it, the present one.
    #[arg(long, default_value = "", value_name = "HALF-YEAR")]
    pub until: String,
    /// How many.
    #[arg(long, default_value_t = 6, value_parser = clap::value_parser!(u8).range(1..=20))]
    pub count: u8,
    /// Print CSV, rows of nothing too.
    #[arg(long, conflicts_with = "json")]
    pub csv: bool,
    #[command(flatten)]
    pub why: Why,
}
