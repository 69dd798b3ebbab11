//! Every row is checked before anything is written: whether it can be an alert, and what describes
//! the same.

use std::collections::HashSet;

use egnatia_alerts::{Alert, AlertDraft};
use egnatia_formats::rows::alerts::{AlertColumn, AlertField, AlertRow, AlertTable};
use egnatia_matching::Index;
use jiff::civil::Date;

use super::{
    ALERT_ERRORS_MAX, AlertImportError, AlertImporting, AlertTerms, LikeRow, Ready, count,
};
use crate::alerts::{LIKE_MAX, LikeAlert};
use crate::question::validate;
use crate::{App, AppError};

/// Others get their turn after so many rows.
const STRIDE: usize = 16;

/// What the rows of a file came to.
pub(super) struct Checked {
    pub ready: Vec<Ready>,
    pub like: Vec<LikeRow>,
    pub like_count: u64,
    pub errors: Vec<AlertImportError>,
    pub error_count: u64,
}

struct Checking<'a> {
    app: &'a App,
    terms: &'a AlertTerms,
    columns: &'a [AlertColumn],
    today: Date,
    /// The rows so far, to find like ones among them.
    file: Index<u64>,
    checked: Checked,
}

impl App {
    /// Checks all rows but those that are entered already.
    pub(super) async fn check_rows(
        &self,
        table: AlertTable,
        importing: &AlertImporting<'_>,
        held: &HashSet<u64>,
    ) -> Result<Checked, AppError> {
        let mut checking = Checking {
            app: self,
            terms: &importing.terms,
            columns: &table.columns,
            today: self.today(),
            file: Index::with_thresholds(self.inner.settings.thresholds),
            checked: Checked {
                ready: Vec::new(),
                like: Vec::new(),
                like_count: 0,
                errors: table.errors.iter().map(of_table).collect(),
                error_count: table.error_count,
            },
        };
        for (done, row) in table.rows.into_iter().enumerate() {
            if held.contains(&row.row) {
                checking.file.insert(row.row, &row.subject);
            } else {
                checking.row(row)?;
            }
            if done % STRIDE == 0 {
                (importing.progress)(count(done), table.row_count);
                tokio::task::yield_now().await;
            }
        }
        (importing.progress)(table.row_count, table.row_count);
        let mut checked = checking.checked;
        checked.errors.sort_by_key(|error| error.row);
        Ok(checked)
    }
}

impl Checking<'_> {
    fn row(&mut self, row: AlertRow) -> Result<(), AppError> {
        let number = row.row;
        if let Err(invalid) = validate(&row.subject) {
            self.wrong(number, invalid.field, invalid.problem);
            return Ok(());
        }
        // In this order: a row is compared with those before it.
        let rows = self.like_rows(&row);
        let like = self.app.find_like(&row.subject)?;
        self.file.insert(number, &row.subject);
        let is_like = !rows.is_empty() || !like.is_empty();
        let different = row.different || self.terms.like_are_different.is_some();
        if is_like {
            if !different {
                let text = describe(&rows, &like);
                self.wrong(number, "different", text);
            }
            self.checked.like_count = self.checked.like_count.saturating_add(1);
            if self.checked.like.len() < ALERT_ERRORS_MAX {
                self.checked.like.push(LikeRow {
                    row: number,
                    alerts: like.iter().map(|like| like.alert).collect(),
                    rows,
                    different,
                });
            }
        }
        match self.enter(row, is_like) {
            Err((field, problem)) => self.wrong(number, field, problem),
            Ok(alert) => self.checked.ready.push(Ready {
                row: number,
                alert,
                like,
            }),
        }
        Ok(())
    }

    fn like_rows(&self, row: &AlertRow) -> Vec<u64> {
        let matched = self.app.inner.settings.thresholds.matched;
        let found = self.file.search(&row.subject, usize::from(LIKE_MAX));
        let like = found
            .into_iter()
            .filter(|found| found.assessment.probability >= matched);
        like.map(|found| found.key).collect()
    }

    /// The alert of a row, with what holds for all where it says nothing.
    fn enter(&self, row: AlertRow, is_like: bool) -> Result<Alert, (&'static str, String)> {
        let missing = |field: &'static str| {
            let text = format!(
                "it is missing; fill in the column, or state it for the whole file with `--{field}`"
            );
            (field, text)
        };
        let terms = self.terms;
        let told_apart = terms.like_are_different.as_ref().filter(|_| is_like);
        let draft = AlertDraft {
            category: row
                .category
                .or(terms.category)
                .ok_or_else(|| missing("category"))?,
            subject: row.subject,
            object: row.object,
            reason: row
                .reason
                .or_else(|| terms.reason.clone())
                .ok_or_else(|| missing("reason"))?,
            action: row.action.unwrap_or_default(),
            decision: row
                .decision
                .or_else(|| terms.decision.clone())
                .ok_or_else(|| missing("decision"))?,
            proportionality: row.proportionality.or_else(|| {
                terms
                    .proportionality
                    .clone()
                    .filter(|_| row.object.is_none())
            }),
            warnings: row.warnings,
            offence: row.offence,
            characteristics: row.characteristics,
            distinguished_by: row
                .distinguished_by
                .or_else(|| told_apart.map(ToString::to_string)),
            links: [].into(),
        };
        let day = row.entered_on.unwrap_or(self.today);
        if day > self.today {
            let text = "the day lies in the future; state when it was entered, or leave it empty";
            return Err(("entered-on", text.to_owned()));
        }
        let profile = &self.app.inner.exchange.profile;
        let alert = Alert::enter(draft, profile, day)
            .and_then(|alert| alert.with_reference(row.reference, profile))
            .map_err(|refused| (refused.field(), refused.to_string()))?;
        if alert.review_on <= self.today {
            let text = "an alert of that day was to be reviewed before today; state the day on \
                        which it was last extended, or leave the row out";
            return Err(("entered-on", text.to_owned()));
        }
        Ok(alert)
    }

    fn wrong(&mut self, row: u64, field: &str, problem: String) {
        self.checked.error_count = self.checked.error_count.saturating_add(1);
        if self.checked.errors.len() >= ALERT_ERRORS_MAX {
            return;
        }
        // Forms and the API write fields with `_`, columns with `-`.
        let field = field.replace('_', "-");
        let mapped = AlertField::parse(&field)
            .and_then(|field| self.columns.iter().find(|mapped| mapped.field == field));
        self.checked.errors.push(AlertImportError {
            row,
            column: mapped.map(|mapped| mapped.number),
            field: Some(field),
            problem,
        });
    }
}

/// What was wrong with a row before it could be checked.
fn of_table(error: &egnatia_formats::rows::alerts::AlertRowError) -> AlertImportError {
    AlertImportError {
        row: error.row,
        field: error.field.map(|field| field.as_str().to_owned()),
        column: error.column,
        problem: error.problem.to_string(),
    }
}

/// Which alerts it is like stands in the report beside, as in the log.
fn describe(rows: &[u64], like: &[LikeAlert]) -> String {
    let numbers: Vec<String> = rows.iter().map(ToString::to_string).collect();
    let numbers = format!("row {} of the file", numbers.join(", "));
    let alerts = match like.len() {
        1 => "an alert".to_owned(),
        count => format!("{count} alerts"),
    };
    let what = match (like.is_empty(), rows.is_empty()) {
        (true, _) => numbers,
        (false, true) => alerts,
        (false, false) => format!("{alerts} and {numbers}"),
    };
    format!(
        "it describes the same as {what}; look at it, then leave the row out, or state that it is \
         about somebody else: `yes` in the column `different`, or `--like-are-different`"
    )
}
