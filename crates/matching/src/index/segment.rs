//! The part of an index that never changes: a list of bytes, in a file that is mapped, or not.
//!
//! ```text
//! magic, sections, footer: places and checksums of the sections, its own checksum, its length
//! ```
//!
//! Opening reads every byte once and compares the checksums; nothing is decoded. Even so no
//! number that was read is trusted: each look-up stays within its section or finds nothing.

mod build;
mod bytes;
mod codec;
mod layout;
mod table;

use std::borrow::Cow;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

pub use build::SegmentBuilder;

use super::blocking::is_searched;
use super::part::{Needs, Part};
use super::search::Near;
use crate::features::PreparedNumber;
use crate::names::{Shape, Token, hash};
use crate::prepared::Prepared;
use crate::side::{Side, TokenRef};
use crate::text::Symbol;
use bytes::{Reader, u32_at, u32s};
use layout::{Footer, SECTIONS, Section, VERSION};
use table::Table;

/// Words of which it is remembered what is like them: some 30 MB.
const REMEMBERED_MAX: usize = 16_384;
/// Letters of a word that are read.
const LETTERS_MAX: usize = 64;

/// Why bytes are not a segment. Make it again from the records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SegmentError {
    /// It is something else, or its end is missing.
    #[error("this is not a segment of an index, or its end is missing")]
    NotASegment,
    /// Another version of this library wrote it.
    #[error("the segment has version {0}; this library reads version {VERSION}")]
    OtherVersion(u32),
    /// A checksum is wrong.
    #[error("the segment is damaged: section {0} does not have its checksum")]
    Damaged(u32),
}

/// Entries that do not change, in bytes. See [`SegmentBuilder`].
pub struct Segment {
    file: Box<dyn AsRef<[u8]> + Send + Sync>,
    spans: [(usize, usize); SECTIONS.len()],
    entries: usize,
    /// Words that were asked for, by number less one.
    shapes: Box<[OnceLock<Arc<Shape>>]>,
    /// What is like those that were sought, and how many such lists there are.
    near: Box<[OnceLock<Box<[Near]>>]>,
    remembered: AtomicUsize,
}

/// Says how many entries there are, never what is in them.
impl fmt::Debug for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Segment")
            .field("entries", &self.entries)
            .finish_non_exhaustive()
    }
}

impl Segment {
    /// Opens a segment after comparing all its checksums.
    ///
    /// # Errors
    ///
    /// [`SegmentError`] where the bytes are not what [`SegmentBuilder::write`] wrote.
    pub fn open(file: impl AsRef<[u8]> + Send + Sync + 'static) -> Result<Self, SegmentError> {
        let bytes = file.as_ref();
        let footer = Footer::decode(bytes)?;
        let mut spans = [(0, 0); SECTIONS.len()];
        for ((number, span), place) in (1_u32..).zip(&footer.spans).zip(&mut spans) {
            let range = (usize::try_from(span.start), usize::try_from(span.end));
            let (Ok(start), Ok(end)) = range else {
                return Err(SegmentError::NotASegment);
            };
            let section = bytes.get(start..end).ok_or(SegmentError::NotASegment)?;
            if crc32fast::hash(section) != span.checksum {
                return Err(SegmentError::Damaged(number));
            }
            *place = (start, end);
        }
        let entries = usize::try_from(footer.entries).map_err(|_| SegmentError::NotASegment)?;
        let words = usize::try_from(footer.words).map_err(|_| SegmentError::NotASegment)?;
        let segment = Self {
            file: Box::new(file),
            spans,
            entries,
            shapes: Box::default(),
            near: Box::default(),
            remembered: AtomicUsize::new(0),
        };
        // Whoever wrote the checksums may still have written nonsense.
        let fits = segment.bytes(Section::Keys).len() == entries.saturating_mul(16)
            && segment.bytes(Section::Places).len() == entries.saturating_add(1).saturating_mul(4)
            && segment.bytes(Section::Words).len() == words.saturating_add(1).saturating_mul(8);
        if !fits {
            return Err(SegmentError::NotASegment);
        }
        Ok(Self {
            shapes: std::iter::repeat_with(OnceLock::new).take(words).collect(),
            near: std::iter::repeat_with(OnceLock::new).take(words).collect(),
            ..segment
        })
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries == 0
    }

    fn bytes(&self, section: Section) -> &[u8] {
        let span = self.spans.get(section.place());
        let bytes = span.and_then(|(start, end)| (*self.file).as_ref().get(*start..*end));
        bytes.unwrap_or_default()
    }

