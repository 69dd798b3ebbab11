//! Use cases, with their authorisation, and the ports through which they reach the outside.
//!
//! A use case asks the [`Policy`] first, then the domain, then writes one transaction: records,
//! what the log says of them, match keys (invariant 4). Whatever shows personal data is in the log
//! before the answer leaves (invariant 1).
//!
//! This crate never speaks HTTP or SQL, and takes time and chance from whoever starts it.
//!
//! Start at [`App`].

mod accounts;
mod alerts;
mod arrangements;
mod audit_log;
mod backup;
mod caller;
mod catalogue;
mod checks;
mod cores;
mod decisions;
mod doors;
mod error;
mod exchange;
mod exports;
mod firearms;
mod hits;
mod import;
mod index;
mod inquiries;
mod lists;
mod partners;
mod password;
mod policy;
mod port;
mod presets;
mod question;
mod retention;
mod role;
mod screening;
mod sessions;
mod settings;
mod stock;
mod transfers;
mod writing;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use egnatia_alerts::{Alert, ListEntry, Profile};
use egnatia_audit::{Operation, Seal};
use egnatia_record::{Clock, Entropy, Kind, RecordId, UserId};
use serde::de::DeserializeOwned;

pub use accounts::{AccountView, NewAccount, is_unbound};
pub use alerts::{
    AlertImportError, AlertImportReport, AlertImporting, AlertList, AlertPurpose, AlertSummary,
    AlertTerms, AlertView, Entered, LikeAlert, LikeRow, NewAlert, NewFlag, RecipientCount,
};
pub use arrangements::shipped_arrangements;
pub use audit_log::{AuditEntry, AuditQuery, Verification, VerificationProblem};
pub use backup::{BackupError, BackupKeys, Restored, keys_of_backup};
pub use caller::Caller;
pub use catalogue::{
    Catalogue, CatalogueError, ListTerms, OWN_ALERTS, OWN_FIREARMS, RECEIVED_ALERTS,
};
pub use checks::{Candidate, CheckAnswer, CheckRequest, CheckSummary, CheckView};
pub use decisions::{Decided, MatchSummary, MatchView};
pub use error::{AppError, FASTER, Invalid};
pub use exchange::{
    Contact, Courier, CourierError, Delivered, DeliveryError, Directory, Identity, PROOF_WITHIN,
    Partner, PassedOn, ReceiveError, Recipient, Witnessed, log_origin,
};
pub use exports::{EXPORT_ROWS_MAX, ExportedTable};
pub use firearms::{
    Described, EarlierRow, FirearmImportError, FirearmImportReport, FirearmImporting,
    FirearmSearch, FirearmView, ImportStep, IncidentSummary, IncidentView, LateTraceView,
    LikeFirearm, LikeFirearmRow, LikeState, MissingReport, NewCorrection, NewFirearm, NewTrace,
    NewTraceAnswer, PERIODS_MAX, PhotographForm, ProgressView, ReturnSummary, ReturnView,
    RowDecision, SameFirearm, TraceAnswerView, TraceDelivery, TraceStanding, TraceSummary,
    TraceView,
};
pub use hits::{HitSummary, HitView};
pub use import::{ImportReport, Importing};
pub use inquiries::{Enveloped, NewQuestion};
pub use lists::{ChangesQuery, EntryChange, EntryVersion, EntryView};
pub use partners::{CardView, PartnerView};
pub use password::{Password, PasswordHasher, WeakPassword};
pub use policy::{Action, Policy, PolicyError};
pub use port::*;
pub use presets::{Preset, PresetArea};
pub use retention::Expired;
pub use role::{Role, UnknownRole};
pub use screening::{
    Begun, Brief, BriefAssessment, BriefEvidence, Export, RowRead, Running, ScreenError, Screened,
    ScreeningStart, ScreeningSummary, ScreeningView, Unfinished, checksum,
};
pub use sessions::{Authenticated, SessionKind, SessionToken, SignInError, SignedIn};
pub use settings::{SessionSettings, Settings};
pub use stock::{
    CarriedOut, CaseSummary, ClimateDue, ClimateView, CommandView, CountDue, CountingView,
    DisposalView, Expiring, FoundAgain, GoodsView, Held, LedgerView, LossReport, MappedStore,
    MovementView, NewCommand, NewCountRule, NewDisposal, NewMovement, NewPlace, NewPlanPoint,
    NewScan, NewSite, Overview, PlaceLine, ReadingsReport, SiteMap, SiteView, StockImportReport,
    StockReturn, StoreMargin, StoreView, SurveillanceDue, TakeView,
};
pub use transfers::{NewTransfer, ToJustify, TransferView};

