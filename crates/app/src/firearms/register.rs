//! The register: checked first, then written; searched; seen.

use std::collections::BTreeSet;

use egnatia_alerts::Reason;
use egnatia_audit::Operation;
use egnatia_firearms::{
    Event, Firearm, LifeRefused, Particulars, Recording, ReportClock, Standing, Stay,
};
use egnatia_matching::serial::Serial;
use egnatia_record::{Envelope, RecordId};
use jiff::civil::Date;
use serde_json::json;

use super::{Keeping, changed, purpose_of, refused, shared_reference};
use crate::catalogue::{OWN_ALERTS, OWN_FIREARMS};
use crate::index::Found;
use crate::port::{CommitError, Conflict, Cursor, FirearmFilter, FirearmOrder, FirearmRow};
use crate::writing::{Beside, EventAbout};
use crate::{Action, App, AppError, Caller, Invalid, Page};

/// How many like weapons are looked for before one is registered.
const LIKE_MAX: u16 = 20;

/// A weapon that is to be registered.
#[derive(Debug, Clone, PartialEq)]
pub struct NewFirearm {
    /// What it is.
    pub particulars: Particulars,
    /// Under which number it stands in a register of before.
    pub reference: Option<String>,
    /// How it came here, and when.
    pub first: Option<(Event, Date)>,
    /// Like weapons and alerts that were looked at, and are other ones.
    pub different_from: BTreeSet<RecordId>,
}

/// What a weapon is in truth.
#[derive(Debug, Clone, PartialEq)]
pub struct Described {
    /// What it is.
    pub particulars: Particulars,
    /// Why it was recorded otherwise.
    pub why: Reason,
    /// Like weapons and alerts that were looked at, and are other ones.
    pub different_from: BTreeSet<RecordId>,
}

/// A weapon or an alert that may mean the same.
#[derive(Debug, Clone, PartialEq)]
pub struct LikeFirearm {
    /// The record.
    pub record: RecordId,
    /// Where it was found: the register, alerts of this node, alerts of a partner.
    pub list: String,
    /// The name under which it is shown.
    pub name: String,
    /// How far it agrees, and why.
    pub assessment: egnatia_matching::Assessment,
}

/// Which weapons are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FirearmSearch {
    /// Whose number begins so; or a maker, or a calibre, where `make` and `calibre` are empty.
    pub text: String,
    /// Of this maker.
    pub make: String,
    /// Of this calibre.
    pub calibre: String,
    /// Of this kind.
    pub kind: String,
    /// That are there.
    pub custody: String,
    /// Of this model.
    pub model: String,
    /// Of this category: `A`, `B`, `C`.
    pub category: String,
    /// Made in this year, or from one to another: `1987`, `1980-1989`.
    pub year: String,
    /// In this order.
    pub order: FirearmOrder,
}

/// `1987`, or `1980-1989`.
fn read_years(text: &str) -> Option<(i16, i16)> {
    let (first, last) = text.split_once(['-', '–']).unwrap_or((text, text));
    let year = |text: &str| text.trim().parse::<i16>().ok();
    let years = (year(first)?, year(last)?);
    (years.0 <= years.1).then_some(years)
}

/// A weapon with all that is known of it.
#[derive(Debug, Clone)]
pub struct FirearmView {
    /// Whose record it is, why, until when.
    pub envelope: Envelope,
    /// What it says.
    pub firearm: Firearm,
    /// Where it is.
    pub standing: Standing,
    /// Every time at one place.
    pub stays: Vec<Stay>,
    /// The clock of an open report.
    pub clock: Option<ReportClock>,
    /// What the form of its number says.
    pub hints: Vec<String>,
    /// Incidents in which it is.
    pub incidents: Vec<RecordId>,
    /// Its versions, oldest first.
    pub versions: Vec<Envelope>,
    /// Whether the caller may change it.
    pub may_change: bool,
}

/// Why nothing was written: two weapons of one identity are told apart by what is stated.
fn told_apart(error: CommitError, different: &BTreeSet<RecordId>) -> AppError {
    match error {
        CommitError::Conflict(Conflict::Custody(holder)) if different.contains(&holder) => {
            let text = "another weapon of the same make, model and number is in somebody's \
                        hands; state what tells the two apart";
            Invalid::new("distinguished_by", "missing", text).into()
        }
        error => error.into(),
    }
}

/// Those of what was found that are weapons.
fn weapons(found: Vec<Found>) -> Vec<LikeFirearm> {
    let is_weapon = |list: &str| {
        let list = list.split(':').next().unwrap_or_default();
        list == OWN_FIREARMS || list == OWN_ALERTS
    };
    let found = found.into_iter().filter(|found| is_weapon(&found.list));
    found
        .map(|found| LikeFirearm {
            record: found.record,
            list: found.list,
            name: found.name,
            assessment: found.assessment,
        })
        .collect()
}

