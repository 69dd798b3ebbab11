//! `egnatia check`.

use std::fmt::Write;
use std::process::ExitCode;

use egnatia_app::{AppError, Candidate, CheckAnswer, CheckRequest};
use egnatia_formats::mrz::Mrz;
use egnatia_matching::{
    Band, Description, Evidence, Identifier, IdentifierKind, Name, Verdict, Weapon,
};
use egnatia_record::Justification;

use super::{print, zone};
use crate::cli::Check;
use crate::data::{Data, operator};

/// Checks somebody or something.
pub async fn run(data: Data, check: Check, json: bool) -> anyhow::Result<ExitCode> {
    let justification = match (check.purpose, check.case.clone()) {
        (Some(purpose), Some(case)) => Justification { purpose, case },
        _ => return Err(AppError::NoJustification.into()),
    };
    let caller = operator(Some(justification))?;
    let zone = match &check.mrz {
        Some(lines) => Some(zone::read(lines, &data.config, check.mrz_as_read)?),
        None => None,
    };
    let limit = check.limit;
    let request = CheckRequest {
        query: query(check, zone.as_ref()),
        zone: zone.map(Box::new),
        limit,
        idempotency_key: None,
    };
    let answer = data.app.check(&caller, request).await?;
    let mut text = to_text(&answer)?;
    if let Some(zone) = &answer.zone {
        text.insert_str(0, &format!("{}\n", zone::to_text(zone)?));
    }
    print(json, &serde_json::to_value(&answer)?, &text);
    data.close().await;
    Ok(ExitCode::SUCCESS)
}

/// What is asked: the zone first, then whatever was added to it.
fn query(check: Check, zone: Option<&Mrz>) -> Description {
    let mut query = zone.map(Mrz::describe).unwrap_or_default();
    query.names.extend(check.name.into_iter().map(Name::new));
    query.places.extend(check.place);
    let numbers = check.document.into_iter().map(|value| Identifier {
        kind: IdentifierKind::Other,
        value,
        country: None,
    });
    query.identifiers.extend(numbers);
    let serials = check.serial.into_iter().map(|value| Identifier {
        kind: IdentifierKind::Serial,
        value,
        country: None,
    });
    let before = query.identifiers.len();
    query.identifiers.extend(serials);
    if query.identifiers.len() > before {
        query.weapon = Some(Box::new(Weapon {
            kind: None,
            make: check.make,
            model: check.model,
            calibre: check.calibre,
            sure: check
                .sure
                .iter()
                .map(|doubt| (doubt.place, doubt.percent))
                .collect(),
            perhaps: check
                .sure
                .iter()
                .filter_map(|doubt| Some((doubt.place, doubt.perhaps?)))
                .collect(),
        }));
    }
    if let Some(birth) = check.birth_date {
        query.births = vec![birth];
    }
    if !check.nationality.is_empty() {
        query.nationalities = check.nationality;
    }
    query.gender = check.gender.or(query.gender);
    query.schema = check.schema.unwrap_or(query.schema);
    query
}

fn to_text(answer: &CheckAnswer) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    let lists: Vec<String> = answer
        .lists
        .iter()
        .map(|list| format!("{} version {}", list.list, list.version))
        .collect();
    match (answer.candidates.len(), lists.is_empty()) {
        (_, true) => writeln!(text, "No list has been imported: nothing was compared.")?,
        (0, false) => writeln!(text, "No match. Compared with {}.", lists.join(", "))?,
        (count, false) => {
            let plural = if count == 1 {
                "match waits"
            } else {
                "matches wait"
            };
            writeln!(
                text,
                "{count} {plural} for a decision. Compared with {}.",
                lists.join(", ")
            )?;
        }
    }
    for candidate in &answer.candidates {
        write_candidate(&mut text, candidate)?;
    }
    for settled in &answer.settled {
        writeln!(
            text,
            "\nRejected before: {} ({}), by {} on {}: {}",
            settled.entry.name, settled.entry.list, settled.by, settled.at, settled.reason
        )?;
    }
    write!(text, "\nCheck {} is in the audit log.", answer.check)?;
    Ok(text)
}

fn write_candidate(text: &mut String, candidate: &Candidate) -> std::fmt::Result {
    let band = match candidate.assessment.band {
        Band::Match => "match",
        Band::Possible => "possible",
        Band::None => "none",
    };
    let entry = &candidate.entry;
    writeln!(
        text,
        "\n{:>5.1} %  {band:8}  {}  [{} {}, version {}]",
        candidate.assessment.probability * 100.0,
        entry.name,
        entry.list,
        entry.source_id,
        entry.list_version
    )?;
    for evidence in &candidate.assessment.evidence {
        write_evidence(text, evidence)?;
    }
    writeln!(text, "         If it is confirmed: {}", candidate.action)
}

fn write_evidence(text: &mut String, evidence: &Evidence) -> std::fmt::Result {
    let sign = match evidence.verdict {
        Verdict::Agrees => "=",
        Verdict::Similar => "≈",
        Verdict::Contradicts => "≠",
        Verdict::Absent => "·",
    };
    let side = |value: &Option<String>| value.clone().unwrap_or_else(|| "not stated".to_owned());
    writeln!(
        text,
        "         {sign} {:12} {:+6.2}  {} | {}",
        format!("{:?}", evidence.feature).to_lowercase(),
        evidence.weight,
        side(&evidence.query),
        side(&evidence.entry)
    )
}
