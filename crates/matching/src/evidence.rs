//! What a comparison answers: a probability, and why.

use serde::{Deserialize, Serialize};

/// How likely two descriptions mean the same, and every feature's part in it.
///
/// The weights of the evidence and [`BASE_LOGIT`](crate::BASE_LOGIT) add up to the logit of the
/// probability, `ln(p / (1 - p))`; the weights of a name's words add up to the name's. All are
/// rounded to four decimals. The
/// probability orders candidates and compares with [`Thresholds`]. It is not the share of true
/// hits among what an office will see: that depends on how rare true hits are there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assessment {
    /// Above 0 and below 1.
    pub probability: f64,
    /// Where the probability falls among the thresholds.
    pub band: Band,
    /// One line a feature, in the order in which they are shown.
    pub evidence: Vec<Evidence>,
}

/// Where a probability falls among the thresholds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Band {
    /// Not worth an officer's time.
    None,
    /// Worth a look.
    Possible,
    /// Agrees; an officer must decide.
    Match,
}

/// From which probability on a candidate is in a band.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Thresholds {
    /// From here on [`Band::Match`].
    pub matched: f64,
    /// From here on [`Band::Possible`].
    pub possible: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            matched: 0.6,
            possible: 0.07,
        }
    }
}

/// What one feature says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// Which feature.
    pub feature: Feature,
    /// What it says.
    pub verdict: Verdict,
    /// Its part in the total, as a natural logarithm of odds: above 0 for, below 0 against.
    pub weight: f64,
    /// What the query states, as written; absent where it is silent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// What the entry states, as written; absent where it is silent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<String>,
    /// Which word stands for which: of names, and the places of a serial number.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tokens: Vec<TokenEvidence>,
}

/// A feature of a description.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Feature {
    /// The best pair of names.
    Name,
    /// Birth dates.
    BirthDate,
    /// Gender.
    Gender,
    /// Nationalities.
    Nationality,
    /// Places.
    Place,
    /// Documents and other numbers.
    Identifier,
    /// Person, organisation, vessel, aircraft.
    Schema,
    /// Who made a weapon.
    Make,
    /// Model of a weapon.
    Model,
    /// Calibre of a weapon.
    Calibre,
    /// Pistol, rifle, shotgun.
    WeaponKind,
}

/// What a comparison of one feature says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The same.
    Agrees,
    /// Nearly the same.
    Similar,
    /// Not the same.
    Contradicts,
    /// One side is silent.
    Absent,
}

/// A word of the one name, and the word of the other that it was compared with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenEvidence {
    /// The word of the query, cut where it differs; empty where the entry's word has no partner.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub query: Vec<Piece>,
    /// The word of the entry, cut where it differs; empty where the query's word has no partner.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entry: Vec<Piece>,
    /// What the comparison says.
    pub verdict: Verdict,
    /// The word's part in the weight of the name.
    pub weight: f64,
}

/// A piece of a word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Piece {
    /// The letters, as written.
    pub text: String,
    /// Whether they stand in the other word too.
    pub same: bool,
}

/// A weight with as many places as anybody reads; the others would be half of what is stored.
pub(crate) fn four_decimals(weight: f64) -> f64 {
    const PLACES: f64 = 10_000.0;
    // A zero without its sign.
    (weight * PLACES).round() / PLACES + 0.0
}
