//! Audit: who did what and why, and the proof that nobody changed it afterwards.

use askama::Template;
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use egnatia_app::{Action, AuditEntry, AuditQuery, EXPORT_ROWS_MAX, ExportedTable, Verification};
use egnatia_audit::Operation;
use jiff::Timestamp;
use jiff::civil::Date;

use super::{audit_words, late_traces, witnesses};
use crate::parts::{Cell, Empty, Facts, Field, FieldKind, Table};
use crate::problem::{Problem, ProblemCode};
use crate::visit::{Posted, Signed, Visit, show, show_refused};
use crate::{Area, Frame, Texts, encode, export, words};

const PAGE: u32 = 100;

/// The page on which the log is searched.
#[derive(Debug, Template)]
#[template(path = "audit.html")]
pub struct AuditPage {
    /// The frame.
    pub frame: Frame,
    /// What is searched by; the filters stand in the address.
    pub filters: Vec<Field>,
    /// The entries, newest first.
    pub table: Table,
    /// Whether somebody may have the whole log verified.
    pub may_verify: bool,
    /// How far partners have seen the log, and this node theirs.
    pub witnesses: Option<witnesses::Witnesses>,
    /// What the node has put to whoever supervises.
    pub escalated: Option<Table>,
}

/// The page of one entry of the log.
#[derive(Debug, Template)]
#[template(path = "audit_entry.html")]
pub struct AuditEntryPage {
    /// The frame.
    pub frame: Frame,
    /// Who, why, what, to whom.
    pub facts: Facts,
    /// What was asked or changed, in words; absent once erased.
    pub data: Option<AuditData>,
    /// Where the proof is downloaded.
    pub proof_href: String,
}

/// What was asked or changed.
#[derive(Debug)]
pub struct AuditData {
    /// In words.
    pub facts: Facts,
    /// As it stands in the log, JSON.
    pub json: String,
}

/// The page of a verification.
#[derive(Debug, Template)]
#[template(path = "audit_verification.html")]
pub struct VerificationPage {
    /// The frame.
    pub frame: Frame,
    /// Whether everything fits.
    pub whole: bool,
    /// What was verified.
    pub facts: Facts,
    /// What does not fit.
    pub findings: Table,
}

const FILTERS: [&str; 6] = ["actor", "operation", "case", "object", "from", "until"];

/// Searches the log. Without purpose and case it shows no entry, and asks for them.
pub(crate) async fn search(signed: Signed) -> Result<Response, Problem> {
    match signed.enter(Action::SearchAudit) {
        Err(problem) if problem.code != ProblemCode::JustificationMissing => return Err(problem),
        Err(_) => return Ok(show(&unjustified(&signed).await?)),
        Ok(()) => {}
    }
    let t = signed.t();
    let (query, filters) = filters_of(&signed.visit);
    let Some(query) = query else {
        let page = page_of(&signed, filters, "audit").await?;
        return Ok(show_refused(&page));
    };
    let app = &signed.state.app;
    let entries = app.audit_search(signed.caller(), &query, PAGE).await?;
    let full = u32::try_from(entries.len()).is_ok_and(|count| count >= PAGE);
    let kept = FILTERS.iter().filter_map(|name| {
        let value = signed.visit.query(name)?;
        Some(format!("{name}={}&", encode(&value)))
    });
    let kept: String = kept.collect();
    let next = entries.last().filter(|_| full);
    let next = next.map(|last| format!("/audit?{kept}before={}", last.leaf.sequence));
    let frame = signed.frame(t.text("audit-title"), Some(Area::Audit)).await;
    let rows = entries.iter().map(|entry| row(&frame, entry)).collect();
    let export = format!("/audit.csv?{}", kept.trim_end_matches('&'));
    let table = table(t, "audit").rows(rows).next(next).export(export);
    Ok(show(&AuditPage {
        filters,
        table,
        may_verify: signed.offers(Action::VerifyAudit),
        witnesses: witnesses::section(&signed, &frame).await?,
        escalated: late_traces::escalated(&signed, &frame).await?,
        frame,
    }))
}

/// The entries that the filters ask for, as a file.
pub(crate) async fn export(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::SearchAudit)?;
    let (Some(query), _) = filters_of(&signed.visit) else {
        return Err(Problem::new(ProblemCode::BadRequest));
    };
    let (app, caller) = (&signed.state.app, signed.caller());
    let most = u32::try_from(EXPORT_ROWS_MAX).unwrap_or(PAGE);
    let entries = app.audit_search(caller, &query, most).await?;
    let frame = signed.frame(String::new(), Some(Area::Audit)).await;
    let which = ExportedTable::AuditLog;
    app.log_export(caller, which, entries.len(), &[]).await?;
    let rows = entries.iter().map(|entry| row(&frame, entry)).collect();
    let table = table(frame.t, "audit")
        .rows(rows)
        .cut(entries.len() >= EXPORT_ROWS_MAX);
    Ok(export::download(&table, which, frame.today()))
}

async fn unjustified(signed: &Signed) -> Result<AuditPage, Problem> {
    let (_, filters) = filters_of(&signed.visit);
    page_of(signed, filters, "audit-unjustified").await
}

