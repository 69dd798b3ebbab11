//! What two names say together, once it is known which word stands for which.
//!
//! Agreement has diminishing returns: the fifth agreeing word adds little, since the words of a
//! name depend on each other. Disagreement does not: one word that contradicts (another clan,
//! another given name) outweighs any number that agree.

use arrayvec::ArrayVec;

use super::similarity::Likeness;
use super::token::{Edge, Role, TOKENS_MAX, TokenKind};
use super::units::{Unit, Words};
use super::words::is_generation;
use crate::evidence::Verdict;
use crate::text::real;

/// The most that agreeing names are worth.
const AGREEMENT_MAX: f64 = 8.5;
/// A word that stands against another word altogether, for a word of information 1.
const CONTRADICTION: f64 = 4.6;
/// The same where the first given names differ and two or more other words agree: brothers have
/// the names of their fathers, their clan and their state in common.
const CONTRADICTION_OF_BROTHERS: f64 = 8.0;
/// Initials, or an initial and a name, that do not agree: fathers of two persons.
const OTHER_INITIAL: f64 = 2.6;
/// A word in the middle of a person's name that the other side lacks: lists and speech drop them.
const MISSING_IN_PERSON: f64 = 0.45;
/// The family name: seldom dropped.
const MISSING_LAST: f64 = 0.9;
/// The same, where the source says that it is the family name.
const MISSING_FAMILY: f64 = 1.4;
/// The first given name, where others agree: of brothers, or of a father and his son.
const MISSING_FIRST: f64 = 0.9;
/// The same in a chain of fathers: Saddam Hussein al-Tikriti had sons.
const MISSING_FIRST_IN_CHAIN: f64 = 4.2;
/// The same where only two names agree: a list may have left the first one out.
const MISSING_FIRST_OF_THREE: f64 = 1.9;
/// The first given name is lacking, and the other two stand in the other order: Ahmad, son of Umar,
/// and somebody whose father is Umar, son of Ahmad.
const MISSING_FIRST_INVERTED: f64 = 2.4;
/// Father and son, or grandson, of one name: Jr. and Sr., II and III.
const OTHER_GENERATION: f64 = 3.6;
/// The same of the last name of a chain: Mahmoud Khalid of one family, and Khalid Mahmoud.
const MISSING_LAST_INVERTED: f64 = 2.4;
/// The words of a chain in another order that is no rotation: Salim, son of Salih, and Salih, son of
/// Salim. Lists put the family name first, which is a rotation.
const SCRAMBLED: f64 = 3.4;
/// One given name is all that agrees and all there is: `Abu Muhammad`, `Abd al-Samad`.
const ONE_NAME_OF_TWO_WORDS: f64 = 1.3;
/// A word of a body's name that the other side lacks: it may be another branch of the group.
const MISSING_IN_BODY: f64 = 2.3;
/// The same for a word that many bodies share, which tells a tenth of others.
const MISSING_GENERIC: f64 = 2.8;
/// A number of a series that the other side lacks: Fund and Fund II are two.
const MISSING_NUMBER: f64 = 4.5;
/// Both names are agreed word for word, with nothing left over: more than the sum of the words,
/// since common words make rare names together.
pub(super) const COMPLETE: f64 = 0.9;
/// The same of a body: its names are fewer, and nobody is called by chance like a company.
pub(super) const COMPLETE_BODY: f64 = 1.3;
/// The family name and two initials or more are agreed, with nothing left over.
const COMPLETE_BY_INITIALS: f64 = 0.6;
/// What against the names makes "complete" mean nothing.
const COMPLETE_AGAINST: f64 = 2.0;
/// One word of a person's name agrees, and the other side has more: a family name alone.
const ONE_WORD: f64 = 0.9;
/// What decides among pairs of words that gain the same.
const TIE: f64 = 0.001;
/// Given name for family name, where both sides tell: columns get swapped, but rarely.
const OTHER_ROLE: f64 = 0.35;
/// A nickname that many share.
const WEAK_ALIAS: f64 = 0.7;
/// However many words differ, it is one observation: the names differ.
pub(super) const AGAINST_MAX: f64 = 6.0;

/// Every word of both names has a line of its own at most.
const LINES_MAX: usize = 2 * TOKENS_MAX;

