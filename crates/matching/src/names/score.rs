//! What two names say together: which word stands for which, and the weight of it.
//!
//! Agreement has diminishing returns: the fifth agreeing word adds little, since the words of a
//! name depend on each other. Disagreement does not: one word that contradicts (another clan,
//! another given name) outweighs any number that agree.

use std::borrow::Cow;

use super::align::Gains;
use super::similarity::{Likeness, likeness, may_be_alike};
use super::token::{PreparedName, Role, Shape, Token, TokenKind};
use crate::description::NameKind;
use crate::evidence::Verdict;
use crate::number_map::PairMap;
use crate::text::real;

/// The most that agreeing names are worth.
const AGREEMENT_MAX: f64 = 8.5;
/// A word that stands against another word altogether, for a word of information 1.
const CONTRADICTION: f64 = 4.6;
/// A word of a person's name that the other side lacks: lists and speech drop them.
const MISSING_IN_PERSON: f64 = 0.45;
/// A word of a body's name that the other side lacks: it may be another branch of the group.
const MISSING_IN_BODY: f64 = 1.6;
/// A number of a series that the other side lacks: Fund and Fund II are two.
const MISSING_NUMBER: f64 = 3.0;
/// Given name for family name, where both sides tell: columns get swapped, but rarely.
const OTHER_ROLE: f64 = 0.35;
/// A nickname that many share.
const WEAK_ALIAS: f64 = 0.7;
/// However many words differ, it is one observation: the names differ.
const AGAINST_MAX: f64 = 6.0;

/// The lowest that [`Corpus::rarity`] says.
pub(crate) const RARITY_MIN: f64 = 0.5;
/// The highest that [`Corpus::rarity`] says.
pub(crate) const RARITY_MAX: f64 = 1.15;

/// How common words are.
pub(crate) trait Corpus {
    /// From [`RARITY_MIN`], very common, to [`RARITY_MAX`], never seen; 1 is usual.
    fn rarity(&self, token: &Token) -> f64;
}

/// Scores names, and remembers how like words are.
pub(crate) struct Scorer<'a> {
    corpus: Option<&'a dyn Corpus>,
    /// By number of the word on the left and on the right.
    memory: PairMap<Likeness>,
}

impl<'a> Scorer<'a> {
    pub(crate) fn new(corpus: Option<&'a dyn Corpus>) -> Self {
        Self {
            corpus,
            memory: PairMap::default(),
        }
    }

    /// Keeps what is known of two words.
    pub(crate) fn remember(&mut self, left: u32, right: u32, likeness: Likeness) {
        self.memory.insert(pair(left, right), likeness);
    }

    fn likeness(&mut self, left: &Token, right: &Token) -> Likeness {
        let shapes = || likeness(&left.shape, &right.shape);
        let likeness = if left.number == 0 || right.number == 0 {
            shapes()
        } else {
            match self.memory.get(&pair(left.number, right.number)) {
                Some(known) => *known,
                // Not brought together by the index, and not alike at a glance.
                None if !may_be_alike(&left.shape, &right.shape) => Likeness::NONE,
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
            (TokenKind::Initial, TokenKind::Word) | (TokenKind::Word, TokenKind::Initial) => {
                initial(&left.shape, &right.shape)
            }
            _ => likeness,
        }
    }

    /// How much the word tells, 1 for a usual name.
    pub(crate) fn information(&self, token: &Token) -> f64 {
        let rarity = match self.corpus {
            Some(corpus) => corpus.rarity(token),
            None => 1.0,
        };
        base_share(token) * rarity
    }
}

/// One number for the numbers of two words.
fn pair(left: u32, right: u32) -> u64 {
    (u64::from(left) << 32) | u64::from(right)
}

/// How much a word tells by its kind and length alone.
pub(crate) fn base_share(token: &Token) -> f64 {
    // A sign of a syllabic script tells as much as two or three letters.
    let letters: f64 = token
        .shape
        .symbols
        .iter()
        .map(|symbol| if symbol.index().is_some() { 1.0 } else { 2.2 })
        .sum();
    let letters = if token.shape.abjad {
        letters * 1.4
    } else {
        letters
    };
    match token.kind {
        // Two letters are shared by many, eight by few.
        TokenKind::Word => (0.3 + 0.13 * letters).min(0.8 + 0.035 * letters).min(1.15),
        TokenKind::Number => 0.55,
        TokenKind::Generic => 0.35,
        TokenKind::Half => 0.35,
        TokenKind::Initial => 0.2,
        TokenKind::Particle => 0.06,
        TokenKind::Title => 0.05,
        TokenKind::LegalForm => 0.04,
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

/// Words of one side that belong together: their first and how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Words {
    pub(crate) first: usize,
    pub(crate) count: usize,
}

/// Words that stand for each other, or against each other, or alone.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Pairing {
    pub(crate) left: Option<Words>,
    pub(crate) right: Option<Words>,
    pub(crate) verdict: Verdict,
    pub(crate) weight: f64,
}

/// The best pair of names.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct NameScore {
    pub(crate) left: usize,
    pub(crate) right: usize,
    pub(crate) weight: f64,
    pub(crate) pairings: Vec<Pairing>,
}

