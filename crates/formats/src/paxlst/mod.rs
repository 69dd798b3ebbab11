//! Passenger lists (UN/EDIFACT PAXLST), the form of advance passenger information at borders.
//!
//! Read by the WCO/IATA/ICAO guideline on advance passenger information, PAXLST message
//! implementation guide, version 5.0 of 2015: a group of segments for each traveller begins with
//! NAD+FL (passenger), DDU (in transit), FM (crew) or DDT (crew in transit). ATT states the
//! gender, DTM+329 the birth date, LOC+180 the place of birth, NAT the nationality, DOC a document
//! and LOC+91 after it who issued it. What is not about who the traveller is (flight, luggage,
//! seat, fare) is passed over. Counts in the trailers are compared with what was read, so that a
//! list that was cut off is refused.

mod segment;
mod traveller;

use std::io::SeekFrom;

use jiff::civil::Date;

use crate::error::shorten;
use crate::rows::{PassengersProblem, Row, RowsError, RowsProblem, Source};
use segment::{Segment, Segments};
use traveller::Traveller;

/// Whether the input begins as an interchange or a message does.
pub(crate) fn is_start(start: &[u8]) -> bool {
    let start = start.trim_ascii_start();
    [&b"UNA"[..], b"UNB+", b"UNH+"]
        .iter()
        .any(|tag| start.starts_with(tag))
}

/// Travellers, one after another.
pub(crate) struct Passengers<S> {
    segments: Segments<S>,
    today: Date,
    number: u64,
    state: State,
    ended: bool,
}

/// How far the interchange is read.
#[derive(Default)]
struct State {
    /// Inside UNB … UNZ.
    interchange: bool,
    messages: u64,
    message: Option<Message>,
    traveller: Option<Traveller>,
}

/// A message that is being read.
struct Message {
    first_segment: u64,
    travellers: u64,
    /// Whether it is one of several parts, whose counts may be those of all parts.
    is_part: bool,
    counted: u64,
}

impl<S: Source> Passengers<S> {
    pub(crate) fn open(mut source: S, today: Date) -> Result<Self, RowsError> {
        let rewound = source.seek(SeekFrom::Start(0));
        rewound.map_err(|error| RowsProblem::Read {
            detail: error.to_string(),
        })?;
        Ok(Self {
            segments: Segments::open(source)?,
            today,
            number: 0,
            state: State::default(),
            ended: false,
        })
    }

    /// The next traveller.
    fn read(&mut self) -> Result<Option<Row>, RowsProblem> {
        while let Some(segment) = self.segments.next()? {
            let done = self.state.take(&segment, self.segments.read)?;
            if let Some(traveller) = done {
                self.number = self.number.saturating_add(1);
                return Ok(Some(Row {
                    number: self.number,
                    query: traveller.describe(self.today),
                }));
            }
        }
        let missing = |trailer| {
            Err(RowsProblem::Passengers(PassengersProblem::CutOff {
                trailer,
            }))
        };
        match (&self.state.message, self.state.interchange) {
            (Some(_), _) => missing("UNT"),
            (None, true) => missing("UNZ"),
            (None, false) => Ok(None),
        }
    }
}

impl State {
    /// Takes a segment; gives the traveller who ends with it.
    fn take(&mut self, segment: &Segment, number: u64) -> Result<Option<Traveller>, RowsProblem> {
        let tag = segment.tag();
        match tag {
            "UNB" if self.message.is_none() => self.interchange = true,
            "UNG" | "UNE" if self.message.is_none() => {}
            "UNZ" if self.message.is_none() => {
                self.interchange = false;
                counted("UNZ", segment.number(1, 0), self.messages)?;
                self.messages = 0;
            }
            "UNH" if self.message.is_none() => {
                let found = segment.component(2, 0);
                if found != "PAXLST" {
                    let found = shorten(found);
                    return Err(RowsProblem::Passengers(PassengersProblem::Type { found }));
                }
                self.messages = self.messages.saturating_add(1);
                self.message = Some(Message {
                    first_segment: number,
                    travellers: 0,
                    is_part: !segment.component(4, 0).is_empty(),
                    counted: 0,
                });
            }
            _ => return self.within(segment, number),
        }
        Ok(None)
    }

    /// Takes a segment of a message.
    fn within(&mut self, segment: &Segment, number: u64) -> Result<Option<Traveller>, RowsProblem> {
        let Some(message) = &mut self.message else {
            let tag = shorten(segment.tag());
            return Err(RowsProblem::Passengers(PassengersProblem::OutsideMessage {
                tag,
            }));
        };
        match segment.tag() {
            "NAD" => {
                let before = self.traveller.take();
                self.traveller = Traveller::begin(segment);
                let one = u64::from(self.traveller.is_some());
                message.travellers = message.travellers.saturating_add(one);
                return Ok(before);
            }
            // Totals of passengers and of crew.
            "CNT" => {
                if matches!(segment.component(1, 0), "41" | "42") {
                    let stated = segment.number(1, 1).unwrap_or_default();
                    message.counted = message.counted.saturating_add(stated);
                }
                return Ok(self.traveller.take());
            }
            "UNT" => {
                let read = number
                    .saturating_sub(message.first_segment)
                    .saturating_add(1);
                counted("UNT", segment.number(1, 0), read)?;
                if message.counted > 0 && !message.is_part {
                    counted("CNT", Some(message.counted), message.travellers)?;
                }
                self.message = None;
                return Ok(self.traveller.take());
            }
            "UNB" | "UNZ" | "UNH" | "UNG" | "UNE" => {
                let trailer = "UNT";
                return Err(RowsProblem::Passengers(PassengersProblem::CutOff {
                    trailer,
                }));
            }
            _ => {
                if let Some(traveller) = &mut self.traveller {
                    traveller.take(segment);
                }
            }
        }
        Ok(None)
    }
}

/// Compares a count of a trailer with what was read.
fn counted(segment: &'static str, stated: Option<u64>, found: u64) -> Result<(), RowsProblem> {
    match stated {
        Some(stated) if stated != found => Err(RowsProblem::Passengers(PassengersProblem::Count {
            segment,
            stated,
            found,
        })),
        _ => Ok(()),
    }
}

impl<S: Source> Iterator for Passengers<S> {
    type Item = Result<Row, RowsError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let read = self.read();
        self.ended = !matches!(read, Ok(Some(_)));
        read.map_err(|problem| problem.at(self.segments.read))
            .transpose()
    }
}

#[cfg(test)]
mod tests;
