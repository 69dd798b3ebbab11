//! What an alert says, label by label: for its page, and for the page before it is entered.

use egnatia_alerts::{Alert, CategoryTerms, Profile};
use egnatia_app::Recipient;
use jiff::civil::Date;

use super::terms;
use crate::parts::{Cell, Empty, Facts, Table, Tone};
use crate::{Texts, words};

/// A day as people of the region write it.
pub(crate) fn day(date: Date) -> String {
    format!("{:02}.{:02}.{:04}", date.day(), date.month(), date.year())
}

/// Why, on what decision, for how long, and what to know.
pub(crate) fn of(t: &Texts, alert: &Alert) -> Facts {
    let text = |text: &Option<String>| text.clone().map(Cell::Text);
    let warnings = alert
        .warnings
        .iter()
        .map(|warning| Cell::Text(t.text(&format!("warning-{}", warning.as_str()))));
    let object = alert
        .object
        .map(|kind| Cell::Text(t.text(&format!("object-{}", kind.as_str()))));
    Facts::new()
        .with(
            t.text("alert-category"),
            Cell::Text(terms::category(t, alert.category)),
        )
        .with_some(t.text("alert-object"), object)
        .with_all(t.text("alert-warnings"), warnings.collect())
        .with(t.text("alert-reason"), Cell::Text(alert.reason.to_string()))
        .with_some(t.text("alert-offence"), text(&alert.offence))
        .with(t.text("alert-decision"), Cell::Text(alert.decision.clone()))
        .with_some(
            t.text("alert-proportionality"),
            alert
                .proportionality
                .as_ref()
                .map(|note| Cell::Text(note.to_string())),
        )
        .with_some(
            t.text("alert-characteristics"),
            text(&alert.characteristics),
        )
        .with_some(t.text("alert-distinguished"), text(&alert.distinguished_by))
}

/// Who is described: births, nationalities, gender, places. Names and numbers have tables.
pub(crate) fn described(t: &Texts, alert: &Alert) -> Facts {
    let subject = &alert.subject;
    let texts = |texts: &[String]| texts.iter().cloned().map(Cell::Text).collect();
    let births = subject
        .births
        .iter()
        .map(|birth| Cell::Text(words::birth_date(*birth, t)));
    let nationalities = subject
        .nationalities
        .iter()
        .map(|text| Cell::Text(words::country(text, t)));
    let gender = subject
        .gender
        .map(|gender| Cell::Text(t.text(words::gender_key(gender))));
    Facts::new()
        .with_all(t.text("field-birth-date"), births.collect())
        .with_all(t.text("field-nationality"), nationalities.collect())
        .with_some(t.text("field-gender"), gender)
        .with_all(t.text("field-place"), texts(&subject.places))
}

/// What the law says of a category: the sentence that stands above the form.
pub(crate) fn terms_of(t: &Texts, terms: &CategoryTerms, on_person: bool) -> Facts {
    let months = match terms.object_review_months {
        Some(months) if !on_person => months,
        _ => terms.review_months,
    };
    let article = t.with("alert-article", "article", terms.article.as_str());
    Facts::new()
        .with(t.text("alert-action"), Cell::Text(terms.action.clone()))
        .with(
            t.text("alert-period"),
            Cell::Text(t.count("count-months", u64::from(months))),
        )
        .with(t.text("alert-law"), Cell::Text(article))
        .with(t.text("alert-law-source"), Cell::Text(terms.source.clone()))
}

/// Whether the person must not learn of the alert (rule SIS-16).
pub(crate) fn is_covert(profile: &Profile, alert: &Alert) -> bool {
    let terms = profile.category(alert.category);
    terms.is_some_and(|terms| terms.covert)
}

/// Where it goes, in one sentence: `Goes to Skopje and Tirana. Does not go to Belgrade.`
pub(crate) fn goes(t: &Texts, recipients: &[Recipient]) -> String {
    if recipients.is_empty() {
        return t.text("goes-no-partner");
    }
    let named = |goes: bool| {
        let names: Vec<String> = recipients
            .iter()
            .filter(|recipient| recipient.outcome.is_ok() == goes)
            .map(|recipient| recipient.name.clone())
            .collect();
        joined(t, &names)
    };
    let (to, not) = (named(true), named(false));
    match (to.as_str(), not.as_str()) {
        ("", _) => t.text("goes-nowhere"),
        (_, "") => t.with("goes-to-all", "partners", to),
        _ => t.with_all("goes-to", &[("to", to), ("not", not)]),
    }
}

/// Names in a row, as a sentence has them.
pub(crate) fn joined(t: &Texts, names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => {
            let values = [("first", first.join(", ")), ("last", last.clone())];
            t.with_all("names-and", &values)
        }
    }
}

/// Partner by partner: whether it goes there, and on what ground or why not.
pub(crate) fn recipients(t: &'static Texts, recipients: &[Recipient]) -> Table {
    let columns = &["column-partner", "column-goes", "column-ground"];
    let rows = recipients
        .iter()
        .map(|recipient| {
            let (tag, ground) = match &recipient.outcome {
                Ok(ground) => (
                    Cell::tag(Tone::Agree, t.text("goes-yes")),
                    ground_text(t, ground),
                ),
                Err(withheld) => (
                    Cell::tag(Tone::Silent, t.text("goes-not")),
                    t.text(&format!("withheld-{}", withheld.as_str())),
                ),
            };
            let side = terms::partner(t, recipient.partner);
            vec![
                Cell::Lines(
                    recipient.name.clone(),
                    format!("{side} · {}", recipient.authority),
                ),
                tag,
                Cell::Text(ground),
            ]
        })
        .collect();
    let caption = t.text("alert-recipients");
    Table::new(t, caption, columns, Empty::of(t, "alert-recipients")).rows(rows)
}

/// `GATE: INSTRUMENT` as a sentence: the gate in words.
pub(crate) fn ground_text(t: &Texts, ground: &str) -> String {
    match ground.split_once(": ") {
        Some((gate, instrument)) => {
            let gate = terms::word(t, &["gate"], gate);
            format!("{instrument} · {gate}")
        }
        None => ground.to_owned(),
    }
}
