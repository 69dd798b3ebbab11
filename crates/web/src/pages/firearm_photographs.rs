//! Photographs of a weapon: shown small on its page, whole behind it; added, taken away.

use axum::extract::{FromRequest, Multipart, Path, Request};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use egnatia_app::{Action, FirearmView, PhotographForm};
use egnatia_record::RecordId;

use super::alert_form::{Filler, Wrong};
use super::firearm_sections::{Picture, Section, whole, wrong_in_words};
use super::record_id;
use crate::parts::{FieldKind, Form};
use crate::problem::{Problem, ProblemCode};
use crate::visit::{Posted, Signed, done, show_refused};
use crate::{Frame, guard};

/// The most parts of a form with a photograph.
const PARTS_MAX: usize = 4;

/// The photographs of a weapon, and the form for another one.
pub(super) fn section(
    signed: &Signed,
    frame: &Frame,
    (id, view): (RecordId, &FirearmView),
    (posted, wrong): (&Posted, &Wrong),
) -> Section {
    let t = signed.t();
    let mut section = Section::new("photographs", t.text("photographs-title"));
    section.pictures = view
        .firearm
        .photographs
        .iter()
        .map(|kept| {
            let path = format!("/firearms/{id}/photographs/{}", kept.record);
            let at = frame.moment(kept.at).text;
            Picture {
                small: format!("{path}/small.jpg"),
                whole: format!("{path}/whole.jpg"),
                shows: kept.shows.clone(),
                by: t.with("photograph-by", "who", format!("{}, {at}", kept.by)),
                remove: view.may_change.then(|| {
                    let words = t.with("photograph-remove-named", "what", kept.shows.clone());
                    (format!("{path}/remove"), words)
                }),
            }
        })
        .collect();
    section.remove = Some((frame.csrf().to_owned(), t.text("photograph-remove")));
    if section.pictures.is_empty() {
        section = section.means(t.text("photographs-none"));
    }
    if !view.may_change {
        return section;
    }
    let filler = Filler { t, posted, wrong };
    let fields = vec![
        filler
            .line("photograph", "photograph-file")
            .kind(FieldKind::File)
            .required(),
        filler.line("shows", "photograph-shows").required(),
    ];
    let wrong = whole(wrong, &fields);
    let path = format!("/firearms/{id}/photographs");
    let form = Form::new(t, path, fields, t.text("photograph-add"), wrong);
    section.form(form.csrf(frame.csrf()))
}

/// The token, what it shows, and the file of a form with a photograph.
async fn sent(request: Request) -> Result<(String, String, Vec<u8>), Problem> {
    let refused = |status| Problem::new(ProblemCode::of_status(status));
    let mut form = Multipart::from_request(request, &())
        .await
        .map_err(|error| refused(error.status()))?;
    let (mut token, mut shows, mut file) = (String::new(), String::new(), Vec::new());
    for _ in 0..PARTS_MAX {
        let field = form.next_field().await;
        let Some(field) = field.map_err(|error| refused(error.status()))? else {
            break;
        };
        let name = field.name().unwrap_or_default().to_owned();
        let bytes = field.bytes().await;
        let bytes = bytes.map_err(|error| refused(error.status()))?;
        let text = || String::from_utf8_lossy(&bytes).trim().to_owned();
        match name.as_str() {
            "csrf" => token = text(),
            "shows" => shows = text(),
            "photograph" => file = bytes.to_vec(),
            _ => {}
        }
    }
    Ok((token, shows, file))
}

/// Adds a photograph to a weapon.
pub(crate) async fn add(
    signed: Signed,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    signed.enter(Action::KeepFirearms)?;
    let id = record_id(&id)?;
    let (token, shows, file) = match sent(request).await {
        Ok(sent) => sent,
        // Nothing was read to its end, and nothing is done: the weapon is shown, and what is wrong.
        Err(problem) if problem.code == ProblemCode::TooLarge => {
            let text = signed.t().text("photograph-too-large");
            let wrong = Wrong::from([("photograph".to_owned(), text)]);
            return refused(&signed, id, (Posted::default(), wrong)).await;
        }
        Err(problem) => return Err(problem),
    };
    if !guard::same_token(&signed.who.csrf, &token) {
        return Err(Problem::new(ProblemCode::BadOrigin));
    }
    let (app, caller) = (&signed.state.app, signed.caller());
    let error = match app.add_photograph(caller, id, (file, shows.clone())).await {
        Ok(_) => return Ok(done(&format!("/firearms/{id}"), "photograph-added")),
        Err(error) => error,
    };
    let wrong = wrong_in_words(signed.t(), error)?;
    let posted = Posted::of(vec![("shows".to_owned(), shows)]);
    refused(&signed, id, (posted, wrong)).await
}

async fn refused(
    signed: &Signed,
    id: RecordId,
    (posted, wrong): (Posted, Wrong),
) -> Result<Response, Problem> {
    let view = signed.state.app.view_firearm(signed.caller(), id).await?;
    let page = super::firearm::refused_photograph(signed, (id, &view), (posted, wrong)).await;
    Ok(show_refused(&page))
}

/// Gives a photograph, whole or small.
pub(crate) async fn show_photograph(
    signed: Signed,
    Path((id, photograph, file)): Path<(String, String, String)>,
) -> Result<Response, Problem> {
    signed.enter(Action::ViewFirearms)?;
    let form = match file.as_str() {
        "small.jpg" => PhotographForm::Small,
        "whole.jpg" => PhotographForm::Whole,
        _ => return Err(Problem::new(ProblemCode::NotFound)),
    };
    let of = (record_id(&id)?, record_id(&photograph)?);
    let app = &signed.state.app;
    let bytes = app.view_photograph(signed.caller(), of, form).await?;
    let kind = HeaderValue::from_static("image/jpeg");
    Ok(([(header::CONTENT_TYPE, kind)], bytes).into_response())
}

/// Takes a photograph away.
pub(crate) async fn remove(
    signed: Signed,
    Path((id, photograph, act)): Path<(String, String, String)>,
    _posted: Posted,
) -> Result<Response, Problem> {
    signed.enter(Action::KeepFirearms)?;
    if act != "remove" {
        return Err(Problem::new(ProblemCode::NotFound));
    }
    let (id, photograph) = (record_id(&id)?, record_id(&photograph)?);
    let app = &signed.state.app;
    app.remove_photograph(signed.caller(), (id, photograph))
        .await?;
    Ok(done(&format!("/firearms/{id}"), "photograph-removed"))
}
