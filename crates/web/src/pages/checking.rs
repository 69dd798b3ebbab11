//! Handlers of the check pages: reads the form, asks, shows the answer.

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use egnatia_alerts::{ConsultedList, MatchState, Settled};
use egnatia_app::{Action, App, Caller, CheckRequest, CheckView, ListVersionRow};
use egnatia_formats::mrz::MrzError;
use egnatia_matching::IdentifierKind;
use egnatia_record::RecordId;

use super::check::{CheckInput, CheckPage, CheckResultPage};
use super::session::JustificationInput;
use super::{subjects, terms};
use crate::parts::{Cell, Empty, Facts, Table, Tag, Tone, ZoneChoices, ZonePart};
use crate::problem::Problem;
use crate::query::{Asked, MrzRefused, WrongDigits};
use crate::visit::{Posted, Signed, show, show_refused};
use crate::{Area, Frame, Texts, query, words};

/// Shows the box.
pub(crate) async fn form(signed: Signed) -> Result<Response, Problem> {
    if !signed.offers(Action::Check) {
        signed.enter(Action::Check)?;
    }
    let input = CheckInput {
        justification: ask_why(&signed),
        ..CheckInput::default()
    };
    Ok(show(&page(&signed, &input).await?))
}

/// Asked for on the page itself, so that the first check takes one form and not two.
fn ask_why(signed: &Signed) -> Option<JustificationInput> {
    let known = signed.caller().justification.is_some();
    (!known).then(JustificationInput::default)
}

pub(super) async fn page(signed: &Signed, input: &CheckInput) -> Result<CheckPage, Problem> {
    let t = signed.t();
    let frame = signed.frame(t.text("check-title"), Some(Area::Check)).await;
    let lists = signed.state.app.lists(signed.caller()).await?;
    let table = lists_table(&signed.state.app, &frame, &lists);
    Ok(CheckPage::new(frame, input, table))
}

/// What was typed so far, for the page that shows how it is read.
pub(super) fn typed(signed: &Signed, posted: &Posted) -> CheckInput {
    CheckInput {
        justification: ask_why(signed).map(|_| JustificationInput::typed(posted)),
        ..input_of(posted)
    }
}

/// Checks, and leads to the answer.
pub(crate) async fn check(signed: Signed, posted: Posted) -> Result<Response, Problem> {
    if !signed.offers(Action::Check) {
        signed.enter(Action::Check)?;
    }
    let t = signed.t();
    let mut input = input_of(&posted);
    let proposal = posted.text("read_as");
    if !proposal.is_empty() {
        input.query = proposal;
    }
    let wrong = match posted.raw("as_read") {
        "yes" => WrongDigits::Take,
        _ => WrongDigits::Refuse,
    };
    let read = query::read(&input, signed.visit.today(), wrong);
    let mut caller = signed.caller().clone();
    if caller.justification.is_none() {
        match JustificationInput::read(&posted, t) {
            Ok(justification) => {
                let app = &signed.state.app;
                app.set_justification(&signed.who, justification.clone())
                    .await?;
                caller.justification = Some(justification);
            }
            Err(given) => input.justification = Some(*given),
        }
    }
    let query = match (read, &input.justification) {
        (Ok(query), None) => query,
        (read, _) => {
            if let Err(refused) = read {
                input.query_error = match &refused.mrz {
                    Some(mrz) => Some(mrz_error(t, mrz)),
                    None => refused.query.then(|| t.text("check-empty")),
                };
                input.birth_date_error = refused.birth_date.then(|| t.text("birth-date-invalid"));
            }
            return Ok(show_refused(&page(&signed, &input).await?));
        }
    };
    match ask(&signed, &caller, query).await {
        Ok(id) => Ok(Redirect::to(&format!("/checks/{id}")).into_response()),
        Err(problem) => match problem.errors.first() {
            Some(error) => {
                input.query_error = Some(words::sentence(&error.detail));
                Ok(show_refused(&page(&signed, &input).await?))
            }
            None => Err(problem),
        },
    }
}

/// What is wrong with an MRZ. The reading under the box says what it may have been.
fn mrz_error(t: &Texts, refused: &MrzRefused) -> String {
    let zone = match refused {
        MrzRefused::Form(MrzError::Length { characters, .. }) => {
            return t.with("mrz-length", "characters", characters.to_string());
        }
        MrzRefused::Form(_) => return t.text("mrz-alphabet"),
        MrzRefused::Digits(zone) => zone,
    };
    let digits: Vec<String> = zone
        .disagreeing()
        .map(|digit| {
            let values = [
                ("field", t.text(words::mrz_field_key(digit.field))),
                ("stated", digit.stated.to_string()),
                ("computed", digit.computed.to_string()),
            ];
            t.with_all("mrz-digit", &values)
        })
        .collect();
    t.with("mrz-invalid", "digits", digits.join(", "))
}

async fn ask(signed: &Signed, caller: &Caller, asked: Asked) -> Result<RecordId, Problem> {
    let request = CheckRequest {
        query: asked.query,
        zone: asked.zone,
        ..CheckRequest::default()
    };
    Ok(signed.state.app.check(caller, request).await?.check)
}

