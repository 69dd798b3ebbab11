//! A file on the pages: read, shown, run, found again, downloaded; and what is refused.

use axum::http::StatusCode;

use crate::world::{Answer, Browser, LISTED, World, link};

/// A table of so many rows, the last of which is listed.
fn table(rows: usize) -> String {
    let mut text = "Име и презиме;Датум рођења\n".to_owned();
    for row in 0..rows {
        text += &format!("Zqw{row} Nobodyson{row};5.3.1970\n");
    }
    text + &format!("{LISTED};\n")
}

/// The hidden fields of the form that runs a file.
fn hidden(page: &str, name: &str) -> String {
    let marked = format!("name=\"{name}\" value=\"");
    let (_, rest) = page.split_once(&marked).unwrap();
    rest.split('"').next().unwrap().to_owned()
}

async fn shown(browser: &mut Browser, text: &str) -> String {
    browser.get("/screenings").await;
    let answer = browser.upload("/screenings/file", &[("rows", text)]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    assert_eq!(answer.location(), "/screenings/new");
    browser.get("/screenings/new").await.body
}

async fn run(browser: &mut Browser, page: &str, more: &[(&str, &str)]) -> Answer {
    let (checksum, shown) = (hidden(page, "checksum"), hidden(page, "shown"));
    let mut fields = vec![("checksum", checksum.as_str()), ("shown", shown.as_str())];
    if !more.iter().any(|(name, _)| *name == "columns") {
        fields.push(("columns", shown.as_str()));
    }
    fields.extend(more);
    browser.post("/screenings", &fields).await
}

/// The page of a screening, once it has ended.
async fn ended(browser: &mut Browser, path: &str) -> Answer {
    for _ in 0..20_000 {
        let answer = browser.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        if !answer.headers.contains_key("refresh") {
            return answer;
        }
        tokio::task::yield_now().await;
    }
    panic!("the screening does not end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_is_read_shown_run_and_downloaded() {
    let world = World::new().await;
    let mut browser = world.justified("v.verifier", "border-check").await;
    let page = shown(&mut browser, &table(1_200)).await;
    for part in ["Име и презиме", "birth-date", "windows", "Zqw0 Nobodyson0"] {
        assert_eq!(page.contains(part), part != "windows", "{part}: {page}");
    }
    assert!(page.contains("Check 1\u{202f}201 rows"), "{page}");
    let answer = run(&mut browser, &page, &[]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let path = answer.location().to_owned();
    let page = ended(&mut browser, &path).await.body;
    assert!(
        page.contains(LISTED) && page.contains("1\u{202f}201"),
        "{page}"
    );
    let found = link(&page, "/matches/");
    assert!(
        browser
            .get(&found)
            .await
            .body
            .contains("value=\"confirmed\"")
    );
    let csv = browser.get(&format!("{path}/hits.csv")).await;
    let kind = csv.headers["content-type"].to_str().unwrap();
    assert!(kind.starts_with("text/csv"), "{kind}");
    let lines: Vec<&str> = csv.body.lines().collect();
    assert_eq!(lines.len(), 2, "{}", csv.body);
    assert!(
        lines[1].starts_with(&format!("1202,{LISTED},")),
        "{}",
        csv.body
    );
    for (file, start) in [("hits.jsonl", "{\"row\":1202"), ("hits.xlsx", "PK")] {
        let answer = browser.get(&format!("{path}/{file}")).await;
        assert!(answer.body.starts_with(start), "{file}");
    }
    let answer = browser.get(&format!("{path}/hits.exe")).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(browser.get("/screenings").await.body.contains(&path));
    // The file is held no more once it has run.
    let answer = browser.get("/screenings/new").await;
    assert_eq!(answer.location(), "/screenings");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn purpose_and_case_are_asked_for_on_the_page() {
    let world = World::new().await;
    let mut browser = world.signed_in("o.officer").await;
    browser.get("/check").await;
    let answer = browser
        .upload("/screenings/file", &[("rows", &table(2))])
        .await;
    assert_eq!(answer.location(), "/screenings/new");
    let page = browser.get("/screenings/new").await.body;
    let refused = run(&mut browser, &page, &[]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.body.contains("id=\"purpose-error\""),
        "{}",
        refused.body
    );
    let why = [("purpose", "border-check"), ("case", "BP-1/2026")];
    let answer = run(&mut browser, &page, &why).await;
    let page = ended(&mut browser, answer.location()).await.body;
    assert!(page.contains("BP-1/2026"));
}

#[tokio::test]
async fn columns_that_are_not_clear_are_asked_for() {
    let world = World::new().await;
    let mut browser = world.justified("o.officer", "border-check").await;
    let page = shown(&mut browser, &format!("a;b\n1;{LISTED}\n")).await;
    assert!(page.contains("id=\"columns-error\""), "{page}");
    let page = run(&mut browser, &page, &[("columns", "b=2")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = run(&mut browser, &page.body, &[("columns", "name=2")]).await;
    assert_eq!(page.status, StatusCode::OK, "it is shown before it runs");
    assert!(page.body.contains("Check 1 rows") && page.body.contains(LISTED));
    let answer = run(&mut browser, &page.body, &[]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn bad_files_are_refused_and_nothing_is_held() {
    let world = World::new().await;
    let mut browser = world.justified("o.officer", "border-check").await;
    browser.get("/screenings").await;
    let empty = browser.upload("/screenings/file", &[("rows", "")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    let large = "x".repeat(33 * 1024 * 1024);
    let large = browser
        .upload("/screenings/file", &[("rows", &large)])
        .await;
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
    let gone = browser.post("/screenings", &[("checksum", "x")]).await;
    assert_eq!(gone.status, StatusCode::UNPROCESSABLE_ENTITY);
    browser.csrf = "another".to_owned();
    let forged = browser
        .upload("/screenings/file", &[("rows", &table(1))])
        .await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
    let page = shown(&mut browser, "name;dob\nA B;yesterday\n").await;
    assert!(page.contains("id=\"columns-error\"") && !page.contains("Check 1 rows"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_else_sees_a_screening_and_other_roles_have_none() {
    let world = World::new().await;
    let mut browser = world.justified("o.officer", "border-check").await;
    let page = shown(&mut browser, &table(3)).await;
    let path = run(&mut browser, &page, &[]).await.location().to_owned();
    ended(&mut browser, &path).await;
    let mut supervisor = world.justified("s.supervisor", "supervision").await;
    assert_eq!(
        supervisor.get("/screenings").await.status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(supervisor.get(&path).await.status, StatusCode::FORBIDDEN);
    let mut verifier = world.justified("v.verifier", "border-check").await;
    assert_eq!(verifier.get(&path).await.status, StatusCode::OK);
    assert_eq!(
        verifier.get("/screenings/new").await.location(),
        "/screenings"
    );
    let mut admin = world.justified("a.admin", "administration").await;
    let answer = admin
        .upload("/screenings/file", &[("rows", &table(1))])
        .await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}