impl App {
    /// Weapons and alerts that may mean the same, before one is registered (rule SIS-31). The
    /// question is logged.
    ///
    /// # Errors
    /// [`AppError::NoJustification`], [`AppError::Forbidden`], [`AppError::Invalid`].
    pub async fn like_firearms(
        &self,
        caller: &Caller,
        what: &Particulars,
    ) -> Result<Vec<LikeFirearm>, AppError> {
        self.authorise(caller, Action::KeepFirearms, None)?;
        let like = self.find_like_firearms(what)?;
        let ids: Vec<RecordId> = like.iter().map(|like| like.record).collect();
        let about = EventAbout::subject("like-firearms").data(json!({ "records": ids }));
        self.log_consultation(caller, about).await?;
        Ok(like)
    }

    pub(super) fn find_like_firearms(
        &self,
        what: &Particulars,
    ) -> Result<Vec<LikeFirearm>, AppError> {
        what.validate()
            .map_err(|error| refused(&LifeRefused::from(error)))?;
        let description = what.description();
        if description.identifiers.is_empty() {
            // Nothing was read: nothing can be found by it.
            return Ok(Vec::new());
        }
        let found = match self.inner.index.search(&description, LIKE_MAX) {
            Ok(search) => search.found,
            // So little was read that everything fits: the register takes it, and says so nowhere.
            Err(AppError::Invalid(error)) if error.code == "too-open" => Vec::new(),
            Err(error) => return Err(error),
        };
        Ok(weapons(found))
    }

    /// Weapons and alerts that agree with one of which a row of a file says what it is. A number
    /// that was read wholly is looked up as it stands: look-alikes would take as long as the
    /// register is large.
    pub(super) fn find_same_firearms(
        &self,
        what: &Particulars,
    ) -> Result<Vec<LikeFirearm>, AppError> {
        let matched = self.inner.settings.thresholds.matched;
        let masked = what.marks.iter().any(|mark| mark.text.contains(['?', '*']));
        let found = match masked {
            true => self.find_like_firearms(what)?,
            false => weapons(self.inner.index.same_weapons(&what.description())?),
        };
        let same = found.into_iter();
        Ok(same
            .filter(|like| like.assessment.probability >= matched)
            .collect())
    }

    /// Registers a weapon. Whatever agrees with it was looked at before.
    ///
    /// # Errors
    /// [`AppError::Invalid`] where data are missing, or where something like it was not looked at;
    /// [`AppError::Conflict`] where the same weapon is in somebody's hands already;
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn register_firearm(
        &self,
        caller: &Caller,
        new: NewFirearm,
    ) -> Result<RecordId, AppError> {
        self.authorise(caller, Action::KeepFirearms, None)?;
        let purpose = purpose_of(caller)?;
        let like = self.looked_at(&new.particulars, &new.different_from, &[])?;
        let mut firearm =
            Firearm::new(new.particulars, new.reference).map_err(|error| refused(&error))?;
        let mut writing = self.writing(caller);
        if let Some((event, on)) = new.first {
            let recording = Recording {
                event,
                on,
                by: caller.login.clone(),
                at: writing.at,
            };
            firearm = firearm.record(recording).map_err(|error| refused(&error))?;
        }
        let id = writing.new_id();
        let looked_at: Vec<RecordId> = like.iter().map(|like| like.record).collect();
        let beside = Beside::new("", Operation::Collection)
            .data(json!({ "like": looked_at, "different": new.different_from }));
        let keeping = Keeping {
            stored: None,
            id,
            firearm: &firearm,
            purpose,
        };
        self.put_firearm(&mut writing, &keeping, beside)?;
        let done = self.store().commit(writing.batch).await;
        done.map_err(|error| told_apart(error, &new.different_from))?;
        self.after_change().await?;
        Ok(id)
    }

    /// What agrees with a weapon, all of it looked at: it is another one, or the weapon itself.
    fn looked_at(
        &self,
        what: &Particulars,
        different: &BTreeSet<RecordId>,
        itself: &[RecordId],
    ) -> Result<Vec<LikeFirearm>, AppError> {
        let mut like = self.find_like_firearms(what)?;
        like.retain(|like| !itself.contains(&like.record));
        let matched = self.inner.settings.thresholds.matched;
        let unseen: Vec<String> = like
            .iter()
            .filter(|like| like.assessment.probability >= matched)
            .filter(|like| !different.contains(&like.record))
            .map(|like| format!("{} ({})", like.record, like.list))
            .collect();
        match unseen.is_empty() {
            true => Ok(like),
            false => {
                let text = format!(
                    "this agrees with what is known already: {}; look at it, and say that it is \
                     another weapon, or do not register it twice",
                    unseen.join(", ")
                );
                Err(Invalid::new("different_from", "duplicate", text).into())
            }
        }
    }

