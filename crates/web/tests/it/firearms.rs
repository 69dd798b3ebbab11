//! Firearms on the pages and over the API: registered, checked, reported, traced, counted.

use axum::http::{Method, StatusCode};
use egnatia_app::{Caller, Role};
use egnatia_record::{Justification, Purpose};
use egnatia_testkit::TestNode;

use crate::world::{Answer, Browser, World, link};

/// What somebody fills in for a weapon.
const WEAPON: [(&str, &str); 9] = [
    ("unique_place", "receiver"),
    ("unique_mark", "M70B-45123"),
    ("unique_state", "readable"),
    ("marks", "barrel: 45123\nbolt: AB ?7 (altered)"),
    ("kind", "assault-rifle"),
    ("make", "Crvena Zastava"),
    ("model", "M70AB2"),
    ("calibre", "7,62×39 mm"),
    ("country", "RS"),
];

pub(crate) const PURPOSE: &str = "firearms-trafficking";

pub(crate) fn weapon_but<'a>(but: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = WEAPON
        .into_iter()
        .filter(|(name, _)| but.iter().all(|(other, _)| name != other));
    kept.chain(but.iter().copied()).collect()
}

pub(crate) async fn registered(browser: &mut Browser) -> String {
    browser.get("/firearms/new").await;
    let answer = browser.post("/firearms", &WEAPON).await;
    path_of(&answer)
}

pub(crate) fn path_of(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    answer.location().split('?').next().unwrap().to_owned()
}

fn focal() -> Caller {
    Caller {
        login: "f.focal".parse().unwrap(),
        role: Role::FirearmsOfficer,
        justification: Some(Justification {
            purpose: Purpose::FirearmsTrafficking,
            case: "FFP 7/26".parse().unwrap(),
        }),
    }
}

