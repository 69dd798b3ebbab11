//! How far a weapon that was read agrees with one that is known: number, make, model, calibre,
//! kind, all of them before anybody acts.
//!
//! The weights and the base add up to the logit of the probability, as everywhere. A number alone
//! does not reach a match: makers count from 1, each of them.

use egnatia_matching::serial::{
    Confidence, Likeness, PlaceEvidence, PlaceVerdict, Query, Serial, SerialError, compare,
    compare_worn,
};
use egnatia_matching::{
    Assessment, BASE_LOGIT, Band, Description, Evidence, Feature, Identifier, IdentifierKind,
    Piece, Thresholds, TokenEvidence, Verdict, Weapon,
};

use crate::Reference;

/// What a number says that is the same at every place and long enough to be one of a kind.
const SAME_NUMBER: f64 = 7.6;
/// What is left of it where most of it could not be read.
const LEAST_READ: f64 = 0.35;
/// With fewer places that were read, a number is shared by many: `M70*` is a model.
const TELLING_FROM: f64 = 5.0;
/// What a shorter number says, as a share; where it was read in part it says less, place by place.
const SHORT: f64 = 0.55;
/// So many places that could not be read leave a hundred numbers that fit, or a few; more of them leave
/// thousands.
const UNREAD_MAX: usize = 2;
/// What a number says with more such places, as a share.
const UNREAD: f64 = 0.6;
/// A number so long that is the same at every place is put to somebody also where maker and calibre
/// are others: they may have been taken down wrongly.
const LONG: usize = 7;
/// The logit that it then has at least.
const LONG_LOGIT: f64 = -2.5;
/// What is left where a component agrees: the frame or receiver is the weapon, a slide is changed.
const COMPONENT: f64 = 0.9;
/// A component agrees, and the frames or receivers are others: parts of two weapons.
const OTHER_FRAME: f64 = -4.5;
/// From this place on the logit does not rise: certainty comes from whoever looks.
const LOGIT_MAX: f64 = 7.0;

/// The numbers of a description, ready to be compared; masks and doubts in them.
#[derive(Debug)]
pub struct SerialQueries {
    queries: Vec<(String, Query)>,
}

impl SerialQueries {
    /// The serial numbers of a description; whatever has a mask counts as one.
    ///
    /// # Errors
    /// [`SerialError`] where a number cannot be read.
    pub fn of(description: &Description) -> Result<Self, SerialError> {
        let mut queries = Vec::new();
        let numbers = description.identifiers.iter().filter(|one| is_serial(one));
        for (place, number) in numbers.enumerate() {
            // What is said of places is about the first number, the unique mark.
            let weapon = description.weapon.as_deref().filter(|_| place == 0);
            queries.push((number.value.clone(), query_of(number, weapon)?));
        }
        Ok(Self { queries })
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.queries.is_empty()
    }

    /// What is looked for.
    pub fn queries(&self) -> impl Iterator<Item = &Query> {
        self.queries.iter().map(|(_, query)| query)
    }
}

/// Whether a number is compared place by place: a serial number, or one with places that could
/// not be read.
fn is_serial(number: &Identifier) -> bool {
    let masked = number.value.contains(['?', '*']);
    number.kind == IdentifierKind::Serial || (number.kind == IdentifierKind::Other && masked)
}

fn query_of(number: &Identifier, weapon: Option<&Weapon>) -> Result<Query, SerialError> {
    let mut query = Query::new(&number.value)?;
    for (at, percent) in weapon.into_iter().flat_map(|weapon| &weapon.sure) {
        query = query.with_confidence(usize::from(*at), Confidence::percent(*percent))?;
    }
    for (at, other) in weapon.into_iter().flat_map(|weapon| &weapon.perhaps) {
        query = query.with_perhaps(usize::from(*at), *other)?;
    }
    Ok(query)
}

/// Whether a number of a weapon was not read wholly, or not surely: then it is no key to look up.
pub fn is_worn(weapon: &Description) -> bool {
    let Ok(numbers) = SerialQueries::of(weapon) else {
        return false;
    };
    numbers.queries().any(|query| !query.is_whole())
}

/// The best pair of numbers.
struct Pair<'a> {
    query: &'a str,
    entry: &'a str,
    likeness: Likeness,
    /// The entry could not be read wholly, and was asked for the query.
    turned: bool,
    /// Which number of each side it is; the first is the unique mark.
    nth: (usize, usize),
}

