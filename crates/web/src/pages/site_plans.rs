//! The plan of a site: stores, what is around them, and how far they would reach. Drawn by the node;
//! the table beside the drawing says the same. Who sees it is an authorisation of its own.

use askama::Template;
use axum::extract::{Path, Request};
use axum::response::Response;
use egnatia_app::{Action, MappedStore, NewPlanPoint, SiteMap};
use egnatia_record::RecordId;
use egnatia_stockpile::PlanPoint;

use super::alert_form::{Filler, Wrong};
use super::firearm_sections::{whole, wrong_of};
use super::record_id;
use super::screening_flow::file_of;
use super::stock_words::wrong_at;
use crate::parts::{Cell, Empty, FieldKind, Form, Table, Tone};
use crate::problem::{Problem, ProblemCode};
use crate::visit::{Posted, Signed, done, show, show_refused};
use crate::{Area, Frame, Texts, guard};

/// Width of the drawing, and the room around it for names.
const WIDTH: f64 = 960.0;
const ROOM: f64 = 70.0;
/// Its least and greatest height.
const HEIGHT: (f64, f64) = (360.0, 960.0);
/// Lines of a scale.
const SCALES_M: [i32; 9] = [10, 25, 50, 100, 250, 500, 1_000, 2_500, 10_000];
/// The largest file, in bytes.
const FILE_BYTES_MAX: usize = 2 * 1024 * 1024;
/// A margin of less than one part of so many of what is needed is one to look at.
const CLOSE_PART: i64 = 10;

