//! The form of an alert: its fields, and what was filled in as a draft.

use std::collections::BTreeMap;

use egnatia_alerts::{AlertDraft, ObjectKind, Profile, Reason, Warning};
use egnatia_matching::{
    BirthDate, Description, Identifier, IdentifierKind, Name, NameKind, NameParts, Schema,
};
use egnatia_record::Category;

use super::terms;
use crate::parts::{Field, FieldKind};
use crate::problem::Problem;
use crate::query::gender;
use crate::visit::Posted;
use crate::words::{read_birth_date, sentence};
use crate::{Texts, words};

/// What is wrong, field by field.
pub(crate) type Wrong = BTreeMap<String, String>;

/// What an alert is about, as addresses and forms name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kind {
    pub category: Category,
    pub on_person: bool,
}

impl Kind {
    /// The form's address.
    pub fn path(self) -> String {
        format!("/alerts/new/{}/{}", self.category, self.about())
    }

    /// `person` or `object`.
    pub const fn about(self) -> &'static str {
        if self.on_person { "person" } else { "object" }
    }

    /// Whether a note on proportionality is needed (rule SIS-05).
    pub fn needs_note(self, profile: &Profile) -> bool {
        let terms = profile.category(self.category);
        self.on_person && terms.is_some_and(|terms| !terms.terrorism)
    }
}

/// Rows for numbers; more than that are rare, and a correction adds them.
pub(super) const NUMBERS: [(&str, &str, &str); 4] = [
    ("document_kind_1", "document_number_1", "document_country_1"),
    ("document_kind_2", "document_number_2", "document_country_2"),
    ("document_kind_3", "document_number_3", "document_country_3"),
    ("document_kind_4", "document_number_4", "document_country_4"),
];
const IDENTIFIERS: [IdentifierKind; 11] = [
    IdentifierKind::Passport,
    IdentifierKind::IdentityCard,
    IdentifierKind::NationalNumber,
    IdentifierKind::Serial,
    IdentifierKind::Registration,
    IdentifierKind::TailNumber,
    IdentifierKind::Imo,
    IdentifierKind::CallSign,
    IdentifierKind::TaxNumber,
    IdentifierKind::Lei,
    IdentifierKind::Other,
];

pub(super) fn identifier_word(kind: IdentifierKind) -> &'static str {
    words::identifier_key(kind).trim_start_matches("identifier-")
}

/// A part of the form with its heading.
#[derive(Debug)]
pub struct Group {
    /// Names it on the page.
    pub id: &'static str,
    /// The heading.
    pub heading: String,
    /// The fields.
    pub fields: Vec<Field>,
}

/// Builds fields with what was filled in and what is wrong with it.
pub(crate) struct Filler<'a> {
    pub t: &'static Texts,
    pub posted: &'a Posted,
    pub wrong: &'a Wrong,
}

impl Filler<'_> {
    /// A line.
    pub fn line(&self, name: &'static str, key: &str) -> Field {
        let hint = format!("{key}-hint");
        let field = Field::new(name, self.t.text(key))
            .value(self.posted.raw(name))
            .error(self.wrong.get(name).cloned());
        if self.t.has(&hint) {
            field.hint(self.t.text(&hint))
        } else {
            field
        }
    }

    /// Several lines.
    pub fn area(&self, name: &'static str, key: &str) -> Field {
        self.line(name, key).kind(FieldKind::Area)
    }

    /// One of these.
    pub fn choice(&self, name: &'static str, key: &str, of: Vec<(String, String)>) -> Field {
        self.line(name, key).kind(FieldKind::Choice(of))
    }

    /// Any of these.
    pub fn several(&self, name: &'static str, key: &str, of: Vec<(String, String)>) -> Field {
        self.line(name, key)
            .kind(FieldKind::Several(of))
            .chosen(self.posted.all(name))
    }
}

/// Whom or what, why, and what to know: the fields of a draft.
pub(crate) fn groups(filler: &Filler<'_>, kind: Kind, profile: &Profile) -> Vec<Group> {
    let t = filler.t;
    let group = |id, key: &str, fields| Group {
        id,
        heading: t.text(key),
        fields,
    };
    let mut who = if kind.on_person {
        person(filler)
    } else {
        object(filler)
    };
    who.push(filler.area("characteristics", "alert-characteristics"));
    vec![
        group("who", &format!("alert-who-{}", kind.about()), who),
        group("numbers", "alert-numbers", numbers(filler)),
        group("why", "alert-why", why(filler, kind, profile)),
    ]
}

