//! `egnatia firearm event`, `report`, `destruction`.

use std::process::ExitCode;

use egnatia_app::{Caller, MissingReport, NewCorrection};
use egnatia_firearms::{Event, EventDraft, EventKind, Holder, LifeRefused, Personal, Report};
use egnatia_record::{Handling, HandlingCode, OriginRegime, RecordId};
use jiff::civil::Date;
use serde_json::json;

use crate::cli::{Correction, Destruction, FirearmEvent, FirearmReport, Officer, Why};
use crate::commands::print;
use crate::commands::stock_plans::{Signed, sign_in, sign_out};
use crate::data::Data;
use crate::failure::InputError;

/// Records what happened to a weapon.
pub async fn event(
    data: &Data,
    caller: &Caller,
    what: FirearmEvent,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let (id, kind, stated, corrects) = (what.id, what.kind, what.on, what.corrects);
    let reason = what.reason.clone().unwrap_or_default();
    let view = data.app.view_firearm(caller, id).await?;
    let today = data.app.now().to_zoned_datetime(jiff::tz::TimeZone::UTC);
    let (event, on) = match (kind, corrects) {
        (EventKind::Correction, None) => {
            let text = "state --corrects, the number of the event, and --reason";
            return Err(InputError(text.to_owned()).into());
        }
        (EventKind::Correction, Some(of)) => {
            let place = usize::try_from(of)?.checked_sub(1);
            let entry = place.and_then(|place| view.firearm.life.get(place));
            let on = entry.map_or(Date::ZERO, |entry| entry.on);
            let event = Event::Correction {
                of,
                instead: None,
                on,
                reason,
                first: None,
            };
            (event, today.date())
        }
        (kind, corrects) => {
            let on = stated.ok_or_else(|| InputError("state --on, the day".to_owned()))?;
            let read = draft(what).read(kind, &view.standing.custody);
            let event = read.map_err(|refused| missing(&refused))?;
            let event = match corrects {
                None => event,
                Some(of) => Event::Correction {
                    of,
                    instead: Some(Box::new(event)),
                    on,
                    reason,
                    first: None,
                },
            };
            (event, on)
        }
    };
    if let Event::Correction {
        of,
        instead,
        on,
        reason,
        ..
    } = &event
        && view.firearm.needs_two(*of)
    {
        let correction = NewCorrection {
            of: *of,
            instead: instead.as_deref().cloned(),
            on: *on,
            reason: reason.clone(),
        };
        data.app.propose_correction(caller, id, correction).await?;
        let text = "Two officers signed that event: its correction is proposed, and another officer \
                    signs it with `egnatia firearm correction sign`.";
        let value = json!({ "firearm": id, "proposed": "correction", "of": of });
        print(json, &value, text);
        return Ok(ExitCode::SUCCESS);
    }
    let said = event.kind();
    data.app.record_event(caller, id, event, on).await?;
    let view = data.app.view_firearm(caller, id).await?;
    let custody = &view.standing.custody;
    let text = format!("Recorded: {said}. The weapon is now: {}.", custody.as_str());
    let value = json!({
        "firearm": id, "event": said, "number": view.firearm.life.len(), "custody": custody,
    });
    print(json, &value, &text);
    Ok(ExitCode::SUCCESS)
}

fn missing(refused: &LifeRefused) -> InputError {
    match refused {
        LifeRefused::Text(field) => InputError(format!("state --{}", field.replace('_', "-"))),
        refused => InputError(refused.to_string()),
    }
}

fn draft(what: FirearmEvent) -> EventDraft {
    let kind = what.holder_kind;
    EventDraft {
        holder: what.holder.map(|reference| Holder {
            kind,
            reference,
            name: what.holder_name.map(Personal::new),
            address: what.holder_address.map(Personal::new),
        }),
        from_holder: what.from_holder,
        from: what.from_country,
        to: what.to_country,
        number: what.number,
        until: what.until,
        consignee: what.consignee,
        authority: what.authority,
        circumstances: what.circumstances,
    }
}

