//! What happens to a weapon: every kind of event over the pages, and over the API.

use axum::http::{Method, StatusCode};
use egnatia_firearms::EventKind;
use serde_json::{Value, json};

use crate::world::{Answer, Browser, World};

const PURPOSE: &str = "firearms-trafficking";

fn path_of(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    answer.location().split('?').next().unwrap().to_owned()
}

async fn registered(browser: &mut Browser, number: &str) -> String {
    browser.get("/firearms/new").await;
    let weapon = [
        ("unique_mark", number),
        ("unique_place", "receiver"),
        ("unique_state", "readable"),
        ("kind", "alarm-weapon"),
        ("make", "Zastava"),
        ("model", "M70"),
        ("calibre", "9 mm"),
    ];
    path_of(&browser.post("/firearms", &weapon).await)
}

/// One step of a life: what is recorded, with which fields, and where the weapon is then.
type Step = (EventKind, Vec<(&'static str, &'static str)>, &'static str);

/// Two lives with every kind of event that has a form.
fn lives() -> [Vec<Step>; 2] {
    use EventKind as K;
    let taken = [("authority", "mk-mvr"), ("circumstances", "on the road")];
    let first = vec![
        (
            K::Manufacture,
            vec![("holder", "zastava"), ("holder_kind", "manufacturer")],
            "With a holder",
        ),
        (
            K::Transfer,
            vec![("holder", "D-1"), ("holder_kind", "dealer")],
            "With a holder",
        ),
        (
            K::Licence,
            vec![("holder", "D-1"), ("number", "O 1"), ("until", "1.1.2030")],
            "With a holder",
        ),
        (
            K::Conversion,
            vec![("circumstances", "from an alarm weapon to 9 mm")],
            "With a holder",
        ),
        (
            K::Export,
            vec![
                ("to_country", "ba"),
                ("number", "IZ 1"),
                ("consignee", "Depot 3"),
            ],
            "Abroad",
        ),
        (
            K::Import,
            vec![
                ("from_country", "BA"),
                ("number", "UV 1"),
                ("holder", "D-2"),
            ],
            "With a holder",
        ),
        (K::Surrender, taken.to_vec(), "With an authority"),
        (
            K::Legalisation,
            vec![
                ("number", "L 1"),
                ("holder", "H-1"),
                ("holder_name", "Ana Izmišljena"),
            ],
            "With a holder",
        ),
        (K::Deactivation, vec![("number", "C 1")], "With a holder"),
        (K::Seizure, taken.to_vec(), "With an authority"),
    ];
    let second = vec![
        (
            K::Transit,
            vec![
                ("from_country", "RS"),
                ("to_country", "AL"),
                ("number", "T 1"),
            ],
            "In transit",
        ),
        (
            K::Export,
            vec![("to_country", "AL"), ("number", "T 1")],
            "Abroad",
        ),
        (K::Find, taken.to_vec(), "With an authority"),
        (
            K::Transfer,
            vec![("holder", "unit 7"), ("holder_kind", "authority")],
            "With a holder",
        ),
        (K::Reregistration, vec![("number", "R 7")], "With a holder"),
    ];
    [first, second]
}

#[tokio::test]
async fn every_kind_of_event_has_a_short_form_that_is_offered_and_taken() {
    let world = World::new().await;
    let mut browser = world.justified("f.firearms", PURPOSE).await;
    let mut recorded = Vec::new();
    for (number, life) in ["A-1", "A-2"].into_iter().zip(lives()) {
        let path = registered(&mut browser, number).await;
        for (day, (kind, fields, custody)) in (1..).zip(life) {
            let form = format!("{path}/events/{kind}");
            assert!(
                browser
                    .get(&path)
                    .await
                    .body
                    .contains(&format!("href=\"{form}\""))
            );
            let page = browser.get(&form).await.body;
            for (name, _) in &fields {
                assert!(page.contains(&format!("name=\"{name}\"")), "{kind} {name}");
            }
            let others = page.matches("<input id=").count() + page.matches("<select id=").count();
            assert!(
                others <= 8,
                "{kind}: the form is short, and has {others} fields"
            );
            // Nothing of it can be left out that the kind needs.
            let empty = browser.post(&form, &[("on", "")]).await;
            assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY, "{kind}");
            assert!(
                empty.body.contains("id=\"on-error\""),
                "{kind}: {}",
                empty.body
            );
            let on = format!("{day}.3.2020");
            let mut filled = vec![("on", on.as_str())];
            filled.extend(fields);
            let answer = browser.post(&form, &filled).await;
            assert_eq!(path_of(&answer), path, "{kind}");
            assert!(browser.get(&path).await.body.contains(custody), "{kind}");
            recorded.push(kind);
        }
    }
    for kind in EventKind::PLAIN {
        assert!(recorded.contains(kind), "{kind}");
    }
}

