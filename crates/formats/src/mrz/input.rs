//! From typed, pasted or scanned text to the characters of a zone.

use super::MrzError;

/// The most bytes that are read. The longest zone has 90 characters; the rest is spaces.
const BYTES_MAX: usize = 1024;

/// The characters of the zone, in capitals and joined.
///
/// Spaces, line breaks and control characters of every kind are left out, and so are `\n` and `\r`
/// written as two characters.
pub(super) fn characters(text: &str) -> Result<String, MrzError> {
    if text.len() > BYTES_MAX {
        return Err(MrzError::TooLong { limit: BYTES_MAX });
    }
    let mut zone = String::new();
    for line in lines(text) {
        for (at, character) in line.chars().filter(|c| !is_space(*c)).enumerate() {
            let upper = character.to_ascii_uppercase();
            if !(upper.is_ascii_uppercase() || upper.is_ascii_digit() || upper == '<') {
                return Err(MrzError::Character {
                    character,
                    place: at.saturating_add(1),
                });
            }
            zone.push(upper);
        }
    }
    if zone.is_empty() {
        return Err(MrzError::Empty);
    }
    Ok(zone)
}

/// How many characters each line has that is not empty.
pub(super) fn lengths(text: &str) -> Vec<usize> {
    lines(text)
        .iter()
        .map(|line| line.chars().filter(|c| !is_space(*c)).count())
        .filter(|length| *length > 0)
        .collect()
}

fn lines(text: &str) -> Vec<String> {
    let text = text.replace("\\r", "\n").replace("\\n", "\n");
    // Besides the usual ones: vertical tab, form feed, file to unit separator, next line, line and
    // paragraph separator.
    let is_break = |c: char| {
        matches!(
            c,
            '\n' | '\r' | '\u{0B}' | '\u{0C}' | '\u{1C}'
                ..='\u{1F}' | '\u{85}' | '\u{2028}' | '\u{2029}'
        )
    };
    text.split(is_break).map(str::to_owned).collect()
}

/// Spaces, and what scanners put around a line: start and end of text, byte order mark.
fn is_space(character: char) -> bool {
    character.is_whitespace()
        || character.is_control()
        || matches!(character, '\u{FEFF}' | '\u{200B}'..='\u{200F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_line_break_is_left_out() {
        for gap in [
            "\n", "\r\n", "\r", "\\n", "\\r\\n", " ", "\t", "\u{85}", "\u{2028}", "\u{0B}",
            "\u{1D}", "\u{A0}", "",
        ] {
            assert_eq!(
                characters(&format!("\u{2}i<ut{gap}o1\u{3}")),
                Ok("I<UTO1".to_owned()),
                "{gap:?}"
            );
        }
    }

    #[test]
    fn other_characters_are_named_with_their_place() {
        let refused = characters("P<UTO\nÉRIKSSON");
        assert_eq!(
            refused,
            Err(MrzError::Character {
                character: 'É',
                place: 1
            })
        );
        assert_eq!(characters(" \n"), Err(MrzError::Empty));
        assert_eq!(
            characters(&"<".repeat(2000)),
            Err(MrzError::TooLong { limit: 1024 })
        );
    }
}
