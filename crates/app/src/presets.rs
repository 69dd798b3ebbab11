//! What somebody kept under a name: a view of a list, for themselves; how the columns of a table are
//! read, for everybody who brings such tables in.

use egnatia_audit::Operation;
use egnatia_record::{Kind, RecordId, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::firearms::{purpose_of, terms};
use crate::port::{Change, CommitError, Conflict, ObjectRef, RecordFilter, StoredRecord};
use crate::writing::{Beside, EventAbout, Keep};
use crate::{Action, App, AppError, Caller, Invalid, read_body};

/// The longest name, in characters.
const NAME_MAX: usize = 60;
/// The longest text, in bytes.
const TEXT_MAX: usize = 4_000;
/// The most that are kept for one area: of one person, or of all where they are shared.
const COUNT_MAX: u32 = 100;
/// What nobody keeps anew for three years is forgotten.
const KEEP_DAYS: u16 = 1_095;

/// For what something is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PresetArea {
    /// A view of the register of firearms, of one person.
    FirearmsView,
    /// How the columns of a table of firearms are read, of everybody.
    FirearmColumns,
}

impl PresetArea {
    /// How it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FirearmsView => "firearms-view",
            Self::FirearmColumns => "firearm-columns",
        }
    }

    const fn action(self) -> Action {
        match self {
            Self::FirearmsView => Action::ViewFirearms,
            Self::FirearmColumns => Action::KeepFirearms,
        }
    }

    /// Whose they are, where they are not everybody's.
    fn owner(self, caller: &Caller) -> Option<UserId> {
        (self == Self::FirearmsView).then(|| caller.login.clone())
    }
}

/// Something that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preset {
    /// The record.
    pub id: RecordId,
    /// Its name.
    pub name: String,
    /// What it says, as its area reads it.
    pub text: String,
    /// Who wrote it last.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
}

/// The body of a record of kind `preset`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    area: String,
    name: String,
    text: String,
}

impl App {
    /// What is kept, by name.
    ///
    /// # Errors
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn presets(
        &self,
        caller: &Caller,
        area: PresetArea,
    ) -> Result<Vec<Preset>, AppError> {
        self.authorise(caller, area.action(), None)?;
        let kept = self.kept(caller, area).await?;
        Ok(kept.into_iter().map(|(_, preset)| preset).collect())
    }

    /// The one of this name.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where there is none; as [`App::presets`].
    pub async fn preset(
        &self,
        caller: &Caller,
        area: PresetArea,
        name: &str,
    ) -> Result<Preset, AppError> {
        let all = self.presets(caller, area).await?;
        let found = all.into_iter().find(|preset| preset.name == name.trim());
        found.ok_or(AppError::NotFound(area.as_str()))
    }

    async fn kept(
        &self,
        caller: &Caller,
        area: PresetArea,
    ) -> Result<Vec<(StoredRecord, Preset)>, AppError> {
        let filter = RecordFilter {
            kind: Kind::Preset,
            state: Some(area.as_str().to_owned()),
            created_by: area.owner(caller),
            after: None,
            limit: COUNT_MAX,
        };
        let mut kept = Vec::new();
        for stored in self.store().find(&filter).await? {
            let Some(body) = read_body::<Kept>(&stored)? else {
                continue;
            };
            let preset = Preset {
                id: stored.envelope.id,
                name: body.name,
                text: body.text,
                by: stored.envelope.author.clone(),
                at: stored.envelope.recorded_at,
            };
            kept.push((stored, preset));
        }
        kept.sort_by(|(_, a), (_, b)| a.name.cmp(&b.name));
        Ok(kept)
    }

    /// Keeps something under a name, in place of what was kept under it before.
    ///
    /// # Errors
    /// [`AppError::Invalid`] where name or text are empty or too long, or too much is kept already;
    /// [`AppError::Conflict`] where somebody else takes the name at the same moment;
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn keep_preset(
        &self,
        caller: &Caller,
        area: PresetArea,
        (name, text): (&str, &str),
    ) -> Result<RecordId, AppError> {
        self.authorise(caller, area.action(), None)?;
        let purpose = purpose_of(caller)?;
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        if name.is_empty() || name.chars().count() > NAME_MAX {
            let text = format!("give it a name of 1 to {NAME_MAX} characters");
            return Err(Invalid::new("name", "invalid", text).into());
        }
        if text.len() > TEXT_MAX {
            let text = "there is too much in it to be kept";
            return Err(Invalid::new("text", "too-long", text).into());
        }
        let kept = self.kept(caller, area).await?;
        let count = u32::try_from(kept.len()).unwrap_or(u32::MAX);
        let before = kept.into_iter().find(|(_, preset)| preset.name == name);
        let mut writing = self.writing(caller);
        let body = Kept {
            area: area.as_str().to_owned(),
            name: name.clone(),
            text: text.to_owned(),
        };
        let keep = Keep::Erase(KEEP_DAYS);
        let about = json!({ "area": area.as_str(), "name": name });
        let id = match before {
            Some((stored, preset)) => {
                let beside = Beside::new(area.as_str(), Operation::Alteration).data(about);
                writing.change(&stored, Some(keep), &body, beside)?;
                preset.id
            }
            None if count >= COUNT_MAX => {
                let text = format!("{COUNT_MAX} are kept already; drop one first");
                return Err(Invalid::new("name", "too-many", text).into());
            }
            None => {
                let id = writing.new_id();
                let owner = area.owner(caller).map(|login| login.to_string());
                let claim = format!(
                    "preset:{}:{}:{name}",
                    area.as_str(),
                    owner.unwrap_or_default()
                );
                let beside = Beside::new(area.as_str(), Operation::Collection)
                    .claims(vec![claim])
                    .data(about);
                writing.create(id, terms(Kind::Preset, purpose, false, keep), &body, beside)?;
                id
            }
        };
        match self.store().commit(writing.batch).await {
            Ok(_) => Ok(id),
            Err(CommitError::Conflict(Conflict::Claim(_))) => {
                let text = "somebody has just kept something under this name; look at it first";
                Err(AppError::Conflict(text.to_owned()))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Forgets what was kept under a name.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where there is no such name; as [`App::presets`].
    pub async fn drop_preset(
        &self,
        caller: &Caller,
        area: PresetArea,
        name: &str,
    ) -> Result<(), AppError> {
        let preset = self.preset(caller, area, name).await?;
        let stored = self.store().record(preset.id).await?;
        let stored = stored.ok_or(AppError::NotFound(area.as_str()))?;
        let mut writing = self.writing(caller);
        let object = ObjectRef {
            record: preset.id,
            version: stored.envelope.version,
            commitment: None,
        };
        let about = EventAbout {
            object: Some(object),
            data: Some(json!({ "area": area.as_str() })),
            ..EventAbout::default()
        };
        writing.log(Operation::Erasure, about);
        writing.batch.changes.push(Change::Erase(preset.id));
        self.store().commit(writing.batch).await?;
        Ok(())
    }
}
