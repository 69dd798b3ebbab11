//! The stockpile: sites, goods, movements, counts, cases.
//!
//! Sites, goods, holders, counts and cases are records like all others. Movements are not: they
//! stand in the books, which the store keeps beside the records, and the audit log holds the hash of
//! each.

mod cases;
mod climate;
mod commands;
mod counts;
mod custody;
mod disposals;
mod holding;
mod import;
mod losses;
mod movements;
mod overview;
mod plan;
mod plans;
mod register;
mod returns;
mod scans;
mod sites;
mod sought;
mod verify;
mod view;

use std::collections::{BTreeMap, BTreeSet};

use egnatia_audit::Operation;
use egnatia_record::{
    Evaluation, Handling, Kind, LegalBasis, Nature, Purpose, RecordId, SubjectCategory,
};
use egnatia_stockpile::distance::Tables;
use egnatia_stockpile::mixing::Mixing;
use egnatia_stockpile::{
    AccountId, AccountKind, Goods, GoodsFacts, GoodsId, LicenceRules, Site, StockProfile, Stocktake,
};
use serde::de::DeserializeOwned;

use crate::port::{
    Change, RecordFilter, StockAccountRow, StockChange, StockGoodsRow, StockOf, StoredRecord,
};
use crate::writing::{Beside, Keep, Terms, Writing};
use crate::{Action, App, AppError, Caller, Invalid, Settings, read_body};

pub use cases::{CaseSummary, FoundAgain, LossReport};
pub use climate::{ClimateDue, ClimateView, ReadingsReport, SurveillanceDue};
pub use commands::{CommandView, NewCommand};
pub use counts::TakeView;
pub use disposals::{CarriedOut, DisposalView, NewDisposal};
pub use import::StockImportReport;
pub use movements::{MovementView, NewMovement};
pub use overview::{Expiring, Overview, StoreMargin};
pub use plan::{MappedStore, NewPlanPoint, SiteMap};
pub use plans::{CountDue, NewCountRule};
pub use returns::StockReturn;
pub use scans::{CountingView, NewScan};
pub use sites::{NewPlace, NewSite, SiteView};
pub(crate) use verify::unstated;
pub use view::{GoodsView, Held, LedgerView, PlaceLine, StoreView};

/// The relation of goods to the weapon of the register that they are.
pub(crate) const FIREARM: &str = "stock-of";
/// The state of what is kept.
pub(crate) const OPEN: &str = "open";
/// After how many days what is kept is looked at again.
pub(crate) const REVIEW_DAYS: u16 = 3_650;
/// Records of one kind that are read at once.
const FOUND_MAX: u32 = 1_000;

/// Whether a record of this kind stays for as long as the goods are kept: what it is about, not
/// what was done.
pub(crate) const fn stays(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::StockSite
            | Kind::StockPlan
            | Kind::StockGoods
            | Kind::StockHolder
            | Kind::StockClimate
            | Kind::StockCountRule
    )
}

/// By which rules and clocks the stockpile is kept.
pub(crate) struct Stock {
    pub profile: StockProfile,
    pub rules: LicenceRules,
}

impl Stock {
    pub fn of(settings: &Settings) -> Result<Self, AppError> {
        let wrong = |error: &dyn std::fmt::Display| AppError::Internal(error.to_string());
        let profile = StockProfile::shipped().map_err(|error| wrong(&error))?;
        let rules = LicenceRules {
            tables: Tables::shipped().map_err(|error| wrong(&error))?,
            mixing: match &settings.storage_mixing {
                Some(table) => table.clone(),
                None => Mixing::transport().map_err(|error| wrong(&error))?,
            },
            edges: profile.edges,
            sums: profile.sums,
        };
        Ok(Self { profile, rules })
    }
}

/// The terms of a record of the stockpile.
pub(crate) fn terms(kind: Kind, keep: Keep) -> Terms {
    Terms {
        kind,
        purpose: Purpose::StockpileSecurity,
        legal_basis: LegalBasis::NationalLaw,
        handling: Handling::national(),
        evaluation: Evaluation::OFFICIAL,
        subject: SubjectCategory::NoPerson,
        nature: Nature::Fact,
        keep,
    }
}

/// Refuses what cannot be used, by its field.
fn invalid(field: &'static str, error: &dyn std::fmt::Display) -> AppError {
    Invalid::new(field, "refused", error.to_string()).into()
}

/// The body of a record of kind `stock-holder`: a unit or a person to whom stock is issued.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Holder {
    /// What they are called.
    pub name: String,
}

impl App {
    /// Intervals, clocks and choices of the stockpile.
    pub fn stock_profile(&self) -> &StockProfile {
        &self.inner.stock.profile
    }

    /// By which tables licences are read.
    pub fn stock_rules(&self) -> &LicenceRules {
        &self.inner.stock.rules
    }

