//! An existing ledger is taken over: every row is checked before anything is written, and all of them
//! are written in one transaction or none.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU64;

use egnatia_record::{Kind, RecordId};
use egnatia_stockpile::{
    AccountId, Goods, GoodsId, LINES_MAX, Line, Movement, MovementId, MovementKind, Site,
};

use super::movements::put_movement;
use super::{invalid, put_goods};
use crate::{Action, App, AppError, Caller, Invalid};

/// Rows of one ledger.
const ROWS_MAX: usize = 20_000;
/// Wrong rows that are named.
const WRONG_MAX: usize = 50;

/// What an import did, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StockImportReport {
    /// Rows.
    pub rows: u64,
    /// Single weapons among them.
    pub serials: u64,
    /// Lots among them.
    pub lots: u64,
    /// Pieces of all lots.
    pub pieces: u64,
    /// What is wrong, by row from 1; nothing was written where something is.
    pub wrong: Vec<(u64, String)>,
    /// What stores break, or would, with what lies there: the code of the store, and what. It is taken
    /// over as it is all the same; somebody has to act.
    pub breaches: Vec<(String, String)>,
    /// Whether it was written.
    pub is_written: bool,
}

impl App {
    /// Takes over a ledger: registers the goods, and enters the opening balances of the places. A
    /// row is the code of a place, the goods, and how many.
    ///
    /// # Errors
    /// [`AppError::Invalid`] where there are no rows, or too many; [`AppError::NotFound`],
    /// [`AppError::NoJustification`], [`AppError::Forbidden`]. Wrong rows are in the report.
    pub async fn import_stock(
        &self,
        caller: &Caller,
        (site, reference): (RecordId, &str),
        rows: &[(String, Goods, u64)],
        dry_run: bool,
    ) -> Result<StockImportReport, AppError> {
        // What is there is entered by one person: whoever enters movements is another one.
        self.authorise(caller, Action::ManageStock, None)?;
        if !(1..=ROWS_MAX).contains(&rows.len()) {
            let text = format!("a ledger has 1 to {ROWS_MAX} rows; split a longer one");
            return Err(Invalid::new("rows", "too-many", text).into());
        }
        let (_, site) = self.load::<Site>(site, Kind::StockSite).await?;
        let mut report = StockImportReport {
            rows: u64::try_from(rows.len()).unwrap_or(u64::MAX),
            serials: 0,
            lots: 0,
            pieces: 0,
            wrong: self.wrong_rows(&site, rows).await?,
            breaches: Vec::new(),
            is_written: false,
        };
        let mut lots = BTreeSet::new();
        for (_, goods, quantity) in rows {
            if goods.is_serialised() {
                report.serials += 1;
            } else {
                lots.insert(goods.claim());
                report.pieces = report.pieces.saturating_add(*quantity);
            }
        }
        report.lots = u64::try_from(lots.len()).unwrap_or(u64::MAX);
        let check = Movement {
            id: MovementId(self.writing(caller).new_id()),
            lines: Vec::new(),
            effective_at: None,
            reference: reference.trim().to_owned(),
            remark: None,
            reverses: None,
            by: caller.login.clone(),
        };
        if !report.wrong.is_empty() {
            return Ok(report);
        }
        report.breaches = self.breaks_with_rows(caller, &site, rows).await?;
        if dry_run {
            return Ok(report);
        }
        let mut writing = self.writing(caller);
        let mut known = BTreeMap::new();
        let mut lines = Vec::with_capacity(rows.len());
        for (code, goods, quantity) in rows {
            let id = match known.get(&goods.claim()) {
                Some(id) => *id,
                None => {
                    let id = put_goods(&mut writing, goods)?;
                    known.insert(goods.claim(), id);
                    id
                }
            };
            if let (Some(to), Some(quantity)) = (by_code(&site, code), NonZeroU64::new(*quantity)) {
                lines.push(Line {
                    kind: MovementKind::Opening,
                    goods: id,
                    from: AccountId::OUTSIDE,
                    to,
                    quantity,
                });
            }
        }
        for portion in lines.chunks(LINES_MAX) {
            let movement = Movement {
                id: MovementId(writing.new_id()),
                lines: portion.to_vec(),
                ..check.clone()
            };
            movement
                .validate()
                .map_err(|error| invalid(error.field(), &error))?;
            put_movement(&mut writing, movement, 1, Vec::new())?;
        }
        let mut is_told = false;
        for record in rows
            .iter()
            .filter_map(|(_, goods, _)| goods.register_record())
        {
            is_told |= self
                .put_begun(&mut writing, caller, (record, &check.reference))
                .await?;
        }
        self.store().commit(writing.batch).await?;
        if is_told {
            self.after_change().await?;
        }
        report.is_written = true;
        Ok(report)
    }