fn person(filler: &Filler<'_>) -> Vec<Field> {
    let t = filler.t;
    let genders = ["male", "female", "other"];
    vec![
        filler
            .line("family_name", "alert-family")
            .required()
            .first(),
        filler.line("given_names", "alert-given"),
        filler.line("patronymic", "alert-patronymic"),
        filler.area("aliases", "alert-aliases"),
        filler.area("weak_aliases", "alert-weak-aliases"),
        filler.area("former_names", "alert-former-names"),
        filler.area("births", "alert-births").required(),
        filler.choice(
            "gender",
            "field-gender",
            terms::choices_or_none(t, "not-known", "gender", genders),
        ),
        filler.area("nationalities", "alert-nationalities"),
        filler.area("places", "alert-places"),
    ]
}

fn object(filler: &Filler<'_>) -> Vec<Field> {
    let kinds = ObjectKind::ALL.iter().map(|kind| kind.as_str());
    let kinds = terms::choices_or_none(filler.t, "choose", "object", kinds);
    vec![
        filler
            .choice("object", "alert-object", kinds)
            .required()
            .first(),
        filler.line("object_name", "alert-object-name"),
    ]
}

fn numbers(filler: &Filler<'_>) -> Vec<Field> {
    let t = filler.t;
    let mut fields = Vec::new();
    for (kind, number, country) in NUMBERS {
        let kinds = IDENTIFIERS.map(identifier_word);
        fields.push(filler.choice(
            kind,
            "alert-number-kind",
            terms::choices_or_none(t, "choose", "identifier", kinds),
        ));
        fields.push(filler.line(number, "column-number").kind(FieldKind::Exact));
        fields.push(filler.line(country, "alert-number-country"));
    }
    fields
}

fn why(filler: &Filler<'_>, kind: Kind, profile: &Profile) -> Vec<Field> {
    let t = filler.t;
    let mut fields = vec![
        filler.area("reason", "alert-reason").required(),
        filler.line("decision", "alert-decision").required(),
    ];
    if kind.needs_note(profile) {
        let note = filler.area("proportionality", "alert-proportionality");
        fields.push(note.required());
    }
    fields.push(filler.line("offence", "alert-offence"));
    if kind.on_person {
        let warnings = Warning::ALL.iter().map(|warning| warning.as_str());
        let warnings = terms::choices(t, "warning", warnings);
        fields.push(filler.several("warnings", "alert-warnings", warnings));
    }
    fields.push(filler.area("action", "alert-other-action"));
    fields.push(filler.area("links", "alert-links"));
    fields
}

/// What was filled in, as a draft.
pub(crate) fn read(posted: &Posted, kind: Kind, t: &Texts) -> Result<AlertDraft, Wrong> {
    let mut wrong = Wrong::new();
    let mut reason_of = |field: &str| match Reason::try_from(posted.text(field)) {
        Ok(reason) => Some(reason),
        Err(_) => {
            wrong.insert(field.to_owned(), t.text("alert-reason-invalid"));
            None
        }
    };
    let reason = reason_of("reason");
    let proportionality = posted
        .some("proportionality")
        .and_then(|_| reason_of("proportionality"));
    let subject = describe(posted, kind, t, &mut wrong);
    for (field, key, is_missing) in [
        (
            "family_name",
            "alert-wrong-name",
            kind.on_person && subject.names.is_empty(),
        ),
        (
            "births",
            "alert-wrong-birth-date",
            kind.on_person && posted.text("births").is_empty(),
        ),
        (
            "document_number_1",
            "alert-wrong-document",
            !kind.on_person && subject.identifiers.is_empty(),
        ),
        (
            "decision",
            "alert-wrong-decision",
            posted.text("decision").is_empty(),
        ),
    ] {
        if is_missing {
            wrong.insert(field.to_owned(), t.text(key));
        }
    }
    let object = posted.text("object");
    let object = ObjectKind::ALL
        .iter()
        .copied()
        .find(|kind| kind.as_str() == object);
    if !kind.on_person && object.is_none() {
        wrong.insert("object".to_owned(), t.text("alert-object-missing"));
    }
    let mut links = std::collections::BTreeSet::new();
    for line in posted.lines("links") {
        // The address of an alert's page is as good as its number.
        let id = line.rsplit('/').next().unwrap_or_default().parse();
        match id {
            Ok(id) => {
                links.insert(id);
            }
            Err(_) => {
                wrong.insert("links".to_owned(), t.text("alert-links-invalid"));
            }
        }
    }
    let chosen = posted.all("warnings");
    let warnings = Warning::ALL
        .iter()
        .copied()
        .filter(|warning| chosen.contains(&warning.as_str()));
    match reason.filter(|_| wrong.is_empty()) {
        Some(reason) => Ok(AlertDraft {
            category: kind.category,
            subject,
            object: object.filter(|_| !kind.on_person),
            reason,
            action: posted.text("action"),
            decision: posted.text("decision"),
            proportionality,
            warnings: warnings.collect(),
            offence: posted.some("offence"),
            characteristics: posted.some("characteristics"),
            distinguished_by: posted.some("distinguished_by"),
            links,
        }),
        None => Err(wrong),
    }
}

