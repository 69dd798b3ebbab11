//! What an entry of the log is about, in words: kinds of records, subjects, and what was asked.

use egnatia_app::AuditEntry;
use egnatia_audit::Operation;
use egnatia_record::Kind;
use serde_json::Value;

use crate::Texts;
use crate::parts::{Cell, Facts};

/// So many letters of a record's id tell it from the others of a page.
const ID_SHOWN: usize = 8;

/// Data are written by the node itself and are two levels deep; deeper ones stand in the JSON.
const DEPTH_MAX: usize = 4;

/// The most values of one field that are shown; all of them stand in the JSON.
const VALUES_MAX: usize = 50;

/// What an entry is about on one line: `match 82c95df2`, or `account officer: signed in`.
pub(super) fn about(t: &Texts, entry: &AuditEntry) -> String {
    let Some(detail) = &entry.detail else {
        return String::new();
    };
    let what = match (&detail.object, &detail.subject) {
        (Some(object), _) => {
            let id = object.record.to_string();
            let short = id.get(..ID_SHOWN).unwrap_or_default();
            let kind = entry
                .kind
                .map_or_else(|| t.text("audit-record"), |k| kind(t, k));
            format!("{kind} {short}")
        }
        (None, Some(named)) => subject(t, named),
        (None, None) => String::new(),
    };
    let data = detail.data.as_ref();
    let outcome = data.and_then(|data| data.get("outcome").or(data.get("account"))?.as_str());
    // A check is consulted twice: when it is asked, and when its answer is looked at.
    let consulted = detail
        .object
        .as_ref()
        .filter(|_| entry.leaf.operation == Operation::Consultation)
        .map(|object| match object.commitment {
            Some(_) => "asked",
            None => "seen",
        });
    match outcome.or(consulted) {
        Some(outcome) => format!("{what}: {}", term(t, "outcome", outcome)),
        None => what,
    }
}

/// The word for a kind of record.
pub(super) fn kind(t: &Texts, kind: Kind) -> String {
    t.text(&format!("kind-{}", kind.as_str()))
}

/// What else than a record was touched: `list:un-sc` is `list un-sc`.
pub(super) fn subject(t: &Texts, subject: &str) -> String {
    let (what, name) = subject.split_once(':').unwrap_or((subject, ""));
    let key = format!("about-{what}");
    if t.has(&key) {
        t.with(&key, "name", name)
    } else {
        subject.to_owned()
    }
}

/// What was asked or changed, field by field. Fields that state nothing are left out.
pub(super) fn data_facts(t: &Texts, data: &Value) -> Facts {
    let mut lines = Vec::new();
    flatten(t, data, "", DEPTH_MAX, &mut lines);
    lines
        .into_iter()
        .fold(Facts::new(), |facts, (label, cells)| {
            facts.with_all(label, cells)
        })
}

fn flatten(
    t: &Texts,
    value: &Value,
    field: &str,
    depth: usize,
    lines: &mut Vec<(String, Vec<Cell>)>,
) {
    match value {
        Value::Object(fields) if depth > 0 => {
            for (name, value) in fields {
                flatten(t, value, name, depth.saturating_sub(1), lines);
            }
        }
        Value::Null | Value::Object(_) => {}
        Value::Array(values) if values.is_empty() => {
            lines.push((label(t, field), vec![Cell::Text(t.text("audit-none"))]));
        }
        Value::Array(values) => {
            let cells = values.iter().take(VALUES_MAX).map(|v| cell(t, v)).collect();
            lines.push((label(t, field), cells));
        }
        value => lines.push((label(t, field), vec![cell(t, value)])),
    }
}

fn label(t: &Texts, field: &str) -> String {
    term(t, "data", field)
}

fn cell(t: &Texts, value: &Value) -> Cell {
    match value {
        Value::String(text) if text.is_empty() => Cell::Text(t.text("audit-none")),
        Value::String(text) => Cell::Exact(text.clone()),
        Value::Bool(true) => Cell::Text(t.text("audit-yes")),
        Value::Bool(false) => Cell::Text(t.text("audit-no")),
        value => Cell::Text(value.to_string()),
    }
}

/// The words for a term of the log; a term that has none stands as it is.
fn term(t: &Texts, group: &str, term: &str) -> String {
    let key = format!("{group}-{}", term.replace('_', "-"));
    if t.has(&key) {
        t.text(&key)
    } else {
        term.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use egnatia_record::Kind;
    use serde_json::json;

    use super::*;

    #[test]
    fn every_kind_of_record_has_a_word() {
        let t = Texts::default_language();
        for kind in Kind::ALL {
            assert!(t.has(&format!("kind-{}", kind.as_str())), "{kind}");
        }
    }

    #[test]
    fn a_subject_is_named_in_words_and_an_unknown_one_as_it_is() {
        let t = Texts::default_language();
        assert_eq!(subject(t, "list:un-sc"), "list un-sc");
        assert_eq!(subject(t, "audit-log"), "the log");
        assert_eq!(subject(t, "later:thing"), "later:thing");
    }

    #[test]
    fn fields_that_state_nothing_are_left_out() {
        let t = Texts::default_language();
        let data = json!({ "query": { "actor": null, "case": "BP-1" }, "records": [], "rows": 3 });
        let mut lines = Vec::new();
        flatten(t, &data, "", DEPTH_MAX, &mut lines);
        let labels: Vec<&str> = lines.iter().map(|(label, _)| label.as_str()).collect();
        assert_eq!(labels, ["Case", "Records", "Rows"]);
    }
}
