//! How often a name is borne: ranks drawn so that a few names are very common and the tail never
//! ends.
//!
//! The share of the name of rank `r` falls as `1 / (r + q)^a` (Zipf's law with Mandelbrot's shift).
//! Of `n` draws about `n^(1/a)` are different, so that the number of names grows with the
//! population. Integers only: the same ranks on every machine.

use crate::Chance;

/// How a rank is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Skew {
    /// `a` = 2: the first name has 3 %, and the names grow with the square root.
    Given,
    /// `a` = 5/3: the first name has 1 %, and the names grow with the power 0.6.
    Family,
}

/// `q` + 1 of given names.
const SHIFT_GIVEN: u128 = 32;
/// `q` + 1 of family names.
const SHIFT_FAMILY: u128 = 64;

/// The next rank, from 0.
pub(super) fn draw(skew: Skew, chance: &mut Chance) -> u64 {
    // `whole` is 1/u for an even u between 0 and 1, with 16 binary places.
    let u = (chance.draw() >> 33).saturating_add(1);
    let whole = (1_u64 << 47).checked_div(u).unwrap_or(u64::MAX);
    let (shift, stretched) = match skew {
        Skew::Given => (SHIFT_GIVEN, u128::from(whole)),
        Skew::Family => {
            // u^(-3/2)
            let root = (whole << 16).isqrt();
            let power = u128::from(whole).saturating_mul(u128::from(root)) >> 16;
            (SHIFT_FAMILY, power)
        }
    };
    let rank = (shift.saturating_mul(stretched) >> 16).saturating_sub(shift);
    u64::try_from(rank).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn draws(skew: Skew, count: usize) -> Vec<u64> {
        let mut chance = Chance::seeded(5);
        (0..count).map(|_| draw(skew, &mut chance)).collect()
    }

    #[test]
    fn the_first_name_is_as_common_as_in_the_region() {
        for (skew, least, most) in [(Skew::Given, 2_800, 3_300), (Skew::Family, 900, 1_150)] {
            let first = draws(skew, 100_000).iter().filter(|r| **r == 0).count();
            assert!((least..most).contains(&first), "{skew:?}: {first}");
        }
    }

    #[test]
    fn ten_times_the_people_have_four_times_the_family_names() {
        let names = |count| {
            let ranks = draws(Skew::Family, count);
            ranks.into_iter().collect::<HashSet<_>>().len()
        };
        let (few, many) = (names(30_000), names(300_000));
        assert!((few * 35..few * 45).contains(&(many * 10)), "{few} {many}");
    }
}
