//! The command of a site changes: everything is counted, and both commanders sign.

use axum::extract::Path;
use axum::response::Response;
use egnatia_app::{Action, AppError, CommandView, NewCommand, SiteView};
use egnatia_record::RecordId;
use egnatia_stockpile::{CommandHandOver, CommandState};

use super::alert_form::{Filler, Wrong};
use super::firearm_sections::{Section, SectionsPage, whole, wrong_in, wrong_of};
use super::stock_words::{account, day, end_of, names, read_reason, wrong_at};
use super::{record_id, terms};
use crate::parts::{Cell, Clock, Facts, Form};
use crate::problem::{Problem, ProblemCode};
use crate::visit::{Posted, Signed, done, show, show_refused};
use crate::{Area, Frame};

/// By when a hand-over is to be complete; nothing where it has ended.
pub(super) fn clock(frame: &Frame, command: &CommandHandOver) -> Option<Clock> {
    if command.state != CommandState::Open {
        return None;
    }
    let zone = &frame.node.zone;
    let due = end_of(frame, command.due_on)?;
    let times = (command.began_at, due, frame.now());
    let then = Some(frame.t.text("command-due"));
    Some(Clock::new(frame.t, zone, times, then))
}

/// Shows the form of a new hand-over.
pub(crate) async fn show_new(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::ManageStock)?;
    let sites = signed.state.app.stock_sites(signed.caller()).await?;
    let nothing = (&Posted::default(), &Wrong::new());
    Ok(show(&new_page(&signed, &sites, nothing).await))
}

async fn new_page(
    signed: &Signed,
    sites: &[SiteView],
    (posted, wrong): (&Posted, &Wrong),
) -> SectionsPage {
    let t = signed.t();
    let title = t.text("command-new");
    let frame = signed.frame(title, Some(Area::Stores)).await;
    let filler = Filler { t, posted, wrong };
    let choices = sites
        .iter()
        .map(|view| (view.envelope.id.to_string(), view.site.name.clone()));
    let fields = vec![
        filler.choice("site", "stock-site", choices.collect()),
        filler.line("outgoing", "command-outgoing").required(),
        filler.line("incoming", "command-incoming").required(),
        filler.line("order", "command-order").required(),
    ];
    let whole = whole(wrong, &fields);
    let submit = t.text("command-begin");
    let form = Form::new(t, "/stock-commands", fields, submit, whole);
    SectionsPage {
        back: ("/count-plan", t.text("count-plan")),
        notice: None,
        sections: vec![
            Section::new("new", t.text("command-new"))
                .means(t.text("command-means"))
                .form(form.csrf(frame.csrf())),
        ],
        frame,
    }
}

/// Begins a hand-over.
pub(crate) async fn begin(signed: Signed, posted: Posted) -> Result<Response, Problem> {
    signed.enter(Action::ManageStock)?;
    let (app, t) = (&signed.state.app, signed.t());
    let new = (|| {
        let login = |field: &str| {
            let read = posted.text(field).parse();
            read.map_err(|_| wrong_at(field, t, "command-login-invalid"))
        };
        let site = posted.raw("site").parse();
        Ok(NewCommand {
            site: site.map_err(|_| wrong_at("site", t, "command-site-missing"))?,
            outgoing: login("outgoing")?,
            incoming: login("incoming")?,
            order: posted.text("order"),
        })
    })();
    let wrong = match new {
        Ok(new) => match app.begin_command(signed.caller(), new).await {
            Ok(id) => return Ok(done(&format!("/stock-commands/{id}"), "command")),
            Err(error) => wrong_of(error)?,
        },
        Err(wrong) => wrong,
    };
    let sites = app.stock_sites(signed.caller()).await?;
    Ok(show_refused(
        &new_page(&signed, &sites, (&posted, &wrong)).await,
    ))
}

/// Shows a hand-over.
pub(crate) async fn show_one(signed: Signed, Path(id): Path<String>) -> Result<Response, Problem> {
    signed.enter(Action::ViewStock)?;
    let id = record_id(&id)?;
    let nothing = ("", &Posted::default(), &Wrong::new());
    Ok(show(&page(&signed, id, nothing).await?))
}

