//! Questions between authorities, and reports of hits.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use egnatia_alerts::{HitReport, Inquiry};
use egnatia_app::{Action, AlertPurpose, Enveloped, NewQuestion};
use egnatia_protocol::{Decision, DeclineGround, Matter};
use egnatia_record::RecordId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::caller::{Bearer, record_id};
use super::hits::{PurposeWord, ReportBody};
use super::json::{Body, PageOf, Paging, ProblemBody, Query, limit_of};
use super::matches::reason_of;
use crate::problem::Problem;
use crate::{WebState, cursor};

/// A question.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InquiryBody {
    /// The record of the question.
    #[schema(value_type = String)]
    id: RecordId,
    /// With whom, about what, until when, and the answer.
    #[schema(value_type = Object)]
    inquiry: Inquiry,
}

/// A report of a hit.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HitReportBody {
    /// The record of the report.
    #[schema(value_type = String)]
    id: RecordId,
    /// Who found what, until when, and what was done.
    #[schema(value_type = Object)]
    hit_report: HitReport,
}

/// A question to whoever issued an alert.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct QuestionBody {
    /// The alert of a partner.
    #[schema(value_type = String)]
    about: RecordId,
    /// `supplementary-information`, `duplicate-question`, `flag` or `correction`. Passing an alert
    /// on asks its own question.
    #[schema(value_type = String, example = "supplementary-information")]
    matter: Matter,
    /// 3 to 2,000 characters that say something.
    text: String,
    /// Why it is urgent, where it is.
    urgent: Option<String>,
}

/// An answer to a partner's question.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AnswerBody {
    /// `granted`, `refused`, `same` or `different`; absent where words are enough.
    decision: Option<DecisionWord>,
    /// For a refusal: one of the grounds of Directive (EU) 2023/977 Art. 6(1).
    #[schema(value_type = Option<String>, example = "not-available")]
    ground: Option<DeclineGround>,
    /// 3 to 2,000 characters that say something.
    text: String,
}

/// What is decided on a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum DecisionWord {
    /// Yes.
    Granted,
    /// No.
    Refused,
    /// The same person or object.
    Same,
    /// Another one.
    Different,
}

/// A question was asked.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AskedBody {
    /// The record of the question.
    #[schema(value_type = String)]
    id: RecordId,
}

