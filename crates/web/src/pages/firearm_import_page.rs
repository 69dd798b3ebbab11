//! The pages on which a register of firearms comes in.

use askama::Template;
use egnatia_app::{
    FirearmImportError, FirearmImportReport, ImportStep, LikeFirearmRow, LikeState, OWN_FIREARMS,
    PresetArea,
};
use egnatia_firearms::WeaponKind;
use egnatia_formats::rows::firearms::FirearmField;

use super::alert_form::{Filler, Wrong};
use super::firearm_fields::words_or_none;
use super::firearm_import::Read;
use super::import_report::{self, RowError};
use super::terms;
use crate::imports::{Run, Stand};
use crate::parts::{Facts, Field, FieldKind, Form, FormErrors, Table};
use crate::tables::WaitingTable;
use crate::visit::{Posted, Signed};
use crate::{Area, Frame, Texts, words};

/// So many rows that agree with something are shown. The others wait until these are decided.
const LIKE_SHOWN: usize = 200;

/// The page on which a table is given.
#[derive(Debug, Template)]
#[template(path = "firearm_import_file.html")]
pub struct FirearmFilePage {
    /// The frame.
    pub frame: Frame,
    /// The form.
    pub form: Form,
}

/// The page that shows how a table is read, and what its rows would lead to.
#[derive(Debug, Template)]
#[template(path = "firearm_import.html")]
pub struct FirearmImportPage {
    /// The frame.
    pub frame: Frame,
    /// Name, form, number of rows.
    pub facts: Facts,
    /// How far the import is, where it runs: what it does, rows done, rows in all.
    pub progress: Option<(String, u64, u64)>,
    /// What was found when all rows were checked.
    pub outcome: Option<Outcome>,
    /// What is wrong with the form.
    pub errors: FormErrors,
    /// Names of kept mappings; none where nothing is kept.
    pub mapping: Option<Field>,
    /// What each column holds.
    pub columns: Vec<ColumnChoice>,
    /// What a column may hold.
    pub fields: Vec<(&'static str, String)>,
    /// How the table is read.
    pub read_as: Vec<Field>,
    /// The name under which the columns are kept.
    pub keep_as: Field,
    /// Why all rows that agree with something are other weapons.
    pub like_are_different: Field,
    /// The checksum of the table that is shown.
    pub checksum: String,
    /// What the button says that registers; absent where nothing may be registered yet.
    pub enter: Option<String>,
    wrong: bool,
}

impl FirearmImportPage {
    /// Whether something has to be put right.
    pub fn is_refused(&self) -> bool {
        self.wrong
    }
}

/// A column of the table.
#[derive(Debug)]
pub struct ColumnChoice {
    /// Its number, from 1.
    pub number: usize,
    /// What stands in its first row.
    pub heading: String,
    /// What it holds; empty where it is not read.
    pub field: &'static str,
}

/// What was found when all rows were checked.
#[derive(Debug)]
pub struct Outcome {
    /// That all rows may be registered, or that none is.
    pub text: String,
    /// Whether something is wrong.
    pub is_wrong: bool,
    /// What is wrong, row by row.
    pub errors: Table,
    /// Rows that agree with something else.
    pub like: Vec<LikeChoice>,
    /// How many of these are not shown.
    pub like_more: u64,
}

/// A row that agrees with something, side by side with it.
#[derive(Debug)]
pub struct LikeChoice {
    /// The row.
    pub row: u64,
    /// Its weapon.
    pub name: String,
    /// Its calibre.
    pub calibre: String,
    /// What it agrees with: address, name, where that stands.
    pub known: Vec<(String, String, String)>,
    /// What was decided.
    pub decided: &'static str,
    /// What tells it apart, as it was written.
    pub tells: String,
}

/// All that the page shows.
pub(super) struct Shown<'a> {
    pub file: &'a WaitingTable,
    pub read: Read,
    pub posted: Posted,
    pub wrong: Wrong,
    pub run: Option<Run>,
}

