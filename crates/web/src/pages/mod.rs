//! The pages, one file an area: the view models of its templates, and the handlers.

pub mod alert;
mod alert_acts;
mod alert_correction;
pub mod alert_entry;
mod alert_facts;
mod alert_filled;
pub mod alert_form;
mod alert_handling;
pub mod alert_import;
mod alert_import_report;
mod alert_terms;
mod alert_transfer;
pub mod alerts;
pub mod arrangements;
pub mod arrivals;
pub mod audit;
mod audit_words;
pub mod check;
mod checking;
mod count_plans;
mod counting;
mod disposal_new;
mod entry_fields;
pub mod firearm;
mod firearm_describe;
mod firearm_event;
mod firearm_events;
mod firearm_fields;
pub mod firearm_import;
pub mod firearm_import_page;
mod firearm_label;
pub(crate) use firearm_label::label_codes;
mod firearm_new;
mod firearm_photographs;
mod firearm_report;
pub mod firearm_sections;
pub mod firearms;
pub mod hit_reports;
pub mod hits;
mod import_report;
pub mod inbox;
pub mod incident_figures;
mod incident_new;
mod incident_proceedings;
pub mod incidents;
mod incoming;
pub mod inquiries;
mod late_traces;
mod list_changes;
mod list_import;
pub mod lists;
pub mod matches;
pub mod partner_card;
pub mod partners;
pub mod problem;
mod progress;
mod reading;
pub mod region;
mod return_rows;
pub mod returns;
mod screening_flow;
pub mod screenings;
pub mod session;
mod site_plans;
pub mod stock;
mod stock_cases;
mod stock_commands;
mod stock_disposals;
mod stock_entry;
mod stock_goods;
mod stock_goods_acts;
mod stock_goods_form;
mod stock_import;
mod stock_labels;
mod stock_movements;
mod stock_returns;
mod stock_setup;
mod stock_words;
mod stocktake_result;
mod stocktakes;
mod store_climates;
mod store_readings;
mod stores;
mod subjects;
mod taken_table;
mod terms;
mod trace_answers;
mod trace_new;
pub mod traces;
pub mod transfers;
pub mod users;
pub mod witnesses;

pub(crate) use alert_facts::is_covert;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use egnatia_record::RecordId;

use partner_card::CARD_FORM_BYTES_MAX;

use crate::WebState;
use crate::problem::{Problem, ProblemCode};
use crate::screens::FILE_BYTES_MAX;
use egnatia_formats::photographs::PHOTOGRAPH_BYTES_MAX;

use crate::tables::{FIREARM_TABLE_BYTES_MAX, TABLE_BYTES_MAX};
use crate::visit::FORM_BYTES_MAX;

/// The record that a path names.
fn record_id(text: &str) -> Result<RecordId, Problem> {
    text.parse()
        .map_err(|_| Problem::new(ProblemCode::NotFound))
}