use index::MatchIndex;
use writing::{EventAbout, Writing};

/// The use cases of a node. Cheap to clone.
#[derive(Clone)]
pub struct App {
    inner: Arc<Inner>,
}

struct Inner {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    policy: &'static Policy,
    catalogue: Catalogue,
    settings: Settings,
    seal: Seal,
    index: MatchIndex,
    doors: doors::Doors,
    exchange: exchange::Exchange,
    /// Hours and years of the law on firearms.
    firearms: egnatia_firearms::Profile,
    stock: stock::Stock,
    following: Following,
}

/// Who waits for the index.
#[derive(Default)]
struct Following {
    asked: AtomicU64,
    /// Up to which ticket the index is level.
    served: tokio::sync::Mutex<u64>,
}

/// What an application is made of.
pub struct Parts {
    /// Where records are kept.
    pub store: Arc<dyn Store>,
    /// Where segments of the index are kept.
    pub index_files: Arc<dyn IndexFiles>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub entropy: Arc<dyn Entropy>,
    /// The secrets of the log: the same ones with which the store appends to it.
    pub seal: Seal,
    /// Turns passwords into hashes.
    pub hasher: PasswordHasher,
    /// The terms of the lists.
    pub catalogue: Catalogue,
    /// What an operator sets.
    pub settings: Settings,
    /// Keys for the exchange with partners; without them the node exchanges nothing.
    pub identity: Option<Identity>,
}

/// A page of something, newest first where nothing else is said.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T, P = Cursor> {
    /// The items.
    pub items: Vec<T>,
    /// Where the next page starts; absent on the last one.
    pub next: Option<P>,
}

impl App {
    /// Puts the use cases together and brings the index level with the store.
    ///
    /// # Errors
    /// [`AppError::Internal`] where the policies are invalid, [`AppError::Store`] where the store
    /// does not answer.
    pub async fn start(parts: Parts) -> Result<Self, AppError> {
        let app = Self::without_index(parts)?;
        app.reload_directory().await?;
        app.follow().await?;
        Ok(app)
    }

    /// The use cases without their index, for commands that search nothing.
    ///
    /// # Errors
    /// [`AppError::Internal`] where the policies are invalid.
    pub fn without_index(parts: Parts) -> Result<Self, AppError> {
        let policy = Policy::shared().map_err(|error| AppError::Internal(error.to_string()))?;
        let profile = Profile::sis_like().map_err(|error| AppError::Internal(error.to_string()))?;
        let firearms = egnatia_firearms::Profile::shipped()
            .map_err(|error| AppError::Internal(error.to_string()))?;
        let reference = firearms::shared_reference()?;
        Ok(Self {
            inner: Arc::new(Inner {
                firearms,
                following: Following::default(),
                stock: stock::Stock::of(&parts.settings)?,
                exchange: exchange::Exchange::new(profile, parts.identity, parts.clock.now()),
                index: MatchIndex::new(&parts.settings, parts.index_files, reference),
                doors: doors::Doors::new(parts.hasher, &parts.settings.sessions),
                store: parts.store,
                clock: parts.clock,
                entropy: parts.entropy,
                policy,
                catalogue: parts.catalogue,
                settings: parts.settings,
                seal: parts.seal,
            }),
        })
    }

    /// Brings the index level with the store, also with what other processes wrote. Returns how
    /// many lines of the feed were new. A node calls it several times a second.
    ///
    /// # Errors
    /// [`AppError::Store`] where the store does not answer.
    pub async fn follow(&self) -> Result<u64, AppError> {
        self.inner.index.follow(self.store()).await
    }

    /// Brings the index level with what was committed before this call. Of many callers at the
    /// same time, one reads the feed for all. Nothing is read where this process has no index.
    async fn follow_own(&self) -> Result<(), AppError> {
        if !self.inner.index.is_followed() {
            return Ok(());
        }
        let following = &self.inner.following;
        let ticket = following.asked.fetch_add(1, Ordering::SeqCst) + 1;
        let mut served = following.served.lock().await;
        if *served < ticket {
            let asked = following.asked.load(Ordering::SeqCst);
            self.follow().await?;
            *served = asked;
        }
        Ok(())
    }

    /// Moves entries of the index that no longer change into files, where there are enough of
    /// them, and takes erased ones out of the files. Returns whether it did. Blocks; a node calls
    /// it on a thread for such work, once in a while.
    ///
    /// # Errors
    /// [`AppError::Internal`] where the files cannot be written; the index goes on without.
    pub fn tend_index(&self) -> Result<bool, AppError> {
        self.inner.index.tend()
    }

