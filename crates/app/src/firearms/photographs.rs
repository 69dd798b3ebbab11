//! Photographs of weapons. The picture is the body of a record of its own, so that it commits with
//! the weapon that names it, stands in the log, is in the backup and is erased with the weapon.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use egnatia_audit::{Hash, Operation};
use egnatia_firearms::KeptPhotograph;
use egnatia_formats::photographs;
use egnatia_record::{Kind, RecordId};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Keeping, changed, refused, terms};
use crate::port::{Change, ObjectRef};
use crate::writing::{Beside, EventAbout, Keep, Writing};
use crate::{Action, App, AppError, Caller, Invalid};

/// The state of a photograph.
pub(crate) const KEPT: &str = "kept";
/// How a photograph refers to its weapon.
const OF: &str = "photograph-of";

/// The body of a record of kind `photograph`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Photograph {
    /// Of which weapon.
    firearm: RecordId,
    /// What it shows.
    shows: String,
    /// SHA-256 of the file as it was given, hexadecimal: to find the original by.
    original_sha256: String,
    width: u32,
    height: u32,
    /// JPEG, Base64.
    jpeg: String,
    /// A small JPEG, Base64.
    small: String,
}

/// Which form of a photograph is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhotographForm {
    /// As it is kept.
    Whole,
    /// At most 320 pixels a side.
    Small,
}

impl App {
    /// Adds a photograph to a weapon: picture and weapon are one transaction. What a camera wrote
    /// into the file is not kept.
    ///
    /// # Errors
    /// [`AppError::Invalid`] where it is no picture, or it is not said what it shows, or the weapon
    /// has too many; [`AppError::NotFound`]; [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn add_photograph(
        &self,
        caller: &Caller,
        id: RecordId,
        (bytes, shows): (Vec<u8>, String),
    ) -> Result<RecordId, AppError> {
        self.authorise(caller, Action::KeepFirearms, None)?;
        let original_sha256 = Hash::of(&bytes).to_string();
        let prepared = tokio::task::spawn_blocking(move || photographs::prepare(&bytes)).await;
        let prepared = prepared
            .map_err(|error| AppError::Internal(error.to_string()))?
            .map_err(|error| Invalid::new("photograph", error.name(), error.to_string()))?;
        let (stored, firearm) = self.load_firearm(id).await?;
        let mut writing = self.writing(caller);
        let photograph = writing.new_id();
        let firearm = firearm
            .with_photograph(KeptPhotograph {
                record: photograph,
                shows: shows.clone(),
                by: caller.login.clone(),
                at: writing.at,
            })
            .map_err(|error| refused(&error))?;
        let body = Photograph {
            firearm: id,
            shows,
            original_sha256,
            width: prepared.width,
            height: prepared.height,
            jpeg: STANDARD.encode(&prepared.jpeg),
            small: STANDARD.encode(&prepared.small),
        };
        let purpose = stored.envelope.purpose;
        // It goes with its weapon, and not by a date of its own.
        let keep = Keep::Review(self.inner.firearms.review_days);
        let beside = Beside::new(KEPT, Operation::Collection).links([(OF, id)]);
        writing.create(
            photograph,
            terms(Kind::Photograph, purpose, false, keep),
            &body,
            beside,
        )?;
        let keeping = Keeping {
            stored: Some(&stored),
            id,
            firearm: &firearm,
            purpose,
        };
        let beside = changed("photograph")
            .data(json!({ "change": "photograph-added", "photograph": photograph }));
        self.put_firearm(&mut writing, &keeping, beside)?;
        self.store().commit(writing.batch).await?;
        self.after_change().await?;
        Ok(photograph)
    }

    /// A photograph of a weapon, JPEG. That it was looked at is logged.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where the weapon has no such photograph;
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn view_photograph(
        &self,
        caller: &Caller,
        (firearm, id): (RecordId, RecordId),
        form: PhotographForm,
    ) -> Result<Vec<u8>, AppError> {
        self.authorise(caller, Action::ViewFirearms, None)?;
        let (stored, body) = self.load::<Photograph>(id, Kind::Photograph).await?;
        if body.firearm != firearm {
            return Err(AppError::NotFound(Kind::Photograph.as_str()));
        }
        let text = match form {
            PhotographForm::Whole => &body.jpeg,
            PhotographForm::Small => &body.small,
        };
        let bytes = STANDARD
            .decode(text)
            .map_err(|error| AppError::Internal(format!("a photograph: {error}")))?;
        let about = EventAbout::seen(id, stored.envelope.version);
        self.log_consultation(caller, about).await?;
        Ok(bytes)
    }

    /// Takes a photograph of a weapon away: the picture is erased.
    ///
    /// # Errors
    /// [`AppError::NotFound`]; [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn remove_photograph(
        &self,
        caller: &Caller,
        (id, photograph): (RecordId, RecordId),
    ) -> Result<(), AppError> {
        self.authorise(caller, Action::KeepFirearms, None)?;
        let (stored, firearm) = self.load_firearm(id).await?;
        let firearm = firearm
            .without_photograph(photograph)
            .map_err(|error| refused(&error))?
            .ok_or(AppError::NotFound(Kind::Photograph.as_str()))?;
        let mut writing = self.writing(caller);
        let keeping = Keeping {
            stored: Some(&stored),
            id,
            firearm: &firearm,
            purpose: stored.envelope.purpose,
        };
        let beside = changed("photograph")
            .data(json!({ "change": "photograph-removed", "photograph": photograph }));
        self.put_firearm(&mut writing, &keeping, beside)?;
        self.erase_photograph(&mut writing, photograph).await?;
        self.store().commit(writing.batch).await?;
        self.after_change().await
    }

    /// Erases the photographs of a weapon that is erased, in the same transaction.
    pub(crate) async fn erase_photographs(
        &self,
        writing: &mut Writing<'_>,
        firearm: RecordId,
    ) -> Result<(), AppError> {
        for photograph in self.store().linked(firearm, OF).await? {
            self.erase_photograph(writing, photograph).await?;
        }
        Ok(())
    }

    async fn erase_photograph(
        &self,
        writing: &mut Writing<'_>,
        photograph: RecordId,
    ) -> Result<(), AppError> {
        let Some(stored) = self.store().record(photograph).await? else {
            return Ok(());
        };
        if stored.body.is_none() {
            // It was taken away before.
            return Ok(());
        }
        let object = ObjectRef {
            record: photograph,
            version: stored.envelope.version,
            commitment: None,
        };
        let about = EventAbout {
            object: Some(object),
            ..EventAbout::default()
        };
        writing.log(Operation::Erasure, about);
        writing.batch.changes.push(Change::Erase(photograph));
        Ok(())
    }
}
