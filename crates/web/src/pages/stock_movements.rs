//! Movements that wait, and one of them: signed, counted on hand-over, given up, taken back.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use egnatia_app::{Action, MovementView};
use egnatia_stockpile::{MovementId, Resolution, Signing};

use super::alert_form::{Filler, Wrong};
use super::firearm_sections::{Section, whole, wrong_of};
use super::firearms::FirearmsPage;
use super::stock_words::{
    Names, account_cell, goods_name, kinds, movement_clock, names, read_reason, state_of, tabs,
    waiting_table, wrong_at,
};
use super::{record_id, terms};
use crate::parts::{Cell, Empty, Facts, Form, FormErrors, Table};
use crate::problem::{Problem, ProblemCode};
use crate::visit::{Posted, Signed, done, show, show_refused};
use crate::{Area, Frame};

/// A movement.
#[derive(Debug, Template)]
#[template(path = "stock_movement.html")]
pub struct MovementPage {
    frame: Frame,
    sections: Vec<Section>,
    /// What the receiver counts, where the movement waits for them.
    count: Option<CountForm>,
    /// What else may be done.
    acts: Vec<Section>,
}

/// What the receiver counts, line by line.
#[derive(Debug)]
pub struct CountForm {
    action: String,
    errors: FormErrors,
    /// What is counted, how many were sent, what was filled in.
    lines: Vec<(String, u64, String)>,
}

/// A form that came back: which, what was filled in, and what is wrong.
#[derive(Default)]
struct Refused {
    act: String,
    posted: Posted,
    wrong: Wrong,
}

/// Shows movements that wait for a signature.
pub(crate) async fn show_waiting(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::ViewStock)?;
    let t = signed.t();
    let app = &signed.state.app;
    let waiting = app.waiting_movements(signed.caller()).await?;
    let title = t.text("stock-movements");
    let frame = signed.frame(title, Some(Area::Stores)).await;
    let links = match signed.offers(Action::MoveStock) {
        true => vec![("/stock-movements/new", t.text("stock-move"))],
        false => Vec::new(),
    };
    Ok(show(&FirearmsPage {
        tabs: tabs(t, "/stock-movements"),
        lede: t.text("stock-movements-lede"),
        links,
        filters: Vec::new(),
        tables: vec![waiting_table(&frame, &waiting)],
        frame,
    }))
}

/// Shows a movement.
pub(crate) async fn show_one(signed: Signed, Path(id): Path<String>) -> Result<Response, Problem> {
    signed.enter(Action::ViewStock)?;
    let id = MovementId(record_id(&id)?);
    let view = signed.state.app.view_movement(signed.caller(), id).await?;
    Ok(show(&page(&signed, &view, &Refused::default()).await?))
}

async fn page(
    signed: &Signed,
    view: &MovementView,
    refused: &Refused,
) -> Result<MovementPage, Problem> {
    let t = signed.t();
    let movement = &view.row.movement;
    let title = format!("{}: {}", kinds(t, movement), movement.reference);
    let frame = signed.frame(title, Some(Area::Stores)).await;
    let names = names(signed).await?;
    let app = &signed.state.app;
    let ids = movement.lines.iter().map(|line| line.goods);
    let goods = app.stock_goods_of(signed.caller(), ids).await?;
    let name = |id| goods.get(id).map_or_else(|| id.to_string(), goods_name);
    let moved: Vec<String> = movement
        .lines
        .iter()
        .map(|line| name(&line.goods))
        .collect();
    let sections = vec![
        Section::new("state", t.text("stock-movement"))
            .clock(movement_clock(&frame, &view.row))
            .facts(facts(&frame, view)),
        Section::new("lines", t.text("stock-entry-lines")).table(lines_table(
            &frame,
            (view, &names),
            &moved,
        )),
    ];
    let own = movement.by == signed.caller().login;
    let may_sign = view.row.waits() && signed.offers(Action::SignStock);
    let count = may_sign && !own && view.signing == Signing::Receiver;
    let count = count.then(|| count_form(signed, view, (&moved, refused)));
    Ok(MovementPage {
        acts: acts(signed, &frame, view, refused),
        sections,
        count,
        frame,
    })
}

