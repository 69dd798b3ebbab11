//! Every record has a date on which the node looks at it again by itself (rule LED-03,
//! invariant 8).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::vocabulary::vocabulary;

vocabulary! {
    /// What the node does when the date passes and nobody has decided otherwise.
    Overdue, "action at the review date", {
        /// The body is erased; the proof in the audit log stays.
        Erase = "erase",
        /// The record is put to a reviewer, and stays until they decide.
        Review = "review",
    }
}

/// When the record is looked at again, and what happens then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// The review or erasure date, in UTC.
    pub review_on: Date,
    /// What happens on it.
    pub overdue: Overdue,
}

/// A retention that cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the review date {review_on} is not after the day of recording, {recorded_on}")]
pub struct RetentionError {
    review_on: Date,
    recorded_on: Date,
}

impl Retention {
    /// Erasure on `date`.
    ///
    /// # Errors
    /// [`RetentionError`] where `date` is not after `recorded_on`.
    pub fn erase_on(date: Date, recorded_on: Date) -> Result<Self, RetentionError> {
        Self::checked(date, Overdue::Erase, recorded_on)
    }

    /// Review by a person on `date`.
    ///
    /// # Errors
    /// [`RetentionError`] where `date` is not after `recorded_on`.
    pub fn review_on(date: Date, recorded_on: Date) -> Result<Self, RetentionError> {
        Self::checked(date, Overdue::Review, recorded_on)
    }

    fn checked(
        review_on: Date,
        overdue: Overdue,
        recorded_on: Date,
    ) -> Result<Self, RetentionError> {
        if review_on > recorded_on {
            Ok(Self { review_on, overdue })
        } else {
            Err(RetentionError {
                review_on,
                recorded_on,
            })
        }
    }

    /// Whether the date has come.
    pub fn is_due(&self, today: Date) -> bool {
        self.review_on <= today
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn refuses_a_review_date_that_is_not_in_the_future() {
        let today = date(2026, 11, 24);
        assert!(Retention::erase_on(today, today).is_err());
        let retention = Retention::erase_on(date(2026, 11, 25), today).unwrap();
        assert!(!retention.is_due(today));
        assert!(retention.is_due(date(2026, 11, 25)));
    }
}