#[tokio::test]
async fn what_cannot_follow_is_refused_beside_its_form_and_a_correction_strikes_or_replaces() {
    let world = World::new().await;
    let mut browser = world.justified("f.firearms", PURPOSE).await;
    let path = registered(&mut browser, "B-1").await;
    let form = |kind: &str| format!("{path}/events/{kind}");
    browser.get(&form("manufacture")).await;
    let made = [("on", "1.3.2020"), ("holder", "zastava")];
    browser.post(&form("manufacture"), &made).await;
    for (kind, fields, said) in [
        (
            "import",
            vec![("from_country", "RS"), ("holder", "x"), ("number", "1")],
            "custody already",
        ),
        (
            "import",
            vec![("from_country", "Serbia"), ("holder", "x")],
            "from_country-error",
        ),
        (
            "import",
            vec![("from_country", "RS"), ("holder", "x")],
            "number-error",
        ),
        (
            "transfer",
            vec![("from_holder", "b"), ("holder", "c")],
            "Record the transfer",
        ),
        (
            "find",
            vec![("circumstances", "x"), ("authority", "mk-mvr")],
            "A holder has the weapon",
        ),
        (
            "find",
            vec![("circumstances", "x"), ("authority", "not one")],
            "authority-error",
        ),
        ("conversion", vec![], "circumstances-error"),
        (
            "licence",
            vec![("holder", "zastava"), ("number", "1"), ("until", "x")],
            "until-error",
        ),
    ] {
        let mut filled = vec![("on", "2.3.2020")];
        filled.extend(fields);
        let answer = browser.post(&form(kind), &filled).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{kind}");
        assert!(answer.body.contains(said), "{kind} {said}: {}", answer.body);
    }
    for unknown in [
        "theft",
        "destruction",
        "nonsense",
        "correction",
        "find?corrects=x",
    ] {
        let answer = browser.get(&form(unknown)).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{unknown}");
    }
    let sold = [("on", "2.3.2020"), ("holder", "H-1")];
    assert_eq!(path_of(&browser.post(&form("transfer"), &sold).await), path);

    // It went to somebody else.
    let page = browser.get(&path).await.body;
    assert!(page.contains("/events/correction?corrects=2"), "{page}");
    let page = browser.get(&form("correction?corrects=2")).await.body;
    assert!(page.contains("/events/transfer?corrects=2"), "{page}");
    browser.get(&form("transfer?corrects=2")).await;
    let truth = [
        ("on", "2.3.2020"),
        ("from_holder", "zastava"),
        ("holder", "H-2"),
        ("corrects", "2"),
        ("reason", "the number was misread"),
    ];
    assert_eq!(
        path_of(&browser.post(&form("transfer"), &truth).await),
        path
    );
    let page = browser.get(&path).await.body;
    assert!(
        page.contains("In place of No. 2") && page.contains("misread"),
        "{page}"
    );
    // It did not happen at all.
    let struck = [("corrects", "2"), ("reason", "never left the factory")];
    assert_eq!(
        path_of(&browser.post(&form("correction"), &struck).await),
        path
    );
    let page = browser.get(&path).await.body;
    assert!(page.contains("No. 2 did not happen"), "{page}");
    let none = browser
        .post(&form("correction"), &[("corrects", "2"), ("reason", "")])
        .await;
    assert!(none.body.contains("reason-error"), "{}", none.body);
    let first = [("corrects", "9"), ("reason", "x")];
    let none = browser.post(&form("correction"), &first).await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn whoever_only_sees_the_register_has_no_forms() {
    let world = World::new().await;
    let mut keeper = world.justified("f.firearms", PURPOSE).await;
    let path = registered(&mut keeper, "C-1").await;
    let mut reader = world.justified("v.verifier", PURPOSE).await;
    let page = reader.get(&path).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.body.contains("/events/"), "{}", page.body);
    let form = reader.get(&format!("{path}/events/find")).await;
    assert_eq!(form.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn programs_record_every_kind_withdraw_a_destruction_and_count_a_return() {
    let world = World::new().await;
    let token = world.token("f.firearms", PURPOSE).await;
    let token = Some(token.as_str());
    let holder = |number: &str| json!({ "kind": "person", "reference": number });
    let taken = json!({ "authority": "mk-mvr", "circumstances": "on the road" });
    let particulars = |number: &str| {
        json!({ "particulars": {
            "marks": [{ "place": "receiver", "text": number, "state": "readable" }],
            "kind": "alarm-weapon", "make": "Zastava", "model": "M70", "calibre": "9 mm",
        } })
    };
    let lives = [
        vec![
            json!({ "manufacture": { "holder": holder("a") } }),
            json!({ "transfer": { "from": holder("a"), "to": holder("b") } }),
            json!({ "licence": { "holder": holder("b"), "number": "1", "until": "2030-01-01" } }),
            json!({ "conversion": { "change": "to 9 mm" } }),
            json!({ "export": { "to": "BA", "licence": "1" } }),
            json!({ "import": { "from": "BA", "holder": holder("c"), "licence": "2" } }),
            json!({ "surrender": taken }),
            json!({ "legalisation": { "holder": holder("d"), "number": "3" } }),
            json!({ "deactivation": { "certificate": "4" } }),
            json!({ "re-registration": { "number": "5" } }),
            json!({ "seizure": taken }),
            json!({ "correction": { "of": 9, "on": "2020-03-09", "reason": "another weapon" } }),
        ],
        vec![
            json!({ "transit": { "from": "RS", "to": "AL", "licence": "1" } }),
            json!({ "export": { "to": "AL", "licence": "1" } }),
            json!({ "find": taken }),
        ],
    ];
    let mut seen = Vec::new();
    for (number, life) in ["D-1", "D-2"].into_iter().zip(lives) {
        let body = particulars(number).to_string();
        let made = world.api(Method::POST, "/firearms", token, &body).await;
        let id = made.json()["id"].as_str().unwrap().to_owned();
        for (day, event) in (1..).zip(life) {
            seen.push(event.as_object().unwrap().keys().next().unwrap().clone());
            let body = json!({ "event": event, "on": format!("2020-03-{day:02}") }).to_string();
            let path = format!("/firearms/{id}/events");
            let done = world.api(Method::POST, &path, token, &body).await;
            assert_eq!(done.status, StatusCode::NO_CONTENT, "{body}: {}", done.body);
        }
        let path = format!("/firearms/{id}/destruction");
        let proposal = json!({ "method": "melted", "evidence": "protocol 12/26" }).to_string();
        let done = world.api(Method::POST, &path, token, &proposal).await;
        assert_eq!(done.status, StatusCode::NO_CONTENT, "{}", done.body);
        let same = json!({ "on": "2020-04-01" }).to_string();
        let sign = format!("{path}/signature");
        let refused = world.api(Method::POST, &sign, token, &same).await;
        assert_eq!(
            refused.json()["errors"][0]["field"],
            "officer",
            "{}",
            refused.body
        );
        let done = world.api(Method::DELETE, &path, token, "").await;
        assert_eq!(done.status, StatusCode::NO_CONTENT, "{}", done.body);
        let again = world.api(Method::DELETE, &path, token, "").await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        let theft = json!({ "event": { "theft": {
            "discovered_at": "2020-04-01T00:00:00Z", "circumstances": "x" } }, "on": "2020-04-01" });
        let path = format!("/firearms/{id}/events");
        let told = world
            .api(Method::POST, &path, token, &theft.to_string())
            .await;
        assert_eq!(told.json()["errors"][0]["code"], "report", "{}", told.body);
    }
    for kind in EventKind::PLAIN {
        assert!(seen.iter().any(|event| event == kind.as_str()), "{kind}");
    }

    let incident = json!({
        "kind": "seizure", "on": "2026-11-20", "country": "MK", "place": "Blace", "at_border": true,
        "offence": "trafficking", "parts": [{ "what": "barrels", "count": 50 }],
    });
    let made = world
        .api(Method::POST, "/incidents", token, &incident.to_string())
        .await;
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let path = format!("/incidents/{id}/proceedings");
    let known = |convicted: u32| {
        json!({ "on": "2026-11-23", "suspected": 2, "arrested": 2, "prosecuted": 1,
            "convicted": convicted, "acquitted": 0 })
        .to_string()
    };
    let wrong = world.api(Method::PUT, &path, token, &known(2)).await;
    assert_eq!(
        wrong.json()["errors"][0]["field"],
        "convicted",
        "{}",
        wrong.body
    );
    let done = world.api(Method::PUT, &path, token, &known(1)).await;
    assert_eq!(done.status, StatusCode::NO_CONTENT, "{}", done.body);
    let path = "/returns/count?kind=unodc-iafq&period=2026";
    let counted = world.api(Method::GET, path, token, "").await.json();
    let count = |section: &str, what: &str, at: &str| {
        let rows = counted["rows"].as_array().unwrap().iter();
        let found: Vec<&Value> = rows
            .filter(|row| {
                let by = row["at"].as_str().unwrap_or_default();
                row["section"] == section && row["what"] == what && by.starts_with(at)
            })
            .collect();
        assert_eq!(found.len(), 1, "{section} {what} {at}");
        found[0]["count"].as_u64().unwrap()
    };
    assert_eq!(
        count("criminal-justice", "convicted", "offence: trafficking"),
        1
    );
    assert_eq!(count("significant-seizures", "parts", "1: 2026-11-20"), 50);
    let unknown = world.api(
        Method::GET,
        "/returns/count?kind=unodc-iafq&period=x",
        token,
        "",
    );
    assert_eq!(unknown.await.json()["errors"][0]["field"], "period");
}

#[tokio::test]
async fn a_view_that_was_kept_over_the_api_is_used_by_it_and_stands_on_the_page() {
    let world = World::new().await;
    let mut page = world.justified("f.firearms", PURPOSE).await;
    for number in ["E-1", "E-2"] {
        registered(&mut page, number).await;
    }
    let token = world.token("f.firearms", PURPOSE).await;
    let token = Some(token.as_str());
    let path = "/firearms/views/pistols%20of%20Zastava";
    for (filter, status) in [
        ("make=Zastava&text=E-2", StatusCode::NO_CONTENT),
        ("colour=black", StatusCode::UNPROCESSABLE_ENTITY),
        ("", StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let body = json!({ "filter": filter }).to_string();
        let kept = world.api(Method::PUT, path, token, &body).await;
        assert_eq!(kept.status, status, "{filter}: {}", kept.body);
    }
    let found = |answer: &Answer| -> Vec<String> {
        let items = answer.json()["items"].as_array().unwrap().clone();
        let serials = items
            .iter()
            .map(|item| item["serial"].as_str().unwrap().to_owned());
        serials.collect()
    };
    let list = "/firearms?view=pistols%20of%20Zastava";
    let used = world.api(Method::GET, list, token, "").await;
    assert_eq!(found(&used), ["E2"]);
    let stated = world
        .api(Method::GET, &format!("{list}&text=E"), token, "")
        .await;
    assert_eq!(
        found(&stated).len(),
        2,
        "what is stated comes in place of it"
    );
    let none = world
        .api(Method::GET, "/firearms?view=nothing", token, "")
        .await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
    assert!(
        page.get("/firearms")
            .await
            .body
            .contains("pistols of Zastava")
    );
    let gone = world.api(Method::DELETE, path, token, "").await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    let used = world.api(Method::GET, list, token, "").await;
    assert_eq!(used.status, StatusCode::NOT_FOUND);
}
