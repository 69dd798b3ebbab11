//! An event of a weapon in a line.

use egnatia_app::is_unbound;
use egnatia_firearms::{Event, Holder};
use egnatia_record::UserId;

use super::alert_facts::day;
use super::terms;
use crate::Texts;

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
pub(super) fn says(t: &Texts, event: &Event) -> String {
    match event {
        Event::Manufacture { holder } => holder_text(holder),
        Event::Import {
            from,
            holder,
            licence,
        } => format!("{from} → {}, {licence}", holder_text(holder)),
        Event::Export {
            to,
            licence,
            consignee,
        } => {
            let consignee = consignee.as_ref().map(|name| format!(", {name}"));
            format!("→ {to}, {licence}{}", consignee.unwrap_or_default())
        }
        Event::Transit { from, to, licence } => format!("{from} → {to}, {licence}"),
        Event::Licence {
            holder,
            number,
            until,
        } => {
            let until = until.map(|until| format!(" – {}", day(until)));
            format!(
                "{}, {number}{}",
                holder_text(holder),
                until.unwrap_or_default()
            )
        }
        Event::Legalisation { holder, number } => format!("{}, {number}", holder_text(holder)),
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
        } => {
            let signed = format!("{first}, {second}: {method}, {evidence}");
            match unbound(t, &[first, second]) {
                Some(text) => format!("{signed}. {text}"),
                None => signed,
            }
        }
        Event::Reregistration { number, holder } => match holder {
            Some(holder) => format!("{number}, {}", holder.reference),
            None => number.clone(),
        },
        Event::Correction {
            of,
            instead,
            on,
            reason,
            first,
        } => match instead {
            _ if first.is_some() => {
                // Two officers signed it: whoever recorded it, and whoever had proposed it.
                let by = first.as_ref().map(ToString::to_string).unwrap_or_default();
                let plain = Event::Correction {
                    of: *of,
                    instead: instead.clone(),
                    on: *on,
                    reason: reason.clone(),
                    first: None,
                };
                let proposed = t.with("firearm-proposed-by", "who", by);
                let note = first.as_ref().and_then(|first| unbound(t, &[first]));
                let note = note.unwrap_or_default();
                format!("{} {proposed} {note}", says(t, &plain))
                    .trim_end()
                    .to_owned()
            }
            Some(instead) => {
                let truth = [
                    terms::word(t, &["event"], instead.kind().as_str()),
                    day(*on),
                    says(t, instead),
                ];
                let truth = truth.join(", ");
                let arguments = [
                    ("of", of.to_string()),
                    ("truth", truth),
                    ("why", reason.clone()),
                ];
                t.with_all("firearm-corrected", &arguments)
            }
            None => {
                let arguments = [("of", of.to_string()), ("why", reason.clone())];
                t.with_all("firearm-struck", &arguments)
            }
        },
    }
}

/// That the node cannot tell whether two who signed are one person, where one of them is known only
/// as a user of the operating system.
pub(super) fn unbound(t: &Texts, signers: &[&UserId]) -> Option<String> {
    let unbound = signers.iter().filter(|login| is_unbound(login));
    let names: Vec<&str> = unbound.map(|login| login.as_str()).collect();
    (!names.is_empty()).then(|| t.with("firearm-unbound", "who", names.join(", ")))
}