fn input_of(posted: &Posted) -> CheckInput {
    CheckInput {
        query: posted.text("q"),
        schema: posted.text("schema"),
        birth_date: posted.text("birth_date"),
        nationality: posted.text("nationality"),
        gender: posted.text("gender"),
        document: posted.text("document"),
        place: posted.text("place"),
        serial: posted.text("serial"),
        make: posted.text("make"),
        calibre: posted.text("calibre"),
        ..CheckInput::default()
    }
}

/// Shows an answer.
pub(crate) async fn answer(signed: Signed, Path(id): Path<String>) -> Result<Response, Problem> {
    signed.enter(Action::ViewCheck)?;
    let id = super::record_id(&id)?;
    let app = &signed.state.app;
    let view = app.view_check(signed.caller(), id).await?;
    let t = signed.t();
    let frame = signed
        .frame(t.text("check-result-title"), Some(Area::Check))
        .await;
    let waiting = view
        .answer
        .candidates
        .iter()
        .filter(|c| c.state == MatchState::Waiting);
    let waiting = u64::try_from(waiting.count()).unwrap_or(u64::MAX);
    let choices = if signed.offers(Action::Check) {
        ZoneChoices::Proposals
    } else {
        ZoneChoices::None
    };
    let page = CheckResultPage {
        waiting,
        asked: asked(&frame, &view),
        zone: view
            .answer
            .zone
            .as_deref()
            .map(|zone| ZonePart::new(t, zone, choices)),
        candidates: candidates(app, t, &view),
        settled: settled(&frame, &view.answer.settled),
        lists: consulted(app, t, &view.answer.lists),
        may_check: signed.offers(Action::Check),
        may_decide: signed.offers(Action::Decide),
        frame,
    };
    Ok(show(&page))
}

/// What was asked, label by label.
pub(crate) fn query_facts(t: &Texts, query: &egnatia_matching::Description) -> Facts {
    let texts = |texts: &[String]| texts.iter().cloned().map(Cell::Text).collect();
    let nationalities = query
        .nationalities
        .iter()
        .map(|text| Cell::Text(words::country(text, t)));
    let names = query.names.iter().map(|name| Cell::Text(name.text.clone()));
    let births = query
        .births
        .iter()
        .map(|b| Cell::Text(words::birth_date(*b, t)));
    let numbers = |is_serial: bool| {
        let numbers = query.identifiers.iter();
        let numbers = numbers.filter(|id| (id.kind == IdentifierKind::Serial) == is_serial);
        numbers.map(|id| Cell::Exact(id.value.clone())).collect()
    };
    let gender = query
        .gender
        .map(|g| Cell::Text(t.text(words::gender_key(g))));
    let schema = (query.schema != egnatia_matching::Schema::Unknown)
        .then(|| Cell::Text(t.text(words::schema_key(query.schema))));
    let weapon = query.weapon.as_deref();
    let of = |text: Option<&String>| text.cloned().map(Cell::Text);
    Facts::new()
        .with_all(t.text("field-serial"), numbers(true))
        .with_some(
            t.text("firearm-make"),
            of(weapon.and_then(|w| w.make.as_ref())),
        )
        .with_some(
            t.text("firearm-model"),
            of(weapon.and_then(|w| w.model.as_ref())),
        )
        .with_some(
            t.text("firearm-calibre"),
            of(weapon.and_then(|w| w.calibre.as_ref())),
        )
        .with_all(t.text("column-name"), names.collect())
        .with_all(t.text("field-document"), numbers(false))
        .with_all(t.text("field-birth-date"), births.collect())
        .with_all(t.text("field-nationality"), nationalities.collect())
        .with_all(t.text("field-place"), texts(&query.places))
        .with_some(t.text("field-gender"), gender)
        .with_some(t.text("field-schema"), schema)
}

fn asked(frame: &Frame, view: &CheckView) -> Facts {
    let t = frame.t;
    query_facts(t, &view.check.query)
        .with(
            t.text("check-purpose"),
            Cell::Text(words::purpose(view.envelope.purpose, t)),
        )
        .with(
            t.text("check-case"),
            Cell::Text(view.check.case.to_string()),
        )
        .with(
            t.text("check-by"),
            Cell::Text(view.envelope.author.to_string()),
        )
        .with(t.text("check-at"), Cell::Time(frame.moment(view.answer.at)))
}

fn candidates(app: &App, t: &'static Texts, view: &CheckView) -> Table {
    let columns = &[
        "column-name",
        "column-born",
        "column-nationality",
        "column-document",
        "column-likelihood",
        "column-list",
        "column-state",
    ];
    let candidates = &view.answer.candidates;
    let rows = candidates
        .iter()
        .map(|candidate| {
            let entry = &candidate.entry;
            let [born, nationality, document] =
                subjects::distinguishing(view.entries.get(&entry.record), t);
            vec![
                Cell::link(format!("/matches/{}", candidate.matched), &entry.name),
                born,
                nationality,
                document,
                likelihood(t, candidate.assessment.probability),
                list_cell(app, t, &entry.list, Some(entry.list_version)),
                Cell::Tag(state_tag(t, &candidate.state)),
            ]
        })
        .collect();
    // Without rows it is not shown: the answer above says that there are none.
    Table::new(t, t.text("check-candidates"), columns, Empty::default())
        .rows(rows)
        .focus_first()
}