async fn page_of(signed: &Signed, filters: Vec<Field>, empty: &str) -> Result<AuditPage, Problem> {
    let t = signed.t();
    let frame = signed.frame(t.text("audit-title"), Some(Area::Audit)).await;
    Ok(AuditPage {
        filters,
        table: table(t, empty),
        may_verify: signed.offers(Action::VerifyAudit),
        witnesses: witnesses::section(signed, &frame).await?,
        escalated: None,
        frame,
    })
}

fn table(t: &'static Texts, empty: &str) -> Table {
    let columns = &[
        "column-sequence",
        "column-at",
        "column-operation",
        "column-actor",
        "column-case",
        "column-object",
    ];
    Table::new(t, String::new(), columns, Empty::of(t, empty))
}

fn row(frame: &Frame, entry: &AuditEntry) -> Vec<Cell> {
    let t = frame.t;
    let sequence = entry.leaf.sequence;
    let detail = entry.detail.as_ref();
    let case = detail.and_then(|d| d.justification.as_ref());
    let actor = detail.map_or_else(|| t.text("audit-erased"), |d| d.actor.to_string());
    vec![
        Cell::link(format!("/audit/{sequence}"), sequence.to_string()),
        Cell::Time(frame.moment_to_the_second(entry.leaf.at)),
        Cell::Text(operation(t, entry.leaf.operation)),
        Cell::Text(actor),
        Cell::Text(case.map(|j| j.case.to_string()).unwrap_or_default()),
        Cell::Text(audit_words::about(t, entry)),
    ]
}

fn operation(t: &Texts, operation: Operation) -> String {
    t.text(&format!("operation-{}", operation.as_str()))
}

/// The filters with what is wrong with them; the query only where nothing is.
fn filters_of(visit: &Visit) -> (Option<AuditQuery>, Vec<Field>) {
    let t = visit.t;
    let given = |name: &str| visit.query(name).map(|text| text.trim().to_owned());
    let day = |name: &str| match given(name) {
        None => Ok(None),
        Some(text) => start_of(&text, visit).map(Some).ok_or(()),
    };
    let (from, until) = (day("from"), day("until"));
    let object = given("object").map(|text| text.parse()).transpose();
    let actor = given("actor").map(|text| text.parse()).transpose();
    let any = (String::new(), t.text("audit-any"));
    let operations = Operation::ALL
        .iter()
        .map(|o| (o.as_str().to_owned(), operation(t, *o)));
    let field = |name: &'static str, key: &str, wrong: Option<&str>| {
        Field::new(name, t.text(key))
            .value(given(name).unwrap_or_default())
            .error(wrong.map(|key| t.text(key)))
    };
    let wrong = |failed: bool, key: &'static str| failed.then_some(key);
    let filters = vec![
        field(
            "actor",
            "audit-actor",
            wrong(actor.is_err(), "login-invalid"),
        ),
        field("operation", "audit-operation", None).kind(FieldKind::Choice(
            std::iter::once(any).chain(operations).collect(),
        )),
        field("case", "audit-case", None),
        field(
            "object",
            "audit-object",
            wrong(object.is_err(), "audit-object-invalid"),
        )
        .hint(t.text("audit-object-hint"))
        .kind(FieldKind::Exact),
        field(
            "from",
            "audit-from",
            wrong(from.is_err(), "audit-date-invalid"),
        )
        .hint(t.text("audit-date-hint")),
        field(
            "until",
            "audit-until",
            wrong(until.is_err(), "audit-date-invalid"),
        )
        .hint(t.text("audit-date-hint")),
    ];
    let query = match (actor, object, from, until) {
        (Ok(actor), Ok(object), Ok(from), Ok(until)) => Some(AuditQuery {
            actor,
            operation: given("operation").and_then(|text| text.parse().ok()),
            object,
            case: given("case"),
            from,
            until,
            before: given("before").and_then(|text| text.parse().ok()),
        }),
        _ => None,
    };
    (query, filters)
}

/// The instant at which a day starts at the node.
fn start_of(text: &str, visit: &Visit) -> Option<Timestamp> {
    let read = words::read_birth_date(text)?;
    let date = read.from();
    let (month, day) = (
        i8::try_from(date.month()?).ok()?,
        i8::try_from(date.day()?).ok()?,
    );
    let date = Date::new(date.year(), month, day).ok()?;
    let zone = visit.state().node.zone.clone();
    let zoned = zone
        .to_ambiguous_zoned_datetime(date.into())
        .compatible()
        .ok()?;
    Some(zoned.timestamp())
}

/// Shows an entry of the log.
pub(crate) async fn show_entry(
    signed: Signed,
    Path(sequence): Path<String>,
) -> Result<Response, Problem> {
    signed.enter(Action::SearchAudit)?;
    let sequence = number(&sequence)?;
    let app = &signed.state.app;
    let entry = app.audit_entry(signed.caller(), sequence).await?;
    let t = signed.t();
    let title = t.with("audit-entry-title", "sequence", sequence.to_string());
    let frame = signed.frame(title, Some(Area::Audit)).await;
    let data = entry
        .detail
        .as_ref()
        .and_then(|detail| detail.data.as_ref());
    let page = AuditEntryPage {
        facts: facts(&frame, &entry),
        data: data.map(|data| AuditData {
            facts: audit_words::data_facts(t, data),
            json: serde_json::to_string_pretty(data).unwrap_or_default(),
        }),
        proof_href: format!("/audit/{sequence}/proof"),
        frame,
    };
    Ok(show(&page))
}

