//! How far a weapon that was read agrees with one that is known: number, make, model, calibre,
//! kind, all of them before anybody acts.
//!
//! The weights and the base add up to the logit of the probability, as everywhere. A number alone
//! does not reach a match: makers count from 1, each of them.

use egnatia_matching::serial::{
    Confidence, Likeness, PlaceEvidence, PlaceVerdict, Query, Serial, SerialError, compare,
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
/// A shorter number is shared by many.
const TELLING_FROM: usize = 5;
/// What a short number says, as a share.
const SHORT: f64 = 0.55;
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
        let sure = description.weapon.as_deref().map(|weapon| &weapon.sure);
        let mut queries = Vec::new();
        let numbers = description.identifiers.iter().filter(|one| is_serial(one));
        for (place, number) in numbers.enumerate() {
            let mut query = Query::new(&number.value)?;
            // What is said of places is about the first number, the unique mark.
            for (at, percent) in sure.into_iter().flatten().filter(|_| place == 0) {
                query = query.with_confidence(usize::from(*at), Confidence::percent(*percent))?;
            }
            queries.push((number.value.clone(), query));
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

/// The best pair of numbers.
struct Pair<'a> {
    query: &'a str,
    entry: &'a str,
    likeness: Likeness,
    /// The entry could not be read wholly, and was asked for the query.
    turned: bool,
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
    let nothing = Weapon::default();
    let left = asked.weapon.as_deref().unwrap_or(&nothing);
    let right = known.weapon.as_deref().unwrap_or(&nothing);
    lines.extend([
        line(
            Feature::Make,
            (&left.make, &right.make),
            (2.4, -3.4),
            |a, b| reference.make_name(a) == reference.make_name(b),
        ),
        line(
            Feature::Model,
            (&left.model, &right.model),
            (1.0, -0.6),
            |a, b| reference.model_name(a) == reference.model_name(b),
        ),
        line(
            Feature::Calibre,
            (&left.calibre, &right.calibre),
            (1.2, -2.4),
            |a, b| reference.calibre_name(a) == reference.calibre_name(b),
        ),
        line(
            Feature::WeaponKind,
            (&left.kind, &right.kind),
            (0.4, -1.2),
            |a, b| a == b,
        ),
    ]);
    lines.retain(|line| line.query.is_some() || line.entry.is_some());
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
    for number in numbers {
        for (text, asked) in &query.queries {
            let (likeness, turned) = match Serial::new(&number.value) {
                Ok(serial) => (compare(asked, &serial), false),
                // Part of the known one is gone: it becomes the question.
                Err(_) => match (Query::new(&number.value), Serial::new(text)) {
                    (Ok(known), Ok(serial)) => (compare(&known, &serial), true),
                    _ => continue,
                },
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
                });
            }
        }
    }
    best
}

fn rank(likeness: &Likeness) -> f64 {
    likeness.likeness * (LEAST_READ + (1.0 - LEAST_READ) * likeness.read)
}

fn number_line(pair: &Pair<'_>) -> Evidence {
    let places = pair.likeness.evidence.len();
    let telling = match places < TELLING_FROM {
        true => SHORT,
        false => 1.0,
    };
    let weight = SAME_NUMBER * rank(&pair.likeness) * telling;
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
    same: impl Fn(&str, &str) -> bool,
) -> Evidence {
    let (verdict, weight) = match (query, entry) {
        (Some(query), Some(entry)) if same(query, entry) => (Verdict::Agrees, agrees),
        (Some(_), Some(_)) => (Verdict::Contradicts, contradicts),
        _ => (Verdict::Absent, 0.0),
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
