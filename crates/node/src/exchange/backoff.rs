//! How long a worker waits after a failure.

use std::time::Duration;

use egnatia_record::Entropy;

const FIRST: Duration = Duration::from_millis(250);
const LONGEST: Duration = Duration::from_secs(300);
/// A partner that says it is busy is left alone for so long at least.
const BUSY_AT_LEAST: Duration = Duration::from_secs(1);

/// Doubles with every failure from a quarter of a second to five minutes, half of it by chance, so
/// that nodes do not come back all at once.
#[derive(Debug, Default)]
pub struct Backoff {
    failures: u32,
}

impl Backoff {
    /// Counts a failure and says how long to wait.
    pub fn after_failure(&mut self, entropy: &dyn Entropy) -> Duration {
        let whole = FIRST
            .saturating_mul(2_u32.saturating_pow(self.failures.min(20)))
            .min(LONGEST);
        self.failures = self.failures.saturating_add(1);
        let mut chance = [0];
        entropy.fill(&mut chance);
        let [chance] = chance;
        whole / 2 + whole / 2 * u32::from(chance) / 255
    }

    /// The same where the partner answers, but is busy.
    pub fn after_busy(&mut self, entropy: &dyn Entropy) -> Duration {
        self.after_failure(entropy).max(BUSY_AT_LEAST)
    }

    /// Something was delivered, or nothing waits. Returns whether there were failures before.
    pub fn reset(&mut self) -> bool {
        std::mem::take(&mut self.failures) > 0
    }

    /// Whether the last attempt failed.
    pub fn is_waiting(&self) -> bool {
        self.failures > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egnatia_testkit::SeededEntropy;

    #[test]
    fn it_doubles_with_chance_up_to_five_minutes_and_begins_anew_after_success() {
        let chance = SeededEntropy::new(7);
        let mut backoff = Backoff::default();
        let waits: Vec<Duration> = (0..40).map(|_| backoff.after_failure(&chance)).collect();
        for (number, wait) in waits.iter().enumerate() {
            let whole = FIRST
                .saturating_mul(2_u32.saturating_pow(u32::try_from(number).unwrap()))
                .min(LONGEST);
            assert!(
                (whole / 2..=whole).contains(wait),
                "{number}: {wait:?} of {whole:?}"
            );
        }
        let last: std::collections::BTreeSet<_> = waits.iter().skip(20).collect();
        assert!(last.len() > 10, "no chance in {last:?}");
        backoff.reset();
        assert!(backoff.after_failure(&chance) <= FIRST);
        backoff.reset();
        assert_eq!(backoff.after_busy(&chance), BUSY_AT_LEAST);
    }
}
