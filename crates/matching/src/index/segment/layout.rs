//! Where everything stands in a segment: sections one after the other, then a footer that names
//! their places and checksums.

use super::SegmentError;
use super::bytes::Reader;

pub(super) const MAGIC: [u8; 8] = *b"EGNATIAS";
/// Changes with the layout, with the letters, keys, hashes and tables that decide under what a
/// word is found, and with the numbers in [`codec`](super::codec).
pub(super) const VERSION: u32 = 4;

/// The sections, in the order of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    /// Keys of the entries, sorted: 16 bytes each. A slot is a place in this list.
    Keys,
    /// Where each entry begins, and where the last ends.
    Places,
    Entries,
    /// For each word where its letters begin (doubled, plus 1 for an abjad), and its postings.
    Words,
    Letters,
    /// Slots of each word.
    Postings,
    Exact,
    KeyWords,
    Skeletons,
    Forms,
    Pairs,
    Joined,
    Births,
    Documents,
}

pub(super) const SECTIONS: [Section; 14] = [
    Section::Keys,
    Section::Places,
    Section::Entries,
    Section::Words,
    Section::Letters,
    Section::Postings,
    Section::Exact,
    Section::KeyWords,
    Section::Skeletons,
    Section::Forms,
    Section::Pairs,
    Section::Joined,
    Section::Births,
    Section::Documents,
];

impl Section {
    /// Its place in [`SECTIONS`].
    pub(super) const fn place(self) -> usize {
        match self {
            Self::Keys => 0,
            Self::Places => 1,
            Self::Entries => 2,
            Self::Words => 3,
            Self::Letters => 4,
            Self::Postings => 5,
            Self::Exact => 6,
            Self::KeyWords => 7,
            Self::Skeletons => 8,
            Self::Forms => 9,
            Self::Pairs => 10,
            Self::Joined => 11,
            Self::Births => 12,
            Self::Documents => 13,
        }
    }
}

/// Where a section stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) section: Section,
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) checksum: u32,
}

pub(super) struct Footer {
    pub(super) entries: u64,
    pub(super) words: u64,
    pub(super) spans: Vec<Span>,
}

impl Footer {
    /// Entries, words, and for each section start, end and checksum.
    pub(super) const LENGTH: usize = 16 + SECTIONS.len() * 20;
    /// What follows: version, checksum of the footer, magic.
    pub(super) const TAIL: usize = 16;

    pub(super) fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(Self::LENGTH + Self::TAIL);
        bytes.extend_from_slice(&self.entries.to_le_bytes());
        bytes.extend_from_slice(&self.words.to_le_bytes());
        for section in SECTIONS {
            let span = self.spans.iter().find(|span| span.section == section);
            let (start, end, checksum) =
                span.map_or((0, 0, 0), |span| (span.start, span.end, span.checksum));
            bytes.extend_from_slice(&start.to_le_bytes());
            bytes.extend_from_slice(&end.to_le_bytes());
            bytes.extend_from_slice(&checksum.to_le_bytes());
        }
        bytes.extend_from_slice(&VERSION.to_le_bytes());
        let checksum = crc32fast::hash(&bytes);
        bytes.extend_from_slice(&checksum.to_le_bytes());
        bytes.extend_from_slice(&MAGIC);
        bytes
    }

    pub(super) fn decode(file: &[u8]) -> Result<Self, SegmentError> {
        let start = file.len().checked_sub(Self::LENGTH + Self::TAIL);
        let footer = start.and_then(|start| file.get(start..));
        let footer = footer.filter(|footer| footer.ends_with(&MAGIC) && file.starts_with(&MAGIC));
        Self::read(footer.ok_or(SegmentError::NotASegment)?)
            .ok_or(SegmentError::NotASegment)
            .and_then(|read| read)
    }

    fn read(footer: &[u8]) -> Option<Result<Self, SegmentError>> {
        let (signed, mut tail) = footer
            .split_at_checked(Self::LENGTH + 4)
            .map(|(signed, tail)| (signed, Reader::new(tail)))?;
        let mut reader = Reader::new(signed);
        let (entries, words) = (reader.u64()?, reader.u64()?);
        let mut spans = Vec::with_capacity(SECTIONS.len());
        for section in SECTIONS {
            spans.push(Span {
                section,
                start: reader.u64()?,
                end: reader.u64()?,
                checksum: reader.u32()?,
            });
        }
        let version = reader.u32()?;
        if version != VERSION {
            return Some(Err(SegmentError::OtherVersion(version)));
        }
        (tail.u32()? == crc32fast::hash(signed)).then_some(Ok(Self {
            entries,
            words,
            spans,
        }))
    }
}
