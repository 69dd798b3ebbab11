//! What returns are counted from; several half-years side by side.

use egnatia_firearms::{
    Firearm, FrozenReturn, Period, ProgressRow, RegisterEvent, ReturnData, ReturnKind, ReturnRow,
    count_return, progress,
};
use egnatia_record::{Kind, RecordId};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::json;

use super::refused;
use super::returns::FROZEN;
use crate::port::{Cursor, FirearmFilter, FirearmOrder, RecordFilter};
use crate::writing::EventAbout;
use crate::{Action, App, AppError, Caller, Invalid, read_body};

/// So many half-years are side by side at most: ten years.
pub const PERIODS_MAX: u8 = 20;
/// So many weapons are read at once.
const WEAPONS: u32 = 500;
/// So many frozen returns are looked through.
const FROZEN_MAX: u32 = 100;

/// Several half-years.
#[derive(Debug, Clone, PartialEq)]
pub struct ProgressView {
    /// The half-years, the oldest first, each with its frozen return where there is one.
    pub periods: Vec<(Period, Option<RecordId>)>,
    /// Their rows.
    pub rows: Vec<ProgressRow>,
}

impl App {
    /// What returns are counted from, of this day and later.
    pub(super) async fn return_data(
        &self,
        kind: ReturnKind,
        from: Date,
    ) -> Result<ReturnData, AppError> {
        let incidents = self.all_incidents().await?.into_iter();
        let mut data = ReturnData {
            incidents: incidents.map(|view| view.incident).collect(),
            traces: self.trace_results().await?,
            ..ReturnData::default()
        };
        if kind == ReturnKind::HalfYear {
            data.answered = self.answered_traces().await?;
            data.register = self.register_events(from).await?;
        }
        Ok(data)
    }

    /// What happened in the register on this day and later. What happened was recorded on that day at the
    /// earliest, so that weapons nobody has touched since are not read.
    async fn register_events(&self, from: Date) -> Result<Vec<RegisterEvent>, AppError> {
        let mut events = Vec::new();
        let mut after = None;
        loop {
            let filter = FirearmFilter {
                order: FirearmOrder::Newest,
                after,
                limit: WEAPONS,
                ..FirearmFilter::default()
            };
            let rows = self.store().firearms(&filter).await?;
            let touched = |at: jiff::Timestamp| at.to_zoned_datetime(TimeZone::UTC).date() >= from;
            let ids: Vec<RecordId> = rows
                .iter()
                .filter(|row| touched(row.updated_at))
                .map(|row| row.record)
                .collect();
            for stored in self.store().records(&ids).await? {
                if let Some(firearm) = read_body::<Firearm>(&stored)? {
                    let mine = firearm.register_events(&self.inner.firearms);
                    let mine = mine.map_err(|error| refused(&error))?;
                    events.extend(mine.into_iter().filter(|event| event.on >= from));
                }
            }
            match rows.last() {
                Some(last) if ids.len() == rows.len() && touched(last.updated_at) => {
                    after = Some(Cursor {
                        at_us: last.updated_at.as_microsecond(),
                        id: last.record,
                    });
                }
                _ => return Ok(events),
            }
        }
    }

    /// Half-years side by side, up to the one of `until`, `2026-H2`, or the present one. A frozen return
    /// stays as it is; the others are counted as they are recorded now.
    ///
    /// # Errors
    /// [`AppError::Invalid`] where the half-year cannot be read; [`AppError::NoJustification`],
    /// [`AppError::Forbidden`].
    pub async fn firearms_progress(
        &self,
        caller: &Caller,
        until: &str,
        count: u8,
    ) -> Result<ProgressView, AppError> {
        self.authorise(caller, Action::ViewFirearms, None)?;
        let kind = ReturnKind::HalfYear;
        let last = match until.trim().is_empty() {
            true => Period::half_of(self.today()),
            false => Period::parse(kind, until),
        };
        let mut periods: Vec<Period> = Vec::new();
        let mut next = last;
        while let Some(period) =
            next.filter(|_| periods.len() < usize::from(count.min(PERIODS_MAX)))
        {
            periods.push(period);
            next = period.half_before();
        }
        periods.reverse();
        let Some(first) = periods.first() else {
            let text = "write the half-year, such as 2026-H1, and how many, from 1 to 20";
            return Err(Invalid::new("period", "invalid", text).into());
        };
        let frozen = self.frozen_half_years().await?;
        let data = self.return_data(kind, first.from).await?;
        let mut returns: Vec<(Period, Vec<ReturnRow>)> = Vec::new();
        let mut shown = Vec::new();
        for period in periods {
            let known = frozen.iter().find(|(_, body)| body.period == period);
            let rows = match known {
                Some((_, body)) => body.rows.clone(),
                None => count_return(kind, period, &data, &self.inner.firearms).0,
            };
            returns.push((period, rows));
            shown.push((period, known.map(|(id, _)| *id)));
        }
        let about = EventAbout::subject("firearms-progress")
            .data(json!({ "from": first_of(&shown), "periods": shown.len() }));
        self.log_consultation(caller, about).await?;
        Ok(ProgressView {
            rows: progress(&returns),
            periods: shown,
        })
    }

    async fn frozen_half_years(&self) -> Result<Vec<(RecordId, FrozenReturn)>, AppError> {
        let filter = RecordFilter {
            kind: Kind::FirearmsReturn,
            state: Some(FROZEN.to_owned()),
            created_by: None,
            after: None,
            limit: FROZEN_MAX,
        };
        let mut frozen = Vec::new();
        for record in self.store().find(&filter).await? {
            if let Some(body) = read_body::<FrozenReturn>(&record)?
                && body.kind == ReturnKind::HalfYear
            {
                frozen.push((record.envelope.id, body));
            }
        }
        Ok(frozen)
    }
}

fn first_of(periods: &[(Period, Option<RecordId>)]) -> Option<Date> {
    periods.first().map(|(period, _)| period.from)
}
