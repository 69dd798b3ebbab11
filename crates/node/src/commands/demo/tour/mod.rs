//! `egnatia demo --tour`: the flow between seven real nodes, step by step, for a newcomer and for a
//! script.

mod person;
mod weapon;

use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use egnatia_app::{Caller, Recipient, Role};
use egnatia_record::{Justification, Purpose, RecordId};
use serde_json::json;

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

/// The steps so far. A person reads each as it ends, a program all of them at the end.
struct Tour {
    steps: Vec<Step>,
    json: bool,
}

impl Tour {
    /// Does a step, which says what happened, and tells how it went.
    fn step<T>(
        &mut self,
        name: &'static str,
        doing: impl Future<Output = anyhow::Result<(T, String)>>,
    ) -> Pin<Box<impl Future<Output = anyhow::Result<T>>>> {
        Box::pin(self.tell(name, doing))
    }

    async fn tell<T>(
        &mut self,
        name: &'static str,
        doing: impl Future<Output = anyhow::Result<(T, String)>>,
    ) -> anyhow::Result<T> {
        let started = Instant::now();
        let done = doing.await;
        let told = match &done {
            Ok((_, told)) => told.clone(),
            Err(error) => format!("{error:#}"),
        };
        let step = Step {
            name,
            told,
            ok: done.is_ok(),
            time: started.elapsed(),
        };
        if !self.json {
            let mark = if step.ok { "done" } else { "FAILED" };
            crate::output::say(format_args!(
                "  {mark:6} {:9.1} ms  {:13} {}",
                milliseconds(step.time),
                step.name,
                step.told
            ));
        }
        self.steps.push(step);
        done.map(|(made, _)| made)
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

/// Plays the tour in a folder of its own, which it removes.
pub async fn run(json: bool) -> anyhow::Result<ExitCode> {
    let folder = tempfile::Builder::new().prefix("egnatia-tour-").tempdir()?;
    let mut tour = Tour {
        steps: Vec::new(),
        json,
    };
    if !json {
        crate::output::say(
            "Seven nodes on this machine, each with its own data, keys and users.\n",
        );
    }
    let mut members = Vec::new();
    let played = play(folder.path(), &mut members, &mut tour).await;
    region::stop(members).await?;
    if json {
        let steps = tour.steps.iter().map(|step| {
            let ms = (milliseconds(step.time) * 10.0).round() / 10.0;
            json!({ "step": step.name, "ok": step.ok, "ms": ms })
        });
        crate::output::say(serde_json::Value::from_iter(steps));
    }
    Ok(match (played, tour.steps.iter().all(|step| step.ok)) {
        (Ok(()), true) => ExitCode::SUCCESS,
        // What failed between two steps is told nowhere else.
        (Err(error), true) => return Err(error),
        _ => ExitCode::FAILURE,
    })
}

async fn play(folder: &Path, members: &mut Vec<Member>, tour: &mut Tour) -> anyhow::Result<()> {
    let operator = operator(None)?;
    *members = tour.step("start", start(folder, &operator)).await?;
    let members = members.as_slice();
    person::play(members, tour).await?;
    weapon::play(members, tour).await?;
    tour.step("witness", witness(members)).await?;
    tour.step("audit", verify(members, &operator)).await
}

async fn start(folder: &Path, operator: &Caller) -> anyhow::Result<(Vec<Member>, String)> {
    let nobody = std::net::SocketAddr::from((std::net::Ipv4Addr::LOCALHOST, 0));
    let prepared = region::prepare(folder, nobody).await?;
    let members = region::start(prepared, operator).await?;
    let places: Vec<&str> = members.iter().map(|member| member.side.place).collect();
    let told = format!(
        "{} have accepted each other's cards and agreed on what may flow",
        places.join(", ")
    );
    Ok((members, told))
}

async fn witness(members: &[Member]) -> anyhow::Result<((), String)> {
    let home = members.first().context("there is no node")?;
    let asked = home.app().ask_witnesses().await?;
    let size = until(async || {
        let rows = home.app().witnesses(&supervisor()?).await?;
        let vouched = rows.iter().filter(|w| w.is_own && w.row.size > 0);
        let vouched: Vec<_> = vouched.collect();
        let size = vouched.iter().map(|w| w.row.size).min().unwrap_or(0);
        Ok((asked > 0 && vouched.len() == asked).then_some(size))
    })
    .await?;
    let told = format!(
        "{asked} partners have countersigned the first {size} entries of the audit log of {}",
        home.side.place
    );
    Ok(((), told))
}

async fn verify(members: &[Member], operator: &Caller) -> anyhow::Result<((), String)> {
    let mut entries = 0;
    for member in members {
        let verified = member.app().audit_verify(operator, &|_, _| {}).await?;
        match verified {
            Ok(verified) => entries += verified.entries,
            Err(problem) => bail!("the log of {}: {problem}", member.side.place),
        }
    }
    let told = format!(
        "the logs of all {} nodes are whole: {entries} entries",
        members.len()
    );
    Ok(((), told))
}

/// The node of a place.
fn at<'m>(members: &'m [Member], place: &str) -> anyhow::Result<&'m Member> {
    let mut members = members.iter();
    let found = members.find(|member| member.side.place == place);
    found.with_context(|| format!("there is no node in {place}"))
}

/// Where an alert goes, and where it does not, and why.
fn goes_to(members: &[Member], recipients: &[Recipient]) -> String {
    let (mut to, mut not) = (Vec::new(), Vec::new());
    for recipient in recipients {
        let place = place_of(members, recipient.authority.as_str());
        match &recipient.outcome {
            Ok(_) => to.push(place.to_owned()),
            Err(why) => not.push(format!("{place} ({why})")),
        }
    }
    let to = to.join(", ");
    match not.is_empty() {
        true => to,
        false => format!("{to}; not to {}", not.join(", ")),
    }
}

/// Waits until everybody to whom an alert goes has signed for it. Returns how many that are.
async fn arrived(home: &Member, alert: RecordId) -> anyhow::Result<usize> {
    until(async || {
        let view = home.app().view_alert(&verifier()?, alert).await?;
        let sent = view.deliveries.iter().filter(|row| row.receipt.is_some());
        let sent = sent.count();
        Ok((sent > 0 && sent == view.deliveries.len()).then_some(sent))
    })
    .await
}

/// Waits until everybody has signed that an alert is erased. Returns how many that are.
async fn recalled(home: &Member, alert: RecordId) -> anyhow::Result<usize> {
    until(async || {
        let view = home.app().view_alert(&verifier()?, alert).await?;
        let recalls = view.deliveries.iter().filter(|row| row.kind == "recall");
        let waiting = recalls.clone().any(|row| row.receipt.is_none());
        let count = recalls.count();
        Ok((count > 0 && !waiting).then_some(count))
    })
    .await
}

/// Waits until the issuer of an alert is told of a hit. Says until when it is to be dealt with.
async fn told_of(home: &Member, alert: RecordId) -> anyhow::Result<String> {
    let due = until(async || {
        let reports = home.app().hit_reports(&verifier()?, None, 10).await?;
        let mut reports = reports.items.into_iter();
        let report = reports.find(|item| item.body.alert == alert);
        Ok(report.map(|report| report.body.due_at))
    })
    .await?;
    Ok(format!(
        "{} is told of the hit; it is due at {due:.0}",
        home.side.place
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
