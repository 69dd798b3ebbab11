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

/// Where each side's node stands, in the units of the outlines: at its capital; the agencies of the
/// Union beyond the edge. And on which side of it its name stands.
const PLACES: [(&str, Point, Name); 7] = [
    ("EU", (220, 60), Name::Below),
    ("RS", (408, 152), Name::Below),
    ("XK", (457, 359), Name::Right),
    ("MK", (475, 422), Name::Right),
    ("AL", (363, 487), Name::Below),
    ("ME", (324, 380), Name::Below),
    ("BA", (265, 244), Name::Below),
];
/// Radius of a node.
const RADIUS: i32 = 15;
/// From the middle of a node to its name.
const NAME_BELOW: i32 = RADIUS + 16;
const NAME_RIGHT: i32 = RADIUS + 5;
/// Half the height of letters.
const HALF: i32 = 5;
/// A line keeps so far away from the middle of another node.
const CLEAR: i32 = RADIUS + 10;
/// And so far from the letters of its name.
const CLEAR_OF_LETTERS: i32 = 14;
/// How far a line may be bent, in hundredths of its length, the least first.
const BENDS: [i32; 7] = [0, 20, -20, 40, -40, 60, -60];
/// Where on a line its sign may stand, in hundredths of the way, the middle first.
const SIGNS: [i32; 9] = [50, 44, 56, 38, 62, 32, 68, 26, 74];
/// A sign keeps so far away from the letters of names, and from the middle of nodes.
const SIGN_CLEAR: i32 = 22;
const SIGN_CLEAR_OF_NODES: i32 = RADIUS + 14;
/// How wide a letter is, about.
const LETTER: i32 = 7;

type Point = (i32, i32);

/// On which side of a node its name stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Name {
    Below,
    Right,
}

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
    /// What it is called.
    pub name: String,
    /// Where the name begins, or its middle.
    pub name_x: i32,
    /// The foot of the name.
    pub name_y: i32,
    /// Whether the name begins there.
    pub name_begins: bool,
    /// Whether this node is there.
    pub own: bool,
}

/// How this node stands with a side.
#[derive(Debug)]
pub struct RegionLink {
    /// For `d` of an SVG path.
    pub path: String,
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
    let placed: Vec<(PartnerCode, Point, Name)> = PLACES
        .iter()
        .filter_map(|(code, place, name)| Some((code.parse().ok()?, *place, *name)))
        .collect();
    let names: Vec<Point> = placed
        .iter()
        .flat_map(|(code, place, name)| letters(*place, *name, &terms::partner(t, *code)))
        .collect();
    let others = placed.iter().filter(|(code, ..)| Some(*code) != own);
    let states: Vec<(PartnerCode, Tag)> = others
        .map(|(code, ..)| (*code, state_of(&signed, &frame, &views, *code)))
        .collect();
    let from = placed.iter().find(|(code, ..)| Some(*code) == own);
    let links = from.map_or_else(Vec::new, |(_, from, _)| {
        let to = |code| placed.iter().find(|(placed, ..)| *placed == code);
        let link = |(code, state): &(PartnerCode, Tag)| {
            let (_, to, _) = to(*code)?;
            Some(link((*from, *to), &names, state.tone))
        };
        states.iter().filter_map(link).collect()
    });
    let nodes = placed.iter().map(|(code, (x, y), name)| RegionNode {
        name: terms::partner(t, *code),
        name_x: match name {
            Name::Below => *x,
            Name::Right => x + NAME_RIGHT,
        },
        name_y: match name {
            Name::Below => y + NAME_BELOW,
            Name::Right => y + HALF,
        },
        name_begins: *name == Name::Right,
        own: own == Some(*code),
        code: code.to_string(),
        x: *x,
        y: *y,
    });
    Ok(show(&RegionPage {
        tabs: partners::tabs(&signed, "/region"),
        nodes: nodes.collect(),
        links,
        table: table(&signed, &frame, &views, states),
        frame,
    }))
}

