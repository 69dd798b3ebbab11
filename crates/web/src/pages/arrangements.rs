//! What was agreed with partners: nothing flows outside an arrangement.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use egnatia_app::Action;
use egnatia_record::{Arrangement, Category, Gate, PartnerCode, Purpose, RecordId};
use jiff::civil::Date;

use super::alert_form::{Filler, Wrong};
use super::{alert_facts, partners, record_id, terms};
use crate::parts::{Cell, Empty, Field, Form, Table, Tone};
use crate::problem::{Problem, ProblemCode};
use crate::visit::{Posted, Signed, done, show, show_refused};
use crate::words::{read_birth_date, sentence};
use crate::{Area, Texts, words};

/// The page of what was agreed.
#[derive(Debug, Template)]
#[template(path = "arrangements.html")]
pub struct ArrangementsPage {
    /// The frame.
    pub frame: crate::Frame,
    /// What else there is: address, name, whether it is shown.
    pub tabs: Vec<(&'static str, String, bool)>,
    /// What was agreed, by partner.
    pub table: Table,
    /// Writes what is known between whom; for whoever may.
    pub adopt: Option<Form>,
}

/// The page on which an arrangement is written.
#[derive(Debug, Template)]
#[template(path = "arrangement.html")]
pub struct ArrangementPage {
    /// The frame.
    pub frame: crate::Frame,
    /// The form.
    pub form: Form,
    /// Ends it; absent for a new one.
    pub end: Option<Form>,
}

/// Shows what was agreed.
pub(crate) async fn show_arrangements(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::ListPartners)?;
    Ok(show(&page(&signed, None).await?))
}

async fn page(signed: &Signed, wrong: Option<String>) -> Result<ArrangementsPage, Problem> {
    let t = signed.t();
    let title = t.text("arrangements-title");
    let frame = signed.frame(title, Some(Area::Partners)).await;
    let all = signed.state.app.arrangements(signed.caller())?;
    let adopt = signed.offers(Action::ManagePartners).then(|| {
        let submit = t.text("arrangements-adopt-submit");
        Form::new(t, "/arrangements/adopt", Vec::new(), submit, wrong).csrf(frame.csrf())
    });
    Ok(ArrangementsPage {
        tabs: partners::tabs(signed, "/arrangements"),
        table: table(signed, String::new(), &all),
        adopt,
        frame,
    })
}

/// What was agreed with one side.
pub(super) fn of_partner(signed: &Signed, partner: PartnerCode) -> Result<Table, Problem> {
    let mut all = signed.state.app.arrangements(signed.caller())?;
    all.retain(|(_, arrangement)| arrangement.partner == partner);
    Ok(table(signed, signed.t().text("arrangements-title"), &all))
}

fn table(signed: &Signed, caption: String, all: &[(RecordId, Arrangement)]) -> Table {
    let t = signed.t();
    let columns = &[
        "arrangement-instrument",
        "column-partner",
        "arrangement-gate",
        "arrangement-personal",
        "arrangement-covers",
        "arrangement-valid",
        "arrangement-confirmed",
    ];
    let manages = signed.offers(Action::ManagePartners);
    let rows = all
        .iter()
        .map(|(id, held)| row(signed, *id, held, manages))
        .collect();
    Table::new(t, caption, columns, Empty::of(t, "arrangements")).rows(rows)
}

fn row(signed: &Signed, id: RecordId, held: &Arrangement, manages: bool) -> Vec<Cell> {
    let t = signed.t();
    let name = if manages {
        let href = format!("/arrangements/{id}");
        Cell::link_with(href, held.instrument.as_str(), held.source.clone())
    } else {
        Cell::Lines(held.instrument.clone(), held.source.clone())
    };
    let categories = if held.categories.len() == Category::ALL.len() {
        t.text("arrangement-all")
    } else {
        let names = held.categories.iter().map(|c| terms::category(t, *c));
        names.collect::<Vec<_>>().join(", ")
    };
    let purposes = held.purposes.iter().map(|p| words::purpose(*p, t));
    let day = alert_facts::day;
    let valid = match held.valid_to {
        Some(to) => format!("{}–{}", day(held.valid_from), day(to)),
        None => t.with("arrangement-since", "date", day(held.valid_from)),
    };
    let (tone, key) = if !held.holds_on(signed.visit.today()) {
        (Tone::Against, "arrangement-not-in-force")
    } else if held.confirmed {
        (Tone::Agree, "arrangement-is-confirmed")
    } else {
        (Tone::Caution, "arrangement-unconfirmed")
    };
    vec![
        name,
        Cell::Text(terms::partner(t, held.partner)),
        Cell::Text(t.text(&format!("gate-{}", held.gate))),
        Cell::Text(t.text(if held.personal_data {
            "audit-yes"
        } else {
            "audit-no"
        })),
        Cell::Lines(categories, purposes.collect::<Vec<_>>().join(", ")),
        Cell::Text(valid),
        Cell::tag(tone, t.text(key)),
    ]
}