/// The pages.
pub(crate) fn router(upload_bytes_max: usize) -> Router<WebState> {
    let import = post(list_import::import).layer(DefaultBodyLimit::max(upload_bytes_max));
    let file = post(screening_flow::take_file).layer(DefaultBodyLimit::max(
        FILE_BYTES_MAX.saturating_add(FORM_BYTES_MAX),
    ));
    let alerts_file = post(alert_import::take_file).layer(DefaultBodyLimit::max(
        TABLE_BYTES_MAX.saturating_add(FORM_BYTES_MAX),
    ));
    let ledger_file = post(stock_import::take_file).layer(DefaultBodyLimit::max(TABLE_BYTES_MAX));
    let with_card = DefaultBodyLimit::max(CARD_FORM_BYTES_MAX);
    let card = post(partner_card::read).layer(with_card);
    let confirmed = post(partner_card::confirm).layer(with_card);
    Router::new()
        .route("/", get(session::start))
        .route(
            "/sign-in",
            get(session::sign_in_form).post(session::sign_in),
        )
        .route("/sign-out", post(session::sign_out))
        .route(
            "/justification",
            get(session::justification_form).post(session::justify),
        )
        .route(
            "/password",
            get(session::password_form).post(session::change_password),
        )
        .route("/check", get(checking::form).post(checking::check))
        .route("/check/reading", post(reading::read))
        .route("/checks/{id}", get(checking::answer))
        .route(
            "/screenings",
            get(screening_flow::show_own).post(screening_flow::start),
        )
        .route("/screenings/file", file)
        .route("/screenings/new", get(screening_flow::show_new))
        .route("/screenings/{id}", get(screening_flow::show_one))
        .route("/screenings/{id}/{file}", get(screening_flow::download))
        .route("/matches/{id}", get(matches::show_match))
        .route("/matches/{id}/decision", post(matches::decide))
        .route("/inbox", get(inbox::show_inbox))
        .route("/inbox.csv", get(inbox::export))
        .route("/arrivals", get(arrivals::show_arrivals))
        .route("/events", get(arrivals::follow))
        .route("/inquiries", get(inquiries::show_inquiries))
        .route("/inquiries/{id}", get(inquiries::show_inquiry))
        .route("/inquiries/{id}/answer", post(inquiries::answer))
        .route("/hit-reports", get(hit_reports::show_hit_reports))
        .route("/hit-reports/{id}", get(hit_reports::show_hit_report))
        .route("/hit-reports/{id}/follow-up", post(hit_reports::follow_up))
        .route("/hits.csv", get(hits::export))
        .route("/audit.csv", get(audit::export))
        .route("/hits", get(hits::show_hits))
        .route("/hits/{id}", get(hits::show_hit))
        .route("/hits/{id}/follow-up", post(hits::finish))
        .route("/alerts", get(alerts::show_alerts).post(alert_entry::enter))
        .route(
            "/alerts/import",
            get(alert_import::show_form).post(alert_import::import),
        )
        .route("/alerts/import/file", alerts_file)
        .route("/stock-import/file", ledger_file)
        .route("/alerts/import/new", get(alert_import::show_new))
        .route("/alerts/new", get(alert_entry::show_categories))
        .route(
            "/alerts/new/{category}/{about}",
            get(alert_entry::show_form),
        )
        .route("/alerts/preview", post(alert_entry::preview))
        .route("/alerts/{id}", get(alert::show_alert))
        .route(
            "/alerts/{id}/correction",
            get(alert_correction::show_correction).post(alert_correction::correct),
        )
        .route(
            "/alerts/{id}/handling",
            get(alert_handling::show_handling).post(alert_handling::correct),
        )
        .route("/alerts/{id}/{act}", post(alert_acts::act))
        .merge(firearms_router())
        .merge(stock_router())
        .route("/lists", get(lists::show_lists))
        .route("/lists/import", get(list_import::form).merge(import))
        .route("/lists/import/confirm", post(list_import::confirm))
        .route("/lists/{list}", get(lists::show_versions))
        .route(
            "/lists/{list}/versions/{version}",
            get(list_changes::show_changes),
        )
        .route("/entries/{id}", get(lists::show_entry))
        .route("/partners", get(partners::show_partners))
        .route(
            "/partners/accept",
            get(partner_card::show_accept).merge(card),
        )
        .route("/partners/confirm", confirmed)
        .route("/partners/{authority}", get(partners::show_partner))
        .route("/partners/{authority}/revoke", post(partners::revoke))
        .route("/own-card", get(partner_card::show_own))
        .route("/own-card.json", get(partner_card::download))
        .route("/region", get(region::show_region))
        .route(
            "/arrangements",
            get(arrangements::show_arrangements).post(arrangements::create),
        )
        .route("/arrangements/adopt", post(arrangements::adopt))
        .route("/arrangements/new", get(arrangements::show_new))
        .route(
            "/arrangements/{id}",
            get(arrangements::show_one).post(arrangements::change),
        )
        .route("/arrangements/{id}/end", post(arrangements::end))
        .route("/audit", get(audit::search))
        .route("/audit/verification", post(audit::verify))
        .route("/audit/{sequence}", get(audit::show_entry))
        .route("/audit/{sequence}/proof", get(audit::proof))
        .route("/transfers", get(transfers::show_transfers))
        .route("/users", get(users::show_users).post(users::create))
        .route("/users/{login}", get(users::show_user))
        .route("/users/{login}/{act}", post(users::act))
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
}

