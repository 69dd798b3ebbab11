//! Places of birth and residence: weak evidence, since people move and towns are large.

use super::Finding;
use crate::evidence::Verdict;
use crate::names::{deletions, key};
use crate::text::{Symbol, fold};

/// Words of one place that are read.
const WORDS_MAX: usize = 12;

/// A place, normalised once.
#[derive(Debug, Clone)]
pub(crate) struct PreparedPlace {
    /// As written.
    pub(crate) written: Box<str>,
    words: Box<[Box<[Symbol]>]>,
}

impl PreparedPlace {
    pub(crate) fn new(text: &str) -> Self {
        let mut words: Vec<Vec<Symbol>> = Vec::new();
        let mut open = false;
        for cluster in fold(text) {
            match words.last_mut() {
                Some(word) if open && cluster.inside_word => word.extend(&cluster.symbols),
                _ if cluster.inside_word => words.push(cluster.symbols),
                _ => {}
            }
            open = cluster.inside_word;
        }
        // House numbers and short words tell nothing.
        words.retain(|word| word.len() >= 3 && !word.iter().any(|symbol| symbol.is_digit()));
        words.truncate(WORDS_MAX);
        Self {
            written: text.into(),
            words: words.into_iter().map(|word| key(&word).into()).collect(),
        }
    }
}

/// Compares every place of one side with every place of the other.
pub(crate) fn compare_places(
    left: &[PreparedPlace],
    right: &[PreparedPlace],
) -> (Finding, Option<(usize, usize)>) {
    let mut best: Option<(Finding, (usize, usize))> = None;
    for (l, a) in left.iter().enumerate() {
        for (r, b) in right.iter().enumerate() {
            let finding = compare(a, b);
            if best
                .as_ref()
                .is_none_or(|(held, _)| finding.weight > held.weight)
            {
                best = Some((finding, (l, r)));
            }
        }
    }
    best.map_or((Finding::SILENT, None), |(finding, pair)| {
        (finding, Some(pair))
    })
}

fn compare(left: &PreparedPlace, right: &PreparedPlace) -> Finding {
    if left.words.is_empty() || right.words.is_empty() {
        return Finding::SILENT;
    }
    let shared = left
        .words
        .iter()
        .filter(|word| right.words.contains(word))
        .count();
    if shared > 0 && (shared == left.words.len() || shared == right.words.len()) {
        return Finding::new(Verdict::Agrees, 0.7);
    }
    let near = |a: &[Symbol], b: &[Symbol]| {
        let other = deletions(b);
        a.len() > 4 && b.len() > 4 && deletions(a).iter().any(|hash| other.contains(hash))
    };
    let mut pairs = left
        .words
        .iter()
        .flat_map(|a| right.words.iter().map(move |b| (a, b)));
    if shared > 0 || pairs.any(|(a, b)| near(a, b)) {
        return Finding::new(Verdict::Similar, 0.3);
    }
    // One place is a birthplace, the other a residence: next to nothing against.
    Finding::new(Verdict::Contradicts, -0.2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_and_details_do_not_matter() {
        let weigh = |left: &str, right: &str| {
            let place = |text| vec![PreparedPlace::new(text)];
            compare_places(&place(left), &place(right)).0.verdict
        };
        assert_eq!(weigh("Ниш", "Niš, Serbia"), Verdict::Agrees);
        assert_eq!(weigh("Prishtina", "Priština, Kosovo"), Verdict::Agrees);
        assert_eq!(weigh("Tiranë", "Tirana 1001"), Verdict::Similar);
        assert_eq!(weigh("Skopje", "Tiranë"), Verdict::Contradicts);
        assert_eq!(weigh("12", "Tiranë"), Verdict::Absent);
    }
}