/// A line between two nodes that runs through no other one, and its sign where it covers no name.
fn link((from, to): (Point, Point), names: &[Point], tone: Tone) -> RegionLink {
    let all: Vec<Point> = PLACES.iter().map(|(_, place, _)| *place).collect();
    let ends = |place: &&Point| **place != from && **place != to;
    let others: Vec<Point> = all.iter().filter(ends).copied().collect();
    // Where a line begins and ends it has to pass a name that is right there.
    let is_far = |name: &&Point| is_clear(**name, &[from, to], 4 * RADIUS);
    let far: Vec<Point> = names.iter().filter(is_far).copied().collect();
    let is_free = |handle: &Point| {
        let mut points = (0..=50).map(|step| along(from, *handle, to, step * 2));
        points
            .all(|point| is_clear(point, &others, CLEAR) && is_clear(point, &far, CLEAR_OF_LETTERS))
    };
    let through_none = |handle: &Point| {
        let mut points = (0..=50).map(|step| along(from, *handle, to, step * 2));
        points.all(|point| is_clear(point, &others, CLEAR))
    };
    let bent = || BENDS.iter().map(|bend| handle(from, to, *bend));
    let handle = bent()
        .find(is_free)
        .or_else(|| bent().find(through_none))
        .unwrap_or_else(|| handle(from, to, 0));
    let places = || SIGNS.iter().map(|at| along(from, handle, to, *at));
    let covers_none = |place: &Point| {
        is_clear(*place, names, SIGN_CLEAR) && is_clear(*place, &all, SIGN_CLEAR_OF_NODES)
    };
    // Right beside another side it would read as that one's.
    let is_its_own = |place: &Point| covers_none(place) && is_clear(*place, &others, 3 * RADIUS);
    let (x, y) = places()
        .find(is_its_own)
        .or_else(|| places().find(covers_none))
        .unwrap_or_else(|| along(from, handle, to, 50));
    RegionLink {
        path: format!(
            "M{} {}Q{} {} {} {}",
            from.0, from.1, handle.0, handle.1, to.0, to.1
        ),
        x,
        y,
        foot: y + HALF,
        tone,
    }
}

/// Points of a node's name, from its first letter to its last.
fn letters((x, y): Point, side: Name, name: &str) -> Vec<Point> {
    let count = i32::try_from(name.chars().count()).unwrap_or(0);
    let (begin, middle) = match side {
        Name::Below => (x - count * LETTER / 2, y + NAME_BELOW - HALF),
        Name::Right => (x + NAME_RIGHT, y),
    };
    (0..=count)
        .map(|letter| (begin + letter * LETTER, middle))
        .collect()
}

/// The handle of a quadratic curve that is bent by so many hundredths of its length.
fn handle(from: Point, to: Point, bend: i32) -> Point {
    let (across, down) = (to.0 - from.0, to.1 - from.1);
    (
        i32::midpoint(from.0, to.0) - down * bend / 100,
        i32::midpoint(from.1, to.1) + across * bend / 100,
    )
}

/// A point of a quadratic curve, `at` hundredths of the way.
fn along(from: Point, handle: Point, to: Point, at: i32) -> Point {
    let rest = 100 - at;
    let mixed =
        |a: i32, b: i32, c: i32| (rest * rest * a + 2 * rest * at * b + at * at * c) / 10_000;
    (mixed(from.0, handle.0, to.0), mixed(from.1, handle.1, to.1))
}

fn is_clear(point: Point, of: &[Point], distance: i32) -> bool {
    of.iter().all(|other| {
        let (across, down) = (point.0 - other.0, point.1 - other.1);
        across * across + down * down >= distance * distance
    })
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
    use crate::Texts;

    #[test]
    fn no_line_runs_through_another_side_and_no_sign_covers_one_or_its_name() {
        let t = Texts::accepted(None);
        let names: Vec<Point> = PLACES
            .iter()
            .flat_map(|(code, place, side)| {
                let name = terms::partner(t, code.parse().unwrap());
                letters(*place, *side, &name)
            })
            .collect();
        for (from, start, _) in PLACES {
            for (to, end, _) in PLACES {
                if from == to {
                    continue;
                }
                let drawn = link((start, end), &names, Tone::Agree);
                let numbers: Vec<i32> = drawn
                    .path
                    .split(|c: char| !c.is_ascii_digit() && c != '-')
                    .filter_map(|number| number.parse().ok())
                    .collect();
                let handle = (numbers[2], numbers[3]);
                let all: Vec<Point> = PLACES.iter().map(|(_, place, _)| *place).collect();
                let others: Vec<Point> = all
                    .iter()
                    .copied()
                    .filter(|place| *place != start && *place != end)
                    .collect();
                for at in 0..=100 {
                    let point = along(start, handle, end, at);
                    assert!(is_clear(point, &others, CLEAR - 1), "{from} {to} at {at}");
                }
                let sign = (drawn.x, drawn.y);
                assert!(is_clear(sign, &all, RADIUS + 10), "{from} {to}: {sign:?}");
                // Its circle has a radius of 10, and letters are 10 high.
                assert!(
                    is_clear(sign, &names, 16),
                    "{from} {to}: {sign:?} on a name"
                );
            }
        }
    }
}
