//! In which encoding a table is written, and its text in UTF-8.
//!
//! Found out from the whole file, in one pass, because a long file may be plain ASCII up to its
//! last row.

use std::io::{self, Read};

use encoding_rs::{
    CoderResult, Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1250, WINDOWS_1251,
};

use super::{RowsError, RowsProblem};

const BUFFER_BYTES: usize = 64 * 1024;

/// So many whole characters of UTF-8 for one damaged place mean UTF-8 that is damaged.
const DAMAGED_RATIO: u64 = 4;

/// Finds out the encoding from all bytes of the input.
///
/// The bytes of windows-1251 stand next to each other, as all letters of Cyrillic are above 127.
/// In windows-1250 they stand among plain letters.
pub(super) fn recognise(input: &mut dyn Read) -> Result<&'static Encoding, RowsError> {
    let mut counts = Counts::default();
    let mut buffer = vec![0; BUFFER_BYTES];
    let mut start: Vec<u8> = Vec::new();
    loop {
        let read = input
            .read(&mut buffer)
            .map_err(|error| unreadable(&error))?;
        let bytes = buffer.get(..read).unwrap_or_default();
        if bytes.is_empty() {
            break;
        }
        let missing = 3_usize.saturating_sub(start.len());
        start.extend(bytes.iter().take(missing));
        counts.add(bytes);
    }
    if let Some((encoding, _)) = Encoding::for_bom(&start) {
        return Ok(encoding);
    }
    counts.encoding()
}

/// What a pass has counted.
#[derive(Default)]
struct Counts {
    /// Bytes of a character whose end was not read yet.
    cut: Vec<u8>,
    characters: u64,
    damaged: u64,
    bytes: u64,
    zeros_even: u64,
    zeros_odd: u64,
    high_beside_high: u64,
    high_beside_plain: u64,
    before: u8,
}

impl Counts {
    fn add(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            if byte == 0 {
                let zeros = if self.bytes.is_multiple_of(2) {
                    &mut self.zeros_even
                } else {
                    &mut self.zeros_odd
                };
                *zeros = zeros.saturating_add(1);
            }
            self.bytes = self.bytes.saturating_add(1);
            let (before, now) = (self.before >= 0x80, byte >= 0x80);
            if before && now {
                self.high_beside_high = self.high_beside_high.saturating_add(1);
            } else if (before && byte.is_ascii_alphabetic())
                || (now && self.before.is_ascii_alphabetic())
            {
                self.high_beside_plain = self.high_beside_plain.saturating_add(1);
            }
            self.before = byte;
        }
        self.characters_of(bytes);
    }

    fn characters_of(&mut self, bytes: &[u8]) {
        let joined;
        let mut rest = if self.cut.is_empty() {
            bytes
        } else {
            joined = [self.cut.as_slice(), bytes].concat();
            joined.as_slice()
        };
        let mut cut: &[u8] = &[];
        while !rest.is_empty() {
            let (valid, next) = match std::str::from_utf8(rest) {
                Ok(_) => (rest, None),
                Err(error) => {
                    let (valid, after) = rest.split_at(error.valid_up_to());
                    (valid, Some((error.error_len(), after)))
                }
            };
            let high = valid.iter().filter(|byte| **byte >= 0xC0).count();
            self.characters = self.characters.saturating_add(count(high));
            rest = match next {
                None => &[],
                Some((None, after)) => {
                    cut = after;
                    &[]
                }
                Some((Some(length), after)) => {
                    self.damaged = self.damaged.saturating_add(1);
                    after.get(length..).unwrap_or_default()
                }
            };
        }
        self.cut = cut.to_vec();
    }

    fn encoding(&self) -> Result<&'static Encoding, RowsError> {
        let zeros = self.zeros_even.saturating_add(self.zeros_odd);
        if zeros > 0 {
            // Every plain character of UTF-16 has one byte that is zero, always on the same side.
            let of_all = zeros.saturating_mul(20) >= self.bytes;
            return match (self.zeros_even, self.zeros_odd) {
                (even, odd) if of_all && odd > even.saturating_mul(20) => Ok(UTF_16LE),
                (even, odd) if of_all && even > odd.saturating_mul(20) => Ok(UTF_16BE),
                _ => Err(RowsProblem::NotRecognised.into()),
            };
        }
        let cut = u64::from(!self.cut.is_empty());
        let damaged = self.damaged.saturating_add(cut);
        if damaged == 0 {
            return Ok(UTF_8);
        }
        if self.characters >= damaged.saturating_mul(DAMAGED_RATIO) {
            return Err(RowsProblem::Encoding.into());
        }
        if self.high_beside_high > self.high_beside_plain {
            Ok(WINDOWS_1251)
        } else {
            Ok(WINDOWS_1250)
        }
    }
}

/// Reads bytes of an encoding as UTF-8, without the mark at the beginning.
pub(super) struct Decoded<R> {
    input: R,
    decoder: Decoder,
    bytes: Vec<u8>,
    /// What of `bytes` is not decoded yet.
    left: std::ops::Range<usize>,
    text: Vec<u8>,
    /// What of `text` is not given yet.
    ready: std::ops::Range<usize>,
    state: Ending,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// There may be more bytes.
    Open,
    /// All bytes are read, not all are decoded.
    Read,
    /// All is decoded.
    Decoded,
}

