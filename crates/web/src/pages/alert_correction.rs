//! An alert is corrected: the same form, filled with what it says.

use axum::extract::Path;
use axum::response::Response;
use egnatia_alerts::Alert;
use egnatia_app::Action;

use super::alert_entry::{AlertFormPage, page_of};
use super::alert_form::{self, Filler, Kind, Wrong};
use super::{alert_filled, record_id};
use crate::problem::{Problem, ProblemCode};
use crate::visit::{Posted, Signed, done, show, show_refused};

/// Shows the form of a correction.
pub(crate) async fn show_correction(
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    signed.enter(Action::EnterAlert)?;
    let id = record_id(&id)?;
    let view = signed.state.app.view_alert(signed.caller(), id).await?;
    if !view.may_change {
        return Err(Problem::new(ProblemCode::Forbidden));
    }
    let posted = alert_filled::filled(&view.alert);
    let page = correction_page(
        &signed,
        &id.to_string(),
        &view.alert,
        (&posted, &Wrong::new()),
    )
    .await;
    Ok(show(&page))
}

async fn correction_page(
    signed: &Signed,
    id: &str,
    alert: &Alert,
    (posted, wrong): (&Posted, &Wrong),
) -> AlertFormPage {
    let t = signed.t();
    let kind = Kind {
        category: alert.category,
        on_person: alert.is_on_person(),
    };
    let title = t.with("alert-correct-title", "name", alert.display_name());
    let filler = Filler { t, posted, wrong };
    let mut groups = alert_form::groups(&filler, kind, signed.state.app.profile());
    if let Some(group) = groups.first_mut() {
        group
            .fields
            .push(filler.area("distinguished_by", "alert-distinguished"));
    }
    let mut page = page_of(signed, kind, groups, wrong, title).await;
    page.back = (format!("/alerts/{id}"), alert.display_name().to_owned());
    page.action = format!("/alerts/{id}/correction");
    page.submit = t.text("alert-correct-submit");
    page
}

/// Corrects an alert.
pub(crate) async fn correct(
    signed: Signed,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    signed.enter(Action::EnterAlert)?;
    let id = record_id(&id)?;
    let (app, caller, t) = (&signed.state.app, signed.caller(), signed.t());
    let alert = app.view_alert(caller, id).await?.alert;
    let kind = Kind {
        category: alert.category,
        on_person: alert.is_on_person(),
    };
    let wrong = match alert_form::read(&posted, kind, t) {
        Ok(mut draft) => {
            let beyond = alert_filled::numbers_beyond(&alert);
            draft.subject.identifiers.extend(beyond);
            let problem = match app.correct_alert(caller, id, draft).await {
                Ok(()) => return Ok(done(&format!("/alerts/{id}"), "alert-corrected")),
                Err(error) => Problem::from(error),
            };
            if problem.errors.is_empty() {
                return Err(problem);
            }
            alert_form::wrong_of(&problem, kind, t)
        }
        Err(wrong) => wrong,
    };
    let page = correction_page(&signed, &id.to_string(), &alert, (&posted, &wrong)).await;
    Ok(show_refused(&page))
}
