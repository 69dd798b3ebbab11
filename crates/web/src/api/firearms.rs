//! Firearms: the register, reports, incidents, returns.
//!
//! Weapons, events, incidents and answers stand in requests as they stand in records.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use egnatia_app::{Action, FirearmOrder, FirearmSearch, MissingReport, NewFirearm};
use egnatia_firearms::{Incident, MonthFigures, PlaceFigures};

use super::caller::{Bearer, record_id};
use super::firearm_bodies::{
    ClusterBody, EventBody, FirearmBody, FirearmLine, IncidentBody, LikeFirearmBody,
    LikeFirearmsBody, MissingBody, NewFirearmBody, ProposalBody, RecordedBody, SignatureBody,
    WantedFirearms, WantedPage,
};
use super::incident_queries::{IncidentHandling, WantedFigures};
use super::json::{Body, PageOf, ProblemBody, Query, limit_of};
use crate::problem::Problem;
use crate::{WebState, cursor};

/// Weapons of the register, the newest first.
#[utoipa::path(
    get, path = "/api/v1/firearms", tag = "firearms", params(WantedFirearms),
    responses((status = 200, description = "A page of weapons", body = PageOf<FirearmLine>), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn list(
    State(state): State<WebState>,
    bearer: Bearer,
    Query(wanted): Query<WantedFirearms>,
) -> Result<Json<PageOf<FirearmLine>>, Problem> {
    bearer.enter(&state, Action::ViewFirearms)?;
    let kept = match &wanted.view {
        Some(name) => state.app.firearm_view(bearer.caller(), name).await?,
        None => FirearmSearch::default(),
    };
    let search = FirearmSearch {
        text: wanted.text.unwrap_or(kept.text),
        make: wanted.make.unwrap_or(kept.make),
        calibre: wanted.calibre.unwrap_or(kept.calibre),
        kind: wanted.kind.unwrap_or(kept.kind),
        custody: wanted.custody.unwrap_or(kept.custody),
        model: wanted.model.unwrap_or(kept.model),
        category: wanted.category.unwrap_or(kept.category),
        year: wanted.year.unwrap_or(kept.year),
        order: match wanted.oldest_first {
            true => FirearmOrder::Oldest,
            false => kept.order,
        },
    };
    let after = cursor::read(wanted.after.as_deref())?;
    let (caller, limit) = (bearer.caller(), limit_of(wanted.limit));
    let page = state.app.firearms(caller, &search, after, limit).await?;
    Ok(Json(PageOf {
        items: page.items.into_iter().map(FirearmLine::of).collect(),
        next: page.next.map(cursor::write),
    }))
}

/// What agrees with a weapon, before it is registered. Nothing is stored.
#[utoipa::path(
    post, path = "/api/v1/firearms/like", tag = "firearms", request_body = LikeFirearmsBody,
    responses((status = 200, description = "What agrees", body = Vec<LikeFirearmBody>), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn like(
    State(state): State<WebState>,
    bearer: Bearer,
    Body(body): Body<LikeFirearmsBody>,
) -> Result<Json<Vec<LikeFirearmBody>>, Problem> {
    bearer.enter(&state, Action::KeepFirearms)?;
    let like = state
        .app
        .like_firearms(bearer.caller(), &body.particulars)
        .await?;
    let like = like.into_iter().map(|like| LikeFirearmBody {
        record: like.record,
        list: like.list,
        name: like.name,
        assessment: like.assessment,
    });
    Ok(Json(like.collect()))
}

/// Registers a weapon. What agrees with it and was not looked at refuses it as `duplicate`.
#[utoipa::path(
    post, path = "/api/v1/firearms", tag = "firearms", request_body = NewFirearmBody,
    responses((status = 201, description = "Written", body = RecordedBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn register(
    State(state): State<WebState>,
    bearer: Bearer,
    Body(body): Body<NewFirearmBody>,
) -> Result<(StatusCode, Json<RecordedBody>), Problem> {
    bearer.enter(&state, Action::KeepFirearms)?;
    let new = NewFirearm {
        particulars: body.particulars,
        reference: body.reference,
        first: body.first.map(|first| (first.event, first.on)),
        different_from: body.different_from,
    };
    let id = state.app.register_firearm(bearer.caller(), new).await?;
    Ok((StatusCode::CREATED, Json(RecordedBody { id })))
}

/// A weapon with its life.
#[utoipa::path(
    get, path = "/api/v1/firearms/{id}", tag = "firearms", params(("id" = String, Path, description = "The record")),
    responses((status = 200, description = "The weapon", body = FirearmBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn view(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
) -> Result<Json<FirearmBody>, Problem> {
    bearer.enter(&state, Action::ViewFirearms)?;
    let id = record_id(&id)?;
    let view = state.app.view_firearm(bearer.caller(), id).await?;
    Ok(Json(FirearmBody {
        envelope: view.envelope,
        firearm: view.firearm,
        custody: view.standing.custody,
        report_due_at: view.clock.map(|clock| clock.due_at),
        hints: view.hints,
        incidents: view.incidents,
    }))
}

/// Records what happened to a weapon.
#[utoipa::path(
    post, path = "/api/v1/firearms/{id}/events", tag = "firearms", params(("id" = String, Path, description = "The record")), request_body = EventBody,
    responses((status = 204, description = "Done"), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn event(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
    Body(body): Body<EventBody>,
) -> Result<StatusCode, Problem> {
    bearer.enter(&state, Action::KeepFirearms)?;
    let (id, caller) = (record_id(&id)?, bearer.caller());
    state
        .app
        .record_event(caller, id, body.event, body.on)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Reports a weapon lost or stolen: the alert on it is part of the same transaction.
#[utoipa::path(
    post, path = "/api/v1/firearms/{id}/report", tag = "firearms", params(("id" = String, Path, description = "The record")), request_body = MissingBody,
    responses((status = 201, description = "Reported; the record is the alert", body = RecordedBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn report(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
    Body(body): Body<MissingBody>,
) -> Result<(StatusCode, Json<RecordedBody>), Problem> {
    bearer.enter(&state, Action::KeepFirearms)?;
    let id = record_id(&id)?;
    let report = MissingReport {
        event: body.event,
        on: body.on,
        decision: body.decision,
        handling: body.handling,
    };
    let entered = state
        .app
        .report_missing(bearer.caller(), id, report)
        .await?;
    Ok((
        StatusCode::CREATED,
        Json(RecordedBody { id: entered.alert }),
    ))
}

/// Proposes that a weapon is destroyed.
#[utoipa::path(
    post, path = "/api/v1/firearms/{id}/destruction", tag = "firearms", params(("id" = String, Path, description = "The record")), request_body = ProposalBody,
    responses((status = 204, description = "Done"), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn propose_destruction(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
    Body(body): Body<ProposalBody>,
) -> Result<StatusCode, Problem> {
    bearer.enter(&state, Action::KeepFirearms)?;
    let (id, caller) = (record_id(&id)?, bearer.caller());
    let ProposalBody { method, evidence } = body;
    state
        .app
        .propose_destruction(caller, id, method, evidence)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Signs that a weapon was destroyed, as another officer.
#[utoipa::path(
    post, path = "/api/v1/firearms/{id}/destruction/signature", tag = "firearms", params(("id" = String, Path, description = "The record")), request_body = SignatureBody,
    responses((status = 204, description = "Done"), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn sign_destruction(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
    Body(body): Body<SignatureBody>,
) -> Result<StatusCode, Problem> {
    bearer.enter(&state, Action::KeepFirearms)?;
    let (id, caller) = (record_id(&id)?, bearer.caller());
    state.app.sign_destruction(caller, id, body.on).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Withdraws the proposal that a weapon is destroyed.
#[utoipa::path(
    delete, path = "/api/v1/firearms/{id}/destruction", tag = "firearms", params(("id" = String, Path, description = "The record")),
    responses((status = 204, description = "Done"), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn withdraw_destruction(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    bearer.enter(&state, Action::KeepFirearms)?;
    let (id, caller) = (record_id(&id)?, bearer.caller());
    state.app.withdraw_proposal(caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Incidents, the newest first.
#[utoipa::path(
    get, path = "/api/v1/incidents", tag = "firearms", params(WantedPage),
    responses((status = 200, description = "A page of incidents", body = PageOf<IncidentBody>), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn incidents(
    State(state): State<WebState>,
    bearer: Bearer,
    Query(wanted): Query<WantedPage>,
) -> Result<Json<PageOf<IncidentBody>>, Problem> {
    bearer.enter(&state, Action::ViewFirearms)?;
    let after = cursor::read(wanted.after.as_deref())?;
    let limit = limit_of(wanted.limit);
    let page = state.app.incidents(bearer.caller(), after, limit).await?;
    let items = page.items.into_iter().map(|item| IncidentBody {
        id: item.id,
        envelope: item.envelope,
        incident: item.incident,
    });
    Ok(Json(PageOf {
        items: items.collect(),
        next: page.next.map(cursor::write),
    }))
}

/// Records an incident, and what happened to its weapons.
#[utoipa::path(
    post, path = "/api/v1/incidents", tag = "firearms", params(IncidentHandling), request_body = Object,
    responses((status = 201, description = "Written", body = RecordedBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn record_incident(
    State(state): State<WebState>,
    bearer: Bearer,
    Query(handling): Query<IncidentHandling>,
    Body(body): Body<Incident>,
) -> Result<(StatusCode, Json<RecordedBody>), Problem> {
    bearer.enter(&state, Action::KeepFirearms)?;
    let (app, handling) = (&state.app, handling.read()?);
    let id = app.record_incident(bearer.caller(), body, handling).await?;
    Ok((StatusCode::CREATED, Json(RecordedBody { id })))
}

/// Incidents by month and kind.
#[utoipa::path(
    get, path = "/api/v1/incidents/series", tag = "firearms", params(WantedFigures),
    responses((status = 200, description = "A row for each month and kind: month, kind, incidents, weapons, parts, rounds", body = Vec<Object>), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn incident_series(
    State(state): State<WebState>,
    bearer: Bearer,
    Query(wanted): Query<WantedFigures>,
) -> Result<Json<Vec<MonthFigures>>, Problem> {
    bearer.enter(&state, Action::ViewFirearms)?;
    let filter = wanted.read()?;
    Ok(Json(
        state.app.incident_series(bearer.caller(), &filter).await?,
    ))
}

/// Incidents by place, each as exactly as its handling codes allow.
#[utoipa::path(
    get, path = "/api/v1/incidents/places", tag = "firearms", params(WantedFigures),
    responses((status = 200, description = "A row for each place: country, precision, position in thousandths of a degree or null, incidents, weapons, parts, rounds", body = Vec<Object>), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn incident_places(
    State(state): State<WebState>,
    bearer: Bearer,
    Query(wanted): Query<WantedFigures>,
) -> Result<Json<Vec<PlaceFigures>>, Problem> {
    bearer.enter(&state, Action::ViewFirearms)?;
    let filter = wanted.read()?;
    Ok(Json(
        state.app.incident_places(bearer.caller(), &filter).await?,
    ))
}

/// Which incidents have weapons, lots, numbers or routes in common.
#[utoipa::path(
    get, path = "/api/v1/incidents/clusters", tag = "firearms",
    responses((status = 200, description = "The clusters, the largest first", body = Vec<ClusterBody>), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn incident_clusters(
    State(state): State<WebState>,
    bearer: Bearer,
) -> Result<Json<Vec<ClusterBody>>, Problem> {
    bearer.enter(&state, Action::ViewFirearms)?;
    let found = state.app.incident_clusters(bearer.caller()).await?;
    let found = found.into_iter().map(|cluster| ClusterBody {
        by: cluster.by.to_string(),
        name: cluster.name,
        incidents: cluster.incidents.iter().map(|item| item.incident).collect(),
    });
    Ok(Json(found.collect()))
}

/// An incident.
#[utoipa::path(
    get, path = "/api/v1/incidents/{id}", tag = "firearms", params(("id" = String, Path, description = "The record")),
    responses((status = 200, description = "The incident", body = IncidentBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn incident(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
) -> Result<Json<IncidentBody>, Problem> {
    bearer.enter(&state, Action::ViewFirearms)?;
    let id = record_id(&id)?;
    let view = state.app.view_incident(bearer.caller(), id).await?;
    Ok(Json(IncidentBody {
        id,
        envelope: view.envelope,
        incident: view.incident,
    }))
}
