//! The figures of a return, section by section. Rows of nothing are counted, and stand in the file.

use egnatia_firearms::{ReturnRow, ReturnSection};

use super::firearm_sections::Section;
use super::terms;
use crate::Texts;
use crate::parts::{Cell, Empty, Table};

/// A section of the page for each section of the return; one for a return without sections.
pub(super) fn sections(t: &'static Texts, rows: &[ReturnRow]) -> Vec<Section> {
    let known = ReturnSection::ALL.iter().copied().map(Some);
    let mut sections = Vec::new();
    for of in known.chain([None]) {
        let mine: Vec<&ReturnRow> = rows.iter().filter(|row| row.section == of).collect();
        if mine.is_empty() {
            continue;
        }
        let (id, heading) = match of {
            Some(of) => (
                of.as_str(),
                terms::word(t, &["return-section"], of.as_str()),
            ),
            None => ("figures", t.text("return-figures")),
        };
        let shown: Vec<&ReturnRow> = mine
            .iter()
            .copied()
            .filter(|row| row.count > 0 || is_median(&row.what))
            .collect();
        let nothing = mine.len().saturating_sub(shown.len());
        let mut section = Section::new(id, heading);
        if nothing > 0 {
            let count = u64::try_from(nothing).unwrap_or(u64::MAX);
            section = section.means(match shown.is_empty() {
                true => t.count("return-all-nothing", count),
                false => t.count("return-nothing", count),
            });
        }
        if !shown.is_empty() {
            section = section.table(table(t, of, &shown));
        }
        sections.push(section);
    }
    sections
}

/// The columns that these rows fill.
fn table(t: &'static Texts, of: Option<ReturnSection>, rows: &[&ReturnRow]) -> Table {
    // Some sections are of seizures only, as their headings say.
    let seizures = [
        ReturnSection::Circumstances,
        ReturnSection::Routes,
        ReturnSection::Significant,
    ];
    let groups =
        rows.iter().any(|row| row.group.is_some()) && !of.is_some_and(|of| seizures.contains(&of));
    let told_apart = rows.iter().any(|row| !row.at.is_empty());
    let mut columns = Vec::new();
    if groups {
        columns.push("return-group");
    }
    columns.push("incident-what");
    if told_apart {
        columns.push("return-by");
    }
    columns.push("incident-count");
    let rows = rows.iter().map(|row| {
        let mut cells = Vec::new();
        if groups {
            cells.push(Cell::Text(row.group.map_or_else(String::new, |group| {
                terms::word(t, &["incident-is"], group.as_str())
            })));
        }
        cells.push(Cell::Text(terms::word(
            t,
            &["return-what", "weapon"],
            &row.what,
        )));
        if told_apart {
            cells.push(Cell::Text(by(t, &row.at)));
        }
        cells.push(figure(&row.what, row.count));
        cells
    });
    Table::new(t, String::new(), &columns, Empty::default()).rows(rows.collect())
}

/// Whether the row is a time: less than a tenth of a day is something too.
pub(super) fn is_median(what: &str) -> bool {
    what.ends_with("tenths-of-a-day")
}

/// The count of a row. What is in tenths of a day in the file is in days here.
pub(super) fn figure(what: &str, count: u64) -> Cell {
    Cell::Number(match is_median(what) {
        true => format!("{}.{}", count / 10, count % 10),
        false => count.to_string(),
    })
}

/// What a row is told apart by: `border`, `transport: road`, or a significant seizure with its facts.
pub(super) fn by(t: &Texts, at: &str) -> String {
    let Some((question, answer)) = at.split_once(": ") else {
        return terms::word(t, &["return-at"], at);
    };
    if question.bytes().all(|byte| byte.is_ascii_digit()) {
        return facts(t, question, answer);
    }
    let country = answer.to_ascii_lowercase();
    let answer = match answer {
        "not-stated" => t.text("return-not-stated"),
        _ if t.has(&format!("country-{country}")) => t.text(&format!("country-{country}")),
        _ => terms::word(t, &["return-at", question], answer),
    };
    let question = terms::word(t, &["return-by"], question);
    format!("{question}: {answer}")
}

/// The facts of a significant seizure: its day, the country, then a word each with its question.
fn facts(t: &Texts, number: &str, text: &str) -> String {
    let said = text.split("; ").filter_map(|fact| {
        let Some((question, answer)) = fact.split_once(' ') else {
            return Some(match fact {
                "border" | "inland" => terms::word(t, &["return-at"], fact),
                fact => fact.to_owned(),
            });
        };
        // What nobody stated need not be read.
        let answer = match answer {
            "not-stated" => return None,
            answer => terms::word(t, &[question], answer),
        };
        let question = terms::word(t, &["return-by"], question);
        Some(format!("{question}: {answer}"))
    });
    format!("{number}. {}", said.collect::<Vec<_>>().join("; "))
}
