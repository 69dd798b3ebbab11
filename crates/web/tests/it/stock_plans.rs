//! Plans of counts, hand-overs of command, climates, surveillance and destruction, on the pages and over
//! the API.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::stock::{Depot, PURPOSE};
use crate::world::{Answer, Browser};

/// The page to which an answer sends.
async fn followed(browser: &mut Browser, answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let to = answer.location().to_owned();
    let page = browser.get(&to).await;
    assert_eq!(page.status, StatusCode::OK, "{to}");
    page.body
}

fn path_of(answer: &Answer) -> String {
    let path = answer.location().split('?').next().unwrap_or_default();
    path.to_owned()
}

/// Counts every place as the books have it.
async fn counted(depot: &Depot, browser: &mut Browser) {
    browser.get("/stocktakes/new").await;
    let codes = ["M1", "M1-A", "M1-B", "M2"];
    let mut fields = vec![("occasion", "command")];
    fields.extend(codes.map(|code| ("places", depot.place(code))));
    let begun = browser.post("/stocktakes", &fields).await;
    let take = path_of(&begun);
    for (place, code, count) in [
        ("M1-A", "1234", "1"),
        ("M1-A", "5678", "1"),
        ("M2", "L7", "5000"),
    ] {
        let page = browser.get(&take).await.body;
        let scan = page.split("name=\"scan\" value=\"").nth(1).unwrap();
        let scan = scan.split('"').next().unwrap().to_owned();
        let fields = [
            ("scan", scan.as_str()),
            ("place", depot.place(place)),
            ("code", code),
            ("quantity", count),
        ];
        let taken = browser.post(&format!("{take}/scan"), &fields).await;
        assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.body);
    }
    let done = browser.post(&format!("{take}/finish"), &[]).await;
    let page = followed(browser, &done).await;
    assert!(page.contains("The count has ended"), "{page}");
}

#[tokio::test]
async fn a_rule_stands_in_the_plan_until_it_ends() {
    let depot = Depot::new().await;
    let mut inspector = depot.browser("i.inspector").await;
    inspector.get("/count-rules/new").await;
    let nothing = [
        ("name", "explosives each fortnight"),
        ("reason", "worth stealing"),
        ("every_days", "14"),
    ];
    let refused = inspector.post("/count-rules", &nothing).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("stores-error"), "{}", refused.body);
    let mut rule = nothing.to_vec();
    rule.extend([("divisions", "1.1"), ("categories", "A")]);
    rule.pop();
    let set = inspector.post("/count-rules", &rule).await;
    let page = followed(&mut inspector, &set).await;
    assert!(page.contains("The rule is set."), "{page}");
    assert_eq!(page.matches("explosives each fortnight").count(), 2);
    let link = page.split("href=\"/count-rules/").nth(2).unwrap();
    let id = link.split('"').next().unwrap().to_owned();
    let page = inspector.get(&format!("/count-rules/{id}")).await.body;
    assert!(page.contains("every 14 days") && page.contains("worth stealing"));

    let mut keeper = depot.browser("k.keeper").await;
    let plan = keeper.get("/count-plan").await.body;
    assert!(plan.contains("explosives each fortnight"), "{plan}");
    assert!(
        !plan.contains("/count-rules/new"),
        "only inspectors set rules"
    );
    let refused = keeper.get("/count-rules/new").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let path = format!("/count-rules/{id}/end");
    let empty = inspector.post(&path, &[("reason", "-")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    let ended = inspector.post(&path, &[("reason", "no longer")]).await;
    let page = followed(&mut inspector, &ended).await;
    assert!(page.contains("Ended") && page.contains("Its interval is over"));
}

#[tokio::test]
async fn both_commanders_sign_one_count_before_the_command_changes() {
    let depot = Depot::new().await;
    let mut inspector = depot.browser("i.inspector").await;
    inspector.get("/stock-commands/new").await;
    let mut new = vec![
        ("site", depot.site.as_str()),
        ("outgoing", "k.keeper"),
        ("incoming", "nobody.here"),
        ("order", "order 12/26"),
    ];
    let refused = inspector.post("/stock-commands", &new).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("incoming-error"), "{}", refused.body);
    new[2] = ("incoming", "i.inspector");
    let begun = inspector.post("/stock-commands", &new).await;
    let path = path_of(&begun);
    let page = followed(&mut inspector, &begun).await;
    assert!(
        page.contains("Not counted yet") && page.contains("M1-B"),
        "{page}"
    );
    let sign = format!("{path}/sign");
    let early = inspector.post(&sign, &[]).await;
    assert!(early.body.contains("Count every place"), "{}", early.body);
    let overview = inspector.get("/stores").await.body;
    assert!(overview.contains("Hand-overs of command"), "{overview}");

    let mut keeper = depot.browser("k.keeper").await;
    counted(&depot, &mut keeper).await;
    keeper.get(&path).await;
    let one = keeper.post(&sign, &[]).await;
    let page = followed(&mut keeper, &one).await;
    assert!(page.contains("Being counted and signed"), "{page}");
    inspector.get(&path).await;
    let both = inspector.post(&sign, &[]).await;
    let page = followed(&mut inspector, &both).await;
    assert!(page.contains("Complete"), "{page}");
    assert!(!page.contains("Give the hand-over up"));
}

