//! Alerts that come in as a file: all or none, nothing twice, and nobody overlooked.

use std::io::Cursor;

use egnatia_alerts::Reason;
use egnatia_app::{
    AlertImportReport, AlertImporting, AlertList, AlertTerms, AppError, AuditQuery, Caller, Role,
    Store, StoreError,
};
use egnatia_audit::Hash;
use egnatia_formats::rows::alerts::{AlertReading, AlertTable};
use egnatia_record::{
    Evaluation, Handling, HandlingCode, Kind, LegalBasis, Nature, OriginRegime, Purpose,
    ReleasableTo, SubjectCategory,
};
use egnatia_testkit::{TestNode, verifier};

use crate::world::{caller, officer, supervisor};

const HEADING: &str = "Name,DOB,Category,Reason,Decision,Proportionality,Reference,Entered on\n";
const THREE: &str = "\
Qorvald Imaginec,1971-03-05,26,suspected of robbery,K 1/26,serious and current,EV-1,2026-02-01\n\
Tamsin Neverwas,1980,missing person,lost on a mountain,K 2/26,a life is at risk,EV-2,\n\
Bruneth Fictova,1990-01,ftf,travelled to join a group,K 3/26,,EV-3,\n";

fn table(rows: &str) -> AlertTable {
    let reading = AlertReading {
        columns: Vec::new(),
        headings: true,
        category: None,
    };
    let text = format!("{HEADING}{rows}");
    AlertTable::read(&mut Cursor::new(text.into_bytes()), &reading).unwrap()
}

fn terms() -> AlertTerms {
    AlertTerms {
        handling: Handling::new(
            [HandlingCode::H0],
            None,
            ReleasableTo::Anybody,
            OriginRegime::National,
        )
        .unwrap(),
        legal_basis: LegalBasis::NationalLaw,
        evaluation: Evaluation::MISSING,
        subject: SubjectCategory::Undetermined,
        nature: Nature::Fact,
        category: None,
        reason: None,
        decision: None,
        proportionality: None,
        like_are_different: None,
    }
}

fn importing(rows: &str, dry_run: bool) -> AlertImporting<'static> {
    AlertImporting {
        terms: terms(),
        checksum: Hash::of(rows.as_bytes()),
        dry_run,
        progress: &|_, _| {},
    }
}

async fn import(node: &TestNode, rows: &str) -> AlertImportReport {
    let done = node
        .app
        .import_alerts(&verifier(), table(rows), importing(rows, false))
        .await;
    done.unwrap()
}

async fn node() -> TestNode {
    TestNode::new("mk-mvr", "MK").await
}

async fn active(node: &TestNode) -> u64 {
    node.store.count(Kind::Alert, "active").await.unwrap()
}

#[tokio::test]
async fn a_file_of_alerts_is_entered_and_goes_to_whoever_may_have_it() {
    let mk = node().await;
    let al = TestNode::new("al-asp", "AL").await;
    let rs = TestNode::new("rs-mup", "RS").await;
    mk.trust(&al).await;
    al.trust(&mk).await;
    mk.accept(&rs).await;
    let report = import(&mk, THREE).await;
    assert_eq!((report.errors.as_slice(), report.entered), (&[][..], 3));
    assert_eq!((report.rows, report.already), (3, 0));
    let [to_al, to_rs] = report.recipients.as_slice() else {
        panic!("{:?}", report.recipients);
    };
    assert_eq!((to_al.goes, to_al.withheld.len()), (3, 0));
    assert_eq!((to_rs.goes, to_rs.withheld["no-arrangement"]), (0, 3));
    assert_eq!(mk.deliver_to(&al).await.delivered, 3);
    let page = mk
        .app
        .alerts(&verifier(), AlertList::Own, None, 10)
        .await
        .unwrap();
    let own = |reference: &str| {
        let mut items = page.items.iter();
        items.find(|item| item.body.reference.as_deref() == Some(reference))
    };
    let first = own("EV-1").unwrap();
    assert_eq!(first.body.entered_on.to_string(), "2026-02-01");
    assert_eq!(first.body.review_on.to_string(), "2031-02-01");
    assert_eq!(first.envelope.evaluation, Evaluation::MISSING);
    assert_eq!(
        own("EV-2").unwrap().body.entered_on.to_string(),
        "2026-11-24"
    );
    // The partner holds the issuer's own number.
    let theirs = al
        .app
        .alerts(&verifier(), AlertList::Received, None, 10)
        .await
        .unwrap();
    assert!(
        theirs
            .items
            .iter()
            .all(|item| item.body.reference.is_some())
    );
}