fn number(text: &str) -> Result<u64, Problem> {
    text.parse()
        .map_err(|_| Problem::new(ProblemCode::NotFound))
}

fn facts(frame: &Frame, entry: &AuditEntry) -> Facts {
    let t = frame.t;
    let leaf = &entry.leaf;
    let start = Facts::new()
        .with(
            t.text("audit-at"),
            Cell::Time(frame.moment_to_the_second(leaf.at)),
        )
        .with(
            t.text("audit-operation"),
            Cell::Text(operation(t, leaf.operation)),
        );
    let proved = |facts: Facts| {
        facts
            .with(
                t.text("audit-commitment"),
                Cell::Exact(leaf.commitment.to_string()),
            )
            .with(
                t.text("audit-leaf-hash"),
                Cell::Exact(leaf.hash().to_string()),
            )
    };
    let Some(detail) = &entry.detail else {
        let erased = Cell::Text(t.text("audit-erased"));
        return proved(start.with(t.text("audit-actor"), erased));
    };
    let why = detail.justification.as_ref();
    let object = detail.object.as_ref().map(|o| {
        let version = t.with("entry-version", "version", o.version.to_string());
        Cell::Exact(format!("{} ({version})", o.record))
    });
    let kind = entry
        .kind
        .map(|kind| Cell::Text(audit_words::kind(t, kind)));
    let facts = start
        .with(t.text("audit-actor"), Cell::Text(detail.actor.to_string()))
        .with(
            t.text("audit-role"),
            Cell::Text(t.text(&format!("role-{}", detail.role))),
        )
        .with(
            t.text("audit-authority"),
            Cell::Text(detail.authority.to_string()),
        )
        .with_some(
            t.text("audit-purpose"),
            why.map(|j| Cell::Text(words::purpose(j.purpose, t))),
        )
        .with_some(
            t.text("audit-case"),
            why.map(|j| Cell::Text(j.case.to_string())),
        )
        .with_some(t.text("audit-kind"), kind)
        .with_some(t.text("audit-object"), object)
        .with_some(
            t.text("audit-subject"),
            detail
                .subject
                .as_deref()
                .map(|subject| Cell::Text(audit_words::subject(t, subject))),
        )
        .with_some(
            t.text("audit-recipient"),
            detail.recipient.clone().map(Cell::Text),
        );
    proved(facts)
}

/// Hands out the proof of an entry, as a file.
pub(crate) async fn proof(
    signed: Signed,
    Path(sequence): Path<String>,
) -> Result<Response, Problem> {
    signed.enter(Action::SearchAudit)?;
    let sequence = number(&sequence)?;
    let app = &signed.state.app;
    let proof = app.audit_proof(signed.caller(), sequence).await?;
    let json =
        serde_json::to_string_pretty(&proof).map_err(|_| Problem::new(ProblemCode::Internal))?;
    let mut response = json.into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    let name = format!("attachment; filename=\"audit-entry-{sequence}.json\"");
    if let Ok(value) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}

/// Verifies the whole log and shows what came of it.
pub(crate) async fn verify(signed: Signed, _posted: Posted) -> Result<Response, Problem> {
    signed.enter(Action::VerifyAudit)?;
    let t = signed.t();
    let app = &signed.state.app;
    let result = app.audit_verify(signed.caller(), &|_, _| {}).await?;
    let frame = signed
        .frame(t.text("verification-title"), Some(Area::Audit))
        .await;
    let at = Cell::Time(frame.moment(frame.now()));
    let whole = result.is_ok();
    let (facts, findings) = match result {
        Ok(verified) => (verified_facts(t, &verified), Vec::new()),
        Err(problem) => (
            Facts::new(),
            vec![vec![Cell::Text(words::sentence(&problem.to_string()))]],
        ),
    };
    let caption = t.text("verification-findings");
    let empty = Empty::of(t, "verification-findings");
    let page = VerificationPage {
        whole,
        facts: facts.with(t.text("verification-at"), at),
        findings: Table::new(t, caption, &["column-finding"], empty).rows(findings),
        frame,
    };
    Ok(show(&page))
}

fn verified_facts(t: &Texts, verified: &Verification) -> Facts {
    let count = |number: u64| Cell::Text(words::quantity(number));
    Facts::new()
        .with(t.text("verification-size"), count(verified.entries))
        .with(
            t.text("verification-root"),
            Cell::Exact(verified.root.to_string()),
        )
        .with(t.text("verification-records"), count(verified.records))
        .with(
            t.text("verification-checkpoints"),
            count(verified.checkpoints),
        )
        .with(t.text("verification-erased"), count(verified.erased))
}