#[tokio::test]
async fn readings_are_pasted_and_what_is_out_is_settled_by_a_person() {
    let depot = Depot::new().await;
    let path = format!("/stores/{}/climate", depot.place("M1"));
    let mut inspector = depot.browser("i.inspector").await;
    let page = inspector.get(&path).await.body;
    assert!(page.contains("No limits are set"), "{page}");
    let crossed = [("temperature_min", "30"), ("temperature_max", "5")];
    let refused = inspector.post(&format!("{path}/limits"), &crossed).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("the least below the most"));
    let limits = [("temperature_max", "30,0"), ("humidity_max", "70")];
    let set = inspector.post(&format!("{path}/limits"), &limits).await;
    followed(&mut inspector, &set).await;

    let mut keeper = depot.browser("k.keeper").await;
    keeper.get(&path).await;
    let read = format!("{path}/read");
    let wrong = [("readings", "1.3.2026 9:00; warm")];
    let refused = keeper.post(&read, &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.body.contains("Line 1: this is no temperature"),
        "{}",
        refused.body
    );
    assert!(
        refused.body.contains("1.3.2026 9:00; warm"),
        "nothing is lost"
    );
    let table = [("readings", "1.3.2026 9:00; 31,5; 55\n2.3.2026 9:00; 20; 50")];
    let kept = keeper.post(&read, &table).await;
    let page = followed(&mut keeper, &kept).await;
    assert!(page.contains("One reading out of the limits"), "{page}");
    assert!(page.contains("31.5 °C") && page.contains("Say what was done"));
    let overview = keeper.get("/stores").await.body;
    assert!(overview.contains("One reading out of the limits"));
    let settled = keeper
        .post(
            &format!("{path}/settle"),
            &[("done", "the fan is repaired")],
        )
        .await;
    let page = followed(&mut keeper, &settled).await;
    assert!(page.contains("Within the limits") && page.contains("the fan is repaired"));
    let limits = keeper.post(&format!("{path}/limits"), &limits).await;
    assert_eq!(limits.status, StatusCode::FORBIDDEN);
}

/// The row of the page on which a destruction is planned that shows the lot of 5,000.
fn row_of_the_lot(page: &str) -> Option<&str> {
    let mut rows = page.split("<tr role=\"row\">");
    rows.find(|row| row.contains(">5000<"))
}

