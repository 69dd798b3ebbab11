//! The HTTP API under `/api/v1`, described by OpenAPI at `/api/v1/openapi.json`.
//!
//! Requests carry a bearer token from `POST /sessions`. Errors are `application/problem+json`;
//! unknown fields are errors; lists are paged by a cursor.

mod accounts;
mod alert_bodies;
mod alert_import;
mod alerts;
mod audit;
mod caller;
mod checks;
mod description;
mod firearm_bodies;
mod firearm_changes;
mod firearm_import;
mod firearm_label;
mod firearm_photographs;
mod firearms;
mod hits;
mod incident_queries;
mod inquiries;
mod json;
mod lists;
mod matches;
mod partners;
mod returns;
mod sessions;
mod stock;
mod stock_bodies;
mod stock_count_bodies;
mod stock_counts;
mod stock_disposals;
mod stock_more;
mod stock_plans;
mod stock_readings;
mod traces;
mod transfers;

use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::from_fn;
use axum::routing::{delete, get, post, put};
use egnatia_formats::photographs::PHOTOGRAPH_BYTES_MAX;
use egnatia_formats::readings::READINGS_BYTES_MAX;
use tower_http::timeout::TimeoutLayer;

use crate::WebState;
use crate::problem::{Problem, ProblemCode};
use crate::tables::{FIREARM_TABLE_BYTES_MAX, TABLE_BYTES_MAX};

/// The longest body, in bytes.
const BODY_BYTES_MAX: usize = 64 * 1024;
/// The same with a table in it, as base64.
const TABLE_BODY_BYTES_MAX: usize = BODY_BYTES_MAX + TABLE_BYTES_MAX.div_ceil(3) * 4;

/// The longest that an answer may take; a verification reads the whole log.
const ANSWER_MAX: Duration = Duration::from_secs(30);
const VERIFICATION_MAX: Duration = Duration::from_secs(600);

/// The most items of a page, and how many there are where the request does not say.
const PAGE_MAX: u32 = 100;
const PAGE_DEFAULT: u32 = 50;

pub(crate) fn router() -> Router<WebState> {
    let within = |longest| TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, longest);
    let verification = Router::new()
        .route("/audit/verification", post(audit::verify))
        .route(
            "/firearms/import",
            post(firearm_import::import).layer(DefaultBodyLimit::max(FIREARM_TABLE_BYTES_MAX)),
        )
        .layer(within(VERIFICATION_MAX));
    Router::new()
        .route("/openapi.json", get(description::serve))
        .route(
            "/sessions",
            post(sessions::open).merge(delete(sessions::close)),
        )
        .route("/sessions/justification", put(sessions::justify))
        .route("/checks", post(checks::check).merge(get(checks::own)))
        .route("/checks/{id}", get(checks::view))
        .route("/matches", get(matches::list))
        .route("/matches/{id}", get(matches::view))
        .route("/matches/{id}/decision", post(matches::decide))
        .route("/hits", get(hits::list))
        .route("/hits/{id}", get(hits::view))
        .route("/hits/{id}/follow-up", post(hits::finish))
        .route("/alerts", get(alerts::list).merge(post(alerts::enter)))
        .route("/alerts/preview", post(alerts::preview))
        .route(
            "/alerts/import",
            post(alert_import::import).layer(DefaultBodyLimit::max(TABLE_BODY_BYTES_MAX)),
        )
        .merge(firearms_router())
        .merge(stock_router())
        .route("/alerts/{id}", get(alerts::view))
        .route("/alerts/{id}/deliveries", get(alerts::deliveries))
        .route("/alerts/{id}/correct", post(alerts::correct))
        .route("/alerts/{id}/extend", post(alerts::extend))
        .route("/alerts/{id}/flag", post(alerts::flag))
        .route("/alerts/{id}/withdraw", post(alerts::withdraw))
        .route("/alerts/{id}/restrict", post(alerts::restrict))
        .route("/alerts/{id}/lift", post(alerts::lift))
        .route("/alerts/{id}/adopt", post(alerts::adopt))
        .route("/alerts/{id}/handling", post(alerts::handling))
        .route("/alerts/{id}/achieved", post(alerts::achieved))
        .route("/alerts/{id}/keep", post(alerts::keep))
        .route("/alerts/{id}/justify", post(transfers::justify))
        .route("/transfers", get(transfers::list))
        .route("/alerts/{id}/pass-on", post(alerts::pass_on))
        .route(
            "/inquiries",
            get(inquiries::list).merge(post(inquiries::ask)),
        )
        .route("/inquiries/{id}", get(inquiries::view))
        .route("/inquiries/{id}/answer", post(inquiries::answer))
        .route("/hit-reports", get(inquiries::hit_reports))
        .route("/hit-reports/{id}", get(inquiries::hit_report_one))
        .route("/hit-reports/{id}/follow-up", post(inquiries::follow_up))
        .route(
            "/partners",
            get(partners::list).merge(post(partners::accept)),
        )
        .route("/partners/{authority}/revoke", post(partners::revoke))
        .route(
            "/partners/{authority}/deliveries",
            get(partners::deliveries),
        )
        .route("/own-card", get(partners::own_card))
        .route(
            "/arrangements",
            get(partners::arrangements).merge(post(partners::write)),
        )
        .route("/arrangements/adopt", post(partners::adopt))
        .route("/arrangements/{id}", put(partners::rewrite))
        .route("/arrangements/{id}/end", post(partners::end))
        .route("/lists", get(lists::list))
        .route("/lists/{list}/versions", get(lists::versions))
        .route(
            "/lists/{list}/versions/{version}/changes",
            get(lists::changes),
        )
        .route("/entries/{id}", get(lists::entry))
        .route("/audit/entries", get(audit::search))
        .route("/audit/entries/{sequence}", get(audit::entry))
        .route("/audit/entries/{sequence}/proof", get(audit::proof))
        .route("/audit/witnesses", get(audit::witnesses))
        .route(
            "/accounts",
            get(accounts::list).merge(post(accounts::create)),
        )
        .route("/accounts/{login}/unlock", post(accounts::unlock))
        .route("/accounts/{login}/close", post(accounts::close))
        .route("/accounts/{login}/role", post(accounts::change_role))
        .route("/accounts/{login}/os-user", put(accounts::bind))
        .route("/accounts/{login}/password", post(accounts::reset))
        .layer(within(ANSWER_MAX))
        .merge(verification)
        .fallback(|| async { Problem::new(ProblemCode::NotFound) })
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(from_fn(json::problems))
}

