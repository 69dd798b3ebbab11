//! Segments of a UN/EDIFACT message (ISO 9735): separators, release character, service string.

use std::io::{BufRead, BufReader, Read};

use encoding_rs::{Encoding, ISO_8859_2, ISO_8859_5, ISO_8859_7, UTF_8, WINDOWS_1252};

use crate::rows::{PassengersProblem, RowsProblem};

/// The most bytes of one segment. The longest that the guideline allows has about 1,500.
const SEGMENT_BYTES_MAX: usize = 16 * 1024;

/// The characters that structure a message, as the UNA segment states them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Separators {
    component: u8,
    element: u8,
    release: u8,
    terminator: u8,
}

impl Default for Separators {
    fn default() -> Self {
        Self {
            component: b':',
            element: b'+',
            release: b'?',
            terminator: b'\'',
        }
    }
}

/// A segment: its tag, and elements of components.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Segment {
    elements: Vec<Vec<String>>,
}

impl Segment {
    /// The tag, such as `NAD`.
    pub(super) fn tag(&self) -> &str {
        self.component(0, 0)
    }

    /// A component of an element; the first element after the tag is 1. Empty where it is missing.
    pub(super) fn component(&self, element: usize, component: usize) -> &str {
        let element = self.elements.get(element);
        element
            .and_then(|components| components.get(component))
            .map_or("", |text| text.trim())
    }

    /// All components of an element.
    pub(super) fn components(&self, element: usize) -> impl Iterator<Item = &str> {
        self.elements
            .get(element)
            .into_iter()
            .flatten()
            .map(|text| text.trim())
    }

    /// A component that is a number.
    pub(super) fn number(&self, element: usize, component: usize) -> Option<u64> {
        self.component(element, component).parse().ok()
    }
}

/// Segments, one after another.
pub(super) struct Segments<R> {
    input: BufReader<R>,
    separators: Separators,
    encoding: &'static Encoding,
    buffer: Vec<u8>,
    /// How many segments were read.
    pub(super) read: u64,
}

impl<R: Read> Segments<R> {
    /// Segments of this input; a UNA segment is read at once.
    pub(super) fn open(input: R) -> Result<Self, RowsProblem> {
        let mut segments = Self {
            input: BufReader::new(input),
            separators: Separators::default(),
            encoding: UTF_8,
            buffer: Vec::new(),
            read: 0,
        };
        segments.skip_space()?;
        let start = segments.fill()?.get(..9).map(<[u8]>::to_vec);
        let stated = start
            .as_deref()
            .and_then(|start| start.strip_prefix(b"UNA"));
        if let Some(&[component, element, _decimal, release, _reserved, terminator]) = stated {
            let all = [component, element, release, terminator];
            let same =
                (1..all.len()).any(|at| all.iter().skip(at).any(|c| all.get(at - 1) == Some(c)));
            if same || all.iter().any(u8::is_ascii_alphanumeric) {
                return Err(RowsProblem::Passengers(PassengersProblem::Separators));
            }
            segments.separators = Separators {
                component,
                element,
                release,
                terminator,
            };
            segments.input.consume(9);
        }
        Ok(segments)
    }

    fn fill(&mut self) -> Result<&[u8], RowsProblem> {
        self.input.fill_buf().map_err(|error| RowsProblem::Read {
            detail: error.to_string(),
        })
    }

    fn skip_space(&mut self) -> Result<(), RowsProblem> {
        loop {
            let bytes = self.fill()?;
            let space = bytes
                .iter()
                .take_while(|byte| byte.is_ascii_whitespace() || **byte == 0x1A);
            let (space, all) = (space.count(), bytes.len());
            self.input.consume(space);
            if space < all || all == 0 {
                return Ok(());
            }
        }
    }