#[tokio::test]
async fn a_plan_of_destruction_shows_what_is_done_by_whom_and_what_is_left() {
    let depot = Depot::new().await;
    let mut inspector = depot.browser("i.inspector").await;
    let page = inspector.get("/disposals/new").await.body;
    let row = row_of_the_lot(&page);
    let lot = row
        .unwrap()
        .split("name=\"lines\" value=\"")
        .nth(1)
        .unwrap();
    let lot = lot.split('"').next().unwrap();
    let plan = [
        ("name", "surplus 2026"),
        ("reason", "too old to keep"),
        ("method", "open detonation, range 3"),
        ("due_on", "31.12.2030"),
        ("lines", lot),
    ];
    let mut late = plan;
    late[3] = ("due_on", "1.1.2020");
    let refused = inspector.post("/disposals", &late).await;
    assert!(refused.body.contains("due_on-error"), "{}", refused.body);
    let planned = inspector.post("/disposals", &plan).await;
    let path = path_of(&planned);
    followed(&mut inspector, &planned).await;

    let mut keeper = depot.browser("k.keeper").await;
    let page = keeper.get(&path).await.body;
    assert!(page.contains("5000 are left"), "{page}");
    let carry = format!("{path}/carry-out");
    let many = keeper.post(&carry, &[("q1", "5001")]).await;
    assert_eq!(many.status, StatusCode::UNPROCESSABLE_ENTITY);
    let some = keeper.post(&carry, &[("q1", "4000")]).await;
    let page = followed(&mut keeper, &some).await;
    assert!(page.contains("1000 are left"), "{page}");
    let movement = page.split("href=\"/stock-movements/").nth(1).unwrap();
    let movement = movement.split('"').next().unwrap().to_owned();
    inspector.get(&format!("/stock-movements/{movement}")).await;
    let signed = inspector
        .post(&format!("/stock-movements/{movement}/sign"), &[])
        .await;
    followed(&mut inspector, &signed).await;
    let page = inspector.get(&path).await.body;
    assert!(
        page.contains("k.keeper") && page.contains("i.inspector"),
        "{page}"
    );
    assert!(page.contains("4000"));
    let given_up = inspector
        .post(&format!("{path}/abandon"), &[("reason", "too dear")])
        .await;
    let page = followed(&mut inspector, &given_up).await;
    assert!(page.contains("Given up"), "{page}");
}

#[tokio::test]
async fn a_part_of_a_lot_and_what_was_chosen_on_other_pages_are_planned() {
    let depot = Depot::new().await;
    let mut inspector = depot.browser("i.inspector").await;
    let page = inspector.get("/disposals/new").await.body;
    let row = row_of_the_lot(&page);
    let lot = row.unwrap().split("name=\"row\" value=\"").nth(1).unwrap();
    let lot = lot.split('"').next().unwrap();
    let facts = [
        ("name", "surplus 2026"),
        ("reason", "too old to keep"),
        ("method", "open detonation, range 3"),
        ("due_on", "31.12.2030"),
    ];
    let with = |more: &[(&'static str, &'static str)]| [&facts[..], more].concat();
    for wrong in ["5001", "0", "-1", "many", "1.5"] {
        let mut form = with(&[("do", "add")]);
        form.extend([("row", lot), ("amount", wrong)]);
        let refused = inspector.post("/disposals", &form).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert!(
            refused.body.contains("write a whole number, 1 to 5"),
            "{}",
            refused.body
        );
        assert!(refused.body.contains("too old to keep"), "nothing is lost");
    }
    // Taken into the plan, then looked for something else: it stays, and the form asks for lines.
    let mut form = with(&[("do", "find"), ("find", "nothing like it")]);
    form.extend([("row", lot), ("amount", "120")]);
    let found = inspector.post("/disposals", &form).await;
    assert_eq!(found.status, StatusCode::OK);
    assert!(
        found
            .body
            .contains("Nothing in the stores is called like this")
    );
    let line = format!("{lot} 120");
    assert!(
        found
            .body
            .contains(&format!("name=\"line\" value=\"{line}\"")),
        "{}",
        found.body
    );
    let mut gone = with(&[]);
    gone.extend([("line", line.as_str()), ("remove", lot)]);
    let gone = inspector.post("/disposals", &gone).await;
    assert!(!gone.body.contains("name=\"line\""), "{}", gone.body);
    let nothing = inspector.post("/disposals", &with(&[("do", "plan")])).await;
    assert!(
        nothing.body.contains("Choose what is destroyed"),
        "{}",
        nothing.body
    );

    let mut form = with(&[("do", "plan")]);
    form.push(("line", &line));
    let planned = inspector.post("/disposals", &form).await;
    let path = path_of(&planned);
    let page = followed(&mut inspector, &planned).await;
    assert!(page.contains(">120<") && !page.contains(">5000<"), "{page}");
    let mut keeper = depot.browser("k.keeper").await;
    assert!(keeper.get(&path).await.body.contains("120 are left"));
}

