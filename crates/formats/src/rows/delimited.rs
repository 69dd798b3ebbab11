//! Tables of separated cells: CSV as the programs of the region write it.

use std::io::{self, Read, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use csv::StringRecord;
use encoding_rs::Encoding;

use super::encoding::{Decoded, unreadable};
use super::{RowsError, RowsProblem, Source};

/// The most bytes of one row.
pub(super) const ROW_BYTES_MAX: usize = 1024 * 1024;

/// What the reader takes ahead of the row that it gives.
const AHEAD_BYTES: usize = 64 * 1024;

/// The separators that are looked for, the first of several that fit.
const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

/// How much of a table decides its separator.
const SAMPLE_BYTES: u64 = 64 * 1024;
const SAMPLE_ROWS: usize = 20;

/// How a table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Form {
    pub(super) encoding: &'static Encoding,
    pub(super) separator: u8,
    /// Whether the first line is `sep=;`, which some programs put before the heading.
    pub(super) stated: bool,
}

impl Form {
    /// How it is called: `csv, separator ;, windows-1250`.
    pub(super) fn written(&self) -> String {
        let separator = match self.separator {
            b'\t' => "tab".to_owned(),
            other => char::from(other).to_string(),
        };
        let encoding = self.encoding.name().to_lowercase();
        format!("csv, separator {separator}, {encoding}")
    }

    /// Finds out the separator.
    pub(super) fn recognise(
        source: &mut dyn Source,
        encoding: &'static Encoding,
    ) -> Result<Self, RowsError> {
        source
            .seek(SeekFrom::Start(0))
            .map_err(|error| unreadable(&error))?;
        let mut sample = Vec::new();
        Decoded::new((&mut *source).take(SAMPLE_BYTES), encoding)
            .read_to_end(&mut sample)
            .or_else(|error| match error.kind() {
                // The sample may end within a character.
                io::ErrorKind::InvalidData => Ok(0),
                _ => Err(unreadable(&error)),
            })?;
        let line = sample
            .split(|byte| *byte == b'\n')
            .next()
            .unwrap_or_default();
        if let [b's', b'e', b'p', b'=', separator] = line.trim_ascii_end()
            && separator.is_ascii_punctuation()
        {
            return Ok(Self {
                encoding,
                separator: *separator,
                stated: true,
            });
        }
        let mut best = (0, b',');
        for separator in SEPARATORS {
            let score = score(&sample, separator);
            if score > best.0 {
                best = (score, separator);
            }
        }
        Ok(Self {
            encoding,
            separator: best.1,
            stated: false,
        })
    }

    /// The table's rows of cells, from the beginning.
    pub(super) fn open<S: Source>(self, mut source: S) -> Result<Table<S>, RowsError> {
        source
            .seek(SeekFrom::Start(0))
            .map_err(|error| unreadable(&error))?;
        let bounds = Bounds::default();
        let input = Bounded {
            input: Decoded::new(source, self.encoding),
            bounds: bounds.clone(),
        };
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(self.separator)
            .buffer_capacity(AHEAD_BYTES)
            .from_reader(input);
        let mut table = Table {
            reader,
            bounds,
            number: 0,
            record: StringRecord::new(),
        };
        if self.stated {
            table.next_cells()?;
        }
        Ok(table)
    }
}

/// How well a separator fits: the number of columns, where the first rows agree on it.
fn score(sample: &[u8], separator: u8) -> usize {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(sample);
    let rows: Vec<usize> = reader
        .byte_records()
        .take(SAMPLE_ROWS)
        .map_while(Result::ok)
        .map(|record| record.len())
        .collect();
    // The last row of a sample may be cut off.
    let whole = rows
        .len()
        .saturating_sub(usize::from(rows.len() > 2))
        .max(1);
    let heading = rows.first().copied().unwrap_or_default();
    let agree = rows
        .iter()
        .take(whole)
        .filter(|cells| **cells == heading)
        .count();
    match heading {
        0 | 1 => 0,
        // Agreement counts more than many columns: commas stand within cells too.
        _ => heading.saturating_add(if agree == whole { 1_000 } else { 0 }),
    }
}

/// What is counted while bytes are read.
#[derive(Clone, Default)]
struct Bounds {
    left: Arc<AtomicUsize>,
    quotes: Arc<AtomicU64>,
    ended: Arc<AtomicBool>,
}

/// Refuses to read on where a row does not end.
struct Bounded<R> {
    input: R,
    bounds: Bounds,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let left = self.bounds.left.load(Ordering::Relaxed);
        if left == 0 {
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        let read = self.input.read(out)?;
        if read == 0 {
            self.bounds.ended.store(true, Ordering::Relaxed);
        }
        let bytes = out.get(..read).unwrap_or_default();
        let quotes = bytes.iter().filter(|byte| **byte == b'"').count();
        let quotes = u64::try_from(quotes).unwrap_or(u64::MAX);
        self.bounds.quotes.fetch_add(quotes, Ordering::Relaxed);
        let left = left.saturating_sub(read);
        self.bounds.left.store(left, Ordering::Relaxed);
        Ok(read)
    }
}

/// A table that is being read.
pub(super) struct Table<S> {
    reader: csv::Reader<Bounded<Decoded<S>>>,
    bounds: Bounds,
    number: u64,
    record: StringRecord,
}

impl<S: Source> Table<S> {
    /// The next row's number, from 1, and its cells; `None` at the end.
    pub(super) fn next_cells(&mut self) -> Result<Option<(u64, Vec<&str>)>, RowsError> {
        let number = self.number.saturating_add(1);
        let allowed = ROW_BYTES_MAX.saturating_add(AHEAD_BYTES);
        self.bounds.left.store(allowed, Ordering::Relaxed);
        let more = self.reader.read_record(&mut self.record);
        let more = more.map_err(|error| read_error(&error, number))?;
        if !more {
            return Ok(None);
        }
        // A quotation that never ends swallows all rows after it, and the reader takes it without
        // a word: then it is the last row, with line ends in it.
        let broken = self.record.iter().any(|cell| cell.contains('\n'));
        let odd = self.bounds.quotes.load(Ordering::Relaxed) % 2 == 1;
        if broken && odd && self.bounds.ended.load(Ordering::Relaxed) {
            return Err(RowsProblem::OpenQuote.at(number));
        }
        self.number = number;
        Ok(Some((number, self.record.iter().collect())))
    }
}

fn read_error(error: &csv::Error, number: u64) -> RowsError {
    let problem = match error.kind() {
        csv::ErrorKind::Io(error) if error.kind() == io::ErrorKind::FileTooLarge => {
            RowsProblem::TooLong {
                limit: ROW_BYTES_MAX,
            }
        }
        csv::ErrorKind::Io(error) => unreadable(error).problem,
        csv::ErrorKind::Utf8 { .. } => RowsProblem::Encoding,
        _ => RowsProblem::Read {
            detail: error.to_string(),
        },
    };
    problem.at(number)
}