/// Writes what is known between whom, where it is not here yet.
pub(crate) async fn adopt(signed: Signed, _posted: Posted) -> Result<Response, Problem> {
    signed.enter(Action::ManagePartners)?;
    let app = &signed.state.app;
    match app.adopt_shipped_arrangements(signed.caller()).await {
        Ok(0) => Ok(done("/arrangements", "arrangements-none")),
        Ok(_) => Ok(done("/arrangements", "arrangements-adopted")),
        Err(error) => {
            let problem = Problem::from(error);
            let Some(error) = problem.errors.first() else {
                return Err(problem);
            };
            let wrong = Some(sentence(&error.detail));
            Ok(show_refused(&page(&signed, wrong).await?))
        }
    }
}

/// Shows the empty form.
pub(crate) async fn show_new(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::ManagePartners)?;
    let page = form_page(&signed, None, (&Posted::default(), &Wrong::new())).await;
    Ok(show(&page))
}

/// Shows an arrangement in its form.
pub(crate) async fn show_one(signed: Signed, Path(id): Path<String>) -> Result<Response, Problem> {
    signed.enter(Action::ManagePartners)?;
    let id = record_id(&id)?;
    let all = signed.state.app.arrangements(signed.caller())?;
    let held = all.iter().find(|(held, _)| *held == id);
    let (_, held) = held.ok_or(Problem::new(ProblemCode::NotFound))?;
    let page = form_page(&signed, Some(id), (&filled(held), &Wrong::new())).await;
    Ok(show(&page))
}

fn filled(held: &Arrangement) -> Posted {
    let mut fields = vec![
        ("partner", held.partner.to_string()),
        ("instrument", held.instrument.clone()),
        ("gate", held.gate.to_string()),
        ("valid_from", alert_facts::day(held.valid_from)),
        (
            "valid_to",
            held.valid_to.map(alert_facts::day).unwrap_or_default(),
        ),
        ("source", held.source.clone()),
    ];
    for (name, is_set) in [
        ("personal", held.personal_data),
        ("confirmed", held.confirmed),
    ] {
        if is_set {
            fields.push((name, "yes".to_owned()));
        }
    }
    fields.extend(
        held.categories
            .iter()
            .map(|c| ("categories", c.to_string())),
    );
    fields.extend(held.purposes.iter().map(|p| ("purposes", p.to_string())));
    let owned = fields
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value));
    Posted::of(owned.collect())
}

/// Purposes for which something may cross.
const PURPOSES: [Purpose; 5] = [
    Purpose::Terrorism,
    Purpose::FirearmsTrafficking,
    Purpose::SeriousCrime,
    Purpose::BorderCheck,
    Purpose::Sanctions,
];

async fn form_page(
    signed: &Signed,
    id: Option<RecordId>,
    (posted, wrong): (&Posted, &Wrong),
) -> ArrangementPage {
    let t = signed.t();
    let title = t.text(match id {
        Some(_) => "arrangement-change",
        None => "arrangement-new",
    });
    let frame = signed.frame(title, Some(Area::Partners)).await;
    let filler = Filler { t, posted, wrong };
    let own = signed.state.app.settings().partner;
    let action = match id {
        Some(id) => format!("/arrangements/{id}"),
        None => "/arrangements".to_owned(),
    };
    let whole = wrong.get("arrangement").cloned();
    let submit = t.text("arrangement-submit");
    let form = Form::new(t, action, fields(&filler, own), submit, whole).csrf(frame.csrf());
    let end = id.map(|id| {
        let submit = t.text("act-end-submit");
        let action = format!("/arrangements/{id}/end");
        Form::new(t, action, Vec::new(), submit, None)
            .danger()
            .csrf(frame.csrf())
    });
    ArrangementPage { frame, form, end }
}

