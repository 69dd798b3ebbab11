//! Returns of the stockpile: counted from the books, the counts and the cases.

use egnatia_firearms::{Period, ReturnKind};
use egnatia_record::{Kind, RecordId};
use egnatia_stockpile::{
    CaseDays, CaseState, Goods, GoodsId, StockCase, StockReturnRow, Stocktake, StocktakeState,
    count_stock_return,
};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::port::{RecordFilter, StockOf};
use crate::writing::EventAbout;
use crate::{Action, App, AppError, Caller, Invalid, next_page, read_body};

/// So many records are read at a time, and so many at most.
const PAGE: u32 = 500;
const RECORDS_MAX: usize = 100_000;

/// A return as it would be today.
#[derive(Debug, Clone, PartialEq)]
pub struct StockReturn {
    /// About which time.
    pub period: Period,
    /// When it was counted: what is held is that of this moment.
    pub at: Timestamp,
    /// Its lines.
    pub rows: Vec<StockReturnRow>,
    /// Whether what is held in some places is left out, because the caller counts them.
    pub is_hidden: bool,
}

impl StockReturn {
    /// Its cells, headings first.
    pub fn table(&self) -> Vec<Vec<String>> {
        let heading = ["from", "to", "group", "what", "count"].map(str::to_owned);
        let (from, to) = (self.period.from.to_string(), self.period.to.to_string());
        let rows = self.rows.iter().map(|row| {
            vec![
                from.clone(),
                to.clone(),
                row.group.to_string(),
                row.what.clone(),
                row.count.to_string(),
            ]
        });
        std::iter::once(heading.to_vec()).chain(rows).collect()
    }
}

/// When a case was closed.
fn closed_at(case: &StockCase) -> Option<Timestamp> {
    match &case.state {
        CaseState::Open | CaseState::Recounted { .. } => None,
        CaseState::Counted { at, .. }
        | CaseState::Explained { at, .. }
        | CaseState::Lost { at, .. }
        | CaseState::Found { lost_at: at, .. } => Some(*at),
    }
}

/// When what was lost was found again.
fn found_at(case: &StockCase) -> Option<Timestamp> {
    match &case.state {
        CaseState::Found { at, .. } => Some(*at),
        _ => None,
    }
}

impl App {
    /// The return of the stockpile on a period: `2026`, or `2026-H1`. `day_of` says on which day
    /// something was at the node.
    ///
    /// # Errors
    /// [`AppError::Invalid`] where the period cannot be read; [`AppError::NoJustification`],
    /// [`AppError::Forbidden`].
    pub async fn count_stock_return(
        &self,
        caller: &Caller,
        period: &str,
        day_of: impl Fn(Timestamp) -> Date + Sync,
    ) -> Result<StockReturn, AppError> {
        self.authorise(caller, Action::ViewStock, None)?;
        let parsed = Period::parse(ReturnKind::Iafq, period)
            .or_else(|| Period::parse(ReturnKind::HalfYear, period));
        let period = parsed.ok_or_else(|| {
            let text = "write the year or the half-year, such as 2026 or 2026-H1";
            Invalid::new("period", "invalid", text)
        })?;
        let blind = self.blind_places(caller).await?;
        let mut held: Vec<(GoodsId, u64)> = Vec::new();
        for (_, site) in self.stock_sites_stored().await? {
            for store in site.stores() {
                let of = StockOf::Store(store.account);
                let rows = self.store().stock_balances(of).await?.into_iter();
                let seen = rows.filter(|row| !blind.contains(&row.account));
                held.extend(seen.filter_map(|row| {
                    let quantity = u64::try_from(row.quantity).ok()?;
                    Some((row.goods, quantity))
                }));
            }
        }
        let takes: Vec<(RecordId, Stocktake)> = self.every(Kind::Stocktake).await?;
        let counts = takes.iter().filter_map(|(_, take)| match take.state {
            StocktakeState::Finished { at, .. } => Some(day_of(at)),
            _ => None,
        });
        let cases: Vec<(RecordId, StockCase)> = self.every(Kind::StockCase).await?;
        let named = held.iter().map(|(id, _)| *id);
        let goods = self
            .goods_of(named.chain(cases.iter().map(|(_, case)| case.goods)))
            .await?;
        let held = held
            .iter()
            .filter_map(|(id, quantity)| goods.get(id).map(|goods: &Goods| (goods, *quantity)));
        let cases = cases.iter().map(|(_, case)| {
            let days = CaseDays {
                opened: day_of(case.opened_at),
                closed: closed_at(case).map(&day_of),
                found: found_at(case).map(&day_of),
            };
            (case, goods.get(&case.goods), days)
        });
        let rows = count_stock_return(held, counts, cases, |day| period.holds(day));
        let about = EventAbout::subject("stock-return")
            .data(json!({ "from": period.from, "to": period.to }));
        self.log_consultation(caller, about).await?;
        Ok(StockReturn {
            period,
            at: self.now(),
            rows,
            is_hidden: !blind.is_empty(),
        })
    }

    /// Every record of a kind.
    async fn every<B: DeserializeOwned>(&self, kind: Kind) -> Result<Vec<(RecordId, B)>, AppError> {
        let mut all = Vec::new();
        let mut after = None;
        loop {
            let filter = RecordFilter {
                kind,
                state: None,
                created_by: None,
                after,
                limit: PAGE,
            };
            let stored = self.store().find(&filter).await?;
            after = next_page(&stored, PAGE);
            for record in &stored {
                if let Some(body) = read_body(record)? {
                    all.push((record.envelope.id, body));
                }
            }
            if all.len() > RECORDS_MAX {
                let text = format!("more than {RECORDS_MAX} counts or cases");
                return Err(Invalid::new("period", "too-many", text).into());
            }
            if after.is_none() {
                return Ok(all);
            }
        }
    }
}
