//! From features to a probability, and to the evidence for it.

use crate::description::{Description, Gender, Schema};
use crate::evidence::{Assessment, Band, Evidence, Feature, Thresholds, Verdict, four_decimals};
use crate::features::{
    BirthVerdict, Finding, NumberMatch, compare_births, compare_genders, compare_nations,
    compare_numbers, compare_places, compare_schemas,
};
use crate::names::{Bearer, NameScore, Scorer, score_names, token_evidence};
use crate::prepared::Prepared;
use crate::side::Side;

/// The logit at which every comparison starts, before any feature speaks.
///
/// Chosen so that an exact, usual name of two words alone reaches a probability of about 0.99,
/// and one of a single word of seven letters about 0.8. It is not the base rate of searches; see [`Assessment`].
pub const BASE_LOGIT: f64 = -7.2;

/// The logit never goes beyond these: an officer's certainty comes from elsewhere.
const LOGIT_MAX: f64 = 12.6;
const LOGIT_MIN: f64 = -14.4;
/// What the sum of all weights is multiplied with; see [`calibrated`].
const SLOPE: f64 = 1.68;
/// Without a name on both sides and without a number that agrees, this is the highest logit: a
/// birth date and a nationality are shared by thousands.
const LOGIT_MAX_WITHOUT_NAME: f64 = -2.7;

/// Compares two descriptions without knowing how common their words are.
///
/// The probability is the same in both directions; `left` is the query of the evidence.
///
/// ```
/// use egnatia_matching::{Band, Description, Name, Schema, Thresholds, compare};
///
/// let person = |name: &str| Description {
///     schema: Schema::Person,
///     names: vec![Name::new(name)],
///     ..Description::default()
/// };
/// let same = compare(&person("Ђорђе Петровић"), &person("PETROVIC<<DJORDJE"), &Thresholds::default());
/// assert_eq!(same.band, Band::Match);
/// let other = compare(&person("Marko Petrović"), &person("Mirko Petrović"), &Thresholds::default());
/// assert_ne!(other.band, Band::Match);
/// ```
pub fn compare(left: &Description, right: &Description, thresholds: &Thresholds) -> Assessment {
    compare_prepared(&Prepared::new(left), &Prepared::new(right), thresholds)
}

/// The same for descriptions that are prepared already.
pub fn compare_prepared(left: &Prepared, right: &Prepared, thresholds: &Thresholds) -> Assessment {
    let scored = Comparer::new().score(left, right);
    scored.explain(left, right, thresholds)
}

/// Compares many pairs one after the other, without evidence. Nothing is allocated for a pair, but
/// where two words are tried as one.
///
/// ```
/// use egnatia_matching::{Comparer, Description, Name, Prepared};
///
/// let named = |name: &str| Prepared::new(&Description {
///     names: vec![Name::new(name)],
///     ..Description::default()
/// });
/// let (entry, others) = (named("Ђорђе Петровић"), [named("Djordje Petrovic"), named("Arben Krasniqi")]);
/// let mut comparer = Comparer::new();
/// let probabilities: Vec<f64> = others.iter().map(|other| comparer.probability(&entry, other)).collect();
/// assert!(probabilities[0] > 0.9 && probabilities[1] < 0.1);
/// ```
#[derive(Default)]
pub struct Comparer<'a> {
    left: Side<'a>,
    right: Side<'a>,
    scorer: Scorer,
}

/// Says nothing: what it holds is personal data.
impl std::fmt::Debug for Comparer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Comparer").finish_non_exhaustive()
    }
}

impl<'a> Comparer<'a> {
    /// Ready for the first pair.
    pub fn new() -> Self {
        Self::default()
    }

    /// The probability of [`compare_prepared`] alone.
    pub fn probability(&mut self, left: &'a Prepared, right: &'a Prepared) -> f64 {
        self.score(left, right).probability()
    }

    fn score(&mut self, left: &'a Prepared, right: &'a Prepared) -> Scored {
        // How common words are is not known: each is a usual one.
        self.left.fill(left, |_| 1.0);
        self.right.fill(right, |_| 1.0);
        Scored::new(&self.left, &self.right, &mut self.scorer)
    }
}

