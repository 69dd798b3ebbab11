//! Words as written, cut where they differ.

use super::edit::{Edits, Letter, Word, letters};
use super::ledger::Pairing;
use super::token::{PreparedName, Token};
use super::units::Words;
use crate::evidence::{Piece, TokenEvidence, Verdict};
use crate::text::{Cluster, Symbol, fold};

/// Up to this cost two letters are two spellings of one.
const SAME_LETTER_MAX: f32 = 0.12;

/// The line of the evidence for words that were compared.
pub(crate) fn token_evidence(
    left: &PreparedName,
    right: &PreparedName,
    pairing: &Pairing,
) -> TokenEvidence {
    let query = pairing.left.map(|words| written(left, words));
    let entry = pairing.right.map(|words| written(right, words));
    let (query, entry) = match (query, entry) {
        (Some(query), Some(entry)) if pairing.verdict == Verdict::Contradicts => {
            match align(&query, &entry) {
                // Words that share next to nothing are shown whole.
                Some(pieces) if shares_half(&pieces) => pieces,
                _ => (whole(&query, false), whole(&entry, false)),
            }
        }
        (Some(query), Some(entry)) => {
            align(&query, &entry).unwrap_or_else(|| (whole(&query, true), whole(&entry, true)))
        }
        (query, entry) => {
            let alone = |text: Option<String>| text.map_or(Vec::new(), |text| whole(&text, false));
            (alone(query), alone(entry))
        }
    };
    TokenEvidence {
        query,
        entry,
        verdict: pairing.verdict,
        weight: pairing.weight,
    }
}

fn written(name: &PreparedName, words: Words) -> String {
    let (first, count) = (usize::from(words.first), usize::from(words.count));
    let tokens = name.tokens.iter().skip(first).take(count);
    let places: Vec<(usize, usize)> = tokens.map(Token::place).collect();
    let start = places.first().map_or(0, |place| place.0);
    let end = places.last().map_or(0, |place| place.1);
    name.text.get(start..end).unwrap_or_default().to_owned()
}

fn whole(text: &str, same: bool) -> Vec<Piece> {
    if text.is_empty() {
        return Vec::new();
    }
    vec![Piece {
        text: text.to_owned(),
        same,
    }]
}

fn shares_half(pieces: &(Vec<Piece>, Vec<Piece>)) -> bool {
    let letters = |same: bool| -> usize {
        let all = pieces.0.iter().chain(&pieces.1);
        all.filter(|piece| piece.same == same)
            .map(|piece| piece.text.chars().count())
            .sum()
    };
    letters(true) > letters(false)
}

/// Both words cut at their differences. `None` where a word has no letters.
fn align(query: &str, entry: &str) -> Option<(Vec<Piece>, Vec<Piece>)> {
    let (left, right) = (Side::new(query), Side::new(entry));
    if left.letters.is_empty() || right.letters.is_empty() {
        return None;
    }
    let edits = Edits::new(left.word(), right.word());
    let mut left_marks = vec![true; left.clusters.len()];
    let mut right_marks = vec![true; right.clusters.len()];
    let (mut row, mut column) = (0, 0);
    for step in edits.path() {
        if step.cost > SAME_LETTER_MAX {
            left.mark(&mut left_marks, row, step.left);
            right.mark(&mut right_marks, column, step.right);
        }
        row += step.left;
        column += step.right;
    }
    Some((
        left.pieces(query, &left_marks),
        right.pieces(entry, &right_marks),
    ))
}

/// A word with the way from symbols back to letters.
struct Side {
    clusters: Vec<Cluster>,
    letters: Box<[Letter]>,
    /// The cluster of every letter.
    origins: Vec<usize>,
}

impl Side {
    fn new(text: &str) -> Self {
        let clusters = fold(text);
        let mut symbols: Vec<Symbol> = Vec::new();
        let mut origins = Vec::new();
        for (place, cluster) in clusters.iter().enumerate() {
            symbols.extend(&cluster.symbols);
            origins.extend(cluster.symbols.iter().map(|_| place));
        }
        // INVARIANT: the way stays short; a joined word has at most two words' letters.
        symbols.truncate(48);
        Self {
            clusters,
            letters: letters(&symbols),
            origins,
        }
    }

    fn word(&self) -> Word<'_> {
        Word {
            letters: &self.letters,
            abjad: self.clusters.iter().any(|cluster| cluster.abjad),
        }
    }

    /// Marks the letters of `count` symbols as different.
    fn mark(&self, marks: &mut [bool], from: usize, count: usize) {
        for origin in self.origins.iter().skip(from).take(count) {
            if let Some(mark) = marks.get_mut(*origin) {
                *mark = false;
            }
        }
    }

    fn pieces(&self, text: &str, marks: &[bool]) -> Vec<Piece> {
        let mut pieces: Vec<Piece> = Vec::new();
        for (cluster, same) in self.clusters.iter().zip(marks) {
            let letters = text.get(cluster.place.clone()).unwrap_or_default();
            match pieces.last_mut() {
                Some(last) if last.same == *same => last.text.push_str(letters),
                _ => pieces.push(Piece {
                    text: letters.to_owned(),
                    same: *same,
                }),
            }
        }
        pieces
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Cut = Vec<(String, bool)>;

    fn cut(query: &str, entry: &str) -> (Cut, Cut) {
        let (left, right) = align(query, entry).unwrap();
        let plain = |pieces: Vec<Piece>| pieces.into_iter().map(|p| (p.text, p.same)).collect();
        (plain(left), plain(right))
    }

    fn piece(text: &str, same: bool) -> (String, bool) {
        (text.to_owned(), same)
    }

    #[test]
    fn cuts_where_words_differ() {
        let (query, entry) = cut("Marko", "Mirko");
        assert_eq!(
            query,
            [piece("M", true), piece("a", false), piece("rko", true)]
        );
        assert_eq!(
            entry,
            [piece("M", true), piece("i", false), piece("rko", true)]
        );
    }

    #[test]
    fn spellings_across_scripts_are_the_same() {
        let (query, entry) = cut("Ђорђевић", "Djordjevic");
        assert_eq!(query, [piece("Ђорђевић", true)]);
        assert_eq!(entry, [piece("Djordjevic", true)]);
        let (query, _) = cut("Петровић", "Petrovik");
        assert_eq!(query, [piece("Петрови", true), piece("ћ", false)]);
    }
}
