//! Partners: whose nodes this one exchanges with, how they are, and what went there.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use egnatia_app::{Action, DeliveryFilter, DeliveryRow, LedgerPart, PartnerState, PartnerView};
use egnatia_record::{AuthorityId, PartnerCode};

use super::users::Act;
use super::{alert, terms};
use crate::parts::{Cell, Empty, Facts, Field, Form, Table, Tag, Tone};
use crate::problem::{Problem, ProblemCode};
use crate::visit::{Posted, Signed, done, show, show_refused};
use crate::words::quantity;
use crate::{Area, Frame, Texts};

/// So many deliveries stand on a page.
const DELIVERIES: u32 = 50;
/// A clock that differs by less is in order.
const SKEW_MS_MAX: i64 = 60_000;

/// The page of the partners.
#[derive(Debug, Template)]
#[template(path = "partners.html")]
pub struct PartnersPage {
    /// The frame.
    pub frame: Frame,
    /// What else there is: address, name, whether it is shown.
    pub tabs: Vec<(&'static str, String, bool)>,
    /// Partners that show a card that is not held here: their pages, what to do.
    pub newer_cards: Vec<(String, String)>,
    /// The partners.
    pub table: Table,
    /// Whether somebody may accept one.
    pub may_manage: bool,
}

/// The page of one partner.
#[derive(Debug, Template)]
#[template(path = "partner.html")]
pub struct PartnerPage {
    /// The frame.
    pub frame: Frame,
    /// That the partner shows a card that is not held here.
    pub newer_card: Option<String>,
    /// How things stand.
    pub state: Tag,
    /// When it was reached, what waits, what went wrong.
    pub contact: Facts,
    /// What its card says.
    pub card: Facts,
    /// The groups of its fingerprint.
    pub fingerprint: Vec<String>,
    /// What was agreed with its side.
    pub arrangements: Table,
    /// Parts of the ledger: address, name, whether it is shown.
    pub parts: Vec<(String, String, bool)>,
    /// What was ever queued for it, the newest first.
    pub ledger: Table,
    /// What may be done with it.
    pub acts: Vec<Act>,
}

/// The tabs of the area: address, name, whether it is shown.
pub(super) fn tabs(signed: &Signed, shown: &str) -> Vec<(&'static str, String, bool)> {
    let t = signed.t();
    let all = [
        ("/partners", "partners-title"),
        ("/region", "region-title"),
        ("/arrangements", "arrangements-title"),
        ("/own-card", "own-card-title"),
    ];
    all.into_iter()
        .map(|(href, key)| (href, t.text(key), href == shown))
        .collect()
}

/// The sides with which an arrangement holds today.
pub(super) fn agreed(signed: &Signed) -> BTreeSet<PartnerCode> {
    let directory = signed.state.app.directory();
    let today = signed.visit.today();
    directory
        .arrangements()
        .filter(|arrangement| arrangement.holds_on(today))
        .map(|arrangement| arrangement.partner)
        .collect()
}

/// How things stand with a partner, the worst first.
pub(super) fn state(frame: &Frame, view: &PartnerView, agreed: &BTreeSet<PartnerCode>) -> Tag {
    let t = frame.t;
    let contact = &view.contact;
    let (tone, word) = if view.row.state == PartnerState::Revoked {
        (Tone::Silent, t.text("partner-revoked"))
    } else if view.log_alarm().is_some() {
        (Tone::Against, t.text("partner-log-alarm"))
    } else if contact.failures > 0 {
        let count = u64::from(contact.failures);
        (Tone::Against, t.count("partner-failing", count))
    } else if contact.not_stored > 0 {
        let count = u64::from(contact.not_stored);
        (Tone::Caution, t.count("partner-not-stored", count))
    } else if view.waiting > 0 {
        (Tone::Caution, t.count("partner-waiting", view.waiting))
    } else if !agreed.contains(&view.row.partner) {
        (Tone::Silent, t.text("partner-no-arrangement"))
    } else if contact.reached_at.is_some() || contact.heard_at.is_some() {
        (Tone::Agree, t.text("partner-reached"))
    } else {
        (Tone::Silent, t.text("partner-not-reached"))
    };
    Tag { tone, word }
}

/// Shows the partners.
pub(crate) async fn show_partners(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::ListPartners)?;
    let t = signed.t();
    let partners = signed.state.app.partners(signed.caller()).await?;
    let title = t.text("partners-title");
    let frame = signed.frame(title, Some(Area::Partners)).await;
    let agreed = agreed(&signed);
    let columns = &[
        "column-partner",
        "column-state",
        "column-reached",
        "column-heard",
        "column-queue",
        "column-clock",
    ];
    let rows = partners
        .iter()
        .map(|view| row(&frame, view, &agreed))
        .collect();
    let table = Table::new(t, String::new(), columns, Empty::of(t, "partners")).rows(rows);
    Ok(show(&PartnersPage {
        tabs: tabs(&signed, "/partners"),
        newer_cards: partners
            .iter()
            .filter_map(|view| {
                let text = newer_card(t, view, view.newer_card()?);
                Some((format!("/partners/{}", view.row.authority), text))
            })
            .collect(),
        table,
        may_manage: signed.offers(Action::ManagePartners),
        frame,
    }))
}

