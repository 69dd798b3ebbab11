//! Alerts that exist elsewhere come in as a table: what every row would lead to, and then all of it
//! or nothing.

use std::io::Cursor;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use egnatia_app::{
    Action, AlertImportError, AlertImportReport, AlertImporting, AlertTerms, checksum,
};
use egnatia_formats::rows::alerts::{AlertColumn, AlertReading, AlertTable, stated_alert_columns};
use egnatia_record::{Category, Evaluation, Handling, LegalBasis, Nature, SubjectCategory};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::caller::Bearer;
use super::json::{Body, ProblemBody};
use super::matches::reason_of;
use crate::WebState;
use crate::problem::{FieldProblem, Problem, ProblemCode};
use crate::tables::ROWS_MAX;

/// A table of alerts, how it is read, and what holds for all of them.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AlertImportBody {
    /// The file, base64: delimited text or Excel, at most 8 MiB and 2,000 rows.
    table: String,
    /// Which column holds what, by number or heading; what is not named is recognised by its heading.
    #[serde(default)]
    #[schema(example = "category=3,reason=Povod")]
    columns: String,
    /// Whether the first row holds headings; where it is not said, it does.
    headings: Option<bool>,
    /// Check and count, and enter nothing.
    #[serde(default)]
    dry_run: bool,
    /// Codes, restriction, releasability, origin.
    #[schema(value_type = Object)]
    handling: Handling,
    /// On what ground they are held.
    #[schema(value_type = String, example = "national-law")]
    legal_basis: LegalBasis,
    /// `A1` to `X4`.
    #[schema(value_type = String, example = "A1")]
    evaluation: Evaluation,
    /// Whom those on persons are about.
    #[schema(value_type = String, example = "suspect")]
    subject: SubjectCategory,
    /// `fact` or `assessment`.
    #[schema(value_type = String, example = "fact")]
    nature: Nature,
    /// The category, where a row states none.
    #[schema(value_type = Option<String>, example = "arrest")]
    category: Option<Category>,
    /// Why, where a row does not say.
    reason: Option<String>,
    /// The decision, where a row states none.
    decision: Option<String>,
    /// Why the case is adequate, where a row does not say.
    proportionality: Option<String>,
    /// An officer looked at all like alerts: why they are about somebody else.
    like_are_different: Option<String>,
}

/// What an import did, or would do, and how its table was read.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AlertImportReportBody {
    /// How it is written: `csv, separator ;, windows-1250`, or `excel`.
    written: String,
    /// The columns that were read.
    columns: Vec<ColumnBody>,
    /// The headings of those that were not.
    unused: Vec<String>,
    /// Rows, alerts entered, recipients, like alerts, errors by row.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    report: AlertImportReport,
}

/// A column that was read.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ColumnBody {
    /// As what.
    field: &'static str,
    /// Which one, from 1.
    column: usize,
    /// Its heading; empty where the file has none.
    heading: String,
}