/// The page with the plan of a site.
#[derive(Debug, Template)]
#[template(path = "site_plan.html")]
pub struct SitePlanPage {
    frame: Frame,
    drawing: Option<Drawing>,
    table: Table,
    drawn: Table,
    forms: Vec<(&'static str, String, String, Form)>,
}

/// The drawing, in units of its own.
#[derive(Debug)]
struct Drawing {
    label: String,
    width: String,
    height: String,
    arcs: Vec<Arc>,
    marks: Vec<Mark>,
    scale: Scale,
}

/// How far a store would reach.
#[derive(Debug)]
struct Arc {
    x: String,
    y: String,
    radius: String,
    top: String,
    tone: Tone,
    says: String,
}

/// A store, or something around.
#[derive(Debug)]
struct Mark {
    x: String,
    y: String,
    below: String,
    further: String,
    name: String,
    says: String,
    tone: Tone,
    is_store: bool,
}

#[derive(Debug)]
struct Scale {
    from: String,
    to: String,
    y: String,
    above: String,
    says: String,
}

/// How a margin is meant.
fn tone_of(margin_m: i64, needed_m: u32) -> Tone {
    match margin_m {
        ..0 => Tone::Against,
        margin if margin.saturating_mul(CLOSE_PART) < i64::from(needed_m) => Tone::Caution,
        _ => Tone::Agree,
    }
}

/// The worst of a store, in a tone and in words.
fn standing(t: &Texts, store: &MappedStore) -> (Tone, String) {
    if store.is_unlicensed {
        return (Tone::Against, t.text("stock-licence-missing"));
    }
    let least = store.margins.iter().map(|(margin, _)| margin);
    match least.min_by_key(|margin| margin.margin_m) {
        None => (Tone::Silent, t.text("plan-nothing-near")),
        Some(margin) => {
            let needed = margin.needed.as_ref().map_or(0, |needed| needed.metres);
            let key = match margin.margin_m {
                ..0 => "plan-too-near",
                _ => "plan-spare",
            };
            let metres = margin.margin_m.unsigned_abs().to_string();
            let text = t.with(key, "metres", metres);
            (tone_of(margin.margin_m, needed), text)
        }
    }
}

fn number(value: f64) -> String {
    format!("{value:.1}")
}

/// Distances that are needed around a store, each once, with how the worst of them is meant.
fn reaches(store: &MappedStore) -> Vec<(u32, Tone)> {
    let mut reaches: Vec<(u32, Tone)> = Vec::new();
    for (margin, _) in &store.margins {
        let Some(needed) = margin.needed.as_ref().filter(|needed| needed.metres > 0) else {
            continue;
        };
        let tone = tone_of(margin.margin_m, needed.metres);
        match reaches
            .iter_mut()
            .find(|(metres, _)| *metres == needed.metres)
        {
            Some((_, known)) if tone == Tone::Against => *known = tone,
            Some(_) => {}
            None => reaches.push((needed.metres, tone)),
        }
    }
    reaches
}

/// Draws a plan.
fn draw(t: &Texts, map: &SiteMap, points: &[PlanPoint]) -> Drawing {
    let store_of = |point: &PlanPoint| {
        let mut stores = map.stores.iter();
        stores.find(|store| Some(store.place.account) == point.store)
    };
    let reach_of = |point: &PlanPoint| {
        let reaches = store_of(point).map(reaches).unwrap_or_default();
        reaches.iter().map(|(metres, _)| *metres).max().unwrap_or(0)
    };
    let mut ends = [f64::MAX, f64::MIN, f64::MAX, f64::MIN];
    for point in points {
        let reach = f64::from(reach_of(point));
        let (east, north) = (f64::from(point.east_m), f64::from(point.north_m));
        let [west, far_east, south, far_north] = ends;
        ends = [
            west.min(east - reach),
            far_east.max(east + reach),
            south.min(north - reach),
            far_north.max(north + reach),
        ];
    }
    let [west, far_east, south, far_north] = ends;
    let (wide, tall) = ((far_east - west).max(1.0), (far_north - south).max(1.0));
    let inside = WIDTH - 2.0 * ROOM;
    let per_metre = (inside / wide).min((HEIGHT.1 - 2.0 * ROOM) / tall);
    let height = (tall * per_metre + 2.0 * ROOM).max(HEIGHT.0);
    let x = |east: i32| (WIDTH - wide * per_metre) / 2.0 + (f64::from(east) - west) * per_metre;
    let y =
        |north: i32| (height - tall * per_metre) / 2.0 + (far_north - f64::from(north)) * per_metre;
    let (mut arcs, mut marks) = (Vec::new(), Vec::new());
    for point in points {
        let (px, py) = (x(point.east_m), y(point.north_m));
        let store = store_of(point);
        for (metres, tone) in store.map(reaches).unwrap_or_default() {
            let radius = f64::from(metres) * per_metre;
            arcs.push(Arc {
                x: number(px),
                y: number(py),
                radius: number(radius),
                top: number(py - radius - 6.0),
                tone,
                says: format!("{metres} m"),
            });
        }
        let (tone, says) = store.map_or((Tone::Silent, String::new()), |store| standing(t, store));
        marks.push(Mark {
            x: number(px),
            y: number(py),
            // What is around is named above it: rings end below.
            below: number(py + store.map_or(-16.0, |_| 28.0)),
            further: number(py + 46.0),
            name: store.map_or_else(|| point.name.clone(), |store| store.place.code.clone()),
            says,
            tone,
            is_store: store.is_some(),
        });
    }
    let fits = |metres: &&i32| f64::from(**metres) * per_metre <= 240.0;
    let metres = SCALES_M.iter().rev().find(fits).copied().unwrap_or(1);
    let scale = Scale {
        from: number(20.0),
        to: number(20.0 + f64::from(metres) * per_metre),
        y: number(height - 16.0),
        above: number(height - 24.0),
        says: format!("{metres} m"),
    };
    Drawing {
        label: t.text("plan-drawing"),
        width: number(WIDTH),
        height: number(height),
        arcs,
        marks,
        scale,
    }
}

fn margins_table(t: &'static Texts, map: &SiteMap) -> Table {
    let columns = &[
        "stock-store",
        "stock-around",
        "stock-margin",
        "stock-needed",
        "stock-away",
        "plan-away",
    ];
    let mut rows = Vec::new();
    for store in &map.stores {
        let name = || {
            let href = format!("/stores/{}", store.place.account);
            Cell::link_with(href, store.place.code.clone(), store.place.name.clone())
        };
        if store.margins.is_empty() {
            let (tone, says) = standing(t, store);
            let nothing = || Cell::Text(String::new());
            rows.push(vec![
                name(),
                nothing(),
                Cell::tag(tone, says),
                nothing(),
                nothing(),
                nothing(),
            ]);
        }
        for (margin, on_plan) in &store.margins {
            let needed = margin.needed.as_ref().map_or(0, |needed| needed.metres);
            let away = margin.exposure.distance_m;
            rows.push(vec![
                name(),
                Cell::Text(margin.exposure.name.clone()),
                Cell::tag(
                    tone_of(margin.margin_m, needed),
                    format!("{} m", margin.margin_m),
                ),
                Cell::Text(format!("{needed} m")),
                Cell::Text(format!("{away} m")),
                match on_plan {
                    None => Cell::Text(t.text("plan-not-drawn")),
                    Some(metres) if *metres < away => Cell::tag(
                        Tone::Caution,
                        t.with("plan-nearer", "metres", metres.to_string()),
                    ),
                    Some(metres) => Cell::Text(format!("{metres} m")),
                },
            ]);
        }
    }
    let empty = Empty::of(t, "stock-stores");
    Table::new(t, t.text("stock-margins"), columns, empty).rows(rows)
}

fn points_table(t: &'static Texts, points: &[PlanPoint]) -> Table {
    let columns = &["column-name", "plan-what", "plan-east", "plan-north"];
    let rows = points.iter().map(|point| {
        let what = match point.store {
            Some(_) => "stock-store",
            None => "stock-around",
        };
        vec![
            Cell::Text(point.name.clone()),
            Cell::Text(t.text(what)),
            Cell::Number(point.east_m.to_string()),
            Cell::Number(point.north_m.to_string()),
        ]
    });
    let empty = Empty::of(t, "plan-points");
    Table::new(t, t.text("plan-points"), columns, empty).rows(rows.collect())
}

/// Shows the plan of a site.
pub(crate) async fn show_plan(signed: Signed, Path(id): Path<String>) -> Result<Response, Problem> {
    signed.enter(Action::ViewSitePlan)?;
    let id = record_id(&id)?;
    let map = signed.state.app.site_map(signed.caller(), id).await?;
    let nothing = (&None, &Wrong::new());
    Ok(show(&page(&signed, (id, &map), nothing).await))
}

/// The points of a plan as its form has them: one on each line.
fn lines_of(map: &SiteMap) -> String {
    let points = map.plan.iter().flat_map(|plan| &plan.points);
    let line = |point: &PlanPoint| {
        let store = point.store.and_then(|store| map.site.place(store));
        let code = store.map_or("-", |store| store.code.as_str());
        format!(
            "{code}; {}; {}; {}",
            point.name, point.east_m, point.north_m
        )
    };
    points.map(line).collect::<Vec<_>>().join("\n")
}

fn read_lines(text: &str) -> Option<Vec<NewPlanPoint>> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines
        .map(|line| {
            let mut cells = line.split(';').map(str::trim);
            let store = cells.next().filter(|code| *code != "-" && !code.is_empty());
            let point = NewPlanPoint {
                store: store.map(str::to_owned),
                name: cells.next()?.to_owned(),
                east_m: cells.next()?.parse().ok()?,
                north_m: cells.next()?.parse().ok()?,
            };
            cells.next().is_none().then_some(point)
        })
        .collect()
}

