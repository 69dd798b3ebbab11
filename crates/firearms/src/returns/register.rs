//! What happened in the register within a period: what was destroyed, legalised, deactivated, missed.

use jiff::civil::Date;

use super::{Period, ReturnRow, ReturnSection, number, row};
use crate::life::effective;
use crate::{Event, EventKind, Firearm, LifeRefused, Profile};

/// How an authority had come by a weapon that was destroyed.
const WAYS: [(EventKind, &str); 3] = [
    (EventKind::Seizure, "came: seizure"),
    (EventKind::Find, "came: find"),
    (EventKind::Surrender, "came: surrender"),
];
/// Otherwise: from the stocks of an authority, mostly.
const OTHERWISE: &str = "came: otherwise";

/// Something that happened to a weapon and that returns count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterEvent {
    /// What happened in truth.
    pub kind: EventKind,
    /// When.
    pub on: Date,
    /// Of a destruction: how the authority had come by the weapon.
    came_by: Option<EventKind>,
    /// Of a loss or theft: whether it was reported in time.
    in_time: Option<bool>,
    /// Whether it ended that the weapon was missed.
    found_again: bool,
}

impl Firearm {
    /// What happened to the weapon in truth, corrections applied.
    ///
    /// # Errors
    /// As [`Firearm::standing`].
    pub fn register_events(&self, profile: &Profile) -> Result<Vec<RegisterEvent>, LifeRefused> {
        let mut events = Vec::new();
        let mut came_by = None;
        let mut missed = false;
        for (of, event, on) in effective(&self.life)? {
            let kind = event.kind();
            let was_missed = missed;
            match kind {
                EventKind::Loss | EventKind::Theft => missed = true,
                EventKind::Find | EventKind::Surrender | EventKind::Seizure => {
                    missed = false;
                    came_by = Some(kind);
                }
                // Whoever has it since, it came by them.
                EventKind::Transfer | EventKind::Legalisation | EventKind::Import => came_by = None,
                _ => {}
            }
            let place = usize::try_from(of).ok().and_then(|of| of.checked_sub(1));
            let recorded = place.and_then(|place| self.life.get(place));
            let in_time = match (event, recorded) {
                (Event::Loss(report) | Event::Theft(report), Some(entry)) => {
                    let clock = profile.report_clock(report.discovered_at, None);
                    Some(entry.recorded_at <= clock.due_at)
                }
                _ => None,
            };
            events.push(RegisterEvent {
                kind,
                on,
                came_by: came_by.filter(|_| kind == EventKind::Destruction),
                in_time,
                found_again: was_missed && !missed,
            });
        }
        Ok(events)
    }
}

/// The rows of the section.
pub(super) fn rows(period: Period, events: &[RegisterEvent]) -> Vec<ReturnRow> {
    let events: Vec<&RegisterEvent> = events.iter().filter(|one| period.holds(one.on)).collect();
    let counted = |test: &dyn Fn(&RegisterEvent) -> bool| {
        number(events.iter().filter(|event| test(event)).count())
    };
    let of = |what, test: &dyn Fn(&RegisterEvent) -> bool| {
        row(ReturnSection::Register, what, counted(test))
    };
    let is = |kind: EventKind| move |event: &RegisterEvent| event.kind == kind;
    let mut rows = vec![
        of("legalised", &is(EventKind::Legalisation)),
        of("deactivated", &is(EventKind::Deactivation)),
        of("converted", &is(EventKind::Conversion)),
    ];
    let destroyed = |event: &RegisterEvent| event.kind == EventKind::Destruction;
    for (kind, at) in WAYS {
        let mine = |event: &RegisterEvent| destroyed(event) && event.came_by == Some(kind);
        rows.push(ReturnRow {
            at: at.to_owned(),
            ..of("destroyed", &mine)
        });
    }
    let others = |event: &RegisterEvent| destroyed(event) && event.came_by.is_none();
    rows.push(ReturnRow {
        at: OTHERWISE.to_owned(),
        ..of("destroyed", &others)
    });
    rows.extend([
        of("lost", &is(EventKind::Loss)),
        of("stolen", &is(EventKind::Theft)),
        of("reported-in-time", &|event| event.in_time == Some(true)),
        of("reported-late", &|event| event.in_time == Some(false)),
        of("found-again", &|event| event.found_again),
    ]);
    rows
}
