//! How times, dates, numbers and terms are written on pages.

use egnatia_alerts::{ListedBirth, NameQuality};
use egnatia_formats::mrz::Field;
use egnatia_matching::{BirthDate, Feature, Gender, IdentifierKind, PartialDate, Schema, Verdict};
use egnatia_record::Purpose;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::Texts;

/// An instant for a `time` element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// For machines: ISO 8601, UTC.
    pub iso: String,
    /// For people: `25.11.2026 14:05`, in the node's time zone.
    pub text: String,
}

const TO_THE_MINUTE: &str = "%d.%m.%Y %H:%M";
const TO_THE_SECOND: &str = "%d.%m.%Y %H:%M:%S";

impl Moment {
    /// An instant as people of the node's region write it.
    pub fn new(at: Timestamp, zone: &TimeZone) -> Self {
        Self::written(at, zone, TO_THE_MINUTE)
    }

    /// The same to the second: `25.11.2026 14:05:09`.
    pub fn to_the_second(at: Timestamp, zone: &TimeZone) -> Self {
        Self::written(at, zone, TO_THE_SECOND)
    }

    fn written(at: Timestamp, zone: &TimeZone, format: &str) -> Self {
        let local = at.to_zoned_datetime(zone.clone());
        Self {
            iso: at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            text: local.strftime(format).to_string(),
        }
    }
}

/// A day, month or year as people of the region write it: `05.03.1971`, `03.1971`, `1971`.
pub fn partial_date(date: PartialDate) -> String {
    match (date.month(), date.day()) {
        (Some(month), Some(day)) => format!("{day:02}.{month:02}.{:04}", date.year()),
        (Some(month), None) => format!("{month:02}.{:04}", date.year()),
        _ => format!("{:04}", date.year()),
    }
}

/// A birth date as people of the region write it.
pub fn birth_date(birth: BirthDate, texts: &Texts) -> String {
    let date = match birth.to() {
        None => partial_date(birth.from()),
        Some(to) => format!("{}–{}", partial_date(birth.from()), partial_date(to)),
    };
    if birth.is_about() {
        texts.with("birth-about", "date", date)
    } else {
        date
    }
}

/// The key of what a check digit of an MRZ covers.
pub fn mrz_field_key(field: Field) -> &'static str {
    match field {
        Field::DocumentNumber => "mrz-field-document-number",
        Field::BirthDate => "mrz-field-birth-date",
        Field::ExpiryDate => "mrz-field-expiry-date",
        Field::OptionalData => "mrz-field-optional-data",
        Field::DocumentCode => "mrz-field-document-code",
        Field::IssuingState => "mrz-field-issuing-state",
        Field::Name => "mrz-field-name",
        Field::Nationality => "mrz-field-nationality",
        Field::Sex => "mrz-field-sex",
        Field::Composite => "mrz-field-composite",
    }
}

/// A date that a source states, as people of the region write it: `2026-11-20` is `20.11.2026`,
/// and `2026-11-20T05:00:00.000Z` is `20.11.2026 05:00`. Anything else stays as it is written.
pub fn source_date(text: &str) -> String {
    let (day, rest) = text.split_once('T').unwrap_or((text, ""));
    let numbers: Vec<&str> = day.split('-').collect();
    let whole = |part: &&str| part.chars().all(|c| c.is_ascii_digit());
    let is_iso = matches!(numbers.as_slice(), [year, month, date]
        if year.len() == 4 && month.len() == 2 && date.len() == 2)
        && numbers.iter().all(whole);
    if !is_iso {
        return text.to_owned();
    }
    let written: Vec<&str> = numbers.into_iter().rev().collect();
    let time = rest.get(..5).filter(|time| *time != "00:00");
    let time = time.map(|time| format!(" {time}")).unwrap_or_default();
    format!("{}{time}", written.join("."))
}

/// A birth date of a list, as people of the region write it, with what the source adds. A date
/// that cannot be compared stays as it is written.
pub fn listed_birth(birth: &ListedBirth, texts: &Texts) -> String {
    let date = birth
        .date
        .map_or_else(|| birth.text.clone(), |date| birth_date(date, texts));
    match &birth.note {
        Some(note) => format!("{date} ({note})"),
        None => date,
    }
}