    /// An id for a form that nobody has sent yet: sent twice it is the same movement or scan.
    pub fn stock_form_id(&self, caller: &Caller) -> RecordId {
        self.writing(caller).new_id()
    }

    /// Every record of a kind that is in this state, with its body; newest first.
    async fn stock_records<B: DeserializeOwned>(
        &self,
        kind: Kind,
        state: impl Into<Option<&str>>,
    ) -> Result<Vec<(StoredRecord, B)>, AppError> {
        let filter = RecordFilter {
            kind,
            state: state.into().map(str::to_owned),
            created_by: None,
            after: None,
            limit: FOUND_MAX,
        };
        let mut found = Vec::new();
        for stored in self.store().find(&filter).await? {
            if let Some(body) = read_body::<B>(&stored)? {
                found.push((stored, body));
            }
        }
        Ok(found)
    }

    async fn stock_sites_stored(&self) -> Result<Vec<(StoredRecord, Site)>, AppError> {
        self.stock_records::<Site>(Kind::StockSite, OPEN).await
    }

    /// The goods with these ids; erased ones are left out.
    async fn goods_of(
        &self,
        ids: impl IntoIterator<Item = GoodsId>,
    ) -> Result<BTreeMap<GoodsId, Goods>, AppError> {
        let unique: BTreeSet<RecordId> = ids.into_iter().map(|id| id.0).collect();
        let ids: Vec<RecordId> = unique.into_iter().collect();
        let mut goods = BTreeMap::new();
        for stored in self.store().records(&ids).await? {
            if stored.envelope.kind == Kind::StockGoods
                && let Some(body) = read_body::<Goods>(&stored)?
            {
                goods.insert(GoodsId(stored.envelope.id), body);
            }
        }
        Ok(goods)
    }

    /// Places that this person counts just now: what should be there is not for them to see.
    async fn blind_places(&self, caller: &Caller) -> Result<BTreeSet<AccountId>, AppError> {
        let going = self
            .stock_records::<Stocktake>(Kind::Stocktake, "counting")
            .await?;
        let blind = going
            .into_iter()
            .filter(|(_, take)| take.is_blind_for(&caller.login));
        Ok(blind.flat_map(|(_, take)| take.places).collect())
    }

    async fn stock_kinds(&self) -> Result<BTreeMap<AccountId, AccountKind>, AppError> {
        let rows = self.store().stock_accounts().await?;
        Ok(rows.into_iter().map(|row| (row.id, row.kind)).collect())
    }

    /// Registers one weapon or one lot.
    ///
    /// # Errors
    /// [`AppError::Invalid`] where something is missing, or where it is registered already;
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn register_goods(&self, caller: &Caller, goods: Goods) -> Result<GoodsId, AppError> {
        self.authorise(caller, Action::MoveStock, None)?;
        // Who looked at it, and when, is said by those who look: see `App::inspect_goods`.
        let goods = Goods {
            inspected: None,
            ..goods
        };
        let goods = self.categorised(goods).await?;
        self.is_new(&goods).await?;
        let mut writing = self.writing(caller);
        let id = put_goods(&mut writing, &goods)?;
        self.store().commit(writing.batch).await?;
        Ok(id)
    }

    async fn is_new(&self, goods: &Goods) -> Result<(), AppError> {
        goods
            .validate()
            .map_err(|error| invalid(error.field(), &error))?;
        self.is_in_register(goods).await?;
        let held = self.store().claims(&[goods.claim()]).await?;
        match held.first() {
            None => Ok(()),
            Some((_, holder)) => {
                let text = format!(
                    "{} {} is registered already: {holder}",
                    goods.nomenclature,
                    goods.number()
                );
                Err(Invalid::new("number", "duplicate", text).into())
            }
        }
    }

    /// Goods with the category that the register states, where nobody states another one.
    async fn categorised(&self, goods: Goods) -> Result<Goods, AppError> {
        let record = goods.register_record();
        let (None, Some(record)) = (goods.category, record) else {
            return Ok(goods);
        };
        let category = match self.load_firearm(record).await {
            Ok((_, firearm)) => firearm.particulars.category,
            Err(AppError::NotFound(_)) => None,
            Err(error) => return Err(error),
        };
        let category = category.and_then(|category| category.as_str().parse().ok());
        Ok(Goods { category, ..goods })
    }

    /// Whether the weapon of the register that goods say they are is one, and no other goods are.
    pub(super) async fn is_in_register(&self, goods: &Goods) -> Result<(), AppError> {
        let Some(record) = goods.register_record() else {
            return Ok(());
        };
        match self.load_firearm(record).await {
            Ok(_) => {}
            Err(AppError::NotFound(_)) => {
                let text = "the register has no weapon with this id";
                return Err(Invalid::new("record", "unknown", text).into());
            }
            Err(error) => return Err(error),
        }
        let linked = self.store().linked(record, FIREARM).await?;
        let others = self.goods_of(linked.into_iter().map(GoodsId)).await?;
        let mut others = others.values();
        match others
            .find(|other| other.register_record() == Some(record) && other.claim() != goods.claim())
        {
            None => Ok(()),
            Some(other) => {
                let text = format!(
                    "{} {} is this weapon of the register already",
                    other.nomenclature,
                    other.number()
                );
                Err(Invalid::new("record", "duplicate", text).into())
            }
        }
    }