async fn page(
    signed: &Signed,
    (id, map): (RecordId, &SiteMap),
    (posted, wrong): (&Option<Posted>, &Wrong),
) -> SitePlanPage {
    let t = signed.t();
    let title = t.with("plan-title", "site", map.site.name.as_str());
    let frame = signed.frame(title, Some(Area::Stores)).await;
    let points = map.plan.as_ref().map(|plan| plan.points.as_slice());
    let points = points.unwrap_or_default();
    let filled = Posted::of(vec![("points".to_owned(), lines_of(map))]);
    let filler = Filler {
        t,
        posted: posted.as_ref().unwrap_or(&filled),
        wrong,
    };
    let fields = vec![filler.area("points", "plan-lines").required()];
    let action = format!("/stock-sites/{id}/plan");
    let others = whole(wrong, &fields).filter(|_| !wrong.contains_key("rows"));
    let drawing = Form::new(t, action, fields, t.text("plan-keep"), others);
    let file = filler.line("rows", "plan-file").kind(FieldKind::File);
    let fields = vec![file.required()];
    let action = format!("/stock-sites/{id}/plan/file");
    let import = Form::new(t, action, fields, t.text("plan-import"), None);
    let form = |form: Form| form.csrf(frame.csrf());
    let forms = vec![
        (
            "draw",
            t.text("plan-draw"),
            t.text("plan-draw-means"),
            form(drawing),
        ),
        (
            "import",
            t.text("plan-import"),
            t.text("plan-import-means"),
            form(import),
        ),
    ];
    SitePlanPage {
        drawing: (!points.is_empty()).then(|| draw(t, map, points)),
        table: margins_table(t, map),
        drawn: points_table(t, points),
        forms,
        frame,
    }
}