/// The same with the source's own wording, where it is another.
pub fn listed_birth_in_full(birth: &ListedBirth, texts: &Texts) -> String {
    let shown = listed_birth(birth, texts);
    let source = birth.text.trim();
    let date = birth.date.map(|date| birth_date(date, texts));
    if source.is_empty() || date.is_none_or(|date| date == source) {
        return shown;
    }
    let values = [("date", shown), ("source", source.to_owned())];
    texts.with_all("entry-birth-in-source", &values)
}

/// A nationality: a code stands behind its country's name, `Serbia (SRB)`.
pub fn country(text: &str, texts: &Texts) -> String {
    let code = text.trim();
    let is_code = (1..=3).contains(&code.len()) && code.chars().all(|c| c.is_ascii_alphabetic());
    let key = format!("country-{}", code.to_ascii_lowercase());
    if is_code && texts.has(&key) {
        format!("{} ({code})", texts.text(&key))
    } else {
        text.to_owned()
    }
}

/// A message of a library as a sentence: its first letter is large.
pub fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

/// Reads a birth date as people write it: `5.3.1971`, `03.1971`, `5/3/1971`, `1971`, `1971-03-05`
/// and every other form that [`BirthDate`] has. `None` where it is no date.
pub fn read_birth_date(text: &str) -> Option<BirthDate> {
    let text = text.trim().trim_end_matches('.');
    if let Ok(birth) = text.parse() {
        return Some(birth);
    }
    let mut numbers = text
        .split(['.', '/', ' '])
        .filter(|part| !part.is_empty())
        .map(|part| part.parse::<u16>().ok().filter(|_| part.len() <= 4));
    let (first, second, third) = (numbers.next()??, numbers.next()??, numbers.next());
    if numbers.next().is_some() {
        return None;
    }
    let date = match third {
        Some(year) => day_of(year?, second, Some(first))?,
        None => day_of(second, first, None)?,
    };
    Some(BirthDate::on(date))
}

fn day_of(year: u16, month: u16, day: Option<u16>) -> Option<PartialDate> {
    // Two digits could be either century; the form says so and asks again.
    let year = i16::try_from(year).ok().filter(|year| *year >= 1000)?;
    let month = u8::try_from(month).ok()?;
    let day = match day {
        Some(day) => Some(u8::try_from(day).ok()?),
        None => None,
    };
    PartialDate::new(year, Some(month), day)
}

/// A probability in per cent. It is never certain, so it is never written as 0 or 100.
pub fn percent(probability: f64) -> String {
    if probability > 0.99 {
        "> 99 %".to_owned()
    } else if probability < 0.01 {
        "< 1 %".to_owned()
    } else {
        format!("{:.0} %", probability * 100.0)
    }
}

/// A quantity with its thousands apart: `17 204`.
pub fn quantity(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            // A narrow space that does not break: the same in all languages of the region.
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// A quantity that came or went, with its sign: `+12`; nothing is `0`.
pub fn signed(sign: &str, number: u64) -> String {
    if number == 0 {
        quantity(number)
    } else {
        format!("{sign}{}", quantity(number))
    }
}

/// The key of the words for a probability.
pub fn likelihood_key(probability: f64) -> &'static str {
    if probability >= 0.95 {
        "likelihood-very-likely"
    } else if probability >= 0.6 {
        "likelihood-likely"
    } else if probability >= 0.1 {
        "likelihood-possible"
    } else {
        "likelihood-unlikely"
    }
}

/// The key of a feature's name.
pub const fn feature_key(feature: Feature) -> &'static str {
    match feature {
        Feature::Name => "feature-name",
        Feature::BirthDate => "feature-birth-date",
        Feature::Gender => "feature-gender",
        Feature::Nationality => "feature-nationality",
        Feature::Place => "feature-place",
        Feature::Identifier => "feature-identifier",
        Feature::Schema => "feature-schema",
        Feature::Make => "feature-make",
        Feature::Model => "feature-model",
        Feature::Calibre => "feature-calibre",
        Feature::WeaponKind => "feature-weapon-kind",
    }
}

