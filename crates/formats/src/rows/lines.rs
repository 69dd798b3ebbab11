//! FollowTheMoney entities as rows: one JSON object a line.

use std::io::{BufRead, BufReader, SeekFrom};

use serde_json::Value;

use super::encoding::unreadable;
use super::{Row, RowsError, RowsProblem, Source};
use crate::{Problem, ftm};

/// Whether the input begins as JSON lines do.
pub(super) fn is_start(start: &[u8]) -> bool {
    let start = start.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(start);
    start.trim_ascii_start().starts_with(b"{")
}

/// Entities, one after another.
pub(super) struct Lines<S> {
    input: BufReader<S>,
    buffer: Vec<u8>,
    number: u64,
    ended: bool,
    /// Documents, addresses, sanctions, relations: they describe nobody by themselves.
    pub(super) passed_over: u64,
}

impl<S: Source> Lines<S> {
    pub(super) fn open(mut source: S) -> Result<Self, RowsError> {
        source
            .seek(SeekFrom::Start(0))
            .map_err(|error| unreadable(&error))?;
        Ok(Self {
            input: BufReader::new(source),
            buffer: Vec::new(),
            number: 0,
            ended: false,
            passed_over: 0,
        })
    }

    /// The next entity that is about somebody or something.
    fn read(&mut self) -> Result<Option<Row>, Problem> {
        loop {
            self.number = self.number.saturating_add(1);
            let input: &mut dyn BufRead = &mut self.input;
            if ftm::read_line(input, &mut self.buffer)? == 0 {
                return Ok(None);
            }
            let text = std::str::from_utf8(&self.buffer).map_err(|_not_utf8| Problem::Encoding)?;
            let text = text.trim_start_matches('\u{FEFF}').trim();
            if text.is_empty() {
                continue;
            }
            let value: Value = ftm::json(text)?;
            match ftm::describe(&value) {
                Ok(query) => {
                    return Ok(Some(Row {
                        number: self.number,
                        query,
                    }));
                }
                Err(Problem::NotComparable { .. }) => {
                    self.passed_over = self.passed_over.saturating_add(1);
                }
                Err(problem) => return Err(problem),
            }
        }
    }
}

impl<S: Source> Iterator for Lines<S> {
    type Item = Result<Row, RowsError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let read = self.read();
        self.ended = !matches!(read, Ok(Some(_)));
        read.map_err(|problem| RowsProblem::Line(problem).at(self.number))
            .transpose()
    }
}
