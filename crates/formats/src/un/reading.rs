//! Reads the document entry by entry, within bounds.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::error::shorten;
use crate::{ListError, Problem};

use super::FILE;
use super::tree::Element;

/// The outermost element.
const ROOT: &str = "CONSOLIDATED_LIST";

/// The most levels of elements within an entry. The real file has 3.
const DEPTH_MAX: usize = 16;

/// The most elements and attributes within an entry. The real file has about 400.
const PARTS_MAX: usize = 20_000;

/// The most attributes of an element: each is compared with all before it. The real file has 2.
const ATTRIBUTES_MAX: usize = 64;

/// The most bytes of the name of an element or attribute. The real file has 25.
const NAME_BYTES_MAX: usize = 64;

/// The most bytes of text within an element. The real file has about 5,000.
const TEXT_BYTES_MAX: usize = 256 * 1024;

/// Where in the document the reading is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Stage {
    Before,
    InRoot,
    InGroup(String),
    After,
}

/// A reading of the document, entry by entry.
pub(super) struct Reading<'a> {
    document: &'a str,
    reader: Reader<&'a [u8]>,
    stage: Stage,
    version: String,
    lines: Lines,
}

/// Lines counted so far, so that the document is counted through only once.
struct Lines {
    at: usize,
    line: u64,
    line_start: usize,
}

impl<'a> Reading<'a> {
    pub(super) fn new(document: &'a str) -> Self {
        Self {
            document,
            reader: Reader::from_str(document),
            stage: Stage::Before,
            version: String::new(),
            lines: Lines {
                at: 0,
                line: 1,
                line_start: 0,
            },
        }
    }

    /// How many bytes are read.
    pub(super) fn position(&self) -> u64 {
        self.reader.buffer_position()
    }

    /// The version that the document states.
    pub(super) fn version(&self) -> String {
        self.version.clone()
    }

    /// The next entry and the name of its group; `None` at the end of the document.
    pub(super) fn next_record(&mut self) -> Result<Option<(String, Element)>, ListError> {
        loop {
            let event = self.event()?;
            if event == Event::Eof {
                return match self.stage {
                    Stage::After => Ok(None),
                    _ => Err(self.error(Problem::DocumentEnd)),
                };
            }
            if let Some((group, start, is_empty)) = self.outside(event)? {
                let mut element = self.element(&start)?;
                if !is_empty {
                    self.fill(&mut element)?;
                }
                return Ok(Some((group, element)));
            }
        }
    }

    /// What stands outside the entries: moves on, or finds the start of an entry.
    fn outside(
        &mut self,
        event: Event<'a>,
    ) -> Result<Option<(String, BytesStart<'a>, bool)>, ListError> {
        let is_empty = matches!(event, Event::Empty(_));
        match event {
            Event::Start(start) | Event::Empty(start) => match self.stage.clone() {
                Stage::Before => self.root(&start, is_empty)?,
                Stage::InRoot if is_empty => {}
                Stage::InRoot => self.stage = Stage::InGroup(self.name(start.name().as_ref())?),
                Stage::InGroup(group) => return Ok(Some((group, start, is_empty))),
                Stage::After => return Err(self.error(Problem::DocumentEnd)),
            },
            Event::End(_) => {
                self.stage = match self.stage {
                    Stage::InGroup(_) => Stage::InRoot,
                    _ => Stage::After,
                }
            }
            Event::Text(text) if text.trim_ascii().is_empty() => {}
            Event::Text(_) | Event::CData(_) | Event::GeneralRef(_) => {
                return Err(self.error(Problem::StrayText));
            }
            _ => {}
        }
        Ok(None)
    }

    fn root(&mut self, start: &BytesStart<'_>, is_empty: bool) -> Result<(), ListError> {
        let root = self.element(start)?;
        if root.name != ROOT {
            let found = shorten(&root.name);
            return Err(self.error(Problem::Root { found }));
        }
        let version = root
            .children
            .into_iter()
            .find(|part| part.name == "@dateGenerated");
        self.version = version.map(|part| part.text).unwrap_or_default();
        self.stage = if is_empty {
            Stage::After
        } else {
            Stage::InRoot
        };
        Ok(())
    }

