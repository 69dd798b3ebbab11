//! How an alert is handled is corrected: codes, and to whom it is released.

use axum::extract::Path;
use axum::response::Response;
use egnatia_alerts::Reason;
use egnatia_app::{Action, AlertView};
use egnatia_record::RecordId;

use super::alert_entry::{AlertFormPage, page_of};
use super::alert_form::{Filler, Group, Kind, Wrong};
use super::{alert_terms, record_id};
use crate::problem::{Problem, ProblemCode};
use crate::visit::{Posted, Signed, done, show, show_refused};
use crate::words::sentence;

/// Shows the form, filled with how the alert is handled.
pub(crate) async fn show_handling(
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    signed.enter(Action::EnterAlert)?;
    let id = record_id(&id)?;
    let view = own(&signed, id).await?;
    let posted = alert_terms::filled(&view.envelope.handling);
    let page = page(&signed, id, &view, (&posted, &Wrong::new())).await;
    Ok(show(&page))
}

async fn own(signed: &Signed, id: RecordId) -> Result<AlertView, Problem> {
    let view = signed.state.app.view_alert(signed.caller(), id).await?;
    if view.may_change {
        Ok(view)
    } else {
        Err(Problem::new(ProblemCode::Forbidden))
    }
}

async fn page(
    signed: &Signed,
    id: RecordId,
    view: &AlertView,
    (posted, wrong): (&Posted, &Wrong),
) -> AlertFormPage {
    let t = signed.t();
    let alert = &view.alert;
    let kind = Kind {
        category: alert.category,
        on_person: alert.is_on_person(),
    };
    let filler = Filler { t, posted, wrong };
    let mut fields = alert_terms::release(&filler, signed.state.app.settings().partner);
    let why = filler.area("handling_why", "alert-handling-why");
    fields.push(why.required());
    let groups = vec![Group {
        id: "release-group",
        heading: t.text("alert-handling"),
        fields,
    }];
    let title = t.with("alert-handling-title", "name", alert.display_name());
    let mut page = page_of(signed, kind, groups, wrong, title).await;
    page.back = (format!("/alerts/{id}"), alert.display_name().to_owned());
    page.action = format!("/alerts/{id}/handling");
    let origin = view.envelope.handling.origin();
    page.hidden = vec![("origin", origin.as_str().to_owned())];
    page.submit = t.text("alert-handling-submit");
    page
}

/// Corrects it.
pub(crate) async fn correct(
    signed: Signed,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    signed.enter(Action::EnterAlert)?;
    let id = record_id(&id)?;
    let t = signed.t();
    let mut wrong = Wrong::new();
    if posted.text("release").is_empty() {
        wrong.insert("release".to_owned(), t.text("alert-choose"));
    }
    let handling = alert_terms::handling(&posted, t, &mut wrong);
    let why = Reason::try_from(posted.text("handling_why"));
    if why.is_err() {
        let text = t.text("alert-reason-invalid");
        wrong.insert("handling_why".to_owned(), text);
    }
    if let (Some(handling), Ok(why)) = (handling, why)
        && wrong.is_empty()
    {
        let app = &signed.state.app;
        let corrected = app
            .correct_handling(signed.caller(), id, handling, &why)
            .await;
        match corrected.map_err(Problem::from) {
            Ok(()) => return Ok(done(&format!("/alerts/{id}"), "alert-handling")),
            Err(problem) => match problem.errors.first() {
                Some(error) => wrong.insert(error.field.clone(), sentence(&error.detail)),
                None => return Err(problem),
            },
        };
    }
    let view = own(&signed, id).await?;
    let page = page(&signed, id, &view, (&posted, &wrong)).await;
    Ok(show_refused(&page))
}
