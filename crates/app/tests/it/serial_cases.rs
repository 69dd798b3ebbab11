//! Numbers as they are found on weapons, against a register as it is kept: what is proposed, in which
//! order, and what is not.

use std::collections::{BTreeSet, HashMap};

use egnatia_app::{AppError, Candidate, CheckRequest, NewFirearm};
use egnatia_firearms::{Doubt, Mark, MarkPlace, MarkState, Particulars, WeaponKind};
use egnatia_matching::{Band, Description, Feature, Identifier, IdentifierKind, Verdict, Weapon};
use egnatia_record::RecordId;
use egnatia_testkit::TestNode;

use crate::firearms::{focal, zastava};
use crate::world::officer;

const M43: &str = "7.62x39";
const TOKAREV: &str = "7,62×25";
const PARA: &str = "9x19";

fn pistol(number: &str, (make, model, calibre): (&str, &str, &str)) -> Particulars {
    Particulars {
        marks: vec![Mark::readable(MarkPlace::Frame, number)],
        kind: WeaponKind::Pistol,
        make: make.into(),
        model: model.into(),
        calibre: calibre.into(),
        ..zastava(number)
    }
}

fn rifle(number: &str, (make, model): (&str, &str)) -> Particulars {
    Particulars {
        make: make.into(),
        model: model.into(),
        ..zastava(number)
    }
}

fn marked(number: &str, state: MarkState, doubts: &str) -> Particulars {
    let mut weapon = zastava(number);
    weapon.marks[0].state = state;
    weapon.marks[0].doubts = Doubt::read_all(doubts).unwrap();
    weapon
}

fn with_slide(weapon: Particulars, slide: &str) -> Particulars {
    let mut marks = vec![Mark::readable(MarkPlace::Slide, slide)];
    marks.extend(weapon.marks);
    Particulars { marks, ..weapon }
}

/// The register, each weapon under a name of the test.
fn register() -> Vec<(&'static str, Particulars)> {
    let m57 = ("Zastava", "M57", TOKAREV);
    vec![
        ("m70", zastava("M70B-45123")),
        ("m70 next", zastava("M70B-45124")),
        ("m70 year", zastava("87-45999")),
        ("worn", marked("M70B4??77", MarkState::Obliterated, "")),
        (
            "worn short",
            marked("M92?1188*", MarkState::Obliterated, ""),
        ),
        ("gone", marked("", MarkState::Obliterated, "")),
        (
            "doubted",
            marked("M70B-55128", MarkState::Doubted, "9=40/3"),
        ),
        ("altered", marked("M70B-66128", MarkState::Altered, "")),
        ("plain", pistol("369257", m57)),
        ("with M", pistol("369M257", m57)),
        ("with J", pistol("369J257", m57)),
        ("before", pistol("A369257", m57)),
        ("zeros", pistol("0045123", m57)),
        ("five zastava", pistol("12345", m57)),
        ("five tula", pistol("12345", ("Tula", "TT-33", TOKAREV))),
        ("five cugir", pistol("12345", ("Cugir", "TTC", TOKAREV))),
        ("five norinco", pistol("12345", ("Norinco", "T54", TOKAREV))),
        ("cyrillic", rifle("СР 1234", ("Izhmash", "AKM"))),
        ("cyrillic only", rifle("ГЖ-4471", ("Izhmash", "AKM"))),
        ("by sound", rifle("ZL-8052", ("Izhmash", "AKM"))),
        (
            "makarov",
            pistol("КР 27 1234", ("Arsenal", "Makarov", "9x18")),
        ),
        ("look-alikes", pistol("O8I5Z7", ("ČZ", "vz. 52", TOKAREV))),
        (
            "glock",
            with_slide(pistol("ABC123", ("Glock", "17", PARA)), "ABC123"),
        ),
        (
            "frame 1",
            with_slide(pistol("F-7001", ("Zastava", "CZ99", PARA)), "S-9002"),
        ),
        (
            "frame 2",
            with_slide(pistol("F-7003", ("Zastava", "CZ99", PARA)), "S-9004"),
        ),
        (
            "nobody knows",
            pistol("U778899", ("nepoznato", "", "unknown")),
        ),
        ("letters", pistol("7WXYZ1234", m57)),
        ("walther", pistol("11-CADW028-09", ("Walther", "P99", PARA))),
        (
            "stroke",
            pistol("Đ-10407", ("Zastava", "M70", "7.65 Browning")),
        ),
        ("two digits", pistol("77", ("FÉG", "PA-63", "9x18"))),
    ]
}