/// What became of every word of two names.
pub(crate) type Pairings = ArrayVec<Pairing, LINES_MAX>;

/// Words that stand for each other, or against each other, or alone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Pairing {
    pub(crate) left: Option<Words>,
    pub(crate) right: Option<Words>,
    pub(crate) verdict: Verdict,
    pub(crate) weight: f64,
}

/// Whose names are compared: what is left over means different things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bearer {
    /// Persons: words are dropped at will.
    Person,
    /// Organisations, ships, aircraft: a further word is often another body.
    Body,
}

/// In which order the telling words of one name stand in the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// The same, or rotated: three words or more with the family name first.
    Kept,
    /// Two words, the other way round.
    Inverted,
    /// Three words or more, and neither.
    Scrambled,
}

impl Order {
    /// Of the places on the right, in the order of the left.
    pub(super) fn of(places: &[usize]) -> Self {
        let after = places.iter().skip(1).chain(places.first());
        // A rotation falls back once: from the last place to the first.
        let falls = places.iter().zip(after).filter(|(a, b)| a > b).count();
        match places {
            [a, b] if a > b => Self::Inverted,
            _ if falls > 1 => Self::Scrambled,
            _ => Self::Kept,
        }
    }
}

/// Adds up what agrees and what does not.
pub(super) struct Ledger {
    bearer: Bearer,
    /// One of the names is a chain of fathers.
    chain: bool,
    order: Order,
    /// Half a name agrees, such as `abu`.
    half: bool,
    /// Initials that agree.
    initials: usize,
    /// Against the names, whatever their words say.
    always_against: f64,
    agreed: f64,
    /// Telling words that agree, and that are left over.
    telling: usize,
    left_over: usize,
    /// With the information that agrees, and what is against.
    lines: ArrayVec<(Pairing, f64, f64), LINES_MAX>,
}

impl Ledger {
    pub(super) fn new(bearer: Bearer, chain: bool) -> Self {
        Self {
            bearer,
            chain,
            order: Order::Kept,
            half: false,
            initials: 0,
            always_against: 0.0,
            agreed: 0.0,
            telling: 0,
            left_over: 0,
            lines: ArrayVec::new(),
        }
    }

    /// One of the names is a weak alias.
    pub(super) fn weak_alias(&mut self) {
        self.always_against += WEAK_ALIAS;
    }

    /// In which order the words of the left stand on the right.
    pub(super) fn in_order(&mut self, order: Order) {
        self.order = order;
        if order == Order::Scrambled && self.chain && self.bearer == Bearer::Person {
            self.always_against += SCRAMBLED;
        }
    }

    /// Two words that stand for each other.
    pub(super) fn agree(&mut self, a: &Unit<'_>, b: &Unit<'_>, likeness: Likeness) {
        let information = a.information().min(b.information()) * likeness.share;
        // What a particle's spelling says against is as little as what it says for.
        let part = (a.information().min(b.information()) * 2.5).min(1.0);
        let against = likeness.against * part + role_cost(a.token().role, b.token().role);
        let verdict = if likeness.against < 0.1 {
            Verdict::Agrees
        } else if likeness.against < 2.4 {
            Verdict::Similar
        } else {
            Verdict::Contradicts
        };
        self.agreed += information;
        self.half |= a.token().kind == TokenKind::Half && b.token().kind == TokenKind::Half;
        let is_initial = |unit: &Unit<'_>| unit.token().kind == TokenKind::Initial;
        self.initials += usize::from(is_initial(a) || is_initial(b));
        if is_telling(a.token().kind) && is_telling(b.token().kind) {
            self.telling += usize::from(a.words.count.max(b.words.count));
        }
        self.line(
            Some(a.words),
            Some(b.words),
            verdict,
            (information, against),
        );
    }