impl<R: Read> Decoded<R> {
    pub(super) fn new(input: R, encoding: &'static Encoding) -> Self {
        Self {
            input,
            decoder: encoding.new_decoder_with_bom_removal(),
            bytes: vec![0; BUFFER_BYTES],
            left: 0..0,
            text: vec![0; BUFFER_BYTES],
            ready: 0..0,
            state: Ending::Open,
        }
    }

    /// Decodes some text, unless there is no more.
    fn fill(&mut self) -> io::Result<()> {
        while self.ready.is_empty() && self.state != Ending::Decoded {
            if self.left.is_empty() && self.state == Ending::Open {
                let read = self.input.read(&mut self.bytes)?;
                self.left = 0..read;
                if read == 0 {
                    self.state = Ending::Read;
                }
            }
            let source = self.bytes.get(self.left.clone()).unwrap_or_default();
            let last = self.state == Ending::Read;
            let (result, read, written, damaged) =
                self.decoder.decode_to_utf8(source, &mut self.text, last);
            self.left.start = self.left.start.saturating_add(read);
            self.ready = 0..written;
            if damaged {
                return Err(io::Error::from(io::ErrorKind::InvalidData));
            }
            if last && result == CoderResult::InputEmpty {
                self.state = Ending::Decoded;
            }
        }
        Ok(())
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.fill()?;
        let mut ready = self.text.get(self.ready.clone()).unwrap_or_default();
        let given = ready.read(out)?;
        self.ready.start = self.ready.start.saturating_add(given);
        Ok(given)
    }
}

pub(super) fn unreadable(error: &io::Error) -> RowsError {
    if error.kind() == io::ErrorKind::InvalidData {
        return RowsProblem::Encoding.into();
    }
    let detail = error.to_string();
    RowsProblem::Read { detail }.into()
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<(&'static Encoding, String), RowsError> {
        let encoding = recognise(&mut &bytes[..])?;
        let mut text = String::new();
        Decoded::new(bytes, encoding)
            .read_to_string(&mut text)
            .map_err(|error| unreadable(&error))?;
        Ok((encoding, text))
    }

    #[test]
    fn every_encoding_is_recognised_and_read() {
        let latin = "Име;Prezime\nĐorđe;Žižić\nŠemsa;Đurđević\n";
        let latin_only = "Ime;Prezime\nĐorđe;Žižić\nŠemsa;Čolić\n";
        let cyrillic = "Име;Презиме\nЂорђе;Жижић\n";
        let utf16 = |text: &str, little: bool| -> Vec<u8> {
            text.encode_utf16()
                .flat_map(|unit| {
                    if little {
                        unit.to_le_bytes()
                    } else {
                        unit.to_be_bytes()
                    }
                })
                .collect()
        };
        let cases: Vec<(Vec<u8>, &'static Encoding, &str)> = vec![
            (latin.as_bytes().to_vec(), UTF_8, latin),
            ([b"\xEF\xBB\xBF", latin.as_bytes()].concat(), UTF_8, latin),
            (
                [b"\xFF\xFE".to_vec(), utf16(latin, true)].concat(),
                UTF_16LE,
                latin,
            ),
            (
                [b"\xFE\xFF".to_vec(), utf16(latin, false)].concat(),
                UTF_16BE,
                latin,
            ),
            (
                utf16("Ime;Prezime\nAna;Anić\n", true),
                UTF_16LE,
                "Ime;Prezime\nAna;Anić\n",
            ),
            (
                WINDOWS_1250.encode(latin_only).0.into_owned(),
                WINDOWS_1250,
                latin_only,
            ),
            (
                WINDOWS_1251.encode(cyrillic).0.into_owned(),
                WINDOWS_1251,
                cyrillic,
            ),
        ];
        for (bytes, encoding, text) in cases {
            let (found, read) = read(&bytes).unwrap();
            assert_eq!((found.name(), read.as_str()), (encoding.name(), text));
        }
    }

    #[test]
    fn damaged_text_is_refused_and_not_read_as_another_encoding() {
        let mut bytes = "Đorđe Žižić, Šemsa Čolić".as_bytes().to_vec();
        bytes.push(0xC4);
        let error = read(&bytes).unwrap_err();
        assert_eq!(error.problem, RowsProblem::Encoding);
        let binary = [0_u8, 1, 2, 0, 0, 3, 255, 0];
        let error = read(&binary).unwrap_err();
        assert_eq!(error.problem, RowsProblem::NotRecognised);
    }

    #[test]
    fn a_character_that_is_cut_between_two_reads_is_whole() {
        let mut counts = Counts::default();
        counts.add(b"a\xC4");
        counts.add(b"\x91b");
        assert_eq!((counts.characters, counts.damaged), (1, 0));
        assert_eq!(counts.encoding().unwrap(), UTF_8);
    }
}