async fn page(
    signed: &Signed,
    id: RecordId,
    (act, posted, wrong): (&str, &Posted, &Wrong),
) -> Result<SectionsPage, Problem> {
    let t = signed.t();
    let view = signed.state.app.view_command(signed.caller(), id).await?;
    let names = names(signed).await?;
    let title = t.with("command-of", "site", view.site_name.clone());
    let frame = signed.frame(title, Some(Area::Stores)).await;
    let is_open = view.command.state == CommandState::Open;
    let open = view.covered.open.iter();
    let open: Vec<Cell> = open
        .map(|place| Cell::Text(account(t, &names, *place)))
        .collect();
    let counts = view.covered.counts.iter();
    let counts: Vec<Cell> = counts
        .map(|count| Cell::link(format!("/stocktakes/{count}"), t.text("stocktake-see")))
        .collect();
    let mut counted = Section::new("counted", t.text("command-counted")).facts(
        Facts::new()
            .with_all(t.text("command-counts"), counts)
            .with_all(t.text("command-not-counted"), open),
    );
    if is_open && signed.offers(Action::CountStock) && !view.covered.open.is_empty() {
        counted = counted
            .means(t.text("command-count-means"))
            .link("/stocktakes/new?occasion=command", t.text("stocktake-new"));
    }
    let mut sections = vec![
        Section::new("command", t.text("command"))
            .clock(clock(&frame, &view.command))
            .facts(facts(&frame, &view)),
        counted,
    ];
    let nothing = (Posted::default(), Wrong::new());
    let given = |of: &str| match act == of {
        true => (posted, wrong),
        false => (&nothing.0, &nothing.1),
    };
    let is_counted = view.covered.open.is_empty() && !view.covered.counts.is_empty();
    if is_open
        && (is_counted || act == "sign")
        && view.waits_for.contains(&signed.caller().login)
        && signed.offers(Action::SignStock)
    {
        let whole = whole(given("sign").1, &[]);
        let path = format!("/stock-commands/{id}/sign");
        let form = Form::new(t, path, Vec::new(), t.text("command-sign"), whole);
        sections.push(
            Section::new("sign", t.text("command-sign"))
                .means(t.count("command-sign-means", view.cases_open))
                .form(form.csrf(frame.csrf())),
        );
    }
    if is_open && signed.offers(Action::ManageStock) {
        let (posted, wrong) = given("abandon");
        let filler = Filler { t, posted, wrong };
        let fields = vec![filler.area("reason", "stock-why").required()];
        let whole = whole(wrong, &fields);
        let path = format!("/stock-commands/{id}/abandon");
        let form = Form::new(t, path, fields, t.text("command-abandon"), whole);
        sections.push(
            Section::new("abandon", t.text("command-abandon"))
                .means(t.text("command-abandon-means"))
                .form(form.csrf(frame.csrf()).danger()),
        );
    }
    Ok(SectionsPage {
        back: ("/count-plan", t.text("count-plan")),
        notice: None,
        sections,
        frame,
    })
}

fn facts(frame: &Frame, view: &CommandView) -> Facts {
    let (t, command) = (frame.t, &view.command);
    let lines = |by: &dyn std::fmt::Display, at| Cell::Lines(by.to_string(), frame.moment(at).text);
    let signatures = command.signatures.iter();
    let signatures = signatures.map(|signature| lines(&signature.by, signature.at));
    let waits = view.waits_for.iter();
    let waits: Vec<Cell> = waits.map(|who| Cell::Text(who.to_string())).collect();
    let responsible = match command.state {
        CommandState::Complete { .. } => &command.incoming,
        _ => &command.outgoing,
    };
    let facts = Facts::new()
        .with(
            t.text("column-state"),
            Cell::Text(terms::word(t, &["command-is"], command.state.as_str())),
        )
        .with(
            t.text("command-outgoing"),
            Cell::Text(command.outgoing.to_string()),
        )
        .with(
            t.text("command-incoming"),
            Cell::Text(command.incoming.to_string()),
        )
        .with(
            t.text("command-responsible"),
            Cell::Text(responsible.to_string()),
        )
        .with(t.text("command-order"), Cell::Text(command.order.clone()))
        .with(t.text("command-due-on"), Cell::Text(day(command.due_on)))
        .with(
            t.text("command-began"),
            lines(&command.began_by, command.began_at),
        )
        .with_all(t.text("command-signed"), signatures.collect())
        .with_all(t.text("command-waits"), waits);
    match &command.state {
        CommandState::Abandoned { reason, by, at } => facts
            .with(t.text("command-abandoned-by"), lines(by, *at))
            .with(t.text("stock-why"), Cell::Text(reason.to_string())),
        CommandState::Complete { at } => {
            facts.with(t.text("command-complete-at"), Cell::Time(frame.moment(*at)))
        }
        CommandState::Open => facts,
    }
}

/// A commander signs, or somebody gives it up.
pub(crate) async fn act(
    signed: Signed,
    Path((id, act)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Problem> {
    let needed = match act.as_str() {
        "sign" => Action::SignStock,
        "abandon" => Action::ManageStock,
        _ => return Err(Problem::new(ProblemCode::NotFound)),
    };
    signed.enter(needed)?;
    let id = record_id(&id)?;
    let (app, caller) = (&signed.state.app, signed.caller());
    let went: Result<Result<(), AppError>, Wrong> = match act.as_str() {
        "sign" => Ok(app.sign_command(caller, id).await.map(|_| ())),
        _ => match read_reason(&posted, "reason", signed.t()) {
            Ok(reason) => Ok(app.abandon_command(caller, id, reason).await),
            Err(wrong) => Err(wrong),
        },
    };
    let Some(wrong) = wrong_in(went)? else {
        return Ok(done(
            &format!("/stock-commands/{id}"),
            &format!("command-{act}"),
        ));
    };
    Ok(show_refused(
        &page(&signed, id, (&act, &posted, &wrong)).await?,
    ))
}
