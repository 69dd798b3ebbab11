//! `egnatia stock rule`, `command`, `climate`, `disposal`.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::process::ExitCode;

use egnatia_app::{
    AppError, Caller, CommandView, DisposalView, NewCommand, NewCountRule, NewDisposal,
};
use egnatia_record::RecordId;
use egnatia_stockpile::distance::Labelled;
use egnatia_stockpile::{
    AccountId, ClimateLimits, DisposalLine, Goods, GoodsId, Holding, LineProgress,
};
use serde_json::{Value, json};

use super::print;
use super::stock::justified;
use super::stock_plans::{find_place, find_store, sign_in, sign_out};
use crate::cli::{
    ClimateAct, CommandAct, DisposalAct, DisposalPlan, Ended, RuleAct, RuleSet, SignedIn,
    StatedLine, Why,
};
use crate::data::{Data, operator};
use crate::failure::InputError;

/// Readings that are shown on a terminal; JSON has all that the node gives.
const SHOWN_MAX: usize = 20;

/// Whoever is at the machine, as the account that they have.
pub(super) async fn at_machine(data: &Data, why: &Why) -> anyhow::Result<Caller> {
    let caller = operator(Some(justified(why)?))?;
    Ok(data.app.as_account(caller).await?)
}

pub(super) fn said(json: bool, value: &Value, text: &str) -> anyhow::Result<ExitCode> {
    print(json, value, text.trim_end());
    Ok(ExitCode::SUCCESS)
}

/// Lists, sets and ends rules by which stores are counted more often.
pub async fn rule(data: &Data, act: &RuleAct, json: bool) -> anyhow::Result<ExitCode> {
    let caller = at_machine(data, act.why()).await?;
    match act {
        RuleAct::List { .. } => rules(data, &caller, json).await,
        RuleAct::Set(set) => set_rule(data, &caller, set, json).await,
        RuleAct::End(Ended { id, reason, .. }) => {
            let done = data.app.end_count_rule(&caller, *id, reason.clone());
            done.await?;
            said(json, &json!({ "rule": id }), "The rule has ended.")
        }
    }
}

async fn rules(data: &Data, caller: &Caller, json: bool) -> anyhow::Result<ExitCode> {
    let mut text = String::new();
    let mut values = Vec::new();
    for (id, rule) in data.app.count_rules(caller).await? {
        let state = if rule.ended.is_some() {
            "ended"
        } else {
            "holds"
        };
        writeln!(
            text,
            "{id}  {state}  each {} days  {}: {}",
            rule.every_days, rule.name, rule.reason
        )?;
        values.push(json!({ "rule": id, "state": state, "says": rule }));
    }
    if values.is_empty() {
        text.push_str("There are no rules: stores are counted by the intervals of the profile.");
    }
    said(json, &json!(values), &text)
}

async fn set_rule(
    data: &Data,
    caller: &Caller,
    set: &RuleSet,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let mut stores = BTreeSet::new();
    for store in &set.stores {
        stores.insert(find_store(data, caller, store).await?);
    }
    let holding = Holding {
        nomenclature: set.nomenclature.clone(),
        categories: set.categories.iter().copied().collect(),
        divisions: set
            .divisions
            .iter()
            .flat_map(Labelled::divisions)
            .copied()
            .collect(),
    };
    let new = NewCountRule {
        name: set.name.clone(),
        reason: set.reason.clone(),
        every_days: set.every_days,
        stores,
        holding: (holding != Holding::default()).then_some(holding),
        discrepancy_days: set.differed_within,
    };
    let id = data.app.set_count_rule(caller, new).await?;
    let text = format!("Rule {id} holds: `egnatia stock counts` shows what follows from it.");
    said(json, &json!({ "rule": id }), &text)
}

/// Hand-overs of command.
pub async fn command(data: &Data, act: &CommandAct, json: bool) -> anyhow::Result<ExitCode> {
    match act {
        CommandAct::List { why } => {
            let views = data
                .app
                .commands(&at_machine(data, why).await?, false)
                .await?;
            let mut text = String::new();
            for view in &views {
                text.push_str(&command_line(view));
            }
            if views.is_empty() {
                text.push_str("No command was handed over.");
            }
            let values: Vec<Value> = views.iter().map(command_json).collect();
            said(json, &json!(values), &text)
        }
        CommandAct::Show { id, why } => {
            let caller = at_machine(data, why).await?;
            let view = data.app.view_command(&caller, *id).await?;
            let names = data.app.stock_names(&caller).await?;
            let mut text = command_line(&view);
            for place in &view.covered.open {
                let name = names.get(place).map_or("", |(_, name)| name.as_str());
                writeln!(text, "  to be counted: {name}")?;
            }
            for login in &view.waits_for {
                writeln!(text, "  has to sign: {login}")?;
            }
            said(json, &command_json(&view), &text)
        }
        CommandAct::Begin {
            site,
            outgoing,
            incoming,
            order,
            why,
        } => {
            let new = NewCommand {
                site: *site,
                outgoing: outgoing.clone(),
                incoming: incoming.clone(),
                order: order.clone(),
            };
            let id = data
                .app
                .begin_command(&at_machine(data, why).await?, new)
                .await?;
            let text = format!(
                "Hand-over {id} is begun: every place of the site is counted, then both sign."
            );
            said(json, &json!({ "command": id }), &text)
        }
        CommandAct::Sign { id, who } => {
            let signed = signed_in(data, who).await?;
            let done = data.app.sign_command(&signed, *id).await;
            sign_out(&data.app, signed).await?;
            let state = done?;
            let text = format!("Signed. The hand-over is {}.", state.as_str());
            said(
                json,
                &json!({ "command": id, "state": state.as_str() }),
                &text,
            )
        }
        CommandAct::Abandon(Ended { id, reason, why }) => {
            let caller = at_machine(data, why).await?;
            data.app
                .abandon_command(&caller, *id, reason.clone())
                .await?;
            said(
                json,
                &json!({ "command": id }),
                "The hand-over is given up.",
            )
        }
    }
}

