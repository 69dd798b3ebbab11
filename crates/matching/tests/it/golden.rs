//! Pairs of persons that must match, and that must not, by phenomenon.

use egnatia_matching::{
    Band, Description, Feature, Gender, Identifier, IdentifierKind, Name, NameParts, Verdict,
};

use crate::people::{born, both_ways, must_match, must_not_match, passport, person};

fn all_match(pairs: &[(&str, &str)]) {
    for (left, right) in pairs {
        must_match(&person(left), &person(right));
    }
}

fn none_matches(pairs: &[(&str, &str)]) {
    for (left, right) in pairs {
        must_not_match(&person(left), &person(right));
    }
}

#[test]
fn letters_of_the_region_meet() {
    all_match(&[
        ("Ђорђе Ђурић", "Djordje Djuric"),
        ("Ђорђе Ђурић", "Dorde Duric"),
        ("Ѓорѓи Ѓошев", "Gjorgji Gjoshev"),
        ("Ѓорѓи Ѓошев", "Đorđi Đošev"),
        ("Ѓорѓи Ѓошев", "Gorgi Gosev"),
        ("Ќирил Ќосев", "Kjiril Kjosev"),
        ("Ќирил Ќосев", "Ćiril Ćosev"),
        ("Xhavit Hoxha", "Џавит Хоџа"),
        ("Xhavit Hoxha", "Džavit Hodža"),
        ("Qemal Qosja", "Ќемал Ќосја"),
        ("Çlirim Çela", "Clirim Cela"),
        ("Çlirim Çela", "Člirim Čela"),
        ("Shpëtim Zhegrova", "Špetim Žegrova"),
        ("Ljiljana Njegovan", "Љиљана Његован"),
        ("Ljiljana Njegovan", "Liljana Negovan"),
        ("Jusuf Yilmaz", "Yusuf Yılmaz"),
        ("Nikola Vučić", "NIKOLA VUCIC"),
        ("Nikola Vučić", "Nikola Vuchich"),
    ]);
}

#[test]
fn cyrillic_of_bulgaria_russia_and_ukraine_is_read() {
    all_match(&[
        ("Щерьо Щърбанов", "Shteryo Shtarbanov"),
        ("Христо Хаджийски", "Hristo Hadzhiyski"),
        ("Юлия Ящук", "Yuliya Yashchuk"),
        ("Пётр Хрущёв", "Petr Khrushchev"),
        ("Сергей Лавров", "Sergei LAVROV"),
        ("Григорій Ткаченко", "Hryhorii Tkachenko"),
    ]);
}

#[test]
fn other_scripts_and_languages_are_read() {
    all_match(&[
        ("Κυριάκος Παπαδόπουλος", "Kyriakos Papadopoulos"),
        ("Ντίνος Μπακάλης", "Dinos Bakalis"),
        ("محمد حسين", "Muhammad Husayn"),
        ("عبد الرحمن السعيد", "Abdul Rahman al-Said"),
        ("בנימין לוי", "Binyamin Levi"),
        ("Jürgen Müller", "Juergen Mueller"),
        ("Erdoğan Şahin", "Erdogan Sahin"),
        ("Győző Szűcs", "Gyozo Szucs"),
    ]);
}

#[test]
fn romanisations_of_arabic_names_meet() {
    all_match(&[
        ("Usama bin Ladin", "Osama bin Laden"),
        ("Usama bin Ladin", "Usamah ibn Ladin"),
        ("Mohammed Hussein al-Masri", "Muhammad Husayn el Masri"),
        ("AbdulRahman Yasin", "Abdul Rahman Yasin"),
        ("Abderrahmane Yassine", "Abd al-Rahman Yasin"),
        ("Sheikh Omar Khalid", "Umar Khaled"),
    ]);
}

#[test]
fn order_initials_titles_and_parts_may_differ() {
    all_match(&[
        ("PETROVIC<<MARKO", "Marko Petrović"),
        ("Petrović, Marko", "Marko Petrović"),
        ("Petrović Marko", "Marko Petrović"),
        ("M. Karadžoski", "Marko Karadžoski"),
        ("Dr. Marko Karadžoski", "Marko Karadžoski"),
        ("Ana-Marija Horvatin", "Ana Marija Horvatin"),
        ("AnaMarija Horvatin", "Ana Marija Horvatin"),
        ("Marko Dušan Karadžoski", "Marko Karadžoski"),
        ("Slobo Karadžoski", "Slobodan Karadžoski"),
    ]);
}

#[test]
fn slips_of_the_hand_match() {
    all_match(&[
        ("Dragoslav Milutinvić", "Dragoslav Milutinović"),
        ("Dargoslav Milutinović", "Dragoslav Milutinović"),
        ("Besnik Krasniqii", "Besnik Krasniqi"),
        ("Ljupčo Stojanvoski", "Ljupčo Stojanovski"),
    ]);
}

#[test]
fn names_of_their_own_do_not_match() {
    none_matches(&[
        ("Jovan Petrović", "Jovana Petrović"),
        ("Marko Petrović", "Mirko Petrović"),
        ("Марко Петровић", "Mirko Petrovic"),
        ("Dragan Vuković", "Dragan Vučković"),
        ("Драган Вуковић", "Dragan Vuckovic"),
        ("Emir Hodžić", "Emir Hadžić"),
        ("Ивана Петрова", "Иван Петров"),
        ("Zoran Petrovski", "Zorana Petrovska"),
        ("Ivan Mladenov", "Ivan Dimitrov"),
        ("Arben Krasniqi", "Agim Krasniqi"),
        ("Saddam Hussein al-Tikriti", "Saddam Hussein al-Dulaimi"),
        ("Sergej Viktorovič Kornilov", "Sergej Borisovič Kornilov"),
        ("Petrović", "Marko Jovan Petrović"),
    ]);
}

