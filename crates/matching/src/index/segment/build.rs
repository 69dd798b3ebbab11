//! Makes a segment.

use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::Arc;

use super::bytes::{Reader, put_group};
use super::layout::{Footer, MAGIC, Section, Span};
use super::{codec, exact_hash, table};
use crate::description::Description;
use crate::index::Key;
use crate::index::blocking::{births, is_searched, joined, numbers, pair_hash};
use crate::index::search::COMMON_FROM;
use crate::names::{Shape, key_hashes, skeletons};
use crate::prepared::Prepared;

/// Collects entries and writes them as a segment.
///
/// ```
/// use egnatia_matching::{Description, Index, Name, Schema, Segment, SegmentBuilder};
///
/// let mut builder = SegmentBuilder::new();
/// builder.add(7_u64, &Description {
///     schema: Schema::Person,
///     names: vec![Name::new("Ђорђе Петровић")],
///     ..Description::default()
/// });
/// let mut bytes = Vec::new();
/// builder.write(&mut bytes)?;
///
/// let mut index = Index::<u64>::new();
/// index.attach(Segment::open(bytes)?);
/// assert!(index.contains(7));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Default)]
pub struct SegmentBuilder {
    /// Key, and where the entry stands in `bytes`.
    entries: Vec<(u128, usize, usize)>,
    bytes: Vec<u8>,
    words: HashMap<Arc<Shape>, u32>,
    shapes: Vec<Arc<Shape>>,
    /// Hashes with the place in `entries`.
    joined: Vec<(u32, u32)>,
    births: Vec<(u32, u32)>,
    documents: Vec<(u32, u32)>,
}

/// Says how many entries there are, never what is in them.
impl std::fmt::Debug for SegmentBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SegmentBuilder")
            .field("entries", &self.entries.len())
            .finish_non_exhaustive()
    }
}

impl SegmentBuilder {
    /// A segment without entries.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an entry. Of several under one key the last counts.
    pub fn add<K: Key>(&mut self, key: K, d: &Description) {
        self.add_prepared(key, &Prepared::new(d), &[]);
    }

    /// Adds an entry that is prepared already, for instance on another thread, with bytes of the
    /// caller's own: see [`Candidate::payload`](crate::Candidate::payload).
    pub fn add_prepared<K: Key>(&mut self, key: K, entry: &Prepared, payload: &[u8]) {
        // INVARIANT: `write` refuses more entries than fit.
        let place = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        let start = self.bytes.len();
        let (words, shapes) = (&mut self.words, &mut self.shapes);
        codec::encode(entry, &mut self.bytes, |token| {
            if let Some(number) = words.get(&token.shape) {
                return *number;
            }
            shapes.push(Arc::clone(&token.shape));
            let number = u32::try_from(shapes.len()).unwrap_or(u32::MAX);
            words.insert(Arc::clone(&token.shape), number);
            number
        });
        put_group(&mut self.bytes, payload);
        let end = self.bytes.len();
        self.entries.push((key.to_number(), start, end));
        for name in &entry.names {
            let hashes = joined(&name.tokens);
            self.joined.extend(hashes.map(|hash| (hash, place)));
        }
        self.births
            .extend(births(&entry.births).map(|date| (date, place)));
        self.documents
            .extend(numbers(entry).map(|hash| (hash, place)));
    }

    /// How many entries were added.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether none was.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Writes the segment.
    ///
    /// # Errors
    ///
    /// What the writer says, and [`io::ErrorKind::FileTooLarge`] where the entries have more than
    /// 4 GB: then make two segments.
    pub fn write(self, out: &mut impl Write) -> io::Result<()> {
        let order = self.order();
        let mut slots = vec![u32::MAX; self.entries.len()];
        for (slot, place) in (0_u32..).zip(&order) {
            if let Some(cell) = slots.get_mut(*place) {
                *cell = slot;
            }
        }
        let mut file = File::new(out);
        file.bytes(&MAGIC)?;
        let entries = self.write_entries(&order, &mut file)?;
        let held = self.held(&entries);
        self.write_words(&held, &mut file)?;
        let postings = postings(&entries, &held);
        file.section(Section::Postings, &postings)?;
        self.write_word_tables(&mut file)?;
        file.section(Section::Pairs, &table::build(pairs(&entries, &held)))?;
        let slotted = |hashes: Vec<(u32, u32)>| {
            let slot = |place: u32| {
                let place = usize::try_from(place).ok()?;
                slots.get(place).copied().filter(|slot| *slot != u32::MAX)
            };
            let slotted = hashes.into_iter();
            let slotted = slotted.filter_map(|(hash, place)| Some((hash, slot(place)?)));
            table::build(slotted.collect())
        };
        let (entries, words) = (order.len(), self.shapes.len());
        drop((self.words, self.bytes));
        file.section(Section::Joined, &slotted(self.joined))?;
        file.section(Section::Births, &slotted(self.births))?;
        file.section(Section::Documents, &slotted(self.documents))?;
        file.finish(entries, words)
    }