pub(super) async fn signed_in(
    data: &Data,
    who: &SignedIn,
) -> anyhow::Result<super::stock_plans::Signed> {
    sign_in(&data.app, &who.login, &who.why).await
}

fn command_line(view: &CommandView) -> String {
    let of = &view.command;
    format!(
        "{}  {:9}  by {}  {} to {}  {}: {} places to be counted, {} cases open\n",
        view.envelope.id,
        of.state.as_str(),
        of.due_on,
        of.outgoing,
        of.incoming,
        of.order,
        view.covered.open.len(),
        view.cases_open
    )
}

fn command_json(view: &CommandView) -> Value {
    json!({
        "command": view.envelope.id, "state": view.command.state.as_str(), "says": view.command,
        "open": view.covered.open, "waits_for": view.waits_for, "cases_open": view.cases_open,
    })
}

/// Temperature and humidity of a store.
pub async fn climate(data: &Data, act: &ClimateAct, json: bool) -> anyhow::Result<ExitCode> {
    match act {
        ClimateAct::Show { store, why } => {
            let caller = at_machine(data, why).await?;
            let store = find_store(data, &caller, store).await?;
            show_climate(data, &caller, store, json).await
        }
        ClimateAct::Limits {
            store,
            temperature_min,
            temperature_max,
            humidity_min,
            humidity_max,
            why,
        } => {
            let limits = ClimateLimits {
                temperature_min: *temperature_min,
                temperature_max: *temperature_max,
                humidity_min: *humidity_min,
                humidity_max: *humidity_max,
            };
            let caller = at_machine(data, why).await?;
            let store = find_store(data, &caller, store).await?;
            data.app.set_climate_limits(&caller, store, limits).await?;
            let text = "The limits are set.";
            said(json, &json!({ "store": store, "limits": limits }), text)
        }
        ClimateAct::Settle { store, done, who } => {
            let signed = signed_in(data, who).await?;
            let settled = async {
                let store = find_store(data, &signed, store).await?;
                data.app
                    .settle_climate(&signed, store, done.clone())
                    .await?;
                anyhow::Ok(store)
            };
            let settled = settled.await;
            sign_out(&data.app, signed).await?;
            let text = "It is kept, with who says so.";
            said(json, &json!({ "store": settled? }), text)
        }
    }
}

async fn show_climate(
    data: &Data,
    caller: &Caller,
    store: AccountId,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let view = data.app.store_climate(caller, store).await?;
    let mut text = format!("{}\n", view.name);
    match &view.climate {
        None => text.push_str("No limits are set: `egnatia stock climate limits`.\n"),
        Some(climate) => {
            let limits = climate.limits;
            let shown = |least: Option<String>, most: Option<String>, unit: &str| {
                let of = |limit: Option<String>| limit.unwrap_or_else(|| "…".to_owned());
                format!("{} to {} {unit}", of(least), of(most))
            };
            let temperature = shown(
                limits.temperature_min.map(|limit| limit.to_string()),
                limits.temperature_max.map(|limit| limit.to_string()),
                "°C",
            );
            let humidity = shown(
                limits.humidity_min.map(|limit| limit.to_string()),
                limits.humidity_max.map(|limit| limit.to_string()),
                "%",
            );
            writeln!(text, "limits: {temperature}, {humidity}")?;
            if let Some(out) = &climate.out {
                writeln!(text, "{} readings are out of the limits", out.count)?;
            }
        }
    }
    for reading in view.readings.iter().take(SHOWN_MAX) {
        let temperature = reading
            .temperature
            .map_or_else(String::new, |t| t.to_string());
        let humidity = reading.humidity.map_or_else(String::new, |h| h.to_string());
        writeln!(
            text,
            "  {}  {temperature:>6} °C  {humidity:>5} %",
            reading.at
        )?;
    }
    let value = json!({
        "store": store, "name": view.name, "climate": view.climate, "readings": view.readings,
    });
    said(json, &value, &text)
}

