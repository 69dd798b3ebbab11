//! Traces that were asked, and traces that were answered, within a period.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use jiff::civil::Date;

use super::{Period, ReturnRow, ReturnSection, number, row};
use crate::trace::median_tenths;
use crate::{Outcome, ReturnKind};

/// A trace of the authority's own, and what was answered to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceResult {
    /// When it was asked.
    pub asked_on: Date,
    /// All answers.
    pub outcomes: Vec<Outcome>,
    /// Whether nothing is asked any more.
    pub is_closed: bool,
    /// Those who got it.
    pub hops: Vec<TraceHop>,
}

/// Somebody who got a trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceHop {
    /// The code of the partner.
    pub partner: String,
    /// How long the answer took; absent where there is none.
    pub took: Option<SignedDuration>,
    /// Whether it came in time.
    pub in_time: bool,
}

/// A partner's trace that this authority had to answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnsweredTrace {
    /// When it came.
    pub received_on: Date,
    /// How long the answer took; absent where there is none.
    pub took: Option<SignedDuration>,
    /// Whether it was given in time.
    pub in_time: bool,
}

impl TraceResult {
    /// How it is counted: the last holder is known; it led on, and nobody has said more; it led
    /// nowhere; nobody has answered.
    fn counted_as(&self) -> &'static str {
        let any = |test: fn(&Outcome) -> bool| self.outcomes.iter().any(test);
        if any(|outcome| matches!(outcome, Outcome::HeldBy { .. } | Outcome::SoldTo { .. })) {
            "traced"
        } else if any(|outcome| matches!(outcome, Outcome::ExportedTo { .. })) {
            "traced-in-part"
        } else if self.outcomes.is_empty() && !self.is_closed {
            "waiting"
        } else {
            "not-traced"
        }
    }
}

/// The rows of the section; how long partners take is for the region only.
pub(super) fn rows(
    kind: ReturnKind,
    period: Period,
    traces: &[TraceResult],
    answered: &[AnsweredTrace],
) -> Vec<ReturnRow> {
    let traces = traces.iter().filter(|trace| period.holds(trace.asked_on));
    let traces: Vec<&TraceResult> = traces.collect();
    let results = [
        "requested",
        "traced",
        "traced-in-part",
        "not-traced",
        "waiting",
    ];
    let rows = results.into_iter().map(|what| {
        let counted = traces
            .iter()
            .filter(|trace| what == "requested" || trace.counted_as() == what);
        row(ReturnSection::Tracing, what, number(counted.count()))
    });
    let mut rows: Vec<ReturnRow> = rows.collect();
    if kind == ReturnKind::HalfYear {
        rows.extend(times(&traces, period, answered));
    }
    rows
}

/// How long partners took, and how long this authority did.
fn times(traces: &[&TraceResult], period: Period, answered: &[AnsweredTrace]) -> Vec<ReturnRow> {
    let section = ReturnSection::Tracing;
    let mut rows = Vec::new();
    let hops = || traces.iter().flat_map(|trace| &trace.hops);
    rows.push(row(section, "questions", number(hops().count())));
    let given = hops().filter(|hop| hop.took.is_some());
    rows.push(row(section, "answers", number(given.count())));
    let in_time = hops().filter(|hop| hop.in_time);
    rows.push(row(section, "answers-in-time", number(in_time.count())));
    let mut partners: BTreeMap<&str, Vec<SignedDuration>> = BTreeMap::new();
    for hop in hops() {
        partners.entry(&hop.partner).or_default().extend(hop.took);
    }
    let all = partners.values().flatten().copied().collect();
    rows.extend(median("median-tenths-of-a-day", "", all));
    for (partner, took) in partners {
        let by = format!("partner: {partner}");
        rows.extend(median("median-tenths-of-a-day", &by, took));
    }
    let came = answered.iter().filter(|one| period.holds(one.received_on));
    let came: Vec<&AnsweredTrace> = came.collect();
    rows.push(row(section, "asked-of-us", number(came.len())));
    let given: Vec<SignedDuration> = came.iter().filter_map(|one| one.took).collect();
    rows.push(row(section, "answered-by-us", number(given.len())));
    let in_time = came.iter().filter(|one| one.in_time);
    let in_time = number(in_time.count());
    rows.push(row(section, "answered-by-us-in-time", in_time));
    rows.extend(median("our-median-tenths-of-a-day", "", given));
    rows
}

/// A median; no row where there is nothing to take it of.
fn median(what: &str, at: &str, took: Vec<SignedDuration>) -> Option<ReturnRow> {
    let tenths = median_tenths(took.into_iter().map(|took| took.as_secs()).collect())?;
    Some(ReturnRow {
        at: at.to_owned(),
        ..row(
            ReturnSection::Tracing,
            what,
            u64::try_from(tenths).unwrap_or(0),
        )
    })
}
