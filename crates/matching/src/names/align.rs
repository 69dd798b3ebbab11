//! The best one-to-one assignment of words (the Hungarian method).

use arrayvec::ArrayVec;

use super::token::TOKENS_MAX;

/// Rows and columns that belong together.
pub(super) type Pairs = ArrayVec<(usize, usize), TOKENS_MAX>;

/// What each pair of words gains, by row and column; 0 where they do not belong together.
pub(super) struct Gains {
    cells: ArrayVec<f64, { TOKENS_MAX * TOKENS_MAX }>,
    width: usize,
}

impl Gains {
    pub(super) fn new(rows: usize, columns: usize) -> Self {
        // INVARIANT: a name has at most TOKENS_MAX words.
        let width = rows.max(columns).min(TOKENS_MAX);
        Self {
            cells: std::iter::repeat_n(0.0, width * width).collect(),
            width,
        }
    }

    pub(super) fn set(&mut self, row: usize, column: usize, gain: f64) {
        if let Some(cell) = self.cells.get_mut(row * self.width + column) {
            *cell = gain;
        }
    }

    fn at(&self, row: usize, column: usize) -> f64 {
        let place = row * self.width + column;
        self.cells.get(place).copied().unwrap_or(0.0)
    }

    /// Pairs of row and column with a gain, so that the sum of gains is the greatest.
    pub(super) fn best(&self) -> Pairs {
        if let Some(simple) = self.without_conflict() {
            return simple;
        }
        let mut state = State::new(self.width);
        for row in 1..=self.width {
            state.insert(row, self);
        }
        let owners = state.owner.iter().enumerate().skip(1);
        let mut pairs: Pairs = owners
            .filter(|(_, row)| **row > 0)
            .map(|(column, row)| (row - 1, column - 1))
            .filter(|(row, column)| self.at(*row, *column) > 0.0)
            .collect();
        pairs.sort_unstable();
        pairs
    }

    /// The pairs with a gain, where no row and no column stands in two of them: the usual case.
    fn without_conflict(&self) -> Option<Pairs> {
        let mut pairs = Pairs::new();
        for row in 0..self.width {
            for column in 0..self.width {
                if self.at(row, column) > 0.0 {
                    if pairs.iter().any(|(r, c)| *r == row || *c == column) {
                        return None;
                    }
                    pairs.try_push((row, column)).ok()?;
                }
            }
        }
        Some(pairs)
    }
}

/// Potentials and the assignment so far. Rows and columns count from 1; 0 is "none".
struct State {
    rows: [f64; SIDE],
    columns: [f64; SIDE],
    owner: [usize; SIDE],
    width: usize,
}

const SIDE: usize = TOKENS_MAX + 1;

impl State {
    fn new(width: usize) -> Self {
        Self {
            rows: [0.0; SIDE],
            columns: [0.0; SIDE],
            owner: [0; SIDE],
            width,
        }
    }

    /// Adds a row along the cheapest alternating path.
    fn insert(&mut self, row: usize, gains: &Gains) {
        let mut least = [f64::INFINITY; SIDE];
        let mut from = [0_usize; SIDE];
        let mut used = [false; SIDE];
        put(&mut self.owner, 0, row);
        let mut column = 0;
        loop {
            put(&mut used, column, true);
            let current = take(&self.owner, column);
            let mut delta = f64::INFINITY;
            let mut next = 0;
            for other in (1..=self.width).filter(|other| !take(&used, *other)) {
                let cost = -gains.at(current - 1, other - 1);
                let reduced = cost - take(&self.rows, current) - take(&self.columns, other);
                if reduced < take(&least, other) {
                    put(&mut least, other, reduced);
                    put(&mut from, other, column);
                }
                if take(&least, other) < delta {
                    delta = take(&least, other);
                    next = other;
                }
            }
            for other in 0..=self.width {
                if take(&used, other) {
                    let owner = take(&self.owner, other);
                    let raised = take(&self.rows, owner) + delta;
                    put(&mut self.rows, owner, raised);
                    let lowered = take(&self.columns, other) - delta;
                    put(&mut self.columns, other, lowered);
                } else {
                    let nearer = take(&least, other) - delta;
                    put(&mut least, other, nearer);
                }
            }
            column = next;
            if take(&self.owner, column) == 0 {
                break;
            }
        }
        while column > 0 {
            let earlier = take(&from, column);
            let owner = take(&self.owner, earlier);
            put(&mut self.owner, column, owner);
            column = earlier;
        }
    }
}

fn take<T: Copy + Default>(list: &[T], place: usize) -> T {
    list.get(place).copied().unwrap_or_default()
}

fn put<T>(list: &mut [T], place: usize, value: T) {
    if let Some(cell) = list.get_mut(place) {
        *cell = value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefers_the_best_sum_to_the_best_pair() {
        let mut gains = Gains::new(2, 3);
        gains.set(0, 0, 3.0);
        gains.set(0, 1, 2.5);
        gains.set(1, 0, 2.5);
        assert_eq!(gains.best().as_slice(), [(0, 1), (1, 0)]);
    }

    #[test]
    fn leaves_alone_what_gains_nothing() {
        let mut gains = Gains::new(3, 2);
        gains.set(1, 1, 1.0);
        assert_eq!(gains.best().as_slice(), [(1, 1)]);
        assert!(Gains::new(0, 0).best().is_empty());
    }
}
