//! The flow of an officer through the pages, and how the pages look.

use axum::http::{StatusCode, header};

use crate::samples;
use crate::world::{LISTED, World, link};

#[tokio::test]
async fn without_purpose_and_case_nothing_is_answered() {
    let world = World::new().await;
    let mut browser = world.signed_in("v.verifier").await;
    let answer = browser.post("/check", &[("q", LISTED)]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!answer.body.contains("/matches/") && answer.body.contains("id=\"purpose\""));
    assert!(
        answer.body.contains(&format!("value=\"{LISTED}\"")),
        "nothing is lost"
    );
    for path in [
        "/inbox",
        "/hits",
        "/checks/x",
        "/matches/x",
        "/hits/x",
        "/entries/x",
    ] {
        let answer = browser.get(path).await;
        assert!(
            answer.location().starts_with("/justification?next="),
            "{path}"
        );
    }
}

#[tokio::test]
async fn the_first_check_takes_one_form() {
    let world = World::new().await;
    let mut browser = world.signed_in("o.officer").await;
    let fields = [
        ("q", LISTED),
        ("purpose", "border-check"),
        ("case", "BP-1/2026"),
    ];
    let answer = browser.post("/check", &fields).await;
    let page = browser.get(answer.location()).await;
    assert!(page.body.contains("BP-1/2026") && page.body.contains("/matches/"));
}

#[tokio::test]
async fn a_wrong_check_digit_is_named_with_what_it_may_have_been() {
    const ZONE: &str =
        "P<UTOPERUNCIC<<DRAGOSLAV<<<<<<<<<<<<<<<<<<<< L898902C36UTO7408122F1204159ZE184226B<<<<<10";
    let world = World::new().await;
    let mut browser = world.justified("o.officer", "border-check").await;
    let misread = ZONE.replace("L898902C3", "L8989O2C3");
    let page = browser.post("/check", &[("q", &misread)]).await.body;
    assert!(
        page.contains("document number: 6 is printed, 0 is computed"),
        "{page}"
    );
    let proposal = "Line 2, place 6, document number: O was read, perhaps it is 0.";
    assert!(page.contains(proposal), "{page}");
    let cut = browser.post("/check", &[("q", &ZONE[..87])]).await.body;
    assert!(cut.contains("This MRZ has 86 characters"), "{cut}");
    let answer = browser.check(ZONE).await;
    assert!(browser.get(&answer).await.body.contains("/matches/"));
}

/// Of somebody invented, with the number of the specimen.
const ZONE: &str =
    "P<UTOPERUNCIC<<DRAGOSLAV<<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10";