/// How far two weapons agree; `None` where no number of theirs is alike.
///
/// Both may have places that were not read. Where the known one has, the one that was asked is
/// held against it, if it was read wholly.
pub fn assess(
    query: &SerialQueries,
    asked: &Description,
    known: &Description,
    reference: &Reference,
    thresholds: &Thresholds,
) -> Option<Assessment> {
    let pair = best_pair(query, known)?;
    let mut lines = vec![number_line(&pair)];
    lines.extend(other_frame(query, known, &pair));
    let nothing = Weapon::default();
    let left = asked.weapon.as_deref().unwrap_or(&nothing);
    let right = known.weapon.as_deref().unwrap_or(&nothing);
    // Who writes `unknown` says nothing.
    let told = |a: &str, b: &str| !reference.is_unknown(a) && !reference.is_unknown(b);
    lines.extend([
        line(
            Feature::Make,
            (&left.make, &right.make),
            (2.4, -3.4),
            |a, b| told(a, b).then(|| reference.make_name(a) == reference.make_name(b)),
        ),
        line(
            Feature::Model,
            (&left.model, &right.model),
            (1.0, -0.6),
            |a, b| told(a, b).then(|| reference.model_name(a) == reference.model_name(b)),
        ),
        line(
            Feature::Calibre,
            (&left.calibre, &right.calibre),
            (1.2, -2.4),
            |a, b| told(a, b).then(|| reference.calibre_name(a) == reference.calibre_name(b)),
        ),
        line(
            Feature::WeaponKind,
            (&left.kind, &right.kind),
            (0.4, -1.2),
            |a, b| Some(a == b),
        ),
    ]);
    lines.retain(|line| line.query.is_some() || line.entry.is_some());
    if is_same_and_long(&pair.likeness) {
        keep_in_view(&mut lines);
    }
    let sum: f64 = lines.iter().map(|line| line.weight).sum();
    let logit = (BASE_LOGIT + sum).min(LOGIT_MAX);
    if sum > 1.0e-9 {
        let scale = (logit - BASE_LOGIT) / sum;
        for line in &mut lines {
            line.weight *= scale;
            for token in &mut line.tokens {
                token.weight *= scale;
            }
        }
    }
    let probability = 1.0 / (1.0 + (-logit).exp());
    Some(Assessment {
        probability,
        band: band(probability, thresholds),
        evidence: lines,
    })
}

fn is_same_and_long(likeness: &Likeness) -> bool {
    let same = |place: &PlaceEvidence| place.verdict == PlaceVerdict::Same;
    likeness.evidence.len() >= LONG && likeness.evidence.iter().all(same)
}

/// Lowers what speaks against it until the logit is that of a long number that is the same.
fn keep_in_view(lines: &mut [Evidence]) {
    let of = |sign: f64| -> f64 {
        let weights = lines.iter().map(|line| line.weight);
        weights.filter(|weight| weight * sign > 0.0).sum()
    };
    let (speaks_for, against) = (of(1.0), of(-1.0));
    let most = BASE_LOGIT + speaks_for - LONG_LOGIT;
    if against < 0.0 && most > 0.0 && -against > most {
        let scale = most / -against;
        for line in lines.iter_mut().filter(|line| line.weight < 0.0) {
            line.weight *= scale;
        }
    }
}

fn band(probability: f64, thresholds: &Thresholds) -> Band {
    if probability >= thresholds.matched {
        Band::Match
    } else if probability >= thresholds.possible {
        Band::Possible
    } else {
        Band::None
    }
}

fn best_pair<'a>(query: &'a SerialQueries, known: &'a Description) -> Option<Pair<'a>> {
    let numbers = known.identifiers.iter().filter(|one| is_serial(one));
    let mut best: Option<Pair<'a>> = None;
    for (nth, number) in numbers.enumerate() {
        let weapon = known.weapon.as_deref().filter(|_| nth == 0);
        for (place, (text, asked)) in query.queries.iter().enumerate() {
            let Some((likeness, turned)) = read_both((text, asked), number, weapon) else {
                continue;
            };
            let better = best
                .as_ref()
                .is_none_or(|held| rank(&likeness) > rank(&held.likeness));
            if likeness.is_alike() && better {
                best = Some(Pair {
                    query: text,
                    entry: &number.value,
                    likeness,
                    turned,
                    nth: (place, nth),
                });
            }
        }
    }
    best
}

