//! Cases: counted again, explained by a movement, or lost or stolen.

use axum::extract::Path;
use axum::response::Response;
use egnatia_app::{Action, CaseSummary, GoodsView};
use egnatia_record::RecordId;
use egnatia_stockpile::{CaseState, LossKind};

use super::alert_form::{Filler, Wrong};
use super::firearm_sections::{Section, SectionsPage, whole, wrong_of};
use super::firearms::FirearmsPage;
use super::stock_words::{
    account, account_cell, case_clock, cases_table, difference, goods_cell, goods_name, names,
    read_reason, tabs, wrong_at,
};
use super::{record_id, terms};
use crate::parts::{Cell, Facts, Field, Form};
use crate::problem::{Problem, ProblemCode};
use crate::visit::{Posted, Signed, done, show, show_refused};
use crate::{Area, Frame, Texts, cursor};

const PAGE: u32 = 50;
/// Postings of which one may explain a case.
const EXPLAINING: u32 = 50;

/// A form that came back: which, what was filled in, and what is wrong.
#[derive(Default)]
struct Refused {
    act: String,
    posted: Posted,
    wrong: Wrong,
}

/// Shows cases, what is due first first.
pub(crate) async fn show_cases(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::ViewStock)?;
    let t = signed.t();
    let after = cursor::read_due(signed.visit.query("after").as_deref())?;
    let app = &signed.state.app;
    let page = app.stock_cases(signed.caller(), after, PAGE).await?;
    let names = names(&signed).await?;
    let frame = signed
        .frame(t.text("stock-cases"), Some(Area::Stores))
        .await;
    let next = page
        .next
        .map(|next| format!("/stock-cases?after={}", cursor::write_due(next)));
    Ok(show(&FirearmsPage {
        tabs: tabs(t, "/stock-cases"),
        lede: t.text("stock-cases-lede"),
        links: Vec::new(),
        filters: Vec::new(),
        tables: vec![cases_table(&frame, &names, &page.items).next(next)],
        frame,
    }))
}

/// Shows a case.
pub(crate) async fn show_case(signed: Signed, Path(id): Path<String>) -> Result<Response, Problem> {
    signed.enter(Action::ViewStock)?;
    let id = record_id(&id)?;
    let summary = signed.state.app.stock_case(signed.caller(), id).await?;
    Ok(show(
        &page(&signed, (id, &summary), &Refused::default()).await?,
    ))
}

async fn page(
    signed: &Signed,
    (id, summary): (RecordId, &CaseSummary),
    refused: &Refused,
) -> Result<SectionsPage, Problem> {
    let t = signed.t();
    let case = &summary.case;
    let title = match &summary.goods {
        Some(goods) => goods_name(goods),
        None => case.goods.to_string(),
    };
    let frame = signed.frame(title, Some(Area::Stores)).await;
    let names = names(signed).await?;
    let mut sections = vec![
        Section::new("case", t.text("stock-case"))
            .clock(case_clock(&frame, summary))
            .facts(
                Facts::new()
                    .with(
                        t.text("column-state"),
                        Cell::Text(terms::word(t, &["stock-case-is"], case.state.as_str())),
                    )
                    .with(t.text("stock-difference"), difference(t, case.difference))
                    .with(t.text("stock-place"), account_cell(t, &names, case.place))
                    .with(
                        t.text("stock-what"),
                        goods_cell(case.goods, summary.goods.as_ref()),
                    ),
            ),
        Section::new("how", t.text("stock-case-how")).facts(history(&frame, summary)),
    ];
    if !summary.found.is_empty() {
        sections.push(found_section(signed, &frame, summary));
    }
    match case.state {
        CaseState::Open if signed.offers(Action::CountStock) => {
            let because = match case.counted_by == signed.caller().login {
                true => Some("stock-recount-other"),
                false if case.sought.is_some() && !signed.offers(Action::DecideStockCase) => {
                    Some("stock-recount-inspector")
                }
                false => None,
            };
            sections.push(match because {
                Some(because) => {
                    Section::new("recount", t.text("stock-act-recount")).means(t.text(because))
                }
                None => recount_section(&frame, id, refused),
            });
        }
        CaseState::Recounted { .. } if signed.offers(Action::DecideStockCase) => {
            let app = &signed.state.app;
            let goods = app
                .stock_goods(signed.caller(), case.goods, None, EXPLAINING)
                .await?;
            sections.push(explain_section(&frame, (id, &goods), refused));
            if case.missing() > 0 {
                sections.push(lose_section(&frame, id, refused));
            }
        }
        CaseState::Recounted { .. } => sections.push(
            Section::new("decide", t.text("stock-act-explain"))
                .means(t.text("stock-decided-by-inspector")),
        ),
        _ => {}
    }
    Ok(SectionsPage {
        back: ("/stock-cases", t.text("stock-cases")),
        notice: None,
        sections,
        frame,
    })
}