fn firearms_router() -> Router<WebState> {
    Router::new()
        .route(
            "/firearms",
            get(firearms::list).merge(post(firearms::register)),
        )
        .route("/firearms/like", post(firearms::like))
        .route("/firearms/waiting", get(firearm_changes::waiting))
        .route("/firearms/columns", get(firearm_import::columns))
        .route("/firearms/views", get(firearm_import::views))
        .route(
            "/firearms/views/{name}",
            put(firearm_import::keep_view).merge(delete(firearm_import::drop_view)),
        )
        .route(
            "/firearms/{id}",
            get(firearms::view).merge(put(firearm_changes::describe)),
        )
        .route(
            "/firearms/{id}/photographs",
            post(firearm_photographs::add).layer(DefaultBodyLimit::max(PHOTOGRAPH_BYTES_MAX)),
        )
        .route(
            "/firearms/{id}/photographs/{photograph}",
            get(firearm_photographs::view).merge(delete(firearm_photographs::remove)),
        )
        .route("/firearms/{id}/events", post(firearms::event))
        .route("/firearms/{id}/report", post(firearms::report))
        .route(
            "/firearms/{id}/destruction",
            post(firearms::propose_destruction).merge(delete(firearms::withdraw_destruction)),
        )
        .route(
            "/firearms/{id}/destruction/signature",
            post(firearms::sign_destruction),
        )
        .route(
            "/firearms/{id}/correction",
            post(firearm_changes::propose_correction)
                .merge(delete(firearm_changes::withdraw_correction)),
        )
        .route(
            "/firearms/{id}/correction/signature",
            post(firearm_changes::sign_correction),
        )
        .route(
            "/incidents",
            get(firearms::incidents).merge(post(firearms::record_incident)),
        )
        .route("/incidents/clusters", get(firearms::incident_clusters))
        .route("/incidents/series", get(firearms::incident_series))
        .route("/incidents/places", get(firearms::incident_places))
        .route("/incidents/{id}", get(firearms::incident))
        .route(
            "/incidents/{id}/proceedings",
            put(returns::record_proceedings),
        )
        .route(
            "/traces",
            get(traces::traces).merge(post(traces::start_trace)),
        )
        .route("/traces/{id}", get(traces::trace))
        .route("/firearms/{id}/label", get(firearm_label::label))
        .route("/traces/{id}/ask", post(traces::ask_further))
        .route("/traces/{id}/consent", post(traces::consent))
        .route("/trace-answers", get(traces::trace_answers))
        .route("/trace-answers/{id}/answer", post(traces::answer_trace))
        .route("/trace-answers/{id}/pass-on", post(traces::pass_trace_on))
        .route(
            "/returns",
            get(returns::returns).merge(post(returns::freeze_return)),
        )
        .route("/returns/count", get(returns::count_return))
        .route("/returns/progress", get(returns::progress))
        .route("/traces/partners", get(traces::partners))
        .route("/traces/late", get(traces::late))
        .route("/traces/escalated", get(traces::escalated))
        .route("/traces/{id}/reminder", post(traces::remind))
        .route("/traces/{id}/close", post(traces::close))
        .route("/returns/{id}", get(returns::one_return))
}

