//! Counts: begun, scanned blind with large buttons, ended, and what they led to.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use egnatia_app::{Action, CountingView, NewScan, SiteView};
use egnatia_record::RecordId;
use egnatia_stockpile::{AccountId, Goods, GoodsId, Occasion, Scan, ScanOutcome, Stocktake};

use super::alert_form::{Filler, Wrong};
use super::firearm_fields::words;
use super::firearm_sections::{Section, SectionsPage, whole, wrong_of};
use super::firearms::FirearmsPage;
use super::stock_words::{
    Names, account, goods_cell, goods_name, names, read_reason, tabs, wrong_at,
};
use super::stocktake_result::result_page;
use super::{record_id, terms};
use crate::parts::{Cell, Empty, Field, FieldKind, Form, FormErrors, Table, Tone};
use crate::problem::{Problem, ProblemCode};
use crate::visit::{Posted, Signed, done, show, show_refused};
use crate::{Area, Frame, Texts};

/// A count that goes on.
#[derive(Debug, Template)]
#[template(path = "stocktake.html")]
pub struct TakePage {
    frame: Frame,
    id: RecordId,
    scan: String,
    errors: FormErrors,
    /// What became of the last scan.
    said: Option<(Tone, String, Option<String>)>,
    place: Field,
    code: Field,
    quantity: Field,
    count: u64,
    scans: Table,
    /// The count is ended, or given up.
    ends: Vec<Section>,
}

/// A form that came back: which, what was filled in, and what is wrong.
#[derive(Default)]
struct Refused {
    act: String,
    posted: Posted,
    wrong: Wrong,
}

/// Shows counts.
pub(crate) async fn show_all(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::ViewStock)?;
    let t = signed.t();
    let takes = signed.state.app.stocktakes(signed.caller()).await?;
    let names = names(&signed).await?;
    let frame = signed.frame(t.text("stocktakes"), Some(Area::Stores)).await;
    let links = match signed.offers(Action::CountStock) {
        true => vec![("/stocktakes/new", t.text("stocktake-new"))],
        false => Vec::new(),
    };
    Ok(show(&FirearmsPage {
        tabs: tabs(t, "/stocktakes"),
        lede: t.text("stocktakes-lede"),
        links,
        filters: Vec::new(),
        tables: vec![takes_table(&frame, &names, &takes, "stocktakes")],
        frame,
    }))
}

/// Counts under this title.
pub(super) fn takes_table(
    frame: &Frame,
    names: &Names,
    takes: &[(RecordId, Stocktake)],
    title: &str,
) -> Table {
    let t = frame.t;
    let columns = &[
        "stock-places",
        "column-state",
        "stocktake-began",
        "column-by",
        "stock-occasion",
    ];
    let rows = takes.iter().map(|(id, take)| {
        let tone = match take.state.as_str() {
            "counting" => Tone::Caution,
            "finished" => Tone::Agree,
            _ => Tone::Silent,
        };
        let state = terms::word(t, &["stocktake-is"], take.state.as_str());
        vec![
            Cell::link(format!("/stocktakes/{id}"), places_text(t, names, take)),
            Cell::tag(tone, state),
            Cell::Time(frame.moment(take.started_at)),
            Cell::Text(take.started_by.to_string()),
            Cell::Text(terms::word(t, &["stock-occasion"], take.occasion.as_str())),
        ]
    });
    let empty = Empty::of(t, "stocktakes");
    Table::new(t, t.text(title), columns, empty).rows(rows.collect())
}

/// The first places of a count, and how many more there are.
pub(super) fn places_text(t: &Texts, names: &Names, take: &Stocktake) -> String {
    let first = take.places.iter().take(3);
    let first: Vec<String> = first.map(|place| account(t, names, *place)).collect();
    let more = take.places.len().saturating_sub(first.len());
    match u64::try_from(more) {
        Ok(more @ 1..) => format!("{} {}", first.join(", "), t.count("stock-more", more)),
        _ => first.join(", "),
    }
}