fn settled(frame: &Frame, settled: &[Settled]) -> Table {
    let t = frame.t;
    let columns = &[
        "column-name",
        "column-likelihood",
        "column-by",
        "column-at",
        "column-reason",
    ];
    let rows = settled
        .iter()
        .map(|settled| {
            vec![
                Cell::link(
                    terms::entry_href(&settled.entry.list, settled.entry.record),
                    &settled.entry.name,
                ),
                likelihood(t, settled.probability),
                Cell::Text(settled.by.to_string()),
                Cell::Time(frame.moment(settled.at)),
                Cell::Text(settled.reason.clone()),
            ]
        })
        .collect();
    Table::new(t, t.text("check-settled"), columns, Empty::default()).rows(rows)
}

fn consulted(app: &App, t: &'static Texts, lists: &[ConsultedList]) -> Table {
    let columns = &["column-list", "column-list-version"];
    let rows = lists
        .iter()
        .map(|list| {
            let version = if terms::is_alerts(&list.list) || terms::is_firearms(&list.list) {
                Cell::Number(String::new())
            } else {
                Cell::Number(list.version.to_string())
            };
            vec![list_link(app, &list.list), version]
        })
        .collect();
    Table::new(
        t,
        t.text("check-lists"),
        columns,
        Empty::of(t, "check-lists"),
    )
    .rows(rows)
}

/// A link to a list: what officers call it, and its full title.
pub(crate) fn list_link(app: &App, list: &str) -> Cell {
    if terms::is_alerts(list) {
        return Cell::link("/alerts", app.terms(list).title.clone());
    }
    if terms::is_firearms(list) {
        return Cell::link("/firearms", app.terms(list).title.clone());
    }
    let title = app.terms(list).title.clone();
    Cell::link_with(format!("/lists/{list}"), app.list_name(list), title)
}

/// A list in a table of persons: what officers call it, its code and its version under it.
pub(crate) fn list_cell(app: &App, t: &Texts, list: &str, version: Option<u64>) -> Cell {
    if terms::is_alerts(list) || terms::is_firearms(list) {
        return Cell::Text(terms::own_or_received(app, t, list));
    }
    let code = match version {
        Some(version) => list_and_version(t, list, version),
        None => list.to_owned(),
    };
    match app.terms(list).short.as_str() {
        "" => Cell::Text(code),
        short => Cell::Lines(short.to_owned(), code),
    }
}

/// How many entries a list has at present.
pub(crate) fn entries_of(version: &ListVersionRow) -> u64 {
    version
        .added
        .saturating_add(version.changed)
        .saturating_add(version.unchanged)
}

fn lists_table(app: &App, frame: &Frame, lists: &[ListVersionRow]) -> Table {
    let t = frame.t;
    let columns = &[
        "column-list",
        "column-list-version",
        "column-entries",
        "column-imported",
    ];
    let rows = lists
        .iter()
        .map(|list| {
            vec![
                list_link(app, &list.list),
                Cell::Number(list.version.to_string()),
                Cell::Number(words::quantity(entries_of(list))),
                Cell::Time(frame.moment(list.imported_at)),
            ]
        })
        .collect();
    Table::new(
        t,
        t.text("check-lists"),
        columns,
        Empty::of(t, "check-lists"),
    )
    .rows(rows)
}

/// A probability as a number and in words.
pub(crate) fn likelihood(t: &Texts, probability: f64) -> Cell {
    let words = t.text(words::likelihood_key(probability));
    Cell::Lines(words::percent(probability), words)
}

/// What leads to an entry, or to the alert that it is.
pub(crate) fn see_entry(t: &Texts, list: &str) -> String {
    t.text(if terms::is_alerts(list) {
        "match-see-alert"
    } else if terms::is_firearms(list) {
        "match-see-firearm"
    } else {
        "match-see-entry"
    })
}

/// A list with the version that was compared; an alert has a version of its own.
pub(crate) fn compared_list(app: &App, t: &Texts, list: &str, version: u64) -> String {
    if terms::is_alerts(list) || terms::is_firearms(list) {
        terms::own_or_received(app, t, list)
    } else {
        list_and_version(t, &app.list_name(list), version)
    }
}

/// A list with the version that was compared.
pub(crate) fn list_and_version(t: &Texts, list: &str, version: u64) -> String {
    let values = [("list", list.to_owned()), ("version", version.to_string())];
    t.with_all("list-and-version", &values)
}

/// Where a match stands.
pub(crate) fn state_tag(t: &Texts, state: &MatchState) -> Tag {
    let (tone, key) = match state {
        MatchState::Waiting => (Tone::Caution, "state-waiting"),
        MatchState::Confirmed { .. } => (Tone::Agree, "state-confirmed"),
        MatchState::Rejected { .. } => (Tone::Silent, "state-rejected"),
    };
    Tag {
        tone,
        word: t.text(key),
    }
}