/// Plans of destruction.
pub async fn disposal(data: &Data, act: &DisposalAct, json: bool) -> anyhow::Result<ExitCode> {
    match act {
        DisposalAct::Show { id, why } => {
            let view = data
                .app
                .view_disposal(&at_machine(data, why).await?, *id)
                .await?;
            said(json, &disposal_json(&view), &disposal_text(&view)?)
        }
        DisposalAct::Plan(plan) => plan_disposal(data, plan, json).await,
        DisposalAct::Destroy {
            id,
            quantities,
            movement,
            why,
        } => {
            let caller = at_machine(data, why).await?;
            let done = data
                .app
                .carry_out_disposal(&caller, *id, *movement, quantities);
            let movement = done.await?;
            let text = format!("Movement {movement} waits for a second signature.");
            said(
                json,
                &json!({ "disposal": id, "movement": movement }),
                &text,
            )
        }
        DisposalAct::Abandon(Ended { id, reason, why }) => {
            let caller = at_machine(data, why).await?;
            data.app
                .abandon_disposal(&caller, *id, reason.clone())
                .await?;
            said(json, &json!({ "disposal": id }), "The plan is given up.")
        }
    }
}

async fn plan_disposal(data: &Data, plan: &DisposalPlan, json: bool) -> anyhow::Result<ExitCode> {
    let caller = at_machine(data, &plan.why).await?;
    let mut lines = Vec::with_capacity(plan.lines.len());
    for stated in &plan.lines {
        lines.push(line(data, &caller, stated).await?);
    }
    let new = NewDisposal {
        name: plan.name.clone(),
        reason: plan.reason.clone(),
        method: plan.method.clone(),
        due_on: plan.due_on,
        lines,
    };
    let id: RecordId = data.app.plan_disposal(&caller, new).await?;
    let text = format!("Plan {id} is kept, with {} lines.", plan.lines.len());
    said(
        json,
        &json!({ "disposal": id, "lines": plan.lines.len() }),
        &text,
    )
}

/// What the stores hold under a number, or an id.
pub(super) async fn goods_of(
    data: &Data,
    caller: &Caller,
    number: &str,
) -> anyhow::Result<GoodsId> {
    let found: Vec<(GoodsId, Goods)> = data.app.find_goods(caller, number).await?;
    let [(goods, _)] = found.as_slice() else {
        let text = match found.is_empty() {
            true => format!("`{number}`: the stores hold nothing with this number"),
            false => format!("`{number}`: several things have this number: name one by its id"),
        };
        return Err(InputError(text).into());
    };
    Ok(*goods)
}

async fn line(data: &Data, caller: &Caller, stated: &StatedLine) -> anyhow::Result<DisposalLine> {
    Ok(DisposalLine {
        goods: goods_of(data, caller, &stated.number).await?,
        from: find_place(data, caller, &stated.place).await?,
        quantity: stated.quantity,
    })
}

fn disposal_text(view: &DisposalView) -> Result<String, AppError> {
    let failed = |error: std::fmt::Error| AppError::Internal(error.to_string());
    let plan = &view.disposal;
    let mut text = format!(
        "{}  {}  by {}\n{}: {}\n",
        plan.name,
        plan.state.as_str(),
        plan.due_on,
        plan.method,
        plan.reason
    );
    for (line, progress) in plan.lines.iter().zip(&view.progress) {
        let goods = view.goods.get(&line.goods);
        let name = goods.map_or_else(
            || line.goods.to_string(),
            |goods| format!("{}, {}", goods.nomenclature, goods.number()),
        );
        writeln!(
            text,
            "  {name}: {} planned, {} destroyed, {} wait, {} left",
            progress.planned,
            progress.done,
            progress.waiting,
            progress.left()
        )
        .map_err(failed)?;
    }
    for carried in &view.carried {
        let second = carried.second.as_ref().map_or("-", |login| login.as_str());
        writeln!(
            text,
            "  {}  {} pieces  entered by {}, signed by {second}{}",
            carried.movement,
            carried.pieces,
            carried.first,
            if carried.is_reversed {
                ", taken back"
            } else {
                ""
            }
        )
        .map_err(failed)?;
    }
    Ok(text)
}

fn disposal_json(view: &DisposalView) -> Value {
    let line = |(line, progress): (&DisposalLine, &LineProgress)| {
        let goods = view.goods.get(&line.goods);
        json!({
            "goods": line.goods, "from": line.from, "planned": progress.planned,
            "done": progress.done, "waiting": progress.waiting, "left": progress.left(),
            "nomenclature": goods.map(|goods| &goods.nomenclature),
            "number": goods.map(Goods::number),
        })
    };
    let lines: Vec<Value> = view
        .disposal
        .lines
        .iter()
        .zip(&view.progress)
        .map(line)
        .collect();
    let carried = view.carried.iter().map(|carried| {
        json!({
            "movement": carried.movement, "pieces": carried.pieces, "first": carried.first,
            "second": carried.second, "waits": carried.waits, "is_reversed": carried.is_reversed,
        })
    });
    json!({
        "disposal": view.envelope.id, "name": view.disposal.name,
        "state": view.disposal.state.as_str(), "due_on": view.disposal.due_on,
        "method": view.disposal.method, "reason": view.disposal.reason,
        "lines": lines, "movements": carried.collect::<Vec<Value>>(),
    })
}
