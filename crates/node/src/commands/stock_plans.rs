//! `egnatia stock plan`, `counts`, `disposals`.

use std::fmt::Write;
use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use egnatia_app::{App, Caller, NewPlanPoint, Password, SessionKind, SignInError, SiteMap};
use egnatia_formats::site_plan;
use egnatia_record::RecordId;
use egnatia_stockpile::{AccountId, CountWhy, Place};
use serde_json::{Value, json};

use super::print;
use super::stock::{justified, read};
use crate::cli::{PlanAct, Why};
use crate::data::Data;
use crate::failure::InputError;

/// The longest password, in bytes.
const PASSWORD_BYTES_MAX: u64 = 4_096;

/// Shows, keeps or exports the plan of a site, as somebody who may see it: whoever is at the machine is
/// not thereby one of them.
pub async fn plan(data: &Data, act: &PlanAct, json: bool) -> anyhow::Result<ExitCode> {
    let of = act.of();
    let caller = sign_in(&data.app, &of.login, &of.why).await?;
    let done = match act {
        PlanAct::Show { .. } => show(data, &caller, of.site, json).await,
        PlanAct::Import { file, .. } => import(data, &caller, (of.site, file), json).await,
        PlanAct::Export { file, .. } => export(data, &caller, (of.site, file), json).await,
    };
    sign_out(&data.app, caller).await?;
    done
}

/// Somebody who has signed in for one command.
pub(super) struct Signed {
    caller: Caller,
    token: String,
}

impl std::ops::Deref for Signed {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.caller
    }
}

/// Signs somebody in for one command; the password comes from standard input.
pub(super) async fn sign_in(app: &App, login: &str, why: &Why) -> anyhow::Result<Signed> {
    let justification = justified(why)?;
    let mut text = String::new();
    std::io::stdin()
        .take(PASSWORD_BYTES_MAX)
        .read_to_string(&mut text)
        .map_err(|error| InputError(format!("cannot read the password: {error}")))?;
    let password = Password::new(text.trim_end_matches(['\n', '\r']));
    let signed = app.sign_in(login, password, "command-line").await;
    let signed = signed.map_err(|error| match error {
        SignInError::App(error) => anyhow::Error::from(error),
        refused => InputError(refused.to_string()).into(),
    })?;
    Ok(Signed {
        caller: Caller {
            justification: Some(justification),
            ..signed.caller
        },
        token: signed.token.reveal().to_owned(),
    })
}

/// Signs them out again.
pub(super) async fn sign_out(app: &App, signed: Signed) -> anyhow::Result<()> {
    if let Some(who) = app.authenticate(&signed.token, SessionKind::Bearer).await? {
        app.sign_out(&who).await?;
    }
    Ok(())
}

async fn show(
    data: &Data,
    caller: &Caller,
    site: RecordId,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let map = data.app.site_map(caller, site).await?;
    let text = drawn(&map)?;
    let points = map.plan.as_ref().map(|plan| &plan.points);
    let stores = map.stores.iter().map(|store| {
        let margins = store.margins.iter().map(|(margin, on_plan)| {
            json!({
                "exposed": margin.exposure.name, "distance_m": margin.exposure.distance_m,
                "needed_m": margin.needed.as_ref().map(|needed| needed.metres),
                "margin_m": margin.margin_m, "on_plan_m": on_plan,
            })
        });
        json!({ "store": store.place.code, "margins": margins.collect::<Vec<Value>>() })
    });
    let value = json!({
        "site": site, "name": map.site.name, "points": points,
        "stores": stores.collect::<Vec<Value>>(),
    });
    print(json, &value, text.trim_end());
    Ok(ExitCode::SUCCESS)
}

fn drawn(map: &SiteMap) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    writeln!(text, "{}", map.site.name)?;
    let Some(plan) = &map.plan else {
        writeln!(
            text,
            "Nobody has drawn its plan: `egnatia stock plan import FILE`."
        )?;
        return Ok(text);
    };
    for point in &plan.points {
        let store = point.store.and_then(|store| map.site.place(store));
        let code = store.map_or("-", |place| place.code.as_str());
        writeln!(
            text,
            "  {code:12} {:40} {:>8} m east {:>8} m north",
            point.name, point.east_m, point.north_m
        )?;
    }
    for store in &map.stores {
        for (margin, on_plan) in &store.margins {
            let needed = margin.needed.as_ref().map_or(0, |needed| needed.metres);
            let drawn = on_plan.map_or_else(String::new, |m| format!(", {m} m on the plan"));
            writeln!(
                text,
                "  {} to {}: {} m by the licence{drawn}, {needed} m needed, {} m to spare",
                store.place.code, margin.exposure.name, margin.exposure.distance_m, margin.margin_m
            )?;
        }
    }
    Ok(text)
}

async fn import(
    data: &Data,
    caller: &Caller,
    (site, file): (RecordId, &Path),
    json: bool,
) -> anyhow::Result<ExitCode> {
    let features = site_plan::read(&read(file)?)
        .map_err(|error| InputError(format!("{}: {error}", file.display())))?;
    let count = features.len();
    let points = features.into_iter().map(|feature| NewPlanPoint {
        name: feature.name,
        store: feature.store,
        east_m: feature.east_m,
        north_m: feature.north_m,
    });
    data.app
        .draw_site_plan(caller, site, points.collect())
        .await?;
    let text = format!("The plan is kept, with {count} points.");
    print(json, &json!({ "site": site, "points": count }), &text);
    Ok(ExitCode::SUCCESS)
}