/// The page on which a table is given.
pub(super) async fn file_page(signed: &Signed, wrong: Option<String>) -> FirearmFilePage {
    let t = signed.t();
    let title = t.text("firearm-import-title");
    let frame = signed.frame(title, Some(Area::Firearms)).await;
    let file = Field::new("rows", t.text("alert-import-file"))
        .hint(t.text("firearm-import-file-hint"))
        .kind(FieldKind::File)
        .error(wrong)
        .required();
    let submit = t.text("screen-file-submit");
    let form = Form::new(t, "/firearms/import/file", vec![file], submit, None);
    FirearmFilePage {
        form: form.csrf(frame.csrf()),
        frame,
    }
}

/// The page that shows how a table is read, and what its rows would lead to.
pub(super) async fn import_page(signed: &Signed, shown: Shown<'_>) -> FirearmImportPage {
    let t = signed.t();
    let title = t.text("alert-import-new-title");
    let frame = signed.frame(title, Some(Area::Firearms)).await;
    let mut wrong = shown.wrong;
    if let Err(error) = &shown.read.table {
        let text = words::sentence(&error.to_string());
        wrong.entry(String::new()).or_insert(text);
    }
    let app = &signed.state.app;
    let kept = app
        .presets(signed.caller(), PresetArea::FirearmColumns)
        .await;
    let kept: Vec<String> = kept.map_or_else(
        |_| Vec::new(),
        |kept| kept.into_iter().map(|preset| preset.name).collect(),
    );
    let posted = with_reading(&shown.posted, &shown.read);
    let filler = Filler {
        t,
        posted: &posted,
        wrong: &wrong,
    };
    let kinds = WeaponKind::ALL.iter().map(|kind| kind.as_str());
    let kinds = words_or_none(t, "weapon", kinds);
    let headings = terms::choices(t, "alert-headings", ["first", "none"]);
    let read_as = vec![
        filler.choice("headings", "alert-headings", headings),
        filler.choice("weapon_kind", "firearm-import-kind", kinds),
    ];
    let keep_as = filler.line("keep_as", "firearm-import-keep-as");
    let like_are_different = filler.area("like_are_different", "firearm-import-different");
    let fields: Vec<&Field> = [&keep_as, &like_are_different]
        .into_iter()
        .chain(&read_as)
        .collect();
    let whole = wrong.get("").cloned();
    let errors = FormErrors::new(t, &fields, whole);
    let table = shown.read.table.as_ref().ok();
    let report = shown.run.as_ref().and_then(report_of);
    let ready = report.filter(|report| report.error_count == 0 && report.registered > 0);
    let progress = shown.run.as_ref().and_then(|run| match run.stand {
        Stand::Runs(step, rows) => {
            let key = match step {
                ImportStep::Checking => "screen-running",
                ImportStep::Writing => "firearm-import-writing",
            };
            Some((t.text(key), rows, run.rows))
        }
        Stand::Ended(_) => None,
    });
    let outcome = report.map(|report| outcome(signed, report, (&shown.read, &posted)));
    FirearmImportPage {
        facts: import_report::facts(
            t,
            &shown.file.name,
            table.map(|table| (table.written.as_str(), table.row_count)),
        ),
        progress,
        wrong: !wrong.is_empty() || outcome.as_ref().is_some_and(|outcome| outcome.is_wrong),
        outcome,
        errors,
        mapping: (!kept.is_empty()).then(|| mapping(&filler, kept)),
        columns: columns(&shown.read),
        fields: field_names(t),
        keep_as,
        like_are_different,
        read_as,
        checksum: shown.file.checksum.to_string(),
        enter: ready.map(|report| t.count("firearm-import-enter", report.registered)),
        frame,
    }
}

fn report_of(run: &Run) -> Option<&FirearmImportReport> {
    match &run.stand {
        Stand::Ended(Ok(report)) => Some(report),
        _ => None,
    }
}

/// What a kept mapping says of headings and kind is shown as if it had been chosen.
fn with_reading(posted: &Posted, read: &Read) -> Posted {
    let mut fields: Vec<(String, String)> = posted
        .fields()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let headings = match read.reading.headings {
        true => "first",
        false => "none",
    };
    fields.push(("headings".to_owned(), headings.to_owned()));
    let kind = read.reading.kind.map_or("", WeaponKind::as_str);
    fields.push(("weapon_kind".to_owned(), kind.to_owned()));
    Posted::of(fields)
}