/// The pages about firearms.
fn firearms_router() -> Router<WebState> {
    let photograph = post(firearm_photographs::add).layer(DefaultBodyLimit::max(
        PHOTOGRAPH_BYTES_MAX.saturating_add(FORM_BYTES_MAX),
    ));
    let file = post(firearm_import::take_file).layer(DefaultBodyLimit::max(
        FIREARM_TABLE_BYTES_MAX.saturating_add(FORM_BYTES_MAX),
    ));
    Router::new()
        .route(
            "/firearms/import",
            get(firearm_import::show_form).post(firearm_import::import),
        )
        .route("/firearms/import/file", file)
        .route("/firearms/import/new", get(firearm_import::show_new))
        .route(
            "/firearms",
            get(firearms::show_firearms).post(firearm_new::register),
        )
        .route("/firearms.csv", get(firearms::export_firearms))
        .route("/firearms/labels", get(firearm_label::show_sheet))
        .route("/firearms/search", post(firearms::search))
        .route("/firearms/views", post(firearms::keep_view))
        .route("/firearms/new", get(firearm_new::show_new))
        .route("/firearms/waiting", get(firearms::show_waiting))
        .route("/firearms/{id}", get(firearm::show_firearm))
        .route(
            "/firearms/{id}/report",
            get(firearm_report::show_report).post(firearm_report::report),
        )
        .route(
            "/firearms/{id}/events/{kind}",
            get(firearm_event::show_event).post(firearm_event::record),
        )
        .route("/firearms/{id}/photographs", photograph)
        .route(
            "/firearms/{id}/photographs/{photograph}/{file}",
            get(firearm_photographs::show_photograph).post(firearm_photographs::remove),
        )
        .route(
            "/firearms/{id}/description",
            get(firearm_describe::show_description).merge(post(firearm_describe::describe)),
        )
        .route("/firearms/{id}/label", get(firearm_label::show_label))
        .route("/firearms/{id}/{act}", post(firearm::act))
        .route(
            "/incidents",
            get(incidents::show_incidents).post(incident_new::record),
        )
        .route("/incidents/new", get(incident_new::show_new))
        .route("/incidents/figures", get(incident_figures::show_figures))
        .route(
            "/incidents/places.csv",
            get(incident_figures::export_places),
        )
        .route(
            "/incidents/series.csv",
            get(incident_figures::export_series),
        )
        .route("/incidents/{id}", get(incidents::show_incident))
        .route(
            "/incidents/{id}/proceedings",
            post(incident_proceedings::record),
        )
        .route("/traces", get(traces::show_traces).post(trace_new::start))
        .route("/traces/new", get(trace_new::show_new))
        .route("/traces/partners", get(progress::show_partners))
        .route("/returns/progress", get(progress::show_progress))
        .route("/returns/progress.csv", get(progress::download))
        .route("/traces/{id}", get(traces::show_trace))
        .route("/traces/{id}/{act}", post(traces::act))
        .route("/trace-answers/{id}", get(trace_answers::show_answer))
        .route("/trace-answers/{id}/{act}", post(trace_answers::act))
        .route("/returns", get(returns::show_returns).post(returns::freeze))
        .route(
            "/returns/count",
            get(returns::show_count).post(returns::count),
        )
        .route("/returns/{id}", get(returns::show_return))
        .route("/returns/{id}/{file}", get(returns::download))
}

