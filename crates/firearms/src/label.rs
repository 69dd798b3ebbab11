//! What the code on the label of a weapon says: enough to check it anywhere, and nobody's name.

use egnatia_matching::{Description, Identifier, IdentifierKind, Weapon};
use egnatia_record::RecordId;

use crate::Particulars;
use crate::text::says;

/// How it begins.
const START: &str = "EGN1;";

/// The label of a weapon. Its code is text: `EGN1;number;make;model;calibre;record`, with `%3B` and
/// `%25` for `;` and `%` within a part.
///
/// ```
/// use egnatia_firearms::Label;
///
/// let text = "EGN1;M70-45123;Zastava;M70;7,62×39;0c3c9d64b7f04a1f8d1f0f6f8a3d2b11";
/// let label = Label::parse(text).expect("a label");
/// assert_eq!(label.number, "M70-45123");
/// assert_eq!(label.code(), text);
/// assert_eq!(Label::parse("M70-45123"), None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The number of the frame or receiver, as it is read; empty where nothing can be read.
    pub number: String,
    /// Who made it.
    pub make: String,
    /// Model; may be empty.
    pub model: String,
    /// Calibre.
    pub calibre: String,
    /// Its record, in the register that printed the label.
    pub record: RecordId,
}

impl Label {
    /// The label of a weapon.
    pub fn of(record: RecordId, what: &Particulars) -> Self {
        let number = what.unique_mark().map(|mark| mark.text.clone());
        Self {
            number: number.unwrap_or_default(),
            make: what.make.clone(),
            model: what.model.clone(),
            calibre: what.calibre.clone(),
            record,
        }
    }

    /// What the code holds.
    pub fn code(&self) -> String {
        let parts = [&self.number, &self.make, &self.model, &self.calibre];
        let parts = parts.map(|part| part.replace('%', "%25").replace(';', "%3B"));
        format!("{START}{};{}", parts.join(";"), self.record)
    }

    /// Reads what a code holds; `None` where it is no label.
    pub fn parse(text: &str) -> Option<Self> {
        let parts: Vec<String> = text
            .trim()
            .strip_prefix(START)?
            .split(';')
            .map(|part| part.replace("%3B", ";").replace("%25", "%"))
            .collect();
        let [number, make, model, calibre, record] = <[String; 5]>::try_from(parts).ok()?;
        Some(Self {
            number,
            make,
            model,
            calibre,
            record: record.parse().ok()?,
        })
    }

    /// What is compared in a check.
    pub fn description(&self) -> Description {
        let stated = |text: &str| Some(text.to_owned()).filter(|text| says(text));
        let number = stated(&self.number).map(|value| Identifier {
            kind: IdentifierKind::Serial,
            value,
            country: None,
        });
        Description {
            identifiers: number.into_iter().collect(),
            weapon: Some(Box::new(Weapon {
                make: stated(&self.make),
                model: stated(&self.model),
                calibre: stated(&self.calibre),
                ..Weapon::default()
            })),
            ..Description::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(number: &str, make: &str) -> Label {
        Label {
            number: number.to_owned(),
            make: make.to_owned(),
            model: String::new(),
            calibre: "9×19 mm".to_owned(),
            record: RecordId::from_bytes([7; 16]),
        }
    }

    #[test]
    fn whatever_stands_on_a_weapon_is_read_back() {
        for (number, make) in [
            ("CZ; 9001/ab", "Česká zbrojovka"),
            ("100%;%3B", "%25;"),
            ("", "Застава"),
            ("M70?4512*", "unknown"),
        ] {
            let label = label(number, make);
            assert_eq!(Label::parse(&label.code()), Some(label));
        }
    }

    #[test]
    fn other_texts_are_no_labels() {
        let good = label("A 1", "B").code();
        for text in [
            "",
            "EGN1;",
            "A 1",
            "EGN1;A 1;B;;9",
            &good.replace("EGN1", "EGN2"),
            &format!("{good};x"),
            &good.replace("0707", "zzzz"),
        ] {
            assert_eq!(Label::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_label_without_a_number_asks_for_nothing() {
        assert!(label("", "B").description().identifiers.is_empty());
        let asked = label("A 1", "B").description();
        assert_eq!(asked.identifiers[0].value, "A 1");
        assert_eq!(asked.weapon.unwrap().make.as_deref(), Some("B"));
    }
}