/// Compares every name of one side with every name of the other. `None` where a side has none.
pub(crate) fn score_names(
    left: &[PreparedName],
    right: &[PreparedName],
    scorer: &mut Scorer<'_>,
    body: bool,
) -> Option<NameScore> {
    let mut best: Option<NameScore> = None;
    for (l, left_name) in left.iter().enumerate() {
        for (r, right_name) in right.iter().enumerate() {
            if left_name.tokens.is_empty() || right_name.tokens.is_empty() {
                continue;
            }
            // Names that share too little for a better weight are not aligned.
            if let Some(best) = &best
                && highest(left_name, right_name, scorer) <= best.weight
            {
                continue;
            }
            let (weight, pairings) = score_pair(left_name, right_name, scorer, body);
            if best.as_ref().is_none_or(|best| weight > best.weight) {
                best = Some(NameScore {
                    left: l,
                    right: r,
                    weight,
                    pairings,
                });
            }
        }
    }
    best
}

/// A bound that the weight of two names never passes, without their alignment.
fn highest(left: &PreparedName, right: &PreparedName, scorer: &mut Scorer<'_>) -> f64 {
    let mut agreed = 0.0;
    let mut matched = 0;
    let mut alone = 0;
    let mut least: f64 = 1.0;
    for a in &left.tokens {
        let mut most: f64 = 0.0;
        for b in &right.tokens {
            most = most.max(scorer.likeness(a, b).share);
        }
        agreed += most * base_share(a) * RARITY_MAX;
        if most > 0.0 {
            matched += 1;
        } else if is_telling(a.kind) {
            alone += 1;
            least = least.min(base_share(a));
        }
    }
    let telling = right.tokens.iter().filter(|b| is_telling(b.kind));
    least = telling
        .clone()
        .fold(least, |least, b| least.min(base_share(b)));
    let contradicting = real(telling.count().saturating_sub(matched).min(alone));
    let joined = || {
        !joins(&left.tokens, &right.tokens).is_empty()
            || !joins(&right.tokens, &left.tokens).is_empty()
    };
    let gained = gained(agreed);
    let bound = gained - (contradicting * contradiction(least * RARITY_MIN)).min(AGAINST_MAX);
    if joined() { f64::INFINITY } else { bound }
}

/// Whether a word without a partner stands against one of the other side.
fn is_telling(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::Word | TokenKind::Number | TokenKind::Generic
    )
}

/// What agreeing words are worth together.
fn gained(agreed: f64) -> f64 {
    AGREEMENT_MAX * (1.0 - (-agreed).exp())
}

/// A word, or two that the other side writes as one.
struct Unit<'a> {
    words: Words,
    token: Cow<'a, Token>,
    information: f64,
}

fn score_pair(
    left: &PreparedName,
    right: &PreparedName,
    scorer: &mut Scorer<'_>,
    body: bool,
) -> (f64, Vec<Pairing>) {
    let (left_units, right_units) = units(left, right, scorer);
    let mut gains = Gains::new(left_units.len(), right_units.len());
    let mut any = false;
    for (row, a) in left_units.iter().enumerate() {
        for (column, b) in right_units.iter().enumerate() {
            let likeness = scorer.likeness(&a.token, &b.token);
            if likeness.is_candidate() {
                let gain = pair_gain(a, b, likeness);
                gains.set(row, column, gain);
                any |= gain > 0.0;
            }
        }
    }
    let pairs = if any { gains.best() } else { Vec::new() };
    let weak = left.kind == NameKind::WeakAlias || right.kind == NameKind::WeakAlias;
    let mut ledger = Ledger::default();
    for (row, column) in &pairs {
        if let (Some(a), Some(b)) = (left_units.get(*row), right_units.get(*column)) {
            let likeness = scorer.likeness(&a.token, &b.token);
            ledger.agree(a, b, likeness);
        }
    }
    let left_over = without(left_units, |place| {
        pairs.iter().any(|(row, _)| *row == place)
    });
    let right_over = without(right_units, |place| {
        pairs.iter().any(|(_, column)| *column == place)
    });
    ledger.left_over(left_over, right_over, body);
    ledger.close(if weak { WEAK_ALIAS } else { 0.0 })
}

