//! The stockpile as it stands in requests and answers.

use egnatia_app::{GoodsView, MovementView, Page, StockBalanceRow, StockPostingRow, StoreView};
use egnatia_record::{Envelope, RecordId};
use egnatia_stockpile::{Goods, Line, Margin, Movement, Place, Remark, Signing, Site};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Which goods are wanted.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WantedGoods {
    /// A serial number, a lot, or the id on a label. Case and separators do not matter.
    pub code: String,
}

/// Which postings are wanted.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WantedPostings {
    /// Before this place in the order of posting: `next` of the page before.
    pub before: Option<u64>,
    /// At most so many items, 1 to 100.
    pub limit: Option<u32>,
}

/// An account of the books.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StockAccountBody {
    /// Its id.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// `place`, `holder`, `outside`, `expended`, `destroyed`, `lost`.
    pub kind: &'static str,
    /// The store of a place.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub store: Option<RecordId>,
    /// What it is called.
    pub name: String,
}

/// A holder that is to be added.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewHolderBody {
    /// What they are called, 2 to 100 characters.
    pub name: String,
}

/// A site.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SiteBody {
    /// Whose it is, since when.
    #[schema(value_type = Object)]
    pub envelope: Envelope,
    /// Its name, stores, bays and racks.
    #[schema(value_type = Object)]
    pub site: Site,
}

/// How much of something is in an account.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BalanceBody {
    /// Where.
    #[schema(value_type = String)]
    pub account: RecordId,
    /// Of what.
    #[schema(value_type = String)]
    pub goods: RecordId,
    /// Pieces.
    pub quantity: i64,
    /// Of these, promised to movements that wait.
    pub reserved: i64,
    /// What it is; absent where it was erased, or is what was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub about: Option<Goods>,
}

impl BalanceBody {
    pub fn of(row: StockBalanceRow, about: Option<Goods>) -> Self {
        Self {
            account: row.account.0,
            goods: row.goods.0,
            quantity: row.quantity,
            reserved: row.reserved,
            about,
        }
    }
}

/// How far something is from where it may not be nearer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MarginBody {
    /// What is around.
    pub exposed: String,
    /// How far it is, m.
    pub distance_m: u32,
    /// How far it has to be, m; absent where there is nothing explosive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needed_m: Option<u32>,
    /// Metres to spare; below zero where it is too near.
    pub margin_m: i64,
    /// By which function.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// Where that stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// What of it is from memory; empty where all was seen.
    pub from_memory: Vec<String>,
}

impl MarginBody {
    pub fn of(margin: Margin) -> Self {
        let needed = margin.needed;
        Self {
            exposed: margin.exposure.name,
            distance_m: margin.exposure.distance_m,
            needed_m: needed.as_ref().map(|needed| needed.metres),
            margin_m: margin.margin_m,
            rule: needed.as_ref().map(|needed| needed.rule().to_string()),
            source: needed.as_ref().map(|needed| needed.source.clone()),
            from_memory: needed.map(|needed| needed.from_memory).unwrap_or_default(),
        }
    }
}

/// A store with what is in it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StoreBody {
    /// The site.
    #[schema(value_type = String)]
    pub site: RecordId,
    /// The store itself, its bays and racks.
    #[schema(value_type = Vec<Object>)]
    pub places: Vec<Place>,
    /// What is in them.
    pub held: Vec<BalanceBody>,
    /// Places that the caller counts just now: what is in them is left out.
    #[schema(value_type = Vec<String>)]
    pub counted_now: Vec<RecordId>,
    /// How much room its licence leaves.
    pub margins: Vec<MarginBody>,
    /// Everything that what lies there breaks; nothing where the caller counts there.
    pub breaches: Vec<String>,
}

impl StoreBody {
    pub fn of(view: StoreView) -> Self {
        let (mut places, mut held) = (Vec::new(), Vec::new());
        let hidden = view.places.iter().filter(|line| line.is_hidden);
        let counted_now = hidden.map(|line| line.place.account.0).collect();
        for line in view.places {
            places.push(line.place);
            let inside = line.held.into_iter();
            held.extend(inside.map(|held| BalanceBody::of(held.row, held.goods)));
        }
        Self {
            site: view.site,
            places,
            held,
            counted_now,
            margins: view.margins.into_iter().map(MarginBody::of).collect(),
            breaches: view.breaches,
        }
    }
}

/// One side of a posted line.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PostingBody {
    /// Its place in the order of posting.
    pub position: u64,
    /// Of which movement.
    #[schema(value_type = String)]
    pub movement: RecordId,
    /// Of which line, from 0.
    pub line: u32,
    /// Which account.
    #[schema(value_type = String)]
    pub account: RecordId,
    /// Of what.
    #[schema(value_type = String)]
    pub goods: RecordId,
    /// By how much the balance went up or down.
    pub amount: i64,
    /// What was there afterwards.
    pub balance: i64,
    /// When it was posted.
    #[schema(value_type = String, format = DateTime)]
    pub posted_at: Timestamp,
    /// From when it counts.
    #[schema(value_type = String, format = DateTime)]
    pub effective_at: Timestamp,
}

impl PostingBody {
    fn of(row: StockPostingRow) -> Self {
        Self {
            position: row.position,
            movement: row.movement.0,
            line: row.line,
            account: row.account.0,
            goods: row.goods.0,
            amount: row.amount,
            balance: row.balance,
            posted_at: row.posted_at,
            effective_at: row.effective_at,
        }
    }

    pub fn page(page: Page<StockPostingRow, u64>) -> super::json::PageOf<Self> {
        super::json::PageOf {
            items: page.items.into_iter().map(Self::of).collect(),
            next: page.next.map(|next| next.to_string()),
        }
    }
}

