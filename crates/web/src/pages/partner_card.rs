//! Cards: that of this node, to be given away, and that of a partner, to be compared and accepted.

use askama::Template;
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use egnatia_app::{Action, CardView, PartnerState};
use egnatia_protocol::NodeCard;
use qrcode::{Color, QrCode};

use super::list_import::{parts_of, text_of};
use super::{partners, terms};
use crate::parts::{Cell, Facts, Field, FieldKind, Form};
use crate::problem::{Problem, ProblemCode};
use crate::visit::{Posted, Signed, done, show, show_refused};
use crate::words::sentence;
use crate::{Area, Frame, Texts, guard};

/// The largest form with a card in it, in bytes.
pub(super) const CARD_FORM_BYTES_MAX: usize = 256 * 1024;

/// The page of the node's own card.
#[derive(Debug, Template)]
#[template(path = "own_card.html")]
pub struct OwnCardPage {
    /// The frame.
    pub frame: Frame,
    /// What else there is: address, name, whether it is shown.
    pub tabs: Vec<(&'static str, String, bool)>,
    /// The card; absent where the node has no keys.
    pub card: Option<OwnCard>,
}

/// The card of the node itself.
#[derive(Debug)]
pub struct OwnCard {
    /// The groups of its fingerprint.
    pub fingerprint: Vec<String>,
    /// The card to be scanned, in codes that belong in this order.
    pub codes: Vec<Qr>,
    /// What it says.
    pub facts: Facts,
}

/// A code to be scanned: its size in modules, and the path of the dark ones.
#[derive(Debug)]
pub struct Qr {
    /// Which of how many it is, in words.
    pub name: String,
    /// With the quiet zone around it.
    pub size: usize,
    /// For `d` of an SVG path.
    pub path: String,
}

/// The page on which a partner's card is given.
#[derive(Debug, Template)]
#[template(path = "partner_accept.html")]
pub struct PartnerAcceptPage {
    /// The frame.
    pub frame: Frame,
    /// The form.
    pub form: Form,
}

/// The page on which somebody compares a card and accepts it.
#[derive(Debug, Template)]
#[template(path = "partner_compare.html")]
pub struct PartnerComparePage {
    /// The frame.
    pub frame: Frame,
    /// The groups of the card's fingerprint.
    pub fingerprint: Vec<String>,
    /// What the card says.
    pub facts: Facts,
    /// What is known of the authority.
    pub known: String,
    /// The form.
    pub form: Form,
}

/// The groups of a fingerprint.
pub(super) fn groups(fingerprint: &str) -> Vec<String> {
    fingerprint.split('-').map(str::to_owned).collect()
}

/// What a card says of its node.
pub(super) fn facts(frame: &Frame, card: &NodeCard) -> Facts {
    let t = frame.t;
    let names = card
        .names
        .iter()
        .map(|(language, name)| Cell::Lines(name.clone(), language.clone()));
    let addresses = card.addresses.iter().cloned().map(Cell::Exact);
    Facts::new()
        .with(
            t.text("column-authority"),
            Cell::Exact(card.authority.to_string()),
        )
        .with(
            t.text("card-side"),
            Cell::Text(terms::partner(t, card.partner)),
        )
        .with_all(t.text("card-names"), names.collect())
        .with_all(t.text("card-addresses"), addresses.collect())
        .with(t.text("card-serial"), Cell::Text(card.serial.to_string()))
        .with(
            t.text("card-issued"),
            Cell::Time(frame.moment(card.issued_at)),
        )
}

/// Shows the node's own card.
pub(crate) async fn show_own(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::ListPartners)?;
    let t = signed.t();
    let frame = signed
        .frame(t.text("own-card-title"), Some(Area::Partners))
        .await;
    let card = signed.state.app.own_card().map(|card| {
        let fingerprint = card.fingerprint().to_string();
        OwnCard {
            codes: codes(t, &card.to_codes()),
            fingerprint: groups(&fingerprint),
            facts: facts(&frame, card.card()),
        }
    });
    Ok(show(&OwnCardPage {
        tabs: partners::tabs(&signed, "/own-card"),
        card,
        frame,
    }))
}

/// Light modules around a code, without which it is not found.
const QUIET: usize = 4;

/// All of them, or none: a part alone is of no use.
fn codes(t: &Texts, texts: &[String]) -> Vec<Qr> {
    let of = texts.len().to_string();
    let codes = texts.iter().zip(1_usize..).map(|(text, number)| {
        let values = [("number", number.to_string()), ("of", of.clone())];
        qr(text, t.with_all("card-code", &values))
    });
    codes.collect::<Option<Vec<_>>>().unwrap_or_default()
}

/// A text as a code; `None` where it is too long for one.
pub(super) fn qr(text: &str, name: String) -> Option<Qr> {
    let code = QrCode::new(text).ok()?;
    let width = code.width();
    let dark = code
        .to_colors()
        .into_iter()
        .enumerate()
        .filter(|(_, color)| *color == Color::Dark);
    let path = dark.fold(String::new(), |path, (at, _)| {
        let (x, y) = (at % width + QUIET, at / width + QUIET);
        format!("{path}M{x} {y}h1v1h-1z")
    });
    Some(Qr {
        name,
        size: width.saturating_add(QUIET.saturating_mul(2)),
        path,
    })
}