fn facts(frame: &Frame, view: &MovementView) -> Facts {
    let t = frame.t;
    let (row, movement) = (&view.row, &view.row.movement);
    let text = |text: &str| Cell::Text(text.to_owned());
    let end = row.end.as_ref();
    let ended = end.map(|end| {
        let moment = frame.moment(end.at).text;
        Cell::Lines(end.resolving.by.to_string(), moment)
    });
    let why = end.and_then(|end| match &end.resolving.what {
        Resolution::Void { reason } => Some(text(reason.as_str())),
        Resolution::Post { .. } | Resolution::TimeOut => None,
    });
    let reverses = movement.reverses.map(|id| {
        Cell::link(
            format!("/stock-movements/{id}"),
            t.text("stock-movement-see"),
        )
    });
    Facts::new()
        .with(t.text("column-state"), state_of(t, row))
        .with(t.text("stock-reference"), text(&movement.reference))
        .with(
            t.text("stock-entered"),
            Cell::Lines(movement.by.to_string(), frame.moment(row.recorded_at).text),
        )
        .with_some(
            t.text("stock-effective-at"),
            movement.effective_at.map(|at| Cell::Time(frame.moment(at))),
        )
        .with_some(t.text("stock-ended"), ended)
        .with_some(t.text("stock-why"), why)
        .with_some(
            t.text("stock-remark"),
            movement.remark.as_ref().map(|remark| text(remark.as_str())),
        )
        .with_some(t.text("stock-reverses"), reverses)
}

fn lines_table(frame: &Frame, (view, names): (&MovementView, &Names), moved: &[String]) -> Table {
    let t = frame.t;
    let columns = &[
        "column-name",
        "stock-kind",
        "stock-from",
        "stock-to",
        "stock-quantity",
        "stock-counted",
    ];
    let counted = match view.row.end.as_ref().map(|end| &end.resolving.what) {
        Some(Resolution::Post {
            counted: Some(counted),
        }) => counted.as_slice(),
        _ => &[],
    };
    let counted = counted.iter().map(Some).chain(std::iter::repeat(None));
    let lines = view.row.movement.lines.iter().zip(moved).zip(counted);
    let rows = lines.map(|((line, name), counted)| {
        vec![
            Cell::link(format!("/stock-goods/{}", line.goods), name.clone()),
            Cell::Text(terms::word(t, &["stock-kind"], line.kind.as_str())),
            account_cell(t, names, line.from),
            account_cell(t, names, line.to),
            Cell::Number(line.quantity.to_string()),
            Cell::Text(counted.map(u64::to_string).unwrap_or_default()),
        ]
    });
    Table::new(t, String::new(), columns, Empty::default()).rows(rows.collect())
}

fn count_form(
    signed: &Signed,
    view: &MovementView,
    (moved, refused): (&[String], &Refused),
) -> CountForm {
    let movement = &view.row.movement;
    let (typed, wrong) = match refused.act == "count" {
        true => (refused.posted.all("counted"), Some(&refused.wrong)),
        false => (Vec::new(), None),
    };
    let typed = typed.into_iter().chain(std::iter::repeat(""));
    let lines = movement.lines.iter().zip(moved).zip(typed);
    let texts = wrong.into_iter().flat_map(|wrong| wrong.values());
    let texts: Vec<&str> = texts.map(String::as_str).collect();
    let whole = (!texts.is_empty()).then(|| texts.join(" "));
    CountForm {
        action: format!("/stock-movements/{}/count", movement.id),
        errors: FormErrors::new(signed.t(), &[], whole),
        lines: lines
            .map(|((line, name), typed)| (name.clone(), line.quantity.get(), typed.to_owned()))
            .collect(),
    }
}

