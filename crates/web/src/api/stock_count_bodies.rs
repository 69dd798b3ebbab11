//! Counts, cases and the overview of the stockpile as they stand in requests and answers.

use egnatia_app::{CaseSummary, Expiring, Overview, TakeView};
use egnatia_record::{Envelope, RecordId};
use egnatia_stockpile::{
    Goods, LossKind, Occasion, Remark, Scan, ScanOutcome, StockCase, Stocktake, TakeResult,
};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::stock_bodies::{BalanceBody, MarginBody, MovementBody};

/// A count that is to begin.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewTakeBody {
    /// The site.
    #[schema(value_type = String)]
    pub site: RecordId,
    /// Its places that are counted.
    #[schema(value_type = Vec<String>)]
    pub places: Vec<RecordId>,
    /// `interval`, `risk`, `command`, `hand-over`.
    #[schema(value_type = String)]
    pub occasion: Occasion,
}

/// A line in the list of counts.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TakeLine {
    /// The record.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// What is counted, why, where it stands.
    #[schema(value_type = Object)]
    pub count: Stocktake,
}

/// A count.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TakeBody {
    /// Whose it is, in which version.
    #[schema(value_type = Object)]
    pub envelope: Envelope,
    /// What is counted, why, where it stands.
    #[schema(value_type = Object)]
    pub count: Stocktake,
    /// What was scanned.
    pub scans: Vec<ScanBody>,
    /// What it led to; absent while it goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub result: Option<TakeResult>,
    /// The cases that it opened.
    #[schema(value_type = Vec<String>)]
    pub cases: Vec<RecordId>,
}

impl TakeBody {
    pub fn of(view: TakeView) -> Self {
        Self {
            envelope: view.envelope,
            count: view.take,
            scans: view.scans.into_iter().map(ScanBody::of).collect(),
            result: view.result,
            cases: view.cases,
        }
    }
}

/// A scan with what became of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ScanBody {
    /// What was read, where, by whom.
    #[schema(value_type = Object)]
    pub scan: Scan,
    /// `counted`, `repeated`, `wrong-place` with where it is booked, `unknown`.
    #[schema(value_type = Object)]
    pub outcome: ScanOutcome,
}

impl ScanBody {
    pub fn of((scan, outcome): (Scan, ScanOutcome)) -> Self {
        Self { scan, outcome }
    }
}

/// Scans of a device.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScansBody {
    /// 1 to 500 of them.
    pub scans: Vec<NewScanBody>,
}

/// A scan.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewScanBody {
    /// Chosen by the device: the same one once more is the same scan.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// Where.
    #[schema(value_type = String)]
    pub place: RecordId,
    /// What was read.
    pub code: String,
    /// How many.
    pub quantity: u64,
    /// When, by the clock of the device.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

/// A case.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CaseBody {
    /// Whose it is, in which version.
    #[schema(value_type = Object)]
    pub envelope: Envelope,
    /// What it says.
    #[schema(value_type = Object)]
    pub case: StockCase,
    /// What it is about; absent where that was erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub goods: Option<Goods>,
}

impl CaseBody {
    pub fn of(summary: CaseSummary) -> Self {
        Self {
            envelope: summary.envelope,
            case: summary.case,
            goods: summary.goods,
        }
    }
}

/// How many there are.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecountBody {
    /// Of this, in this place, now.
    pub counted: u64,
}

/// Which movement explains a case.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExplanationBody {
    /// A posted movement of these goods from or to this place.
    #[schema(value_type = String)]
    pub movement: RecordId,
    /// How it explains it.
    #[schema(value_type = String)]
    pub reason: Remark,
}

/// A loss or a theft.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LossBody {
    /// `lost` or `stolen`.
    #[schema(value_type = String)]
    pub kind: LossKind,
    /// What is known.
    #[schema(value_type = String)]
    pub reason: Remark,
}

/// What a loss led to.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LossReportBody {
    /// The movement that takes it out; it waits for a second signature.
    #[schema(value_type = String)]
    pub movement: RecordId,
    /// The alert, where it is on a single weapon.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub alert: Option<RecordId>,
    /// The weapon of the register whose life has the loss.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub firearm: Option<RecordId>,
    /// Why the register did not take the loss, where it did not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub register_refused: Option<String>,
}

/// A store that is due to be counted.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CountDueBody {
    /// The store.
    #[schema(value_type = String)]
    pub store: RecordId,
    /// When it was last counted as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub last_on: Option<Date>,
    /// By when it is to be counted.
    #[schema(value_type = String, format = Date)]
    pub due_on: Date,
    /// Whether that day has passed.
    pub is_late: bool,
}

/// How much room a store's licence leaves.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StoreMarginBody {
    /// The store.
    #[schema(value_type = String)]
    pub store: RecordId,
    /// What has the least room.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub least: Option<MarginBody>,
    /// Whether the licence has ended.
    pub is_expired: bool,
    /// Whether something explosive is in it without a licence.
    pub is_missing: bool,
}

/// What needs a person today.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OverviewBody {
    /// Movements that wait for a signature, what is due first first.
    pub waiting: Vec<MovementBody>,
    /// Cases that are open, what is due first first.
    pub cases: Vec<CaseBody>,
    /// Counts that go on.
    pub counting: Vec<TakeLine>,
    /// Stores that are due to be counted.
    pub counts_due: Vec<CountDueBody>,
    /// What has expired or soon will.
    pub expiring: Vec<BalanceBody>,
    /// Licences, the least room first.
    pub margins: Vec<StoreMarginBody>,
}

impl OverviewBody {
    pub fn of(overview: Overview) -> Self {
        let counting = overview.counting.into_iter();
        let due = overview.counts_due.into_iter().map(|due| CountDueBody {
            store: due.store.0,
            last_on: due.last_on,
            due_on: due.due_on,
            is_late: due.is_late,
        });
        let expiring = |item: Expiring| BalanceBody::of(item.row, Some(item.goods));
        let margins = overview.margins.into_iter();
        let margins = margins.map(|margin| StoreMarginBody {
            store: margin.store.0,
            least: margin.least.map(MarginBody::of),
            is_expired: margin.is_expired,
            is_missing: margin.is_missing,
        });
        Self {
            waiting: overview.waiting.into_iter().map(MovementBody::of).collect(),
            cases: overview.cases.into_iter().map(CaseBody::of).collect(),
            counting: counting.map(|(id, count)| TakeLine { id, count }).collect(),
            counts_due: due.collect(),
            expiring: overview.expiring.into_iter().map(expiring).collect(),
            margins: margins.collect(),
        }
    }
}
