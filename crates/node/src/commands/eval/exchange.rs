//! `egnatia eval exchange`: how fast seven nodes on this machine exchange, over real TLS.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use egnatia_app::{App, AppError, Caller, Role};
use egnatia_record::{Justification, Purpose};
use serde_json::json;

use crate::commands::demo::{invented, region};
use crate::data::operator;

/// What is measured.
pub struct Wanted {
    /// So many alerts one after the other, for the time of one.
    pub single: u64,
    /// So many as fast as they can be written, for the rate.
    pub many: u64,
    /// So many that were written while no partner could be reached.
    pub missed: u64,
    /// So many partners, at most six.
    pub recipients: u8,
}

/// So many are written at the same time.
const WRITERS: u64 = 48;
const LOOK_EVERY: Duration = Duration::from_millis(2);
/// Counting very many that wait takes time of its own.
const LOOK_EVERY_OF_MANY: Duration = Duration::from_millis(250);
/// Between single alerts.
const PAUSE: Duration = Duration::from_millis(40);
const PATIENCE: Duration = Duration::from_secs(600);

/// Measures in a folder of its own, which it removes.
pub async fn run(wanted: Wanted, json: bool) -> anyhow::Result<ExitCode> {
    let folder = tempfile::Builder::new()
        .prefix("egnatia-exchange-")
        .tempdir()?;
    let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let caller = operator(None)?;
    let mut prepared = region::prepare(folder.path(), anywhere).await?;
    prepared.truncate(usize::from(wanted.recipients).saturating_add(1));
    region::introduce(&prepared, &caller).await?;
    let home = prepared
        .first()
        .map(|node| node.data.app.clone())
        .context("there is no node")?;
    let numbers = Arc::new(AtomicU64::new(0));

    let writing = Instant::now();
    write(&home, &numbers, wanted.missed).await?;
    let written_unreached = writing.elapsed();
    let catching_up = Instant::now();
    let members = region::start(prepared, &caller).await?;
    delivered(&home, LOOK_EVERY_OF_MANY).await?;
    let caught_up = catching_up.elapsed();

    let mut times = Vec::new();
    for _ in 0..wanted.single {
        tokio::time::sleep(PAUSE).await;
        let started = Instant::now();
        write(&home, &numbers, 1).await?;
        delivered(&home, LOOK_EVERY).await?;
        times.push(started.elapsed().as_secs_f64() * 1_000.0);
    }
    times.sort_by(f64::total_cmp);

    let sustained = Instant::now();
    write(&home, &numbers, wanted.many).await?;
    let written = sustained.elapsed();
    delivered(&home, LOOK_EVERY_OF_MANY).await?;
    let sustained = sustained.elapsed();
    region::stop(members).await?;

    let recipients = u64::from(wanted.recipients);
    let p50 = quantile(&times, 0.5);
    let p99 = quantile(&times, 0.99);
    let report = json!({
        "recipients": wanted.recipients,
        "alert_to_six_receipts_ms": { "p50": p50, "p99": p99, "alerts": wanted.single },
        "sustained_alerts_per_second": rate(wanted.many, sustained),
        "written_alerts_per_second": rate(wanted.many, written),
        "deliveries_per_second": rate(wanted.many * recipients, sustained),
        "catch_up": {
            "alerts": wanted.missed,
            "written_per_second": rate(wanted.missed, written_unreached),
            "deliveries_per_second": rate(wanted.missed * recipients, caught_up),
        },
    });
    if json {
        crate::output::say(report);
    } else {
        crate::output::say(format_args!(
            "Nodes on this machine, over TLS; one writes, {recipients} receive and sign."
        ));
        crate::output::say(format_args!(
            "  one alert, until all have signed   p50 {p50:.1} ms, p99 {p99:.1} ms"
        ));
        crate::output::say(format_args!(
            "  alerts a second, sustained         {:.0} ({:.0} deliveries)",
            rate(wanted.many, sustained),
            rate(wanted.many * recipients, sustained)
        ));
        crate::output::say(format_args!(
            "  catching up on {:>7} alerts      {:.0} deliveries a second",
            wanted.missed,
            rate(wanted.missed * recipients, caught_up)
        ));
    }
    Ok(ExitCode::SUCCESS)
}