    /// Places of the entries in the order of their keys; of each key the last.
    fn order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.entries.len()).collect();
        let key = |place: usize| self.entries.get(place).map(|entry| entry.0);
        // Of one key the later first, and the first stays.
        order.sort_unstable_by(|a, b| key(*a).cmp(&key(*b)).then(b.cmp(a)));
        order.dedup_by_key(|place| key(*place));
        order
    }

    fn write_entries<W: Write>(
        &self,
        order: &[usize],
        file: &mut File<'_, W>,
    ) -> io::Result<Vec<&[u8]>> {
        let sorted = order.iter().filter_map(|place| self.entries.get(*place));
        let keys: Vec<u8> = sorted
            .clone()
            .flat_map(|entry| entry.0.to_le_bytes())
            .collect();
        file.section(Section::Keys, &keys)?;
        drop(keys);
        let slices: Vec<&[u8]> = sorted
            .map(|(_, start, end)| self.bytes.get(*start..*end).unwrap_or_default())
            .collect();
        let mut places = Vec::with_capacity((slices.len() + 1) * 4);
        let mut next = 0_usize;
        for length in slices.iter().map(|slice| slice.len()).chain([0]) {
            let place = u32::try_from(next).map_err(|_| io::ErrorKind::FileTooLarge)?;
            places.extend_from_slice(&place.to_le_bytes());
            next += length;
        }
        file.section(Section::Places, &places)?;
        file.begin(Section::Entries)?;
        for slice in &slices {
            file.bytes(slice)?;
        }
        file.end();
        Ok(slices)
    }

    /// In how many entries each word stands, by number.
    fn held(&self, entries: &[&[u8]]) -> Vec<u32> {
        let mut held = vec![0_u32; self.shapes.len() + 1];
        for words in entries.iter().map(|entry| searched_words(entry)) {
            for word in words {
                if let Some(count) = place(word).and_then(|place| held.get_mut(place)) {
                    *count += 1;
                }
            }
        }
        held
    }

    fn write_words<W: Write>(&self, held: &[u32], file: &mut File<'_, W>) -> io::Result<()> {
        let mut heads = Vec::with_capacity((self.shapes.len() + 1) * 12);
        let mut letters: Vec<u8> = Vec::new();
        let mut postings = 0_u32;
        for (number, shape) in (1..).zip(&self.shapes) {
            let place = u32::try_from(letters.len() / 2).unwrap_or(u32::MAX);
            let place = place << 1 | u32::from(shape.abjad);
            heads.extend_from_slice(&place.to_le_bytes());
            heads.extend_from_slice(&postings.to_le_bytes());
            for symbol in &shape.symbols {
                letters.extend_from_slice(&symbol.number().to_le_bytes());
            }
            postings += held.get(number).copied().unwrap_or(0);
        }
        let end = u32::try_from(letters.len() / 2).unwrap_or(u32::MAX) << 1;
        heads.extend_from_slice(&end.to_le_bytes());
        heads.extend_from_slice(&postings.to_le_bytes());
        file.section(Section::Words, &heads)?;
        file.section(Section::Letters, &letters)
    }

    fn write_word_tables<W: Write>(&self, file: &mut File<'_, W>) -> io::Result<()> {
        let numbered = || (1_u32..).zip(&self.shapes);
        let exact = numbered().map(|(number, shape)| (exact_hash(shape), number));
        file.section(Section::Exact, &table::build(exact.collect()))?;
        let keys = numbered().flat_map(|(number, shape)| {
            let hashes = key_hashes(&shape.symbols).into_iter();
            hashes.map(move |hash| (hash, number))
        });
        file.section(Section::KeyWords, &table::build(keys.collect()))?;
        let forms = numbered().flat_map(|(number, shape)| {
            let hashes = skeletons(&shape.symbols, shape.abjad).into_iter();
            hashes.map(move |hash| (hash, number))
        });
        file.section(Section::Skeletons, &table::build(forms.collect()))?;
        let forms = numbered().flat_map(|(number, shape)| {
            let groups = shape.groups.iter();
            groups.map(move |group| (u32::from(*group), number))
        });
        file.section(Section::Forms, &table::build(forms.collect()))
    }
}

