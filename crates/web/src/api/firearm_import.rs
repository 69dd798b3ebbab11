//! A register of firearms that exists elsewhere, over the API; and what is kept under a name.

use std::collections::BTreeMap;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use egnatia_alerts::Reason;
use egnatia_app::{
    Action, AppError, FirearmImporting, FirearmSearch, Preset, PresetArea, RowDecision, checksum,
};
use egnatia_firearms::WeaponKind;
use egnatia_formats::rows::firearms::{
    FirearmReading, FirearmTable, OtherColumns, stated_firearm_columns,
};
use egnatia_record::{RecordId, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::caller::Bearer;
use super::json::{Body, ProblemBody, Query};
use crate::WebState;
use crate::problem::{Finished, Problem, ProblemCode};

/// How a table of firearms is read, and what is done with it.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WantedImport {
    /// Check and count, and register nothing.
    #[serde(default)]
    pub dry_run: bool,
    /// The name under which its columns were kept.
    pub mapping: Option<String>,
    /// Which columns hold what, by number or heading: `serial=3,make=Marka`.
    pub columns: Option<String>,
    /// Whether the first row holds no headings but a weapon.
    #[serde(default)]
    pub no_headings: bool,
    /// The kind of weapon where a row states none.
    pub kind: Option<String>,
    /// Why all rows that agree with something are other weapons.
    pub like_are_different: Option<String>,
    /// Rows that were looked at and are other weapons, by commas.
    pub different: Option<String>,
    /// Rows that are the same as something known, and are left out, by commas.
    pub leave_out: Option<String>,
}

/// Brings in a register: the body is the table, CSV or Excel, one weapon a row. All of it or nothing.
#[utoipa::path(
    post, path = "/api/v1/firearms/import", tag = "firearms", params(WantedImport), request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, description = "Checked, and nothing registered", body = Object), (status = 201, description = "Registered", body = Object), (status = 422, description = "Rows are wrong, and nothing is registered: the same report, or a problem", body = Object), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn import(
    State(state): State<WebState>,
    bearer: Bearer,
    Query(wanted): Query<WantedImport>,
    bytes: Bytes,
) -> Result<Response, Problem> {
    bearer.enter(&state, Action::KeepFirearms)?;
    let (app, caller) = (&state.app, bearer.caller());
    let mut reading = match &wanted.mapping {
        Some(name) => app.firearm_mapping(caller, name).await?,
        None => FirearmReading {
            columns: Vec::new(),
            headings: !wanted.no_headings,
            others: OtherColumns::Recognise,
            kind: None,
        },
    };
    if let Some(columns) = &wanted.columns {
        let stated = stated_firearm_columns(columns);
        let stated =
            stated.map_err(|error| Problem::field("columns", "invalid", error.to_string()))?;
        // What is said now counts for a field, not what was kept.
        reading
            .columns
            .retain(|(field, _)| stated.iter().all(|(said, _)| said != field));
        reading.columns.extend(stated);
    }
    if let Some(kind) = &wanted.kind {
        let text = "there is no such kind of weapon";
        let kind =
            WeaponKind::parse(kind).ok_or_else(|| Problem::field("kind", "invalid", text))?;
        reading.kind = Some(kind);
    }
    let why = wanted
        .like_are_different
        .clone()
        .map(Reason::try_from)
        .transpose();
    let why =
        why.map_err(|error| Problem::field("like_are_different", "invalid", error.to_string()))?;
    let decisions = decisions(&wanted)?;
    let sum = checksum(&mut bytes.as_ref()).map_err(|_| Problem::new(ProblemCode::Internal))?;
    let table = tokio::task::spawn_blocking(move || FirearmTable::read(bytes.to_vec(), &reading));
    let table = table
        .await
        .map_err(|_| Problem::new(ProblemCode::Internal))?;
    let table = table.map_err(|error| Problem::field("file", "unreadable", error.to_string()))?;
    let importing = FirearmImporting {
        checksum: sum,
        like_are_different: why,
        decisions,
        dry_run: wanted.dry_run,
        progress: &|_, _| {},
    };
    let report = app.import_firearms(caller, &table, &importing).await?;
    let status = match (report.error_count, report.dry_run, report.registered) {
        (1.., ..) => StatusCode::UNPROCESSABLE_ENTITY,
        (0, false, 1..) => StatusCode::CREATED,
        _ => StatusCode::OK,
    };
    let mut response = (status, Json(report)).into_response();
    // What is wrong with the rows stands in the report.
    response.extensions_mut().insert(Finished);
    Ok(response)
}

