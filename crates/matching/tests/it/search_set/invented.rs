//! Invented names, as many as are wanted.

use super::chance::Chance;

const SLAVIC_GIVEN: &[&str] = &[
    "Marko",
    "Mirko",
    "Jovan",
    "Jovana",
    "Dragan",
    "Dragana",
    "Zoran",
    "Goran",
    "Milan",
    "Milena",
    "Dejan",
    "Bojan",
    "Vesna",
    "Ljiljana",
    "Đorđe",
    "Srđan",
    "Nemanja",
    "Uroš",
    "Miloš",
    "Živko",
    "Ognjen",
    "Slavica",
    "Svetlana",
    "Radovan",
    "Tihomir",
    "Blagoje",
    "Vukašin",
    "Kiril",
    "Hristo",
    "Plamen",
    "Stoyan",
    "Anastasija",
    "Dimitar",
    "Sergej",
    "Oleg",
    "Tatjana",
];
const SLAVIC_STEMS: &[&str] = &[
    "Zubrot",
    "Karadž",
    "Milutin",
    "Vukadin",
    "Stojan",
    "Radosav",
    "Grub",
    "Ljubič",
    "Njegovan",
    "Đurđ",
    "Čolak",
    "Šarenac",
    "Žegar",
    "Plavš",
    "Brzak",
    "Trpko",
    "Velimir",
    "Damjan",
    "Krstin",
    "Obrad",
    "Paunov",
    "Ružič",
    "Skender",
    "Teofil",
    "Ugrin",
    "Vasilj",
    "Zlatar",
    "Bogosav",
    "Cvetan",
    "Desimir",
    "Gvozden",
    "Hranislav",
    "Isail",
    "Jagod",
    "Kojad",
    "Lalov",
    "Mrkš",
    "Novič",
    "Ostoj",
    "Perun",
    "Rajkov",
    "Sredoj",
    "Tomaš",
    "Urošev",
    "Vidak",
    "Zorkov",
];
const SLAVIC_ENDS: &[&str] = &[
    "ić", "ović", "ević", "ovski", "evski", "ov", "ev", "ac", "enko",
];
const ALBANIAN_GIVEN: &[&str] = &[
    "Arben", "Besnik", "Çlirim", "Dritan", "Enver", "Fatos", "Gëzim", "Hysni", "Ilir", "Kujtim",
    "Luan", "Mentor", "Naim", "Petrit", "Qemal", "Rexhep", "Shpëtim", "Teuta", "Valon", "Xhavit",
];
const ALBANIAN_FAMILY: &[&str] = &[
    "Zubran",
    "Krasn",
    "Shkodr",
    "Gjok",
    "Hoxhall",
    "Kelment",
    "Zogjan",
    "Thaqur",
    "Dervish",
    "Mehmetll",
    "Përvizaj",
    "Qorrol",
    "Ramush",
    "Sejdin",
    "Toplic",
    "Ukshin",
    "Vraniq",
    "Ymerag",
];
const ALBANIAN_ENDS: &[&str] = &["i", "aj", "iqi", "ani", "ari", "eni"];
const ARABIC: &[&str] = &[
    "Muhammad",
    "Ahmad",
    "Hassan",
    "Hussein",
    "Khalid",
    "Mahmoud",
    "Yusuf",
    "Ibrahim",
    "Sulayman",
    "Saeed",
    "Qasim",
    "Umar",
    "Tariq",
    "Walid",
    "Faysal",
    "Jamal",
    "Nasir",
    "Rashid",
    "Salim",
    "Zayd",
    "Bilal",
    "Hamza",
    "Abdul Rahman",
    "Abdul Karim",
    "Usama",
    "Marwan",
    "Adnan",
    "Ghazi",
];
const ARABIC_CLANS: &[&str] = &[
    "al-Tikriti",
    "al-Masri",
    "al-Dulaimi",
    "al-Harbi",
    "al-Qahtani",
    "al-Zawari",
    "al-Shami",
    "al-Baghdadi",
    "al-Khatib",
    "al-Jaburi",
    "al-Ansari",
    "al-Maqdisi",
    "al-Sudani",
    "al-Libi",
];

/// A name of two to five words that nobody need bear.
pub fn person(chance: &mut Chance) -> String {
    match chance.below(5) {
        0..=2 => {
            let given = chance.pick(SLAVIC_GIVEN);
            let family = format!("{}{}", chance.pick(SLAVIC_STEMS), chance.pick(SLAVIC_ENDS));
            match chance.below(3) {
                0 => format!("{given} {} {family}", chance.pick(SLAVIC_GIVEN)),
                _ => format!("{given} {family}"),
            }
        }
        3 => {
            let given = chance.pick(ALBANIAN_GIVEN);
            let stem = chance.pick(ALBANIAN_FAMILY);
            format!("{given} {stem}{}", chance.pick(ALBANIAN_ENDS))
        }
        _ => {
            let count = 2 + chance.below(2);
            let mut words: Vec<&str> = (0..count).map(|_| *chance.pick(ARABIC)).collect();
            let clan: &&str = chance.pick(ARABIC_CLANS);
            words.push(clan);
            words.dedup();
            words.join(" ")
        }
    }
}

/// A name of two words as neighbours bear it: a given name and a family name of the region.
pub fn neighbour(chance: &mut Chance) -> String {
    if chance.below(4) == 0 {
        let (given, stem) = (chance.pick(ALBANIAN_GIVEN), chance.pick(ALBANIAN_FAMILY));
        return format!("{given} {stem}{}", chance.pick(ALBANIAN_ENDS));
    }
    let (given, stem) = (chance.pick(SLAVIC_GIVEN), chance.pick(SLAVIC_STEMS));
    format!("{given} {stem}{}", chance.pick(SLAVIC_ENDS))
}
