//! The steps of `ci` and `test`, run one after another, all of them even when one fails.

use std::io::{self, BufRead, BufReader, IsTerminal, Write};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context;

use crate::closing::{Counts, Runner};

/// A command with a name, and what its output counts.
#[derive(Debug)]
pub struct Step {
    title: &'static str,
    command: &'static [&'static str],
    environment: &'static [(&'static str, &'static str)],
    runner: Option<Runner>,
}

/// How a step went.
#[derive(Debug)]
struct Outcome {
    title: &'static str,
    succeeded: bool,
    /// What the runner's closing lines add up to; `None` where there was none.
    counted: Option<Counts>,
    took: Duration,
}

const FORMATTING: Step = check("formatting", &["cargo", "fmt", "--all", "--check"]);
const TIDY: Step = check("tidy", &["cargo", "xtask", "tidy"]);
const CLIPPY: Step = check(
    "clippy",
    &[
        "cargo",
        "clippy",
        "--workspace",
        "--all-targets",
        "--quiet",
        "--",
        "-D",
        "warnings",
    ],
);
const NEXTEST: Step = tests(
    "tests",
    Runner::Nextest,
    &[
        "cargo",
        "nextest",
        "run",
        "--workspace",
        "--no-fail-fast",
        "--no-tests=pass",
    ],
);
const CARGO_TEST: Step = tests(
    "tests",
    Runner::CargoTest,
    &[
        "cargo",
        "test",
        "--workspace",
        "--lib",
        "--bins",
        "--tests",
        "--no-fail-fast",
    ],
);
const DOC_TESTS: Step = tests(
    "doc tests",
    Runner::CargoTest,
    &["cargo", "test", "--workspace", "--doc", "--no-fail-fast"],
);
const DOCUMENTATION: Step = Step {
    environment: &[("RUSTDOCFLAGS", "-D warnings")],
    ..check(
        "documentation",
        &["cargo", "doc", "--workspace", "--no-deps", "--quiet"],
    )
};
const BINARY: Step = check(
    "the binary, for the browser",
    &["cargo", "build", "--package", "egnatia-node", "--quiet"],
);
const BROWSER: Step = tests(
    "browser tests",
    Runner::Node,
    &["npm", "--prefix", "browser-tests", "--silent", "test"],
);

/// Everything that needs no browser.
pub fn ci() -> Vec<Step> {
    vec![
        FORMATTING,
        CLIPPY,
        test_runner(),
        DOC_TESTS,
        DOCUMENTATION,
        TIDY,
    ]
}

/// Everything.
pub fn full() -> Vec<Step> {
    vec![
        FORMATTING,
        TIDY,
        CLIPPY,
        test_runner(),
        DOC_TESTS,
        DOCUMENTATION,
        BINARY,
        BROWSER,
    ]
}

/// What is worth waiting for between two edits.
pub fn quick() -> Vec<Step> {
    vec![FORMATTING, TIDY, CLIPPY, test_runner()]
}

