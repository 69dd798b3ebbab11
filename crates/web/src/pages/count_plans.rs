//! When what is counted: by when each store is due, the rules that bring counts forward, and hand-overs
//! of command.

use std::collections::BTreeSet;

use axum::extract::Path;
use axum::response::Response;
use egnatia_app::{Action, CommandView, CountDue, NewCountRule, SiteView};
use egnatia_record::RecordId;
use egnatia_stockpile::{CommandState, CountRule, CountWhy, Division, Holding, WeaponCategory};

use super::alert_form::{Filler, Wrong};
use super::firearm_fields::words;
use super::firearm_sections::{Section, SectionsPage, whole, wrong_of};
use super::firearms::FirearmsPage;
use super::stock_words::{Names, account, day, end_of, names, read_reason, tabs, wrong_at};
use super::{record_id, terms};
use crate::parts::{Cell, Clock, Empty, Facts, Form, Table, Tone};
use crate::problem::{Problem, ProblemCode};
use crate::visit::{Posted, Signed, done, show, show_refused};
use crate::{Area, Frame, Texts};

/// Shows by when each store is to be counted, and why.
pub(crate) async fn show_plan(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::ViewStock)?;
    let t = signed.t();
    let app = &signed.state.app;
    let plan = app.count_plan(signed.caller()).await?;
    let rules = app.count_rules(signed.caller()).await?;
    let commands = app.commands(signed.caller(), false).await?;
    let names = names(&signed).await?;
    let title = t.text("count-plan");
    let frame = signed.frame(title, Some(Area::Stores)).await;
    let links = match signed.offers(Action::ManageStock) {
        true => vec![
            ("/count-rules/new", t.text("count-rule-new")),
            ("/stock-commands/new", t.text("command-new")),
        ],
        false => Vec::new(),
    };
    Ok(show(&FirearmsPage {
        tabs: tabs(t, "/count-plan"),
        lede: t.text("count-plan-lede"),
        links,
        filters: Vec::new(),
        tables: vec![
            due_table(&frame, &names, (&plan, "count-plan-stores")),
            rules_table(&frame, &rules),
            commands_table(&frame, &commands),
        ],
        frame,
    }))
}

/// When the clock of a store ends: with the day.
fn due_clock(frame: &Frame, due: &CountDue) -> Option<Clock> {
    let zone = &frame.node.zone;
    let since = zone.to_timestamp(due.since.at(0, 0, 0, 0)).ok()?;
    let until = end_of(frame, due.due_on)?;
    Some(Clock::new(frame.t, zone, (since, until, frame.now()), None))
}

fn why_cell(t: &Texts, due: &CountDue) -> Cell {
    match due.why {
        CountWhy::Interval => Cell::Text(t.text("count-why-interval")),
        CountWhy::Rule(id) => {
            let name = due.rule.clone();
            let name = name.unwrap_or_else(|| t.text("count-why-rule"));
            Cell::link(format!("/count-rules/{id}"), name)
        }
        CountWhy::Command(id) => {
            Cell::link(format!("/stock-commands/{id}"), t.text("count-why-command"))
        }
    }
}

/// Stores with the clock of their next count.
pub(super) fn due_table(frame: &Frame, names: &Names, (due, title): (&[CountDue], &str)) -> Table {
    let t = frame.t;
    let columns = &["stock-store", "stock-due", "count-why", "stock-counted-on"];
    let rows = due.iter().map(|due| {
        let never = || t.text("stock-counted-never");
        let name = account(t, names, due.store);
        vec![
            Cell::link(format!("/stocktakes/new?store={}", due.store), name),
            match due_clock(frame, due) {
                Some(clock) => Cell::Clock(Box::new(clock)),
                None => Cell::Text(day(due.due_on)),
            },
            why_cell(t, due),
            Cell::Text(due.last_on.map_or_else(never, day)),
        ]
    });
    let empty = Empty::of(t, "stock-counts-due");
    Table::new(t, t.text(title), columns, empty).rows(rows.collect())
}

fn rules_table(frame: &Frame, rules: &[(RecordId, CountRule)]) -> Table {
    let t = frame.t;
    let columns = &[
        "column-name",
        "column-state",
        "count-rule-every",
        "stock-why",
    ];
    let rows = rules.iter().map(|(id, rule)| {
        let (tone, key) = match rule.ended {
            None => (Tone::Agree, "count-rule-holds"),
            Some(_) => (Tone::Silent, "count-rule-ended"),
        };
        vec![
            Cell::link(format!("/count-rules/{id}"), rule.name.clone()),
            Cell::tag(tone, t.text(key)),
            Cell::Text(t.count("count-days", u64::from(rule.every_days))),
            Cell::Text(rule.reason.to_string()),
        ]
    });
    let empty = Empty::of(t, "count-rules");
    Table::new(t, t.text("count-rules"), columns, empty).rows(rows.collect())
}

