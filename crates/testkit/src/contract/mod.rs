//! What every store has to do, as a list of named cases.

mod audit;
mod conflicts;
mod due;
mod dump;
mod exchange;
mod firearms;
mod lists;
mod model;
mod records;
mod sessions;
mod stock;
mod stock_made;
mod stock_meanwhile;
mod stock_model;

use std::pin::Pin;
use std::sync::Arc;

use egnatia_app::Store;

pub use audit::{verify as verify_log, verify_under as verify_log_under};
pub use dump::{dump as dump_rows, restore as restore_rows};
pub use model::{Model, agree, observe};
pub use stock_model::stock_agree;

/// The future of a case.
type Running = Pin<Box<dyn Future<Output = ()> + Send>>;

/// One thing that a store has to do.
#[derive(Clone, Copy)]
pub struct Case {
    /// What it does.
    pub name: &'static str,
    /// Tries it on an empty store; panics where the store does something else.
    pub run: fn(Arc<dyn Store>) -> Running,
}

impl std::fmt::Debug for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Case({})", self.name)
    }
}

/// A case of this name; its function takes the store.
macro_rules! case {
    ($module:ident :: $name:ident) => {
        Case {
            name: stringify!($name),
            run: |store| Box::pin($module::$name(store)),
        }
    };
}

/// Every case of the suite.
pub fn contract_cases() -> Vec<Case> {
    vec![
        case!(records::a_record_comes_back_as_it_was_written),
        case!(records::a_later_version_is_the_newest_and_history_keeps_all),
        case!(records::what_builds_on_a_version_is_refused_once_there_is_another),
        case!(records::unknown_records_are_left_out),
        case!(records::find_filters_and_pages_newest_first),
        case!(due::what_is_due_comes_first_over_all_pages),
        case!(due::what_is_due_may_be_of_somebodys_records),
        case!(records::links_are_found_from_the_other_side_oldest_first),
        case!(records::erasure_takes_bodies_salts_claims_and_keys_and_leaves_the_proof),
        case!(records::due_records_are_those_whose_date_has_come),
        case!(records::the_feed_of_keys_has_one_line_for_each_record),
        case!(exchange::of_two_administrators_one_decides_on_a_partner),
        case!(exchange::what_waits_is_kept_in_order_and_settled_once),
        case!(exchange::what_witnesses_saw_last_is_kept_and_problems_stay),
        case!(exchange::what_was_told_is_apart_from_what_keeps_the_exchange_going),
        case!(exchange::what_keeps_the_exchange_going_is_forgotten_after_some_time),
        case!(exchange::a_foreign_record_has_its_originators_versions),
        case!(exchange::erasure_removes_the_statement_and_keeps_its_digest),
        case!(records::records_come_in_the_order_of_their_events),
        case!(records::fifteen_hundred_records_fit_one_batch),
        case!(conflicts::a_record_is_written_once_and_versions_follow_each_other),
        case!(conflicts::an_erased_record_takes_no_further_version),
        case!(conflicts::a_name_has_one_holder_through_all_versions),
        case!(conflicts::lists_and_accounts_follow_their_stored_version),
        case!(conflicts::a_conflicting_batch_leaves_nothing),
        case!(conflicts::of_two_clerks_exactly_one_wins),
        case!(conflicts::many_writers_at_once_get_dense_numbers),
        case!(audit::an_empty_log_has_no_checkpoint),
        case!(audit::numbers_are_dense_and_entries_come_back),
        case!(audit::the_log_verifies_and_checkpoints_are_of_the_root),
        case!(audit::the_filter_combines),
        case!(audit::a_batch_without_events_leaves_the_log_alone),
        case!(lists::versions_entries_and_changes),
        case!(sessions::accounts_come_back_and_change),
        case!(sessions::sessions_are_found_by_present_and_previous_token),
        case!(sessions::sessions_end),
        case!(firearms::one_weapon_is_in_the_hands_of_one),
        case!(firearms::of_two_clerks_one_takes_a_weapon_into_custody),
        case!(firearms::a_refused_batch_leaves_custody_as_it_was),
        case!(firearms::the_register_is_filtered_and_paged_newest_first),
        case!(firearms::erasure_takes_a_weapon_out_of_the_register),
        case!(stock::a_movement_has_two_sides_and_comes_back),
        case!(stock::the_same_movement_once_more_changes_nothing),
        case!(stock::what_waits_is_promised_until_it_is_signed_or_ends),
        case!(stock::a_batch_that_the_books_refuse_leaves_nothing),
        case!(stock::one_weapon_is_in_one_place_also_under_two_clerks),
        case!(stock::a_lot_is_never_less_than_nothing_under_many_clerks),
        case!(stock::a_second_signature_counts_once_under_two_clerks),
        case!(stock::the_balance_of_any_moment_is_known),
        case!(stock::a_closed_period_takes_nothing_more),
        case!(stock::goods_are_found_by_number_and_weapons_by_where_they_stand),
        case!(stock_meanwhile::a_store_that_changed_meanwhile_is_found_out),
        case!(stock_meanwhile::what_builds_on_where_goods_are_is_refused_once_they_were_moved),
        case!(dump::a_dump_restores_everything_under_a_new_epoch),
        case!(dump::a_restore_of_nothing_is_refused_and_changes_nothing),
    ]
}

/// Runs every case, each on a new, empty store that `make` makes.
///
/// # Panics
/// At the first thing that the store does otherwise; the case's name is on standard error.
pub async fn store_contract<S: Store + 'static>(make: impl AsyncFn() -> S) {
    for case in contract_cases() {
        eprintln!("contract: {}", case.name);
        (case.run)(Arc::new(make().await)).await;
    }
}
