//! Returns: counted from incidents, and frozen with a hash.

use egnatia_audit::{Hash, Operation};
use egnatia_firearms::{FrozenReturn, Period, ReturnKind, ReturnRow, count_return};
use egnatia_record::{Envelope, Kind, RecordId};
use serde_json::json;

use super::{purpose_of, terms};
use crate::port::{CommitError, Conflict, Cursor, RecordFilter};
use crate::writing::{Beside, EventAbout, Keep};
use crate::{Action, App, AppError, Caller, Invalid, Page, next_page, read_body};

/// The state of a return.
pub(super) const FROZEN: &str = "frozen";

/// A frozen return with its envelope.
#[derive(Debug, Clone, PartialEq)]
pub struct ReturnView {
    /// The record.
    pub id: RecordId,
    /// Whose it is, why, until when.
    pub envelope: Envelope,
    /// What it says.
    pub body: FrozenReturn,
    /// Whether its table still has the hash that it was frozen with.
    pub is_whole: bool,
}

/// A line in the list of returns.
pub type ReturnSummary = ReturnView;

fn sha256(csv: &str) -> String {
    Hash::of(csv.as_bytes()).to_string()
}

impl App {
    /// The rows of a return as they would be today, and from how many incidents.
    ///
    /// # Errors
    /// [`AppError::Invalid`] where the period cannot be read; [`AppError::NoJustification`],
    /// [`AppError::Forbidden`].
    pub async fn count_firearms_return(
        &self,
        caller: &Caller,
        kind: ReturnKind,
        period: &str,
    ) -> Result<(Period, Vec<ReturnRow>, u64), AppError> {
        self.authorise(caller, Action::ViewFirearms, None)?;
        let period = read_period(kind, period)?;
        let (rows, incidents) = self.count_rows(kind, period).await?;
        let about = EventAbout::subject(format!("firearms-return:{kind}"))
            .data(json!({ "from": period.from, "to": period.to }));
        self.log_consultation(caller, about).await?;
        Ok((period, rows, incidents))
    }

    async fn count_rows(
        &self,
        kind: ReturnKind,
        period: Period,
    ) -> Result<(Vec<ReturnRow>, u64), AppError> {
        let data = self.return_data(kind, period.from).await?;
        Ok(count_return(kind, period, &data, &self.inner.firearms))
    }

    /// Freezes a return: from then on it stays as it is, whatever is recorded later.
    ///
    /// # Errors
    /// [`AppError::Invalid`] where the period cannot be read or is not over;
    /// [`AppError::Conflict`] where it is frozen already; [`AppError::NoJustification`],
    /// [`AppError::Forbidden`].
    pub async fn freeze_return(
        &self,
        caller: &Caller,
        kind: ReturnKind,
        period: &str,
    ) -> Result<RecordId, AppError> {
        self.authorise(caller, Action::KeepFirearms, None)?;
        let purpose = purpose_of(caller)?;
        let period = read_period(kind, period)?;
        if period.to >= self.today() {
            let text = format!("the period ends on {}; freeze it afterwards", period.to);
            return Err(Invalid::new("period", "not-over", text).into());
        }
        let (rows, incidents) = self.count_rows(kind, period).await?;
        let mut writing = self.writing(caller);
        let mut frozen = FrozenReturn {
            kind,
            period,
            rows,
            incidents,
            frozen_at: writing.at,
            sha256: String::new(),
        };
        frozen.sha256 = sha256(&frozen.csv());
        let claim = format!("firearms-return:{kind}:{}", period.from);
        let id = writing.new_id();
        let beside = Beside::new(FROZEN, Operation::Collection)
            .claims(vec![claim])
            .data(json!({ "sha256": frozen.sha256, "incidents": incidents }));
        let keep = Keep::Erase(self.inner.firearms.keep_days);
        let terms = terms(Kind::FirearmsReturn, purpose, false, keep);
        writing.create(id, terms, &frozen, beside)?;
        match self.store().commit(writing.batch).await {
            Ok(_) => Ok(id),
            Err(CommitError::Conflict(Conflict::Claim(_))) => {
                let text = "this return is frozen already; what came later belongs in the next one";
                Err(AppError::clash("frozen-already", text))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// A frozen return.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn view_return(&self, caller: &Caller, id: RecordId) -> Result<ReturnView, AppError> {
        self.authorise(caller, Action::ViewFirearms, None)?;
        let (stored, body) = self.load::<FrozenReturn>(id, Kind::FirearmsReturn).await?;
        let about = EventAbout::seen(id, stored.envelope.version);
        self.log_consultation(caller, about).await?;
        Ok(ReturnView {
            id,
            envelope: stored.envelope,
            is_whole: sha256(&body.csv()) == body.sha256,
            body,
        })
    }

    /// Frozen returns, the newest first.
    ///
    /// # Errors
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn returns(
        &self,
        caller: &Caller,
        after: Option<Cursor>,
        limit: u32,
    ) -> Result<Page<ReturnSummary>, AppError> {
        self.authorise(caller, Action::ViewFirearms, None)?;
        let filter = RecordFilter {
            kind: Kind::FirearmsReturn,
            state: Some(FROZEN.to_owned()),
            created_by: None,
            after,
            limit: limit.clamp(1, 100),
        };
        let stored = self.store().find(&filter).await?;
        let next = next_page(&stored, filter.limit);
        let mut items = Vec::with_capacity(stored.len());
        for record in stored {
            if let Some(body) = read_body::<FrozenReturn>(&record)? {
                items.push(ReturnView {
                    id: record.envelope.id,
                    envelope: record.envelope,
                    is_whole: sha256(&body.csv()) == body.sha256,
                    body,
                });
            }
        }
        let ids: Vec<RecordId> = items.iter().map(|item| item.id).collect();
        let about = EventAbout::subject("firearms-returns").data(json!({ "records": ids }));
        self.log_consultation(caller, about).await?;
        Ok(Page { items, next })
    }
}

fn read_period(kind: ReturnKind, text: &str) -> Result<Period, AppError> {
    Period::parse(kind, text).ok_or_else(|| {
        let text = match kind {
            ReturnKind::Iafq => "write the year, such as 2026",
            ReturnKind::HalfYear => "write the half-year, such as 2026-H1",
        };
        Invalid::new("period", "invalid", text).into()
    })
}