/// Shows the form of a new count.
pub(crate) async fn show_new(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::CountStock)?;
    let sites = signed.state.app.stock_sites(signed.caller()).await?;
    let store = signed.visit.query("store");
    let store = store.and_then(|text| text.parse::<AccountId>().ok());
    let chosen = sites.iter().flat_map(|view| {
        let places = view.site.places.iter();
        places.filter(|place| store.is_some() && view.site.store_of(place.account) == store)
    });
    let chosen = chosen.map(|place| ("places".to_owned(), place.account.to_string()));
    let occasion = signed.visit.query("occasion");
    let chosen = chosen.chain(occasion.map(|word| ("occasion".to_owned(), word)));
    let posted = Posted::of(chosen.collect());
    Ok(show(
        &new_page(&signed, &sites, (&posted, &Wrong::new())).await,
    ))
}

async fn new_page(
    signed: &Signed,
    sites: &[SiteView],
    (posted, wrong): (&Posted, &Wrong),
) -> SectionsPage {
    let t = signed.t();
    let title = t.text("stocktake-new");
    let frame = signed.frame(title, Some(Area::Stores)).await;
    let filler = Filler { t, posted, wrong };
    let places = sites.iter().flat_map(|view| {
        let places = view.site.places.iter();
        places.map(|place| {
            let name = format!("{} / {}: {}", view.site.name, place.code, place.name);
            (place.account.to_string(), name)
        })
    });
    let occasions = Occasion::ALL.iter().map(|occasion| occasion.as_str());
    let fields = vec![
        filler.choice(
            "occasion",
            "stock-occasion",
            words(t, "stock-occasion", occasions),
        ),
        filler.several("places", "stock-places", places.collect()),
    ];
    let whole = whole(wrong, &fields);
    let submit = t.text("stocktake-begin");
    let form = Form::new(t, "/stocktakes", fields, submit, whole);
    SectionsPage {
        back: ("/stocktakes", t.text("stocktakes")),
        notice: None,
        sections: vec![
            Section::new("new", t.text("stocktake-new"))
                .means(t.text("stocktake-new-means"))
                .form(form.csrf(frame.csrf())),
        ],
        frame,
    }
}

/// Begins a count.
pub(crate) async fn begin(signed: Signed, posted: Posted) -> Result<Response, Problem> {
    signed.enter(Action::CountStock)?;
    let (app, caller, t) = (&signed.state.app, signed.caller(), signed.t());
    let sites = app.stock_sites(caller).await?;
    let places: BTreeSet<AccountId> = posted
        .all("places")
        .into_iter()
        .filter_map(|text| text.parse().ok())
        .collect();
    let site = places.first().and_then(|first| {
        let mut sites = sites.iter();
        sites.find(|view| view.site.place(*first).is_some())
    });
    let occasion = posted.raw("occasion").parse::<Occasion>();
    let wrong = match (site, occasion) {
        (Some(site), Ok(occasion)) => {
            let site = site.envelope.id;
            match app.begin_stocktake(caller, site, places, occasion).await {
                Ok(id) => return Ok(done(&format!("/stocktakes/{id}"), "stocktake-begun")),
                Err(error) => wrong_of(error)?,
            }
        }
        (None, _) => wrong_at("places", t, "stock-places-missing"),
        (_, Err(_)) => wrong_at("occasion", t, "stock-occasion-missing"),
    };
    Ok(show_refused(
        &new_page(&signed, &sites, (&posted, &wrong)).await,
    ))
}

/// Shows a count: to be scanned while it goes on, with what it led to once it has ended.
pub(crate) async fn show_one(signed: Signed, Path(id): Path<String>) -> Result<Response, Problem> {
    signed.enter(Action::ViewStock)?;
    let id = record_id(&id)?;
    let place = signed.visit.query("place").unwrap_or_default();
    let refused = Refused {
        posted: Posted::of(vec![("place".to_owned(), place)]),
        ..Refused::default()
    };
    page(&signed, id, &refused).await.map(|(page, _)| page)
}

/// The page, and the same with the status of a form that came back.
async fn page(
    signed: &Signed,
    id: RecordId,
    refused: &Refused,
) -> Result<(Response, Response), Problem> {
    let app = &signed.state.app;
    let names = names(signed).await?;
    let view = app.view_counting(signed.caller(), id).await?;
    if view.take.is_counting() {
        let page = take_page(signed, &names, (id, &view), refused).await;
        return Ok((show(&page), show_refused(&page)));
    }
    let view = app.view_stocktake(signed.caller(), id).await?;
    let page = result_page(signed, &names, &view).await;
    Ok((show(&page), show_refused(&page)))
}