#[test]
fn roles_of_the_parts_are_read() {
    let with_parts = |given: &str, family: &str| {
        let mut description = person(&format!("{given} {family}"));
        description.names[0].parts = Some(NameParts {
            given: Some(given.to_owned()),
            patronymic: None,
            family: Some(family.to_owned()),
        });
        description
    };
    let same = both_ways(
        &with_parts("Stojan", "Trajan"),
        &with_parts("Stojan", "Trajan"),
    );
    let swapped = both_ways(
        &with_parts("Stojan", "Trajan"),
        &with_parts("Trajan", "Stojan"),
    );
    assert!(same.probability > swapped.probability);
    assert_eq!(swapped.band, Band::Match);
}

#[test]
fn a_contradicting_birth_year_outweighs_the_name() {
    must_match(
        &person("Marko Petrović"),
        &born("Marko Petrović", "1971-03-05"),
    );
    must_match(
        &born("Marko Petrović", "1971-05-03"),
        &born("Marko Petrović", "1971-03-05"),
    );
    must_match(
        &born("Marko Petrović", "1971"),
        &born("Marko Petrović", "1971-03-05"),
    );
    must_not_match(
        &born("Marko Petrović", "1949-11-20"),
        &born("Marko Petrović", "1971-03-05"),
    );
}

#[test]
fn a_birth_date_helps_a_doubtful_name() {
    let without = both_ways(&person("Tim Karoli"), &person("Tom Karoli"));
    let with = both_ways(
        &born("Tim Karoli", "1971-03-05"),
        &born("Tom Karoli", "1971-03-05"),
    );
    assert!(with.probability > without.probability);
}

#[test]
fn gender_and_nationality_weigh_in() {
    let with = |gender, nation: &str| Description {
        gender: Some(gender),
        nationalities: vec![nation.to_owned()],
        ..person("Vanja Karadžoska")
    };
    let male = with(Gender::Male, "MK");
    let same = both_ways(&male, &with(Gender::Male, "North Macedonia"));
    let former = both_ways(&male, &with(Gender::Male, "Yugoslavia"));
    let other = both_ways(&male, &with(Gender::Male, "Peru"));
    let female = both_ways(&male, &with(Gender::Female, "MKD"));
    assert!(same.probability > former.probability);
    assert!(former.probability > other.probability);
    assert!(same.probability > female.probability);
    assert_ne!(female.band, Band::Match);
}

#[test]
fn a_passport_number_is_a_match_by_itself() {
    let number = |value| Description {
        identifiers: vec![passport(value, None)],
        ..Description::default()
    };
    let entry = Description {
        identifiers: vec![passport("E6191609", Some("Serbia"))],
        ..born("Marko Petrović", "1971-03-05")
    };
    must_match(&number("E 619-1609"), &entry);
    must_not_match(&number("E6191610"), &entry);
    let similar = both_ways(&number("E6I916O9"), &entry);
    let line = similar
        .evidence
        .iter()
        .find(|line| line.feature == Feature::Identifier);
    assert_eq!(line.unwrap().verdict, Verdict::Similar);
}

#[test]
fn another_national_number_speaks_against_a_common_name() {
    let with = |value: &str| Description {
        identifiers: vec![Identifier {
            kind: IdentifierKind::NationalNumber,
            value: value.to_owned(),
            country: None,
        }],
        ..person("Marko Petrović")
    };
    must_not_match(&with("0503971710012"), &with("2011949710555"));
}

#[test]
fn a_birth_date_and_a_nationality_alone_never_match() {
    let silent = Description {
        births: vec!["1971-03-05".parse().unwrap()],
        nationalities: vec!["RS".to_owned()],
        gender: Some(Gender::Male),
        ..Description::default()
    };
    must_not_match(&silent, &silent);
    assert_eq!(both_ways(&silent, &silent).band, Band::None);
}

#[test]
fn evidence_shows_words_cut_at_their_differences() {
    let found = both_ways(&born("Марко Петровиќ", "1971"), &person("Marko Petrovic"));
    let name = &found.evidence[0];
    assert_eq!(name.feature, Feature::Name);
    assert_eq!(name.query.as_deref(), Some("Марко Петровиќ"));
    assert_eq!(name.tokens.len(), 2);
    let written = |pieces: &[egnatia_matching::Piece]| -> String {
        pieces.iter().map(|piece| piece.text.as_str()).collect()
    };
    assert_eq!(written(&name.tokens[0].query), "Марко");
    assert_eq!(written(&name.tokens[1].entry), "Petrovic");
    let birth = found
        .evidence
        .iter()
        .find(|line| line.feature == Feature::BirthDate);
    assert_eq!(birth.unwrap().verdict, Verdict::Absent);
    assert_eq!(birth.unwrap().entry, None);
}

#[test]
fn the_best_of_several_names_counts() {
    let mut entry = person("Dragan Nikolovski");
    entry.names.push(Name::new("Драган Стојков"));
    must_match(&person("Dragan Stojkov"), &entry);
}