fn decisions(wanted: &WantedImport) -> Result<BTreeMap<u64, RowDecision>, Problem> {
    let different = RowDecision::Different {
        distinguished_by: None,
    };
    let mut decisions = BTreeMap::new();
    for (field, text, decision) in [
        ("different", &wanted.different, different),
        ("leave_out", &wanted.leave_out, RowDecision::LeaveOut),
    ] {
        let rows = text.iter().flat_map(|text| text.split(','));
        for row in rows {
            let invalid = || Problem::field(field, "invalid", "name rows by their numbers");
            let row: u64 = row.trim().parse().map_err(|_| invalid())?;
            decisions.insert(row, decision.clone());
        }
    }
    Ok(decisions)
}

/// Something that is kept under a name.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PresetBody {
    /// The record.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// Its name.
    pub name: String,
    /// What it says: of a view, its filter as in an address; of columns, JSON.
    pub text: String,
    /// Who wrote it last.
    #[schema(value_type = String)]
    pub by: UserId,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

impl PresetBody {
    fn all(kept: Vec<Preset>) -> Json<Vec<Self>> {
        let kept = kept.into_iter().map(|preset| Self {
            id: preset.id,
            name: preset.name,
            text: preset.text,
            by: preset.by,
            at: preset.at,
        });
        Json(kept.collect())
    }
}

/// A filter of the register.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ViewBody {
    /// The filter as it stands in an address: `make=Zastava&custody=held`.
    pub filter: String,
}

/// How columns are read that somebody kept, by name.
#[utoipa::path(
    get, path = "/api/v1/firearms/columns", tag = "firearms",
    responses((status = 200, description = "What is kept", body = Vec<PresetBody>), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn columns(
    State(state): State<WebState>,
    bearer: Bearer,
) -> Result<Json<Vec<PresetBody>>, Problem> {
    bearer.enter(&state, Action::KeepFirearms)?;
    let area = PresetArea::FirearmColumns;
    Ok(PresetBody::all(
        state.app.presets(bearer.caller(), area).await?,
    ))
}

/// One's own views of the register, by name.
#[utoipa::path(
    get, path = "/api/v1/firearms/views", tag = "firearms",
    responses((status = 200, description = "What is kept", body = Vec<PresetBody>), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn views(
    State(state): State<WebState>,
    bearer: Bearer,
) -> Result<Json<Vec<PresetBody>>, Problem> {
    bearer.enter(&state, Action::ViewFirearms)?;
    let area = PresetArea::FirearmsView;
    Ok(PresetBody::all(
        state.app.presets(bearer.caller(), area).await?,
    ))
}

/// Keeps a view of the register under a name, in place of what was kept under it.
#[utoipa::path(
    put, path = "/api/v1/firearms/views/{name}", tag = "firearms", params(("name" = String, Path, description = "The name")), request_body = ViewBody,
    responses((status = 204, description = "Kept"), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn keep_view(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(name): Path<String>,
    Body(body): Body<ViewBody>,
) -> Result<StatusCode, Problem> {
    bearer.enter(&state, Action::ViewFirearms)?;
    let (app, caller) = (&state.app, bearer.caller());
    let search = FirearmSearch::of_filter(&body.filter).map_err(AppError::from)?;
    app.keep_firearm_view(caller, &name, &search).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Forgets a view of the register.
#[utoipa::path(
    delete, path = "/api/v1/firearms/views/{name}", tag = "firearms", params(("name" = String, Path, description = "The name")),
    responses((status = 204, description = "Forgotten"), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn drop_view(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(name): Path<String>,
) -> Result<StatusCode, Problem> {
    bearer.enter(&state, Action::ViewFirearms)?;
    let area = PresetArea::FirearmsView;
    state.app.drop_preset(bearer.caller(), area, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}
