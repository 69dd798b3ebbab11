//! The closing lines of test runners: what they say that they counted.

/// How many tests a runner reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Tests that passed.
    pub passed: u64,
    /// Tests that failed, timed out, were cancelled or could not be started.
    pub failed: u64,
    /// Tests that were not run.
    pub skipped: u64,
}

impl Counts {
    /// Adds what another line or runner reports.
    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

/// Whose closing lines are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Runner {
    /// `cargo nextest run`: one line for everything.
    Nextest,
    /// `cargo test`: one line for every test binary.
    CargoTest,
    /// `node --test`: one line for every number.
    Node,
}

impl Runner {
    /// What this line of output adds, or `None` where it is no closing line.
    pub fn read(self, line: &str) -> Option<Counts> {
        let line = without_colour(line);
        let line = line.trim();
        match self {
            Self::Nextest => nextest(line),
            Self::CargoTest => cargo_test(line),
            Self::Node => node(line),
        }
    }
}

/// `Summary [   1.2s] 9 tests run: 7 passed (1 slow), 1 failed, 1 timed out, 2 skipped`
fn nextest(line: &str) -> Option<Counts> {
    let (_, numbers) = line.strip_prefix("Summary [")?.split_once(" run: ")?;
    let mut counts = Counts::default();
    let mut depth = 0_u32;
    let outside_brackets: String = numbers
        .chars()
        .filter(|c| {
            match c {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0 && *c != ')'
        })
        .collect();
    for part in outside_brackets.split(',') {
        let (number, what) = part.trim().split_once(' ')?;
        let number: u64 = number.parse().ok()?;
        match what.trim() {
            "passed" => counts.passed += number,
            "skipped" => counts.skipped += number,
            _ => counts.failed += number,
        }
    }
    Some(counts)
}

/// `test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s`
fn cargo_test(line: &str) -> Option<Counts> {
    let (_, numbers) = line.strip_prefix("test result: ")?.split_once(". ")?;
    let mut counts = Counts::default();
    for part in numbers.split(';') {
        let Some((number, what)) = part.trim().split_once(' ') else {
            continue;
        };
        let Ok(number) = number.parse::<u64>() else {
            continue;
        };
        match what {
            "passed" => counts.passed += number,
            "failed" => counts.failed += number,
            "ignored" => counts.skipped += number,
            _ => {}
        }
    }
    Some(counts)
}

/// `# pass 5` in the TAP reporter, `ℹ pass 5` in the one for people.
fn node(line: &str) -> Option<Counts> {
    let text = line.strip_prefix("# ").or(line.strip_prefix("ℹ "))?;
    let (what, number) = text.split_once(' ')?;
    let number: u64 = number.parse().ok()?;
    let mut counts = Counts::default();
    match what {
        "pass" => counts.passed = number,
        "fail" | "cancelled" => counts.failed = number,
        "skipped" | "todo" => counts.skipped = number,
        _ => return None,
    }
    Some(counts)
}

/// The text without the colour codes of a terminal.
fn without_colour(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut rest = line.chars();
    while let Some(c) = rest.next() {
        if c == '\u{1b}' {
            rest.by_ref().find(char::is_ascii_alphabetic);
        } else {
            text.push(c);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(passed: u64, failed: u64, skipped: u64) -> Option<Counts> {
        Some(Counts {
            passed,
            failed,
            skipped,
        })
    }

    #[test]
    fn reads_nextest_when_all_is_well() {
        let line = "     Summary [   0.005s] 3 tests run: 3 passed, 0 skipped";
        assert_eq!(Runner::Nextest.read(line), counts(3, 0, 0));
        let line = "     Summary [   0.005s] 1 test run: 1 passed (1 slow), 4 skipped";
        assert_eq!(Runner::Nextest.read(line), counts(1, 0, 4));
    }

    #[test]
    fn counts_everything_that_nextest_does_not_call_passed_as_failed() {
        let line = "Summary [ 9.1s] 9/12 tests run: 5 passed (1 slow, 1 flaky), 2 failed, \
                    1 timed out, 1 exec failed, 3 skipped";
        assert_eq!(Runner::Nextest.read(line), counts(5, 4, 3));
    }

    #[test]
    fn reads_through_the_colours_of_a_terminal() {
        let line = "\u{1b}[32;1m     Summary\u{1b}[0m [   0.005s] \u{1b}[1m2\u{1b}[0m tests run: \
                    \u{1b}[1m2\u{1b}[0m \u{1b}[32;1mpassed\u{1b}[0m, \u{1b}[1m0\u{1b}[0m \
                    \u{1b}[33;1mskipped\u{1b}[0m";
        assert_eq!(Runner::Nextest.read(line), counts(2, 0, 0));
    }

    #[test]
    fn reads_cargo_test() {
        let line = "test result: FAILED. 5 passed; 2 failed; 1 ignored; 0 measured; \
                    7 filtered out; finished in 0.00s";
        assert_eq!(Runner::CargoTest.read(line), counts(5, 2, 1));
    }

    #[test]
    fn reads_both_reporters_of_node() {
        for line in ["# pass 5", "ℹ pass 5", "\u{1b}[34mℹ pass 5\u{1b}[39m"] {
            assert_eq!(Runner::Node.read(line), counts(5, 0, 0), "{line}");
        }
        assert_eq!(Runner::Node.read("# fail 2"), counts(0, 2, 0));
        assert_eq!(Runner::Node.read("# cancelled 1"), counts(0, 1, 0));
        assert_eq!(Runner::Node.read("# tests 8"), None);
    }

    #[test]
    fn passes_over_lines_that_only_look_alike() {
        for line in [
            "Summary of 3 tests",
            "test result: unknown",
            "# passport 5",
            "",
        ] {
            for runner in [Runner::Nextest, Runner::CargoTest, Runner::Node] {
                assert_eq!(runner.read(line), None, "{line}");
            }
        }
    }
}