fn quantile(sorted: &[f64], share: f64) -> f64 {
    let last = u32::try_from(sorted.len().saturating_sub(1)).unwrap_or(u32::MAX);
    let place = (f64::from(last) * share).round();
    let found = sorted
        .iter()
        .zip(0_u32..)
        .find(|(_, index)| f64::from(*index) >= place);
    found.map_or(f64::NAN, |(value, _)| (value * 10.0).round() / 10.0)
}

fn rate(count: u64, time: Duration) -> f64 {
    let count = u32::try_from(count).map_or(f64::NAN, f64::from);
    (count / time.as_secs_f64()).round()
}

/// Waits until nothing waits for anybody.
async fn delivered(app: &App, look_every: Duration) -> anyhow::Result<()> {
    let started = Instant::now();
    while !app.queues().await?.is_empty() {
        if started.elapsed() > PATIENCE {
            bail!(
                "the alerts were not delivered within {} s",
                PATIENCE.as_secs()
            );
        }
        tokio::time::sleep(look_every).await;
    }
    Ok(())
}

/// Writes alerts on persons who do not exist, no two of whom have the same name.
async fn write(app: &App, numbers: &Arc<AtomicU64>, count: u64) -> anyhow::Result<()> {
    let until = numbers.load(Ordering::SeqCst) + count;
    let mut writers = tokio::task::JoinSet::new();
    for _ in 0..WRITERS.min(count) {
        let (app, numbers) = (app.clone(), Arc::clone(numbers));
        writers.spawn(async move {
            let caller = verifier()?;
            loop {
                let number = numbers.fetch_add(1, Ordering::SeqCst);
                if number >= until {
                    return anyhow::Ok(());
                }
                let year = 1950 + number % 50;
                let mut new = invented::alert(&name(number), &format!("{year}-05-17"))?;
                if let Err(AppError::Invalid(_)) = app.enter_alert(&caller, new.clone()).await {
                    // Somebody of almost the same name: an officer has looked, and says so.
                    let like = app.like_alerts(&caller, &new.draft).await?;
                    new.different_from = like.iter().map(|like| like.alert).collect();
                    app.enter_alert(&caller, new).await?;
                }
            }
        });
    }
    while let Some(done) = writers.join_next().await {
        done??;
    }
    // Each writer took one number more than it used.
    numbers.store(until, Ordering::SeqCst);
    Ok(())
}

/// A name of syllables: pronounceable, and another one for every number. Words are as far from
/// each other as those of a register: with few syllables, each would be like hundreds of others.
fn name(mut number: u64) -> String {
    const SYLLABLES: [&str; 32] = [
        "ba", "bran", "cve", "dra", "du", "fer", "gji", "gor", "ha", "hys", "il", "jov", "kas",
        "ko", "lim", "lju", "mer", "mo", "nik", "nur", "pa", "pet", "rez", "ris", "sla", "so",
        "tak", "ti", "vuk", "xhe", "zak", "zor",
    ];
    // Spread, so that neighbours do not look alike.
    number = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mut words = Vec::new();
    for syllables in [3, 4] {
        let mut word = String::new();
        for _ in 0..syllables {
            let index = usize::try_from(number >> 59).unwrap_or(0);
            word.push_str(SYLLABLES.get(index).copied().unwrap_or("x"));
            number = number.rotate_left(5);
        }
        words.push(word);
    }
    words.join(" ")
}

fn verifier() -> anyhow::Result<Caller> {
    Ok(Caller {
        login: "measuring".parse()?,
        role: Role::VerifyingOfficer,
        justification: Some(Justification {
            purpose: Purpose::Terrorism,
            case: "MEASURE 1".parse()?,
        }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_has_another_name() {
        let names: std::collections::BTreeSet<_> = (0..50_000).map(name).collect();
        assert_eq!(names.len(), 50_000);
    }

    #[test]
    fn quantiles_of_few_times() {
        assert_eq!(quantile(&[1.0, 2.0, 3.0], 0.5), 2.0);
        assert_eq!(quantile(&[1.0, 2.0, 3.0], 0.99), 3.0);
        assert!(quantile(&[], 0.5).is_nan());
    }
}