async fn export(
    data: &Data,
    caller: &Caller,
    (site, file): (RecordId, &Path),
    json: bool,
) -> anyhow::Result<ExitCode> {
    // Not over something that is there: a plan that was exported before may be the only one.
    let mut target = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(file)
        .map_err(|error| InputError(format!("{}: {error}", file.display())))?;
    let written = async {
        let features = data.app.export_site_plan(caller, site).await?;
        let features: Vec<site_plan::PlanFeature> = features
            .into_iter()
            .map(|point| site_plan::PlanFeature {
                name: point.name,
                store: point.store,
                east_m: point.east_m,
                north_m: point.north_m,
            })
            .collect();
        let text = site_plan::write(&features).context("the plan cannot be written")?;
        std::io::Write::write_all(&mut target, text.as_bytes())
            .with_context(|| format!("{} cannot be written", file.display()))?;
        anyhow::Ok(features.len())
    };
    let written = written.await;
    if written.is_err() {
        // What was refused leaves no file behind.
        std::fs::remove_file(file).ok();
    }
    let count = written?;
    let text = format!(
        "{count} points are in {}. The file is not protected by the node any more.",
        file.display()
    );
    print(json, &json!({ "site": site, "points": count }), &text);
    Ok(ExitCode::SUCCESS)
}

/// Shows by when each store is to be counted, and why.
pub async fn counts(data: &Data, caller: &Caller, json: bool) -> anyhow::Result<ExitCode> {
    let names = data.app.stock_names(caller).await?;
    let mut text = String::new();
    let mut values = Vec::new();
    for due in data.app.count_plan(caller).await? {
        let name = names.get(&due.store).map_or("", |(_, name)| name.as_str());
        let late = if due.is_late { "late" } else { "" };
        let why = match due.why {
            CountWhy::Interval => "its interval".to_owned(),
            CountWhy::Rule(_) => format!("rule: {}", due.rule.as_deref().unwrap_or_default()),
            CountWhy::Command(_) => "the command changes".to_owned(),
        };
        writeln!(text, "{}  {late:4}  {name:30} {why}", due.due_on)?;
        values.push(json!({
            "store": due.store, "name": name, "due_on": due.due_on, "is_late": due.is_late,
            "last_on": due.last_on, "why": due.why, "rule": due.rule,
        }));
    }
    if values.is_empty() {
        text.push_str("Nothing lies in any store.");
    }
    print(json, &json!(values), text.trim_end());
    Ok(ExitCode::SUCCESS)
}

/// Shows what is to be destroyed, what is done, and what is left.
pub async fn disposals(data: &Data, caller: &Caller, json: bool) -> anyhow::Result<ExitCode> {
    let mut text = String::new();
    let mut values = Vec::new();
    for view in data.app.disposals(caller, false).await? {
        let total = view.total();
        writeln!(
            text,
            "{}  {:9}  by {}  {}: {} of {} destroyed, {} wait, {} left",
            view.envelope.id,
            view.disposal.state.as_str(),
            view.disposal.due_on,
            view.disposal.name,
            total.done,
            total.planned,
            total.waiting,
            total.left()
        )?;
        values.push(json!({
            "disposal": view.envelope.id, "name": view.disposal.name,
            "state": view.disposal.state.as_str(), "due_on": view.disposal.due_on,
            "planned": total.planned, "done": total.done, "waiting": total.waiting,
            "left": total.left(), "movements": view.disposal.movements,
        }));
    }
    if values.is_empty() {
        text.push_str("Nothing is planned to be destroyed.");
    }
    print(json, &json!(values), text.trim_end());
    Ok(ExitCode::SUCCESS)
}

/// A store by its code or its account.
pub(super) async fn find_store(
    data: &Data,
    caller: &Caller,
    store: &str,
) -> anyhow::Result<AccountId> {
    let sites = data.app.stock_sites(caller).await?;
    let stores = sites.iter().flat_map(|view| view.site.stores());
    one(stores, ("store", store))
}

/// A store, bay or rack by its code or its account.
pub(super) async fn find_place(
    data: &Data,
    caller: &Caller,
    place: &str,
) -> anyhow::Result<AccountId> {
    let sites = data.app.stock_sites(caller).await?;
    let places = sites.iter().flat_map(|view| &view.site.places);
    one(places, ("place", place))
}

fn one<'a>(
    places: impl Iterator<Item = &'a Place>,
    (what, stated): (&str, &str),
) -> anyhow::Result<AccountId> {
    let wanted = stated.trim().to_lowercase();
    let is_it =
        |place: &&Place| place.code.to_lowercase() == wanted || place.account.to_string() == wanted;
    let found: Vec<&Place> = places.filter(is_it).collect();
    match found.as_slice() {
        [place] => Ok(place.account),
        [] => Err(InputError(format!("there is no {what} `{stated}`")).into()),
        _ => {
            let text = format!("`{stated}` is a {what} of several sites: name it by its account");
            Err(InputError(text).into())
        }
    }
}
