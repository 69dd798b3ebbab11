//! Words of two names, joined where one side writes two words as one.

use arrayvec::ArrayVec;

use super::ledger::Bearer;
use super::similarity::likeness;
use super::token::{Role, Shape, TOKENS_MAX, TokenKind};
use crate::side::{NameRef, TokenRef};
use crate::text::{Symbol, real};

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

/// A word, or several that the other side writes as one.
pub(super) struct Unit<'a> {
    pub(super) words: Words,
    token: TokenRef<'a>,
    /// Where it is several words: all as one.
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

/// The words of both names, joined where one side writes several words as one, or cuts two words
/// at another place.
pub(super) fn units<'a>(
    left: &NameRef<'_, 'a>,
    right: &NameRef<'_, 'a>,
    bearer: Bearer,
) -> (Units<'a>, Units<'a>) {
    let left_joins = joins(left.tokens, right.tokens);
    let right_joins = joins(right.tokens, left.tokens);
    if left_joins.is_empty() && right_joins.is_empty() {
        return match joined_on_both_sides(left, right, bearer) {
            Some((a, b)) => (side(left.tokens, &[&a]), side(right.tokens, &[&b])),
            None => (side(left.tokens, &[]), side(right.tokens, &[])),
        };
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
    let covers = |join: &Join, word: usize| (join.first..join.first + join.count).contains(&word);
    let crossed = |a: &Join, b: &Join| covers(a, b.target) || covers(b, a.target);
    joins
        .iter()
        .filter(|join| !others.iter().any(|other| crossed(join, other)))
        .collect()
}

/// Words of one side that are one on the other.
pub(super) struct Join {
    first: usize,
    count: usize,
    target: usize,
    shape: Shape,
    /// How much they tell together; otherwise the sum of the words.
    information: Option<f64>,
}

/// Whether words of one name, joined, may be words of the other.
pub(super) fn may_join(left: &NameRef<'_, '_>, right: &NameRef<'_, '_>, bearer: Bearer) -> bool {
    !joins(left.tokens, right.tokens).is_empty()
        || !joins(right.tokens, left.tokens).is_empty()
        || joined_on_both_sides(left, right, bearer).is_some()
}

/// A join of each side that stand for each other.
fn joined_on_both_sides(
    left: &NameRef<'_, '_>,
    right: &NameRef<'_, '_>,
    bearer: Bearer,
) -> Option<(Join, Join)> {
    let (left, right) = (left.tokens, right.tokens);
    if bearer == Bearer::Body {
        if let Some(both) = initials(left, right) {
            return Some(both);
        }
        if let Some((long, short)) = initials(right, left) {
            return Some((short, long));
        }
    }
    cut_elsewhere(left, right)
}

/// The whole name of a body, and its first letters: `United Aircraft Corporation` and `UAC`.
fn initials(whole: &[TokenRef<'_>], short: &[TokenRef<'_>]) -> Option<(Join, Join)> {
    /// Two letters are those of many.
    const LETTERS: std::ops::RangeInclusive<usize> = 3..=7;
    /// What three letters tell, and every further one: of 5,000 bodies one has the same three.
    const THREE_TELL: f64 = 1.7;
    const ONE_TELLS: f64 = 0.6;
    let weak = |token: &TokenRef<'_>| token.kind == TokenKind::LegalForm;
    let mut telling = short.iter().enumerate().filter(|(_, token)| !weak(token));
    let (target, letters) = telling.next()?;
    let symbols = &letters.shape.symbols;
    let count = symbols.len();
    if telling.next().is_some() || letters.kind != TokenKind::Word || !LETTERS.contains(&count) {
        return None;
    }
    let spelt = |skipped: &dyn Fn(&TokenRef<'_>) -> bool| {
        let mut first = whole.iter().filter(|token| !skipped(token));
        let mut first = first
            .by_ref()
            .filter_map(|token| token.shape.symbols.first());
        let alike = symbols.iter().all(|symbol| {
            first
                .next()
                .is_some_and(|initial| initial.base() == symbol.base() && !symbol.is_digit())
        });
        alike && first.next().is_none()
    };
    let particle = |token: &TokenRef<'_>| token.kind == TokenKind::Particle;
    let found = spelt(&particle)
        || spelt(&|token| particle(token) || weak(token))
        || spelt(&|_| false)
        || spelt(&weak);
    if !found {
        return None;
    }
    let information = Some(THREE_TELL + ONE_TELLS * real(count - LETTERS.start()));
    let join = |first, count| Join {
        first,
        count,
        target: 0,
        shape: letters.shape.clone(),
        information,
    };
    Some((join(0, whole.len()), join(target, 1)))
}

/// Above this joined words are not the same word.
const AGAINST_MAX: f64 = 0.6;
/// The most words that somebody writes as one: `Zayn al Abidin`, `van den Broeck`.
const JOINED_MAX: usize = 3;

pub(super) fn joins(tokens: &[TokenRef<'_>], other: &[TokenRef<'_>]) -> Vec<Join> {
    let mut joins: Vec<Join> = Vec::new();
    let abjad = |token: &TokenRef<'_>| token.shape.abjad;
    // At a glance: no word is as long as two of the other side.
    let longest = other.iter().map(length).max().unwrap_or(0);
    let shortest = tokens
        .windows(2)
        .map(|pair| pair.iter().map(length).sum::<usize>());
    let long_enough = shortest.min().is_some_and(|two| two <= longest + 1);
    if !long_enough && !tokens.iter().chain(other).any(abjad) {
        return joins;
    }
    for count in 2..=JOINED_MAX {
        for (first, words) in tokens.windows(count).enumerate() {
            let taken = |join: &Join| join.first < first + count && first < join.first + join.count;
            if joins.iter().any(taken) {
                continue;
            }
            let found = other.iter().enumerate().find_map(|(target, single)| {
                if joins.iter().any(|join| join.target == target) {
                    return None;
                }
                let shape = joined_like(words, single)?;
                Some(Join {
                    first,
                    count,
                    target,
                    shape,
                    information: None,
                })
            });
            joins.extend(found);
        }
    }
    joins
}

/// Words as one, where they are one word of the other side.
fn joined_like(words: &[TokenRef<'_>], single: &TokenRef<'_>) -> Option<Shape> {
    if let Some(shape) = servant_like(words, single) {
        return Some(shape);
    }
    let (a, b) = (words.first()?, words.last()?);
    let together: usize = words.iter().map(length).sum();
    let starts = a.shape.symbols.first().map(|symbol| symbol.base());
    let letters = length(single);
    let fits = match (a.shape.abjad, single.shape.abjad) {
        // Vowels are written on one side only, and may stand first.
        (true, false) => (together..=2 * together + 1).contains(&letters),
        (false, true) => (letters..=2 * letters + 1).contains(&together),
        _ => {
            letters.abs_diff(together) <= 1
                && single.shape.symbols.first().map(|symbol| symbol.base()) == starts
        }
    };
    if !fits || together <= 3 || single.kind == TokenKind::Initial {
        return None;
    }
    // Fund and II do not make a word, unless it has a digit too.
    let number = words.iter().any(|word| word.kind == TokenKind::Number);
    let digits = single.shape.symbols.iter().any(|symbol| symbol.is_digit());
    // `M. Milošević` is not Milošević with a letter doubled, nor `Homsi, H.` Homsi with one more.
    let initial =
        b.kind == TokenKind::Initial || (a.kind == TokenKind::Initial && is_doubled(a, b));
    if (number && !digits) || initial || !may_be_joined(words, single.shape) {
        return None;
    }
    let shape = joined(words)?;
    (likeness(&shape, single.shape).against < AGAINST_MAX).then_some(shape)
}

/// `Abd` and a name as one word with its article, where the other side has it with a slip:
/// `Abdulhamid` is two words, and `Abbdilhamid` is one.
fn servant_like(words: &[TokenRef<'_>], single: &TokenRef<'_>) -> Option<Shape> {
    /// Two slips in a word of ten letters.
    const AGAINST_MAX: f64 = 1.8;
    /// Letters that the article becomes like.
    const SUN: &str = "dlnrstz";
    let [servant, name] = words else { return None };
    let written = |token: &TokenRef<'_>, text: &str| {
        let symbols = &token.shape.symbols;
        symbols.len() == text.len()
            && text
                .chars()
                .zip(symbols.iter())
                .all(|(letter, symbol)| *symbol == Symbol::of(letter))
    };
    let latin = !name.shape.abjad && !single.shape.abjad;
    let whole = length(servant) + "ul".len() + length(name);
    let fits = latin
        && servant.kind == TokenKind::Half
        && written(servant, "abd")
        && name.kind == TokenKind::Word
        && single.kind == TokenKind::Word
        && length(name) >= 4
        && whole.abs_diff(length(single)) <= 2
        && single.shape.symbols.first() == servant.shape.symbols.first();
    if !fits {
        return None;
    }
    let first = name.shape.symbols.first()?.base();
    let is_sun = SUN.chars().any(|letter| Symbol::of(letter) == first);
    let article = if is_sun { first } else { Symbol::of('l') };
    let symbols = servant.shape.symbols.iter().copied();
    let symbols = symbols
        .chain([Symbol::of('u'), article])
        .chain(name.shape.symbols.iter().copied());
    let shape = Shape::new(symbols.collect(), false);
    (likeness(&shape, single.shape).against < AGAINST_MAX).then_some(shape)
}

/// Two words of each side that are the same letters, the space one letter too early or too late:
/// `Coromot Oadan`.
fn cut_elsewhere(left: &[TokenRef<'_>], right: &[TokenRef<'_>]) -> Option<(Join, Join)> {
    /// The least letters of both words.
    const LETTERS_MIN: usize = 6;
    for (first, words) in left.windows(2).enumerate() {
        for (target, others) in right.windows(2).enumerate() {
            let ([a, b], [c, d]) = (words, others) else {
                continue;
            };
            let moved = length(a).abs_diff(length(c));
            let together = (length(a) + length(b), length(c) + length(d));
            let fits = moved == 1
                && length(b) != length(d)
                && together.0.abs_diff(together.1) <= 1
                && together.0.min(together.1) >= LETTERS_MIN;
            let whole = |word: &TokenRef<'_>| {
                matches!(
                    word.kind,
                    TokenKind::Word | TokenKind::Generic | TokenKind::Particle
                )
            };
            if !fits || !words.iter().chain(others).all(whole) {
                continue;
            }
            if a.shape.symbols.first() != c.shape.symbols.first() {
                continue;
            }
            // Words that are alike as they stand are compared as they stand.
            let apart = |x: &TokenRef<'_>, y: &TokenRef<'_>| {
                likeness(x.shape, y.shape).against >= AGAINST_MAX
            };
            if !apart(a, c) || !apart(b, d) {
                continue;
            }
            let (one, other) = (joined(words)?, joined(others)?);
            if likeness(&one, &other).against < AGAINST_MAX {
                let join = |first, shape| Join {
                    first,
                    count: 2,
                    target: 0,
                    shape,
                    information: None,
                };
                return Some((join(first, one), join(target, other)));
            }
        }
    }
    None
}

fn length(token: &TokenRef<'_>) -> usize {
    token.shape.symbols.len()
}

/// Words as one word.
fn joined(words: &[TokenRef<'_>]) -> Option<Shape> {
    let (first, rest) = words.split_first()?;
    let mut rest = rest.iter();
    let two = Shape::joined(first.shape, rest.next()?.shape);
    Some(rest.fold(two, |shape, word| Shape::joined(&shape, word.shape)))
}

/// Whether the last word begins with the letter that is the first.
fn is_doubled(first: &TokenRef<'_>, last: &TokenRef<'_>) -> bool {
    let letter = |token: &TokenRef<'_>| token.shape.symbols.first().map(|symbol| symbol.base());
    letter(first) == letter(last)
}

/// A glance before words are joined: whether their sounds are those of the single one.
fn may_be_joined(words: &[TokenRef<'_>], single: &Shape) -> bool {
    /// A join that costs little adds or changes at most so many sounds.
    const SOUNDS_APART_MAX: u32 = 4;
    let abjad = single.abjad || words.iter().any(|word| word.shape.abjad);
    let sounds = words.iter().fold(0, |bits, word| bits | word.shape.sounds) ^ single.sounds;
    abjad || sounds.count_ones() <= SOUNDS_APART_MAX
}

fn side<'a>(tokens: &[TokenRef<'a>], joins: &[&Join]) -> Units<'a> {
    let mut units = Units::new();
    let mut place = 0;
    while let Some(token) = tokens.get(place) {
        let mut unit = Unit {
            words: Words::new(place, 1),
            token: *token,
            joined: None,
        };
        let join = joins.iter().find(|join| join.first == place);
        let words = join.and_then(|join| tokens.get(place..place + join.count));
        if let (Some(join), Some(words @ [.., last])) = (join, words) {
            let information: f64 = words.iter().map(|word| word.information).sum();
            unit.words = Words::new(place, u8::try_from(join.count).unwrap_or(u8::MAX));
            unit.token = TokenRef {
                number: 0,
                kind: TokenKind::Word,
                role: Role::Unknown,
                information: join.information.unwrap_or(information.max(0.8)),
                ..*last
            };
            unit.joined = Some(Box::new(join.shape.clone()));
        }
        place += usize::from(unit.words.count).max(1);
        // INVARIANT: a name has at most TOKENS_MAX words.
        let _ = units.try_push(unit);
    }
    units
}
