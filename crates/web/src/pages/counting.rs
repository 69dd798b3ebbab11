//! Counting on a device that may lose the line: a page of its own, which the device keeps, with a queue
//! of scans that waits there. What is kept says nothing of persons and nothing of how many there
//! should be.

use askama::Template;
use axum::Json;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use egnatia_app::{Action, NewScan};
use egnatia_record::RecordId;
use egnatia_stockpile::AccountId;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::alert_form::{Filler, Wrong};
use super::record_id;
use super::stock_words::{account, names};
use super::stocktakes::{places_text, said};
use crate::parts::{Field, FieldKind};
use crate::problem::{Problem, ProblemCode};
use crate::visit::{Posted, Signed, show};
use crate::{NodeFace, Texts, assets};

/// The page that a device keeps.
#[derive(Debug, Template)]
#[template(path = "counting.html")]
pub struct CountingPage {
    t: &'static Texts,
    node: NodeFace,
    title: String,
    id: RecordId,
    owner: String,
    place: Field,
    code: Field,
    quantity: Field,
}

impl CountingPage {
    fn assets(&self) -> &'static str {
        assets::base()
    }
}

/// What tells the scans of one person from those of another on the same device, without a name.
fn owner(signed: &Signed) -> String {
    let login = &signed.caller().login;
    let hash = Sha256::digest(format!("count|{}|{login}", signed.state.node.authority));
    hash.iter().take(8).map(|b| format!("{b:02x}")).collect()
}

/// Leads to the count that goes on, where there is one; else to all counts.
pub(crate) async fn start(signed: Signed) -> Result<Redirect, Problem> {
    signed.enter(Action::CountStock)?;
    let takes = signed.state.app.stocktakes(signed.caller()).await?;
    let going: Vec<RecordId> = takes
        .into_iter()
        .filter(|(_, take)| take.is_counting())
        .map(|(id, _)| id)
        .collect();
    Ok(match going.as_slice() {
        [only] => Redirect::to(&format!("/count/{only}")),
        _ => Redirect::to("/stocktakes"),
    })
}

/// Serves the worker.
pub(crate) async fn worker() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/javascript"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, assets::counting_worker()).into_response()
}

/// Serves what a device has to know to install the page.
pub(crate) async fn manifest(visit: crate::visit::Visit) -> Response {
    let icon = format!("{}/icon.svg", assets::base());
    let manifest = serde_json::json!({
        "name": visit.t.text("counting-name"),
        "short_name": visit.t.text("counting-name"),
        "start_url": "/count/", "scope": "/count/", "display": "standalone",
        "icons": [{ "src": icon, "sizes": "any", "type": "image/svg+xml" }],
    });
    let headers = [
        (header::CONTENT_TYPE, "application/manifest+json"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, manifest.to_string()).into_response()
}

/// Shows the page of a count that goes on; one that has ended is shown as all are.
pub(crate) async fn show_one(signed: Signed, Path(id): Path<String>) -> Result<Response, Problem> {
    signed.enter(Action::CountStock)?;
    let id = record_id(&id)?;
    let t = signed.t();
    let view = signed.state.app.view_counting(signed.caller(), id).await?;
    if !view.take.is_counting() {
        return Ok(Redirect::to(&format!("/stocktakes/{id}")).into_response());
    }
    let names = names(&signed).await?;
    let (posted, wrong) = (Posted::default(), Wrong::new());
    let filler = Filler {
        t,
        posted: &posted,
        wrong: &wrong,
    };
    let places = view.take.places.iter();
    let places = places.map(|place| (place.to_string(), account(t, &names, *place)));
    let title = format!(
        "{}: {}",
        t.text("stocktake"),
        places_text(t, &names, &view.take)
    );
    Ok(show(&CountingPage {
        t,
        node: signed.state.node.as_ref().clone(),
        title,
        id,
        owner: owner(&signed),
        place: filler.choice("place", "stock-place", places.collect()),
        code: filler
            .line("code", "stock-code")
            .kind(FieldKind::Exact)
            .first(),
        quantity: filler.line("quantity", "stocktake-quantity").value("1"),
    }))
}

/// What the page has to know before it sends.
#[derive(Serialize)]
struct StateBody {
    csrf: String,
    owner: String,
    is_counting: bool,
}

/// Says whether scans are taken, from whom, and with which token they are sent.
pub(crate) async fn state(signed: Signed, Path(id): Path<String>) -> Result<Response, Problem> {
    signed.enter(Action::CountStock)?;
    let id = record_id(&id)?;
    let view = signed.state.app.view_counting(signed.caller(), id).await?;
    Ok(Json(StateBody {
        csrf: signed.who.csrf.clone(),
        owner: owner(&signed),
        is_counting: view.take.is_counting(),
    })
    .into_response())
}

/// A scan as the device kept it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeptScan {
    id: RecordId,
    place: RecordId,
    code: String,
    quantity: u64,
    at: Timestamp,
}

/// What became of a scan.
#[derive(Serialize)]
struct SaidBody {
    id: RecordId,
    tone: &'static str,
    text: String,
}

/// Takes scans that waited on a device. The same ones once more change nothing.
pub(crate) async fn take(
    signed: Signed,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    signed.enter(Action::CountStock)?;
    let id = record_id(&id)?;
    if posted.raw("owner") != owner(&signed) {
        // Somebody else scanned them: they would stand under a wrong name.
        return Err(Problem::new(ProblemCode::Forbidden));
    }
    let app = &signed.state.app;
    let bad = |_| Problem::new(ProblemCode::BadRequest);
    let kept: Vec<KeptScan> = serde_json::from_str(posted.raw("scans")).map_err(bad)?;
    let sent_at: Timestamp = posted
        .raw("sent_at")
        .parse()
        .map_err(|_| Problem::new(ProblemCode::BadRequest))?;
    // The device's clock may be wrong; how long ago it scanned it knows.
    let ahead = app.now().duration_since(sent_at);
    let new = kept.into_iter().map(|scan| NewScan {
        id: scan.id,
        place: AccountId(scan.place),
        code: scan.code,
        quantity: scan.quantity,
        at: shifted(scan.at, ahead),
    });
    let taken = app.add_scans(signed.caller(), id, new.collect()).await?;
    let names = names(&signed).await?;
    let goods = taken.iter().filter_map(|(scan, _)| scan.goods);
    let goods = app.stock_goods_of(signed.caller(), goods).await?;
    let said = taken.iter().map(|(scan, outcome)| {
        let (tone, text, _) = said(&signed, &names, (scan, outcome), &goods);
        SaidBody {
            id: scan.id,
            tone: tone.class(),
            text,
        }
    });
    Ok(Json(said.collect::<Vec<_>>()).into_response())
}

fn shifted(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_add(by).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_wrong_by_an_hour_is_put_right() {
        let at: Timestamp = "2026-11-26T08:00:00Z".parse().unwrap();
        let an_hour = SignedDuration::from_hours(1);
        assert_eq!(shifted(at, an_hour).to_string(), "2026-11-26T09:00:00Z");
        assert_eq!(shifted(Timestamp::MAX, an_hour), Timestamp::MAX);
    }
}