fn mapping(filler: &Filler<'_>, kept: Vec<String>) -> Field {
    let mut choices: Vec<(String, String)> =
        kept.into_iter().map(|name| (name.clone(), name)).collect();
    choices.insert(0, (String::new(), filler.t.text("choose")));
    filler.choice("mapping", "firearm-import-mapping", choices)
}

fn columns(read: &Read) -> Vec<ColumnChoice> {
    let fields = read.fields.iter().copied().chain(std::iter::repeat(None));
    let columns = (1_usize..).zip(&read.first).zip(fields);
    let columns = columns.map(|((number, heading), field)| ColumnChoice {
        number,
        heading: heading.trim().to_owned(),
        field: field.map_or("", FirearmField::as_str),
    });
    columns.collect()
}

fn field_names(t: &Texts) -> Vec<(&'static str, String)> {
    let fields = FirearmField::ALL.iter().map(|field| field.as_str());
    fields
        .map(|field| (field, firearm_field(t, field)))
        .collect()
}

/// What a field of a weapon is called, where the same word means something else of a person.
fn firearm_field(t: &Texts, field: &str) -> String {
    let key = format!("firearm-column-{field}");
    match t.has(&key) {
        true => t.text(&key),
        false => import_report::field_name(t, field),
    }
}

/// What the check of all rows came to.
fn outcome(
    signed: &Signed,
    report: &FirearmImportReport,
    (read, posted): (&Read, &Posted),
) -> Outcome {
    let t = signed.t();
    let is_wrong = report.error_count > 0;
    let mut text = match (is_wrong, report.registered, report.already) {
        (true, ..) => t.count("firearm-import-wrong", report.error_count),
        (false, 0, 0) => t.text("firearm-import-none"),
        (false, 0, _) => t.text("alert-import-already-all"),
        (false, _, 0) => t.count("firearm-import-ready", report.registered),
        (false, _, already) => {
            let ready = t.count("firearm-import-ready", report.registered);
            format!("{ready} {}", t.count("alert-import-already", already))
        }
    };
    if report.left_out > 0 {
        text = format!(
            "{text} {}",
            t.count("firearm-import-left-out", report.left_out)
        );
    }
    let columns = read
        .table
        .as_ref()
        .map_or(&[][..], |table| table.columns.as_slice());
    let errors = report.errors.iter().map(|error| RowError {
        row: error.row,
        field: error.field.as_deref(),
        column: error.column,
        problem: in_words(t, error),
    });
    let shown = report.like.iter().take(LIKE_SHOWN);
    let like: Vec<LikeChoice> = shown.map(|like| choice(signed, like, posted)).collect();
    let count = u64::try_from(like.len()).unwrap_or(u64::MAX);
    Outcome {
        text,
        is_wrong,
        errors: import_report::errors(t, columns, firearm_field, errors),
        like_more: report.like_count.saturating_sub(count),
        like,
    }
}

fn choice(signed: &Signed, like: &LikeFirearmRow, posted: &Posted) -> LikeChoice {
    let t = signed.t();
    let known = like.known.iter().map(|known| {
        let path = match known.list == OWN_FIREARMS {
            true => format!("/firearms/{}", known.record),
            false => format!("/alerts/{}", known.record),
        };
        let place = match known.list == OWN_FIREARMS {
            true => t.text("firearms-title"),
            false => t.text("alerts-title"),
        };
        (
            path,
            known.name.clone(),
            format!("{place}, {} %", known.percent),
        )
    });
    let earlier = like.earlier.iter().map(|earlier| {
        let row = t.with("firearm-import-row", "row", earlier.row.to_string());
        (String::new(), earlier.name.clone(), row)
    });
    LikeChoice {
        row: like.row,
        name: like.name.clone(),
        calibre: like.calibre.clone(),
        known: known.chain(earlier).collect(),
        decided: match like.state {
            LikeState::Open => "",
            LikeState::Different => "different",
            LikeState::LeftOut => "left-out",
        },
        tells: posted.text(&format!("tells-{}", like.row)),
    }
}

/// What is wrong with a row, in the reader's language.
fn in_words(t: &Texts, error: &FirearmImportError) -> String {
    let keys = [
        format!("firearm-row-{}", error.code),
        format!("firearm-refused-{}", error.code),
    ];
    let key = keys.iter().find(|key| t.has(key));
    key.map_or_else(|| error.problem.clone(), |key| t.text(key))
}