fn describe(posted: &Posted, kind: Kind, t: &Texts, wrong: &mut Wrong) -> Description {
    let mut births: Vec<BirthDate> = Vec::new();
    for line in posted.lines("births") {
        match read_birth_date(&line) {
            Some(birth) => births.push(birth),
            None => {
                wrong.insert("births".to_owned(), t.text("birth-date-invalid"));
            }
        }
    }
    let identifiers = NUMBERS.iter().filter_map(|(kind, number, country)| {
        let chosen = posted.text(kind);
        let known = IDENTIFIERS
            .into_iter()
            .find(|k| identifier_word(*k) == chosen);
        Some(Identifier {
            kind: known.unwrap_or(IdentifierKind::Other),
            value: posted.some(number)?,
            country: posted.some(country),
        })
    });
    let schema = match (kind.on_person, posted.raw("object")) {
        (true, _) => Schema::Person,
        (false, "boat") => Schema::Vessel,
        (false, "aircraft") => Schema::Aircraft,
        (false, _) => Schema::Unknown,
    };
    Description {
        schema,
        names: if kind.on_person {
            names(posted)
        } else {
            posted
                .some("object_name")
                .map(Name::new)
                .into_iter()
                .collect()
        },
        births,
        gender: gender(posted.raw("gender")),
        nationalities: posted.lines("nationalities"),
        places: posted.lines("places"),
        identifiers: identifiers.collect(),
        weapon: None,
    }
}

/// The fields of further names, each with what kind of name stands there.
pub(super) const FURTHER: [(&str, NameKind); 3] = [
    ("aliases", NameKind::Alias),
    ("weak_aliases", NameKind::WeakAlias),
    ("former_names", NameKind::Former),
];

fn names(posted: &Posted) -> Vec<Name> {
    let parts = NameParts {
        given: posted.some("given_names"),
        patronymic: posted.some("patronymic"),
        family: posted.some("family_name"),
    };
    let whole = [&parts.given, &parts.patronymic, &parts.family];
    let whole: Vec<&str> = whole.into_iter().flatten().map(String::as_str).collect();
    let primary = Name {
        parts: Some(parts.clone()),
        ..Name::new(whole.join(" "))
    };
    let further = FURTHER.iter().flat_map(|(field, kind)| {
        let lines = posted.lines(field).into_iter();
        lines.map(|line| Name {
            kind: *kind,
            ..Name::new(line)
        })
    });
    let primary = parts.family.is_some().then_some(primary);
    primary.into_iter().chain(further).collect()
}

/// The fields of a refusal as this form names them, with words for each.
pub(crate) fn wrong_of(problem: &Problem, kind: Kind, t: &Texts) -> Wrong {
    let named = |field: &str| {
        match (field, kind.on_person) {
            ("name", true) => "family_name",
            ("birth_date", _) => "births",
            ("nationality", _) => "nationalities",
            ("place", _) => "places",
            ("document", _) | ("name", false) => "document_number_1",
            (other, _) => {
                return other.to_owned();
            }
        }
        .to_owned()
    };
    problem
        .errors
        .iter()
        .map(|error| {
            let field = named(&error.field);
            let key = format!("alert-wrong-{}", error.field.replace('_', "-"));
            let missing = matches!(error.code.as_str(), "refused" | "missing");
            let text = if missing && t.has(&key) {
                t.text(&key)
            } else {
                sentence(&error.detail)
            };
            (field, text)
        })
        .collect()
}
