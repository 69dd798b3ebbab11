//! A row of cells as a weapon.

use egnatia_firearms::{
    Holder, HolderKind, Mark, MarkPlace, MarkState, Particulars, Personal, WeaponKind,
};
use jiff::civil::Date;

use super::super::alerts::{answer, day};
use super::super::dates::DateOrder;
use super::{FirearmCellProblem, FirearmColumn, FirearmField, FirearmRow, FirearmRowError, words};
use crate::text::filled;

/// Columns in which numbers of weapons stand.
const NUMBERS: &[FirearmField] = &[
    FirearmField::Serial,
    FirearmField::Slide,
    FirearmField::Barrel,
    FirearmField::Cylinder,
    FirearmField::Bolt,
];
/// So many digits of a number a spreadsheet keeps; the others it makes zeros.
const SHEET_DIGITS_MAX: usize = 15;

/// How the rows of a table are read.
#[derive(Debug, Clone)]
pub(super) struct Reader {
    /// By field, as [`FirearmField::ALL`] has them: in which column, from 0.
    places: Vec<Option<usize>>,
    order: DateOrder,
    kind: Option<WeaponKind>,
    /// Whether cells come out of a spreadsheet, which knows numbers and days.
    is_sheet: bool,
}

/// A row that is being read, with what is wrong with it.
struct Reading<'a> {
    reader: &'a Reader,
    row: u64,
    cells: &'a [&'a str],
    errors: Vec<FirearmRowError>,
}

impl Reader {
    pub fn new(
        columns: &[FirearmColumn],
        order: DateOrder,
        kind: Option<WeaponKind>,
        is_sheet: bool,
    ) -> Self {
        let place = |field: &FirearmField| {
            let mut columns = columns.iter();
            let column = columns.find(|column| column.field == *field);
            column.and_then(|column| column.number.checked_sub(1))
        };
        Self {
            places: FirearmField::ALL.iter().map(place).collect(),
            order,
            kind,
            is_sheet,
        }
    }

    /// The weapon that a row states.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn read(&self, row: u64, cells: &[&str]) -> Result<FirearmRow, Vec<FirearmRowError>> {
        let mut reading = Reading {
            reader: self,
            row,
            cells,
            errors: Vec::new(),
        };
        let firearm = reading.firearm();
        match firearm {
            Some(firearm) if reading.errors.is_empty() => Ok(firearm),
            _ => Err(reading.errors),
        }
    }

    /// Which column holds a field, from 0.
    pub fn place(&self, field: FirearmField) -> Option<usize> {
        let mut all = FirearmField::ALL.iter();
        let index = all.position(|one| *one == field)?;
        self.places.get(index).copied().flatten()
    }
}

