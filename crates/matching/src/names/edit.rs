//! How far two words are apart: edits with a cost for each, and one or two letters for one or two.

use std::sync::OnceLock;

use super::edit_rules::RULES;
use crate::text::Symbol;

/// A letter that is simply different.
const OTHER: f32 = 1.0;
/// A vowel for another vowel: speakers and typists confuse them more than consonants.
const VOWEL: f32 = 0.8;
/// Two letters in the wrong order: one slip of the hand.
const SWAP: f32 = 0.8;
/// A letter doubled or not.
const DOUBLED: f32 = 0.1;
/// The beginning of a name is read and heard best: what differs there differs.
const FIRST: f32 = 1.2;
/// Cheap rules say "another spelling", and that is as likely at the beginning.
const SPELLING_MAX: f32 = 0.3;
pub(super) const FAR: f32 = 1.0e6;
/// How far the letters of two words that are alike may be out of step. Vowels that an abjad
/// leaves out and digraphs put words out of step at little cost.
const BAND: usize = 6;
/// Letters of a word that [`Edits::cost`] reads: what [`Shape`](super::token::Shape) keeps.
pub(super) const LETTERS_MAX: usize = 24;
const ROW: usize = LETTERS_MAX + 1;

/// A letter with what the loops need of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Letter {
    symbol: Symbol,
    /// The number of the pair that it makes with the letter before it, 0 where no rule has it.
    pair: u16,
    /// What it costs to leave it out.
    left_out: f32,
    /// The same where the other word is of a script that leaves vowels out, and this one is not.
    left_out_free: f32,
}

/// The letters of a word.
pub(crate) fn letters(word: &[Symbol]) -> Box<[Letter]> {
    let costs = costs();
    let mut before = None;
    let letters = word.iter().copied().enumerate().map(|(place, symbol)| {
        let next = word.get(place + 1).copied();
        let letter = Letter {
            symbol,
            pair: before.map_or(0, |before| costs.pair(before, symbol)),
            left_out: left_out(symbol, before, next, false),
            left_out_free: left_out(symbol, before, next, true),
        };
        before = Some(symbol);
        letter
    });
    letters.collect()
}

/// A word as the edits see it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word<'a> {
    pub(super) letters: &'a [Letter],
    /// Whether vowels were not written: adding them to the other side is then free.
    pub(super) abjad: bool,
}

/// A step to a cell: how many letters of the left, of the right, at what cost.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    pub(super) left: usize,
    pub(super) right: usize,
    pub(super) cost: f32,
}

/// All ways to turn one word into another. A cell (row, column) stands for the first `row`
/// letters of the left and the first `column` of the right.
#[derive(Debug, Clone, Copy)]
pub(super) struct Edits<'a> {
    left: &'a [Letter],
    right: &'a [Letter],
    left_free: bool,
    right_free: bool,
    /// Whether the letters are those at the beginning of the words.
    beginning: bool,
}

impl<'a> Edits<'a> {
    pub(super) fn new(left: Word<'a>, right: Word<'a>) -> Self {
        Self {
            left: left.letters,
            right: right.letters,
            left_free: right.abjad && !left.abjad,
            right_free: left.abjad && !right.abjad,
            beginning: true,
        }
    }

    /// Leaves out what both words share at either end, but for two letters of context.
    pub(super) fn trimmed(mut self) -> Self {
        const CONTEXT: usize = 2;
        let same = |(a, b): &(&Letter, &Letter)| a.symbol == b.symbol;
        let pairs = self.left.iter().rev().zip(self.right.iter().rev());
        let spare = pairs.take_while(same).count().saturating_sub(CONTEXT);
        let keep = |word: &'a [Letter]| word.get(..word.len() - spare).unwrap_or(word);
        (self.left, self.right) = (keep(self.left), keep(self.right));
        let pairs = self.left.iter().zip(self.right);
        let spare = pairs.take_while(same).count().saturating_sub(CONTEXT);
        if spare > 0 {
            let keep = |word: &'a [Letter]| word.get(spare..).unwrap_or(word);
            (self.left, self.right) = (keep(self.left), keep(self.right));
            self.beginning = false;
        }
        self
    }

