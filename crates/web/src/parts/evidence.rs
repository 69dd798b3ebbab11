//! Evidence: what was asked and what is listed, side by side, feature by feature.

use askama::Template;
use egnatia_alerts::ListEntry;
use egnatia_matching::{Assessment, Evidence, Feature, NameKind, Piece, TokenEvidence, Verdict};

use crate::{Texts, words};

/// The width of a bar's drawing, in its own units. The middle is zero.
const BAR_WIDTH: f64 = 100.0;

/// The weight that fills half a bar. Beyond it a bar says no more: odds of 22,000 to 1.
const WEIGHT_MAX: f64 = 10.0;

/// The assessment of one match.
#[derive(Debug, Template)]
#[template(path = "parts/evidence.html")]
pub struct EvidenceTable {
    t: &'static Texts,
    percent: String,
    words: String,
    lines: Vec<Line>,
}

#[derive(Debug)]
struct Line {
    feature: String,
    exact: bool,
    query: Option<String>,
    entry: Option<String>,
    /// What kind of name the listed one is, where it is not the main one.
    kind: Option<String>,
    verdict: Finding,
    weight: Weight,
    tokens: Vec<Token>,
}

#[derive(Debug)]
struct Token {
    query: Vec<Piece>,
    entry: Vec<Piece>,
    verdict: Finding,
    weight: Weight,
}

/// A verdict as a sign, a word and a tone: never as a colour alone.
#[derive(Debug)]
struct Finding {
    sign: &'static str,
    word: String,
    tone: &'static str,
}

/// A weight as a number and as a bar that grows from the middle.
#[derive(Debug)]
struct Weight {
    number: String,
    start: String,
    width: String,
    side: &'static str,
}

impl EvidenceTable {
    /// The evidence of an assessment, in the language of the request. `entry` is what was compared
    /// with: it says what kind of name agreed.
    pub fn new(assessment: &Assessment, entry: Option<&ListEntry>, t: &'static Texts) -> Self {
        Self {
            t,
            percent: words::percent(assessment.probability),
            words: t.text(words::likelihood_key(assessment.probability)),
            lines: assessment
                .evidence
                .iter()
                .map(|e| Line::new(e, entry, t))
                .collect(),
        }
    }
}

impl Line {
    fn new(evidence: &Evidence, entry: Option<&ListEntry>, t: &Texts) -> Self {
        let is_name = evidence.feature == Feature::Name;
        let compared = evidence.entry.as_deref().filter(|_| is_name);
        Self {
            kind: compared.and_then(|name| kind_of_name(entry?, name, t)),
            feature: t.text(words::feature_key(evidence.feature)),
            exact: evidence.feature == Feature::Identifier,
            query: shown(evidence.feature, evidence.query.as_deref(), t),
            entry: shown(evidence.feature, evidence.entry.as_deref(), t),
            verdict: Finding::new(evidence.verdict, t),
            weight: Weight::new(evidence.weight),
            tokens: evidence
                .tokens
                .iter()
                .map(|token| Token::new(token, t))
                .collect(),
        }
    }
}

/// What kind of name the entry has this one as; nothing where it is a main name, or none of its own.
fn kind_of_name(entry: &ListEntry, compared: &str, t: &Texts) -> Option<String> {
    let description = entry.describe();
    let kinds = description
        .names
        .iter()
        .filter(|name| name.text == compared)
        .map(|name| name.kind);
    // The same letters can stand there twice: the better kind counts.
    let rank = |kind: &NameKind| match kind {
        NameKind::Primary => 0,
        NameKind::Alias => 1,
        NameKind::Former => 2,
        NameKind::WeakAlias => 3,
    };
    let key = match kinds.min_by_key(rank)? {
        NameKind::Primary => return None,
        NameKind::Alias => "evidence-alias",
        NameKind::WeakAlias => "evidence-weak-alias",
        NameKind::Former => "evidence-former",
    };
    Some(t.text(key))
}

