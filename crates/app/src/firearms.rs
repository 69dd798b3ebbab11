//! Firearms: registered, followed through their life, seized, traced, counted.

mod events;
mod import;
mod incidents;
mod photographs;
mod progress;
mod register;
mod returns;
mod traces;
mod views;

use std::sync::OnceLock;

use egnatia_alerts::{ListEntry, ListedName, NameQuality, SourceText};
use egnatia_audit::Operation;
use egnatia_firearms::{
    Firearm, LifeRefused, Particulars, Profile as FirearmsProfile, Reference, Standing,
};
use egnatia_matching::serial::Serial;
use egnatia_matching::{NameKind, Schema};
use egnatia_record::{
    Evaluation, Handling, Kind, LegalBasis, Nature, Purpose, RecordId, SubjectCategory,
};
use jiff::Timestamp;

use crate::catalogue::OWN_FIREARMS;
use crate::index::MatchKeys;
use crate::port::{Change, FirearmRow, KeyChange, RecordFilter, StoredRecord};
use crate::writing::{Beside, EventAbout, Keep, Terms, Writing};
use crate::{Action, App, AppError, Caller, Invalid, read_body};

pub(crate) use events::characteristics;
pub use events::{MissingReport, NewCorrection};
pub use import::{
    EarlierRow, FirearmImportError, FirearmImportReport, FirearmImporting, ImportStep,
    LikeFirearmRow, LikeState, RowDecision, SameFirearm,
};
pub use incidents::{IncidentSummary, IncidentView};
pub(crate) use photographs::KEPT;
pub use photographs::PhotographForm;
pub use progress::{PERIODS_MAX, ProgressView};
pub use register::{Described, FirearmSearch, FirearmView, LikeFirearm, NewFirearm};
pub use returns::{ReturnSummary, ReturnView};
pub(crate) use traces::{
    ASKED as TRACE_ASKED, CATEGORY, OPEN, RECEIVED as TRACE_RECEIVED, next_version,
};
pub use traces::{
    LateTraceView, NewTrace, NewTraceAnswer, TraceAnswerView, TraceDelivery, TraceStanding,
    TraceSummary, TraceView,
};

/// The tables of calibres, makes and serials, read once for all nodes of a process.
pub(crate) fn shared_reference() -> Result<&'static Reference, AppError> {
    static SHARED: OnceLock<Result<Reference, String>> = OnceLock::new();
    let shared = SHARED.get_or_init(|| Reference::shipped().map_err(|error| error.to_string()));
    shared
        .as_ref()
        .map_err(|text| AppError::Internal(text.clone()))
}

/// Why a life does not go on so, as an answer.
pub(crate) fn refused(error: &LifeRefused) -> AppError {
    Invalid::new(error.field(), error.name(), error.to_string()).into()
}

pub(crate) fn purpose_of(caller: &Caller) -> Result<Purpose, AppError> {
    let why = caller.justification.as_ref();
    why.map(|why| why.purpose).ok_or(AppError::NoJustification)
}

/// Terms of what the node keeps about weapons. Names of holders make a record personal.
pub(crate) fn terms(kind: Kind, purpose: Purpose, personal: bool, keep: Keep) -> Terms {
    Terms {
        kind,
        purpose,
        legal_basis: LegalBasis::NationalLaw,
        handling: Handling::national(),
        evaluation: Evaluation::OFFICIAL,
        subject: match personal {
            true => SubjectCategory::Undetermined,
            false => SubjectCategory::NoPerson,
        },
        nature: Nature::Fact,
        keep,
    }
}

