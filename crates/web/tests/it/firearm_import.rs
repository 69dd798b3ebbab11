//! A register of firearms comes in over the page and over the API.

use axum::http::{Method, StatusCode};

use crate::world::{Answer, Browser, World};

const PURPOSE: &str = "firearms-trafficking";

const TABLE: &str = "\
Serijski broj;Proizvođač;Kal.;Vrsta
M70-45123;Zastava;7,62×39;automatska puška
D-5;Glock;9x19;pištolj
D5;GLOCK;9x19;pištolj
";

/// The columns of the table as the page has them chosen.
const COLUMNS: [(&str, &str); 5] = [
    ("column-1", "serial"),
    ("column-2", "make"),
    ("column-3", "calibre"),
    ("column-4", "kind"),
    ("headings", "first"),
];

async fn given(browser: &mut Browser, table: &str) -> (String, String) {
    browser.get("/firearms/import").await;
    let answer = browser
        .upload("/firearms/import/file", &[("rows", table)])
        .await;
    assert_eq!(answer.location(), "/firearms/import/new", "{}", answer.body);
    let page = browser.get("/firearms/import/new").await.body;
    let checksum = page.split("name=\"checksum\" value=\"").nth(1).unwrap();
    let checksum = checksum.split('"').next().unwrap().to_owned();
    (page, checksum)
}

async fn step(
    browser: &mut Browser,
    (checksum, step): (&str, &str),
    more: &[(&str, &str)],
) -> Answer {
    let mut fields = vec![("checksum", checksum), ("step", step)];
    fields.extend_from_slice(more);
    browser.post("/firearms/import", &fields).await
}

fn with<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    COLUMNS.into_iter().chain(more.iter().copied()).collect()
}

async fn names(browser: &mut Browser) -> String {
    browser.get("/firearms").await.body
}

#[tokio::test]
async fn a_table_is_read_corrected_checked_decided_and_registered() {
    let world = World::new().await;
    let mut browser = world.justified("f.firearms", PURPOSE).await;
    let none = browser
        .upload("/firearms/import/file", &[("rows", "")])
        .await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    let (page, checksum) = given(&mut browser, TABLE).await;
    // Recognised by its heading, and the one that is not is to be chosen.
    let column = |number: &str| {
        let start = format!("id=\"column-{number}\"");
        let select = page.split(&start).nth(1).unwrap();
        select.split("</select>").next().unwrap().to_owned()
    };
    assert!(column("1").contains("value=\"serial\" selected"), "{page}");
    assert!(!column("3").contains("\" selected"), "{page}");
    let answer = step(&mut browser, (&checksum, "check"), &COLUMNS[..2]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.body.contains("calibre"), "{}", answer.body);

    let open = step(&mut browser, (&checksum, "check"), &COLUMNS).await;
    assert_eq!(
        open.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        open.body
    );
    for text in ["name=\"row-4\"", "Glock, D-5", "GLOCK, D5", "row 3"] {
        assert!(open.body.contains(text), "{text}: {}", open.body);
    }
    assert!(!open.body.contains("value=\"enter\""), "{}", open.body);
    let refused = step(&mut browser, (&checksum, "enter"), &COLUMNS).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!names(&mut browser).await.contains("M70-45123"));

    let decided = with(&[("row-4", "left-out")]);
    let ready = step(&mut browser, (&checksum, "check"), &decided).await;
    assert_eq!(ready.status, StatusCode::OK, "{}", ready.body);
    assert!(ready.body.contains("Register 2 weapons"), "{}", ready.body);
    assert!(ready.body.contains("One row is left out"), "{}", ready.body);
    assert!(
        ready
            .body
            .contains("name=\"row-4\" value=\"left-out\" checked"),
        "the decision stays: {}",
        ready.body
    );
    let entered = step(&mut browser, (&checksum, "enter"), &decided).await;
    assert_eq!(entered.location(), "/firearms?done=firearms-imported");
    let list = names(&mut browser).await;
    assert!(list.contains("M70-45123") && list.contains("D-5"), "{list}");
    assert!(!list.contains("D5<"), "{list}");
    // The table is gone from memory.
    let gone = step(&mut browser, (&checksum, "enter"), &decided).await;
    assert_eq!(gone.status, StatusCode::UNPROCESSABLE_ENTITY);

    let (_, checksum) = given(&mut browser, TABLE).await;
    let again = step(&mut browser, (&checksum, "check"), &decided).await;
    assert!(again.body.contains("entered before"), "{}", again.body);
}