fn acts(signed: &Signed, frame: &Frame, view: &MovementView, refused: &Refused) -> Vec<Section> {
    let t = signed.t();
    let (row, movement) = (&view.row, &view.row.movement);
    let nothing = (Posted::default(), Wrong::new());
    let form = |act: &'static str, with_reason: bool| {
        let (posted, wrong) = match refused.act == act {
            true => (&refused.posted, &refused.wrong),
            false => (&nothing.0, &nothing.1),
        };
        let filler = Filler { t, posted, wrong };
        let fields = match (with_reason, act) {
            (false, _) => Vec::new(),
            (true, "reverse") => vec![filler.area("reverse_reason", "stock-why").required()],
            (true, _) => vec![filler.area("reason", "stock-why").required()],
        };
        let whole = whole(wrong, &fields);
        let path = format!("/stock-movements/{}/{act}", movement.id);
        let submit = t.text(&format!("stock-act-{act}-submit"));
        let form = Form::new(t, path, fields, submit, whole).csrf(frame.csrf());
        Section::new(act, t.text(&format!("stock-act-{act}")))
            .means(t.text(&format!("stock-act-{act}-means")))
            .form(if with_reason { form.danger() } else { form })
    };
    let mut acts = Vec::new();
    let own = movement.by == signed.caller().login;
    if row.waits() && signed.offers(Action::SignStock) {
        match (own, view.signing) {
            (true, _) => acts.push(
                Section::new("second", t.text("stock-act-sign")).means(t.text("stock-second")),
            ),
            (false, Signing::Receiver) => {}
            (false, _) => acts.push(form("sign", false)),
        }
        acts.push(form("void", true));
    }
    let posted = matches!(
        row.end.as_ref().map(|end| &end.resolving.what),
        None | Some(Resolution::Post { .. })
    );
    let may_reverse = !row.waits() && posted && !row.is_reversed && movement.reverses.is_none();
    if may_reverse && signed.offers(Action::MoveStock) {
        acts.push(form("reverse", true));
    }
    acts
}

/// Signs a movement, gives it up, or takes it back.
pub(crate) async fn act(
    signed: Signed,
    Path((id, act)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Problem> {
    let needed = match act.as_str() {
        "sign" | "count" | "void" => Action::SignStock,
        "reverse" => Action::MoveStock,
        _ => return Err(Problem::new(ProblemCode::NotFound)),
    };
    signed.enter(needed)?;
    let id = MovementId(record_id(&id)?);
    let (app, caller, t) = (&signed.state.app, signed.caller(), signed.t());
    let result = match act.as_str() {
        "sign" => Ok(app.sign_movement(caller, id, None).await),
        "count" => {
            let counted = posted.all("counted").into_iter();
            let counted: Result<Vec<u64>, _> = counted.map(|text| text.trim().parse()).collect();
            match counted {
                Ok(counted) => Ok(app.sign_movement(caller, id, Some(counted)).await),
                Err(_) => Err(wrong_at("counted", t, "stock-count-invalid")),
            }
        }
        "void" => match read_reason(&posted, "reason", t) {
            Ok(reason) => Ok(app.void_movement(caller, id, reason).await),
            Err(wrong) => Err(wrong),
        },
        _ => match read_reason(&posted, "reverse_reason", t) {
            Ok(why) => Ok(app.reverse_movement(caller, id, None, why).await),
            Err(wrong) => Err(wrong),
        },
    };
    let wrong = match result {
        Ok(Ok(view)) => {
            let path = format!("/stock-movements/{}", view.row.movement.id);
            return Ok(done(&path, &format!("stock-{act}")));
        }
        Ok(Err(error)) => wrong_of(error)?,
        Err(wrong) => wrong,
    };
    let view = app.view_movement(caller, id).await?;
    let refused = Refused { act, posted, wrong };
    Ok(show_refused(&page(&signed, &view, &refused).await?))
}