/// How alike two numbers are, and whether the known one was asked for the other.
fn read_both(
    (text, asked): (&str, &Query),
    number: &Identifier,
    weapon: Option<&Weapon>,
) -> Option<(Likeness, bool)> {
    let known = query_of(number, weapon).ok()?;
    match Serial::new(&number.value) {
        Ok(serial) if known.is_whole() => return Some((compare(asked, &serial), false)),
        _ => {}
    }
    // Part of the known one is gone, or in doubt: it becomes the question.
    match Serial::new(text) {
        Ok(serial) if asked.is_whole() => Some((compare(&known, &serial), true)),
        _ => Some((compare_worn(asked, &known), false)),
    }
}

/// That the frames or receivers of two weapons differ of which a component agrees.
fn other_frame(query: &SerialQueries, known: &Description, pair: &Pair<'_>) -> Option<Evidence> {
    let mut numbers = known.identifiers.iter().filter(|one| is_serial(one));
    let (frame, component) = (numbers.next()?, numbers.next());
    if pair.nth == (0, 0) || component.is_none() || query.queries.len() < 2 {
        return None;
    }
    let (text, asked) = query.queries.first()?;
    let weapon = known.weapon.as_deref();
    let (likeness, _) = read_both((text, asked), frame, weapon)?;
    (!likeness.is_alike()).then(|| Evidence {
        feature: Feature::Identifier,
        verdict: Verdict::Contradicts,
        weight: OTHER_FRAME,
        query: Some(text.clone()),
        entry: Some(frame.value.clone()),
        tokens: Vec::new(),
    })
}

fn rank(likeness: &Likeness) -> f64 {
    likeness.likeness * (LEAST_READ + (1.0 - LEAST_READ) * likeness.read)
}

/// What so many places that were read say, as a share.
fn telling(likeness: &Likeness) -> f64 {
    let places = u32::try_from(likeness.evidence.len()).unwrap_or(u32::MAX);
    // Half a place off, so that shares of whole places are whole.
    let read = (likeness.read * f64::from(places) * 2.0).round() / 2.0;
    let masked = |place: &&PlaceEvidence| place.verdict == PlaceVerdict::Masked;
    let unread = match likeness.evidence.iter().filter(masked).count() > UNREAD_MAX {
        true => UNREAD,
        false => 1.0,
    };
    if read >= TELLING_FROM {
        unread
    } else if likeness.read >= 1.0 {
        // A short number that was read from end to end is known, and shared by many.
        SHORT
    } else {
        unread * SHORT * (read / (TELLING_FROM - 1.0)).min(1.0)
    }
}

fn number_line(pair: &Pair<'_>) -> Evidence {
    let component = match pair.nth {
        (0, 0) => 1.0,
        _ => COMPONENT,
    };
    let weight = SAME_NUMBER * rank(&pair.likeness) * telling(&pair.likeness) * component;
    let same = |place: &PlaceEvidence| place.verdict == PlaceVerdict::Same;
    let verdict = match pair.likeness.evidence.iter().all(same) {
        true => Verdict::Agrees,
        false => Verdict::Similar,
    };
    let mut token = TokenEvidence {
        query: Vec::new(),
        entry: Vec::new(),
        verdict,
        weight,
    };
    for place in &pair.likeness.evidence {
        let (query, entry) = match pair.turned {
            true => (place.entry, place.query),
            false => (place.query, place.entry),
        };
        push(&mut token.query, query, same(place));
        push(&mut token.entry, entry, same(place));
    }
    Evidence {
        feature: Feature::Identifier,
        verdict,
        weight,
        query: Some(pair.query.to_owned()),
        entry: Some(pair.entry.to_owned()),
        tokens: vec![token],
    }
}

fn push(pieces: &mut Vec<Piece>, character: Option<char>, same: bool) {
    let Some(character) = character else { return };
    match pieces.last_mut() {
        Some(piece) if piece.same == same => piece.text.push(character),
        _ => pieces.push(Piece {
            text: character.to_string(),
            same,
        }),
    }
}

fn line(
    feature: Feature,
    (query, entry): (&Option<String>, &Option<String>),
    (agrees, contradicts): (f64, f64),
    same: impl Fn(&str, &str) -> Option<bool>,
) -> Evidence {
    let both = query.as_deref().zip(entry.as_deref());
    let (verdict, weight) = match both.and_then(|(query, entry)| same(query, entry)) {
        Some(true) => (Verdict::Agrees, agrees),
        Some(false) => (Verdict::Contradicts, contradicts),
        None => (Verdict::Absent, 0.0),
    };
    Evidence {
        feature,
        verdict,
        weight,
        query: query.clone(),
        entry: entry.clone(),
        tokens: Vec::new(),
    }
}