fn without(units: Vec<Unit<'_>>, taken: impl Fn(usize) -> bool) -> Vec<Unit<'_>> {
    let left_over = units.into_iter().enumerate();
    left_over
        .filter(|(place, _)| !taken(*place))
        .map(|(_, unit)| unit)
        .collect()
}

/// The worth of pairing two words rather than leaving both without a partner.
fn pair_gain(a: &Unit<'_>, b: &Unit<'_>, likeness: Likeness) -> f64 {
    let information = a.information.min(b.information);
    let saved = contradiction(information);
    let gain = AGREEMENT_MAX * 0.5 * information * likeness.share + saved - likeness.against;
    gain - role_cost(a.token.role, b.token.role)
}

fn contradiction(information: f64) -> f64 {
    // The root: even a common word ("gas", "oil") says who is meant.
    CONTRADICTION * information.min(1.0).sqrt()
}

fn role_cost(left: Role, right: Role) -> f64 {
    let told = left != Role::Unknown && right != Role::Unknown;
    if told && left != right {
        OTHER_ROLE
    } else {
        0.0
    }
}

/// Adds up what agrees and what does not.
#[derive(Default)]
struct Ledger {
    agreed: f64,
    /// With the information that agrees, and what is against.
    lines: Vec<(Pairing, f64, f64)>,
}

impl Ledger {
    fn agree(&mut self, a: &Unit<'_>, b: &Unit<'_>, likeness: Likeness) {
        let information = a.information.min(b.information) * likeness.share;
        // What a particle's spelling says against is as little as what it says for.
        let part = (a.information.min(b.information) * 2.5).min(1.0);
        let against = likeness.against * part + role_cost(a.token.role, b.token.role);
        let verdict = if likeness.against < 0.1 {
            Verdict::Agrees
        } else if likeness.against < 2.4 {
            Verdict::Similar
        } else {
            Verdict::Contradicts
        };
        self.agreed += information;
        self.line(
            Some(a.words),
            Some(b.words),
            verdict,
            (information, against),
        );
    }

    fn left_over(&mut self, left: Vec<Unit<'_>>, right: Vec<Unit<'_>>, body: bool) {
        let says_something = |unit: &Unit<'_>| is_telling(unit.token.kind);
        let (mut left, left_weak): (Vec<Unit<'_>>, Vec<Unit<'_>>) =
            left.into_iter().partition(says_something);
        let (mut right, right_weak): (Vec<Unit<'_>>, Vec<Unit<'_>>) =
            right.into_iter().partition(says_something);
        // The most telling against the most telling, so that both directions agree.
        for side in [&mut left, &mut right] {
            side.sort_by(|a, b| b.information.total_cmp(&a.information));
        }
        let both = left.len().min(right.len());
        for (a, b) in left.iter().zip(&right) {
            let against = contradiction(a.information.min(b.information));
            let words = (Some(a.words), Some(b.words));
            self.line(words.0, words.1, Verdict::Contradicts, (0.0, against));
        }
        for unit in left.iter().skip(both).chain(&left_weak) {
            let against = missing(unit, body);
            self.line(Some(unit.words), None, Verdict::Absent, (0.0, against));
        }
        for unit in right.iter().skip(both).chain(&right_weak) {
            let against = missing(unit, body);
            self.line(None, Some(unit.words), Verdict::Absent, (0.0, against));
        }
    }

    fn line(
        &mut self,
        left: Option<Words>,
        right: Option<Words>,
        verdict: Verdict,
        (information, against): (f64, f64),
    ) {
        let pairing = Pairing {
            left,
            right,
            verdict,
            weight: 0.0,
        };
        self.lines.push((pairing, information, against));
    }

    /// The weight of the name, and every line with its part of it.
    fn close(self, always_against: f64) -> (f64, Vec<Pairing>) {
        let gained = gained(self.agreed);
        let against: f64 = self.lines.iter().map(|line| line.2).sum::<f64>() + always_against;
        let limit = AGAINST_MAX + gained;
        let damping = if against > limit {
            limit / against
        } else {
            1.0
        };
        let shared = always_against / real(self.lines.len().max(1));
        let unit = if self.agreed > 0.0 {
            gained / self.agreed
        } else {
            0.0
        };
        let mut total = 0.0;
        let mut pairings: Vec<Pairing> = Vec::with_capacity(self.lines.len());
        for (mut pairing, information, against) in self.lines {
            pairing.weight = information * unit - (against + shared) * damping;
            total += pairing.weight;
            pairings.push(pairing);
        }
        (total, pairings)
    }
}

fn missing(unit: &Unit<'_>, body: bool) -> f64 {
    match unit.token.kind {
        TokenKind::Number if body => MISSING_NUMBER,
        TokenKind::Word | TokenKind::Generic if body => MISSING_IN_BODY * unit.information,
        _ => MISSING_IN_PERSON * unit.information,
    }
}

/// The words of both names, joined where one side writes two words as one.
fn units<'a>(
    left: &'a PreparedName,
    right: &'a PreparedName,
    scorer: &Scorer<'_>,
) -> (Vec<Unit<'a>>, Vec<Unit<'a>>) {
    let mut left_joins = joins(&left.tokens, &right.tokens);
    let mut right_joins = joins(&right.tokens, &left.tokens);
    // A word joined on the one side is a single word on the other, never itself joined.
    right_joins.retain(|join| {
        let crossed = |other: &Join| {
            (join.first..=join.first + 1).contains(&other.target)
                || (other.first..=other.first + 1).contains(&join.target)
        };
        let cross = left_joins.iter().any(crossed);
        if cross {
            left_joins.retain(|other| !crossed(other));
        }
        !cross
    });
    (
        side(&left.tokens, &left_joins, scorer),
        side(&right.tokens, &right_joins, scorer),
    )
}