/// What is typed: number, maker, calibre, and what is said of places (`4=60/8`).
type Asked = (&'static str, &'static str, &'static str, &'static str);

fn question((number, make, calibre, sure): Asked) -> Description {
    let said = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let doubts = Doubt::read_all(sure).unwrap();
    Description {
        identifiers: vec![Identifier {
            kind: IdentifierKind::Serial,
            value: number.into(),
            country: None,
        }],
        weapon: Some(Box::new(Weapon {
            make: said(make),
            calibre: said(calibre),
            sure: doubts
                .iter()
                .map(|doubt| (doubt.place, doubt.percent))
                .collect(),
            perhaps: doubts
                .iter()
                .filter_map(|doubt| Some((doubt.place, doubt.perhaps?)))
                .collect(),
            ..Weapon::default()
        })),
        ..Description::default()
    }
}

async fn node() -> (TestNode, HashMap<RecordId, &'static str>) {
    let node = TestNode::new("mk-mvr", "MK").await;
    let mut names = HashMap::new();
    for (name, particulars) in register() {
        let like = node
            .app
            .like_firearms(&focal(), &particulars)
            .await
            .unwrap();
        let new = NewFirearm {
            particulars,
            reference: None,
            first: None,
            different_from: like.iter().map(|like| like.record).collect::<BTreeSet<_>>(),
        };
        let id = node.app.register_firearm(&focal(), new).await.unwrap();
        names.insert(id, name);
    }
    (node, names)
}

/// What is proposed, the likest first; `!` where it is a match, and `too open` where the number says
/// too little.
async fn proposed(node: &TestNode, names: &HashMap<RecordId, &str>, asked: Asked) -> String {
    let request = CheckRequest {
        query: question(asked),
        ..CheckRequest::default()
    };
    let answer = match node.app.check(&officer("o.border"), request).await {
        Ok(answer) => answer,
        Err(AppError::Invalid(error)) if error.code == "too-open" => return "too open".into(),
        Err(error) => return format!("refused: {error}"),
    };
    let mut candidates = answer.candidates;
    let name = |found: &Candidate| {
        let id: RecordId = found.entry.source_id.parse().unwrap();
        names.get(&id).copied().unwrap_or("?")
    };
    candidates.sort_by(|a, b| {
        let (of_a, of_b) = (a.assessment.probability, b.assessment.probability);
        let far = (of_a - of_b).abs() > 1e-9;
        match far {
            true => of_b.total_cmp(&of_a),
            false => name(a).cmp(name(b)),
        }
    });
    let named: Vec<String> = candidates
        .iter()
        .map(|found| {
            let sign = match found.assessment.band {
                Band::Match => "!",
                _ => "",
            };
            format!("{}{sign}", name(found))
        })
        .collect();
    named.join(", ")
}

