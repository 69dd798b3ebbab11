//! What happened to a weapon: the form of an event, and an event in a line.

use egnatia_firearms::{Country, Event, EventKind, Holder, HolderKind, Personal, Taken};
use egnatia_record::AuthorityId;
use jiff::civil::Date;

use super::alert_form::{Filler, Wrong};
use super::firearm_fields::{read_day, words, words_or_none};
use crate::Texts;
use crate::parts::Field;
use crate::visit::Posted;

/// Events with a form here. Losses and thefts are reported, destructions are signed by two.
const KINDS: [EventKind; 13] = [
    EventKind::Manufacture,
    EventKind::Import,
    EventKind::Export,
    EventKind::Transit,
    EventKind::Licence,
    EventKind::Transfer,
    EventKind::Find,
    EventKind::Surrender,
    EventKind::Seizure,
    EventKind::Legalisation,
    EventKind::Conversion,
    EventKind::Deactivation,
    EventKind::Reregistration,
];

/// The fields of an event. Which of them are needed, its hint says.
pub(super) fn event_fields(filler: &Filler<'_>) -> Vec<Field> {
    let t = filler.t;
    let kinds = words_or_none(t, "event", KINDS.iter().map(|kind| kind.as_str()));
    let holders = words(
        t,
        "holder",
        HolderKind::ALL.iter().map(|kind| kind.as_str()),
    );
    vec![
        filler.choice("event", "firearm-event", kinds).required(),
        filler.line("on", "column-on").required(),
        filler.choice("holder_kind", "firearm-holder-kind", holders),
        filler.line("holder", "firearm-holder"),
        filler.line("holder_name", "firearm-holder-name"),
        filler.line("holder_address", "firearm-holder-address"),
        filler.line("from_holder", "firearm-from-holder"),
        filler.line("event_country", "firearm-event-country"),
        filler.line("number", "firearm-event-number"),
        filler.line("authority", "firearm-event-authority"),
        filler.area("circumstances", "firearm-circumstances"),
        filler.line("corrects", "firearm-corrects"),
    ]
}

/// What was filled in, or what is wrong with it.
pub(super) fn read(posted: &Posted, t: &Texts) -> Result<(Event, Date), Wrong> {
    let wrong = |field: &str, key: &str| Wrong::from([(field.to_owned(), t.text(key))]);
    let on = read_day(&posted.text("on")).ok_or_else(|| wrong("on", "day-invalid"))?;
    let corrects = match posted.some("corrects").map(|text| text.parse::<u32>()) {
        None => None,
        Some(Ok(number)) => Some(number),
        Some(Err(_)) => return Err(wrong("corrects", "firearm-corrects-invalid")),
    };
    let kind = EventKind::parse(posted.raw("event"));
    let event = match (kind, corrects) {
        (Some(kind), _) => Some(read_event(kind, posted, t)?),
        // A correction without an event says that nothing happened.
        (None, Some(_)) => None,
        (None, None) => return Err(wrong("event", "firearm-event-missing")),
    };
    match (event, corrects) {
        (event, Some(of)) => {
            let correction = Event::Correction {
                of,
                instead: event.map(Box::new),
                on,
                reason: posted.text("circumstances"),
            };
            Ok((correction, on))
        }
        (Some(event), None) => Ok((event, on)),
        (None, None) => Err(wrong("event", "firearm-event-missing")),
    }
}

