//! `egnatia firearm incident`.

use std::fmt::Write;
use std::process::ExitCode;

use egnatia_app::{Caller, IncidentView};
use egnatia_firearms::{
    Context, Incident, InvolvedPerson, Offence, Proceedings, Route, SeizedWeapon, Transport,
};
use egnatia_record::{Handling, HandlingCode, OriginRegime, ReleasableTo};
use serde_json::{Value, json};

use crate::cli::{IncidentAct, IncidentRecord};
use crate::commands::print;
use crate::data::Data;
use crate::failure::InputError;

/// Records, lists and shows incidents.
pub async fn run(
    data: &Data,
    caller: &Caller,
    what: IncidentAct,
    json: bool,
) -> anyhow::Result<ExitCode> {
    match what {
        IncidentAct::Record(what) => record(data, caller, *what, json).await?,
        IncidentAct::List { limit, .. } => {
            let page = data.app.incidents(caller, None, limit).await?;
            let lines: Result<Vec<String>, _> = page.items.iter().map(line).collect();
            let mut text = lines?.join("\n");
            if page.items.is_empty() {
                text.push_str("There are no incidents here.");
            }
            let values: Vec<Value> = page.items.iter().map(value).collect();
            print(json, &json!(values), &text);
        }
        IncidentAct::Show { id, .. } => {
            let view = data.app.view_incident(caller, id).await?;
            print(json, &value(&view), &whole(&view)?);
        }
        IncidentAct::Proceedings {
            id,
            on,
            suspected,
            arrested,
            prosecuted,
            convicted,
            acquitted,
            ..
        } => {
            let known = Proceedings {
                on,
                suspected,
                arrested,
                prosecuted,
                convicted,
                acquitted,
            };
            data.app.record_proceedings(caller, id, known).await?;
            let value = json!({ "incident": id, "proceedings": known });
            print(json, &value, "The numbers are recorded.");
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn value(view: &IncidentView) -> Value {
    json!({ "incident": view.id, "envelope": view.envelope, "body": view.incident })
}

async fn record(
    data: &Data,
    caller: &Caller,
    what: IncidentRecord,
    json: bool,
) -> anyhow::Result<()> {
    let mut weapons = Vec::new();
    for id in what.weapon {
        let view = data.app.view_firearm(caller, id).await?;
        weapons.push(SeizedWeapon {
            particulars: view.firearm.particulars,
            firearm: Some(id),
        });
    }
    let codes = std::iter::once(HandlingCode::H0).chain(what.handling);
    let handling = Handling::new(
        codes,
        what.restriction,
        ReleasableTo::NobodyElse,
        OriginRegime::National,
    );
    let handling = handling.map_err(|error| InputError(error.to_string()))?;
    let persons = what.person.into_iter();
    let incident = Incident {
        kind: what.kind,
        on: what.on,
        country: what.country,
        place: what.place,
        position: what.position,
        at_border: what.at_border,
        route: Route {
            countries: what.route,
        },
        concealment: what.concealment,
        context: what.context,
        transport: what.transport,
        offence: what.offence,
        weapons,
        parts: what.part,
        ammunition: what.rounds,
        explosives: what.explosive,
        persons: persons.map(|file| InvolvedPerson { file }).collect(),
        proceedings: None,
        note: what.note,
    };
    let id = data.app.record_incident(caller, incident, handling).await?;
    let text = format!("Incident {id} is recorded.");
    print(json, &json!({ "incident": id }), &text);
    Ok(())
}

fn line(view: &IncidentView) -> Result<String, std::fmt::Error> {
    let incident = &view.incident;
    let mut text = String::new();
    write!(
        text,
        "{} {} {:9} {}, {}: {} weapons",
        view.id,
        incident.on,
        incident.kind,
        incident.place,
        incident.country,
        incident.weapons.len()
    )?;
    Ok(text)
}

fn whole(view: &IncidentView) -> Result<String, std::fmt::Error> {
    let incident = &view.incident;
    let mut text = line(view)?;
    let mut say = |label: &str, said: &str| match said.is_empty() {
        true => Ok(()),
        false => write!(text, "\n{label:16} {said}"),
    };
    say("Route", &incident.route.text())?;
    say("Concealment", &incident.concealment)?;
    for (label, word) in [
        ("Context", incident.context.map(Context::as_str)),
        ("Transport", incident.transport.map(Transport::as_str)),
        ("Offence", incident.offence.map(Offence::as_str)),
    ] {
        say(label, word.unwrap_or_default())?;
    }
    for weapon in &incident.weapons {
        say("Weapon", &weapon.particulars.display_name())?;
    }
    for part in &incident.parts {
        say("Parts", &format!("{} {}", part.count, part.what))?;
    }
    for lot in &incident.ammunition {
        say("Rounds", &format!("{} {}", lot.rounds, lot.calibre))?;
    }
    for item in &incident.explosives {
        let amount = match item.mass_g {
            0 => item.count.to_string(),
            grams => format!("{grams} g"),
        };
        say("Explosives", &format!("{amount} {}", item.what))?;
    }
    for person in &incident.persons {
        say("Person", person.file.as_str())?;
    }
    for (stage, count) in incident.proceedings.iter().flat_map(Proceedings::stages) {
        say(stage, &count.to_string())?;
    }
    say("Note", &incident.note)?;
    Ok(text)
}
