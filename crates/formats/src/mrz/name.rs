//! Names: `PRIMARY<<SECONDARY`, words divided by one `<` (Doc 9303-3 §4.6).

use egnatia_matching::{Name, NameKind, NameParts};
use serde::Serialize;

/// The name in a zone.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct MrzName {
    /// The primary identifier, usually the family name; its words divided by spaces.
    pub primary: String,
    /// The secondary identifier, usually the given names; empty where there is none.
    pub secondary: String,
    /// No filler is left at the end, so that letters or whole words may be missing.
    pub perhaps_truncated: bool,
}

impl MrzName {
    pub(super) fn read(field: &str) -> Self {
        let (primary, secondary) = field
            .trim_start_matches('<')
            .split_once("<<")
            .unwrap_or((field, ""));
        Self {
            primary: words(primary),
            secondary: words(secondary),
            perhaps_truncated: !field.is_empty() && !field.ends_with('<'),
        }
    }

    /// As it is compared; `None` where the zone has no name.
    pub(super) fn to_name(&self) -> Option<Name> {
        let part = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        let text = format!("{} {}", self.secondary, self.primary);
        let text = text.trim();
        (!text.is_empty()).then(|| Name {
            text: text.to_owned(),
            kind: NameKind::Primary,
            parts: Some(NameParts {
                given: part(&self.secondary),
                patronymic: None,
                family: part(&self.primary),
            }),
        })
    }
}

fn words(text: &str) -> String {
    let words: Vec<&str> = text.split('<').filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn primary_and_secondary_are_told_apart() {
        for (field, primary, secondary, truncated) in [
            ("ERIKSSON<<ANNA<MARIA<<<<", "ERIKSSON", "ANNA MARIA", false),
            ("HADZIC<SABANOVIC<<AMRA<", "HADZIC SABANOVIC", "AMRA", false),
            ("ARKFREITH<<<<<", "ARKFREITH", "", false),
            (
                "NILAVADHANANANDA<<ARNPOL<PETCH<C",
                "NILAVADHANANANDA",
                "ARNPOL PETCH C",
                true,
            ),
            ("<<<<<", "", "", false),
            ("A<<B<<C<", "A", "B C", false),
        ] {
            let read = MrzName::read(field);
            assert_eq!(
                (read.primary.as_str(), read.secondary.as_str()),
                (primary, secondary),
                "{field}"
            );
            assert_eq!(read.perhaps_truncated, truncated, "{field}");
        }
        assert_eq!(MrzName::read("<<<").to_name(), None);
    }
}