/// Two words of one side that are one on the other.
struct Join {
    first: usize,
    target: usize,
    shape: Shape,
}

fn joins(tokens: &[Token], other: &[Token]) -> Vec<Join> {
    /// Above this the joined words are not the same word.
    const AGAINST_MAX: f64 = 0.6;
    let mut joins: Vec<Join> = Vec::new();
    for (first, pair) in tokens.windows(2).enumerate() {
        let [a, b] = pair else { continue };
        if joins.last().is_some_and(|last| last.first + 1 == first) {
            continue;
        }
        let length = a.shape.symbols.len() + b.shape.symbols.len();
        let starts = a.shape.symbols.first().map(|symbol| symbol.base());
        let found = other.iter().enumerate().find_map(|(target, single)| {
            let fits = single.shape.symbols.len().abs_diff(length) <= 1
                && length > 3
                && single.shape.symbols.first().map(|symbol| symbol.base()) == starts
                && single.kind != TokenKind::Initial;
            if !fits || joins.iter().any(|join| join.target == target) {
                return None;
            }
            let shape = Shape::joined(&a.shape, &b.shape);
            let alike = likeness(&shape, &single.shape).against < AGAINST_MAX;
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

fn side<'a>(tokens: &'a [Token], joins: &[Join], scorer: &Scorer<'_>) -> Vec<Unit<'a>> {
    let mut units = Vec::with_capacity(tokens.len());
    let mut inside_join = false;
    for (place, token) in tokens.iter().enumerate() {
        if inside_join {
            inside_join = false;
            continue;
        }
        let join = joins.iter().find(|join| join.first == place);
        let mut unit = Unit {
            words: Words {
                first: place,
                count: 1,
            },
            token: Cow::Borrowed(token),
            information: scorer.information(token),
        };
        if let Some(join) = join
            && let Some(second) = tokens.get(place + 1)
        {
            inside_join = true;
            unit.words.count = 2;
            unit.information = (unit.information + scorer.information(second)).max(0.8);
            unit.token = Cow::Owned(second.joined(&join.shape));
        }
        units.push(unit);
    }
    units
}

impl NameScore {
    /// What the names say as a whole: the worst that a telling word says.
    pub(crate) fn verdict(&self) -> Verdict {
        let has = |verdict| self.pairings.iter().any(|line| line.verdict == verdict);
        let lacks = |line: &Pairing| line.verdict == Verdict::Absent && line.weight < -0.1;
        if has(Verdict::Contradicts) {
            Verdict::Contradicts
        } else if has(Verdict::Similar) || self.pairings.iter().any(lacks) {
            Verdict::Similar
        } else {
            Verdict::Agrees
        }
    }
}