/// Hand-overs of command.
pub(super) fn commands_table(frame: &Frame, commands: &[CommandView]) -> Table {
    let t = frame.t;
    let columns = &["stock-site", "column-state", "command-from-to", "stock-due"];
    let rows = commands.iter().map(|view| {
        let command = &view.command;
        let tone = match command.state {
            CommandState::Open => Tone::Caution,
            CommandState::Complete { .. } => Tone::Agree,
            CommandState::Abandoned { .. } => Tone::Silent,
        };
        let state = terms::word(t, &["command-is"], command.state.as_str());
        vec![
            Cell::link(
                format!("/stock-commands/{}", view.envelope.id),
                view.site_name.clone(),
            ),
            Cell::tag(tone, state),
            Cell::Lines(command.outgoing.to_string(), command.incoming.to_string()),
            match super::stock_commands::clock(frame, command) {
                Some(clock) => Cell::Clock(Box::new(clock)),
                None => Cell::Text(day(command.due_on)),
            },
        ]
    });
    let empty = Empty::of(t, "commands");
    Table::new(t, t.text("commands"), columns, empty).rows(rows.collect())
}

/// Shows the form of a new rule.
pub(crate) async fn show_new_rule(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::ManageStock)?;
    let sites = signed.state.app.stock_sites(signed.caller()).await?;
    let nothing = (&Posted::default(), &Wrong::new());
    Ok(show(&new_rule_page(&signed, &sites, nothing).await))
}

async fn new_rule_page(
    signed: &Signed,
    sites: &[SiteView],
    (posted, wrong): (&Posted, &Wrong),
) -> SectionsPage {
    let t = signed.t();
    let title = t.text("count-rule-new");
    let frame = signed.frame(title, Some(Area::Stores)).await;
    let filler = Filler { t, posted, wrong };
    let stores = sites.iter().flat_map(|view| {
        view.site.stores().map(|store| {
            let name = format!("{} / {}", view.site.name, store.code);
            (store.account.to_string(), name)
        })
    });
    let categories = WeaponCategory::ALL.iter();
    let categories = words(t, "stock-category", categories.map(|of| of.as_str()));
    let divisions = Division::ALL.iter().map(|division| division.as_str());
    let divisions = words(t, "stock-division", divisions);
    let fields = vec![
        filler.line("name", "count-rule-name").required().first(),
        filler.area("reason", "stock-why").required(),
        filler.line("every_days", "count-rule-days").required(),
        filler.several("stores", "count-rule-stores", stores.collect()),
        filler.line("nomenclature", "count-rule-called"),
        filler.several("categories", "count-rule-categories", categories),
        filler.several("divisions", "count-rule-divisions", divisions),
        filler.line("discrepancy_days", "count-rule-discrepancy"),
    ];
    let whole = whole(wrong, &fields);
    let submit = t.text("count-rule-submit");
    let form = Form::new(t, "/count-rules", fields, submit, whole);
    SectionsPage {
        back: ("/count-plan", t.text("count-plan")),
        notice: None,
        sections: vec![
            Section::new("new", t.text("count-rule-new"))
                .means(t.text("count-rule-means"))
                .form(form.csrf(frame.csrf())),
        ],
        frame,
    }
}

fn read_rule(posted: &Posted, t: &Texts) -> Result<NewCountRule, Wrong> {
    let days = |field: &str| -> Result<Option<u16>, Wrong> {
        let text = posted.some(field);
        let read = text.map(|text| text.parse::<u16>());
        read.transpose()
            .map_err(|_| wrong_at(field, t, "count-days-invalid"))
    };
    let holding = Holding {
        nomenclature: posted.some("nomenclature"),
        categories: read_all(posted, "categories"),
        divisions: read_all(posted, "divisions"),
    };
    let every_days = days("every_days")?;
    Ok(NewCountRule {
        name: posted.text("name"),
        reason: read_reason(posted, "reason", t)?,
        every_days: every_days.unwrap_or_default(),
        stores: read_all(posted, "stores"),
        holding: (holding != Holding::default()).then_some(holding),
        discrepancy_days: days("discrepancy_days")?,
    })
}

fn read_all<T: std::str::FromStr + Ord>(posted: &Posted, field: &str) -> BTreeSet<T> {
    let texts = posted.all(field).into_iter();
    texts.filter_map(|text| text.parse().ok()).collect()
}