    /// The cost of the cheapest way; [`FAR`] where that is above the limit or a word is longer
    /// than [`LETTERS_MAX`].
    pub(super) fn cost(&self, limit: f32) -> f32 {
        let width = self.right.len() + 1;
        let costs = costs();
        let mut rows = [[FAR; ROW]; 3];
        let [a, b, c] = &mut rows;
        let (mut two, mut one, mut this) = (a, b, c);
        if width > ROW {
            return FAR;
        }
        let mut least_before = 0.0_f32;
        for row in 0..=self.left.len() {
            this.fill(FAR);
            let mut least = FAR;
            // Steps that change the balance of letters cost something: far off the diagonal
            // everything is beyond the limit.
            for column in row.saturating_sub(BAND)..width.min(row + BAND + 1) {
                let mut best = if row + column == 0 { 0.0 } else { FAR };
                self.arrivals(costs, row, column, |step| {
                    let from = match step.left {
                        0 => &*this,
                        1 => &*one,
                        _ => &*two,
                    };
                    let before = from.get(column.wrapping_sub(step.right));
                    best = best.min(before.copied().unwrap_or(FAR) + step.cost);
                });
                if let Some(cell) = this.get_mut(column) {
                    *cell = best;
                }
                least = least.min(best);
            }
            // Steps cross at most one row, so two rows beyond the limit are a wall.
            if least.min(least_before) > limit {
                return FAR;
            }
            least_before = least;
            (two, one, this) = (one, this, two);
        }
        one.get(width - 1).copied().unwrap_or(FAR)
    }

    /// The steps of the cheapest way, from the start.
    pub(super) fn path(&self) -> Vec<Step> {
        let width = self.right.len() + 1;
        let costs = costs();
        // By cell: the cost so far, and the step that arrives there.
        let mut cells: Vec<(f32, Option<Step>)> = Vec::with_capacity((self.left.len() + 1) * width);
        for row in 0..=self.left.len() {
            for column in 0..width {
                let mut best = (if row + column == 0 { 0.0 } else { FAR }, None);
                self.arrivals(costs, row, column, |step| {
                    let place = (row - step.left) * width + column - step.right;
                    let before = cells.get(place).map_or(FAR, |cell| cell.0);
                    if before + step.cost < best.0 {
                        best = (before + step.cost, Some(step));
                    }
                });
                cells.push(best);
            }
        }
        let mut steps = Vec::new();
        let (mut row, mut column) = (self.left.len(), self.right.len());
        while let Some((_, Some(step))) = cells.get(row * width + column) {
            row -= step.left;
            column -= step.right;
            steps.push(*step);
        }
        steps.reverse();
        steps
    }

    /// Calls `visit` with every step that ends at the cell.
    #[inline(always)]
    fn arrivals(&self, costs: &Costs, row: usize, column: usize, mut visit: impl FnMut(Step)) {
        let a = row.checked_sub(1).and_then(|at| self.left.get(at));
        let b = column.checked_sub(1).and_then(|at| self.right.get(at));
        let at_first = self.beginning && (row <= 1 || column <= 1);
        let first = |cost: f32| {
            if at_first && cost > SPELLING_MAX {
                cost * FIRST
            } else {
                cost
            }
        };
        let mut step = |left, right, cost| visit(Step { left, right, cost });
        if let Some(a) = a {
            step(1, 0, first(a.left_out(self.left_free)));
        }
        if let Some(b) = b {
            step(0, 1, first(b.left_out(self.right_free)));
        }
        let (Some(a), Some(b)) = (a, b) else {
            return;
        };
        step(1, 1, first(costs.single(a.symbol, b.symbol)));
        if a.pair > 0
            && row >= 2
            && let Some(cost) = costs.multiple(a.pair, [0, b.symbol.number()])
        {
            step(2, 1, cost);
        }
        if b.pair > 0
            && column >= 2
            && let Some(cost) = costs.multiple(b.pair, [0, a.symbol.number()])
        {
            step(1, 2, cost);
        }
        if row < 2 || column < 2 || a.symbol == b.symbol {
            return;
        }
        let a2 = self.left.get(row - 2).map(|letter| letter.symbol);
        let b2 = self.right.get(column - 2).map(|letter| letter.symbol);
        if a.pair > 0
            && b.pair > 0
            && let Some(b2) = b2
            && let Some(cost) = costs.multiple(a.pair, [b2.number(), b.symbol.number()])
        {
            step(2, 2, cost);
        }
        if Some(a.symbol) == b2 && a2 == Some(b.symbol) {
            step(2, 2, SWAP);
        }
    }
}

