//! How the one box is read: pure reading of the text, for whoever types it.
//!
//! INVARIANT: nothing here knows the node, its lists or its records, so that it says nothing about
//! anybody and needs no reason (`tests/it/reading.rs`).

use askama::Template;
use egnatia_firearms::Label;
use egnatia_formats::mrz::{Mrz, MrzError};
use egnatia_matching::serial::{self, SerialError, look_alikes};
use egnatia_matching::word_forms;
use jiff::civil::Date;

use super::table::Piece;
use super::zone::{ZoneChoices, ZonePart};
use super::{Cell, Empty, Facts, Table};
use crate::query::{self, BoxKind};
use crate::{Texts, words};

/// The longest text that is read, in bytes.
pub(crate) const BYTES_MAX: usize = 2_048;

/// How the box is read.
#[derive(Debug, Template)]
#[template(path = "parts/reading.html")]
pub struct Reading {
    t: &'static Texts,
    summary: String,
    zone: Option<ZonePart>,
    number: Vec<Piece>,
    facts: Facts,
    words: Option<Table>,
    notes: Vec<String>,
}

impl Reading {
    /// Reads what the box holds, as of a day.
    pub fn of(t: &'static Texts, text: &str, today: Date) -> Self {
        let mut reading = Self {
            t,
            summary: String::new(),
            zone: None,
            number: Vec::new(),
            facts: Facts::new(),
            words: None,
            notes: Vec::new(),
        };
        let text = text.trim();
        if text.len() > BYTES_MAX {
            reading.summary = t.text("reading-too-long");
            return reading;
        }
        match query::kind_of(text) {
            BoxKind::Empty => {}
            BoxKind::Zone => reading.read_zone(text, today),
            BoxKind::Label => reading.read_label(text),
            BoxKind::Number => reading.read_number(text),
            BoxKind::Name => reading.read_name(text),
        }
        reading
    }

    fn read_zone(&mut self, text: &str, today: Date) {
        let t = self.t;
        match Mrz::read(text, today) {
            Ok(zone) => {
                let form = format!("{:?}", zone.form).to_uppercase();
                let part = ZonePart::new(t, &zone, ZoneChoices::ProposalsOrAsItStands);
                let values = [("form", form), ("finding", part.summary().word.clone())];
                self.summary = t.with_all("reading-zone", &values);
                self.facts = zone_facts(t, &zone);
                self.zone = Some(part);
            }
            Err(MrzError::Length { characters, .. }) => {
                self.summary = t.text("reading-zone-part");
                let note = t.with("mrz-length", "characters", characters.to_string());
                self.notes.push(note);
            }
            Err(_) => {
                self.summary = t.text("reading-zone-part");
                self.notes.push(t.text("mrz-alphabet"));
            }
        }
    }

    fn read_label(&mut self, text: &str) {
        let t = self.t;
        let Some(label) = Label::parse(text) else {
            return;
        };
        self.summary = match label.number.is_empty() {
            true => t.text("reading-label-bare"),
            false => t.with("reading-label", "number", label.number.as_str()),
        };
        let stated = |text: String| (!text.is_empty()).then_some(Cell::Text(text));
        self.facts = Facts::new()
            .with_some(t.text("firearm-make"), stated(label.make))
            .with_some(t.text("firearm-model"), stated(label.model))
            .with_some(t.text("firearm-calibre"), stated(label.calibre));
    }

    fn read_number(&mut self, text: &str) {
        let t = self.t;
        let query = match serial::Query::new(text) {
            Ok(query) => query,
            Err(SerialError::TooLong) => {
                self.summary = t.text("reading-number-long");
                return;
            }
            Err(_) => return,
        };
        let normal = query.to_string();
        let masked = normal.contains(['?', '*']);
        let key = if masked {
            "reading-masked"
        } else {
            "reading-number"
        };
        self.summary = t.with(key, "number", normal.as_str());
        let is_alike = |c: char| !look_alikes(c).is_empty();
        self.number = Piece::run(normal.chars().map(|c| (c, is_alike(c))));
        let places = query.places().len().to_string();
        self.facts = Facts::new()
            .with(t.text("reading-places"), Cell::Text(places))
            .with_all(t.text("reading-alike"), alike(t, &normal));
        self.notes.push(t.text("reading-number-note"));
        if masked {
            self.notes.push(t.text("reading-masked-note"));
        }
    }

    fn read_name(&mut self, text: &str) {
        let t = self.t;
        let forms = word_forms(text);
        if forms.is_empty() {
            self.summary = t.text("reading-nothing");
            return;
        }
        let count = u64::try_from(forms.len()).unwrap_or(u64::MAX);
        self.summary = t.count("reading-name", count);
        if forms.iter().any(|word| word.leaves_vowels_out) {
            self.notes.push(t.text("reading-no-vowels"));
        }
        if text.contains('<') {
            let places = text.chars().filter(|c| !c.is_whitespace()).count();
            self.notes
                .push(t.with("reading-filler", "characters", places.to_string()));
        }
        let columns = &["reading-word", "reading-latin", "reading-printed"];
        let rows = forms.into_iter().map(|word| {
            let none = || t.text("reading-no-table");
            vec![
                Cell::Text(word.written),
                Cell::Text(word.latin.unwrap_or_else(none)),
                Cell::Exact(word.zone.join(", ")),
            ]
        });
        let rows = rows.collect();
        let table = Table::new(t, t.text("reading-words"), columns, Empty::default());
        self.words = Some(table.rows(rows));
    }
}

/// Which characters of a number are taken for which others.
fn alike(t: &Texts, normal: &str) -> Vec<Cell> {
    let mut seen: Vec<char> = Vec::new();
    let mut cells = Vec::new();
    for character in normal.chars() {
        let others = look_alikes(character);
        if others.is_empty() || seen.contains(&character) {
            continue;
        }
        seen.push(character);
        let others: Vec<String> = others.iter().map(ToString::to_string).collect();
        let values = [
            ("character", character.to_string()),
            ("others", others.join(", ")),
        ];
        cells.push(Cell::Text(t.with_all("reading-alike-pair", &values)));
    }
    cells
}

fn zone_facts(t: &Texts, zone: &Mrz) -> Facts {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let text = |text: &str| some(text).map(Cell::Text);
    let country = |raw: &str| some(raw).map(|raw| Cell::Text(words::country(&raw, t)));
    let date = |date: &egnatia_formats::mrz::MrzDate| {
        let shown = date.date.map(words::partial_date);
        shown.map_or_else(
            || some(&date.raw).map(Cell::Exact),
            |day| Some(Cell::Text(day)),
        )
    };
    Facts::new()
        .with_some(t.text("zone-family"), text(&zone.name.primary))
        .with_some(t.text("zone-given"), text(&zone.name.secondary))
        .with_some(
            t.text("field-document"),
            some(&zone.document_number).map(Cell::Exact),
        )
        .with_some(t.text("zone-issuer"), country(&zone.issuing_state.raw))
        .with_some(t.text("field-nationality"), country(&zone.nationality.raw))
        .with_some(t.text("field-birth-date"), date(&zone.birth_date))
        .with_some(t.text("zone-expiry"), date(&zone.expiry_date))
        .with_all(
            t.text("zone-optional"),
            zone.optional_data
                .iter()
                .cloned()
                .map(Cell::Exact)
                .collect(),
        )
}