fn row(frame: &Frame, view: &PartnerView, agreed: &BTreeSet<PartnerCode>) -> Vec<Cell> {
    let t = frame.t;
    let authority = &view.row.authority;
    let side = terms::partner(t, view.row.partner);
    let queue = match view.oldest {
        Some(oldest) => {
            let since = t.with("partner-oldest", "time", frame.moment(oldest).text);
            Cell::Lines(quantity(view.waiting), since)
        }
        None => Cell::Text(quantity(view.waiting)),
    };
    vec![
        Cell::link_with(
            format!("/partners/{authority}"),
            view.card.name(&t.language()),
            format!("{side} · {authority}"),
        ),
        Cell::Tag(state(frame, view, agreed)),
        moment(frame, view.contact.reached_at),
        moment(frame, view.contact.heard_at),
        queue,
        clock(t, view.contact.clock_ms),
    ]
}

fn moment(frame: &Frame, at: Option<jiff::Timestamp>) -> Cell {
    match at {
        Some(at) => Cell::Time(frame.moment(at)),
        None => Cell::Text(frame.t.text("partner-never")),
    }
}

/// How far the partner's clock is off: matters once times are compared.
fn clock(t: &Texts, clock_ms: Option<i64>) -> Cell {
    let Some(clock_ms) = clock_ms else {
        return Cell::Text(String::new());
    };
    let seconds = (clock_ms.unsigned_abs() / 1_000).to_string();
    match clock_ms {
        ms if ms.abs() < SKEW_MS_MAX => Cell::tag(Tone::Agree, t.text("clock-agrees")),
        ms if ms > 0 => Cell::tag(Tone::Caution, t.with("clock-ahead", "seconds", seconds)),
        _ => Cell::tag(Tone::Caution, t.with("clock-behind", "seconds", seconds)),
    }
}

/// Shows a partner.
pub(crate) async fn show_partner(
    signed: Signed,
    Path(authority): Path<String>,
) -> Result<Response, Problem> {
    signed.enter(Action::ListPartners)?;
    Ok(show(&page(&signed, &authority, None).await?))
}

async fn page(
    signed: &Signed,
    authority: &str,
    wrong: Option<String>,
) -> Result<PartnerPage, Problem> {
    let t = signed.t();
    let not_found = || Problem::new(ProblemCode::NotFound);
    let authority: AuthorityId = authority.parse().map_err(|_| not_found())?;
    let (app, caller) = (&signed.state.app, signed.caller());
    let partners = app.partners(caller).await?;
    let view = partners.iter().find(|view| view.row.authority == authority);
    let view = view.ok_or_else(not_found)?;
    let before = signed.visit.query("before");
    let before = before.map(|text| text.parse()).transpose();
    let before = before.map_err(|_| Problem::new(ProblemCode::BadRequest))?;
    let part = signed.visit.query("part").map(|text| text.parse());
    let part = part.transpose();
    let part = part.map_err(|_: String| Problem::new(ProblemCode::BadRequest))?;
    let wanted = DeliveryFilter {
        part: part.unwrap_or_default(),
        before,
        limit: DELIVERIES,
    };
    let rows = app.deliveries_to(caller, &authority, wanted).await?;
    let name = view.card.name(&t.language()).to_owned();
    let title = t.with("partner-title", "name", name);
    let frame = signed.frame(title, Some(Area::Partners)).await;
    let revocable = view.row.state == PartnerState::Accepted;
    let may = revocable && signed.offers(Action::ManagePartners);
    let arrangements = super::arrangements::of_partner(signed, view.row.partner)?;
    Ok(PartnerPage {
        newer_card: view.newer_card().map(|serial| newer_card(t, view, serial)),
        state: state(&frame, view, &agreed(signed)),
        contact: contact(&frame, view),
        card: card(&frame, view),
        fingerprint: super::partner_card::groups(&view.fingerprint.to_string()),
        arrangements,
        parts: parts(t, &authority, wanted.part),
        ledger: ledger(&frame, &authority, (wanted.part, &rows)),
        acts: may
            .then(|| revocation(&frame, &authority, wrong))
            .into_iter()
            .collect(),
        frame,
    })
}

/// That the partner shows a newer card, and what to do where it does not come by itself.
fn newer_card(t: &Texts, view: &PartnerView, serial: u64) -> String {
    let values = [
        ("partner", view.card.name(&t.language()).to_owned()),
        ("held", view.card.serial.to_string()),
        ("newest", serial.to_string()),
    ];
    t.with_all("partner-newer-card", &values)
}