/// The pages about the stockpile.
fn stock_router() -> Router<WebState> {
    Router::new()
        .route("/stores", get(stock::show_overview))
        .route("/stores/{id}", get(stores::show_store))
        .route("/stock-accounts/{id}", get(stores::show_ledger))
        .route(
            "/stock-goods",
            get(stock_goods::search).post(stock_goods::register),
        )
        .route("/stock-goods/new", get(stock_goods::show_new))
        .route("/stock-goods/{id}", get(stock_goods::show_one))
        .route("/stock-goods/{id}/change", post(stock_goods::change))
        .route(
            "/stock-holders/new",
            get(stores::show_new_holder).post(stores::add_holder),
        )
        .route("/stock-movements", get(stock_movements::show_waiting))
        .route(
            "/stock-movements/new",
            get(stock_entry::show_new).post(stock_entry::take),
        )
        .route("/stock-movements/{id}", get(stock_movements::show_one))
        .route("/stock-movements/{id}/{act}", post(stock_movements::act))
        .route(
            "/stocktakes",
            get(stocktakes::show_all).post(stocktakes::begin),
        )
        .route("/count/", get(counting::start))
        .route("/count/worker.js", get(counting::worker))
        .route("/count/manifest.webmanifest", get(counting::manifest))
        .route("/count/{id}", get(counting::show_one))
        .route("/count/{id}/state", get(counting::state))
        .route("/count/{id}/scans", post(counting::take))
        .route("/stocktakes/new", get(stocktakes::show_new))
        .route("/stocktakes/{id}", get(stocktakes::show_one))
        .route("/stocktakes/{id}/{act}", post(stocktakes::act))
        .route(
            "/stock-sites/{id}/plan",
            get(site_plans::show_plan).post(site_plans::draw_plan),
        )
        .route("/stock-sites/{id}/plan/file", post(site_plans::import_plan))
        .route(
            "/stock-import",
            get(stock_import::show_form).post(stock_import::import),
        )
        .route("/stock-import/new", get(stock_import::show_new))
        .route("/stores/{id}/labels", get(stock_labels::of_store))
        .route("/stock-goods/{id}/label", get(stock_labels::of_one))
        .route("/stock-setup", get(stock_setup::show_setup))
        .route("/stock-setup/site", post(stock_setup::set_up))
        .route("/stock-setup/close", post(stock_setup::close))
        .route("/stock-returns", get(stock_returns::show_return))
        .route("/stock-returns/file", get(stock_returns::download))
        .route("/count-plan", get(count_plans::show_plan))
        .route("/count-rules", post(count_plans::set_rule))
        .route("/count-rules/new", get(count_plans::show_new_rule))
        .route("/count-rules/{id}", get(count_plans::show_rule))
        .route("/count-rules/{id}/end", post(count_plans::end_rule))
        .route("/stock-commands", post(stock_commands::begin))
        .route("/stock-commands/new", get(stock_commands::show_new))
        .route("/stock-commands/{id}", get(stock_commands::show_one))
        .route("/stock-commands/{id}/{act}", post(stock_commands::act))
        .route("/stores/{id}/climate", get(store_climates::show_one))
        .route("/stores/{id}/climate/{act}", post(store_climates::act))
        .route(
            "/stores/{id}/readings",
            get(store_readings::show_new).post(store_readings::enter),
        )
        .route(
            "/stores/{id}/readings/file",
            post(store_readings::take_file).layer(DefaultBodyLimit::max(TABLE_BYTES_MAX)),
        )
        .route(
            "/disposals",
            get(stock_disposals::show_all).post(disposal_new::plan),
        )
        .route("/disposals/new", get(disposal_new::show_new))
        .route("/disposals/{id}", get(stock_disposals::show_one))
        .route("/disposals/{id}/{act}", post(stock_disposals::act))
        .route("/stock-goods/{id}/inspect", post(stock_goods_acts::inspect))
        .route(
            "/stock-goods/{id}/missing",
            post(stock_goods_acts::report_missing),
        )
        .route("/stock-cases", get(stock_cases::show_cases))
        .route("/stock-cases/{id}", get(stock_cases::show_case))
        .route("/stock-cases/{id}/{act}", post(stock_cases::act))
}
