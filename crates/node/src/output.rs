//! What commands print, and progress for people at a terminal. Programs and pipes get none.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use egnatia_record::visible;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Writes a line to standard output. Where nobody reads on, as behind `| head`, what was done stays
/// done and the rest is left out.
pub fn say(line: impl Display) {
    // Texts of partners may hold what would take over a terminal.
    let line = line.to_string();
    if let Err(error) = writeln!(io::stdout().lock(), "{}", visible(&line))
        && error.kind() != io::ErrorKind::BrokenPipe
    {
        eprintln!("egnatia: the answer cannot be written: {error}");
    }
}

/// A bar on standard error, if that is a terminal and nobody asked for JSON.
pub fn bar(total: u64, what: &str, json: bool) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(total), target(json));
    let style = ProgressStyle::with_template("{msg:24} {bar:32} {pos:>9} of {len:9} {eta:>4} left");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.set_message(what.to_owned());
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

/// The same, in bytes.
pub fn byte_bar(total: Option<u64>, what: &str, json: bool) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(total, target(json));
    let template = if total.is_some() {
        "{msg:24} {bar:32} {bytes:>10} of {total_bytes:10} {eta:>4} left"
    } else {
        "{msg:24} {spinner} {bytes:>10} {bytes_per_sec}"
    };
    let style = ProgressStyle::with_template(template);
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.set_message(what.to_owned());
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

/// The same, with the number done in a second.
pub fn rate_bar(total: u64, what: &str, json: bool) -> ProgressBar {
    let bar = bar(total, what, json);
    let template = "{msg:24} {bar:24} {pos:>9} of {len:9} {per_sec:>14} {eta:>4} left";
    bar.set_style(
        ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    bar
}

fn target(json: bool) -> ProgressDrawTarget {
    if json || !io::stderr().is_terminal() {
        ProgressDrawTarget::hidden()
    } else {
        ProgressDrawTarget::stderr()
    }
}