#[tokio::test]
async fn one_wrong_row_keeps_all_out_and_every_error_is_told() {
    let node = node().await;
    let wrong = format!(
        "{THREE}\
         Zelimir Nowhereman,,26,suspected of theft,K 4/26,serious,,\n\
         ,1970,26,suspected of theft,K 5/26,serious,,\n\
         Ostap Unreal,1970,26,suspected of theft,,,,\n\
         Vesper Unreal,1955,26,,K 7/26,serious,,\n\
         Milivoj Unreal,1944,,a reason,K 8/26,serious,,\n\
         Dorothea Unreal,1933,26,a reason,K 9/26,serious,,2027-01-01\n\
         Anselm Unreal,1922,discreet check,a reason,K 10/26,serious,,2024-01-01\n\
         Cyprian Unreal,1966,38,a reason,K 11/26,serious,,\n\
         Lambert Unreal,never,26,a reason,K 12/26,serious,,\n"
    );
    let report = import(&node, &wrong).await;
    let found: Vec<(u64, &str)> = report
        .errors
        .iter()
        .map(|error| (error.row, error.field.as_deref().unwrap()))
        .collect();
    assert_eq!(
        found,
        [
            (5, "birth-date"),
            (6, "name"),
            (7, "decision"),
            (8, "reason"),
            (9, "category"),
            (10, "entered-on"),
            (11, "entered-on"),
            (12, "object"),
            (13, "birth-date"),
        ]
    );
    assert_eq!(report.errors[0].column, Some(2));
    assert_eq!((report.entered, report.error_count), (0, 9));
    assert!(report.recipients.is_empty());
    assert_eq!(active(&node).await, 0);
    for error in &report.errors {
        assert!(!error.problem.contains("Unreal"), "{error:?}");
    }
}

#[tokio::test]
async fn what_holds_for_all_fills_in_what_rows_leave_open() {
    let node = node().await;
    let row = "Qorvald Imaginec,1971-03-05,,,,,,\n";
    let reason = |text: &str| Some(Reason::try_from(text.to_owned()).unwrap());
    let mut importing = importing(row, false);
    importing.terms.category = Some(egnatia_record::Category::JudicialProcedure);
    importing.terms.reason = reason("summoned as a witness");
    importing.terms.decision = Some("K 1/26".to_owned());
    importing.terms.proportionality = reason("no milder means");
    let report = node
        .app
        .import_alerts(&verifier(), table(row), importing)
        .await
        .unwrap();
    assert_eq!((report.entered, report.errors), (1, Vec::new()));
}

#[tokio::test]
async fn a_dry_run_enters_nothing_and_says_the_same() {
    let node = node().await;
    let al = TestNode::new("al-asp", "AL").await;
    node.trust(&al).await;
    let dry = node
        .app
        .import_alerts(&verifier(), table(THREE), importing(THREE, true))
        .await
        .unwrap();
    assert!(dry.dry_run);
    assert_eq!((dry.entered, dry.recipients[0].goes), (3, 3));
    assert_eq!(active(&node).await, 0);
    assert_eq!(node.deliver_to(&al).await.delivered, 0);
    // Alerts were compared, and an answer was given: that is in the log.
    let log = node
        .app
        .audit_search(&supervisor(), &AuditQuery::default(), 1)
        .await
        .unwrap();
    let entry = format!("{:?}", log[0]);
    assert!(entry.contains("alert-import:"), "{entry}");
    let report = import(&node, THREE).await;
    assert_eq!(
        AlertImportReport {
            dry_run: false,
            ..dry
        },
        report
    );
}

#[tokio::test]
async fn the_same_file_enters_nothing_twice_and_goes_on_after_a_crash() {
    let node = node().await;
    // The first part is in, then the node falls over.
    let mut first = table(THREE);
    first.rows.truncate(2);
    let part = node
        .app
        .import_alerts(&verifier(), first, importing(THREE, false))
        .await
        .unwrap();
    assert_eq!(part.entered, 2);
    let report = import(&node, THREE).await;
    assert_eq!((report.already, report.entered), (2, 1));
    let again = import(&node, THREE).await;
    assert_eq!((again.already, again.entered), (3, 0));
    assert_eq!((again.like, again.errors), (Vec::new(), Vec::new()));
    assert_eq!(active(&node).await, 3);
}

