//! An alert: a person or an object is looked for, for a stated reason, until a review date.
//!
//! ```text
//! Active ──extend──► Active (review date later, assessment recorded)
//!    ├──withdraw──► Withdrawn
//!    └──review date passes──► erased by retention
//! ```

use std::collections::BTreeSet;

use egnatia_matching::{BirthDate, Description, Identifier, Name, NameKind, Schema};
use egnatia_record::{AuthorityId, Category, RecordId, UserId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::profile::{About, Profile};
use crate::{
    Document, ListEntry, ListedBirth, ListedName, NameQuality, Place, Reason, SourceText, Warning,
};

/// Fields of the alert take so many characters at most.
const TEXT_MAX: usize = 2_000;
/// Flags and links that an alert takes.
const ATTACHED_MAX: usize = 64;

/// The body of a record of kind `alert`: the closed list of fields of Regulation (EU) 2018/1862
/// Art. 20(3) and 38(2), as far as they are text (rules SIS-02 to SIS-04).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alert {
    /// Of which category.
    pub category: Category,
    /// Whom or what: this is what is compared.
    pub subject: Description,
    /// What kind of object, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<ObjectKind>,
    /// Why.
    pub reason: Reason,
    /// What is done once a match is confirmed.
    pub action: String,
    /// The decision that gives rise to it: its authority, number or date.
    pub decision: String,
    /// Why the case is adequate, relevant and important enough (Art. 21, rule SIS-05).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proportionality: Option<Reason>,
    /// What an officer must know before they approach.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub warnings: BTreeSet<Warning>,
    /// Type of offence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offence: Option<String>,
    /// Physical characteristics that do not change; for an object, what it looks like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub characteristics: Option<String>,
    /// What tells it from a like alert on somebody else (Art. 61, rule SIS-07).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distinguished_by: Option<String>,
    /// Other alerts of the same issuer (Art. 63, rule SIS-19).
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub links: BTreeSet<RecordId>,
    /// Parties that do not carry out the action on their territory.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<Flag>,
    /// When it was entered.
    pub entered_on: Date,
    /// On this day it is erased unless somebody extends it.
    pub review_on: Date,
    /// How often it was extended, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extensions: Vec<Extension>,
    /// Where it stands.
    pub state: AlertState,
}

/// What an alert on an object is about (Art. 38(2), rule SIS-04).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ObjectKind {
    /// Motor vehicles.
    Vehicle,
    /// Trailers and caravans.
    Trailer,
    /// Boats and their engines.
    Boat,
    /// Aircraft and their engines.
    Aircraft,
    /// Containers.
    Container,
    /// Firearms.
    Firearm,
    /// Blank official documents.
    BlankDocument,
    /// Issued identity documents.
    IssuedDocument,
    /// Vehicle registration certificates and plates.
    VehicleDocument,
    /// Banknotes and false banknotes.
    Banknote,
    /// Other identifiable objects of high value, parts of vehicles, industrial equipment.
    Other,
}

impl ObjectKind {
    /// Every kind, in the order of the regulation.
    pub const ALL: &'static [Self] = &[
        Self::Vehicle,
        Self::Trailer,
        Self::Boat,
        Self::Aircraft,
        Self::Container,
        Self::Firearm,
        Self::BlankDocument,
        Self::IssuedDocument,
        Self::VehicleDocument,
        Self::Banknote,
        Self::Other,
    ];

    /// The kind as it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Vehicle => "vehicle",
            Self::Trailer => "trailer",
            Self::Boat => "boat",
            Self::Aircraft => "aircraft",
            Self::Container => "container",
            Self::Firearm => "firearm",
            Self::BlankDocument => "blank-document",
            Self::IssuedDocument => "issued-document",
            Self::VehicleDocument => "vehicle-document",
            Self::Banknote => "banknote",
            Self::Other => "other",
        }
    }
}

/// A party that does not carry out the action on its territory (Art. 24, rule SIS-15).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flag {
    /// Whose territory.
    pub authority: AuthorityId,
    /// Why it asked for it.
    pub reason: Reason,
    /// What it does instead; for an arrest: report where the person is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alternative_action: Option<String>,
    /// Since when.
    pub since: Timestamp,
}

/// An alert was kept beyond its review date (Art. 53(6), rule SIS-11).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extension {
    /// The individual assessment.
    pub assessment: Reason,
    /// By whom.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
    /// To which day.
    pub until: Date,
}