/// Goods that have a number.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FoundGoods {
    /// The record.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// What they are.
    #[schema(value_type = Object)]
    pub goods: Goods,
}

/// One weapon or lot.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GoodsBody {
    /// Whose it is, in which version.
    #[schema(value_type = Object)]
    pub envelope: Envelope,
    /// What it is.
    #[schema(value_type = Object)]
    pub goods: Goods,
    /// Where it is.
    pub held: Vec<BalanceBody>,
    /// Where it was, newest first.
    pub history: super::json::PageOf<PostingBody>,
    /// The cases about it.
    #[schema(value_type = Vec<String>)]
    pub cases: Vec<RecordId>,
}

impl GoodsBody {
    pub fn of(view: GoodsView) -> Self {
        let held = view.held.into_iter();
        Self {
            envelope: view.envelope,
            goods: view.goods,
            held: held.map(|row| BalanceBody::of(row, None)).collect(),
            history: PostingBody::page(view.history),
            cases: view.cases,
        }
    }
}

/// A movement that is to be entered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewMovementBody {
    /// Chosen by whoever enters it, so that a repetition is harmless.
    #[schema(value_type = Option<String>)]
    pub id: Option<RecordId>,
    /// What is moved: kind, goods, from, to, quantity.
    #[schema(value_type = Vec<Object>)]
    pub lines: Vec<Line>,
    /// From when it counts; nothing for the moment at which it is posted.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub effective_at: Option<Timestamp>,
    /// The paper that goes with it.
    pub reference: String,
    /// Why, where that is not plain.
    #[schema(value_type = Option<String>)]
    pub remark: Option<Remark>,
}

/// A movement.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MovementBody {
    /// What it says.
    #[schema(value_type = Object)]
    pub movement: Movement,
    /// Who has to sign, or had to.
    #[schema(value_type = String)]
    pub signing: Signing,
    /// `waiting`, `posted`, `voided`, `timed-out`.
    pub state: &'static str,
    /// Whether it was taken back.
    pub is_reversed: bool,
    /// When it was entered.
    #[schema(value_type = String, format = DateTime)]
    pub recorded_at: Timestamp,
    /// Until when it waits, or waited.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub due_at: Option<Timestamp>,
    /// Who said what became of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_by: Option<String>,
}

impl MovementBody {
    pub fn of(view: MovementView) -> Self {
        let row = view.row;
        let ended = row.end.as_ref();
        let state = match ended {
            Some(end) => end.resolving.what.as_str(),
            None if row.waits() => "waiting",
            None => "posted",
        };
        Self {
            ended_by: ended.map(|end| end.resolving.by.to_string()),
            movement: row.movement,
            signing: view.signing,
            state,
            is_reversed: row.is_reversed,
            recorded_at: row.recorded_at,
            due_at: row.due_at,
        }
    }
}

/// A second person signs.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SecondSignatureBody {
    /// What the receiver counted, line by line; absent where nobody has to count.
    pub counted: Option<Vec<u64>>,
}

/// Why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WhyBody {
    /// 3 to 500 characters.
    #[schema(value_type = String)]
    pub reason: Remark,
}

/// A row of a ledger.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LedgerRowBody {
    /// The code of the place.
    pub place: String,
    /// What lies there.
    #[schema(value_type = Object)]
    pub goods: Goods,
    /// How many.
    pub quantity: u64,
}

/// A ledger that is to be taken over.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LedgerBody {
    /// The site.
    #[schema(value_type = String)]
    pub site: RecordId,
    /// The paper that the balances stand on.
    pub reference: String,
    /// Whether every row is only checked.
    #[serde(default)]
    pub dry_run: bool,
    /// The rows, 1 to 20,000.
    pub rows: Vec<LedgerRowBody>,
}

/// What is wrong with a row of a ledger.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WrongRowBody {
    /// Which one, from 1.
    pub row: u64,
    /// What is wrong.
    pub problem: String,
}

/// What a store breaks.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BreachBody {
    /// The code of the store.
    pub store: String,
    /// What, with the numbers.
    pub what: String,
}

/// What the import of a ledger did, or would do.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LedgerReportBody {
    /// Rows.
    pub rows: u64,
    /// Single weapons among them.
    pub serials: u64,
    /// Lots among them.
    pub lots: u64,
    /// Pieces of all lots.
    pub pieces: u64,
    /// What is wrong; nothing was written where something is.
    pub wrong: Vec<WrongRowBody>,
    /// What stores break, or would, with what lies there. It is taken over as it is all the same.
    pub breaches: Vec<BreachBody>,
    /// Whether it was written.
    pub is_written: bool,
}

impl LedgerReportBody {
    pub fn of(report: egnatia_app::StockImportReport) -> Self {
        let wrong = report.wrong.into_iter();
        let wrong = wrong.map(|(row, problem)| WrongRowBody { row, problem });
        Self {
            rows: report.rows,
            serials: report.serials,
            lots: report.lots,
            pieces: report.pieces,
            wrong: wrong.collect(),
            breaches: report
                .breaches
                .into_iter()
                .map(|(store, what)| BreachBody { store, what })
                .collect(),
            is_written: report.is_written,
        }
    }
}

/// A line of a return of the stockpile.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StockReturnLine {
    /// `held`, `counts`, `lost`, `stolen`, `explained`, `miscounted`, `open`.
    pub group: &'static str,
    /// Of what; empty where it is all.
    pub what: String,
    /// How many.
    pub count: u64,
}

/// Which return is wanted.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WantedReturn {
    /// The year or the half-year: `2026`, `2026-H1`.
    pub period: String,
}

/// A period that is to be closed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClosingBody {
    /// Its last moment.
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
}