    /// Reads all that is in an element, to its end.
    fn fill(&mut self, element: &mut Element) -> Result<(), ListError> {
        let mut open: Vec<Element> = Vec::new();
        let mut parts: usize = 0;
        loop {
            let event = self.event()?;
            let top = open.last_mut().unwrap_or(&mut *element);
            match event {
                Event::Start(start) => {
                    let child = self.element(&start)?;
                    parts = self.count(parts, &child)?;
                    open.push(child);
                }
                Event::Empty(start) => {
                    let child = self.element(&start)?;
                    parts = self.count(parts, &child)?;
                    top.children.push(child);
                }
                Event::End(_) => match open.pop() {
                    Some(child) => open
                        .last_mut()
                        .unwrap_or(&mut *element)
                        .children
                        .push(child),
                    None => return Ok(()),
                },
                Event::Text(text) => self.push(&mut top.text, &text.xml10_content())?,
                Event::CData(text) => self.push(&mut top.text, &text.xml10_content())?,
                Event::GeneralRef(reference) => {
                    let character = self.reference(&reference)?;
                    self.push(&mut top.text, character.encode_utf8(&mut [0; 4]))?;
                }
                Event::Eof => return Err(self.error(Problem::DocumentEnd)),
                _ => {}
            }
            if open.len() > DEPTH_MAX {
                return Err(self.error(Problem::TooManyParts { limit: DEPTH_MAX }));
            }
        }
    }

    fn count(&mut self, parts: usize, element: &Element) -> Result<usize, ListError> {
        let parts = parts
            .saturating_add(1)
            .saturating_add(element.children.len());
        if parts > PARTS_MAX {
            return Err(self.error(Problem::TooManyParts { limit: PARTS_MAX }));
        }
        Ok(parts)
    }

    fn push(&mut self, text: &mut String, more: &str) -> Result<(), ListError> {
        if text.len().saturating_add(more.len()) > TEXT_BYTES_MAX {
            let limit = TEXT_BYTES_MAX;
            return Err(self.error(Problem::TextTooLong { limit }));
        }
        text.push_str(more);
        Ok(())
    }

    /// An element with its attributes and nothing in it yet.
    fn element(&mut self, start: &BytesStart<'_>) -> Result<Element, ListError> {
        let mut element = Element {
            name: self.name(start.name().as_ref())?,
            line: self.here().0,
            ..Element::default()
        };
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|error| self.xml(&error))?;
            let value = attribute
                .normalized_value(quick_xml::XmlVersion::Explicit1_0)
                .map_err(|error| self.xml(&error))?;
            let mut text = String::new();
            self.push(&mut text, &value)?;
            element.children.push(Element {
                name: format!("@{}", self.name(attribute.key.as_ref())?),
                text,
                line: element.line,
                ..Element::default()
            });
            if element.children.len() > ATTRIBUTES_MAX {
                let limit = ATTRIBUTES_MAX;
                return Err(self.error(Problem::TooManyParts { limit }));
            }
        }
        Ok(element)
    }

    fn name(&mut self, name: &str) -> Result<String, ListError> {
        if name.len() > NAME_BYTES_MAX {
            let limit = NAME_BYTES_MAX;
            return Err(self.error(Problem::TextTooLong { limit }));
        }
        Ok(name.to_owned())
    }

    /// The character that a reference means: one of the five that XML defines, or a number.
    fn reference(
        &mut self,
        reference: &quick_xml::events::BytesRef<'_>,
    ) -> Result<char, ListError> {
        if let Some(character) = reference
            .resolve_char_ref()
            .map_err(|error| self.xml(&error))?
        {
            return Ok(character);
        }
        let name = reference.xml10_content();
        match name.as_ref() {
            "amp" => Ok('&'),
            "lt" => Ok('<'),
            "gt" => Ok('>'),
            "quot" => Ok('"'),
            "apos" => Ok('\''),
            other => {
                let name = shorten(other);
                Err(self.error(Problem::Reference { name }))
            }
        }
    }

    fn event(&mut self) -> Result<Event<'a>, ListError> {
        match self.reader.read_event() {
            Ok(Event::DocType(_)) => Err(self.error(Problem::Doctype)),
            Ok(event) => Ok(event),
            Err(error) => Err(self.xml(&error)),
        }
    }

    fn xml(&mut self, error: &dyn std::fmt::Display) -> ListError {
        // The reader may repeat a piece of the document of any length.
        let detail = error.to_string().chars().take(120).collect();
        self.error(Problem::Xml { detail })
    }

    fn error(&mut self, problem: Problem) -> ListError {
        let (line, column) = self.here();
        ListError {
            file: FILE.to_owned(),
            line,
            column: Some(column),
            problem,
        }
    }

    /// The line and the byte in it up to which the document is read, both from 1.
    fn here(&mut self) -> (u64, u64) {
        let end = usize::try_from(self.reader.buffer_position()).unwrap_or(self.document.len());
        let bytes = self.document.as_bytes();
        let new = bytes.get(self.lines.at..end).unwrap_or_default();
        for (offset, _) in new.iter().enumerate().filter(|(_, byte)| **byte == b'\n') {
            self.lines.line = self.lines.line.saturating_add(1);
            self.lines.line_start = self.lines.at.saturating_add(offset).saturating_add(1);
        }
        self.lines.at = end.max(self.lines.at);
        let column = self
            .lines
            .at
            .saturating_sub(self.lines.line_start)
            .saturating_add(1);
        (self.lines.line, u64::try_from(column).unwrap_or(u64::MAX))
    }
}
