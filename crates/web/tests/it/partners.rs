//! Partners: a card is read, compared by a person, accepted; arrangements; what went there.

use axum::http::StatusCode;
use egnatia_alerts::AlertDraft;
use egnatia_app::NewAlert;
use egnatia_matching::{Description, Name, Schema};
use egnatia_record::{
    Category, Evaluation, Handling, HandlingCode, LegalBasis, Nature, OriginRegime, ReleasableTo,
    SubjectCategory,
};
use egnatia_testkit::TestNode;

use crate::alerts::{entered, world_with_partners};
use crate::world::{Browser, World, link};

async fn administrator(world: &World) -> Browser {
    world.signed_in("a.admin").await
}

fn card_of(node: &TestNode) -> (String, String) {
    let card = node.app.own_card().unwrap();
    (card.to_json(), card.fingerprint().to_string())
}

#[tokio::test]
async fn a_partner_is_accepted_only_with_the_fingerprint_that_was_read_out() {
    let world = World::new().await;
    let mut browser = administrator(&world).await;
    let partner = TestNode::new("xk-kp", "XK").await;
    let (json, fingerprint) = card_of(&partner);
    let page = browser.get("/partners").await.body;
    assert!(page.contains("Partners would stand here"), "{page}");
    browser.get("/partners/accept").await;

    let page = browser
        .upload("/partners/accept", &[("card_text", &json)])
        .await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    for text in [
        "Authority xk-kp",
        "https://xk-kp.example:7443",
        &fingerprint[..4],
    ] {
        assert!(page.body.contains(text), "{text}: {}", page.body);
    }
    assert!(page.body.contains("Kosovo*") && page.body.contains("<p class=\"footnote\">"));
    let stored = world.held().await;
    assert_eq!(stored, world.held().await, "nothing is stored yet");

    for (typed, says) in [
        ("", "Five groups"),
        (
            "0000-0000-0000-0000-0000",
            "is not the fingerprint of the card",
        ),
    ] {
        let fields = [("card", json.as_str()), ("fingerprint", typed)];
        let answer = browser.post("/partners/confirm", &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.body.contains("fingerprint-error"), "{}", answer.body);
        assert!(answer.body.contains(says), "{says}: {}", answer.body);
    }
    let typed = fingerprint.to_lowercase().replace('-', " ");
    let fields = [("card", json.as_str()), ("fingerprint", typed.as_str())];
    let answer = browser.post("/partners/confirm", &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let page = browser.get(answer.location()).await.body;
    assert!(page.contains("No arrangement holds"), "{page}");

    let fields = [("confirmation", "xk")];
    let answer = browser.post("/partners/xk-kp/revoke", &fields).await;
    assert!(
        answer.body.contains("confirmation-error"),
        "{}",
        answer.body
    );
    let fields = [("confirmation", "xk-kp")];
    let answer = browser.post("/partners/xk-kp/revoke", &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let page = browser.get("/partners/xk-kp").await.body;
    assert!(
        page.contains("Revoked") && !page.contains("/revoke\""),
        "{page}"
    );
    let answer = browser.post("/partners/xk-kp/revoke", &fields).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn what_is_no_card_or_the_nodes_own_is_refused() {
    let world = World::new().await;
    let mut browser = administrator(&world).await;
    let (own, _) = card_of(&world.node);
    browser.get("/partners/accept").await;
    for (text, says) in [
        ("", "Choose the file"),
        ("{}", "card"),
        (own.as_str(), "this node itself"),
    ] {
        let answer = browser
            .upload("/partners/accept", &[("card_text", text)])
            .await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{text}");
        assert!(answer.body.contains("card_file-error"), "{}", answer.body);
        assert!(answer.body.contains(says), "{says}: {}", answer.body);
    }
    browser.csrf = "wrong".to_owned();
    let answer = browser
        .upload("/partners/accept", &[("card_text", &own)])
        .await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_card_that_was_scanned_is_read_like_its_file() {
    let world = World::new().await;
    let mut browser = administrator(&world).await;
    let other = TestNode::new("xk-kp", "XK").await;
    let card = other.app.own_card().unwrap();
    let codes = card.to_codes();
    browser.get("/partners/accept").await;
    let some = codes[1..].join("\n");
    let answer = browser
        .upload("/partners/accept", &[("card_text", &some)])
        .await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.body.contains("missing: 1"), "{}", answer.body);
    let all = codes.join("\n");
    let answer = browser
        .upload("/partners/accept", &[("card_text", &all)])
        .await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let fingerprint = card.fingerprint().to_string();
    let fields = [("card", all.as_str()), ("fingerprint", &fingerprint)];
    let answer = browser.post("/partners/confirm", &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    assert!(answer.location().starts_with("/partners/xk-kp"));
}

#[tokio::test]
async fn a_newer_card_of_a_partner_is_said_on_its_page_until_it_is_held() {
    let (world, al, _) = world_with_partners().await;
    let mut browser = administrator(&world).await;
    let page = browser.get("/partners").await.body;
    assert!(!page.contains("shows its card"), "{page}");
    world.node.app.note_card(&al.authority, 2);
    for path in ["/partners", "/partners/al-asp"] {
        let page = browser.get(path).await.body;
        assert!(page.contains("shows its card 2; card 1 is held"), "{page}");
    }
    world.node.app.note_card(&al.authority, 1);
    let page = browser.get("/partners/al-asp").await.body;
    assert!(!page.contains("shows its card"), "{page}");
}

#[tokio::test]
async fn the_nodes_own_card_is_shown_and_saved() {
    let world = World::new().await;
    let mut browser = administrator(&world).await;
    let page = browser.get("/own-card").await.body;
    let (json, fingerprint) = card_of(&world.node);
    for group in fingerprint.split('-') {
        assert!(page.contains(group), "{group}: {page}");
    }
    let codes = world.node.app.own_card().unwrap().to_codes();
    assert_eq!(page.matches("<svg class=\"qr\"").count(), codes.len());
    assert!(!page.contains("style="));
    let last = format!("Code {0} of {0}", codes.len());
    assert!(page.contains(&last), "{last}: {page}");
    assert_eq!(browser.get("/own-card.json").await.body, json);
}

#[tokio::test]
async fn arrangements_are_written_changed_taken_over_and_ended() {
    let world = World::new().await;
    let mut browser = administrator(&world).await;
    browser.get("/arrangements/new").await;
    let answer = browser
        .post("/arrangements", &[("valid_from", "yesterday")])
        .await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    for field in [
        "partner",
        "gate",
        "valid_from",
        "categories",
        "purposes",
        "source",
    ] {
        assert!(
            answer.body.contains(&format!("{field}-error")),
            "{field}: {}",
            answer.body
        );
    }
    let fields = [
        ("partner", "EU"),
        ("instrument", "Working arrangement"),
        ("gate", "working-arrangement"),
        ("personal", "yes"),
        ("categories", "arrest"),
        ("categories", "object-seizure"),
        ("purposes", "terrorism"),
        ("valid_from", "5.3.2020"),
        ("source", "invented for a test"),
    ];
    let answer = browser.post("/arrangements", &fields).await;
    assert!(
        answer.body.contains("does not allow personal data"),
        "{}",
        answer.body
    );
    let kept: Vec<(&str, &str)> = fields
        .into_iter()
        .filter(|(name, _)| *name != "personal")
        .collect();
    let answer = browser.post("/arrangements", &kept).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let page = browser.get("/arrangements").await.body;
    assert!(
        page.contains("Arrest, Object for seizure") && page.contains("To be confirmed"),
        "{page}"
    );
    let (_, rest) = page.split_once("<tbody").unwrap();
    let one = link(rest, "/arrangements/");

    let page = browser.get(&one).await.body;
    assert!(
        page.contains("05.03.2020") && page.contains("value=\"arrest\" checked"),
        "{page}"
    );
    let mut changed = kept.clone();
    changed.push(("confirmed", "yes"));
    let answer = browser.post(&one, &changed).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);

    let answer = browser.post("/arrangements/adopt", &[]).await;
    let page = browser.get(answer.location()).await.body;
    assert!(page.contains("Police Cooperation Convention"), "{page}");
    assert!(page.contains("Kosovo*") && page.contains("<p class=\"footnote\">"));
    let answer = browser.post("/arrangements/adopt", &[]).await;
    assert!(answer.location().contains("arrangements-none"));

    let answer = browser.post(&format!("{one}/end"), &[]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert!(!browser.get("/arrangements").await.body.contains(&one));
}

#[tokio::test]
async fn the_pages_say_how_a_partner_is_and_nothing_of_what_went_there() {
    let (world, tirana, _) = world_with_partners().await;
    let mut verifier = world.justified("v.verifier", "terrorism").await;
    entered(&mut verifier, &[]).await;
    let mut browser = administrator(&world).await;
    let page = browser.get("/partners").await.body;
    assert!(
        page.contains("One delivery waits") && page.contains("No arrangement holds"),
        "{page}"
    );
    world.node.deliver_to(&tirana).await;
    let page = browser.get("/partners/al-asp").await.body;
    assert!(
        page.contains("Delivered, and signed for") && page.contains("Reached"),
        "{page}"
    );
    assert!(
        !page.contains("Измислени") && !page.contains("/alerts/"),
        "{page}"
    );
    assert_eq!(
        browser.get("/partners/al-asp?before=x").await.status,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(
        browser.get("/partners/no-body").await.status,
        StatusCode::NOT_FOUND
    );

    let page = browser.get("/region").await.body;
    assert!(
        page.contains("<svg class=\"region\"") && page.contains("No node accepted"),
        "{page}"
    );
    assert!(page.contains("class=\"link agree\"") && page.contains("class=\"node own\""));
}

#[tokio::test]
async fn nobody_but_an_administrator_changes_partners() {
    let (world, ..) = world_with_partners().await;
    let mut browser = world.justified("v.verifier", "terrorism").await;
    let page = browser.get("/partners/al-asp").await.body;
    assert!(!page.contains("/revoke"), "{page}");
    for path in [
        "/partners/al-asp/revoke",
        "/partners/confirm",
        "/arrangements",
        "/arrangements/adopt",
    ] {
        let answer = browser.post(path, &[("confirmation", "al-asp")]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
    }
}

#[tokio::test]
async fn the_ledger_shows_what_was_told_and_the_rest_behind_a_filter() {
    let (world, tirana, _) = world_with_partners().await;
    let mut verifier = world.justified("v.verifier", "terrorism").await;
    let mut browser = administrator(&world).await;
    let page = browser.get("/partners/al-asp").await.body;
    assert!(
        page.contains("What was told to this partner would stand here"),
        "{page}"
    );
    entered(&mut verifier, &[]).await;
    // Many checkpoints and countersignatures, as of a week.
    for _ in 0..60 {
        world
            .node
            .clock
            .advance(jiff::SignedDuration::from_hours(2));
        tirana.clock.advance(jiff::SignedDuration::from_hours(2));
        for (one, other) in [(&world.node, &tirana), (&tirana, &world.node)] {
            one.app.ask_witnesses().await.unwrap();
            one.deliver_to(other).await;
            other.deliver_to(one).await;
        }
    }
    let mut browser = administrator(&world).await;
    let page = browser.get("/partners/al-asp").await.body;
    assert!(page.contains("Delivered, and signed for"), "{page}");
    assert!(!page.contains("Checkpoint of an audit log"), "{page}");
    let upkeep = link(&page, "/partners/al-asp?part=upkeep");
    let shown = browser.get(upkeep.split('#').next().unwrap()).await.body;
    assert!(shown.contains("Checkpoint of an audit log") && shown.contains("Countersignature"));
    let older = shown.split("href=\"").find(|rest| rest.contains("before="));
    let older = older
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .replace("&#38;", "&");
    assert!(
        older.starts_with("/partners/al-asp?part=upkeep&before="),
        "{older}"
    );
    assert!(
        browser
            .get(&older)
            .await
            .body
            .contains("Checkpoint of an audit log")
    );
    let all = browser.get("/partners/al-asp?part=all").await.body;
    assert!(all.contains("aria-current=\"page\">Everything"), "{all}");
    assert_eq!(
        browser.get("/partners/al-asp?part=half").await.status,
        StatusCode::BAD_REQUEST
    );

    let token = world.token("a.admin", "administration").await;
    let kinds = async |query: &str| {
        let path = format!("/partners/al-asp/deliveries?limit=100{query}");
        let answer = world
            .api(axum::http::Method::GET, &path, Some(&token), "")
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let rows = answer.json();
        let rows = rows.as_array().unwrap().iter();
        let kinds = rows.map(|row| row["kind"].as_str().unwrap().to_owned());
        kinds.collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(kinds("").await, ["record".to_owned()].into());
    assert_eq!(kinds("&part=shared").await, ["record".to_owned()].into());
    let upkeep = kinds("&part=upkeep").await;
    assert!(
        upkeep.contains("checkpoint") && !upkeep.contains("record"),
        "{upkeep:?}"
    );
    let path = "/partners/al-asp/deliveries?part=half";
    let refused = world
        .api(axum::http::Method::GET, path, Some(&token), "")
        .await;
    assert_eq!(
        refused.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        refused.body
    );
    assert_eq!(refused.json()["errors"][0]["field"], "part");
}

#[tokio::test]
async fn what_a_partner_has_hidden_in_a_text_is_seen() {
    let (world, tirana, _) = world_with_partners().await;
    let new = NewAlert {
        draft: AlertDraft {
            category: Category::ForeignTerroristFighter,
            subject: Description {
                schema: Schema::Person,
                names: vec![Name::new("Zoran \u{202E}nasil\u{202C}")],
                births: vec!["1985-03-02".parse().unwrap()],
                ..Description::default()
            },
            object: None,
            reason: "travelled to join a group".to_owned().try_into().unwrap(),
            action: String::new(),
            decision: "KTN 14/26".into(),
            proportionality: None,
            warnings: [].into(),
            offence: None,
            characteristics: None,
            distinguished_by: None,
            links: [].into(),
        },
        handling: Handling::new(
            [HandlingCode::H0],
            None,
            ReleasableTo::Anybody,
            OriginRegime::National,
        )
        .unwrap(),
        legal_basis: LegalBasis::NationalLaw,
        evaluation: Evaluation::OFFICIAL,
        subject: SubjectCategory::Suspect,
        nature: Nature::Fact,
        different_from: [].into(),
    };
    let entered = tirana
        .app
        .enter_alert(&egnatia_testkit::verifier(), new)
        .await
        .unwrap();
    tirana.deliver_to(&world.node).await;
    let mut verifier = world.justified("v.verifier", "terrorism").await;
    let page = verifier
        .get(&format!("/alerts/{}", entered.alert))
        .await
        .body;
    assert!(page.contains("Zoran ⟨U+202E⟩nasil⟨U+202C⟩"), "{page}");
    assert!(!page.contains('\u{202E}'), "it turns what follows");
}
