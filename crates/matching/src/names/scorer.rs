//! How like words are, remembered for a whole search, and how much they tell.

use super::similarity::{Likeness, likeness, may_be_alike};
use super::token::{Shape, TokenKind};
use super::words::is_generation;
use crate::number_map::PairMap;
use crate::side::TokenRef;
use crate::text::Symbol;

/// The lowest that a word's rarity multiplies with: very common.
pub(crate) const RARITY_MIN: f64 = 0.35;
/// The highest: never seen. 1 is usual.
pub(crate) const RARITY_MAX: f64 = 1.15;

/// Remembers how like words are.
#[derive(Default)]
pub(crate) struct Scorer {
    /// By number of the word on the left and on the right.
    memory: PairMap<Likeness>,
}

impl Scorer {
    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        /// A map that has grown larger is not kept: emptying it would take longer than making it.
        const KEPT_MAX: usize = 65_536;
        if self.memory.capacity() > KEPT_MAX {
            self.memory = PairMap::default();
        }
        self.memory.clear();
    }

    /// Keeps what is known of two words.
    pub(crate) fn remember(&mut self, left: u32, right: u32, likeness: Likeness) {
        self.memory.insert(pair(left, right), likeness);
    }

    /// How like two words are, as what they are in their names.
    pub(super) fn likeness(&mut self, left: &TokenRef<'_>, right: &TokenRef<'_>) -> Likeness {
        let shapes = || likeness(left.shape, right.shape);
        let likeness = if left.number == 0 || right.number == 0 {
            shapes()
        } else {
            match self.memory.get(&pair(left.number, right.number)) {
                Some(known) => *known,
                // Not brought together by the index, and not alike at a glance.
                None if !may_be_alike(left.shape, right.shape) => Likeness::NONE,
                None => {
                    let likeness = shapes();
                    self.remember(left.number, right.number, likeness);
                    likeness
                }
            }
        };
        match (left.kind, right.kind) {
            // A number is the same or another; it has no spelling.
            (TokenKind::Number, _) | (_, TokenKind::Number) if likeness != Likeness::SAME => {
                Likeness::NONE
            }
            // Father and son.
            (TokenKind::Title, TokenKind::Title)
                if likeness != Likeness::SAME
                    && is_generation(&left.shape.symbols)
                    && is_generation(&right.shape.symbols) =>
            {
                Likeness::NONE
            }
            // So is an initial.
            (TokenKind::Initial, TokenKind::Initial) => match initial(left.shape, right.shape) {
                Likeness::NONE => Likeness::NONE,
                _ => Likeness::SAME,
            },
            (TokenKind::Initial, TokenKind::Word) | (TokenKind::Word, TokenKind::Initial) => {
                initial(left.shape, right.shape)
            }
            _ => likeness,
        }
    }
}

/// One number for the numbers of two words.
fn pair(left: u32, right: u32) -> u64 {
    (u64::from(left) << 32) | u64::from(right)
}

/// How much a word tells by its length: two letters are shared by many, eight by few.
pub(super) fn length_share(word: &[Symbol], abjad: bool) -> f64 {
    // A sign of a syllabic script tells as much as two or three letters.
    let letters: f64 = word
        .iter()
        .map(|symbol| if symbol.index().is_some() { 1.0 } else { 2.2 })
        .sum();
    let letters = if abjad { letters * 1.4 } else { letters };
    (0.3 + 0.13 * letters).min(0.8 + 0.035 * letters).min(1.15)
}

impl TokenRef<'_> {
    /// How much a word tells by its kind and length alone.
    pub(crate) fn base_share(&self) -> f64 {
        match self.kind {
            TokenKind::Word => self.shape.share,
            TokenKind::Number => 0.55,
            TokenKind::Generic => 0.35,
            TokenKind::Half => 0.35,
            TokenKind::Initial => 0.2,
            TokenKind::Particle => 0.06,
            TokenKind::Title => 0.05,
            TokenKind::LegalForm => 0.04,
        }
    }
}

/// An initial and a word that begins with it.
fn initial(left: &Shape, right: &Shape) -> Likeness {
    match (left.symbols.first(), right.symbols.first()) {
        (Some(a), Some(b)) if a.base() == b.base() => Likeness {
            share: 1.0,
            against: 0.15,
        },
        _ => Likeness::NONE,
    }
}