    fn table(&self, section: Section, hash: u32) -> impl Iterator<Item = u32> + '_ {
        let table = Table::open(self.bytes(section)).unwrap_or_default();
        table.get(hash)
    }

    /// The number of the key of a slot.
    pub(super) fn key(&self, slot: u32) -> Option<u128> {
        let from = usize::try_from(slot).ok()?.checked_mul(16)?;
        let bytes = self.bytes(Section::Keys).get(from..)?.first_chunk()?;
        Some(u128::from_le_bytes(*bytes))
    }

    /// The numbers of all keys, by slot.
    pub(super) fn keys(&self) -> impl Iterator<Item = u128> + '_ {
        let keys = self.bytes(Section::Keys).as_chunks::<16>().0;
        keys.iter().map(|bytes| u128::from_le_bytes(*bytes))
    }

    /// The slot of a key.
    pub(super) fn slot(&self, key: u128) -> Option<u32> {
        let keys = self.bytes(Section::Keys).as_chunks::<16>().0;
        let place = keys.binary_search_by(|held| u128::from_le_bytes(*held).cmp(&key));
        u32::try_from(place.ok()?).ok()
    }

    fn entry(&self, slot: u32) -> Option<&[u8]> {
        let slot = usize::try_from(slot).ok()?;
        let places = self.bytes(Section::Places);
        let (from, to) = (u32_at(places, slot)?, u32_at(places, slot + 1)?);
        let range = usize::try_from(from).ok()?..usize::try_from(to).ok()?;
        self.bytes(Section::Entries).get(range)
    }

    /// Where a word's letters and postings begin, and those of the next.
    fn head(&self, word: u32) -> Option<[(usize, usize); 2]> {
        let place = usize::try_from(word.checked_sub(1)?).ok()?;
        let heads = self.bytes(Section::Words);
        let read = |at: usize| {
            let letters = usize::try_from(u32_at(heads, at * 2)?).ok()?;
            Some((letters, usize::try_from(u32_at(heads, at * 2 + 1)?).ok()?))
        };
        Some([read(place)?, read(place + 1)?])
    }

    fn word(&self, word: u32) -> Option<&Arc<Shape>> {
        let place = usize::try_from(word.checked_sub(1)?).ok()?;
        let cell = self.shapes.get(place)?;
        if let Some(shape) = cell.get() {
            return Some(shape);
        }
        let [(start, _), (end, _)] = self.head(word)?;
        let letters = self.bytes(Section::Letters);
        let letters = letters.get((start >> 1) * 2..(end >> 1) * 2)?;
        let symbols = letters.as_chunks::<2>().0.iter().take(LETTERS_MAX);
        let symbols = symbols.map(|two| Symbol::numbered(u16::from_le_bytes(*two)));
        let shape = Arc::new(Shape::new(symbols.collect(), start & 1 == 1));
        Some(cell.get_or_init(|| shape))
    }

    fn fill_from<'a>(
        &'a self,
        entry: &'a [u8],
        needs: Needs,
        rarity: impl Fn(u32) -> f64,
        side: &mut Side<'a>,
    ) -> Option<()> {
        let mut reader = Reader::new(entry);
        (side.schema, side.gender) = codec::head(&mut reader)?;
        let token = |side: &mut Side<'a>, token: codec::CodedToken| {
            if let Some(shape) = self.word(token.word) {
                side.push_token(TokenRef::coded(
                    shape,
                    token.word,
                    (token.kind, token.role, token.edge),
                    rarity(token.word),
                ));
            }
        };
        codec::names(&mut reader, side, token, |side, traits| {
            side.end_name(traits);
        })?;
        codec::births(&mut reader, &mut side.births)?;
        let nations = reader.group()?;
        if needs.nations {
            side.nations = Cow::Owned(codec::nations(nations)?);
        }
        let places = reader.group()?;
        if needs.places {
            side.places = Cow::Owned(codec::places(places)?);
        }
        let numbers = reader.group()?;
        if needs.numbers {
            side.numbers = Cow::Owned(codec::numbers(numbers)?);
        }
        Some(())
    }

    /// The numbers of the entry of a slot.
    pub(super) fn numbers(&self, slot: u32) -> Vec<PreparedNumber> {
        let numbers = self.entry(slot).and_then(codec::numbers_of);
        numbers.unwrap_or_default()
    }

    /// The whole entry of a slot.
    pub(super) fn decode(&self, slot: u32) -> Option<Prepared> {
        codec::decode(self.entry(slot)?, |coded, place| {
            let shape = Arc::clone(self.word(coded.word)?);
            let kind = (coded.kind, coded.role, coded.edge);
            Some(Token::coded(shape, coded.word, kind, place))
        })
    }
}