/// Every feature's finding, without text.
pub(crate) struct Scored {
    name: Option<NameScore>,
    births: BirthVerdict,
    gender: Finding,
    nation: (Finding, Option<(usize, usize)>),
    place: (Finding, Option<(usize, usize)>),
    numbers: NumberMatch,
    schema: Finding,
    /// The logit, within its limits.
    pub(crate) logit: f64,
    /// What every weight is multiplied with, so that the sum keeps within the limits.
    scale: f64,
}

impl Scored {
    pub(crate) fn new(left: &Side<'_>, right: &Side<'_>, scorer: &mut Scorer) -> Self {
        let bearer = match (left.bearer(), right.bearer()) {
            (Bearer::Person, Bearer::Person) => Bearer::Person,
            _ => Bearer::Body,
        };
        let mut scored = Self {
            name: score_names(left, right, scorer, bearer),
            births: compare_births(&left.births, &right.births),
            gender: compare_genders(left.gender, right.gender),
            nation: compare_nations(&left.nations, &right.nations),
            place: compare_places(&left.places, &right.places),
            numbers: compare_numbers(&left.numbers, &right.numbers),
            schema: compare_schemas(left.schema, right.schema),
            logit: BASE_LOGIT,
            scale: 1.0,
        };
        let sum = scored.sum();
        let mut logit = calibrated(sum);
        let number_agrees = matches!(
            scored.numbers.finding.verdict,
            Verdict::Agrees | Verdict::Similar
        );
        if scored.name.is_none() && !number_agrees {
            logit = logit.min(LOGIT_MAX_WITHOUT_NAME);
        }
        // A sum of nothing needs no scale; then the logit is the base.
        if sum.abs() > 1.0e-9 {
            scored.scale = (logit - BASE_LOGIT) / sum;
            scored.logit = logit;
        }
        scored
    }

    fn sum(&self) -> f64 {
        let features = self.features();
        let others: f64 = features.iter().map(|(_, finding)| finding.weight).sum();
        others + self.name.as_ref().map_or(0.0, |name| name.weight)
    }

    fn features(&self) -> [(Feature, Finding); 6] {
        [
            (Feature::BirthDate, self.births.finding),
            (Feature::Gender, self.gender),
            (Feature::Nationality, self.nation.0),
            (Feature::Place, self.place.0),
            (Feature::Identifier, self.numbers.finding),
            (Feature::Schema, self.schema),
        ]
    }

    /// Above 0 and below 1.
    pub(crate) fn probability(&self) -> f64 {
        1.0 / (1.0 + (-self.logit).exp())
    }

    /// The assessment with a line of evidence for every feature that a side states.
    pub(crate) fn explain(
        &self,
        left: &Prepared,
        right: &Prepared,
        thresholds: &Thresholds,
    ) -> Assessment {
        let probability = self.probability();
        let mut evidence: Vec<Evidence> = Vec::new();
        evidence.extend(self.name_line(left, right));
        for (feature, finding) in self.features() {
            let (query, entry) = self.texts(feature, left, right);
            if query.is_some() || entry.is_some() {
                evidence.push(Evidence {
                    feature,
                    verdict: finding.verdict,
                    weight: four_decimals(finding.weight * self.scale),
                    query,
                    entry,
                    tokens: Vec::new(),
                });
            }
        }
        Assessment {
            probability,
            band: band(probability, thresholds),
            evidence,
        }
    }

    fn name_line(&self, left: &Prepared, right: &Prepared) -> Option<Evidence> {
        let text = |side: &Prepared, place: usize| {
            let name = side.names.get(place).or(side.names.first());
            let before = place.checked_sub(1).and_then(|place| side.names.get(place));
            name.map(|name| match before {
                // A reading stands behind the name as it is written.
                Some(written) if name.traits.reading => format!("{} ({})", written.text, name.text),
                _ => name.text.to_string(),
            })
        };
        let Some(score) = &self.name else {
            let (query, entry) = (text(left, 0), text(right, 0));
            let stated = query.is_some() || entry.is_some();
            return stated.then_some(Evidence {
                feature: Feature::Name,
                verdict: Verdict::Absent,
                weight: 0.0,
                query,
                entry,
                tokens: Vec::new(),
            });
        };
        let (a, b) = (left.names.get(score.left)?, right.names.get(score.right)?);
        let tokens = score.pairings.iter().map(|pairing| {
            let mut line = token_evidence(a, b, pairing);
            line.weight = four_decimals(line.weight * self.scale);
            line
        });
        Some(Evidence {
            feature: Feature::Name,
            verdict: score.verdict(),
            weight: four_decimals(score.weight * self.scale),
            query: text(left, score.left),
            entry: text(right, score.right),
            tokens: tokens.collect(),
        })
    }