#[tokio::test]
async fn what_an_examiner_types_is_answered_as_an_examiner_would() {
    let (node, names) = node().await;
    let mut wrong = Vec::new();
    for (asked, expected) in CASES {
        let found = proposed(&node, &names, *asked).await;
        if found != *expected {
            wrong.push(format!(
                "{asked:?}\n    expected {expected}\n    found    {found}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn a_weapon_whose_marks_disagree_is_no_match_and_says_which_do() {
    let (node, names) = node().await;
    // The slide of one pistol on the frame of another.
    let mixed = with_slide(pistol("F-7099", ("Zastava", "CZ99", PARA)), "S-9002");
    let like = node.app.like_firearms(&focal(), &mixed).await.unwrap();
    let [found] = like.as_slice() else {
        panic!("{like:?}");
    };
    assert_eq!(names[&found.record], "frame 1");
    assert_eq!(found.assessment.band, Band::Possible);
    let numbers = found.assessment.evidence.iter();
    let numbers: Vec<_> = numbers
        .filter(|line| line.feature == Feature::Identifier)
        .map(|line| (line.verdict, line.entry.as_deref().unwrap()))
        .collect();
    assert_eq!(
        numbers,
        [
            (Verdict::Agrees, "S-9002"),
            (Verdict::Contradicts, "F-7001")
        ]
    );
    // A frame that agrees is the weapon, whatever slide is on it.
    let changed = with_slide(pistol("F-7001", ("Zastava", "CZ99", PARA)), "S-9004");
    let like = node.app.like_firearms(&focal(), &changed).await.unwrap();
    let named: Vec<_> = like
        .iter()
        .map(|found| (names[&found.record], found.assessment.band))
        .collect();
    assert_eq!(named[0], ("frame 1", Band::Match));
    // What is read of a barrel says too little by itself, and takes nothing from the frame.
    let mut worn = zastava("M70B45123");
    worn.marks.push(Mark {
        state: MarkState::Obliterated,
        ..Mark::readable(MarkPlace::Barrel, "?1?")
    });
    let like = node.app.like_firearms(&focal(), &worn).await.unwrap();
    assert_eq!(names[&like[0].record], "m70");
}

/// What is typed, and what is proposed. Of equal ones, the order of the names.
const CASES: &[(Asked, &str)] = &[
    (("M70B-45123", "", "", ""), "m70"),
    (("M70B45123", "Zastava", M43, ""), "m70!"),
    (("m70 b 45123", "Црвена застава", "7,62×39 M43", ""), "m70!"),
    (("№ M70B45123", "Zastava", "", ""), "m70!"),
    (("M7OB45123", "Zastava", M43, ""), "m70!"),
    (("М7ОВ45123", "Zastava", M43, ""), "m70!"),
    (("M70845123", "Zastava", M43, ""), "m70!"),
    (("M7O845I23", "Zastava", M43, ""), "m70!"),
    (("M7045123", "Zastava", M43, ""), "m70!"),
    (("M70A45123", "Zastava", M43, ""), "m70!"),
    (("45123", "Zastava", M43, ""), ""),
    (("*45123", "Zastava", M43, ""), "m70, zeros"),
    (("M70B4512", "Zastava", M43, ""), ""),
    (("M70B45132", "Zastava", M43, ""), ""),
    (("M70B45123", "Norinco", M43, ""), "m70"),
    (("M70B45123", "Norinco", PARA, ""), "m70"),
    (("M70B45123", "unknown", M43, ""), "m70!"),
    (("M7O8 A5123", "Zastava", M43, ""), ""),
    (("СЯ 1234", "Izhmash", M43, ""), ""),
    (("M70?4512?", "Zastava", M43, ""), "m70!, m70 next!"),
    (("M70*", "Zastava", M43, ""), "m70, m70 next, doubted, worn"),
    (("M70B4*", "Zastava", M43, ""), "m70, m70 next, worn"),
    (("M*", "Zastava", M43, ""), ""),
    (("*1*", "Zastava", M43, ""), "too open"),
    (("M70B45125", "Zastava", M43, ""), ""),
    (("M70B45125", "Zastava", M43, "9=40"), "m70!, m70 next!"),
    (("M70B45125", "Zastava", M43, "9=60/3"), "m70!"),
    (("M70B45125", "Zastava", M43, "9=60/9"), ""),
    (("M70B41277", "Zastava", M43, ""), "worn!"),
    (("M70B4?277", "Zastava", M43, ""), "worn!"),
    (("M70?41277", "Zastava", M43, ""), "worn"),
    (("M70B41278", "Zastava", M43, ""), ""),
    (("M92B11884", "Zastava", M43, ""), "worn short!"),
    (("M92B1188?", "Zastava", M43, ""), "worn short"),
    (("M70B55123", "Zastava", M43, ""), "doubted!"),
    (("M70B55128", "Zastava", M43, ""), "doubted!"),
    (("M70B55124", "Zastava", M43, ""), "doubted"),
    (("M70B66128", "Zastava", M43, ""), "altered!"),
    (("M70B66123", "Zastava", M43, ""), "altered"),
    (("M70B66173", "Zastava", M43, ""), ""),
    (("87-45999", "Zastava", M43, ""), "m70 year!"),
    (("45999", "Zastava", M43, ""), ""),
    (("*45999", "Zastava", M43, ""), "m70 year!"),
    (
        ("369J257", "Zastava", TOKAREV, ""),
        "with J!, plain!, with M!",
    ),
    (
        ("369257", "Zastava", TOKAREV, ""),
        "plain!, with J!, with M!",
    ),
    (("A369257", "Zastava", TOKAREV, ""), "before!"),
    (("369258", "Zastava", TOKAREV, ""), ""),
    (("0045123", "Zastava", TOKAREV, ""), "zeros!"),
    (("45123", "Zastava", TOKAREV, ""), "zeros!"),
    (("045123", "Zastava", TOKAREV, ""), "zeros!"),
    (
        ("12345", "", "", ""),
        "five cugir, five norinco, five tula, five zastava",
    ),
    (
        ("12345", "Tula", TOKAREV, ""),
        "five tula!, five cugir, five norinco, five zastava",
    ),
    (("12345", "Beretta", PARA, ""), ""),
    (("012345", "Cugir", TOKAREV, ""), "five cugir!"),
    (("12E45", "Tula", TOKAREV, ""), ""),
    (
        ("12З45", "Tula", TOKAREV, ""),
        "five tula!, five cugir, five norinco, five zastava",
    ),
    (("CP1234", "Izhmash", M43, ""), "cyrillic!"),
    (("СР1234", "Izhmash", M43, ""), "cyrillic!"),
    (("SR1234", "Izhmash", M43, ""), "cyrillic!"),
    (("GZ4471", "Izhmash", M43, ""), "cyrillic only!"),
    (("ГЖ4471", "Izhmash", M43, ""), "cyrillic only!"),
    (("ЗЛ-8052", "Izhmash", M43, ""), "by sound!"),
    (("KP271234", "Arsenal", "9x18", ""), "makarov!"),
    (("KR 27 1234", "Arsenal", "9x18", ""), "makarov!"),
    (("KP1234", "Arsenal", "9x18", ""), ""),
    (("081527", "ČZ", TOKAREV, ""), "look-alikes!"),
    (("O815Z7", "ČZ", TOKAREV, ""), "look-alikes!"),
    (("ABC123", "Glock", PARA, ""), "glock!"),
    (("ABC124", "Glock", PARA, ""), ""),
    (("A8C123", "Glock", PARA, ""), "glock!"),
    (("S9002", "Zastava", PARA, ""), "frame 1!"),
    (("F7001", "Zastava", PARA, ""), "frame 1!"),
    (("U778899", "Beretta", PARA, ""), "nobody knows"),
    (("7ABCD1234", "Zastava", TOKAREV, ""), ""),
    (("71234", "Zastava", TOKAREV, ""), ""),
    (("11CADW02809", "Walther", PARA, ""), "walther!"),
    (("1102809", "Walther", PARA, ""), ""),
    (("D10407", "Zastava", "7.65 Browning", ""), "stroke!"),
    (("Ђ10407", "Zastava", "7.65 Browning", ""), "stroke!"),
    (("77", "", "", ""), ""),
    (("77", "FÉG", "9x18", ""), "two digits!"),
    (("7?", "FÉG", "9x18", ""), ""),
];