/// Runs the steps in the root of the workspace and prints what they come to. The last line is
/// `N passed, N failed`: the tests that the runners report, and one failure for each step that
/// failed without naming a test.
pub fn run_all(root: &Path, steps: &[Step]) -> anyhow::Result<ExitCode> {
    let mut outcomes = Vec::new();
    for step in steps {
        println!("\n== {}: {}", step.title, step.command.join(" "));
        outcomes.push(step.run(root)?);
    }
    println!("\n== summary");
    let mut total = Counts::default();
    for outcome in &outcomes {
        let counts = outcome.counts();
        total.add(counts);
        println!("{}", outcome.line(counts));
    }
    if total.skipped > 0 {
        println!("skipped: {}", total.skipped);
    }
    println!("{} passed, {} failed", total.passed, total.failed);
    Ok(if total.failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

const fn check(title: &'static str, command: &'static [&'static str]) -> Step {
    Step {
        title,
        command,
        environment: &[],
        runner: None,
    }
}

const fn tests(title: &'static str, runner: Runner, command: &'static [&'static str]) -> Step {
    Step {
        title,
        command,
        environment: &[],
        runner: Some(runner),
    }
}

/// nextest where it is installed, because it runs every test in a process of its own.
fn test_runner() -> Step {
    let found = Command::new("cargo")
        .args(["nextest", "--version"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if found { NEXTEST } else { CARGO_TEST }
}

impl Step {
    /// Runs the command, passes its output on, and reads the closing lines.
    fn run(&self, root: &Path) -> anyhow::Result<Outcome> {
        let started = Instant::now();
        let (program, arguments) = self.command.split_first().context("an empty command")?;
        let (reader, writer) = io::pipe()?;
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(root)
            .envs(self.environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(writer.try_clone()?)
            .stderr(writer);
        // What cargo tells this program about itself is not meant for the packages it builds.
        for (name, _) in std::env::vars_os() {
            let own = name
                .to_str()
                .is_some_and(|n| n.starts_with("CARGO_PKG_") || n.starts_with("CARGO_MANIFEST_"));
            if own {
                command.env_remove(name);
            }
        }
        if io::stdout().is_terminal() {
            command.env("CARGO_TERM_COLOR", "always");
        }
        let child = command.spawn();
        // The command holds the writing ends; as long as it lives, the reader sees no end.
        drop(command);
        let mut child = match child {
            Ok(child) => child,
            Err(error) => {
                println!("`{program}` cannot be started: {error}");
                return Ok(self.outcome(false, None, started));
            }
        };
        let counted = self.pass_on(reader)?;
        let status = child.wait()?;
        Ok(self.outcome(status.success(), counted, started))
    }

    fn pass_on(&self, output: impl io::Read) -> io::Result<Option<Counts>> {
        let mut counted: Option<Counts> = None;
        let mut output = BufReader::new(output);
        let mut line = Vec::new();
        while output.read_until(b'\n', &mut line)? > 0 {
            io::stdout().write_all(&line)?;
            let text = String::from_utf8_lossy(&line);
            if let Some(counts) = self.runner.and_then(|runner| runner.read(&text)) {
                counted.get_or_insert_default().add(counts);
            }
            line.clear();
        }
        Ok(counted)
    }

    fn outcome(&self, succeeded: bool, counted: Option<Counts>, started: Instant) -> Outcome {
        Outcome {
            title: self.title,
            // A runner that ends well and reports nothing has not run the tests.
            succeeded: succeeded && (self.runner.is_none() || counted.is_some()),
            counted,
            took: started.elapsed(),
        }
    }
}

impl Outcome {
    /// The tests, and a failure where the step failed without one.
    fn counts(&self) -> Counts {
        let mut counts = self.counted.unwrap_or_default();
        if !self.succeeded && counts.failed == 0 {
            counts.failed = 1;
        }
        counts
    }

    fn line(&self, counts: Counts) -> String {
        let verdict = if self.succeeded { "ok" } else { "FAILED" };
        let numbers = self.counted.map_or_else(String::new, |_| {
            format!("  {} passed, {} failed", counts.passed, counts.failed)
        });
        let seconds = self.took.as_secs_f64();
        format!("{verdict:<7} {:<28} {seconds:>7.1} s{numbers}", self.title)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(step: &Step) -> Outcome {
        step.run(Path::new(".")).unwrap()
    }

    #[test]
    fn adds_up_what_the_runner_reports() {
        let step = tests(
            "tests",
            Runner::CargoTest,
            &[
                "printf",
                "test result: ok. 2 passed; 0 failed\ntest result: ok. 3 passed; 0 failed\n",
            ],
        );
        let outcome = outcome(&step);
        assert!(outcome.succeeded);
        assert_eq!(outcome.counts().passed, 5);
    }

    #[test]
    fn a_step_that_fails_without_naming_a_test_is_one_failure() {
        let outcome = outcome(&check("clippy", &["false"]));
        assert_eq!(outcome.counts().failed, 1);
    }

    #[test]
    fn a_runner_that_reports_nothing_is_a_failure() {
        let outcome = outcome(&tests("tests", Runner::Nextest, &["true"]));
        assert!(!outcome.succeeded);
        assert_eq!(outcome.counts().failed, 1);
    }

    #[test]
    fn a_runner_that_reports_success_and_exits_badly_is_a_failure() {
        let step = tests(
            "tests",
            Runner::Node,
            &["sh", "-c", "echo '# pass 4'; echo '# fail 0' >&2; exit 1"],
        );
        let counts = outcome(&step).counts();
        assert_eq!((counts.passed, counts.failed), (4, 1));
    }

    #[test]
    fn a_program_that_is_not_there_is_a_failure() {
        let outcome = outcome(&check("tidy", &["no-such-program-anywhere"]));
        assert_eq!(outcome.counts().failed, 1);
    }

    #[test]
    fn a_check_that_succeeds_counts_as_no_test() {
        assert_eq!(
            outcome(&check("tidy", &["true"])).counts(),
            Counts::default()
        );
    }
}