/// Reports a weapon lost or stolen.
pub async fn report(
    data: &Data,
    caller: &Caller,
    what: FirearmReport,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let said = Report {
        discovered_at: what.discovered,
        circumstances: what.circumstances,
    };
    let handling = Handling::new(
        [HandlingCode::H0],
        None,
        what.release_to,
        OriginRegime::National,
    );
    let report = MissingReport {
        event: match what.how {
            EventKind::Loss => Event::Loss(said),
            _ => Event::Theft(said),
        },
        on: what.on,
        decision: what.decision,
        handling: handling.map_err(|error| InputError(error.to_string()))?,
    };
    let entered = data.app.report_missing(caller, what.id, report).await?;
    let to: Vec<_> = entered
        .recipients
        .iter()
        .filter(|one| one.outcome.is_ok())
        .map(|one| &one.authority)
        .collect();
    let text = format!(
        "Reported: {}. Alert {} goes to {} partners.",
        what.how,
        entered.alert,
        to.len()
    );
    let value = json!({ "firearm": what.id, "alert": entered.alert, "to": to });
    print(json, &value, &text);
    Ok(ExitCode::SUCCESS)
}

/// Proposes, signs or withdraws a destruction.
pub async fn destruction(
    data: &Data,
    caller: &Caller,
    what: Destruction,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let (id, text) = match what {
        Destruction::Propose {
            id,
            method,
            evidence,
            ..
        } => {
            let done = data.app.propose_destruction(caller, id, method, evidence);
            done.await?;
            (id, "The destruction is proposed; another officer signs it.")
        }
        Destruction::Sign {
            id,
            on,
            officer,
            why,
        } => {
            let signer = signer(data, &officer, &why).await?;
            let by = signer.as_deref().unwrap_or(caller);
            let done = data.app.sign_destruction(by, id, on).await;
            leave(data, signer).await?;
            done?;
            (id, "Signed: the weapon is destroyed.")
        }
        Destruction::Withdraw { id, .. } => {
            data.app.withdraw_proposal(caller, id).await?;
            (id, "The proposal is withdrawn.")
        }
    };
    standing(data, caller, id, (json, text)).await
}

/// Signs or withdraws the correction of what two officers signed.
pub async fn correction(
    data: &Data,
    caller: &Caller,
    what: Correction,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let (id, text) = match what {
        Correction::Sign { id, officer, why } => {
            let signer = signer(data, &officer, &why).await?;
            let by = signer.as_deref().unwrap_or(caller);
            let done = data.app.sign_correction(by, id).await;
            leave(data, signer).await?;
            done?;
            (id, "Signed: it is corrected.")
        }
        Correction::Withdraw { id, .. } => {
            data.app.withdraw_proposal(caller, id).await?;
            (id, "The proposal is withdrawn.")
        }
    };
    standing(data, caller, id, (json, text)).await
}

/// The officer who signs with their own account, where one is named: two officers at one command line are
/// one user of the operating system.
async fn signer(data: &Data, officer: &Officer, why: &Why) -> anyhow::Result<Option<Signed>> {
    match &officer.login {
        Some(login) => Ok(Some(sign_in(&data.app, login, why).await?)),
        None => Ok(None),
    }
}

async fn leave(data: &Data, signer: Option<Signed>) -> anyhow::Result<()> {
    match signer {
        Some(signed) => sign_out(&data.app, signed).await,
        None => Ok(()),
    }
}

/// Says where the weapon is now, and what is proposed.
async fn standing(
    data: &Data,
    caller: &Caller,
    id: RecordId,
    (json, text): (bool, &str),
) -> anyhow::Result<ExitCode> {
    let view = data.app.view_firearm(caller, id).await?;
    let value = json!({
        "firearm": id, "custody": view.standing.custody, "proposed": view.firearm.proposed,
    });
    print(json, &value, text);
    Ok(ExitCode::SUCCESS)
}

/// Weapons that wait for a second officer.
pub async fn waiting(data: &Data, caller: &Caller, json: bool) -> anyhow::Result<ExitCode> {
    let waiting = data.app.firearms_waiting(caller).await?;
    let lines = waiting.iter().filter_map(|(id, firearm)| {
        let proposed = firearm.proposed.as_ref()?;
        let name = firearm.particulars.display_name();
        Some(format!("{id} {name}: proposed by {}", proposed.by()))
    });
    let mut text = lines.collect::<Vec<_>>().join("\n");
    if waiting.is_empty() {
        text.push_str("Nothing waits for a second officer.");
    }
    let values = waiting.iter().map(|(id, firearm)| {
        json!({
            "firearm": id, "name": firearm.particulars.display_name(),
            "proposed": firearm.proposed,
        })
    });
    let value = json!(values.collect::<Vec<_>>());
    print(json, &value, &text);
    Ok(ExitCode::SUCCESS)
}
