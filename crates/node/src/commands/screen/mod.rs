//! `egnatia screen`.

mod layout;
mod output;

use std::fs::File;
use std::io::BufReader;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Context;
use egnatia_app::{App, AppError, Begun, Caller, Running, ScreeningStart, Unfinished, checksum};
use egnatia_audit::Hash;
use egnatia_formats::hits::HitsFormat;
use egnatia_formats::rows::{Layout, Reading, Source, stated_columns};
use egnatia_record::{Clock, Justification};
use jiff::tz::TimeZone;
use serde_json::json;

use super::print;
use crate::ambient::SystemClock;
use crate::cli::Screen;
use crate::config::Config;
use crate::data::{Data, Index, operator};
use crate::failure::InputError;
use crate::output::rate_bar;
use output::Output;

/// Checks every row of a file.
pub async fn run(
    folder: &Path,
    config: Config,
    screen: Screen,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let justification = match (screen.purpose, screen.case.clone()) {
        (Some(purpose), Some(case)) => Some(Justification { purpose, case }),
        _ if screen.dry_run => None,
        _ => return Err(AppError::NoJustification.into()),
    };
    let out = screen.out.as_deref().map(Target::of).transpose()?;
    let cannot = format!("cannot screen `{}`", screen.file.display());
    let (layout, sum) = recognise(&screen, &config, json)
        .await
        .context(cannot.clone())?;
    let out = match out {
        Some(out) if !screen.dry_run => out,
        _ => {
            let text = format!(
                "{}\n{}",
                layout::to_text(&layout),
                layout::first_rows(&layout)
            );
            print(json, &layout::to_json(&layout), text.trim_end());
            return Ok(ExitCode::SUCCESS);
        }
    };
    if !json {
        eprintln!("{}", layout::to_text(&layout));
    }
    let data = Data::open(folder, config, Index::Load).await?;
    let caller = operator(justification)?;
    let job = Job {
        app: &data.app,
        caller: &caller,
        screen: &screen,
        layout: &layout,
        out: &out,
        json,
    };
    let done = job.run(sum).await;
    let (value, text) = done.context(cannot)?;
    print(json, &value, &text);
    data.close().await;
    Ok(ExitCode::SUCCESS)
}

/// Reads the file once to its end: how it is written, what its columns hold, its checksum.
async fn recognise(screen: &Screen, config: &Config, json: bool) -> anyhow::Result<(Layout, Hash)> {
    let columns = screen.columns.as_deref().map(stated_columns).transpose()?;
    let reading = Reading {
        columns: columns.unwrap_or_default(),
        headings: !screen.no_headings,
        today: SystemClock
            .now()
            .to_zoned_datetime(config.time_zone().unwrap_or(TimeZone::UTC))
            .date(),
    };
    let file = open(&screen.file)?;
    let bar = crate::output::byte_bar(None, "reading", json);
    let read = tokio::task::spawn_blocking(move || -> anyhow::Result<_> {
        let mut file = BufReader::new(file);
        let layout = Layout::recognise(&mut file, reading)?;
        std::io::Seek::rewind(&mut file)?;
        Ok((layout, checksum(&mut file)?))
    });
    let read = read.await.context("the reading broke off")?;
    bar.finish_and_clear();
    read
}

fn open(file: &Path) -> anyhow::Result<File> {
    let unusable = |error: std::io::Error| InputError(error.to_string());
    let opened = File::open(file).map_err(unusable)?;
    if opened.metadata().map_err(unusable)?.is_file() {
        Ok(opened)
    } else {
        Err(InputError("this is no file; a screening reads its input twice".to_owned()).into())
    }
}

/// Where the result goes.
struct Target {
    path: PathBuf,
    format: HitsFormat,
}

impl Target {
    fn of(path: &Path) -> anyhow::Result<Self> {
        let name = path.file_name().and_then(|name| name.to_str());
        let format = HitsFormat::of_name(name.unwrap_or_default()).ok_or_else(|| {
            InputError(format!(
                "`{}` does not say how it is to be written; end its name in .csv, .jsonl or .xlsx",
                path.display()
            ))
        })?;
        let path = std::path::absolute(path).map_err(|error| InputError(error.to_string()))?;
        if path.parent().is_none_or(|folder| !folder.is_dir()) {
            let text = format!("there is no folder for `{}`; make it first", path.display());
            return Err(InputError(text).into());
        }
        Ok(Self { path, format })
    }
}