/// Where an alert stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AlertState {
    /// Compared with every check.
    Active,
    /// Not any more.
    Withdrawn {
        /// Why.
        reason: Reason,
        /// By whom.
        by: UserId,
        /// When.
        at: Timestamp,
    },
}

impl AlertState {
    /// The state as records are filtered by it.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Withdrawn { .. } => "withdrawn",
        }
    }
}

/// What whoever enters an alert states.
#[derive(Debug, Clone, PartialEq)]
pub struct AlertDraft {
    /// Of which category.
    pub category: Category,
    /// Whom or what.
    pub subject: Description,
    /// What kind of object, where it is about one.
    pub object: Option<ObjectKind>,
    /// Why.
    pub reason: Reason,
    /// What is done; empty for the action of the category.
    pub action: String,
    /// The decision that gives rise to it.
    pub decision: String,
    /// Why the case is adequate.
    pub proportionality: Option<Reason>,
    /// What an officer must know.
    pub warnings: BTreeSet<Warning>,
    /// Type of offence.
    pub offence: Option<String>,
    /// Physical characteristics.
    pub characteristics: Option<String>,
    /// What tells it from a like alert.
    pub distinguished_by: Option<String>,
    /// Other alerts of the same issuer.
    pub links: BTreeSet<RecordId>,
}