/// What stands on one side. Dates are written as people read them, terms in words; names and
/// numbers stay letter by letter as their source has them.
fn shown(feature: Feature, text: Option<&str>, t: &Texts) -> Option<String> {
    let text = text?;
    Some(match feature {
        Feature::BirthDate => text
            .parse()
            .map_or_else(|_| text.to_owned(), |birth| words::birth_date(birth, t)),
        Feature::Nationality => words::country(text, t),
        Feature::Gender | Feature::Schema => {
            let prefix = if feature == Feature::Gender {
                "gender"
            } else {
                "schema"
            };
            let key = format!("{prefix}-{text}");
            if t.has(&key) {
                t.text(&key)
            } else {
                text.to_owned()
            }
        }
        _ => text.to_owned(),
    })
}

impl Token {
    fn new(token: &TokenEvidence, t: &Texts) -> Self {
        Self {
            query: token.query.clone(),
            entry: token.entry.clone(),
            verdict: Finding::new(token.verdict, t),
            weight: Weight::new(token.weight),
        }
    }
}

impl Finding {
    fn new(verdict: Verdict, t: &Texts) -> Self {
        let (sign, tone) = match verdict {
            Verdict::Agrees => ("=", "agree"),
            Verdict::Similar => ("≈", "caution"),
            Verdict::Contradicts => ("≠", "against"),
            Verdict::Absent => ("·", "silent"),
        };
        Self {
            sign,
            word: t.text(words::verdict_key(verdict)),
            tone,
        }
    }
}

impl Weight {
    fn new(weight: f64) -> Self {
        let weight = if weight.is_finite() { weight } else { 0.0 };
        let middle = BAR_WIDTH / 2.0;
        let width = (weight.abs().min(WEIGHT_MAX) / WEIGHT_MAX) * middle;
        let (start, side) = if weight < 0.0 {
            (middle - width, "contra")
        } else {
            (middle, "for")
        };
        let rounded = format!("{:.1}", weight.abs());
        let sign = match rounded.as_str() {
            "0.0" => "",
            _ if weight < 0.0 => "−",
            _ => "+",
        };
        Self {
            number: format!("{sign}{rounded}"),
            start: format!("{start:.1}"),
            width: format!("{width:.1}"),
            side,
        }
    }
}

#[cfg(test)]
mod tests {
    use egnatia_alerts::{ListedName, NameQuality};

    use super::*;

    #[test]
    fn says_what_kind_of_name_was_compared_unless_it_is_the_main_one() {
        let t = Texts::default_language();
        let name = |text: &str, kind, quality| ListedName {
            text: text.to_owned(),
            kind,
            quality,
            parts: None,
            note: None,
        };
        let entry = ListEntry {
            names: vec![
                name("Main", NameKind::Primary, NameQuality::Unstated),
                name("Other", NameKind::Alias, NameQuality::Good),
                name("Nick", NameKind::Alias, NameQuality::Low),
                name("Before", NameKind::Former, NameQuality::Unstated),
                name("Main", NameKind::WeakAlias, NameQuality::Low),
            ],
            ..ListEntry::default()
        };
        let kind = |name| kind_of_name(&entry, name, t);
        assert_eq!(kind("Main"), None);
        assert_eq!(kind("Other").as_deref(), Some("also known as"));
        assert_eq!(kind("Nick").as_deref(), Some("weak alias"));
        assert_eq!(kind("Before").as_deref(), Some("formerly"));
        assert_eq!(kind("Nobody"), None);
    }

    #[test]
    fn a_bar_grows_from_the_middle_and_stays_inside() {
        let strong = Weight::new(40.0);
        assert_eq!(
            (strong.start.as_str(), strong.width.as_str()),
            ("50.0", "50.0")
        );
        let against = Weight::new(-5.0);
        assert_eq!(
            (against.start.as_str(), against.width.as_str()),
            ("25.0", "25.0")
        );
        assert_eq!(against.number, "−5.0");
        assert_eq!(Weight::new(-0.01).number, "0.0");
        assert_eq!(Weight::new(f64::NAN).width, "0.0");
    }
}
