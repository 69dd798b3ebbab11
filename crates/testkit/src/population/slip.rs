//! Slips of the hand.

use crate::Chance;

/// Rows of a keyboard of the region.
const ROWS: &[&str] = &["qwertzuiopšđ", "asdfghjklčćž", "yxcvbnm"];
/// Words of so many letters are typed wrongly; shorter ones are not told apart then.
const LETTERS_MIN: usize = 4;

/// The text with one slip in a word of at least four letters, never in its first letter: a letter
/// left out, doubled, exchanged with the next, or another one. `None` where no word is long enough.
pub(super) fn slip(text: &str, chance: &mut Chance) -> Option<String> {
    let mut letters: Vec<char> = text.chars().collect();
    let places = inner_places(&letters);
    let place = *chance.one_of(&places)?;
    let letter = *letters.get(place)?;
    let next = place.saturating_add(1);
    match chance.below(4) {
        0 => {
            letters.remove(place);
        }
        1 if letters
            .get(next)
            .is_some_and(|next| next.is_alphabetic() && *next != letter) =>
        {
            letters.swap(place, next);
        }
        2 => letters.insert(place, letter),
        _ => {
            let wrong = beside(letter, chance)
                .or_else(|| another(&letters, letter, chance))
                .unwrap_or('x');
            *letters.get_mut(place)? = wrong;
        }
    }
    Some(letters.into_iter().collect())
}

/// Places of letters that are not the first of a word of at least four.
fn inner_places(letters: &[char]) -> Vec<usize> {
    let mut places = Vec::new();
    let mut start = 0;
    for word in letters.split(|letter| !letter.is_alphabetic()) {
        if word.len() >= LETTERS_MIN {
            let end = start + word.len();
            places.extend(start + 1..end);
        }
        start += word.len() + 1;
    }
    places
}

/// A letter beside this one on the keyboard, in the same case.
fn beside(letter: char, chance: &mut Chance) -> Option<char> {
    let small = letter.to_lowercase().next()?;
    let row = ROWS.iter().find(|row| row.contains(small))?;
    let keys: Vec<char> = row.chars().collect();
    let place = keys.iter().position(|key| *key == small)?;
    let before = place.checked_sub(1).and_then(|place| keys.get(place));
    let after = keys.get(place.saturating_add(1));
    let around: Vec<char> = before.into_iter().chain(after).copied().collect();
    let wrong = *chance.one_of(&around)?;
    Some(match letter.is_uppercase() {
        true => wrong.to_uppercase().next()?,
        false => wrong,
    })
}

/// Another letter of the text: scripts whose keyboard is not known.
fn another(letters: &[char], letter: char, chance: &mut Chance) -> Option<char> {
    let others: Vec<char> = letters
        .iter()
        .copied()
        .filter(|other| *other != letter && other.is_alphabetic() && !other.is_uppercase())
        .collect();
    chance.one_of(&others).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_changes_one_place_and_never_the_first_letter() {
        let mut chance = Chance::seeded(3);
        for text in ["Jovan Petrović", "Јован Петровић", "محمد الشامي"] {
            for _ in 0..300 {
                let wrong = slip(text, &mut chance).unwrap();
                assert_eq!(wrong.chars().next(), text.chars().next());
                let (many, few) = (text.chars().count(), wrong.chars().count());
                assert!(many.abs_diff(few) <= 1, "{wrong}");
            }
        }
        assert_eq!(slip("Ana Eva", &mut chance), None);
    }
}