/// Sets a rule.
pub(crate) async fn set_rule(signed: Signed, posted: Posted) -> Result<Response, Problem> {
    signed.enter(Action::ManageStock)?;
    let app = &signed.state.app;
    let wrong = match read_rule(&posted, signed.t()) {
        Ok(new) => match app.set_count_rule(signed.caller(), new).await {
            Ok(_) => return Ok(done("/count-plan", "count-rule")),
            Err(error) => wrong_of(error)?,
        },
        Err(wrong) => wrong,
    };
    let sites = app.stock_sites(signed.caller()).await?;
    Ok(show_refused(
        &new_rule_page(&signed, &sites, (&posted, &wrong)).await,
    ))
}

/// Shows a rule.
pub(crate) async fn show_rule(signed: Signed, Path(id): Path<String>) -> Result<Response, Problem> {
    signed.enter(Action::ViewStock)?;
    let nothing = (&Posted::default(), &Wrong::new());
    Ok(show(&rule_page(&signed, record_id(&id)?, nothing).await?))
}

async fn rule_page(
    signed: &Signed,
    id: RecordId,
    (posted, wrong): (&Posted, &Wrong),
) -> Result<SectionsPage, Problem> {
    let t = signed.t();
    let rules = signed.state.app.count_rules(signed.caller()).await?;
    let rule = rules.into_iter().find(|(of, _)| *of == id);
    let (_, rule) = rule.ok_or(Problem::new(ProblemCode::NotFound))?;
    let names = names(signed).await?;
    let frame = signed.frame(rule.name.clone(), Some(Area::Stores)).await;
    let mut sections =
        vec![Section::new("rule", t.text("count-rule")).facts(rule_facts(&frame, &names, &rule))];
    if rule.ended.is_none() && signed.offers(Action::ManageStock) {
        let filler = Filler { t, posted, wrong };
        let fields = vec![filler.area("reason", "stock-why").required()];
        let whole = whole(wrong, &fields);
        let path = format!("/count-rules/{id}/end");
        let form = Form::new(t, path, fields, t.text("count-rule-end"), whole);
        sections.push(
            Section::new("end", t.text("count-rule-end")).form(form.csrf(frame.csrf()).danger()),
        );
    }
    Ok(SectionsPage {
        back: ("/count-plan", t.text("count-plan")),
        notice: None,
        sections,
        frame,
    })
}

fn rule_facts(frame: &Frame, names: &Names, rule: &CountRule) -> Facts {
    let t = frame.t;
    let lines = |by: &dyn std::fmt::Display, at| Cell::Lines(by.to_string(), frame.moment(at).text);
    let stores = rule.stores.iter();
    let stores = stores.map(|store| Cell::Text(account(t, names, *store)));
    let holding = rule.holding.clone().unwrap_or_default();
    let categories = holding.categories.iter();
    let categories =
        categories.map(|of| Cell::Text(terms::word(t, &["stock-category"], of.as_str())));
    let divisions = holding.divisions.iter();
    let divisions = divisions.map(|of| Cell::Text(of.to_string()));
    let days = |days: u16| Cell::Text(t.count("count-days", u64::from(days)));
    let ended = rule.ended.as_ref();
    Facts::new()
        .with(t.text("count-rule-every"), days(rule.every_days))
        .with(t.text("stock-why"), Cell::Text(rule.reason.to_string()))
        .with_all(t.text("count-rule-stores"), stores.collect())
        .with_some(
            t.text("count-rule-called"),
            holding.nomenclature.map(Cell::Text),
        )
        .with_all(t.text("count-rule-categories"), categories.collect())
        .with_all(t.text("count-rule-divisions"), divisions.collect())
        .with_some(
            t.text("count-rule-discrepancy"),
            rule.discrepancy_days.map(days),
        )
        .with(
            t.text("count-rule-set-by"),
            lines(&rule.set_by, rule.set_at),
        )
        .with_some(
            t.text("count-rule-ended-by"),
            ended.map(|end| lines(&end.by, end.at)),
        )
        .with_some(
            t.text("count-rule-ended-why"),
            ended.map(|end| Cell::Text(end.reason.to_string())),
        )
}

/// Ends a rule.
pub(crate) async fn end_rule(
    signed: Signed,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    signed.enter(Action::ManageStock)?;
    let id = record_id(&id)?;
    let app = &signed.state.app;
    let wrong = match read_reason(&posted, "reason", signed.t()) {
        Ok(reason) => match app.end_count_rule(signed.caller(), id, reason).await {
            Ok(()) => return Ok(done("/count-plan", "count-rule-end")),
            Err(error) => wrong_of(error)?,
        },
        Err(wrong) => wrong,
    };
    Ok(show_refused(
        &rule_page(&signed, id, (&posted, &wrong)).await?,
    ))
}
