//! `egnatia demo --tour`: the flow between seven real nodes, step by step, for a newcomer and for a
//! script.

use std::future::Future;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use egnatia_alerts::{Outcome, Reason};
use egnatia_app::{Caller, CheckRequest, Role};
use egnatia_matching::{Description, Name, Schema};
use egnatia_protocol::RecallReason;
use egnatia_record::{Justification, Purpose, RecordId};
use serde_json::json;

use super::invented;
use super::region::{self, Member};
use crate::data::operator;

/// Nothing of the tour takes as long as this.
const PATIENCE: Duration = Duration::from_secs(20);
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// A step, as it went.
struct Step {
    name: &'static str,
    told: String,
    ok: bool,
    time: Duration,
}

/// Plays the tour in a folder of its own, which it removes.
pub async fn run(json: bool) -> anyhow::Result<ExitCode> {
    let folder = tempfile::Builder::new().prefix("egnatia-tour-").tempdir()?;
    let mut steps = Vec::new();
    let mut members = Vec::new();
    let played = play(folder.path(), &mut members, &mut steps, json).await;
    if let Err(error) = &played {
        tell(
            &mut steps,
            json,
            Step {
                name: "end",
                told: format!("{error:#}"),
                ok: false,
                time: Duration::ZERO,
            },
        );
    }
    region::stop(members).await?;
    if json {
        let steps: Vec<_> = steps
            .iter()
            .map(|step| {
                let ms = step.time.as_secs_f64() * 1_000.0;
                json!({ "step": step.name, "ok": step.ok, "ms": (ms * 10.0).round() / 10.0 })
            })
            .collect();
        crate::output::say(serde_json::Value::from(steps));
    }
    Ok(match played {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    })
}

fn tell(steps: &mut Vec<Step>, json: bool, step: Step) {
    if !json {
        let mark = if step.ok { "done" } else { "FAILED" };
        let ms = step.time.as_secs_f64() * 1_000.0;
        crate::output::say(format_args!(
            "  {mark:6} {ms:9.1} ms  {:12} {}",
            step.name, step.told
        ));
    }
    steps.push(step);
}

async fn play(
    folder: &Path,
    members: &mut Vec<Member>,
    steps: &mut Vec<Step>,
    json: bool,
) -> anyhow::Result<()> {
    if !json {
        crate::output::say(format_args!(
            "Seven nodes on this machine, each with its own data, keys and users.\n"
        ));
    }
    let mut step =
        async |name, doing: &mut (dyn Future<Output = anyhow::Result<String>> + Unpin)| {
            let started = Instant::now();
            let done = doing.await;
            let time = started.elapsed();
            let (ok, told) = match &done {
                Ok(told) => (true, told.clone()),
                Err(error) => (false, format!("{error:#}")),
            };
            tell(
                steps,
                json,
                Step {
                    name,
                    told,
                    ok,
                    time,
                },
            );
            done.map(|_| ())
        };

    let operator = operator(None)?;
    let mut starting = Box::pin(async {
        let nobody = std::net::SocketAddr::from((std::net::Ipv4Addr::LOCALHOST, 0));
        let prepared = region::prepare(folder, nobody).await?;
        *members = region::start(prepared, &operator).await?;
        let places: Vec<&str> = members.iter().map(|member| member.side.place).collect();
        Ok(format!(
            "{} have accepted each other's cards and agreed on what may flow",
            places.join(", ")
        ))
    });
    step("start", &mut starting).await?;
    drop(starting);
    let home = members.first().context("there is no node")?;
    let border = members
        .iter()
        .find(|member| member.side.place == "Tirana")
        .context("there is no node in Tirana")?;

    let mut alert = None;
    let mut writing = Box::pin(async {
        let entered = home
            .app()
            .enter_alert(&verifier()?, invented::alert(WRITTEN, "1989-05-17")?)
            .await?;
        alert = Some(entered.alert);
        let (mut to, mut not) = (Vec::new(), Vec::new());
        for recipient in &entered.recipients {
            let place = place_of(members, recipient.authority.as_str());
            match &recipient.outcome {
                Ok(_) => to.push(place.to_owned()),
                Err(why) => not.push(format!("{place} ({why})")),
            }
        }
        let not = match not.is_empty() {
            true => String::new(),
            false => format!("; not to {}", not.join(", ")),
        };
        Ok(format!(
            "{} writes an alert on an invented person; it goes to {}{not}",
            home.side.place,
            to.join(", ")
        ))
    });
    step("alert", &mut writing).await?;
    drop(writing);
    let alert = alert.context("no alert was written")?;

    let mut sharing = Box::pin(async {
        let count = until(async || {
            let view = home.app().view_alert(&verifier()?, alert).await?;
            let sent = view.deliveries.iter().filter(|row| row.receipt.is_some());
            let sent = sent.count();
            Ok((sent > 0 && sent == view.deliveries.len()).then_some(sent))
        })
        .await?;
        Ok(format!("{count} nodes have it, and have signed for it"))
    });
    step("share", &mut sharing).await?;
    drop(sharing);

    let mut matched = None;
    let mut checking = Box::pin(async {
        let answer = border.app().check(&officer()?, question()).await?;
        let candidate = answer
            .candidates
            .iter()
            .find(|candidate| candidate.entry.record == alert)
            .context("the border did not find the alert")?;
        matched = Some(candidate.matched);
        Ok(format!(
            "an officer at a border of {} checks “{}” and gets a match, probability {:.4}",
            border.side.place, WRITTEN_OTHERWISE, candidate.assessment.probability
        ))
    });
    step("match", &mut checking).await?;
    drop(checking);
    let matched = matched.context("there is no match")?;

    let mut confirming = Box::pin(async {
        let reason = Reason::try_from("same document, same photograph".to_owned())?;
        let decided = border
            .app()
            .decide(&verifier()?, matched, Outcome::Confirmed, reason)
            .await?;
        decided.hit.context("no hit came of it")?;
        Ok(format!(
            "a named officer in {} confirms: it is a hit",
            border.side.place
        ))
    });
    step("hit", &mut confirming).await?;
    drop(confirming);

    let mut telling = Box::pin(async {
        let due = until(async || {
            let reports = home.app().hit_reports(&verifier()?, None, 10).await?;
            let report = reports
                .items
                .into_iter()
                .find(|item| item.body.alert == alert);
            Ok(report.map(|report| report.body.due_at))
        })
        .await?;
        Ok(format!(
            "{} is told of the hit; it is due at {due:.0}",
            home.side.place
        ))
    });
    step("owner-told", &mut telling).await?;
    drop(telling);

    let mut recalling = Box::pin(recall(members, alert));
    step("recall", &mut recalling).await?;
    drop(recalling);
    let mut witnessing = Box::pin(witness(members));
    step("witness", &mut witnessing).await?;
    drop(witnessing);
    let mut verifying = Box::pin(verify(members, &operator));
    step("audit", &mut verifying).await
}