/// The key of a verdict's word.
pub const fn verdict_key(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Agrees => "verdict-agrees",
        Verdict::Similar => "verdict-similar",
        Verdict::Contradicts => "verdict-contradicts",
        Verdict::Absent => "verdict-absent",
    }
}

/// The key of a schema's name.
pub const fn schema_key(schema: Schema) -> &'static str {
    match schema {
        Schema::Person => "schema-person",
        Schema::Organization => "schema-organization",
        Schema::Vessel => "schema-vessel",
        Schema::Aircraft => "schema-aircraft",
        Schema::Unknown => "schema-unknown",
    }
}

/// The key of a gender's name.
pub const fn gender_key(gender: Gender) -> &'static str {
    match gender {
        Gender::Male => "gender-male",
        Gender::Female => "gender-female",
        Gender::Other => "gender-other",
    }
}

/// The key of a name's quality.
pub const fn quality_key(quality: NameQuality) -> Option<&'static str> {
    match quality {
        NameQuality::Good => Some("quality-good"),
        NameQuality::Low => Some("quality-low"),
        NameQuality::Unstated => None,
    }
}

/// The key of the name of a kind of number.
pub const fn identifier_key(kind: IdentifierKind) -> &'static str {
    match kind {
        IdentifierKind::Passport => "identifier-passport",
        IdentifierKind::IdentityCard => "identifier-identity-card",
        IdentifierKind::NationalNumber => "identifier-national-number",
        IdentifierKind::TaxNumber => "identifier-tax-number",
        IdentifierKind::Registration => "identifier-registration",
        IdentifierKind::Lei => "identifier-lei",
        IdentifierKind::Imo => "identifier-imo",
        IdentifierKind::CallSign => "identifier-call-sign",
        IdentifierKind::TailNumber => "identifier-tail-number",
        IdentifierKind::Serial => "identifier-serial",
        IdentifierKind::Other => "identifier-other",
    }
}

/// The name of a purpose.
pub fn purpose(purpose: Purpose, texts: &Texts) -> String {
    texts.text(&format!("purpose-{}", purpose.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_dates_as_the_region_writes_them() {
        for (text, expected) in [
            ("5.3.1971", "1971-03-05"),
            ("05.03.1971.", "1971-03-05"),
            ("5. 3. 1971", "1971-03-05"),
            ("5/3/1971", "1971-03-05"),
            ("03.1971", "1971-03"),
            ("1971", "1971"),
            (" 1971-03-05 ", "1971-03-05"),
        ] {
            let read = read_birth_date(text).map(|birth| birth.to_string());
            assert_eq!(read.as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn dates_of_sources_are_written_as_the_region_writes_them() {
        for (text, expected) in [
            ("2026-11-20", "20.11.2026"),
            ("2026-11-20T05:30:00.000Z", "20.11.2026 05:30"),
            ("2026-11-20T00:00:00.000Z", "20.11.2026"),
            ("11/21/2026", "11/21/2026"),
            ("ab-cd-efgh", "ab-cd-efgh"),
            ("", ""),
        ] {
            assert_eq!(source_date(text), expected);
        }
    }

    #[test]
    fn a_code_stands_behind_its_country() {
        let texts = Texts::default_language();
        for (text, expected) in [
            ("SRB", "Serbia (SRB)"),
            (" rs ", "Serbia (rs)"),
            ("D", "Germany (D)"),
            ("XXQ", "XXQ"),
            ("Serbia", "Serbia"),
            ("", ""),
        ] {
            assert_eq!(country(text, texts), expected);
        }
    }

    #[test]
    fn a_message_becomes_a_sentence() {
        assert_eq!(sentence("line 7 has 2 columns"), "Line 7 has 2 columns");
        assert_eq!(sentence(""), "");
    }

    #[test]
    fn refuses_what_is_no_date_or_could_be_two() {
        for text in [
            "",
            "5.3.71",
            "31.2.1971",
            "13.13.1971",
            "5.3.1971.2",
            "yesterday",
            "99999",
        ] {
            assert_eq!(read_birth_date(text), None, "{text}");
        }
    }

    #[test]
    fn a_probability_is_never_written_as_certain() {
        assert_eq!(percent(0.9999), "> 99 %");
        assert_eq!(percent(0.0001), "< 1 %");
        assert_eq!(percent(0.874), "87 %");
    }
}
