//! Traces: asked, followed, answered, passed on.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use egnatia_app::{Action, NewTrace, NewTraceAnswer};
use egnatia_firearms::{LateTrace, PartnerTimes};
use egnatia_record::AuthorityId;

use super::caller::{Bearer, record_id};
use super::firearm_bodies::{
    ClosingBody, ConsentBody, HopBody, LateTraceBody, NewAnswerBody, NewTraceBody, RecordedBody,
    ToBody, TraceAnswerBody, TraceBody, TraceLine, WantedPage,
};
use super::json::{Body, PageOf, ProblemBody, Query, limit_of};
use crate::problem::Problem;
use crate::{WebState, cursor};

/// Traces of this node's own, the newest first.
#[utoipa::path(
    get, path = "/api/v1/traces", tag = "firearms", params(WantedPage),
    responses((status = 200, description = "A page of traces", body = PageOf<TraceLine>), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn traces(
    State(state): State<WebState>,
    bearer: Bearer,
    Query(wanted): Query<WantedPage>,
) -> Result<Json<PageOf<TraceLine>>, Problem> {
    bearer.enter(&state, Action::ViewFirearms)?;
    let after = cursor::read(wanted.after.as_deref())?;
    let limit = limit_of(wanted.limit);
    let page = state.app.traces(bearer.caller(), after, limit).await?;
    let items = page.items.into_iter().map(|item| TraceLine {
        id: item.id,
        standing: item.standing.as_str(),
        trace: item.trace,
    });
    Ok(Json(PageOf {
        items: items.collect(),
        next: page.next.map(cursor::write),
    }))
}

/// Asks a country after a weapon.
#[utoipa::path(
    post, path = "/api/v1/traces", tag = "firearms", request_body = NewTraceBody,
    responses((status = 201, description = "Written", body = RecordedBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn start_trace(
    State(state): State<WebState>,
    bearer: Bearer,
    Body(body): Body<NewTraceBody>,
) -> Result<(StatusCode, Json<RecordedBody>), Problem> {
    bearer.enter(&state, Action::TraceFirearms)?;
    let new = NewTrace {
        weapon: body.weapon,
        firearm: body.firearm,
        recovered_in: body.recovered_in,
        recovered_on: body.recovered_on,
        offence: body.offence,
        urgent: body.urgency.map(|ground| (ground, body.urgency_reason)),
        circumstances: body.circumstances,
        intended_use: body.intended_use,
        question: body.question,
        to: body.to,
        may_pass_to: body.may_pass_to,
    };
    let id = state.app.start_trace(bearer.caller(), new).await?;
    Ok((StatusCode::CREATED, Json(RecordedBody { id })))
}

/// A trace with its chain.
#[utoipa::path(
    get, path = "/api/v1/traces/{id}", tag = "firearms", params(("id" = String, Path, description = "The record")),
    responses((status = 200, description = "The trace", body = TraceBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn trace(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
) -> Result<Json<TraceBody>, Problem> {
    bearer.enter(&state, Action::ViewFirearms)?;
    let id = record_id(&id)?;
    let view = state.app.view_trace(bearer.caller(), id).await?;
    let hops = view.hops.into_iter().map(|hop| {
        let answered = hop.state.answer();
        HopBody {
            authority: hop.authority,
            via: hop.via,
            depth: hop.depth,
            since: hop.since,
            due_at: hop.due_at,
            state: hop.state.as_str(),
            answer: answered.map(|(outcome, _)| outcome.clone()),
            answered_at: answered.map(|(_, at)| at),
        }
    });
    Ok(Json(TraceBody {
        envelope: view.envelope,
        trace: view.trace,
        is_own: view.is_own,
        standing: view.standing.as_str(),
        hops: hops.collect(),
        median_tenths_of_a_day: view.median_tenths,
    }))
}

/// Asks a further country.
#[utoipa::path(
    post, path = "/api/v1/traces/{id}/ask", tag = "firearms", params(("id" = String, Path, description = "The record")), request_body = ToBody,
    responses((status = 204, description = "Done"), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn ask_further(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
    Body(body): Body<ToBody>,
) -> Result<StatusCode, Problem> {
    bearer.enter(&state, Action::TraceFirearms)?;
    let (id, caller) = (record_id(&id)?, bearer.caller());
    state.app.ask_further(caller, id, &body.to).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Consents that a trace is passed on to a country.
#[utoipa::path(
    post, path = "/api/v1/traces/{id}/consent", tag = "firearms", params(("id" = String, Path, description = "The record")), request_body = ConsentBody,
    responses((status = 204, description = "Done"), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn consent(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
    Body(body): Body<ConsentBody>,
) -> Result<StatusCode, Problem> {
    bearer.enter(&state, Action::TraceFirearms)?;
    let (id, caller) = (record_id(&id)?, bearer.caller());
    state
        .app
        .consent_to_pass_on(caller, id, body.country)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Reminds everybody who is late with the answer.
#[utoipa::path(
    post, path = "/api/v1/traces/{id}/reminder", tag = "firearms", params(("id" = String, Path, description = "The record")),
    responses((status = 200, description = "Who was reminded", body = Vec<String>), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn remind(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
) -> Result<Json<Vec<AuthorityId>>, Problem> {
    bearer.enter(&state, Action::TraceFirearms)?;
    let (id, caller) = (record_id(&id)?, bearer.caller());
    Ok(Json(state.app.remind_late(caller, id).await?))
}

/// Closes a trace: whoever has it and has not answered need not any more.
#[utoipa::path(
    post, path = "/api/v1/traces/{id}/close", tag = "firearms", params(("id" = String, Path, description = "The record")), request_body = ClosingBody,
    responses((status = 204, description = "Done"), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn close(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
    Body(body): Body<ClosingBody>,
) -> Result<StatusCode, Problem> {
    bearer.enter(&state, Action::TraceFirearms)?;
    let (id, caller) = (record_id(&id)?, bearer.caller());
    state.app.close_trace(caller, id, body.why).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// How each partner answers, over all traces of this node.
#[utoipa::path(
    get, path = "/api/v1/traces/partners", tag = "firearms",
    responses((status = 200, description = "A row for each partner: authority, asked, answered, refused, no_record, answered_late, overdue, median_tenths_of_a_day", body = Vec<Object>), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn partners(
    State(state): State<WebState>,
    bearer: Bearer,
) -> Result<Json<Vec<PartnerTimes>>, Problem> {
    bearer.enter(&state, Action::ViewFirearms)?;
    Ok(Json(state.app.trace_partners(bearer.caller()).await?))
}

/// Traces of this node to which somebody is late, those first that were put to the supervisor.
#[utoipa::path(
    get, path = "/api/v1/traces/late", tag = "firearms",
    responses((status = 200, description = "At most 200 traces", body = Vec<LateTraceBody>), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn late(
    State(state): State<WebState>,
    bearer: Bearer,
) -> Result<Json<Vec<LateTraceBody>>, Problem> {
    bearer.enter(&state, Action::ViewFirearms)?;
    let late = state.app.late_traces(bearer.caller()).await?.into_iter();
    let bodies = late.map(|view| LateTraceBody {
        trace: view.trace,
        name: view.name,
        hops: view.hops,
        reminded_at: view.reminded_at,
        may_remind: view.may_remind,
    });
    Ok(Json(bodies.collect()))
}

/// Traces that were put to whoever supervises: who is late since when, and nothing of the weapon.
#[utoipa::path(
    get, path = "/api/v1/traces/escalated", tag = "audit",
    responses((status = 200, description = "At most 100: trace, and hops with authority, since, due_at, noted_at, escalated_at, ended_at", body = Vec<Object>), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn escalated(
    State(state): State<WebState>,
    bearer: Bearer,
) -> Result<Json<Vec<LateTrace>>, Problem> {
    bearer.enter(&state, Action::SearchAudit)?;
    Ok(Json(state.app.escalated_traces(bearer.caller()).await?))
}

/// Partners' traces, what is due first first; answered ones follow.
#[utoipa::path(
    get, path = "/api/v1/trace-answers", tag = "firearms", params(WantedPage),
    responses((status = 200, description = "A page of answers", body = PageOf<TraceAnswerBody>), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn trace_answers(
    State(state): State<WebState>,
    bearer: Bearer,
    Query(wanted): Query<WantedPage>,
) -> Result<Json<PageOf<TraceAnswerBody>>, Problem> {
    bearer.enter(&state, Action::ViewFirearms)?;
    let after = cursor::read_due(wanted.after.as_deref())?;
    let limit = limit_of(wanted.limit);
    let page = state
        .app
        .traces_to_answer(bearer.caller(), after, limit)
        .await?;
    let items = page.items.into_iter();
    let items = items.map(|(id, answer, trace)| TraceAnswerBody { id, answer, trace });
    Ok(Json(PageOf {
        items: items.collect(),
        next: page.next.map(cursor::write_due),
    }))
}

/// Answers a partner's trace.
#[utoipa::path(
    post, path = "/api/v1/trace-answers/{id}/answer", tag = "firearms", params(("id" = String, Path, description = "The record")), request_body = NewAnswerBody,
    responses((status = 204, description = "Done"), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn answer_trace(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
    Body(body): Body<NewAnswerBody>,
) -> Result<StatusCode, Problem> {
    bearer.enter(&state, Action::TraceFirearms)?;
    let (id, caller) = (record_id(&id)?, bearer.caller());
    let new = NewTraceAnswer {
        outcome: body.outcome,
        pass_to: body.pass_to,
    };
    state.app.answer_trace(caller, id, new).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Passes a trace on that was answered before the asker consented.
#[utoipa::path(
    post, path = "/api/v1/trace-answers/{id}/pass-on", tag = "firearms", params(("id" = String, Path, description = "The record")), request_body = ToBody,
    responses((status = 204, description = "Done"), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn pass_trace_on(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
    Body(body): Body<ToBody>,
) -> Result<StatusCode, Problem> {
    bearer.enter(&state, Action::TraceFirearms)?;
    let (id, caller) = (record_id(&id)?, bearer.caller());
    state.app.pass_trace_on(caller, id, &body.to).await?;
    Ok(StatusCode::NO_CONTENT)
}