impl Letter {
    fn left_out(&self, free: bool) -> f32 {
        if free {
            self.left_out_free
        } else {
            self.left_out
        }
    }
}

/// The cost of a letter that the other word does not have.
fn left_out(letter: Symbol, before: Option<Symbol>, after: Option<Symbol>, free: bool) -> f32 {
    let is = |wanted: char| letter == Symbol::of(wanted);
    if before == Some(letter) {
        return DOUBLED;
    }
    if free && letter.is_vowel() {
        return 0.04;
    }
    if free && (is('w') || is('h') || is('j')) {
        return 0.2;
    }
    if is('ë') {
        return 0.2;
    }
    if is('ğ') {
        return 0.2;
    }
    let consonant_before = before.is_some_and(|symbol| !symbol.is_vowel());
    if is('h') && (consonant_before || after.is_none()) {
        // Th, kh, dh, gh, and the h at the end of Arabic names.
        return 0.25;
    }
    if is('j') && after.is_none() && before == Some(Symbol::of('a')) {
        // Albanian: Çelaj are the descendants of Çela.
        return 0.9;
    }
    if is('j') {
        return 0.4;
    }
    if is('s') && after.is_none() && before.is_some() {
        // Latvian and Greek endings: Lavrovs, Georgios.
        return 0.45;
    }
    if letter.is_vowel() || is('h') {
        0.7
    } else {
        OTHER
    }
}

/// What a pair of letters may stand for: one or two letters, and at what cost.
type Readings = Vec<([u16; 2], f32)>;

/// [`RULES`], ready to look up.
struct Costs {
    single: Vec<f32>,
    /// Numbers of pairs of letters, from 1.
    pairs: Vec<u16>,
    /// By number of the pair.
    multiple: Vec<Readings>,
}

impl Costs {
    fn single(&self, left: Symbol, right: Symbol) -> f32 {
        if left == right {
            return 0.0;
        }
        let (Some(left), Some(right)) = (left.index(), right.index()) else {
            return OTHER;
        };
        let place = left * Symbol::KNOWN + right;
        self.single.get(place).copied().unwrap_or(OTHER)
    }

    /// The number of a pair of letters that stands in a rule, 0 for any other.
    fn pair(&self, first: Symbol, second: Symbol) -> u16 {
        let (Some(first), Some(second)) = (first.index(), second.index()) else {
            return 0;
        };
        let place = first * Symbol::KNOWN + second;
        self.pairs.get(place).copied().unwrap_or(0)
    }

    fn multiple(&self, pair: u16, other: [u16; 2]) -> Option<f32> {
        let readings = self.multiple.get(usize::from(pair))?;
        let found = readings.iter().find(|(letters, _)| *letters == other);
        found.map(|(_, cost)| *cost)
    }

    fn build() -> Self {
        let size = Symbol::KNOWN * Symbol::KNOWN;
        let mut costs = Self {
            single: vec![OTHER; size],
            pairs: vec![0; size],
            // Number 0 means "no rule".
            multiple: vec![Vec::new()],
        };
        let vowels = ['a', 'e', 'i', 'o', 'u', 'y', 'ë', 'ä', 'ö', 'ü', 'å', 'ă'];
        for left in vowels {
            for right in vowels {
                costs.set_single(Symbol::of(left), Symbol::of(right), VOWEL);
            }
        }
        for (left, right, cost, _) in RULES {
            let left: Vec<Symbol> = left.chars().map(Symbol::of).collect();
            let right: Vec<Symbol> = right.chars().map(Symbol::of).collect();
            match (left.as_slice(), right.as_slice()) {
                ([a], [b]) => costs.set_single(*a, *b, *cost),
                (left, right) => {
                    costs.set_multiple(left, right, *cost);
                    costs.set_multiple(right, left, *cost);
                }
            }
        }
        costs
    }

    fn set_single(&mut self, left: Symbol, right: Symbol, cost: f32) {
        if let (Some(a), Some(b)) = (left.index(), right.index()) {
            for place in [a * Symbol::KNOWN + b, b * Symbol::KNOWN + a] {
                if let Some(cell) = self.single.get_mut(place) {
                    *cell = cost;
                }
            }
        }
    }

