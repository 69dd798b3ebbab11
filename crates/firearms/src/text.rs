//! Bounds of texts.

/// The longest text of a field, in characters.
pub(crate) const TEXT_MAX: usize = 2_000;
/// The longest word: a make, a model, a number.
pub(crate) const WORD_MAX: usize = 120;

/// Whether a text says something.
pub(crate) fn says(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}

/// Whether a text is within so many characters, and has no control characters but line breaks.
pub(crate) fn fits(text: &str, most: usize) -> bool {
    text.chars().count() <= most && !text.chars().any(|c| c.is_control() && c != '\n')
}

/// Letters and digits in lower case, with Cyrillic look-alikes of the multiplication sign as `x`:
/// the form in which names of calibres, makes and models are compared.
pub(crate) fn key(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    for letter in text.chars().flat_map(char::to_lowercase) {
        match letter {
            '×' | 'х' | '*' => key.push('x'),
            'č' | 'ć' => key.push('c'),
            'š' => key.push('s'),
            'ž' => key.push('z'),
            'đ' => key.push('d'),
            'é' | 'ë' | 'è' => key.push('e'),
            'á' | 'ä' | 'ă' | 'â' => key.push('a'),
            'í' | 'î' => key.push('i'),
            'ó' | 'ö' | 'ő' => key.push('o'),
            'ú' | 'ü' | 'ű' => key.push('u'),
            'ř' => key.push('r'),
            letter if letter.is_alphanumeric() => key.push(letter),
            _ => {}
        }
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_letters_and_digits_only() {
        assert_eq!(key("7,62 × 39 mm"), "762x39mm");
        assert_eq!(
            key("Crvena Zastava, Škorpion vz. 61"),
            "crvenazastavaskorpionvz61"
        );
        assert!(says("M70") && !says(" - "));
        assert!(fits("a\nb", 3) && !fits("abcd", 3) && !fits("a\u{7}", 3));
    }
}
