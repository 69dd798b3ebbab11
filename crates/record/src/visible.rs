//! Texts of others, as people may safely be shown them.

use std::borrow::Cow;
use std::fmt::Write;

/// Whether a character acts on what stands around it instead of being seen: it moves the cursor of a
/// terminal, or turns the direction of what follows (Unicode Technical Report 36, section 2.10).
/// Marks and joiners that Arabic, Hebrew and Persian texts need are not among them.
pub fn is_hidden_control(character: char) -> bool {
    match character {
        '\n' | '\t' => false,
        '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}' => true,
        // Tags, which say something that nobody sees.
        '\u{E0000}'..='\u{E007F}' => true,
        other => other.is_control(),
    }
}

/// A text in which nothing acts in secret: what would is written as `⟨U+202E⟩`.
///
/// ```
/// use egnatia_record::visible;
///
/// assert_eq!(visible("Zoran \u{202E}nasil"), "Zoran ⟨U+202E⟩nasil");
/// assert_eq!(visible("Зоран,\nЉубица"), "Зоран,\nЉубица");
/// ```
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hidden_control) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match is_hidden_control(character) {
            // Writing to a string does not fail.
            true => drop(write!(shown, "⟨U+{:04X}⟩", u32::from(character))),
            false => shown.push(character),
        }
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_acts_in_secret_and_scripts_of_the_region_stay_as_they_are() {
        let plain = "Ђорђе Šećerović-Çelik, عبد\u{200F} الله, נתן\u{200E}, می\u{200C}خواهم\n\tx";
        assert!(matches!(visible(plain), Cow::Borrowed(text) if text == plain));
        for (hidden, shown) in [
            ("a\u{1b}[2Jb", "a⟨U+001B⟩[2Jb"),
            ("a\u{9b}2Jb", "a⟨U+009B⟩2Jb"),
            ("\u{202E}txt.exe", "⟨U+202E⟩txt.exe"),
            ("\u{2066}a\u{2069}", "⟨U+2066⟩a⟨U+2069⟩"),
            ("a\rb\0", "a⟨U+000D⟩b⟨U+0000⟩"),
            ("x\u{E0041}", "x⟨U+E0041⟩"),
        ] {
            assert_eq!(visible(hidden), shown);
            assert!(!visible(hidden).contains(is_hidden_control));
        }
    }
}
