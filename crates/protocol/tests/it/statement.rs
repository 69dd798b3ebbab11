//! Statements of every kind, and what is not one.

use egnatia_protocol::*;
use proptest::prelude::*;

use crate::world;

fn key() -> SigningKey {
    SigningKey::from_bytes(&[1; 32])
}

fn signed(payload_type: &str, payload: &str) -> Signed {
    Signed::sign(payload_type, payload.as_bytes().to_vec(), &[&key()]).unwrap()
}

fn record_json() -> String {
    let record = Statement::Record(Box::new(world::record().unwrap()));
    String::from_utf8(record.to_payload().unwrap().1).unwrap()
}

fn read_record(json: &str) -> Result<Statement, StatementError> {
    Statement::read(&signed(&StatementKind::Record.payload_type(), json))
}

#[test]
fn every_kind_survives() {
    for statement in world::statements().unwrap() {
        let signed = statement.sign(&[&key()]).unwrap();
        assert_eq!(signed.payload_type(), statement.kind().payload_type());
        assert_eq!(Statement::read(&signed), Ok(statement));
    }
}

#[test]
fn a_card_keeps_its_own_bytes_and_signatures() {
    let node = world::sender().unwrap();
    let card = SignedCard::sign(&node.card, &[&node.signing]).unwrap();
    let statement = Statement::read(card.signed()).unwrap();
    assert_eq!(statement.kind(), StatementKind::Card);
    let signed = statement.sign(&[&key()]).unwrap();
    assert_eq!(SignedCard::from_signed(signed, world::now()), Ok(card));
}

#[test]
fn the_body_of_a_record_stays_as_it_was_written() {
    let Ok(Statement::Record(record)) = read_record(&record_json()) else {
        panic!("no record");
    };
    assert_eq!(
        record.body.as_str(),
        r#"{"serial":"A 123 456",  "calibre":9.00}"#
    );
}

#[test]
fn a_body_is_one_json_value_without_spaces_around_it() {
    for text in ["", " {}", "{}\n", "{} {}", "{", "\u{feff}{}"] {
        assert!(Body::from_json(text.to_owned()).is_err(), "{text:?}");
    }
    assert_eq!(
        Body::from_json("1e400".to_owned()).unwrap().as_str(),
        "1e400"
    );
}

#[test]
fn an_unknown_kind_or_version_is_named() {
    let read = |kind: &str| Statement::read(&signed(kind, "{}")).unwrap_err();
    for (kind, named) in [
        ("application/vnd.egnatia.rumour+json; v=1", "rumour"),
        ("application/json", "application/json"),
        (
            "application/vnd.egnatia.record+json; v=x",
            "application/vnd.egnatia.record+json; v=x",
        ),
        (
            "application/vnd.egnatia.record+json; v=01",
            "application/vnd.egnatia.record+json; v=01",
        ),
        (
            "application/vnd.egnatia.record+json; v=+1",
            "application/vnd.egnatia.record+json; v=+1",
        ),
        (PARCEL_TYPE, PARCEL_TYPE),
    ] {
        let kind = read(kind);
        assert_eq!(
            kind,
            StatementError::UnknownKind {
                kind: named.to_owned()
            }
        );
        assert_eq!(kind.ground(), RefusalGround::UnknownKind);
    }
    let newer = read("application/vnd.egnatia.record+json; v=2");
    assert_eq!(
        newer,
        StatementError::UnknownVersion {
            kind: StatementKind::Record,
            version: 2,
            supported: 1
        }
    );
    assert_eq!(newer.ground(), RefusalGround::UnknownVersion);
}

#[test]
fn a_record_of_an_unknown_kind_is_told_from_a_damaged_one() {
    let json = record_json();
    let newer = read_record(&json.replace("\"list-entry\"", "\"spacecraft\"")).unwrap_err();
    assert_eq!(
        newer,
        StatementError::UnknownRecordKind {
            kind: "spacecraft".to_owned()
        }
    );
    assert_eq!(newer.ground(), RefusalGround::UnknownKind);
    let damaged = read_record(&json.replace("\"border-check\"", "\"curiosity\"")).unwrap_err();
    assert_eq!(damaged.ground(), RefusalGround::NotValid);
}

#[test]
fn unknown_fields_are_refused_in_every_kind() {
    for statement in world::statements().unwrap() {
        let (kind, payload) = statement.to_payload().unwrap();
        let json = String::from_utf8(payload).unwrap();
        let more = json.replacen('{', "{\"more\":1,", 1);
        assert!(Statement::read(&signed(&kind, &more)).is_err(), "{more}");
        assert!(Statement::read(&signed(&kind, &format!("{json} {{}}"))).is_err());
    }
}

#[test]
fn errors_say_where_and_not_what() {
    let statements = world::statements().unwrap();
    let (kind, payload) = statements[1].to_payload().unwrap();
    let json = String::from_utf8(payload).unwrap();
    let error = Statement::read(&signed(&kind, &json.replace("erase", "Ana Example")));
    let message = error.unwrap_err().to_string();
    assert!(
        message.contains("line 1") && !message.contains("Ana"),
        "{message}"
    );
}

#[test]
fn overlong_texts_and_proofs_are_refused() {
    assert!(Text::new("a".repeat(64 * 1024)).is_ok());
    assert_eq!(
        Text::new("a".repeat(64 * 1024 + 1)),
        Err(TooLong {
            found: 65_537,
            max: 65_536
        })
    );
    assert!(serde_json::from_str::<Hint>(&format!("\"{}\"", "a".repeat(1025))).is_err());
    let proof = |hashes: usize| {
        let checkpoint = Statement::Checkpoint(Checkpoint {
            note: NoteText::new("note").unwrap(),
            old_size: 0,
            proof: vec![Digest::of(b""); hashes],
        });
        Statement::read(&checkpoint.sign(&[&key()]).unwrap())
    };
    assert!(proof(65).is_ok());
    assert!(proof(66).is_err());
}

#[test]
fn every_word_survives_and_every_ground_says_what_to_do() {
    for &ground in RefusalGround::ALL {
        assert_eq!(ground.as_str().parse(), Ok(ground));
        assert_eq!(
            serde_json::to_string(&ground).unwrap(),
            format!("\"{ground}\"")
        );
        assert!(ground.sentence().matches('.').count() >= 2, "{ground}");
    }
    assert_eq!(RefusalGround::ALL.len(), 12);
    assert_eq!(ReportField::ALL.len(), 9);
    assert!("rumour".parse::<Matter>().is_err());
    assert!(serde_json::from_str::<RecallEffect>("\"forget\"").is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn texts_survive_whatever_they_say(text in any::<String>(), urgent in any::<bool>()) {
        let hint = urgent.then(|| Hint::new(text.chars().take(100).collect::<String>()).unwrap());
        let Statement::Request(mut request) = world::statements().unwrap()[4].clone() else {
            panic!("no request");
        };
        request.text = Text::new(text).unwrap();
        request.urgent = hint;
        let statement = Statement::Request(request);
        prop_assert_eq!(Statement::read(&statement.sign(&[&key()]).unwrap()), Ok(statement));
    }
}
