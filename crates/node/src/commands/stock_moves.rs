//! `egnatia stock movement`.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::process::ExitCode;

use egnatia_app::{MovementView, NewMovement};
use egnatia_stockpile::{AccountId, AccountKind, Line, Signing};
use serde_json::{Value, json};

use super::stock_acts::{at_machine, goods_of, said, signed_in};
use super::stock_plans::sign_out;
use crate::cli::{MovementAct, MovementEntry};
use crate::data::Data;
use crate::failure::InputError;

type Names = BTreeMap<AccountId, (AccountKind, String)>;

/// Shows, enters, signs or gives up a movement.
pub async fn movement(data: &Data, act: &MovementAct, json: bool) -> anyhow::Result<ExitCode> {
    match act {
        MovementAct::Show { id, why } => {
            let caller = at_machine(data, why).await?;
            let view = data.app.view_movement(&caller, *id).await?;
            let names = data.app.stock_names(&caller).await?;
            said(json, &value_of(&view), &text_of(&view, &names)?)
        }
        MovementAct::Enter(entry) => enter(data, entry, json).await,
        MovementAct::Sign { id, counted, who } => {
            let signed = signed_in(data, who).await?;
            let done = data.app.sign_movement(&signed, *id, counted.clone()).await;
            sign_out(&data.app, signed).await?;
            said(json, &value_of(&done?), "It is signed, and posted.")
        }
        MovementAct::Void { id, reason, who } => {
            let signed = signed_in(data, who).await?;
            let done = data.app.void_movement(&signed, *id, reason.clone()).await;
            sign_out(&data.app, signed).await?;
            said(
                json,
                &value_of(&done?),
                "It is given up; nothing was moved.",
            )
        }
        MovementAct::Accounts { why } => {
            let names = data.app.stock_names(&at_machine(data, why).await?).await?;
            let mut text = String::new();
            for (id, (kind, name)) in &names {
                writeln!(text, "{id}  {:<9}  {name}", kind.as_str())?;
            }
            if names.is_empty() {
                text.push_str("There is no site yet: `egnatia stock site FILE`.");
            }
            let one = |(id, (kind, name)): (&AccountId, &(AccountKind, String))| json!({ "account": id, "kind": kind.as_str(), "name": name });
            let values: Vec<Value> = names.iter().map(one).collect();
            said(json, &json!(values), &text)
        }
    }
}

async fn enter(data: &Data, entry: &MovementEntry, json: bool) -> anyhow::Result<ExitCode> {
    let caller = at_machine(data, &entry.why).await?;
    let names = data.app.stock_names(&caller).await?;
    let mut lines = Vec::with_capacity(entry.lines.len());
    for stated in &entry.lines {
        lines.push(Line {
            kind: entry.kind,
            goods: goods_of(data, &caller, &stated.number).await?,
            from: account_of(&names, &stated.from)?,
            to: account_of(&names, &stated.to)?,
            quantity: stated.quantity,
        });
    }
    let new = NewMovement {
        id: entry.id,
        lines,
        effective_at: None,
        reference: entry.reference.clone(),
        remark: entry.remark.clone(),
    };
    let view = data.app.enter_movement(&caller, new).await?;
    let id = view.row.movement.id;
    let text = match view.signing {
        Signing::One => format!("Movement {id} is posted."),
        Signing::Two => format!("Movement {id} waits for a second signature."),
        Signing::Receiver => format!("Movement {id} waits until the receiving store has counted."),
    };
    said(json, &value_of(&view), &text)
}

/// A place by its code, its whole name or its account; a holder by name; or what else there is.
fn account_of(names: &Names, stated: &str) -> anyhow::Result<AccountId> {
    let wanted = stated.trim().to_lowercase();
    let is_it = |(id, (_, name)): &(&AccountId, &(AccountKind, String))| {
        let name = name.to_lowercase();
        let code = name.rsplit(" / ").next();
        id.to_string() == wanted || name == wanted || code == Some(wanted.as_str())
    };
    let found: Vec<AccountId> = names.iter().filter(is_it).map(|(id, _)| *id).collect();
    match found.as_slice() {
        [account] => Ok(*account),
        [] => {
            let text = format!(
                "there is no place and no holder `{stated}`: `egnatia stock movement accounts` lists them"
            );
            Err(InputError(text).into())
        }
        _ => {
            let text = format!("`{stated}` is the name of several: name it by its account");
            Err(InputError(text).into())
        }
    }
}

fn value_of(view: &MovementView) -> Value {
    json!({
        "movement": view.row.movement, "state": state(view), "signing": view.signing,
        "due_at": view.row.due_at,
    })
}

/// How it stands, as programs read it.
fn state(view: &MovementView) -> &'static str {
    match &view.row.end {
        Some(end) => end.resolving.what.as_str(),
        None if view.row.waits() => "waiting",
        None => "posted",
    }
}

fn text_of(view: &MovementView, names: &Names) -> anyhow::Result<String> {
    let movement = &view.row.movement;
    let mut text = String::new();
    writeln!(
        text,
        "{}  {}  {}",
        movement.id,
        state(view),
        movement.reference
    )?;
    writeln!(
        text,
        "entered by {} at {}",
        movement.by, view.row.recorded_at
    )?;
    if let Some(end) = &view.row.end {
        writeln!(
            text,
            "{} by {} at {}",
            state(view),
            end.resolving.by,
            end.at
        )?;
    } else if let Some(due) = view.row.due_at {
        let who = match view.signing {
            Signing::Receiver => "the receiving store counts",
            _ => "a second person signs",
        };
        writeln!(text, "{who} until {due}")?;
    }
    if view.row.is_reversed {
        writeln!(text, "taken back")?;
    }
    let name = |account: &AccountId| {
        names
            .get(account)
            .map_or_else(|| account.to_string(), |(_, name)| name.clone())
    };
    for line in &movement.lines {
        let (from, to) = (name(&line.from), name(&line.to));
        writeln!(
            text,
            "  {}  {} of {}  {from} -> {to}",
            line.kind, line.quantity, line.goods
        )?;
    }
    Ok(text)
}