#[tokio::test]
async fn something_missing_becomes_a_case_and_what_was_looked_at_stays() {
    let depot = Depot::new().await;
    let mut keeper = depot.browser("k.keeper").await;
    let found = keeper.get("/stock-goods?code=L7").await.body;
    let id = found.split("href=\"/stock-goods/").find_map(|rest| {
        let id = rest.split('"').next()?;
        (id.len() == 32).then(|| id.to_owned())
    });
    let path = format!("/stock-goods/{}", id.unwrap());
    keeper.get(&path).await;
    let seen = [
        ("on", "1.3.2026"),
        ("state", "repairable"),
        ("found", "two boxes are damp"),
    ];
    let kept = keeper.post(&format!("{path}/inspect"), &seen).await;
    let page = followed(&mut keeper, &kept).await;
    assert!(page.contains("two boxes are damp"), "{page}");
    let ahead = [("on", "1.3.2099"), seen[1], seen[2]];
    let refused = keeper.post(&format!("{path}/inspect"), &ahead).await;
    assert!(refused.body.contains("on-error"), "{}", refused.body);

    let missing = [
        ("place", depot.place("M2")),
        ("missing", "7"),
        ("said", "a box is open"),
    ];
    let many = [missing[0], ("missing", "5001"), missing[2]];
    let refused = keeper.post(&format!("{path}/missing"), &many).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let opened = keeper.post(&format!("{path}/missing"), &missing).await;
    let page = followed(&mut keeper, &opened).await;
    assert!(
        page.contains("a box is open") && page.contains("7"),
        "{page}"
    );
}

#[tokio::test]
async fn the_same_is_done_over_the_api() {
    let depot = Depot::new().await;
    let world = &depot.world;
    let keeper = world.token("k.keeper", PURPOSE).await;
    let inspector = world.token("i.inspector", PURPOSE).await;
    let send = async |method: Method, path: &str, token: &str, body: &Value| {
        let body = body.to_string();
        world.api(method, path, Some(token), &body).await
    };
    let get = async |path: &str| -> Value {
        let answer = world.api(Method::GET, path, Some(&keeper), "").await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
        answer.json()
    };
    let rule = json!({
        "name": "explosives", "reason": "worth stealing", "every_days": 14,
        "holding": { "divisions": ["1.1"] },
    });
    let path = "/stock/count-rules";
    let set = send(Method::POST, path, &inspector, &rule).await;
    assert_eq!(set.status, StatusCode::CREATED, "{}", set.body);
    let refused = send(Method::POST, path, &keeper, &rule).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let plan = get("/stock/count-plan").await;
    let whys = plan.as_array().unwrap().iter().map(|due| &due["why"]);
    assert!(whys.clone().any(|why| why["rule"] == set.json()["id"]));

    let store = format!("/stock/stores/{}", depot.place("M1"));
    let limits = json!({ "temperature_max": "30" });
    let set = send(
        Method::PUT,
        &format!("{store}/climate"),
        &inspector,
        &limits,
    )
    .await;
    assert_eq!(set.status, StatusCode::NO_CONTENT, "{}", set.body);
    let readings = json!({ "readings": [{ "at": "2026-03-01T09:00:00Z", "temperature": "31.5" }] });
    let kept = send(
        Method::POST,
        &format!("{store}/readings"),
        &keeper,
        &readings,
    )
    .await;
    assert_eq!(kept.json()["out"], 1, "{}", kept.body);
    let overview = get("/stock/overview").await;
    assert_eq!(overview["climates"][0]["out"], 1);
    let climate = get(&format!("{store}/climate")).await;
    assert_eq!(climate["readings"][0]["temperature"], "31.5");

    let goods = get("/stock/goods?code=1234").await[0]["id"].clone();
    let goods = goods.as_str().unwrap();
    let missing =
        json!({ "place": depot.place("M1-A"), "missing": 1, "said": "the rack is empty" });
    let path = format!("/stock/goods/{goods}/missing");
    let case = send(Method::POST, &path, &keeper, &missing).await;
    assert_eq!(case.status, StatusCode::CREATED, "{}", case.body);
    let loss = json!({
        "lines": [{ "kind": "loss", "goods": goods, "from": depot.place("M1-A"),
            "to": "00000000000000000000000000000004", "quantity": 1 }],
        "reference": "x1", "remark": "nobody looks",
    });
    let past = send(Method::POST, "/stock/movements", &keeper, &loss).await;
    assert_eq!(
        past.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        past.body
    );
}