/// Questions, what is due first first.
#[utoipa::path(
    get, path = "/api/v1/inquiries", tag = "inquiries", params(Paging),
    responses((status = 200, description = "A page of questions", body = PageOf<InquiryBody>), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn list(
    State(state): State<WebState>,
    bearer: Bearer,
    Query(paging): Query<Paging>,
) -> Result<Json<PageOf<InquiryBody>>, Problem> {
    bearer.enter(&state, Action::ListAlerts)?;
    let after = cursor::read_due(paging.after.as_deref())?;
    let limit = limit_of(paging.limit);
    let page = state.app.inquiries(bearer.caller(), after, limit).await?;
    Ok(Json(PageOf {
        items: page.items.into_iter().map(inquiry).collect(),
        next: page.next.map(cursor::write_due),
    }))
}

/// Asks whoever issued an alert.
#[utoipa::path(
    post, path = "/api/v1/inquiries", tag = "inquiries", request_body = QuestionBody,
    responses((status = 201, description = "Asked", body = AskedBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn ask(
    State(state): State<WebState>,
    bearer: Bearer,
    Body(body): Body<QuestionBody>,
) -> Result<(StatusCode, Json<AskedBody>), Problem> {
    bearer.enter(&state, Action::Exchange)?;
    let question = NewQuestion {
        about: body.about,
        matter: body.matter,
        recipient: None,
        text: reason_of(body.text, "text")?,
        urgent: body.urgent,
    };
    let id = state.app.ask(bearer.caller(), question).await?;
    Ok((StatusCode::CREATED, Json(AskedBody { id })))
}

/// A question with its answer.
#[utoipa::path(
    get, path = "/api/v1/inquiries/{id}", tag = "inquiries",
    params(("id" = String, Path, description = "The record of the question")),
    responses((status = 200, description = "The question", body = InquiryBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn view(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
) -> Result<Json<InquiryBody>, Problem> {
    bearer.enter(&state, Action::ViewAlert)?;
    let id = record_id(&id)?;
    let view = state.app.view_inquiry(bearer.caller(), id).await?;
    Ok(Json(inquiry(view)))
}

/// Answers a partner's question.
#[utoipa::path(
    post, path = "/api/v1/inquiries/{id}/answer", tag = "inquiries", request_body = AnswerBody,
    params(("id" = String, Path, description = "The record of the question")),
    responses((status = 204, description = "Answered"), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn answer(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
    Body(body): Body<AnswerBody>,
) -> Result<StatusCode, Problem> {
    bearer.enter(&state, Action::Exchange)?;
    let id = record_id(&id)?;
    let text = reason_of(body.text, "text")?;
    let decision = match (body.decision, body.ground) {
        (None, None) => None,
        (Some(DecisionWord::Granted), None) => Some(Decision::Granted),
        (Some(DecisionWord::Same), None) => Some(Decision::Same),
        (Some(DecisionWord::Different), None) => Some(Decision::Different),
        (Some(DecisionWord::Refused), Some(ground)) => Some(Decision::Refused { ground }),
        _ => {
            let detail = "a refusal needs a ground, and nothing else has one";
            return Err(Problem::field("ground", "invalid", detail));
        }
    };
    let caller = bearer.caller();
    state.app.answer(caller, id, decision, &text).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Reports of hits on alerts of this authority, what is due first first.
#[utoipa::path(
    get, path = "/api/v1/hit-reports", tag = "hit-reports", params(Paging),
    responses((status = 200, description = "A page of reports", body = PageOf<HitReportBody>), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn hit_reports(
    State(state): State<WebState>,
    bearer: Bearer,
    Query(paging): Query<Paging>,
) -> Result<Json<PageOf<HitReportBody>>, Problem> {
    bearer.enter(&state, Action::ListAlerts)?;
    let after = cursor::read_due(paging.after.as_deref())?;
    let limit = limit_of(paging.limit);
    let page = state.app.hit_reports(bearer.caller(), after, limit).await?;
    Ok(Json(PageOf {
        items: page.items.into_iter().map(hit_report).collect(),
        next: page.next.map(cursor::write_due),
    }))
}

/// A report of a hit.
#[utoipa::path(
    get, path = "/api/v1/hit-reports/{id}", tag = "hit-reports",
    params(("id" = String, Path, description = "The record of the report")),
    responses((status = 200, description = "The report", body = HitReportBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn hit_report_one(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
) -> Result<Json<HitReportBody>, Problem> {
    bearer.enter(&state, Action::ViewAlert)?;
    let id = record_id(&id)?;
    let view = state.app.view_hit_report(bearer.caller(), id).await?;
    Ok(Json(hit_report(view)))
}

/// States what was done about a report of a hit.
#[utoipa::path(
    post, path = "/api/v1/hit-reports/{id}/follow-up", tag = "hit-reports", request_body = ReportBody,
    params(("id" = String, Path, description = "The record of the report")),
    responses((status = 204, description = "Followed up"), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn follow_up(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
    Body(body): Body<ReportBody>,
) -> Result<StatusCode, Problem> {
    bearer.enter(&state, Action::Exchange)?;
    let id = record_id(&id)?;
    let report = reason_of(body.report, "report")?;
    let caller = bearer.caller();
    let purpose = match body.purpose {
        PurposeWord::Achieved => AlertPurpose::Achieved,
        PurposeWord::Lasts => AlertPurpose::Lasts,
    };
    state
        .app
        .follow_up_report_with(caller, id, report, purpose)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

fn inquiry(item: Enveloped<Inquiry>) -> InquiryBody {
    InquiryBody {
        id: item.id,
        inquiry: item.body,
    }
}

fn hit_report(item: Enveloped<HitReport>) -> HitReportBody {
    HitReportBody {
        id: item.id,
        hit_report: item.body,
    }
}
