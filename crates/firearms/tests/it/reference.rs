//! Names of calibres, makers and models.

use egnatia_firearms::{Reference, WeaponKind};
use jiff::civil::date;

fn shipped() -> Reference {
    Reference::shipped().unwrap()
}

#[test]
fn ways_to_write_a_calibre_come_together() {
    let reference = shipped();
    for (names, expected) in [
        (
            &[
                "7.62x39",
                "7,62×39 M43",
                "7.62 x 39 mm",
                "7,62х39",
                "7.62x39mm",
                "Kal. 7,62*39",
            ][..],
            "7.62 x 39",
        ),
        (
            &["9 mm Para", "9x19", "9 mm Luger", "9×19mm Parabellum"],
            "9 x 19 Luger",
        ),
        (
            &["7.65 mm", ".32 ACP", "7,65 Browning", "kalibar 7,65 mm"],
            "7.65 Browning",
        ),
        (
            &["7,9 mm Mauser", "8x57 IS", "7.92x57mm"],
            "7.92 x 57 Mauser",
        ),
        (&["9 kratak", ".380 ACP", "9 mm kurz"], "9 Browning Short"),
        (&["12/70", "kal. 12", "12 ga"], "12 gauge"),
    ] {
        for name in names {
            assert_eq!(reference.calibre_name(name), expected, "{name}");
        }
    }
    assert!(
        reference.calibres().len() >= 350,
        "{}",
        reference.calibres().len()
    );
    let sourced = |calibre: &egnatia_firearms::Calibre| !calibre.source().is_empty();
    assert!(reference.calibres().iter().all(sourced));
}

#[test]
fn calibres_that_are_near_stay_apart() {
    let reference = shipped();
    for (one, other) in [
        ("7.62x39", "7.62x25"),
        ("7.62x54R", "7.62x51"),
        ("9x18", "9x19"),
        ("9 mm P.A.K.", "9 mm Para"),
        ("7.65 Browning", "7.65 Parabellum"),
        ("5.45x39", "5.45x18"),
        ("8x57 I", "8x57 IS"),
    ] {
        assert_ne!(
            reference.calibre_name(one),
            reference.calibre_name(other),
            "{one}"
        );
    }
    assert_eq!(reference.calibre("11.7 x 41 invented"), None);
    assert_eq!(
        reference.calibre_name("11,7×41 Invented"),
        reference.calibre_name("11.7 x 41 invented")
    );
}

#[test]
fn makers_of_the_region_are_known_by_every_mark() {
    let reference = shipped();
    for (text, name, country) in [
        ("Crvena Zastava", "Zastava", "RS"),
        ("ЗАСТАВА", "Zastava", "RS"),
        ("ČZ", "Česká zbrojovka", "CZ"),
        ("Ижмаш", "Izhmash", "RU"),
        ("circle 10", "Arsenal", "BG"),
        ("Gramsh", "UM Gramsh", "AL"),
        ("Romarm", "Cugir", "RO"),
    ] {
        let make = reference.make(text).unwrap_or_else(|| panic!("{text}"));
        assert_eq!((make.name.as_str(), make.country.as_str()), (name, country));
    }
    for model in ["M70AB2", "M 70", "AP M70"] {
        assert_eq!(
            reference.model_name(model),
            reference.model_name("M70"),
            "{model}"
        );
    }
    assert_ne!(reference.model_name("M76"), reference.model_name("M72"));
    for make in reference.makes() {
        assert!(!make.source.is_empty(), "{}", make.name);
        for model in &make.models {
            assert!(WeaponKind::parse(&model.kind).is_some(), "{}", model.name);
        }
    }
}

#[test]
fn the_form_of_a_number_gives_a_hint_and_refuses_nothing() {
    let reference = shipped();
    let today = date(2026, 11, 26);
    let hints = reference.hints("Arsenal", "Makarov", "BA 27 1234", today);
    assert!(hints[0].contains("1987"), "{hints:?}");
    assert!(
        reference
            .hints("Arsenal", "Makarov", "BA 99 1234", today)
            .is_empty()
    );
    assert!(
        reference
            .hints("Arsenal", "Makarov", "anything", today)
            .is_empty()
    );
    assert!(reference.hints("nobody", "nothing", "1", today).is_empty());
}

#[test]
fn a_table_that_contradicts_itself_is_refused() {
    let (makes, serials) = ("makes = []", "serials = []");
    let parse = |calibres: &str| Reference::parse(calibres, makes, serials);
    assert!(parse("@ a source\n9 x 19 | 9 Para\n9x19 Luger").is_ok());
    let twice = parse("@ a source\n9 x 19 | 9 Para\n9 Luger | 9 para").unwrap_err();
    assert!(twice.to_string().contains("9 para"), "{twice}");
    assert!(parse("9 x 19").unwrap_err().to_string().contains("source"));
    let kind = r#"makes = [{ name = "A", country = "RS", source = "x", models = [{ name = "B", kind = "gun", calibre = "9" }] }]"#;
    let unknown = Reference::parse("", kind, serials).unwrap_err();
    assert!(unknown.to_string().contains("gun"), "{unknown}");
}