    /// The words of both sides that have no partner.
    pub(super) fn left_over(&mut self, left: &[&Unit<'_>], right: &[&Unit<'_>]) {
        let (left_telling, right_telling) = (most_telling_first(left), most_telling_first(right));
        let both = left_telling.len().min(right_telling.len());
        self.left_over = left_telling.len().max(right_telling.len());
        for (a, b) in left_telling.iter().zip(&right_telling) {
            let against = self.contradicting(a, b);
            let words = (Some(a.words), Some(b.words));
            self.line(words.0, words.1, Verdict::Contradicts, (0.0, against));
        }
        let initial = |unit: &&&Unit<'_>| unit.token().kind == TokenKind::Initial;
        let initials = |units: &[&Unit<'_>]| units.iter().filter(initial).count();
        if self.bearer == Bearer::Person && both == 0 {
            let (left_word, right_word) = (!left_telling.is_empty(), !right_telling.is_empty());
            let (left_initial, right_initial) = (initials(left) > 0, initials(right) > 0);
            let against =
                (left_initial && (right_initial || right_word)) || (right_initial && left_word);
            if against {
                self.always_against += OTHER_INITIAL;
            }
        }
        let generation = |units: &[&Unit<'_>]| {
            units
                .iter()
                .any(|unit| is_generation(&unit.token().shape.symbols))
        };
        if self.bearer == Bearer::Person && generation(left) && generation(right) {
            self.always_against += OTHER_GENERATION;
        }
        let weak = |unit: &&&Unit<'_>| !is_telling(unit.token().kind);
        let alone = left_telling.iter().skip(both);
        for unit in alone.chain(left.iter().filter(weak)) {
            let against = self.missing(unit);
            self.line(Some(unit.words), None, Verdict::Absent, (0.0, against));
        }
        let alone = right_telling.iter().skip(both);
        for unit in alone.chain(right.iter().filter(weak)) {
            let against = self.missing(unit);
            self.line(None, Some(unit.words), Verdict::Absent, (0.0, against));
        }
    }

    /// What two words say against that stand against each other, given what agrees.
    fn contradicting(&self, a: &Unit<'_>, b: &Unit<'_>) -> f64 {
        let information = a.information().min(b.information());
        let first = a.token().edge == Edge::First && b.token().edge == Edge::First;
        if first && self.telling >= 2 && self.bearer == Bearer::Person {
            CONTRADICTION_OF_BROTHERS * information.min(1.0).sqrt()
        } else {
            contradiction(information)
        }
    }

    /// What a word without a partner says against, given what agrees.
    fn missing(&self, unit: &Unit<'_>) -> f64 {
        let token = unit.token();
        let person = self.bearer == Bearer::Person && token.kind == TokenKind::Word;
        let share = match (token.edge, token.role) {
            (Edge::First, _) if person && self.chain && self.telling >= 3 => {
                // The root: a common name is another name all the same.
                return MISSING_FIRST_IN_CHAIN * unit.information().min(1.0).sqrt();
            }
            (Edge::First, _) if person && self.inverted() => MISSING_FIRST_INVERTED,
            (Edge::First, _) if person && self.chain && self.telling == 2 => MISSING_FIRST_OF_THREE,
            (Edge::First, _) if person => MISSING_FIRST,
            (Edge::Last, _) if person && self.chain && self.inverted() => MISSING_LAST_INVERTED,
            (Edge::Last, Role::Family) if person => MISSING_FAMILY,
            (Edge::Last, _) if person => MISSING_LAST,
            _ => return missing(unit, self.bearer),
        };
        share * unit.information()
    }

    /// Whether two names agree, and stand the other way round.
    fn inverted(&self) -> bool {
        self.telling == 2 && self.order == Order::Inverted
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
        // INVARIANT: a word stands in one line, so there is room.
        let _ = self.lines.try_push((pairing, information, against));
    }

    /// The weight of the name, and every line with its part of it.
    pub(super) fn close(self) -> (f64, Pairings) {
        let mut always_against = self.always_against;
        if self.telling == 1 && self.left_over > 0 && self.bearer == Bearer::Person {
            always_against += ONE_WORD;
        }
        if self.telling == 1 && self.left_over == 0 && self.half && self.bearer == Bearer::Person {
            always_against += ONE_NAME_OF_TWO_WORDS;
        }
        let against: f64 = self.lines.iter().map(|line| line.2).sum::<f64>() + always_against;
        let mut gained = agreement(self.agreed);
        let (whole, complete) = match self.bearer {
            // One word of a person's name is not the name.
            Bearer::Person => (2, COMPLETE),
            Bearer::Body => (1, COMPLETE_BODY),
        };
        if self.telling >= whole && self.left_over == 0 {
            gained += complete * (1.0 - against / COMPLETE_AGAINST).max(0.0);
        } else if self.telling == 1 && self.initials >= 2 && self.left_over == 0 {
            gained += COMPLETE_BY_INITIALS;
        }
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
        let mut pairings = Pairings::new();
        for (mut pairing, information, against) in self.lines {
            pairing.weight = information * unit - (against + shared) * damping;
            total += pairing.weight;
            let _ = pairings.try_push(pairing);
        }
        (total, pairings)
    }
}

fn missing(unit: &Unit<'_>, bearer: Bearer) -> f64 {
    match (unit.token().kind, bearer) {
        (TokenKind::Number, Bearer::Body) => MISSING_NUMBER,
        (TokenKind::Word, Bearer::Body) => MISSING_IN_BODY * unit.information(),
        (TokenKind::Generic, Bearer::Body) => MISSING_GENERIC * unit.information(),
        _ => MISSING_IN_PERSON * unit.information(),
    }
}

/// Whether a word without a partner stands against one of the other side.
pub(super) fn is_telling(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::Word | TokenKind::Number | TokenKind::Generic
    )
}