#[tokio::test]
async fn a_commit_that_fails_leaves_nothing_behind() {
    let node = node().await;
    node.store.fail_next_commit(StoreError::Full);
    let failed = node
        .app
        .import_alerts(&verifier(), table(THREE), importing(THREE, false))
        .await;
    assert_eq!(failed, Err(AppError::Store(StoreError::Full)));
    assert_eq!(active(&node).await, 0);
    assert_eq!(import(&node, THREE).await.entered, 3);
}

#[tokio::test]
async fn rows_like_an_alert_or_another_row_wait_for_an_officer_who_looks() {
    let node = node().await;
    import(&node, THREE).await;
    let like = "Qorvald Imaginec,1971-03-05,26,suspected of fraud,K 9/26,serious,,\n\
                Ilarion Phantasm,1960-06-06,26,suspected of fraud,K 10/26,serious,,\n\
                Ilarion Phantasm,1960-06-06,26,suspected of arson,K 11/26,serious,,\n";
    let report = import(&node, like).await;
    let found: Vec<(u64, &str)> = report
        .errors
        .iter()
        .map(|error| (error.row, error.field.as_deref().unwrap()))
        .collect();
    assert_eq!(found, [(2, "different"), (4, "different")]);
    assert_eq!(report.like[0].alerts.len(), 1);
    assert_eq!(report.like[1].rows, [3]);
    assert_eq!(active(&node).await, 3);

    let mut seen = importing(like, false);
    let why = "other fingerprints".to_owned();
    seen.terms.like_are_different = Some(Reason::try_from(why).unwrap());
    let report = node
        .app
        .import_alerts(&verifier(), table(like), seen)
        .await
        .unwrap();
    assert_eq!((report.entered, report.errors.len()), (3, 0));
    assert!(report.like.iter().all(|row| row.different));
    let page = node
        .app
        .alerts(&verifier(), AlertList::Own, None, 10)
        .await
        .unwrap();
    let told_apart = page.items.iter();
    let told_apart = told_apart.filter(|item| item.body.distinguished_by.is_some());
    assert_eq!(told_apart.count(), 2);
}

#[tokio::test]
async fn a_row_like_a_partners_alert_asks_the_partner() {
    let mk = node().await;
    let al = TestNode::new("al-asp", "AL").await;
    mk.trust(&al).await;
    al.trust(&mk).await;
    import(&al, THREE).await;
    al.deliver_to(&mk).await;
    let text = "name,dob,category,reason,decision,proportionality,different\n\
                Qorvald Imaginec,1971-03-05,26,suspected of fraud,K 9/26,serious,yes\n";
    let reading = AlertReading {
        columns: Vec::new(),
        headings: true,
        category: None,
    };
    let table = AlertTable::read(&mut Cursor::new(text), &reading).unwrap();
    let report = mk
        .app
        .import_alerts(&verifier(), table, importing(text, false))
        .await
        .unwrap();
    assert_eq!((report.entered, report.like.len()), (1, 1));
    let asked = mk.app.inquiries(&verifier(), None, 10).await.unwrap();
    assert_eq!(asked.items.len(), 1);
    assert_eq!(asked.items[0].body.matter, "duplicate-question");
}

#[tokio::test]
async fn only_those_who_enter_alerts_import_them_and_with_a_reason() {
    let node = node().await;
    let without = Caller {
        justification: None,
        ..verifier()
    };
    let sanctions = caller("v.verifier", Role::VerifyingOfficer, Purpose::Sanctions);
    for (who, expected) in [
        (without, AppError::NoJustification),
        (
            officer("an.officer"),
            AppError::Forbidden(egnatia_app::Action::EnterAlert),
        ),
        (
            sanctions,
            AppError::Forbidden(egnatia_app::Action::EnterAlert),
        ),
    ] {
        let done = node
            .app
            .import_alerts(&who, table(THREE), importing(THREE, false))
            .await;
        assert_eq!(done, Err(expected));
    }
}