/// The node's own card as a file.
pub(crate) async fn download(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::ListPartners)?;
    let card = signed.state.app.own_card();
    let card = card.ok_or(Problem::new(ProblemCode::NotFound))?;
    let name = format!(
        "attachment; filename=\"{}.card.json\"",
        card.card().authority
    );
    let mut response = card.to_json().into_response();
    let headers = response.headers_mut();
    let kind = HeaderValue::from_static("application/json");
    headers.insert(header::CONTENT_TYPE, kind);
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

/// Shows the form for a partner's card.
pub(crate) async fn show_accept(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::ManagePartners)?;
    Ok(show(&accept_page(&signed, "", None).await))
}

async fn accept_page(signed: &Signed, text: &str, wrong: Option<String>) -> PartnerAcceptPage {
    let t = signed.t();
    let title = t.text("partner-accept-title");
    let frame = signed.frame(title, Some(Area::Partners)).await;
    let fields = vec![
        Field::new("card_file", t.text("card-file"))
            .kind(FieldKind::File)
            .hint(t.text("card-file-hint"))
            .error(wrong),
        Field::new("card_text", t.text("card-text"))
            .kind(FieldKind::Area)
            .hint(t.text("card-text-hint"))
            .value(text),
    ];
    let submit = t.text("partner-accept-read");
    let form = Form::new(t, "/partners/accept", fields, submit, None).csrf(frame.csrf());
    PartnerAcceptPage { frame, form }
}

/// Reads a card and shows it to whoever compares it. Nothing is stored.
pub(crate) async fn read(signed: Signed, request: Request) -> Result<Response, Problem> {
    signed.enter(Action::ManagePartners)?;
    let parts = parts_of(request).await?;
    if !guard::same_token(&signed.who.csrf, &text_of(&parts, "csrf")) {
        return Err(Problem::new(ProblemCode::BadOrigin));
    }
    let file = text_of(&parts, "card_file");
    let text = text_of(&parts, "card_text");
    let json = if file.is_empty() { &text } else { &file };
    if json.is_empty() {
        let wrong = Some(signed.t().text("card-missing"));
        return Ok(show_refused(&accept_page(&signed, &text, wrong).await));
    }
    let app = &signed.state.app;
    match app.read_card(signed.caller(), json.as_bytes()) {
        Ok(view) => Ok(show(&compare_page(&signed, &view, json, ("", None)).await)),
        Err(error) => {
            let problem = Problem::from(error);
            let Some(error) = problem.errors.first() else {
                return Err(problem);
            };
            let wrong = Some(sentence(&error.detail));
            Ok(show_refused(&accept_page(&signed, &text, wrong).await))
        }
    }
}

async fn compare_page(
    signed: &Signed,
    view: &CardView,
    json: &str,
    (typed, wrong): (&str, Option<String>),
) -> PartnerComparePage {
    let t = signed.t();
    let name = view.card.name(&t.language()).to_owned();
    let title = t.with("partner-compare-title", "name", name);
    let frame = signed.frame(title, Some(Area::Partners)).await;
    let directory = signed.state.app.directory();
    let held = directory.known(&view.card.authority);
    let is_held = held.is_some_and(|held| held.card.fingerprint() == view.fingerprint);
    let known = match (view.known, view.is_successor) {
        (None, _) => "card-known-none",
        (Some(PartnerState::Accepted), _) if is_held => "card-known-same",
        (Some(PartnerState::Accepted), true) => "card-known-successor",
        (Some(PartnerState::Accepted), false) => "card-known-other",
        (Some(PartnerState::Revoked), _) => "card-known-revoked",
    };
    let field = Field::new("fingerprint", t.text("card-fingerprint-typed"))
        .kind(FieldKind::Exact)
        .hint(t.text("card-fingerprint-hint"))
        .value(typed)
        .error(wrong)
        .required()
        .first();
    let submit = t.text("partner-accept-submit");
    let form = Form::new(t, "/partners/confirm", vec![field], submit, None)
        .csrf(frame.csrf())
        .hidden("card", json.to_owned());
    PartnerComparePage {
        fingerprint: groups(&view.fingerprint.to_string()),
        facts: facts(&frame, &view.card),
        known: t.text(known),
        form,
        frame,
    }
}

/// Accepts a partner whose fingerprint somebody has compared.
pub(crate) async fn confirm(signed: Signed, posted: Posted) -> Result<Response, Problem> {
    signed.enter(Action::ManagePartners)?;
    let (app, caller) = (&signed.state.app, signed.caller());
    let (json, typed) = (posted.raw("card"), posted.text("fingerprint"));
    let accepted = app.accept_partner(caller, json.as_bytes(), &typed).await;
    let problem = match accepted {
        Ok(authority) => {
            return Ok(done(&format!("/partners/{authority}"), "partner-accepted"));
        }
        Err(error) => Problem::from(error),
    };
    let Some(error) = problem.errors.first() else {
        return Err(problem);
    };
    let wrong = sentence(&error.detail);
    if error.field == "fingerprint"
        && let Ok(view) = app.read_card(caller, json.as_bytes())
    {
        let page = compare_page(&signed, &view, json, (&typed, Some(wrong))).await;
        return Ok(show_refused(&page));
    }
    Ok(show_refused(&accept_page(&signed, json, Some(wrong)).await))
}
