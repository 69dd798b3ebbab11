//! An alert in the shape of a list's entry, to be shown beside what was checked.

use egnatia_matching::{BirthDate, Identifier, Name};
use egnatia_record::RecordId;

use super::Alert;
use crate::{Document, ListEntry, ListedBirth, ListedName, NameQuality, Place, SourceText};

impl Alert {
    /// The alert as an entry, for pages that show what is compared side by side.
    pub fn to_entry(&self, id: RecordId) -> ListEntry {
        let subject = &self.subject;
        let warnings = self.warnings.iter().map(|warning| SourceText {
            field: "warning".to_owned(),
            text: warning.as_str().to_owned(),
        });
        let texts = [
            ("reason", Some(self.reason.to_string())),
            ("action", Some(self.action.clone())),
            ("decision", Some(self.decision.clone())),
            ("offence", self.offence.clone()),
            ("characteristics", self.characteristics.clone()),
            ("distinguished by", self.distinguished_by.clone()),
            ("reference", self.reference.clone()),
        ];
        let texts = texts.into_iter().filter_map(|(field, text)| {
            text.map(|text| SourceText {
                field: field.to_owned(),
                text,
            })
        });
        ListEntry {
            source_id: id.to_string(),
            schema: subject.schema,
            names: subject.names.iter().map(listed_name).collect(),
            births: subject.births.iter().map(listed_birth).collect(),
            addresses: subject
                .places
                .iter()
                .map(|place| listed_place(place))
                .collect(),
            nationalities: subject.nationalities.clone(),
            documents: subject.identifiers.iter().map(listed_number).collect(),
            gender: subject.gender,
            programmes: vec![self.category.to_string()],
            listed_on: Some(self.entered_on.to_string()),
            source_text: warnings.chain(texts).collect(),
            ..ListEntry::default()
        }
    }
}

fn listed_name(name: &Name) -> ListedName {
    ListedName {
        text: name.text.clone(),
        kind: name.kind,
        quality: NameQuality::Unstated,
        parts: name.parts.clone(),
        note: None,
    }
}

fn listed_birth(birth: &BirthDate) -> ListedBirth {
    ListedBirth {
        date: Some(*birth),
        text: birth.to_string(),
        note: None,
    }
}

fn listed_place(place: &str) -> Place {
    Place {
        note: Some(place.to_owned()),
        ..Place::default()
    }
}

fn listed_number(number: &Identifier) -> Document {
    Document {
        kind: number.kind,
        label: String::new(),
        number: number.value.clone(),
        country: number.country.clone(),
        note: None,
    }
}
