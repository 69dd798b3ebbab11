//! Bytes to text, and the small questions that every format asks of a text.

use std::borrow::Cow;

/// What the bytes 0x80 to 0x9F mean in Windows-1252, by the WHATWG Encoding Standard, index
/// windows-1252. The five that it leaves free stand for themselves.
const WINDOWS_1252_UPPER: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8D}', 'Ž', '\u{8F}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9D}', 'ž', 'Ÿ',
];

/// The text of a cell that is UTF-8 or else Windows-1252.
///
/// Decided cell by cell: copies of the list exist in which some rows were re-saved in another
/// encoding, and text in Windows-1252 is all but never valid UTF-8 by chance.
pub(crate) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(bytes.iter().copied().map(windows_1252).collect()),
    }
}

fn windows_1252(byte: u8) -> char {
    byte.checked_sub(0x80)
        .and_then(|upper| WINDOWS_1252_UPPER.get(usize::from(upper)))
        .copied()
        .unwrap_or(char::from(byte))
}

/// The text without white space around it, where something is left.
pub(crate) fn filled(text: &str) -> Option<&str> {
    let text = text.trim();
    (!text.is_empty()).then_some(text)
}

/// The text without white space around it, where something is left.
pub(crate) fn owned(text: &str) -> Option<String> {
    filled(text).map(str::to_owned)
}

/// The rest of a text after a prefix, whatever the case of its ASCII letters.
pub(crate) fn after<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(rest)
}

/// One text of several, with a separator between them; `None` where all are missing.
pub(crate) fn joined<'a>(
    parts: impl IntoIterator<Item = Option<&'a str>>,
    separator: &str,
) -> Option<String> {
    let parts: Vec<&str> = parts.into_iter().flatten().filter_map(filled).collect();
    (!parts.is_empty()).then(|| parts.join(separator))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_encodings_survive() {
        assert_eq!(decode("Đorđe Žižić".as_bytes()), "Đorđe Žižić");
        assert_eq!(
            decode(b"\x8Eeljko \x96 Mu\xF1oz \x93x\x94"),
            "Željko – Muñoz “x”"
        );
        assert_eq!(decode(b"\x81"), "\u{81}");
    }

    #[test]
    fn a_prefix_that_ends_inside_a_letter_is_no_prefix() {
        assert_eq!(after("éa", "x"), None);
        assert_eq!(after("Alt. DOB", "alt. "), Some("DOB"));
        assert_eq!(after("al", "alt. "), None);
    }
}