/// Where partners found it.
fn found_section(signed: &Signed, frame: &Frame, summary: &CaseSummary) -> Section {
    let t = frame.t;
    let facts = summary.found.iter().fold(Facts::new(), |facts, found| {
        let from = terms::authority(&signed.state.app, t, &found.from);
        facts.with(from, Cell::Time(frame.moment(found.at)))
    });
    let section = Section::new("found", t.text("stock-found"))
        .means(t.text("stock-found-means"))
        .facts(facts);
    match signed.offers(Action::ViewAlert) {
        true => summary.found.iter().fold(section, |section, found| {
            section.link(
                format!("/hit-reports/{}", found.report),
                t.text("stock-found-see"),
            )
        }),
        false => section,
    }
}

/// How a case came about, and what became of it.
fn history(frame: &Frame, summary: &CaseSummary) -> Facts {
    let t = frame.t;
    let case = &summary.case;
    let lines = |by: &dyn std::fmt::Display, at| Cell::Lines(by.to_string(), frame.moment(at).text);
    let see = |path: String, key: &str| Cell::link(path, t.text(key));
    let facts = Facts::new()
        .with(
            t.text("stock-counted-by"),
            lines(&case.counted_by, case.opened_at),
        )
        .with_some(
            t.text("stocktake"),
            case.stocktake
                .map(|take| see(format!("/stocktakes/{take}"), "stocktake-see")),
        )
        .with_some(
            t.text("stock-movement"),
            case.movement
                .map(|id| see(format!("/stock-movements/{id}"), "stock-movement-see")),
        );
    let facts = match &case.said {
        Some(said) => facts.with(t.text("stock-missing-said"), Cell::Text(said.to_string())),
        None => facts,
    };
    let sought = case.sought.clone().unwrap_or_default();
    let facts = facts
        .with_some(
            t.text("stock-loss-alert"),
            sought
                .alert
                .map(|alert| see(format!("/alerts/{alert}"), "stock-alert-see")),
        )
        .with_some(
            t.text("stock-firearm"),
            sought
                .firearm
                .map(|firearm| see(format!("/firearms/{firearm}"), "stock-firearm-see")),
        )
        .with_some(
            t.text("stock-register-refused"),
            sought.register_refused.map(Cell::Text),
        );
    let facts = match &case.alert_end {
        None => facts,
        Some(end) => facts
            .with(
                t.text("stock-alert-ended"),
                see(format!("/alerts/{}", end.alert), "stock-alert-see"),
            )
            .with(t.text("stock-alert-ended-by"), lines(&end.by, end.at)),
    };
    match &case.state {
        CaseState::Open => facts,
        CaseState::Found {
            kind,
            loss,
            lost_at,
            movement,
            by,
            at,
        } => facts
            .with(
                t.text("stock-loss"),
                Cell::Lines(
                    terms::word(t, &["stock-loss"], kind.as_str()),
                    frame.moment(*lost_at).text,
                ),
            )
            .with(
                t.text("stock-loss-movement"),
                see(format!("/stock-movements/{loss}"), "stock-movement-see"),
            )
            .with(t.text("stock-found-by"), lines(by, *at))
            .with(
                t.text("stock-found-movement"),
                match movement {
                    Some(id) => see(format!("/stock-movements/{id}"), "stock-movement-see"),
                    None => Cell::Text(t.text("stock-found-away")),
                },
            ),
        CaseState::Recounted { by, at } | CaseState::Counted { by, at } => {
            facts.with(t.text("stock-recounted-by"), lines(by, *at))
        }
        CaseState::Explained {
            movement,
            reason,
            by,
            at,
        } => facts
            .with(t.text("stock-decided-by"), lines(by, *at))
            .with(
                t.text("stock-explained-by"),
                see(format!("/stock-movements/{movement}"), "stock-movement-see"),
            )
            .with(t.text("stock-why"), Cell::Text(reason.to_string())),
        CaseState::Lost {
            kind,
            movement,
            alert,
            reason,
            by,
            at,
        } => facts
            .with(t.text("stock-decided-by"), lines(by, *at))
            .with(
                t.text("stock-loss"),
                Cell::Text(terms::word(t, &["stock-loss"], kind.as_str())),
            )
            .with(
                t.text("stock-loss-movement"),
                see(format!("/stock-movements/{movement}"), "stock-movement-see"),
            )
            .with_some(
                t.text("stock-loss-alert"),
                // One that ended by itself is not looked for any more.
                alert
                    .filter(|_| case.sought.is_none())
                    .map(|alert| see(format!("/alerts/{alert}"), "stock-alert-see")),
            )
            .with_some(
                t.text("stock-recovered"),
                (case.recovered > 0).then(|| Cell::Number(case.recovered.to_string())),
            )
            .with(t.text("stock-why"), Cell::Text(reason.to_string())),
    }
}

