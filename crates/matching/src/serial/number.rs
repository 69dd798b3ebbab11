//! A whole serial number in its normal form.

use std::fmt;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::{PLACES_MAX, SerialError};

/// Digits, and the letters that are read for them on worn or badly struck marks.
const LOOK_ALIKES: &[(char, &str)] = &[
    ('0', "OQD"),
    ('1', "IL"),
    ('2', "Z"),
    ('3', "З"),
    ('4', "Ч"),
    ('5', "S"),
    ('6', "GБ"),
    ('8', "B"),
];

/// Cyrillic and Greek capitals, and letters with a stroke, that look like a Latin one. A mark says how
/// a letter looks, not which it is: arms made in Kragujevac carry either script.
const SAME_SHAPE: &[(char, char)] = &[
    ('А', 'A'),
    ('В', 'B'),
    ('Е', 'E'),
    ('І', 'I'),
    ('Ј', 'J'),
    ('К', 'K'),
    ('М', 'M'),
    ('Н', 'H'),
    ('О', 'O'),
    ('Р', 'P'),
    ('С', 'C'),
    ('Ѕ', 'S'),
    ('Т', 'T'),
    ('У', 'Y'),
    ('Х', 'X'),
    ('Α', 'A'),
    ('Β', 'B'),
    ('Ε', 'E'),
    ('Ζ', 'Z'),
    ('Η', 'H'),
    ('Ι', 'I'),
    ('Κ', 'K'),
    ('Μ', 'M'),
    ('Ν', 'N'),
    ('Ο', 'O'),
    ('Ρ', 'P'),
    ('Τ', 'T'),
    ('Υ', 'Y'),
    ('Χ', 'X'),
    ('Ø', 'O'),
    ('Đ', 'D'),
    ('Ł', 'L'),
];

/// Cyrillic capitals as a clerk writes them in Latin who goes by their sound: `СР 1234` on the weapon
/// is `SR 1234` in the book.
const SAME_SOUND: &[(char, char)] = &[
    ('А', 'A'),
    ('Б', 'B'),
    ('В', 'V'),
    ('Г', 'G'),
    ('Д', 'D'),
    ('Ђ', 'D'),
    ('Е', 'E'),
    ('Ж', 'Z'),
    ('З', 'Z'),
    ('И', 'I'),
    ('І', 'I'),
    ('Ј', 'J'),
    ('К', 'K'),
    ('Л', 'L'),
    ('М', 'M'),
    ('Н', 'N'),
    ('О', 'O'),
    ('П', 'P'),
    ('Р', 'R'),
    ('С', 'S'),
    ('Т', 'T'),
    ('Ћ', 'C'),
    ('У', 'U'),
    ('Ф', 'F'),
    ('Х', 'H'),
    ('Ц', 'C'),
    ('Ч', 'C'),
    ('Ш', 'S'),
];

/// A serial number: as written, and its letters and digits in capitals.
///
/// ```
/// use egnatia_matching::serial::Serial;
///
/// let serial = Serial::new("11-cadw028-09")?;
/// assert_eq!(serial.normal(), "11CADW02809");
/// assert_eq!(serial, Serial::new("11 CADW 028 09")?);
/// # Ok::<(), egnatia_matching::serial::SerialError>(())
/// ```
#[derive(Clone)]
pub struct Serial {
    written: Box<str>,
    places: Box<[char]>,
}

impl Serial {
    /// Reads a number as it is written. Whatever is no letter and no digit separates, and is left
    /// out.
    ///
    /// # Errors
    /// [`SerialError::Empty`], [`SerialError::TooLong`]; [`SerialError::Mask`] for `?` and `*`.
    pub fn new(text: &str) -> Result<Self, SerialError> {
        if let Some(mask) = text.chars().find(|c| matches!(c, '?' | '*')) {
            return Err(SerialError::Mask(mask));
        }
        let places = places(text)?;
        if places.is_empty() {
            return Err(SerialError::Empty);
        }
        Ok(Self {
            written: text.trim().into(),
            places: places.into(),
        })
    }

    /// As it was written.
    pub fn written(&self) -> &str {
        &self.written
    }

    /// Its letters and digits in capitals.
    pub fn normal(&self) -> String {
        self.places.iter().collect()
    }

    /// Its letters and digits, place by place.
    pub fn places(&self) -> &[char] {
        &self.places
    }

    /// The same with Cyrillic letters by their sound, where that makes another number.
    pub(super) fn by_sound(&self) -> Option<Self> {
        if self.written.is_ascii() {
            return None;
        }
        let places = read(&self.written, sound).ok()?;
        (*places != *self.places).then(|| Self {
            written: self.written.clone(),
            places: places.into(),
        })
    }
}

