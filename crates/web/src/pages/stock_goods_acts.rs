//! What is done with goods on their page: they were looked at, or some of them are missing.

use std::num::NonZeroU64;

use axum::extract::Path;
use axum::response::Response;
use egnatia_app::{Action, GoodsView};
use egnatia_stockpile::{AccountId, Condition, Goods, GoodsId};

use super::alert_form::{Filler, Wrong};
use super::firearm_fields::{read_day, words};
use super::firearm_sections::{Section, whole, wrong_of};
use super::record_id;
use super::stock_goods::refused_page;
use super::stock_words::{account, day, read_reason, wrong_at};
use crate::Frame;
use crate::parts::{Field, Form};
use crate::problem::{Problem, ProblemCode};
use crate::visit::{Posted, Signed, done};

/// A form of the page of goods, with what was filled in where it came back.
fn act_section(
    frame: &Frame,
    (id, act): (GoodsId, &'static str),
    refused: Option<(&Posted, &Wrong)>,
    fields: &dyn Fn(&Filler<'_>) -> Vec<Field>,
) -> Section {
    let t = frame.t;
    let nothing = (Posted::default(), Wrong::new());
    let (posted, wrong) = refused.unwrap_or((&nothing.0, &nothing.1));
    let fields = fields(&Filler { t, posted, wrong });
    let whole = whole(wrong, &fields);
    let submit = t.text(&format!("stock-goods-{act}-submit"));
    let path = format!("/stock-goods/{id}/{act}");
    let form = Form::new(t, path, fields, submit, whole).csrf(frame.csrf());
    Section::new(act, t.text(&format!("stock-goods-{act}")))
        .means(t.text(&format!("stock-goods-{act}-means")))
        .form(form)
}

pub(super) fn inspect_section(
    frame: &Frame,
    (id, goods): (GoodsId, &Goods),
    refused: Option<(&Posted, &Wrong)>,
) -> Section {
    let conditions = Condition::ALL.iter().map(|condition| condition.as_str());
    let conditions = words(frame.t, "stock-condition", conditions);
    let now = Posted::of(vec![
        ("state".to_owned(), goods.condition.to_string()),
        ("on".to_owned(), day(frame.today())),
    ]);
    let right = Wrong::new();
    let given = refused.unwrap_or((&now, &right));
    act_section(frame, (id, "inspect"), Some(given), &|filler| {
        vec![
            filler.line("on", "stock-inspected-on").required(),
            filler.choice("state", "stock-condition", conditions.clone()),
            filler.area("found", "stock-inspected-found").required(),
        ]
    })
}

pub(super) fn missing_section(
    frame: &Frame,
    (id, view): (GoodsId, &GoodsView),
    refused: Option<(&Posted, &Wrong)>,
) -> Section {
    let held = view
        .held
        .iter()
        .filter(|row| row.quantity > 0 && may_be_missing(row.account));
    let places = held.map(|row| {
        let name = account(frame.t, &view.names, row.account);
        (row.account.to_string(), name)
    });
    let places: Vec<(String, String)> = places.collect();
    act_section(frame, (id, "missing"), refused, &|filler| {
        vec![
            filler.choice("place", "stock-place", places.clone()),
            filler.line("missing", "stock-missing-count").required(),
            filler.area("said", "stock-missing-said").required(),
        ]
    })
}

/// Whether something in such an account can be missing: what is outside, used up or lost cannot.
fn may_be_missing(account: AccountId) -> bool {
    let gone = [
        AccountId::OUTSIDE,
        AccountId::EXPENDED,
        AccountId::DESTROYED,
        AccountId::LOST,
    ];
    !gone.contains(&account)
}

/// Says that somebody looked at goods, and what they found.
pub(crate) async fn inspect(
    signed: Signed,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    signed.enter(Action::CountStock)?;
    let (app, caller, t) = (&signed.state.app, signed.caller(), signed.t());
    let id = GoodsId(record_id(&id)?);
    let on = read_day(&posted.text("on"));
    let state = posted.raw("state").parse::<Condition>();
    let wrong = match (on, state, read_reason(&posted, "found", t)) {
        (Some(on), Ok(state), Ok(found)) => {
            match app.inspect_goods(caller, id, (on, state), found).await {
                Ok(()) => return Ok(done(&format!("/stock-goods/{id}"), "stock-inspected")),
                Err(error) => wrong_of(error)?,
            }
        }
        (None, ..) => wrong_at("on", t, "day-invalid"),
        (_, Err(_), _) => return Err(Problem::new(ProblemCode::BadRequest)),
        (.., Err(wrong)) => wrong,
    };
    refused_page(&signed, id, ("inspect", &posted, &wrong)).await
}

/// Says that something is not where the books have it: a case opens.
pub(crate) async fn report_missing(
    signed: Signed,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    signed.enter(Action::CountStock)?;
    let (app, caller, t) = (&signed.state.app, signed.caller(), signed.t());
    let id = GoodsId(record_id(&id)?);
    let place = posted.raw("place").parse::<AccountId>();
    let missing = posted.text("missing").parse::<NonZeroU64>();
    let wrong = match (place, missing, read_reason(&posted, "said", t)) {
        (Ok(place), Ok(missing), Ok(said)) => {
            let of = (place, id);
            match app.report_stock_missing(caller, of, missing, said).await {
                Ok(case) => return Ok(done(&format!("/stock-cases/{case}"), "stock-missing")),
                Err(error) => wrong_of(error)?,
            }
        }
        (Err(_), ..) => wrong_at("place", t, "stock-places-missing"),
        (_, Err(_), _) => wrong_at("missing", t, "stock-count-invalid"),
        (.., Err(wrong)) => wrong,
    };
    refused_page(&signed, id, ("missing", &posted, &wrong)).await
}
