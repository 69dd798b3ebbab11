//! Words and cells that the pages about the stockpile share.

use std::collections::BTreeMap;

use egnatia_app::{CaseSummary, MovementView, StockMovementRow};
use egnatia_stockpile::{AccountId, Difference, Goods, GoodsId, Movement, Remark, Signing};

use super::alert_form::Wrong;
use super::terms;
use crate::parts::{Cell, Clock, Empty, Table, Tone};
use crate::visit::{Posted, Signed};
use crate::{Frame, Texts};

/// What accounts are called.
pub(super) type Names = BTreeMap<AccountId, String>;

/// The lists about the stockpile.
pub(super) fn tabs(t: &Texts, shown: &str) -> Vec<(&'static str, String, bool)> {
    [
        ("/stores", "stock-overview"),
        ("/stock-goods", "stock-goods"),
        ("/stock-movements", "stock-movements"),
        ("/stocktakes", "stocktakes"),
        ("/stock-cases", "stock-cases"),
        ("/count-plan", "count-plan"),
        ("/disposals", "disposals"),
        ("/stock-returns", "stock-returns"),
    ]
    .into_iter()
    .map(|(path, key)| (path, t.text(key), path == shown))
    .collect()
}

/// What accounts are called.
pub(super) async fn names(signed: &Signed) -> Result<Names, crate::problem::Problem> {
    let names = signed.state.app.stock_names(signed.caller()).await?;
    let names = names.into_iter().map(|(id, (_, name))| (id, name));
    Ok(names.collect())
}

/// What an account is called.
pub(super) fn account(t: &Texts, names: &Names, id: AccountId) -> String {
    let known = [
        (AccountId::OUTSIDE, "stock-account-outside"),
        (AccountId::EXPENDED, "stock-account-expended"),
        (AccountId::DESTROYED, "stock-account-destroyed"),
        (AccountId::LOST, "stock-account-lost"),
    ];
    match known.into_iter().find(|(account, _)| *account == id) {
        Some((_, key)) => t.text(key),
        None => names.get(&id).cloned().unwrap_or_else(|| id.to_string()),
    }
}

/// The same as a way to its ledger.
pub(super) fn account_cell(t: &Texts, names: &Names, id: AccountId) -> Cell {
    Cell::link(format!("/stock-accounts/{id}"), account(t, names, id))
}

/// What goods are called.
pub(super) fn goods_name(goods: &Goods) -> String {
    format!("{}, {}", goods.nomenclature, goods.number())
}

/// The same as a way to their page; the id where they were erased.
pub(super) fn goods_cell(id: GoodsId, goods: Option<&Goods>) -> Cell {
    let name = goods.map_or_else(|| id.to_string(), goods_name);
    Cell::link(format!("/stock-goods/{id}"), name)
}

/// By how much something differs from the books.
pub(super) fn difference(t: &Texts, difference: Difference) -> Cell {
    match difference {
        Difference::Missing(count) => Cell::tag(Tone::Against, t.count("stock-missing", count)),
        Difference::Surplus(count) => Cell::tag(Tone::Caution, t.count("stock-surplus", count)),
    }
}

/// Where a movement stands.
pub(super) fn state_of(t: &Texts, row: &StockMovementRow) -> Cell {
    let ended = row.end.as_ref().map(|end| end.resolving.what.as_str());
    let (tone, word) = match ended {
        _ if row.is_reversed => (Tone::Caution, "reversed"),
        _ if row.waits() => (Tone::Caution, "waiting"),
        None | Some("posted") => (Tone::Agree, "posted"),
        Some("timed-out") => (Tone::Against, "timed-out"),
        Some(_) => (Tone::Silent, "voided"),
    };
    Cell::tag(tone, terms::word(t, &["stock-state"], word))
}

/// What a movement does, in a word or two.
pub(super) fn kinds(t: &Texts, movement: &Movement) -> String {
    let mut kinds: Vec<_> = movement.lines.iter().map(|line| line.kind).collect();
    kinds.dedup();
    let words = kinds.iter();
    let words = words.map(|kind| terms::word(t, &["stock-kind"], kind.as_str()));
    words.collect::<Vec<_>>().join(", ")
}

