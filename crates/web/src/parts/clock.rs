//! Clock: when something is due, how much time is left, and what happens then.

use askama::Template;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::Texts;
use crate::words::Moment;

/// How much time is left, in three states.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// There is time.
    InTime,
    /// Less than a quarter of the time is left, or less than an hour.
    Soon,
    /// It is past.
    Late,
}

/// When something is due.
#[derive(Debug, Template)]
#[template(path = "parts/clock.html")]
pub struct Clock {
    t: &'static Texts,
    due: Moment,
    left: String,
    sign: &'static str,
    class: &'static str,
    then: Option<String>,
}

impl Clock {
    /// A clock that ran from `since` to `due`, as it stands `now`. `then` says what happens then.
    pub fn new(
        t: &'static Texts,
        zone: &TimeZone,
        (since, due, now): (Timestamp, Timestamp, Timestamp),
        then: Option<String>,
    ) -> Self {
        let left_s = due.as_second() - now.as_second();
        let whole_s = due.as_second() - since.as_second();
        let urgency = urgency(left_s, whole_s);
        let (sign, class) = match urgency {
            Urgency::InTime => ("○", "in-time"),
            Urgency::Soon => ("◔", "soon"),
            Urgency::Late => ("●", "late"),
        };
        let span = span(left_s.unsigned_abs(), t);
        let left = match urgency {
            Urgency::Late => t.with("clock-late", "span", span),
            Urgency::Soon => t.with("clock-soon", "span", span),
            Urgency::InTime => t.with("clock-left", "span", span),
        };
        Self {
            t,
            due: Moment::new(due, zone),
            left,
            sign,
            class,
            then,
        }
    }
}

impl Clock {
    /// When it is due, as RFC 3339.
    pub(crate) fn due_iso(&self) -> &str {
        &self.due.iso
    }
}

/// How urgent something is with so many of its seconds left.
pub fn urgency(left_s: i64, whole_s: i64) -> Urgency {
    if left_s < 0 {
        Urgency::Late
    } else if left_s < 3_600 || left_s < whole_s / 4 {
        Urgency::Soon
    } else {
        Urgency::InTime
    }
}

/// A span in its two largest units; a second one of nothing is left out.
fn span(seconds: u64, t: &Texts) -> String {
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    let (large, small) = if days > 0 {
        (("span-days", days), ("span-hours", hours % 24))
    } else if hours > 0 {
        (("span-hours", hours), ("span-minutes", minutes % 60))
    } else {
        (("span-minutes", minutes), ("span-minutes", 0))
    };
    let text = t.count(large.0, large.1);
    if small.1 == 0 {
        text
    } else {
        format!("{text} {}", t.count(small.0, small.1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_three_states() {
        let day = 86_400;
        assert_eq!(urgency(day, day), Urgency::InTime);
        assert_eq!(urgency(day / 5, day), Urgency::Soon);
        assert_eq!(urgency(3_000, 3_600 * 2), Urgency::Soon);
        assert_eq!(urgency(-1, day), Urgency::Late);
    }

    #[test]
    fn leaves_out_what_is_nothing() {
        let t = Texts::default_language();
        let day = 86_400;
        for (seconds, text) in [
            (12 * 3_600, "12 h"),
            (12 * 3_600 + 60, "12 h 1 min"),
            (2 * day, "2 d"),
            (2 * day + 3_600, "2 d 1 h"),
            (59, "0 min"),
        ] {
            assert_eq!(span(seconds, t), text);
        }
    }
}
