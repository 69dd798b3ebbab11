//! `egnatia stock`.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use egnatia_app::{AppError, Caller, NewSite};
use egnatia_formats::rows::stock::{StockTable, stated_stock_columns};
use egnatia_record::{Justification, RecordId};
use egnatia_stockpile::Goods;
use jiff::SignedDuration;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::{print, stock_acts, stock_moves, stock_plans, stock_readings};
use crate::cli::{Stock, Why};
use crate::config::Config;
use crate::data::{Data, Index, operator};
use crate::failure::{INPUT, InputError};

/// The largest file, in bytes.
const FILE_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Sets up sites, takes over ledgers, and shows what is where.
pub async fn run(
    folder: &Path,
    config: Config,
    what: Stock,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let why = match &what {
        Stock::Mixing => {
            let text = egnatia_stockpile::mixing::EMPTY_STORAGE;
            print(json, &json!({ "table": text }), text.trim_end());
            return Ok(ExitCode::SUCCESS);
        }
        Stock::List { why }
        | Stock::Site { why, .. }
        | Stock::Import { why, .. }
        | Stock::Close { why, .. }
        | Stock::Return { why, .. }
        | Stock::Counts { why }
        | Stock::Readings { why, .. }
        | Stock::Disposals { why }
        | Stock::Waiting { why } => why,
        Stock::Plan(_)
        | Stock::Rule(_)
        | Stock::Command(_)
        | Stock::Climate(_)
        | Stock::Movement(_)
        | Stock::Disposal(_) => {
            let data = Data::open(folder, config, Index::Skip).await?;
            let code = act(&data, &what, json).await;
            data.close().await;
            return code;
        }
    };
    let caller = operator(Some(justified(why)?))?;
    let data = Data::open(folder, config, Index::Skip).await?;
    let caller = data.app.as_account(caller).await?;
    let code = match &what {
        Stock::List { .. } => list(&data, &caller, json).await,
        Stock::Site { file, .. } => set_up(&data, &caller, file, json).await,
        Stock::Import {
            file,
            site,
            reference,
            dry_run,
            columns,
            ..
        } => {
            let file = (file.as_path(), columns.as_deref());
            import(&data, &caller, file, (*site, reference, *dry_run), json).await
        }
        Stock::Waiting { .. } => waiting(&data, &caller, json).await,
        Stock::Close { until, .. } => close(&data, &caller, *until, json).await,
        Stock::Return { period, .. } => count(&data, &caller, period, json).await,
        Stock::Counts { .. } => stock_plans::counts(&data, &caller, json).await,
        Stock::Readings {
            file,
            store,
            dates,
            dry_run,
            ..
        } => {
            let what = (file.as_path(), store.as_str());
            stock_readings::enter(&data, &caller, what, (*dates, *dry_run), json).await
        }
        Stock::Disposals { .. } => stock_plans::disposals(&data, &caller, json).await,
        what => act(&data, what, json).await,
    };
    data.close().await;
    code
}

/// Acts that say themselves as whom.
async fn act(data: &Data, what: &Stock, json: bool) -> anyhow::Result<ExitCode> {
    match what {
        Stock::Plan(act) => stock_plans::plan(data, act, json).await,
        Stock::Rule(act) => stock_acts::rule(data, act, json).await,
        Stock::Command(act) => stock_acts::command(data, act, json).await,
        Stock::Climate(act) => stock_acts::climate(data, act, json).await,
        Stock::Movement(act) => stock_moves::movement(data, act, json).await,
        Stock::Disposal(act) => stock_acts::disposal(data, act, json).await,
        _ => Ok(ExitCode::SUCCESS),
    }
}

/// Purpose and case, both of them.
pub(super) fn justified(why: &Why) -> Result<Justification, AppError> {
    match (why.purpose, why.case.clone()) {
        (Some(purpose), Some(case)) => Ok(Justification { purpose, case }),
        _ => Err(AppError::NoJustification),
    }
}

pub(super) fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    let shown = || format!("{} cannot be read", file.display());
    let size = std::fs::metadata(file).with_context(shown)?.len();
    if size > FILE_BYTES_MAX {
        let text = format!("{} is larger than 16 MiB: split it", file.display());
        return Err(InputError(text).into());
    }
    std::fs::read(file).with_context(shown)
}

async fn set_up(data: &Data, caller: &Caller, file: &Path, json: bool) -> anyhow::Result<ExitCode> {
    let new: NewSite = serde_json::from_slice(&read(file)?)
        .map_err(|error| InputError(format!("{}: {error}", file.display())))?;
    let id = data.app.set_up_site(caller, &new).await?;
    let text = format!("Site {id} is set up, with {} places.", new.places.len());
    print(
        json,
        &json!({ "site": id, "places": new.places.len() }),
        &text,
    );
    Ok(ExitCode::SUCCESS)
}

async fn list(data: &Data, caller: &Caller, json: bool) -> anyhow::Result<ExitCode> {
    let mut text = String::new();
    let mut values = Vec::new();
    for view in data.app.stock_sites(caller).await? {
        writeln!(text, "{}  {}", view.envelope.id, view.site.name)?;
        let mut places = Vec::new();
        for store in view.site.stores() {
            let seen = data.app.stock_store(caller, store.account).await?;
            for line in &seen.places {
                let held: i64 = line.held.iter().map(|held| held.row.quantity).sum();
                writeln!(
                    text,
                    "  {:20} {:30} {:>6} kinds {held:>9} pieces",
                    line.place.code,
                    line.place.name,
                    line.held.len()
                )?;
                let goods: Vec<Value> = line.held.iter().map(held_json).collect();
                places.push(json!({
                    "account": line.place.account, "code": line.place.code,
                    "name": line.place.name, "inside": line.place.inside, "held": goods,
                }));
            }
        }
        values.push(json!({
            "site": view.envelope.id, "name": view.site.name, "places": places,
        }));
    }
    if values.is_empty() {
        text.push_str("There are no sites here: set one up with `egnatia stock site FILE`.");
    }
    print(json, &json!(values), text.trim_end());
    Ok(ExitCode::SUCCESS)
}