    /// Which records the index holds, in which version: for tests that compare it with the store.
    ///
    /// # Errors
    /// [`AppError::Internal`] where the index broke off in the middle of a change.
    pub fn index_contents(
        &self,
    ) -> Result<std::collections::HashMap<RecordId, egnatia_record::Version>, AppError> {
        self.inner.index.contents()
    }

    /// What somebody in this role is offered; decides what the navigation shows.
    pub fn offers(&self, role: Role, action: Action) -> bool {
        self.inner.policy.offers(role, action)
    }

    /// What the node knows of a list.
    pub fn terms(&self, list: &str) -> &ListTerms {
        self.inner.catalogue.terms(list)
    }

    /// What a list is called: `OFAC SDN (ofac-sdn)`, or its code alone.
    pub fn list_name(&self, list: &str) -> String {
        self.inner.catalogue.name(list)
    }

    /// What an operator has set.
    pub fn settings(&self) -> &Settings {
        &self.inner.settings
    }

    /// Hours, months and actions of alerts, as the law has them.
    pub fn profile(&self) -> &Profile {
        &self.inner.exchange.profile
    }

    /// The present instant of the node.
    pub fn now(&self) -> jiff::Timestamp {
        self.inner.clock.now()
    }

    /// Whether nothing was ever written.
    ///
    /// # Errors
    /// [`AppError::Store`] where the store does not answer.
    pub async fn is_empty(&self) -> Result<bool, AppError> {
        Ok(self.store().is_empty().await?)
    }

    fn store(&self) -> &dyn Store {
        self.inner.store.as_ref()
    }

    fn writing<'a>(&'a self, caller: &'a Caller) -> Writing<'a> {
        let inner = &self.inner;
        Writing::new(
            &inner.settings.authority,
            inner.clock.as_ref(),
            inner.entropy.as_ref(),
            caller,
        )
    }

    /// Refuses what the policies do not permit; on a record, `created_by` is whoever asked first.
    fn authorise(
        &self,
        caller: &Caller,
        action: Action,
        created_by: Option<&UserId>,
    ) -> Result<(), AppError> {
        if action.touches_personal_data() && caller.justification.is_none() {
            return Err(AppError::NoJustification);
        }
        if self.inner.policy.permits(caller, action, created_by) {
            Ok(())
        } else {
            Err(AppError::Forbidden(action))
        }
    }

    /// Logs that something was looked at. Whoever shows personal data calls it before they answer.
    async fn log_consultation(&self, caller: &Caller, about: EventAbout) -> Result<(), AppError> {
        let mut writing = self.writing(caller);
        writing.log(Operation::Consultation, about);
        self.store().commit(writing.batch).await?;
        Ok(())
    }

    /// The newest version of a record of this kind, if it has not been erased.
    async fn load<B: DeserializeOwned>(
        &self,
        id: RecordId,
        kind: Kind,
    ) -> Result<(StoredRecord, B), AppError> {
        let not_found = || AppError::NotFound(kind.as_str());
        let stored = self.store().record(id).await?.ok_or_else(not_found)?;
        if stored.envelope.kind != kind {
            return Err(not_found());
        }
        let body = read_body(&stored)?.ok_or_else(not_found)?;
        Ok((stored, body))
    }
}

/// A stored body; `None` once erased.
fn read_body<B: DeserializeOwned>(stored: &StoredRecord) -> Result<Option<B>, AppError> {
    stored
        .body
        .as_ref()
        .map(|(bytes, _)| serde_json::from_slice(bytes))
        .transpose()
        .map_err(|error| AppError::unreadable(stored.envelope.kind.as_str(), &error))
}

/// What a stored entry or alert says, as an entry; `None` once erased, and for other kinds.
fn read_entry(stored: &StoredRecord) -> Result<Option<ListEntry>, AppError> {
    match stored.envelope.kind {
        Kind::ListEntry => read_body(stored),
        Kind::Alert => {
            let alert = read_body::<Alert>(stored)?;
            Ok(alert.map(|alert| alert.to_entry(stored.envelope.id)))
        }
        Kind::Firearm => {
            let firearm = read_body::<egnatia_firearms::Firearm>(stored)?;
            Ok(firearm.map(|firearm| firearms::weapon_entry(stored.envelope.id, &firearm)))
        }
        _ => Ok(None),
    }
}

/// Where the next page starts, when this one is full.
fn next_page(items: &[StoredRecord], limit: u32) -> Option<Cursor> {
    let full = u32::try_from(items.len()).is_ok_and(|count| count >= limit);
    items.last().filter(|_| full).map(|last| Cursor {
        at_us: last.envelope.recorded_at.as_microsecond(),
        id: last.envelope.id,
    })
}
