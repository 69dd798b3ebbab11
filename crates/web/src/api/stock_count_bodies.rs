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
use super::stock_disposals::DisposalBody;
use super::stock_plans::{CommandBody, CountDueBody};

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

/// A store of which temperature or humidity need a person.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClimateDueBody {
    /// The store.
    #[schema(value_type = String)]
    pub store: RecordId,
    /// How many readings were out of the limits, and nobody has said what was done.
    pub out: u64,
    /// Whether nobody has read it for too long.
    pub is_unread: bool,
}

/// Goods that are to be looked at.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SurveillanceDueBody {
    /// By when.
    #[schema(value_type = String, format = Date)]
    pub due_on: Date,
    /// `interval`, `propellant`, `lost-lot`.
    pub why: &'static str,
    /// Where, of what, how many.
    pub row: BalanceBody,
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
    /// Everything that what lies there breaks; nothing where the caller counts there.
    pub breaches: Vec<String>,
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
    /// Hand-overs of command that go on.
    pub commands: Vec<CommandBody>,
    /// Cases of what is found, and in no store yet.
    pub away: Vec<CaseBody>,
    /// Stores of which temperature or humidity need a person.
    pub climates: Vec<ClimateDueBody>,
    /// What is to be looked at.
    pub surveillance: Vec<SurveillanceDueBody>,
    /// Plans of destruction of which something is left.
    pub disposals: Vec<DisposalBody>,
    /// What has expired or soon will.
    pub expiring: Vec<BalanceBody>,
    /// Licences, the least room first.
    pub margins: Vec<StoreMarginBody>,
}

impl OverviewBody {
    pub fn of(overview: Overview) -> Self {
        let counting = overview.counting.into_iter();
        let due = overview.counts_due.iter().map(CountDueBody::of);
        let climates = overview.climates.into_iter().map(|due| ClimateDueBody {
            store: due.store.0,
            out: due.out.map_or(0, |out| out.count),
            is_unread: due.unread_since.is_some(),
        });
        let surveillance = overview.surveillance.into_iter();
        let surveillance = surveillance.map(|due| SurveillanceDueBody {
            due_on: due.due_on,
            why: due.why.as_str(),
            row: BalanceBody::of(due.row, Some(due.goods)),
        });
        let commands = overview.commands.into_iter().map(CommandBody::of);
        let disposals = overview.disposals.into_iter().map(DisposalBody::of);
        let expiring = |item: Expiring| BalanceBody::of(item.row, Some(item.goods));
        let margins = overview.margins.into_iter();
        let margins = margins.map(|margin| StoreMarginBody {
            store: margin.store.0,
            least: margin.least.map(MarginBody::of),
            is_expired: margin.is_expired,
            is_missing: margin.is_missing,
            breaches: margin.breaches,
        });
        Self {
            waiting: overview.waiting.into_iter().map(MovementBody::of).collect(),
            cases: overview.cases.into_iter().map(CaseBody::of).collect(),
            counting: counting.map(|(id, count)| TakeLine { id, count }).collect(),
            counts_due: due.collect(),
            commands: commands.collect(),
            away: overview.away.into_iter().map(CaseBody::of).collect(),
            climates: climates.collect(),
            surveillance: surveillance.collect(),
            disposals: disposals.collect(),
            expiring: overview.expiring.into_iter().map(expiring).collect(),
            margins: margins.collect(),
        }
    }
}