    /// What both sides state, as written: the pair that counted, or else the first of a side.
    fn texts(
        &self,
        feature: Feature,
        left: &Prepared,
        right: &Prepared,
    ) -> (Option<String>, Option<String>) {
        fn pick<T>(
            (left, right): (&[T], &[T]),
            pair: Option<(usize, usize)>,
            text: impl Fn(&T) -> String,
        ) -> (Option<String>, Option<String>) {
            let (l, r) = pair.unwrap_or((0, 0));
            (left.get(l).map(&text), right.get(r).map(&text))
        }
        match feature {
            Feature::Name => (None, None),
            Feature::BirthDate => match self.births.pair {
                Some((a, b)) => (Some(a.to_string()), Some(b.to_string())),
                None => pick((&left.births, &right.births), None, ToString::to_string),
            },
            Feature::Gender => (left.gender.map(gender_text), right.gender.map(gender_text)),
            Feature::Nationality => pick((&left.nations, &right.nations), self.nation.1, |one| {
                one.written.to_string()
            }),
            Feature::Place => pick((&left.places, &right.places), self.place.1, |one| {
                one.written.to_string()
            }),
            Feature::Identifier => {
                pick((&left.numbers, &right.numbers), self.numbers.pair, |one| {
                    one.written.to_string()
                })
            }
            Feature::Schema => (schema_text(left.schema), schema_text(right.schema)),
            // Of weapons; not compared here.
            Feature::Make | Feature::Model | Feature::Calibre | Feature::WeaponKind => (None, None),
        }
    }
}

/// The logit for a sum of weights: rises with the sum, starts at [`BASE_LOGIT`] for a sum of
/// nothing, and nears [`LOGIT_MAX`] and [`LOGIT_MIN`] without reaching them.
///
/// `SLOPE` and the base are a compromise between sets that disagree: pairs that others judged ask for
/// two thirds of the slope, pairs with clear cases and generated searches for a third more. The
/// example `calibration` prints how far a logistic regression (Platt 1999) is from it, and
/// `docs/src/matching.md` shows what it said.
fn calibrated(sum: f64) -> f64 {
    let room = if sum < 0.0 {
        BASE_LOGIT - LOGIT_MIN
    } else {
        LOGIT_MAX - BASE_LOGIT
    };
    BASE_LOGIT + room * (SLOPE * sum / room).tanh()
}

fn gender_text(gender: Gender) -> String {
    match gender {
        Gender::Male => "male",
        Gender::Female => "female",
        Gender::Other => "other",
    }
    .to_owned()
}

fn schema_text(schema: Schema) -> Option<String> {
    let text = match schema {
        Schema::Person => "person",
        Schema::Organization => "organization",
        Schema::Vessel => "vessel",
        Schema::Aircraft => "aircraft",
        Schema::Unknown => return None,
    };
    Some(text.to_owned())
}

/// Where a probability falls.
pub(crate) fn band(probability: f64, thresholds: &Thresholds) -> Band {
    if probability >= thresholds.matched {
        Band::Match
    } else if probability >= thresholds.possible {
        Band::Possible
    } else {
        Band::None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_empty_descriptions_stay_at_the_base() {
        let empty = Description::default();
        let found = compare(&empty, &empty, &Thresholds::default());
        assert!(found.evidence.is_empty());
        let base = 1.0 / (1.0 + (-BASE_LOGIT).exp());
        assert!((found.probability - base).abs() < 1e-12);
    }

    #[test]
    fn bands_start_at_their_thresholds() {
        let thresholds = Thresholds::default();
        assert_eq!(band(0.6, &thresholds), Band::Match);
        assert_eq!(band(0.59, &thresholds), Band::Possible);
        assert_eq!(band(0.06, &thresholds), Band::None);
    }
}
