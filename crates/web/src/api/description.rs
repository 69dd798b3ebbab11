//! The description of the API.

use std::sync::OnceLock;

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::{
    accounts, alert_import, alerts, audit, checks, firearm_changes, firearm_import, firearm_label,
    firearm_photographs, firearms, hits, inquiries, lists, matches, partners, returns, sessions,
    stock, stock_counts, stock_disposals, stock_more, stock_plans, stock_readings, traces,
    transfers,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Egnatia",
        description = "Checks, matches, hits, alerts, questions, partners, lists and the log of one node. No answer without purpose and case; a match is not a hit."
    ),
    paths(
        sessions::open, sessions::close, sessions::justify,
        checks::check, checks::own, checks::view,
        matches::list, matches::view, matches::decide,
        hits::list, hits::view, hits::finish,
        alerts::list, alerts::preview, alert_import::import, alerts::enter, alerts::view, alerts::deliveries,
        alerts::correct, alerts::extend, alerts::flag, alerts::withdraw,
        alerts::restrict, alerts::lift, alerts::adopt, alerts::pass_on, alerts::achieved, alerts::keep, alerts::handling,
        transfers::justify, transfers::list,
        firearms::list, firearms::like, firearms::register, firearms::view, firearms::event,
        firearms::report, firearms::propose_destruction, firearms::sign_destruction,
        firearms::incidents, firearms::record_incident, firearms::incident_clusters,
        firearms::incident_series, firearms::incident_places,
        firearms::incident, traces::traces, traces::start_trace, traces::trace,
        traces::ask_further, traces::consent, traces::trace_answers,
        firearm_label::label, traces::remind, traces::close, traces::partners, traces::late, traces::escalated, returns::progress,
        traces::answer_trace, traces::pass_trace_on, returns::count_return, returns::returns,
        returns::one_return, returns::freeze_return, returns::record_proceedings,
        firearms::withdraw_destruction, firearm_changes::describe, firearm_changes::waiting, firearm_changes::propose_correction,
        firearm_changes::sign_correction, firearm_changes::withdraw_correction, firearm_import::import, firearm_import::columns,
        firearm_photographs::add, firearm_photographs::view,
        firearm_photographs::remove, firearm_import::views, firearm_import::keep_view, firearm_import::drop_view,
        stock::overview, stock::accounts, stock::ledger, stock::add_holder, stock::sites,
        stock::set_up_site, stock::store, stock::find_goods, stock::register_goods, stock::goods,
        stock::change_goods, stock::waiting, stock::enter_movement, stock::movement,
        stock::sign_movement, stock::void_movement, stock::reverse_movement, stock_counts::counts,
        stock_counts::begin_count, stock_counts::count, stock_counts::add_scans, stock_counts::finish_count,
        stock_counts::abandon_count, stock_counts::cases, stock_counts::case, stock_counts::recount, stock_counts::explain, stock_counts::lose,
        stock_more::take_over, stock_more::returns, stock_more::plan, stock_more::keep_plan, stock_more::close,
        stock_plans::count_plan, stock_plans::rules, stock_plans::set_rule, stock_plans::end_rule,
        stock_plans::commands, stock_plans::begin_command, stock_plans::command,
        stock_plans::sign_command, stock_plans::abandon_command, stock_plans::climate,
        stock_plans::set_limits, stock_plans::enter_readings, stock_readings::enter_table,
        stock_plans::settle_climate, stock_plans::inspect, stock_plans::missing,
        stock_disposals::disposals, stock_disposals::plan_disposal, stock_disposals::disposal,
        stock_disposals::carry_out, stock_disposals::abandon_disposal,
        inquiries::list, inquiries::ask, inquiries::view, inquiries::answer,
        inquiries::hit_reports, inquiries::hit_report_one, inquiries::follow_up,
        partners::list, partners::accept, partners::revoke, partners::deliveries,
        partners::own_card, partners::arrangements, partners::write, partners::rewrite,
        partners::end, partners::adopt,
        lists::list, lists::versions, lists::changes, lists::entry,
        audit::search, audit::entry, audit::proof, audit::verify, audit::witnesses,
        accounts::list, accounts::create, accounts::unlock, accounts::close, accounts::change_role, accounts::bind,
        accounts::reset,
    ),
    security(("bearer" = [])),
    modifiers(&Bearer)
)]
struct Description;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        openapi
            .components
            .get_or_insert_default()
            .add_security_scheme("bearer", SecurityScheme::Http(scheme));
    }
}

fn json() -> &'static str {
    static JSON: OnceLock<String> = OnceLock::new();
    JSON.get_or_init(|| Description::openapi().to_pretty_json().unwrap_or_default())
}

/// Serves the description. It is the same for everybody.
pub(crate) async fn serve() -> Response {
    let mut response = json().into_response();
    let kind = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}