fn fields(filler: &Filler<'_>, own: Option<PartnerCode>) -> Vec<Field> {
    let t = filler.t;
    let sides = terms::SIDES
        .iter()
        .filter_map(|side| side.parse::<PartnerCode>().ok())
        .filter(|side| Some(*side) != own)
        .map(|side| (side.to_string(), terms::partner(t, side)));
    let sides = std::iter::once((String::new(), t.text("choose"))).chain(sides);
    let gates = Gate::ALL.iter().map(|gate| gate.as_str());
    let categories = Category::ALL.iter().map(|category| category.as_str());
    let purposes = PURPOSES.iter().map(|purpose| purpose.as_str());
    let yes = |key: &str| vec![("yes".to_owned(), t.text(key))];
    vec![
        filler
            .choice("partner", "column-partner", sides.collect())
            .required()
            .first(),
        filler
            .line("instrument", "arrangement-instrument")
            .required(),
        filler
            .choice(
                "gate",
                "arrangement-gate",
                terms::choices_or_none(t, "choose", "gate", gates),
            )
            .required(),
        filler.several(
            "personal",
            "arrangement-personal",
            yes("arrangement-personal-yes"),
        ),
        filler.several(
            "categories",
            "arrangement-categories",
            terms::choices(t, "category", categories),
        ),
        filler.several(
            "purposes",
            "arrangement-purposes",
            terms::choices(t, "purpose", purposes),
        ),
        filler.line("valid_from", "arrangement-from").required(),
        filler.line("valid_to", "arrangement-to"),
        filler.line("source", "arrangement-source").required(),
        filler.several(
            "confirmed",
            "arrangement-confirmed",
            yes("arrangement-confirmed-yes"),
        ),
    ]
}

/// A day that somebody wrote: `5.3.2026` or `2026-03-05`.
pub(super) fn day(text: &str) -> Option<Date> {
    let date = read_birth_date(text)?;
    date.to_string().parse().ok()
}

fn read(posted: &Posted, t: &Texts) -> Result<Arrangement, Wrong> {
    let mut wrong = Wrong::new();
    let partner = posted.raw("partner").parse::<PartnerCode>();
    let gate = posted.raw("gate").parse::<Gate>();
    let from = day(posted.raw("valid_from"));
    let to = posted.some("valid_to").map(|text| day(&text));
    let categories: BTreeSet<Category> = parsed(posted, "categories");
    let purposes: BTreeSet<Purpose> = parsed(posted, "purposes");
    for (field, key, is_wrong) in [
        ("partner", "alert-choose", partner.is_err()),
        ("gate", "alert-choose", gate.is_err()),
        ("valid_from", "arrangement-date", from.is_none()),
        ("valid_to", "arrangement-date", to == Some(None)),
        ("categories", "arrangement-one", categories.is_empty()),
        ("purposes", "arrangement-one", purposes.is_empty()),
    ] {
        if is_wrong {
            wrong.insert(field.to_owned(), t.text(key));
        }
    }
    for field in ["instrument", "source"] {
        if !(3..=400).contains(&posted.text(field).chars().count()) {
            wrong.insert(field.to_owned(), t.text("arrangement-text"));
        }
    }
    match (partner, gate, from) {
        (Ok(partner), Ok(gate), Some(valid_from)) if wrong.is_empty() => Ok(Arrangement {
            partner,
            instrument: posted.text("instrument"),
            gate,
            personal_data: posted.raw("personal") == "yes",
            categories,
            purposes,
            profile: "sis-like".to_owned(),
            valid_from,
            valid_to: to.flatten(),
            source: posted.text("source"),
            confirmed: posted.raw("confirmed") == "yes",
        }),
        _ => Err(wrong),
    }
}

fn parsed<T: std::str::FromStr + Ord>(posted: &Posted, field: &str) -> BTreeSet<T> {
    let chosen = posted.all(field);
    chosen.iter().filter_map(|text| text.parse().ok()).collect()
}

/// Writes a new arrangement.
pub(crate) async fn create(signed: Signed, posted: Posted) -> Result<Response, Problem> {
    put(signed, None, posted).await
}

/// Writes a new version of an arrangement.
pub(crate) async fn change(
    signed: Signed,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let id = record_id(&id)?;
    put(signed, Some(id), posted).await
}

async fn put(signed: Signed, id: Option<RecordId>, posted: Posted) -> Result<Response, Problem> {
    signed.enter(Action::ManagePartners)?;
    let app = &signed.state.app;
    let wrong = match read(&posted, signed.t()) {
        Ok(arrangement) => {
            let put = app.put_arrangement(signed.caller(), id, arrangement).await;
            let problem = match put {
                Ok(_) => return Ok(done("/arrangements", "arrangement-written")),
                Err(error) => Problem::from(error),
            };
            match problem.errors.first() {
                Some(error) => Wrong::from([(error.field.clone(), sentence(&error.detail))]),
                None => return Err(problem),
            }
        }
        Err(wrong) => wrong,
    };
    Ok(show_refused(
        &form_page(&signed, id, (&posted, &wrong)).await,
    ))
}

/// Ends an arrangement.
pub(crate) async fn end(
    signed: Signed,
    Path(id): Path<String>,
    _posted: Posted,
) -> Result<Response, Problem> {
    signed.enter(Action::ManagePartners)?;
    let id = record_id(&id)?;
    signed
        .state
        .app
        .end_arrangement(signed.caller(), id)
        .await?;
    Ok(done("/arrangements", "arrangement-ended"))
}
