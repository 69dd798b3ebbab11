//! The project's own checks. `cargo xtask help` says what there is.
//!
//! `tidy` holds the house rules that neither rustc nor clippy knows; `ci` and `test` run everything
//! and add up what the test runners report. Start at [`tidy`].

mod closing;
mod steps;
mod tidy;

use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};

const HELP: &str = "\
The project's own checks.

Usage: cargo xtask COMMAND

Commands:
  tidy [--root DIR]  house rules: crate edges, file sizes, banned words, list of decisions, licence
  ci                 formatting, clippy, tests, doc tests, documentation, tidy
  test [--quick]     ci and the browser tests; --quick leaves out doc tests, documentation, browser
  help               this text
";

fn main() -> anyhow::Result<ExitCode> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["tidy"] => tidy_tree(&workspace_root()?),
        ["tidy", "--root", root] => tidy_tree(Path::new(root)),
        ["ci"] => steps::run_all(&workspace_root()?, &steps::ci()),
        ["test"] => steps::run_all(&workspace_root()?, &steps::full()),
        ["test", "--quick"] => steps::run_all(&workspace_root()?, &steps::quick()),
        [] | ["help" | "--help" | "-h"] => {
            print!("{HELP}");
            Ok(ExitCode::SUCCESS)
        }
        other => bail!(
            "`{}` is not a command; see `cargo xtask help`",
            other.join(" ")
        ),
    }
}

fn tidy_tree(root: &Path) -> anyhow::Result<ExitCode> {
    let findings = tidy::check(root)?;
    for finding in &findings {
        println!("{finding}");
    }
    if findings.is_empty() {
        println!("tidy: nothing to complain about");
        Ok(ExitCode::SUCCESS)
    } else {
        println!("tidy: {} findings", findings.len());
        Ok(ExitCode::FAILURE)
    }
}

/// The folder of the workspace: two above this package.
fn workspace_root() -> anyhow::Result<PathBuf> {
    let package = env::var_os("CARGO_MANIFEST_DIR")
        .context("CARGO_MANIFEST_DIR is not set; run this through `cargo xtask`")?;
    Path::new(&package)
        .ancestors()
        .nth(2)
        .map(Path::to_path_buf)
        .context("the package is not in crates/xtask")
}
