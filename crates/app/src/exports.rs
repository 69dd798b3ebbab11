//! A table leaves the node as a file.

use egnatia_audit::Operation;
use egnatia_record::RecordId;
use serde_json::json;

use crate::writing::EventAbout;
use crate::{Action, App, AppError, Caller};

/// The most rows of one export.
pub const EXPORT_ROWS_MAX: usize = 1_000;

/// A table with personal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportedTable {
    /// Matches that wait.
    Inbox,
    /// Hits.
    Hits,
    /// Entries of the audit log.
    AuditLog,
    /// Weapons of the register.
    Firearms,
    /// Incidents over time.
    IncidentSeries,
    /// Incidents by place.
    IncidentPlaces,
    /// Half-years of the regional report.
    Progress,
}

impl ExportedTable {
    /// Its name, in the log and in the file's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Inbox => "inbox",
            Self::Hits => "hits",
            Self::AuditLog => "audit-log",
            Self::Firearms => "firearms",
            Self::IncidentSeries => "incident-series",
            Self::IncidentPlaces => "incident-places",
            Self::Progress => "progress",
        }
    }

    const fn action(self) -> Action {
        match self {
            Self::Inbox => Action::ListMatches,
            Self::Hits => Action::ListHits,
            Self::AuditLog => Action::SearchAudit,
            Self::Firearms | Self::IncidentSeries | Self::IncidentPlaces | Self::Progress => {
                Action::ViewFirearms
            }
        }
    }
}

impl App {
    /// Logs that a table of `rows` rows leaves the node, with the records in it, before it does
    /// (invariant 1): a file goes where the node protects nothing any more.
    ///
    /// # Errors
    /// [`AppError::NoJustification`]; [`AppError::Forbidden`] where the caller may not see it.
    pub async fn log_export(
        &self,
        caller: &Caller,
        table: ExportedTable,
        rows: usize,
        records: &[RecordId],
    ) -> Result<(), AppError> {
        self.authorise(caller, table.action(), None)?;
        if caller.justification.is_none() {
            return Err(AppError::NoJustification);
        }
        let mut writing = self.writing(caller);
        let about = EventAbout::subject(format!("export:{}", table.as_str()));
        let data = json!({ "format": "csv", "rows": rows, "records": records });
        writing.log(Operation::Disclosure, about.data(data));
        self.store().commit(writing.batch).await?;
        Ok(())
    }
}
