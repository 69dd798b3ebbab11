//! Faults of the alphabet, and proposals what a zone may have said. Nothing is ever changed.

use std::fmt;

use serde::Serialize;

use super::digit::{self, CheckDigit};
use super::form::{Field, Layout, Part};

/// The most proposals.
const REPAIRS_MAX: usize = 8;

/// Characters that readers and eyes take for each other: in OCR-B, and on worn or creased prints.
/// The more usual a mistake, the earlier it stands, and the earlier it is proposed.
const LOOK_ALIKES: &[(char, char)] = &[
    ('0', 'O'),
    ('1', 'I'),
    ('8', 'B'),
    ('5', 'S'),
    ('2', 'Z'),
    ('6', 'G'),
    ('1', 'L'),
    ('0', 'Q'),
    ('0', 'D'),
    ('7', 'T'),
    ('4', 'A'),
    // A filler that is printed thickly.
    ('<', 'K'),
    ('<', 'C'),
];

/// A character that may not stand where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Misplaced {
    /// In which field.
    pub field: Field,
    /// The line, from 1.
    pub line: usize,
    /// The place in the line, from 1.
    pub column: usize,
    /// What stands there.
    pub character: char,
}

impl fmt::Display for Misplaced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            field,
            line,
            column,
            character,
        } = self;
        write!(
            f,
            "line {line}, place {column}: `{character}` cannot stand in the {field}"
        )
    }
}

/// What a zone may have said. It is proposed to a person, who looks at the document.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Repair {
    /// In which field.
    pub field: Field,
    /// What would be read otherwise.
    pub changes: Vec<Change>,
    /// The check digits that would agree and now do not.
    pub mends: Vec<Field>,
    /// The check digits that would still not agree.
    pub leaves: Vec<Field>,
    /// The lines of the zone, read so: for a new check, once a person has seen the document.
    pub lines: Vec<String>,
}

/// Says what would be read otherwise, never the zone.
impl fmt::Debug for Repair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Repair")
            .field("field", &self.field)
            .field("changes", &self.changes)
            .field("leaves", &self.leaves)
            .finish_non_exhaustive()
    }
}

/// One character, read otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The line, from 1.
    pub line: usize,
    /// The place in the line, from 1.
    pub column: usize,
    /// What was read.
    pub read: char,
    /// What it may be.
    pub proposed: char,
    #[serde(skip)]
    place: usize,
    /// Which of [`LOOK_ALIKES`] it is.
    #[serde(skip)]
    mistake: usize,
}

impl fmt::Display for Repair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.field)?;
        for (at, change) in self.changes.iter().enumerate() {
            let Change {
                line,
                column,
                read,
                proposed,
                ..
            } = change;
            let and = if at > 0 { " and " } else { "" };
            write!(
                f,
                "{and}`{read}` in line {line}, place {column} may be `{proposed}`"
            )?;
        }
        let names = |fields: &[Field]| {
            let names: Vec<String> = fields.iter().map(ToString::to_string).collect();
            names.join(", ")
        };
        match (self.mends.is_empty(), self.leaves.is_empty()) {
            (_, true) => f.write_str("; then every check digit agrees"),
            (true, false) => write!(f, "; still wrong: {}", names(&self.leaves)),
            (false, false) => write!(
                f,
                "; then right: {}; still wrong: {}",
                names(&self.mends),
                names(&self.leaves)
            ),
        }
    }
}

fn fits(field: Field, part: Part, character: char) -> bool {
    let letter = character.is_ascii_uppercase() || character == '<';
    let digit = character.is_ascii_digit() || character == '<';
    match (field, part) {
        // Where no check digit is stated, `<` stands.
        (_, Part::Digit) => digit,
        (Field::BirthDate | Field::ExpiryDate, Part::Value) => digit,
        (Field::DocumentCode | Field::IssuingState | Field::Nationality | Field::Name, _) => letter,
        (Field::Sex, _) => matches!(character, 'M' | 'F' | 'X' | '<'),
        (Field::DocumentNumber | Field::OptionalData | Field::Composite, _) => true,
    }
}

/// A place of the zone, and what stands there.
#[derive(Clone, Copy)]
struct Place {
    at: usize,
    field: Field,
    part: Part,
    character: char,
}

fn places<'a>(zone: &'a str, layout: &'a Layout) -> impl Iterator<Item = Place> + 'a {
    layout
        .places
        .iter()
        .flat_map(move |((from, to), field, part)| {
            let text = zone.get(*from..*to).unwrap_or_default();
            (*from..).zip(text.chars()).map(|(at, character)| Place {
                at,
                field: *field,
                part: *part,
                character,
            })
        })
}

