//! What the node notes by itself of answers that are late.

use egnatia_record::{AuthorityId, RecordId};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::Hop;

/// The body of a record of kind `late-trace`: who is late with the answer to a trace. It never
/// leaves the node: a partner does not learn who else was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LateTrace {
    /// The trace.
    pub trace: RecordId,
    /// Who is late, or was.
    pub hops: Vec<LateHop>,
}

/// Somebody who is late, or was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LateHop {
    /// Who.
    pub authority: AuthorityId,
    /// Since when it has the question, as far as is known.
    pub since: Timestamp,
    /// When the answer was due.
    pub due_at: Timestamp,
    /// When the node noted that it is late.
    pub noted_at: Timestamp,
    /// When it was put to whoever supervises.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalated_at: Option<Timestamp>,
    /// When the node noted that nothing is waited for any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
}

/// What changed when the node looked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct LateNews {
    /// Who is late now, and was not before.
    pub late: Vec<AuthorityId>,
    /// Who is late for so long that whoever supervises is told.
    pub escalated: Vec<AuthorityId>,
    /// From whom nothing is waited for any more.
    pub ended: Vec<AuthorityId>,
}

impl LateNews {
    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.late.is_empty() && self.escalated.is_empty() && self.ended.is_empty()
    }
}

impl LateTrace {
    /// Nobody is late yet.
    pub const fn of(trace: RecordId) -> Self {
        Self {
            trace,
            hops: Vec::new(),
        }
    }

    /// Takes in where the chain stands `now`; `waited_for` is empty where the trace is closed. What was
    /// noted once is not noted again.
    pub fn note(
        &mut self,
        waited_for: &[Hop],
        now: Timestamp,
        escalate_after: SignedDuration,
    ) -> LateNews {
        let mut news = LateNews::default();
        let late: Vec<&Hop> = waited_for
            .iter()
            .filter(|hop| hop.is_overdue(now))
            .collect();
        for hop in &late {
            if !self.open().any(|known| known.authority == hop.authority) {
                news.late.push(hop.authority.clone());
                self.hops.push(LateHop {
                    authority: hop.authority.clone(),
                    since: hop.since,
                    due_at: hop.due_at,
                    noted_at: now,
                    escalated_at: None,
                    ended_at: None,
                });
            }
        }
        for known in self
            .hops
            .iter_mut()
            .filter(|known| known.ended_at.is_none())
        {
            if !late.iter().any(|hop| hop.authority == known.authority) {
                known.ended_at = Some(now);
                news.ended.push(known.authority.clone());
            } else if known.escalated_at.is_none()
                && now.duration_since(known.due_at) >= escalate_after
            {
                known.escalated_at = Some(now);
                news.escalated.push(known.authority.clone());
            }
        }
        news
    }

    /// Those who are late.
    pub fn open(&self) -> impl Iterator<Item = &LateHop> {
        self.hops.iter().filter(|hop| hop.ended_at.is_none())
    }

    /// Whether whoever supervises was told of somebody who is still late.
    pub fn is_escalated(&self) -> bool {
        self.open().any(|hop| hop.escalated_at.is_some())
    }

    /// What was due first of what is late.
    pub fn due_at(&self) -> Option<Timestamp> {
        self.open().map(|hop| hop.due_at).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{HopState, Outcome};

    fn hop(authority: &str, due_at: &str) -> Hop {
        Hop {
            authority: authority.parse().unwrap(),
            via: "mk-mvr".parse().unwrap(),
            since: "2026-11-01T00:00:00Z".parse().unwrap(),
            due_at: due_at.parse().unwrap(),
            state: HopState::Silent,
            depth: 1,
        }
    }

    #[test]
    fn who_is_late_is_noted_once_escalated_once_and_ended_by_the_answer() {
        let week = SignedDuration::from_hours(168);
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let mut chain = vec![
            hop("rs-mup", "2026-11-08T00:00:00Z"),
            hop("ba-dkpt", "2026-11-12T00:00:00Z"),
        ];
        let mut late = LateTrace::of(RecordId::from_bytes([7; 16]));
        let names =
            |all: &[AuthorityId]| -> Vec<String> { all.iter().map(ToString::to_string).collect() };
        assert!(
            late.note(&chain, at("2026-11-08T00:00:00Z"), week)
                .is_empty()
        );
        let news = late.note(&chain, at("2026-11-08T00:00:01Z"), week);
        assert_eq!(names(&news.late), ["rs-mup"]);
        assert!(
            late.note(&chain, at("2026-11-09T00:00:00Z"), week)
                .is_empty()
        );
        let news = late.note(&chain, at("2026-11-15T00:00:00Z"), week);
        assert_eq!(names(&news.late), ["ba-dkpt"]);
        assert_eq!(names(&news.escalated), ["rs-mup"]);
        assert!(late.is_escalated());
        assert_eq!(late.due_at(), Some(at("2026-11-08T00:00:00Z")));
        assert!(
            late.note(&chain, at("2026-11-16T00:00:00Z"), week)
                .is_empty()
        );

        chain[0].state = HopState::Answered {
            outcome: Outcome::NoRecord,
            at: at("2026-11-17T00:00:00Z"),
        };
        let news = late.note(&chain, at("2026-11-17T00:01:00Z"), week);
        assert_eq!(names(&news.ended), ["rs-mup"]);
        assert!(!late.is_escalated());
        // A trace that is closed waits for nobody.
        let news = late.note(&[], at("2026-11-18T00:00:00Z"), week);
        assert_eq!(names(&news.ended), ["ba-dkpt"]);
        assert_eq!(late.due_at(), None);
    }
}