fn held_json(held: &egnatia_app::Held) -> Value {
    json!({
        "goods": held.row.goods, "quantity": held.row.quantity, "reserved": held.row.reserved,
        "nomenclature": held.goods.as_ref().map(|goods| &goods.nomenclature),
        "number": held.goods.as_ref().map(Goods::number),
    })
}

async fn waiting(data: &Data, caller: &Caller, json: bool) -> anyhow::Result<ExitCode> {
    let mut text = String::new();
    let mut values = Vec::new();
    for view in data.app.waiting_movements(caller).await? {
        let movement = &view.row.movement;
        let due = view.row.due_at.map(|at| at.to_string()).unwrap_or_default();
        writeln!(
            text,
            "{}  due {due}  {} lines  {}  by {}",
            movement.id,
            movement.lines.len(),
            movement.reference,
            movement.by
        )?;
        values.push(json!({
            "movement": movement, "due_at": view.row.due_at, "signing": view.signing,
        }));
    }
    if values.is_empty() {
        text.push_str("Nothing waits for a signature.");
    }
    print(json, &json!(values), text.trim_end());
    Ok(ExitCode::SUCCESS)
}

async fn import(
    data: &Data,
    caller: &Caller,
    (file, columns): (&Path, Option<&str>),
    (site, reference, dry_run): (RecordId, &str, bool),
    json: bool,
) -> anyhow::Result<ExitCode> {
    let bytes = read(file)?;
    let stated = columns.map(stated_stock_columns).transpose();
    let table = stated.and_then(|stated| StockTable::read(bytes, &stated.unwrap_or_default()));
    let table = table.map_err(|error| InputError(format!("{}: {error}", file.display())))?;
    let mut wrong: BTreeMap<u64, String> = BTreeMap::new();
    for error in &table.errors {
        let text = format!("{}: {}", error.field.as_str(), error.problem);
        wrong.entry(error.row).or_insert(text);
    }
    let rows: Vec<_> = table
        .rows
        .iter()
        .map(|row| (row.place.clone(), row.goods.clone(), row.quantity))
        .collect();
    // Where a row does not read, the others are checked, and nothing is written.
    let dry_run = dry_run || !wrong.is_empty();
    let report = match rows.is_empty() {
        true => None,
        false => Some(
            data.app
                .import_stock(caller, (site, reference), &rows, dry_run)
                .await?,
        ),
    };
    for (number, problem) in report.iter().flat_map(|report| &report.wrong) {
        let index = usize::try_from(number.saturating_sub(1)).unwrap_or(usize::MAX);
        if let Some(row) = table.rows.get(index) {
            wrong.entry(row.row).or_insert_with(|| problem.clone());
        }
    }
    let report = report.unwrap_or_default();
    let mut text = String::new();
    for (row, problem) in &wrong {
        writeln!(text, "row {row}: {problem}")?;
    }
    for (store, what) in &report.breaches {
        writeln!(text, "store {store} is not safe with it: {what}")?;
    }
    let done = match (wrong.is_empty(), report.is_written) {
        (false, _) => "Nothing was written: put these rows right.",
        (true, true) => "The ledger is taken over.",
        (true, false) => "Every row is right. Nothing was written.",
    };
    writeln!(
        text,
        "{} rows: {} single weapons, {} lots with {} pieces. {done}",
        report.rows, report.serials, report.lots, report.pieces
    )?;
    let problems: Vec<Value> = wrong
        .iter()
        .map(|(row, problem)| json!({ "row": row, "problem": problem }))
        .collect();
    let breaches: Vec<Value> = report
        .breaches
        .iter()
        .map(|(store, what)| json!({ "store": store, "what": what }))
        .collect();
    let value = json!({
        "rows": report.rows, "serials": report.serials, "lots": report.lots,
        "pieces": report.pieces, "wrong": problems, "breaches": breaches,
        "written": report.is_written,
    });
    print(json, &value, text.trim_end());
    Ok(match wrong.is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::from(INPUT),
    })
}

async fn close(data: &Data, caller: &Caller, until: Date, json: bool) -> anyhow::Result<ExitCode> {
    let next = until.tomorrow().context("the day is too late")?;
    let end = TimeZone::UTC.to_timestamp(next.at(0, 0, 0, 0))?;
    let until = end.checked_sub(SignedDuration::from_micros(1))?;
    data.app.close_stock_period(caller, until).await?;
    let text = format!("All periods up to {until} are closed.");
    print(json, &json!({ "closed_until": until }), &text);
    Ok(ExitCode::SUCCESS)
}

async fn count(data: &Data, caller: &Caller, period: &str, json: bool) -> anyhow::Result<ExitCode> {
    let zone = data.config.time_zone().unwrap_or(TimeZone::UTC);
    let day_of = |at: jiff::Timestamp| at.to_zoned_datetime(zone.clone()).date();
    let counted = data.app.count_stock_return(caller, period, day_of).await?;
    let mut text = String::new();
    for row in &counted.rows {
        writeln!(
            text,
            "{:12} {:>9}  {}",
            row.group.as_str(),
            row.count,
            row.what
        )?;
    }
    let value = json!({
        "from": counted.period.from, "to": counted.period.to, "rows": counted.rows,
    });
    print(json, &value, text.trim_end());
    Ok(ExitCode::SUCCESS)
}