    /// Corrects what a weapon is. What happened to it stays.
    ///
    /// # Errors
    /// As [`App::register_firearm`]; [`AppError::NotFound`].
    pub async fn describe_firearm(
        &self,
        caller: &Caller,
        id: RecordId,
        described: Described,
    ) -> Result<(), AppError> {
        self.authorise(caller, Action::KeepFirearms, None)?;
        let (stored, firearm) = self.load_firearm(id).await?;
        let different = described.different_from;
        let itself: Vec<RecordId> = firearm.alert.into_iter().chain([id]).collect();
        let like = self.looked_at(&described.particulars, &different, &itself)?;
        let looked_at: Vec<RecordId> = like.iter().map(|like| like.record).collect();
        // Evidence by hash stands in the record; a form does not show it, and does not take it away.
        let particulars = Particulars {
            photographs: firearm.particulars.photographs.clone(),
            ..described.particulars
        };
        let firearm = firearm
            .describe_anew(particulars)
            .map_err(|error| refused(&error))?;
        let mut writing = self.writing(caller);
        let keeping = Keeping {
            stored: Some(&stored),
            id,
            firearm: &firearm,
            purpose: stored.envelope.purpose,
        };
        let beside = changed("described").data(json!({
            "change": "described", "why": described.why, "like": looked_at, "different": different,
        }));
        self.put_firearm(&mut writing, &keeping, beside)?;
        let done = self.store().commit(writing.batch).await;
        done.map_err(|error| told_apart(error, &different))?;
        self.after_change().await
    }

    /// Weapons of the register, in the order of the search.
    ///
    /// # Errors
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn firearms(
        &self,
        caller: &Caller,
        search: &FirearmSearch,
        after: Option<Cursor>,
        limit: u32,
    ) -> Result<Page<FirearmRow>, AppError> {
        self.authorise(caller, Action::ViewFirearms, None)?;
        let limit = limit.clamp(1, 100);
        let filter = self.filter_of(search, after, limit)?;
        let items = self.store().firearms(&filter).await?;
        let is_full = u32::try_from(items.len()).is_ok_and(|count| count == limit);
        let next = items.last().filter(|_| is_full).map(|last| Cursor {
            at_us: last.updated_at.as_microsecond(),
            id: last.record,
        });
        let ids: Vec<RecordId> = items.iter().map(|row| row.record).collect();
        let about = EventAbout::subject("firearms").data(json!({ "records": ids }));
        self.log_consultation(caller, about).await?;
        Ok(Page { items, next })
    }

    fn filter_of(
        &self,
        search: &FirearmSearch,
        after: Option<Cursor>,
        limit: u32,
    ) -> Result<FirearmFilter, AppError> {
        let reference = shared_reference()?;
        let said = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let mut filter = FirearmFilter {
            serial: None,
            make: said(&search.make).map(|text| reference.make_name(&text)),
            calibre: said(&search.calibre).map(|text| reference.calibre_name(&text)),
            kind: said(&search.kind),
            custody: said(&search.custody),
            model: said(&search.model).map(|text| reference.model_name(&text)),
            category: said(&search.category).map(|text| text.to_uppercase()),
            years: None,
            order: search.order,
            after,
            limit,
        };
        if let Some(text) = said(&search.year) {
            let years = read_years(&text).ok_or_else(|| {
                let text = "write a year, or the first and the last with a dash: 1980-1989";
                Invalid::new("year", "invalid", text)
            })?;
            filter.years = Some(years);
        }
        if let Some(text) = said(&search.text) {
            match (reference.make(&text), reference.calibre(&text)) {
                (Some(make), _) if filter.make.is_none() => filter.make = Some(make.name.clone()),
                (None, Some(calibre)) if filter.calibre.is_none() => {
                    filter.calibre = Some(calibre.name().to_owned());
                }
                _ => {
                    let serial = Serial::new(&text).map_err(|error| {
                        let text = format!("{error}; a check takes masks, this list does not");
                        Invalid::new("text", "invalid", text)
                    })?;
                    filter.serial = Some(serial.normal());
                }
            }
        }
        Ok(filter)
    }

    /// A weapon, its marks and its life.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn view_firearm(
        &self,
        caller: &Caller,
        id: RecordId,
    ) -> Result<FirearmView, AppError> {
        self.authorise(caller, Action::ViewFirearms, None)?;
        let (stored, firearm) = self.load_firearm(id).await?;
        let about = EventAbout::seen(id, stored.envelope.version);
        self.log_consultation(caller, about).await?;
        let standing = firearm.standing().map_err(|error| refused(&error))?;
        let clock = firearm.open_report().and_then(|entry| match &entry.event {
            Event::Loss(report) | Event::Theft(report) => Some(
                self.inner
                    .firearms
                    .report_clock(report.discovered_at, Some(entry.recorded_at)),
            ),
            _ => None,
        });
        let what = &firearm.particulars;
        let reference = shared_reference()?;
        let hints = reference.hints(&what.make, &what.model, what.number(), self.today());
        let history = self.store().history(id).await?;
        Ok(FirearmView {
            stays: firearm.stays().map_err(|error| refused(&error))?,
            incidents: self.store().linked(id, "firearm").await?,
            versions: history.into_iter().map(|row| row.envelope).collect(),
            may_change: self
                .inner
                .policy
                .permits(caller, Action::KeepFirearms, None),
            envelope: stored.envelope,
            standing,
            clock,
            hints,
            firearm,
        })
    }
}