#[tokio::test]
async fn the_answer_shows_every_check_digit_of_the_zone() {
    let world = World::new().await;
    let mut browser = world.justified("o.officer", "border-check").await;
    let answer = browser.check(ZONE).await;
    let page = browser.get(&answer).await.body;
    for text in [
        "Every check digit fits",
        "line 2, place 10",
        "line 2, place 44",
        "The document had expired on the day of the reading.",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert!(!page.contains("name=\"read_as\""), "nothing is proposed");
    let answer = browser.check("Dragoslav").await;
    let page = browser.get(&answer).await.body;
    assert!(!page.contains("check digit"), "no zone, no digits: {page}");
}

#[tokio::test]
async fn a_proposal_is_checked_only_where_somebody_chooses_it() {
    let world = World::new().await;
    let mut browser = world.justified("o.officer", "border-check").await;
    let misread = ZONE.replace("7408122F", "74O8122F");
    let refused = browser.post("/check", &[("q", &misread)]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let lines = |page: &str| {
        let (_, rest) = page.split_once("name=\"read_as\" value=\"").unwrap();
        let lines = rest.split('"').next().unwrap().to_owned();
        lines.replace("&#60;", "<").replace("&lt;", "<")
    };
    let proposed = lines(&refused.body);
    assert_eq!(proposed, ZONE, "the proposal carries the repaired lines");

    // As it stands: the answer says what does not fit, and proposes the same.
    let fields = [("q", misread.as_str()), ("as_read", "yes")];
    let answer = browser.post("/check", &fields).await;
    let page = browser.get(answer.location()).await.body;
    assert!(page.contains("2 check digits do not fit"), "{page}");
    assert!(
        page.contains("Birth date: its characters give 6, and 2 stands there."),
        "{page}"
    );
    assert!(
        page.contains("74<mark>O</mark>812<mark>2</mark>F"),
        "it stands as read: {page}"
    );
    assert_eq!(lines(&page), ZONE);
    assert!(!page.contains("name=\"as_read\""));

    let fields = [("q", misread.as_str()), ("read_as", &proposed)];
    let answer = browser.post("/check", &fields).await;
    let page = browser.get(answer.location()).await.body;
    assert!(page.contains("Every check digit fits") && page.contains("/matches/"));
}

#[tokio::test]
async fn long_numbers_unknown_dates_and_cut_names_are_named() {
    let world = World::new().await;
    let mut browser = world.justified("o.officer", "border-check").await;
    let zone = "I<UTOD23145890<7349<<<<<<<<<<<\n3407<<7M9507122UTO<<<<<<<<<<<4\nPERUNCICEVSKA<<DRAGOSLAVAMARIJ";
    let fields = [("q", zone), ("as_read", "yes")];
    let answer = browser.post("/check", &fields).await;
    let page = browser.get(answer.location()).await.body;
    for text in [
        "The document number has more than nine characters",
        "line 1, place 19",
        "Birth date, not stated: day.",
        "letters or whole words may be missing",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
}

#[tokio::test]
async fn no_match_has_the_same_shape() {
    let world = World::new().await;
    let mut browser = world.justified("o.officer", "border-check").await;
    let path = browser.check("Qwendolyn Zsarkovitch").await;
    let page = browser.get(&path).await.body;
    assert!(
        page.contains("No match") && page.contains("big-answer\""),
        "{page}"
    );
    assert!(page.contains("test-list"), "it says what was compared");
}

#[tokio::test]
async fn a_match_is_confirmed_followed_up_and_reported() {
    let world = World::new().await;
    let mut browser = world.justified("v.verifier", "border-check").await;
    let found = browser.found().await;
    let page = browser.get(&found).await.body;
    assert!(page.contains("evidence-table") && page.contains("value=\"confirmed\""));
    assert!(!page.contains(" checked"), "neither is preselected");

    let fields = [("outcome", "confirmed"), ("reason", "The passport agrees.")];
    let answer = browser.post(&format!("{found}/decision"), &fields).await;
    let hit = answer.location().split('?').next().unwrap().to_owned();
    assert!(hit.starts_with("/hits/"));
    assert!(browser.get("/hits").await.body.contains(&hit));
    let page = browser
        .get(&format!("{hit}?done=decided-confirmed"))
        .await
        .body;
    assert!(page.contains("The passport agrees.") && page.contains("role=\"status\""));

    let answer = browser
        .post(&format!("{hit}/follow-up"), &[("report", " ")])
        .await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let report = [("report", "The partner was called.")];
    browser.post(&format!("{hit}/follow-up"), &report).await;
    let page = browser.get(&hit).await.body;
    assert!(page.contains("The partner was called.") && !page.contains("/follow-up\""));
    let again = browser.post(&format!("{hit}/follow-up"), &report).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_rejected_candidate_stands_apart_the_next_time() {
    let world = World::new().await;
    let mut browser = world.justified("v.verifier", "border-check").await;
    let found = browser.found().await;
    let fields = [
        ("outcome", "rejected"),
        ("reason", "Another face entirely."),
    ];
    let answer = browser.post(&format!("{found}/decision"), &fields).await;
    assert_eq!(answer.location(), format!("{found}?done=decided-rejected"));
    let path = browser.check(LISTED).await;
    let page = browser.get(&path).await.body;
    assert!(page.contains("Another face entirely.") && !page.contains("big-answer found"));
}

#[tokio::test]
async fn a_decision_without_a_reason_comes_back_with_the_match() {
    let world = World::new().await;
    let mut browser = world.justified("v.verifier", "border-check").await;
    let found = browser.found().await;
    for fields in [
        [("outcome", "confirmed"), ("reason", " ")],
        [("outcome", ""), ("reason", "It is so.")],
    ] {
        let answer = browser.post(&format!("{found}/decision"), &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            answer.body.contains("role=\"alert\"") && answer.body.contains("value=\"confirmed\"")
        );
    }
}

#[tokio::test]
async fn the_supervisor_reads_verifies_and_takes_a_proof() {
    let world = World::new().await;
    world
        .justified("o.officer", "border-check")
        .await
        .found()
        .await;
    let mut browser = world.signed_in("s.supervisor").await;
    let page = browser.get("/audit").await.body;
    assert!(!page.contains("o.officer"), "no entry without a reason");
    let fields = [("purpose", "supervision"), ("case", "S-1")];
    browser.post("/justification", &fields).await;
    let page = browser.get("/audit?actor=o.officer").await.body;
    let entry = link(&page, "/audit/");
    let page = browser.get(&entry).await.body;
    assert!(page.contains("КУ-12/2026"));
    let proof = browser.get(&link(&page, &format!("{entry}/proof"))).await;
    assert!(proof.body.contains("\"path\""), "{}", proof.body);
    let verified = browser.post("/audit/verification", &[]).await.body;
    assert!(verified.contains("The log is whole"), "{verified}");
    for wrong in ["from=yesterday", "object=x", "actor=A%20B"] {
        let answer = browser.get(&format!("/audit?{wrong}")).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
}

#[tokio::test]
async fn the_administrator_makes_and_closes_accounts() {
    let world = World::new().await;
    let mut browser = world.signed_in("a.admin").await;
    let account = |login, password| {
        [
            ("login", login),
            ("name", "New Person"),
            ("role", "officer"),
            ("password", password),
        ]
    };
    for (login, password) in [
        ("n.new", "short"),
        ("o.officer", "long enough password"),
        ("A B", "long enough password"),
    ] {
        let answer = browser.post("/users", &account(login, password)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{login}");
        assert!(
            answer.body.contains("value=\"New Person\""),
            "nothing is lost"
        );
    }
    let answer = browser
        .post("/users", &account("n.new", "long enough password"))
        .await;
    assert_eq!(answer.location(), "/users/n.new?done=created");
    for confirmation in ["", "o.officer"] {
        let fields = [("confirmation", confirmation)];
        let answer = browser.post("/users/n.new/close", &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.body.contains("confirmation-error"));
    }
    let confirmed = [("confirmation", "n.new")];
    let answer = browser.post("/users/n.new/close", &confirmed).await;
    assert_eq!(answer.location(), "/users/n.new?done=closed");
    assert!(browser.get("/users/n.new").await.body.contains("Closed"));
}

#[tokio::test]
async fn lists_show_their_versions_changes_and_entries() {
    let world = World::new().await;
    let mut browser = world.justified("o.officer", "border-check").await;
    let version = link(
        &browser.get("/lists/test-list").await.body,
        "/lists/test-list/versions/",
    );
    let entry = link(&browser.get(&version).await.body, "/entries/");
    let page = browser.get(&entry).await.body;
    assert!(page.contains(LISTED) || page.contains("Burim Gjeravica"));
}

#[tokio::test]
async fn a_list_is_imported_only_after_its_changes_were_shown() {
    let world = World::new().await;
    let mut browser = world.signed_in("a.admin").await;
    let line = r#"{"id":"x-1","schema":"Person","properties":{"name":["Ana Example"]}}"#;
    let files = [("format", "ftm"), ("list", "new-list"), ("ftm_json", line)];
    let page = browser.upload("/lists/import", &files).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert!(page.body.contains("name=\"write\" value=\"yes\""));
    assert!(
        !browser.get("/lists").await.body.contains("new-list"),
        "nothing is written yet"
    );

    let write = [files.as_slice(), &[("write", "yes")]].concat();
    let answer = browser.upload("/lists/import", &write).await;
    assert_eq!(answer.location(), "/lists/new-list?done=imported");
    assert!(browser.get("/lists").await.body.contains("new-list"));
    let again = browser.upload("/lists/import", &files).await;
    assert!(again.body.contains("There is nothing to import"));
}

#[tokio::test]
async fn the_second_step_of_an_import_only_confirms() {
    let world = World::keeping_uploads().await;
    let folder = world.uploads.as_ref().unwrap().path().join("uploads");
    let on_disk = || std::fs::read_dir(&folder).unwrap().count();
    let mut browser = world.signed_in("a.admin").await;
    let line = r#"{"id":"x-1","schema":"Person","properties":{"name":["Ana Example"]}}"#;
    let files = [("format", "ftm"), ("list", "new-list"), ("ftm_json", line)];
    let page = browser.upload("/lists/import", &files).await.body;
    assert!(page.contains("action=\"/lists/import/confirm\""), "{page}");
    assert!(
        !page.contains("type=\"file\""),
        "no file is asked for again"
    );
    assert_eq!(on_disk(), 1, "the file alone, without the rest of the form");
    assert!(!browser.get("/lists").await.body.contains("new-list"));

    // Another session has nothing to confirm.
    let mut other = world.signed_in("a.admin").await;
    let refused = other.post("/lists/import/confirm", &[]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("are kept no longer"));

    let answer = browser.post("/lists/import/confirm", &[]).await;
    assert_eq!(answer.location(), "/lists/new-list?done=imported");
    assert_eq!(on_disk(), 0);
    let again = browser.post("/lists/import/confirm", &[]).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    let mut officer = world.justified("o.officer", "border-check").await;
    let refused = officer.post("/lists/import/confirm", &[]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_preview_that_is_too_large_to_keep_asks_for_the_files_again() {
    let world = World::keeping_uploads().await;
    let mut browser = world.signed_in("a.admin").await;
    let name = "Ana ".repeat(20);
    let lines: String = (0..120)
        .map(|n| format!("{{\"id\":\"x-{n}\",\"schema\":\"Person\",\"properties\":{{\"name\":[\"{name}{n}\"]}}}}\n"))
        .collect();
    let files = [
        ("format", "ftm"),
        ("list", "new-list"),
        ("ftm_json", lines.as_str()),
    ];
    let page = browser.upload("/lists/import", &files).await.body;
    assert!(page.contains("type=\"file\"") && page.contains("choose the same files again"));
}

#[tokio::test]
async fn a_role_is_changed_by_an_administrator_and_the_sessions_end() {
    let world = World::new().await;
    let mut officer = world.signed_in("o.officer").await;
    let mut browser = world.signed_in("a.admin").await;
    let own = browser.get("/users/a.admin").await.body;
    assert!(!own.contains("/users/a.admin/role"), "nobody's own");
    browser.get("/users/o.officer").await;
    for role in ["", "operator", "emperor"] {
        let answer = browser
            .post("/users/o.officer/role", &[("role", role)])
            .await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{role}");
        assert!(answer.body.contains("Choose a role"));
    }
    assert_eq!(officer.get("/check").await.status, StatusCode::OK);
    let answer = browser
        .post("/users/o.officer/role", &[("role", "supervisor")])
        .await;
    assert_eq!(answer.location(), "/users/o.officer?done=role");
    let page = browser.get(answer.location()).await.body;
    assert!(page.contains("Supervisor") && page.contains("The role was changed"));
    let answer = officer.get("/check").await;
    assert!(
        answer.location().starts_with("/sign-in"),
        "the session ended"
    );
}

#[tokio::test]
async fn a_table_is_saved_as_a_file_and_the_log_says_so_first() {
    let world = World::new().await;
    let mut browser = world.justified("v.verifier", "border-check").await;
    let found = browser.found().await;
    let waiting = browser.get("/inbox").await.body;
    assert!(waiting.contains("href=\"/inbox.csv\""));
    let file = browser.get("/inbox.csv").await;
    assert_eq!(file.status, StatusCode::OK, "{}", file.body);
    assert_eq!(
        file.headers[header::CONTENT_TYPE],
        "text/csv; charset=utf-8; header=present"
    );
    let disposition = file.headers[header::CONTENT_DISPOSITION].to_str().unwrap();
    assert!(disposition.starts_with("attachment; filename=\"inbox-"));
    assert!(
        file.body.contains(&format!("\"{LISTED}\"")),
        "{}",
        file.body
    );
    assert_eq!(file.body.lines().count(), 2);

    browser.get(&found).await;
    let fields = [("outcome", "confirmed"), ("reason", "The passport agrees.")];
    browser.post(&format!("{found}/decision"), &fields).await;
    let hits = browser.get("/hits.csv").await.body;
    assert!(hits.contains(LISTED) && !hits.contains("href"), "{hits}");

    let mut supervisor = world.justified("s.supervisor", "supervision").await;
    let log = supervisor.get("/audit?operation=disclosure").await.body;
    assert_eq!(log.matches("v.verifier").count(), 2, "{log}");
    assert!(log.contains("href=\"/audit.csv?operation=disclosure\""));
    let file = supervisor.get("/audit.csv?operation=disclosure").await.body;
    assert_eq!(file.matches("v.verifier").count(), 2, "{file}");
    let log = supervisor.get("/audit?operation=disclosure").await.body;
    assert_eq!(log.matches("s.supervisor").count(), 1, "{log}");
}

#[tokio::test]
async fn no_file_leaves_without_a_reason_or_to_a_role_that_may_not_see_it() {
    let world = World::new().await;
    let mut unjustified = world.signed_in("v.verifier").await;
    for path in ["/inbox.csv", "/hits.csv"] {
        let answer = unjustified.get(path).await;
        assert!(answer.location().starts_with("/justification"), "{path}");
    }
    let mut admin = world.justified("a.admin", "administration").await;
    for path in ["/inbox.csv", "/hits.csv", "/audit.csv"] {
        assert_eq!(
            admin.get(path).await.status,
            StatusCode::FORBIDDEN,
            "{path}"
        );
    }
}

#[tokio::test]
async fn files_that_do_not_read_say_where_and_change_nothing() {
    let world = World::new().await;
    let mut browser = world.signed_in("a.admin").await;
    for files in [
        [("format", "un"), ("un_xml", "<no")],
        [("format", "ofac"), ("ofac_entries", "1,2")],
        [("format", "ftm"), ("ftm_json", "{}")],
        [("format", "?"), ("x", "y")],
    ] {
        let answer = browser.upload("/lists/import", &files).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{files:?}");
        assert!(answer.body.contains("role=\"alert\""));
    }
    browser.csrf = "wrong".to_owned();
    let answer = browser.upload("/lists/import", &[("format", "un")]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}

#[test]
fn the_main_pages_look_as_they_did() {
    let main = [
        "sign-in",
        "check",
        "check-result",
        "check-result-none",
        "match",
        "hit",
        "inbox-empty",
        "list-changes",
        "audit-entry",
        "problem",
    ];
    for (name, html) in samples::all() {
        if main.contains(&name) {
            // The folder of the assets changes with them.
            let start = html.find("/assets/").unwrap();
            let folder = html[start..].split('/').nth(2).unwrap().to_owned();
            insta::assert_snapshot!(name, html.replace(&folder, "VERSION"));
        }
    }
}
