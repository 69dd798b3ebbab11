//! An alert: a person or an object is looked for, for a stated reason, until a review date.
//!
//! ```text
//! Active ──extend──► Active (review date later, assessment recorded)
//!    ├──withdraw──► Withdrawn
//!    └──review date passes──► erased by retention
//! ```

mod entry;
mod object;
mod refused;

use std::collections::BTreeSet;

use egnatia_matching::{Description, NameKind, Schema};
use egnatia_record::{AuthorityId, Category, RecordId, UserId};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::profile::{About, Profile};
pub use object::ObjectKind;
pub use refused::AlertRefused;

use crate::{Reason, Warning};

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
    /// Under which number the issuer keeps it in a system of their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
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
            reference: None,
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
            ("reference", self.reference.as_ref()),
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

    /// Keeps the number that the alert has in a system of the issuer's own.
    ///
    /// # Errors
    /// [`AlertRefused::TooLong`].
    pub fn with_reference(
        mut self,
        reference: Option<String>,
        profile: &Profile,
    ) -> Result<Self, AlertRefused> {
        self.reference = reference;
        self.validate(profile)?;
        Ok(self)
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
        profile: &Profile,
    ) -> Result<Self, AlertRefused> {
        self.still_active()?;
        let day = at.to_zoned_datetime(TimeZone::UTC).date();
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

    /// Replaces what the alert says by a corrected draft; flags, extensions, dates and the issuer's own
    /// number stay.
    ///
    /// # Errors
    /// [`AlertRefused`], as on entry.
    pub fn correct(self, draft: AlertDraft, profile: &Profile) -> Result<Self, AlertRefused> {
        self.still_active()?;
        let mut corrected = Self::enter(draft, profile, self.entered_on)?;
        corrected.reference = self.reference;
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

#[cfg(test)]
mod tests;