/// Two are equal where their normal forms are.
impl PartialEq for Serial {
    fn eq(&self, other: &Self) -> bool {
        self.places == other.places
    }
}

impl Eq for Serial {}

/// Says how long it is, never which: a number leads to its owner.
impl fmt::Debug for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Serial")
            .field("places", &self.places.len())
            .finish_non_exhaustive()
    }
}

/// The letters and digits of a text, in capitals, without accents and by their shape; at most
/// [`PLACES_MAX`].
pub(super) fn places(text: &str) -> Result<Vec<char>, SerialError> {
    read(text, shape)
}

/// The same, with Cyrillic letters by their sound.
pub(super) fn places_by_sound(text: &str) -> Result<Vec<char>, SerialError> {
    read(text, sound)
}

fn read(text: &str, latin: fn(char) -> char) -> Result<Vec<char>, SerialError> {
    let mut places = Vec::new();
    // The sign for `number` would be taken apart into an N and an O.
    let text = text.chars().filter(|letter| *letter != '№');
    // Taken apart before and after, so that what is read is read the same when it is read again.
    for letter in text.nfkd().flat_map(char::to_uppercase).nfkd() {
        if letter.is_alphanumeric() && !is_combining_mark(letter) {
            if places.len() == PLACES_MAX {
                return Err(SerialError::TooLong);
            }
            places.push(latin(letter));
        }
    }
    Ok(places)
}

fn shape(letter: char) -> char {
    if letter.is_ascii() {
        return letter;
    }
    let same = SAME_SHAPE.iter().find(|(cyrillic, _)| *cyrillic == letter);
    same.map_or(letter, |(_, latin)| *latin)
}

fn sound(letter: char) -> char {
    let same = SAME_SOUND.iter().find(|(cyrillic, _)| *cyrillic == letter);
    same.map_or_else(|| shape(letter), |(_, latin)| *latin)
}

/// What a letter or digit in capitals may be read for, the nearest first; nothing where it is
/// taken for no other.
///
/// ```
/// assert_eq!(egnatia_matching::serial::look_alikes('O'), ['0', 'Q', 'D']);
/// assert!(egnatia_matching::serial::look_alikes('W').is_empty());
/// ```
pub fn look_alikes(place: char) -> Vec<char> {
    let class = fold(place);
    let Some((digit, letters)) = LOOK_ALIKES.iter().find(|(digit, _)| *digit == class) else {
        return Vec::new();
    };
    std::iter::once(*digit)
        .chain(letters.chars())
        .filter(|other| *other != place)
        .collect()
}

/// One character for all that look alike: the digit.
pub(super) fn fold(place: char) -> char {
    match place {
        'O' | 'Q' | 'D' => '0',
        'I' | 'L' => '1',
        'Z' => '2',
        'З' => '3',
        'Ч' => '4',
        'S' => '5',
        'G' | 'Б' => '6',
        'B' => '8',
        other => other,
    }
}

/// Which places hold a letter between digits: such a letter may be missing or misread. `is_digit`
/// says what counts as a digit, or may be one.
pub(super) fn embedded<T>(
    places: &[T],
    is_digit: impl Fn(&T) -> bool,
    is_letter: impl Fn(&T) -> bool,
) -> Vec<bool> {
    let digits = span(places, is_digit);
    let between = |at: usize| digits.is_some_and(|(first, last)| first < at && at < last);
    let places = places.iter().enumerate();
    places
        .map(|(at, place)| between(at) && is_letter(place))
        .collect()
}

/// How many zeros stand before a number of digits alone: a spreadsheet leaves them out.
pub(super) fn leading_zeros<T>(
    places: &[T],
    is_digit: impl Fn(&T) -> bool,
    is_zero: impl Fn(&T) -> bool,
) -> usize {
    match places.iter().all(is_digit) {
        true => places.iter().take_while(|place| is_zero(place)).count(),
        false => 0,
    }
}

/// Where the first and the last digit stand.
pub(super) fn span<T>(places: &[T], is_digit: impl Fn(&T) -> bool) -> Option<(usize, usize)> {
    let first = places.iter().position(&is_digit)?;
    Some((first, places.iter().rposition(is_digit)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_and_the_fold_say_the_same() {
        for (digit, letters) in LOOK_ALIKES {
            assert_eq!(fold(*digit), *digit);
            for letter in letters.chars() {
                assert_eq!(fold(letter), *digit, "{letter}");
            }
        }
    }

    #[test]
    fn letters_before_the_first_and_after_the_last_digit_are_not_embedded() {
        let places: Vec<char> = "AB12C3D".chars().collect();
        let embedded = embedded(&places, char::is_ascii_digit, |c| c.is_alphabetic());
        assert_eq!(embedded, [false, false, false, false, true, false, false]);
    }
}