    /// The next segment; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Segment>, RowsProblem> {
        self.skip_space()?;
        self.buffer.clear();
        let mut released = false;
        let Separators {
            release,
            terminator,
            ..
        } = self.separators;
        loop {
            let bytes = self.input.fill_buf().map_err(|error| RowsProblem::Read {
                detail: error.to_string(),
            })?;
            if bytes.is_empty() {
                // What stands after the last terminator is no segment.
                return if self.buffer.is_empty() {
                    Ok(None)
                } else {
                    Err(RowsProblem::Passengers(PassengersProblem::CutOff {
                        trailer: "a segment without its terminator",
                    }))
                };
            }
            let end = bytes.iter().position(|byte| {
                let ends = *byte == terminator && !released;
                released = *byte == release && !released;
                ends
            });
            let taken = end.unwrap_or(bytes.len());
            self.buffer.extend(bytes.iter().take(taken));
            self.input
                .consume(taken.saturating_add(usize::from(end.is_some())));
            if self.buffer.len() > SEGMENT_BYTES_MAX {
                return Err(RowsProblem::Passengers(PassengersProblem::SegmentTooLong {
                    limit: SEGMENT_BYTES_MAX,
                }));
            }
            if end.is_some() {
                break;
            }
        }
        self.read = self.read.saturating_add(1);
        let segment = self.split()?;
        if segment.tag() == "UNB" {
            self.encoding = repertoire(segment.component(1, 0));
        }
        Ok(Some(segment))
    }

    /// Cuts the segment into elements and components.
    fn split(&self) -> Result<Segment, RowsProblem> {
        let Separators {
            component,
            element,
            release,
            ..
        } = self.separators;
        let mut elements = vec![Vec::new()];
        let mut text = Vec::new();
        let mut released = false;
        let put = |elements: &mut Vec<Vec<String>>, text: &mut Vec<u8>| {
            let text = self.decode(text.split_off(0))?;
            if let Some(components) = elements.last_mut() {
                components.push(text);
            }
            Ok::<(), RowsProblem>(())
        };
        for &byte in &self.buffer {
            if released {
                released = false;
                text.push(byte);
            } else if byte == release {
                released = true;
            } else if byte == element {
                put(&mut elements, &mut text)?;
                elements.push(Vec::new());
            } else if byte == component {
                put(&mut elements, &mut text)?;
            } else if !matches!(byte, b'\r' | b'\n') {
                text.push(byte);
            }
        }
        put(&mut elements, &mut text)?;
        Ok(Segment { elements })
    }

    fn decode(&self, bytes: Vec<u8>) -> Result<String, RowsProblem> {
        String::from_utf8(bytes).or_else(|error| {
            let bytes = error.as_bytes();
            let text = self
                .encoding
                .decode_without_bom_handling_and_without_replacement(bytes);
            text.map(std::borrow::Cow::into_owned)
                .ok_or(RowsProblem::Encoding)
        })
    }
}

/// The encoding of a syntax identifier (ISO 9735, code list 0001).
fn repertoire(identifier: &str) -> &'static Encoding {
    match identifier {
        "UNOC" => WINDOWS_1252,
        "UNOD" => ISO_8859_2,
        "UNOE" => ISO_8859_5,
        "UNOF" => ISO_8859_7,
        _ => UTF_8,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8]) -> Result<Vec<Segment>, RowsProblem> {
        let mut segments = Segments::open(bytes)?;
        let mut all = Vec::new();
        while let Some(segment) = segments.next()? {
            all.push(segment);
        }
        Ok(all)
    }

    #[test]
    fn stated_separators_and_the_release_character_are_followed() {
        let read = all(b"UNA|*.# ~NAD*FL***O#*NEIL|ANA #~#|~\r\nATT*2**F~\n").unwrap();
        assert_eq!(read[0].component(1, 0), "FL");
        assert_eq!(read[0].component(4, 0), "O*NEIL");
        assert_eq!(read[0].component(4, 1), "ANA ~|");
        assert_eq!((read[1].tag(), read[1].component(3, 0)), ("ATT", "F"));
        assert_eq!(read[1].component(9, 9), "");
    }

    #[test]
    fn the_repertoire_of_the_interchange_decides_about_other_bytes() {
        let read = all(b"UNB+UNOD:3'NAD+FL+++\xB9A\xAEI\xC6'").unwrap();
        assert_eq!(read[1].component(4, 0), "šAŽIĆ");
        assert_eq!(all(b"NAD+\xB9'").unwrap_err(), RowsProblem::Encoding);
    }

    #[test]
    fn a_segment_without_an_end_is_refused() {
        assert!(all(b"NAD+FL").is_err());
        assert!(all(&[b'A'; 20_000]).is_err());
        assert!(all(b"UNA++.? 'X'").is_err());
        assert_eq!(all(b"").unwrap(), []);
    }
}
