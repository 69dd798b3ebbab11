//! The region as a drawing: which nodes there are, and how this one stands with each. A table says
//! the same.

use askama::Template;
use axum::response::Response;
use egnatia_app::{Action, PartnerView};
use egnatia_record::PartnerCode;

use super::{partners, terms};
use crate::parts::{Cell, Empty, Table, Tag, Tone};
use crate::problem::Problem;
use crate::visit::{Signed, show};
use crate::{Area, Frame};

/// Sides in the order in which they stand around the node, clockwise from the north.
const AROUND: [&str; 7] = ["EU", "RS", "XK", "MK", "AL", "ME", "BA"];
/// Where they stand, in a drawing 480 wide and 410 high; the last place is that of the node itself.
const PLACES: [(i32, i32); 7] = [
    (240, 45),
    (390, 110),
    (390, 265),
    (240, 345),
    (90, 265),
    (90, 110),
    CENTRE,
];
/// Where this node stands: no line runs through another side.
const CENTRE: (i32, i32) = (240, 190);
/// Radius of a node.
const RADIUS: i32 = 30;
/// From one line of a name to the next.
const LINE: i32 = 16;
const LINE_STEP: usize = 16;
/// A name with more letters than that stands in two lines: it would run into the signs.
const LETTERS_MAX: usize = 16;

/// The page of the region.
#[derive(Debug, Template)]
#[template(path = "region.html")]
pub struct RegionPage {
    /// The frame.
    pub frame: Frame,
    /// What else there is: address, name, whether it is shown.
    pub tabs: Vec<(&'static str, String, bool)>,
    /// The nodes of the drawing.
    pub nodes: Vec<RegionNode>,
    /// The lines between this node and the others.
    pub links: Vec<RegionLink>,
    /// The same as a table.
    pub table: Table,
}

/// A side in the drawing.
#[derive(Debug)]
pub struct RegionNode {
    /// Its code.
    pub code: String,
    /// Where it stands.
    pub x: i32,
    /// Where it stands.
    pub y: i32,
    /// What it is called, in lines, each with the height at which it stands.
    pub lines: Vec<(i32, String)>,
    /// Whether this node is there.
    pub own: bool,
}

/// How this node stands with a side.
#[derive(Debug)]
pub struct RegionLink {
    /// From here.
    pub x1: i32,
    /// From here.
    pub y1: i32,
    /// To there.
    pub x2: i32,
    /// To there.
    pub y2: i32,
    /// Where its sign stands.
    pub x: i32,
    /// Where its sign stands.
    pub y: i32,
    /// The foot of the sign.
    pub foot: i32,
    /// How it is meant.
    pub tone: Tone,
}

/// Shows the region.
pub(crate) async fn show_region(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::ListPartners)?;
    let t = signed.t();
    let views = signed.state.app.partners(signed.caller()).await?;
    let title = t.text("region-title");
    let frame = signed.frame(title, Some(Area::Partners)).await;
    let own = signed.state.app.settings().partner;
    let others: Vec<PartnerCode> = AROUND
        .iter()
        .filter_map(|code| code.parse().ok())
        .filter(|code| Some(*code) != own)
        .collect();
    let states: Vec<(PartnerCode, Tag)> = others
        .iter()
        .map(|code| (*code, state_of(&signed, &frame, &views, *code)))
        .collect();
    let links = match own {
        Some(_) => {
            let placed = PLACES.into_iter().zip(&states);
            placed
                .map(|(to, (_, state))| link(to, state.tone))
                .collect()
        }
        None => Vec::new(),
    };
    let node = |code: PartnerCode, (x, y): (i32, i32)| RegionNode {
        lines: (y + RADIUS + LINE..)
            .step_by(LINE_STEP)
            .zip(lines(&terms::partner(t, code)))
            .collect(),
        own: own == Some(code),
        code: code.to_string(),
        x,
        y,
    };
    let placed = others
        .iter()
        .zip(PLACES)
        .map(|(code, place)| node(*code, place));
    let nodes = placed.chain(own.map(|code| node(code, CENTRE)));
    Ok(show(&RegionPage {
        tabs: partners::tabs(&signed, "/region"),
        nodes: nodes.collect(),
        links,
        table: table(&signed, &frame, &views, states),
        frame,
    }))
}