/// Until when a movement waits; nothing where it does not.
pub(super) fn movement_clock(frame: &Frame, row: &StockMovementRow) -> Option<Clock> {
    let due_at = row.due_at.filter(|_| row.waits())?;
    let times = (row.recorded_at, due_at, frame.now());
    let then = Some(frame.t.text("stock-lapses"));
    Some(Clock::new(frame.t, &frame.node.zone, times, then))
}

/// Movements that wait for a signature.
pub(super) fn waiting_table(frame: &Frame, views: &[MovementView]) -> Table {
    let t = frame.t;
    let columns = &[
        "stock-movement",
        "stock-signs",
        "column-by",
        "stock-lines",
        "stock-due",
    ];
    let rows = views.iter().map(|view| {
        let movement = &view.row.movement;
        let signs = match view.signing {
            Signing::Receiver => "stock-signs-receiver",
            Signing::One | Signing::Two => "stock-signs-second",
        };
        vec![
            Cell::link_with(
                format!("/stock-movements/{}", movement.id),
                kinds(t, movement),
                movement.reference.clone(),
            ),
            Cell::Text(t.text(signs)),
            Cell::Text(movement.by.to_string()),
            Cell::Number(movement.lines.len().to_string()),
            match movement_clock(frame, &view.row) {
                Some(clock) => Cell::Clock(Box::new(clock)),
                None => state_of(t, &view.row),
            },
        ]
    });
    let empty = Empty::of(t, "stock-waiting");
    Table::new(t, t.text("stock-waiting"), columns, empty).rows(rows.collect())
}

/// Until when the next step of a case is due; nothing where it is closed.
pub(super) fn case_clock(frame: &Frame, summary: &CaseSummary) -> Option<Clock> {
    let case = &summary.case;
    let then = match case.state.as_str() {
        "open" => "stock-case-recount-due",
        "recounted" => "stock-case-report-due",
        _ => return None,
    };
    let times = (case.opened_at, case.due_at(), frame.now());
    let then = Some(frame.t.text(then));
    Some(Clock::new(frame.t, &frame.node.zone, times, then))
}

/// Cases.
pub(super) fn cases_table(frame: &Frame, names: &Names, cases: &[CaseSummary]) -> Table {
    let t = frame.t;
    let columns = &[
        "column-name",
        "stock-place",
        "stock-difference",
        "column-state",
        "stock-due",
    ];
    let rows = cases.iter().map(|summary| {
        let case = &summary.case;
        let name = match &summary.goods {
            Some(goods) => goods_name(goods),
            None => case.goods.to_string(),
        };
        let state = terms::word(t, &["stock-case-is"], case.state.as_str());
        vec![
            Cell::link(format!("/stock-cases/{}", summary.envelope.id), name),
            Cell::Text(account(t, names, case.place)),
            difference(t, case.difference),
            Cell::Text(state),
            match case_clock(frame, summary) {
                Some(clock) => Cell::Clock(Box::new(clock)),
                None => Cell::Text(String::new()),
            },
        ]
    });
    let empty = Empty::of(t, "stock-cases");
    Table::new(t, t.text("stock-cases"), columns, empty).rows(rows.collect())
}

/// The last minute of a day at the node.
pub(super) fn end_of(frame: &Frame, day: jiff::civil::Date) -> Option<jiff::Timestamp> {
    frame.node.zone.to_timestamp(day.at(23, 59, 0, 0)).ok()
}

/// A day as people of the region write it.
pub(super) fn day(day: jiff::civil::Date) -> String {
    crate::words::source_date(&day.to_string())
}

/// A reason that was filled in, or what is wrong with it.
pub(super) fn read_reason(posted: &Posted, field: &str, t: &Texts) -> Result<Remark, Wrong> {
    let reason = Remark::try_from(posted.text(field));
    reason.map_err(|_| wrong_at(field, t, "stock-reason-invalid"))
}

/// One thing that is wrong with a form.
pub(super) fn wrong_at(field: &str, t: &Texts, key: &str) -> Wrong {
    Wrong::from([(field.to_owned(), t.text(key))])
}