#[tokio::test]
async fn a_weapon_is_registered_found_by_half_its_number_and_not_registered_twice() {
    let world = World::new().await;
    let mut browser = world.justified("f.firearms", PURPOSE).await;
    let path = registered(&mut browser).await;
    let page = browser.get(&path).await.body;
    for text in [
        "Crvena Zastava M70AB2, M70B-45123",
        "AB ?7",
        "Altered",
        "Not known",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    let list = browser.get("/firearms?text=m70b&make=zastava").await.body;
    assert!(list.contains(&path), "{list}");
    let masked = browser.get("/firearms?text=m70%3F").await;
    assert_eq!(masked.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(masked.body.contains("text-error"), "{}", masked.body);

    let again = browser.post("/firearms", &WEAPON).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        again.body.contains("different_from-error"),
        "{}",
        again.body
    );
    assert!(
        again.body.contains(&path),
        "what agrees is shown: {}",
        again.body
    );
    assert!(
        again.body.contains("value=\"M70B-45123\""),
        "nothing is lost"
    );

    browser.get("/check").await;
    let fields = [
        ("serial", "M70?4512*"),
        ("make", "Zastava"),
        ("calibre", "7.62x39 M43"),
    ];
    let answer = browser.post("/check", &fields).await;
    let page = browser.get(&path_of(&answer)).await.body;
    assert!(page.contains("Crvena Zastava M70AB2, M70B-45123"), "{page}");
    let evidence = browser.get(&link(&page, "/matches/")).await.body;
    for text in ["Maker", "Calibre", "7,62×39 mm", &path] {
        assert!(evidence.contains(text), "{text}: {evidence}");
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_weapon_stands_beside_its_field() {
    let world = World::new().await;
    let mut browser = world.justified("f.firearms", PURPOSE).await;
    browser.get("/firearms/new").await;
    for (wrong, id) in [
        (("kind", ""), "kind-error"),
        (("marks", "stock: 77"), "marks-error"),
        (("country", "Serbia"), "country-error"),
        (("year", "eighty"), "year-error"),
        (("make", " "), "make-error"),
        (("unique_mark", "M70?"), "unique_mark-error"),
        (("doubts", "four"), "doubts-error"),
    ] {
        let answer = browser.post("/firearms", &weapon_but(&[wrong])).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{id}");
        assert!(answer.body.contains(id), "{id}: {}", answer.body);
    }
}

#[tokio::test]
async fn a_theft_is_reported_with_its_clock_and_partners_are_alerted_until_it_is_found() {
    let node = TestNode::new("mk-mvr", "MK").await;
    let tirana = TestNode::new("al-asp", "AL").await;
    node.trust(&tirana).await;
    tirana.trust(&node).await;
    let world = World::of(node, false, None).await;
    let mut browser = world.justified("f.firearms", PURPOSE).await;
    let path = registered(&mut browser).await;
    let made = [
        ("on", "1.2.1987"),
        ("holder_kind", "manufacturer"),
        ("holder", "zastava"),
    ];
    let forms = format!("{path}/events");
    let answer = browser.post(&format!("{forms}/manufacture"), &made).await;
    assert_eq!(path_of(&answer), path);
    let late = [("on", "2.2.1987"), ("holder", "x"), ("number", "1")];
    let answer = browser.post(&format!("{forms}/import"), &late).await;
    assert_eq!(
        answer.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        answer.body
    );
    let form = browser.get(&format!("{path}/report")).await.body;
    assert!(form.contains("class=\"clock"), "{form}");
    let report = [
        ("how", "theft"),
        ("discovered", "24.11.2026 6:30"),
        ("on", "23.11.2026"),
        ("circumstances", "the rack was found empty at the count"),
        ("decision", "KU 44/26"),
        ("release", "anybody"),
    ];
    let wrong = browser
        .post(&format!("{path}/report"), &[("on", "x")])
        .await;
    assert!(wrong.body.contains("discovered-error"), "{}", wrong.body);
    let answer = browser.post(&format!("{path}/report"), &report).await;
    assert_eq!(path_of(&answer), path);
    assert_eq!(world.node.deliver_to(&tirana).await.delivered, 1);
    let page = browser.get(&path).await.body;
    let alert = link(&page, "/alerts/");
    assert!(page.contains("Stolen"), "{page}");
    assert!(browser.get(&alert).await.body.contains("M70B-45123"));
    let found = [
        ("on", "24.11.2026"),
        ("authority", "mk-mvr"),
        ("circumstances", "in a ditch"),
    ];
    let answer = browser.post(&format!("{forms}/find"), &found).await;
    assert_eq!(path_of(&answer), path);
    assert!(browser.get(&alert).await.body.contains("withdrawn"));
}

#[tokio::test]
async fn an_incident_is_recorded_counted_and_frozen_once_its_year_is_over() {
    let world = World::new().await;
    let mut browser = world.justified("f.firearms", PURPOSE).await;
    let path = registered(&mut browser).await;
    let id = path.rsplit('/').next().unwrap();
    let incident = [
        ("kind", "seizure"),
        ("on", "24.11.2026"),
        ("country", "MK"),
        ("place", "Blace"),
        ("border", "yes"),
        ("route", "BA > MK"),
        ("context", "border-control"),
        ("transport", "road"),
        ("offence", "trafficking"),
        ("weapons", id),
        ("ammunition", "120 7.62x39; PPU; 84-12"),
        ("explosives", "500 g TNT"),
        ("persons", "КУ-12/2026"),
    ];
    browser.get("/incidents/new").await;
    let answer = browser.post("/incidents", &incident).await;
    let page = browser.get(&path_of(&answer)).await.body;
    for text in ["Blace", "BA &#62; MK", "500 g", "КУ-12/2026", &path] {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert!(browser.get(&path).await.body.contains("With an authority"));
    let incident = path_of(&answer);
    let courts = format!("{incident}/proceedings");
    let numbers = |convicted| {
        [
            ("known_on", "24.11.2026"),
            ("suspected", "3"),
            ("arrested", "2"),
            ("prosecuted", "2"),
            ("convicted", convicted),
        ]
    };
    for (wrong, field) in [("3", "convicted-error"), ("some", "convicted-error")] {
        let answer = browser.post(&courts, &numbers(wrong)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.body.contains(field), "{}", answer.body);
    }
    let done = browser.post(&courts, &numbers("1")).await;
    assert_eq!(path_of(&done), incident);
    let asked = [("kind", "unodc-iafq"), ("period", "2026")];
    let counted = browser.post("/returns/count", &asked).await;
    for text in [
        "Tracing results",
        "Transport: By road",
        "Begins in: Bosnia and Herzegovina",
        "Of the prosecuted convicted",
        "Offence: Illicit trafficking",
        "Significant from so many",
        "further rows are 0",
    ] {
        assert!(counted.body.contains(text), "{text}: {}", counted.body);
    }
    let early = browser.post("/returns", &asked).await;
    assert!(early.body.contains("period-error"), "{}", early.body);
    // Sessions end before the year does.
    world
        .node
        .clock
        .advance(jiff::SignedDuration::from_hours(24 * 60));
    let mut browser = world.justified("f.firearms", PURPOSE).await;
    browser.get("/returns/count").await;
    let frozen = path_of(&browser.post("/returns", &asked).await);
    let page = browser.get(&frozen).await.body;
    assert!(
        page.contains("has the hash that it was frozen with"),
        "{page}"
    );
    let csv = browser.get(&format!("{frozen}/table.csv")).await.body;
    assert!(
        csv.contains("unodc-iafq,2026-01-01,2026-12-31,weapons,seizure,rifle,,1\n"),
        "{csv}"
    );
    let hash = egnatia_audit::Hash::of(csv.as_bytes()).to_string();
    assert!(page.contains(&hash), "the hash is that of the file");
    let sheet = browser.get(&format!("{frozen}/table.xlsx")).await;
    assert_eq!(sheet.status, StatusCode::OK);
    assert!(sheet.body.starts_with("PK"));
}

#[tokio::test]
async fn the_register_is_filtered_searched_while_somebody_types_kept_as_views_and_saved_as_a_file()
{
    let world = World::new().await;
    let mut browser = world.justified("f.firearms", PURPOSE).await;
    let first = registered(&mut browser).await;
    let other = [
        ("unique_mark", "D-77"),
        ("make", "Glock"),
        ("model", "17"),
        ("kind", "pistol"),
        ("calibre", "9x19"),
        ("category", "B"),
        ("year", "1994"),
        ("marks", ""),
    ];
    world.node.clock.advance(jiff::SignedDuration::from_secs(1));
    let second = path_of(&browser.post("/firearms", &weapon_but(&other)).await);
    for (query, is_first, is_second) in [
        ("model=M70%20AB2", true, false),
        ("category=B", false, true),
        ("year=1990-1999", false, true),
        ("year=1987", false, false),
        ("order=oldest", true, true),
    ] {
        let list = browser.get(&format!("/firearms?{query}")).await.body;
        let found = (list.contains(&first), list.contains(&second));
        assert_eq!(found, (is_first, is_second), "{query}: {list}");
    }
    let oldest = browser.get("/firearms?order=oldest").await.body;
    assert!(oldest.find(&first).unwrap() < oldest.find(&second).unwrap());
    let wrong = browser.get("/firearms?year=eighties").await;
    assert!(wrong.body.contains("year-error"), "{}", wrong.body);

    let typed = browser.post("/firearms/search", &[("make", "Glock")]).await;
    assert!(typed.body.contains(&second) && !typed.body.contains(&first));

    let kept = [("name", "Pištolji"), ("filter", "make=Glock&year=1994&x=1")];
    let answer = browser.post("/firearms/views", &kept).await;
    let query = "/firearms?make=Glock&year=1994&done=view-kept";
    assert_eq!(answer.location(), query);
    let list = browser.get("/firearms").await.body;
    assert!(
        list.contains("href=\"/firearms?make=Glock&#38;year=1994\""),
        "{list}"
    );
    let unnamed = browser
        .post("/firearms/views", &[("filter", "make=Glock")])
        .await;
    assert_eq!(unnamed.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unnamed.body.contains("view-name-error"), "{}", unnamed.body);
    let mut officer = world.justified("v.verifier", PURPOSE).await;
    assert!(!officer.get("/firearms").await.body.contains("Pištolji"));
    browser.get("/firearms").await;
    browser
        .post("/firearms/views", &[("drop", "Pištolji")])
        .await;
    assert!(!browser.get("/firearms").await.body.contains("Pištolji"));

    let csv = browser.get("/firearms.csv?make=Glock").await;
    assert!(
        csv.body.contains("Glock 17, D-77") && !csv.body.contains("M70B"),
        "{}",
        csv.body
    );
    let kind = csv.headers["content-disposition"].to_str().unwrap();
    assert!(kind.contains("firearms-2026"), "{kind}");
    let query = egnatia_app::AuditQuery::default();
    let supervisor = Caller {
        login: "s.supervisor".parse().unwrap(),
        role: Role::Supervisor,
        justification: Some(Justification {
            purpose: Purpose::Supervision,
            case: "S 1/26".parse().unwrap(),
        }),
    };
    let log = world.node.app.audit_search(&supervisor, &query, 1).await;
    let logged = format!("{:?}", log.unwrap());
    assert!(logged.contains("export:firearms"), "{logged}");
}

#[tokio::test]
async fn the_map_shows_a_place_as_its_codes_allow_and_the_position_only_to_those_who_keep_firearms()
{
    let world = World::new().await;
    let mut browser = world.justified("f.firearms", PURPOSE).await;
    browser.get("/incidents/new").await;
    let incident = |place: &'static str, codes: &'static str| {
        vec![
            ("kind", "find"),
            ("on", "20.11.2026"),
            ("country", "MK"),
            ("place", place),
            ("position", "42.1374, 21.4316"),
            ("border", "no"),
            ("parts", "3 bolts"),
            ("codes", codes),
        ]
    };
    let mut wrong = incident("Blace", "H3");
    wrong[4] = ("position", "north");
    let answer = browser.post("/incidents", &wrong).await;
    assert!(answer.body.contains("position-error"), "{}", answer.body);
    let unsaid = browser.post("/incidents", &incident("Blace", "H3")).await;
    assert!(unsaid.body.contains("restriction-error"), "{}", unsaid.body);
    let one = path_of(&browser.post("/incidents", &incident("Blace", "H1")).await);
    path_of(
        &browser
            .post("/incidents", &incident("Tabanovce", "H2"))
            .await,
    );
    assert!(
        browser
            .get(&one)
            .await
            .body
            .contains("42.137° N, 21.431° E")
    );

    let page = browser.get("/incidents/figures").await.body;
    assert!(page.contains("<g class=\"spot\">") && page.contains("<g class=\"spot country\">"));
    assert!(page.contains("42.150° N, 21.450° E"), "{page}");
    assert!(
        !page.contains("42.137") && !page.contains("Tabanovce"),
        "{page}"
    );
    let csv = browser.get("/incidents/places.csv?kind=find").await.body;
    assert!(
        csv.contains("Ten kilometres") && !csv.contains("42.137"),
        "{csv}"
    );
    let series = browser.get("/incidents/series.csv").await.body;
    assert!(
        series.contains("\"2026-11\",\"Find\",\"2\",\"0\",\"6\""),
        "{series}"
    );
    let none = browser.get("/incidents/figures?kind=seizure").await.body;
    assert!(!none.contains("class=\"spot"), "{none}");
    let refused = browser.get("/incidents/figures?from=x").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("from-error"), "{}", refused.body);

    let mut officer = world.justified("v.verifier", PURPOSE).await;
    let page = officer.get(&one).await.body;
    assert!(
        page.contains("42.150° N") && !page.contains("42.137"),
        "{page}"
    );

    let token = world.token("f.firearms", PURPOSE).await;
    let api = |path: &'static str| world.api(Method::GET, path, Some(&token), "");
    let places = api("/incidents/places?kind=find").await;
    assert!(!places.body.contains("42137"), "{}", places.body);
    let series = api("/incidents/series?country=MK").await;
    assert_eq!(series.json()[1]["incidents"], 2, "{}", series.body);
    let unknown = api("/incidents/series?kind=theft").await;
    assert_eq!(unknown.json()["errors"][0]["field"], "kind");
}

#[tokio::test]
async fn a_trace_shows_its_chain_and_is_answered_on_the_page() {
    let node = TestNode::new("mk-mvr", "MK").await;
    let belgrade = TestNode::new("rs-mup", "RS").await;
    node.trust(&belgrade).await;
    belgrade.trust(&node).await;
    let skopje = World::of(node, false, None).await;
    let belgrade = World::of(belgrade, false, None).await;
    let mut browser = skopje.justified("f.firearms", PURPOSE).await;
    browser.get("/traces/new").await;
    let asked = weapon_but(&[
        ("to", "rs-mup"),
        ("recovered_in", "MK"),
        ("recovered_on", "20.11.2026"),
        ("offence", "illicit possession"),
        ("intended_use", "the investigation KU 12/26"),
    ]);
    let nobody = browser.post("/traces", &WEAPON).await;
    assert!(nobody.body.contains("to-error"), "{}", nobody.body);
    let trace = path_of(&browser.post("/traces", &asked).await);
    skopje.node.deliver_to(&belgrade.node).await;
    let page = browser.get(&trace).await.body;
    assert!(
        page.contains("<svg class=\"region\"") && page.contains("Silent"),
        "{page}"
    );

    let mut other = belgrade.justified("f.firearms", PURPOSE).await;
    let list = other.get("/traces").await.body;
    let answer = link(&list, "/trace-answers/");
    let page = other.get(&answer).await.body;
    assert!(page.contains("class=\"clock"), "{page}");
    let ungrounded = [("outcome", "refused")];
    let wrong = other.post(&format!("{answer}/answer"), &ungrounded).await;
    assert!(wrong.body.contains("reason-error"), "{}", wrong.body);
    let exported = [
        ("outcome", "exported-to"),
        ("on", "1.2.1988"),
        ("event_country", "BA"),
        ("number", "IZ 7/88"),
    ];
    let sent = other.post(&format!("{answer}/answer"), &exported).await;
    assert_eq!(path_of(&sent), answer);
    belgrade.node.deliver_to(&skopje.node).await;
    let page = browser.get(&trace).await.body;
    assert!(
        page.contains("Exported to") && page.contains("It went to BA"),
        "{page}"
    );
    let consent = browser
        .post(&format!("{trace}/consent"), &[("country", "BA")])
        .await;
    assert_eq!(path_of(&consent), trace);
}

#[tokio::test]
async fn programs_do_the_same_over_the_api() {
    let world = World::new().await;
    let token = world.token("f.firearms", PURPOSE).await;
    let token = Some(token.as_str());
    let weapon = serde_json::json!({
        "particulars": {
            "marks": [{ "place": "receiver", "text": "M70B-45123", "state": "readable" }],
            "kind": "assault-rifle", "make": "Zastava", "model": "M70", "calibre": "7.62x39"
        },
        "first": {
            "event": { "manufacture": { "holder": { "kind": "manufacturer", "reference": "Z" } } },
            "on": "1987-02-01"
        }
    });
    let made = world
        .api(Method::POST, "/firearms", token, &weapon.to_string())
        .await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let again = world
        .api(Method::POST, "/firearms", token, &weapon.to_string())
        .await;
    assert_eq!(
        again.json()["errors"][0]["code"],
        "duplicate",
        "{}",
        again.body
    );
    let view = world
        .api(Method::GET, &format!("/firearms/{id}"), token, "")
        .await;
    assert_eq!(
        view.json()["custody"]["with"]["reference"],
        "Z",
        "{}",
        view.body
    );
    let list = world
        .api(Method::GET, "/firearms?text=M70B&custody=held", token, "")
        .await;
    assert_eq!(
        list.json()["items"][0]["firearm"],
        id.as_str(),
        "{}",
        list.body
    );
    let event = serde_json::json!({ "event": { "find": {
        "authority": "xx-test", "circumstances": "in a ditch" } }, "on": "2026-11-24" });
    let path = format!("/firearms/{id}/events");
    let refused = world
        .api(Method::POST, &path, token, &event.to_string())
        .await;
    assert_eq!(
        refused.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        refused.body
    );
    let clusters = world
        .api(Method::GET, "/incidents/clusters", token, "")
        .await;
    assert_eq!(clusters.json(), serde_json::json!([]));
    let officer = world.token("o.officer", "border-check").await;
    let hidden = world
        .api(Method::GET, "/firearms", Some(&officer), "")
        .await;
    assert_eq!(hidden.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn two_officers_destroy_a_weapon_on_the_page() {
    let world = World::new().await;
    let id = {
        let event = egnatia_firearms::Event::Seizure(egnatia_firearms::Taken {
            authority: "xx-test".parse().unwrap(),
            circumstances: "in a van".into(),
        });
        let particulars = egnatia_firearms::Particulars {
            marks: vec![egnatia_firearms::Mark::readable(
                egnatia_firearms::MarkPlace::Frame,
                "A 7711",
            )],
            kind: egnatia_firearms::WeaponKind::Pistol,
            make: "Zastava".into(),
            model: "CZ 99".into(),
            calibre: "9 mm Para".into(),
            category: None,
            country: None,
            year: None,
            distinguished_by: None,
            photographs: Vec::new(),
        };
        let new = egnatia_app::NewFirearm {
            particulars,
            reference: None,
            first: Some((event, jiff::civil::date(2026, 11, 20))),
            different_from: std::collections::BTreeSet::new(),
        };
        let app = &world.node.app;
        let id = app.register_firearm(&focal(), new).await.unwrap();
        let (method, evidence) = ("melted".to_owned(), "protocol 3/26".to_owned());
        app.propose_destruction(&focal(), id, method, evidence)
            .await
            .unwrap();
        id
    };
    let mut browser = world.justified("f.firearms", PURPOSE).await;
    let path = format!("/firearms/{id}");
    let page = browser.get(&path).await.body;
    assert!(page.contains("protocol 3/26"), "{page}");
    let signed = browser
        .post(
            &format!("{path}/sign-destruction"),
            &[("sign_on", "24.11.2026")],
        )
        .await;
    assert_eq!(path_of(&signed), path);
    assert!(browser.get(&path).await.body.contains("Destroyed"));
}

#[tokio::test]
async fn a_label_has_the_number_and_its_code_is_read_back() {
    let world = World::new().await;
    let mut browser = world.justified("f.firearms", PURPOSE).await;
    let path = registered(&mut browser).await;
    assert!(
        browser
            .get(&path)
            .await
            .body
            .contains(&format!("{path}/label"))
    );
    let label = browser.get(&format!("{path}/label")).await.body;
    for class in ["qr square", "qr matrix"] {
        assert!(
            label.contains(&format!("<svg class=\"{class}\"")),
            "{label}"
        );
    }
    let sheet = browser.get("/firearms/labels?make=Zastava").await.body;
    assert_eq!(sheet.matches("<svg class=\"qr matrix\"").count(), 1);
    let (_, code) = label.split_once("data-code=\"").unwrap();
    let (code, _) = code.split_once('"').unwrap();
    let id = path.rsplit('/').next().unwrap();
    assert_eq!(
        code,
        format!("EGN1;M70B-45123;Crvena Zastava;M70AB2;7,62×39 mm;{id}")
    );
    let asked = |code: &str| {
        format!(
            "/firearms?q={}",
            code.replace(' ', "+").replace('×', "%C3%97")
        )
    };
    let found = browser.get(&asked(code)).await;
    assert_eq!(found.location(), path);
    // The label of another register: the number is looked for here.
    let other = code.replace(id, "07070707070707070707070707070707");
    let list = browser.get(&asked(&other)).await;
    assert_eq!(list.status, StatusCode::OK);
    assert!(list.body.contains(&path), "{}", list.body);
    // What is no label is what is typed into the search.
    let list = browser.get("/firearms?q=M70B").await.body;
    assert!(list.contains(&path), "{list}");
    let reading = [("q", code), ("part", "reading")];
    let reading = browser.post("/check/reading", &reading).await.body;
    assert!(reading.contains("label of a weapon"), "{reading}");
    let checked = browser.post("/check", &[("q", code)]).await;
    let answer = browser.get(&path_of(&checked)).await.body;
    assert!(answer.contains("M70B-45123"), "{answer}");
    let nobody = browser
        .get("/firearms/07070707070707070707070707070707/label")
        .await;
    assert_eq!(nobody.status, StatusCode::NOT_FOUND);
}