/// What a weapon says as an entry, to be shown beside what was checked. Holders are not in it.
pub(crate) fn weapon_entry(id: RecordId, firearm: &Firearm) -> ListEntry {
    let what = &firearm.particulars;
    let custody = firearm
        .standing()
        .map_or("nowhere", |standing| standing.custody.as_str());
    let text = |field: &str, text: String| SourceText {
        field: field.to_owned(),
        text,
    };
    let marks = what.marks.iter().map(|mark| {
        let state = format!("{}: {} ({})", mark.place, mark.text, mark.state);
        text("mark", state)
    });
    let mut texts: Vec<SourceText> = marks.collect();
    texts.push(text("kind", what.kind.to_string()));
    texts.push(text("calibre", what.calibre.clone()));
    texts.push(text("custody", custody.to_owned()));
    if let Some(year) = what.year {
        texts.push(text("year", year.to_string()));
    }
    ListEntry {
        source_id: id.to_string(),
        schema: Schema::Unknown,
        names: vec![ListedName {
            text: what.display_name(),
            kind: NameKind::Primary,
            quality: NameQuality::Unstated,
            parts: None,
            note: None,
        }],
        source_text: texts,
        ..ListEntry::default()
    }
}

/// The state of a weapon for which one officer has proposed what another one signs.
const WAITING: &str = "waits-for-signature";
/// So many weapons that wait are listed.
const WAITING_MAX: u32 = 100;

/// A weapon that is to be written.
pub(crate) struct Keeping<'a> {
    /// Its version before; absent where it is new.
    pub stored: Option<&'a StoredRecord>,
    /// Its record.
    pub id: RecordId,
    /// What is written.
    pub firearm: &'a Firearm,
    /// For what.
    pub purpose: Purpose,
}

