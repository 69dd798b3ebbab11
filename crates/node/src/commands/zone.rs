//! A machine-readable zone on the command line.

use std::fmt::{self, Write};

use egnatia_formats::mrz::{DatePart, Field, Mrz, MrzDate, StateCode};
use egnatia_matching::Gender;
use egnatia_record::Clock;
use jiff::tz::TimeZone;

use crate::ambient::SystemClock;
use crate::config::Config;
use crate::failure::InputError;

/// Reads a zone as of today at the node.
///
/// # Errors
/// [`InputError`] where it is no zone; and where check digits are wrong, unless it is to be taken
/// as read: a check leaves a record, and one of a misread number would be of somebody else.
pub fn read(lines: &str, config: &Config, as_read: bool) -> Result<Mrz, InputError> {
    let time_zone = config.time_zone().unwrap_or(TimeZone::UTC);
    let today = SystemClock.now().to_zoned_datetime(time_zone).date();
    let zone = Mrz::read(lines, today).map_err(|error| InputError(error.to_string()))?;
    match zone.disagreement() {
        Some(wrong) if !as_read => Err(InputError(format!(
            "{wrong}. Nothing was checked. Compare with the document and read it again; or check \
             with --mrz-as-read, or by --name and --document"
        ))),
        _ => Ok(zone),
    }
}

/// The zone and its check digits, for people.
pub fn to_text(zone: &Mrz) -> Result<String, fmt::Error> {
    let mut text = String::new();
    let name = match (zone.name.primary.as_str(), zone.name.secondary.as_str()) {
        (primary, "") => primary.to_owned(),
        (primary, secondary) => format!("{primary}, {secondary}"),
    };
    let cut = if zone.name.perhaps_truncated {
        " (perhaps cut off)"
    } else {
        ""
    };
    let document = format!(
        "{} {} {}",
        zone.document_code,
        state(&zone.issuing_state),
        zone.document_number
    );
    let mut line = |label: &str, value: &str| writeln!(text, "{label:15}  {value}");
    line("zone", &format!("{:?}", zone.form).to_uppercase())?;
    line("document", document.trim())?;
    line("name", &format!("{name}{cut}"))?;
    line("nationality", &state(&zone.nationality))?;
    line("birth date", &date(&zone.birth_date))?;
    let sex = match zone.sex {
        Some(Gender::Male) => "male",
        Some(Gender::Female) => "female",
        Some(Gender::Other) => "other",
        None => "not specified",
    };
    line("sex", sex)?;
    line("expiry date", &date(&zone.expiry_date))?;
    for optional in &zone.optional_data {
        line("optional data", optional)?;
    }
    writeln!(text, "check digits")?;
    for digit in &zone.check_digits {
        let sign = if digit.disagrees() { "≠" } else { "=" };
        let (row, place) = (digit.line, digit.column);
        writeln!(text, "  {sign} {digit} (line {row}, place {place})")?;
    }
    if zone.is_long_number {
        writeln!(
            text,
            "  ! the document number has more than nine characters: it goes on in the optional data"
        )?;
    }
    for (field, date) in [
        (Field::BirthDate, &zone.birth_date),
        (Field::ExpiryDate, &zone.expiry_date),
    ] {
        if let Some(parts) = unknown(date) {
            writeln!(text, "  ! {field}: {parts} not stated")?;
        }
    }
    for misplaced in &zone.misplaced {
        writeln!(text, "  ! {misplaced}")?;
    }
    for field in &zone.impossible_dates {
        writeln!(text, "  ! there is no such {field}")?;
    }
    for repair in &zone.repairs {
        writeln!(text, "  ? {repair}")?;
    }
    if let Some(repair) = zone.whole_repair() {
        writeln!(
            text,
            "  ? if the document says so, check it with --mrz '{}'",
            repair.lines.join("\\n")
        )?;
    }
    Ok(text)
}

/// The parts of a date that are not stated, in words.
fn unknown(date: &MrzDate) -> Option<String> {
    let words = date.unknown.iter().map(|part| match part {
        DatePart::Year => "year",
        DatePart::Month => "month",
        DatePart::Day => "day",
    });
    let words: Vec<&str> = words.collect();
    (!words.is_empty()).then(|| words.join(" and "))
}

fn state(code: &StateCode) -> String {
    match code.country {
        Some(country) if country != code.raw => format!("{} ({country})", code.raw),
        _ => code.raw.clone(),
    }
}

fn date(date: &MrzDate) -> String {
    match date.date {
        Some(day) => day.to_string(),
        None if date.is_empty() => "not stated".to_owned(),
        None => date.raw.clone(),
    }
}