impl Reading<'_> {
    fn firearm(&mut self) -> Option<FirearmRow> {
        let kind = self.read(FirearmField::Kind, words::kind, FirearmCellProblem::Kind);
        let kind = kind.or(self.reader.kind);
        if kind.is_none() && self.errors.is_empty() {
            self.wrong(FirearmField::Kind, FirearmCellProblem::Kind);
        }
        let year = |text: &str| text.parse::<i16>().ok().filter(|year| *year >= 1000);
        let category = self.read(
            FirearmField::Category,
            words::category,
            FirearmCellProblem::Category,
        );
        let country = |text: &str| text.parse().ok();
        let country = self.read(FirearmField::Country, country, FirearmCellProblem::Country);
        let year = self.read(FirearmField::Year, year, FirearmCellProblem::Year);
        let different = self.read(FirearmField::Different, answer, FirearmCellProblem::Answer);
        let marks = self.marks(kind);
        let holder = self.holder();
        let licensed_until = self.day(FirearmField::LicensedUntil);
        let held_since = self.day(FirearmField::HeldSince);
        let licence = self.text(FirearmField::Licence);
        if licensed_until.is_some() && licence.is_none() {
            self.wrong(FirearmField::LicensedUntil, FirearmCellProblem::NoLicence);
        }
        Some(FirearmRow {
            row: self.row,
            particulars: Particulars {
                marks,
                kind: kind?,
                make: self.text(FirearmField::Make).unwrap_or_default(),
                model: self.text(FirearmField::Model).unwrap_or_default(),
                calibre: self.text(FirearmField::Calibre).unwrap_or_default(),
                category,
                country,
                year,
                distinguished_by: self.text(FirearmField::DistinguishedBy),
                photographs: Vec::new(),
            },
            reference: self.text(FirearmField::Reference),
            holder,
            licence,
            licensed_until,
            held_since,
            different: different == Some(true),
        })
    }

    /// The unique mark, then those of the other components.
    fn marks(&mut self, kind: Option<WeaponKind>) -> Vec<Mark> {
        let place = self.read(FirearmField::Place, words::place, FirearmCellProblem::Place);
        let state = self.read(FirearmField::State, words::state, FirearmCellProblem::State);
        for field in NUMBERS {
            let spoiled = self.cell(*field).and_then(|text| self.spoiled(text));
            if let Some(problem) = spoiled {
                self.wrong(*field, problem);
            }
        }
        let text = self.text(FirearmField::Serial).unwrap_or_default();
        if text.is_empty() && !matches!(state, Some(MarkState::Missing | MarkState::Obliterated)) {
            self.wrong(FirearmField::Serial, FirearmCellProblem::NoNumber);
        }
        let usual = match kind {
            Some(WeaponKind::Pistol | WeaponKind::Revolver | WeaponKind::AlarmWeapon) => {
                MarkPlace::Frame
            }
            _ => MarkPlace::Receiver,
        };
        let mut marks = vec![Mark {
            place: place.unwrap_or(usual),
            text,
            state: state.unwrap_or(MarkState::Readable),
            doubts: Vec::new(),
        }];
        for (field, place) in [
            (FirearmField::Slide, MarkPlace::Slide),
            (FirearmField::Barrel, MarkPlace::Barrel),
            (FirearmField::Cylinder, MarkPlace::Cylinder),
            (FirearmField::Bolt, MarkPlace::Bolt),
        ] {
            marks.extend(self.cell(field).map(|text| Mark::readable(place, text)));
        }
        marks
    }

    /// What a spreadsheet has done to a number.
    fn spoiled(&self, text: &str) -> Option<FirearmCellProblem> {
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let power = text.split_once("E+").or_else(|| text.split_once("e+"));
        let is_power = power
            .is_some_and(|(front, power)| digits(&front.replace([',', '.'], "")) && digits(power));
        let is_long = self.reader.is_sheet && digits(text) && text.len() > SHEET_DIGITS_MAX;
        if is_power || is_long {
            return Some(FirearmCellProblem::Shortened);
        }
        let is_day = self.reader.is_sheet && text.len() == 10 && text.parse::<Date>().is_ok();
        is_day.then_some(FirearmCellProblem::MadeADay)
    }

    fn holder(&mut self) -> Option<Holder> {
        let kind = self.read(
            FirearmField::HolderKind,
            words::holder_kind,
            FirearmCellProblem::HolderKind,
        );
        let name = self.text(FirearmField::HolderName).map(Personal::new);
        let address = self.text(FirearmField::HolderAddress).map(Personal::new);
        if let Some(reference) = self.text(FirearmField::Holder) {
            return Some(Holder {
                // The stricter rules hold where nobody says who it is.
                kind: kind.unwrap_or(HolderKind::Person),
                reference,
                name,
                address,
            });
        }
        let about = [
            FirearmField::HolderKind,
            FirearmField::HolderName,
            FirearmField::HolderAddress,
            FirearmField::Licence,
            FirearmField::HeldSince,
        ];
        let stated = about.into_iter().find(|field| self.cell(*field).is_some());
        if let Some(field) = stated {
            self.wrong(field, FirearmCellProblem::NoHolder);
        }
        None
    }

    fn cell(&self, field: FirearmField) -> Option<&str> {
        let index = self.reader.place(field)?;
        self.cells.get(index).and_then(|cell| filled(cell))
    }

    fn text(&self, field: FirearmField) -> Option<String> {
        self.cell(field).map(str::to_owned)
    }

    fn day(&mut self, field: FirearmField) -> Option<Date> {
        let order = self.reader.order;
        self.read(field, |text| day(text, order), FirearmCellProblem::Day)
    }

    fn wrong(&mut self, field: FirearmField, problem: FirearmCellProblem) {
        let place = self.reader.place(field);
        self.errors.push(FirearmRowError {
            row: self.row,
            field: Some(field),
            column: place.map(|index| index.saturating_add(1)),
            problem,
        });
    }

    /// What a cell says; where it is filled in and says nothing, that is an error.
    fn read<T>(
        &mut self,
        field: FirearmField,
        parse: impl Fn(&str) -> Option<T>,
        problem: FirearmCellProblem,
    ) -> Option<T> {
        let read = parse(self.cell(field)?);
        if read.is_none() {
            self.wrong(field, problem);
        }
        read
    }
}