/// Every character that may not stand where it stands.
pub(super) fn misplaced(zone: &str, layout: &Layout) -> Vec<Misplaced> {
    places(zone, layout)
        .filter(|place| !fits(place.field, place.part, place.character))
        .map(|place| {
            let (line, column) = layout.line_and_column(place.at);
            Misplaced {
                field: place.field,
                line,
                column,
                character: place.character,
            }
        })
        .collect()
}

/// What the zone may have said, the best first.
pub(super) fn propose(zone: &str, layout: &Layout) -> Vec<Repair> {
    let search = Search {
        zone,
        layout,
        failing: failing(&digit::all(zone, layout)),
    };
    let mut repairs = search.of_alphabet();
    if !search.failing.is_empty() {
        repairs.extend(search.of_digits());
    }
    repairs.sort_by_key(|repair| {
        let mistake = repair.changes.iter().map(|change| change.mistake).max();
        (repair.leaves.len(), repair.changes.len(), mistake)
    });
    repairs.truncate(REPAIRS_MAX);
    repairs
}

fn failing(digits: &[CheckDigit]) -> Vec<Field> {
    let wrong = digits.iter().filter(|digit| digit.disagrees());
    wrong.map(|digit| digit.field).collect()
}

struct Search<'a> {
    zone: &'a str,
    layout: &'a Layout,
    /// The check digits that do not agree.
    failing: Vec<Field>,
}

impl Search<'_> {
    /// For every field with characters that may not stand there: all of them read as what may.
    fn of_alphabet(&self) -> Vec<Repair> {
        let mut repairs: Vec<(Part, Repair)> = Vec::new();
        for place in places(self.zone, self.layout) {
            if fits(place.field, place.part, place.character) {
                continue;
            }
            let Some(change) = self.changes(place).next() else {
                continue;
            };
            match repairs
                .iter_mut()
                .find(|(part, repair)| (*part, repair.field) == (place.part, place.field))
            {
                Some((_, repair)) => repair.changes.push(change),
                None => repairs.push((place.part, unweighed(place.field, vec![change]))),
            }
        }
        repairs
            .into_iter()
            .map(|(_, repair)| self.weigh(repair))
            .collect()
    }

    /// One character read otherwise, where that mends a check digit and spoils none; and where no
    /// single one does, two of one field.
    fn of_digits(&self) -> Vec<Repair> {
        let usable = |place: &Place| fits(place.field, place.part, place.character);
        let singles: Vec<(Field, Change)> = places(self.zone, self.layout)
            .filter(usable)
            .flat_map(|place| self.changes(place).map(move |change| (place.field, change)))
            .collect();
        let one = singles
            .iter()
            .filter_map(|(field, change)| self.mending(*field, vec![*change]));
        let found: Vec<Repair> = one.collect();
        if !found.is_empty() {
            return found;
        }
        let pairs = singles.iter().enumerate().flat_map(|(at, (field, first))| {
            singles
                .iter()
                .skip(at.saturating_add(1))
                .filter(move |(other, second)| other == field && second.place != first.place)
                .map(move |(_, second)| (*field, vec![*first, *second]))
        });
        pairs
            .filter_map(|(field, changes)| self.mending(field, changes))
            .collect()
    }

    /// What a character may have been, of those that may stand at its place.
    fn changes(&self, place: Place) -> impl Iterator<Item = Change> {
        let (line, column) = self.layout.line_and_column(place.at);
        LOOK_ALIKES
            .iter()
            .enumerate()
            .filter_map(move |(mistake, (a, b))| {
                let proposed = match place.character {
                    read if read == *a => *b,
                    read if read == *b => *a,
                    _ => return None,
                };
                fits(place.field, place.part, proposed).then_some(Change {
                    line,
                    column,
                    read: place.character,
                    proposed,
                    place: place.at,
                    mistake,
                })
            })
    }

    fn mending(&self, field: Field, changes: Vec<Change>) -> Option<Repair> {
        let repair = self.weigh(unweighed(field, changes));
        let spoils = repair
            .leaves
            .iter()
            .any(|field| !self.failing.contains(field));
        (!repair.mends.is_empty() && !spoils).then_some(repair)
    }

    /// Says what a repair makes of the check digits.
    fn weigh(&self, repair: Repair) -> Repair {
        let zone: String = self
            .zone
            .chars()
            .enumerate()
            .map(|(at, read)| {
                let change = repair.changes.iter().find(|change| change.place == at);
                change.map_or(read, |change| change.proposed)
            })
            .collect();
        let leaves = failing(&digit::all(&zone, self.layout));
        let mends = self.failing.iter().copied();
        Repair {
            mends: mends.filter(|field| !leaves.contains(field)).collect(),
            leaves,
            lines: self.layout.lines(&zone),
            ..repair
        }
    }
}

fn unweighed(field: Field, changes: Vec<Change>) -> Repair {
    Repair {
        field,
        changes,
        mends: Vec::new(),
        leaves: Vec::new(),
        lines: Vec::new(),
    }
}