fn place(word: u32) -> Option<usize> {
    usize::try_from(word).ok()
}

/// The searched words of all names of an entry, each once.
fn searched_words(entry: &[u8]) -> Vec<u32> {
    let mut words = Vec::new();
    let mut reader = Reader::new(entry);
    let read = codec::head(&mut reader).and_then(|_| {
        let visit = |words: &mut Vec<u32>, token: codec::CodedToken| {
            if is_searched(token.kind) {
                words.push(token.word);
            }
        };
        codec::names(&mut reader, &mut words, visit, |_, _| ())
    });
    debug_assert!(read.is_some(), "what was written is read");
    words.sort_unstable();
    words.dedup();
    words
}

/// The slots of each word, one word after the other.
fn postings(entries: &[&[u8]], held: &[u32]) -> Vec<u8> {
    let mut next = Vec::with_capacity(held.len());
    let mut total = 0_u32;
    for count in held {
        next.push(total);
        total += count;
    }
    let mut postings = vec![0_u8; usize::try_from(total).unwrap_or(0) * 4];
    for (slot, entry) in (0_u32..).zip(entries) {
        for word in searched_words(entry) {
            let Some(at) = place(word).and_then(|place| next.get_mut(place)) else {
                continue;
            };
            let from = usize::try_from(*at).unwrap_or(0) * 4;
            if let Some(cell) = postings.get_mut(from..from + 4) {
                cell.copy_from_slice(&slot.to_le_bytes());
            }
            *at += 1;
        }
    }
    postings
}

/// Pairs of two common words of one name, and of a birth date with a common word.
fn pairs(entries: &[&[u8]], held: &[u32]) -> Vec<(u32, u32)> {
    #[derive(Default)]
    struct Found {
        name: Vec<u32>,
        all: Vec<u32>,
        hashes: Vec<u32>,
    }
    let common = |word: u32| {
        let count = place(word).and_then(|place| held.get(place));
        count.is_some_and(|count| place(*count).is_some_and(|count| count > COMMON_FROM))
    };
    let mut pairs = Vec::new();
    for (slot, entry) in (0_u32..).zip(entries) {
        let mut reader = Reader::new(entry);
        let mut found = Found::default();
        let read = codec::head(&mut reader).and_then(|_| {
            let token = |found: &mut Found, token: codec::CodedToken| {
                if is_searched(token.kind) && common(token.word) {
                    found.name.push(token.word);
                }
            };
            codec::names(&mut reader, &mut found, token, |found, _| {
                let hashes = crate::index::blocking::pairs_of(&mut found.name);
                found.hashes.extend(hashes);
                found.all.append(&mut found.name);
            })
        });
        debug_assert!(read.is_some(), "what was written is read");
        let mut dates = Vec::new();
        let _ = codec::births(&mut reader, &mut dates);
        for date in births(&dates) {
            let hashes = found.all.iter().map(|word| pair_hash(date, *word));
            found.hashes.extend(hashes);
        }
        pairs.extend(found.hashes.into_iter().map(|hash| (hash, slot)));
    }
    pairs
}

/// A segment that is being written: sections one after the other, then the footer.
struct File<'w, W> {
    out: &'w mut W,
    position: u64,
    spans: Vec<Span>,
    open: Option<(Section, u64, crc32fast::Hasher)>,
}

impl<'w, W: Write> File<'w, W> {
    fn new(out: &'w mut W) -> Self {
        Self {
            out,
            position: 0,
            spans: Vec::new(),
            open: None,
        }
    }

    fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(bytes)?;
        self.position += u64::try_from(bytes.len()).unwrap_or(0);
        if let Some((_, _, hasher)) = &mut self.open {
            hasher.update(bytes);
        }
        Ok(())
    }

    fn begin(&mut self, section: Section) -> io::Result<()> {
        self.open = Some((section, self.position, crc32fast::Hasher::new()));
        Ok(())
    }

    fn end(&mut self) {
        if let Some((section, start, hasher)) = self.open.take() {
            self.spans.push(Span {
                section,
                start,
                end: self.position,
                checksum: hasher.finalize(),
            });
        }
    }

    fn section(&mut self, section: Section, bytes: &[u8]) -> io::Result<()> {
        self.begin(section)?;
        self.bytes(bytes)?;
        self.end();
        Ok(())
    }

    fn finish(mut self, entries: usize, words: usize) -> io::Result<()> {
        let footer = Footer {
            entries: u64::try_from(entries).unwrap_or(0),
            words: u64::try_from(words).unwrap_or(0),
            spans: std::mem::take(&mut self.spans),
        };
        self.bytes(&footer.encode())?;
        self.out.flush()
    }
}
