//! Check: is anybody looking for this person, document, ship?

use askama::Template;

use super::screenings::file_form;
use super::session::{JustificationInput, justification_fields};
use crate::parts::{Facts, Field, FieldKind, Form, FormErrors, Reading, Table, ZonePart};
use crate::{Frame, Texts};

/// What was filled in on the check page, and what is wrong with it.
#[derive(Debug, Clone, Default)]
pub struct CheckInput {
    /// The one box: a name, a document number or an MRZ.
    pub query: String,
    /// Further: person, organisation, vessel, aircraft.
    pub schema: String,
    /// Further: birth date.
    pub birth_date: String,
    /// Further: nationality.
    pub nationality: String,
    /// Further: gender.
    pub gender: String,
    /// Further: number of a document.
    pub document: String,
    /// Further: place.
    pub place: String,
    /// Further: serial number of a weapon, as far as it can be read.
    pub serial: String,
    /// Further: who made the weapon.
    pub make: String,
    /// Further: calibre of the weapon.
    pub calibre: String,
    /// What is wrong with the box.
    pub query_error: Option<String>,
    /// What is wrong with the birth date.
    pub birth_date_error: Option<String>,
    /// Asked for where the session has no justification yet.
    pub justification: Option<JustificationInput>,
}

impl CheckInput {
    fn has_details(&self) -> bool {
        [
            &self.schema,
            &self.birth_date,
            &self.nationality,
            &self.gender,
            &self.document,
            &self.place,
            &self.serial,
            &self.make,
            &self.calibre,
        ]
        .iter()
        .any(|text| !text.is_empty())
    }
}

/// The first page of the console.
#[derive(Debug, Template)]
#[template(path = "check.html")]
pub struct CheckPage {
    frame: Frame,
    errors: FormErrors,
    query: Field,
    details: Vec<Field>,
    open: bool,
    justification: Vec<Field>,
    reading: Reading,
    file: Form,
    lists: Table,
}

impl CheckPage {
    /// The page with what was filled in; `lists` are those that a check compares with.
    pub fn new(frame: Frame, input: &CheckInput, lists: Table) -> Self {
        let t = frame.t;
        let query = Field::new("q", t.text("check-box"))
            .hint(t.text("check-box-hint"))
            .value(input.query.as_str())
            .error(input.query_error.clone())
            .first();
        let justification: Vec<Field> = match &input.justification {
            Some(given) => justification_fields(t, given).into(),
            None => Vec::new(),
        };
        let details = detail_fields(t, input);
        let errors = {
            let fields: Vec<&Field> = std::iter::once(&query)
                .chain(&justification)
                .chain(&details)
                .collect();
            FormErrors::new(t, &fields, None)
        };
        Self {
            errors,
            query,
            details,
            open: input.has_details(),
            justification,
            reading: Reading::of(t, &input.query, frame.today()),
            file: file_form(t, frame.csrf(), None),
            lists,
            frame,
        }
    }
}

fn detail_fields(t: &'static Texts, input: &CheckInput) -> Vec<Field> {
    let choice = |empty: &str, terms: &[(&str, &str)]| {
        let first = (String::new(), t.text(empty));
        let rest = terms
            .iter()
            .map(|(term, key)| ((*term).to_owned(), t.text(key)));
        FieldKind::Choice(std::iter::once(first).chain(rest).collect())
    };
    let schemas = [
        ("person", "schema-person"),
        ("organization", "schema-organization"),
        ("vessel", "schema-vessel"),
        ("aircraft", "schema-aircraft"),
    ];
    let genders = [
        ("male", "gender-male"),
        ("female", "gender-female"),
        ("other", "gender-other"),
    ];
    vec![
        Field::new("birth_date", t.text("field-birth-date"))
            .hint(t.text("field-birth-date-hint"))
            .value(input.birth_date.as_str())
            .error(input.birth_date_error.clone()),
        Field::new("document", t.text("field-document"))
            .kind(FieldKind::Exact)
            .value(input.document.as_str()),
        Field::new("nationality", t.text("field-nationality"))
            .hint(t.text("field-nationality-hint"))
            .value(input.nationality.as_str()),
        Field::new("gender", t.text("field-gender"))
            .kind(choice("not-known", &genders))
            .value(input.gender.as_str()),
        Field::new("place", t.text("field-place")).value(input.place.as_str()),
        Field::new("schema", t.text("field-schema"))
            .kind(choice("schema-unknown", &schemas))
            .value(input.schema.as_str()),
        Field::new("serial", t.text("field-serial"))
            .hint(t.text("field-serial-hint"))
            .kind(FieldKind::Exact)
            .value(input.serial.as_str()),
        Field::new("make", t.text("firearm-make")).value(input.make.as_str()),
        Field::new("calibre", t.text("firearm-calibre")).value(input.calibre.as_str()),
    ]
}

/// What a check answered.
#[derive(Debug, Template)]
#[template(path = "check_result.html")]
pub struct CheckResultPage {
    /// The frame.
    pub frame: Frame,
    /// How many candidates wait for a decision.
    pub waiting: u64,
    /// What was asked.
    pub asked: Facts,
    /// The machine-readable zone that was asked, where it was one.
    pub zone: Option<ZonePart>,
    /// The candidates, best first.
    pub candidates: Table,
    /// Those that an officer rejected before.
    pub settled: Table,
    /// The lists it was compared with, in which versions.
    pub lists: Table,
    /// Whether somebody may check again.
    pub may_check: bool,
    /// Whether somebody may decide on matches.
    pub may_decide: bool,
}
