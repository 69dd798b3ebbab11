//! Alerts: seen, entered, changed, withdrawn; where they went.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use egnatia_app::{Action, AlertList, NewFlag};
use serde::Deserialize;

use super::alert_bodies::{
    AchievedBody, AlertLine, AlertViewBody, CorrectionBody, DeliveryBody, EnteredBody,
    ExtensionBody, FlagBody, HandlingBody, LikeBody, NewAlertBody, NoticeBody, PassOnBody,
    PassedOnBody, PreviewBody, RecipientBody, RestrictionBody, ToldBody, WithdrawalBody,
};
use super::caller::{Bearer, idempotency_key, record_id};
use super::json::{Body, PageOf, ProblemBody, Query, limit_of};
use super::matches::reason_of;
use crate::problem::Problem;
use crate::{WebState, cursor};

/// Which alerts are wanted.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WantedAlerts {
    /// `own` (where it is not said), `received`, or `returned`: own ones that partners have returned
    /// after a restore, on which nobody has decided.
    list: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// At most so many items, 1 to 100.
    limit: Option<u32>,
}

/// Alerts, what is due for review first first.
#[utoipa::path(
    get, path = "/api/v1/alerts", tag = "alerts", params(WantedAlerts),
    responses((status = 200, description = "A page of alerts", body = PageOf<AlertLine>), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn list(
    State(state): State<WebState>,
    bearer: Bearer,
    Query(wanted): Query<WantedAlerts>,
) -> Result<Json<PageOf<AlertLine>>, Problem> {
    bearer.enter(&state, Action::ListAlerts)?;
    let list = match wanted.list.as_deref() {
        None | Some("own") => AlertList::Own,
        Some("received") => AlertList::Received,
        Some("returned") => AlertList::Returned,
        Some(_) => {
            let text = "one of own, received, returned";
            return Err(Problem::field("list", "invalid", text));
        }
    };
    let after = cursor::read_due(wanted.after.as_deref())?;
    let limit = limit_of(wanted.limit);
    let page = state
        .app
        .alerts(bearer.caller(), list, after, limit)
        .await?;
    Ok(Json(PageOf {
        items: page.items.into_iter().map(AlertLine::of).collect(),
        next: page.next.map(cursor::write_due),
    }))
}

/// Where an alert would go and what is like it. Nothing is stored.
#[utoipa::path(
    post, path = "/api/v1/alerts/preview", tag = "alerts", request_body = NewAlertBody,
    responses((status = 200, description = "What would be", body = PreviewBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn preview(
    State(state): State<WebState>,
    bearer: Bearer,
    Body(body): Body<NewAlertBody>,
) -> Result<Json<PreviewBody>, Problem> {
    bearer.enter(&state, Action::EnterAlert)?;
    let new = body.read()?;
    let recipients = state.app.preview_recipients(bearer.caller(), &new)?;
    let like = state.app.like_alerts(bearer.caller(), &new.draft).await?;
    Ok(Json(PreviewBody {
        like: like.into_iter().map(LikeBody::of).collect(),
        recipients: recipients.into_iter().map(RecipientBody::of).collect(),
    }))
}

/// Enters an alert. A repetition is harmless: with the same `Idempotency-Key` it leads to the same
/// alert; without one it is refused as `duplicate` and names the alert.
#[utoipa::path(
    post, path = "/api/v1/alerts", tag = "alerts", request_body = NewAlertBody,
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 64 visible ASCII characters")),
    responses((status = 201, description = "Entered", body = EnteredBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn enter(
    State(state): State<WebState>,
    bearer: Bearer,
    headers: HeaderMap,
    Body(body): Body<NewAlertBody>,
) -> Result<(StatusCode, Json<EnteredBody>), Problem> {
    bearer.enter(&state, Action::EnterAlert)?;
    let new = body.read()?;
    let key = idempotency_key(&headers)?;
    let caller = bearer.caller();
    let entered = state.app.enter_alert_once(caller, new, key).await?;
    let recipients = entered.recipients.into_iter().map(RecipientBody::of);
    let body = EnteredBody {
        alert: entered.alert,
        recipients: recipients.collect(),
    };
    Ok((StatusCode::CREATED, Json(body)))
}

/// An alert with what came of it.
#[utoipa::path(
    get, path = "/api/v1/alerts/{id}", tag = "alerts",
    params(("id" = String, Path, description = "The record of the alert")),
    responses((status = 200, description = "The alert", body = AlertViewBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn view(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
) -> Result<Json<AlertViewBody>, Problem> {
    bearer.enter(&state, Action::ViewAlert)?;
    let id = record_id(&id)?;
    let view = state.app.view_alert(bearer.caller(), id).await?;
    let recipients = view.recipients.into_iter().map(RecipientBody::of);
    let covert = crate::pages::is_covert(state.app.profile(), &view.alert);
    Ok(Json(AlertViewBody {
        covert,
        hits: view.hits,
        notice: view.notice.map(|notice| NoticeBody {
            id: notice.id,
            notice: notice.body,
        }),
        envelope: view.envelope,
        alert: view.alert,
        state: view.state,
        is_own: view.is_own,
        recipients: recipients.collect(),
        matches: view.matches,
        inquiries: view.inquiries,
        hit_reports: view.hit_reports,
        warn_on: view.warn_on,
        may_change: view.may_change,
    }))
}

/// What was ever queued about an alert, oldest first: the ledger of its disclosure.
#[utoipa::path(
    get, path = "/api/v1/alerts/{id}/deliveries", tag = "alerts",
    params(("id" = String, Path, description = "The record of the alert")),
    responses((status = 200, description = "The ledger", body = Vec<DeliveryBody>), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn deliveries(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
) -> Result<Json<Vec<DeliveryBody>>, Problem> {
    bearer.enter(&state, Action::ViewAlert)?;
    let id = record_id(&id)?;
    let view = state.app.view_alert(bearer.caller(), id).await?;
    let rows = view.deliveries.into_iter().map(DeliveryBody::of);
    Ok(Json(rows.collect()))
}

/// Corrects an alert: everybody who ever received it gets the new version.
#[utoipa::path(
    post, path = "/api/v1/alerts/{id}/correct", tag = "alerts", request_body = CorrectionBody,
    params(("id" = String, Path, description = "The record of the alert")),
    responses((status = 204, description = "Corrected"), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn correct(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
    Body(body): Body<CorrectionBody>,
) -> Result<StatusCode, Problem> {
    bearer.enter(&state, Action::EnterAlert)?;
    let (id, draft) = (record_id(&id)?, body.draft.read()?);
    state.app.correct_alert(bearer.caller(), id, draft).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Keeps an alert beyond its review date.
#[utoipa::path(
    post, path = "/api/v1/alerts/{id}/extend", tag = "alerts", request_body = ExtensionBody,
    params(("id" = String, Path, description = "The record of the alert")),
    responses((status = 204, description = "Extended"), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn extend(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
    Body(body): Body<ExtensionBody>,
) -> Result<StatusCode, Problem> {
    bearer.enter(&state, Action::EnterAlert)?;
    let id = record_id(&id)?;
    let assessment = reason_of(body.assessment, "assessment")?;
    let caller = bearer.caller();
    state.app.extend_alert(caller, id, assessment).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Adds a flag at the request of another party.
#[utoipa::path(
    post, path = "/api/v1/alerts/{id}/flag", tag = "alerts", request_body = FlagBody,
    params(("id" = String, Path, description = "The record of the alert")),
    responses((status = 204, description = "Flagged"), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn flag(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
    Body(body): Body<FlagBody>,
) -> Result<StatusCode, Problem> {
    bearer.enter(&state, Action::EnterAlert)?;
    let id = record_id(&id)?;
    let flag = NewFlag {
        authority: body.authority,
        reason: reason_of(body.reason, "reason")?,
        alternative_action: body.alternative_action,
    };
    state.app.flag_alert(bearer.caller(), id, flag).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Withdraws an alert: everybody who ever received it is told to erase it.
#[utoipa::path(
    post, path = "/api/v1/alerts/{id}/withdraw", tag = "alerts", request_body = WithdrawalBody,
    params(("id" = String, Path, description = "The record of the alert")),
    responses((status = 204, description = "Withdrawn"), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn withdraw(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
    Body(body): Body<WithdrawalBody>,
) -> Result<StatusCode, Problem> {
    bearer.enter(&state, Action::EnterAlert)?;
    let id = record_id(&id)?;
    let reason = reason_of(body.reason, "reason")?;
    let caller = bearer.caller();
    state
        .app
        .withdraw_alert(caller, id, reason, body.why)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Corrects how an alert is handled. Whoever has it and may not any more is told to erase it.
#[utoipa::path(
    post, path = "/api/v1/alerts/{id}/handling", tag = "alerts", request_body = HandlingBody,
    params(("id" = String, Path, description = "The record of the alert")),
    responses((status = 204, description = "Corrected"), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn handling(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
    Body(body): Body<HandlingBody>,
) -> Result<StatusCode, Problem> {
    bearer.enter(&state, Action::EnterAlert)?;
    let id = record_id(&id)?;
    let why = reason_of(body.why, "why")?;
    let app = &state.app;
    app.correct_handling(bearer.caller(), id, body.handling, &why)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Tells those who issue alerts that the purpose of one is achieved. They end it, or say why it
/// stays; where they do neither in time, the node deletes it.
#[utoipa::path(
    post, path = "/api/v1/alerts/{id}/achieved", tag = "alerts", request_body = AchievedBody,
    params(("id" = String, Path, description = "The record of the alert")),
    responses((status = 201, description = "Told", body = ToldBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn achieved(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
    Body(body): Body<AchievedBody>,
) -> Result<(StatusCode, Json<ToldBody>), Problem> {
    bearer.enter(&state, Action::EnterAlert)?;
    let id = record_id(&id)?;
    let why = reason_of(body.why, "why")?;
    let notice = state.app.tell_achieved(bearer.caller(), id, &why).await?;
    Ok((StatusCode::CREATED, Json(ToldBody { notice })))
}

/// Answers that an alert stays though its purpose is said to be achieved. Ending it is withdrawing it.
#[utoipa::path(
    post, path = "/api/v1/alerts/{id}/keep", tag = "alerts", request_body = AchievedBody,
    params(("id" = String, Path, description = "The record of the alert")),
    responses((status = 204, description = "Kept"), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn keep(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
    Body(body): Body<AchievedBody>,
) -> Result<StatusCode, Problem> {
    bearer.enter(&state, Action::EnterAlert)?;
    let id = record_id(&id)?;
    let why = reason_of(body.why, "why")?;
    state.app.keep_alert(bearer.caller(), id, &why).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Restricts an alert that is contested or needed as evidence: nobody finds it, here and wherever
/// it went.
#[utoipa::path(
    post, path = "/api/v1/alerts/{id}/restrict", tag = "alerts", request_body = RestrictionBody,
    params(("id" = String, Path, description = "The record of the alert")),
    responses((status = 204, description = "Restricted"), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn restrict(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
    Body(body): Body<RestrictionBody>,
) -> Result<StatusCode, Problem> {
    bearer.enter(&state, Action::EnterAlert)?;
    let id = record_id(&id)?;
    let reason = reason_of(body.reason, "reason")?;
    let caller = bearer.caller();
    state.app.restrict_alert(caller, id, reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lifts a restriction: the alert is compared again, here and wherever it went.
#[utoipa::path(
    post, path = "/api/v1/alerts/{id}/lift", tag = "alerts",
    params(("id" = String, Path, description = "The record of the alert")),
    responses((status = 204, description = "Lifted"), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn lift(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    bearer.enter(&state, Action::EnterAlert)?;
    let id = record_id(&id)?;
    state.app.lift_restriction(bearer.caller(), id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes an own alert over again that a partner has returned after a restore.
#[utoipa::path(
    post, path = "/api/v1/alerts/{id}/adopt", tag = "alerts",
    params(("id" = String, Path, description = "The record of the alert")),
    responses((status = 204, description = "Taken over again"), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn adopt(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    bearer.enter(&state, Action::EnterAlert)?;
    let id = record_id(&id)?;
    state.app.adopt_alert(bearer.caller(), id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Passes a partner's alert on to another partner, or asks its issuer first.
#[utoipa::path(
    post, path = "/api/v1/alerts/{id}/pass-on", tag = "alerts", request_body = PassOnBody,
    params(("id" = String, Path, description = "The record of the alert")),
    responses((status = 202, description = "Queued, or the issuer is asked", body = PassedOnBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn pass_on(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
    Body(body): Body<PassOnBody>,
) -> Result<(StatusCode, Json<PassedOnBody>), Problem> {
    bearer.enter(&state, Action::Exchange)?;
    let id = record_id(&id)?;
    let why = reason_of(body.why, "why")?;
    let caller = bearer.caller();
    let passed = state.app.pass_on(caller, id, &body.to, why).await?;
    Ok((StatusCode::ACCEPTED, Json(PassedOnBody::of(passed))))
}