fn stock_plans_router() -> Router<WebState> {
    Router::new()
        .route("/stock/count-plan", get(stock_plans::count_plan))
        .route(
            "/stock/count-rules",
            get(stock_plans::rules).merge(post(stock_plans::set_rule)),
        )
        .route("/stock/count-rules/{id}/end", post(stock_plans::end_rule))
        .route(
            "/stock/commands",
            get(stock_plans::commands).merge(post(stock_plans::begin_command)),
        )
        .route("/stock/commands/{id}", get(stock_plans::command))
        .route(
            "/stock/commands/{id}/signature",
            post(stock_plans::sign_command),
        )
        .route(
            "/stock/commands/{id}/abandon",
            post(stock_plans::abandon_command),
        )
        .route(
            "/stock/stores/{id}/climate",
            get(stock_plans::climate).merge(put(stock_plans::set_limits)),
        )
        .route(
            "/stock/stores/{id}/climate/settlement",
            post(stock_plans::settle_climate),
        )
        .route(
            "/stock/stores/{id}/readings",
            post(stock_plans::enter_readings),
        )
        .route(
            "/stock/stores/{id}/readings/table",
            post(stock_readings::enter_table).layer(DefaultBodyLimit::max(READINGS_BYTES_MAX)),
        )
        .route("/stock/goods/{id}/inspections", post(stock_plans::inspect))
        .route("/stock/goods/{id}/missing", post(stock_plans::missing))
        .route(
            "/stock/disposals",
            get(stock_disposals::disposals).merge(post(stock_disposals::plan_disposal)),
        )
        .route("/stock/disposals/{id}", get(stock_disposals::disposal))
        .route(
            "/stock/disposals/{id}/movements",
            post(stock_disposals::carry_out),
        )
        .route(
            "/stock/disposals/{id}/abandon",
            post(stock_disposals::abandon_disposal),
        )
}

fn stock_router() -> Router<WebState> {
    Router::new()
        .route("/stock/overview", get(stock::overview))
        .route("/stock/accounts", get(stock::accounts))
        .route("/stock/accounts/{id}/postings", get(stock::ledger))
        .route("/stock/holders", post(stock::add_holder))
        .route(
            "/stock/sites",
            get(stock::sites).merge(post(stock::set_up_site)),
        )
        .route(
            "/stock/sites/{id}/plan",
            get(stock_more::plan).merge(put(stock_more::keep_plan)),
        )
        .route("/stock/ledgers", post(stock_more::take_over))
        .route("/stock/closings", post(stock_more::close))
        .route("/stock/returns", get(stock_more::returns))
        .route("/stock/stores/{id}", get(stock::store))
        .route(
            "/stock/goods",
            get(stock::find_goods).merge(post(stock::register_goods)),
        )
        .route(
            "/stock/goods/{id}",
            get(stock::goods).merge(put(stock::change_goods)),
        )
        .route(
            "/stock/movements",
            get(stock::waiting).merge(post(stock::enter_movement)),
        )
        .route("/stock/movements/{id}", get(stock::movement))
        .route(
            "/stock/movements/{id}/signature",
            post(stock::sign_movement),
        )
        .route("/stock/movements/{id}/void", post(stock::void_movement))
        .route(
            "/stock/movements/{id}/reversal",
            post(stock::reverse_movement),
        )
        .route(
            "/stock/counts",
            get(stock_counts::counts).merge(post(stock_counts::begin_count)),
        )
        .route("/stock/counts/{id}", get(stock_counts::count))
        .route("/stock/counts/{id}/scans", post(stock_counts::add_scans))
        .route(
            "/stock/counts/{id}/finish",
            post(stock_counts::finish_count),
        )
        .route(
            "/stock/counts/{id}/abandon",
            post(stock_counts::abandon_count),
        )
        .merge(stock_plans_router())
        .route("/stock/cases", get(stock_counts::cases))
        .route("/stock/cases/{id}", get(stock_counts::case))
        .route("/stock/cases/{id}/recount", post(stock_counts::recount))
        .route("/stock/cases/{id}/explanation", post(stock_counts::explain))
        .route("/stock/cases/{id}/loss", post(stock_counts::lose))
}
