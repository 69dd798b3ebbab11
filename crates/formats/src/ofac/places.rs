//! Places as remarks write them: `City, Region, Country`, or less.

use egnatia_alerts::Place;

use crate::text::owned;

/// Countries that the publisher writes with a comma: what stands before it and behind.
const INVERTED: [(&str, &str); 4] = [
    ("Korea", "North"),
    ("Korea", "South"),
    ("Congo", "Democratic Republic of the"),
    ("Congo", "Republic of the"),
];

/// A place in its parts. A single part is taken for the country, which it is most often.
pub(super) fn read(text: &str) -> Place {
    let mut parts: Vec<&str> = text.split(',').map(str::trim).collect();
    let country = match parts.as_slice() {
        [.., name, which] if INVERTED.contains(&(name, which)) => {
            let country = format!("{name}, {which}");
            parts.truncate(parts.len().saturating_sub(2));
            Some(country)
        }
        _ => parts.pop().and_then(owned),
    };
    let mut rest = parts.into_iter();
    let city = rest.next().and_then(owned);
    let region = owned(&rest.collect::<Vec<&str>>().join(", "));
    Place {
        city,
        region,
        country,
        ..Place::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> [Option<String>; 3] {
        let place = read(text);
        [place.city, place.region, place.country]
    }

    #[test]
    fn the_country_stands_last() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            parts("Tripoli, Libya"),
            [some("Tripoli"), None, some("Libya")]
        );
        assert_eq!(parts("Libya"), [None, None, some("Libya")]);
        assert_eq!(
            parts("Old Town, Vardar, Skopje, North Macedonia"),
            [
                some("Old Town"),
                some("Vardar, Skopje"),
                some("North Macedonia")
            ]
        );
        assert_eq!(
            parts("Goma, Congo, Democratic Republic of the"),
            [
                some("Goma"),
                None,
                some("Congo, Democratic Republic of the")
            ]
        );
        assert_eq!(parts("Korea, North"), [None, None, some("Korea, North")]);
        assert_eq!(parts(""), [None, None, None]);
    }
}
