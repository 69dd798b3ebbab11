//! Words of two names, joined where one side writes two words as one.

use arrayvec::ArrayVec;

use super::similarity::likeness;
use super::token::{Role, Shape, TOKENS_MAX, TokenKind};
use crate::side::{NameRef, TokenRef};

/// Words of one side that belong together: their first and how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Words {
    pub(crate) first: u8,
    pub(crate) count: u8,
}

impl Words {
    fn new(first: usize, count: u8) -> Self {
        // INVARIANT: a name has at most TOKENS_MAX words.
        let first = u8::try_from(first).unwrap_or(u8::MAX);
        Self { first, count }
    }
}

/// A word, or two that the other side writes as one.
pub(super) struct Unit<'a> {
    pub(super) words: Words,
    token: TokenRef<'a>,
    /// Where it is two words: both as one.
    joined: Option<Box<Shape>>,
}

impl Unit<'_> {
    pub(super) fn token(&self) -> TokenRef<'_> {
        match &self.joined {
            Some(shape) => TokenRef {
                shape,
                ..self.token
            },
            None => self.token,
        }
    }

    pub(super) fn information(&self) -> f64 {
        self.token.information
    }
}

/// The words of a name.
pub(super) type Units<'a> = ArrayVec<Unit<'a>, TOKENS_MAX>;

/// The words of both names, joined where one side writes two words as one.
pub(super) fn units<'a>(left: &NameRef<'_, 'a>, right: &NameRef<'_, 'a>) -> (Units<'a>, Units<'a>) {
    let left_joins = joins(left.tokens, right.tokens);
    let right_joins = joins(right.tokens, left.tokens);
    if left_joins.is_empty() && right_joins.is_empty() {
        return (side(left.tokens, &[]), side(right.tokens, &[]));
    }
    // A word joined on the one side is a single word on the other, never itself joined. Where
    // both would be, neither is: a choice would favour a side.
    let left_clear = clear_of(&left_joins, &right_joins);
    let right_clear = clear_of(&right_joins, &left_joins);
    (
        side(left.tokens, &left_clear),
        side(right.tokens, &right_clear),
    )
}

/// The joins that touch none of the other side's.
fn clear_of<'a>(joins: &'a [Join], others: &[Join]) -> Vec<&'a Join> {
    let covers = |join: &Join, word: usize| (join.first..=join.first + 1).contains(&word);
    let crossed = |a: &Join, b: &Join| covers(a, b.target) || covers(b, a.target);
    joins
        .iter()
        .filter(|join| !others.iter().any(|other| crossed(join, other)))
        .collect()
}

/// Two words of one side that are one on the other.
pub(super) struct Join {
    first: usize,
    target: usize,
    shape: Shape,
}

pub(super) fn joins(tokens: &[TokenRef<'_>], other: &[TokenRef<'_>]) -> Vec<Join> {
    /// Above this the joined words are not the same word.
    const AGAINST_MAX: f64 = 0.6;
    let mut joins: Vec<Join> = Vec::new();
    let letters = |token: &TokenRef<'_>| token.shape.symbols.len();
    let abjad = |token: &TokenRef<'_>| token.shape.abjad;
    // At a glance: no word is as long as two of the other side.
    let longest = other.iter().map(letters).max().unwrap_or(0);
    let shortest = tokens
        .windows(2)
        .map(|pair| pair.iter().map(letters).sum::<usize>());
    let long_enough = shortest.min().is_some_and(|two| two <= longest + 1);
    if !long_enough && !tokens.iter().chain(other).any(abjad) {
        return joins;
    }
    for (first, pair) in tokens.windows(2).enumerate() {
        let [a, b] = pair else { continue };
        if joins.last().is_some_and(|last| last.first + 1 == first) {
            continue;
        }
        let length = a.shape.symbols.len() + b.shape.symbols.len();
        let starts = a.shape.symbols.first().map(|symbol| symbol.base());
        let found = other.iter().enumerate().find_map(|(target, single)| {
            let letters = single.shape.symbols.len();
            let fits = match (a.shape.abjad, single.shape.abjad) {
                // Vowels are written on one side only, and may stand first.
                (true, false) => (length..=2 * length + 1).contains(&letters),
                (false, true) => (letters..=2 * letters + 1).contains(&length),
                _ => {
                    letters.abs_diff(length) <= 1
                        && single.shape.symbols.first().map(|symbol| symbol.base()) == starts
                }
            };
            // Fund and II do not make a word, unless it has a digit too.
            let number = a.kind == TokenKind::Number || b.kind == TokenKind::Number;
            let digits = single.shape.symbols.iter().any(|symbol| symbol.is_digit());
            let fits =
                fits && length > 3 && single.kind != TokenKind::Initial && (!number || digits);
            // `M. Milošević` is not Milošević with a letter doubled, nor `Homsi, H.` Homsi with one more.
            let initial =
                b.kind == TokenKind::Initial || (a.kind == TokenKind::Initial && is_doubled(a, b));
            let fits = fits && !initial;
            if !fits || joins.iter().any(|join| join.target == target) {
                return None;
            }
            if !join_may_be_alike(a.shape, b.shape, single.shape) {
                return None;
            }
            let shape = Shape::joined(a.shape, b.shape);
            let alike = likeness(&shape, single.shape).against < AGAINST_MAX;
            alike.then_some(Join {
                first,
                target,
                shape,
            })
        });
        joins.extend(found);
    }
    joins
}

/// Whether the second word begins with the letter that is the first.
fn is_doubled(first: &TokenRef<'_>, second: &TokenRef<'_>) -> bool {
    let letter = |token: &TokenRef<'_>| token.shape.symbols.first().map(|symbol| symbol.base());
    letter(first) == letter(second)
}

/// A glance before two words are joined: whether their sounds are those of the single one.
fn join_may_be_alike(first: &Shape, second: &Shape, single: &Shape) -> bool {
    /// A join that costs little adds or changes at most so many sounds.
    const SOUNDS_APART_MAX: u32 = 4;
    let abjad = first.abjad || second.abjad || single.abjad;
    let sounds = (first.sounds | second.sounds) ^ single.sounds;
    abjad || sounds.count_ones() <= SOUNDS_APART_MAX
}

fn side<'a>(tokens: &[TokenRef<'a>], joins: &[&Join]) -> Units<'a> {
    let mut units = Units::new();
    let mut inside_join = false;
    for (place, token) in tokens.iter().enumerate() {
        if inside_join {
            inside_join = false;
            continue;
        }
        let mut unit = Unit {
            words: Words::new(place, 1),
            token: *token,
            joined: None,
        };
        let join = joins.iter().find(|join| join.first == place);
        if let Some(join) = join
            && let Some(second) = tokens.get(place + 1)
        {
            inside_join = true;
            unit.words.count = 2;
            unit.token = TokenRef {
                number: 0,
                kind: TokenKind::Word,
                role: Role::Unknown,
                information: (token.information + second.information).max(0.8),
                ..*second
            };
            unit.joined = Some(Box::new(join.shape.clone()));
        }
        // INVARIANT: a name has at most TOKENS_MAX words.
        let _ = units.try_push(unit);
    }
    units
}
