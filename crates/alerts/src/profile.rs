//! Numbers of the law, as a named profile of arrangements: data with a source, never code.

use std::collections::BTreeMap;

use egnatia_record::Category;
use jiff::Span;
use jiff::civil::Date;
use serde::Deserialize;

const SIS_LIKE: &str = include_str!("../data/sis-like.toml");

/// Hours, months and actions of one profile.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Its name, as arrangements refer to it.
    pub name: String,
    /// Within how many hours supplementary information is answered.
    pub answer_hours: u16,
    /// Within how many hours issuers of like alerts say whether it is the same person.
    pub duplicate_hours: u16,
    /// How many months before its review date whoever entered an alert is warned.
    pub warn_months: u16,
    /// Within how many working days evidence of an error is told to the issuer.
    pub error_working_days: u16,
    /// Within how many calendar days the issuer says what becomes of an alert whose purpose is
    /// achieved (rule SIS-12).
    pub achieved_days: u16,
    categories: BTreeMap<Category, CategoryTerms>,
}

/// What holds for the alerts of a category.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CategoryTerms {
    /// The article of Regulation (EU) 2018/1862.
    pub article: String,
    /// Whom or what it may be about.
    pub subject: About,
    /// After how many months an alert on a person is reviewed.
    pub review_months: u16,
    /// The same for an object, where it differs.
    pub object_review_months: Option<u16>,
    /// What is done once a match is confirmed.
    pub action: String,
    /// Whether the person must not learn of it (rule SIS-16).
    #[serde(default)]
    pub covert: bool,
    /// Whether its purpose can be achieved by a hit; the others end by their date or by a decision
    /// (rule SIS-13).
    #[serde(default)]
    pub ends_with_hit: bool,
    /// Whether a party may ask for a flag (rule SIS-15).
    #[serde(default)]
    pub flaggable: bool,
    /// Whether it is terrorism: supplementary information is due at once, and the case counts as
    /// adequate (rules SIS-05, SIS-08).
    #[serde(default)]
    pub terrorism: bool,
    /// Where the numbers stand, and how far that was read.
    pub source: String,
}

/// Whom or what the alerts of a category may be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum About {
    /// Persons.
    Person,
    /// Objects.
    Object,
    /// Both.
    Any,
}

/// A profile that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the profile cannot be used: {0}")]
pub struct InvalidProfile(String);

impl Profile {
    /// The numbers of Regulation (EU) 2018/1862.
    ///
    /// # Errors
    /// [`InvalidProfile`]: a mistake in the program.
    pub fn sis_like() -> Result<Self, InvalidProfile> {
        Self::parse(SIS_LIKE)
    }

    /// A profile in TOML.
    ///
    /// # Errors
    /// [`InvalidProfile`] where it does not parse, or lacks a category.
    pub fn parse(text: &str) -> Result<Self, InvalidProfile> {
        let profile: Self =
            toml::from_str(text).map_err(|error| InvalidProfile(error.to_string()))?;
        let missing = Category::ALL
            .iter()
            .find(|category| !profile.categories.contains_key(category));
        match missing {
            None => Ok(profile),
            Some(category) => Err(InvalidProfile(format!("it lacks `{category}`"))),
        }
    }

    /// What holds for a category; `None` only for one that the profile was never asked about.
    pub fn category(&self, category: Category) -> Option<&CategoryTerms> {
        self.categories.get(&category)
    }

    /// The day on which an alert that is entered or extended on `day` is reviewed.
    pub fn review_on(&self, category: Category, on_person: bool, day: Date) -> Option<Date> {
        let terms = self.category(category)?;
        let months = match terms.object_review_months {
            Some(months) if !on_person => months,
            _ => terms.review_months,
        };
        day.checked_add(Span::new().months(i64::from(months))).ok()
    }

    /// The day on which whoever entered it is warned of a review date.
    pub fn warn_on(&self, review: Date) -> Date {
        let before = Span::new().months(i64::from(self.warn_months));
        review.checked_sub(before).unwrap_or(review)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_shipped_profile_has_the_review_periods_of_the_regulation() {
        let profile = Profile::sis_like().unwrap();
        let day = date(2026, 2, 28);
        for (category, on_person, expected) in [
            (Category::Arrest, true, date(2031, 2, 28)),
            (Category::JudicialProcedure, true, date(2029, 2, 28)),
            (Category::DiscreetCheck, true, date(2027, 2, 28)),
            (Category::DiscreetCheck, false, date(2036, 2, 28)),
            (Category::ObjectSeizure, false, date(2036, 2, 28)),
            (Category::ForeignTerroristFighter, true, date(2027, 2, 28)),
        ] {
            assert_eq!(
                profile.review_on(category, on_person, day),
                Some(expected),
                "{category}"
            );
        }
        assert_eq!(profile.warn_on(date(2027, 2, 28)), date(2026, 10, 28));
        assert_eq!((profile.answer_hours, profile.duplicate_hours), (12, 12));
        assert_eq!(profile.achieved_days, 15);
    }

    #[test]
    fn a_hit_does_not_end_an_alert_for_a_check() {
        let profile = Profile::sis_like().unwrap();
        let ends = |category: &Category| profile.category(*category).unwrap().ends_with_hit;
        let ending: Vec<Category> = Category::ALL.iter().copied().filter(ends).collect();
        assert_eq!(
            ending,
            [
                Category::Arrest,
                Category::MissingPerson,
                Category::JudicialProcedure,
                Category::ObjectSeizure,
            ]
        );
    }

    #[test]
    fn a_profile_that_lacks_a_category_is_refused() {
        let cut = SIS_LIKE.split("[categories.object-seizure]").next();
        let error = Profile::parse(cut.unwrap()).unwrap_err().to_string();
        assert!(error.contains("object-seizure"), "{error}");
    }
}