    fn set_multiple(&mut self, left: &[Symbol], right: &[Symbol], cost: f32) {
        let [first, second] = left else { return };
        let right = match right {
            [one] => [0, one.number()],
            [one, two] => [one.number(), two.number()],
            _ => return,
        };
        let (Some(a), Some(b)) = (first.index(), second.index()) else {
            return;
        };
        let place = a * Symbol::KNOWN + b;
        let next = u16::try_from(self.multiple.len()).unwrap_or(0);
        let Some(number) = self.pairs.get_mut(place) else {
            return;
        };
        if *number == 0 {
            *number = next;
            self.multiple.push(Vec::new());
        }
        if let Some(readings) = self.multiple.get_mut(usize::from(*number)) {
            readings.push((right, cost));
        }
    }
}

fn costs() -> &'static Costs {
    static COSTS: OnceLock<Costs> = OnceLock::new();
    COSTS.get_or_init(Costs::build)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::fold;

    fn symbols(text: &str) -> Vec<Symbol> {
        fold(text).into_iter().flat_map(|c| c.symbols).collect()
    }

    fn cost(left: &str, right: &str) -> f32 {
        let (a, b) = (letters(&symbols(left)), letters(&symbols(right)));
        let word = |letters| Word {
            letters,
            abjad: false,
        };
        let edits = Edits::new(word(&a), word(&b));
        let forth = edits.cost(FAR);
        let back = Edits::new(word(&b), word(&a)).cost(FAR);
        assert_eq!(forth, back, "{left} {right}");
        let along: f32 = edits.path().iter().map(|step| step.cost).sum();
        assert!((forth - along).abs() < 1e-5, "{left} {right}");
        let trimmed = edits.trimmed().cost(FAR);
        assert!((forth - trimmed).abs() < 1e-5, "{left} {right}");
        forth
    }

    #[test]
    fn spellings_of_one_name_are_near() {
        for (left, right) in [
            ("Đorđević", "Djordjevic"),
            ("Ђорђевић", "Dordevic"),
            ("Ѓорѓиев", "Gjorgjiev"),
            ("Ќосев", "Kjosev"),
            ("Xhaferi", "Džaferi"),
            ("Xhafer", "Џафер"),
            ("Šešelj", "Seselj"),
            ("Qaddafi", "Gaddafi"),
            ("Müller", "Mueller"),
            ("Хрушчёв", "Khrushchyov"),
            ("Щербаков", "Shcherbakov"),
        ] {
            assert!(
                cost(left, right) < 0.45,
                "{left} {right} {}",
                cost(left, right)
            );
        }
    }

    #[test]
    fn other_names_are_far() {
        for (left, right) in [
            ("Vuković", "Vučković"),
            ("Marko", "Mirko"),
            ("Hodžić", "Hadžić"),
            ("Vuk", "Vuč"),
        ] {
            assert!(
                cost(left, right) > 0.7,
                "{left} {right} {}",
                cost(left, right)
            );
        }
    }

    #[test]
    fn the_path_covers_both_words() {
        let (a, b) = (letters(&symbols("Đorđe")), letters(&symbols("Djordje")));
        let word = |letters| Word {
            letters,
            abjad: false,
        };
        let path = Edits::new(word(&a), word(&b)).path();
        assert_eq!(path.iter().map(|s| s.left).sum::<usize>(), 5);
        assert_eq!(path.iter().map(|s| s.right).sum::<usize>(), 7);
    }

    #[test]
    fn a_limit_only_ends_what_is_beyond_it() {
        let (a, b) = (
            letters(&symbols("Petrović")),
            letters(&symbols("Petrovski")),
        );
        let word = |letters| Word {
            letters,
            abjad: false,
        };
        let edits = Edits::new(word(&a), word(&b));
        let whole = edits.cost(FAR);
        assert_eq!(edits.cost(whole + 0.1), whole);
        assert!(edits.cost(whole / 4.0) > whole / 4.0);
    }

    #[test]
    fn every_rule_has_sides_of_one_or_two_symbols() {
        for (left, right, cost, why) in RULES {
            let sides = [left.chars().count(), right.chars().count()];
            assert!(sides.iter().all(|n| (1..=2).contains(n)), "{left} {right}");
            assert!((0.0..1.0).contains(cost) && !why.is_empty());
        }
    }
}