async fn recall(members: &[Member], alert: RecordId) -> anyhow::Result<String> {
    let home = members.first().context("there is no node")?;
    let reason = Reason::try_from("the person was found".to_owned())?;
    home.app()
        .withdraw_alert(&verifier()?, alert, reason, RecallReason::Withdrawn)
        .await?;
    let count = until(async || {
        let view = home.app().view_alert(&verifier()?, alert).await?;
        let recalls: Vec<_> = view
            .deliveries
            .iter()
            .filter(|row| row.kind == "recall")
            .collect();
        let done = recalls.iter().all(|row| row.receipt.is_some());
        Ok(done.then_some(recalls.len()))
    })
    .await?;
    for member in members.iter().skip(1) {
        let answer = member.app().check(&officer()?, question()).await?;
        if answer.candidates.iter().any(|c| c.entry.record == alert) {
            bail!("{} still finds the alert", member.side.place);
        }
    }
    Ok(format!(
        "{} withdraws the alert; {count} nodes have erased it, and have signed that they did",
        home.side.place
    ))
}

async fn witness(members: &[Member]) -> anyhow::Result<String> {
    let home = members.first().context("there is no node")?;
    let asked = home.app().ask_witnesses().await?;
    let size = until(async || {
        let rows = home.app().witnesses(&supervisor()?).await?;
        let vouched: Vec<_> = rows.iter().filter(|w| w.is_own).collect();
        let size = vouched.iter().map(|w| w.row.size).min().unwrap_or(0);
        Ok((asked > 0 && vouched.len() == asked).then_some(size))
    })
    .await?;
    Ok(format!(
        "{asked} partners have countersigned the first {size} entries of the audit log of {}",
        home.side.place
    ))
}

async fn verify(members: &[Member], operator: &Caller) -> anyhow::Result<String> {
    let mut entries = 0;
    for member in members {
        let verified = member.app().audit_verify(operator, &|_, _| {}).await?;
        match verified {
            Ok(verified) => entries += verified.entries,
            Err(problem) => bail!("the log of {}: {problem}", member.side.place),
        }
    }
    Ok(format!(
        "the logs of all {} nodes are whole: {entries} entries",
        members.len()
    ))
}

/// Asks until there is an answer.
async fn until<T>(mut ask: impl AsyncFnMut() -> anyhow::Result<Option<T>>) -> anyhow::Result<T> {
    let started = Instant::now();
    loop {
        if let Some(answer) = ask().await? {
            return Ok(answer);
        }
        if started.elapsed() > PATIENCE {
            bail!("nothing happened within {} s", PATIENCE.as_secs());
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

fn place_of<'a>(members: &'a [Member], authority: &'a str) -> &'a str {
    let member = members
        .iter()
        .find(|member| member.side.authority == authority);
    member.map_or(authority, |member| member.side.place)
}

const WRITTEN: &str = "Ѓорѓи Измислевски";
const WRITTEN_OTHERWISE: &str = "Gjorgji Izmislevski";

fn question() -> CheckRequest {
    CheckRequest {
        query: Description {
            schema: Schema::Person,
            names: vec![Name::new(WRITTEN_OTHERWISE)],
            births: "1989-05-17".parse().ok().into_iter().collect(),
            ..Description::default()
        },
        ..CheckRequest::default()
    }
}

fn officer() -> anyhow::Result<Caller> {
    caller("tour.officer", Role::Officer, Some(Purpose::BorderCheck))
}

fn verifier() -> anyhow::Result<Caller> {
    caller(
        "tour.verifier",
        Role::VerifyingOfficer,
        Some(Purpose::Terrorism),
    )
}

fn supervisor() -> anyhow::Result<Caller> {
    caller("tour.supervisor", Role::Supervisor, None)
}

fn caller(login: &str, role: Role, purpose: Option<Purpose>) -> anyhow::Result<Caller> {
    let justification = purpose
        .map(|purpose| {
            anyhow::Ok(Justification {
                purpose,
                case: "TOUR 1".parse()?,
            })
        })
        .transpose()?;
    Ok(Caller {
        login: login.parse()?,
        role,
        justification,
    })
}