/// Why an alert is not entered, changed or taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AlertRefused {
    /// The category is not for this.
    #[error("alerts of this category are about {0}")]
    NotAbout(&'static str),
    /// A person without a name.
    #[error("state at least the family name (Regulation (EU) 2018/1862 Art. 22)")]
    NameMissing,
    /// A person without a birth date.
    #[error("state the date of birth, or what is known of it: `1985` (Art. 22)")]
    BirthMissing,
    /// An object without a number.
    #[error("state a number by which the object is known again")]
    NumberMissing,
    /// No decision.
    #[error("state the decision that gives rise to the alert, 2 to 200 characters")]
    DecisionMissing,
    /// No note, where it is not terrorism.
    #[error("state why the case is adequate, relevant and important enough (Art. 21)")]
    ProportionalityMissing,
    /// An object whose kind is not said.
    #[error("state what kind of object it is")]
    KindMissing,
    /// Too long.
    #[error("`{0}` is too long: at most {TEXT_MAX} characters")]
    TooLong(&'static str),
    /// Too many.
    #[error("at most {ATTACHED_MAX} {0}")]
    TooMany(&'static str),
    /// It is not active any more.
    #[error("the alert is withdrawn; enter a new one")]
    NotActive,
    /// The category takes no flags.
    #[error("alerts of this category take no flag (Art. 24)")]
    NotFlaggable,
    /// The review date of a received alert cannot be.
    #[error("the review date lies before the alert was entered, or beyond the profile's period")]
    ReviewDate,
    /// The profile does not know the category.
    #[error("the profile does not know this category")]
    UnknownCategory,
}

impl AlertRefused {
    /// The field that is wrong, as forms and the API name it.
    pub const fn field(&self) -> &'static str {
        match self {
            Self::NotAbout(_) | Self::NotFlaggable | Self::UnknownCategory => "category",
            Self::NameMissing => "name",
            Self::BirthMissing => "birth_date",
            Self::NumberMissing => "document",
            Self::DecisionMissing => "decision",
            Self::ProportionalityMissing => "proportionality",
            Self::KindMissing => "object",
            Self::TooLong(field) | Self::TooMany(field) => field,
            Self::NotActive => "state",
            Self::ReviewDate => "review_on",
        }
    }
}

impl Alert {
    /// Enters an alert on `day`.
    ///
    /// # Errors
    /// [`AlertRefused`], by the first field that is missing or cannot be.
    pub fn enter(draft: AlertDraft, profile: &Profile, day: Date) -> Result<Self, AlertRefused> {
        let terms = profile
            .category(draft.category)
            .ok_or(AlertRefused::UnknownCategory)?;
        let on_person = draft.object.is_none();
        let review_on = profile
            .review_on(draft.category, on_person, day)
            .ok_or(AlertRefused::UnknownCategory)?;
        let action = Some(draft.action.trim().to_owned()).filter(|text| !text.is_empty());
        let alert = Self {
            category: draft.category,
            subject: draft.subject,
            object: draft.object,
            reason: draft.reason,
            action: action.unwrap_or_else(|| terms.action.clone()),
            decision: draft.decision.trim().to_owned(),
            proportionality: draft.proportionality,
            warnings: draft.warnings,
            offence: draft.offence,
            characteristics: draft.characteristics,
            distinguished_by: draft.distinguished_by,
            links: draft.links,
            flags: Vec::new(),
            entered_on: day,
            review_on,
            extensions: Vec::new(),
            state: AlertState::Active,
        };
        alert.validate(profile)?;
        Ok(alert)
    }

    /// Checks an alert that somebody else entered, or a changed one.
    ///
    /// # Errors
    /// [`AlertRefused`], by the first field that is missing or cannot be.
    pub fn validate(&self, profile: &Profile) -> Result<(), AlertRefused> {
        let terms = profile
            .category(self.category)
            .ok_or(AlertRefused::UnknownCategory)?;
        match (terms.subject, self.object, self.subject.schema) {
            (About::Person, Some(_), _) => return Err(AlertRefused::NotAbout("persons")),
            (About::Object, None, _) => return Err(AlertRefused::KindMissing),
            (_, None, Schema::Person) => {}
            (About::Person, None, _) => return Err(AlertRefused::NotAbout("persons")),
            (_, None, _) => return Err(AlertRefused::KindMissing),
            (_, Some(_), Schema::Person) => {
                return Err(AlertRefused::NotAbout("objects, or a person, not both"));
            }
            (_, Some(_), _) => {}
        }
        let said = |text: &str| text.chars().any(char::is_alphanumeric);
        if self.is_on_person() {
            if !self.subject.names.iter().any(|name| said(&name.text)) {
                return Err(AlertRefused::NameMissing);
            }
            if self.subject.births.is_empty() {
                return Err(AlertRefused::BirthMissing);
            }
        } else if !self.subject.identifiers.iter().any(|id| said(&id.value)) {
            return Err(AlertRefused::NumberMissing);
        }
        if !said(&self.decision) || !(2..=200).contains(&self.decision.chars().count()) {
            return Err(AlertRefused::DecisionMissing);
        }
        if self.proportionality.is_none() && self.is_on_person() && !terms.terrorism {
            return Err(AlertRefused::ProportionalityMissing);
        }
        for (field, text) in [
            ("action", Some(&self.action)),
            ("offence", self.offence.as_ref()),
            ("characteristics", self.characteristics.as_ref()),
            ("distinguished_by", self.distinguished_by.as_ref()),
        ] {
            if text.is_some_and(|text| text.chars().count() > TEXT_MAX) {
                return Err(AlertRefused::TooLong(field));
            }
        }
        for (what, count) in [
            ("flags", self.flags.len()),
            ("links", self.links.len()),
            ("extensions", self.extensions.len()),
        ] {
            if count > ATTACHED_MAX {
                return Err(AlertRefused::TooMany(what));
            }
        }
        let last = self
            .extensions
            .last()
            .map_or(self.entered_on, |last| last.until);
        let latest = profile.review_on(self.category, self.is_on_person(), last);
        if self.review_on <= self.entered_on || latest.is_none_or(|latest| self.review_on > latest)
        {
            return Err(AlertRefused::ReviewDate);
        }
        Ok(())
    }

    /// Whether it is about a person.
    pub fn is_on_person(&self) -> bool {
        self.object.is_none()
    }

    /// Whether it is compared with checks.
    pub fn is_active(&self) -> bool {
        self.state == AlertState::Active
    }

    /// The name or number under which it is shown.
    pub fn display_name(&self) -> &str {
        let names = &self.subject.names;
        names
            .iter()
            .find(|name| name.kind == NameKind::Primary)
            .or(names.first())
            .map(|name| name.text.as_str())
            .or(self.subject.identifiers.first().map(|id| id.value.as_str()))
            .unwrap_or("")
    }

    /// The alert as an entry, for pages that show what is compared side by side.
    pub fn to_entry(&self, id: RecordId) -> ListEntry {
        let subject = &self.subject;
        let warnings = self.warnings.iter().map(|warning| SourceText {
            field: "warning".to_owned(),
            text: warning.as_str().to_owned(),
        });
        let texts = [
            ("reason", Some(self.reason.to_string())),
            ("action", Some(self.action.clone())),
            ("decision", Some(self.decision.clone())),
            ("offence", self.offence.clone()),
            ("characteristics", self.characteristics.clone()),
            ("distinguished by", self.distinguished_by.clone()),
        ];
        let texts = texts.into_iter().filter_map(|(field, text)| {
            text.map(|text| SourceText {
                field: field.to_owned(),
                text,
            })
        });
        ListEntry {
            source_id: id.to_string(),
            schema: subject.schema,
            names: subject.names.iter().map(listed_name).collect(),
            births: subject.births.iter().map(listed_birth).collect(),
            addresses: subject.places.iter().map(listed_place).collect(),
            nationalities: subject.nationalities.clone(),
            documents: subject.identifiers.iter().map(listed_number).collect(),
            gender: subject.gender,
            programmes: vec![self.category.to_string()],
            listed_on: Some(self.entered_on.to_string()),
            source_text: warnings.chain(texts).collect(),
            ..ListEntry::default()
        }
    }

    /// The flag of an authority, where it has one.
    pub fn flag_of(&self, authority: &AuthorityId) -> Option<&Flag> {
        self.flags.iter().find(|flag| flag.authority == *authority)
    }

    /// Keeps the alert beyond its review date, by a recorded assessment.
    ///
    /// # Errors
    /// [`AlertRefused::NotActive`], or [`AlertRefused::TooMany`].
    pub fn extend(
        mut self,
        assessment: Reason,
        by: UserId,
        at: Timestamp,
        day: Date,
        profile: &Profile,
    ) -> Result<Self, AlertRefused> {
        self.still_active()?;
        let until = profile
            .review_on(self.category, self.is_on_person(), day)
            .ok_or(AlertRefused::UnknownCategory)?;
        self.review_on = until;
        self.extensions.push(Extension {
            assessment,
            by,
            at,
            until,
        });
        self.validate(profile)?;
        Ok(self)
    }

    /// Ends the alert.
    ///
    /// # Errors
    /// [`AlertRefused::NotActive`].
    pub fn withdraw(
        mut self,
        reason: Reason,
        by: UserId,
        at: Timestamp,
    ) -> Result<Self, AlertRefused> {
        self.still_active()?;
        self.state = AlertState::Withdrawn { reason, by, at };
        Ok(self)
    }

    /// Adds a flag at the request of another party; a further one of the same party replaces it.
    ///
    /// # Errors
    /// [`AlertRefused::NotActive`], [`AlertRefused::NotFlaggable`], [`AlertRefused::TooMany`].
    pub fn flag(mut self, flag: Flag, profile: &Profile) -> Result<Self, AlertRefused> {
        self.still_active()?;
        let terms = profile.category(self.category);
        if !terms.is_some_and(|terms| terms.flaggable) {
            return Err(AlertRefused::NotFlaggable);
        }
        self.flags.retain(|held| held.authority != flag.authority);
        self.flags.push(flag);
        self.validate(profile)?;
        Ok(self)
    }

    /// Replaces what the alert says by a corrected draft; flags, extensions and dates stay.
    ///
    /// # Errors
    /// [`AlertRefused`], as on entry.
    pub fn correct(self, draft: AlertDraft, profile: &Profile) -> Result<Self, AlertRefused> {
        self.still_active()?;
        let mut corrected = Self::enter(draft, profile, self.entered_on)?;
        corrected.flags = self.flags;
        corrected.extensions = self.extensions;
        corrected.review_on = self.review_on;
        corrected.validate(profile)?;
        Ok(corrected)
    }

    fn still_active(&self) -> Result<(), AlertRefused> {
        if self.is_active() {
            Ok(())
        } else {
            Err(AlertRefused::NotActive)
        }
    }
}

fn listed_name(name: &Name) -> ListedName {
    ListedName {
        text: name.text.clone(),
        kind: name.kind,
        quality: NameQuality::Unstated,
        parts: name.parts.clone(),
        note: None,
    }
}

fn listed_birth(birth: &BirthDate) -> ListedBirth {
    ListedBirth {
        date: Some(*birth),
        text: birth.to_string(),
        note: None,
    }
}

fn listed_place(place: &String) -> Place {
    Place {
        note: Some(place.clone()),
        ..Place::default()
    }
}

fn listed_number(number: &Identifier) -> Document {
    Document {
        kind: number.kind,
        label: String::new(),
        number: number.value.clone(),
        country: number.country.clone(),
        note: None,
    }
}

#[cfg(test)]
mod tests;