fn read_event(kind: EventKind, posted: &Posted, t: &Texts) -> Result<Event, Wrong> {
    let wrong = |field: &str, key: &str| Wrong::from([(field.to_owned(), t.text(key))]);
    let holder = || Holder {
        kind: HolderKind::parse(posted.raw("holder_kind")).unwrap_or(HolderKind::Person),
        reference: posted.text("holder"),
        name: posted.some("holder_name").map(Personal::new),
        address: posted.some("holder_address").map(Personal::new),
    };
    let country = || {
        let read = posted.text("event_country").parse::<Country>();
        read.map_err(|_| wrong("event_country", "firearm-country-invalid"))
    };
    let number = || posted.text("number");
    let taken = || -> Result<Taken, Wrong> {
        let authority = posted.text("authority").parse::<AuthorityId>();
        Ok(Taken {
            authority: authority.map_err(|_| wrong("authority", "firearm-authority-invalid"))?,
            circumstances: posted.text("circumstances"),
        })
    };
    Ok(match kind {
        EventKind::Manufacture => Event::Manufacture { holder: holder() },
        EventKind::Import => Event::Import {
            from: country()?,
            holder: holder(),
            licence: number(),
        },
        EventKind::Export => Event::Export {
            to: country()?,
            licence: number(),
            consignee: None,
        },
        EventKind::Transit => Event::Transit {
            from: country()?,
            to: country()?,
            licence: number(),
        },
        EventKind::Licence => Event::Licence {
            holder: holder(),
            number: number(),
            until: None,
        },
        EventKind::Transfer => Event::Transfer {
            from: posted
                .some("from_holder")
                .map(|text| Holder::known_as(HolderKind::Person, &text)),
            to: holder(),
        },
        EventKind::Find => Event::Find(taken()?),
        EventKind::Surrender => Event::Surrender(taken()?),
        EventKind::Seizure => Event::Seizure(taken()?),
        EventKind::Legalisation => Event::Legalisation {
            holder: holder(),
            number: number(),
        },
        EventKind::Conversion => Event::Conversion {
            change: posted.text("circumstances"),
        },
        EventKind::Deactivation => Event::Deactivation {
            certificate: number(),
        },
        EventKind::Reregistration => Event::Reregistration {
            number: number(),
            holder: posted.some("holder").map(|_| holder()),
        },
        EventKind::Loss | EventKind::Theft | EventKind::Destruction | EventKind::Correction => {
            return Err(wrong("event", "firearm-event-missing"));
        }
    })
}

fn holder_text(holder: &Holder) -> String {
    let name = holder
        .name
        .as_ref()
        .map(|name| format!(", {}", name.reveal()));
    let address = holder
        .address
        .as_ref()
        .map(|text| format!(", {}", text.reveal()));
    format!(
        "{}{}{}",
        holder.reference,
        name.unwrap_or_default(),
        address.unwrap_or_default()
    )
}

/// What an event says beside its name.
pub(super) fn says(event: &Event) -> String {
    match event {
        Event::Manufacture { holder } => holder_text(holder),
        Event::Import {
            from,
            holder,
            licence,
        } => format!("{from} → {}, {licence}", holder_text(holder)),
        Event::Export { to, licence, .. } => format!("→ {to}, {licence}"),
        Event::Transit { from, to, licence } => format!("{from} → {to}, {licence}"),
        Event::Licence { holder, number, .. } | Event::Legalisation { holder, number } => {
            format!("{}, {number}", holder_text(holder))
        }
        Event::Transfer { from, to } => {
            let from = from.as_ref().map(holder_text).unwrap_or_default();
            format!("{from} → {}", holder_text(to))
        }
        Event::Loss(report) | Event::Theft(report) => report.circumstances.clone(),
        Event::Find(taken) | Event::Surrender(taken) | Event::Seizure(taken) => {
            format!("{}: {}", taken.authority, taken.circumstances)
        }
        Event::Conversion { change } => change.clone(),
        Event::Deactivation { certificate } => certificate.clone(),
        Event::Destruction {
            first,
            second,
            method,
            evidence,
        } => format!("{first}, {second}: {method}, {evidence}"),
        Event::Reregistration { number, holder } => match holder {
            Some(holder) => format!("{number}, {}", holder.reference),
            None => number.clone(),
        },
        Event::Correction {
            of,
            instead,
            on,
            reason,
        } => {
            let truth = instead
                .as_ref()
                .map_or_else(|| "∅".to_owned(), |event| says(event));
            format!("{of}: {on}, {truth}; {reason}")
        }
    }
}
