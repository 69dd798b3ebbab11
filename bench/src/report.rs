//! What came of it.

use std::fmt;
use std::time::Duration;

use serde::Serialize;

/// The result of a run. Latencies are those of the client: from sending to the last byte.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Connections that sent at the same time.
    pub connections: u32,
    /// Checks that were asked for. The time may be over before all of them are sent.
    pub requests: u32,
    /// Checks that were answered.
    pub answered: u32,
    /// Requests that were refused or got no answer.
    pub errors: u32,
    /// How long it took.
    pub seconds: f64,
    /// Answered checks a second.
    pub per_second: f64,
    /// Half of the answers were there after so many microseconds.
    pub p50_us: u32,
    /// Nine of ten.
    pub p90_us: u32,
    /// Ninety-nine of a hundred.
    pub p99_us: u32,
    /// The slowest.
    pub max_us: u32,
    /// What the first error said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_error: Option<String>,
}

impl Report {
    /// Adds up the latencies of the answered checks. `asked` are connections and requests.
    pub fn new(
        asked: (u32, u32),
        mut latencies_us: Vec<u32>,
        took: Duration,
        errors: u32,
        first_error: Option<String>,
    ) -> Self {
        latencies_us.sort_unstable();
        let answered = u32::try_from(latencies_us.len()).unwrap_or(u32::MAX);
        let seconds = took.as_secs_f64();
        Self {
            connections: asked.0,
            requests: asked.1,
            answered,
            errors,
            seconds,
            per_second: f64::from(answered) / seconds.max(f64::MIN_POSITIVE),
            p50_us: percentile(&latencies_us, 50),
            p90_us: percentile(&latencies_us, 90),
            p99_us: percentile(&latencies_us, 99),
            max_us: percentile(&latencies_us, 100),
            first_error,
        }
    }

    /// One line for programs.
    pub fn to_json(&self) -> String {
        // Numbers and text always have a JSON form.
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |us: u32| f64::from(us) / 1000.0;
        writeln!(f, "connections  {}", self.connections)?;
        writeln!(
            f,
            "answered     {} of {} in {:.1} s",
            self.answered, self.requests, self.seconds
        )?;
        writeln!(f, "throughput   {:.0} checks a second", self.per_second)?;
        writeln!(f, "p50          {:.1} ms", ms(self.p50_us))?;
        writeln!(f, "p90          {:.1} ms", ms(self.p90_us))?;
        writeln!(f, "p99          {:.1} ms", ms(self.p99_us))?;
        writeln!(f, "max          {:.1} ms", ms(self.max_us))?;
        writeln!(f, "errors       {}", self.errors)?;
        match &self.first_error {
            Some(error) => writeln!(f, "first error  {error}"),
            None => Ok(()),
        }
    }
}

/// The smallest value that `percent` of the values do not exceed (nearest rank); 0 of nothing.
fn percentile(sorted: &[u32], percent: usize) -> u32 {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_nearest_rank() {
        let values: Vec<u32> = (1..=200).collect();
        assert_eq!(percentile(&values, 50), 100);
        assert_eq!(percentile(&values, 99), 198);
        assert_eq!(percentile(&values, 100), 200);
        assert_eq!(percentile(&[7], 50), 7);
        assert_eq!(percentile(&[], 99), 0);
    }

    #[test]
    fn counts_only_answers_as_throughput() {
        let report = Report::new((2, 8), vec![3, 1, 2], Duration::from_secs(2), 5, None);
        assert_eq!((report.answered, report.errors, report.max_us), (3, 5, 3));
        assert!((report.per_second - 1.5).abs() < 1e-9);
    }
}