/// Enters the alerts of a table, all or none. The same table once more enters nothing twice. A dry
/// run answers 200 and tells what is wrong with which row; without it, that is refused.
#[utoipa::path(
    post, path = "/api/v1/alerts/import", tag = "alerts", request_body = AlertImportBody,
    responses((status = 200, description = "What would be entered", body = AlertImportReportBody), (status = 201, description = "Entered", body = AlertImportReportBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn import(
    State(state): State<WebState>,
    bearer: Bearer,
    Body(body): Body<AlertImportBody>,
) -> Result<(StatusCode, Json<AlertImportReportBody>), Problem> {
    bearer.enter(&state, Action::EnterAlert)?;
    let dry_run = body.dry_run;
    let bytes = STANDARD
        .decode(body.table.as_bytes())
        .map_err(|_| Problem::field("table", "invalid", "the file, base64 with padding"))?;
    let reading = body.reading()?;
    let terms = body.terms()?;
    let checksum = checksum(&mut bytes.as_slice());
    let checksum = checksum.map_err(|_| Problem::new(ProblemCode::Internal))?;
    let table = read(bytes, reading).await?;
    let (written, columns) = (table.written.clone(), columns(&table.columns));
    let unused = table.unused.clone();
    let importing = AlertImporting {
        terms,
        checksum,
        dry_run,
        progress: &|_, _| {},
    };
    let app = &state.app;
    let mut report = app.import_alerts(bearer.caller(), table, importing).await?;
    for error in &mut report.errors {
        error.problem = in_the_body(&error.problem);
    }
    if report.error_count > 0 && !dry_run {
        return Err(refused(&report));
    }
    let status = match report.entered {
        0 => StatusCode::OK,
        _ if dry_run => StatusCode::OK,
        _ => StatusCode::CREATED,
    };
    let body = AlertImportReportBody {
        written,
        columns,
        unused,
        report,
    };
    Ok((status, Json(body)))
}

/// Reads the table on a thread of its own: it takes a while, and others wait for answers.
async fn read(bytes: Vec<u8>, reading: AlertReading) -> Result<AlertTable, Problem> {
    let read = move || AlertTable::read(&mut Cursor::new(bytes), &reading);
    let table = tokio::task::spawn_blocking(read)
        .await
        .map_err(|_| Problem::new(ProblemCode::Internal))?
        .map_err(|error| Problem::field("table", "unreadable", error.to_string()))?;
    if table.row_count > ROWS_MAX {
        let text = format!("at most {ROWS_MAX} rows: divide it, or use `egnatia alert import`");
        return Err(Problem::field("table", "too-many-rows", text));
    }
    Ok(table)
}

fn columns(columns: &[AlertColumn]) -> Vec<ColumnBody> {
    let body = |column: &AlertColumn| ColumnBody {
        field: column.field.as_str(),
        column: column.number,
        heading: column.heading.clone(),
    };
    columns.iter().map(body).collect()
}

/// Everything that is wrong, by row. Nothing was entered.
fn refused(report: &AlertImportReport) -> Problem {
    let text = format!(
        "{} errors in the rows; nothing was entered",
        report.error_count
    );
    let field = |error: &AlertImportError| match &error.field {
        Some(field) => format!("table[{}].{field}", error.row),
        None => format!("table[{}]", error.row),
    };
    let errors = report.errors.iter().map(|error| FieldProblem {
        field: field(error),
        code: "row".to_owned(),
        detail: error.problem.clone(),
    });
    Problem {
        errors: errors.collect(),
        ..Problem::because(ProblemCode::Invalid, text)
    }
}

/// The same sentence where there is a body, and no command line.
fn in_the_body(problem: &str) -> String {
    let fields = ["category", "reason", "decision", "proportionality"];
    let text = fields.iter().fold(problem.to_owned(), |text, field| {
        text.replace(&format!("with `--{field}`"), &format!("in `{field}`"))
    });
    text.replace("`--like-are-different`", "`like_are_different`")
}

impl AlertImportBody {
    fn reading(&self) -> Result<AlertReading, Problem> {
        let columns = match self.columns.trim() {
            "" => Vec::new(),
            text => stated_alert_columns(text)
                .map_err(|error| Problem::field("columns", "invalid", error.to_string()))?,
        };
        Ok(AlertReading {
            columns,
            headings: self.headings.unwrap_or(true),
            category: self.category,
        })
    }

    fn terms(self) -> Result<AlertTerms, Problem> {
        let reason = |text: Option<String>, field: &'static str| {
            text.map(|text| reason_of(text, field)).transpose()
        };
        Ok(AlertTerms {
            handling: self.handling,
            legal_basis: self.legal_basis,
            evaluation: self.evaluation,
            subject: self.subject,
            nature: self.nature,
            category: self.category,
            reason: reason(self.reason, "reason")?,
            decision: self.decision,
            proportionality: reason(self.proportionality, "proportionality")?,
            like_are_different: reason(self.like_are_different, "like_are_different")?,
        })
    }
}