async fn take_page(
    signed: &Signed,
    names: &Names,
    (id, view): (RecordId, &CountingView),
    refused: &Refused,
) -> TakePage {
    let t = signed.t();
    let places = places_text(t, names, &view.take);
    let title = format!("{}: {places}", t.text("stocktake"));
    let frame = signed.frame(title, Some(Area::Stores)).await;
    let scanning = refused.act.is_empty() || refused.act == "scan";
    let nothing = Wrong::new();
    let wrong = if scanning { &refused.wrong } else { &nothing };
    let posted = &refused.posted;
    let filler = Filler { t, posted, wrong };
    let places = view.take.places.iter();
    let places = places.map(|place| (place.to_string(), account(t, names, *place)));
    let place = filler.choice("place", "stock-place", places.collect());
    let code = filler
        .line("code", "stock-code")
        .kind(FieldKind::Exact)
        .first();
    let quantity = filler.line("quantity", "stocktake-quantity");
    let quantity = match wrong.is_empty() {
        true => quantity.value("1"),
        false => quantity,
    };
    let fields = [&place, &code, &quantity];
    let known = |name: &String| fields.iter().any(|field| field.name == name.as_str());
    let others = wrong.iter().filter(|(name, _)| !known(name));
    let texts: Vec<&str> = others.map(|(_, text)| text.as_str()).collect();
    let others = (!texts.is_empty()).then(|| texts.join(" "));
    let last = signed.visit.query("scan");
    let last = view
        .scans
        .iter()
        .find(|(scan, _)| last.as_ref() == Some(&scan.id.to_string()));
    let may_count = signed.offers(Action::CountStock);
    TakePage {
        errors: FormErrors::new(t, &fields, others),
        id,
        scan: signed.state.app.stock_form_id(signed.caller()).to_string(),
        said: last.map(|(scan, outcome)| said(signed, names, (scan, outcome), &view.goods)),
        count: view.take.scans,
        scans: scans_table(&frame, names, view),
        ends: match may_count {
            true => ends(&frame, id, refused),
            false => Vec::new(),
        },
        place,
        code,
        quantity,
        frame,
    }
}

fn outcome_tone(outcome: &ScanOutcome) -> (Tone, &'static str) {
    match outcome {
        ScanOutcome::Counted => (Tone::Agree, "stock-scan-counted"),
        ScanOutcome::Repeated => (Tone::Silent, "stock-scan-repeated"),
        ScanOutcome::WrongPlace { .. } => (Tone::Against, "stock-scan-wrong-place"),
        ScanOutcome::Unknown => (Tone::Caution, "stock-scan-unknown"),
    }
}

/// What a scan reads as: what it is, or the code as it was read.
fn scanned(scan: &Scan, goods: &BTreeMap<GoodsId, Goods>) -> String {
    let goods = scan.goods.and_then(|id| goods.get(&id));
    goods.map_or_else(|| scan.code.clone(), goods_name)
}

/// What became of a scan, in large letters; and where it can be moved, where it lies elsewhere.
pub(super) fn said(
    signed: &Signed,
    names: &Names,
    (scan, outcome): (&Scan, &ScanOutcome),
    goods: &BTreeMap<GoodsId, Goods>,
) -> (Tone, String, Option<String>) {
    let t = signed.t();
    let (tone, key) = outcome_tone(outcome);
    let mut text = format!(
        "{}: {}, {}",
        t.text(key),
        scanned(scan, goods),
        scan.quantity
    );
    let mut href = None;
    if let ScanOutcome::WrongPlace { booked } = outcome {
        text = format!(
            "{text}. {}",
            t.with("stock-booked-in", "place", account(t, names, *booked))
        );
        let may_move = signed.offers(Action::MoveStock);
        href = scan
            .goods
            .filter(|_| may_move)
            .map(|goods| move_href(goods, scan.place));
    }
    (tone, text, href)
}

pub(super) fn move_href(goods: GoodsId, to: AccountId) -> String {
    format!("/stock-movements/new?kind=transfer&goods={goods}&to={to}")
}

