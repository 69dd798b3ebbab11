//! How often somebody may ask for what costs the node work and nobody a reason.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use egnatia_record::UserId;
use jiff::Timestamp;

use crate::problem::{Problem, ProblemCode};

/// So many in one span: faster than anybody types.
const MOST: u32 = 40;
/// The span.
const SPAN_S: i64 = 10;
/// So many persons are remembered; more than any node has accounts at work.
const PERSONS_MAX: usize = 10_000;

/// Counts what every person asked in the present span. It is forgotten with the process.
#[derive(Debug, Default)]
pub(crate) struct Rate {
    asked: Mutex<HashMap<UserId, (i64, u32)>>,
}

impl Rate {
    /// Lets a person ask once more.
    pub fn admit(&self, who: &UserId, now: Timestamp) -> Result<(), Problem> {
        let span = now.as_second().div_euclid(SPAN_S);
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        if asked.len() >= PERSONS_MAX {
            asked.retain(|_, (of, _)| *of == span);
        }
        if asked.len() >= PERSONS_MAX && !asked.contains_key(who) {
            return Err(refused(now));
        }
        let (of, count) = asked.entry(who.clone()).or_insert((span, 0));
        if *of != span {
            (*of, *count) = (span, 0);
        }
        *count = count.saturating_add(1);
        if *count > MOST {
            return Err(refused(now));
        }
        Ok(())
    }
}

fn refused(now: Timestamp) -> Problem {
    let left = SPAN_S.saturating_sub(now.as_second().rem_euclid(SPAN_S));
    Problem {
        retry_after_s: u64::try_from(left).ok(),
        ..Problem::new(ProblemCode::TooManyRequests)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_who_asks_too_often_waits_and_others_do_not() {
        let rate = Rate::default();
        let at = |second: i64| Timestamp::from_second(1_800_000_000 + second).unwrap();
        let [fast, slow] = ["o.fast", "o.slow"].map(|login| login.parse::<UserId>().unwrap());
        for _ in 0..MOST {
            assert!(rate.admit(&fast, at(3)).is_ok());
        }
        let refused = rate.admit(&fast, at(4)).unwrap_err();
        assert_eq!(refused.code, ProblemCode::TooManyRequests);
        assert_eq!(refused.retry_after_s, Some(6));
        assert!(rate.admit(&slow, at(4)).is_ok());
        assert!(rate.admit(&fast, at(10)).is_ok());
    }
}