    /// Corrects what is known of goods: condition, dates. What they are, and their number, stay.
    ///
    /// # Errors
    /// As [`App::register_goods`]; [`AppError::NotFound`].
    pub async fn change_goods(
        &self,
        caller: &Caller,
        id: GoodsId,
        changed: Goods,
    ) -> Result<(), AppError> {
        self.authorise(caller, Action::MoveStock, None)?;
        let (stored, goods) = self.load::<Goods>(id.0, Kind::StockGoods).await?;
        let changed = Goods {
            inspected: goods.inspected.clone(),
            ..changed
        };
        let changed = self.categorised(changed).await?;
        changed
            .validate()
            .map_err(|error| invalid(error.field(), &error))?;
        let same = goods.claim() == changed.claim() && goods.explosive == changed.explosive;
        if !same {
            let text = "what it is, its number and its hazard stay: register it anew";
            return Err(Invalid::new("number", "refused", text).into());
        }
        self.is_in_register(&changed).await?;
        let mut writing = self.writing(caller);
        let record = changed.register_record();
        let mut is_told = false;
        if let Some(record) = record.filter(|record| goods.register_record() != Some(*record))
            && self.is_in_books(id).await?
        {
            if let Some(what) = self.register_objects(&changed).await? {
                let text = format!("the register of firearms {what}");
                return Err(Invalid::new("record", "register", text).into());
            }
            is_told = self
                .put_begun(&mut writing, caller, (record, custody::BOOKS))
                .await?;
        }
        let beside =
            Beside::new(OPEN, Operation::Alteration).links(record.map(|record| (FIREARM, record)));
        writing.change(&stored, None, &changed, beside)?;
        self.store().commit(writing.batch).await?;
        match is_told {
            true => self.after_change().await,
            false => Ok(()),
        }
    }

    /// Whether goods are in a store or with a holder.
    async fn is_in_books(&self, id: GoodsId) -> Result<bool, AppError> {
        let kinds = self.stock_kinds().await?;
        let rows = self.store().stock_balances(StockOf::Goods(id)).await?;
        Ok(rows.into_iter().any(|row| {
            let kind = kinds.get(&row.account);
            row.quantity > 0 && kind.is_some_and(|kind| cases::may_be_missing(*kind))
        }))
    }

    /// Adds a unit or a person to whom stock can be issued.
    ///
    /// # Errors
    /// [`AppError::Invalid`], [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn add_holder(&self, caller: &Caller, name: &str) -> Result<AccountId, AppError> {
        self.authorise(caller, Action::MoveStock, None)?;
        let name = name.trim();
        let length = name.chars().count();
        if !(2..=100).contains(&length) || name.chars().any(char::is_control) {
            let text = "state what the holder is called, 2 to 100 characters";
            return Err(Invalid::new("name", "missing", text).into());
        }
        let mut writing = self.writing(caller);
        let id = AccountId(writing.new_id());
        let holder = Holder {
            name: name.to_owned(),
        };
        let claim = format!("stock-holder:{}", name.to_lowercase());
        let beside = Beside::new(OPEN, Operation::Collection).claims(vec![claim]);
        let terms = Terms {
            subject: SubjectCategory::OtherParty,
            ..terms(Kind::StockHolder, Keep::Review(REVIEW_DAYS))
        };
        writing.create(id.0, terms, &holder, beside)?;
        open_account(&mut writing, id, AccountKind::Holder);
        self.store().commit(writing.batch).await?;
        Ok(id)
    }
}

fn open_account(writing: &mut Writing<'_>, id: AccountId, kind: AccountKind) {
    let row = StockAccountRow { id, kind };
    let change = Change::Stock(StockChange::OpenAccount(row));
    writing.batch.changes.push(change);
}

/// Puts goods into a transaction.
fn put_goods(writing: &mut Writing<'_>, goods: &Goods) -> Result<GoodsId, AppError> {
    let id = GoodsId(writing.new_id());
    let record = goods.register_record();
    let beside = Beside::new(OPEN, Operation::Collection)
        .links(record.map(|record| (FIREARM, record)))
        .claims(vec![goods.claim()]);
    let terms = terms(Kind::StockGoods, Keep::Review(REVIEW_DAYS));
    writing.create(id.0, terms, goods, beside)?;
    let row = StockGoodsRow {
        id,
        facts: GoodsFacts {
            is_serialised: goods.is_serialised(),
            is_explosive: goods.explosive.is_some(),
        },
    };
    let change = Change::Stock(StockChange::RegisterGoods(row));
    writing.batch.changes.push(change);
    Ok(id)
}