/// What agreeing words are worth together.
pub(super) fn agreement(agreed: f64) -> f64 {
    AGREEMENT_MAX * (1.0 - (-agreed).exp())
}

/// What two words of an information say that contradict each other.
pub(super) fn contradiction(information: f64) -> f64 {
    // The root: even a common word ("gas", "oil") says who is meant.
    CONTRADICTION * information.min(1.0).sqrt()
}

/// What it costs that the parts of the name to which two words belong differ.
fn role_cost(left: Role, right: Role) -> f64 {
    let told = left != Role::Unknown && right != Role::Unknown;
    if told && left != right {
        OTHER_ROLE
    } else {
        0.0
    }
}

/// The telling words among those without a partner. The most telling first, so that it stands
/// against the most telling of the other side, in whichever direction the names are compared.
fn most_telling_first<'a>(units: &[&'a Unit<'a>]) -> ArrayVec<&'a Unit<'a>, TOKENS_MAX> {
    let telling = units.iter().copied();
    let mut telling: ArrayVec<&Unit<'_>, TOKENS_MAX> = telling
        .filter(|unit| is_telling(unit.token().kind))
        .take(TOKENS_MAX)
        .collect();
    telling.sort_by(|a, b| {
        let by_information = b.information().total_cmp(&a.information());
        by_information.then_with(|| standing(b).total_cmp(&standing(a)))
    });
    telling
}

/// The worth of pairing two words rather than leaving both without a partner.
pub(super) fn pair_gain(a: &Unit<'_>, b: &Unit<'_>, likeness: Likeness) -> f64 {
    let information = a.information().min(b.information());
    let saved = contradiction(information);
    let gain = AGREEMENT_MAX * 0.5 * information * likeness.share + saved - likeness.against;
    // Among equal assignments the one whose words tell more and stand in more telling places:
    // what is left over then is the same, in whichever direction the names are compared. The
    // product decides who goes with whom.
    let (a_told, b_told) = (told(a), told(b));
    let tie = TIE * (a_told + b_told + TIE * a_told * b_told);
    gain - role_cost(a.token().role, b.token().role) + tie
}

/// What makes words unequal that tell the same.
fn told(unit: &Unit<'_>) -> f64 {
    let telling = if is_telling(unit.token().kind) {
        0.1
    } else {
        0.0
    };
    unit.information() + telling + missing(unit, Bearer::Body) + standing(unit)
}

/// What the place of a word in its name adds to that. The numbers are arbitrary, and no sum of a
/// few of them is that of others.
fn standing(unit: &Unit<'_>) -> f64 {
    let edge = match unit.token().edge {
        Edge::Middle => 0.0,
        Edge::First => 0.0137,
        Edge::Last => 0.0211,
    };
    let role = match unit.token().role {
        Role::Unknown => 0.0,
        Role::Given => 0.0059,
        Role::Patronymic => 0.0083,
        Role::Family => 0.0101,
    };
    edge + role
}
