//! The box is read while somebody types, and nobody is looked up for it.

use askama::Template;
use axum::http::{StatusCode, header};
use egnatia_web::Texts;
use egnatia_web::parts::Reading;
use jiff::civil::date;

use crate::world::{LISTED, World};

const PATH: &str = "/check/reading";

fn asked(text: &str) -> [(&str, &str); 2] {
    [("q", text), ("part", "reading")]
}

#[tokio::test]
async fn a_name_a_number_and_a_zone_are_told_apart() {
    let world = World::new().await;
    let mut browser = world.signed_in("o.officer").await;
    browser.get("/check").await;
    for (text, expected) in [
        (
            "Ђорђе Карађоски",
            &["name of 2 words", "Đorđe", "DORDE, DJORDJE"][..],
        ),
        (
            "ab-12 34.5O",
            &["Read as a number: AB12345O", "O and 0, Q, D"],
        ),
        ("369?257*", &["places that cannot be read: 369?257*"]),
        (
            "KARADJOSKI<<DJORDJE",
            &["name of 2 words", "It has &#60; and 19 characters"],
        ),
        (
            "I<UTOD231458907<<<<<<<<<<<<<<<7408122F1204159UTO<<<<<<<<<<<6ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
            &[
                "form TD1. Every check digit fits",
                "D23145890",
                "12.08.1974",
            ],
        ),
        (
            "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L89B902C36UTO7408122F1204159ZE184226B<<<<<10",
            &[
                "form TD3. 2 check digits do not fit",
                "name=\"read_as\"",
                "name=\"as_read\"",
            ],
        ),
        (
            "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO740",
            &["an MRZ that is not whole", "This MRZ has 60 characters"],
        ),
        ("---", &["no letter and no digit"]),
    ] {
        let answer = browser.post(PATH, &asked(text)).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(!answer.body.contains("<html"), "a part, no page");
        for expected in expected {
            assert!(
                answer.body.contains(expected),
                "{expected}: {}",
                answer.body
            );
        }
    }
}

#[tokio::test]
async fn it_says_the_same_of_somebody_listed_and_stores_nothing() {
    let world = World::new().await;
    let mut browser = world.signed_in("o.officer").await;
    browser.get("/check").await;
    let before = world.held().await;
    let answer = browser.post(PATH, &asked(LISTED)).await;
    // The same as without any node: the text alone decides.
    let alone = Reading::of(Texts::default_language(), LISTED, date(2000, 1, 1));
    assert_eq!(answer.body, alone.render().unwrap());
    let whole = browser.post(PATH, &[("q", LISTED)]).await;
    assert_eq!(whole.status, StatusCode::OK);
    assert_eq!(world.held().await, before, "no entry in the log, no record");
    let path = browser
        .post(
            "/check",
            &[("q", LISTED), ("purpose", "border-check"), ("case", "C-1")],
        )
        .await;
    assert_eq!(path.status, StatusCode::SEE_OTHER);
    assert_ne!(world.held().await, before, "a check does write");
}

/// What reads the text is given no node: it could ask nobody.
#[test]
fn what_reads_the_text_knows_no_node() {
    let sources = [
        include_str!("../../src/parts/reading.rs"),
        include_str!("../../src/parts/zone.rs"),
        include_str!("../../src/query.rs"),
    ];
    for source in sources {
        for word in ["egnatia_app", "WebState", "Signed", ".app", "async "] {
            assert!(!source.contains(word), "{word}");
        }
    }
}

#[tokio::test]
async fn without_the_script_a_button_shows_it_and_nothing_is_lost() {
    let world = World::new().await;
    let mut browser = world.signed_in("o.officer").await;
    let page = browser.get("/check").await.body;
    assert!(page.contains("formaction=\"/check/reading\""));
    let fields = [("q", "Ђорђе"), ("case", "BP-7"), ("place", "Ohrid")];
    let page = browser.post(PATH, &fields).await.body;
    for text in [
        "<html",
        "DORDE, DJORDJE",
        "value=\"BP-7\"",
        "value=\"Ohrid\"",
        "value=\"Ђорђе\"",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
}

#[tokio::test]
async fn only_whoever_may_check_with_a_form_of_this_node() {
    let world = World::new().await;
    let mut browser = world.visitor();
    let answer = browser.post(PATH, &asked("Anybody")).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    let mut browser = world.signed_in("a.admin").await;
    let answer = browser.post(PATH, &asked("Anybody")).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    let mut browser = world.signed_in("o.officer").await;
    let answer = browser.post_bare(PATH, &asked("Anybody"), &[]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    // A text in an address is not read.
    let answer = browser.get("/check/reading?q=Anybody").await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(!answer.body.contains("Read as"));
}

#[tokio::test]
async fn long_texts_and_many_requests_are_bounded() {
    let world = World::new().await;
    let mut browser = world.signed_in("o.officer").await;
    let long = "x".repeat(3_000);
    let answer = browser.post(PATH, &asked(&long)).await;
    assert!(answer.body.contains("longer than is read") && answer.body.len() < 500);
    let mut last = answer.status;
    for _ in 0..60 {
        let answer = browser.post(PATH, &asked("Anybody")).await;
        last = answer.status;
        if last == StatusCode::TOO_MANY_REQUESTS {
            assert!(answer.headers.contains_key(header::RETRY_AFTER));
            break;
        }
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    // Checks themselves are not held up by it.
    assert_eq!(browser.get("/check").await.status, StatusCode::OK);
}