/// A name in one line, or in two of about the same length.
fn lines(name: &str) -> Vec<String> {
    let letters = name.chars().count();
    let gaps = name.match_indices(' ').map(|(at, _)| at);
    let middle = gaps.min_by_key(|at| at.abs_diff(name.len() / 2));
    match middle.and_then(|at| name.split_at_checked(at)) {
        Some((first, rest)) if letters > LETTERS_MAX => {
            vec![first.to_owned(), rest.trim_start().to_owned()]
        }
        _ => vec![name.to_owned()],
    }
}

fn link((x2, y2): (i32, i32), tone: Tone) -> RegionLink {
    let (x1, y1) = CENTRE;
    // Half way: names stand under the others, and under this one.
    let between = i32::midpoint;
    let (x, y) = (between(x1, x2), between(y1, y2));
    RegionLink {
        x1,
        y1,
        x2,
        y2,
        x,
        y,
        foot: y + 5,
        tone,
    }
}

/// The worst of all nodes of a side; a side without a node is silent.
fn state_of(signed: &Signed, frame: &Frame, views: &[PartnerView], code: PartnerCode) -> Tag {
    let t = frame.t;
    let agreed = partners::agreed(signed);
    let of_side = views.iter().filter(|view| view.row.partner == code);
    let rank = |tag: &Tag| match tag.tone {
        Tone::Against => 0,
        Tone::Caution => 1,
        Tone::Silent => 2,
        Tone::Agree => 3,
    };
    let worst = of_side
        .map(|view| partners::state(frame, view, &agreed))
        .min_by_key(rank);
    worst.unwrap_or_else(|| Tag {
        tone: Tone::Silent,
        word: t.text("partner-none"),
    })
}

fn table(
    signed: &Signed,
    frame: &Frame,
    views: &[PartnerView],
    states: Vec<(PartnerCode, Tag)>,
) -> Table {
    let t = frame.t;
    let agreed = partners::agreed(signed);
    let language = t.language();
    let columns = &[
        "card-side",
        "column-state",
        "partners-title",
        "arrangements-title",
    ];
    let rows = states
        .into_iter()
        .map(|(code, state)| {
            let names: Vec<&str> = views
                .iter()
                .filter(|view| view.row.partner == code)
                .map(|view| view.card.name(&language))
                .collect();
            vec![
                Cell::Lines(terms::partner(t, code), code.to_string()),
                Cell::Tag(state),
                Cell::Text(names.join(", ")),
                Cell::Text(t.text(if agreed.contains(&code) {
                    "arrangement-holds"
                } else {
                    "partner-no-arrangement"
                })),
            ]
        })
        .collect();
    Table::new(t, t.text("region-table"), columns, Empty::default()).rows(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_stands_in_two_lines_clear_of_the_signs() {
        assert_eq!(
            lines("Bosnia and Herzegovina"),
            ["Bosnia and", "Herzegovina"]
        );
        assert_eq!(lines("North Macedonia"), ["North Macedonia"]);
        assert_eq!(lines("Bosnaundherzegowina"), ["Bosnaundherzegowina"]);
        for place in PLACES.into_iter().filter(|place| *place != CENTRE) {
            let sign = link(place, Tone::Agree);
            // 14 letters of a name at 13 pixels: no wider than this.
            let (x, y) = (place.0.abs_diff(sign.x), sign.y.abs_diff(place.1));
            assert!(x > 60 || y > 65, "{place:?}: {sign:?}");
        }
    }
}