struct Job<'a> {
    app: &'a App,
    caller: &'a Caller,
    screen: &'a Screen,
    layout: &'a Layout,
    out: &'a Target,
    json: bool,
}

impl Job<'_> {
    async fn run(&self, sum: Hash) -> anyhow::Result<(serde_json::Value, String)> {
        let begun = self.begin(sum).await?;
        let started = Instant::now();
        let output = Output::begin(self.app, self.caller, begun.screening, self.out).await?;
        let screened = self.check_rows(&begun, sum, &output).await?;
        let seconds = started.elapsed().as_secs_f64();
        let lines = output.finish()?;
        self.app
            .finish_screening(self.caller, begun.screening)
            .await?;
        let counts = screened.so_far;
        let rows = counts.rows.saturating_sub(begun.so_far.rows);
        let rate = per_second(rows, seconds);
        let value = json!({
            "screening": begun.screening, "out": self.screen.out, "rows": counts.rows,
            "not_checked": counts.not_checked, "matched_rows": counts.matched_rows,
            "matches": counts.matches, "settled": counts.settled, "lines": lines,
            "resumed_after": begun.after_row, "seconds": seconds, "rows_per_second": rate,
            "columns": layout::columns(self.layout),
        });
        let mut text = format!(
            "{} rows are checked: {} have a match, {} matches wait for a decision.",
            counts.rows, counts.matched_rows, counts.matches
        );
        if counts.settled > 0 {
            text.push_str(&format!(
                "\n{} candidates were rejected before and are not put again.",
                counts.settled
            ));
        }
        if counts.not_checked > 0 {
            text.push_str(&format!(
                "\n{} rows could not be checked; the output says which and why.",
                counts.not_checked
            ));
        }
        text.push_str(&format!(
            "\nScreening {} is in the audit log. {rate:.0} rows a second.",
            begun.screening
        ));
        Ok((value, text))
    }

    async fn begin(&self, sum: Hash) -> anyhow::Result<Begun> {
        let file = self.screen.file.file_name().and_then(|name| name.to_str());
        let source = std::fs::canonicalize(&self.screen.file)?;
        // Only the hash is kept: a path belongs to this machine.
        let command = format!("{}\n{}", source.display(), self.out.path.display());
        let start = ScreeningStart {
            file: file.unwrap_or_default().to_owned(),
            checksum: sum,
            command: Hash::of(command.as_bytes()),
            format: self.layout.written(),
            columns: layout::columns(self.layout),
            rows: self.layout.rows,
            // A run may have written its output and ended before it said so: then it goes on.
            unfinished: match (self.screen.restart, self.out.path.exists()) {
                (true, false) => Unfinished::GiveUp,
                (false, false) => Unfinished::GoOn,
                (_, true) => Unfinished::GoOnOnly,
            },
        };
        let begun = self.app.begin_screening(self.caller, start).await?;
        if let (Some(row), false) = (begun.after_row, self.json) {
            eprintln!("The run was interrupted behind row {row} and goes on from there.");
        }
        Ok(begun)
    }

    async fn check_rows(
        &self,
        begun: &Begun,
        sum: Hash,
        output: &Output,
    ) -> anyhow::Result<egnatia_app::Screened> {
        let file: Box<dyn Source> = Box::new(BufReader::new(open(&self.screen.file)?));
        let rows = self.layout.rows(file)?;
        let bar = rate_bar(self.layout.rows, "checking rows", self.json);
        bar.set_position(begun.so_far.rows);
        bar.reset_eta();
        let running = Running {
            workers: std::thread::available_parallelism().map_or(1, NonZero::get),
            progress: &|counts| bar.set_position(counts.rows),
            found: Some(&|lines| output.add(lines)),
        };
        let screened = self.app.screen(self.caller, begun, rows, running).await?;
        bar.finish_and_clear();
        // Somebody may have written to the file between the two readings.
        if checksum(&mut BufReader::new(open(&self.screen.file)?))? != sum {
            let text = "the file has changed while it was read; every row that was checked is in \
                        the log, and nothing was written. Begin anew with --restart";
            return Err(InputError(text.to_owned()).into());
        }
        Ok(screened)
    }
}

fn per_second(rows: u64, seconds: f64) -> f64 {
    let rows = u32::try_from(rows).map_or(f64::from(u32::MAX), f64::from);
    if seconds > 0.0 { rows / seconds } else { 0.0 }
}