fn on_word(visit: &mut impl FnMut(u32), word: u32) {
    visit(word);
}

/// A hash of a word as it is.
fn exact_hash(shape: &Shape) -> u32 {
    hash(shape.symbols.iter()) ^ u32::from(shape.abjad)
}

impl Part for Segment {
    fn under_key(&self, hash: u32) -> impl Iterator<Item = u32> {
        self.table(Section::KeyWords, hash)
    }

    fn under_skeleton(&self, hash: u32) -> impl Iterator<Item = u32> {
        self.table(Section::Skeletons, hash)
    }

    fn under_form(&self, group: u16) -> impl Iterator<Item = u32> {
        self.table(Section::Forms, u32::from(group))
    }

    fn shape(&self, word: u32) -> Option<&Shape> {
        self.word(word).map(AsRef::as_ref)
    }

    fn number(&self, shape: &Shape) -> Option<u32> {
        let mut words = self.table(Section::Exact, exact_hash(shape));
        words.find(|word| self.shape(*word) == Some(shape))
    }

    fn near(&self, word: u32, find: impl FnOnce(u32) -> Vec<Near>) -> Cow<'_, [Near]> {
        let place = word
            .checked_sub(1)
            .and_then(|place| usize::try_from(place).ok());
        let Some(cell) = place.and_then(|place| self.near.get(place)) else {
            return Cow::Owned(find(0));
        };
        if let Some(near) = cell.get() {
            return Cow::Borrowed(near);
        }
        let near = find(0);
        // Two threads may pass at the same moment: the limit is not exact.
        if self.remembered.load(Ordering::Relaxed) >= REMEMBERED_MAX {
            return Cow::Owned(near);
        }
        self.remembered.fetch_add(1, Ordering::Relaxed);
        Cow::Borrowed(cell.get_or_init(|| near.into()))
    }

    fn held(&self, word: u32) -> usize {
        let head = self.head(word);
        head.map_or(0, |[(_, from), (_, to)]| to.saturating_sub(from))
    }

    fn slots(&self, word: u32) -> impl Iterator<Item = u32> {
        let [(_, from), (_, to)] = self.head(word).unwrap_or_default();
        u32s(self.bytes(Section::Postings), from, to)
    }

    fn under_pair(&self, hash: u32) -> impl Iterator<Item = u32> {
        self.table(Section::Pairs, hash)
    }

    fn under_joined(&self, hash: u32) -> impl Iterator<Item = u32> {
        self.table(Section::Joined, hash)
    }

    fn under_birth(&self, date: u32) -> impl Iterator<Item = u32> {
        self.table(Section::Births, date)
    }

    fn under_number(&self, hash: u32) -> impl Iterator<Item = u32> {
        self.table(Section::Documents, hash)
    }

    fn touch(&self, slots: impl Iterator<Item = u32>) {
        let first = |slot| self.entry(slot).and_then(<[u8]>::first).copied();
        let sum = slots.filter_map(first).fold(0, u8::wrapping_add);
        std::hint::black_box(sum);
    }

    fn words_of(&self, slot: u32, mut visit: impl FnMut(u32)) {
        let mut reader = Reader::new(self.entry(slot).unwrap_or_default());
        if codec::head(&mut reader).is_some() {
            let token = |visit: &mut _, token: codec::CodedToken| {
                if is_searched(token.kind) {
                    on_word(visit, token.word);
                }
            };
            let _ = codec::names(&mut reader, &mut visit, token, |_, _| ());
        }
    }

    fn fill<'a>(
        &'a self,
        slot: u32,
        needs: Needs,
        rarity: impl Fn(u32) -> f64,
        side: &mut Side<'a>,
    ) -> bool {
        side.clear();
        let entry = self.entry(slot);
        entry.is_some_and(|entry| self.fill_from(entry, needs, rarity, side).is_some())
    }

    fn payload(&self, slot: u32) -> Option<&[u8]> {
        codec::payload(self.entry(slot)?)
    }

    fn prepared(&self, slot: u32) -> Option<Cow<'_, Prepared>> {
        self.decode(slot).map(Cow::Owned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::description::{Description, Identifier, Name, NameKind, Schema};
    use crate::index::Index;

    fn entry(number: u32) -> Description {
        let family = ["Petrović", "Ђорђевић", "Krasniqi", "حسين", "Gjorgjiev"];
        let given = ["Marko", "Arben", "Елена", "محمد", "Jovana", "Ana Marija"];
        let pick = |list: &[&str], seed: u32| -> String {
            let place = usize::try_from(seed).unwrap() % list.len();
            list[place].to_owned()
        };
        let name = |seed| format!("{} {}", pick(&given, seed), pick(&family, seed / 7));
        let mut alias = Name::new(format!("{} {number}", name(number * 31 + 5)));
        alias.kind = NameKind::Alias;
        Description {
            schema: Schema::Person,
            names: vec![Name::new(name(number)), alias],
            births: vec![
                format!(
                    "19{:02}-0{}-1{}",
                    number % 90 + 10,
                    number % 9 + 1,
                    number % 9
                )
                .parse()
                .unwrap(),
            ],
            nationalities: vec!["RS".to_owned()],
            places: vec!["Niš".to_owned()],
            identifiers: vec![Identifier {
                kind: crate::description::IdentifierKind::Passport,
                value: format!("P{:07}", number * 977),
                country: Some("Serbia".to_owned()),
            }],
            ..Description::default()
        }
    }

    fn built(entries: u32) -> Vec<u8> {
        let mut builder = SegmentBuilder::new();
        for number in 0..entries {
            builder.add(number, &entry(number));
        }
        let mut bytes = Vec::new();
        builder.write(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn every_entry_is_read_as_it_was_prepared() {
        let segment = Segment::open(built(50)).unwrap();
        for slot in 0..50 {
            let read = segment.decode(slot).unwrap();
            let number = u32::try_from(segment.key(slot).unwrap()).unwrap();
            let prepared = Prepared::new(&entry(number));
            assert_eq!(read.names.len(), prepared.names.len());
            for (read, made) in read.names.iter().zip(&prepared.names) {
                assert_eq!((&read.text, read.traits), (&made.text, made.traits));
                for (read, made) in read.tokens.iter().zip(&made.tokens) {
                    assert_eq!(read.shape, made.shape);
                    assert_eq!(read.place(), made.place());
                    assert_eq!(
                        (read.kind, read.role, read.edge),
                        (made.kind, made.role, made.edge)
                    );
                }
            }
            assert_eq!(read.births, prepared.births);
            assert_eq!(read.numbers[0].folded, prepared.numbers[0].folded);
            assert_eq!(read.nations[0].written, prepared.nations[0].written);
            assert_eq!(read.places[0].written, prepared.places[0].written);
        }
    }

    #[test]
    fn a_changed_or_missing_byte_is_detected() {
        let bytes = built(20);
        for end in (0..bytes.len()).step_by(97) {
            assert!(
                Segment::open(bytes[..end].to_vec()).is_err(),
                "cut at {end}"
            );
        }
        // The magic is compared; all else stands under a checksum.
        for place in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[place] ^= 0x10;
            assert!(Segment::open(changed).is_err(), "changed at {place}");
        }
        assert_eq!(
            Segment::open(Vec::new()).unwrap_err(),
            SegmentError::NotASegment
        );
    }

    /// Changes a byte of a section and makes all checksums right again.
    fn forged(bytes: &[u8], place: usize, value: u8) -> Vec<u8> {
        let mut forged = bytes.to_vec();
        forged[place] = value;
        let mut footer = Footer::decode(bytes).unwrap();
        for span in &mut footer.spans {
            let range = usize::try_from(span.start).unwrap()..usize::try_from(span.end).unwrap();
            span.checksum = crc32fast::hash(&forged[range]);
        }
        let start = forged.len() - Footer::LENGTH - Footer::TAIL;
        forged.truncate(start);
        forged.extend(footer.encode());
        forged
    }

    #[test]
    fn a_forged_segment_finds_nonsense_but_never_panics() {
        let bytes = built(20);
        let end = bytes.len() - Footer::LENGTH - Footer::TAIL;
        let queries: Vec<Description> = (0..3).map(entry).collect();
        for (round, place) in (8..end).step_by(5).enumerate() {
            let value = [0xff, 0x00, 0x80][round % 3];
            let Ok(segment) = Segment::open(forged(&bytes, place, value)) else {
                continue;
            };
            let mut index = Index::<u32>::new();
            index.attach(segment);
            for query in &queries {
                let _ = index.nearest(query, 5);
            }
        }
    }
}