fn contact(frame: &Frame, view: &PartnerView) -> Facts {
    let t = frame.t;
    let contact = &view.contact;
    let oldest = view.oldest.map(|oldest| Cell::Time(frame.moment(oldest)));
    let failures = (contact.failures > 0)
        .then(|| Cell::Text(t.count("partner-failing", u64::from(contact.failures))));
    Facts::new()
        .with(t.text("column-reached"), moment(frame, contact.reached_at))
        .with(t.text("column-heard"), moment(frame, contact.heard_at))
        .with(t.text("column-queue"), Cell::Text(quantity(view.waiting)))
        .with_some(t.text("partner-oldest-at"), oldest)
        .with_some(t.text("partner-failures"), failures)
        .with_some(
            t.text("partner-error"),
            contact.error.clone().map(Cell::Text),
        )
        .with_some(
            t.text("column-clock"),
            contact.clock_ms.map(|ms| clock(t, Some(ms))),
        )
        .with_some(t.text("partner-not-stored-title"), not_stored(frame, view))
        .with_some(t.text("partner-log"), log(frame, view))
}

/// What could not be stored here, where something could not.
fn not_stored(frame: &Frame, view: &PartnerView) -> Option<Cell> {
    let (t, contact) = (frame.t, &view.contact);
    let last = frame.moment(contact.not_stored_at?).text;
    let count = t.count("partner-not-stored", u64::from(contact.not_stored));
    let how = t.with("partner-not-stored-how", "time", last);
    Some(Cell::Lines(count, how))
}

/// What is wrong with the partner's audit log, where something is.
fn log(frame: &Frame, view: &PartnerView) -> Option<Cell> {
    let row = view.log_problems.first()?;
    let tone = match row.is_alarm() {
        true => Tone::Against,
        false => Tone::Caution,
    };
    let (t, key) = (frame.t, super::witnesses::problem_key("is", row));
    let text = match row.is_silence() {
        true => t.with(
            &format!("{key}-since"),
            "time",
            frame.moment(row.seen_at).text,
        ),
        false => t.text(&key),
    };
    Some(Cell::tag(tone, text))
}

fn card(frame: &Frame, view: &PartnerView) -> Facts {
    let t = frame.t;
    let key = match view.row.state {
        PartnerState::Accepted => "partner-accepted-by",
        PartnerState::Revoked => "partner-revoked-by",
    };
    super::partner_card::facts(frame, &view.card)
        .with(t.text(key), Cell::Text(view.row.decided_by.to_string()))
        .with(
            t.text("column-at"),
            Cell::Time(frame.moment(view.row.decided_at)),
        )
}

fn part_href(authority: &AuthorityId, part: LedgerPart) -> String {
    format!("/partners/{authority}?part={}", part.as_str())
}

/// The parts of the ledger, what was told first.
fn parts(t: &Texts, authority: &AuthorityId, shown: LedgerPart) -> Vec<(String, String, bool)> {
    let name = |part: LedgerPart| t.text(&format!("partner-part-{}", part.as_str()));
    let href = |part| format!("{}#ledger", part_href(authority, part));
    LedgerPart::ALL
        .into_iter()
        .map(|part| (href(part), name(part), part == shown))
        .collect()
}

/// What was ever queued for the partner. What it says is for the partner alone.
fn ledger(
    frame: &Frame,
    authority: &AuthorityId,
    (part, rows): (LedgerPart, &[DeliveryRow]),
) -> Table {
    let t = frame.t;
    let columns = &[
        "column-number",
        "column-what",
        "column-state",
        "column-queued",
        "column-done",
        "column-ground",
    ];
    let is_full = u32::try_from(rows.len()).is_ok_and(|count| count >= DELIVERIES);
    let next = rows
        .last()
        .filter(|_| is_full)
        .map(|last| format!("{}&before={}", part_href(authority, part), last.position));
    let rows = rows
        .iter()
        .map(|row| {
            let mut cells = vec![Cell::Text(row.position.to_string())];
            cells.extend(alert::delivery_cells(frame, row));
            cells
        })
        .collect();
    let empty = Empty::of(t, &format!("partner-ledger-{}", part.as_str()));
    // The heading stands above the parts.
    Table::new(t, String::new(), columns, empty)
        .rows(rows)
        .next(next)
}

fn revocation(frame: &Frame, authority: &AuthorityId, wrong: Option<String>) -> Act {
    let t = frame.t;
    let field = Field::new(
        "confirmation",
        t.with(
            "partner-revoke-confirmation",
            "authority",
            authority.as_str(),
        ),
    )
    .error(wrong)
    .required();
    let action = format!("/partners/{authority}/revoke");
    let form = Form::new(t, action, vec![field], t.text("act-revoke-submit"), None);
    Act {
        id: "revoke",
        heading: t.text("act-revoke"),
        means: t.text("act-revoke-means"),
        form: form.danger().csrf(frame.csrf()),
    }
}

/// Ends the trust in a partner's node.
pub(crate) async fn revoke(
    signed: Signed,
    Path(authority): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    signed.enter(Action::ManagePartners)?;
    let not_found = |_| Problem::new(ProblemCode::NotFound);
    let id: AuthorityId = authority.parse().map_err(not_found)?;
    if posted.text("confirmation") != authority {
        let wrong = Some(signed.t().text("partner-confirmation-invalid"));
        return Ok(show_refused(&page(&signed, &authority, wrong).await?));
    }
    signed
        .state
        .app
        .revoke_partner(signed.caller(), &id)
        .await?;
    Ok(done(&format!("/partners/{authority}"), "partner-revoked"))
}