/// A form of a case, with what was filled in where it came back.
fn section(
    frame: &Frame,
    (id, act): (RecordId, &'static str),
    refused: &Refused,
    fields: &dyn Fn(&Filler<'_>) -> Vec<Field>,
) -> Section {
    let t = frame.t;
    let nothing = (Posted::default(), Wrong::new());
    let (posted, wrong) = match refused.act == act {
        true => (&refused.posted, &refused.wrong),
        false => (&nothing.0, &nothing.1),
    };
    let fields = fields(&Filler { t, posted, wrong });
    let whole = whole(wrong, &fields);
    let submit = t.text(&format!("stock-act-{act}-submit"));
    let path = format!("/stock-cases/{id}/{act}");
    let form = Form::new(t, path, fields, submit, whole).csrf(frame.csrf());
    Section::new(act, t.text(&format!("stock-act-{act}")))
        .means(t.text(&format!("stock-act-{act}-means")))
        .form(if act == "lose" { form.danger() } else { form })
}

fn recount_section(frame: &Frame, id: RecordId, refused: &Refused) -> Section {
    section(frame, (id, "recount"), refused, &|filler| {
        vec![filler.line("recounted", "stock-recounted").required()]
    })
}

/// Movements of what the case is about, the newest first.
fn explaining(frame: &Frame, goods: &GoodsView) -> Vec<(String, String)> {
    let t = frame.t;
    let mut choices: Vec<(String, String)> = vec![(String::new(), t.text("choose"))];
    for row in &goods.history.items {
        let id = row.movement.to_string();
        if choices.iter().all(|(known, _)| *known != id) {
            let at = frame.moment(row.effective_at).text;
            let place = account(t, &goods.names, row.account);
            choices.push((id, format!("{at}: {:+}, {place}", row.amount)));
        }
    }
    choices
}

fn explain_section(
    frame: &Frame,
    (id, goods): (RecordId, &GoodsView),
    refused: &Refused,
) -> Section {
    let movements = explaining(frame, goods);
    section(frame, (id, "explain"), refused, &|filler| {
        let movement = filler.choice("movement", "stock-explained-by", movements.clone());
        vec![
            movement.required(),
            filler.area("explain_reason", "stock-why").required(),
        ]
    })
}

fn lose_section(frame: &Frame, id: RecordId, refused: &Refused) -> Section {
    section(frame, (id, "lose"), refused, &|filler| {
        let t = filler.t;
        let kinds = [LossKind::Lost, LossKind::Stolen].map(LossKind::as_str);
        vec![
            filler
                .choice(
                    "loss",
                    "stock-loss",
                    terms::choices_or_none(t, "choose", "stock-loss", kinds),
                )
                .required(),
            filler.area("lose_reason", "stock-why").required(),
        ]
    })
}

/// Counts again, explains, or says that it is lost or stolen.
pub(crate) async fn act(
    signed: Signed,
    Path((id, act)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Problem> {
    let needed = match act.as_str() {
        "recount" => Action::CountStock,
        "explain" | "lose" => Action::DecideStockCase,
        _ => return Err(Problem::new(ProblemCode::NotFound)),
    };
    signed.enter(needed)?;
    let id = record_id(&id)?;
    let wrong = match decide(&signed, id, (&act, &posted)).await {
        Ok(Ok(())) => {
            let path = format!("/stock-cases/{id}");
            return Ok(done(&path, &format!("stock-{act}")));
        }
        Ok(Err(error)) => wrong_of(error)?,
        Err(wrong) => wrong,
    };
    let summary = signed.state.app.stock_case(signed.caller(), id).await?;
    let refused = Refused { act, posted, wrong };
    Ok(show_refused(
        &page(&signed, (id, &summary), &refused).await?,
    ))
}

async fn decide(
    signed: &Signed,
    id: RecordId,
    (act, posted): (&str, &Posted),
) -> Result<Result<(), egnatia_app::AppError>, Wrong> {
    let (app, caller, t): (_, _, &Texts) = (&signed.state.app, signed.caller(), signed.t());
    match act {
        "recount" => {
            let counted = posted.text("recounted").parse::<u64>();
            let wrong = |_| wrong_at("recounted", t, "stock-count-invalid");
            let counted = counted.map_err(wrong)?;
            Ok(app.recount_stock_case(caller, id, counted).await)
        }
        "explain" => {
            let movement = posted.raw("movement").parse();
            let wrong = |_| wrong_at("movement", t, "stock-explained-missing");
            let movement = movement.map_err(wrong)?;
            let reason = read_reason(posted, "explain_reason", t)?;
            Ok(app.explain_stock_case(caller, id, movement, reason).await)
        }
        _ => {
            let kinds = [LossKind::Lost, LossKind::Stolen];
            let kind = kinds
                .into_iter()
                .find(|kind| kind.as_str() == posted.raw("loss"));
            let kind = kind.ok_or_else(|| wrong_at("loss", t, "stock-loss-missing"))?;
            let reason = read_reason(posted, "lose_reason", t)?;
            let lost = app.lose_stock(caller, id, kind, reason).await;
            Ok(lost.map(|_| ()))
        }
    }
}