#[tokio::test]
async fn columns_are_kept_under_a_name_and_used_for_another_table() {
    let world = World::new().await;
    let mut browser = world.justified("f.firearms", PURPOSE).await;
    let (_, checksum) = given(&mut browser, TABLE).await;
    let unnamed = step(&mut browser, (&checksum, "keep"), &COLUMNS).await;
    assert!(unnamed.body.contains("keep_as-error"), "{}", unnamed.body);
    let named = with(&[("keep_as", "Stari registar")]);
    let kept = step(&mut browser, (&checksum, "keep"), &named).await;
    assert_eq!(kept.location(), "/firearms/import/new?done=columns-kept");

    let other = "Kal.;Broj;Serijski broj;Proizvođač;Vrsta\n9x19;9;E-1;Glock;pištolj\n";
    let (page, checksum) = given(&mut browser, other).await;
    assert!(page.contains("Stari registar"), "{page}");
    let used = [("mapping", "Stari registar")];
    let page = step(&mut browser, (&checksum, "use"), &used).await.body;
    let first = page.split("id=\"column-1\"").nth(1).unwrap();
    let first = first.split("</select>").next().unwrap();
    assert!(first.contains("value=\"calibre\" selected"), "{page}");
}

#[tokio::test]
async fn only_those_who_keep_firearms_bring_them_in() {
    let world = World::new().await;
    let mut officer = world.justified("o.officer", "border-check").await;
    for path in ["/firearms/import", "/firearms/import/new"] {
        assert_eq!(
            officer.get(path).await.status,
            StatusCode::FORBIDDEN,
            "{path}"
        );
    }
    let token = world.token("o.officer", "border-check").await;
    let answer = world
        .api(Method::POST, "/firearms/import", Some(&token), TABLE)
        .await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn programs_bring_a_register_in_and_keep_views() {
    let world = World::new().await;
    let token = world.token("f.firearms", PURPOSE).await;
    let token = Some(token.as_str());
    let import = |query: &'static str| {
        let path = format!("/firearms/import?columns=calibre%3D3{query}");
        let world = &world;
        async move { world.api(Method::POST, &path, token, TABLE).await }
    };
    let dry = import("&dry_run=true&leave_out=4").await;
    assert_eq!(dry.status, StatusCode::OK, "{}", dry.body);
    assert_eq!(dry.json()["registered"], 2, "{}", dry.body);
    let open = import("").await;
    assert_eq!(open.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(open.json()["like"][0]["state"], "open", "{}", open.body);
    assert_eq!(open.json()["errors"][0]["row"], 4);
    let bad = import("&different=four").await;
    assert_eq!(
        bad.json()["errors"][0]["field"],
        "different",
        "{}",
        bad.body
    );
    let done = import("&different=4").await;
    assert_eq!(done.status, StatusCode::CREATED, "{}", done.body);
    assert_eq!(done.json()["registered"], 3);

    let view = r#"{"filter":"make=Glock"}"#;
    let path = "/firearms/views/Glocks";
    let kept = world.api(Method::PUT, path, token, view).await;
    assert_eq!(kept.status, StatusCode::NO_CONTENT, "{}", kept.body);
    let views = world.api(Method::GET, "/firearms/views", token, "").await;
    assert_eq!(views.json()[0]["text"], "make=Glock");
    let dropped = world.api(Method::DELETE, path, token, "").await;
    assert_eq!(dropped.status, StatusCode::NO_CONTENT);
    let again = world.api(Method::DELETE, path, token, "").await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
}
