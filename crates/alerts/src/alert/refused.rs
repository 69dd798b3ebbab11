//! What keeps an alert from being entered, changed or taken.

use super::{ATTACHED_MAX, TEXT_MAX};

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