    /// What stores break with the goods of rows.
    async fn breaks_with_rows(
        &self,
        caller: &Caller,
        site: &Site,
        rows: &[(String, Goods, u64)],
    ) -> Result<Vec<(String, String)>, AppError> {
        // Under ids that are not kept: the goods are not registered yet.
        let writing = self.writing(caller);
        let mut ids = BTreeMap::new();
        let mut there = Vec::new();
        for (code, goods, quantity) in rows
            .iter()
            .filter(|(_, goods, _)| goods.explosive.is_some())
        {
            let id = *ids
                .entry(goods.claim())
                .or_insert_with(|| GoodsId(writing.new_id()));
            if let Some(account) = by_code(site, code) {
                there.push((account, id, goods, *quantity));
            }
        }
        let mut breaches = self.breaks_with(site, &there).await?;
        breaches.truncate(WRONG_MAX);
        Ok(breaches)
    }

    /// What is wrong with rows, by row from 1.
    async fn wrong_rows(
        &self,
        site: &Site,
        rows: &[(String, Goods, u64)],
    ) -> Result<Vec<(u64, String)>, AppError> {
        let claims: Vec<String> = rows.iter().map(|(_, goods, _)| goods.claim()).collect();
        let held = self.store().claims(&claims).await?;
        let held: BTreeSet<String> = held.into_iter().map(|(name, _)| name).collect();
        let mut linked = BTreeMap::new();
        let mut records = BTreeSet::new();
        for (number, (_, goods, _)) in (1u64..).zip(rows) {
            if let Some(record) = goods.register_record()
                && !records.insert(record)
            {
                let text = "another row is this weapon of the register already";
                linked.insert(number, text.to_owned());
                continue;
            }
            match self.is_in_register(goods).await {
                Ok(()) => {
                    if let Some(what) = self.register_objects(goods).await? {
                        linked.insert(number, format!("the register of firearms {what}"));
                    }
                }
                Err(AppError::Invalid(wrong)) => {
                    linked.insert(number, wrong.to_string());
                }
                Err(error) => return Err(error),
            }
        }
        let mut seen: BTreeMap<&str, &Goods> = BTreeMap::new();
        let mut placed = BTreeSet::new();
        let mut wrong = Vec::new();
        for ((number, (code, goods, quantity)), claim) in (1u64..).zip(rows).zip(&claims) {
            let before = seen.insert(claim, goods);
            let problem = match goods.validate() {
                Err(error) => Some(error.to_string()),
                Ok(()) if by_code(site, code).is_none() => {
                    Some(format!("the site has no place `{code}`"))
                }
                Ok(()) if *quantity == 0 => Some("the quantity is zero".to_owned()),
                Ok(()) if goods.is_serialised() && *quantity != 1 => {
                    Some("of a weapon with a serial number there is one".to_owned())
                }
                Ok(()) if held.contains(claim) => {
                    Some(format!("{} is registered already", goods.number()))
                }
                Ok(()) if goods.is_serialised() && before.is_some() => {
                    Some(format!("{} stands there twice", goods.number()))
                }
                Ok(()) if before.is_some_and(|before| before != goods) => {
                    Some(format!("lot {} is described in two ways", goods.number()))
                }
                Ok(()) if !placed.insert((code.to_lowercase(), claim)) => {
                    Some(format!("lot {} stands twice in `{code}`", goods.number()))
                }
                Ok(()) => linked.remove(&number),
            };
            if let Some(problem) = problem
                && wrong.len() < WRONG_MAX
            {
                wrong.push((number, problem));
            }
        }
        Ok(wrong)
    }
}

fn by_code(site: &Site, code: &str) -> Option<AccountId> {
    let code = code.trim().to_lowercase();
    let place = site
        .places
        .iter()
        .find(|place| place.code.to_lowercase() == code);
    place.map(|place| place.account)
}
