//! What a count led to: what differs, what lies in a wrong place, what nobody knows.

use egnatia_app::{Action, TakeView};
use egnatia_stockpile::{GoodsId, StocktakeState, TakeResult};

use super::firearm_sections::{Section, SectionsPage};
use super::stock_words::{Names, account, difference, goods_cell};
use super::stocktakes::{move_href, places_text};
use super::terms;
use crate::parts::{Cell, Empty, Facts, Table};
use crate::visit::Signed;
use crate::{Area, Frame};

/// The page of a count that has ended.
pub(super) async fn result_page(signed: &Signed, names: &Names, view: &TakeView) -> SectionsPage {
    let t = signed.t();
    let places = places_text(t, names, &view.take);
    let title = format!("{}: {places}", t.text("stocktake"));
    let frame = signed.frame(title, Some(Area::Stores)).await;
    let take = &view.take;
    let mut facts = Facts::new()
        .with(
            t.text("stock-places"),
            Cell::Text(places_text(t, names, take)),
        )
        .with(
            t.text("column-state"),
            Cell::Text(terms::word(t, &["stocktake-is"], take.state.as_str())),
        )
        .with(
            t.text("stocktake-began"),
            Cell::Lines(
                take.started_by.to_string(),
                frame.moment(take.started_at).text,
            ),
        );
    let (by, at, why) = match &take.state {
        StocktakeState::Counting => (None, None, None),
        StocktakeState::Finished { by, at } => (Some(by), Some(*at), None),
        StocktakeState::Abandoned { reason, by, at } => (Some(by), Some(*at), Some(reason)),
    };
    if let (Some(by), Some(at)) = (by, at) {
        let ended = Cell::Lines(by.to_string(), frame.moment(at).text);
        facts = facts.with(t.text("stock-ended"), ended);
    }
    facts = facts.with_some(
        t.text("stock-why"),
        why.map(|reason| Cell::Text(reason.as_str().to_owned())),
    );
    let mut sections = vec![Section::new("state", t.text("stocktake")).facts(facts)];
    if let Some(result) = &view.result {
        sections.extend(result_sections(signed, names, (&frame, view), result));
    }
    SectionsPage {
        back: ("/stocktakes", t.text("stocktakes")),
        notice: None,
        sections,
        frame,
    }
}

fn result_sections(
    signed: &Signed,
    names: &Names,
    (frame, view): (&Frame, &TakeView),
    result: &TakeResult,
) -> Vec<Section> {
    let t = signed.t();
    let name = |id: GoodsId| goods_cell(id, view.goods.get(&id));
    let columns = &[
        "column-name",
        "stock-place",
        "stock-difference",
        "stock-at-start",
        "stock-expected",
        "stock-counted",
    ];
    let lines = result.lines.iter().map(|line| {
        vec![
            name(line.goods),
            Cell::Text(account(t, names, line.place)),
            difference(t, line.difference),
            Cell::Number(line.at_start.to_string()),
            Cell::Number(line.expected.to_string()),
            Cell::Number(line.counted.to_string()),
        ]
    });
    let lines =
        Table::new(t, String::new(), columns, Empty::of(t, "stock-differs")).rows(lines.collect());
    let mut differs = Section::new("differs", t.text("stock-differs"))
        .means(t.count("stock-agreed", result.agreed))
        .table(lines);
    for (number, case) in (1_u64..).zip(&view.cases) {
        let text = t.count("stock-case-number", number);
        differs = differs.link(format!("/stock-cases/{case}"), text);
    }
    let may_move = signed.offers(Action::MoveStock);
    let misplaced = result.misplaced.iter().map(|line| {
        vec![
            name(line.goods),
            Cell::Text(account(t, names, line.found)),
            Cell::Text(account(t, names, line.booked)),
            match may_move {
                true => Cell::link(move_href(line.goods, line.found), t.text("stock-move-here")),
                false => Cell::Text(String::new()),
            },
        ]
    });
    let columns = &["column-name", "stock-found-in", "stock-booked", "stock-act"];
    let misplaced = Table::new(t, String::new(), columns, Empty::of(t, "stock-misplaced"))
        .rows(misplaced.collect());
    let unknown = result.unknown.iter().map(|scan| {
        vec![
            Cell::Exact(scan.code.clone()),
            Cell::Text(account(t, names, scan.place)),
            Cell::Text(scan.by.to_string()),
            Cell::Time(frame.moment(scan.at)),
        ]
    });
    let columns = &["stock-code", "stock-place", "column-by", "stock-scanned"];
    let unknown = Table::new(t, String::new(), columns, Empty::of(t, "stock-unknown"))
        .rows(unknown.collect());
    vec![
        differs,
        Section::new("misplaced", t.text("stock-misplaced")).table(misplaced),
        Section::new("unknown", t.text("stock-unknown")).table(unknown),
    ]
}