fn scans_table(frame: &Frame, names: &Names, view: &CountingView) -> Table {
    let t = frame.t;
    let columns = &[
        "column-name",
        "column-state",
        "stock-place",
        "stock-quantity",
        "column-by",
    ];
    let rows = view.scans.iter().rev().map(|(scan, outcome)| {
        let (tone, key) = outcome_tone(outcome);
        vec![
            match scan.goods {
                Some(id) => goods_cell(id, view.goods.get(&id)),
                None => Cell::Exact(scan.code.clone()),
            },
            Cell::tag(tone, t.text(key)),
            Cell::Text(account(t, names, scan.place)),
            Cell::Number(scan.quantity.to_string()),
            Cell::Text(scan.by.to_string()),
        ]
    });
    let empty = Empty::of(t, "stock-scans");
    Table::new(t, t.text("stock-scans"), columns, empty).rows(rows.collect())
}

fn ends(frame: &Frame, id: RecordId, refused: &Refused) -> Vec<Section> {
    let t = frame.t;
    let nothing = (Posted::default(), Wrong::new());
    let given = |act: &str| match refused.act == act {
        true => (&refused.posted, &refused.wrong),
        false => (&nothing.0, &nothing.1),
    };
    let (_, wrong) = given("finish");
    let path = format!("/stocktakes/{id}/finish");
    let submit = t.text("stocktake-finish-submit");
    let finish = Form::new(t, path, Vec::new(), submit, whole(wrong, &[]));
    let (posted, wrong) = given("abandon");
    let filler = Filler { t, posted, wrong };
    let fields = vec![filler.area("reason", "stock-why").required()];
    let whole = whole(wrong, &fields);
    let path = format!("/stocktakes/{id}/abandon");
    let abandon = Form::new(t, path, fields, t.text("stocktake-abandon-submit"), whole);
    vec![
        Section::new("finish", t.text("stocktake-finish"))
            .means(t.text("stocktake-finish-means"))
            .form(finish.csrf(frame.csrf())),
        Section::new("abandon", t.text("stocktake-abandon"))
            .means(t.text("stocktake-abandon-means"))
            .form(abandon.csrf(frame.csrf()).danger()),
    ]
}

/// Takes a scan, ends the count, or gives it up.
pub(crate) async fn act(
    signed: Signed,
    Path((id, act)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Problem> {
    signed.enter(Action::CountStock)?;
    let id = record_id(&id)?;
    let (app, caller, t) = (&signed.state.app, signed.caller(), signed.t());
    let path = format!("/stocktakes/{id}");
    let result = match act.as_str() {
        "scan" => match read_scan(&signed, &posted) {
            Ok(scan) => {
                let next = format!("{path}?place={}&scan={}", scan.place, scan.id);
                let taken = app.add_scans(caller, id, vec![scan]).await;
                Ok(taken.map(|_| Redirect::to(&next).into_response()))
            }
            Err(wrong) => Err(wrong),
        },
        "finish" => {
            let ended = app.finish_stocktake(caller, id).await;
            Ok(ended.map(|_| done(&path, "stocktake-finished")))
        }
        "abandon" => match read_reason(&posted, "reason", t) {
            Ok(reason) => {
                let ended = app.abandon_stocktake(caller, id, reason).await;
                Ok(ended.map(|()| done(&path, "stocktake-abandoned")))
            }
            Err(wrong) => Err(wrong),
        },
        _ => return Err(Problem::new(ProblemCode::NotFound)),
    };
    let wrong = match result {
        Ok(Ok(response)) => return Ok(response),
        Ok(Err(error)) => wrong_of(error)?,
        Err(wrong) => wrong,
    };
    let refused = Refused { act, posted, wrong };
    page(&signed, id, &refused).await.map(|(_, page)| page)
}

fn read_scan(signed: &Signed, posted: &Posted) -> Result<NewScan, Wrong> {
    let t = signed.t();
    let app = &signed.state.app;
    let place = posted.raw("place").parse::<AccountId>();
    let place = place.map_err(|_| wrong_at("place", t, "stock-places-missing"))?;
    let code = posted.some("code");
    let code = code.ok_or_else(|| wrong_at("code", t, "stock-code-missing"))?;
    let quantity = posted.some("quantity").unwrap_or_else(|| "1".to_owned());
    let quantity = quantity.parse::<u64>();
    let fresh = || app.stock_form_id(signed.caller());
    Ok(NewScan {
        id: posted.raw("scan").parse().unwrap_or_else(|_| fresh()),
        place,
        code,
        quantity: quantity.map_err(|_| wrong_at("quantity", t, "stock-count-invalid"))?,
        at: app.now(),
    })
}
