//! Names as the list files them: `FAMILY, Given` for persons, whole for everything else.

use egnatia_alerts::{ListedName, NameQuality};
use egnatia_matching::{NameKind, NameParts, Schema};

use crate::collect;

/// Words after the second comma that belong to the whole name.
const SUFFIXES: [&str; 6] = ["Jr.", "Sr.", "Jr", "Sr", "II", "III"];

/// A name as written in the list, in the order in which it is spoken.
pub(super) fn listed(
    schema: Schema,
    written: &str,
    kind: NameKind,
    quality: NameQuality,
) -> ListedName {
    let whole = collect::name(written, kind, quality);
    if schema != Schema::Person {
        return whole;
    }
    let Some((family, given)) = written.split_once(", ") else {
        return whole;
    };
    let (given, suffix) = match given.rsplit_once(", ") {
        Some((given, suffix)) if SUFFIXES.contains(&suffix) => (given, Some(suffix)),
        _ => (given, None),
    };
    let (family, given) = (family.trim(), given.trim());
    if family.is_empty() || given.is_empty() {
        return whole;
    }
    let text = match suffix {
        Some(suffix) => format!("{given} {family} {suffix}"),
        None => format!("{given} {family}"),
    };
    ListedName {
        text,
        parts: Some(NameParts {
            given: Some(given.to_owned()),
            patronymic: None,
            family: Some(family.to_owned()),
        }),
        ..whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(schema: Schema, written: &str) -> String {
        listed(schema, written, NameKind::Primary, NameQuality::Unstated).text
    }

    #[test]
    fn persons_are_named_as_they_are_spoken_of() {
        assert_eq!(
            text(Schema::Person, "PETROVIC, Ana Maria"),
            "Ana Maria PETROVIC"
        );
        assert_eq!(
            text(Schema::Person, "DE LA CRUZ, Juan, Jr."),
            "Juan DE LA CRUZ Jr."
        );
        assert_eq!(text(Schema::Person, "ABU EXAMPLE"), "ABU EXAMPLE");
        assert_eq!(text(Schema::Person, ", Ana"), ", Ana");
    }

    #[test]
    fn bodies_keep_their_commas() {
        assert_eq!(
            text(Schema::Organization, "EXAMPLE CO., LTD."),
            "EXAMPLE CO., LTD."
        );
    }
}