impl App {
    /// Names of calibres and makers, and what serial numbers say.
    ///
    /// # Errors
    /// [`AppError::Internal`]: a mistake in the program.
    pub fn firearms_reference(&self) -> Result<&'static Reference, AppError> {
        shared_reference()
    }

    /// Hours and years of the law on firearms.
    pub fn firearms_profile(&self) -> &FirearmsProfile {
        &self.inner.firearms
    }

    /// Weapons for which one officer has proposed what another one signs, the last first, up to 100.
    ///
    /// # Errors
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn firearms_waiting(
        &self,
        caller: &Caller,
    ) -> Result<Vec<(RecordId, Firearm)>, AppError> {
        self.authorise(caller, Action::ViewFirearms, None)?;
        let filter = RecordFilter {
            kind: Kind::Firearm,
            state: Some(WAITING.to_owned()),
            created_by: None,
            after: None,
            limit: WAITING_MAX,
        };
        let mut waiting = Vec::new();
        for stored in self.store().find(&filter).await? {
            if let Some(firearm) = read_body::<Firearm>(&stored)? {
                waiting.push((stored.envelope.id, firearm));
            }
        }
        let ids: Vec<RecordId> = waiting.iter().map(|(id, _)| *id).collect();
        let about =
            EventAbout::subject("firearms-waiting").data(serde_json::json!({ "records": ids }));
        self.log_consultation(caller, about).await?;
        Ok(waiting)
    }

    /// How many weapons wait for a second officer. Touches nothing personal.
    ///
    /// # Errors
    /// [`AppError::Store`] where the store does not answer.
    pub async fn firearms_waiting_count(&self) -> Result<u64, AppError> {
        Ok(self.store().count(Kind::Firearm, WAITING).await?)
    }

    /// What no two weapons share that somebody here has. One whose number could not be read
    /// wholly is only the same as itself.
    fn identity_of(&self, id: RecordId, what: &Particulars) -> Result<String, AppError> {
        let reference = shared_reference()?;
        let serial = what.unique_mark().and_then(egnatia_firearms::Mark::serial);
        let Some(serial) = serial else {
            return Ok(format!("record|{id}"));
        };
        Ok(format!(
            "{}|{}|{}|{}|{}",
            reference.make_name(&what.make),
            reference.model_name(&what.model),
            reference.calibre_name(&what.calibre),
            serial.normal(),
            reference.model_name(what.distinguished_by.as_deref().unwrap_or_default()),
        ))
    }

    fn row_of(
        &self,
        id: RecordId,
        firearm: &Firearm,
        standing: &Standing,
        at: Timestamp,
    ) -> Result<FirearmRow, AppError> {
        let reference = shared_reference()?;
        let what = &firearm.particulars;
        let number = what.unique_mark().map(|mark| mark.text.as_str());
        let serial = number.and_then(|text| {
            let readable: String = text.chars().filter(|c| !matches!(c, '?' | '*')).collect();
            Serial::new(&readable).ok()
        });
        Ok(FirearmRow {
            record: id,
            identity: self.identity_of(id, what)?,
            serial: serial.map(|serial| serial.normal()).unwrap_or_default(),
            make: reference.make_name(&what.make),
            calibre: reference.calibre_name(&what.calibre),
            kind: what.kind.as_str().to_owned(),
            custody: standing.custody.as_str().to_owned(),
            is_open: standing.custody.is_open(),
            name: what.display_name(),
            updated_at: at,
            model: reference.model_name(&what.model),
            category: what
                .category
                .map_or("", |category| category.as_str())
                .to_owned(),
            year: what.year,
        })
    }

    /// Puts a weapon into a transaction: record, match keys, line of the register.
    pub(crate) fn put_firearm(
        &self,
        writing: &mut Writing<'_>,
        keeping: &Keeping<'_>,
        beside: Beside,
    ) -> Result<(), AppError> {
        let Keeping {
            stored,
            id,
            firearm,
            purpose,
        } = keeping;
        let standing = firearm.standing().map_err(|error| refused(&error))?;
        let keep = match standing.destroyed_on {
            Some(on) => Keep::EraseOn(self.inner.firearms.keep_until(on)),
            None => Keep::Review(self.inner.firearms.review_days),
        };
        let keys = MatchKeys {
            list: OWN_FIREARMS.to_owned(),
            source_id: id.to_string(),
            name: firearm.particulars.display_name(),
            action: None,
            description: firearm.particulars.description(),
        };
        let keys = serde_json::to_vec(&keys)
            .map_err(|error| AppError::Internal(format!("a match key: {error}")))?;
        let beside = Beside {
            state: state_of(firearm, &standing),
            // A destroyed weapon can turn up again: that is when it matters.
            keys: KeyChange::Set(keys),
            ..beside
        };
        let mut terms = terms(Kind::Firearm, *purpose, firearm.is_personal(), keep);
        match stored {
            None => writing.create(*id, terms, firearm, beside)?,
            Some(stored) => {
                terms.purpose = stored.envelope.purpose;
                let mut envelope = writing.envelope_of(*id, terms)?;
                envelope.version = stored.envelope.version.next().ok_or_else(|| {
                    AppError::Internal("a record has no further version".to_owned())
                })?;
                writing.put_envelope(envelope, firearm, beside)?;
            }
        }
        let row = self.row_of(*id, firearm, &standing, writing.at)?;
        writing.batch.changes.push(Change::PutFirearm(row));
        Ok(())
    }

    pub(crate) async fn load_firearm(
        &self,
        id: RecordId,
    ) -> Result<(StoredRecord, Firearm), AppError> {
        self.load::<Firearm>(id, Kind::Firearm).await
    }
}

/// The state of the record: what waits for a second officer is found by it.
fn state_of(firearm: &Firearm, standing: &Standing) -> &'static str {
    match firearm.proposed {
        Some(_) => WAITING,
        None => standing.custody.as_str(),
    }
}

/// The same of a weapon whose life may not be readable.
pub(crate) fn state_word(firearm: &Firearm) -> &'static str {
    let standing = firearm.standing();
    standing.map_or("nowhere", |standing| state_of(firearm, &standing))
}

/// What the log says of a change.
pub(crate) fn changed(what: &'static str) -> Beside {
    Beside::new("", Operation::Alteration).data(serde_json::json!({ "change": what }))
}
