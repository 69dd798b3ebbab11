//! What lies where, who moved it, whether it is still there, and whether it may lie there.
//!
//! - [`Books`]: the ledger. Every movement leaves one account and enters another; nothing appears
//!   and nothing vanishes.
//! - [`Stocktake`]: a blind count, compared with what the books said when it began. What differs is
//!   a [`StockCase`] with a clock.
//! - [`distance`] and [`mixing`]: what the tables say. [`Licence`]: what a store may hold by them.
//!
//! Nothing here does I/O or reads the clock, and nothing decides who may sign. A weapon is known by
//! its serial number and, where there is one, the id of its record; what a weapon is belongs
//! elsewhere.
//!
//! Start at [`Books::enter`].
//!
//! ```
//! use egnatia_stockpile::distance::{Ask, Barricade, Edges, Tables};
//! use egnatia_stockpile::{Division, Mass};
//!
//! let tables = Tables::shipped()?;
//! let distance = tables.distance(&Ask {
//!     division: Division::D1_1,
//!     quantity: Mass::from_kilograms(1_000),
//!     exposed: "inhabited-building",
//!     barricade: Barricade::Without,
//!     edges: Edges::Safe,
//! })?;
//! assert_eq!((distance.metres, distance.rule().as_str()), (150, "BD31"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod case;
mod climate;
mod command;
mod counting;
mod disposal;
pub mod distance;
mod goods;
mod ids;
mod ledger;
mod licence;
pub mod mixing;
mod profile;
mod returns;
mod site;
mod stocktake;
mod surveillance;
mod words;

pub use case::{AlertEnd, CaseRefused, CaseState, Difference, LossKind, Sought, StockCase};
pub use climate::{
    Climate, ClimateLimits, ClimateRefused, Humidity, InvalidReading, OutOfLimits, Reading,
    Readings, Settled, Temperature,
};
pub use command::{
    CommandHandOver, CommandRefused, CommandSignature, CommandState, Covered, EndedCount,
};
pub use counting::{
    CountRule, CountWhy, Holding, InvalidRule, RuleEnd, RuleEnded, StoreFacts, count_due,
};
pub use disposal::{
    Disposal, DisposalLine, DisposalRefused, DisposalState, LineProgress, MovementStanding,
    progress,
};
pub use goods::{
    Condition, Division, Explosive, Goods, Group, Inspection, InvalidGoods, Mass, Tracking,
    UnknownGoodsTerm, WeaponCategory,
};
pub use ids::{AccountId, GoodsId, MovementId};
pub use ledger::{
    AccountKind, Balance, Books, Entered, Entering, Expectation, GoodsFacts, InvalidMovement,
    Known, LATE_DAYS_MAX, LINES_MAX, LedgerRefused, Line, Mark, Movement, MovementKind, Past,
    Posting, Resolution, Resolving, Short, Signing, Stage, signing,
};
pub use licence::{Breach, Contents, Exposure, Fits, Licence, LicenceRules, Margin, Planned};
pub use profile::{InvalidProfile, StockProfile};
pub use returns::{CaseDays, ReturnGroup, StockReturnRow, count_stock_return};
pub use site::{InvalidSite, Place, PlanPoint, Site, SitePlan};
pub use stocktake::{
    Compared, CountedLine, Misplaced, Moved, Occasion, Scan, ScanOutcome, SnapshotLine, Stocktake,
    StocktakeEnded, StocktakeState, TakeResult, compare, outcomes, within,
};
pub use surveillance::{SurveillanceWhy, surveillance_due};
pub use words::{InvalidRemark, Remark};
