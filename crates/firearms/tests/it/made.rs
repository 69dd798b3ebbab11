//! Invented weapons, holders, incidents.

use egnatia_firearms::{
    Ammunition, Country, Holder, HolderKind, Incident, IncidentKind, Mark, MarkPlace, Particulars,
    Route, SeizedWeapon, WeaponKind,
};
use egnatia_record::UserId;
use jiff::Timestamp;
use jiff::civil::date;

pub fn country(code: &str) -> Country {
    code.parse().unwrap()
}

pub fn user(login: &str) -> UserId {
    login.parse().unwrap()
}

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub fn holder(reference: &str) -> Holder {
    Holder::known_as(HolderKind::Person, reference)
}

pub fn zastava(number: &str) -> Particulars {
    Particulars {
        marks: vec![Mark::readable(MarkPlace::Receiver, number)],
        kind: WeaponKind::AssaultRifle,
        make: "Crvena Zastava".into(),
        model: "M70AB2".into(),
        calibre: "7,62×39 mm".into(),
        category: None,
        country: Some(country("RS")),
        year: Some(1987),
        distinguished_by: None,
        photographs: Vec::new(),
    }
}

pub fn seizure(numbers: &[&str], route: &[&str], lot: Option<&str>) -> Incident {
    let weapons = numbers.iter().map(|number| SeizedWeapon {
        particulars: zastava(number),
        firearm: None,
    });
    Incident {
        kind: IncidentKind::Seizure,
        on: date(2026, 5, 4),
        country: country("ME"),
        place: "Debeli Brijeg".into(),
        position: None,
        at_border: true,
        route: Route {
            countries: route.iter().map(|code| country(code)).collect(),
        },
        concealment: "behind the panels of a van".into(),
        context: None,
        transport: None,
        offence: None,
        weapons: weapons.collect(),
        parts: Vec::new(),
        ammunition: vec![Ammunition {
            calibre: "7.62x39".into(),
            rounds: 120,
            make: Some("PPU".into()),
            lot: lot.map(str::to_owned),
        }],
        explosives: Vec::new(),
        persons: Vec::new(),
        proceedings: None,
        note: String::new(),
    }
}
