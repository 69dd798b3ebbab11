//! Keys under which words are found: coarser than the comparison, so that no spelling is lost.

use crate::text::Symbol;

/// Digraphs and the letter that stands for their sound in a key. The first that fits wins.
///
/// The sources are those of the edit rules; here only "may be the same sound" counts.
const DIGRAPHS: &[(&str, char)] = &[
    ("dj", 'd'),
    ("gj", 'd'),
    ("dž", 'd'),
    ("dz", 'd'),
    ("xh", 'd'),
    ("gy", 'd'),
    ("kj", 'k'),
    ("ch", 'c'),
    ("cz", 'c'),
    ("cs", 'c'),
    ("ts", 'c'),
    ("tz", 'c'),
    ("tj", 'c'),
    ("sh", 's'),
    ("sz", 's'),
    ("zh", 'z'),
    ("zs", 'z'),
    ("lj", 'l'),
    ("nj", 'n'),
    ("ny", 'n'),
    ("kh", 'h'),
    ("th", 't'),
    ("dh", 'd'),
    ("gh", 'g'),
    ("ph", 'f'),
    ("ou", 'u'),
    ("oo", 'u'),
    ("ee", 'i'),
    ("ue", 'u'),
    ("oe", 'o'),
    ("ae", 'a'),
    ("iy", 'i'),
    ("ij", 'i'),
    ("yj", 'i'),
    ("ye", 'e'),
    ("je", 'e'),
    ("ie", 'e'),
];

/// Letters that share a key letter with another.
const LETTERS: &[(char, char)] = &[('ǵ', 'd'), ('q', 'k'), ('y', 'i'), ('j', 'i'), ('w', 'v')];

/// Letters of a key that count: longer words are told apart by their beginnings.
const KEY_LETTERS_MAX: usize = 14;
/// From this length on two letters may be lost.
const TWO_FROM: usize = 7;

/// A word with every spelling of a sound folded to one letter, doubled letters once.
pub(crate) fn key(word: &[Symbol]) -> Vec<Symbol> {
    let mut key: Vec<Symbol> = Vec::with_capacity(word.len());
    let mut rest = word;
    while let Some((first, after)) = rest.split_first() {
        let pair = after.first().and_then(|second| digraph(*first, *second));
        let letter = match pair {
            Some(letter) => {
                rest = after.get(1..).unwrap_or_default();
                letter
            }
            None => {
                rest = after;
                single(*first)
            }
        };
        if key.last() != Some(&letter) {
            key.push(letter);
        }
    }
    key.truncate(KEY_LETTERS_MAX);
    key
}

fn digraph(first: Symbol, second: Symbol) -> Option<Symbol> {
    // Digraphs end in a few letters only; most pairs are dismissed without a search.
    DIGRAPHS
        .iter()
        .find(|(pair, _)| {
            let mut letters = pair.chars().map(Symbol::of);
            letters.next() == Some(first) && letters.next() == Some(second)
        })
        .map(|(_, letter)| Symbol::of(*letter))
}

fn single(letter: Symbol) -> Symbol {
    LETTERS
        .iter()
        .find(|(written, _)| Symbol::of(*written) == letter)
        .map_or(letter.base(), |(_, key)| Symbol::of(*key))
}

/// Hashes of a key and of the key with one letter left out, or two where it is long.
pub(crate) fn deletions(key: &[Symbol]) -> Vec<u32> {
    let mut hashes = vec![hash(key.iter())];
    if key.len() < 3 {
        return hashes;
    }
    for first in 0..key.len() {
        hashes.push(hash(without(key, first, first)));
        if key.len() >= TWO_FROM {
            hashes.extend((first + 1..key.len()).map(|second| hash(without(key, first, second))));
        }
    }
    hashes.sort_unstable();
    hashes.dedup();
    hashes
}

fn without(key: &[Symbol], first: usize, second: usize) -> impl Iterator<Item = &Symbol> {
    key.iter()
        .enumerate()
        .filter(move |(place, _)| *place != first && *place != second)
        .map(|(_, letter)| letter)
}

/// Hashes of the consonants of a word: one, and for unvowelled scripts another without و.
pub(crate) fn skeletons(word: &[Symbol], abjad: bool) -> Vec<u32> {
    let mut forms = vec![skeleton(word, true)];
    if abjad {
        forms.push(skeleton(word, false));
    }
    forms.retain(|form| form.len() >= 2);
    let mut hashes: Vec<u32> = forms.iter().map(|form| hash(form.iter())).collect();
    hashes.dedup();
    hashes
}

fn skeleton(word: &[Symbol], with_w: bool) -> Vec<Symbol> {
    let mut skeleton: Vec<Symbol> = Vec::with_capacity(word.len());
    for letter in key(word) {
        let letter = match letter {
            // Arabic has no g, p in most places; q, k and g stand for one letter.
            g if g == Symbol::of('g') => Symbol::of('k'),
            p if p == Symbol::of('p') => Symbol::of('b'),
            z if z == Symbol::of('z') => Symbol::of('s'),
            other => other,
        };
        let silent = letter.is_vowel()
            || letter == Symbol::of('h')
            || (letter == Symbol::of('v') && !with_w);
        if !silent && skeleton.last() != Some(&letter) {
            skeleton.push(letter);
        }
    }
    skeleton
}

/// A hash that is the same on every machine (FNV-1a over the symbols' numbers).
pub(crate) fn hash<'a>(symbols: impl Iterator<Item = &'a Symbol>) -> u32 {
    symbols.fold(0x811c_9dc5, |hash, symbol| {
        (hash ^ u32::from(symbol.number())).wrapping_mul(0x0100_0193)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::fold;

    fn word(text: &str) -> Vec<Symbol> {
        fold(text).into_iter().flat_map(|c| c.symbols).collect()
    }

    fn meet(left: &str, right: &str) -> bool {
        let left = deletions(&key(&word(left)));
        let right = deletions(&key(&word(right)));
        left.iter().any(|hash| right.contains(hash))
    }

    #[test]
    fn spellings_of_the_region_meet() {
        for (left, right) in [
            ("Đurđa", "Djurdja"),
            ("Ђурђа", "Durda"),
            ("Ѓорѓи", "Gjorgji"),
            ("Ѓорѓи", "Gorgi"),
            ("Ќосе", "Kjose"),
            ("Qosja", "Ćosja"),
            ("Xhafer", "Џафер"),
            ("Džafer", "Jafer"),
            ("Ljubljana", "Lublana"),
            ("Çela", "Čela"),
            ("Petrović", "Petrovich"),
            ("Hoxha", "Хоџа"),
        ] {
            assert!(meet(left, right), "{left} {right}");
        }
    }

    #[test]
    fn the_skeleton_reaches_the_native_script() {
        for (latin, native) in [
            ("Muhammad", "محمد"),
            ("Mahmoud", "محمود"),
            ("Hussein", "حسين"),
            ("Qaddafi", "قذافي"),
        ] {
            let latin = skeletons(&word(latin), false);
            let native = skeletons(&word(native), true);
            assert!(native.iter().any(|hash| latin.contains(hash)), "{latin:?}");
        }
    }
}