async fn refused(
    signed: &Signed,
    id: RecordId,
    (posted, wrong): (Option<Posted>, Wrong),
) -> Result<Response, Problem> {
    let map = signed.state.app.site_map(signed.caller(), id).await?;
    Ok(show_refused(
        &page(signed, (id, &map), (&posted, &wrong)).await,
    ))
}

/// Keeps what was drawn.
pub(crate) async fn draw_plan(
    signed: Signed,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    signed.enter(Action::ViewSitePlan)?;
    let id = record_id(&id)?;
    let app = &signed.state.app;
    let wrong = match read_lines(posted.raw("points")) {
        None => wrong_at("points", signed.t(), "plan-lines-invalid"),
        Some(points) => match app.draw_site_plan(signed.caller(), id, points).await {
            Ok(()) => return Ok(done(&format!("/stock-sites/{id}/plan"), "plan-kept")),
            Err(error) => wrong_of(error)?,
        },
    };
    refused(&signed, id, (Some(posted), wrong)).await
}

/// Takes a plan from a file.
pub(crate) async fn import_plan(
    signed: Signed,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    signed.enter(Action::ViewSitePlan)?;
    let id = record_id(&id)?;
    let (token, _, bytes) = file_of(request).await?;
    if !guard::same_token(&signed.who.csrf, &token) {
        return Err(Problem::new(ProblemCode::BadOrigin));
    }
    if bytes.len() > FILE_BYTES_MAX {
        return Err(Problem::new(ProblemCode::TooLarge));
    }
    let app = &signed.state.app;
    let wrong = match egnatia_formats::site_plan::read(&bytes) {
        Err(error) => {
            let text = crate::words::sentence(&error.to_string());
            Wrong::from([("rows".to_owned(), text)])
        }
        Ok(plan) => {
            let points = plan.into_iter().map(|feature| NewPlanPoint {
                name: feature.name,
                store: feature.store,
                east_m: feature.east_m,
                north_m: feature.north_m,
            });
            let points = points.collect();
            match app.draw_site_plan(signed.caller(), id, points).await {
                Ok(()) => return Ok(done(&format!("/stock-sites/{id}/plan"), "plan-kept")),
                Err(error) => {
                    let texts: Vec<String> = wrong_of(error)?.into_values().collect();
                    Wrong::from([("rows".to_owned(), texts.join(" "))])
                }
            }
        }
    };
    refused(&signed, id, (None, wrong)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_drawing_are_points() {
        let read = read_lines("M1; the magazine; 10; -20\n\n-; the mill; 0; 170\n").unwrap();
        assert_eq!(read.len(), 2);
        assert_eq!(
            (read[0].store.as_deref(), read[0].north_m),
            (Some("M1"), -20)
        );
        assert_eq!(
            (read[1].store.as_deref(), read[1].name.as_str()),
            (None, "the mill")
        );
        for wrong in ["M1; x; 1", "M1; x; 1; 2; 3", "M1; x; 1.5; 2", "M1"] {
            assert_eq!(read_lines(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_margin_that_is_small_beside_what_is_needed_is_one_to_look_at() {
        assert_eq!(tone_of(-1, 150), Tone::Against);
        assert_eq!(tone_of(0, 150), Tone::Caution);
        assert_eq!(tone_of(14, 150), Tone::Caution);
        assert_eq!(tone_of(15, 150), Tone::Agree);
        assert_eq!(tone_of(0, 0), Tone::Agree);
    }
}
